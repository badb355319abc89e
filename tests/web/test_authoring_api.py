"""Questions over REST: checked without being kept, kept as typed, changed without being overwritten, published only where they are fair."""

import hashlib
import json

import pytest
from starlette.testclient import TestClient

from exam import library, people, starting
from questions.bank import get
from tests.rewritten import rewritten
from tests.web.conftest import Installation
from tests.web.test_api import examples_of, holds
from web.examples import LINE


@pytest.fixture
def author(program):
    """Makes somebody's program with a token of scope `author`."""
    return lambda role="teacher": program(role=role, scope="author")


@pytest.fixture
def teacher(author):
    return author()


_count = iter(range(10_000))


def fresh():
    """A sound question under an id of its own."""
    id = f"line-{next(_count)}"
    return id, LINE.replace("id: line", f"id: {id}")


def refused(reply, status, error):
    assert (reply.status_code, reply.json()["error"]) == (status, error), reply.text[:300]
    return reply.json()["detail"]


def test_a_question_is_checked_without_being_kept(teacher):
    id, text = fresh()
    told = teacher.post("/api/v1/questions/validate", json={"source": text, "seed": 7}).json()
    assert told["problems"] == []
    variant = told["preview"]["variant"]
    x, w, b = (variant["givens"][name] for name in "xwb")
    assert float(told["preview"]["answers"]["z"]) == pytest.approx(w * x + b, abs=0.005)
    assert {one["student"]: one["share"] for one in told["preview"]["outcomes"]} == {
        "perfect": 1.0, "rounds_as_they_go": 1.0, "blank": 0.0, "no_bias": 0.0,
    }  # fmt: skip
    assert refused(teacher.get(f"/api/v1/questions/{id}/draft"), 404, "unknown_question")


@pytest.mark.parametrize(("source", "named"), [(None, "null"), ([], "a list"), (5, "5")])
def test_a_source_of_neither_kind_is_told_both(teacher, source, named):
    reply = teacher.post("/api/v1/questions/validate", json={"source": source})
    assert refused(reply, 422, "invalid") == f"'source' must be text, in double quotes or an object like {{}}, and is {named}; correct it"
    assert reply.json()["where"] == "/source"


def test_yaml_and_json_are_checked_alike(teacher):
    document = rewritten("momentum").model_dump(mode="json", by_alias=True, exclude_unset=True)
    told = [teacher.post("/api/v1/questions/validate", json={"source": source}).json() for source in (document, json.dumps(document))]
    assert told[0] == told[1]
    assert told[0]["problems"] == []


def test_every_problem_is_told_with_its_place(teacher):
    told = teacher.post("/api/v1/questions/validate", json={"source": {"id": "x", "sauce": 1}}).json()
    assert told["preview"] is None
    assert {problem["where"] for problem in told["problems"]} == {"/title", "/source", "/prompt", "/parts", "/sauce"}
    (problem,) = teacher.post("/api/v1/questions/validate", json={"source": LINE.replace("w * x + b", "w * x + q")}).json()["problems"]
    assert problem["where"] == "/steps/0/is"
    assert problem["detail"].startswith("question, line 8, field steps.0.is of line: column 9: 'q' is neither")


def test_many_variants_are_shown_with_what_would_keep_them_from_being_published(teacher):
    told = teacher.post("/api/v1/questions/variants", json={"source": LINE.replace("from: 2", "from: -6"), "count": 12}).json()
    assert len(told["rows"]) == 12
    assert 0 < told["accepted"] < 1
    assert "z rounds to zero" in told["thrown_back"]
    alike = LINE.replace("{from: 2, to: 9, step: 1}", "3").replace("{from: 2, to: 9, step: 0.5}", "{from: 2, to: 3, step: 1}")
    told = teacher.post("/api/v1/questions/variants", json={"source": alike}).json()
    assert any("of classmates share every answer; widen the grids" in problem for problem in told["problems"])


def test_a_question_goes_from_draft_to_version_and_versions_stay_as_they_are(teacher, installation):
    id, text = fresh()
    made = teacher.post("/api/v1/questions", json={"source": text})
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/v1/questions/{id}/draft"
    assert (made.json()["revision"], made.json()["source"], made.json()["problems"]) == (1, text, [])
    assert refused(teacher.get(f"/api/v1/questions/{id}/versions"), 404, "unknown_question")
    first = teacher.post(f"/api/v1/questions/{id}/publish").json()
    assert (first["version"], first["question"]["version"], first["source"]) == (1, 1, text)
    assert refused(teacher.post(f"/api/v1/questions/{id}/publish"), 404, "unknown_question")

    changed = text.replace("A line", "A straight line") + "# comments are kept as typed\n"
    assert teacher.put(f"/api/v1/questions/{id}", json={"source": changed}).json()["revision"] == 1
    assert library.question_of(installation.store, id).title.en == "A line", "a draft changes nothing for students"
    assert teacher.post(f"/api/v1/questions/{id}/publish").json()["version"] == 2
    versions = teacher.get(f"/api/v1/questions/{id}/versions").json()
    assert [(one["version"], one["source"]) for one in versions] == [(1, text), (2, changed)]
    assert teacher.get(f"/api/v1/questions/{id}/versions/1").json() == first
    assert refused(teacher.get(f"/api/v1/questions/{id}/versions/3"), 404, "unknown_version")
    latest = library.question_of(installation.store, id)
    assert (latest.version, latest.computation.name) == (2, id)


def test_what_is_published_is_drawn_and_graded_by_programs_and_a_draft_is_not(teacher, client):
    id, text = fresh()
    teacher.post("/api/v1/questions", json={"source": text})
    submission = {"question": id, "seed": 5, "answers": {"z": "0"}}
    refused(client.get(f"/api/v1/questions/{id}/variants/5"), 404, "unknown_question")
    refused(client.post("/api/v1/grade", json=submission), 404, "unknown_question")
    teacher.post(f"/api/v1/questions/{id}/publish")
    x, w, b = (client.get(f"/api/v1/questions/{id}/variants/5").json()["givens"][name] for name in "xwb")
    for typed, verdict, mistake in ((w * x + b, "correct", None), (w * x, "mistake", "no_bias")):
        (part,) = client.post("/api/v1/grade", json=submission | {"answers": {"z": str(typed)}}).json()["parts"]
        assert (part["verdict"], part["mistake"]) == (verdict, mistake)
    graded = client.post("/api/v1/grade/batch", json={"items": [submission, submission | {"question": "nope"}]}).json()
    assert [one.get("question", one.get("error")) for one in graded] == [id, "unknown_question"]


def test_a_draft_with_problems_is_kept_as_typed_and_not_published(teacher):
    id, text = fresh()
    broken = text.replace("w * x + b", "w * x +")
    made = teacher.post("/api/v1/questions", json={"source": broken}).json()
    assert made["question"] is None
    assert "column 8" in made["problems"][0]["detail"]
    assert teacher.get(f"/api/v1/questions/{id}/draft").json() == made
    assert "column 8" in refused(teacher.post(f"/api/v1/questions/{id}/publish"), 422, "bad_question")
    unreadable = teacher.put(f"/api/v1/questions/{id}", json={"source": "id: [" + text}).json()
    assert unreadable["source"] == "id: [" + text
    assert unreadable["problems"]


def test_an_unfair_question_is_not_published_and_the_message_says_what_to_do(teacher):
    id, text = fresh()
    unfair = text.replace("from: 2, to: 9, step: 1}, w", "from: -1, to: 1, step: 1}, w").replace("w * x + b", "w * x / x")
    teacher.post("/api/v1/questions", json={"source": unfair.replace("{from: 2, to: 9, step: 0.5}", "{from: 2, to: 3, step: 1}")})
    said = refused(teacher.post(f"/api/v1/questions/{id}/publish"), 422, "not_fair")
    assert said.startswith(f"{id} cannot be published: ")
    assert "widen the grids" in said
    assert refused(teacher.get(f"/api/v1/questions/{id}/versions"), 404, "unknown_question")


def test_two_who_change_one_question_do_not_overwrite_each_other(teacher, author):
    id, text = fresh()
    teacher.post("/api/v1/questions", json={"source": text})
    first, second = text.replace("A line", "Mine"), text.replace("A line", "Yours")
    assert teacher.put(f"/api/v1/questions/{id}", json={"source": first, "revision": 1}).json()["revision"] == 2
    refused(author().put(f"/api/v1/questions/{id}", json={"source": second, "revision": 1}), 409, "draft_changed")
    assert teacher.get(f"/api/v1/questions/{id}/draft").json()["source"] == first


def test_a_change_over_an_etag_is_made_over_that_and_nothing_else(teacher, author):
    id, text = fresh()
    made = teacher.post("/api/v1/questions", json={"source": text})
    tag = made.headers["etag"]
    path = f"/api/v1/questions/{id}"
    for read in ("draft", "source"):
        assert teacher.get(f"{path}/{read}").headers["etag"] == tag
    theirs = author().put(path, json={"source": text + "# theirs"}, headers={"If-Match": tag})
    assert theirs.headers["etag"] != tag
    refused(teacher.put(path, json={"source": text + "# mine"}, headers={"If-Match": tag}), 412, "draft_changed")
    refused(teacher.post(f"{path}/publish", headers={"If-Match": tag}), 412, "draft_changed")
    assert teacher.get(f"{path}/source").json()["source"] == text + "# theirs"
    published = teacher.post(f"{path}/publish", headers={"If-Match": theirs.headers["etag"]})
    assert published.json()["source"] == text + "# theirs"
    assert teacher.get(f"{path}/source").headers["etag"] == published.headers["etag"] != tag
    refused(teacher.put(path, json={"source": text}, headers={"If-Match": '"0.0"'}), 412, "draft_changed")
    again = teacher.put(path, json={"source": text}, headers={"If-Match": published.headers["etag"]})
    assert (again.status_code, again.json()["revision"]) == (200, 1)
    assert teacher.put(path, json={"source": text + "#"}, headers={"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize("tag", ["", "1.0", 'W/"1.0"', '"1"', '"1.0", "2.0"', '"' + "9" * 30 + '.0"', '"1.0\x00"'])
def test_an_if_match_that_no_question_has_is_refused(teacher, tag):
    id, text = fresh()
    teacher.post("/api/v1/questions", json={"source": text})
    refused(teacher.put(f"/api/v1/questions/{id}", json={"source": text}, headers={"If-Match": tag}), 400, "bad_match")


@pytest.mark.parametrize("tag", [None, "*"])
def test_nothing_is_deleted_unread(teacher, author, tag):
    id, text = fresh()
    made = teacher.post("/api/v1/questions", json={"source": text}).headers["etag"]
    headers = {"If-Match": tag} if tag else {}
    refused(teacher.delete(f"/api/v1/questions/{id}/draft", headers=headers), 428, "match_required")
    theirs = author().put(f"/api/v1/questions/{id}", json={"source": text + "#"}).headers["etag"]
    refused(teacher.delete(f"/api/v1/questions/{id}/draft", headers={"If-Match": made}), 412, "draft_changed")
    refused(teacher.delete(f"/api/v1/questions/{id}", headers={"If-Match": theirs}), 404, "unknown_question")
    published = teacher.post(f"/api/v1/questions/{id}/publish").headers["etag"]
    refused(teacher.delete(f"/api/v1/questions/{id}", headers=headers), 428, "match_required")
    refused(teacher.delete(f"/api/v1/questions/{id}", headers={"If-Match": theirs}), 412, "draft_changed")
    assert teacher.delete(f"/api/v1/questions/{id}", headers={"If-Match": published}).status_code == 204
    refused(teacher.get(f"/api/v1/questions/{id}/source"), 404, "unknown_question")


def test_what_somebody_has_is_withdrawn_and_not_deleted(teacher, client, installation, browse):
    id, text = fresh()
    teacher.post("/api/v1/questions", json={"source": text})
    published = teacher.post(f"/api/v1/questions/{id}/publish").headers["etag"]
    starting.practise(installation.store, browse().person, id)
    detail = refused(teacher.delete(f"/api/v1/questions/{id}", headers={"If-Match": published}), 409, "in_use")
    assert "in 1 attempt; withdraw it" in detail
    assert teacher.post(f"/api/v1/questions/{id}/withdraw").json() == {"id": id, "withdrawn": True}
    listed = [one["id"] for one in client.get("/api/v1/questions").json()]
    assert id not in listed
    assert client.get(f"/api/v1/questions/{id}/variants/5").status_code == 200, "programs that drew from it go on marking it"
    teacher.post(f"/api/v1/questions/{id}/put-back")
    assert id in [one["id"] for one in client.get("/api/v1/questions").json()]


def test_the_list_of_sources_says_how_all_that_teachers_wrote_stands(teacher):
    id, text = fresh()
    teacher.post("/api/v1/questions", json={"source": text})
    first = {one["id"]: one for one in teacher.get("/api/v1/sources").json()}
    assert first[id] == {"id": id, "revision": 1, "version": 0, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    assert "optim-gd" not in first
    teacher.post(f"/api/v1/questions/{id}/publish")
    assert next(one for one in teacher.get("/api/v1/sources").json() if one["id"] == id) == first[id] | {"revision": 0, "version": 1}
    refused(teacher.get("/api/v1/questions/optim-gd/source"), 404, "unknown_question")


def test_an_id_that_is_taken_or_shipped_is_refused(teacher):
    id, text = fresh()
    teacher.post("/api/v1/questions", json={"source": text})
    refused(teacher.post("/api/v1/questions", json={"source": text}), 409, "question_taken")
    shipped = get("optim-gd").model_dump(mode="json", by_alias=True, exclude_unset=True)
    refused(teacher.post("/api/v1/questions", json={"source": shipped}), 409, "question_taken")
    assert "copy it under another id" in refused(teacher.put("/api/v1/questions/optim-gd", json={"source": shipped}), 409, "question_taken")
    refused(teacher.put("/api/v1/questions/never-made", json={"source": text.replace(id, "never-made")}), 404, "unknown_question")
    refused(teacher.put(f"/api/v1/questions/{id}", json={"source": text.replace(id, "other")}), 422, "other_id")


def test_only_teachers_write_questions(author, browse):
    id, text = fresh()
    asked = [("POST", "/api/v1/questions"), ("POST", "/api/v1/questions/validate"), ("POST", "/api/v1/questions/variants")]
    for client in (author("student"), browse()):
        for method, path in [*asked, ("PUT", "/api/v1/questions/x"), ("POST", "/api/v1/questions/x/publish")]:
            refused(client.request(method, path, json={"source": text}), 403, "not_allowed")
        for path in ("draft", "source", "versions", "versions/1"):
            refused(client.get(f"/api/v1/questions/{id}/{path}"), 403, "not_allowed")
    assert browse(role="teacher").post("/api/v1/questions/validate", json={"source": text}).status_code == 200


@pytest.mark.parametrize("id", ["%ED%A0%80", "x" * 300, "Not Good", "%00", "..%2F", "'; DROP TABLE question"])
def test_an_id_that_no_question_can_have_is_unknown(teacher, id):
    for method, path in (("GET", "draft"), ("GET", "source"), ("GET", "versions"), ("GET", "versions/1"), ("POST", "publish")):
        assert teacher.request(method, f"/api/v1/questions/{id}/{path}").status_code == 404
    assert teacher.put(f"/api/v1/questions/{id}", json={"source": "a: ["}).status_code == 404


HOSTILE = [
    "[" * 100_000,
    "- " * 3_000,
    "a: &a [*a]",
    "id: x\nid: y",
    "\x00",
    "!!python/object/apply:os.system [ls]",
    LINE.replace("w * x + b", "().__class__.__bases__[0]"),
    LINE.replace("w * x + b", "9^9^9^9^9^9"),
    LINE.replace("w * x + b", "(" * 900),
    LINE.replace("b: 5", "b: [" + "1, " * 5000 + "1]"),
    LINE.replace("step: 1}", "step: 1.0e-30}"),
    LINE + "---\n" + LINE,
    "",
    "3",
    {},
    {"id": []},
    {"id": "x" * 1000},
    {"id": "x", "steps": [[[]]], "parts": "no"},
]


@pytest.mark.parametrize("source", HOSTILE, ids=lambda source: repr(source)[:30])
def test_hostile_sources_are_told_what_is_wrong_and_nothing_is_kept(teacher, source):
    told = teacher.post("/api/v1/questions/validate", json={"source": source})
    assert told.status_code in (200, 400)
    if told.status_code == 200:
        assert told.json()["preview"] is None
        assert told.json()["problems"]
    for method, path in (("POST", "/api/v1/questions/variants"), ("PUT", "/api/v1/questions/hostile")):
        assert teacher.request(method, path, json={"source": source}).status_code in (400, 404, 422)


@pytest.mark.parametrize("body", [{}, {"source": 3}, {"source": None}, {"source": LINE, "seed": -1}, {"source": LINE, "more": 1}])
def test_a_body_of_another_form_is_refused(teacher, body):
    assert teacher.post("/api/v1/questions/validate", json=body).status_code == 422


def test_markup_in_a_prompt_stays_text(teacher):
    text = LINE.replace('en: "$x', 'en: "<script>alert(1)</script> $x')
    assert "<script>" in teacher.post("/api/v1/questions/validate", json={"source": text}).json()["preview"]["variant"]["prompt"]["en"]


def test_the_schema_is_published(teacher):
    assert "$defs" in teacher.get("/api/v1/schema/question").json()


def test_every_operation_has_an_example_and_it_is_true(tmp_path):
    """One after the other they are the life of a question: checked, looked at, written, changed, published, read, taken back."""
    anew = Installation(tmp_path)
    token = people.add_token(anew.store, anew.person("Teacher", "teacher")[0].name, "author")
    with TestClient(anew.app, headers={"Authorization": f"Bearer {token}"}) as teacher:
        schema = teacher.get("/openapi.json").json()
        paths, models = schema["paths"], schema["components"]["schemas"]
        asked = [(m, p, op) for p, methods in paths.items() for m, op in methods.items() if op["tags"] == ["writing questions"]]
        assert len(asked) == 15
        others, deletions = ([one for one in asked if (one[0] == "delete") is last] for last in (False, True))
        for method, path, operation in [*others, *reversed(deletions)]:
            parameters, query, body, example = examples_of(operation, models)
            if method == "delete":
                read = teacher.put("/api/v1/questions/line", json={"source": LINE}).headers["etag"]
                assert teacher.delete(path.format(**parameters), headers={"If-Match": read}).status_code == 204
                continue
            reply = teacher.request(method, path.format(**parameters), params=query, json=body)
            assert reply.status_code in (200, 201), reply.text
            assert example is None or holds(reply.json(), example), path
