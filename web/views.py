"""What the pages of an open attempt show: documents arranged for the templates, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exam import review
from exam.script import Script
from exam.sittings import Conflict, Sitting, TooLong, echo
from questions import documents, pictures
from questions.documents import Choice
from questions.model import Criterion, Question, Words
from questions.variant import Variant
from web.papers_api import seconds_left

CELL = re.compile(r"([A-Za-z]+)(\d+)(?:\[(\d+)\])?")
Unsaved = Mapping[str, Conflict | TooLong]  # what a page of answers could not save, by part


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
    seconds_left: float | None = None
    paused: bool = False
    receipt: str = ""
    by_deadline: bool = False
    forward_only: bool = False
    rehearsal: bool = False


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
    checkable: bool = False
    told: Any = None  # the part as it is marked, where it was just checked

    @property
    def picked(self) -> set[str]:
        """The letters that stand in it, to tick."""
        return set(self.text.casefold())


@dataclass(frozen=True)
class Row:
    """A row of a table: one letter, its cells by epoch, each with its entries."""

    symbol: str
    title: str
    cells: list[list[Any]]


@dataclass(frozen=True)
class Table:
    """Parts as a table of steps by the epochs that are asked; a cell without entries is not asked."""

    epochs: list[int]
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


def in_language(words: Words | None, language: str) -> str:
    return "" if words is None else words.vi if language == "vi" else words.en


def attempt_view(one: Sitting, title: Words) -> AttemptView:
    """The head of a sitting."""
    states = [state for entry in map_of(one) for state in entry["parts"]]
    filled = states.count("filled")
    ends = one.clock
    left = seconds_left(ends.deadline, ends.paused)
    return AttemptView(
        one.row.id, title, not one.row.paper, one.state.saved_at, filled, len(states), ends.deadline, left,
        ends.paused is not None, one.state.receipt, one.state.by_deadline, ends.at_question is not None, one.row.rehearsal,
    )  # fmt: skip


def table_of(question: Question, parts: list[Any], language: str) -> Table | None:
    """Parts named g1[0], g1[1], v1[0], … of a computation that runs through epochs as a table; None for any other parts."""
    found = [CELL.fullmatch(part.name) if part.kind == "number" else None for part in parts]
    if not question.computed or "epochs" not in question.computation.givens or not all(found):
        return None
    cells: dict[str, dict[int, list[Any]]] = {}
    for match, part in zip(found, parts, strict=True):
        if match:
            cells.setdefault(match[1], {}).setdefault(int(match[2]), []).append(part)
    epochs = sorted({epoch for row in cells.values() for epoch in row})
    entries = max(len(cell) for row in cells.values() for cell in row.values())
    rows = []
    for letter, by_epoch in cells.items():
        title = in_language(documents.step_title_of(question, letter), language)
        rows.append(Row(documents.symbol_of(question, letter), title, [by_epoch.get(t, []) for t in epochs]))
    return Table(epochs, entries, rows)


def part_views(
    one: Sitting, variant: Variant, script: Script, language: str, unsaved: Unsaved, checked: Mapping[str, Any] | None
) -> list[PartView]:
    """The parts of a question with what stands in them and what was read; what was just sent and not saved stands there too.

    `checked` holds the parts that were checked, as they are marked; None where nothing can be.
    """
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
                checked is not None,
                (checked or {}).get(document.name),
            )
        )
    return views


def sitting_view(
    one: Sitting, variant: Variant, language: str, picture: str | None, unsaved: Unsaved, checked: Mapping[str, Any] | None = None
) -> QuestionView:
    """A question to answer."""
    script = one.script(variant)
    parts = part_views(one, variant, script, language, unsaved, checked)
    question = variant.question
    marks = sum(part.marks for part in question.parts)
    alt = in_language(alternative(script, None), language)
    return QuestionView(
        question.id, question.title, variant.prompt, marks, marks, picture if alt else None, alt, table_of(question, parts, language), parts
    )


def alternative(script: Script, release: dict[str, Any] | None, own: pictures.Own = pictures.NONE) -> Words | None:
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
