"""An attempt is an appended list of events, each carrying the hash of the one before, and a fold over it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: prepared, started, answered, checked, moved, late, submitted, graded, reopened or voided.

    `at` in Unix seconds; `body` is what the kind says of itself, as JSON; nothing is ever changed.
    """

    number: int
    at: float
    kind: str
    sha256: str
    question: str | None = None
    part: str | None = None
    text: str | None = None
    version: int | None = None
    client: str | None = None
    body: str | None = None

    @property
    def said(self) -> dict[str, Any]:
        """What the body says by name; nothing where it says something else, as in records of before."""
        try:
            found = json.loads(self.body or "{}")
        except ValueError:
            found = None
        return found if isinstance(found, dict) else {}


def chained(attempt: str, previous: str, number: int, at: float, kind: str, **content: Any) -> Event:
    """The next event, with the hash of its content and of the one before."""
    stated = {key: value for key, value in content.items() if value is not None}
    return Event(number, at, kind, digest(attempt, previous, number, at, kind, stated), **stated)


def digest(attempt: str, previous: str, number: int, at: float, kind: str, content: dict[str, Any]) -> str:
    text = json.dumps([attempt, previous, number, repr(at), kind, sorted(content.items())], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def broken_at(attempt: str, events: Iterable[Event]) -> int | None:
    """The number of the first event that was changed, moved or lost; None where the chain holds."""
    previous, expected = GENESIS, 0
    for event in events:
        names = ("question", "part", "text", "version", "client", "body")
        content = {name: value for name in names if (value := getattr(event, name)) is not None}
        if event.number != expected or event.sha256 != digest(attempt, previous, event.number, event.at, event.kind, content):
            return expected
        previous, expected = event.sha256, expected + 1
    return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in a part now: the text as typed, how often it was saved, and when last."""

    text: str
    version: int
    at: float


@dataclass
class State:
    """What the events say: the answers by question and part, what checking each question told last, the receipt and the grades."""

    answers: dict[str, dict[str, Answer]] = field(default_factory=dict)
    checked: dict[str, str] = field(default_factory=dict)
    saved_at: float | None = None
    submitted_at: float | None = None
    receipt: str = ""
    by_deadline: bool = False
    graded: str | None = None
    head: str = GENESIS

    @property
    def open(self) -> bool:
        return self.submitted_at is None

    def text(self, question: str, part: str) -> str:
        """What was typed; '' where nothing was."""
        answer = self.answers.get(question, {}).get(part)
        return answer.text if answer else ""


def fold(events: Iterable[Event]) -> State:
    """The state that a list of events leads to."""
    state = State()
    for event in events:
        state.head = event.sha256
        if event.kind == "answered":
            answer = Answer(event.text or "", event.version or 0, event.at)
            state.answers.setdefault(event.question or "", {})[event.part or ""] = answer
            state.saved_at = event.at
        elif event.kind == "checked":
            state.checked[event.question or ""] = event.body or ""
        elif event.kind == "submitted":
            state.submitted_at, state.receipt, state.by_deadline = event.at, event.sha256, bool(event.body)
        elif event.kind == "graded":
            state.graded = event.body
        elif event.kind == "reopened":
            state.submitted_at, state.receipt, state.graded = None, "", None
    return state
