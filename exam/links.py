"""What a teacher hands out: a class code, links into a class, and links to choose a password once; all are kept by their hash."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from exam import people
from exam.classes import allowed, known_member, number_of
from exam.people import DAY, hashed
from exam.rights import CLASS_ROLES, NotAllowed, Refused
from exam.store import Connection, Store, sessions
from exam.store import classes as rows
from exam.store import people as accounts
from exam.store.acts import note
from exam.store.classes import Link, SchoolClass
from exam.store.people import Person
from questions.errors import listed, quoted

# No vowels, so no words; no 0 1 I L O, which are mistaken for each other.  20⁸ codes: at the limits below, guessing one takes centuries.
CODE_LETTERS = "BCDFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8
GUESSES, GUESSES_OF_STRANGERS = 10, 200
GUESSES_WITHIN = 300
PASSWORD_DAYS, INVITATION_DAYS = 30, 365


class BadLink(Refused):
    code = "bad_link"


class UnknownLink(Refused):
    """A link or code that leads nowhere: never made, used up, ended or withdrawn; which of these is not said."""

    code = "unknown_link"
    status = 404


class TooManyGuesses(Refused):
    code = "too_many_guesses"
    status = 429


@dataclass(frozen=True)
class Handed:
    """A link to hand out, its secret in the clear, shown once; `name` is whose password it sets."""

    kind: str
    secret: str
    ends: float
    uses: int
    name: str | None = None
    role: str | None = None

    @property
    def path(self) -> str:
        return f"/{'password' if self.kind == 'password' else 'join'}/{self.secret}"


@dataclass(frozen=True)
class Door:
    """Where a code or link leads: a class, and as what."""

    school_class: SchoolClass
    role: str
    link: str | None


@dataclass(frozen=True)
class Guesser:
    """Who asks for a code: their limit of failures is theirs alone, and what they count under is no name of an account."""

    key: str
    limit: int

    @classmethod
    def person(cls, number: int) -> Guesser:
        return cls(f" code {number}", GUESSES)

    @classmethod
    def guest(cls, session: str) -> Guesser:
        return cls(f" code guest {hashed(session)[:32]}", GUESSES)

    @classmethod
    def address(cls, address: str) -> Guesser:
        """A room sits behind one address, so its limit is wide; the length of a code does the rest."""
        return cls(f" code from {address}"[:80], GUESSES_OF_STRANGERS)


def within(value: float, most: float, what_vi: str, what_en: str, where: str) -> None:
    """Raises BadLink where a number is not above 0 and up to `most`."""
    if not 0 < value <= most:
        raise BadLink(
            f"{what_vi} phải lớn hơn 0 và không quá {most:g}.", f"{what_en} is more than 0 and at most {most:g}; choose another.", where
        )


# The class code


def new_code(store: Store, by: Person | None, id: str) -> str:
    """Gives a class a new code; the old one ends.  Raises UnknownClass, NotAllowed."""

    def job(connection: Connection) -> str:
        allowed(connection, by, id, "manage")
        while not rows.set_code(connection, id, code := "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))):
            pass
        note(connection, number_of(by), "renewed_code", school_class=id)
        return code

    return store.write(job)


def close_code(store: Store, by: Person | None, id: str) -> None:
    """Switches the code of a class off.  Raises UnknownClass, NotAllowed."""

    def job(connection: Connection) -> None:
        found, _ = allowed(connection, by, id, "manage")
        if found.code:
            rows.set_code(connection, id, None)
            note(connection, number_of(by), "closed_code", school_class=id)

    store.write(job)


def shown_code(code: str) -> str:
    """A code as it is read out: BCDF-GHJK."""
    return f"{code[:4]}-{code[4:]}"


def plain_code(text: str) -> str:
    """A code as it is kept, however it was typed."""
    return "".join(c for c in text.upper() if c.isalnum())


# Links into a class


def invite(store: Store, by: Person | None, id: str, role: str, days: float, uses: int) -> Handed:
    """A link that lets `uses` people into a class, for some days.  Raises UnknownClass, NotAllowed, BadLink."""
    if role not in CLASS_ROLES:
        raise BadLink(
            f"Không có vai trò {quoted(role)}.", f"{quoted(role)} is not a role in a class; there are {listed(CLASS_ROLES)}.", "/role"
        )
    within(days, INVITATION_DAYS, "Số ngày", "The number of days", "/days")
    within(uses, 10_000, "Số lượt", "The number of uses", "/uses")
    now = time.time()
    made = Handed("class", secrets.token_urlsafe(16), now + days * DAY, uses, role=role)

    def job(connection: Connection) -> None:
        allowed(connection, by, id, "manage")
        rows.add_links(connection, [Link(hashed(made.secret), "class", id, None, role, now, made.ends, uses)])
        note(connection, number_of(by), "invited", school_class=id, role=role, ends=made.ends, uses=uses, link=hashed(made.secret)[:12])

    store.write(job)
    return made


def invitations(store: Store, by: Person | None, id: str) -> list[Link]:
    """The links into a class that can still be used.  Raises UnknownClass, NotAllowed."""

    def job(connection: Connection) -> list[Link]:
        allowed(connection, by, id, "manage")
        return rows.links_into(connection, id, time.time())

    return store.read(job)


def withdraw(store: Store, by: Person | None, id: str, link: str) -> None:
    """Ends a link into a class, named by its hash or the first letters of it.  Raises UnknownClass, NotAllowed, UnknownLink."""

    def job(connection: Connection) -> None:
        allowed(connection, by, id, "manage")
        found = [one for one in rows.links_into(connection, id, time.time()) if len(link) >= 12 and one.sha256.startswith(link)]
        if not found:
            raise leads_nowhere()
        rows.end_link(connection, id, found[0].sha256)
        note(connection, number_of(by), "withdrew_invitation", school_class=id, link=found[0].sha256[:12])

    store.write(job)


def leads_nowhere() -> UnknownLink:
    return UnknownLink(
        "Mã hoặc liên kết này không dùng được: có thể gõ nhầm, đã hết hạn hoặc hết lượt. Hãy xem lại, hoặc xin giảng viên mã mới.",
        "This code or link leads nowhere: mistyped, ended or used up. Check it, or ask your teacher for a new one.",
    )


def door(store: Store, guessers: list[Guesser], secret: str, person: Person | None = None) -> Door:
    """Where a code or link leads `person`.  Raises UnknownLink, TooManyGuesses; a failure counts against each of `guessers`."""
    now = time.time()

    def look(connection: Connection) -> Door | None:
        if any(accounts.failures_since(connection, one.key, now - GUESSES_WITHIN) >= one.limit for one in guessers):
            minutes = GUESSES_WITHIN // 60
            raise TooManyGuesses(
                f"Đã thử quá nhiều mã sai; hãy đợi {minutes} phút, hoặc xin giảng viên một liên kết.",
                f"Too many wrong codes; wait {minutes} minutes, or ask your teacher for a link.",
            )
        found = find_door(connection, secret, now, person)
        for one in guessers if found is None else ():
            accounts.note_failure(connection, one.key, now, now - GUESSES_WITHIN)
        return found

    if found := store.write(look):
        return found
    raise leads_nowhere()


def find_door(connection: Connection, secret: str, now: float, person: Person | None) -> Door | None:
    """Where a link that can still be used leads, or a code, however it was typed."""
    link = rows.find_link(connection, hashed(secret), "class", now, person.id if person else None)
    if link and link.school_class and (found := rows.find_class(connection, link.school_class)):
        return Door(found, link.role or "student", link.sha256)
    code = plain_code(secret)
    by_code = rows.class_of_code(connection, code) if len(code) == CODE_LENGTH else None
    return Door(by_code, "student", None) if by_code else None


def enter(connection: Connection, person: Person, secret: str, now: float) -> SchoolClass:
    """Lets a person into a class, in the writing transaction; who is in it already keeps the higher role.  Raises UnknownLink."""
    found = find_door(connection, secret, now, person)
    if found is None:
        raise leads_nowhere()
    id, role = found.school_class.id, found.role
    known = rows.member(connection, id, person.id)
    if known and CLASS_ROLES.index(known.role) >= CLASS_ROLES.index(role):
        if not rows.vouched_for(connection, id, person.id):
            note(connection, person.id, "joined", school_class=id, person=person.id, role=known.role)
        return found.school_class
    if found.link and not rows.use_link(connection, found.link, now):
        raise leads_nowhere()
    if known:
        rows.set_member(connection, id, person.id, role, known.team)
    else:
        rows.add_member(connection, id, person.id, role, "", now)
    note(connection, person.id, "joined", school_class=id, person=person.id, role=role)
    return found.school_class


def join(store: Store, person: Person, secret: str) -> SchoolClass:
    """Joins a class by its code or a link.  Raises UnknownLink, TooManyGuesses."""
    door(store, [Guesser.person(person.id)], secret, person)
    return store.write(lambda c: enter(c, person, secret, time.time()))


def sign_up(store: Store, guessers: list[Guesser], secret: str, name: str, password: str) -> str:
    """Makes a student's account, joins the class and opens a session, whose secret is returned.

    Raises UnknownLink, TooManyGuesses, BadPerson, BadPassword, NameTaken.
    """
    door(store, guessers, secret)
    name, kept, now = people.checked_name(name), people.HASHER.hash(people.checked_password(password)), time.time()

    def job(connection: Connection) -> str:
        person = accounts.add_person(connection, name, "student", kept, now)
        if person is None:
            raise people.taken(name)
        note(connection, person.id, "signed_up", school_class=enter(connection, person, secret, now).id, person=person.id)
        return people.open_session(connection, person.id, now)

    return store.write(job)


# Links to choose a password


def password_link(person: int, name: str, days: float, now: float, school_class: str | None = None) -> tuple[Handed, Link]:
    """A link by which somebody chooses a password once, to hand out and to keep; its secret can be typed off a slip of paper."""
    made = Handed("password", people.new_password(), now + days * DAY, 1, name=name)
    return made, Link(hashed(made.secret), "password", school_class, person, None, now, made.ends, 1)


def hand_out(store: Store, by: Person, id: str, who: int, days: float) -> Handed:
    """A password link for a student of a class; earlier ones of theirs end.  Raises UnknownClass, UnknownMember, NotAllowed, BadLink.

    Who holds the link holds the account, so only those for whom this class may answer get one: never staff, and nobody who
    was merely put on this roster although they have an account from elsewhere.
    """
    within(days, PASSWORD_DAYS, "Số ngày", "The number of days", "/days")

    def job(connection: Connection) -> Handed:
        allowed(connection, by, id, "manage")
        found = known_member(connection, id, who)
        if by.role != "administrator":
            answer_for(connection, by, id, found)
        made, kept = password_link(who, found.name, days, time.time(), id)
        rows.end_password_links(connection, who)
        rows.add_links(connection, [kept])
        note(connection, by.id, "handed_out_password", school_class=id, person=who, ends=made.ends)
        return made

    return store.write(job)


def answer_for(connection: Connection, by: Person, id: str, who: rows.Member) -> None:
    """Whether a teacher of a class may let somebody choose a new password.  Raises NotAllowed."""
    theirs, mine = rows.roles_of(connection, who.person), rows.roles_of(connection, by.id)
    student = who.account == "student" and set(theirs.values()) == {"student"}
    if not student:
        raise NotAllowed(
            "Người này không chỉ là sinh viên; quản trị viên mới được cấp liên kết mật khẩu.",
            "This person is more than a student somewhere; ask an administrator for a password link.",
        )
    if not rows.vouched_for(connection, id, who.person) and any(mine.get(other) != "teacher" for other in theirs):
        raise NotAllowed(
            "Tài khoản này có từ lớp khác. Hãy để em ấy tự vào lớp bằng mã lớp, hoặc nhờ quản trị viên.",
            "This account comes from another class. Let them join by the class code themselves, or ask an administrator.",
        )


def hand_out_by_name(store: Store, name: str, days: float) -> Handed:
    """A password link for anybody, from the command line.  Raises BadPerson, UnknownPerson, BadLink."""
    name = people.checked_name(name)
    within(days, PASSWORD_DAYS, "Số ngày", "The number of days", "/days")

    def job(connection: Connection) -> Handed:
        known = accounts.find_person(connection, name)
        if known is None:
            raise people.UnknownPerson(f"there is nobody named {quoted(name)}; `gradus user add` makes an account", "/name")
        made, kept = password_link(known[0].id, name, days, time.time())
        rows.end_password_links(connection, known[0].id)
        rows.add_links(connection, [kept])
        note(connection, None, "handed_out_password", person=known[0].id, ends=made.ends)
        return made

    return store.write(job)


def holder(store: Store, secret: str) -> str:
    """The name of whom a password link is for; looking does not use it up.  Raises UnknownLink."""

    def job(connection: Connection) -> str:
        link = rows.find_link(connection, hashed(secret.strip().lower()), "password", time.time())
        names = rows.names_of(connection, [link.person]) if link and link.person else {}
        if not names:
            raise leads_nowhere()
        return next(iter(names.values()))

    return store.read(job)


def choose_password(store: Store, secret: str, password: str) -> str:
    """Sets the password of whom a link is for, ends their sessions and opens a new one, whose secret is returned.

    The link works once.  Raises UnknownLink, BadPassword.
    """
    name, now = holder(store, secret), time.time()
    kept = people.HASHER.hash(people.checked_password(password))

    def job(connection: Connection) -> str:
        sha256 = hashed(secret.strip().lower())
        link = rows.find_link(connection, sha256, "password", now)
        if link is None or link.person is None or not rows.use_link(connection, sha256, now):
            raise leads_nowhere()
        accounts.set_password(connection, name, kept)
        rows.end_password_links(connection, link.person)
        note(connection, link.person, "chose_password", school_class=link.school_class, person=link.person)
        return people.open_session(connection, link.person, now)

    fresh = store.write(job)
    sessions.forget()
    return fresh
