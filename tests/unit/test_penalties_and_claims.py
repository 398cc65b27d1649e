"""A penalty is judged by what it adds; a claimed history by what we see of it ourselves."""

import numpy as np
import pytest

from graders.checks import curves_claimed, penalties
from graders.checks.optimisers import judged as optimiser
from graders.core.types import Refusal


def answers(*arrays) -> tuple:
    return tuple((np.asarray(a, dtype=float),) for a in arrays)


KEY = answers(1.0, 1.5, 2.0, 2.2)  # without and with a penalty, twice


def test_the_right_penalty_on_the_right_loss_earns_everything() -> None:
    assert penalties.judged(KEY, KEY, (), answers(1.0, 2.0)).credit == 1.0


def test_the_right_penalty_on_a_wrong_loss_is_not_charged_again() -> None:
    mine = answers(10.0, 10.5, 20.0, 20.2)
    assert penalties.judged(mine, KEY, (), answers(10.0, 20.0)).credit == 1.0


def test_the_penalty_alone_is_not_the_penalised_loss() -> None:
    assert penalties.judged(answers(0, 0.5, 0, 0.2), KEY, (), answers(1.0, 2.0)).credit == 0.0


def test_a_wrong_penalty_earns_nothing() -> None:
    mine = answers(1.0, 2.0, 2.0, 2.4)
    assert penalties.judged(mine, KEY, (), answers(1.0, 2.0)).credit == 0.0


def test_a_penalised_loss_can_be_right_without_the_plain_one() -> None:
    assert penalties.judged(KEY, KEY, (), ()).credit == 1.0


FALLS = np.linspace(1.0, 0.5, 100)
ELSEWHERE = answers(np.linspace(2.0, 0.7, 100))


@pytest.mark.parametrize(
    ("claimed", "measured", "problem"),
    [
        (FALLS, ELSEWHERE, None),
        (FALLS, (), None),
        (FALLS, (Refusal("it stops with ValueError"),), None),
        (FALLS[:99], ELSEWHERE, "99 values"),
        (FALLS * np.nan, ELSEWHERE, "not finite"),
        (FALLS[::-1], ELSEWHERE, "does not fall by 10%"),
        (np.linspace(1.0, 0.95, 100), ELSEWHERE, "does not fall by 10%"),
        (FALLS, answers(FALLS), "the values are the same whatever the data"),
    ],
)
def test_a_claimed_history_is_checked_where_it_can_be(claimed, measured, problem) -> None:
    assert curves_claimed.problem(answers(claimed), measured, 100) == problem


def path(loss, weights, rows=4) -> tuple:
    return ((np.asarray(loss, float), np.asarray(weights, float), np.full(3, rows)),)


RIGHT = path([4.0, 3.0, 2.0], [1.0, 1.0])
WRONG = path([4.0, 3.5, 3.4], [2.0, 1.0])


@pytest.mark.parametrize(
    ("rule", "oracle", "data", "credit", "said"),
    [
        (RIGHT, RIGHT, RIGHT, 1.0, "Every step is right"),
        (RIGHT, RIGHT, WRONG, 1.0, "Every step is right"),
        (WRONG, WRONG, RIGHT, 1.0, "with your own loss"),
        (RIGHT, path([4.0, 3.5, 3.4], [2, 1], rows=90), WRONG, 0.5, "more rows than a batch has"),
        (RIGHT, WRONG, WRONG, 0.5, "not those that the fixed random stream gives"),
        (WRONG, WRONG, WRONG, 0.0, "too short"),
        (path([4.0, 5.0, 6.0], [9, 9]), WRONG, WRONG, 0.0, "the wrong way"),
        (path([4.0, 4.0, 4.0], [0, 0]), WRONG, WRONG, 0.0, "does not move"),
        (path([4.0, 3.0, 2.5], [1, 2]), WRONG, WRONG, 0.0, "Step 2 is the first that is off"),
        (path([9.0, 3.0, 2.0], [1, 2]), WRONG, WRONG, 0.0, "The first loss is not that of"),
        (path([3.0, 2.0, 1.0], [1, 1]), WRONG, WRONG, 0.0, "weights are right, the loss history"),
        (path([4.0, np.nan, 2.0], [9, 9]), WRONG, WRONG, 0.0, "NaN or infinite"),
        (path([4.0, 3.0], [1, 1]), WRONG, WRONG, 0.0, "fewer values than the 3 that"),
        ((Refusal("it stops with KeyError"),), WRONG, WRONG, 0.0, "It stops with KeyError"),
    ],
)
def test_an_optimiser_is_judged_by_its_path(rule, oracle, data, credit, said) -> None:
    found = optimiser(rule, RIGHT, oracle, RIGHT, data, RIGHT)
    assert found.credit == credit
    assert said.lower() in found.feedback.lower()


def test_a_reference_without_a_path_is_our_fault() -> None:
    with pytest.raises(TypeError, match="reference"):
        optimiser(RIGHT, RIGHT, RIGHT, (Refusal("no"),), RIGHT, RIGHT)
