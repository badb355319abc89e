"""What an epoch of training costs, and what two experiments side by side cost beside one; each in processes of one thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.bench import Measured

ROOT = Path(__file__).parents[2]
EPOCH = """
import json, os, sys, time
import numpy as np
import torch
from dataclasses import replace
from solvers.experiments import chain
from solvers.experiments.training import Training

size, name = int(sys.argv[1]), sys.argv[2]
rng = np.random.default_rng(0)
test = max(size // 6, 1)
arrays = [rng.integers(0, high, shape, np.uint8) for high, shape in ((256, (size, 784)), (10, size), (256, (test, 784)), (10, test))]
spec = replace(chain.EXPERIMENTS[name], batch=min(512, size))
training = Training(spec, 0, tuple(arrays))
training.epoch()
started = time.process_time(), time.perf_counter()
training.epoch()
spent = time.process_time() - started[0], time.perf_counter() - started[1]

def products():
    '''The matrix products alone: forward, backward, and both evaluations.'''
    widths = spec.network.widths
    for n, m, inner in zip(widths, widths[1:], [False] + [True] * len(widths)):
        x, w, d = torch.rand(spec.batch, n).double(), torch.rand(n, m).double(), torch.rand(spec.batch, m).double()
        for _ in range(max(size // spec.batch, 1)):
            x @ w, x.T @ d
            if inner:
                d @ w.T
        for _ in range(max((size + test) // spec.batch, 1)):
            x @ w

products()
before = time.process_time()
products()
print(json.dumps({"cpu": spent[0], "wall": spent[1], "floor": time.process_time() - before}))
"""


def started(size: int, name: str = "chain-relu") -> subprocess.Popen[str]:
    """An epoch in a process of its own, on `size` images of random bytes."""
    surroundings = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", EPOCH, str(size), name], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=surroundings)


def told(process: subprocess.Popen[str]) -> dict[str, float]:
    said, _ = process.communicate()
    assert process.returncode == 0
    found: dict[str, float] = json.loads(said)
    return found


def epoch(size: int, rounds: int = 3) -> Measured:
    """One epoch of the 784–128×5–10 chain in float64, evaluations and all.  Floor: its matrix products."""
    found = [told(started(size)) for _ in range(rounds)]
    value, floor = min(one["cpu"] for one in found), min(one["floor"] for one in found)
    return Measured(round(value, 3), "s", round(floor, 4), round(value / floor, 2))


def two_at_once(size: int, rounds: int = 3) -> Measured:
    """The CPU time of an epoch beside another one, in times of one alone: what they take from each other on two cores."""
    alone, beside = [], []
    for _ in range(rounds):
        alone.append(told(started(size))["cpu"])
        both = [told(process)["cpu"] for process in [started(size), started(size)]]
        beside.append(sum(both) / 2)
    ratio = round(min(beside) / min(alone), 3)
    return Measured(ratio, "x", 1.0, ratio)
