"""A question as data: how its givens are drawn, what it says in Vietnamese and English, which steps it asks, how they are marked."""

from __future__ import annotations

import re
from functools import cached_property
from random import Random
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag, ValidationError, model_validator

import solvers
from questions.draws import Draw, Model, draw, space, varies
from questions.experiments.evidence import Training
from questions.formulas import Loop, Step, Tex, solver_of
from questions.words import Words as Words
from solvers import notation
from solvers.errors import BadGivens, GradusError, listed
from solvers.solver import Solver

Kind = Literal["number", "integer", "vector", "matrix", "shape", "choice", "choices", "order", "match", "text"]
NEEDS = {"choices": ("options", "keys"), "order": ("items",), "match": ("options", "pairs"), "text": ("rubric",)}
LETTERED = ("choice", "choices", "order", "match")
VERDICTS = ("correct", "carried", "wrong", "blank", "unreadable", "pending")
ASK = re.compile(r"([A-Za-z][A-Za-z0-9]*)((?:\[\d{1,4}\])*)")


class Misfit(ValueError):
    """Something in a question does not fit the rest of it; `path` leads to the field."""

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message)
        self.path = path


def path_of(where: str | None) -> list[str | int]:
    """A JSON pointer as the path of a field."""
    return [int(step) if step.isdigit() else step for step in (where or "").split("/")[1:]]


def _step_or_loop(raw: Any) -> str:
    return "loop" if isinstance(raw, Loop) or (isinstance(raw, dict) and "for" in raw) else "step"


def _printed(raw: Any) -> Any:
    """A printed option that is the same in both languages may be written once."""
    return {"text": raw} if isinstance(raw, (str, int, float)) or (isinstance(raw, dict) and "text" not in raw) else raw


def _both(raw: Any) -> Any:
    return {"vi": str(raw), "en": str(raw)} if isinstance(raw, (str, int, float)) else raw


class Printed(Model):
    """An option as the source prints it; `why` is said to a student who chooses it."""

    text: Annotated[Words, BeforeValidator(_both)]
    why: Words | None = None


class Pair(Model):
    """What is matched with an option: its text, the letter that belongs to it, and why."""

    text: Annotated[Words, BeforeValidator(_both)]
    key: str
    why: Words | None = None


class Criterion(Model):
    """A line of an essay's rubric: what earns how many marks."""

    marks: float = Field(gt=0, le=1000)
    text: Words


class Part(Model):
    """One thing that is asked and marked.

    `ask` names a step (`z`), or one entry of it (`h[0]`).  A number needs `places` or `figures`.  With `entries: 2`, `w1` stands
    for two parts, `w1[0]` and `w1[1]`.  With `judged_by`, any answer counts that makes that step come out right, entry by entry.

    A choice has `options`: printed ones by letter, else they are made from the named mistakes.  `key` states the right letter
    where no computation finds it, or where the source's key is not the rounded value; then `correction` must say so.  `choices`
    have several right `keys`.  An `order` has its `items` in the right order.  A `match` has `pairs`, and stands for as many choices.
    A `text` is an essay, marked by hand with its `rubric`.
    """

    ask: str | None = None
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*(\[\d+\])*$", max_length=64)]
    kind: Kind | None = None
    entries: int | None = Field(default=None, ge=1, le=100)
    marks: float = Field(default=1, gt=0, le=1000)
    places: int | None = Field(default=None, ge=0, le=12)
    figures: int | None = Field(default=None, ge=1, le=12)
    options: dict[Annotated[str, StringConstraints(pattern=r"^[a-z]$")], Annotated[Printed, BeforeValidator(_printed)]] | None = None
    mistakes: list[str] | None = None
    key: str | None = None
    keys: list[str] | None = None
    items: list[Words] | None = Field(default=None, min_length=3, max_length=26)
    pairs: list[Pair] | None = Field(default=None, min_length=2, max_length=26)
    rubric: list[Criterion] | None = Field(default=None, min_length=1)
    judged_by: str | None = None
    label: Words | None = None

    @model_validator(mode="before")
    @classmethod
    def named_after_what_it_asks(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and "name" not in raw and isinstance(raw.get("ask"), str):
            return {**raw, "name": raw["ask"]}
        return raw

    @model_validator(mode="after")
    def can_be_marked(self) -> Part:
        for problem in (self._belongs, self._asks, self._exactness, self._letters):
            problem()
        return self

    def _belongs(self) -> None:
        """That every field belongs to the kind."""
        owners = {
            "options": ("choice", "choices", "match"),
            "mistakes": ("choice",),
            "key": ("choice",),
            "keys": ("choices",),
            "items": ("order",),
            "pairs": ("match",),
            "rubric": ("text",),
        }
        for name, kinds in owners.items():
            if getattr(self, name) is not None and self.kind not in kinds:
                raise ValueError(f"'{name}' belongs to {' or '.join(kinds)}; add 'kind: {kinds[0]}', or remove it")
            if getattr(self, name) is None and name in NEEDS.get(self.kind or "number", ()):
                raise ValueError(f"a part of kind '{self.kind}' needs '{name}'; add it")

    def _asks(self) -> None:
        """That it asks a step, or says itself what is right."""
        if self.ask is None:
            if self.kind not in ("choices", "order", "match", "text") and not (self.options and self.key):
                raise ValueError("a part without 'ask' needs 'options' and 'key'; state the step it asks, or the options and their key")
            if self.judged_by is not None:
                raise ValueError("'judged_by' needs 'ask', the step that is free to choose; add it")
        elif self.kind in ("choices", "order", "match", "text"):
            raise ValueError(f"a part of kind '{self.kind}' asks no step; remove 'ask'")
        elif ASK.fullmatch(self.ask) is None:
            raise ValueError(f"'{self.ask}' does not name a step; write a step like z or an entry like h[0]")
        elif self.judged_by is not None and (self.choice or "[" in self.ask):
            raise ValueError("'judged_by' goes with a whole step that is typed; remove it, or ask for the step")

    def _exactness(self) -> None:
        """How exactly it is marked."""
        if self.places is not None and self.figures is not None:
            raise ValueError("state 'places' or 'figures', not both")
        numeric = self.ask is not None and self.kind not in ("integer", "shape") and self.judged_by is None
        if numeric and not (self.choice and self.options) and self.places is None and self.figures is None:
            raise ValueError("state how exactly it is marked: 'places' (decimal places) or 'figures' (significant figures)")
        adds_up = sum(line.marks for line in self.rubric or [])
        if self.rubric is not None and abs(adds_up - self.marks) > 1e-9:
            raise ValueError(f"the rubric adds up to {adds_up:g} marks, the part has {self.marks:g}; make them agree")

    def _letters(self) -> None:
        """That every key is an option."""
        if self.options is None:
            return
        for key in [*([self.key] if self.key else []), *(self.keys or []), *(pair.key for pair in self.pairs or [])]:
            if key not in self.options:
                raise ValueError(f"the key '{key}' is not an option; there are {listed(self.options)}")
        if len(self.options) < 2:
            raise ValueError("a choice needs at least two options")
        if self.keys is not None and not 0 < len(set(self.keys)) == len(self.keys) < len(self.options):
            raise ValueError("'keys' names some of the options, each once, not all of them and not none; correct it")

    def entry(self, i: int) -> Part:
        """The part that asks entry i of this one's step."""
        name = f"{self.ask}[{i}]"
        return Part.model_construct(**{**dict(iter(self)), "name": name, "ask": name, "entries": None})

    def pair(self, i: int) -> Part:
        """The choice of what belongs to pair i."""
        pair = (self.pairs or [])[i]
        options = {k: Printed(text=o.text, why=pair.why if k == pair.key else o.why) for k, o in (self.options or {}).items()}
        own = {"name": f"{self.name}[{i}]", "kind": "choice", "key": pair.key, "pairs": None, "label": pair.text, "options": options}
        return Part.model_construct(**{**dict(iter(self)), **own, "marks": self.marks / len(self.pairs or [])})

    @property
    def choice(self) -> bool:
        """Whether one option is chosen."""
        return self.kind == "choice"

    @property
    def lettered(self) -> bool:
        """Whether it is answered with letters."""
        return self.kind in LETTERED

    @property
    def numeric(self) -> bool:
        """Whether it is answered with numbers that a reference answer stands beside."""
        return self.ask is not None and not self.lettered and self.judged_by is None

    @cached_property
    def step(self) -> str:
        """The step it asks."""
        return ASK.fullmatch(self.ask or "")[1]  # type: ignore[index]

    @cached_property
    def index(self) -> tuple[int, ...]:
        """The entry of the step it asks; () for all of it."""
        return tuple(int(i) for i in re.findall(r"\d+", ASK.fullmatch(self.ask or "")[2]))  # type: ignore[index]


class StoredTest(Model):
    """What somebody types into a variant, and the verdict that each part must get; a known mistake goes by its name."""

    seed: int = Field(default=0, ge=0, lt=2**48)
    givens: dict[str, Any] | None = None
    answers: dict[str, str | float | list[Any]]
    expect: dict[str, str] = Field(min_length=1)


class Question(Model):
    """A question of the bank.  Every change is a new `version`; variants keep theirs."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
    version: int = Field(default=1, ge=1)
    title: Words
    row: str | list[str] | None = None
    topics: list[str] = Field(default_factory=list)
    source: str = Field(min_length=1)
    solver: str | None = None
    steps: list[Annotated[Annotated[Step, Tag("step")] | Annotated[Loop, Tag("loop")], Discriminator(_step_or_loop)]] | None = Field(
        default=None, min_length=1, max_length=200
    )
    symbols: dict[str, Tex] = Field(default_factory=dict)
    first: int = Field(default=0, ge=0, le=1)
    givens: dict[str, Draw] = Field(default_factory=dict)
    training: Training | None = None
    prompt: Words
    task: Words | None = None
    correction: Words | None = None
    explanation: Words | None = None
    asked: list[Part] = Field(alias="parts", min_length=1, max_length=200)
    tells_apart: list[str] = Field(default_factory=list)
    mistake_credit: float = Field(default=0, ge=0, le=1)
    practice: bool = Field(default=True, exclude_if=bool)  # documents of before say nothing of it
    tests: list[StoredTest] = Field(default_factory=list, max_length=200)

    def __hash__(self) -> int:
        return hash((self.id, self.version))

    @model_validator(mode="before")
    @classmethod
    def asks_what_its_experiments_say(cls, raw: Any) -> Any:
        """A training question without parts asks what follows from the stored references."""
        if not isinstance(raw, dict) or not isinstance(raw.get("training"), (dict, Training)) or "parts" in raw:
            return raw
        try:
            training = Training.model_validate(raw["training"])
        except ValidationError:
            return raw  # what is wrong with it is said field by field
        try:
            return {**raw, "parts": [training.part()]}
        except GradusError as problem:
            raise Misfit(problem.detail, "training", "experiments") from None
        except ValueError as problem:
            raise Misfit(str(problem), "training") from None

    @cached_property
    def parts(self) -> list[Part]:
        """The parts, each entry of a table by itself."""
        parts: list[Part] = []
        for part in self.asked:
            if part.pairs is not None:
                parts += [part.pair(i) for i in range(len(part.pairs))]
            else:
                parts += [part] if part.entries is None else [part.entry(i) for i in range(part.entries)]
        return parts

    @model_validator(mode="after")
    def holds_together(self) -> Question:
        seen: set[str] = set()
        for at, part in enumerate(self.asked):
            if part.name in seen:
                raise Misfit(f"two parts are named {part.name}; give each its own 'name'", "parts", at)
            seen.add(part.name)
        self._check_tests()
        if self.solver is not None and self.steps is not None:
            raise Misfit("'solver' and 'steps' both say how it is computed; remove one", "steps")
        if self.steps is None and (self.symbols or self.first):
            raise Misfit("'symbols' and 'first' belong to 'steps'; a solver has its own", "symbols" if self.symbols else "first")
        if not self.computed:
            if any(part.ask for part in self.asked) or self.givens:
                raise Misfit("'ask' and 'givens' need a computation; name a 'solver', or write 'steps'")
            return self
        solver = self.computation
        for language in ("vi", "en"):
            for field, words in (("prompt", self.prompt), ("task", self.task)):
                for name in notation.holes(getattr(words, language, "")) - set(solver.givens):
                    raise Misfit(f"the {field}'s hole @{name} is not a given; there are {listed(solver.givens)}", field, language)
        for at, name in enumerate(self.tells_apart):
            self._check_mistake(name, "tells_apart", at)
        for at, part in enumerate(self.asked):
            for name in part.mistakes or []:
                self._check_mistake(name, "parts", at, "mistakes")
        try:
            self._check_steps(solver)
        except BadGivens as problem:
            raise Misfit(problem.detail, *path_of(problem.where)) from None
        return self

    def _check_mistake(self, name: str, *path: str | int) -> None:
        known = self.computation.mistakes
        if name not in known:
            raise Misfit(f"'{name}' is not a mistake of {self.computation.name}; there are {listed(known)}", *path)

    def _check_tests(self) -> None:
        """That the stored tests speak of parts and verdicts that there are."""
        names = [part.name for part in self.parts]
        verdicts = [*VERDICTS, *(self.computation.mistakes if self.computed else ())]
        for i, test in enumerate(self.tests):
            for field in ("answers", "expect"):
                for name in getattr(test, field):
                    if name not in names:
                        raise Misfit(f"'{name}' is not a part; there are {listed(names)}", "tests", i, field, name)
            for name, verdict in test.expect.items():
                if verdict not in verdicts:
                    raise Misfit(f"'{verdict}' is no verdict; there are {listed(verdicts)}", "tests", i, "expect", name)

    def _check_steps(self, solver: Solver) -> None:
        """That every part asks a step the solver has, at an entry it has."""
        steps = solver.run(self.draw_givens(Random(0))).steps
        for at, part in enumerate(self.asked):
            if part.ask is None:
                continue
            if part.step not in steps:
                raise Misfit(f"'{part.step}' is not a step; there are {listed(steps)}", "parts", at)
            value = steps[part.step].value
            if not self.varies and part.judged_by is None and not np.all(np.isfinite(value)):
                raise Misfit(f"'{part.step}' is not finite with these givens; change them", "parts", at)
            shape = np.shape(value)
            fits = len(part.index) == len(shape) and all(i < n for i, n in zip(part.index, shape, strict=True))
            if part.judged_by is not None and part.judged_by not in steps:
                raise Misfit(f"'{part.judged_by}' is not a step; there are {listed(steps)}", "parts", at, "judged_by")
            if (part.index and not fits) or (part.entries and shape != (part.entries,)):
                raise Misfit(f"'{part.ask}' asks for entries that {part.step}, of shape {shape}, does not have", "parts", at)

    @property
    def computed(self) -> bool:
        """Whether it has a computation: a solver, or steps of its own."""
        return self.solver is not None or self.steps is not None

    @cached_property
    def computation(self) -> Solver:
        """Its solver, or the one that its steps make."""
        try:
            if self.steps is not None:
                return solver_of(self.id, self.steps, self.givens, self.symbols, self.first)
            return solvers.get(self.solver or "")
        except GradusError as problem:
            raise Misfit(problem.detail, *(path_of(problem.where) if self.steps else ["solver"])) from None

    @property
    def varies(self) -> bool:
        """Whether its numbers are drawn."""
        return any(varies(spec) for spec in self.givens.values())

    @property
    def space(self) -> int:
        """How many different givens can be drawn, the unfair ones among them."""
        return space(list(self.givens.values()))

    @property
    def kind(self) -> str:
        """`mc` where every part is answered with letters, `essay` where every part is written, else `num`."""
        if all(part.kind == "text" for part in self.parts):
            return "essay"
        return "mc" if all(part.lettered for part in self.parts) else "num"

    @property
    def places(self) -> int | None:
        """The most places asked: what a student who rounds as they go gives unasked steps."""
        return max((part.places for part in self.parts if part.places is not None), default=None)

    def draw_givens(self, rng: Random) -> dict[str, Any]:
        """Givens as arrays, drawn by `rng`."""
        return self.computation.read({name: draw(spec, rng) for name, spec in self.givens.items()})
