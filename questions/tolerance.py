"""How exact an answer must be: half a unit of the last asked place or figure, both ends included."""

from __future__ import annotations

from typing import Any

import numpy as np

from questions.model import Part
from solvers.worksheet import round_half_away


def unit(reference: Any, part: Part, places: int | None = None) -> Any:
    """One unit of the last place asked, in the shape of `reference`; 0 where the answer must be exact.

    With `figures`, the unit of the last figure of each entry of the reference.  `places` stands in where the part states
    neither.
    """
    if part.kind in ("integer", "shape"):
        return np.zeros(np.shape(reference))
    if part.figures is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            exponent = np.floor(np.log10(np.abs(reference)) + 1e-12)
        return 10.0 ** (np.where(np.isfinite(exponent), exponent, 0) - part.figures + 1)
    asked = part.places if part.places is not None else places
    return np.full(np.shape(reference), 10.0 ** -(asked if asked is not None else 12))


def near(answer: Any, reference: Any, tolerance: Any) -> Any:
    """|answer - reference| ≤ tolerance, where a hair more is allowed for binary fractions; NaN and infinity are near nothing."""
    size = np.abs(reference)
    with np.errstate(invalid="ignore"):
        return (np.abs(answer - reference) <= tolerance * (1 + 1e-6) + 1e-12 * size) & (size < np.inf)


def shown(value: Any, part: Part) -> str:
    """A value as an option prints it: rounded to the part's places or figures, entries with commas between."""
    entries = np.atleast_1d(np.asarray(value, dtype=float)).ravel()
    return ", ".join(_shown(float(x), part) for x in entries)


def _shown(value: float, part: Part) -> str:
    rounded = float(round_half_away(np.float64(value), float(unit(value, part))))
    if part.figures is not None:
        return f"{rounded + 0.0:.{part.figures - 1}e}"
    return f"{rounded + 0.0:.{part.places}f}"
