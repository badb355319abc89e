"""Regression, perceptrons, scaling and IDX files: what the sources print, and the laws of these rows."""

import gzip
from itertools import product
from math import exp, log
from pathlib import Path

import numpy as np
import pytest

import solvers
from exam.grade import grade
from questions.bank import get
from questions.variant import draw
from tests.givens import random_givens

FASHION = Path(__file__).parents[3] / "shared" / "fashion-mnist"


def right(id):
    return [option.key for option in draw(get(id), 0).options["answer"] if option.right]


def reference(id, name):
    variant = draw(get(id), 0)
    return variant.sheet.steps[name].value


def run(name, **givens):
    solver = solvers.get(name)
    return {step: s.value for step, s in solver.run(solver.read(givens)).steps.items()}


# What the sources print


def test_the_linear_questions_use_the_printed_rows_of_the_advertising_data():
    one, batch = draw(get("linear-step"), 0).plain_givens(), draw(get("linear-batch"), 0).plain_givens()
    assert (one["x"], one["y"]) == (230.1, 22.1)
    assert batch["X"] == [[38.2, 3.7, 1], [94.2, 4.9, 1], [177.0, 9.3, 1]]
    assert batch["y"] == [7.6, 14.0, 14.8]
    assert draw(get("scaling-minmax"), 0).plain_givens()["x"] == [230.1, 44.5, 17.2, 151.5, 180.8]
    assert draw(get("scaling-zscore"), 0).plain_givens()["x"] == [22.1, 10.4, 12.0, 16.5, 17.9]


def test_the_iris_questions_use_the_printed_rows():
    two, three = draw(get("logistic-step"), 0).plain_givens(), draw(get("softmax-step"), 0).plain_givens()
    assert (two["X"], two["y"]) == ([[1.4, 1], [4.3, 1]], [0, 1])
    assert (three["X"], three["y"]) == ([[1.4, 0.2, 1], [4.7, 1.4, 1], [6.0, 2.5, 1]], [0, 1, 2])


def test_the_tables_of_and_and_xor_are_the_printed_ones():
    assert draw(get("gate-and"), 0).plain_givens()["target"] == [0, 0, 0, 1]
    assert reference("xor-net", "out").tolist() == [0, 1, 1, 0]
    for row in ("| 0 | 0 | 0 |", "| 0 | 1 | 1 |", "| 1 | 0 | 1 |", "| 1 | 1 | 0 |"):
        assert row in get("xor-net").prompt.vi
        assert row in get("xor-net").prompt.en


@pytest.mark.parametrize(
    ("id", "values"),
    [
        ("idx-images", {"magic": 2051, "header": 16, "each": 784, "size": 47_040_016, "offset": 16 + 100 * 784 + 2 * 28 + 5}),
        ("idx-labels", {"magic": 2049, "header": 8, "size": 60_008, "offset": 5007}),
    ],
)
def test_the_idx_files_have_the_printed_header_and_the_published_size(id, values):
    assert {name: int(reference(id, name)) for name in values} == values


@pytest.mark.skipif(not FASHION.is_dir(), reason="the data set is not beside the checkout")
@pytest.mark.parametrize(("id", "file"), [("idx-images", "train-images-idx3-ubyte.gz"), ("idx-labels", "train-labels-idx1-ubyte.gz")])
def test_the_idx_answers_hold_for_the_real_files(id, file):
    content = gzip.decompress((FASHION / file).read_bytes())
    assert int.from_bytes(content[:4], "big") == reference(id, "magic")
    assert len(content) == reference(id, "size")


KEYS = {"softmax-gradient-mean": "b", "gate-weights": "c", "xor-linear": "d", "xor-loss": "b", "idx-label-type": "c"}
KEYS |= {"separable-tables": "acdf", "zscore-facts": "ac"}


@pytest.mark.parametrize(("id", "keys"), KEYS.items())
def test_stated_keys(id, keys):
    assert right(id) == list(keys)


@pytest.mark.parametrize("id", ["softmax-gradient-mean", "xor-linear", "zscore-facts", "scaling-accuracies", "idx-label-type"])
def test_where_the_source_errs_its_claim_is_put_right_once_the_question_is_answered(id):
    """A correction in the prompt would give the answer away."""
    assert get(id).correction is None
    assert "tài liệu" in get(id).explanation.vi.casefold()
    assert "source" in get(id).explanation.en.casefold()


def test_the_accuracies_stand_in_the_printed_order():
    assert "74.60 %, 77.18 %, 81.04 % và 82.21 %" in get("scaling-accuracies").prompt.vi
    items = [item.en for item in get("scaling-accuracies").parts[0].items]
    assert [any(word in item for word in ("0.0001", "[0, 1]", "[-1, 1]", "variance")) for item in items] == [True] * 4
    assert "0.0001" in items[0]
    assert "variance" in items[3]


# One step, by hand


def test_one_step_on_one_campaign():
    # ŷ = 0.05·230.1 + 7, e = ŷ - 22.1
    e = 0.05 * 230.1 + 7 - 22.1
    by_hand = {"yhat": 18.505, "loss": e * e, "dw": 2 * 230.1 * e, "db": 2 * e, "wnew": 0.05 - 1e-5 * 460.2 * e, "bnew": 7 - 2e-5 * e}
    for name, value in by_hand.items():
        assert reference("linear-step", name) == pytest.approx(value), name


def test_one_mini_batch_step_on_three_campaigns():
    np.testing.assert_allclose(reference("linear-batch", "yhat"), [8.28, 11.2, 15.78])
    np.testing.assert_allclose(reference("linear-batch", "loss"), 0.68**2 + 2.8**2 + 0.98**2)
    np.testing.assert_allclose(reference("linear-batch", "dtheta"), [-128.648, -4.18, -2.28], atol=1e-9)


def test_one_logistic_step_on_two_irises():
    p = [1 / (1 + exp(-z)) for z in (0.5 * 1.4 - 1, 0.5 * 4.3 - 1)]
    np.testing.assert_allclose(reference("logistic-step", "loss"), -(log(1 - p[0]) + log(p[1])) / 2)
    np.testing.assert_allclose(reference("logistic-step", "dtheta"), [(1.4 * p[0] + 4.3 * (p[1] - 1)) / 2, (p[0] + p[1] - 1) / 2])


@pytest.mark.parametrize("seed", range(6))
def test_sum_and_mean_lead_to_the_same_mini_batch_step(seed):
    """η/m times the gradient of the sum is η times the gradient of the mean."""
    givens = random_givens(solvers.get("linear_batch_step"), seed)
    sheet = solvers.get("linear_batch_step").run(givens)
    mean_gradient = sheet.steps["dtheta"].mistakes["mean_not_sum"]
    np.testing.assert_allclose(sheet.steps["thetanew"].value, givens["theta"] - givens["lr"] * mean_gradient)


@pytest.mark.parametrize("seed", range(6))
def test_the_softmax_gradient_is_the_slope_of_the_mean_loss(seed):
    """By finite differences: with the 1/m that the source's gradient lacks."""
    solver = solvers.get("softmax_step")
    givens = random_givens(solver, seed)
    gradient = solver.run(givens).steps["dTheta"].value
    for at in np.ndindex(gradient.shape):
        nudge = np.zeros_like(gradient)
        nudge[at] = 1e-5
        up, down = (solver.run({**givens, "Theta": givens["Theta"] + s * nudge}).steps["loss"].value for s in (1, -1))
        assert gradient[at] == pytest.approx((up - down) / 2e-5, abs=1e-8)
    np.testing.assert_allclose(gradient.sum(-1), 0, atol=1e-12)


def test_two_softmax_classes_are_logistic_regression():
    X, y, theta = [[0.5, 1], [2, 1], [-1, 1]], [1, 0, 1], np.array([0.7, -0.2])
    two = run("softmax_step", X=X, y=y, Theta=np.stack([0 * theta, theta], 1).tolist(), lr=0.1)
    one = run("logistic_step", X=X, y=y, theta=theta.tolist(), lr=0.1)
    assert two["loss"] == pytest.approx(one["loss"])
    np.testing.assert_allclose(two["dTheta"][:, 1], one["dtheta"])


# Threshold units

TABLES = [list(table) for table in product((0, 1), repeat=4)]
XORS = [[0, 1, 1, 0], [1, 0, 0, 1]]


@pytest.mark.parametrize("table", [table for table in TABLES if table not in XORS])
def test_the_reference_unit_realises_every_table_but_xor_and_its_complement(table):
    assert run("gate_unit", target=table)["out"].tolist() == table


@pytest.mark.parametrize("table", XORS)
def test_no_unit_of_a_fine_grid_realises_xor(table):
    grid = np.arange(-3, 3.25, 0.25)
    w1, w2, b = (axis.ravel() for axis in np.meshgrid(grid, grid, grid))
    outputs = np.stack([x1 * w1 + x2 * w2 + b >= 0 for x1, x2 in product((0, 1), repeat=2)], -1)
    assert (outputs == np.array(table)).sum(-1).max() == 3


def test_every_table_that_is_drawn_needs_one_line_and_is_not_constant():
    drawn = [draw(get("gate-vary"), seed) for seed in range(60)]
    tables = {tuple(variant.plain_givens()["target"]) for variant in drawn}
    assert len(tables) == 12
    for variant in drawn:
        assert variant.sheet.steps["out"].value.tolist() == variant.plain_givens()["target"]


NETS = {
    "or and not and": "[[1, 1, -0.5], [1, 1, -1.5], [1, -1, -0.5]]",
    "nand and or": "[[-2, -2, 3], [2, 2, -1], [1, 1, -2]]",
    "one side or the other": "[[1, -1, -1], [-1, 1, -1], [1, 1, -1]]",
}


@pytest.mark.parametrize("net", NETS.values(), ids=NETS)
def test_any_net_that_realises_xor_earns_all(net):
    assert grade(draw(get("xor-net"), 0), {"net": net}).marks == 4


@pytest.mark.parametrize(
    ("net", "marks"), [("[[1, 1, -0.5], [1, 1, -0.5], [1, 1, -1]]", 3), ("[[0, 0, 1], [0, 0, 1], [0, 0, 1]]", 0), ("", 0)]
)
def test_a_net_earns_the_rows_it_gets_right_and_a_constant_one_nothing(net, marks):
    assert grade(draw(get("xor-net"), 0), {"net": net}).marks == marks


@pytest.mark.parametrize("seed", range(12))
def test_the_reference_net_parts_the_diagonals_of_every_rectangle(seed):
    variant = draw(get("xor-net-vary"), seed)
    same = variant.plain_givens()["same"]
    assert variant.sheet.steps["out"].value.tolist() == [same, 1 - same, 1 - same, same]
    net = str(variant.sheet.steps["net"].value.round(9).tolist())
    assert grade(variant, {"net": net}).marks == 4


def test_decimal_weights_that_sum_to_zero_count_as_zero():
    """0.1 + 0.2 - 0.3 is not 0 in binary, and a unit gives 1 at 0."""
    assert grade(draw(get("gate-and"), 0), {"unit": "[0.1, 0.2, -0.3]"}).marks == 4
    assert run("perceptron_rule", x=[1, 1], t=1, w=[0.1, 0.2], b=-0.3, lr=0.1)["out"] == 1


def test_the_best_linear_model_of_xor_stands_still_at_ln_2():
    assert reference("xor-loss", "loss") == pytest.approx(log(2))
    np.testing.assert_allclose(reference("xor-loss", "dtheta"), 0, atol=1e-15)


# Scaling


@pytest.mark.parametrize("seed", range(8))
def test_z_scores_have_mean_0_and_variance_1(seed):
    z = solvers.get("z_score").run(random_givens(solvers.get("z_score"), seed)).steps["z"].value
    assert z.mean() == pytest.approx(0, abs=1e-12)
    assert (z**2).mean() == pytest.approx(1)


@pytest.mark.parametrize("a", [2.5, -2.5])
def test_z_scores_keep_for_positive_a_and_change_their_sign_for_negative_a(a):
    steps = run("z_score_affine", x=[1, 4, 9], a=a, b=3)
    np.testing.assert_allclose(steps["zy"], np.sign(a) * steps["zx"])


@pytest.mark.parametrize("seed", range(8))
def test_min_max_fills_its_intervals(seed):
    steps = solvers.get("min_max").run(random_givens(solvers.get("min_max"), seed)).steps
    assert (steps["u"].value.min(), steps["u"].value.max()) == (0, 1)
    assert (steps["v"].value.min(), steps["v"].value.max()) == (-1, 1)
