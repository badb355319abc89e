"""The terminal prints every solver's solution and every question as plain text, in both languages, with no TeX left in it."""

import io
import re

import pytest
from rich.console import Console

import solvers
from exam.audit import Audit
from questions import documents
from questions.bank import bank
from questions.variant import draw
from tests.givens import random_givens
from web import terminal

RAW = re.compile(r"[\\$]|[\^_]\{|@[A-Za-z]")


def printed(show, *what):
    """What `show` prints on a wide terminal, in each language."""
    for language in ("vi", "en"):
        out = io.StringIO()
        show(Console(width=400, color_system=None, file=out), *what, language)
        yield out.getvalue()


@pytest.mark.parametrize("name", solvers.solvers())
def test_a_solution_shows_no_tex(name):
    solver = solvers.get(name)
    solution = documents.solution(solver, solver.run(random_givens(solver, 1)))
    for text in printed(terminal.print_solution, solution):
        assert not RAW.search(text), text


@pytest.mark.parametrize("question", bank().values(), ids=lambda question: question.id)
def test_a_variant_shows_no_tex(question):
    for text in printed(terminal.print_variant, documents.variant_document(draw(question, 7))):
        assert not RAW.search(text), text


@pytest.mark.parametrize("name", solvers.solvers())
def test_what_is_said_of_a_mistake_shows_no_tex(name):
    for mistake in solvers.get(name).mistakes.values():
        for text in (*mistake.vi, *mistake.en):
            assert not RAW.search(terminal.prose(text)), text


@pytest.mark.parametrize("question", bank().values(), ids=lambda question: question.id)
def test_what_is_said_of_an_answer_shows_no_tex(question):
    said = [words for words in (question.correction, question.explanation) if words]
    said += [option.why for part in question.asked for option in (part.options or {}).values() if option.why]
    said += [pair.why for part in question.asked for pair in part.pairs or [] if pair.why]
    for words in said:
        for text in (words.vi, words.en):
            assert not RAW.search(terminal.prose(text)), text


@pytest.mark.parametrize("width", [40, 80, 200])
def test_an_audit_says_every_problem_in_full_however_narrow_the_terminal_is(width):
    problems = [f"{n} % of classmates share every answer of [a, b]; widen the grids, and then check once more" for n in (6, 7)]
    students = {"perfect": 1.0, "rounds_as_they_go": 1.0, "all_zeros": 0.0, "all_ones": 0.0}
    long = "softmax-cross-entropy-vary-mc-of-somebody"
    out = io.StringIO()
    found = [Audit(long, 20, 1.0, 270_000, 0.0, "its twin agrees", students, 1.0, problems), Audit("line", 20)]
    terminal.print_audits(Console(width=width, color_system=None, file=out), found)
    lines = out.getvalue().splitlines()
    assert [line for line in lines if "classmates" in line] == [f"{long}: {problem}" for problem in problems]
    assert lines[-1] == "2 questions checked, 1 with problems"
    assert ("its twin agrees" in out.getvalue()) == (width == 200)
    if width >= 80:
        for text in ("✗", "variants", "270,000", "rounding", "a slip", "100 %"):
            assert text in out.getvalue()
        assert "…" not in out.getvalue()
