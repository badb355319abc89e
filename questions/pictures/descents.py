"""The data of a descent in one coordinate: the start, the student's own steps on the axis, and after release the curve they go down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from questions.model import Words
from questions.pictures.curves import Curve, grids, piece, values
from questions.pictures.quantities import FARTHEST, Answers, Point, Release, Symbol, asks_numbers, entered, number_entered, row, spoken
from questions.variant import Variant

WIDEST = 3  # coordinates beside each other
LONGEST = 12  # steps that still can be told apart
FAR = 30.0  # starts away: an entry so far off does not stretch the axis


@dataclass(frozen=True)
class Descent:
    """One coordinate: where it starts, the student's steps and the true ones; all heights are 0 before release."""

    variable: Symbol
    low: float
    high: float
    start: Point
    own: tuple[Point, ...]
    true: tuple[Point, ...]
    curve: Curve


@dataclass(frozen=True)
class DescentPicture:
    """The descents of a question, one for each coordinate."""

    panels: tuple[Descent, ...]
    alt: Words


def composite(variant: Variant, answers: Answers, release: Release | None) -> DescentPicture | None:
    """One step down g(f(x)) with g(u) = u³ + c u + 2, or down ln(u), from the u that the solver gives."""
    if not release and not asks_numbers(variant, "x1"):
        return None
    log = variant.question.solver == "log_quartic"

    def heights(xs: Any) -> Any:
        (u,) = values(variant, "x0", xs, "u", vector=False)
        return np.log(u) if log else u**3 + float(variant.givens["c"]) * u + 2

    own = number_entered(variant, answers, "x1")
    start = float(variant.givens["x0"])
    true = row(release["x1"]) if release else []
    return told((descent(Symbol("x"), start, [own] if own is not None else [], true, heights if release else None),))


def contraction(variant: Variant, answers: Answers, release: Release | None) -> DescentPicture | None:
    """Steps down aᵢwᵢ²: every one multiplies by the student's own factor, and the last is what they say it is."""
    a, w0, count = row(variant.givens["a"]), row(variant.givens["w0"]), int(variant.givens["steps"])
    if len(a) > WIDEST or count > LONGEST or not (release or asks_numbers(variant, "q", "last")):
        return None
    factors, last = entered(variant, answers, "q", len(a)), entered(variant, answers, "last", len(a))
    panels = []
    for i, (steepness, start) in enumerate(zip(a, w0, strict=True)):
        own = list(powers(start, factors[i], count))
        end = last[i]
        if end is not None:
            own = [*own[: count - 1], end]
        true = list(powers(start, row(release["q"])[i], count)) if release else []
        panels.append(descent(Symbol("w", str(i + 1)), start, own, true, partial(parabola, steepness) if release else None))
    return told(tuple(panels))


def parabola(steepness: float, xs: Any) -> Any:
    return steepness * np.square(xs)


def powers(start: float, factor: float | None, count: int) -> Iterator[float]:
    """The start times a factor, and again; as far as it can be drawn."""
    at = start
    for _ in range(count if factor is not None else 0):
        at *= factor or 0.0
        if abs(at) > FARTHEST:
            return
        yield at


def descent(name: Symbol, start: float, own: Sequence[float], true: Sequence[float], heights: Callable[[Any], Any] | None) -> Descent:
    """One coordinate with its range, and with heights once these are released."""
    core = [0.0, start, *true]
    most = FAR * (abs(start) or 1.0) if not true else 2 * (max(core) - min(core))
    core += [x for x in own if abs(x) <= most]
    room = 0.18 * ((max(core) - min(core)) or 1.0)
    low, high = min(core) - room, max(core) + room

    def on(xs: Sequence[float]) -> tuple[Point, ...]:
        ys = heights(np.clip(np.array(xs, dtype=float), low, high)) if heights else np.zeros(len(xs))
        return tuple((float(x), float(y)) for x, y in zip(xs, ys, strict=True))

    pieces = (piece(grid := grids(low, high)[0], heights(grid)),) if heights else ()
    return Descent(name, low, high, on([start])[0], on(own), on(true), Curve(Symbol("f"), pieces))


VI = {
    "before": "Trục {name}: xuất phát từ {start}.",
    "after": "Đồ thị của hàm theo {name}, từ {low} đến {high}; xuất phát từ {start}, ở độ cao {height}.",
    "own": "Các bước của bạn: {points}.",
    "none": "Bạn chưa điền bước nào.",
    "true": "Các bước đúng: {points}.",
}
EN = {
    "before": "An axis of {name}: the start is {start}.",
    "after": "The graph of the function over {name}, from {low} to {high}; the start is {start}, at the height {height}.",
    "own": "Your steps: {points}.",
    "none": "You have entered no step yet.",
    "true": "The true steps: {points}.",
}


def told(panels: tuple[Descent, ...]) -> DescentPicture:
    """The picture of the descents together with its text."""
    return DescentPicture(panels, Words(vi=" ".join(sentences(panels, VI)), en=" ".join(sentences(panels, EN))))


def sentences(panels: Sequence[Descent], say: dict[str, str]) -> Iterator[str]:
    """What the descents show, in sentences."""
    for one in panels:
        yield say["after" if one.curve.pieces else "before"].format(
            name=one.variable,
            start=spoken(one.start[0], 7),
            height=spoken(one.start[1], 5),
            low=spoken(one.low, 3),
            high=spoken(one.high, 3),
        )
        yield say["own"].format(points=", ".join(spoken(x, 7) for x, _ in one.own)) if one.own else say["none"]
        if one.true:
            yield say["true"].format(points=", ".join(spoken(x, 7) for x, _ in one.true))
