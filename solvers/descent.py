"""Gradient descent on one parabola per coordinate: the factor each step multiplies by, and the learning rates that keep it stable."""

from __future__ import annotations

import numpy as np

from solvers.gradient_descent import SLIPS
from solvers.solver import Mistake, count, rate, real, solver


@solver(
    givens={"a": rate("n"), "w0": real("n"), "lr": rate(), "steps": count(1000)},
    symbols={
        "a": r"\mathbf{a}",
        "w0": r"\mathbf{w}_{0}",
        "q": r"\mathbf{q}",
        "limit": r"\boldsymbol{\alpha}_{\max}",
        "limit[]": r"\alpha_{\max,{i}}",
        "once": r"\boldsymbol{\alpha}_{1}",
        "once[]": r"\alpha_{1,{i}}",
        "safe": r"\alpha_{\max}",
        "last": r"\mathbf{w}_{T}",
        "last[]": r"w_{T,{i}}",
        "steps": "T",
    },
    words={
        "q": ("hệ số co", "contraction factor"),
        "limit": ("cận trên của learning rate, từng tọa độ", "upper limit of the learning rate, by coordinate"),
        "once": ("learning rate tới đáy trong một bước", "learning rate that reaches the minimum in one step"),
        "safe": ("cận trên cho mọi tọa độ", "upper limit for all coordinates"),
        "last": ("trọng số sau $T$ bước", "weights after $T$ steps"),
    },
    first=1,
    mistakes={
        "half_gradient": SLIPS["half_gradient"],
        "uphill": Mistake(
            vi=("cộng thay vì trừ", "Bước đi ngược chiều gradient: hệ số là $1 - 2a\\alpha$, không phải $1 + 2a\\alpha$."),
            en=("added in place of subtracted", "The step goes against the gradient: the factor is $1 - 2a\\alpha$, not $1 + 2a\\alpha$."),
        ),
        "absolute": Mistake(
            vi=("bỏ mất dấu của hệ số", "Dấu âm cho biết $w$ nhảy qua đáy ở mỗi bước: giữ nguyên dấu, chỉ so $|q|$ với 1."),
            en=(
                "sign of the factor lost",
                "A negative factor says that $w$ jumps across the minimum: keep the sign, and compare only $|q|$ with 1.",
            ),
        ),
        "no_one": Mistake(
            vi=("quên số 1", "$w - 2a\\alpha w = (1 - 2a\\alpha)\\,w$: hệ số còn có số 1 của chính $w$."),
            en=("the 1 forgotten", "$w - 2a\\alpha w = (1 - 2a\\alpha)\\,w$: the factor also holds the 1 of $w$ itself."),
        ),
        "at_zero_factor": Mistake(
            vi=(
                "lấy learning rate cho hệ số 0",
                "$1/(2a)$ đưa $w$ tới đáy trong một bước. Giới hạn ổn định là nơi $q = -1$: lớn gấp đôi.",
            ),
            en=(
                "rate where the factor is 0",
                "$1/(2a)$ reaches the minimum in one step. The limit of stability is where $q = -1$: twice as large.",
            ),
        ),
        "at_minus_one": Mistake(
            vi=("lấy giới hạn ổn định", "$1/a$ làm $w$ nhảy mãi giữa hai điểm. Để tới đáy trong một bước cần $q = 0$: chia đôi."),
            en=(
                "limit of stability taken",
                "$1/a$ makes $w$ jump between two points for ever. One step to the minimum needs $q = 0$: halve it.",
            ),
        ),
        "flattest": Mistake(
            vi=(
                "lấy cận của tọa độ thoải nhất",
                "Một learning rate dùng chung cho mọi tọa độ, nên tọa độ dốc nhất quyết định: lấy cận nhỏ nhất.",
            ),
            en=(
                "limit of the flattest coordinate",
                "All coordinates share one rate, so the steepest decides: take the smallest of the limits.",
            ),
        ),
        "times_steps": Mistake(
            vi=("nhân với số bước", "Mỗi bước nhân thêm một lần $q$: sau $T$ bước là $q^T$, không phải $T q$."),
            en=("multiplied by the number of steps", "Every step multiplies by $q$ once more: after $T$ steps it is $q^T$, not $T q$."),
        ),
        "one_step_short": Mistake(
            vi=("thiếu một bước", "Sau $T$ bước hệ số được nhân $T$ lần: đếm lại, bắt đầu từ $w_0$."),
            en=("one step short", "After $T$ steps the factor has been applied $T$ times: count again, from $w_0$."),
        ),
    },
)
def contraction(sheet, *, a, w0, lr, steps):
    """Gradient descent on f(w) = Σ aᵢ wᵢ² multiplies wᵢ by q = 1 - 2 aᵢ α every step; it is stable for α < 1/aᵢ.

    a, w0 (…, n); lr (…, 1); steps q, limit, once, last (…, n), safe (…).  a above 0.
    Source: computer vision journey, §6.2.1, the functions x², 9x², 20x² and x² + 20y².
    """
    q = sheet.step(
        "q",
        r"1 - 2 \cdot @lr \cdot @a",
        1 - 2 * lr * a,
        half_gradient=1 - lr * a,
        uphill=1 + 2 * lr * a,
        absolute=np.abs(1 - 2 * lr * a),
        no_one=2 * lr * a,
    )
    sheet.step("once", r"\frac{1}{2 \cdot @a}", 1 / (2 * a), half_gradient=1 / a, at_minus_one=1 / a)
    limit = sheet.step("limit", r"\frac{1}{@a}", 1 / a, half_gradient=2 / a, at_zero_factor=1 / (2 * a))
    sheet.step("safe", r"\min_i @limit", limit.min(-1), flattest=limit.max(-1))
    sheet.step(
        "last",
        rf"@q^{{{steps}}} \odot @w0",
        q**steps * w0,
        times_steps=q * steps * w0,
        one_step_short=q ** (steps - 1) * w0,
    )
