"""The data of a schedule's picture: the asked times, the rates the student has there, and after release how the rate falls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from questions.model import Words
from questions.pictures.curves import Piece, grids, joined, piece, values
from questions.pictures.quantities import Answers, Point, Release, Symbol, asks_numbers, entered, number_entered, row, spoken
from questions.variant import Variant

MOST_EPOCHS = 400  # of a staircase that is drawn step by step


@dataclass(frozen=True)
class SchedulePicture:
    """A rate over time up to `high`: the start, what is asked, the student's points, and after release the true ones and the fall.

    `level` is the height at which a time is asked, None where rates are asked at given `times`.
    """

    rate: Symbol
    high: float
    start: float
    times: tuple[tuple[Symbol, float], ...]
    level: float | None
    own: tuple[Point, ...]
    true: tuple[Point, ...]
    fall: tuple[Piece, ...]
    alt: Words


ALPHA = Symbol("α")


def schedule(variant: Variant, answers: Answers, release: Release | None) -> SchedulePicture | None:
    """A learning rate that falls in steps or smoothly, at given epochs."""
    if not release and not asks_numbers(variant, "lr"):
        return None
    times = row(variant.givens["t"])
    parts = [part for part in variant.question.parts if part.ask is not None and part.step == "lr"]
    asked = {part.index[-1] for part in parts} if parts and all(part.index for part in parts) else set(range(len(times)))
    own = tuple((t, y) for t, y in zip(times, entered(variant, answers, "lr", len(times)), strict=True) if y is not None)
    high = 1.15 * max(times)
    true: tuple[Point, ...] = ()
    fall: tuple[Piece, ...] = ()
    if release:
        true = tuple((t, y) for i, (t, y) in enumerate(zip(times, row(release["lr"]), strict=True)) if i in asked)
        fall = staircase(variant, high) if variant.question.solver == "step_decay" else smooth(variant, high)
    names = tuple((Symbol("t", str(i + 1) if len(times) > 1 else ""), t) for i, t in enumerate(times) if i in asked)
    return told(SchedulePicture(ALPHA, high, row(variant.givens["lr0"])[0], names, None, own, true, fall, Words(vi="-", en="-")))


def staircase(variant: Variant, high: float) -> tuple[Piece, ...]:
    """The landings of a rate that falls every p epochs."""
    p = row(variant.givens["p"])[0]
    starts = np.arange(min(int(high // p) + 1, MOST_EPOCHS)) * p
    (rates,) = values(variant, "t", starts, "lr")
    return tuple(((float(t), float(y)), (float(min(t + p, high)), float(y))) for t, y in zip(starts, rates, strict=True) if t < 0.98 * high)


def smooth(variant: Variant, high: float) -> tuple[Piece, ...]:
    """A rate that falls all the time."""
    (grid,) = grids(0.0, high)
    return joined([piece(grid, values(variant, "t", grid, "lr")[0])])


def time(variant: Variant, answers: Answers, release: Release | None) -> SchedulePicture | None:
    """The time after which a rate that falls smoothly has a given share left."""
    if not release and not asks_numbers(variant, "t"):
        return None
    ratio, lam, k = (row(variant.givens[name])[0] for name in ("ratio", "lam", "k"))
    own_time = number_entered(variant, answers, "t")
    true_time = row(release["t"])[0] if release else None
    high = 1.3 * true_time if true_time is not None else max([2 * k, *([1.2 * own_time] if own_time and 0 < own_time <= 20 * k else [])])
    fall: tuple[Piece, ...] = ()
    if release:
        (grid,) = grids(0.0, high)
        fall = (piece(grid, lam ** (grid / k)),)
    own, true = (((t, ratio),) if t is not None else () for t in (own_time, true_time))
    return told(SchedulePicture(Symbol("α/α", "0"), high, 1.0, (), ratio, own, true, fall, Words(vi="-", en="-")))


VI = {
    "axes": "Trục ngang là thời gian, từ 0 đến {high}; trục đứng là {rate}, xuất phát từ {start}.",
    "times": "Được hỏi tại {times}.",
    "level": "Được hỏi: khi nào {rate} còn {level}.",
    "own": "Bạn điền: {points}.",
    "none": "Bạn chưa điền giá trị nào của hình này.",
    "fall": "Learning rate giảm theo đường liền.",
    "stairs": "Learning rate giảm theo bậc: {stairs}.",
    "stair": "từ {t} là {y}",
    "true": "Đúng là: {points}.",
    "point": "{rate} = {y} tại t = {t}",
}
EN = {
    "axes": "Time runs to the right from 0 to {high}; upwards is {rate}, which starts from {start}.",
    "times": "Asked at {times}.",
    "level": "Asked: when {rate} has come down to {level}.",
    "own": "You entered: {points}.",
    "none": "You have entered nothing of what this picture shows yet.",
    "fall": "The rate falls along the solid line.",
    "stairs": "The rate falls in steps: {stairs}.",
    "stair": "from {t} on it is {y}",
    "true": "The true values: {points}.",
    "point": "{rate} = {y} at t = {t}",
}


def told(silent: SchedulePicture) -> SchedulePicture:
    """The picture of a schedule together with its text."""
    return replace(silent, alt=Words(vi=" ".join(sentences(silent, VI)), en=" ".join(sentences(silent, EN))))


def sentences(picture: SchedulePicture, say: dict[str, str]) -> Iterator[str]:
    """What the picture of a schedule shows, in sentences."""
    yield say["axes"].format(high=spoken(picture.high, 4), rate=picture.rate, start=spoken(picture.start))
    if picture.times:
        yield say["times"].format(times=", ".join(f"{name} = {spoken(t)}" for name, t in picture.times))
    if picture.level is not None:
        yield say["level"].format(rate=picture.rate, level=spoken(picture.level))
    for key, points in (("own", picture.own), ("true", picture.true)):
        if points:
            each = (say["point"].format(rate=picture.rate, y=spoken(y, 7), t=spoken(t, 7)) for t, y in points)
            yield say[key].format(points="; ".join(each))
        elif key == "own":
            yield say["none"]
    if len(picture.fall) == 1:
        yield say["fall"]
    elif picture.fall:
        yield say["stairs"].format(
            stairs=", ".join(say["stair"].format(t=spoken(p[0][0], 5), y=spoken(p[0][1], 4)) for p in picture.fall[:40])
        )
