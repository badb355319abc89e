"""The commands of who writes questions: a folder of files under version control, pulled and pushed; and a class to look at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from questions.errors import GradusError
from web.command import AsJson, Command, Database, opened, progress, show, told

if TYPE_CHECKING:
    from rich.console import Console

    from exam.folder import Moved, Shelf

writing = typer.Typer()
Folder = Annotated[Path, typer.Argument(help="A folder of YAML files, one a question.")]
Writer = Annotated[str | None, typer.Option("--as", metavar="NAME", help="The teacher who writes them, in the database here.")]
Address = Annotated[str | None, typer.Option("--server", metavar="URL", help="A server elsewhere; its token in GRADUS_TOKEN.")]
TokenFile = Annotated[Path | None, typer.Option("--token-file", metavar="FILE", help="A file that holds the server's token.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what would be done, and do nothing.")]


@contextmanager
def shelf_of(name: str | None, server: str | None, token_file: Path | None, database: str | None) -> Iterator[Shelf]:
    """Where the questions are: on a server, or in the database here."""
    from exam import people
    from exam.folder import Database as Here

    if (name is None) == (server is None):
        raise typer.BadParameter("state --as NAME for the database here, or --server URL for a server elsewhere, one of the two")
    if server is None:
        with opened(database) as store:
            yield Here(store, people.named(store, name or ""))
        return
    with elsewhere(server, token_file) as shelf:
        yield shelf


@contextmanager
def elsewhere(server: str, token_file: Path | None) -> Iterator[Shelf]:
    """The questions on a server."""
    from web.remote import Server, token_from

    with closing(Server(server, token_from(token_file))) as shelf:
        yield shelf


def report(moving: Iterator[Moved], as_json: bool) -> None:
    """Tells what became of each question, also of those before something broke; exits with 1 where something could not be done."""
    moved: list[Moved] = []
    try:
        moved.extend(moving)
    except GradusError:
        if moved and not as_json:
            show(moved, as_json, lambda out: print_moved(out, moved))
        raise
    show(moved, as_json, lambda out: print_moved(out, moved))
    if any(one.did in ("conflict", "refused") for one in moved):
        raise typer.Exit(1)


def print_moved(out: Console, moved: list[Moved]) -> None:
    """A line a question that is not the same, with what differs or why it was refused."""
    for one in moved:
        if one.did != "same":
            out.print(f"{one.did:10} {one.id}", markup=False, soft_wrap=True)
            if one.told:
                out.print(one.told, markup=False, soft_wrap=True)
    same = sum(one.did in ("same", "sound") for one in moved)
    if any(one.did == "sound" for one in moved):
        out.print(f"{same} of {len(moved)} may be published", markup=False)
    else:
        out.print(f"{len(moved) - same} of {len(moved)} differ" if moved else "there is no question that a teacher wrote", markup=False)


@writing.command(cls=Command, rich_help_panel="Questions")
def pull(
    folder: Folder,
    name: Writer = None,
    server: Address = None,
    token_file: TokenFile = None,
    dry_run: DryRun = False,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Write the questions that teachers wrote into a folder; a file changed there is never written over.

    It exits with 1 where both sides changed, and prints the lines that differ.

    [dim]gradus pull questions/ --server https://gradus.example.edu[/]
    """
    from exam import folder as folders

    with told(json), shelf_of(name, server, token_file, database) as shelf, progress("pulling") as watch:
        report(folders.pull(shelf, folder, dry_run, watch), json)


@writing.command(cls=Command, rich_help_panel="Questions")
def push(
    folder: Folder,
    name: Writer = None,
    server: Address = None,
    token_file: TokenFile = None,
    publish: Annotated[bool, typer.Option("--publish", help="Publish what can be marked fairly.")] = False,
    dry_run: DryRun = False,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Save the files of a folder that changed as drafts; what somebody else saved since is never written over.

    It exits with 1 where both sides changed, or a file was refused.

    [dim]gradus push questions/ --server https://gradus.example.edu --publish --dry-run[/]
    """
    from exam import folder as folders

    with told(json), shelf_of(name, server, token_file, database) as shelf, progress("pushing") as watch:
        report(folders.push(shelf, folder, publish, dry_run, watch), json)


def check_elsewhere(server: str, token_file: Path | None, names: list[str], as_json: bool) -> None:
    """Lets a server tell what would keep files from being published there.  Raises BadFolder."""
    from exam import folder as folders

    files = [file for name in names for file in files_of(Path(name))]
    if not files:
        raise typer.BadParameter("name a folder or YAML files that the server shall check")
    with elsewhere(server, token_file) as shelf, progress("checking") as watch:
        report(folders.check(shelf, files, watch), as_json)


def files_of(path: Path) -> list[Path]:
    """The questions of a folder, or a file itself."""
    return sorted(path.glob("*.yaml")) if path.is_dir() else [path]


@writing.command(cls=Command, rich_help_panel="Installation")
def demo(
    name: Annotated[str, typer.Option("--as", metavar="NAME", help="The teacher of the class; made where there is nobody.")] = "Demo",
    students: Annotated[int, typer.Option("--students", min=1, max=500, metavar="N", help="How many students.")] = 40,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Another class for another number.")] = 0,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Make a class whose simulated students took a paper, so that every screen has something to show.

    [dim]gradus demo --as 'Cô Hà'[/]
    """
    from exam import demo as demonstration
    from exam import papers

    with told(json), opened(database) as store:
        papers.load(store)
        teacher, password = demonstration.teacher_named(store, name)
        made = demonstration.fill(store, teacher, students, seed)

        def print_made(out: Console) -> None:
            out.print(f"{made.students} students, {made.started} started, {made.handed_in} handed in", markup=False)
            out.print(f"/teach/classes/{made.school_class}  /teach/papers/{made.paper}/room", markup=False)
            if password:
                out.print(f"{name}, password {password}", markup=False)

        show(made, json, print_made)
