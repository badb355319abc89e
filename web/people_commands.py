"""The commands about people: accounts, tokens, classes and rosters."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from questions.errors import GradusError
from web.command import LANGUAGE, AsJson, Database, Language, opened, show, told

if TYPE_CHECKING:
    from exam.links import Handed
    from exam.roster import Entry, Fault, Plan

token_app = typer.Typer(help="API tokens.", no_args_is_help=True)
user_app = typer.Typer(help="People's accounts.", no_args_is_help=True)
class_app = typer.Typer(help="Classes and their rosters.", no_args_is_help=True)


class BadFile(GradusError):
    code = "bad_file"


@dataclasses.dataclass(frozen=True)
class TokenDocument:
    """A new token, shown once."""

    token: str


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


@token_app.command("add")
def token_add(
    name: Annotated[str, typer.Argument(help="A name for it; with --scope student or teach, whose it is.")],
    scope: Annotated[
        str,
        typer.Option(
            "--scope", help="What it may do: grade (the answer book), student (take papers as that person), or teach (keep their classes)."
        ),
    ],
    days: Annotated[float | None, typer.Option("--days", help="How long it is good; for ever without.")] = None,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Make an API token and print it, once."""
    from exam import people

    with told(json), opened(database) as store:
        text = people.add_token(store, name, scope, days)
        show(TokenDocument(text), json, lambda out: out.print(text, soft_wrap=True))


@user_app.command("add")
def user_add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[str, typer.Option("--role", help="student, teacher or administrator.")],
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Make an account and print its password, once."""
    from exam import people

    with told(json), opened(database) as store:
        account = people.add_person(store, name, role)
        show(account, json, lambda out: out.print(f"{account.name} {account.password}", soft_wrap=True, markup=False))


@user_app.command("password")
def user_password(
    name: Annotated[str, typer.Argument(help="Whose password.")],
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Give somebody a new password, print it once, and sign them out everywhere."""
    from exam import people

    with told(json), opened(database) as store:
        account = people.reset_password(store, name)
        show(account, json, lambda out: out.print(f"{account.name} {account.password}", soft_wrap=True, markup=False))


@user_app.command("link")
def user_link(
    name: Annotated[str, typer.Argument(help="Whose password.")],
    days: Annotated[float, typer.Option("--days", help="How long it is good, up to 30.")] = 7,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Make a link by which somebody chooses a password, once; print what follows the server's address."""
    from exam import links

    with told(json), opened(database) as store:
        made = links.hand_out_by_name(store, name, days)
        show(handed([made])[0], json, lambda out: out.print(f"{made.name} {made.path}", soft_wrap=True, markup=False))


@user_app.command("list")
def user_list(database: Database = None, json: AsJson = False) -> None:
    """List everybody with an account."""
    from exam import people

    with told(json), opened(database) as store:
        found = [PersonDocument(one.name, one.role) for one in people.everybody(store)]
        show(found, json, lambda out: print_lines(out, [f"{one.role:14} {one.name}" for one in found]))


@class_app.command("add")
def class_add(
    title: Annotated[str, typer.Argument(help="What people call it.")],
    teacher: Annotated[str | None, typer.Option("--teacher", help="The name of who teaches it.")] = None,
    id: Annotated[str | None, typer.Option("--id", help="What programs and papers call it; read off the title without.")] = None,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Make a class."""
    from exam import classes, people

    with told(json), opened(database) as store:
        by = people.named(store, teacher) if teacher is not None else None
        made = classes.make(store, by, title, id)
        show(ClassDocument(made.id, made.title, 0), json, lambda out: out.print(made.id))


@class_app.command("list")
def class_list(database: Database = None, json: AsJson = False) -> None:
    """List the classes, the latest first."""
    from exam import classes

    with told(json), opened(database) as store:
        found = [ClassDocument(one.school_class.id, one.school_class.title, one.students) for one in classes.overviews(store, None)]
        lines = [f"{one.id:24} {one.students:5}  {one.title}" for one in found]
        show(found, json, lambda out: print_lines(out, lines))


@class_app.command("import")
def class_import(
    id: Annotated[str, typer.Argument(metavar="CLASS", help="The id of a class.")],
    file: Annotated[Path, typer.Argument(help="A CSV file or table: name, team, role.  - reads standard input.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only say what would be done.")] = False,
    days: Annotated[float, typer.Option("--days", help="How long the password links are good, up to 30.")] = 14,
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
