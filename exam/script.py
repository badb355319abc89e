"""A script is a variant with what was typed into it, read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from questions import reading
from questions.letters import Picked, read_letters
from questions.model import Part
from questions.numbers import Unreadable
from questions.reading import MOST_AXES, Reading
from questions.variant import Variant
from solvers.errors import GradusError, in_json, listed, pointer, quoted

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


def as_text(answer: Any, name: str, depth: int = 0) -> str:
    """An answer as the text a student would have typed: JSON numbers and nested lists are taken as theirs, null as blank.

    Raises BadAnswer.
    """
    if answer is None or isinstance(answer, str):
        return answer or ""
    if isinstance(answer, list) and depth < MOST_AXES:
        return "[" + ", ".join(as_text(item, name, depth + 1) for item in answer) + "]"
    if isinstance(answer, (int, float)) and not isinstance(answer, bool):
        return json.dumps(answer)
    what = "nests deeper than any array asked for" if isinstance(answer, list) else f"holds {in_json(answer)}"
    raise BadAnswer(f"the answer to {quoted(name)} {what}; send text, a number, or lists of numbers", pointer("answers", name))


def read_script(variant: Variant, answers: Answers) -> Script:
    """Reads every answer.  Raises UnknownPart, BadAnswer; what cannot be read is kept as such."""
    parts = {part.name: part for part in variant.question.parts}
    for name in answers:
        if name not in parts:
            raise UnknownPart(
                f"{quoted(name)} is not a part of {variant.question.id}; its parts are {listed(parts)}", pointer("answers", name)
            )
    return Script(variant, {name: read_part(variant, part, as_text(answers.get(name), name)) for name, part in parts.items()})


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
