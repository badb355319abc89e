"""The activations' questions hold what the notebook and the journey print, and the laws that tie the functions together."""

import math

import numpy as np
import pytest

import solvers
from questions.bank import bank, get
from questions.variant import draw
from tests.givens import random_givens

XS = [-2.5, -0.7, 0.3, 1.9]


def steps(name, **givens):
    solver = solvers.get(name)
    return {step: s.value for step, s in solver.run(solver.read(givens)).steps.items()}


def reference(id, part):
    variant = draw(get(id), 0)
    return variant.reference(next(p for p in variant.question.parts if p.name == part))


def right(id, part="answer"):
    return [option.key for option in draw(get(id), 0).options[part] if option.right]


# What the sources print


@pytest.mark.parametrize(
    ("id", "part", "printed"),
    [
        # Both ends of the notebook's tensor 2·sigmoid(2x), x from -5 to 5.
        ("tanh-identity", "right[0]", 9.0796e-05),
        ("tanh-identity", "right[1]", 1.9999),
        # The journey, §5.2.3: at z = 5 the sigmoid is 0.99 and its derivative very near 0; at 0 it is 1/4.
        ("sigmoid", "slope[2]", 0.25),
        ("sigmoid", "slope[3]", 0.0066480567),
        ("sigmoid", "slope[4]", 4.5395807e-05),
        ("sigmoid", "slope[0]", 4.5395807e-05),
    ],
)
def test_a_printed_value_is_the_reference(id, part, printed):
    assert reference(id, part) == pytest.approx(printed, abs=5.1e-5 if printed > 1 else 5.1e-10)


def test_the_journeys_sigmoid_of_5_is_a_good_0_99():
    assert steps("sigmoid", x=[5.0], dy=[1.0])["y"][0] == pytest.approx(0.9933071)


def test_the_printed_settings_of_the_notebook_are_the_fixed_instances():
    assert draw(get("prelu"), 0).plain_givens()["alpha"] == 0.1
    assert draw(get("leaky-relu"), 0).plain_givens()["alpha"] == 0.01
    assert draw(get("swish"), 0).plain_givens()["beta"] == 1
    assert draw(get("sigmoid"), 0).plain_givens()["x"] == [-10, -5, 0, 5, 10]


@pytest.mark.parametrize(
    ("id", "key"),
    {
        "prelu-at-zero": "b",
        "sigmoid-ceiling": "c",
        "tanh-identity-float32": "b",
        "swish-limit": "b",
        "tanh-series": "b",
        "tanh-variance": "b",
        "gelu-forms": "a",
    }.items(),
)
def test_the_right_letter_of_a_concept(id, key):
    assert right(id) == [key]


@pytest.mark.parametrize(("id", "keys"), {"relu-facts": "ad", "swish-facts": "ac"}.items())
def test_the_right_letters_of_several_choices(id, keys):
    assert right(id) == list(keys)


@pytest.mark.parametrize("id", ["swish-limit", "tanh-series"])
def test_a_wrong_print_stays_visible_with_its_correction(id):
    question = get(id)
    assert question.correction
    assert "a" in question.parts[0].options
    assert right(id) != ["a"]


def test_the_notebooks_two_sides_at_minus_5_print_as_quoted_in_float32():
    torch = pytest.importorskip("torch")
    x = torch.linspace(-5, 5, 100)
    assert f"{(2 * torch.sigmoid(2 * x))[0].item():.4e}" == "9.0796e-05"
    assert abs((torch.tanh(x) + 1)[0].item() - 9.0778e-05) < 6e-8
    assert "9.0778e-05" in get("tanh-identity-float32").prompt.en


def test_torch_takes_the_left_hand_derivative_at_0_as_our_conventions_say():
    torch = pytest.importorskip("torch")
    x = torch.zeros(1, requires_grad=True)
    torch.nn.functional.prelu(x, torch.tensor([0.25])).backward()
    assert x.grad.item() == 0.25
    assert steps("prelu", x=[0.0], alpha=0.25, dy=[1.0])["slope"] == [0.25]
    assert steps("relu", x=[0.0], dy=[1.0])["slope"] == [0.0]
    assert steps("elu", x=[0.0], alpha=2.0, dy=[1.0])["slope"] == [2.0]


# Laws


def test_tanh_plus_one_is_twice_the_sigmoid_of_twice_the_argument():
    identity = steps("tanh_by_sigmoid", x=XS)
    np.testing.assert_allclose(identity["y"], steps("tanh", x=XS, dy=XS)["y"], rtol=1e-13)
    np.testing.assert_allclose(identity["s"], steps("sigmoid", x=[2 * x for x in XS], dy=XS)["y"], rtol=1e-13)


@pytest.mark.parametrize("seed", range(5))
def test_rewriting_a_net_there_and_back_gives_the_same_weights_and_output(seed):
    there, back = solvers.get("sigmoid_to_tanh"), solvers.get("tanh_to_sigmoid")
    givens = random_givens(there, seed)
    new = {name: step.value for name, step in there.run(givens).steps.items()}
    again = back.run({"x": givens["x"], "W": new["W1"], "b": new["b1"], "v": new["v1"], "c": new["c1"]}).steps
    for name in "Wbvc":
        np.testing.assert_allclose(again[f"{name}1"].value, givens[name], atol=1e-12)
    assert again["out"].value == pytest.approx(new["out"])


def test_the_s_shaped_slopes_are_greatest_at_0():
    grid = np.linspace(-3, 3, 61).tolist()
    for name, most in (("sigmoid", 0.25), ("tanh", 1.0)):
        slope = steps(name, x=grid, dy=grid)["slope"]
        assert slope.argmax() == 30
        assert slope[30] == pytest.approx(most)


def test_swish_runs_from_x_over_2_through_silu_to_relu_as_beta_grows():
    def swish(beta):
        return steps("swish", x=XS, beta=beta, dy=XS)["y"]

    np.testing.assert_allclose(swish(1e-9), np.array(XS) / 2, rtol=1e-6)
    np.testing.assert_allclose(swish(60.0), np.maximum(XS, 0), atol=1e-6)
    np.testing.assert_allclose(swish(1.0), [x / (1 + math.exp(-x)) for x in XS])


def test_what_is_claimed_of_swish():
    grid = np.linspace(-6, 6, 1201)
    slope = steps("swish", x=grid.tolist(), beta=1.0, dy=grid.tolist())["slope"]
    assert grid[np.argmin(np.abs(slope[:700]))] == pytest.approx(-1.28)
    assert np.all(slope[grid > -1.27] > 0)
    assert slope.max() == pytest.approx(1.0998, abs=1e-4)
    bends_up = np.diff(slope) > 0
    assert np.all(bends_up[(grid[:-1] > -2.39) & (grid[:-1] < 2.38)])
    assert not np.any(bends_up[(grid[:-1] > 2.4) | (grid[:-1] < -2.41)])


def test_gelu_and_its_two_approximations_at_2_are_the_printed_options():
    mistakes = {option.key: option.mistake for option in draw(get("gelu-forms"), 0).options["answer"]}
    assert mistakes == {"a": None, "b": "tanh_approximation", "c": "sigmoid_approximation", "d": "distribution_only"}


def test_leaky_relu_with_alpha_0_is_relu_and_with_alpha_1_the_identity():
    np.testing.assert_array_equal(steps("prelu", x=XS, alpha=0.0, dy=XS)["dx"], steps("relu", x=XS, dy=XS)["dx"])
    np.testing.assert_array_equal(steps("prelu", x=XS, alpha=1.0, dy=XS)["y"], XS)


def test_selu_is_elu_times_its_scale():
    ours, plain = steps("selu", x=XS, dy=XS), steps("elu", x=XS, alpha=1.6732632423543772, dy=XS)
    for step in ("y", "slope", "dx"):
        factor = 1.0507009873554805
        np.testing.assert_allclose(ours[step], factor * plain[step], rtol=1e-12)


def test_the_third_order_misses_far_less_than_the_first_near_0():
    for name in ("tanh_series", "sigmoid_series"):
        found = steps(name, x=[0.05, 0.1, 0.2])
        assert np.all(np.abs(found["left"]) < np.abs(found["gap"]) / 50)
        # The error of third order shrinks with x⁵.
        assert found["left"][2] / found["left"][1] == pytest.approx(32, rel=0.05)


def test_the_variances_that_tanh_variance_quotes():
    nodes, weights = np.polynomial.legendre.leggauss(40)
    for a, before, after in ((1.0, 0.3333, 0.2384), (0.1, 0.1**2 / 3, 0.1**2 / 3 * 0.996)):
        assert a * a / 3 == pytest.approx(before, rel=2e-4)
        assert (weights * np.tanh(a * nodes) ** 2).sum() / 2 == pytest.approx(after, rel=2e-4)
    assert 1 - math.tanh(1) == pytest.approx(0.2384, abs=5e-5)


def test_the_order_of_the_slopes_at_5_is_as_explained():
    at = {"x": [5.0], "dy": [1.0]}
    slopes = [steps("tanh", **at), steps("sigmoid", **at), steps("relu", **at), steps("swish", beta=1.0, **at)]
    values = [float(found["slope"][0]) for found in slopes]
    assert values == sorted(values)
    assert values == pytest.approx([0.00018, 0.0066, 1, 1.0265], abs=6e-5)


def test_glu_and_swiglu_are_told_apart():
    a, b = [1.5, -0.4], [0.3, 2.0]
    eye = [[1, 0, 0, 0], [0, 1, 0, 0]], [[0, 0, 1, 0], [0, 0, 0, 1]]
    gate = steps("glu", a=a, b=b, dy=a)
    swish = steps("swiglu", x=[*a, *b], W=eye[0], V=eye[1])
    np.testing.assert_allclose(swish["y"], swish["s"] * np.array(a) * b)
    assert not np.allclose(gate["y"], swish["y"])


@pytest.mark.parametrize("row", ["C1", "C2", "C3", "C4", "C5", "C11"])
def test_a_row_is_asked_in_numbers_and_as_a_choice(row):
    rows = [q for q in bank().values() if q.row == row or (isinstance(q.row, list) and row in q.row)]
    assert any(q.varies and q.kind == "num" for q in rows)
    assert any(q.varies and q.kind == "mc" for q in rows)
