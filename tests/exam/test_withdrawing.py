"""Questions that teachers take back, and topics that draw from what teachers published: nobody loses what they have."""

from random import Random

import pytest

from exam import composing, drafts, library, papers, printing, room, sittings, starting, trail, withdrawing
from exam.drafts import DraftChanged, QuestionTaken
from exam.papers import BadPaper
from exam.rights import NotAllowed
from exam.store import open_store
from exam.store import questions as rows
from questions.bank import UnknownQuestion
from tests.databases import on_both
from tests.exam.school import School, clear
from tests.exam.test_library import LINE, TWO_MARKS, publish, put

ABOUT = LINE.replace("source: an example", "source: an example\ntopics: [lines]")
pytestmark = on_both


@pytest.fixture
def school(database):
    store = open_store(database)
    papers.load(store)
    yield School(store)
    store.close()


def asked(school, paper, seeds=range(12)):
    """The teachers' questions that students of a paper may be asked, with their versions."""
    with_version = school.store.read(
        lambda c: [papers.chosen(paper, Random(seed), lambda *which: library.question_at(c, *which)) for seed in seeds]
    )
    return {(question.id, question.version) for drawn in with_version for question, _ in drawn}


def lines(choose=1, **more):
    return [{"choose": choose, "topic": "lines", **more}]


# Topics


def test_a_topic_draws_from_what_teachers_published_and_everybody_can_earn_the_same(school):
    for id in ("a", "b", "c"):
        publish(school, ABOUT, id=id)
    publish(school, id="elsewhere")
    paper = put(school, lines(2))
    assert (paper.marks, paper.count) == (2, 2)
    assert asked(school, paper) == {("a", 1), ("b", 1), ("c", 1)}
    publish(school, TWO_MARKS.replace("source:", "topics: [lines]\nsource:"), id="d")
    with pytest.raises(BadPaper, match="carry 1 to 2 marks; state 'marks'"):
        put(school, lines(2))
    paper = put(school, lines(2, marks=4))
    assert paper.marks == 8
    assert ("d", 1) in asked(school, paper)


def test_a_topic_keeps_the_versions_that_the_paper_was_saved_with(school):
    for id in ("a", "b"):
        publish(school, ABOUT, id=id)
    before = put(school, lines(2), attempts=5, one_variant=True)
    publish(school, ABOUT.replace("w * x + b", "w * x - b"), id="a")
    publish(school, ABOUT, id="late")
    stored = papers.paper(school.store, "mine")
    assert stored == before
    assert asked(school, stored) == {("a", 1), ("b", 1)}
    first, _ = starting.start(school.store, school.an, "mine")
    one = sittings.take(school.store, school.an, first)
    assert {(v.question.id, v.question.version) for v in one.variants} == {("a", 1), ("b", 1)}
    for variant in one.variants:
        x, w, b = (variant.givens[name] for name in "xwb")
        sittings.save(school.store, school.an, first, variant.question.id, "z", f"{w * x + b:.2f}")
    sittings.submit(school.store, school.an, first)
    assert sum(grade.marks for grade in sittings.grades_of(school.store, sittings.take(school.store, school.an, first))) == 2
    begun = put(school, lines(2), attempts=5, one_variant=True, minutes=30)
    assert asked(school, begun) == {("a", 1), ("b", 1)}, "somebody began it: the next get what the first got"
    again = sittings.take(school.store, school.an, starting.start(school.store, school.an, "mine")[0])
    assert [v.givens for v in again.variants] == [v.givens for v in one.variants], "one variant for all stays one"


def test_until_somebody_begins_a_paper_that_is_saved_anew_draws_from_what_is_published_by_then(school):
    publish(school, ABOUT, id="a")
    put(school, lines())
    publish(school, ABOUT.replace("A line", "Better"), id="a")
    publish(school, ABOUT, id="b")
    sent = papers.paper(school.store, "mine").model_dump(mode="json")
    paper, new = room.change_paper(school.store, school.teacher, sent)
    assert not new
    assert asked(school, paper) == {("a", 2), ("b", 1)}


def test_a_question_that_stands_elsewhere_in_the_paper_is_not_drawn_by_its_topic_too(school):
    for id in ("a", "b", "c"):
        publish(school, ABOUT, id=id)
    paper = put(school, ["a", *lines(), {"choose": 1, "topic": "activations", "marks": 1}])
    assert paper.held == {"b": 1, "c": 1}
    sent = paper.model_dump(mode="json")
    sent["sections"][0]["questions"].insert(0, "b")
    assert room.change_paper(school.store, school.teacher, sent)[0].held == {"c": 1}


def test_what_is_sent_of_a_topics_own_questions_is_not_believed(school):
    publish(school, ABOUT, id="a")
    assert put(school, lines(own={"optim-mcq-01": 99, "nothing": 1})).held == {"a": 1}
    assert "own" not in composing.as_text(composing.board_of(papers.paper(school.store, "mine").sections))


# Taking back


def test_what_nobody_has_is_deleted_and_the_trail_says_so(school):
    publish(school)
    drafts.save(school.store, school.teacher, "line", LINE + "#")
    with pytest.raises(DraftChanged):
        withdrawing.delete(school.store, school.other, "line", 0, 1)
    withdrawing.delete(school.store, school.other, "line", 1, 1)
    assert drafts.standings(school.store, school.teacher) == {}
    with pytest.raises(UnknownQuestion):
        library.question_of(school.store, "line")
    told = trail.everything(school.store, school.admin, 50)
    assert told[-1].sentence.en == "Cô deleted the question line."
    assert told[-1].sentence.vi == "Cô xóa câu hỏi line."
    publish(school, ABOUT)
    assert library.question_of(school.store, "line").topics == ["lines"]


def test_a_draft_that_is_thrown_away_is_in_the_trail(school):
    drafts.create(school.store, school.teacher, LINE)
    drafts.discard(school.store, school.teacher, "line", 1)
    assert school.kinds()[-1] == "discarded_draft"
    assert drafts.standings(school.store, school.teacher) == {}


@pytest.mark.parametrize("how", ["asked", "pooled", "drawn by topic", "practised"])
def test_what_somebody_has_is_not_deleted_and_the_message_says_who_has_it(school, how):
    publish(school, ABOUT)
    publish(school, ABOUT, id="other")
    if how == "practised":
        starting.practise(school.store, school.an, "line")
    else:
        put(school, {"asked": ["line"], "pooled": [{"choose": 1, "questions": ["line", "other"]}], "drawn by topic": lines()}[how])
    with pytest.raises(withdrawing.InUse) as refused:
        withdrawing.delete(school.store, school.teacher, "line", 0, 1)
    assert clear(refused.value)
    said = "in 1 attempt" if how == "practised" else "asked by “Paper”"
    assert said in refused.value.detail
    assert ("1 bài làm" if how == "practised" else "đề: “Đề”") in refused.value.said.vi
    assert library.question_of(school.store, "line").version == 1


def test_what_stands_on_printed_copies_is_not_deleted(school):
    publish(school)
    put(school, ["line"])
    printing.numbered(school.store, school.teacher, "mine", 2)
    put(school, ["optim-mcq-01"])
    with pytest.raises(withdrawing.InUse, match="it is on printed copies; withdraw") as refused:
        withdrawing.delete(school.store, school.teacher, "line", 0, 1)
    assert "bản in trên giấy" in refused.value.said.vi


def test_papers_of_other_classes_are_counted_and_not_named(school):
    publish(school)
    put(school, ["line"])
    with pytest.raises(withdrawing.InUse, match="asked by 1 other paper;"):
        withdrawing.delete(school.store, school.other, "line", 0, 1)


def test_what_is_withdrawn_is_found_no_more_and_who_has_it_keeps_it(school):
    publish(school, ABOUT)
    publish(school, ABOUT, id="other")
    put(school, ["line"], attempts=3)
    practised = starting.practise(school.store, school.an, "line")
    withdrawing.withdraw(school.store, school.other, "line")
    withdrawing.withdraw(school.store, school.other, "line")
    assert school.kinds().count("withdrew_question") == 1
    assert "line" not in {question.id for question in library.questions(school.store)}
    assert [question.id for question in library.withdrawn(school.store)] == ["line"]
    with pytest.raises(UnknownQuestion, match="was withdrawn"):
        starting.practise(school.store, school.an, "line")
    assert sittings.take(school.store, school.an, practised).variants[0].question.id == "line"
    attempt, _ = starting.start(school.store, school.an, "mine")
    assert sittings.take(school.store, school.an, attempt).variants[0].question.id == "line"
    assert put(school, ["line"], minutes=20).minutes == 20, "the paper goes on asking it"
    with pytest.raises(BadPaper, match="'line' was withdrawn or deleted"):
        put(school, ["line"], id="another")
    assert put(school, lines(), id="third").held == {"other": 1}
    withdrawing.put_back(school.store, school.teacher, "line")
    assert school.kinds()[-2:] == ["paper_changed", "put_back_question"]
    assert put(school, ["line"], id="another").count == 1


def test_a_new_version_puts_a_withdrawn_question_back(school):
    publish(school)
    withdrawing.withdraw(school.store, school.teacher, "line")
    publish(school, ABOUT)
    assert [question.version for question in library.published(school.store)] == [2]


def test_who_starts_while_a_question_is_deleted_gets_none_or_keeps_it(school, monkeypatch):
    publish(school)
    known = library.question_of(school.store, "line")
    withdrawing.delete(school.store, school.teacher, "line", 0, 1)
    monkeypatch.setattr(library, "question_of", lambda store, id: known)  # as read just before
    with pytest.raises(UnknownQuestion, match="start again"):
        starting.practise(school.store, school.an, "line")
    assert school.store.read(lambda c: rows.attempts_with(c, "line")) == 0


def test_a_shipped_question_or_none_at_all_is_not_taken_back_nor_by_a_student(school):
    publish(school)
    for deed in (withdrawing.withdraw, withdrawing.put_back, lambda *who: withdrawing.delete(*who, 0, 1)):
        with pytest.raises(QuestionTaken):
            deed(school.store, school.teacher, "optim-gd")
        for id in ("nothing", "Not Good", "\ud800"):
            with pytest.raises(UnknownQuestion):
                deed(school.store, school.teacher, id)
        with pytest.raises(NotAllowed):
            deed(school.store, school.an, "line")
