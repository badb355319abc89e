"""The commands `gradus experiment`: run experiments in the background or in sight, list and show them, and verify references."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic_core import to_json
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from questions.errors import GradusError
from web.command import LANGUAGE, AsJson, Command, Group, Language, console, show, told
from web.settings import state_folder

if TYPE_CHECKING:
    from exam.experiments import Job, Told

experiment_app = typer.Typer(cls=Group, help="Networks trained for real: the references behind training questions.", no_args_is_help=True)

Names = Annotated[list[str] | None, typer.Argument(metavar="EXPERIMENT", help="Names, or files with a specification as JSON.")]
All = Annotated[bool, typer.Option("--all", help="Every experiment of the course; of verify, every one that is stored.")]
AtOnce = Annotated[int, typer.Option("--jobs", min=1, max=64, metavar="N", help="How many processes at a time, of one thread each.")]


class NothingAsked(GradusError):
    code = "nothing_asked"


def folder() -> Path:
    return state_folder() / "experiments"


def asked(names: list[str] | None, everything: bool) -> list[str]:
    """The experiments a command is about.  Raises NothingAsked."""
    from exam import experiments

    if not names and not everything:
        raise NothingAsked("name an experiment, or say --all; `gradus experiment list` shows them")
    return experiments.names() if everything else list(names or [])


@contextmanager
def bars(jobs: list[Job]) -> Iterator[Told]:
    """A bar for every experiment, in epochs of all its seeds."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("epochs"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        names = dict.fromkeys(job.experiment.name for job in jobs)
        own = {name: [job for job in jobs if job.experiment.name == name] for name in names}
        tasks = {name: progress.add_task(name, total=sum(job.experiment.spec.epochs for job in own[name])) for name in names}

        def tell(job: Job) -> None:
            name = job.experiment.name
            progress.update(tasks[name], completed=sum(one.epochs for one in own[name]))

        for name in names:
            tell(own[name][0])
        yield tell


@experiment_app.command("run", cls=Command)
def run(
    names: Names = None,
    all: All = False,
    jobs: AtOnce = 1,
    again: Annotated[bool, typer.Option("--again", help="Also where a reference is stored already.")] = False,
    background: Annotated[bool, typer.Option("--background", help="Go on without this terminal; `list` shows how far it is.")] = False,
    json: AsJson = False,
) -> None:
    """Train every seed, resume what was interrupted, and store the reference.

    [dim]gradus experiment run chain-adam --jobs 2[/]
    """
    from exam import experiments

    with told(json):
        chosen = [experiments.experiment(name, folder()) for name in asked(names, all)]
        if background:
            same = ["experiment", "run", *asked(names, all), "--jobs", str(jobs), *(["--again"] if again else [])]
            log = folder() / "log"
            document = Started(experiments.detached([sys.executable, "-c", "from web.cli import main; main()", *same], log), str(log))
            show(document, json, lambda out: out.print(f"process {document.process}, which writes to {document.log}", soft_wrap=True))
            return
        found = []
        for one in chosen:
            stored = None if again else experiments.stored(one)
            if stored is None:
                with bars(one.jobs) as tell:
                    experiments.run(one.jobs, jobs, tell)
                stored = experiments.gather(one)
            found.append(Stored(one.name, stored.sha256, str(one.reference)))
        show(found, json, lambda out: out.print("\n".join(f"{one.name}  {one.reference}" for one in found), soft_wrap=True))


@experiment_app.command("list", cls=Command)
def list_all(json: AsJson = False) -> None:
    """List the course's experiments and how far each is."""
    from exam import experiments

    with told(json):
        found = experiments.states(folder())

        def people(out: Console) -> None:
            table = Table("experiment", "hash", "seeds", "epochs", "state", box=None)
            for one in found:
                share = f"{one.done} of {one.seeds * one.epochs} epochs done" if one.done else "not run"
                table.add_row(one.name, one.sha256[:12], str(one.seeds), str(one.epochs), "reference stored" if one.stored else share)
            out.print(table)

        show(found, json, people)


@experiment_app.command("show", cls=Command)
def show_one(
    name: Annotated[str, typer.Argument(metavar="EXPERIMENT", help="A name, or a file with a specification as JSON.")],
    json: AsJson = False,
    lang: Language = LANGUAGE,
) -> None:
    """Show a specification, and what every seed of its reference gave.

    [dim]gradus experiment show chain-adam[/]
    """
    from exam import experiments
    from questions.experiments import told as words

    with told(json):
        one = experiments.experiment(name, folder())
        found = experiments.stored(one)
        document: dict[str, Any] = {"name": one.name, "sha256": one.spec.hash, "specification": one.spec.document()}
        document["reference"] = found.model_dump() if found else None

        def people(out: Console) -> None:
            out.print(f"[bold]{one.name}[/]  {one.spec.hash}", soft_wrap=True)
            out.print(getattr(words.specification(one.spec), lang), soft_wrap=True, markup=False)
            if found is None:
                out.print(f"no reference yet: gradus experiment run {name}")
                return
            table = Table("seed", *one.spec.metrics, "CPU s", "weights", box=None)
            for i, run in enumerate(found.runs):
                last = [f"{found.accuracies(metric)[i][-1]:.4f}" for metric in one.spec.metrics]
                table.add_row(str(run.seed), *last, f"{run.cpu_seconds:.1f}", run.weights[:12])
            out.print(table)

        show(document, json, people)


@experiment_app.command("propose", cls=Command)
def propose(
    names: Annotated[list[str], typer.Argument(metavar="EXPERIMENT", help="Experiments that have a stored reference.")],
    metric: Annotated[str, typer.Option("--metric", metavar="NAME", help="running_train, train or test.")] = "running_train",
    epoch: Annotated[int | None, typer.Option("--epoch", min=1, metavar="N", help="After which epoch; else the last of all.")] = None,
    json: AsJson = False,
) -> None:
    """Say what the references let a question ask: fair bands of one experiment, an order or a comparison of several.

    [dim]gradus experiment propose chain-adam --metric test[/]
    """
    from exam import experiments

    with told(json):
        found = experiments.proposals(names, metric, epoch)
        if not found:
            raise NothingAsked("the references support no claim of these experiments; leave one out, or ask about another epoch or metric")
        lines = [one.model_dump(mode="json", exclude_none=True) for one in found]
        show(
            lines,
            json,
            lambda out: out.print("\n".join(f"training: {to_json(line).decode()}" for line in lines), markup=False, soft_wrap=True),
        )


@experiment_app.command("verify", cls=Command)
def verify(
    names: Names = None,
    all: All = False,
    jobs: AtOnce = 1,
    seeds: Annotated[int | None, typer.Option("--seeds", min=1, metavar="N", help="Only so many of its seeds.")] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, metavar="N", help="Only so many of its epochs.")] = None,
    json: AsJson = False,
) -> None:
    """Run references again from their specification alone and compare every accuracy exactly.  Exits with 1 if any differs.

    Three experiments are so unstable that other processors give other counts: of these every run must keep within the band of the seeds.

    [dim]gradus experiment verify chain-adam --seeds 1 --epochs 2[/]
    """
    from exam import experiments

    with told(json):
        found = []
        for name in experiments.names(stored_only=True) if all else asked(names, all):
            reference = experiments.stored(experiments.experiment(name, folder()))
            if reference is None:
                raise NothingAsked(f"{name} has no stored reference to verify; `gradus experiment run {name}` makes one")
            with counting(name) as tell:
                found.append(experiments.verify(reference, seeds, epochs, jobs, tell))

        def people(out: Console) -> None:
            for one in found:
                same = "" if one.same_weights is None else ", weights too" if one.same_weights else ", weights differ in the last bits"
                said = f"the same after each of {one.epochs} epochs{same}"
                if one.differences:
                    said = "other counts, as on another processor it may have; within the band of the seeds" if one.agrees else "differs"
                out.print(f"{one.name}, {len(one.seeds)} seeds: {said}", soft_wrap=True)
                for line in one.differences:
                    out.print(f"  {line}", soft_wrap=True)

        show(found, json, people)
        if any(not one.agrees for one in found):
            raise typer.Exit(1)


@contextmanager
def counting(name: str) -> Iterator[Told]:
    """A spinner that says how far the second run is."""
    with Console(stderr=True).status(f"running {name} again") as status:
        yield lambda job: status.update(f"running {name} again: seed {job.seed}, epoch {job.epochs} of {job.experiment.spec.epochs}")


@experiment_app.command("fetch", cls=Command)
def fetch() -> None:
    """Download Fashion-MNIST from its public home; what was interrupted is resumed."""
    from exam import experiments

    with told(False):
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as progress:
            tasks: dict[str, Any] = {}

            def tell(name: str, done: int, total: int) -> None:
                if name not in tasks:
                    tasks[name] = progress.add_task(name, total=total)
                progress.update(tasks[name], completed=done)

            where = experiments.fetch(tell)
        console().print(f"complete in {where}", soft_wrap=True)


@dataclasses.dataclass(frozen=True)
class Started:
    """A process in the background, and the file it writes to."""

    process: int
    log: str


@dataclasses.dataclass(frozen=True)
class Stored:
    """A reference that is stored."""

    name: str
    sha256: str
    reference: str
