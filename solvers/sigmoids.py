"""The S-shaped activations, sigmoid and tanh: values, derivatives, and how they behave near zero."""

from __future__ import annotations

import numpy as np

from solvers.rectifiers import CHAIN, SYMBOLS, WORDS, backward
from solvers.solver import Mistake, real, solver

CURVE = {
    "exponent_sign": Mistake(
        vi=("sai dấu ở số mũ", "Sigmoid có $e^{-x}$ ở mẫu: đổi dấu số mũ rồi tính lại."),
        en=("sign of the exponent", "The sigmoid has $e^{-x}$ below: change the sign of the exponent and recompute."),
    ),
    "value_for_slope": Mistake(
        vi=("lấy giá trị hàm làm đạo hàm", "Bạn mới dừng ở $f(x)$: tính tiếp $f'(x)$ từ $f(x)$ vừa có."),
        en=("value taken as the derivative", "You stopped at $f(x)$: go on and compute $f'(x)$ from it."),
    ),
    "slope_at_value": Mistake(
        vi=("áp dụng hàm hai lần khi tính đạo hàm", "Trong $f'(x)$ hãy dùng thẳng giá trị $f(x)$, đừng đưa $f(x)$ vào hàm lần nữa."),
        en=("function applied twice in the derivative", "In $f'(x)$ use the value $f(x)$ as it is, do not put it through $f$ again."),
    ),
}


def logistic(x):
    """The sigmoid 1/(1 + e⁻ˣ)."""
    return 1 / (1 + np.exp(-x))


@solver(
    givens={"x": real("n"), "dy": real("n")},
    symbols=SYMBOLS,
    words=WORDS | {"e": ("lũy thừa của $e$", "power of $e$")},
    first=1,
    mistakes=CHAIN
    | CURVE
    | {
        "minus_below": Mistake(
            vi=("trừ thay vì cộng ở mẫu", "Mẫu số là $1 + e^{-x}$: đổi dấu trừ thành dấu cộng."),
            en=("minus in the denominator", "The denominator is $1 + e^{-x}$: turn the minus into a plus."),
        ),
        "tanh": Mistake(
            vi=("dùng tanh", "Đề hỏi sigmoid $1/(1+e^{-x})$, có giá trị từ 0 đến 1: tính lại với hàm này."),
            en=("tanh used", "The question asks for the sigmoid $1/(1+e^{-x})$, between 0 and 1: recompute with it."),
        ),
        "tanh_slope": Mistake(
            vi=("dùng đạo hàm của tanh", "$1 - y^2$ thuộc về tanh; với sigmoid hãy dùng $y(1-y)$."),
            en=("derivative of tanh", "$1 - y^2$ belongs to tanh; for the sigmoid use $y(1-y)$."),
        ),
    },
)
def sigmoid(sheet, *, x, dy):
    """The sigmoid y = 1/(1 + e⁻ˣ) and the way back: f′(x) = y(1 - y), at most 1/4.

    x, dy (…, n), dy is ∂L/∂y.  Steps e, y, slope, dx (…, n).  Overflows only beyond |x| ≈ 700.
    Source: notebook §4.5; journey §3.2.1.
    """
    e = sheet.step("e", r"e^{-@x}", np.exp(-x), exponent_sign=np.exp(x))
    y = sheet.step("y", r"\frac{1}{1 + @e}", 1 / (1 + e), minus_below=1 / (1 - e), tanh=(1 - e * e) / (1 + e * e))
    slope = sheet.step(
        "slope",
        r"@y \odot (1 - @y)",
        y * (1 - y),
        value_for_slope=y,
        tanh_slope=1 - y * y,
        slope_at_value=logistic(y) * (1 - logistic(y)),
    )
    backward(sheet, dy, slope, y)


@solver(
    givens={"x": real("n"), "dy": real("n")},
    symbols=SYMBOLS,
    words=WORDS,
    first=1,
    mistakes=CHAIN
    | {name: CURVE[name] for name in ("value_for_slope", "slope_at_value")}
    | {
        "sigmoid": Mistake(
            vi=("dùng sigmoid", "Đề hỏi $\\tanh$, có giá trị từ $-1$ đến $1$: tính lại với hàm này."),
            en=("sigmoid used", "The question asks for $\\tanh$, between $-1$ and $1$: recompute with it."),
        ),
        "fraction_flipped": Mistake(
            vi=("đảo ngược phân số", "Tử là hiệu $e^x - e^{-x}$, mẫu là tổng: đổi chỗ tử và mẫu."),
            en=("fraction upside down", "The difference $e^x - e^{-x}$ stands above and the sum below: turn the fraction over."),
        ),
        "halved": Mistake(
            vi=("chia cho 2 thay vì chia cho tổng", "$(e^x - e^{-x})/2$ là $\\sinh x$: chia cho $e^x + e^{-x}$."),
            en=("divided by 2, not by the sum", "$(e^x - e^{-x})/2$ is $\\sinh x$: divide by $e^x + e^{-x}$."),
        ),
        "not_squared": Mistake(
            vi=("quên bình phương", "$\\tanh'(x) = 1 - \\tanh^2(x)$: bình phương $y$ rồi mới trừ."),
            en=("square forgotten", "$\\tanh'(x) = 1 - \\tanh^2(x)$: square $y$ before you subtract."),
        ),
        "sigmoid_slope": Mistake(
            vi=("dùng đạo hàm của sigmoid", "$y(1-y)$ thuộc về sigmoid; với tanh hãy dùng $1-y^2$."),
            en=("derivative of the sigmoid", "$y(1-y)$ belongs to the sigmoid; for tanh use $1-y^2$."),
        ),
    },
)
def tanh(sheet, *, x, dy):
    """y = tanh x and the way back: f′(x) = 1 - y², at most 1.

    x, dy (…, n), dy is ∂L/∂y.  Steps y, slope, dx (…, n).  Source: notebook §4.6; journey §3.2.2.
    """
    y = sheet.step(
        "y",
        r"\frac{e^{@x} - e^{-@x}}{e^{@x} + e^{-@x}}",
        np.tanh(x),
        sigmoid=logistic(x),
        fraction_flipped=1 / np.tanh(x),
        halved=np.sinh(x),
    )
    slope = sheet.step(
        "slope",
        r"1 - @y^2",
        1 - y * y,
        value_for_slope=y,
        not_squared=1 - y,
        sigmoid_slope=y * (1 - y),
        slope_at_value=1 - np.tanh(y) ** 2,
    )
    backward(sheet, dy, slope, y)


SERIES = {
    "factorial": Mistake(
        vi=(
            "chia cho $3!$ thêm một lần",
            "Hệ số đã là $f'''(0)/3!$. Với tanh, $f'''(0) = -2$ nên hệ số của $x^3$ là $-2/6 = -1/3$, không phải $-1/3!$.",
        ),
        en=(
            "$1/3!$ in place of $f'''(0)/3!$",
            "The factor is $f'''(0)/3!$. For tanh $f'''(0) = -2$, so $x^3$ takes $-2/6 = -1/3$, not $-1/3!$.",
        ),
    ),
    "term_sign": Mistake(
        vi=("cộng số hạng bậc ba", "Cả hai đường cong đều cong về phía trục hoành khi $x > 0$: trừ số hạng $x^3$."),
        en=("cubic term added", "Both curves bend below their tangent for $x > 0$: subtract the $x^3$ term."),
    ),
    "squared_term": Mistake(
        vi=("lấy $x^2$ thay cho $x^3$", "Đạo hàm bậc hai tại 0 bằng 0 nên không có $x^2$: lũy thừa kế tiếp là $x^3$."),
        en=("$x^2$ in place of $x^3$", "The second derivative at 0 is 0, so there is no $x^2$: the next power is $x^3$."),
    ),
    "exact_value": Mistake(
        vi=("lấy giá trị chính xác thay cho xấp xỉ", "Đề hỏi giá trị của đa thức xấp xỉ: thay $x$ vào đa thức."),
        en=("exact value in place of the expansion", "The question asks for the polynomial: put $x$ into it."),
    ),
    "error_sign": Mistake(
        vi=("đảo dấu sai số", "Sai số ở đây là xấp xỉ trừ giá trị đúng: đổi thứ tự phép trừ."),
        en=("sign of the error flipped", "The error here is the approximation minus the true value: turn the subtraction round."),
    ),
    "tangent_only": Mistake(
        vi=("dừng ở bậc nhất", "Thêm số hạng bậc ba vào xấp xỉ tuyến tính."),
        en=("stopped at first order", "Add the cubic term to the linear approximation."),
    ),
}
SERIES_WORDS = {
    "line": ("xấp xỉ bậc nhất", "first-order approximation"),
    "cubic": ("xấp xỉ bậc ba", "third-order approximation"),
    "exact": ("giá trị đúng", "true value"),
    "gap": ("sai số của bậc nhất", "error of first order"),
    "left": ("sai số của bậc ba", "error of third order"),
}
SERIES_SYMBOLS = {"x": r"\mathbf{x}", "line": r"\mathbf{p}", "cubic": r"\mathbf{q}", "exact": r"\mathbf{y}"} | {
    "gap": r"\mathbf{d}",
    "left": r"\mathbf{r}",
}


def gaps(sheet, line, cubic, exact):
    """The steps that compare both approximations with the true value."""
    sheet.step("gap", r"@line - @exact", line - exact, error_sign=exact - line)
    sheet.step("left", r"@cubic - @exact", cubic - exact, error_sign=exact - cubic)


@solver(givens={"x": real("n", low=-3, high=3)}, symbols=SERIES_SYMBOLS, words=SERIES_WORDS, first=1, mistakes=SERIES)
def tanh_series(sheet, *, x):
    """Near zero tanh x = x - x³/3 + …: the tangent, the next term, and what each of them misses.

    x (…, n).  Steps line, cubic, exact, gap, left (…, n); an error is approximation minus true value.
    Source: journey §6.1.4, whose printed x - x³/3! drops tanh‴(0) = -2.
    """
    line = sheet.step("line", "@x", x)
    cubic = sheet.step(
        "cubic",
        r"@x - \frac{@x^3}{3}",
        x - x**3 / 3,
        factorial=x - x**3 / 6,
        term_sign=x + x**3 / 3,
        squared_term=x - x**2 / 3,
        exact_value=np.tanh(x),
        tangent_only=x,
    )
    gaps(sheet, line, cubic, sheet.step("exact", r"\tanh(@x)", np.tanh(x)))


@solver(
    givens={"x": real("n", low=-3, high=3)},
    symbols=SERIES_SYMBOLS,
    words=SERIES_WORDS,
    first=1,
    mistakes={name: SERIES[name] for name in ("term_sign", "squared_term", "exact_value", "error_sign", "tangent_only")}
    | {
        "half_forgotten": Mistake(
            vi=("quên $\\sigma(0)$", "Sigmoid bằng $1/2$ tại 0: cộng thêm $1/2$."),
            en=("$\\sigma(0)$ forgotten", "The sigmoid is $1/2$ at 0: add that $1/2$."),
        ),
        "slope_half": Mistake(
            vi=("lấy hệ số góc bằng 1/2", "$\\sigma'(0) = \\tfrac{1}{2} \\cdot \\tfrac{1}{2} = \\tfrac{1}{4}$: chia $x$ cho 4."),
            en=("slope taken as 1/2", "$\\sigma'(0) = \\tfrac{1}{2} \\cdot \\tfrac{1}{2} = \\tfrac{1}{4}$: divide $x$ by 4."),
        ),
        "slope_one": Mistake(
            vi=("lấy hệ số góc bằng 1", "Hệ số góc 1 là của tanh; với sigmoid, $\\sigma'(0) = \\tfrac{1}{4}$: chia $x$ cho 4."),
            en=("slope taken as 1", "Slope 1 belongs to tanh; the sigmoid has $\\sigma'(0) = \\tfrac{1}{4}$: divide $x$ by 4."),
        ),
    },
)
def sigmoid_series(sheet, *, x):
    """Near zero σ(x) = 1/2 + x/4 - x³/48 + …: the tangent, the next term, and what each of them misses.

    x (…, n).  Steps line, cubic, exact, gap, left (…, n); an error is approximation minus true value.
    Source: journey §6.1.4, which stops at first order; σ‴(0) = -1/8 gives the next term.
    """
    line = sheet.step(
        "line",
        r"\frac{1}{2} + \frac{@x}{4}",
        0.5 + x / 4,
        half_forgotten=x / 4,
        slope_half=0.5 + x / 2,
        slope_one=0.5 + x,
        exact_value=logistic(x),
    )
    cubic = sheet.step(
        "cubic",
        r"@line - \frac{@x^3}{48}",
        line - x**3 / 48,
        term_sign=line + x**3 / 48,
        squared_term=line - x**2 / 48,
        exact_value=logistic(x),
        tangent_only=line,
    )
    gaps(sheet, line, cubic, sheet.step("exact", r"\frac{1}{1 + e^{-@x}}", logistic(x)))
