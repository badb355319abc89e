"""Adam: momentum over RMSProp, both averages corrected for their start at zero."""

from __future__ import annotations

import numpy as np

from solvers.gradient_descent import SLIPS, SYMBOLS, WORDS, gradient
from solvers.momentum import AVERAGE, average
from solvers.rmsprop import MEAN_SQUARE, ROOT, mean_square
from solvers.solver import Mistake, count, decay, rate, real, solver


@solver(
    givens={
        "a": real("n"),
        "w0": real("n"),
        "v0": real("n"),
        "s0": real("n", low=0),
        "lr": rate(),
        "beta1": decay(),
        "beta2": decay(),
        "eps": rate(),
        "epochs": count(1000),
    },
    symbols=SYMBOLS,
    words=WORDS
    | {
        "v": ("moment bậc 1", "first moment"),
        "s": ("moment bậc 2", "second moment"),
        "vhat": ("moment bậc 1 đã hiệu chỉnh", "first moment, corrected"),
        "shat": ("moment bậc 2 đã hiệu chỉnh", "second moment, corrected"),
    },
    first=1,
    mistakes=SLIPS
    | AVERAGE
    | MEAN_SQUARE
    | ROOT
    | {
        "no_correction": Mistake(
            vi=("quên hiệu chỉnh bias", "Trung bình bắt đầu từ 0 nên các bước đầu bị kéo về 0: chia cho $1-\\beta^t$ để bù lại."),
            en=(
                "bias correction forgotten",
                "The average starts at 0, so early steps are pulled towards 0: divide by $1-\\beta^t$ to undo that.",
            ),
        ),
        "first_power": Mistake(
            vi=("hiệu chỉnh với lũy thừa 1", "Ở epoch $t$ mẫu số là $1-\\beta^t$: nâng $\\beta$ lên lũy thừa $t$."),
            en=("corrected with the first power", "In epoch $t$ the denominator is $1-\\beta^t$: raise $\\beta$ to the power $t$."),
        ),
        "uncorrected_step": Mistake(
            vi=("cập nhật bằng $v$ và $s$", "Dùng $\\hat{v}$ và $\\hat{s}$ đã hiệu chỉnh trong bước cập nhật, không phải $v$ và $s$."),
            en=("stepped with $v$ and $s$", "Use the corrected $\\hat{v}$ and $\\hat{s}$ in the update, not $v$ and $s$."),
        ),
        "eps_inside": Mistake(
            vi=(
                "$\\varepsilon$ ở trong căn",
                "Ở đây $\\varepsilon$ được cộng sau khi lấy căn: $\\sqrt{\\hat{s}}+\\varepsilon$.",
            ),
            en=(
                "$\\varepsilon$ inside the root",
                "Here $\\varepsilon$ is added after the root is taken: $\\sqrt{\\hat{s}}+\\varepsilon$.",
            ),
        ),
    },
)
def adam(sheet, *, a, w0, v0=0, s0=0, lr, beta1, beta2, eps, epochs):
    """Adam with bias correction, w ← w - α v̂ / (√ŝ + ε), on f(w) = Σ aᵢ wᵢ².

    a, w0, v0, s0 (…, n); lr, beta1, beta2, eps (…, 1).  Steps g1, v1, s1, vhat1, shat1, w1, g2, … (…, n).
    Convention: ε outside the root, as in torch.optim.Adam.  Source: optimiser sheet, eq. 4.1 to 4.5.
    """
    w, v, s, before = w0, v0, s0, None
    for t in range(1, epochs + 1):
        g = gradient(sheet, t, a, w, before)
        v = sheet.step(
            f"v{t}",
            rf"@beta1 \cdot @v{t - 1} + (1 - @beta1) \cdot @g{t}",
            beta1 * v + (1 - beta1) * g,
            **average(beta1, v, g),
        )
        s = sheet.step(
            f"s{t}",
            rf"@beta2 \cdot @s{t - 1} + (1 - @beta2) \cdot @g{t}^2",
            beta2 * s + (1 - beta2) * g * g,
            **mean_square(beta2, s, g),
        )
        vhat = sheet.step(
            f"vhat{t}",
            rf"\frac{{@v{t}}}{{1 - @beta1^{{{t}}}}}",
            v / (1 - beta1**t),
            no_correction=v,
            first_power=v / (1 - beta1),
        )
        shat = sheet.step(
            f"shat{t}",
            rf"\frac{{@s{t}}}{{1 - @beta2^{{{t}}}}}",
            s / (1 - beta2**t),
            no_correction=s,
            first_power=s / (1 - beta2),
        )
        step = lr * vhat / (np.sqrt(shat) + eps)
        slips = {
            "uphill": w + step,
            "no_lr": w - vhat / (np.sqrt(shat) + eps),
            "no_root": w - lr * vhat / (shat + eps),
            "uncorrected_step": w - lr * v / (np.sqrt(s) + eps),
            "eps_inside": w - lr * vhat / np.sqrt(shat + eps),
        }
        if t > 1:
            slips["from_start"] = w0 - step
        before, w = (
            w,
            sheet.step(
                f"w{t}",
                rf"@w{t - 1} - @lr \cdot \frac{{@vhat{t}}}{{\sqrt{{@shat{t}}} + @eps}}",
                w - step,
                **slips,
            ),
        )
