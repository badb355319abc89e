"""Every named mistake gives what it gave when somebody last looked at it: `./dev pin` writes the numbers, the diff is for reading."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

import solvers
from tests.givens import random_givens

FILE = Path(__file__).parent / "pinned.json"
SEEDS = (0, 1, 2, 3)


def pinned(name):
    """The mistakes of a solver by seed and step, seven figures of the first few entries each."""
    found = {}
    for seed in SEEDS:
        for step in solvers.get(name).run(random_givens(solvers.get(name), seed)).steps.values():
            for mistake, value in step.mistakes.items():
                entries = np.ravel(np.broadcast_to(value, np.shape(step.value))).astype(float)[:4]
                found.setdefault(mistake, {})[f"{step.name} {seed}"] = [float(f"{x:.7g}") if np.isfinite(x) else None for x in entries]
    return found


@pytest.mark.parametrize("name", list(solvers.solvers()))
def test_every_mistake_gives_what_it_gave_when_it_was_looked_at(name):
    then = json.loads(FILE.read_text(encoding="utf-8")).get(name)
    assert then is not None, f"{name} is new: run ./dev pin and read the numbers it writes"
    now = pinned(name)
    assert now.keys() == then.keys(), f"the mistakes of {name} have changed: run ./dev pin and read the diff"
    for mistake, steps in then.items():
        assert now[mistake].keys() == steps.keys(), f"{mistake} of {name}"
        for step, values in steps.items():
            np.testing.assert_allclose(
                np.array(now[mistake][step], float), np.array(values, float), rtol=1e-5, atol=1e-9, err_msg=f"{mistake} {step}"
            )


if __name__ == "__main__":
    lines = [f'  "{name}": {json.dumps(pinned(name))}' for name in solvers.solvers()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    sys.exit(f"wrote {FILE.name}: read its diff")
