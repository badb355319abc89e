"""The questions there are: those that come with Gradus, and beside them the latest version of each that a teacher published."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from exam.store import Connection, Store
from exam.store import questions as rows
from questions import bank
from questions.model import Question

parsed = lru_cache(maxsize=4096)(Question.model_validate_json)


def question_at(connection: Connection, id: str, version: int | None = None) -> Question:
    """The question of an id, in a transaction: of that version, or as it is now.  Raises UnknownQuestion."""
    if version is not None:
        return version_at(connection, id, version)
    if id in bank.bank():
        return bank.bank()[id]
    document = rows.latest_document(connection, id) if id.isascii() else None  # half a character is nothing a database takes
    return bank.get(id) if document is None else parsed(document)


def question_of(store: Store, id: str) -> Question:
    """The question of an id.  Raises UnknownQuestion."""
    return bank.bank().get(id) or store.read(lambda c: question_at(c, id))


def published(store: Store) -> list[Question]:
    """What teachers published and did not withdraw, each in its latest version, in the order of their ids."""
    return store.read(lambda c: [question_at(c, id) for id in sorted({*rows.question_ids(c)} - bank.bank().keys() - rows.withdrawn_ids(c))])


def withdrawn(store: Store) -> list[Question]:
    """What teachers withdrew, each in its latest version: it is not found any more, but papers and attempts keep it."""
    return store.read(lambda c: [question_at(c, id) for id in sorted(rows.withdrawn_ids(c))])


def is_withdrawn(connection: Connection, id: str) -> bool:
    """Whether a question is not found any more."""
    return id not in bank.bank() and id in rows.withdrawn_ids(connection)


def exists(connection: Connection, id: str) -> bool:
    """Whether there is a version of a question that a teacher published."""
    return rows.latest_document(connection, id) is not None


def keep(connection: Connection, asked: Iterable[Question]) -> None:
    """Sees that questions are there until an attempt that is being made has them.  Raises UnknownQuestion: one was deleted meanwhile."""
    own = {(question.id, question.version) for question in asked if question.id not in bank.bank()}
    if own and not rows.hold_versions(connection, own):
        raise bank.UnknownQuestion("a question was deleted meanwhile; start again", "/question")


def questions(store: Store) -> list[Question]:
    """Every question: the bank in its order, then what teachers published."""
    return [*bank.bank().values(), *published(store)]


def known(store: Store, kept: Iterable[str]) -> dict[str, Question]:
    """Every question by its id; of what was withdrawn, those in `kept`: a paper that asks one keeps it."""
    there, own = questions(store), set(kept)
    return {question.id: question for question in [*there, *(one for one in withdrawn(store) if one.id in own)]}


def question_version(store: Store, id: str, version: int) -> Question:
    """A question as it was in that version."""
    current = bank.bank().get(id)
    return current if current is not None and current.version == version else store.read(lambda c: version_at(c, id, version))


def version_at(connection: Connection, id: str, version: int) -> Question:
    """A question as it was in a version that a teacher published or an attempt has, in a transaction."""
    document = rows.document_of(connection, id, version)
    assert document is not None, "what an attempt has, or a paper draws from, is kept"
    return parsed(document)
