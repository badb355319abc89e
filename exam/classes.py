"""Classes: made, renamed, listed, and who is what in them; every change is an act of the audit trail."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from exam import rights, timing
from exam.rights import CLASS_ROLES, Deed, NotAllowed, Refused
from exam.store import Connection, Store
from exam.store import arrangements as extra
from exam.store import classes as rows
from exam.store.acts import note
from exam.store.classes import Member, SchoolClass
from exam.store.people import Person
from questions.errors import listed, quoted


class UnknownClass(Refused):
    """No such class, or one the asker has nothing to do with: which of the two is not said."""

    code = "unknown_class"
    status = 404


class BadClass(Refused):
    code = "bad_class"


class ClassTaken(Refused):
    code = "class_taken"
    status = 409


class UnknownMember(Refused):
    code = "unknown_member"
    status = 404


class BadMember(Refused):
    code = "bad_member"


class LastTeacher(Refused):
    """A class without a teacher could be changed by administrators only."""

    code = "last_teacher"
    status = 409


@dataclass(frozen=True)
class Overview:
    """A class with what the asker is in it and how many students it has."""

    school_class: SchoolClass
    role: str
    students: int


def number_of(person: Person | None) -> int | None:
    """A person's number in the audit trail; None is the command line."""
    return person.id if person else None


def allowed(connection: Connection, person: Person | None, id: str, deed: Deed, *, lock: bool = False) -> tuple[SchoolClass, str]:
    """A class in which `person` may do a deed, and their role in it.  Raises UnknownClass, NotAllowed."""
    found = rows.find_class(connection, id, lock=lock)
    role = rights.role_in(person, rows.roles_of(connection, person.id).get(id) if person and found else None)
    if found is None or not role or not rights.may(role, "see"):
        raise UnknownClass(
            f"Không có lớp {quoted(id)} mà bạn phụ trách.",
            f"There is no class {quoted(id)} of yours; GET /api/v1/classes lists them.",
            "/class",
        )
    if not rights.may(role, deed):
        raise NotAllowed("Việc này chỉ giảng viên của lớp được làm.", "Only a teacher of the class may do this; ask one.")
    return found, role


def checked_title(title: str) -> str:
    """A class's title as it is kept.  Raises BadClass."""
    title = " ".join(unicodedata.normalize("NFC", title).split())
    if not 1 <= len(title) <= 200 or not title.isprintable():
        raise BadClass("Tên lớp cần từ 1 đến 200 ký tự.", "A class needs a title of 1 to 200 printable characters.", "/title")
    return title


def slug(title: str) -> str:
    """A title as an id: 'Học sâu, K67' is hoc-sau-k67."""
    plain = unicodedata.normalize("NFD", title.casefold().replace("đ", "d"))
    letters = "".join(c if c.isascii() and c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return "-".join(letters.split())[:60].strip("-") or "class"


def checked_id(id: str) -> str:
    """An id that somebody chose.  Raises BadClass."""
    if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", id) or len(id) > 80:
        raise BadClass(
            "Mã lớp gồm chữ thường không dấu, chữ số và dấu gạch nối.",
            "An id is lower-case letters and digits joined by hyphens, such as k67.",
            "/id",
        )
    return id


def make(store: Store, by: Person | None, title: str, id: str | None = None) -> SchoolClass:
    """Makes a class, with `by` as its teacher.  Raises NotAllowed, BadClass, ClassTaken."""
    title, now = checked_title(title), time.time()
    if not rights.makes_classes(by):
        raise NotAllowed("Chỉ giảng viên và quản trị viên được lập lớp.", "Only teachers and administrators may make a class; ask one.")
    wanted = [checked_id(id)] if id is not None else [slug(title), *(f"{slug(title)}-{i}" for i in range(2, 1000))]

    def job(connection: Connection) -> SchoolClass:
        unused = (id for id in wanted if rows.find_class(connection, id) is None and not rows.was_deleted(connection, id))
        free = next((id for id in unused if rows.add_class(connection, id, title, now)), None)
        if free is None:
            raise ClassTaken(
                f"Đã có hoặc đã từng có lớp với mã {quoted(wanted[0])}; hãy chọn mã khác.",
                f"There is a class {quoted(wanted[0])}, or was one; choose another id.",
                "/id",
            )
        if by:
            rows.add_member(connection, free, by.id, "teacher", "", now)
        note(connection, number_of(by), "made_class", school_class=free, title=title)
        return SchoolClass(free, title, None, now)

    return store.write(job)


def rename(store: Store, by: Person | None, id: str, title: str) -> SchoolClass:
    """Gives a class another title; its id stays.  Raises UnknownClass, NotAllowed, BadClass."""
    title = checked_title(title)

    def job(connection: Connection) -> SchoolClass:
        found, _ = allowed(connection, by, id, "manage")
        if found.title != title:
            rows.set_title(connection, id, title)
            note(connection, number_of(by), "renamed_class", school_class=id, before=found.title, title=title)
        return SchoolClass(id, title, found.code, found.created)

    return store.write(job)


def overviews(store: Store, person: Person | None) -> list[Overview]:
    """The classes that a person has charge of, the latest first."""

    def job(connection: Connection) -> list[Overview]:
        mine = rows.roles_of(connection, person.id) if person else {}
        students = rows.counts(connection, "student")
        found = [(one, rights.role_in(person, mine.get(one.id))) for one in rows.classes(connection)]
        return [Overview(one, role, students.get(one.id, 0)) for one, role in found if role and rights.may(role, "see")]

    return store.read(job)


def overview(store: Store, person: Person | None, id: str) -> Overview:
    """One class.  Raises UnknownClass."""

    def job(connection: Connection) -> Overview:
        found, role = allowed(connection, person, id, "see")
        return Overview(found, role, rows.counts(connection, "student").get(id, 0))

    return store.read(job)


def members(store: Store, person: Person | None, id: str) -> list[Member]:
    """Who is in a class, teachers first, then by name.  Raises UnknownClass."""

    def job(connection: Connection) -> list[Member]:
        allowed(connection, person, id, "see")
        return sorted(rows.members(connection, id), key=lambda one: -CLASS_ROLES.index(one.role))

    return store.read(job)


def member(store: Store, person: Person | None, id: str, who: int) -> Member:
    """Somebody in a class.  Raises UnknownClass, UnknownMember."""

    def job(connection: Connection) -> Member:
        allowed(connection, person, id, "see")
        return known_member(connection, id, who)

    return store.read(job)


def known_member(connection: Connection, id: str, who: int) -> Member:
    """Somebody in a class.  Raises UnknownMember."""
    found = rows.member(connection, id, who) if abs(who) < 2**31 else None
    if found is None:
        raise UnknownMember("Người này không có trong lớp.", f"Nobody of number {who} is in this class; its members are listed.", "/person")
    return found


def checked_team(team: str) -> str:
    """A team's name as it is kept.  Raises BadMember."""
    team = " ".join(unicodedata.normalize("NFC", team).split())
    if len(team) > 80 or not team.isprintable():
        raise BadMember("Tên nhóm có nhiều nhất 80 ký tự.", "A team's name has at most 80 printable characters.", "/team")
    return team


def set_member(store: Store, by: Person | None, id: str, who: int, role: str, team: str) -> Member:
    """Changes what somebody is in a class, and their team.  Raises UnknownClass, UnknownMember, NotAllowed, BadMember, LastTeacher."""
    team = checked_team(team)
    if role not in CLASS_ROLES:
        raise BadMember(
            f"Không có vai trò {quoted(role)}.", f"{quoted(role)} is not a role in a class; there are {listed(CLASS_ROLES)}.", "/role"
        )

    def job(connection: Connection) -> Member:
        allowed(connection, by, id, "manage", lock=True)
        found = known_member(connection, id, who)
        if (role, team) != (found.role, found.team):
            if role != "teacher":
                keep_a_teacher(connection, id, found)
            rows.set_member(connection, id, who, role, team)
            before = {"role": found.role, "team": found.team}
            note(connection, number_of(by), "changed_member", school_class=id, person=who, role=role, team=team, before=before)
            timing.reckon_papers(connection, None)
        return known_member(connection, id, who)

    return store.write(job)


def remove_member(store: Store, by: Person | None, id: str, who: int) -> None:
    """Takes somebody out of a class, with what was arranged for them there; their account and attempts stay.

    Raises UnknownClass, UnknownMember, NotAllowed, LastTeacher.
    """

    def job(connection: Connection) -> None:
        allowed(connection, by, id, "manage", lock=True)
        found = known_member(connection, id, who)
        keep_a_teacher(connection, id, found)
        for one in extra.arrangements_in(connection, id):
            if one.person == who:
                extra.remove_arrangement(connection, one.id)
        rows.remove_member(connection, id, who)
        timing.reckon_papers(connection, None)
        note(connection, number_of(by), "removed_member", school_class=id, person=who, role=found.role, team=found.team)

    store.write(job)


def keep_a_teacher(connection: Connection, id: str, leaving: Member) -> None:
    """Raises LastTeacher where a class would be left without a teacher."""
    if leaving.role == "teacher" and rows.counts(connection, "teacher").get(id, 0) == 1:
        raise LastTeacher(
            "Đây là giảng viên duy nhất của lớp; hãy cử một giảng viên khác trước.",
            "This is the only teacher of the class; make somebody else a teacher first.",
            "/role",
        )


def staff_role(store: Store, person: Person, class_ids: Collection[str]) -> Literal["teacher", "assistant"] | None:
    """What a person may act as where these classes are concerned; for no class, as a paper open to all has, the installation's teachers."""
    mine = store.read(lambda c: rows.roles_of(c, person.id))
    return rights.staff_role_among(person, [mine[id] for id in class_ids if id in mine], opened_to_all=not class_ids)
