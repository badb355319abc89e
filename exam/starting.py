"""Starting: a paper between its opening and its closing, or practice of one question; seeds are secret, variants are stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import partial
from random import Random

from exam import clock, library, papers, people
from exam.clock import GRACE
from exam.keeping import remembered, stored, weigh
from exam.papers import Paper
from exam.store import Connection, Store, times
from exam.store import attempts as rows
from exam.store.attempts import AttemptRow, Standing
from exam.store.people import Person
from exam.timing import may_see, moment, reckoned, times_of
from questions import bank
from questions.errors import GradusError, quoted
from questions.model import Question, Words
from questions.variant import SEEDS, Variant, draw


class AlreadySubmitted(GradusError):
    code = "submitted"
    status = 409


class NotYetOpen(GradusError):
    code = "not_yet_open"
    status = 409


class PaperClosed(GradusError):
    code = "paper_closed"
    status = 409


class WrongPaperPassword(GradusError):
    code = "wrong_paper_password"
    status = 403


class NotForPractice(GradusError):
    """A question with fixed numbers that a paper asks: its solution would be the paper's key."""

    code = "not_for_practice"
    status = 403


def start(store: Store, person: Person, paper_id: str, password: str = "", *, deliver: bool = True) -> tuple[str, bool]:
    """Starts an attempt, or finds the one that is open: its id, and whether it is new.

    Its clock begins when it is delivered: now, or where `deliver` is False when it is first shown.  Seeds are secret, drawn from
    the student's lot; givens and options are stored.  Raises UnknownPaper, NotYetOpen, PaperClosed, WrongPaperPassword, AlreadySubmitted.
    """
    paper = papers.paper(store, paper_id)
    now = clock.now()

    def look(connection: Connection, seen: list[Standing] | None = None) -> tuple[str | None, str | None, list[Standing]]:
        """The attempt that is open; else the one that is prepared from the paper as it is; and all there are.

        Whether one may start is asked again only where they are others than those `seen` before.
        """
        mine = [one for one in rows.attempts_of(connection, person.id) if one.paper == paper_id]
        going = next((one for one in mine if one.delivered is not None and one.closed is None), None)
        if going is not None and (going.deadline is None or now <= going.deadline + GRACE):
            return going.id, None, mine
        if mine != seen:
            allow(connection, person, paper, now, used(mine))
        waiting = prepared(mine)
        return None, waiting[0] if waiting and made_from(connection, waiting[0]) == paper_digest(connection, paper) else None, mine

    def draws(connection: Connection, mine: list[Standing]) -> list[tuple[Variant, float]]:
        return drawn(connection, paper, lot(connection, paper, person.id, len(used(mine))))

    going, waiting, seen = store.read(look)
    if going:
        return going, False
    check_password(store, person, paper, password)
    row = AttemptRow(secrets.token_urlsafe(12), person.id, paper_id, False, now)
    fresh = {} if waiting else {len(used(seen)): store.read(lambda c: draws(c, seen))}

    def job(connection: Connection) -> tuple[str, bool]:
        begun, ready, mine = look(connection, seen)
        if begun:
            return begun, False
        if ready is None:
            void_prepared(connection, prepared(mine), now)
            if len(used(mine)) not in fresh:  # one more was used up meanwhile
                fresh[len(used(mine))] = draws(connection, mine)
            made = fresh[len(used(mine))]
            library.keep(connection, (variant.question for variant, _ in made))
            rows.add_attempt(connection, row, [stored(*one) for one in made], None if deliver else paper_digest(connection, paper))
        if deliver:
            begin(connection, ready or row.id, person.id, paper, now)
        return ready or row.id, True

    started, new = store.write(job)
    if fresh and started == row.id:
        remembered.keep(store, row, [weigh(*one) for one in fresh[max(fresh)]])
    return started, new


def used(attempts: list[Standing]) -> list[Standing]:
    """Those that were delivered."""
    return [one for one in attempts if one.delivered is not None]


def prepared(attempts: list[Standing]) -> list[str]:
    """Those that wait to be delivered."""
    return [one.id for one in attempts if one.delivered is None and one.closed is None]


def allow(connection: Connection, person: Person, paper: Paper, now: float, used: list[Standing]) -> None:
    """That a person may start a paper now.  Raises UnknownPaper, NotYetOpen, PaperClosed, AlreadySubmitted."""
    memberships = times.memberships_of(connection, person.id)
    if not may_see(person, memberships, paper):
        raise papers.UnknownPaper(f"{quoted(paper.id)} is not a paper of yours; GET /api/v1/papers lists them", "/paper")
    own = times_of(connection, person.id, paper)
    if own.opens is not None and now < own.opens:
        raise NotYetOpen(f"this paper opens at {moment(own.opens)}; come back then")
    if own.attempts is not None and len(used) >= own.attempts:
        times_allowed = "once" if own.attempts == 1 else f"{own.attempts} times"
        where = f"GET /api/v1/attempts/{used[-1].id}/review shows its marks"
        raise AlreadySubmitted(f"this paper was handed in and is taken {times_allowed}; {where}")
    if own.closes is not None and now > own.closes:
        raise PaperClosed(f"this paper closed at {moment(own.closes)}; ask your teacher if you should still take it")


def check_password(store: Store, person: Person, paper: Paper, password: str) -> None:
    """That the paper's password was given.  Raises WrongPaperPassword, TooManyFailures: guessing is limited for each person."""
    if paper.password and not hmac.compare_digest(paper.password.strip().encode(), password.strip().encode()):
        if password:
            people.count_failure(store, f"{person.id} at {paper.id}")
        raise WrongPaperPassword("this paper has a password; type the one your invigilator says", "/password")


def paper_digest(connection: Connection, paper: Paper) -> str:
    """What a prepared attempt was made from: it is made anew where that has changed since."""
    asked = [paper.sections, paper.as_printed, paper.one_variant, paper.shuffled]
    held = paper.held
    versions = {id: held.get(id) or library.question_at(connection, id).version for id in sorted(paper.may_ask)}
    return hashlib.sha256(repr((asked, versions)).encode()).hexdigest()[:16]


def made_from(connection: Connection, id: str) -> str | None:
    prepared = rows.last_of_kind(connection, id, "prepared")
    return prepared.said.get("made_from") if prepared else None


def lot(connection: Connection, paper: Paper, person: int, number: int = 0) -> Random:
    """What a student's variants are drawn from: nobody knows it before, because it hangs on a secret of the paper.

    It is the student's own for each attempt, from 0, the same for all where the paper says so, and another one whenever the paper
    changes; so a teacher can be shown what a student will get.
    """
    return shared(connection, paper) or Random(f"{secret_of(connection, paper)}/{person}/{number}")


def secret_of(connection: Connection, paper: Paper) -> str:
    return f"{rows.paper_secret(connection, paper.id)}/{paper_digest(connection, paper)}"


def drawn(connection: Connection, paper: Paper, rng: Random) -> list[tuple[Variant, float]]:
    """The variants of one student with the factors on their marks."""
    return [(draw(question, seed), weight) for question, seed, weight in picked(connection, paper, rng)]


def shared(connection: Connection, paper: Paper) -> Random | None:
    """What the one variant for all is drawn from, None where everybody has their own."""
    return Random(secret_of(connection, paper)) if paper.one_variant else None


def picked(connection: Connection, paper: Paper, rng: Random) -> list[tuple[Question, int, float]]:
    """The questions of one student with their seeds and the factors on their marks.  A fixed question asked as printed has seed 0."""
    found = []
    for question, weight in papers.chosen(paper, rng, partial(library.question_at, connection)):
        as_printed = paper.as_printed and not question.varies
        found.append((question, 0 if as_printed else rng.randrange(SEEDS), weight))
    return found


def void_prepared(connection: Connection, ids: list[str], now: float) -> None:
    """Closes attempts that were prepared and never shown; nothing is marked."""
    for id in ids:
        at = rows.append(connection, id, now, "voided").at
        rows.set_clock(connection, id, closed=at, graded=at)


def begin(connection: Connection, id: str, person: int, paper: Paper, now: float) -> None:
    """The student is about to see the attempt: its clock begins, once."""
    end = rows.tail(connection, id)
    event = rows.append(connection, id, now, "started", end) if end.kind == "prepared" else end
    own = reckoned(connection, id, person, event.at, paper)
    first = 1 if paper.forward_only else None
    rows.set_clock(connection, id, delivered=event.at, deadline=own.deadline, paused=own.paused, at_question=first)


def open_practice(store: Store, person: Person, most: int = 5) -> list[tuple[str, Words]]:
    """The practice that was started last and not handed in: attempts with the titles of their questions, newest first."""

    started = store.read(lambda c: rows.practice_of(c, person.id, most))
    return [(id, remembered.get(store, id)[1][0].question.title) for id in started]


def practise(store: Store, person: Person, question_id: str) -> str:
    """Starts practice of one question with fresh numbers, and returns the attempt's id.  Raises UnknownQuestion, NotForPractice.

    A question with fixed numbers is practised through its varying companion where it has one.  A seed that an exam has drawn
    is never drawn again.
    """
    question = for_practice(store, question_id)
    if question is None:
        raise NotForPractice(f"{quoted(question_id)} has fixed numbers and is asked in a paper; practise one whose numbers are drawn")
    seed = store.read(fresh_seed)
    row = AttemptRow(secrets.token_urlsafe(12), person.id, "", True, clock.now())
    variant = stored(draw(question, seed))

    def job(connection: Connection) -> None:
        library.keep(connection, [question])
        rows.add_attempt(connection, row, [variant])

    store.write(job)
    return row.id


def for_practice(store: Store, question_id: str) -> Question | None:
    """What is practised for a question; None for one that does not vary and is asked in a paper.  Raises UnknownQuestion.

    A printed question and its repaired version have one key.
    """
    question = library.question_of(store, companion(question_id))
    if store.read(lambda c: library.is_withdrawn(c, question.id)):
        raise bank.UnknownQuestion(f"{quoted(question_id)} was withdrawn; choose another question", "/question")
    return question if may_be_practised(question, asked_in_papers(store)) else None


def practisable(store: Store) -> list[Question]:
    """Every question that is practised; a fixed one with a varying companion is practised through that."""
    asked = asked_in_papers(store)
    own = (question for question in library.questions(store) if companion(question.id) == question.id)
    return [question for question in own if may_be_practised(question, asked)]


def may_be_practised(question: Question, asked: set[str]) -> bool:
    return question.practice and (question.varies or question.id.removesuffix("-repaired") not in asked)


def asked_in_papers(store: Store) -> set[str]:
    return {id.removesuffix("-repaired") for paper in papers.papers(store) for id in paper.may_ask}


def fresh_seed(connection: Connection) -> int:
    """A random seed that no attempt at a paper has."""
    while rows.seed_in_use(connection, seed := secrets.randbelow(SEEDS)):
        pass
    return seed


def companion(question_id: str) -> str:
    """The varying question beside a fixed one, or the question itself."""
    beside = f"{question_id}-vary"
    return beside if beside in bank.bank() else question_id
