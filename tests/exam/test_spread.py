"""Many variants side by side: each is the seed's own, every draw is counted, and what looks alike is said."""

from collections import Counter

from exam.authoring import alike_options, printed_number, read, spread
from questions.bank import get
from questions.variant import attempt_draw, draw
from web.examples import LINE

NARROW = LINE.replace("from: 2", "from: -6").replace("mistakes: {no_bias: w * x}", "mistakes: {no_bias: w * x, doubled: w * x + 2 * b}")


def test_the_rows_are_the_variants_of_the_seeds_and_every_draw_is_counted():
    question = read(NARROW)
    found = spread(question, 20)
    assert [row.variant.plain_givens() for row in found.rows] == [draw(question, seed).plain_givens() for seed in range(20)]
    why = Counter()
    for seed in range(20):
        attempt = 0
        while reason := attempt_draw(question, seed, attempt)[1]:
            why[reason] += 1
            attempt += 1
    assert found.thrown_back == dict(why)
    assert found.tries == 20 + why.total() > 20


def test_the_numbers_that_compete_are_those_of_the_first_part():
    row = spread(read(LINE), 3).rows[1]
    x, w, b = (row.variant.givens[name] for name in "xwb")
    assert row.rivals == [("", w * x + b), ("no_bias", w * x)]


def test_a_mistake_that_cannot_be_told_in_a_variant_is_said_there_and_nowhere_else():
    question = read(LINE.replace("b: 5", "b: {oneof: [0, 5]}"))
    for row in spread(question, 12).rows:
        assert row.alike == (["no_bias"] if row.variant.givens["b"] == 0 else [])


def test_options_that_differ_by_a_few_units_of_the_last_place_look_alike():
    text = LINE.replace(
        "parts: [{ask: z, places: 2}]", "parts: [{name: answer, kind: choice, key: a, options: {a: '0.25', b: '0.27', c: '0.40'}}]"
    )
    text = "\n".join(line for line in text.splitlines() if not line.startswith(("givens", "steps", "  - name", "    "))).replace("@", "")
    assert list(alike_options(draw(read(text), 0))) == ["a ≈ b"]
    assert [printed_number(said) is None for said in ("$-0.5$", "−3", "none", "nan")] == [False, False, True, True]


def test_what_is_not_drawn_is_one_variant():
    found = spread(get("optim-mcq-01"))
    assert (len(found.rows), found.tries, found.rows[0].answers) == (1, 1, {"answer": "c"})
