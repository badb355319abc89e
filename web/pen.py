"""The pen of every picture: lines, arrows, text with sub- and superscripts, and the boxes that labels take."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, Decimal
from html import escape
from itertools import pairwise

from questions.pictures import Quantity, Symbol

XY = tuple[float, float]
Box = tuple[float, float, float, float]
Run = tuple[str, str]  # a piece of text and how it is set: i italic, n upright, _ below, ^ above, t as prose

TOKENS = ("ink", "ink2", "rule", "pen", "ok", "carry", "slip", "bad")
LIGHT = ("#1c1a17", "#59554d", "#dcd8cf", "#4b2a8c", "#17663b", "#0b6273", "#855000", "#ae231c")
DARK = ("#ebe7df", "#aca69a", "#38352f", "#bda8f5", "#7cc796", "#70bfd0", "#e0ae58", "#f28b80")
# How the page colours and sets a picture that it holds inline; a picture shown as an image brings the same along.
SERIF = '"Latin Modern Roman","STIX Two Text",Cambria,Georgia,"Times New Roman",serif'
RULES = "".join(f".{name}{{color:var(--{name})}}" for name in TOKENS) + (
    f'.math{{font-family:"KaTeX_Main",{SERIF}}}.math [font-style=italic]{{font-family:"KaTeX_Math",{SERIF}}}'
    '.label{font-family:"Be Vietnam Pro",system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}'
)


def values(colours: Sequence[str]) -> str:
    return ":root{" + ";".join(f"--{name}:{colour}" for name, colour in zip(TOKENS, colours, strict=True)) + "}"


STYLE = f"{values(LIGHT)}@media(prefers-color-scheme:dark){{{values(DARK)}}}{RULES}"


def short(value: float) -> str:
    """A coordinate to one decimal."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") and text != "-0.0" else "0" if text == "-0.0" else text


def coordinates(points: Iterable[XY]) -> str:
    """A path through points: absolute to the first, then relative, so that it stays short."""
    out, at = "", (0, 0)
    for i, (x, y) in enumerate(points):
        here = (round(x * 10), round(y * 10))
        out += (
            f"M{short(here[0] / 10)} {short(here[1] / 10)}l"
            if not i
            else f"{short((here[0] - at[0]) / 10)} {short((here[1] - at[1]) / 10)} "
        )
        at = here
    return out.strip()


def number(value: float, figures: int = 3) -> list[Run]:
    """A number: whole where it has up to five figures, else cut after `figures` with …; powers of ten where it is huge or tiny."""
    if not math.isfinite(value):
        return [("–", "n")]
    exact = Decimal(f"{value + 0.0:.12g}").normalize()
    power = exact.adjusted() if exact else 0
    kept = exact
    figures = max(figures, power + 1) if power <= 5 else figures
    if len(exact.as_tuple().digits) > max(figures, 5) - (figures < 3):
        kept = exact.quantize(Decimal(1).scaleb(power - figures + 1), ROUND_DOWN)
    more = "…" if kept != exact else ""
    if -4 <= power <= 5:
        return [(f"{kept:f}".replace("-", "−") + more, "n")]
    factor = f"{kept.scaleb(-power):f}".replace("-", "−") + more
    ten = {"1": "10", "−1": "−10"}.get(factor, f"{factor}·10")
    return [(ten, "n"), (str(power).replace("-", "−"), "^")]


def name(symbol: Symbol) -> list[Run]:
    runs: list[Run] = [("∂L", "i"), ("/", "n"), ("∂", "i")] if symbol.derivative else []
    runs.append((symbol.letter, "i"))
    primes = "\u2009" * (symbol.letter == "f") + "′" * symbol.prime  # an f leans into what follows
    return runs + ([(primes, "^")] if symbol.prime else []) + ([(symbol.sub, "_")] if symbol.sub else [])


def told(quantity: Quantity, figures: int = 3) -> list[Run]:
    """A name, and = with its number or with a question mark."""
    runs = name(quantity.symbol) if quantity.symbol.letter else []
    if quantity.value is None:
        return [*runs, (" = ?", "n")] if quantity.asked else runs
    first, *rest = number(quantity.value, figures)
    return [*runs, ((" = " if runs else "") + first[0], "n"), *rest]


def width(runs: Iterable[Run], size: float) -> float:
    """About how wide a text is, in whatever serif there is."""
    return sum(len(text) * size * (0.4 if how in "_^" else 0.57) for text, how in runs)


def colour(quantity: Quantity) -> str:
    return "pen" if quantity.asked and quantity.value is None else "ink"


class Pen:
    """The elements drawn so far, and the boxes their labels take."""

    def __init__(self, narrow: bool) -> None:
        self.narrow = narrow
        self.width = 358 if narrow else 684
        self.items: list[str] = []
        self.taken: list[Box] = []
        self.lines: list[tuple[XY, XY]] = []
        self.words: list[Box] = []

    def svg(self, height: float, title: str, text: str, language: str) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {round(height)}" width="{self.width}" '
            f'height="{round(height)}" role="img" lang="{"vi" if language == "vi" else "en"}"><title>{escape(title)}</title>'
            f"<desc>{escape(text)}</desc><style>{STYLE}</style>{''.join(self.items)}</svg>"
        )

    def put(self, shape: str, cls: str, stroke: float = 1.3, more: str = "") -> None:
        self.items.append(f'<{shape} class="{cls}" fill="none" stroke="currentColor" stroke-width="{stroke:g}"{more}/>')

    def line(self, points: Sequence[XY], cls: str = "ink", stroke: float = 1.3, more: str = "") -> None:
        if len(points) > 1:
            self.put(f'path d="{coordinates(points)}"', cls, stroke, more + ' stroke-linejoin="round"')

    def arrow(self, start: XY, end: XY, cls: str = "ink", dashed: bool = False) -> None:
        self.line([start, end], cls, 1.4, ' stroke-dasharray="5 4"' if dashed else "")
        self.head(start, end, cls)

    def head(self, start: XY, end: XY, cls: str) -> None:
        turn = math.atan2(end[1] - start[1], end[0] - start[0])
        wings = [(end[0] - 9 * math.cos(turn + side), end[1] - 9 * math.sin(turn + side)) for side in (0.42, -0.42)]
        self.line([wings[0], end, wings[1]], cls, 1.4)

    def circle(self, x: float, y: float, r: float, cls: str = "ink") -> None:
        self.put(f'circle cx="{short(x)}" cy="{short(y)}" r="{short(r)}"', cls, 1.4)

    def text(self, x: float, y: float, runs: Sequence[Run], cls: str, anchor: str, size: float, more: str = "") -> Box:
        """Writes a text and returns the box it covers."""
        out, low = "", 0.0
        for text, how in runs:
            level = {"_": 0.24, "^": -0.36}.get(how, 0.0) * size
            extra = f' dy="{short(level - low)}"' if level != low else ""
            extra += f' dx="{short(-0.3 * size)}"' if how == "_" and low < 0 else ""
            extra += f' font-size="{size * 0.74:.3g}"' if how in "_^" else ""
            set_as = f' font-style="{"italic" if how == "i" else "normal"}"' if how != "t" else ""
            out += f"<tspan{set_as}{extra}>{escape(text)}</tspan>" if set_as or extra else escape(text)
            low = level
        place = f'x="{short(x)}" y="{short(y)}" font-size="{size:g}" text-anchor="{anchor}"'
        self.items.append(f'<text class="{cls}" fill="currentColor" {place}{more}>{out}</text>')
        wide = width(runs, size)
        left = x - wide * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        box = (left - 2, y - size * 0.85, left + wide + 2, y + size * 0.3)
        self.taken.append(box)
        return box

    def label(self, x: float, y: float, text: str, cls: str = "ink2", anchor: str = "start", more: str = "") -> Box:
        return self.text(x, y, [(text, "t")], f"label small {cls}", anchor, 13, more)

    def math(
        self, x: float, y: float, runs: Sequence[Run], cls: str = "ink", anchor: str = "start", size: float = 15, hat: bool = False
    ) -> Box:
        """A formula; a hat goes on its first letter, which must then be anchored at its start."""
        if hat:
            top = y - 0.56 * size
            self.line([(x + 0.12 * size, top), (x + 0.29 * size, top - 0.15 * size), (x + 0.46 * size, top)], cls, 1.1)
        return self.text(x, y, runs, f"math {cls}", anchor, size)

    def stack(self, x: float, y: float, lines: Sequence[Quantity], anchor: str = "middle", up: bool = False, figures: int = 3) -> float:
        """Quantities under one another from y on, or above one another; returns where the next would go."""
        for quantity in lines:
            self.math(x, y, told(quantity, figures), colour(quantity), anchor, 14.5 if not self.narrow else 14, quantity.symbol.hat)
            y += -20 if up else 20
        return y


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def inside(line: tuple[XY, XY], box: Box) -> tuple[float, float] | None:
    """From where to where, as fractions, a line is inside a box."""
    (x0, y0), (x1, y1) = line
    if max(x0, x1) < box[0] or min(x0, x1) > box[2] or max(y0, y1) < box[1] or min(y0, y1) > box[3]:
        return None
    low, high = 0.0, 1.0
    for at, along, least, most in ((x0, x1 - x0, box[0], box[2]), (y0, y1 - y0, box[1], box[3])):
        if along:
            ts = sorted(((least - at) / along, (most - at) / along))
            low, high = max(low, ts[0]), min(high, ts[1])
    return (low, high) if low < high else None


def cut(points: Sequence[XY], boxes: Sequence[Box]) -> list[list[XY]]:
    """A line through points, without what lies in boxes."""
    pieces: list[list[XY]] = [[points[0]]]
    for a, b in pairwise(points):
        left, right, top, low_end = min(a[0], b[0]), max(a[0], b[0]), min(a[1], b[1]), max(a[1], b[1])
        met = [box for box in boxes if right >= box[0] and left <= box[2] and low_end >= box[1] and top <= box[3]]
        gaps = sorted(gap for gap in (inside((a, b), box) for box in met) if gap)
        at = 0.0
        for low, high in [*gaps, (1.0, 1.0)]:
            if low > at:
                pieces[-1].append((a[0] + low * (b[0] - a[0]), a[1] + low * (b[1] - a[1])))
            if at < high < 1 or low < 1 <= high:
                pieces.append([(a[0] + high * (b[0] - a[0]), a[1] + high * (b[1] - a[1]))])
            at = max(at, high)
    return [piece for piece in pieces if len(piece) > 1]
