"""Queries about questions, papers, attempts, their variants and their events.

Where a writing job asks what decides how it goes on (which attempts there are, how a chain ends), nobody else may change that
until it is done: these queries hold the person or the attempt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, desc, func, insert, select

from exam.attempts import GENESIS, Event, chained
from exam.store.engine import alone, writing
from exam.store.tables import attempt, event, paper, person, question, variant


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """Who attempts what; `paper` is '' for practice."""

    id: str
    person: int
    paper: str
    practice: bool
    started: float


@dataclass(frozen=True, slots=True)
class VariantRow:
    """A variant as it was drawn when the attempt started: givens and options are stored, never drawn again."""

    question: str
    version: int
    seed: int
    givens: dict[str, Any]
    options: dict[str, Any]


def put_question(connection: Connection, id: str, version: int, document: str) -> str:
    """Keeps a question's version; returns the document that is kept, which is an older one if it differs."""
    alone(connection, "shipped")
    known = question_document(connection, id, version)
    if known is None:
        connection.execute(insert(question).values(id=id, version=version, document=document))
    return known or document


def question_document(connection: Connection, id: str, version: int) -> str | None:
    return connection.execute(select(question.c.document).where(question.c.id == id, question.c.version == version)).scalar()


def put_paper(connection: Connection, id: str, position: int, document: str) -> None:
    """Keeps a shipped paper as it is now."""
    alone(connection, "shipped")
    connection.execute(paper.delete().where(paper.c.id == id))
    connection.execute(insert(paper).values(id=id, position=position, document=document))


def papers(connection: Connection) -> list[str]:
    """The documents of all papers, in order."""
    return list(connection.execute(select(paper.c.document).order_by(paper.c.position)).scalars())


def paper_document(connection: Connection, id: str) -> str | None:
    return connection.execute(select(paper.c.document).where(paper.c.id == id)).scalar()


ATTEMPT = select(attempt.c.id, attempt.c.person, attempt.c.paper, attempt.c.practice, attempt.c.started)


def add_attempt(connection: Connection, row: AttemptRow, variants: list[VariantRow]) -> None:
    """Starts an attempt: its variants and its first event."""
    connection.execute(insert(attempt).values(id=row.id, person=row.person, paper=row.paper, practice=row.practice, started=row.started))
    for position, one in enumerate(variants):
        connection.execute(
            insert(variant).values(
                attempt=row.id,
                position=position,
                question=one.question,
                version=one.version,
                seed=one.seed,
                givens=one.givens,
                options=one.options,
            )
        )
    append(connection, row.id, row.started, "started")


def find_attempt(connection: Connection, id: str) -> AttemptRow | None:
    row = connection.execute(ATTEMPT.where(attempt.c.id == id)).first()
    return AttemptRow(*row) if row else None


def attempts_of(connection: Connection, person: int) -> list[AttemptRow]:
    """A person's attempts at papers, oldest first."""
    if writing(connection):
        hold_person(connection, person)
    rows = connection.execute(ATTEMPT.where(attempt.c.person == person, attempt.c.practice.is_(False)).order_by(attempt.c.started))
    return [AttemptRow(*row) for row in rows]


def practice_of(connection: Connection, person: int, most: int) -> list[str]:
    """The ids of a person's latest practice, newest first."""
    mine = select(attempt.c.id).where(attempt.c.person == person, attempt.c.practice.is_(True))
    return list(connection.execute(mine.order_by(attempt.c.started.desc()).limit(most)).scalars())


def variants_of(connection: Connection, id: str) -> list[VariantRow]:
    columns = (variant.c.question, variant.c.version, variant.c.seed, variant.c.givens, variant.c.options)
    return [VariantRow(*row) for row in connection.execute(select(*columns).where(variant.c.attempt == id).order_by(variant.c.position))]


def seed_in_use(connection: Connection, seed: int) -> bool:
    """Whether an attempt at a paper has this seed."""
    rows = select(variant.c.seed).join(attempt, attempt.c.id == variant.c.attempt)
    return connection.execute(rows.where(variant.c.seed == seed, attempt.c.practice.is_(False)).limit(1)).first() is not None


EVENT = select(
    event.c.number,
    event.c.at,
    event.c.kind,
    event.c.sha256,
    event.c.question,
    event.c.part,
    event.c.text,
    event.c.version,
    event.c.client,
    event.c.body,
)


def as_event(row: Any) -> Event:
    return Event(*row)


def events_of(connection: Connection, id: str) -> list[Event]:
    """The whole record of an attempt."""
    return [as_event(row) for row in connection.execute(EVENT.where(event.c.attempt == id).order_by(event.c.number))]


LAST_NUMBERS = (
    select(func.max(event.c.number))
    .where(event.c.attempt == bindparam("id"), event.c.kind == "answered")
    .group_by(event.c.question, event.c.part)
)
LATEST = EVENT.where(event.c.attempt == bindparam("id"), (event.c.kind != "answered") | event.c.number.in_(LAST_NUMBERS)).order_by(
    event.c.number
)


def latest_of(connection: Connection, id: str) -> list[Event]:
    """The events that still count: the last answer to every part, and all that is no answer.  They fold to the same state."""
    return [as_event(row) for row in connection.execute(LATEST, {"id": id})]


# PostgreSQL writes many things at once: what reads before it writes holds the row it is about.  SQLite has one writer anyway.
HOLD = select(attempt.c.id).where(attempt.c.id == bindparam("id")).with_for_update()
HOLD_PERSON = select(person.c.id).where(person.c.id == bindparam("id")).with_for_update()


def hold(connection: Connection, id: str) -> None:
    """Keeps others from appending to this attempt until the transaction ends."""
    if connection.dialect.name != "sqlite":
        connection.execute(HOLD, {"id": id})


def hold_person(connection: Connection, id: int) -> None:
    """Keeps this person from starting anything else until the transaction ends."""
    if connection.dialect.name != "sqlite":
        connection.execute(HOLD_PERSON, {"id": id})


def last_of_kind(connection: Connection, id: str, kind: str) -> Event | None:
    if writing(connection):
        hold(connection, id)
    row = connection.execute(EVENT.where(event.c.attempt == id, event.c.kind == kind).order_by(desc(event.c.number)).limit(1)).first()
    return as_event(row) if row else None


@dataclass(frozen=True, slots=True)
class Tail:
    """The last event of a chain: what the next one is appended to."""

    number: int
    sha256: str
    kind: str

    @property
    def closed(self) -> bool:
        """Whether the attempt was submitted: nothing but grades comes after that."""
        return self.kind in ("submitted", "graded")


TAIL = select(event.c.number, event.c.sha256, event.c.kind).where(event.c.attempt == bindparam("id"))
TAIL = TAIL.order_by(desc(event.c.number)).limit(1)


def tail(connection: Connection, id: str) -> Tail:
    """The end of an attempt's chain."""
    if writing(connection):
        hold(connection, id)
    row = connection.execute(TAIL, {"id": id}).first()
    return Tail(*row) if row else Tail(-1, GENESIS, "")


# The statements of a save are built once.
OF_PART = EVENT.where(
    event.c.attempt == bindparam("id"), event.c.question == bindparam("question_id"), event.c.part == bindparam("part_name")
)
LAST_ANSWER = OF_PART.order_by(desc(event.c.number)).limit(1)
BY_CLIENT = EVENT.where(event.c.attempt == bindparam("id"), event.c.client == bindparam("client_id"))
APPEND = insert(event)


def last_answer(connection: Connection, id: str, question_id: str, part: str) -> Event | None:
    """The answer that stands in a part now."""
    row = connection.execute(LAST_ANSWER, {"id": id, "question_id": question_id, "part_name": part}).first()
    return as_event(row) if row else None


def by_client(connection: Connection, id: str, client: str) -> Event | None:
    """The event that a client already sent under this id."""
    row = connection.execute(BY_CLIENT, {"id": id, "client_id": client}).first()
    return as_event(row) if row else None


def append(connection: Connection, id: str, at: float, kind: str, after: Tail | None = None, **content: Any) -> Event:
    """Appends an event to the chain; `after` is its end where the caller has just looked."""
    end = after or tail(connection, id)
    made = chained(id, end.sha256, end.number + 1, at, kind, **content)
    values = {name: getattr(made, name) for name in Event.__dataclass_fields__}
    connection.execute(APPEND, {"attempt": id, **values})
    return made
