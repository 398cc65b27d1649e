"""Histograms in which a calibrated bar is an edge."""

import math
import random

import pytest

from reports import statistics

INF = math.inf


@pytest.mark.parametrize(
    ("values", "bar", "edges", "counts"),
    [
        ([0.9], 0.9, [0.9, 1.0], [1]),
        ([0.9], 1.0, None, None),
        ([0.0], 0.0, [0.0, 0.1], [1]),
        ([1.0, 2.0, 3.0, 3.5], 2.25, None, None),
        ([-5.0] * 9, -2.0, None, None),
        ([0.86 + k / 1000 for k in range(10)] + [0.11], 0.821459, None, None),  # one far below
        ([2.0] * 10 + [9.0], 2.5, None, None),
    ],
)
def test_bins_have_the_bar_as_an_edge(
    values: list[float], bar: float, edges: list[float] | None, counts: list[int] | None
) -> None:
    found, told = statistics.bins_around(values, bar)

    assert bar in found
    assert found == sorted(found)
    assert len(found) == len(told) + 1 <= 13
    above = found.index(bar)
    assert sum(told[above:]) == sum(v >= bar for v in values)
    assert sum(told[:above]) == sum(v < bar for v in values)
    if edges is not None and counts is not None:
        assert (found, told) == (edges, counts)


@pytest.mark.parametrize("seed", range(200))
def test_whatever_a_small_class_reaches_the_bar_stays_an_edge(seed: int) -> None:
    some = random.Random(seed)
    values = [some.choice((some.gauss(0.85, 0.02), some.random())) for _ in range(1 + seed % 14)]
    bar = some.choice((0.821459, some.random(), some.choice(values)))

    edges, counts = statistics.bins_around(values, bar)

    assert bar in edges
    assert sum(counts) == len(values)
    assert sum(counts[edges.index(bar) :]) == sum(v >= bar for v in values)
    assert len(edges) <= 13


def test_one_that_has_diverged_does_not_squeeze_the_class() -> None:
    values = [0.3 + k / 100 for k in range(20)] + [1e38]

    edges, counts = statistics.bins_around(values, 0.4)

    assert edges[-1] == INF
    assert max(counts) < 10
    assert sum(counts) == 21
