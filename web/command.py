"""What the commands of `gradus` share: how help shows what to fill in, how documents and problems are printed, and the store."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from pydantic_core import to_json
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text
from typer.core import TyperCommand, TyperGroup, TyperOption

from questions.errors import GradusError
from web.errors import document
from web.sent import read_json
from web.settings import default_database

if TYPE_CHECKING:
    from exam.store import Store


class AsFilledIn:
    """Help that shows what to fill in, like --seed N, where there is something, in place of Python's types."""

    def get_params(self, ctx: Any) -> list[Any]:
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            param.display_type = partial(filled_in, param)
        return params


def filled_in(param: Any, ctx: Any) -> str:
    """What stands beside a parameter in its help."""
    named = isinstance(param, TyperOption) and not param.is_flag
    return (param.metavar or "") if named else ""


class Command(AsFilledIn, TyperCommand):
    pass


class Group(AsFilledIn, TyperGroup):
    pass


Spoken = Literal["vi", "en"]
AsJson = Annotated[bool, typer.Option("--json", help="Print the document as JSON.")]
Language = Annotated[Spoken, typer.Option("--lang", metavar="vi|en", help="The language to print in.", envvar="GRADUS_LANG")]
Database = Annotated[
    str | None,
    typer.Option(
        "--database", metavar="FILE|URL", help="A SQLite file, by default .gradus/gradus.db, or postgresql://…", envvar="GRADUS_DATABASE"
    ),
]
Seed = typer.Option("--seed", metavar="N", help="From 0, below 2^48: the same seed draws the same numbers.")
Givens = typer.Option("--givens", "--given", metavar="JSON", help="The numbers it starts from, as a JSON object.")

LARGEST_FILE = 64 << 20

LANGUAGE: Spoken = "vi" if os.environ.get("LANG", "").startswith("vi") else "en"


class BadJson(GradusError):
    code = "malformed"
    status = 400


class BadFile(GradusError):
    code = "bad_file"


def console() -> Console:
    return Console(highlight=False)


def show(document: Any, as_json: bool, people: Callable[[Console], None]) -> None:
    """Prints a document for programs or for people."""
    if as_json:
        sys.stdout.buffer.write(to_json(document, inf_nan_mode="null") + b"\n")
        sys.stdout.buffer.flush()
    else:
        people(console())


@contextmanager
def told(as_json: bool) -> Iterator[None]:
    """Prints a problem as its document or as one sentence, and exits with 1."""
    try:
        yield
    except GradusError as problem:
        if as_json:
            print(json.dumps(document(problem), ensure_ascii=False))
        else:
            Console(stderr=True, highlight=False).print(Text.assemble((type_of(problem), "red"), " ", problem.detail), soft_wrap=True)
        raise typer.Exit(1) from None


def type_of(problem: GradusError) -> str:
    return problem.code.replace("_", " ") + ":"


def from_json(text: str, option: str) -> dict[str, Any]:
    """A JSON object from an option.  Raises BadJson."""
    try:
        value = read_json(text)
    except ValueError:
        raise BadJson(f"{option} is not JSON; write an object like '{{\"x\": 3}}', in single quotes for the shell") from None
    if not isinstance(value, dict):
        raise BadJson(f"{option} must be a JSON object like '{{\"x\": 3}}'")
    return value


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


@contextmanager
def progress(doing: str) -> Iterator[Callable[[Sequence[Any]], Iterator[Any]]]:
    """Goes over things one by one, and shows people how far it is."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:

        def watch(things: Sequence[Any]) -> Iterator[Any]:
            task = shown.add_task(doing, total=len(things))
            for one in things:
                shown.update(task, description=f"{doing} {getattr(one, 'id', one)}")
                yield one
                shown.advance(task)

        yield watch


@contextmanager
def opened(database: str | None) -> Iterator[Store]:
    """The store of this installation, closed afterwards."""
    from exam.store import open_store

    store = open_store(database or default_database())
    try:
        yield store
    finally:
        store.close()
