"""Scaling of data: to [0, 1], to [-1, 1], to mean 0 and variance 1, and what a change of units does to the z-score."""

from __future__ import annotations

import numpy as np

from solvers.solver import Mistake, real, solver

SYMBOLS = {
    "x": r"\mathbf{x}",
    "u": r"\mathbf{u}",
    "v": r"\mathbf{v}",
    "z": r"\mathbf{z}",
    "low": r"x_{\min}",
    "high": r"x_{\max}",
    "mu": r"\mu",
    "var": r"\sigma^2",
    "sigma": r"\sigma",
}
WORDS = {
    "low": ("nhỏ nhất", "smallest"),
    "high": ("lớn nhất", "largest"),
    "u": ("về [0, 1]", "to [0, 1]"),
    "v": ("về [-1, 1]", "to [-1, 1]"),
    "mu": ("trung bình", "mean"),
    "var": ("phương sai", "variance"),
    "sigma": ("độ lệch chuẩn", "standard deviation"),
    "z": ("z-score", "z-scores"),
}
RANGE = {
    "divided_by_largest": Mistake(
        vi=("chia cho giá trị lớn nhất", "Mẫu số là độ rộng $x_{\\max} - x_{\\min}$, không phải $x_{\\max}$."),
        en=("divided by the largest value", "The denominator is the width $x_{\\max} - x_{\\min}$, not $x_{\\max}$."),
    ),
    "smallest_not_subtracted": Mistake(
        vi=("chưa trừ giá trị nhỏ nhất", "Trừ $x_{\\min}$ ở tử số, để giá trị nhỏ nhất trở thành 0."),
        en=("smallest value not subtracted", "Subtract $x_{\\min}$ in the numerator, so that the smallest value becomes 0."),
    ),
    "not_stretched": Mistake(
        vi=("chỉ dịch mà không kéo giãn", "Đoạn $[-1, 1]$ rộng gấp đôi $[0, 1]$: nhân 2 rồi mới trừ 1."),
        en=("shifted, not stretched", "$[-1, 1]$ is twice as wide as $[0, 1]$: multiply by 2, then subtract 1."),
    ),
    "stretched_after": Mistake(
        vi=("trừ 1 trước rồi mới nhân 2", "$2(u-1)$ rơi vào $[-2, 0]$: nhân 2 trước, trừ 1 sau."),
        en=("1 subtracted before doubling", "$2(u-1)$ lies in $[-2, 0]$: double first, then subtract 1."),
    ),
}
MOMENTS = {
    "sample_variance": Mistake(
        vi=(
            "dùng phương sai mẫu $1/(n-1)$",
            "Chia cho $n-1$ là ước lượng không chệch và là mặc định của nhiều thư viện. Ở đây "
            "phương sai chia cho $n$: nhân lại với $\\frac{n-1}{n}$.",
        ),
        en=(
            "sample variance, $1/(n-1)$",
            "Dividing by $n-1$ is the unbiased estimate and many libraries' default. Here the "
            "variance divides by $n$: multiply yours by $\\frac{n-1}{n}$.",
        ),
    ),
    "variance_not_root": Mistake(
        vi=("chia cho phương sai", "Mẫu số của z-score là độ lệch chuẩn: lấy căn bậc hai của phương sai."),
        en=("divided by the variance", "The denominator of a z-score is the standard deviation: take the root of the variance."),
    ),
    "mean_square": Mistake(
        vi=(
            "chưa trừ bình phương của trung bình",
            "Trung bình của $x^2$ chưa phải phương sai: trừ đi $\\mu^2$, hoặc bình phương các độ lệch $x_i-\\mu$.",
        ),
        en=(
            "square of the mean not subtracted",
            "The mean of $x^2$ is not yet the variance: subtract $\\mu^2$, or square the deviations $x_i-\\mu$.",
        ),
    ),
    "absolute_deviation": Mistake(
        vi=("lấy độ lệch tuyệt đối trung bình", "Bình phương các độ lệch rồi mới lấy trung bình."),
        en=("mean absolute deviation", "Square the deviations before you average them."),
    ),
    "mean_not_subtracted": Mistake(
        vi=("chưa trừ trung bình", "Trừ $\\mu$ ở tử số trước khi chia."),
        en=("mean not subtracted", "Subtract $\\mu$ in the numerator before you divide."),
    ),
}


def unit_interval(sheet, x, low, high):
    """The steps u = (x - low)/(high - low) and v = 2u - 1, with their mistakes."""
    u = sheet.step(
        "u",
        r"\frac{@x - @low}{@high - @low}",
        (x - low) / (high - low),
        divided_by_largest=(x - low) / high,
        smallest_not_subtracted=x / (high - low),
    )
    sheet.step("v", r"2 \cdot @u - 1", 2 * u - 1, not_stretched=u - 1, stretched_after=2 * (u - 1))


@solver(givens={"x": real("n")}, symbols=SYMBOLS, words=WORDS, first=1, mistakes=RANGE)
def min_max(sheet, *, x):
    """Scaling of a feature by its own smallest and largest value to [0, 1], and from there to [-1, 1].

    x (…, n).  Steps low, high (…); u, v (…, n).  Not finite where all values are equal.
    Source: computer vision journey, §5.1.3.
    """
    low = sheet.step("low", r"\min @x", x.min(-1))
    high = sheet.step("high", r"\max @x", x.max(-1))
    unit_interval(sheet, x, low[..., None], high[..., None])


@solver(givens={"x": real("n"), "low": real("1"), "high": real("1")}, symbols=SYMBOLS, words=WORDS, first=1, mistakes=RANGE)
def range_scaling(sheet, *, x, low, high):
    """Scaling from a known range, as 0 to 255 of a pixel, to [0, 1] and to [-1, 1].

    x (…, n); low, high (…, 1), low ≠ high.  Steps u, v (…, n).  Source: computer vision journey, §5.1.3.
    """
    unit_interval(sheet, x, low, high)


def standardised(sheet, x):
    """The steps mu, var, sigma and z of a vector, with their mistakes."""
    n = x.shape[-1]
    mu = sheet.step("mu", rf"\frac{{1}}{{{n}}} \sum_i @x_{{i}}", x.mean(-1))
    d = x - mu[..., None]
    var = sheet.step(
        "var",
        rf"\frac{{1}}{{{n}}} \sum_i \left(@x - @mu\right)_i^2",
        (d**2).mean(-1),
        sample_variance=(d**2).sum(-1) / np.float64(n - 1),
        mean_square=(x**2).mean(-1),
        absolute_deviation=np.abs(d).mean(-1),
    )
    sigma = sheet.step("sigma", r"\sqrt{@var}", np.sqrt(var), variance_not_root=var)
    wide = sigma[..., None]
    sheet.step("z", r"\frac{@x - @mu}{@sigma}", d / wide, mean_not_subtracted=x / wide)


@solver(givens={"x": real("n")}, symbols=SYMBOLS, words=WORDS, first=1, mistakes=MOMENTS)
def z_score(sheet, *, x):
    """Standardisation z = (x - μ)/σ: mean 0 and variance 1, the shape of the distribution as it was.

    x (…, n).  Steps mu, var, sigma (…); z (…, n).  Not finite where all values are equal.
    Convention: the variance divides by n, as the source writes it and numpy.std does, not by n - 1 as torch.std does.
    Source: computer vision journey, §5.1.3 and §9.2.
    """
    standardised(sheet, x)


@solver(
    givens={"x": real("n"), "a": real(), "b": real()},
    symbols=SYMBOLS
    | {
        "y": r"\mathbf{y}",
        "mux": r"\mu_{x}",
        "sigmax": r"\sigma_{x}",
        "muy": r"\mu_{y}",
        "sigmay": r"\sigma_{y}",
        "zx": r"\mathbf{z}_{x}",
        "zy": r"\mathbf{z}_{y}",
    },
    words={
        "y": ("sau phép biến đổi", "transformed"),
        "mux": ("trung bình", "mean"),
        "sigmax": ("độ lệch chuẩn", "standard deviation"),
        "zx": ("z-score", "z-scores"),
        "muy": ("trung bình mới", "new mean"),
        "sigmay": ("độ lệch chuẩn mới", "new standard deviation"),
        "zy": ("z-score mới", "new z-scores"),
    },
    first=1,
    mistakes={
        "sample_variance": MOMENTS["sample_variance"],
        "signed_deviation": Mistake(
            vi=("độ lệch chuẩn âm", "Độ lệch chuẩn không âm: $\\sigma_y = |a|\\,\\sigma_x$, kể cả khi $a < 0$."),
            en=(
                "negative standard deviation",
                "A standard deviation is never negative: $\\sigma_y = |a|\\,\\sigma_x$, also where $a < 0$.",
            ),
        ),
        "shifted_deviation": Mistake(
            vi=("cộng $b$ vào độ lệch chuẩn", "Dịch mọi giá trị đi $b$ không làm chúng tản ra thêm: bỏ $b$ khỏi $\\sigma_y$."),
            en=("$b$ added to the deviation", "Moving all values by $b$ does not spread them: leave $b$ out of $\\sigma_y$."),
        ),
        "mean_not_shifted": Mistake(
            vi=("trung bình thiếu $b$", "Trung bình cũng dịch theo: $\\mu_y = a\\mu_x + b$."),
            en=("mean without $b$", "The mean moves along: $\\mu_y = a\\mu_x + b$."),
        ),
        "sign_kept": Mistake(
            vi=("bỏ qua dấu của $a$", "$a/|a|$ là $-1$ khi $a < 0$: khi đó mọi z-score đổi dấu."),
            en=("sign of $a$ ignored", "$a/|a|$ is $-1$ where $a < 0$: every z-score then changes its sign."),
        ),
        "transformed_again": Mistake(
            vi=("biến đổi cả z-score", "Z-score không biến đổi theo $ax+b$: tính $(y-\\mu_y)/\\sigma_y$."),
            en=("z-score transformed as well", "A z-score does not follow $ax+b$: compute $(y-\\mu_y)/\\sigma_y$."),
        ),
    },
)
def z_score_affine(sheet, *, x, a, b):
    """The z-scores of y = a x + b are those of x for a > 0, and those with the sign changed for a < 0.

    x (…, n); a, b (…), a ≠ 0.  Steps mux, sigmax, muy, sigmay (…); zx, y, zy (…, n).
    Convention: the variance divides by n; σ_y = |a| σ_x (the source cancels a/|a| for any a).
    Source: computer vision journey, §9.2.
    """
    n = x.shape[-1]
    mux = sheet.step("mux", rf"\frac{{1}}{{{n}}} \sum_i @x_{{i}}", x.mean(-1))
    squares = ((x - mux[..., None]) ** 2).sum(-1)
    sigmax = sheet.step(
        "sigmax",
        rf"\sqrt{{\frac{{1}}{{{n}}} \sum_i \left(@x - @mux\right)_i^2}}",
        np.sqrt(squares / n),
        sample_variance=np.sqrt(squares / np.float64(n - 1)),
    )
    zx = sheet.step("zx", r"\frac{@x - @mux}{@sigmax}", (x - mux[..., None]) / sigmax[..., None])
    y = sheet.step("y", r"@a \cdot @x + @b", a[..., None] * x + b[..., None])
    muy = sheet.step("muy", r"@a \cdot @mux + @b", a * mux + b, mean_not_shifted=a * mux)
    sigmay = sheet.step(
        "sigmay",
        r"\left|@a\right| \cdot @sigmax",
        np.abs(a) * sigmax,
        signed_deviation=a * sigmax,
        shifted_deviation=np.abs(a) * sigmax + b,
    )
    sheet.step(
        "zy",
        r"\frac{@y - @muy}{@sigmay}",
        (y - muy[..., None]) / sigmay[..., None],
        sign_kept=zx,
        transformed_again=a[..., None] * zx + b[..., None],
    )
