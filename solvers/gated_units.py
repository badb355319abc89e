"""Gated linear units, one half of a layer opening the other: GLU with a sigmoid gate, SwiGLU with a Swish gate."""

from __future__ import annotations

from solvers.sigmoids import logistic
from solvers.solver import Mistake, real, solver

SYMBOLS = {letter: rf"\mathbf{{{letter}}}" for letter in "abxysgWV"}
GATES = {
    "no_gate": Mistake(
        vi=("nhân thẳng hai nửa", "Một nửa phải qua hàm cổng trước khi nhân: áp dụng hàm cổng cho nửa đó."),
        en=("halves multiplied without a gate", "One half passes through the gate's function before the product: apply it."),
    ),
    "wrong_half": Mistake(
        vi=("đặt cổng lên nửa kia", "Xem lại định nghĩa trong đề: hàm cổng áp dụng cho nửa nào, nửa còn lại giữ nguyên."),
        en=("gate on the other half", "Look at the definition again: which half passes through the gate, and which stays as it is."),
    ),
    "added": Mistake(
        vi=("cộng thay vì nhân", "Cổng đóng mở bằng phép nhân từng phần tử: thay tổng bằng tích."),
        en=("added, not multiplied", "A gate opens and closes by multiplying entry by entry: replace the sum by the product."),
    ),
}


@solver(
    givens={"a": real("n"), "b": real("n"), "dy": real("n")},
    symbols=SYMBOLS,
    words={"s": ("cổng", "gate"), "y": ("đầu ra", "output"), "da": ("gradient nửa đầu", "gradient of the first half")}
    | {"db": ("gradient nửa sau", "gradient of the second half")},
    first=1,
    mistakes=GATES
    | {
        "swish_gate": Mistake(
            vi=(
                "tính SwiGLU",
                "$\\mathrm{Swish}(a) \\odot b$ là SwiGLU; tên gọi hay bị lẫn. Ở đây cổng là sigmoid: $a \\odot \\sigma(b)$.",
            ),
            en=(
                "SwiGLU computed",
                "$\\mathrm{Swish}(a) \\odot b$ is SwiGLU; the names are often mixed up. Here the gate is a sigmoid: $a \\odot \\sigma(b)$.",
            ),
        ),
        "gate_slope_forgotten": Mistake(
            vi=("quên đạo hàm của cổng", "$b$ đi qua sigmoid: nhân thêm $s(1-s)$."),
            en=("derivative of the gate forgotten", "$b$ passes through the sigmoid: multiply by $s(1-s)$."),
        ),
        "value_forgotten": Mistake(
            vi=("quên nhân với $a$", "$\\partial y/\\partial b = a\\,s(1-s)$: nhân thêm $a$."),
            en=("$a$ forgotten", "$\\partial y/\\partial b = a\\,s(1-s)$: multiply by $a$."),
        ),
        "upstream_forgotten": Mistake(
            vi=("quên nhân với gradient từ phía sau", "Nhân đạo hàm với $\\partial L/\\partial y$ đã cho."),
            en=("incoming gradient forgotten", "Multiply the derivative by the given $\\partial L/\\partial y$."),
        ),
    },
)
def glu(sheet, *, a, b, dy):
    """GLU y = a ⊙ σ(b) of the two halves of a layer, and the way back to both.

    a, b, dy (…, n), dy is ∂L/∂y.  Steps s, y, da, db (…, n).  Convention: the second half is the gate, as in torch's F.glu
    and in the exam's code, which calls it SwiGLU (its formula has the halves the other way).
    Source: Dauphin et al. 2017; exam 2024, Câu 13.
    """
    s = sheet.step("s", r"\frac{1}{1 + e^{-@b}}", logistic(b), no_gate=b, wrong_half=logistic(a))
    sheet.step("y", r"@a \odot @s", a * s, added=a + s, swish_gate=a * logistic(a) * b, wrong_half=b * s)
    sheet.step("da", r"@dy \odot @s", dy * s, upstream_forgotten=s)
    sheet.step(
        "db",
        r"@dy \odot @a \odot @s \odot (1 - @s)",
        dy * a * s * (1 - s),
        gate_slope_forgotten=dy * a,
        value_forgotten=dy * s * (1 - s),
        upstream_forgotten=a * s * (1 - s),
    )


def product(W, x):
    """W x over the last axes."""
    return (W * x[..., None, :]).sum(-1)


@solver(
    givens={"x": real("d"), "W": real("k d"), "V": real("k d")},
    symbols=SYMBOLS,
    words={
        "a": ("nhánh cổng", "gate branch"),
        "b": ("nhánh giá trị", "value branch"),
        "s": ("sigmoid của nhánh cổng", "sigmoid of the gate branch"),
    }
    | {"g": ("cổng Swish", "Swish gate"), "y": ("đầu ra", "output")},
    first=1,
    mistakes=GATES
    | {
        "sigmoid_gate": Mistake(
            vi=(
                "dùng cổng sigmoid (GLU)",
                "$\\sigma(a) \\odot b$ là GLU, dù hay bị gọi là SwiGLU. Cổng Swish còn nhân thêm $a$: $g = a\\,\\sigma(a)$.",
            ),
            en=(
                "sigmoid gate (GLU)",
                "$\\sigma(a) \\odot b$ is GLU, though often called SwiGLU. The Swish gate multiplies by $a$ too: $g = a\\,\\sigma(a)$.",
            ),
        ),
        "exponent_sign": Mistake(
            vi=("sai dấu ở số mũ", "Sigmoid có $e^{-a}$ ở mẫu: đổi dấu số mũ."),
            en=("sign of the exponent", "The sigmoid has $e^{-a}$ below: change the sign of the exponent."),
        ),
    },
)
def swiglu(sheet, *, x, W, V):
    """SwiGLU y = Swish(Wx) ⊙ Vx with β = 1: one projection is the gate, the other the value.

    x (…, d); W, V (…, k, d).  Steps a, b, s, g, y (…, k).  Convention: the gate is a·σ(a); σ(a) ⊙ b is GLU, which the exam
    calls SwiGLU.  Source: Shazeer 2020, eq. 6, without biases; exam 2024, Câu 13.
    """
    a = sheet.step("a", r"@W\, @x", product(W, x))
    b = sheet.step("b", r"@V\, @x", product(V, x))
    s = sheet.step("s", r"\frac{1}{1 + e^{-@a}}", logistic(a), exponent_sign=logistic(-a))
    g = sheet.step("g", r"@a \odot @s", a * s, sigmoid_gate=s, no_gate=a)
    sheet.step("y", r"@g \odot @b", g * b, added=g + b, wrong_half=a * b * logistic(b))
