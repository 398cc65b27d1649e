"""Measures of captions: as papers and other programs have them, and hard to please for nothing."""

import random
import string

import numpy as np
import pytest

from graders.metrics import captions
from tests.unit import metrics_captions as known
from tests.unit.metrics_captions import HYPOTHESES, REFERENCES, bleu_by_loops

COLOURS, THINGS = ("red", "blue", "green", "pink"), ("dog", "cat", "cow", "fox", "hen", "pig")
PLACES = ("in the grass", "on a wall", "near the sea", "at night")


def people(n: int, seed: int = 0) -> tuple[list[str], list[list[str]]]:
    """Captions that are right, and five references of each picture."""
    rng = random.Random(seed)

    def one(colour: str, thing: str, place: str) -> str:
        return rng.choice(
            [f"a {colour} {thing} {place}", f"A {thing} that is {colour} is {place}.",
             f"There is a {colour} {thing} {place} .", f"the {thing} {place}"]
        )  # fmt: skip

    scenes = [tuple(rng.choice(x) for x in (COLOURS, THINGS, PLACES)) for _ in range(n)]
    return [one(*s) for s in scenes], [[one(*s) for _ in range(5)] for s in scenes]


@pytest.mark.parametrize("row", known.ROWS, ids=lambda row: row[0])
def test_ours_is_the_independent_computations_and_the_published(row: known.Row) -> None:
    _, ours, independent, published, _ = row
    assert ours == pytest.approx(independent, abs=1e-12)
    assert ours == pytest.approx(published, abs=1e-9)


def test_textbook_formulas_agree_on_random_captions() -> None:
    hypotheses, references = people(40)
    hypotheses = [" ".join(h.split()[: 2 + k % 7]) for k, h in enumerate(hypotheses)]
    found = captions.bleu(hypotheses, references)
    for order in range(1, 5):
        assert found.up_to(order) == pytest.approx(bleu_by_loops(hypotheses, references, order))
    np.testing.assert_allclose(
        captions.ciders(hypotheses, references), known.ciders_by_vectors(hypotheses, references)
    )
    for text, five in zip(hypotheses, references, strict=True):
        assert captions.sentence_bleu(text, five) == pytest.approx(
            known.smoothed_by_loops(text, five)
        )
        assert captions.chrf([text], [five]).value == pytest.approx(known.chrf_by_loops(text, five))


def test_pycocoevalcap_differs_by_its_tokens_and_by_nothing_else() -> None:
    found = [captions.bleu(HYPOTHESES, REFERENCES).up_to(n) for n in range(1, 5)]
    np.testing.assert_allclose(found, known.COCO_BLEU, atol=1e-9)
    np.testing.assert_allclose(captions.ciders(HYPOTHESES, REFERENCES), known.COCO_CIDERS)
    # "t-shirt" is one of Stanford's tokens, and two words here: here the caption has two more
    # words that match.
    by_tokens = [bleu_by_loops(HYPOTHESES, REFERENCES, n, known.stanford) for n in range(1, 5)]
    np.testing.assert_allclose(by_tokens, known.COCO_BLEU_STANFORD, atol=1e-9)
    assert found[3] - by_tokens[3] == pytest.approx(0.0068, abs=1e-4)


def test_nltk_counts_one_n_gram_where_a_caption_is_too_short_for_any() -> None:
    found = [captions.bleu(HYPOTHESES, REFERENCES).up_to(n) for n in range(1, 5)]
    np.testing.assert_allclose(found[:3], known.NLTK_BLEU[:3])
    # "two children play" has no four words: 15 of 20 match here, 15 of 21 there.
    assert captions.bleu(HYPOTHESES, REFERENCES).total[3] == 20
    assert found[3] - known.NLTK_BLEU[3] == pytest.approx(0.0104, abs=1e-4)
    assert bleu_by_loops(HYPOTHESES, REFERENCES, 4, least=1) == pytest.approx(known.NLTK_BLEU[3])


def test_single_captions_are_smoothed_otherwise_than_by_nltk() -> None:
    found = [captions.sentence_bleu(h, r) for h, r in zip(HYPOTHESES, REFERENCES, strict=True)]
    same = [0, 1, 3]  # those with four words in a row of a reference need no smoothing
    np.testing.assert_allclose(np.take(found, same), np.take(known.NLTK_SENTENCES, same))
    # The other has three words: NLTK counts a fourth order, and a quarter of a match in it.
    assert known.NLTK_SENTENCES[2] == pytest.approx(
        np.exp(1 - 4 / 3) * (1 * 1 * 1 / 2 * 1 / 4) ** (1 / 4)
    )


def test_brevity_takes_the_reference_of_nearest_length_the_shorter_of_two() -> None:
    # Five words: the references of four and six are as near, and four asks for no penalty.
    found = captions.bleu(["a b c d e"], [["a b c d", "a b c d e f"]])
    assert found.brevity == 1
    long = captions.bleu(["a b c d e"], [["a b c d e f", "a b c d e f g h"]])
    assert long.brevity == pytest.approx(np.exp(1 - 6 / 5))


def test_capitals_and_full_stops_cost_nothing_and_the_signature_says_how_it_was_done() -> None:
    hypotheses, references = people(30)
    written = [h.upper() + " ." for h in hypotheses]
    found = captions.bleu(hypotheses, references)
    assert captions.bleu(written, references).score == found.score
    assert captions.chrf(written, references).value == captions.chrf(hypotheses, references).value
    for part in ("nrefs:5", "tok:none", "smooth:none", "version:"):
        assert part in found.signature


def test_nothing_is_smoothed_in_a_corpus() -> None:
    found = captions.bleu(["a dog sleeps", "the cat"], [["a dog"], ["the cat"]])
    assert found.precisions[1] > 0
    assert found.score == 0


def test_intervals_hold_the_score_and_narrow_with_more_pictures() -> None:
    few, many = (captions.bleu(*people(n)) for n in (40, 360))
    for found in (few, many):
        assert found.low < found.score < found.high
    assert 2 < (few.high - few.low) / (many.high - many.low) < 4.5


def test_an_interval_of_95_percent_holds_the_truth_about_as_often() -> None:
    truth = captions.bleu(*people(2000)).score
    inside = [(f := captions.bleu(*people(40, seed))).low <= truth <= f.high for seed in range(60)]
    assert 0.85 <= np.mean(inside) <= 1


def test_quick_scores_of_resamples_are_those_of_sacrebleu() -> None:
    hypotheses, references = people(25)
    tidy = captions._tidy(hypotheses, references)
    rows = captions._counts(*tidy)
    for some in ([0, 3, 3, 9, 20], list(range(25)), [7]):
        sums = rows[some].sum(axis=0, keepdims=True)
        wanted = captions.bleu([hypotheses[k] for k in some], [references[k] for k in some]).score
        assert float(captions._scores(sums)[0]) == pytest.approx(wanted)


def test_captions_that_were_exchanged_lose_and_one_caption_for_all_does_not() -> None:
    hypotheses, references = people(200)
    rng = np.random.default_rng(1)
    own = captions.bleu(hypotheses, references)
    assert captions.shuffled(hypotheses, references, rng).high < own.low
    gain = captions.difference(hypotheses, captions.exchanged(hypotheses, rng), references)
    assert gain.low > 0.1
    same = ["a red dog in the grass"] * 200
    lost = captions.difference(same, captions.exchanged(same, rng), references)
    assert (lost.value, lost.low, lost.high) == (0, 0, 0)


def test_exchanging_leaves_no_caption_in_its_place() -> None:
    texts = [str(k) for k in range(50)]
    moved = captions.exchanged(texts, np.random.default_rng(3))
    assert sorted(moved) == sorted(texts)
    assert not any(a == b for a, b in zip(moved, texts, strict=True))


def test_a_difference_of_two_is_told_more_exactly_than_either() -> None:
    hypotheses, references = people(150)
    # Both fail on half of the pictures, the one on a few more.
    hypotheses = [h if k % 2 else "two hens" for k, h in enumerate(hypotheses)]
    worse = [h if k % 15 else "a dog" for k, h in enumerate(hypotheses, start=1)]
    found = captions.difference(hypotheses, worse, references)
    one = captions.bleu(hypotheses, references)
    assert found.value == pytest.approx(one.score - captions.bleu(worse, references).score)
    assert 0 < found.low < found.value < found.high
    assert found.high - found.low < one.high - one.low


def test_rare_words_weigh_more_in_cider_and_repeating_them_pays_nothing() -> None:
    _, references = people(100)
    wanted = references[0][0]
    told = captions.ciders([wanted] * 100, references)[0]
    vague = captions.ciders(["there is a a a"] * 100, references)[0]
    again = captions.ciders([f"{wanted} {wanted}"] * 100, references)[0]
    assert told > 2
    assert vague < 0.2 * told
    assert again < 0.6 * told


def test_variety_and_copies_are_counted() -> None:
    hypotheses, references = people(120)
    assert captions.distinct(hypotheses) > 0.5
    assert captions.distinct(["a dog"] * 50) == 1 / 50
    assert captions.used(["A dog.", "a cat, a dog"]) == 3
    training = [r for five in references for r in five]
    assert captions.copied([r.upper() for r in training[:30]], training).value == 1
    assert captions.copied(["a dog of another sort"] * 9, training).value == 0
    found = captions.copied(hypotheses, training)
    assert found.low <= found.value <= found.high


def test_people_agree_with_people_about_as_with_right_captions() -> None:
    hypotheses, references = people(300)
    model, among = captions.bleu(hypotheses, references), captions.among_people(references)
    assert among.score < model.score
    assert model.score - among.score < 0.15


@pytest.mark.parametrize(
    "hypotheses",
    [
        [], [""], ["."], ["\n"], ["x" * 100_000], ["a " * 100_000], ["ü ß 東京 🙂"], ["a\x00b"],
        ["", ""], ["a", ""], ["\u2028"], ["\ud800 a"], ["a dog"] * 3,
        [3], [None], [float("nan")], ["%s {} <b>"],
    ],
    ids=lambda found: repr(found)[:20],
)  # fmt: skip
def test_no_caption_makes_a_measure_fail(hypotheses: list) -> None:
    references = [["A dog .", "a cat"]] * len(hypotheses)
    rng = np.random.default_rng(0)
    for found in (
        captions.bleu(hypotheses, references), captions.shuffled(hypotheses, references, rng),
    ):  # fmt: skip
        assert 0 <= found.low <= found.score <= found.high <= 1
        assert found.n == len(hypotheses)
    for estimate in (captions.cider(hypotheses, references), captions.chrf(hypotheses, references),
                     captions.copied(hypotheses, ["a dog"])):  # fmt: skip
        assert estimate.low <= estimate.value + 1e-12
        assert estimate.value <= estimate.high + 1e-12
    assert np.isfinite(captions.difference(hypotheses, hypotheses, references).value)
    assert 0 <= captions.distinct(hypotheses) <= 1
    assert captions.used(hypotheses) >= 0
    for text in hypotheses:
        assert 0 <= captions.sentence_bleu(text, ["a dog"]) <= 1


def test_letters_at_random_score_nothing() -> None:
    rng = random.Random(0)
    noise = [
        " ".join("".join(rng.choices(string.ascii_lowercase, k=5)) for _ in range(8))
        for _ in range(60)
    ]
    _, references = people(60)
    assert captions.bleu(noise, references).score == 0
    assert captions.cider(noise, references).value == 0


def test_what_does_not_belong_together_is_refused() -> None:
    with pytest.raises(ValueError, match="2 captions, 1 pictures"):
        captions.bleu(["a", "b"], [["a"]])
    with pytest.raises(ValueError, match="references"):
        captions.cider(["a"], [[]])
    with pytest.raises(ValueError, match="references"):
        captions.sentence_bleu("a", [])
