"""Ways in which an answer could carry unseen inputs home: all of them closed."""

import numpy as np
import pytest

from graders.checks import compare, optimisers
from graders.core import catalogue, jobs
from graders.metrics import slips
from tests.told import told


@pytest.mark.parametrize("name", catalogue.notebooks())
def test_no_variable_is_read_after_an_unseen_input_was_shown(name: str) -> None:
    grader = catalogue.course(name).grader
    held_out = frozenset(
        {"images", "faces", "noisy", "beginnings", "spellings", "words", "photographs"}
    )
    cases = {**catalogue.unseen_cases(name, given=held_out), **dict.fromkeys(held_out, ())}
    kinds = [a["kind"] for a in jobs.plan(grader, cases)["asks"]]
    claims = kinds.count("variable")
    assert claims
    assert set(kinds[:claims]) == {"variable"}, "a history could carry the inputs into a chart"


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((0, 731952), "(0, ?)"),
        ((4,), "(4,)"),
        ((1, 5), "(1, ?)"),
        ((0, 7, 3, 1, 9), "too many axes"),
    ],
)
def test_a_shape_is_told_without_lengths_that_could_be_a_message(shape, said) -> None:
    words = told(compare.explain(slips.compare(np.zeros(shape), np.zeros((3, 4)))))
    assert said in words
    assert "7" not in words


def test_the_length_of_a_history_is_not_told() -> None:
    right = (np.zeros(100), np.zeros(6))
    found = optimisers._difference(np.zeros(731952), right[1], *right)
    assert found is not None
    assert "731952" not in repr(found)
