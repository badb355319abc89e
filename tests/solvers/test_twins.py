"""Every solver agrees with its torch twin, and its formulas name all that its code uses."""

import numpy as np
import pytest

import solvers
from solvers import notation, twins
from solvers.worksheet import carrying
from tests.givens import random_givens

pytest.importorskip("torch")
NAMES = list(solvers.solvers())


@pytest.mark.parametrize("name", NAMES)
def test_every_step_agrees_with_the_torch_twin(name):
    solver = solvers.get(name)
    for seed in range(40):
        givens = random_givens(solver, seed)
        ours = solver.run(givens).steps
        theirs = twins.run(name, givens)
        assert ours.keys() == theirs.keys()
        for step, value in theirs.items():
            assert np.shape(ours[step].value) == value.shape, step
            np.testing.assert_allclose(ours[step].value, value, rtol=1e-9, atol=1e-12, err_msg=f"{step} of {givens}")


@pytest.mark.parametrize("name", NAMES)
def test_where_an_input_sits_on_a_kink_it_agrees_with_the_twin(name):
    solver = solvers.get(name)
    if not solver.kinks:
        return
    givens = random_givens(solver, 0)
    into = {given for kink in solver.kinks for given in solver.run(givens).steps[kink].needs}
    zeros = {key: value * 0 if key in into else value for key, value in givens.items()}
    ours, theirs = solver.run(zeros).steps, twins.run(name, zeros)
    for step, value in theirs.items():
        np.testing.assert_allclose(ours[step].value, value, rtol=1e-9, atol=1e-12, err_msg=step)


@pytest.mark.parametrize("name", NAMES)
def test_formulas_name_every_step_and_given_they_use(name):
    """Nudge one number, hold all others, and see which formulas give something else."""
    solver = solvers.get(name)
    for seed in range(5):
        givens = random_givens(solver, seed)
        straight = solver.run(givens)
        numbers = {step: s.number for step, s in straight.steps.items()}
        sources = [n for n, spec in solver.givens.items() if not spec.whole] + list(numbers)
        for source in sources:
            changed = {**givens, source: givens[source] * 1.001 + 1e-4} if source in givens else givens
            held = {k: v * 1.001 + 1e-4 if k == source else v for k, v in numbers.items()}
            replay = solver.run(changed, carrying(held))
            for step in replay.steps.values():
                if not np.allclose(step.value, straight.steps[step.name].value, rtol=1e-9, atol=1e-12, equal_nan=True):
                    assert source in step.needs, f"{step.name} moves with {source}, which '{step.formula}' does not name"


@pytest.mark.parametrize("name", NAMES)
def test_formulas_name_only_what_stands_before_them(name):
    solver = solvers.get(name)
    sheet = solver.run(random_givens(solver, 1))
    known = set(solver.givens)
    for step in sheet.steps.values():
        assert set(step.needs) <= known, f"{step.name} names {set(step.needs) - known}"
        known.add(step.name)


@pytest.mark.parametrize("name", NAMES)
def test_every_formula_prints_in_letters_and_in_numbers(name):
    solver = solvers.get(name)
    sheet = solver.run(random_givens(solver, 2))
    for step in sheet.steps.values():
        for text in (
            notation.symbol(step.name, solver.symbols),
            notation.in_letters(step.formula, solver.symbols),
            notation.in_numbers(step.formula, sheet.numbers()),
        ):
            assert "@" not in text
            assert text.count("{") == text.count("}")


@pytest.mark.parametrize("name", NAMES)
def test_mistakes_and_their_sentences_agree(name):
    """Every mistake in the code has its sentences, and no sentence stands without its mistake."""
    solver = solvers.get(name)
    used = set()
    for seed in range(3):
        for step in solver.run(random_givens(solver, seed)).steps.values():
            used |= set(step.mistakes)
    epochs_one_only = {"old_weights", "from_start"} if solver.run(random_givens(solver, 0)) and "epochs" in solver.givens else set()
    assert used | epochs_one_only == set(solver.mistakes)
    assert len(used) >= 4
    for mistake in solver.mistakes.values():
        for label, sentence in (mistake.vi, mistake.en):
            assert label
            assert not label.endswith(".")
            assert sentence.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_the_docstring_gives_shapes_and_source(name):
    text = solvers.get(name).function.__doc__
    assert "Source:" in text
    assert "…" in text, "state the shapes"
