"""A student's own run of an experiment beside ours: read from its log, carried in the address of the page, told in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from questions.experiments import logs
from questions.experiments.labels import LABELS
from questions.experiments.references import reference
from questions.model import Words
from questions.variant import Variant


@dataclass(frozen=True)
class Own:
    """A run of an experiment by its accuracies; empty where there is none."""

    of: str
    values: Sequence[float]


@dataclass(frozen=True)
class Refused:
    """A log that could not be read, and why."""

    text: str
    said: Words


@dataclass(frozen=True)
class Beside:
    """What the page says of the student's run: the experiments it can be of, the verdict, and what the picture's address needs."""

    experiments: list[tuple[str, Words]]
    columns: str
    epochs: int
    of: str
    said: Words | None
    plausible: bool
    refused: Refused | None
    values: Sequence[float]

    @property
    def more(self) -> str:
        """What is added to the picture's address."""
        return "&" + urlencode({"own": written(self.values)}, safe=",") if self.values else ""


def written(values: Sequence[float]) -> str:
    return ",".join(f"{value:.6g}" for value in values)


def told_in(text: str) -> list[float]:
    """The accuracies of an address, 0.71,0.73,…; none where it was tampered with."""
    numbers = [logs.number(entry) for entry in text.split(",")] if 0 < len(text) < 20_000 else []
    return [value for value in numbers if value is not None and 0 <= value <= 1]


def query(variant: Variant, of: str, text: str) -> str:
    """The address of a run, from its log.  Raises BadLog."""
    asked = variant.question.training
    if asked is None:
        return ""
    name = of if of in asked.experiments else asked.experiments[0]
    values = logs.read_log(text, asked.accuracy, reference(name).spec.epochs)
    return urlencode({"of": name, "own": written(values)}, safe=",")


def beside(variant: Variant, run: Own | Refused) -> Beside | None:
    """What is said of a run beside our seeds; None where the question is not about an experiment."""
    asked = variant.question.training
    if asked is None:
        return None
    name = run.of if isinstance(run, Own) and run.of in asked.experiments else asked.experiments[0]
    curves = reference(name).accuracies(asked.accuracy)
    values = list(run.values) if isinstance(run, Own) and len(run.values) == len(curves[0]) else []
    found = logs.plausibility(values, curves) if values else None
    return Beside(
        experiments=[(one, Words(**LABELS[one])) for one in asked.experiments],
        columns=f"epoch,{asked.accuracy}",
        epochs=len(curves[0]),
        of=name,
        said=found.said if found else None,
        plausible=bool(found and found.plausible),
        refused=run if isinstance(run, Refused) else None,
        values=values,
    )
