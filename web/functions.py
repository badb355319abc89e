"""Draws a function and its derivative: the asked places as hairlines, what the student has there, and after release the curves."""

from __future__ import annotations

import math
from collections.abc import Sequence

from questions.pictures import FunctionPicture
from web.pen import XY, Pen, Run, name, number
from web.plots import DASHED, Asked, Plot, Range, along_bottom, asked_above, dot, margin, off_edge, square, tag, up_the_left, widened

STRAY = 1.5  # spans of the curves: so far off may an entry be and still be in the window


def draw_function(pen: Pen, picture: FunctionPicture, say: dict[str, str]) -> float:
    """Draws the plot, and returns how tall it became."""
    high = 220.0 if pen.narrow else 250.0
    bare = not picture.curves[0].pieces and all(spot.found for spot in picture.spots)
    ys, high = ((0.0, 1.0), 40.0) if bare else (heights(picture), high)
    left, right = 8.0 if bare else margin(ys, high), 326.0 if pen.narrow else 610.0
    asked = [Asked(spot.at, [*name(spot.name), (" = ", "n"), *number(spot.at)]) for spot in picture.spots if not spot.found]
    plot = asked_above(pen, (left, right), (picture.low, picture.high), ys, high, asked)
    if not bare:
        up_the_left(pen, plot, scale=any(y is not None for spot in picture.spots for y in (*spot.own, *spot.true)))
    along_bottom(pen, plot, name(picture.variable))
    if ys[0] < 0 < ys[1]:
        zero = plot.at((0, 0))[1]
        plot.line([(left, zero), (right, zero)], "rule", 1)
    ends = curves(plot, picture)
    marks(pen, plot, picture, say)
    names(pen, plot, picture, ends)
    plot.finish(pen)
    return plot.top + plot.high + 30


def heights(picture: FunctionPicture) -> Range:
    """The range of values: of the curves, and of the entries that are not far off."""
    own = [y for spot in picture.spots for y in spot.own if y is not None]
    drawn = [y for curve in picture.curves for piece in curve.pieces for _, y in piece]
    if drawn:
        core = drawn
        found = [spot.at for spot in picture.spots if spot.found and spot.true[-1] is not None]
        if found:
            core = [y for curve in picture.curves for piece in curve.pieces for x, y in piece if min(found) <= x <= max(found)] or core
            return widened(core, 0.35)
        low, high = min(0.0, *core), max(0.0, *core)
        span = STRAY * (high - low)
        return widened([low, high, *(y for y in own if low - span <= y <= high + span)])
    far = 4 * max([1.0, *(abs(spot.at) for spot in picture.spots)])
    return widened([0.0, *([y for y in own if abs(y) <= far] or [1.0, -1.0])], 0.2) if any(own) else (-1.0, 1.0)


def curves(plot: Plot, picture: FunctionPicture) -> list[list[XY]]:
    """Draws the curves, and returns what is seen of each."""
    ends: list[list[XY]] = []
    styles = (("ink", 1.8, ""), ("ink2", 1.5, DASHED), ("ink2", 1.5, ' stroke-dasharray="2 3"'))
    for curve, (cls, stroke, more) in zip(picture.curves, styles, strict=False):
        pieces = [p for piece in curve.pieces for p in plot.line([plot.at(point) for point in piece], cls, stroke, more, smooth=True)]
        ends.append([point for p in pieces for point in p])
    return ends


def marks(pen: Pen, plot: Plot, picture: FunctionPicture, say: dict[str, str]) -> None:
    """True points and the student's own, with short tangents through the values where there is a slope."""
    mine: list[XY] = []
    strays: list[tuple[XY, float]] = []
    for spot in picture.spots:
        for at, ys, cls in ((spot.at, spot.true, "ink"), (spot.at, spot.own, "pen")):
            if picture.slopes and not spot.found and ys[0] is not None and ys[1] is not None:
                tangent(plot, (at, ys[0]), ys[1], cls)
        for i, y in enumerate(spot.true):
            if y is not None:
                dot(pen, plot, plot.at((spot.at, y)), "ink2" if i else "ink", 3 if i else 4)
        for i, y in enumerate(spot.own):
            if y is None or (picture.slopes and i == 1 and spot.own[0] is not None):
                continue
            point = plot.at((spot.at, y))
            edge = off_edge(pen, plot, point)
            if edge:
                strays.append((edge, spot.at if spot.found else y))
            else:
                square(pen, plot, point)
                mine.append(point)
    for point, value in strays:
        tag(pen, plot, [point], number(value), "pen", must=False)
    if mine:
        tag(pen, plot, mine[::-1], say["own"], "pen")


def tangent(plot: Plot, point: XY, slope: float, cls: str) -> None:
    """A short line through a point, of the same length whatever its slope."""
    x, y = plot.at(point)
    dx, dy = plot.wide / (plot.xs[1] - plot.xs[0]), -slope * plot.high / (plot.ys[1] - plot.ys[0])
    long = math.hypot(dx, dy)
    reach = (30.0 if cls == "pen" else 36.0) / long
    plot.line(
        [(x - dx * reach, y - dy * reach), (x + dx * reach, y + dy * reach)],
        cls,
        1.6 if cls == "pen" else 1.1,
        "" if cls == "ink" else DASHED,
    )


def names(pen: Pen, plot: Plot, picture: FunctionPicture, ends: Sequence[Sequence[XY]]) -> None:
    """The names of the curves, at their right ends where these reach the edge."""
    right, taken = plot.left + plot.wide, [-1e9]
    order = sorted(((points[-1][1], i) for i, points in enumerate(ends) if points))
    for y, i in order:
        runs: Sequence[Run] = name(picture.curves[i].name)
        cls = "ink" if i == 0 else "ink2"
        if ends[i][-1][0] > right - 1:
            at = max(y + 4.5, taken[-1] + 18)
            taken.append(at)
            pen.math(right + 6, at, runs, cls, size=15)
        else:
            tag(pen, plot, ends[i][-1 :: -max(1, len(ends[i]) // 12)], runs, cls)
