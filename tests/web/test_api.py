"""The REST API: every endpoint, its documents field by field, and the right status and one sentence for every bad input."""

import hashlib
import json
import re
import time
from html.parser import HTMLParser

import pytest

from exam import arrangements, classes, links, people, printing, room, roster, runs, sittings, starting
from exam.store import classes as class_rows
from questions import bank
from questions.experiments import references
from web.examples import CHOSE, LOG

QUESTIONS = list(bank.bank())
FIXED = {"question": "optim-gd", "seed": 0}
NET = {"x": 3, "w1": 0.8, "b1": 0, "w2": [0.3, -0.4], "label": 0}


def table(**steps):
    """Steps of two entries as the answers to a table."""
    return {f"{name}[{i}]": str(value) for name, values in steps.items() for i, value in enumerate(values)}


# The two-epoch tables of the optimiser sheet, computed by others (../shared/answer-key.md).
GD = table(g1=(-1, -8), w1=(-4.6, 1.2), g2=(-0.92, 4.8), w2=(-4.232, -0.72))
ADAM = table(
    g1=(-1, -8),
    v1=(-0.1, -0.8),
    s1=(0.001, 0.064),
    vhat1=(-1, -8),
    shat1=(1, 64),
    w1=(-4.8000002, -1.8000000),
    g2=(-0.96, -7.2),
    v2=(-0.186, -1.44),
    s2=(0.0019206, 0.115776),
    vhat2=(-0.9789474, -7.5789474),
    shat2=(0.9607804, 57.9169592),
    w2=(-4.6002548, -1.6008245),
)

GRADE = {"question", "version", "seed", "marks", "max_marks", "first_wrong", "parts"}
PART_GRADE = {"name", "verdict", "marks", "max_marks", "mistake", "read_as", "feedback"}
KINDS = {"number", "integer", "vector", "matrix", "shape", "choice", "choices", "order", "text", "code"}


def send(client, body, path="/api/v1/grade"):
    """Posts text or bytes as they are, everything else as JSON."""
    content = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post(path, content=content, headers={"Content-Type": "application/json"})


def grade(client, answers, question="optim-gd", **more):
    """The grade of these answers, and its parts by name."""
    reply = send(client, {"question": question, "answers": answers, **({} if "givens" in more else {"seed": 0}), **more})
    assert reply.status_code == 200, reply.text
    return reply.json(), {part["name"]: part for part in reply.json()["parts"]}


def refused(reply, status, error, where=...):
    """That a reply is this problem; gives back its sentence."""
    assert (reply.status_code, reply.json()["error"]) == (status, error), reply.text[:300]
    if where is not ...:
        assert reply.json()["where"] == where
    return reply.json()["detail"]


def both_languages(words):
    return set(words) == {"vi", "en"} and all(isinstance(text, str) and text for text in words.values())


def number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def numbers(value):
    return all(map(numbers, value)) if isinstance(value, list) else number(value)


# Documents


def test_experiments_are_listed_and_told_whole(client):
    listed = client.get("/api/v1/experiments").json()
    assert [one["name"] for one in listed] == references.shipped()
    for one in listed:
        assert both_languages(one["label"])
        assert both_languages(one["specification"])
        found = client.get(f"/api/v1/experiments/{one['name']}").json()
        canonical = json.dumps(found["specification"], sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(canonical.encode()).hexdigest() == found["sha256"] == one["sha256"]
        assert len(found["runs"]) == one["seeds"] >= 8
        for run in found["runs"]:
            assert all(len(run[name]) == one["epochs"] for name in (*one["metrics"], "loss", "gradients"))
            assert {len(norms) for norms in run["gradients"]} == {len(found["specification"]["network"]["widths"]) - 1}
        assert {"python", "torch", "numpy"} <= found["environments"][0].keys()
    assert "'nope' has no stored reference" in refused(client.get("/api/v1/experiments/nope"), 404, "unknown_experiment")


def test_solvers_are_a_bare_list_with_what_each_takes(client):
    solvers = {document["solver"]: document for document in client.get("/api/v1/solvers").json()}
    assert {"relu_softmax", "gradient_descent", "momentum", "rmsprop", "adam"} <= solvers.keys()
    assert list(solvers["relu_softmax"]["givens"]) == list(NET)
    assert set(solvers["adam"]["givens"]) - set(solvers["adam"]["optional"]) == {"a", "w0", "lr", "beta1", "beta2", "eps", "epochs"}
    assert set(solvers["momentum"]["givens"]) - set(solvers["momentum"]["optional"]) == {"a", "w0", "lr", "beta", "epochs"}
    assert set(solvers["rmsprop"]["givens"]) - set(solvers["rmsprop"]["optional"]) == {"a", "w0", "lr", "gamma", "eps", "epochs"}


def test_a_solution_holds_every_step_in_letters_and_numbers(client):
    solution = send(client, {"givens": NET}, "/api/v1/solvers/relu_softmax/solve").json()
    assert {"solver", "steps"} <= solution.keys()
    assert solution["solver"] == "relu_softmax"
    for step in solution["steps"]:
        assert {"name", "symbol", "formula", "filled", "value", "mistakes"} <= step.keys()
        assert all(isinstance(step[key], str) and step[key] and "@" not in step[key] for key in ("name", "symbol", "formula", "filled"))
        assert numbers(step["value"])
        assert all(numbers(value) for value in step["mistakes"].values())
    steps = {step["name"]: step["value"] for step in solution["steps"]}
    assert list(steps) == ["z", "R", "h", "yhat", "loss", "dh", "dR", "dz", "dw1", "db1", "dw2"]
    assert steps["yhat"] == pytest.approx([0.842905, 0.157095], abs=1e-6)
    assert steps["loss"] == pytest.approx(0.170902, abs=1e-6)
    assert steps["dR"] == pytest.approx(-0.7 * 0.157095, abs=1e-6)
    assert steps["dw1"] == pytest.approx(-0.329900, abs=1e-6)
    assert steps["dw2"] == pytest.approx([-2.4 * 0.157095, 2.4 * 0.157095], abs=1e-5)


@pytest.mark.parametrize(
    ("solver", "more", "names"),
    [
        ("gradient_descent", {}, ["g1", "w1", "g2", "w2"]),
        ("momentum", {"beta": 0.5}, ["g1", "v1", "w1", "g2", "v2", "w2"]),
        ("rmsprop", {"gamma": 0.9, "eps": 1e-6}, ["g1", "s1", "w1", "g2", "s2", "w2"]),
        (
            "adam",
            {"beta1": 0.9, "beta2": 0.999, "eps": 1e-6},
            [f"{name}{t}" for t in (1, 2) for name in ("g", "v", "s", "vhat", "shat", "w")],
        ),
    ],
)
def test_optimisers_keep_their_names_and_start_at_rest(client, solver, more, names):
    givens = {"a": [0.1, 2], "w0": [-5, -2], "lr": 0.2, "epochs": 2, **more}
    steps = send(client, {"givens": givens}, f"/api/v1/solvers/{solver}/solve").json()["steps"]
    assert [step["name"] for step in steps] == names
    assert all(len(step["value"]) == 2 for step in steps)
    assert {step["name"]: step["value"] for step in steps}["g1"] == pytest.approx([-1, -8])


def test_an_adam_step_counted_from_given_moments_differs_from_one_at_rest(client):
    givens = {"a": [0.1], "w0": [-5], "lr": 0.2, "beta1": 0.9, "beta2": 0.999, "eps": 1e-6, "epochs": 1}
    rest, moving = (
        send(client, {"givens": givens | extra}, "/api/v1/solvers/adam/solve").json()["steps"] for extra in ({}, {"v0": [1], "s0": [1]})
    )
    assert rest[1]["value"] == pytest.approx([-0.1])
    assert moving[1]["value"] == pytest.approx([0.8])


def test_questions_are_a_bare_list_with_ids_that_do_not_change(client):
    documents = [one for one in client.get("/api/v1/questions").json() if one["id"] in bank.bank()]
    for document in documents:
        assert {"id", "version", "title", "topics", "row", "kind", "varies"} <= document.keys()
        assert isinstance(document["version"], int)
        assert both_languages(document["title"])
        assert isinstance(document["topics"], list)
        assert isinstance(document["row"], str) or all(isinstance(row, str) for row in document["row"])
        assert isinstance(document["kind"], str)
        assert document["varies"] is ("-vary" in document["id"])
    cau = [f"aio2024-cau-{n:02}{tail}" for n in range(1, 7) for tail in ("", "-vary", "-vary-mc")]
    tables = [f"optim-{name}{tail}" for name in ("gd", "momentum", "rmsprop", "adam") for tail in ("", "-vary")]
    chosen = [f"optim-mcq-{n:02}" for n in range(1, 15)] + [f"optim-mcq-{n}-repaired" for n in (11, 12, 13)]
    assert {*cau, *tables, *chosen} <= {document["id"] for document in documents}


@pytest.mark.parametrize("id", QUESTIONS)
def test_every_variant_is_a_full_document(client, id):
    variant = client.get(f"/api/v1/questions/{id}/variants/7").json()
    assert {"question", "version", "seed", "givens", "prompt", "parts"} <= variant.keys()
    assert (variant["question"], variant["seed"]) == (id, 7)
    assert isinstance(variant["version"], int)
    assert all(numbers(value) for value in variant["givens"].values())
    assert both_languages(variant["prompt"])
    for part in variant["parts"]:
        assert {"name", "kind", "shape", "marks", "places", "figures", "choices"} <= part.keys()
        assert part["kind"] in KINDS
        assert all(isinstance(size, int) for size in part["shape"])
        assert number(part["marks"])
        assert part["kind"] != "number" or isinstance(part["places"] if part["figures"] is None else part["figures"], int)
        assert (part["kind"] in ("choice", "choices", "order")) is bool(part["choices"])
        assert [sorted(choice) for choice in part["choices"]] == [["key", "text"]] * len(part["choices"])
        assert all(both_languages(choice["text"]) for choice in part["choices"])
    if id in {f"aio2024-cau-{n:02}" for n in range(1, 7)} | {f"optim-mcq-{n:02}" for n in range(1, 15)}:
        assert [part["kind"] for part in variant["parts"]] == ["choice"]
        assert sorted(choice["key"] for choice in variant["parts"][0]["choices"]) == ["a", "b", "c", "d"]


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(client):
    one, again, other = (client.get(f"/api/v1/questions/optim-adam-vary/variants/{seed}").json() for seed in (1, 1, 2))
    assert one == again
    assert one["givens"] != other["givens"]


def test_a_seed_only_orders_the_options_of_a_fixed_question(client):
    parts = [client.get(f"/api/v1/questions/optim-mcq-05/variants/{seed}").json()["parts"][0]["choices"] for seed in range(8)]
    orders = ["".join(choice["key"] for choice in choices) for choices in parts]
    assert orders[0] == "abcd"
    assert len(set(orders)) > 1
    texts = [{choice["key"]: choice["text"] for choice in choices} for choices in parts]
    assert all(text == texts[0] for text in texts)


def test_generated_options_are_lettered_as_shown(client):
    for seed in range(5):
        (part,) = client.get(f"/api/v1/questions/aio2024-cau-01-vary-mc/variants/{seed}").json()["parts"]
        assert "".join(choice["key"] for choice in part["choices"]) == "abcd"[: len(part["choices"])]


def test_the_largest_seed_is_one_below_two_to_the_48(client):
    assert client.get(f"/api/v1/questions/optim-gd-vary/variants/{2**48 - 1}").json()["seed"] == 2**48 - 1
    refused(client.get(f"/api/v1/questions/optim-gd-vary/variants/{2**48}"), 422, "bad_seed", "/seed")


def test_a_grade_has_its_fields_and_the_sheets_own_table_earns_everything(client):
    for question, answers in (("optim-gd", GD), ("optim-adam", ADAM)):
        document, parts = grade(client, answers, question)
        assert document.keys() >= GRADE
        assert (document["question"], document["seed"], document["first_wrong"]) == (question, 0, None)
        assert isinstance(document["version"], int)
        assert document["marks"] == document["max_marks"] > 0
        assert list(parts) == list(answers)
        for part in document["parts"]:
            assert part.keys() >= PART_GRADE
            assert part["verdict"] == "correct"
            assert part["marks"] == part["max_marks"]
            assert part["mistake"] is None
            assert isinstance(part["read_as"], str)
            assert both_languages(part["feedback"])


def test_a_named_mistake_is_named_and_what_follows_is_carried(client):
    document, parts = grade(client, {"g1[0]": "-1", "v1[0]": "-1", "w1[0]": "-4,4"}, "optim-momentum")
    assert {name: part["verdict"] for name, part in parts.items() if part["verdict"] != "blank"} == {
        "g1[0]": "correct",
        "v1[0]": "mistake",
        "w1[0]": "carried",
    }
    assert parts["v1[0]"]["mistake"] == "heavy_ball"
    assert parts["v1[0]"]["marks"] == 0
    assert document["first_wrong"] == "v1[0]"
    assert document["marks"] == 1
    assert document["max_marks"] == 6
    assert parts["w1[0]"]["read_as"] == "-4.4"


def test_a_plain_wrong_number_is_wrong_and_first(client):
    document, parts = grade(client, GD | {"w1[0]": "17.77"})
    assert parts["w1[0]"]["verdict"] == "wrong"
    assert parts["w1[0]"]["mistake"] is None
    assert document["first_wrong"] == "w1[0]"


@pytest.mark.parametrize("letter", ["c", "C", " C ", "(c)", "c)", "ｃ", "Ｃ", "（ｃ）", "ⓒ"])
def test_a_choice_is_read_in_either_case(client, letter):
    document, parts = grade(client, {"answer": letter}, "aio2024-cau-01")
    assert (parts["answer"]["verdict"], parts["answer"]["read_as"]) == ("correct", "c")
    assert document["marks"] == document["max_marks"]


def test_a_printed_option_keeps_its_letter_under_every_seed(client):
    for seed in range(6):
        assert grade(client, {"answer": "C"}, "aio2024-cau-01", seed=seed)[1]["answer"]["verdict"] == "correct"
        assert grade(client, {"answer": "A"}, "aio2024-cau-01", seed=seed)[1]["answer"]["verdict"] in ("wrong", "mistake")


def test_a_letter_that_is_no_option_is_unreadable_and_says_which_there_are(client):
    part = grade(client, {"answer": "e"}, "optim-mcq-01")[1]["answer"]
    assert part["verdict"] == "unreadable"
    assert "a, b, c, d" in part["feedback"]["en"]


def test_the_course_keys_of_the_printed_choices_are_right(client):
    for n, key in enumerate("cbcbadcdcadbac", start=1):
        assert grade(client, {"answer": key}, f"optim-mcq-{n:02}")[1]["answer"]["verdict"] == "correct"
    for n, key in enumerate("cacaac", start=1):
        assert grade(client, {"answer": key}, f"aio2024-cau-{n:02}")[1]["answer"]["verdict"] == "correct"


def test_json_numbers_are_answers(client):
    as_numbers = {name: float(text) for name, text in GD.items()} | {"g1[0]": -1}
    document, parts = grade(client, as_numbers)
    assert document["marks"] == document["max_marks"]
    assert parts["g1[0]"]["read_as"] == "-1"


def test_nested_lists_are_answers(client):
    for id in ("aio2024-cau-05-vary", "aio2024-cau-06-vary"):
        givens = client.get(f"/api/v1/questions/{id}/variants/3").json()["givens"]
        steps = send(client, {"givens": givens}, f"/api/v1/solvers/{bank.get(id).solver}/solve").json()["steps"]
        solution = {step["name"]: step["value"] for step in steps}
        variant = client.get(f"/api/v1/questions/{id}/variants/3").json()
        answers = {part["name"]: solution[part["name"]] for part in variant["parts"]}
        assert any(isinstance(answer, list) and isinstance(answer[0], list) for answer in answers.values())
        document, _ = grade(client, answers, id, seed=3)
        assert document["marks"] == document["max_marks"]


def test_missing_empty_and_null_answers_are_blank(client):
    document, parts = grade(client, {"g1[0]": "", "g1[1]": "  \t", "w1[0]": None})
    assert {part["verdict"] for part in parts.values()} == {"blank"}
    assert {part["read_as"] for part in parts.values()} == {None}
    assert (document["marks"], document["first_wrong"]) == (0, None)


def test_answers_may_be_left_out(client):
    assert send(client, FIXED).json()["marks"] == 0


def test_an_unknown_part_is_refused_by_name(client):
    sentence = refused(send(client, FIXED | {"answers": {"g3[0]": "1"}}), 422, "unknown_part", "/answers/g3[0]")
    assert "'g3[0]' is not a part of optim-gd" in sentence
    assert "g1[0], g1[1], w1[0]" in sentence


def test_a_pointer_to_a_part_is_escaped(client):
    refused(send(client, FIXED | {"answers": {"a/b~c": "1"}}), 422, "unknown_part", "/answers/a~1b~0c")


def test_unreadable_counts_as_blank_in_marks_and_in_carrying(client):
    as_blank, _ = grade(client, {name: text for name, text in GD.items() if name != "g1[0]"})
    document, parts = grade(client, GD | {"g1[0]": "-1.000,0"})
    assert parts["g1[0]"]["verdict"] == "unreadable"
    assert parts["g1[0]"]["marks"] == 0
    assert parts["g1[0]"]["read_as"] is None
    assert both_languages(parts["g1[0]"]["feedback"])
    assert document["marks"] == as_blank["marks"] == 3.5
    assert document["first_wrong"] is None


def test_givens_may_stand_in_for_a_seed(client):
    variant = client.get("/api/v1/questions/optim-adam-vary/variants/5").json()
    solution = send(client, {"givens": variant["givens"]}, "/api/v1/solvers/adam/solve").json()
    values = {step["name"]: step["value"] for step in solution["steps"]}
    answers = {f"{name}[{i}]": value[i] for name, value in values.items() for i in (0, 1)}
    stated, parts = grade(client, answers, "optim-adam-vary", givens=variant["givens"])
    seeded, same = grade(client, answers, "optim-adam-vary", seed=5)
    assert stated["seed"] is None
    assert seeded["seed"] == 5
    assert parts == same
    assert stated["marks"] == stated["max_marks"]


@pytest.mark.parametrize("id", ["aio2024-cau-01", "aio2024-cau-01-vary-mc", "optim-mcq-05", "optim-mcq-01"])
def test_givens_do_not_make_a_choice(client, id):
    refused(send(client, {"question": id, "givens": NET, "answers": {}}), 422, "choice_needs_seed", "/givens")


def test_every_question_answers_stated_givens_with_a_grade_or_a_sentence(client):
    """Whatever a question is made of: numbers, letters, an essay."""
    fair = [client.get(f"/api/v1/questions/{id}/variants/1").json()["givens"] for id in QUESTIONS]
    items = [{"question": id, "givens": givens} for id, drawn in zip(QUESTIONS, fair, strict=True) for givens in ({}, {"q": 1}, drawn)]
    reply = send(client, {"items": items}, "/api/v1/grade/batch")
    assert reply.status_code == 200
    for item, told in zip(items, reply.json(), strict=True):
        assert told.get("where", "/givens").startswith("/givens"), (item, told)


def test_a_version_may_be_pinned_and_another_is_not_known(client):
    assert grade(client, {}, version=1)[0]["version"] == 1
    assert grade(client, {}, version=None)[0]["version"] == 1
    sentence = refused(send(client, FIXED | {"version": 2}), 404, "unknown_version", "/version")
    assert "has version 1" in sentence


@pytest.mark.parametrize("version", [0, -1, 1.5, True, "1", [], {}])
def test_a_version_that_is_none_is_refused(client, version):
    reply = send(client, FIXED | {"version": version})
    assert reply.status_code in (404, 422)
    assert reply.json()["where"] == "/version"


# The batch


def test_a_batch_keeps_its_order_with_errors_in_place(client):
    items = [
        FIXED | {"answers": GD},
        {"question": "nope", "seed": 0},
        {"question": "aio2024-cau-01", "seed": 3, "answers": {"answer": "C"}},
        FIXED | {"seed": -1},
        "not a submission",
        FIXED | {"answers": {"q": "1"}},
        None,
        FIXED | {"version": 9},
        FIXED | {"answers": {"g1[0]": {"deep": 1}}},
        {"question": "optim-adam-vary", "seed": 11, "answers": {}},
        FIXED | {"answers": {"g1[0]": "-1"}},
    ]
    reply = send(client, {"items": items}, "/api/v1/grade/batch")
    assert reply.status_code == 200
    told = [document.get("error") or document["marks"] for document in reply.json()]
    assert told[:6] == [4, "unknown_question", 1, "bad_seed", "bad_submission", "unknown_part"]
    assert told[6:] == ["bad_submission", "unknown_version", "bad_answer", 0, 0.5]
    assert all(set(document) == {"error", "detail", "where"} for document in reply.json() if "error" in document)
    assert reply.json()[5]["where"] == "/answers/q"


def test_a_batch_grades_as_single_requests_do(client):
    items = [{"question": id, "seed": seed, "answers": {}} for id in QUESTIONS for seed in (0, 4)]
    items += [FIXED | {"answers": GD | {"g1[1]": wrong}} for wrong in ("8", "-7", "0", "x", "")]
    items += [{"question": "optim-adam", "seed": 0, "answers": ADAM | {"v1[0]": wrong}} for wrong in ("-1", "0.1", "-0.2", "1/0")]
    batch = send(client, {"items": items}, "/api/v1/grade/batch").json()
    assert batch == [send(client, item).json() for item in items]


def test_an_empty_batch_has_no_grades(client):
    assert send(client, {"items": []}, "/api/v1/grade/batch").json() == []


def test_a_batch_of_ten_thousand_is_the_largest(client):
    assert len(send(client, {"items": [1] * 10_000}, "/api/v1/grade/batch").json()) == 10_000
    sentence = refused(send(client, {"items": [1] * 10_001}, "/api/v1/grade/batch"), 413, "too_many", "/items")
    assert "10,000" in sentence


@pytest.mark.parametrize("body", [{}, [], {"items": {}}, {"items": "x"}, {"items": None}, {"items": [], "more": 1}, "3", "null"])
def test_a_batch_of_another_shape_is_refused(client, body):
    assert send(client, body, "/api/v1/grade/batch").status_code == 422


# Bad input


@pytest.mark.parametrize(
    "body", ["{", "}", "{'a': 1}", '{"a": 1,}', "nothing", '{"question": "\x01"}', b'{"question": "\xff"}', '"', "\x00"]
)
@pytest.mark.parametrize("path", ["/api/v1/grade", "/api/v1/grade/batch", "/api/v1/solvers/adam/solve"])
def test_what_is_not_json_is_malformed(client, path, body):
    assert "JSON" in refused(send(client, body, path), 400, "malformed")


@pytest.mark.parametrize("path", ["/api/v1/grade", "/api/v1/grade/batch", "/api/v1/solvers/adam/solve"])
def test_an_empty_body_is_malformed_and_says_what_to_send(client, path):
    assert "the body is empty; send" in refused(send(client, "", path), 400, "malformed")


@pytest.mark.parametrize("path", ["/api/v1/grade", "/api/v1/grade/batch", "/api/v1/solvers/adam/solve"])
def test_a_forged_token_is_told_before_what_is_wrong_with_the_body(stranger, path):
    for body in ("", "{", "[]", "{}"):
        reply = stranger.post(path, content=body, headers={"Authorization": "Bearer gradus_forged", "Content-Type": "application/json"})
        refused(reply, 401, "no_token")


@pytest.mark.parametrize("answer", [True, False, {}, {"value": 1}, [True], [[1, 2], [3, {}]], [[[[[[[[[[1]]]]]]]]]]])
def test_an_answer_that_no_text_says_is_refused_by_its_part(client, answer):
    sentence = refused(send(client, FIXED | {"answers": {"w1[0]": answer}}), 422, "bad_answer", "/answers/w1[0]")
    assert "'w1[0]'" in sentence
    assert "send text, a number, or lists of numbers" in sentence


PYTHONIC = re.compile(r"\b(None|True|False|dict|dictionary|str|tuple|NoneType)\b")


@pytest.mark.parametrize("odd", [None, True, False, {}, [], 3, 0.5, "x", [None], {"a": None}], ids=str)
def test_what_was_sent_is_called_what_it_is_in_json(client, odd):
    """Wherever it stands: a problem never speaks of None, True or a dictionary."""
    bodies = [odd, {"items": odd}, {"items": [odd]}, {"givens": odd}, {"givens": {"a": odd}}]
    bodies += [FIXED | {name: odd} for name in ("question", "seed", "givens", "version", "answers")]
    bodies += [{"question": "optim-gd", "givens": odd}, FIXED | {"answers": {"g1[0]": odd}}]
    for body in bodies:
        for path in ("/api/v1/grade", "/api/v1/grade/batch", "/api/v1/solvers/adam/solve"):
            reply = send(client, body, path).json()
            for problem in reply if isinstance(reply, list) else [reply]:
                assert not PYTHONIC.search(problem.get("detail", "")), problem["detail"]


ODD_ITEMS = {
    "9" * 5_000: "bad_submission",
    "[" * 3_000 + "]" * 3_000: "bad_submission",
    '{"a":' * 3_000 + "1" + "}" * 3_000: "bad_submission",
    "null": "bad_submission",
    "1e400": "bad_submission",
    '{"question": ' + "9" * 5_000 + "}": "unknown_question",
    '{"question": "optim-gd", "seed": ' + "9" * 5_000 + "}": "bad_seed",
    '{"question": "optim-gd", "seed": 0, "version": ' + "-" + "9" * 5_000 + "}": "bad_submission",
    '{"question": "optim-gd", "givens": {"a": ' + "9" * 5_000 + "}}": "bad_givens",
    '{"question": "optim-gd", "seed": 0, "answers": {"g1[0]": ' + "[" * 3_000 + "]" * 3_000 + "}}": "bad_answer",
    '{"question": "optim-gd", "seed": 0, "answers": {"g1[0]": ' + "9" * 5_000 + "}}": None,
    '{"question": "optim-gd", "seed": 0, "answers": {"g1[0]": "]]}{\\"[["}}': None,
}


def test_one_odd_item_is_an_error_of_its_own_and_never_of_the_batch(client):
    good = json.dumps(FIXED | {"answers": GD})
    for odd, error in [*ODD_ITEMS.items(), (", ".join(ODD_ITEMS), "bad_submission")]:
        reply = send(client, f'{{"items": [{good}, {odd}, {good}]}}', "/api/v1/grade/batch")
        assert reply.status_code == 200, (odd[:60], reply.text[:200])
        first, second, *_, last = reply.json()
        assert first == last == send(client, good).json()
        assert second.get("error") == error
        assert error or second["parts"][0]["verdict"] == "unreadable"


@pytest.mark.parametrize(
    "cut", ['{"items": [' + "[" * 3_000 + "]}", '{"items": [' + "9" * 5_000, '{"items": [' + "[" * 3_000 + "]" * 3_000 + ",]}"]
)
def test_what_is_deep_or_long_and_then_no_json_is_malformed(client, cut):
    refused(send(client, cut, "/api/v1/grade/batch"), 400, "malformed")


@pytest.mark.parametrize("body", ["[]", "null", "3", '"optim-gd"', "true", "NaN"])
@pytest.mark.parametrize("path", ["/api/v1/grade", "/api/v1/solvers/adam/solve"])
def test_json_that_is_no_object_is_refused(client, path, body):
    reply = send(client, body, path)
    assert reply.status_code in (400, 422)
    assert "object" in reply.json()["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_body_of_another_type_is_told_to_be_json(client, kind):
    reply = client.post("/api/v1/grade", content=json.dumps(FIXED), headers={"Content-Type": kind})
    assert reply.status_code in (415, 422)
    assert "application/json" in reply.json()["detail"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"question": None}, "/question"),
        ({"question": 3}, "/question"),
        ({"question": ["optim-gd"]}, "/question"),
        ({"seed": None}, "/seed"),
        ({"seed": -1}, "/seed"),
        ({"seed": 2**48}, "/seed"),
        ({"seed": 0.5}, "/seed"),
        ({"seed": True}, "/seed"),
        ({"seed": "0"}, "/seed"),
        ({"seed": [0]}, "/seed"),
        ({"givens": {}}, "/seed"),
        ({"answers": []}, "/answers"),
        ({"answers": "g1"}, "/answers"),
        ({"answers": 3}, "/answers"),
        ({"answer": {}}, "/answer"),
        ({"answers": {"g1[0]": {}}}, "/answers/g1[0]"),
        ({"answers": {"g1[0]": [{}]}}, "/answers/g1[0]"),
    ],
)
def test_a_submission_of_another_shape_is_refused_at_the_place(client, change, where):
    reply = send(client, FIXED | {"answers": {}} | change)
    assert reply.status_code == 422
    assert reply.json()["where"] == where


@pytest.mark.parametrize(
    ("change", "where", "says"),
    [
        ({"x": None}, "/givens/x", "x"),
        ({"x": "3"}, "/givens/x", "number"),
        ({"x": True}, "/givens/x", "number"),
        ({"x": [3]}, "/givens/x", "one number"),
        ({"x": {}}, "/givens/x", "number"),
        ({"x": 1e300}, "/givens/x", "1e+12"),
        ({"w2": 0.3}, "/givens/w2", "list"),
        ({"w2": []}, "/givens/w2", "empty"),
        ({"w2": [[0.3], [0.4]]}, "/givens/w2", "list"),
        ({"w2": [0.3, None]}, "/givens/w2/1", "number"),
        ({"w2": [0.3, "x"]}, "/givens/w2/1", "number"),
        ({"w2": [[[[1]]]]}, "/givens/w2", "nested"),
        ({"w2": [0.0] * 100_000}, "/givens/w2", "2,000"),
        ({"label": 2}, "/givens/label", "0 to 1"),
        ({"label": -1}, "/givens/label", "label"),
        ({"label": 0.5}, "/givens/label", "whole"),
        ({"zz": 1}, "/givens/zz", "x, w1, b1, w2, label"),
    ],
)
def test_a_bad_given_is_named_with_what_is_allowed(client, change, where, says):
    sentence = refused(send(client, {"givens": NET | change}, "/api/v1/solvers/relu_softmax/solve"), 422, "bad_givens", where)
    assert where.split("/")[2] in sentence
    assert says in sentence


def test_a_missing_given_is_named(client):
    reply = send(client, {"givens": {name: value for name, value in NET.items() if name != "w2"}}, "/api/v1/solvers/relu_softmax/solve")
    assert "'w2'" in refused(reply, 422, "bad_givens")


@pytest.mark.parametrize("body", [{}, {"givens": []}, {"givens": None}, {"givens": 3}, {"givens": NET, "more": 1}])
def test_solve_takes_givens_and_nothing_else(client, body):
    refused(send(client, body, "/api/v1/solvers/relu_softmax/solve"), 422, "invalid")


@pytest.mark.parametrize("epochs", [0, -1, 1.5, 10**6, 10**30, [2]])
def test_epochs_have_a_range(client, epochs):
    givens = {"a": [0.1, 2], "w0": [-5, -2], "lr": 0.4, "epochs": epochs}
    refused(send(client, {"givens": givens}, "/api/v1/solvers/gradient_descent/solve"), 422, "bad_givens", "/givens/epochs")


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_nan_and_infinity_are_never_numbers(client, constant):
    givens = json.dumps({"givens": NET}).replace('"x": 3', f'"x": {constant}')
    assert send(client, givens, "/api/v1/solvers/relu_softmax/solve").status_code in (400, 422)
    reply = send(client, f'{{"question": "optim-gd", "seed": 0, "answers": {{"g1[0]": {constant}}}}}')
    assert reply.status_code in (200, 400, 422)
    assert reply.status_code != 200 or reply.json()["parts"][0]["verdict"] == "unreadable"
    assert "NaN" not in reply.text.replace("'NaN'", "")


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "inf",
        "-infinity",
        "9" * 100_000,
        "0." + "3" * 100_000,
        "x" * 1_000_000,
        "-" * 1_000_000,
        "[" * 9_000,
        "(" * 4_000 + ")" * 4_000,
        "1/" * 4_000,
        "\x00",
        "-1\x07",
        "\x1b[31m-1",
        "-1\u202e",
        "\ufeff-1",
        "\ud800",
        "1e999999",
        "10^99999",
        "1/0",
        "0x1F",
        "1_000",
        "1.234.567,5",
        "__import__('os')",
        "<script>alert(1)</script>",
        "١",
        "½",
        "{{7*7}}",
        "%s%n",
    ],
    ids=lambda text: ascii(text[:16]),
)
@pytest.mark.parametrize(("question", "part"), [("optim-gd", "g1[0]"), ("aio2024-cau-05-vary", "h"), ("optim-mcq-01", "answer")])
def test_odd_text_is_unreadable_and_says_so_in_both_languages(client, question, part, text):
    document, parts = grade(client, {part: text}, question)
    assert parts[part]["verdict"] == "unreadable"
    assert both_languages(parts[part]["feedback"])
    assert all(len(words) < 1000 for words in parts[part]["feedback"].values())
    assert document["marks"] == 0


@pytest.mark.parametrize(
    "text", ["−1", "－１", "−1,0", "-１．０", "\u00a0-1\u00a0", "‐1", "–1", "- 1", "-1e0", "-10⁰", "−1·10^0", "-2/2", "-0,1·10¹", "-.1e1"]
)
def test_look_alike_signs_and_digits_are_read_as_they_are_meant(client, text):
    part = grade(client, {"g1[0]": text})[1]["g1[0]"]
    assert (part["verdict"], part["read_as"]) == ("correct", "-1")


def test_a_json_number_of_a_hundred_thousand_digits_is_a_clear_problem(client):
    reply = send(client, '{"question": "optim-gd", "seed": 0, "answers": {"g1[0]": ' + "9" * 100_000 + "}}")
    assert reply.status_code in (200, 400, 422)
    assert reply.status_code != 200 or reply.json()["parts"][0]["verdict"] == "unreadable"


def test_a_number_with_two_readings_is_asked_about(client):
    part = grade(client, {"g1[0]": "1.234,5"})[1]["g1[0]"]
    assert part["verdict"] == "unreadable"
    assert "two ways" in part["feedback"]["en"]


def test_a_deep_list_is_not_called_an_object(client):
    reply = send(client, FIXED | {"answers": {"g1[0]": json.loads("[" * 20 + "]" * 20)}})
    assert reply.status_code == 200 or "is an object" not in reply.json()["detail"]


@pytest.mark.parametrize("depth", [3, 20, 500, 900, 5_000, 200_000])
def test_deep_nesting_is_a_clear_problem_wherever_it_stands(client, depth):
    deep = "[" * depth + "]" * depth
    for body in (
        deep,
        f'{{"question": {deep}, "seed": 0}}',
        f'{{"question": "optim-gd", "seed": {deep}}}',
        f'{{"question": "optim-gd", "givens": {{"a": {deep}}}}}',
        f'{{"question": "optim-gd", "seed": 0, "version": {deep}}}',
    ):
        assert send(client, body).status_code in (400, 404, 422)
    reply = send(client, f'{{"question": "optim-gd", "seed": 0, "answers": {{"g1[0]": {deep}}}}}')
    assert reply.status_code in (200, 400, 422)
    assert send(client, f'{{"items": [{deep}]}}', "/api/v1/grade/batch").status_code in (200, 400)
    assert send(client, f'{{"givens": {{"a": {deep}}}}}', "/api/v1/solvers/adam/solve").status_code in (400, 422)


@pytest.mark.parametrize("path", ["/api/v1/grade", "/api/v1/solvers/adam/solve"])
def test_a_body_beyond_a_megabyte_is_too_large(client, path):
    refused(send(client, " " * (1 << 20) + "{}", path), 413, "too_large")


def test_a_streamed_body_beyond_a_megabyte_is_too_large(client):
    reply = client.post("/api/v1/grade", content=(b" " * 65_536 for _ in range(32)), headers={"Content-Type": "application/json"})
    refused(reply, 413, "too_large")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/grade", '{"question": "\\ud800", "seed": 0}'),
        ("/api/v1/grade", '{"\\ud800": 1}'),
        ("/api/v1/grade", '{"question": "optim-gd", "seed": 0, "answers": {"\\ud800": "1"}}'),
        ("/api/v1/grade", '{"question": "optim-gd", "givens": {"\\ud800": "1"}}'),
        ("/api/v1/grade/batch", '{"items": [{"\\ud800": 1}]}'),
        ("/api/v1/grade/batch", '{"items": [{"question": "optim-gd", "seed": 0, "answers": {"\\ud800": "1"}}]}'),
        ("/api/v1/grade/batch", '{"items": [], "\\ud800": 1}'),
        ("/api/v1/solvers/adam/solve", '{"givens": {"\\ud800": 1}}'),
        ("/api/v1/solvers/adam/solve", '{"givens": {}, "\\ud800": 1}'),
    ],
)
def test_half_a_surrogate_pair_in_a_name_breaks_nothing(client, path, body):
    reply = send(client, body, path)
    assert reply.status_code == 200 if path.endswith("batch") and "[]" not in body else reply.status_code in (400, 404, 422)


def test_unknown_things_are_404_and_named(client):
    assert "'nope' is not a question" in refused(client.get("/api/v1/questions/nope/variants/0"), 404, "unknown_question")
    assert "optim-adam" in refused(client.get("/api/v1/questions/optim-adm/variants/0"), 404, "unknown_question")
    assert "'nope' is not a question" in refused(send(client, FIXED | {"question": "nope"}), 404, "unknown_question", "/question")
    sentence = refused(send(client, {"givens": {}}, "/api/v1/solvers/nope/solve"), 404, "unknown_solver")
    assert "there are adagrad, adam, " in sentence


@pytest.mark.parametrize(
    "id",
    [
        "%00",
        "%FF",
        "a" * 5_000,
        "OPTIM-GD",
        "optim-gd%20",
        "%F0%9F%98%80",
        "..",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "a%2Fb",
        "optim_gd",
        "-",
    ],
)
def test_an_odd_question_id_is_404(client, id):
    assert client.get(f"/api/v1/questions/{id}/variants/0").status_code == 404
    assert client.post(f"/api/v1/solvers/{id}/solve", json={"givens": {}}).status_code == 404


@pytest.mark.parametrize("seed", ["-1", "x", "1.5", "1e3", "+1", "٣", "３", "0x1", "%20", "9" * 5_000, "None", "1_0", "true"])
def test_an_odd_seed_is_refused(client, seed):
    refused(client.get(f"/api/v1/questions/optim-gd/variants/{seed}"), 422, "bad_seed", "/seed")


@pytest.mark.parametrize(
    "path", ["/api/nothing", "/api/v1", "/api/v2/grade", "/api/v1/solvers/adam", "/api/v1/questions/optim-gd/variants"]
)
def test_an_unknown_path_of_the_api_is_404(client, path):
    assert "/docs" in refused(client.get(path), 404, "unknown_path")


@pytest.mark.parametrize("path", ["/nothing", "/static/none.css", "/docs/nothing", "/%00", "/api"])
def test_an_unknown_page_is_404(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/%00", "/static/"])
def test_no_file_outside_static_is_served(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/grade"),
        ("GET", "/api/v1/grade/batch"),
        ("PUT", "/api/v1/grade"),
        ("DELETE", "/api/v1/questions"),
        ("POST", "/api/v1/questions/optim-gd/variants/0"),
        ("GET", "/api/v1/solvers/adam/solve"),
        ("PATCH", "/api/v1/solvers"),
    ],
)
def test_a_wrong_method_is_405(client, method, path):
    assert method in refused(client.request(method, path), 405, "method_not_allowed")


@pytest.mark.parametrize(("method", "path"), [("POST", "/"), ("DELETE", "/docs"), ("PUT", "/healthz"), ("POST", "/static/style.css")])
def test_a_wrong_method_on_a_page_is_405(client, method, path):
    assert client.request(method, path).status_code == 405


def test_a_405_tells_the_allowed_methods_as_rfc_9110_wants(client):
    assert client.get("/api/v1/grade").headers.get("Allow") == "POST"
    assert "GET" in client.delete("/api/v1/questions").headers.get("Allow", "")


# Tokens

SAMPLE = {"{solver}": "adam", "{id}": "optim-gd", "{seed}": "0", "{name}": "chain-adam"}


def endpoints(client, tag=None):
    """Every method and path of the API, or of those with a tag."""
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            if tag is None or tag in operation["tags"]:
                yield method.upper(), path


def answer_book(client):
    """Every endpoint that gives answers away, with something to ask of it."""
    for method, path in endpoints(client, "answer book"):
        for parameter, value in SAMPLE.items():
            path = path.replace(parameter, value)
        assert "{" not in path
        yield method, path


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer gradus_forged",
        "Basic dXNlcjpwYXNz",
        "Bearer " + "x" * 5_000,
        "Bearer gradus_\xff",
        "Token abc",
        "Bearer null",
    ],
)
def test_every_endpoint_of_the_answer_book_wants_a_good_token(stranger, authorization):
    asked = 0
    for method, path in answer_book(stranger):
        asked += 1
        headers = {} if authorization is None else {"Authorization": authorization.encode("latin-1")}
        reply = stranger.request(method, path, headers=headers, json={} if method == "POST" else None)
        assert "gradus token add" in refused(reply, 401, "no_token")
        assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert asked >= 6


def test_a_token_with_one_letter_changed_is_forged(stranger, token):
    for forged in (token + "x", token[:-1], token.upper(), token.swapcase(), token[::-1], hashlib.sha256(token.encode()).hexdigest()):
        refused(stranger.get("/api/v1/questions", headers={"Authorization": f"Bearer {forged}"}), 401, "no_token")


def test_a_token_does_not_work_from_the_address(stranger, token):
    refused(stranger.get(f"/api/v1/questions?token={token}&access_token={token}"), 401, "no_token")


def test_a_stranger_learns_nothing_of_the_body_it_sent(stranger):
    refused(send(stranger, "{"), 401, "no_token")
    refused(send(stranger, "[]"), 401, "no_token")
    refused(send(stranger, FIXED | {"question": "nope"}), 401, "no_token")


def test_an_expired_token_has_ended(stranger, installation):
    ended, fresh = installation.token("short", days=1e-9), installation.token("long", days=1)
    time.sleep(0.01)
    assert "ended" in refused(stranger.get("/api/v1/questions", headers={"Authorization": f"Bearer {ended}"}), 401, "no_token")
    assert stranger.get("/api/v1/questions", headers={"Authorization": f"Bearer {fresh}"}).status_code == 200


def test_a_token_of_another_scope_is_403(stranger, installation):
    student = installation.token("student-of-scope", scope="student")
    for method, path in answer_book(stranger):
        reply = stranger.request(method, path, headers={"Authorization": f"Bearer {student}"}, json={} if method == "POST" else None)
        assert "grade" in refused(reply, 403, "wrong_scope")


def test_only_the_hash_of_a_token_is_kept(installation, token):
    assert token.encode() not in installation.on_disk()
    assert hashlib.sha256(token.encode()).hexdigest().encode() in installation.on_disk()


def test_a_token_works_at_once_and_the_word_bearer_in_either_case(stranger, installation):
    text = installation.token("late")
    for kind in ("Bearer", "bearer", "BEARER"):
        assert stranger.get("/api/v1/questions", headers={"Authorization": f"{kind} {text}"}).status_code == 200


# Pages and reference


class Resources(HTMLParser):
    """Every address that a page makes a browser fetch or offers to follow."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found += [(tag, value) for name, value in attrs if name in ("src", "href", "action", "srcset", "poster", "data")]
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs), "the content security policy forbids inline code"
        assert tag not in ("script", "style", "iframe") or any(name == "src" for name, _ in attrs)


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_loads_nothing_from_another_host(stranger, path):
    page = stranger.get(path)
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    resources = Resources(page.text).found
    assert resources
    for tag, address in resources:
        assert address.startswith(("/", "#", "?"))
        assert not address.startswith("//")
        assert tag == "form" or not address.startswith("/") or stranger.get(address).status_code == 200
    assert "https://" not in page.text


def test_stylesheets_load_nothing_from_another_host(stranger):
    style = stranger.get("/static/style.css").text
    assert "//" not in style.replace("/*", "").replace("*/", "")
    assert "@import" not in style


def test_openapi_lists_every_route_of_the_api(stranger, app):
    listed = set(endpoints(stranger))
    assert {
        ("GET", "/api/v1/solvers"),
        ("POST", "/api/v1/solvers/{solver}/solve"),
        ("GET", "/api/v1/questions"),
        ("GET", "/api/v1/questions/{id}/variants/{seed}"),
        ("POST", "/api/v1/grade"),
        ("POST", "/api/v1/grade/batch"),
    } <= listed
    assert {(method, path) for method, path in routes(app) if path.startswith("/api/") or path == "/healthz"} == listed


def routes(app):
    """Every method and path of an application and of the routers it includes."""
    for route in app.routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from routes(included)
        elif getattr(route, "methods", None):
            yield from ((method, route.path) for method in route.methods - {"HEAD"})


def test_openapi_says_what_goes_wrong_and_describes_every_operation(stranger):
    schema = stranger.get("/openapi.json").json()
    assert schema["info"]["title"] == "Gradus"
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            assert operation["summary"].strip()
            assert operation["description"].strip()
            ((kind, reply),) = operation["responses"][min(operation["responses"])].get("content", {"none": None}).items()
            if kind == "application/json":
                reply = reply["schema"]
                assert reply.get("$ref") or reply.get("items") or reply == {"additionalProperties": {"type": "string"}} | reply
            else:
                assert (method, kind) in {("delete", "none"), ("get", "application/jsonl")}
            if "answer book" in operation["tags"]:
                assert {"400", "401", "403", "404", "413", "422"} <= operation["responses"].keys()
                assert operation["security"] == [{"token": ["grade"]}]
            if "papers" in operation["tags"]:
                assert operation["security"] == [{"token": ["student"]}, {"session": []}]
            if {"classes", "room"} & set(operation["tags"]):
                scope = "student" if operation["summary"] == "Join a class" else "teach"
                assert operation["security"] == [{"token": [scope]}, {"session": []}]
                assert {"400", "401", "403", "404", "409", "422"} <= operation["responses"].keys()
    error = schema["components"]["schemas"]["ErrorDocument"]
    assert list(error["properties"]) == ["error", "detail", "where"]
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_openapi_says_what_a_submission_is(stranger):
    schemas = stranger.get("/openapi.json").json()["components"]["schemas"]
    assert list(schemas["Submission"]["properties"]) == ["question", "seed", "givens", "version", "answers"]
    assert schemas["Submission"]["required"] == ["question"]
    assert schemas["Batch"]["properties"]["items"]["items"] == {"$ref": "#/components/schemas/Submission"}


def examples_of(operation, models):
    """What the reference shows for an operation: its path's parameters, what may be asked, its body and its reply."""
    told = {p["name"]: (p["in"], p["schema"].get("examples") or p.get("examples")) for p in operation.get("parameters", ())}
    parameters, query = ({name: shown[0] for name, (at, shown) in told.items() if at == where} for where in ("path", "query"))
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    (body, *_) = sent.get("examples") or models.get(sent.get("$ref", "").rpartition("/")[2], {}).get("examples") or [None]
    done = operation["responses"][min(operation["responses"])]
    reply = done.get("content", {}).get("application/json", {}).get("example")
    return parameters, query, body, reply


def holds(document, example):
    """Whether an example is a part of a document."""
    if isinstance(example, dict):
        return all(name in document and holds(document[name], value) for name, value in example.items())
    if isinstance(example, list):
        return all(any(holds(item, one) for item in document) for one in example)
    return document == example


class Stage:
    """A fresh class and a fresh paper with everything that an example speaks of, and a program for each who may ask."""

    def __init__(self, installation, program):
        store = installation.store
        self.student, self.author = program(), program(role="teacher", scope="author")
        self.teacher, self.administrator = program(role="teacher", scope="teach"), program(role="administrator", scope="teach")
        by = self.teacher.person
        self.school_class = classes.make(store, by, "Học sâu K67").id
        roster.take(store, by, self.school_class, f"Member {next(installation.numbers)},Buổi sáng")
        self.member = next(one for one in classes.members(store, by, self.school_class) if one.role == "student").person
        self.code = links.new_code(store, by, self.school_class)
        links.invite(store, by, self.school_class, "student", 14, 200)
        self.link = links.invitations(store, by, self.school_class)[0].sha256[:12]
        terms = arrangements.Terms("a doctor's note", percent=25)
        self.arrangement = arrangements.arrange(store, by, self.school_class, terms, team="Buổi sáng").id
        self.sitter = program()
        self.paper = f"stage-{next(installation.numbers)}"
        installation.paper(self.paper, ["optim-gd-vary"], self.sitter.person, teacher=by, minutes=45, preset="exam")
        self.seat = starting.start(store, self.sitter.person, self.paper)[0]
        self.attempt = starting.practise(store, self.student.person, "optim-gd-vary")
        self.started = starting.start(store, self.student.person, "aio2024")[0]
        trained = (self.student.person, starting.practise(store, self.student.person, "train-one-layer-interval"))
        sittings.submit(store, *trained)
        runs.keep(store, *trained, "train-one-layer-interval", "study-one-layer", LOG["log"])
        store.write(lambda c: class_rows.add_member(c, self.school_class, self.student.person.id, "student", "", 0.0))
        self.trained = trained[1]
        self.store = store

    def stands_in(self, path):
        """The names in a path that are not the example's own."""
        if path.startswith("/api/v1/classes"):
            return {"id": self.school_class, "member": self.member, "link": self.link, "arrangement": self.arrangement}
        if path.startswith("/api/v1/teach"):
            code = printing.numbered(self.store, self.teacher.person, self.paper, 1).code if "/copies/" in path else ""
            return {"id": self.paper, "attempt": self.seat, "code": f"{code}-1"}
        if "/runs/" in path:
            return {"id": self.trained}
        checks = "/check/" in path
        return {"id": self.attempt if checks else self.started} if "attempts/" in path else {}

    def prepared(self, path, body):
        """The body, with what only the server could know; and what has to be true before."""
        if path.endswith("/reopen"):
            sittings.submit(self.store, self.sitter.person, self.seat)
        if path.endswith(("/review", "/record")):
            sittings.submit(self.store, self.student.person, self.started)
        if path.endswith("/roster"):
            return body | {"digest": roster.preview(self.store, self.teacher.person, self.school_class, body["text"]).digest}
        if path.endswith("/teach/papers/{id}") and body:
            return body | {"classes": room.paper_of(self.store, self.teacher.person, self.paper).classes}
        if path.endswith("/password"):
            name = people.add_person(self.store, CHOSE["name"], "student").name
            return body | {"secret": links.hand_out_by_name(self.store, name, 1).secret}
        return body | {"code": self.code} if path.endswith(("/join", "/sign-up")) else body


LAST = [None, ("delete", "/api/v1/questions/{id}/draft"), ("delete", "/api/v1/questions/{id}")]  # over what was read


def test_every_operation_has_an_example_and_it_is_true(client, program, installation):
    draft = program(role="teacher", scope="author")
    schema = client.get("/openapi.json").json()
    there = [(path, method, operation) for path, methods in schema["paths"].items() for method, operation in methods.items()]
    there.sort(key=lambda one: LAST.index((one[1], one[0])) if (one[1], one[0]) in LAST else 0)
    for path, method, operation in there:
        parameters, query, body, example = examples_of(operation, schema["components"]["schemas"])
        assert parameters or body or example
        stage = Stage(installation, program)
        here = path.format(**parameters | stage.stands_in(path))
        staff = stage.administrator if path == "/api/v1/acts" else stage.student if path == "/api/v1/join" else stage.teacher
        who = {"papers": stage.student, "writing questions": draft, "classes": staff, "room": staff}
        asking = who.get(operation["tags"][0], client)
        query = {} if path == "/api/v1/acts" else query
        headers = {}
        if (method, path) in LAST:
            source = f"/api/v1/questions/{parameters['id']}/source"
            if path.endswith("/draft"):
                asking.put(source.removesuffix("/source"), json={"source": asking.get(source).json()["source"]})
            headers = {"If-Match": asking.get(source).headers["etag"]}
        reply = asking.request(method, here, params=query, json=stage.prepared(path, body), headers=headers)
        assert reply.status_code == int(min(operation["responses"])) or reply.status_code in (200, 201), (method, here, reply.text)
        assert example is None or holds(reply.json(), example), (method, path, reply.json())


def test_the_reference_page_names_every_route(stranger):
    page = stranger.get("/docs").text
    for method, path in endpoints(stranger):
        assert f"{method} {path}" in page


def test_health_says_ok_to_anyone(stranger):
    assert stranger.get("/healthz").json()["status"] == "ok"
