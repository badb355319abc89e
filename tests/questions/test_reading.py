"""What was typed is read as exact numbers or asked about in both languages; nothing is guessed and nothing else is raised."""

import math
import re
import time
from fractions import Fraction

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from questions.numbers import Unreadable
from questions.reading import read

ASKED = [("number", ()), ("integer", ()), ("vector", (1,)), ("vector", (2,)), ("vector", (4,)), ("matrix", (2, 2)), ("matrix", (1, 2))]
ASKED += [("matrix", (2, 1)), ("shape", (2,)), ("shape", ())]


def entries(text, kind="number", shape=()):
    return [str(x) for x in read(text, kind, shape).entries]


def refused(text, kind="number", shape=()):
    with pytest.raises(Unreadable) as unreadable:
        read(text, kind, shape)
    return unreadable.value.words


def outcome(text, kind, shape):
    try:
        reading = read(text, kind, shape)
    except Unreadable:
        return "unreadable"
    return reading and (reading.entries, reading.shape)


# Numbers


@pytest.mark.parametrize(
    ("text", "number", "decimals"),
    [
        ("0.73", "73/100", 2),
        ("0,73", "73/100", 2),
        (" 0.730\t", "73/100", 3),
        ("-0.11", "-11/100", 2),
        ("−0,11", "-11/100", 2),
        ("–0.11", "-11/100", 2),
        ("- 3", "-3", 0),
        ("+3", "3", 0),
        (".5", "1/2", 1),
        ("-,5", "-1/2", 1),
        ("5.", "5", 0),
        ("007", "7", 0),
        ("-0", "0", 0),
        ("1,234", "617/500", 3),
        ("1.234", "617/500", 3),
        ("7.3e-1", "73/100", 2),
        ("7,3E+2", "730", -1),
        ("7,3·10⁻¹", "73/100", 2),
        ("7.3 × 10^-1", "73/100", 2),
        ("2x10^(−3)", "1/500", 3),
        ("1ê", "1000000", -6),  # 1e6 on a VNI keyboard
        ("2é0", "20000000000", -10),
        ("10⁻⁶", "1/1000000", None),
        ("-10^6", "-1000000", None),
        ("3/4", "3/4", None),
        ("-1/3", "-1/3", None),
        ("1⁄2", "1/2", None),
        ("0,5/0,25", "2", None),
        ("１２，５", "25/2", 1),
        ("－７．５", "-15/2", 1),
        ("0.1", "1/10", 1),
        ("(0.5)", "1/2", 1),
        ("((-0,5))", "-1/2", 1),
        ("（０．５）", "1/2", 1),
        ("1e-300", str(Fraction(1, 10**300)), 300),
    ],
)
def test_a_number_is_read_exactly(text, number, decimals):
    reading = read(text, "number")
    assert str(reading.entries[0]) == number
    assert reading.shape == ()
    assert reading.decimals == (decimals,)


@pytest.mark.parametrize("text", ["", " ", "\t\r\n", "\u3000\u00a0", " " * 100_000])
@pytest.mark.parametrize(("kind", "shape"), ASKED)
def test_blank_text_is_blank_and_not_unreadable(text, kind, shape):
    assert read(text, kind, shape) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1.234,5", "two ways"),
        ("1,234.5", "two ways"),
        ("1.234.567", "two ways"),
        ("1.5.2", "two ways"),
        ("1 234", "blanks"),
        ("1\n2", "blanks"),
        ("[0.5]", "brackets"),
        ("O.5", "0.5?"),
        ("l", "mean 1?"),
        ("nan", "'nan' is not finite"),
        ("-inf", "'-inf' is not finite"),
        ("Infinity", "not finite"),
        ("infinite", "'i'"),
        ("50%", "percentage. Type 0.5."),
        ("-12,5 %", "percentage. Type -0.125."),
        ("½%", "'½'"),
        ("%", "'%'"),
        ("(1, 2)", "not a vector"),
        ("(1 2)", "not a vector"),
        ("(0.5", "brackets"),
        ("()", "not a number"),
        ("0x10", "'x'"),
        ("1_000", "'_'"),
        ("0.73%", "percentage. Type 0.0073."),
        ("½", "'½'"),
        ("٣", "'٣'"),
        ("--3", "not a number"),
        ("1/2/3", "not a number"),
        ("1e", "not a number"),
        ("10^", "not a number"),
        ("1-0.8429", "not a number"),
        ("0.3*2", "not a number"),
        ("1/0", "denominator"),
        ("0/0", "denominator"),
        ("1e301", "-300 to 300"),
        ("1e-99999", "-300 to 300"),
        ("9" * 61, "60"),
        ("0." + "0" * 100_000, "characters"),
        ("\x00", "U+0000"),
        ("1\x07", "U+0007"),
        ("1\u200b", "U+200B"),
        ("1\ud800", "U+D800"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_reason(text, said):
    words = refused(text)
    assert said in words.en
    assert len(words.en) < 250


@pytest.mark.parametrize(("text", "whole"), [("3", "3"), ("-3", "-3"), ("3,0", "3"), ("1e3", "1000"), ("4/2", "2")])
def test_a_whole_number_may_be_typed_in_any_way(text, whole):
    assert entries(text, "integer") == [whole]


@pytest.mark.parametrize("text", ["0.5", "1/2", "1e-1", "three"])
def test_no_other_number_is_a_whole_one(text):
    refused(text, "integer")


# Vectors, matrices and shapes


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[0,73; 0,27]", "0.73 0.27"),
        ("[0.73, 0.27]", "0.73 0.27"),
        ("[0.73,0.27]", "0.73 0.27"),
        ("[-1,-8]", "-1 -8"),
        ("[1,+2]", "1 2"),
        ("1,2", "1 2"),
        ("1, 2", "1 2"),
        ("1 2", "1 2"),
        ("1\t2", "1 2"),
        ("1\r\n2", "1 2"),
        ("1;2;", "1 2"),
        ("1，2", "1 2"),
        ("1；2", "1 2"),
        ("0,73 0,27", "0.73 0.27"),
        ("0,73\t0,27", "0.73 0.27"),
        ("0,73, 0,27", "0.73 0.27"),
        ("-0,73,-0,27", "-0.73 -0.27"),
        ("[1,5 2]", "1.5 2"),
        ("(0.73; 0.27)", "0.73 0.27"),
        ("{1; 2}", "1 2"),
        ("[[0.73], [0.27]]", "0.73 0.27"),
        ("[[0.73]\n [0.27]]", "0.73 0.27"),
        ("[ 0.73 -0.27]", "0.73 -0.27"),
        ("[1. 2.]", "1 2"),
        ("array([0.73, 0.27])", "0.73 0.27"),
        ("np.array([0.73, 0.27], dtype=np.float32)", "0.73 0.27"),
        ("tensor([0.73, 0.27], dtype=torch.float64)", "0.73 0.27"),
        ("[7.3e-01 2.7e-01]", "0.73 0.27"),
        ("7,3·10⁻¹; 2,7 × 10⁻¹", "0.73 0.27"),
        ("3/4 1/4", "0.75 0.25"),
    ],
)
def test_a_vector_of_two_is_read_as_it_is_typed_or_pasted(text, wanted):
    reading = read(text, "vector", (2,))
    assert reading.shape == (2,)
    assert list(reading.entries) == [Fraction(x) for x in wanted.split()]


@pytest.mark.parametrize(
    ("text", "shape", "wanted"),
    [("[1,5]", (1,), "1.5"), ("2", (1,), "2"), ("1,2,3,4", (4,), "1 2 3 4"), ("1,2 3,4", (4,), "1 2 3 4"), ("1,2, 3", (3,), "1 2 3")],
)
def test_the_asked_shape_tells_decimal_commas_from_separating_ones(text, shape, wanted):
    assert list(read(text, "vector", shape).entries) == [Fraction(x) for x in wanted.split()]


TWOFOLD = ["[1,2,3,4]", "1,2,3,4", "[0,5,0,25]", "1", "1 2 3", "[1, 2", "1, 2]", "[1, 2)", "[1][2", "]1, 2[", "[]", "[1, nan]", "[1,,2]"]
TWOFOLD += ["a, b", "[1, 2] 3", "[[1, 2], 3]", "1 - 2 3", "[1.234,5; 2]", "array(1, 2", "[1, 2]]"]


@pytest.mark.parametrize("text", TWOFOLD)
def test_a_vector_of_two_that_could_be_another_is_asked_about(text):
    refused(text, "vector", (2,))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1, ,2", "Entry 2"),
        ("1,,2", "Entry 2"),
        ("[1;;2]", "Entry 2"),
        ("1; ;2", "Entry 2"),
        ("1,;2", "Entry 2"),
        ("0,5; 0,25; ; 1", "Entry 3"),
        ("[0.5, 0.25,, 1]", "Entry 3"),
        ("1\t\t2", "Entry 2"),
        ("\t1\t2", "Entry 1"),
        ("[[1,2],[3,,4]]", "Entry 4"),
    ],
)
@pytest.mark.parametrize(("kind", "shape"), [("vector", (2,)), ("vector", (3,)), ("vector", (4,)), ("matrix", (2, 2))])
def test_an_empty_entry_is_asked_about_and_never_passed_over(text, place, kind, shape):
    assert f"{place} is empty" in refused(text, kind, shape).en


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ("1\t1.234,5\n3\t4", "Row 1, column 2: '1.234,5' has several"),
        ("1\t2\n1,234.5\t4", "Row 2, column 1: '1,234.5' has several"),
        ("1\t\n3\t4", "Row 1, column 2 is empty"),
        ("1\t2\r\n\t4", "Row 2, column 1 is empty"),
        ("w1\tw2\n1\t2\n3\t4", "Row 1, column 1: The character 'w'"),
        ("a\t1\t2\nb\t3\t4", "Row 1, column 1: 'a' is not a number"),
        ("1\tnan\n3\t4", "Row 1, column 2: 'nan' is not finite"),
        ("1\t2\n3\t50%", "Row 2, column 2: '50%' is a percentage"),
        ("1\t2 3\n3\t4", "Row 1, column 2: '2 3' is not a number"),
    ],
)
def test_of_a_pasted_table_the_cell_that_cannot_be_read_is_named(table, place):
    words = refused(table, "matrix", (2, 2))
    assert place in words.en
    assert place.split(",")[0].replace("Row", "Hàng") in words.vi


def test_in_a_pasted_table_commas_are_decimal():
    assert entries("1,5\t2\n-3,25\t4", "matrix", (2, 2)) == ["3/2", "2", "-13/4", "4"]


@pytest.mark.parametrize(
    ("kind", "shape"), [("matrix", (1, 2)), ("matrix", (2, 1)), ("vector", (2,)), ("vector", (4,)), ("matrix", (1, 4))]
)
@pytest.mark.parametrize("text", ["[[1,2],[3,4]]", "[[1, 2], [3, 4]]", "[1,2],[3,4]", "((1,2),(3,4))"])
def test_a_list_of_lists_of_another_shape_is_never_read_as_decimals(text, kind, shape):
    assert "2×2 were read" in refused(text, kind, shape).en


MATRICES = [
    "1 2; 3 4",
    "1 2\n3 4",
    "1\t2\r\n3\t4\r\n",
    "[[1,2],[3,4]]",
    "[[1, 2], [3, 4]]",
    "[[1. 2.]\n [3. 4.]]",
    "[1,2],[3,4]",
    "[1 2; 3 4]",
]
MATRICES += ["1,2;3,4", "1, 2; 3, 4", "[[1 2]; [3 4]]", "array([[1., 2.],\n       [3., 4.]])", "((1, 2), (3, 4))", "１ ２； ３ ４"]
MATRICES += ["[[1; 2]; [3; 4]]", "[[1; 2], [3; 4]]"]


@pytest.mark.parametrize("text", MATRICES)
def test_a_matrix_is_read_as_it_is_typed_or_pasted(text):
    assert entries(text, "matrix", (2, 2)) == ["1", "2", "3", "4"]


ROWS = ["0,73\t0,27", "0.73 0.27", "[0.73, 0.27]", "[[0.73, 0.27]]", "[[0,73 0,27]]", "[[0,73, 0,27]]", "[[0,73; 0,27]]", "0,73; 0,27"]
ROWS += ["[0,73; 0,27]"]


@pytest.mark.parametrize("text", ROWS)
def test_a_matrix_of_one_row_may_be_typed_as_a_vector(text):
    assert list(read(text, "matrix", (1, 2)).entries) == [Fraction("0.73"), Fraction("0.27")]


@pytest.mark.parametrize("text", ["1 2 3 4", "1 2 3; 4", "[[1,2],[3]]", "[[1,2],[3,4]", "1 2; 3 4; 5 6", "[[[1,2],[3,4]]]"])
def test_a_matrix_of_another_shape_is_asked_about(text):
    refused(text, "matrix", (2, 2))


@pytest.mark.parametrize(("kind", "shape"), [a for a in ASKED if a[0] in ("vector", "matrix")])
def test_the_remedy_can_be_typed(kind, shape):
    """Where numbers are missing or too many, the example that is given reads as the asked shape."""
    for text in ("1;2;3;4;5;6;7", "1 2 3 4 5 6 7"):
        remedy = re.search(r"like (\[.*\])", refused(text, kind, shape).en)[1]
        assert read(remedy, kind, shape).shape == shape


SHAPES = [
    ("(2, 3)", "2 3"),
    ("(2,3)", "2 3"),
    ("2×3", "2 3"),
    ("2x3", "2 3"),
    ("2 3", "2 3"),
    ("[2,3]", "2 3"),
    ("torch.Size([2, 3])", "2 3"),
]
SHAPES += [("(2,)", "2"), ("4", "4"), ("(２，３)", "2 3"), ("2,3,4", "2 3 4"), ("0, 2", "0 2")]


@pytest.mark.parametrize(("text", "shape"), SHAPES)
def test_in_a_shape_all_commas_separate(text, shape):
    assert entries(text, "shape", (2,)) == shape.split()


@pytest.mark.parametrize("text", ["(2.5, 3)", "(-1, 2)", "()", "x", "two", "(2, 3", "1/2"])
def test_a_shape_is_made_of_whole_numbers(text):
    refused(text, "shape", (2,))


# Laws

CHARACTERS = "0123456789" * 3 + "+-.,;/eExX*^()[]{} \t\n\r·×⁻¹−０９，－\x00\u200b"
WORDS = st.sampled_from(
    ["0.73", "0,27", "-1", "10^-3", "10⁻⁶", "1e300", "1e-300", "array(", "tensor(", ", dtype=float)", "[[", "]]", ", ", "; "]
)
TEXTS = st.text(max_size=40) | st.text(CHARACTERS, max_size=40) | st.lists(WORDS, max_size=8).map("".join)
DIGITS = st.from_regex(r"[0-9]{1,25}", fullmatch=True)
SIGNS = st.sampled_from(["", "-", "+"])
DECIMALS = st.builds("{}{}.{}".format, SIGNS, DIGITS, DIGITS) | st.builds("{}{}".format, SIGNS, DIGITS)
POWERS = st.builds("{}e{}".format, DECIMALS, st.integers(-300, 300)) | st.builds("{}*10^{}".format, DECIMALS, st.integers(-300, 300))
NUMBERS = DECIMALS | POWERS | st.builds("{}/{}".format, DECIMALS, DECIMALS) | st.integers(-300, 300).map("10^{}".format)
SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@settings(max_examples=600, deadline=None)
@given(TEXTS)
@example("1e300/1e-300")
@example("1" * 50 + "e300")
@example("(" * 200)
@example("1;\ud800")
def test_no_text_whatever_raises_anything_but_unreadable_and_both_languages_say_why(text):
    for kind, shape in ASKED:
        try:
            reading = read(text, kind, shape)
        except Unreadable as unreadable:
            vi, en = unreadable.words
            said = vi.strip() and en.strip() and vi != en and str(unreadable) == en
        else:
            said = reading is None or (reading.echo and all(map(math.isfinite, reading.numbers)))
        assert said, (kind, shape)


@settings(max_examples=400, deadline=None)
@given(NUMBERS)
@example("9" * 60)
@example("1/3e300")
@example("7/9e-300")
@example("0." + "3" * 45)
@example("-1e-41")
def test_what_is_echoed_reads_back_as_the_same_number(text):
    try:
        reading = read(text, "number")
    except Unreadable:
        assume(False)
    again = read(reading.echo, "number")
    assert again.entries == reading.entries
    assert again.echo == reading.echo


@settings(deadline=None)
@given(st.sampled_from([(1,), (2,), (5,), (1, 1), (1, 3), (3, 1), (2, 2)]), st.data())
def test_an_echoed_array_reads_back_as_the_same_numbers(shape, data):
    numbers = data.draw(st.lists(st.fractions(-1000, 1000, max_denominator=5000), min_size=math.prod(shape), max_size=math.prod(shape)))
    kind, width = ("vector", len(numbers)) if len(shape) == 1 else ("matrix", shape[1])
    rows = [numbers[i : i + width] for i in range(0, len(numbers), width)]
    reading = read("\n".join(" ".join(map(str, row)) for row in rows), kind, shape)
    assert list(reading.entries) == numbers
    assert read(reading.echo, kind, shape).entries == reading.entries


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=4))
def test_an_echoed_shape_reads_back_as_the_same_shape(sizes):
    reading = read("x".join(map(str, sizes)), "shape", (2,))
    assert read(reading.echo, "shape", (2,)) == reading


@given(NUMBERS | st.lists(NUMBERS, min_size=2, max_size=4).map(", ".join) | TEXTS)
@example("7.3·10⁻¹")
@example("10⁻⁶; -1")
def test_full_width_digits_and_a_typographic_minus_are_read_alike(text):
    wide = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"} | {ord("-"): "\u2212"})
    for kind, shape in ASKED:
        assert outcome(wide, kind, shape) == outcome(text, kind, shape)


@given(NUMBERS)
def test_comma_and_point_are_the_same_decimal_sign(text):
    assert outcome(text.replace(".", ","), "number", ()) == outcome(text, "number", ())


@given(DECIMALS, st.integers(-300, 300))
def test_a_raised_exponent_is_read_like_any_other(text, power):
    raised = str(power).translate(SUPERSCRIPT)
    assert outcome(f"{text}·10{raised}", "number", ()) == outcome(f"{text}e{power}", "number", ())


@given(st.floats(-1e15, 1e15).filter(lambda x: x == 0 or abs(x) > 1e-280))
def test_a_float_is_read_as_the_decimal_it_prints(value):
    assert read(repr(value), "number").entries == (Fraction(repr(value)),)
    assert read(repr(value), "number").numbers == [value]


@given(st.lists(st.decimals(-1000, 1000, places=3), min_size=2, max_size=5), st.sampled_from([" ", "; ", "\t", "\n", " ;"]))
def test_decimal_commas_are_kept_between_plain_separators(numbers, between):
    text = between.join(str(x).replace(".", ",") for x in numbers)
    assert list(read(text, "vector", (len(numbers),)).entries) == [Fraction(x) for x in numbers]


MONSTERS = ["9" * 10**6, " 1" * 10**6, "x" * 10**6, "1" + " " * 9990 + "x", "1 2" + " " * 9990 + "x", "array(1" + " " * 9980 + "x)"]
MONSTERS += ["(" * 10_000, "[1]" * 3333, "[" * 4999 + "]" * 4999, "1," * 5000, "1/" * 5000, "-" * 10_000, "10⁻" * 3000, " *" * 5000]
MONSTERS += ["array(" * 1600, "array(" + ",dtype=" * 1400 + ")", "1 * " * 2500, "10 ^ " * 2000, "1;" * 5000, "- " * 5000, "1e300 " * 1600]


@pytest.mark.parametrize("text", MONSTERS, ids=lambda text: f"{text[:12]!r}…{len(text)}")
@pytest.mark.parametrize(("kind", "shape"), [("number", ()), ("vector", (2,)), ("matrix", (2, 2)), ("shape", (2,))])
def test_a_long_text_is_answered_fast_and_briefly(text, kind, shape):
    start = time.process_time()
    try:
        read(text, kind, shape)
    except Unreadable as unreadable:
        assert max(map(len, unreadable.words)) < 300  # noqa: PT017
    assert time.process_time() - start < 0.3
