"""Learning rates that decay: in steps, and exponentially."""

from __future__ import annotations

import numpy as np

from solvers.solver import Given, Mistake, rate, solver


def share(shape="1"):
    """A number above 0 and below 1."""
    return Given(shape, low=0, high=1, open_low=True, open_high=True)


TIMES = Given("m", low=0, high=1_000_000, whole=True)
PERIOD = Given("1", low=1, high=1_000_000, whole=True)
DECAY = {
    "subtracted": Mistake(
        vi=("trừ thay vì nhân", "Mỗi lần giảm là một lần nhân với hệ số: lũy thừa hệ số, đừng trừ dần."),
        en=("subtracted in place of multiplied", "Every decay multiplies by the factor: raise it to a power, do not subtract."),
    ),
    "multiplied_once": Mistake(
        vi=("nhân thay vì lũy thừa", "Nhân hệ số nhiều lần là lũy thừa: số lần giảm đứng trên số mũ."),
        en=("multiplied in place of raised", "Multiplying again and again is a power: the number of decays belongs in the exponent."),
    ),
    "complement": Mistake(
        vi=("dùng $1$ trừ hệ số", "Hệ số là phần giữ lại, không phải phần mất đi: nhân với chính nó."),
        en=("one minus the factor used", "The factor is what is kept, not what is lost: multiply by the factor itself."),
    ),
    "no_start": Mistake(
        vi=("quên learning rate ban đầu", "Hệ số chỉ cho biết tỉ lệ: nhân với learning rate ban đầu."),
        en=("initial learning rate forgotten", "The power is only a ratio: multiply it by the initial learning rate."),
    ),
}
RATE = ("learning rate", "learning rate")


@solver(
    givens={"lr0": rate(), "k": share(), "p": PERIOD, "t": TIMES},
    symbols={"t": r"\mathbf{t}", "n": r"\mathbf{n}", "lr": r"\boldsymbol{\alpha}", "lr[]": r"\alpha_{{i}}", "n[]": "n_{{i}}"},
    words={"n": ("số lần đã giảm", "decays so far"), "lr": RATE},
    first=1,
    mistakes=DECAY
    | {
        "not_floored": Mistake(
            vi=("giảm liên tục", "Step decay giữ nguyên giữa hai lần giảm: lấy phần nguyên của $t/p$ trước khi lũy thừa."),
            en=("decayed smoothly", "Step decay holds still between two drops: take the whole part of $t/p$ before you raise."),
        ),
        "every_epoch": Mistake(
            vi=("giảm ở mỗi epoch", "Chỉ giảm sau mỗi $p$ epoch: chia $t$ cho $p$ trước."),
            en=("decayed every epoch", "The drop comes every $p$ epochs only: divide $t$ by $p$ first."),
        ),
        "one_too_many": Mistake(
            vi=("giảm sớm một lần", "Trong $p$ epoch đầu (từ 0 đến $p-1$) chưa giảm lần nào: làm tròn xuống, đừng làm tròn lên."),
            en=("one drop too early", "In the first $p$ epochs (0 to $p-1$) nothing has dropped yet: round down, not up."),
        ),
        "counted_from_one": Mistake(
            vi=("đếm epoch từ 1", "Ở đây epoch đầu tiên là epoch 0, như các thư viện: chia chính $t$ cho $p$, không phải $t-1$."),
            en=("epochs counted from 1", "Here the first epoch is epoch 0, as in the libraries: divide $t$ itself by $p$, not $t-1$."),
        ),
    },
)
def step_decay(sheet, *, lr0, k, p, t):
    """Step decay: the learning rate is multiplied by k after every p epochs, α = α₀ k^⌊t/p⌋.

    t (…, m) epochs; lr0, k, p (…, 1); steps n, lr (…, m).  Convention: epochs count from 0, as torch.optim.lr_scheduler.StepLR.
    Source: computer vision journey, §6.2.2.
    """
    n = sheet.step(
        "n",
        r"\left\lfloor \frac{@t}{@p} \right\rfloor",
        np.floor(t / p),
        not_floored=t / p,
        every_epoch=t * 1.0,
        one_too_many=np.floor(t / p) + 1,
        counted_from_one=np.floor((t - 1) / p),
    )
    sheet.step(
        "lr",
        r"@lr0 \cdot @k^{@n}",
        lr0 * k**n,
        subtracted=lr0 - k * n,
        multiplied_once=lr0 * k * n,
        complement=lr0 * (1 - k) ** n,
        no_start=k**n,
    )


@solver(
    givens={"lr0": rate(), "lam": share(), "k": PERIOD, "t": TIMES},
    symbols={
        "t": r"\mathbf{t}",
        "lam": r"\lambda",
        "e": r"\mathbf{e}",
        "lr": r"\boldsymbol{\alpha}",
        "lr[]": r"\alpha_{{i}}",
        "e[]": "e_{{i}}",
    },
    words={"e": ("số mũ", "exponent"), "lr": RATE},
    first=1,
    mistakes=DECAY
    | {
        "inverted": Mistake(
            vi=("đảo phân số ở số mũ", "Số mũ tăng theo số bước: số bước chia cho $k$, không phải ngược lại."),
            en=("exponent upside down", "The exponent grows with the steps: steps over $k$, not $k$ over steps."),
        ),
        "not_divided": Mistake(
            vi=("quên chia cho $k$", "Số mũ là số bước chia cho $k$: nhờ $k$ mà learning rate giảm chậm lại."),
            en=("not divided by $k$", "The exponent is the number of steps over $k$: it is $k$ that slows the decay down."),
        ),
        "floored": Mistake(
            vi=(
                "giảm theo bậc",
                "Lấy phần nguyên của số mũ cho ra step decay, đúng ở nơi khác. Ở đây learning rate giảm liên tục: giữ phần thập phân.",
            ),
            en=(
                "decayed in steps",
                "Rounding the exponent down gives step decay, correct elsewhere. Here the decay is continuous: keep the fraction.",
            ),
        ),
        "base_e": Mistake(
            vi=("lấy cơ số $e$", "Cơ số của lũy thừa là $\\lambda$: $\\lambda^{e}$, không phải $\\exp(-\\lambda e)$."),
            en=("base $e$ taken", "The base of the power is $\\lambda$: $\\lambda^{e}$, not $\\exp(-\\lambda e)$."),
        ),
    },
)
def exponential_decay(sheet, *, lr0, lam, k, t):
    """Exponential decay, α = α₀ λ^(t/k) after t steps.

    t (…, m) steps; lr0, lam, k (…, 1); steps e, lr (…, m).  Convention: continuous, no rounding of t/k.
    Source: computer vision journey, §6.2.2.
    """
    e = sheet.step("e", r"\frac{@t}{@k}", t / k, inverted=k / t, not_divided=t * 1.0, floored=np.floor(t / k))
    sheet.step(
        "lr",
        r"@lr0 \cdot @lam^{@e}",
        lr0 * lam**e,
        subtracted=lr0 - lam * e,
        multiplied_once=lr0 * lam * e,
        complement=lr0 * (1 - lam) ** e,
        no_start=lam**e,
        base_e=lr0 * np.exp(-lam * e),
    )


@solver(
    givens={"ratio": share(""), "lam": share(""), "k": Given(low=1, high=1_000_000, whole=True)},
    symbols={"ratio": "r", "lam": r"\lambda", "e": "e", "t": "t"},
    words={"e": ("số mũ", "exponent"), "t": ("số bước", "steps")},
    mistakes={
        "ratio_only": Mistake(
            vi=("quên chia cho $\\ln\\lambda$", "Từ $\\lambda^{e} = r$ suy ra $e = \\ln r/\\ln\\lambda$: chia hai logarit cho nhau."),
            en=("not divided by $\\ln\\lambda$", "From $\\lambda^{e} = r$ follows $e = \\ln r/\\ln\\lambda$: divide the two logarithms."),
        ),
        "upside_down": Mistake(
            vi=("đảo hai logarit", "Logarit của tỉ lệ cần đạt đứng trên tử, logarit của $\\lambda$ đứng dưới mẫu."),
            en=("logarithms upside down", "The logarithm of the wanted ratio goes on top, that of $\\lambda$ below."),
        ),
        "without_logarithm": Mistake(
            vi=("chia mà không lấy logarit", "Ẩn nằm trên số mũ: lấy logarit hai vế rồi mới chia."),
            en=("divided without logarithms", "The unknown sits in the exponent: take logarithms of both sides, then divide."),
        ),
        "k_divided": Mistake(
            vi=("chia cho $k$", "$t/k = e$ nên $t = k e$: nhân với $k$."),
            en=("divided by $k$", "$t/k = e$, so $t = k e$: multiply by $k$."),
        ),
    },
)
def decay_time(sheet, *, ratio, lam, k):
    """After how many steps exponential decay α₀ λ^(t/k) has brought the learning rate down to the share `ratio` of α₀.

    All (…).  Steps e, t.  Source: computer vision journey, §6.2.2, the formula solved for the step.
    """
    e = sheet.step(
        "e",
        r"\frac{\ln @ratio}{\ln @lam}",
        np.log(ratio) / np.log(lam),
        ratio_only=-np.log(ratio),
        upside_down=np.log(lam) / np.log(ratio),
        without_logarithm=ratio / lam,
    )
    sheet.step("t", r"@k \cdot @e", k * e, k_divided=e / k)
