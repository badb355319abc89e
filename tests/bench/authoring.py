"""What authoring costs: a preview while typing, twenty variants at a glance, and a solver in formulas beside the same one in NumPy."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import count
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml import YAML
from starlette.testclient import TestClient

from exam import people
from exam.grading import mark
from exam.layout import Layout, layout_for
from exam.store import open_store
from questions.bank import get, parse
from questions.variant import draw
from tests.bench import QUESTION, ROUNDS, Measured, best_of, measured, slipped_at
from tests.rewritten import rewritten
from web.app import make_app


def source() -> str:
    """The Adam table in formulas, as an author types it."""
    text = io.StringIO()
    YAML().dump(rewritten("adam").model_dump(mode="json", by_alias=True, exclude_unset=True), text)
    return text.getvalue()


@contextmanager
def editor() -> Iterator[Callable[[str], str]]:
    """A teacher's open editor: asks the application for a piece of the page, each time for a text that nobody asked about before."""
    with TemporaryDirectory() as folder, closing(open_store(f"{folder}/gradus.db")) as store:
        account = people.add_person(store, "bench", "teacher")
        session = people.sign_in(store, "bench", account.password)
        texts = retyped()
        with TestClient(make_app(store), cookies={"gradus_session": session}, headers={"Accept-Language": "vi"}) as browser:

            def ask(piece: str) -> str:
                reply = browser.post("/teach/preview-question", data={"source": next(texts), "seed": "7", "piece": piece})
                assert reply.status_code == 200, reply.text[:300]
                return reply.text

            yield ask


def retyped() -> Iterator[str]:
    """The text again and again, each time with other words in its titles and prompts."""
    text = source()
    return (re.sub(r"(?m)^  (vi|en): '?", rf"\g<0>{number} ", text) for number in count())


def fetched(piece: str, size: int, rounds: int) -> Measured:
    """A piece of the editor's page, asked for `size` times as the page asks while somebody types.  Floor: the text is read."""
    texts = retyped()
    with editor() as ask:
        assert ask(piece).count("<tr") >= 20, "so many students, or variants"

        def work() -> None:
            for _ in range(size):
                ask(piece)

        def floor() -> None:
            for _ in range(size):
                parse(next(texts))

        return measured("ms", size, *best_of(rounds, work, floor))


def preview(size: int, rounds: int = ROUNDS) -> Measured:
    """A YAML text validated, a variant of it drawn, and rendered in both languages with its solution and what students would get."""
    return fetched("look", size, rounds)


def twenty_variants(size: int, rounds: int = ROUNDS) -> Measured:
    """A YAML text validated, and twenty variants of it drawn and rendered with their answers and what looks alike."""
    return fetched("many", size, rounds)


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
