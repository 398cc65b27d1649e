"""Figures of a class, against values computed by hand and published ones."""

import math

import pytest

from reports import statistics
from reports.statistics import ALL_ALIKE, TOO_FEW, discrimination

# Anscombe (1973), The American Statistician 27, 17-21: r = 0.816 in the first set.
ANSCOMBE_X = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0]
ANSCOMBE_Y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]


def test_the_discrimination_of_a_check_that_gives_all_or_nothing_is_the_point_biserial() -> None:
    # 20 right with rests of 4 and 2 (mean 3), 10 wrong with rests of 2 and 0 (mean 1); all:
    # mean 7/3, variance 22/3 - 49/9 = 17/9. r = (3 - 1) / sqrt(17/9) * sqrt(2/3 * 1/3).
    points = [1.0] * 20 + [0.0] * 10
    rests = [4.0] * 10 + [2.0] * 10 + [2.0] * 5 + [0.0] * 5

    told = discrimination(points, rests)

    assert told.value == pytest.approx(math.sqrt(8 / 17))
    assert (told.n, told.why) == (30, "")


def test_the_discrimination_of_a_check_with_parts_is_pearsons_correlation() -> None:
    # A sample three times over has the same correlation.
    told = discrimination(ANSCOMBE_X * 3, ANSCOMBE_Y * 3)

    assert told.value == pytest.approx(0.81642, abs=1e-5)


@pytest.mark.parametrize(
    ("points", "rests", "value"),
    [
        ([0.0, 1.0, 2.0] * 10, [5.0, 7.0, 9.0] * 10, 1.0),
        ([0.0, 1.0, 2.0] * 10, [9.0, 7.0, 5.0] * 10, -1.0),
        ([0.0, 0.0, 1.0, 1.0] * 8, [3.0, 4.0, 3.0, 4.0] * 8, 0.0),
    ],
)
def test_the_ends_and_the_middle_of_a_correlation(
    points: list[float], rests: list[float], value: float
) -> None:
    assert discrimination(points, rests).value == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("points", "rests", "why"),
    [
        ([], [], TOO_FEW),
        ([0.0, 1.0] * 14 + [1.0], [0.0, 1.0] * 14 + [1.0], TOO_FEW),  # 29
        ([1.0] * 30, [float(i) for i in range(30)], ALL_ALIKE),
        ([float(i) for i in range(30)], [0.1 + 0.2] * 30, ALL_ALIKE),
    ],
)
def test_where_there_is_no_discrimination_it_is_said_why(
    points: list[float], rests: list[float], why: str
) -> None:
    told = discrimination(points, rests)

    assert told.value is None
    assert (told.n, told.why) == (len(points), why)


def test_a_check_is_compared_with_the_others_and_not_with_itself() -> None:
    # The first check agrees with the second; the third is against both.
    table = [[1.0, 2.0, 0.0]] * 15 + [[0.0, 0.0, 1.0]] * 15

    first, second, third = statistics.discriminations(table)

    # rests: 2 or 1; 1 or 1; 3 or 0
    assert first.value == pytest.approx(1.0)
    assert (second.value, second.why) == (None, ALL_ALIKE)
    assert third.value == pytest.approx(-1.0)


def test_nobody_has_no_figures() -> None:
    assert statistics.discriminations([]) == []
    assert statistics.mean([]) is None
    assert statistics.deviation([1.0]) is None
    assert statistics.quantile([], 0.5) is None
    assert statistics.bins([]) == ([], [])
    assert statistics.bins([0.0, -1.0, math.inf]) == ([], [])


@pytest.mark.parametrize(
    ("values", "share", "at"),
    [
        ([4.0, 1.0, 3.0, 2.0], 0.5, 2.5),
        ([4.0, 1.0, 3.0, 2.0], 0.25, 1.75),
        ([float(i) for i in range(21)], 0.95, 19.0),
        ([7.0], 0.95, 7.0),
        ([1.0, 2.0], 1.0, 2.0),
        ([1.0, 2.0], 0.0, 1.0),
    ],
)
def test_quantiles_lie_between_their_neighbours(
    values: list[float], share: float, at: float
) -> None:
    assert statistics.quantile(values, share) == pytest.approx(at)


def test_mean_and_deviation_of_a_sample() -> None:
    values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]  # squares of the differences: 32

    assert statistics.mean(values) == 5.0
    assert statistics.deviation(values) == pytest.approx(math.sqrt(32 / 7))


@pytest.mark.parametrize(
    ("values", "edges", "counts"),
    [
        ([1.6, 2.0, 2.9], [1.5, 2.0, 3.0], [1, 2]),
        ([0.7], [0.7, 1.0], [1]),
        ([100.0, 149.9, 150.0], [100.0, 150.0, 200.0], [2, 1]),
        ([0.0, 1.0, 2.0], [1.0, 1.5, 2.0, 3.0], [2, 0, 1]),
        ([1.0, 100.0, 999.0], [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0],
         [1, 0, 0, 0, 0, 0, 1, 0, 1]),
        ([0.01, 1e6], [10.0**i for i in range(-2, 8)], [1, 0, 0, 0, 0, 0, 0, 0, 1]),
    ],
)  # fmt: skip
def test_bins_have_round_edges_and_hold_everyone_once(
    values: list[float], edges: list[float], counts: list[int]
) -> None:
    told, held = statistics.bins(values)

    assert told == pytest.approx(edges)
    assert held == counts
