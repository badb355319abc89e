"""Attempts as they are kept: who attempts what, with which variants; none of it ever changes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from threading import Lock
from typing import Any

from exam import library, papers
from exam.store import Store
from exam.store import attempts as rows
from exam.store.attempts import AttemptRow, VariantRow
from questions.errors import GradusError, quoted
from questions.model import Words
from questions.options import Option
from questions.variant import Variant

REMEMBERED = 4096


class UnknownAttempt(GradusError):
    """No such attempt, or somebody else's: which of the two is not said."""

    code = "unknown_attempt"
    status = 404


class Remembered:
    """The attempts that were used last: who and which variants, which never change."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[tuple[str, str], tuple[AttemptRow, list[Variant]]] = OrderedDict()

    def get(self, store: Store, id: str) -> tuple[AttemptRow, list[Variant]]:
        """Who attempts, and the variants.  Raises UnknownAttempt."""
        key = (store.name, id)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        found = store.read(lambda c: (rows.find_attempt(c, id), rows.variants_of(c, id)))
        if found[0] is None:
            raise unknown(id)
        return self.keep(store, found[0], [restored(store, row) for row in found[1]])

    def keep(self, store: Store, row: AttemptRow, variants: list[Variant]) -> tuple[AttemptRow, list[Variant]]:
        """Remembers an attempt that is on disk."""
        with self._lock:
            self._known[store.name, row.id] = row, variants
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return row, variants

    def forget(self, store: Store, id: str) -> UnknownAttempt:
        """Forgets an attempt that is gone, as after a restore, and returns what to say of it."""
        with self._lock:
            self._known.pop((store.name, id), None)
        return unknown(id)


remembered = Remembered()


def unknown(id: str) -> UnknownAttempt:
    return UnknownAttempt(f"{quoted(id)} is not an attempt of yours; GET /api/v1/papers lists what you can take", "/attempt")


def restored(store: Store, row: VariantRow) -> Variant:
    """A stored variant as it was drawn."""
    question = papers.weighted(library.question_version(store, row.question, row.version), row.weight)
    givens = question.computation.read(row.givens) if question.computed else {}
    options = {part: [as_option(one) for one in choices] for part, choices in row.options.items()}
    return Variant(question, row.seed, givens, options)


def as_option(kept: dict[str, Any]) -> Option:
    why = Words(**kept["why"]) if kept["why"] else None
    return Option(kept["key"], Words(**kept["text"]), kept["right"], kept["mistake"], why, kept.get("rank"))


def weigh(variant: Variant, weight: float) -> Variant:
    """A variant as it was drawn, whose marks count this many times."""
    return variant if weight == 1 else replace(variant, question=papers.weighted(variant.question, weight))


def stored(variant: Variant, weight: float = 1) -> VariantRow:
    """A variant as it is stored, with the factor on its marks."""
    options = {part: [kept_option(option) for option in choices] for part, choices in variant.options.items()}
    assert variant.seed is not None
    return VariantRow(variant.question.id, variant.question.version, variant.seed, variant.plain_givens(), options, weight)


def kept_option(option: Option) -> dict[str, Any]:
    words = {"text": option.text.model_dump(), "why": option.why.model_dump() if option.why else None}
    return {"key": option.key, "right": option.right, "mistake": option.mistake, "rank": option.rank, **words}
