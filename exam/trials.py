"""Tests of a question's marking: those stored with it, and by default a near miss of every entry and every known mistake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from exam import students
from exam.grade import grade
from exam.grading import MISTAKE, Marking, mark, take
from exam.layout import Floats, Layout
from questions.model import Question
from questions.tolerance import near
from questions.variant import draw, stated
from solvers.errors import GradusError

NEAR_MISS = 0.06, 50  # of the answer, and half units: a little farther than rounding on the way can lead
APART = 3  # half units between a mistake and the reference, from where it must be recognised


def stored(question: Question) -> Iterator[str]:
    """Where the tests stored with a question do not come out as they say."""
    for number, test in enumerate(question.tests, start=1):
        try:
            variant = draw(question, test.seed) if test.givens is None else stated(question, test.givens)
            told = {part.name: part.mistake or part.verdict for part in grade(variant, test.answers).parts}
        except GradusError as problem:
            yield f"test {number}: {problem.detail}"
            continue
        for name, verdict in test.expect.items():
            if told[name] != verdict:
                yield f"test {number}: {name} should be {verdict}, but is {told[name]}"


def marked(layout: Layout, givens: Mapping[str, Any], typed: list[Floats]) -> Marking:
    """Many cohorts of the same students, marked as one."""
    who = np.tile(np.arange(typed[0].shape[1]), len(typed))
    return mark(layout, take(layout, givens, who), np.concatenate(typed, axis=1))


def near_misses(layout: Layout, givens: Mapping[str, Any], count: int) -> Iterator[str]:
    """Entries where an answer beside the right one is accepted, all else right."""
    right = students.rounds_when_typing(layout, givens, count)
    half = layout.half_units(right)
    typed = []
    for entry in range(len(layout.entries)):
        missed = right.copy()
        missed[entry] += NEAR_MISS[0] * np.abs(right[entry]) + np.maximum(NEAR_MISS[1] * half[entry], 0.4)
        typed.append(missed)
    marks = marked(layout, givens, typed).marks(layout)
    for entry, (part, step, index) in enumerate(layout.entries):
        if layout.question.mistake_credit == 0 and marks[part, entry * count : (entry + 1) * count].any():
            yield f"a near miss of {step}{''.join(f'[{i}]' for i in index)} is accepted"


def known_mistakes(layout: Layout, givens: Mapping[str, Any], count: int) -> Iterator[str]:
    """Mistakes that are never recognised where they are made, though they lead elsewhere than the reference.

    Two that come to the same in every draw go by one name.
    """
    right = layout.numbers(layout.solver.run(givens), (count,))
    bounds = [*layout.starts, len(layout.entries)]
    typed, apart = [], []
    for first, part, mistake in layout.slip_groups:
        entry, at = layout.slips[first][1], slice(bounds[part], bounds[part + 1])
        habit = students.slips_once(layout, entry, students.by_mistake(mistake), as_they_go=False, whole=True)
        typed.append(students.write_down(layout, students.work(layout, givens, count, habit)))
        far = ~near(typed[-1][at], right[at], APART * layout.half_units(right)[at])
        apart.append(far.any(axis=0) & np.isfinite(typed[-1]).all(axis=0) & (typed[-1][at] != 0).any(axis=0))
    if not typed:
        return
    marking = marked(layout, givens, typed)
    for k, (_, part, mistake) in enumerate(layout.slip_groups):
        named = marking.verdict[part, k * count : (k + 1) * count] == MISTAKE
        if apart[k].any() and not named[apart[k]].any():
            yield f"the mistake {mistake} is never recognised at {layout.parts[part].name}"
