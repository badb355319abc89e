"""Softmax regression: one step of gradient descent on the mean cross-entropy, and the shapes of its matrices."""

from __future__ import annotations

import numpy as np

from solvers.linear_regression import STEP, SYMBOLS, WORDS, updated
from solvers.logistic_regression import MEAN
from solvers.relu_softmax import log_of, log_softmax, one_hot, softmax
from solvers.relu_softmax_batch import transposed
from solvers.solver import Mistake, index, rate, real, solver

MATRICES = {
    "Z": r"\mathbf{Z}",
    "Yhat": r"\mathbf{\hat{Y}}",
    "Theta": r"\boldsymbol{\Theta}",
    "Thetanew": r"\boldsymbol{\Theta}'",
    "Theta[]": r"\Theta_{{i}}",
    "Thetanew[]": r"\Theta'_{{i}}",
}


@solver(
    givens={"X": real("m n"), "y": index("k", "m"), "Theta": real("n k"), "lr": rate("1 1")},
    symbols=SYMBOLS | MATRICES,
    words=WORDS
    | {
        "Z": ("logit", "logits"),
        "Yhat": ("softmax từng hàng", "softmax of each row"),
        "dZ": ("gradient theo logit", "gradient for the logits"),
        "dTheta": ("gradient", "gradient"),
        "Thetanew": ("tham số mới", "new parameters"),
    },
    mistakes={name: STEP[name] for name in ("bias_forgotten", "error_sign", "uphill", "no_lr")}
    | MEAN
    | {
        "sum_not_mean": Mistake(
            vi=(
                "thiếu $1/m$",
                "$\\mathbf{\\hat{Y}}-\\mathbf{Y}$ là đạo hàm của tổng, và có tài liệu viết như vậy. "
                "Hàm mất mát ở đây là trung bình, nên đạo hàm của nó cũng có $1/m$: chia cho số mẫu.",
            ),
            en=(
                "$1/m$ missing",
                "$\\mathbf{\\hat{Y}}-\\mathbf{Y}$ is the derivative of the sum, and some texts write it so. "
                "The loss here is the mean, so its derivative has the $1/m$ too: divide by the number of samples.",
            ),
        ),
        "by_column": Mistake(
            vi=("softmax theo cột", "Mỗi hàng là một mẫu: chia $e^{z}$ cho tổng của hàng, không phải của cột."),
            en=("softmax over columns", "Each row is a sample: divide $e^{z}$ by the sum of its row, not of its column."),
        ),
        "not_normalised": Mistake(
            vi=("softmax chưa chia cho tổng", "Chia mỗi $e^{z}$ cho tổng của hàng, để xác suất của mỗi mẫu có tổng bằng 1."),
            en=("softmax not normalised", "Divide each $e^{z}$ by the sum of its row, so that each sample's probabilities sum to 1."),
        ),
        "label_not_subtracted": Mistake(
            vi=("chưa trừ nhãn", "Đạo hàm theo logit là $(\\mathbf{\\hat{Y}}-\\mathbf{Y})/m$: trừ 1 ở cột của nhãn đúng."),
            en=(
                "label not subtracted",
                "The derivative with respect to the logits is $(\\mathbf{\\hat{Y}}-\\mathbf{Y})/m$: subtract 1 in the true label's column.",
            ),
        ),
        "mean_twice": Mistake(
            vi=(
                "chia cho $m$ hai lần",
                "$1/m$ đã nằm trong $\\partial L/\\partial \\mathbf{Z}$: nhân với $\\mathbf{X}^{\\mathsf{T}}$ là đủ.",
            ),
            en=(
                "divided by $m$ twice",
                "The $1/m$ is already in $\\partial L/\\partial \\mathbf{Z}$: multiplying by $\\mathbf{X}^{\\mathsf{T}}$ is enough.",
            ),
        ),
    },
)
def softmax_step(sheet, *, X, y, Theta, lr):
    """One step for Ŷ = softmax(X Θ) on the mean cross-entropy: ∂L/∂Z = (Ŷ - Y)/m, ∂L/∂Θ = Xᵀ ∂L/∂Z.

    X (…, m, n), its last column the ones of the bias; y (…, m) labels from 0; Theta (…, n, k), biases in the last row;
    lr (…, 1, 1).  Steps Z, Yhat, dZ (…, m, k), loss (…), dTheta, Thetanew (…, n, k).
    Convention: the mean over the batch, so ∂L/∂Z has the 1/m (the source's gradient lacks it).
    Source: computer vision journey, §4.3.
    """
    m = y.shape[-1]
    Z = sheet.step("Z", r"@X \, @Theta", X @ Theta, bias_forgotten=X[..., :-1] @ Theta[..., :-1, :])
    Yhat = sheet.step(
        "Yhat",
        r"\mathrm{softmax}(@Z)",
        softmax(Z),
        by_column=transposed(softmax(transposed(Z))),
        not_normalised=np.exp(Z),
    )
    Y = one_hot(y, Theta.shape[-1])
    log_p = log_of((Yhat * Y).sum(-1), (log_softmax(Z) * Y).sum(-1))
    sheet.step(
        "loss",
        rf"-\frac{{1}}{{{m}}} \sum_i \ln @Yhat_{{i,\,@y_{{i}}}}",
        -log_p.mean(-1),
        sum_not_mean=-log_p.sum(-1),
        log10=-log_p.mean(-1) / np.log(10),
        no_minus=log_p.mean(-1),
    )
    D = sheet.step(
        "dZ",
        rf"\frac{{1}}{{{m}}} \left(@Yhat - \mathrm{{onehot}}(@y)\right)",
        (Yhat - Y) / m,
        sum_not_mean=Yhat - Y,
        error_sign=(Y - Yhat) / m,
        label_not_subtracted=Yhat / m,
    )
    G = transposed(X) @ D
    G = sheet.step("dTheta", r"@X^{\mathsf{T}} \, @dZ", G, mean_twice=G / m)
    updated(sheet, "Thetanew", r"@Theta - @lr \cdot @dTheta", Theta, lr * G, G)


SIZE = real(low=1, high=1_000_000, whole=True)


def shape_of(*sizes):
    """Sizes, broadcast over students, as the entries of one step."""
    return np.stack(np.broadcast_arrays(*sizes), -1)


@solver(
    givens={"m": SIZE, "f": SIZE, "k": SIZE},
    symbols=SYMBOLS | MATRICES | {"count": "N"},
    words={
        "X": ("dữ liệu có cột số 1", "data with its column of ones"),
        "Theta": ("tham số", "parameters"),
        "Z": ("logit", "logits"),
        "dTheta": ("gradient", "gradient"),
        "count": ("số tham số", "number of parameters"),
    },
    mistakes={
        "no_bias_column": Mistake(
            vi=("quên cột bias", "Nối thêm một cột số 1 vào dữ liệu: $\\mathbf{X}$ có $f+1$ cột, $\\boldsymbol{\\Theta}$ có $f+1$ hàng."),
            en=(
                "bias column forgotten",
                "Append a column of ones to the data: $\\mathbf{X}$ has $f+1$ columns, $\\boldsymbol{\\Theta}$ has $f+1$ rows.",
            ),
        ),
        "transposed": Mistake(
            vi=("viết ngược hàng và cột", "Viết số hàng trước, số cột sau; mỗi hàng của $\\mathbf{X}$ là một mẫu."),
            en=("rows and columns swapped", "Write the number of rows first, then the columns; each row of $\\mathbf{X}$ is a sample."),
        ),
        "batch_in_gradient": Mistake(
            vi=(
                "gradient mang kích thước của batch",
                "Gradient theo $\\boldsymbol{\\Theta}$ luôn cùng kích thước với $\\boldsymbol{\\Theta}$: "
                "tích $\\mathbf{X}^{\\mathsf{T}}(\\cdot)$ đã cộng hết các mẫu.",
            ),
            en=(
                "gradient with the size of the batch",
                "The gradient for $\\boldsymbol{\\Theta}$ always has the shape of $\\boldsymbol{\\Theta}$: the "
                "product $\\mathbf{X}^{\\mathsf{T}}(\\cdot)$ has summed the samples.",
            ),
        ),
        "one_bias": Mistake(
            vi=("chỉ đếm một bias", "Mỗi lớp có bias riêng: cộng $k$ bias, không phải một."),
            en=("one bias only", "Every class has a bias of its own: add $k$ of them, not one."),
        ),
    },
)
def regression_shapes(sheet, *, m, f, k):
    """The shapes of X, Θ, Z and ∂L/∂Θ for m samples of f features and k outputs, the bias as a column of ones.

    All scalars (…), whole.  Steps X, Theta, Z, dTheta (…, 2): rows, then columns; count (…).
    Source: computer vision journey, §2.3, §3.4 and §4.3 (whose gradient vector of §2.3 is not in the order of θ).
    """
    X = shape_of(m, f + 1)
    sheet.step("X", r"(@m,\ @f + 1)", X, no_bias_column=shape_of(m, f), transposed=shape_of(f + 1, m))
    Theta = shape_of(f + 1, k)
    sheet.step("Theta", r"(@f + 1,\ @k)", Theta, no_bias_column=shape_of(f, k), transposed=shape_of(k, f + 1))
    sheet.step("Z", r"(@m,\ @k)", shape_of(m, k), transposed=shape_of(k, m))
    sheet.step(
        "dTheta", r"(@f + 1,\ @k)", Theta, no_bias_column=shape_of(f, k), transposed=shape_of(k, f + 1), batch_in_gradient=shape_of(m, k)
    )
    sheet.step("count", r"(@f + 1) \cdot @k", (f + 1) * k, no_bias_column=f * k, one_bias=f * k + 1)
