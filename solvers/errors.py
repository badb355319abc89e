"""What can go wrong, one small class per situation; each knows its code and its HTTP status."""

from __future__ import annotations

import json
from collections.abc import Iterable


class GradusError(Exception):
    """A problem a person can mend: `detail` names the thing, what is allowed and the remedy.

    `where` is a JSON pointer into the document that was sent, or None.
    """

    code = "invalid"
    status = 422

    def __init__(self, detail: str, where: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.where = where


class UnknownSolver(GradusError):
    code = "unknown_solver"
    status = 404


class BadGivens(GradusError):
    """A given is missing, not known, of the wrong shape or out of its range."""

    code = "bad_givens"


def quoted(text: str, limit: int = 40) -> str:
    """`text` as it may stand in a message: printable, and cut when long."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:limit])
    return f"'{shown}{'…' if len(text) > limit else ''}'"


def in_json(value: object) -> str:
    """What somebody sent, briefly and in JSON's words: null, true, 3, 'text', a list, an object."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, (list, tuple)):
        return "a list"
    return "an object" if isinstance(value, dict) else json.dumps(value, default=str)


def listed(names: Iterable[object], limit: int = 30) -> str:
    """'a, b, c', or the first `limit` of many."""
    all_names = [str(name) for name in names]
    tail = f" and {len(all_names) - limit} more" if len(all_names) > limit else ""
    return ", ".join(all_names[:limit]) + tail


def pointer(*path: object) -> str:
    """A JSON pointer (RFC 6901) to `path`."""
    steps = (str(p).encode("utf-8", "backslashreplace").decode() for p in path)
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
