"""Draws a threshold: samples at the height of their labels, where ŷ = 1/2 as upright lines, and after release ŷ itself."""

from __future__ import annotations

from questions.pictures import ThresholdPicture
from web.boundaries import STYLES, sign
from web.pen import XY, Pen, number
from web.plots import Plot, along_bottom, dot, off_edge, square, tag, up_the_left


def draw_threshold(pen: Pen, picture: ThresholdPicture, say: dict[str, str]) -> float:
    """Draws the plot, and returns how tall it became."""
    left, right, top, high = 40.0, 344.0 if pen.narrow else 610.0, 12.0, 190.0 if pen.narrow else 220.0
    plot = Plot((left, top, right, top + high), (picture.low, picture.high), (-0.16, 1.16))
    up_the_left(pen, plot)
    along_bottom(pen, plot, [("x", "i")])
    pen.math(left - 24, top + 6, [("y", "i")], hat=True)
    for level, more in ((0.0, ""), (0.5, ' stroke-dasharray="1 3.5"'), (1.0, "")):
        pen.line([plot.at((picture.low, level)), plot.at((picture.high, level))], "rule" if level != 0.5 else "ink2", 1, more)
    for curve, whose in zip(picture.curves, ("given", "true"), strict=False):
        for one in curve.pieces:
            plot.line([plot.at(point) for point in one], *STYLES[whose], smooth=True)
    seen: list[tuple[str, float]] = []
    for whose, x in picture.walls:
        at = plot.at((x, 0.5))
        if off_edge(pen, plot, at, STYLES[whose][0]) is None:
            cls, stroke, more = STYLES[whose]
            plot.line([(at[0], top), (at[0], top + high)], cls, stroke, more)
        seen.append((whose, at[0]))
    for x, label in picture.samples:
        sign(pen, plot, plot.at((x, float(label))), label)
    for point in picture.true:
        dot(pen, plot, plot.at(point))
    mine: list[XY] = []
    for point in picture.own:
        edge = off_edge(pen, plot, plot.at(point))
        if edge:
            tag(pen, plot, [edge], number(point[1]), "pen", must=False)
        else:
            square(pen, plot, plot.at(point))
            mine.append(plot.at(point))
    for x, label in picture.samples:
        tag(pen, plot, [plot.at((x, float(label)))], str(label), "ink", must=False)
    for whose, across in seen:
        word = say[{"given": "before", "own": "own", "true": "after"}[whose]]
        across = min(max(across, left + 8), right - 8)
        tag(pen, plot, [(across, top + t * high) for t in (0.25, 0.36, 0.62, 0.74, 0.5, 0.16, 0.86)], word, STYLES[whose][0])
    if mine and all(whose != "own" for whose, _ in seen):
        tag(pen, plot, mine[::-1], say["own"], "pen")
    plot.finish(pen)
    return top + high + 30
