"""A grade is what a student is told: verdict, marks and feedback of every part, in both languages."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from exam.grading import MISTAKE, VERDICTS, Layout, Marking, layout_for, mark
from questions import reading
from questions.model import Part, Question, Words
from questions.reading import Reading, Unreadable
from questions.tolerance import near
from questions.variant import Option, Variant
from solvers import notation
from solvers.errors import GradusError, listed, pointer, quoted

Answers = Mapping[str, Any]


class UnknownPart(GradusError):
    code = "unknown_part"


class BadAnswer(GradusError):
    """An answer is neither text, a number, nor lists of numbers."""

    code = "bad_answer"


@dataclass(frozen=True)
class PartGrade:
    """One part's verdict: correct, carried, mistake (which), wrong, blank or unreadable; `read_as` echoes the reading."""

    name: str
    verdict: str
    marks: float
    max_marks: float
    mistake: str | None
    read_as: str | None
    feedback: Words


@dataclass(frozen=True)
class Grade:
    """A graded variant; `first_wrong` is the first wrong part in the order of the computation."""

    question: str
    version: int
    seed: int | None
    marks: float
    max_marks: float
    first_wrong: str | None
    parts: list[PartGrade]


@dataclass(frozen=True)
class Script:
    """A variant with what was typed into it, read."""

    variant: Variant
    readings: dict[str, Reading | Option | Unreadable | None]


def as_text(answer: Any, name: str) -> str:
    """An answer as the text a student would have typed: JSON numbers and nested lists are taken as theirs."""
    if isinstance(answer, str):
        return answer
    if answer is None:
        return ""
    try:
        if isinstance(answer, (bool, int, float)) or (isinstance(answer, list) and not holds_objects(answer)):
            return json.dumps(answer)
    except (ValueError, RecursionError):
        return "9" * (reading.LONGEST + 1)
    what = "is an object" if isinstance(answer, dict) else "holds objects or nests too deeply"
    raise BadAnswer(f"the answer to {quoted(name)} {what}; send text, a number or lists of numbers", pointer("answers", name))


def holds_objects(items: list[Any], depth: int = 0) -> bool:
    if depth > 8:
        return True
    return any(isinstance(x, dict) or (isinstance(x, list) and holds_objects(x, depth + 1)) for x in items)


def read_script(variant: Variant, answers: Answers) -> Script:
    """Reads every answer.  Raises UnknownPart, BadAnswer; what cannot be read is kept as such."""
    parts = {part.name: part for part in variant.question.parts}
    for name in answers:
        if name not in parts:
            raise UnknownPart(
                f"{quoted(name)} is not a part of {variant.question.id}; its parts are {listed(parts)}", pointer("answers", name)
            )
    return Script(variant, {name: read_part(variant, part, as_text(answers.get(name, ""), name)) for name, part in parts.items()})


def read_part(variant: Variant, part: Part, text: str) -> Reading | Option | Unreadable | None:
    """What was typed into a part; None where it is blank."""
    try:
        if part.choice:
            return read_choice(variant.options[part.name], text)
        return reading.read(text, variant.kind(part), variant.shape(part))
    except Unreadable as problem:
        return problem


def read_choice(options: list[Option], text: str) -> Option | None:
    """The option of a letter, upper or lower case."""
    if not text.strip():
        return None
    letter = reading.plain(text).strip("().").casefold()
    for option in options:
        if option.key == letter:
            return option
    letters = listed(sorted(option.key for option in options))
    raise Unreadable(
        f"'{text.strip()[:20]}' không phải là một lựa chọn. Hãy chọn một trong {letters}.",
        f"'{text.strip()[:20]}' is not an option. Choose one of {letters}.",
    )


def grade(variant: Variant, answers: Answers) -> Grade:
    """Grades one variant: the answers by part, as text, JSON numbers or nested lists."""
    return grade_all([read_script(variant, answers)])[0]


def grade_all(scripts: Sequence[Script]) -> list[Grade]:
    """Grades many scripts, in order; those of one question are marked as one cohort."""
    groups: dict[Layout | str, list[int]] = {}
    for i, script in enumerate(scripts):
        variant = script.variant
        key = layout_for(variant.question, variant.givens) if variant.question.solver else variant.question.id
        groups.setdefault(key, []).append(i)
    grades: dict[int, Grade] = {}
    for key, members in groups.items():
        cohort = [scripts[i] for i in members]
        layout = key if isinstance(key, Layout) and key.parts else None
        marking = mark_scripts(layout, cohort) if layout else None
        for column, i in enumerate(members):
            grades[i] = told(scripts[i], layout, marking, column)
    return [grades[i] for i in range(len(scripts))]


def mark_scripts(layout: Layout, scripts: Sequence[Script]) -> Marking:
    """Marks the numeric parts of scripts of one layout."""
    givens = layout.solver.stack([script.variant.givens for script in scripts])
    typed = np.full((len(layout.entries), len(scripts)), np.nan)
    bounds = [*layout.starts, len(layout.entries)]
    for column, script in enumerate(scripts):
        for p, part in enumerate(layout.parts):
            answer = script.readings[part.name]
            if isinstance(answer, Reading) and (numbers := answer.numbers) and len(numbers) == bounds[p + 1] - bounds[p]:
                typed[bounds[p] : bounds[p + 1], column] = numbers
    return mark(layout, givens, typed)


def told(script: Script, layout: Layout | None, marking: Marking | None, column: int) -> Grade:
    """The grade of one script, from its column of the cohort's marking."""
    question = script.variant.question
    grades = {}
    if layout and marking:
        verdicts = [VERDICTS[v] for v in marking.verdict[:, column]]
        for p, part in enumerate(layout.parts):
            grades[part.name] = tell_number(script, layout, marking, column, p, verdicts[p])
    for part in question.parts:
        if part.choice:
            grades[part.name] = tell_choice(script, part)
    order = [part.name for part in layout.parts] if layout else []
    order += [part.name for part in question.parts if part.name not in order]
    wrong = (name for name in order if grades[name].verdict in ("wrong", "mistake"))
    parts = [grades[part.name] for part in question.parts]
    return Grade(
        question.id,
        question.version,
        script.variant.seed,
        total(part.marks for part in parts),
        total(part.max_marks for part in parts),
        next(wrong, None),
        parts,
    )


def total(marks: Iterable[float]) -> float:
    """A sum of marks without the noise of binary fractions."""
    return round(math.fsum(marks), 9)


def tell_number(script: Script, layout: Layout, marking: Marking, column: int, p: int, verdict: str) -> PartGrade:
    """What a student is told about a number, from its column of the cohort's marking."""
    part = layout.parts[p]
    answer = script.readings[part.name]
    if isinstance(answer, Unreadable):
        return unreadable(part, answer)
    mistake = None
    read_as = answer.echo if isinstance(answer, Reading) else None
    if verdict == "correct":
        feedback = Words(vi="Đúng.", en="Correct.")
    elif verdict == "carried":
        feedback = carried_from(script.variant, layout, int(marking.source[p, column]))
    elif verdict == "mistake":
        mistake = list(layout.solver.mistakes)[marking.mistake[p, column]]
        feedback = advice(layout.question, mistake)
    elif verdict == "blank":
        feedback = BLANK_FEEDBACK
    elif marking.repeat[p, column]:
        feedback = REPEAT
    elif isinstance(answer, Reading) and too_coarse(layout, marking, column, p, answer):
        feedback = coarse(part)
    else:
        feedback = look_again(script.variant, part)
    marks = part.marks if verdict in ("correct", "carried") else layout.question.mistake_credit * part.marks * (verdict == "mistake")
    return PartGrade(part.name, verdict, round(marks, 9), part.marks, mistake, read_as, feedback)


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


def too_coarse(layout: Layout, marking: Marking, column: int, p: int, answer: Reading) -> bool:
    """Whether an answer is right, or would follow, but was rounded to fewer places than asked."""
    if answer.decimals is None or not all(answer.entries):
        return False
    bounds = [*layout.starts, len(layout.entries)]
    at = slice(bounds[p], bounds[p + 1])
    typed, half = np.array(answer.numbers), 0.5 * 10.0**-answer.decimals
    if half <= np.max(marking.tolerance[at, column]):
        return False
    return any(bool(np.all(near(typed, value[at, column], half))) for value in (marking.reference, marking.expected))


def coarse(part: Part) -> Words:
    """What is said to an answer that was rounded to fewer places than asked."""
    if part.places is None:
        return Words(
            vi=f"Đúng, nhưng làm tròn quá thô: cần {part.figures} chữ số có nghĩa.",
            en=f"Right, but rounded too coarsely: give {part.figures} significant figures.",
        )
    return Words(
        vi=f"Đúng, nhưng làm tròn quá thô: cần {part.places} chữ số thập phân.",
        en=f"Right, but rounded too coarsely: give {part.places} decimal places.",
    )


def look_again(variant: Variant, part: Part) -> Words:
    """What is said to a wrong answer that no known mistake explains: the formula to go through again."""
    solver = variant.question.computation
    symbol = notation.symbol(part.step, solver.symbols)
    formula = notation.in_letters(variant.sheet.steps[part.step].formula, solver.symbols)
    return Words(vi=f"Sai. Hãy tính lại theo ${symbol} = {formula}$.", en=f"Wrong. Work through ${symbol} = {formula}$ again.")


def tell_choice(script: Script, part: Part) -> PartGrade:
    """What a student is told about a choice: the mistake behind a wrong option, and why the right one is right."""
    answer = script.readings[part.name]
    question = script.variant.question
    if isinstance(answer, Unreadable):
        return unreadable(part, answer)
    if answer is None:
        return PartGrade(part.name, "blank", 0.0, part.marks, None, None, BLANK_FEEDBACK)
    assert isinstance(answer, Option)
    mistake = None if answer.right else answer.mistake
    marks = part.marks if answer.right else question.mistake_credit * part.marks if mistake else 0.0
    verdict = "correct" if answer.right else VERDICTS[MISTAKE] if mistake else "wrong"
    if answer.right:
        feedback = Words(vi="Đúng.", en="Correct.")
    elif mistake:
        feedback = advice(question, mistake)
    elif part.ask is not None:
        feedback = look_again(script.variant, part)
    else:
        feedback = Words(vi="Sai.", en="Wrong.")
    said = [feedback, answer.why, question.explanation]
    texts = [words for words in said if words]
    feedback = Words(vi="\n\n".join(w.vi for w in texts), en="\n\n".join(w.en for w in texts))
    return PartGrade(part.name, verdict, round(marks, 9), part.marks, mistake, answer.key, feedback)
