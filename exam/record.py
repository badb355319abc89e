"""The record that stands up to doubt: every chain is walked, a receipt is checked, and a person can be deleted without breaking either.

A chain proves that nothing *inside* it was changed, reordered or taken out.  Who can write the database can also cut a chain off at
its end, or write one anew from any event on: that is found only by a head that somebody else holds, such as a student's receipt or
the heads of an earlier audit.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from exam.attempts import GENESIS, Event, broken_at, digest, fold
from exam.store import Store, sessions
from exam.store import attempts as rows
from exam.store import record as kept
from exam.store.people import find_person
from exam.store.record import Kept, Tombstone
from questions.errors import GradusError, quoted

CONTENT = ("question", "part", "text", "version", "client", "body")
# Written by the student, or holding nothing but a time and a fingerprint; of any other event an exported record holds the hash alone.
OPEN_KINDS = ("prepared", "started", "answered", "checked", "late", "submitted", "reopened", "voided")
# What an attempt's row tells, and the events that say so: the first of them when it was delivered, the last of them the others;
# what is closed or graded after a reopening is said again.
SAYS = {"delivered": ("started", "reopened"), "closed": ("submitted", "voided"), "graded": ("graded", "voided")}


class BadReceipt(GradusError):
    code = "bad_receipt"


class NotProven(GradusError):
    """A receipt and a record that do not belong together, or a receipt nobody has given."""

    code = "not_proven"
    status = 404


class BadRecord(GradusError):
    """A file that is no record, or one whose chain does not hold."""

    code = "bad_record"


class UnknownPerson(GradusError):
    code = "unknown_person"
    status = 404


class NotConfirmed(GradusError):
    code = "not_confirmed"


# Auditing


@dataclass(frozen=True)
class Audited:
    """One attempt: how many events, the head of its chain, its receipt where it was handed in; `problem` where something is broken.

    `event` is the number of the first event that does not hold; `deleted` says that a tombstone is all that is left.
    """

    attempt: str
    events: int
    head: str
    receipt: str
    deleted: bool = False
    problem: str | None = None
    event: int | None = None


def audit(store: Store, before: dict[str, tuple[int, str]] | None = None) -> Iterator[Audited]:
    """Walks every chain; `before` is what an earlier audit saw: the number of events and the head, by attempt."""
    earlier = dict(before or {})
    for one in store.read(kept.kept):
        if found := settled(store, one):
            yield audited(*found, earlier.pop(one.id, None))
    for id in store.read(kept.orphans):
        events = store.read(lambda c, id=id: rows.events_of(c, id))  # type: ignore[misc]
        head = events[-1].sha256
        yield Audited(id, len(events), head, receipt_in(events), problem="the attempt is gone and its events are still there")
        earlier.pop(id, None)
    for stone in store.read(kept.tombstones):
        count, head = earlier.pop(stone.attempt, (0, GENESIS))
        cut = stone.events < count or (stone.events == count and stone.head != head)
        problem = "its tombstone does not fit the earlier audit" if cut else None
        yield Audited(stone.attempt, stone.events, stone.head, stone.receipt, True, problem)
    for id, (count, head) in earlier.items():
        yield Audited(id, 0, head, "", problem=f"gone without a tombstone; the earlier audit saw {count} events")


def settled(store: Store, one: Kept) -> tuple[Kept, list[Event], str | None] | None:
    """An attempt, its events, and what it is bound to as it stands, none of them changed meanwhile; None where it was deleted."""
    now: Kept | None = one
    while now is not None:
        before = now
        events, drawn = store.read(lambda c: (rows.events_of(c, one.id), rows.bound_now(c, one.id)))
        now = store.read(lambda c: kept.kept_of(c, one.id))
        if now == before:
            return before, events, drawn
    return None


def count(store: Store) -> int:
    """How many attempts an audit looks at."""
    return len(store.read(kept.kept)) + len(store.read(kept.tombstones))


def audited(one: Kept, events: list[Event], drawn: str | None, before: tuple[int, str] | None = None) -> Audited:
    """What an attempt's events say when they are walked, and whether its row, what was drawn and an earlier audit fit them."""
    head = events[-1].sha256 if events else GENESIS
    at = broken_at(one.id, events)
    problem = None
    if not events:
        at, problem = 0, "no event is left"
    elif at is not None:
        problem = what_broke(events, at)
    elif rebound(events, drawn):
        at, problem = 0, REBOUND
    elif unsaid := missing_at_the_end(one, events):
        at, problem = len(events), f"it was {unsaid}, and the event that says so is missing at the end"
    elif strange := told_otherwise(one, events):
        at, problem = len(events) - 1, f"its row was changed: '{strange}' is not what its events say"
    elif before and (len(events) < before[0] or (before[0] and events[before[0] - 1].sha256 != before[1])):
        at = min(len(events), before[0] - 1)
        problem = "events are missing at the end" if len(events) < before[0] else "the chain was written anew since the earlier audit"
    return Audited(one.id, len(events), head, receipt_in(events), False, problem, at)


REBOUND = "who takes it, its paper or what was drawn for it was changed: its first event says otherwise"


def rebound(events: list[Event], drawn: str | None) -> bool:
    """Whether an attempt is not what its first event binds it to; one from before says nothing of that."""
    return bool(events) and "drawn" in events[0].said and events[0].said["drawn"] != drawn


def said_of(events: list[Event], name: str) -> float | None:
    """The time that the events tell for a column of SAYS."""
    if name == "delivered":
        return next((event.at for event in events if event.kind in SAYS[name]), None)
    last = next((event for event in reversed(events) if event.kind in (*SAYS[name], "reopened")), None)
    return last.at if last and last.kind != "reopened" else None


def missing_at_the_end(one: Kept, events: list[Event]) -> str | None:
    """What the attempt's row tells and its events do not."""
    return next((name for name in SAYS if getattr(one, name) is not None and said_of(events, name) is None), None)


def told_otherwise(one: Kept, events: list[Event]) -> str | None:
    """The column of the attempt's row that its events contradict."""
    told = {name: said_of(events, name) for name in SAYS} | {"started": events[0].at}
    if moved := [event.body for event in events if event.kind == "moved"]:
        told["at_question"] = int(moved[-1] or 0)
    return next((name for name, at in told.items() if getattr(one, name) != at), None)


def what_broke(events: list[Event], at: int) -> str:
    """The first break of a chain in words.  Events come in the order of their numbers."""
    if at >= len(events) or events[at].number != at:
        return f"event {at} is missing"
    return f"event {at} ({events[at].kind}) was changed or moved, or one before it was"


def receipt_in(events: list[Event]) -> str:
    """The last receipt that was given; '' where the attempt was not handed in."""
    return next((event.sha256 for event in reversed(events) if event.kind == "submitted"), "")


def heads(document: str) -> dict[str, tuple[int, str]]:
    """The heads in what `gradus audit --json` printed.  Raises BadRecord."""
    try:
        return {str(one["attempt"]): (int(one["events"]), str(one["head"])) for one in json.loads(document)}
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadRecord("the earlier audit cannot be read; give a file written by `gradus audit --json`") from None


# The exported record


def exported(id: str, events: Iterable[Event]) -> Iterator[str]:
    """A record as JSON lines: what it is of, then each event.  Of an event that is not the student's own, its hash alone."""
    yield json.dumps({"record": "gradus", "attempt": id})
    for event in events:
        stated = {"number": event.number, "at": event.at, "kind": event.kind, "sha256": event.sha256}
        if event.kind not in OPEN_KINDS:
            yield json.dumps(stated | {"withheld": True})
            continue
        yield json.dumps(stated | {name: value for name in CONTENT if (value := getattr(event, name)) is not None})


@dataclass(frozen=True)
class Exported:
    """A record read back: its events, and from which number on they are proven by their hashes."""

    attempt: str
    events: list[Event]
    proven_from: int


def read_back(document: str) -> Exported:
    """Reads a record and checks its chain.  Raises BadRecord."""
    lines = [line for line in document.split("\n") if line.strip()]
    first = parsed(lines[0], 1) if lines else {}
    id = first.get("attempt")
    if first.get("record") != "gradus" or not isinstance(id, str):
        raise BadRecord("this is no record of Gradus; download one from your attempt: GET /api/v1/attempts/{id}/record")
    events: list[Event] = []
    previous, proven_from = GENESIS, 0
    for place, line in enumerate(lines[1:], start=2):
        stated = parsed(line, place)
        withheld = stated.pop("withheld", False) is True
        event = event_of(stated, place)
        content = {name: value for name in CONTENT if (value := getattr(event, name)) is not None}
        expected = event.sha256 if withheld else digest(id, previous, event.number, event.at, event.kind, content)
        if event.number != len(events) or event.sha256 != expected:
            raise BadRecord(
                f"the chain breaks in line {place}: event {len(events)} was changed, moved or taken out; nothing from here on is proven"
            )
        if withheld:
            proven_from = event.number + 1
        previous = event.sha256
        events.append(event)
    return Exported(id, events, proven_from)


def parsed(line: str, place: int) -> dict[str, Any]:
    """One line as an object.  Raises BadRecord."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BadRecord(f"line {place} is no JSON object; give a record as it was downloaded, unchanged")
    return value


TYPES: dict[str, tuple[type, ...]] = {"number": (int,), "at": (float, int), "kind": (str,), "sha256": (str,), "version": (int,)}


def event_of(stated: dict[str, Any], place: int) -> Event:
    """An event from its line.  Raises BadRecord."""
    missing = {"number", "at", "kind", "sha256"} - stated.keys()
    strange = {name for name, value in stated.items() if type(value) not in TYPES.get(name, (str,))}
    unknown = stated.keys() - set(Event.__dataclass_fields__)
    if missing or strange or unknown:
        name = sorted(missing | strange | unknown)[0]
        raise BadRecord(f"line {place} is no event: {quoted(name)} is missing, unknown or of the wrong kind; give the record unchanged")
    return Event(**{**stated, "at": float(stated["at"]) if abs(stated["at"]) < 1e15 else 0.0})


# Receipts


@dataclass(frozen=True)
class Proof:
    """What a receipt proves: which attempt was handed in when (Unix seconds), with which answers, as the how-manieth event.

    `answers` is None where the person was deleted and a tombstone is all that is left; `unproven` counts the events at the beginning
    that stand before something withheld, and are taken on trust.
    """

    receipt: str
    attempt: str
    handed_in: float | None
    events: int
    answers: dict[str, dict[str, str]] | None
    unproven: int = 0
    deleted: float | None = None


def checked(receipt: str) -> str:
    """A receipt as it is kept, from how it was copied.  Raises BadReceipt."""
    found = "".join(receipt.split()).replace("-", "").lower()
    if len(found) != 64 or set(found) - set("0123456789abcdef"):
        raise BadReceipt(f"{quoted(receipt)} is no receipt; it has 64 digits and letters from a to f")
    return found


def proof(receipt: str, attempt: str, events: list[Event], proven_from: int = 0) -> Proof:
    """What the receipt proves of a chain that holds.  Raises NotProven."""
    at = next((i for i, event in enumerate(events) if event.sha256 == receipt), None)
    if at is None:
        raise NotProven("this receipt is not of this record: no event has it; check both, a record is of one attempt")
    if events[at].kind != "submitted":
        raise NotProven(f"this is the hash of event {at} ({events[at].kind}), and no receipt: nothing was handed in with it")
    state = fold(events[: at + 1])
    answers = {question: {part: answer.text for part, answer in parts.items()} for question, parts in state.answers.items()}
    return Proof(receipt, attempt, state.submitted_at, at + 1, answers, proven_from if proven_from <= at else 0)


def proof_in_file(receipt: str, document: str) -> Proof:
    """Checks a receipt against an exported record, without any database.  Raises BadReceipt, BadRecord, NotProven."""
    receipt = checked(receipt)
    record = read_back(document)
    return proof(receipt, record.attempt, record.events, record.proven_from)


def proof_in_store(store: Store, receipt: str) -> Proof:
    """Checks a receipt against the database.  Raises BadReceipt, BadRecord, NotProven."""
    receipt = checked(receipt)
    if id := store.read(lambda c: kept.attempt_with(c, receipt)):
        events = store.read(lambda c: rows.events_of(c, id))
        broken = broken_at(id, events)
        if broken is not None and any(event.sha256 == receipt for event in events[broken:]):
            raise BadRecord(f"the chain of attempt {id} breaks: {what_broke(events, broken)}; the receipt stands, the record does not")
        if rebound(events, store.read(lambda c: rows.bound_now(c, id))):
            raise BadRecord(f"attempt {id} was changed: {REBOUND}; the receipt stands, the attempt does not")
        return proof(receipt, id, events)
    if stone := store.read(lambda c: kept.tombstone_with(c, receipt)):
        return Proof(receipt, stone.attempt, None, stone.events, None, deleted=stone.at)
    raise NotProven("no attempt here has this receipt: it is of another database, or events are missing at the end of its record")


# Deleting


def delete_person(store: Store, name: str, sure: bool) -> list[Tombstone]:
    """Deletes a person and their attempts; what stays is a tombstone for each.  Raises UnknownPerson, NotConfirmed."""
    known = store.read(lambda c: find_person(c, name))
    if known is None:
        raise UnknownPerson(f"there is nobody named {quoted(name)}; check the name", "/name")
    if not sure:
        count = store.read(lambda c: kept.attempts_count(c, known[0].id))
        theirs = "1 attempt" if count == 1 else f"{count} attempts"
        raise NotConfirmed(f"this deletes {quoted(name)} with {theirs} for ever, receipts stay checkable; add --yes if that is meant")
    left = store.write(lambda c: kept.erase(c, name, time.time()))
    sessions.forget()
    if left is None:
        raise UnknownPerson(f"there is nobody named {quoted(name)} any more", "/name")
    store.read(kept.deleted_on_disk)
    return left
