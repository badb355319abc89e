"""Code names and numbers print as the course writes them, in letters and in numbers."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import solvers
from solvers import notation
from tests.givens import random_givens

ADAM = solvers.get("adam").symbols
NET = solvers.get("relu_softmax").symbols
BATCH = solvers.get("relu_softmax_batch").symbols


def balanced(tex):
    """Whether every brace closes one that was opened before it."""
    depth = 0
    for c in tex:
        depth += (c == "{") - (c == "}")
        if depth < 0:
            return False
    return depth == 0


@pytest.mark.parametrize(
    ("name", "own", "tex"),
    [
        ("z", {}, "z"),
        ("w1", {}, "w_{1}"),
        ("w12", {}, "w_{12}"),
        ("lr", {}, r"\alpha"),
        ("eps", {}, r"\varepsilon"),
        ("beta1", {}, r"\beta_{1}"),
        ("gamma", {}, r"\gamma"),
        ("loss", {}, "L"),
        ("label", {}, "y"),
        ("yhat", {}, r"\hat{y}"),
        ("vhat2", {}, r"\hat{v}_{2}"),
        ("dR", {}, r"\frac{\partial L}{\partial R}"),
        ("dw1", {}, r"\frac{\partial L}{\partial w_{1}}"),
        ("dWh", BATCH, r"\frac{\partial L}{\partial \mathbf{W}_{h}}"),
        ("mask", {}, r"\mathrm{mask}"),
        ("w2", NET, r"\mathbf{w}_{2}"),
        ("g2", ADAM, r"\mathbf{g}_{2}"),
        ("w10", ADAM, r"\mathbf{w}_{10}"),
        ("dh", NET, r"\frac{\partial L}{\partial \mathbf{h}}"),
    ],
)
def test_a_name_has_one_symbol(name, own, tex):
    assert notation.symbol(name, own) == tex


@pytest.mark.parametrize(
    ("name", "index", "own", "first", "tex"),
    [
        ("h", (0,), NET, 0, "h_{0}"),
        ("dh", (1,), NET, 0, r"\frac{\partial L}{\partial h_{1}}"),
        ("yhat", (1,), NET, 0, r"\hat{y}_{1}"),
        ("g", (0,), {}, 0, "g_{0}"),
        ("w1", (0,), ADAM, 1, "w_{1,1}"),
        ("vhat2", (1,), ADAM, 1, r"\hat{v}_{2,2}"),
        ("dhdR", (0,), solvers.get("softmax_backward").symbols, 0, r"\frac{\partial h_{0}}{\partial R}"),
        ("z", (0, 2), BATCH, 0, "Z_{0,2}"),
    ],
)
def test_an_entry_has_the_symbol_of_its_step_and_its_index(name, index, own, first, tex):
    assert notation.entry_symbol(name, index, own, first) == tex


@pytest.mark.parametrize("name", list(solvers.solvers()))
def test_every_name_and_every_entry_has_balanced_tex(name):
    solver = solvers.get(name)
    for thing, value in solver.run(random_givens(solver, 1)).numbers().items():
        index = (0,) * np.ndim(value)
        entry = notation.entry_symbol(thing, index, solver.symbols, solver.first) if index else ""
        for tex in (notation.symbol(thing, solver.symbols), entry):
            assert balanced(tex), f"{thing}: {tex}"


@pytest.mark.parametrize("name", ["Wh", "bz", "h", "a"])
def test_a_derivative_by_an_entry_names_that_entry(name):
    index = (0, 1)
    below = notation.entry_symbol(name, index, BATCH)
    assert notation.entry_symbol(f"d{name}", index, BATCH) == rf"\frac{{\partial L}}{{\partial {below}}}"
    assert balanced(below)


@pytest.mark.parametrize(
    ("value", "tex"),
    [
        (0, "0"),
        (-0.0, "0"),
        (3.0, "3"),
        (100, "100"),
        (-0.16, "-0.16"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.3333333"),
        (0.99999999, "1"),
        (1e-5, "0.00001"),
        (1e-6, "10^{-6}"),
        (-1e-6, "-10^{-6}"),
        (2.1e-7, r"2.1 \cdot 10^{-7}"),
        (-2.1e-7, r"-2.1 \cdot 10^{-7}"),
        (1e6, "1000000"),
        (1e7, "10^{7}"),
        (47040016, "47040016"),
        (-47040016, "-47040016"),
        (1.23456789e12, r"1.234568 \cdot 10^{12}"),
        (1.5e20, r"1.5 \cdot 10^{20}"),
        (math.nan, r"\text{–}"),
        (-math.inf, r"\text{–}"),
    ],
)
def test_a_number_prints_with_a_point_and_powers_of_ten(value, tex):
    assert notation.number(value) == tex


@given(st.floats(-1e300, 1e300), st.integers(1, 12))
def test_a_printed_number_is_the_number_to_its_figures(value, figures):
    tex = notation.number(value, figures)
    assert balanced(tex)
    plain = re.sub(r"10\^\{(-?\d+)\}", r"1e\1", tex).replace(r" \cdot 1e", "e")
    assert float(plain) == pytest.approx(value, rel=0.51 * 10.0 ** (1 - figures), abs=5e-324)


@pytest.mark.parametrize(
    ("value", "tex"),
    [
        (2.5, "2.5"),
        (np.float64(-3), "-3"),
        (np.int64(0), "0"),
        ([1, -2], r"\begin{bmatrix} 1 & -2 \end{bmatrix}"),
        ([1e-6], r"\begin{bmatrix} 10^{-6} \end{bmatrix}"),
        ([[1, 2], [3, -4]], r"\begin{bmatrix} 1 & 2 \\ 3 & -4 \end{bmatrix}"),
    ],
)
def test_vectors_print_as_rows_and_matrices_as_matrices(value, tex):
    assert notation.value(value) == tex


def test_more_than_two_axes_are_refused_in_words():
    with pytest.raises(ValueError, match="3 axes cannot be printed"):
        notation.value(np.zeros((1, 1, 1)))


@pytest.mark.parametrize(
    ("formula", "own", "tex"),
    [
        (r"@w1 \cdot @x + @b1", {}, r"w_{1} \cdot x + b_{1}"),
        (r"-\ln @yhat_{@label}", NET, r"-\ln {\mathbf{\hat{y}}}_{y}"),
        ("2 @a @w10", ADAM, r"2 \mathbf{a} \mathbf{w}_{10}"),
    ],
)
def test_a_formula_prints_in_letters(formula, own, tex):
    assert notation.in_letters(formula, own) == tex


@pytest.mark.parametrize(
    ("formula", "numbers", "tex"),
    [
        ("@a - @b", {"a": 2, "b": -3}, "2 - (-3)"),
        ("@a^2 - @b", {"a": -0.5, "b": 1e-6}, "(-0.5)^2 - 10^{-6}"),
        ("@a^2", {"a": 1e-6}, "(10^{-6})^2"),
        ("@a - @b", {"a": -1e-6, "b": 1}, "(-10^{-6}) - 1"),
        (r"@a \cdot @b", {"a": [1, -2], "b": 3}, r"\begin{bmatrix} 1 & -2 \end{bmatrix} \cdot 3"),
        ("@w1 + @w10", {"w1": 1, "w10": 10}, "1 + 10"),
        (r"\frac{@a}{1 - @b^{2}}", {"a": 1, "b": 0.9}, r"\frac{1}{1 - 0.9^{2}}"),
    ],
)
def test_a_formula_is_filled_with_numbers_and_negative_ones_stand_in_brackets(formula, numbers, tex):
    assert notation.in_numbers(formula, numbers) == tex


@pytest.mark.parametrize(
    ("formula", "numbers", "tex"),
    [
        (r"\frac{1}{N} \sum_n @q_{n}", {"q": [0.25, -1, 2]}, r"\frac{1}{3} (0.25 + (-1) + 2)"),
        (r"\sum_i @q_{i} \cdot @p_{i}", {"q": [1, 2], "p": [3, 4]}, None),
        (r"-\frac{1}{N} \sum_n \ln @P_{n,\,@y_{n}}", {"P": [[0.5, 0.25], [0.1, 0.9]], "y": [1, 0.0]}, r"-\frac{1}{2} (\ln 0.25 + \ln 0.1)"),
        (r"@p - \mathrm{onehot}(@y)", {"p": [0.5, 0.3, 0.2], "y": 2.0}, None),
    ],
)
def test_sums_and_labels_are_spelt_out_in_numbers(formula, numbers, tex):
    filled = notation.in_numbers(formula, numbers)
    if tex is not None:
        assert filled == tex
    elif "onehot" in formula:
        assert filled == rf"{notation.value([0.5, 0.3, 0.2])} - {notation.value([0, 0, 1])}"
    else:
        assert r"\sum_i" in filled, "a sum of products stays one"


# What may stay: running indices, Euler's number, an unknown that is solved for, and the transpose.
STAYS = set("eijnxT")


@pytest.mark.parametrize("name", solvers.solvers())
def test_a_formula_in_numbers_has_numbers_only(name):
    solver = solvers.get(name)
    sheet = solver.run(random_givens(solver, 3))
    for step in sheet.steps.values():
        filled = notation.in_numbers(step.formula, sheet.numbers())
        bare = re.sub(r"\\(?:begin|end|operatorname|mathrm|text|mathsf)\{(?:[a-zA-Z]+|\s)*\}|\\(?!alpha|beta|lambda)[A-Za-z]+", " ", filled)
        assert set(re.findall(r"[A-Za-z]", bare)) <= STAYS, (step.name, filled)


def test_prose_has_holes_and_a_doubled_sign_is_plain():
    assert notation.fill_prose("x = @x, x1 = @x1. me@@mail.com @", lambda name: f"<{name}>") == "x = <x>, x1 = <x1>. me@mail.com @"
    assert notation.holes("@x, @x1 and me@@mail.com") == {"x", "x1"}
