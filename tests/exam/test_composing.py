"""Putting a paper together: what a step does to the board, what is wrong at once, and papers that are made, copied and looked at."""

from datetime import datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from exam import clerk, composing, issuing, papers, room, sittings, starting, timing
from exam.composing import Block, Board, Entry, added, as_text, document_of, flaws, moved, read_text, summary, without
from exam.issuing import BadShift, PaperExists, UnknownStudent, free_id, mover
from exam.papers import BadPaper, UnknownPaper, parse
from exam.rights import NotAllowed
from exam.room import IsTaken
from questions.bank import bank
from tests.databases import on_both
from tests.exam.school import clear

WORDS = {"vi": "Đề", "en": "Paper"}
A, B, C, D = "optim-mcq-01", "optim-mcq-02", "optim-mcq-03", "optim-gd-vary"


def board(*blocks):
    return Board([Block(entries=[one if isinstance(one, Entry) else Entry(one) for one in block]) for block in blocks])


def pool(*members, choose="1", topic="", marks=""):
    return Entry(pool=True, choose=choose, topic=topic, members=list(members), marks=marks)


def ids(found):
    return [[entry.id or entry.members for entry in block.entries] for block in found.blocks]


def said(found):
    return [(flaw.where, flaw.said.en.split(";")[0]) for flaw in found]


# Steps


def test_an_entry_goes_up_and_down_and_over_the_edge_into_the_next_section():
    one = board([A, B], [C])
    assert ids(moved(one, (0, 1), -1)[0]) == [[B, A], [C]]
    after, place = moved(one, (0, 1), 1)
    assert (ids(after), place) == ([[A], [B, C]], (1, 0))
    assert (ids(moved(after, place, -1)[0]), moved(after, place, -1)[1]) == ([[A, B], [C]], (0, 1))
    assert ids(moved(one, (0, 0), -1)[0]) == ids(moved(one, (1, 0), 1)[0]) == ids(one), "at the edge of the paper it stays"
    assert ids(moved(one, (0,), 1)[0]) == [[C], [A, B]]


@given(some.randoms(use_true_random=False), some.integers(1, 40))
def test_no_move_loses_or_doubles_anything(rng: Random, steps):
    one = board([A, B], [], [C, pool(D)])
    for _ in range(steps):
        place = rng.choice([place for place, _ in one.entries])
        one, to = moved(one, place, rng.choice((-1, 1)))
        assert composing.exists(one, to)
    assert sorted(entry.id for _, entry in one.entries) == sorted([A, B, C, ""])


def test_what_is_added_goes_where_it_is_wanted():
    one = board([A], [pool(B)])
    assert ids(added(one, Entry(C))[0]) == [[A], [[B], C]]
    assert ids(added(one, Entry(C), (0,))[0]) == [[A, C], [[B]]]
    assert ids(added(one, Entry(C), (1, 0))[0]) == [[A], [[B, C]]]
    assert ids(added(Board(), Entry(C))[0]) == [[C]], "an empty paper gets its first section"
    assert ids(without(one, (1, 0, 0))) == [[A], [[]]]
    assert ids(without(one, (0,))) == [[[B]]]


@pytest.mark.parametrize("paper", papers.shipped(), ids=lambda paper: paper.id)
def test_a_paper_is_the_same_as_cards_and_as_text(paper):
    one = composing.board_of(paper.sections)
    assert read_text(as_text(one)) == one
    assert parse(paper.model_dump(mode="json") | {"sections": document_of(one)}) == paper


@pytest.mark.parametrize("text", ["- [", "- 3", "3", "a: b", "- {questions: {a: 1}}", "- {questions: [{choose: 0, topic: losses}]}", "\t-"])
def test_text_that_is_no_paper_says_so(text):
    with pytest.raises(BadPaper) as problem:
        read_text(text)
    assert problem.value.where.startswith("/sections")
    assert problem.value.detail.startswith("sections")


# What is wrong


@pytest.mark.parametrize(
    ("blocks", "told"),
    [
        ([], [((), "The paper asks nothing yet.")]),
        ([[]], [((), "The paper asks nothing yet."), ((0,), "This section is empty")]),
        ([[A], [A]], [((0, 0), f"“{A}” could be asked twice"), ((1, 0), f"“{A}” could be asked twice")]),
        ([[pool(A, A, B)]], [((0, 0), f"“{A}” could be asked twice")] * 2),
        ([[pool(A, B), A]], [((0, 0), f"“{A}” could be asked twice"), ((0, 1), f"“{A}” could be asked twice")]),
        ([[D, pool(choose="2", topic="optimisers", marks="1")]], [((0, 0), f"“{D}” could be asked twice")]),
        ([["gone"]], [((0, 0), "There is no question “gone”")]),
        ([[pool(A, B, choose="2")]], [((0, 0), "It has 2 questions and chooses 2")]),
        ([[pool()]], [((0, 0), "It has 0 questions and chooses 1")]),
        ([[pool(A, B, choose="two")]], [((0, 0), "“two” is no number of questions")]),
        ([[pool(choose="999", topic="losses", marks="1")]], [((0, 0), "It has 34 questions and chooses 999")]),
        ([[pool(A, D)]], [((0, 0), "Its questions carry 1 to 4 marks")]),
        ([[Entry(A, marks="many")]], [((0, 0), "“many” is no number of marks")]),
        ([[Entry(A, marks="nan")]], [((0, 0), "“nan” is no number of marks")]),
        ([[Entry(A, marks="-1")]], [((0, 0), "“-1” is no number of marks")]),
        ([[Entry(A, marks="0,5"), pool(B, C)]], []),
    ],
)
def test_what_is_wrong_is_said_at_its_place(blocks, told):
    found = flaws(board(*blocks), bank())
    assert said(found) == told
    assert all(clear(flaw) for flaw in found)


def test_a_title_in_one_language_is_wrong():
    assert flaws(Board([Block("Phần", "", [Entry(A)])]), bank())[0].where == (0,)


@given(some.randoms(use_true_random=False))
def test_what_has_no_flaw_that_stops_is_a_paper_and_what_has_one_is_none(rng):
    """The builder and the paper's own rules agree, whatever is laid out."""
    some_ids = [A, B, C, D, "gone"]

    def entry():
        if rng.random() < 0.6:
            return Entry(rng.choice(some_ids), marks=rng.choice(["", "2", "0", "x"]) if rng.random() < 0.3 else "")
        members = rng.sample(some_ids, rng.randrange(5))
        return pool(*members, choose=rng.choice("0123x"), marks=rng.choice(["", "2"]))

    one = board(*[[entry() for _ in range(rng.randrange(3))] for _ in range(rng.randrange(3))])
    found = flaws(one, bank())
    document = {"id": "x", "title": WORDS, "description": WORDS, "sections": document_of(one)}
    for published, hinders in ((False, any(flaw.stops for flaw in found)), (True, bool(found))):
        try:
            parse(document | {"published": published})
        except BadPaper:
            assert hinders, document
        else:
            assert not hinders, found


def test_a_summary_says_what_each_student_gets():
    one = board([D, Entry(A, marks="2,5")], [pool(B, C, "relu", choose="2", marks="3")])
    comes_to = summary(one, bank(), lambda question: question.topics[0])
    assert (comes_to.questions, comes_to.marks) == (4, 4 + 2.5 + 6)
    assert comes_to.topics == pytest.approx({"optimisers": 2 + 4 / 3, "activations": 2 / 3})
    assert list(comes_to.topics) == ["optimisers", "activations"]


# Making


@on_both
def test_a_new_paper_is_seen_by_its_maker_alone(school):
    made = issuing.make(school.store, school.teacher, "exam", {"vi": "Đề", "en": "Giữa kỳ, đợt 2!"})
    assert made.id == "giua-ky-dot-2"
    assert (made.published, made.sections, made.shows.marks) == (False, [], "after_release")
    assert made.id in [paper.id for paper, _ in room.papers_of(school.store, school.teacher)]
    for who in (school.other, school.assistant, school.an, school.stranger):
        assert made.id not in [paper.id for paper, _ in room.papers_of(school.store, who)]
        with pytest.raises(UnknownPaper):
            room.paper_of(school.store, who, made.id)
        with pytest.raises(UnknownPaper):
            room.change_paper(school.store, who, made.model_dump(mode="json"))
    for who in (school.an, school.admin):
        assert made.id not in [offer.paper.id for offer in timing.offers(school.store, who)]
        with pytest.raises(UnknownPaper):
            starting.start(school.store, who, made.id)


def test_only_who_teaches_makes_papers(school):
    for who in (school.an, school.stranger, school.assistant):
        with pytest.raises(NotAllowed):
            issuing.make(school.store, who, "quiz", WORDS)
        with pytest.raises(NotAllowed):
            issuing.teaches(school.store, who)
    school.put(school.stranger, "teacher")
    assert issuing.make(school.store, school.stranger, "quiz", WORDS).preset == "quiz"


def test_publishing_asks_for_questions_and_opens_it_to_its_class(school):
    made = issuing.make(school.store, school.teacher, "quiz", WORDS).model_dump(mode="json") | {"classes": [school.id]}
    with pytest.raises(BadPaper) as problem:
        room.change_paper(school.store, school.teacher, made | {"published": True})
    assert problem.value.where == "/sections"
    room.change_paper(school.store, school.teacher, made | {"published": True, "sections": [{"questions": [A]}]})
    assert starting.start(school.store, school.an, made["id"])[1]
    with pytest.raises(IsTaken) as taken:
        room.change_paper(school.store, school.teacher, made | {"published": False, "sections": [{"questions": [A]}]})
    assert clear(taken.value)


def test_nothing_is_prepared_of_a_paper_that_is_being_made(school):
    soon = timing.moment(issuing.clock.now() + 300)
    document = {"id": "soon", "title": WORDS, "description": WORDS, "questions": [A], "classes": [school.id], "opens": soon}
    room.change_paper(school.store, school.teacher, document | {"published": False})
    assert clerk.prepare_what_opens(school.store) == 0
    room.change_paper(school.store, school.teacher, document)
    assert clerk.prepare_what_opens(school.store) == 1


# Copying


def test_the_next_id_is_the_next_year_or_the_next_number(school):
    issuing.make(school.store, school.teacher, "quiz", WORDS, "giua-ky-2026")
    issuing.make(school.store, school.teacher, "quiz", WORDS, "quiz")
    assert free_id(school.store, "giua-ky-2026") == "giua-ky-2027"
    assert free_id(school.store, "quiz") == "quiz-2"
    assert free_id(school.store, "other") == "other"


@pytest.mark.parametrize(
    ("shift", "days", "to"),
    [
        ("year", 0, "2029-02-28T08:00"),
        ("weeks", 0, "2029-02-27T08:00"),
        ("days", 10, "2028-03-10T08:00"),
        ("days", -1, "2028-02-28T08:00"),
        ("none", 0, None),
    ],
)
def test_times_move_on_the_clock_of_the_place(shift, days, to):
    at = datetime(2028, 2, 29, 8).astimezone()
    found = mover(shift, days)(at)
    assert (found and found.replace(tzinfo=None).isoformat(timespec="minutes")) == to


@pytest.mark.parametrize(("shift", "days"), [("century", 0), ("days", 1.5), ("days", 99999), ("days", float("nan"))])
def test_a_shift_that_is_none_is_refused(shift, days):
    with pytest.raises(BadShift):
        mover(shift, days)


@on_both
def test_a_copy_takes_over_the_paper_but_not_whom_it_was_for(school):
    document = {"id": "exam-2026", "title": WORDS, "description": WORDS, "preset": "exam", "minutes": 45, "password": "x",
                "opens": "2026-12-01T08:00+07:00", "classes": [school.id], "shuffled": True,
                "sections": [{"title": WORDS, "questions": [{"question": D, "marks": 3}, {"choose": 1, "questions": [A, B]}]}]}  # fmt: skip
    old, _ = room.change_paper(school.store, school.teacher, document)
    new = issuing.copy(school.store, school.teacher, "exam-2026", "exam-2027", {"vi": "Mới", "en": "New"}, "weeks")
    assert (new.classes, new.password, new.published) == ([], "", False)
    assert (new.opens - old.opens).days == 364
    assert new.model_dump(exclude={*issuing.NOT_CARRIED, "id", "title", "opens"}) == old.model_dump(
        exclude={*issuing.NOT_CARRIED, "id", "title", "opens"}
    )
    with pytest.raises(PaperExists) as exists:
        issuing.copy(school.store, school.teacher, "exam-2026", "exam-2027", WORDS)
    assert clear(exists.value)
    for who, problem in ((school.assistant, NotAllowed), (school.other, UnknownPaper)):
        with pytest.raises(problem):
            issuing.copy(school.store, who, "exam-2026", "another", WORDS)


# Any student's paper


@pytest.fixture
def quiz(school):
    def put(**stated):
        document = {"id": "quiz", "title": WORDS, "description": WORDS, "classes": [school.id], "shuffled": True, "attempts": 2,
                    "sections": [{"questions": ["optim-adam-vary", D, {"choose": 2, "questions": [A, B, C, "optim-mcq-04"]}]}]}  # fmt: skip
        return room.change_paper(school.store, school.teacher, document | stated)[0]

    put()
    return put


def shape(variants):
    return [
        (v.question.id, v.seed, v.plain_givens(), [option.key for choices in v.options.values() for option in choices]) for v in variants
    ]


@on_both
def test_a_preview_is_the_very_paper_that_the_student_then_gets_and_makes_nothing(school, quiz):
    seen = issuing.given_to(school.store, school.teacher, "quiz", school.an.id)
    assert seen.state == "will_get"
    assert room.room(school.store, school.teacher, "quiz").seats[0].attempt is None
    one = sittings.sitting(school.store, school.an, starting.start(school.store, school.an, "quiz")[0])
    assert shape(one.variants) == shape(seen.variants)
    again = issuing.given_to(school.store, school.teacher, "quiz", school.an.id)
    assert (again.state, shape(again.variants)) == ("taken", shape(seen.variants))
    sittings.submit(school.store, school.an, one.row.id)
    second = sittings.sitting(school.store, school.an, starting.start(school.store, school.an, "quiz")[0])
    assert shape(second.variants) != shape(seen.variants), "a second attempt is another paper"


def test_a_preview_shows_what_the_clerk_has_prepared(school, quiz):
    quiz(opens=timing.moment(issuing.clock.now() + 300))
    before = issuing.given_to(school.store, school.teacher, "quiz", school.an.id)
    assert clerk.prepare_what_opens(school.store) == 1
    after = issuing.given_to(school.store, school.teacher, "quiz", school.an.id)
    assert (before.state, after.state) == ("will_get", "prepared")
    assert shape(before.variants) == shape(after.variants)
    quiz(shuffled=False)
    assert issuing.given_to(school.store, school.teacher, "quiz", school.an.id).state == "will_get", "the paper has changed since"


def test_every_student_has_another_paper_but_where_all_have_one(school, quiz):
    school.put(school.stranger)

    def both():
        return [shape(issuing.given_to(school.store, school.teacher, "quiz", who.id).variants) for who in (school.an, school.stranger)]

    assert both()[0] != both()[1]
    quiz(one_variant=True)
    assert both()[0] == both()[1] == shape(issuing.example(school.store, school.teacher, "quiz", 5).variants)


def test_an_example_is_drawn_by_its_seed(school, quiz):
    first, again, other = (shape(issuing.example(school.store, school.teacher, "quiz", seed).variants) for seed in (1, 1, 2))
    assert first == again != other


def test_nobody_else_looks_and_nobody_else_is_looked_at(school, quiz):
    for who, problem in ((school.assistant, NotAllowed), (school.an, UnknownPaper), (school.other, UnknownPaper)):
        with pytest.raises(problem):
            issuing.given_to(school.store, who, "quiz", school.an.id)
        with pytest.raises(problem):
            issuing.example(school.store, who, "quiz", 0)
    for nobody in (school.stranger.id, school.teacher.id, 10**9):
        with pytest.raises(UnknownStudent):
            issuing.given_to(school.store, school.teacher, "quiz", nobody)
    with pytest.raises(UnknownStudent):
        issuing.given_to_name(school.store, school.teacher, "quiz", "Lạ")
    assert issuing.given_to_name(school.store, school.teacher, "quiz", "An").state == "will_get"


def test_how_a_paper_stands(school, quiz):
    now = issuing.clock.now()

    def state(**stated):
        return issuing.standing(school.store, quiz(**stated)).state

    assert state(published=False) == "draft"
    assert state() == "open"
    assert state(opens=timing.moment(now + 600)) == "not_yet"
    assert state(closes=timing.moment(now - 600)) == "closed"
    quiz()
    starting.start(school.store, school.an, "quiz")
    found = issuing.standing(school.store, quiz())
    assert (found.started, found.titles) == (1, ["Lớp K67"])
