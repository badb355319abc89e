"""Parts beyond numbers: several choices, an order, pairs, an essay, and numbers judged by what they lead to."""

import json

import pytest

from exam.grade import grade
from exam.keeping import kept_option, restored
from exam.store.attempts import VariantRow
from questions.bank import BadQuestion, parse
from questions.variant import draw

HEAD = """\
- id: kinds
  title: {vi: a, en: b}
  source: s
  prompt: {vi: x, en: y}
  parts:
"""
CHOICES = (
    HEAD + "    - {name: answer, kind: choices, marks: 2, keys: [a, c], options: {a: A, b: {text: B, why: {vi: vb, en: eb}}, c: C, d: D}}\n"
)
ORDER = HEAD + "    - {name: answer, kind: order, marks: 3, items: [{vi: w, en: w}, {vi: x, en: x}, {vi: y, en: y}, {vi: z, en: z}]}\n"
MATCH = (
    HEAD
    + "    - {name: m, kind: match, marks: 3, options: {a: A, b: B}, pairs: [{text: p, key: a}, {text: q, key: b}, {text: r, key: a}]}\n"
)
ESSAY = HEAD + "    - {name: essay, kind: text, marks: 3, rubric: [{marks: 1, text: {vi: v, en: e}}, {marks: 2, text: {vi: v, en: e}}]}\n"
JUDGED = (
    HEAD.replace("  prompt", "  solver: momentum\n  givens: {a: [1, 2], w0: [-1, 2], lr: 0.5, beta: 0.5, epochs: 1}\n  prompt")
    + "    - {ask: g1, judged_by: w1, marks: 2}\n"
)


def variant(text, seed=0):
    return draw(parse(text)[0], seed)


def marked(text, answer, seed=0, part="answer"):
    told = next(one for one in grade(variant(text, seed), {part: answer}).parts if one.name == part)
    return told.verdict, told.marks


@pytest.mark.parametrize(
    ("answer", "verdict", "marks"),
    [
        *[("a, c", "correct", 2), ("CA", "correct", 2), ("[c; a]", "correct", 2), ("a", "wrong", 1)],
        *[("a b c", "wrong", 1), ("a b", "wrong", 0), ("b d", "wrong", 0), ("abcd", "wrong", 0), (" ", "blank", 0)],
        *[("a e", "unreadable", 0), ("a a", "unreadable", 0), ("1", "unreadable", 0)],
    ],
)
def test_a_wrong_tick_takes_back_what_a_right_one_earns(answer, verdict, marks):
    assert marked(CHOICES, answer) == (verdict, marks)


def test_the_feedback_of_choices_says_what_is_missing_and_why_a_tick_is_wrong():
    (told,) = grade(variant(CHOICES), {"answer": "ab"}).parts
    assert told.feedback.en == "Wrong: c missing; b should not be ticked, and each takes back a right one.\n\neb"
    assert told.read_as == "a, b"


def letters(one, ranks):
    by_rank = {option.rank: option.key for option in one.options["answer"]}
    return " ".join(by_rank[rank] for rank in ranks)


@pytest.mark.parametrize("seed", range(8))
def test_every_two_neighbours_that_follow_each_other_earn_their_share(seed):
    one = variant(ORDER, seed)
    assert [option.rank for option in one.options["answer"]] != [0, 1, 2, 3]
    assert [option.key for option in one.options["answer"]] == list("abcd")
    for ranks, verdict, marks in (
        ([0, 1, 2, 3], "correct", 3),
        ([1, 2, 3, 0], "wrong", 2),
        ([3, 2, 1, 0], "wrong", 0),
        ([0, 1, 3, 2], "wrong", 1),
    ):
        assert marked(ORDER, letters(one, ranks), seed) == (verdict, marks)
    assert marked(ORDER, "a b", seed) == ("unreadable", 0)


def test_pairs_are_choices_that_share_their_options():
    one = variant(MATCH, 5)
    assert [part.name for part in one.question.parts] == ["m[0]", "m[1]", "m[2]"]
    assert [part.label.en for part in one.question.parts] == ["p", "q", "r"]
    assert len({str([option.key for option in options]) for options in one.options.values()}) == 1
    graded = grade(one, {"m[0]": "a", "m[1]": "b", "m[2]": "b"})
    assert [part.verdict for part in graded.parts] == ["correct", "correct", "wrong"]
    assert graded.marks == pytest.approx(2)


def test_an_essay_is_taken_and_waits_for_a_teacher():
    assert marked(ESSAY, "z₁ = …\nthen …", part="essay") == ("pending", 0)
    assert marked(ESSAY, "  ", part="essay") == ("blank", 0)
    assert variant(ESSAY).question.kind == "essay"


def test_any_numbers_count_that_lead_to_the_right_step():
    assert marked(JUDGED, "[-2, 8]", part="g1") == ("correct", 2)
    assert marked(JUDGED, "[-2, 7]", part="g1") == ("wrong", 1)
    assert marked(JUDGED, "[5, 7]", part="g1") == ("wrong", 0)


def test_numbers_that_lead_to_the_same_everywhere_earn_nothing():
    assert marked(JUDGED, "[-2, 10]", part="g1") == ("wrong", 0)  # both entries of w1 are -0.5, and one of them is right


@pytest.mark.parametrize("text", [CHOICES, ORDER, MATCH])
def test_options_come_back_from_the_store_as_they_were_drawn(text, monkeypatch):
    one = variant(text, 7)
    kept = json.loads(json.dumps({part: [kept_option(option) for option in options] for part, options in one.options.items()}))
    monkeypatch.setattr("exam.library.question_version", lambda store, id, version: one.question)
    assert restored(None, VariantRow("kinds", 1, 7, {}, kept)).options == one.options


FAULTS = {
    "choices without keys": (CHOICES, "keys: [a, c], ", "", "needs 'keys'"),
    "all keys right": (CHOICES, "[a, c]", "[a, b, c, d]", "not all of them"),
    "unknown key": (CHOICES, "[a, c]", "[a, x]", "not an option"),
    "keys of a choice": (CHOICES, "kind: choices", "kind: choice", "'keys' belongs to choices"),
    "order of two": (ORDER, ", {vi: y, en: y}, {vi: z, en: z}", "", "at least 3"),
    "pair without option": (MATCH, "{text: q, key: b}", "{text: q, key: c}", "not an option"),
    "rubric that does not add up": (ESSAY, "marks: 3", "marks: 4", "adds up to 3 marks"),
    "judged by an unknown step": (JUDGED, "judged_by: w1", "judged_by: w9", "there are g1, v1, w1"),
    "judged by nothing asked": (CHOICES, "keys: [a, c]", "keys: [a, c], judged_by: w1", "needs 'ask'"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_part_is_said(fault):
    text, before, after, said = FAULTS[fault]
    assert before in text
    with pytest.raises(BadQuestion) as refused:
        parse(text.replace(before, after, 1))
    assert said in refused.value.detail


LIKE = """\
- id: one
  title: {vi: a, en: b}
  source: s
  solver: moving_average
  givens: {m0: 1, g1: 2, beta: 0.9}
  prompt: {vi: x, en: y}
  task: {vi: "tìm @m0", en: "find @m0"}
  parts: [{ask: m1, places: 2}]
- id: two
  like: one
  version: 3
  givens: {m0: 4}
  task: {vi: c, en: d}
"""


def test_a_question_like_another_says_only_what_differs():
    one, two = parse(LIKE)
    assert (draw(one, 0).prompt.en, draw(two, 0).prompt.en) == ("y\n\nfind 1", "y\n\nd")
    assert draw(two, 0).plain_givens() == {"m0": 4, "g1": 2, "beta": 0.9}
    assert (two.version, two.title) == (3, one.title)


def test_a_question_like_none_above_is_told_which_there_are():
    with pytest.raises(BadQuestion, match=r"line 10, field like of two: 'three' is not a question above this one; there are one"):
        parse(LIKE.replace("like: one", "like: three"))
