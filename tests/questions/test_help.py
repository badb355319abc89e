"""What is said to authors is said of everything there is, in both languages, and its examples hold."""

import numpy as np
import pytest

from questions import bank
from questions.expressions import FUNCTIONS
from questions.formulas import Step, solver_of
from questions.help import author_help
from questions.schema import question_schema

HELP = author_help()
EVERY = [(kind, name, one) for kind, fields in HELP.fields.items() for name, one in fields.items()]


def computed(formula):
    solver = solver_of("help", [Step(name="z", **{"is": formula})], {"n": 1})
    return solver.run(solver.read({"n": 1})).steps["z"].value


def test_every_field_and_every_function_is_explained_and_nothing_else():
    kinds = question_schema()["$defs"]
    known = {name: next(one for one in [kind, *kind.get("anyOf", [])] if "properties" in one) for name, kind in kinds.items()}
    assert {name: set(kind["properties"]) for name, kind in known.items()} == {name: set(said) for name, said in HELP.fields.items()}
    assert HELP.functions.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize(("kind", "name", "one"), EVERY, ids=lambda value: value if isinstance(value, str) else "")
def test_a_field_is_said_in_both_languages_with_an_example_that_states_it(kind, name, one):
    assert one.en.endswith(".")
    assert one.vi.endswith(".")
    assert one.en != one.vi
    (document, *_), _ = bank.read_yaml("id: x\nexample:\n" + "\n".join(f"  {line}" for line in one.text.split("\n")), "help")
    example = document["example"]
    stated = example[0] if isinstance(example, list) else example
    inside = [value for value in stated.values() for value in (value if isinstance(value, list) else [value]) if isinstance(value, dict)]
    assert name in stated or any(name in value for value in inside)


@pytest.mark.parametrize("name", HELP.functions)
def test_an_example_of_a_function_comes_to_what_it_says(name):
    formula, _, result = HELP.functions[name].example.rpartition(" = ")
    assert formula.startswith(f"{name}(") or f"{name}(" in formula
    assert np.allclose(computed(formula), computed(result), atol=1e-12)
    assert HELP.functions[name].text.startswith(f"{name}(")
