"""Where optimisers of one name differ: momentum with α inside the velocity, momentum as the library has it, and the place of ε."""

from __future__ import annotations

import numpy as np

from solvers.gradient_descent import SLIPS, SYMBOLS, WORDS, gradient
from solvers.momentum import AVERAGE, average
from solvers.solver import Mistake, count, decay, rate, real, solver

VELOCITY = WORDS | {"v": ("vận tốc", "velocity")}


@solver(
    givens={"a": real("n"), "w0": real("n"), "v0": real("n"), "lr": rate(), "beta": decay(), "epochs": count(1000)},
    symbols=SYMBOLS,
    words=VELOCITY,
    first=1,
    mistakes={name: slip for name, slip in SLIPS.items() if name != "no_lr"}
    | AVERAGE
    | {
        "lr_outside": Mistake(
            vi=(
                "để $\\alpha$ ngoài vận tốc",
                "Trung bình của riêng $g$ là cách viết khác, đúng khi bước đi là $\\alpha v$. Ở đây $v$ đã "
                "chứa $\\alpha$: nhân $\\alpha g$.",
            ),
            en=(
                "$\\alpha$ left out of the velocity",
                "Averaging $g$ alone is another form, correct where the step is $\\alpha v$. Here $v$ holds "
                "$\\alpha$: average $\\alpha g$.",
            ),
        ),
        "lr_twice": Mistake(
            vi=("nhân $\\alpha$ hai lần", "$v$ đã chứa $\\alpha$: trừ thẳng $v$ khỏi trọng số."),
            en=("$\\alpha$ applied twice", "$v$ already holds $\\alpha$: subtract $v$ itself from the weights."),
        ),
    },
)
def velocity_momentum(sheet, *, a, w0, v0=0, lr, beta, epochs):
    """Momentum with the learning rate inside the velocity, v ← βv + (1-β)αg, w ← w - v, on f(w) = Σ aᵢ wᵢ².

    a, w0, v0 (…, n); lr, beta (…, 1).  Steps g1, v1, w1, g2, … (…, n).
    Convention: with a constant α the weights are those of `momentum`; the heavy ball βv + α'g has α' = (1-β)α.
    Source: computer vision journey, §6.2.5.
    """
    w, v, before = w0, v0, None
    for t in range(1, epochs + 1):
        g = gradient(sheet, t, a, w, before)
        v = sheet.step(
            f"v{t}",
            rf"@beta \cdot @v{t - 1} + (1 - @beta) \cdot @lr \cdot @g{t}",
            beta * v + (1 - beta) * lr * g,
            lr_outside=beta * v + (1 - beta) * g,
            **average(beta, v, lr * g),
        )
        slips = {"uphill": w + v, "lr_twice": w - lr * v}
        if t > 1:
            slips["from_start"] = w0 - v
        before, w = w, sheet.step(f"w{t}", rf"@w{t - 1} - @v{t}", w - v, **slips)


@solver(
    givens={"a": real("n"), "w0": real("n"), "lr": rate(), "beta": decay(), "tau": decay(), "epochs": count(1000)},
    symbols=SYMBOLS | {"tau": r"\tau"},
    words=VELOCITY,
    first=1,
    mistakes=SLIPS
    | {
        "dampened_first": Mistake(
            vi=(
                "hãm cả bước đầu",
                "Thư viện khởi tạo $v_1 = g_1$ nguyên vẹn; hệ số $1-\\tau$ chỉ có từ bước thứ hai.",
            ),
            en=(
                "first step dampened too",
                "The library starts with $v_1 = g_1$ as it is; the factor $1-\\tau$ comes from the second step on.",
            ),
        ),
        "not_dampened": Mistake(
            vi=("quên hệ số hãm", "Từ bước thứ hai, gradient mới được nhân với $1-\\tau$."),
            en=("dampening forgotten", "From the second step on, multiply the new gradient by $1-\\tau$."),
        ),
        "averaged": Mistake(
            vi=(
                "nhân $1-\\beta$",
                "$\\beta v + (1-\\beta) g$ là dạng trung bình động, đúng ở nơi khác. Ở đây gradient nhân với $1-\\tau$ ($v_1 = g_1$).",
            ),
            en=(
                "multiplied by $1-\\beta$",
                "$\\beta v + (1-\\beta) g$ is the averaged form, correct elsewhere. Here the gradient takes $1-\\tau$ ($v_1 = g_1$).",
            ),
        ),
        "no_history": AVERAGE["no_history"],
    },
)
def library_momentum(sheet, *, a, w0, lr, beta, tau, epochs):
    """Momentum as torch.optim.SGD has it, v₁ = g₁, then v ← βv + (1-τ)g, w ← w - αv, on f(w) = Σ aᵢ wᵢ².

    a, w0 (…, n); lr, beta, tau (…, 1).  Steps g1, v1, w1, g2, … (…, n).
    Convention: the dampening τ does not touch the first step; with τ = 0 this is the heavy ball.
    Source: documentation of torch.optim.SGD; computer vision journey, §6.2.5, for the form it is compared with.
    """
    w, v, before = w0, None, None
    for t in range(1, epochs + 1):
        g = gradient(sheet, t, a, w, before)
        if v is None:
            v = sheet.step("v1", "@g1", g, dampened_first=(1 - tau) * g, averaged=(1 - beta) * g)
        else:
            v = sheet.step(
                f"v{t}",
                rf"@beta \cdot @v{t - 1} + (1 - @tau) \cdot @g{t}",
                beta * v + (1 - tau) * g,
                not_dampened=beta * v + g,
                averaged=beta * v + (1 - beta) * g,
                no_history=(1 - tau) * g,
            )
        slips = {"uphill": w + lr * v, "no_lr": w - v}
        if t > 1:
            slips["from_start"] = w0 - lr * v
        before, w = w, sheet.step(f"w{t}", rf"@w{t - 1} - @lr \cdot @v{t}", w - lr * v, **slips)


@solver(
    givens={"g": real(), "s": rate(""), "lr": rate(""), "eps": rate("")},
    symbols={"inside": r"\Delta_{\mathrm{in}}", "outside": r"\Delta_{\mathrm{out}}", "ratio": r"\rho"},
    words={
        "inside": ("bước đi, $\\varepsilon$ trong căn", "step with $\\varepsilon$ inside"),
        "outside": ("bước đi, $\\varepsilon$ ngoài căn", "step with $\\varepsilon$ outside"),
        "ratio": ("tỉ số", "ratio"),
    },
    mistakes={
        "other_place": Mistake(
            vi=(
                "đặt $\\varepsilon$ sai chỗ",
                "Hai quy ước khác nhau ở thứ tự: trong căn thì cộng rồi lấy căn, ngoài căn thì lấy căn rồi cộng.",
            ),
            en=(
                "$\\varepsilon$ in the other place",
                "The two differ in the order: inside means add, then take the root; outside, take the root, then add.",
            ),
        ),
        "eps_dropped": Mistake(
            vi=("bỏ quên $\\varepsilon$", "Khi $s$ nhỏ, $\\varepsilon$ quyết định độ dài bước đi: cộng $\\varepsilon$ vào."),
            en=("$\\varepsilon$ dropped", "Where $s$ is small, $\\varepsilon$ decides the length of the step: add it."),
        ),
        "no_root": Mistake(
            vi=("quên căn bậc hai", "Mẫu số chứa $\\sqrt{s}$ hoặc $\\sqrt{s+\\varepsilon}$: lấy căn trước khi chia."),
            en=("square root forgotten", "The denominator holds $\\sqrt{s}$ or $\\sqrt{s+\\varepsilon}$: take the root before you divide."),
        ),
        "no_lr": SLIPS["no_lr"],
        "upside_down": Mistake(
            vi=("đảo tỉ số", "Đề hỏi bước đi trong căn chia cho bước đi ngoài căn: đổi chỗ tử và mẫu."),
            en=("ratio upside down", "Asked is the step inside over the step outside: swap numerator and denominator."),
        ),
    },
)
def epsilon_places(sheet, *, g, s, lr, eps):
    """The step α g / √(s + ε) beside α g / (√s + ε), and their ratio.

    All (…).  Convention: both.  Inside: computer vision journey, §6.2.3 and §6.2.4.  Outside: torch.optim.RMSprop, Adagrad and Adam.
    Source: computer vision journey, §6.2.4; documentation of torch.optim.RMSprop.
    """
    within, without = lr * g / np.sqrt(s + eps), lr * g / (np.sqrt(s) + eps)
    bare = {"eps_dropped": lr * g / np.sqrt(s)}
    inside = sheet.step(
        "inside",
        r"@lr \cdot \frac{@g}{\sqrt{@s + @eps}}",
        within,
        other_place=without,
        no_root=lr * g / (s + eps),
        no_lr=g / np.sqrt(s + eps),
        **bare,
    )
    outside = sheet.step(
        "outside",
        r"@lr \cdot \frac{@g}{\sqrt{@s} + @eps}",
        without,
        other_place=within,
        no_root=lr * g / (s + eps),
        no_lr=g / (np.sqrt(s) + eps),
        **bare,
    )
    sheet.step("ratio", r"\frac{@inside}{@outside}", inside / outside, upside_down=outside / inside)
