"""How givens are drawn: fixed, from a decimal grid, from a list of numbers or vectors, or as probabilities."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from math import comb, prod
from random import Random
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

MOST_VALUES = 100_000
Exact = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Model(BaseModel):
    """A piece of a question: nothing unknown in it, and nothing changed after."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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

    @property
    def count(self) -> int:
        return len(self.values)

    def draw(self, rng: Random) -> float:
        return self.values[rng.randrange(len(self.values))]


class OneOf(Model):
    """A number drawn from a list of numbers, or a vector from a list of vectors."""

    oneof: list[Exact] | list[Annotated[list[Exact], Field(min_length=1)]] = Field(min_length=1, max_length=1000)

    @property
    def count(self) -> int:
        return len({repr(item) for item in self.oneof})

    def draw(self, rng: Random) -> Any:
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

    @property
    def free(self) -> int:
        """The steps that are left to share when every entry has its least."""
        return int((1 - self.least * self.probabilities) / self.step)

    @property
    def count(self) -> int:
        return comb(self.free + self.probabilities - 1, self.probabilities - 1)

    def draw(self, rng: Random) -> list[float]:
        free = self.free
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


def draw(spec: Any, rng: Random) -> Any:
    """The number, list or matrix that a draw specification gives."""
    if isinstance(spec, list):
        return [draw(item, rng) for item in spec]
    return spec.draw(rng) if isinstance(spec, (Grid, OneOf, Probabilities)) else spec


def varies(spec: Any) -> bool:
    return any(varies(item) for item in spec) if isinstance(spec, list) else not isinstance(spec, (int, float))


def space(spec: Any) -> int:
    """How many different numbers, lists or matrices a specification can draw."""
    if isinstance(spec, list):
        return prod(space(item) for item in spec)
    return spec.count if isinstance(spec, (Grid, OneOf, Probabilities)) else 1


def shape(spec: Any) -> tuple[int, ...]:
    """The shape of what a specification draws.  Raises ValueError where draws would differ in it."""
    if isinstance(spec, Probabilities):
        return (spec.probabilities,)
    if not isinstance(spec, (list, OneOf)):
        return ()
    drawn = spec.oneof if isinstance(spec, OneOf) else spec
    inner = {shape(item) for item in drawn}
    if len(inner) != 1:
        raise ValueError("its entries differ in length; make them equal" if inner else "it is empty; give at least one number")
    return (*(() if isinstance(spec, OneOf) else (len(spec),)), *inner.pop())
