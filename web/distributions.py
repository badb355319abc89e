"""Draws distributions: stems, a density over its axis, and below it brackets for mean, spread and bound."""

from __future__ import annotations

from collections.abc import Sequence

from questions.pictures import DistributionPicture, Moments
from web.pen import Pen, Run, name, number, width
from web.plots import DASHED, Asked, Plot, Range, along_bottom, asked_above, dot, margin, off_edge, square, tag, up_the_left

ROW = 38.0  # from one bracket to the next
TINY = 1e-9  # below this an entry gives the axis no scale
LEVEL = 2.5  # true heights: so far up may a density be and still be in the window


def draw_distribution(pen: Pen, picture: DistributionPicture, say: dict[str, str]) -> float:
    """Draws axis, shapes and brackets, and returns how tall it became."""
    tall = bool(picture.shapes or picture.stems or picture.own.density is not None or picture.at is not None)
    high = (150.0 if pen.narrow else 180.0) if tall else 16.0
    ys = heights(picture)
    scaled = picture.own.density is not None or picture.true.density is not None
    left, right = margin(ys, high) if scaled else 12.0, 344.0 if pen.narrow else 610.0
    xs = reach(picture)
    asked = [] if picture.at is None else [
        Asked(picture.centre or 0.0, [("μ", "i"), (" = ", "n"), *number(picture.centre or 0.0)]),
        Asked(picture.at, [*name(picture.variable), (" = ", "n"), *number(picture.at)]),
    ]  # fmt: skip
    plot = asked_above(pen, (left, right), xs or (-1.0, 1.0), ys, high, asked)
    along_bottom(pen, plot, name(picture.variable), scale=xs is not None)
    if scaled:
        up_the_left(pen, plot)
    shapes(pen, plot, picture, say)
    plot.finish(pen)
    down = plot.top + plot.high + 58
    for moments, cls, whose in ((picture.true, "ink", "true"), (picture.own, "pen", "own")):
        for half, runs, middle in rows(moments, picture):
            bracket(pen, plot, down, (middle, half), cls, runs, say[whose] if whose == "own" else "")
            down += ROW
    plot.finish(pen)
    return down - 20


def heights(picture: DistributionPicture) -> Range:
    """From zero to a little more than the tallest shape, stem or density that is not far off."""
    top = max([0.0, *(y for shape in picture.shapes for _, y in shape), *(p for _, p in picture.stems)])
    own = picture.own.density
    if own is not None and own > TINY and (not top or own <= LEVEL * top):
        top = max(top, own)
    return 0.0, 1.18 * top or 1.0


def reach(picture: DistributionPicture) -> Range | None:
    """The range of the axis; None where nothing gives it a scale yet."""
    own = picture.own
    sides = [abs(x) for x in (own.sd, own.bound) if x and abs(x) > TINY]
    marks = [x for shape in picture.shapes for x, _ in shape] + [x for x, _ in picture.stems] + [*(picture.interval or ())]
    if picture.at is not None and not picture.shapes:
        far = 1.6 * abs(picture.at - (picture.centre or 0.0)) or 1.0
        marks += [(picture.centre or 0.0) - far, (picture.centre or 0.0) + far]
    if not marks:
        if not sides:
            return None
        far = max(x for x in sides if x <= 20 * min(sides))
        return -1.25 * far, 1.25 * far
    low, high = min(marks), max(marks)
    span = (high - low) or max(1.0, abs(low))
    more = [x for x in (own.mean,) if x is not None] + [
        s * x for x in sides for s in (-1, 1) if picture.interval is None and not picture.stems
    ]
    more = [x for x in more if low - 0.6 * span <= x <= high + 0.6 * span]
    low, high = min([low, *more]), max([high, *more])
    return low - 0.1 * span, high + 0.1 * span


def shapes(pen: Pen, plot: Plot, picture: DistributionPicture, say: dict[str, str]) -> None:
    """The densities, stems and the given interval, and the density that the student has."""
    base = plot.top + plot.high
    styles = (("ink", 1.8, ""), ("ink2", 1.5, ' stroke-dasharray="2 3"'))
    for shape, (cls, stroke, more) in zip(picture.shapes, styles, strict=False):
        plot.line([plot.at(point) for point in shape], cls, stroke, more, smooth=len(shape) > 4)
    if picture.interval:
        a, b = (plot.at((x, 0))[0] for x in picture.interval)
        pen.line([(a, base + 0.5), (b, base + 0.5)], "ink", 3.5)
    for x, p in picture.stems:
        at = plot.at((x, p))
        plot.line([(at[0], base), at], "ink", 1.8)
        dot(pen, plot, at)
    for x, p in picture.stems:
        tag(pen, plot, [plot.at((x, p))], number(p), "ink2")
    if picture.at is not None and picture.true.density is not None:
        dot(pen, plot, plot.at((picture.at, picture.true.density)))
    own = picture.own.density
    if own is not None:
        x = picture.at if picture.at is not None else sum(picture.interval or (0.0, 0.0)) / 2
        at = plot.at((x, own))
        edge = off_edge(pen, plot, at)
        if edge:
            tag(pen, plot, [edge], number(own), "pen")
        elif picture.interval:
            ends = [plot.at((x, own)) for x in picture.interval]
            plot.line(ends, "pen", 1.8, DASHED)
            wide = ends[1][0] - ends[0][0]
            tag(pen, plot, [(ends[0][0] + t * wide, at[1]) for t in (0.5, 0.3, 0.7, 0.15, 0.85)], say["own"], "pen")
        else:
            square(pen, plot, at)
            tag(pen, plot, [at], say["own"], "pen")
    if len(picture.shapes) == 2:
        curve, box = ([plot.at(point) for point in shape] for shape in picture.shapes)
        tag(pen, plot, [curve[i] for i in range(len(curve) // 2, len(curve) * 3 // 4, 4)], say["normal"], "ink")
        tag(pen, plot, [box[2], box[1]], say["uniform"], "ink2")


def rows(moments: Moments, picture: DistributionPicture) -> list[tuple[float | None, list[Run], float | None]]:
    """The brackets of a distribution: how far they reach on both sides, what they say, and their middle where it means something."""
    found: list[tuple[float | None, list[Run], float | None]] = []
    middle = moments.mean if moments.mean is not None else picture.centre
    if moments.mean is not None or moments.sd is not None:
        runs: list[Run] = [("μ", "i"), (" = ", "n"), *number(moments.mean)] if moments.mean is not None else []
        if moments.sd is not None:
            runs += [(", " if runs else "", "n"), ("σ", "i"), (" = ", "n"), *number(moments.sd)]
        found.append((moments.sd, [run for run in runs if run[0]], middle))
    if moments.bound is not None:
        found.append((moments.bound, [("r", "i"), (" = ", "n"), *number(moments.bound)], 0.0))
    return found


def bracket(pen: Pen, plot: Plot, y: float, where: tuple[float | None, float | None], cls: str, runs: Sequence[Run], whose: str) -> None:
    """A line with two ends and a middle, what it says above it; what leaves the window is cut off there."""
    middle, half = where
    left, right = plot.left, plot.left + plot.wide
    x = (left + right) / 2 if middle is None else plot.at((middle, 0))[0]
    reach = abs(half or 0.0) * plot.wide / (plot.xs[1] - plot.xs[0])
    a, b = max(left, min(right, x - reach)), max(left, min(right, x + reach))
    if b > a:
        pen.line([(a, y), (b, y)], cls, 1.6, DASHED if cls == "pen" else "")
    for end, seen in ((a, x - reach >= left), (b, x + reach <= right)):
        if half and seen and left <= end <= right:
            pen.line([(end, y - 5), (end, y + 5)], cls, 1.6)
    if middle is not None:
        if not left <= x <= right:
            edge = left + 2 if x < left else right - 2
            inward = 13 if x < left else -13
            pen.arrow((edge + inward, y), (edge, y), cls)
        elif cls == "pen":
            pen.put(f'path d="M{x - 4:.1f} {y - 4:.1f}h8v8h-8z"', cls, 1.8)
        else:
            pen.items.append(f'<circle class="{cls}" fill="currentColor" cx="{x:.1f}" cy="{y:.1f}" r="3.6"/>')
    wide = width(runs, 14) + (len(whose) * 7.4 + 8 if whose else 0)
    start = max(0.0, min(pen.width - wide - 4, max(left, min(right, x)) - wide / 2))
    pen.math(start, y - 10, runs, cls, size=14)
    if whose:
        pen.label(start + width(runs, 14) + 6, y - 10, whose, cls, more=' font-weight="600"')
