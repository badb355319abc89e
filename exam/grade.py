"""A grade is what a student is told: verdict, marks and feedback of every part, in both languages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from exam.grading import VERDICTS, Marking, mark
from exam.layout import Layout, layout_for
from exam.script import Answers, Script, read_script
from exam.telling import PartGrade, tell, tell_number
from questions.reading import Reading
from questions.variant import Variant


@dataclass(frozen=True)
class Grade:
    """A graded variant; `first_wrong` is the first wrong part in the order of the computation."""

    question: str
    version: int
    seed: int | None
    marks: float
    max_marks: float
    first_wrong: str | None
    parts: list[PartGrade]


def grade(variant: Variant, answers: Answers) -> Grade:
    """Grades one variant: the answers by part, as text, JSON numbers or nested lists."""
    return grade_all([read_script(variant, answers)])[0]


def grade_all(scripts: Sequence[Script]) -> list[Grade]:
    """Grades many scripts, in order; those of one question are marked as one cohort."""
    groups: dict[Layout | str, list[int]] = {}
    for i, script in enumerate(scripts):
        variant = script.variant
        key = layout_for(variant.question, variant.givens) if variant.question.computed else variant.question.id
        groups.setdefault(key, []).append(i)
    grades: dict[int, Grade] = {}
    for key, members in groups.items():
        cohort = [scripts[i] for i in members]
        layout = key if isinstance(key, Layout) and key.parts else None
        marking = mark_scripts(layout, cohort) if layout else None
        for column, i in enumerate(members):
            grades[i] = told(scripts[i], layout, marking, column)
    return [grades[i] for i in range(len(scripts))]


def mark_scripts(layout: Layout, scripts: Sequence[Script]) -> Marking:
    """Marks the numeric parts of scripts of one layout."""
    givens = layout.solver.stack([script.variant.givens for script in scripts])
    typed = np.full((len(layout.entries), len(scripts)), np.nan)
    bounds = [*layout.starts, len(layout.entries)]
    for column, script in enumerate(scripts):
        for p, part in enumerate(layout.parts):
            answer = script.readings[part.name]
            if isinstance(answer, Reading) and (numbers := answer.numbers) and len(numbers) == bounds[p + 1] - bounds[p]:
                typed[bounds[p] : bounds[p + 1], column] = numbers
    return mark(layout, givens, typed)


def told(script: Script, layout: Layout | None, marking: Marking | None, column: int) -> Grade:
    """The grade of one script, from its column of the cohort's marking."""
    question = script.variant.question
    grades = {}
    if layout and marking:
        verdicts = [VERDICTS[v] for v in marking.verdict[:, column]]
        for p, part in enumerate(layout.parts):
            grades[part.name] = tell_number(script, layout, marking, column, p, verdicts[p])
    for part in question.parts:
        if part.name not in grades:
            grades[part.name] = tell(script, part)
    order = [part.name for part in layout.parts] if layout else []
    order += [part.name for part in question.parts if part.name not in order]
    wrong = (name for name in order if grades[name].verdict in ("wrong", "mistake"))
    parts = [grades[part.name] for part in question.parts]
    return Grade(
        question.id,
        question.version,
        script.variant.seed,
        total(part.marks for part in parts),
        total(part.max_marks for part in parts),
        next(wrong, None),
        parts,
    )


def total(marks: Iterable[float]) -> float:
    """A sum of marks without the noise of binary fractions."""
    return round(math.fsum(marks), 9)
