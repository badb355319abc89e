"""A picture's data come from the givens and the student's own entries; from the reference only once it is released."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import bank
from questions.model import Question
from questions.pictures import (
    PICTURES,
    BoundaryPicture,
    DescentPicture,
    DistributionPicture,
    FunctionPicture,
    Moments,
    NetworkPicture,
    PathPicture,
    Picture,
    SchedulePicture,
    ThresholdPicture,
    picture_of,
)
from questions.variant import Variant, draw
from solvers.solver import Solver

SEEDS = (0, 5)
DRAWN = [draw(question, seed) for question in bank.bank().values() for seed in SEEDS if question.solver in PICTURES]
ENTRIES = {"w1[0]": [-4.8], "w1[1]": [-1.8], "w2[0]": [-4.6], "w2[1]": [-1.5]}


def adam() -> Variant:
    numbers = {"a": [0.1, 2.0], "w0": [-5.0, -2.0], "lr": 0.2, "beta1": 0.9, "beta2": 0.999, "eps": 1e-6, "epochs": 2}
    return asking("adam", numbers, "w1[0]", "w1[1]", "g2", "w2[0]", "w2[1]")


def path(variant: Variant, answers: Any = None, release: Any = None) -> PathPicture:
    picture = picture_of(variant, answers, release)
    assert isinstance(picture, PathPicture)
    return picture


def net(variant: Variant, release: Any = None) -> NetworkPicture:
    picture = picture_of(variant, None, release)
    assert isinstance(picture, NetworkPicture)
    return picture


def asking(solver: str, givens: dict[str, Any], *steps: str) -> Variant:
    words = {"vi": "-", "en": "-"}
    parts = [{"ask": step, "places": 4} for step in steps]
    raw = {"id": "own", "title": words, "prompt": words, "source": "-", "solver": solver, "givens": givens, "parts": parts}
    return draw(Question.model_validate(raw), 0)


def wide_net(d: int, k: int, m: int, samples: int = 1) -> Variant:
    givens = {
        "X": [[0.5] * d] * samples,
        "Wh": [[0.3] * k] * d,
        "bh": [0.1] * k,
        "Wz": [[0.7] * m] * k,
        "bz": [0.0] * m,
        "y": [0] * samples,
    }
    return asking("relu_softmax_batch", givens, "h", "loss")


def references(variant: Variant) -> dict[str, Any]:
    return {name: step.value for name, step in variant.sheet.steps.items()}


def own(variant: Variant) -> dict[str, Any]:
    """A student who is off in every entry, and leaves every fifth blank."""
    typed: dict[str, Any] = {}
    for k, part in enumerate(variant.question.parts):
        if part.ask is not None and not part.lettered:
            entries = [round(1.17 * float(x) + 0.03, 5) for x in np.ravel(variant.reference(part))]
            typed[part.name] = [None if (i + k) % 5 == 4 else entry for i, entry in enumerate(entries)]
    return typed


drawn = pytest.mark.parametrize("variant", DRAWN, ids=lambda v: f"{v.question.id}-{v.seed}")


@drawn
def test_before_release_a_picture_is_made_without_the_solver_and_is_the_same(variant: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    for answers in ({}, own(variant)):
        with_solver = picture_of(variant, answers)
        fresh = Variant(variant.question, variant.seed, variant.givens, {})
        with monkeypatch.context() as patch:
            patch.setattr(Solver, "run", lambda *_, **__: pytest.fail("a picture before release ran the solver"))
            assert picture_of(fresh, answers) == with_solver


@drawn
def test_before_release_no_number_of_a_picture_is_a_reference_value(variant: Variant) -> None:
    """But for those that the student typed, or that are givens."""
    answers = own(variant)
    known = [float(x) for value in variant.givens.values() for x in np.ravel(value)]
    known += [x for entries in answers.values() for x in entries if x is not None]
    for picture in (picture_of(variant), picture_of(variant, answers)):
        shown = {x for x in numbers(asdict(picture)) if long(x)} if picture else set()
        for part in variant.question.parts:
            if part.ask is not None:
                secret = [float(x) for x in np.ravel(variant.reference(part)) if long(x) and not any(math.isclose(x, k) for k in known)]
                assert not [x for x in secret if any(math.isclose(x, s, rel_tol=1e-7) for s in shown)], part.name


def numbers(content: Any) -> Iterator[float]:
    """Every number in nested data, and in its texts."""
    if isinstance(content, dict):
        content = list(content.values())
    if isinstance(content, (list, tuple)):
        for item in content:
            yield from numbers(item)
    elif isinstance(content, str):
        yield from (float(found) for found in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", content.replace("−", "-")))
    elif isinstance(content, (int, float)):
        yield float(content)


def long(value: float) -> bool:
    """Whether a number has so many figures that it stands nowhere by chance."""
    return math.isfinite(value) and len(f"{abs(value):.7g}".partition("e")[0].replace(".", "").strip("0")) > 5


def test_the_search_finds_what_is_shown_after_release() -> None:
    variant = draw(bank.get("sigmoid-vary"), 0)
    shown = set(numbers(asdict(made(variant, {}, references(variant)))))
    assert all(float(variant.reference(part)) in shown for part in variant.question.parts if part.step in ("y", "slope"))


def made(variant: Variant, answers: Any = None, release: Any = None) -> Picture:
    picture = picture_of(variant, answers, release)
    assert picture is not None
    return picture


@drawn
def test_after_release_a_question_of_every_kind_has_a_picture(variant: Variant) -> None:
    if variant.question.solver == "softmax_step" and np.shape(variant.givens["X"])[1] != 3:
        assert picture_of(variant, own(variant), references(variant)) is None
    else:
        made(variant, own(variant), references(variant))


def test_where_a_letter_is_the_answer_an_empty_plane_is_not_shown() -> None:
    for id in ("sigmoid-vary-mc", "step-decay-vary-mc", "composite-vary-mc", "init-glorot-vary-mc", "gaussian-vary-mc", "quintic-vary-mc"):
        assert picture_of(draw(bank.get(id), 0)) is None, id
    for id in ("moments-vary-mc", "uniform-vary-mc", "perceptron-rule-vary-mc", "logistic-step-vary-mc", "xor-loss", "adopt-vary-mc"):
        assert picture_of(draw(bank.get(id), 0)) is not None, id


def test_questions_of_other_solvers_and_of_none_have_no_picture() -> None:
    others = [question for question in bank.bank().values() if question.solver not in PICTURES and question.training is None]
    assert others
    assert [picture_of(draw(question, 0)) for question in others] == [None] * len(others)


@drawn
def test_a_picture_holds_nothing_but_plain_numbers_and_words(variant: Variant) -> None:
    for release in (None, references(variant)):
        picture = picture_of(variant, own(variant), release)
        if picture is not None:
            json.dumps(asdict(replace(picture, alt=None)), allow_nan=False)  # type: ignore[arg-type]


@drawn
def test_every_entry_that_a_picture_shows_is_in_its_words(variant: Variant) -> None:
    """Said of the kinds that show entries as they stand."""
    answers = own(variant)
    for release in (None, references(variant)):
        picture = picture_of(variant, answers, release)
        if isinstance(picture, FunctionPicture):
            shown = [y for spot in picture.spots for y in (*spot.own, *spot.true) if y is not None and not spot.found]
            shown += [spot.at for spot in picture.spots]
        elif isinstance(picture, SchedulePicture):
            shown = [x for point in (*picture.own, *picture.true) for x in point]
        elif isinstance(picture, DescentPicture):
            shown = [x for panel in picture.panels for x, _ in (panel.start, *panel.own, *panel.true)]
        elif isinstance(picture, DistributionPicture):
            shown = [x for moments in (picture.own, picture.true) for x in vars(moments).values() if x is not None]
            shown += [x for stem in picture.stems for x in stem]
        elif isinstance(picture, ThresholdPicture):
            shown = [y for _, y in (*picture.own, *picture.true)] + [x for x, _ in picture.samples]
        else:
            continue
        for text in (picture.alt.vi, picture.alt.en):
            told = list(numbers(text))
            assert all(any(math.isclose(x, t, rel_tol=1e-5, abs_tol=1e-12) for t in told) for x in shown)


def test_the_own_path_goes_as_far_as_both_coordinates_are_readable() -> None:
    assert path(adam()).own == ()
    assert path(adam(), ENTRIES).own == ((-4.8, -1.8), (-4.6, -1.5))
    assert path(adam(), ENTRIES | {"w2[1]": None}).own == ((-4.8, -1.8),)
    assert path(adam(), ENTRIES | {"w1[0]": [None]}).own == ()
    assert path(adam(), ENTRIES | {"w2[0]": [math.nan]}).own == ((-4.8, -1.8),)
    assert path(adam(), ENTRIES | {"w1[1]": [math.inf]}).own == ()


def test_a_part_that_asks_both_coordinates_at_once_is_read_too() -> None:
    variant = asking("gradient_descent", {"a": [0.1, 2.0], "w0": [-5.0, -2.0], "lr": 0.4, "epochs": 2}, "w1", "w2")
    assert path(variant, {"w1": [-4.6, 1.2], "w2": [1.0, None]}).own == ((-4.6, 1.2),)


def test_where_only_the_end_is_asked_the_own_end_is_shown_without_a_path() -> None:
    variant = draw(bank.get("optim-gd-30"), 0)
    picture = path(variant, {"w30[0]": [-0.41], "w30[1]": [0.1]})
    assert (picture.own, picture.true, picture.end) == ((), (), (30, (-0.41, 0.1)))
    assert "Your path: after step 30: (−0.41, 0.1)." in picture.alt.en
    assert path(variant, {"w30[0]": [-0.41], "w30[1]": None}).end is None
    after = path(variant, {}, references(variant))
    assert (len(after.true), after.end) == (30, None)
    assert path(adam(), {"w2[0]": [1.0], "w2[1]": [1.0]}).end is None, "a path that is asked step by step breaks where one is missing"


def test_the_true_path_is_there_only_after_release() -> None:
    assert path(adam(), ENTRIES).true == ()
    true = path(adam(), ENTRIES, references(adam())).true
    assert [[round(x, 4) for x in point] for point in true] == [[-4.8, -1.8], [-4.6003, -1.6008]]


def test_after_release_what_was_asked_of_a_net_is_told_as_it_is_asked_to_be_rounded() -> None:
    variant = draw(bank.get("aio2024-cau-03"), 0)
    before, after = net(variant), net(variant, references(variant))
    assert [(q.asked, q.value) for q in before.back] == [(True, None)]
    assert [(q.asked, q.value) for q in after.back] == [(True, -0.11)]
    assert "To find: ∂L/∂R" in before.alt.en
    assert "∂L/∂R = −0.11" in after.alt.en


def test_a_net_shows_its_givens_and_marks_what_is_asked() -> None:
    variant = draw(bank.get("aio2024-cau-01-vary"), 3)
    picture = net(variant)
    givens = variant.plain_givens()
    assert picture.inputs[0].value == givens["x"]
    assert [q.value for q in picture.second[0]] == givens["w2"]
    assert [str(q) for q in picture.hidden[0].facts] == [f"b1 = {givens['b1']}".replace("-", "−"), "z = ?"]
    assert [str(neuron.output) for neuron in picture.outputs] == ["h0 = ?", "h1 = ?"]


def test_linear_layers_keep_their_weights_turned_and_the_picture_turns_them_back() -> None:
    variant = draw(bank.get("aio2024-cau-06-vary"), 0)
    weights = variant.plain_givens()["Wz"]
    assert [[q.value for q in row] for row in net(variant).second] == [list(column) for column in zip(*weights, strict=True)]


def test_the_text_says_every_given_number_in_both_languages() -> None:
    alt = path(adam(), ENTRIES).alt
    for text in (alt.vi, alt.en):
        assert all(number in text for number in ("0.1", "2", "(−5, −2)", "(−4.8, −1.8)", "(−4.6, −1.5)"))
    alt = net(draw(bank.get("aio2024-cau-03"), 0)).alt
    for text in (alt.vi, alt.en):
        assert all(number in text for number in ("0.8429", "0.1571", "w2 = 0.3", "w2′ = −0.4", "y = 0"))


def test_a_net_too_crowded_to_read_has_no_picture() -> None:
    assert picture_of(wide_net(4, 2, 4)) is not None
    assert picture_of(wide_net(3, 3, 3)) is not None
    assert picture_of(wide_net(5, 1, 2)) is None
    assert picture_of(wide_net(4, 4, 4)) is None


def test_of_several_samples_no_single_one_is_shown() -> None:
    picture = net(wide_net(2, 2, 2, samples=3))
    assert [q.value for q in picture.inputs] == [None, None]
    assert picture.label is None


def test_a_bowl_of_other_than_two_coordinates_has_no_picture() -> None:
    for n in (1, 3):
        assert picture_of(asking("gradient_descent", {"a": [1.0] * n, "w0": [2.0] * n, "lr": 0.1, "epochs": 1}, "w1")) is None


# The kinds, one by one


def function(id: str, answers: Any = None, released: bool = False, seed: int = 0) -> tuple[Variant, FunctionPicture]:
    variant = draw(bank.get(id), seed)
    picture = picture_of(variant, answers, references(variant) if released else None)
    assert isinstance(picture, FunctionPicture)
    return variant, picture


def test_before_release_a_function_is_the_asked_places_and_the_own_entries_without_a_curve() -> None:
    variant, picture = function("sigmoid-vary", {"y[0]": [0.3], "slope[0]": [0.2], "slope[1]": [9.0]})
    assert [spot.at for spot in picture.spots] == variant.plain_givens()["x"]
    assert [spot.own for spot in picture.spots] == [(0.3, 0.2), (None, 9.0)]
    assert [spot.true for spot in picture.spots] == [(None, None)] * 2
    assert [curve.pieces for curve in picture.curves] == [(), ()]


def test_after_release_the_curves_go_through_the_true_points() -> None:
    for id in ("sigmoid-vary", "swish-vary", "gelu-vary", "tanh-vary", "elu-vary", "prelu-vary", "relu-vary", "mse-sigmoid-vary"):
        _, picture = function(id, released=True)
        for spot in picture.spots:
            for curve, y in zip(picture.curves, spot.true, strict=True):
                assert y is not None
                near = min((point for piece in curve.pieces for point in piece), key=lambda point: abs(point[0] - spot.at))
                assert abs(near[1] - y) < 0.05 * (picture.high - picture.low), f"{id}: {curve.name} at {spot.at}"


def test_the_derivative_is_the_slope_of_the_curve() -> None:
    for id in ("sigmoid-vary", "swish-vary", "gelu-vary", "tanh-vary", "quintic-vary", "saddle-vary", "mse-sigmoid-vary"):
        value, slope = (curve.pieces for curve in function(id, released=True)[1].curves)
        (xs, ys), (_, dys) = (np.array([point for piece in curve for point in piece]).T for curve in (value, slope))
        use = np.diff(xs) > 1e-6
        assert np.allclose(
            (np.diff(ys) / np.where(use, np.diff(xs), 1))[use], ((dys[1:] + dys[:-1]) / 2)[use], atol=0.02 * np.abs(dys).max()
        ), id


def test_a_derivative_that_jumps_comes_in_two_pieces() -> None:
    for id, pieces in (("relu-vary", (1, 2)), ("prelu-vary", (1, 2)), ("sigmoid-vary", (1, 1)), ("selu-vary", (1, 2))):
        assert tuple(len(curve.pieces) for curve in function(id, released=True)[1].curves) == pieces, id


def test_the_found_critical_points_lie_where_the_derivative_is_zero() -> None:
    variant, picture = function("quintic-vary", {"x[0]": [-1.0], "x[3]": [2.0]}, released=True)
    own = [(spot.at, spot.own[1], str(spot.name)) for spot in picture.spots if spot.own != (None, None)]
    assert own == [(-1.0, 0.0, "x1"), (2.0, 0.0, "x4")]
    true = [spot.at for spot in picture.spots if spot.true[1] == 0.0]
    assert np.allclose(true, variant.sheet.steps["x"].value)


def test_one_step_of_descent_is_where_the_student_says_and_after_release_on_the_curve() -> None:
    for id in ("composite", "log-quartic"):
        variant = draw(bank.get(id), 0)
        before, after = made(variant, {"x1": [0.07]}), made(variant, {"x1": [0.07]}, references(variant))
        assert isinstance(before, DescentPicture)
        assert isinstance(after, DescentPicture)
        assert before.panels[0].own == ((0.07, 0.0),)
        assert before.panels[0].true == before.panels[0].curve.pieces == ()
        x0 = variant.plain_givens()["x0"]
        f = (lambda x: math.log(x**4 + 1e-5)) if id == "log-quartic" else (lambda x: (x * x + 3 * x) ** 3 + x * x + 3 * x + 2)
        panel = after.panels[0]
        assert np.allclose([y for _, y in (panel.start, *panel.own, *panel.true)], [f(x) for x in (x0, 0.07, panel.true[0][0])])


def test_the_steps_of_a_contraction_multiply_by_the_own_factor_and_end_where_the_student_says() -> None:
    variant = draw(bank.get("descent-factors-vary"), 5)
    w0 = variant.plain_givens()["w0"][0]
    picture = made(variant, {"q[0]": [0.5], "last[0]": [0.7]})
    assert isinstance(picture, DescentPicture)
    assert [x for x, _ in picture.panels[0].own] == [w0 / 2, 0.7]
    assert picture.panels[1].own == ()


def test_a_staircase_falls_at_every_p_and_the_true_points_lie_on_it() -> None:
    variant = draw(bank.get("step-decay-vary"), 5)
    picture = made(variant, {"lr[0]": [0.3]}, references(variant))
    assert isinstance(picture, SchedulePicture)
    every = float(variant.givens["p"])
    assert [piece[0][0] for piece in picture.fall[:3]] == [0.0, every, 2 * every]
    for t, y in picture.true:
        (height,) = {a[1] for a, b in picture.fall if a[0] <= t < b[0]}
        assert math.isclose(height, y)
    assert picture.own == ((picture.true[0][0], 0.3),)


def test_the_time_of_a_decay_lies_where_the_curve_has_come_down_to_the_level() -> None:
    variant = draw(bank.get("decay-time-vary"), 0)
    picture = made(variant, {"t": [50.0]}, references(variant))
    assert isinstance(picture, SchedulePicture)
    (t, level), (piece,) = picture.true[0], picture.fall
    assert math.isclose(float(np.interp(t, [x for x, _ in piece], [y for _, y in piece])), level, rel_tol=1e-3)
    assert picture.own == ((50.0, level),)


def test_a_line_is_drawn_from_the_givens_at_once_from_the_student_when_complete_and_from_the_reference_after_release() -> None:
    variant = draw(bank.get("perceptron-rule"), 0)
    assert [line.whose for line in boundary(variant).lines] == ["given"]
    assert [line.whose for line in boundary(variant, {"wnew": [0.5, None], "bnew": [1.0]}).lines] == ["given"]
    own = boundary(variant, {"wnew": [0.5, 0.1], "bnew": [1.0]})
    assert [(line.whose, line.half) for line in own.lines][1:] == [("own", (0.5, 0.1, 1.0))]
    after = boundary(variant, {}, references(variant))
    assert [line.whose for line in after.lines] == ["given", "true"]


def boundary(variant: Variant, answers: Any = None, release: Any = None) -> BoundaryPicture:
    picture = picture_of(variant, answers, release)
    assert isinstance(picture, BoundaryPicture)
    return picture


def test_the_corners_of_a_truth_table_bear_their_targets_and_every_unit_has_its_line() -> None:
    variant = draw(bank.get("xor-net"), 0)
    picture = boundary(variant, {"net": [1, 1, -0.5, 1, 1, -1.5, 1, -1, -0.5]})
    assert picture.points == (((0.0, 0.0), 0), ((0.0, 1.0), 1), ((1.0, 0.0), 1), ((1.0, 1.0), 0))
    assert [(line.unit, line.half) for line in picture.lines] == [(1, (1.0, 1.0, -0.5)), (2, (1.0, 1.0, -1.5))]
    assert picture.free


def test_between_three_classes_lines_end_where_the_third_is_likelier() -> None:
    variant = draw(bank.get("softmax-step"), 0)
    lines = boundary(variant).lines
    assert [line.classes for line in lines] == [(0, 1), (0, 2), (1, 2)]
    assert [len(line.within) for line in lines] == [1, 1, 1]


def test_a_threshold_is_where_the_weights_say_one_half() -> None:
    variant = draw(bank.get("logistic-step"), 0)
    picture = made(variant, {"thetanew[0]": [2.0], "thetanew[1]": [-3.0]})
    assert isinstance(picture, ThresholdPicture)
    assert picture.walls == (("given", 2.0), ("own", 1.5))
    assert picture.curves == ()


def test_a_distribution_shows_what_is_given_and_what_the_student_says_of_it() -> None:
    variant = draw(bank.get("moments-vary"), 5)
    picture = made(variant, {"mean": [0.5], "sd": [None]})
    assert isinstance(picture, DistributionPicture)
    assert picture.stems == ((-5.0, 0.15), (-1.0, 0.35), (3.0, 0.5))
    assert (picture.own.mean, picture.own.sd) == (0.5, None)
    assert picture.true == Moments()


def test_the_densities_of_initial_weights_have_the_area_one() -> None:
    variant = draw(bank.get("init-he"), 0)
    picture = made(variant, {}, references(variant))
    assert isinstance(picture, DistributionPicture)
    for shape in picture.shapes:
        assert math.isclose(np.trapezoid([y for _, y in shape], [x for x, _ in shape]), 1, rel_tol=3e-3)


typed = st.one_of(st.none(), st.lists(st.one_of(st.none(), st.floats()), max_size=3))


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*ENTRIES, "g1[0]", "nonsense"]), typed))
def test_whatever_was_typed_the_path_is_finite_and_ends_where_it_breaks(answers: dict[str, Any]) -> None:
    own = path(adam(), answers).own
    assert all(math.isfinite(x) and abs(x) <= 1e100 for point in own for x in point)
    assert len(own) <= 2
