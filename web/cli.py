"""The command `gradus`: solve, draw, grade and check from a terminal, and serve."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from questions.errors import GradusError
from web import people_commands
from web.command import LANGUAGE, AsJson, Database, Language, console, opened, show, told
from web.settings import default_database

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
for name, commands in (("token", people_commands.token_app), ("user", people_commands.user_app), ("class", people_commands.class_app)):
    app.add_typer(commands, name=name)

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


def main() -> NoReturn:
    """The entry point: one clear sentence for whatever goes wrong."""
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)
