"""RMSProp: each coordinate's step is divided by the root of its mean squared gradient."""

from __future__ import annotations

import numpy as np

from solvers.gradient_descent import SLIPS, SYMBOLS, WORDS, gradient
from solvers.solver import Mistake, count, decay, rate, real, solver

MEAN_SQUARE = {
    "not_squared": Mistake(
        vi=("quên bình phương gradient", "$s$ là trung bình của $g^2$: bình phương từng thành phần của gradient trước."),
        en=("gradient not squared", "$s$ averages $g^2$: square each component of the gradient first."),
    ),
    "swapped_square": Mistake(
        vi=("đổi chỗ hai hệ số của $s$", "Nhân $s$ cũ với $\\gamma$ (Adam: $\\beta_2$), nhân $g^2$ với phần còn lại tới 1."),
        en=("the two factors of $s$ swapped", "Multiply the old $s$ by $\\gamma$ (Adam: $\\beta_2$), and $g^2$ by what is left to 1."),
    ),
    "no_history_square": Mistake(
        vi=("bỏ quên $s$ cũ", "Cộng thêm phần giữ lại từ $s$ của bước trước."),
        en=("old $s$ dropped", "Add what is carried over from the $s$ of the step before."),
    ),
    "sum_of_squares": Mistake(
        vi=("cộng dồn kiểu AdaGrad", "Cộng trọn $g^2$ là AdaGrad. Ở đây $s$ là trung bình động: hai hệ số có tổng bằng 1."),
        en=("AdaGrad's sum", "Adding all of $g^2$ is AdaGrad. Here $s$ is a moving average: its two factors sum to 1."),
    ),
}
ROOT = {
    "no_root": Mistake(
        vi=("quên căn bậc hai", "Mẫu số là căn bậc hai của trung bình bình phương: lấy căn rồi mới chia."),
        en=("square root forgotten", "The denominator is the square root of the mean square: take the root, then divide."),
    ),
}


def mean_square(decay_rate, s, g):
    """The mistakes of the mean square γ s + (1-γ) g²."""
    return {
        "not_squared": decay_rate * s + (1 - decay_rate) * g,
        "swapped_square": (1 - decay_rate) * s + decay_rate * g * g,
        "no_history_square": (1 - decay_rate) * g * g,
        "sum_of_squares": s + g * g,
    }


@solver(
    givens={
        "a": real("n"),
        "w0": real("n"),
        "s0": real("n", low=0),
        "lr": rate(),
        "gamma": decay(),
        "eps": rate(),
        "epochs": count(1000),
    },
    symbols=SYMBOLS,
    words=WORDS,
    first=1,
    mistakes=SLIPS
    | MEAN_SQUARE
    | ROOT
    | {
        "eps_outside": Mistake(
            vi=(
                "$\\varepsilon$ ở ngoài căn",
                "$\\sqrt{s}+\\varepsilon$ là cách của nhiều thư viện. Ở đây $\\varepsilon$ nằm trong căn: $\\sqrt{s+\\varepsilon}$.",
            ),
            en=(
                "$\\varepsilon$ outside the root",
                "$\\sqrt{s}+\\varepsilon$ is the convention of many libraries. Here $\\varepsilon$ is inside: $\\sqrt{s+\\varepsilon}$.",
            ),
        ),
        "not_divided": Mistake(
            vi=("chưa chia cho căn", "Chia gradient cho $\\sqrt{s+\\varepsilon}$ trước khi nhân với $\\alpha$."),
            en=("not divided by the root", "Divide the gradient by $\\sqrt{s+\\varepsilon}$ before you multiply by $\\alpha$."),
        ),
    },
)
def rmsprop(sheet, *, a, w0, s0=0, lr, gamma, eps, epochs):
    """RMSProp, s ← γs + (1-γ)g², w ← w - α g / √(s + ε), on f(w) = Σ aᵢ wᵢ².

    a, w0, s0 (…, n); lr, gamma, eps (…, 1).  Steps g1, s1, w1, g2, … (…, n).
    Convention: ε inside the root (torch.optim.RMSprop has it outside).  Source: optimiser sheet, eq. 3.1 and 3.2.
    """
    w, s, before = w0, s0, None
    for t in range(1, epochs + 1):
        g = gradient(sheet, t, a, w, before)
        s = sheet.step(
            f"s{t}",
            rf"@gamma \cdot @s{t - 1} + (1 - @gamma) \cdot @g{t}^2",
            gamma * s + (1 - gamma) * g * g,
            **mean_square(gamma, s, g),
        )
        step = lr * g / np.sqrt(s + eps)
        slips = {
            "uphill": w + step,
            "no_lr": w - g / np.sqrt(s + eps),
            "no_root": w - lr * g / (s + eps),
            "eps_outside": w - lr * g / (np.sqrt(s) + eps),
            "not_divided": w - lr * g,
        }
        if t > 1:
            slips["from_start"] = w0 - step
        before, w = w, sheet.step(f"w{t}", rf"@w{t - 1} - @lr \cdot \frac{{@g{t}}}{{\sqrt{{@s{t} + @eps}}}}", w - step, **slips)
