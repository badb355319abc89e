"""The mutation tool lets an unchanged solver live, and knows a changed one."""

import ast

import pytest

pytest.importorskip("torch")

from tests.mutation import FOLDER, Mutant, caught, mutants

PATH = FOLDER / "momentum.py"


def test_an_unchanged_solver_is_not_caught():
    assert not caught(Mutant("momentum.py", 0, "", "", ast.parse(PATH.read_text(encoding="utf-8"))))


def test_a_turned_sign_an_unused_factor_and_swapped_operands_are_made():
    made = {(one.before, one.after) for one in mutants(PATH)}
    assert {("w - lr * v", "w + lr * v"), ("lr * v", "v"), ("w - lr * v", "lr * v - w")} <= made


@pytest.mark.slow
def test_nineteen_in_twenty_mutants_of_the_optimisers_are_caught():
    made = [*mutants(PATH), *mutants(FOLDER / "adam.py")]
    assert sum(map(caught, made)) >= 0.95 * len(made)
