"""Answers against the reference's: what counts as right, what a slip is called, what it costs."""

import numpy as np
import pytest

from graders.checks import compare, gradients
from graders.core.saying import said
from graders.core.types import Refusal
from graders.metrics.slips import Kind
from graders.metrics.slips import compare as slip
from tests.told import told

RIGHT = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (RIGHT, Kind.NONE),
        (RIGHT.astype(np.float32), Kind.NONE),
        (RIGHT[None], Kind.NONE),
        (RIGHT.T, Kind.SHAPE),
        (RIGHT.ravel(), Kind.SHAPE),
        (-RIGHT, Kind.SIGN),
        (2 * RIGHT, Kind.FACTOR),
        (-0.5 * RIGHT, Kind.FACTOR),
        (RIGHT + 1, Kind.OFFSET),
        (RIGHT * [1, 1, 0], Kind.PLACE),
        (RIGHT * np.nan, Kind.NOT_FINITE),
        (RIGHT * np.inf, Kind.NOT_FINITE),
        (RIGHT**2, Kind.OTHER),
        (np.zeros_like(RIGHT), Kind.OTHER),
    ],
)
def test_a_slip_has_a_name(found, kind) -> None:
    assert slip(found, RIGHT).kind is kind


@pytest.mark.parametrize(
    ("found", "kind"), [(5.0, Kind.FACTOR), (0.2, Kind.FACTOR), (0.6, Kind.OTHER)]
)
def test_two_single_numbers_differ_by_a_factor_only_if_it_is_telling(found, kind) -> None:
    assert slip(np.array(found), np.array(1.0)).kind is kind


def test_a_column_of_values_counts_as_a_vector() -> None:
    assert slip(np.ones((4, 1)), np.ones(4)).kind is Kind.NONE


def test_an_entry_near_zero_is_not_held_to_more_digits_than_its_neighbours() -> None:
    assert slip(np.array([1000.0, 1e-4]), np.array([1000.0, 0.0])).kind is Kind.NONE
    assert slip(np.array([1.0, 1e-3]), np.array([1.0, 0.0])).kind is not Kind.NONE


def test_words_for_a_slip_hold_no_expected_value() -> None:
    for found in (-RIGHT, 2 * RIGHT, RIGHT + 1, RIGHT**2, RIGHT * [1, 1, 0]):
        words = told(compare.explain(slip(found, RIGHT)))
        assert not any(str(abs(v)) in words for v in RIGHT.ravel())


def answers(*arrays) -> tuple:
    return tuple((np.asarray(a),) for a in arrays)


def test_all_cases_right_earn_everything() -> None:
    found = compare.values(answers(1.0, 2.0), answers(1.0, 2.0))
    assert found.credit == 1.0


def test_half_of_the_cases_right_may_be_luck_and_earns_nothing() -> None:
    found = compare.values(answers(1.0, 2.0, 9.0, 9.0), answers(1.0, 2.0, 3.0, 4.0))
    assert found.credit == 0.0


def test_three_of_four_cases_earn_half() -> None:
    found = compare.values(answers(1.0, 2.0, 3.0, 9.5), answers(1.0, 2.0, 3.0, 4.0))
    assert found.credit == pytest.approx(0.5)
    assert "3 of 4" in told(found)


def test_altering_an_input_costs_a_quarter() -> None:
    found = compare.values(answers(1.0), answers(1.0), ("X",))
    assert found.credit == 0.75
    assert "`X`" in told(found)


def test_a_refused_case_says_why() -> None:
    found = compare.values((Refusal(said("stops-with", error="ValueError")),), answers(1.0))
    assert found.credit == 0.0
    assert "ValueError" in told(found)


def test_a_tuple_of_numbers_counts_as_a_vector() -> None:
    pair = ((np.array(1.0), np.array(2.0)),)
    assert compare.values(pair, answers([1.0, 2.0])).credit == 1.0


def test_a_reference_without_a_value_is_our_fault() -> None:
    with pytest.raises(TypeError, match="reference"):
        compare.values(answers(1.0), (Refusal(said("empty")),))


H = 1e-2
POINTS = np.array([[1.0, 2.0], [-3.0, 0.5]])


def around(loss) -> tuple[tuple, tuple]:
    """Values and inputs of central differences of `loss` at both points."""
    moves = [sign * H * e for e in np.eye(2) for sign in (1, -1)]
    cases = tuple({"w": p + m} for p in POINTS for m in moves)
    return answers(*(loss(c["w"]) for c in cases)), cases


def bowl(w) -> float:
    return float(w @ w)


def judge_gradient(grad, loss):
    mine, cases = around(loss)
    right, _ = around(bowl)
    found = answers(*(grad(p) for p in POINTS))
    return gradients.judged(found, answers(*(2 * POINTS)), (), mine, right, cases)


def test_a_gradient_equal_to_the_reference_is_right_whatever_the_loss() -> None:
    assert judge_gradient(lambda w: 2 * w, lambda w: 0.0).credit == 1.0


def test_a_gradient_that_follows_a_scaled_loss_is_not_charged_again() -> None:
    assert judge_gradient(lambda w: 20 * w, lambda w: 10 * bowl(w)).credit == 1.0


def test_a_gradient_that_contradicts_its_own_loss_is_wrong() -> None:
    assert judge_gradient(lambda w: -2 * w, bowl).credit == 0.0


def test_a_constant_loss_vouches_for_no_gradient() -> None:
    assert judge_gradient(lambda w: 0 * w, lambda w: 1.0).credit == 0.0


def test_a_loss_that_falls_where_it_should_rise_vouches_for_no_gradient() -> None:
    assert judge_gradient(lambda w: -2 * w, lambda w: -bowl(w)).credit == 0.0
