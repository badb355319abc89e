"""Rehearsals: who has charge of a paper takes it as a student would; that counts nowhere, and can be removed."""

from __future__ import annotations

import secrets

from exam import clock, keeping, room
from exam.clock import MINUTE
from exam.keeping import stored
from exam.starting import drawn, shared
from exam.store import Connection, Store, acts
from exam.store import attempts as rows
from exam.store import record as kept
from exam.store.attempts import AttemptRow, Standing
from exam.store.people import Person
from questions.variant import Variant


def begin(store: Store, person: Person, paper_id: str) -> str:
    """Starts a rehearsal of a paper in one's charge, or finds the one that is open; its id.

    It runs for the paper's minutes; neither dates, nor password, nor the number of attempts hold it up, and what is done to the
    clocks of the room does not concern it.  Raises UnknownPaper.
    """
    room.paper_of(store, person, paper_id)

    def draws(connection: Connection) -> list[tuple[Variant, float]]:
        paper = room.in_charge(connection, person, paper_id, "see")
        return drawn(connection, paper, shared(connection, paper) or secrets.SystemRandom())

    made = store.read(draws)
    row = AttemptRow(secrets.token_urlsafe(12), person.id, paper_id, True, clock.now())

    def job(connection: Connection) -> str:
        paper = room.in_charge(connection, person, paper_id, "see")
        last = rows.rehearsals_of(connection, person.id).get(paper_id)
        if last and last.closed is None and (last.deadline is None or row.started <= last.deadline):
            return last.id
        rows.add_attempt(connection, row, [stored(*one) for one in made])
        deadline = None if paper.minutes is None else row.started + paper.minutes * MINUTE
        rows.set_clock(connection, row.id, deadline=deadline, at_question=1 if paper.forward_only else None)
        acts.note(connection, person.id, "rehearsed", paper=paper_id, attempt=row.id, at=row.started)
        return row.id

    return store.write(job)


def latest(store: Store, person: Person) -> dict[str, Standing]:
    """Somebody's latest rehearsal of each paper they rehearsed, by the paper's id."""
    return store.read(lambda c: rows.rehearsals_of(c, person.id))


def remove(store: Store, person: Person, id: str) -> None:
    """Removes a rehearsal of one's own for good; a tombstone stays, as of every attempt.  Raises UnknownAttempt."""

    def job(connection: Connection) -> None:
        row = rows.find_attempt(connection, id)
        if row is None or row.person != person.id or not row.rehearsal:
            raise keeping.unknown(id)
        kept.buried(connection, id, clock.now())
        rows.drop_attempt(connection, id)
        acts.note(connection, person.id, "removed_rehearsal", paper=row.paper)

    store.write(job)
    keeping.remembered.forget(store, id)
