"""Histories of cifar_cnn, and what is behind them; slips that are charged once."""

import numpy as np
import pytest

from graders.core.types import Answers, Array
from tests.unit.test_cifar_judges import (
    BARS,
    BATCH,
    GOOD,
    LABELS,
    RIGHT_ROWS,
    STEADY,
    UNIFORM,
    N,
    graded,
    lost,
    mean_loss,
    rows_for,
)

LOW = mean_loss(GOOD)
FULL = BARS["cnn_curve"].full


def of(rows: Array) -> dict[str, Answers]:
    """Model and `predict` that say the same."""
    return {"cnn": ((rows,), (rows,)), "predict": ((rows,), (rows,))}


def points(history: list[float], check: str = "check_curve", /, **changed: Answers) -> float:
    return graded(valid_loss=((np.array(history),),), **changed)[check].points or 0.0


@pytest.mark.parametrize(
    "history",
    [
        [1.9, 1.2, LOW, 1.3, 1.6, 1.5],
        [1.52, 1.17, 0.98, 0.86, 0.79, 0.74, LOW, 0.95, 1.01, 1.16, 1.23, 1.41],
        [0.98, 0.8, LOW, 0.9, 1.1, 1.3, 1.4, 1.6, 1.7, 1.9, 2.0, 2.1],
    ],
    ids=["at once", "after a while", "most of the way"],
)
def test_the_best_weights_may_be_taken_back_however_long_the_loss_has_risen(
    history: list[float],
) -> None:
    assert lost(graded(valid_loss=((np.array(history),),))) == set()


def test_a_loss_that_fell_and_rises_is_paid_by_where_it_ends() -> None:
    history = [1.4, 1.0, 0.8, 0.75, 0.85, 0.9, 0.97, 1.05, 1.1, 1.2]
    kept = rows_for(LABELS, 0.65)  # the weights of the last epoch
    history[-1] = mean_loss(kept)
    assert FULL < history[-1] < 1.6
    results = graded(valid_loss=((np.array(history),),), **of(kept))
    assert 0.2 < (results["check_curve"].points or 0.0) < 2.0
    assert results["check_end"].points == 1


def test_one_low_value_that_is_not_found_is_no_level() -> None:
    kept = rows_for(LABELS, 0.6)
    end = mean_loss(kept)
    honest = [2.1, 1.9, 1.8, 1.75, 1.7, end]
    typed = [2.1, 1.9, 0.01, 1.75, 1.7, end]
    assert points(typed, **of(kept)) == points(honest, **of(kept)) < 2.0


BEAUTIFUL = [3.4, 2.9, 1.7, 0.9, 0.5, 0.42, 0.37, 0.31, 0.3, 0.28, 0.27, float(np.log(10))]


@pytest.mark.parametrize("rows", [UNIFORM, UNIFORM + 0.01 * (rows_for(LABELS) - 0.1)])
def test_a_history_without_a_training_behind_it_earns_nothing(rows: Array) -> None:
    guessing = of(np.roll(rows, 3, axis=1))  # close to the loss of a guess, and not recognising
    for history in (BEAUTIFUL, BEAUTIFUL[:-1], [3.1, 2.6, 1.9, 2.33, float(np.log(10))]):
        for check in ("check_curve", "check_end"):
            assert points(history, check, **guessing) == 0
    nothing = graded(valid_loss=((np.array(BEAUTIFUL),),), cnn=None, predict=None)
    assert (nothing["check_curve"].points, nothing["check_end"].points) == (0, 0)


def test_who_learnt_nothing_may_say_so() -> None:
    rows = UNIFORM + 0.01 * (rows_for(np.roll(LABELS, 7)) - 0.1)
    results = graded(valid_loss=((np.array([2.34, 2.31, 2.315, mean_loss(rows)]),),), **of(rows))
    assert (results["check_curve"].points, results["check_end"].points) == (0, 1)


def test_a_trained_model_that_rose_above_a_guess_has_learnt_all_the_same() -> None:
    sure = rows_for(LABELS, 0.66, 0.9915)  # it recognises two of three, and is too sure
    end = mean_loss(sure)
    assert 2.2797 < end < 2.4177, end
    results = graded(valid_loss=((np.array([1.9, 1.2, 0.8, 1.1, 1.7, end]),),), **of(sure))
    assert results["check_end"].points == 1


def test_a_trained_model_that_we_cannot_ask_rightly_does_not_make_its_history_a_lie() -> None:
    sure = rows_for(np.roll(LABELS, 1), 0.5, 0.99)  # another scale of pixels: sure and wrong
    assert mean_loss(sure) > 2.5
    results = graded(**of(sure))
    assert (results["check_curve"].points, results["check_end"].points) == (2, 0)


def test_one_row_for_all_pictures_is_not_the_models_where_its_own_differ() -> None:
    nearly = UNIFORM + 0.02 * np.random.default_rng(1).uniform(-1, 1, (N, 10))
    nearly /= nearly.sum(axis=1, keepdims=True)
    results = graded(cnn=((nearly,), (nearly,)), predict=((UNIFORM,), (UNIFORM,)))
    assert results["check_predict"].points == 0
    assert "every picture the same" in results["check_predict"].feedback
    for rows in (nearly, UNIFORM):  # the model's own: it is as it learnt
        assert graded(**of(rows))["check_predict"].points == 2


WRONG_ROWS: Answers = ((np.full((2, 4, 4, 3), 0.9),),)
BY_BATCH: Answers = ((BATCH,), (np.roll(BATCH, 1, axis=1),), (BATCH[:1],), (BATCH,))


@pytest.mark.parametrize(
    ("past", "prepare", "gone"),
    [
        (STEADY, WRONG_ROWS, set()),
        (BY_BATCH, WRONG_ROWS, {"check_predict"}),  # it hangs on the batch by itself
        (STEADY, RIGHT_ROWS, {"check_predict"}),  # who is not charged is not asked again
    ],
)
def test_a_scale_by_the_batch_is_charged_at_prepare_alone(
    past: Answers, prepare: Answers, gone: set[str]
) -> None:
    found = graded(predict_rows=BY_BATCH, predict_rows_rule=past, prepare=prepare)
    assert lost(found) == gone


def test_pictures_that_prepare_alters_are_charged_there_alone() -> None:
    alone = graded({"predict": ("images",)})
    assert lost(alone) == {"check_predict"}
    both = graded({"predict": ("images",), "prepare": ("images",)})
    assert lost(both) == set()
    assert both["check_prepare"].points == 1.5


NO: Answers = ((np.array(0.0),),)
YES: Answers = ((np.array(1.0),),)


def test_one_network_for_every_call_costs_a_part() -> None:
    assert graded(made_anew=NO)["check_model"].points == 3 * 0.75
    assert "same network" in graded(made_anew=NO)["check_model"].feedback
    assert graded(made_anew=YES)["check_model"].points == 3


def test_a_start_that_is_altered_costs_a_part() -> None:
    assert graded(start_kept=NO)["check_stimuli"].points == 3
    assert "alters `start`" in graded(start_kept=NO)["check_stimuli"].feedback
    assert graded(start_kept=YES)["check_stimuli"].points == 4
