"""Sigmoid and tanh are one curve, tanh(z) + 1 = 2σ(2z): the identity, and a layer rewritten from one to the other."""

from __future__ import annotations

import numpy as np

from solvers.sigmoids import logistic
from solvers.solver import Mistake, real, solver

ARGUMENT = {
    "argument_halved": Mistake(
        vi=(
            "chia đôi đối số thay vì nhân đôi",
            "Đi từ tanh sang sigmoid thì đối số nhân đôi: $\\tanh z = 2\\sigma(2z)-1$. Hãy thay $z$ bằng $2z$.",
        ),
        en=(
            "argument halved, not doubled",
            "From tanh to the sigmoid the argument doubles: $\\tanh z = 2\\sigma(2z)-1$. Replace $z$ by $2z$.",
        ),
    ),
    "argument_kept": Mistake(
        vi=("giữ nguyên đối số", "Hai đường cong có độ dốc khác nhau: nhân đối số của sigmoid với 2."),
        en=("argument left as it is", "The two curves differ in steepness: multiply the sigmoid's argument by 2."),
    ),
}


@solver(
    givens={"x": real("n")},
    symbols={
        "x": r"\mathbf{x}",
        "s": r"\sigma(2\mathbf{x})",
        "s[]": r"\sigma(2x_{{i}})",
        "y": r"\tanh(\mathbf{x})",
        "y[]": r"\tanh(x_{{i}})",
    }
    | {"right": r"2\sigma(2\mathbf{x})", "right[]": r"2\sigma(2x_{{i}})"},
    words={"right": ("vế phải", "right-hand side")},
    first=1,
    mistakes=ARGUMENT
    | {
        "factor_forgotten": Mistake(
            vi=("quên hệ số 2 bên ngoài", "Vế phải là $2\\sigma(2x)$: nhân giá trị sigmoid với 2."),
            en=("outer factor 2 forgotten", "The right-hand side is $2\\sigma(2x)$: multiply the sigmoid by 2."),
        ),
        "one_forgotten": Mistake(
            vi=("quên trừ 1", "$\\tanh x = 2\\sigma(2x) - 1$: trừ 1 để khoảng $(0, 2)$ thành $(-1, 1)$."),
            en=("1 not subtracted", "$\\tanh x = 2\\sigma(2x) - 1$: subtract 1, so that $(0, 2)$ becomes $(-1, 1)$."),
        ),
        "exponent_sign": Mistake(
            vi=("sai dấu ở số mũ", "$\\sigma(2x) = 1/(1+e^{-2x})$: số mũ mang dấu trừ."),
            en=("sign of the exponent", "$\\sigma(2x) = 1/(1+e^{-2x})$: the exponent carries a minus sign."),
        ),
    },
)
def tanh_by_sigmoid(sheet, *, x):
    """tanh(x) + 1 = 2σ(2x), read from right to left: tanh from a calculator that has only eˣ.

    x (…, n).  Steps s, right, y (…, n).  Source: notebook §4.6 and exercise 5 of §5.
    """
    s = sheet.step(
        "s",
        r"\frac{1}{1 + e^{-2 \cdot @x}}",
        logistic(2 * x),
        argument_kept=logistic(x),
        argument_halved=logistic(x / 2),
        exponent_sign=logistic(-2 * x),
    )
    right = sheet.step("right", r"2 \cdot @s", 2 * s, factor_forgotten=s)
    sheet.step("y", r"@right - 1", right - 1, one_forgotten=right)


LAYER_SYMBOLS = {
    "x": r"\mathbf{x}",
    "W": r"\mathbf{W}",
    "b": r"\mathbf{b}",
    "v": r"\mathbf{v}",
    "W1": r"\mathbf{W}'",
    "b1": r"\mathbf{b}'",
    "v1": r"\mathbf{v}'",
    "c1": "c'",
    "W1[]": r"W'_{{i}}",
    "b1[]": r"b'_{{i}}",
    "v1[]": r"v'_{{i}}",
    "h": r"\mathbf{h}",
    "out": "o",
}
LAYER_WORDS = {
    "W1": ("trọng số mới của lớp ẩn", "new hidden weights"),
    "b1": ("bias mới của lớp ẩn", "new hidden bias"),
    "v1": ("trọng số mới của lớp ra", "new output weights"),
    "c1": ("bias mới của lớp ra", "new output bias"),
    "h": ("lớp ẩn mới", "new hidden layer"),
    "out": ("đầu ra", "output"),
}
LAYER = {
    "other_direction": Mistake(
        vi=("đổi sai chiều", "Hệ số 2 đã bị dùng ngược chiều: xem lại hệ thức trong đề, chiều này nhân thì chiều kia chia."),
        en=(
            "other direction",
            "The factor 2 went the wrong way: look at the relation again; where one direction multiplies, the other divides.",
        ),
    ),
    "weights_kept": Mistake(
        vi=("giữ nguyên trọng số", "Đối số $z$ đổi thì trọng số sinh ra nó cũng đổi: nhân trọng số với cùng hệ số."),
        en=("weights left as they are", "When the argument $z$ changes, so do the weights that make it: scale them by the same factor."),
    ),
    "bias_kept": Mistake(
        vi=("quên đổi bias của lớp ẩn", "$z = Wx + b$: bias phải nhân cùng hệ số với $W$."),
        en=("hidden bias left as it is", "$z = Wx + b$: the bias takes the same factor as $W$."),
    ),
    "output_bias_kept": Mistake(
        vi=("quên đổi bias của lớp ra", "Hằng số trong hệ thức đi qua $v$ và dồn vào bias của lớp ra: cộng nó vào $c$."),
        en=("output bias left as it is", "The constant of the relation passes through $v$ and ends in the output bias: add it to $c$."),
    ),
    "output_bias_one": Mistake(
        vi=("cộng hằng số vào $c$ mà quên $v$", "Hằng số của mỗi nơ-ron phải nhân với trọng số $v$ của nơ-ron đó rồi mới cộng vào $c$."),
        en=("constant added to $c$ without $v$", "Multiply each unit's constant by its weight $v$ before you add it to $c$."),
    ),
    "activation_kept": Mistake(
        vi=("vẫn dùng hàm kích hoạt cũ", "Mạng mới dùng hàm kích hoạt kia: thay hàm rồi tính lại lớp ẩn."),
        en=("old activation kept", "The new net uses the other activation: replace it and recompute the hidden layer."),
    ),
}
LAYER_GIVENS = {"x": real("d"), "W": real("k d"), "b": real("k"), "v": real("k"), "c": real()}


def rewritten(sheet, x, W, b, v, c, inner, outer, shift, tex, new, old):
    """The steps of σ or tanh rewritten by the other: old(z) = outer·new(inner·z) + shift; `tex` has what the four print."""
    W1 = sheet.step("W1", tex["inner"] + "@W", inner * W, other_direction=W / inner, weights_kept=W)
    b1 = sheet.step("b1", tex["inner"] + "@b", inner * b, other_direction=b / inner, bias_kept=b)
    v1 = sheet.step("v1", tex["outer"] + "@v", outer * v, other_direction=v / outer, weights_kept=v)
    c1 = sheet.step(
        "c1",
        rf"@c {tex['shift']} \sum_j @v_{{j}}",
        c + shift * v.sum(-1),
        output_bias_kept=c,
        output_bias_one=c + shift,
        other_direction=c - shift * v.sum(-1),
    )
    z = (W1 * x[..., None, :]).sum(-1) + b1
    h = sheet.step("h", rf"{tex['new']}(@W1\, @x + @b1)", new(z), activation_kept=old(z))
    sheet.step("out", r"@v1 \cdot @h + @c1", (v1 * h).sum(-1) + c1)


@solver(givens=LAYER_GIVENS, symbols=LAYER_SYMBOLS, words=LAYER_WORDS, first=1, mistakes=LAYER)
def sigmoid_to_tanh(sheet, *, x, W, b, v, c):
    """A sigmoid net o = v·σ(Wx + b) + c as a tanh net: z is replaced by z/2, since σ(z) = (tanh(z/2) + 1)/2.

    x (…, d), W (…, k, d), b and v (…, k), c (…).  Steps W1, b1, v1, c1: the new net; h, out: its hidden layer and its
    output, which is the old one's.  Source: notebook, exercise 5.2 of §5, whose directions of the substitution are muddled.
    """
    tex = {"inner": r"\tfrac{1}{2} \cdot ", "outer": r"\tfrac{1}{2} \cdot ", "shift": r"+ \tfrac{1}{2}", "new": r"\tanh"}
    rewritten(sheet, x, W, b, v, c, inner=0.5, outer=0.5, shift=0.5, tex=tex, new=np.tanh, old=logistic)


@solver(givens=LAYER_GIVENS, symbols=LAYER_SYMBOLS, words=LAYER_WORDS, first=1, mistakes=LAYER)
def tanh_to_sigmoid(sheet, *, x, W, b, v, c):
    """A tanh net o = v·tanh(Wx + b) + c as a sigmoid net: z is replaced by 2z, since tanh(z) = 2σ(2z) - 1.

    x (…, d), W (…, k, d), b and v (…, k), c (…).  Steps W1, b1, v1, c1: the new net; h, out: its hidden layer and its
    output, which is the old one's.  Source: notebook, exercise 5.2 of §5, whose directions of the substitution are muddled.
    """
    tex = {"inner": r"2 \cdot ", "outer": r"2 \cdot ", "shift": "-", "new": r"\sigma"}
    rewritten(sheet, x, W, b, v, c, inner=2.0, outer=2.0, shift=-1.0, tex=tex, new=logistic, old=np.tanh)
