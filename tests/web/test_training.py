"""Training questions in the browser: a diagram before release, the curves after it, and the student's own run beside ours."""

import xml.etree.ElementTree as ElementTree

import pytest

from exam import papers, sittings, starting
from questions import bank
from questions.experiments import references, told
from questions.pictures import picture_of, trainings
from questions.variant import draw
from tests.web.test_pictures import SVG, check
from web import runs
from web.pictures import draw as drawn

TRAINING = [question for question in bank.bank().values() if question.training]
PAPER = next(paper for paper in papers.shipped() if paper.id == "training")
ASKED = [item for section in PAPER.sections for item in section.questions]
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
    assert before == picture_of(variant, {}, None, "b", [0.5] * 15)
    assert (before.curves, before.band, before.chosen, before.own) == ((), None, None, ())
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
    picture = picture_of(variant, {}, {}, "b", [0.5] * 15)
    assert (picture.band, picture.chosen, picture.own) == (bands["c"], bands["b"], (0.5,) * 15)
    assert "You chose: from 0.3 to below 0.8." in picture.alt.en
    assert "Khoảng đúng: từ 0.8 đến dưới 0.92." in picture.alt.vi
    root = ElementTree.fromstring(drawn(picture, "en"))
    assert {rect.get("class") for rect in root.iter(f"{SVG}rect") if rect.get("class") in ("ok", "pen")} == {"ok", "pen"}


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
        for path in (f"questions/{number}", f"pictures/{number}.svg?released-en&own=0.5", f"review/{number}?own=0.5"):
            text = an.get(f"/attempts/{id}/{path}", follow_redirects=True).text
            assert outcome.en not in text
            assert not [mean for mean in means if mean in text], path
            assert "of every seed" not in text
        assert an.post(f"/attempts/{id}/review/{number}", data={"log": "[1]"}).headers["location"].endswith(f"questions/{number}")


@pytest.mark.parametrize("number", range(1, len(ASKED) + 1))
def test_a_student_sees_their_own_run_beside_ours(sat, number):
    an, id = sat
    question = bank.get(ASKED[number - 1])
    page = an.get(f"/attempts/{id}/review/{number}")
    assert "Your own run" in page.text
    assert told.outcome(question.training).en.split(":")[0] in page.text
    reply = an.post(f"/attempts/{id}/review/{number}", data={"log": log_of(question)})
    assert reply.status_code == 303
    page = an.get(reply.headers["location"])
    assert "Your run agrees with our seeds after every epoch." in page.text
    assert "Your run: " in page.text, "the picture's text tells of it"
    picture = next(part for part in page.text.split('"') if f"/pictures/{number}.svg" in part).replace("&amp;", "&")
    assert "your run" in an.get(picture).text


def test_a_log_may_be_a_file(sat):
    an, id = sat
    log = log_of(bank.get(ASKED[0]), [0.9] * 15).encode()
    reply = an.post(f"/attempts/{id}/review/1", data={"log": ""}, files={"log": ("run.csv", log, "text/csv")})
    page = an.get(reply.headers["location"])
    assert "Your run leaves our band" in page.text


@pytest.mark.parametrize("log", ["", "epoch,test\n1,nan", "[0.1, 0.2]", "\x00", "<script>alert(1)</script>", "[" * 3000])
def test_a_log_that_cannot_be_read_is_kept_with_the_reason(sat, log):
    an, id = sat
    reply = an.post(f"/attempts/{id}/review/1", data={"log": log})
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text
    assert "<script>alert" not in reply.text


def test_an_address_that_was_tampered_with_shows_no_run(sat):
    an, id = sat
    for query in ("own=x", "own=0.5", "own=" + "0.5," * 14 + "nan", "own=" + "9," * 15, "of=nope&own=1", "own=" + "0" * 30_000):
        page = an.get(f"/attempts/{id}/review/1?{query}")
        assert page.status_code in (200, 414)
        assert "Your run: " not in page.text
        assert an.get(f"/attempts/{id}/pictures/1.svg?{query}").status_code in (200, 414)


def test_nobody_reaches_anothers_run(sat, browse):
    _, id = sat
    assert browse().post(f"/attempts/{id}/review/1", data={"log": "[1]"}).status_code == 404
    assert browse(signed_in=False).post(f"/attempts/{id}/review/1", data={"log": "[1]"}).status_code == 303


def test_a_question_without_experiments_takes_no_log(browse, installation):
    an = browse()
    id, _ = starting.start(installation.store, an.person, "aio2024")
    sittings.submit(installation.store, an.person, id)
    assert "Your own run" not in an.get(f"/attempts/{id}/review/1").text
    assert runs.beside(draw(bank.get("aio2024-cau-01"), 0), runs.Own("", [])) is None
    assert an.post(f"/attempts/{id}/review/1", data={"log": "[1]"}).status_code == 303
