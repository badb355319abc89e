"""Rectifiers and the way back through any activation: ReLU and its leaky, parametric forms, value and derivative."""

from __future__ import annotations

import numpy as np

from solvers.solver import Mistake, real, solver

# The letters and words that all activations f share.
SYMBOLS = {
    "x": r"\mathbf{x}",
    "y": r"\mathbf{y}",
    "slope": r"f'(\mathbf{x})",
    "slope[]": r"f'(x_{{i}})",
    "alpha": r"\alpha",
    "s": r"\mathbf{s}",
}
WORDS = {
    "y": ("giá trị $f(x)$", "value $f(x)$"),
    "slope": ("đạo hàm $f'(x)$", "derivative $f'(x)$"),
    "dx": ("gradient theo đầu vào", "gradient of the input"),
}
# Mistakes of the chain rule through an activation.
CHAIN = {
    "upstream_forgotten": Mistake(
        vi=("quên nhân với gradient từ phía sau", "Theo quy tắc chuỗi, nhân $f'(x)$ với $\\partial L/\\partial y$ đã cho."),
        en=("incoming gradient forgotten", "By the chain rule, multiply $f'(x)$ by the given $\\partial L/\\partial y$."),
    ),
    "upstream_added": Mistake(
        vi=("cộng thay vì nhân", "Quy tắc chuỗi nhân hai đạo hàm: lấy $\\partial L/\\partial y$ nhân $f'(x)$."),
        en=("added instead of multiplied", "The chain rule multiplies the two derivatives: take $\\partial L/\\partial y$ times $f'(x)$."),
    ),
    "times_value": Mistake(
        vi=("nhân với giá trị thay vì đạo hàm", "Khi lan truyền ngược, hệ số là $f'(x)$, không phải $f(x)$: thay lại rồi nhân."),
        en=("times the value, not the derivative", "Going back, the factor is $f'(x)$, not $f(x)$: replace it and multiply again."),
    ),
}
RECTIFIER = {
    "no_relu": Mistake(
        vi=("để nguyên giá trị âm", "Với $x < 0$ hàm không trả về $x$: áp dụng nhánh dành cho số âm."),
        en=("negative values left as they are", "For $x < 0$ the function does not return $x$: use the branch for negative numbers."),
    ),
    "absolute_value": Mistake(
        vi=("lấy trị tuyệt đối", "ReLU không đổi dấu số âm: thay $|x|$ bằng giá trị của nhánh âm."),
        en=("absolute value taken", "ReLU does not flip a negative number: replace $|x|$ by the value of the negative branch."),
    ),
    "right_slope": Mistake(
        vi=(
            "lấy đạo hàm phải tại 0",
            "Tại $x = 0$ hàm không khả vi, nên đây là một quy ước. Nhiều tài liệu lấy đạo hàm phải bằng 1; ở đây hãy lấy đạo hàm trái.",
        ),
        en=(
            "right-hand derivative at 0",
            "At $x = 0$ there is no derivative, so this is a convention. Many texts take the right-hand slope, 1; here take the left-hand.",
        ),
    ),
    "value_for_slope": Mistake(
        vi=("lấy giá trị hàm làm đạo hàm", "Đạo hàm của một đoạn thẳng là hệ số góc của nó: đọc hệ số của $x$, đừng lấy $f(x)$."),
        en=("value taken as the derivative", "The derivative of a straight piece is its slope: read the factor of $x$, not $f(x)$."),
    ),
    "slope_everywhere_one": Mistake(
        vi=("lấy đạo hàm bằng 1 ở mọi nơi", "Nhánh âm có hệ số góc khác 1: xét dấu của từng phần tử $x$ trước."),
        en=("derivative 1 everywhere", "The negative branch has another slope than 1: look at the sign of each $x$ first."),
    ),
}


def backward(sheet, dy, slope, y):
    """The step ∂L/∂x = ∂L/∂y ⊙ f′(x), with its mistakes."""
    return sheet.step(
        "dx",
        r"@dy \odot @slope",
        dy * slope,
        upstream_forgotten=slope,
        upstream_added=dy + slope,
        times_value=dy * y,
    )


@solver(
    givens={"x": real("n"), "dy": real("n")},
    symbols=SYMBOLS,
    words=WORDS,
    first=1,
    mistakes=CHAIN
    | RECTIFIER
    | {
        "negative_part": Mistake(
            vi=("lấy $\\min(0, x)$", "ReLU giữ phần dương: lấy $\\max(0, x)$."),
            en=("$\\min(0, x)$ taken", "ReLU keeps the positive part: take $\\max(0, x)$."),
        ),
    },
)
def relu(sheet, *, x, dy):
    """ReLU, y = max(0, x), and the way back: f′(x) is 1 for x > 0, else 0.

    x, dy (…, n), dy is ∂L/∂y.  Steps y, slope, dx (…, n).
    Convention: f′(0) = 0, the left-hand derivative, as torch has it; 1 is the rival.  Source: notebook §4.4.1.
    """
    y = sheet.step(
        "y",
        r"\max(0, @x)",
        np.maximum(x, 0.0),
        no_relu=x,
        absolute_value=np.abs(x),
        negative_part=np.minimum(x, 0.0),
    )
    slope = sheet.step(
        "slope",
        r"[\,@x > 0\,]",
        (x > 0).astype(float),
        right_slope=(x >= 0).astype(float),
        value_for_slope=np.maximum(x, 0.0),
        slope_everywhere_one=np.ones_like(x),
    )
    backward(sheet, dy, slope, y)


@solver(
    givens={"x": real("n"), "alpha": real("1", low=-100, high=100), "dy": real("n")},
    symbols=SYMBOLS,
    words=WORDS | {"dalpha": ("gradient theo $\\alpha$", "gradient of $\\alpha$")},
    first=1,
    mistakes=CHAIN
    | {name: RECTIFIER[name] for name in ("no_relu", "right_slope", "value_for_slope", "slope_everywhere_one")}
    | {
        "plain_relu": Mistake(
            vi=("dùng ReLU thường", "Nhánh âm không bằng 0: nhân $x$ với $\\alpha$."),
            en=("plain ReLU", "The negative branch is not 0: multiply $x$ by $\\alpha$."),
        ),
        "branches_swapped": Mistake(
            vi=("nhân $\\alpha$ vào nhánh dương", "$\\alpha$ chỉ nhân vào số âm; số dương giữ nguyên: đổi lại hai nhánh."),
            en=("$\\alpha$ on the positive branch", "$\\alpha$ multiplies negative numbers only; positive ones stay: swap the branches."),
        ),
        "sign_lost": Mistake(
            vi=("mất dấu của số âm", "$\\alpha x$ vẫn âm khi $x < 0$: giữ dấu trừ."),
            en=("sign of a negative number lost", "$\\alpha x$ is still negative for $x < 0$: keep the minus sign."),
        ),
        "all_inputs": Mistake(
            vi=("cộng cả các đầu vào dương", "$y$ chỉ phụ thuộc $\\alpha$ khi $x < 0$: bỏ các $x$ dương khỏi tổng."),
            en=("positive inputs counted too", "$y$ depends on $\\alpha$ only where $x < 0$: leave positive $x$ out of the sum."),
        ),
        "slope_again": Mistake(
            vi=(
                "lấy đạo hàm theo $x$ thay vì theo $\\alpha$",
                "$\\partial y/\\partial \\alpha = \\min(0, x)$: lấy đạo hàm của $\\alpha x$ theo $\\alpha$.",
            ),
            en=(
                "differentiated in $x$, not in $\\alpha$",
                "$\\partial y/\\partial \\alpha = \\min(0, x)$: differentiate $\\alpha x$ with respect to $\\alpha$.",
            ),
        ),
        "not_summed_up": Mistake(
            vi=(
                "quên gradient từ phía sau khi tính $\\partial L/\\partial\\alpha$",
                "Nhân mỗi $\\min(0, x_i)$ với $\\partial L/\\partial y_i$ rồi mới cộng.",
            ),
            en=(
                "incoming gradient left out of $\\partial L/\\partial\\alpha$",
                "Multiply each $\\min(0, x_i)$ by $\\partial L/\\partial y_i$, then add.",
            ),
        ),
    },
)
def prelu(sheet, *, x, alpha, dy):
    """Leaky or parametric ReLU, y = max(0, x) + α min(0, x), and the way back to x and to a learnt α.

    x, dy (…, n), dy is ∂L/∂y; alpha (…, 1), one for all entries.  Steps y, slope, dx (…, n); dalpha (…).
    Convention: f′(0) = α, the left-hand derivative, as torch has it; 1 is the rival (the notebook's exercise 2 takes it,
    its section on dying ReLU takes α).  Source: notebook §4.4.1, exercise 2 of §5, and its LeakyReLU.
    """
    below = np.minimum(x, 0.0)
    value = np.maximum(x, 0.0) + alpha * below
    y = sheet.step(
        "y",
        r"\max(0, @x) + @alpha \cdot \min(0, @x)",
        value,
        no_relu=x,
        plain_relu=np.maximum(x, 0.0),
        branches_swapped=alpha * np.maximum(x, 0.0) + below,
        sign_lost=np.maximum(x, 0.0) - alpha * below,
    )
    slope = sheet.step(
        "slope",
        r"[\,@x > 0\,] + @alpha \cdot [\,@x \le 0\,]",
        np.where(x > 0, 1.0, alpha),
        right_slope=np.where(x >= 0, 1.0, alpha),
        plain_relu=(x > 0).astype(float),
        branches_swapped=np.where(x > 0, alpha, 1.0),
        value_for_slope=value,
        slope_everywhere_one=np.ones_like(x),
    )
    backward(sheet, dy, slope, y)
    sheet.step(
        "dalpha",
        r"\sum_i \left(@dy \odot \min(0, @x)\right)_i",
        (dy * below).sum(-1),
        all_inputs=(dy * x).sum(-1),
        slope_again=(dy * slope).sum(-1),
        not_summed_up=below.sum(-1),
    )
