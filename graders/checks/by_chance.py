"""Captions by chance: is the temperature that of the task, whatever decoder a training has left?

A decoder of ours stands in the place of `decoder`: it says four words with known chances, and END
after any of them. How often which one is written tells the temperature. A function that does not
ask `decoder` by its name is judged by the captions that it writes with its own.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graders.checks import captioned, compare, vocabulary
from graders.checks.spelling import STANDING_IN
from graders.checks.vocabulary import END, SPECIAL, START, UNK
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Finding, Items, Refusal
from graders.metrics import sequences

# --- asked in the notebook's own kernel ----------------------------------------------------------

SOME = 60  # images of each case that are captioned by chance
RUNS = ("greedy", "again", "cold", "even", "even again", "hot")
SAMPLED = f"""
import json


def ask(function, features):
    some = features[:{SOME}].astype("float32")
    asked = (None, None, 0.3, 1.0, 1.0, 3.0)
    found = [function(some) if t is None else function(some, temperature=t) for t in asked]
    if any(isinstance(run, str) for run in found):
        raise TypeError("one text")
    most = {captioned.LONGEST}
    return json.dumps([[" ".join(str(c).split()[:most]) for c in run] for run in found])
"""

# How often each of four words is written as the only one, and how often anything else. A negative
# temperature is none.
COOLED = f"""
{STANDING_IN}

import keras


def four_words(probs):
    vocab, size = vars(__main__)["vocab"], max(vars(__main__)["vocab"].values()) + 1
    special = {SPECIAL!r}
    words = sorted(word for word in vocab if word not in special)[: len(probs)]
    table = np.full((size, size), -100.0, np.float32)
    table[:, vocab["{END}"]] = 10.0
    start = vocab["{START}"]
    table[start] = -100.0
    table[start, [vocab[word] for word in words]] = np.log(probs)
    features = keras.Input((vars(__main__)["train_features"].shape[1],))
    tokens = keras.Input((None,), dtype="int32")
    said = keras.layers.Embedding(size, size, name="said")(tokens)
    nothing = keras.layers.Dense(size, use_bias=False, name="nothing")(features)
    logits = keras.layers.Add()([said, keras.layers.Reshape((1, size))(nothing)])
    decoder = keras.Model([features, tokens], logits)
    decoder.get_layer("said").set_weights([table])
    decoder.get_layer("nothing").set_weights([np.zeros((features.shape[1], size), np.float32)])
    return decoder, words


def ask(function, probs, temperature, count):
    decoder, words = four_words(probs)
    features = np.zeros((int(count), decoder.inputs[0].shape[1]), np.float32)
    some = {{}} if temperature < 0 else {{"temperature": float(temperature)}}
    with standing_in(decoder=decoder):
        texts = [str(text).strip() for text in plain(function)(features, **some)]
    found = [texts.count(word) for word in words]
    return np.array([*found, len(texts) - sum(found)], np.int64)
"""

# --- judged on the host --------------------------------------------------------------------------

_OTHERS = 0.05  # share of captions beyond which it is not our decoder that is asked


def cooled(answers: Answers, cases: Cases) -> list[Said | None] | None:
    """What is wrong with the words that our decoder lets a function choose, case by case.

    None if the function does not follow our decoder at all, in at least one case.
    """
    found = [_counts(a, c) for a, c in zip(answers, cases, strict=bool(answers))]
    if not found or any(isinstance(f, Refusal) for f in found):
        return None
    return [_cooled(np.asarray(counts), case) for counts, case in zip(found, cases, strict=True)]


def _counts(answer: Items | Refusal, case: Mapping[str, Any]) -> Array | Refusal:
    found, size = compare.one(answer), len(np.asarray(case["probs"])) + 1
    if isinstance(found, Refusal):
        return found
    count = int(case["count"])
    whole = found.shape == (size,) and bool((found >= 0).all()) and found.sum() == count
    if not whole or found[-1] > _OTHERS * count:
        return Refusal(said("not-by-our-decoder"))
    return found


def _cooled(found: Array, case: Mapping[str, Any]) -> Said | None:
    temperature = float(case["temperature"])
    chances = np.asarray(case["probs"], np.float64)
    if temperature < 0:
        if found[:-1].max() == found[:-1].sum() == found[chances.argmax()]:
            return None
        return said("not-the-likeliest-words")
    due = np.append(chances ** (1 / temperature), 0.0)
    if sequences.drawn_by(found, due):
        return None
    return said("words-drawn-otherwise")


_CERTAIN = 0.01  # chance of another word than the likeliest; a trained decoder has 0.3


def leaves_no_choice(answers: Answers, vocab: Answers) -> bool:
    """Whether a trained decoder is as good as certain of every next word, right or wrong: then a
    temperature has nothing to work on. PAD, UNK and START are not for captions."""
    found = compare.one(answers[captioned.HELD_OUT]) if answers else None
    words = captioned.known(vocab)
    if not isinstance(found, np.ndarray) or isinstance(words, Refusal) or found.ndim != 2:
        return False
    scores = np.delete(
        found, [words[m] for m in SPECIAL if words[m] < found.shape[1] and m != END], 1
    )
    if not scores.size or not np.isfinite(scores).all():
        return False
    powers = np.exp(np.clip(scores - scores.max(axis=1, keepdims=True), -700, 0))
    return bool(np.mean(1 - 1 / powers.sum(axis=1)) < _CERTAIN)


def finding(sampled: Answers, by_ours: list[Said | None] | None, *, no_choice: bool) -> Finding:
    """The words of our decoder where the function asks that, and captions by its own.

    Args:
        sampled: `SAMPLED`'s; () where there are none.
        by_ours: of `cooled`: then its own captions only have to be whole and steady.
        no_choice: whether its own decoder lets nothing vary: that is charged where it is judged.
    """
    found = list(by_ours or [])
    for k in range(len(sampled)):
        runs = _runs(sampled, k)
        if not isinstance(runs, Said):
            even = by_ours is None and not no_choice
            found.append(_unsteady(runs) or (_too_even(runs) if even else None))
        elif by_ours is None:  # else it is its own decoder that is missing
            found.append(runs)
    return compare.judged(found or [said("no-captions-by-chance")])


def _runs(answer: Answers, case: int) -> dict[str, list[str]] | Said:
    """The captions of each run, or why there are none."""
    found = vocabulary.read(answer[case])
    if isinstance(found, Refusal):
        return found.why
    runs = found if isinstance(found, list) else []
    sizes = {len(run) if isinstance(run, list) else -1 for run in runs}
    if len(runs) != len(RUNS) or len(sizes) != 1 or sizes <= {-1, 0}:
        return said("not-one-caption-an-image")
    return dict(zip(RUNS, ([str(c) for c in run] for run in runs), strict=True))


def _unsteady(runs: Mapping[str, Sequence[str]]) -> Said | None:
    if any(mark in caption for caption in runs["greedy"] for mark in SPECIAL if mark != UNK):
        return said("captions-hold-marks")
    if runs["greedy"] != runs["again"]:
        return said("unsteady-without-temperature")
    return None


def _too_even(runs: Mapping[str, Sequence[str]]) -> Said | None:
    if runs["even"] == runs["even again"]:
        return said("same-at-temperature-1")
    cold, even, hot = (_apart(runs[name], runs["greedy"]) for name in ("cold", "even", "hot"))
    if not cold < even < hot:
        return said("hotter-not-further")
    return None


def _apart(some: Sequence[str], others: Sequence[str]) -> float:
    """The mean share of words that two captions do not have in common."""
    found = []
    for a, b in zip(some, others, strict=True):
        one, two = Counter(a.split()), Counter(b.split())
        found.append(1 - (one & two).total() / max(one.total(), two.total(), 1))
    return float(np.mean(found))
