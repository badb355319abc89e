"""Random givens for any solver, from what it says it takes."""

import numpy as np


def random_givens(solver, seed):
    """Checked givens for `solver`; axes of 1 to 4, scalars and entries within each given's range, away from its ends."""
    rng = np.random.default_rng(seed)
    sizes = {}
    raw = {}
    for name, spec in solver.givens.items():
        shape = [sizes.setdefault(axis, int(axis) if axis.isdigit() else int(rng.integers(2, 5))) for axis in spec.axes]
        if spec.below:
            raw[name] = rng.integers(0, sizes.setdefault(spec.below, int(rng.integers(2, 5))), shape).tolist()
        elif spec.whole:
            low = int(max(spec.low, 1 if spec.fixed else 0))
            raw[name] = rng.integers(low, int(min(spec.high, low + 5)) + 1, shape).tolist()
        else:
            low, high = max(spec.low, -3.0), min(spec.high, 3.0)
            span = high - low
            values = rng.uniform(low + 0.02 * span, high - 0.02 * span, shape)
            raw[name] = (values / values.sum() if spec.sums_to_one else values).tolist()
    return solver.read(raw)
