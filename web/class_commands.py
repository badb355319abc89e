"""The commands about classes: made, listed, filled from a roster; and links by which people choose their password."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from questions.errors import GradusError
from web.command import LANGUAGE, AsJson, Command, Database, Group, Language, opened, show, told
from web.operating import user_app

if TYPE_CHECKING:
    from exam.links import Handed
    from exam.roster import Entry, Fault, Plan

class_app = typer.Typer(cls=Group, help="Make classes and fill them.", no_args_is_help=True)


class BadFile(GradusError):
    code = "bad_file"


@dataclasses.dataclass(frozen=True)
class PersonDocument:
    """Somebody with an account."""

    name: str
    role: str


@dataclasses.dataclass(frozen=True)
class ClassDocument:
    """A class and how many students it has."""

    id: str
    title: str
    students: int


@dataclasses.dataclass(frozen=True)
class HandedDocument:
    """A password link, shown once: what follows the server's address."""

    name: str
    path: str


@dataclasses.dataclass(frozen=True)
class ImportDocument:
    """What a roster does, or with `done` did; with faults nothing is done."""

    done: bool
    entries: list[Entry]
    faults: list[Fault]
    links: list[HandedDocument]


@user_app.command("link", cls=Command)
def user_link(
    name: Annotated[str, typer.Argument(help="Whose password.")],
    days: Annotated[float, typer.Option("--days", metavar="N", help="How long it is good, up to 30.")] = 7,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Make a link by which somebody chooses a password, once; print what follows the server's address."""
    from exam import links

    with told(json), opened(database) as store:
        made = links.hand_out_by_name(store, name, days)
        show(handed([made])[0], json, lambda out: out.print(f"{made.name} {made.path}", soft_wrap=True, markup=False))


@user_app.command("list", cls=Command)
def user_list(database: Database = None, json: AsJson = False) -> None:
    """List everybody with an account."""
    from exam import people

    with told(json), opened(database) as store:
        found = [PersonDocument(one.name, one.role) for one in people.everybody(store)]
        show(found, json, lambda out: print_lines(out, [f"{one.role:14} {one.name}" for one in found]))


@class_app.command("add", cls=Command)
def class_add(
    title: Annotated[str, typer.Argument(help="What people call it.")],
    teacher: Annotated[str | None, typer.Option("--teacher", metavar="NAME", help="The name of who teaches it.")] = None,
    id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="What programs and papers call it; read off the title without.")
    ] = None,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Make a class."""
    from exam import classes, people

    with told(json), opened(database) as store:
        by = people.named(store, teacher) if teacher is not None else None
        made = classes.make(store, by, title, id)
        show(ClassDocument(made.id, made.title, 0), json, lambda out: out.print(made.id))


@class_app.command("list", cls=Command)
def class_list(database: Database = None, json: AsJson = False) -> None:
    """List the classes, the latest first."""
    from exam import classes

    with told(json), opened(database) as store:
        found = [ClassDocument(one.school_class.id, one.school_class.title, one.students) for one in classes.overviews(store, None)]
        lines = [f"{one.id:24} {one.students:5}  {one.title}" for one in found]
        show(found, json, lambda out: print_lines(out, lines))


@class_app.command("import", cls=Command)
def class_import(
    id: Annotated[str, typer.Argument(metavar="CLASS", help="The id of a class.")],
    file: Annotated[Path, typer.Argument(help="A CSV file or table: name, team, role.  - reads standard input.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only say what would be done.")] = False,
    days: Annotated[float, typer.Option("--days", metavar="N", help="How long the password links are good, up to 30.")] = 14,
    database: Database = None,
    json: AsJson = False,
    lang: Language = LANGUAGE,
) -> None:
    """Preview a roster line by line, or take it with --yes and print a password link for each new account, once."""
    from exam import roster

    with told(json), opened(database) as store:
        text = roster.decoded(content_of(file))
        plan = roster.preview(store, None, id, text)
        made: list[Handed] = []
        if yes and not plan.faults:
            plan, made = roster.take(store, None, id, text, plan.digest, days)
        document = ImportDocument(yes and not plan.faults, plan.entries, plan.faults, handed(made))
        show(document, json, lambda out: print_roster(out, plan, made, lang))
        if plan.faults:
            raise typer.Exit(1)


def content_of(file: Path) -> bytes:
    """What a file holds.  Raises BadFile."""
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as problem:
        raise BadFile(f"'{file}' cannot be read ({problem.strerror}); name a CSV file, or - for standard input") from None


def handed(made: list[Handed]) -> list[HandedDocument]:
    return [HandedDocument(one.name or "", one.path) for one in made]


def print_lines(out: Console, lines: list[str]) -> None:
    for line in lines:
        out.print(line, soft_wrap=True, markup=False)


def print_roster(out: Console, plan: Plan, made: list[Handed], lang: str) -> None:
    """What happens to whom, what is wrong where, and the links."""
    print_lines(out, [f"{one.line:5}  {one.does:8} {one.role:10} {one.team:12} {one.name}" for one in plan.entries])
    for fault in plan.faults:
        out.print(fault.said.vi if lang == "vi" else fault.said.en, style="red", soft_wrap=True, markup=False)
    print_lines(out, [f"{one.name}\t{one.path}" for one in made])
