"""Papers: which questions are taken together; and loading the shipped bank and papers into a store."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints
from ruamel.yaml import YAML

from exam.store import Connection, Store
from exam.store import attempts as rows
from questions.bank import bank
from questions.draws import Model
from questions.errors import GradusError, quoted
from questions.model import Question, Words

SHIPPED = Path(__file__).with_name("papers.yaml")


class UnknownPaper(GradusError):
    code = "unknown_paper"
    status = 404


class BankChanged(GradusError):
    """A question differs from what the store keeps under the same version."""

    code = "bank_changed"
    status = 409


class Paper(Model):
    """Questions taken together, each once."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
    title: Words
    description: Words
    as_printed: bool = False
    questions: list[str] = Field(min_length=1, max_length=200)


@cache
def shipped() -> list[Paper]:
    """The papers that come with Gradus."""
    return [Paper.model_validate(document) for document in YAML(typ="safe", pure=True).load(SHIPPED.read_text(encoding="utf-8"))]


def load(store: Store) -> None:
    """Puts the shipped questions and papers into the store.  Raises BankChanged."""
    documents = [(question, question.model_dump_json(by_alias=True)) for question in bank().values()]

    def job(connection: Connection) -> str | None:
        for question, document in documents:
            if rows.put_question(connection, question.id, question.version, document) != document:
                return question.id
        for position, paper in enumerate(shipped()):
            rows.put_paper(connection, paper.id, position, paper.model_dump_json(by_alias=True))
        return None

    changed = store.write(job)
    if changed:
        raise BankChanged(f"{changed} was changed without a new version; raise its 'version' in the bank, so that attempts keep theirs")


parsed = lru_cache(maxsize=1024)(Paper.model_validate_json)


def papers(store: Store) -> list[Paper]:
    """Every paper, in order."""
    return [parsed(document) for document in store.read(rows.papers)]


def paper(store: Store, id: str) -> Paper:
    """One paper.  Raises UnknownPaper."""
    document = store.read(lambda c: rows.paper_document(c, id))
    if document is None:
        raise UnknownPaper(f"{quoted(id)} is not a paper; GET /api/v1/papers lists them", "/paper")
    return parsed(document)


def question_version(store: Store, id: str, version: int) -> Question:
    """A question as it was in that version."""
    current = bank().get(id)
    if current is not None and current.version == version:
        return current
    document = store.read(lambda c: rows.question_document(c, id, version))
    assert document is not None, "an attempt's questions are kept"
    return Question.model_validate_json(document)
