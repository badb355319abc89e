"""The critical points of a polynomial of degree five, and whether each is a minimum, a maximum or a saddle."""

from __future__ import annotations

import numpy as np

from solvers.solver import Mistake, real, solver

WORDS = {
    "d": ("hệ số của đạo hàm", "coefficients of the derivative"),
    "x": ("điểm tới hạn", "critical points"),
    "h": ("đạo hàm bậc hai tại đó", "second derivative there"),
}
CURVE = {
    "power_forgotten": Mistake(
        vi=("quên đưa số mũ xuống", "Đạo hàm của $c\\,x^n$ là $n c\\,x^{n-1}$: nhân hệ số với số mũ."),
        en=("exponent not brought down", "The derivative of $c\\,x^n$ is $n c\\,x^{n-1}$: multiply the coefficient by the exponent."),
    ),
    "sign_of_curvature": Mistake(
        vi=("sai dấu đạo hàm bậc hai", "Hàm cong lên ở cực tiểu thì $f'' > 0$: tính lại dấu của từng số hạng."),
        en=("sign of the second derivative flipped", "Where the curve bends up, at a minimum, $f'' > 0$: go over the sign of each term."),
    ),
    "not_differentiated_again": Mistake(
        vi=("quên đưa số mũ xuống lần hai", "$f''$ là đạo hàm của $f'$: nhân thêm với số mũ của $x$ trong $f'$."),
        en=(
            "second differentiation without exponents",
            "$f''$ is the derivative of $f'$: multiply by the exponents of $x$ in $f'$ as well.",
        ),
    ),
}


def real_roots(quartic):
    """The four real roots of c₀x⁴ + … + c₄ in ascending order, NaN where fewer are real; quartic (…, 5).

    Eigenvalues of the companion matrix, for they broadcast where np.roots does not.
    """
    quartic = np.asarray(quartic, dtype=float)
    monic = -quartic[..., 1:] / quartic[..., :1]
    usable = np.isfinite(quartic).all(-1, keepdims=True) & np.isfinite(monic).all(-1, keepdims=True)
    companion = np.zeros((*monic.shape[:-1], 4, 4))
    companion[..., 0, :] = np.where(usable, monic, 0)
    companion[..., [1, 2, 3], [0, 1, 2]] = 1
    roots = np.linalg.eigvals(companion)
    real_ones = (np.abs(np.imag(roots)) <= 1e-9 * (1 + np.abs(roots))) & usable
    return np.sort(np.where(real_ones, np.real(roots), np.nan), -1)


def second_derivative(c5, c4, c3, c2, x, powers=(20, 12, 6, 2)):
    """20 c₅x³ + 12 c₄x² + 6 c₃x + 2 c₂ for every entry of x."""
    cubic, square, line, constant = (k * c[..., None] for k, c in zip(powers, (c5, c4, c3, c2), strict=True))
    return ((cubic * x + square) * x + line) * x + constant


@solver(
    givens={"c5": real(), "c4": real(), "c3": real(), "c2": real(), "c1": real()},
    symbols={"d": r"\mathbf{d}", "x": r"\mathbf{x}", "h": r"f''(\mathbf{x})", "h[]": "f''(x_{{i}})"},
    words=WORDS,
    first=1,
    mistakes=CURVE
    | {
        "roots_of_f": Mistake(
            vi=("giải $f(x) = 0$", "Điểm tới hạn là nghiệm của $f'(x) = 0$: lấy đạo hàm trước rồi mới giải."),
            en=("$f(x) = 0$ solved", "Critical points are roots of $f'(x) = 0$: differentiate first, then solve."),
        ),
        "cubic_dropped": Mistake(
            vi=("bỏ sót số hạng của $x^3$", "Số hạng $c_3 x^3$ cho $6 c_3 x$ trong $f''$: cộng thêm vào."),
            en=("term of $x^3$ left out", "The term $c_3 x^3$ gives $6 c_3 x$ in $f''$: add it."),
        ),
    },
)
def quintic(sheet, *, c5, c4, c3, c2=0, c1):
    """Critical points of f(x) = c₅x⁵ + c₄x⁴ + c₃x³ + c₂x² + c₁x: f' = 0, and the sign of f'' there.

    All (…); steps d (…, 5) coefficients of f', x (…, 4) its real roots in ascending order (NaN where fewer), h (…, 4).
    A minimum where h > 0, a maximum where h < 0.  Source: computer vision journey, §6.2.5.
    """
    given = np.stack(np.broadcast_arrays(c5, c4, c3, c2, c1), -1)
    d = sheet.step(
        "d",
        r"\left(5 \cdot @c5,\; 4 \cdot @c4,\; 3 \cdot @c3,\; 2 \cdot @c2,\; @c1\right)",
        given * np.array([5, 4, 3, 2, 1]),
        power_forgotten=given,
    )
    x = sheet.step("x", r"\left\{x : @d \cdot (x^4, x^3, x^2, x, 1) = 0\right\}", real_roots(d), roots_of_f=real_roots(given))
    sheet.step(
        "h",
        r"20 \cdot @c5 \cdot @x^3 + 12 \cdot @c4 \cdot @x^2 + 6 \cdot @c3 \cdot @x + 2 \cdot @c2",
        second_derivative(c5, c4, c3, c2, x),
        sign_of_curvature=-second_derivative(c5, c4, c3, c2, x),
        not_differentiated_again=second_derivative(c5, c4, c3, c2, x, (5, 4, 3, 2)),
        cubic_dropped=second_derivative(c5, c4, c3, c2, x) - 6 * c3[..., None] * x,
    )


@solver(
    givens={"c5": real(), "c4": real(), "c3": real()},
    symbols={"disc": r"\Delta", "x": r"\mathbf{x}", "h": r"f''(\mathbf{x})", "h[]": "f''(x_{{i}})", "third": "f'''(0)"},
    words=WORDS | {"disc": ("biệt thức", "discriminant"), "third": ("đạo hàm bậc ba tại 0", "third derivative at 0")},
    first=1,
    mistakes=CURVE
    | {
        "not_factored": Mistake(
            vi=("quên hệ số 4 của biệt thức", "Với $A x^2 + B x + C$ thì $\\Delta = B^2 - 4AC$: đừng quên số 4."),
            en=("factor 4 of the discriminant forgotten", "For $A x^2 + B x + C$ the discriminant is $B^2 - 4AC$: mind the 4."),
        ),
        "discriminant_added": Mistake(
            vi=("sai dấu trong biệt thức", "$\\Delta = B^2 - 4AC$: trừ $4AC$, kể cả khi $A$ âm."),
            en=("sign in the discriminant wrong", "The discriminant is $B^2 - 4AC$: subtract $4AC$, also where $A$ is negative."),
        ),
        "over_one_a": Mistake(
            vi=("chia cho $A$ thay vì $2A$", "Nghiệm là $(-B \\pm \\sqrt{\\Delta})/(2A)$: chia cho $2A$."),
            en=("divided by $A$, not $2A$", "The roots are $(-B \\pm \\sqrt{\\Delta})/(2A)$: divide by $2A$."),
        ),
        "linear_sign": Mistake(
            vi=("sai dấu của $B$", "Công thức nghiệm bắt đầu bằng $-B$: đổi dấu hệ số bậc nhất."),
            en=("sign of $B$ wrong", "The formula starts with $-B$: change the sign of the linear coefficient."),
        ),
        "two_forgotten": Mistake(
            vi=("thiếu một lần đạo hàm", "Đạo hàm ba lần: $c_3 x^3 \\to 3c_3x^2 \\to 6c_3x \\to 6c_3$."),
            en=("one differentiation short", "Differentiate three times: $c_3 x^3 \\to 3c_3x^2 \\to 6c_3x \\to 6c_3$."),
        ),
    },
)
def quintic_saddle(sheet, *, c5, c4, c3):
    """f(x) = c₅x⁵ + c₄x⁴ + c₃x³ has a saddle at 0, for f'(0) = f''(0) = 0 ≠ f'''(0), and two more critical points.

    All (…); f' = x²(5c₅x² + 4c₄x + 3c₃).  Steps disc (…), x (…, 2) ascending, NaN where not real, h (…, 2), third (…).
    Source: computer vision journey, §6.2.5, the function without its linear term.
    """
    disc = sheet.step(
        "disc",
        r"(4 \cdot @c4)^2 - 4 \cdot (5 \cdot @c5) \cdot (3 \cdot @c3)",
        16 * c4 * c4 - 60 * c5 * c3,
        power_forgotten=c4 * c4 - 4 * c5 * c3,
        not_factored=16 * c4 * c4 - 15 * c5 * c3,
        discriminant_added=16 * c4 * c4 + 60 * c5 * c3,
    )
    spread = np.sqrt(disc)[..., None] * np.array([-1.0, 1.0])
    x = sheet.step(
        "x",
        r"\frac{-4 \cdot @c4 \pm \sqrt{@disc}}{2 \cdot 5 \cdot @c5}",
        np.sort((spread - 4 * c4[..., None]) / (10 * c5[..., None]), -1),
        power_forgotten=np.sort((spread - c4[..., None]) / (2 * c5[..., None]), -1),
        over_one_a=np.sort((spread - 4 * c4[..., None]) / (5 * c5[..., None]), -1),
        linear_sign=np.sort((spread + 4 * c4[..., None]) / (10 * c5[..., None]), -1),
    )
    none = np.zeros_like(c5)
    sheet.step(
        "h",
        r"20 \cdot @c5 \cdot @x^3 + 12 \cdot @c4 \cdot @x^2 + 6 \cdot @c3 \cdot @x",
        second_derivative(c5, c4, c3, none, x),
        sign_of_curvature=-second_derivative(c5, c4, c3, none, x),
        not_differentiated_again=second_derivative(c5, c4, c3, none, x, (5, 4, 3, 0)),
    )
    sheet.step("third", r"6 \cdot @c3", 6 * c3, two_forgotten=3 * c3)
