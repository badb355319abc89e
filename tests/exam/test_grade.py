"""A grade tells verdict, marks, mistake and feedback of every part, in both languages."""

import pytest

from exam.grade import grade
from exam.grading import mark
from exam.layout import layout_for
from questions import bank
from questions.bank import parse
from questions.variant import draw, stated

FORMULA = """
id: little
title: {vi: Nhỏ, en: Little}
source: made for this test
solver: relu_softmax
givens: {x: 3.0, w1: 0.8, b1: 0.5, w2: [0.3, -0.4], label: 0}
prompt: {vi: "Tính.", en: "Compute."}
parts:
"""


def question(parts, **extra):
    lines = "".join(f"{name}: {value}\n" for name, value in extra.items())
    (made,) = parse(FORMULA + "".join(f"  - {part}\n" for part in parts) + lines)
    return draw(made, 0)


def verdicts(variant, **answers):
    return {part.name: part.verdict for part in grade(variant, answers).parts}


def told(variant, name, **answers):
    return next(part for part in grade(variant, answers).parts if part.name == name)


STEPS = ["{ask: z, places: 4}", "{ask: R, places: 4}", "{ask: h, places: 4}", "{ask: loss, places: 4}"]


def test_what_follows_from_the_students_own_number_is_carried_and_says_from_which():
    variant = question(STEPS)
    marked = grade(variant, {"z": "2.4", "R": "2.4", "h": "0.72; -0.96", "loss": "0.1709"})
    assert [part.verdict for part in marked.parts] == ["mistake", "carried", "carried", "carried"]
    assert marked.parts[0].mistake == "bias_forgotten"
    assert marked.first_wrong == "z"
    assert marked.marks == 3
    assert "$z$" in marked.parts[1].feedback.en
    assert "$R$" in marked.parts[2].feedback.vi


def test_a_slip_in_a_step_that_is_not_asked_is_recognised_by_what_it_leads_to():
    variant = question(["{ask: h, places: 4}"])
    part = told(variant, "h", h="[0.72, -0.96]")
    assert (part.verdict, part.mistake) == ("mistake", "bias_forgotten")


def test_a_slip_in_a_blank_step_is_recognised_too():
    variant = question(STEPS)
    part = told(variant, "h", h="[0.72, -0.96]")
    assert (part.verdict, part.mistake) == ("mistake", "bias_forgotten")


def test_unreadable_counts_as_blank_in_marks_and_in_carrying():
    variant = question(STEPS)
    marked = grade(variant, {"z": "2.9o", "R": "2.9"})
    assert [part.verdict for part in marked.parts] == ["unreadable", "correct", "blank", "blank"]
    assert marked.parts[0].marks == 0
    assert marked.parts[0].read_as is None
    assert marked.first_wrong is None


def test_rounded_too_coarsely_is_a_feedback_of_its_own():
    variant = question(["{ask: loss, places: 4}"])
    for loss, given in (("0.12", 2), ("1.2e-1", 2), ("0.1", 1)):
        part = told(variant, "loss", loss=loss)
        assert f"too coarsely: 4 decimal places are asked, you gave {given}" in part.feedback.en
        assert f"đề yêu cầu 4 chữ số thập phân, bạn mới ghi {given}" in part.feedback.vi
        assert part.marks == 0
    assert "too coarsely" not in told(variant, "loss", loss="0.13").feedback.en


def test_one_digit_that_agrees_where_one_is_missing_is_no_rounding():
    """0.12 is hardly meant by 0.1 where two places are asked; where three or more are, it is; and by 0.12 anyway."""
    for places, loss, said in ((2, "0.1", False), (3, "0.1", True), (3, "0.12", True)):
        part = told(question([f"{{ask: loss, places: {places}}}"]), "loss", loss=loss)
        assert ("too coarsely" in part.feedback.en) is said, (places, loss)


def test_every_entry_is_as_coarse_as_it_was_typed():
    """h = [0.87, -1.16]: a short entry excuses no wrong one beside it."""
    variant = question(["{ask: h, places: 4}"])
    assert "you gave 1" in told(variant, "h", h="0.9 -1.16").feedback.en, "-1.16 is exact, 0.9 is not"
    longer = question(["{ask: yhat, places: 4}"])
    assert "you gave 2" in told(longer, "yhat", yhat="0.88 0.1161").feedback.en
    assert "you gave 3" in told(longer, "yhat", yhat="0.8839 0.116").feedback.en
    assert "too coarsely" not in told(variant, "h", h="0.9 -1.1700").feedback.en


def test_figures_that_are_missing_are_counted_as_figures():
    said = told(question(["{ask: loss, figures: 4}"]), "loss", loss="0.12").feedback
    assert "4 significant figures are asked, you gave 2" in said.en
    assert "4 chữ số có nghĩa, bạn mới ghi 2" in said.vi


@pytest.mark.parametrize("loss", ["6.3886", "6.3771", "6.3890", "6.3884"])
def test_who_rounds_the_probability_to_four_or_more_places_keeps_the_loss(loss):
    """p = 0.0016806… rounds to 0.0017, 0.00168 and 0.001681; -ln of each is right."""
    layer = {"Wz": [[-0.6, 0.2, 0.1], [-0.4, 0.1, 0.2]], "bz": [0.0, 0.0, 0.0]}
    hidden = {"X": [[3.5, 4.0]], "Wh": [[1.0, -0.5], [1.0, -1.0]], "bh": [0.0, 0.0]}
    variant = stated(bank.get("aio2024-cau-05-vary"), {**hidden, **layer, "y": [0]})
    part = told(variant, "loss", h="7.5 0", z="-4.5 1.5 0.75", loss=loss)
    assert part.verdict == "correct"


def test_a_later_answer_is_judged_by_the_true_numbers_first():
    variant = question(STEPS)
    assert verdicts(variant, z="7", R="2.9") == {"z": "wrong", "R": "correct", "h": "blank", "loss": "blank"}


def test_a_repeated_wrong_number_earns_nothing_unless_the_reference_repeats():
    variant = question(["{ask: z, places: 4}", "{ask: R, places: 4}", "{ask: dz, places: 4}", "{ask: db1, places: 4}"])
    marked = verdicts(variant, z="5", R="5")
    assert marked["R"] == "carried"
    assert told(variant, "R", z="0", R="0").marks == 0
    assert verdicts(variant, dz="0.3", db1="0.3")["db1"] == "carried"


def test_the_teacher_may_give_credit_for_a_named_mistake():
    variant = question(["{ask: z, places: 4, marks: 2}"], mistake_credit=0.5)
    assert told(variant, "z", z="2.4").marks == 1
    assert told(variant, "z", z="2.5").marks == 0


def test_figures_follow_the_size_of_the_reference():
    variant = question(["{ask: loss, figures: 3}"])
    reference = float(variant.sheet.steps["loss"].value)
    assert told(variant, "loss", loss=f"{reference:.2e}").verdict == "correct"
    assert told(variant, "loss", loss=f"{reference + 0.0006:.6f}").verdict != "correct"


def test_a_mistake_that_lands_on_the_reference_is_never_reported():
    (made,) = parse(FORMULA.replace("b1: 0.5", "b1: 0.0") + "  - {ask: z, places: 4}\n")
    assert told(draw(made, 0), "z", z="2.4").verdict == "correct"
    assert told(draw(made, 0), "z", z="2.5").mistake is None


def test_a_choice_made_from_a_mistake_is_diagnosed():
    variant = draw(bank.get("optim-mcq-10"), 0)
    assert told(variant, "answer", answer=" C ").mistake == "heavy_ball"
    assert told(variant, "answer", answer="a").verdict == "correct"
    assert told(variant, "answer", answer="e").verdict == "unreadable"
    assert told(variant, "answer", answer="").verdict == "blank"


@pytest.mark.parametrize("id", list(bank.bank()))
def test_every_wrong_option_gets_feedback_in_both_languages(id):
    variant = draw(bank.get(id), 3)
    for asked in (part for part in variant.question.parts if part.choice):
        name = asked.name
        for option in variant.options[name]:
            part = told(variant, name, **{name: option.key})
            assert (part.verdict == "correct") == option.right
            assert part.feedback.vi
            assert part.feedback.en


def test_giving_the_true_value_of_every_step_earns_every_mark_without_reading():
    variant = draw(bank.get("optim-adam-vary"), 11)
    layout = layout_for(variant.question, variant.givens)
    givens = layout.solver.stack([variant.givens])
    typed = layout.numbers(layout.solver.run(givens), (1,))
    assert mark(layout, givens, typed).marks(layout).sum() == pytest.approx(6)
