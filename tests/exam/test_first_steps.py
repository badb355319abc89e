"""The first steps are read off the store, and a rehearsal of a paper counts nowhere."""

import pytest

from exam import (
    classes,
    clerk,
    clock,
    drafts,
    first_steps,
    links,
    papers,
    record,
    rehearsals,
    room,
    roster,
    shown,
    sittings,
    starting,
    timing,
)
from exam.classes import UnknownClass
from exam.first_steps import STEPS
from exam.keeping import UnknownAttempt
from exam.papers import UnknownPaper
from exam.rights import NotAllowed
from exam.room import Whom
from exam.store import attempts as rows
from tests.databases import on_both
from tests.exam.school import somebody

PAPER = "aio2024-vary"


def copied(school, **stated):
    """A paper of the school's class, with these settings."""
    paper = first_steps.copy_paper(school.store, school.teacher, PAPER, school.id)
    if stated:
        paper, _ = room.change_paper(school.store, school.teacher, paper.model_dump(mode="json") | stated)
    return paper


# The steps


@on_both
def test_each_step_is_done_when_what_it_asks_for_is_there(school):
    store, teacher = school.store, somebody(school.store, "Mới", "teacher")

    def stands():
        found = first_steps.first_steps(store, teacher)
        return [step for step in STEPS if step in found.done], found.next

    assert stands() == ([], "class")
    id = classes.make(store, teacher, "Lớp mới").id
    assert stands() == (["class"], "paper")
    paper = first_steps.copy_paper(store, teacher, PAPER, id)
    assert stands() == (["class", "paper"], "students")
    assert first_steps.first_steps(store, teacher).paper == paper
    links.new_code(store, teacher, id)
    assert stands()[1] == "rehearsal"
    links.close_code(store, teacher, id)
    assert stands()[1] == "students", "nothing is remembered: what is undone is to be done"
    roster.take(store, teacher, id, "Người mới")
    attempt = rehearsals.begin(store, teacher, paper.id)
    assert stands() == (["class", "paper", "students", "rehearsal"], "question")
    rehearsals.remove(store, teacher, attempt)
    assert stands()[1] == "question", "who removed a try has tried all the same"
    drafts.create(store, teacher, {"id": "mine"})
    assert stands() == ([*STEPS], None)


@on_both
def test_what_others_did_does_no_step_of_mine(school):
    paper = copied(school)
    rehearsals.begin(school.store, school.teacher, paper.id)
    drafts.create(school.store, school.teacher, {"id": "theirs"})
    assert first_steps.first_steps(school.store, school.other).done == set()


def test_a_copy_is_for_its_class_alone_and_open_at_once(school):
    dated = copied(school, opens="2030-01-01T08:00:00+07:00", closes="2030-01-02T08:00:00+07:00", password="secret")
    again = first_steps.copy_paper(school.store, school.teacher, dated.id, school.id)
    assert again.id not in (dated.id, PAPER)
    assert (again.classes, again.opens, again.closes, again.password) == ([school.id], None, None, "")
    assert again.sections == papers.paper(school.store, PAPER).sections
    assert again.title.en.endswith("Lớp K67")
    (offer,) = [one for one in timing.offers(school.store, school.an) if one.paper.id == again.id]
    assert offer.state == "open"
    assert again.id not in [one.paper.id for one in timing.offers(school.store, school.stranger)]


def test_only_who_manages_a_class_copies_into_it(school):
    for person, problem in ((school.assistant, NotAllowed), (school.other, UnknownClass), (school.an, UnknownClass)):
        with pytest.raises(problem):
            first_steps.copy_paper(school.store, person, PAPER, school.id)
    with pytest.raises(UnknownPaper):
        first_steps.copy_paper(school.store, school.teacher, "none", school.id)


# Rehearsals


@on_both
def test_a_rehearsal_stands_in_no_room_and_in_no_list_of_papers(school):
    paper, store = copied(school), school.store
    id = rehearsals.begin(store, school.teacher, paper.id)
    assert rehearsals.begin(store, school.teacher, paper.id) == id, "an open one goes on"
    variant = sittings.take(store, school.teacher, id).variants[0]
    sittings.save(store, school.teacher, id, variant.question.id, variant.question.parts[0].name, "1")
    assert [seat.name for seat in room.room(store, school.teacher, paper.id).seats] == ["An"]
    (offer,) = [one for one in timing.offers(store, school.teacher) if one.paper.id == paper.id]
    assert (offer.state, offer.attempt) == ("open", None)
    assert starting.open_practice(store, school.teacher) == []
    with pytest.raises(room.NotInThisRoom):
        room.note_incident(store, school.teacher, paper.id, "x", Whom(attempt=id))
    sittings.submit(store, school.teacher, id)
    assert clerk.mark_what_waits(store) == 0
    assert sittings.grades_of(store, sittings.sitting(store, school.teacher, id))
    assert rehearsals.begin(store, school.teacher, paper.id) != id, "as often as one likes"


@on_both
def test_neither_dates_nor_password_nor_attempts_nor_the_room_concern_a_rehearsal(school, monkeypatch):
    now = [1_800_000_000.0]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    paper = copied(school, opens="2090-01-01T08:00:00Z", closes="2090-01-01T09:00:00Z", password="secret", minutes=30, forward_only=True)
    id = rehearsals.begin(school.store, school.teacher, paper.id)
    one = sittings.take(school.store, school.teacher, id)
    assert (one.clock.deadline, one.clock.at_question, one.open) == (now[0] + 1800, 1, True)
    room.pause(school.store, school.teacher, paper.id)
    room.add_minutes(school.store, school.teacher, paper.id, 5)
    one = sittings.take(school.store, school.teacher, id)
    assert (one.clock.deadline, one.clock.paused) == (now[0] + 1800, None)
    now[0] += 1900
    assert clerk.close_what_is_over(school.store) == 1, "its own time is kept, as students' is"
    assert rehearsals.begin(school.store, school.teacher, paper.id) != id


def test_its_marking_is_seen_when_it_is_handed_in_without_a_release(school):
    paper = copied(school, preset="exam", shows=dict.fromkeys(("marks", "verdicts", "feedback", "answers", "solution"), "after_release"))
    id = rehearsals.begin(school.store, school.teacher, paper.id)
    assert not shown.shown_of(school.store, sittings.sitting(school.store, school.teacher, id), paper).marks
    sittings.submit(school.store, school.teacher, id)
    assert shown.shown_of(school.store, sittings.sitting(school.store, school.teacher, id), paper).solution
    mine = starting.start(school.store, school.an, paper.id)[0]
    sittings.submit(school.store, school.an, mine)
    assert not shown.shown_of(school.store, sittings.sitting(school.store, school.an, mine), paper).marks, "a student waits"


@on_both
def test_a_rehearsal_that_is_removed_leaves_a_record_that_holds(school):
    paper, store = copied(school), school.store
    id = rehearsals.begin(store, school.teacher, paper.id)
    receipt = sittings.submit(store, school.teacher, id)
    for person in (school.other, school.an):
        with pytest.raises(UnknownAttempt):
            rehearsals.remove(store, person, id)
    rehearsals.remove(store, school.teacher, id)
    with pytest.raises(UnknownAttempt):
        sittings.sitting(store, school.teacher, id)
    assert store.read(lambda c: rows.events_of(c, id)) == []
    assert [(one.attempt, one.deleted, one.problem) for one in record.audit(store)] == [(id, True, None)]
    assert record.proof_in_store(store, receipt).deleted
    assert school.kinds()[-2:] == ["rehearsed", "removed_rehearsal"]
    with pytest.raises(UnknownAttempt):
        rehearsals.remove(store, school.teacher, id)


def test_attempts_that_count_and_practice_are_not_removed_so(school):
    paper = copied(school)
    for id in (starting.start(school.store, school.teacher, paper.id)[0], starting.practise(school.store, school.teacher, "optim-gd-vary")):
        with pytest.raises(UnknownAttempt):
            rehearsals.remove(school.store, school.teacher, id)


def test_only_who_has_charge_of_a_paper_rehearses_it(school):
    paper = copied(school)
    assert rehearsals.begin(school.store, school.assistant, paper.id)
    for person in (school.an, school.other, school.stranger):
        with pytest.raises(UnknownPaper):
            rehearsals.begin(school.store, person, paper.id)
