"""One gradient step on a composed function of one variable, by the chain rule."""

from __future__ import annotations

import numpy as np

from solvers.gradient_descent import SLIPS
from solvers.solver import Mistake, rate, real, solver

STEP = {name: SLIPS[name] for name in ("uphill", "no_lr")}
CHAIN = {
    "no_inner": Mistake(
        vi=("quên đạo hàm bên trong", "Quy tắc chuỗi: nhân đạo hàm của hàm ngoài với đạo hàm của hàm trong."),
        en=("inner derivative forgotten", "The chain rule: multiply the outer derivative by the derivative of the inner function."),
    ),
    "no_outer": Mistake(
        vi=("quên đạo hàm bên ngoài", "Quy tắc chuỗi: nhân đạo hàm của hàm trong với đạo hàm của hàm ngoài."),
        en=("outer derivative forgotten", "The chain rule: multiply the inner derivative by the derivative of the outer function."),
    ),
}


def descend(sheet, x0, lr, gradient):
    """The step x₁ = x₀ - α g, with its mistakes."""
    sheet.step("x1", r"@x0 - @lr \cdot @g", x0 - lr * gradient, uphill=x0 + lr * gradient, no_lr=x0 - gradient)


@solver(
    givens={"x0": real(), "b": real(), "c": real(), "lr": rate("")},
    symbols={"u": "u", "df": "f'(x_0)", "dg": "g'(u)", "g": "(g \\circ f)'(x_0)"},
    words={
        "u": ("hàm trong", "inner function"),
        "df": ("đạo hàm của hàm trong", "inner derivative"),
        "dg": ("đạo hàm của hàm ngoài", "outer derivative"),
        "g": ("đạo hàm của hàm hợp", "derivative of the composition"),
        "x": ("sau một bước", "after one step"),
    },
    mistakes=STEP
    | CHAIN
    | {
        "outer_at_x": Mistake(
            vi=("tính $g'$ tại $x_0$", "Đạo hàm của hàm ngoài lấy tại $u = f(x_0)$: thay $u$ vào $g'$, không thay $x_0$."),
            en=("$g'$ taken at $x_0$", "The outer derivative is taken at $u = f(x_0)$: put $u$ into $g'$, not $x_0$."),
        ),
        "outer_value": Mistake(
            vi=("lấy $g(u)$ thay cho $g'(u)$", "Bạn đã tính giá trị của hàm ngoài. Lấy đạo hàm theo $u$: $3u^2 + c$."),
            en=("$g(u)$ in place of $g'(u)$", "You computed the outer function itself. Differentiate with respect to $u$: $3u^2 + c$."),
        ),
        "inner_value": Mistake(
            vi=("lấy $f(x_0)$ thay cho $f'(x_0)$", "Bạn đã tính giá trị của hàm trong. Lấy đạo hàm theo $x$: $2x + b$."),
            en=("$f(x_0)$ in place of $f'(x_0)$", "You computed the inner function itself. Differentiate with respect to $x$: $2x + b$."),
        ),
        "linear_dropped": Mistake(
            vi=("bỏ quên số hạng bậc nhất", "Đạo hàm của số hạng bậc nhất là hệ số của nó, không phải 0: cộng thêm vào."),
            en=("linear term dropped", "The derivative of the linear term is its coefficient, not 0: add it."),
        ),
        "derivatives_added": Mistake(
            vi=("cộng hai đạo hàm", "Quy tắc chuỗi là một tích: nhân $g'(u)$ với $f'(x_0)$."),
            en=("derivatives added", "The chain rule is a product: multiply $g'(u)$ by $f'(x_0)$."),
        ),
    },
)
def composite(sheet, *, x0, b, c, lr):
    """One gradient step on g(f(x)) with f(x) = x² + b x and g(u) = u³ + c u + 2.

    All (…).  Steps u, df, dg, g, x1.  Source: computer vision journey, §6.2.1, third approach (b = 3, c = 1).
    """
    u = sheet.step("u", r"@x0^2 + @b \cdot @x0", x0 * x0 + b * x0)
    df = sheet.step("df", r"2 \cdot @x0 + @b", 2 * x0 + b, linear_dropped=2 * x0, inner_value=x0 * x0 + b * x0)
    dg = sheet.step(
        "dg",
        r"3 \cdot @u^2 + @c",
        3 * u * u + c,
        linear_dropped=3 * u * u,
        outer_at_x=3 * x0 * x0 + c,
        outer_value=u * u * u + c * u + 2,
    )
    g = sheet.step("g", r"@dg \cdot @df", dg * df, no_inner=dg, no_outer=df, derivatives_added=dg + df)
    descend(sheet, x0, lr, g)


@solver(
    givens={"x0": real(), "eps": rate(""), "lr": rate("")},
    symbols={"u": "u", "du": r"\frac{du}{dx}", "g": "f'(x_0)"},
    words={
        "u": ("bên trong logarit", "inside the logarithm"),
        "du": ("đạo hàm bên trong", "inner derivative"),
        "g": ("đạo hàm", "derivative"),
        "x": ("sau một bước", "after one step"),
    },
    mistakes=STEP
    | CHAIN
    | {
        "power_kept": Mistake(
            vi=("không hạ bậc", "Đạo hàm của $x^4$ là $4x^3$: hạ số mũ xuống một bậc."),
            en=("power not lowered", "The derivative of $x^4$ is $4x^3$: lower the exponent by one."),
        ),
        "factor_lost": Mistake(
            vi=("quên hệ số 4", "Đạo hàm của $x^4$ là $4x^3$: đưa số mũ xuống làm hệ số."),
            en=("factor 4 forgotten", "The derivative of $x^4$ is $4x^3$: bring the exponent down as a factor."),
        ),
        "eps_dropped": Mistake(
            vi=("bỏ quên $\\varepsilon$", "Gần 0 thì $\\varepsilon$ lớn hơn $x^4$ và quyết định độ dốc: giữ $\\varepsilon$ trong $u$."),
            en=("$\\varepsilon$ dropped", "Near 0, $\\varepsilon$ outweighs $x^4$ and decides the slope: keep $\\varepsilon$ in $u$."),
        ),
        "log10": Mistake(
            vi=("dùng log cơ số 10", "Ở đây $\\log$ là logarit tự nhiên, có đạo hàm $1/u$: bỏ hệ số $1/\\ln 10$."),
            en=("logarithm to base 10", "Here $\\log$ is the natural logarithm, with the derivative $1/u$: leave out $1/\\ln 10$."),
        ),
        "not_inverted": Mistake(
            vi=("nhân với $u$ thay vì chia", "Đạo hàm của $\\ln u$ là $1/u$: chia đạo hàm bên trong cho $u$."),
            en=("multiplied by $u$ in place of divided", "The derivative of $\\ln u$ is $1/u$: divide the inner derivative by $u$."),
        ),
    },
)
def log_quartic(sheet, *, x0, eps, lr):
    """One gradient step on f(x) = ln(x⁴ + ε).

    All (…).  Steps u, du, g, x1.  Convention: natural logarithm, as np.log.  Source: computer vision journey, §6.2.1, fourth approach.
    """
    u = sheet.step("u", r"@x0^4 + @eps", x0**4 + eps, eps_dropped=x0**4)
    du = sheet.step("du", r"4 \cdot @x0^3", 4 * x0**3, power_kept=4 * x0**4, factor_lost=x0**3)
    slips = {"no_inner": 1 / u, "no_outer": du, "log10": du / (u * np.log(10)), "not_inverted": du * u}
    descend(sheet, x0, lr, sheet.step("g", r"\frac{@du}{@u}", du / u, **slips))
