"""The clerk works beside the requests: closes attempts whose time is up, prepares those about to open, marks what was handed in."""

from __future__ import annotations

import logging
import secrets
from itertools import count
from threading import Event, Thread

from exam import clock, papers, sittings, starting
from exam.clock import GRACE
from exam.keeping import stored
from exam.papers import Paper
from exam.store import Connection, Store, times
from exam.store import attempts as rows
from exam.store.alone import Alone
from exam.store.attempts import AttemptRow
from exam.store.engine import StoreUnavailable

log = logging.getLogger("gradus")
EVERY = 1.0  # seconds between two rounds
LOOKING_AHEAD = 10  # rounds between two looks at which papers open soon
AHEAD = 15 * 60.0  # how long before a paper opens its variants are drawn
AT_ONCE = 20


def close_what_is_over(store: Store) -> int:
    """Hands in, as they stand, the attempts whose time and grace are up; how many."""
    moment = clock.now() - GRACE
    over = store.read(lambda c: times.over_since(c, moment, 10 * AT_ONCE))

    def job(connection: Connection, id: str) -> None:
        if rows.tail(connection, id).over(clock.now()) > GRACE:  # nobody gave minutes meanwhile
            sittings.hand_in(connection, id, clock.now(), "deadline")

    for id in over:
        store.write(lambda c, id=id: job(c, id))  # type: ignore[misc]
    return len(over)


def mark_what_waits(store: Store, passed_over: set[str] | None = None) -> int:
    """Marks attempts that were handed in, the first to come first and those that wait together at once; how many.

    One that cannot be marked is logged and passed over from then on, so that it holds up nobody else.
    """
    passed_over = set() if passed_over is None else passed_over
    waiting = [one for one in store.read(lambda c: times.unmarked(c, AT_ONCE + len(passed_over))) if one not in passed_over]
    if len(waiting) > 1 and marked_together(store, waiting):
        return len(waiting)
    for id in waiting:
        try:
            sittings.grades_of(store, sittings.seen_by_staff(store, id))
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("attempt %s cannot be marked", id)
            passed_over.add(id)
    return len(waiting)


def marked_together(store: Store, ids: list[str]) -> bool:
    """Marks attempts as one cohort; False where one of them cannot be marked, and who that is must be found out."""
    try:
        sittings.mark_all(store, [one for id in ids if not (one := sittings.seen_by_staff(store, id)).state.graded])
    except StoreUnavailable:
        raise
    except Exception:
        return False
    return True


def prepare_what_opens(store: Store) -> int:
    """Draws the variants of everybody in the classes of the papers that open soon; how many attempts."""
    now, made = clock.now(), 0
    for paper in papers.papers(store):
        opens = paper.times.opens
        if paper.published and paper.classes and opens is not None and now < opens < now + AHEAD:
            made += prepare(store, paper)
    return made


def prepare(store: Store, paper: Paper) -> int:
    """Draws the variants of a paper for the students who have no attempt yet; how many."""

    def absent(connection: Connection) -> list[int]:
        have = times.have_attempted(connection, paper.id)
        return sorted({one.person for one in times.members_of(connection, paper.classes) if one.role == "student"} - have)

    def job(connection: Connection, who: int) -> None:
        if not any(one.paper == paper.id for one in rows.attempts_of(connection, who)):
            row = AttemptRow(secrets.token_urlsafe(12), who, paper.id, False, clock.now())
            variants = [stored(*one) for one in starting.drawn(connection, paper, starting.lot(connection, paper, who))]
            rows.add_attempt(connection, row, variants, starting.paper_digest(connection, paper))

    waiting = store.read(absent)
    for who in waiting:
        store.write(lambda c, who=who: job(c, who))  # type: ignore[misc]
    return len(waiting)


class Clerk:
    """Goes round until it is stopped, alone among the workers; a round that fails is logged and the next one tries again."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._alone = Alone(store, "clerk")
        self._stop = Event()
        self._passed_over: set[str] = set()
        self._thread = Thread(target=self._go_round, name="clerk", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Waits for the round that is under way."""
        self._stop.set()
        self._thread.join()
        self._alone.let_go()

    def _go_round(self) -> None:
        busy = False
        for number in count():
            if self._stop.wait(0 if busy else EVERY):
                return
            try:
                if not self._alone.held():
                    busy = False
                    continue
                done = max(close_what_is_over(self.store), mark_what_waits(self.store, self._passed_over))
                if number % LOOKING_AHEAD == 0:
                    prepare_what_opens(self.store)
                busy = done >= AT_ONCE
            except Exception:
                log.exception("a round of the clerk failed; the next one tries again")
                busy = False
