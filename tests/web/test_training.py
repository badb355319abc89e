"""Training questions in the browser: a diagram before release, the curves after it, and the student's own run beside ours."""

import xml.etree.ElementTree as ElementTree

import pytest

from exam import classes, papers, room, sittings, starting
from exam.store import classes as class_rows
from exam.store import runs as rows
from questions import bank
from questions.experiments import references, told
from questions.pictures import picture_of, trainings
from questions.variant import draw
from tests.web.test_pictures import SVG, check
from web.pictures import draw as drawn

TRAINING = [question for question in bank.bank().values() if question.training]
PAPER = next(paper for paper in papers.shipped() if paper.id == "training")
ASKED = [item for section in PAPER.sections for item in section.questions]
METRIC = bank.get(ASKED[0]).training.accuracy
FORMS = [(language, narrow) for language in ("vi", "en") for narrow in (False, True)]
questions = pytest.mark.parametrize("question", TRAINING, ids=lambda question: question.id)


def log_of(question, values=None):
    training = question.training
    values = values or references.reference(training.experiments[0]).accuracies(training.accuracy)[0]
    return "\n".join([f"epoch,{training.accuracy}", *(f"{t},{value:.6f}" for t, value in enumerate(values, start=1))])


@questions
def test_before_release_a_picture_is_made_without_the_references(question, monkeypatch):
    """They are not even there to be read; and nothing the student picked changes it."""
    variant = draw(question, 0)

    def refuse(name):
        raise AssertionError(f"the reference of {name} was read")

    monkeypatch.setattr(trainings, "reference", refuse)
    before = picture_of(variant)
    assert before is not None
    assert before == picture_of(variant, {}, None, "b", {question.training.experiments[0]: [0.5] * 15})
    assert (before.curves, before.band, before.chosen) == ((), None, None)
    with pytest.raises(AssertionError, match="was read"):
        picture_of(variant, {}, {})


@questions
def test_after_release_every_seed_has_its_curve_and_every_layer_its_gradient(question):
    variant = draw(question, 0)
    picture = picture_of(variant, {}, {}, "a")
    names = question.training.experiments
    assert [one.label.en for one in picture.curves] == [trainings.LABELS[name]["en"] for name in names]
    for one, name in zip(picture.curves, names, strict=True):
        found = references.reference(name)
        assert len(one.seeds) == len(found.runs)
        assert len(one.gradients) == len(found.spec.network.widths) - 1
    for language, narrow in FORMS:
        check(drawn(picture, language, narrow), kilobytes=60)
        check(drawn(picture_of(variant), language, narrow), kilobytes=20)


@questions
def test_the_diagram_marks_what_is_new(question):
    picture = picture_of(draw(question, 0))
    first, others = told.start(question.training)
    new = [name for layer in picture.layers for name, is_new in layer.after if is_new]
    if others or first not in trainings.PREVIOUS:
        assert not new
        assert not picture.skip_is_new
        return
    changed = {name.en for name, _, _ in told.changes(trainings.EXPERIMENTS[first], trainings.EXPERIMENTS[trainings.PREVIOUS[first]])}
    assert bool(new) == ("Net" in changed)
    assert picture.skip_is_new == ("Skip connection" in changed)


def test_the_true_band_and_the_chosen_one_are_told_and_drawn():
    variant = draw(bank.get("train-adam-interval"), 0)
    bands = variant.question.training.bands
    picture = picture_of(variant, {}, {}, "b", {"chain-adam": [0.5] * 15})
    assert (picture.band, picture.chosen, picture.curves[0].own) == (bands["c"], bands["b"], (0.5,) * 15)
    assert "You chose: from 0.3 to below 0.8." in picture.alt.en
    assert "Khoảng đúng: từ 0.8 đến dưới 0.92." in picture.alt.vi
    root = ElementTree.fromstring(drawn(picture, "en"))
    assert {rect.get("class") for rect in root.iter(f"{SVG}rect") if rect.get("class") in ("ok", "pen")} == {"ok", "pen"}


STUDY = "train-one-layer-interval"


@pytest.fixture(autouse=True)
def asked_nowhere(monkeypatch):
    """Other tests share the installation, and their papers may ask what is practised here."""
    monkeypatch.setattr(starting, "asked_in_papers", lambda store: set())


def practised(store, person, question=STUDY):
    """A marked attempt at one question that is practised."""
    id = starting.practise(store, person, question)
    sittings.submit(store, person, id)
    return id


@pytest.fixture
def sat(browse, installation):
    """A student who has handed in the training paper."""
    an = browse()
    id, _ = starting.start(installation.store, an.person, "training")
    for variant in sittings.sitting(installation.store, an.person, id).variants:
        letters = [option.key for option in variant.options["answer"]]
        typed = " ".join(letters) if variant.question.parts[0].kind == "order" else letters[0]
        sittings.save(installation.store, an.person, id, variant.question.id, "answer", typed)
    sittings.submit(installation.store, an.person, id)
    return an, id


def test_before_release_nothing_shows_what_the_runs_gave(browse, installation):
    an = browse()
    id, _ = starting.start(installation.store, an.person, "training")
    for number, name in enumerate(ASKED, start=1):
        question = bank.get(name)
        outcome = told.outcome(question.training)
        means = [f"{sum(values) / len(values):.4f}" for values in question.training.samples().values()]
        for path in (f"questions/{number}", f"pictures/{number}.svg?released-en", f"review/{number}"):
            text = an.get(f"/attempts/{id}/{path}", follow_redirects=True).text
            assert outcome.en not in text
            assert not [mean for mean in means if mean in text], path
            assert "of every seed" not in text
        assert an.post(f"/attempts/{id}/review/{number}", data={"log": "[1]"}).headers["location"].endswith(f"questions/{number}")


def send(an, id, number, log, **more):
    """Sends a log; gives back the page it leads to."""
    reply = an.post(f"/attempts/{id}/review/{number}", data={"log": log, **more})
    assert reply.status_code == 303, reply.text
    return an.get(reply.headers["location"]).text


@pytest.mark.parametrize("number", range(1, len(ASKED) + 1))
def test_a_student_sees_their_own_run_beside_ours(sat, number):
    an, id = sat
    question = bank.get(ASKED[number - 1])
    page = an.get(f"/attempts/{id}/review/{number}")
    assert "Your own run" in page.text
    assert told.outcome(question.training).en.split(":")[0] in page.text
    page = send(an, id, number, log_of(question))
    assert "Your run agrees with our seeds after every epoch." in page
    assert "Your run" in page.partition('alt="')[2].partition('"')[0], "the picture's text tells of it"
    picture = next(part for part in page.split('"') if f"/pictures/{number}.svg" in part).replace("&amp;", "&")
    assert "your run" in an.get(picture).text
    assert page == an.get(f"/attempts/{id}/review/{number}").text, "it is kept"


def test_a_run_is_replaced_and_deleted_by_its_student(sat, installation):
    an, id = sat
    question = bank.get(ASKED[0])
    first, second = send(an, id, 1, log_of(question)), send(an, id, 1, log_of(question, [0.9] * 15))
    assert "Your run agrees" in first
    assert "Your run leaves our band" in second
    pictures = [next(part for part in page.split('"') if "/pictures/1.svg" in part) for page in (first, second)]
    assert pictures[0] != pictures[1], "another run is another picture"
    assert len(installation.store.read(lambda c: rows.runs_of(c, an.person.id, METRIC, ["chain-sgd"]))) == 1
    reply = an.post(f"/attempts/{id}/review/1/delete-run", data={"of": "chain-sgd"})
    assert reply.status_code == 303
    assert "Your run " not in an.get(reply.headers["location"]).text
    assert an.post(f"/attempts/{id}/review/1/delete-run", data={"of": "chain-sgd"}).status_code == 404
    assert an.post(f"/attempts/{id}/review/1/delete-run", data={"of": "nope"}).status_code == 404


def test_a_run_stands_beside_every_question_about_its_experiment_and_metric(sat, installation):
    an, id = sat
    first = practised(installation.store, an.person)
    send(an, first, 1, log_of(bank.get(STUDY)))
    assert "Your run agrees" in an.get(f"/attempts/{practised(installation.store, an.person)}/review/1").text
    assert "Your run of sigmoid" not in an.get(f"/attempts/{id}/review/1").text
    compared = an.get(f"/attempts/{id}/review/{ASKED.index('train-rate-highest') + 1}").text
    assert "Your run agrees" in compared


def test_several_experiments_have_a_run_each(sat):
    an, id = sat
    number = ASKED.index("train-gain") + 1
    question = bank.get("train-gain")
    for name in question.training.experiments[:2]:
        seed = references.reference(name).accuracies(question.training.accuracy)[1]
        page = send(an, id, number, log_of(question, seed), of=name)
    assert page.count("Your run agrees") == 2
    assert page.count("Your run of ") >= 2
    assert an.post(f"/attempts/{id}/review/{number}", data={"log": "[1]", "of": "study-zero"}).status_code == 404


def test_the_curves_stand_in_numbers_too(sat):
    an, id = sat
    page = an.get(f"/attempts/{id}/review/1").text
    seeds = references.reference("chain-sgd").accuracies(METRIC)
    for epoch in range(15):
        values = [seed[epoch] for seed in seeds]
        assert f"{sum(values) / 8:.4f} <small>{min(values):.4f}–{max(values):.4f}</small>" in page
    assert "Gradient norm of the weights of each layer" in page


def test_a_log_may_be_a_file(sat):
    an, id = sat
    for encoding in ("utf-8", "utf-16"):
        log = log_of(bank.get(ASKED[0]), [0.9] * 15).encode(encoding)
        reply = an.post(f"/attempts/{id}/review/1", data={"log": ""}, files={"log": ("run.csv", log, "text/csv")})
        page = an.get(reply.headers["location"])
        assert "Your run leaves our band" in page.text


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0", b"epoch,train\n1,\xff", b"x" * 900_000, b""])
def test_a_file_that_is_no_log_is_refused_and_nothing_is_kept(sat, installation, content):
    an, id = sat
    send(an, id, 1, log_of(bank.get(ASKED[0])))
    reply = an.post(f"/attempts/{id}/review/1", data={"log": ""}, files={"log": ("run.csv", content, "text/csv")})
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text
    assert "Your run agrees" in an.get(f"/attempts/{id}/review/1").text, "the one before stays"


@pytest.mark.parametrize("log", ["", "epoch,test\n1,nan", "[0.1, 0.2]", "\x00", "<script>alert(1)</script>", "[" * 3000])
def test_a_log_that_cannot_be_read_is_kept_with_the_reason(sat, log):
    an, id = sat
    reply = an.post(f"/attempts/{id}/review/1", data={"log": log})
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text
    assert "<script>alert" not in reply.text


def test_a_run_over_rest(program, installation):
    an = program()
    id = starting.practise(installation.store, an.person, STUDY)
    address, name = f"/api/v1/attempts/{id}/runs/{STUDY}", "study-one-layer"
    log = {"log": log_of(bank.get(STUDY))}
    assert an.get(address).json()["error"] == an.put(f"{address}/{name}", json=log).json()["error"] == "not_released"
    sittings.submit(installation.store, an.person, id)
    none = {"accuracies": [], "sent": None, "plausible": None, "outside": [], "said": None}
    assert an.get(address).json() == [{"experiment": name, "metric": "running_train", "epochs": 4, **none}]
    sent = an.put(f"{address}/{name}", json=log).json()
    assert (sent["plausible"], sent["outside"], len(sent["accuracies"])) == (True, [], 4)
    assert an.get(address).json() == [sent]
    refused = an.put(f"{address}/{name}", json={"log": "train,test\n1,nan"})
    assert (refused.status_code, refused.json()["error"], refused.json()["where"]) == (422, "bad_log", "/log")
    for one in (an.put(f"{address}/nope", json=log), an.get(f"/api/v1/attempts/{id}/runs/nope")):
        assert one.status_code == 404
    assert an.delete(f"{address}/{name}").status_code == 204
    assert an.delete(f"{address}/{name}").json()["error"] == "unknown_run"
    other = starting.practise(installation.store, an.person, "optim-gd-vary")
    assert an.get(f"/api/v1/attempts/{other}/runs/optim-gd-vary").json()["error"] == "unknown_run"


def test_an_exam_takes_no_run_before_it_is_released(browse, installation):
    an = browse()
    paper = f"trained-{next(installation.numbers)}"
    teacher = installation.paper(paper, [ASKED[0]], an.person, preset="exam")
    id, _ = starting.start(installation.store, an.person, paper)
    sittings.submit(installation.store, an.person, id)
    log = log_of(bank.get(ASKED[0]))
    assert an.post(f"/attempts/{id}/review/1", data={"log": log}).status_code == 409
    assert not installation.store.read(lambda c: rows.runs_of(c, an.person.id, METRIC, ["chain-sgd"]))
    room.release(installation.store, teacher, paper)
    assert "Your run agrees" in send(an, id, 1, log)


def test_the_staff_of_a_class_see_its_runs_beside_ours(browse, installation):
    an, binh, teacher = browse(), browse(name="Bình"), browse(role="teacher")
    school_class = classes.make(installation.store, teacher.person, "Runs").id
    address = f"/teach/classes/{school_class}/runs"
    assert "Nobody has sent a run yet." in teacher.get(address).text
    for who, values in ((an, None), (binh, [0.2] * 4)):
        installation.store.write(lambda c, who=who: class_rows.add_member(c, school_class, who.person.id, "student", "", 0.0))
        send(who, practised(installation.store, who.person), 1, log_of(bank.get(STUDY), values))
    page = teacher.get(address).text
    assert an.person.name in page
    assert binh.person.name in page
    assert "outside in 1–4" in page
    picture = next(part for part in page.split('"') if "/runs/" in part and ".svg?" in part)
    for narrow in ("", "&narrow=true"):
        svg = teacher.get(picture + narrow).text
        check(svg, kilobytes=40)
        assert binh.person.name in svg
    assert teacher.get(f"{address}/chain-adam/test.svg").status_code == 404
    assert f'href="{address}"' in teacher.get(f"/teach/classes/{school_class}").text


def test_nobody_reaches_anothers_run(sat, browse):
    _, id = sat
    assert browse().post(f"/attempts/{id}/review/1", data={"log": "[1]"}).status_code == 404
    assert browse(signed_in=False).post(f"/attempts/{id}/review/1", data={"log": "[1]"}).status_code == 303


def test_a_question_without_experiments_takes_no_log(browse, installation):
    an = browse()
    id, _ = starting.start(installation.store, an.person, "aio2024")
    sittings.submit(installation.store, an.person, id)
    assert "Your own run" not in an.get(f"/attempts/{id}/review/1").text
    assert an.post(f"/attempts/{id}/review/1", data={"log": "[1]"}).status_code == 303
