"""From what the reference reached over its seeds to the bar. The policy is in tolerance.py."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graders.core.rubric import Calibrated, Measure
from graders.core.types import Array
from graders.metrics import curves, tolerance


@dataclass(frozen=True, slots=True)
class Spread:
    """A bar and what it rests on.

    Args:
        bar: none, full, near, mean, sd, n and, of a curve, its band.
        values: per seed; of a curve, its final level.
        se: sampling noise of the held-out set; 0 where the measure is no share.
        missed, missed_twice: chance that a correct solution misses full marks at its first run,
            and after the confirming run with a fresh seed on the same held-out set.
    """

    bar: Calibrated
    values: tuple[float, ...]
    se: float
    missed: float
    missed_twice: float


def of_numbers(
    measure: Measure, values: Sequence[float], baseline: float, cases: int = 0
) -> Spread:
    """The bar of a number.

    Args:
        values: one per seed, at least two, finite.
        baseline: what earns nothing.
        cases: how many held-out cases it is a share of; 0 if it is none.

    Raises:
        ValueError: too few seeds, or the bar is not better than the baseline; says which.
    """
    found = np.asarray(values, dtype=np.float64)
    mean, sd = _mean_and_sd(found)
    se = tolerance.sampling_error(mean, cases) if cases else 0.0
    width = max(tolerance.width(sd, found.size, se), tolerance.PRECISION * abs(mean))
    full, near = _ends(mean, width, baseline, higher=measure.higher)
    if not _beyond(full, baseline, higher=measure.higher):
        raise ValueError(_NO_BETTER.format(full, baseline))
    bar = Calibrated(baseline, full, near, mean, sd, found.size)
    return Spread(bar, tuple(found.tolist()), se, *_missing(found.size, sd, se))


def of_curves(measure: Measure, found: Sequence[Array], baseline: float | None = None) -> Spread:
    """The bar of the final level of a loss curve, and the band of the whole of it.

    Levels are compared by their logarithm: `mean` is the geometric mean, `sd` that of logarithms.

    Args:
        found: one curve [steps] per seed, at least two.
        baseline: the level that earns nothing; None for the geometric mean of the levels at which
            the curves begin.

    Raises:
        ValueError: too few seeds, a curve that is no training, more of the measure being better,
            or the bar is not better than the baseline; says which.
    """
    if measure.higher:
        raise ValueError("curves are losses: declare the measure with higher=False")
    for curve in found:
        course = curves.course(curve, baseline)
        if not course.is_training:
            raise ValueError(f"one of the reference's curves is none: {course}")
    levels = np.array([curves.final_level(c) for c in found])
    lines = np.array([curves.on_progress(c) for c in found])
    start = float(lines[:, 0].mean()) if baseline is None else math.log(baseline)
    mean, sd = _mean_and_sd(np.log(levels))
    width = max(tolerance.width(sd, levels.size), tolerance.PRECISION)
    full, near = _ends(mean, width, start, higher=False)
    if not _beyond(full, start, higher=False):
        raise ValueError(_NO_BETTER.format(math.exp(full), math.exp(start)))
    low, high = tolerance.simultaneous_band(lines)
    bar = Calibrated(
        math.exp(start),
        math.exp(full),
        math.exp(near),
        math.exp(mean),
        sd,
        levels.size,
        np.exp(low),
        np.exp(high),
    )
    return Spread(bar, tuple(levels.tolist()), 0.0, *_missing(levels.size, sd, 0.0))


def _mean_and_sd(found: Array) -> tuple[float, float]:
    if found.size < 2:
        raise ValueError(f"a spread needs at least two seeds, not {found.size}")
    return float(found.mean()), float(found.std(ddof=1))


_NO_BETTER = (
    "full marks from {:.4g} would be no better than {:.4g}, which earns nothing: take more seeds, "
    "or mend the reference or the baseline"
)


def _ends(mean: float, width: float, baseline: float, *, higher: bool) -> tuple[float, float]:
    """`full` and `near`; the band for a second run ends at the latest where credit does."""
    sign = 1.0 if higher else -1.0
    full, near = mean - sign * width, mean - sign * tolerance.BAND * width
    return full, max(near, baseline) if higher else min(near, baseline)


def _beyond(full: float, baseline: float, *, higher: bool) -> bool:
    return full > baseline if higher else full < baseline


def _missing(n: int, sd: float, se: float) -> tuple[float, float]:
    if sd == 0.0 and se == 0.0:
        return 0.0, 0.0
    once = tolerance.chance_of_missing(n, sd, se, shared=1.0)
    twice = tolerance.chance_of_missing(n, sd, se, shared=1.0, confirmed=True)
    return once, twice
