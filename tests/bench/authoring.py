"""What authoring costs: a preview while typing, twenty variants at a glance, and a solver in formulas beside the same one in NumPy."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any

from ruamel.yaml import YAML

from exam.grading import mark
from exam.layout import Layout, layout_for
from questions.bank import get, parse
from questions.documents import VariantDocument, variant_document
from questions.model import Question
from questions.variant import draw
from tests.bench import QUESTION, ROUNDS, Measured, best_of, measured, slipped_at
from tests.rewritten import rewritten
from web.prose import prose


def source() -> str:
    """The Adam table in formulas, as an author types it."""
    text = io.StringIO()
    YAML().dump(rewritten("adam").model_dump(mode="json", by_alias=True, exclude_unset=True), text)
    return text.getvalue()


def shown(question: Question, seed: int) -> VariantDocument:
    """One variant as a student meets it, in both languages."""
    document = variant_document(draw(question, seed))
    prose.cache_clear()
    for words in (document.title, document.prompt):
        assert prose(words.vi)
        assert prose(words.en)
    return document


def preview(size: int, rounds: int = ROUNDS) -> Measured:
    """A YAML text validated, drawn and rendered, `size` times.  Floor: drawn and rendered."""
    text = source()
    (question,) = parse(text)

    def repeated(once: Callable[[], Any]) -> Callable[[], None]:
        return lambda: [once() for _ in range(size)] and None

    work, floor = repeated(lambda: shown(parse(text)[0], 7)), repeated(lambda: shown(question, 7))
    return measured("ms", size, *best_of(rounds, work, floor))


def twenty_variants(size: int, rounds: int = ROUNDS) -> Measured:
    """A document validated and twenty variants of it shown with their answers.  Floor: one variant."""
    document = rewritten("adam").model_dump(mode="json", by_alias=True, exclude_unset=True)

    def glance(count: int) -> None:
        for _ in range(size):
            question = Question.model_validate(document)
            for seed in range(count):
                variant = draw(question, seed)
                assert shown(question, seed)
                assert all(variant.reference(part) is not None for part in question.parts)

    return measured("ms", size, *best_of(rounds, partial(glance, 20), partial(glance, 1)))


def formula_overhead(size: int, rounds: int = ROUNDS) -> Measured:
    """An Adam table with one slip, marked `size` times by formulas.  Floor, and what 1 stands for: the same by the solver in NumPy."""
    works = []
    for question in (rewritten("adam"), get(QUESTION)):
        givens = question.computation.stack([draw(question, 0).givens])
        layout = layout_for(question, draw(question, 0).givens)
        works.append(partial(marks, size, layout, givens, slipped_at(layout, givens, 1, 0)))
    work, floor = best_of(rounds, *works)
    return Measured(round(work / floor, 3), "x", 1.0, round(work / floor, 2))


def marks(size: int, layout: Layout, givens: dict[str, Any], typed: Any) -> None:
    for _ in range(size):
        mark(layout, givens, typed)
