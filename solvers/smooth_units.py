"""Smooth relatives of ReLU, value and derivative: Swish, ELU, SELU and GELU."""

from __future__ import annotations

import math

import numpy as np

from solvers.rectifiers import CHAIN, SYMBOLS, WORDS, backward
from solvers.sigmoids import logistic
from solvers.solver import Mistake, rate, real, solver

# Klambauer et al. 2017, to the digits that torch keeps.
SELU_SCALE = 1.0507009873554804934193349852946
SELU_ALPHA = 1.6732632423543772848170429916717

erf = np.vectorize(math.erf, otypes=[float])
VALUE_FOR_SLOPE = {
    "value_for_slope": Mistake(
        vi=("lấy giá trị hàm làm đạo hàm", "Bạn mới dừng ở $f(x)$: lấy đạo hàm theo $x$ rồi thay số."),
        en=("value taken as the derivative", "You stopped at $f(x)$: differentiate with respect to $x$, then put the numbers in."),
    )
}


@solver(
    givens={"x": real("n"), "beta": real("1", low=-100, high=100), "dy": real("n")},
    symbols=SYMBOLS,
    words=WORDS | {"s": ("cổng sigmoid", "sigmoid gate")},
    first=1,
    mistakes=CHAIN
    | VALUE_FOR_SLOPE
    | {
        "beta_ignored": Mistake(
            vi=("bỏ quên $\\beta$", "Đối số của sigmoid là $\\beta x$: nhân $x$ với $\\beta$ trước."),
            en=("$\\beta$ ignored", "The sigmoid's argument is $\\beta x$: multiply $x$ by $\\beta$ first."),
        ),
        "sigmoid_only": Mistake(
            vi=("chỉ lấy sigmoid", "Swish là $x$ nhân $\\sigma(\\beta x)$: nhân thêm $x$."),
            en=("sigmoid alone", "Swish is $x$ times $\\sigma(\\beta x)$: multiply by $x$."),
        ),
        "half_product_rule": Mistake(
            vi=("thiếu một số hạng của đạo hàm tích", "Đạo hàm của tích có hai số hạng: cộng thêm $\\beta x\\,s(1-s)$."),
            en=("one term of the product rule missing", "A product's derivative has two terms: add $\\beta x\\,s(1-s)$."),
        ),
        "inner_factor_forgotten": Mistake(
            vi=("quên đạo hàm của $\\beta x$", "Đạo hàm của $\\sigma(\\beta x)$ có thêm hệ số $\\beta$: nhân nó vào số hạng thứ hai."),
            en=(
                "derivative of $\\beta x$ forgotten",
                "The derivative of $\\sigma(\\beta x)$ carries a factor $\\beta$: put it into the second term.",
            ),
        ),
        "gate_slope_only": Mistake(
            vi=("chỉ lấy đạo hàm của cổng", "Còn thiếu số hạng $s$ từ đạo hàm của $x$: cộng vào."),
            en=("only the gate differentiated", "The term $s$ from differentiating $x$ is missing: add it."),
        ),
    },
)
def swish(sheet, *, x, beta, dy):
    """Swish y = x σ(βx), with s = σ(βx): f′(x) = s + βx s(1 - s).  β = 1 is SiLU; β → 0 gives x/2, β → ∞ ReLU.

    x, dy (…, n), dy is ∂L/∂y; beta (…, 1).  Steps s, y, slope, dx (…, n).
    Source: notebook, exercise 3 of §5 (whose limit x for β → 0 should be x/2); journey §9.6.
    """
    s = sheet.step("s", r"\frac{1}{1 + e^{-@beta \cdot @x}}", logistic(beta * x), beta_ignored=logistic(x))
    y = sheet.step("y", r"@x \odot @s", x * s, sigmoid_only=s)
    bump = x * s * (1 - s)
    slope = sheet.step(
        "slope",
        r"@s + @beta \cdot @x \odot @s \odot (1 - @s)",
        s + beta * bump,
        half_product_rule=s,
        inner_factor_forgotten=s + bump,
        gate_slope_only=beta * bump,
        value_for_slope=x * s,
    )
    backward(sheet, dy, slope, y)


EXPONENTIAL = {
    "plain_relu": Mistake(
        vi=("dùng ReLU thường", "Với $x \\le 0$ hàm không bằng 0: dùng nhánh có $e^x - 1$."),
        en=("plain ReLU", "For $x \\le 0$ the function is not 0: use the branch with $e^x - 1$."),
    ),
    "minus_one_forgotten": Mistake(
        vi=("quên trừ 1", "Nhánh âm là $\\alpha(e^x - 1)$, để hàm liên tục tại 0: trừ 1 rồi mới nhân."),
        en=("1 not subtracted", "The negative branch is $\\alpha(e^x - 1)$, so that nothing jumps at 0: subtract 1, then multiply."),
    ),
    "alpha_forgotten": Mistake(
        vi=("quên $\\alpha$", "Nhân nhánh âm với $\\alpha$."),
        en=("$\\alpha$ forgotten", "Multiply the negative branch by $\\alpha$."),
    ),
    "exponent_sign": Mistake(
        vi=("sai dấu ở số mũ", "Nhánh âm có $e^{x}$, không phải $e^{-x}$: giữ nguyên dấu của $x$."),
        en=("sign of the exponent", "The negative branch has $e^{x}$, not $e^{-x}$: keep the sign of $x$."),
    ),
    "slope_minus_one": Mistake(
        vi=("còn trừ 1 trong đạo hàm", "Hằng số $-1$ biến mất khi lấy đạo hàm: nhánh âm có độ dốc tỉ lệ với $e^x$."),
        en=(
            "1 still subtracted in the derivative",
            "The constant $-1$ drops out when you differentiate: the negative slope goes with $e^x$.",
        ),
    ),
    "leaky_slope": Mistake(
        vi=("lấy hệ số góc $\\alpha$ như leaky ReLU", "Nhánh âm cong chứ không thẳng: nhân thêm $e^x$."),
        en=("slope $\\alpha$ as in leaky ReLU", "The negative branch is curved, not straight: multiply by $e^x$."),
    ),
}


def exponential(sheet, x, alpha, dy, scale, tex):
    """The steps of scale·(x, or α(eˣ - 1) below zero), with `tex` what value and derivative print."""

    def pieces(above, below):
        return scale * np.where(x > 0, above, below)

    y = sheet.step(
        "y",
        tex["y"],
        pieces(x, alpha * (np.exp(x) - 1)),
        plain_relu=pieces(x, 0.0),
        minus_one_forgotten=pieces(x, alpha * np.exp(x)),
        alpha_forgotten=pieces(x, np.exp(x) - 1),
        exponent_sign=pieces(x, alpha * (np.exp(-x) - 1)),
        **({} if scale == 1 else {"scale_forgotten": pieces(x, alpha * (np.exp(x) - 1)) / scale}),
    )
    slope = sheet.step(
        "slope",
        tex["slope"],
        pieces(1.0, alpha * np.exp(x)),
        plain_relu=pieces(1.0, 0.0),
        slope_minus_one=pieces(1.0, alpha * (np.exp(x) - 1)),
        alpha_forgotten=pieces(1.0, np.exp(x)),
        leaky_slope=pieces(1.0, alpha),
        exponent_sign=pieces(1.0, alpha * np.exp(-x)),
        **({} if scale == 1 else {"scale_forgotten": pieces(1.0, alpha * np.exp(x)) / scale}),
    )
    backward(sheet, dy, slope, y)


@solver(givens={"x": real("n"), "alpha": rate(), "dy": real("n")}, symbols=SYMBOLS, words=WORDS, first=1, mistakes=CHAIN | EXPONENTIAL)
def elu(sheet, *, x, alpha, dy):
    """ELU: x for x > 0, else α(eˣ - 1); its derivative is 1, else α eˣ.

    x, dy (…, n), dy is ∂L/∂y; alpha (…, 1).  Steps y, slope, dx (…, n).  Convention: f′(0) = α, the left-hand derivative,
    as torch has it (the same as the right-hand one for α = 1).  Source: Clevert et al. 2016, eq. 15; the notebook runs F.elu.
    """
    tex = {
        "y": r"\max(0, @x) + @alpha \cdot \left(e^{\min(0,\, @x)} - 1\right)",
        "slope": r"[\,@x > 0\,] + [\,@x \le 0\,] \cdot @alpha \cdot e^{@x}",
    }
    exponential(sheet, x, alpha, dy, 1.0, tex)


@solver(
    givens={"x": real("n"), "dy": real("n")},
    symbols=SYMBOLS,
    words=WORDS,
    first=1,
    mistakes=CHAIN
    | EXPONENTIAL
    | {
        "scale_forgotten": Mistake(
            vi=("quên hệ số $\\lambda$", "Nhân cả hai nhánh với $\\lambda \\approx 1.0507$, kể cả nhánh dương."),
            en=("scale $\\lambda$ forgotten", "Multiply both branches by $\\lambda \\approx 1.0507$, the positive one too."),
        ),
    },
)
def selu(sheet, *, x, dy):
    """SELU: λ times ELU with the two fixed constants λ = 1.0507… and α = 1.67326…, which keep mean 0 and variance 1.

    x, dy (…, n), dy is ∂L/∂y.  Steps y, slope, dx (…, n).  Convention: f′(0) = λα, the left-hand derivative, as torch has it.
    Source: Klambauer et al. 2017, eq. 2; constants as in torch.
    """
    scale, alpha = f"{SELU_SCALE:.6f}", f"{SELU_ALPHA:.6f}"
    tex = {
        "y": rf"{scale} \left(\max(0, @x) + {alpha} \left(e^{{\min(0,\, @x)}} - 1\right)\right)",
        "slope": rf"{scale} \left([\,@x > 0\,] + [\,@x \le 0\,] \cdot {alpha}\, e^{{@x}}\right)",
    }
    exponential(sheet, x, SELU_ALPHA, dy, SELU_SCALE, tex)


@solver(
    givens={"x": real("n"), "dy": real("n")},
    symbols=SYMBOLS | {"P": r"\Phi(\mathbf{x})", "P[]": r"\Phi(x_{{i}})", "p": r"\varphi(\mathbf{x})", "p[]": r"\varphi(x_{{i}})"},
    words=WORDS | {"P": ("phân phối tích lũy chuẩn tắc", "normal distribution function"), "p": ("mật độ chuẩn tắc", "normal density")},
    first=1,
    mistakes=CHAIN
    | VALUE_FOR_SLOPE
    | {
        "tanh_approximation": Mistake(
            vi=(
                "dùng xấp xỉ tanh của GELU",
                "Nhiều thư viện dùng công thức xấp xỉ bằng $\\tanh$, và ở đó nó không sai. Ở đây hãy dùng $\\Phi$ chính xác, tức hàm erf.",
            ),
            en=(
                "tanh approximation of GELU",
                "Many libraries use the $\\tanh$ formula, and there it is right. Here use the exact $\\Phi$, that is erf.",
            ),
        ),
        "sigmoid_approximation": Mistake(
            vi=(
                "dùng xấp xỉ $\\sigma(1.702x)$",
                "$x\\,\\sigma(1.702x)$ là một xấp xỉ nhanh của GELU. Ở đây hãy dùng $\\Phi$ chính xác.",
            ),
            en=(
                "approximation by $\\sigma(1.702x)$",
                "$x\\,\\sigma(1.702x)$ is a quick approximation of GELU. Here use the exact $\\Phi$.",
            ),
        ),
        "root_two_forgotten": Mistake(
            vi=(
                "quên chia cho $\\sqrt{2}$",
                "$\\Phi(x) = \\frac{1}{2}(1 + \\mathrm{erf}(x/\\sqrt{2}))$: chia $x$ cho $\\sqrt{2}$ trước khi lấy erf.",
            ),
            en=(
                "$\\sqrt{2}$ forgotten",
                "$\\Phi(x) = \\frac{1}{2}(1 + \\mathrm{erf}(x/\\sqrt{2}))$: divide $x$ by $\\sqrt{2}$ before taking erf.",
            ),
        ),
        "distribution_only": Mistake(
            vi=("chỉ lấy $\\Phi(x)$", "GELU là $x\\,\\Phi(x)$: nhân thêm $x$."),
            en=("$\\Phi(x)$ alone", "GELU is $x\\,\\Phi(x)$: multiply by $x$."),
        ),
        "half_product_rule": Mistake(
            vi=("thiếu một số hạng của đạo hàm tích", "Đạo hàm của tích có hai số hạng: cộng thêm $x\\,\\varphi(x)$."),
            en=("one term of the product rule missing", "A product's derivative has two terms: add $x\\,\\varphi(x)$."),
        ),
        "density_without_x": Mistake(
            vi=("quên nhân $x$ với mật độ", "Số hạng thứ hai là $x\\,\\varphi(x)$: nhân mật độ với $x$."),
            en=("density not multiplied by $x$", "The second term is $x\\,\\varphi(x)$: multiply the density by $x$."),
        ),
        "not_normalised": Mistake(
            vi=("quên chia cho $\\sqrt{2\\pi}$", "Mật độ chuẩn tắc là $e^{-x^2/2}/\\sqrt{2\\pi}$: chia cho $\\sqrt{2\\pi}$."),
            en=("$\\sqrt{2\\pi}$ forgotten", "The normal density is $e^{-x^2/2}/\\sqrt{2\\pi}$: divide by $\\sqrt{2\\pi}$."),
        ),
    },
)
def gelu(sheet, *, x, dy):
    """GELU in its exact form y = x Φ(x), Φ the standard normal distribution function: f′(x) = Φ(x) + x φ(x).

    x, dy (…, n), dy is ∂L/∂y.  Steps P (Φ), y, p (φ), slope, dx (…, n).
    Convention: exact by erf, torch's default; the tanh approximation (torch's approximate="tanh") is the rival.
    Source: Hendrycks and Gimpel 2016, eq. 1 and 2.
    """
    inner = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
    P = sheet.step(
        "P",
        r"\frac{1}{2} \left(1 + \mathrm{erf}\left(@x/\sqrt{2}\right)\right)",
        0.5 * (1 + erf(x / np.sqrt(2))),
        tanh_approximation=0.5 * (1 + np.tanh(inner)),
        sigmoid_approximation=logistic(1.702 * x),
        root_two_forgotten=0.5 * (1 + erf(x)),
    )
    y = sheet.step("y", r"@x \odot @P", x * P, distribution_only=P)
    bell = np.exp(-x * x / 2)
    p = sheet.step("p", r"\frac{1}{\sqrt{2\pi}}\, e^{-@x^2/2}", bell / np.sqrt(2 * np.pi), not_normalised=bell)
    slope = sheet.step(
        "slope",
        r"@P + @x \odot @p",
        P + x * p,
        half_product_rule=P,
        density_without_x=P + p,
        value_for_slope=x * P,
    )
    backward(sheet, dy, slope, y)
