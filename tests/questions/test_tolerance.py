"""Right means within half a unit of the last asked place or figure, both ends included."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.model import Part
from questions.tolerance import near, shown, unit


def places(n):
    return Part(ask="z", places=n)


def figures(n):
    return Part(ask="z", figures=n)


WHOLE = Part(ask="z", kind="integer")
REAL = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("reference", "part", "wanted"),
    [
        (0.72, places(2), 0.01),
        (12345.6, places(0), 1),
        (-3.4, places(7), 1e-7),
        (0.72, figures(2), 0.01),
        (-0.0123, figures(3), 1e-4),
        (99.96, figures(3), 0.1),
        (1000, figures(3), 10),
        (999.999, figures(1), 100),
        (1e-7, figures(2), 1e-8),
        (0, figures(3), 0.01),
        (7, WHOLE, 0),
    ],
)
def test_a_unit_is_of_the_last_place_or_of_the_last_figure_of_the_reference(reference, part, wanted):
    assert unit(reference, part) == pytest.approx(wanted, rel=1e-12)


def test_each_entry_has_the_unit_of_its_own_figures_and_one_unit_of_places():
    np.testing.assert_allclose(unit(np.array([[0.5, -20.0]]), figures(2)), [[0.01, 1]])
    assert unit(np.zeros((2, 3)), places(4)).shape == (2, 3)


def test_an_unasked_step_takes_the_places_it_is_handed():
    assert unit(1.0, Part(ask="z", kind="shape"), 4) == 0
    assert unit(1.0, places(2), 7) == 0.01


@given(REAL, st.integers(0, 7), st.sampled_from([-1, 1]))
def test_both_ends_of_half_a_unit_are_right_and_a_hair_beyond_is_wrong(reference, n, side):
    half = 10.0**-n / 2
    assert near(reference + side * half, reference, half)
    assert not near(reference + side * (half * 1.001 + 1e-11 * abs(reference)), reference, half)


@pytest.mark.parametrize(
    ("answer", "reference", "n", "right"),
    [
        (0.725, 0.72, 2, True),
        (0.715, 0.72, 2, True),
        (0.7251, 0.72, 2, False),
        (-0.105, -0.11, 2, True),
        (-0.115, -0.11, 2, True),
        (0.11, -0.11, 2, False),
        (1.005, 1.01, 2, True),
        (0.3, 0.1 + 0.2, 12, True),
        (2.0, 2.5, 0, True),
        (3.0, 2.5, 0, True),
    ],
)
def test_right_is_inclusive_and_symmetric(answer, reference, n, right):
    assert near(answer, reference, unit(reference, places(n)) / 2) == right


@given(REAL, REAL, st.integers(0, 6))
def test_mirrored_answers_are_judged_alike(answer, reference, n):
    half = 10.0**-n / 2
    assert near(answer, reference, half) == near(-answer, -reference, half)


@given(st.integers(-(10**9), 10**9))
def test_a_whole_number_is_exact(n):
    assert near(n, n, unit(n, WHOLE) / 2)
    assert not near(n + 1, n, unit(n, WHOLE) / 2)


def test_a_tiny_gradient_is_not_judged_relatively():
    """Half a unit of the last place is all that counts, however small the reference: -4e-7 to 7 places is not -6e-7."""
    assert near(-4.4e-7, -4e-7, 0.5e-7)
    assert not near(-6e-7, -4e-7, 0.5e-7)
    assert near(0.0, -4e-8, 0.5e-7)


@pytest.mark.parametrize("answer", [1.0, math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("reference", [math.inf, -math.inf, math.nan])
def test_nothing_is_near_infinity_or_nan_nor_they_near_anything(answer, reference):
    for wrapped in (float, np.float64, lambda x: np.array([x])):
        assert not np.any(near(wrapped(answer), wrapped(reference), 0.5))
        assert not np.any(near(wrapped(reference), wrapped(1.0), 0.5))


def test_whole_cohorts_are_judged_at_once():
    answers = np.array([[0.72, -0.96], [0.73, math.nan]])
    assert near(answers, np.array([0.72, -0.96]), 0.005).tolist() == [[True, True], [False, False]]


@pytest.mark.parametrize(
    ("value", "part", "text"),
    [
        (0.715, places(2), "0.72"),
        (-0.715, places(2), "-0.72"),
        (-0.001, places(2), "0.00"),
        (2.5, places(0), "3"),
        ([-4.23199, 1.12], places(3), "-4.232, 1.120"),
        (-0.4098310, figures(4), "-4.098e-01"),
        (0, figures(3), "0.00e+00"),
        (9.996, figures(3), "1.00e+01"),
    ],
)
def test_an_option_shows_the_value_rounded_as_asked(value, part, text):
    assert shown(value, part) == text
