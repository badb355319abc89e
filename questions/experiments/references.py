"""The stored reference of an experiment: its specification, and what every seed gave, epoch by epoch."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from solvers.errors import GradusError, listed, quoted
from solvers.experiments import chain
from solvers.experiments.specification import Specification, read

SHIPPED = Path(__file__).parent / "references"


class UnknownExperiment(GradusError):
    code = "unknown_experiment"
    status = 404


class BadReference(GradusError):
    """A stored reference does not hold together: it was changed by hand, or written by something else."""

    code = "bad_reference"


class Run(BaseModel):
    """What one seed gave after each epoch: right answers, mean loss, gradient norms by layer; the digest of the last weights."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    seed: int
    running_train: list[int]
    train: list[int]
    test: list[int]
    loss: list[float]
    gradients: list[list[float]]
    cpu_seconds: float
    weights: str


class Reference(BaseModel):
    """An experiment's specification, its hash, what its seeds gave, and with what and by which command it was made."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    sha256: str
    command: str
    specification: dict[str, Any]
    environments: list[dict[str, str]]
    runs: list[Run]

    @model_validator(mode="after")
    def holds_together(self) -> Reference:
        spec = self.spec
        if spec.hash != self.sha256:
            raise ValueError(f"the specification has the hash {spec.hash[:12]}…, not {self.sha256[:12]}…; run the experiment again")
        if [run.seed for run in self.runs] != list(spec.seeds):
            raise ValueError("there is not one run for every seed; run the experiment again")
        for run in self.runs:
            lengths = {len(getattr(run, name)) for name in ("loss", "gradients", *spec.metrics)}
            if lengths != {spec.epochs} or not all(math.isfinite(loss) for loss in run.loss):
                raise ValueError(f"seed {run.seed} does not have a finite number for each of {spec.epochs} epochs; run it again")
        return self

    @property
    def spec(self) -> Specification:
        """The specification, read."""
        return read(self.specification)

    def accuracies(self, metric: str) -> list[list[float]]:
        """The accuracy of every seed after every epoch, as shares from 0 to 1."""
        data = self.spec.data
        count = data.test if metric == "test" else data.train
        return [[right / count for right in getattr(run, metric)] for run in self.runs]

    def after(self, metric: str, epoch: int) -> list[float]:
        """The accuracy of every seed after one epoch, counted from 1.  Raises BadReference."""
        spec = self.spec
        if metric not in spec.metrics or not 1 <= epoch <= spec.epochs:
            raise BadReference(f"{self.name} has {listed(spec.metrics)} of epochs 1 to {spec.epochs}, no {metric} of epoch {epoch}")
        return [curve[epoch - 1] for curve in self.accuracies(metric)]


def parse(text: str, file: str) -> Reference:
    """The reference of a file's text.  Raises BadReference."""
    try:
        return Reference.model_validate(json.loads(text))
    except ValidationError as problem:
        first = problem.errors()[0]
        field = ".".join(map(str, first["loc"])) or "reference"
        raise BadReference(f"{file}, field {field}: {first['msg'].removeprefix('Value error, ')}") from None
    except (ValueError, RecursionError):
        raise BadReference(f"{file} is not JSON; run the experiment again") from None


@cache
def reference(name: str) -> Reference:
    """The shipped reference of a name.  Raises UnknownExperiment, BadReference."""
    path = SHIPPED / f"{name}.json"
    if name not in chain.EXPERIMENTS or not path.is_file():
        known = listed(shipped()) or "none yet"
        raise UnknownExperiment(f"{quoted(name)} has no stored reference; there are {known}. `gradus experiment run` makes one")
    found = parse(path.read_text(encoding="utf-8"), path.name)
    if found.spec != chain.EXPERIMENTS[name]:
        raise BadReference(f"{path.name} is of another specification than {name} has now; run the experiment again")
    return found


def shipped() -> list[str]:
    """The experiments that have a stored reference, in the course's order."""
    return [name for name in chain.EXPERIMENTS if (SHIPPED / f"{name}.json").is_file()]


def significant(value: float, figures: int) -> float:
    return float(f"{value:.{figures - 1}e}")


def assembled(name: str, spec: Specification, command: str, seeds: list[dict[str, Any]]) -> Reference:
    """The reference of finished seeds: counts exactly, losses to six figures, gradient norms to three."""
    environments: list[dict[str, str]] = []
    runs = []
    for raw in seeds:
        run = {key: value for key, value in raw.items() if key != "environment"}
        if raw["environment"] not in environments:
            environments.append(raw["environment"])
        run["loss"] = [significant(loss, 6) for loss in run["loss"]]
        run["gradients"] = [[significant(norm, 3) for norm in epoch] for epoch in run["gradients"]]
        run["cpu_seconds"] = round(run["cpu_seconds"], 1)
        runs.append(run)
    fields = {"name": name, "sha256": spec.hash, "command": command, "specification": spec.document()}
    return Reference.model_validate(fields | {"environments": environments, "runs": runs})


def written(found: Reference) -> str:
    """The reference as its file holds it: a field a line, a list of numbers a line."""
    document = found.model_dump()
    runs = document.pop("runs")
    head = ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in document.items())
    body = ",\n".join("  {" + ",\n   ".join(f"{json.dumps(key)}: {compact(value)}" for key, value in run.items()) + "}" for run in runs)
    return f'{{\n{head},\n "runs": [\n{body}\n ]\n}}\n'


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
