"""What a loss curve does, in words: falls, diverges, stays, is typed by hand."""

import math

import numpy as np
import pytest

from graders.metrics import curves
from graders.metrics.curves import Course

NOISE = np.random.default_rng(3).normal(size=400)
FALLING = 2.3 * np.exp(-np.arange(400) / 80) + 0.2 + 0.05 * NOISE**2


@pytest.mark.parametrize(
    ("values", "course"),
    [
        ([2.3, 1.1, 0.8, 0.62, 0.55], Course.FALLS),
        ([2.3, 1.2, 0.9], Course.FALLS),  # three epochs cannot be surer
        ([2.31, 0.21, 0.22, 0.19, 0.2, 0.21, 0.2], Course.FALLS),  # at once, then level
        (FALLING, Course.FALLS),
        (FALLING[None, :, None], Course.FALLS),
        ((1000 * FALLING).astype(np.int64), Course.FALLS),
        ([], Course.TOO_SHORT),
        ([2.0], Course.TOO_SHORT),
        ([2.0, 1.0], Course.TOO_SHORT),
        (np.zeros(curves.LONGEST + 1), Course.TOO_LONG),
        ([2.3, 1.2, math.nan, 0.9], Course.NOT_FINITE),
        ([2.3, 1.2, math.inf, 0.9], Course.NOT_FINITE),
        ([2.3, 0.5, -0.1, -0.4], Course.NEGATIVE),
        ([2.3] * 8, Course.CONSTANT),
        ([0.0] * 8, Course.CONSTANT),
        ([1.0, 0.9, 0.8, 0.7, 0.6, 0.5], Course.RULED),
        ([1.6, 0.8, 0.4, 0.2, 0.1], Course.RULED),
        (np.linspace(2.3, 0.1, 300), Course.RULED),
        (2.3 * 0.97 ** np.arange(100), Course.RULED),
        ([0.5, 0.7, 0.8, 1.4, 2.2, 2.9], Course.RISES),
        (FALLING[::-1], Course.RISES),
        ([2.3, 1.2, 0.8, 0.9, 4.0, 90.0, 800.0, 5e4], Course.RISES),
        ([2.3, 1.2, 1.1, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 70.0], Course.DIVERGES),
        (2.3 + 0.01 * NOISE, Course.PLATEAU),
        ([2.303, 2.301, 2.304, 2.302, 2.3035, 2.3021, 2.3028], Course.PLATEAU),
        (np.array([True, False, True]), Course.PLATEAU),
        ([1e308, 1.0, 1e308, 2.0, 1e308, 1e308], Course.RISES),
        ([1.7e308, 1.6e308, 1e10, 2.0, 1.0, 0.4], Course.FALLS),
    ],
)
def test_the_course_of_a_curve_has_a_name(values, course) -> None:
    assert curves.course(np.asarray(values)) is course


def test_only_a_fall_is_training() -> None:
    assert [c for c in Course if c.is_training] == [Course.FALLS]


def test_rounding_makes_no_rule_of_a_real_curve() -> None:
    real = [0.6931, 0.5012, 0.4023, 0.3577, 0.331, 0.3122]
    for digits in (1, 2, 3, 4):
        assert not curves.ruled(np.round(real, digits))


@pytest.mark.parametrize(
    ("values", "tau", "sure"),
    [([4, 3, 2, 1], -1.0, True), ([1, 2, 3, 4], 1.0, False), ([1, 1, 1], 0.0, False)],
)
def test_the_trend_is_kendalls(values, tau, sure) -> None:
    found, chance = curves.trend(np.array(values, dtype=float))
    assert found == pytest.approx(tau)
    assert (chance < 0.05) is sure


def test_a_random_walk_of_no_direction_is_rarely_a_trend() -> None:
    rng = np.random.default_rng(4)
    falls = [curves.trend(rng.normal(size=30))[1] <= 0.05 for _ in range(400)]
    assert 0.02 < np.mean(falls) < 0.08


def test_curves_of_different_lengths_lie_over_each_other() -> None:
    def at(steps):
        return curves.on_progress(2.0 * np.exp(-3 * np.linspace(0, 1, steps)))

    expected = math.log(2.0) - 3 * np.linspace(0, 1, curves.POINTS)
    for steps in (5, 19, 1000):
        np.testing.assert_allclose(at(steps)[1:-1], expected[1:-1], atol=0.02)
    assert at(1).shape == (curves.POINTS,)


def test_smoothing_takes_the_noise_and_leaves_the_level() -> None:
    noisy = np.exp(0.3 * NOISE)
    assert curves.on_progress(noisy).std() < 0.1
    assert abs(curves.on_progress(noisy).mean()) < 0.05


def test_a_loss_of_zero_has_a_logarithm() -> None:
    assert np.isfinite(curves.on_progress(np.array([1.0, 0.0, 0.0]))).all()


@pytest.mark.parametrize(
    ("values", "up"),
    [
        ([2.3, 1.0, 0.5, 0.4, 0.38], False),
        ([2.3, 1.0, 0.5, 0.4, 0.5], False),
        ([2.3, 0.2, 0.5, 1.0, 1.9], True),
        ([1.0, 1.0, 1.0], False),
    ],
)
def test_a_curve_that_turns_up_is_told(values, up) -> None:
    assert curves.turns_up(np.array(values)) is up


def test_the_way_is_compared_with_the_band() -> None:
    curve = np.array([2.0, 1.0, 0.5, 0.25])
    high, low = np.full(4, 3.0), np.full(4, 0.1)
    assert curves.share_above(curve, high) == 0.0
    assert curves.share_below(curve, low) == 0.0
    assert curves.share_above(curve, np.full(4, 0.75)) == 0.5
    assert curves.share_below(curve, np.full(4, 0.75)) == 0.5


@pytest.mark.parametrize(
    ("claimed", "measured", "gap"),
    [
        ([2.0, 1.0, 0.5], 0.5, 0.0),
        ([2.0, 1.0, 0.5], 1.0, math.log(2)),
        ([2.0, 1.0, 1.0], 0.5, math.log(2)),
        ([], 0.5, math.inf),
        ([2.0, math.nan], 0.5, math.inf),
        ([2.0, -1.0], 0.5, math.inf),
        ([2.0, 1.0], math.nan, math.inf),
        ([2.0, 1.0], -1.0, math.inf),
    ],
)
def test_a_claimed_end_is_compared_with_what_we_measure(claimed, measured, gap) -> None:
    assert curves.gap(np.array(claimed), measured) == pytest.approx(gap)


@pytest.mark.parametrize(
    ("values", "lost"), [([2.0, 1.0], 0.5), ([2.0, 2.0], 0.0), ([1.0, 2.0], -1.0), ([0, 1], 0.0)]
)
def test_what_a_curve_has_lost_is_a_share_of_its_start(values, lost) -> None:
    assert curves.fraction_lost(np.array(values)) == pytest.approx(lost)


def test_one_value_is_no_curve() -> None:
    with pytest.raises(ValueError, match="two values"):
        curves.fraction_lost(np.array([1.0]))


def test_a_curve_far_below_ignorance_has_fallen_before_its_first_value() -> None:
    over_fitted = np.array([0.108, 0.104, 0.106, 0.111, 0.115, 0.119])

    assert curves.course(over_fitted) is Course.RISES
    assert curves.course(over_fitted, unlearnt=2.3) is Course.FALLS
    assert curves.course(np.full(6, 0.1), unlearnt=2.3) is Course.CONSTANT
    assert curves.course(2.28 + 0.001 * over_fitted, unlearnt=2.3) is Course.RISES
