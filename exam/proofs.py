"""Proofs are remembered: what a twin said of a question's variants stands until a line of solvers/ or the question changes.

torch takes seconds to import; an author who changes one question waits for it once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import solvers
from questions.bank import keep

FOLDER = Path(solvers.__file__).parent
FILE = FOLDER / "__pycache__" / f"proofs-{'0' * 16}.json"


@cache
def code() -> str:
    """What all solvers and twins say, as a digest."""
    texts = sorted(path.read_bytes() for path in FOLDER.rglob("*.py"))
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]


@cache
def remembered() -> dict[str, Any]:
    """The proofs of the code as it is."""
    try:
        kept = json.loads(FILE.read_text(encoding="utf-8"))
        return dict(kept["proofs"]) if kept["code"] == code() else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def proven(subject: str, prove: Callable[[], Any]) -> Any:
    """What `prove()` says of `subject` (a text that holds all it depends on besides the code), remembered from last time."""
    key = hashlib.sha256(subject.encode()).hexdigest()[:16]
    known = remembered()
    if key not in known:
        known[key] = prove()
        keep(FILE, {"code": code(), "proofs": known})
    return known[key]
