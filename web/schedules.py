"""Draws a schedule: the asked times as hairlines, the student's rates there, and after release how the rate falls."""

from __future__ import annotations

from itertools import pairwise

from questions.pictures import SchedulePicture
from web.pen import XY, Pen, Run, name, number
from web.plots import Asked, along_bottom, asked_above, dot, margin, off_edge, square, tag, up_the_left

HIGHEST = 2.5  # starts: an entry above is an arrow at the edge


def draw_schedule(pen: Pen, picture: SchedulePicture, say: dict[str, str]) -> float:
    """Draws the plot, and returns how tall it became."""
    high = 200.0 if pen.narrow else 230.0
    near = [y for _, y in picture.own if 0 <= y <= HIGHEST * picture.start]
    ys = (0.0, 1.1 * max([picture.start, *near]))
    left, right = margin(ys, high, name(picture.rate)), 340.0 if pen.narrow else 610.0
    asked = [Asked(t, [*name(symbol), (" = ", "n"), *number(t)]) for symbol, t in picture.times]
    plot = asked_above(pen, (left, right), (0.0, picture.high), ys, high, asked)
    up_the_left(pen, plot, name(picture.rate))
    along_bottom(pen, plot, [("t", "i")])
    start: list[Run] = [("α", "i"), ("0", "_"), (" = ", "n"), *number(picture.start)]
    if picture.level is not None:
        y = plot.at((0, picture.level))[1]
        plot.line([(left, y), (right, y)], "ink2", 0.8, ' stroke-opacity=".6"')
    for one in picture.fall:
        plot.line([plot.at(point) for point in one], "ink", 1.8, smooth=True)
    for one, after in pairwise(picture.fall):
        plot.line([plot.at(one[-1]), plot.at(after[0])], "ink2", 0.8, ' stroke-dasharray="1 3.5"')
    dot(pen, plot, plot.at((0.0, picture.start)), r=4.2)
    for point in picture.true:
        dot(pen, plot, plot.at(point))
    mine: list[XY] = []
    for point in picture.own:
        edge = off_edge(pen, plot, plot.at(point))
        if edge:
            tag(pen, plot, [edge], number(point[0] if picture.level is not None else point[1]), "pen")
        else:
            square(pen, plot, plot.at(point))
            mine.append(plot.at(point))
    if mine:
        tag(pen, plot, mine[::-1], say["own"], "pen")
    if picture.level is None:
        tag(pen, plot, [plot.at((0.0, picture.start))], start, "ink", must=False)
    else:
        tag(pen, plot, [(left + 30 * i, plot.at((0, picture.level))[1]) for i in range(1, 9)], number(picture.level), "ink2")
    plot.finish(pen)
    return plot.top + plot.high + 30
