"""Draws a net: its layers from left to right, every number beside its arrow, the way back dashed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from questions.pictures import NetworkPicture, Neuron, Quantity, Symbol
from web.pen import XY, Box, Pen, colour, cut, inside, name, number, overlap, short, told, width


class Places:
    """Where the columns and rows of a net stand."""

    def __init__(self, net: NetworkPicture, narrow: bool) -> None:
        self.small = len(net.inputs) == len(net.hidden) == 1 and len(net.outputs) <= 2
        tall = max(len(net.inputs), len(net.hidden), len(net.outputs), len(net.probabilities))
        if self.small:
            self.hidden, self.out, self.bar, self.yhat, self.loss = (98, 208, 250, 288, 343) if narrow else (168, 334, 448, 502, 632)
            self.r, self.source = (20, 30) if narrow else (24, 0)
            gap = 132.0
        else:
            self.hidden, self.out, self.bar, self.yhat, self.loss = (132, 243, 271, 300, 345) if narrow else (246, 416, 464, 514, 586)
            self.r, self.source = (17, 30) if narrow else (22, 82)
            gap = 116.0 if narrow else 96.0
        self.thick = (20 if not self.small else 24) if narrow else 30
        lines = max((len(n.facts) + n.output.told + bool(net.errors) for n in (*net.hidden, *net.outputs)), default=0)
        self.total = (gap + 20 * max(0, lines - 1) * (not self.small)) * (max(tall, 2) - 1)
        self.top = 0.0
        self.top = max(self.above(net.outputs, tall, len(net.errors)), self.above(net.hidden, tall), 34.0)
        if self.small:
            known = 20 * any(e.value is not None for e in net.errors)
            self.top = (
                44.0 + 20 * any(n.output.told for n in net.outputs) + (22 * bool(net.errors) if narrow else known) + 20 * bool(net.between)
            )

    def above(self, layer: Sequence[Neuron], tall: int, errors: int = 0) -> float:
        """How much room a column takes over the place of the uppermost neuron of all, for what is known of its own uppermost."""
        if not layer:
            return 0.0
        lines = len(layer[0].facts) + layer[0].output.told + bool(errors)
        return self.r + 14 + 20 * lines - self.rows(len(layer), tall)[0]

    @property
    def middle(self) -> float:
        return self.top + self.total / 2

    def rows(self, n: int, tall: int) -> list[float]:
        """The y of n neurons in a column, about the middle."""
        step = self.total / max(tall - 1, 1) if n == tall else self.total * 0.72 / max(n - 1, 1)
        return [self.middle + (i - (n - 1) / 2) * step for i in range(n)]


def draw_net(pen: Pen, net: NetworkPicture, say: dict[str, str]) -> float:
    """Draws a net from its inputs to its loss, and returns how tall it became."""
    at = Places(net, pen.narrow)
    tall = max(len(net.inputs), len(net.hidden), len(net.outputs), 2 if at.small else 1)
    columns = [at.rows(len(layer), tall) for layer in (net.inputs, net.hidden, net.outputs)]
    for y, neuron in zip(columns[1], net.hidden, strict=True):
        relu(pen, at.hidden, y, at.r, neuron, at.small, y > at.middle)
    bottom = softmax(pen, net, at, columns[2], say) if net.outputs else 0.0
    bottom = max(bottom, small_net(pen, net, at, columns, say) if at.small else layered_net(pen, net, at, columns))
    backward = [*net.errors, *net.back, *net.behind, *net.between]
    if backward:
        bottom = legend(pen, bottom + 30, say, any(q.asked and q.value is None for q in backward))
    return max([bottom, *(box[3] for box in pen.taken)]) + 10


def relu(pen: Pen, x: float, y: float, r: float, neuron: Neuron, small: bool, lower: bool) -> None:
    """A hidden unit: the bent line inside, its name and what else is known of it above, or below in the lower half."""
    pen.circle(x, y, r)
    pen.line([(x - 0.55 * r, y + 0.3 * r), (x, y + 0.3 * r), (x + 0.55 * r, y - 0.32 * r)], "ink", 1.6)
    if small:
        pen.math(x + (3 if pen.narrow else -4) * neuron.output.told, y - r - 8, told(neuron.output), colour(neuron.output), "middle", 16)
        pen.label(x, y + r + 17, "ReLU", anchor="middle")
    else:
        pen.stack(x, y + (r + 18 if lower else -r - 9), [neuron.output, *neuron.facts], up=not lower)


def small_net(pen: Pen, net: NetworkPicture, at: Places, columns: list[list[float]], say: dict[str, str]) -> float:
    """One input, one unit, two branches: every number beside its arrow."""
    y, weight, x0 = at.middle, net.first[0][0], 0.0
    entry = net.inputs[0]
    if pen.narrow:
        if entry.value is None:
            pen.math(0, y + 5, name(entry.symbol), size=16)
        else:
            pen.math(0, y - 4, name(entry.symbol), size=16)
            pen.math(0, y + 16, number(entry.value))
        x0 = max(18.0, width(number(entry.value or 0), 15) * 0.9 + 4)
    else:
        box = pen.math(0, y + 5, told(entry), size=16)
        x0 = box[2] + 4
    pen.arrow((x0, y), (at.hidden - at.r - 2, y))
    centre = (x0 + at.hidden - at.r) / 2
    over = y - 10.0
    output = at.hidden + (3 if pen.narrow else -4) - width(told(net.hidden[0].output), 16) / 2 - 5  # where what the unit gives begins
    if weight.value is not None:
        if pen.narrow:
            pen.math(centre, over, number(weight.value), "ink", "middle", 14)
            pen.math(min(centre, output - width(name(weight.symbol), 14) / 2), over - 18, name(weight.symbol), "ink", "middle", 14)
            over -= 38
        else:
            pen.math(centre, over, told(weight), "ink", "middle", 14.5)
            over -= 20
    facts = net.hidden[0].facts
    given = [f for f in facts if not f.asked]
    left = min(centre, min(at.hidden - 36, output) - max((width(told(f), 14.5) / 2 for f in given), default=0))
    pen.stack(0 if pen.narrow else left, over, given, "start" if pen.narrow else "middle", up=True)
    below = [f for f in facts if f.asked]
    under = y + (24.0 if not pen.narrow else 58.0)
    under = pen.stack(0 if pen.narrow else centre, under, below, "start" if pen.narrow else "middle")
    found = bool(net.back) and net.back[0].value is not None and pen.narrow
    squeezed = found and not net.outputs
    if net.behind:
        dashed = y + 13 if not below or pen.narrow else under - 8
        asked = any(q.asked and q.value is None for q in net.behind)
        pen.arrow((at.hidden - at.r - 2, dashed), (x0 + 4, dashed), "pen" if asked else "ink", True)
        under = pen.stack(0, under if pen.narrow else dashed + 22, [*net.behind, *net.back] if squeezed else net.behind, "start")
    bottom = max(y + at.r + 20, under - 14)
    ends = columns[2] or [y - 56, y + 56]
    reach: float = at.out - (19 if pen.narrow else 22) if columns[2] else (232 if pen.narrow else 388)
    tips = [branch(pen, net, at, (reach, end), i) for i, end in enumerate(ends)]
    if net.back and not squeezed:
        pen.math(max(tips) + (7 if found else 13), y + 5, told(net.back[0]), colour(net.back[0]), size=13 if found else 14.5)
    if not columns[2]:
        bottom = max(bottom, beyond(pen, net, y, float(reach), say))
    return bottom


def branch(pen: Pen, net: NetworkPicture, at: Places, end: XY, i: int) -> float:
    """The arrow from the unit to output i, its weight on the outer side, the way back on the inner; returns where that ends."""
    x1 = float(at.hidden)
    y = at.middle
    side = -1 if end[1] < y else 1
    goal = (end[0] - 1, end[1] - side * (7 if net.outputs else 0))
    turn = math.atan2(goal[1] - y, goal[0] - at.hidden)
    start = (at.hidden + (at.r + 1) * math.cos(turn * 0.8), y + (at.r + 1) * math.sin(turn * 0.8))
    pen.arrow(start, goal)
    if net.back:
        away = 13 if not pen.narrow else 11
        tip = y + side * 7
        x0, y0 = goal[0] - 8 + side * away * math.sin(turn), goal[1] - side * away * math.cos(turn) - 8 * math.tan(turn)
        x1 = max(x0 + (tip - y0) / math.tan(turn), at.hidden + at.r + 8)
        pen.arrow((x0, y0), (x1, y0 + (x1 - x0) * math.tan(turn)), colour(net.back[0]), True)
    if net.second and i < len(net.second[0]):
        shown = [net.second[0][i]] * (net.second[0][i].value is not None) + [
            q for q in net.between if q.symbol.sub == net.second[0][i].symbol.sub
        ]
        shown = [q for q in shown if not q.symbol.derivative or q.symbol.prime == net.second[0][i].symbol.prime]
        x = start[0] + 0.66 * (goal[0] - start[0])
        pen.stack(x, start[1] + 0.66 * (goal[1] - start[1]) + (-9 if side < 0 else 21), shown, "end", side < 0)
    return x1


def beyond(pen: Pen, net: NetworkPicture, y: float, x: float, say: dict[str, str]) -> float:
    """The part of the net that is not told, and the loss at its end."""
    wide = 72 if pen.narrow else 116
    pen.put(f'rect x="{short(x)}" y="{short(y - 70)}" width="{wide}" height="140" rx="3"', "ink2", 1.2, ' stroke-dasharray="2 3"')
    lines = say["rest"].split("|")
    for i, text in enumerate(lines):
        pen.label(x + wide / 2, y + 14 - 9.5 * len(lines) + 19 * i, text, anchor="middle")
    r = 14 if pen.narrow else 18
    centre = pen.width - r - 2.0 if pen.narrow else x + wide + 86
    pen.arrow((x + wide + 1, y), (centre - r - 2, y))
    pen.circle(centre, y, r)
    pen.math(centre, y + 5, [("L", "i")], anchor="middle", size=16)
    return y + 74


def softmax(pen: Pen, net: NetworkPicture, at: Places, rows: list[float], say: dict[str, str]) -> float:
    """The outputs, the softmax, its probabilities and the loss."""
    r = (19 if at.small else 17) if pen.narrow else 22
    high, low = rows[0] - r - 10, rows[-1] + r + 10
    pen.put(f'rect x="{at.bar}" y="{short(high)}" width="{at.thick}" height="{short(low - high)}" rx="3"', "ink", 1.4)
    turn = f' transform="rotate(-90 {short(at.bar + at.thick / 2 + 4.5)} {short(at.middle)})"'
    pen.label(at.bar + at.thick / 2 + 4.5, at.middle, "softmax", anchor="middle", more=turn)
    bottom = low
    for i, (y, neuron) in enumerate(zip(rows, net.outputs, strict=True)):
        lower = i > (len(rows) - 1) / 2
        pen.circle(at.out, y, r)
        pen.math(at.out, y + 5, name(neuron.output.symbol), anchor="middle", size=16 if at.small else 15)
        outside = [*[neuron.output] * neuron.output.told, *neuron.facts]
        if pen.narrow and not at.small and neuron.output.value is not None and not neuron.facts:
            outside = [replace(neuron.output, symbol=Symbol(""))]  # its name is in the circle
        error = next((e for e in net.errors if e.symbol.sub == neuron.output.symbol.sub), None)
        shift = 0 if error is None else 7 if lower else -7
        pen.arrow((at.out + r + 1, y + shift), (at.bar - 2, y + shift))
        if error is not None:
            pen.arrow((at.bar - 1, y - 1.2 * shift), (at.out + r + 5, y - 1.2 * shift), colour(error), True)
            if pen.narrow or not at.small or width(told(error), 14.5) > 100:
                outside.insert(0, error)
            else:
                pen.stack((at.out + r + at.bar) / 2 + 2, y - 1.2 * shift + (-9 if lower else 20), [error])
        beside_bar = at.out + max((width(told(q), 14.5) / 2 for q in outside), default=0) > at.bar - 3
        x, anchor = (at.bar - 4, "end") if beside_bar and pen.narrow else (at.out, "middle")
        bottom = max(bottom, pen.stack(x, y + (r + 18 if lower else -r - 9), outside, anchor, up=not lower) - 12)
    return max(bottom, probabilities(pen, net, at, rows, bottom, say))


def probabilities(pen: Pen, net: NetworkPicture, at: Places, rows: list[float], low: float, say: dict[str, str]) -> float:
    """ŷ beside the softmax, and the loss that takes them in, with what is known of it; on a phone that stands lower than `low`."""
    right = at.bar + at.thick + 1
    ends = []
    for y, p in zip(rows, net.probabilities, strict=True):
        pen.arrow((right, y), (at.yhat - 6, y)) if not pen.narrow else pen.line([(right, y), (at.yhat - 4, y)])
        if pen.narrow:
            pen.math(at.yhat, y + 2, name(p.symbol), colour(p), size=15, hat=True)
            if p.told:
                pen.math(at.yhat, y + 20, number(p.value) if p.value is not None else [("?", "n")], colour(p), size=14)
            ends.append((at.yhat + 19.0, y - 3))
        else:
            ends.append((pen.math(at.yhat, y + 5, told(p), colour(p), size=16, hat=True)[2] + 4, y))
    if not net.loss:
        return rows[-1] + 24
    r, cx, cy = (12 if pen.narrow else 18), at.loss, at.middle
    for (x, y), row in zip(ends, rows, strict=True):
        if abs(row - cy) < 1:
            pen.arrow((x, y), (cx - r - 2, cy))
            continue
        side = -1 if row < cy else 1
        goal = (cx - 2, cy + side * (r + 3))
        bend = [(x, y), (cx - 8, y), (cx - 4, (y + goal[1]) / 2), goal]
        pen.put('path d="M{}C{} {} {}"'.format(*(f"{short(p[0])} {short(p[1])}" for p in bend)), "ink", 1.4)
        pen.head((goal[0] - 3, goal[1] + side * 20), goal, "ink")
    pen.circle(cx, cy, r)
    pen.math(cx, cy + 5, [("L", "i")], anchor="middle", size=16)
    facts = [q for q in net.loss if q.told]
    edge, anchor, down = cx + 12.0, "start", cy + r + 18
    if pen.narrow:
        edge, anchor, down = pen.width, "end", max(rows[-1] + (44 if net.probabilities[-1].told else 34), low + 16)
    elif len(rows) % 2 == 0:
        pen.stack(cx - r - 10, cy + 5 - 10 * (len(facts) - 1), facts, "end")
        facts = []
    down = pen.stack(edge, down, facts, anchor)
    if net.label is not None:
        pen.label(edge, down, say["label"], anchor=anchor)
        down = pen.stack(edge, down + 19, [net.label], anchor) - 1
    return down - 14


def layered_net(pen: Pen, net: NetworkPicture, at: Places, columns: list[list[float]]) -> float:
    """Several inputs or units: each weight on its own arrow, where nothing else is."""
    figures = 2 if pen.narrow else 3
    for y, entry in zip(columns[0], net.inputs, strict=True):
        if pen.narrow and entry.value is not None:
            pen.math(0, y - 4, name(entry.symbol))
            pen.math(0, y + 15, number(entry.value, figures), size=14)
        else:
            pen.math(0 if pen.narrow else at.source - 6, y + 5, told(entry, figures), anchor="start" if pen.narrow else "end")
    r_out = 17 if pen.narrow else 22
    pen.words = list(pen.taken)
    for x, rows, r in ((at.hidden, columns[1], at.r), (at.out, columns[2], r_out)):
        pen.taken += [(x - r - 4, y - r - 4, x + r + 4, y + r + 4) for y in rows]
    for xs, radii, sources, targets, weights in (
        ((at.source, at.hidden), (0, at.r), columns[0], columns[1], net.first),
        ((at.hidden, at.out), (at.r, r_out), columns[1], columns[2], net.second),
    ):
        ends = [
            (clear((xs[0], y0), (xs[1], y1), radii[0] + 2, radii[1] + 3), weights[i][j])
            for i, y0 in enumerate(sources) for j, y1 in enumerate(targets)
        ]  # fmt: skip
        edges(pen, ends, figures)
        if len(net.hidden) == 1 and net.back and radii[0]:
            backward(pen, [end for end, _ in ends], colour(net.back[0]))
    bottom = down = max([columns[1][-1] + at.r, *(rows[-1] + r_out + 10 for rows in columns[2:] if rows), *(box[3] for box in pen.taken)])
    for centre, reach, quantities in (
        ((at.source + at.hidden) / 2, 50, net.behind),
        ((at.hidden + at.out) / 2, 70, (*net.back, *net.between)),
    ):
        if quantities and not (len(net.hidden) == 1 and quantities[0] in net.back):
            pen.arrow((centre + reach * 0.6, bottom + 10), (centre - reach * 0.6, bottom + 10), colour(quantities[0]), True)
        down = max(down, pen.stack(centre, bottom + 32, quantities) - 10) if quantities else down
    return down


def backward(pen: Pen, lines: Sequence[tuple[XY, XY]], cls: str) -> None:
    """A dashed arrow back along every one of the lines, for a derivative sums over them all."""
    for (x0, y0), (x1, y1) in lines:
        long = math.dist((x0, y0), (x1, y1))
        dx, dy = -9 * (y1 - y0) / long, 9 * (x1 - x0) / long
        start, end = (x1 + dx, y1 + dy), (x0 + dx + 0.6 * dy, y0 + dy - 0.6 * dx)
        for piece in cut([start, end], pen.taken):
            pen.line(piece, cls, 1.4, ' stroke-dasharray="5 4"')
        pen.head(start, end, cls)


def clear(a: XY, b: XY, before: float, after: float) -> tuple[XY, XY]:
    """The line from a to b without its first and last bit."""
    long = math.hypot(b[0] - a[0], b[1] - a[1])
    ux, uy = (b[0] - a[0]) / long, (b[1] - a[1]) / long
    return (a[0] + before * ux, a[1] + before * uy), (b[0] - after * ux, b[1] - after * uy)


def edges(pen: Pen, ends: Sequence[tuple[tuple[XY, XY], Quantity]], figures: int) -> None:
    """Arrows with their weights, each where it is freest; a line is cut where a weight is on it."""
    size, lines = (14 if pen.narrow else 14.5), [line for line, _ in ends]
    weights = [told(w, figures) if w.value is None or not pen.narrow else number(w.value, figures) for _, w in ends]
    spots: dict[int, XY] = {}

    def box(k: int, spot: XY) -> Box:
        half = width(weights[k], size) / 2 + 1
        return (spot[0] - half, spot[1] - 9, spot[0] + half, spot[1] + 9)

    for k in [*range(len(ends))] * 2:  # the second time every weight knows all the others
        others = [box(j, spot) for j, spot in spots.items() if j != k]
        beside = lines[:k] + lines[k + 1 :]
        spots[k] = min(along(lines[k]), key=lambda spot: spot[2] + crowding(box(k, spot[:2]), pen.taken, others, beside))[:2]
    shown = {k: spot for k, spot in spots.items() if weights[k]}
    for k, (x, y) in shown.items():
        pen.math(x, y + 5, weights[k], anchor="middle", size=size)
    boxes = pen.words + [box(k, spot) for k, spot in shown.items()]
    for a, b in lines:
        for piece in cut([a, b], boxes):
            pen.line(piece, stroke=1.2)
        pen.head(a, b, "ink")


def along(line: tuple[XY, XY]) -> list[tuple[float, float, float]]:
    """Places for a weight on a line, or over and under a level one, each with how little it is liked."""
    (x0, y0), (x1, y1) = line
    offs = ((-12.0, 0.0), (13.0, 0.1), (0.0, 0.4)) if abs(y1 - y0) < 12 else ((0.0, 0.0),)
    ts = (0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68, 0.26, 0.74, 0.2, 0.8, 0.15, 0.85)
    return [(x0 + t * (x1 - x0), y0 + t * (y1 - y0) + off, abs(t - 0.5) + worse) for t, (off, worse) in product(ts, offs)]


def crowding(box: Box, taken: Sequence[Box], weights: Sequence[Box], lines: Sequence[tuple[XY, XY]]) -> float:
    """How much a weight at a place gets in the way of what is there already, of other weights and of other lines."""
    x0, y0, x1, y1 = box
    near, around = (x0 - 2, y0 - 3, x1 + 2, y1 + 3), (x0 - 10, y0 - 3, x1 + 10, y1 + 3)
    cost = 100.0 * sum(overlap(box, other) for other in taken) + 100.0 * sum(overlap(box, other) for other in weights)
    return cost + 20 * sum(overlap(around, other) for other in weights) + 10 * sum(inside(line, near) is not None for line in lines)


def legend(pen: Pen, y: float, say: dict[str, str], asked: bool) -> float:
    """What the two kinds of arrows mean."""
    x = 0.0
    pen.arrow((x, y - 4.5), (x + 28, y - 4.5))
    pen.label(x + 38, y, say["forward"])
    x, y = (0.0, y + 22) if pen.narrow else (x + 188, y)
    pen.arrow((x + 28, y - 4.5), (x, y - 4.5), "pen" if asked else "ink", True)
    pen.label(x + 38, y, say["backward" if asked else "back"], "pen" if asked else "ink2")
    return y
