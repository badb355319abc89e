"""The room: what staff do while a paper is taken, each one audited act; and what the invigilator sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from exam import clock, keeping, library, papers, rights, timing
from exam.papers import Paper
from exam.rights import NotAllowed, Refused
from exam.store import Connection, Store, acts, classes, times
from exam.store import attempts as rows
from exam.store.people import Person
from exam.store.times import Seat
from questions.bank import bank
from questions.errors import GradusError, quoted
from questions.model import Question

MOST_MINUTES = 24 * 60
HEARD = 12.0  # seconds between two notes of the same open page
SILENT = 45.0  # seconds without a word from an open page, after which somebody should go and look


class BadMinutes(GradusError):
    code = "bad_minutes"


class NotInThisRoom(GradusError):
    """No such attempt at this paper."""

    code = "unknown_attempt"
    status = 404


class StillOpen(GradusError):
    code = "still_open"
    status = 409


class IsTaken(Refused):
    """A paper that somebody has started cannot be taken back."""

    code = "is_taken"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            "Đã có sinh viên bắt đầu làm đề này nên không thu lại được; hãy đặt giờ đóng.",
            "Students have started this paper, so it cannot be taken back; set when it closes instead.",
            "/published",
        )


@dataclass(frozen=True)
class Whom:
    """Whom an act concerns: one attempt, one team, or all where neither is named."""

    attempt: str | None = None
    team: str = ""


ALL = Whom()


def staff_role(connection: Connection, by: Person, paper: Paper) -> str | None:
    """What somebody is where this paper is taken: teacher, assistant or None; one that is for no class yet is its makers' alone."""
    if not paper.classes and not paper.published:
        return "teacher" if by.role == "administrator" or acts.changed(connection, paper.id, by.id) else None
    roles = {one.role for one in times.memberships_of(connection, by.id) if one.school_class in paper.classes}
    return rights.staff_role_among(by, roles, opened_to_all=not paper.classes)


def in_charge(connection: Connection, by: Person, paper_id: str, deed: rights.Deed) -> Paper:
    """A paper that somebody has charge of.  Raises UnknownPaper, also for who has nothing to do with it, and NotAllowed."""
    paper = papers.paper_at(connection, paper_id)
    role = staff_role(connection, by, paper)
    if role is None:
        raise papers.UnknownPaper(f"{quoted(paper_id)} is not a paper of yours; choose one that is opened to your classes", "/paper")
    if not rights.may(role, deed):
        raise NotAllowed("Việc này dành cho giảng viên của lớp.", "This is for the teachers of the class; ask one.")
    return paper


def opened_to(connection: Connection, by: Person, paper: Paper) -> None:
    """That somebody may open a paper to its classes.  Raises NotAllowed, BadPaper."""
    known = classes.titles_of(connection, paper.classes)
    for at, id in enumerate(paper.classes):
        if id not in known:
            raise papers.BadPaper(f"{quoted(id)} is not a class; GET /api/v1/classes lists yours", f"/classes/{at}")
    roles = [one for one in times.memberships_of(connection, by.id) if one.role == "teacher"]
    theirs = {one.school_class for one in roles}
    makes = by.role == "teacher" or (theirs and not paper.published)
    if by.role != "administrator" and not (set(paper.classes) <= theirs if paper.classes else makes):
        raise NotAllowed("Chỉ giảng viên của lớp mới mở được đề cho lớp đó.", "Only a teacher of a class opens papers to it.")


def papers_of(store: Store, by: Person) -> list[tuple[Paper, str]]:
    """The papers that somebody has charge of, and as what."""

    def job(connection: Connection) -> list[tuple[Paper, str]]:
        known = [papers.parsed(document) for document in rows.papers(connection)]
        return [(paper, role) for paper in known if (role := staff_role(connection, by, paper))]

    return store.read(job)


def paper_of(store: Store, by: Person, paper_id: str, deed: rights.Deed = "see") -> Paper:
    """A paper that somebody has charge of.  Raises UnknownPaper, NotAllowed."""
    return store.read(lambda c: in_charge(c, by, paper_id, deed))


@dataclass(frozen=True)
class Clock:
    """What an open page is told of its time: Unix seconds; `deadline` None where there is none, `paused` None where it runs."""

    now: float
    deadline: float | None
    paused: float | None
    state: str


def clock_of(store: Store, person: Person, id: str, unsent: int = 0, number: int = 0) -> Clock:
    """The clock of one's own attempt; it tells the invigilator that the page is there, and what it has not sent.  Raises UnknownAttempt."""
    told, note = heard_of(store, person, id, unsent, number)
    if note:
        store.write(note)
    return told


def heard_of(store: Store, person: Person, id: str, unsent: int, number: int) -> tuple[Clock, Callable[[Connection], None] | None]:
    """The clock of one's own attempt, and the writing job that tells the invigilator of its page where there is news.

    Raises UnknownAttempt.
    """
    one, now = store.read(lambda c: times.open_page(c, id)), clock.now()
    if one is None or one.person != person.id:
        raise keeping.unknown(id)
    told = Clock(now, one.deadline, one.paused, "open" if one.closed is None else "submitted")
    if one.seen is not None and now - one.seen <= HEARD and (one.unsent, one.number) == (unsent, number):
        return told, None
    return told, lambda c: times.note_presence(c, id, now, unsent, number)


def add_minutes(store: Store, by: Person, paper_id: str, minutes: float, whom: Whom = ALL, reason: str = "") -> None:
    """Gives minutes, or takes them back where negative, to one attempt, a team, or the room.  Raises UnknownPaper, BadMinutes."""
    if not -MOST_MINUTES <= minutes <= MOST_MINUTES or minutes == 0:
        raise BadMinutes(f"minutes are a number between -{MOST_MINUTES} and {MOST_MINUTES}, not 0; choose another", "/minutes")
    turn(store, by, paper_id, "minutes", whom, minutes=minutes, reason=reason)


def pause(store: Store, by: Person, paper_id: str, whom: Whom = ALL, reason: str = "") -> None:
    """Stops the clock until `resume`; the time between is given back.  Raises UnknownPaper."""
    turn(store, by, paper_id, "paused", whom, reason=reason)


def resume(store: Store, by: Person, paper_id: str, whom: Whom = ALL) -> None:
    """Lets the clock go on.  Raises UnknownPaper."""
    turn(store, by, paper_id, "resumed", whom)


def turn(store: Store, by: Person, paper_id: str, kind: str, whom: Whom, **body: object) -> None:
    """Notes an act on the clock and reckons every open attempt at the paper anew, in one transaction."""

    def job(connection: Connection) -> None:
        paper = in_charge(connection, by, paper_id, "help")
        concerned = in_this_room(connection, paper, whom.attempt).person if whom.attempt is not None else None
        stated: dict[str, Any] = {name: value for name, value in {**body, "team": whom.team}.items() if value}
        acts.note(connection, by.id, kind, paper=paper_id, attempt=whom.attempt, person=concerned, at=clock.now(), **stated)
        timing.reckon_paper(connection, paper)

    store.write(job)


def in_this_room(connection: Connection, paper: Paper, id: str) -> rows.AttemptRow:
    """An attempt at this paper.  Raises NotInThisRoom."""
    row = rows.find_attempt(connection, id)
    if row is None or row.paper != paper.id or row.practice:
        raise not_here(paper.id, id)
    return row


def not_here(paper_id: str, id: str) -> NotInThisRoom:
    return NotInThisRoom(f"{quoted(id)} is not an attempt at {paper_id}; the page of the room lists them", "/attempt")


def reopen(store: Store, by: Person, paper_id: str, id: str, minutes: float, reason: str = "") -> None:
    """Opens a closed attempt again for some minutes; what stood in it stands.  Raises BadMinutes, NotInThisRoom, StillOpen."""
    if not 0 < minutes <= MOST_MINUTES:
        raise BadMinutes(f"minutes are more than 0 and at most {MOST_MINUTES}; choose another number", "/minutes")

    def job(connection: Connection) -> None:
        paper = in_charge(connection, by, paper_id, "manage")
        row = in_this_room(connection, paper, id)
        end = rows.tail(connection, id)
        if end.closed is None:
            raise StillOpen("this attempt is still open; add minutes to it instead", "/attempt")
        event = rows.append(connection, id, clock.now(), "reopened", end)
        acts.note(connection, by.id, "reopened", paper=paper_id, attempt=id, person=row.person, at=event.at, minutes=minutes, reason=reason)
        delivered = end.delivered if end.delivered is not None else event.at
        own = timing.reckoned(connection, id, row.person, delivered, paper)
        clocked = {"delivered": delivered, "deadline": own.deadline, "paused": own.paused}
        rows.set_clock(connection, id, closed=None, graded=None, **clocked)

    store.write(job)


def note_incident(store: Store, by: Person, paper_id: str, text: str, whom: Whom = ALL) -> None:
    """Keeps what happened in the room, for the room or for one attempt.  Raises UnknownPaper, NotInThisRoom, BadNote."""
    text = text.strip()
    if not 0 < len(text) <= 2000:
        raise BadNote("a note holds 1 to 2,000 characters; write what happened", "/text")

    def job(connection: Connection) -> None:
        paper = in_charge(connection, by, paper_id, "help")
        concerned = in_this_room(connection, paper, whom.attempt).person if whom.attempt is not None else None
        acts.note(connection, by.id, "incident", paper=paper_id, attempt=whom.attempt, person=concerned, text=text)

    store.write(job)


class BadNote(GradusError):
    code = "bad_note"


def release(store: Store, by: Person, paper_id: str, released: bool = True) -> None:
    """Shows students what the paper shows after release, or takes that back.  Raises UnknownPaper."""

    def job(connection: Connection) -> None:
        in_charge(connection, by, paper_id, "manage")
        at = acts.note(connection, by.id, "released" if released else "withheld", paper=paper_id)
        rows.release(connection, paper_id, at if released else None)

    store.write(job)


def change_paper(store: Store, by: Person, document: object) -> tuple[Paper, bool]:
    """Makes a paper, or changes one for everybody who has not started it; clocks follow.  Whether it is new.  Raises BadPaper."""
    id = document.get("id") if isinstance(document, dict) else None
    paper = papers.parse(document, partial(library.question_of, store), drawn_from(store, id))

    def job(connection: Connection) -> bool:
        before = in_charge(connection, by, paper.id, "manage") if rows.paper_document(connection, paper.id) is not None else None
        if before and before.published and not paper.published and started(connection, paper.id):
            raise IsTaken
        opened_to(connection, by, paper)
        new = rows.put_paper(connection, paper.id, paper.model_dump_json())
        still_there(connection, paper.may_ask - (before.may_ask if before else set()))
        acts.note(connection, by.id, "paper_changed", paper=paper.id, document=paper.model_dump(mode="json", exclude={"password"}))
        if not new:
            timing.reckon_paper(connection, paper)
        return new

    return paper, store.write(job)


def drawn_from(store: Store, paper_id: object) -> list[Question]:
    """The teachers' questions that topics of a paper draw from: those published now; once somebody began it, those of before."""

    def job(connection: Connection) -> list[Question] | None:
        document = rows.paper_document(connection, paper_id) if isinstance(paper_id, str) else None
        if document is None or not rows.begun(connection, str(paper_id)):
            return None
        return [library.question_at(connection, id, version) for id, version in papers.parsed(document).held.items()]

    held = store.read(job)
    return library.published(store) if held is None else held


def still_there(connection: Connection, ids: Iterable[str]) -> None:
    """That questions can be asked by a paper that did not ask them before.  Raises BadPaper: one was withdrawn or deleted."""
    for id in sorted(set(ids) - bank().keys()):
        if library.is_withdrawn(connection, id) or not library.exists(connection, id):
            raise papers.BadPaper(f"{quoted(id)} was withdrawn or deleted; take it out, or put it back on its page", "/sections")


def started(connection: Connection, paper_id: str) -> int:
    """How many have started a paper."""
    return sum(seat.delivered is not None for seat in times.seats(connection, paper_id, []))


@dataclass(frozen=True)
class Room:
    """A paper as its invigilator sees it: its students by name, what was done, and since when all clocks stand."""

    paper: Paper
    now: float
    seats: list[Seat]
    acts: list[acts.Act]
    paused: float | None
    released: float | None


def room(store: Store, by: Person, paper_id: str) -> Room:
    """Who is in, how they stand, and what was done.  Raises UnknownPaper."""

    def job(connection: Connection) -> Room:
        paper = in_charge(connection, by, paper_id, "see")
        students = [one.person for one in times.members_of(connection, paper.classes) if one.role == "student"]
        done = acts.acts_of(connection, paper=paper_id)
        last = next(
            (act for act in reversed(done) if act.kind in ("paused", "resumed") and not act.attempt and not act.body.get("team")), None
        )
        paused = last.at if last and last.kind == "paused" else None
        seats = times.seats(connection, paper_id, students)
        shown = [seat if seat.delivered is not None else replace(seat, attempt=None) for seat in seats]
        return Room(paper, clock.now(), shown, done, paused, rows.released(connection, paper_id))

    return store.read(job)


def silent_since(seat: Seat, now: float) -> float | None:
    """When a page that should be open last gave a sign of life; None while it does, and where none should be open."""
    if seat.delivered is None or seat.closed is not None:
        return None
    last = max(sign for sign in (seat.delivered, seat.seen, seat.saved) if sign is not None)
    return last if now - last > SILENT else None


def by_trouble(one: Room) -> list[Seat]:
    """The seats in the order in which they need somebody: silent, with unsent answers, the others who write, absent, handed in."""

    def rank(seat: Seat) -> int:
        if silent_since(seat, one.now) is not None:
            return 0
        writes = seat.delivered is not None and seat.closed is None
        return (1 if seat.unsent else 2) if writes else 3 if seat.delivered is None else 4

    return sorted(one.seats, key=rank)
