"""ADOPT: the gradient is divided by the root of the mean square of the gradients before it, clipped, and only then averaged."""

from __future__ import annotations

import numpy as np

from solvers.gradient_descent import SLIPS, SYMBOLS, WORDS, gradient
from solvers.momentum import AVERAGE, average
from solvers.rmsprop import MEAN_SQUARE, ROOT, mean_square
from solvers.solver import Mistake, count, decay, rate, real, solver

RATES = {"lr": rate(), "beta1": decay(), "beta2": decay(), "eps": rate()}
NAMES = SYMBOLS | {"ghat": r"\mathbf{\hat{g}}", "ghat[]": r"\hat{g}_{{t},{i}}"}
ROLES = WORDS | {
    "ghat": ("gradient đã chuẩn hóa", "normalised gradient"),
    "v": ("moment bậc 1", "first moment"),
    "s": ("moment bậc 2", "second moment"),
}
ORDER = {
    "current_square": Mistake(
        vi=(
            "chuẩn hóa bằng $s$ của bước này",
            "Dùng $s_t$ là cách của Adam, đúng ở đó. ADOPT chia cho căn của $s_{t-1}$, chưa chứa gradient đang xét.",
        ),
        en=(
            "normalised by this step's $s$",
            "Taking $s_t$ is Adam's way and correct there. ADOPT divides by the root of $s_{t-1}$, which does not hold this gradient yet.",
        ),
    ),
    "raw_gradient": Mistake(
        vi=("lấy trung bình gradient chưa chuẩn hóa", "ADOPT chuẩn hóa trước, lấy trung bình sau: đưa $\\hat{g}$ vào $v$, không phải $g$."),
        en=("raw gradient averaged", "ADOPT normalises first and averages after: put $\\hat{g}$ into $v$, not $g$."),
    ),
    "eps_added": Mistake(
        vi=(
            "cộng $\\varepsilon$",
            "Cộng $\\varepsilon$ là cách của Adam. Ở đây $\\varepsilon$ chỉ là mức sàn của mẫu số: $\\max(\\sqrt{s}, \\varepsilon)$.",
        ),
        en=(
            "$\\varepsilon$ added",
            "Adding $\\varepsilon$ is Adam's way. Here it is only a floor of the denominator: $\\max(\\sqrt{s}, \\varepsilon)$.",
        ),
    ),
    "not_clipped": Mistake(
        vi=(
            "quên cắt",
            "Bản đầu của thuật toán không cắt. Ở đây giới hạn từng thành phần của $\\hat{g}_t$ trong $\\pm\\, t^{1/4}$.",
        ),
        en=(
            "not clipped",
            "The first version of the algorithm does not clip. Here keep each component of $\\hat{g}_t$ within $\\pm\\, t^{1/4}$.",
        ),
    ),
    "clipped_at_one": Mistake(
        vi=("cắt ở 1 trong mọi bước", "Ngưỡng cắt tăng dần theo bước: $c_t = t^{1/4}$, ở bước 2 là $2^{1/4}$."),
        en=("clipped at 1 in every step", "The bound grows with the steps: $c_t = t^{1/4}$, in step 2 it is $2^{1/4}$."),
    ),
    "weighted_start": Mistake(
        vi=("nhân $1-\\beta_2$ khi khởi tạo", "Lần đầu chỉ khởi tạo: $s_0 = g_0^2$ nguyên vẹn, không nhân $1-\\beta_2$."),
        en=("weighted at the start", "The first gradient only initialises: $s_0 = g_0^2$ as it is, without the factor $1-\\beta_2$."),
    ),
    "corrected": Mistake(
        vi=("hiệu chỉnh bias như Adam", "ADOPT không chia $v$ cho $1-\\beta_1^t$: dùng thẳng $v$."),
        en=("bias corrected as in Adam", "ADOPT does not divide $v$ by $1-\\beta_1^t$: use $v$ as it is."),
    ),
}


def clip(x, bound):
    """x kept within ±bound."""
    return np.minimum(np.maximum(x, -bound), bound)


def update(sheet, t, g, w, v, s, *, w0, lr, beta1, beta2, eps):
    """The steps ghat_t, v_t, w_t, s_t from the gradient g_t, with their mistakes; returns w, v, s."""
    bound = t**0.25
    ratio = g / np.maximum(np.sqrt(s), eps)
    now = beta2 * s + (1 - beta2) * g * g
    ghat = sheet.step(
        f"ghat{t}",
        rf"\mathrm{{clip}}\left(\frac{{@g{t}}}{{\max(\sqrt{{@s{t - 1}}}, @eps)}}, \pm {t}^{{1/4}}\right)",
        clip(ratio, bound),
        current_square=clip(g / np.maximum(np.sqrt(now), eps), bound),
        eps_added=clip(g / (np.sqrt(s) + eps), bound),
        not_clipped=ratio,
        clipped_at_one=clip(ratio, 1.0),
        no_root=clip(g / np.maximum(s, eps), bound),
    )
    v = sheet.step(
        f"v{t}",
        rf"@beta1 \cdot @v{t - 1} + (1 - @beta1) \cdot @ghat{t}",
        beta1 * v + (1 - beta1) * ghat,
        raw_gradient=beta1 * v + (1 - beta1) * g,
        **average(beta1, v, ghat),
    )
    slips = {"uphill": w + lr * v, "no_lr": w - v, "corrected": w - lr * v / (1 - beta1**t)}
    if t > 1:
        slips["from_start"] = w0 - lr * v
    w = sheet.step(f"w{t}", rf"@w{t - 1} - @lr \cdot @v{t}", w - lr * v, **slips)
    s = sheet.step(
        f"s{t}",
        rf"@beta2 \cdot @s{t - 1} + (1 - @beta2) \cdot @g{t}^2",
        beta2 * s + (1 - beta2) * g * g,
        **mean_square(beta2, s, g),
    )
    return w, v, s


@solver(
    givens={"a": real("n"), "w0": real("n"), "v0": real("n"), **RATES, "epochs": count(1000)},
    symbols=NAMES,
    words=ROLES,
    first=1,
    mistakes=SLIPS | AVERAGE | MEAN_SQUARE | ROOT | ORDER,
)
def adopt(sheet, *, a, w0, v0=0, lr, beta1, beta2, eps, epochs):
    """ADOPT on f(w) = Σ aᵢ wᵢ²: s₀ = g₀², then ĝ = clip(g / max(√s, ε), ±t^¼), v ← β₁v + (1-β₁)ĝ, w ← w - αv, s ← β₂s + (1-β₂)g².

    a, w0, v0 (…, n); lr, beta1, beta2, eps (…, 1).  Steps g0, s0, g1, ghat1, v1, w1, s1, g2, … (…, n).
    Convention: the published rule with clipping at t^¼; the first gradient only initialises s, and g₁ is taken at w₀ again.
    In the paper's letters v is m and s is v.  Source: Taniguchi et al. 2024, ADOPT, algorithm 2; optimiser sheet, part II, exercise 5(e).
    """
    g = sheet.step("g0", r"2 \cdot @a \odot @w0", 2 * a * w0, half_gradient=a * w0, function_value=a * w0 * w0)
    s = sheet.step("s0", r"@g0^2", g * g, weighted_start=(1 - beta2) * g * g, not_squared=g)
    w, v, before = w0, v0, None
    for t in range(1, epochs + 1):
        g = gradient(sheet, t, a, w, before)
        before = w
        w, v, s = update(sheet, t, g, w, v, s, w0=w0, lr=lr, beta1=beta1, beta2=beta2, eps=eps)


@solver(
    givens={"w0": real("n"), "g0": real("n"), "g1": real("n"), "g2": real("n"), "v0": real("n"), **RATES},
    symbols=NAMES,
    words=ROLES,
    first=1,
    mistakes={name: SLIPS[name] for name in ("uphill", "no_lr", "from_start")} | AVERAGE | MEAN_SQUARE | ROOT | ORDER,
)
def adopt_minibatch(sheet, *, w0, g0, g1, g2, v0=0, lr, beta1, beta2, eps):
    """ADOPT from three stated mini-batch gradients: g₀ initialises s, g₁ and g₂ make two steps.

    w0, g0, g1, g2, v0 (…, n); lr, beta1, beta2, eps (…, 1).  Steps s0, ghat1, v1, w1, s1, ghat2, v2, w2, s2 (…, n).
    Convention and letters as in `adopt`.  Source: Taniguchi et al. 2024, ADOPT, algorithm 2.
    """
    s = sheet.step("s0", r"@g0^2", g0 * g0, weighted_start=(1 - beta2) * g0 * g0, not_squared=g0)
    w, v = w0, v0
    for t, g in ((1, g1), (2, g2)):
        w, v, s = update(sheet, t, g, w, v, s, w0=w0, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
