"""The judges of cifar_cnn on evidence made of numbers: predictions, networks, stimuli."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.checks import networks, predictions, stimuli
from graders.cifar_cnn import GRADER
from graders.core import pipeline
from graders.core.rubric import Calibrated
from graders.core.saying import said, spoken
from graders.core.types import (
    Answers,
    Array,
    CheckResult,
    Evidence,
    Outcome,
    Refusal,
    Submission,
)
from tests.told import everything, told

N = 400
RNG = np.random.default_rng(4)
LABELS = RNG.integers(0, 10, N)
BARS = {
    "cnn_accuracy": Calibrated(0.35, 0.8, 0.75, 0.85, 0.02, 20),
    "cnn_curve": Calibrated(2.0, 0.9, 1.0, 0.7, 0.05, 20),
    "stimuli_excitation": Calibrated(0.0, 0.95, 0.9, 1.0, 0.01, 20),
}


def rows_for(labels: Array, share: float = 0.9, sure: float = 0.8) -> Array:
    """Probabilities [n, 10] of which about `share` favour the label."""
    rng = np.random.default_rng(8)
    told = np.where(rng.random(len(labels)) < share, labels, (labels + 1) % 10)
    rows = np.full((len(labels), 10), (1 - sure) / 9)
    rows[np.arange(len(labels)), told] = sure
    return rows


def mean_loss(rows: Array) -> float:
    return float(-np.log(rows[np.arange(N), LABELS]).mean())


GOOD = rows_for(LABELS)
BATCH = RNG.dirichlet(np.ones(10), 12)
STEADY: Answers = ((BATCH,), (BATCH[::-1],), (BATCH[:1],), (BATCH,))
RIGHT_ROWS: Answers = ((np.full((2, 4, 4, 3), 0.25),),)
CASE = {"height": np.array(4), "width": np.array(4)}
FACTS = np.array([1e6, 4, 1, 10, 0.0, 1e-6])
HISTORY = np.array([2.1, 1.4, 1.0, mean_loss(GOOD)])
SEEN: dict[str, Answers] = {
    "cnn": ((GOOD,), (GOOD,)),
    "predict": ((GOOD,), (GOOD,)),
    "predict_rows": STEADY,
    "prepare": RIGHT_ROWS,
    "made_facts": ((FACTS,),),
    "cnn_facts": ((FACTS,),),
    "valid_loss": ((HISTORY,),),
    "stimuli_found": ((np.zeros((4, 4, 3)),),),
    "excitation": ((np.array([2.0, 1.0, 2.0, 1.02]),),),
    "stimulus_images": ((np.zeros((6, 32, 32, 3)),),),
    "class_names": (("aa bb cc dd ee ff gg hh ii jj",),),
}
TRUTHS = {"images": ({"labels": LABELS, "linear": np.array(0.35)}, {"labels": LABELS})}
CASES: Mapping[str, Any] = {
    "images": ({}, {"images": np.zeros((N, 32, 32, 3), np.uint8)}),
    "stimuli": (CASE,),
}


def graded(
    altered: Mapping[str, tuple[str, ...]] | None = None, /, **changed: Answers | None
) -> Mapping[str, CheckResult]:
    """Results by check, with some of the good evidence replaced or (None) left out.

    Args:
        altered: which question's function altered which arguments.
    """
    seen = {k: v for k, v in {**SEEN, **changed}.items() if v is not None}
    evidence = Evidence(seen, {}, altered or {})
    submission = Submission("convnets", "cifar_cnn", "student", Path("none"))
    by_hand = {"stimuli_in_words": (2.0, "words")}
    grade = pipeline.grade(
        submission, evidence, (Evidence(SEEN),), CASES, GRADER, by_hand, truths=TRUTHS, bars=BARS
    )
    return {r.check: r for r in grade.results}


OURS = ("check_model", "check_predict", "check_accuracy", "check_end", "check_curve",
        "check_stimuli")  # fmt: skip


def lost(results: Mapping[str, CheckResult]) -> set[str]:
    assert all(results[name].outcome is not Outcome.HELD for name in OURS), results
    return {name for name in OURS if (results[name].points or 0) < results[name].max_points}


def test_good_evidence_loses_nothing_and_draws_what_the_student_may_see() -> None:
    results = graded()
    assert lost(results) == set()
    kinds = [type(f).__name__ for f in results["check_accuracy"].figures]
    assert kinds == ["Scale", "Confusion", "Pictures"]
    wrong = spoken(everything(), results["check_accuracy"].figures[2])
    assert "bb taken for cc, 80% sure" in wrong.captions
    kinds = [type(f).__name__ for f in results["check_stimuli"].figures]
    assert kinds == ["Scale", "Pictures"]


UNIFORM = np.full((N, 10), 0.1)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (UNIFORM, "does worse than your model"),
        (np.roll(GOOD, 1, axis=1), "does worse than your model"),
        (np.log(GOOD), "no probabilities"),
        (GOOD * np.nan, "not numbers"),
        (np.full((N, 10), 1e308), "no probabilities"),
        (LABELS, "class numbers"),
        (GOOD.T, "transposed"),
    ],
)
def test_predictions_that_are_not_the_models_lose_predict_alone(rows: Array, words: str) -> None:
    results = graded(predict=((rows,), (rows,)))
    assert lost(results) == {"check_predict"}
    assert words in results["check_predict"].feedback


def test_a_model_trained_with_a_normalisation_of_its_own_is_asked_through_predict() -> None:
    assert lost(graded(cnn=((UNIFORM,), (UNIFORM,)))) == set()


def test_scores_instead_of_probabilities_are_charged_to_the_model_alone() -> None:
    scores = np.log(GOOD) + 3
    facts = np.array([1e6, 4, 1, 10, -2.0, 7.0])
    results = graded(
        cnn=((scores,), (scores,)), predict=((scores,), (scores,)), made_facts=((facts,),)
    )
    assert lost(results) == {"check_model"}
    assert "no probabilities" in results["check_model"].feedback


def test_what_hangs_on_chance_or_on_the_batch_loses_predict() -> None:
    other = np.roll(BATCH, 1, axis=1)
    for rows, words in (
        (((BATCH,), (BATCH[::-1],), (BATCH[:1],), (other,)), "asked about again"),
        (((BATCH,), (other[::-1],), (BATCH[:1],), (BATCH,)), "comes with"),
        (((BATCH,), (BATCH[::-1],), (other[:1],), (BATCH,)), "comes with"),
        (
            ((BATCH,), (BATCH[::-1],), Refusal(said("stops-with-own-error")), (BATCH,)),
            "it stops with",
        ),
        (((BATCH,), (BATCH[::-1],), (BATCH,), (BATCH,)), "single picture"),
    ):
        results = graded(predict_rows=rows)
        assert lost(results) == {"check_predict"}
        assert words in results["check_predict"].feedback


@pytest.mark.parametrize(
    ("history", "gone"),
    [
        (np.array([2.1, 1.4, 0.9, 0.01]), {"check_end"}),
        (np.array([2.3, 2.29, 2.31, 2.3]), {"check_curve", "check_end"}),
        (np.array([2.1, np.nan]), {"check_curve", "check_end"}),
        (np.array([]), {"check_curve", "check_end"}),
        # Stopped early, and the best weights taken back.
        (np.array([2.1, 1.2, mean_loss(GOOD), mean_loss(GOOD) + 0.02]), set()),
    ],
)
def test_a_history_is_compared_with_what_we_measure(history: Array, gone: set[str]) -> None:
    assert lost(graded(valid_loss=((history,),))) == gone


def test_no_model_earns_neither_accuracy_nor_predict() -> None:
    results = graded(cnn=None, cnn_facts=None)
    assert {"check_accuracy", "check_predict"} <= lost(results)
    assert results["check_model"].points == 3


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (0, 2e6, "2,000,000 parameters"),
        (1, 3, "3 convolutional layers"),
        (3, 9, "10 numbers"),
        (2, 0, "10 numbers"),
        (4, -0.5, "no probabilities"),
        (5, 0.4, "no probabilities"),
        (4, np.nan, "no probabilities"),
        (5, np.nan, "no probabilities"),
    ],
)
def test_a_network_is_told_which_condition_it_misses(place: int, value: float, words: str) -> None:
    facts = FACTS.copy()
    facts[place] = value
    for name in ("made_facts", "cnn_facts"):
        results = graded(**{name: ((facts,),)})
        assert lost(results) == {"check_model"}
        assert words in results["check_model"].feedback


def test_a_network_that_cannot_be_looked_at_has_no_facts() -> None:
    conditions = {"classes": 10, "convolutions": 4, "parameters": 10}
    assert networks.problems((Refusal(said("stops-with-own-error")),), **conditions)
    assert networks.problems(((np.zeros(3),),), **conditions)


@pytest.mark.parametrize(
    ("picture", "share", "words"),
    [
        (np.zeros((4, 4, 3)), 1.0, ""),
        (np.zeros((1, 4, 4, 3)), 1.0, ""),
        (np.full((4, 4, 3), 0.7), 0.5, "leaves the range"),
        (np.full((4, 4, 3), np.nan), 0.0, "not finite"),
        (np.zeros((4, 3, 4)), 0.0, "shape"),
        ("text", 0.0, "text"),
    ],
)
def test_a_stimulus_is_worth_what_it_excites(picture: Any, share: float, words: str) -> None:
    (found,) = stimuli.shares(((picture,),), SEEN["excitation"], (CASE,))
    assert found[0] == share
    assert words in told(stimuli.amiss([found]))
    assert bool(words) == bool(stimuli.amiss([found]))


@pytest.mark.parametrize(
    ("response", "share"), [(1.0, 0.0), (0.2, 0.0), (1.5, 0.5), (9.0, 1.0), (np.nan, 0.0)]
)
def test_noise_is_worth_nothing_and_our_own_ascent_everything(
    response: float, share: float
) -> None:
    measured = np.array([response, 1.0, 2.0, 1.0])
    value = stimuli.mean_share(SEEN["stimuli_found"], ((measured,),), (CASE,))
    assert value == pytest.approx(share)


def test_stimuli_of_the_own_network_are_drawn_only_if_they_are_pictures() -> None:
    assert stimuli.drawn((), title="own-stimuli") == ()
    assert stimuli.drawn((Refusal(said("there-are-none")),), title="own-stimuli") == ()
    assert stimuli.drawn(((np.zeros((3, 8, 8, 3)),),), title="own-stimuli") == ()
    (pictures,) = stimuli.drawn(((np.full((40, 32, 32, 3), np.nan),),), title="own-stimuli")
    assert spoken(everything(), pictures).captions[-1] == "unit 7"


def test_names_of_classes_are_plain_words_or_numbers() -> None:
    assert predictions.names((("ship car",),), 2) == ("ship", "car")
    for claimed in (
        (("ship <b>",),),
        (("ship",),),
        ((np.zeros(2),),),
        (Refusal(said("there-are-none")),),
        (),
    ):
        assert predictions.names(claimed, 2) == ("class 0", "class 1")


def test_the_sources_for_kernel_and_sandbox_are_python() -> None:
    for text in (
        stimuli.ASK,
        stimuli.OBSERVE,
        networks.EXPORT_MADE,
        networks.LOOK_IN_KERNEL,
        networks.LOOK_IN_KERNEL_TRAINED,
        networks.LOOK_AT_FILE,
    ):
        names = compile(text, "<source>", "exec").co_names
        assert "ask" in names or "observe" in names
