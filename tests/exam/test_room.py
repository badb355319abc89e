"""Time belongs to the server: papers open and close, clocks run from delivery, staff give minutes, and what is over is closed."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event

from exam import clerk, clock, papers, people, room, sittings, starting, timing
from exam.attempts import broken_at
from exam.clock import GRACE
from exam.people import TooManyFailures
from exam.room import Whom
from exam.sittings import Passed, TimeIsUp
from exam.starting import AlreadySubmitted, NotYetOpen, PaperClosed, WrongPaperPassword
from exam.store import acts, open_store
from exam.store import attempts as rows
from exam.store import people as people_rows
from exam.store.tables import arrangement, membership, school_class

Q = "aio2024-cau-01-vary"
WORDS = {"vi": "Đề", "en": "Paper"}


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch):
    monkeypatch.setattr(people, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def store(tmp_path):
    store = open_store(str(tmp_path / "gradus.db"))
    papers.load(store)
    yield store
    store.close()


class Hands:
    """The hands of the clock, which stand until a test moves them."""

    def __init__(self):
        self.at = 1_800_000_000.0

    def __call__(self):
        return self.at

    def go(self, minutes=0.0, seconds=0.0):
        self.at += 60 * minutes + seconds


@pytest.fixture
def hands(monkeypatch):
    hands = Hands()
    monkeypatch.setattr(clock, "now", hands)
    return hands


@pytest.fixture
def make(store):
    def person(name, role="student"):
        people.add_person(store, name, role)
        return store.read(lambda c: people_rows.find_person(c, name))[0]

    return person


@pytest.fixture
def teacher(make):
    return make("Teacher", "teacher")


@pytest.fixture
def an(make):
    return make("An")


@pytest.fixture
def put(store, teacher):
    """Makes a paper, also with opening and closing as seconds."""

    def paper(**stated):
        for name in ("opens", "closes"):
            if name in stated:
                stated[name] = timing.moment(stated[name])
        return room.change_paper(store, teacher, {"id": "exam", "title": WORDS, "description": WORDS, "questions": [Q], **stated})[0]

    return paper


def save(store, person, id, text, **more):
    return sittings.save(store, person, id, Q, "z", text, **more)


def kinds(store, id):
    return [event.kind for event in store.read(lambda c: rows.events_of(c, id))]


def enrol(store, *students, team=""):
    def job(c):
        if not c.execute(school_class.select()).first():
            c.execute(school_class.insert().values(id="k1", title="K1", created=0.0))
            staff = {"class": "k1", "person": people_rows.find_person(c, "Teacher")[0].id, "role": "teacher", "team": "", "joined": 0.0}
            c.execute(membership.insert().values(staff))
        for student in students:
            c.execute(membership.insert().values({"class": "k1", "person": student.id, "role": "student", "team": team, "joined": 0.0}))

    store.write(job)


def arrange(store, **given):
    store.write(lambda c: c.execute(arrangement.insert().values(made=0.0, **given)))


def test_a_paper_is_started_between_its_opening_and_its_closing(store, hands, an, make, put):
    put(opens=hands.at + 600, closes=hands.at + 1200)
    with pytest.raises(NotYetOpen, match="opens at 20"):
        starting.start(store, an, "exam")
    assert timing.offers(store, an)[-1].state == "not_yet"
    hands.go(10)
    id, _ = starting.start(store, an, "exam")
    assert sittings.sitting(store, an, id).clock.deadline == hands.at + 600
    hands.go(10, 1)
    assert save(store, an, id, "1").deadline, "within the grace"
    hands.go(seconds=GRACE)
    with pytest.raises(PaperClosed):
        starting.start(store, make("Binh"), "exam")


def test_the_clock_runs_from_delivery_not_from_the_start(store, hands, an, put):
    put(minutes=10)
    id, _ = starting.start(store, an, "exam", deliver=False)
    assert timing.offers(store, an)[-1].state == "open"
    hands.go(30)
    assert starting.start(store, an, "exam", deliver=False) == (id, True)
    assert sittings.take(store, an, id).clock.deadline == hands.at + 600
    assert kinds(store, id) == ["prepared", "started"]
    hands.go(5)
    assert sittings.take(store, an, id).clock.deadline == hands.at + 300, "and only once"


def test_an_answer_counts_until_the_deadline_and_a_little_after_it_labelled(store, hands, an, put):
    put(minutes=10)
    id, _ = starting.start(store, an, "exam")
    hands.go(10)
    save(store, an, id, "1")
    hands.go(seconds=GRACE)
    save(store, an, id, "2")
    labels = [event.body for event in store.read(lambda c: rows.events_of(c, id))]
    assert labels[1:] == [None, '{"seconds_late": 15.0}']
    hands.go(seconds=1)
    with pytest.raises(TimeIsUp):
        save(store, an, id, "3", client="c3")
    with pytest.raises(TimeIsUp):
        save(store, an, id, "3", client="c3")
    assert sittings.sitting(store, an, id).state.text(Q, "z") == "2"
    late = [event for event in store.read(lambda c: rows.events_of(c, id)) if event.kind == "late"]
    assert [event.text for event in late] == ["3"], "what came too late is in the record, once"


def test_what_comes_too_late_is_kept_up_to_a_bound(store, hands, an, put, monkeypatch):
    monkeypatch.setattr(sittings, "KEPT_LATE", 3)
    put(minutes=10)
    id, _ = starting.start(store, an, "exam")
    hands.go(11)
    for text in "abcdef":
        with pytest.raises(TimeIsUp):
            save(store, an, id, text)
    assert kinds(store, id).count("late") == 3


def test_the_clerk_closes_what_is_over_from_its_last_saved_state(store, hands, an, make, put):
    put(minutes=10)
    one, other = starting.start(store, an, "exam")[0], starting.start(store, make("Binh"), "exam")[0]
    save(store, an, one, "1")
    hands.go(10, GRACE)
    assert clerk.close_what_is_over(store) == 0
    hands.go(seconds=1)
    assert clerk.close_what_is_over(store) == 2
    assert clerk.mark_what_waits(store) == 2
    assert clerk.mark_what_waits(store) == clerk.close_what_is_over(store) == 0
    assert kinds(store, one) == ["started", "answered", "submitted", "graded"]
    state = sittings.sitting(store, an, one).state
    assert (state.by_deadline, state.text(Q, "z")) == (True, "1")
    assert kinds(store, other) == ["started", "submitted", "graded"]
    with pytest.raises(TimeIsUp):
        save(store, an, one, "2")
    assert broken_at(one, store.read(lambda c: rows.events_of(c, one))) is None
    assert sittings.submit(store, an, one) == state.receipt


def test_handing_in_after_the_end_says_that_the_deadline_did_it(store, hands, an, put):
    put(minutes=10)
    id, _ = starting.start(store, an, "exam")
    hands.go(11)
    sittings.submit(store, an, id)
    assert sittings.sitting(store, an, id).state.by_deadline


def test_who_handed_in_is_told_so_and_nothing_is_kept_as_late(store, hands, an, put):
    put(minutes=10)
    id, _ = starting.start(store, an, "exam")
    sittings.submit(store, an, id)
    with pytest.raises(AlreadySubmitted):
        save(store, an, id, "1")
    assert kinds(store, id) == ["started", "submitted"]


def test_one_attempt_that_cannot_be_marked_holds_up_nobody(store, hands, an, make, put, monkeypatch):
    put()
    bad, good = starting.start(store, an, "exam")[0], starting.start(store, make("Binh"), "exam")[0]
    for person, id in ((an, bad), (make("Chi"), None)):
        if id:
            sittings.submit(store, person, id)
    sittings.submit(store, store.read(lambda c: people_rows.find_person(c, "Binh"))[0], good)
    grade_all, theirs = sittings.grade_all, sittings.seen_by_staff(store, bad).variants

    def breaks(scripts):
        if any(script.variant in theirs for script in scripts):
            raise RuntimeError("a poisoned answer")
        return grade_all(scripts)

    monkeypatch.setattr(sittings, "grade_all", breaks)
    passed_over = set()
    clerk.mark_what_waits(store, passed_over)
    assert passed_over == {bad}
    assert clerk.mark_what_waits(store, passed_over) == 0
    assert "graded" in kinds(store, good)


def test_attempts_that_wait_together_are_marked_as_one_cohort(store, hands, an, make, put, monkeypatch):
    put()
    people = [an, make("Binh"), make("Chi")]
    ids = [starting.start(store, person, "exam")[0] for person in people]
    for person, id, text in zip(people, ids, ("1", "2", ""), strict=True):
        save(store, person, id, text)
        sittings.submit(store, person, id)
    cohorts, grade_all = [], sittings.grade_all
    monkeypatch.setattr(sittings, "grade_all", lambda scripts: cohorts.append(len(scripts)) or grade_all(scripts))
    assert clerk.mark_what_waits(store) == 3
    assert cohorts == [sum(len(sittings.seen_by_staff(store, id).variants) for id in ids)]
    monkeypatch.undo()
    for person, id in zip(people, ids, strict=True):
        one = sittings.sitting(store, person, id)
        assert sittings.GRADES.validate_json(one.state.graded) == sittings.grade_all(one.scripts), "each is marked as if alone"


def test_minutes_for_one_a_team_or_the_room_are_one_audited_act_each(store, hands, an, make, teacher, put):
    binh, chi = make("Binh"), make("Chi")
    enrol(store, an, binh, team="evening")
    enrol(store, chi)
    put(minutes=10, classes=["k1"])
    ids = {person.name: starting.start(store, person, "exam")[0] for person in (an, binh, chi)}
    end = hands.at + 600

    def ends():
        return [sittings.sitting(store, person, ids[person.name]).clock.deadline - end for person in (an, binh, chi)]

    hands.go(1)
    room.add_minutes(store, teacher, "exam", 5)
    assert ends() == [300, 300, 300]
    room.add_minutes(store, teacher, "exam", 2, Whom(attempt=ids["An"]), "a nosebleed")
    room.add_minutes(store, teacher, "exam", 1, Whom(team="evening"))
    assert ends() == [480, 360, 300]
    room.add_minutes(store, teacher, "exam", -3)
    assert ends() == [300, 180, 120]
    done = [act for act in store.read(lambda c: acts.acts_of(c, paper="exam")) if act.kind == "minutes"]
    assert [(act.by, act.attempt, act.body.get("team"), act.body["minutes"]) for act in done] == [
        (teacher.id, None, None, 5), (teacher.id, ids["An"], None, 2), (teacher.id, None, "evening", 1), (teacher.id, None, None, -3),
    ]  # fmt: skip
    assert done[1].body["reason"] == "a nosebleed"
    clerk.close_what_is_over(store)
    hands.go(20)
    room.add_minutes(store, teacher, "exam", 60)
    assert ends() == [300, 180, 120], "what is over stays over"


@pytest.mark.parametrize("minutes", [0, 1e9, -1e9, float("nan"), float("inf")])
def test_minutes_that_make_no_sense_are_refused(store, hands, teacher, put, minutes):
    put()
    with pytest.raises(room.BadMinutes):
        room.add_minutes(store, teacher, "exam", minutes)


def test_a_pause_stops_the_clock_and_gives_its_time_back(store, hands, an, teacher, put):
    put(minutes=10)
    id, _ = starting.start(store, an, "exam")
    hands.go(4)
    room.pause(store, teacher, "exam")
    hands.go(100)
    assert clerk.close_what_is_over(store) == 0
    assert save(store, an, id, "1").paused == hands.at - 6000
    assert room.room(store, teacher, "exam").paused == hands.at - 6000
    room.resume(store, teacher, "exam")
    one = sittings.sitting(store, an, id).clock
    assert (one.paused, one.deadline) == (None, hands.at + 360)
    assert room.room(store, teacher, "exam").paused is None


def test_an_answer_after_a_reopening_goes_over_the_one_that_counts_not_over_one_that_came_late(store, hands, an, teacher, put):
    put(minutes=10)
    id, _ = starting.start(store, an, "exam")
    save(store, an, id, "1")
    hands.go(10 * 60 + clock.GRACE + 1)
    with pytest.raises(TimeIsUp):
        save(store, an, id, "9")
    clerk.close_what_is_over(store)
    room.reopen(store, teacher, "exam", id, 5)
    assert save(store, an, id, "2", base=1).version == 2


def test_a_closed_attempt_is_reopened_with_what_stood_in_it(store, hands, an, teacher, put):
    put(minutes=10)
    id, _ = starting.start(store, an, "exam")
    save(store, an, id, "1")
    with pytest.raises(room.StillOpen):
        room.reopen(store, teacher, "exam", id, 5)
    hands.go(11)
    clerk.close_what_is_over(store)
    clerk.mark_what_waits(store)
    room.reopen(store, teacher, "exam", id, 5, "the fire alarm")
    one = sittings.sitting(store, an, id)
    assert (one.open, one.state.text(Q, "z"), one.clock.deadline) == (True, "1", hands.at + 300)
    save(store, an, id, "2")
    receipt = sittings.submit(store, an, id)
    assert clerk.mark_what_waits(store) == 1
    assert kinds(store, id) == ["started", "answered", "submitted", "graded", "reopened", "answered", "submitted", "graded"]
    assert sittings.sitting(store, an, id).state.receipt == receipt
    assert broken_at(id, store.read(lambda c: rows.events_of(c, id))) is None


def test_extra_time_for_one_student_and_for_a_team(store, hands, an, make, put):
    binh, chi = make("Binh"), make("Chi")
    enrol(store, an, chi)
    enrol(store, binh, team="slow")
    paper = put(minutes=60, closes=hands.at + 3600, classes=["k1"])
    arrange(store, person=an.id, percent=25)
    arrange(store, **{"class": "k1"}, team="slow", minutes=10, paper="exam")
    arrange(store, **{"class": "k1"}, team="slow", minutes=99, paper="another")
    left = [sittings.sitting(store, p, starting.start(store, p, "exam")[0]).clock.deadline - hands.at for p in (an, binh, chi)]
    assert left == [4500, 4200, 3600]
    assert paper.minutes == 60


def test_changing_the_paper_moves_the_clocks_of_who_is_taking_it(store, hands, an, put):
    put(minutes=10)
    id, _ = starting.start(store, an, "exam")
    put(minutes=20)
    assert sittings.sitting(store, an, id).clock.deadline == hands.at + 1200


def test_a_paper_for_a_class_is_for_nobody_else(store, hands, an, make, put):
    enrol(store, an)
    put(classes=["k1"])
    assert "exam" in [offer.paper.id for offer in timing.offers(store, an)]
    binh = make("Binh")
    assert "exam" not in [offer.paper.id for offer in timing.offers(store, binh)]
    with pytest.raises(papers.UnknownPaper):
        starting.start(store, binh, "exam")


def test_a_password_is_asked_once_and_guessing_it_is_limited(store, hands, an, make, put):
    put(password="hoa sen")
    for _ in range(people.FAILURES):
        with pytest.raises(WrongPaperPassword):
            starting.start(store, an, "exam", "hoa mai")
    with pytest.raises(TooManyFailures):
        starting.start(store, an, "exam", "hoa mai")
    binh = make("Binh")
    id, _ = starting.start(store, binh, "exam", " hoa sen ")
    assert starting.start(store, binh, "exam") == (id, False)


def test_as_many_attempts_as_the_paper_allows(store, hands, an, put):
    put(attempts=2)
    for _ in range(2):
        id, new = starting.start(store, an, "exam")
        assert new
        sittings.submit(store, an, id)
    with pytest.raises(AlreadySubmitted, match="is taken 2 times"):
        starting.start(store, an, "exam")
    arrange(store, person=an.id, paper="exam", attempts=3)
    assert starting.start(store, an, "exam")[1]


def test_one_variant_for_all_or_one_each(store, hands, an, make, put):
    binh = make("Binh")

    def givens(person):
        return sittings.sitting(store, person, starting.start(store, person, "exam")[0]).variants[0].plain_givens()

    put(one_variant=True)
    assert givens(an) == givens(binh)
    put(one_variant=False, attempts=2)
    assert givens(make("Chi")) != givens(make("Dung"))


def test_variants_are_prepared_before_the_opening_and_made_anew_when_the_paper_changes(store, hands, an, make, put):
    binh = make("Binh")
    enrol(store, an, binh)
    put(opens=hands.at + 3600, classes=["k1"])
    assert clerk.prepare_what_opens(store) == 0
    hands.go(50)
    assert clerk.prepare_what_opens(store) == 2
    assert clerk.prepare_what_opens(store) == 0
    ready = {row[0] for row in store.read(lambda c: [(one.id,) for p in (an, binh) for one in rows.attempts_of(c, p.id)])}
    with pytest.raises(NotYetOpen):
        starting.start(store, an, "exam")
    hands.go(11)
    assert starting.start(store, an, "exam")[0] in ready
    put(opens=hands.at - 60, classes=["k1"], questions=["optim-gd-vary"])
    id, _ = starting.start(store, binh, "exam")
    assert id not in ready
    assert [variant.question.id for variant in sittings.sitting(store, binh, id).variants] == ["optim-gd-vary"]
    assert clerk.mark_what_waits(store) == 0, "what was never shown is not marked"


def test_the_room_shows_who_is_in_who_is_not_and_what_their_pages_last_said(store, hands, an, make, teacher, put):
    binh, chi = make("Binh"), make("Chi")
    enrol(store, an, binh, chi)
    put(minutes=10, classes=["k1"])
    one = starting.start(store, an, "exam")[0]
    starting.start(store, binh, "exam", deliver=False)
    save(store, an, one, "1")
    hands.go(seconds=30)
    assert room.clock_of(store, an, one, unsent=2, number=1).deadline == hands.at + 570
    room.note_incident(store, teacher, "exam", "the projector failed")
    shown = room.room(store, teacher, "exam")
    by_name = {seat.name: seat for seat in shown.seats}
    assert list(by_name) == ["An", "Binh", "Chi"]
    assert (by_name["An"].saved, by_name["An"].seen, by_name["An"].unsent) == (hands.at - 30, hands.at, 2)
    assert by_name["Binh"].attempt is by_name["Chi"].attempt is None
    assert [act.kind for act in shown.acts] == ["paper_changed", "incident"]


def test_asking_for_the_clock_is_one_look_up_and_is_noted_only_where_there_is_news(store, hands, an, put):
    put(minutes=10)
    id, _ = starting.start(store, an, "exam")
    store.read(lambda c: None)
    said, noted = [], []
    event.listen(store.readers, "before_cursor_execute", lambda *args: said.append(args[2]))
    for seconds, unsent, question in ((0, 0, 1), (4, 0, 1), (4, 1, 1), (4, 1, 1), (4, 1, 2), (12, 1, 2), (1, 1, 2)):
        hands.go(seconds=seconds)
        said.clear()
        told, note = room.heard_of(store, an, id, unsent, question)
        assert len(said) == 1, said
        noted.append(note is not None)
        if note:
            store.write(note)
    assert noted == [True, False, True, False, True, False, True]
    assert told.deadline == hands.at + 600 - 29


def test_release_is_an_act_and_can_be_taken_back(store, hands, teacher, put):
    put(preset="exam")
    room.release(store, teacher, "exam")
    assert room.room(store, teacher, "exam").released is not None
    room.release(store, teacher, "exam", released=False)
    assert room.room(store, teacher, "exam").released is None


def test_a_paper_that_somebody_changed_is_not_overwritten_by_the_shipped_one(store, hands, teacher):
    shipped = papers.paper(store, "aio2024")
    room.change_paper(store, teacher, shipped.model_dump(mode="json") | {"minutes": 45})
    papers.load(store)
    assert papers.paper(store, "aio2024").minutes == 45
    assert papers.paper(store, "optimisers").minutes is None


def test_an_attempt_of_another_paper_is_not_in_this_room(store, hands, an, teacher, put):
    put()
    other = starting.start(store, an, "aio2024")[0]
    for act in (
        lambda: room.add_minutes(store, teacher, "exam", 5, Whom(attempt=other)),
        lambda: room.reopen(store, teacher, "exam", other, 5),
    ):
        with pytest.raises(room.NotInThisRoom):
            act()


def test_a_paper_that_goes_forward_only_never_goes_back(store, hands, an, put):
    put(forward_only=True, questions=[Q, "optim-gd-vary"])
    id, _ = starting.start(store, an, "exam")
    save(store, an, id, "1")
    with pytest.raises(Passed):
        sittings.save(store, an, id, "optim-gd-vary", "w1[0]", "1")
    sittings.move_on(store, an, id)
    sittings.move_on(store, an, id)
    assert sittings.save(store, an, id, "optim-gd-vary", "w1[0]", "1").version == 1
    with pytest.raises(Passed, match="stands at question 2"):
        save(store, an, id, "2")
    assert kinds(store, id) == ["started", "answered", "moved", "answered"]
