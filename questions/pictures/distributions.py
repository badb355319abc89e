"""The data of a distribution's picture: what is given, the student's mean, spread, bound and density, after release the true ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from questions.model import Words
from questions.pictures.curves import Piece, grids, piece
from questions.pictures.quantities import Answers, Point, Release, Symbol, asks_numbers, number_entered, row, spoken
from questions.variant import Variant

REACH = 3.3  # standard deviations that a bell is drawn over


SILENT = Words(vi="-", en="-")


@dataclass(frozen=True)
class Moments:
    """What is known of a distribution: its mean, its standard deviation, its bound on both sides, its density; None where it is not."""

    mean: float | None = None
    sd: float | None = None
    bound: float | None = None
    density: float | None = None


@dataclass(frozen=True)
class DistributionPicture:
    """A distribution over `variable`: given stems, a given interval, the place `at` where a density is asked, and what is said of it.

    `centre` is where a spread with no mean of its own is laid; `shapes` are the densities after release.
    """

    variable: Symbol
    own: Moments
    true: Moments
    centre: float | None = None
    stems: tuple[Point, ...] = ()
    interval: Point | None = None
    at: float | None = None
    shapes: tuple[Piece, ...] = ()
    alt: Words = field(default=SILENT)


def moments(variant: Variant, answers: Answers, release: Release | None, **steps: str) -> tuple[Moments, Moments]:
    """The student's moments and, after release, the true ones, by the names of their steps."""
    own = {name: number_entered(variant, answers, step) for name, step in steps.items()}
    true = {name: row(release[step])[0] for name, step in steps.items()} if release else {}
    return Moments(**own), Moments(**true)


def discrete(variant: Variant, answers: Answers, release: Release | None) -> DistributionPicture:
    """A variable that takes a few values, each with its probability."""
    own, true = moments(variant, answers, release, mean="mean", sd="sd")
    stems = tuple(zip(row(variant.givens["x"]), row(variant.givens["p"]), strict=True))
    return told(DistributionPicture(Symbol("x"), own, true, stems=stems))


def uniform(variant: Variant, answers: Answers, release: Release | None) -> DistributionPicture | None:
    """A variable that is equally likely everywhere between two bounds."""
    a, b = sorted((row(variant.givens["a"])[0], row(variant.givens["b"])[0]))
    if a == b:
        return None
    own, true = moments(variant, answers, release, mean="mean", sd="sd", density="density")
    shapes: tuple[Piece, ...] = ()
    if true.density is not None:
        shapes = (((a, 0.0), (a, abs(true.density)), (b, abs(true.density)), (b, 0.0)),)
    centre = None if asks_numbers(variant, "mean") else (a + b) / 2
    return told(DistributionPicture(Symbol("x"), own, true, centre, interval=(a, b), shapes=shapes))


def gaussian(variant: Variant, answers: Answers, release: Release | None) -> DistributionPicture | None:
    """The density of a normal variable at one place."""
    if not release and not asks_numbers(variant, "density"):
        return None
    x, mu, var = (row(variant.givens[name])[0] for name in ("x", "mu", "var"))
    own, true = moments(variant, answers, release, density="density")
    return told(DistributionPicture(Symbol("x"), own, true, mu, at=x, shapes=(bell(mu, var**0.5, abs(x - mu)),) if release else ()))


def bell(mu: float, sd: float, least: float = 0.0) -> Piece:
    """The density of N(μ, σ²), at least so far on both sides."""
    far = max(REACH * sd, 1.15 * least)
    (grid,) = grids(mu - far, mu + far)
    return piece(grid, np.exp(-(((grid - mu) / sd) ** 2) / 2) / (sd * np.sqrt(2 * np.pi)))


def initial(variant: Variant, answers: Answers, release: Release | None) -> DistributionPicture | None:
    """Initial weights: normal with the standard deviation σ, or uniform between −r and r."""
    if not release and not asks_numbers(variant, "sd", "r"):
        return None
    own, true = moments(variant, answers, release, sd="sd", bound="r")
    shapes: tuple[Piece, ...] = ()
    if true.sd and true.bound:
        r, height = true.bound, 0.5 / true.bound
        shapes = (bell(0.0, true.sd), ((-r, 0.0), (-r, height), (r, height), (r, 0.0)))
    return told(DistributionPicture(Symbol("w"), own, true, 0.0, shapes=shapes))


VI = {
    "stems": "Các vạch đứng là giá trị của {x} với xác suất: {stems}.",
    "interval": "Phân phối đều trên đoạn từ {a} đến {b}.",
    "at": "Trục {x} với kỳ vọng {mu}; mật độ được hỏi tại {x} = {at}.",
    "initial": "Trục {x}, đối xứng quanh 0.",
    "bell": "Đường cong là mật độ.",
    "both": "Đường cong là phân phối chuẩn, hình chữ nhật là phân phối đều từ −r đến r.",
    "own": "Bạn điền: {facts}.",
    "none": "Bạn chưa điền giá trị nào của hình này.",
    "true": "Đúng là: {facts}.",
    "mean": "kỳ vọng {}",
    "sd": "độ lệch chuẩn {}",
    "bound": "biên r = {}",
    "density": "mật độ {}",
}
EN = {
    "stems": "Upright lines are the values of {x} with their probabilities: {stems}.",
    "interval": "Uniform from {a} to {b}.",
    "at": "An axis of {x} with the mean {mu}; the density is asked at {x} = {at}.",
    "initial": "An axis of {x}, symmetric about 0.",
    "bell": "The curve is the density.",
    "both": "The curve is the normal distribution, the rectangle the uniform one from −r to r.",
    "own": "You entered: {facts}.",
    "none": "You have entered nothing of what this picture shows yet.",
    "true": "The true values: {facts}.",
    "mean": "the mean {}",
    "sd": "the standard deviation {}",
    "bound": "the bound r = {}",
    "density": "the density {}",
}


def told(silent: DistributionPicture) -> DistributionPicture:
    """The picture of a distribution together with its text."""
    return replace(silent, alt=Words(vi=" ".join(sentences(silent, VI)), en=" ".join(sentences(silent, EN))))


def sentences(picture: DistributionPicture, say: dict[str, str]) -> Iterator[str]:
    """What the picture of a distribution shows, in sentences."""
    x = picture.variable
    if picture.stems:
        yield say["stems"].format(x=x, stems=", ".join(f"P({x} = {spoken(value)}) = {spoken(p)}" for value, p in picture.stems))
    elif picture.interval:
        yield say["interval"].format(a=spoken(picture.interval[0]), b=spoken(picture.interval[1]))
    elif picture.at is not None:
        yield say["at"].format(x=x, mu=spoken(picture.centre or 0.0), at=spoken(picture.at))
    else:
        yield say["initial"].format(x=x)
    if len(picture.shapes) == 2:
        yield say["both"]
    elif picture.shapes and picture.at is not None:
        yield say["bell"]
    for key, found in (("own", picture.own), ("true", picture.true)):
        named = ((name, getattr(found, name)) for name in ("mean", "sd", "bound", "density"))
        facts = [say[name].format(spoken(value, 7)) for name, value in named if value is not None]
        if facts:
            yield say[key].format(facts=", ".join(facts))
        elif key == "own":
            yield say["none"]
