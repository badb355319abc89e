"""The questions on softmax and the losses hold what the journey prints, and the laws of their gradients."""

import math
from fractions import Fraction

import numpy as np
import pytest

import solvers
from questions.bank import bank, get
from questions.variant import draw, stated, unfair
from tests.givens import random_givens


def steps(name, **givens):
    solver = solvers.get(name)
    return {step: s.value for step, s in solver.run(solver.read(givens)).steps.items()}


def right(id):
    return [option.key for option in draw(get(id), 0).options["answer"] if option.right]


# What the source prints


@pytest.mark.parametrize(
    ("id", "key"),
    {
        "one-hot": "b",
        "softmax-jacobian-sums": "a",
        "cross-entropy-indices": "c",
        "batch-gradient-factor": "b",
        "mse-sigmoid-sign": "b",
        "convexity-proof": "c",
    }.items(),
)
def test_the_right_letter_of_a_concept(id, key):
    assert right(id) == [key]


def test_the_right_letters_of_what_leaves_softmax_unchanged():
    assert right("softmax-facts") == ["a", "c"]


def test_label_1_of_three_classes_is_0_1_0_as_the_journey_prints():
    assert steps("softmax_cross_entropy", z=[0, 0, 0], label=1)["onehot"].tolist() == [0, 1, 0]


@pytest.mark.parametrize("id", ["mse-sigmoid-sign", "batch-gradient-factor", "cross-entropy-indices"])
def test_a_wrong_print_stays_visible_with_its_correction(id):
    assert get(id).correction
    assert right(id) != ["a"]


@pytest.mark.parametrize("yhat", [0.1, 0.4, 0.7, 0.95])
def test_f_is_the_journeys_two_cases(yhat):
    z = math.log(yhat / (1 - yhat))
    cases = {0: -3 * yhat**2 + 2 * yhat, 1: -3 * yhat**2 + 4 * yhat - 1}
    for y, printed in cases.items():
        assert steps("mse_sigmoid", x=1, w=z, b=0, y=y)["f"] == pytest.approx(printed)


def test_the_printed_second_derivative_is_the_expanded_polynomial():
    """∂²L/∂θ² = 2x² ŷ(1-ŷ)[-3ŷ² + 2ŷ - y + 2yŷ], by fractions from dŷ/dz = ŷ(1-ŷ)."""
    for y in (0, 1):
        p = Fraction(2, 7)
        slope = p * (1 - p)
        # d/dŷ of 2(-ŷ³ + ŷ² - yŷ + yŷ²), times dŷ/dz.
        second = 2 * (-3 * p**2 + 2 * p - y + 2 * y * p) * slope
        found = steps("mse_sigmoid", x=1, w=math.log(2 / 5), b=0, y=y)
        assert found["d2w"] == pytest.approx(float(second))


# Laws


def test_the_edge_of_convexity_is_ln_2_on_either_side():
    for y, edge in ((0, math.log(2)), (1, -math.log(2))):
        found = steps("convex_edge", w=1, b=0, y=y)
        assert found["z"] == pytest.approx(edge)
        for x, bends_up in ((edge - 0.01, y == 0), (edge + 0.01, y == 1)):
            assert (steps("mse_sigmoid", x=x, w=1, b=0, y=y)["d2w"] > 0) == bends_up


@pytest.mark.parametrize("seed", range(5))
def test_softmax_gradients_sum_to_zero_because_a_shared_shift_changes_nothing(seed):
    for name in ("softmax_jacobian", "softmax_cross_entropy", "batch_cross_entropy"):
        solver = solvers.get(name)
        found = solver.run(random_givens(solver, seed)).steps
        np.testing.assert_allclose(found["dz"].value.sum(-1), 0, atol=1e-14)


def test_the_stable_softmax_is_that_of_shifted_logits_and_survives_large_ones():
    large, small = steps("stable_softmax", z=[1000, 1002, 1001]), steps("stable_softmax", z=[-2, 0, -1])
    np.testing.assert_array_equal(large["yhat"], small["yhat"])
    assert large["yhat"].tolist() == pytest.approx([0.09003057, 0.66524096, 0.24472847])
    assert steps("stable_softmax", z=[-1e6, 0.0])["yhat"].tolist() == [0, 1]


def test_cross_entropys_gradient_is_the_jacobian_applied_to_that_of_the_logarithm():
    z, label = [0.4, -1.1, 0.9], 2
    whole = steps("softmax_cross_entropy", z=z, label=label)
    arriving = [0, 0, -1 / whole["yhat"][2]]
    np.testing.assert_allclose(steps("softmax_jacobian", z=z, dyhat=arriving)["dz"], whole["dz"])


def test_two_classes_are_binary_cross_entropy():
    z = 0.8
    for y in (0, 1):
        two = steps("softmax_cross_entropy", z=[0.0, z], label=y)
        one = steps("binary_cross_entropy", y=[y], yhat=[1 / (1 + math.exp(-z))])
        assert two["loss"] == pytest.approx(one["loss"])
        assert two["dz"][1] == pytest.approx(one["dz"][0])


def test_a_batch_of_equal_samples_has_one_samples_loss_and_half_of_its_gradient():
    one = steps("softmax_cross_entropy", z=[0.4, -1.1, 0.9], label=0)
    two = steps("batch_cross_entropy", z=[[0.4, -1.1, 0.9]] * 2, label=[0, 0])
    assert two["loss"] == pytest.approx(one["loss"])
    np.testing.assert_allclose(two["dz"][0], one["dz"] / 2)


def test_mse_by_fractions():
    y, yhat = [1, -2, 3], [Fraction(3, 2), Fraction(-1, 2), Fraction(1)]
    d = [b - a for a, b in zip(y, yhat, strict=True)]
    found = steps("mse", y=y, yhat=[float(v) for v in yhat])
    assert found["loss"] == float(sum(v * v for v in d) / 3)
    assert found["dyhat"].tolist() == pytest.approx([float(2 * v / 3) for v in d])


def test_binary_cross_entropy_bends_up_everywhere_where_mse_does_not():
    logits = np.linspace(-4, 4, 81)

    def curvature(loss):
        return np.diff([loss(z) for z in logits], 2)

    cross = curvature(lambda z: steps("binary_cross_entropy", y=[1], yhat=[1 / (1 + math.exp(-z))])["loss"])
    squared = curvature(lambda z: (1 - steps("mse_sigmoid", x=1, w=z, b=0, y=1)["yhat"]) ** 2)
    assert np.all(cross > 0)
    assert np.any(squared < 0)


def test_positive_diagonal_second_derivatives_do_not_make_a_function_convex():
    hessian = np.array([[2.0, -4.0], [-4.0, 2.0]])  # of u² + v² - 4uv, the counterexample of convexity-proof
    assert np.all(np.diag(hessian) > 0)
    assert np.linalg.eigvalsh(hessian).min() < 0


def test_a_draw_with_an_entry_that_rounding_may_turn_into_zero_is_unfair():
    question = get("softmax-jacobian-vary")
    # ∂L/∂z₂ is 0.000176, which a student who rounds every step to four places may well write as 0.
    reasons = list(unfair(stated(question, {"z": [-1.4, 1.5, -0.55], "dyhat": [2.0, -1.8, -1.6]})))
    assert len(reasons) == 1
    assert reasons[0].startswith("dz has an entry so small")
    assert not list(unfair(draw(question, 1)))
    # An exact zero, as behind a ReLU, is no such entry.
    variant = draw(get("relu-vary"), 0)
    assert 0 in variant.reference(variant.question.parts[0])
    assert not list(unfair(variant))


@pytest.mark.parametrize("row", ["C6", "C7", "C8", "C9", "C10"])
def test_a_row_is_asked_in_numbers_and_as_a_choice(row):
    rows = [q for q in bank().values() if q.row == row or (isinstance(q.row, list) and row in q.row)]
    assert any(q.varies and q.kind == "num" for q in rows)
    assert any(q.varies and q.kind == "mc" for q in rows)
