"""What a solver computes, and what each of its named mistakes writes down, agrees with decimals of 50 digits."""

import numpy as np
import pytest

import solvers
from tests.givens import random_givens
from tests.solvers import decimals

BY_DECIMALS = decimals.numbers()


@pytest.mark.parametrize("name", BY_DECIMALS)
def test_values_and_named_mistakes_are_those_of_50_digits(name):
    solver = solvers.get(name)
    for seed in range(8):
        givens = random_givens(solver, seed)
        ours, theirs = solver.run(givens).steps, decimals.run(BY_DECIMALS[name], givens)
        assert ours.keys() == theirs.keys()
        for step, (right, wrong) in theirs.items():
            assert ours[step].mistakes.keys() == wrong.keys(), step
            for mistake, value in [(None, right), *wrong.items()]:
                found = ours[step].value if mistake is None else ours[step].mistakes[mistake]
                assert np.shape(found) == value.shape, f"{step} {mistake}"
                np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-12, err_msg=f"{step} {mistake} of {givens}")
