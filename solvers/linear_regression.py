"""Linear regression: one step of gradient descent on the squared error, for one sample and for a mini-batch."""

from __future__ import annotations

import numpy as np

from solvers.relu_softmax_batch import transposed
from solvers.solver import Mistake, rate, real, solver

# The letters and words that linear, logistic and softmax regression share.
SYMBOLS = {
    "X": r"\mathbf{X}",
    "y": r"\mathbf{y}",
    "z": r"\mathbf{z}",
    "yhat": r"\mathbf{\hat{y}}",
    "theta": r"\boldsymbol{\theta}",
    "thetanew": r"\boldsymbol{\theta}'",
    "theta[]": r"\theta_{{i}}",
    "thetanew[]": r"\theta'_{{i}}",
    "lr": r"\eta",
}
WORDS = {
    "yhat": ("dự đoán", "prediction"),
    "loss": ("hàm mất mát", "loss"),
    "dtheta": ("gradient", "gradient"),
    "thetanew": ("tham số mới", "new parameters"),
}
# Mistakes with the gradient and the step, which every regression knows.
STEP = {
    "bias_forgotten": Mistake(
        vi=("quên bias", "Cộng thêm bias $b$: nó ứng với cột toàn số 1 của $\\mathbf{X}$."),
        en=("bias forgotten", "Add the bias $b$: it belongs to the column of ones in $\\mathbf{X}$."),
    ),
    "error_sign": Mistake(
        vi=("đảo dấu sai số", "Gradient dùng hiệu $\\hat{y}-y$, không phải $y-\\hat{y}$: đổi dấu."),
        en=("sign of the error flipped", "The gradient holds $\\hat{y}-y$, not $y-\\hat{y}$: change the sign."),
    ),
    "input_forgotten": Mistake(
        vi=("quên nhân với đầu vào", "Đạo hàm theo trọng số còn thừa số $x$ của quy tắc chuỗi: nhân sai số với đầu vào."),
        en=(
            "input forgotten",
            "The derivative with respect to a weight has the factor $x$ of the chain rule: multiply the error by the input.",
        ),
    ),
    "uphill": Mistake(
        vi=("sai dấu khi cập nhật", "Cập nhật đi ngược chiều gradient: lấy tham số cũ trừ đi bước."),
        en=("wrong sign in the update", "The update goes against the gradient: subtract the step from the old parameter."),
    ),
    "no_lr": Mistake(
        vi=("quên learning rate", "Nhân gradient với $\\eta$ trước khi trừ."),
        en=("learning rate forgotten", "Multiply the gradient by $\\eta$ before you subtract it."),
    ),
}
SQUARE = {
    "half_square": Mistake(
        vi=(
            "dùng quy ước $\\frac{1}{2}(\\hat{y}-y)^2$",
            "Nhiều sách đặt thêm $\\frac{1}{2}$ để số 2 triệt tiêu, và ở đó cách tính này đúng. "
            "Ở đây không có $\\frac{1}{2}$: giữ hệ số 2 của đạo hàm.",
        ),
        en=(
            "convention $\\frac{1}{2}(\\hat{y}-y)^2$",
            "Many books put a $\\frac{1}{2}$ in front so that the 2 cancels, and it is right "
            "there. Here there is none: keep the factor 2 of the derivative.",
        ),
    ),
    "absolute_error": Mistake(
        vi=("lấy trị tuyệt đối của sai số", "Hàm mất mát ở đây là bình phương của $\\hat{y}-y$: bình phương rồi mới dùng tiếp."),
        en=("absolute error", "The loss here is the square of $\\hat{y}-y$: square the difference."),
    ),
}


def updated(sheet, name, formula, old, step, unscaled, **more):
    """The step old - step, with its mistakes; `unscaled` is the step without its learning rate."""
    return sheet.step(name, formula, old - step, uphill=old + step, no_lr=old - unscaled, **more)


def times(X, theta):
    """X θ for a vector θ."""
    return (X @ theta[..., None])[..., 0]


def transpose_times(X, e):
    """Xᵀ e for a vector e."""
    return times(transposed(X), e)


@solver(
    givens={"x": real(), "y": real(), "w": real(), "b": real(), "lr": rate("")},
    symbols={"lr": r"\eta", "wnew": "w'", "bnew": "b'"},
    words=WORDS
    | {
        "dw": ("gradient theo $w$", "gradient for $w$"),
        "db": ("gradient theo $b$", "gradient for $b$"),
        "wnew": ("trọng số mới", "new weight"),
        "bnew": ("bias mới", "new bias"),
    },
    mistakes=STEP
    | SQUARE
    | {
        "bias_times_input": Mistake(
            vi=("nhân đạo hàm của bias với $x$", "$\\partial \\hat{y}/\\partial b = 1$: gradient theo $b$ không có thừa số $x$."),
            en=("bias gradient times $x$", "$\\partial \\hat{y}/\\partial b = 1$: the gradient for $b$ has no factor $x$."),
        ),
    },
)
def linear_step(sheet, *, x, y, w, b, lr):
    """One step of stochastic gradient descent for ŷ = w x + b with L = (ŷ - y)², on one sample.

    All scalars (…).  Steps yhat, loss, dw, db, wnew, bnew.
    Convention: no ½ in front of the square, so the gradients keep their 2.  Source: computer vision journey, §2.2.
    """
    yhat = sheet.step("yhat", r"@w \cdot @x + @b", w * x + b, bias_forgotten=w * x)
    e = yhat - y
    sheet.step("loss", r"\left(@yhat - @y\right)^2", e**2, half_square=e**2 / 2, absolute_error=np.abs(e))
    dw = sheet.step(
        "dw",
        r"2 \cdot @x \cdot \left(@yhat - @y\right)",
        2 * x * e,
        half_square=x * e,
        error_sign=-2 * x * e,
        input_forgotten=2 * e,
    )
    db = sheet.step("db", r"2 \cdot \left(@yhat - @y\right)", 2 * e, half_square=e, error_sign=-2 * e, bias_times_input=2 * x * e)
    updated(sheet, "wnew", r"@w - @lr \cdot @dw", w, lr * dw, dw)
    updated(sheet, "bnew", r"@b - @lr \cdot @db", b, lr * db, db)


@solver(
    givens={"X": real("m n"), "y": real("m"), "theta": real("n"), "lr": rate()},
    symbols=SYMBOLS,
    words=WORDS,
    first=1,
    mistakes=STEP
    | SQUARE
    | {
        "mean_not_sum": Mistake(
            vi=(
                "lấy trung bình ngay",
                "Chia cho $m$ ngay từ hàm mất mát là một quy ước thông dụng, khi đó bước cập nhật không chia nữa. "
                "Ở đây $L$ là tổng trên mini-batch: chỉ chia cho $m$ khi cập nhật.",
            ),
            en=(
                "mean taken at once",
                "Dividing the loss by $m$ is a common convention, and the update then does not divide again. "
                "Here $L$ is the sum over the mini-batch: divide by $m$ in the update only.",
            ),
        ),
        "batch_not_averaged": Mistake(
            vi=("quên chia cho $m$ khi cập nhật", "Bước cập nhật là $\\frac{\\eta}{m}$ nhân gradient: chia cho số mẫu $m$."),
            en=(
                "not divided by $m$ in the update",
                "The step is $\\frac{\\eta}{m}$ times the gradient: divide by the number of samples $m$.",
            ),
        ),
    },
)
def linear_batch_step(sheet, *, X, y, theta, lr):
    """One mini-batch step for ŷ = X θ with L = Σ (ŷᵢ - yᵢ)², θ ← θ - (η/m) ∂L/∂θ.

    X (…, m, n), its last column the ones of the bias; y (…, m); theta (…, n) with the bias last; lr (…, 1).
    Steps yhat (…, m), loss (…), dtheta, thetanew (…, n); the gradient has θ's order.
    Convention: L is the sum and the update divides by m, the same step as with the mean.  Source: computer vision journey, §2.3.
    """
    m = y.shape[-1]
    yhat = sheet.step("yhat", r"@X \, @theta", times(X, theta), bias_forgotten=times(X[..., :-1], theta[..., :-1]))
    e = yhat - y
    total = (e**2).sum(-1)
    sheet.step(
        "loss",
        r"\sum_i \left(@yhat - @y\right)_i^2",
        total,
        half_square=total / 2,
        mean_not_sum=total / m,
        absolute_error=np.abs(e).sum(-1),
    )
    g = 2 * transpose_times(X, e)
    g = sheet.step(
        "dtheta",
        r"2 \cdot @X^{\mathsf{T}} \left(@yhat - @y\right)",
        g,
        half_square=g / 2,
        mean_not_sum=g / m,
        error_sign=-g,
        input_forgotten=2 * transpose_times(np.ones_like(X), e),
    )
    updated(
        sheet,
        "thetanew",
        rf"@theta - \frac{{@lr}}{{{m}}} \cdot @dtheta",
        theta,
        lr / m * g,
        g / m,
        batch_not_averaged=theta - lr * g,
    )
