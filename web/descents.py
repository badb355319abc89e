"""Draws descents in one coordinate: hops along an axis, and after release the way down the curve above it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from questions.pictures import Descent, DescentPicture
from web.pen import XY, Pen, Run, name, number
from web.plots import DASHED, Plot, along_bottom, dot, margin, off_edge, square, tag, up_the_left, widened

Wanted = tuple[XY, str | Sequence[Run], str]  # where a label belongs, what it says, and its colour
BENDS = 16  # chords of a hop


def draw_descents(pen: Pen, picture: DescentPicture, say: dict[str, str]) -> float:
    """Draws the descents beside each other, on a phone below each other, and returns how tall it became."""
    wide = 350.0 if pen.narrow else min(660.0 / len(picture.panels), 610.0)
    x = y = down = 0.0
    for panel in picture.panels:
        down = draw_descent(pen, panel, say, (x, y + 4), wide - 24)
        x, y = (x, down + 22) if pen.narrow else (x + wide + 12, y)
    return down


def draw_descent(pen: Pen, panel: Descent, say: dict[str, str], corner: XY, wide: float) -> float:
    """Draws one descent, and returns where it ends below."""
    released = bool(panel.curve.pieces)
    high = (170.0 if pen.narrow else 230.0) if released else 74.0
    ys = widened([y for piece in panel.curve.pieces for _, y in piece], 0.06) if released else (0.0, 1.0)
    left, top = corner[0] + (margin(ys, high) if released else 8.0), corner[1]
    plot = Plot((left, top, corner[0] + wide, top + high), (panel.low, panel.high), ys)
    along_bottom(pen, plot, name(panel.variable), 58)
    if released:
        up_the_left(pen, plot, name(panel.curve.name))
        for piece in panel.curve.pieces:
            plot.line([plot.at(point) for point in piece], "ink2", 1.3, smooth=True)
    start = plot.at(panel.start)
    dot(pen, plot, start, r=4.2)
    wanted: list[Wanted] = []
    for points, key, cls in ((panel.own, "own", "pen"), (panel.true, "true", "ink")):
        wanted += steps(pen, plot, [panel.start, *points], cls, say[key])
    wanted.append((start, "0" if pen.narrow or wide < 300 else f"0 · {say['start']}", "ink"))
    for whole in (True, False):
        for point, said, colour in wanted:
            if whole == (said == "0" or not isinstance(said, str) or "·" in said):
                tag(pen, plot, [point], said, colour, must=whole)
    plot.finish(pen)
    return top + high + 30


def steps(pen: Pen, plot: Plot, path: Sequence[XY], cls: str, whose: str) -> list[Wanted]:
    """Draws the steps from the start, and returns the labels they want; a step beyond the window ends the way."""
    wanted: list[Wanted] = []
    for t, (a, b) in enumerate(pairwise(path), 1):
        here, there = plot.at(a), plot.at(b)
        edge = off_edge(pen, plot, there, cls)
        if edge:
            wanted.append((edge, number(b[0]), cls))
            break
        raised = plot.ys != (0.0, 1.0)
        plot.line(
            [here, there] if raised else hop(here, there, plot.high), cls, 1.8 if cls == "ink" else 1.6, DASHED if cls == "pen" else ""
        )
        if cls == "pen":
            square(pen, plot, there)
        else:
            dot(pen, plot, there)
        wanted.append((there, f"{t} · {whose}" if t == len(path) - 1 else str(t), cls))
    return wanted


def hop(a: XY, b: XY, high: float) -> list[XY]:
    """An arc over the axis from one point to another, the taller the wider."""
    tall = min(0.4 * abs(b[0] - a[0]), 0.72 * high)
    ts = [i / BENDS for i in range(BENDS + 1)]
    return [(a[0] + t * (b[0] - a[0]), a[1] - 4 * tall * t * (1 - t)) for t in ts]
