"""The list of questions to practise: by topic, found by words, small, and without what a paper asks."""

import re

import pytest

from exam import papers, starting
from questions import bank
from web import practice


@pytest.fixture
def listed(installation):
    return starting.practisable(installation.store)


def offered(reply):
    return re.findall(r'name="question" value="([^"]*)"', reply.text)


def test_every_question_that_is_practised_is_listed_once_under_its_first_topic(listed):
    groups = practice.groups(listed)
    there = [question.id for group in groups for question in group.questions]
    assert sorted(there) == sorted(question.id for question in listed)
    assert len(there) == len(set(there))
    assert not any(group.open for group in groups)


def test_fixed_questions_are_listed_but_for_those_a_paper_asks_and_those_with_drawn_numbers_beside_them(installation, listed):
    asked = {id for paper in papers.papers(installation.store) for id in paper.may_ask}
    fixed = {question.id for question in listed if not question.varies and question.id in bank.bank()}  # others publish here too
    alone = {question.id for question in bank.bank().values() if not question.varies and f"{question.id}-vary" not in bank.bank()}
    assert fixed == {id for id in alone if id.removesuffix("-repaired") not in {one.removesuffix("-repaired") for one in asked}}
    assert fixed


def test_what_is_listed_is_what_may_be_practised(installation, listed):
    ids = {question.id for question in listed}
    for id in bank.bank():
        found = starting.for_practice(installation.store, id)
        assert (found is not None and found.id == id) == (id in ids)


def test_every_topic_has_a_name_in_both_languages_and_one_group():
    names = [practice.name_of(practice.topic_of(question)) for question in bank.bank().values()]
    assert {practice.topic_of(question) for question in bank.bank().values()} <= set(practice.TOPICS)
    assert len({name.vi for name in names}) == len({name.en for name in names})


@pytest.mark.parametrize("find", ["đạo hàm gelu", "dao ham GELU", "derivative gelu", "GELU  đạo"])
def test_words_are_found_in_either_language_without_marks_and_in_any_order(listed, find):
    found = [question.id for group in practice.groups(listed, find) for question in group.questions]
    assert "gelu-vary-mc" in found
    assert len(found) < 8


def test_few_that_are_found_are_shown_at_once_and_many_a_topic_at_a_time(listed):
    assert all(group.open for group in practice.groups(listed, "gelu"))
    assert [group.topic for group in practice.groups(listed, "a", topic="losses") if group.open] == ["losses"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_list_is_opened_and_searched_without_scripts_and_always_small(browse, listed, lang):
    an, there = browse(lang=lang), {practice.topic_of(question) for question in listed}
    assert offered(an.get("/papers")) == []
    for topic in practice.TOPICS:
        reply = an.get("/papers", params={"topic": topic})
        assert bool(offered(reply)) == (topic in there), topic
        assert len(reply.content) <= 30_000, topic
    for find, kind in (("a", ""), ("vary", "mc"), ("e", "num"), ("adam", "essay"), ("<b>&", "?")):
        assert len(an.get("/papers", params={"find": find, "kind": kind}).content) <= 30_000
    found = offered(an.get("/papers?find=sgd+momentum&kind=mc"))
    assert all(bank.get(id).kind == "mc" for id in found)
    assert "&lt;b&gt;&amp;" in an.get("/papers", params={"find": "<b>&"}).text
    assert offered(an.get("/papers?find=nothing+at+all+zzz")) == []


def test_a_question_of_the_list_is_started_by_its_button(browse, listed):
    an = browse()
    for id in (next(question.id for question in listed if not question.varies), "optim-gd-vary"):
        assert id in offered(an.get("/papers", params={"find": id}))
        assert an.post("/practice", data={"question": id}).status_code == 303
