"""People: accounts, sign-in limited per account, sessions, and API tokens with a scope."""

from __future__ import annotations

import hashlib
import secrets
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from exam.rights import Refused
from exam.store import Connection, Store, sessions
from exam.store import people as rows
from exam.store.people import Person, TokenRow
from questions.errors import GradusError, listed, quoted

ROLES = ("student", "teacher", "administrator")
SCOPES = ("grade", "student", "teach", "author")
DAY = 86_400
SESSION_LASTS = 14 * DAY
FAILURES = 10
FAILURES_WITHIN = 300
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# One hash at a time in a process: a rush to sign in leaves a core to those who already work, and one hash's memory is kept.
HASHING = ThreadPoolExecutor(1, "hashing")
NOBODY = HASHER.hash("a password nobody has")
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1024


class BadPerson(Refused):
    code = "bad_person"


class NameTaken(Refused):
    code = "name_taken"
    status = 409


class UnknownPerson(GradusError):
    code = "unknown_person"
    status = 404


class BadPassword(Refused):
    """A password that somebody chose cannot be one."""

    code = "bad_password"


class WrongPassword(GradusError):
    """Name and password do not belong together, or there is no such name: which of the two is not said."""

    code = "wrong_password"
    status = 401


class TooManyFailures(GradusError):
    code = "too_many_failures"
    status = 429


class NotSignedIn(GradusError):
    """No session or token, an unknown one, or one that has ended."""

    code = "no_token"
    status = 401


class WrongScope(GradusError):
    code = "wrong_scope"
    status = 403


class BadToken(GradusError):
    code = "bad_token"


@dataclass(frozen=True)
class Account:
    """A new or changed account with its password in the clear, shown once."""

    name: str
    password: str


def hashed(secret: str) -> str:
    """What is kept of a long random secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_password() -> str:
    """Four groups of four letters and digits, without look-alikes."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def checked_name(name: str) -> str:
    """A name as it is kept: letters with their tones as one (NFC), however they were typed.  Raises BadPerson."""
    name = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise BadPerson(
            f"{quoted(name)} không thể là tên đăng nhập; dùng 1 đến 80 ký tự in được.",
            f"{quoted(name)} cannot be a name; use 1 to 80 printable characters",
            "/name",
        )
    return name


def checked_password(password: str) -> str:
    """A password that somebody chose.  Raises BadPassword."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadPassword(
            f"Mật khẩu cần từ {SHORTEST_PASSWORD} đến {LONGEST_PASSWORD} ký tự; hãy chọn mật khẩu khác.",
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; choose another.",
            "/password",
        )
    return password


def taken(name: str) -> NameTaken:
    return NameTaken(
        f"Đã có người tên {quoted(name)}; hãy thêm số hay chữ để phân biệt, hoặc đăng nhập nếu đó là bạn.",
        f"there is already somebody named {quoted(name)}; choose another name, or sign in if it is you",
        "/name",
    )


def add_person(store: Store, name: str, role: str, password: str | None = None) -> Account:
    """Makes an account, with a generated password unless one is given.  Raises BadPerson, NameTaken."""
    name = checked_name(name)
    if role not in ROLES:
        raise BadPerson(
            f"Không có vai trò {quoted(role)}; có {listed(ROLES)}.", f"{quoted(role)} is not a role; there are {listed(ROLES)}", "/role"
        )
    password = password or new_password()
    kept = HASHER.hash(password)
    if store.write(lambda c: rows.add_person(c, name, role, kept, time.time())) is None:
        raise taken(name)
    return Account(name, password)


def anybody(store: Store) -> bool:
    """Whether there is any account."""
    return store.read(rows.has_people)


def everybody(store: Store) -> list[Person]:
    """Everybody with an account, by name."""
    return store.read(rows.people)


def named(store: Store, name: str) -> Person:
    """The person of a name.  Raises BadPerson, UnknownPerson."""
    name = checked_name(name)
    known = store.read(lambda c: rows.find_person(c, name))
    if known is None:
        raise UnknownPerson(f"there is nobody named {quoted(name)}; `gradus user add` makes an account", "/name")
    return known[0]


def reset_password(store: Store, name: str) -> Account:
    """Gives a person a new password and signs them out everywhere.  Raises UnknownPerson."""
    password = new_password()
    kept = HASHER.hash(password)
    known = store.write(lambda c: rows.set_password(c, name, kept))
    sessions.forget()
    if not known:
        raise UnknownPerson(f"there is nobody named {quoted(name)}; `gradus user add` makes an account", "/name")
    return Account(name, password)


def sign_in(store: Store, name: str, password: str) -> str:
    """Opens a session and returns the secret the browser keeps.  Raises WrongPassword, TooManyFailures.

    The limit is per account: a class sits behind one address.
    """
    name, now = unicodedata.normalize("NFC", name).strip()[:80], time.time()

    def count_first(connection: Connection) -> tuple[Person, str] | None:
        """A try counts as failed until it has succeeded, so that many at once do not get past the limit."""
        if rows.failures_since(connection, name, now - FAILURES_WITHIN) >= FAILURES:
            minutes = FAILURES_WITHIN // 60
            raise TooManyFailures(f"too many failed sign-ins for this name; wait {minutes} minutes or ask your teacher for a new password")
        rows.note_failure(connection, name, now, now - FAILURES_WITHIN)
        return rows.find_person(connection, name)

    known = store.write(count_first)
    kept = known[1] if known else ""  # who was given a link has no password until they chose one
    if not matches(kept or NOBODY, password) or not known or not kept:
        raise WrongPassword("name and password do not belong together; check both, or ask your teacher for a new password")
    person = known[0]

    def let_in(connection: Connection) -> str:
        rows.forgive(connection, name)
        return open_session(connection, person.id, now)

    return store.write(let_in)


def open_session(connection: Connection, who: int, now: float) -> str:
    """Opens a session for a person and returns the secret the browser keeps."""
    secret = secrets.token_urlsafe(32)
    rows.add_session(connection, hashed(secret), who, now, now + SESSION_LASTS)
    return secret


def count_failure(store: Store, of: str) -> None:
    """Counts a wrong guess.  Raises TooManyFailures from the limit on."""
    now = time.time()

    def job(connection: Connection) -> int:
        rows.note_failure(connection, of, now, now - FAILURES_WITHIN)
        return rows.failures_since(connection, of, now - FAILURES_WITHIN)

    if store.write(job) > FAILURES:
        raise TooManyFailures(f"too many wrong guesses; wait {FAILURES_WITHIN // 60} minutes")


def matches(kept: str, password: str) -> bool:
    try:
        return len(password) <= LONGEST_PASSWORD and HASHING.submit(HASHER.verify, kept, password).result()
    except VerificationError:
        return False


def person_of_session(store: Store, secret: str) -> Person | None:
    """Whose session this is, if it is one and has not ended; who was asked for a moment ago is not looked up again."""
    of, now = (store.name, hashed(secret)), time.time()
    if known := sessions.recall(*of, now):
        return known
    found = store.read(lambda c: rows.person_of_session(c, of[1], now))
    if found is None:
        return None
    person, ends = found
    sessions.remember(*of, now, ends, person)
    return person


def sign_out(store: Store, secret: str) -> None:
    store.write(lambda c: rows.end_session(c, hashed(secret)))
    sessions.forget()


def add_token(store: Store, name: str, scope: str, days: float | None = None) -> str:
    """Makes a token and returns its text, which is kept nowhere.

    Scope `grade` opens the answer book to a program; `student` takes papers, `teach` keeps classes and `author` writes
    questions as the person of that name.
    Raises BadToken, UnknownPerson.
    """
    if scope not in SCOPES:
        raise BadToken(f"{quoted(scope)} is not a scope; there are {listed(SCOPES)}")
    if days is not None and not 0 < days < 100_000:
        raise BadToken("a token is good for more than 0 and less than 100,000 days; choose another number, or none for ever")
    name, now = checked_name(name), time.time()
    known = store.read(lambda c: rows.find_person(c, name))
    if scope != "grade" and known is None:
        raise UnknownPerson(f"there is nobody named {quoted(name)} for a token of scope {scope}; `gradus user add` makes an account")
    owner = known[0].id if known and scope != "grade" else None
    text = "gradus_" + secrets.token_urlsafe(32)
    ends = None if days is None else now + days * DAY
    store.write(lambda c: rows.add_token(c, hashed(text), name, scope, owner, now, ends))
    return text


def check_token(store: Store, authorization: str, scope: str) -> TokenRow:
    """The token of an Authorization header, if it is good for `scope`.  Raises NotSignedIn, WrongScope."""
    remedy = "send 'Authorization: Bearer TOKEN' with one made by `gradus token add`"
    kind, _, text = authorization.partition(" ")
    token = store.read(lambda c: rows.find_token(c, hashed(text.strip()))) if kind.casefold() == "bearer" else None
    if token is None:
        raise NotSignedIn(f"this token is not known; {remedy}")
    if token.ends is not None and token.ends <= time.time():
        raise NotSignedIn(f"this token has ended; {remedy}")
    if token.scope != scope:
        raise WrongScope(f"this token has the scope {token.scope}; this needs {scope}")
    return token
