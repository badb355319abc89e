"""The documents that the API and the command line share: a solution, a question and a variant as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

import solvers
from questions.model import Criterion, Kind, Question, Words
from questions.variant import Variant
from solvers import notation
from solvers.errors import BadGivens
from solvers.solver import Solver
from solvers.worksheet import Sheet


@dataclass(frozen=True)
class PrintedStep:
    """One step: its name in words and in TeX, TeX of its formula in letters and in numbers, and its value."""

    name: str
    title: Words | None
    symbol: str
    formula: str
    filled: str
    value: Any


@dataclass(frozen=True)
class StepDocument(PrintedStep):
    """One step with what each mistake gives."""

    mistakes: dict[str, Any]


@dataclass(frozen=True)
class Solution:
    """A worked solution."""

    solver: str
    steps: list[StepDocument]


@dataclass(frozen=True)
class MistakeDocument:
    """A known wrong method: its name in both languages, and what to do about it."""

    label: Words
    advice: Words


@dataclass(frozen=True)
class SolverDocument:
    """A solver: its givens with what each may be, and its known mistakes."""

    solver: str
    summary: str
    givens: dict[str, str]
    optional: list[str]
    mistakes: dict[str, MistakeDocument]


@dataclass(frozen=True)
class QuestionDocument:
    """A question as the bank lists it."""

    id: str
    version: int
    title: Words
    topics: list[str]
    row: str | list[str] | None
    kind: str
    varies: bool


@dataclass(frozen=True)
class Choice:
    """An option by the letter it is answered with."""

    key: str
    text: Words


@dataclass(frozen=True)
class PartDocument:
    """What is asked: `shape` [] for a number, [n] for a vector, [r, c] for a matrix; `symbol` is TeX.

    `label` is what a choice of a match is chosen for; `rubric` is what an essay is marked by.
    """

    name: str
    kind: Kind
    shape: list[int]
    marks: float
    places: int | None
    figures: int | None
    choices: list[Choice]
    symbol: str
    label: Words | None
    rubric: list[Criterion]


@dataclass(frozen=True)
class VariantDocument:
    """A variant as a student meets it, without its reference answers."""

    question: str
    version: int
    seed: int | None
    givens: dict[str, Any]
    title: Words
    prompt: Words
    parts: list[PartDocument]


def plain(value: Any) -> Any:
    """A number or nested lists of numbers; None where a number is not finite."""
    array = np.asarray(value, dtype=float)
    if np.all(np.isfinite(array)):
        return (array + 0.0).tolist()
    finite: Any = array.astype(object)
    finite[~np.isfinite(array)] = None
    return finite.tolist()


def solution(solver: Solver, sheet: Sheet) -> Solution:
    """The worked solution on a sheet, in letters and in the numbers it went on with."""
    numbers = sheet.numbers()
    steps = [
        StepDocument(
            step.name,
            step_title(solver, step.name),
            notation.symbol(step.name, solver.symbols),
            notation.in_letters(step.formula, solver.symbols),
            notation.in_numbers(step.formula, numbers),
            plain(step.value),
            {name: plain(np.broadcast_to(value, np.shape(step.value))) for name, value in step.mistakes.items()},
        )
        for step in sheet.steps.values()
    ]
    return Solution(solver.name, steps)


def step_title(solver: Solver, name: str) -> Words | None:
    """What a step is called in words, if its solver says so."""
    words = solver.words.get(name) or solver.words.get(name.rstrip("0123456789"))
    return Words(vi=words[0], en=words[1]) if words else None


def step_title_of(question: Question, name: str) -> Words | None:
    """What a step of a question is called in words."""
    return step_title(question.computation, name)


def symbol_of(question: Question, name: str) -> str:
    """The TeX of a step of a question."""
    return notation.symbol(name, question.computation.symbols)


def mistake_name(question: Question, mistake: str) -> Words:
    """The short name of a named mistake."""
    known = question.computation.mistakes[mistake]
    return Words(vi=known.vi[0], en=known.en[0])


def solve(name: str, givens: dict[str, Any]) -> Solution:
    """Solves `givens` step by step.  Raises UnknownSolver, BadGivens."""
    solver = solvers.get(name)
    sheet = solver.run(solver.read(givens))
    for step in sheet.steps.values():
        if not np.all(np.isfinite(step.value)):
            raise BadGivens(f"with these givens {step.name} is not finite; state others", "/givens")
    return solution(solver, sheet)


def solver_document(solver: Solver) -> SolverDocument:
    """A solver as the API lists it."""
    mistakes = {name: MistakeDocument(Words(vi=m.vi[0], en=m.en[0]), Words(vi=m.vi[1], en=m.en[1])) for name, m in solver.mistakes.items()}
    givens = {
        name: f"{shape_in_words(spec.axes)} {spec.allowed()}" if spec.axes else f"one of {spec.allowed()}"
        for name, spec in solver.givens.items()
    }
    summary = (solver.function.__doc__ or "").split("\n")[0]
    return SolverDocument(solver.name, summary, givens, sorted(solver.optional), mistakes)


def all_solvers() -> list[SolverDocument]:
    return [solver_document(solver) for solver in solvers.solvers().values()]


def shape_in_words(axes: list[str]) -> str:
    return ("one", f"a list ({', '.join(axes)}) of", f"a matrix ({', '.join(axes)}) of")[len(axes)]


def question_document(question: Question) -> QuestionDocument:
    return QuestionDocument(
        question.id, question.version, question.title, question.topics, question.row, question.kind, question.varies
    )  # fmt: skip


@lru_cache(maxsize=2048)
def variant_document(variant: Variant, secret_seed: bool = False) -> VariantDocument:
    """A variant for those who answer it; an exam's seed is not theirs to know."""
    parts = [
        PartDocument(
            part.name,
            variant.kind(part),
            list(variant.shape(part)),
            part.marks,
            part.places,
            part.figures,
            [Choice(option.key, option.text) for option in variant.options.get(part.name, [])],
            variant.symbol(part),
            part.label,
            list(part.rubric or []),
        )
        for part in variant.question.parts
    ]
    question = variant.question
    return VariantDocument(
        question.id, question.version, None if secret_seed else variant.seed, variant.plain_givens(), question.title, variant.prompt, parts
    )  # fmt: skip
