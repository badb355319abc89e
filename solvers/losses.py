"""Losses on given predictions, value and gradient: mean squared error and binary cross-entropy."""

from __future__ import annotations

import numpy as np

from solvers.solver import Given, Mistake, real, solver

SYMBOLS = {
    "y": r"\mathbf{y}",
    "yhat": r"\mathbf{\hat{y}}",
    "yhat[]": r"\hat{y}_{{i}}",
    "d": r"\mathbf{d}",
    "q": r"\mathbf{q}",
    "belief": r"\mathbf{p}",
    "terms": r"\boldsymbol{\ell}",
    "terms[]": r"\ell_{{i}}",
    "z": r"\mathbf{z}",
    "dz": r"\frac{\partial L}{\partial \mathbf{z}}",
    "dz[]": r"\frac{\partial L}{\partial z_{{i}}}",
}
WORDS = {
    "d": ("sai số", "errors"),
    "q": ("bình phương sai số", "squared errors"),
    "belief": ("xác suất gán cho nhãn đúng", "probability given to the true label"),
    "terms": ("loss của từng mẫu", "loss of each sample"),
    "loss": ("loss trung bình", "mean loss"),
    "dyhat": ("gradient theo dự đoán", "gradient of the predictions"),
    "dz": ("gradient theo logit", "gradient of the logits"),
}
MEAN = {
    "sum_not_mean": Mistake(
        vi=("lấy tổng thay vì trung bình", "Có nơi định nghĩa loss là tổng, và ở đó nó không sai. Ở đây chia cho $N$, cả trong gradient."),
        en=("sum instead of mean", "Some define the loss as the sum, and there it is right. Here divide by $N$, in the gradient too."),
    ),
    "error_sign": Mistake(
        vi=("đảo dấu sai số", "Lấy dự đoán trừ nhãn, $\\hat{y} - y$: đổi thứ tự phép trừ."),
        en=("sign of the error flipped", "Take prediction minus label, $\\hat{y} - y$: turn the subtraction round."),
    ),
}


def label(shape: str = "") -> Given:
    """A binary label, 0 or 1."""
    return Given(shape, low=0, high=1, whole=True)


@solver(
    givens={"y": real("N"), "yhat": real("N")},
    symbols=SYMBOLS,
    words=WORDS,
    first=1,
    mistakes=MEAN
    | {
        "halved": Mistake(
            vi=(
                "thêm hệ số $\\frac{1}{2}$",
                "Nhiều sách dùng $1/(2N)$ để gradient gọn hơn, và ở đó nó không sai. Ở đây hệ số là $1/N$: bỏ $\\frac{1}{2}$.",
            ),
            en=(
                "extra factor $\\frac{1}{2}$",
                "Many books use $1/(2N)$ for a tidier gradient, where it is right. Here MSE has $\\frac{1}{N}$: drop the $\\frac{1}{2}$.",
            ),
        ),
        "absolute": Mistake(
            vi=("lấy trị tuyệt đối (MAE)", "MSE lấy bình phương sai số: bình phương từng sai số thay vì lấy trị tuyệt đối."),
            en=("absolute values (MAE)", "MSE takes squared errors: square each error instead of dropping its sign."),
        ),
        "root": Mistake(
            vi=("lấy căn (RMSE)", "Đề hỏi MSE: dừng trước khi lấy căn."),
            en=("root taken (RMSE)", "The question asks for MSE: stop before the root."),
        ),
        "square_of_sum": Mistake(
            vi=("bình phương của tổng", "Bình phương từng sai số trước rồi mới cộng, để các sai số trái dấu không triệt tiêu."),
            en=("square of the sum", "Square each error first, then add, so that errors of opposite sign do not cancel."),
        ),
        "two_forgotten": Mistake(
            vi=("quên hệ số 2", "Đạo hàm của $d^2$ là $2d$: nhân gradient với 2."),
            en=("factor 2 forgotten", "The derivative of $d^2$ is $2d$: multiply the gradient by 2."),
        ),
    },
)
def mse(sheet, *, y, yhat):
    """Mean squared error L = (1/N) Σ (ŷ - y)² and its gradient ∂L/∂ŷ = 2(ŷ - y)/N.

    y, yhat (…, N).  Steps d, q, dyhat (…, N); loss (…).
    Convention: 1/N, as torch's mse_loss; 1/(2N) and the sum are the rivals.  Source: journey §2.2.1.
    """
    N = y.shape[-1]
    d = sheet.step("d", r"@yhat - @y", yhat - y, error_sign=y - yhat)
    q = sheet.step("q", r"@d^2", d * d, absolute=np.abs(d))
    sheet.step(
        "loss",
        r"\frac{1}{N} \sum_n @q_{n}",
        q.sum(-1) / N,
        sum_not_mean=q.sum(-1),
        halved=q.sum(-1) / (2 * N),
        root=np.sqrt(q.sum(-1) / N),
        square_of_sum=np.sqrt(q).sum(-1) ** 2 / N,
    )
    sheet.step("dyhat", r"\frac{2}{N} \cdot @d", 2 * d / N, sum_not_mean=2 * d, two_forgotten=d / N, halved=d / N)


@solver(
    givens={"y": label("N"), "yhat": real("N", low=0, high=1, open_low=True, open_high=True)},
    symbols=SYMBOLS,
    words=WORDS,
    first=1,
    mistakes=MEAN
    | {
        "probability_of_one": Mistake(
            vi=("luôn lấy $\\hat{y}$", "Khi $y = 0$, xác suất gán cho nhãn đúng là $1-\\hat{y}$: xét nhãn của từng mẫu."),
            en=("$\\hat{y}$ taken always", "For $y = 0$ the true label is given $1-\\hat{y}$: look at each sample's label."),
        ),
        "other_label": Mistake(
            vi=("lấy xác suất của nhãn sai", "Lấy xác suất gán cho nhãn đúng: $\\hat{y}$ khi $y=1$, $1-\\hat{y}$ khi $y=0$."),
            en=(
                "probability of the wrong label",
                "Take the probability given to the true label: $\\hat{y}$ for $y=1$, $1-\\hat{y}$ for $y=0$.",
            ),
        ),
        "log10": Mistake(
            vi=("dùng log cơ số 10", "Cross-entropy dùng logarit tự nhiên: bấm ln, đừng bấm log."),
            en=("logarithm to base 10", "Cross-entropy takes the natural logarithm: press ln, not log."),
        ),
        "no_minus": Mistake(
            vi=("quên dấu trừ của loss", "Loss là $-\\ln p$ và không âm: thêm dấu trừ phía trước."),
            en=("minus sign of the loss forgotten", "The loss is $-\\ln p$ and never negative: put the minus sign in front."),
        ),
        "negatives_ignored": Mistake(
            vi=("bỏ qua các mẫu có $y = 0$", "Mẫu có $y = 0$ góp $-\\ln(1-\\hat{y})$: cộng cả chúng rồi mới chia cho $N$."),
            en=("samples with $y = 0$ left out", "A sample with $y = 0$ gives $-\\ln(1-\\hat{y})$: add those too, then divide by $N$."),
        ),
        "denominator_forgotten": Mistake(
            vi=(
                "lấy gradient theo logit",
                "$(\\hat{y}-y)/N$ là gradient theo $z$. Theo $\\hat{y}$ thì chia thêm cho $\\hat{y}(1-\\hat{y})$.",
            ),
            en=(
                "gradient of the logit given",
                "$(\\hat{y}-y)/N$ is the gradient with respect to $z$. With respect to $\\hat{y}$, divide by $\\hat{y}(1-\\hat{y})$ too.",
            ),
        ),
        "sigmoid_slope_again": Mistake(
            vi=(
                "nhân thừa $\\hat{y}(1-\\hat{y})$",
                "Hệ số này đã triệt tiêu với mẫu của $\\partial L/\\partial\\hat{y}$: chỉ còn $(\\hat{y}-y)/N$.",
            ),
            en=(
                "one factor $\\hat{y}(1-\\hat{y})$ too many",
                "It cancels against the denominator of $\\partial L/\\partial\\hat{y}$: $(\\hat{y}-y)/N$ is left.",
            ),
        ),
    },
)
def binary_cross_entropy(sheet, *, y, yhat):
    """Binary cross-entropy L = -(1/N) Σ [y ln ŷ + (1-y) ln(1-ŷ)], its gradient in ŷ and in the logit z, ŷ = σ(z).

    y (…, N) labels 0 or 1; yhat (…, N) strictly between 0 and 1.
    Steps belief (ŷ or 1-ŷ), terms, dyhat, dz (…, N); loss (…).  Convention: mean over N, ln natural; the sum is the rival.
    Source: journey §3.3.2.
    """
    N = y.shape[-1]
    belief = sheet.step(
        "belief",
        r"@y \odot @yhat + (1 - @y) \odot (1 - @yhat)",
        y * yhat + (1 - y) * (1 - yhat),
        probability_of_one=yhat,
        other_label=(1 - y) * yhat + y * (1 - yhat),
    )
    terms = sheet.step("terms", r"-\ln @belief", -np.log(belief), log10=-np.log10(belief), no_minus=np.log(belief))
    sheet.step(
        "loss",
        r"\frac{1}{N} \sum_n @terms_{n}",
        terms.sum(-1) / N,
        sum_not_mean=terms.sum(-1),
        negatives_ignored=(terms * y).sum(-1) / N,
    )
    spread = yhat * (1 - yhat)
    sheet.step(
        "dyhat",
        r"\frac{1}{N} \cdot \frac{@yhat - @y}{@yhat \odot (1 - @yhat)}",
        (yhat - y) / spread / N,
        sum_not_mean=(yhat - y) / spread,
        error_sign=(y - yhat) / spread / N,
        denominator_forgotten=(yhat - y) / N,
    )
    sheet.step(
        "dz",
        r"\frac{1}{N} \left(@yhat - @y\right)",
        (yhat - y) / N,
        sum_not_mean=yhat - y,
        error_sign=(y - yhat) / N,
        sigmoid_slope_again=(yhat - y) * spread / N,
    )
