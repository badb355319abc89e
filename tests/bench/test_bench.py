"""The benches run, at a size that says nothing about time."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import bench
from tests.bench.__main__ import table
from tests.bench.budgets import BENCHES, GROUPS

TINY = {"cohort_us_each": 60, "epoch_cpu_s": 600, "two_at_once_x": 600} | {name: 4 for name in BENCHES if name.endswith("_cpu_ms")}
UNITS = {"ms": "ms", "each": "us", "kb": "kB", "s": "s", "mb": "MB", "overhead": "x", "x": "x"}


@pytest.fixture(scope="module")
def found():
    return {name: one.measure(TINY.get(name, 4), rounds=1) for name, one in BENCHES.items()}


def test_every_bench_writes_its_value_unit_floor_and_ratio(found):
    written = json.loads(bench.as_json(found))
    assert list(written) == list(BENCHES)
    for name, one in written.items():
        assert list(one) == ["value", "unit", "floor", "ratio"]
        assert one["unit"] == UNITS[name.rpartition("_")[2]]
        assert all(math.isfinite(one[key]) and one[key] > 0 for key in ("value", "floor", "ratio"))
        assert one["ratio"] == pytest.approx(one["value"] / one["floor"], rel=0.05, abs=0.02)


def test_every_bench_is_in_one_group():
    assert sorted(name for group in GROUPS.values() for name in group) == sorted(BENCHES)


def test_the_table_says_of_each_whether_it_keeps_its_budget(found):
    lines = table(found).splitlines()[1:]
    assert [line.split()[0] for line in lines] == list(BENCHES)
    assert all(("within its budget" in line) != ("OVER its budget" in line) for line in lines)


@pytest.mark.skipif(sys.platform != "linux", reason="reads a clock of Linux")
def test_the_cpu_time_of_another_process_is_read_in_full():
    code = "sum(range(3_000_000)); print('ready', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        alone = bench.cpu_of(process.pid)
        user, system = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        ticks = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
        process.communicate(b"\n")
    assert alone == pytest.approx(ticks, abs=0.03)
    assert alone > 0.02
