"""Deleting a class: its members, code, links and arrangements go with it; accounts, attempts and marks stay."""

from __future__ import annotations

from dataclasses import dataclass

from exam import clock, papers, timing
from exam.classes import allowed, number_of
from exam.papers import Paper
from exam.rights import Refused
from exam.store import Connection, Store, times
from exam.store import arrangements as extra
from exam.store import attempts as rows
from exam.store import classes as kept
from exam.store.acts import note
from exam.store.classes import SchoolClass
from exam.store.people import Person
from questions.errors import quoted


class ExamRunning(Refused):
    """Somebody of the class is under a clock, or an exam is open to it."""

    code = "exam_running"
    status = 409


@dataclass(frozen=True)
class Leaving:
    """What goes with a class: how many people, links and arrangements; of its papers, those for others too and those for it alone.

    `waiting` is how many have not chosen a password yet: their links end too.  `running` are the papers it cannot go for now.
    """

    school_class: SchoolClass
    people: int
    waiting: int
    links: int
    arrangements: int
    shared: list[Paper]
    alone: list[Paper]
    running: list[Paper]


def looked_at(connection: Connection, by: Person | None, id: str, *, lock: bool = False) -> Leaving:
    """What would go with a class.  Raises UnknownClass, NotAllowed."""
    found, _ = allowed(connection, by, id, "manage", lock=lock)
    opened = [paper for document in rows.papers(connection) if id in (paper := papers.parsed(document)).classes]
    others = {one.id for one in kept.classes(connection)} - {id}
    shared = [paper for paper in opened if others & set(paper.classes)]
    members = kept.members(connection, id)
    who = {one.person for one in members}
    return Leaving(
        found,
        people=len(members),
        waiting=sum(one.waits for one in members),
        links=kept.count_links(connection, id),
        arrangements=len(extra.arrangements_in(connection, id)),
        shared=shared,
        alone=[paper for paper in opened if paper not in shared],
        running=[paper for paper in opened if running(connection, paper, who)],
    )


def running(connection: Connection, paper: Paper, who: set[int]) -> bool:
    """Whether a paper is being taken now: a quiz or exam between its opening and closing, or a clock that goes for one of `who`."""
    opens, closes, now = paper.times.opens, paper.times.closes, clock.now()
    if paper.preset != "practice" and opens is not None and closes is not None and opens <= now < closes:
        return True
    timed = (one for one in times.open_attempts(connection, paper.id) if one.deadline is not None or one.paused is not None)
    return any(one.person in who for one in timed)


def preview(store: Store, by: Person | None, id: str) -> Leaving:
    """What would go with a class.  Raises UnknownClass, NotAllowed."""
    return store.read(lambda c: looked_at(c, by, id))


def delete(store: Store, by: Person | None, id: str) -> None:
    """Deletes a class.  Raises UnknownClass, NotAllowed, ExamRunning.

    A paper that was for it alone keeps its id, which no class ever has again: it is for nobody until an administrator opens it anew.
    """

    def job(connection: Connection) -> None:
        going = looked_at(connection, by, id, lock=True)
        if going.running:
            names = ", ".join(quoted(paper.id) for paper in going.running)
            raise ExamRunning(
                f"Lớp đang có bài thi ({names}); hãy xóa lớp khi bài đã đóng và mọi người đã nộp.",
                f"An exam of this class is running now ({names}); delete the class once it has closed and everybody has handed in.",
                "/class",
            )
        for paper in going.shared:
            rest = [one for one in paper.classes if one != id]
            rows.put_paper(connection, paper.id, paper.model_copy(update={"classes": rest}).model_dump_json())
        kept.remove_class(connection, id)
        timing.reckon_papers(connection, None)
        opened = [paper.id for paper in going.shared + going.alone]
        title, people = going.school_class.title, going.people
        note(connection, number_of(by), "deleted_class", school_class=id, title=title, people=people, papers=opened)

    store.write(job)
