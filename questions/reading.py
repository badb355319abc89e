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

from questions.numbers import LONGEST_NUMBER, POWER, Number, Unreadable, Words, cut, number, plain

MOST_AXES = 8
PACKED = re.compile(r"(?:(?:np|numpy|torch)\s*\.\s*)?(?:array|tensor|matrix|Size)\s*\((.*?)(?:,\s*\w+\s*=\s*[\w.<>]+)*\s*\)", re.DOTALL)
LIST_OF_LISTS = re.compile(r"[\])}]\s*,\s*[\[({]")
GAP = re.compile(r",\s*,|[,;] *;")  # two separators with nothing between
PAIRS = {"[": "]", "(": ")", "{": "}"}


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


def read_number(text: str) -> Reading:
    """One number."""
    text = plain(text, 200 + 2 * LONGEST_NUMBER).strip()
    while text[:1] == "(" and closes_at_end(text) and not re.search(r"[;\s]", text.strip("() ")):
        text = text[1:-1].strip()
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
            f"Ở đây cần một số nguyên, còn '{cut(text)}' thì không phải.", f"A whole number is asked for; '{cut(text)}' is not one."
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
    return [row.strip(" ") for row in re.split(r"[;\r\n]+", text) if row.strip()]


def separate(row: str, every_comma: bool) -> list[str]:
    """One row's entries; commas that are not decimal signs separate, as blanks do, or tabs alone where there are some."""
    if "\t" in row:
        return [cell.strip() for cell in row.split("\t")]
    comma = r"," if every_comma else r",(?=\s|[+-])"
    row = re.sub(r"\s*([*^])\s*", r"\1", row)
    return re.split(rf"\s*{comma}\s*|\s+", row.strip())


def readings(text: str) -> list[list[list[str]]]:
    """Every way to split the text into rows of entries: commas by the rule first, then all commas as separators.

    In a table pasted from a spreadsheet tabs separate and nothing else; in a list of lists all commas do.
    """
    if "\t" in text and not any(c in text for c in "[](){}"):
        return [[separate(row, False) for row in re.split(r"[\r\n]+", text)]]
    text = text.replace("\t", " ").strip()
    rows = unpack(text)
    plainly = any("." in row for row in rows) or LIST_OF_LISTS.search(text)
    ways = [[separate(row, every_comma) for row in rows] for every_comma in ((True,) if plainly else (False, True))]
    gap = GAP.search(text)
    if gap:
        before = [entry for row in rows_of(re.sub(r"[\[\](){}]", "", text[: gap.start()])) for entry in separate(row, bool(plainly))]
        raise empty(entry_at(len(before) + 1))
    return [way for i, way in enumerate(ways) if way not in ways[:i]]


def entry_at(k: int) -> Words:
    return Words(f"Số thứ {k}", f"Entry {k}")


def cell_at(way: list[list[str]], row: int, column: int) -> Words:
    """What a cell is called: by its row and column where there are several rows of several."""
    if len(way) == 1 or max(map(len, way)) == 1:
        return entry_at(row + column + 1)
    return Words(f"Hàng {row + 1}, cột {column + 1}", f"Row {row + 1}, column {column + 1}")


def empty(place: Words) -> Unreadable:
    return Unreadable(
        f"{place.vi} bỏ trống. Hãy điền số vào, hoặc xóa dấu ngăn cách thừa.",
        f"{place.en} is empty. Put its number there, or delete the separator.",
    )


def numbers_of(way: list[list[str]], most: int) -> list[Number]:
    """The numbers of a way, or of its first `most`; what cannot be read is told with its place."""
    found: list[Number] = []
    for i, row in enumerate(way):
        for j, cell in enumerate(row[: most - len(found)]):
            place = cell_at(way, i, j)
            if not cell:
                raise empty(place)
            try:
                found.append(number(cell))
            except Unreadable as reason:
                raise Unreadable(f"{place.vi}: {reason.words.vi}", f"{place.en}: {reason.words.en}") from None
    return found


def fits(way: list[list[str]], shape: Sequence[int]) -> bool:
    lengths = [len(row) for row in way]
    if len(shape) == 2 and 1 not in shape:
        return lengths == [shape[1]] * shape[0]
    return sum(lengths) == max(shape) and (len(way) == 1 or set(lengths) == {1})


def read_array(text: str, shape: tuple[int, ...]) -> Reading:
    """A vector or matrix of the asked shape, as it comes from a keyboard, NumPy, a calculator or a spreadsheet."""
    ways = readings(plain(text, 200 + 2 * LONGEST_NUMBER * math.prod(shape)))
    fitting = [way for way in ways if fits(way, shape)]
    good: list[list[Number]] = []
    for way in fitting:
        try:
            good.append(numbers_of(way, math.prod(shape)))
        except Unreadable as reason:
            problem = reason
    if len(good) > 1:
        raise Unreadable(
            "Dấu phẩy ở đây đọc được theo hai cách. Hãy ngăn các số bằng dấu chấm phẩy.",
            "The commas can be read in two ways. Separate the numbers by semicolons.",
        )
    if good:
        entries = good[0]
        return Reading(
            tuple(entry.value for entry in entries),
            shape,
            echo_array([entry.echo for entry in entries], shape),
            tuple(entry.decimals for entry in entries),
        )
    if fitting:
        raise problem
    numbers_of(ways[0], 100)
    size = "×".join(map(str, shape))
    found = "×".join(map(str, found_shape(ways[0])))
    example = "; ".join([" ".join(f"0.{i}" for i in range(1, shape[-1] + 1))] * (shape[0] if len(shape) == 2 else 1))
    raise Unreadable(
        f"Cần {size} số nhưng trong '{cut(text)}' đọc được {found}. Hãy gõ như [{example}].",
        f"{size} numbers are asked for, {found} were read in '{cut(text)}'. Type them like [{example}].",
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
            f"A shape is made of whole numbers from 0, like (2, 3); '{cut(text)}' is not one.",
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
