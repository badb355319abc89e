"""Softmax alone and under cross-entropy: the stable form, its Jacobian, and the gradient ŷ - y."""

from __future__ import annotations

import numpy as np

from solvers.relu_softmax import ERROR, LOSS, cross_entropy, log_of, log_softmax, one_hot
from solvers.solver import Mistake, index, real, solver

SYMBOLS = {
    "z": r"\mathbf{z}",
    "u": r"\mathbf{u}",
    "e": r"\mathbf{e}",
    "top": r"z_{\max}",
    "total": "S",
    "yhat": r"\mathbf{\hat{y}}",
    "yhat[]": r"\hat{y}_{{i}}",
    "J": r"\mathbf{J}",
    "onehot": r"\mathbf{y}",
    "p": r"\hat{y}_{y}",
}
WORDS = {
    "u": ("logit đã dời", "shifted logits"),
    "e": ("lũy thừa", "powers"),
    "total": ("tổng", "total"),
    "yhat": ("softmax", "softmax"),
    "J": ("ma trận Jacobi", "Jacobian matrix"),
    "onehot": ("one-hot của nhãn", "one-hot label"),
    "p": ("xác suất của nhãn đúng", "probability of the true label"),
    "loss": ("cross-entropy", "cross-entropy"),
    "dz": ("gradient theo logit", "gradient of the logits"),
}
SOFTMAX = {
    "not_normalised": Mistake(
        vi=("chưa chia cho tổng", "Chia mỗi lũy thừa cho tổng của tất cả, để các xác suất có tổng bằng 1."),
        en=("not divided by the total", "Divide each power by the sum of them all, so that the probabilities sum to 1."),
    ),
    "no_exponential": Mistake(
        vi=("chia thẳng các logit", "Lấy $e^{z_i}$ trước rồi mới chia cho tổng."),
        en=("logits divided without exp", "Take $e^{z_i}$ first, then divide by the sum."),
    ),
    "sigmoid": Mistake(
        vi=("dùng sigmoid cho từng logit", "Softmax so sánh các logit với nhau: mẫu số là tổng lũy thừa của mọi logit."),
        en=("sigmoid of each logit", "A softmax compares the logits: its denominator sums the powers of them all."),
    ),
}


def softmax_step(sheet, z):
    """The step ŷ = softmax(z) over the last axis in one line, with its mistakes."""
    e = np.exp(z - z.max(-1, keepdims=True))
    return sheet.step(
        "yhat",
        r"\frac{e^{@z}}{\sum_j e^{@z_{j}}}",
        e / e.sum(-1, keepdims=True),
        not_normalised=np.exp(z),
        no_exponential=z / z.sum(-1, keepdims=True),
        sigmoid=1 / (1 + np.exp(-z)),
    )


@solver(
    givens={"z": real("m")},
    symbols=SYMBOLS,
    words=WORDS,
    mistakes=SOFTMAX
    | {
        "shift_sign": Mistake(
            vi=("trừ ngược chiều", "Lấy $z_i - z_{\\max}$, để không số nào dương và lũy thừa không tràn: đổi dấu."),
            en=("subtracted the wrong way", "Take $z_i - z_{\\max}$, so that none is positive and no power overflows: change the sign."),
        ),
        "base_two": Mistake(
            vi=("dùng cơ số 2", "Softmax dùng cơ số $e$: bấm $e^x$, đừng dùng $2^x$."),
            en=("powers of 2", "Softmax takes powers of $e$: press $e^x$, not $2^x$."),
        ),
        "own_term_left_out": Mistake(
            vi=("bỏ chính nó khỏi mẫu số", "Tổng ở mẫu gồm cả số hạng của lớp đang xét: cộng nó vào."),
            en=("own term left out below", "The sum below includes the term of the class itself: add it."),
        ),
        "unshifted_total": Mistake(
            vi=("tử đã dời, mẫu chưa dời", "Tử và mẫu phải cùng trừ $z_{\\max}$: tính tổng từ các lũy thừa đã dời."),
            en=("shifted above, unshifted below", "Above and below must both subtract $z_{\\max}$: sum the shifted powers."),
        ),
    },
)
def stable_softmax(sheet, *, z):
    """Softmax in its stable form: subtract the largest logit first, so that no power exceeds 1.

    z (…, m).  Steps top, total (…); u, e, yhat (…, m).  The shift cancels, so ŷ is the same as without it.
    Source: journey §4.2.1; the shift is the usual one of numerical libraries.
    """
    top = sheet.step("top", r"\max_i @z_{i}", z.max(-1))
    u = sheet.step("u", r"@z - @top", z - top[..., None], shift_sign=top[..., None] - z)
    e = sheet.step("e", r"e^{@u}", np.exp(u), base_two=2.0**u, no_exponential=u)
    total = sheet.step("total", r"\sum_i @e_{i}", e.sum(-1), unshifted_total=np.exp(u + top[..., None]).sum(-1))
    sheet.step(
        "yhat",
        r"\frac{@e}{@total}",
        e / total[..., None],
        not_normalised=e,
        own_term_left_out=e / (total[..., None] - e),
        sigmoid=e / (1 + e),
    )


@solver(
    givens={"z": real("m"), "dyhat": real("m")},
    symbols=SYMBOLS,
    words=WORDS,
    mistakes=SOFTMAX
    | {
        "entry_by_entry": Mistake(
            vi=(
                "coi softmax tính riêng từng phần tử",
                "Mỗi $\\hat{y}_i$ phụ thuộc mọi logit: ngoài đường chéo là $-\\hat{y}_i\\hat{y}_j$, không phải 0.",
            ),
            en=(
                "softmax taken entry by entry",
                "Each $\\hat{y}_i$ depends on every logit: off the diagonal stands $-\\hat{y}_i\\hat{y}_j$, not 0.",
            ),
        ),
        "off_diagonal_sign": Mistake(
            vi=("thiếu dấu trừ ngoài đường chéo", "Tăng $z_j$ thì các xác suất khác giảm: ngoài đường chéo là $-\\hat{y}_i\\hat{y}_j$."),
            en=(
                "minus sign off the diagonal",
                "Raising $z_j$ lowers the other probabilities: off the diagonal stands $-\\hat{y}_i\\hat{y}_j$.",
            ),
        ),
        "diagonal_like_the_rest": Mistake(
            vi=("đường chéo tính như ngoài đường chéo", "Khi $i = j$, tử cũng được lấy đạo hàm: đường chéo là $\\hat{y}_i(1-\\hat{y}_i)$."),
            en=("diagonal like the rest", "For $i = j$ the numerator is differentiated too: the diagonal is $\\hat{y}_i(1-\\hat{y}_i)$."),
        ),
        "diagonal_everywhere": Mistake(
            vi=(
                "dùng công thức đường chéo cho mọi phần tử",
                "$\\hat{y}_i(1-\\hat{y}_j)$ chỉ đúng khi $i = j$; ngoài đường chéo là $-\\hat{y}_i\\hat{y}_j$.",
            ),
            en=(
                "diagonal formula everywhere",
                "$\\hat{y}_i(1-\\hat{y}_j)$ holds for $i = j$ only; off the diagonal stands $-\\hat{y}_i\\hat{y}_j$.",
            ),
        ),
        "one_path": Mistake(
            vi=(
                "chỉ đi một đường của quy tắc chuỗi",
                "$z_j$ ảnh hưởng mọi $\\hat{y}_i$: cộng các tích trên cả hàng $i$, không chỉ $i = j$.",
            ),
            en=("one path of the chain rule only", "$z_j$ moves every $\\hat{y}_i$: add the products over all $i$, not only $i = j$."),
        ),
        "common_part_forgotten": Mistake(
            vi=("quên phần chung", "$\\partial L/\\partial z_j = \\hat{y}_j(g_j - \\sum_i g_i\\hat{y}_i)$: trừ tổng trong ngoặc."),
            en=(
                "common part forgotten",
                "$\\partial L/\\partial z_j = \\hat{y}_j(g_j - \\sum_i g_i\\hat{y}_i)$: subtract the sum in the bracket.",
            ),
        ),
    },
)
def softmax_jacobian(sheet, *, z, dyhat):
    """The Jacobian of softmax, ∂ŷᵢ/∂zⱼ = ŷᵢ(δᵢⱼ - ŷⱼ), and a gradient carried back through it.

    z, dyhat (…, m), dyhat is ∂L/∂ŷ.  Steps yhat, dz (…, m); J (…, m, m), row i for ŷᵢ, column j for zⱼ, from 0.
    Source: journey §4.3, the two cases i ≠ j and i = j.
    """
    yhat = softmax_step(sheet, z)
    here = np.eye(z.shape[-1])
    pairs = yhat[..., :, None] * yhat[..., None, :]
    diagonal = here * yhat[..., None]
    J = sheet.step(
        "J",
        r"\mathrm{diag}(@yhat) - @yhat^{\mathsf{T}}\, @yhat",
        diagonal - pairs,
        entry_by_entry=here * (diagonal - pairs),
        off_diagonal_sign=np.where(here > 0, diagonal - pairs, pairs),
        diagonal_like_the_rest=-pairs,
        diagonal_everywhere=yhat[..., :, None] * (1 - yhat[..., None, :]),
    )
    sheet.step(
        "dz",
        r"@dyhat\, @J",
        (dyhat[..., :, None] * J).sum(-2),
        one_path=dyhat * yhat * (1 - yhat),
        common_part_forgotten=dyhat * yhat,
    )


ONE_HOT = {
    "counted_from_one": Mistake(
        vi=("đếm lớp từ 1", "Nhãn đếm từ 0, nên nhãn $y$ là vị trí thứ $y+1$: dời số 1 sang phải một ô."),
        en=("classes counted from 1", "Labels count from 0, so label $y$ is place number $y+1$: move the 1 one place to the right."),
    ),
}


@solver(
    givens={"z": real("m"), "label": index("m")},
    symbols=SYMBOLS,
    words=WORDS,
    mistakes=SOFTMAX | ONE_HOT | LOSS | ERROR,
)
def softmax_cross_entropy(sheet, *, z, label):
    """One sample: softmax, cross-entropy L = -Σ yᵢ ln ŷᵢ, and its gradient ∂L/∂z = ŷ - y.

    z (…, m); label (…), from 0.  Steps yhat, onehot, dz (…, m); p, loss (…).  ln is natural.
    Source: journey §4.2.2 and §4.3 (where one minus sign slips on the way to the right result).
    """
    yhat = softmax_step(sheet, z)
    m = z.shape[-1]
    y = sheet.step("onehot", r"\mathrm{onehot}(@label)", one_hot(label, m), counted_from_one=one_hot(label - 1, m))
    p = sheet.step("p", r"\sum_i @onehot_{i} \cdot @yhat_{i}", (y * yhat).sum(-1))
    cross_entropy(sheet, r"-\ln @p", p, log_of(p, (log_softmax(z) * y).sum(-1)))
    sheet.step(
        "dz",
        r"@yhat - @onehot",
        yhat - y,
        label_not_subtracted=yhat,
        error_sign=y - yhat,
        softmax_diagonal=yhat * (1 - yhat),
    )


@solver(
    givens={"z": real("N m"), "label": index("m", "N")},
    symbols=SYMBOLS
    | {
        "z": r"\mathbf{Z}",
        "yhat": r"\mathbf{\hat{Y}}",
        "label": r"\mathbf{y}",
        "p": r"\mathbf{p}",
        "terms": r"\boldsymbol{\ell}",
        "terms[]": r"\ell_{{i}}",
    },
    words=WORDS | {"terms": ("loss của từng mẫu", "loss of each sample"), "loss": ("cross-entropy trung bình", "mean cross-entropy")},
    mistakes=SOFTMAX
    | {name: LOSS[name] for name in ("log10", "no_minus", "complement")}
    | {name: ERROR[name] for name in ("label_not_subtracted", "error_sign")}
    | {
        "sum_not_mean": Mistake(
            vi=(
                "lấy tổng thay vì trung bình",
                "Có nơi lấy tổng trên batch, và ở đó nó không sai. Ở đây chia cho số mẫu $N$, cả trong gradient.",
            ),
            en=(
                "sum instead of mean",
                "Some sum over the batch, and there it is right. Here divide by the number of samples $N$, in the gradient too.",
            ),
        ),
        "divided_by_classes": Mistake(
            vi=("chia cho số lớp", "Trung bình lấy trên các mẫu: chia cho số hàng $N$, không phải số cột."),
            en=("divided by the number of classes", "The mean is over samples: divide by the number of rows $N$, not of columns."),
        ),
        "all_entries": Mistake(
            vi=("chia cho mọi phần tử", "Mỗi mẫu chỉ góp một số hạng: chia cho $N$, không chia cho $N$ nhân số lớp."),
            en=("divided by all entries", "Each sample gives one term: divide by $N$, not by $N$ times the number of classes."),
        ),
        "column_softmax": Mistake(
            vi=("softmax theo cột", "Mỗi hàng là một mẫu: chuẩn hóa theo hàng, để mỗi hàng có tổng bằng 1."),
            en=("softmax down the columns", "Each row is a sample: normalise along rows, so that each row sums to 1."),
        ),
    },
)
def batch_cross_entropy(sheet, *, z, label):
    """A batch: softmax by rows, the mean cross-entropy L = -(1/N) Σₙ Σⱼ yₙⱼ ln ŷₙⱼ, and ∂L/∂Z = (Ŷ - Y)/N.

    z (…, N, m); label (…, N), from 0.  Steps yhat, dz (…, N, m); p, terms (…, N); loss (…).
    Convention: mean over the N samples as in CrossEntropyLoss, 1/N in the gradient too; the sum is the rival.
    Source: journey §4.3 (whose gradient drops the 1/m of its own loss); notebook (which mixes m classes and m samples).
    """
    N, m = z.shape[-2:]
    e = np.exp(z - z.max(-1, keepdims=True))
    yhat = sheet.step(
        "yhat",
        r"\mathrm{softmax}(@z)",
        e / e.sum(-1, keepdims=True),
        not_normalised=np.exp(z),
        no_exponential=z / z.sum(-1, keepdims=True),
        sigmoid=1 / (1 + np.exp(-z)),
        column_softmax=np.exp(z) / np.exp(z).sum(-2, keepdims=True),
    )
    Y = one_hot(label, m)
    p = sheet.step("p", r"@yhat_{n,\,@label}", (yhat * Y).sum(-1), complement=1 - (yhat * Y).sum(-1))
    log_p = log_of(p, (log_softmax(z) * Y).sum(-1))
    terms = sheet.step("terms", r"-\ln @p", -log_p, log10=-log_p / np.log(10), no_minus=log_p)
    total = terms.sum(-1)
    sheet.step(
        "loss",
        r"\frac{1}{N} \sum_n @terms_{n}",
        total / N,
        sum_not_mean=total,
        divided_by_classes=total / m,
        all_entries=total / (N * m),
    )
    sheet.step(
        "dz",
        r"\frac{1}{N} \left(@yhat - \mathrm{onehot}(@label)\right)",
        (yhat - Y) / N,
        label_not_subtracted=yhat / N,
        error_sign=(Y - yhat) / N,
        sum_not_mean=yhat - Y,
        divided_by_classes=(yhat - Y) / m,
    )
