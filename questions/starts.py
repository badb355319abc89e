"""What a new question starts from: a template, a solver with the steps that are asked, or another question; each as YAML text."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import LiteralScalarString

from questions import bank
from questions.errors import GradusError, listed, quoted
from questions.model import Question, Words

STARTS = Path(__file__).parent / "starts"
TEMPLATES = ("formulas", "choice", "several", "order", "match", "essay")
ON_ONE_LINE = 110  # so long a mapping or a list is written on one line
SEPARATE_ENTRIES = 6  # a vector of so many entries is asked entry by entry


class UnknownStart(GradusError):
    code = "unknown_start"
    status = 404


def template(name: str, id: str, title: Words, source: str) -> str:
    """A sound question of a kind, to be written over.  Raises UnknownStart."""
    if name not in TEMPLATES:
        raise UnknownStart(f"{quoted(name)} is not a template; there are {listed(TEMPLATES)}", "/start")
    text = (STARTS / f"{name}.yaml").read_text(encoding="utf-8")
    said = {"ID": id, "TITLE_VI": in_quotes(title.vi), "TITLE_EN": in_quotes(title.en), "SOURCE": in_quotes(source)}
    return re.sub(r"\b(?:ID|TITLE_VI|TITLE_EN|SOURCE)\b", lambda found: said[found[0]], text)


def in_quotes(text: str) -> str:
    """A text as YAML in double quotes."""
    return json.dumps(text, ensure_ascii=False)


@cache
def examples() -> dict[str, Question]:
    """For every solver a question of the bank that shows it: the first whose numbers are drawn, else the first."""
    found: dict[str, Question] = {}
    for question in bank.bank().values():
        known = found.get(question.solver or "")
        if question.solver and (known is None or (question.varies and not known.varies)):
            found[question.solver] = question
    return dict(sorted(found.items()))


def example(solver: str) -> Question:
    """The question that shows a solver.  Raises UnknownStart."""
    if solver not in examples():
        raise UnknownStart(f"{quoted(solver)} is not a solver that a question shows; there are {listed(examples())}", "/solver")
    return examples()[solver]


def of_solver(solver: str, id: str, title: Words, source: str, asked: dict[str, tuple[int, ...]], places: int = 4) -> str:
    """A question that asks steps of a solver, each with its shape, over the givens of a question that shows it.  Raises UnknownStart."""
    shown = document_of(example(solver))
    parts: list[dict[str, Any]] = []
    for step, shape in asked.items():
        entries = {"entries": shape[0]} if len(shape) == 1 and shape[0] <= SEPARATE_ENTRIES else {}
        parts.append({"ask": step, **entries, "places": places})
    kept: dict[str, Any] = {name: shown[name] for name in ("topics", "solver", "symbols", "first", "givens", "prompt") if name in shown}
    return as_yaml({"id": id, "title": {"vi": title.vi, "en": title.en}, "source": source, **kept, "parts": parts})


def copied(source: str, id: str) -> str:
    """The text of a question under another id, else as it was typed."""
    return re.sub(r"(?m)^(\s*-?\s*)id:.*$", lambda found: f"{found[1]}id: {id}", source, count=1)


def document_of(question: Question) -> dict[str, Any]:
    """A question as its file would state it."""
    document: dict[str, Any] = question.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)
    parts = [{name: value for name, value in part.items() if name != "name" or value != part.get("ask")} for part in document["parts"]]
    kept: dict[str, Any] = {name: value for name, value in document.items() if name not in ("version", "row")}
    kept["parts"] = parts
    return kept | {"givens": as_typed(kept["givens"])} if "givens" in kept else kept


def as_typed(value: Any) -> Any:
    """Numbers as one types them: without quotes, whole ones without a point."""
    if isinstance(value, dict):
        return {name: as_typed(one) for name, one in value.items()}
    if isinstance(value, list):
        return [as_typed(one) for one in value]
    number = float(value)
    return int(number) if number.is_integer() else number


def as_yaml(document: dict[str, Any]) -> str:
    """A document as YAML to read and to write on: texts of several lines as blocks, what is short on one line."""
    yaml = YAML(typ="rt", pure=True)
    yaml.width = 140
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump(laid_out(document, True), out)
    return out.getvalue()


def laid_out(value: Any, top: bool = False) -> Any:
    """A value with its layout."""
    if isinstance(value, str):
        return LiteralScalarString(value) if "\n" in value else value
    if not isinstance(value, dict | list):
        return value
    short = not top and len(json.dumps(value, ensure_ascii=False)) <= ON_ONE_LINE and "\\n" not in json.dumps(value)
    laid: CommentedMap | CommentedSeq
    if isinstance(value, dict):
        laid = CommentedMap({name: laid_out(one) for name, one in value.items()})
    else:
        laid = CommentedSeq([laid_out(one) for one in value])
    if short:
        laid.fa.set_flow_style()
    return laid


def id_from(title: str, otherwise: str = "question") -> str:
    """An id from the words of a title."""
    apart = unicodedata.normalize("NFD", title.casefold().replace("đ", "d"))
    words = re.findall(r"[a-z0-9]+", "".join(letter for letter in apart if not unicodedata.combining(letter)))
    return "-".join(words)[:60].strip("-") or otherwise
