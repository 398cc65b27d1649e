"""Bars are bounds: their coverage is simulated, their formulas are compared with tables."""

import math

import numpy as np
import pytest

from graders.metrics import tolerance


@pytest.mark.parametrize(
    ("n", "coverage", "confidence", "k"),
    [
        # One-sided factors of the published tables (NIST handbook; our survey, section D).
        (10, 0.95, 0.95, 2.911),
        (20, 0.95, 0.95, 2.396),
        (30, 0.95, 0.95, 2.220),
        (10, 0.99, 0.95, 3.981),
        (20, 0.99, 0.95, 3.295),
        (3, 0.99, 0.95, 10.553),
        (2, 0.95, 0.95, 26.260),
    ],
)
def test_the_tolerance_factor_is_that_of_the_tables(n, coverage, confidence, k) -> None:
    assert tolerance.factor(n, coverage, confidence) == pytest.approx(k, rel=5e-4)


@pytest.mark.parametrize(("n", "coverage"), [(1, 0.95), (0, 0.95), (10, 1.0), (10, 0.0)])
def test_no_factor_without_a_spread_or_a_share(n, coverage) -> None:
    with pytest.raises(ValueError, match=r"two values|\(0, 1\)"):
        tolerance.factor(n, coverage)


@pytest.mark.parametrize(
    ("share", "n", "low", "high"),
    [
        (0.5, 10, 0.2366, 0.7634),
        (0.0, 10, 0.0, 0.2775),
        (1.0, 10, 0.7225, 1.0),
        (0.934, 2000, 0.9223, 0.9441),
        (1.0, 1, 0.2065, 1.0),
    ],
)
def test_the_interval_of_a_share_is_wilsons(share, n, low, high) -> None:
    assert tolerance.wilson(share, n) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(("share", "n"), [(0.5, 0), (1.1, 10), (-0.1, 10), (math.nan, 10)])
def test_what_is_no_share_has_no_interval(share, n) -> None:
    for function in (tolerance.wilson, tolerance.sampling_error):
        with pytest.raises(ValueError, match="no share"):
            function(share, n)


def test_a_share_of_one_is_not_free_of_noise() -> None:
    assert 0 < tolerance.sampling_error(1.0, 2000) < tolerance.sampling_error(0.9, 2000)


@pytest.mark.parametrize("n", [3, 20])
def test_the_bound_covers_what_it_promises(n) -> None:
    """In at least 95% of calibrations, at least 99% of correct runs reach the bar."""
    rng = np.random.default_rng(5)
    seeds = rng.normal(size=(20_000, n))
    bar = seeds.mean(axis=1) - tolerance.factor(n) * seeds.std(axis=1, ddof=1)
    kept = (bar <= -2.3263).mean()  # the normal quantile of 1%
    assert kept == pytest.approx(tolerance.CONFIDENCE, abs=0.006)


@pytest.mark.parametrize(
    ("n", "sd", "se", "shared"),
    [(20, 1.0, 0.0, 0.0), (3, 1.0, 0.0, 0.0), (20, 0.3, 0.57, 1.0), (3, 1.0, 1.0, 0.5)],
)
def test_the_chance_of_missing_is_what_a_simulation_finds(n, sd, se, shared) -> None:
    rng = np.random.default_rng(6)
    calibrations = 400_000
    mean = rng.normal(scale=sd / math.sqrt(n), size=calibrations)
    s = sd * np.sqrt(rng.chisquare(n - 1, calibrations) / (n - 1))
    width = np.hypot(tolerance.factor(n) * s, 2.3263 * se)
    common = rng.normal(scale=math.sqrt(shared) * se, size=calibrations) if shared else 0.0
    own = math.sqrt(sd**2 + (1 - shared) * se**2)
    first, second = (common + rng.normal(scale=own, size=calibrations) for _ in range(2))
    missed = first < mean - width
    near = first >= mean - tolerance.BAND * width
    twice = missed & (~near | (second < mean - width))
    for confirmed, found in ((False, missed), (True, twice)):
        told = tolerance.chance_of_missing(n, sd, se, shared=shared, confirmed=confirmed)
        noise = 4 * math.sqrt(max(told, 1e-6) / calibrations)
        assert found.mean() == pytest.approx(told, abs=noise)


def test_the_confirming_run_makes_a_miss_rarer_and_never_likelier() -> None:
    for n in (3, 5, 20, 60):
        once = tolerance.chance_of_missing(n)
        twice = tolerance.chance_of_missing(n, confirmed=True)
        assert twice < once < 1 - tolerance.COVERAGE
    assert tolerance.chance_of_missing(20, confirmed=True) < 1e-4


def test_without_any_spread_nothing_can_miss_by_chance() -> None:
    with pytest.raises(ValueError, match="spread"):
        tolerance.chance_of_missing(20, 0.0, 0.0)


@pytest.mark.parametrize("smoothness", [0.0, 0.9])
def test_whole_curves_stay_in_the_band(smoothness) -> None:
    """At least 99% of further curves lie inside it at every point, however points hang together."""
    rng = np.random.default_rng(7)

    def curves(n):
        noise = rng.normal(size=(n, 20))
        for t in range(1, 20):
            noise[:, t] = smoothness * noise[:, t - 1] + math.sqrt(1 - smoothness**2) * noise[:, t]
        return noise * 0.1 + np.linspace(1, -2, 20)

    inside = []
    for _ in range(200):
        low, high = tolerance.simultaneous_band(curves(20))
        fresh = curves(200)
        inside.append(((fresh >= low) & (fresh <= high)).all(axis=1).mean())
    assert np.mean(inside) > tolerance.COVERAGE
    assert np.quantile(inside, 0.05) > 0.97


def test_a_point_of_tiny_spread_gets_that_of_the_rest() -> None:
    rng = np.random.default_rng(8)
    curves = rng.normal(size=(10, 6))
    curves[:, 0] = 2.3  # every run begins at log 10
    low, high = tolerance.simultaneous_band(curves)
    assert high[0] - low[0] > np.median(curves.std(axis=0))


@pytest.mark.parametrize(
    "curves", [np.zeros((1, 5)), np.zeros((0, 5)), np.zeros(5), np.full((3, 5), np.nan)]
)
def test_no_band_without_curves(curves) -> None:
    with pytest.raises(ValueError, match=r"two values|finite curves"):
        tolerance.simultaneous_band(curves)


# --- five fresh runs beside the stored ones ---

STORED = np.array([0.90, 0.92, 0.94, 0.96, 0.98])  # mean 0.94, s 0.03162


@pytest.mark.parametrize(
    ("fresh", "holds"),
    [
        (STORED, True),
        ([0.94] * 5, True),
        ([1.0] * 5, True),  # better is no failure
        ([0.914] * 5, True),  # the average may lie 0.85 s below: 0.9131
        ([0.912] * 5, False),
        ([0.98, 0.98, 0.98, 0.98, 0.861], True),  # one may lie 2.53 s below: 0.86
        ([0.98, 0.98, 0.98, 0.98, 0.859], False),
    ],
)
@pytest.mark.parametrize("higher", [True, False])
def test_fresh_runs_hold_within_both_limits_and_mirrored(fresh, holds: bool, higher: bool) -> None:
    sign = 1.0 if higher else -1.0
    found = tolerance.requalified(sign * np.array(fresh), sign * STORED, higher=higher)
    assert found.holds is holds
    assert (max(found.average_short, found.worst_short) > 0) is not holds


@pytest.mark.parametrize(
    ("worst", "se", "holds"),
    [
        (0.50, 0.0, True),
        (0.51, 0.0, True),
        (0.499, 0.0, False),
        (0.5 - 1e-8, 0.0, True),  # another machine rounds otherwise
        (0.478, 0.01, True),  # z = 2.326 standard errors of the set
        (0.476, 0.01, False),
    ],
)
def test_without_a_spread_none_may_be_worse_than_the_set_explains(worst, se, holds) -> None:
    fresh = np.array([0.6, 0.6, 0.6, 0.6, worst])
    found = tolerance.requalified(fresh, np.full(20, 0.5), higher=True, se=se)
    assert found.holds is holds
    mirrored = tolerance.requalified(-fresh, np.full(20, -0.5), higher=False, se=se)
    assert mirrored.holds is holds


@pytest.mark.parametrize(
    ("fresh", "stored"),
    [([], [1.0, 2.0]), ([1.0], [1.0]), ([math.nan], [1.0, 2.0]), ([1.0], [1.0, math.inf])],
)
def test_what_tells_nothing_is_not_compared(fresh, stored) -> None:
    with pytest.raises(ValueError, match=r"nothing|not finite"):
        tolerance.requalified(np.array(fresh), np.array(stored), higher=True)


@pytest.mark.parametrize(
    ("n", "shift", "once", "twice"),
    [
        # As the docstring tells them: n stored seeds, a shift in s, chance to fail.
        (None, 0.0, 0.050, 0.0025),
        (20, 0.0, 0.087, 0.016),
        (5, 0.0, 0.197, 0.096),
        (3, 0.0, 0.284, 0.179),
        (None, 1.0, None, 0.436),
        (None, 1.5, None, 0.872),
        (20, 1.5, None, 0.832),
    ],
)
def test_the_errors_of_the_rule_are_those_that_are_told(n, shift, once, twice) -> None:
    rng, times = np.random.default_rng(3), 40_000
    mean, s = np.zeros(times), np.ones(times)
    if n is not None:
        stored = rng.normal(size=(times, n))
        mean, s = stored.mean(axis=1), stored.std(axis=1, ddof=1)
    failed = []
    for _ in range(2):
        fresh = rng.normal(size=(times, 5)) - shift
        low = fresh.mean(axis=1) < mean - tolerance.AVERAGE_BELOW * s
        failed.append(low | (fresh.min(axis=1) < mean - tolerance.WORST_BELOW * s))
    if once is not None:
        assert failed[0].mean() == pytest.approx(once, abs=0.008)
    assert (failed[0] & failed[1]).mean() == pytest.approx(twice, abs=0.01 if shift else 0.006)
