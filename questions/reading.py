"""What a student typed, read as exact numbers, or the one error that says what could not be read.

A single comma or point is the decimal sign.  Nothing is guessed: text with two readings is asked about.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

LONGEST = 10_000  # characters of one answer
LONGEST_NUMBER = 100  # characters of one number
MOST_AXES = 8
MOST_DIGITS = 60  # significant digits of one number
LARGEST_POWER = 300
LARGEST = Fraction(10) ** LARGEST_POWER


class Words(NamedTuple):
    """One sentence in both languages."""

    vi: str
    en: str


class Unreadable(Exception):
    """The text cannot be read: `words` says what was not understood and what to type instead."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(vi, en)


@dataclass(frozen=True, slots=True)
class Reading:
    """Numbers as they were read: `entries` row by row, `shape` () for one number, `echo` what the page shows.

    `decimals` are the decimal places each entry was typed with, None where it was not typed as a decimal.
    """

    entries: tuple[Fraction, ...]
    shape: tuple[int, ...]
    echo: str
    decimals: tuple[int | None, ...] = ()

    @property
    def numbers(self) -> list[float]:
        return [float(x) for x in self.entries]


MINUS = dict.fromkeys(map(ord, "−‐‑–﹣－"), "-")
# The Vietnamese VNI keyboard makes é of e1, ê of e6: in a number they are what was typed.
VNI = ("e1", "e2", "e3", "e4", "e5", "e6", "e61", "e62", "e63", "e64", "e65")
LOOKALIKES = (
    MINUS
    | {ord(full): chr(ord(full) - 0xFEE0) for full in "０１２３４５６７８９＋．，；（）［］｛｝／＾＊ｅＥｘ"}
    | dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000"), " ")
    | {ord(garbled): typed for garbled, typed in zip("éèẻẽẹêếềểễệ", VNI, strict=True)}
    | {ord("·"): "*", ord("×"): "*", ord("∙"): "*", ord("⋅"): "*", ord("⁄"): "/", ord("∕"): "/"}
)
LETTERS_FOR_DIGITS = str.maketrans("oOlI", "0011")
SUPERSCRIPT = dict(zip(map(ord, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"), "0123456789+-", strict=True))
RAISED = re.compile(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+)")
DECIMAL = re.compile(r"([+-]?)(?:([0-9]+)(?:[.,]([0-9]*))?|[.,]([0-9]+))", re.ASCII)
POWER = re.compile(r"(?:[eE]|\s*[*xX]\s*10\s*\^\s*)(?:\(([+-]?[0-9]{1,5})\)|([+-]?[0-9]{1,5}))", re.ASCII)
BARE_POWER = re.compile(r"([+-]?)10\s*\^\s*(?:\(([+-]?[0-9]{1,5})\)|([+-]?[0-9]{1,5}))", re.ASCII)
SIGN_GAP = re.compile(r"([+-])\s+(?=[0-9.,])")
PACKED = re.compile(r"(?:(?:np|numpy|torch)\s*\.\s*)?(?:array|tensor|matrix|Size)\s*\((.*?)(?:,\s*\w+\s*=\s*[\w.<>]+)*\s*\)", re.DOTALL)
PAIRS = {"[": "]", "(": ")", "{": "}"}


def plain(text: str, longest: int = LONGEST) -> str:
    """The text with look-alike signs and full-width digits as ASCII; control characters are refused."""
    if len(text) > min(longest, LONGEST):
        raise Unreadable(
            f"Câu trả lời dài quá {min(longest, LONGEST)} ký tự. Hãy gõ lại cho gọn.",
            f"The answer is longer than {min(longest, LONGEST)} characters. Type it more briefly.",
        )
    text = RAISED.sub(lambda m: "10^" + m[1].translate(SUPERSCRIPT), text.translate(LOOKALIKES))
    for c in text:
        if not c.isprintable() and c not in "\t\r\n":
            raise Unreadable(
                f"Có ký tự không in được (U+{ord(c):04X}). Hãy xóa và gõ lại bằng tay.",
                f"There is an unprintable character (U+{ord(c):04X}). Delete it and type the answer by hand.",
            )
    text = re.sub(r"[ \t]+", " ", text.strip())
    return re.sub(r" ?[\r\n][ \r\n]*", "\n", text)


def cut(text: str) -> str:
    """What was typed as a message quotes it."""
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:40] + "…"


def strange(text: str) -> Unreadable:
    """The error for text that is no number: names the first character that cannot belong to one, and offers a reading."""
    shown = cut(text)
    odd = next((c for c in text if c not in "0123456789+-.,eE*/^() \n"), None)
    meant = text.translate(LETTERS_FOR_DIGITS)
    if meant != text and DECIMAL.fullmatch(meant):
        return Unreadable(
            f"Có chữ cái '{odd}' trong '{shown}'. Bạn định gõ {meant}?",
            f"There is a letter '{odd}' in '{shown}'. Did you mean {meant}?",
        )
    if odd and odd != shown:
        return Unreadable(
            f"Không đọc được ký tự '{odd}' trong '{shown}'. Hãy gõ một số như -0.16 hoặc 1.6e-1.",
            f"The character '{odd}' in '{shown}' cannot be read. Type a number like -0.16 or 1.6e-1.",
        )
    return Unreadable(
        f"'{shown}' không phải là một số. Hãy gõ một số như -0.16 hoặc 1.6e-1.",
        f"'{shown}' is not a number. Type one like -0.16 or 1.6e-1.",
    )


class Number(NamedTuple):
    """A number exactly, how many decimal places it was typed with (7.3e-1 with two; None for 1/3 and 10^-6), and its echo."""

    value: Fraction
    decimals: int | None
    echo: str


def number(text: str) -> Number:
    """One number.

    Reads 0,73 · -.5 · 7.3e-1 · 7,3*10^-1 · 10^-6 · 3/4, after `plain`.  Raises Unreadable.
    """
    if len(text) > LONGEST_NUMBER:
        raise Unreadable(
            f"Một số dài quá {LONGEST_NUMBER} ký tự. Hãy làm tròn rồi gõ lại.",
            f"A number is longer than {LONGEST_NUMBER} characters. Round it and type it again.",
        )
    text = SIGN_GAP.sub(r"\1", text.strip())
    if text.count("/") == 1:
        above, _, below = text.partition("/")
        top, bottom = number(above), number(below)
        if bottom.value == 0:
            raise Unreadable(
                f"Mẫu số của '{cut(text)}' bằng 0. Hãy sửa phân số.", f"The denominator of '{cut(text)}' is 0. Correct the fraction."
            )
        ratio = bounded(top.value / bottom.value)
        return Number(ratio, None, exactly(ratio) or f"{top.echo}/{bottom.echo}")
    bare = BARE_POWER.fullmatch(text)
    if bare:
        return decimal((-1 if bare[1] == "-" else 1) * ten_to(bare[2] or bare[3]), None)
    head = DECIMAL.match(text)
    if not head:
        raise strange(text)
    rest = text[head.end() :]
    power = POWER.fullmatch(rest) if rest else None
    if rest and not power:
        if re.match(r"[0-9.,]*[.,]", rest):
            raise Unreadable(
                f"'{text}' có nhiều dấu chấm hoặc phẩy nên đọc được theo hai cách. Hãy chỉ dùng một dấu thập phân, không tách hàng nghìn.",
                f"'{text}' has several points or commas and can be read in two ways. Use one decimal sign and no thousands separators.",
            )
        raise strange(text)
    sign, whole, after, only = head.groups()
    places = after if only is None else only
    value = Fraction(int((whole or "") + (places or "")), 10 ** len(places or ""))
    value = -value if sign == "-" else value
    if len(str(abs(value.numerator)).rstrip("0")) > MOST_DIGITS:
        raise Unreadable(
            f"Một số có quá {MOST_DIGITS} chữ số. Hãy làm tròn rồi gõ lại.",
            f"A number has more than {MOST_DIGITS} digits. Round it and type it again.",
        )
    shift = (power[1] or power[2]) if power else "0"
    return decimal(value * ten_to(shift), len(places or "") - int(shift))


def decimal(value: Fraction, decimals: int | None) -> Number:
    """A number whose decimals end."""
    return Number(bounded(value), decimals, exactly(value) or str(value))


def bounded(value: Fraction) -> Fraction:
    """The value, if a computer's numbers reach that far."""
    if value and not 1 / LARGEST <= abs(value) <= LARGEST:
        raise Unreadable(
            f"Số quá lớn hoặc quá nhỏ; độ lớn phải từ 1e-{LARGEST_POWER} đến 1e{LARGEST_POWER}.",
            f"The number is too large or too small; its size may go from 1e-{LARGEST_POWER} to 1e{LARGEST_POWER}.",
        )
    return value


def ten_to(exponent: str) -> Fraction:
    """A power of ten within reason."""
    if abs(int(exponent)) > LARGEST_POWER:
        raise Unreadable(
            f"Lũy thừa 10^{int(exponent)} quá lớn hoặc quá nhỏ; số mũ phải từ -{LARGEST_POWER} đến {LARGEST_POWER}.",
            f"The power 10^{int(exponent)} is too large or too small; exponents go from -{LARGEST_POWER} to {LARGEST_POWER}.",
        )
    return Fraction(10) ** int(exponent)


def exactly(value: Fraction) -> str | None:
    """A fraction whose decimals end, as text that reads back as the same number: 0.73, or 7.3e-30 far from 1; else None."""
    exponent, scaled = 0, abs(value)
    while scaled.denominator != 1 and exponent > -2 * LARGEST_POWER:
        scaled, exponent = scaled * 10, exponent - 1
    if scaled.denominator != 1:
        return None
    sign, digits = "-" if value < 0 else "", str(scaled.numerator)
    if exponent >= -20 and len(digits) <= 20:
        digits = digits.rjust(1 - exponent, "0")
        return f"{sign}{digits[:exponent]}.{digits[exponent:]}" if exponent else sign + digits
    stripped = digits.rstrip("0")
    mantissa = stripped[0] + ("." + stripped[1:] if len(stripped) > 1 else "")
    return f"{sign}{mantissa}e{exponent + len(digits) - 1}"


def read_number(text: str) -> Reading:
    """One number."""
    text = plain(text, 200 + 2 * LONGEST_NUMBER)
    if text[:1] in PAIRS:
        raise Unreadable(
            f"Ở đây cần một số, không phải một vectơ như '{cut(text)}'. Hãy bỏ ngoặc.",
            f"One number is asked for, not a vector like '{cut(text)}'. Leave out the brackets.",
        )
    if re.search(r"[0-9]\s+[0-9]", text) and not POWER.search(text):
        raise Unreadable(
            f"Ở đây chỉ cần một số nhưng có '{cut(text)}'. Hãy bỏ khoảng trắng hoặc các số thừa.",
            f"One number is asked for, but here is '{cut(text)}'. Remove the blanks or the other numbers.",
        )
    value, decimals, echo = number(text)
    return Reading((value,), (), echo, (decimals,))


def read_integer(text: str) -> Reading:
    """One whole number."""
    reading = read_number(text)
    if reading.entries[0].denominator != 1:
        raise Unreadable(
            f"Ở đây cần một số nguyên, còn '{cut(text)}' thì không phải.", f"A whole number is asked for, and '{cut(text)}' is none."
        )
    return reading


def unpack(text: str) -> list[str]:
    """The rows of a vector or matrix as text, without brackets; a vector is one row."""
    packed = PACKED.fullmatch(text)
    if packed:
        text = packed[1].strip()
    stack: list[str] = []
    for c in text:
        if c in PAIRS:
            stack.append(PAIRS[c])
        elif c in PAIRS.values() and (not stack or stack.pop() != c):
            raise brackets()
    if stack:
        raise brackets()
    if text[:1] in PAIRS:
        if not closes_at_end(text):
            return rows_of("\n".join(inner(text)))
        text = text[1:-1].strip()
    if text[:1] in PAIRS:
        return inner(text)
    if any(c in text for c in "[]{}"):
        raise brackets()
    return rows_of(text)


def brackets() -> Unreadable:
    return Unreadable("Các ngoặc không khớp nhau. Hãy kiểm tra từng cặp.", "The brackets do not match. Check each pair.")


def closes_at_end(text: str) -> bool:
    """Whether the bracket that opens the text is the one that ends it."""
    depth = 0
    for at, c in enumerate(text):
        depth += (c in PAIRS) - (c in PAIRS.values())
        if depth == 0:
            return at == len(text) - 1
    return False


def inner(text: str) -> list[str]:
    """`[1 2] [3 4]` as its rows; between them only separators may stand."""
    rows = re.findall(r"[\[({]([^\[\](){}]*)[\])}]", text)
    if re.sub(r"[\[({][^\[\](){}]*[\])}]", "", text).strip(" \t\r\n,;"):
        raise brackets()
    return [re.sub(r"[;\s]+", " ", row).strip() for row in rows]


def rows_of(text: str) -> list[str]:
    return [row.strip() for row in re.split(r"[;\r\n]+", text) if row.strip()]


def separate(row: str, every_comma: bool) -> list[str]:
    """One row's entries; commas that are not decimal signs separate, as blanks and tabs do."""
    comma = r"," if every_comma else r",(?=\s|[+-])"
    row = re.sub(r"\s*([*^])\s*", r"\1", row)
    return re.split(rf"\s*{comma}\s*|\s+", row.strip())


def readings(text: str) -> list[list[list[str]]]:
    """Every way to split the text into rows of entries: commas by the rule first, then all commas as separators."""
    rows = unpack(text)
    points = any("." in row for row in rows)
    ways = [[separate(row, every_comma) for row in rows] for every_comma in ((True,) if points else (False, True))]
    return [way for i, way in enumerate(ways) if way not in ways[:i]]


def fits(way: list[list[str]], shape: Sequence[int]) -> bool:
    lengths = [len(row) for row in way]
    if len(shape) == 2 and 1 not in shape:
        return lengths == [shape[1]] * shape[0]
    return sum(lengths) == max(shape) and (len(way) == 1 or set(lengths) == {1})


def read_array(text: str, shape: tuple[int, ...]) -> Reading:
    """A vector or matrix of the asked shape, as it comes from a keyboard, NumPy, a calculator or a spreadsheet."""
    ways = readings(plain(text, 200 + 2 * LONGEST_NUMBER * math.prod(shape)))
    good = []
    for way in ways:
        if fits(way, shape):
            try:
                good.append([[number(entry) for entry in row] for row in way])
            except Unreadable as reason:
                problem = reason
    if len(good) > 1:
        raise Unreadable(
            "Dấu phẩy ở đây đọc được theo hai cách. Hãy ngăn các số bằng dấu chấm phẩy.",
            "The commas can be read in two ways. Separate the numbers by semicolons.",
        )
    if good:
        entries = [entry for row in good[0] for entry in row]
        return Reading(
            tuple(entry.value for entry in entries),
            shape,
            echo_array([entry.echo for entry in entries], shape),
            tuple(entry.decimals for entry in entries),
        )
    if any(fits(way, shape) for way in ways):
        raise problem
    for entry in [entry for row in ways[0] for entry in row][:100]:
        number(entry)
    size = "×".join(map(str, shape))
    found = "×".join(map(str, found_shape(ways[0])))
    example = "; ".join([" ".join(f"0.{i}" for i in range(1, shape[-1] + 1))] * (shape[0] if len(shape) == 2 else 1))
    raise Unreadable(
        f"Cần {size} số nhưng đọc được {found}. Hãy gõ như [{example}].",
        f"{size} numbers are asked for, {found} were read. Type them like [{example}].",
    )


def found_shape(way: list[list[str]]) -> list[int]:
    lengths = {len(row) for row in way}
    return [len(way), lengths.pop()] if len(way) > 1 and len(lengths) == 1 else [sum(len(row) for row in way)]


def echo_array(entries: list[str], shape: tuple[int, ...]) -> str:
    width = shape[-1]
    rows = [f"[{', '.join(entries[i : i + width])}]" for i in range(0, len(entries), width)]
    return rows[0] if len(shape) == 1 else f"[{', '.join(rows)}]"


def read_shape(text: str) -> Reading:
    """The shape of an array, like (2, 3) or 2×3: whole numbers, where all commas separate."""
    text = plain(text)
    sizes = [entry for row in unpack(text) for entry in re.split(r"\s*[,*xX]\s*|\s+", row.strip().strip(",")) if entry]
    values = [number(size).value for size in sizes[: MOST_AXES + 1]]
    if not 0 < len(values) <= MOST_AXES or any(v.denominator != 1 or not 0 <= v < 10**12 for v in values):
        raise Unreadable(
            f"Kích thước gồm các số nguyên không âm, như (2, 3); '{cut(text)}' không phải.",
            f"A shape is made of whole numbers from 0, like (2, 3); '{cut(text)}' is none.",
        )
    return Reading(tuple(values), (len(values),), f"({', '.join(str(v) for v in values)}{',' if len(values) == 1 else ''})")


READERS: dict[str, Callable[[str, tuple[int, ...]], Reading]] = {
    "number": lambda text, shape: read_number(text),
    "integer": lambda text, shape: read_integer(text),
    "vector": read_array,
    "matrix": read_array,
    "shape": lambda text, shape: read_shape(text),
}


@lru_cache(maxsize=8192)
def read(text: str, kind: str, shape: tuple[int, ...] = ()) -> Reading | None:
    """What `text` says for a part of this kind and shape; None if it is blank.

    Raises Unreadable, and nothing else whatever the text.
    """
    if not text.strip():
        return None
    return READERS[kind](text, shape)
