"""The data of a threshold's picture: samples of one feature with their labels, and where ŷ = 1/2 before the step and after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from questions.model import Words
from questions.pictures.curves import Curve, grids, piece
from questions.pictures.quantities import Answers, Point, Release, Symbol, asks_numbers, entered, reachable, row, spoken
from questions.variant import Variant


@dataclass(frozen=True)
class ThresholdPicture:
    """Samples over one feature, at the height of their label 0 or 1.

    `walls`: by whose weights (given, own, true), where ŷ = 1/2.  `own` and `true` are ŷ at the samples.  After release `curves`
    are ŷ before the step and after it.
    """

    low: float
    high: float
    samples: tuple[tuple[float, int], ...]
    walls: tuple[tuple[str, float], ...]
    own: tuple[Point, ...]
    true: tuple[Point, ...]
    curves: tuple[Curve, ...]
    alt: Words


def threshold(variant: Variant, answers: Answers, release: Release | None) -> ThresholdPicture:
    """Logistic regression on one feature and a bias."""
    xs, labels = np.asarray(variant.givens["X"], dtype=float)[:, 0].tolist(), row(variant.givens["y"])
    theta = row(variant.givens["theta"])
    moved = any(part.ask is not None and part.step in ("dtheta", "thetanew") for part in variant.question.parts)
    after = row(release["thetanew"]) if release and moved else None
    walls: list[tuple[str, Sequence[float | None]]] = [
        ("given", theta),
        ("own", entered(variant, answers, "thetanew", 2)),
        ("true", after or []),
    ]
    found = tuple((whose, x) for whose, weights in walls if (x := crossing(weights)) is not None)
    own = tuple((x, y) for x, y in zip(xs, entered(variant, answers, "yhat", len(xs)), strict=True) if y is not None)
    true = tuple(zip(xs, row(release["yhat"]), strict=True)) if release else ()
    span = max(xs) - min(xs) or max(1.0, abs(xs[0]))
    marks = [*xs, *(x for whose, x in found if min(xs) - span <= x <= max(xs) + span)]
    low, high = min(marks) - 0.2 * span, max(marks) + 0.2 * span
    curves: tuple[Curve, ...] = ()
    if release:
        (grid,) = grids(low, high)
        tables = [theta, *([after] if after else [])]
        curves = tuple(Curve(Symbol("y", hat=True), (piece(grid, 1 / (1 + np.exp(-np.clip(w * grid + b, -500, 500)))),)) for w, b in tables)
    samples = tuple((x, int(label)) for x, label in zip(xs, labels, strict=True))
    shown = found if moved or asks_numbers(variant, "yhat") else found[:1]
    return told(ThresholdPicture(low, high, samples, shown, own, true, curves, Words(vi="-", en="-")))


def crossing(weights: Sequence[float | None]) -> float | None:
    """Where w·x + b = 0; None where there is no such place, or none that could be drawn."""
    w, b = weights if len(weights) == 2 else (None, None)
    return reachable(-b / w) if w and b is not None else None


VI = {
    "samples": "Trục ngang là đặc trưng x; các mẫu theo nhãn: {samples}.",
    "sample": "x = {x} có nhãn {label}",
    "given": "Trước bước cập nhật, ŷ = 1/2 tại x = {x}.",
    "wall": "Với trọng số của bạn, ŷ = 1/2 tại x = {x}.",
    "after": "Sau bước cập nhật, ŷ = 1/2 tại x = {x}.",
    "own": "Bạn điền: {points}.",
    "none": "Bạn chưa điền giá trị nào của hình này.",
    "true": "Đúng là: {points}.",
    "curves": "Đường chấm là ŷ theo x trước bước cập nhật, đường liền là sau đó.",
    "curve": "Đường chấm là ŷ theo x.",
}
EN = {
    "samples": "To the right runs the feature x; the samples by label: {samples}.",
    "sample": "x = {x} is labelled {label}",
    "given": "Before the update ŷ = 1/2 at x = {x}.",
    "wall": "With your weights ŷ = 1/2 at x = {x}.",
    "after": "After the update ŷ = 1/2 at x = {x}.",
    "own": "You entered: {points}.",
    "none": "You have entered nothing of what this picture shows yet.",
    "true": "The true values: {points}.",
    "curves": "The dotted curve is ŷ over x before the update, the solid one after it.",
    "curve": "The dotted curve is ŷ over x.",
}


def told(silent: ThresholdPicture) -> ThresholdPicture:
    """The picture of a threshold together with its text."""
    return replace(silent, alt=Words(vi=" ".join(sentences(silent, VI)), en=" ".join(sentences(silent, EN))))


def sentences(picture: ThresholdPicture, say: dict[str, str]) -> Iterator[str]:
    """What the picture of a threshold shows, in sentences."""
    yield say["samples"].format(samples="; ".join(say["sample"].format(x=spoken(x), label=label) for x, label in picture.samples))
    for whose, x in picture.walls:
        yield say[{"given": "given", "own": "wall", "true": "after"}[whose]].format(x=spoken(x, 5))
    if picture.own:
        yield say["own"].format(points=values(picture.own))
    elif all(whose != "own" for whose, _ in picture.walls):
        yield say["none"]
    if picture.true:
        yield say["true"].format(points=values(picture.true))
    if picture.curves:
        yield say["curves" if len(picture.curves) > 1 else "curve"]


def values(points: Sequence[Point]) -> str:
    return "; ".join(f"ŷ({spoken(x)}) = {spoken(y, 7)}" for x, y in points)
