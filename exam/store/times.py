"""Queries about time: who is given what, which attempts are open, over or unmarked, and which pages are there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update

from exam.store.tables import attempt, event, membership, person, presence


@dataclass(frozen=True, slots=True)
class Membership:
    """What somebody is in a class, and in which team."""

    person: int
    school_class: str
    role: str
    team: str


MEMBERSHIP = select(membership.c.person, membership.c["class"], membership.c.role, membership.c.team)
MEMBERSHIPS = MEMBERSHIP.where(membership.c.person == bindparam("who"))


def memberships_of(connection: Connection, who: int) -> list[Membership]:
    return [Membership(*row) for row in connection.execute(MEMBERSHIPS, {"who": who})]


def members_of(connection: Connection, classes: Iterable[str]) -> list[Membership]:
    """Everybody in these classes."""
    return [Membership(*row) for row in connection.execute(MEMBERSHIP.where(membership.c["class"].in_(list(classes))))]


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """An attempt that was delivered and is not closed."""

    id: str
    person: int
    delivered: float
    deadline: float | None
    paused: float | None


OPEN = select(attempt.c.id, attempt.c.person, attempt.c.delivered, attempt.c.deadline, attempt.c.paused)


def open_attempts(connection: Connection, paper: str) -> list[OpenAttempt]:
    """The attempts at a paper whose clock runs or stands."""
    rows = connection.execute(OPEN.where(attempt.c.paper == paper, attempt.c.closed.is_(None), attempt.c.delivered.is_not(None)))
    return [OpenAttempt(*row) for row in rows]


# These are asked every second: they are built once.
OVER = select(attempt.c.id).where(attempt.c.deadline < bindparam("moment"), attempt.c.closed.is_(None), attempt.c.paused.is_(None))
OVER = OVER.limit(bindparam("most"))
UNMARKED = select(attempt.c.id).where(attempt.c.graded.is_(None), attempt.c.closed.is_not(None), attempt.c.practice.is_(False))
UNMARKED = UNMARKED.order_by(attempt.c.closed).limit(bindparam("most"))


def over_since(connection: Connection, moment: float, most: int) -> list[str]:
    """Open attempts whose deadline was before that moment."""
    return list(connection.execute(OVER, {"moment": moment, "most": most}).scalars())


def unmarked(connection: Connection, most: int) -> list[str]:
    """Attempts at papers that were handed in and not marked, oldest first."""
    return list(connection.execute(UNMARKED, {"most": most}).scalars())


def have_attempted(connection: Connection, paper: str) -> set[int]:
    """Who has any attempt at a paper, prepared ones too."""
    return set(connection.execute(select(attempt.c.person).where(attempt.c.paper == paper, attempt.c.practice.is_(False))).scalars())


def note_presence(connection: Connection, id: str, seen: float, unsent: int, number: int) -> None:
    """Keeps when an open page was last heard of, how much it has not sent, and which question it shows."""
    values = {"seen": seen, "unsent": unsent, "number": number}
    if not connection.execute(update(presence).where(presence.c.attempt == id).values(**values)).rowcount:
        connection.execute(insert(presence).values(attempt=id, **values))


@dataclass(frozen=True, slots=True)
class Seat:
    """A student in the room, as the invigilator sees them; times in Unix seconds, None for what has not happened."""

    name: str
    person: int
    attempt: str | None = None
    delivered: float | None = None
    deadline: float | None = None
    paused: float | None = None
    closed: float | None = None
    saved: float | None = None
    seen: float | None = None
    unsent: int | None = None
    number: int | None = None


def seats(connection: Connection, paper: str, students: Iterable[int]) -> list[Seat]:
    """The latest attempt of everybody who may take or took a paper, by name."""
    last = (
        select(event.c.at)
        .where(event.c.attempt == attempt.c.id, event.c.kind == "answered")
        .order_by(event.c.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    times = (attempt.c.id, attempt.c.delivered, attempt.c.deadline, attempt.c.paused, attempt.c.closed, last)
    taken = select(person.c.name, person.c.id, *times, presence.c.seen, presence.c.unsent, presence.c.number).join(
        attempt, attempt.c.person == person.c.id
    )
    taken = taken.outerjoin(presence, presence.c.attempt == attempt.c.id)
    rows = connection.execute(taken.where(attempt.c.paper == paper, attempt.c.practice.is_(False)).order_by(attempt.c.started))
    found = {row[1]: Seat(*row) for row in rows}
    absent = [who for who in students if who not in found]
    for at in range(0, len(absent), 500):
        named = select(person.c.name, person.c.id).where(person.c.id.in_(absent[at : at + 500]))
        found |= {row.id: Seat(row.name, row.id) for row in connection.execute(named)}
    return sorted(found.values(), key=lambda seat: seat.name.casefold())


def presence_of(connection: Connection, id: str) -> tuple[float, int, int] | None:
    """When an open page was last heard of, how much it had not sent, and which question it showed."""
    row = connection.execute(select(presence.c.seen, presence.c.unsent, presence.c.number).where(presence.c.attempt == id)).first()
    return (row.seen, row.unsent, row.number) if row else None
