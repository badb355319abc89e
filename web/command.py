"""What every command shares: its common options and help, and how it prints a document or a problem."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated, Any, Literal

import typer
from pydantic_core import to_json
from rich.console import Console
from rich.text import Text
from typer.core import TyperCommand, TyperGroup, TyperOption

from questions.errors import GradusError
from web.errors import document

Spoken = Literal["vi", "en"]
AsJson = Annotated[bool, typer.Option("--json", help="Print the document as JSON.")]
Language = Annotated[Spoken, typer.Option("--lang", metavar="vi|en", help="The language to print in.", envvar="GRADUS_LANG")]
LANGUAGE: Spoken = "vi" if os.environ.get("LANG", "").startswith("vi") else "en"


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
