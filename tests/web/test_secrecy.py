"""Keys stay home: nothing a student can ask for before release tells a reference value, a mistake, a seed, or which option is right."""

import base64
import re
import struct
from collections import Counter
from dataclasses import replace
from functools import partial
from html import unescape

import numpy as np
import pytest

from exam import keeping, sittings, starting
from exam.script import read_part
from questions import bank
from questions.variant import arranged, draw
from solvers.solver import Solver
from web.templates import STATIC

PAPERS = ("aio2024", "aio2024-vary", "optimisers", "training")
LONG = 8
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
CHOICES = [id for id, question in bank.bank().items() if question.varies and question.kind == "mc"]
PRINTED = [
    id for paper in ("optimisers", "aio2024") for id in bank.bank() if id.startswith(("optim-mcq", "aio2024-cau")) and "vary" not in id
]


@pytest.fixture
def sit(browse, installation):
    """A student in the middle of a paper, who may have typed something into every part."""

    def start(paper, answered):
        an = browse()
        id = starting.start(installation.store, an.person, paper)[0]
        if answered:
            for variant in sittings.sitting(installation.store, an.person, id).variants:
                for i, part in enumerate(variant.question.parts):
                    typed = variant.options[part.name][0].key if part.lettered else entered(variant, part, i)
                    an.put(f"/api/v1/attempts/{id}/answers/{variant.question.id}/{part.name}", json={"text": typed}).raise_for_status()
        return an, id, sittings.sitting(installation.store, an.person, id)

    return start


def entered(variant, part, i):
    """Every other part right to three decimals, the others wrong."""
    value = np.round(np.asarray(variant.reference(part)) + (i % 2) * 0.321, 3)
    return str(value.tolist())


def told(an, id, one):
    """All that a student is told before release, by where."""
    count = len(one.variants)
    paths = ["/", "/papers", "/docs", "/sign-in", f"/attempts/{id}", f"/attempts/{id}/submit", f"/attempts/{id}/review"]
    paths += [f"/attempts/{id}/questions/{n}" for n in range(1, count + 1)]
    paths += [f"/attempts/{id}/review/{n}" for n in range(1, count + 1)]
    paths += [f"/attempts/{id}/pictures/{n}.svg{query}" for n in range(1, count + 1) for query in ("", "?narrow=true", "?released-vi")]
    paths += ["/api/v1/papers", f"/api/v1/attempts/{id}", f"/api/v1/attempts/{id}/review", "/openapi.json"]
    for path in paths:
        for lang in ("vi", "en"):
            reply = an.get(path, headers={"Accept-Language": lang})
            yield f"{lang} {path}", reply.text + str(dict(reply.headers))
    for variant in one.variants:
        for part in variant.question.parts:
            typed = one.state.text(variant.question.id, part.name)
            path = f"/api/v1/attempts/{id}/answers/{variant.question.id}/{part.name}"
            for body in ({"text": typed}, {"text": typed + "?", "base_version": 99}):
                reply = an.put(path, json=body)
                yield f"PUT {part.name} {body}", reply.text
    again = an.post(f"/api/v1/papers/{one.row.paper}/attempts")
    yield "start again", again.text
    for script in STATIC.rglob("*.js"):
        yield script.name, script.read_text(encoding="utf-8")


def long_digits(value):
    """The first digits of a number in any notation, truncated and rounded; none where it has fewer."""
    exact = repr(abs(float(value))).partition("e")[0].replace(".", "").strip("0")
    if len(exact) < LONG or not np.isfinite(value):
        return set()
    return {f"{abs(value):.16e}".replace(".", "")[:LONG], f"{abs(value):.{LONG - 1}e}".replace(".", "")[:LONG]}


def numbers_in(text):
    """The first digits of every long number of a text."""
    found = (token.replace(".", "").replace(",", "").lstrip("0") for token in NUMBER.findall(text))
    return {digits[:LONG] for digits in found if len(digits) >= LONG}


def references(variant):
    """The exact value of every step and of every mistake at it, without what is printed as given."""
    given = {float(x) for value in variant.givens.values() for x in np.ravel(np.asarray(value, dtype=float))}
    for step in variant.sheet.steps.values():
        for value in (step.value, *step.mistakes.values()):
            yield from (float(x) for x in np.ravel(value) if float(x) not in given)


def in_bytes(value):
    """A number as a program might hide it."""
    packed = struct.pack("<d", value)
    return {packed.hex(), packed[::-1].hex(), base64.b64encode(packed).decode().rstrip("="), float(value).hex().partition("p")[0]}


def halves(variant):
    """Half a unit of the last place of every part, as it could be written, where the question itself does not."""
    for part in variant.question.parts:
        if part.places is not None and part.places > 1:
            written = {f"0.{'0' * part.places}5", f"0,{'0' * part.places}5", f"5e-{part.places + 1:02}", f"5e-{part.places + 1}"}
            yield from (half for half in written if half not in str(variant.prompt) + str(variant.options))


def unsayable(question):
    """What would tell what is right or which mistake was made."""
    if question.solver:
        for name, mistake in question.computation.mistakes.items():
            yield from (f'"{name}"', f"'{name}'", *([name] if "_" in name else []))
            yield from (*mistake.vi, *mistake.en)
    for part in question.parts:
        for option in (part.options or {}).values():
            if option.why:
                yield from (option.why.vi, option.why.en)
    if question.explanation:
        yield from (question.explanation.vi, question.explanation.en)


@pytest.mark.parametrize("answered", [False, True], ids=["blank", "answered"])
@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_a_student_sees_before_release_tells_the_key(sit, paper, answered):
    an, id, one = sit(paper, answered)
    digits, hidden, secret = {}, {}, {}
    printed = set().union(*(numbers_in(str(variant.prompt) + str(variant.givens) + str(variant.options)) for variant in one.variants))
    for variant in one.variants:
        for value in references(variant):
            digits |= dict.fromkeys(long_digits(value) - printed, (variant.question.id, value))
            if long_digits(value):
                hidden |= dict.fromkeys(in_bytes(value), (variant.question.id, value))
        shown = str(variant.prompt) + str([option.text for part in variant.options.values() for option in part])
        secret |= {words: variant.question.id for words in unsayable(variant.question) if words not in shown}
    tolerances = {half for variant in one.variants for half in halves(variant)}
    seeds = {text for variant in one.variants if variant.seed for text in (str(variant.seed), f"{variant.seed:x}")}
    for where, text in told(an, id, one):
        text = unescape(text)
        leaked = [digits[d] for d in numbers_in(text) & set(digits)]
        assert not leaked, (where, leaked)
        assert not [what for what in hidden if what in text], where
        assert not [seed for seed in seeds if seed in text], where
        assert "tolerance" not in text.casefold(), where
        assert not [half for half in tolerances if re.search(rf"(?<![\d.]){re.escape(half)}(?!\d)", text)], where
        if where[3:] != "/":
            assert not [words for words in secret if words in text], where


def test_the_search_finds_what_is_told_after_release(sit, installation):
    """The search is worth something: a review does tell the key, unrounded, and mistakes by name."""
    an, id, one = sit("aio2024-vary", True)
    sittings.submit(installation.store, an.person, id)
    text = an.get(f"/api/v1/attempts/{id}/review").text
    found = {d for variant in one.variants for value in references(variant) for d in long_digits(value)} & numbers_in(text)
    assert len(found) > 5
    assert any(str(variant.seed) in text for variant in one.variants)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_landing_page_names_no_mistake(stranger, language):
    """Its example has words of its own: the landing page too is read during an exam."""
    text = unescape(stranger.get("/", headers={"Accept-Language": language}).text)
    names = {words for question in bank.bank().values() for words in unsayable(question)}
    assert not [words for words in names if words in text]


@pytest.mark.parametrize("paper", PAPERS)
def test_the_tolerance_told_is_the_printed_one(sit, paper):
    an, id, one = sit(paper, False)
    for document, variant in zip(an.get(f"/api/v1/attempts/{id}").json()["questions"], one.variants, strict=True):
        told = [(part["places"], part["figures"], part["marks"]) for part in document["parts"]]
        assert told == [(part.places, part.figures, part.marks) for part in variant.question.parts]


# Nothing depends on what is right


@pytest.fixture
def another_truth(monkeypatch):
    """Every solver reckons differently, and every other option is right."""
    run = Solver.run

    def otherwise(self, *arguments, **more):
        sheet = run(self, *arguments, **more)
        for step in sheet.steps.values():
            step.value, step.number = step.value * 1.37 + 0.11, step.number * 1.37 + 0.11
        return sheet

    def apply(installation, id):
        key = (str(installation.store.url), id)
        row, variants = keeping.remembered._known[key]
        turned = []
        for variant in variants:
            options = {
                part: [replace(o, right=not o.right, mistake="x", why=None) for o in found] for part, found in variant.options.items()
            }
            turned.append(replace(variant, options=options))
        keeping.remembered._known[key] = (row, turned)
        monkeypatch.setattr(Solver, "run", otherwise)

    return apply


@pytest.mark.parametrize("answered", [False, True], ids=["blank", "answered"])
@pytest.mark.parametrize("paper", PAPERS)
def test_pages_documents_and_pictures_are_the_same_whatever_is_right(sit, installation, another_truth, paper, answered):
    an, id, one = sit(paper, answered)
    numbers = range(1, len(one.variants) + 1)
    paths = [f"/attempts/{id}/questions/{n}" for n in numbers] + [f"/attempts/{id}/submit", f"/api/v1/attempts/{id}"]
    paths += [f"/attempts/{id}/pictures/{n}.svg{query}" for n in numbers for query in ("", "?narrow=true", "?released-vi")]
    before = [(reply.status_code, reply.text) for reply in map(an.get, paths)]
    another_truth(installation, id)
    for path, told in zip(paths, before, strict=True):
        reply = an.get(path)
        assert (reply.status_code, reply.text) == told, path
    assert sum("svg" in path and status == 200 for path, (status, _) in zip(paths, before, strict=True)) >= 12


@pytest.mark.slow
@pytest.mark.parametrize("id", CHOICES)
def test_the_place_of_the_right_option_is_even_over_the_draws(id):
    question, places = bank.get(id), {}
    part = next(part for part in question.parts if part.choice)
    for seed in range(240):
        options = draw(question, seed * 7919 + 1).options[part.name]
        assert [option.key for option in options] == list("abcdefgh"[: len(options)])
        rounded = part.places or part.figures
        assert not rounded or len({len(option.text.en.rpartition(".")[2]) for option in options}) == 1, "all are printed alike"
        places.setdefault(len(options), Counter())[next(i for i, option in enumerate(options) if option.right)] += 1
    for count, found in places.items():
        expected = found.total() / count
        assert sum((found[i] - expected) ** 2 / expected for i in range(count)) < 22, found


@pytest.mark.parametrize("id", PRINTED)
def test_the_order_of_printed_options_does_not_know_which_is_right(id):
    """Orders are even over seeds, and the same seed orders the letters alike whatever stands behind them."""
    question = bank.get(id)
    part = question.parts[0]
    order = partial(arranged, question, part)
    assert [option.key for option in order(0)] == sorted(part.options)
    places = Counter(next(i for i, option in enumerate(order(seed)) if option.right) for seed in range(1, 401))
    count = len(part.options)
    assert sum((places[i] - 400 / count) ** 2 * count / 400 for i in range(count)) < 22, places
    keys = list(part.options)
    turned = dict(zip(keys, [part.options[key] for key in keys[1:] + keys[:1]], strict=True))
    moved = question.model_copy(update={"asked": [part.model_copy(update={"options": turned, "key": turned_key(question, part, keys)})]})
    for seed in range(1, 20):
        assert [option.key for option in arranged(moved, moved.asked[0], seed)] == [option.key for option in order(seed)]


def turned_key(question, part, keys):
    """The letter at which the right option stands after each has moved one place back."""
    right = next(option.key for option in arranged(question, part, 0) if option.right)
    return keys[keys.index(right) - 1]


def test_an_echo_says_nothing_of_right_or_wrong(sit):
    an, id, one = sit("optimisers", False)
    variant = next(v for v in one.variants if v.question.solver and not v.options)
    part = variant.question.parts[0]
    right, wrong = f"{float(variant.reference(part)):.4f}", f"{float(variant.reference(part)) + 1:.4f}"
    replies = []
    for typed in (right, wrong):
        reply = an.put(f"/api/v1/attempts/{id}/answers/{variant.question.id}/{part.name}", json={"text": typed}).json()
        assert reply["read_as"] == read_part(variant, part, typed).echo
        replies.append((list(reply), reply["problem"]))
    assert replies[0] == replies[1]
