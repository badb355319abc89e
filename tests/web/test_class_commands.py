"""The commands about people: a class, its roster and its links from a terminal."""

import json

import pytest
from typer.testing import CliRunner

from web.cli import app as command_line


@pytest.fixture
def gradus(tmp_path):
    """Runs a command in this process, with a state folder of its own; JSON where it was asked for."""

    def run(*arguments, code=0, **more):
        env = {"GRADUS_STATE": str(tmp_path), "COLUMNS": "120", "GRADUS_LANG": "en"}
        result = CliRunner().invoke(command_line, [str(argument) for argument in arguments], env=env, **more)
        assert result.exception is None or isinstance(result.exception, SystemExit), f"{arguments} broke with {result.exception!r}"
        assert result.exit_code == code, result.output
        return json.loads(result.stdout) if "--json" in arguments else result.output

    return run


def test_a_class_is_made_filled_and_listed(gradus, tmp_path):
    gradus("user", "add", "Cô Hà", "--role", "teacher")
    assert gradus("class", "add", "Học sâu K67", "--teacher", "Cô Hà") == "hoc-sau-k67\n"
    assert gradus("class", "add", "Other", "--id", "k68", "--json") == {"id": "k68", "title": "Other", "students": 0}
    (tmp_path / "lớp.csv").write_bytes("Họ và tên;Nhóm\r\nTrần An;A\r\nLê Bình;B\r\n".encode("utf-16"))
    shown = gradus("class", "import", "hoc-sau-k67", tmp_path / "lớp.csv")
    assert "Trần An" in shown
    assert "/password/" not in shown
    assert [one["students"] for one in gradus("class", "list", "--json")] == [0, 0], "without --yes nothing is done"
    taken = gradus("class", "import", "hoc-sau-k67", tmp_path / "lớp.csv", "--yes", "--json")
    assert taken["done"]
    assert [link["name"] for link in taken["links"]] == ["Trần An", "Lê Bình"]
    assert all(link["path"].startswith("/password/") for link in taken["links"])
    assert "hoc-sau-k67                  2  Học sâu K67" in gradus("class", "list")
    assert [one["name"] for one in gradus("user", "list", "--json")] == ["Cô Hà", "Lê Bình", "Trần An"]


def test_a_roster_comes_also_from_standard_input_and_its_faults_are_told_by_line(gradus):
    gradus("class", "add", "K67")
    told = gradus("class", "import", "k67", "-", "--yes", input="An\nAn\n", code=1)
    assert "Line 2: 'An' stands in line 1 already" in told
    assert "Dòng 2" in gradus("class", "import", "k67", "-", "--lang", "vi", input="An\nAn\n", code=1)
    assert gradus("class", "list", "--json")[0]["students"] == 0
    gradus("class", "import", "k67", "-", "--yes", input="An\n")
    assert gradus("class", "list", "--json")[0]["students"] == 1


def test_a_password_link_is_printed_for_anybody(gradus):
    gradus("user", "add", "An", "--role", "administrator")
    made = gradus("user", "link", "An", "--days", "2", "--json")
    assert made["path"].startswith("/password/")
    assert gradus("user", "link", "An").startswith("An /password/")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("class", "import", "nowhere", "-"), "no class"),
        (("class", "import", "nowhere", "/nowhere/at/all.csv"), "cannot be read"),
        (("class", "add", ""), "title"),
        (("class", "add", "x", "--id", "A B"), "hyphens"),
        (("class", "add", "x", "--teacher", "Nobody"), "nobody named"),
        (("user", "link", "Nobody"), "nobody named"),
        (("user", "link", "Nobody", "--days", "99"), "30"),
        (("token", "add", "Nobody", "--scope", "teach"), "scope teach"),
    ],
)
def test_what_goes_wrong_is_one_sentence_with_its_remedy(gradus, arguments, word):
    told = gradus(*arguments, code=1, input="An\n")
    assert word in told
    assert len(told.strip().splitlines()) == 1
