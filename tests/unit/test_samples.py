"""The measures of generated pictures: worked examples, textbook loops, and what they are for."""

import numpy as np
import pytest

from graders.core.types import Array
from graders.metrics import samples
from tests.unit import metrics_samples as by

RNG = np.random.default_rng(8)


def scenes(n: int, seed: int = 0) -> Array:
    """Pictures [n, 32, 32, 3] in 0..1: a soft spot of any colour and place on a slope."""
    rng = np.random.default_rng(seed)
    down, across = np.mgrid[:32, :32] / 31.0
    y, x, size = (rng.uniform(*r, (n, 1, 1)) for r in ((0.3, 0.7), (0.3, 0.7), (0.1, 0.3)))
    spot = 1 / (1 + np.exp((np.hypot(down - y, across - x) - size) * 40))
    back = (
        rng.uniform(0.1, 0.5, (n, 1, 1, 3)) + 0.3 * (down * rng.uniform(0, 1, (n, 1, 1)))[..., None]
    )
    pixels = back + spot[..., None] * (rng.uniform(0.2, 1, (n, 1, 1, 3)) - back)
    return np.asarray(np.clip(pixels + rng.normal(0, 0.01, pixels.shape), 0, 1))


TRAINING, OTHERS = scenes(300, 1), scenes(200, 2)
RAW = samples.features(TRAINING)
REAL = samples.standardised(samples.features(OTHERS), RAW)


def placed(pictures: Array) -> Array:
    return samples.standardised(samples.features(pictures), RAW)


@pytest.mark.parametrize("row", by.ROWS, ids=lambda row: row[0])
def test_a_metric_agrees_with_paper_and_loops(row: by.Row) -> None:
    name, ours, theirs, exact, _ = row
    loose = 0.05 if "one source" in name or "N(" in name or "10,000" in name else 1e-12
    assert ours == pytest.approx(exact, rel=loose)
    assert ours == pytest.approx(theirs, rel=1e-9)


def test_kid_and_its_neighbours_equal_the_loops_on_any_numbers() -> None:
    x, y = by.normal(1, 30, 6), by.normal(2, 41, 6, 0.4)
    assert samples.kid(x, y).value == pytest.approx(by.kid_by_loops(x, y))
    assert samples.density(x, y, 3).value == pytest.approx(by.density_by_loops(x, y, 3))
    assert samples.coverage(x, y, 3).value == pytest.approx(by.coverage_by_trees(x, y, 3))
    near, _ = samples.nearness(x, y)
    assert near == pytest.approx(by.nearness_by_sorting(x, y))
    found = samples.auc(x[:, 0], y[:, 0])
    assert found.value == pytest.approx(by.auc_by_ranks(x[:, 0], y[:, 0]))
    assert (found.high - found.low) / 2 == pytest.approx(by.delong_by_loops(x[:, 0], y[:, 0]))


def test_the_interval_of_kid_holds_the_truth_as_often_as_it_says() -> None:
    held = 0
    for seed in range(300):
        found = samples.kid(by.normal(seed, 80, 1), by.normal(seed + 5000, 80, 1, 1.0))
        held += found.low <= 22.0 <= found.high
    assert 0.87 <= held / 300 <= 0.98


def test_kid_is_unbiased_where_both_samples_have_one_source() -> None:
    found = [samples.kid(by.normal(s, 25, 3), by.normal(s + 900, 25, 3)).value for s in range(400)]
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(len(found))


def test_features_have_a_name_for_every_number_and_no_chance_in_them() -> None:
    found = samples.features(OTHERS[:3])
    assert found.shape == (3, sum(samples._SIZES))
    assert np.array_equal(found, samples.features(OTHERS[:3].copy()))
    assert placed(TRAINING).mean(axis=0) == pytest.approx(np.zeros(found.shape[1]), abs=1e-9)
    assert np.mean(placed(TRAINING) ** 2) == pytest.approx(1.0)


def test_features_that_never_vary_do_no_harm() -> None:
    flat = samples.features(np.full((4, 32, 32, 3), 0.5))
    assert np.isfinite(samples.standardised(flat, flat)).all()


def test_the_distance_orders_pictures_as_people_would() -> None:
    grain = np.clip(OTHERS + RNG.normal(0, 0.05, OTHERS.shape), 0, 1)
    mixed = 0.5 * OTHERS + 0.5 * OTHERS[::-1]
    mean = np.repeat(TRAINING.mean(axis=0, keepdims=True), 50, axis=0)
    noise = RNG.uniform(0, 1, (50, 32, 32, 3))
    more = scenes(200, 3)
    linear = samples.linear(TRAINING, 200, 16)
    found = [samples.kid(REAL, placed(x)).value for x in (more, linear, noise)]
    assert found == sorted(found)
    for worse in (grain, mixed, mean):
        assert samples.kid(REAL, placed(worse)).value > samples.kid(REAL, placed(more)).high


def test_coverage_falls_with_the_number_of_modes_and_density_does_not() -> None:
    few = np.repeat(scenes(5, 4), 40, axis=0)
    more = scenes(200, 5)
    assert samples.coverage(REAL, placed(few)).value < 0.3
    assert samples.coverage(REAL, placed(more)).value > 0.8
    assert samples.density(REAL, placed(few)).value > 0.3
    assert samples.twins(placed(few), REAL) == 1.0
    assert samples.twins(placed(more), REAL) == 0.0


def test_a_linear_generator_has_the_faces_mean_and_no_more_directions_than_numbers() -> None:
    dim = 0.5 + 0.2 * (TRAINING[:, ::4, ::4] - 0.5)  # far from black and white: nothing is cut off
    drawn = samples.linear(dim, 3000, 4)
    rows = drawn.reshape(3000, -1)
    assert rows.mean(axis=0) == pytest.approx(dim.reshape(300, -1).mean(axis=0), abs=0.01)
    values = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False)
    assert values[4] < 1e-9 * values[0]
    leading = np.linalg.svd(dim.reshape(300, -1) - dim.reshape(300, -1).mean(axis=0))[1][:4]
    assert values[:4] / np.sqrt(2999) == pytest.approx(leading / np.sqrt(299), rel=0.06)


@pytest.mark.parametrize(
    "changed",
    [
        lambda x: x,
        lambda x: x[:, :, ::-1],
        lambda x: np.clip(0.7 * x + 0.1, 0, 1),
        lambda x: np.clip(x + RNG.normal(0, 0.03, x.shape), 0, 1),
        lambda x: (x + np.roll(x, 1, axis=1) + np.roll(x, 1, axis=2)) / 3,
    ],
    ids=["as they are", "mirrored", "darker", "noisy", "blurred"],
)
def test_copies_are_found_however_they_are_dressed(changed: object) -> None:
    prints = samples.prints(TRAINING)
    both = np.concatenate([prints, samples.mirrored(prints)])
    of_others, _ = samples.nearness(samples.prints(OTHERS), both)
    stolen = changed(TRAINING[:60])  # type: ignore[operator]
    ratios, nearest = samples.nearness(samples.prints(stolen), both)
    assert samples.copied(ratios, of_others).value > 0.9
    assert np.mean(nearest % 300 == np.arange(60)) > 0.9
    honest, _ = samples.nearness(samples.prints(scenes(200, 6)), both)
    assert samples.copied(honest, of_others).value < 0.05


def test_a_single_colour_is_no_copy_and_no_error() -> None:
    prints = samples.prints(np.full((12, 32, 32, 3), 0.3))
    ratios, _ = samples.nearness(prints, prints)
    assert np.isfinite(ratios).all()
