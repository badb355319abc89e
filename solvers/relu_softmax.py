"""The exam's net of one ReLU unit and a softmax: forward, backward, and the two other ways in that the exam uses."""

from __future__ import annotations

import numpy as np

from solvers.solver import Mistake, index, probabilities, real, solver

SYMBOLS = {"h": r"\mathbf{h}", "w2": r"\mathbf{w}_{2}", "yhat": r"\mathbf{\hat{y}}", "yhat[]": r"\hat{y}_{{i}}"}
WORDS = {
    "z": ("trước ReLU", "before ReLU"),
    "R": ("sau ReLU", "after ReLU"),
    "h": ("logit", "logits"),
    "yhat": ("softmax", "softmax"),
    "loss": ("cross-entropy", "cross-entropy"),
}
LOSS = {
    "log10": Mistake(
        vi=("dùng log cơ số 10", "Cross-entropy dùng logarit tự nhiên: bấm ln, đừng bấm log."),
        en=("logarithm to base 10", "Cross-entropy takes the natural logarithm: press ln, not log."),
    ),
    "no_minus": Mistake(
        vi=("quên dấu trừ của loss", "$L = -\\ln \\hat{y}_y$ không âm: thêm dấu trừ phía trước."),
        en=("minus sign of the loss forgotten", "$L = -\\ln \\hat{y}_y$ is never negative: put the minus sign in front."),
    ),
    "complement": Mistake(
        vi=("lấy xác suất của phần còn lại", "Lấy logarit xác suất của nhãn đúng, không phải của phần còn lại $1-\\hat{y}_y$."),
        en=("probability of the rest", "Take the logarithm of the true label's probability, not of the rest, $1-\\hat{y}_y$."),
    ),
    "one_minus": Mistake(
        vi=("lấy $1-\\hat{y}_y$ làm loss", "$1-\\hat{y}_y$ không phải cross-entropy: lấy $-\\ln$ của $\\hat{y}_y$."),
        en=("$1-\\hat{y}_y$ taken as the loss", "$1-\\hat{y}_y$ is not the cross-entropy: take $-\\ln$ of $\\hat{y}_y$."),
    ),
}
ERROR = {
    "label_not_subtracted": Mistake(
        vi=("chưa trừ nhãn", "Đạo hàm theo logit là $\\hat{y}-y$: trừ 1 ở vị trí của nhãn đúng."),
        en=("label not subtracted", "The derivative with respect to the logits is $\\hat{y}-y$: subtract 1 at the true label."),
    ),
    "error_sign": Mistake(
        vi=("đảo dấu sai số", "Đúng thứ tự là $\\hat{y}-y$, không phải $y-\\hat{y}$: đổi dấu."),
        en=("sign of the error flipped", "The order is $\\hat{y}-y$, not $y-\\hat{y}$: change the sign."),
    ),
    "softmax_diagonal": Mistake(
        vi=(
            "chỉ lấy đạo hàm softmax",
            "$\\hat{y}(1-\\hat{y})$ mới chỉ là đạo hàm của softmax; nhân với đạo hàm của loss thì rút gọn thành $\\hat{y}-y$.",
        ),
        en=(
            "only softmax differentiated",
            "$\\hat{y}(1-\\hat{y})$ is the derivative of softmax alone; with that of the loss it becomes $\\hat{y}-y$.",
        ),
    ),
}
BRANCHES = {
    "one_branch": Mistake(
        vi=("bỏ sót một nhánh", "Mọi logit đều nhận $R$: cộng đóng góp của tất cả các nhánh, không chỉ nhánh của nhãn đúng."),
        en=("a branch left out", "Every logit is fed by $R$: add the contributions of all branches, not only the true label's."),
    ),
    "weights_forgotten": Mistake(
        vi=("quên trọng số của nhánh", "Nhân mỗi $\\partial L/\\partial h_i$ với trọng số $w_2$ của nhánh đó rồi mới cộng."),
        en=("weights forgotten", "Multiply each $\\partial L/\\partial h_i$ by its branch's weight $w_2$ before you add."),
    ),
    "branches_subtracted": Mistake(
        vi=("trừ các nhánh", "Quy tắc chuỗi cộng đóng góp của các nhánh; dấu đã nằm trong từng tích."),
        en=("branches subtracted", "The chain rule adds the branches; the signs are already in the products."),
    ),
    "weights_swapped": Mistake(
        vi=("ghép nhầm trọng số với nhánh", "Mỗi nhánh dùng trọng số của chính nó: $w_{2,0}$ đi với $h_0$, $w_{2,1}$ đi với $h_1$."),
        en=("weights of the wrong branch", "Each branch has its own weight: $w_{2,0}$ goes with $h_0$, $w_{2,1}$ with $h_1$."),
    ),
}


def one_hot(label, size):
    """y as a vector of zeros with a one at the label; label (…), result (…, size)."""
    return (np.arange(size) == np.asarray(label)[..., None]).astype(float)


def softmax(h):
    """e^h / Σ e^h over the last axis, shifted by the largest entry so that nothing overflows."""
    e = np.exp(h - h.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def log_softmax(h):
    """ln softmax(h) over the last axis, finite however far the entries lie apart."""
    u = h - h.max(-1, keepdims=True)
    return u - np.log(np.exp(u).sum(-1, keepdims=True))


def log_of(p, exact, tiny=1e-300):
    """ln p for a probability p, by its `exact` logarithm where both are so small that p has lost its digits."""
    return np.where(np.maximum(p, np.exp(exact)) < tiny, exact, np.log(p))


def cross_entropy(sheet, formula, p, log_p):
    """The step L = -ln p for the true label's probability p, with its mistakes."""
    return sheet.step(
        "loss",
        formula,
        -log_p,
        log10=-log_p / np.log(10),
        no_minus=log_p,
        complement=-np.log(1 - p),
        one_minus=1 - p,
    )


def logit_error(sheet, yhat, y):
    """The step ∂L/∂h = ŷ - y, with its mistakes."""
    return sheet.step(
        "dh",
        r"@yhat - \mathrm{onehot}(@label)",
        yhat - y,
        label_not_subtracted=yhat,
        error_sign=y - yhat,
        softmax_diagonal=yhat * (1 - yhat),
    )


def branch_slips(dh, weights, y):
    """The mistakes of the sum over branches Σ ∂L/∂hᵢ wᵢ."""
    parts = dh * weights
    return {
        "one_branch": (parts * y).sum(-1),
        "weights_forgotten": dh.sum(-1),
        "branches_subtracted": 2 * parts[..., 0] - parts.sum(-1),
        "weights_swapped": (dh * weights[..., ::-1]).sum(-1),
    }


@solver(
    givens={"x": real(), "w1": real(), "b1": real(), "w2": real("m"), "label": index("m")},
    symbols=SYMBOLS,
    words=WORDS,
    kinks=("z",),
    mistakes=LOSS
    | ERROR
    | BRANCHES
    | {
        "bias_forgotten": Mistake(
            vi=("quên bias", "Cộng thêm $b_1$ vào $w_1 x$."),
            en=("bias forgotten", "Add $b_1$ to $w_1 x$."),
        ),
        "added_weight": Mistake(
            vi=("cộng trọng số thay vì nhân", "Nhân $w_1$ với $x$ rồi mới cộng $b_1$."),
            en=("weight added, not multiplied", "Multiply $w_1$ by $x$, then add $b_1$."),
        ),
        "no_relu": Mistake(
            vi=("quên ReLU", "$R = \\max(0, z)$: giá trị âm thành 0."),
            en=("ReLU forgotten", "$R = \\max(0, z)$: a negative value becomes 0."),
        ),
        "step_function": Mistake(
            vi=("lấy đạo hàm của ReLU làm giá trị", "Với $z > 0$, ReLU trả về chính $z$; số 1 là đạo hàm của nó."),
            en=("derivative of ReLU as its value", "For $z > 0$, ReLU returns $z$ itself; 1 is its derivative."),
        ),
        "input_not_hidden": Mistake(
            vi=("nhân với $x$ thay vì $R$", "Lớp thứ hai nhận $R$, không nhận thẳng $x$: nhân $w_2$ với $R$."),
            en=("$x$ used instead of $R$", "The second layer is fed by $R$, not by $x$: multiply $w_2$ by $R$."),
        ),
        "hidden_weights_swapped": Mistake(
            vi=("lấy nhầm trọng số của logit kia", "$h_0$ dùng $w_{2,0}$, $h_1$ dùng $w_{2,1}$: đổi lại hai trọng số."),
            en=("the other logit's weight", "$h_0$ takes $w_{2,0}$ and $h_1$ takes $w_{2,1}$: put the two weights back."),
        ),
        "weight_added_to_hidden": Mistake(
            vi=("cộng $w_2$ thay vì nhân", "Logit là tích $w_2 R$, không phải tổng."),
            en=("$w_2$ added, not multiplied", "A logit is the product $w_2 R$, not a sum."),
        ),
        "not_normalised": Mistake(
            vi=("softmax chưa chia cho tổng", "Chia mỗi $e^{h_i}$ cho tổng của tất cả, để các xác suất có tổng bằng 1."),
            en=("softmax not normalised", "Divide each $e^{h_i}$ by the sum of them all, so that the probabilities sum to 1."),
        ),
        "no_exponential": Mistake(
            vi=("chia thẳng các logit", "Lấy $e^{h_i}$ trước rồi mới chia cho tổng."),
            en=("logits divided without exp", "Take $e^{h_i}$ first, then divide by the sum."),
        ),
        "sigmoid": Mistake(
            vi=("dùng sigmoid thay cho softmax", "Đầu ra là softmax: mẫu số gồm $e^{h_j}$ của mọi logit."),
            en=("sigmoid instead of softmax", "The output is a softmax: its denominator holds $e^{h_j}$ of every logit."),
        ),
        "no_mask": Mistake(
            vi=("quên đạo hàm ReLU", "Khi $z \\le 0$ đạo hàm của ReLU là 0 nên gradient dừng ở đó."),
            en=("ReLU mask forgotten", "Where $z \\le 0$ the derivative of ReLU is 0, and the gradient stops."),
        ),
        "times_value": Mistake(
            vi=("nhân với $R$ thay vì ReLU$'$", "Nhân với đạo hàm của ReLU (0 hoặc 1), không phải với giá trị của nó."),
            en=("times $R$ instead of ReLU$'$", "Multiply by the derivative of ReLU (0 or 1), not by its value."),
        ),
        "input_forgotten": Mistake(
            vi=("quên nhân với đầu vào", "$\\partial z/\\partial w_1 = x$: nhân thêm $x$."),
            en=("input forgotten", "$\\partial z/\\partial w_1 = x$: multiply by $x$."),
        ),
        "bias_times_input": Mistake(
            vi=("nhân đạo hàm của bias với $x$", "$\\partial z/\\partial b_1 = 1$: giữ nguyên $\\partial L/\\partial z$."),
            en=("bias gradient times $x$", "$\\partial z/\\partial b_1 = 1$: keep $\\partial L/\\partial z$ as it is."),
        ),
        "input_not_activation": Mistake(
            vi=(
                "nhân với $x$ thay vì $R$ khi lan truyền ngược",
                "$\\partial h_i/\\partial w_{2,i} = R$: nhân với $R$, đầu vào của lớp thứ hai.",
            ),
            en=("$x$ used instead of $R$ going back", "$\\partial h_i/\\partial w_{2,i} = R$: multiply by $R$, the second layer's input."),
        ),
    },
)
def relu_softmax(sheet, *, x, w1, b1, w2, label):
    """One ReLU unit, m logits, softmax and cross-entropy: every value forward and every derivative backward.

    x, w1, b1 (…); w2 (…, m), one weight per output; label (…), from 0.
    Steps z, R, loss, dR, dz, dw1, db1 (…); h, yhat, dh, dw2 (…, m); dR is ∂L/∂R.
    Convention: ReLU′(0) = 0, ln is natural.  Source: exam 2024, Câu 1 to 4.
    """
    z = sheet.step("z", r"@w1 \cdot @x + @b1", w1 * x + b1, bias_forgotten=w1 * x, added_weight=w1 + x + b1)
    R = sheet.step("R", r"\max(0, @z)", np.maximum(z, 0.0), no_relu=z, step_function=(z > 0) * 1.0)
    h = sheet.step(
        "h",
        r"@w2 \cdot @R",
        w2 * R[..., None],
        input_not_hidden=w2 * x[..., None],
        hidden_weights_swapped=w2[..., ::-1] * R[..., None],
        weight_added_to_hidden=w2 + R[..., None],
    )
    yhat = sheet.step(
        "yhat",
        r"\frac{e^{@h}}{\sum e^{@h}}",
        softmax(h),
        not_normalised=np.exp(h),
        no_exponential=h / h.sum(-1, keepdims=True),
        sigmoid=1 / (1 + np.exp(-h)),
    )
    y = one_hot(label, w2.shape[-1])
    p = (yhat * y).sum(-1)
    cross_entropy(sheet, r"-\ln @yhat_{@label}", p, log_of(p, (log_softmax(h) * y).sum(-1)))
    dh = logit_error(sheet, yhat, y)
    dR = sheet.step("dR", r"\sum_i \left(@dh \odot @w2\right)_i", (dh * w2).sum(-1), **branch_slips(dh, w2, y))
    dz = sheet.step("dz", r"@dR \cdot [\,@z > 0\,]", dR * (z > 0), no_mask=dR, times_value=dR * R)
    sheet.step("dw1", r"@dz \cdot @x", dz * x, input_forgotten=dz)
    sheet.step("db1", r"@dz", dz * 1.0, bias_times_input=dz * x)
    sheet.step("dw2", r"@dh \cdot @R", dh * R[..., None], input_not_activation=dh * x[..., None])


@solver(
    givens={"yhat": probabilities("m"), "w2": real("m"), "label": index("m")},
    symbols=SYMBOLS
    | {"dhdR": r"\frac{\partial \mathbf{h}}{\partial R}", "dhdR[]": r"\frac{\partial h_{{i}}}{\partial R}", "branches": r"\mathbf{q}"},
    words=WORDS
    | {
        "p": ("xác suất của nhãn đúng", "probability of the true label"),
        "branches": ("đóng góp của từng nhánh", "contribution of each branch"),
    },
    mistakes=LOSS
    | ERROR
    | BRANCHES
    | {
        "other_class": Mistake(
            vi=("lấy xác suất của lớp khác", "Lấy thành phần của $\\hat{y}$ ở vị trí nhãn đúng $y$, đếm từ 0."),
            en=("probability of another class", "Take the entry of $\\hat{y}$ at the true label $y$, counted from 0."),
        ),
    },
)
def softmax_backward(sheet, *, yhat, w2, label):
    """From given softmax outputs: the loss, and ∂L/∂R in the three stages of the worked solution.

    yhat, w2 (…, m); label (…), from 0.  Steps p, loss, dR (…); dh, dhdR, branches (…, m).
    Source: exam 2024, Câu 2 and 3; their solutions, stages 1 to 3.
    """
    y = one_hot(label, w2.shape[-1])
    p = sheet.step("p", r"@yhat_{@label}", (yhat * y).sum(-1), other_class=(yhat * (1 - y)).sum(-1))
    cross_entropy(sheet, r"-\ln @p", p, np.log(p))
    dh = logit_error(sheet, yhat, y)
    dhdR = sheet.step("dhdR", "@w2", w2 * 1.0)
    branches = sheet.step("branches", r"@dh \odot @dhdR", dh * dhdR)
    sheet.step("dR", r"\sum_i @branches_{i}", branches.sum(-1), **branch_slips(dh, dhdR, y))


@solver(
    givens={"x": real(), "w1": real(), "b1": real(), "dw1": real()},
    words=WORDS,
    symbols={"dRdz": r"\frac{\partial R}{\partial z}"},
    kinks=("z",),
    mistakes={
        "multiplied": Mistake(
            vi=(
                "nhân với $x$ thay vì chia",
                "$\\partial L/\\partial w_1 = \\partial L/\\partial z \\cdot x$, nên đi ngược lại phải chia cho $x$.",
            ),
            en=(
                "multiplied by $x$, not divided",
                "$\\partial L/\\partial w_1 = \\partial L/\\partial z \\cdot x$, so going the other way divides by $x$.",
            ),
        ),
        "input_ignored": Mistake(
            vi=("bỏ qua $x$", "$\\partial z/\\partial w_1 = x$ chứ không phải 1: chia cho $x$."),
            en=("$x$ ignored", "$\\partial z/\\partial w_1 = x$, not 1: divide by $x$."),
        ),
        "divided_by_weight": Mistake(
            vi=("chia cho $w_1$", "$\\partial z/\\partial w_1$ là $x$, không phải $w_1$: chia cho $x$."),
            en=("divided by $w_1$", "$\\partial z/\\partial w_1$ is $x$, not $w_1$: divide by $x$."),
        ),
        "value_as_slope": Mistake(
            vi=("lấy giá trị $R$ làm đạo hàm", "Với $z > 0$ đạo hàm của ReLU là 1, không phải $R$: chia cho 1."),
            en=("value of ReLU as its slope", "For $z > 0$ the derivative of ReLU is 1, not $R$: divide by 1."),
        ),
        "bias_forgotten": Mistake(
            vi=("quên bias", "Cộng thêm $b_1$ vào $w_1 x$."),
            en=("bias forgotten", "Add $b_1$ to $w_1 x$."),
        ),
    },
)
def relu_inverse(sheet, *, x, w1, b1, dw1):
    """From a given ∂L/∂w₁ back to ∂L/∂R: the chain rule read from right to left.

    All scalars (…).  Steps z, dRdz, dz, dR.  Not finite where the ReLU is off or x is 0.
    Source: exam 2024, Câu 4; its solution.
    """
    z = sheet.step("z", r"@w1 \cdot @x + @b1", w1 * x + b1, bias_forgotten=w1 * x)
    dRdz = sheet.step("dRdz", r"[\,@z > 0\,]", (z > 0) * 1.0, value_as_slope=np.maximum(z, 0.0))
    dz = sheet.step(
        "dz",
        r"\frac{@dw1}{@x}",
        dw1 / x,
        multiplied=dw1 * x,
        input_ignored=dw1 * 1.0,
        divided_by_weight=dw1 / w1,
    )
    sheet.step("dR", r"\frac{@dz}{@dRdz}", dz / dRdz)
