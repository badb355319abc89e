"""Draws boundaries: points of two or three classes in a plane with equal axes, and the lines of the weights before and after."""

from __future__ import annotations

import math
from collections.abc import Sequence

from questions.pictures import BoundaryPicture, Line
from web.pen import XY, Pen, Run, short
from web.plots import DASHED, Plot, along_bottom, margin, tag, up_the_left

STYLES = {"given": ("ink2", 1.3, ' stroke-dasharray="2 3"'), "own": ("pen", 1.8, DASHED), "true": ("ink", 1.8, "")}
X1: list[Run] = [("x", "i"), ("1", "_")]
X2: list[Run] = [("x", "i"), ("2", "_")]


def draw_boundary(pen: Pen, picture: BoundaryPicture, say: dict[str, str]) -> float:
    """Draws the plane, and returns how tall it became."""
    wide, high = (290.0, 250.0) if pen.narrow else (420.0, 300.0)
    xs, ys = window(picture, wide, high)
    left = margin(ys, high, X2)
    plot = Plot((left, 10.0, left + wide, 10.0 + high), xs, ys)
    up_the_left(pen, plot, X2)
    along_bottom(pen, plot, X1)
    shown = [(line, segment(plot, line)) for line in picture.lines]
    for line, ends in shown:
        plot.line(ends, *STYLES[line.whose])
        if ends and not line.classes:
            fires(plot, line, ends)
    for at, label in picture.points:
        x, y = plot.at(at)
        sign(pen, plot, (x, y), label)
    for at, label in picture.points:
        tag(pen, plot, [plot.at(at)], str(label), "ink")
    named: set[str] = set()
    for line, ends in shown:
        said = say[{"given": "before", "own": "own", "true": "works" if picture.free else "after"}[line.whose]]
        said += f" {line.unit}" * bool(line.unit)
        if ends and said not in named:
            named.add(said)
            tag(pen, plot, [along(ends, t) for t in (0.5, 0.35, 0.65, 0.2, 0.8, 0.1, 0.9)], said, STYLES[line.whose][0])
    plot.finish(pen)
    down = 10 + high + 46
    unseen = [line for line, ends in shown if not ends and not line.classes]
    for whose in ("given", "own", "true"):
        if any(line.whose == whose for line in unseen):
            units = ", ".join(str(line.unit) for line in unseen if line.whose == whose and line.unit)
            word = say[{"given": "before", "own": "own", "true": "after"}[whose]] + f" {units}" * bool(units)
            pen.label(left, down, say["outside"].format(word), STYLES[whose][0])
            down += 20
    return down - 16


def window(picture: BoundaryPicture, wide: float, high: float) -> tuple[XY, XY]:
    """Equal axes around the points, and the nearest bit of every line that is not far off."""
    points = [at for at, _ in picture.points]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    middle = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    size = max(max(xs) - min(xs), max(ys) - min(ys)) or max(1.0, *map(abs, (*xs, *ys)))
    for line in picture.lines:
        u, v, b = line.half
        long = math.hypot(u, v)
        away = (u * middle[0] + v * middle[1] + b) / long if long else math.inf
        if abs(away) <= 1.5 * size:
            xs.append(middle[0] - away * u / long)
            ys.append(middle[1] - away * v / long)
    unit = max((max(xs) - min(xs)) / (0.68 * wide), (max(ys) - min(ys)) / (0.66 * high), 0.3 * size / high)
    cx, cy = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return (cx - unit * wide / 2, cx + unit * wide / 2), (cy - unit * high / 2, cy + unit * high / 2)


def segment(plot: Plot, line: Line) -> list[XY]:
    """The two ends, on paper, of what is seen of a line; nothing where it is not in the window."""
    u, v, b = line.half
    long = math.hypot(u, v)
    cx, cy = sum(plot.xs) / 2, sum(plot.ys) / 2
    away = (u * cx + v * cy + b) / long if long else math.inf
    reach = math.hypot(plot.xs[1] - plot.xs[0], plot.ys[1] - plot.ys[0])
    if not abs(away) <= reach:
        return []
    foot = cx - away * u / long, cy - away * v / long
    low, high = -reach, reach
    for p, q, c in line.within:
        at, slope = p * foot[0] + q * foot[1] + c, (-p * v + q * u) / long
        if abs(slope) <= 1e-12 * (abs(p) + abs(q)):
            if at < 0:
                return []
        elif slope > 0:
            low = max(low, -at / slope)
        else:
            high = min(high, -at / slope)
    if low >= high:
        return []
    ends = [plot.at((foot[0] - t * v / long, foot[1] + t * u / long)) for t in (low, high)]
    seen = plot.seen(ends)
    return [seen[0][0], seen[-1][-1]] if seen else []


def along(ends: Sequence[XY], t: float) -> XY:
    """A point between two ends."""
    return ends[0][0] + t * (ends[1][0] - ends[0][0]), ends[0][1] + t * (ends[1][1] - ends[0][1])


def fires(plot: Plot, line: Line, ends: Sequence[XY]) -> None:
    """A short arrow from a line to the side where its unit gives 1."""
    u, v, _ = line.half
    long = math.hypot(u, v)
    x, y = along(ends, 0.5 if line.whose == "own" else 0.42)
    tip = x + 16 * u / long, y - 16 * v / long
    cls, stroke, _ = STYLES[line.whose]
    turn = math.atan2(tip[1] - y, tip[0] - x)
    wings = [(tip[0] - 6 * math.cos(turn + side), tip[1] - 6 * math.sin(turn + side)) for side in (0.5, -0.5)]
    plot.line([(x, y), tip], cls, stroke)
    plot.line([wings[0], tip, wings[1]], cls, stroke)


def sign(pen: Pen, plot: Plot, point: XY, label: int) -> None:
    """The mark of a class: 0 a ring, 1 a disc, 2 a triangle."""
    x, y = short(point[0]), short(point[1])
    if label == 1:
        pen.items.append(f'<circle class="ink" fill="currentColor" cx="{x}" cy="{y}" r="5"/>')
    elif label == 0:
        pen.circle(point[0], point[1], 5)
    else:
        pen.put(f'path d="M{short(point[0] - 5.5)} {short(point[1] + 4)}h11l-5.5 -9.5z"', "ink", 1.4)
    plot.mark(point, 8)
