"""The review of a marked attempt: grades beside the worked solution, in the key's numbers and in the student's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from exam.grade import Grade
from exam.layout import layout_for
from exam.script import Script
from questions import documents
from questions.documents import PrintedStep, StepDocument
from questions.letters import Picked
from questions.reading import Reading
from questions.tolerance import near
from questions.variant import Variant
from solvers import notation
from solvers.worksheet import carrying


@dataclass(frozen=True)
class OwnStep:
    """A step in the student's own numbers: what the formula gives from them."""

    filled: str
    value: Any


@dataclass(frozen=True)
class ReviewStep(PrintedStep):
    """A step of the worked solution; `own` where the student's numbers lead elsewhere than the key's."""

    own: OwnStep | None


def worked(script: Script, grade: Grade) -> list[ReviewStep]:
    """The worked solution of a variant, with the student's own numbers where they went wrong and did not find the right one anyway."""
    variant = script.variant
    if not variant.question.computed:
        return []
    needed = steps_towards(variant)
    key = [step for step in documents.solution(variant.question.computation, variant.sheet).steps if step.name in needed]
    own = own_steps(script)
    asked = [(part.step, told.verdict) for part, told in zip(variant.question.parts, grade.parts, strict=True) if part.ask]
    slipped = {step for step, verdict in asked if verdict in ("wrong", "mistake")}
    right = {step for step, verdict in asked if verdict == "correct"} - {step for step, verdict in asked if verdict != "correct"}
    unit = 10.0 ** -(variant.question.places or 4)
    steps = []
    for step in key:
        mine = own.get(step.name) if step.name not in right else None
        elsewhere = mine is not None and (step.name in slipped or not np.all(near(floats(mine.value), floats(step.value), unit)))
        shown = OwnStep(mine.filled, mine.value) if mine is not None and elsewhere else None
        steps.append(ReviewStep(step.name, step.title, step.symbol, step.formula, step.filled, step.value, shown))
    return steps


def steps_towards(variant: Variant) -> set[str]:
    """The steps that are asked and those they are computed from; all of them where none is asked."""
    steps = variant.sheet.steps
    wanted = {name for part in variant.question.parts if part.ask for name in (part.step, part.judged_by) if name} or set(steps)
    for name in reversed(steps):
        if name in wanted:
            wanted.update(need for need in steps[name].needs if need in steps)
    return wanted


def floats(value: Any) -> Any:
    """A document's value as an array, NaN for None."""
    return np.array(value, dtype=float)


def own_steps(script: Script) -> dict[str, StepDocument]:
    """The same sheet carrying what the student typed; empty where nothing numeric was."""
    variant = script.variant
    typed = typed_steps(script)
    if not typed:
        return {}
    sheet = variant.question.computation.run(variant.givens, carrying(typed))
    return {step.name: step for step in documents.solution(variant.question.computation, sheet).steps}


def typed_steps(script: Script) -> dict[str, Any]:
    """What was typed, as the arrays of the steps it answers, NaN where nothing was."""
    variant = script.variant
    layout = layout_for(variant.question, variant.givens)
    column: list[float] = []
    for part in layout.parts:
        answer, count = script.readings[part.name], int(np.prod(variant.shape(part), dtype=int))
        column += answer.numbers if isinstance(answer, Reading) and len(answer.entries) == count else [np.nan] * count
    typed = np.array(column)
    return layout.answers(typed) if np.isfinite(typed).any() else {}


def typed_entries(script: Script) -> dict[str, list[float] | None]:
    """The numbers of every part that could be read, for pictures."""
    return {name: answer.numbers if isinstance(answer, Reading) else None for name, answer in script.readings.items()}


def picked_letter(script: Script) -> str:
    """The letter of the option that was chosen, where one is; for pictures."""
    picked = [answer for answer in script.readings.values() if isinstance(answer, Picked) and len(answer.options) == 1]
    return picked[0].options[0].key if picked else ""


def shown_value(value: Any) -> str:
    """A step's value in TeX."""
    return notation.value(floats(value))


def reference_entries(variant: Variant) -> dict[str, Any]:
    """The true value of every step, for pictures after release."""
    return {name: np.asarray(step.value) for name, step in variant.sheet.steps.items()} if variant.question.computed else {}
