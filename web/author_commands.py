"""The commands of who writes questions: a folder of files under version control, pulled and pushed; and a class to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.command import AsJson, Command, Database, opened, show, told

if TYPE_CHECKING:
    from rich.console import Console

    from exam.folder import Moved

writing = typer.Typer()
Folder = Annotated[Path, typer.Argument(help="A folder of YAML files, one a question.")]
Writer = Annotated[str, typer.Option("--as", metavar="NAME", help="The teacher who writes them.")]


def print_moved(out: Console, moved: list[Moved]) -> None:
    """A line a question that is not the same, with what differs or why it was refused."""
    for one in moved:
        if one.did != "same":
            out.print(f"{one.did:10} {one.id}", markup=False, soft_wrap=True)
            if one.told:
                out.print(one.told, markup=False, soft_wrap=True)
    same = sum(one.did == "same" for one in moved)
    out.print(f"{len(moved) - same} of {len(moved)} differ" if moved else "no question was written by a teacher", markup=False)


def ended(moved: list[Moved]) -> None:
    """Exits with 1 where something could not be done."""
    if any(one.did in ("conflict", "refused") for one in moved):
        raise typer.Exit(1)


@writing.command(cls=Command, rich_help_panel="Questions")
def pull(folder: Folder, name: Writer, database: Database = None, json: AsJson = False) -> None:
    """Write the questions that teachers wrote into a folder; a file changed there is never written over.

    It exits with 1 where both sides changed, and prints the lines that differ.
    """
    from exam import folder as folders
    from exam import people

    with told(json), opened(database) as store:
        moved = folders.pull(store, people.named(store, name), folder)
        show(moved, json, lambda out: print_moved(out, moved))
        ended(moved)


@writing.command(cls=Command, rich_help_panel="Questions")
def push(
    folder: Folder,
    name: Writer,
    publish: Annotated[bool, typer.Option("--publish", help="Publish what can be marked fairly.")] = False,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Save the files of a folder that changed as drafts; what somebody else saved since is never written over.

    It exits with 1 where both sides changed, or a file was refused.
    """
    from exam import folder as folders
    from exam import people

    with told(json), opened(database) as store:
        moved = folders.push(store, people.named(store, name), folder, publish)
        show(moved, json, lambda out: print_moved(out, moved))
        ended(moved)


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
