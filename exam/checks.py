"""Checking a question while it is taken, where its paper shows verdicts then; nothing is recorded, and the attempt stays open."""

from __future__ import annotations

from exam import papers
from exam.grade import Grade, grade_all
from exam.shown import NotReleased, Shown, as_shown, shown_of
from exam.sittings import Passed, Sitting, find_question, sitting
from exam.starting import AlreadySubmitted
from exam.store import Store
from exam.store.people import Person


def check(store: Store, person: Person, id: str, question: str) -> Grade:
    """The grade of one question as it stands, as far as it is shown now.  Raises UnknownAttempt, UnknownPart, Passed, NotReleased."""
    one = sitting(store, person, id)
    if not one.open:
        raise AlreadySubmitted("this attempt was submitted; its review tells how it was marked")
    at = find_question(one.variants, question)
    if one.clock.at_question not in (None, at + 1):
        raise Passed(f"this paper goes forward only, and stands at question {one.clock.at_question}; check that one", "/question")
    now = checked_as(store, one)
    if now is None:
        raise NotReleased("this paper shows no verdicts while it is taken; hand it in, and come back once its marking is shown")
    return as_shown(grade_all([one.scripts[at]])[0], one.variants[at].question, now)


def checked_as(store: Store, one: Sitting) -> Shown | None:
    """What checking shows of an open attempt; None where there is nothing to check, as in every exam."""
    now = shown_of(store, one, papers.paper(store, one.row.paper) if one.row.paper else None)
    return now if one.open and now.verdicts else None
