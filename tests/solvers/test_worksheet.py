"""A sheet goes on with whose number its habit says, a cohort gets what each student would alone, and bad givens are refused by name."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import solvers
from solvers.errors import BadGivens
from solvers.worksheet import Sheet, carrying, entry, honest, round_half_away, rounding, slipping
from tests.givens import random_givens

NAMES = list(solvers.solvers())
NAN = math.nan
MOMENTUM = {"a": [0.1, 2.0], "w0": [-5.0, -2.0], "lr": 0.6, "beta": 0.5, "epochs": 2}


def run(habit=honest, **changes):
    solver = solvers.get("momentum")
    return solver.run(solver.read(MOMENTUM | changes), habit)


def numbers(sheet, *names):
    return [sheet.steps[name].number.tolist() for name in names]


# Habits


@pytest.mark.parametrize("name", NAMES)
def test_an_honest_sheet_goes_on_with_every_value(name):
    solver = solvers.get(name)
    for step in solver.run(random_givens(solver, 3)).steps.values():
        np.testing.assert_array_equal(step.number, step.value)


@pytest.mark.parametrize("name", NAMES)
def test_carrying_the_reference_answers_changes_nothing(name):
    solver = solvers.get(name)
    givens = random_givens(solver, 4)
    straight = solver.run(givens)
    replay = solver.run(givens, carrying({step: s.value for step, s in straight.steps.items()}))
    for step in straight.steps:
        np.testing.assert_array_equal(replay.steps[step].value, straight.steps[step].value)


@pytest.mark.parametrize("name", NAMES)
def test_a_slip_is_made_wherever_it_applies_and_nowhere_else(name):
    solver = solvers.get(name)
    givens = random_givens(solver, 5)
    for mistake in solver.mistakes:
        for step in solver.run(givens, slipping(mistake)).steps.values():
            np.testing.assert_array_equal(step.number, step.mistakes.get(mistake, step.value))


def test_a_slip_moves_all_that_follows():
    sheet = run(slipping("heavy_ball"))
    assert numbers(sheet, "g1", "v1") == [[-1, -8], [-1, -8]]
    np.testing.assert_allclose(sheet.steps["w1"].number, [-4.4, 2.8])
    np.testing.assert_allclose(sheet.steps["g2"].value, [-0.88, 11.2])


def test_an_unknown_slip_is_honest():
    assert numbers(run(slipping("none of these")), "w2") == numbers(run(), "w2")


def test_what_follows_is_computed_from_the_students_own_answer():
    sheet = run(carrying({"v1": np.array([0.5, 4.0])}))
    assert numbers(sheet, "v1", "w1") == [[0.5, 4.0], [-5.3, -4.4]]
    np.testing.assert_array_equal(sheet.steps["v1"].value, [-0.5, -4.0], "the value stays what the numbers above give")


def test_carrying_replaces_one_entry_and_leaves_its_neighbour():
    sheet = run(carrying({"w1": np.array([NAN, 1.0])}))
    np.testing.assert_allclose(sheet.steps["w1"].number, [-4.7, 1.0])
    np.testing.assert_allclose(sheet.steps["g2"].value, [-0.94, 4.0])


def test_a_zero_is_an_answer_and_nan_is_none():
    assert numbers(run(carrying({"w1": np.zeros(2)})), "w1", "g2") == [[0, 0], [0, 0]]
    assert numbers(run(carrying({"w1": np.full(2, NAN)})), "w1", "w2") == numbers(run(), "w1", "w2")


def test_a_scalar_step_is_carried_like_any_other():
    solver = solvers.get("relu_softmax")
    givens = solver.read({"x": 3, "w1": 0.8, "b1": 0, "w2": [0.3, -0.4], "label": 0})
    assert solver.run(givens, carrying({"R": np.array(2.0)})).steps["h"].value.tolist() == [0.6, -0.8]
    assert solver.run(givens, carrying({"R": np.array(NAN)})).steps["R"].number == pytest.approx(2.4)


def test_a_rounding_student_rounds_each_step_before_going_on():
    sheet = run(rounding(lambda name, value: 0.1 if name == "v1" else 1e-9), w0=[-5.4, -2.0])
    np.testing.assert_allclose(sheet.steps["v1"].value, [-0.54, -4])
    np.testing.assert_allclose(sheet.steps["v1"].number, [-0.5, -4])
    np.testing.assert_allclose(sheet.steps["w1"].number, [-5.1, 0.4])


def test_own_answers_carried_over_rounded_steps_are_not_rounded():
    sheet = run(carrying({"v1": np.array([0.123456, NAN])}, over=rounding(lambda name, value: 0.1)))
    np.testing.assert_allclose(sheet.steps["v1"].number, [0.123456, -4])
    np.testing.assert_allclose(sheet.steps["w1"].number, [-5.1, 0.4])


def test_rounding_over_a_slip_rounds_the_slip_and_carrying_over_it_keeps_the_slip_elsewhere():
    sheet = run(rounding(lambda name, value: 1.0, over=slipping("heavy_ball")), w0=[-3.0, -2.0])
    np.testing.assert_array_equal(sheet.steps["v1"].number, [-1, -8])
    sheet = run(carrying({"v1": np.array([7.0, NAN])}, over=slipping("heavy_ball")))
    np.testing.assert_array_equal(sheet.steps["v1"].number, [7, -8])


def test_an_answer_for_no_step_changes_nothing():
    assert numbers(run(carrying({"v9": np.ones(2)})), "w2") == numbers(run(), "w2")


def test_a_step_knows_its_name_and_what_it_needs_once():
    sheet = Sheet(givens={"x": 2.0})
    assert sheet.step("y", "@x + @x^2", np.float64(6), doubled=np.float64(12)) == 6
    assert sheet.steps["y"].needs == ["x"]
    assert sheet.numbers() == {"x": 2.0, "y": 6}


def test_an_entry_is_taken_behind_all_leading_axes():
    cohort = np.arange(24).reshape(2, 3, 4)
    assert entry(cohort, (1,)).tolist() == cohort[:, :, 1].tolist()
    assert entry(cohort, (2, 1)).tolist() == cohort[:, 2, 1].tolist()
    assert entry(cohort, ()).shape == cohort.shape


# Rounding


@given(st.integers(-(10**10), 10**10), st.integers(0, 9))
def test_halves_round_away_from_zero(k, places):
    assume(abs(k) * 10 < 10**10)
    half = (2 * k + 1) * 5 / 10 ** (places + 1)
    away = (k + 1 if k >= 0 else k) / 10**places
    assert round_half_away(np.float64(half), 10.0**-places) == pytest.approx(away, rel=1e-12, abs=1e-15)


@given(st.floats(-1e4, 1e4), st.integers(0, 7))
def test_rounding_moves_by_half_a_unit_at_most_is_odd_and_is_done_once(value, places):
    unit = 10.0**-places
    once = round_half_away(np.float64(value), unit)
    assert abs(once - value) <= unit / 2 * (1 + 1e-6) + 1e-12 * abs(value)
    assert round_half_away(np.float64(-value), unit) == -once
    assert round_half_away(once, unit) == once


@pytest.mark.parametrize("units", [1, 10**6, 10**11, 10**12, 10**14, 2**50])
def test_a_whole_number_of_units_rounds_to_itself(units):
    assert round_half_away(np.float64(units), 1.0) == units


HALVES = [(1.005, 0.01, 1.01), (-1.005, 0.01, -1.01), (0.285, 0.01, 0.29), (2.675, 0.01, 2.68), (0.5, 1, 1), (-0.5, 1, -1), (2.5, 1, 3)]
HALVES += [(1.4499999, 0.1, 1.4), (0, 0.1, 0), (0.00004999, 1e-4, 0), (math.inf, 1, math.inf)]


@pytest.mark.parametrize(("value", "unit", "rounded"), HALVES)
def test_a_decimal_half_is_a_half_though_binary_is_not(value, unit, rounded):
    assert round_half_away(np.float64(value), unit) == pytest.approx(rounded, rel=1e-12)


# Cohorts


def cohort(solver, seed, size=6):
    """Givens of `size` students that differ in all but their shapes and what is fixed."""
    first = random_givens(solver, seed)
    sizes = {axis: n for name, s in solver.givens.items() for axis, n in zip(s.axes, np.shape(first[name]), strict=True)}
    labels = {name: sizes[s.below] for name, s in solver.givens.items() if s.below}

    def varied(name, spec, i):
        if spec.fixed:
            return first[name]
        return (first[name] + i) % labels[name] if spec.below else first[name] * (1 - 0.05 * i)

    return [{name: varied(name, spec, i) for name, spec in solver.givens.items()} for i in range(size)]


@pytest.mark.parametrize("name", NAMES)
def test_a_cohort_is_computed_as_each_student_alone(name):
    solver = solvers.get(name)
    for seed in range(6):
        students = cohort(solver, seed)
        stacked = solver.stack(students)
        classes = {n: v if solver.givens[n].fixed else v.reshape(2, 3, *v.shape[1:]) for n, v in stacked.items()}
        together, in_classes = solver.run(stacked).steps, solver.run(classes).steps
        for i, givens in enumerate(students):
            alone = solver.run(givens).steps
            assert alone.keys() == together.keys() == in_classes.keys()
            for step in alone.values():
                for mistake, value in [(None, step.value), *step.mistakes.items()]:
                    for steps, at in ((together, i), (in_classes, divmod(i, 3))):
                        whole = steps[step.name].value if mistake is None else steps[step.name].mistakes[mistake]
                        same = np.broadcast_to(whole, steps[step.name].value.shape)[at]
                        said = f"{step.name} {mistake} of student {i}"
                        np.testing.assert_allclose(same, np.broadcast_to(value, np.shape(step.value)), rtol=1e-9, atol=1e-12, err_msg=said)


@pytest.mark.parametrize("name", NAMES)
def test_each_student_of_a_cohort_carries_their_own_answers(name):
    solver = solvers.get(name)
    students = cohort(solver, 2, size=3)
    stacked = solver.stack(students)
    straight = solver.run(stacked).steps
    first = next(iter(straight))
    own = np.full(straight[first].value.shape, NAN)
    own[1] = straight[first].value[1] * 1.25 + 0.5
    together = solver.run(stacked, carrying({first: own})).steps
    for i, givens in enumerate(students):
        alone = solver.run(givens, carrying({first: own[i]})).steps
        for step in alone.values():
            np.testing.assert_allclose(together[step.name].number[i], step.number, rtol=1e-9, atol=1e-12, err_msg=step.name)


# Givens as people write them

NET = {"x": 3, "w1": 0.8, "b1": 0, "w2": [0.3, -0.4], "label": 0}
BATCH = {"X": [[1, 2]], "Wh": [[1, 2], [3, 4]], "bh": [0, 0], "Wz": [[1, 2, 3], [4, 5, 6]], "bz": [0, 0, 0], "y": [0]}
SOFT = {"yhat": [0.25, 0.75], "w2": [1, 2], "label": 0}
GIVENS = {"momentum": MOMENTUM, "relu_softmax": NET, "relu_softmax_batch": BATCH, "softmax_backward": SOFT}
GONE = object()
BAD = [
    ("momentum", {"alpha": 1}, "'alpha'", "it takes a, w0, v0, lr, beta, epochs", "/givens/alpha"),
    ("momentum", {"a/b~c": 1}, "'a/b~c'", "it takes", "/givens/a~1b~0c"),
    ("momentum", {"lr": GONE}, "'lr'", "numbers above 0", "/givens"),
    ("relu_softmax", {"w2": GONE}, "'w2'", "state it beside x, w1, b1, label", "/givens"),
    ("momentum", {"lr": [0.1]}, "'lr'", "one number", "/givens/lr"),
    ("momentum", {"a": 1}, "'a'", "a list of numbers", "/givens/a"),
    ("momentum", {"a": [[1, 2]]}, "'a'", "a list of numbers", "/givens/a"),
    ("momentum", {"a": [[[1]]]}, "'a'", "nested deeper", "/givens/a"),
    ("momentum", {"a": []}, "'a'", "at least one", "/givens/a"),
    ("momentum", {"a": [[1, 2], [3]]}, "'a'", "make them equal", "/givens/a"),
    ("momentum", {"a": [1, [2]]}, "'a'", "make them equal", "/givens/a"),
    ("relu_softmax_batch", {"X": [[1, 2], [3]]}, "'X'", "make them equal", "/givens/X"),
    ("relu_softmax_batch", {"X": [1, 2]}, "'X'", "a list of rows of numbers", "/givens/X"),
    ("momentum", {"w0": [1, 2, 3]}, "'w0'", "make them agree", "/givens/w0"),
    ("relu_softmax_batch", {"y": [0, 1]}, "'y'", "make them agree", "/givens/y"),
    ("momentum", {"a": [1, NAN]}, "'a'", "finite", "/givens/a/1"),
    ("momentum", {"a": [1, math.inf]}, "'a'", "finite", "/givens/a/1"),
    ("momentum", {"lr": -math.inf}, "'lr'", "finite", "/givens/lr"),
    ("momentum", {"a": [1, True]}, "'a'", "send numbers", "/givens/a/1"),
    ("momentum", {"epochs": True}, "'epochs'", "send numbers", "/givens/epochs"),
    ("momentum", {"a": [1, "2"]}, "'a'", "send numbers", "/givens/a/1"),
    ("momentum", {"lr": "0,1"}, "'lr'", "send numbers", "/givens/lr"),
    ("momentum", {"lr": None}, "'lr'", "send numbers", "/givens/lr"),
    ("momentum", {"a": {"0": 1}}, "'a'", "send numbers", "/givens/a"),
    ("relu_softmax_batch", {"X": [[1, True]]}, "'X'", "send numbers", "/givens/X/0/1"),
    ("momentum", {"a": [1, 10**400]}, "'a'", "1e+12", "/givens/a/1"),
    ("momentum", {"w0": [1e13, 0]}, "'w0'", "1e+12", "/givens/w0/0"),
    ("momentum", {"epochs": 10**400}, "'epochs'", "1e+12", "/givens/epochs"),
    ("momentum", {"epochs": 0}, "'epochs'", "whole numbers from 1 up to 1000", "/givens/epochs"),
    ("momentum", {"epochs": 1.5}, "'epochs'", "whole numbers from 1 up to 1000", "/givens/epochs"),
    ("momentum", {"epochs": 1001}, "'epochs'", "whole numbers from 1 up to 1000", "/givens/epochs"),
    ("momentum", {"lr": 0}, "'lr'", "above 0", "/givens/lr"),
    ("momentum", {"beta": 1}, "'beta'", "below 1", "/givens/beta"),
    ("relu_softmax", {"label": 2}, "'label'", "0 to 1", "/givens/label"),
    ("relu_softmax", {"label": -1}, "'label'", "from 0", "/givens/label"),
    ("relu_softmax", {"label": 0.5}, "'label'", "whole numbers", "/givens/label"),
    ("relu_softmax_batch", {"y": [3]}, "'y'", "0 to 2", "/givens/y"),
    ("softmax_backward", {"yhat": [0.5, 0.6]}, "'yhat'", "sum to 1", "/givens/yhat"),
    ("softmax_backward", {"yhat": [-0.5, 1.5]}, "'yhat'", "from 0 up to 1", "/givens/yhat"),
    ("momentum", {"a": [1.0] * 2001}, "'a'", "2,000", "/givens/a"),
    ("momentum", {"a": [1.0] * 1999, "w0": [1.0] * 1999, "epochs": 1000}, "1,999,000", "at most 20,000", "/givens"),
]


@pytest.mark.parametrize(("name", "changes", "named", "remedy", "where"), BAD)
def test_bad_givens_are_refused_by_name_with_the_remedy_and_the_place(name, changes, named, remedy, where):
    raw = {k: v for k, v in (GIVENS[name] | changes).items() if v is not GONE}
    with pytest.raises(BadGivens) as refused:
        solvers.get(name).read(raw)
    assert named in refused.value.detail
    assert remedy in refused.value.detail
    assert refused.value.where == where
    assert len(refused.value.detail) < 300


def test_a_monstrous_name_is_cut_in_the_message():
    with pytest.raises(BadGivens) as refused:
        solvers.get("momentum").read(MOMENTUM | {"x" * 10_000 + "\x07": 1})
    assert len(refused.value.detail) < 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from(NAMES))
def test_any_json_is_read_or_refused_and_what_is_read_can_be_computed(data, name):
    solver = solvers.get(name)
    raw = {given: np.asarray(value).tolist() for given, value in random_givens(solver, 0).items()}
    for changed in data.draw(st.lists(st.sampled_from(list(raw)), min_size=1, max_size=2)):
        raw[changed] = data.draw(JSON)
    try:
        givens = solver.read(raw)
    except BadGivens as refused:
        where = refused.where
    else:
        where = "/givens" if solver.run(givens).steps else ""
    assert where.startswith("/givens")


@pytest.mark.parametrize("name", NAMES)
def test_what_was_read_reads_the_same_again(name):
    solver = solvers.get(name)
    givens = random_givens(solver, 1)
    again = solver.read({given: np.asarray(value).tolist() for given, value in givens.items()})
    for given_name, value in givens.items():
        np.testing.assert_array_equal(again[given_name], value)


@pytest.mark.parametrize(("name", "starts"), [("momentum", {"v0"}), ("rmsprop", {"s0"}), ("adam", {"v0", "s0"})])
def test_starting_moments_are_zero_unless_stated(name, starts):
    solver = solvers.get(name)
    raw = {given: np.asarray(value).tolist() for given, value in random_givens(solver, 1).items()}
    without = solver.read({given: value for given, value in raw.items() if given not in starts})
    assert solver.optional == starts
    for start in starts:
        assert without[start].tolist() == [0] * len(raw["a"])


def test_nothing_but_read_is_needed_for_infinite_results():
    """Numbers that overflow or divide by zero become inf or NaN without a warning; the draw decides what is fair."""
    solver = solvers.get("relu_inverse")
    steps = solver.run(solver.read({"x": 0, "w1": 1, "b1": 1, "dw1": 1})).steps
    assert not np.isfinite(steps["dz"].value)
