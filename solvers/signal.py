"""How the variance of a signal changes from layer to layer, through the logits and through tanh, sigmoid and ReLU."""

from __future__ import annotations

import numpy as np

from solvers.solver import Given, Mistake, rate, solver

UNITS = Given(low=1, high=1_000_000, whole=True)
TWO = {"q0": rate(""), "n1": UNITS, "varW1": rate(""), "n2": UNITS, "varW2": rate("")}
THREE = TWO | {"n3": UNITS, "varW3": rate("")}
SYMBOLS = {"q0": r"\mathbb{E}[X^2]"}
for layer in (1, 2, 3):
    SYMBOLS |= {
        f"varW{layer}": rf"\mathrm{{Var}}(w_{{{layer}}})",
        f"z{layer}": rf"\mathrm{{Var}}(Z_{{{layer}}})",
        f"v{layer}": rf"\mathrm{{Var}}(A_{{{layer}}})",
        f"m{layer}": rf"\mathbb{{E}}[A_{{{layer}}}]",
        f"q{layer}": rf"\mathbb{{E}}[A_{{{layer}}}^2]",
    }
WORDS = {
    "z": ("phương sai của logit", "variance of the logit"),
    "q": ("kỳ vọng của bình phương", "mean square"),
    "m": ("kỳ vọng", "mean"),
    "v": ("phương sai của đầu ra", "variance of the activation"),
}
LOGIT = {
    "one_input": Mistake(
        vi=("quên số đầu vào", "Logit là tổng của $n$ tích độc lập, nên phương sai cộng lại: nhân với số đầu vào $n$."),
        en=(
            "number of inputs forgotten",
            "A logit sums $n$ independent products, so their variances add: multiply by the number of inputs $n$.",
        ),
    ),
    "root_of_inputs": Mistake(
        vi=("nhân $\\sqrt{n}$", "Độ lệch chuẩn mới tăng theo $\\sqrt{n}$; phương sai tăng theo $n$."),
        en=("multiplied by $\\sqrt{n}$", "It is the standard deviation that grows with $\\sqrt{n}$; the variance grows with $n$."),
    ),
    "inputs_squared": Mistake(
        vi=("nhân $n^2$", "$n^2$ dành cho $n$ bản sao của cùng một biến. Các tích ở đây độc lập: nhân với $n$."),
        en=("multiplied by $n^2$", "$n^2$ is for $n$ copies of one variable. These products are independent: multiply by $n$."),
    ),
    "weight_squared": Mistake(
        vi=("bình phương phương sai của trọng số", "$\\mathrm{Var}(w)$ đã là $\\sigma^2$ rồi: đừng bình phương thêm."),
        en=("variance of the weight squared", "$\\mathrm{Var}(w)$ is $\\sigma^2$ already: do not square it again."),
    ),
}


def logit(sheet, layer, q, n, varW, shown, **slips):
    """The step Var(Z) = n Var(w) q for one layer, q being E[A²] of the layer before, with its mistakes."""
    return sheet.step(
        f"z{layer}",
        rf"@n{layer} \cdot @varW{layer} \cdot @{shown}",
        n * varW * q,
        one_input=varW * q,
        root_of_inputs=np.sqrt(n) * varW * q,
        inputs_squared=n * n * varW * q,
        weight_squared=n * varW * varW * q,
        **slips,
    )


@solver(givens=THREE, symbols=SYMBOLS, words=WORDS, mistakes=LOGIT)
def tanh_signal(sheet, *, q0, n1, varW1, n2, varW2, n3, varW3):
    """Variance of each layer's logit where tanh is in its linear range, so Var(A) = Var(Z).

    All (…): q0 the mean square of a zero-mean input, its variance; n and varW each layer's inputs and weight variance.
    Steps z1, z2, z3.  Convention: tanh z ≈ z, weights of mean 0, no bias.  Source: computer vision journey, §6.1.5.
    """
    z = logit(sheet, 1, q0, n1, varW1, "q0")
    z = logit(sheet, 2, z, n2, varW2, "z1")
    logit(sheet, 3, z, n3, varW3, "z2")


@solver(
    givens=TWO,
    symbols=SYMBOLS,
    words=WORDS,
    mistakes=LOGIT
    | {
        "slope_not_squared": Mistake(
            vi=("quên bình phương độ dốc", "$\\mathrm{Var}(cZ) = c^2\\,\\mathrm{Var}(Z)$ với $c = 1/4$: chia cho 16, không phải cho 4."),
            en=("slope not squared", "$\\mathrm{Var}(cZ) = c^2\\,\\mathrm{Var}(Z)$ with $c = 1/4$: divide by 16, not by 4."),
        ),
        "shift_added": Mistake(
            vi=("cộng $1/2$ vào phương sai", "Cộng một hằng số không làm đổi phương sai: bỏ $1/2$ khi tính $\\mathrm{Var}(A)$."),
            en=("$1/2$ added to the variance", "Adding a constant does not change a variance: leave the $1/2$ out of $\\mathrm{Var}(A)$."),
        ),
        "shift_not_squared": Mistake(
            vi=(
                "quên bình phương kỳ vọng",
                "$\\mathbb{E}[A^2] = \\mathrm{Var}(A) + \\mathbb{E}[A]^2$ với $\\mathbb{E}[A] = 1/2$: cộng $1/4$.",
            ),
            en=("mean not squared", "$\\mathbb{E}[A^2] = \\mathrm{Var}(A) + \\mathbb{E}[A]^2$ with $\\mathbb{E}[A] = 1/2$: add $1/4$."),
        ),
        "mean_ignored": Mistake(
            vi=(
                "coi đầu ra có kỳ vọng 0",
                "Sau sigmoid kỳ vọng là $1/2$, nên $\\mathbb{E}[A^2] \\ne \\mathrm{Var}(A)$: cộng $1/4$ trước khi sang lớp sau.",
            ),
            en=(
                "activation taken to have mean 0",
                "After sigmoid the mean is $1/2$, so $\\mathbb{E}[A^2] \\ne \\mathrm{Var}(A)$: add $1/4$ before the next layer.",
            ),
        ),
    },
)
def sigmoid_signal(sheet, *, q0, n1, varW1, n2, varW2):
    """Variance of each layer's logit and activation where sigmoid is in its linear range, σ(z) ≈ 1/2 + z/4.

    All (…): q0 the mean square of a zero-mean input, its variance.  Steps z1, v1, q1, z2, v2, q2: Var(Z), Var(A), E[A²].
    Convention: weights of mean 0, no bias; the mean 1/2 of the activation is carried on, which the source drops.
    Source: computer vision journey, §6.1.5.
    """
    q = q0
    for t, n, varW in ((1, n1, varW1), (2, n2, varW2)):
        z = logit(sheet, t, q, n, varW, f"q{t - 1}")
        v = sheet.step(f"v{t}", rf"\frac{{@z{t}}}{{16}}", z / 16, slope_not_squared=z / 4, shift_added=z / 16 + 0.5)
        q = sheet.step(f"q{t}", rf"@v{t} + \frac{{1}}{{4}}", v + 0.25, shift_not_squared=v + 0.5, mean_ignored=v)


@solver(
    givens=TWO,
    symbols=SYMBOLS,
    words=WORDS,
    mistakes=LOGIT
    | {
        "not_halved": Mistake(
            vi=("quên chia đôi", "ReLU giữ lại nửa dương của một phân phối đối xứng: $\\mathbb{E}[A^2] = \\mathrm{Var}(Z)/2$."),
            en=("not halved", "ReLU keeps the positive half of a symmetric distribution: $\\mathbb{E}[A^2] = \\mathrm{Var}(Z)/2$."),
        ),
        "mean_zero": Mistake(
            vi=(
                "lấy $\\mathrm{Var}(Z)/2$ làm phương sai",
                "Đầu ra ReLU không âm nên kỳ vọng khác 0. $\\mathrm{Var}(Z)/2$ là $\\mathbb{E}[A^2]$: trừ "
                "$\\mathbb{E}[A]^2$ để được phương sai.",
            ),
            en=(
                "$\\mathrm{Var}(Z)/2$ taken as the variance",
                "ReLU outputs are not negative, so their mean is not 0. $\\mathrm{Var}(Z)/2$ is "
                "$\\mathbb{E}[A^2]$: subtract $\\mathbb{E}[A]^2$.",
            ),
        ),
        "variance_carried": Mistake(
            vi=(
                "dùng phương sai thay cho $\\mathbb{E}[A^2]$",
                "Trọng số có kỳ vọng 0, nên $\\mathrm{Var}(wA) = \\mathrm{Var}(w)\\,\\mathbb{E}[A^2]$: lớp sau nhận $\\mathbb{E}[A^2]$.",
            ),
            en=(
                "variance in place of $\\mathbb{E}[A^2]$",
                "The weights have mean 0, so $\\mathrm{Var}(wA) = \\mathrm{Var}(w)\\,\\mathbb{E}[A^2]$: the "
                "next layer takes $\\mathbb{E}[A^2]$.",
            ),
        ),
        "mean_not_rooted": Mistake(
            vi=(
                "quên căn ở kỳ vọng",
                "$\\mathbb{E}[A] = \\sigma_Z/\\sqrt{2\\pi}$ với $\\sigma_Z = \\sqrt{\\mathrm{Var}(Z)}$: lấy căn cả phân số.",
            ),
            en=(
                "root of the mean forgotten",
                "$\\mathbb{E}[A] = \\sigma_Z/\\sqrt{2\\pi}$ with $\\sigma_Z = \\sqrt{\\mathrm{Var}(Z)}$: take the root.",
            ),
        ),
        "folded": Mistake(
            vi=("tính kỳ vọng của $|Z|$", "$\\sqrt{2/\\pi}\\,\\sigma_Z$ là kỳ vọng của $|Z|$. ReLU đưa nửa âm về 0: chỉ còn một nửa."),
            en=(
                "mean of $|Z|$ taken",
                "$\\sqrt{2/\\pi}\\,\\sigma_Z$ is the mean of $|Z|$. ReLU sends the negative half to 0: half of that is left.",
            ),
        ),
    },
)
def relu_signal(sheet, *, q0, n1, varW1, n2, varW2):
    """Moments of each layer's logit Z ~ N(0, σ²) and of A = ReLU(Z): E[A²] = σ²/2, E[A] = σ/√(2π), Var(A) = 0.3408 σ².

    All (…): q0 the mean square of a zero-mean input, its variance.  Steps z1, q1, m1, v1, z2, q2, m2, v2.
    Convention: weights of mean 0, no bias; the next layer takes E[A²].  The source has E[A] = 0 and Var(A) = σ²/2, which are wrong.
    Source: computer vision journey, §6.1.6; He et al. 2015, eq. 7 and 8.
    """
    q, slips = q0, {}
    for t, n, varW in ((1, n1, varW1), (2, n2, varW2)):
        z = logit(sheet, t, q, n, varW, f"q{t - 1}", **slips)
        q = sheet.step(f"q{t}", rf"\frac{{@z{t}}}{{2}}", z / 2, not_halved=z)
        m = sheet.step(
            f"m{t}",
            rf"\sqrt{{\frac{{@z{t}}}{{2\pi}}}}",
            np.sqrt(z / (2 * np.pi)),
            mean_not_rooted=z / (2 * np.pi),
            folded=np.sqrt(2 * z / np.pi),
        )
        v = sheet.step(f"v{t}", rf"@q{t} - @m{t}^2", q - m * m, mean_zero=q)
        slips = {"variance_carried": n2 * varW2 * v}
