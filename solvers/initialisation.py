"""Initialisation: how widely the first weights are spread so that the variance neither grows nor fades from layer to layer."""

from __future__ import annotations

import numpy as np

from solvers.solver import Given, Mistake, solver

UNITS = Given(low=1, high=1_000_000, whole=True)
SYMBOLS = {
    "fanin": r"n_{\mathrm{in}}",
    "fanout": r"n_{\mathrm{out}}",
    "var": r"\mathrm{Var}(w)",
    "sd": r"\sigma",
    "r": "r",
}
WORDS = {
    "var": ("phương sai của trọng số", "variance of a weight"),
    "sd": ("độ lệch chuẩn, nếu lấy Gaussian", "standard deviation, if Gaussian"),
    "r": ("biên, nếu lấy phân phối đều", "bound, if uniform"),
}
BOUND = {
    "other_fan": Mistake(
        vi=("lấy số đầu ra thay cho số đầu vào", "Logit là tổng trên các đầu vào: dùng số đầu vào của lớp, không phải số nơ-ron của lớp."),
        en=("fan-out for fan-in", "A logit sums over the inputs: use the layer's number of inputs, not its number of neurons."),
    ),
    "not_inverted": Mistake(
        vi=("quên nghịch đảo", "Càng nhiều đầu vào thì trọng số càng phải nhỏ: số đầu vào đứng dưới mẫu."),
        en=("not inverted", "The more inputs, the smaller the weights must be: the number of inputs belongs in the denominator."),
    ),
    "not_rooted": Mistake(
        vi=("lấy phương sai làm độ lệch chuẩn", "Độ lệch chuẩn là căn bậc hai của phương sai: lấy căn."),
        en=("variance taken for the standard deviation", "The standard deviation is the root of the variance: take the root."),
    ),
    "sd_as_bound": Mistake(
        vi=(
            "lấy $\\sigma$ làm biên",
            "Phân phối đều trên $[-r, r]$ có phương sai $r^2/3$, nên $r = \\sqrt{3\\,\\mathrm{Var}(w)}$: nhân thêm $\\sqrt{3}$.",
        ),
        en=(
            "$\\sigma$ taken as the bound",
            "Uniform on $[-r, r]$ has the variance $r^2/3$, so $r = \\sqrt{3\\,\\mathrm{Var}(w)}$: multiply by $\\sqrt{3}$.",
        ),
    ),
    "whole_width": Mistake(
        vi=("lấy cả độ rộng làm biên", "$\\sqrt{12\\,\\mathrm{Var}(w)}$ là độ rộng $2r$ của đoạn: chia đôi để được $r$."),
        en=(
            "the whole width taken as the bound",
            "$\\sqrt{12\\,\\mathrm{Var}(w)}$ is the width $2r$ of the interval: halve it to get $r$.",
        ),
    ),
    "bound_not_rooted": Mistake(
        vi=("quên căn ở biên", "Từ $r^2/3 = \\mathrm{Var}(w)$ suy ra $r$: nhân 3 rồi lấy căn."),
        en=("root of the bound forgotten", "Solve $r^2/3 = \\mathrm{Var}(w)$ for $r$: multiply by 3, then take the root."),
    ),
}
FAN_IN = {
    "glorot": Mistake(
        vi=(
            "trung bình đầu vào và đầu ra",
            "Công thức Glorot chia cho trung bình của số đầu vào và số đầu ra, và không sai ở nơi khác. Ở đây chỉ chia cho số đầu vào.",
        ),
        en=(
            "mean of inputs and outputs",
            "Glorot divides by the mean of inputs and outputs, and that is correct elsewhere. Here divide by the number of inputs only.",
        ),
    ),
}


def spread(sheet, formula, gain2, units, **slips):
    """The steps Var(w) = gain²/units, σ and r, with their mistakes; `slips` are those of the variance."""
    var = sheet.step("var", formula, gain2 / units, not_inverted=units / gain2, **slips)
    sheet.step("sd", r"\sqrt{@var}", np.sqrt(var), not_rooted=var)
    sheet.step(
        "r",
        r"\sqrt{3 \cdot @var}",
        np.sqrt(3 * var),
        sd_as_bound=np.sqrt(var),
        whole_width=np.sqrt(12 * var),
        bound_not_rooted=3 * var,
    )


def fan_in(sheet, gain2, fanin, fanout, **slips):
    """`spread` over the fan-in, with the mistakes all fan-in rules share."""
    formula = rf"\frac{{{gain2}}}{{@fanin}}"
    mean = (fanin + fanout) / 2
    spread(sheet, formula, gain2, fanin, other_fan=gain2 / fanout, glorot=gain2 / mean, **slips)


@solver(
    givens={"fanin": UNITS, "fanout": UNITS},
    symbols=SYMBOLS,
    words=WORDS,
    mistakes=BOUND
    | FAN_IN
    | {
        "relu_rule": Mistake(
            vi=(
                "dùng công thức của ReLU",
                "Hệ số 2 bù cho nửa tín hiệu mà ReLU cắt bỏ. Với tanh gần 0 thì $\\tanh z \\approx z$: hệ số là 1.",
            ),
            en=("rule of ReLU used", "The 2 makes up for the half that ReLU cuts off. Near 0, $\\tanh z \\approx z$: the factor is 1."),
        ),
    },
)
def fan_in_tanh(sheet, *, fanin, fanout):
    """Fan-in initialisation for tanh, Var(w) = 1/n_in: variance, Gaussian σ, uniform bound.

    All (…), whole.  Convention: fan-in only, as the source derives it under the name of Xavier; Glorot and Bengio take
    2/(n_in + n_out), see `glorot`.  Source: computer vision journey, §6.1.5; LeCun et al., Efficient BackProp.
    """
    fan_in(sheet, 1, fanin, fanout, relu_rule=2 / fanin)


@solver(
    givens={"fanin": UNITS, "fanout": UNITS},
    symbols=SYMBOLS,
    words=WORDS,
    mistakes=BOUND
    | FAN_IN
    | {
        "tanh_rule": Mistake(
            vi=(
                "dùng công thức của tanh",
                "Sigmoid có độ dốc $1/4$ tại 0 nên phương sai còn $1/16$: bù lại bằng hệ số 16, dù nhiều thư viện lấy hệ số 1.",
            ),
            en=(
                "rule of tanh used",
                "Sigmoid has the slope $1/4$ at 0, which leaves $1/16$ of the variance: make up with 16, though many libraries take 1.",
            ),
        ),
        "slope_not_squared": Mistake(
            vi=(
                "quên bình phương độ dốc",
                "Phương sai nhân với bình phương của độ dốc: $(1/4)^2 = 1/16$, nên hệ số bù là 16, không phải 4.",
            ),
            en=("slope not squared", "A variance is multiplied by the slope squared, $(1/4)^2 = 1/16$: the factor is 16, not 4."),
        ),
    },
)
def fan_in_sigmoid(sheet, *, fanin, fanout):
    """Fan-in initialisation for sigmoid, Var(w) = 16/n_in: variance, Gaussian σ, uniform bound.

    All (…), whole.  Convention: σ(z) ≈ 1/2 + z/4, so the gain is 4; torch.nn.init.calculate_gain("sigmoid") says 1.
    Source: computer vision journey, §6.1.5.
    """
    fan_in(sheet, 16, fanin, fanout, tanh_rule=1 / fanin, slope_not_squared=4 / fanin)


@solver(
    givens={"fanin": UNITS, "fanout": UNITS},
    symbols=SYMBOLS,
    words=WORDS,
    mistakes=BOUND
    | FAN_IN
    | {
        "tanh_rule": Mistake(
            vi=("dùng công thức của tanh", "ReLU cắt bỏ nửa tín hiệu, nên $\\mathbb{E}[A^2] = \\mathrm{Var}(Z)/2$: bù lại bằng hệ số 2."),
            en=("rule of tanh used", "ReLU cuts off half, so $\\mathbb{E}[A^2] = \\mathrm{Var}(Z)/2$: make up for it with the factor 2."),
        ),
        "half_instead": Mistake(
            vi=("nhân $1/2$ thay vì 2", "Tín hiệu đã bị ReLU giảm một nửa: trọng số phải lớn hơn để bù, nên hệ số là 2."),
            en=("$1/2$ in place of 2", "ReLU has already halved the signal: the weights must be larger to make up, so the factor is 2."),
        ),
    },
)
def he_relu(sheet, *, fanin, fanout):
    """He initialisation for ReLU, Var(w) = 2/n_in: variance, Gaussian σ, uniform bound.

    All (…), whole.  Convention: fan-in, the default mode of torch.nn.init.kaiming_normal_.
    Source: computer vision journey, §6.1.6; He et al. 2015.
    """
    fan_in(sheet, 2, fanin, fanout, tanh_rule=1 / fanin, half_instead=0.5 / fanin)


@solver(
    givens={"fanin": UNITS, "fanout": UNITS},
    symbols=SYMBOLS,
    words=WORDS,
    mistakes={name: mistake for name, mistake in BOUND.items() if name != "other_fan"}
    | {
        "fan_in_only": Mistake(
            vi=(
                "chỉ chia cho số đầu vào",
                "$1/n_{\\mathrm{in}}$ giữ phương sai ở lượt thuận và không sai ở nơi khác. Ở đây tính cả "
                "lượt ngược: chia 2 cho tổng đầu vào và đầu ra.",
            ),
            en=(
                "divided by the inputs only",
                "$1/n_{\\mathrm{in}}$ keeps the forward variance, correct elsewhere. Here mind the backward "
                "pass too: 2 over inputs plus outputs.",
            ),
        ),
        "sum_not_mean": Mistake(
            vi=("quên số 2 trên tử", "Chia cho trung bình của hai số, tức $2/(n_{\\mathrm{in}}+n_{\\mathrm{out}})$: tử số là 2."),
            en=(
                "numerator 2 forgotten",
                "Divide by the mean of the two, which is $2/(n_{\\mathrm{in}}+n_{\\mathrm{out}})$: the numerator is 2.",
            ),
        ),
        "product": Mistake(
            vi=("nhân hai số nơ-ron", "Mẫu số là tổng $n_{\\mathrm{in}}+n_{\\mathrm{out}}$, không phải tích."),
            en=("numbers of units multiplied", "The denominator is the sum $n_{\\mathrm{in}}+n_{\\mathrm{out}}$, not the product."),
        ),
    },
)
def glorot(sheet, *, fanin, fanout):
    """Xavier initialisation as Glorot and Bengio published it, Var(w) = 2/(n_in + n_out): variance, Gaussian σ, uniform bound.

    All (…), whole.  Convention: gain 1, as torch.nn.init.xavier_uniform_ by default; the source's 1/n is fan-in only.
    Source: Glorot and Bengio 2010, eq. 12 and 16; MLP notebook, exercise on weight initialisation.
    """
    spread(
        sheet,
        r"\frac{2}{@fanin + @fanout}",
        2,
        fanin + fanout,
        fan_in_only=1 / fanin,
        sum_not_mean=1 / (fanin + fanout),
        product=2 / (fanin * fanout),
    )
