"""The options of a choice: printed ones with the right letters found, or ones made from named mistakes, and items to be put in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from questions.model import Part, Words
from questions.tolerance import near, shown, unit
from solvers.errors import GradusError
from solvers.worksheet import entry, slipping

if TYPE_CHECKING:
    from questions.variant import Variant

OPTIONS = 4
FEWEST_OPTIONS = 3
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class BadOptions(GradusError):
    """The printed options of a choice do not agree with its computation."""

    code = "bad_options"


@dataclass(frozen=True)
class Option:
    """One option of a choice; a wrong one may come from a named mistake.  `rank` is its place where items are put in order."""

    key: str
    text: Words
    right: bool
    mistake: str | None = None
    why: Words | None = None
    rank: int | None = None


def slipped(variant: Variant, mistake: str) -> Iterator[tuple[Part, Any, Any]]:
    """For every asked part: its value to a student who makes this mistake wherever it applies, and the reference."""
    sheet = variant.question.computation.run(variant.givens, slipping(mistake))
    for part in variant.question.parts:
        if part.ask is not None and part.judged_by is None:
            yield part, entry(sheet.steps[part.step].number, part.index), variant.reference(part)


def in_order(part: Part, rng: Random) -> list[Option]:
    """Items to be put in order, shuffled and lettered as shown; never shown in the order that is asked for."""
    ranks = list(range(len(part.items or [])))
    while ranks == sorted(ranks):
        rng.shuffle(ranks)
    return [Option(LETTERS[i], (part.items or [])[rank], True, rank=rank) for i, rank in enumerate(ranks)]


def generated(variant: Variant, part: Part, rng: Random) -> list[Option]:
    """The right option and up to three from named mistakes, told apart by more than a unit, in drawn order."""
    right = variant.reference(part)
    values: list[tuple[Any, str | None]] = [(right, None)]
    candidates = list(part.mistakes or variant.question.computation.mistakes)
    rng.shuffle(candidates)
    for mistake in candidates:
        if len(values) == OPTIONS:
            break
        wrong = next(value for asked, value, _ in slipped(variant, mistake) if asked is part)
        if believable(wrong, right) and not any(np.all(near(wrong, value, unit(right, part))) for value, _ in values):
            values.append((wrong, mistake))
    rng.shuffle(values)
    return [
        Option(LETTERS[i], Words(vi=shown(value, part), en=shown(value, part)), mistake is None, mistake)
        for i, (value, mistake) in enumerate(values)
    ]


def believable(wrong: Any, right: Any) -> bool:
    """Whether a wrong value may stand beside the right one: finite, and not a million times larger or smaller."""
    sizes = np.abs(np.ravel(wrong)), np.abs(np.ravel(right))
    largest = [float(np.max(size)) for size in sizes]
    return bool(np.all(np.isfinite(wrong))) and (not largest[0] or 1e-6 < largest[0] / max(largest[1], 1e-300) < 1e6)


def keyed(variant: Variant, part: Part) -> tuple[Option, ...]:
    """The printed options with the right ones marked, and the wrong ones that a named mistake leads to.

    Raises BadOptions where not exactly one option is the rounded reference and no key is stated.
    """
    mistakes: dict[str, str] = {}
    options = part.options or {}
    right = set(part.keys or [part.key or ""])
    if part.ask is not None:
        right = {part.key or computed_key(variant, part)}
        for mistake in variant.question.computation.mistakes:
            value = next(value for asked, value, _ in slipped(variant, mistake) if asked is part)
            for key, option in options.items():
                if key not in right and key not in mistakes and says(option.text.en, value):
                    mistakes[key] = mistake
    return tuple(Option(key, option.text, key in right, mistakes.get(key), option.why) for key, option in options.items())


def computed_key(variant: Variant, part: Part) -> str:
    """The letter of the one printed option that is the rounded reference.  Raises BadOptions."""
    reference = variant.reference(part)
    rounded = [key for key, option in (part.options or {}).items() if says(option.text.en, reference)]
    if len(rounded) != 1:
        value = ", ".join(f"{x:.7g}" for x in np.ravel(reference))
        raise BadOptions(f"{len(rounded)} options of {part.name} are its value {value}; correct them, or state 'key' and a 'correction'")
    return rounded[0]


def says(text: str, value: Any) -> bool:
    """Whether a printed option is `value` rounded: each entry within half a unit of its own last printed digit."""
    try:
        digits = [Decimal(entry) for entry in re.split(r",\s+", text)]
        if not all(digit.is_finite() for digit in digits):
            raise InvalidOperation
    except InvalidOperation:
        raise BadOptions(f"the option '{text}' is no number, but the part asks for one; write numbers, or leave out 'ask'") from None
    if len(digits) != np.size(value):
        raise BadOptions(f"the option '{text}' holds {len(digits)} numbers where the part asks for {np.size(value)}; write them all")
    units = np.array([10.0 ** int(d.as_tuple().exponent) for d in digits])
    return bool(np.all(near(np.array([float(d) for d in digits]), np.ravel(value), units / 2)))
