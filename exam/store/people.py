"""Queries about people, their sessions, tokens and failed sign-ins."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from exam.store.engine import hold
from exam.store.tables import failure, membership, person, session, token


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account: role is student, teacher or administrator; `staff` says whether they teach or assist anywhere."""

    id: int
    name: str
    role: str
    staff: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class TokenRow:
    """What is kept of an API token; `person` is whose it is, None for a program's."""

    name: str
    scope: str
    ends: float | None
    person: Person | None


def add_person(connection: Connection, name: str, role: str, password: str, now: float) -> Person | None:
    """The new person, or None where the name is taken; `password` is already hashed."""
    try:
        with connection.begin_nested():
            made = connection.execute(insert(person).values(name=name, role=role, password=password, created=now))
    except IntegrityError:
        return None
    return Person(made.inserted_primary_key[0], name, role)  # type: ignore[index]


# What signing in asks and tells is built once.
NAMED = select(person.c.id, person.c.name, person.c.role, person.c.password).where(person.c.name == bindparam("name"))


def find_person(connection: Connection, name: str) -> tuple[Person, str] | None:
    """A person and their password's hash."""
    row = connection.execute(NAMED, {"name": name}).first()
    return (Person(row.id, row.name, row.role), row.password) if row else None


def set_password(connection: Connection, name: str, password: str) -> bool:
    """Sets a hashed password and ends that person's sessions; False where nobody has the name."""
    known = find_person(connection, name)
    if known is None:
        return False
    connection.execute(update(person).where(person.c.id == known[0].id).values(password=password))
    connection.execute(delete(session).where(session.c.person == known[0].id))
    connection.execute(delete(failure).where(failure.c.name == name))
    return True


def people(connection: Connection) -> list[Person]:
    """Everybody with an account, by name."""
    rows = connection.execute(select(person.c.id, person.c.name, person.c.role).order_by(person.c.name))
    return [Person(row.id, row.name, row.role) for row in rows]


def has_people(connection: Connection) -> bool:
    return connection.execute(select(person.c.id).limit(1)).first() is not None


END_OLD, ADD_SESSION = delete(session).where(session.c.ends <= bindparam("now")), insert(session)


def add_session(connection: Connection, sha256: str, who: int, now: float, ends: float) -> None:
    connection.execute(END_OLD, {"now": now})
    connection.execute(ADD_SESSION, {"sha256": sha256, "person": who, "created": now, "ends": ends})


# These are asked with every request: they are built once.
IN_CHARGE = select(membership.c.person).where(membership.c.person == person.c.id, membership.c.role != "student").exists()
OF_SESSION = (
    select(person.c.id, person.c.name, person.c.role, or_(person.c.role != "student", IN_CHARGE).label("staff"), session.c.ends)
    .join(session, session.c.person == person.c.id)
    .where(session.c.sha256 == bindparam("sha"), session.c.ends > bindparam("now"))
)
OF_TOKEN = (
    select(token.c.name.label("token"), token.c.scope, token.c.ends, person.c.id, person.c.name, person.c.role)
    .outerjoin(person, token.c.person == person.c.id)
    .where(token.c.sha256 == bindparam("sha"))
)


def person_of_session(connection: Connection, sha256: str, now: float) -> tuple[Person, float] | None:
    """Whose session this is, and when it ends."""
    row = connection.execute(OF_SESSION, {"sha": sha256, "now": now}).first()
    return (Person(row.id, row.name, row.role, bool(row.staff)), row.ends) if row else None


def end_session(connection: Connection, sha256: str) -> None:
    connection.execute(delete(session).where(session.c.sha256 == sha256))


def add_token(connection: Connection, sha256: str, name: str, scope: str, who: int | None, now: float, ends: float | None) -> None:
    connection.execute(insert(token).values(sha256=sha256, name=name, scope=scope, person=who, created=now, ends=ends))


def find_token(connection: Connection, sha256: str) -> TokenRow | None:
    row = connection.execute(OF_TOKEN, {"sha": sha256}).first()
    if row is None:
        return None
    return TokenRow(row.token, row.scope, row.ends, Person(row.id, row.name, row.role) if row.id is not None else None)


FAILED = select(func.count()).select_from(failure).where(failure.c.name == bindparam("failed"), failure.c.at > bindparam("since"))
FORGET, FORGIVE = delete(failure).where(failure.c.at < bindparam("before")), delete(failure).where(failure.c.name == bindparam("failed"))
FAIL = insert(failure)


def failures_since(connection: Connection, name: str, since: float) -> int:
    hold(connection, f"failures of {name}")
    counted: int = connection.execute(FAILED, {"failed": name, "since": since}).scalar_one()
    return counted


def note_failure(connection: Connection, name: str, now: float, forget_before: float) -> None:
    connection.execute(FORGET, {"before": forget_before})
    connection.execute(FAIL, {"name": name, "at": now})


def forgive(connection: Connection, name: str) -> None:
    connection.execute(FORGIVE, {"failed": name})
