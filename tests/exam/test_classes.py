"""Classes: who may do what, codes and links that end, arrangements that reach whom they are for, and a trail of every act."""

import ast
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam import arrangements, classes, links, papers, people, rights, room, roster, sittings, starting, timing, trail
from exam.arrangements import BadArrangement, Terms, UnknownArrangement
from exam.classes import BadClass, BadMember, ClassTaken, LastTeacher, UnknownClass, UnknownMember
from exam.links import BadLink, Guesser, TooManyGuesses, UnknownLink
from exam.people import DAY, BadPassword, BadPerson, NameTaken, WrongPassword
from exam.rights import CLASS_ROLES, NotAllowed
from exam.store import acts
from exam.store import people as accounts
from exam.store.arrangements import arrangements_for
from exam.store.people import Person
from tests.databases import on_sqlite
from tests.exam.school import clear, somebody

ROOT = Path(__file__).parents[2]
HALF = Terms("giấy của bác sĩ", percent=50)


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test may turn."""

    class Clock:
        now = time.time()

        def __call__(self):
            return self.now

    clock = Clock()
    for module in (people, links, classes, roster, arrangements, acts):
        monkeypatch.setattr(module.time, "time", clock)
    return clock


# Rights: pure


@pytest.mark.parametrize(
    ("role", "deeds"),
    [
        ("teacher", {"see", "help", "manage"}),
        ("assistant", {"see", "help"}),
        ("student", set()),
        (None, set()),
        ("", set()),
        ("root", set()),
    ],
)
def test_each_role_may_what_the_table_says_and_nothing_else(role, deeds):
    assert {deed for deed in ("see", "help", "manage", "anything") if rights.may(role, deed)} == deeds


ACCOUNTS = ("student", "teacher", "administrator")


@given(st.sampled_from(ACCOUNTS), st.lists(st.sampled_from(CLASS_ROLES)), st.booleans())
def test_the_staff_role_is_the_highest_there_is_a_reason_for(account, roles, to_all):
    found = rights.staff_role_among(Person(1, "x", account), roles, opened_to_all=to_all)
    reasons = {"administrator"} & {account} or {"teacher"} & set(roles) or (to_all and account == "teacher")
    assert found == ("teacher" if reasons else "assistant" if "assistant" in roles else None)


def test_a_paper_opened_to_classes_knows_the_staff_of_these_classes_alone(school):
    other = classes.make(school.store, school.other, "Other").id

    def role(person, *ids):
        return classes.staff_role(school.store, person, ids)

    everybody = (school.teacher, school.other, school.admin, school.assistant, school.an)
    assert [role(who, school.id) for who in everybody] == ["teacher", None, "teacher", "assistant", None]
    assert [role(who, other) for who in everybody] == [None, "teacher", "teacher", None, None]
    assert [role(who, other, school.id) for who in everybody] == ["teacher", "teacher", "teacher", "assistant", None]
    assert [role(who) for who in everybody] == ["teacher", "teacher", "teacher", None, None]
    assert role(school.teacher, "nowhere") is None


# Who may do what: every service against everybody

DEEDS = {
    "overview": ("see", lambda s, by: classes.overview(s.store, by, s.id)),
    "members": ("see", lambda s, by: classes.members(s.store, by, s.id)),
    "member": ("see", lambda s, by: classes.member(s.store, by, s.id, s.an.id)),
    "arrangements": ("see", lambda s, by: arrangements.listed(s.store, by, s.id)),
    "rename": ("manage", lambda s, by: classes.rename(s.store, by, s.id, "New")),
    "set member": ("manage", lambda s, by: classes.set_member(s.store, by, s.id, s.an.id, "assistant", "A")),
    "remove member": ("manage", lambda s, by: classes.remove_member(s.store, by, s.id, s.an.id)),
    "new code": ("manage", lambda s, by: links.new_code(s.store, by, s.id)),
    "close code": ("manage", lambda s, by: links.close_code(s.store, by, s.id)),
    "invite": ("manage", lambda s, by: links.invite(s.store, by, s.id, "student", 1, 1)),
    "invitations": ("manage", lambda s, by: links.invitations(s.store, by, s.id)),
    "preview": ("manage", lambda s, by: roster.preview(s.store, by, s.id, "Bình")),
    "take": ("manage", lambda s, by: roster.take(s.store, by, s.id, "Bình")),
    "arrange": ("manage", lambda s, by: arrangements.arrange(s.store, by, s.id, HALF, person=s.an.id)),
    "acts": ("manage", lambda s, by: trail.of_class(s.store, by, s.id, 100)),
    "password link": ("manage", lambda s, by: links.hand_out(s.store, by, s.id, s.an.id, 1)),
}


@pytest.mark.parametrize("who", ["teacher", "admin", "assistant", "an", "stranger", "other"])
@pytest.mark.parametrize("deed", DEEDS)
def test_every_deed_is_for_those_the_table_says(school, deed, who):
    kind, do = DEEDS[deed]
    by = getattr(school, who)
    before = school.kinds()
    if who in ("teacher", "admin") or (who == "assistant" and kind == "see"):
        do(school, by)
        return
    with pytest.raises(NotAllowed if who == "assistant" else UnknownClass) as refused:
        do(school, by)
    assert clear(refused.value)
    assert school.kinds() == before, "nothing happened"


@pytest.mark.parametrize("deed", DEEDS)
def test_a_class_that_there_is_not_is_unknown_to_everybody(school, deed):
    school.id = "nowhere"
    with pytest.raises(UnknownClass):
        DEEDS[deed][1](school, school.admin)


def test_students_and_assistants_make_no_classes(school):
    for who in (school.an, school.assistant):
        with pytest.raises(NotAllowed):
            classes.make(school.store, who, "Mine")
    assert [o.school_class.id for o in classes.overviews(school.store, school.admin)] == [school.id]


# Classes and members


@pytest.mark.parametrize(
    ("title", "id"),
    [
        ("Học sâu, K67", "hoc-sau-k67"),
        ("  ĐẠI   số ", "dai-so"),
        ("2026/2", "2026-2"),
        ("机器学习", "class"),
        ("---", "class"),
        ("a" * 200, "a" * 60),
    ],
)
def test_an_id_is_read_off_the_title(title, id):
    assert classes.slug(classes.checked_title(title)) == id


def test_classes_of_one_title_have_ids_of_their_own(school):
    made = [classes.make(school.store, school.other, "Lớp K67").id for _ in range(3)]
    assert [school.id, *made] == ["lop-k67", "lop-k67-2", "lop-k67-3", "lop-k67-4"]


def test_a_chosen_id_is_kept_or_refused_and_never_changed(school):
    assert classes.make(school.store, None, "K68", "k68").id == "k68"
    with pytest.raises(ClassTaken):
        classes.make(school.store, None, "K68", "k68")
    for bad in ("", "K68", "a b", "../x", "lớp", "a" * 81, "-a"):
        with pytest.raises(BadClass):
            classes.make(school.store, None, "K68", bad)


@pytest.mark.parametrize("title", ["", "  ", "x" * 201, "a\x00b", "a\u202eb"])
def test_a_title_that_cannot_be_one_is_refused(school, title):
    for do in (
        lambda: classes.make(school.store, school.teacher, title),
        lambda: classes.rename(school.store, school.teacher, school.id, title),
    ):
        with pytest.raises(BadClass) as refused:
            do()
        assert clear(refused.value)


def test_a_renamed_class_keeps_its_id_and_a_rename_to_the_same_is_no_act(school):
    classes.rename(school.store, school.teacher, school.id, "K67 mới")
    classes.rename(school.store, school.teacher, school.id, " K67  mới ")
    assert classes.overview(school.store, school.teacher, school.id).school_class.title == "K67 mới"
    assert school.kinds().count("renamed_class") == 1


def test_everybody_sees_the_classes_they_have_charge_of(school):
    other = classes.make(school.store, school.other, "Other").id
    seen = {name: {o.school_class.id: o.role for o in classes.overviews(school.store, getattr(school, name))}
            for name in ("teacher", "other", "admin", "assistant", "an", "stranger")}  # fmt: skip
    assert seen == {
        "teacher": {school.id: "teacher"}, "other": {other: "teacher"}, "admin": {school.id: "teacher", other: "teacher"},
        "assistant": {school.id: "assistant"}, "an": {}, "stranger": {},
    }  # fmt: skip


def test_a_class_keeps_a_teacher(school):
    for do in (
        lambda: classes.remove_member(school.store, school.admin, school.id, school.teacher.id),
        lambda: classes.set_member(school.store, school.teacher, school.id, school.teacher.id, "student", ""),
    ):
        with pytest.raises(LastTeacher) as refused:
            do()
        assert clear(refused.value)
    classes.set_member(school.store, school.teacher, school.id, school.assistant.id, "teacher", "")
    classes.remove_member(school.store, school.teacher, school.id, school.teacher.id)
    assert "Thầy" not in school.roles()


@pytest.mark.parametrize(("role", "team"), [("root", ""), ("administrator", ""), ("student", "x" * 81), ("student", "a\x00")])
def test_a_role_or_team_that_cannot_be_one_is_refused(school, role, team):
    with pytest.raises(BadMember):
        classes.set_member(school.store, school.teacher, school.id, school.an.id, role, team)


@pytest.mark.parametrize("who", [0, -1, 10**30])
def test_who_is_not_in_a_class_is_no_member(school, who):
    for do in (
        lambda: classes.member(school.store, school.teacher, school.id, who),
        lambda: classes.set_member(school.store, school.teacher, school.id, who, "student", ""),
        lambda: links.hand_out(school.store, school.teacher, school.id, who, 1),
        lambda: arrangements.arrange(school.store, school.teacher, school.id, HALF, person=who),
        lambda: classes.remove_member(school.store, school.teacher, school.id, school.stranger.id),
    ):
        with pytest.raises(UnknownMember):
            do()


# The code and links into a class


def guest(name="browser"):
    return [Guesser.guest(name), Guesser.address("192.0.2.1")]


def test_a_code_lets_in_however_it_is_typed_and_until_it_is_renewed_or_switched_off(school):
    code = links.new_code(school.store, school.teacher, school.id)
    assert re.fullmatch("[BCDFGHJKMNPQRSTVWXYZ]{8}", code)
    assert links.join(school.store, school.stranger, f" {links.shown_code(code).lower()} ").id == school.id
    assert school.roles()["Lạ"] == "student"
    newer = links.new_code(school.store, school.teacher, school.id)
    with pytest.raises(UnknownLink):
        links.join(school.store, school.other, code)
    links.close_code(school.store, school.teacher, school.id)
    with pytest.raises(UnknownLink) as refused:
        links.join(school.store, school.other, newer)
    assert clear(refused.value)
    assert "Cô" not in school.roles()


def test_a_link_is_good_for_its_uses_and_no_more(school):
    secret = links.invite(school.store, school.teacher, school.id, "student", 1, 2).secret
    for i, person in enumerate([somebody(school.store, f"s{i}") for i in range(3)]):
        if i < 2:
            links.join(school.store, person, secret)
            links.join(school.store, person, secret)
        else:
            with pytest.raises(UnknownLink):
                links.join(school.store, person, secret)
    assert [name for name in school.roles() if name.startswith("s")] == ["s0", "s1"]


def test_a_link_used_by_many_at_once_lets_in_exactly_as_many_as_it_says(school):
    secret = links.invite(school.store, school.teacher, school.id, "student", 1, 3).secret
    crowd = [somebody(school.store, f"s{i}") for i in range(12)]

    def enters(person):
        try:
            return bool(links.join(school.store, person, secret))
        except UnknownLink:
            return False

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(enters, crowd)) == 3
    assert sum(name.startswith("s") for name in school.roles()) == 3


def test_a_link_ends_by_itself_and_by_being_withdrawn(school, clock):
    one, other = (links.invite(school.store, school.teacher, school.id, "student", 2, 9) for _ in range(2))
    clock.now += 2 * DAY - 1
    links.withdraw(school.store, school.teacher, school.id, people.hashed(one.secret)[:12])
    with pytest.raises(UnknownLink):
        links.join(school.store, school.stranger, one.secret)
    assert links.door(school.store, guest(), other.secret).school_class.id == school.id
    clock.now += 2
    with pytest.raises(UnknownLink):
        links.join(school.store, school.stranger, other.secret)
    assert links.invitations(school.store, school.teacher, school.id) == []


def test_a_link_cannot_be_withdrawn_by_the_teacher_of_another_class(school):
    classes.make(school.store, school.other, "Other")
    made = links.invite(school.store, school.teacher, school.id, "student", 2, 9)
    with pytest.raises(UnknownLink):
        links.withdraw(school.store, school.other, "other", people.hashed(made.secret))
    with pytest.raises(UnknownLink):
        links.withdraw(school.store, school.teacher, school.id, "")
    assert len(links.invitations(school.store, school.teacher, school.id)) == 1


@pytest.mark.parametrize("has", CLASS_ROLES)
@pytest.mark.parametrize("offered", CLASS_ROLES)
def test_who_is_in_the_class_keeps_the_higher_role_and_the_team(school, has, offered):
    school.put(school.stranger, has, "A")
    links.join(school.store, school.stranger, links.invite(school.store, school.teacher, school.id, offered, 1, 1).secret)
    found = classes.member(school.store, school.teacher, school.id, school.stranger.id)
    assert (found.role, found.team) == (max(has, offered, key=CLASS_ROLES.index), "A")


NO_LINKS = [("root", 1, 1), ("student", 0, 1), ("student", 366, 1), ("student", float("nan"), 1), ("student", 1, 0), ("student", 1, 10_001)]


@pytest.mark.parametrize(("role", "days", "uses"), NO_LINKS)
def test_a_link_has_a_role_days_and_uses_within_reason(school, role, days, uses):
    with pytest.raises(BadLink) as refused:
        links.invite(school.store, school.teacher, school.id, role, days, uses)
    assert clear(refused.value)


@on_sqlite
def test_links_and_passwords_are_kept_by_their_hash(school, tmp_path):
    invitation = links.invite(school.store, school.teacher, school.id, "student", 1, 1)
    password = links.hand_out(school.store, school.admin, school.id, school.an.id, 1)
    (slip,) = roster.take(school.store, school.teacher, school.id, "Bình")[1]
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert people.hashed(slip.secret).encode() in kept
    for made in (invitation, password, slip):
        assert made.secret.encode() not in kept


def test_a_guesser_of_codes_is_stopped_and_nobody_else_is(school, clock):
    code = links.new_code(school.store, school.teacher, school.id)
    binh = somebody(school.store, "Bình")
    for i in range(links.GUESSES):
        with pytest.raises(UnknownLink):
            links.join(school.store, school.stranger, f"BCDFGHJ{'KMNPQRSTVW'[i]}")
    for secret in ("WRONGONE", code):
        with pytest.raises(TooManyGuesses) as refused:
            links.join(school.store, school.stranger, secret)
    assert clear(refused.value)
    assert links.join(school.store, binh, code).id == school.id
    assert people.sign_in(school.store, "Lạ", "pass-word"), "signing in is another matter"
    clock.now += links.GUESSES_WITHIN + 1
    assert links.join(school.store, school.stranger, code).id == school.id


def test_guests_are_limited_each_and_their_room_widely(school):
    code = links.new_code(school.store, school.teacher, school.id)

    def guess(name):
        with pytest.raises((UnknownLink, TooManyGuesses)) as refused:
            links.door(school.store, guest(name), "BCDFGHJK" if code != "BCDFGHJK" else "KJHGFDCB")
        return type(refused.value)

    assert [guess("one") for _ in range(links.GUESSES + 1)] == [UnknownLink] * links.GUESSES + [TooManyGuesses]
    assert links.door(school.store, guest("two"), code)
    for i in range(links.GUESSES_OF_STRANGERS - links.GUESSES):
        assert guess(f"new session {i}") is UnknownLink
    assert guess("one more") is TooManyGuesses
    assert links.join(school.store, school.stranger, code), "who is signed in is not hindered by the room"


def test_guessing_codes_in_parallel_does_not_get_around_the_limit(school):
    def guess(i):
        try:
            links.join(school.store, school.stranger, f"WRONG{i:03}")
        except TooManyGuesses:
            return False
        except UnknownLink:
            return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(guess, range(60))) == links.GUESSES


@pytest.mark.parametrize("secret", ["", "x", "\x00", "\udc80", "BCDFGHJK" * 1000, "ữ" * 8])
def test_a_secret_that_is_none_leads_nowhere(school, secret):
    links.new_code(school.store, school.teacher, school.id)
    with pytest.raises(UnknownLink):
        links.door(school.store, guest(), secret)
    with pytest.raises(UnknownLink):
        links.holder(school.store, secret)


# Signing up


def test_a_stranger_makes_an_account_and_is_in_the_class(school):
    code = links.new_code(school.store, school.teacher, school.id)
    session = links.sign_up(school.store, guest(), code, "Nguyễn Thị Bình", "mật khẩu dài")
    person = people.person_of_session(school.store, session)
    assert (person.name, person.role, school.roles()["Nguyễn Thị Bình"]) == ("Nguyễn Thị Bình", "student", "student")
    assert people.sign_in(school.store, "Nguyễn Thị Bình", "mật khẩu dài")


def test_an_assistants_link_makes_no_staff_of_the_installation(school):
    secret = links.invite(school.store, school.teacher, school.id, "teacher", 1, 1).secret
    person = people.person_of_session(school.store, links.sign_up(school.store, guest(), secret, "Mới", "mật khẩu dài"))
    assert (person.role, person.staff, school.roles()["Mới"]) == ("student", True, "teacher")


@pytest.mark.parametrize(
    ("name", "password", "problem"),
    [("An", "long enough", NameTaken), ("", "long enough", BadPerson), ("Mới", "short", BadPassword), ("Mới", "x" * 1025, BadPassword)],
)
def test_a_sign_up_that_fails_makes_nobody_and_uses_nothing_up(school, name, password, problem):
    secret = links.invite(school.store, school.teacher, school.id, "student", 1, 1).secret
    before = school.kinds()
    with pytest.raises(problem):
        links.sign_up(school.store, guest(), secret, name, password)
    assert school.kinds() == before
    assert links.invitations(school.store, school.teacher, school.id)[0].uses_left == 1
    assert school.store.read(lambda c: accounts.find_person(c, "Mới")) is None


def test_a_name_is_one_however_its_tones_were_typed(school):
    code = links.new_code(school.store, school.teacher, school.id)
    links.sign_up(school.store, guest(), code, "Nguye\u0302\u0303n", "mật khẩu dài")
    assert people.sign_in(school.store, "Nguyễn", "mật khẩu dài")
    assert people.sign_in(school.store, "Nguye\u0302\u0303n", "mật khẩu dài")
    with pytest.raises(NameTaken):
        people.add_person(school.store, "Nguyễn", "student")


# Choosing a password


def test_a_password_link_works_once_and_ends_every_session(school):
    before = people.sign_in(school.store, "An", "pass-word")
    made = links.hand_out(school.store, school.admin, school.id, school.an.id, 3)
    assert made.path == f"/password/{made.secret}"
    assert links.holder(school.store, f" {made.secret.upper()} ") == "An"
    with pytest.raises(BadPassword):
        links.choose_password(school.store, made.secret, "short")
    session = links.choose_password(school.store, made.secret, "brand new one")
    assert people.person_of_session(school.store, before) is None
    assert people.person_of_session(school.store, session).name == "An"
    with pytest.raises(UnknownLink):
        links.choose_password(school.store, made.secret, "yet another one")
    with pytest.raises(WrongPassword):
        people.sign_in(school.store, "An", "pass-word")
    assert people.sign_in(school.store, "An", "brand new one")


def test_a_password_link_used_twice_at_once_sets_one_password(school):
    made = links.hand_out(school.store, school.admin, school.id, school.an.id, 3)
    start = threading.Barrier(6)

    def choose(i):
        start.wait(10)
        try:
            links.choose_password(school.store, made.secret, f"password {i}")
        except UnknownLink:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(choose, range(6))) == 1


def test_a_password_link_ends_after_its_days_and_when_a_newer_one_is_made(school, clock):
    old, new = (links.hand_out(school.store, school.admin, school.id, school.an.id, 3) for _ in range(2))
    with pytest.raises(UnknownLink):
        links.holder(school.store, old.secret)
    clock.now += 3 * DAY - 1
    assert links.holder(school.store, new.secret) == "An"
    clock.now += 2
    with pytest.raises(UnknownLink):
        links.choose_password(school.store, new.secret, "long enough")


def test_who_has_no_password_yet_cannot_sign_in_with_any(school):
    (slip,) = roster.take(school.store, school.teacher, school.id, "Bình")[1]
    for password in ("", " ", "password", slip.secret):
        with pytest.raises(WrongPassword):
            people.sign_in(school.store, "Bình", password)
    assert classes.members(school.store, school.teacher, school.id)[-1].waits
    links.choose_password(school.store, slip.secret, "long enough")
    assert people.sign_in(school.store, "Bình", "long enough")
    assert not classes.members(school.store, school.teacher, school.id)[-1].waits


def test_a_teacher_hands_passwords_only_to_students_whom_the_class_answers_for(school):
    """Who holds the link holds the account: being put on a roster must not deliver anybody."""

    def may(who, by=school.other, id="other"):
        try:
            return bool(links.hand_out(school.store, by, id, who.id, 1))
        except NotAllowed as refused:
            return not clear(refused)

    classes.make(school.store, school.other, "Other")
    roster.take(school.store, school.other, "other", "An\nTrợ\nAdmin\nThầy\nBình")
    binh, = (m for m in classes.members(school.store, school.other, "other") if m.name == "Bình")  # fmt: skip
    assert not may(school.an), "An is another teacher's student"
    assert not may(school.assistant), "an assistant of another class"
    assert not may(school.admin)
    assert not may(school.teacher)
    assert may(Person(binh.person, "Bình", "student")), "this class made the account"
    assert may(school.an, school.admin), "an administrator may"
    links.join(school.store, school.an, links.new_code(school.store, school.other, "other"))
    assert may(school.an), "An came by the code of their own accord"
    classes.set_member(school.store, school.other, "other", school.an.id, "assistant", "")
    assert not may(school.an), "An is staff now"


# Arrangements


def applying(school, person, paper="aio2024", ids=None):
    return [(a.percent, a.minutes) for a in school.store.read(lambda c: arrangements_for(c, person.id, paper, ids))]


def arrange(school, terms=HALF, by=None, id=None, **whom):
    return arrangements.arrange(school.store, by or school.teacher, id or school.id, terms, **whom)


def test_an_arrangement_reaches_its_student_at_its_paper_and_nobody_else(school):
    arrange(school, Terms("x", paper="aio2024", percent=25), person=school.an.id)
    arrange(school, Terms("x", minutes=10), person=school.an.id)
    assert applying(school, school.an) == [(25, 0), (0, 10)]
    assert applying(school, school.an, "optimisers") == [(0, 10)]
    assert applying(school, school.assistant) == []


def test_a_teams_arrangement_reaches_who_is_in_the_team_now(school):
    school.put(school.stranger, team="A")
    arrange(school, team="A")
    assert (applying(school, school.stranger), applying(school, school.an)) == ([(50, 0)], [])
    classes.set_member(school.store, school.teacher, school.id, school.an.id, "student", "A")
    classes.set_member(school.store, school.teacher, school.id, school.stranger.id, "student", "B")
    assert (applying(school, school.stranger), applying(school, school.an)) == ([], [(50, 0)])


def test_a_team_of_the_same_name_in_another_class_is_another_team(school):
    classes.make(school.store, school.other, "Other")
    school.put(school.stranger, team="A", id="other")
    classes.set_member(school.store, school.teacher, school.id, school.an.id, "student", "A")
    arrange(school, team="A")
    assert (applying(school, school.stranger), applying(school, school.an)) == ([], [(50, 0)])


def test_what_one_class_arranges_does_not_count_at_another_classs_paper(school):
    arrange(school, person=school.an.id)
    assert applying(school, school.an, ids=[school.id]) == [(50, 0)]
    assert applying(school, school.an, ids=["other"]) == []
    assert applying(school, school.an, ids=[]) == [(50, 0)], "a paper open to all"


def test_an_arrangement_is_withdrawn_once_and_by_its_class(school):
    one = arrange(school, person=school.an.id)
    classes.make(school.store, school.other, "Other")
    for by, id, number in ((school.other, "other", one.id), (school.teacher, school.id, 10**12), (school.teacher, school.id, 0)):
        with pytest.raises(UnknownArrangement):
            arrangements.withdraw(school.store, by, id, number)
    arrangements.withdraw(school.store, school.teacher, school.id, one.id)
    assert applying(school, school.an) == arrangements.listed(school.store, school.teacher, school.id) == []
    with pytest.raises(UnknownArrangement):
        arrangements.withdraw(school.store, school.teacher, school.id, one.id)


def test_who_leaves_the_class_takes_nothing_along_and_the_trail_still_tells_of_it(school):
    arrange(school, person=school.an.id)
    classes.remove_member(school.store, school.teacher, school.id, school.an.id)
    assert applying(school, school.an) == []
    assert school.kinds()[-2:] == ["arranged", "removed_member"]


@pytest.mark.parametrize(
    "terms",
    [
        Terms("x"), Terms("", percent=5), Terms("x" * 401, percent=5), Terms("x", percent=-5), Terms("x", percent=401),
        Terms("x", percent=float("nan")), Terms("x", minutes=float("inf")), Terms("x", minutes=-1), Terms("x", attempts=0),
        Terms("x", attempts=101), Terms("x", opens=2.0, closes=1.0), Terms("x", closes=-1.0), Terms("x\x00", percent=5),
    ],
)  # fmt: skip
def test_terms_that_make_no_sense_are_refused(school, terms):
    with pytest.raises(BadArrangement) as refused:
        arrange(school, terms, person=school.an.id)
    assert clear(refused.value)


def test_an_arrangement_is_for_one_member_or_one_team_of_the_class(school):
    for whom in ({}, {"person": school.an.id, "team": "A"}, {"team": "nobody's"}):
        with pytest.raises(BadArrangement):
            arrange(school, **whom)
    with pytest.raises(papers.UnknownPaper):
        arrange(school, Terms("x", paper="nowhere", percent=5), person=school.an.id)


def test_open_clocks_follow_an_arrangement_and_its_withdrawal(school):
    document = {"id": "exam", "title": {"vi": "Đề", "en": "Exam"}, "description": {"vi": "Đề", "en": "Exam"}}
    papers.load(school.store)
    room.change_paper(school.store, school.teacher, {**document, "questions": ["optim-gd-vary"], "classes": [school.id], "minutes": 60})
    classes.set_member(school.store, school.teacher, school.id, school.an.id, "student", "A")
    id, _ = starting.start(school.store, school.an, "exam")

    def minutes():
        clock = sittings.sitting(school.store, school.an, id).clock
        return round((clock.deadline - clock.delivered) / 60)

    one = arrange(school, Terms("x", minutes=15), team="A")
    assert minutes() == 75
    other = arrange(school, Terms("x", percent=25, paper="exam"), person=school.an.id)
    assert minutes() == 90
    arrangements.withdraw(school.store, school.teacher, school.id, one.id)
    arrangements.withdraw(school.store, school.teacher, school.id, other.id)
    assert minutes() == 60
    arrange(school, Terms("x", minutes=15), team="A")
    classes.set_member(school.store, school.teacher, school.id, school.an.id, "student", "")
    assert minutes() == 60, "who leaves a team leaves what is arranged for it"


def test_what_is_arranged_in_one_class_says_nothing_at_the_papers_of_another(school):
    document = {"id": "exam", "title": {"vi": "Đề", "en": "Exam"}, "description": {"vi": "Đề", "en": "Exam"}}
    papers.load(school.store)
    other = classes.make(school.store, school.teacher, "Another class")
    document |= {"questions": ["optim-gd-vary"], "classes": [other.id], "minutes": 60}
    room.change_paper(school.store, school.teacher, document)
    arrange(school, Terms("x", minutes=15), person=school.an.id)
    roster.take(school.store, school.teacher, other.id, school.an.name)
    offers = {offer.paper.id: offer.times.minutes for offer in timing.offers(school.store, school.an)}
    assert offers["exam"] == 60


# The trail


def test_every_kind_of_act_has_its_sentence():
    noted = set()
    for path in (ROOT / "exam").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "note":
                noted |= {arg.value for arg in node.args[2:3] if isinstance(arg, ast.Constant)}
    noted |= {"made_account", "enrolled", "changed_member"}  # by note_all
    assert len(noted) > 10
    assert noted - trail.SENTENCES.keys() == set()


def test_the_trail_tells_who_did_what_in_both_languages(school):
    school.put(school.stranger, team="A")
    arrange(school, Terms("giấy {bác sĩ}", paper="aio2024", percent=25, attempts=2), person=school.an.id)
    arrange(school, Terms("mất điện", minutes=10, closes=1e9), team="A")
    links.invite(school.store, school.teacher, school.id, "assistant", 1, 3)
    links.join(school.store, school.other, links.new_code(school.store, school.admin, school.id))
    told = [one.sentence for one in trail.everything(school.store, school.admin, 100)]
    vi, en = [one.vi for one in told], [one.en for one in told]
    assert en[0] == "Thầy made the class “Lớp K67”."
    assert "Thầy arranged for An, paper aio2024: 25 % more time, 2 attempts (giấy {bác sĩ})." in en
    assert "Thầy điều chỉnh cho An, đề aio2024: thêm 25 % giờ, 2 lần làm bài (giấy {bác sĩ})." in vi
    (power,) = (text for text in en if "mất điện" in text)
    assert power.startswith("Thầy arranged for team A, every paper: 10 more minutes, closes 09/09/2001 ")
    assert "Cô tự vào lớp “Lớp K67”, sinh viên." in vi
    assert "Admin gave “Lớp K67” a new code." in en
    assert all("–" not in text.replace(" – ", "") and "{by}" not in text for text in vi + en)


def test_the_trail_outlives_who_it_tells_of(school):
    classes.set_member(school.store, school.teacher, school.id, school.an.id, "student", "A")
    school.store.write(lambda c: c.exec_driver_sql("DELETE FROM person WHERE name IN ('An', 'Thầy')"))
    told = trail.everything(school.store, school.admin, 100)[-1].sentence
    assert told.en == "Somebody who was deleted changed somebody who was deleted in “Lớp K67” as a student, team A."
    assert told.vi.startswith("Một người đã bị xóa đổi")


def test_the_whole_trail_is_for_administrators(school):
    for who in (school.teacher, school.assistant, school.an):
        with pytest.raises(NotAllowed):
            trail.everything(school.store, who, 100)


def test_the_trail_is_read_page_by_page(school):
    for i in range(7):
        classes.rename(school.store, school.teacher, school.id, f"K{i}")
    first = trail.of_class(school.store, school.teacher, school.id, 5)
    rest = trail.of_class(school.store, school.teacher, school.id, 5, before=first[0].id)
    assert [re.search("“([^“]*)”.$", one.sentence.en)[1] for one in rest + first] == ["Lớp K67", *(f"K{i}" for i in range(7))]


def test_an_act_of_an_unknown_kind_is_told_plainly(school):
    school.store.write(lambda c: acts.note(c, school.admin.id, "flew_away"))
    assert trail.everything(school.store, school.admin, 1)[0].sentence.en == "Admin: flew away."
