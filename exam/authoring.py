"""What an author is told of a question before it is published: its problems, how students meet it, what they would get."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from exam import students
from exam.audit import audit
from exam.grading import MISTAKE, VERDICTS, Marking, mark, take
from exam.layout import Floats, Layout, layout_for
from questions import bank
from questions.documents import (
    QuestionDocument,
    Solution,
    VariantDocument,
    mistake_name,
    plain,
    question_document,
    solution,
    variant_document,
)
from questions.model import Part, Question, Words
from questions.options import slipped
from questions.tolerance import near, shown, unit
from questions.variant import MOST_DRAWS, Variant, attempt_draw, draw
from solvers.errors import GradusError, listed
from solvers.worksheet import slipping

MOST_VARIANTS = 100
ALIKE = 3  # units of the last printed place
TYPICAL = {"perfect": students.perfect, "rounds_as_they_go": students.rounds_as_they_go, "blank": students.blank}


@dataclass(frozen=True)
class Outcome:
    """What a simulated student gets: the share of the marks, and the verdict of each part, a known mistake by its name.

    `student` is one of perfect, rounds_as_they_go and blank, or the mistake they make wherever it applies, and then `label` names it.
    """

    student: str
    label: Words | None
    share: float
    verdicts: dict[str, str]


@dataclass(frozen=True)
class Preview:
    """A question with one variant as students meet it, its worked solution, and what they would get."""

    question: QuestionDocument
    variant: VariantDocument
    answers: dict[str, str]
    solution: Solution | None
    outcomes: list[Outcome]


@dataclass(frozen=True)
class Row:
    """A variant at a glance: its seed, its numbers and its answers."""

    seed: int
    givens: dict[str, Any]
    answers: dict[str, str]


@dataclass(frozen=True)
class Glance:
    """Many variants at a glance.

    `accepted` is the share of draws that are fair, `thrown_back` how many of those tried are not, by why; `variants` is about how
    many there are, `alike` the share of pairs with all answers in common.  `problems` keep a question from being published.
    """

    rows: list[Row]
    accepted: float | None
    thrown_back: dict[str, int]
    variants: int | None
    alike: float | None
    problems: list[str]


@dataclass(frozen=True)
class Seen:
    """A variant among others.

    `rivals` are the numbers that compete in its first part, by the mistake that leads there, '' for the right one; `alike` are
    the options that look alike, and the known mistakes that nobody can tell from the right answer in it.
    """

    variant: Variant
    answers: dict[str, str]
    rivals: list[tuple[str, float]]
    alike: list[str]


@dataclass(frozen=True)
class Spread:
    """Variants side by side; of `tries` draws so many as there are rows were fair, the others were `thrown_back`, by why."""

    rows: list[Seen]
    tries: int
    thrown_back: dict[str, int]


@dataclass(frozen=True)
class Checked:
    """What was found of a source: the question where it can be used, else the problems that keep it from that."""

    question: Question | None
    problems: list[GradusError] = field(default_factory=list)


def read(source: str | dict[str, Any]) -> Question:
    """The one question of a YAML text or of a document.  Raises BadQuestion."""
    if isinstance(source, dict):
        return bank.checked(source)
    found = bank.parse(source)
    if len(found) > 1:
        raise bank.BadQuestion(f"these are {len(found)} questions, {listed(question.id for question in found)}; send one at a time")
    return found[0]


def check(source: str | dict[str, Any]) -> Checked:
    """A source, read, or all that is wrong with it."""
    return checked(source) if isinstance(source, dict) else checked_text(source)


def checked(source: str | dict[str, Any]) -> Checked:
    try:
        return Checked(read(source))
    except bank.BadQuestion as problem:
        return Checked(None, [problem, *problem.others])


checked_text = lru_cache(maxsize=8)(checked)  # the editor asks for one text again and again: a look, variants, the draft, the check


def preview(question: Question, seed: int = 0) -> Preview:
    """One variant, with what an author wants to see of it.  Raises BadSeed, NoFairDraw."""
    return seen(draw(question, seed))


def seen(variant: Variant) -> Preview:
    """What an author wants to see of a variant."""
    question = variant.question
    worked = solution(question.computation, variant.sheet) if question.computed else None
    layout = layout_for(question, variant.givens) if question.computed else None
    found = outcomes(layout, variant) if layout and layout.parts else []
    return Preview(question_document(question), variant_document(variant), answers(variant), worked, found)


def answers(variant: Variant) -> dict[str, str]:
    """The right answers as students would write them; nothing for an essay."""
    said: dict[str, str] = {}
    for part in variant.question.parts:
        options = variant.options.get(part.name, [])
        if part.kind == "order":
            said[part.name] = " ".join(option.key for option in sorted(options, key=lambda option: option.rank or 0))
        elif part.lettered:
            said[part.name] = " ".join(sorted(option.key for option in options if option.right))
        elif part.places is None and part.figures is None and part.ask is not None:
            said[part.name] = str(plain(variant.reference(part)))
        elif part.ask is not None and part.judged_by is None:
            said[part.name] = shown(variant.reference(part), part)
    return said


def outcomes(layout: Layout, variant: Variant) -> list[Outcome]:
    """What the typical students get, and those who make a known mistake wherever it applies and round what they write."""
    givens = layout.solver.stack([variant.givens])
    slips = list(layout.solver.mistakes)
    worked = [students.work(layout, givens, 1, slipping(name)) for name in slips]
    typed: Floats = np.concatenate([student(layout, givens, 1) for student in TYPICAL.values()], axis=1)
    who: list[tuple[str, Words | None]] = [(name, None) for name in TYPICAL]
    if slips:
        written = students.write_down(layout, np.concatenate(worked, axis=1))
        finite = np.all(np.isfinite(written), axis=0)
        who += [(name, mistake_name(layout.question, name)) for name, sound in zip(slips, finite, strict=True) if sound]
        typed = np.concatenate([typed, written[:, finite]], axis=1)
    marking = mark(layout, take(layout, givens, np.zeros(len(who), int)), typed)
    full, marks = sum(part.marks for part in layout.parts), marking.marks(layout).sum(axis=0)
    return [Outcome(name, label, round(float(marks[i] / full), 4), verdicts(layout, marking, i)) for i, (name, label) in enumerate(who)]


def verdicts(layout: Layout, marking: Marking, student: int) -> dict[str, str]:
    """The verdict of each part of one student, a known mistake by its name."""
    known = list(layout.solver.mistakes)
    found = zip(layout.parts, marking.verdict[:, student], marking.mistake[:, student], strict=True)
    return {part.name: known[mistake] if verdict == MISTAKE else VERDICTS[verdict] for part, verdict, mistake in found}


def glance(question: Question, count: int = 20) -> Glance:
    """Up to a hundred variants with their answers, and what keeps the question from being published."""
    count = min(count, MOST_VARIANTS) if question.varies else 1
    found = audit(question, count, independently=False)
    why = Counter(reason for seed in range(count) if question.varies and (reason := attempt_draw(question, seed, 0)[1]))
    variants = [] if found.accepted is None and found.problems else [draw(question, seed) for seed in range(count)]
    rows = [Row(seed, variant.plain_givens(), answers(variant)) for seed, variant in enumerate(variants)]
    return Glance(rows, found.accepted, dict(why.most_common()), found.variants, found.alike, found.problems)


def spread(question: Question, count: int = 20) -> Spread:
    """Variants side by side, of the seeds from 0, and what was drawn on the way.  Raises NoFairDraw."""
    if not question.varies:
        (row,) = side_by_side(question, [draw(question, 0)])
        return Spread([row], 1, {})
    variants: list[Variant] = []
    why = Counter[str]()
    for seed in range(min(count, MOST_VARIANTS)):
        drawn = (attempt_draw(question, seed, attempt) for attempt in range(MOST_DRAWS))
        for variant, reason in drawn:
            if not reason:
                variants.append(variant)
                break
            why[reason] += 1
        else:
            draw(question, seed)  # which says what to do
    return Spread(list(side_by_side(question, variants)), len(variants) + why.total(), dict(why.most_common()))


def side_by_side(question: Question, variants: list[Variant]) -> Iterator[Seen]:
    """The variants with their answers, and what competes with these."""
    known = question.computation.mistakes if question.computed else {}
    slips = {name: [list(slipped(variant, name)) for variant in variants] for name in known}
    merged = {name: [all(lands(*one) for one in found) for found in made] for name, made in slips.items()}
    for i, variant in enumerate(variants):
        made = {name: found[i] for name, found in slips.items() if found[i]}
        right = next((first_number(found, 2) for found in made.values()), None)
        rivals = [(name, value) for name, found in made.items() if not lands(*found[0]) and (value := first_number(found, 1)) is not None]
        hidden = [name for name, found in merged.items() if found[i] and not all(found)]  # one that shows in no variant is of other parts
        yield Seen(variant, answers(variant), [("", right), *rivals] if right is not None else [], [*alike_options(variant), *hidden])


def lands(part: Part, wrong: Any, right: Any) -> bool:
    """Whether a wrong value is marked as right."""
    return bool(np.all(near(wrong, right, unit(right, part) / 2)))


def first_number(found: list[Any], which: int) -> float | None:
    """The first number of the first of (part, wrong, right), as the mistake (1) or the reference (2) has it."""
    value = float(np.ravel(found[0][which])[0]) if found else np.nan
    return value if np.isfinite(value) else None


def alike_options(variant: Variant) -> Iterator[str]:
    """Pairs of options of one part that differ by no more than three units of their last place, as a ≈ c."""
    for options in variant.options.values():
        numbers = [(option.key, number) for option in options if (number := printed_number(option.text.en)) is not None]
        for (a, x), (b, y) in combinations(numbers, 2):
            if abs(x - y) <= ALIKE * Decimal(1).scaleb(max(int(x.as_tuple().exponent), int(y.as_tuple().exponent))):
                yield f"{a} ≈ {b}"


def printed_number(text: str) -> Decimal | None:
    """The number that an option prints, None where it is none."""
    try:
        number = Decimal(text.strip("$ ").replace("−", "-"))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
