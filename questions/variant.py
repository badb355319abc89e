"""A variant is a question with numbers in it: a seed, the givens it drew, and the options in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from random import Random
from typing import Any

import numpy as np

from questions.model import Kind, Part, Question, Words
from questions.tolerance import near, shown, unit
from solvers import notation
from solvers.errors import BadGivens, GradusError, pointer
from solvers.worksheet import Sheet, entry, slipping

SEEDS = 2**48
MOST_DRAWS = 1000
OPTIONS = 4
FEWEST_OPTIONS = 3


class BadSeed(GradusError):
    code = "bad_seed"


class NoFairDraw(GradusError):
    """Every draw was thrown back."""

    code = "no_fair_draw"


class BadOptions(GradusError):
    """The printed options of a choice do not agree with its computation."""

    code = "bad_options"


class NoOptions(GradusError):
    """Options and their letters come from a seed; numbers alone do not give them."""

    code = "choice_needs_seed"


@dataclass(frozen=True)
class Option:
    """One option of a choice; a wrong one may come from a named mistake."""

    key: str
    text: Words
    right: bool
    mistake: str | None = None
    why: Words | None = None


@dataclass(frozen=True, eq=False)
class Variant:
    """A question version, a seed (None where the givens were stated), and the givens that were drawn."""

    question: Question
    seed: int | None
    givens: dict[str, Any]
    options: dict[str, list[Option]] = field(default_factory=dict)

    @cached_property
    def sheet(self) -> Sheet:
        """The honest worksheet: every reference answer."""
        if self.question.solver is None:
            return Sheet()
        return self.question.computation.run(self.givens)

    def reference(self, part: Part) -> Any:
        """The exact value of what a part asks."""
        return entry(self.sheet.steps[part.step].value, part.index)

    @cached_property
    def _shapes(self) -> dict[str, tuple[int, ...]]:
        parts = self.question.parts
        return {part.name: () if part.choice or part.ask is None else np.shape(self.reference(part)) for part in parts}

    def shape(self, part: Part) -> tuple[int, ...]:
        """The shape of what a part asks; () for a number and for a choice."""
        return self._shapes[part.name]

    def kind(self, part: Part) -> Kind:
        """The kind of a part: as stated, else by the shape of its step."""
        by_shape: tuple[Kind, Kind, Kind] = ("number", "vector", "matrix")
        return part.kind or by_shape[len(self.shape(part))]

    @cached_property
    def prompt(self) -> Words:
        """The prompt and the task with their numbers, and the correction of what the source prints, if there is one."""
        said = [words for words in (self.question.prompt, self.question.task) if words]
        prompt = Words(vi="\n\n".join(w.vi for w in said), en="\n\n".join(w.en for w in said)).map(
            lambda text: notation.fill_prose(text, lambda name: notation.value(self.givens[name], 10))
        )
        note = self.question.correction
        if note is None:
            return prompt
        return Words(vi=f"{prompt.vi}\n\n**Đính chính.** {note.vi}", en=f"{prompt.en}\n\n**Correction.** {note.en}")

    def symbol(self, part: Part) -> str:
        """The TeX of what a part asks; empty where it asks no step."""
        if part.ask is None:
            return ""
        solver = self.question.computation
        if part.index:
            return notation.entry_symbol(part.step, part.index, solver.symbols, solver.first)
        return notation.symbol(part.step, solver.symbols)

    def plain_givens(self) -> dict[str, Any]:
        """The givens as numbers and nested lists."""
        return {name: np.asarray(value).tolist() for name, value in self.givens.items()}


def draw(question: Question, seed: int) -> Variant:
    """The variant of a seed, 0 ≤ seed < 2⁴⁸: the first fair draw.  Raises BadSeed, NoFairDraw."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < SEEDS:
        raise BadSeed("a seed is a whole number from 0 to 2^48 - 1; choose another", "/seed")
    if not question.varies:
        options = {part.name: arranged(question, part, seed) for part in question.parts if part.choice}
        return Variant(question, seed, fixed_givens(question), options)
    reason = ""
    for attempt in range(MOST_DRAWS):
        variant, reason = attempt_draw(question, seed, attempt)
        if not reason:
            return variant
    raise NoFairDraw(f"none of {MOST_DRAWS} draws of {question.id} is fair to mark; the last: {reason}. Widen the grids of its givens")


def attempt_draw(question: Question, seed: int, attempt: int) -> tuple[Variant, str]:
    """One draw, and why it is unfair to mark, or ''."""
    rng = Random(f"{question.id}/{question.version}/{seed}/{attempt}")
    variant = Variant(question, seed, question.draw_givens(rng))
    reason = next(unfair(variant), "")
    for part in question.parts:
        if part.choice and not reason:
            variant.options[part.name] = generated(variant, part, rng)
            if len(variant.options[part.name]) < FEWEST_OPTIONS:
                reason = f"{part.name} has fewer than {FEWEST_OPTIONS} distinct options"
    return variant, reason


def stated(question: Question, givens: dict[str, Any]) -> Variant:
    """The variant of stated givens.  Raises BadGivens, NoOptions; an answer that is not finite is refused too."""
    if any(part.choice for part in question.parts):
        raise NoOptions(f"{question.id} is a choice, whose options come from a seed; send 'seed' in place of 'givens'", "/givens")
    variant = Variant(question, None, question.computation.read(givens))
    for name, drawn in fixed_givens(question).items():
        given, wanted = variant.givens[name], np.shape(drawn)
        if np.shape(given) != wanted:
            raise BadGivens(f"'{name}' has shape {np.shape(given)} where {question.id} asks for {wanted}; send that", f"/givens/{name}")
        if question.computation.givens[name].fixed and given != drawn:
            raise BadGivens(f"{question.id} has {name} = {drawn}; send that", f"/givens/{name}")
    for part in question.parts:
        if not np.all(np.isfinite(variant.reference(part))):
            raise GradusError(f"with these givens {part.name} is not finite; state others", "/givens")
    return variant


@lru_cache(maxsize=4096)
def fixed_givens(question: Question) -> dict[str, Any]:
    return question.draw_givens(Random(0)) if question.solver else {}


def unfair(variant: Variant) -> Iterator[str]:
    """Why a draw cannot be marked fairly."""
    question = variant.question
    slack = 10.0 ** -(question.places if question.places is not None else 6)
    for step in question.computation.kinks:
        if np.any(np.abs(variant.sheet.steps[step].value) <= slack):
            yield f"{step} sits on the kink of a ReLU"
    ones = 0
    for part in question.parts:
        value = variant.reference(part)
        ones += bool(np.all(near(value, 1.0, unit(value, part) / 2)))
        if not np.all(np.isfinite(value)):
            yield f"{part.name} is not finite"
        elif np.all(near(value, 0.0, unit(value, part) / 2)):
            yield f"{part.name} rounds to zero"
    if ones > 1:
        yield "a student who writes 1 everywhere would earn more than one part"
    for mistake in question.tells_apart:
        if all(np.all(near(wrong, right, unit(right, part) / 2)) for part, wrong, right in slipped(variant, mistake)):
            yield f"the mistake {mistake} lands on the reference"


def slipped(variant: Variant, mistake: str) -> Iterator[tuple[Part, Any, Any]]:
    """For every asked part: its value to a student who makes this mistake wherever it applies, and the reference."""
    sheet = variant.question.computation.run(variant.givens, slipping(mistake))
    for part in variant.question.parts:
        if part.ask is not None:
            yield part, entry(sheet.steps[part.step].number, part.index), variant.reference(part)


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
        if np.all(np.isfinite(wrong)) and not any(np.all(near(wrong, value, unit(right, part))) for value, _ in values):
            values.append((wrong, mistake))
    rng.shuffle(values)
    return [
        Option("abcdefgh"[i], Words(vi=shown(value, part), en=shown(value, part)), mistake is None, mistake)
        for i, (value, mistake) in enumerate(values)
    ]


def arranged(question: Question, part: Part, seed: int) -> list[Option]:
    """The options of a fixed question: in printed order for seed 0, else in the seed's; each keeps its letter."""
    options = list(printed(question, part.name))
    if seed:
        Random(f"{question.id}/{question.version}/{seed}/order").shuffle(options)
    return options


@lru_cache(maxsize=4096)
def printed(question: Question, name: str) -> tuple[Option, ...]:
    """The options of a fixed question in printed order, the right one found by computation or stated as the key.

    Raises BadOptions where not exactly one option is the rounded reference and no key is stated.
    """
    try:
        return keyed(question, name)
    except BadOptions as problem:
        problem.where = pointer("parts", [part.name for part in question.asked].index(name))
        raise


def keyed(question: Question, name: str) -> tuple[Option, ...]:
    """The printed options with the right one marked, and the wrong ones that a named mistake leads to."""
    part = next(part for part in question.parts if part.name == name)
    variant = Variant(question, 0, fixed_givens(question))
    if part.options is None:
        return tuple(generated(variant, part, Random(f"{question.id}/{question.version}")))
    mistakes: dict[str, str] = {}
    if part.ask is not None:
        reference = variant.reference(part)
        rounded = [key for key, option in part.options.items() if says(option.text.en, reference)]
        if part.key is None and len(rounded) != 1:
            value = ", ".join(f"{x:.7g}" for x in np.ravel(reference))
            raise BadOptions(f"{len(rounded)} options of {name} are its value {value}; correct them, or state 'key' and a 'correction'")
        right = part.key or rounded[0]
        for mistake in question.computation.mistakes:
            value = next(value for asked, value, _ in slipped(variant, mistake) if asked is part)
            for key, option in part.options.items():
                if key != right and key not in mistakes and says(option.text.en, value):
                    mistakes[key] = mistake
    else:
        right = part.key or ""
    return tuple(
        Option(key, option.text, key == right, mistakes.get(key), option.why)
        for key, option in part.options.items()
    )  # fmt: skip


def says(text: str, value: Any) -> bool:
    """Whether a printed option is `value` rounded: each entry within half a unit of its own last printed digit."""
    try:
        digits = [Decimal(entry) for entry in re.split(r",\s+", text)]
    except InvalidOperation:
        raise BadOptions(f"the option '{text}' is no number, but the part asks for one; write numbers, or leave out 'ask'") from None
    if len(digits) != np.size(value):
        raise BadOptions(f"the option '{text}' holds {len(digits)} numbers where the part asks for {np.size(value)}; write them all")
    units = np.array([10.0 ** int(d.as_tuple().exponent) for d in digits])
    return bool(np.all(near(np.array([float(d) for d in digits]), np.ravel(value), units / 2)))
