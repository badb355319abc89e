"""The command `gradus`: solve, draw, grade and check from a terminal, and serve."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from questions.errors import GradusError
from web.command import LANGUAGE, AsJson, Language, console, show, told
from web.experiments import experiment_app
from web.settings import default_database

if TYPE_CHECKING:
    from exam.store import Store

app = typer.Typer(
    name="gradus",
    help=(
        "Gradus marks every step of a computation.\n\n"
        "Start with [bold]gradus questions[/], then [bold]gradus variant optim-adam-vary --seed 7[/]."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
    add_completion=False,
    pretty_exceptions_enable=False,
)
token_app = typer.Typer(help="API tokens.", no_args_is_help=True)
user_app = typer.Typer(help="People's accounts.", no_args_is_help=True)
app.add_typer(token_app, name="token")
app.add_typer(user_app, name="user")
app.add_typer(experiment_app, name="experiment")

Database = Annotated[
    str | None, typer.Option("--database", help="A SQLite file or postgresql://…; default .gradus/gradus.db.", envvar="GRADUS_DATABASE")
]
Seed = Annotated[int, typer.Option("--seed", help="0 ≤ seed < 2^48: the same seed draws the same numbers.")]


class BadJson(GradusError):
    code = "malformed"
    status = 400


def from_json(text: str, option: str) -> dict[str, Any]:
    """A JSON object from an option.  Raises BadJson."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise BadJson(f"{option} is not JSON; write an object like '{{\"x\": 3}}', in single quotes for the shell") from None
    if not isinstance(value, dict):
        raise BadJson(f"{option} must be a JSON object like '{{\"x\": 3}}'")
    return value


@app.command()
def solve(
    solver: Annotated[str, typer.Argument(help="The solver, such as relu_softmax or adam.")],
    given: Annotated[str, typer.Option("--given", help="Its givens as a JSON object.")],
    json: AsJson = False,
    lang: Language = LANGUAGE,
) -> None:
    """Work a computation step by step, in letters and in numbers."""
    from questions import documents
    from web import terminal

    with told(json):
        solution = documents.solve(solver, from_json(given, "--given"))
        show(solution, json, lambda out: terminal.print_solution(out, solution, lang))


@app.command()
def solvers(json: AsJson = False) -> None:
    """List the solvers and what they take."""
    from questions import documents

    found = documents.all_solvers()

    def people(out: Console) -> None:
        for solver in found:
            out.print(f"[bold]{solver.solver}[/]  {solver.summary}", soft_wrap=True)
            for name, what in solver.givens.items():
                out.print(f"    {name:7} {what}{'  (optional)' if name in solver.optional else ''}", soft_wrap=True, markup=False)

    show(found, json, people)


@app.command()
def questions(
    coverage: Annotated[bool, typer.Option("--coverage", help="The course's question families, and what covers each.")] = False,
    json: AsJson = False,
    lang: Language = LANGUAGE,
) -> None:
    """List the questions of the bank."""
    from questions import bank, catalogue, documents
    from web import terminal

    with told(json):
        if coverage:
            rows = catalogue.coverage(bank.bank().values())
            show(rows, json, lambda out: terminal.print_coverage(out, rows, lang))
            return
        found = [documents.question_document(question) for question in bank.bank().values()]
        show(found, json, lambda out: terminal.print_questions(out, found, lang))


@app.command()
def variant(
    question: Annotated[str, typer.Argument(help="The id of a question.")],
    seed: Seed,
    json: AsJson = False,
    lang: Language = LANGUAGE,
) -> None:
    """Draw a variant, as a student reads it."""
    from questions import bank, documents
    from questions.variant import draw
    from web import terminal

    with told(json):
        drawn = documents.variant_document(draw(bank.get(question), seed))
        show(drawn, json, lambda out: terminal.print_variant(out, drawn, lang))


@app.command()
def grade(
    question: Annotated[str, typer.Argument(help="The id of a question.")],
    seed: Seed,
    answers: Annotated[str, typer.Option("--answers", help='Answers by part as a JSON object, like \'{"z": "2,4"}\'.')],
    json: AsJson = False,
    lang: Language = LANGUAGE,
) -> None:
    """Mark every part of a submission."""
    from exam.submissions import grade_one
    from web import terminal

    with told(json):
        marked = grade_one({"question": question, "seed": seed, "answers": from_json(answers, "--answers")})
        show(marked, json, lambda out: terminal.print_grade(out, marked, lang))


@app.command()
def check(
    question: Annotated[list[str] | None, typer.Argument(help="Ids; the whole bank without.")] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=10_000, help="How many variants of each.")] = 20,
    json: AsJson = False,
) -> None:
    """Audit questions: draws, options, texts, twins, and what simulated students earn.  Exits with 1 if any has a problem."""
    from exam.audit import audit
    from questions import bank
    from web import terminal

    with told(json):
        asked = [bank.get(id) for id in question] if question else list(bank.bank().values())
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("checking", total=len(asked))
            found = []
            for one in asked:
                progress.update(task, description=one.id)
                found.append(audit(one, seeds))
                progress.advance(task)
        show(found, json, lambda out: terminal.print_audits(out, found))
        if any(one.problems for one in found):
            raise typer.Exit(1)


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="The port; 0 takes a free one.")] = 8000,
    database: Database = None,
) -> None:
    """Serve the pages and the API until SIGTERM; the first time, make a demo teacher and student."""
    from web.server import serve as run

    with told(False):
        run(database or default_database(), host, port)


@token_app.command("add")
def token_add(
    name: Annotated[str, typer.Argument(help="A name for it; with --scope student, whose it is.")],
    scope: Annotated[str, typer.Option("--scope", help="What it may do: grade (the answer book), or student (act as that person).")],
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


@app.command()
def backup(
    to: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    database: Database = None,
) -> None:
    """Copy the database, whole and consistent, also while the server runs."""
    from exam.store import migrate

    with told(False), opened(database) as store:
        migrate.backup(store, to)
        console().print(f"backed up to {to}", soft_wrap=True)


@app.command()
def restore(
    backup_file: Annotated[Path, typer.Argument(metavar="BACKUP", help="A file made by `gradus backup`.")],
    database: Database = None,
) -> None:
    """Put a backup in place of the database, also while the server runs."""
    from exam.store import migrate

    with told(False), opened(database) as store:
        migrate.restore(store, backup_file)
        console().print(f"restored from {backup_file}", soft_wrap=True)


@contextmanager
def opened(database: str | None) -> Iterator[Store]:
    """The store of this installation, closed afterwards."""
    from exam.store import open_store

    store = open_store(database or default_database())
    try:
        yield store
    finally:
        store.close()


@dataclasses.dataclass(frozen=True)
class TokenDocument:
    """A new token, shown once."""

    token: str


def main() -> NoReturn:
    """The entry point: one clear sentence for whatever goes wrong."""
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)


if __name__ == "__main__":
    main()
