"""Draws a training question: the net as a column of layers, and after release the curves of all seeds and the gradient norms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from questions.experiments.fairness import Band
from questions.model import Words
from questions.pictures import Layer, RunsPicture, TrainingPicture
from web.pen import XY, Pen
from web.plots import DASHED, Plot, along_bottom, margin, square, tag, up_the_left

ROW, HIGH, GAP = 34.0, 22.0, 46.0
COLOURS = ("ink", "carry", "slip", "ok", "bad", "ink2")
DASHES = ("", "7 4", "2 3", "9 3 2 3", "4 4", "1 4")


def draw_training(pen: Pen, picture: TrainingPicture, say: dict[str, str]) -> float:
    """Draws everything, and returns how tall it became."""
    low = draw_layers(pen, picture, say)
    if picture.curves:
        low = draw_curves(pen, picture, say, low + GAP)
        low = draw_gradients(pen, picture, say, low + GAP)
    return low


def draw_layers(pen: Pen, picture: TrainingPicture, say: dict[str, str]) -> float:
    """The layers below one another; what is new stands in another colour and is said to be new."""
    left, right = 8.0, (pen.width - 56.0 if pen.narrow else 430.0)
    middle = (left + right) / 2
    top = 6.0
    places = []
    for i, layer in enumerate(picture.layers):
        y = top + ROW * i
        places.append(y + HIGH / 2)
        boxed(pen, (left, y, right, y + HIGH))
        write(pen, middle, y + 15.5, layer_pieces(layer, say))
        if i:
            pen.arrow((middle, y - ROW + HIGH + 1), (middle, y - 1), "ink2")
    if picture.skip:
        draw_skip(pen, picture, right, places)
    low = top + ROW * (len(picture.layers) - 1) + HIGH + 6
    if picture.skip_is_new or any(layer.resized or any(new for _, new in layer.after) for layer in picture.layers):
        pen.label(left, low + 16, say["new"], "carry", more=' font-weight="600"')
        low += 20
    return low


def boxed(pen: Pen, box: tuple[float, float, float, float]) -> None:
    x, y, right, base = box
    pen.put(f'rect x="{x:g}" y="{y:g}" width="{right - x:g}" height="{base - y:g}" rx="4"', "ink2", 1)


def layer_pieces(layer: Layer, say: dict[str, str]) -> list[tuple[str, bool]]:
    """A layer's text in pieces, each with whether it is new."""
    pieces = [(f"{say['linear']} {layer.enters} → {layer.leaves}", layer.resized)]
    for name, new in layer.after:
        pieces += [(" · ", False), (name, new)]
    return pieces


def write(pen: Pen, x: float, y: float, pieces: Sequence[tuple[str, bool]]) -> None:
    """A text around x, what is new in it in another colour and bold."""
    spans = "".join(
        f'<tspan class="carry" fill="currentColor" font-weight="600">{escape(text)}</tspan>' if new else escape(text)
        for text, new in pieces
    )
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="13" text-anchor="middle"'
    pen.items.append(f'<text class="label small ink" fill="currentColor" {place}>{spans}</text>')


def draw_skip(pen: Pen, picture: TrainingPicture, right: float, places: Sequence[float]) -> None:
    """An arrow beside the column, from one layer's output to another's."""
    assert picture.skip is not None
    source, target = (places[i - 1] + 4 for i in picture.skip)
    cls = "carry" if picture.skip_is_new else "ink"
    out = right + 26
    pen.line([(right, source), (out, source), (out, target)], cls, 1.6)
    pen.line([(out, target), (right + 2, target)], cls, 1.6)
    pen.head((out, target), (right + 2, target), cls)
    pen.text(right + 31, (source + target) / 2 + 4, [("+", "t")], f"label small {cls}", "start", 15, ' font-weight="600"')


def draw_curves(pen: Pen, picture: TrainingPicture, say: dict[str, str], top: float) -> float:
    """The accuracy of every seed after every epoch, the bands, and the student's own run."""
    epochs = max(len(seed) for one in picture.curves for seed in one.seeds)
    values = [value for one in picture.curves for seed in (*one.seeds, one.own) for value in seed]
    ends = [end for band in (picture.band, picture.chosen) if band for end in band]
    low, high = max(min([*values, *ends]) - 0.02, 0.0), min(max([*values, *ends]) + 0.02, 1.0)
    plot = framed(pen, top, (0.5, epochs + 0.5), (low, high), say["accuracy"])
    for band, cls in ((picture.band, "ok"), (picture.chosen, "pen")):
        if band:
            shade(pen, plot, band, cls, picture.band == picture.chosen)
    for i, one in enumerate(picture.curves):
        for seed in one.seeds:
            plot.line([plot.at((t, y)) for t, y in enumerate(seed, start=1)], COLOURS[i % 6], 1, f' stroke-opacity=".75"{dashed(i)}')
    for i, one in enumerate(picture.curves):
        own = [plot.at((t, y)) for t, y in enumerate(one.own, start=1)]
        plot.line(own, "pen", 1.8, dashed(i))
        for point in own:
            square(pen, plot, point)
    x = plot.at((picture.epoch, 0))[0]
    plot.line([(x, plot.top), (x, plot.top + plot.high)], "ink2", 0.8, ' stroke-opacity=".6"')
    plot.finish(pen)
    along_bottom(pen, plot, [("epoch", "t")], least=max(40, 0.95 * plot.wide / epochs))
    return legend(pen, picture, plot.top + plot.high + 44, say)


def framed(pen: Pen, top: float, xs: tuple[float, float], ys: tuple[float, float], title: str) -> Plot:
    """A plot with its title above and its axis on the left."""
    high = 190.0 if pen.narrow else 230.0
    pen.label(8, top, title, "ink", more=' font-weight="600"')
    left = margin(ys, high)
    plot = Plot((left, top + 14, 340.0 if pen.narrow else 610.0, top + 14 + high), xs, ys)
    up_the_left(pen, plot)
    return plot


def dashed(i: int) -> str:
    return f' stroke-dasharray="{DASHES[i % 6]}"' if DASHES[i % 6] else ""


def shade(pen: Pen, plot: Plot, band: Band, cls: str, both: bool) -> None:
    """A band across the plot: filled if it is true, hatched by its edges if it is the student's."""
    (x, y), (right, base) = plot.at((plot.xs[0], band[1])), plot.at((plot.xs[1], band[0]))
    y, base = max(y, plot.top), min(base, plot.top + plot.high)
    box = f'x="{x:.1f}" y="{y:.1f}" width="{right - x:.1f}" height="{max(base - y, 0):.1f}"'
    if cls == "ok":
        pen.items.append(f'<rect class="{cls}" fill="currentColor" fill-opacity=".14" {box}/>')
    else:
        pen.put(f"rect {box}", cls, 1.6, ' stroke-dasharray="6 4"')


def legend(pen: Pen, picture: TrainingPicture, y: float, say: dict[str, str]) -> float:
    """A line of each kind with its name."""
    lines: list[tuple[str, str, str]] = []
    for i, one in enumerate(picture.curves):
        lines.append((COLOURS[i % 6], dashed(i), said(one.label, say)))
    if any(one.own for one in picture.curves):
        lines.append(("pen", "", say["own run"]))
    if picture.chosen:
        lines.append(("pen", ' stroke-dasharray="6 4"', say["chosen"]))
    if picture.band:
        lines.append(("ok", "", say["true band"]))
    return named(pen, [(cls, dash, 6.0 if text == say["true band"] else 2.0, text) for cls, dash, text in lines], y)


def named(pen: Pen, lines: Sequence[tuple[str, str, float, str]], y: float) -> float:
    """Lines with their names below one another; returns how tall it became."""
    for cls, dash, stroke, text in lines:
        pen.line([(10, y - 4), (40, y - 4)], cls, stroke, dash)
        pen.label(48, y, text, cls)
        y += 19
    return y - 10


def said(words: Words, say: dict[str, str]) -> str:
    return words.vi if say["language"] == "vi" else words.en


def draw_gradients(pen: Pen, picture: TrainingPicture, say: dict[str, str], top: float) -> float:
    """The mean gradient norm of every layer after the asked epoch, on a scale of powers of ten."""
    logs = [[math.log10(norm) if norm > 0 else math.nan for norm in one.gradients] for one in picture.curves]
    seen = [value for row in logs for value in row if math.isfinite(value)]
    if not seen:
        return top - GAP
    deepest = max(map(len, logs))
    ys = (math.floor(min(seen) - 0.2), math.ceil(max(seen) + 0.2))
    high = 150.0 if pen.narrow else 170.0
    pen.label(8, top, say["gradients"], "ink", more=' font-weight="600"')
    plot = Plot((52, top + 14, 340.0 if pen.narrow else 610.0, top + 14 + high), (0.5, deepest + 1.0), (float(ys[0]), float(ys[1])))
    powers(pen, plot, ys)
    for i, row in enumerate(logs):
        points: list[XY] = [plot.at((layer, value)) for layer, value in enumerate(row, start=1) if math.isfinite(value)]
        plot.line(points, COLOURS[i % 6], 1.8, dashed(i))
        for x, y in points:
            pen.items.append(f'<circle class="{COLOURS[i % 6]}" fill="currentColor" cx="{x:.1f}" cy="{y:.1f}" r="3"/>')
    plot.finish(pen)
    along_bottom(pen, plot, [(say["layer"], "t")], least=plot.wide / (deepest + 2))
    return plot.top + plot.high + 32


def powers(pen: Pen, plot: Plot, ys: tuple[int, int]) -> None:
    """The axis of powers of ten."""
    left, top, _, base = plot.box
    pen.line([(left, top), (left, base)], stroke=1)
    step = max(1, math.ceil((ys[1] - ys[0]) / 6))
    for k in range(ys[0], ys[1] + 1, step):
        y = plot.at((0, k))[1]
        pen.line([(left - 4, y), (left, y)], stroke=1)
        pen.math(left - 8, y + 4.5, [("10", "n"), (str(k).replace("-", "−"), "^")], "ink2", "end", 13)


def draw_runs(pen: Pen, picture: RunsPicture, say: dict[str, str]) -> float:
    """What our seeds gave as a band, and every student's run; who leaves the band is named."""
    epochs = len(picture.seeds[0])
    values = [value for seed in picture.seeds for value in seed] + [value for _, run, _ in picture.runs for value in run]
    ys = max(min(values) - 0.02, 0.0), min(max(values) + 0.02, 1.0)
    plot = framed(pen, 18, (0.5, epochs + 0.5), ys, say["accuracy of all"])
    steps = list(zip(*picture.seeds, strict=True))
    above, below = ([plot.at((t, pick(step))) for t, step in enumerate(steps, start=1)] for pick in (max, min))
    outline = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*above, *reversed(below)])
    pen.items.append(f'<polygon class="ok" fill="currentColor" fill-opacity=".2" points="{outline}"/>')
    for line in (above, below):
        plot.line(line, "ok", 1.2)
    for _, run, plausible in picture.runs:
        plot.line([plot.at((t, y)) for t, y in enumerate(run, start=1)], "pen", 1.2, "" if plausible else DASHED)
    for who, run, plausible in picture.runs:
        if not plausible:
            tag(pen, plot, [plot.at((t, run[t - 1])) for t in range(epochs, 0, -1)], who, "pen", must=False)
    plot.finish(pen)
    along_bottom(pen, plot, [("epoch", "t")], least=max(40, 0.95 * plot.wide / epochs))
    lines = [("ok", "", 6.0, say["ours"].format(len(picture.seeds)))]
    lines += [("pen", "", 1.6, say["students"])] * any(plausible for *_, plausible in picture.runs)
    lines += [("pen", DASHED, 1.6, say["odd"])] * any(not plausible for *_, plausible in picture.runs)
    return named(pen, lines, plot.top + plot.high + 44)
