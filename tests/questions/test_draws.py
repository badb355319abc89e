"""Givens are drawn from what a question states: numbers, or whole vectors."""

from random import Random

import pytest
from pydantic import TypeAdapter, ValidationError

from questions.draws import Draw, draw, space

READ = TypeAdapter(Draw).validate_python


def test_a_vector_is_drawn_from_a_list_of_vectors_as_one():
    spec = READ({"oneof": [[0, 0, 0, 1], [0, 1, 1, 1]]})
    drawn = {tuple(draw(spec, Random(seed))) for seed in range(20)}
    assert drawn == {(0, 0, 0, 1), (0, 1, 1, 1)}
    assert space(spec) == 2


@pytest.mark.parametrize("items", [[[0, 1], 2], [["a"]], [[]], []])
def test_a_list_to_draw_from_holds_numbers_or_vectors_not_both(items):
    with pytest.raises(ValidationError):
        READ({"oneof": items})
