"""The audit of the bank: every question's draws, options, texts, twin and the simulated students' marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from exam import students
from exam.grading import mark
from exam.layout import Layout, layout_for
from exam.proofs import proven
from exam.trials import known_mistakes, near_misses, stored
from questions.documents import solution, variant_document
from questions.experiments.fairness import nearest
from questions.model import Part, Question
from questions.options import FEWEST_OPTIONS, slipped
from questions.tolerance import near, shown
from questions.variant import Variant, attempt_draw, draw
from solvers.errors import GradusError

LEAST_FAIR = 0.3  # of draws, or the draw is designed badly
MOST_ALIKE = 0.05  # of pairs of classmates
CLASS = {
    "perfect": students.perfect,
    "rounds_when_typing": students.rounds_when_typing,
    "rounds_as_they_go": students.rounds_as_they_go,
    "blank": students.blank,
    "all_zeros": students.all_of(0.0),
    "all_ones": students.all_of(1.0),
    "dust": students.dust,
}


@dataclass
class Audit:
    """What was found of one question; `problems` is empty where it is sound.

    `accepted` is the share of draws that are fair and `variants` about how many fair ones there are, None where nothing is
    drawn; `alike` is the share of pairs of classmates who have all reference answers in common.  `proof` says by what the
    reference answers were computed a second time; formulas are not, and have the tests that are stored with them.  `students`
    maps each simulated student to their mean share of the marks; `slips` is how many parts one slip cost, on average.
    """

    question: str
    seeds: int
    accepted: float | None = None
    variants: int | None = None
    alike: float | None = None
    proof: str = "stated"
    students: dict[str, float] = field(default_factory=dict)
    slips: float | None = None
    problems: list[str] = field(default_factory=list)


def audit(question: Question, seeds: int = 20, independently: bool = True) -> Audit:
    """Audits one question over `seeds` variants; `independently` also by the solver's twin, which imports torch."""
    found = Audit(question.id, seeds)
    try:
        variants = [draw(question, seed) for seed in range(seeds if question.varies else min(seeds, 3))]
    except GradusError as problem:
        found.problems.append(problem.detail)
        return found
    if question.varies:
        fair = [not attempt_draw(question, seed, attempt)[1] for seed in range(seeds) for attempt in range(2)]
        found.accepted = float(np.mean(fair))
        found.variants = int(question.space * found.accepted)
        found.alike = alike(variants)
        if found.alike > MOST_ALIKE and seeds >= 10:
            found.problems.append(f"{found.alike:.0%} of classmates share every answer; widen the grids")
        if found.accepted < LEAST_FAIR and seeds >= 10:
            found.problems.append(f"only {found.accepted:.0%} of draws are fair; narrow the grids to numbers that can be marked")
    for variant in variants:
        found.problems += texts(variant)
        found.problems += options(variant)
    if question.training is not None:
        found.problems += evidence(question)
    found.problems += stored(question)
    if question.steps is not None:
        found.proof = f"formulas; {len(question.tests) or 'no'} stored tests"
    elif question.solver is not None and independently:
        subject = f"{question.solver} {[variant.plain_givens() for variant in variants[:10]]}"
        found.proof, disagreements = proven(subject, partial(proof, question.solver, variants[:10]))
        found.problems += disagreements
    if question.computed:
        layout = layout_for(question, variants[0].givens)
        if layout.parts:
            tabulate(found, layout, variants)
    found.problems = list(dict.fromkeys(found.problems))
    return found


def texts(variant: Variant) -> Iterator[str]:
    """Problems with what is said: a language missing, a hole left open, a solution that does not print."""
    document = variant_document(variant)
    for language in ("vi", "en"):
        for name, words in (("title", document.title), ("prompt", document.prompt)):
            text = getattr(words, language)
            if "@" in text:
                yield f"the {name} in {language} has an open hole"
            if text.count("$") % 2:
                yield f"the {name} in {language} has an unpaired dollar sign"
    if variant.question.computed:
        for step in solution(variant.question.computation, variant.sheet).steps:
            if "@" in step.formula + step.filled or step.filled.count("{") != step.filled.count("}"):
                yield f"the solution of {step.name} does not print"


def evidence(question: Question) -> Iterator[str]:
    """Where the stored references do not support what a training question claims, or say that another option is right."""
    training = question.training
    assert training is not None
    if training.asks == "printed":
        (part,) = question.parts
        if part.key != nearest(training.samples()[training.experiments[0]], training.bands or {}):
            yield f"the printed option nearest to the runs is not {part.key}"
        return
    try:
        expected = Question.model_validate({**question.model_dump(by_alias=True, exclude_unset=True, exclude={"asked"})})
    except ValueError as problem:
        yield str(problem)
        return
    if expected.parts != question.parts:
        yield "its part is not what the references say; read the question anew"


def options(variant: Variant) -> Iterator[str]:
    """Problems with the options of choices: too few, alike, or not exactly one right."""
    for name, choices in variant.options.items():
        if len({option.text.en for option in choices}) != len(choices) or len({option.text.vi for option in choices}) != len(choices):
            yield f"two options of {name} read the same with seed {variant.seed}"
        (kind,) = {part.kind for part in variant.question.parts if part.name == name}
        right = sum(option.right for option in choices)
        if kind == "choice" and right != 1:
            yield f"{name} does not have exactly one right option with seed {variant.seed}"
        if kind == "choices" and not 0 < right < len(choices):
            yield f"of {name} all options are right, or none, with seed {variant.seed}"
        if len(choices) < FEWEST_OPTIONS:
            yield f"{name} has fewer than {FEWEST_OPTIONS} options with seed {variant.seed}"
    for mistake in variant.question.tells_apart if variant.question.varies else []:
        if all(np.all(near(wrong, right, 0)) for _, wrong, right in slipped(variant, mistake)):
            yield f"the mistake {mistake} cannot be told apart with seed {variant.seed}"


def alike(variants: list[Variant]) -> float:
    """The share of pairs of variants whose reference answers all round to the same."""

    def shown_answers(variant: Variant) -> tuple[str, ...]:
        asked = [part for part in variant.question.parts if part.ask is not None and part.judged_by is None]
        return tuple(
            str(np.round(variant.reference(part), 12) + 0.0) if exact(part) else shown(variant.reference(part), part) for part in asked
        )

    answers = [shown_answers(variant) for variant in variants]
    if not answers or not answers[0]:
        return 0.0
    pairs = [a == b for a, b in combinations(answers, 2)]
    return float(np.mean(pairs)) if pairs else 0.0


def exact(part: Part) -> bool:
    """Whether a part is marked without a tolerance."""
    return part.places is None and part.figures is None


def proof(solver: str, variants: list[Variant]) -> tuple[str, list[str]]:
    """By what the twin of a solver computes, in its own words, and where it disagrees."""
    from solvers import twins

    said = (twins.twin(solver).__doc__ or "").strip().split("\n")[0].rstrip(".")
    return said or "torch twin", [problem for variant in variants for problem in twin(variant)]


def twin(variant: Variant) -> Iterator[str]:
    """Steps that the solver and its torch twin disagree on."""
    from solvers import twins

    name = variant.question.computation.name
    try:
        theirs = twins.run(name, variant.givens)
    except LookupError as problem:
        yield str(problem)
        return
    for step, value in theirs.items():
        if not np.allclose(variant.sheet.steps[step].value, value, rtol=1e-9, atol=1e-12):
            yield f"{step} and its twin differ with seed {variant.seed}"


def tabulate(found: Audit, layout: Layout, variants: list[Variant]) -> None:
    """The simulated students' marks, and what a lost sign costs."""
    count = len(variants)
    givens = layout.solver.stack([variant.givens for variant in variants])
    full = sum(part.marks for part in layout.parts)

    def parts_earned(typed: Any) -> Any:
        return mark(layout, givens, typed).marks(layout)

    for name, student in CLASS.items():
        marks = parts_earned(student(layout, givens, count))
        found.students[name] = round(float(marks.sum(axis=0).mean() / full), 4)
        if name in ("perfect", "rounds_when_typing", "rounds_as_they_go") and not np.allclose(marks.sum(axis=0), full):
            found.problems.append(f"a student who {name.replace('_', ' ')} loses marks")
        if name in ("blank", "all_zeros", "dust") and marks.any():
            found.problems.append(f"the student '{name}' earns marks")
        if name == "all_ones" and np.mean((marks > 0).sum(axis=0) <= 1) < 0.99:
            found.problems.append("a student who writes 1 everywhere earns more than one part")
    found.slips = one_slip(found, layout, givens, count)
    found.problems += near_misses(layout, givens, count)
    found.problems += known_mistakes(layout, givens, count)


def one_slip(found: Audit, layout: Layout, givens: Any, count: int) -> float | None:
    """The mean number of parts that one lost sign costs; a problem where it costs the wrong part or none."""
    reference = layout.numbers(layout.solver.run(givens), (count,))
    lost_parts: list[Any] = []
    for entry, (part, step, _) in enumerate(layout.entries):
        habit = students.slips_once(layout, entry, students.by_factor(-1.0), as_they_go=False)
        typed = students.write_down(layout, students.work(layout, givens, count, habit))
        marks = mark(layout, givens, typed).marks(layout)
        slipped_there = ~near(typed[entry], reference[entry], layout.half_units(reference)[entry])
        possible = np.isfinite(typed).all(axis=0) & (typed[entry] != 0) & slipped_there
        if np.any(marks[part][possible] > 0):
            found.problems.append(f"a lost sign in {step} goes unnoticed")
        repeats = ((typed == typed[entry]).sum(axis=0) > 1) & possible
        lost = (marks == 0).sum(axis=0)
        lost_parts += list(lost[possible & ~repeats])
    if lost_parts and np.mean(np.array(lost_parts) == 1) < 0.99:
        found.problems.append(f"one slip costs {np.mean(lost_parts):.2f} parts on average")
    return round(float(np.mean(lost_parts)), 3) if lost_parts else None
