"""Training curves: what their course is, and how they compare with the reference's.

Losses of training are compared by their logarithm: the spread over seeds is a share of the level,
from 2.3 at the start to 0.01 at the end. Progress is the share of the training that is done, so
that a run of 5 epochs and one of 8, or one value per step, lie over each other.
"""

import math
from enum import StrEnum

import numpy as np

from graders.core.types import Array

POINTS = 20  # of progress at which curves are compared
FEWEST = 3  # values that can show a course
LONGEST = 1_000_000
_TINY = 1e-12  # a loss of exactly 0 has no logarithm
_SURE = 0.05  # of the trend test
_CLEARLY = 0.9  # of the loss before training: what lies below has learnt something


class Course(StrEnum):
    """What a curve does: codes, whose sentences are in graders/sentences/shared.py."""

    FALLS = "curve-falls"
    TOO_SHORT = "curve-too-short"
    TOO_LONG = "curve-too-long"
    NOT_FINITE = "curve-not-finite"
    NEGATIVE = "curve-negative"
    CONSTANT = "curve-constant"
    RULED = "curve-ruled"  # its steps follow an exact rule, as no training gives
    DIVERGES = "curve-diverges"  # it ends above where it began
    RISES = "curve-rises"
    PLATEAU = "curve-plateau"  # it does not fall from the start

    @property
    def is_training(self) -> bool:
        return self is Course.FALLS


def fraction_lost(values: Array) -> float:
    """How much of its start a curve [steps] has lost at its end; 1 is all, 0 none, below 0 it rose.

    The end is the mean of the last tenth, so that one lucky last step does not decide.

    Raises:
        ValueError: fewer than two values.
    """
    if values.size < 2:
        raise ValueError("a curve needs at least two values")
    end = float(np.mean(values[-max(1, values.size // 10) :]))
    start = float(values[0])
    return (start - end) / abs(start) if start else 0.0


def final_level(values: Array) -> float:
    """Geometric mean of the last tenth of a curve [steps, at least one, finite, not negative]."""
    tail = np.maximum(values[-max(1, values.size // 10) :], _TINY)
    return float(np.exp(np.mean(np.log(tail))))


def on_progress(values: Array, points: int = POINTS) -> Array:
    """Smoothed log-loss [points] at equal steps of progress.

    Smoothing is the mean over a window of a tenth of the curve, cut off at its ends; a curve of
    fewer than 20 values is not smoothed.

    Args:
        values: [steps], at least one, finite, not negative.
    """
    logs = np.log(np.maximum(np.asarray(values, dtype=np.float64), _TINY))
    half = logs.size // 20
    if half:
        sums = np.concatenate(([0.0], np.cumsum(logs)))
        index = np.arange(logs.size)
        low, high = np.maximum(index - half, 0), np.minimum(index + half + 1, logs.size)
        logs = (sums[high] - sums[low]) / (high - low)
    return np.interp(np.linspace(0, 1, points), np.linspace(0, 1, logs.size), logs)


def trend(values: Array) -> tuple[float, float]:
    """Kendall's tau of a curve against time, and the chance of one as low without any trend.

    The test of Mann (1945) and Kendall. Long curves are taken at 200 points of progress: more
    would only make it slower and too sure, since neighbouring steps are not independent.

    Args:
        values: [steps], at least two, finite.

    Returns:
        tau in [-1, 1] (-1: falls at every step; 0 for a constant), p in [0, 1] of a fall.
    """
    from scipy.stats import kendalltau

    flat = np.asarray(values, dtype=np.float64)
    if flat.size > 200:
        flat = flat[np.linspace(0, flat.size - 1, 200).astype(int)]
    if np.ptp(flat) == 0.0:
        return 0.0, 1.0
    found = kendalltau(np.arange(flat.size), flat, alternative="less")
    return float(found.statistic), float(found.pvalue)


def course(values: Array, unlearnt: float | None = None) -> Course:
    """What a claimed loss curve [any shape, anything a student may leave] does.

    Args:
        unlearnt: the loss of an answer that has learnt nothing. One epoch on much data may reach
            the lowest loss there is: a curve that lies clearly below this one has fallen before
            its first value.
    """
    flat = np.ravel(values)
    if flat.size < FEWEST:
        return Course.TOO_SHORT
    if flat.size > LONGEST:
        return Course.TOO_LONG
    flat = flat.astype(np.float64)
    if not np.isfinite(flat).all():
        return Course.NOT_FINITE
    if (flat < 0).any():
        return Course.NEGATIVE
    if flat.max() - flat.min() <= 1e-9 * flat.max():
        return Course.CONSTANT
    with np.errstate(over="ignore", invalid="ignore"):  # a typed 1e308 is no reason to stop
        if ruled(flat):
            return Course.RULED
        if unlearnt is not None and flat.max() < _CLEARLY * unlearnt:
            return Course.FALLS
        return _direction(flat)


def _direction(flat: Array) -> Course:
    tau, chance = trend(flat)
    lost = fraction_lost(flat)
    # Three falling values cannot be surer than 1 in 6: a plain fall at every step counts, too.
    if lost > 0 and (chance <= _SURE or tau == -1.0):
        return Course.FALLS
    if final_level(flat) > flat[0]:
        return Course.RISES if tau > 0 else Course.DIVERGES
    # A fall within the first steps and noise ever after is a fall, if the noise stays below it.
    if flat[0] > flat[1:].max() and final_level(flat) < flat[0]:
        return Course.FALLS
    return Course.PLATEAU


def ruled(flat: Array) -> bool:
    """Whether a curve [steps] is an arithmetic or geometric sequence to the last of its digits.

    Numbers that somebody types or a formula makes; training never gives them, not even rounded.
    At least five values are needed: fewer may be a chance of rounding.
    """
    if flat.size < 5 or not np.isfinite(flat).all():
        return False
    steps = np.diff(flat)
    scale = float(np.abs(flat).max())
    if np.ptp(steps) <= 1e-6 * scale:
        return True
    if (flat <= 0).any():
        return False
    return bool(np.ptp(np.diff(np.log(flat))) <= 1e-6)


def turns_up(values: Array) -> bool:
    """Whether a curve [steps, finite] that has fallen ends well above its lowest level.

    Well: by more than half of what it had gained, in the logarithm.
    """
    smooth = on_progress(np.ravel(values))
    lowest = float(smooth.min())
    gained = float(smooth[0]) - lowest
    return gained > 0 and float(smooth[-1]) - lowest > gained / 2


def share_above(values: Array, high: Array) -> float:
    """Share of progress in [0, 1] at which a curve lies above the band's upper edge.

    Args:
        values: [steps], finite, not negative.
        high: [points], positive, in the unit of the values.
    """
    return float(np.mean(on_progress(values, high.size) > np.log(np.maximum(high, _TINY)) + 1e-9))


def share_below(values: Array, low: Array) -> float:
    """Share of progress in [0, 1] at which a curve lies below the band's lower edge."""
    return float(np.mean(on_progress(values, low.size) < np.log(np.maximum(low, _TINY)) - 1e-9))


def gap(claimed: Array, measured: float) -> float:
    """How far the end of a claimed loss curve lies from the loss that we measure.

    Args:
        claimed: [steps], what the run left; anything.
        measured: mean loss on cases of ours.

    Returns:
        |log(claimed end / measured)|: 0 is agreement, 0.1 is ten percent; infinity where either
        is no loss. How much is normal is for calibration to find: training and held-out loss
        differ by nature.
    """
    flat = np.ravel(claimed)
    if not flat.size or not np.isfinite(flat[-max(1, flat.size // 10) :].astype(float)).all():
        return math.inf
    end = final_level(flat.astype(np.float64))
    if not (math.isfinite(measured) and measured >= 0) or end < 0 or (flat < 0).any():
        return math.inf
    return abs(math.log(end) - math.log(max(measured, _TINY)))
