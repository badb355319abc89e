"""A worksheet records the named steps of a computation and decides whose number each step goes on with.

A solver calls `sheet.step(name, formula, value, **mistakes)` and computes on with what it gets back.
Whose number that is, is the sheet's habit: the true value (honest), the student's own answer (carrying), the value of a
known wrong method (slipping), the value rounded (rounding).  One computation, many students.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Habit = Callable[[str, Array, Mapping[str, Array]], Array]

HOLE = re.compile(r"@([A-Za-z][A-Za-z0-9]*)")


@dataclass(slots=True)
class Step:
    """One line of the worksheet.

    `value` is what the formula gives from the numbers above it, `number` what the sheet goes on with,
    `mistakes` what each known wrong method gives.  Shapes: leading axes (students), then the step's own.
    """

    name: str
    formula: str
    value: Array
    mistakes: Mapping[str, Array]
    number: Array

    @property
    def needs(self) -> list[str]:
        """The names in the formula's holes: the steps and givens this one is computed from."""
        return list(dict.fromkeys(HOLE.findall(self.formula)))


def honest(name: str, value: Array, mistakes: Mapping[str, Array]) -> Array:
    """Goes on with the true value."""
    return value


def slipping(mistake: str) -> Habit:
    """Goes on with the wrong value of `mistake`, wherever it applies."""
    return lambda name, value, mistakes: mistakes.get(mistake, value)


def rounding(unit: Callable[[str, Array], Any], over: Habit = honest) -> Habit:
    """Rounds what `over` goes on with, halves away from zero; `unit(name, value)` is one unit of the last place kept."""

    def habit(name: str, value: Array, mistakes: Mapping[str, Array]) -> Array:
        number = over(name, value, mistakes)
        rounded: Array = round_half_away(number, unit(name, number))
        return rounded

    return habit


def carrying(answers: Mapping[str, Array], over: Habit = honest) -> Habit:
    """Goes on with the student's own answer where there is one (NaN: none), else does as `over`."""

    def habit(name: str, value: Array, mistakes: Mapping[str, Array]) -> Array:
        number = over(name, value, mistakes)
        own = answers.get(name)
        return number if own is None else np.where(np.isnan(own), number, own)

    return habit


def entry(value: Any, index: tuple[int, ...]) -> Any:
    """One entry of a step over all leading axes; the whole step for ()."""
    return np.asarray(value)[(..., *index)]  # type: ignore[arg-type]


def round_half_away(value: Any, unit: Any) -> Any:
    """`value` in whole `unit`s, halves away from zero; a hair is added so that 1.005, kept as 1.00499…, counts as a half.

    A unit of 0 stands for an answer that must be exact, which stays as it is.
    """
    scaled = np.abs(value) / np.where(unit == 0, 1, unit)
    rounded = np.sign(value) * np.floor(scaled + np.minimum(1e-12 * scaled, 1e-6) + 0.5) * unit
    return np.where(unit == 0, value, rounded)


class Sheet:
    """The steps of one run of a solver, in order; `givens` are the numbers it started from."""

    __slots__ = ("givens", "habit", "steps")

    def __init__(self, habit: Habit = honest, givens: Mapping[str, Any] | None = None) -> None:
        self.habit = habit
        self.givens = givens or {}
        self.steps: dict[str, Step] = {}

    def step(self, name: str, formula: str, value: Any, /, **mistakes: Any) -> Any:
        """Records a step and returns the number to go on with.

        `formula` is TeX with a hole `@name` for every step or given that `value` is computed from.
        """
        number = self.habit(name, value, mistakes)
        self.steps[name] = Step(name, formula, value, mistakes, number)
        return number

    def numbers(self) -> dict[str, Any]:
        """Every given and every number the sheet went on with, by name."""
        return {**self.givens, **{name: step.number for name, step in self.steps.items()}}
