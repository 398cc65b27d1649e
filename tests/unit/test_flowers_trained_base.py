"""What `check_base` of flowers_finetune says of a trained model's weights."""

import numpy as np
import pytest

from graders.core.saying import said
from graders.core.types import Answers, Array, Refusal
from tests.unit.test_flowers_judges import BUILT, HEAD, MARKS, RNG, UNLEARNT, built, graded, lost

NEW_HEAD = np.array([*HEAD, [0, 1, 3, 0, 0]])  # with a bias that is still 0


def trained(changes: slice | list[int], head: Array = HEAD) -> Answers:
    rows = MARKS.copy()
    rows[changes, 3:] += 1.0
    return ((np.concatenate([rows, head]),),)


@pytest.mark.parametrize(
    ("marks", "points", "words"),
    [
        (trained(slice(0, 9)), 0, "None of its weights"),
        (trained(slice(0, 8)), 0, "Training has changed the others"),
        (trained(slice(6, 9)), 1.5, "statistics of batch normalisation have drifted"),
        (trained(slice(0, 0)), 1.5, "none of the layers that may learn"),
        (trained(slice(6, 8), head=HEAD[:0]), 3, "4 of 4"),
        ((("text",),), 0, "text"),
        (((np.full((3, 5), np.nan),),), 0, "cannot be looked at"),
        ((Refusal(said("over-time-limit")),), 0, "within the time limit"),
    ],
)
def test_a_trained_base_is_compared_with_the_stored_one(
    marks: Answers, points: float, words: str
) -> None:
    results = graded(marks=marks)
    assert results["check_base"].points == points
    assert words in results["check_base"].feedback
    assert lost(results) <= {"check_base"}


@pytest.mark.parametrize(
    ("place", "marks"), [(5, trained([0, 1, 3, 4, 6])), (7, trained(slice(6, 9))),
                         (6, trained(slice(0, 0))), (4, trained(slice(0, 9)))],
)  # fmt: skip
def test_what_build_model_does_wrong_is_charged_once(place: int, marks: Answers) -> None:
    assert lost(graded(built=built(place, 2), marks=marks)) == {"check_model"}


def nudged(by: float) -> Answers:
    """A model of which no array is the stored one any more."""
    rows = MARKS.copy()
    rows[:, 3:] += by * RNG.normal(size=(9, 2))
    return ((np.concatenate([rows, HEAD]),),)


def test_a_base_that_learnt_as_a_whole_is_told_from_one_of_other_origin() -> None:
    neither = np.array([0, 0, 0, 0, 0, 2, 0, 4, 0])  # weights, statistics
    nothing_frozen = tuple((one + neither,) for one in BUILT)
    assert lost(graded(built=nothing_frozen, marks=nudged(0.05))) == {"check_model"}
    other = graded(built=nothing_frozen, marks=nudged(3.0))
    assert lost(other) == {"check_model", "check_base"}
    assert "None of its weights" in other["check_base"].feedback


@pytest.mark.parametrize(
    ("place", "marks"),
    [
        (6, trained(slice(0, 0), NEW_HEAD)),
        (4, trained(slice(0, 9), NEW_HEAD)),
        (4, ((MARKS * np.nan,),)),
    ],
)
def test_a_stored_base_earns_nothing_in_a_model_that_was_not_trained(
    place: int, marks: Answers
) -> None:
    found = graded(built=built(place, 2), marks=marks, told=UNLEARNT, predict=UNLEARNT)
    assert found["check_base"].points == 0


@pytest.mark.parametrize(
    ("place", "marks"), [(5, trained([0, 6])), (7, trained(slice(6, 9))),
                         (6, trained(slice(0, 0))), (4, trained(slice(0, 9)))],
)  # fmt: skip
def test_what_build_model_does_wrong_is_charged_once_however_little_was_learnt(
    place: int, marks: Answers
) -> None:
    found = lost(graded(built=built(place, 2), marks=marks, told=UNLEARNT, predict=UNLEARNT))
    assert "check_model" in found
    assert "check_base" not in found
