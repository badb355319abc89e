"""Steps written as formulas become a solver like any other: parsed, checked and put on tapes once, run for whole cohorts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from questions.draws import Model, shape
from questions.expressions import NAME, RESERVED, FormulaError, Node, parse
from questions.operations import Absent, Call, Shape, Tape, Value
from questions.typesetting import Typesetter
from questions.words import Words
from solvers import notation
from solvers.errors import pointer, quoted
from solvers.solver import Given, Mistake, Solver, real
from solvers.worksheet import Sheet

MOST_STEPS = 1_000
MOST_AT_ONCE, MOST_WORK = 5_000, 50_000  # operations and numbers, for one student: in one step, and in all
MOST_MISTAKES = 30  # of one step
LONGEST_NAME = 32
ROUNDS = re.compile(r"\s*([a-z])\s+in\s+(\w+)\s*\.\.\s*(\w+)\s*", re.ASCII)
COUNTED = re.compile(r"([A-Za-z]+)\{([a-z])\}")

Formula = Annotated[str, BeforeValidator(lambda raw: repr(raw) if isinstance(raw, (int, float)) and not isinstance(raw, bool) else raw)]
MistakeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Tex = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^@$\n]+$")]


def _written_alone(raw: Any) -> Any:
    return raw if isinstance(raw, (dict, Model)) else {"is": raw}


class Slip(Model):
    """A mistake beside a step: the formula of those who make it, what it is called, and what to do about it."""

    formula: Formula = Field(alias="is")
    label: Words | None = None
    advice: Words | None = None


class Step(Model):
    """A named step and its formula; `symbol` is its TeX, `title` what it is called in words."""

    name: str
    formula: Formula = Field(alias="is")
    symbol: Tex | None = None
    title: Words | None = None
    mistakes: dict[MistakeName, Annotated[Slip, BeforeValidator(_written_alone)]] = Field(default_factory=dict, max_length=MOST_MISTAKES)


class Loop(Model):
    """Steps that are repeated, `for: t in 1..epochs`; their names carry the letter, as w{t}."""

    rounds: str = Field(alias="for")
    steps: list[Step] = Field(min_length=1, max_length=50)


@dataclass(frozen=True)
class Planned:
    """One step of one round: its name, where it is written, and the loop's letter with its number."""

    name: str
    step: Step
    where: tuple[str | int, ...]
    loop: tuple[str, int] | None


@dataclass(frozen=True)
class Line:
    """A step as it is computed: the calls, and which of them give its value and its mistakes."""

    name: str
    tex: str
    calls: list[Call]
    value: int
    mistakes: dict[str, int]

    def run(self, sheet: Sheet, numbers: dict[str, Any]) -> None:
        """Writes the step on a sheet, and the number to go on with among the `numbers`."""
        values: list[Any] = []
        for call in self.calls:
            values.append(call(values, numbers))
        slips = {mistake: values[i] for mistake, i in self.mistakes.items()}
        numbers[self.name] = sheet.step(self.name, self.tex, values[self.value], **slips)


@contextmanager
def at(*path: str | int) -> Iterator[None]:
    """What goes wrong inside is said of this field."""
    try:
        yield
    except FormulaError as problem:
        problem.where = problem.where or pointer(*path)
        raise


def rounds_of(loop: Loop, givens: Mapping[str, Any]) -> tuple[str, range]:
    """The letter and the rounds of a loop.  Raises FormulaError."""
    match = ROUNDS.fullmatch(loop.rounds)
    if match is None:
        raise FormulaError(f"{quoted(loop.rounds)} is no loop; write a letter and its numbers, such as 't in 1..epochs'")
    if match[1] in givens:
        raise FormulaError(f"the letter '{match[1]}' is a given already; count by another")
    ends = []
    for end in match.groups()[1:]:
        number = float(end) if end.isdigit() and len(end) < 6 else givens.get(end)
        if not isinstance(number, (int, float)) or number != int(number) or not 0 <= number <= MOST_STEPS:
            why = (
                f"{quoted(end)} does not say how often; write a whole number up to {MOST_STEPS:,}, or a given that is one and is not drawn"
            )
            raise FormulaError(why)
        ends.append(int(number))
    if ends[0] > ends[1]:
        raise FormulaError(f"there is nothing from {ends[0]} to {ends[1]}; write the smaller number first")
    return match[1], range(ends[0], ends[1] + 1)


def fixed_givens(steps: Sequence[Step | Loop], givens: Mapping[str, Any]) -> dict[str, float]:
    """The givens that say how often something is repeated: the same for everyone."""
    ends = [end for loop in steps if isinstance(loop, Loop) for end in ROUNDS.sub(r"\2 \3", loop.rounds).split()]
    return {name: float(givens[name]) for name in ends if isinstance(givens.get(name), (int, float))}


def planned(steps: Sequence[Step | Loop], givens: Mapping[str, Any]) -> Iterator[Planned]:
    """Every step of every round, in order.  Raises FormulaError."""
    for i, one in enumerate(steps):
        if isinstance(one, Step):
            with at("steps", i, "name"):
                yield Planned(proper(one.name), one, ("steps", i), None)
            continue
        with at("steps", i, "for"):
            letter, rounds = rounds_of(one, givens)
        for t in rounds:
            for j, step in enumerate(one.steps):
                with at("steps", i, "steps", j, "name"):
                    match = COUNTED.fullmatch(step.name)
                    if match is None or match[2] != letter:
                        why = f"would be the same in every round; write letters and the loop's letter, such as w{{{letter}}}"
                        raise FormulaError(f"{quoted(step.name)} {why}")
                    yield Planned(proper(f"{match[1]}{t}"), step, ("steps", i, "steps", j), (letter, t))


def proper(name: str) -> str:
    """A name that formulas can use.  Raises FormulaError."""
    if NAME.fullmatch(name) is None or len(name) > LONGEST_NAME:
        raise FormulaError(f"{quoted(name)} is no name; take letters from a to z, then digits, at most {LONGEST_NAME} together")
    if name in RESERVED:
        raise FormulaError(f"'{name}' means something in formulas already; choose another name")
    return name


def plan_of(steps: Sequence[Step | Loop], givens: Mapping[str, Any]) -> list[Planned]:
    """The steps of all rounds, each name once.  Raises FormulaError."""
    plan: list[Planned] = []
    seen = set(givens)
    for one in planned(steps, givens):
        with at(*one.where, "name"):
            if one.name in seen:
                raise FormulaError(f"there are two of '{one.name}'; give each its own name")
            if len(plan) == MOST_STEPS:
                raise FormulaError(f"that is more than {MOST_STEPS:,} steps; ask for less")
        seen.add(one.name)
        plan.append(one)
    return plan


class Writer:
    """Puts planned steps on tapes, one after the other, and collects what their solver says of them."""

    def __init__(
        self, plan: Sequence[Planned], shapes: dict[str, Shape], fixed: Mapping[str, float], symbols: Mapping[str, str], first: int
    ) -> None:
        self.shapes, self.fixed, self.symbols, self.first = shapes, fixed, dict(symbols), first
        self.below = {one.name for one in plan}
        self.words: dict[str, tuple[str, str]] = {}
        self.mistakes: dict[str, Mistake] = {}
        self.kinks: list[str] = []
        self.work = 0
        self._trees: dict[str, Node] = {}
        self._own = {name: slip for one in reversed(plan) for name, slip in one.step.mistakes.items() if slip.label or slip.advice}
        self.lines = [self.line(one) for one in plan]

    def put(self, tape: Tape, text: str) -> tuple[Node, Value]:
        """A formula, read once, on a tape.  Raises FormulaError."""
        if text not in self._trees:
            self._trees[text] = parse(text)
        return self._trees[text], tape.value(text, self._trees[text])

    def line(self, one: Planned) -> Line:
        """One step with its mistakes.  Raises FormulaError."""
        tape = Tape(self.shapes, {**self.fixed, **dict([one.loop] if one.loop else [])}, one.loop, self.below)
        with at(*one.where, "is"):
            tree, value = self.put(tape, one.step.formula)
        self.describe(one)
        slips: dict[str, int] = {}
        for name, slip in one.step.mistakes.items():
            with at(*one.where, "mistakes", name, "is"), suppress(Absent):
                wrong_tree, wrong = self.put(tape, slip.formula)
                if wrong_tree == tree:
                    raise FormulaError(f"'{name}' is the step itself; write what those compute who make the mistake")
                wrong = tape.filled(wrong_tree, wrong, value.shape)
                if tape.at(wrong) != tape.at(value):
                    slips[name] = tape.at(wrong)
                    self.tell(name, tape, wrong_tree, tree)
        self.work += tape.work
        with at(*one.where):
            if tape.work > MOST_AT_ONCE or self.work > MOST_WORK:
                raise FormulaError(f"that is more than {MOST_AT_ONCE:,} numbers in a step, or {MOST_WORK:,} in all; ask for less")
        self.kinks += [step for step in (tape.instance(kink) for kink in kinked(tree)) if step in self.below]
        self.shapes[one.name] = value.shape
        tex = self.typesetter(tape, lambda node: str(one.loop[1]) if one.loop and node.value == one.loop[0] else f"@{tape.instance(node)}")
        return Line(one.name, tex.tex(tree), tape.calls, tape.at(value), slips)

    def typesetter(self, tape: Tape, name: Callable[[Node], str]) -> Typesetter:
        return Typesetter(name, lambda node: len(tape.of[id(node)].shape), lambda node: tape.counted(node), self.first)

    def describe(self, one: Planned) -> None:
        """Keeps the symbol of a step and what it is called."""
        letters = one.name.rstrip("0123456789") if one.loop else one.name
        if one.step.symbol:
            self.symbols[letters] = one.step.symbol
        if one.step.title:
            self.words[letters] = (one.step.title.vi, one.step.title.en)

    def tell(self, name: str, tape: Tape, wrong: Node, right: Node) -> None:
        """The words for a mistake: the author's, else what was computed in place of what."""
        if name in self.mistakes:
            return
        letters = self.typesetter(tape, lambda node: lettered(str(node.value), self.symbols))
        did, should = letters.tex(wrong), letters.tex(right)
        own = self._own.get(name)
        label = (own and own.label) or Words(vi=f"tính ${did}$ thay cho ${should}$", en=f"${did}$ in place of ${should}$")
        advice = (own and own.advice) or Words(vi=f"Ở bước này hãy tính ${should}$.", en=f"Compute ${should}$ in this step.")
        self.mistakes[name] = Mistake(vi=(label.vi, advice.vi), en=(label.en, advice.en))


def lettered(name: str, symbols: Mapping[str, str]) -> str:
    """The TeX of a name as written, its loop's letter kept."""
    letters, _, index = name.partition("{")
    symbol = notation.symbol(letters, symbols)
    if index:
        symbol = f"{symbol}_{{{index.rstrip('}')}}}"
    return f"{{{symbol}}}" if "_" in symbol or "^" in symbol else symbol


def kinked(node: Node) -> list[Node]:
    """The names that bend at zero: relu(z), max(0, z), where(z > 0, z, …)."""
    names = [arg for arg in node.args if arg.kind == "name"]
    bends = node.kind == "relu" or (node.kind == "max" and any(arg.kind == "number" and arg.value == 0 for arg in node.args))
    if node.kind == "where":
        names = [name for name in names if name in node.args[0].args]
        bends = any(arg.kind == "number" and arg.value == 0 for arg in node.args[0].args)
    return (names if bends else []) + [name for arg in node.args for name in kinked(arg)]


def given_of(name: str, shape: Shape, fixed: Mapping[str, float]) -> Given:
    """What a given takes: numbers in the shape that is drawn; one that says how often is as it is."""
    if name in fixed:
        return Given(low=fixed[name], high=fixed[name], whole=True, fixed=True)
    return real(" ".join(str(n) if n > 1 else f"{name}{axis}" for axis, n in enumerate(shape)))


def solver_of(
    name: str, steps: Sequence[Step | Loop], givens: Mapping[str, Any], symbols: Mapping[str, str] = {}, first: int = 0
) -> Solver:
    """The solver that these steps describe.  Raises FormulaError, which names the field, the place in it and the remedy."""
    shapes: dict[str, Shape] = {}
    for given, spec in givens.items():
        with at("givens", given):
            shapes[proper(given)] = shape_of(spec)
    fixed = fixed_givens(steps, givens)
    specs = {given: given_of(given, shape, fixed) for given, shape in shapes.items()}
    written = Writer(plan_of(steps, givens), shapes, fixed, symbols, first)

    def function(sheet: Sheet, **numbers: Any) -> None:
        """Formulas of a question."""
        for line in written.lines:
            line.run(sheet, numbers)

    return Solver(name, function, specs, written.mistakes, written.symbols, written.words, first, tuple(dict.fromkeys(written.kinks)))


def shape_of(spec: Any) -> Shape:
    """The shape of what is drawn, the same in every draw.  Raises FormulaError."""
    try:
        return shape(spec)
    except ValueError as problem:
        raise FormulaError(str(problem)) from None
