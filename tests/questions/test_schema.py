"""The published schema takes every question file that the reader takes, refuses the commonest slips, and explains every field."""

import json
import re

import pytest

from questions import bank
from questions.schema import question_schema
from tests.questions.test_formulas import GOOD
from tests.rewritten import WRITTEN, rewritten

SCHEMA = question_schema()
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}


def is_a(value, kind):
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def fits(value, schema):
    """Whether a value fits a JSON Schema: the keywords of draft 2020-12 that ours uses, and no other."""
    known = {"type", "enum", "const", "anyOf", "oneOf", "not", "required", "properties", "patternProperties", "propertyNames", "items"}
    known |= {"prefixItems"}
    known |= {"additionalProperties", "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    known |= {"minItems", "maxItems", "minProperties", "maxProperties", "$ref", "$defs", "$schema", "title", "description", "default"}
    assert schema.keys() <= known, schema.keys() - known
    if "$ref" in schema and not fits(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]):
        return False
    kinds = schema.get("type", [])
    if kinds and not any(is_a(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        return False
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        return False
    if "anyOf" in schema and not any(fits(value, one) for one in schema["anyOf"]):
        return False
    if "oneOf" in schema and sum(fits(value, one) for one in schema["oneOf"]) != 1:
        return False
    if "not" in schema and fits(value, schema["not"]):
        return False
    if is_a(value, "number"):
        over = value < schema.get("minimum", value) or value > schema.get("maximum", value)
        return not over and not ("exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"])
    if isinstance(value, str):
        long = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 1e9)
        return long and re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, list):
        many = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 1e9)
        first = schema.get("prefixItems", [])
        rest = [schema.get("items", {})] * (len(value) - len(first))
        return many and all(fits(item, one) for item, one in zip(value, [*first, *rest], strict=False))
    return not isinstance(value, dict) or fields_fit(value, schema)


def fields_fit(value, schema):
    """Whether the fields of an object fit."""
    if not set(schema.get("required", [])) <= value.keys() or len(value) > schema.get("maxProperties", 1e9):
        return False
    for name, item in value.items():
        patterns = [one for pattern, one in schema.get("patternProperties", {}).items() if re.search(pattern, name)]
        known = [schema["properties"][name]] if name in schema.get("properties", {}) else []
        rest = schema.get("additionalProperties", True)
        if not (known or patterns) and rest is False:
            return False
        if not all(fits(item, one) for one in [*known, *patterns, *([rest] if not (known or patterns) and isinstance(rest, dict) else [])]):
            return False
    return True


@pytest.mark.parametrize("path", sorted(bank.SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_schema_takes_every_shipped_file_as_it_is_written(path):
    documents, _ = bank.read_yaml(path.read_text(encoding="utf-8"), path.name)
    for document in documents:
        assert fits(document, SCHEMA["$defs"]["Question"]), document["id"]
    assert fits(documents, SCHEMA)


def test_the_schema_takes_formulas_and_stored_documents():
    documents, _ = bank.read_yaml(GOOD, "good.yaml")
    assert fits(documents[0], SCHEMA)
    for name in WRITTEN:
        assert fits(rewritten(name).model_dump(mode="json", by_alias=True, exclude_unset=True), SCHEMA)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("title: {vi: Mạng nhỏ, en: A small net}", "title: {vi: Mạng nhỏ}"),
        ("title: {vi: Mạng nhỏ, en: A small net}\n", ""),
        ("source: made", "sauce: made"),
        ("    is: w * x\n", ""),
        ("    is: w * x", "    are: w * x"),
        ("for: t in 1..n", "four: t in 1..n"),
        ("places: 4}\n  - {ask: u2", "places: many}\n  - {ask: u2"),
        ("{from: 1, to: 5, step: 0.5}", "{from: 1, too: 5, step: 0.5}"),
        ("id: net", "id: Not Good"),
        ("givens:", "solver: adam\ngivens:"),
    ],
)
def test_the_schema_refuses_a_slip(was, becomes):
    assert GOOD.count(was) == 1
    documents, _ = bank.read_yaml(GOOD.replace(was, becomes), "bad.yaml")
    assert not fits(documents[0], SCHEMA)


def test_every_field_says_what_it_is_for():
    for name, kind in SCHEMA["$defs"].items():
        for field, schema in kind.get("properties", {}).items():
            assert schema["description"].endswith("."), f"{name}.{field}"


def test_the_schema_is_json():
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
