"""What the pages show: documents arranged for the templates, in the reader's language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exam import review
from exam.grade import Grade
from exam.script import Script
from exam.sittings import Conflict, Sitting, TooLong, echo
from exam.telling import PartGrade
from questions import documents, pictures
from questions.documents import Choice
from questions.model import Criterion, Question, Words
from questions.options import Option
from questions.variant import Variant
from web.language import translations

CELL = re.compile(r"([A-Za-z]+)(\d+)(?:\[(\d+)\])?")
Unsaved = Mapping[str, Conflict | TooLong]  # what a page of answers could not save, by part
VERDICTS = ("correct", "carried", "mistake", "partly", "wrong", "blank", "unreadable", "pending")


@dataclass(frozen=True)
class AttemptView:
    """The head of a sitting: what was saved, and how much is filled."""

    id: str
    title: Words
    practice: bool
    saved_at: float | None
    filled: int
    total: int
    deadline: float | None = None
    receipt: str = ""


@dataclass(frozen=True)
class PartView:
    """A part to answer, with what stands in it."""

    name: str
    symbol: str
    kind: str
    shape: list[int]
    marks: float
    places: int | None
    figures: int | None
    choices: list[Choice]
    text: str
    version: int
    read_as: str | None
    problem: str | None
    theirs: str | None
    unsaved: str
    label: Words | None
    rubric: list[Criterion]

    @property
    def picked(self) -> set[str]:
        """The letters that stand in it, to tick."""
        return set(self.text.casefold())


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


@dataclass(frozen=True)
class Row:
    """A row of a table: one letter, its cells by epoch, each with its entries."""

    symbol: str
    title: str
    cells: list[list[Any]]


@dataclass(frozen=True)
class Table:
    """Parts as a table of steps by epochs."""

    epochs: int
    entries: int
    rows: list[Row]


@dataclass(frozen=True)
class QuestionView:
    """A question on its page, to answer or marked."""

    id: str
    title: Words
    prompt: Words
    marks: float
    max_marks: float
    picture: str | None
    alt: str
    table: Table | None
    parts: list[Any]


@dataclass(frozen=True)
class StepView:
    """A step of the worked solution in TeX, and in the student's own numbers where they lead elsewhere."""

    name: str
    title: str
    symbol: str
    formula: str
    filled: str
    value: str
    own: dict[str, str] | None


def in_language(words: Words | None, language: str) -> str:
    return "" if words is None else words.vi if language == "vi" else words.en


def attempt_view(one: Sitting, title: Words) -> AttemptView:
    states = [state for entry in map_of(one) for state in entry["parts"]]
    filled = states.count("filled")
    return AttemptView(one.row.id, title, one.row.practice, one.state.saved_at, filled, len(states), None, one.state.receipt)


def table_of(question: Question, parts: list[Any], language: str) -> Table | None:
    """Parts named g1[0], g1[1], v1[0], … of a computation that runs through epochs as a table; None for any other parts."""
    found = [CELL.fullmatch(part.name) if part.kind == "number" else None for part in parts]
    if question.solver is None or "epochs" not in question.computation.givens or not all(found):
        return None
    cells: dict[str, dict[int, list[Any]]] = {}
    for match, part in zip(found, parts, strict=True):
        if match:
            cells.setdefault(match[1], {}).setdefault(int(match[2]), []).append(part)
    epochs = max(epoch for row in cells.values() for epoch in row)
    entries = max(len(cell) for row in cells.values() for cell in row.values())
    rows = []
    for letter, by_epoch in cells.items():
        title = in_language(documents.step_title_of(question, letter), language)
        rows.append(Row(documents.symbol_of(question, letter), title, [by_epoch.get(t, []) for t in range(1, epochs + 1)]))
    return Table(epochs, entries, rows)


def part_views(one: Sitting, variant: Variant, script: Script, language: str, unsaved: Unsaved) -> list[PartView]:
    """The parts of a question with what stands in them and what was read; what was just sent and not saved stands there too."""
    typed = one.state.answers.get(variant.question.id, {})
    views = []
    for document in documents.variant_document(variant).parts:
        answer, refused = typed.get(document.name), unsaved.get(document.name)
        read_as, problem = (None, None) if refused else echo(script.readings[document.name])
        views.append(
            PartView(
                document.name,
                document.symbol,
                document.kind,
                document.shape,
                document.marks,
                document.places,
                document.figures,
                document.choices,
                refused.mine if refused else answer.text if answer else "",
                answer.version if answer else 0,
                read_as,
                in_language(problem, language) or None,
                refused.theirs if isinstance(refused, Conflict) else None,
                refused.code if refused else "",
                document.label,
                document.rubric,
            )
        )
    return views


def sitting_view(one: Sitting, variant: Variant, language: str, picture: str | None, unsaved: Unsaved) -> QuestionView:
    """A question to answer."""
    script = one.script(variant)
    parts = part_views(one, variant, script, language, unsaved)
    question = variant.question
    marks = sum(part.marks for part in question.parts)
    alt = in_language(alternative(script, None), language)
    return QuestionView(
        question.id, question.title, variant.prompt, marks, marks, picture if alt else None, alt, table_of(question, parts, language), parts
    )


def alternative(script: Script, release: dict[str, Any] | None, own: Sequence[float] = ()) -> Words | None:
    """The picture of a question in words, None where it has none."""
    picture = pictures.picture_of(script.variant, review.typed_entries(script), release, review.picked_letter(script), own)
    return picture.alt if picture else None


def map_of(one: Sitting) -> list[dict[str, Any]]:
    """Every question with the state of its parts: filled, empty or unreadable."""
    found = []
    for number, variant in enumerate(one.variants, 1):
        script = one.script(variant)
        states = [part_state(one, script, part.name) for part in variant.question.parts]
        found.append({"number": number, "question": variant.question.id, "parts": states})
    return found


def part_state(one: Sitting, script: Script, part: str) -> str:
    if not one.state.text(script.variant.question.id, part).strip():
        return "empty"
    return "unreadable" if echo(script.readings[part])[1] else "filled"


def unfinished(one: Sitting, state: str) -> list[dict[str, Any]]:
    """The questions with parts in this state, and which."""
    found = []
    for number, (entry, variant) in enumerate(zip(map_of(one), one.variants, strict=True), 1):
        asked = documents.variant_document(variant).parts
        parts = [part.symbol if not part.choices else "" for part, is_ in zip(asked, entry["parts"], strict=True) if is_ == state]
        if parts:
            found.append({"number": number, "title": variant.question.title, "parts": parts})
    return found


def review_view(
    one: Sitting, at: int, grade: Grade, language: str, picture: str | None, another: str | None, own: Sequence[float] = ()
) -> dict[str, Any]:
    """A marked question: its parts with verdicts, the tally, the worked solution, `another` to practise; `own` is drawn beside ours."""
    variant = one.variants[at]
    script = one.script(variant)
    question = variant.question
    shown = {document.name: document for document in documents.variant_document(variant).parts}
    parts = [
        MarkedPart(
            told.name,
            shown[told.name].symbol,
            shown[told.name].kind,
            marked_choices(variant.options.get(told.name, []), told),
            one.state.text(question.id, told.name),
            told.read_as,
            "partly" if told.verdict == "wrong" and told.marks else told.verdict,
            verdict_words(question, told, language),
            told.feedback,
            told.marks,
            told.max_marks,
            told.name == grade.first_wrong,
            part.step if part.ask else None,
            part.label,
            part.rubric or [],
        )
        for part, told in zip(question.parts, grade.parts, strict=True)
    ]
    release = review.reference_entries(variant)
    alt = in_language(alternative(script, release, own), language)
    tally = Counter(part.verdict for part in parts)
    view = QuestionView(
        question.id, question.title, variant.prompt, grade.marks, grade.max_marks, picture if alt else None, alt,
        table_of(question, parts, language), parts,
    )  # fmt: skip
    return {
        "question": view,
        "tally": [(verdict, tally[verdict]) for verdict in VERDICTS if tally[verdict]],
        "steps": [step_view(script, step, language) for step in review.worked(script, grade)],
        "another": another,
    }


def marked_choices(options: list[Option], told: PartGrade) -> list[MarkedChoice]:
    """The options with what was chosen; things to be put in order stand in the right one, and none is the answer."""
    if options and options[0].rank is not None:
        return [MarkedChoice(option.key, option.text, False, False) for option in sorted(options, key=lambda option: option.rank or 0)]
    chosen = (told.read_as or "").split(", ")
    return [MarkedChoice(option.key, option.text, option.right, option.key in chosen) for option in options]


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


def step_view(script: Script, step: review.ReviewStep, language: str) -> StepView:
    """A step of the worked solution, with what the student wrote there."""
    own = None
    if step.own is not None:
        texts = [
            script_text(script, part.name)
            for part in script.variant.question.parts
            if part.ask and part.step == step.name and not part.choice
        ]
        wrote = "; ".join(text for text in texts if text)
        own = {"filled": step.own.filled, "value": review.shown_value(step.own.value), "wrote": wrote}
    title = in_language(step.title, language)
    return StepView(step.name, title, step.symbol, step.formula, step.filled, review.shown_value(step.value), own)


def script_text(script: Script, part: str) -> str:
    """What was read of a part, as the page echoes it."""
    return echo(script.readings[part])[0] or ""
