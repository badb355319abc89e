"""The data of a net's picture: its layers with every number that is given, asked or, after release, found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from questions.model import Part, Words
from questions.pictures.quantities import Answers, Quantity, Release, Symbol, row
from questions.variant import Variant
from solvers import notation
from solvers.worksheet import round_half_away

WIDEST = 4  # neurons in a layer that still can be told apart,
DENSEST = 9  # and weights between two layers
UNASKED_PLACES = 4


@dataclass(frozen=True)
class Neuron:
    """One unit: its output, and what else is known or asked of it (its bias, its value before the ReLU)."""

    output: Quantity
    facts: tuple[Quantity, ...] = ()


@dataclass(frozen=True)
class NetworkPicture:
    """A net of one hidden ReLU layer; without `outputs` the net goes on beyond it, unknown.

    `first[i][j]` is the weight from input i to hidden unit j, `second[j][i]` from there to output i.  `errors` are the
    derivatives by the outputs, `back` those that arrive at the hidden layer, `behind` those left of it, `between` those of the
    second layer's weights.
    """

    inputs: tuple[Quantity, ...]
    hidden: tuple[Neuron, ...]
    outputs: tuple[Neuron, ...]
    first: tuple[tuple[Quantity, ...], ...]
    second: tuple[tuple[Quantity, ...], ...]
    probabilities: tuple[Quantity, ...]
    loss: tuple[Quantity, ...]
    label: Quantity | None
    errors: tuple[Quantity, ...]
    back: tuple[Quantity, ...]
    behind: tuple[Quantity, ...]
    between: tuple[Quantity, ...]
    alt: Words


class Asked:
    """What a variant asks, and after release what is right."""

    def __init__(self, variant: Variant, release: Release | None) -> None:
        self.parts = [part for part in variant.question.parts if part.ask is not None]
        self.release = release or {}

    def part(self, step: str, entry: int | None) -> Part | None:
        """The part that asks a step, or one entry of it, counted along its last axis."""
        return next((p for p in self.parts if p.step == step and (not p.index or entry is None or p.index[-1] == entry)), None)

    def quantity(self, symbol: Symbol, step: str, entry: int | None = None) -> Quantity:
        part = self.part(step, entry)
        return Quantity(symbol, self.released(part, step, entry) if part else None, part is not None)

    def any(self, steps: Iterable[tuple[str, Symbol, int | None]]) -> tuple[Quantity, ...]:
        """Those of the steps that are asked."""
        return tuple(self.quantity(symbol, step, entry) for step, symbol, entry in steps if self.part(step, entry))

    def released(self, part: Part, step: str, entry: int | None) -> float | None:
        """The right value as the part wants it rounded; a matrix of several rows has no single one."""
        values = row(self.release[step]) if step in self.release else []
        at = entry or 0
        if at >= len(values) or (entry is None and len(values) > 1) or not np.isfinite(values[at]):
            return None
        if part.figures is not None:
            return float(f"{values[at]:.{part.figures - 1}e}")
        places = UNASKED_PLACES if part.places is None else part.places
        return float(round_half_away(values[at], 10.0**-places))


def by(symbol: Symbol) -> Symbol:
    """∂L/∂ of a symbol."""
    return Symbol(symbol.letter, symbol.sub, symbol.prime, symbol.hat, True)


def one_unit(variant: Variant, answers: Answers, release: Release | None) -> NetworkPicture | None:
    """The net of one ReLU unit, from whichever of its numbers are given."""
    givens = {name: row(value) for name, value in variant.givens.items()}
    asked = Asked(variant, release)
    text = variant.question.prompt.vi
    m = len(givens.get("w2", []))
    if m > WIDEST:
        return None
    X, Z, R, B, W = Symbol("x"), Symbol("z"), Symbol("R"), Symbol("b", "1"), Symbol("w", "1")
    H = [Symbol("h", str(i)) for i in range(m)]
    W2 = [Symbol("w", "2", prime=i > 0) if m == 2 and "w_2'" in text else Symbol("w", f"2,{i}") for i in range(m)]
    bias = [Quantity(B, b) for b in givens.get("b1", []) if b or "b1" in notation.holes(text)]
    facts = (*bias, *asked.any([("z", Z, None)]))
    known = {name: given(values) for name, values in givens.items()}
    shows_weights = "w_2" in text or "w2" in notation.holes(text)
    second = [Quantity(s, w if shows_weights else None) for s, w in zip(W2, givens.get("w2", []), strict=True)]
    yhat = [Quantity(Symbol("y", str(i), hat=True), p) for i, p in enumerate(givens.get("yhat", []))] or [
        asked.quantity(Symbol("y", str(i), hat=True), "yhat", i) for i in range(m)
    ]
    loss_asked = asked.any([("loss", Symbol("L"), None), ("p", Symbol("p"), None)])
    shows_label = "label" in notation.holes(text)
    label = Quantity(Symbol("y"), known["label"]) if shows_label and "label" in known else None
    behind = [Quantity(by(W), known["dw1"])] if "dw1" in known else []
    behind += asked.any([("dz", by(Z), None), ("dw1", by(W), None), ("db1", by(B), None)])
    return told(
        inputs=(Quantity(X, known.get("x")),),
        hidden=(Neuron(asked.quantity(R, "R"), facts),),
        outputs=tuple(Neuron(asked.quantity(h, "h", i)) for i, h in enumerate(H)),
        first=((Quantity(W, known.get("w1")),),),
        second=(tuple(second),),
        probabilities=tuple(yhat),
        loss=loss_asked or ((Quantity(Symbol("L")),) if label or not m else ()),
        label=label,
        errors=asked.any([("dh", by(h), i) for i, h in enumerate(H)]),
        back=asked.any([("dR", by(R), None)]),
        behind=tuple(behind),
        between=asked.any([("dw2", by(w), i) for i, w in enumerate(W2)]),
    )


def given(values: list[float]) -> float | None:
    """The number of a given that has but one."""
    return values[0] if len(values) == 1 else None


def batch(variant: Variant, answers: Answers, release: Release | None) -> NetworkPicture | None:
    """The net of two layers, its weights in either layout; of a batch of several samples only the weights are told."""
    arrays = {name: np.asarray(value, dtype=float) for name, value in variant.givens.items()}
    turned = variant.question.solver == "relu_softmax_linear"
    Wh, Wz = (arrays[name].T if turned else arrays[name] for name in ("Wh", "Wz"))
    (d, k), m = Wh.shape, Wz.shape[1]
    if max(d, k, m) > WIDEST or k * max(d, m) > DENSEST:
        return None
    asked = Asked(variant, release)
    samples, bh, bz, labels = arrays["X"].reshape(-1, d), row(arrays["bh"]), row(arrays["bz"]), row(arrays["y"])
    xs: list[float | None] = list(samples[0].tolist()) if len(samples) == 1 else [None] * d

    def unit(letter: str, j: int, before: str, bias: float) -> Neuron:
        facts: tuple[Quantity, ...] = (Quantity(Symbol("b", f"{letter},{j}"), bias),) if bias else ()
        facts += asked.any([(before, Symbol(before, str(j)), j)]) if before else ()
        return Neuron(asked.quantity(Symbol(letter, str(j)), letter, j), facts)

    return told(
        inputs=tuple(Quantity(Symbol("x", str(i)), x) for i, x in enumerate(xs)),
        hidden=tuple(unit("h", j, "a", b) for j, b in enumerate(bh)),
        outputs=tuple(unit("z", i, "", b) for i, b in enumerate(bz)),
        first=tuple(tuple(Quantity(Symbol(""), float(w)) for w in weights) for weights in Wh),
        second=tuple(tuple(Quantity(Symbol(""), float(w)) for w in weights) for weights in Wz),
        probabilities=tuple(asked.quantity(Symbol("y", str(i), hat=True), "yhat", i) for i in range(m)),
        loss=asked.any([("loss", Symbol("L"), None)]) or (Quantity(Symbol("L")),),
        label=Quantity(Symbol("y"), given(labels)) if len(labels) == 1 else None,
        errors=asked.any([("dz", by(Symbol("z", str(i))), i) for i in range(m)]),
        back=asked.any([("dh", by(Symbol("h")), None)]),
        behind=asked.any([("da", by(Symbol("a")), None), ("dWh", by(Symbol("W", "h")), None), ("dbh", by(Symbol("b", "h")), None)]),
        between=asked.any([("dWz", by(Symbol("W", "z")), None), ("dbz", by(Symbol("b", "z")), None)]),
    )


def told(**content: Any) -> NetworkPicture:
    """The picture of a net together with its text."""
    silent = NetworkPicture(**content, alt=Words(vi="-", en="-"))
    return NetworkPicture(**content, alt=Words(vi=" ".join(sentences(silent, VI)), en=" ".join(sentences(silent, EN))))


VI = {
    "net": "Mạng nơ-ron: {inputs}; lớp ẩn ReLU {hidden}",
    "outputs": "; logit {outputs}; softmax cho {probabilities}",
    "on": "; sau đó mạng còn đi tiếp đến L",
    "weights": "Trọng số: {weights}.",
    "edge": "từ {source} đến {target}: {weight}",
    "known": "Đã cho thêm: {known}.",
    "label": "Nhãn đúng: {label}.",
    "find": "Cần tìm: {find}.",
    "found": "Đáp án: {found}.",
}
EN = {
    "net": "A network: {inputs}; hidden ReLU layer {hidden}",
    "outputs": "; logits {outputs}; the softmax gives {probabilities}",
    "on": "; from there the net goes on to L",
    "weights": "Weights: {weights}.",
    "edge": "from {source} to {target}: {weight}",
    "known": "Also given: {known}.",
    "label": "True label: {label}.",
    "find": "To find: {find}.",
    "found": "The answer: {found}.",
}


def sentences(net: NetworkPicture, say: dict[str, str]) -> Iterable[str]:
    """What a net shows, in sentences."""
    names = {name: ", ".join(str(n.output.symbol) for n in getattr(net, name)) for name in ("hidden", "outputs")}
    inputs = ", ".join(map(str, net.inputs))
    rest = say["outputs"].format(outputs=names["outputs"], probabilities=", ".join(str(p) if p.value is not None else str(p.symbol)
                                 for p in net.probabilities)) if net.outputs else say["on"]  # fmt: skip
    yield say["net"].format(inputs=inputs, hidden=names["hidden"]) + rest + "."
    layers = ((net.inputs, net.hidden, net.first), ([n.output for n in net.hidden], net.outputs, net.second))
    weights = [
        say["edge"].format(source=source.symbol, target=target.output.symbol, weight=weight)
        for sources, targets, edges in layers
        for source, from_here in zip(sources, edges, strict=True)
        for target, weight in zip(targets, from_here, strict=True)
        if weight.value is not None
    ]
    if weights:
        yield say["weights"].format(weights="; ".join(weights))
    neurons = [*net.hidden, *net.outputs]
    marked = [*(f for n in neurons for f in n.facts), *(n.output for n in neurons), *net.probabilities, *net.loss]
    marked += [*net.errors, *net.back, *net.behind, *net.between]
    known = [q for q in marked if q.value is not None and not q.asked and q not in net.probabilities]
    if known:
        yield say["known"].format(known=", ".join(map(str, known)))
    if net.label is not None:
        yield say["label"].format(label=net.label)
    for key, group in (
        ("find", [str(q.symbol) for q in marked if q.asked and q.value is None]),
        ("found", [str(q) for q in marked if q.asked and q.value is not None]),
    ):
        if group:
            yield say[key].format(**{key: ", ".join(group)})
