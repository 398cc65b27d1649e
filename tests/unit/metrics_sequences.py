"""The measures of letters and names beside plain loops, and values worked out on paper.

`ROWS` is for `python -m benchmarks.metrics_table`: what the metric is, ours, the independent
computation's, the published or exact value, and where that is from.
"""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

from graders.metrics import sequences

Row = tuple[str, float, float, float, str]

SOME, OTHERS = ("ada", "bo", "ada", "cy"), ("bob", "adam", "ian")


# --- independent implementations ------------------------------------------------------------------


def divergence_by_scipy(names: Sequence[str], real: Sequence[str]) -> float:
    """The square of scipy's distance to the base 2, over the pairs that occur at all."""
    counts = [Counter(p for n in some for p in pairwise(f"^{n}^")) for some in (names, real)]
    keys = sorted({*counts[0], *counts[1]})
    rows = [[c[k] / c.total() for k in keys] for c in counts]
    return float(jensenshannon(rows[0], rows[1], base=2) ** 2)


def lengths_by_scipy(names: Sequence[str], real: Sequence[str]) -> float:
    found = stats.wasserstein_distance([len(n) for n in names], [len(n) for n in real])
    return float(found)


def mean_by_repeating(losses: Sequence[float], weights: Sequence[int]) -> float:
    """Whole weights: each loss as often as its weight says."""
    return float(np.mean([x for x, w in zip(losses, weights, strict=True) for _ in range(w)]))


# --- worked examples ------------------------------------------------------------------------------

# "a" has the pairs ^a and a^, "b" has ^b and b^: nothing in common, so one bit. "a" and "a", "b":
# p = (1/2, 1/2, 0, 0), q = (1/4, 1/4, 1/4, 1/4), middle (3/8, 3/8, 1/8, 1/8): its entropy is
# 3/4 log2(8/3) + 1/4 log2 8 = 3 - 3/4 log2 3 bits; less half of 1 and half of 2.
HALF_KNOWN = 3 - 0.75 * math.log2(3) - 1.5

# Losses 1 and 3 that stand for 3 letters and for 1: (3 + 3) / 4.
LETTERS = 1.5

# Lengths 1 and 3 against 2 and 2: each has to be moved by 1.
MOVED = 1.0

ROWS: list[Row] = [
    ("loss of a letter (nats)",
     sequences.per_letter(np.array([1.0, 3.0]), np.array([3.0, 1.0])).value,
     mean_by_repeating([1.0, 3.0], [3, 1]), LETTERS, "by hand"),
    ("unlikeness of names (bits)", sequences.unlikeness(["a"], ["a", "b"]),
     divergence_by_scipy(["a"], ["a", "b"]), HALF_KNOWN, "by hand"),
    ("unlikeness, nothing in common", sequences.unlikeness(["a"], ["b"]),
     divergence_by_scipy(["a"], ["b"]), 1.0, "Lin 1991, its largest"),
    ("lengths of names (letters)", sequences.lengths(["a", "abc"], ["ab", "ab"]),
     lengths_by_scipy(["a", "abc"], ["ab", "ab"]), MOVED, "by hand"),
]  # fmt: skip
