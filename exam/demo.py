"""A class that fills every screen: simulated students with habits take a paper, each from a seed, so that the same class comes again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from exam import arrangements, classes, drafts, links, people, room, roster, sittings, starting, students
from exam.arrangements import Terms
from exam.layout import Layout, layout_for
from exam.store import Store
from exam.store import people as accounts
from exam.store.people import Person
from questions import starts
from questions.model import Words
from questions.tolerance import shown
from questions.variant import Variant
from solvers.errors import GradusError
from solvers.worksheet import slipping

STUDENTS = 40
TEAMS = ("Buổi sáng", "Buổi chiều")
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ")
MIDDLE = ("Thị", "Văn", "Minh", "Ngọc", "Thanh", "Quang", "Thu", "Hoàng")
GIVEN = (
    "An",
    "Bình",
    "Chi",
    "Dũng",
    "Giang",
    "Hà",
    "Hiếu",
    "Khoa",
    "Lan",
    "Linh",
    "Long",
    "Mai",
    "Nam",
    "Phúc",
    "Quân",
    "Trang",
    "Tú",
    "Vy",
)
ASKED = ["aio2024-cau-01-vary", "optim-momentum-vary", "optim-adam-vary", "optim-mcq-01", "optim-mcq-02"]
# How many of a hundred do what; the others are absent.
HABITS = {"perfect": 12, "rounds": 22, "slips": 30, "misunderstands": 20, "gives_up": 11}
UNFINISHED = 0.1  # of those who came
TITLE = {"vi": "Bài kiểm tra mẫu", "en": "A sample quiz"}
QUESTION = Words(vi="Một nơ-ron, từng bước", en="One neuron, step by step")
DRAFT = Words(vi="Một nơ-ron nữa, đang soạn", en="Another neuron, being written")
ABOUT = {"vi": "Sinh viên mô phỏng đã làm bài này.", "en": "Simulated students have taken it."}


class NoDemo(GradusError):
    """A demonstration belongs to a teacher."""

    code = "no_demo"
    status = 409


@dataclass(frozen=True)
class Demo:
    """What was made: a class with its paper, how many students it has, and how many of them started and handed in."""

    school_class: str
    paper: str
    students: int
    started: int
    handed_in: int


def fill(store: Store, teacher: Person, count: int = STUDENTS, seed: int = 0) -> Demo:
    """Makes a class of this teacher in which simulated students took a paper; no screen of theirs is empty.  Raises NotAllowed, NoDemo."""
    rng = Random(f"demo/{seed}")
    made = classes.make(store, teacher, "Lớp mẫu · Demo")
    names = unused(store, rng, count)
    roster.take(store, teacher, made.id, "\n".join(f"{name},{TEAMS[i % 2]}" for i, name in enumerate(names)))
    id = f"{made.id}-quiz"[:80]
    paper = {"id": id, "title": TITLE, "description": ABOUT, "preset": "quiz", "minutes": 90, "classes": [made.id],
             "sections": [{"questions": ASKED}]}  # fmt: skip
    room.change_paper(store, teacher, paper)
    started = handed_in = 0
    for name in names:
        found = store.read(lambda c, name=name: accounts.find_person(c, name))  # type: ignore[misc]
        assert found is not None
        habit = rng.choices([*HABITS, "absent"], [*HABITS.values(), 100 - sum(HABITS.values())])[0]
        if habit == "absent":
            continue
        started += 1
        done = rng.random() >= UNFINISHED
        sit(store, found[0], id, habit, rng, done)
        handed_in += done
    furnish(store, teacher, made.id, id)
    return Demo(made.id, id, count, started, handed_in)


def furnish(store: Store, teacher: Person, school_class: str, paper: str) -> None:
    """What a term leaves behind: a code, a link, more time for one student and one team, an incident, a question and a draft."""
    links.new_code(store, teacher, school_class)
    links.invite(store, teacher, school_class, "assistant", 14, 2)
    student = next(one.person for one in classes.members(store, teacher, school_class) if one.role == "student")
    arrangements.arrange(store, teacher, school_class, Terms("Giấy xác nhận của bác sĩ", percent=25), person=student)
    arrangements.arrange(store, teacher, school_class, Terms("Mất điện buổi sáng", paper, minutes=10), team=TEAMS[0])
    room.note_incident(store, teacher, paper, "Báo cháy, cả phòng ra ngoài bốn phút.")
    for title, publish in ((QUESTION, True), (DRAFT, False)):
        source = starts.template("formulas", drafts.free_id(store, starts.id_from(title.en)), title, teacher.name)
        made = drafts.create(store, teacher, source)
        if publish:
            drafts.publish(store, teacher, made.row.id)
            drafts.save(store, teacher, made.row.id, source.replace("places: 2}", "places: 3}", 1), 0, 1)
            drafts.publish(store, teacher, made.row.id)


def unused(store: Store, rng: Random, count: int) -> list[str]:
    """Names that nobody has."""
    names: list[str] = []
    tries = 0
    while len(names) < count:
        tries += 1
        name = f"{rng.choice(FAMILY)} {rng.choice(MIDDLE)} {rng.choice(GIVEN)}" + (f" {tries}" if tries > count else "")
        if name not in names and store.read(lambda c, name=name: accounts.find_person(c, name)) is None:  # type: ignore[misc]
            names.append(name)
    return names


def sit(store: Store, student: Person, paper: str, habit: str, rng: Random, done: bool) -> None:
    """A student starts, answers by habit, and hands in, or is still at it."""
    attempt, _ = starting.start(store, student, paper)
    variants = sittings.take(store, student, attempt).variants
    for variant in variants if done else variants[: len(variants) // 2]:
        for part, text in written(variant, habit, rng):
            sittings.save(store, student, attempt, variant.question.id, part, text)
    if done:
        sittings.submit(store, student, attempt)


def written(variant: Variant, habit: str, rng: Random) -> Iterator[tuple[str, str]]:
    """What a student of a habit types into the parts of a variant; who gives up stops somewhere."""
    stops = rng.random() if habit == "gives_up" else 1.0
    if variant.question.computed:
        layout = layout_for(variant.question, variant.givens)
        if layout.parts:
            typed = numbers(layout, layout.solver.stack([variant.givens]), habit, rng)[:, 0]
            bounds = [*layout.starts, len(layout.entries)]
            for p, part in enumerate(layout.parts[: max(1, round(stops * len(layout.parts)))]):
                values = typed[bounds[p] : bounds[p + 1]]
                if np.isfinite(values).all():
                    yield part.name, shown(values.reshape(variant.shape(part)), part)
    for part in variant.question.parts:
        if part.name in variant.options and part.kind in ("choice", "choices"):
            options = variant.options[part.name]
            right = [option.key for option in options if option.right]
            knows = habit in ("perfect", "rounds") or rng.random() < 0.5
            yield part.name, ", ".join(sorted(right)) if knows else rng.choice(options).key


def numbers(layout: Layout, givens: dict[str, Any], habit: str, rng: Random) -> Any:
    """The numbers of one student."""
    if habit == "slips":
        entry = rng.randrange(len(layout.entries))
        change = students.by_factor(rng.choice((-1.0, 10.0, 0.1, 2.0)))
        return students.write_down(layout, students.work(layout, givens, 1, students.slips_once(layout, entry, change, as_they_go=True)))
    if habit == "misunderstands" and layout.solver.mistakes:
        typed = students.write_down(layout, students.work(layout, givens, 1, slipping(rng.choice([*layout.solver.mistakes]))))
        return typed if np.isfinite(typed).all() else students.rounds_as_they_go(layout, givens, 1)
    return students.rounds_when_typing(layout, givens, 1) if habit == "perfect" else students.rounds_as_they_go(layout, givens, 1)


def teacher_named(store: Store, name: str) -> tuple[Person, str | None]:
    """The teacher of a name, who is made where there is nobody: then with the password.  Raises NoDemo."""
    found = store.read(lambda c: accounts.find_person(c, name))
    if found is not None and found[0].role == "student":
        raise NoDemo(f"{name} is a student; name a teacher, or somebody new")
    if found is not None:
        return found[0], None
    account = people.add_person(store, name, "teacher")
    return people.named(store, name), account.password
