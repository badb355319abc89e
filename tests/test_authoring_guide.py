"""What the authoring guide shows works: its questions are sound, its formulas compute, its commands run, its limits are the real ones."""

import re
import shlex
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exam import people
from exam.audit import audit
from exam.store import open_store
from questions import expressions, formulas, operations
from questions.bank import parse
from questions.expressions import FUNCTIONS
from questions.formulas import Step, solver_of
from tests.web.browser import Server
from web.app import make_app
from web.authoring_api import router
from web.cli import app

GUIDE = (Path(__file__).parents[1] / "docs" / "authoring.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
TABLE = GUIDE[GUIDE.index("| numbers, vectors") : GUIDE.index("`axis=0` goes")]
FORMULAS = re.findall(r"`([^`]+)`", TABLE)
GIVENS = {"x": 2.0, "y": 3.0, "v": [1.0, 2.0, 3.0], "u": [1.0, 0.0, 2.0], "p": [1.0, 2.0], "A": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "k": 1}


@pytest.mark.parametrize("text", QUESTIONS, ids=lambda text: text.split("\n")[0])
def test_a_question_of_the_guide_is_sound(text):
    (question,) = parse(text)
    found = audit(question, seeds=20)
    assert found.problems == []
    assert found.slips == 1


@pytest.mark.parametrize("formula", [one for one in FORMULAS if one != "log"])
def test_a_formula_of_the_guide_computes(formula):
    solver = solver_of("guide", [Step(name="z", **{"is": formula})], GIVENS)
    assert solver.run(solver.read(GIVENS)).steps["z"].formula


def test_the_guide_names_every_function():
    assert all(name in TABLE for name in FUNCTIONS)


def test_the_limits_of_the_guide_are_the_real_ones():
    said = GUIDE[GUIDE.index("## Limits") :]
    for limit in (expressions.LONGEST, expressions.DEEPEST, operations.MOST_ENTRIES, formulas.MOST_STEPS, formulas.MOST_WORK):
        assert f"{limit:,}" in said


def test_the_commands_of_the_guide_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("triplet.yaml").write_text(QUESTIONS[0], encoding="utf-8")
    Path("questions").mkdir()
    Path("questions/triplet.yaml").write_text(QUESTIONS[0], encoding="utf-8")
    elsewhere = "--server https://gradus.example.edu"
    shown = {
        "gradus variant triplet.yaml --seed 7": "2 d.p.",
        "gradus check triplet.yaml": "1 questions checked, 0 with",
        f"gradus pull questions/ {elsewhere}": "there is no question that a teacher wrote",
        f"gradus check questions/ {elsewhere}": "1 of 1 may be published",
        f"gradus push questions/ {elsewhere} --publish --dry-run": "published  triplet-loss",
        "gradus push questions/ --as 'Cô Hà' --publish": "published  triplet-loss",
        "gradus schema": "$defs",
    }
    assert [line for line in GUIDE.splitlines() if line.startswith("gradus ")] == list(shown)[:5]
    with closing(open_store(str(tmp_path / "gradus.db"))) as store:
        people.add_person(store, "Cô Hà", "teacher")
        told = {"GRADUS_TOKEN": people.add_token(store, "Cô Hà", "author"), "GRADUS_DATABASE": "gradus.db", "GRADUS_LANG": "en"}
        served = Server(make_app(store))
        for command, text in shown.items():
            typed = shlex.split(command.replace("https://gradus.example.edu", served.address))[1:]
            result = CliRunner().invoke(app, typed, env={"COLUMNS": "110", **told})
            assert result.exit_code == 0, result.output
            assert text in result.output
        served.stop()


def test_the_guide_names_every_route_of_writing_questions():
    said = GUIDE[GUIDE.index("## Over REST") :]
    for route in router.routes:
        assert any(f"{method} {route.path.removesuffix('/{number}')}" in said for method in route.methods), route.path
