"""Formulas are solvers like any other: they agree with the hand-written ones in every number and every verdict, for cohorts too."""

import numpy as np
import pytest

import solvers
from exam import students
from exam.audit import audit
from exam.grading import mark
from exam.layout import layout_for
from questions.bank import BadQuestion, get, parse
from questions.formulas import solver_of
from questions.model import Question
from questions.variant import draw
from solvers import notation
from solvers.errors import BadGivens
from solvers.worksheet import carrying, slipping
from tests.givens import random_givens
from tests.rewritten import ASKED, WRITTEN, rewritten

names = pytest.mark.parametrize("name", WRITTEN)


def both(name, seed):
    """The hand-written solver, the same in formulas, and random givens for them."""
    ours = solvers.get(name)
    givens = random_givens(ours, seed)
    specs = {given: np.asarray(value).tolist() for given, value in givens.items()}
    model = rewritten(name)
    return ours, solver_of(name, model.steps, specs, model.symbols, model.first), givens


def assert_same(ours, theirs):
    assert ours.steps.keys() == theirs.steps.keys()
    for name, step in ours.steps.items():
        other = theirs.steps[name]
        assert step.mistakes.keys() == other.mistakes.keys(), name
        for said, a, b in [(name, step.value, other.value), *((m, v, other.mistakes[m]) for m, v in step.mistakes.items())]:
            np.testing.assert_allclose(np.broadcast_to(a, step.value.shape), b, rtol=1e-12, atol=1e-300, err_msg=f"{said} of {name}")


@names
def test_every_value_and_every_mistake_agrees_with_the_hand_written_solver(name):
    for seed in range(60):
        ours, theirs, givens = both(name, seed)
        assert set(theirs.mistakes) == {m for step in ours.run(givens).steps.values() for m in step.mistakes}
        assert_same(ours.run(givens), theirs.run(givens))
        for mistake in theirs.mistakes:
            assert_same(ours.run(givens, slipping(mistake)), theirs.run(givens, slipping(mistake)))


@names
def test_every_verdict_of_the_simulated_students_agrees(name):
    question, again = get(ASKED[name]), rewritten(name)
    variants = [(draw(question, seed), draw(again, seed)) for seed in range(150)]
    assert all(v.plain_givens().items() <= w.plain_givens().items() for v, w in variants)
    rooms = []
    for q, column in ((question, 0), (again, 1)):
        pairs = [pair[column] for pair in variants]
        rooms.append((layout_for(q, pairs[0].givens), q.computation.stack([v.givens for v in pairs])))
    (ours, our_givens), (theirs, their_givens) = rooms
    tried = set()
    for typed in everyone(ours, our_givens, len(variants)):
        a, b = mark(ours, our_givens, typed), mark(theirs, their_givens, typed)
        np.testing.assert_array_equal(a.verdict, b.verdict)
        np.testing.assert_array_equal(a.source, b.source)
        np.testing.assert_array_equal(named(ours, a), named(theirs, b))
        tried |= set(np.unique(a.verdict))
    assert tried == {0, 1, 2, 3, 4}


def named(layout, marking):
    return np.array([*layout.solver.mistakes, ""], dtype=object)[marking.mistake]


def everyone(layout, givens, count):
    """What the simulated students type: the perfect, the rounding, the lazy, and those who slip at each entry in each way."""
    for student in (students.perfect, students.rounds_when_typing, students.rounds_as_they_go, students.blank, students.dust):
        yield student(layout, givens, count)
    for entry, (_, step, _) in enumerate(layout.entries):
        slips = [students.by_factor(f) for f in (-1.0, 0.5, 1.3)]
        known = layout.solver.run(givens).steps[step].mistakes
        for change in [*slips, *map(students.by_mistake, known)]:
            for as_they_go in (False, True):
                habit = students.slips_once(layout, entry, change, as_they_go)
                yield students.write_down(layout, students.work(layout, givens, count, habit))
    rng = np.random.default_rng(0)
    typed = students.rounds_when_typing(layout, givens, count)
    yield typed + rng.choice([0.0, 0.37, np.nan], typed.shape, p=[0.8, 0.1, 0.1])


@names
def test_a_question_in_formulas_is_sound(name):
    found = audit(rewritten(name), seeds=12)
    assert found.problems == []
    assert found.proof == "formulas; no stored tests"


@names
def test_a_cohort_of_classes_is_computed_as_each_student_alone(name):
    _, solver, first = both(name, 3)
    many = [{n: v if solver.givens[n].fixed or n == "label" else v * (1 - 0.05 * i) for n, v in first.items()} for i in range(6)]
    stacked = solver.stack(many)
    classes = {n: v if solver.givens[n].fixed else v.reshape(2, 3, *v.shape[1:]) for n, v in stacked.items()}
    together, in_classes = solver.run(stacked).steps, solver.run(classes).steps
    for i, givens in enumerate(many):
        for step in solver.run(givens).steps.values():
            for mistake, value in [(None, step.value), *step.mistakes.items()]:
                for steps, at in ((together, i), (in_classes, divmod(i, 3))):
                    whole = steps[step.name].value if mistake is None else steps[step.name].mistakes[mistake]
                    np.testing.assert_allclose(np.broadcast_to(whole, steps[step.name].value.shape)[at], value, rtol=1e-9)


@names
def test_tex_names_every_number_that_a_formula_uses(name):
    """Nudge one number, hold all others, and see which formulas give something else."""
    for seed in range(5):
        _, solver, givens = both(name, seed)
        straight = solver.run(givens)
        numbers = {step: s.number for step, s in straight.steps.items()}
        for source in [n for n, spec in solver.givens.items() if not spec.fixed and n != "label"] + list(numbers):
            changed = {**givens, source: givens[source] * 1.001 + 1e-4} if source in givens else givens
            held = {k: v * 1.001 + 1e-4 if k == source else v for k, v in numbers.items()}
            for step in solver.run(changed, carrying(held)).steps.values():
                moved = not np.allclose(step.value, straight.steps[step.name].value, rtol=1e-9, atol=1e-12, equal_nan=True)
                assert not moved or source in step.needs, f"{step.name} moves with {source}, which '{step.formula}' does not name"


@names
def test_tex_prints_in_letters_and_in_numbers(name):
    _, solver, givens = both(name, 2)
    sheet = solver.run(givens)
    for step in sheet.steps.values():
        for text in (notation.in_letters(step.formula, solver.symbols), notation.in_numbers(step.formula, sheet.numbers())):
            assert "@" not in text
            assert text.count("{") == text.count("}")
            assert text.count(r"\left") == text.count(r"\right")


# In a question file

GOOD = """\
id: net
title: {vi: Mạng nhỏ, en: A small net}
source: made for this test
symbols: {yh: '\\hat y'}
givens:
  x: {from: 1, to: 5, step: 0.5}
  w: [0.8, -0.4]
  y: 1
  n: 2
  u0: [1, 2]
prompt: {vi: "x = @x", en: "x is @x"}
steps:
  - name: z
    is: w * x
    mistakes: {added: w + x}
  - name: yh
    title: {vi: xác suất, en: probability}
    is: sigmoid(z)
  - name: loss
    is: sum(yh - y)
    mistakes:
      squared:
        is: sum((yh - y)^2)
        label: {vi: bình phương, en: squared}
        advice: {vi: "Đừng bình phương.", en: "Do not square."}
  - for: t in 1..n
    steps:
      - name: u{t}
        is: u{t-1} - loss / t
        mistakes: {uphill: "u{t-1} + loss / t"}
tells_apart: [squared]
parts:
  - {ask: loss, places: 4}
  - {ask: u2, entries: 2, places: 4}
"""
HOT = "onehot(y, 20)"
LOOP = "t in 1..n\n    steps:\n      - name: u{t}\n        is: u{t-1} - loss / t"
FAULTS = {
    "solver and steps": ("givens:", "solver: adam\ngivens:", "steps", "remove one", "steps:\n  - name: z"),
    "symbols with a solver": ("symbols: {yh", "solver: adam\nsymbols: {yh", "steps", "remove one", "steps:\n  - name: z"),
    "unknown name": ("w * x", "w * q", "steps.0.is", "column 5: 'q' is neither a given nor a step"),
    "own name": ("sigmoid(z)", "sigmoid(yh)", "steps.1.is", "'yh' is computed here or further down"),
    "later name": ("w * x", "w * loss", "steps.0.is", "a step may use only what stands before it"),
    "in a mistake": ("w + x", "w + ", "steps.0.mistakes.added", "column 4: a number, a name"),
    "shape of a mistake": ("w + x", "'[1, 2, 3]'", "steps.0.mistakes.added", "shape (3,) where the step has (2,)"),
    "the step as its mistake": ("w + x", "w*x", "steps.0.mistakes.added", "'added' is the step itself"),
    "name of a mistake": ("added:", "Not Good:", "steps.0.mistakes.Not Good", "String should match pattern"),
    "half the words": ("label: {vi: bình phương, en: squared}", "label: squared", "steps.2.mistakes.squared.label", "dictionary"),
    "two of a name": ("name: yh", "name: z", "steps.1.name", "there are two of 'z'", "name: z\n    title"),
    "name of a given": ("name: yh", "name: x", "steps.1.name", "there are two of 'x'"),
    "name of a function": ("name: yh", "name: exp", "steps.1.name", "'exp' means something in formulas already"),
    "name with a line": ("name: yh", "name: y_h", "steps.1.name", "'y_h' is no name; take letters"),
    "name of a given with a line": ("  w: [", "  w_1: [", "givens.w_1", "'w_1' is no name"),
    "letter of a loop": (
        "u{t-1} - loss",
        "u{i-1} - loss",
        "steps.3.steps.0.is",
        "'u{i-1}' counts by i, but the letter of this loop is t",
    ),
    "no start": ("u{t-1} - loss", "u{t-2} - loss", "steps.3.steps.0.is", "'u{t-2}' would be u-1 where t is 1"),
    "the same in every round": ("name: u{t}", "name: u", "steps.3.steps.0.name", "would be the same in every round"),
    "no loop": ("t in 1..n", "t from 1 to n", "steps.3.for", "such as 't in 1..epochs'"),
    "nothing to repeat": ("t in 1..n", "t in 3..n", "steps.3.for", "there is nothing from 3 to 2"),
    "for ever": ("t in 1..n", "t in 1..100000", "steps.3.for", "a whole number up to 1,000"),
    "too often": ("t in 1..n", "t in 1..1000", "steps.3.steps.0.name", "more than 1,000 steps", "name: u{t}"),
    "too much in one step": (
        "w * x",
        f"w * x * sum(column({HOT}) * {HOT}{' + 1' * 14})",
        "steps.0",
        "more than 5,000 numbers in",
        "name: z",
    ),
    "too much in all": (
        LOOP,
        LOOP.replace("n\n", "900\n").replace("/ t", "/ t + u0" * 29),
        "steps.3.steps.0",
        "50,000 in all",
        "name: u{t}",
    ),
    "drawn rounds": ("n: 2", "n: {from: 1, to: 3, step: 1}", "steps.3.for", "a given that is one and is not drawn", "for: t"),
    "rounds that are no number": ("n: 2", "n: 2.5", "steps.3.for", "a given that is one", "for: t"),
    "letter that is a given": ("t in 1..n", "x in 1..n", "steps.3.for", "the letter 'x' is a given already"),
    "rows of different length": ("w: [0.8, -0.4]", "w: [[1, 2], [3]]", "givens.w", "differ in length"),
    "draws of different length": ("w: [0.8, -0.4]", "w: {oneof: [[1, 2], [3]]}", "givens.w", "differ in length"),
    "symbol with a hole": ("'\\hat y'", "'@x'", "symbols.yh", "String should match pattern"),
    "unknown field of a step": ("    is: w * x", "    is: w * x\n    are: 3", "steps.0.are", "not a field", "are: 3"),
    "missing field of a step": ("    is: w * x", "    title: {vi: a, en: b}", "steps.0.is", "missing", "name: z"),
    "unknown mistake": (
        "[squared]",
        "[doubled]",
        "tells_apart.0",
        "'doubled' is not a mistake of net; there are added, squared, uphill",
    ),
    "unknown step": ("ask: loss", "ask: lost", "parts.0", "there are z, yh, loss, u1, u2"),
    "number in place of steps": ("      - name: u{t}", "      - 3\n      - name: u{t}", "steps.3.steps.0", "dictionary"),
}


def test_the_question_that_the_faults_are_made_of_is_good():
    (question,) = parse(GOOD)
    variant = draw(question, 3)
    z = np.array([0.8, -0.4]) * variant.givens["x"]
    loss = (1 / (1 + np.exp(-z)) - 1).sum()
    np.testing.assert_allclose(variant.sheet.steps["u2"].value, np.array([1, 2]) - loss - loss / 2)
    kept = Question.model_validate_json(question.model_dump_json(by_alias=True))
    assert kept == question, "a stored version holds its formulas"
    assert draw(kept, 3).plain_givens() == variant.plain_givens()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_said_with_file_line_field_and_column(fault):
    """A fault: what is changed to what, the field and what is said of it, and what stands on that line if not what was changed."""
    was, becomes, field, said, *there = fault
    assert GOOD.count(was) == 1
    text = GOOD.replace(was, becomes)
    line = text.count("\n", 0, text.index(there[0] if there else becomes)) + 1
    with pytest.raises(BadQuestion) as refused:
        parse(text, "mine.yaml")
    assert said in refused.value.detail
    assert refused.value.detail.startswith(f"mine.yaml, line {line}, field {field} of net: "), refused.value.detail


def test_a_formula_that_divides_by_zero_in_every_draw_is_refused_with_its_step():
    with pytest.raises(BadQuestion, match="of 1000 draws of net is fair to mark; the last: loss is not finite"):
        parse(GOOD.replace("sum(yh - y)", "sum(yh - y) / (x - x)"))
    with pytest.raises(BadQuestion, match=r"field parts.0 of net: 'loss' is not finite with these givens; change them"):
        parse(GOOD.replace("sum(yh - y)", "sum(yh - y) / (x - x)").replace("{from: 1, to: 5, step: 0.5}", "1"))


def test_a_mistake_says_its_own_words_or_what_was_computed_in_place_of_what():
    known = parse(GOOD)[0].computation.mistakes
    assert known["squared"].en == ("squared", "Do not square.")
    assert known["added"].en == (r"$w + x$ in place of $w \cdot x$", r"Compute $w \cdot x$ in this step.")
    assert known["uphill"].vi[0] == r"tính ${u_{t-1}} + \frac{L}{t}$ thay cho ${u_{t-1}} - \frac{L}{t}$"


def test_symbols_and_titles_of_steps_are_those_that_are_stated():
    solver = parse(GOOD)[0].computation
    assert notation.symbol("yh", solver.symbols) == r"\hat y"
    assert solver.words == {"yh": ("xác suất", "probability")}


@pytest.mark.parametrize("bent", ["2 * relu(z)", "max(0, z)", "max(z, 0) + 1", "where(z > 0, z, z / 10)", "where(0 < z, z, 0)"])
def test_a_name_that_bends_at_zero_is_kept_off_the_kink(bent):
    assert parse(GOOD.replace("sigmoid(z)", bent))[0].computation.kinks == ("z",)


@pytest.mark.parametrize("straight", ["relu(w)", "max(z, 1)", "z * (z > 0)", "where(z > 1, z, 1)", "where(w > 0, z, 1)"])
def test_no_other_name_is_and_no_given(straight):
    assert parse(GOOD.replace("sigmoid(z)", straight))[0].computation.kinks == ()


def test_a_given_that_says_how_often_is_the_same_for_everyone():
    solver = parse(GOOD)[0].computation
    assert [name for name, spec in solver.givens.items() if spec.fixed] == ["n"]
    with pytest.raises(BadGivens, match="'n' holds 3; allowed are whole numbers from 2 up to 2"):
        solver.read({"x": 1, "w": [1, 2], "y": 1, "n": 3, "u0": [1, 2]})
