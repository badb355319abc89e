"""What the pages of marked work show: every part with its verdict, and the worked solution, in the reader's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from exam import checks, review
from exam.grade import Grade
from exam.script import Script
from exam.shown import Shown
from exam.sittings import Sitting
from exam.store import Store
from exam.store.people import Person
from exam.telling import PartGrade, look_again
from questions import documents
from questions.model import LETTERED, Criterion, Question, Words
from questions.options import Option
from questions.pictures import NONE, Own
from questions.variant import Variant
from web.language import translations
from web.views import CELL, QuestionView, alternative, in_language, table_of

VERDICTS = ("correct", "carried", "mistake", "partly", "wrong", "blank", "unreadable", "pending")


@dataclass(frozen=True)
class MarkedChoice:
    """An option after release."""

    key: str
    text: Words
    right: bool
    chosen: bool


@dataclass(frozen=True)
class MarkedPart:
    """A part with its verdict."""

    name: str
    symbol: str
    kind: str
    choices: list[MarkedChoice]
    text: str
    read_as: str | None
    verdict: str
    verdict_words: str
    feedback: Words
    marks: float
    max_marks: float
    first_wrong: bool
    step: str | None
    label: Words | None
    rubric: list[Criterion]

    @property
    def group(self) -> str:
        """What the pairs of one match have in common."""
        return self.name.partition("[")[0]

    @property
    def worth_saying(self) -> bool:
        """Whether the feedback says more than the verdict does."""
        return self.verdict_words not in (self.feedback.vi.lower().rstrip("."), self.feedback.en.lower().rstrip("."))


@dataclass(frozen=True)
class ToldParts:
    """The parts of one step that share a verdict; no symbols where all of them do."""

    verdict: str
    verdict_words: str
    first_wrong: bool
    symbols: str
    marks: float
    max_marks: float


@dataclass(frozen=True)
class StepView:
    """A step of the worked solution in TeX, and in the student's own numbers where they lead elsewhere.

    `number` counts the steps; `before` and `after` are the addresses of its neighbours.  `told` are its parts, those of one
    verdict together, and `advice` what is said of them beside the worked step.
    """

    name: str
    number: int
    before: str | None
    after: str | None
    title: str
    symbol: str
    formula: str
    filled: str
    value: str
    own: dict[str, Any] | None
    told: list[ToldParts]
    advice: list[Words]


def review_view(
    one: Sitting,
    at: int,
    grade: Grade,
    language: str,
    picture: str | None,
    another: Question | None,
    now: Shown,
    epoch: int | None = None,
    own: Own = NONE,
) -> dict[str, Any]:
    """A marked question: its parts with verdicts, the tally, and `another` to practise; answers and worked solution where shown `now`.

    A long solution comes in pieces: `epoch` is the one asked for.  `own` are the student's own runs, drawn beside the experiments'.
    """
    variant = one.variants[at]
    script = one.script(variant)
    question = variant.question
    parts = marked_parts(one, variant, grade, language, now.answers)
    release = review.reference_entries(variant) if now.answers else None
    alt = in_language(alternative(script, release, own), language)
    tally = Counter(part.verdict for part in parts)
    view = QuestionView(
        question.id, question.title, variant.prompt, grade.marks, grade.max_marks, picture if alt else None, alt,
        table_of(question, parts, language), parts,
    )  # fmt: skip
    return {
        "question": view,
        "tally": [(verdict, tally[verdict]) for verdict in VERDICTS if tally[verdict]],
        "another": another,
        **(solution_view(script, grade, parts, language, epoch) if now.solution else NO_SOLUTION),
    }


def marked_parts(one: Sitting, variant: Variant, grade: Grade, language: str, answers: bool) -> list[MarkedPart]:
    """The parts of a question with what was typed, character by character, and its verdict."""
    shown = documents.variant_document(variant).parts
    return [
        MarkedPart(
            told.name,
            document.symbol,
            document.kind,
            marked_choices(variant.options.get(told.name, []), told, answers),
            one.state.text(variant.question.id, told.name),
            told.read_as,
            "partly" if told.verdict == "wrong" and told.marks else told.verdict,
            verdict_words(variant.question, told, language),
            told.feedback,
            told.marks,
            told.max_marks,
            told.name == grade.first_wrong,
            part.step if part.ask else None,
            part.label,
            part.rubric or [],
        )
        for part, document, told in zip(variant.question.parts, shown, grade.parts, strict=True)
    ]


def checked_parts(store: Store, person: Person, one: Sitting, variant: Variant, language: str) -> dict[str, MarkedPart]:
    """The parts of a question as they are marked while it is taken, by name; nothing is said of what is blank."""
    grade = checks.check(store, person, one.row.id, variant.question.id)
    return {part.name: part for part in marked_parts(one, variant, grade, language, False) if part.verdict != "blank"}


NO_SOLUTION: dict[str, Any] = {"steps": [], "total_steps": 0, "address": {}, "first_step": None, "opened": None}


def solution_view(script: Script, grade: Grade, parts: list[MarkedPart], language: str, epoch: int | None) -> dict[str, Any]:
    """The worked solution: the steps on this page, the address of every one, and the one to open first."""
    question = script.variant.question
    steps = review.worked(script, grade)
    at = {step.name: epoch_of(question, step.name) for step in steps}
    here = epochs_shown(at.values(), epoch)
    address = {name: f"#step-{name}" if t in here else f"?epoch={t}#step-{name}" for name, t in at.items()}
    around = [None, *address.values(), None]
    shown = []
    for n, step in enumerate(steps):
        if at[step.name] in here:
            mine = [part for part in parts if part.step == step.name and part.kind not in LETTERED]
            told, advice = told_parts(mine), advice_on(script, mine)
            own = own_view(step, mine)
            title, value = in_language(step.title, language), review.shown_value(step.value)
            shown.append(
                StepView(
                    step.name, n + 1, around[n], around[n + 2], title, step.symbol, step.formula, step.filled, value, own, told, advice
                )
            )
    first = next((part.step for part in parts if part.first_wrong), None)
    names = [step.name for step in shown]
    opened = next((name for name in [first, *(part.step for part in parts), *names] if name in names), None)
    return {"steps": shown, "total_steps": len(steps), "address": address, "first_step": first, "opened": opened}


def told_parts(parts: list[MarkedPart]) -> list[ToldParts]:
    """Parts by verdict, in the order in which the verdicts come."""
    groups: dict[tuple[str, str], list[MarkedPart]] = {}
    for part in parts:
        groups.setdefault((part.verdict, part.verdict_words), []).append(part)
    return [
        ToldParts(
            *verdict,
            any(part.first_wrong for part in group),
            r",\ ".join(part.symbol for part in group) if len(groups) > 1 else "",
            sum(part.marks for part in group),
            sum(part.max_marks for part in group),
        )
        for verdict, group in groups.items()
    ]


def advice_on(script: Script, parts: list[MarkedPart]) -> list[Words]:
    """What is said of the parts of a step, but not to work through the formula that stands there worked through."""
    asked = {part.name: part for part in script.variant.question.parts}
    advice: list[Words] = []
    for part in parts:
        plain = part.verdict in ("correct", "carried", "blank") or part.feedback == look_again(script.variant, asked[part.name])
        if not plain and part.feedback not in advice:
            advice.append(part.feedback)
    return advice


def own_view(step: review.ReviewStep, parts: list[MarkedPart]) -> dict[str, Any] | None:
    """A step in the student's own numbers, with what they typed."""
    if step.own is None:
        return None
    wrote = [part.text for part in parts if part.text.strip()]
    return {"filled": step.own.filled, "value": review.shown_value(step.own.value), "wrote": wrote}


def epoch_of(question: Question, step: str) -> int | None:
    """The epoch of a step in a computation that runs through epochs."""
    match = CELL.fullmatch(step)
    return int(match[2]) if match and "epochs" in question.computation.givens else None


def epochs_shown(epochs: Iterable[int | None], wanted: int | None) -> set[int | None]:
    """The epochs on a page: all of a short solution; of a long one the first two and the last two, or the one that is wanted."""
    known = sorted({epoch for epoch in epochs if epoch is not None})
    if len(known) > 4:
        known = [wanted] if wanted in known else known[:2] + known[-2:]
    return {None, *known}


def marked_choices(options: list[Option], told: PartGrade, answers: bool) -> list[MarkedChoice]:
    """The options with what was chosen; things to be put in order stand in the right one, and none is the answer.

    Where answers are not shown the options stand as they were, and none is marked as right.
    """
    if answers and options and options[0].rank is not None:
        return [MarkedChoice(option.key, option.text, False, False) for option in sorted(options, key=lambda option: option.rank or 0)]
    chosen = (told.read_as or "").split(", ")
    return [MarkedChoice(option.key, option.text, option.right and answers, option.key in chosen) for option in options]


def verdict_words(question: Question, told: PartGrade, language: str) -> str:
    """A verdict in a few words: the mistake's own name, and for a carried answer the step it follows from."""
    if told.mistake:
        return in_language(documents.mistake_name(question, told.mistake), language)
    if told.verdict == "carried":
        feedback = in_language(told.feedback, language)
        return feedback[:1].lower() + feedback[1:].rstrip(".")
    words = {
        "correct": "correct",
        "wrong": "wrong",
        "blank": "left blank",
        "unreadable": "could not be read",
        "pending": "waits for a teacher",
    }
    if told.verdict == "wrong" and told.marks:
        return translations(language).gettext("partly right")
    return translations(language).gettext(words[told.verdict])
