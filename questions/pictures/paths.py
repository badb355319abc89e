"""The data of a path's picture: a bowl of two coordinates, the student's own way down it, and after release the true one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from questions.model import Words
from questions.pictures.quantities import FARTHEST, Answers, Point, Release, entered, pair, row, spoken
from questions.variant import Variant

WEIGHTS = re.compile(r"w([1-9]\d*)")


@dataclass(frozen=True)
class PathPicture:
    """The bowl f(w) = a₁w₁² + a₂w₂², its start, the student's own path from there, and after release the true one.

    `end` is where the student's path ends, and after how many steps, if only that is asked.
    """

    a: Point
    start: Point
    own: tuple[Point, ...]
    true: tuple[Point, ...]
    alt: Words
    end: tuple[int, Point] | None = None


VI = {
    "bowl": "Đường đồng mức của f(w) = {a1}·w1² + {a2}·w2². Xuất phát từ {start}.",
    "lowest": "Đáy ở gốc toạ độ.",
    "own": "Đường của bạn: {points}.",
    "none": "Bạn chưa điền bước nào.",
    "true": "Đường đúng: {points}.",
    "after": "sau bước {t}: {point}",
}
EN = {
    "bowl": "Contours of f(w) = {a1}·w1² + {a2}·w2². The start is {start}.",
    "lowest": "It is lowest at the origin.",
    "own": "Your path: {points}.",
    "none": "You have entered no step yet.",
    "true": "The true path: {points}.",
    "after": "after step {t}: {point}",
}


def path(variant: Variant, answers: Answers, release: Release | None) -> PathPicture | None:
    """The bowl and the paths on it, where it has two coordinates."""
    a, w0 = row(variant.givens["a"]), row(variant.givens["w0"])
    if len(a) != 2 or len(w0) != 2:
        return None
    entries = typed(variant, answers)
    own = tuple(steps(entries))
    end = None if "w1" in entries else last(entries)
    true = tuple(steps({name: row(value) for name, value in release.items() if WEIGHTS.fullmatch(name)})) if release else ()

    def words(say: dict[str, str]) -> str:
        text = [say["bowl"].format(a1=spoken(a[0]), a2=spoken(a[1]), start=pair(w0))]
        text += [say["lowest"]] * (min(a) > 0)
        mine = listing(own, say) if end is None else say["after"].format(t=end[0], point=pair(end[1]))
        text.append(say["own"].format(points=mine) if mine else say["none"])
        return " ".join(text + [say["true"].format(points=listing(true, say))] * bool(true))

    return PathPicture((a[0], a[1]), (w0[0], w0[1]), own, true, Words(vi=words(VI), en=words(EN)), end)


def typed(variant: Variant, answers: Answers) -> dict[str, list[float | None]]:
    """The student's weights by step, each of two coordinates, None where one is missing."""
    asked = {part.step for part in variant.question.parts if part.ask is not None and WEIGHTS.fullmatch(part.step)}
    return {step: entered(variant, answers, step, 2) for step in asked}


def steps(found: Mapping[str, Sequence[float | None]]) -> Iterable[Point]:
    """w1, w2, … until the first that is missing, incomplete, or too far off to draw."""
    t = 1
    while (point := drawable(found.get(f"w{t}", ()))) is not None:
        yield point
        t += 1


def last(found: Mapping[str, Sequence[float | None]]) -> tuple[int, Point] | None:
    """The latest of the steps, None where it is missing, incomplete, or too far off to draw."""
    latest = max((int(step[1:]) for step in found), default=0)
    point = drawable(found.get(f"w{latest}", ()))
    return None if point is None else (latest, point)


def drawable(entries: Sequence[float | None]) -> Point | None:
    """Both coordinates of a point, if they are there and near enough."""
    near = [float(x) for x in entries if x is not None and abs(x) <= FARTHEST]
    return (near[0], near[1]) if len(near) == 2 else None


def listing(points: Sequence[Point], say: dict[str, str], most: int = 40) -> str:
    """The points of a path in words; of a long one the first and the last."""
    each = [say["after"].format(t=t, point=pair(point)) for t, point in enumerate(points, 1)]
    return "; ".join(each if len(each) <= most else [*each[: most - 1], "…", each[-1]])
