"""What pictures of curves share: a curve in pieces, a grid to run a solver on, and its values there.

Only what is released may run a solver.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from questions.pictures.quantities import FARTHEST, Point, Symbol
from questions.variant import Variant

GRID = 120  # points on a piece of a curve
NEXT_TO = 1e-9  # how far right of a seam its right-hand side begins, as a share of the range
Piece = tuple[Point, ...]


@dataclass(frozen=True)
class Curve:
    """A function's name, and its graph in pieces that do not hang together; no pieces before release."""

    name: Symbol
    pieces: tuple[Piece, ...] = ()


def grids(low: float, high: float, seams: Sequence[float] = ()) -> list[Any]:
    """Numbers from low to high, anew from every seam on."""
    edges = [low, *(s for s in sorted(seams) if low < s < high), high]
    hair = NEXT_TO * (high - low)
    return [np.linspace(a + hair * (i > 0), b, GRID) for i, (a, b) in enumerate(pairwise(edges))]


def piece(xs: Any, ys: Any) -> Piece:
    """Points of a graph, without those that cannot be drawn."""
    return tuple((float(x), float(y)) for x, y in zip(xs, ys, strict=True) if abs(y) <= FARTHEST)


def joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Pieces of a graph, put together where one ends about where the next begins."""
    found: list[Piece] = []
    for one in pieces:
        if found and one and found[-1]:
            heights = [y for p in (*found, one) for _, y in p]
            if abs(found[-1][-1][1] - one[0][1]) <= 1e-6 * (max(heights) - min(heights) or 1):
                found[-1] += one[1:]
                continue
        if one:
            found.append(one)
    return tuple(found)


def values(variant: Variant, name: str, xs: Any, *steps: str, vector: bool = True, more: Mapping[str, Any] | None = None) -> list[Any]:
    """The steps of the variant's solver with `xs` in place of one given, which is a vector, or a number where not `vector`."""
    givens: dict[str, Any] = {**variant.givens, name: np.asarray(xs, dtype=float)}
    if vector and "dy" in givens:
        givens["dy"] = np.ones(len(xs))
    sheet = variant.question.computation.run(givens | dict(more or {}))
    return [np.broadcast_to(np.asarray(sheet.steps[step].value, dtype=float), np.shape(xs)) for step in steps]
