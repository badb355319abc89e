"""What a student may be shown of the marking, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace

from exam.grade import Grade
from exam.papers import ORDER, Paper, Shows
from exam.sittings import Sitting
from exam.store import Store
from exam.store import attempts as rows
from exam.telling import PartGrade, advice
from questions.errors import GradusError
from questions.model import LETTERED, Question, Words

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
    """What its student is shown of an attempt now; practice of single questions has no paper, and a rehearsal waits for no release."""
    if paper is None:
        return shown(PRACTICE, one.clock.closed is not None, True)
    released = one.clock.closed is not None and (one.row.rehearsal or store.read(lambda c: rows.released(c, paper.id)) is not None)
    return shown(paper.shows, one.clock.closed is not None, released)


def as_shown(grade: Grade, question: Question, now: Shown) -> Grade:
    """A grade as far as it is shown now.

    Without the feedback the verdict alone is left, and a named mistake is wrong.  With the feedback but without the answers,
    what is said of letters and of free answers, which names the right ones, becomes plain words; a named mistake keeps its advice.
    """
    parts = []
    for part, told in zip(question.parts, grade.parts, strict=True):
        if not now.feedback:
            verdict = "wrong" if told.verdict == "mistake" else told.verdict
            told = replace(told, verdict=verdict, mistake=None, feedback=plain(told))
        elif not now.answers and (part.kind in LETTERED or part.judged_by):
            told = replace(told, feedback=advice(question, told.mistake) if told.mistake else plain(told))
        parts.append(told)
    return replace(grade, parts=parts)


def plain(told: PartGrade) -> Words:
    """A verdict in words that say nothing of what is right."""
    return PLAIN["partly" if told.verdict == "wrong" and told.marks else told.verdict]


PLAIN = {
    "correct": Words(vi="Đúng.", en="Correct."),
    "carried": Words(vi="Đúng theo số của bạn ở bước trước.", en="Correct from your own earlier number."),
    "partly": Words(vi="Đúng một phần.", en="Partly right."),
    "wrong": Words(vi="Sai.", en="Wrong."),
    "mistake": Words(vi="Sai.", en="Wrong."),
    "blank": Words(vi="Bỏ trống.", en="Left blank."),
    "unreadable": Words(vi="Không đọc được.", en="Could not be read."),
    "pending": Words(vi="Chờ giáo viên chấm.", en="Waits for a teacher."),
}
