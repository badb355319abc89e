"""A submission is what a program sends to be graded: a question, a seed or givens, and answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from exam.grade import Grade, grade_all
from exam.script import Script, read_script
from questions import bank
from questions.model import Question
from questions.variant import Variant, draw, stated
from solvers.errors import GradusError, in_json, pointer, quoted

MOST_IN_BATCH = 10_000
Find = Callable[[str], Question]
FIELDS = ("question", "version", "seed", "givens", "answers")


class BadSubmission(GradusError):
    code = "bad_submission"


class UnknownVersion(GradusError):
    code = "unknown_version"
    status = 404


class TooMany(GradusError):
    code = "too_many"
    status = 413


# The same seed gives the same variant: a class is graded without drawing again.
drawn = lru_cache(maxsize=2048)(draw)


def variant_of(raw: Any, find: Find = bank.get) -> Variant:
    """The variant a submission is about; `find` gives the question of an id.

    Raises BadSubmission, UnknownQuestion, UnknownVersion, BadSeed, BadGivens.
    """
    if not isinstance(raw, dict):
        raise BadSubmission(f"a submission is an object with 'question', 'seed' or 'givens', and 'answers'; this is {in_json(raw)}", "")
    for name in raw:
        if name not in FIELDS:
            raise BadSubmission(f"{quoted(name)} is not a field of a submission; there are {', '.join(FIELDS)}", pointer(name))
    if not isinstance(raw.get("question"), str):
        raise BadSubmission(f"'question' must be the id of a question, as text, and is {in_json(raw.get('question'))}", "/question")
    question = find(raw["question"])
    version = raw.get("version")
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise BadSubmission(f"'version' must be a whole number; {question.id} has version {question.version}", "/version")
    if version is not None and version != question.version:
        raise UnknownVersion(f"{question.id} has version {question.version}; send that, or no version", "/version")
    seed, givens = raw.get("seed"), raw.get("givens")
    if (seed is None) == (givens is None):
        raise BadSubmission("send either 'seed' or 'givens', one of the two", "/seed")
    if givens is None:
        return drawn(question, seed) if type(seed) is int else draw(question, seed)  # type: ignore[arg-type]
    if not isinstance(givens, dict):
        raise BadSubmission("'givens' must be an object of numbers and lists by name", "/givens")
    return stated(question, givens)


def script_of(raw: Any, find: Find = bank.get) -> Script:
    """A submission as a script, read.  Raises what `variant_of` does, and UnknownPart, BadAnswer."""
    variant = variant_of(raw, find)
    answers = raw.get("answers", {})
    if not isinstance(answers, dict):
        raise BadSubmission("'answers' must be an object of texts by part", "/answers")
    return read_script(variant, answers)


def grade_one(raw: Any, find: Find = bank.get) -> Grade:
    """The grade of one submission."""
    return grade_all([script_of(raw, find)])[0]


def grade_batch(items: list[Any], find: Find = bank.get) -> Iterator[Grade | GradusError]:
    """Grades or errors, in the order of the submissions.  Raises TooMany."""
    if len(items) > MOST_IN_BATCH:
        raise TooMany(f"a batch holds at most {MOST_IN_BATCH:,} submissions, this one {len(items):,}; send several batches", "/items")
    read: list[Script | GradusError] = []
    for item in items:
        try:
            read.append(script_of(item, find))
        except GradusError as problem:
            read.append(problem)
    grades = iter(grade_all([script for script in read if isinstance(script, Script)]))
    for script in read:
        yield script if isinstance(script, GradusError) else next(grades)
