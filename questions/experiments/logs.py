"""A student's own run: its log of accuracies per epoch, as CSV or JSON, and whether it is plausible beside the reference."""

from __future__ import annotations

import csv
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from questions.experiments.fairness import DEVIATIONS
from questions.model import Words
from solvers.errors import GradusError, in_json, listed, quoted

LARGEST = 100_000  # characters
ROOM = 0.02  # an accuracy: what seeds, other random numbers and float32 may add to four standard deviations
BYTE_ORDER = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# What others call the metrics; '' is an accuracy that does not say of what.
COLUMNS = {
    **dict.fromkeys(("train_acc", "train_accuracy"), "train"),
    **dict.fromkeys(("running_train_acc", "running_train_accuracy", "running_acc", "running_accuracy"), "running_train"),
    **dict.fromkeys(("test_acc", "test_accuracy", "val_acc", "val_accuracy"), "test"),
    **dict.fromkeys(("", "acc", "accuracy", "độ_chính_xác"), ""),
}


class BadLog(GradusError):
    """A log that cannot be read, is too short or too long, or holds what is no accuracy; said in both languages."""

    code = "bad_log"

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en, "/log")
        self.said = Words(vi=vi, en=en)


@dataclass(frozen=True)
class Entry:
    """What a log holds for an epoch, and in which line of a table; the line is None in JSON."""

    value: Any
    line: int | None

    def where(self, i: int, language: str) -> str:
        """Its place in words: the line, and that it is for epoch i + 1."""
        line = f"{'Dòng' if language == 'vi' else 'Line'} {self.line}, "
        return f"{line if self.line else ''}{'epoch' if self.line else 'Epoch'} {i + 1}"


Columns = dict[str, list[Entry]]


@dataclass(frozen=True)
class Plausibility:
    """Whether a run keeps within the reference's band, and what is said of it."""

    plausible: bool
    outside: tuple[int, ...]
    said: Words


def decoded(content: bytes) -> str:
    """The text of a log that came as a file: UTF-8 with or without its mark, or UTF-16 with one.  Raises BadLog."""
    encoding = next((name for mark, name in BYTE_ORDER if content.startswith(mark)), "utf-8")
    try:
        text = content[: LARGEST * 4].decode(encoding, "strict" if len(content) <= LARGEST * 4 else "ignore")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise BadLog(
            f"Dòng {line} không phải chữ UTF-8 hay UTF-16: hãy lưu log dạng CSV UTF-8 hoặc JSON.",
            f"Line {line} is neither UTF-8 nor UTF-16 text: save the log as CSV in UTF-8, or as JSON.",
        ) from None
    return text


def read_log(text: str, metric: str, epochs: int) -> list[float]:
    """The accuracies of `metric` after epochs 1, 2, …, as shares of 1; per cent are taken as such.  Raises BadLog.

    CSV with a header that names the metric (`epoch,train,test`), or JSON: a list of numbers, a list of objects, or an object of lists.
    """
    if len(text) > LARGEST:
        raise BadLog(
            f"Log dài hơn {LARGEST:,} ký tự: mỗi epoch chỉ cần một dòng.",
            f"The log is longer than {LARGEST:,} characters: send one line an epoch.",
        )
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise BadLog("Log rỗng: hãy gửi mỗi epoch một dòng.", "The log is empty: send one line an epoch.")
    if "\0" in text:
        raise BadLog(
            "Đây không phải văn bản mà là tệp nhị phân: hãy lưu log dạng CSV hoặc JSON.",
            "This is no text but a binary file: save the log as CSV or as JSON.",
        )
    found = from_json(text) if text.lstrip()[:1] in "[{" else table(text)
    return checked(column(found, metric), epochs)


def from_json(text: str) -> Columns:
    """The columns of a JSON text: a list of numbers is one without a name.  Raises BadLog."""
    try:
        raw = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as problem:
        raise BadLog(
            f"Dòng {problem.lineno}, cột {problem.colno}: JSON bị hỏng ở đây. Hãy sửa lại, hoặc gửi CSV.",
            f"Line {problem.lineno}, column {problem.colno}: the JSON breaks here. Correct it, or send CSV.",
        ) from None
    except (ValueError, RecursionError):  # nested without end, or a number of thousands of digits
        raise BadLog(
            "JSON này không phải là log: hãy gửi một danh sách số, mỗi epoch một số.",
            "This JSON is no log: send a list of numbers, one an epoch.",
        ) from None
    if isinstance(raw, list) and raw and all(isinstance(row, dict) for row in raw):
        rows = [once((plain(name), value) for name, value in row.items()) for row in raw]
        names = dict.fromkeys(name for row in rows for name in row)
        return {name: [Entry(row.get(name, ""), None) for row in rows] for name in names}
    if isinstance(raw, list):
        return {"": [Entry(value, None) for value in raw]}
    named = once((plain(name), values) for name, values in raw.items())
    return {name: [Entry(value, None) for value in values] for name, values in named.items() if isinstance(values, list)}


def once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names all differ.  Raises BadLog."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise BadLog(f"Tên {quoted(name)} có hai lần: hãy giữ lại một.", f"The name {quoted(name)} occurs twice: keep one of the two.")
        found[name] = value
    return found


def table(text: str) -> Columns:
    """The columns of a CSV text, separated by commas, semicolons, tabs, bars or spaces; the first line names them.  Raises BadLog."""
    lines = [(at, line.strip()) for at, line in enumerate(re.split("\r\n|\r|\n", text), start=1) if line.strip("\t;,| ")]
    if not lines:
        raise BadLog("Log rỗng: hãy gửi mỗi epoch một dòng.", "The log is empty: send one line an epoch.")
    mark = next((mark for mark in "\t;,|" if mark in lines[0][1]), " ")
    rows = [(at, cells(at, line, mark)) for at, line in lines]
    first, names = rows[0][0], [plain(name) for name in rows[0][1]]
    if any(number(name) is not None for name in rows[0][1]):
        raise BadLog(
            f"Dòng {first} phải là tên cột, như epoch,train,test.", f"Line {first} must name the columns, such as epoch,train,test."
        )
    once((name, None) for name in names)
    for at, row in rows[1:]:
        if len(row) != len(names):
            raise BadLog(
                f"Dòng {at} có {len(row)} ô, dòng tên cột có {len(names)}.",
                f"Line {at} has {len(row)} cells where the line of names has {len(names)}.",
            )
    return {name: [Entry(row[i], at) for at, row in rows[1:]] for i, name in enumerate(names)}


def cells(at: int, line: str, mark: str) -> list[str]:
    """The cells of a line.  Raises BadLog."""
    if mark == " ":
        return line.split()
    try:
        return next(csv.reader([line], delimiter=mark, strict=True))
    except csv.Error:
        raise BadLog(
            f"Dòng {at} không phải CSV: dấu nháy kép mở ra mà không đóng lại.", f"Line {at} is no CSV: a quotation mark is left open."
        ) from None


def plain(name: str) -> str:
    """A heading as it is compared: 'Train Acc' is train_acc."""
    return "_".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name).casefold()))


def column(columns: Columns, metric: str) -> list[Entry]:
    """The entries of the metric, whichever way the log is written; epochs, where they are told, must run without a gap.  Raises BadLog."""
    told = columns.get("epoch", [])
    for i, entry in enumerate(told):
        if number(entry.value) != i + (number(told[0].value) == 1):
            raise BadLog(
                f"{entry.where(i, 'vi')}: cột epoch phải là 1, 2, 3, … (hoặc 0, 1, 2, …), không thiếu số nào.",
                f"{entry.where(i, 'en')}: the epochs must run 1, 2, 3, … (or 0, 1, 2, …) without a gap.",
            )
    others = [name for name in columns if name != "epoch"]
    if metric in columns:
        return columns[metric]
    found = [name for name in others if COLUMNS.get(name) == metric]
    found = found or [name for name in others if COLUMNS.get(name) == "" and len(others) == 1]
    if len(found) != 1:
        have = listed([quoted(name) for name in columns], 10) or "–"
        raise BadLog(
            f"Không rõ cột nào là {quoted(metric)}: hãy đặt tên cột như thế. Đang có: {have}.",
            f"No column is clearly {quoted(metric)}: give it that name. There are: {have}.",
        )
    return columns[found[0]]


def number(raw: Any) -> float | None:
    """A number as logs hold it, with a decimal point or comma, its per cent sign left out; None for anything else."""
    if isinstance(raw, str):
        try:
            return float(raw.strip().removesuffix("%").replace(",", ".")) if raw.isascii() and "_" not in raw else None
        except ValueError:
            return None
    try:
        return float(raw) if isinstance(raw, (int, float)) and not isinstance(raw, bool) else None
    except OverflowError:
        return math.inf


def checked(entries: Sequence[Entry], epochs: int) -> list[float]:
    """The accuracies of a log, one for every epoch.  Raises BadLog."""
    if len(entries) != epochs:
        raise BadLog(
            f"Log có {len(entries)} epoch, thí nghiệm có {epochs}.", f"The log has {len(entries)} epochs, the experiment has {epochs}."
        )
    values = [accuracy(entry, i) for i, entry in enumerate(entries)]
    signs = [isinstance(entry.value, str) and entry.value.strip().endswith("%") for entry in entries]
    if any(signs) and not all(signs):
        odd = signs.index(not signs[0])
        raise BadLog(
            f"{entries[odd].where(odd, 'vi')}: có chỗ ghi dấu %, có chỗ không; hãy ghi như nhau ở mọi epoch.",
            f"{entries[odd].where(odd, 'en')}: some epochs have a % and some have none; write all alike.",
        )
    return [value / 100 for value in values] if any(signs) or max(values) > 1 else values


def accuracy(entry: Entry, i: int) -> float:
    """The number of epoch i + 1.  Raises BadLog."""
    value, vi, en = number(entry.value), entry.where(i, "vi"), entry.where(i, "en")
    if entry.value == "":
        raise BadLog(f"{vi}: thiếu độ chính xác; hãy điền vào.", f"{en}: the accuracy is missing; fill it in.")
    if value is None or not math.isfinite(value):
        raise BadLog(
            f"{vi}: {in_json(entry.value)} không phải là một con số; có thể lần chạy đã phân kỳ, hãy xem lại learning rate.",
            f"{en}: {in_json(entry.value)} is no number; the run may have diverged, so look at its learning rate.",
        )
    if not 0 <= value <= 100:
        raise BadLog(
            f"{vi}: {value:g} không phải độ chính xác; cần từ 0 đến 1, hoặc từ 0 đến 100 phần trăm.",
            f"{en}: {value:g} is no accuracy; it lies from 0 to 1, or from 0 to 100 per cent.",
        )
    return value


def plausibility(own: Sequence[float], reference: Sequence[Sequence[float]]) -> Plausibility:
    """Whether a run lies within four standard deviations, and 2 percentage points, of what the seeds gave after most epochs."""
    curves = np.asarray(reference)
    room = DEVIATIONS * curves.std(axis=0, ddof=1) + ROOM
    outside = tuple(int(i) + 1 for i in np.flatnonzero(np.abs(np.asarray(own) - curves.mean(axis=0)) > room))
    plausible = len(outside) <= len(own) // 4 and len(own) not in outside
    if not outside:
        return Plausibility(True, (), Words(vi="Lần chạy của bạn khớp với các seed của chúng tôi ở mọi epoch.",
                                            en="Your run agrees with our seeds after every epoch."))  # fmt: skip
    where = spans(outside)
    if plausible:
        return Plausibility(True, outside, Words(vi=f"Lần chạy của bạn khớp với chúng tôi, trừ các epoch {where}.",
                                                 en=f"Your run agrees with ours, but for the epochs {where}."))  # fmt: skip
    return Plausibility(
        False,
        outside,
        Words(
            vi=f"Lần chạy của bạn nằm ngoài dải của chúng tôi ở các epoch {where}: hãy so lại đặc tả, và xem bạn đã ghi độ chính xác nào.",
            en=f"Your run leaves our band after the epochs {where}: compare the specification, and see which accuracy you logged.",
        ),
    )


def spans(epochs: Sequence[int]) -> str:
    """Rising epochs in few words: 1, 4–6."""
    starts = [epoch for epoch in epochs if epoch - 1 not in epochs]
    ends = [epoch for epoch in epochs if epoch + 1 not in epochs]
    return ", ".join(f"{start}" if start == end else f"{start}–{end}" for start, end in zip(starts, ends, strict=True))
