"""The measures of samples beside textbook loops and values that can be worked out on paper.

`ROWS` is for `python -m benchmarks.metrics_table`: what the metric is, ours, the independent
computation's, the published or exact value, and where that is from.
"""

import itertools
import math
from collections.abc import Callable

import numpy as np
from scipy import special, stats
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from graders.core.types import Array
from graders.metrics import samples

Row = tuple[str, float, float, float, str]


# --- independent implementations: slow, after the papers' formulas -------------------------------


def kid_by_loops(x: Array, y: Array) -> float:
    def k(a: Array, b: Array) -> float:
        return (sum(p * q for p, q in zip(a, b, strict=True)) / len(a) + 1) ** 3

    n, m = len(x), len(y)
    xx = sum(k(x[i], x[j]) for i, j in itertools.permutations(range(n), 2)) / (n * (n - 1))
    yy = sum(k(y[i], y[j]) for i, j in itertools.permutations(range(m), 2)) / (m * (m - 1))
    return xx + yy - 2 * sum(k(a, b) for a in x for b in y) / (n * m)


def kid_by_powers(x: Array, y: Array) -> float:
    """On a line: the cubic kernel is a sum of products of powers, so its means are, too."""

    def within(a: Array, p: int) -> float:
        n = len(a)
        return float(((a**p).sum() ** 2 - (a ** (2 * p)).sum()) / (n * (n - 1)))

    return sum(
        math.comb(3, p) * (within(x, p) + within(y, p) - 2 * (x**p).mean() * (y**p).mean())
        for p in range(1, 4)
    )


def density_by_loops(real: Array, generated: Array, k: int) -> float:
    radii = [sorted(math.dist(a, b) for b in real)[k] for a in real]
    inside = sum(math.dist(a, g) <= r for g in generated for a, r in zip(real, radii, strict=True))
    return inside / (k * len(generated))


def coverage_by_trees(real: Array, generated: Array, k: int) -> float:
    radii = cKDTree(real).query(real, k + 1)[0][:, -1]
    return float((cKDTree(generated).query(real)[0] <= radii).mean())


def auc_by_ranks(high: Array, low: Array) -> float:
    return float(stats.mannwhitneyu(high, low).statistic) / (len(high) * len(low))


def delong_by_loops(high: Array, low: Array) -> float:
    """Half the width of the 95% interval."""

    def wins(a: float, b: float) -> float:
        return float(a > b) + 0.5 * float(a == b)

    rows = [[wins(a, b) for b in low] for a in high]
    of_high = np.var([np.mean(row) for row in rows], ddof=1) / len(high)
    of_low = np.var([np.mean(col) for col in zip(*rows, strict=True)], ddof=1) / len(low)
    return 1.959963984540054 * math.sqrt(of_high + of_low)


def nearness_by_sorting(found: Array, training: Array) -> Array:
    ordered = np.sort(cdist(found, training), axis=1)
    return np.asarray(ordered[:, 0] / ordered[:, 1 : samples.NEXT + 1].mean(axis=1))


# --- worked examples ------------------------------------------------------------------------------

# On a line: k(a, b) = (a b + 1)^3. Within the real ones k(0, 1) = 1, within the others
# k(2, 3) = 343; between them 1, 1, 27, 64, mean 23.25. So 1 + 343 - 2 * 23.25.
HAND_REAL, HAND_GENERATED = np.array([[0.0], [1.0]]), np.array([[2.0], [3.0]])
HAND_KID = 297.5

# Real ones at 0, 1, 3, 7, k = 1: radii 1, 1, 2, 4. Those at 1.5 and 5: inside of 1 and 3, and of
# 3 and 7; so density is 4 / 2, and of the real ones all but 0 are reached.
LINE_REAL, LINE_GENERATED = np.array([[0.0], [1.0], [3.0], [7.0]]), np.array([[1.5], [5.0]])
LINE_DENSITY, LINE_COVERAGE = 2.0, 0.75

# 3 beats 2 and 1; 2 ties with 2 and beats 1: 3.5 of 4 pairs.
HIGH, LOW = np.array([3.0, 2.0]), np.array([2.0, 1.0])
HAND_AUC = 0.875


def normal(seed: int, n: int, d: int, mean: float = 0.0) -> Array:
    return np.random.default_rng(seed).normal(mean, 1, (n, d))


def many_normal_kids(count: int, measure: Callable[[Array, Array], float]) -> float:
    """Mean KID of pairs of samples of N(0, 1) and N(1, 1): 22 in the limit (by moments)."""
    return float(
        np.mean([measure(normal(s, 40, 1), normal(s + 999, 40, 1, 1.0)) for s in range(count)])
    )


_X, _Y = normal(1, 30, 6), normal(2, 40, 6, 0.4)
_SHIFT = 1.0
_SAME = normal(3, 900, 8), normal(4, 900, 8)
_FEW = _SAME[0][:200], _SAME[1][:200]

ROWS: list[Row] = [
    ("KID, worked example", samples.kid(HAND_REAL, HAND_GENERATED).value,
     kid_by_loops(HAND_REAL, HAND_GENERATED), HAND_KID, "by hand; cubic kernel of 1801.01401"),
    ("KID, N(0,1) against N(1,1), mean of 1500",
     many_normal_kids(1500, lambda x, y: samples.kid(x, y).value),
     many_normal_kids(1500, kid_by_powers), 22.0, "exact, by moments: 3 + 3 + 16"),
    ("density, worked example", samples.density(LINE_REAL, LINE_GENERATED, 1).value,
     density_by_loops(LINE_REAL, LINE_GENERATED, 1), LINE_DENSITY, "by hand; 2002.09797"),
    ("density of one source, 200 and 200", samples.density(*_FEW).value,
     density_by_loops(*_FEW, 5), 1.0, "2002.09797, lemma 1"),
    ("coverage, worked example", samples.coverage(LINE_REAL, LINE_GENERATED, 1).value,
     coverage_by_trees(LINE_REAL, LINE_GENERATED, 1), LINE_COVERAGE, "by hand; 2002.09797"),
    ("coverage of one source, 900 and 900", samples.coverage(*_SAME).value,
     coverage_by_trees(*_SAME, 5), samples.expected_coverage(900, 900), "2002.09797, lemma 2"),
    ("expected coverage, n = m = 10,000", samples.expected_coverage(10_000, 10_000),
     1 - math.exp(2 * special.gammaln(10_000) - special.gammaln(9_995) - special.gammaln(20_000)
                  + special.gammaln(19_995) - special.gammaln(10_000)),
     0.969, "2002.09797, section 3.3"),
    ("AUC, worked example", samples.auc(HIGH, LOW).value, auc_by_ranks(HIGH, LOW), HAND_AUC,
     "by hand; Mann-Whitney"),
    ("AUC, N(1,1) above N(0,1), 20,000 each",
     samples.auc(normal(5, 20_000, 1, 1.0)[:, 0], normal(6, 20_000, 1)[:, 0]).value,
     auc_by_ranks(normal(5, 20_000, 1, 1.0)[:, 0], normal(6, 20_000, 1)[:, 0]),
     float(stats.norm.cdf(1 / math.sqrt(2))), "exact: Phi(1 / sqrt 2)"),
]  # fmt: skip
