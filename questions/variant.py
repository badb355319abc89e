"""A variant is a question with numbers in it: a seed, the givens it drew, and the options in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from random import Random
from types import MappingProxyType
from typing import Any

import numpy as np

from questions.experiments import told
from questions.model import Kind, Part, Question, Words
from questions.options import FEWEST_OPTIONS, BadOptions, Option, generated, in_order, keyed, slipped
from questions.tolerance import near, unit
from solvers import notation
from solvers.errors import BadGivens, GradusError, pointer
from solvers.worksheet import Sheet, entry

SEEDS = 2**48
MOST_DRAWS = 1000
DUST = 4  # units of the last place: so far may rounding every step move a number
FLOAT_ZERO = 1e-12  # what is left of an exact zero in floating point


class BadSeed(GradusError):
    code = "bad_seed"


class NoFairDraw(GradusError):
    """Every draw was thrown back."""

    code = "no_fair_draw"


class NoOptions(GradusError):
    """Options and their letters come from a seed; numbers alone do not give them."""

    code = "choice_needs_seed"


@dataclass(frozen=True, eq=False)
class Variant:
    """A question version, a seed (None where the givens were stated), and the givens that were drawn."""

    question: Question
    seed: int | None
    givens: Mapping[str, Any]
    options: dict[str, list[Option]] = field(default_factory=dict)

    @cached_property
    def sheet(self) -> Sheet:
        """The honest worksheet: every reference answer."""
        if not self.question.computed:
            return Sheet()
        return self.question.computation.run(self.givens)

    def reference(self, part: Part) -> Any:
        """The exact value of what a part asks."""
        return entry(self.sheet.steps[part.step].value, part.index)

    @cached_property
    def _shapes(self) -> dict[str, tuple[int, ...]]:
        parts = self.question.parts
        return {part.name: () if part.lettered or part.ask is None else np.shape(self.reference(part)) for part in parts}

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
        training = self.question.training
        situation = told.situation(training) if training else None
        printed = training is not None and training.asks == "printed"
        said = [words for words in (self.question.prompt, None if printed else situation, self.question.task) if words]
        prompt = Words(vi="\n\n".join(w.vi for w in said), en="\n\n".join(w.en for w in said)).map(
            lambda text: notation.fill_prose(text, lambda name: notation.value(self.givens[name], 10))
        )
        note = self.question.correction
        if note is None:
            return prompt
        prompt = Words(vi=f"{prompt.vi}\n\n**Đính chính.** {note.vi}", en=f"{prompt.en}\n\n**Correction.** {note.en}")
        if not printed or situation is None:
            return prompt
        return Words(vi=f"{prompt.vi}\n\n{situation.vi}", en=f"{prompt.en}\n\n{situation.en}")

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
        options = {part.name: arranged(question, part, seed) for part in question.parts if part.lettered}
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
        if part.lettered and not reason:
            reason = letter(variant, part, rng)
    return variant, reason


def letter(variant: Variant, part: Part, rng: Random) -> str:
    """Draws the options of one part into a variant; says why that is unfair, or ''."""
    if part.kind == "order":
        options = in_order(part, rng)
    elif part.options is None:
        options = generated(variant, part, rng)
        if len(options) < FEWEST_OPTIONS:
            return f"{part.name} has fewer than {FEWEST_OPTIONS} distinct options"
    else:
        try:
            options = list(keyed(variant, part))
        except BadOptions as problem:
            return problem.detail
        rng.shuffle(options)
    variant.options[part.name] = options
    return ""


def stated(question: Question, givens: dict[str, Any]) -> Variant:
    """The variant of stated givens.  Raises BadGivens, NoOptions; an answer that is not finite is refused too."""
    if any(part.lettered for part in question.parts):
        raise NoOptions(f"{question.id} is a choice, whose options come from a seed; send 'seed' in place of 'givens'", "/givens")
    if not question.computed:
        raise BadGivens(f"{question.id} has no numbers to state; send 'seed' in place of 'givens'", "/givens")
    variant = Variant(question, None, question.computation.read(givens))
    for name, drawn in fixed_givens(question).items():
        given, wanted = variant.givens[name], np.shape(drawn)
        if np.shape(given) != wanted:
            raise BadGivens(f"'{name}' has shape {np.shape(given)} where {question.id} asks for {wanted}; send that", f"/givens/{name}")
        if question.computation.givens[name].fixed and given != drawn:
            raise BadGivens(f"{question.id} has {name} = {drawn}; send that", f"/givens/{name}")
    for part in question.parts:
        if part.ask is not None and not np.all(np.isfinite(variant.reference(part))):
            raise GradusError(f"with these givens {part.name} is not finite; state others", "/givens")
    return variant


@lru_cache(maxsize=4096)
def fixed_givens(question: Question) -> Mapping[str, Any]:
    """The givens of seed 0, which are all there are where nothing is drawn; one set for all, so nobody can change it."""
    givens = question.draw_givens(Random(0)) if question.computed else {}
    for value in givens.values():
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    return MappingProxyType(givens)


def unfair(variant: Variant) -> Iterator[str]:
    """Why a draw cannot be marked fairly."""
    question = variant.question
    slack = 10.0 ** -(question.places if question.places is not None else 6)
    for step in question.computation.kinks:
        if np.any(np.abs(variant.sheet.steps[step].value) <= slack):
            yield f"{step} sits on the kink of a ReLU"
    parts = [part for part in question.parts if part.ask is not None and part.judged_by is None]
    values = [variant.reference(part) for part in parts]
    entries, units = laid_out(values), laid_out(unit(value, part) for value, part in zip(values, parts, strict=True))
    whose = np.repeat(np.arange(len(parts)), [np.size(value) for value in values])
    finite, zero, one = np.isfinite(entries), near(entries, 0.0, units / 2), near(entries, 1.0, units / 2)
    dust = near(entries, 0.0, DUST * units) & ~near(entries, 0.0, FLOAT_ZERO)
    for i, part in enumerate(parts):
        if not finite[whose == i].all():
            yield f"{part.name} is not finite"
        elif zero[whose == i].all():
            yield f"{part.name} rounds to zero"
        elif part.numeric and dust[whose == i].any():
            yield f"{part.name} has an entry so small that rounding on the way may turn it into zero"
    if len(parts) - len({*whose[~one]}) > 1:
        yield "a student who writes 1 everywhere would earn more than one part"
    for mistake in question.tells_apart:
        if near(laid_out(wrong for _, wrong, _ in slipped(variant, mistake)), entries, units / 2).all():
            yield f"the mistake {mistake} lands on the reference"


def laid_out(values: Iterable[Any]) -> Any:
    """The entries of many values in one row."""
    return np.concatenate([np.empty(0), *(np.ravel(value) for value in values)])


def arranged(question: Question, part: Part, seed: int) -> list[Option]:
    """The options of a fixed question: in printed order for seed 0, else in the seed's; each keeps its letter.

    Items to be put in order are lettered as shown.
    """
    rng = Random(f"{question.id}/{question.version}/{seed}/order")
    if part.kind == "order":
        return in_order(part, rng)
    options = list(printed(question, part.name))
    if seed:
        rng.shuffle(options)
    return options


@lru_cache(maxsize=4096)
def printed(question: Question, name: str) -> tuple[Option, ...]:
    """The options of a fixed question in printed order, the right one found by computation or stated as the key.  Raises BadOptions."""
    part = next(part for part in question.parts if part.name == name)
    variant = Variant(question, 0, fixed_givens(question))
    try:
        if part.options is None:
            return tuple(generated(variant, part, Random(f"{question.id}/{question.version}")))
        return keyed(variant, part)
    except BadOptions as problem:
        problem.where = pointer("parts", next(i for i, asked in enumerate(question.asked) if asked.name in (name, name.split("[")[0])))
        raise
