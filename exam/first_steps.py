"""A teacher's first five minutes: which steps are done is read off the store, and what the next one needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exam import classes, links, papers, room
from exam.papers import Paper
from exam.store import Connection, Store, acts, questions
from exam.store.classes import SchoolClass
from exam.store.people import Person

STEPS = ("class", "paper", "students", "rehearsal", "question")


@dataclass(frozen=True)
class FirstSteps:
    """The steps that are `done`, and what the next is about: the latest class one teaches, its students, its latest paper.

    `papers` are those that can be copied into the class.
    """

    done: frozenset[str]
    school_class: SchoolClass | None
    students: int
    paper: Paper | None
    papers: list[Paper]

    @property
    def next(self) -> str | None:
        """The first step that is not done, None where all are."""
        return next((step for step in STEPS if step not in self.done), None)


def first_steps(store: Store, person: Person) -> FirstSteps:
    """How far somebody who teaches has come."""
    mine = [one for one in classes.overviews(store, person) if one.role == "teacher"]
    ids = {one.school_class.id for one in mine}
    charge = [paper for paper, role in room.papers_of(store, person) if role == "teacher"]
    opened = [paper for paper in charge if paper.published and ids & set(paper.classes)]
    rehearsed, wrote = store.read(lambda c: own(c, person))
    found = {
        "class": bool(mine),
        "paper": bool(opened),
        "students": any(one.students or invited(store, person, one.school_class) for one in mine),
        "rehearsal": rehearsed,
        "question": wrote,
    }
    last = mine[0] if mine else None
    of_last = [paper for paper in opened if last and last.school_class.id in paper.classes] or opened
    return FirstSteps(
        frozenset(step for step in STEPS if found[step]),
        last.school_class if last else None,
        last.students if last else 0,
        of_last[-1] if of_last else None,
        to_copy(charge, last.school_class.id) if last else [],
    )


def own(connection: Connection, person: Person) -> tuple[bool, bool]:
    """Whether somebody ever rehearsed a paper, and ever wrote a question."""
    return acts.has_done(connection, person.id, "rehearsed"), questions.has_written(connection, person.id)


def invited(store: Store, person: Person, one: SchoolClass) -> bool:
    """Whether students can come into a class by themselves: its code is on, or a link is out."""
    return one.code is not None or bool(links.invitations(store, person, one.id))


def to_copy(charge: list[Paper], school_class: str) -> list[Paper]:
    """The published papers in one's charge that are not opened to this class by name."""
    return [paper for paper in charge if paper.published and school_class not in paper.classes]


def copy_paper(store: Store, person: Person, paper_id: str, school_class: str) -> Paper:
    """A copy of a paper in one's charge for this class alone, open at once: without the dates and the password of the first.

    Its title names the class, so that students tell the two apart.  Raises UnknownPaper, UnknownClass, NotAllowed, BadPaper.
    """
    found, _ = store.read(lambda c: classes.allowed(c, person, school_class, "manage"))
    before = room.paper_of(store, person, paper_id)
    title = {language: f"{said} · {found.title}" for language, said in before.title.model_dump().items()}
    taken = {paper.id for paper in papers.papers(store)}
    wanted = f"{paper_id[:39]}-{school_class[:36]}".strip("-")
    id = next(name for n in range(1, len(taken) + 2) if (name := wanted + (f"-{n}" if n > 1 else "")) not in taken)
    kept: dict[str, Any] = {"id": id, "title": title, "classes": [school_class], "opens": None, "closes": None, "password": ""}
    copied, _ = room.change_paper(store, person, before.model_dump(mode="json") | kept)
    return copied
