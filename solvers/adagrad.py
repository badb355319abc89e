"""AdaGrad: each coordinate's step is divided by the root of the sum of its squared gradients so far."""

from __future__ import annotations

import numpy as np

from solvers.gradient_descent import SLIPS, SYMBOLS, WORDS, gradient
from solvers.solver import Mistake, count, rate, real, solver


@solver(
    givens={"a": real("n"), "w0": real("n"), "s0": real("n", low=0), "lr": rate(), "eps": rate(), "epochs": count(1000)},
    symbols=SYMBOLS,
    words=WORDS | {"s": ("tổng bình phương", "sum of squares")},
    first=1,
    mistakes=SLIPS
    | {
        "not_squared": Mistake(
            vi=("quên bình phương gradient", "$s$ cộng dồn $g^2$: bình phương từng thành phần của gradient trước khi cộng."),
            en=("gradient not squared", "$s$ adds up $g^2$: square each component of the gradient before you add it."),
        ),
        "no_history": Mistake(
            vi=("không cộng dồn", "$s$ giữ mọi bình phương từ đầu: cộng $g^2$ vào $s$ của bước trước."),
            en=("not accumulated", "$s$ keeps all squares from the start: add $g^2$ to the $s$ of the step before."),
        ),
        "averaged": Mistake(
            vi=(
                "lấy trung bình động kiểu RMSProp",
                "Nhân $0.9$ và $0.1$ là RMSProp, đúng ở đó. AdaGrad cộng trọn $g^2$: bỏ hai hệ số.",
            ),
            en=(
                "RMSProp's moving average",
                "Weighting by $0.9$ and $0.1$ is RMSProp, and correct there. AdaGrad adds all of $g^2$: leave the two factors out.",
            ),
        ),
        "no_root": Mistake(
            vi=("quên căn bậc hai", "Mẫu số là $\\sqrt{s+\\varepsilon}$: lấy căn rồi mới chia."),
            en=("square root forgotten", "The denominator is $\\sqrt{s+\\varepsilon}$: take the root, then divide."),
        ),
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
def adagrad(sheet, *, a, w0, s0=0, lr, eps, epochs):
    """AdaGrad, s ← s + g², w ← w - α g / √(s + ε), on f(w) = Σ aᵢ wᵢ².

    a, w0, s0 (…, n); lr, eps (…, 1).  Steps g1, s1, w1, g2, … (…, n).
    Convention: ε inside the root (torch.optim.Adagrad has it outside).  Source: computer vision journey, §6.2.3.
    """
    w, s, before = w0, s0, None
    for t in range(1, epochs + 1):
        g = gradient(sheet, t, a, w, before)
        s = sheet.step(
            f"s{t}",
            rf"@s{t - 1} + @g{t}^2",
            s + g * g,
            not_squared=s + g,
            no_history=g * g,
            averaged=0.9 * s + 0.1 * g * g,
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
