"""The key of a variant: each asked part, its right value as it is written down, and how far an answer may be from it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from exam.authoring import answers
from questions.documents import variant_document
from questions.model import Part
from questions.tolerance import shown, unit
from questions.variant import Variant


@dataclass(frozen=True)
class KeyEntry:
    """A part of a key: `symbol` is TeX, `value` what is right ('' for an essay), rounded as asked, entries with commas between.

    `tolerance` is the farthest an answer may be from the exact value, '' where nothing else is right; who rounds on the way, or goes on
    from a wrong number of their own, may be farther and right.  With `example`, other answers are right too.
    """

    part: str
    symbol: str
    kind: str
    shape: list[int]
    value: str
    tolerance: str
    marks: float
    example: bool


def key_of(variant: Variant) -> list[KeyEntry]:
    """The key of a variant, part by part."""
    right = answers(variant)
    parts = zip(variant.question.parts, variant_document(variant).parts, strict=True)
    return [
        KeyEntry(
            part.name, told.symbol, told.kind, told.shape, right[part.name] if part.lettered else written(variant, part),
            tolerance(variant, part), part.marks, part.judged_by is not None,
        )
        for part, told in parts
    ]  # fmt: skip


def written(variant: Variant, part: Part) -> str:
    """What is right of a part that is typed, rounded as it asks; one of many right answers where it is judged by what it leads to."""
    if part.ask is None:
        return ""
    if part.places is not None or part.figures is not None:
        return shown(variant.reference(part), part)
    return ", ".join(f"{float(x):.12g}" for x in np.ravel(variant.reference(part)))


def tolerance(variant: Variant, part: Part) -> str:
    """Half a unit of the last place asked, for each entry where they differ; '' where there is none."""
    if not part.numeric or part.kind in ("integer", "shape"):
        return ""
    halves = np.ravel(unit(np.atleast_1d(variant.reference(part)), part) / 2)
    found = [f"{Decimal(f'{float(half):.0e}'):f}" for half in halves]
    return found[0] if len({*found}) == 1 else ", ".join(found)
