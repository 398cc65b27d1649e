"""Measures of letters and names: by hand, beside other implementations, and by simulation."""

import math

import numpy as np
import pytest

from graders.metrics import sequences
from tests.unit import metrics_sequences as others

RNG = np.random.default_rng(12)
REAL = ["".join(RNG.choice(list("abcde"), RNG.integers(1, 9))) for _ in range(300)]
MORE = ["".join(RNG.choice(list("abcdez"), RNG.integers(2, 7))) for _ in range(120)]


@pytest.mark.parametrize("row", others.ROWS, ids=lambda row: row[0])
def test_worked_examples_come_out_by_both_computations(row: others.Row) -> None:
    _, ours, independent, exact, _ = row
    assert ours == pytest.approx(exact, rel=1e-12)
    assert independent == pytest.approx(exact, rel=1e-9)


def test_unlikeness_and_lengths_are_those_of_scipy() -> None:
    for names, real in ((others.SOME, others.OTHERS), (MORE, REAL), (REAL[:50], REAL[50:])):
        mine = sequences.unlikeness(names, real)
        assert mine == pytest.approx(others.divergence_by_scipy(names, real), rel=1e-9)
        mine = sequences.lengths(names, real)
        assert mine == pytest.approx(others.lengths_by_scipy(names, real), rel=1e-9)
    assert sequences.unlikeness(REAL, REAL) == 0
    assert sequences.lengths(REAL, REAL) == 0


def test_the_interval_of_a_loss_holds_the_truth_nineteen_times_of_twenty() -> None:
    held = 0
    weights = RNG.integers(3, 9, 4000).astype(float)
    population = RNG.gamma(2.0, 1.0, 4000) * np.sqrt(weights)
    truth = float((weights * population).sum() / weights.sum())
    for _ in range(400):
        some = RNG.integers(0, 4000, 120)
        found = sequences.per_letter(population[some], weights[some])
        held += found.low <= truth <= found.high
    assert 0.92 <= held / 400 <= 0.98
    assert sequences.per_letter(np.array([2.0]), np.array([3.0])).high == math.inf


def test_a_known_mean_takes_the_luck_of_the_draw_away() -> None:
    hard = RNG.gamma(2.0, 1.0, 4000)
    losses, by = hard + 0.1 * RNG.normal(size=4000), 1.2 * hard
    plain, freed = [], []
    for _ in range(200):
        some = RNG.integers(0, 4000, 150)
        plain.append(sequences.per_letter(losses[some], np.ones(150)).value)
        found = sequences.adjusted(losses[some], np.ones(150), by[some], float(by.mean()))
        freed.append(found.value)
        assert found.low < found.value < found.high
    assert np.mean(freed) == pytest.approx(losses.mean(), abs=0.01)
    assert np.std(freed) < np.std(plain) / 3


def test_what_is_gained_is_a_paired_difference() -> None:
    better = RNG.gamma(2.0, 1.0, 200)
    weights = np.ones(200)
    found = sequences.gained(better + 0.01, better, weights)
    assert found.low == pytest.approx(0.01)
    nothing = sequences.gained(better, better, weights)
    assert (nothing.low, nothing.value, nothing.high) == (0, 0, 0)


def test_real_names_are_as_like_real_names_as_real_names_are() -> None:
    assert sequences.unlike_real(REAL[:100], REAL[100:200], REAL[:100]) == pytest.approx(1.0)
    assert sequences.unlike_real(MORE, REAL, REAL) > 5
    letters = sequences.by_letters(REAL, 400, 8)
    assert sequences.unlike_real(letters, REAL, REAL) > 1


@pytest.mark.parametrize(
    ("name", "good"),
    [("a", True), ("abcdefgh", True), ("", False), ("abcdefghi", False), ("A", False),
     ("a b", False), ("a^", False), ("ä", False), ("1", False)],
)  # fmt: skip
def test_a_name_is_made_of_small_letters(name: str, good: bool) -> None:
    assert sequences.well_formed(name, 8) is good


def test_new_names_are_distinct_and_no_training_names() -> None:
    names = ["ada", "bo", "bo", "cy", "", "A1", "adam"]
    assert sequences.novelty(names, ["cy"], 14).value == pytest.approx(3 / 7)
    assert sequences.distinct(names).value == pytest.approx(6 / 7)
    found = sequences.novelty(REAL, REAL, 14)
    assert found.value == found.low == 0


def test_names_made_of_letters_have_their_frequencies_and_are_the_same_each_time() -> None:
    made = sequences.by_letters(REAL, 3000, 8)
    assert made == sequences.by_letters(REAL, 3000, 8)
    assert all(sequences.well_formed(name, 8) for name in made)
    text, real = "".join(made), "".join(REAL)
    for letter in "abcde":
        assert text.count(letter) / len(text) == pytest.approx(
            real.count(letter) / len(real), abs=0.03
        )


def rated(p: np.ndarray, drawn: np.ndarray) -> list[float]:
    """Sums of -log p, its mean and its variance over tokens that p [k] is the chance of."""
    loss = -np.log(p)
    mean = float((p * loss).sum())
    return [float(loss[drawn].sum()), mean * len(drawn),
            (float((p * loss**2).sum()) - mean**2) * len(drawn)]  # fmt: skip


def test_surprise_tells_texts_of_the_model_from_colder_and_hotter_ones() -> None:
    p = np.array([0.5, 0.3, 0.15, 0.05])
    found = []
    for _ in range(200):
        rows = [rated(p, RNG.choice(4, RNG.integers(1, 9), p=p)) for _ in range(60)]
        found.append(sequences.surprise(*np.array(rows).T))
    assert abs(float(np.mean(found))) < 0.3
    assert 0.8 < float(np.std(found)) < 1.2
    for heat, low, high in ((0.5, -math.inf, -5), (2.5, 5, math.inf)):
        q = p ** (1 / heat) / (p ** (1 / heat)).sum()
        rows = [rated(p, RNG.choice(4, 6, p=q)) for _ in range(120)]
        assert low < sequences.surprise(*np.array(rows).T) < high
