"""The command `gradus`: solve, draw, grade and check from a terminal, and serve."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from exam.memory import keep_memory
from web.author_commands import Address, TokenFile, check_elsewhere, files_of, writing
from web.class_commands import class_app
from web.command import LANGUAGE, AsJson, Command, Givens, Group, Language, Seed, from_json, progress, show, told
from web.experiments import experiment_app
from web.operating import INSTALLATION, operating, token_app, user_app

if TYPE_CHECKING:
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
QUESTIONS, WORK = "Questions", "Solve and mark"

QuestionId = Annotated[str, typer.Argument(help="An id, as `gradus questions` lists them, or a YAML file that holds it.")]


def asked_for(name: str) -> list[Question]:
    """The questions that an argument names: an id of the bank, a YAML file or a folder of them.  Raises BadQuestion, UnknownQuestion."""
    from questions import bank

    path = Path(name)
    if path.is_dir():
        return [one for file in files_of(path) for one in asked_for(str(file))]
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
    question: Annotated[list[str] | None, typer.Argument(help="Ids, YAML files or folders of them; none checks the whole bank.")] = None,
    server: Address = None,
    token_file: TokenFile = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=10_000, metavar="N", help="How many variants of each.")] = 20,
    json: AsJson = False,
) -> None:
    """Audit questions: draws, options, texts, twins, and what simulated students earn.

    It exits with 1 if any has a problem.

    With --server a server elsewhere says of files what would keep them from being published there; nothing is kept.

    [dim]gradus check optim-adam-vary --seeds 100[/]
    """
    from exam.audit import audit
    from questions import bank
    from web import terminal

    with told(json):
        if server is not None:
            check_elsewhere(server, token_file, question or [], json)
            return
        asked = [one for name in question for one in asked_for(name)] if question else list(bank.bank().values())
        with progress("checking") as watch:
            found = [audit(one, seeds) for one in watch(asked)]
        show(found, json, lambda out: terminal.print_audits(out, found))
        if any(one.problems for one in found):
            raise typer.Exit(1)


@app.command(cls=Command, rich_help_panel=QUESTIONS)
def schema() -> None:
    """Print the JSON Schema of a question file: editors complete and check with it."""
    from questions.schema import question_schema

    print(json.dumps(question_schema(), ensure_ascii=False, indent=2))


app.add_typer(operating)
app.add_typer(writing)
app.add_typer(token_app, name="token", rich_help_panel=INSTALLATION)
app.add_typer(user_app, name="user", rich_help_panel=INSTALLATION)
app.add_typer(experiment_app, name="experiment", rich_help_panel=WORK)
app.add_typer(class_app, name="class", rich_help_panel=INSTALLATION)


def main() -> NoReturn:
    """The entry point: one clear sentence for whatever goes wrong."""
    keep_memory()
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)
