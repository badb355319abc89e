"""A question as data: how its givens are drawn, what it says in Vietnamese and English, which steps it asks, how they are marked."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, StringConstraints, Tag, model_validator

import solvers
from solvers import notation
from solvers.errors import BadGivens, GradusError, listed
from solvers.solver import Solver

Kind = Literal["number", "integer", "vector", "matrix", "shape", "choice"]
MOST_VALUES = 100_000
Exact = Annotated[float, Field(strict=True, allow_inf_nan=False)]
ASK = re.compile(r"([A-Za-z][A-Za-z0-9]*)((?:\[\d{1,4}\])*)")


class Misfit(ValueError):
    """Something in a question does not fit the rest of it; `path` leads to the field."""

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message)
        self.path = path


class Model(BaseModel):
    """A piece of a question: nothing unknown in it, and nothing changed after."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Model):
    """A text in both languages: Markdown, with TeX between dollars and @holes for givens."""

    vi: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
    en: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]

    def map(self, change: Any) -> Words:
        return Words(vi=change(self.vi), en=change(self.en))


class Grid(Model):
    """A number drawn from the decimal grid from, from+step, …, to, without those in `without`."""

    start: Decimal = Field(alias="from")
    to: Decimal
    step: Decimal = Field(gt=0)
    without: list[Decimal] = []

    @model_validator(mode="after")
    def has_values(self) -> Grid:
        if max(abs(self.start), abs(self.to)) > 10**9 or self.step < Decimal("1e-12"):
            raise ValueError("the grid lies within ±10^9 and its step is at least 1e-12; change its numbers")
        if (self.to - self.start) / self.step > MOST_VALUES:
            raise ValueError(f"the grid has more than {MOST_VALUES:,} values; take a larger step")
        if (self.to - self.start) % self.step != 0:
            raise ValueError(f"{self.to} is not on the grid from {self.start} in steps of {self.step}; change 'to' or 'step'")
        if self.to < self.start or not self.values:
            raise ValueError("the grid is empty; put 'from' below 'to' and leave values outside 'without'")
        return self

    @cached_property
    def values(self) -> list[float]:
        steps = int((self.to - self.start) / self.step)
        grid = (self.start + k * self.step for k in range(steps + 1))
        return [float(x) for x in grid if x not in self.without]

    def draw(self, rng: Random) -> float:
        return self.values[rng.randrange(len(self.values))]


class OneOf(Model):
    """A number drawn from a list."""

    oneof: list[Exact] = Field(min_length=1, max_length=1000)

    def draw(self, rng: Random) -> float:
        return self.oneof[rng.randrange(len(self.oneof))]


class Probabilities(Model):
    """A vector of `probabilities` numbers on the grid of `step` that sum to 1, none below `least`."""

    probabilities: int = Field(ge=2, le=100)
    step: Decimal = Field(ge=Decimal("1e-6"), lt=1)
    least: Decimal = Field(ge=Decimal("1e-6"), lt=1)

    @model_validator(mode="after")
    def has_room(self) -> Probabilities:
        if self.least * self.probabilities > 1 or self.least % self.step or 1 % self.step:
            raise ValueError("'least' times the number of entries must not pass 1, and 'step' must divide both 1 and 'least'")
        return self

    def draw(self, rng: Random) -> list[float]:
        free = int((1 - self.least * self.probabilities) / self.step)
        cuts = sorted(rng.randrange(free + 1) for _ in range(self.probabilities - 1))
        shares = [b - a for a, b in zip([0, *cuts], [*cuts, free], strict=True)]
        return [float(self.least + k * self.step) for k in shares]


def _shape_of(raw: Any) -> str:
    """Which kind of draw is written, so that only its own problems are told."""
    if isinstance(raw, (list, Model)):
        return "list" if isinstance(raw, list) else type(raw).__name__.casefold()
    if isinstance(raw, dict):
        return "oneof" if "oneof" in raw else "probabilities" if "probabilities" in raw else "grid"
    return "number"


Kinds = Discriminator(_shape_of)
Scalar = Annotated[
    Annotated[Exact, Tag("number")] | Annotated[Grid, Tag("grid")] | Annotated[OneOf, Tag("oneof")],
    Kinds,
]
Row = Annotated[Scalar, Tag("scalar")] | Annotated[list[Scalar], Tag("list")]
Draw = Annotated[
    Annotated[Exact, Tag("number")]
    | Annotated[Grid, Tag("grid")]
    | Annotated[OneOf, Tag("oneof")]
    | Annotated[Probabilities, Tag("probabilities")]
    | Annotated[
        list[Annotated[Row, Discriminator(lambda raw: "list" if isinstance(raw, list) else "scalar")]],
        Tag("list"),
    ],
    Kinds,
]


def path_of(where: str | None) -> list[str | int]:
    """A JSON pointer as the path of a field."""
    return [int(step) if step.isdigit() else step for step in (where or "").split("/")[1:]]


def draw(spec: Any, rng: Random) -> Any:
    """The number, list or matrix that a draw specification gives."""
    if isinstance(spec, list):
        return [draw(item, rng) for item in spec]
    return spec.draw(rng) if isinstance(spec, (Grid, OneOf, Probabilities)) else spec


def varies(spec: Any) -> bool:
    return any(varies(item) for item in spec) if isinstance(spec, list) else not isinstance(spec, (int, float))


def _printed(raw: Any) -> Any:
    """A printed option that is the same in both languages may be written once."""
    return {"text": raw} if isinstance(raw, (str, int, float)) or (isinstance(raw, dict) and "text" not in raw) else raw


def _both(raw: Any) -> Any:
    return {"vi": str(raw), "en": str(raw)} if isinstance(raw, (str, int, float)) else raw


class Printed(Model):
    """An option as the source prints it; `why` is said to a student who chooses it."""

    text: Annotated[Words, BeforeValidator(_both)]
    why: Words | None = None


class Part(Model):
    """One thing that is asked and marked.

    `ask` names a step (`z`), or one entry of it (`h[0]`).  A number needs `places` or `figures`.  A choice has `options`:
    printed ones by letter, else they are made from the named mistakes.  With `entries: 2`, `w1` stands for two parts, `w1[0]`
    and `w1[1]`.  `key` states the right letter where no
    computation finds it, or where the source's key is not the rounded value; then `correction` must say so.
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

    @model_validator(mode="before")
    @classmethod
    def named_after_what_it_asks(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and "name" not in raw and isinstance(raw.get("ask"), str):
            return {**raw, "name": raw["ask"]}
        return raw

    @model_validator(mode="after")
    def can_be_marked(self) -> Part:
        if self.places is not None and self.figures is not None:
            raise ValueError("state 'places' or 'figures', not both")
        if self.ask is None and not (self.options and self.key):
            raise ValueError("a part without 'ask' needs 'options' and 'key'; state the step it asks, or the options and their key")
        if self.ask is not None and ASK.fullmatch(self.ask) is None:
            raise ValueError(f"'{self.ask}' does not name a step; write a step like z or an entry like h[0]")
        numeric = self.ask is not None and self.kind not in ("integer", "shape")
        if numeric and not (self.choice and self.options) and self.places is None and self.figures is None:
            raise ValueError("state how exactly it is marked: 'places' (decimal places) or 'figures' (significant figures)")
        if not self.choice and (self.options or self.key or self.mistakes):
            raise ValueError("'options', 'mistakes' and 'key' belong to a choice; add 'kind: choice'")
        if self.options is not None and self.key is not None and self.key not in self.options:
            raise ValueError(f"the key '{self.key}' is not an option; there are {listed(self.options)}")
        if self.options is not None and len(self.options) < 2:
            raise ValueError("a choice needs at least two options")
        return self

    def entry(self, i: int) -> Part:
        """The part that asks entry i of this one's step."""
        name = f"{self.ask}[{i}]"
        return Part.model_construct(**{**dict(self), "name": name, "ask": name, "entries": None})

    @property
    def choice(self) -> bool:
        return self.kind == "choice"

    @cached_property
    def step(self) -> str:
        """The step it asks."""
        return ASK.fullmatch(self.ask or "")[1]  # type: ignore[index]

    @cached_property
    def index(self) -> tuple[int, ...]:
        """The entry of the step it asks; () for all of it."""
        return tuple(int(i) for i in re.findall(r"\d+", ASK.fullmatch(self.ask or "")[2]))  # type: ignore[index]


class Question(Model):
    """A question of the bank.  Every change is a new `version`; variants keep theirs."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
    version: int = Field(default=1, ge=1)
    title: Words
    row: str | list[str] | None = None
    topics: list[str] = []
    source: str = Field(min_length=1)
    solver: str | None = None
    givens: dict[str, Draw] = {}
    prompt: Words
    task: Words | None = None
    correction: Words | None = None
    explanation: Words | None = None
    asked: list[Part] = Field(alias="parts", min_length=1, max_length=200)
    tells_apart: list[str] = []
    mistake_credit: float = Field(default=0, ge=0, le=1)

    def __hash__(self) -> int:
        return hash((self.id, self.version))

    @cached_property
    def parts(self) -> list[Part]:
        """The parts, each entry of a table by itself."""
        parts: list[Part] = []
        for part in self.asked:
            parts += [part] if part.entries is None else [part.entry(i) for i in range(part.entries)]
        return parts

    @model_validator(mode="after")
    def holds_together(self) -> Question:
        seen: set[str] = set()
        for at, part in enumerate(self.asked):
            if part.name in seen:
                raise Misfit(f"two parts are named {part.name}; give each its own 'name'", "parts", at)
            seen.add(part.name)
        if self.solver is None:
            if any(part.ask for part in self.asked) or self.givens:
                raise Misfit("'ask' and 'givens' need a 'solver'; name one")
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
            raise Misfit(f"'{name}' is not a mistake of {self.solver}; there are {listed(known)}", *path)

    def _check_steps(self, solver: Solver) -> None:
        """That every part asks a step the solver has, at an entry it has."""
        steps = solver.run(self.draw_givens(Random(0))).steps
        for at, part in enumerate(self.asked):
            if part.ask is None:
                continue
            if part.step not in steps:
                raise Misfit(f"'{part.step}' is not a step; there are {listed(steps)}", "parts", at)
            shape = np.shape(steps[part.step].value)
            fits = len(part.index) == len(shape) and all(i < n for i, n in zip(part.index, shape, strict=True))
            if (part.index and not fits) or (part.entries and shape != (part.entries,)):
                raise Misfit(f"'{part.ask}' asks for entries that {part.step}, of shape {shape}, does not have", "parts", at)

    @property
    def computation(self) -> Solver:
        """Its solver.  Raises UnknownSolver."""
        try:
            return solvers.get(self.solver or "")
        except GradusError as problem:
            raise Misfit(problem.detail, "solver") from None

    @property
    def varies(self) -> bool:
        """Whether its numbers are drawn."""
        return any(varies(spec) for spec in self.givens.values())

    @property
    def kind(self) -> str:
        """`mc` where every part is chosen, else `num`."""
        return "mc" if all(part.choice for part in self.parts) else "num"

    @property
    def places(self) -> int | None:
        """The most places asked: what a student who rounds as they go gives unasked steps."""
        return max((part.places for part in self.parts if part.places is not None), default=None)

    def draw_givens(self, rng: Random) -> dict[str, Any]:
        """Givens as arrays, drawn by `rng`."""
        return self.computation.read({name: draw(spec, rng) for name, spec in self.givens.items()})
