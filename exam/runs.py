"""Students' own runs of the experiments: kept beside a released question about them, told against the seeds, read by the class's staff."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exam import classes, papers
from exam.rights import Refused
from exam.shown import NotReleased, shown_of
from exam.sittings import Sitting, find_question, sitting
from exam.store import Store
from exam.store import classes as class_rows
from exam.store import runs as rows
from exam.store.people import Person
from exam.store.runs import RunRow
from questions.errors import listed, quoted
from questions.experiments import logs
from questions.experiments.evidence import Training
from questions.experiments.logs import Plausibility
from questions.experiments.references import reference, shipped


class UnknownRun(Refused):
    """No run is kept here, or the question is not about this experiment."""

    code = "unknown_run"
    status = 404


@dataclass(frozen=True)
class OwnRun:
    """An experiment of a question, and the run of it that its student sent, with how it stands to our seeds; None where none is kept."""

    experiment: str
    metric: str
    epochs: int
    accuracies: Sequence[float]
    at: float | None
    found: Plausibility | None


@dataclass(frozen=True)
class ClassRuns:
    """The runs that the students of a class sent of one experiment by one metric, by name."""

    experiment: str
    metric: str
    runs: Mapping[str, OwnRun]


def asked_by(store: Store, one: Sitting, question: str) -> Training:
    """What a question of an attempt asks of its experiments, once its answers are shown.  Raises UnknownPart, UnknownRun, NotReleased."""
    asked = one.variants[find_question(one.variants, question)].question.training
    if asked is None:
        raise UnknownRun("Câu hỏi này không nói về lần huấn luyện nào.", "This question is about no experiment; no run belongs to it.")
    now = shown_of(store, one, None if one.row.practice else papers.paper(store, one.row.paper))
    if one.clock.closed is None or not now.answers:
        raise NotReleased("a run of one's own is taken once the answers are shown; hand the attempt in, and come back then")
    return asked


def own_runs(store: Store, person: Person, asked: Training) -> list[OwnRun]:
    """Every experiment of a question with a person's own run of it."""
    kept = store.read(lambda c: rows.runs_of(c, person.id, asked.accuracy, asked.experiments))
    return [beside(name, asked.accuracy, kept.get(name)) for name in asked.experiments]


def beside(name: str, metric: str, kept: RunRow | None) -> OwnRun:
    """A run beside the seeds; one of another specification than the experiment has now is left aside."""
    seeds = reference(name).accuracies(metric)
    if kept is None or kept.sha256 != reference(name).sha256:
        return OwnRun(name, metric, len(seeds[0]), (), None, None)
    return OwnRun(name, metric, len(seeds[0]), kept.accuracies, kept.at, logs.plausibility(kept.accuracies, seeds))


def of(store: Store, person: Person, id: str, question: str) -> list[OwnRun]:
    """The experiments of a question, with one's own runs.  Raises UnknownAttempt, UnknownPart, UnknownRun, NotReleased."""
    return own_runs(store, person, asked_by(store, sitting(store, person, id), question))


def keep(store: Store, person: Person, id: str, question: str, experiment: str, log: str) -> OwnRun:
    """Reads the log of a run and keeps it, in the place of the one before.  Raises what `of` raises, and BadLog."""
    asked = asked_by(store, sitting(store, person, id), question)
    metric, found = asked.accuracy, reference(known(asked, experiment))
    values = logs.read_log(log, metric, found.spec.epochs)
    kept = RunRow(person.id, experiment, metric, found.sha256, values, time.time())
    store.write(lambda c: rows.keep(c, kept))
    return beside(experiment, metric, kept)


def forget(store: Store, person: Person, id: str, question: str, experiment: str) -> None:
    """Deletes one's own run of an experiment.  Raises what `of` raises."""
    asked = asked_by(store, sitting(store, person, id), question)
    known(asked, experiment)
    if not store.write(lambda c: rows.drop(c, person.id, experiment, asked.accuracy)):
        raise UnknownRun("Không có lần chạy nào được lưu ở đây.", "No run of this experiment is kept; it was deleted already.")


def known(asked: Training, experiment: str) -> str:
    """That a question is about an experiment.  Raises UnknownRun."""
    if experiment not in asked.experiments:
        there = listed(asked.experiments)
        raise UnknownRun(
            f"Câu hỏi này không hỏi về {quoted(experiment)}; có: {there}.",
            f"This question is not about {quoted(experiment)}; there are {there}.",
            "/experiment",
        )
    return experiment


def of_class(store: Store, person: Person | None, id: str) -> list[ClassRuns]:
    """What the students of a class sent, an experiment after the other in the course's order.  Raises UnknownClass."""
    classes.overview(store, person, id)
    kept = store.read(lambda c: rows.runs_in(c, id))
    names = store.read(lambda c: class_rows.names_of(c, {row.person for row in kept}))
    found = []
    for name in shipped():
        for metric in reference(name).spec.metrics:
            told = {names[row.person]: beside(name, metric, row) for row in kept if (row.experiment, row.metric) == (name, metric)}
            runs = {who: one for who, one in sorted(told.items()) if one.found}
            if runs:
                found.append(ClassRuns(name, metric, runs))
    return found
