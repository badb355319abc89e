"""Queries about the record as a whole: every chain, what a receipt names, and what is left of people who were deleted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, text

from exam.attempts import GENESIS
from exam.store import acts
from exam.store.attempts import events_of
from exam.store.engine import hold
from exam.store.people import find_person
from exam.store.tables import attempt, event, failure, person, tombstone


@dataclass(frozen=True, slots=True)
class Kept:
    """An attempt whose record is kept, as its row tells it: times in Unix seconds, None for what was not yet."""

    id: str
    started: float
    delivered: float | None = None
    closed: float | None = None
    graded: float | None = None
    at_question: int | None = None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a deleted attempt: its last receipt ('' where it was never handed in), its head, and when it was deleted."""

    attempt: str
    receipt: str
    head: str
    events: int
    at: float


KEPT = select(*(attempt.c[name] for name in Kept.__dataclass_fields__))


def kept(connection: Connection) -> list[Kept]:
    """Every attempt, oldest first."""
    return [Kept(*row) for row in connection.execute(KEPT.order_by(attempt.c.started, attempt.c.id))]


def kept_of(connection: Connection, id: str) -> Kept | None:
    """One attempt; None where it is gone."""
    row = connection.execute(KEPT.where(attempt.c.id == id)).first()
    return Kept(*row) if row else None


def orphans(connection: Connection) -> list[str]:
    """Attempts that have events and nothing else: somebody took them out of the list."""
    listed = select(attempt.c.id)
    return list(connection.execute(select(event.c.attempt).where(event.c.attempt.not_in(listed)).distinct()).scalars())


def attempt_with(connection: Connection, sha256: str) -> str | None:
    """The attempt that has an event of this hash."""
    return connection.execute(select(event.c.attempt).where(event.c.sha256 == sha256).limit(1)).scalar()


TOMBSTONE = select(tombstone.c.attempt, tombstone.c.receipt, tombstone.c.head, tombstone.c.events, tombstone.c.at)


def tombstones(connection: Connection) -> list[Tombstone]:
    return [Tombstone(*row) for row in connection.execute(TOMBSTONE.order_by(tombstone.c.at, tombstone.c.attempt))]


def tombstone_with(connection: Connection, receipt: str) -> Tombstone | None:
    row = connection.execute(TOMBSTONE.where(tombstone.c.receipt == receipt)).first()
    return Tombstone(*row) if row else None


def attempts_count(connection: Connection, who: int) -> int:
    return connection.execute(select(func.count()).select_from(attempt).where(attempt.c.person == who)).scalar_one()


def erase(connection: Connection, name: str, now: float) -> list[Tombstone] | None:
    """Deletes a person with all that is theirs, and leaves a tombstone for each attempt; None where nobody has the name."""
    known = find_person(connection, name)
    if known is None:
        return None
    who = known[0].id
    hold(connection, f"person {who}")
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA secure_delete = ON"))
    left = [buried(connection, id, now) for id in connection.execute(select(attempt.c.id).where(attempt.c.person == who)).scalars().all()]
    connection.execute(delete(person).where(person.c.id == who))
    connection.execute(delete(failure).where(failure.c.name == name))
    acts.note(connection, None, "person_deleted", person=who, at=now, attempts=len(left))
    return left


def buried(connection: Connection, id: str, now: float) -> Tombstone:
    """Writes the tombstone of an attempt that is about to be deleted."""
    hold(connection, f"attempt {id}")
    events = events_of(connection, id)
    receipt = next((one.sha256 for one in reversed(events) if one.kind == "submitted"), "")
    made = Tombstone(id, receipt, events[-1].sha256 if events else GENESIS, len(events), now)
    connection.execute(insert(tombstone).values({name: getattr(made, name) for name in Tombstone.__dataclass_fields__}))
    return made


def deleted_on_disk(connection: Connection) -> None:
    """On SQLite, empties the write-ahead log, which still holds what was deleted; PostgreSQL clears it away by itself."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
