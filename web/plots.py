"""Plots: a window on numbers with two hairline axes, the marks in it, and labels on the free sides of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from web.pen import XY, Box, Pen, Run, cut, inside, number, overlap, short, width

Range = tuple[float, float]
ROW = 20.0
DASHED = ' stroke-dasharray="6 4"'
SIDES = (
    (11, 4.5),
    (0, -11),
    (0, 20),
    (-11, 4.5),
    (9, -9),
    (9, 17),
    (-9, -9),
    (-9, 17),
    (9, -20),
    (9, 26),
    (-9, -20),
    (-9, 26),
    (0, -26),
    (0, 34),
)
AROUND = [(dx, dy) for dy in (-34, 42, -50, 58, -66, 74, -82, 90) for dx in (0, 9, -9, 30, -30, 60, -60)]


class Window(Protocol):
    """Where a plot is on the paper."""

    left: float
    top: float
    wide: float
    high: float


class Plot:
    """A window whose axes have scales of their own; what lies beyond it is cut off, or shown as an arrow at its edge."""

    def __init__(self, box: Box, xs: Range, ys: Range) -> None:
        self.left, self.top = box[0], box[1]
        self.wide, self.high = box[2] - box[0], box[3] - box[1]
        self.xs, self.ys = xs, ys
        self.lines: list[tuple[list[XY], str, float, str]] = []
        self.marks: list[Box] = []

    @property
    def box(self) -> Box:
        return self.left, self.top, self.left + self.wide, self.top + self.high

    def at(self, point: XY) -> XY:
        return (
            self.left + self.wide * ((point[0] - self.xs[0]) / (self.xs[1] - self.xs[0])),
            self.top + self.high * ((self.ys[1] - point[1]) / (self.ys[1] - self.ys[0])),
        )

    def seen(self, points: Sequence[XY]) -> list[list[XY]]:
        """A line through points on paper, as much as is in the window."""
        pieces: list[list[XY]] = []
        for a, b in pairwise(points):
            gap = inside((a, b), self.box)
            if gap is None:
                continue
            start, end = ((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])) for t in gap)
            if pieces and math.dist(pieces[-1][-1], start) < 0.01:
                pieces[-1].append(end)
            else:
                pieces.append([start, end])
        return pieces

    def line(self, points: Sequence[XY], cls: str = "ink", stroke: float = 1.8, more: str = "", smooth: bool = False) -> list[list[XY]]:
        """Remembers a line on paper, to be drawn once the labels are placed; returns what is seen of it."""
        pieces = [thin(p, 0.1, smooth=smooth) for p in self.seen(points)]
        self.lines += [(p, cls, stroke, more) for p in pieces]
        return pieces

    def mark(self, point: XY, reach: float = 6) -> None:
        """Keeps labels off a mark."""
        self.marks.append((point[0] - reach, point[1] - reach, point[0] + reach, point[1] + reach))

    def segments(self, pen: Pen) -> list[tuple[XY, XY]]:
        """All lines so far, as labels see them."""
        return pen.lines + [segment for points, *_ in self.lines for segment in pairwise(points)]

    def finish(self, pen: Pen) -> None:
        """Draws the lines, cut where labels are."""
        for points, cls, stroke, more in self.lines:
            for one in cut(points, pen.taken):
                pen.line(one, cls, stroke, more)
        pen.lines += [segment for points, *_ in self.lines for segment in pairwise(points)]
        pen.taken += self.marks
        self.lines = []


@dataclass(frozen=True)
class Asked:
    """A place on the axis below that is asked, with its name over the window."""

    at: float
    name: Sequence[Run]


def asked_above(pen: Pen, sides: Range, xs: Range, ys: Range, high: float, asked: Sequence[Asked]) -> Plot:
    """A plot with the asked places as hairlines, whose names stand above it in as few rows as they need."""
    left, right = sides
    places = [left + (right - left) * (one.at - xs[0]) / (xs[1] - xs[0]) for one in asked]
    rows = stacked([(x, width(one.name, 14)) for x, one in zip(places, asked, strict=True)])
    top = 12 + ROW * (max(rows, default=-1) + 1)
    plot = Plot((left, top, right, top + high), xs, ys)
    for x, one, level in zip(places, asked, rows, strict=True):
        y, half = top - 8 - ROW * level, width(one.name, 14) / 2
        pen.math(min(max(x, half), pen.width - half), y, one.name, anchor="middle", size=14)
        plot.lines.append(([(x, y + 6), (x, top + high)], "ink2", 0.8, ' stroke-opacity=".6"'))
    return plot


def stacked(labels: Sequence[tuple[float, float]]) -> list[int]:
    """The lowest row for each label (its middle and width) where it touches no other."""
    rows: list[int] = []
    for i, (x, wide) in enumerate(labels):
        near = {rows[j] for j in range(i) if abs(labels[j][0] - x) < (wide + labels[j][1]) / 2 + 12}
        rows.append(next(row for row in range(len(labels)) if row not in near))
    return rows


def square(pen: Pen, plot: Plot, point: XY, cls: str = "pen") -> None:
    """The student's mark."""
    pen.put(f'path d="M{short(point[0] - 4)} {short(point[1] - 4)}h8v8h-8z"', cls, 1.8)
    plot.mark(point)


def dot(pen: Pen, plot: Plot, point: XY, cls: str = "ink", r: float = 3.6) -> None:
    """The mark of what is given or true."""
    pen.items.append(f'<circle class="{cls}" fill="currentColor" cx="{short(point[0])}" cy="{short(point[1])}" r="{r:g}"/>')
    plot.mark(point)


def off_edge(pen: Pen, plot: Plot, point: XY, cls: str = "pen") -> XY | None:
    """An arrow at the edge towards a point beyond it, and where it stands; None for a point in the window."""
    left, top, right, base = plot.box
    x, y = min(max(point[0], left), right), min(max(point[1], top), base)
    if math.hypot(point[0] - x, point[1] - y) < 1:
        return None
    dx, dy = (point[0] > right) - (point[0] < left), (point[1] > base) - (point[1] < top)
    x, y = (x - 2 * dx, y) if dx else (min(max(x, left + 7), right - 7), y - 2 * dy)
    y = y if not dx else min(max(y, top + 7), base - 7)
    tip, tail = (x, y), (x - 13 * dx, y - 13 * dy * (not dx))
    pen.line([tail, tip], cls, 1.8)
    pen.head(tail, tip, cls)
    plot.mark(((tip[0] + tail[0]) / 2, (tip[1] + tail[1]) / 2), 9)
    return (tip[0] + tail[0]) / 2, (tip[1] + tail[1]) / 2


def widened(values: Sequence[float], share: float = 0.1, least: float = 0.0) -> Range:
    """A range over all values with room around."""
    low, high = min(values), max(values)
    room = max((high - low) * share, least, max(abs(low), abs(high)) * 1e-9) or 1.0
    return low - room, high + room


def along_bottom(pen: Pen, plot: Plot, name: Sequence[Run] = (), least: float = 70, scale: bool = True) -> None:
    """The axis below, with ticks at round numbers, unless it has no scale yet, and its name at the right end."""
    left, _, right, base = plot.box
    base = round(base) + 0.5
    pen.line([(left, base), (right, base)], stroke=1)
    step = nice((plot.xs[1] - plot.xs[0]) / plot.wide * least)
    room = width(name, 15) + 8
    for x in multiples(*plot.xs, step) if scale else [0.0]:
        at, runs = round(plot.at((x, 0))[0]) + 0.5, even(x, step)
        half = width(runs, 13) / 2
        if max(left - 20, 1) <= at - half and at + half < right - room * bool(name) + 6 * (not name):
            pen.line([(at, base), (at, base + 4)], stroke=1)
            pen.math(at, base + 19, runs, "ink2", "middle", 13)
    if name:
        pen.math(right, base + 19, name, anchor="end")


def up_the_left(pen: Pen, plot: Plot, name: Sequence[Run] = (), scale: bool = True) -> None:
    """The axis on the left, with ticks at round numbers, unless it has no scale yet, and its name at the upper end."""
    left, top, _, base = plot.box
    left = round(left) - 0.5
    pen.line([(left, top), (left, round(base) + 0.5)], stroke=1)
    for y, runs in rungs(plot.ys, plot.high) if scale else []:
        at = round(plot.at((0, y))[1]) + 0.5
        if at > top + (27 if name else 4) and at < base + 3:
            pen.line([(left - 4, at), (left, at)], stroke=1)
            pen.math(left - 8, at + 4.5, runs, "ink2", "end", 13)
    if name:
        pen.math(left - 8, top + 10, name, anchor="end")


def rungs(ys: Range, high: float) -> list[tuple[float, list[Run]]]:
    """The round numbers of an axis, as printed."""
    step = nice((ys[1] - ys[0]) / high * 52)
    return [(y, even(y, step)) for y in multiples(*ys, step)]


def margin(ys: Range, high: float, name: Sequence[Run] = ()) -> float:
    """How much room the numbers of an axis and its name take on its left."""
    return max([30.0, width(name, 15) + 10, *(width(runs, 13) + 15 for _, runs in rungs(ys, high))])


def nice(rough: float) -> float:
    """1, 2 or 5 times a power of ten, the next above."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next((m * power for m in (1, 2, 5) if m * power >= rough * 0.999), 10 * power)


def multiples(low: float, high: float, step: float) -> list[float]:
    """The multiples of a step in a range, without the noise of binary fractions."""
    return [float(f"{k * step:.10g}") for k in range(math.ceil(low / step), math.floor(high / step) + 1)]


def even(value: float, step: float) -> list[Run]:
    """A multiple of a step, with as many places as the step has."""
    power = math.floor(math.log10(step) + 1e-9)
    if abs(value) >= 1e6 or not -5 < power < 6:
        return number(value, 4)
    return [(f"{value + 0.0:.{max(0, -power)}f}".replace("-", "−"), "n")]


def freest(
    pen: Pen,
    plot: Window,
    points: Sequence[XY],
    wide: float,
    lines: Sequence[tuple[XY, XY]],
    marks: Sequence[Box],
    sides: Sequence[XY] = SIDES,
) -> tuple[float, XY, XY]:
    """How much a label beside one of the points gets in the way where it does least, where that is, and of which point."""
    best = (math.inf, (0.0, 0.0), (0.0, 0.0))
    high, sideways = max(abs(dy) for _, dy in sides) + 12, wide + max(abs(dx) for dx, _ in sides) + 2
    xs, ys = [x for x, _ in points], [y for _, y in points]
    region = (min(xs) - sideways, min(ys) - high, max(xs) + sideways, max(ys) + high)
    lines = [line for line in lines if overlap(around(line), region)]
    taken, marks = [box for box in pen.taken if overlap(box, region)], [box for box in marks if overlap(box, region)]
    for i, (point, (dx, dy)) in enumerate((point, side) for side in sides for point in points):
        x = point[0] + dx - wide * (0.5 if dx == 0 else 1 if dx < 0 else 0)
        if dx == 0:
            x = max(plot.left + 3, min(x, plot.left + plot.wide - wide - 1))
        y = point[1] + dy
        box = (x - 1, y - 11, x + wide + 1, y + 3.5)
        out = box[0] < plot.left + 2 or box[2] > plot.left + plot.wide or box[1] < plot.top or box[3] > plot.top + plot.high
        cost = 0.9 * i / (len(sides) * len(points)) + 25.0 * out
        if cost >= best[0]:
            continue
        cost += 6 * sum(overlap(box, b) for b in taken) + 4 * sum(overlap(box, b) for b in marks)
        for line in lines:
            if cost >= best[0]:
                break
            cost += 3 * (inside(line, box) is not None)
        if cost < best[0]:
            best = (cost, (x, y), point)
        if cost < 1:
            break
    return best


def around(line: tuple[XY, XY]) -> Box:
    """The box of a line, a hair larger, so that a level one too has an inside."""
    (x0, y0), (x1, y1) = line
    return min(x0, x1) - 0.1, min(y0, y1) - 0.1, max(x0, x1) + 0.1, max(y0, y1) + 0.1


def beside(pen: Pen, plot: Window, point: XY, text: str, cls: str, lines: Sequence[tuple[XY, XY]], marks: Sequence[Box]) -> None:
    """A label on the freest side of its point; where none is free a mere number is left out, and words go farther off."""
    cost, (x, y), _ = freest(pen, plot, [point], len(text) * 7.6, lines, marks)
    if cost >= 1 and "·" in text:
        cost, (x, y), _ = min((cost, (x, y), point), freest(pen, plot, [point], len(text) * 7.6, lines, marks, AROUND))
    if cost < 1 or "·" in text:
        word(pen, x, y, text, cls, point)


def word(pen: Pen, x: float, y: float, text: str, cls: str, point: XY) -> None:
    """A word that begins at x, or ends where one of its greatest width would, if that is left of its point."""
    end = x + len(text) * 7.6
    x, anchor = (end, "end") if end <= point[0] else (x, "start")
    pen.label(x, y, text, cls, anchor, more=' font-weight="600"')


def tag(pen: Pen, plot: Plot, points: Sequence[XY], said: str | Sequence[Run], cls: str, must: bool = True) -> None:
    """A word or a formula beside one of the points, where it is freest: farther off with a hairline if it `must`, else left out."""
    wide = len(said) * 7.6 if isinstance(said, str) else width(said, 14) + 2
    lines, near = plot.segments(pen), plot.marks
    cost, (x, y), point = freest(pen, plot, points, wide, lines, near)
    if cost >= 1 and not must:
        return
    if cost >= 1:
        cost, (x, y), point = freest(pen, plot, points, wide, lines, near, AROUND)
        end = (min(max(point[0], x), x + wide), y + 5 if y < point[1] else y - 13)
        plot.lines.append(([point, end], "ink2", 0.8, ' stroke-opacity=".6"'))
    if isinstance(said, str):
        word(pen, x, y, said, cls, point)
    else:
        pen.math(x, y, said, cls, size=14)


def thin(points: Sequence[XY], most: float, smooth: bool = False) -> list[XY]:
    """The points without those nearer than `most` to the line through their neighbours; of a smooth line the middle one tells."""
    kept, i = [points[0]], 0
    while i < len(points) - 1:
        j = i + 1
        while j + 1 < len(points) and j - i < 24:
            if smooth:
                if off(points[i], points[j + 1], points[(i + j + 1) // 2]) > most:
                    break
            elif any(off(points[i], points[j + 1], p) > most for p in points[i + 1 : j + 1]):
                break
            j += 1
        kept.append(points[j])
        i = j
    return kept


def off(a: XY, b: XY, p: XY) -> float:
    """How far p is from the line through a and b."""
    long = math.hypot(b[0] - a[0], b[1] - a[1])
    return abs((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])) / long if long else math.hypot(p[0] - a[0], p[1] - a[1])
