"""The data of a function's picture: where it is asked, what the student says there, and after release the curve and its derivative."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from questions.model import Words
from questions.pictures.curves import Curve, grids, joined, piece, values
from questions.pictures.quantities import Answers, Release, Symbol, asks_numbers, entered, reachable, row, spoken
from questions.variant import Variant


@dataclass(frozen=True)
class Spot:
    """An x that is asked: by curve what the student has there, and after release what is right.

    A `found` x is no given but itself an answer, the student's (`own`) or the true one.
    """

    at: float
    name: Symbol
    own: tuple[float | None, ...]
    true: tuple[float | None, ...]
    found: bool = False


@dataclass(frozen=True)
class FunctionPicture:
    """Curves over the range from `low` to `high`; with `slopes` the second is the derivative of the first, else both are values."""

    variable: Symbol
    low: float
    high: float
    spots: tuple[Spot, ...]
    curves: tuple[Curve, ...]
    slopes: bool
    alt: Words


@dataclass(frozen=True)
class Function:
    """Where a solver has what: the given that runs along the axis, and the steps that are curves, with their names.

    `least` is how far on both sides of zero the shape of the curve asks to be seen.
    """

    given: str
    steps: tuple[str, ...]
    names: tuple[Symbol, ...]
    slopes: bool = True
    vector: bool = True
    seams: tuple[float, ...] = ()
    least: float = 3.0


F, DF = Symbol("f"), Symbol("f", prime=1)
SMOOTH = Function("x", ("y", "slope"), (F, DF))
SEAMED = Function("x", ("y", "slope"), (F, DF), seams=(0.0,))
DW, D2W = Symbol("L", prime=1), Symbol("L", prime=2)
TANGENTS = Function("x", ("exact", "line", "cubic"), (Symbol("y"), Symbol("p"), Symbol("q")), slopes=False, least=1.5)
FUNCTIONS = {
    "relu": Function("x", ("y", "slope"), (F, DF), seams=(0.0,), least=1.0),
    "prelu": Function("x", ("y", "slope"), (F, DF), seams=(0.0,), least=1.0),
    "elu": SEAMED,
    "selu": SEAMED,
    "sigmoid": Function("x", ("y", "slope"), (F, DF), least=5.0),
    "tanh": SMOOTH,
    "swish": SMOOTH,
    "gelu": SMOOTH,
    "tanh_by_sigmoid": Function("x", ("y",), (Symbol("y"),), slopes=False),
    "tanh_series": TANGENTS,
    "sigmoid_series": TANGENTS,
    "mse_sigmoid": Function("w", ("dw", "d2w"), (DW, D2W), vector=False),
}


def function(variant: Variant, answers: Answers, release: Release | None) -> FunctionPicture | None:
    """An activation, or another function of one number, at the asked places."""
    known = FUNCTIONS[variant.question.solver or ""]
    if not release and not asks_numbers(variant, *known.steps):
        return None
    xs = row(variant.givens[known.given])
    own = [entered(variant, answers, step, *([len(xs)] if known.vector else [])) for step in known.steps]
    true = [row(release[step]) if release else [None] * len(xs) for step in known.steps]
    shown = shown_entries(variant, known.steps, len(xs))
    spots = tuple(
        Spot(
            x,
            Symbol(known.given, str(i + 1) if len(xs) > 1 else ""),
            tuple(column[i] for column in own),
            tuple(reachable(column[i]) for column in true),
        )
        for i, x in enumerate(xs)
        if i in shown
    )
    low, high = reach([spot.at for spot in spots], known.least)
    curves = tuple(Curve(name) for name in known.names)
    if release:
        parts = [(grid, values(variant, known.given, grid, *known.steps, vector=known.vector)) for grid in grids(low, high, known.seams)]
        curves = tuple(Curve(name, joined(piece(grid, ys[i]) for grid, ys in parts)) for i, name in enumerate(known.names))
    return told(variable=Symbol(known.given), low=low, high=high, spots=spots, curves=curves, slopes=known.slopes)


def shown_entries(variant: Variant, steps: Sequence[str], count: int) -> set[int]:
    """Which entries are asked: all where a part asks a whole step, or something made of all of them."""
    asked = [part for part in variant.question.parts if part.ask is not None]
    return {part.index[-1] for part in asked if part.index} if all(part.index for part in asked) else set(range(count))


def reach(xs: Sequence[float], least: float) -> tuple[float, float]:
    """A range with zero in it and room around, so that a curve shows its shape."""
    far = max(least, *map(abs, xs))
    return min(-least, *(x - 0.15 * far for x in xs)), max(least, *(x + 0.15 * far for x in xs))


def critical(variant: Variant, answers: Answers, release: Release | None) -> FunctionPicture | None:
    """A polynomial of degree five with its critical points, where the derivative crosses or touches zero."""
    if not release and not asks_numbers(variant, "x"):
        return None
    count = 2 if variant.question.solver == "quintic_saddle" else 4
    own = entered(variant, answers, "x", count)
    right = [x for x in row(release["x"]) if np.isfinite(x)] if release else []
    true = sorted({*right, *([0.0] * (count == 2 and bool(release)))})
    names = [Symbol("x", str(i + 1)) for i in range(count)]
    spots = [Spot(x, name, (None, 0.0), (None, None), found=True) for x, name in zip(own, names, strict=True) if x is not None]
    near = [x for x in row([x for x in own if x is not None]) if abs(x) <= 4 * max([2.0, *map(abs, true)])]
    far = max([1.0, *map(abs, true), *map(abs, near)])
    low, high = -1.15 * far, 1.15 * far
    curves: tuple[Curve, ...] = (Curve(F), Curve(DF))
    if release:
        polynomial = [float(variant.givens.get(name, 0)) for name in ("c5", "c4", "c3", "c2", "c1")] + [0.0]
        slope = np.polyder(np.array(polynomial))
        low, high = -1.3 * max(map(abs, true), default=1.0), 1.3 * max(map(abs, true), default=1.0)
        (grid,) = grids(low, high)
        curves = tuple(Curve(name, (piece(grid, np.polyval(p, grid)),)) for name, p in ((F, polynomial), (DF, slope)))
        spots += [
            Spot(
                x,
                Symbol("x", str(right.index(x) + 1)) if x in right else Symbol("0"),
                (None, None),
                (float(np.polyval(polynomial, x)), 0.0),
                found=True,
            )
            for x in true
        ]
    return told(variable=Symbol("x"), low=low, high=high, spots=tuple(spots), curves=curves, slopes=True)


VI = {
    "before": "Trục số theo {variable} với các điểm được hỏi: {spots}.",
    "empty": "Trục số theo {variable}, chưa có điểm nào.",
    "after": "Đồ thị của {names} theo {variable}, từ {low} đến {high}, với các điểm: {spots}.",
    "derivative": "Nét đứt là đạo hàm {name}.",
    "own": "Bạn điền: {own}.",
    "none": "Bạn chưa điền giá trị nào của hình này.",
    "true": "Đúng là: {true}.",
    "and": " và ",
}
EN = {
    "before": "An axis of {variable} with what is asked: {spots}.",
    "empty": "An axis of {variable}, with nothing on it yet.",
    "after": "The graph of {names} over {variable}, from {low} to {high}, with the points {spots}.",
    "derivative": "The dashed line is the derivative {name}.",
    "own": "You entered: {own}.",
    "none": "You have entered nothing of what this picture shows yet.",
    "true": "The true values: {true}.",
    "and": " and ",
}


def told(**content: Any) -> FunctionPicture:
    """The picture of a function together with its text."""
    silent = FunctionPicture(**content, alt=Words(vi="-", en="-"))
    return FunctionPicture(**content, alt=Words(vi=" ".join(sentences(silent, VI)), en=" ".join(sentences(silent, EN))))


def sentences(picture: FunctionPicture, say: dict[str, str]) -> Iterator[str]:
    """What the picture of a function shows, in sentences."""
    drawn = any(curve.pieces for curve in picture.curves)
    spots = ", ".join(f"{spot.name} = {spoken(spot.at)}" for spot in picture.spots if not spot.found or spot.true[-1] is not None)
    names = say["and"].join(str(curve.name) for curve in picture.curves)
    key = "after" if drawn else "before" if spots else "empty"
    yield say[key].format(names=names, variable=picture.variable, spots=spots, low=spoken(picture.low, 3), high=spoken(picture.high, 3))
    if drawn and picture.slopes:
        yield say["derivative"].format(name=picture.curves[1].name)
    own = list(facts(picture, lambda spot: spot.own))
    yield say["own"].format(own="; ".join(own)) if own else say["none"]
    true = list(facts(picture, lambda spot: spot.true))
    if true:
        yield say["true"].format(true="; ".join(true))


def facts(picture: FunctionPicture, of: Callable[[Spot], tuple[float | None, ...]]) -> Iterator[str]:
    """f(x1) = 0.5 and the like, by curve and spot; of a found x the x itself."""
    for spot in picture.spots:
        if spot.found and of(spot) is spot.own and any(y is not None for y in spot.own):
            yield f"{spot.name} = {spoken(spot.at, 7)}"
            continue
        for curve, y in zip(picture.curves, of(spot), strict=True):
            if y is not None:
                yield f"{curve.name}({spot.name}) = {spoken(y, 7)}"
