"""A student's own runs beside our seeds: what the page of a marked training question says of them, and its curves in numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from exam.runs import OwnRun
from questions.experiments.evidence import Training
from questions.experiments.fairness import spread
from questions.experiments.labels import LABELS
from questions.experiments.logs import BadLog
from questions.experiments.references import reference
from questions.model import Words


@dataclass(frozen=True)
class Refused:
    """A log that could not be read, of which experiment, and why."""

    of: str
    text: str
    said: Words


def refused(of: str, text: str, problem: BadLog) -> Refused:
    return Refused(of, text, problem.said)


@dataclass(frozen=True)
class Cell:
    """The accuracies of all seeds of an experiment after an epoch, and of the student's run where there is one."""

    mean: float
    low: float
    high: float
    own: float | None


@dataclass(frozen=True)
class Column:
    """An experiment in the tables: its cells by epoch, and the mean gradient norm of each layer after the asked epoch."""

    name: str
    label: Words
    cells: list[Cell]
    norms: list[float]
    has_own: bool


@dataclass(frozen=True)
class Beside:
    """What the page says of the student's runs: one of each experiment, how a log looks, and why the last one was refused, if so."""

    runs: list[OwnRun]
    columns: list[Column]
    metric: str
    epoch: int
    epochs: int
    refused: Refused | None

    @property
    def layers(self) -> int:
        """How many layers the deepest net has."""
        return max(len(column.norms) for column in self.columns)

    @property
    def kept(self) -> list[OwnRun]:
        """Those that were sent."""
        return [run for run in self.runs if run.found]

    @property
    def more(self) -> str:
        """What is added to the picture's address, so that another run is another picture."""
        return f"&runs={stamp(self.kept)}" if self.kept else ""


def stamp(runs: Iterable[OwnRun]) -> str:
    """What stands for these runs in the address of a picture."""
    return hashlib.sha256(repr([(run.experiment, run.metric, run.at) for run in runs]).encode()).hexdigest()[:10]


def beside(asked: Training, runs: list[OwnRun], problem: Refused | None = None) -> Beside:
    """The runs of a question's experiments beside our seeds."""
    columns = [column(run, asked.epoch) for run in runs]
    return Beside(runs, columns, asked.accuracy, asked.epoch, runs[0].epochs, problem)


def column(run: OwnRun, epoch: int) -> Column:
    """An experiment in numbers."""
    found = reference(run.experiment)
    seeds = list(zip(*found.accuracies(run.metric), strict=True))
    owns = [*run.accuracies, *[None] * (len(seeds) - len(run.accuracies))]
    cells = [Cell(spread(values)[0], min(values), max(values), own) for values, own in zip(seeds, owns, strict=True)]
    norms = zip(*(one.gradients[epoch - 1] for one in found.runs), strict=True)
    return Column(run.experiment, Words(**LABELS[run.experiment]), cells, [spread(layer)[0] for layer in norms], run.found is not None)
