"""Queries about arrangements: extra time and other dates, for a student or a team, on one paper or on all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select

from exam.store.tables import arrangement, membership


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What is different for one student (`person`) or one `team` of a class: on `paper`, or on all papers where that is None.

    `percent` and `minutes` are added to the time limit; `opens`, `closes` and `attempts` take the place of the paper's where given.
    """

    id: int
    paper: str | None
    school_class: str | None
    team: str
    person: int | None
    percent: float
    minutes: float
    opens: float | None
    closes: float | None
    attempts: int | None
    reason: str
    made: float


A = arrangement.c
ARRANGEMENT = select(A.id, A.paper, A["class"], A.team, A.person, A.percent, A.minutes, A.opens, A.closes, A.attempts, A.reason, A.made)


# This is asked with every start and every clock that is reckoned: it is built once.
IN_TEAM = and_(membership.c["class"] == A["class"], membership.c.team == A.team, membership.c.person == bindparam("who"))
IN_MY_TEAM = and_(A.person.is_(None), A.team != "", select(membership.c.person).where(IN_TEAM).exists())
MINE = ARRANGEMENT.where(or_(A.person == bindparam("who"), IN_MY_TEAM), or_(A.paper == bindparam("paper_id"), A.paper.is_(None)))
MINE = MINE.order_by(A.id)


def kept(row: Any) -> Arrangement:
    return Arrangement(*row)


def arrangements_for(connection: Connection, person_id: int, paper_id: str, class_ids: Collection[str] | None = None) -> list[Arrangement]:
    """All that applies to a student at a paper, oldest first: their own and their teams', for this paper and for all.

    `class_ids` are the classes the paper is opened to: what another class arranged does not count there.
    """
    found = [kept(row) for row in connection.execute(MINE, {"who": person_id, "paper_id": paper_id})]
    return [one for one in found if not class_ids or one.school_class is None or one.school_class in class_ids]


def arrangements_in(connection: Connection, school_class: str) -> list[Arrangement]:
    """The arrangements of a class, oldest first."""
    return [kept(row) for row in connection.execute(ARRANGEMENT.where(A["class"] == school_class).order_by(A.id))]


def add_arrangement(connection: Connection, one: Arrangement) -> int:
    """Keeps an arrangement; its `id` is given here."""
    values = {name: getattr(one, name) for name in Arrangement.__dataclass_fields__ if name not in ("id", "school_class")}
    made = connection.execute(insert(arrangement).values(values | {"class": one.school_class}))
    number: int = made.inserted_primary_key[0]  # type: ignore[index]
    return number


def find_arrangement(connection: Connection, school_class: str, id: int) -> Arrangement | None:
    row = connection.execute(ARRANGEMENT.where(A["class"] == school_class, A.id == id)).first()
    return kept(row) if row else None


def remove_arrangement(connection: Connection, id: int) -> None:
    connection.execute(delete(arrangement).where(A.id == id))
