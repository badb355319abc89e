"""Whose time: the papers that are for a person, as they stand for them, and the clocks of attempts in the room."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from exam import clock, papers
from exam.clock import GRACE, Arrangement, Reckoned, Times, Turn
from exam.papers import Paper
from exam.store import Connection, Store, acts, times
from exam.store import attempts as rows
from exam.store.arrangements import arrangements_for
from exam.store.people import Person
from exam.store.times import Membership


def may_see(person: Person, memberships: list[Membership], paper: Paper) -> bool:
    """Whether a paper is for this person: it is for everybody, or for a class of theirs; administrators see all that is published."""
    if not paper.published:
        return False
    return not paper.classes or person.role == "administrator" or any(one.school_class in paper.classes for one in memberships)


def times_of(connection: Connection, person: int, paper: Paper) -> Times:
    """The times of a paper for one person, with what was arranged for them and their teams in its classes."""
    own = arrangements_for(connection, person, paper.id, paper.classes)
    given = [Arrangement(one.percent, one.minutes, one.opens, one.closes, one.attempts) for one in own]
    return clock.arranged(paper.times, given)


def moment(at: float) -> str:
    """A time as an error says it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="minutes").replace("+00:00", "Z")


def reckoned(connection: Connection, id: str, person: int, since: float, paper: Paper) -> Reckoned:
    """The clock of an attempt that was delivered then."""
    memberships = times.memberships_of(connection, person)
    turns = turns_for(acts.acts_on(connection, paper.id), id, memberships)
    return clock.reckon(since, times_of(connection, person, paper), turns)


def turns_for(done: list[acts.Act], id: str, memberships: list[Membership]) -> list[Turn]:
    """What was done in the room to the clock of one attempt: to it alone, to a team of its student, or to all."""
    teams = {one.team for one in memberships if one.team}

    def concerns(act: acts.Act) -> bool:
        if act.attempt is not None:
            return act.attempt == id
        return not act.body.get("team") or act.body["team"] in teams

    clocked = ("minutes", "paused", "resumed", "reopened")
    return [Turn(act.at, act.kind, act.body.get("minutes", 0)) for act in done if act.kind in clocked and concerns(act)]


def reckon_paper(connection: Connection, paper: Paper) -> None:
    """Reckons the clocks of all open attempts at a paper anew, after something that may have moved them."""
    done = acts.acts_on(connection, paper.id)
    for one in times.open_attempts(connection, paper.id):
        turns = turns_for(done, one.id, times.memberships_of(connection, one.person))
        now = clock.reckon(one.delivered, times_of(connection, one.person, paper), turns)
        if (now.deadline, now.paused) != (one.deadline, one.paused):
            rows.set_clock(connection, one.id, deadline=now.deadline, paused=now.paused)


def reckon_papers(connection: Connection, id: str | None) -> None:
    """Reckons the clocks at one paper anew, or at all."""
    for document in rows.papers(connection):
        paper = papers.parsed(document)
        if id is None or paper.id == id:
            reckon_paper(connection, paper)


@dataclass(frozen=True)
class Offer:
    """A paper as it stands for one person: not_yet, open, in_progress, submitted or closed.

    `attempt` is their latest, `times` hold for them; it `can_start` also again where attempts are left.
    """

    paper: Paper
    state: str
    attempt: str | None
    times: Times
    can_start: bool


def offers(store: Store, person: Person) -> list[Offer]:
    """The papers that are for a person, as they stand for them, and those they took while they were."""
    now = clock.now()

    def job(connection: Connection) -> list[Offer]:
        memberships = times.memberships_of(connection, person.id)
        taken = [one for one in rows.attempts_of(connection, person.id) if one.delivered is not None]
        found = []
        for paper in map(papers.parsed, rows.papers(connection)):
            mine = [one for one in taken if one.paper == paper.id]
            allowed = may_see(person, memberships, paper)
            if allowed or mine:
                one = offer(paper, times_of(connection, person.id, paper), mine, now)
                found.append(replace(one, can_start=one.can_start and allowed))
        return found

    return store.read(job)


def offer(paper: Paper, own: Times, mine: list[rows.Standing], now: float) -> Offer:
    """A paper with these times and attempts."""
    last = mine[-1] if mine else None
    if last and last.closed is None and (last.deadline is None or now <= last.deadline + GRACE):
        return Offer(paper, "in_progress", last.id, own, False)
    early, late = own.opens is not None and now < own.opens, own.closes is not None and now > own.closes
    left = own.attempts is None or len(mine) < own.attempts
    state = "submitted" if last else "not_yet" if early else "closed" if late else "open"
    return Offer(paper, state, last.id if last else None, own, left and not early and not late)
