"""A solver is a worksheet function with what belongs to it: its givens, its symbols, its mistakes and their sentences."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from solvers.errors import BadGivens, in_json, listed, pointer, quoted
from solvers.worksheet import Habit, Sheet, honest

LARGEST = 1e12  # a given beyond this is a typing slip, and squares of it soon overflow
MOST_ENTRIES = 2_000
MOST_WORK = 20_000  # entries times repetitions


@dataclass(frozen=True)
class Mistake:
    """A known wrong method: in each language its short name, and a sentence that says what to do next."""

    vi: tuple[str, str]
    en: tuple[str, str]


@dataclass(frozen=True)
class Given:
    """What a solver may be given under one name.

    `shape` names the axes, "" for a scalar, "N d" for a matrix; an axis that is a number, as in "4 2", has that size, but
    an axis "1" is there for broadcasting only and is never written by people.  A `whole` given is an integer; a `fixed`
    one cannot differ within a cohort.
    """

    shape: str = ""
    low: float = -LARGEST
    high: float = LARGEST
    open_low: bool = False
    open_high: bool = False
    whole: bool = False
    fixed: bool = False
    below: str = ""
    sums_to_one: bool = False

    @property
    def axes(self) -> list[str]:
        """The axes people write."""
        return [axis for axis in self.shape.split() if axis != "1"]

    def allowed(self) -> str:
        """The range in words."""
        what = "whole numbers" if self.whole else "numbers"
        if self.below:
            return f"whole numbers from 0, below the size of axis {self.below}"
        low = "" if self.low == -LARGEST else f" {'above' if self.open_low else 'from'} {self.low:g}"
        high = "" if self.high == LARGEST else f" {'below' if self.open_high else 'up to'} {self.high:g}"
        return what + (low + high or " of any size")

    def lifted(self, values: Any, leading: int) -> Any:
        """Values with `leading` axes in front, given the axes of length one that let them broadcast."""
        array = np.asarray(values)
        at = [leading + i for i, axis in enumerate(self.shape.split()) if axis == "1"]
        return np.expand_dims(array, at) if at else array


def real(shape: str = "", **limits: Any) -> Given:
    """Any finite number."""
    return Given(shape, **limits)


def rate(shape: str = "1") -> Given:
    """A learning rate or a small constant: above 0."""
    return Given(shape, low=0, open_low=True)


def decay(shape: str = "1") -> Given:
    """A decay rate: from 0, below 1."""
    return Given(shape, low=0, high=1, open_high=True)


def probabilities(shape: str) -> Given:
    """Softmax outputs: they sum to 1, but for their rounding."""
    return Given(shape, low=0, high=1, sums_to_one=True)


def index(below: str, shape: str = "") -> Given:
    """A class label, counted from 0, below the size of an axis."""
    return Given(shape, low=0, whole=True, below=below)


def count(most: int) -> Given:
    """How many times something is repeated; the same for a whole cohort."""
    return Given(low=1, high=most, whole=True, fixed=True)


@dataclass(frozen=True)
class Solver:
    """One topic of arithmetic."""

    name: str
    function: Callable[..., None]
    givens: Mapping[str, Given]
    mistakes: Mapping[str, Mistake]
    symbols: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    first: int = 0
    kinks: tuple[str, ...] = ()

    @cached_property
    def optional(self) -> set[str]:
        """The givens that are zero when not stated."""
        parameters = inspect.signature(self.function).parameters.values()
        return {p.name for p in parameters if p.default is not p.empty}

    def run(self, givens: Mapping[str, Any], habit: Habit = honest) -> Sheet:
        """The worksheet of these givens (as `read` or `stack` return them) under a habit."""
        sheet = Sheet(habit, givens)
        with np.errstate(all="ignore"):
            self.function(sheet, **givens)
        return sheet

    def read(self, raw: Mapping[str, Any], at: str = "/givens") -> dict[str, Any]:
        """Givens as people write them (numbers and nested lists) as arrays, checked.

        Raises BadGivens that names the given, what is allowed and where it stands.
        """
        for name in raw:
            if name not in self.givens:
                allowed = listed(self.givens)
                raise BadGivens(f"{quoted(name)} is not a given of {self.name}; it takes {allowed}", pointer_to(at, name))
        sizes: dict[str, int] = {}
        values: dict[str, Any] = {}
        for name, spec in self.givens.items():
            if name in raw:
                values[name] = read_given(name, spec, raw[name], sizes, pointer_to(at, name))
            elif name not in self.optional:
                raise BadGivens(f"{self.name} needs '{name}' ({spec.allowed()}); state it beside {listed(raw) or 'the others'}", at)
        for name in self.optional - values.keys():
            values[name] = np.zeros([sizes[axis] for axis in self.givens[name].axes])
        for name, spec in self.givens.items():
            if spec.below and name in values and np.any(np.asarray(values[name]) >= sizes[spec.below]):
                allowed = f"0 to {sizes[spec.below] - 1}"
                raise BadGivens(f"'{name}' must lie in {allowed}: there are {sizes[spec.below]} outputs", pointer_to(at, name))
        work = max((np.size(v) for v in values.values()), default=1) * max((v for v in values.values() if isinstance(v, int)), default=1)
        if work > MOST_WORK:
            raise BadGivens(f"that is {work:,} numbers a step over all epochs; at most {MOST_WORK:,} are computed, so ask for less", at)
        return {name: values[name] for name in self.givens}

    def stack(self, many: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The givens of many students as one set with a leading axis of students; they must share the fixed ones."""
        return {
            name: many[0][name] if spec.fixed else spec.lifted(np.stack([givens[name] for givens in many]), 1)
            for name, spec in self.givens.items()
        }


def pointer_to(at: str, name: object) -> str:
    return at + pointer(name)


def read_given(name: str, spec: Given, raw: Any, sizes: dict[str, int], at: str) -> Any:
    """One given as an array of its shape; the sizes of its axes are noted and must agree with those noted before."""
    array = to_array(name, raw, at)
    if array.ndim != len(spec.axes):
        shapes = {0: "one number", 1: "a list of numbers", 2: "a list of rows of numbers"}
        found = shapes.get(array.ndim, f"{array.ndim} levels of lists")
        raise BadGivens(f"'{name}' must be {shapes[len(spec.axes)]}, not {found}", at)
    for axis, size in zip(spec.axes, array.shape, strict=True):
        if axis.isdigit() and size != int(axis):
            raise BadGivens(f"'{name}' has {size} along an axis of {axis}; give {axis}", at)
        if sizes.setdefault(axis, size) != size:
            raise BadGivens(f"'{name}' has {size} along axis {axis}, where the other givens have {sizes[axis]}; make them agree", at)
    if array.size == 0:
        raise BadGivens(f"'{name}' is empty; give at least one number", at)
    low = array <= spec.low if spec.open_low else array < spec.low
    high = array >= spec.high if spec.open_high else array > spec.high
    if np.any(low | high) or (spec.whole and np.any(array != np.floor(array))):
        bad = array[low | high | (array != np.floor(array) if spec.whole else False)].flat[0]
        raise BadGivens(f"'{name}' holds {bad:g}; allowed are {spec.allowed()}", at)
    if spec.sums_to_one and abs(array.sum() - 1) > 0.01:
        raise BadGivens(f"the entries of '{name}' sum to {array.sum():g}; probabilities sum to 1", at)
    if spec.fixed:
        return int(array)
    return array.astype(np.int64) if spec.whole else array


def to_array(name: str, raw: Any, at: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Numbers and nested lists of equal length as a float array; everything else is refused by name."""
    entries = 0

    def check(item: Any, depth: int, path: str) -> Any:
        nonlocal entries
        entries += 1
        if entries > MOST_ENTRIES:
            raise BadGivens(f"'{name}' has more than {MOST_ENTRIES:,} entries; send fewer", at)
        if isinstance(item, (list, tuple, np.ndarray)):
            if depth == 2:
                raise BadGivens(f"'{name}' is nested deeper than a matrix; send a list of rows at most", at)
            rows = [check(x, depth + 1, path + pointer(i)) for i, x in enumerate(item)]
            if len({len(row) if isinstance(row, list) else -1 for row in rows}) > 1:
                raise BadGivens(f"the rows of '{name}' differ in length; make them equal", at)
            return rows
        if isinstance(item, bool) or not isinstance(item, (int, float, np.integer, np.floating)):
            raise BadGivens(f"'{name}' holds {in_json(item)}, which is not a number within ±{LARGEST:g}; send numbers", path)
        try:
            number = float(item)
        except OverflowError:
            number = np.inf
        if not abs(number) <= LARGEST:
            raise BadGivens(f"'{name}' holds a number that is not finite or beyond {LARGEST:g}; send a smaller one", path)
        return number

    return np.array(check(raw, 0, at), dtype=np.float64)


def solver(
    *,
    givens: Mapping[str, Given],
    mistakes: Mapping[str, Mistake],
    symbols: Mapping[str, str] | None = None,
    words: Mapping[str, tuple[str, str]] | None = None,
    first: int = 0,
    kinks: tuple[str, ...] = (),
) -> Callable[[Callable[..., None]], Solver]:
    """Makes a solver of a worksheet function.

    `symbols`: TeX of its names where the common notation does not do.  `words`: what its steps are called in Vietnamese
    and English, by letter (`g` for g1, g2, …).  `first`: what the source counts entries from.  `kinks`: the steps that
    enter a ReLU, where no input may be zero.
    """

    def make(function: Callable[..., None]) -> Solver:
        return Solver(function.__name__, function, givens, mistakes, symbols or {}, words or {}, first, kinks)

    return make
