"""The same net for a batch, with weight matrices in both layouts: X·W and nn.Linear's (out, in)."""

from __future__ import annotations

import numpy as np

from solvers.relu_softmax import log_of, log_softmax, one_hot, softmax
from solvers.solver import Mistake, index, real, solver

SYMBOLS = {
    "X": r"\mathbf{X}",
    "a": r"\mathbf{A}",
    "h": r"\mathbf{H}",
    "z": r"\mathbf{Z}",
    "yhat": r"\mathbf{\hat{Y}}",
    "y": r"\mathbf{y}",
    "Wh": r"\mathbf{W}_{h}",
    "bh": r"\mathbf{b}_{h}",
    "Wz": r"\mathbf{W}_{z}",
    "bz": r"\mathbf{b}_{z}",
}
WORDS = {
    "a": ("trước ReLU", "before ReLU"),
    "h": ("lớp ẩn", "hidden layer"),
    "z": ("logit", "logits"),
    "yhat": ("softmax", "softmax"),
    "loss": ("cross-entropy trung bình", "mean cross-entropy"),
}
MISTAKES = {
    "bias_forgotten": Mistake(
        vi=("quên bias", "Cộng bias vào mỗi hàng sau khi nhân ma trận."),
        en=("bias forgotten", "Add the bias to every row after the matrix product."),
    ),
    "no_relu": Mistake(
        vi=("quên ReLU", "Thay mỗi giá trị âm bằng 0 trước khi sang lớp sau."),
        en=("ReLU forgotten", "Replace every negative value by 0 before the next layer."),
    ),
    "wrong_layout": Mistake(
        vi=(
            "nhầm chiều của ma trận trọng số",
            "Xem lại kích thước trọng số: $X W$ với (vào, ra), $X W^{\\mathsf{T}}$ với (ra, vào) của nn.Linear.",
        ),
        en=(
            "wrong layout of the weights",
            "Check the shape of the weights: $X W$ for (in, out), $X W^{\\mathsf{T}}$ for nn.Linear's (out, in).",
        ),
    ),
    "log10": Mistake(
        vi=("dùng log cơ số 10", "Cross-entropy dùng logarit tự nhiên: bấm ln, đừng bấm log."),
        en=("logarithm to base 10", "Cross-entropy takes the natural logarithm: press ln, not log."),
    ),
    "sum_not_mean": Mistake(
        vi=("lấy tổng thay vì trung bình", "CrossEntropyLoss lấy trung bình trên batch: chia cho số mẫu $N$."),
        en=("sum instead of mean", "CrossEntropyLoss averages over the batch: divide by the number of samples $N$."),
    ),
    "no_minus": Mistake(
        vi=("quên dấu trừ của loss", "Cross-entropy không âm: thêm dấu trừ phía trước."),
        en=("minus sign of the loss forgotten", "Cross-entropy is never negative: put the minus sign in front."),
    ),
    "not_normalised": Mistake(
        vi=("softmax chưa chia cho tổng", "Chia mỗi $e^{z}$ cho tổng của hàng, để xác suất của mỗi mẫu có tổng bằng 1."),
        en=("softmax not normalised", "Divide each $e^{z}$ by the sum of its row, so that each sample's probabilities sum to 1."),
    ),
    "double_softmax": Mistake(
        vi=("softmax hai lần", "CrossEntropyLoss đã gồm softmax: đưa logit vào, đừng đưa xác suất."),
        en=("softmax taken twice", "CrossEntropyLoss contains the softmax: hand it the logits, not the probabilities."),
    ),
    "label_not_subtracted": Mistake(
        vi=("chưa trừ nhãn", "Đạo hàm theo logit là $(\\hat{Y}-Y)/N$: trừ 1 ở vị trí của nhãn đúng."),
        en=("label not subtracted", "The derivative with respect to the logits is $(\\hat{Y}-Y)/N$: subtract 1 at the true label."),
    ),
    "error_sign": Mistake(
        vi=("đảo dấu sai số", "Đúng thứ tự là $\\hat{Y}-Y$: đổi dấu."),
        en=("sign of the error flipped", "The order is $\\hat{Y}-Y$: change the sign."),
    ),
    "no_mask": Mistake(
        vi=("quên đạo hàm ReLU", "Nơi giá trị trước ReLU không dương, gradient bằng 0."),
        en=("ReLU mask forgotten", "Where the value before the ReLU is not positive, the gradient is 0."),
    ),
    "bias_mean": Mistake(
        vi=("lấy trung bình cho bias", "Gradient của bias là tổng theo batch; $1/N$ đã nằm trong $\\partial L/\\partial Z$."),
        en=("bias gradient averaged", "The bias gradient is the sum over the batch; $1/N$ is already in $\\partial L/\\partial Z$."),
    ),
}


def transposed(m):
    """The last two axes swapped."""
    return np.swapaxes(m, -1, -2)


def net(sheet, X, Wh, bh, Wz, bz, y, product, back, weights):
    """Forward and backward through both layers.

    `product(X, W)` multiplies by a layer's weights, `back(D, W)` goes the other way, `weights(X, D)` is the gradient of
    the weights: value and TeX each, so that one text serves both layouts.
    """

    def layer(name, into, W, b, given, W_name, b_name):
        value, tex = product(given, W, into, W_name)
        slips = {"bias_forgotten": value}
        if W.shape[-1] == W.shape[-2]:
            slips["wrong_layout"] = product(given, transposed(W), into, W_name)[0] + b
        return sheet.step(name, rf"{tex} + @{b_name}", value + b, **slips)

    a = layer("a", "X", Wh, bh, X, "Wh", "bh")
    h = sheet.step("h", r"\max(0, @a)", np.maximum(a, 0.0), no_relu=a)
    z = layer("z", "h", Wz, bz, h, "Wz", "bz")
    yhat = sheet.step("yhat", r"\mathrm{softmax}(@z)", softmax(z), not_normalised=np.exp(z), double_softmax=softmax(softmax(z)))
    Y = one_hot(y, z.shape[-1])
    log_p = log_of((yhat * Y).sum(-1), (log_softmax(z) * Y).sum(-1))
    N = y.shape[-1]
    sheet.step(
        "loss",
        r"-\frac{1}{N} \sum_n \ln @yhat_{n,\,@y_{n}}",
        -log_p.mean(-1),
        log10=-log_p.mean(-1) / np.log(10),
        no_minus=log_p.mean(-1),
        sum_not_mean=-log_p.sum(-1),
    )
    dz = sheet.step(
        "dz",
        r"\frac{1}{N} \left(@yhat - \mathrm{onehot}(@y)\right)",
        (yhat - Y) / N,
        label_not_subtracted=yhat / N,
        error_sign=(Y - yhat) / N,
        sum_not_mean=yhat - Y,
    )
    value, tex = weights(h, dz, "h", "dz")
    sheet.step("dWz", tex, value)
    sheet.step("dbz", r"\sum_n \left(@dz\right)_n", dz.sum(-2), bias_mean=dz.mean(-2))
    value, tex = back(dz, Wz, "dz", "Wz")
    dh = sheet.step("dh", tex, value)
    da = sheet.step("da", r"@dh \odot [\,@a > 0\,]", dh * (a > 0), no_mask=dh)
    value, tex = weights(X, da, "X", "da")
    sheet.step("dWh", tex, value)
    sheet.step("dbh", r"\sum_n \left(@da\right)_n", da.sum(-2), bias_mean=da.mean(-2))


def givens(Wh, Wz):
    """The givens of both layouts; only the weights' shapes differ."""
    return {
        "X": real("N d"),
        "Wh": real(Wh),
        "bh": real("1 k"),
        "Wz": real(Wz),
        "bz": real("1 m"),
        "y": index("m", "N"),
    }


@solver(givens=givens("d k", "k m"), symbols=SYMBOLS, words=WORDS, kinks=("a",), mistakes=MISTAKES)
def relu_softmax_batch(sheet, *, X, Wh, bh, Wz, bz, y):
    """ReLU layer, softmax and mean cross-entropy for a batch, weights (in, out): A = X W_h + b_h.

    X (…, N, d), Wh (…, d, k), bh (…, 1, k), Wz (…, k, m), bz (…, 1, m), y (…, N) labels from 0.
    Steps a, h, z, yhat, loss, dz, dWz, dbz, dh, da, dWh, dbh.  Convention: mean over the batch, ReLU′(0) = 0.
    Source: exam 2024, Câu 5 (whose formula omits the ReLU that its text asks for).
    """
    net(
        sheet, X, Wh, bh, Wz, bz, y,
        product=lambda X, W, x="", w="": (X @ W, rf"@{x} \, @{w}"),
        back=lambda D, W, d, w: (D @ transposed(W), rf"@{d} \, @{w}^{{\mathsf{{T}}}}"),
        weights=lambda X, D, x, d: (transposed(X) @ D, rf"@{x}^{{\mathsf{{T}}}} \, @{d}"),
    )  # fmt: skip


@solver(givens=givens("k d", "m k"), symbols=SYMBOLS, words=WORDS, kinks=("a",), mistakes=MISTAKES)
def relu_softmax_linear(sheet, *, X, Wh, bh, Wz, bz, y):
    """ReLU layer, softmax and mean cross-entropy for a batch, weights (out, in) as nn.Linear keeps them: A = X W_hᵀ + b_h.

    X (…, N, d), Wh (…, k, d), bh (…, 1, k), Wz (…, m, k), bz (…, 1, m), y (…, N) labels from 0.
    Steps a, h, z, yhat, loss, dz, dWz, dbz, dh, da, dWh, dbh.  Convention: mean over the batch, ReLU′(0) = 0.
    Source: exam 2024, Câu 6.
    """
    net(
        sheet, X, Wh, bh, Wz, bz, y,
        product=lambda X, W, x="", w="": (X @ transposed(W), rf"@{x} \, @{w}^{{\mathsf{{T}}}}"),
        back=lambda D, W, d, w: (D @ W, rf"@{d} \, @{w}"),
        weights=lambda X, D, x, d: (transposed(D) @ X, rf"@{d}^{{\mathsf{{T}}}} \, @{x}"),
    )  # fmt: skip
