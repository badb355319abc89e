"""Queries about questions, papers, attempts, their variants and their events.

Where a writing job asks what decides how it goes on (which attempts there are, how a chain ends), nobody else may change that
until it is done: these queries hold the person or the attempt.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, delete, desc, func, insert, select, update

from exam.attempts import GENESIS, Event, chained
from exam.store.engine import hold
from exam.store.tables import attempt, event, paper, question, variant


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """Who attempts what; `paper` is '' for practice of one question, `started` when it was made.  What is `practice` counts nowhere."""

    id: str
    person: int
    paper: str
    practice: bool
    started: float

    @property
    def rehearsal(self) -> bool:
        """Whether somebody who has charge of the paper takes it as a student would."""
        return self.practice and self.paper != ""


@dataclass(frozen=True, slots=True)
class VariantRow:
    """A variant as it was drawn when the attempt started: givens and options are stored, never drawn again."""

    question: str
    version: int
    seed: int
    givens: dict[str, Any]
    options: dict[str, Any]
    weight: float = 1


def put_question(connection: Connection, id: str, version: int, document: str) -> str:
    """Keeps a question's version; returns the document that is kept, which is an older one if it differs."""
    hold(connection, "shipped")
    known = question_document(connection, id, version)
    if known is None:
        connection.execute(insert(question).values(id=id, version=version, document=document))
    return known or document


def is_kept(connection: Connection, id: str, version: int) -> bool:
    """Whether an attempt holds a question's version."""
    held = select(variant.c.attempt).where(variant.c.question == id, variant.c.version == version)
    return bool(connection.scalar(select(held.exists())))


def rewrite_question(connection: Connection, id: str, version: int, document: str) -> None:
    """Keeps a question's version anew: better worded, or otherwise where no attempt holds it."""
    connection.execute(update(question).where(question.c.id == id, question.c.version == version).values(document=document))


def question_document(connection: Connection, id: str, version: int) -> str | None:
    return connection.execute(select(question.c.document).where(question.c.id == id, question.c.version == version)).scalar()


def put_paper(connection: Connection, id: str, document: str) -> bool:
    """Keeps a paper as it is now; whether it is new, and then the last in the list."""
    hold(connection, "papers")
    if connection.execute(update(paper).where(paper.c.id == id).values(document=document)).rowcount:
        return False
    last = connection.execute(select(func.max(paper.c.position))).scalar()
    position = 0 if last is None else last + 1
    connection.execute(insert(paper).values(id=id, position=position, document=document, secret=secrets.token_hex(8)))
    return True


def paper_secret(connection: Connection, id: str) -> str:
    """What the variants of its students are drawn from, those of each or one for all."""
    return str(connection.execute(select(paper.c.secret).where(paper.c.id == id)).scalar_one())


def released(connection: Connection, id: str) -> float | None:
    """When a paper's marking was released, None where it was not yet."""
    return connection.execute(select(paper.c.released).where(paper.c.id == id)).scalar()


def release(connection: Connection, id: str, at: float | None) -> None:
    connection.execute(update(paper).where(paper.c.id == id).values(released=at))


def papers(connection: Connection) -> list[str]:
    """The documents of all papers, in order."""
    return list(connection.execute(select(paper.c.document).order_by(paper.c.position)).scalars())


DOCUMENT = select(paper.c.document).where(paper.c.id == bindparam("paper_id"))


def paper_document(connection: Connection, id: str) -> str | None:
    return connection.execute(DOCUMENT, {"paper_id": id}).scalar()


ATTEMPT = select(attempt.c.id, attempt.c.person, attempt.c.paper, attempt.c.practice, attempt.c.started)


ADD_ATTEMPT, ADD_VARIANT = insert(attempt), insert(variant)


def add_attempt(connection: Connection, row: AttemptRow, variants: list[VariantRow], prepared: str | None = None) -> None:
    """Makes an attempt with its variants and its first event.

    One that is prepared, with what it was made from, waits to be delivered; any other is delivered at once.  The event binds the
    attempt to who takes it and what was drawn.
    """
    delivered = row.started if prepared is None else None
    columns = {name: getattr(row, name) for name in AttemptRow.__dataclass_fields__}
    salt = secrets.token_hex(16)
    connection.execute(ADD_ATTEMPT, columns | {"delivered": delivered, "salt": salt})
    names = VariantRow.__dataclass_fields__
    drawn = [{"attempt": row.id, "position": i, **{name: getattr(one, name) for name in names}} for i, one in enumerate(variants)]
    if drawn:
        connection.execute(ADD_VARIANT, drawn)
    said = {"drawn": bound(salt, row, variants)} | ({"made_from": prepared} if prepared is not None else {})
    append(connection, row.id, row.started, "started" if prepared is None else "prepared", NOTHING, body=json.dumps(said))


def bound(salt: str, row: AttemptRow, variants: list[VariantRow]) -> str:
    """The digest of who takes which paper with which variants.  Only who has the salt, which goes with the attempt, can guess at it."""
    drawn = [[one.question, one.version, one.seed, one.givens, one.options, float(one.weight)] for one in variants]
    whole = json.dumps([row.person, row.paper, row.practice, drawn], sort_keys=True, separators=(",", ":"))
    return hmac.new(salt.encode(), whole.encode(), hashlib.sha256).hexdigest()


def bound_now(connection: Connection, id: str) -> str | None:
    """What an attempt is bound to as it stands in the database; None where it has no salt, or is gone."""
    row, salt = find_attempt(connection, id), connection.execute(select(attempt.c.salt).where(attempt.c.id == id)).scalar()
    return bound(salt, row, variants_of(connection, id)) if row and salt else None


def find_attempt(connection: Connection, id: str) -> AttemptRow | None:
    row = connection.execute(ATTEMPT.where(attempt.c.id == id)).first()
    return AttemptRow(*row) if row else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a person's attempt at a paper is: times in Unix seconds, None for what has not happened."""

    id: str
    paper: str
    delivered: float | None
    deadline: float | None
    closed: float | None


STANDING = select(attempt.c.id, attempt.c.paper, attempt.c.delivered, attempt.c.deadline, attempt.c.closed)
STANDING = STANDING.where(attempt.c.person == bindparam("who")).order_by(attempt.c.started)
COUNTED = STANDING.where(attempt.c.practice.is_(False))
REHEARSED = STANDING.where(attempt.c.practice.is_(True), attempt.c.paper != "")


def attempts_of(connection: Connection, person: int) -> list[Standing]:
    """A person's attempts at papers, oldest first."""
    hold(connection, f"person {person}")
    return [Standing(*row) for row in connection.execute(COUNTED, {"who": person})]


def begun(connection: Connection, paper: str) -> bool:
    """Whether somebody was shown a paper already."""
    held = select(attempt.c.id).where(attempt.c.paper == paper, attempt.c.delivered.is_not(None))
    return bool(connection.scalar(select(held.exists())))


def practice_of(connection: Connection, person: int, most: int) -> list[str]:
    """The ids of a person's latest open practice, newest first."""
    mine = select(attempt.c.id).where(attempt.c.person == person, attempt.c.practice.is_(True), attempt.c.closed.is_(None))
    return list(connection.execute(mine.where(attempt.c.paper == "").order_by(attempt.c.started.desc()).limit(most)).scalars())


def rehearsals_of(connection: Connection, person: int) -> dict[str, Standing]:
    """A person's latest rehearsal of each paper, by the paper's id."""
    hold(connection, f"person {person}")
    return {row.paper: Standing(*row) for row in connection.execute(REHEARSED, {"who": person})}


def drop_attempt(connection: Connection, id: str) -> None:
    """Deletes an attempt with its variants and its events."""
    connection.execute(delete(attempt).where(attempt.c.id == id))


def variants_of(connection: Connection, id: str) -> list[VariantRow]:
    columns = (variant.c[name] for name in VariantRow.__dataclass_fields__)
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


REPEATED = ("answered", "checked")  # of these the last one of a part, or of a question, counts
LAST_NUMBERS = (
    select(func.max(event.c.number))
    .where(event.c.attempt == bindparam("id"), event.c.kind.in_(REPEATED))
    .group_by(event.c.question, event.c.part)
)
LATEST = EVENT.where(event.c.attempt == bindparam("id"), event.c.kind.not_in(REPEATED) | event.c.number.in_(LAST_NUMBERS))
LATEST = LATEST.order_by(event.c.number)


def latest_of(connection: Connection, id: str) -> list[Event]:
    """The events that still count: the last answer to every part, the last check of every question, and all others.

    They fold to the same state.
    """
    return [as_event(row) for row in connection.execute(LATEST, {"id": id})]


LAST_OF_KIND = EVENT.where(event.c.attempt == bindparam("id"), event.c.kind == bindparam("wanted"))
LAST_OF_KIND = LAST_OF_KIND.order_by(desc(event.c.number)).limit(1)


def last_of_kind(connection: Connection, id: str, kind: str) -> Event | None:
    hold(connection, f"attempt {id}")
    row = connection.execute(LAST_OF_KIND, {"id": id, "wanted": kind}).first()
    return as_event(row) if row else None


def count_of_kind(connection: Connection, id: str, kind: str) -> int:
    return connection.execute(select(func.count()).where(event.c.attempt == id, event.c.kind == kind)).scalar_one()


def graded(connection: Connection, id: str) -> bool:
    """Whether it was marked since it was last handed in."""
    return connection.execute(select(attempt.c.graded).where(attempt.c.id == id)).scalar() is not None


@dataclass(frozen=True, slots=True)
class Tail:
    """The last event of a chain, which the next one is appended to, and the clock of its attempt."""

    number: int
    sha256: str
    kind: str
    at: float
    delivered: float | None
    deadline: float | None
    paused: float | None
    closed: float | None
    at_question: int | None

    def over(self, at: float) -> float:
        """How long its time was up then, in seconds; 0 where it was not."""
        return 0.0 if self.deadline is None or self.paused is not None else max(at - self.deadline, 0.0)


TAIL = select(
    event.c.number,
    event.c.sha256,
    event.c.kind,
    event.c.at,
    attempt.c.delivered,
    attempt.c.deadline,
    attempt.c.paused,
    attempt.c.closed,
    attempt.c.at_question,
).join(attempt, attempt.c.id == event.c.attempt)
TAIL = TAIL.where(event.c.attempt == bindparam("id")).order_by(desc(event.c.number)).limit(1)
NOTHING = Tail(-1, GENESIS, "", 0.0, None, None, None, None, None)


def tail(connection: Connection, id: str) -> Tail:
    """The end of an attempt's chain."""
    hold(connection, f"attempt {id}")
    row = connection.execute(TAIL, {"id": id}).first()
    return Tail(*row) if row else NOTHING


def set_clock(connection: Connection, id: str, **columns: float | None) -> None:
    """Changes what is reckoned of an attempt: delivered, deadline, paused, closed, graded, at_question."""
    connection.execute(setting(*columns), {"attempt_id": id, **columns})


@cache
def setting(*columns: str) -> Update:
    """The statement that sets these columns of an attempt; there are a handful, each built once."""
    return update(attempt).where(attempt.c.id == bindparam("attempt_id")).values({name: bindparam(name) for name in columns})


# What a save asks is one statement, built once: the end of the chain, the answer that stands, and the save of that name.
last, sent = event.alias("last"), event.alias("sent")
LAST_NUMBER = (
    select(func.max(last.c.number))
    .where(last.c.attempt == bindparam("id"), last.c.question == bindparam("question_id"), last.c.part == bindparam("part_name"))
    .where(last.c.kind == "answered")
    .scalar_subquery()
)
STANDING_IN = (
    TAIL.add_columns(last.c.version, last.c.text, sent.c.kind, sent.c.at, sent.c.question, sent.c.part, sent.c.text, sent.c.version)
    .outerjoin(last, (last.c.attempt == event.c.attempt) & (last.c.number == LAST_NUMBER))
    .outerjoin(sent, (sent.c.attempt == event.c.attempt) & (sent.c.client == bindparam("client_id")))
)
APPEND = insert(event)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client already sent under a name: answered or late."""

    kind: str
    at: float
    question: str
    part: str
    text: str
    version: int | None


def standing_in(connection: Connection, id: str, question_id: str, part: str, client: str | None) -> tuple[Tail, int, str, Sent | None]:
    """What a save meets: the end of the chain, the version and text that stand in the part, and what `client` already names."""
    hold(connection, f"attempt {id}")
    named = {"id": id, "question_id": question_id, "part_name": part, "client_id": client}
    row = connection.execute(STANDING_IN, named).first()
    if row is None:
        return NOTHING, 0, "", None
    return Tail(*row[:9]), row[9] or 0, row[10] or "", Sent(*row[11:]) if row[11] else None


def append(connection: Connection, id: str, at: float, kind: str, after: Tail | None = None, **content: Any) -> Event:
    """Appends an event to the chain; `after` is its end where the caller has just looked."""
    end = after or tail(connection, id)
    at = max(at, end.at)  # a record never goes back in time, whatever the machine's clock does
    made = chained(id, end.sha256, end.number + 1, at, kind, **content)
    values = {name: getattr(made, name) for name in Event.__dataclass_fields__}
    connection.execute(APPEND, {"attempt": id, **values})
    return made
