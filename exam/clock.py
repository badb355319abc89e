"""The clock of an attempt: when it ends, reckoned from the paper, the student's arrangements and what was done in the room."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

MINUTE = 60.0
GRACE = 15.0  # seconds after the deadline in which an answer still counts, and is labelled: the line may have been slow

_STARTED, _TICKS = time.time(), time.monotonic()


def now() -> float:
    """The time in Unix seconds, which goes on evenly while the server runs, whatever becomes of the machine's clock."""
    return _STARTED + time.monotonic() - _TICKS


@dataclass(frozen=True)
class Times:
    """What a student is given at a paper: Unix seconds; `minutes` from delivery, None for no limit; how many attempts, None for any."""

    opens: float | None = None
    closes: float | None = None
    minutes: float | None = None
    attempts: int | None = None


@dataclass(frozen=True)
class Arrangement:
    """What somebody is given beside that: more of the limit in percent and in minutes, other dates, more attempts."""

    percent: float = 0
    minutes: float = 0
    opens: float | None = None
    closes: float | None = None
    attempts: int | None = None


def arranged(times: Times, arrangements: Iterable[Arrangement]) -> Times:
    """The times of a paper with a student's arrangements: the largest percentage, all the minutes, the widest dates.

    Extra time also moves the closing that everybody has, or it would be worth nothing to who starts late.
    """
    own = list(arrangements)
    if not own:
        return times
    percent, minutes = max(one.percent for one in own), sum(one.minutes for one in own)
    extra = minutes + (times.minutes or 0) * percent / 100
    opens = [one.opens for one in own if one.opens is not None]
    closes = [one.closes for one in own if one.closes is not None]
    attempts = [one.attempts for one in own if one.attempts is not None]
    closing = None if times.closes is None else times.closes + extra * MINUTE
    return replace(
        times,
        opens=times.opens if times.opens is None else min([times.opens, *opens]),
        closes=closing if closing is None else max([closing, *closes]),
        minutes=None if times.minutes is None else times.minutes + extra,
        attempts=None if times.attempts is None else max([times.attempts, *attempts]),
    )


@dataclass(frozen=True)
class Turn:
    """Something done to the clock at a time: minutes (added), paused, resumed, or reopened (with minutes from then)."""

    at: float
    kind: str
    minutes: float = 0


@dataclass(frozen=True)
class Reckoned:
    """When an attempt ends, None where it has no end; and since when its clock stands still, None where it runs."""

    deadline: float | None
    paused: float | None


def reckon(delivered: float, times: Times, turns: Iterable[Turn]) -> Reckoned:
    """When an attempt that was delivered then ends: at its limit or at the closing, whichever comes first.

    Minutes given and pauses move both.  What was done before the delivery moves the closing alone; what was done after the end,
    but for reopening, moves nothing.
    """
    limit = None if times.minutes is None else delivered + times.minutes * MINUTE
    closing, since = times.closes, None
    for turn in sorted(turns, key=lambda turn: turn.at):
        ended = since is None and (end := earlier(limit, closing)) is not None and turn.at > end + GRACE
        if turn.kind == "reopened":
            limit, since = turn.at + turn.minutes * MINUTE, None
            closing = None if closing is None else max(closing, limit)
        elif ended:
            continue
        elif turn.kind == "minutes":
            limit = moved(limit, turn.minutes * MINUTE if turn.at >= delivered else 0)
            closing = moved(closing, turn.minutes * MINUTE)
        elif turn.kind == "paused" and since is None:
            since = turn.at
        elif turn.kind == "resumed" and since is not None:
            limit = moved(limit, max(turn.at - max(since, delivered), 0))
            closing, since = moved(closing, turn.at - since), None
    return Reckoned(earlier(limit, closing), None if since is None else max(since, delivered))


def moved(end: float | None, seconds: float) -> float | None:
    return None if end is None else end + seconds


def earlier(one: float | None, other: float | None) -> float | None:
    return min((end for end in (one, other) if end is not None), default=None)
