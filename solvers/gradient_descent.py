"""Gradient descent on f(w) = Σ aᵢ wᵢ²: step against the gradient."""

from __future__ import annotations

from solvers.solver import Mistake, count, rate, real, solver

# The letters and words that all optimisers of f(w) = Σ aᵢ wᵢ² share.
SYMBOLS = {
    "a": r"\mathbf{a}",
    "w": r"\mathbf{w}",
    "g": r"\mathbf{g}",
    "v": r"\mathbf{v}",
    "s": r"\mathbf{s}",
    "vhat": r"\mathbf{\hat{v}}",
    "shat": r"\mathbf{\hat{s}}",
    "vhat[]": r"\hat{v}_{{t},{i}}",
    "shat[]": r"\hat{s}_{{t},{i}}",
}
WORDS = {
    "g": ("gradient", "gradient"),
    "v": ("trung bình động", "moving average"),
    "s": ("trung bình bình phương", "mean square"),
    "w": ("trọng số", "weights"),
}
# Mistakes with the gradient and the step, which every optimiser knows.
SLIPS = {
    "half_gradient": Mistake(
        vi=("quên hệ số 2", "Đạo hàm của $a w^2$ là $2aw$: nhân thêm 2 rồi tính lại gradient."),
        en=("factor 2 forgotten", "The derivative of $a w^2$ is $2aw$: put the 2 back and recompute the gradient."),
    ),
    "function_value": Mistake(
        vi=("lấy giá trị hàm thay cho đạo hàm", "Bạn đã tính $a w^2$, tức giá trị của hàm. Hãy lấy đạo hàm theo $w$: $2aw$."),
        en=("value instead of derivative", "You computed $a w^2$, the function itself. Differentiate with respect to $w$: $2aw$."),
    ),
    "old_weights": Mistake(
        vi=("gradient tại trọng số cũ", "Gradient của epoch này phải tính tại trọng số vừa cập nhật, không phải trọng số của epoch trước."),
        en=(
            "gradient at the old weights",
            "Take this epoch's gradient at the weights you have just updated, not at those of the epoch before.",
        ),
    ),
    "uphill": Mistake(
        vi=("sai dấu khi cập nhật", "Cập nhật đi ngược chiều gradient: lấy trọng số cũ trừ đi bước, đừng cộng."),
        en=("wrong sign in the update", "The update goes against the gradient: subtract the step from the old weights, do not add it."),
    ),
    "no_lr": Mistake(
        vi=("quên learning rate", "Nhân bước đi với $\\alpha$ trước khi trừ."),
        en=("learning rate forgotten", "Multiply the step by $\\alpha$ before you subtract it."),
    ),
    "from_start": Mistake(
        vi=("cập nhật từ điểm khởi tạo", "Lấy trọng số của epoch ngay trước trừ đi bước cập nhật, không lấy trọng số ban đầu."),
        en=("updated from the starting point", "Subtract the step from the weights of the epoch before, not from the initial weights."),
    ),
}


def gradient(sheet, t, a, w, w_before):
    """The step g_t = 2 a ⊙ w_{t-1}, with its mistakes; `w_before` is w_{t-2}, None in the first epoch."""
    slips = {"half_gradient": a * w, "function_value": a * w * w}
    if w_before is not None:
        slips["old_weights"] = 2 * a * w_before
    return sheet.step(f"g{t}", rf"2 \cdot @a \odot @w{t - 1}", 2 * a * w, **slips)


@solver(
    givens={"a": real("n"), "w0": real("n"), "lr": rate(), "epochs": count(1000)},
    symbols=SYMBOLS,
    words=WORDS,
    first=1,
    mistakes=SLIPS,
)
def gradient_descent(sheet, *, a, w0, lr, epochs):
    """Gradient descent w ← w - α g on f(w) = Σ aᵢ wᵢ².

    a, w0 (…, n); lr (…, 1).  Steps g1, w1, g2, … (…, n).  Source: optimiser sheet, eq. 1.1.
    """
    w, before = w0, None
    for t in range(1, epochs + 1):
        g = gradient(sheet, t, a, w, before)
        slips = {"uphill": w + lr * g, "no_lr": w - g}
        if t > 1:
            slips["from_start"] = w0 - lr * g
        before, w = w, sheet.step(f"w{t}", rf"@w{t - 1} - @lr \cdot @g{t}", w - lr * g, **slips)
