"""The mathematics in titles and the minus signs of texts."""

import pytest

from questions import bank
from questions.variant import draw
from web.prose import line, prose
from web.titles import numbers, titled


def test_the_formulas_of_a_title_are_set_with_italic_letters_and_indices_below():
    assert titled("Từ ∂L/∂w₁ lùi: chọn") == (
        'Từ <span class="maths"><i>∂L</i>/<i>∂w</i><sub>1</sub></span> lùi: chọn'
    )  # fmt: skip
    assert titled("tanh(x) + 1 = 2σ(2x) at 5") == '<span class="maths">tanh(<i>x</i>) + 1 = 2<i>σ</i>(2<i>x</i>)</span> at 5'
    assert titled("ReLU, α = 0.01.") == 'ReLU, <span class="maths"><i>α</i> = 0.01</span>.'


def test_a_title_without_a_formula_is_left_alone_and_escaped():
    assert titled("Lan truyền thuận qua nn.Linear, từng bước") == "Lan truyền thuận qua nn.Linear, từng bước"
    assert titled("a < b & c") == "a &lt; b &amp; c"


def test_no_title_of_the_bank_loses_a_word():
    for question in bank.bank().values():
        for title in (question.title.vi, question.title.en):
            assert len(titled(title).striptags().split()) == len(title.split())


def test_the_hyphen_before_a_number_is_printed_as_a_minus_and_no_other_one_is():
    assert line("-0.05, 7.1e-03 [-1, 1], x < -2") == "−0.05, 7.1e−03 [−1, 1], x &lt; −2"
    assert line("min-max, 3-4, w-1") == "min-max, 3-4, w-1"
    assert prose("-0.05").striptags() == "−0.05"
    assert "<code>x = -1</code>" in prose("`x = -1`")
    assert "\u2212" not in prose("$-1$")


def test_no_option_of_the_bank_is_shown_with_a_hyphen_as_its_minus():
    shown = [
        prose(text).striptags()
        for question in bank.bank().values()
        for options in draw(question, 0).options.values()
        for option in options
        for text in (option.text.vi, option.text.en)
        if "`" not in text and "$" not in text
    ]
    assert any("−" in text for text in shown)
    assert not [text for text in shown if text.startswith("-") or " -" in text]


@pytest.mark.parametrize(
    ("texts", "aligned"), [(["-0.05", "0.11"], True), (["0", "12"], True), (["0.1", "0.22"], False), (["0.5", "none"], False)]
)
def test_numbers_with_as_many_decimals_stand_under_one_another(texts, aligned):
    assert numbers(texts) is aligned
