"""Issuing papers: a new one from a preset, a copy for another year, and the paper that any student would get."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Literal, get_args

from exam import clock, keeping, papers, room, starting
from exam.papers import Paper
from exam.rights import NotAllowed, Refused
from exam.store import Connection, Store, times
from exam.store import attempts as rows
from exam.store import classes as class_rows
from exam.store.people import Person
from exam.store.times import Seat
from questions.errors import GradusError, quoted
from questions.starts import id_from
from questions.variant import Variant

Shift = Literal["none", "year", "weeks", "days"]
MOST_DAYS = 3660
NOT_CARRIED = ("classes", "password", "published")


class BadShift(GradusError):
    """Times cannot be moved like this."""

    code = "bad_shift"


class PaperExists(Refused):
    """There is a paper of that id already."""

    code = "paper_exists"
    status = 409

    def __init__(self, id: str) -> None:
        super().__init__(f"Đã có đề mang mã “{id}”; hãy chọn mã khác.", f"There is already a paper “{id}”; choose another id.", "/id")


@dataclass(frozen=True)
class Standing:
    """How a paper stands: draft, not_yet, open or closed; for which classes, its times in Unix seconds, and how many have started."""

    paper: Paper
    state: Literal["draft", "not_yet", "open", "closed"]
    titles: list[str]
    opens: float | None
    closes: float | None
    started: int


def standing(store: Store, paper: Paper) -> Standing:
    """How a paper stands now."""
    now, own = clock.now(), paper.times
    late, early = own.closes is not None and now > own.closes, own.opens is not None and now < own.opens
    titles, started = store.read(lambda c: (class_rows.titles_of(c, paper.classes), room.started(c, paper.id)))
    state: Literal["draft", "not_yet", "open", "closed"] = (
        "draft" if not paper.published else "closed" if late else "not_yet" if early else "open"
    )
    return Standing(paper, state, list(titles.values()), own.opens, own.closes, started)


def make(store: Store, by: Person, preset: str, title: dict[str, str], id: str = "") -> Paper:
    """A new paper of a preset that asks nothing yet and is for nobody yet.  Raises BadPaper, NotAllowed, PaperExists."""
    wanted = id or free_id(store, id_from(title.get("en") or title.get("vi", ""), "paper"))
    document = {"id": wanted, "title": title, "description": title, "preset": preset, "published": False, "sections": []}
    return put_new(store, by, document)


def put_new(store: Store, by: Person, document: dict[str, Any]) -> Paper:
    """A paper under an id that nobody has.  Raises BadPaper, NotAllowed, PaperExists."""
    if store.read(lambda c: rows.paper_document(c, str(document["id"]))) is not None:
        raise PaperExists(str(document["id"]))
    return room.change_paper(store, by, document)[0]


def free_id(store: Store, wanted: str) -> str:
    """That id, or the next one that nobody has; of one with a year in it, a later year."""
    taken = {paper.id for paper in papers.papers(store)}
    year = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", wanted)

    def named(n: int) -> str:
        if year is None:
            return wanted if n == 0 else f"{wanted}-{n + 1}"
        return f"{wanted[: year.start()]}{int(year[0]) + n}{wanted[year.end() :]}"

    return next(id for n in count() if (id := named(n)) not in taken)


def copy(store: Store, by: Person, id: str, new_id: str, title: dict[str, str], shift: str = "none", days: float = 0) -> Paper:
    """A paper like this one under a new id and title, for nobody yet, with its times moved.

    The classes, the password, and all that happened in its room stay with the old one.  Raises BadShift, BadPaper, PaperExists,
    UnknownPaper, NotAllowed.
    """
    before = room.paper_of(store, by, id, "manage")
    move = mover(shift, days)
    kept = before.model_dump(mode="json", exclude=set(NOT_CARRIED))
    opens, closes = (move(moment) if moment else None for moment in (before.opens, before.closes))
    moments = {"opens": opens.isoformat() if opens else None, "closes": closes.isoformat() if closes else None}
    return put_new(store, by, kept | moments | {"id": new_id, "title": title, "published": False})


def mover(shift: str, days: float = 0) -> Callable[[datetime], datetime | None]:
    """How a shift moves a time, on the clock of the server's place; None where it leaves times out.  Raises BadShift."""
    if shift not in get_args(Shift):
        raise BadShift(f"{quoted(shift)} is no way to move times; write one of {', '.join(get_args(Shift))}", "/shift")
    if shift == "days" and not (-MOST_DAYS <= days <= MOST_DAYS and days == int(days)):
        raise BadShift(f"days are a whole number between -{MOST_DAYS} and {MOST_DAYS}; choose another", "/days")

    def move(at: datetime) -> datetime | None:
        here = at.astimezone().replace(tzinfo=None)
        if shift == "year":
            leap = (here.month, here.day) == (2, 29)
            return here.replace(year=here.year + 1, day=28 if leap else here.day).astimezone()
        return None if shift == "none" else (here + timedelta(days=364 if shift == "weeks" else int(days))).astimezone()

    return move


def teaches(store: Store, by: Person) -> None:
    """That somebody makes papers: they teach here, or a class.  Raises NotAllowed."""
    if by.role not in ("teacher", "administrator"):
        memberships = store.read(lambda c: times.memberships_of(c, by.id))
        if not any(one.role == "teacher" for one in memberships):
            raise NotAllowed("Việc này dành cho giảng viên.", "This is for teachers; ask one.")


@dataclass(frozen=True)
class Given:
    """The paper of a student: as they have it (`taken`), as it lies ready (`prepared`), as they will get it, or as an `example`."""

    state: Literal["taken", "prepared", "will_get", "example"]
    variants: list[Variant]


def students_of(store: Store, by: Person, id: str) -> list[Seat]:
    """The students that a paper is for, or who took it, by name.  Raises UnknownPaper, NotAllowed."""
    room.paper_of(store, by, id, "manage")
    return room.room(store, by, id).seats


def given_to(store: Store, by: Person, id: str, person: int) -> Given:
    """The paper that a student has, or gets if they start it as it stands now; nothing is made.  Raises UnknownStudent."""

    def job(connection: Connection) -> tuple[str | None, bool, list[tuple[Variant, float]]]:
        paper = room.in_charge(connection, by, id, "manage")
        mine = [one for one in rows.attempts_of(connection, person) if one.paper == id]
        members = {one.person for one in times.members_of(connection, paper.classes) if one.role == "student"}
        if not mine and person not in members:
            raise UnknownStudent(f"{person} is no student of this paper; its room lists them", "/student")
        taken = [one for one in mine if one.delivered is not None]
        if taken:
            return taken[-1].id, True, []
        waiting = [one.id for one in mine if one.closed is None]
        if waiting and starting.made_from(connection, waiting[0]) == starting.paper_digest(connection, paper):
            return waiting[0], False, []
        return None, False, starting.drawn(connection, paper, starting.lot(connection, paper, person))

    attempt, delivered, fresh = store.read(job)
    if attempt is not None:
        return Given("taken" if delivered else "prepared", keeping.remembered.get(store, attempt)[1])
    return Given("will_get", [keeping.weigh(*one) for one in fresh])


def given_to_name(store: Store, by: Person, id: str, name: str) -> Given:
    """The paper of a student by their name.  Raises UnknownStudent, UnknownPaper, NotAllowed."""
    found = [seat.person for seat in students_of(store, by, id) if seat.name == name]
    if not found:
        raise UnknownStudent(f"{quoted(name)} is no student of this paper; its room lists them", "/student")
    return given_to(store, by, id, found[0])


def example(store: Store, by: Person, id: str, seed: int) -> Given:
    """The paper as somebody might get it: the same seed draws the same; for all alike, the one that all get.

    Raises UnknownPaper, NotAllowed.
    """

    def job(connection: Connection) -> list[tuple[Variant, float]]:
        paper = room.in_charge(connection, by, id, "manage")
        rng = starting.lot(connection, paper, 0) if paper.one_variant else Random(f"example/{seed}")
        return starting.drawn(connection, paper, rng)

    return Given("example", [keeping.weigh(*one) for one in store.read(job)])


class UnknownStudent(GradusError):
    code = "unknown_student"
    status = 404
