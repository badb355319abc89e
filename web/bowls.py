"""Draws a bowl: its contours, and the paths down it from the start."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from contourpy import contour_generator

from questions.pictures import PathPicture
from web.pen import XY, Box, Pen, Run, cut, inside, overlap, short, width
from web.plots import beside, even, multiples, nice, thin


class Frame:
    """The window of the plot: equal axes, every point inside with room around."""

    def __init__(self, points: Sequence[XY], left: float, top: float, wide: float, high: float) -> None:
        self.left, self.top, self.wide, self.high = left, top, wide, high
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        size = max(map(abs, (*xs, *ys)))
        self.unit = (
            max((max(xs) - min(xs)) / (wide * (0.62 if wide < 300 else 0.74)), (max(ys) - min(ys)) / (high * 0.66), size / (60 * high))
            or 1 / high
        )
        self.x0 = (max(xs) + min(xs)) / 2 - self.unit * wide / 2
        self.y0 = (max(ys) + min(ys)) / 2 - self.unit * high / 2

    def at(self, point: XY) -> XY:
        return self.left + (point[0] - self.x0) / self.unit, self.top + self.high - (point[1] - self.y0) / self.unit


def draw_path(pen: Pen, picture: PathPicture, say: dict[str, str]) -> float:
    """Draws contours with the paths over them, and returns how tall it became."""
    points = [picture.start, *picture.own, *picture.true, *([picture.end[1]] if picture.end else [])]
    half = ellipse(picture)
    points += [(0.0, 0.0)] if len(points) == 1 else []
    left, high = 52.0, 290.0
    frame = Frame(points, left, 10, 280 if pen.narrow else 420, 250 if pen.narrow else high)
    bowl = half if half and not seen_whole(half, frame) else None
    if bowl is None and not pen.narrow:
        frame = Frame(points, left, 10, 560, high)
    axes(pen, frame)
    paths(pen, picture, frame, say)
    spacing = contours(pen, picture.a, frame)
    x, y = (0.0, frame.top + frame.high + 54) if pen.narrow else (left + 450, frame.top + frame.high - 96)
    if bowl is not None:
        locator(pen, bowl, frame, (x + 84, y + 14))
        x, y = (x + 186, y + 2) if pen.narrow else (x, y + 64)
        pen.label(x, y, say["whole"])
        pen.label(x, y + 19, say["box"])
        y += 38
    if spacing:
        x, y = (x, y) if bowl is not None else (left, frame.top + frame.high + 54)
        before, after = say["apart"].split("{}")
        pen.text(
            x, y, [(before, "t"), *((t, "t" if how == "n" else how) for t, how in spacing), (after, "t")], "label small ink2", "start", 13
        )
    return max(frame.top + frame.high + (104 if pen.narrow and bowl else 62 if bowl is None else 40), y + 8)


def axes(pen: Pen, frame: Frame) -> None:
    """Two hairlines with ticks at round numbers, the same step on both."""
    left, base, right = frame.left - 0.5, round(frame.top + frame.high) + 0.5, frame.left + frame.wide
    pen.line([(left, frame.top), (left, base), (right, base)], stroke=1)
    step = nice(frame.unit * (58 if pen.narrow else 88))
    for x in multiples(frame.x0, frame.x0 + frame.unit * frame.wide, step):
        at = round(frame.at((x, 0))[0]) + 0.5
        runs = even(x, step)
        if at < right - 20 - width(runs, 13) / 2:
            pen.line([(at, base), (at, base + 4)], stroke=1)
            pen.math(at, base + 19, runs, "ink2", "middle", 13)
    for y in multiples(frame.y0, frame.y0 + frame.unit * frame.high, step):
        at = round(frame.at((0, y))[1]) + 0.5
        if at > frame.top + 22:
            pen.line([(left - 4, at), (left, at)], stroke=1)
            pen.math(left - 8, at + 4.5, even(y, step), "ink2", "end", 13)
    pen.math(right, base + 19, [("w", "i"), ("1", "_")], anchor="end")
    pen.math(left - 8, frame.top + 10, [("w", "i"), ("2", "_")], anchor="end")


def paths(pen: Pen, picture: PathPicture, frame: Frame, say: dict[str, str]) -> None:
    """Both paths from the start, their marks, and labels on the free sides of them."""
    own = [frame.at(p) for p in (picture.start, *picture.own)]
    true = [frame.at(p) for p in (picture.start, *picture.true)]
    pen.line(thin(true, 0.1), "ink", 1.8)
    pen.line(thin(own, 0.1), "pen", 1.8, ' stroke-dasharray="6 4"')
    lines = [*pairwise(thin(true, 1)), *pairwise(thin(own, 1))]
    ends = {picture.end[0]: frame.at(picture.end[1])} if picture.end else {}
    marks = [(p[0] - 6, p[1] - 6, p[0] + 6, p[1] + 6) for p in {(round(x), round(y)) for x, y in (*own, *ends.values(), *true)}]
    wanted: list[tuple[XY, str, str]] = [(own[0], f"0 · {say['start']}", "ink")]
    for path, key, cls in ((own, "own", "pen"), (true, "true", "ink")):
        every = max(1, len(path) // 40)
        for t, (x, y) in enumerate(path[1:], 1):
            if t % every and t != len(path) - 1:
                continue
            if cls == "pen":
                square(pen, x, y)
            else:
                pen.items.append(
                    f'<circle class="ink" fill="currentColor" cx="{short(x)}" cy="{short(y)}" r="{3.6 if len(path) < 13 else 2.6}"/>'
                )
        if len(path) > 1:
            wanted.insert(1 + (cls == "ink") * (len(own) > 1), (path[-1], f"{len(path) - 1} · {say[key]}", cls))
        wanted += [(path[t], str(t), cls) for t in range(1, len(path) - 1) if len(path) < 12 or t % max(5, len(path) // 8) == 0]
    for t, end in ends.items():
        square(pen, *end)
        wanted.insert(1, (end, f"{t} · {say['own']}", "pen"))
    x, y = own[0]
    pen.items.append(f'<circle class="ink" fill="currentColor" cx="{short(x)}" cy="{short(y)}" r="4.2"/>')
    pen.lines += lines
    named: list[XY] = []
    for point, text, cls in wanted:
        if "·" in text or all(math.dist(point, other) > 24 for other in named):
            beside(pen, frame, point, text, cls, lines, marks)
            named += [point] * (len(own) > 12 or len(true) > 12)
    pen.taken += marks


def square(pen: Pen, x: float, y: float) -> None:
    """The mark of a point the student found."""
    pen.put(f'path d="M{short(x - 4)} {short(y - 4)}h8v8h-8z"', "pen", 1.8)


def contours(pen: Pen, a: XY, frame: Frame) -> list[Run]:
    """Lines of equal height, every second one dotted, the others with their height; returns how far apart they are."""
    nx, ny = round(frame.wide / 6), round(frame.high / 6)
    xs = [frame.x0 + frame.unit * frame.wide * i / nx for i in range(nx + 1)]
    ys = [frame.y0 + frame.unit * frame.high * j / ny for j in range(ny + 1)]
    across, up = [a[0] * x * x for x in xs], [a[1] * y * y for y in ys]
    low, high = min(across) + min(up), max(across) + max(up)
    if not high - low > 1e-9 * max(abs(low), abs(high)):
        return []
    step = nice((high - low) / 9)
    lines: Any = contour_generator(xs, ys, [[u + v for u in across] for v in up])
    free = list(pen.taken)
    drawn: list[tuple[float, list[XY]]] = []
    for level in multiples(low, high, step / 2):
        drawn += [(level, thin([frame.at(p) for p in line.tolist()], 0.1, smooth=True)) for line in lines.lines(level)]
    for level, line in drawn:
        if round(level / step * 2) % 2 == 0:
            height(pen, frame, line, even(level, step), free)
    for level, line in drawn:
        dotted = round(level / step * 2) % 2
        for piece in cut(line, [box for box in pen.taken if box[2] > frame.left]):
            pen.line(piece, "ink2", 0.8, ' stroke-opacity=".6" stroke-dasharray="1 3.5"' if dotted else ' stroke-opacity=".75"')
    return even(step / 2, step / 2)


def height(pen: Pen, frame: Frame, line: Sequence[XY], runs: list[Run], free: list[Box]) -> None:
    """The height of a contour, on it and towards its right end, if there is room."""
    half = width(runs, 12) / 2 + 3
    right = frame.left + frame.wide - half - 18
    for i in sorted(range(len(line)), key=lambda i: abs(line[i][0] - right))[:12]:
        x, y = line[i]
        if line[i][0] > right:
            j = i + 1 if i + 1 < len(line) and line[i + 1][0] < right else i - 1
            if j >= 0 and line[j][0] < right:
                t = (right - line[j][0]) / (x - line[j][0])
                x, y = right, line[j][1] + t * (y - line[j][1])
        box = (x - half, y - 8, x + half, y + 8)
        inner = box[0] > frame.left + 4 and box[2] < frame.left + frame.wide and box[1] > frame.top and box[3] < frame.top + frame.high - 2
        crossed = any(overlap(box, other) for other in pen.taken) or any(inside(segment, box) for segment in pen.lines)
        if inner and not crossed:
            pen.math(x, y + 4.5, runs, "ink2", "middle", 13)
            return


def ellipse(picture: PathPicture) -> XY | None:
    """The half axes of the contour through the start; None where it is no ellipse, or too flat to draw."""
    (a1, a2), (x, y) = picture.a, picture.start
    level = a1 * x * x + a2 * y * y
    if min(a1, a2) <= 0 or not level > 0 or max(a1, a2) > 400 * min(a1, a2):
        return None
    return math.sqrt(level / a1), math.sqrt(level / a2)


def seen_whole(half: XY, frame: Frame) -> bool:
    """Whether the frame holds the whole bowl, or is so much larger that the bowl is but a dot in it."""
    seen = frame.x0 <= -half[0] and half[0] <= frame.x0 + frame.unit * frame.wide
    return seen or max(frame.unit * frame.wide, frame.unit * frame.high) > 2.2 * max(half)


def locator(pen: Pen, half: XY, frame: Frame, centre: XY) -> None:
    """The whole bowl, small, with the frame marked on it."""
    corners = [frame.x0, frame.x0 + frame.unit * frame.wide, frame.y0, frame.y0 + frame.unit * frame.high]
    scale = min(80 / max(half[0], *map(abs, corners[:2])), 34 / max(half[1], *map(abs, corners[2:])))
    x, y = centre
    for part in (1, 0.72, 0.48, 0.22):
        pen.put(f'ellipse cx="{x}" cy="{y:g}" rx="{short(half[0] * scale * part)}" ry="{short(half[1] * scale * part)}"', "ink2", 0.8)
    pen.line([(x - 3, y), (x + 3, y)], stroke=1)
    pen.line([(x, y - 3), (x, y + 3)], stroke=1)
    wide, high = max((corners[1] - corners[0]) * scale, 5), max((corners[3] - corners[2]) * scale, 4)
    middle = x + (corners[0] + corners[1]) / 2 * scale, y - (corners[2] + corners[3]) / 2 * scale
    pen.put(
        f'rect x="{short(middle[0] - wide / 2)}" y="{short(middle[1] - high / 2)}" width="{short(wide)}" height="{short(high)}"', "ink", 1.5
    )
