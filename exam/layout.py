"""A layout says where the numeric parts of a question stand on its sheet, one entry a number, and how exactly each is marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from questions.model import Part, Question
from questions.tolerance import unit
from solvers.solver import Solver
from solvers.worksheet import Sheet, entry, honest

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the numeric parts of a question stand on its sheet: one entry a number, in the sheet's order."""

    question: Question
    solver: Solver
    parts: tuple[Part, ...]
    entries: tuple[tuple[int, str, tuple[int, ...]], ...]
    shapes: Mapping[str, tuple[int, ...]]
    slips: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, question: Question, sheet: Sheet) -> Layout:
        """The layout, from one student's sheet."""
        order = {name: i for i, name in enumerate(sheet.steps)}
        numeric = [part for part in question.parts if part.numeric]
        parts = sorted(numeric, key=lambda part: (order[part.step], part.index))
        shapes = {name: np.shape(step.value) for name, step in sheet.steps.items()}
        entries = tuple(
            (p, part.step, (*part.index, *rest))
            for p, part in enumerate(parts)
            for rest in np.ndindex(shapes[part.step][len(part.index) :])
        )
        solver = question.computation
        slips = tuple((m, e) for m in solver.mistakes for e, (_, step, _) in enumerate(entries) if m in sheet.steps[step].mistakes)
        return cls(question, solver, tuple(parts), entries, shapes, slips)

    @cached_property
    def starts(self) -> list[int]:
        """The first entry of every part."""
        return [next(group)[0] for _, group in groupby(enumerate(self.entries), key=lambda item: item[1][0])]

    @cached_property
    def slip_groups(self) -> list[tuple[int, int, str]]:
        """For every mistake and part: the first of its `slips`, the part, the mistake."""
        keyed = groupby(enumerate(self.slips), key=lambda item: (item[1][0], self.entries[item[1][1]][0]))
        return [(next(group)[0], part, mistake) for (mistake, part), group in keyed]

    @cached_property
    def slips_at(self) -> dict[int, list[int]]:
        """The `slips` of every entry."""
        found: dict[int, list[int]] = {}
        for k, (_, e) in enumerate(self.slips):
            found.setdefault(e, []).append(k)
        return found

    @cached_property
    def has_figures(self) -> bool:
        """Whether the tolerance of a part depends on the size of its value."""
        return any(part.figures is not None for part in self.parts)

    @cached_property
    def unasked(self) -> set[str]:
        """The steps that are not asked in full."""
        asked = [step for _, step, _ in self.entries]
        return {name for name, shape in self.shapes.items() if asked.count(name) < np.prod(shape)}

    def every(self, entries: Bools) -> Bools:
        """Per part, whether all of its entries are true."""
        return np.logical_and.reduceat(entries, self.starts, axis=0)

    def half_units(self, values: Floats) -> Floats:
        """The tolerance of every entry."""
        rows = (unit(row, self.parts[p]) for row, (p, _, _) in zip(values, self.entries, strict=True))
        return np.stack(list(rows)) / 2

    def unit(self, step: str, value: Any) -> Any:
        """The unit a student who rounds as they go keeps of a step; an unasked one has the most places asked."""
        part = self.asking.get(step, self.finest)
        return unit(value, part) if part.kind not in ("integer", "shape") else 1.0

    @cached_property
    def asking(self) -> dict[str, Part]:
        """The first part that asks each step."""
        return {part.step: part for part in reversed(self.parts)}

    @cached_property
    def finest(self) -> Part:
        """A part of the most places asked."""
        finest = max(self.parts, key=lambda part: (part.places or 0, part.figures or 0))
        return finest.model_copy(update={"kind": None})

    @property
    def units(self) -> list[Callable[[str, Any], Any]]:
        """What students keep of a step that is not asked: the places asked, or one or two more."""
        return [partial(self.finer_unit, more) for more in range(3)]

    def finer_unit(self, more: int, step: str, value: Any) -> Any:
        """The unit of a step with `more` places."""
        return self.unit(step, value) * 10.0**-more

    def numbers(self, sheet: Sheet, students: tuple[int, ...], slip: str | None = None, typed: bool = False) -> Floats:
        """The sheet's values at every entry (with `slip`, those of that mistake; with `typed`, what it went on with)."""
        out = np.empty((len(self.entries), *students))
        for e, (_, name, index) in enumerate(self.entries):
            step = sheet.steps[name]
            value = step.number if typed else step.mistakes.get(slip, step.value) if slip else step.value
            out[e] = entry(value, index)
        return out

    def slipped(self, sheet: Sheet, students: tuple[int, ...]) -> Floats:
        """What each of `slips` gives on this sheet."""
        out = np.empty((len(self.slips), *students))
        for k, (mistake, e) in enumerate(self.slips):
            _, name, index = self.entries[e]
            out[k] = entry(sheet.steps[name].mistakes[mistake], index)
        return out

    def nudges(self, typed: Floats) -> tuple[int, int]:
        """The leading axes of a sheet that carries nudged answers: as typed and each entry nudged, students."""
        return (1 + len(self.entries), typed.shape[1])

    def answers(self, typed: Floats) -> dict[str, Floats]:
        """Typed numbers as the arrays of the steps they answer, NaN where nothing was typed."""
        own: dict[str, Any] = {}
        for row, (_, step, index) in zip(typed, self.entries, strict=True):
            if step not in own:
                own[step] = np.full((*row.shape, *self.shapes[step]), np.nan)
            own[step][(..., *index)] = row
        return own


@lru_cache(maxsize=1024)
def layout_of(question: Question, fixed: tuple[tuple[str, int], ...]) -> Layout:
    """The layout of a question, for these values of its fixed givens (the number of epochs decides the steps)."""
    from random import Random

    givens = question.draw_givens(Random(0)) | dict(fixed)
    return Layout.of(question, question.computation.run(givens, honest))


def layout_for(question: Question, givens: Mapping[str, Any]) -> Layout:
    """The layout of a question for these givens."""
    solver = question.computation
    return layout_of(question, tuple((name, int(givens[name])) for name, spec in solver.givens.items() if spec.fixed))
