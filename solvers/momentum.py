"""Momentum: gradient descent along a moving average of the gradients."""

from __future__ import annotations

from solvers.gradient_descent import SLIPS, SYMBOLS, WORDS, gradient
from solvers.solver import Mistake, count, decay, rate, real, solver

AVERAGE = {
    "heavy_ball": Mistake(
        vi=(
            "momentum kiểu heavy-ball",
            "$\\beta v + g$ là quy ước của nhiều thư viện và không sai ở nơi khác. Ở đây $v$ là trung bình động: nhân $g$ với $1-\\beta$.",
        ),
        en=(
            "heavy-ball momentum",
            "$\\beta v + g$ is the convention of many libraries and correct there. Here $v$ is an average: multiply $g$ by $1-\\beta$.",
        ),
    ),
    "swapped": Mistake(
        vi=("đổi chỗ $\\beta$ và $1-\\beta$", "Giá trị cũ nhận hệ số $\\beta$, giá trị mới nhận $1-\\beta$: đổi chỗ hai hệ số."),
        en=("$\\beta$ and $1-\\beta$ swapped", "The old value takes $\\beta$ and the new one $1-\\beta$: swap the two factors."),
    ),
    "no_history": Mistake(
        vi=("bỏ quên giá trị cũ", "Cộng thêm phần $\\beta v$ giữ lại từ bước trước."),
        en=("old value dropped", "Add the term $\\beta v$ carried over from the step before."),
    ),
}


def average(beta, old, new):
    """The mistakes of a moving average β·old + (1-β)·new."""
    return {
        "heavy_ball": beta * old + new,
        "swapped": (1 - beta) * old + beta * new,
        "no_history": (1 - beta) * new,
    }


@solver(
    givens={"a": real("n"), "w0": real("n"), "v0": real("n"), "lr": rate(), "beta": decay(), "epochs": count(1000)},
    symbols=SYMBOLS,
    words=WORDS,
    first=1,
    mistakes=SLIPS
    | AVERAGE
    | {
        "gradient_step": Mistake(
            vi=("cập nhật bằng gradient", "Bước đi là $\\alpha v$, không phải $\\alpha g$: dùng trung bình động vừa tính."),
            en=("stepped along the gradient", "The step is $\\alpha v$, not $\\alpha g$: use the moving average you have just computed."),
        ),
    },
)
def momentum(sheet, *, a, w0, v0=0, lr, beta, epochs):
    """Momentum in its averaged form, v ← βv + (1-β)g, w ← w - αv, on f(w) = Σ aᵢ wᵢ².

    a, w0, v0 (…, n); lr, beta (…, 1).  Steps g1, v1, w1, g2, … (…, n).
    Convention: the average, not the heavy ball v ← βv + g of torch.optim.SGD.  Source: optimiser sheet, eq. 2.1 and 2.2.
    """
    w, v, before = w0, v0, None
    for t in range(1, epochs + 1):
        g = gradient(sheet, t, a, w, before)
        v = sheet.step(
            f"v{t}",
            rf"@beta \cdot @v{t - 1} + (1 - @beta) \cdot @g{t}",
            beta * v + (1 - beta) * g,
            **average(beta, v, g),
        )
        slips = {"uphill": w + lr * v, "no_lr": w - v, "gradient_step": w - lr * g}
        if t > 1:
            slips["from_start"] = w0 - lr * v
        before, w = w, sheet.step(f"w{t}", rf"@w{t - 1} - @lr \cdot @v{t}", w - lr * v, **slips)


@solver(
    givens={"m0": real(), "g1": real(), "beta": decay("")},
    mistakes=AVERAGE
    | {
        "corrected": Mistake(
            vi=("hiệu chỉnh bias khi chưa cần", "Đó là $\\hat{m}_1$ của Adam. Ở đây chỉ hỏi trung bình $m_1$: đừng chia cho $1-\\beta$."),
            en=(
                "bias corrected unasked",
                "That is Adam's $\\hat{m}_1$. Here only the average $m_1$ is asked: do not divide by $1-\\beta$.",
            ),
        ),
    },
)
def moving_average(sheet, *, m0, g1, beta):
    """One exponential moving average, m₁ = β m₀ + (1-β) g₁.

    All scalars (…).  Source: optimiser sheet, part III, question 10, with the convention of eq. 2.1.
    """
    m1 = beta * m0 + (1 - beta) * g1
    sheet.step("m1", r"@beta \cdot @m0 + (1 - @beta) \cdot @g1", m1, corrected=m1 / (1 - beta), **average(beta, m0, g1))
