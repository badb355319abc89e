"""The laws of marking, over simulated students on every numeric question of the bank."""

import numpy as np
import pytest

from exam import students
from exam.grading import BLANK, CORRECT, MISTAKE, WRONG, mark
from exam.layout import layout_for
from questions.bank import bank
from questions.tolerance import near
from questions.variant import draw

DRAWS = 120
NUMERIC = [question for question in bank().values() if any(part.numeric for part in question.parts)]


class Class_:
    """A question with a class of students, each with their own numbers."""

    def __init__(self, question):
        variants = [draw(question, seed) for seed in range(DRAWS if question.varies else 1)]
        self.count = len(variants)
        self.layout = layout_for(question, variants[0].givens)
        self.givens = question.computation.stack([variant.givens for variant in variants])
        self.reference = self.layout.numbers(question.computation.run(self.givens), (self.count,))
        self.full = sum(part.marks for part in self.layout.parts)

    def mark(self, typed):
        return mark(self.layout, self.givens, typed)

    def typed_by(self, student):
        return student(self.layout, self.givens, self.count)


@pytest.fixture(scope="module", params=NUMERIC, ids=lambda question: question.id)
def room(request):
    return Class_(request.param)


@pytest.mark.parametrize("student", [students.perfect, students.rounds_when_typing, students.rounds_as_they_go])
def test_perfect_and_rounding_students_get_everything(room, student):
    marking = room.mark(room.typed_by(student))
    assert np.all(marking.verdict == CORRECT)
    assert np.allclose(marking.marks(room.layout).sum(axis=0), room.full)


def test_blanks_and_all_zeros_get_nothing(room):
    blank = room.mark(room.typed_by(students.blank))
    assert np.all(blank.verdict == BLANK)
    assert not blank.marks(room.layout).any()
    assert not room.mark(room.typed_by(students.all_of(0.0))).marks(room.layout).any()


def test_all_ones_get_one_part_at_most(room):
    marks = room.mark(room.typed_by(students.all_of(1.0))).marks(room.layout)
    assert np.mean((marks > 0).sum(axis=0) <= 1) >= 0.99


@pytest.mark.parametrize("step", [0.0, 1e-9, 1e-12], ids=["the same", "all different", "hardly different"])
@pytest.mark.parametrize("size", [1e-5, 4e-5, 1e-9, 1.0])
def test_numbers_that_are_alike_earn_at_most_one_part(room, size, step):
    typed = size + step * np.arange(len(room.layout.entries))[:, None] * np.ones(room.count)
    marks = room.mark(typed).marks(room.layout)
    assert np.mean((marks > 0).sum(axis=0) <= 1) >= 0.99


def test_a_first_number_next_to_nothing_earns_nothing_for_the_zeros_after_it(room):
    assert not room.mark(room.typed_by(students.dust)).marks(room.layout).any()


def test_an_answer_far_from_what_follows_is_not_carried_however_coarse_the_number_before():
    """RMSProp's and Adam's step divides by a root: from s = 0 half a unit moves it by thousands."""
    adam = Class_(bank()["optim-adam"])
    steps = [(step, index) for _, step, index in adam.layout.entries]
    typed = np.full((len(steps), 1), np.nan)
    for step, value in (("g1", -1.0), ("v1", -0.1), ("s1", 0.0), ("w1", 777.0)):
        typed[steps.index((step, (0,)))] = value
    assert adam.mark(typed).verdict[adam.layout.entries[steps.index(("w1", (0,)))][0], 0] == WRONG


def slips(room):
    """Every entry with every slip: a lost sign, factors, and the mistakes known at its step."""
    for entry in range(len(room.layout.entries)):
        for factor in (-1.0, 0.5, 1.3, 10.0):
            yield entry, None, students.by_factor(factor)
        for mistake, at in room.layout.slips:
            if at == entry:
                yield entry, mistake, students.by_mistake(mistake)


@pytest.mark.parametrize(
    "as_they_go", [pytest.param(False, id="rounds_when_typing"), pytest.param(True, id="rounds_as_they_go", marks=pytest.mark.slow)]
)
def test_one_slip_costs_exactly_its_own_part(room, as_they_go):
    """Unless what follows happens to equal the wrong number; a slip to an impossible number or to zero does not count.

    Neither does one to a number that a student who rounds as they go has without a slip.
    """
    layout = room.layout
    tried = kept = 0
    for entry, mistake, change in slips(room):
        habit = students.slips_once(layout, entry, change, as_they_go, whole=mistake is not None)
        typed = students.write_down(layout, students.work(layout, room.givens, room.count, habit))
        clean = students.rounds_as_they_go if as_they_go else students.rounds_when_typing
        half = layout.half_units(room.reference)[entry]
        clearly = 3 * half
        ends = np.stack([room.reference[entry], room.typed_by(students.rounds_as_they_go)[entry], room.typed_by(clean)[entry]])
        wrong = (typed[entry] < ends.min(axis=0) - clearly) | (typed[entry] > ends.max(axis=0) + clearly)
        possible = np.isfinite(typed).all(axis=0) & (typed[entry] != 0) & wrong
        part = layout.entries[entry][0]
        own = [e for e, (p, _, _) in enumerate(layout.entries) if p == part]
        if mistake is not None and len(own) > 1:  # a wrong method changes all of a vector that is asked whole
            coincides = (typed[own[-1] + 1 :, None] == typed[None, own]).any(axis=(0, 1))
            counted = possible & (typed[own] != 0).all(axis=0) & ~coincides
        else:
            coincides = (typed[entry + 1 :] == typed[entry]).any(axis=0)
            repeats_in_reference = near(room.reference[entry + 1 :], room.reference[entry], half).any(axis=0)
            counted = possible & (~coincides | repeats_in_reference)
        if not counted.any():
            continue
        marking = room.mark(typed[:, :])
        marks = marking.marks(layout)[:, counted]
        lost = (marks == 0).sum(axis=0)
        assert not marks[part].any(), f"a slip in {layout.entries[entry]} earns its marks"
        tried += counted.sum()
        kept += (lost == 1).sum()
        if mistake is not None:
            assert np.mean(marking.verdict[part][counted] == MISTAKE) > 0.99, f"{mistake} is not recognised at {layout.entries[entry]}"
    assert tried
    assert kept / tried >= 0.998, f"{tried - kept} of {tried} slips cost more than their part"


def test_a_cohort_is_marked_as_its_members_are(room):
    rng = np.random.default_rng(0)
    typed = room.typed_by(students.rounds_when_typing)
    typed += rng.choice([0.0, 0.37, np.nan], typed.shape, p=[0.8, 0.1, 0.1])
    together = room.mark(typed)
    for i in range(0, room.count, 29):
        one = slice(i, i + 1)
        solver = room.layout.solver
        alone = {name: value if solver.givens[name].fixed else value[one] for name, value in room.givens.items()}
        single = mark(room.layout, alone, typed[:, one])
        assert np.array_equal(single.verdict[:, 0], together.verdict[:, i])
        assert np.array_equal(single.mistake[:, 0], together.mistake[:, i])


def test_marking_is_total_and_deterministic(room):
    rng = np.random.default_rng(1)
    for scale in (0.0, 1e-12, 1.0, 1e12, 1e300):
        typed = rng.normal(size=room.reference.shape) * scale
        first, second = room.mark(typed), room.mark(typed)
        assert np.array_equal(first.verdict, second.verdict)
        assert np.all(np.isfinite(first.marks(room.layout)))
