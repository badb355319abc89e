"""Grading marks every step of a cohort at once: a pure function of question, givens and what was typed.

The sheet is run as a handful of students, and an answer is explained by whose number it is: the true one, one that
follows from the student's own earlier answers, or one of a known wrong method.  Arrays are (entries, students), or
(entries, nudges, students) where every answer is moved by half a unit to see how far that reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import chain, groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from questions.model import Part, Question
from questions.tolerance import near, unit
from solvers.solver import Solver
from solvers.worksheet import Habit, Sheet, carrying, entry, honest, rounding, slipping

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

WRONG, CORRECT, CARRIED, MISTAKE, BLANK = range(5)
VERDICTS = ("wrong", "correct", "carried", "mistake", "blank")
AT_ONCE = 4_000  # nudged students in one run of the sheet: its arrays then stay in the cache


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the numeric parts of a question stand on its sheet: one entry a number, in the sheet's order."""

    question: Question
    solver: Solver
    parts: tuple[Part, ...]
    entries: tuple[tuple[int, str, tuple[int, ...]], ...]
    shapes: Mapping[str, tuple[int, ...]]
    slips: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, question: Question, sheet: Sheet) -> Layout:
        """The layout, from one student's sheet."""
        order = {name: i for i, name in enumerate(sheet.steps)}
        numeric = [part for part in question.parts if part.numeric]
        parts = sorted(numeric, key=lambda part: (order[part.step], part.index))
        shapes = {name: np.shape(step.value) for name, step in sheet.steps.items()}
        entries = tuple(
            (p, part.step, (*part.index, *rest))
            for p, part in enumerate(parts)
            for rest in np.ndindex(shapes[part.step][len(part.index) :])
        )
        solver = question.computation
        slips = tuple((m, e) for m in solver.mistakes for e, (_, step, _) in enumerate(entries) if m in sheet.steps[step].mistakes)
        return cls(question, solver, tuple(parts), entries, shapes, slips)

    @cached_property
    def starts(self) -> list[int]:
        """The first entry of every part."""
        return [next(group)[0] for _, group in groupby(enumerate(self.entries), key=lambda item: item[1][0])]

    @cached_property
    def slip_groups(self) -> list[tuple[int, int, str]]:
        """For every mistake and part: the first of its `slips`, the part, the mistake."""
        keyed = groupby(enumerate(self.slips), key=lambda item: (item[1][0], self.entries[item[1][1]][0]))
        return [(next(group)[0], part, mistake) for (mistake, part), group in keyed]

    @cached_property
    def slips_at(self) -> dict[int, list[int]]:
        """The `slips` of every entry."""
        found: dict[int, list[int]] = {}
        for k, (_, e) in enumerate(self.slips):
            found.setdefault(e, []).append(k)
        return found

    @cached_property
    def has_figures(self) -> bool:
        """Whether the tolerance of a part depends on the size of its value."""
        return any(part.figures is not None for part in self.parts)

    @cached_property
    def unasked(self) -> set[str]:
        """The steps that are not asked in full."""
        asked = [step for _, step, _ in self.entries]
        return {name for name, shape in self.shapes.items() if asked.count(name) < np.prod(shape)}

    def every(self, entries: Bools) -> Bools:
        """Per part, whether all of its entries are true."""
        return np.logical_and.reduceat(entries, self.starts, axis=0)

    def half_units(self, values: Floats) -> Floats:
        """The tolerance of every entry."""
        rows = (unit(row, self.parts[p]) for row, (p, _, _) in zip(values, self.entries, strict=True))
        return np.stack(list(rows)) / 2

    def unit(self, step: str, value: Any) -> Any:
        """The unit a student who rounds as they go keeps of a step; an unasked one has the most places asked."""
        part = next((part for part in self.parts if part.step == step), None)
        if part is None:
            finest = max(self.parts, key=lambda part: (part.places or 0, part.figures or 0))
            return unit(value, finest.model_copy(update={"kind": None}))
        return unit(value, part) if part.kind not in ("integer", "shape") else 1.0

    @property
    def units(self) -> list[Callable[[str, Any], Any]]:
        """What students keep of a step that is not asked: the places asked, or one or two more."""
        return [partial(self.finer_unit, more) for more in range(3)]

    def finer_unit(self, more: int, step: str, value: Any) -> Any:
        """The unit of a step with `more` places."""
        return self.unit(step, value) * 10.0**-more

    def numbers(self, sheet: Sheet, students: tuple[int, ...], slip: str | None = None, typed: bool = False) -> Floats:
        """The sheet's values at every entry (with `slip`, those of that mistake; with `typed`, what it went on with)."""
        out = np.empty((len(self.entries), *students))
        for e, (_, name, index) in enumerate(self.entries):
            step = sheet.steps[name]
            value = step.number if typed else step.mistakes.get(slip, step.value) if slip else step.value
            out[e] = entry(value, index)
        return out

    def slipped(self, sheet: Sheet, students: tuple[int, ...]) -> Floats:
        """What each of `slips` gives on this sheet."""
        out = np.empty((len(self.slips), *students))
        for k, (mistake, e) in enumerate(self.slips):
            _, name, index = self.entries[e]
            out[k] = entry(sheet.steps[name].mistakes[mistake], index)
        return out

    def nudges(self, typed: Floats) -> tuple[int, int]:
        """The leading axes of a sheet that carries nudged answers: as typed and each entry nudged, students."""
        return (1 + len(self.entries), typed.shape[1])

    def answers(self, typed: Floats) -> dict[str, Floats]:
        """Typed numbers as the arrays of the steps they answer, NaN where nothing was typed."""
        own: dict[str, Any] = {}
        for row, (_, step, index) in zip(typed, self.entries, strict=True):
            if step not in own:
                own[step] = np.full((*row.shape, *self.shapes[step]), np.nan)
            own[step][(..., *index)] = row
        return own


@dataclass(frozen=True)
class Marking:
    """The verdicts of a cohort: (parts, students), parts as in the layout.

    `mistake` is an index into the solver's mistakes, -1 for none; `source` is the entry whose wrong number a carried part
    follows from, -1 for none; `repeat` says that a part follows, but only repeats an earlier wrong number; `expected` is what
    each entry should be, given what the student typed before it.
    """

    verdict: NDArray[np.int8]
    mistake: NDArray[np.int8]
    source: NDArray[np.int16]
    repeat: Bools
    reference: Floats
    expected: Floats
    tolerance: Floats

    def marks(self, layout: Layout) -> Floats:
        """Marks per part and student."""
        full = np.array([part.marks for part in layout.parts])[:, None]
        credit = np.array([0.0, 1.0, 1.0, layout.question.mistake_credit, 0.0])
        marks: Floats = full * credit[self.verdict]
        return marks


def mark(layout: Layout, givens: Mapping[str, Any], typed: Floats) -> Marking:
    """Marks a cohort: by the true numbers first, then as many of the others at once as the cache holds.

    `givens` as `Solver.stack` returns them; `typed` (entries, students), NaN for blank.
    """
    with np.errstate(all="ignore"):
        reference = layout.numbers(layout.solver.run(givens), typed.shape[1:])
        tolerance = layout.half_units(reference)
        exact = layout.every(near(typed, reference, tolerance))
        blank = layout.every(np.isnan(typed))
        verdict = np.where(exact, CORRECT, np.where(blank, BLANK, WRONG)).astype(np.int8)
        mistake, source = np.full(verdict.shape, -1, np.int8), np.full(verdict.shape, -1, np.int16)
        marking = Marking(verdict, mistake, source, np.zeros(verdict.shape, bool), reference, reference.copy(), tolerance)
        (unexplained,) = np.nonzero((verdict == WRONG).any(axis=0))
        chunk = max(1, AT_ONCE // (1 + len(layout.entries)))
        for i in range(0, len(unexplained), chunk):
            who = unexplained[i : i + chunk]
            explain(layout, take(layout, givens, who), typed[:, who], marking, who)
    return marking


def take(layout: Layout, givens: Mapping[str, Any], students: Any) -> dict[str, Any]:
    """The givens of some students."""
    return {name: value if layout.solver.givens[name].fixed else value[students] for name, value in givens.items()}


@dataclass(frozen=True)
class Puzzle:
    """Answers that are not the true ones: what was typed, what is true, and how near is near enough."""

    layout: Layout
    givens: Mapping[str, Any]
    typed: Floats
    reference: Floats
    tolerance: Floats


def explain(layout: Layout, givens: Mapping[str, Any], typed: Floats, marking: Marking, who: Any) -> None:
    """Finds whose numbers the answers of these students are that are not the true ones; writes into `marking`."""
    reference, tolerance = marking.reference[:, who], marking.tolerance[:, who]
    own = layout.answers(nudged(typed, layout.half_units(typed)))
    replays = [layout.solver.run(givens, carrying(own))]
    if layout.unasked or np.isnan(typed).any():
        replays += [layout.solver.run(givens, carrying(own, over=rounding(unit))) for unit in layout.units]

    exact = near(typed, reference, tolerance)
    asked = ~(exact | np.isnan(typed))
    spreads = [spread(layout.numbers(sheet, layout.nudges(typed)), asked) for sheet in replays]
    half = layout.half_units(spreads[0].at) if layout.has_figures else tolerance
    follows = between(typed, half, spreads)
    wrong = asked & ~follows
    repeated = (repeats(typed, reference, tolerance, wrong) | dust(typed, half, spreads[0].at)) & follows & asked
    source = sources(asked, wrong, spreads[0].feeds)

    verdict, mistake = marking.verdict[:, who], marking.mistake[:, who]
    right = layout.every(exact | (follows & ~repeated))
    parts_source = np.maximum.reduceat(np.where(asked, source, -1), layout.starts, axis=0)
    verdict[right & ~layout.every(exact)] = CARRIED
    verdict[right & (parts_source < 0)] = CORRECT
    puzzling = np.repeat(verdict == WRONG, np.diff([*layout.starts, len(typed)]), axis=0) & ~repeated
    puzzle = Puzzle(layout, givens, typed, reference, tolerance)
    explanations = [slips_in_answers(puzzle, sheet, expected.at, puzzling) for sheet, expected in zip(replays, spreads, strict=True)]
    if len(replays) > 1:
        explanations.append(slips_between_answers(puzzle, replays[0], spreads[0].at, puzzling))
    known = list(layout.solver.mistakes)
    for part, name, hit in chain.from_iterable(explanations):
        found = hit & (verdict[part] == WRONG)
        verdict[part, found] = MISTAKE
        mistake[part, found] = known.index(name)
    marking.verdict[:, who], marking.mistake[:, who], marking.expected[:, who] = verdict, mistake, spreads[0].at
    marking.source[:, who] = np.where(verdict == CARRIED, parts_source, -1)
    marking.repeat[:, who] = layout.every(exact | follows) & (verdict == WRONG)


def nudged(typed: Floats, half: Floats) -> Floats:
    """Typed numbers along an axis of nudges: as typed, then with each entry in turn half a unit up."""
    rows = np.repeat(typed[:, None], 1 + len(typed), axis=1)
    each = np.arange(len(typed))
    rows[each, 1 + each] += half
    return rows


@dataclass(frozen=True)
class Spread:
    """Values of entries as typed, how far half a unit in the answers before moves them, and which answers move them."""

    at: Floats
    reach: Floats
    feeds: Bools


# A unit is a large step where a curve is steep: a move upwards stands for both, with a little to spare.
CURVATURE = 1.1
# Where half a unit in an answer moves what follows by more than this, the answer was too coarse to go on from.
STEEPEST, FARTHEST = 0.05, 20


def spread(values: Floats, asked: Bools) -> Spread:
    """Of values (entries, nudges, students): those as typed and, where `asked`, their reach and what feeds them."""
    picked = values.swapaxes(1, 2)[asked]
    with np.errstate(invalid="ignore"):
        moved = np.abs(picked[:, 1:] - picked[:, :1])
    moved = np.where(moved < np.inf, moved, 0.0)
    reach, feeds = np.zeros(asked.shape), np.zeros((*asked.shape, values.shape[1] - 1), bool)
    reach[asked], feeds[asked] = CURVATURE * moved.sum(axis=1), moved > 0
    return Spread(values[:, 0], reach, feeds)


def between(typed: Floats, tolerance: Floats, spreads: list[Spread]) -> Bools:
    """Whether an answer follows: near what the sheet gives, or between that and what rounding on the way makes of it."""
    reaches = [np.minimum(s.reach, STEEPEST * np.abs(s.at) + FARTHEST * tolerance) for s in spreads]
    low = np.minimum.reduce([np.where(np.isfinite(s.at), s.at - r, np.inf) for s, r in zip(spreads, reaches, strict=True)]) - tolerance
    high = np.maximum.reduce([np.where(np.isfinite(s.at), s.at + r, -np.inf) for s, r in zip(spreads, reaches, strict=True)]) + tolerance
    middle = (low + high) / 2
    follows: Bools = near(typed, middle, high - middle)
    return follows


def dust(typed: Floats, half: Floats, expected: Floats) -> Bools:
    """Whether an entry is next to nothing: it rounds to zero where the student's own numbers lead to no zero.

    Numbers so small that all that follows rounds to zero would else earn everything that follows.
    """
    small: Bools = (np.abs(typed) <= half) & (np.abs(expected) > 1e-9 * half)
    return small


def sources(asked: Bools, wrong: Bools, feeds: Bools) -> NDArray[np.int16]:
    """For every entry the last of the answers that feed it and are not the true ones, -1 for none."""
    source = np.full(asked.shape, -1, np.int16)
    untrue = wrong.copy()
    for e in range(1, len(asked)):
        fed_by = feeds[e, :, :e].T & untrue[:e]
        source[e] = np.where(fed_by.any(axis=0), e - 1 - np.argmax(fed_by[::-1], axis=0), -1)
        untrue[e] |= asked[e] & (source[e] >= 0)
    return source


def repeats(typed: Floats, reference: Floats, tolerance: Floats, wrong: Bools) -> Bools:
    """Whether an entry only repeats an earlier wrong number: a zero, or where the reference does not repeat as well.

    Two numbers are the same where the coarser of the two places asked cannot tell them apart.
    """
    if not wrong.any():
        return np.zeros_like(wrong)
    earlier = np.tri(len(typed), k=-1, dtype=bool)[:, :, None]
    wide = np.maximum(tolerance[:, None], tolerance[None])
    same = near(typed[:, None], typed[None], wide) & wrong[None] & earlier
    if not same.any():
        return np.zeros_like(wrong)
    later, first, who = np.nonzero(same)
    zero = np.abs(typed[later, who]) <= tolerance[later, who]
    allowed = near(reference[later, who], reference[first, who], wide[later, first, who]) & ~zero
    repeated = np.zeros_like(wrong)
    repeated[later[~allowed], who[~allowed]] = True
    return repeated


Explanation = Iterator[tuple[int, str, Bools]]  # a part, a mistake, and which students made it there


def slips_in_answers(puzzle: Puzzle, sheet: Sheet, expected: Floats, puzzling: Bools) -> Explanation:
    """Mistakes made in the very step that was answered: what was typed is a mistake's value on the carried sheet.

    `puzzling` are the entries to explain.  A mistake that lands on the reference, or on what the student's own numbers lead
    to, does not exist for that student.
    """
    layout, typed = puzzle.layout, puzzle.typed
    if not layout.slips:
        return
    at = [e for _, e in layout.slips]
    starts = [start for start, _, _ in layout.slip_groups]
    slip, reach = spread_slips(layout, sheet, layout.nudges(typed), puzzling)
    tolerance = puzzle.tolerance[at]
    if layout.has_figures:
        own = [unit(row, layout.parts[layout.entries[e][0]]) / 2 for row, e in zip(slip, at, strict=True)]
        tolerance = np.where(np.isnan(slip), tolerance, own)
    true = layout.slipped(layout.solver.run(puzzle.givens), typed.shape[1:])
    hits = np.logical_and.reduceat(near(typed[at], slip, tolerance + reach), starts, axis=0)
    for landed, place in ((true, puzzle.reference), (slip, expected)):
        hits &= ~np.logical_and.reduceat(near(landed, place[at], tolerance), starts, axis=0)
    for (_, part, mistake), hit in zip(layout.slip_groups, hits, strict=True):
        yield part, mistake, hit


def spread_slips(layout: Layout, sheet: Sheet, axes: tuple[int, int], puzzling: Bools) -> tuple[Floats, Floats]:
    """What each of the layout's slips gives as typed, and its reach, where an entry is `puzzling`; NaN elsewhere."""
    shape = (len(layout.slips), axes[1])
    at, reach = np.full(shape, np.nan), np.zeros(shape)
    for e, slips in layout.slips_at.items():
        (who,) = np.nonzero(puzzling[e])
        if len(who):
            _, name, index = layout.entries[e]
            known = sheet.steps[name].mistakes
            values = [np.broadcast_to(entry(known[layout.slips[k][0]], index), axes)[:, who] for k in slips]
            moved = np.abs(np.subtract([v[1:] for v in values], [v[:1] for v in values]))
            cells = np.array(slips)[:, None], who
            at[cells] = [v[0] for v in values]
            reach[cells] = CURVATURE * np.where(moved < np.inf, moved, 0.0).sum(axis=1)
    return at, reach


def slips_between_answers(puzzle: Puzzle, sheet: Sheet, expected: Floats, puzzling: Bools) -> Explanation:
    """Mistakes made in a step that was not asked or left blank: the sheet is run again as a student who makes them."""
    layout, typed, tolerance = puzzle.layout, puzzle.typed, puzzle.tolerance
    students = typed.shape[1:]
    blank = {step: np.zeros(students, bool) for step in sheet.steps} | {step: np.ones(students, bool) for step in layout.unasked}
    for (_, step, _), row in zip(layout.entries, typed, strict=True):
        blank[step] = blank[step] | np.isnan(row)
    own = layout.answers(typed)
    reach = spread(layout.numbers(sheet, layout.nudges(typed)), puzzling).reach
    for mistake in layout.solver.mistakes:
        places = [blank[step.name] for step in sheet.steps.values() if mistake in step.mistakes]
        possible = np.logical_or.reduce(places) if places else np.zeros(students, bool)
        if not possible.any():
            continue
        alone = layout.numbers(layout.solver.run(puzzle.givens, slipping(mistake)), students, mistake)
        exists = ~layout.every(near(alone, puzzle.reference, tolerance)) & possible
        habits: list[Habit] = [slipping(mistake), rounding(layout.unit, over=slipping(mistake))]
        for habit in habits:
            value = layout.numbers(layout.solver.run(puzzle.givens, carrying(own, over=habit)), students, mistake)
            half = layout.half_units(value) if layout.has_figures else tolerance
            hits = layout.every(near(typed, value, half + reach)) & ~layout.every(near(value, expected, tolerance)) & exists
            for part in range(len(layout.parts)):
                yield part, mistake, hits[part]


@lru_cache(maxsize=1024)
def layout_of(question: Question, fixed: tuple[tuple[str, int], ...]) -> Layout:
    """The layout of a question, for these values of its fixed givens (the number of epochs decides the steps)."""
    from random import Random

    givens = question.draw_givens(Random(0)) | dict(fixed)
    return Layout.of(question, question.computation.run(givens, honest))


def layout_for(question: Question, givens: Mapping[str, Any]) -> Layout:
    """The layout of a question for these givens."""
    solver = question.computation
    return layout_of(question, tuple((name, int(givens[name])) for name, spec in solver.givens.items() if spec.fixed))
