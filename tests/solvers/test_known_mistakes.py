"""What each named mistake of the activations and losses writes down, worked out entry by entry in plain Python."""

from math import cosh, erf, exp, log, log2, log10, pi, sinh, sqrt, tanh

import numpy as np
import pytest

import solvers

X, DY = [-1.2, 0.0, 0.8], [0.5, -2.0, 1.5]
SMOOTH = [-1.2, 0.8, 2.0]
B = 1.5
LAMBDA, ALPHA = 1.0507009873554805, 1.6732632423543772


def sig(x):
    return 1 / (1 + exp(-x))


def over(*lists):
    """A column of a table: `over(X)(f)` is f of every entry."""
    return lambda f: [f(*entries) for entries in zip(*lists, strict=True)]


def chain(x, value, slope):
    """The mistakes of ∂L/∂x for an activation of this value and slope."""
    each = over(x, DY)
    return {
        "upstream_forgotten": each(lambda t, _: slope(t)),
        "upstream_added": each(lambda t, g: g + slope(t)),
        "times_value": each(lambda t, g: g * value(t)),
    }


def elus(scale, alpha, own):
    """The mistakes of scale·ELU; `own` says whether its scale can be forgotten."""
    x = over(X)

    def piece(above, below):
        return x(lambda t: scale * (above(t) if t > 0 else below(t)))

    value = {
        "plain_relu": piece(lambda t: t, lambda t: 0),
        "minus_one_forgotten": piece(lambda t: t, lambda t: alpha * exp(t)),
        "alpha_forgotten": piece(lambda t: t, lambda t: exp(t) - 1),
        "exponent_sign": piece(lambda t: t, lambda t: alpha * (exp(-t) - 1)),
    }
    slope = {
        "plain_relu": piece(lambda t: 1, lambda t: 0),
        "slope_minus_one": piece(lambda t: 1, lambda t: alpha * exp(t) - alpha),
        "alpha_forgotten": piece(lambda t: 1, exp),
        "leaky_slope": piece(lambda t: 1, lambda t: alpha),
        "exponent_sign": piece(lambda t: 1, lambda t: alpha / exp(t)),
    }
    if own:
        value["scale_forgotten"] = x(lambda t: t if t > 0 else alpha * (exp(t) - 1))
        slope["scale_forgotten"] = x(lambda t: 1 if t > 0 else alpha * exp(t))
    return {
        "y": value,
        "slope": slope,
        "dx": chain(X, lambda t: scale * (t if t > 0 else alpha * (exp(t) - 1)), lambda t: scale * (1 if t > 0 else alpha * exp(t))),
    }


def Phi(x):
    return (1 + erf(x / sqrt(2))) / 2


def phi(x):
    return exp(-x * x / 2) / sqrt(2 * pi)


def tanh_Phi(x):
    return (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2


x, smooth = over(X), over(SMOOTH)
Z, LABEL, G = [0.5, -1.0, 2.0], 1, [1.0, -0.5, 2.0]
E = [exp(t) for t in Z]
P = [e / sum(E) for e in E]
ROWS = [[0.5, -1.0, 1.5], [2.0, 0.3, -0.4]]
ROW_E = [[exp(t) for t in row] for row in ROWS]
ROW_P = [[e / sum(row) for e in row] for row in ROW_E]
ROW_Y = [[0, 1, 0], [0, 0, 1]]
PICKED = [ROW_P[0][1], ROW_P[1][2]]
TERMS = [-log(p) for p in PICKED]
COLUMN = [sum(column) for column in zip(*ROW_E, strict=True)]


def matrix(f):
    return [[f(i, j) for j in range(3)] for i in range(len(ROWS))]


def square(f):
    return [[f(i, j) for j in range(3)] for i in range(3)]


Y4, YHAT4 = [1.0, -2.0, 0.5, 3.0], [1.5, -1.0, 0.0, 1.0]
D4 = [b - a for a, b in zip(Y4, YHAT4, strict=True)]
BITS, PROBS = [1, 0, 1], [0.7, 0.2, 0.4]
BELIEF = [0.7, 0.8, 0.4]
bits = over(BITS, PROBS)
ONE = {"x": 1.5, "w": -0.8, "b": 0.3, "y": 1}
ZED = -0.9
HAT = sig(ZED)
F = -3 * HAT**2 + 2 * HAT - 1 + 2 * HAT
NET = {"x": [1.0, -2.0], "W": [[2.0, -1.0], [1.0, 3.0]], "b": [-1.0, 2.0], "v": [4.0, -1.0], "c": 1.0}
HALVES = {"a": [-1.2, 0.0, 0.8], "b": [0.6, -0.7, 2.0], "dy": DY}
halves = over(HALVES["a"], HALVES["b"], DY)
A2, B2 = [1.5 * 0.4 - 0.2, 1.5 * -1.0 - 0.6], [1.5 * 0.3 + 0.5, 1.5 * 2 - 0.1]

TABLE = {
    "relu": (
        {"x": X, "dy": DY},
        {
            "y": {"no_relu": X, "absolute_value": [1.2, 0, 0.8], "negative_part": [-1.2, 0, 0]},
            "slope": {"right_slope": [0, 1, 1], "value_for_slope": [0, 0, 0.8], "slope_everywhere_one": [1, 1, 1]},
            "dx": chain(X, lambda t: max(t, 0), lambda t: int(t > 0)),
        },
    ),
    "prelu": (
        {"x": X, "alpha": 0.2, "dy": DY},
        {
            "y": {"no_relu": X, "plain_relu": [0, 0, 0.8], "branches_swapped": [-1.2, 0, 0.16], "sign_lost": [0.24, 0, 0.8]},
            "slope": {
                "right_slope": [0.2, 1, 1],
                "plain_relu": [0, 0, 1],
                "branches_swapped": [1, 1, 0.2],
                "value_for_slope": [-0.24, 0, 0.8],
                "slope_everywhere_one": [1, 1, 1],
            },
            "dx": chain(X, lambda t: t if t > 0 else 0.2 * t, lambda t: 1 if t > 0 else 0.2),
            "dalpha": {"all_inputs": -0.6 + 1.2, "slope_again": 0.1 - 0.4 + 1.5, "not_summed_up": -1.2},
        },
    ),
    "sigmoid": (
        {"x": SMOOTH, "dy": DY},
        {
            "e": {"exponent_sign": smooth(exp)},
            "y": {"minus_below": smooth(lambda t: 1 / (1 - exp(-t))), "tanh": smooth(tanh)},
            "slope": {
                "value_for_slope": smooth(sig),
                "tanh_slope": smooth(lambda t: 1 - sig(t) ** 2),
                "slope_at_value": smooth(lambda t: sig(sig(t)) * sig(-sig(t))),
            },
            "dx": chain(SMOOTH, sig, lambda t: sig(t) * sig(-t)),
        },
    ),
    "tanh": (
        {"x": SMOOTH, "dy": DY},
        {
            "y": {"sigmoid": smooth(sig), "fraction_flipped": smooth(lambda t: cosh(t) / sinh(t)), "halved": smooth(sinh)},
            "slope": {
                "value_for_slope": smooth(tanh),
                "not_squared": smooth(lambda t: 1 - tanh(t)),
                "sigmoid_slope": smooth(lambda t: tanh(t) - tanh(t) ** 2),
                "slope_at_value": smooth(lambda t: cosh(tanh(t)) ** -2),
            },
            "dx": chain(SMOOTH, tanh, lambda t: cosh(t) ** -2),
        },
    ),
    "tanh_series": (
        {"x": SMOOTH},
        {
            "cubic": {
                "factorial": smooth(lambda t: t - t * t * t / 6),
                "term_sign": smooth(lambda t: t + t * t * t / 3),
                "squared_term": smooth(lambda t: t - t * t / 3),
                "exact_value": smooth(tanh),
                "tangent_only": SMOOTH,
            },
            "gap": {"error_sign": smooth(lambda t: tanh(t) - t)},
            "left": {"error_sign": smooth(lambda t: tanh(t) - t + t * t * t / 3)},
        },
    ),
    "sigmoid_series": (
        {"x": SMOOTH},
        {
            "line": {
                "half_forgotten": smooth(lambda t: t / 4),
                "slope_half": smooth(lambda t: (1 + t) / 2),
                "slope_one": smooth(lambda t: 0.5 + t),
                "exact_value": smooth(sig),
            },
            "cubic": {
                "term_sign": smooth(lambda t: 0.5 + t / 4 + t * t * t / 48),
                "squared_term": smooth(lambda t: 0.5 + t / 4 - t * t / 48),
                "exact_value": smooth(sig),
                "tangent_only": smooth(lambda t: 0.5 + t / 4),
            },
            "gap": {"error_sign": smooth(lambda t: sig(t) - 0.5 - t / 4)},
            "left": {"error_sign": smooth(lambda t: sig(t) - 0.5 - t / 4 + t * t * t / 48)},
        },
    ),
    "tanh_by_sigmoid": (
        {"x": SMOOTH},
        {
            "s": {
                "argument_kept": smooth(sig),
                "argument_halved": smooth(lambda t: sig(0.5 * t)),
                "exponent_sign": smooth(lambda t: 1 / (1 + exp(2 * t))),
            },
            "right": {"factor_forgotten": smooth(lambda t: sig(2 * t))},
            "y": {"one_forgotten": smooth(lambda t: tanh(t) + 1)},
        },
    ),
    "sigmoid_to_tanh": (
        NET,
        {
            "W1": {"other_direction": [[4, -2], [2, 6]], "weights_kept": NET["W"]},
            "b1": {"other_direction": [-2, 4], "bias_kept": NET["b"]},
            "v1": {"other_direction": [8, -2], "weights_kept": NET["v"]},
            "c1": {"output_bias_kept": 1, "output_bias_one": 1.5, "other_direction": -0.5},
            "h": {"activation_kept": [sig(1.5), sig(-1.5)]},
        },
    ),
    "tanh_to_sigmoid": (
        NET,
        {
            "W1": {"other_direction": [[1, -0.5], [0.5, 1.5]], "weights_kept": NET["W"]},
            "b1": {"other_direction": [-0.5, 1], "bias_kept": NET["b"]},
            "v1": {"other_direction": [2, -0.5], "weights_kept": NET["v"]},
            "c1": {"output_bias_kept": 1, "output_bias_one": 0, "other_direction": 4},
            "h": {"activation_kept": [tanh(6), tanh(-6)]},
        },
    ),
    "swish": (
        {"x": SMOOTH, "beta": B, "dy": DY},
        {
            "s": {"beta_ignored": smooth(sig)},
            "y": {"sigmoid_only": smooth(lambda t: sig(B * t))},
            "slope": {
                "half_product_rule": smooth(lambda t: sig(B * t)),
                "inner_factor_forgotten": smooth(lambda t: sig(B * t) + t * sig(B * t) * sig(-B * t)),
                "gate_slope_only": smooth(lambda t: B * t * sig(B * t) * sig(-B * t)),
                "value_for_slope": smooth(lambda t: t * sig(B * t)),
            },
            "dx": chain(SMOOTH, lambda t: t * sig(B * t), lambda t: sig(B * t) * (1 + B * t * sig(-B * t))),
        },
    ),
    "elu": ({"x": X, "alpha": 1.7, "dy": DY}, elus(1, 1.7, own=False)),
    "selu": ({"x": X, "dy": DY}, elus(LAMBDA, ALPHA, own=True)),
    "gelu": (
        {"x": SMOOTH, "dy": DY},
        {
            "P": {
                "tanh_approximation": smooth(tanh_Phi),
                "sigmoid_approximation": smooth(lambda t: sig(1.702 * t)),
                "root_two_forgotten": smooth(lambda t: (1 + erf(t)) / 2),
            },
            "y": {"distribution_only": smooth(Phi)},
            "p": {"not_normalised": smooth(lambda t: exp(-t * t / 2))},
            "slope": {
                "half_product_rule": smooth(Phi),
                "density_without_x": smooth(lambda t: Phi(t) + phi(t)),
                "value_for_slope": smooth(lambda t: t * Phi(t)),
            },
            "dx": chain(SMOOTH, lambda t: t * Phi(t), lambda t: Phi(t) + t * phi(t)),
        },
    ),
    "glu": (
        HALVES,
        {
            "s": {"no_gate": HALVES["b"], "wrong_half": halves(lambda a, b, g: sig(a))},
            "y": {
                "added": halves(lambda a, b, g: a + sig(b)),
                "swish_gate": halves(lambda a, b, g: a * b * sig(a)),
                "wrong_half": halves(lambda a, b, g: b * sig(b)),
            },
            "da": {"upstream_forgotten": halves(lambda a, b, g: sig(b))},
            "db": {
                "gate_slope_forgotten": halves(lambda a, b, g: g * a),
                "value_forgotten": halves(lambda a, b, g: g * sig(b) * sig(-b)),
                "upstream_forgotten": halves(lambda a, b, g: a * sig(b) * sig(-b)),
            },
        },
    ),
    "swiglu": (
        {"x": [1.5, -1.0], "W": [[0.4, 0.2], [-1.0, 0.6]], "V": [[0.3, -0.5], [2.0, 0.1]]},
        {
            "s": {"exponent_sign": over(A2)(lambda a: sig(-a))},
            "g": {"sigmoid_gate": over(A2)(sig), "no_gate": A2},
            "y": {
                "added": over(A2, B2)(lambda a, b: a * sig(a) + b),
                "wrong_half": over(A2, B2)(lambda a, b: a * b * sig(b)),
            },
        },
    ),
    "stable_softmax": (
        {"z": Z},
        {
            "u": {"shift_sign": [1.5, 3.0, 0.0]},
            "e": {"base_two": [2**-1.5, 2**-3.0, 1.0], "no_exponential": [-1.5, -3.0, 0.0]},
            "total": {"unshifted_total": sum(E)},
            "yhat": {
                "not_normalised": [exp(-1.5), exp(-3), 1],
                "own_term_left_out": [p / (1 - p) for p in P],
                "sigmoid": [sig(-1.5), sig(-3), 0.5],
            },
        },
    ),
    "softmax_jacobian": (
        {"z": Z, "dyhat": G},
        {
            "yhat": {"not_normalised": E, "no_exponential": [t / 1.5 for t in Z], "sigmoid": [sig(t) for t in Z]},
            "J": {
                "entry_by_entry": square(lambda i, j: P[i] * (1 - P[i]) if i == j else 0),
                "off_diagonal_sign": square(lambda i, j: P[i] * (1 - P[i]) if i == j else P[i] * P[j]),
                "diagonal_like_the_rest": square(lambda i, j: -P[i] * P[j]),
                "diagonal_everywhere": square(lambda i, j: P[i] * (1 - P[j])),
            },
            "dz": {
                "one_path": over(P, G)(lambda p, g: g * p * (1 - p)),
                "common_part_forgotten": over(P, G)(lambda p, g: p * g),
            },
        },
    ),
    "softmax_cross_entropy": (
        {"z": Z, "label": LABEL},
        {
            "yhat": {"not_normalised": E, "no_exponential": [t / 1.5 for t in Z], "sigmoid": [sig(t) for t in Z]},
            "onehot": {"counted_from_one": [1, 0, 0]},
            "loss": {"log10": -log10(P[1]), "no_minus": log(P[1]), "complement": -log(1 - P[1]), "one_minus": 1 - P[1]},
            "dz": {
                "label_not_subtracted": P,
                "error_sign": [-P[0], 1 - P[1], -P[2]],
                "softmax_diagonal": [p - p * p for p in P],
            },
        },
    ),
    "batch_cross_entropy": (
        {"z": ROWS, "label": [1, 2]},
        {
            "yhat": {
                "not_normalised": ROW_E,
                "no_exponential": matrix(lambda i, j: ROWS[i][j] / sum(ROWS[i])),
                "sigmoid": matrix(lambda i, j: sig(ROWS[i][j])),
                "column_softmax": matrix(lambda i, j: ROW_E[i][j] / COLUMN[j]),
            },
            "p": {"complement": [1 - p for p in PICKED]},
            "terms": {"log10": [-log10(p) for p in PICKED], "no_minus": [log(p) for p in PICKED]},
            "loss": {"sum_not_mean": sum(TERMS), "divided_by_classes": sum(TERMS) / 3, "all_entries": sum(TERMS) / 6},
            "dz": {
                "label_not_subtracted": matrix(lambda i, j: ROW_P[i][j] / 2),
                "error_sign": matrix(lambda i, j: (ROW_Y[i][j] - ROW_P[i][j]) / 2),
                "sum_not_mean": matrix(lambda i, j: ROW_P[i][j] - ROW_Y[i][j]),
                "divided_by_classes": matrix(lambda i, j: (ROW_P[i][j] - ROW_Y[i][j]) / 3),
            },
        },
    ),
    "mse": (
        {"y": Y4, "yhat": YHAT4},
        {
            "d": {"error_sign": [-0.5, -1.0, 0.5, 2.0]},
            "q": {"absolute": [0.5, 1.0, 0.5, 2.0]},
            "loss": {"sum_not_mean": 5.5, "halved": 5.5 / 8, "root": sqrt(5.5 / 4), "square_of_sum": 4.0},
            "dyhat": {"sum_not_mean": [2 * d for d in D4], "two_forgotten": [d / 4 for d in D4], "halved": [d / 4 for d in D4]},
        },
    ),
    "binary_cross_entropy": (
        {"y": BITS, "yhat": PROBS},
        {
            "belief": {"probability_of_one": PROBS, "other_label": [0.3, 0.2, 0.6]},
            "terms": {"log10": [-log10(p) for p in BELIEF], "no_minus": [log2(p) * log(2) for p in BELIEF]},
            "loss": {"sum_not_mean": -log(0.7 * 0.8 * 0.4), "negatives_ignored": -log(0.7 * 0.4) / 3},
            "dyhat": {
                "sum_not_mean": [-1 / 0.7, 1 / 0.8, -1 / 0.4],
                "error_sign": [1 / 2.1, -1 / 2.4, 1 / 1.2],
                "denominator_forgotten": [-0.1, 0.2 / 3, -0.2],
            },
            "dz": {
                "sum_not_mean": [-0.3, 0.2, -0.6],
                "error_sign": [0.1, -0.2 / 3, 0.2],
                "sigmoid_slope_again": bits(lambda y, p: (p - y) * p * (1 - p) / 3),
            },
        },
    ),
    "mse_sigmoid": (
        ONE,
        {
            "z": {"bias_forgotten": -1.2},
            "yhat": {"exponent_sign": sig(0.9)},
            "dyhat": {"error_sign": 2 - 2 * HAT, "two_forgotten": HAT - 1},
            "dz": {"cross_entropy_gradient": HAT - 1},
            "dw": {"input_forgotten": 2 * (HAT - 1) * HAT * (1 - HAT)},
            "f": {"label_dropped": 2 * HAT - 3 * HAT * HAT, "squared_slope_only": HAT - HAT * HAT},
            "d2w": {
                "input_forgotten": 2 * HAT * (1 - HAT) * F,
                "two_forgotten": 2.25 * HAT * (1 - HAT) * F,
                "always_positive": 2.25 * HAT * (1 - HAT),
            },
        },
    ),
    "convex_edge": (
        {"w": 2.0, "b": 0.5, "y": 1},
        {
            "yhat": {"decision_boundary": 0.5, "other_label": 2 / 3},
            "z": {"odds_flipped": log(2), "not_inverted": 1 / 3},
            "x": {"bias_added": 0.25 - log(2) / 2, "multiplied": -2 * log(2) - 1, "bias_forgotten": -log(2) / 2},
        },
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_a_named_mistake_writes_what_its_sentence_says(name):
    givens, table = TABLE[name]
    solver = solvers.get(name)
    recorded = {step: s.mistakes for step, s in solver.run(solver.read(givens)).steps.items() if s.mistakes}
    assert {step: set(wrong) for step, wrong in recorded.items()} == {step: set(wrong) for step, wrong in table.items()}
    for step, wrongs in table.items():
        for mistake, wrong in wrongs.items():
            found = recorded[step][mistake]
            assert np.shape(found) == np.shape(wrong)
            np.testing.assert_allclose(found, wrong, rtol=1e-9, atol=1e-12, err_msg=f"{step}, {mistake}")


LARGE = ("stable_softmax", "softmax_jacobian", "softmax_cross_entropy", "batch_cross_entropy")


@pytest.mark.parametrize("name", LARGE)
def test_large_logits_do_not_overflow_a_softmax(name):
    solver = solvers.get(name)
    plain = solver.read(TABLE[name][0])
    shifted = solver.run({**plain, "z": plain["z"] + 2000}).steps
    np.testing.assert_allclose(shifted["yhat"].value, solver.run(plain).steps["yhat"].value, rtol=1e-9)


def one_unit(name, b1):
    """The steps of a net of one ReLU whose input is b1."""
    givens = {"relu_softmax": {"w2": [2.0, 2.001], "label": 0}, "relu_inverse": {"dw1": 3.0}}[name]
    solver = solvers.get(name)
    return solver.run(solver.read({"x": 1.0, "w1": 0.0, "b1": b1, **givens})).steps


ONE_UNIT = ("relu_softmax", "relu_inverse")


@pytest.mark.parametrize("name", ONE_UNIT)
def test_a_relu_is_off_at_0_and_on_just_above(name):
    for b1, on in ((0.0, 0), (0.4, 1)):
        steps = one_unit(name, b1)
        if name == "relu_inverse":
            assert steps["dRdz"].value == on
        else:
            assert (steps["R"].mistakes["step_function"], steps["dz"].value) == (on, on * steps["dR"].value)
            assert steps["dR"].value != 0


@pytest.mark.parametrize("name", ["relu_softmax"])
def test_a_large_hidden_value_does_not_overflow_the_softmax_behind_it(name):
    np.testing.assert_allclose(one_unit(name, 1000.0)["yhat"].value, [sig(-1), sig(1)], rtol=1e-9)


REWRITTEN = {"sigmoid_to_tanh": r"\tfrac{1}{2} \cdot ", "tanh_to_sigmoid": r"2 \cdot "}


@pytest.mark.parametrize("name", REWRITTEN)
def test_a_rewritten_net_shows_the_factor_of_each_weight(name):
    solver = solvers.get(name)
    steps = solver.run(solver.read(NET)).steps
    assert [steps[new].formula for new in ("W1", "b1", "v1")] == [f"{REWRITTEN[name]}@{old}" for old in ("W", "b", "v")]
