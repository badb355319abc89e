"""The demonstration: a class of simulated students, marked like any other, the same again from the same seed."""

import pytest

from exam import arrangements, classes, demo, drafts, first_steps, papers, room, sittings
from exam.store import attempts as rows
from exam.store import open_store
from tests.exam.school import somebody


@pytest.fixture
def store(tmp_path):
    made = open_store(str(tmp_path / "gradus.db"))
    papers.load(made)
    yield made
    made.close()


def test_a_class_with_every_kind_of_student_is_made_and_marked(store):
    teacher, password = demo.teacher_named(store, "Cô Hà")
    assert password
    made = demo.fill(store, teacher, 24)
    members = classes.members(store, teacher, made.school_class)
    students = [member for member in members if member.role == "student"]
    assert len(students) == made.students == 24
    assert {member.team for member in students} == set(demo.TEAMS)
    attempts = [one for member in students for one in store.read(lambda c, m=member: rows.attempts_of(c, m.person))]
    assert (len(attempts), sum(one.closed is not None for one in attempts)) == (made.started, made.handed_in)
    assert 0 < made.handed_in < made.started < 24
    assert {arrangement.team for arrangement in arrangements.listed(store, teacher, made.school_class)} == {"", demo.TEAMS[0]}
    assert {"paper_changed", "incident"} <= {act.kind for act in room.room(store, teacher, made.paper).acts}
    written = drafts.found(store, teacher)
    assert [len(drafts.kept(store, teacher, row.id)[1]) for row in written] == [0], "a draft that is not published yet"
    (asked,) = [id for id in drafts.standings(store, teacher) if id not in {row.id for row in written}]
    assert len(drafts.kept(store, teacher, asked)[1]) == 2
    assert first_steps.first_steps(store, teacher).next == "rehearsal", "what one learns by doing is left"
    verdicts = set()
    for one in attempts:
        if one.closed is not None:
            grades = sittings.grades_of(store, sittings.seen_by_staff(store, one.id))
            verdicts |= {part.verdict for grade in grades for part in grade.parts}
    assert verdicts >= {"correct", "carried", "mistake", "wrong", "blank"}


def test_a_second_class_of_the_same_teacher_takes_nothing_from_the_first(store):
    teacher, _ = demo.teacher_named(store, "Cô Hà")
    first, second = demo.fill(store, teacher, 3), demo.fill(store, teacher, 3)
    assert first.school_class != second.school_class
    assert first.paper != second.paper
    assert demo.teacher_named(store, "Cô Hà") == (teacher, None)


def test_a_student_has_no_demonstration(store):
    somebody(store, "An")
    with pytest.raises(demo.NoDemo, match="name a teacher"):
        demo.teacher_named(store, "An")
