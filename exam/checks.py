"""Checking a question while it is taken, where its paper shows verdicts then; what was told is in the record, the attempt stays open."""

from __future__ import annotations

import json

from exam import clock, papers
from exam.grade import Grade, grade_all
from exam.shown import NotReleased, Shown, as_shown, shown_of
from exam.sittings import Passed, Sitting, find_question, sitting
from exam.starting import AlreadySubmitted
from exam.store import Connection, Store
from exam.store import attempts as rows
from exam.store.people import Person


def check(store: Store, person: Person, id: str, question: str) -> Grade:
    """The grade of one question as it stands, as far as it is shown now.  Raises UnknownAttempt, UnknownPart, Passed, NotReleased.

    It is told once it is in the record; what was told last of the same answers is not written again.
    """
    one = sitting(store, person, id)
    if not one.open:
        raise handed_in()
    at = find_question(one.variants, question)
    if one.clock.at_question not in (None, at + 1):
        raise Passed(f"this paper goes forward only, and stands at question {one.clock.at_question}; check that one", "/question")
    now = checked_as(store, one)
    if now is None:
        raise NotReleased("this paper shows no verdicts while it is taken; hand it in, and come back once its marking is shown")
    told = as_shown(grade_all([one.scripts[at]])[0], one.variants[at].question, now)
    if one.state.checked.get(question) != (body := noted(one, told)):
        store.write(lambda c: note(c, id, question, body))
    return told


def note(connection: Connection, id: str, question: str, body: str) -> None:
    """Writes down what a check told.  Raises AlreadySubmitted."""
    end = rows.tail(connection, id)
    if end.closed is not None:
        raise handed_in()
    rows.append(connection, id, clock.now(), "checked", end, question=question, body=body)


def noted(one: Sitting, told: Grade) -> str:
    """What the record keeps of a check: of every part which version of the answer was checked (0: none) and what was said of it."""
    answers = one.state.answers.get(told.question, {})
    versions = {part: answer.version for part, answer in answers.items()}
    said = [
        {"part": part.name, "version": versions.get(part.name, 0), "verdict": part.verdict, "mistake": part.mistake} for part in told.parts
    ]
    return json.dumps({"parts": said})


def handed_in() -> AlreadySubmitted:
    return AlreadySubmitted("this attempt was submitted; its review tells how it was marked")


def checked_as(store: Store, one: Sitting) -> Shown | None:
    """What checking shows of an open attempt; None where there is nothing to check, as in every exam."""
    now = shown_of(store, one, papers.paper(store, one.row.paper) if one.row.paper else None)
    return now if one.open and now.verdicts else None
