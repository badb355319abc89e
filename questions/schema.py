"""The JSON Schema of a question file, so that editors complete and check while an author types."""

from __future__ import annotations

from functools import cache
from typing import Any

import solvers
from questions.help import author_help
from questions.model import Question

SCALAR: dict[str, Any] = {"type": ["string", "number"]}
TEXT: dict[str, Any] = {"anyOf": [SCALAR, {"$ref": "#/$defs/Words"}]}  # one that may be the same in both languages
WRITTEN_SHORT: dict[str, list[Any]] = {"Printed": [SCALAR, {"$ref": "#/$defs/Words"}], "Slip": [SCALAR]}  # what may stand for the whole


@cache
def question_schema() -> dict[str, Any]:
    """The JSON Schema of a question file: one question, or a list of them."""
    whole = Question.model_json_schema(ref_template="#/$defs/{model}")
    kinds: dict[str, Any] = {**whole.pop("$defs"), "Question": whole}
    question = kinds["Question"]
    question["properties"]["like"] = {"type": "string"}
    question["properties"]["solver"] = {"enum": [*solvers.solvers()]}
    question["required"] = ["id"]
    said = ["title", "source", "prompt"]  # a training question may leave its parts to the evidence
    question["anyOf"] = [{"required": ["like"]}, {"required": [*said, "parts"]}, {"required": [*said, "training"]}]
    question["not"] = {"required": ["solver", "steps"]}
    kinds["Part"]["required"] = []
    told = author_help().fields
    for name, kind in kinds.items():
        kind.pop("title", None)
        for field, schema in kind["properties"].items():
            schema.pop("title", None)
            schema["description"] = told[name][field].en
    for name in ("Printed", "Pair"):
        kinds[name]["properties"]["text"] |= TEXT
        kinds[name]["properties"]["text"].pop("$ref", None)
    kinds["Step"]["properties"]["is"] |= SCALAR
    for name, short in WRITTEN_SHORT.items():
        kinds[name] = {"anyOf": [*short, kinds[name]]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A question file of Gradus",
        "$defs": kinds,
        "oneOf": [{"$ref": "#/$defs/Question"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Question"}}],
    }
