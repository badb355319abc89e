"""A picture's data come from the givens and the student's own entries; from the reference only once it is released."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import bank, pictures
from questions.model import Question
from questions.pictures import NetworkPicture, PathPicture, picture_of
from questions.variant import Variant, draw
from solvers.solver import Solver

NETS = {"relu_softmax", "softmax_backward", "relu_inverse", "relu_softmax_batch", "relu_softmax_linear"}
PATHS = {"gradient_descent", "momentum", "rmsprop", "adam", "adagrad", "adopt", "velocity_momentum", "library_momentum"}
DRAWN = [draw(question, seed) for question in bank.bank().values() for seed in (0, 5) if question.solver in NETS | PATHS]
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


@pytest.mark.parametrize("variant", DRAWN, ids=lambda v: f"{v.question.id}-{v.seed}")
def test_before_release_a_picture_is_made_without_the_solver_and_is_the_same(variant: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ENTRIES if variant.question.solver in PATHS else None
    with_solver = picture_of(variant, answers)
    fresh = Variant(variant.question, variant.seed, variant.givens, {})

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a picture before release ran the solver")

    monkeypatch.setattr(Solver, "run", refuse)
    assert picture_of(fresh, answers) == with_solver
    assert with_solver is not None


@pytest.mark.parametrize("id", [question.id for question in bank.bank().values() if question.solver in pictures.PICTURES])
def test_no_picture_of_the_bank_runs_a_solver_before_release(id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = draw(bank.get(id), 3)
    fresh = Variant(drawn.question, drawn.seed, drawn.givens, {})

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a picture before release ran the solver")

    monkeypatch.setattr(Solver, "run", refuse)
    picture_of(fresh, {part.name: [1.5] for part in drawn.question.parts})


def test_questions_of_other_solvers_and_of_none_have_no_picture() -> None:
    others = [question for question in bank.bank().values() if question.solver not in pictures.PICTURES]
    assert others
    assert [picture_of(draw(question, 0)) for question in others] == [None] * len(others)


@pytest.mark.parametrize("variant", DRAWN, ids=lambda v: f"{v.question.id}-{v.seed}")
def test_a_picture_holds_nothing_but_plain_numbers_and_words(variant: Variant) -> None:
    picture = picture_of(variant, ENTRIES, references(variant))
    assert picture is not None
    json.dumps(asdict(replace(picture, alt=None)), allow_nan=False)  # type: ignore[arg-type]


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


typed = st.one_of(st.none(), st.lists(st.one_of(st.none(), st.floats()), max_size=3))


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*ENTRIES, "g1[0]", "nonsense"]), typed))
def test_whatever_was_typed_the_path_is_finite_and_ends_where_it_breaks(answers: dict[str, Any]) -> None:
    own = path(adam(), answers).own
    assert all(math.isfinite(x) and abs(x) <= 1e100 for point in own for x in point)
    assert len(own) <= 2
