"""Queries about classes, their members and the links handed out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from exam.store import sessions
from exam.store.arrangements import Arrangement, arrangements_for
from exam.store.tables import act, link, membership, person, school_class

__all__ = ["Arrangement", "Link", "Member", "SchoolClass", "arrangements_for"]

AT_ONCE = 500  # names or numbers in one question to the database


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """A class; `code` is what students type to join, None while that is switched off."""

    id: str
    title: str
    code: str | None
    created: float


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a class: `person` is their number, `role` what they are here, `team` their group or ''.

    `account` is their role in the installation, `waits` whether they have yet to choose a password.
    """

    person: int
    name: str
    role: str
    team: str
    joined: float
    account: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is kept: kind `class` leads into a class with a role, kind `password` to choosing one's password."""

    sha256: str
    kind: str
    school_class: str | None
    person: int | None
    role: str | None
    created: float
    ends: float
    uses_left: int


CLASS = select(school_class.c.id, school_class.c.title, school_class.c.code, school_class.c.created)
MEMBER = select(
    membership.c.person, person.c.name, membership.c.role, membership.c.team, membership.c.joined, person.c.role, person.c.password == ""
).join(person, membership.c.person == person.c.id)
LINK = select(link.c.sha256, link.c.kind, link.c["class"], link.c.person, link.c.role, link.c.created, link.c.ends, link.c.uses_left)


def some(values: Collection[Any]) -> Iterator[list[Any]]:
    """As many values as go into one question, and again."""
    kept = list(values)
    return (kept[start : start + AT_ONCE] for start in range(0, len(kept), AT_ONCE))


def add_class(connection: Connection, id: str, title: str, now: float) -> bool:
    """Makes a class; False where the id is taken."""
    try:
        with connection.begin_nested():
            connection.execute(insert(school_class).values(id=id, title=title, created=now))
    except IntegrityError:
        return False
    return True


def find_class(connection: Connection, id: str, *, lock: bool = False) -> SchoolClass | None:
    """A class; `lock` makes whoever else changes it wait (SQLite has one writer anyway)."""
    wanted = CLASS.where(school_class.c.id == id)
    row = connection.execute(wanted.with_for_update() if lock else wanted).first()
    return SchoolClass(*row) if row else None


def was_deleted(connection: Connection, id: str) -> bool:
    """Whether a class of this id was deleted: papers and the trail still name it."""
    deleted = select(act.c.id).where(act.c["class"] == id, act.c.kind == "deleted_class")
    return connection.execute(deleted.limit(1)).first() is not None


def remove_class(connection: Connection, id: str) -> None:
    """Deletes a class with its memberships, links and arrangements."""
    connection.execute(delete(school_class).where(school_class.c.id == id))


def count_links(connection: Connection, id: str) -> int:
    """How many invitation links of a class are kept."""
    mine = select(func.count()).where(link.c["class"] == id, link.c.kind == "class")
    return connection.execute(mine).scalar_one()


def class_of_code(connection: Connection, code: str) -> SchoolClass | None:
    row = connection.execute(CLASS.where(school_class.c.code == code)).first()
    return SchoolClass(*row) if row else None


def set_title(connection: Connection, id: str, title: str) -> None:
    connection.execute(update(school_class).where(school_class.c.id == id).values(title=title))


def set_code(connection: Connection, id: str, code: str | None) -> bool:
    """Sets the code of a class, or switches it off; False where another class has it."""
    try:
        with connection.begin_nested():
            connection.execute(update(school_class).where(school_class.c.id == id).values(code=code))
    except IntegrityError:
        return False
    return True


def classes(connection: Connection) -> list[SchoolClass]:
    """Every class, the latest first."""
    return [SchoolClass(*row) for row in connection.execute(CLASS.order_by(school_class.c.created.desc(), school_class.c.id))]


def roles_of(connection: Connection, who: int) -> dict[str, str]:
    """What a person is in each of their classes, by class."""
    rows = connection.execute(select(membership.c["class"], membership.c.role).where(membership.c.person == who))
    return {row[0]: row.role for row in rows}


def counts(connection: Connection, role: str) -> dict[str, int]:
    """How many members of a role each class has."""
    counted = select(membership.c["class"], func.count()).where(membership.c.role == role).group_by(membership.c["class"])
    return {row[0]: row[1] for row in connection.execute(counted)}


def members(connection: Connection, id: str) -> list[Member]:
    """Who is in a class, by name."""
    return [Member(*row) for row in connection.execute(MEMBER.where(membership.c["class"] == id).order_by(person.c.name))]


def member(connection: Connection, id: str, who: int) -> Member | None:
    row = connection.execute(MEMBER.where(membership.c["class"] == id, membership.c.person == who)).first()
    return Member(*row) if row else None


def add_member(connection: Connection, id: str, who: int, role: str, team: str, now: float) -> None:
    sessions.forget()
    connection.execute(insert(membership).values({"class": id, "person": who, "role": role, "team": team, "joined": now}))


def add_members(connection: Connection, id: str, people: Iterable[tuple[int, str, str]], now: float) -> None:
    """Puts many (person, role, team) into a class."""
    sessions.forget()
    rows = [{"class": id, "person": who, "role": role, "team": team, "joined": now} for who, role, team in people]
    if rows:
        connection.execute(insert(membership), rows)


def set_member(connection: Connection, id: str, who: int, role: str, team: str) -> None:
    set_members(connection, id, [(who, role, team)])


def set_members(connection: Connection, id: str, people: Iterable[tuple[int, str, str]]) -> None:
    """Changes role and team of many (person, role, team) of a class."""
    sessions.forget()
    rows = [{"who": who, "r": role, "t": team} for who, role, team in people]
    if rows:
        one = update(membership).where(membership.c["class"] == id, membership.c.person == bindparam("who"))
        connection.execute(one.values(role=bindparam("r"), team=bindparam("t")), rows)


def remove_member(connection: Connection, id: str, who: int) -> None:
    sessions.forget()
    connection.execute(delete(membership).where(membership.c["class"] == id, membership.c.person == who))


def people_named(connection: Connection, names: Collection[str]) -> dict[str, tuple[int, str]]:
    """Number and installation role of those who have one of these names, by name."""
    found: dict[str, tuple[int, str]] = {}
    for part in some(names):
        rows = connection.execute(select(person.c.name, person.c.id, person.c.role).where(person.c.name.in_(part)))
        found |= {row.name: (row.id, row.role) for row in rows}
    return found


def names_of(connection: Connection, numbers: Collection[int]) -> dict[int, str]:
    """The names of people by number; who was deleted is missing."""
    found: dict[int, str] = {}
    for part in some(numbers):
        found |= {row.id: row.name for row in connection.execute(select(person.c.id, person.c.name).where(person.c.id.in_(part)))}
    return found


def titles_of(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """The titles of classes by id."""
    found: dict[str, str] = {}
    for part in some(ids):
        rows = connection.execute(select(school_class.c.id, school_class.c.title).where(school_class.c.id.in_(part)))
        found |= {row.id: row.title for row in rows}
    return found


def add_people(connection: Connection, names: Collection[str], now: float) -> dict[str, int] | None:
    """Makes students' accounts that have no password yet; their numbers by name, or None where a name is taken."""
    rows = [{"name": name, "role": "student", "password": "", "created": now} for name in names]
    try:
        with connection.begin_nested():
            if rows:
                connection.execute(insert(person), rows)
    except IntegrityError:
        return None
    return {name: number for name, (number, _) in people_named(connection, names).items()}


def add_links(connection: Connection, rows: Iterable[Link]) -> None:
    """Keeps links that were handed out."""
    kept = [
        {
            "sha256": row.sha256,
            "kind": row.kind,
            "class": row.school_class,
            "person": row.person,
            "role": row.role,
            "created": row.created,
            "ends": row.ends,
            "uses_left": row.uses_left,
        }
        for row in rows
    ]
    if kept:
        connection.execute(insert(link), kept)


def find_link(connection: Connection, sha256: str, kind: str, now: float, member: int | None = None) -> Link | None:
    """A link of a kind that can still be used; for `member`, who is where it leads, also one that is used up."""
    there = select(membership.c.person).where(membership.c["class"] == link.c["class"], membership.c.person == member)
    good = or_(link.c.uses_left > 0, there.exists())
    row = connection.execute(LINK.where(link.c.sha256 == sha256, link.c.kind == kind, link.c.ends > now, good)).first()
    return Link(*row) if row else None


def use_link(connection: Connection, sha256: str, now: float) -> bool:
    """Uses a link once; False where somebody else used it up, or it has ended."""
    good = update(link).where(link.c.sha256 == sha256, link.c.ends > now, link.c.uses_left > 0)
    return connection.execute(good.values(uses_left=link.c.uses_left - 1)).rowcount == 1


def links_into(connection: Connection, id: str, now: float) -> list[Link]:
    """The links into a class that can still be used, the latest first."""
    wanted = LINK.where(link.c["class"] == id, link.c.kind == "class", link.c.ends > now, link.c.uses_left > 0)
    return [Link(*row) for row in connection.execute(wanted.order_by(link.c.created.desc()))]


def end_link(connection: Connection, id: str, sha256: str) -> bool:
    """Ends a link into a class; False where there is none."""
    return connection.execute(delete(link).where(link.c["class"] == id, link.c.sha256 == sha256)).rowcount == 1


def end_password_links(connection: Connection, who: int) -> None:
    connection.execute(delete(link).where(link.c.person == who, link.c.kind == "password"))


def vouched_for(connection: Connection, id: str, who: int) -> bool:
    """Whether a class made this person's account, or the person came into it by a code or link of their own accord."""
    wanted = select(act.c.id).where(act.c["class"] == id, act.c.person == who, act.c.kind.in_(("made_account", "joined")))
    return connection.execute(wanted.limit(1)).first() is not None
