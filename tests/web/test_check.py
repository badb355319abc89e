"""Checking while taking, and feedback without answers: who practises is told how it stands, and nobody is told the key."""

import json
from html import unescape

import pytest

from exam import grade, sittings, starting
from exam.shown import PLAIN, Shown, as_shown
from questions import bank
from questions.model import LETTERED
from questions.variant import draw
from tests.web.test_secrecy import entered, long_digits, numbers_in, references

ALL = bank.bank()
TELLING = [id for id, question in ALL.items() if any(part.kind in LETTERED or part.judged_by for part in question.parts)]
FEEDBACK_ALONE = Shown(True, True, True, False, False)
KEPT = {"answers": "after_release", "solution": "after_release"}


def letters(variant, part, right):
    """An answer in letters: the right one, or one that is wrong (of an order, the right one backwards)."""
    options = variant.options[part.name]
    if part.kind == "order":
        ordered = sorted(options, key=lambda option: option.rank, reverse=not right)
        return " ".join(option.key for option in ordered)
    ticked = [option.key for option in options if option.right == right]
    return ", ".join(ticked) if part.kind == "choices" else ticked[0]


def answered(variant, right):
    """Every part answered, all right or all wrong."""
    texts = {}
    for part in variant.question.parts:
        if part.kind in LETTERED:
            texts[part.name] = letters(variant, part, right)
        elif part.kind != "text":
            texts[part.name] = json.dumps([[1.0] * 3] * 3) if part.judged_by else entered(variant, part, int(not right))
    return texts


@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
def test_without_answers_the_feedback_of_letters_says_the_verdict_or_the_mistake_and_no_more(right):
    for id in TELLING:
        variant = draw(ALL[id], 11)
        told = as_shown(grade.grade(variant, answered(variant, right)), variant.question, FEEDBACK_ALONE)
        for part, one in zip(variant.question.parts, told.parts, strict=True):
            if part.kind in LETTERED or part.judged_by:
                assert one.feedback in PLAIN.values() or one.mistake, (id, one)


def test_with_answers_the_same_feedback_says_what_is_right():
    """The search is worth something: with the answers shown, many of these questions do explain themselves."""
    wordy = 0
    for id in TELLING:
        variant = draw(ALL[id], 11)
        parts = grade.grade(variant, answered(variant, False)).parts
        wordy += any(one.feedback not in PLAIN.values() and not one.mistake for one in parts)
    assert wordy > 0.3 * len(TELLING)


def secrets(variant, page):
    """What tells the right option, order, pair or number, where the question itself does not say it."""
    question = variant.question
    asked = str(variant.prompt) + str([option.text for options in variant.options.values() for option in options])
    words = [question.explanation] if question.explanation else []
    for part in question.parts:
        words += [option.why for option in variant.options.get(part.name, []) if option.why and option.right]
    if page:
        words = [one for one in words if not {"$", "\n", "*"} & set(one.vi + one.en)]
    yield from (text for one in words for text in (one.vi, one.en) if text not in asked)
    for part in question.parts:
        if part.kind == "order":
            yield letters(variant, part, True).replace(" ", ", ")


def test_a_review_without_answers_tells_no_right_option_order_pair_or_number(browse, installation):
    """Every kind of part over the bank, answered wrongly; the page in both languages, and the document."""
    an = browse()
    numeric = [id for id, question in ALL.items() if id not in TELLING and question.computed and question.varies][::4]
    installation.paper("kinds-of-the-bank", TELLING + numeric, an.person, shows=KEPT)
    id = starting.start(installation.store, an.person, "kinds-of-the-bank")[0]
    one = sittings.sitting(installation.store, an.person, id)
    for variant in one.variants:
        for part, text in answered(variant, False).items():
            sittings.save(installation.store, an.person, id, variant.question.id, part, text)
    sittings.submit(installation.store, an.person, id)
    document = an.get(f"/api/v1/attempts/{id}/review").json()
    assert len(document["questions"]) == len(one.variants)
    for number, (variant, told) in enumerate(zip(one.variants, document["questions"], strict=True), 1):
        printed = numbers_in(str(variant.prompt) + str(variant.givens) + str(variant.options) + str(variant.seed))
        digits = set().union(*(long_digits(value) for value in references(variant))) - printed if variant.question.computed else set()
        pages = [an.get(f"/attempts/{id}/review/{number}", headers={"Accept-Language": lang}).text for lang in ("vi", "en")]
        for text in pages:
            assert 'class="right"' not in text, variant.question.id
            assert "chosen right" not in text, variant.question.id
        for at, text in enumerate([json.dumps(told, ensure_ascii=False), *map(unescape, pages)]):
            for secret in secrets(variant, page=at > 0):
                assert secret not in text, (variant.question.id, secret)
            assert not numbers_in(text) & digits, variant.question.id


# Checking


@pytest.fixture
def practising(browse, installation):
    """Somebody in the middle of one practised question."""
    an = browse()
    return an, starting.practise(installation.store, an.person, "optim-gd-vary")


@pytest.fixture
def sit(browse, installation):
    """Somebody in the middle of a paper of their own, with these settings."""

    def start(id, *questions, **stated):
        an = browse()
        installation.paper(id, list(questions or ["optim-gd-vary"]), an.person, **stated)
        return an, starting.start(installation.store, an.person, id)[0]

    return start


def right_answer(installation, an, id, part="g1[0]"):
    variant = sittings.sitting(installation.store, an.person, id).variants[0]
    asked = next(one for one in variant.question.parts if one.name == part)
    return f"{float(variant.reference(asked)):.4f}"


def test_practice_tells_verdicts_and_feedback_while_it_is_taken_and_stays_open(practising, installation):
    an, id = practising
    an.put(f"/api/v1/attempts/{id}/answers/optim-gd-vary/g1[0]", json={"text": right_answer(installation, an, id)})
    an.put(f"/api/v1/attempts/{id}/answers/optim-gd-vary/g1[1]", json={"text": "12345"})
    told = an.post(f"/api/v1/attempts/{id}/check/optim-gd-vary").json()
    verdicts = {part["name"]: part["verdict"] for part in told["parts"]}
    assert (verdicts["g1[0]"], verdicts["g1[1]"]) == ("correct", "wrong")
    assert set(verdicts.values()) == {"correct", "wrong", "blank"}
    assert an.get(f"/api/v1/attempts/{id}").json()["state"] == "open"


@pytest.mark.parametrize("preset", ["quiz", "exam"])
def test_a_paper_that_shows_nothing_while_it_is_taken_has_nothing_to_check(sit, preset):
    an, id = sit(f"no-check-{preset}", preset=preset)
    reply = an.post(f"/api/v1/attempts/{id}/check/optim-gd-vary")
    assert (reply.status_code, reply.json()["error"]) == (409, "not_released")
    for query in ("", "?checked=yes"):
        page = an.get(f"/attempts/{id}/questions/1{query}").text
        assert 'value="check"' not in page
        assert 'class="verdict' not in page
        assert "-checked" not in page


def test_a_practice_paper_without_feedback_checks_with_the_bare_verdict(sit):
    an, id = sit("bare-check", preset="practice", shows={"feedback": "on_submission"})
    an.put(f"/api/v1/attempts/{id}/answers/optim-gd-vary/g1[0]", json={"text": "12345"})
    told = an.post(f"/api/v1/attempts/{id}/check/optim-gd-vary").json()
    assert {part["feedback"]["en"] for part in told["parts"]} == {"Wrong.", "Left blank."}
    assert {part["mistake"] for part in told["parts"]} == {None}


def test_what_was_handed_in_or_left_behind_is_not_checked(sit, installation):
    an, id = sit("forward-check", "optim-gd-vary", "optim-adam-vary", preset="practice", forward_only=True)
    assert an.post(f"/api/v1/attempts/{id}/check/optim-adam-vary").json()["error"] == "passed"
    assert an.post(f"/api/v1/attempts/{id}/check/no-such-question").status_code == 404
    sittings.submit(installation.store, an.person, id)
    assert an.post(f"/api/v1/attempts/{id}/check/optim-gd-vary").json()["error"] == "submitted"


def test_the_check_button_saves_and_shows_without_scripts(practising, installation):
    an, id = practising
    right = right_answer(installation, an, id)
    went = an.post(f"/attempts/{id}/questions/1", data={"answer:g1[0]": right, "version:g1[0]": "0", "go": "check"})
    assert (went.status_code, went.headers["location"]) == (303, f"/attempts/{id}/questions/1?checked=yes")
    page = an.get(went.headers["location"]).text
    assert page.count('class="verdict correct"') == 1
    assert right in page
    assert 'class="verdict' not in an.get(f"/attempts/{id}/questions/1").text
    assert sittings.sitting(installation.store, an.person, id).open
