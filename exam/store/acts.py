"""Queries about acts: who did what to people, papers and attempts; they are appended and read, never changed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, desc, insert, select

from exam.store.tables import act

ACT = select(act.c.id, act.c.at, act.c.by, act.c.kind, act.c.paper, act.c["class"], act.c.person, act.c.attempt, act.c.body)


@dataclass(frozen=True, slots=True)
class Act:
    """Something a member of staff did: when (Unix seconds), who (a person's number; None for the server itself), and to what."""

    id: int
    at: float
    by: int | None
    kind: str
    paper: str | None
    school_class: str | None
    person: int | None
    attempt: str | None
    body: dict[str, Any]


def note(
    connection: Connection,
    by: int | None,
    kind: str,
    *,
    paper: str | None = None,
    school_class: str | None = None,
    person: int | None = None,
    attempt: str | None = None,
    at: float | None = None,
    **body: Any,
) -> float:
    """Appends an act, in the transaction of what it tells of; returns when."""
    at = time.time() if at is None else at
    values = {"at": at, "by": by, "kind": kind, "paper": paper, "class": school_class, "person": person, "attempt": attempt, "body": body}
    connection.execute(insert(act).values(values))
    return at


def note_all(connection: Connection, by: int | None, kind: str, school_class: str, told: Iterable[tuple[int, dict[str, Any]]]) -> None:
    """Appends one act of a kind for each (person, body), as a roster makes them."""
    at = time.time()
    about = {"at": at, "by": by, "kind": kind, "paper": None, "class": school_class, "attempt": None}
    if rows := [about | {"person": who, "body": body} for who, body in told]:
        connection.execute(insert(act), rows)


ON_PAPER = ACT.where(act.c.paper == bindparam("paper_id")).order_by(act.c.id)


def acts_on(connection: Connection, paper: str) -> list[Act]:
    """All acts on a paper, oldest first; asked with every start, so it is built once."""
    return [Act(*row) for row in connection.execute(ON_PAPER, {"paper_id": paper})]


def acts_of(
    connection: Connection,
    *,
    paper: str | None = None,
    school_class: str | None = None,
    kind: str | None = None,
    most: int | None = None,
    before: int | None = None,
) -> list[Act]:
    """The acts on a paper or in a class, oldest first; on everything where neither is named.

    `kind` keeps those of one kind, `most` the latest, `before` those before the act of that number.
    """
    wanted = ACT if before is None else ACT.where(act.c.id < before)
    if paper is not None:
        wanted = wanted.where(act.c.paper == paper)
    if school_class is not None:
        wanted = wanted.where(act.c["class"] == school_class)
    if kind is not None:
        wanted = wanted.where(act.c.kind == kind)
    if most is None:
        return [Act(*row) for row in connection.execute(wanted.order_by(act.c.id))]
    return [Act(*row) for row in connection.execute(wanted.order_by(desc(act.c.id)).limit(most))][::-1]


def has_done(connection: Connection, by: int, kind: str) -> bool:
    """Whether somebody ever did something of a kind."""
    return connection.execute(select(act.c.id).where(act.c.by == by, act.c.kind == kind).limit(1)).first() is not None


def changed(connection: Connection, paper: str, by: int | None = None) -> bool:
    """Whether somebody, or this person, has made or changed a paper here."""
    changes = select(act.c.id).where(act.c.paper == paper, act.c.kind == "paper_changed")
    if by is not None:
        changes = changes.where(act.c.by == by)
    return connection.execute(changes.limit(1)).first() is not None


def printed(connection: Connection) -> set[tuple[str, int]]:
    """The questions, each with its version, of all copies that were printed."""
    bodies = connection.scalars(select(act.c.body).where(act.c.kind == "printed"))
    return {(asked[0], asked[1]) for body in bodies for asked in body.get("asked", [])}
