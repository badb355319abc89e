"""The questions there are: those that come with Gradus, and beside them the latest version of each that a teacher published."""

from __future__ import annotations

from functools import lru_cache

from exam.store import Connection, Store
from exam.store import questions as rows
from questions import bank
from questions.model import Question

parsed = lru_cache(maxsize=4096)(Question.model_validate_json)


def question_at(connection: Connection, id: str) -> Question:
    """The question of an id, in a transaction.  Raises UnknownQuestion."""
    if id in bank.bank():
        return bank.bank()[id]
    document = rows.latest_document(connection, id) if id.isascii() else None  # half a character is nothing a database takes
    return bank.get(id) if document is None else parsed(document)


def question_of(store: Store, id: str) -> Question:
    """The question of an id.  Raises UnknownQuestion."""
    return bank.bank().get(id) or store.read(lambda c: question_at(c, id))


def published(store: Store) -> list[Question]:
    """What teachers published, each in its latest version, in the order of their ids."""
    return store.read(lambda c: [question_at(c, id) for id in rows.question_ids(c) if id not in bank.bank()])


def questions(store: Store) -> list[Question]:
    """Every question: the bank in its order, then what teachers published."""
    return [*bank.bank().values(), *published(store)]


def question_version(store: Store, id: str, version: int) -> Question:
    """A question as it was in that version."""
    current = bank.bank().get(id)
    if current is not None and current.version == version:
        return current
    document = store.read(lambda c: rows.document_of(c, id, version))
    assert document is not None, "an attempt's questions are kept"
    return parsed(document)
