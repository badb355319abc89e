"""A student's own run: its log of accuracies per epoch, as CSV or JSON, and whether it is plausible beside the reference."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from questions.experiments.fairness import DEVIATIONS
from questions.model import Words
from solvers.errors import GradusError, listed, quoted
from solvers.experiments.specification import METRICS

LARGEST = 100_000  # characters
ROOM = 0.02  # an accuracy: what seeds, other random numbers and float32 may add to four standard deviations
COLUMNS = {"train_acc": "train", "test_acc": "test", "val_acc": "test", "accuracy": "", "acc": ""}


class BadLog(GradusError):
    """A log that cannot be read, is too short or too long, or holds what is no accuracy; said in both languages."""

    code = "bad_log"

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.said = Words(vi=vi, en=en)


@dataclass(frozen=True)
class Plausibility:
    """Whether a run keeps within the reference's band, and what is said of it."""

    plausible: bool
    outside: tuple[int, ...]
    said: Words


def read_log(text: str, metric: str, epochs: int) -> list[float]:
    """The accuracies of `metric` after epochs 1, 2, …, as shares of 1; per cent are taken as such.  Raises BadLog.

    CSV with a header that names the metric (`epoch,train,test`), or JSON: a list of numbers, a list of objects, or an object of lists.
    """
    if len(text) > LARGEST:
        raise BadLog(
            f"Log dài hơn {LARGEST:,} ký tự: mỗi epoch chỉ cần một dòng.",
            f"The log is longer than {LARGEST:,} characters: send one line an epoch.",
        )
    if not text.strip():
        raise BadLog("Log rỗng: hãy gửi mỗi epoch một dòng.", "The log is empty: send one line an epoch.")
    try:
        raw = json.loads(text) if text.lstrip()[:1] in "[{" else table(text)
    except (ValueError, RecursionError, csv.Error):
        raise BadLog(
            "Không đọc được log: hãy gửi CSV có cột epoch và một cột độ chính xác, hoặc danh sách số dạng JSON.",
            "The log is neither CSV nor JSON: send columns 'epoch' and an accuracy, or a list of numbers.",
        ) from None
    return checked(column(raw, metric), epochs)


def table(text: str) -> dict[str, list[str]]:
    """The columns of a CSV text, separated by commas, semicolons or tabs; the first line names them."""
    lines = [line for line in text.splitlines() if line.strip("\t;, ")]
    if not lines:
        raise ValueError
    separator = next((mark for mark in "\t;," if mark in lines[0]), ",")
    rows = list(csv.reader(lines, delimiter=separator))
    names = [name.strip().casefold() for name in rows[0]]
    if any(number(name) is not None for name in names):
        raise BadLog("Dòng đầu phải là tên cột, như epoch,train,test.", "The first line must name the columns, such as epoch,train,test.")
    for i, row in enumerate(rows[1:], start=2):
        if len(row) != len(names):
            raise BadLog(
                f"Dòng {i} có {len(row)} ô, dòng đầu có {len(names)}.",
                f"Line {i} has {len(row)} cells where the first line has {len(names)}.",
            )
    return {name: [row[i] for row in rows[1:]] for i, name in enumerate(names)}


def column(raw: Any, metric: str) -> list[Any]:
    """The entries of the metric, whichever way the log is written; epochs, where they are told, must run 1, 2, 3, …"""
    if isinstance(raw, list) and raw and all(isinstance(row, dict) for row in raw):
        raw = {name: [row.get(name) for row in raw] for name in raw[0]}
    if isinstance(raw, list):
        return raw
    columns = {str(name).casefold(): values for name, values in raw.items() if isinstance(values, list)}
    told = columns.get("epoch", [])
    if [number(epoch) for epoch in told] != list(range(1, len(told) + 1)):
        raise BadLog("Cột epoch phải là 1, 2, 3, … không thiếu số nào.", "The epochs must run 1, 2, 3, … without a gap.")
    for name, values in columns.items():
        if name == metric or COLUMNS.get(name) == metric:
            return values
    spare = [name for name in columns if COLUMNS.get(name) == "" or name in METRICS]
    if len(columns) - ("epoch" in columns) == 1 and spare and spare[0] not in METRICS:
        return columns[spare[0]]
    have = listed(columns) or "–"
    raise BadLog(f"Không có cột {quoted(metric)}; chỉ có {have}.", f"There is no column {quoted(metric)}; there are {have}.")


def number(raw: Any) -> float | None:
    """A number as logs hold it, with a decimal point or comma, or per cent; None for anything else."""
    if isinstance(raw, str):
        text = raw.strip().replace(",", ".")
        try:
            return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            return None
    try:
        return float(raw) if isinstance(raw, (int, float)) and not isinstance(raw, bool) else None
    except OverflowError:
        return math.inf


def checked(entries: Sequence[Any], epochs: int) -> list[float]:
    """The accuracies of a log, one for every epoch.  Raises BadLog."""
    if len(entries) != epochs:
        raise BadLog(
            f"Log có {len(entries)} epoch, thí nghiệm có {epochs}.", f"The log has {len(entries)} epochs, the experiment has {epochs}."
        )
    values = []
    for epoch, raw in enumerate(entries, start=1):
        value = number(raw)
        if value is None or not math.isfinite(value):
            raise BadLog(
                f"Epoch {epoch} ghi {quoted(str(raw))}, không phải là số: có thể lần chạy đã phân kỳ, hãy xem lại learning rate.",
                f"Epoch {epoch} holds {quoted(str(raw))}, which is no number: the run may have diverged, so look at its learning rate.",
            )
        if not 0 <= value <= 100:
            raise BadLog(
                f"Epoch {epoch} ghi {value:g}: độ chính xác nằm từ 0 đến 1, hoặc từ 0 đến 100 phần trăm.",
                f"Epoch {epoch} holds {value:g}: an accuracy lies from 0 to 1, or from 0 to 100 per cent.",
            )
        values.append(value)
    return [value / 100 for value in values] if max(values) > 1 else values


def plausibility(own: Sequence[float], reference: Sequence[Sequence[float]]) -> Plausibility:
    """Whether a run lies within four standard deviations, and 2 percentage points, of what the seeds gave after most epochs."""
    curves = np.asarray(reference)
    room = DEVIATIONS * curves.std(axis=0, ddof=1) + ROOM
    outside = tuple(int(i) + 1 for i in np.flatnonzero(np.abs(np.asarray(own) - curves.mean(axis=0)) > room))
    plausible = len(outside) <= len(own) // 4 and len(own) not in outside
    if not outside:
        return Plausibility(True, (), Words(vi="Lần chạy của bạn khớp với các seed của chúng tôi ở mọi epoch.",
                                            en="Your run agrees with our seeds after every epoch."))  # fmt: skip
    where = listed(outside)
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
