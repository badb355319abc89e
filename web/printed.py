"""What a printed sheet shows: a copy's questions with empty boxes, with answers, or with the solution; and the table of keys."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from exam import review
from exam.keys import KeyEntry, key_of
from exam.printing import Copy, Run
from questions import documents, pictures
from questions.documents import Choice, PrintedStep
from questions.experiments import told
from questions.model import LETTERED, Criterion, Question, Words
from questions.variant import Variant
from web.pictures import draw
from web.views import Table, in_language, table_of

SHOWS = ("blank", "answers", "solution", "key")
AT_ONCE = {"key": 600}  # questions on a page of sheets: a browser typesets so many in a few seconds
SHEETS_AT_ONCE = 120
COLUMNS = 9  # of a table of keys
STYLE = re.compile("<style>.*?</style>", re.DOTALL)


@dataclass(frozen=True)
class PrintedPart:
    """A part on paper: `entries` are what stands in its boxes, empty ones where nothing is to be told; `right` are letters."""

    name: str
    symbol: str
    kind: str
    shape: list[int]
    marks: float
    choices: list[Choice]
    label: Words | None
    rubric: list[Criterion]
    entries: list[str]
    right: list[str]
    tolerance: str
    example: bool


@dataclass(frozen=True)
class PrintedQuestion:
    """A question on paper; `steps` and `reasons` only where the solution is printed."""

    id: str
    title: Words
    prompt: Words
    marks: float
    picture: Markup | None
    table: Table | None
    parts: list[PrintedPart]
    lettered: bool
    steps: list[PrintedStep]
    reasons: list[Words]


@dataclass(frozen=True)
class Sheet:
    """A copy on paper."""

    copy: Copy
    marks: float
    questions: list[PrintedQuestion]


@dataclass(frozen=True)
class KeyRow:
    """The key of one question in one copy; no copy where all of them have the same."""

    copy: Copy | None
    place: int
    entries: list[KeyEntry]


@dataclass(frozen=True)
class KeyTable:
    """One question: the parts in as many columns as go beside each other, a row for each copy that asks it.

    `tolerances` are those of the columns, '' where they differ from copy to copy and stand with each value.
    """

    question: Question
    place: int | None
    columns: list[KeyEntry]
    tolerances: list[str]
    rows: list[KeyRow]


def batch(show: str, questions: int) -> int:
    """How many copies of so many questions go on one page."""
    return max(1, AT_ONCE.get(show, SHEETS_AT_ONCE) // max(1, questions))


def sheet(copy: Copy, show: str, language: str) -> Sheet:
    """A copy on paper: blank, with answers, or with the solution too."""
    asked = [printed_question(variant, show, language) for variant in copy.variants]
    return Sheet(copy, sum(one.marks for one in asked), asked)


def printed_question(variant: Variant, show: str, language: str) -> PrintedQuestion:
    """A question on paper.  Nothing of the key is looked up for a blank one."""
    key = {entry.part: entry for entry in key_of(variant)} if show != "blank" else {}
    parts = [printed_part(part, key.get(part.name)) for part in documents.variant_document(variant).parts]
    found = pictures.picture_of(variant, None, review.reference_entries(variant) if show == "solution" else None)
    picture = Markup(STYLE.sub("", draw(found, language)).replace("<svg ", '<svg class="picture" ', 1)) if found else None
    worked = show == "solution"
    return PrintedQuestion(
        variant.question.id, variant.question.title, variant.prompt, sum(part.marks for part in parts), picture,
        table_of(variant.question, parts, language), parts, all(part.kind in LETTERED for part in parts),
        steps_of(variant) if worked else [], reasons_of(variant) if worked else [],
    )  # fmt: skip


def printed_part(part: documents.PartDocument, entry: KeyEntry | None) -> PrintedPart:
    """A part with its boxes, filled from the key where there is one."""
    count = 1
    for axis in part.shape:
        count *= axis
    lettered = part.kind in LETTERED
    entries = entry.value.split(", ") if entry and not lettered and entry.value else [""] * count
    right = entry.value.split() if entry and lettered else []
    tolerance = entry.tolerance if entry else ""
    return PrintedPart(
        part.name, part.symbol, part.kind, part.shape, part.marks, part.choices, part.label, part.rubric, entries, right, tolerance,
        entry is not None and entry.example,
    )  # fmt: skip


def steps_of(variant: Variant) -> list[PrintedStep]:
    """The worked steps towards what is asked."""
    if not variant.question.computed:
        return []
    needed = review.steps_towards(variant)
    return [step for step in documents.solution(variant.question.computation, variant.sheet).steps if step.name in needed]


def reasons_of(variant: Variant) -> list[Words]:
    """Why what is right is right, in words: of each right option, what was run, and the question's explanation."""
    question, found = variant.question, []
    for part in question.parts:
        for option in variant.options.get(part.name, []):
            if option.right and option.why:
                found.append(Words(vi=f"({option.key}) {option.why.vi}", en=f"({option.key}) {option.why.en}"))
    gave = told.outcome(question.training) if question.training else None
    found += [words for words in (gave, question.explanation) if words]
    return [words for i, words in enumerate(found) if words not in found[:i]]


def key_tables(run: Run, copies: Iterable[Copy]) -> list[KeyTable]:
    """The keys of copies, question by question; a question with the same key and place everywhere has one row for all."""
    by_question: dict[str, list[tuple[Question, KeyRow]]] = {}
    for copy in copies:
        for place, variant in enumerate(copy.variants, 1):
            by_question.setdefault(variant.question.id, []).append((variant.question, KeyRow(copy, place, key_of(variant))))
    tables = []
    for found in sorted(by_question.values(), key=lambda rows: rows[0][1].place):
        question, rows = found[0][0], [row for _, row in found]
        alike = all((row.entries, row.place) == (rows[0].entries, rows[0].place) for row in rows)
        if alike and len(rows) > 1 and len(rows) == run.count:
            rows = [KeyRow(None, rows[0].place, rows[0].entries)]
        at_one_place = len({row.place for row in rows}) == 1
        for at in range(0, len(rows[0].entries), COLUMNS):
            cut = [KeyRow(row.copy, row.place, row.entries[at : at + COLUMNS]) for row in rows]
            tables.append(KeyTable(question, rows[0].place if at_one_place else None, cut[0].entries, shared_tolerances(cut), cut))
    return tables


def shared_tolerances(rows: list[KeyRow]) -> list[str]:
    """The tolerance of each column, '' where the copies differ in it."""
    columns = zip(*([entry.tolerance for entry in row.entries] for row in rows), strict=True)
    return [column[0] if len({*column}) == 1 else "" for column in columns]


def labels_of(question: Question, language: str) -> dict[str, str]:
    """What the pairs of a match are called, by part."""
    return {part.name: in_language(part.label, language) for part in question.parts if part.label}


def rows_of(entry: KeyEntry) -> list[str]:
    """The value of a key as lines: a matrix row by row."""
    entries: list[Any] = entry.value.split(", ")
    if entry.kind != "matrix":
        return [entry.value]
    wide = entry.shape[1]
    return [", ".join(entries[at : at + wide]) for at in range(0, len(entries), wide)]
