"""Captions and next words on the host: how good they are, and what a report shows of them.

What is asked comes with the course's data: of the sets `images` and `words`, case HELD_OUT is
secret, and case SHOWN are the validation images that students have. The judges read what a
notebook answers with care: none of them raises whatever it holds.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from graders.checks import compare, predictions, vocabulary
from graders.checks.judging import course_told, earned_if
from graders.checks.vocabulary import END, SPECIAL, UNK, texts
from graders.core.figures import Described, Figure, Learning, Scale, Table, Words
from graders.core.rubric import Calibrated
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Finding, Refusal, Truth, Truths
from graders.metrics import captions as metrics
from graders.metrics import curves

HELD_OUT, SHOWN = 0, 1
LONGEST = 60  # words of a caption that are read
_SEED = 7  # of the captions that change their images
# Features that are computed in other batches, or by weights of half precision, differ by a
# thousandth; other pixels, by a tenth and more.
ROUNDED_FEATURES = 1e-2

# --- asked in the notebook's own kernel ----------------------------------------------------------

CAPTIONS = """
def ask(function, features):
    found = function(features.astype("float32"))
    if isinstance(found, str):
        raise TypeError("one text")
    return "\\n".join(" ".join(str(caption).split()) for caption in found)
"""

# --- what the host knows -------------------------------------------------------------------------


def references(truth: Truth) -> tuple[tuple[str, ...], ...]:
    """What people wrote about each image of a case."""
    blocks = texts(truth["references"]).strip("\n").split("\n\n")
    return tuple(tuple(block.split("\n")) for block in blocks)


def baseline(truth: Truth, name: str) -> tuple[str, ...]:
    """Captions that need no decoder: `most_frequent`, `random` or `retrieved`."""
    return tuple(texts(truth[name]).strip("\n").split("\n"))


@lru_cache(maxsize=64)
def bleu(captions: tuple[str, ...], people: tuple[tuple[str, ...], ...]) -> metrics.Bleu:
    """BLEU-4 of captions against what people wrote; several checks ask about the same ones."""
    return metrics.bleu(captions, people)


def with_interval(found: Finding, score: metrics.Bleu, bar: Calibrated) -> Finding:
    """The finding with a scale that shows the interval over images, too."""
    scale = Scale(
        said("captions"), score.score, score.low, score.high, bar.none, bar.full, "BLEU-4"
    )
    return replace(found, figures=(scale,))


@lru_cache(maxsize=64)
def shuffled(captions: tuple[str, ...], people: tuple[tuple[str, ...], ...]) -> metrics.Bleu:
    """The same of captions that have changed their images."""
    return metrics.shuffled(captions, people, np.random.default_rng(_SEED))


def gain(captions: tuple[str, ...], people: tuple[tuple[str, ...], ...]) -> float:
    """What BLEU-4 owes to each caption being at its own image."""
    return float(bleu(captions, people).score - shuffled(captions, people).score)


def written(answers: Answers, truth: Truths, case: int = HELD_OUT) -> tuple[str, ...] | Refusal:
    """The captions of one case's images, or why there are none."""
    if case >= len(answers):
        return Refusal(said("there-are-none"))
    text = vocabulary.text_of(answers[case])
    if isinstance(text, Refusal):
        return text
    lines = tuple(" ".join(line.split()[:LONGEST]) for line in text.split("\n"))
    if len(lines) != len(references(truth[case])):
        return Refusal(said("not-one-caption-an-image"))
    return lines


# --- next words ----------------------------------------------------------------------------------


def questions(truth: Truths) -> int:
    """How many next words are asked for in secret."""
    return len(_following(truth[HELD_OUT]))


def _following(truth: Truth) -> list[str]:
    return texts(truth["following"]).strip("\n").split("\n")


@dataclass(frozen=True, slots=True)
class NextWords:
    """What a decoder says of words that follow: whether the likeliest is right, and -log p [n]."""

    right: Array
    losses: Array

    @property
    def accuracy(self) -> float:
        return float(self.right.mean())

    @property
    def loss(self) -> tuple[float, float]:
        """Mean in nats, and its standard error."""
        return float(self.losses.mean()), float(self.losses.std() / np.sqrt(self.losses.size))


def known(answers: Answers) -> dict[str, int] | Refusal:
    """The words that the notebook knows, with their places among the logits."""
    pairs = vocabulary.read(answers[0]) if answers else Refusal(said("no-vocab"))
    if isinstance(pairs, Refusal):
        return pairs
    found = {
        pair[0]: pair[1]
        for pair in (pairs if isinstance(pairs, list) else ())
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)
        and type(pair[1]) is int and 0 <= pair[1] < 1_000_000
    }  # fmt: skip
    if any(word not in found for word in SPECIAL):
        return Refusal(said("vocab-no-dict"))
    indices = len(set(found.values()))
    if indices < len(found):
        return Refusal(said("words-share-an-index", words=len(found), indices=indices))
    return found


def next_words(
    answers: Answers, vocab: Answers, truth: Truths, case: int = HELD_OUT
) -> NextWords | Refusal:
    """How well a trained decoder says which word follows.

    A word that is frequent enough for the vocabulary, and not in the notebook's, cannot be said:
    it gets its share of what goes to UNK. Any other that is not there is UNK, as in training.

    Args:
        answers: logarithms of probabilities [n, V] but for a constant of each row.
        vocab: the notebook's words.
        truth: of the set `words`.
    """
    words = known(vocab)
    if isinstance(words, Refusal):
        return words
    if case >= len(answers):
        return Refusal(said("no-next-words"))
    found = compare.one(answers[case])
    if isinstance(found, Refusal):
        return found
    following = _following(truth[case])
    last = max(words.values())
    if found.ndim != 2 or len(found) != len(following) or found.shape[1] <= last:
        shape = {"shape": found.shape, "asked": len(following), "last": last}
        return Refusal(said("not-one-logit-a-word", **shape))
    if not np.isfinite(found).all():
        return Refusal(said("not-finite", what=said("what-the-decoder-gives")))
    logits = np.clip(found.astype(np.float64), -1e6, 1e6)
    logits -= logits.max(axis=1, keepdims=True)
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    frequent = set(texts(truth[case]["vocabulary"]).split("\n")) | {END}
    missing = np.array([w in frequent and w not in words for w in following])
    place = np.array([words.get(w, words[UNK]) for w in following])
    chances = logits[np.arange(len(place)), place] - np.log(len(frequent)) * missing
    right = (logits.argmax(axis=1) == place) & ~missing
    return NextWords(right, np.asarray(np.minimum(-chances, -np.log(1e-7))))


def by_last_word(words_cases: Cases, words_truth: Truths, people: Truth) -> NextWords:
    """What somebody reaches who knows the last word and no image.

    Counted in what people wrote about the shown images, asked about the secret ones.

    Args:
        people: of the shown case of `images`.
    """
    frequent = sorted({*texts(words_truth[HELD_OUT]["vocabulary"]).split("\n"), END, UNK})
    place = {word: k for k, word in enumerate(frequent)}
    start = len(frequent)
    counts = np.zeros((start + 1, start))
    for image in references(people):
        for caption in image:
            row = [place.get(w, place[UNK]) for w in (*metrics.words(caption), END)]
            np.add.at(counts, ([start, *row[:-1]], row), 1.0)
    alone = (counts.sum(axis=0) + 1) / (counts.sum() + start)
    # A word that was seen ten times is trusted as much as how frequent words are in general.
    shares = (counts + 10 * alone) / (counts.sum(axis=1, keepdims=True) + 10)
    following = _following(words_truth[HELD_OUT])
    prefixes = texts(words_cases[HELD_OUT]["prefixes"]).split("\n")[: len(following)]
    last = [p.split()[-1:] for p in prefixes]
    rows = np.array([place.get(w[0], place[UNK]) if w else start for w in last])
    wanted = np.array([place.get(w, place[UNK]) for w in following])
    losses = -np.log(shares[rows, wanted])
    return NextWords(shares[rows].argmax(axis=1) == wanted, losses)


# --- the losses that a run names ------------------------------------------------------------------


def claimed_losses(
    claimed: Answers,
    words: Answers,
    vocab: Answers,
    own_loss: Answers,
    truth: Truths,
    band: Calibrated,
) -> Finding:
    """Half for a curve that falls, half for its end or its lowest: best weights may be kept.

    Args:
        claimed: validation losses, epoch by epoch.
        words, vocab, truth: see `next_words`.
        own_loss: the same loss by the notebook's own `masked_loss`: what is wrong with that one is
            charged there.
    """
    title = said("validation-loss")
    values = predictions.curve(claimed)
    if isinstance(values, Refusal):
        return earned_if(False, said("titled", title=title, why=values.why))
    course = curves.course(values, band.none)
    if not (course.is_training or predictions.fell(values)):
        return earned_if(False, said("titled", title=title, why=course_told(course, values)))
    figure = Learning(
        said("validation-loss-as-named"), values, band.low,
        band.high, "cross-entropy (nats per word)", step="epoch",
    )  # fmt: skip
    ends = (float(values[-1]), float(values.min()))
    fall = {"title": title, "first": float(values[0]), "lowest": ends[1], "unlearnt": band.none}
    if not words:  # a claim about nothing
        return Finding(0.0, said("falls-without-decoder", **fall), {}, (figure,))
    found = next_words(words, vocab, truth, SHOWN)
    if isinstance(found, Refusal):
        told = said("falls-uncompared", **fall, why=found.why)
        return Finding(1 / 2, told, {}, (figure,))
    own = compare.one(own_loss[0]) if own_loss else Refusal(said("there-is-none"))
    by_own = float("nan")
    if not isinstance(own, Refusal) and own.size == 1 and np.isfinite(own).all():
        by_own = float(own.reshape(()))
    ours, theirs = (
        any(predictions.agrees(end, loss) for end in ends)
        for loss in (found.loss, (by_own, 0.0))  # nothing agrees with what is no number
    )
    mean, error = found.loss
    fall |= {"last": ends[0], "loss": mean}
    allowed = predictions.SURE * error + predictions.ROUNDED * mean
    if ours:
        told = said("losses-fit", **fall, allowed=allowed)
    elif theirs:
        allowed = predictions.ROUNDED * by_own
        told = said("losses-fit-own-loss", **fall, by_own=by_own, allowed=allowed)
    else:
        told = said("losses-of-another", **fall, allowed=allowed)
    measured = {"last": ends[0], "lowest": ends[1], "measured": mean}
    return Finding(1.0 if ours or theirs else 1 / 2, told, measured, (figure,))


# --- what a report shows -------------------------------------------------------------------------

_BASELINES = {
    "retrieved": "of-the-most-similar-image",
    "most_frequent": "the-most-frequent-caption",
    "random": "random-captions",
}


def table(captions: tuple[str, ...], truth: Truth) -> Table:
    """How the score is made up, beside what needs no decoder: of the secret images together."""
    people = references(truth)
    rows = [_row("yours", bleu(captions, people)),
            _row("yours-at-other-images", shuffled(captions, people))]  # fmt: skip
    rows += [_row(code, bleu(baseline(truth, n), people)) for n, code in _BASELINES.items()]
    orders = [said("so-many-words", n=n) for n in range(1, metrics.ORDER + 1)]
    return Table(
        said("how-bleu-is-made-up"),
        (said("whose-captions"), *orders, said("brevity"), "BLEU-4"),
        tuple(rows),
        note=said("what-bleu-counts"),
    )


def _row(code: str, found: metrics.Bleu) -> tuple[Words, ...]:
    shares = [f"{float(p):.1%}" for p in found.precisions]
    return (said(code), *shares, f"{found.brevity:.2f}", f"{found.score:.3f}")


def interval(score: metrics.Bleu) -> Said:
    """Between what the score lies, and how it was computed."""
    facts = {"value": score.score, "low": score.low, "high": score.high}
    return said("bleu-interval", **facts, signature=score.signature)


def opinions(captions: tuple[str, ...], truth: Truth) -> tuple[Said, ...]:
    """A second opinion, and variety: none of it is paid for."""
    lines = [" ".join(metrics.words(caption)) for caption in captions]
    copied = len([c for c in lines if c in _training(truth)]) / len(lines)
    words = len({w for c in lines for w in c.split()})
    second = metrics.cider(captions, references(truth))
    return (
        said("cider", value=second.value, low=second.low, high=second.high),
        said("variety", distinct=metrics.distinct(captions), words=words, copied=copied),
    )


def _training(truth: Truth) -> frozenset[str]:
    return _lines(texts(truth["training"])) if "training" in truth else frozenset()


@lru_cache(maxsize=2)
def _lines(text: str) -> frozenset[str]:
    return frozenset(" ".join(metrics.words(line)) for line in text.split("\n"))


def described(captions: tuple[str, ...] | Refusal, truth: Truth) -> tuple[Figure, ...]:
    """Best, typical and worst captions of shown images; () if there are none."""
    if isinstance(captions, Refusal) or "pictures" not in truth:
        return ()
    people, pictures = references(truth), np.asarray(truth["pictures"], np.uint8)
    scores = np.array([metrics.sentence_bleu(c, p) for c, p in zip(captions, people, strict=True)])[
        : len(pictures)
    ]
    order = np.argsort(-scores, kind="stable")
    middle = len(order) // 2
    found: list[Figure] = []
    for title, rows, note in (
        ("best-captions", order[:3], "is-everything-there"),
        ("typical-captions", order[middle - 1 : middle + 2], "what-did-it-miss"),
        ("worst-captions", order[-3:], "wrong-or-told-otherwise"),
    ):
        lines = tuple((captions[k], f"{scores[k]:.2f}", *people[k][:2]) for k in rows)
        labels = (said("yours"), "BLEU-4", said("a-persons"), said("anothers"))
        shown = tuple(pictures[k] for k in rows)
        found.append(Described(said(title), shown, lines, labels, said(note)))
    return tuple(found)
