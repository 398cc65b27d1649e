"""Where bars come from: tolerance bounds over seeds, and the noise of a finite held-out set.

The policy, fixed before anybody is graded. With the measure's mean m and standard deviation s
over n seeds of the reference, and the sampling noise se of the held-out set:

    full = m -/+ sqrt((k s)^2 + (z se)^2)     k = factor(n), z = the normal quantile of COVERAGE
    near = m -/+ BAND times that distance     between the two, a fresh seed decides

k is the one-sided normal tolerance factor (noncentral t; Howe 1969, NIST handbook 7.2.6.3): with
CONFIDENCE at least COVERAGE of all correct runs reach m - k s. The noise of the set is known from
its size, not estimated from seeds: it gets the quantile z, so that a calibration of three seeds is
not widened by it ten times. `chance_of_missing` says what that means for a correct solution.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from graders.core.types import Array

COVERAGE = 0.99  # of 200 correct solutions 2 miss at their first run, at the worst
CONFIDENCE = 0.95
BAND = 2.0  # `near` is this many times as far from the mean as `full`

# Results are of single precision: a spread of zero is not one of zero on the next machine.
PRECISION = float(np.finfo(np.float32).eps) * 16

# Of five fresh runs of the reference, in stored standard deviations s below the stored mean.
AVERAGE_BELOW = 0.85  # so low the average may lie
WORST_BELOW = 2.53  # and the worst of them

_NORMAL = NormalDist()


def factor(n: int, coverage: float = COVERAGE, confidence: float = CONFIDENCE) -> float:
    """One-sided normal tolerance factor k of `n` values.

    Raises:
        ValueError: fewer than two values, or a share outside (0, 1).
    """
    if n < 2:
        raise ValueError(f"a spread needs at least two values, not {n}")
    if not (0.0 < coverage < 1.0 and 0.0 < confidence < 1.0):
        raise ValueError(f"coverage {coverage} and confidence {confidence} must lie in (0, 1)")
    from scipy.stats import nct  # a second to import, and only calibration needs it

    root = math.sqrt(n)
    return float(nct.ppf(confidence, n - 1, _NORMAL.inv_cdf(coverage) * root)) / root


def wilson(share: float, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Two-sided Wilson interval of a share of `n` cases, inside [0, 1].

    Args:
        share: in [0, 1]; need not be a multiple of 1 / n.

    Raises:
        ValueError: no cases, or no share.
    """
    if n < 1 or not 0.0 <= share <= 1.0:
        raise ValueError(f"{share} is no share of {n} cases")
    z = _NORMAL.inv_cdf(0.5 + confidence / 2)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def sampling_error(share: float, n: int) -> float:
    """Standard error of a share of `n` held-out cases.

    Two successes and two failures are added (Agresti and Coull 1998), so that a share of 1
    does not claim to be free of noise.

    Raises:
        ValueError: no cases, or no share.
    """
    if n < 1 or not 0.0 <= share <= 1.0:
        raise ValueError(f"{share} is no share of {n} cases")
    adjusted = (share * n + 2) / (n + 4)
    return math.sqrt(adjusted * (1 - adjusted) / (n + 4))


def width(sd: float, n: int, se: float = 0.0) -> float:
    """How far `full` lies from the mean, in the measure's own unit."""
    return math.hypot(factor(n) * sd, _NORMAL.inv_cdf(COVERAGE) * se)


def chance_of_missing(
    n: int, sd: float = 1.0, se: float = 0.0, *, shared: float = 0.0, confirmed: bool = False
) -> float:
    """Chance that a solution exactly as good as the reference falls below `full`.

    It averages over calibrations: over what the n seeds happen to show.

    Args:
        n: seeds of the calibration.
        sd: the true spread over seeds.
        se: sampling noise of the held-out set.
        shared: how much of that noise (share of its variance, 0 to 1) both runs of a solution
            have in common, because both are measured on the same cases.
        confirmed: a miss inside the band is run again with a fresh seed and the better counts.

    Raises:
        ValueError: there is neither spread nor noise.
    """
    if not (sd > 0.0 or se > 0.0):
        raise ValueError("without any spread there is nothing to miss by")
    from scipy.stats import chi2

    k, z = factor(n), _NORMAL.inv_cdf(COVERAGE)
    # A calibration is (mean, s): the mean's error and the common noise are normal, s^2 is chi^2.
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    weights = weights / weights.sum()
    quantiles = (np.arange(400) + 0.5) / 400
    s = sd * np.sqrt(chi2.ppf(quantiles, n - 1) / (n - 1))  # [400]
    common = nodes * math.sqrt(sd * sd / n + shared * se * se)  # [61] mean's error and shared noise
    own = math.sqrt(sd * sd + (1 - shared) * se * se)
    reach = np.hypot(k * s, z * se)[:, None]  # [400, 1]
    if own == 0.0:
        first, far = (common > reach) * 1.0, (common > BAND * reach) * 1.0
    else:
        first = _below((common - reach) / own)
        far = _below((common - BAND * reach) / own)
    missed = far + (first - far) * first if confirmed else first
    return float((missed * weights).sum(axis=1).mean())


def _below(z: Array) -> Array:
    from scipy.special import ndtr

    return np.asarray(ndtr(z))


def simultaneous_band(curves: Array) -> tuple[Array, Array]:
    """Band [points], [points] that a further whole curve stays in.

    Args:
        curves: [n, points], n at least 2, finite, of roughly normal spread (so: log-losses).

    Per point the tolerance bound m -/+ k s, where what may lie outside is shared among both sides
    of all points (Bonferroni): at least COVERAGE of whole curves stay inside, however the points
    hang together. A point whose spread happens to be small gets the median spread of the curve.

    Raises:
        ValueError: fewer than two curves, or values that are not finite.
    """
    if curves.ndim != 2 or not curves.size or not np.isfinite(curves).all():
        raise ValueError(f"a band needs finite curves [n, points], not {curves.shape}")
    n, points = curves.shape
    k = factor(n, 1 - (1 - COVERAGE) / (2 * points))
    mean, sd = curves.mean(axis=0), curves.std(axis=0, ddof=1)
    sd = np.maximum(sd, np.median(sd))
    return mean - k * sd, mean + k * sd


@dataclass(frozen=True, slots=True)
class Requalified:
    """Five fresh runs beside the stored ones, in the measure's own unit.

    Args:
        average, worst: of the fresh runs.
        average_limit, worst_limit: how bad either may be; infinite where the average is not asked.
        higher: whether more is better.
    """

    average: float
    worst: float
    average_limit: float
    worst_limit: float
    higher: bool

    @property
    def holds(self) -> bool:
        """Whether the fresh runs are as good as the stored ones."""
        return self.average_short <= 0.0 and self.worst_short <= 0.0

    @property
    def average_short(self) -> float:
        """By how much the average is worse than it may be; at most 0 if it is not."""
        return self._short(self.average, self.average_limit)

    @property
    def worst_short(self) -> float:
        """The same of the worst run."""
        return self._short(self.worst, self.worst_limit)

    def _short(self, value: float, limit: float) -> float:
        return limit - value if self.higher else value - limit


def requalified(fresh: Array, stored: Array, *, higher: bool, se: float = 0.0) -> Requalified:
    """Does the reference, after a change that should compute the same, reach what it reached?

    With mean m and standard deviation s of the stored values (more is better; else mirrored):

        average of the fresh ones above m - 0.85 s, and each above m - 2.53 s

    and where s is 0, no fresh value is beyond the worst stored one by more than z se, z being the
    normal quantile of COVERAGE.

    For five normal draws each of the two limits is missed with a chance of 2.8%, one or both with
    5.0%; twice in a row, by five other seeds, with 0.25%. That is with m and s known; with both
    from 20 stored seeds it is 8.7% and 1.6%, from 5 stored seeds 20% and 10%, from 3 seeds 28% and
    18%: a failed renewal of these few says little, and the way out is to calibrate anew. A change
    that costs 1 s is caught (twice in a row) in 44% of cases, one of 1.5 s in 87%, one of 2 s in
    99%; by 20 stored seeds in 47%, 83% and 98%.

    Args:
        fresh: [5] values as they are compared: losses of curves by their logarithm.
        stored: [n] values of the calibration, compared alike.
        higher: whether more is better.
        se: sampling noise of the held-out set.

    Raises:
        ValueError: no fresh value, fewer than two stored ones, or one that is not finite.
    """
    if fresh.size < 1 or stored.size < 2:
        raise ValueError(f"{fresh.size} fresh and {stored.size} stored values tell nothing")
    if not (np.isfinite(fresh).all() and np.isfinite(stored).all()):
        raise ValueError("values that are not finite cannot be compared")
    sign = 1.0 if higher else -1.0
    average, worst = float(fresh.mean()), sign * float((sign * fresh).min())
    if float(np.ptp(stored)) == 0.0:
        one = float(stored[0])
        slack = max(_NORMAL.inv_cdf(COVERAGE) * se, PRECISION * abs(one))
        return Requalified(average, worst, -sign * math.inf, one - sign * slack, higher)
    mean, s = float(stored.mean()), float(stored.std(ddof=1))
    average_limit, worst_limit = (mean - sign * b * s for b in (AVERAGE_BELOW, WORST_BELOW))
    return Requalified(average, worst, average_limit, worst_limit, higher)
