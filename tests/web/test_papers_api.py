"""Sitting papers over REST: every endpoint with its documents, statuses and promises, for one's own attempts alone."""

import json
import time
from datetime import datetime
from urllib.parse import quote

import pytest

from exam import people, sittings
from exam.store import attempts as rows
from questions import bank

Q, Z = "aio2024-cau-01-vary", "aio2024-cau-01-vary/z"
PAPER = ["id", "title", "state", "description", "questions", "marks", "attempt"]
PAPER += ["opens", "closes", "minutes", "attempts", "can_start", "password", "forward_only"]
ATTEMPT = ["id", "paper", "state", "questions", "answers", "versions", "deadline", "paused", "at_question"]
VARIANT = ["question", "version", "seed", "givens", "title", "prompt", "parts"]
PART = ["name", "kind", "shape", "marks", "places", "figures", "choices", "symbol", "label", "rubric"]
SAVED = ["saved_at", "version", "read_as", "problem", "deadline", "seconds_left", "paused"]
REVIEW = ["attempt", "marks", "max_marks", "questions"]
REVIEWED = ["question", "version", "seed", "marks", "max_marks", "first_wrong", "parts", "solution"]
MARKED = ["name", "verdict", "marks", "max_marks", "mistake", "read_as", "feedback"]
STEP = ["name", "title", "symbol", "formula", "filled", "value", "own"]


@pytest.fixture
def an(program):
    return program()


def start(client, paper="aio2024-vary", status=201):
    reply = client.post(f"/api/v1/papers/{paper}/attempts")
    assert reply.status_code == status, reply.text
    return reply.json()


@pytest.fixture
def attempt(an):
    return start(an)["id"]


def put(client, attempt, at=Z, text="2.4", **more):
    """Saves an answer; `at` is question/part, to be encoded."""
    question, part = at.split("/")
    return client.put(f"/api/v1/attempts/{attempt}/answers/{quote(question, safe='')}/{quote(part, safe='')}", json={"text": text, **more})


def submit(client, attempt):
    return client.post(f"/api/v1/attempts/{attempt}/submit")


def saved(reply):
    assert reply.status_code == 200, reply.text
    assert list(reply.json()) == SAVED
    return reply.json()


def refused(reply, status, error):
    assert (reply.status_code, reply.json()["error"]) == (status, error), reply.text[:300]
    return reply.json()


# Documents


def test_the_papers_are_listed_with_their_state(an):
    documents = an.get("/api/v1/papers").json()
    assert [list(document) for document in documents] == [PAPER] * len(documents)
    assert [document["id"] for document in documents] == ["aio2024", "aio2024-vary", "optimisers", "training"]
    assert {(document["state"], document["attempt"]) for document in documents} == {("open", None)}
    assert [document["questions"] for document in documents] == [6, 6, 18, 13]
    for document in documents:
        assert set(document["title"]) == set(document["description"]) == {"vi", "en"}
    id = start(an)["id"]
    state = {d["id"]: (d["state"], d["attempt"]) for d in an.get("/api/v1/papers").json()}
    assert state == {
        "aio2024": ("open", None),
        "aio2024-vary": ("in_progress", id),
        "optimisers": ("open", None),
        "training": ("open", None),
    }
    submit(an, id)
    assert an.get("/api/v1/papers").json()[1]["state"] == "submitted"


@pytest.mark.parametrize("paper", ["aio2024", "aio2024-vary", "optimisers"])
def test_an_attempt_holds_its_variants_without_their_seeds(an, paper):
    document = start(an, paper)
    assert list(document) == ATTEMPT
    assert (document["paper"], document["state"], document["answers"], document["deadline"]) == (paper, "open", {}, None)
    ids = [variant["question"] for variant in document["questions"]]
    assert len(set(ids)) == len(ids), "a paper holds a question once"
    for variant in document["questions"]:
        assert list(variant) == VARIANT
        assert variant["seed"] is None
        assert [list(part) for part in variant["parts"]] == [PART] * len(variant["parts"])
        assert [part["name"] for part in variant["parts"]] == [part.name for part in bank.get(variant["question"]).parts]
        assert all(set(choice) == {"key", "text"} for part in variant["parts"] for choice in part["choices"])
    assert an.get(f"/api/v1/attempts/{document['id']}").json() == document


def test_starting_again_returns_the_open_attempt_with_200_and_after_submission_409(an):
    first = start(an)
    put(an, first["id"])
    again = start(an, status=200)
    assert again["id"] == first["id"]
    assert again["answers"] == {Q: {"z": "2.4"}}
    submit(an, first["id"])
    problem = refused(an.post("/api/v1/papers/aio2024-vary/attempts"), 409, "submitted")
    assert first["id"] in problem["detail"], "it says where the marks are"
    state = {d["id"]: (d["state"], d["attempt"]) for d in an.get("/api/v1/papers").json()}
    assert state["aio2024-vary"] == ("submitted", first["id"])


def test_a_saved_answer_says_when_its_version_and_what_was_read(an, attempt):
    before = time.time()
    document = saved(put(an, attempt, text="2,4"))
    assert (document["version"], document["read_as"], document["problem"]) == (1, "2.4", None)
    at = datetime.fromisoformat(document["saved_at"])
    assert before - 1 <= at.timestamp() <= time.time() + 1
    found = an.get(f"/api/v1/attempts/{attempt}").json()
    assert (found["answers"], found["versions"]) == ({Q: {"z": "2,4"}}, {Q: {"z": 1}})


@pytest.mark.parametrize(
    ("at", "text", "read_as"),
    [
        (Z, "7.3e-1", "0.73"),
        (Z, "  ", None),
        (Z, "what?", None),
        ("aio2024-cau-01-vary/h[0]", "−0,5", "-0.5"),
        ("aio2024-cau-01-vary/h[1]", "3/4", "0.75"),
    ],
)
def test_what_was_read_is_echoed_or_its_problem_told_in_both_languages(an, attempt, at, text, read_as):
    document = saved(put(an, attempt, at, text))
    assert document["read_as"] == read_as
    assert (document["problem"] is not None) == (text == "what?")
    if document["problem"]:
        assert set(document["problem"]) == {"vi", "en"}


def test_names_of_parts_may_be_encoded_or_not(an, attempt):
    for i, name in enumerate(("h[0]", "h%5B0%5D", "h%5b0]"), 1):
        reply = an.put(f"/api/v1/attempts/{attempt}/answers/{Q}/{name}", json={"text": str(i)})
        assert saved(reply)["version"] == i
    assert an.get(f"/api/v1/attempts/{attempt}").json()["answers"] == {Q: {"h[0]": "3"}}


def test_the_short_way_of_a_save_says_what_the_long_one_says(an, attempt):
    """A body that names a charset goes FastAPI's own way."""
    question, part = Z.split("/")
    sent = json.dumps({"text": "2,4", "id": "once"}).encode()
    path = f"/api/v1/attempts/{attempt}/answers/{question}/{part}"
    kinds = ("application/json", "application/json; charset=utf-8")
    short, long = (an.put(path, content=sent, headers={"content-type": kind}) for kind in kinds)
    assert saved(short) | {"seconds_left": None} == saved(long) | {"seconds_left": None}
    assert short.headers["content-type"] == long.headers["content-type"]


def test_every_part_of_every_question_of_every_paper_can_be_saved(an):
    for paper in ("aio2024", "aio2024-vary", "optimisers"):
        document = start(an, paper)
        for variant in document["questions"]:
            for part in variant["parts"]:
                key = part["choices"][0]["key"] if part["choices"] else "1"
                reply = saved(put(an, document["id"], f"{variant['question']}/{part['name']}", key))
                assert reply["version"] == 1


def test_a_review_holds_marks_verdicts_feedback_and_the_worked_solution(an, attempt):
    put(an, attempt, text="99")
    assert list(submit(an, attempt).json()) == ["receipt"]
    document = an.get(f"/api/v1/attempts/{attempt}/review").json()
    assert list(document) == REVIEW
    assert document["attempt"] == attempt
    assert document["max_marks"] == sum(q["max_marks"] for q in document["questions"]) == 18
    for question in document["questions"]:
        assert list(question) == REVIEWED
        assert [list(part) for part in question["parts"]] == [MARKED] * len(question["parts"])
        assert [list(step) for step in question["solution"]] == [STEP] * len(question["solution"])
        assert question["solution"]
    first = document["questions"][0]
    assert (first["first_wrong"], first["parts"][0]["verdict"], first["parts"][1]["verdict"]) == ("z", "wrong", "blank")
    assert an.get(f"/api/v1/attempts/{attempt}").json()["state"] == "submitted"
    assert an.get(f"/api/v1/attempts/{attempt}/review").json() == document


def test_the_review_is_the_grade_of_the_same_answers(an, client):
    document = start(an)
    for variant in document["questions"]:
        for part in variant["parts"]:
            put(an, document["id"], f"{variant['question']}/{part['name']}", "1")
    submit(an, document["id"])
    for question in an.get(f"/api/v1/attempts/{document['id']}/review").json()["questions"]:
        variant = next(v for v in document["questions"] if v["question"] == question["question"])
        answers = {part["name"]: "1" for part in variant["parts"]}
        same = client.post("/api/v1/grade", json={"question": variant["question"], "givens": variant["givens"], "answers": answers}).json()
        del question["solution"], question["seed"], same["seed"]
        assert question == same


# Promises


def test_a_save_sent_again_is_one_save_also_late_and_after_submission(an, attempt):
    first = saved(put(an, attempt, text="1", id="a"))
    assert saved(put(an, attempt, text="1", id="a")) == first
    second = saved(put(an, attempt, text="2", id="b"))
    assert saved(put(an, attempt, text="1", id="a")) == first
    assert an.get(f"/api/v1/attempts/{attempt}").json()["answers"][Q] == {"z": "2"}
    receipt = submit(an, attempt).json()
    assert saved(put(an, attempt, text="2", id="b")) == second
    assert submit(an, attempt).json() == receipt


def test_versions_that_do_not_meet_are_a_conflict_with_both_texts(an, attempt):
    put(an, attempt, text="mine")
    put(an, attempt, text="theirs")
    problem = refused(put(an, attempt, text="new", base_version=1), 409, "conflict")
    assert (problem["mine"], problem["theirs"], problem["version"]) == ("new", "theirs", 2)
    assert an.get(f"/api/v1/attempts/{attempt}").json()["answers"][Q] == {"z": "theirs"}
    assert saved(put(an, attempt, text="new", base_version=2))["version"] == 3


def test_after_submission_answers_are_refused(an, attempt):
    submit(an, attempt)
    refused(put(an, attempt), 409, "submitted")
    refused(put(an, attempt, base_version=0, id="x"), 409, "submitted")


def test_before_submission_there_is_no_review(an, attempt):
    refused(an.get(f"/api/v1/attempts/{attempt}/review"), 409, "not_submitted")


# Refusals


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"text": None}, 422),
        ({"text": 2.4}, 422),
        ({"text": ["2.4"]}, 422),
        ({"text": True}, 422),
        ({"text": "1", "more": 1}, 422),
        ({"text": "1", "id": ""}, 422),
        ({"text": "1", "id": "x" * 65}, 422),
        ({"text": "1", "id": 7}, 422),
        ({"text": "1", "base_version": -1}, 422),
        ({"text": "1", "base_version": "1"}, 422),
        ({"text": "1", "base_version": 1.5}, 422),
        ({"text": "1", "base_version": True}, 422),
        ([], 422),
        ("1", 422),
        (None, 400),
        ({"text": "1" * 10_001}, 413),
        ({"text": "1" * 2_000_000}, 413),
    ],
)
def test_a_bad_body_is_refused_and_nothing_changes(an, attempt, body, status):
    reply = an.put(f"/api/v1/attempts/{attempt}/answers/{Z}", json=body)
    assert reply.status_code == status, reply.text[:300]
    assert an.get(f"/api/v1/attempts/{attempt}").json()["answers"] == {}


@pytest.mark.parametrize("content", [b"", b"{", b"text=1", b"\xff\xfe", b'{"text": "\xff"}', b'{"text": "1"}}', b"[" * 100_000])
def test_a_body_that_is_no_json_is_refused(an, attempt, content):
    reply = an.put(f"/api/v1/attempts/{attempt}/answers/{Z}", content=content, headers={"Content-Type": "application/json"})
    assert reply.status_code in (400, 422)


@pytest.mark.parametrize("field", ["text", "id"])
def test_half_a_character_is_refused_or_kept_but_breaks_nothing(an, attempt, field):
    body = json.dumps({"text": "1", field: "x"}).replace('"x"', '"\\ud800"')
    reply = an.put(f"/api/v1/attempts/{attempt}/answers/{Z}", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 422, reply.text
    assert an.get(f"/api/v1/attempts/{attempt}").status_code == 200


@pytest.mark.parametrize("base", [2**31, 2**63, 10**30])
def test_a_version_that_never_was_is_a_conflict(an, attempt, base):
    refused(put(an, attempt, text="1", base_version=base), 409, "conflict")


@pytest.mark.parametrize("text", ["<b>0,5</b>", "\x00\x1b", "0.5\u202e", "'; DROP TABLE event; --", "𝟙" * 100, "\r\n1\n"])
def test_any_text_comes_back_as_it_was_sent(an, attempt, text):
    assert put(an, attempt, text=text, id=text[:64]).status_code == 200
    assert an.get(f"/api/v1/attempts/{attempt}").json()["answers"][Q] == {"z": text}


@pytest.mark.parametrize(
    ("method", "path", "error"),
    [
        ("POST", "/api/v1/papers/aio2025/attempts", "unknown_paper"),
        ("POST", "/api/v1/papers/%00/attempts", "unknown_paper"),
        ("GET", "/api/v1/attempts/nothing", "unknown_attempt"),
        ("GET", "/api/v1/attempts/%27%20OR%201=1", "unknown_attempt"),
        ("GET", "/api/v1/attempts/%ff", "unknown_attempt"),
        ("GET", "/api/v1/attempts/nothing/review", "unknown_attempt"),
        ("POST", "/api/v1/attempts/nothing/submit", "unknown_attempt"),
        ("PUT", "/api/v1/attempts/nothing/answers/a/b", "unknown_attempt"),
        ("PUT", "/api/v1/attempts/{}/answers/nothing/z", "unknown_part"),
        ("PUT", f"/api/v1/attempts/{{}}/answers/{Q}/nothing", "unknown_part"),
        ("PUT", f"/api/v1/attempts/{{}}/answers/{Q}/h", "unknown_part"),
        ("PUT", "/api/v1/attempts/{}/answers/optim-gd-vary/w1[0]", "unknown_part"),
        ("GET", "/api/v1/attempt", "unknown_path"),
    ],
)
def test_what_there_is_not_is_404(an, attempt, method, path, error):
    body = {"json": {"text": "1"}} if method == "PUT" else {}
    refused(an.request(method, path.format(attempt), **body), 404, error)


ENDPOINTS = [
    ("GET", "/api/v1/papers"),
    ("POST", "/api/v1/papers/aio2024/attempts"),
    ("GET", "/api/v1/attempts/{}"),
    ("PUT", f"/api/v1/attempts/{{}}/answers/{Z}"),
    ("POST", "/api/v1/attempts/{}/submit"),
    ("GET", "/api/v1/attempts/{}/review"),
]


def ask(client, method, path, attempt, **more):
    return client.request(method, path.format(attempt), **({"json": {"text": "1"}} if method == "PUT" else {}), **more)


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_without_a_token_401_and_with_one_of_another_scope_403(stranger, client, attempt, method, path):
    reply = ask(stranger, method, path, attempt)
    refused(reply, 401, "no_token")
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    refused(ask(stranger, method, path, attempt, headers={"Authorization": "Bearer gradus_forged"}), 401, "no_token")
    refused(ask(client, method, path, attempt), 403, "wrong_scope")


@pytest.mark.parametrize(("method", "path"), [endpoint for endpoint in ENDPOINTS if "{}" in endpoint[1]])
@pytest.mark.parametrize("submitted", [False, True])
def test_somebody_elses_attempt_is_404_whatever_is_asked_of_it(an, program, attempt, installation, method, path, submitted):
    if submitted:
        submit(an, attempt)
    before = installation.store.read(lambda c: rows.events_of(c, attempt))
    other = program("Binh")
    theirs, none = ask(other, method, path, attempt), ask(other, method, path, "x" * len(attempt))
    assert refused(theirs, 404, "unknown_attempt")["detail"].replace(attempt, "x" * len(attempt)) == none.json()["detail"]
    assert installation.store.read(lambda c: rows.events_of(c, attempt)) == before


def test_a_token_that_ended_is_401(installation, an, attempt, monkeypatch):
    now = time.time()
    monkeypatch.setattr(people.time, "time", lambda: now - 7200)
    short = people.add_token(installation.store, an.account.name, "student", days=1 / 24)
    monkeypatch.undo()
    refused(an.get(f"/api/v1/attempts/{attempt}", headers={"Authorization": f"Bearer {short}"}), 401, "no_token")


def test_a_students_token_opens_no_answer_book(an):
    for path in ("questions", "solvers", "questions/aio2024-cau-01/variants/0"):
        refused(an.get(f"/api/v1/{path}"), 403, "wrong_scope")
    refused(an.post("/api/v1/grade", json={"question": "optim-gd", "seed": 0, "answers": {}}), 403, "wrong_scope")


def test_a_session_does_the_same_as_a_token(browse):
    an = browse()
    id = start(an)["id"]
    assert saved(put(an, id))["version"] == 1
    assert submit(an, id).status_code == 200
    assert an.get(f"/api/v1/attempts/{id}/review").status_code == 200


def test_an_answer_is_on_disk_before_it_is_acknowledged(an, attempt, installation, monkeypatch):
    """What the reply tells was committed before: the store has said so."""
    told = []
    submit = installation.store.submit
    monkeypatch.setattr(installation.store, "submit", lambda job: told.append(submit(job)) or told[-1])
    document = saved(put(an, attempt, text="1"))
    assert [one.result(0).version for one in told] == [document["version"]]


def test_a_database_that_cannot_be_written_is_503_and_the_answer_is_not_acknowledged(an, attempt, installation, monkeypatch):
    from exam.store.engine import StoreUnavailable

    def fails(job):
        raise StoreUnavailable("the database cannot be used just now; try again")

    submit = installation.store.submit
    with monkeypatch.context() as patch:
        patch.setattr(installation.store, "submit", lambda job: submit(fails))
        problem = an.put(f"/api/v1/attempts/{attempt}/answers/{Z}", json={"text": "1"})
    assert (problem.status_code, problem.json()["error"]) == (503, "store_unavailable")
    assert an.get(f"/api/v1/attempts/{attempt}").json()["answers"] == {}
    assert sittings.sitting(installation.store, an.person, attempt).state.saved_at is None
