"""A drawn picture is small, quick, safe to embed, and sane whatever the numbers are."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import bank
from questions.model import Words
from questions.pictures import PICTURES, NetworkPicture, Neuron, PathPicture, Picture, Quantity, Symbol, picture_of
from questions.variant import Variant
from questions.variant import draw as drawn
from solvers.solver import Solver
from web.pen import Pen, inside, number
from web.pictures import draw

SVG = "{http://www.w3.org/2000/svg}"
VARIANTS = [drawn(question, seed) for question in bank.bank().values() for seed in (0, 5) if question.solver]
PICTURED = [variant for variant in VARIANTS if variant.question.solver in PICTURES]
CLASSES = {"ink", "ink2", "rule", "pen", "ok", "carry", "slip", "bad", "label", "math", "small"}
ALT = Words(vi="tả", en="told")
FORMS = [(language, narrow) for language in ("vi", "en") for narrow in (False, True)]

pictured = pytest.mark.parametrize("variant", PICTURED, ids=lambda v: f"{v.question.id}-{v.seed}")


def references(variant: Variant) -> dict[str, Any]:
    return {name: step.value for name, step in variant.sheet.steps.items()}


def own(variant: Variant) -> dict[str, Any]:
    """A student who is a tenth off in every entry."""
    asked = (part for part in variant.question.parts if part.ask is not None and not part.lettered)
    return {part.name: [1.1 * float(x) for x in np.ravel(variant.reference(part))] for part in asked}


def odd(variant: Variant) -> dict[str, Any]:
    """A student whose entries are huge, zero, blank or nearly right."""
    entries = [1e9, 0.0, None, -3e7, 1e100]
    typed = own(variant)
    return {name: [[*entries, x][(i + k) % 6] for i, x in enumerate(values)] for k, (name, values) in enumerate(typed.items())}


def pictures(variant: Variant) -> Iterator[Picture]:
    """The pictures of a variant: blank, with entries, with odd ones; before release and after it."""
    for release in (None, references(variant)):
        for answers in (None, own(variant), odd(variant)):
            picture = picture_of(variant, answers, release)
            if picture is not None:
                yield picture


def bowl(a: tuple[float, float] = (0.1, 2.0), start: tuple[float, float] = (-5.0, -2.0), mine: Any = (), true: Any = ()) -> PathPicture:
    return PathPicture(a, start, tuple(mine), tuple(true), ALT)


def check(svg: str, kilobytes: float = 30) -> ElementTree.Element:
    """What holds for every picture."""
    root = ElementTree.fromstring(svg)
    assert len(svg.encode()) <= kilobytes * 1000
    assert root.get("role") == "img"
    assert [child.tag for child in root][:3] == [f"{SVG}title", f"{SVG}desc", f"{SVG}style"]
    for element in root.iter():
        assert not {"style", "onload", "href", "id"} & set(element.attrib)
        assert set((element.get("class") or "").split()) <= CLASSES
        for name, value in element.attrib.items():
            assert not re.search(r"nan|inf|\de[+-]?\d", value), f"{name}={value}"
            if name in {"d", "x", "y", "cx", "cy", "r", "rx", "ry", "width", "height"}:
                assert not re.search(r"\.\d\d", value), f"{name}={value} has more than one decimal"
    return root


@pictured
def test_every_picture_of_the_bank_is_sound_in_every_form_before_and_after_release(variant: Variant) -> None:
    for picture in pictures(variant):
        for language, narrow in FORMS:
            root = check(draw(picture, language, narrow))
            assert root.findtext(f"{SVG}desc") == getattr(picture.alt, language)


@pictured
def test_before_release_the_drawing_too_is_the_same_without_the_solver(variant: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = own(variant)
    before = picture_of(variant, answers)
    if before is None:
        return
    svgs = [draw(before, language, narrow) for language, narrow in FORMS]
    monkeypatch.setattr(Solver, "run", lambda *_, **__: pytest.fail("the solver ran"))
    again = picture_of(Variant(variant.question, variant.seed, variant.givens, {}), answers)
    assert again is not None
    assert [draw(again, language, narrow) for language, narrow in FORMS] == svgs


@pictured
def test_no_two_labels_of_a_picture_lie_on_each_other(variant: Variant) -> None:
    for picture in pictures(variant):
        for narrow in (False, True):
            texts = written(picture, narrow)
            for (one, a), (other, b) in combinations(texts, 2):
                apart = a[2] <= b[0] + 4 or b[2] <= a[0] + 4 or a[3] <= b[1] + 5 or b[3] <= a[1] + 5
                assert apart, f"{one} and {other}, narrow={narrow}"


def written(picture: Picture, narrow: bool) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Every text that is drawn upright, with the box it takes."""
    found: list[tuple[str, tuple[float, float, float, float]]] = []
    text = Pen.text

    def noting(self: Pen, x: float, y: float, runs: Any, cls: str, anchor: str, size: float, more: str = "") -> Any:
        box = text(self, x, y, runs, cls, anchor, size, more)
        if "rotate" not in more:
            found.append(("".join(run[0] for run in runs), box))
        return box

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pen, "text", noting)
        draw(picture, "vi", narrow)
    return found


@pictured
def test_no_arrow_of_a_net_strikes_through_a_label(variant: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn_lines: list[tuple[Any, Any]] = []
    line = Pen.line

    def noting(self: Pen, points: Any, cls: str = "ink", stroke: float = 1.3, more: str = "") -> None:
        line(self, points, cls, stroke, more)
        drawn_lines.extend(pairwise(points) if stroke >= 1.2 else ())  # thinner ones are hats

    monkeypatch.setattr(Pen, "line", noting)
    for picture in pictures(variant):
        for narrow in (False, True) if isinstance(picture, NetworkPicture) else ():
            drawn_lines.clear()
            for text, (left, top, right, low) in written(picture, narrow):
                struck = [one for one in drawn_lines if inside(one, (left + 5, top + 4, right - 5, low - 5))]
                assert not struck, f"{text} by {struck}, narrow={narrow}"


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("path", [[(-5 * 0.8**t, -2 * 0.6**t) for t in range(1, 31)], [(-4.0, -1.0)] * 10])
def test_only_the_steps_that_have_room_are_numbered(path: list[tuple[float, float]], narrow: bool) -> None:
    texts = written(bowl(true=path), narrow)
    assert {"0 · xuất phát", f"{len(path)} · đường đúng"} <= {text for text, _ in texts}
    for (one, a), (other, b) in combinations(texts, 2):
        assert a[2] <= b[0] + 4 or b[2] <= a[0] + 4 or a[3] <= b[1] + 5 or b[3] <= a[1] + 5, f"{one} and {other}"


@pictured
def test_no_label_leaves_the_picture(variant: Variant) -> None:
    for picture in pictures(variant):
        for narrow in (False, True):
            high = float(ElementTree.fromstring(draw(picture, "vi", narrow)).get("height", "0"))
            for text, box in written(picture, narrow):
                inside = box[0] >= -8 and box[2] <= (358 if narrow else 684) + 8 and box[1] >= -2 and box[3] <= high
                assert inside, f"{text} at {box} of {high}, narrow={narrow}"


@pictured
def test_a_picture_takes_at_most_fifteen_milliseconds(variant: Variant) -> None:
    for picture in pictures(variant):
        for narrow in (False, True):
            assert any(cpu_ms(picture, narrow) <= 15 for _ in range(10))


def cpu_ms(picture: Picture, narrow: bool) -> float:
    start = time.process_time()
    draw(picture, "vi", narrow)
    return (time.process_time() - start) * 1000


@pictured
def test_on_a_phone_no_label_is_below_thirteen_pixels(variant: Variant) -> None:
    for picture in pictures(variant):
        root = ElementTree.fromstring(draw(picture, "en", narrow=True))
        assert root.get("viewBox", "").startswith("0 0 358 ")
        assert min(float(text.get("font-size", "0")) for text in root.iter(f"{SVG}text")) >= 13


@pytest.mark.parametrize("name", ["aio2024-cau-03", "aio2024-cau-04"])
@pytest.mark.parametrize("narrow", [False, True])
def test_a_derivative_by_R_comes_back_over_both_branches(name: str, narrow: bool) -> None:
    picture = picture_of(drawn(bank.get(name), 0))
    assert picture is not None
    *into_R, _legend = re.findall(r'class="pen"[^>]*stroke-dasharray', draw(picture, "en", narrow))
    assert len(into_R) == 2


def test_the_own_path_is_dashed_violet_with_squares_and_the_true_one_solid_ink() -> None:
    mine, true = [(-4.8, -1.98), (-4.7, -1.9)], [(-4.8, -1.8), (-4.6, -1.6)]
    before, after = draw(bowl(mine=mine), "en"), draw(bowl(mine=mine, true=true), "en")
    for svg in (before, after):
        assert svg.count("h8v8h-8z") == 2
        assert re.search(r'class="pen" fill="none"[^>]*stroke-dasharray="6 4"', svg)
        assert "2 · yours" in svg
    assert "true path" not in before
    assert "2 · true path" in after
    assert "2 · đường đúng" in draw(bowl(mine=mine, true=true), "vi")
    assert "2 · của bạn" in draw(bowl(mine=mine), "vi")


def test_the_axes_are_equal() -> None:
    root = ElementTree.fromstring(draw(bowl(mine=[(-4.0, -1.0)]), "en"))
    marks = [(float(c.get("cx", 0)), float(c.get("cy", 0))) for c in root.iter(f"{SVG}circle")]
    square = re.search(r"M(\S+) (\S+)h8v8", ElementTree.tostring(root, encoding="unicode"))
    assert square
    x, y = float(square[1]) + 4, float(square[2]) + 4
    assert abs((x - marks[0][0]) - (marks[0][1] - y)) < 0.3


def test_text_is_escaped() -> None:
    picture = PathPicture((1.0, 1.0), (1.0, 1.0), (), (), Words(vi="<script>&", en='<b onload="x">'))
    assert "<script" not in draw(picture, "vi")
    assert ElementTree.fromstring(draw(picture, "en")).findtext(f"{SVG}desc") == '<b onload="x">'


def test_numbers_have_a_true_minus_sign_and_say_when_they_are_cut() -> None:
    def text(value: float) -> str:
        return "".join(run for run, _ in number(value))

    assert text(-0.4) == "−0.4"
    assert text(-0.0) == "0"
    assert text(0.8429) == "0.8429"
    assert text(-0.5203875) == "−0.520…"
    assert text(123456.789) == "123456…"
    assert number(1e12) == [("10", "n"), ("12", "^")]
    assert number(-2e-9) == [("−2·10", "n"), ("−9", "^")]


@pytest.mark.parametrize("narrow", [False, True])
def test_two_paths_of_thirty_steps_stay_small(narrow: bool) -> None:
    mine = [(-4 + 0.1 * t, (-1) ** t * (1.9 - 0.05 * t)) for t in range(30)]
    true = [(-5 * 0.92**t, -2 * 0.7**t) for t in range(1, 31)]
    check(draw(bowl(mine=mine, true=true), "vi", narrow))


reals = st.one_of(st.floats(-1e100, 1e100), st.floats(-10, 10), st.sampled_from([0.0, 1e-9, 1e12, 1e6, -1e6, 5e-324]))
points = st.tuples(reals, reals)
coefficients = st.one_of(st.floats(-1e12, 1e12), st.sampled_from([0.0, 1e-12, 0.1, 2.0, 1e12]))


@settings(deadline=None, max_examples=150)
@given(st.tuples(coefficients, coefficients), points, st.lists(points, max_size=30), st.lists(points, max_size=30), st.sampled_from(FORMS))
def test_any_path_on_any_bowl_gives_a_sane_picture(a: Any, start: Any, mine: Any, true: Any, form: tuple[str, bool]) -> None:
    check(draw(bowl(a, start, mine, true), *form), kilobytes=60)


@st.composite
def nets(make: st.DrawFn) -> NetworkPicture:
    d, k, m = (make(st.integers(1, 4)) for _ in range(3))
    value = st.one_of(st.none(), st.floats(-1e12, 1e12), st.sampled_from([0.3, -0.005293981, 1e12, 1e-9, float("nan")]))

    def quantities(n: int, letter: str, derivative: bool = False, hat: bool = False) -> tuple[Quantity, ...]:
        return tuple(Quantity(Symbol(letter, str(i), hat=hat, derivative=derivative), make(value), make(st.booleans())) for i in range(n))

    def some(n: int, letter: str) -> tuple[Quantity, ...]:
        return quantities(n if make(st.booleans()) else 0, letter, derivative=True)

    return NetworkPicture(
        quantities(d, "x"),
        tuple(Neuron(q, quantities(1, "b")) for q in quantities(k, "h")),
        tuple(Neuron(q) for q in quantities(m, "z")),
        tuple(quantities(k, "w") for _ in range(d)),
        tuple(quantities(m, "w") for _ in range(k)),
        quantities(m, "y", hat=True),
        quantities(1, "L"),
        make(st.none() | st.just(Quantity(Symbol("y"), 0.0))),
        some(m, "z"),
        some(1, "h"),
        some(1, "W"),
        some(1, "W"),
        ALT,
    )  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(nets(), st.sampled_from(FORMS))
def test_any_net_gives_a_sane_picture(net: NetworkPicture, form: tuple[str, bool]) -> None:
    check(draw(net, *form), kilobytes=60)


def shown(id: str, answers: Any = None, released: bool = False, language: str = "en") -> str:
    variant = drawn(bank.get(id), 5)
    picture = picture_of(variant, answers, references(variant) if released else None)
    assert picture is not None
    return draw(picture, language)


KINDS = {
    "sigmoid-vary": ("Hàm số và đạo hàm", "A function and its derivative"),
    "tanh-series-vary": ("Đồ thị hàm số", "Graph of a function"),
    "log-quartic": ("Đường đi xuống", "The way down"),
    "step-decay-vary": ("Lịch giảm learning rate", "Learning-rate schedule"),
    "perceptron-rule": ("Đường ranh giới", "Decision boundary"),
    "logistic-step": ("Đường ranh giới", "Decision boundary"),
    "moments-vary": ("Phân phối", "Distribution"),
}


@pytest.mark.parametrize("id", KINDS)
def test_every_kind_has_its_title_in_both_languages(id: str) -> None:
    for language, title in zip(("vi", "en"), KINDS[id], strict=True):
        root = ElementTree.fromstring(shown(id, language=language))
        assert (root.findtext(f"{SVG}title"), root.get("lang")) == (title, language)


@pytest.mark.parametrize("id", KINDS)
def test_what_is_the_students_is_violet_and_nothing_is_before_they_enter_it(id: str) -> None:
    variant = drawn(bank.get(id), 5)
    assert 'class="pen"' not in shown(id)
    assert 'class="pen"' not in shown(id, released=True)
    for released in (False, True):
        svg = shown(id, own(variant), released)
        assert 'class="pen"' in svg
        assert "yours" in svg


def test_an_entry_too_far_off_is_an_arrow_with_its_number_and_does_not_stretch_the_plot() -> None:
    near, far = (shown("sigmoid-vary", {"y[0]": [0.3], "y[1]": [y]}, released=True) for y in (0.9, 1e9))
    assert "h8v8h-8z" in far
    assert far.count("h8v8h-8z") == near.count("h8v8h-8z") - 1
    texts = [["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")] for svg in (near, far)]
    assert set(texts[1]) - set(texts[0]) == {"109"}


def test_a_line_outside_the_plot_is_said_to_be() -> None:
    assert "yours: outside the plot" in shown("gate-and", {"unit": [1.0, 1.0, 1e9]})
    assert "yours: outside the plot" not in shown("gate-and", {"unit": [1.0, 1.0, -1.5]})


def test_before_release_there_is_no_curve() -> None:
    for id in KINDS:
        longest = max(len(d) for d in re.findall(r' d="([^"]*)"', shown(id, own(drawn(bank.get(id), 5)))))
        assert longest < 150, id


ONE_A_KIND = list(
    {variant.question.solver: variant for variant in VARIANTS if variant.question.solver in PICTURES and own(variant)}.values()
)
typed = st.one_of(st.none(), st.floats(), st.floats(-100, 100), st.sampled_from([0.0, -0.0, 1e-300, 1e9, -1e99, 5e-324]))


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_whatever_was_typed_every_kind_gives_a_sane_picture(data: st.DataObject) -> None:
    variant = data.draw(st.sampled_from(ONE_A_KIND), label="variant")
    answers = {name: data.draw(st.lists(typed, min_size=len(xs), max_size=len(xs)), label=name) for name, xs in own(variant).items()}
    form = data.draw(st.sampled_from(FORMS), label="form")
    for release in (None, references(variant)):
        picture = picture_of(variant, answers, release)
        if picture is not None:
            check(draw(picture, *form), kilobytes=60)
