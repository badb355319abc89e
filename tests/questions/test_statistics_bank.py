"""Statistics, initialisation and optimisation: the bank claims what the journey prints, and corrects what it prints wrong."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import solvers
from questions.bank import get
from questions.variant import draw
from solvers.worksheet import carrying


def references(id, seed=0):
    """Every reference answer of a question's variant, by part."""
    variant = draw(get(id), seed)
    return {part.name: float(variant.reference(part)) for part in variant.question.parts if part.ask is not None}


def right(id, part="answer"):
    return [option.key for option in draw(get(id), 0).options[part] if option.right]


def steps(name, **givens):
    solver = solvers.get(name)
    return {step: s.value for step, s in solver.run(solver.read(givens)).steps.items()}


# Numbers and formulas that the sources print

PRINTED = {
    "uniform-centred": {"density": 1 / 2, "var": 1 / 3, "sd": 1 / 3**0.5},
    "init-tanh": {"var": 1 / 784, "sd": 1 / 28, "r": 3**0.5 / 28},
    "init-sigmoid": {"var": 16 / 784, "sd": 1 / 7, "r": 4 * (3 / 784) ** 0.5},
    "init-he": {"var": 2 / 784, "sd": 2**0.5 / 28, "r": (6 / 784) ** 0.5},
    "init-glorot": {"var": 2 / 1040, "sd": (2 / 1040) ** 0.5, "r": (6 / 1040) ** 0.5},
    "descent-rates": {"q[0]": 0.98, "q[1]": 0.82, "q[2]": 0.6},
    "descent-rates-repaired": {"q[0]": 0.8, "q[1]": -0.8, "q[2]": -3.0},
    "descent-bowl": {"g1[0]": 8, "g1[1]": 40, "w1[0]": 3.68, "w1[1]": -0.6, "w2[0]": 3.3856, "w2[1]": 0.36},
    "composite": {"u": 18, "df": 9, "dg": 973, "g": 8757, "x1": -1.3785},
    "log-quartic": {"u": 1.1e-4, "du": 0.004, "g": 400 / 11, "x1": 0.7 / 11},
    "saddle": {"disc": 12.16, "x[0]": 0.2 - 3.04**0.5, "x[1]": 0.2 + 3.04**0.5},
    "momentum-forms": {},
}


@pytest.mark.parametrize(("id", "printed"), PRINTED.items())
def test_a_fixed_question_has_the_sources_numbers(id, printed):
    found = references(id)
    for part, value in printed.items():
        assert found[part] == pytest.approx(value, rel=1e-12), part


KEYS = {"init-xavier-name": "b", "init-relu-mean": "c", "init-dying-relu": "b", "momentum-forms": "b", "momentum-first-step": "c"}


@pytest.mark.parametrize(("id", "key"), KEYS.items())
def test_a_stated_answer_has_its_key(id, key):
    assert right(id) == [key]


MATCHES = {
    ("init-rules", "rule"): "abc",
    ("descent-rates", "behaviour"): "aaa",
    ("descent-rates-repaired", "behaviour"): "abc",
    ("composite-rates", "rate"): "abcd",
    ("saddle", "nature"): "acb",
    ("quintic", "nature"): "abab",
}


@pytest.mark.parametrize(("where", "keys"), MATCHES.items())
def test_pairs_go_together_as_stated(where, keys):
    id, part = where
    assert [right(id, f"{part}[{i}]") for i in range(len(keys))] == [[key] for key in keys]


@pytest.mark.parametrize("id", ["descent-rates", "init-xavier-name", "init-relu-mean", "init-dying-relu", "signal-sigmoid-vary"])
def test_what_the_notes_print_wrong_stays_visible_with_its_correction(id):
    question = get(id)
    assert question.correction.vi in draw(question, 0).prompt.vi
    assert question.correction.en in draw(question, 0).prompt.en


# Laws


def test_the_three_behaviours_of_the_notes_need_the_rate_0_1_not_0_01():
    def behaviour(q):
        return "smooth" if 0 < q < 1 else "oscillates" if -1 < q < 0 else "diverges"

    for lr, expected in ((0.1, ["smooth", "oscillates", "diverges"]), (0.01, ["smooth"] * 3)):
        assert [behaviour(q) for q in steps("contraction", a=[1, 9, 20], w0=[1, 1, 1], lr=lr, steps=2)["q"]] == expected


@pytest.mark.parametrize(("lr", "expected"), [(0.01, "diverges"), (0.001, "zigzags"), (0.0005, "near at once"), (0.0001, "one side")])
def test_from_3_the_four_rates_of_the_notes_do_what_their_figures_say(lr, expected):
    path, x = [3.0], 3.0
    for _ in range(1500):
        x = float(steps("composite", x0=x, b=3, c=1, lr=lr)["x1"])
        path.append(x)
        if abs(x) > 1e3:
            break
    away = np.array(path) + 1.5
    found = {
        "diverges": abs(x) > 1e3,
        "zigzags": away[1] < -1 and away[2] > 1 and abs(away[-1]) < 0.1,
        "near at once": abs(away[1]) < 0.2 and abs(away[-1]) < 0.01,
        "one side": away[1] > 3 and bool(np.all(away > 0)) and bool(np.all(np.diff(away) < 0)),
    }
    assert [name for name, holds in found.items() if holds] == [expected]


def test_below_the_limit_a_coordinate_shrinks_and_above_it_grows():
    limit = steps("contraction", a=[1, 20], w0=[1, 1], lr=0.01, steps=1)["limit"]
    np.testing.assert_allclose(limit, [1, 0.05])
    for lr, shrinks in ((0.049, True), (0.051, False)):
        assert (abs(steps("contraction", a=[1, 20], w0=[1, 1], lr=lr, steps=1)["q"][1]) < 1) == shrinks


def test_the_variance_of_a_product_holds_in_fractions():
    X, Y = {1: Fraction(1, 4), 3: Fraction(3, 4)}, {-2: Fraction(1, 3), 5: Fraction(2, 3)}

    def moments(law):
        mean = sum(p * x for x, p in law.items())
        return mean, sum(p * (x - mean) ** 2 for x, p in law.items())

    joint = {x * y: p * q for (x, p), (y, q) in product(X.items(), Y.items())}
    (mean_x, var_x), (mean_y, var_y) = moments(X), moments(Y)
    found = steps("product_variance", meanX=float(mean_x), varX=float(var_x), meanY=float(mean_y), varY=float(var_y))
    assert found["var"] == pytest.approx(float(moments(joint)[1]), rel=1e-14)


def test_after_relu_the_moments_are_half_0_3989_and_0_3408_not_the_notes():
    found = steps("relu_signal", q0=1.0, n1=1, varW1=1.0, n2=1, varW2=1.0)
    assert found["q1"] == 0.5
    assert found["m1"] == pytest.approx(0.39894, abs=5e-6)
    assert found["v1"] == pytest.approx(0.34085, abs=5e-6)


@pytest.mark.parametrize(("signal", "gain", "layers"), [("tanh_signal", 1, (1, 2, 3)), ("relu_signal", 2, (1, 2))], ids=["tanh", "he"])
def test_the_rule_of_an_activation_keeps_its_signal(signal, gain, layers):
    sizes = dict(zip(layers, (784, 256, 64), strict=False))
    givens = {f"n{i}": n for i, n in sizes.items()} | {f"varW{i}": gain / n for i, n in sizes.items()}
    found = steps(signal, q0=1.0, **givens)
    np.testing.assert_allclose([found[f"z{i}"] for i in layers], gain, rtol=1e-12)


def test_the_sigmoid_rule_keeps_the_variance_of_the_first_layer_only():
    """Its mean of 1/2 makes the second logit far larger, which the notes leave out."""
    found = steps("sigmoid_signal", q0=1.0, n1=100, varW1=0.16, n2=100, varW2=0.16)
    assert found["v1"] == pytest.approx(1)
    assert found["v2"] == pytest.approx(1.25)


def test_glorot_and_fan_in_agree_exactly_where_inputs_and_outputs_are_as_many():
    assert steps("glorot", fanin=300, fanout=300)["r"] == pytest.approx(steps("fan_in_tanh", fanin=300, fanout=300)["r"])
    assert steps("glorot", fanin=300, fanout=100)["r"] != pytest.approx(steps("fan_in_tanh", fanin=300, fanout=100)["r"])


COMMON = {"a": [1.0, 20.0], "w0": [4.0, 1.0], "epochs": 5}


def test_the_momentum_of_the_notes_and_of_the_sheet_take_the_same_path():
    notes, sheet = (steps(name, **COMMON, lr=0.05, beta=0.9) for name in ("velocity_momentum", "momentum"))
    heavy = steps("library_momentum", **COMMON, lr=0.05 * (1 - 0.9), beta=0.9, tau=0.0)
    for t in range(1, 6):
        np.testing.assert_allclose(notes[f"w{t}"], sheet[f"w{t}"], rtol=1e-12)
        np.testing.assert_allclose(notes[f"w{t}"], heavy[f"w{t}"], rtol=1e-12)


def test_the_librarys_first_step_is_not_dampened():
    library, sheet = steps("library_momentum", **COMMON, lr=0.02, beta=0.9, tau=0.9), steps("momentum", **COMMON, lr=0.02, beta=0.9)
    np.testing.assert_allclose(library["v1"], 10 * sheet["v1"])


def test_epsilon_inside_the_root_never_makes_the_longer_step_where_epsilon_is_below_one():
    rng = np.random.default_rng(0)
    for s, eps in rng.uniform(1e-4, 0.2, (50, 2)):
        if eps + 2 * s**0.5 < 1:
            assert steps("epsilon_places", g=1.0, s=s, lr=0.1, eps=eps)["ratio"] < 1


def test_adopt_moves_first_by_the_averaged_sign_and_clips_at_the_fourth_root():
    found = steps("adopt", a=[0.1, 2.0], w0=[-5.0, -2.0], lr=0.2, beta1=0.9, beta2=0.999, eps=1e-6, epochs=2)
    np.testing.assert_allclose(found["g1"], found["g0"])
    np.testing.assert_allclose(found["s0"], [1, 64])
    np.testing.assert_allclose(found["w1"], [-4.98, -1.98])
    wild = steps("adopt_minibatch", w0=[0.0], g0=[0.1], g1=[5.0], g2=[-50.0], lr=1.0, beta1=0.0, beta2=0.5, eps=1e-6)
    np.testing.assert_allclose([wild["ghat1"], wild["ghat2"]], [[1.0], [-(2**0.25)]])
    small = steps("adopt_minibatch", w0=[0.0], g0=[1e-9], g1=[1e-7], g2=[1.0], lr=1.0, beta1=0.0, beta2=0.5, eps=1e-6)
    np.testing.assert_allclose(small["ghat1"], [0.1], err_msg="ε is a floor, not added")


def test_the_quintic_of_the_notes_has_two_minima_and_two_maxima_and_its_saddle_only_without_the_linear_term():
    found = steps("quintic", c5=-0.2, c4=0.1, c3=1.0, c2=0.0, c1=-0.5)
    slope = np.polyval([-1.0, 0.4, 3.0, 0.0, -0.5], found["x"])
    np.testing.assert_allclose(slope, 0, atol=1e-12)
    assert np.sign(found["h"]).tolist() == [1, -1, 1, -1]
    assert np.all(np.diff(found["x"]) > 0)
    saddle = steps("quintic_saddle", c5=-0.2, c4=0.1, c3=1.0)
    assert np.sign(saddle["h"]).tolist() == [1, -1]
    assert saddle["third"] == 6


def test_where_fewer_roots_are_real_none_is_invented_and_a_students_nonsense_is_survived():
    assert np.isnan(steps("quintic", c5=1.0, c4=0.0, c3=1.0, c2=0.0, c1=1.0)["x"]).all()
    solver = solvers.get("quintic")
    givens = solver.read({"c5": -0.2, "c4": 0.1, "c3": 1.0, "c2": 0.0, "c1": -0.5})
    for typed in ([0.0] * 5, [np.inf, 1, 1, 1, 1]):
        assert np.isnan(solver.run(givens, carrying({"d": np.array(typed)})).steps["x"].value).all()


def test_step_decay_holds_still_between_drops_where_exponential_decay_does_not():
    t = list(range(12))
    stepped = steps("step_decay", lr0=0.1, k=0.5, p=4, t=t)["lr"]
    smooth = steps("exponential_decay", lr0=0.1, lam=0.5, k=4, t=t)["lr"]
    assert stepped[:4].tolist() == [0.1] * 4
    np.testing.assert_allclose(stepped[::4], smooth[::4], err_msg="they meet at the drops")
    assert np.all(np.diff(smooth) < 0)
    when = steps("decay_time", ratio=0.25, lam=0.5, k=4)["t"]
    assert when == pytest.approx(8)
