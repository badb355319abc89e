"""What a student may be shown of the marking, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace

from exam.grade import Grade
from exam.papers import ORDER, Paper, Shows
from exam.sittings import Sitting
from exam.store import Store
from exam.store import attempts as rows
from questions.errors import GradusError
from questions.model import Words

PRACTICE = Shows(marks="while_taking", verdicts="while_taking", feedback="while_taking")


class NotReleased(GradusError):
    """The paper keeps its marking until a teacher releases it."""

    code = "not_released"
    status = 409


@dataclass(frozen=True)
class Shown:
    """What is shown now of an attempt."""

    marks: bool
    verdicts: bool
    feedback: bool
    answers: bool
    solution: bool


def shown(shows: Shows, closed: bool, released: bool) -> Shown:
    """What these rules show of an attempt that is closed or not, of a paper that is released or not."""
    reached = "while_taking" if not closed else "after_release" if released else "on_submission"
    return Shown(**{name: ORDER[getattr(shows, name)] <= ORDER[reached] for name in Shown.__dataclass_fields__})


def shown_of(store: Store, one: Sitting, paper: Paper | None) -> Shown:
    """What its student is shown of an attempt now; practice of single questions has no paper."""
    if paper is None:
        return shown(PRACTICE, one.clock.closed is not None, True)
    released = one.clock.closed is not None and store.read(lambda c: rows.released(c, paper.id)) is not None
    return shown(paper.shows, one.clock.closed is not None, released)


def as_shown(grade: Grade, now: Shown) -> Grade:
    """A grade without the feedback, where that is not shown yet: the verdict alone is left, and a named mistake is wrong."""
    if now.feedback:
        return grade
    plain = [(part, "wrong" if part.verdict == "mistake" else part.verdict) for part in grade.parts]
    return replace(grade, parts=[replace(part, verdict=verdict, mistake=None, feedback=PLAIN[verdict]) for part, verdict in plain])


PLAIN = {
    "correct": Words(vi="Đúng.", en="Correct."),
    "carried": Words(vi="Đúng theo số của bạn ở bước trước.", en="Correct from your own earlier number."),
    "wrong": Words(vi="Sai.", en="Wrong."),
    "blank": Words(vi="Bỏ trống.", en="Left blank."),
    "unreadable": Words(vi="Không đọc được.", en="Could not be read."),
    "pending": Words(vi="Chờ giáo viên chấm.", en="Waits for a teacher."),
}
