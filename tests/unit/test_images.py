"""Metrics of pictures, codes and morphs: against hand-computed values and other implementations."""

import math

import numpy as np
import pytest

from graders.metrics import images
from tests.unit.metrics_images import CODES, FOUND, ROWS, WANTED


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_our_value_is_the_independent_one_and_the_one_by_hand(row) -> None:
    name, ours, independent, by_hand, _ = row
    assert ours == pytest.approx(independent, rel=1e-9, abs=1e-12)
    if name != "agreement of strangers":
        assert ours == pytest.approx(by_hand, rel=1e-5, abs=1e-12)


def test_strangers_agree_by_chance_and_the_interval_says_so() -> None:
    held = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        found = images.agreement(rng.normal(size=(150, 3)), rng.random((150, 2)))
        held += found.low <= 0 <= found.high
    assert held >= 33


def test_the_interval_of_an_error_holds_the_true_mean_about_as_often_as_it_says() -> None:
    held = 0
    for seed in range(200):
        noise = np.random.default_rng(seed).normal(size=(40, 4, 4, 1))
        found = images.mse(noise, np.zeros_like(noise))
        held += found.low <= 1 <= found.high
    assert 178 <= held <= 199


def test_one_picture_has_an_error_without_a_bound() -> None:
    found = images.mse(FOUND[:1], WANTED[:1])
    assert found.n == 1
    assert found.low == -math.inf


@pytest.mark.parametrize("wrong", [FOUND[:3], FOUND[..., :1], FOUND[:0]])
def test_other_shapes_are_refused(wrong) -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        images.squared_errors(wrong, WANTED if wrong.size else wrong)


def test_nothing_left_is_infinitely_good() -> None:
    assert images.psnr(0) == math.inf
    assert images.gain(0, 0.1) == math.inf
    assert math.isnan(images.against(0.1, 0))
    assert images.against(0.3, 0.6) == 0.5


def test_principal_components_are_orthonormal_for_tall_and_for_wide_rows() -> None:
    rng = np.random.default_rng(3)
    for n, d in ((50, 8), (8, 50), (20, 20)):
        rows = rng.normal(size=(n, d)) + 7
        mean, components = images.principal(rows, 5)
        np.testing.assert_allclose(components @ components.T, np.eye(5), atol=1e-9)
        np.testing.assert_allclose(mean, rows.mean(axis=0))
        dropped = np.linalg.svd(rows - mean, compute_uv=False)[5:]
        assert images.left_over(rows, mean, components) == pytest.approx(
            (dropped**2).sum() / rows.size
        )


def test_the_nearest_of_a_code_is_never_itself_and_comes_first() -> None:
    near = images.nearest(np.array([[0.0], [1.0], [10.0], [12.0]]), 2)
    assert near.tolist() == [[1, 2], [0, 2], [3, 1], [2, 1]]


def test_many_codes_are_taken_in_parts(monkeypatch) -> None:
    whole = images.nearest(CODES, 5)
    monkeypatch.setattr(images, "_CHUNK", 7)
    np.testing.assert_array_equal(images.nearest(CODES, 5), whole)


def test_unknown_attributes_and_those_that_never_vary_do_not_count() -> None:
    codes, known = np.array([[0.0], [0.1], [5.0], [5.1]]), np.array([0.0, 0.0, 1.0, 1.0])
    unknown = np.array([0.0, np.nan, 1.0, 1.0])
    same = np.ones(4)
    assert images.agreement(codes, np.stack([known, unknown, same], axis=1), k=1).value == 1
    nothing = images.agreement(codes, np.stack([same, same * np.nan], axis=1), k=1)
    assert nothing.n == 0
    assert math.isnan(nothing.value)


def test_a_jump_is_as_uneven_as_can_be_and_standing_still_is_no_walk() -> None:
    jump = np.array([0.0, 0, 0, 1, 1]).reshape(5, 1, 1, 1)
    assert images.evenness(jump) == 0.25
    assert images.evenness(np.ones((5, 2, 2, 1))) == 0
    assert images.evenness(np.ones((1, 2, 2, 1))) == 0
    assert images.evenness(np.linspace(0, 1, 9).reshape(9, 1, 1, 1)) == pytest.approx(1)
