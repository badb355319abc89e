"""A script is a variant with what was typed into it, read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from questions import reading
from questions.letters import Picked, read_letters
from questions.model import Part
from questions.reading import Reading, Unreadable
from questions.variant import Variant
from solvers.errors import GradusError, listed, pointer, quoted

Answers = Mapping[str, Any]


class UnknownPart(GradusError):
    code = "unknown_part"


class BadAnswer(GradusError):
    """An answer is neither text, a number, nor lists of numbers."""

    code = "bad_answer"


@dataclass(frozen=True)
class Written:
    """An essay, as it was typed."""

    text: str


Answer = Reading | Picked | Written | Unreadable | None


@dataclass(frozen=True)
class Script:
    """A variant with what was typed into it, read."""

    variant: Variant
    readings: dict[str, Answer]


def as_text(answer: Any, name: str) -> str:
    """An answer as the text a student would have typed: JSON numbers and nested lists are taken as theirs."""
    if isinstance(answer, str):
        return answer
    if answer is None:
        return ""
    try:
        if isinstance(answer, (bool, int, float)) or (isinstance(answer, list) and not holds_objects(answer)):
            return json.dumps(answer)
    except (ValueError, RecursionError):
        return "9" * (reading.LONGEST + 1)
    what = "is an object" if isinstance(answer, dict) else "holds objects or nests too deeply"
    raise BadAnswer(f"the answer to {quoted(name)} {what}; send text, a number or lists of numbers", pointer("answers", name))


def holds_objects(items: list[Any], depth: int = 0) -> bool:
    if depth > 8:
        return True
    return any(isinstance(x, dict) or (isinstance(x, list) and holds_objects(x, depth + 1)) for x in items)


def read_script(variant: Variant, answers: Answers) -> Script:
    """Reads every answer.  Raises UnknownPart, BadAnswer; what cannot be read is kept as such."""
    parts = {part.name: part for part in variant.question.parts}
    for name in answers:
        if name not in parts:
            raise UnknownPart(
                f"{quoted(name)} is not a part of {variant.question.id}; its parts are {listed(parts)}", pointer("answers", name)
            )
    return Script(variant, {name: read_part(variant, part, as_text(answers.get(name, ""), name)) for name, part in parts.items()})


def read_part(variant: Variant, part: Part, text: str) -> Answer:
    """What was typed into a part; None where it is blank."""
    try:
        if part.lettered:
            return read_letters(text, part.kind or "", variant.options[part.name])
        if part.kind == "text":
            return Written(text) if text.strip() else None
        return reading.read(text, variant.kind(part), variant.shape(part))
    except Unreadable as problem:
        return problem
