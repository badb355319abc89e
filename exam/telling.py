"""What a student is told of each part: verdict, marks and feedback, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from exam.grading import MISTAKE, VERDICTS, Marking
from exam.layout import Layout
from exam.script import Script, Written
from questions.documents import step_title
from questions.experiments import told
from questions.letters import Picked
from questions.model import Part, Question, Words
from questions.numbers import Unreadable
from questions.reading import Reading
from questions.tolerance import near
from questions.variant import Variant
from solvers import notation
from solvers.worksheet import carrying


@dataclass(frozen=True)
class PartGrade:
    """One part's verdict: correct, carried, mistake (which), wrong, blank, unreadable, or pending (an essay).

    `read_as` echoes the reading.
    """

    name: str
    verdict: str
    marks: float
    max_marks: float
    mistake: str | None
    read_as: str | None
    feedback: Words


def tell_number(script: Script, layout: Layout, marking: Marking, column: int, p: int, verdict: str) -> PartGrade:
    """What a student is told about a number, from its column of the cohort's marking."""
    part = layout.parts[p]
    answer = script.readings[part.name]
    if isinstance(answer, Unreadable):
        return unreadable(part, answer)
    mistake = None
    read_as = answer.echo if isinstance(answer, Reading) else None
    if verdict == "correct":
        feedback = RIGHT
    elif verdict == "carried":
        feedback = carried_from(script.variant, layout, int(marking.source[p, column]))
    elif verdict == "mistake":
        mistake = list(layout.solver.mistakes)[marking.mistake[p, column]]
        feedback = advice(layout.question, mistake)
    elif verdict == "blank":
        feedback = BLANK_FEEDBACK
    elif marking.repeat[p, column]:
        feedback = REPEAT
    elif isinstance(answer, Reading) and (short := too_coarse(layout, marking, column, p, answer)):
        feedback = coarse(part, answer, short)
    else:
        feedback = look_again(script.variant, part)
    marks = part.marks if verdict in ("correct", "carried") else layout.question.mistake_credit * part.marks * (verdict == "mistake")
    return PartGrade(part.name, verdict, round(marks, 9), part.marks, mistake, read_as, feedback)


RIGHT = Words(vi="Đúng.", en="Correct.")
BLANK_FEEDBACK = Words(vi="Bỏ trống.", en="Left blank.")


def unreadable(part: Part, problem: Unreadable) -> PartGrade:
    return PartGrade(part.name, "unreadable", 0.0, part.marks, None, None, Words(vi=problem.words.vi, en=problem.words.en))


def advice(question: Question, mistake: str) -> Words:
    """The sentences of a named mistake: what it is, and what to do next."""
    (vi, do_vi), (en, do_en) = question.computation.mistakes[mistake].vi, question.computation.mistakes[mistake].en
    return Words(vi=f"{vi[0].upper()}{vi[1:]}. {do_vi}", en=f"{en[0].upper()}{en[1:]}. {do_en}")


def carried_from(variant: Variant, layout: Layout, entry: int) -> Words:
    """Names the student's own number that a carried answer follows from."""
    symbol = variant.symbol(layout.parts[layout.entries[entry][0]])
    return Words(vi=f"Đúng, tính từ ${symbol}$ của bạn.", en=f"Correct from your ${symbol}$.")


REPEAT = Words(
    vi="Khớp với các số của bạn, nhưng chỉ lặp lại một số đã sai ở trên nên không có điểm.",
    en="This fits your numbers, but it only repeats a number that was wrong above, and earns nothing.",
)


def too_coarse(layout: Layout, marking: Marking, column: int, p: int, answer: Reading) -> list[int]:
    """The entries with too few digits of an answer that agrees, as far as it goes, with what is right or would follow.

    Each entry is judged by its own digits.  A single digit that agrees may be chance: then two more at least must be missing.
    """
    if not all(answer.entries) or len(answer.decimals) != len(answer.entries):
        return []
    bounds = [*layout.starts, len(layout.entries)]
    at = slice(bounds[p], bounds[p + 1])
    asked = marking.tolerance[at, column]
    kept = np.array([0.0 if places is None else 0.5 * 10.0**-places for places in answer.decimals])
    meant = (kept > 3 * asked) & ((figures(answer) > 1) | (kept > 30 * asked))
    if not meant.any():
        return []
    for value in (marking.reference[at, column], marking.expected[at, column]):
        short = ~near(answer.numbers, value, asked)
        if short.any() and np.all(meant[short]) and np.all(near(answer.numbers, value, np.maximum(kept, asked))):
            return [int(i) for i in np.flatnonzero(short)]
    return []


def figures(answer: Reading) -> Any:
    """The significant figures every entry was typed with."""
    places = np.array([places or 0 for places in answer.decimals])
    return np.floor(np.log10(np.abs(answer.numbers)) + 1e-12) + 1 + places


def coarse(part: Part, answer: Reading, short: list[int]) -> Words:
    """What is said to an answer with entries that were rounded too coarsely: how many digits were asked, how many given."""
    if part.places is None:
        asked, given = part.figures or 0, int(np.min(figures(answer)[short]))
        vi, en = "chữ số có nghĩa", "significant figure"
    else:
        asked, given = part.places, max(0, min(answer.decimals[i] or 0 for i in short))
        vi, en = "chữ số thập phân", "decimal place"
    asked_en = f"{asked} {en} is asked" if asked == 1 else f"{asked} {en}s are asked"
    given_vi = f"mới ghi {given}" if given else "chưa ghi chữ số nào"
    return Words(
        vi=f"Khớp đến chữ số cuối bạn ghi, nhưng làm tròn quá thô: đề yêu cầu {asked} {vi}, bạn {given_vi}.",
        en=f"It agrees as far as it goes, but is rounded too coarsely: {asked_en}, you gave {given or 'none'}.",
    )


def look_again(variant: Variant, part: Part) -> Words:
    """What is said to a wrong answer that no known mistake explains: the formula to go through again."""
    solver = variant.question.computation
    step = variant.sheet.steps[part.step]
    symbol = notation.symbol(part.step, solver.symbols)
    formula = notation.in_letters(step.formula, solver.symbols)
    asked = {other.step for other in variant.question.parts if other.ask}
    needed = [name for name in step.needs if name in variant.sheet.steps and name not in asked]
    titles = [(notation.symbol(name, solver.symbols), title) for name in needed if (title := step_title(solver, name))]
    vi, en = (", ".join(f"${letter}$: {getattr(title, lang)}" for letter, title in titles) for lang in ("vi", "en"))
    return Words(
        vi=f"Sai. Hãy tính lại theo ${symbol} = {formula}$" + (f" ({vi})." if vi else "."),
        en=f"Wrong. Work through ${symbol} = {formula}$ again" + (f" ({en})." if en else "."),
    )


def tell(script: Script, part: Part) -> PartGrade:
    """What a student is told of a part that no cohort is marked for: letters, an answer judged by what it leads to, an essay."""
    answer = script.readings[part.name]
    if isinstance(answer, Unreadable):
        return unreadable(part, answer)
    if answer is None:
        return PartGrade(part.name, "blank", 0.0, part.marks, None, None, BLANK_FEEDBACK)
    if isinstance(answer, Written):
        return PartGrade(part.name, "pending", 0.0, part.marks, None, None, PENDING)
    if isinstance(answer, Reading):
        return tell_judged(script, part, answer)
    return TELL[part.kind or ""](script, part, answer)


PENDING = Words(vi="Đã nhận bài viết. Giảng viên sẽ chấm theo thang điểm.", en="Your text has been taken. A teacher will mark it.")


def explained(question: Question, part: Part, *said: Words | None) -> Words:
    """Sentences one below the other; the last part that no number answers brings what was run and the question's explanation."""
    last = part.name == [other.name for other in question.parts if not other.numeric][-1]
    gave = told.outcome(question.training) if question.training else None
    texts = [words for words in (*said, *((gave, question.explanation) if last else ())) if words]
    return Words(vi="\n\n".join(w.vi for w in texts), en="\n\n".join(w.en for w in texts))


def tell_choice(script: Script, part: Part, answer: Picked) -> PartGrade:
    """What a student is told about a choice: the mistake behind a wrong option, and why the right one is right."""
    question = script.variant.question
    (option,) = answer.options
    mistake = None if option.right else option.mistake
    marks = part.marks if option.right else question.mistake_credit * part.marks if mistake else 0.0
    verdict = "correct" if option.right else VERDICTS[MISTAKE] if mistake else "wrong"
    if option.right:
        feedback = option.why or RIGHT
    elif mistake:
        feedback = advice(question, mistake)
    elif part.ask is not None:
        feedback = look_again(script.variant, part)
    else:
        feedback = option.why or belongs(script, part) or Words(vi="Sai.", en="Wrong.")
    why = option.why if option.why != feedback else None
    return PartGrade(part.name, verdict, round(marks, 9), part.marks, mistake, answer.echo, explained(question, part, feedback, why))


def belongs(script: Script, part: Part) -> Words | None:
    """Why the right option of a match belongs there: its pair is the same whatever was chosen."""
    return next((option.why for option in script.variant.options[part.name] if option.right and part.label), None)


def tell_choices(script: Script, part: Part, answer: Picked) -> PartGrade:
    """What a student is told about several choices: a wrong tick takes back what a right one earns."""
    right = {option.key for option in script.variant.options[part.name] if option.right}
    ticked = {option.key for option in answer.options}
    why = [option.why for option in script.variant.options[part.name] if option.why and (option.key in ticked) != option.right]
    share = max(0, len(ticked & right) - len(ticked - right)) / len(right)
    missing, extra = ", ".join(sorted(right - ticked)), ", ".join(sorted(ticked - right))
    vi = [f"còn thiếu {missing}"] * bool(missing) + [f"chọn thừa {extra}, mỗi phương án thừa trừ điểm một phương án đúng"] * bool(extra)
    en = [f"{missing} missing"] * bool(missing) + [f"{extra} should not be ticked, and each takes back a right one"] * bool(extra)
    return shared(script, part, answer.echo, share, Words(vi="; ".join(vi) or "-", en="; ".join(en) or "-"), why)


def tell_order(script: Script, part: Part, answer: Picked) -> PartGrade:
    """What a student is told about an order: every two neighbours that follow each other rightly earn their share."""
    ranks = [option.rank or 0 for option in answer.options]
    follows = [b - a == 1 for a, b in pairwise(ranks)]
    true = ", ".join(option.key for option in sorted(script.variant.options[part.name], key=lambda option: option.rank or 0))
    said = Words(
        vi=f"{sum(follows)} trong {len(follows)} cặp liền nhau đúng thứ tự; thứ tự đúng là {true}",
        en=f"{sum(follows)} of {len(follows)} neighbouring pairs stand in the right order; the order is {true}",
    )
    return shared(script, part, answer.echo, sum(follows) / len(follows), said, [])


def tell_judged(script: Script, part: Part, answer: Reading) -> PartGrade:
    """What a student is told of an answer that is free: which entries of the step it is judged by come out right.

    Numbers that lead to the same everywhere, where the reference does not, have solved nothing and earn nothing.
    """
    variant = script.variant
    own = np.array(answer.numbers).reshape(variant.shape(part))
    step = part.judged_by or ""
    reached = np.ravel(variant.question.computation.run(variant.givens, carrying({part.step: own})).steps[step].value)
    wanted = np.ravel(variant.sheet.steps[step].value)
    hits = near(reached, wanted, 1e-9)
    idle = np.ptp(reached) == 0 and np.ptp(wanted) > 0
    symbol = notation.symbol(step, variant.question.computation.symbols)
    got, want = notation.value(reached), notation.value(wanted)
    said = Words(
        vi=f"với số của bạn, ${symbol} = {got}$; cần ${want}$" + ("; mọi hàng đều như nhau nên chưa có điểm" if idle else ""),
        en=f"with your numbers ${symbol} = {got}$, wanted is ${want}$" + ("; all rows alike earn nothing" if idle else ""),
    )
    return shared(script, part, answer.echo, 0.0 if idle else float(np.mean(hits)), said, [])


def shared(script: Script, part: Part, echo: str, share: float, said: Words, why: list[Words]) -> PartGrade:
    """The grade of a part that may be right in part."""
    if share == 1:
        return PartGrade(part.name, "correct", part.marks, part.marks, None, echo, explained(script.variant.question, part, RIGHT))
    partly = Words(vi="Đúng một phần" if share else "Sai", en="Partly right" if share else "Wrong")
    feedback = Words(vi=f"{partly.vi}: {said.vi}.", en=f"{partly.en}: {said.en}.")
    marks = round(share * part.marks, 9)
    return PartGrade(part.name, "wrong", marks, part.marks, None, echo, explained(script.variant.question, part, feedback, *why))


TELL = {"choice": tell_choice, "choices": tell_choices, "order": tell_order}
