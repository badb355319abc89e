"""Why squared error does not suit a sigmoid: first and second derivative of (y - σ(z))², and where it stops being convex."""

from __future__ import annotations

import numpy as np

from solvers.losses import label
from solvers.sigmoids import logistic
from solvers.solver import Mistake, real, solver

SYMBOLS = {
    "dyhat": r"\frac{\partial L}{\partial \hat{y}}",
    "slope": r"\sigma'(z)",
    "f": r"f(\hat{y})",
    "d2w": r"\frac{\partial^2 L}{\partial w^2}",
}
WORDS = {
    "z": ("logit", "logit"),
    "yhat": ("dự đoán", "prediction"),
    "dyhat": ("đạo hàm theo dự đoán", "derivative with respect to the prediction"),
    "slope": ("đạo hàm của sigmoid", "derivative of the sigmoid"),
    "dz": ("đạo hàm theo logit", "derivative with respect to the logit"),
    "dw": ("đạo hàm bậc nhất", "first derivative"),
    "f": ("biểu thức quyết định dấu", "the factor that decides the sign"),
    "d2w": ("đạo hàm bậc hai", "second derivative"),
}
BIAS = {
    "bias_forgotten": Mistake(
        vi=("quên bias", "$z = wx + b$: đừng bỏ $b$."),
        en=("bias forgotten", "$z = wx + b$: do not leave out $b$."),
    ),
}


@solver(
    givens={"x": real(), "w": real(), "b": real(), "y": label()},
    symbols=SYMBOLS,
    words=WORDS,
    mistakes=BIAS
    | {
        "exponent_sign": Mistake(
            vi=("sai dấu ở số mũ", "Sigmoid có $e^{-z}$ ở mẫu: đổi dấu số mũ."),
            en=("sign of the exponent", "The sigmoid has $e^{-z}$ below: change the sign of the exponent."),
        ),
        "error_sign": Mistake(
            vi=(
                "đảo dấu sai số",
                "Đạo hàm của $(y-\\hat{y})^2$ theo $\\hat{y}$ có thêm $-1$ từ bên trong: $2(\\hat{y}-y)$. Hãy đổi dấu.",
            ),
            en=(
                "sign of the error flipped",
                "Differentiating $(y-\\hat{y})^2$ in $\\hat{y}$ brings a $-1$ from inside: $2(\\hat{y}-y)$. Change the sign.",
            ),
        ),
        "two_forgotten": Mistake(
            vi=("quên hệ số 2", "Đạo hàm của bình phương có hệ số 2: nhân thêm 2."),
            en=("factor 2 forgotten", "A square's derivative carries a factor 2: multiply by it."),
        ),
        "cross_entropy_gradient": Mistake(
            vi=("dùng gradient của cross-entropy", "Với MSE, $\\hat{y}(1-\\hat{y})$ không triệt tiêu: nhân nó vào."),
            en=("gradient of cross-entropy", "Under MSE $\\hat{y}(1-\\hat{y})$ does not cancel: multiply by it."),
        ),
        "input_forgotten": Mistake(
            vi=("quên nhân với $x$", "$\\partial z/\\partial w = x$: nhân $x$ một lần ở đạo hàm bậc nhất, hai lần ở bậc hai."),
            en=("$x$ forgotten", "$\\partial z/\\partial w = x$: multiply by $x$ once in the first derivative, twice in the second."),
        ),
        "label_dropped": Mistake(
            vi=("bỏ quên các số hạng có $y$", "Thay đúng nhãn vào $-y + 2y\\hat{y}$ rồi cộng."),
            en=("terms with $y$ left out", "Put the label into $-y + 2y\\hat{y}$ and add that."),
        ),
        "squared_slope_only": Mistake(
            vi=("bỏ độ cong của sigmoid", "Tích có hai thừa số phụ thuộc $z$: lấy đạo hàm cả $\\hat{y}-y$ lẫn $\\hat{y}(1-\\hat{y})$."),
            en=(
                "curvature of the sigmoid left out",
                "Two factors depend on $z$: differentiate both $\\hat{y}-y$ and $\\hat{y}(1-\\hat{y})$.",
            ),
        ),
        "always_positive": Mistake(
            vi=(
                "lấy độ cong của cross-entropy",
                "$x^2\\hat{y}(1-\\hat{y})$ là của cross-entropy, luôn không âm; với MSE hãy nhân $2f(\\hat{y})$.",
            ),
            en=(
                "curvature of cross-entropy",
                "$x^2\\hat{y}(1-\\hat{y})$ belongs to cross-entropy and is never negative; under MSE multiply by $2f(\\hat{y})$.",
            ),
        ),
    },
)
def mse_sigmoid(sheet, *, x, w, b, y):
    """L = (y - ŷ)² with ŷ = σ(wx + b): ∂L/∂w = 2(ŷ - y) ŷ(1 - ŷ) x and ∂²L/∂w² = 2x² ŷ(1 - ŷ) f(ŷ).

    f(ŷ) = -3ŷ² + 2ŷ - y + 2yŷ decides the sign.  All scalars (…); y is 0 or 1.
    Steps z, yhat, dyhat, slope, dz, dw, f, d2w (…).  Source: journey §3.3.1, whose first line has y - ŷ in ∂L/∂θ.
    """
    z = sheet.step("z", r"@w \cdot @x + @b", w * x + b, bias_forgotten=w * x)
    yhat = sheet.step("yhat", r"\frac{1}{1 + e^{-@z}}", logistic(z), exponent_sign=logistic(-z))
    dyhat = sheet.step("dyhat", r"2 \cdot (@yhat - @y)", 2 * (yhat - y), error_sign=2 * (y - yhat), two_forgotten=yhat - y)
    slope = sheet.step("slope", r"@yhat \cdot (1 - @yhat)", yhat * (1 - yhat))
    dz = sheet.step("dz", r"@dyhat \cdot @slope", dyhat * slope, cross_entropy_gradient=yhat - y)
    sheet.step("dw", r"@dz \cdot @x", dz * x, input_forgotten=dz)
    f = sheet.step(
        "f",
        r"-3 \cdot @yhat^2 + 2 \cdot @yhat - @y + 2 \cdot @y \cdot @yhat",
        -3 * yhat**2 + 2 * yhat - y + 2 * y * yhat,
        label_dropped=-3 * yhat**2 + 2 * yhat,
        squared_slope_only=yhat * (1 - yhat),
    )
    sheet.step(
        "d2w",
        r"2 \cdot @x^2 \cdot @slope \cdot @f",
        2 * x * x * slope * f,
        input_forgotten=2 * slope * f,
        two_forgotten=x * x * slope * f,
        always_positive=x * x * slope,
    )


@solver(
    givens={"w": real(), "b": real(), "y": label()},
    symbols={"yhat": r"\hat{y}^{*}", "z": "z^{*}", "x": "x^{*}"},
    words={"yhat": ("dự đoán tại điểm uốn", "prediction at the turning point"), "z": ("logit tại đó", "logit there")}
    | {"x": ("đầu vào tại đó", "input there")},
    mistakes=BIAS
    | {
        "decision_boundary": Mistake(
            vi=("lấy biên quyết định", "$\\hat{y} = 1/2$ là đường biên quyết định; độ cong đổi dấu tại nghiệm của $f(\\hat{y}) = 0$."),
            en=(
                "decision boundary taken",
                "$\\hat{y} = 1/2$ parts the classes; the curvature changes sign at the root of $f(\\hat{y}) = 0$.",
            ),
        ),
        "other_label": Mistake(
            vi=("dùng nghiệm của nhãn kia", "Thay đúng nhãn $y$ vào $f(\\hat{y})$ rồi giải lại."),
            en=("root of the other label", "Put the right label $y$ into $f(\\hat{y})$ and solve again."),
        ),
        "odds_flipped": Mistake(
            vi=("đảo tỉ số khi lấy logit", "$z = \\ln\\frac{\\hat{y}}{1-\\hat{y}}$: để $\\hat{y}$ trên tử."),
            en=("odds upside down", "$z = \\ln\\frac{\\hat{y}}{1-\\hat{y}}$: $\\hat{y}$ stands above."),
        ),
        "not_inverted": Mistake(
            vi=("lấy $\\hat{y}$ làm $z$", "$\\hat{y} = \\sigma(z)$: lấy logit của $\\hat{y}$ để trở về $z$."),
            en=("$\\hat{y}$ taken for $z$", "$\\hat{y} = \\sigma(z)$: take the logit of $\\hat{y}$ to get back to $z$."),
        ),
        "bias_added": Mistake(
            vi=("cộng bias khi giải $x$", "Từ $z = wx + b$ suy ra $x = (z-b)/w$: trừ $b$."),
            en=("bias added on the way to $x$", "From $z = wx + b$ follows $x = (z-b)/w$: subtract $b$."),
        ),
        "multiplied": Mistake(
            vi=("nhân với $w$ thay vì chia", "Từ $z = wx + b$ suy ra $x = (z-b)/w$: chia cho $w$."),
            en=("multiplied by $w$, not divided", "From $z = wx + b$ follows $x = (z-b)/w$: divide by $w$."),
        ),
    },
)
def convex_edge(sheet, *, w, b, y):
    """Where (y - σ(wx + b))² stops being convex: f(ŷ) = 0 at ŷ = 2/3 for y = 0 and at ŷ = 1/3 for y = 1, so z = ±ln 2.

    All scalars (…); y is 0 or 1, w not 0.  Steps yhat, z, x (…).  Source: journey §3.3.1, the two cases of f(ŷ).
    """
    yhat = sheet.step("yhat", r"\frac{2 - @y}{3}", (2.0 - y) / 3, decision_boundary=np.full(np.shape(y), 0.5), other_label=(1.0 + y) / 3)
    z = sheet.step(
        "z",
        r"\ln\frac{@yhat}{1 - @yhat}",
        np.log(yhat / (1 - yhat)),
        odds_flipped=np.log((1 - yhat) / yhat),
        not_inverted=yhat,
    )
    sheet.step("x", r"\frac{@z - @b}{@w}", (z - b) / w, bias_added=(z + b) / w, multiplied=(z - b) * w, bias_forgotten=z / w)
