"""Arrangements: extra time, other dates and more attempts for a student or a team; made, listed and withdrawn, each with its reason."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Any

from exam import papers, timing
from exam.classes import allowed, known_member, number_of
from exam.rights import Refused
from exam.store import Connection, Store, classes
from exam.store import arrangements as rows
from exam.store.acts import note
from exam.store.arrangements import Arrangement
from exam.store.people import Person
from questions.errors import quoted

MOST_PERCENT, MOST_MINUTES, MOST_ATTEMPTS = 400, 1440, 100
YEAR_3000 = 32_503_680_000


class BadArrangement(Refused):
    code = "bad_arrangement"


class UnknownArrangement(Refused):
    code = "unknown_arrangement"
    status = 404


@dataclass(frozen=True)
class Terms:
    """What is different, and why; `paper` None is every paper, and `opens` and `closes` are Unix seconds."""

    reason: str
    paper: str | None = None
    percent: float = 0
    minutes: float = 0
    opens: float | None = None
    closes: float | None = None
    attempts: int | None = None


def checked(terms: Terms) -> Terms:
    """Terms that can be kept.  Raises BadArrangement."""
    amounts: list[tuple[float | None, float, str, str, str]] = [
        (terms.percent, MOST_PERCENT, "Phần trăm thêm giờ", "Extra time in percent", "/percent"),
        (terms.minutes, MOST_MINUTES, "Số phút thêm", "Extra minutes", "/minutes"),
        (terms.opens, YEAR_3000, "Giờ mở", "The opening", "/opens"),
        (terms.closes, YEAR_3000, "Giờ đóng", "The closing", "/closes"),
        (terms.attempts, MOST_ATTEMPTS, "Số lần làm bài", "The number of attempts", "/attempts"),
    ]
    for value, most, vi, en, where in amounts:
        least = 1 if where == "/attempts" else 0
        if value is not None and not (math.isfinite(value) and least <= value <= most):
            raise BadArrangement(f"{vi} phải từ {least} đến {most:,}.", f"{en} must be from {least} to {most:,}; choose another.", where)
    if terms.opens is not None and terms.closes is not None and terms.opens >= terms.closes:
        raise BadArrangement("Giờ đóng phải sau giờ mở.", "The closing must come after the opening; correct one.", "/closes")
    if not any((terms.percent, terms.minutes, terms.opens, terms.closes, terms.attempts)):
        raise BadArrangement(
            "Chưa có gì khác thường lệ: hãy cho thêm giờ, giờ mở hay đóng khác, hoặc số lần làm bài.",
            "Nothing is different yet; give extra time, another opening or closing, or a number of attempts.",
        )
    reason = " ".join(terms.reason.split())
    if not 1 <= len(reason) <= 400 or not reason.isprintable():
        raise BadArrangement("Hãy ghi lý do, từ 1 đến 400 ký tự.", "Give the reason, in 1 to 400 printable characters.", "/reason")
    return replace(terms, reason=reason)


def arrange(store: Store, by: Person | None, id: str, terms: Terms, *, person: int | None = None, team: str = "") -> Arrangement:
    """Makes an arrangement for one member of a class or one of its teams; the clocks of open attempts follow.

    Raises UnknownClass, NotAllowed, UnknownMember, BadArrangement, UnknownPaper.
    """
    terms, team = checked(terms), " ".join(team.split())
    if (person is None) == (team == ""):
        raise BadArrangement("Hãy chọn một người hoặc một nhóm.", "An arrangement is for one person or one team; choose one.", "/person")
    if terms.paper is not None:
        papers.paper(store, terms.paper.encode("utf-8", "replace").decode())

    def job(connection: Connection) -> Arrangement:
        allowed(connection, by, id, "manage")
        check_there(connection, id, person, team)
        fields: dict[str, Any] = {**vars(terms), "school_class": id, "team": team, "person": person, "made": time.time()}
        made = Arrangement(id=0, **fields)
        made = replace(made, id=rows.add_arrangement(connection, made))
        note(connection, number_of(by), "arranged", paper=made.paper, school_class=id, person=person, **told(made))
        timing.reckon_papers(connection, made.paper)
        return made

    return store.write(job)


def check_there(connection: Connection, id: str, person: int | None, team: str) -> None:
    """That whom an arrangement is for is in the class.  Raises UnknownMember, BadArrangement."""
    if person is not None:
        known_member(connection, id, person)
    elif not any(member.team == team for member in classes.members(connection, id)):
        raise BadArrangement(
            f"Lớp không có nhóm {quoted(team)}.", f"The class has no team {quoted(team)}; put somebody in it, or choose another.", "/team"
        )


def told(one: Arrangement) -> dict[str, Any]:
    """What the audit trail says of an arrangement."""
    body = {name: getattr(one, name) for name in ("team", "percent", "minutes", "opens", "closes", "attempts", "reason")}
    return {"arrangement": one.id} | {name: value for name, value in body.items() if value}


def listed(store: Store, by: Person | None, id: str) -> list[Arrangement]:
    """The arrangements of a class, oldest first.  Raises UnknownClass."""

    def job(connection: Connection) -> list[Arrangement]:
        allowed(connection, by, id, "see")
        return rows.arrangements_in(connection, id)

    return store.read(job)


def withdraw(store: Store, by: Person | None, id: str, number: int) -> None:
    """Takes an arrangement back.  Raises UnknownClass, NotAllowed, UnknownArrangement."""

    def job(connection: Connection) -> None:
        allowed(connection, by, id, "manage")
        one = rows.find_arrangement(connection, id, number) if 0 < number < 2**31 else None
        if one is None:
            raise UnknownArrangement(
                "Không có điều chỉnh này trong lớp.", f"{number} is not an arrangement of this class; it lists them.", "/arrangement"
            )
        rows.remove_arrangement(connection, number)
        note(connection, number_of(by), "withdrew_arrangement", paper=one.paper, school_class=id, person=one.person, **told(one))
        timing.reckon_papers(connection, one.paper)

    store.write(job)
