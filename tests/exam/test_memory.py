"""Memory that a chunk of a cohort used stays with the process, however it was started."""

import ctypes
import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from exam.memory import give_back, keep_memory, settle
from web import cli

ROOT = Path(__file__).parents[2]
PAGES_AGAIN = """
import resource, sys
from exam.memory import keep_memory
if sys.argv[1] == "kept":
    assert keep_memory()
import numpy as np
chunk = lambda: np.ones(500_000)  # 4 MB, as a chunk of a cohort takes
chunk()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    chunk()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def on_glibc():
    return hasattr(ctypes.CDLL(None), "gnu_get_libc_version")


def pages_fetched_again(how):
    """How many pages 20 chunks of memory ask the system for, in a process of its own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")} | {"PYTHONPATH": str(ROOT)}
    env["MALLOC_MMAP_THRESHOLD_"] = "131072"  # glibc's own, held there, as a process finds it that allocates much else
    done = subprocess.run([sys.executable, "-c", PAGES_AGAIN, how], env=env, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not on_glibc(), reason="only glibc hands memory back")
def test_a_chunk_of_a_cohort_asks_for_its_memory_once():
    assert pages_fetched_again("kept") * 10 < pages_fetched_again("as it is")


def test_where_there_is_no_glibc_nothing_happens(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    assert not keep_memory()
    assert not give_back()


def test_the_command_keeps_memory_as_it_starts(monkeypatch):
    done = []
    monkeypatch.setattr(cli, "keep_memory", lambda: done.append("kept"))
    monkeypatch.setattr(cli, "app", lambda: done.append("run"))
    with pytest.raises(SystemExit):
        cli.main()
    assert done == ["kept", "run"]


def test_what_is_loaded_is_not_looked_through_again():
    kept = [[] for _ in range(1000)]
    try:
        settle()
        later = [[] for _ in range(1000)]
        assert {id(one) for one in gc.get_objects()} & {id(one) for one in kept} == set()
        assert {id(one) for one in later} <= {id(one) for one in gc.get_objects()}
    finally:
        gc.unfreeze()
