"""Deleting a class takes what depends on it, keeps what students did, is audited, and waits for an exam that is running."""

import pytest

from exam import arrangements, classes, clock, deleting, links, papers, room, sittings, starting, timing, trail
from exam.classes import ClassTaken, UnknownClass
from exam.deleting import ExamRunning
from exam.rights import NotAllowed
from exam.starting import AlreadySubmitted
from exam.store import attempts as rows
from exam.store.tables import arrangement, link, membership
from tests.databases import on_both
from tests.exam.school import clear

WORDS = {name: {"vi": "Đề", "en": "Paper"} for name in ("title", "description")}
Q = "optim-gd-vary"


@pytest.fixture
def put(school):
    def paper(id, **stated):
        room.change_paper(school.store, school.admin, {"id": id, **WORDS, "questions": [Q], "classes": [school.id], **stated})

    return paper


def kept(school, table):
    return school.store.read(lambda c: c.execute(table.select().where(table.c["class"] == school.id)).all())


@on_both
def test_what_depends_on_a_class_goes_with_it_and_what_students_did_stays(school, put):
    store, other = school.store, classes.make(school.store, school.other, "Lớp khác").id
    put("alone")
    put("shared", classes=[school.id, other])
    id, _ = starting.start(store, school.an, "alone")
    sittings.save(store, school.an, id, Q, "g1[0]", "1")
    receipt = sittings.submit(store, school.an, id)
    secret = links.invite(store, school.teacher, school.id, "student", 1, 9).secret
    code = links.new_code(store, school.teacher, school.id)
    arrangements.arrange(store, school.teacher, school.id, arrangements.Terms("ill", minutes=5), person=school.an.id)
    going = deleting.preview(store, school.teacher, school.id)
    assert (going.people, going.waiting, going.links, going.arrangements, going.running) == (3, 0, 1, 1, [])
    assert ([paper.id for paper in going.shared], [paper.id for paper in going.alone]) == (["shared"], ["alone"])
    deleting.delete(store, school.teacher, school.id)
    assert [kept(school, table) for table in (membership, link, arrangement)] == [[], [], []]
    for way in (secret, code):
        with pytest.raises(links.UnknownLink):
            links.join(store, school.stranger, way)
    with pytest.raises(UnknownClass):
        classes.overview(store, school.admin, school.id)
    assert papers.paper(store, "shared").classes == [other]
    assert sittings.submit(store, school.an, id) == receipt
    offered = {offer.paper.id: offer for offer in timing.offers(store, school.an)}
    assert offered["alone"].attempt == id, "what one took is still in one's list"
    assert not offered["alone"].can_start
    assert "shared" not in offered
    for somebody in (school.teacher, school.other, school.an, school.stranger):
        with pytest.raises(papers.UnknownPaper):
            room.room(store, somebody, "alone")
    assert [seat.name for seat in room.room(store, school.admin, "alone").seats] == ["An"]
    told = trail.everything(store, school.admin, 1)[-1]
    assert (told.kind, told.by, told.school_class) == ("deleted_class", school.teacher.id, school.id)
    assert "Lớp K67" in told.sentence.vi
    assert "3 people" in told.sentence.en


@on_both
def test_a_paper_that_was_for_a_deleted_class_alone_is_for_nobody_who_makes_a_class_of_that_name(school, put):
    put("alone")
    deleting.delete(school.store, school.teacher, school.id)
    with pytest.raises(ClassTaken):
        classes.make(school.store, school.other, "Lớp K67", school.id)
    again = classes.make(school.store, school.other, "Lớp K67").id
    assert again != school.id
    assert "alone" not in {paper.id for paper, _ in room.papers_of(school.store, school.other)}
    with pytest.raises(papers.UnknownPaper):
        starting.start(school.store, school.stranger, "alone")
    put("alone", classes=[again])
    assert "alone" in {paper.id for paper, _ in room.papers_of(school.store, school.other)}


@on_both
@pytest.mark.parametrize("how", ["open now", "a clock goes", "a clock stands"])
def test_a_class_with_an_exam_running_is_not_deleted(school, put, how):
    store, now = school.store, clock.now()
    if how == "open now":
        moments = {name: f"20{year}-01-01T00:00:00Z" for name, year in (("opens", 20), ("closes", 90))}
        put("exam", preset="exam", **moments)
    else:
        put("exam", preset="exam", minutes=45)
        id, _ = starting.start(store, school.an, "exam")
        if how == "a clock stands":
            room.pause(store, school.teacher, "exam")
    assert [paper.id for paper in deleting.preview(store, school.teacher, school.id).running] == ["exam"]
    with pytest.raises(ExamRunning, match="'exam'") as refused:
        deleting.delete(store, school.teacher, school.id)
    assert clear(refused.value)
    assert len(classes.members(store, school.teacher, school.id)) == 3
    if how != "open now":
        sittings.submit(store, school.an, id)
        deleting.delete(store, school.teacher, school.id)
    assert clock.now() >= now


@on_both
def test_open_practice_and_other_classes_exams_hold_nothing_up(school, put):
    other = classes.make(school.store, school.other, "Lớp khác").id
    school.put(school.stranger, id=other)
    put("practice", preset="practice")
    put("exam", minutes=45, classes=[school.id, other])
    starting.start(school.store, school.an, "practice")
    id, _ = starting.start(school.store, school.stranger, "exam")
    before = school.store.read(lambda c: rows.tail(c, id))
    deleting.delete(school.store, school.teacher, school.id)
    assert school.store.read(lambda c: rows.tail(c, id)) == before


@on_both
def test_only_who_manages_a_class_deletes_it(school):
    for somebody, problem in ((school.assistant, NotAllowed), (school.an, UnknownClass), (school.other, UnknownClass)):
        for do in (deleting.preview, deleting.delete):
            with pytest.raises(problem):
                do(school.store, somebody, school.id)
    deleting.delete(school.store, school.admin, school.id)
    with pytest.raises(UnknownClass):
        deleting.delete(school.store, school.admin, school.id)


def test_who_was_taken_out_of_a_class_still_finds_what_they_took(school, put):
    put("exam", attempts=2)
    id, _ = starting.start(school.store, school.an, "exam")
    sittings.submit(school.store, school.an, id)
    classes.remove_member(school.store, school.teacher, school.id, school.an.id)
    (one,) = [offer for offer in timing.offers(school.store, school.an) if offer.paper.id == "exam"]
    assert (one.attempt, one.state, one.can_start) == (id, "submitted", False)
    with pytest.raises((papers.UnknownPaper, AlreadySubmitted)):
        starting.start(school.store, school.an, "exam")
