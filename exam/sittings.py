"""Sitting a paper: look at it, save, submit; one function for each thing a student does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pydantic

from exam import clock, papers
from exam.attempts import State, fold
from exam.clock import GRACE
from exam.grade import Grade, grade_all
from exam.keeping import remembered, unknown
from exam.script import Script, Written, read_part, read_script
from exam.starting import AlreadySubmitted, begin
from exam.store import Connection, Store
from exam.store import attempts as rows
from exam.store.attempts import AttemptRow, Tail
from exam.store.people import Person
from questions.errors import GradusError, listed, pointer, quoted
from questions.model import Words
from questions.numbers import LONGEST, Unreadable
from questions.variant import Variant

LONGEST_TEXT = LONGEST
KEPT_LATE = 200  # answers after the end that are kept for the teacher to see, for each attempt


class UnknownPart(GradusError):
    code = "unknown_part"
    status = 404


class TimeIsUp(GradusError):
    """The answer came after the end.  It does not count; its text is in the record, where the teacher can see it."""

    code = "time_is_up"
    status = 409


class Passed(GradusError):
    """A question of a paper that goes forward only, which the student has left."""

    code = "passed"
    status = 409


class NotSubmitted(GradusError):
    code = "not_submitted"
    status = 409


class TooLong(GradusError):
    """An answer is longer than any answer may be; `mine` is what was sent."""

    code = "too_long"
    status = 413

    def __init__(self, mine: str) -> None:
        super().__init__(f"an answer holds at most {LONGEST_TEXT:,} characters, this one {len(mine):,}; shorten it", "/text")
        self.mine = mine


class BadText(GradusError):
    code = "bad_text"


class Conflict(GradusError):
    """The answer was changed elsewhere since it was read: both texts are kept and told."""

    code = "conflict"
    status = 409

    def __init__(self, mine: str, theirs: str, version: int) -> None:
        super().__init__("this answer was changed elsewhere; choose between the two texts and save again with that version")
        self.mine, self.theirs, self.version = mine, theirs, version


@dataclass(frozen=True)
class Saved:
    """An answer that is on disk: when, its version, and what was read; `problem` says why nothing could be.

    `deadline` and `paused` as the clock of the attempt stands now.
    """

    saved_at: float
    version: int
    read_as: str | None
    problem: Words | None
    deadline: float | None
    paused: float | None


@dataclass(frozen=True, eq=False)
class Sitting:
    """An attempt with its variants, its state and its clock."""

    row: AttemptRow
    variants: list[Variant]
    state: State
    clock: Tail

    @property
    def open(self) -> bool:
        """Whether answers still count: not handed in, and in time."""
        return self.clock.closed is None and self.clock.over(clock.now()) <= GRACE

    @cached_property
    def scripts(self) -> list[Script]:
        """Every variant with what was typed into it, read."""
        typed = [self.state.answers.get(variant.question.id, {}) for variant in self.variants]
        texts = [{part: answer.text for part, answer in answers.items()} for answers in typed]
        return [read_script(variant, answers) for variant, answers in zip(self.variants, texts, strict=True)]

    def script(self, variant: Variant) -> Script:
        """One variant with what was typed into it, read."""
        return self.scripts[self.variants.index(variant)]


def sitting(store: Store, person: Person, id: str) -> Sitting:
    """A person's own attempt.  Raises UnknownAttempt, also for somebody else's."""
    row, _ = remembered.get(store, id)
    if row.person != person.id:
        raise unknown(id)
    return seen_by_staff(store, id)


def seen_by_staff(store: Store, id: str) -> Sitting:
    """Anybody's attempt, for who may see it.  Raises UnknownAttempt."""
    row, variants = remembered.get(store, id)
    events, end = store.read(lambda c: (rows.latest_of(c, id), rows.tail(c, id)))
    if not events:
        raise remembered.forget(store, id)
    return Sitting(row, variants, fold(events), end)


def take(store: Store, person: Person, id: str) -> Sitting:
    """A person's own attempt, about to be shown to them: its clock begins with the first time.  Raises UnknownAttempt."""
    one = sitting(store, person, id)
    if one.clock.delivered is not None or one.clock.closed is not None:
        return one
    paper = papers.paper(store, one.row.paper)

    def job(connection: Connection) -> None:
        if rows.tail(connection, id).delivered is None:
            begin(connection, id, person.id, paper, clock.now())

    store.write(job)
    return sitting(store, person, id)


def save(
    store: Store, person: Person, id: str, question: str, part: str, text: str, client: str | None = None, base: int | None = None
) -> Saved:
    """Saves an answer and returns when it is on disk.

    `client` names the save, so that sending it again changes nothing; with `base`, the version it was typed over, a change
    made elsewhere is not overwritten.  Raises UnknownAttempt, UnknownPart, TooLong, AlreadySubmitted, TimeIsUp, Passed, Conflict.
    """
    return kept(store.write(saving(store, person, id, question, part, text, client, base)))


def kept(done: Saved | GradusError) -> Saved:
    """What came of a save.  Raises what it came to instead, where that had to be kept too."""
    if isinstance(done, GradusError):
        raise done
    return done


def saving(
    store: Store, person: Person, id: str, question: str, part: str, text: str, client: str | None = None, base: int | None = None
) -> Callable[[Connection], Saved | GradusError]:
    """A save as a writing job, for who hands it over and does not wait; `kept` says what came of it."""
    row, variants = remembered.get(store, id)
    if row.person != person.id:
        raise unknown(id)
    variant, asked = find_part(variants, question, part)
    if any("\ud800" <= c <= "\udfff" for c in text + (client or "")):
        raise BadText("the text holds half a character (a lone surrogate); type it again", "/text")
    if len(text) > LONGEST_TEXT:
        raise TooLong(text)

    read_as, problem = echo(read_part(variant, asked, text))

    def job(connection: Connection) -> Saved | GradusError:
        end, version, theirs, sent = rows.standing_in(connection, id, question, part, client)
        if not end.kind:
            raise remembered.forget(store, id)
        if end.delivered is None and end.closed is None:
            begin(connection, id, person.id, papers.paper_at(connection, row.paper), clock.now())
            end = rows.tail(connection, id)
        if client and sent:
            if (sent.question, sent.part, sent.text) != (question, part, text):
                raise GradusError(f"the id {quoted(client)} was used for another answer; give each save its own", "/id")
            at, version = sent.at, sent.version or 0
            return time_is_up() if sent.kind == "late" else Saved(at, version, read_as, problem, end.deadline, end.paused)
        if end.at_question not in (None, variants.index(variant) + 1):
            raise Passed(f"this paper goes forward only, and stands at question {end.at_question}; answer that one", "/question")
        at = max(clock.now(), end.at)
        late = end.over(at)
        if end.closed is not None or late > GRACE:
            return too_late(connection, id, at, question, part, text, client)
        if base is not None and base != version and theirs != text:
            raise Conflict(text, theirs, version)
        label = json.dumps({"seconds_late": round(late, 3)}) if late else None
        content = {"question": question, "part": part, "text": text, "version": version + 1, "client": client, "body": label}
        at = rows.append(connection, id, at, "answered", end, **content).at
        return Saved(at, version + 1, read_as, problem, end.deadline, end.paused)

    return job


def too_late(
    connection: Connection, id: str, at: float, question: str, part: str, text: str, client: str | None
) -> AlreadySubmitted | TimeIsUp:
    """What is said of an answer to an attempt that is closed.  One that came after the end is kept in the record, not counted."""
    handed_in = rows.last_of_kind(connection, id, "submitted")
    if handed_in and not handed_in.body:
        return AlreadySubmitted("this attempt was submitted; its answers can no longer change")
    if rows.count_of_kind(connection, id, "late") < KEPT_LATE:
        rows.append(connection, id, at, "late", question=question, part=part, text=text, client=client)
    return time_is_up()


def time_is_up() -> TimeIsUp:
    return TimeIsUp("the time for this attempt is up; this answer came too late to count, and is kept for your teacher to see")


def find_question(variants: list[Variant], question: str) -> int:
    """Where a question of this name stands, from 0.  Raises UnknownPart."""
    for at, variant in enumerate(variants):
        if variant.question.id == question:
            return at
    there = listed(one.question.id for one in variants)
    raise UnknownPart(f"{quoted(question)} is not a question of this attempt; there are {there}", pointer("question"))


def find_part(variants: list[Variant], question: str, part: str) -> tuple[Variant, Any]:
    """The variant and the part of these names.  Raises UnknownPart."""
    variant = variants[find_question(variants, question)]
    asked = next((one for one in variant.question.parts if one.name == part), None)
    if asked is None:
        raise UnknownPart(
            f"{quoted(part)} is not a part of {question}; its parts are {listed(p.name for p in variant.question.parts)}", pointer("part")
        )
    return variant, asked


def echo(read: Any) -> tuple[str | None, Words | None]:
    """What the page shows of a reading: the numbers or the letter that were read, or why nothing was."""
    if isinstance(read, Unreadable):
        return None, Words(vi=read.words.vi, en=read.words.en)
    return (None if read is None or isinstance(read, Written) else read.echo), None


def move_on(store: Store, person: Person, id: str) -> None:
    """Goes to the next question of a paper that goes forward only; there is no way back.  Raises UnknownAttempt, AlreadySubmitted."""
    row, variants = remembered.get(store, id)
    if row.person != person.id:
        raise unknown(id)

    def job(connection: Connection) -> None:
        end = rows.tail(connection, id)
        if end.closed is not None:
            raise AlreadySubmitted("this attempt was submitted; there is nothing more to answer")
        if end.at_question is not None and end.at_question < len(variants):
            rows.append(connection, id, clock.now(), "moved", end, body=str(end.at_question + 1))
            rows.set_clock(connection, id, at_question=end.at_question + 1)

    store.write(job)


def submit(store: Store, person: Person, id: str) -> str:
    """Hands an attempt in; returns the receipt, the head of its chain.  Doing it again changes nothing.  It is marked later."""
    sitting(store, person, id)
    return store.write(lambda c: hand_in(c, id, clock.now()))


def hand_in(connection: Connection, id: str, now: float, by: str | None = None) -> str:
    """Closes an attempt with what stands in it; `by` says what closed it where it was not the student."""
    end = rows.tail(connection, id)
    if end.closed is not None:
        done = rows.last_of_kind(connection, id, "submitted")
        return done.sha256 if done else ""
    up = end.deadline is not None and end.over(now) > GRACE
    body = json.dumps({"by": by or "deadline"}) if by or up else None
    event = rows.append(connection, id, now, "submitted", end, body=body)
    rows.set_clock(connection, id, closed=event.at)
    return event.sha256


GRADES = pydantic.TypeAdapter(list[Grade])


def grades_of(store: Store, one: Sitting) -> list[Grade]:
    """The grades of a submitted attempt, marked now if they were not.  Raises NotSubmitted."""
    if one.clock.closed is None:
        raise NotSubmitted("this attempt is still open; submit it to see how it was marked")
    if one.state.graded:
        return GRADES.validate_json(one.state.graded)
    return mark_all(store, [one])[0]


def mark_all(store: Store, many: list[Sitting]) -> list[list[Grade]]:
    """Marks submitted attempts, those of one question as one cohort, and keeps the grades of each that nobody marked meanwhile."""
    told = iter(grade_all([script for one in many for script in one.scripts]))
    marked = [(one.row.id, [next(told) for _ in one.scripts]) for one in many]

    def job(connection: Connection) -> None:
        for id, grades in marked:
            end = rows.tail(connection, id)
            if end.closed is not None and not rows.graded(connection, id):
                event = rows.append(connection, id, clock.now(), "graded", end, body=GRADES.dump_json(grades).decode())
                rows.set_clock(connection, id, graded=event.at)

    store.write(job)
    return [grades for _, grades in marked]
