"""The exam bench: a whole exam goes through on both databases, and what goes wrong is counted."""

import json

import pytest

from tests.bench import exam
from tests.bench.exam import BUDGETS, Browser, Pace, Seen, enrolled, served, table
from tests.databases import on_both, on_sqlite

SHORT = Pace(0.5, 1, 0.5)


@on_both
def test_a_whole_exam_goes_through(database, monkeypatch, tmp_path):
    monkeypatch.setenv("GRADUS_STATE", str(tmp_path))
    result, seen = exam.exam(database, 3, pace=SHORT, quiet=True)
    assert seen.problems == []
    counted = {kind: len(taken) for kind, taken in seen.taken.items()}
    assert counted == {"sign in": 3, "start": 3, "page": 3, "save": 60, "submit": 3, "review": 3}
    assert (result.students, result.errors) == (3, 0)
    assert result.p95_ms > 0
    assert result.start_p95_ms > 0
    assert 20 < result.exam_cpu_ms < 5_000, "a password is hashed"
    lines = table(result, seen).splitlines()[1:]
    assert [line.split()[0] for line in lines[: len(BUDGETS)]] == list(BUDGETS)


@pytest.mark.slow
@on_both
def test_two_workers_sit_an_exam_and_their_cpu_time_is_counted(database, monkeypatch, tmp_path):
    monkeypatch.setenv("GRADUS_STATE", str(tmp_path))
    result, seen = exam.exam(database, 6, workers=2, pace=SHORT, quiet=True)
    assert seen.problems == []
    assert result.exam_cpu_ms > 20


@on_sqlite
@pytest.mark.parametrize(("name", "password"), [("nobody", "x"), (None, "wrong")])
def test_a_student_who_cannot_sit_is_counted_as_an_error(database, name, password, monkeypatch):
    import asyncio

    async def sign_in(port, name):
        seen = Seen()
        async with Browser(port, seen) as browser:
            await browser.ask("sign in", "POST", "/sign-in", {"name": name, "password": password}, form=True)
            await browser.ask("start", "POST", "/api/v1/papers/optimisers/attempts", {})
        return seen

    (student,) = enrolled(database, 1)
    with served(database, 1) as (_, port):
        seen = asyncio.run(sign_in(port, name or student))
    assert [problem.split(":")[0] for problem in seen.problems] == ["sign in", "start"]


def test_p95_is_what_95_of_100_are_not_slower_than():
    seen = Seen()
    seen.taken["save"] += [i / 1000 for i in range(100, 0, -1)]
    seen.taken["page"] += [7.0]
    assert seen.p95_ms(["save"]) == 95.0
    assert seen.p95_ms() == 96.0
    assert json.dumps(seen.p95_ms(["none"])) == "NaN"
