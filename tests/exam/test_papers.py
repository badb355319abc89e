"""Papers: presets, pools, weights and what is shown when; a document that does not hold together says where and what to do."""

from random import Random

import pytest

from exam import papers
from exam.papers import BadPaper, Shows, chosen, parse, weighted
from exam.shown import Shown, as_shown, shown
from questions import bank
from questions.draws import Model

WORDS = {"vi": "Đề", "en": "Paper"}
POOL = ["optim-mcq-01", "optim-mcq-02", "optim-mcq-03", "optim-mcq-04", "optim-mcq-05"]


def document(**stated):
    return {"id": "quiz", "title": WORDS, "description": WORDS, "questions": ["aio2024-cau-01-vary"], **stated}


def test_three_presets_are_the_same_paper_with_other_defaults():
    practice, quiz, exam = (parse(document(preset=preset)) for preset in ("practice", "quiz", "exam"))
    assert (practice.attempts, quiz.attempts, exam.attempts) == (None, 1, 1)
    assert practice.shows.verdicts == "while_taking"
    assert quiz.shows == Shows()
    assert set(exam.shows.model_dump().values()) == {"after_release"}
    assert parse(document(preset="exam", attempts=2, shows={"marks": "on_submission"})).shows.marks == "on_submission"


def test_every_paper_survives_being_stored():
    stated = document(
        sections=[{"title": WORDS, "questions": [{"choose": 2, "questions": POOL, "marks": 3}]}], opens="2026-12-01T08:00+07:00"
    )
    del stated["questions"]
    for paper in [*papers.shipped(), parse(stated)]:
        assert papers.Paper.model_validate_json(paper.model_dump_json()) == paper


@pytest.mark.parametrize(
    ("stated", "where", "said"),
    [
        ({"questions": ["nothing"]}, "/sections/0/questions/0", "'nothing' is not a question"),
        ({"questions": []}, "/sections/0/questions", "at least 1"),
        ({"questions": ["optim-mcq-01", "optim-mcq-01"]}, "", "could be asked twice"),
        ({"questions": [{"choose": 2, "questions": POOL}, "optim-mcq-03"]}, "", "could be asked twice"),
        ({"questions": [{"choose": 5, "questions": POOL}]}, "/sections/0/questions/0", "cannot choose 5"),
        ({"questions": [{"choose": 1}]}, "/sections/0/questions/0", "lists its 'questions' or names a 'topic'"),
        ({"questions": [{"choose": 1, "topic": "cooking"}]}, "/sections/0/questions/0", "has 0 questions"),
        ({"questions": [{"choose": 1, "questions": ["optim-adam-vary", "optim-mcq-01"]}]}, "/sections/0/questions/0", "state 'marks'"),
        ({"opens": "2026-12-02T08:00Z", "closes": "2026-12-01T08:00Z"}, "", "closes before it opens"),
        ({"opens": "9999-12-31T23:59:59-14:00"}, "", "'opens' lies after 1970 and before 3000"),
        ({"closes": "0001-01-01T00:00:00+14:00"}, "", "'closes' lies after 1970 and before 3000"),
        ({"opens": "2026-12-02T08:00"}, "/opens", "timezone"),
        ({"minutes": 0}, "/minutes", "greater than 0"),
        ({"attempts": 0}, "/attempts", "greater than or equal to 1"),
        ({"preset": "game"}, "/preset", "'practice', 'quiz' or 'exam'"),
        ({"shows": {"solution": "while_taking"}}, "/shows", "it is the key"),
        ({"shows": {"feedback": "on_submission", "verdicts": "never"}}, "/shows", "feedback tells the verdict"),
        ({"colour": "red"}, "/colour", "is not a field of a paper"),
        ({"id": "Two Words"}, "/id", "pattern"),
    ],
)  # fmt: skip
def test_a_paper_that_does_not_hold_together_says_where_and_what_to_do(stated, where, said):
    with pytest.raises(BadPaper) as problem:
        parse(document(**stated))
    assert said in problem.value.detail
    assert (problem.value.where or "") == where


@pytest.mark.parametrize("stated", [None, 3, "paper", [], {}, {"title": 3}, {"questions": "all"}, {"sections": {"a": 1}}, {"shows": 3}])
def test_what_is_no_paper_at_all_is_refused_in_the_same_way(stated):
    with pytest.raises(BadPaper):
        parse(stated)


def test_a_pool_draws_some_of_its_questions_evenly_and_each_once():
    paper = parse(document(questions=["optim-gd-vary", {"choose": 2, "questions": POOL}]))
    assert (paper.count, paper.may_ask) == (3, {"optim-gd-vary", *POOL})
    drawn = [[question.id for question, _ in chosen(paper, Random(seed))] for seed in range(1000)]
    assert all(ids[0] == "optim-gd-vary" and len(set(ids)) == 3 for ids in drawn)
    counts = [sum(id in ids for ids in drawn) for id in POOL]
    assert all(320 < count < 480 for count in counts), counts


def test_questions_are_shuffled_within_their_section():
    sections = [{"questions": POOL}, {"questions": ["optim-gd-vary", "optim-adam-vary"]}]
    paper = parse({key: value for key, value in document(sections=sections, shuffled=True).items() if key != "questions"})
    orders = {tuple(question.id for question, _ in chosen(paper, Random(seed))) for seed in range(50)}
    assert len(orders) > 20
    assert all(set(order[:5]) == set(POOL) for order in orders)


def test_every_student_can_earn_the_same_whatever_is_drawn():
    pool = {"choose": 2, "questions": ["optim-adam-vary", "optim-mcq-01", "optim-gd-vary"], "marks": 3}
    paper = parse(document(questions=["optim-mcq-02", {"question": "optim-mcq-03", "marks": 2.5}, pool]))
    for seed in range(20):
        asked = [weighted(question, weight) for question, weight in chosen(paper, Random(seed))]
        assert sum(part.marks for question in asked for part in question.parts) == pytest.approx(paper.marks)


def test_a_weight_changes_the_marks_and_nothing_else():
    question = bank.get("optim-adam-vary")
    heavy = weighted(question, 2.0)
    assert [part.marks for part in heavy.parts] == [2 * part.marks for part in question.parts]
    assert heavy.model_dump(exclude={"asked"}) == question.model_dump(exclude={"asked"})
    assert weighted(question, 1) is question


def test_what_is_shown_grows_with_handing_in_and_with_release():
    shows = parse(document(preset="exam", shows={"marks": "on_submission"})).shows
    assert shown(shows, closed=False, released=True) == Shown(False, False, False, False, False)
    assert shown(shows, closed=True, released=False) == Shown(True, False, False, False, False)
    assert shown(shows, closed=True, released=True) == Shown(True, True, True, True, True)


def test_a_grade_without_feedback_names_no_mistake():
    from exam.grade import grade
    from questions.variant import draw

    variant = draw(bank.get("optim-gd-vary"), 3)
    first = variant.question.parts[0]
    slips = {name: value[first.index] for name, value in variant.sheet.steps[first.step].mistakes.items()}
    marked = grade(variant, {first.name: str(next(iter(slips.values())))})
    plain = as_shown(marked, variant.question, Shown(True, True, False, False, False))
    assert any(part.mistake for part in marked.parts)
    assert all(part.mistake is None and part.verdict != "mistake" for part in plain.parts)
    assert [part.marks for part in plain.parts] == [part.marks for part in marked.parts]
    assert {part.feedback.en for part in plain.parts} == {"Wrong.", "Left blank."}


def test_the_shipped_papers_hold_together():
    assert all(isinstance(paper, Model) and paper.marks > 0 for paper in papers.shipped())
