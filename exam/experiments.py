"""Runs experiments: a process for every seed, several at once, resumed where they were interrupted, gathered when all are done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from questions.experiments import evidence
from questions.experiments.evidence import Training
from questions.experiments.logs import plausibility
from questions.experiments.references import SHIPPED, Reference, UnknownExperiment, assembled, parse, reference, shipped, written
from solvers.errors import GradusError, listed, quoted
from solvers.experiments import images
from solvers.experiments.chain import EXPERIMENTS, SENSITIVE
from solvers.experiments.files import replacing
from solvers.experiments.specification import METRICS, BadSpecification, Data, Specification, read

PAUSE = 0.2  # seconds between looks at the processes
Told = Callable[["Job"], None]


class ExperimentFailed(GradusError):
    """A process ended with a problem, which it told."""

    code = "experiment_failed"
    status = 500


@dataclass(frozen=True)
class Experiment:
    """A specification by its name, and the folder in which what belongs to it is kept."""

    name: str
    spec: Specification
    folder: Path

    @property
    def known(self) -> bool:
        """Whether it is one of the course's."""
        return EXPERIMENTS.get(self.name) == self.spec

    @property
    def reference(self) -> Path:
        """Where its reference is stored: with the package if it is one of the course's."""
        return SHIPPED / f"{self.name}.json" if self.known else self.folder / f"{self.name}.json"

    @property
    def jobs(self) -> list[Job]:
        """Its seeds."""
        return [Job(self, seed) for seed in self.spec.seeds]


@dataclass(frozen=True)
class Job:
    """One seed of an experiment."""

    experiment: Experiment
    seed: int

    @property
    def folder(self) -> Path:
        return self.experiment.folder / self.experiment.spec.hash

    @property
    def done(self) -> Path:
        return self.folder / f"seed-{self.seed}.json"

    @property
    def epochs(self) -> int:
        """How many epochs are done."""
        if self.done.exists():
            return self.experiment.spec.epochs
        try:
            return int(json.loads((self.folder / f"seed-{self.seed}.progress").read_text(encoding="utf-8"))["epochs"])
        except (OSError, ValueError, KeyError):
            return 0

    @property
    def found(self) -> dict[str, Any]:
        """What the seed gave."""
        document: dict[str, Any] = json.loads(self.done.read_text(encoding="utf-8"))
        return document


def names(stored_only: bool = False) -> list[str]:
    """The experiments of the course, in its order; or those that have a stored reference."""
    return shipped() if stored_only else list(EXPERIMENTS)


def experiment(given: str, folder: Path) -> Experiment:
    """An experiment of the course by name, or one of a file of JSON.  Raises UnknownExperiment, BadSpecification."""
    if given in EXPERIMENTS:
        return Experiment(given, EXPERIMENTS[given], folder)
    path = Path(given)
    if not path.is_file():
        raise UnknownExperiment(f"{quoted(given)} is neither an experiment nor a file; there are {listed(EXPERIMENTS)}")
    try:
        document = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=each_once)
        return Experiment(path.stem, read(document), folder)
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        raise BadSpecification(f"{path.name}, {where}: this is not JSON; write it as docs/experiments.md lays down") from None
    except (ValueError, RecursionError):
        raise BadSpecification(f"{path.name} is not JSON; write a specification as docs/experiments.md lays it down") from None
    except OSError as problem:
        raise BadSpecification(f"{path.name} cannot be read ({problem.strerror}); name another file") from None
    except BadSpecification as problem:
        raise BadSpecification(f"{path.name}: {problem.detail}", problem.where) from None


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose fields all differ.  Raises BadSpecification."""
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise BadSpecification(f"{quoted(name)} is stated twice; keep one of the two", f"/{name}")
    return dict(pairs)


def run(waiting: list[Job], at_once: int, told: Told) -> None:
    """Runs what is not done, `at_once` processes at a time; `told` hears how far each is.  Raises ExperimentFailed.

    When it ends early, so do the processes; what they have done is kept.
    """
    waiting = [job for job in waiting if not job.done.exists()]
    running: list[tuple[Job, subprocess.Popen[str]]] = []
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                running.append((waiting[0], started(waiting.pop(0))))
            time.sleep(PAUSE)
            for job, process in list(running):
                if process.poll() is not None:
                    running.remove((job, process))
                    ended(job, process)
                told(job)
    finally:
        for _, process in running:
            process.terminate()
        for _, process in running:
            process.communicate()


def started(job: Job) -> subprocess.Popen[str]:
    """The process of a seed, with one thread."""
    specification = job.folder / "specification.json"
    with replacing(specification) as file:
        file.write(job.experiment.spec.canonical().encode())
    command = [sys.executable, "-m", "solvers.experiments", str(specification), str(job.seed), str(job.folder)]
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    found = os.pathsep.join(path for path in sys.path if path)
    surroundings = os.environ | one_thread | {"PYTHONPATH": found}
    return subprocess.Popen(command, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def ended(job: Job, process: subprocess.Popen[str]) -> None:
    """Hears what a process said at its end.  Raises ExperimentFailed."""
    _, said = process.communicate()
    where = f"{job.experiment.name}, seed {job.seed}"
    if process.returncode:
        last = said.strip().splitlines()[-1:] or [f"it was ended by signal {-process.returncode}"]
        raise ExperimentFailed(f"{where}: {last[0]}")
    if not job.done.exists():
        raise ExperimentFailed(f"{where} is run by another process at the same time; wait for it")


def gather(one: Experiment) -> Reference:
    """Writes and returns the reference of an experiment whose seeds are all done."""
    found = assembled(one.name, one.spec, f"gradus experiment run {one.name}", [job.found for job in one.jobs])
    with replacing(one.reference) as file:
        file.write(written(found).encode())
    return found


def stored(one: Experiment) -> Reference | None:
    """The reference of an experiment, if there is one of this very specification.  Raises BadReference."""
    if not one.reference.is_file():
        return None
    found = parse(one.reference.read_text(encoding="utf-8"), one.reference.name)
    return found if found.spec == one.spec else None


@dataclass(frozen=True)
class Verified:
    """What a second run of a reference gave: the differences, in words, and whether even the weights are the same.

    It agrees if there is no difference; a sensitive experiment also if every run keeps within the band of the reference's seeds.
    """

    name: str
    seeds: list[int]
    epochs: int
    differences: list[str]
    same_weights: bool | None
    sensitive: bool
    agrees: bool


def verify(found: Reference, seeds: int | None, epochs: int | None, at_once: int, told: Told) -> Verified:
    """Runs a reference again from its specification alone, in a folder of its own, and compares every accuracy exactly."""
    spec = found.spec
    spec = replace(spec, seeds=spec.seeds[:seeds], epochs=min(epochs or spec.epochs, spec.epochs))
    with tempfile.TemporaryDirectory(prefix="gradus-") as folder:
        again = Experiment(found.name, spec, Path(folder)).jobs
        run(again, at_once, told)
        second = [job.found for job in again]
    first = [run.model_dump() for run in found.runs[: len(second)]]
    differences = [line for a, b in zip(first, second, strict=True) for line in compared(spec, a, b)]
    whole = spec.epochs == found.spec.epochs
    same = all(a["weights"] == b["weights"] for a, b in zip(first, second, strict=True)) if whole else None
    sensitive = found.name in SENSITIVE and found.spec == EXPERIMENTS[found.name]
    agrees = not differences or (sensitive and all(within(found, run) for run in second))
    return Verified(found.name, list(spec.seeds), spec.epochs, differences, same, sensitive, agrees)


def within(found: Reference, run: dict[str, Any]) -> bool:
    """Whether a run, also one of fewer epochs, keeps within the band of a reference's seeds by every metric."""
    spec, bands = found.spec, {metric: found.accuracies(metric) for metric in found.spec.metrics}
    return all(
        plausibility(
            [right / (spec.data.test if metric == "test" else spec.data.train) for right in run[metric]],
            [seed[: len(run[metric])] for seed in seeds],
        ).plausible
        for metric, seeds in bands.items()
    )


def compared(spec: Specification, first: dict[str, Any], second: dict[str, Any]) -> Iterator[str]:
    """Where two runs of a seed differ, metric by metric, at the first epoch that does."""
    for metric in spec.metrics:
        for epoch, (a, b) in enumerate(zip(first[metric], second[metric], strict=False), start=1):
            if a != b:
                yield f"seed {first['seed']}, epoch {epoch}: {metric} has {a:,} right in the reference and {b:,} now"
                break


def detached(command: list[str], log: Path) -> int:
    """Starts the command in the background, and returns the id of its process."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        surroundings = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        process = subprocess.Popen(command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, env=surroundings, start_new_session=True)
    return process.pid


def proposals(names: list[str], metric: str, epoch: int | None) -> list[Training]:
    """What may be asked of experiments after an epoch, the last that all of them have if none is named.

    Raises UnknownExperiment, BadReference, BadSpecification.
    """
    if metric not in METRICS:
        raise BadSpecification(f"{quoted(metric)} is not a metric; there are {listed(METRICS)}")
    return evidence.proposals(names, metric, epoch or min(reference(name).spec.epochs for name in names))


@dataclass(frozen=True)
class State:
    """How far an experiment is: whether a reference is stored, and the epochs done of all its seeds."""

    name: str
    sha256: str
    seeds: int
    epochs: int
    stored: bool
    done: int


def states(folder: Path) -> list[State]:
    """Every experiment of the course with how far it is."""
    have = set(shipped())
    found = []
    for name, spec in EXPERIMENTS.items():
        done = sum(job.epochs for job in Experiment(name, spec, folder).jobs)
        found.append(State(name, spec.hash, len(spec.seeds), spec.epochs, name in have, done))
    return found


def fetch(progress: images.Progress) -> Path:
    """Downloads Fashion-MNIST into its folder, and returns that.  Raises BadData."""
    where = images.folder()
    images.fetch(Data(), where, progress)
    return where
