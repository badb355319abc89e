"""Who is signed in, remembered for a few seconds, so that the requests of one page ask the database once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exam.store.people import Person

RECALLED = 5.0  # seconds in which another process may still answer somebody who was signed out
MOST = 4096
_recent: dict[tuple[str, str], tuple[float, float, Person]] = {}  # from when until when, and who


def recall(database: str, sha256: str, now: float) -> Person | None:
    """Whose session this was a moment ago; None where it must be looked up."""
    since, until, person = _recent.get((database, sha256), (0.0, 0.0, None))
    return person if since <= now < until else None


def remember(database: str, sha256: str, now: float, ends: float, person: Person) -> None:
    """Remembers whose session this is, never beyond its end."""
    if len(_recent) >= MOST:
        _recent.clear()
    _recent[database, sha256] = (now, min(now + RECALLED, ends), person)


def forget() -> None:
    """Something changed of people, their sessions or what they are: all are looked up anew."""
    _recent.clear()
