"""What each may do in a class: one table, asked by every service and every page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from exam.store.people import Person
from questions.errors import GradusError
from questions.model import Words

Role = Literal["student", "assistant", "teacher"]
Deed = Literal["see", "help", "manage"]

# In rising order: who comes by a second link keeps the higher of two roles.
CLASS_ROLES: tuple[Role, ...] = ("student", "assistant", "teacher")

# see: the roster and the room; help: minutes, pause, notes; manage: people, links, arrangements, the papers opened to the class.
RIGHTS: dict[str, frozenset[Deed]] = {
    "teacher": frozenset(("see", "help", "manage")),
    "assistant": frozenset(("see", "help")),
    "student": frozenset(),
}


class Refused(GradusError):
    """A problem that the pages tell word for word, in the reader's language."""

    code = "refused"

    def __init__(self, vi: str, en: str, where: str | None = None) -> None:
        super().__init__(en, where)
        self.said = Words(vi=vi, en=en)


class NotAllowed(Refused):
    """Somebody who belongs here wants more than their role allows."""

    code = "not_allowed"
    status = 403


def may(role: str | None, deed: Deed) -> bool:
    """Whether a role in a class allows a deed."""
    return deed in RIGHTS.get(role or "", frozenset())


def makes_classes(person: Person | None) -> bool:
    """Whether somebody may make a class; None is the command line, which may do all."""
    return person is None or person.role in ("teacher", "administrator")


def role_in(person: Person | None, member_as: str | None) -> str | None:
    """What somebody is in a class where their membership says `member_as`: an administrator is a teacher everywhere."""
    return "teacher" if person is None or person.role == "administrator" else member_as


def staff_role_among(person: Person, roles: Iterable[str], *, opened_to_all: bool) -> Literal["teacher", "assistant"] | None:
    """The highest staff role of `roles`, those of a person in the classes a paper is opened to.

    An administrator counts as a teacher; for a paper opened to no class the installation's teachers count.
    """
    found = set(roles)
    if person.role == "administrator" or "teacher" in found or (opened_to_all and person.role == "teacher"):
        return "teacher"
    return "assistant" if "assistant" in found else None
