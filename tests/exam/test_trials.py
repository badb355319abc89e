"""The tests of a question run at every audit: those stored with it, a near miss of every entry, every known mistake."""

import numpy as np
import pytest

from exam import trials
from exam.audit import audit
from exam.grading import Marking
from exam.layout import layout_for
from questions.bank import BadQuestion, get, parse
from questions.variant import draw

TEXT = """
id: line
title: {vi: Đường thẳng, en: A line}
source: made for this test
givens: {x: {from: 2, to: 9, step: 1}, w: {from: 2, to: 9, step: 1}, b: 5}
prompt: {vi: "x = @x", en: "x is @x"}
steps:
  - {name: z, is: w * x + b, mistakes: {no_bias: w * x}}
  - {name: r, is: z^2 / 100}
parts: [{ask: z, places: 2}, {ask: r, places: 2}]
tests:
  - givens: {x: 2, w: 3, b: 5}
    answers: {z: 11, r: "1,21"}
    expect: {z: correct, r: correct}
  - givens: {x: 2, w: 3, b: 5}
    answers: {z: 6, r: 0.36}
    expect: {z: no_bias, r: carried}
  - seed: 4
    answers: {z: "?"}
    expect: {z: unreadable, r: blank}
"""


def problems(text):
    (question,) = parse(text)
    return audit(question, seeds=12).problems


def test_a_question_whose_tests_come_out_is_sound_and_says_what_stands_for_a_proof():
    (question,) = parse(TEXT)
    found = audit(question, seeds=12)
    assert found.problems == []
    assert found.proof == "formulas; 3 stored tests"
    assert audit(question.model_copy(update={"tests": []}), seeds=12).proof == "formulas; no stored tests"


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("z: 11, r", "z: 12, r", "test 1: z should be correct, but is wrong"),
        ("r: carried", "r: wrong", "test 2: r should be wrong, but is carried"),
        ("z: no_bias", "z: wrong", "test 2: z should be wrong, but is no_bias"),
        ("r: blank", "r: wrong", "test 3: r should be wrong, but is blank"),
        ("{x: 2, w: 3, b: 5}\n    answers: {z: 11", "{x: 2, w: 3}\n    answers: {z: 11", "test 1: line needs 'b'"),
    ],
)
def test_a_stored_test_that_does_not_come_out_is_a_problem(was, becomes, said):
    assert TEXT.count(was) == 1
    assert any(problem.startswith(said) for problem in problems(TEXT.replace(was, becomes)))


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("expect: {z: correct", "expect: {q: correct", r"tests.0.expect.q of line: 'q' is not a part; there are z, r"),
        ("z: no_bias", "z: no_slope", r"tests.1.expect.z of line: 'no_slope' is no verdict; there are correct, .*, no_bias"),
        ("{z: 11, r", "{y: 11, r", r"tests.0.answers.y of line: 'y' is not a part"),
        ("seed: 4", "seed: -1", r"tests.2.seed of line: Input should be greater than or equal to 0"),
    ],
)
def test_a_stored_test_speaks_of_parts_and_verdicts_that_there_are(was, becomes, said):
    with pytest.raises(BadQuestion, match=said):
        parse(TEXT.replace(was, becomes))


def cohort(id):
    question = get(id)
    variants = [draw(question, seed) for seed in range(8)]
    return layout_for(question, variants[0].givens), question.computation.stack([v.givens for v in variants]), 8


@pytest.mark.parametrize("id", ["optim-adam-vary", "optim-momentum-vary", "aio2024-cau-01-vary", "aio2024-cau-06-vary"])
def test_near_misses_are_refused_and_mistakes_recognised(id):
    room = cohort(id)
    assert list(trials.near_misses(*room)) == []
    assert list(trials.known_mistakes(*room)) == []


def test_a_marking_that_takes_everything_for_right_is_found_out(monkeypatch):
    straight = trials.mark

    def generous(layout, givens, typed):
        marking = straight(layout, givens, typed)
        return Marking(np.ones_like(marking.verdict), *(getattr(marking, f) for f in list(Marking.__dataclass_fields__)[1:]))

    monkeypatch.setattr(trials, "mark", generous)
    room = cohort("optim-momentum-vary")
    assert len(list(trials.near_misses(*room))) == len(room[0].entries)
    assert "the mistake half_gradient is never recognised at g1[0]" in list(trials.known_mistakes(*room))
