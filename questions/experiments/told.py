"""An experiment in words of both languages, made from its specification: what is trained, how, what one step changed, what came out."""

from __future__ import annotations

from questions.experiments.evidence import Metric, Training
from questions.experiments.fairness import spread
from questions.experiments.labels import LABELS
from questions.experiments.references import reference
from questions.model import Words
from solvers.experiments.chain import EXPERIMENTS, PREVIOUS
from solvers.experiments.specification import Adam, Adopt, Momentum, Optimiser, RmsProp, Sgd, Specification

METRICS: dict[Metric, Words] = {
    "running_train": Words(
        vi="độ chính xác chạy: tỉ lệ đúng trên các batch huấn luyện trong epoch, mỗi batch tính trước khi cập nhật",
        en="the running training accuracy: the share right on the epoch's batches, each before its update",
    ),
    "train": Words(
        vi="độ chính xác trên toàn tập huấn luyện, tính lại sau epoch, ở chế độ đánh giá",
        en="the accuracy on the whole training set, computed anew after the epoch, in evaluation mode",
    ),
    "test": Words(
        vi="độ chính xác trên tập kiểm thử, tính sau epoch, ở chế độ đánh giá",
        en="the accuracy on the test set, computed after the epoch, in evaluation mode",
    ),
    "gradient_ratio": Words(
        vi="chuẩn gradient của trọng số lớp cuối chia cho chuẩn gradient của trọng số lớp đầu, trung bình của epoch",
        en="the gradient norm of the last layer's weights divided by that of the first layer's, each a mean over the epoch",
    ),
}
ACTIVATIONS = {
    "sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU", "gelu": "GELU", "silu": "SiLU", "identity": "identity",
    "glu": r"GLU $a \odot \sigma(b)$", "swiglu": r"SwiGLU $a\,\sigma(a) \odot b$",
}  # fmt: skip


def both(text: str) -> Words:
    return Words(vi=text, en=text)


def widths(spec: Specification) -> str:
    return "–".join(map(str, spec.network.widths))


def layers(spec: Specification) -> Words:
    """The widths, and what follows every hidden layer."""
    net = spec.network
    after = ("BatchNorm1d → " if net.normalisation == "batch" else "") + ACTIVATIONS[net.activation]
    halves = " ($a$, $b$: hai nửa)" if net.gated else "", " ($a$, $b$: the two halves)" if net.gated else ""
    twice = (
        "; trước cổng, mỗi lớp ẩn rộng gấp đôi" if net.gated else "",
        "; before its gate every hidden layer is twice as wide" if net.gated else "",
    )
    if len(net.widths) == 2:
        return both(widths(spec))
    return Words(
        vi=f"{widths(spec)}; sau mỗi lớp ẩn tuyến tính: {after}{halves[0]}{twice[0]}; lớp cuối chỉ tuyến tính",
        en=f"{widths(spec)}; after each linear hidden layer: {after}{halves[1]}{twice[1]}; the last layer is linear only",
    )


def skip(spec: Specification) -> Words:
    """The skip connection, or that there is none."""
    link = spec.network.skip
    if link is None:
        return Words(vi="không có kết nối tắt", en="no skip connection")
    return Words(
        vi=f"đầu ra lớp ẩn {link.source} (sau kích hoạt) được cộng vào đầu ra lớp ẩn {link.target}, tức vào đầu vào lớp sau đó",
        en=f"the output of hidden layer {link.source} (after activation) is added to that of layer {link.target}, the input of the next",
    )


def weights(spec: Specification) -> Words:
    """How weights and biases start."""
    start = spec.initialisation
    if start.weights == "torch_default":
        return Words(vi="mặc định của PyTorch", en="PyTorch's default")
    law = {
        "normal": rf"$\mathcal{{N}}(0, {start.std:g}^2)$" if start.std else "",
        "he_normal": r"He, $\mathcal{N}(0, 2/n_{in})$",
        "xavier_normal": r"Xavier, $\mathcal{N}(0, 2/(n_{in}+n_{out}))$",
        "xavier_uniform": r"Xavier, $\mathcal{U}(\pm\sqrt{6/(n_{in}+n_{out})})$",
        "zero": "$0$",
    }[start.weights]
    return Words(vi=f"trọng số {law}, bias 0", en=f"weights {law}, biases 0")


def spaced(count: int) -> str:
    """A whole number as Vietnamese prints it, without a comma that could be taken for the decimal sign."""
    return f"{count:,}".replace(",", "\u00a0")


def tiny(value: float) -> str:
    """A small constant as a power of ten where it is one."""
    digits, _, power = f"{value:g}".partition("e-")
    raised = "10⁻" + power.lstrip("0").translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return raised if power and digits == "1" else f"{value:g}"


def optimiser(one: Optimiser) -> Words:
    """An optimiser with every hyper-parameter."""
    match one:
        case Sgd(lr):
            return both(f"SGD (lr {lr:g})")
        case Momentum(lr, beta, form):
            law = r"$v \leftarrow \beta v + g$" if form == "heavy_ball" else r"$v \leftarrow \beta v + (1-\beta)g$"
            return Words(vi=f"SGD với momentum (lr {lr:g}, β {beta:g}, {law})", en=f"SGD with momentum (lr {lr:g}, β {beta:g}, {law})")
        case RmsProp(lr, gamma, eps):
            return Words(
                vi=f"RMSProp (lr {lr:g}, γ {gamma:g}, ε {tiny(eps)} ngoài căn)",
                en=f"RMSProp (lr {lr:g}, γ {gamma:g}, ε {tiny(eps)} outside the root)",
            )
        case Adam(lr, beta1, beta2, eps):
            told = f"Adam (lr {lr:g}, β₁ {beta1:g}, β₂ {beta2:g}, ε {tiny(eps)}"
            return Words(vi=f"{told} ngoài căn, có hiệu chỉnh bias)", en=f"{told} outside the root, with bias correction)")
        case Adopt(lr, beta1, beta2, eps, clip):
            told = f"ADOPT (lr {lr:g}, β₁ {beta1:g}, β₂ {beta2:g}, ε {tiny(eps)}"
            bound = f"$\\pm t^{{{clip:g}}}$" if clip else ""
            vi, en = (f"ĝ bị chặn trong {bound}", f"ĝ clipped to {bound}") if clip else ("không chặn", "no clip")
            return Words(vi=f"{told}, {vi})", en=f"{told}, {en})")


def aspects(spec: Specification) -> dict[Words, Words]:
    """What a specification says, aspect by aspect."""
    data = spec.data
    seeds = f"{len(spec.seeds)}"
    images = "Fashion-MNIST" if data.name == "fashion-mnist" else "IDX"
    found = {
        Words(vi="Dữ liệu", en="Data"): Words(
            vi=f"{images}, {spaced(data.train)} ảnh huấn luyện, {spaced(data.test)} ảnh kiểm thử, mỗi byte chia cho 255",
            en=f"{images}, {data.train:,} training and {data.test:,} test images, every byte divided by 255",
        ),
        Words(vi="Mạng", en="Net"): layers(spec),
        Words(vi="Kết nối tắt", en="Skip connection"): skip(spec),
        Words(vi="Khởi tạo", en="Initialisation"): weights(spec),
        Words(vi="Thuật toán tối ưu", en="Optimiser"): optimiser(spec.optimiser),
        Words(vi="Huấn luyện", en="Training"): Words(
            vi=f"cross-entropy, batch {spec.batch}, xáo trộn lại mỗi epoch, {spec.dtype}",
            en=f"cross-entropy, batches of {spec.batch}, shuffled anew every epoch, {spec.dtype}",
        ),
        Words(vi="Số lần chạy", en="Runs"): Words(vi=f"{seeds} seed khác nhau", en=f"{seeds} different seeds"),
    }
    return {name: said for name, said in found.items() if spec.network.skip or name.en != "Skip connection"}


def specification(spec: Specification) -> Words:
    """The whole specification as a list."""
    lines = aspects(spec).items()
    return Words(
        vi="\n".join(f"- {name.vi}: {said.vi}." for name, said in lines), en="\n".join(f"- {name.en}: {said.en}." for name, said in lines)
    )


def changes(spec: Specification, other: Specification) -> list[tuple[Words, Words, Words]]:
    """What differs from another specification: the aspect, how it was, how it is now."""
    was, now = aspects(other), aspects(spec)
    none = Words(vi="không có", en="none")
    return [(name, was.get(name, none), now.get(name, none)) for name in now | was if was.get(name) != now.get(name)]


def changed(name: str, other: str) -> Words:
    """What one experiment changes of another, in a sentence without its verb."""
    found = changes(EXPERIMENTS[name], EXPERIMENTS[other])
    return Words(
        vi="; ".join(f"{aspect.vi.lower()}: {now.vi}" for aspect, _, now in found),
        en="; ".join(f"{aspect.en.lower()}: {now.en}" for aspect, _, now in found),
    )


def situation(training: Training) -> Words:
    """What a training question states: the first experiment whole, the others by what they change, the metric and the epoch."""
    first, others = start(training)
    metric = METRICS[training.metric]
    vi, en = [specification(EXPERIMENTS[first]).vi], [specification(EXPERIMENTS[first]).en]
    if others:
        lines = [(LABELS[name], variant(name, first, others)) for name in others]
        vi.append("Các biến thể:\n\n" + "\n".join(f"- **{label['vi']}**: {line.vi}." for label, line in lines))
        en.append("The variants:\n\n" + "\n".join(f"- **{label['en']}**: {line.en}." for label, line in lines))
    elif first in PREVIOUS:
        found = changes(EXPERIMENTS[first], EXPERIMENTS[PREVIOUS[first]])
        vi.append("Thay đổi so với bước trước:\n\n" + "\n".join(f"- {name.vi}: {was.vi} → **{now.vi}**." for name, was, now in found))
        lines_en = "\n".join(f"- {name.en}: {was.en} → **{now.en}**." for name, was, now in found)
        en.append(f"What changed from the step before:\n\n{lines_en}")
    vi.append(f"Đo sau epoch {training.epoch}: {metric.vi}.")
    en.append(f"Measured after epoch {training.epoch}: {metric.en}.")
    return Words(vi="\n\n".join(vi), en="\n\n".join(en))


def start(training: Training) -> tuple[str, list[str]]:
    """The experiment that is told whole, and those told by what they change: of a gain, the one before all changes comes first."""
    if training.asks == "gain":
        return PREVIOUS[training.experiments[0]], training.experiments
    chain = [name for name in EXPERIMENTS if name in training.experiments]
    return chain[0], chain[1:]


def variant(name: str, first: str, others: list[str]) -> Words:
    """What an experiment changes: of the one before it where that is told too, else of the first."""
    before = PREVIOUS[name] if PREVIOUS.get(name) in others else first
    line = changed(name, before)
    if before == first:
        return line
    return Words(vi=f"như “{LABELS[before]['vi']}”, nhưng {line.vi}", en=f"as “{LABELS[before]['en']}”, but {line.en}")


def outcome(training: Training) -> Words:
    """What the references gave: mean, standard deviation and range over the seeds of every experiment."""
    vi, en = [], []
    for name, values in training.samples().items():
        mean, deviation = spread(values)
        numbers, ends = f"{mean:.4f} ± {deviation:.4f}", (f"{min(values):.4f}", f"{max(values):.4f}")
        if training.metric == "gradient_ratio":
            numbers, ends = f"10^({mean:.3f} ± {deviation:.3f})", (f"{10 ** min(values):.0f}", f"{10 ** max(values):.0f}")
        vi.append(f"{LABELS[name]['vi']}: {numbers} (từ {ends[0]} đến {ends[1]})")
        en.append(f"{LABELS[name]['en']}: {numbers} ({ends[0]} to {ends[1]})")
    count = len(reference(training.experiments[0]).runs)
    return Words(
        vi=f"Chúng tôi đã chạy thật, {count} seed, sau epoch {training.epoch} (trung bình ± độ lệch chuẩn): " + "; ".join(vi) + ".",
        en=f"We ran it for real, {count} seeds, after epoch {training.epoch} (mean ± standard deviation): " + "; ".join(en) + ".",
    )
