"""Logistic regression: one step of gradient descent on the mean binary cross-entropy."""

from __future__ import annotations

import numpy as np

from solvers.linear_regression import STEP, SYMBOLS, WORDS, times, transpose_times, updated
from solvers.relu_softmax import log_of
from solvers.solver import Mistake, rate, real, solver

# Mistakes with a mean over the batch and with logarithms, which logistic and softmax regression share.
MEAN = {
    "sum_not_mean": Mistake(
        vi=(
            "lấy tổng thay vì trung bình",
            "Tổng trên mini-batch cũng là một quy ước dùng được (khi đó learning rate phải nhỏ "
            "đi $m$ lần). Ở đây $L$ là trung bình: chia cho $m$.",
        ),
        en=(
            "sum instead of mean",
            "The sum over the mini-batch is a convention too (with a learning rate $m$ "
            "times smaller). Here $L$ is the mean: divide by $m$.",
        ),
    ),
    "log10": Mistake(
        vi=("dùng log cơ số 10", "Cross-entropy dùng logarit tự nhiên: bấm ln, đừng bấm log."),
        en=("logarithm to base 10", "Cross-entropy takes the natural logarithm: press ln, not log."),
    ),
    "no_minus": Mistake(
        vi=("quên dấu trừ của hàm mất mát", "Cross-entropy không âm: thêm dấu trừ phía trước."),
        en=("minus sign of the loss forgotten", "Cross-entropy is never negative: put the minus sign in front."),
    ),
}


def sigmoid(z):
    """1 / (1 + e⁻ᶻ), from the side on which nothing overflows."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1 + e)


@solver(
    givens={"X": real("m n"), "y": real("m", low=0, high=1, whole=True), "theta": real("n"), "lr": rate()},
    symbols=SYMBOLS,
    words=WORDS | {"z": ("logit", "logits"), "yhat": ("xác suất dự đoán", "predicted probabilities")},
    first=1,
    mistakes=STEP
    | MEAN
    | {
        "no_sigmoid": Mistake(
            vi=("quên hàm sigmoid", "Đưa $z$ qua sigmoid để được xác suất: $\\hat{y} = \\sigma(z)$."),
            en=("sigmoid forgotten", "Put $z$ through the sigmoid to get a probability: $\\hat{y} = \\sigma(z)$."),
        ),
        "exponent_sign": Mistake(
            vi=("sai dấu số mũ của sigmoid", "$\\sigma(z) = 1/(1+e^{-z})$ tăng theo $z$: kiểm tra dấu trừ ở số mũ."),
            en=("sign in the sigmoid's exponent", "$\\sigma(z) = 1/(1+e^{-z})$ grows with $z$: check the minus sign in the exponent."),
        ),
        "labels_swapped": Mistake(
            vi=("đổi vai hai nhãn trong BCE", "Mẫu có $y = 1$ góp $\\ln \\hat{y}$, mẫu có $y = 0$ góp $\\ln(1-\\hat{y})$: đổi lại."),
            en=(
                "labels swapped in the BCE",
                "A sample with $y = 1$ adds $\\ln \\hat{y}$, one with $y = 0$ adds $\\ln(1-\\hat{y})$: swap them back.",
            ),
        ),
        "squared_error": Mistake(
            vi=(
                "dùng gradient của MSE",
                "$2(\\hat{y}-y)\\hat{y}(1-\\hat{y})$ thuộc về MSE. Với BCE, thừa số "
                "$\\hat{y}(1-\\hat{y})$ triệt tiêu và chỉ còn $\\hat{y}-y$.",
            ),
            en=(
                "gradient of the MSE",
                "$2(\\hat{y}-y)\\hat{y}(1-\\hat{y})$ belongs to the MSE. With BCE the factor "
                "$\\hat{y}(1-\\hat{y})$ cancels, and $\\hat{y}-y$ is left.",
            ),
        ),
    },
)
def logistic_step(sheet, *, X, y, theta, lr):
    """One step for ŷ = σ(X θ) on the mean binary cross-entropy: ∂L/∂θ = (1/m) Xᵀ(ŷ - y).

    X (…, m, n), its last column the ones of the bias; y (…, m), 0 or 1; theta (…, n) with the bias last; lr (…, 1).
    Steps z, yhat (…, m), loss (…), dtheta, thetanew (…, n).
    Convention: the mean over the batch, ln natural.  Source: computer vision journey, §3.3.2 and §3.4.
    """
    m = y.shape[-1]
    z = sheet.step("z", r"@X \, @theta", times(X, theta), bias_forgotten=times(X[..., :-1], theta[..., :-1]))
    yhat = sheet.step("yhat", r"\frac{1}{1 + e^{-@z}}", sigmoid(z), no_sigmoid=z, exponent_sign=sigmoid(-z))
    p = np.where(y == 1, yhat, 1 - yhat)
    log_p = log_of(p, -np.logaddexp(0.0, np.where(y == 1, -z, z)), tiny=1e-9)
    log_rest = log_of(1 - p, -np.logaddexp(0.0, np.where(y == 1, z, -z)), tiny=1e-9)
    sheet.step(
        "loss",
        rf"-\frac{{1}}{{{m}}} \left[ @y^{{\mathsf{{T}}}} \ln @yhat + (1 - @y)^{{\mathsf{{T}}}} \ln (1 - @yhat) \right]",
        -log_p.mean(-1),
        sum_not_mean=-log_p.sum(-1),
        log10=-log_p.mean(-1) / np.log(10),
        no_minus=log_p.mean(-1),
        labels_swapped=-log_rest.mean(-1),
    )
    e = yhat - y
    g = transpose_times(X, e) / m
    g = sheet.step(
        "dtheta",
        rf"\frac{{1}}{{{m}}} \cdot @X^{{\mathsf{{T}}}} \left(@yhat - @y\right)",
        g,
        sum_not_mean=m * g,
        error_sign=-g,
        input_forgotten=transpose_times(np.ones_like(X), e) / m,
        squared_error=2 * transpose_times(X, e * yhat * (1 - yhat)) / m,
    )
    updated(sheet, "thetanew", r"@theta - @lr \cdot @dtheta", theta, lr * g, g)
