"""The judges of what a trained decoder says, and of the captions that it writes."""

import json
from typing import Any

import numpy as np
import pytest

from graders.captioning import GRADER
from graders.checks import captioned, vocabulary
from graders.core.figures import Described, Learning, Table
from graders.core.saying import said
from graders.core.types import Answers, Refusal
from tests.unit.captioning_evidence import (
    ASKED,
    CASES,
    CURVE,
    IMAGES,
    SAID,
    SEEN,
    TRUTHS,
    WORDS,
    counts,
    graded,
    lost,
    sampled,
)

STOPS = Refusal(said("stops-with", error="ValueError"))


def test_good_evidence_loses_nothing_and_draws_shown_pictures_only() -> None:
    results = graded()
    assert lost(results) == set()
    figures = results["check_captions"].figures
    described = [f for f in figures if isinstance(f, Described)]
    assert [len(d.images) for d in described] == [3, 3, 3]
    assert all(len(t) == len(d.labels) for d in described for t in d.texts)
    shown = {image.tobytes() for image in IMAGES[1]["pictures"]}
    assert {image.tobytes() for d in described for image in d.images} <= shown
    assert {t[0] for d in described for t in d.texts} <= set(SAID[1])
    assert [type(f) for f in results["check_losses"].figures] == [Learning]


def test_the_table_shows_precisions_of_the_student_and_of_every_baseline() -> None:
    (table,) = (f for f in graded()["check_captions"].figures if isinstance(f, Table))
    assert len(table.rows) == 5
    assert all(len(row) == len(table.headings) == 7 for row in table.rows)
    scores = [float(str(row[-1])) for row in table.rows]
    assert scores[0] == max(scores)
    assert table.rows[3][-1] == "0.000"  # three words have no four in a row


def test_feedback_names_the_signature_and_a_second_opinion_and_no_reference() -> None:
    words = graded()["check_captions"].feedback
    assert "version:" in words
    assert "CIDEr-D" in words
    assert "training captions" in words
    assert not any(caption in words for caption in SAID[0])


def test_next_words_count_what_the_vocabulary_lacks_as_wrong() -> None:
    little = {w: k for k, w in enumerate(vocabulary.SPECIAL)}
    all_unknown = tuple((np.tile([-9.0, 0.0, -9.0, -9.0], (len(f), 1)),) for _, f in ASKED)
    results = graded(known=((json.dumps(list(little.items())),),), words=all_unknown)
    assert results["check_next_words"].points == 0


def test_one_index_for_all_words_says_no_word() -> None:
    same = json.dumps([[w, 1] for w in WORDS])
    sure = tuple((np.tile([-9.0, 0.0], (len(f), 1)),) for _, f in ASKED)
    assert graded(known=((same,),), words=sure)["check_next_words"].points == 0


def test_who_knows_the_last_word_alone_is_between_nothing_and_the_decoder() -> None:
    found = captioned.by_last_word(CASES["words"], TRUTHS["words"], IMAGES[1])
    assert 0.3 < found.accuracy < 0.8
    assert 0.5 < found.loss[0] < 2.0


@pytest.mark.parametrize(
    "odd", [np.zeros((3, 2)), np.full((5, 99), np.nan), np.array(1e308), "text", STOPS]
)
def test_what_are_no_logits_earns_nothing_and_leaves_half_of_the_curve(odd: Any) -> None:
    results = graded(words=((odd,), (odd,)))
    assert lost(results) == {"check_next_words", "check_losses"}
    assert results["check_next_words"].points == 0
    assert results["check_losses"].points == 1


@pytest.mark.parametrize(
    ("curve", "points"),
    [
        (CURVE, 2.0),
        (np.concatenate([CURVE, CURVE[-1] + np.linspace(0, 0.3, 9) ** 2]), 2.0),
        (CURVE * 0.5, 1.0),
        (np.linspace(3, 1, 9), 0.0),
        (np.full(9, 1.0), 0.0),
        (CURVE * np.nan, 0.0),
        (CURVE[:2], 0.0),
        ("text", 0.0),
    ],
)
def test_a_named_curve_falls_and_ends_where_the_decoder_stands(curve: Any, points: float) -> None:
    assert graded(validation_curve=((curve,),))["check_losses"].points == pytest.approx(points)


def test_captions_that_ignore_their_pictures_lose_both_lines() -> None:
    for captions in (["a big red dog is near the tree"] * 60, SAID[0][::-1]):
        found = (("\n".join(captions),), SEEN["captions"][1])
        results = graded(captions=found)
        assert lost(results) == {"check_captions", "check_image"}
        assert (results["check_image"].points or 0) < 0.4


def test_retrieved_captions_earn_nothing_for_what_they_say() -> None:
    (needs,) = (m for m in GRADER.measures if m.name == "caption_bleu")
    retrieved = ((str(IMAGES[0]["retrieved"]),), (str(IMAGES[1]["retrieved"]),))
    value = needs.compute(retrieved, IMAGES)
    assert callable(needs.baseline)
    assert value == needs.baseline(IMAGES)


@pytest.mark.parametrize(
    "odd", ["", "one line", np.zeros(3), np.array(np.nan), STOPS, "\n" * 59, "\0" * 500]
)
def test_what_are_no_captions_earns_nothing(odd: Any) -> None:
    results = graded(captions=((odd,), (odd,)))
    assert lost(results) == {"check_captions", "check_image"}
    assert results["check_captions"].points == 0


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ((0, 1, 5, 3, 4, 2), "further away"),
        ((0, 1, 2, 3, 3, 5), "same every time"),
        ((3, 4, 2, 3, 4, 5), "something else the next time"),
        ((0, 1, 2), "one caption for each image"),
    ],
)
def test_chance_is_judged_by_how_it_grows(order: tuple[int, ...], words: str) -> None:
    runs = json.loads(sampled(20))
    found = json.dumps([runs[k] for k in order])
    results = graded(sampled=((found,), (found,)), cooled=None)
    assert lost(results) == {"check_temperature"}
    assert words in results["check_temperature"].feedback


def test_a_temperature_is_not_charged_to_a_decoder_that_leaves_no_choice() -> None:
    greedy = json.loads(sampled(20))[0]
    same = json.dumps([greedy] * 6)
    runs: Answers = ((same,), (same,))
    certain = tuple((1e4 * np.eye(len(WORDS))[[7] * len(f)],) for _, f in ASKED)
    assert lost(graded(sampled=runs, cooled=None)) == {"check_temperature"}
    assert "check_temperature" not in lost(graded(sampled=runs, cooled=None, words=certain))
    varied = json.loads(sampled(20))
    varied[1] = varied[3]
    unsteady: Answers = ((json.dumps(varied),),) * 2
    for cooled in (None, SEEN["cooled"]):
        assert "check_temperature" in lost(graded(sampled=unsteady, cooled=cooled, words=certain))


def test_words_of_our_decoder_show_whether_the_temperature_is_right() -> None:
    assert lost(graded(sampled=None)) == set(), "the notebook has no decoder of its own"
    for taken in (lambda t: 1.0, lambda t: 1 / t, lambda t: t**2):
        wrong = tuple((counts(c, taken),) for c in CASES["cooled"])
        results = graded(cooled=wrong)
        assert lost(results) == {"check_temperature"}
        assert "the temperature say" in results["check_temperature"].feedback
    drawn = tuple((counts({**c, "temperature": abs(c["temperature"])}),) for c in CASES["cooled"])
    assert "likeliest words" in graded(cooled=drawn)["check_temperature"].feedback


@pytest.mark.parametrize("odd", [STOPS, np.array([0, 0, 0, 0, 300]), np.zeros(3), "a"])
def test_who_does_not_ask_our_decoder_is_judged_by_captions_of_the_own_one(odd: Any) -> None:
    others = ((odd,),) * len(CASES["cooled"])
    assert lost(graded(cooled=others)) == set()
    runs = json.loads(sampled(20))
    same = ((json.dumps([runs[0]] * 6),),) * 2
    assert lost(graded(cooled=others, sampled=same)) == {"check_temperature"}
    assert graded(cooled=others, sampled=None)["check_temperature"].points == 0


def test_marks_in_captions_are_noticed() -> None:
    runs = json.loads(sampled(20))
    runs[0][3] += " #END#"
    runs[1] = runs[0]
    found = json.dumps(runs)
    assert "marks" in graded(sampled=((found,), (found,)))["check_temperature"].feedback


def test_a_curve_without_a_decoder_is_a_claim_about_nothing() -> None:
    results = graded(words=None)
    assert lost(results) == {"check_next_words", "check_losses"}
    assert results["check_losses"].points == 0
