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

from exam.memory import keep_memory
from questions.errors import GradusError
from web.command import LANGUAGE, AsJson, Command, Group, Language, console, show, told
from web.experiments import experiment_app
from web.sent import read_json
from web.settings import default_database

if TYPE_CHECKING:
    from exam.store import Store
    from questions.model import Question

app = typer.Typer(
    name="gradus",
    cls=Group,
    help=(
        "Gradus marks every step of a computation.\n\n"
        "Start with [bold]gradus questions[/], then [bold]gradus variant optim-adam-vary --seed 7[/].\n\n"
        "To sit papers in the browser: [bold]gradus serve[/].  Each command has its own --help, with an example."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
    add_completion=False,
    pretty_exceptions_enable=False,
)
token_app = typer.Typer(cls=Group, help="Make API tokens.", no_args_is_help=True)
user_app = typer.Typer(cls=Group, help="Make accounts and passwords.", no_args_is_help=True)
QUESTIONS, WORK, INSTALLATION = "Questions", "Solve and mark", "Run an installation"

Database = Annotated[
    str | None,
    typer.Option(
        "--database", metavar="FILE|URL", help="A SQLite file, by default .gradus/gradus.db, or postgresql://…", envvar="GRADUS_DATABASE"
    ),
]
Seed = typer.Option("--seed", metavar="N", help="From 0, below 2^48: the same seed draws the same numbers.")
Givens = typer.Option("--givens", "--given", metavar="JSON", help="The numbers it starts from, as a JSON object.")
QuestionId = Annotated[str, typer.Argument(help="An id, as `gradus questions` lists them, or a YAML file that holds it.")]

LARGEST_FILE = 64 << 20


class BadJson(GradusError):
    code = "malformed"
    status = 400


class BadFile(GradusError):
    code = "bad_file"


def from_json(text: str, option: str) -> dict[str, Any]:
    """A JSON object from an option.  Raises BadJson."""
    try:
        value = read_json(text)
    except ValueError:
        raise BadJson(f"{option} is not JSON; write an object like '{{\"x\": 3}}', in single quotes for the shell") from None
    if not isinstance(value, dict):
        raise BadJson(f"{option} must be a JSON object like '{{\"x\": 3}}'")
    return value


def asked_for(name: str) -> list[Question]:
    """The questions that an argument names: an id of the bank, or a YAML file.  Raises BadQuestion, UnknownQuestion."""
    from questions import bank

    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        return [bank.get(name)]
    try:
        return bank.parse(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError):
        raise bank.BadQuestion(f"{name} cannot be read; name a YAML file in UTF-8") from None


@app.command(cls=Command, rich_help_panel=WORK)
def solve(
    solver: Annotated[str, typer.Argument(help="Its name, as `gradus solvers` lists them.")],
    givens: Annotated[str, Givens],
    json: AsJson = False,
    lang: Language = LANGUAGE,
) -> None:
    """Work a computation step by step, in letters and in numbers.

    [dim]gradus solve momentum --given '{"a": [0.1, 2], "w0": [-5, -2], "lr": 0.2, "beta": 0.5, "epochs": 2}'[/]
    """
    from questions import documents
    from web import terminal

    with told(json):
        solution = documents.solve(solver, from_json(givens, "--given"))
        show(solution, json, lambda out: terminal.print_solution(out, solution, lang))


@app.command(cls=Command, rich_help_panel=WORK)
def solvers(json: AsJson = False) -> None:
    """List the solvers and the givens they take."""
    from questions import documents

    found = documents.all_solvers()

    def people(out: Console) -> None:
        for solver in found:
            out.print(f"[bold]{solver.solver}[/]  {solver.summary}", soft_wrap=True)
            for name, what in solver.givens.items():
                out.print(f"    {name:7} {what}{'  (optional)' if name in solver.optional else ''}", soft_wrap=True, markup=False)

    show(found, json, people)


@app.command(cls=Command, rich_help_panel=QUESTIONS)
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


@app.command(cls=Command, rich_help_panel=QUESTIONS)
def variant(
    question: QuestionId,
    seed: Annotated[int, Seed],
    json: AsJson = False,
    lang: Language = LANGUAGE,
) -> None:
    """Draw a question's numbers, as a student reads them.

    [dim]gradus variant optim-adam-vary --seed 7 --lang vi[/]
    """
    from questions import documents
    from questions.variant import draw
    from web import terminal

    with told(json):
        drawn = documents.variant_document(draw(asked_for(question)[0], seed))
        show(drawn, json, lambda out: terminal.print_variant(out, drawn, lang))


@app.command(cls=Command, rich_help_panel=WORK)
def grade(
    question: QuestionId,
    answers: Annotated[str, typer.Option("--answers", metavar="JSON", help="What was typed, by part, as a JSON object.")],
    seed: Annotated[int | None, Seed] = None,
    givens: Annotated[str | None, Givens] = None,
    json: AsJson = False,
    lang: Language = LANGUAGE,
) -> None:
    """Mark every part of a submission, for a seed or for givens.

    [dim]gradus grade optim-momentum --seed 0 --answers '{"g1[0]": "-1", "v1[0]": "-0,5"}'[/]
    """
    from exam.submissions import grade_one
    from web import terminal

    if (seed is None) == (givens is None):
        raise typer.BadParameter("state either --seed N or --givens JSON, one of the two")
    with told(json):
        drawn = {"seed": seed} if givens is None else {"givens": from_json(givens, "--givens")}
        marked = grade_one({"question": question, **drawn, "answers": from_json(answers, "--answers")})
        show(marked, json, lambda out: terminal.print_grade(out, marked, lang))


@app.command(cls=Command, rich_help_panel=QUESTIONS)
def check(
    question: Annotated[list[str] | None, typer.Argument(help="Ids or YAML files; none checks the whole bank.")] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=10_000, metavar="N", help="How many variants of each.")] = 20,
    json: AsJson = False,
) -> None:
    """Audit questions: draws, options, texts, twins, and what simulated students earn.

    It exits with 1 if any has a problem.

    [dim]gradus check optim-adam-vary --seeds 100[/]
    """
    from exam.audit import audit
    from questions import bank
    from web import terminal

    with told(json):
        asked = [one for name in question for one in asked_for(name)] if question else list(bank.bank().values())
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


@app.command(cls=Command, rich_help_panel=QUESTIONS)
def schema() -> None:
    """Print the JSON Schema of a question file: editors complete and check with it."""
    from questions.schema import question_schema

    print(json.dumps(question_schema(), ensure_ascii=False, indent=2))


@app.command(cls=Command, rich_help_panel=INSTALLATION)
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
    name: Annotated[str, typer.Argument(help="A name for it; with --scope student, whose it is.")],
    scope: Annotated[
        str, typer.Option("--scope", metavar="grade|student", help="What it may do: grade, the answer book; student, act as that person.")
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
        show(left, json, lambda out: out.print(f"{name} is deleted; {len(left)} receipts stay checkable", soft_wrap=True, markup=False))


@app.command(cls=Command, rich_help_panel=INSTALLATION)
def audit(
    against: Annotated[
        Path | None, typer.Option("--against", metavar="FILE", help="What an earlier `gradus audit --json` printed.")
    ] = None,
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


@app.command("verify-receipt", cls=Command, rich_help_panel=INSTALLATION)
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


def text_of(path: Path) -> str:
    """What a file says.  Raises BadFile."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BadFile(f"'{path}' is larger than any record; give a file of at most {LARGEST_FILE >> 20} MB")
        return path.read_text(encoding="utf-8")
    except OSError as problem:
        raise BadFile(f"'{path}' cannot be read ({problem.strerror}); name another file") from None
    except UnicodeDecodeError:
        raise BadFile(f"'{path}' is not text; give the file as it was downloaded") from None


@app.command(cls=Command, rich_help_panel=INSTALLATION)
def backup(
    to: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    database: Database = None,
) -> None:
    """Copy the database to a file, also while the server runs."""
    from exam.store import migrate

    with told(False), opened(database) as store:
        migrate.backup(store, to)
        console().print(f"backed up to {to}", soft_wrap=True)


@app.command(cls=Command, rich_help_panel=INSTALLATION)
def restore(
    backup_file: Annotated[Path, typer.Argument(metavar="BACKUP", help="A file made by `gradus backup`.")],
    database: Database = None,
) -> None:
    """Put a backup in place of the database, also while the server runs."""
    from exam.store import migrate

    with told(False), opened(database) as store:
        migrate.restore(store, backup_file)
        console().print(f"restored from {backup_file}", soft_wrap=True)


app.add_typer(experiment_app, name="experiment", rich_help_panel=WORK)
app.add_typer(token_app, name="token", rich_help_panel=INSTALLATION)
app.add_typer(user_app, name="user", rich_help_panel=INSTALLATION)


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
    keep_memory()
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)
