"""The command line: the documents of the API, text that people read, and an exit code that says how it went."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from questions.schema import question_schema
from web.cli import app as command_line

ROOT = Path(__file__).parents[2]
GRADUS = [sys.executable, "-c", "from web.cli import main; main()"]
NET = json.dumps({"x": 3, "w1": 0.8, "b1": 0, "w2": [0.3, -0.4], "label": 0})
COMMANDS = ("solve", "solvers", "questions", "variant", "grade", "check", "schema", "serve", "token")

LINE = """\
id: line
title: {vi: Đường thẳng, en: A line}
source: made for this test
givens: {x: {from: 2, to: 9, step: 1}, w: {from: 2, to: 9, step: 1}}
prompt: {vi: "x = @x", en: "x is @x"}
steps:
  - name: z
    is: w * x
    mistakes: {added: w + x}
parts: [{ask: z, places: 2}]
"""


@pytest.fixture
def gradus(tmp_path):
    """Runs a command in this process, with a state folder of its own."""

    def run(*arguments, **environment):
        env = {"GRADUS_STATE": str(tmp_path), "COLUMNS": "120", **environment}
        result = CliRunner().invoke(command_line, [str(argument) for argument in arguments], env=env)
        assert result.exception is None or isinstance(result.exception, SystemExit), f"{arguments} broke with {result.exception!r}"
        return result

    return run


def document(result, code=0):
    """The one JSON document that a command printed."""
    assert result.exit_code == code, result.output[:500]
    assert result.stdout.count("\n") == 1
    return json.loads(result.stdout)


def environment(state):
    return {
        **{k: v for k, v in os.environ.items() if k != "GRADUS_DATABASE"},
        "GRADUS_STATE": str(state),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "default",
    }


# Documents


def test_solve_prints_the_document_of_the_api(gradus, client):
    rest = client.post("/api/v1/solvers/relu_softmax/solve", json={"givens": json.loads(NET)}).json()
    assert document(gradus("solve", "relu_softmax", "--given", NET, "--json")) == rest


def test_solvers_prints_the_document_of_the_api(gradus, client):
    assert document(gradus("solvers", "--json")) == client.get("/api/v1/solvers").json()


def test_questions_prints_the_document_of_the_api(gradus, client):
    shipped = document(gradus("questions", "--json"))
    assert shipped == client.get("/api/v1/questions").json()[: len(shipped)], "what teachers published comes after"


@pytest.mark.parametrize("id", ["aio2024-cau-01", "aio2024-cau-05-vary", "aio2024-cau-02-vary-mc", "optim-adam-vary", "optim-mcq-12"])
def test_variant_prints_the_document_of_the_api(gradus, client, id):
    rest = client.get(f"/api/v1/questions/{id}/variants/7").json()
    assert document(gradus("variant", id, "--seed", 7, "--json")) == rest


@pytest.mark.parametrize(
    ("id", "answers"),
    [
        ("aio2024-cau-01", {"answer": "C"}),
        ("optim-momentum", {"g1[0]": "-1", "v1[0]": "-1", "w1[0]": "-4,4", "g1[1]": -8, "v1[1]": "what?"}),
        ("aio2024-cau-05-vary", {"h": [[0.1, 0.2]], "loss": "0,5"}),
        ("optim-mcq-01", {}),
    ],
)
def test_grade_prints_the_document_of_the_api(gradus, client, id, answers):
    rest = client.post("/api/v1/grade", json={"question": id, "seed": 7, "answers": answers}).json()
    assert document(gradus("grade", id, "--seed", 7, "--answers", json.dumps(answers), "--json")) == rest


def test_grade_takes_givens_in_place_of_a_seed_as_the_api_does(gradus, client):
    givens = client.get("/api/v1/questions/optim-adam-vary/variants/5").json()["givens"]
    body = {"question": "optim-adam-vary", "givens": givens, "answers": {"g1[0]": "1"}}
    rest = client.post("/api/v1/grade", json=body).json()
    typed = ("--givens", json.dumps(givens), "--answers", '{"g1[0]": "1"}', "--json")
    assert document(gradus("grade", "optim-adam-vary", *typed)) == rest


def test_check_reports_each_question_and_finds_no_problem(gradus):
    pytest.importorskip("torch")
    found = document(gradus("check", "optim-momentum-vary", "optim-mcq-01", "--seeds", 3, "--json"))
    assert [audit["question"] for audit in found] == ["optim-momentum-vary", "optim-mcq-01"]
    assert [audit["problems"] for audit in found] == [[], []]
    assert found[0]["accepted"] > 0.3
    assert found[0]["students"]["perfect"] == 1


def test_token_add_prints_a_token_and_keeps_only_its_hash(gradus, tmp_path):
    made = document(gradus("token", "add", "me", "--scope", "grade", "--json"))
    assert list(made) == ["token"]
    assert len(made["token"]) > 40
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert not any(made["token"].encode() in content for content in kept)


# For people


def test_a_worked_solution_shows_letters_numbers_and_values(gradus):
    text = gradus("solve", "relu_softmax", "--given", NET, "--lang", "en").stdout
    assert "z = w₁ · x + b₁" in text
    assert "= 0.8 · 3 + 0" in text
    assert "= 2.4" in text
    assert "= 0.17090" in text
    assert "@" not in text
    assert "\\" not in text


def test_a_variant_reads_as_a_question_in_either_language(gradus):
    vi = gradus("variant", "optim-adam-vary", "--seed", 7, "--lang", "vi").stdout
    en = gradus("variant", "optim-adam-vary", "--seed", 7, "--lang", "en").stdout
    assert "bảng hai epoch" in vi
    assert "two-epoch table" in en
    assert "g1[0]" in vi
    assert "\\" not in vi + en


def test_a_choice_shows_its_letters(gradus):
    text = gradus("variant", "aio2024-cau-01", "--seed", 0, "--lang", "en").stdout
    assert re.findall(r"\((\w)\) (\S+)", text) == [("a", "0.73"), ("b", "0.74"), ("c", "0.72"), ("d", "0.71")]


def test_a_marked_table_shows_verdicts_marks_and_the_first_wrong_step(gradus):
    answers = json.dumps({"g1[0]": "-1", "v1[0]": "-1", "w1[0]": "-4,4"})
    en = gradus("grade", "optim-momentum", "--seed", 0, "--answers", answers, "--lang", "en").stdout
    vi = gradus("grade", "optim-momentum", "--seed", 0, "--answers", answers, "--lang", "vi").stdout
    assert re.search(r"^w1\[0\] +-4\.4 .*correct from yours +0\.50 ", en, re.MULTILINE)
    assert "Total: 1.00 of 6.00" in en
    assert "First wrong step: v1[0]" in en
    assert "Tổng: 1.00 trên 6.00" in vi
    assert "known mistake" in en
    assert "lỗi thường gặp" in vi


def test_the_language_may_come_from_the_environment(gradus):
    assert "Momentum: bảng hai epoch" in gradus("questions", GRADUS_LANG="vi").stdout
    assert "Momentum: the two-epoch table" in gradus("questions", GRADUS_LANG="en").stdout


def test_the_list_names_every_question(gradus, client):
    text = gradus("questions", "--lang", "en").stdout
    assert all(question["id"] in text for question in document(gradus("questions", "--json")))


def test_help_names_every_command_and_each_has_its_own(gradus):
    text = gradus("--help").stdout
    for name in COMMANDS:
        assert re.search(rf"^\W+{name} ", text, re.MULTILINE)
        page = gradus(name, "--help")
        assert page.exit_code == 0
        assert name in page.stdout


def commands(of=None, path=()):
    """Every command and the words that call it."""
    of = of or get_command(command_line)
    yield path, of
    for name, command in getattr(of, "commands", {}).items():
        yield from commands(command, (*path, name))


def test_help_shows_what_to_fill_in_and_nothing_of_python(gradus):
    for path, command in commands():
        text = gradus(*path, "--help").stdout
        assert not re.search(r"<\w+>|\b(bool|str|int|None)\b", text)
        for param in command.params:
            assert param.help, f"{' '.join(path)} says nothing of {param.name}"
            flag_or_filled = param.param_type_name == "argument" or param.is_flag or param.metavar in text
            assert flag_or_filled, f"{' '.join(path)} does not say what to fill in for {param.name}"


def test_the_examples_of_the_help_run(gradus):
    examples = [line for _, command in commands() for line in re.findall(r"\[dim\]gradus (.*)\[/\]", command.help or "")]
    assert len(examples) >= 5
    for example in examples:
        if not example.startswith("check") and "--server" not in example:  # one takes long; a server is in test_remote.py
            result = gradus(*shlex.split(example))
            assert result.exit_code == 0, result.output


def test_a_question_file_is_checked_like_a_question_of_the_bank(gradus, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(LINE, encoding="utf-8")
    (audit,) = document(gradus("check", file, "--json"))
    assert (audit["question"], audit["problems"]) == ("line", [])
    file.write_text(LINE.replace("w * x", "w * q"), encoding="utf-8")
    said = document(gradus("check", file, "--json"), code=1)["detail"]
    assert said.startswith("mine.yaml, line 8, field steps.0.is of line: column 5: 'q' is neither a given nor a step")
    file.write_bytes(b"\xff\xfe")
    assert "UTF-8" in document(gradus("check", file, "--json"), code=1)["detail"]


def test_the_schema_is_the_one_of_the_questions(gradus):
    assert json.loads(gradus("schema").stdout) == question_schema()


# What goes wrong

PROBLEMS = [
    (("solve", "nope", "--given", "{}"), "unknown_solver"),
    (("solve", "adam", "--given", "{}"), "bad_givens"),
    (("solve", "adam", "--given", "{"), "malformed"),
    (("solve", "adam", "--given", "[]"), "malformed"),
    (("solve", "adam", "--given", "[" * 100_000), "malformed"),
    (("solve", "relu_softmax", "--given", NET.replace("3", "NaN", 1)), "bad_givens"),
    (("variant", "nope", "--seed", "0"), "unknown_question"),
    (("variant", "[/]", "--seed", "0"), "unknown_question"),
    (("variant", "[bold]x", "--seed", "0"), "unknown_question"),
    (("variant", "a\x1b[31m\n", "--seed", "0"), "unknown_question"),
    (("variant", "\udcff", "--seed", "0"), "unknown_question"),
    (("variant", "optim-gd", "--seed", "-1"), "bad_seed"),
    (("variant", "optim-gd", "--seed", str(2**48)), "bad_seed"),
    (("variant", "optim-gd", "--seed", "9" * 30), "bad_seed"),
    (("grade", "nope", "--seed", "0", "--answers", "{}"), "unknown_question"),
    (("grade", "optim-gd", "--seed", "0", "--answers", "no"), "malformed"),
    (("grade", "optim-gd", "--seed", "0", "--answers", "null"), "malformed"),
    (("grade", "optim-gd", "--seed", "0", "--answers", '{"[/x]": 1}'), "unknown_part"),
    (("grade", "optim-gd", "--seed", "0", "--answers", '{"\\ud800": 1}'), "unknown_part"),
    (("grade", "optim-gd", "--seed", "0", "--answers", '{"g1[0]": {}}'), "bad_answer"),
    (("grade", "optim-gd", "--givens", "[]", "--answers", "{}"), "malformed"),
    (("grade", "optim-gd", "--givens", "{}", "--answers", "{}"), "bad_givens"),
    (("grade", "optim-gd", "--seed", "0", "--answers", '{"g1[0]": true}'), "bad_answer"),
    (("solve", "adam", "--given", '{"a": ' + "9" * 5_000 + "}"), "bad_givens"),
    (("check", "nope"), "unknown_question"),
    (("check", "nope.yaml"), "bad_question"),
    (("variant", __file__.replace(".py", ".yaml"), "--seed", "0"), "bad_question"),
    (("token", "add", "me", "--scope", "everything"), "bad_token"),
]
NAMES = [f"{' '.join(arguments)[:40]!a}" for arguments, _ in PROBLEMS]


@pytest.mark.parametrize(("arguments", "error"), PROBLEMS, ids=NAMES)
def test_a_problem_is_a_document_on_standard_output_with_json(gradus, arguments, error):
    problem = document(gradus(*arguments, "--json"), code=1)
    assert list(problem) == ["error", "detail", "where"]
    assert problem["error"] == error
    assert problem["detail"].strip()


@pytest.mark.parametrize(("arguments", "error"), PROBLEMS, ids=NAMES)
def test_a_problem_is_one_sentence_without_json(gradus, arguments, error):
    result = gradus(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith(error.replace("_", " "))


def test_a_sentence_repeats_what_was_typed_to_the_letter(gradus):
    assert "'[bold]x'" in gradus("variant", "[bold]x", "--seed", 0).stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("nope",),
        ("variant", "optim-gd"),
        ("variant", "--seed", "0"),
        ("variant", "optim-gd", "--seed", "x"),
        ("variant", "optim-gd", "--seed", "1.5"),
        ("grade", "optim-gd", "--seed", "0"),
        ("grade", "optim-gd", "--answers", "{}"),
        ("grade", "optim-gd", "--answers", "{}", "--seed", "0", "--givens", "{}"),
        ("solve", "adam"),
        ("questions", "extra"),
        ("questions", "--nope"),
        ("check", "--seeds", "0"),
        ("serve", "--port", "99999"),
        ("serve", "--port", "-1"),
        ("token", "add"),
        ("token", "add", "me"),
        ("questions", "--lang", "xx"),
        ("grade", "optim-gd", "--seed", "0", "--answers", "{}", "--lang", "xx"),
    ],
    ids=" ".join,
)
def test_a_usage_error_exits_with_2(gradus, arguments):
    result = gradus(*arguments)
    assert result.exit_code == 2
    assert "Usage" in result.stderr


@pytest.mark.parametrize("days", ["nan", "inf", "-1", "0", "1e400"])
def test_a_token_that_never_begins_or_never_ends_by_accident_is_not_made(gradus, days):
    result = gradus("token", "add", "me", "--scope", "grade", "--days", days)
    assert result.exit_code in (1, 2)
    assert result.stdout == ""


# As a process of its own


def test_the_shell_sees_the_exit_code_and_no_trace(tmp_path):
    for arguments, code in ((("questions",), 0), (("variant", "nope", "--seed", "0"), 1), (("variant",), 2)):
        done = subprocess.run([*GRADUS, *arguments], cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, check=False)
        assert done.returncode == code
        assert "Traceback" not in done.stdout + done.stderr


def test_a_reader_that_leaves_early_is_no_problem(tmp_path):
    with subprocess.Popen(
        [*GRADUS, "questions", "--json"], cwd=ROOT, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.read(1)
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


@contextmanager
def serving(state):
    """`gradus serve` on a free port: the process and its address; killed at the end if it still runs."""
    process = subprocess.Popen(
        [*GRADUS, "serve", "--port", "0"], cwd=ROOT, env=environment(state), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    watchdog = Timer(60, process.kill)  # a server that says nothing must not hang the tests
    watchdog.start()
    try:
        found = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in process.stdout)
        address = next((match[0] for match in found if match), None)
        assert address, process.stderr.read()
        yield process, address
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


def test_serve_prints_its_address_answers_and_ends_on_sigterm(tmp_path):
    with serving(tmp_path) as (process, address):
        with urllib.request.urlopen(f"{address}/healthz", timeout=20) as reply:
            assert json.load(reply)["status"] == "ok"
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{address}/api/v1/questions", timeout=20)
        with refused.value as problem:
            assert problem.code == 401
            assert json.load(problem)["error"] == "no_token"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) in (0, -signal.SIGTERM, 128 + signal.SIGTERM)
        assert process.stderr.read() == ""


def test_a_token_made_while_the_server_runs_opens_it(tmp_path):
    with serving(tmp_path) as (_, address):
        made = subprocess.run(
            [*GRADUS, "token", "add", "me", "--scope", "grade"],
            cwd=ROOT,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            check=True,
        )
        asked = urllib.request.Request(f"{address}/api/v1/questions", headers={"Authorization": f"Bearer {made.stdout.strip()}"})
        with urllib.request.urlopen(asked, timeout=20) as reply:
            assert len(json.load(reply)) > 40


def test_a_taken_port_is_one_sentence_with_the_remedy(tmp_path):
    with serving(tmp_path) as (_, address):
        port = address.rpartition(":")[2]
        second = subprocess.run(
            [*GRADUS, "serve", "--port", port], cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=30, check=False
        )
    assert second.returncode == 1
    assert "--port" in second.stderr
    assert second.stderr.count("\n") == 1


def test_a_web_worker_never_imports_torch(tmp_path):
    code = """
import sys
import web.app
from exam.submissions import grade_one
import web.server
grade_one({"question": "optim-adam-vary", "seed": 7, "answers": {"g1[0]": "1"}})
assert "torch" not in sys.modules, "torch"
assert not any(name.startswith("solvers.twins") for name in sys.modules), "twins"
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (r"\frac{\partial L}{\partial\mathbf{y}}", "∂L/∂y"),
        (r"\tfrac{1}{2}\,\sigma(\beta x) \to \dfrac{x}{2}", "1/2 σ(β x) → x/2"),
        (r"\begin{bmatrix} 2 & -1 \\ 1 & 3 \end{bmatrix}", "[2, −1; 1, 3]"),
        (r"\boldsymbol{\ell} \approx \lambda\,\Phi(x)", "ℓ ≈ λ Φ(x)"),
        (r"\mathbb{E}[X^2] - \mathbb{E}[X]^2", "E[X²] − E[X]²"),
        (r"w \sim \mathcal{N}(0, \sigma^2)", "w ∼ N(0, σ²)"),
        (r"\frac{\frac{\partial L}{\partial z}}{\frac{\partial R}{\partial z}}", "(∂L/∂z)/(∂R/∂z)"),
        (r"\frac{x^3}{48} - \frac{1}{2 \cdot a}", "x³/48 − 1/(2 · a)"),
        (r"\mathbf{w}_{T} = \mathbf{q}^{\mathsf{T}}", "w_T = qᵀ"),
        (r"\left\lfloor \frac{t}{p} \right\rfloor", "⌊t/p⌋"),
        (r"\mathrm{clip}\!\left(\mathbf{g},\; \pm t^{1/4}\right)", "clip(g, ± t^(1/4))"),
        (r"\left\{x : \mathbf{d} \cdot (x^4, x) = 0\right\}", "{x : d · (x⁴, x) = 0}"),
    ],
)
def test_a_formula_reads_as_plain_text_in_the_terminal(tex, plain):
    from web.terminal import text

    assert text(tex) == plain
