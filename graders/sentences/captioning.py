"""How the codes of captioning are told: words as numbers, decoders and their losses, captions."""

import math

from graders.core.saying import says

_FOUND = (
    "{title}: it falls to {last:.3g}, at its lowest {lowest:.3g}. "
    "With your decoder we measure {loss:.3g}, "
)


def _falls(first: float, lowest: float, unlearnt: float) -> bool:
    """Below its start, or below the loss of an answer that has learnt nothing."""
    return lowest < max(first, unlearnt)


def _agrees(last: float, lowest: float, loss: float, allowed: float) -> bool:
    """Whether one of a curve's two ends is a loss."""
    return min(abs(last - loss), abs(lowest - loss)) <= allowed


def _falls_to(first: float, last: float, lowest: float, unlearnt: float) -> bool:
    return lowest <= last and _falls(first, lowest, unlearnt)


SENTENCES = {
    "captions": says("Captions"),
    "next-words": says("Next words"),
    "next-word": says("Next word"),
    "loss-per-word": says("Loss per word"),
    # From captions to numbers (checks/vocabulary.py).
    "numbers-for-text": says("numbers were returned where text is asked for"),
    "returned-unreadable": says("what it returns cannot be read"),
    "not-lower-case": says("words are not in lower case"),
    "empty-words": says("there are empty words"),
    "words-out-of-order": says("the words are not in their order"),
    "other-words": says("the words are others"),
    "no-dict-of-words": says("it gives no dict of words and indices"),
    "mark-missing": says("{mark} is not in it"),
    "frequent-words-missing": says("words are missing that are frequent enough"),
    "unwanted-words": says("it has words that should not be in it"),
    "indices-not-in-a-row": says("the indices are not 0, 1, 2 and so on, each once"),
    "alters-the-captions": says("it alters the captions, which it was only given to read"),
    "alters-what-was-lent": says("it alters what it was only given to read"),
    "other-number-of-captions": says("there are not as many captions for each image as there were"),
    "begins-without-start": says("a caption does not begin with START"),
    "ends-without-end": says("a caption does not end with END"),
    "unknown-words-left-out": says("words that are not in the vocabulary are left out"),
    "other-indices": says("the indices are others"),
    # Matrices and batches (checks/batching.py).
    "no-matrix": says("it gives no matrix"),
    "no-row-for-each-caption": says("the result is no matrix with a row for each caption"),
    "matrix-width": says(
        lambda wider: f"the matrix is {'wider' if wider else 'narrower'} than it should be"
    ),
    "empty-places-not-pad": says("the empty places do not hold `pad_idx`"),
    "padding-not-at-the-end": says(
        "the values differ, or the padding is not at the end of the rows"
    ),
    "no-features-and-captions": says("it does not give a matrix of features and one of captions"),
    "other-batch-size": says("a batch has not as many rows as were asked for"),
    "features-not-given": says("a row of features is none of those that were given"),
    "no-whole-caption": says("a row holds no whole caption"),
    "caption-of-another-picture": says(
        "features and captions of a row belong to different pictures"
    ),
    "picture-twice-in-a-batch": says("a picture comes twice in one batch"),
    "every-batch-the-same": says("every batch holds the same pictures"),
    "some-pictures-never": says("some pictures never come"),
    "always-the-same-caption": says("always the same caption of a picture is taken"),
    # Decoders that were just made, one step, the loss (checks/decoders.py).
    "decoder-not-looked-at": says("it cannot be looked at"),
    "decoder-not-looked-at-because": says("it cannot be looked at: {why}"),
    "no-logit-for-each-word": says(
        "it does not give a logit for each word of the vocabulary at each place"
    ),
    "its-output": says("what it gives"),
    "sees-later-words": says("what it says at a place hangs on words that come later"),
    "image-changes-nothing": says("another image changes nothing"),
    "last-word-alone": says(
        "what it says hangs on the last word alone: earlier ones change nothing"
    ),
    "probabilities-not-logits": says("it gives probabilities, where logits are asked for"),
    "other-logits-next-time": says("the same words get other logits the next time"),
    "returns-no-one-loss": says("it returns something else than one loss"),
    "weights-not-read": says("the weights cannot be read afterwards"),
    "weights-still": says("the weights do not move"),
    "move-of-the-weights": says("the move of the weights"),
    "it": says("it"),
    "returned-loss": says("the loss that it returns"),
    "not-one-number": says("it is not one number"),
    "padding-counts": says("padding counts as words"),
    "divided-by-all-places": says("it is divided by the number of all places, padding included"),
    "sum-for-mean": says("it is a sum, not a mean"),
    "captions-count-alike": says("captions count alike, not words"),
    # Next words (checks/captioned.py).
    "no-vocab": says("there is no `vocab`"),
    "vocab-no-dict": says(
        "`vocab` is no dict of words and indices, PAD, UNK, START and END included"
    ),
    "words-share-an-index": says(
        "several words of `vocab` have the same index",
        holds=lambda words, indices: indices < words,
    ),
    "no-next-words": says("there are no next words"),
    "not-one-logit-a-word": says(
        "there is not one logit for each word of the vocabulary",
        holds=lambda shape, asked, last: len(shape) != 2 or shape[0] != asked or shape[1] <= last,
    ),
    "what-the-decoder-gives": says("what the decoder gives"),
    # The losses that a run names.
    "validation-loss-as-named": says("Validation loss, as your run names it"),
    "there-is-none": says("there is none"),
    "falls-without-decoder": says(
        "{title}: it falls, but there is no decoder that it could be the loss of.", holds=_falls
    ),
    "falls-uncompared": says("{title}: it falls, but cannot be compared: {why}.", holds=_falls),
    "losses-fit": says(
        _FOUND + "which fits.",
        holds=lambda first, unlearnt, last, lowest, loss, allowed: (
            _falls_to(first, last, lowest, unlearnt) and _agrees(last, lowest, loss, allowed)
        ),
    ),
    "losses-fit-own-loss": says(
        _FOUND + "and your own `masked_loss` gives {by_own:.3g} there, which fits.",
        holds=lambda first, unlearnt, last, lowest, by_own, allowed: (
            _falls_to(first, last, lowest, unlearnt) and _agrees(last, lowest, by_own, allowed)
        ),
    ),
    "losses-of-another": says(
        _FOUND + "which is another: it is not that of this decoder.",
        holds=lambda first, unlearnt, last, lowest, loss, allowed: (
            _falls_to(first, last, lowest, unlearnt) and not _agrees(last, lowest, loss, allowed)
        ),
    ),
    # Captions: how good they are.
    "bleu-interval": says(
        "(95% interval {low:.3f} to {high:.3f}; {signature}.)",
        holds=lambda low, value, high: low <= value <= high,
    ),
    "cider": says(
        "CIDEr-D {value:.2f} (95% interval {low:.2f} to {high:.2f}).",
        holds=lambda low, high: low <= high,
    ),
    "variety": says(
        "{distinct:.0%} of the captions are distinct, they use {words} different words, and "
        "{copied:.0%} are, word for word, training captions.",
        holds=lambda distinct, words, copied: (
            0 <= distinct <= 1 and words >= 0 and 0 <= copied <= 1
        ),
    ),
    "lost-at-other-pictures": says(
        "At other pictures than their own your captions lose {lost:.3f} of BLEU-4 ({left:.3f} is "
        "left); full marks from {full:.3f}.",
        holds=lambda lost, own, left, higher: math.isclose(lost, own - left) and higher,
    ),
    # What a report shows.
    "how-bleu-is-made-up": says("How BLEU-4 is made up"),
    "what-bleu-counts": says(
        "The share of a caption's words, pairs, triples and fours that people wrote as well. "
        "Where yours fall off against the others, word order is what is missing."
    ),
    "whose-captions": says("captions"),
    "so-many-words": says(lambda n: f"{n} word{'s' if n > 1 else ''}"),
    "brevity": says("brevity"),
    "yours": says("yours"),
    "yours-at-other-images": says("yours, each at another image"),
    "of-the-most-similar-image": says("of the most similar training image"),
    "the-most-frequent-caption": says("the most frequent training caption"),
    "random-captions": says("random training captions"),
    "best-captions": says("Your best captions"),
    "typical-captions": says("Typical captions"),
    "worst-captions": says("Your worst captions"),
    "is-everything-there": says("Is everything there that people mention?"),
    "what-did-it-miss": says(
        "What did it miss: a thing, a colour, a number, or how they stand to each other?"
    ),
    "wrong-or-told-otherwise": says("Wrong, or only told in other words than these people chose?"),
    "a-persons": says("a person's"),
    "anothers": says("another's"),
}
