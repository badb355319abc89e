"""Formulas say what arithmetic says, print as it is printed, and whatever else is typed is refused with the place and the remedy, fast."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from questions.expressions import FUNCTIONS, FormulaError
from questions.expressions import parse as read
from questions.formulas import Step, solver_of
from solvers import notation

GIVENS = {
    "x": 2.0,
    "y": -3.0,
    "v": [1.0, -2.0, 4.0],
    "u": [0.5, 0.25, 2.0],
    "A": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
    "k": 1,
    "p": [3.0, 1.0],
}
V, U, A, P = (np.array(GIVENS[name]) for name in ("v", "u", "A", "p"))


def solver(formula, **givens):
    return solver_of("q", [Step(name="z", **{"is": formula})], GIVENS | givens)


def run(formula, **givens):
    made = solver(formula, **givens)
    return made.run(made.read(GIVENS | givens)).steps["z"]


def soft(h):
    return np.exp(h) / np.exp(h).sum(-1, keepdims=True)


VALUES = {
    "1 + 2 * 3": 7,
    "(1 + 2) * 3": 9,
    "2 ^ 3 ^ 2": 512,
    "2 ** 3": 8,
    "-x^2": -4,
    "(-x)^2": 4,
    "2^-1": 0.5,
    "-x*y": 6,
    "x/-y*3": 2,
    "x - y - 1": 4,
    "x / y / 2": -1 / 3,
    ".5 + 1e-1 + 2.": 2.6,
    "+x": 2,
    "pi": math.pi,
    "x − y × 2": 8,
    "ln(x) + log(x)": 2 * math.log(2),
    "log10(100*x)": math.log10(200),
    "exp(y) + sqrt(x) + abs(y) + sign(y) + floor(2.7)": math.exp(-3) + math.sqrt(2) + 3 - 1 + 2,
    "sin(x)^2 + cos(x)^2": 1,
    "tanh(x) + sigmoid(x)": math.tanh(2) + 1 / (1 + math.exp(-2)),
    "relu(v)": [1, 0, 4],
    "max(0, v)": [1, 0, 4],
    "min(v, u)": [0.5, -2, 2],
    "x > y": 1,
    "(v > 0) * (v <= 1) + (x == 2) + (x != 2) + (x < 2) + (x >= 2)": [3, 2, 2],
    "where(v > 0, v, x)": [1, 2, 4],
    "where(0, v, u)": U,
    "v + u * x": V + U * 2,
    "A * v + x": A * V + 2,
    "A * column(p)": A * P[:, None],
    "column(p) * v": np.outer(P, V),
    "A @ v": A @ V,
    "p @ A": P @ A,
    "v @ u": V @ U,
    "A @ A.T": A @ A.T,
    "A @ transpose(A)": A @ A.T,
    "v[0] + v[2]": 5,
    "v[k]": -2,
    "A[1]": A[1],
    "A[1, 2]": 6,
    "A[:, 0]": A[:, 0],
    "A[0, :]": A[0],
    "sum(v)": 3,
    "sum(A)": 21,
    "sum(A, axis=0)": A.sum(0),
    "mean(A, axis=1)": A.mean(1),
    "sum(A, axis=1) * p": [18, 15],
    "column(sum(A, axis=1)) - A": [[5, 4, 3], [11, 10, 9]],
    "mean(v)": 1,
    "max(A, axis=0) - min(A, axis=0)": [3, 3, 3],
    "max(v) + min(v)": 2,
    "argmax(v) + 10 * argmin(v)": 12,
    "argmax(A, axis=1)": [2, 2],
    "size(v) + size(A) + size(A, axis=0)": 11,
    "softmax(v)": soft(V),
    "softmax(A)": soft(A),
    "onehot(k, 3)": [0, 1, 0],
    "onehot(p, 4)": [[0, 0, 0, 1], [0, 1, 0, 0]],
    "reverse(v)": [4, -2, 1],
    "[x, y, 1]": [2, -3, 1],
    "[[x, y], [1, 2]]": [[2, -3], [1, 2]],
    "[1, 2, 3][1]": 2,
    "[1, 2, 3][k]": 2,
    "3": 3,
    "(A - mean(A, axis=0)) / sqrt(mean((A - mean(A, axis=0))^2, axis=0))": (A - A.mean(0)) / A.std(0),
}


@pytest.mark.parametrize(("formula", "value"), VALUES.items())
def test_a_formula_is_computed_as_arithmetic_says(formula, value):
    step = run(formula)
    assert np.shape(step.value) == np.shape(value)
    np.testing.assert_allclose(step.value, value, rtol=1e-13)


@pytest.mark.parametrize("formula", VALUES)
def test_a_cohort_gets_what_each_student_would_alone(formula):
    made = solver(formula)
    many = [made.read({n: (np.asarray(g) * (1 if n in "kp" else 1 + 0.1 * i)).tolist() for n, g in GIVENS.items()}) for i in range(6)]
    stacked = made.stack(many)
    together = np.asarray(made.run(stacked).steps["z"].value)
    in_classes = np.asarray(made.run({n: g.reshape(2, 3, *g.shape[1:]) for n, g in stacked.items()}).steps["z"].value)
    for i, givens in enumerate(many):
        alone = np.asarray(made.run(givens).steps["z"].value)
        own = alone.ndim
        for whole, at in ((together, i), (in_classes, divmod(i, 3))):
            mine = whole if whole.ndim == own else whole[at]
            assert mine.shape == alone.shape, "the student's own axes are the last ones"
            np.testing.assert_allclose(mine, alone, rtol=1e-12)


def test_a_label_that_names_no_entry_gives_no_number_to_its_student_alone():
    made = solver("v[k]")
    many = [made.read(GIVENS | {"k": k}) for k in (0, 3, -1, 0.5, 2)]
    np.testing.assert_array_equal(made.run(made.stack(many)).steps["z"].value, [1, math.nan, math.nan, math.nan, 4])


TEX = {
    "x + y*2": r"@x + @y \cdot 2",
    "(x + y)*2": r"\left(@x + @y\right) \cdot 2",
    "x - (y - 1)": r"@x - \left(@y - 1\right)",
    "x - y - 1": "@x - @y - 1",
    "x*(y*2)": r"@x \cdot \left(@y \cdot 2\right)",
    "-x^2": "-@x^{2}",
    "(-x)^2": r"\left(-@x\right)^{2}",
    "(x/y)^2": r"\left(\frac{@x}{@y}\right)^{2}",
    "x^(y + 1)": "@x^{@y + 1}",
    "(x^2)^3": r"\left(@x^{2}\right)^{3}",
    "x * -y": r"@x \cdot \left(-@y\right)",
    "1e-8 * x": r"10^{-8} \cdot @x",
    "u * v": r"@u \odot @v",
    "x * v": r"@x \cdot @v",
    "A @ v": r"@A \, @v",
    "u @ v": r"@u \cdot @v",
    "A.T": r"@A^{\top}",
    "sqrt(x + 1) / 2": r"\frac{\sqrt{@x + 1}}{2}",
    "exp(-x)^2": r"\left(e^{-@x}\right)^{2}",
    "-ln(x)": r"-\ln @x",
    "ln(x) * y": r"\left(\ln @x\right) \cdot @y",
    "y * ln(x + 1)": r"@y \cdot \ln \left(@x + 1\right)",
    "abs(x)": r"\left|@x\right|",
    "sum(u * v)": r"\sum_{i} \left(@u \odot @v\right)_{i}",
    "x * sum(v)": r"@x \cdot \left(\sum_{i} @v_{i}\right)",
    "mean(A, axis=0)": r"\frac{1}{2} \sum_{i} @A_{ij}",
    "sum(A)": r"\sum_{i,j} @A_{ij}",
    "relu(x)": r"\max\left(0, @x\right)",
    "sigmoid(x)": r"\sigma\left(@x\right)",
    "softmax(v)[k]": r"\mathrm{softmax}\left(@v\right)_{@k}",
    "onehot(k, 3)": r"\mathrm{onehot}\left(@k\right)",
    "x > y": r"[\,@x > @y\,]",
    "where(x > y, x, 0)": r"\begin{cases} @x & @x > @y \\ 0 & @x \le @y \end{cases}",
    "A[1, 2]": "@A_{1,2}",
    "[x, 1]": r"\begin{bmatrix} @x & 1 \end{bmatrix}",
    "[[x, 1], [2, y]]": r"\begin{bmatrix} @x & 1 \\ 2 & @y \end{bmatrix}",
    "size(v) * x": r"3 \cdot @x",
}


@pytest.mark.parametrize(("formula", "tex"), TEX.items())
def test_a_formula_prints_with_brackets_where_they_are_needed_alone(formula, tex):
    assert run(formula).formula == tex


@pytest.mark.parametrize("formula", VALUES)
def test_the_print_of_a_formula_names_what_it_uses_and_is_balanced(formula):
    step = run(formula)
    made = solver(formula)
    assert set(step.needs) <= set(GIVENS)
    for text in (notation.in_letters(step.formula, made.symbols), notation.in_numbers(step.formula, GIVENS)):
        assert "@" not in text
        for opens, closes in (("{", "}"), (r"\left", r"\right"), (r"\begin", r"\end")):
            assert text.count(opens) == text.count(closes)


def test_every_function_is_computed_and_printed_by_one_of_these_formulas():
    assert all(any(f"{name}(" in formula for formula in VALUES) for name in FUNCTIONS)


# What is refused

REFUSED = {
    "": "column 1: a number, a name or a bracket is missing before the end",
    "x +": "column 4: a number, a name or a bracket is missing before the end",
    "(x": "column 3: ')' is missing before the end",
    "x)": "column 2: an operator is missing before ')'",
    "2x": "column 2: an operator is missing before 'x'; write * to multiply",
    "x y": "column 3: an operator is missing before 'y'; write * to multiply",
    "0,5 * x": "column 2: a comma only separates arguments and entries; decimals are written with a point",
    "z = x": "column 3: '=' says nothing here",
    "x < y < 1": "column 7: two things are compared at a time",
    "q + 1": "column 1: 'q' is neither a given nor a step before this one; there are x, y, v, u, A, k",
    "z + 1": "column 1: 'z' is computed here or further down; a step may use only what stands before it",
    "sigmod(x)": "column 1: 'sigmod' is not a function; did you mean sigmoid?",
    "x(2)": "column 1: 'x' is not a function; there are exp, ln",
    "exp + 1": "column 1: 'exp' is a function; write exp(…)",
    "exp()": "column 5: a number, a name or a bracket is missing before ')'",
    "exp(x, y)": "column 1: exp takes 1 argument, not 2",
    "sum(A, 1)": "column 1: sum takes 1 argument, not 2; an axis is named: axis=0",
    "sum(A, axis=2)": "column 13: an axis is 0 (down the columns) or 1 (along the rows)",
    "exp(x, axis=0)": "column 12: ',' is missing before '='",
    "sum(v, axis=1)": "column 1: a vector has the axis 0 alone",
    "sum(x)": "column 1: sum takes a vector or a matrix; this is one number",
    "argmax(A)": "column 1: along which axis? Write argmax(…, axis=0) or axis=1",
    "v + p": "column 3: the shapes (3,) and (2,) do not fit entry by entry",
    "A @ p": "column 3: the shapes (2, 3) and (2,) do not fit in a product @",
    "x @ y": "column 3: the shapes () and () do not fit in a product @; between numbers write *",
    "v.T": "column 2: only a matrix is transposed; column(x) makes a column of a vector",
    "softmax(x)": "column 1: softmax takes a vector, or the rows of a matrix",
    "v[3]": "column 2: there is no entry 3 among 3; entries are counted from 0 to 2",
    "v[-1]": "column 2: there is no entry -1 among 3",
    "v[0.5]": "column 2: there is no entry 0.5",
    "v[0, 1]": "column 2: this has shape (3,); it takes 1 indices at most",
    "A[k]": "column 2: a label that is drawn picks from a vector",
    "onehot(k, x)": "column 1: the second argument of onehot is how many classes there are",
    "onehot(k, 1e9)": "column 1: the second argument of onehot is how many classes there are",
    "[x, v]": "column 1: the entries have the shapes (), (3,); make them equal",
    "column([1, 2]) @ [[1, 2]] @ column(v)": "column 27: the shapes (2, 2) and (3, 1) do not fit",
    "column(onehot(k, 30)) * onehot(k, 30)": "column 23: this has shape (30, 30); at most a matrix of 400 entries",
    "[[[1]]]": "column 1: this has shape (1, 1, 1); at most a matrix of 400 entries is computed",
    "w{t}": "column 1: 'w{t}' counts by t, but it stands in no loop; add 'for: t in 1..2' around it",
    "w{1}": "column 1: 'w{1}' is no name",
    "1/0": "column 2: this comes to no finite number, whatever is drawn",
    "x + sqrt(-1)": "column 5: this comes to no finite number, whatever is drawn",
    "9^9^9^9": "column 4: this comes to no finite number, whatever is drawn",
    "1e999": "column 1: this comes to no finite number",
    "x_1": "column 2: a name is made of letters and digits, without '_'",
    "độ": "column 1: 'đ' is not a letter from a to z",
    "x\n + q": "line 2, column 4: 'q' is neither a given nor a step",
    "(" * 10_000: "column 1001: a formula has at most 1,000 characters",
    "(" * 500: "nested deeper than 60 brackets; split it into steps",
    "-" * 500 + "x": "nested deeper than 60 brackets; split it into steps",
    "[" * 500: "nested deeper than 60 brackets; split it into steps",
    "x" + "+x" * 200: "more than 60 operations inside each other; split it into steps",
    "x" + "^x" * 200: "nested deeper than 60 brackets; split it into steps",
    "x" + "[0]" * 200: "more than 60 operations inside each other; split it into steps",
    # Ways to Python that are none
    "x.__class__": "column 2: a formula has no attributes",
    "().__class__": "column 3: a formula has no attributes",
    "__import__('os')": "column 1: a name is made of letters and digits, without '_'",
    "eval(x)": "column 1: 'eval' is not a function",
    "open(x)": "column 1: 'open' is not a function",
    "lambda: 0": "column 7: an operator is missing before ':'",
    "lambda x: x": "column 8: an operator is missing before 'x'",
    "[x for x in v]": "column 4: ',' is missing before 'for'",
    "{x: y}": "column 1: '{' has no place here",
    "f'{x}'": "column 2: ''' has no place here",
    "'x'": "column 1: ''' has no place here",
    "x := 1": "column 3: an operator is missing before ':'",
    "x if x else y": "column 3: an operator is missing before 'if'",
    "x; y": "column 2: ';' has no place here",
    "x # y": "column 3: '#' has no place here",
    "*x": "column 1: a number, a name or a bracket is missing before '*'",
    "f(**x)": "column 1: 'f' is not a function",
    "x\x00": "column 2: '\\u0000' has no place here",
    "${x}": "column 1: '$' has no place here",
    "x{x.__class__}": "column 1: 'x{x.__class__}' is no name",
    "0x10": "column 2: an operator is missing before 'x10'",
    "1_000": "column 2: a name is made of letters and digits, without '_'",
    "1j": "column 2: an operator is missing before 'j'",
    "x @@ y": "column 4: a number, a name or a bracket is missing before '@'",
    "print": "column 1: 'print' is neither a given nor a step",
    "None": "column 1: 'None' is neither a given nor a step",
}


@pytest.mark.parametrize(("formula", "said"), REFUSED.items(), ids=lambda text: repr(text[:24]))
def test_what_is_no_formula_is_refused_with_its_place_and_a_remedy(formula, said):
    with pytest.raises(FormulaError) as refused:
        solver(formula)
    assert said in refused.value.detail
    assert refused.value.detail.startswith(("column ", "line "))
    assert refused.value.where == "/steps/0/is"
    assert len(refused.value.detail) < 400


PIECES = [
    "x",
    "v",
    "A",
    "z",
    "2",
    "0",
    "1e9",
    "(",
    ")",
    "[",
    "]",
    ",",
    "+",
    "-",
    "*",
    "/",
    "^",
    "@",
    "<",
    "==",
    ".T",
    ":",
    "axis=0",
    "{t-1}",
]
PIECES += [
    "__class__",
    ".",
    "lambda",
    "for",
    "in",
    "if",
    ":=",
    "'",
    '"',
    "\\",
    "{",
    "}",
    "\n",
    " ",
    "=",
    "_",
    "é",
    "\x00",
    "pi",
    *FUNCTIONS,
]


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)))
@example("sum(" * 59 + "v")
@example("[" + "A," * 400 + "A]")
def test_any_text_is_a_formula_or_one_clear_error(text):
    try:
        made = solver(text)
    except FormulaError as refused:
        assert refused.where == "/steps/0/is"  # noqa: PT017
        assert refused.detail  # noqa: PT017
    else:
        step = made.run(made.read(GIVENS)).steps["z"]
        assert np.size(step.value) <= 400
        assert "@" not in notation.in_letters(step.formula, made.symbols)


arithmetic = st.recursive(
    st.sampled_from(["x", "y", "2", "0.5", "v", "u"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda a: f"(-{a})"),
        inner.map(lambda a: f"{a}^2"),
        inner.map(lambda a: f"exp({a})"),
        inner.map(lambda a: f"tanh({a})"),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(arithmetic)
def test_random_arithmetic_is_what_python_says(text):
    """An oracle of its own: these formulas happen to be Python too."""
    scope = {"x": np.float64(2), "y": np.float64(-3), "v": V, "u": U, "exp": np.exp, "tanh": np.tanh}
    with np.errstate(all="ignore"):
        expected = eval(text.replace("^", "**"), {"__builtins__": {}}, scope)
    try:
        value = run(text).value
    except FormulaError as refused:
        assert "no finite number" in refused.detail or "inside each other" in refused.detail  # noqa: PT017
        return
    np.testing.assert_allclose(value, expected, rtol=1e-12)


def test_a_tree_compares_without_its_places():
    assert read("x+ y") == read(" x + y")
    assert read("x + y") != read("y + x")
