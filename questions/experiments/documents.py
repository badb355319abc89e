"""The experiments as documents: what there is, and how each follows from another."""

from __future__ import annotations

from dataclasses import dataclass

from questions.experiments import told
from questions.experiments.labels import LABELS
from questions.experiments.references import reference, shipped
from questions.model import Words
from solvers.experiments.chain import PREVIOUS


@dataclass(frozen=True)
class ExperimentDocument:
    """An experiment that has a stored reference; `changed_from` is the one it was made from, `specification` says it in words."""

    name: str
    label: Words
    sha256: str
    changed_from: str | None
    specification: Words
    metrics: list[str]
    epochs: int
    seeds: int


def experiments() -> list[ExperimentDocument]:
    """Every experiment that has a stored reference, in the course's order."""
    return [experiment(name) for name in shipped()]


def experiment(name: str) -> ExperimentDocument:
    """One of them.  Raises UnknownExperiment, BadReference."""
    found = reference(name)
    spec = found.spec
    words = told.specification(spec)
    label = Words(**LABELS[name])
    return ExperimentDocument(name, label, found.sha256, PREVIOUS.get(name), words, list(spec.metrics), spec.epochs, len(found.runs))
