"""Papers on paper: runs of copies, each drawn again at any time from its run's secret and found by the short code it carries."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from random import Random
from typing import Any

from exam import library, room, starting
from exam.classes import allowed, number_of
from exam.keeping import UnknownAttempt, remembered, stored, weigh
from exam.links import CODE_LETTERS
from exam.papers import Paper, Pool
from exam.rights import Refused
from exam.store import Connection, Store, acts, classes, times
from exam.store.acts import Act
from exam.store.classes import Member, SchoolClass
from exam.store.people import Person
from questions.errors import quoted
from questions.variant import SEEDS, NoFairDraw, Variant, draw

MOST_COPIES = 300
MOST_QUESTIONS = 6000  # of all copies of a run together: about three seconds of drawing
TYPED = re.compile(r"([A-Z]{4})[\s\-–]*0*(\d{1,4})")


class BadPrinting(Refused):
    code = "bad_printing"


class UnknownCopy(Refused):
    code = "unknown_copy"
    status = 404


@dataclass(frozen=True)
class Asked:
    """A question of a run in its version, the factor on its marks, and its seed where all copies have the same."""

    question: str
    version: int
    weight: float
    seed: int | None


@dataclass(frozen=True)
class Run:
    """Copies that were made together: `orders` are the places in `asked` of what each copy asks, one list for all where they agree.

    `people` are the students' numbers by copy, empty where copies are only numbered; `attempts` the attempt of a copy by its number,
    where the student had begun.  `checks` say of each copy what was drawn, '' where an attempt keeps it.
    """

    code: str
    at: float
    by: int | None
    paper: str
    secret: str
    asked: list[Asked]
    orders: list[list[int]]
    people: list[int]
    attempts: dict[str, str]
    checks: list[str]

    @property
    def count(self) -> int:
        """How many copies it has."""
        return len(self.checks)


@dataclass(frozen=True)
class Copy:
    """A copy with its variants.

    `name` is its student's, '' where it is only numbered or they were deleted.  `faithful` is False where these are no longer the
    numbers that were printed: its questions are drawn otherwise since, or its attempt was deleted, and then it has no variants.
    """

    run: str
    number: int
    name: str
    attempt: str | None
    variants: list[Variant]
    faithful: bool

    @property
    def code(self) -> str:
        """What is printed on it: KTMP-07."""
        return f"{self.run}-{self.number:02}"


def groups(store: Store, by: Person, paper_id: str) -> list[tuple[SchoolClass, list[Member]]]:
    """The classes that copies can be made for, with their students.  Raises UnknownPaper, NotAllowed."""

    def job(connection: Connection) -> list[tuple[SchoolClass, list[Member]]]:
        paper = room.in_charge(connection, by, paper_id, "manage")
        found = [one for one in classes.classes(connection) if reaches(connection, by, paper, one.id)]
        return [(one, [member for member in classes.members(connection, one.id) if member.role == "student"]) for one in found]

    return store.read(job)


def reaches(connection: Connection, by: Person, paper: Paper, school_class: str) -> bool:
    """Whether a paper is taken in a class: it is opened to it, or to everybody and the class is theirs."""
    if paper.classes:
        return school_class in paper.classes
    try:
        allowed(connection, by, school_class, "manage")
    except Refused:
        return False
    return True


def for_class(store: Store, by: Person, paper_id: str, school_class: str) -> Run:
    """A copy for every student of a class.  Raises UnknownPaper, NotAllowed, BadPrinting, NoFairDraw."""
    found = next((members for one, members in groups(store, by, paper_id) if one.id == school_class), None)
    if found is None:
        raise BadPrinting(
            "Đề không mở cho lớp này; hãy chọn một lớp trong danh sách.",
            f"This paper is not taken in {quoted(school_class)}; choose a class of the list.",
            "/class",
        )
    return make(store, by, paper_id, [one.person for one in found], 0)


def for_student(store: Store, by: Person, paper_id: str, person: int) -> Run:
    """A copy for one student.  Raises UnknownPaper, NotAllowed, BadPrinting, NoFairDraw."""
    if not any(one.person == person for _, members in groups(store, by, paper_id) for one in members):
        raise BadPrinting(
            "Sinh viên này không có trong các lớp của đề; hãy chọn trong danh sách.",
            f"Nobody of number {person} is a student of this paper's classes; choose one of the list.",
            "/person",
        )
    return make(store, by, paper_id, [person], 0)


def numbered(store: Store, by: Person, paper_id: str, count: int) -> Run:
    """Copies that carry a number and no name.  Raises UnknownPaper, NotAllowed, BadPrinting, NoFairDraw."""
    return make(store, by, paper_id, [], count)


def make(store: Store, by: Person, paper_id: str, people: list[int], count: int) -> Run:
    """Makes a run for these people, else of `count` numbered copies, and notes it as an act; no attempt begins.

    A student who has begun gets a copy of their own attempt, the numbers of their screen.
    """
    secret = secrets.token_hex(8)
    paper = room.paper_of(store, by, paper_id, "manage")
    copies = len(people) or count
    bounded(copies, paper)
    asked, orders, attempts = store.read(lambda c: laid_out(c, paper, people, copies, secret))
    drafted = Run("", 0, None, paper_id, secret, asked, orders, people, attempts, [""] * copies)
    checks = ["" if str(n) in attempts else checksum(drawn(store, drafted, n)) for n in range(1, copies + 1)]
    kept: dict[str, Any] = {"secret": secret, "asked": [list(vars(one).values()) for one in asked], "orders": orders,
            "people": people, "attempts": attempts, "checks": checks}  # fmt: skip

    def job(connection: Connection) -> Run:
        room.in_charge(connection, by, paper_id, "manage")
        taken = {act.body["code"] for act in acts.acts_of(connection, paper=paper_id, kind="printed")}
        while (code := "".join(secrets.choice(CODE_LETTERS) for _ in range(4))) in taken:
            pass
        acts.note(connection, number_of(by), "printed", paper=paper_id, code=code, count=copies, **kept)
        return run_at(connection, paper_id, code)

    return store.write(job)


def bounded(copies: int, paper: Paper) -> None:
    """That a run is no larger than a server can draw beside its other work.  Raises BadPrinting."""
    most = max(1, min(MOST_COPIES, MOST_QUESTIONS // paper.count))
    if copies == 0:
        raise BadPrinting(
            f"Số bản từ 1 đến {most}; lớp cần có sinh viên.", f"Make 1 to {most} copies; a class needs students.", "/count"
        )  # fmt: skip
    if not 1 <= copies <= most:
        raise BadPrinting(
            f"Mỗi lượt in nhiều nhất {most} bản của đề này, bạn muốn {copies}; hãy chia thành nhiều lượt.",
            f"A run has 1 to {most} copies of this paper, not {copies}; make several runs.",
            "/count",
        )


def laid_out(
    connection: Connection, paper: Paper, people: list[int], copies: int, secret: str
) -> tuple[list[Asked], list[list[int]], dict[str, str]]:
    """What the copies of a run ask, in which order each, and which attempts they belong to."""
    shared = starting.shared(connection, paper)
    each = not shared and (paper.shuffled or any(isinstance(item, Pool) for item in paper.items))
    asked: list[Asked] = []
    orders: list[list[int]] = []
    for n in range(copies if each else 1):
        found = starting.picked(connection, paper, shared or Random(f"{secret}/{n}"))
        fixed = [seed if shared or (paper.as_printed and not question.varies) else None for question, seed, _ in found]
        these = [Asked(one.id, one.version, weight, seed) for (one, _, weight), seed in zip(found, fixed, strict=True)]
        asked += [one for one in these if one not in asked]
        orders.append([asked.index(one) for one in these])
    seats = {seat.person: seat for seat in times.seats(connection, paper.id, people)} if people else {}
    begun = {str(n): seats[who].attempt for n, who in enumerate(people, 1) if who in seats and seats[who].delivered is not None}
    return asked, orders, {n: attempt for n, attempt in begun.items() if attempt}


def runs(store: Store, by: Person, paper_id: str) -> list[Run]:
    """The runs of a paper, the latest first.  Raises UnknownPaper, NotAllowed."""

    def job(connection: Connection) -> list[Run]:
        room.in_charge(connection, by, paper_id, "manage")
        return [as_run(act) for act in acts.acts_of(connection, paper=paper_id, kind="printed")][::-1]

    return store.read(job)


def run(store: Store, by: Person, paper_id: str, code: str) -> Run:
    """A run by its code.  Raises UnknownPaper, NotAllowed, UnknownCopy."""

    def job(connection: Connection) -> Run:
        room.in_charge(connection, by, paper_id, "manage")
        return run_at(connection, paper_id, code)

    return store.read(job)


def run_at(connection: Connection, paper_id: str, code: str) -> Run:
    """A run by its code, in a transaction.  Raises UnknownCopy."""
    for act in acts.acts_of(connection, paper=paper_id, kind="printed"):
        if act.body["code"] == code.upper():
            return as_run(act)
    raise UnknownCopy(
        f"Đề này không có lượt in {quoted(code)}; hãy xem lại mã trên giấy và tên đề.",
        f"{quoted(code)} is no run of this paper; compare the code on the sheet, and the paper's title.",
        "/code",
    )


def as_run(act: Act) -> Run:
    """A run from the act that made it."""
    body: dict[str, Any] = act.body
    rest = {name: body[name] for name in ("secret", "orders", "people", "attempts", "checks")}
    return Run(code=body["code"], at=act.at, by=act.by, paper=act.paper or "", asked=[Asked(*one) for one in body["asked"]], **rest)


def find(store: Store, by: Person, paper_id: str, code: str) -> Copy:
    """The copy that carries a code, however it was typed: KTMP-07, ktmp 7.  Raises UnknownPaper, NotAllowed, UnknownCopy."""
    typed = TYPED.fullmatch(code.strip().upper())
    if typed is None:
        room.paper_of(store, by, paper_id, "manage")
        raise UnknownCopy(
            f"{quoted(code)} không phải là mã bản giấy; mã gồm bốn chữ và một số, như KTMP-07.",
            f"{quoted(code)} is not the code of a copy; it is four letters and a number, such as KTMP-07.",
            "/code",
        )
    one, number = run(store, by, paper_id, typed[1]), int(typed[2])
    if not 1 <= number <= one.count:
        raise UnknownCopy(
            f"Lượt in {one.code} có các bản 1 đến {one.count}.",
            f"The run {one.code} has copies 1 to {one.count}; compare the sheet.",
            "/code",
        )
    return copies(store, one, number, number)[0]


def copies(store: Store, one: Run, first: int, last: int) -> list[Copy]:
    """The copies of a run from one number to another, both included."""
    wanted = range(max(1, first), min(last, one.count) + 1)
    who = {n: one.people[n - 1] for n in wanted if one.people}
    names = store.read(lambda c: classes.names_of(c, set(who.values())))
    return [copy_of(store, one, n, names.get(who.get(n, 0), "")) for n in wanted]


def copy_of(store: Store, one: Run, number: int, name: str) -> Copy:
    """One copy: its attempt's variants where it belongs to one, else drawn again and compared with what was printed."""
    attempt = one.attempts.get(str(number))
    if attempt and not name:  # whoever it belonged to was deleted, and it with them
        return Copy(one.code, number, name, attempt, [], False)
    try:
        variants = remembered.get(store, attempt)[1] if attempt else drawn(store, one, number)
    except (UnknownAttempt, NoFairDraw):
        return Copy(one.code, number, name, attempt, [], False)
    return Copy(one.code, number, name, attempt, variants, bool(attempt) or checksum(variants) == one.checks[number - 1])


def drawn(store: Store, one: Run, number: int) -> list[Variant]:
    """The variants of a copy: each seed follows from the run's secret, the copy's number and the question's id.  Raises NoFairDraw."""
    order = one.orders[number - 1 if len(one.orders) > 1 else 0]
    found = []
    for asked in (one.asked[at] for at in order):
        seed = Random(f"{one.secret}/{number}/{asked.question}").randrange(SEEDS) if asked.seed is None else asked.seed
        found.append(weigh(draw(library.question_version(store, asked.question, asked.version), seed), asked.weight))
    return found


def checksum(variants: list[Variant]) -> str:
    """A few digits of what was drawn: questions, givens, and the letters of the options; better words change nothing."""
    kept = [stored(variant) for variant in variants]
    options = [[(name, [(o["key"], o["right"], o["rank"]) for o in made]) for name, made in row.options.items()] for row in kept]
    told = repr([(row.question, row.version, row.givens, made) for row, made in zip(kept, options, strict=True)])
    return hashlib.sha256(told.encode()).hexdigest()[:8]
