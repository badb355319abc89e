"""The catalogue of the course's question families, and which questions of the bank cover each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from ruamel.yaml import YAML

from questions.draws import Model
from questions.model import Question, Words

FILE = Path(__file__).parent / "catalogue.yaml"
RowKind = Literal["num", "mc", "code", "train", "essay"]
LATER = ("code",)  # kinds that have no marking yet


class Row(Model):
    """A question family; one that `waits` is not covered yet, and need not be."""

    row: str
    kinds: list[RowKind]
    asks: Words
    waits: bool = False


@dataclass(frozen=True)
class Coverage:
    """What covers a row: its questions by kind, and the kinds that no question has."""

    row: str
    asks: Words
    waits: bool
    questions: dict[str, list[str]]
    missing: list[str]


@cache
def catalogue() -> list[Row]:
    """Every row, in the catalogue's order."""
    return [Row.model_validate(row) for row in YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))]


def rows_of(question: Question) -> list[str]:
    """The rows a question belongs to."""
    return [question.row] if isinstance(question.row, str) else question.row or []


def is_of(question: Question, kind: RowKind) -> bool:
    """Whether a question is of a kind; one that its experiments answer is of `train` and of how it is answered."""
    return question.training is not None if kind == "train" else question.kind == kind


def coverage(questions: Iterable[Question]) -> list[Coverage]:
    """Every row with what covers it."""
    bank = list(questions)
    found = []
    for row in catalogue():
        here = [question for question in bank if row.row in rows_of(question)]
        by_kind: dict[str, list[str]] = {kind: [question.id for question in here if is_of(question, kind)] for kind in row.kinds}
        missing: list[str] = [kind for kind in row.kinds if not by_kind[kind] and kind not in LATER]
        found.append(Coverage(row.row, row.asks, row.waits, by_kind, missing))
    return found
