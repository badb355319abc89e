"""The JSON Schema of a question file, so that editors complete and check while an author types."""

from __future__ import annotations

from functools import cache
from typing import Any

import solvers
from questions.model import Question

HELP = {
    "Question": {
        "id": "How it is called: small letters, digits and hyphens.",
        "like": "The id of a question above in this file, from which it differs in the fields it states.",
        "version": "Raised at every change; attempts keep theirs.",
        "title": "What lists and headings show.",
        "row": "The question family of the catalogue that it covers.",
        "topics": "What it is found by.",
        "source": "Where it comes from.",
        "solver": "The computation, by the name of a solver; `gradus solvers` lists them. Or write 'steps'.",
        "steps": "The computation, as named formulas in their order. Or name a 'solver'.",
        "symbols": "TeX of givens and steps, by name or by the letters before a number.",
        "first": "What the entries of vectors are counted from in print, 0 or 1.",
        "givens": "The numbers that the computation starts from: fixed, or how they are drawn.",
        "prompt": "What students read: Markdown, TeX between dollars, @x for the number of a given.",
        "task": "What is asked, apart from the situation: stands below the prompt.",
        "correction": "What is said to students about an error of the source.",
        "explanation": "What is said after release.",
        "parts": "What is asked and marked.",
        "tells_apart": "Mistakes that must lead elsewhere than the right answer; other draws are thrown back.",
        "mistake_credit": "The share of the marks that a known mistake earns.",
        "training": "The experiments that the question is about, and what it asks of their accuracy.",
        "practice": "Whether students may practise it outside of papers: false keeps it for papers.",
        "tests": "Answers and the verdicts that they must get; `gradus check` runs them.",
    },
    "Part": {
        "ask": "The step that is asked, z, or one entry of it, h[0].",
        "name": "How the part is called, if not as what it asks.",
        "kind": "number, vector or matrix go by the step; state integer, shape, choice, choices, order, match or text.",
        "entries": "How many entries a vector has: each is a part of its own.",
        "marks": "What it earns, 1 if not stated.",
        "places": "Decimal places asked; right means within half a unit of the last.",
        "figures": "Significant figures asked, in place of 'places'.",
        "options": "Printed options by letter; a choice without them makes its own from the known mistakes.",
        "mistakes": "Which known mistakes make wrong options.",
        "key": "The letter of the right option, where no computation finds it.",
        "keys": "The letters of the right options.",
        "items": "What is to be put in order, in the right order.",
        "pairs": "What is matched with the options.",
        "rubric": "What an essay is marked by.",
        "judged_by": "The step that must come out right; any answer that leads there counts.",
        "label": "What is shown beside the box.",
    },
    "Training": {
        "experiments": "Their names; `gradus experiment list` shows them.",
        "asks": "In which band, in which order, the highest, the lowest, the largest gain, which stay below a line; or as printed.",
        "metric": "Which accuracy is meant.",
        "epoch": "After which epoch.",
        "bands": "From and to of each option, half-open and without gaps.",
        "line": "Which accuracy must not be reached.",
    },
    "Step": {
        "name": "Letters, then digits; in a loop letters and its letter, as w{t}.",
        "is": "The formula, of givens and steps above.",
        "symbol": "Its TeX; in a loop without the number.",
        "title": "What it is called in words.",
        "mistakes": "What those compute who do it wrong, by a name for the mistake.",
    },
    "Loop": {"for": "A letter and its numbers: t in 1..epochs.", "steps": "What is done in every round."},
    "Slip": {
        "is": "The formula of those who make the mistake.",
        "label": "What the mistake is called; without it, what was computed in place of what.",
        "advice": "What to do about it, as a sentence.",
    },
    "StoredTest": {
        "seed": "Which variant is answered.",
        "givens": "The numbers of the variant, in place of a seed.",
        "answers": "What is typed, by part.",
        "expect": "The verdict of each part: correct, carried, wrong, blank, unreadable, or the name of a mistake.",
    },
    "Grid": {"from": "The least number.", "to": "The greatest.", "step": "The step between them.", "without": "Numbers that are left out."},
    "OneOf": {"oneof": "The numbers, or vectors, of which one is drawn."},
    "Probabilities": {"probabilities": "How many numbers that sum to 1.", "step": "Their grid.", "least": "The least of each."},
    "Printed": {"text": "What the option says.", "why": "What is said to those who choose it."},
    "Pair": {"text": "What is to be matched.", "key": "The letter that belongs to it.", "why": "Why."},
    "Criterion": {"marks": "What it earns.", "text": "What must be there."},
    "Words": {"vi": "In Vietnamese.", "en": "In English."},
}
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
    told = ["title", "source", "prompt"]  # a training question may leave its parts to the evidence
    question["anyOf"] = [{"required": ["like"]}, {"required": [*told, "parts"]}, {"required": [*told, "training"]}]
    question["not"] = {"required": ["solver", "steps"]}
    kinds["Part"]["required"] = []
    for name, kind in kinds.items():
        kind.pop("title", None)
        for field, schema in kind["properties"].items():
            schema.pop("title", None)
            schema["description"] = HELP[name][field]
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
