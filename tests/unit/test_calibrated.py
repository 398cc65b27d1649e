"""Rubric lines that are paid by a measured bar, whatever a student's answers hold."""

import math

import numpy as np
import pytest

from graders.checks import Bar, curve_in_band, measure, reaches, scored
from graders.checks.calibrated import Unmeasured
from graders.core.figures import Learning, Scale
from graders.core.rubric import Calibrated
from graders.core.saying import said
from graders.core.types import Refusal
from graders.metrics import curves
from tests.told import told

HIGHER = Calibrated(none=0.1, full=0.9, near=0.88, mean=0.93, sd=0.01, n=20)
LOWER = Calibrated(none=2.0, full=1.0, near=1.2, mean=0.9, sd=0.01, n=20)
STEPS = curves.POINTS
LOSS = Calibrated(2.3, 0.5, 0.55, 0.45, 0.02, 20, np.full(STEPS, 0.2), np.full(STEPS, 2.5))
FALLING = np.array([2.3, 1.31, 0.82, 0.57, 0.42])


@measure("accuracy", unit="share of images", size=lambda answer: 2000)
def accuracy(answer):
    return answer


@measure("distance", higher=False, unit="nats")
def distance(answer):
    return answer


@measure("curve", higher=False)
def curve(claimed):
    return claimed


@measure("gap", higher=False)
def gap(claimed, measured):
    return curves.gap(claimed, measured)


REACHES = reaches("a", points=4, measure=accuracy, asks="…", title="softmax-regression")
BELOW = reaches("b", points=4, measure=distance, asks="…", title="own-network")
CURVE = curve_in_band("c", points=1, measure=curve, asks="…", title="keras-model")
AGREES = curve_in_band("d", points=1, measure=curve, asks="…", title="keras-model", gap=gap)


@pytest.mark.parametrize(
    ("calibrated", "value", "credit", "near"),
    [
        (HIGHER, 0.93, 1.0, False),
        (HIGHER, 0.9, 1.0, False),
        (HIGHER, 0.89, 0.9875, True),
        (HIGHER, 0.5, 0.5, False),
        (HIGHER, 0.05, 0.0, False),
        (HIGHER, math.nan, 0.0, False),
        (HIGHER, math.inf, 1.0, False),
        (LOWER, 0.5, 1.0, False),
        (LOWER, 1.1, 0.9, True),
        (LOWER, 1.5, 0.5, False),
        (LOWER, 3.0, 0.0, False),
    ],
)
def test_a_bar_pays_linearly_and_knows_what_is_near(calibrated, value, credit, near) -> None:
    found = scored(value, calibrated, "toy")
    assert found.credit == pytest.approx(credit)
    assert found.near is near


@pytest.mark.parametrize(("none", "full"), [(1.0, 1.0), (math.nan, 1.0), (0.0, math.inf)])
def test_a_bar_needs_two_ends(none, full) -> None:
    with pytest.raises(ValueError, match="two different"):
        Bar(Calibrated(none, full, 0.0, 0.0, 0.0, 2))


def test_a_share_is_told_with_its_interval_and_the_bar() -> None:
    found = REACHES.judge(0.934, HIGHER)
    assert found.credit == 1.0
    assert told(found) == (
        "Softmax regression: 0.934 (95% interval 0.922 to 0.944) of 2,000 held-out images; "
        "full marks from 0.900."
    )
    (scale,) = found.figures
    assert isinstance(scale, Scale)
    assert (scale.none, scale.full) == (0.1, 0.9)
    assert scale.low < scale.value < scale.high


def test_a_number_that_is_no_share_has_no_interval() -> None:
    found = BELOW.judge(1.1, LOWER)
    assert told(found) == "Own network: 1.1 nats; full marks up to 1."
    assert found.near


@pytest.mark.parametrize(
    "answer",
    [math.nan, math.inf, -math.inf, [], [0.1, 0.2], np.zeros((3, 3)), "0.99", None, 1e400],
)
def test_what_is_no_number_earns_nothing_and_raises_nothing(answer) -> None:
    for check, calibrated in ((REACHES, HIGHER), (BELOW, LOWER)):
        found = check.judge(answer, calibrated)
        assert found.credit == 0.0
        assert "not a finite number" in told(found)


def guessed(labels_truth):
    return labels_truth


@measure("guessable", baseline=guessed)
def guessable(answer, labels_truth):
    return answer


@measure("recomputed", baseline=lambda answer: answer)
def recomputed(answer):
    return answer


@pytest.mark.parametrize(
    ("guess", "value", "credit"),
    [
        (0.1, 0.5, 0.5),  # as on the sets that the bar was measured with
        (0.2, 0.2, 0.0),  # easier to guess: a guess earns nothing here either
        (0.2, 0.55, 0.5),
        (0.05, 0.1, 0.0),  # harder to guess: what earned nothing does not earn here
        (0.9, 0.5, 0.5),  # beyond the bar: this set cannot tell, the measured bar stands
        (math.nan, 0.5, 0.5),
    ],
)
def test_a_guess_earns_nothing_on_a_set_that_is_easy_to_guess(guess, value, credit) -> None:
    check = reaches("a", points=4, measure=guessable, asks="…", title="softmax-regression")
    assert check.needs == ("answer", "labels_truth", "guessable_bar")
    assert check.judge(value, guess, HIGHER).credit == pytest.approx(credit)


def test_what_earns_nothing_is_never_taken_from_a_students_own_answers() -> None:
    check = reaches("a", points=4, measure=recomputed, asks="…", title="softmax-regression")
    assert check.judge(0.5, HIGHER).credit == pytest.approx(0.5)


def test_numbers_outside_of_shares_are_judged_without_an_interval() -> None:
    assert REACHES.judge(-5.0, HIGHER).credit == 0.0
    assert REACHES.judge(7.0, HIGHER).credit == 1.0


@pytest.mark.parametrize("check", [REACHES, BELOW])
def test_a_refusal_is_told_in_its_own_words(check) -> None:
    found = check.judge(Refusal(said("transposed", asked=said("one-row-of", n=10))), HIGHER)
    assert found.credit == 0.0
    assert "the result is transposed: one row" in told(found)
    with pytest.raises(Unmeasured):
        accuracy.compute(Refusal(said("empty")))


def test_a_size_names_evidence_of_its_measure() -> None:
    @measure("m", size=lambda truth: len(truth))
    def good(answers, truth):
        return 0.5

    assert good.size is not None
    assert good.size("answers", (1, 2, 3)) == 3
    with pytest.raises(ValueError, match="lacks"):
        measure("n", size=lambda elsewhere: 1)(lambda answers: 0.5)


def test_a_curve_in_the_band_earns_all_and_is_drawn() -> None:
    found = CURVE.judge(FALLING, LOSS)
    assert found.credit == 1.0
    assert "inside the band" in told(found)
    (figure,) = found.figures
    assert isinstance(figure, Learning)
    assert figure.high.size == STEPS


def test_another_way_to_the_same_level_costs_nothing() -> None:
    slow = np.array([9.0, 6.1, 4.2, 1.1, 0.42])
    found = CURVE.judge(slow, LOSS)
    assert found.credit == 1.0
    assert "above the band" in told(found)
    assert "nowhere above" in told(CURVE.judge(FALLING / 10, LOSS))


def test_a_curve_that_ends_too_high_earns_a_part() -> None:
    assert 0.6 < CURVE.judge(FALLING + 0.4, LOSS).credit < 0.95


@pytest.mark.parametrize(
    ("claimed", "words"),
    [
        ([], "too few"),
        ([1.0], "too few"),
        ([math.nan] * 9, "diverged"),
        ([2.3, 1.0, math.inf], "diverged"),
        ([2.3, 1.0, -3.0], "negative"),
        (np.zeros(curves.LONGEST + 1), "far more values"),
        ([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], "exact rule"),
        ([2.3] * 6, "never changes"),
        ([1.0, 1.2, 1.5, 2.5], "rises"),
        (np.zeros((0, 3)), "too few"),
    ],
)
def test_what_is_no_training_earns_nothing_and_is_named(claimed, words) -> None:
    found = CURVE.judge(np.asarray(claimed), LOSS)
    assert found.credit == 0.0
    assert words in told(found)


def test_a_long_curve_reaches_the_page_whole_which_thins_it() -> None:
    long = 2.3 * np.exp(-np.linspace(0, 3, 100_000)) * (1 + 0.01 * np.sin(np.arange(100_000)))
    (figure,) = CURVE.judge(long, LOSS).figures
    assert isinstance(figure, Learning)
    assert figure.values.size == long.size


def test_a_refused_curve_is_told() -> None:
    assert "it is empty" in told(CURVE.judge(Refusal(said("empty")), LOSS))


@pytest.mark.parametrize(
    ("measured", "credit"),
    [(0.42, 1.0), (0.45, 1.0), (42.0, 0.0), (math.nan, 0.0), (0.0, 0.0)],
)
def test_a_claimed_end_has_to_agree_with_what_we_measure(measured, credit) -> None:
    allowed = Calibrated(none=1.5, full=0.1, near=0.15, mean=0.03, sd=0.02, n=20)
    found = AGREES.judge(FALLING, LOSS, measured, allowed)
    assert found.credit == credit
    assert "end" in told(found)


def test_the_needs_of_a_check_are_those_of_its_measures_and_their_bars() -> None:
    assert REACHES.needs == ("answer", "accuracy_bar")
    assert AGREES.needs == ("claimed", "curve_bar", "measured", "gap_bar")
    assert AGREES.claim
    assert not REACHES.claim
