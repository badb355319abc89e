"""The data of a training question's picture: the net layer by layer, and after release what every seed gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from questions.experiments import told
from questions.experiments.fairness import Band, spread
from questions.experiments.labels import LABELS
from questions.experiments.references import reference
from questions.model import Words
from questions.variant import Variant
from solvers.experiments.chain import EXPERIMENTS, PREVIOUS
from solvers.experiments.specification import Specification

ACTIVATIONS = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU", "gelu": "GELU", "silu": "SiLU", "glu": "GLU", "swiglu": "SwiGLU"}


@dataclass(frozen=True)
class Layer:
    """A linear layer with how many numbers enter and leave it, and what follows it; each with whether it is new in this step."""

    enters: int
    leaves: int
    resized: bool
    after: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Curves:
    """What the seeds of one experiment gave: an accuracy after every epoch, and the gradient norms by layer after the asked one.

    `own` is a student's own run of it, epoch by epoch; empty where there is none.
    """

    label: Words
    seeds: tuple[tuple[float, ...], ...]
    gradients: tuple[float, ...]
    own: tuple[float, ...]


@dataclass(frozen=True)
class TrainingPicture:
    """The net of the first experiment and its skip connection; after release the curves, the true band and the chosen one."""

    layers: tuple[Layer, ...]
    skip: tuple[int, int] | None
    skip_is_new: bool
    epoch: int
    curves: tuple[Curves, ...]
    band: Band | None
    chosen: Band | None
    alt: Words


Own = Mapping[str, Sequence[float]]
NONE: Own = MappingProxyType({})


def training(variant: Variant, picked: str, released: bool, own: Own = NONE) -> TrainingPicture:
    """The picture of a training question; `picked` is the letter the student chose, `own` are their own runs by experiment."""
    asked = variant.question.training
    assert asked is not None
    first, others = told.start(asked)
    spec = EXPERIMENTS[first]
    before = spec if others else EXPERIMENTS[PREVIOUS.get(first, first)]
    link = spec.network.skip
    drawn = TrainingPicture(
        layers=tuple(layers(spec, before)),
        skip=(link.source, link.target) if link else None,
        skip_is_new=link != before.network.skip,
        epoch=asked.epoch,
        curves=(),
        band=None,
        chosen=None,
        alt=Words(vi="-", en="-"),
    )
    if released:
        bands = (asked.bands or {}) if asked.metric != "gradient_ratio" else {}
        right = next((part.key for part in variant.question.parts if part.key), None) if bands else None
        found = tuple(curves(name, asked.accuracy, asked.epoch, own.get(name, ())) for name in asked.experiments)
        drawn = replace(drawn, curves=found, band=bands.get(right or ""), chosen=bands.get(picked))
    return replace(drawn, alt=Words(vi=" ".join(sentences(drawn, "vi")), en=" ".join(sentences(drawn, "en"))))


def layers(spec: Specification, before: Specification) -> Iterator[Layer]:
    """The layers of a net, with what is new beside another."""
    net, old = spec.network, before.network
    times = 2 if net.gated else 1
    for i, (enters, leaves) in enumerate(zip(net.widths, net.widths[1:], strict=False), start=1):
        last = i == len(net.widths) - 1
        same = len(net.widths) == len(old.widths) and (enters, leaves, net.gated or last) == (
            old.widths[i - 1],
            old.widths[i],
            old.gated or last,
        )
        after = () if last else tuple(following(spec, before))
        yield Layer(enters, leaves if last else times * leaves, not same, after)


def following(spec: Specification, before: Specification) -> Iterator[tuple[str, bool]]:
    """What follows a hidden layer."""
    if spec.network.normalisation == "batch":
        yield "BatchNorm1d", before.network.normalisation != "batch"
    yield ACTIVATIONS[spec.network.activation], spec.network.activation != before.network.activation


def curves(name: str, metric: str, epoch: int, own: Sequence[float] = ()) -> Curves:
    """What the seeds of an experiment gave, and a student."""
    found = reference(name)
    norms = np.mean([run.gradients[epoch - 1] for run in found.runs], axis=0)
    seeds = tuple(tuple(seed) for seed in found.accuracies(metric))
    return Curves(Words(**LABELS[name]), seeds, tuple(float(norm) for norm in norms), tuple(own))


@dataclass(frozen=True)
class RunsPicture:
    """The runs of several students, each by name with whether it is plausible, beside what every seed of the experiment gave."""

    seeds: tuple[tuple[float, ...], ...]
    runs: tuple[tuple[str, tuple[float, ...], bool], ...]
    alt: Words


def runs_picture(name: str, metric: str, runs: Sequence[tuple[str, Sequence[float], bool]]) -> RunsPicture:
    """The picture of students' runs of an experiment."""
    seeds = tuple(tuple(seed) for seed in reference(name).accuracies(metric))
    last = [seed[-1] for seed in seeds]
    told = {who: f"{who} {values[-1]:.4f}" for who, values, _ in runs}
    alt = Words(
        vi=f"{LABELS[name]['vi']}, sau {len(seeds[0])} epoch: {len(seeds)} seed của chúng tôi đạt từ {min(last):.4f} đến {max(last):.4f}. "
        f"Sinh viên: {'; '.join(told.values())}.",
        en=f"{LABELS[name]['en']}, after {len(seeds[0])} epochs: our {len(seeds)} seeds reach from {min(last):.4f} to {max(last):.4f}. "
        f"Students: {'; '.join(told.values())}.",
    )
    return RunsPicture(seeds, tuple((who, tuple(values), plausible) for who, values, plausible in runs), alt)


SAY = {
    "vi": {
        "net": "Mạng, từ đầu vào: {layers}.", "layer": "tuyến tính {enters} → {leaves}", "then": ", rồi {after}", "new": " (mới)",
        "skip": "Đầu ra lớp ẩn {0} được cộng vào đầu ra lớp ẩn {1}.",
        "curve": "{label}: sau epoch {epoch}, {count} seed đạt từ {low:.4f} đến {high:.4f}, trung bình {mean:.4f}; "
                 "sau epoch 1 trung bình {first:.4f}. Chuẩn gradient từ lớp đầu đến lớp cuối: {norms}.",
        "band": "Khoảng đúng: từ {0:g} đến dưới {1:g}.", "chosen": "Bạn chọn: từ {0:g} đến dưới {1:g}.",
        "own": "Lần chạy của bạn: {0}.", "own of": "Lần chạy của bạn ({label}): {0}.",
    },
    "en": {
        "net": "The net from its input: {layers}.", "layer": "linear {enters} → {leaves}", "then": ", then {after}", "new": " (new)",
        "skip": "The output of hidden layer {0} is added to that of hidden layer {1}.",
        "curve": "{label}: after epoch {epoch}, {count} seeds reach from {low:.4f} to {high:.4f}, {mean:.4f} on average; "
                 "after epoch 1 it is {first:.4f}. Gradient norms from the first layer to the last: {norms}.",
        "band": "The true band: from {0:g} to below {1:g}.", "chosen": "You chose: from {0:g} to below {1:g}.",
        "own": "Your run: {0}.", "own of": "Your run of {label}: {0}.",
    },
}  # fmt: skip


def sentences(picture: TrainingPicture, language: str) -> Iterator[str]:
    """What the picture shows, in sentences."""
    say = SAY[language]
    yield say["net"].format(layers="; ".join(layer_in_words(layer, say) for layer in picture.layers))
    if picture.skip:
        yield say["skip"].format(*picture.skip)
    for one in picture.curves:
        last = [seed[picture.epoch - 1] for seed in one.seeds]
        first = spread([seed[0] for seed in one.seeds])[0]
        norms = ", ".join(f"{norm:.2g}" for norm in one.gradients)
        low, high, mean = min(last), max(last), spread(last)[0]
        yield say["curve"].format(
            label=getattr(one.label, language),
            epoch=picture.epoch,
            count=len(last),
            low=low,
            high=high,
            mean=mean,
            first=first,
            norms=norms,
        )
    for key, band in (("band", picture.band), ("chosen", picture.chosen)):
        if band:
            yield say[key].format(*band)
    for one in picture.curves:
        if one.own:
            key = "own of" if len(picture.curves) > 1 else "own"
            yield say[key].format(", ".join(f"{value:.4g}" for value in one.own), label=getattr(one.label, language))


def layer_in_words(layer: Layer, say: dict[str, str]) -> str:
    """One layer and what follows it."""
    text = say["layer"].format(enters=layer.enters, leaves=layer.leaves) + say["new"] * layer.resized
    return text + "".join(say["then"].format(after=name) + say["new"] * new for name, new in layer.after)
