"""What a picture is made from: names in print with their numbers, the givens as they stand, and the student's entries as read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from questions.variant import Variant

Answers = Mapping[str, Sequence[float | None] | None]
Release = Mapping[str, Any]
Point = tuple[float, float]

FARTHEST = 1e100  # what lies beyond is not drawn: its square would overflow


@dataclass(frozen=True)
class Symbol:
    """A name in print: a letter, perhaps with a subscript, primes, a hat, or as ∂L/∂ of it."""

    letter: str
    sub: str = ""
    prime: int = 0
    hat: bool = False
    derivative: bool = False

    def __str__(self) -> str:
        letter = {"y": "ŷ"}.get(self.letter, self.letter) if self.hat else self.letter
        return "∂L/∂" * self.derivative + letter + self.sub + "′" * self.prime


@dataclass(frozen=True)
class Quantity:
    """A name with its number: None where it is not given, and to be found where it is asked; a weight may go unnamed."""

    symbol: Symbol
    value: float | None = None
    asked: bool = False

    def __str__(self) -> str:
        if self.value is not None:
            return f"{self.symbol} = {spoken(self.value)}" if self.symbol.letter else spoken(self.value)
        return f"{self.symbol} = ?" if self.asked else str(self.symbol)

    @property
    def told(self) -> bool:
        """Whether there is more to print than the name."""
        return self.asked or self.value is not None


def spoken(value: float, figures: int = 10) -> str:
    """A number as an alternative text says it, with a true minus sign."""
    return f"{value + 0.0:.{figures}g}".replace("-", "−")


def pair(point: Sequence[float]) -> str:
    """A point as an alternative text says it."""
    return f"({spoken(point[0], 7)}, {spoken(point[1], 7)})"


def row(value: Any) -> list[float]:
    """All entries of an array, one after the other."""
    return [float(x) for x in np.ravel(np.asarray(value, dtype=float))]


def reachable(value: float | None) -> float | None:
    """An entry that can be drawn; None where it is missing, not finite, or too far off."""
    return float(value) if value is not None and abs(value) <= FARTHEST else None


def entered(variant: Variant, answers: Answers, step: str, *shape: int) -> list[float | None]:
    """The student's entries of a step of that shape, row by row, None where one is missing, unreadable or cannot be drawn."""
    found: list[float | None] = [None] * int(np.prod(shape, dtype=int))
    for part in variant.question.parts:
        if part.ask is None or part.lettered or part.step != step:
            continue
        entries = list(answers.get(part.name) or [])
        if not part.index and len(entries) == len(found):
            found = [reachable(entry) for entry in entries]
        elif (
            part.index
            and len(entries) == 1
            and len(part.index) == len(shape)
            and all(i < n for i, n in zip(part.index, shape, strict=True))
        ):
            found[int(np.ravel_multi_index(part.index, shape))] = reachable(entries[0])
    return found


def number_entered(variant: Variant, answers: Answers, step: str) -> float | None:
    """The student's entry of a step that is one number."""
    return entered(variant, answers, step)[0]


def asks_numbers(variant: Variant, *steps: str) -> bool:
    """Whether one of the steps is to be entered as numbers: what is answered with a letter leaves nothing to draw."""
    return any(part.ask is not None and not part.lettered and part.step in steps for part in variant.question.parts)
