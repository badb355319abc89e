"""The record for its student to keep, and the commands that check it: audit, verify-receipt, user delete."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from exam import papers, people, sittings, starting
from exam.store import attempts as rows
from exam.store import open_store
from exam.store import people as people_rows
from tests.databases import on_both
from web.cli import app as command_line

GD = "optim-gd-vary"


def practised(program, an):
    return starting.practise(program.app.state.store, an.person, GD)


def test_a_student_keeps_their_record_and_checks_their_receipt_without_the_server(program, tmp_path):
    an = program()
    attempt = practised(an, an)
    an.put(f"/api/v1/attempts/{attempt}/answers/{GD}/w1[0]", json={"text": " 2,5 🙂\u202e\0"})
    receipt = an.post(f"/api/v1/attempts/{attempt}/submit").json()["receipt"]
    reply = an.get(f"/api/v1/attempts/{attempt}/record")
    assert reply.headers["content-type"] == "application/jsonl"
    assert f'filename="gradus-record-{attempt}.jsonl"' in reply.headers["content-disposition"]
    (tmp_path / "record.jsonl").write_bytes(reply.content)
    nowhere = {"GRADUS_DATABASE": str(tmp_path / "no" / "such.db")}
    asked = ["verify-receipt", receipt, str(tmp_path / "record.jsonl")]
    proof = json.loads(CliRunner().invoke(command_line, [*asked, "--json"], env=nowhere).stdout)
    assert proof["answers"] == {GD: {"w1[0]": " 2,5 🙂\u202e\0"}}
    said = CliRunner().invoke(command_line, asked, env={**nowhere, "COLUMNS": "120"}).stdout
    assert "genuine" in said
    assert "\u202e" not in said
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("state", ["open", "submitted"])
def test_a_record_holds_nothing_but_the_students_own(program, state):
    an = program()
    attempt = practised(an, an)
    if state == "submitted":
        an.post(f"/api/v1/attempts/{attempt}/submit")
    text = an.get(f"/api/v1/attempts/{attempt}/record").text
    (variant,) = sittings.sitting(an.app.state.store, an.person, attempt).variants
    assert str(variant.seed) not in text
    assert "marks" not in text
    assert an.account.name not in text


@pytest.fixture
def gradus(database):
    """Runs a command on this database."""

    def run(*arguments, code=0):
        result = CliRunner().invoke(command_line, [str(one) for one in arguments], env={"GRADUS_DATABASE": database, "COLUMNS": "120"})
        assert result.exception is None or isinstance(result.exception, SystemExit), f"{arguments} broke with {result.exception!r}"
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def handed_in(database):
    """An attempt with its receipt, and its student's record."""
    store = open_store(database)
    papers.load(store)
    people.add_person(store, "An", "student")
    an = store.read(lambda c: people_rows.find_person(c, "An"))[0]
    attempt = starting.practise(store, an, GD)
    sittings.save(store, an, attempt, GD, "w1[0]", "2,5")
    receipt = sittings.submit(store, an, attempt)
    sittings.grades_of(store, sittings.sitting(store, an, attempt))
    yield attempt, receipt, store
    store.close()


@on_both
def test_an_audit_says_what_holds_and_what_it_cannot_see_and_ends_with_1_where_something_broke(gradus, handed_in, tmp_path):
    attempt, receipt, store = handed_in
    said = gradus("audit").stdout
    assert "1 of 1 attempts hold (4 events, 0 deleted)" in said
    assert "verify-receipt" in said
    (found,) = json.loads(gradus("audit", "--json").stdout)
    assert (found["attempt"], found["receipt"], found["problem"]) == (attempt, receipt, None)
    (tmp_path / "before.json").write_text(json.dumps([found]))
    gradus("audit", "--against", tmp_path / "before.json")
    (tmp_path / "before.json").write_text(json.dumps([{**found, "events": 9}]))
    gradus("audit", "--against", tmp_path / "before.json", code=1)
    store.write(lambda c: rows.append(c, attempt, 1.0, "answered", after=replace(rows.NOTHING, number=7), text="9"))
    broken = gradus("audit", code=1).stdout
    assert attempt in broken
    assert "event 4 is missing" in broken


@on_both
def test_a_deleted_person_is_gone_and_their_receipt_still_counts(gradus, handed_in):
    attempt, receipt, _ = handed_in
    assert "add --yes" in gradus("user", "delete", "An", code=1).stderr
    assert attempt in gradus("verify-receipt", receipt).stdout
    (stone,) = json.loads(gradus("user", "delete", "An", "--yes", "--json").stdout)
    assert (stone["attempt"], stone["receipt"], stone["events"]) == (attempt, receipt, 4)
    said = gradus("verify-receipt", receipt).stdout
    assert "genuine" in said
    assert "deleted" in said
    assert "1 of 1 attempts hold (4 events, 1 deleted)" in gradus("audit").stdout
    assert "nobody named" in gradus("user", "delete", "An", "--yes", code=1).stderr


@pytest.mark.parametrize("arguments", [["0" * 64], ["abc"], ["0" * 64, "missing.jsonl"], ["0" * 64, "."], ["0" * 64, "bytes"]])
def test_what_proves_nothing_is_one_sentence_and_exit_code_1(gradus, handed_in, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    refused = gradus("verify-receipt", *arguments, code=1)
    assert refused.stderr.count("\n") == 1
    assert json.loads(gradus("verify-receipt", *arguments, "--json", code=1).stdout)["error"] in ("bad_receipt", "bad_file", "not_proven")
