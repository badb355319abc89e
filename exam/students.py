"""Simulated students: the perfect, the rounding, the slipping and the lazy; the laws of marking are tested with them.

Each gives a cohort's typed numbers, (entries, students), for the layout and the givens it is handed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from exam.layout import Floats, Layout
from solvers import worksheet
from solvers.worksheet import Array, Habit, honest, round_half_away, rounding

Givens = Mapping[str, Any]


def write_down(layout: Layout, numbers: Floats) -> Floats:
    """Numbers rounded to what each part asks."""
    return np.stack([round_half_away(row, 2 * half) for row, half in zip(numbers, layout.half_units(numbers), strict=True)])


def work(layout: Layout, givens: Givens, students: int, habit: Habit = honest) -> Floats:
    """What a student of this habit has on the sheet."""
    return layout.numbers(layout.solver.run(givens, habit), (students,), typed=True)


def perfect(layout: Layout, givens: Givens, students: int) -> Floats:
    """Every digit."""
    return work(layout, givens, students)


def rounds_when_typing(layout: Layout, givens: Givens, students: int) -> Floats:
    """Computes exactly and rounds what is written down."""
    return write_down(layout, work(layout, givens, students))


def rounds_as_they_go(layout: Layout, givens: Givens, students: int) -> Floats:
    """Goes on with the rounded number of every step."""
    return write_down(layout, work(layout, givens, students, rounding(layout.unit)))


def all_of(number: float) -> Callable[[Layout, Givens, int], Floats]:
    """Writes the same number everywhere."""
    return lambda layout, givens, students: np.full((len(layout.entries), students), number)


def blank(layout: Layout, givens: Givens, students: int) -> Floats:
    return all_of(np.nan)(layout, givens, students)


def dust(layout: Layout, givens: Givens, students: int) -> Floats:
    """Writes next to nothing in the first step and zeros after it, which would follow from there."""
    typed = np.zeros((len(layout.entries), students))
    typed[[step == layout.entries[0][1] for _, step, _ in layout.entries]] = 1e-5
    return typed


def slips_once(
    layout: Layout, entry: int, change: Callable[[Array, Mapping[str, Array]], Array], as_they_go: bool, whole: bool = False
) -> Habit:
    """A habit that changes one entry by `change(value, mistakes)`, and goes on from there.

    With `as_they_go` every step is rounded, else only what is written down is.  With `whole` all of the entry's part is
    changed, as a wrong method does to a vector that is asked whole.
    """
    part, step, index = layout.entries[entry]
    if whole:
        index = layout.parts[part].index
    base = rounding(layout.unit) if as_they_go else honest

    def habit(name: str, value: Array, mistakes: Mapping[str, Array]) -> Array:
        number = base(name, value, mistakes)
        if name != step:
            return number
        wrong: Any = np.array(np.broadcast_to(number, np.shape(value)), dtype=float)
        wrong[(..., *index)] = worksheet.entry(change(value, mistakes), index)
        return base(name, wrong, {}) if as_they_go else wrong

    return habit


def by_factor(factor: float) -> Callable[[Array, Mapping[str, Array]], Array]:
    """A slip that multiplies; -1 for a lost sign."""
    return lambda value, mistakes: value * factor


def by_mistake(name: str) -> Callable[[Array, Mapping[str, Array]], Array]:
    """A slip by a known wrong method."""
    return lambda value, mistakes: mistakes.get(name, value)
