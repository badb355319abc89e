"""The data of a boundary's picture: points by class, and the lines of the given, the student's and after release the true weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from questions.model import Words
from questions.pictures.quantities import Answers, Point, Release, entered, number_entered, pair, row, spoken
from questions.variant import Variant

Half = tuple[float, float, float]  # u, v, b: where u·x1 + v·x2 + b ≥ 0
CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))


@dataclass(frozen=True)
class Line:
    """Where u·x1 + v·x2 + b = 0, as far as all of `within` hold; `whose` weights: given, own, or true; `unit` counts them from 1."""

    half: Half
    whose: str
    unit: int = 0
    within: tuple[Half, ...] = ()
    classes: tuple[int, int] | None = None


@dataclass(frozen=True)
class BoundaryPicture:
    """Points of the plane with their classes, and lines that part it; where the student is `free`, the true ones are but one way."""

    points: tuple[tuple[Point, int], ...]
    lines: tuple[Line, ...]
    free: bool
    alt: Words


def half(weights: Sequence[float | None]) -> Half | None:
    """Three weights as a half plane; None where one is missing, or where it is no line."""
    u, v, b = (0.0 if w is None else w for w in weights)
    return (u, v, b) if None not in weights and (u or v) else None


def lines_of(weights: Sequence[tuple[str, Sequence[float | None]]]) -> Iterator[Line]:
    """The lines of one unit, by whose weights they are."""
    for whose, three in weights:
        found = half(three)
        if found:
            yield Line(found, whose)


def logistic(variant: Variant, answers: Answers, release: Release | None) -> BoundaryPicture | None:
    """Logistic regression on two features: the line where ŷ = 1/2 before the step and after it."""
    X, y = np.asarray(variant.givens["X"], dtype=float), row(variant.givens["y"])
    if X.shape[1] != 3 or np.any(X[:, 2] != 1):
        return None
    weights: list[tuple[str, Sequence[float | None]]] = [("given", row(variant.givens["theta"]))]
    weights.append(("own", entered(variant, answers, "thetanew", 3)))
    asked = any(part.ask is not None and part.step in ("dtheta", "thetanew") for part in variant.question.parts)
    weights += [("true", row(release["thetanew"]))] if release and asked else []
    points = tuple(((float(a), float(b)), int(c)) for (a, b, _), c in zip(X, y, strict=True))
    return told(points, tuple(lines_of(weights)))


def softmax(variant: Variant, answers: Answers, release: Release | None) -> BoundaryPicture | None:
    """Softmax regression on two features: between which classes the likeliest changes, before the step and after it."""
    X, y, Theta = (np.asarray(variant.givens[name], dtype=float) for name in ("X", "y", "Theta"))
    if X.shape[1] != 3 or np.any(X[:, 2] != 1):
        return None
    own = entered(variant, answers, "Thetanew", *Theta.shape)
    tables = [("given", Theta), ("own", np.array([np.nan if w is None else w for w in own]).reshape(Theta.shape))]
    tables += [("true", np.asarray(release["Thetanew"], dtype=float))] if release else []
    found = tuple(line for whose, table in tables if np.isfinite(table).all() for line in between(table, whose))
    return told(tuple(((float(a), float(b)), int(c)) for (a, b, _), c in zip(X, y, strict=True)), found)


def between(Theta: np.ndarray, whose: str) -> Iterator[Line]:
    """The parts of the lines between two classes on which no third is likelier."""
    columns = Theta.T
    for i in range(len(columns)):
        for j in range(i + 1, len(columns)):
            found = half((columns[i] - columns[j]).tolist())
            others = [columns[i] - columns[k] for k in range(len(columns)) if k not in (i, j)]
            if found:
                within = tuple((float(u), float(v), float(b)) for u, v, b in others)
                yield Line(found, whose, within=within, classes=(i, j))


def perceptron(variant: Variant, answers: Answers, release: Release | None) -> BoundaryPicture | None:
    """A perceptron of two inputs with its sample: the line before the update and after it."""
    x, w, b = row(variant.givens["x"]), row(variant.givens["w"]), row(variant.givens["b"])
    if len(x) != 2:
        return None
    weights: list[tuple[str, Sequence[float | None]]] = [("given", [*w, *b])]
    weights.append(("own", [*entered(variant, answers, "wnew", 2), number_entered(variant, answers, "bnew")]))
    weights += [("true", [*row(release["wnew"]), *row(release["bnew"])])] if release else []
    return told((((x[0], x[1]), int(row(variant.givens["t"])[0])),), tuple(lines_of(weights)))


def gate(variant: Variant, answers: Answers, release: Release | None) -> BoundaryPicture | None:
    """A unit for a truth table: the four corners with their targets, and its line."""
    points = tuple((corner, int(t)) for corner, t in zip(CORNERS, row(variant.givens["target"]), strict=True))
    own = half(entered(variant, answers, "unit", 3))
    lines = [Line(own, "own")] if own else []
    true = half(row(release["unit"])) if release else None
    return told(points, (*lines, *([Line(true, "true")] if true else [])), free=True)


def xor(variant: Variant, answers: Answers, release: Release | None) -> BoundaryPicture | None:
    """A net of two hidden units for the diagonals of a rectangle: its corners with their targets, and a line for each unit."""
    p, q, r, s, same = (row(variant.givens[name])[0] for name in ("p", "q", "r", "s", "same"))
    points = tuple((corner, int(same if i in (0, 3) else 1 - same)) for i, corner in enumerate(((p, r), (p, s), (q, r), (q, s))))
    nets = [("own", entered(variant, answers, "net", 3, 3))]
    nets += [("true", list(row(release["net"])))] if release else []
    units = [(whose, unit, half(net[3 * unit - 3 : 3 * unit])) for whose, net in nets for unit in (1, 2)]
    return told(points, tuple(Line(found, whose, unit) for whose, unit, found in units if found), free=True)


VI = {
    "points": "Mặt phẳng x1, x2 với các điểm: {points}.",
    "point": "{at} có nhãn {label}",
    "given": "Trước bước cập nhật, đường ranh giới{which} là {line}.",
    "own": "Đường của bạn{which}: {line}.",
    "true": "Đường đúng{which}: {line}.",
    "works": "Một lời giải đúng, đường{which}: {line}.",
    "unit": " của nơ-ron {unit}",
    "classes": " giữa lớp {i} và lớp {j}",
    "none": "Bạn chưa điền đường nào.",
    "side": "Mũi tên chỉ về phía có tổng dương.",
}
EN = {
    "points": "The plane of x1, x2 with the points: {points}.",
    "point": "{at} labelled {label}",
    "given": "Before the update the boundary{which} is {line}.",
    "own": "Your line{which}: {line}.",
    "true": "The true line{which}: {line}.",
    "works": "A solution that works, the line{which}: {line}.",
    "unit": " of unit {unit}",
    "classes": " between class {i} and class {j}",
    "none": "You have entered no line yet.",
    "side": "Arrows point to the side where the sum is positive.",
}


def told(points: tuple[tuple[Point, int], ...], lines: tuple[Line, ...], free: bool = False) -> BoundaryPicture:
    """The picture of the points and lines together with its text."""
    silent = BoundaryPicture(points, lines, free, Words(vi="-", en="-"))
    return replace(silent, alt=Words(vi=" ".join(sentences(silent, VI)), en=" ".join(sentences(silent, EN))))


def sentences(picture: BoundaryPicture, say: dict[str, str]) -> Iterator[str]:
    """What the picture of a boundary shows, in sentences."""
    points = "; ".join(say["point"].format(at=pair(at), label=label) for at, label in picture.points)
    yield say["points"].format(points=points)
    if not any(line.whose == "own" for line in picture.lines):
        yield say["none"]
    for line in picture.lines:
        which = say["unit"].format(unit=line.unit) if line.unit else ""
        which = say["classes"].format(i=line.classes[0], j=line.classes[1]) if line.classes else which
        key = "works" if picture.free and line.whose == "true" else line.whose
        yield say[key].format(which=which, line=equation(line.half))
    if any(not line.classes for line in picture.lines):
        yield say["side"]


def equation(three: Half) -> str:
    """u·x1 + v·x2 + b = 0 in print."""
    u, v, b = (spoken(w, 5) for w in three)
    return f"{u}·x1 + {v}·x2 + {b} = 0".replace("+ −", "− ")
