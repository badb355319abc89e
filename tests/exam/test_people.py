"""People: accounts, passwords that no disk knows, sign-in limited per account, sessions and tokens that end."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher

from exam import people
from exam.people import (
    FAILURES,
    FAILURES_WITHIN,
    SESSION_LASTS,
    BadPerson,
    BadToken,
    NameTaken,
    NotSignedIn,
    TooManyFailures,
    UnknownPerson,
    WrongPassword,
    WrongScope,
)
from exam.store import open_store, sessions
from tests.databases import on_sqlite


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch):
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(people, "HASHER", hasher)
    monkeypatch.setattr(people, "NOBODY", hasher.hash("a password nobody has"))


@pytest.fixture
def store(database):
    store = open_store(database)
    yield store
    store.close()


@pytest.fixture
def an(store):
    return people.add_person(store, "An", "student")


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test may turn."""

    class Clock:
        now = time.time()

        def __call__(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(people.time, "time", clock)
    return clock


def fail(store, name, times=FAILURES):
    for _ in range(times):
        with pytest.raises(WrongPassword):
            people.sign_in(store, name, "wrong")


def on_disk(tmp_path):
    return b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


# Accounts and passwords


@pytest.mark.parametrize("role", people.ROLES)
def test_an_account_has_a_name_a_role_and_a_password(store, role):
    account = people.add_person(store, "  An  ", role)
    person = people.person_of_session(store, people.sign_in(store, "An", account.password))
    assert (account.name, person.name, person.role) == ("An", "An", role)


@pytest.mark.parametrize("role", ["", "root", "Student", "student ", "admin"])
def test_a_role_that_there_is_not_is_refused(store, role):
    with pytest.raises(BadPerson, match="administrator"):
        people.add_person(store, "An", role)
    assert not people.anybody(store)


@pytest.mark.parametrize("name", ["", "   ", "a" * 81, "a\nb", "a\x00b", "a\u202eb"])
def test_a_name_that_cannot_be_one_is_refused(store, name):
    with pytest.raises(BadPerson):
        people.add_person(store, name, "student")


def test_a_name_is_given_once(store, an):
    with pytest.raises(NameTaken):
        people.add_person(store, " An", "teacher")
    assert people.sign_in(store, "An", an.password)


@on_sqlite
def test_a_password_is_kept_by_argon2_and_never_in_clear(store, tmp_path, monkeypatch):
    monkeypatch.undo()
    account = people.add_person(store, "An", "student")
    secret = people.sign_in(store, "An", account.password)
    token = people.add_token(store, "An", "student")
    reset = people.reset_password(store, "An").password
    kept = on_disk(tmp_path)
    assert b"$argon2id$" in kept
    for hidden in (account.password, secret, token, token.removeprefix("gradus_"), reset):
        assert hidden.encode() not in kept


def test_passwords_are_long_and_all_different():
    made = {people.new_password() for _ in range(200)}
    assert len(made) == 200
    assert min(len(password) for password in made) >= 16


def test_a_new_password_ends_the_old_one_and_every_session(store, an):
    sessions = [people.sign_in(store, "An", an.password) for _ in range(3)]
    other = people.add_person(store, "Binh", "student")
    elsewhere = people.sign_in(store, "Binh", other.password)
    new = people.reset_password(store, "An")
    assert [people.person_of_session(store, secret) for secret in sessions] == [None] * 3
    assert people.person_of_session(store, elsewhere).name == "Binh"
    fail(store, "An", 1)
    with pytest.raises(WrongPassword):
        people.sign_in(store, "An", an.password)
    assert people.sign_in(store, "An", new.password)


def test_a_new_password_is_for_somebody(store):
    with pytest.raises(UnknownPerson, match="nobody"):
        people.reset_password(store, "nobody")


# Sign-in


@pytest.mark.parametrize("password", ["", "wrong", "x" * 5000, "\x00", "ữ" * 300])
def test_unknown_and_known_names_answer_alike(store, an, password):
    told = []
    for name in ("An", "nobody"):
        with pytest.raises(WrongPassword) as refused:
            people.sign_in(store, name, password)
        told.append((refused.value.code, refused.value.detail, refused.value.status))
    assert told[0] == told[1]


def test_unknown_and_known_names_cost_the_same_work(store, an, monkeypatch):
    verified = []

    class Counting(PasswordHasher):
        def verify(self, kept, password):
            verified.append(kept)
            return super().verify(kept, password)

    monkeypatch.setattr(people, "HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    fail(store, "An", 1)
    fail(store, "nobody", 1)
    assert len(verified) == 2


@pytest.mark.parametrize("name", ["An", "nobody"])
def test_sign_in_is_limited_per_account_whether_or_not_there_is_one(store, an, clock, name):
    fail(store, name)
    for password in ("wrong", an.password):
        with pytest.raises(TooManyFailures):
            people.sign_in(store, name, password)
    clock.now += FAILURES_WITHIN + 1
    fail(store, name, 1)
    if name == "An":
        assert people.sign_in(store, "An", an.password)


def test_one_accounts_failures_do_not_hinder_another(store, an):
    other = people.add_person(store, "Binh", "student")
    fail(store, "Binh")
    with pytest.raises(TooManyFailures):
        people.sign_in(store, "Binh", other.password)
    assert people.sign_in(store, "An", an.password)


def test_a_name_with_spaces_around_it_is_the_same_account(store, an):
    fail(store, " An ")
    with pytest.raises(TooManyFailures):
        people.sign_in(store, "An", an.password)


def test_signing_in_forgives_the_failures_before(store, an):
    for _ in range(3):
        fail(store, "An", FAILURES - 1)
        assert people.sign_in(store, "An", an.password)


def test_a_new_password_lets_in_who_was_locked_out(store, an):
    fail(store, "An")
    assert people.sign_in(store, "An", people.reset_password(store, "An").password)


def test_guessing_in_parallel_does_not_get_around_the_limit(store, an):
    def guess(i):
        try:
            people.sign_in(store, "An", f"guess {i}")
        except TooManyFailures:
            return False
        except WrongPassword:
            return True

    with ThreadPoolExecutor(40) as pool:
        tried = sum(pool.map(guess, range(200)))
    assert tried <= FAILURES


# Sessions


def test_a_session_ends_by_signing_out_and_no_other_does(store, an):
    one, other = people.sign_in(store, "An", an.password), people.sign_in(store, "An", an.password)
    assert one != other
    people.sign_out(store, one)
    people.sign_out(store, "never was one")
    assert people.person_of_session(store, one) is None
    assert people.person_of_session(store, other).name == "An"


def test_who_was_just_asked_for_is_not_looked_up_again_and_is_gone_once_signed_out(store, an, monkeypatch):
    secret = people.sign_in(store, "An", an.password)
    known = people.person_of_session(store, secret)
    with monkeypatch.context() as patched:
        patched.setattr(store, "read", lambda job: pytest.fail("looked up again"))
        assert people.person_of_session(store, secret) == known
    people.sign_out(store, secret)
    assert people.person_of_session(store, secret) is None


def test_what_another_process_ends_is_believed_here_for_seconds_only(store, an, clock):
    secret = people.sign_in(store, "An", an.password)
    people.person_of_session(store, secret)
    store.write(lambda c: c.exec_driver_sql("DELETE FROM session"))  # as another process would, which cannot tell this one
    clock.now += sessions.RECALLED
    assert people.person_of_session(store, secret) is None


def test_a_session_ends_by_itself(store, an, clock):
    secret = people.sign_in(store, "An", an.password)
    clock.now += SESSION_LASTS - 1
    assert people.person_of_session(store, secret).name == "An"
    clock.now += 2
    assert people.person_of_session(store, secret) is None


@pytest.mark.parametrize("secret", ["", "x", "\x00", "\udc80", "x" * 100_000])
def test_a_forged_session_is_nobodys(store, an, secret):
    people.sign_in(store, "An", an.password)
    assert people.person_of_session(store, secret) is None


# Tokens


def test_a_token_opens_its_scope_and_no_other(store, an):
    student, grade = people.add_token(store, "An", "student"), people.add_token(store, "a program", "grade")
    assert people.check_token(store, f"Bearer {student}", "student").person.name == "An"
    assert people.check_token(store, f"bearer  {grade} ", "grade").person is None
    for token, scope in ((student, "grade"), (grade, "student")):
        with pytest.raises(WrongScope, match="scope"):
            people.check_token(store, f"Bearer {token}", scope)


def test_a_grade_token_named_like_a_person_is_not_that_person(store, an):
    token = people.add_token(store, "An", "grade")
    assert people.check_token(store, f"Bearer {token}", "grade").person is None


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer gradus_x", "Basic {}", "{}", "Bearer {}x", "Bearer \udc80"])
def test_a_token_that_is_none_is_refused(store, an, header):
    token = people.add_token(store, "An", "student")
    with pytest.raises(NotSignedIn, match="gradus token add"):
        people.check_token(store, header.format(token), "student")


def test_a_token_ends(store, an, clock):
    short, ever = people.add_token(store, "An", "student", days=1.5), people.add_token(store, "An", "student")
    clock.now += 1.5 * people.DAY - 1
    assert people.check_token(store, f"Bearer {short}", "student")
    clock.now += 2
    with pytest.raises(NotSignedIn, match="ended"):
        people.check_token(store, f"Bearer {short}", "student")
    clock.now += 9999 * people.DAY
    assert people.check_token(store, f"Bearer {ever}", "student")


@pytest.mark.parametrize("days", [0, -1, 100_000, float("inf"), float("nan")])
def test_a_token_cannot_have_ended_before_it_begins(store, an, days):
    with pytest.raises(BadToken):
        people.add_token(store, "An", "student", days)


def test_a_token_has_a_known_scope_and_a_students_token_a_student(store):
    with pytest.raises(BadToken, match="grade"):
        people.add_token(store, "An", "everything")
    with pytest.raises(UnknownPerson):
        people.add_token(store, "nobody", "student")
