"""Logits so far apart that a softmax's power is zero: the loss is still the right finite number, and its twin agrees."""

import numpy as np
import pytest

import solvers
from solvers import twins
from solvers.worksheet import carrying

FAR = 800.0  # e^-800 is no floating-point number
ONE = [[1.0]]
FAR_APART = {
    "relu_softmax": {"x": 1, "w1": 1, "b1": 0, "w2": [FAR, 0], "label": 1},
    "softmax_cross_entropy": {"z": [FAR, 0], "label": 1},
    "batch_cross_entropy": {"z": [[FAR, 0], [0, FAR]], "label": [1, 0]},
    "relu_softmax_batch": {"X": ONE, "Wh": ONE, "bh": [0], "Wz": [[FAR, 0]], "bz": [0, 0], "y": [1]},
    "relu_softmax_linear": {"X": ONE, "Wh": ONE, "bh": [0], "Wz": [[FAR], [0]], "bz": [0, 0], "y": [1]},
    "softmax_step": {"X": ONE, "y": [1], "Theta": [[FAR, 0]], "lr": 0.1},
    "logistic_step": {"X": [[1, 0], [-1, 0]], "y": [0, 1], "theta": [FAR, 0], "lr": 0.1},
}


@pytest.mark.parametrize("name", FAR_APART)
def test_the_loss_of_far_logits_is_how_far_they_are_apart(name):
    solver = solvers.get(name)
    givens = solver.read(FAR_APART[name])
    steps = solver.run(givens).steps
    assert float(steps["loss"].value) == FAR
    assert float(steps["loss"].mistakes.get("no_minus", -FAR)) == -FAR
    assert all(np.all(np.isfinite(step.value)) for step in steps.values())


@pytest.mark.parametrize("name", [*FAR_APART, "stable_softmax"])
@pytest.mark.parametrize("far", [1.0, 30.0, 300.0, 720.0, FAR, 5_000.0])
def test_the_twin_of_far_logits_agrees(name, far):
    pytest.importorskip("torch")
    solver = solvers.get(name)
    raw = FAR_APART.get(name, {"z": [FAR, 0]})
    givens = solver.read({key: np.where(np.equal(value, FAR), far, value).tolist() for key, value in raw.items()})
    steps, theirs = solver.run(givens).steps, twins.run(name, givens)
    for step, value in theirs.items():
        np.testing.assert_allclose(steps[step].value, value, rtol=1e-9, atol=1e-12, err_msg=f"{name} {step}")


def test_a_probability_somebody_typed_keeps_its_own_logarithm():
    """Only where the power itself has vanished is the loss taken from the logits."""
    solver = solvers.get("relu_softmax")
    givens = solver.read({"x": 1, "w1": 1, "b1": 0, "w2": [1, 0], "label": 1})
    typed = solver.run(givens, carrying({"yhat": np.array([0.75, 0.25])})).steps["loss"].value
    assert typed == pytest.approx(-np.log(0.25))
