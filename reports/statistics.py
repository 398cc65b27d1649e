"""What a class's numbers say: item analysis of the checks, and spreads of time and memory.

Pure: numbers in, numbers out. Every figure comes with how many values stand behind it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import correlation

FEWEST = 30  # below it, chance alone gives correlations beyond 0.3 once in ten classes
TOO_FEW = "too few"
ALL_ALIKE = "all alike"
_SERIES = ((1.0, 1.5, 2.0, 3.0, 5.0, 7.0), (1.0, 2.0, 5.0), (1.0,))
_MOST_BINS = 12


@dataclass(frozen=True, slots=True)
class Discrimination:
    """How well one check tells strong from weak submissions.

    Args:
        value: correlation in [-1, 1], or None.
        n: submissions behind it.
        why: `TOO_FEW` or `ALL_ALIKE` where there is no value, else "".
    """

    value: float | None
    n: int
    why: str = ""


def discrimination(points: Sequence[float], rests: Sequence[float]) -> Discrimination:
    """Correlation of a check's points with the points of all the other checks.

    Pearson's r; for a check that gives all or nothing this is the point-biserial correlation.
    The check itself is left out of the total, or it would correlate with itself
    (corrected item-total correlation: Henrysson 1963, Psychometrika 28, 211-218).

    Args:
        points: of this check, one per submission.
        rests: points of all other checks, in the same order.
    """
    n = len(points)
    if n < FEWEST:
        return Discrimination(None, n, TOO_FEW)
    if len(set(points)) == 1 or len(set(rests)) == 1:
        return Discrimination(None, n, ALL_ALIKE)
    return Discrimination(max(-1.0, min(1.0, correlation(points, rests))), n)


def discriminations(table: Sequence[Sequence[float]]) -> list[Discrimination]:
    """`discrimination` of every column of a table [submissions, checks] of points."""
    if not table:
        return []
    columns = list(zip(*table, strict=True))
    rests = [
        [math.fsum(p for k, p in enumerate(row) if k != column) for row in table]
        for column in range(len(columns))
    ]
    return [discrimination(c, r) for c, r in zip(columns, rests, strict=True)]


def mean(values: Sequence[float]) -> float | None:
    """Arithmetic mean; None of nothing."""
    return math.fsum(values) / len(values) if values else None


def deviation(values: Sequence[float]) -> float | None:
    """Standard deviation of a sample (n - 1); None of fewer than two values."""
    if len(values) < 2:
        return None
    middle = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((v - middle) ** 2 for v in values) / (len(values) - 1))


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value below which a share in [0, 1] lies, linear between neighbours; None of nothing.

    Hyndman and Fan's type 7, as numpy and R do by default.
    """
    if not values:
        return None
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (at - below) * (ordered[above] - ordered[below])


def bins(values: Sequence[float]) -> tuple[list[float], list[int]]:
    """Edges and counts of a histogram whose bins grow with the values.

    Durations and memory spread over orders of magnitude: on a linear axis one endless loop
    would push all others into the first bin. Edges are round numbers, each bin holds its lower
    one; values of 0 and below fall into the first bin.

    Returns:
        k + 1 edges and k counts; two empty lists of nothing positive.
    """
    positive = [v for v in values if v > 0 and math.isfinite(v)]
    if not positive:
        return [], []
    low, high = min(positive), max(positive)
    for series in _SERIES:
        edges = _edges(low, high, series)
        if len(edges) <= _MOST_BINS + 1:
            break
    counts = [0] * (len(edges) - 1)
    for value in values:
        counts[max(0, sum(value >= e for e in edges[1:-1]))] += 1
    return edges, counts


def bins_around(values: Sequence[float], bar: float) -> tuple[list[float], list[int]]:
    """Edges and counts of a histogram in which a bar is an edge; bins are equally wide.

    The middle four fifths decide how wide. Where values lie further out, the outermost edge is
    infinite. A value on an edge counts to the bin above it.

    Args:
        values: at least one, each below 1e100 in size.
        bar: as they are; it need not lie among the values.

    Returns:
        k + 1 edges and k counts, k from 1 to 12.
    """
    low, high = (quantile([*values, bar], q) or 0.0 for q in (0.1, 0.9))
    low, high = min(low, bar), max(high, bar)
    rough = (high - low) / 10 or abs(bar) / 10 or 0.1
    scale = 10.0 ** math.floor(math.log10(rough))
    width = next((m * scale for m in (1, 2, 5) if m * scale >= rough), 10 * scale)
    first = math.floor((low - bar) / width)
    if min(values) < bar:  # the outermost edge may become infinite, and the bar must not
        first = min(first, -1)
    last = max(math.floor((high - bar) / width) + 1, first + 1)
    edges = [float(f"{bar + k * width:.10g}") for k in range(first, last + 1)]
    edges[-first] = bar
    counts = [0] * (len(edges) - 1)
    for value in values:
        counts[sum(value >= e for e in edges[1:-1])] += 1
    if min(values) < edges[0]:
        edges[0] = -math.inf
    if max(values) >= edges[-1]:
        edges[-1] = math.inf
    return edges, counts


def _edges(low: float, high: float, series: Sequence[float]) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1
    # Through text, so that 0.7 is 0.7 and not 0.7000000000000001.
    grid = [float(f"{m}e{d}") for d in range(first, last + 1) for m in series]
    start = max(i for i, edge in enumerate(grid) if edge <= low * (1 + 1e-12))
    stop = min(i for i, edge in enumerate(grid) if edge > high)
    return grid[start : stop + 1]
