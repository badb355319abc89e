"""Threshold units over the truth table: one perceptron and its learning rule, and the small net that XOR needs."""

from __future__ import annotations

import numpy as np

from solvers.solver import Mistake, rate, real, solver

BIT = real(low=0, high=1, whole=True)
CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
# Sums of decimal fractions miss a zero by some 1e-16: what is this near to it counts as zero.
NEARLY = 1e-9

SYMBOLS = {
    "out": r"\mathbf{a}",
    "z": r"\mathbf{z}",
    "unit": r"\mathbf{u}",
    "target": r"\mathbf{t}",
    "net": r"\mathbf{N}",
    "hidden": r"\mathbf{A}_{h}",
    "lr": r"\eta",
}
WORDS = {
    "unit": ("một nơ-ron khả dĩ", "a unit that does it"),
    "net": ("một mạng khả dĩ", "a net that does it"),
    "hidden": ("đầu ra của lớp ẩn", "outputs of the hidden layer"),
    "z": ("trước ngưỡng", "before the threshold"),
    "out": ("đầu ra", "output"),
}
# The least-squares plane through the targets as ±1, and the net of two parallel lines, in the formulas of their steps.
PLANE = (
    r"\begin{bmatrix} -1 & -1 & 1 & 1 \\ -1 & 1 & -1 & 1 \\ \frac{3}{2} & \frac{1}{2} & \frac{1}{2} & -\frac{1}{2} \end{bmatrix}"
    r" \cdot (2 \cdot @target - 1)"
)
LINE = r"\frac{1}{@q - @p} & \frac{1}{@s - @r} & -\frac{@p}{@q - @p} - \frac{@r}{@s - @r}"
NET = (
    rf"\begin{{bmatrix}} {LINE} - \frac{{1}}{{2}} \\ {LINE} - \frac{{3}}{{2}}"
    r" \\ 2 - 4 \cdot @same & 4 \cdot @same - 2 & 2 \cdot @same - 1 \end{bmatrix}"
)
POINTS = r"\begin{bmatrix} @p & @r & 1 \\ @p & @s & 1 \\ @q & @r & 1 \\ @q & @s & 1 \end{bmatrix}"
THRESHOLD = {
    "strict": Mistake(
        vi=(
            "coi $z = 0$ là đầu ra 0",
            "Nhiều sách chỉ cho ra 1 khi $z > 0$, và ở đó không sai. Ở đây $z = 0$ cũng cho 1: xét lại chỗ $z$ bằng 0.",
        ),
        en=(
            "$z = 0$ taken as output 0",
            "Many books give 1 only where $z > 0$, and are right there. Here $z = 0$ gives 1 too: look again where $z$ is 0.",
        ),
    ),
    "bias_forgotten": Mistake(
        vi=("quên bias", "Cộng thêm bias trước khi so với ngưỡng 0."),
        en=("bias forgotten", "Add the bias before you compare with the threshold 0."),
    ),
    "threshold_flipped": Mistake(
        vi=("đảo hàm ngưỡng", "Đầu ra là 1 khi $z \\ge 0$ và là 0 khi $z < 0$: đổi lại."),
        en=("threshold flipped", "The output is 1 where $z \\ge 0$ and 0 where $z < 0$: swap the two."),
    ),
}


def fires(z):
    """The threshold function: 1 where z ≥ 0, else 0."""
    return (z >= -NEARLY) * 1.0


@solver(
    givens={"target": real("4", low=0, high=1, whole=True)},
    symbols=SYMBOLS,
    words=WORDS,
    first=1,
    mistakes=THRESHOLD
    | {
        "bias_sign": Mistake(
            vi=("viết ngưỡng thay cho bias", "$w_1 x_1 + w_2 x_2 \\ge \\theta$ tương đương với bias $b = -\\theta$: đổi dấu số thứ ba."),
            en=(
                "threshold in place of the bias",
                "$w_1 x_1 + w_2 x_2 \\ge \\theta$ means a bias $b = -\\theta$: change the sign of the third number.",
            ),
        ),
    },
)
def gate_unit(sheet, *, target):
    """A threshold unit [w1, w2, b] for a truth table over (0,0), (0,1), (1,0), (1,1): output 1 where w1 x1 + w2 x2 + b ≥ 0.

    target (…, 4), 0 or 1.  Steps unit (…, 3), z, out (…, 4); the unit is twice the least-squares plane through ±1, which
    separates each of the 14 tables that a line can separate (XOR and its complement are not among them).
    Convention: the unit gives 1 at z = 0.  Source: computer vision journey, §5.1.1.
    """
    s = 2.0 * target - 1
    w1 = s[..., 2] + s[..., 3] - s[..., 0] - s[..., 1]
    w2 = s[..., 1] + s[..., 3] - s[..., 0] - s[..., 2]
    b = (s.sum(-1) - w1 - w2) / 2
    unit = np.stack([w1, w2, b], -1)
    unit = sheet.step("unit", PLANE, unit, bias_sign=np.stack([w1, w2, -b], -1))
    weighted = (unit[..., None, :2] * CORNERS).sum(-1)
    z = sheet.step(
        "z",
        r"\begin{bmatrix} 0 & 0 & 1 \\ 0 & 1 & 1 \\ 1 & 0 & 1 \\ 1 & 1 & 1 \end{bmatrix} \cdot @unit",
        weighted + unit[..., 2:],
        bias_forgotten=weighted,
    )
    sheet.step("out", r"[\,@z \ge 0\,]", fires(z), strict=(z > NEARLY) * 1.0, threshold_flipped=1 - fires(z))


@solver(
    givens={"x": real("n"), "t": BIT, "w": real("n"), "b": real(), "lr": rate("")},
    symbols={
        "x": r"\mathbf{x}",
        "w": r"\mathbf{w}",
        "wnew": r"\mathbf{w}'",
        "wnew[]": r"w'_{{i}}",
        "bnew": "b'",
        "out": "a",
        "lr": r"\eta",
    },
    words={
        "z": WORDS["z"],
        "out": WORDS["out"],
        "e": ("sai số", "error"),
        "wnew": ("trọng số mới", "new weights"),
        "bnew": ("bias mới", "new bias"),
    },
    first=1,
    mistakes=THRESHOLD
    | {
        "error_sign": Mistake(
            vi=("đảo dấu sai số", "Sai số của luật perceptron là $t-a$: lấy nhãn trừ đầu ra."),
            en=("sign of the error flipped", "The error of the perceptron rule is $t-a$: the label minus the output."),
        ),
        "error_before_threshold": Mistake(
            vi=(
                "lấy sai số trước ngưỡng",
                "$t-z$ thuộc về luật delta của Widrow và Hoff. Luật perceptron dùng đầu ra sau ngưỡng: $t-a$.",
            ),
            en=(
                "error before the threshold",
                "$t-z$ belongs to the delta rule of Widrow and Hoff. The perceptron rule takes the output after the threshold: $t-a$.",
            ),
        ),
        "subtracted": Mistake(
            vi=("trừ thay vì cộng", "Với sai số $t-a$, bước cập nhật được cộng vào: $w' = w + \\eta (t-a) x$."),
            en=("subtracted, not added", "With the error $t-a$ the step is added: $w' = w + \\eta (t-a) x$."),
        ),
        "no_lr": Mistake(
            vi=("quên learning rate", "Nhân bước cập nhật với $\\eta$."),
            en=("learning rate forgotten", "Multiply the step by $\\eta$."),
        ),
        "input_forgotten": Mistake(
            vi=("quên nhân với đầu vào", "Mỗi trọng số thay đổi theo đầu vào của nó: nhân với $x_i$."),
            en=("input forgotten", "Each weight moves with its own input: multiply by $x_i$."),
        ),
    },
)
def perceptron_rule(sheet, *, x, t, w, b, lr):
    """One update of the perceptron rule: a = [w·x + b ≥ 0], w ← w + η (t - a) x, b ← b + η (t - a).

    x, w (…, n); t, b, lr (…), t 0 or 1.  Steps z, out, e, bnew (…), wnew (…, n).
    Convention: output 1 at z = 0, labels 0 and 1.  Source: computer vision journey, §5.1.1 (its PLA).
    """
    weighted = (w * x).sum(-1)
    z = sheet.step("z", r"@w \cdot @x + @b", weighted + b, bias_forgotten=weighted)
    a = sheet.step("out", r"[\,@z \ge 0\,]", fires(z), strict=(z > NEARLY) * 1.0, threshold_flipped=1 - fires(z))
    e = sheet.step("e", r"@t - @out", t - a, error_sign=a - t, error_before_threshold=t - z)
    move = (lr * e)[..., None]
    sheet.step(
        "wnew",
        r"@w + @lr \cdot @e \cdot @x",
        w + move * x,
        subtracted=w - move * x,
        no_lr=w + e[..., None] * x,
        input_forgotten=w + move,
    )
    sheet.step("bnew", r"@b + @lr \cdot @e", b + lr * e, subtracted=b - lr * e, no_lr=b + e)


def corners(p, q, r, s):
    """The points (p,r), (p,s), (q,r), (q,s) as rows (…, 4, 2)."""
    first = np.stack([p, p, q, q], -1)
    second = np.stack([r, s, r, s], -1)
    return np.stack([first, second], -1)


@solver(
    givens={"p": real(), "q": real(), "r": real(), "s": real(), "same": BIT},
    symbols=SYMBOLS | {"same": "c"},
    words=WORDS,
    first=1,
    mistakes=THRESHOLD
    | {
        "one_line": Mistake(
            vi=("hai nơ-ron ẩn giống nhau", "Hai nơ-ron ẩn phải cắt mặt phẳng bằng hai đường thẳng khác nhau: đổi bias của một nơ-ron."),
            en=("both hidden units alike", "The hidden units must cut the plane along two different lines: change the bias of one."),
        ),
        "units_added": Mistake(
            vi=("cộng hai nơ-ron ẩn", "XOR là “ít nhất một nhưng không phải cả hai”: nơ-ron thứ hai phải vào với trọng số trái dấu."),
            en=("hidden units added", "XOR is “at least one but not both”: the second unit must enter with the opposite sign."),
        ),
    },
)
def xor_net(sheet, *, p, q, r, s, same):
    """Two hidden threshold units and one output unit that tell the diagonals of a rectangle apart, as XOR does.

    p, q, r, s (…), p ≠ q, r ≠ s; same (…), the label of (p,r) and (q,s), the other two have 1 - same.
    Steps net (…, 3, 3), rows two hidden units then the output unit, each [weight 1, weight 2, bias]; hidden (…, 4, 2); z, out
    (…, 4) for (p,r), (p,s), (q,r), (q,s).  Convention: a unit gives 1 at z = 0.
    Source: computer vision journey, §5.1.1; XOR itself is p = r = 0, q = s = 1, same = 0.
    """
    across, up = 1 / (q - p), 1 / (s - r)
    b = -p * across - r * up
    either, both = np.stack([across, up, b - 0.5], -1), np.stack([across, up, b - 1.5], -1)
    output = (1 - 2 * same)[..., None] * np.array([2.0, -2.0, -1.0])
    net = sheet.step(
        "net",
        NET,
        np.stack([either, both, output], -2),
        one_line=np.stack([either, either, output], -2),
    )
    inputs = corners(p, q, r, s)
    weighted = inputs @ np.swapaxes(net[..., :2, :2], -1, -2)
    biases = net[..., None, :2, 2]
    hidden = sheet.step(
        "hidden",
        rf"\left[\, {POINTS} @net_{{1,2}}^{{\mathsf{{T}}}} \ge 0 \,\right]",
        fires(weighted + biases),
        bias_forgotten=fires(weighted),
    )
    weights, bias = net[..., None, 2, :2], net[..., 2, 2:]
    sums = (hidden * weights).sum(-1)
    z = sheet.step(
        "z",
        r"\left[\,@hidden \ 1\,\right] @net_{3}^{\mathsf{T}}",
        sums + bias,
        bias_forgotten=sums,
        units_added=(hidden * np.abs(weights)).sum(-1) + bias,
    )
    sheet.step("out", r"[\,@z \ge 0\,]", fires(z), strict=(z > NEARLY) * 1.0, threshold_flipped=1 - fires(z))
