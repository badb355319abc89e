"""Sitting a paper: start, save, submit, review; one function for each thing a person does."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any, TypeVar

import pydantic

from exam import papers
from exam.attempts import State, fold
from exam.grade import Grade, grade_all
from exam.script import Script, Written, read_part, read_script
from exam.store import Connection, Store
from exam.store import attempts as rows
from exam.store.attempts import AttemptRow, VariantRow
from exam.store.people import Person
from questions import bank
from questions.errors import GradusError, listed, pointer, quoted
from questions.model import Question, Words
from questions.numbers import LONGEST, Unreadable
from questions.options import Option
from questions.variant import SEEDS, Variant, draw

LONGEST_TEXT = LONGEST
REMEMBERED = 4096
T = TypeVar("T")


class UnknownAttempt(GradusError):
    """No such attempt, or somebody else's: which of the two is not said."""

    code = "unknown_attempt"
    status = 404


class UnknownPart(GradusError):
    code = "unknown_part"
    status = 404


class AlreadySubmitted(GradusError):
    code = "submitted"
    status = 409


class NotForPractice(GradusError):
    """A question with fixed numbers that a paper asks: its solution would be the paper's key."""

    code = "not_for_practice"
    status = 403


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
    """An answer that is on disk: when, its version, and what was read; `problem` says why nothing could be."""

    saved_at: float
    version: int
    read_as: str | None
    problem: Words | None


@dataclass(frozen=True, eq=False)
class Sitting:
    """An attempt with its variants and its state."""

    row: AttemptRow
    variants: list[Variant]
    state: State

    @cached_property
    def scripts(self) -> list[Script]:
        """Every variant with what was typed into it, read."""
        typed = [self.state.answers.get(variant.question.id, {}) for variant in self.variants]
        texts = [{part: answer.text for part, answer in answers.items()} for answers in typed]
        return [read_script(variant, answers) for variant, answers in zip(self.variants, texts, strict=True)]

    def script(self, variant: Variant) -> Script:
        """One variant with what was typed into it, read."""
        return self.scripts[self.variants.index(variant)]


class Remembered:
    """The attempts that were used last: who and which variants, which never change."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[tuple[str, str], tuple[AttemptRow, list[Variant]]] = OrderedDict()

    def get(self, store: Store, id: str) -> tuple[AttemptRow, list[Variant]]:
        """Who attempts, and the variants.  Raises UnknownAttempt."""
        key = (str(store.url), id)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        found = store.read(lambda c: (rows.find_attempt(c, id), rows.variants_of(c, id)))
        if found[0] is None:
            raise unknown(id)
        kept = (found[0], [restored(store, row) for row in found[1]])
        with self._lock:
            self._known[key] = kept
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return kept

    def forget(self, store: Store, id: str) -> UnknownAttempt:
        """Forgets an attempt that is gone, as after a restore, and returns what to say of it."""
        with self._lock:
            self._known.pop((str(store.url), id), None)
        return unknown(id)


remembered = Remembered()


def unknown(id: str) -> UnknownAttempt:
    return UnknownAttempt(f"{quoted(id)} is not an attempt of yours; GET /api/v1/papers lists what you can take", "/attempt")


def restored(store: Store, row: VariantRow) -> Variant:
    """A stored variant as it was drawn."""
    question = papers.question_version(store, row.question, row.version)
    givens = question.computation.read(row.givens) if question.solver else {}
    options = {part: [as_option(one) for one in choices] for part, choices in row.options.items()}
    return Variant(question, row.seed, givens, options)


def as_option(kept: dict[str, Any]) -> Option:
    why = Words(**kept["why"]) if kept["why"] else None
    return Option(kept["key"], Words(**kept["text"]), kept["right"], kept["mistake"], why, kept.get("rank"))


def stored(variant: Variant) -> VariantRow:
    """A variant as it is stored."""
    options = {part: [kept_option(option) for option in choices] for part, choices in variant.options.items()}
    assert variant.seed is not None
    return VariantRow(variant.question.id, variant.question.version, variant.seed, variant.plain_givens(), options)


def kept_option(option: Option) -> dict[str, Any]:
    words = {"text": option.text.model_dump(), "why": option.why.model_dump() if option.why else None}
    return {"key": option.key, "right": option.right, "mistake": option.mistake, "rank": option.rank, **words}


def start(store: Store, person: Person, paper_id: str) -> tuple[str, bool]:
    """Starts an attempt, or finds the one that is open: its id, and whether it is new.  Raises UnknownPaper, AlreadySubmitted.

    A paper is attempted once: who has handed it in has read its key.  Seeds are secret random numbers; givens and options
    are stored now.
    """
    paper = papers.paper(store, paper_id)
    open_id = store.read(lambda c: attempt_at(c, person, paper_id))
    if open_id:
        return open_id, False
    variants = []
    for id in paper.questions:
        question = bank.get(id)
        as_printed = paper.as_printed and not question.varies
        variants.append(stored(draw(question, 0 if as_printed else secrets.randbelow(SEEDS))))
    row = AttemptRow(secrets.token_urlsafe(12), person.id, paper_id, False, time.time())

    def job(connection: Connection) -> tuple[str, bool]:
        if already := attempt_at(connection, person, paper_id):
            return already, False
        rows.add_attempt(connection, row, variants)
        return row.id, True

    return store.write(job)


def latest_attempts(store: Store, person: Person) -> dict[str, tuple[str, str]]:
    """For every paper this person attempted: the latest attempt and its state, in_progress or submitted."""

    def job(connection: Connection) -> dict[str, tuple[str, str]]:
        return {
            row.paper: (row.id, "submitted" if rows.tail(connection, row.id).closed else "in_progress")
            for row in rows.attempts_of(connection, person.id)
        }

    return store.read(job)


def open_practice(store: Store, person: Person, most: int = 5) -> list[tuple[str, Words]]:
    """The practice that was started last and not handed in: attempts with the titles of their questions, newest first."""

    def job(connection: Connection) -> list[str]:
        started = rows.practice_of(connection, person.id, 4 * most)
        return [id for id in started if not rows.tail(connection, id).closed][:most]

    return [(id, remembered.get(store, id)[1][0].question.title) for id in store.read(job)]


def attempt_at(connection: Connection, person: Person, paper_id: str) -> str | None:
    """The attempt of a person at a paper that is open, None where there is none yet.  Raises AlreadySubmitted."""
    latest = next((row.id for row in reversed(rows.attempts_of(connection, person.id)) if row.paper == paper_id), None)
    if latest and rows.tail(connection, latest).closed:
        raise AlreadySubmitted(f"this paper was handed in and is taken once; GET /api/v1/attempts/{latest}/review shows its marks")
    return latest


def practise(store: Store, person: Person, question_id: str) -> str:
    """Starts practice of one question with fresh numbers, and returns the attempt's id.  Raises UnknownQuestion, NotForPractice.

    A question with fixed numbers is practised through its varying companion where it has one.  A seed that an exam has drawn
    is never drawn again.
    """
    question = for_practice(store, question_id)
    if question is None:
        raise NotForPractice(f"{quoted(question_id)} has fixed numbers and is asked in a paper; practise one whose numbers are drawn")
    seed = store.read(fresh_seed)
    row = AttemptRow(secrets.token_urlsafe(12), person.id, "", True, time.time())
    variant = stored(draw(question, seed))
    store.write(lambda c: rows.add_attempt(c, row, [variant]))
    return row.id


def for_practice(store: Store, question_id: str) -> Question | None:
    """What is practised for a question; None for one that does not vary and is asked in a paper.  Raises UnknownQuestion.

    A printed question and its repaired version have one key.
    """
    question = bank.get(companion(question_id))
    asked = {id.removesuffix("-repaired") for paper in papers.papers(store) for id in paper.questions}
    return None if not question.varies and question.id.removesuffix("-repaired") in asked else question


def fresh_seed(connection: Connection) -> int:
    """A random seed that no attempt at a paper has."""
    while rows.seed_in_use(connection, seed := secrets.randbelow(SEEDS)):
        pass
    return seed


def companion(question_id: str) -> str:
    """The varying question beside a fixed one, or the question itself."""
    beside = f"{question_id}-vary"
    return beside if beside in bank.bank() else question_id


def sitting(store: Store, person: Person, id: str) -> Sitting:
    """A person's own attempt.  Raises UnknownAttempt, also for somebody else's."""
    row, variants = remembered.get(store, id)
    if row.person != person.id:
        raise unknown(id)
    events = store.read(lambda c: rows.latest_of(c, id))
    if not events:
        raise remembered.forget(store, id)
    return Sitting(row, variants, fold(events))


def save(
    store: Store, person: Person, id: str, question: str, part: str, text: str, client: str | None = None, base: int | None = None
) -> Saved:
    """Saves an answer and returns when it is on disk.

    `client` names the save, so that sending it again changes nothing; with `base`, the version it was typed over, a change
    made elsewhere is not overwritten.  Raises UnknownAttempt, UnknownPart, TooLong, AlreadySubmitted, Conflict.
    """
    row, variants = remembered.get(store, id)
    if row.person != person.id:
        raise unknown(id)
    variant, asked = find_part(variants, question, part)
    if any("\ud800" <= c <= "\udfff" for c in text + (client or "")):
        raise BadText("the text holds half a character (a lone surrogate); type it again", "/text")
    if len(text) > LONGEST_TEXT:
        raise TooLong(text)

    def job(connection: Connection) -> tuple[float, int]:
        end = rows.tail(connection, id)
        if not end.kind:
            raise remembered.forget(store, id)
        last = rows.last_answer(connection, id, question, part)
        version, theirs = (last.version or 0, last.text or "") if last else (0, "")
        if client and (sent := rows.by_client(connection, id, client)):
            if (sent.question, sent.part, sent.text) != (question, part, text):
                raise GradusError(f"the id {quoted(client)} was used for another answer; give each save its own", "/id")
            return sent.at, sent.version or 0
        if end.closed:
            raise AlreadySubmitted("this attempt was submitted; its answers can no longer change")
        if base is not None and base != version and theirs != text:
            raise Conflict(text, theirs, version)
        content = {"question": question, "part": part, "text": text, "version": version + 1, "client": client}
        return rows.append(connection, id, time.time(), "answered", end, **content).at, version + 1

    at, version = store.write(job)
    return Saved(at, version, *echo(read_part(variant, asked, text)))


def find_part(variants: list[Variant], question: str, part: str) -> tuple[Variant, Any]:
    """The variant and the part of these names.  Raises UnknownPart."""
    variant = next((one for one in variants if one.question.id == question), None)
    if variant is None:
        there = listed(one.question.id for one in variants)
        raise UnknownPart(f"{quoted(question)} is not a question of this attempt; there are {there}", pointer("question"))
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


def submit(store: Store, person: Person, id: str) -> str:
    """Hands an attempt in and marks it; returns the receipt, the head of its chain.  Doing it again changes nothing."""
    sitting(store, person, id)

    def job(connection: Connection) -> str:
        if done := rows.last_of_kind(connection, id, "submitted"):
            return done.sha256
        return rows.append(connection, id, time.time(), "submitted").sha256

    receipt = store.write(job)
    grades_of(store, sitting(store, person, id))
    return receipt


GRADES = pydantic.TypeAdapter(list[Grade])


def grades_of(store: Store, one: Sitting) -> list[Grade]:
    """The grades of a submitted attempt, marked now if they were not.  Raises NotSubmitted."""
    if one.state.open:
        raise NotSubmitted("this attempt is still open; submit it to see how it was marked")
    if one.state.graded:
        return GRADES.validate_json(one.state.graded)
    grades = grade_all(one.scripts)
    body = GRADES.dump_json(grades).decode()
    id = one.row.id

    def job(connection: Connection) -> None:
        if rows.last_of_kind(connection, id, "graded") is None:
            rows.append(connection, id, time.time(), "graded", body=body)

    store.write(job)
    return grades
