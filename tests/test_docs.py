"""What the documents claim holds: the README's examples run, and every sentence of the interface has its translation."""

import json
import re
import shlex
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from typer.testing import CliRunner

from web import errors
from web.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)
COMMANDS = [line.removeprefix("$ ") for _, block in BLOCKS for line in block.splitlines() if re.match(r"(\$ )?gradus ", line)]


def run(command, columns="110"):
    words = shlex.split(command, comments=True)
    return CliRunner().invoke(app, words[1:], env={"COLUMNS": columns, "GRADUS_LANG": "en"})


@pytest.mark.parametrize("command", [command for command in COMMANDS if "check" not in command], ids=lambda command: command[:40])
def test_every_gradus_command_of_the_readme_runs(command):
    assert run(command).exit_code == 0


def test_the_marked_table_of_the_readme_is_what_gradus_prints():
    command = next(command for command in COMMANDS if "optim-momentum" in command)
    printed = {" ".join(line.split()) for line in run(command).stdout.splitlines()}
    (table,) = (block for kind, block in BLOCKS if kind == "text")
    for line in table.strip().splitlines():
        assert " ".join(line.split()) in printed


def test_the_request_of_the_readme_is_graded():
    from exam.submissions import grade_one

    (body,) = re.findall(r"-d '(\{\"question\": \"aio2024-cau-03-vary\".*?\})'", README)
    assert grade_one(json.loads(body)).question == "aio2024-cau-03-vary"


def test_every_script_and_folder_the_readme_names_is_there():
    for name in re.findall(r"\]\((docs/[^)]+)\)", README):
        assert (ROOT / name).exists(), name
    for command in re.findall(r"\./dev (\w+)", README):
        assert f"  {command})" in (ROOT / "dev").read_text(), command


def messages():
    """Every message of the templates and of the code."""
    methods = [("pages/**.html", "jinja2"), ("**.py", "python")]
    keywords = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
    for _, _, message, *_ in extract_from_dir(ROOT / "web", methods, keywords=keywords):
        yield message if isinstance(message, str) else message[0]


def test_every_message_has_a_vietnamese_translation_and_none_is_left_over():
    with (ROOT / "web" / "words" / "vi.po").open("rb") as file:
        catalogue = read_po(file, locale="vi")
    translated = {(m.id if isinstance(m.id, str) else m.id[0]): m for m in catalogue if m.id}
    wanted = set(messages()) | {sentence for said in errors.SAID.values() for sentence in said} | set(errors.OTHERWISE)
    wanted |= {"correct", "wrong", "left blank", "could not be read"}
    assert wanted - translated.keys() == set(), "without a translation"
    assert translated.keys() - wanted == set(), "translated, but nowhere said"
    for message in translated.values():
        text = message.string if isinstance(message.string, str) else message.string[0]
        assert text
        assert not message.fuzzy
        source = message.id if isinstance(message.id, str) else message.id[1]
        assert set(re.findall(r"%\(\w+\)s", text)) == set(re.findall(r"%\(\w+\)s", source)), message.id
