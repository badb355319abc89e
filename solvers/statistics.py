"""Mean and variance: of a discrete variable, of a product of independent ones, of the uniform distribution; the Gaussian density."""

from __future__ import annotations

import numpy as np

from solvers.solver import Mistake, probabilities, rate, real, solver

SYMBOLS = {
    "x": r"\mathbf{x}",
    "p": r"\mathbf{p}",
    "mean": r"\mathbb{E}[X]",
    "second": r"\mathbb{E}[X^2]",
    "var": r"\mathrm{Var}(X)",
    "sd": r"\sigma",
}
WORDS = {
    "mean": ("kỳ vọng", "mean"),
    "second": ("kỳ vọng của bình phương", "mean of the square"),
    "var": ("phương sai", "variance"),
    "sd": ("độ lệch chuẩn", "standard deviation"),
    "density": ("mật độ", "density"),
}
# Mistakes on the way from a variance to its root and back.
SPREAD = {
    "not_rooted": Mistake(
        vi=("quên lấy căn", "Độ lệch chuẩn là căn bậc hai của phương sai: lấy căn số vừa tính."),
        en=("root not taken", "The standard deviation is the square root of the variance: take the root of what you have."),
    ),
}


def root(sheet, var):
    """The step σ = √Var, with its mistakes."""
    return sheet.step("sd", r"\sqrt{@var}", np.sqrt(var), not_rooted=var)


@solver(
    givens={"x": real("n"), "p": probabilities("n")},
    symbols=SYMBOLS,
    words=WORDS,
    first=1,
    mistakes=SPREAD
    | {
        "unweighted": Mistake(
            vi=("lấy trung bình cộng", "Các giá trị không đồng khả năng: nhân mỗi giá trị với xác suất của nó rồi mới cộng."),
            en=("plain average taken", "The values are not equally likely: multiply each by its probability before you add."),
        ),
        "square_of_sum": Mistake(
            vi=(
                "bình phương sau khi cộng",
                "$\\mathbb{E}[X^2]$ khác $\\mathbb{E}[X]^2$: bình phương từng giá trị trước, rồi nhân xác suất và cộng.",
            ),
            en=("squared after adding", "$\\mathbb{E}[X^2]$ is not $\\mathbb{E}[X]^2$: square each value first, then weight and add."),
        ),
        "probability_squared": Mistake(
            vi=("bình phương cả xác suất", "Chỉ bình phương giá trị $x_i$; xác suất $p_i$ giữ nguyên."),
            en=("probability squared too", "Square the value $x_i$ only; leave its probability $p_i$ as it is."),
        ),
        "mean_not_subtracted": Mistake(
            vi=("quên trừ bình phương kỳ vọng", "$\\mathbb{E}[X^2]$ chưa phải phương sai: trừ đi $\\mathbb{E}[X]^2$."),
            en=("square of the mean not subtracted", "$\\mathbb{E}[X^2]$ is not yet the variance: subtract $\\mathbb{E}[X]^2$."),
        ),
        "mean_not_squared": Mistake(
            vi=("trừ kỳ vọng chưa bình phương", "Số bị trừ là $\\mathbb{E}[X]^2$: bình phương kỳ vọng rồi mới trừ."),
            en=("mean subtracted unsquared", "What is subtracted is $\\mathbb{E}[X]^2$: square the mean first."),
        ),
        "sample_variance": Mistake(
            vi=(
                "chia cho $n-1$",
                "Hệ số $n/(n-1)$ dùng khi ước lượng từ mẫu và không sai ở đó. Ở đây đã biết phân phối: lấy kỳ vọng, không hiệu chỉnh.",
            ),
            en=(
                "divided by $n-1$",
                "The factor $n/(n-1)$ is for estimates from a sample and correct there. Here the distribution "
                "is known: take the expectation.",
            ),
        ),
    },
)
def discrete_moments(sheet, *, x, p):
    """Mean, variance and standard deviation of a discrete variable that takes xᵢ with probability pᵢ.

    x, p (…, n); steps (…).  Convention: the variance of the distribution, not the estimate with n-1.
    Source: computer vision journey, §6.1.4, mean and variance.
    """
    n = x.shape[-1]
    mean = sheet.step("mean", r"@x \cdot @p", (x * p).sum(-1), unweighted=x.mean(-1))
    second = sheet.step(
        "second",
        r"@x^2 \cdot @p",
        (x * x * p).sum(-1),
        unweighted=(x * x).mean(-1),
        square_of_sum=(x * p).sum(-1) ** 2,
        probability_squared=(x * x * p * p).sum(-1),
    )
    var = sheet.step(
        "var",
        r"@second - @mean^2",
        second - mean * mean,
        mean_not_subtracted=second,
        mean_not_squared=second - mean,
        sample_variance=(second - mean * mean) * n / (n - 1),
    )
    root(sheet, var)


@solver(
    givens={"meanX": real(), "varX": rate(""), "meanY": real(), "varY": rate("")},
    symbols={
        "meanX": r"\mathbb{E}[X]",
        "meanY": r"\mathbb{E}[Y]",
        "varX": r"\mathrm{Var}(X)",
        "varY": r"\mathrm{Var}(Y)",
        "squareX": r"\mathbb{E}[X^2]",
        "squareY": r"\mathbb{E}[Y^2]",
        "mean": r"\mathbb{E}[XY]",
        "square": r"\mathbb{E}[X^2Y^2]",
        "var": r"\mathrm{Var}(XY)",
    },
    mistakes={
        "mean_subtracted": Mistake(
            vi=(
                "trừ bình phương kỳ vọng",
                "Từ $\\mathrm{Var}=\\mathbb{E}[X^2]-\\mathbb{E}[X]^2$ chuyển vế: cộng $\\mathbb{E}[X]^2$, đừng trừ.",
            ),
            en=("square of the mean subtracted", "Turn $\\mathrm{Var}=\\mathbb{E}[X^2]-\\mathbb{E}[X]^2$ round: add $\\mathbb{E}[X]^2$."),
        ),
        "mean_not_squared": Mistake(
            vi=("quên bình phương kỳ vọng", "Phương sai đi với bình phương của kỳ vọng: bình phương kỳ vọng trước khi cộng hay trừ."),
            en=("mean not squared", "A variance goes with the square of the mean: square the mean before you add or subtract it."),
        ),
        "product_of_variances": Mistake(
            vi=(
                "nhân hai phương sai",
                "$\\mathrm{Var}(X)\\,\\mathrm{Var}(Y)$ chỉ đúng khi cả hai kỳ vọng bằng 0. Ở đây cộng thêm hai "
                "số hạng chứa bình phương kỳ vọng.",
            ),
            en=(
                "variances multiplied",
                "$\\mathrm{Var}(X)\\,\\mathrm{Var}(Y)$ holds only if both means are 0. Here add the two terms with a squared mean.",
            ),
        ),
        "sum_of_variances": Mistake(
            vi=(
                "cộng hai phương sai",
                "Cộng phương sai là quy tắc của tổng $X+Y$. Với tích, tính $\\mathbb{E}[X^2Y^2]-\\mathbb{E}[XY]^2$.",
            ),
            en=(
                "variances added",
                "Adding variances is the rule for $X+Y$. For a product work out $\\mathbb{E}[X^2Y^2]-\\mathbb{E}[XY]^2$.",
            ),
        ),
        "means_added": Mistake(
            vi=("cộng hai kỳ vọng", "Với hai biến độc lập, $\\mathbb{E}[XY]$ là tích của hai kỳ vọng."),
            en=("means added", "For independent variables $\\mathbb{E}[XY]$ is the product of the means."),
        ),
    },
)
def product_variance(sheet, *, meanX, varX, meanY, varY):
    """Var(XY) of independent X and Y from their means and variances.

    All (…).  Source: computer vision journey, §6.1.4, variance of a product.
    """
    squares = []
    for name, mean, var in (("X", meanX, varX), ("Y", meanY, varY)):
        formula = rf"@var{name} + @mean{name}^2"
        slips = {"mean_subtracted": var - mean * mean, "mean_not_squared": var + mean}
        squares.append(sheet.step(f"square{name}", formula, var + mean * mean, **slips))
    both = sheet.step("square", r"@squareX \cdot @squareY", squares[0] * squares[1])
    mean = sheet.step("mean", r"@meanX \cdot @meanY", meanX * meanY, means_added=meanX + meanY)
    sheet.step(
        "var",
        r"@square - @mean^2",
        both - mean * mean,
        mean_not_squared=both - mean,
        product_of_variances=varX * varY,
        sum_of_variances=varX + varY,
    )


@solver(
    givens={"a": real(), "b": real()},
    symbols=SYMBOLS | {"density": "f(x)"},
    words=WORDS,
    mistakes=SPREAD
    | {
        "half_width": Mistake(
            vi=("lấy nửa độ rộng làm kỳ vọng", "Kỳ vọng là điểm giữa của đoạn: cộng hai đầu mút rồi chia 2, đừng trừ."),
            en=("half the width taken as the mean", "The mean is the middle of the interval: add the ends and halve, do not subtract."),
        ),
        "width_as_density": Mistake(
            vi=("quên nghịch đảo", "Diện tích dưới mật độ bằng 1 nên chiều cao là $1/(b-a)$: lấy nghịch đảo của độ rộng."),
            en=("not inverted", "The area under the density is 1, so its height is $1/(b-a)$: invert the width."),
        ),
        "width_not_squared": Mistake(
            vi=("quên bình phương độ rộng", "Phương sai là $(b-a)^2/12$: bình phương $b-a$ trước khi chia cho 12."),
            en=("width not squared", "The variance is $(b-a)^2/12$: square $b-a$ before you divide by 12."),
        ),
        "ends_added": Mistake(
            vi=("cộng hai đầu mút", "Phương sai chỉ phụ thuộc độ rộng $b-a$, không phụ thuộc vị trí: lấy hiệu, đừng lấy tổng."),
            en=("ends added", "The variance depends on the width $b-a$ only, not on where the interval lies: take the difference."),
        ),
        "third": Mistake(
            vi=("nhầm độ rộng với nửa độ rộng", "Chia cho 3 là với bán kính $r$ của $[-r, r]$. Với độ rộng $b-a = 2r$ thì chia cho 12."),
            en=(
                "width mistaken for half of it",
                "Dividing by 3 goes with the radius $r$ of $[-r, r]$. With the width $b-a = 2r$ divide by 12.",
            ),
        ),
    },
)
def uniform_moments(sheet, *, a, b):
    """Density, mean, variance and standard deviation of the uniform distribution on [a, b].

    All (…); a < b.  Source: computer vision journey, §6.1.4, uniform distribution.
    """
    sheet.step("density", r"\frac{1}{@b - @a}", 1 / (b - a), width_as_density=b - a)
    sheet.step("mean", r"\frac{@a + @b}{2}", (a + b) / 2, half_width=(b - a) / 2)
    var = sheet.step(
        "var",
        r"\frac{(@b - @a)^2}{12}",
        (b - a) ** 2 / 12,
        width_not_squared=(b - a) / 12,
        ends_added=(a + b) ** 2 / 12,
        third=(b - a) ** 2 / 3,
    )
    root(sheet, var)


@solver(
    givens={"x": real(), "mu": real(), "var": rate("")},
    symbols={"mu": r"\mu", "var": r"\sigma^2", "e": "e", "c": "c", "density": "f(x)"},
    words={"e": ("số mũ", "exponent"), "c": ("hệ số chuẩn hóa", "normalising factor"), "density": WORDS["density"]},
    mistakes={
        "no_half": Mistake(
            vi=("quên số 2 dưới mẫu", "Mẫu số của số mũ là $2\\sigma^2$: chia thêm cho 2."),
            en=("factor 2 forgotten", "The denominator of the exponent is $2\\sigma^2$: divide by 2 as well."),
        ),
        "positive_exponent": Mistake(
            vi=("quên dấu trừ của số mũ", "Mật độ giảm khi đi xa kỳ vọng: số mũ phải âm."),
            en=("minus sign of the exponent forgotten", "The density falls away from the mean: the exponent must be negative."),
        ),
        "distance_not_squared": Mistake(
            vi=("quên bình phương khoảng cách", "Trong số mũ là $(x-\\mu)^2$: bình phương hiệu trước khi chia."),
            en=("distance not squared", "The exponent holds $(x-\\mu)^2$: square the difference before you divide."),
        ),
        "variance_as_sd": Mistake(
            vi=(
                "nhầm phương sai với độ lệch chuẩn",
                "Trong $\\mathcal{N}(\\mu, \\sigma^2)$ số thứ hai đã là phương sai, dù nhiều thư viện nhận "
                "$\\sigma$: đừng bình phương thêm lần nữa.",
            ),
            en=(
                "variance taken for the standard deviation",
                "In $\\mathcal{N}(\\mu, \\sigma^2)$ the second number is the variance, though many libraries "
                "take $\\sigma$: do not square it again.",
            ),
        ),
        "not_rooted": Mistake(
            vi=("quên căn ở hệ số", "Hệ số là $1/\\sqrt{2\\pi\\sigma^2}$: lấy căn cả $2\\pi\\sigma^2$."),
            en=("root of the factor forgotten", "The factor is $1/\\sqrt{2\\pi\\sigma^2}$: take the root of all of $2\\pi\\sigma^2$."),
        ),
        "no_two_pi": Mistake(
            vi=("quên $2\\pi$", "Để diện tích dưới đường cong bằng 1, mẫu số cần $2\\pi$: dùng $\\sqrt{2\\pi\\sigma^2}$."),
            en=("$2\\pi$ forgotten", "For an area of 1 under the curve the denominator needs $2\\pi$: use $\\sqrt{2\\pi\\sigma^2}$."),
        ),
        "not_normalised": Mistake(
            vi=("quên hệ số chuẩn hóa", "$\\exp(e)$ chưa phải mật độ: nhân với hệ số $c$ vừa tính."),
            en=("not normalised", "$\\exp(e)$ is not yet the density: multiply it by the factor $c$ you have computed."),
        ),
    },
)
def gaussian_density(sheet, *, x, mu, var):
    """The density of N(μ, σ²) at x: exponent, normalising factor, value.

    All (…).  Convention: the second parameter is the variance (torch.distributions.Normal takes the standard deviation).
    Source: computer vision journey, §6.1.4, Gaussian distribution.
    """
    e = sheet.step(
        "e",
        r"-\frac{(@x - @mu)^2}{2 \cdot @var}",
        -((x - mu) ** 2) / (2 * var),
        no_half=-((x - mu) ** 2) / var,
        positive_exponent=(x - mu) ** 2 / (2 * var),
        distance_not_squared=-np.abs(x - mu) / (2 * var),
        variance_as_sd=-((x - mu) ** 2) / (2 * var * var),
    )
    c = sheet.step(
        "c",
        r"\frac{1}{\sqrt{2 \pi \cdot @var}}",
        1 / np.sqrt(2 * np.pi * var),
        variance_as_sd=1 / (np.sqrt(2 * np.pi) * var),
        not_rooted=1 / (2 * np.pi * var),
        no_two_pi=1 / np.sqrt(var),
    )
    sheet.step("density", r"@c \cdot \exp(@e)", c * np.exp(e), not_normalised=np.exp(e))
