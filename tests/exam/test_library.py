"""What a teacher publishes counts everywhere: in papers, among the questions to practise; and attempts keep their version."""

from random import Random

import pytest

from exam import drafts, library, papers, room, sittings, starting
from exam.papers import BadPaper
from exam.store import open_store
from questions import bank
from questions.bank import UnknownQuestion
from tests.exam.school import School
from web.examples import LINE

WORDS = {"vi": "Đề", "en": "Paper"}
TWO_MARKS = LINE.replace("places: 2}", "places: 2, marks: 2}")


@pytest.fixture
def school(tmp_path):
    store = open_store(str(tmp_path / "gradus.db"))
    papers.load(store)
    yield School(store)
    store.close()


def publish(school, text=LINE, id="line"):
    text = text.replace("id: line", f"id: {id}")
    try:
        drafts.create(school.store, school.teacher, text)
    except drafts.QuestionTaken:
        drafts.save(school.store, school.teacher, id, text)
    return drafts.publish(school.store, school.teacher, id)


def put(school, questions, **more):
    document = {"id": "mine", "title": WORDS, "description": WORDS, "questions": questions, "classes": [school.id], **more}
    return room.change_paper(school.store, school.teacher, document)[0]


def test_a_paper_asks_what_was_published_and_nothing_else(school):
    with pytest.raises(BadPaper, match="'line' is not a question"):
        put(school, ["line"])
    drafts.create(school.store, school.teacher, LINE)
    with pytest.raises(BadPaper, match="'line' is not a question"):
        put(school, ["line"])
    drafts.publish(school.store, school.teacher, "line")
    assert put(school, ["line", "optim-mcq-01"]).marks == 2
    attempt, _ = starting.start(school.store, school.an, "mine")
    one = sittings.take(school.store, school.an, attempt)
    x, w, b = (one.variants[0].givens[name] for name in "xwb")
    sittings.save(school.store, school.an, attempt, "line", "z", f"{w * x + b:.2f}")
    sittings.submit(school.store, school.an, attempt)
    marked = sittings.grades_of(school.store, sittings.take(school.store, school.an, attempt))
    assert [(grade.question, grade.marks) for grade in marked] == [("line", 1.0), ("optim-mcq-01", 0.0)]


def test_who_has_started_keeps_their_version_and_the_next_gets_the_latest(school):
    publish(school)
    put(school, ["line"], attempts=3)
    first, _ = starting.start(school.store, school.an, "mine")
    publish(school, TWO_MARKS.replace("w * x + b", "w * x - b"))
    (before,) = sittings.take(school.store, school.an, first).variants
    x, w, b = (before.givens[name] for name in "xwb")
    assert (before.question.version, before.reference(before.question.parts[0])) == (1, w * x + b)
    sittings.submit(school.store, school.an, first)
    second, _ = starting.start(school.store, school.an, "mine")
    (after,) = sittings.take(school.store, school.an, second).variants
    assert after.question.version == 2
    assert [part.marks for part in after.question.parts] == [1], "it counts in the paper what it counted when the paper was made"


def test_a_pool_may_hold_what_teachers_wrote_and_counts_the_same_for_everybody(school):
    publish(school, id="one")
    publish(school, TWO_MARKS, id="two")
    with pytest.raises(BadPaper, match="carry 1 to 2 marks"):
        put(school, [{"choose": 1, "questions": ["one", "two"]}])
    paper = put(school, [{"choose": 1, "questions": ["one", "two"], "marks": 3}])
    drawn = {question.id: question for question in (one(school, paper, seed) for seed in range(20))}
    assert {id: sum(part.marks for part in question.parts) for id, question in drawn.items()} == {"one": 3, "two": 3}


def one(school, paper, seed):
    ((question, weight),) = papers.chosen(paper, Random(seed), lambda id: library.question_of(school.store, id))
    return papers.weighted(question, weight)


def test_what_is_published_is_practised_unless_it_is_kept_for_papers(school):
    publish(school, id="open")
    publish(school, LINE + "practice: false\n", id="kept")
    known = {question.id for question in starting.practisable(school.store)}
    assert "open" in known
    assert "kept" not in known
    assert starting.practise(school.store, school.an, "open")
    with pytest.raises(starting.NotForPractice):
        starting.practise(school.store, school.an, "kept")
    with pytest.raises(UnknownQuestion):
        starting.practise(school.store, school.an, "nothing")


def test_documents_of_before_say_nothing_of_practice(school):
    question = bank.get("optim-mcq-01")
    assert "practice" not in question.model_dump()
    publish(school, LINE + "practice: false\n")
    assert library.question_of(school.store, "line").practice is False
