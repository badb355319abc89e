"""What a solver may be given: an axis that is a number has that size."""

import numpy as np
import pytest

from solvers.errors import BadGivens
from solvers.solver import Solver, real


def of(shape):
    return Solver("some", lambda sheet, x: None, {"x": real(shape)}, {})


def test_an_axis_that_is_a_number_has_that_size():
    assert np.shape(of("3 2").read({"x": [[1, 2], [3, 4], [5, 6]]})["x"]) == (3, 2)
    with pytest.raises(BadGivens, match=r"'x' has 2 along an axis of 3; give 3"):
        of("3 2").read({"x": [[1, 2], [3, 4]]})
