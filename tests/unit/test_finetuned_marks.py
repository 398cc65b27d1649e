"""Weight arrays by their marks: told apart without a name, counted as often as they come."""

from typing import Any

import numpy as np

from graders.checks import finetuned, stored_base
from graders.core.types import Array

RNG = np.random.default_rng(4)


def test_equal_arrays_count_as_often_as_they_come() -> None:
    same = np.zeros((4, 5))
    same[:, 2] = 8
    stored = np.column_stack([same, np.zeros(4)])
    found = stored_base.kept(((same[:3],),), ((stored,),))
    assert isinstance(found, stored_base.Kept)
    assert (found.frozen, found.frozen_kept) == (4, 3)


def test_marks_tell_arrays_apart_and_survive_half_precision() -> None:
    scope: dict[str, Any] = {}
    exec(finetuned.LOOK_IN_KERNEL, scope)
    weights: list[Array] = [RNG.normal(size=(3, 4)), np.ones(12), np.arange(12.0)]
    marks = scope["marks"](weights, {id(weights[1])})
    halved = scope["marks"]([w.astype(np.float16) for w in weights], set())
    np.testing.assert_array_equal(marks[:, 2:], halved[:, 2:])
    assert marks[:, 1].tolist() == [0, 1, 0]
    assert len(np.unique(marks[:, 3])) == 3
