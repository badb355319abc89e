"""The commands that run an installation: serve, accounts, tokens, audit, receipts, backup."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from web.command import AsJson, Command, Database, Group, console, opened, show, text_of, told
from web.settings import default_database

INSTALLATION = "Run an installation"

operating = typer.Typer()
token_app = typer.Typer(cls=Group, help="Make API tokens.", no_args_is_help=True)
user_app = typer.Typer(cls=Group, help="Make accounts and passwords.", no_args_is_help=True)


@dataclasses.dataclass(frozen=True)
class TokenDocument:
    """A new token, shown once."""

    token: str


@operating.command(cls=Command, rich_help_panel=INSTALLATION)
def serve(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, metavar="N", help="The port; 0 takes a free one.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, metavar="N", help="Processes; more than one is for PostgreSQL.")] = 1,
    database: Database = None,
) -> None:
    """Serve the pages and the API.

    It ends on SIGTERM or Ctrl-C.  The first time it makes a teacher and a student, and prints their passwords.
    """
    from web.server import serve as run

    with told(False):
        run(database or default_database(), host, port, workers)


@token_app.command("add", cls=Command)
def token_add(
    name: Annotated[str, typer.Argument(help="A name for it; but for --scope grade, whose it is.")],
    scope: Annotated[
        str,
        typer.Option(
            "--scope",
            metavar="SCOPE",
            help="grade: the answer book; or as that person, student: take papers, teach: keep classes, author: write questions.",
        ),
    ],
    days: Annotated[float | None, typer.Option("--days", metavar="N", help="How long it is good; for ever without.")] = None,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Make an API token and print it, once.

    [dim]gradus token add marking-script --scope grade --days 30[/]
    """
    from exam import people

    with told(json), opened(database) as store:
        text = people.add_token(store, name, scope, days)
        show(TokenDocument(text), json, lambda out: out.print(text, soft_wrap=True))


@user_app.command("add", cls=Command)
def user_add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="student, teacher or administrator.")],
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Make an account and print its password, once.

    [dim]gradus user add "Nguyễn An" --role student[/]
    """
    from exam import people

    with told(json), opened(database) as store:
        account = people.add_person(store, name, role)
        show(account, json, lambda out: out.print(f"{account.name} {account.password}", soft_wrap=True, markup=False))


@user_app.command("password", cls=Command)
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


@user_app.command("delete", cls=Command)
def user_delete(
    name: Annotated[str, typer.Argument(help="Who is to be deleted.")],
    yes: Annotated[bool, typer.Option("--yes", help="It is meant: nothing brings them back.")] = False,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Delete somebody with their sessions, tokens and attempts; their receipts stay checkable."""
    from exam import record

    with told(json), opened(database) as store:
        left = record.delete_person(store, name, yes)
        show(
            left,
            json,
            lambda out: out.print(f"{name} is deleted; attempts: {len(left)}, their receipts stay checkable", soft_wrap=True, markup=False),
        )


@operating.command(cls=Command, rich_help_panel=INSTALLATION)
def audit(
    against: Annotated[Path | None, typer.Option("--against", metavar="FILE", help="What `gradus audit --json` printed before.")] = None,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Walk the record of every attempt and find events that were changed, reordered or taken out.  Exits with 1 if any is broken."""
    from exam import record
    from web import terminal

    with told(json), opened(database) as store:
        before = record.heads(text_of(against)) if against else None
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            found = list(progress.track(record.audit(store, before), record.count(store), description="auditing"))
        show(found, json, lambda out: terminal.print_record(out, found))
        if any(one.problem for one in found):
            raise typer.Exit(1)


@operating.command("verify-receipt", cls=Command, rich_help_panel=INSTALLATION)
def verify_receipt(
    receipt: Annotated[str, typer.Argument(help="The receipt, as it was given on submission.")],
    record_file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A downloaded record: then no database is asked.")] = None,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Say what a receipt proves: what was handed in, and when.  Exits with 1 if it proves nothing."""
    from exam import record
    from web import terminal

    with told(json):
        if record_file:
            proof = record.proof_in_file(receipt, text_of(record_file))
        else:
            with opened(database) as store:
                proof = record.proof_in_store(store, receipt)
        show(proof, json, lambda out: terminal.print_proof(out, proof))


@operating.command(cls=Command, rich_help_panel=INSTALLATION)
def backup(
    to: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    database: Database = None,
) -> None:
    """Copy the database to a file, also while the server runs."""
    from exam.store import migrate

    with told(False), opened(database) as store:
        migrate.backup(store, to)
        console().print(f"backed up to {to}", soft_wrap=True)


@operating.command(cls=Command, rich_help_panel=INSTALLATION)
def restore(
    backup_file: Annotated[Path, typer.Argument(metavar="BACKUP", help="A file made by `gradus backup`.")],
    database: Database = None,
) -> None:
    """Put a backup in place of the database, also while the server runs."""
    from exam.store import migrate

    with told(False), opened(database) as store:
        migrate.restore(store, backup_file)
        console().print(f"restored from {backup_file}", soft_wrap=True)
