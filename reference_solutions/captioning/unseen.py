"""Inputs that students never see: sentences, captions, logits, and small decoders made of numbers.

Held-out pictures, words and photographs come with the course's data; everything here is drawn from
a seed. Texts travel as one text: a line for each caption, an empty line between pictures.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Case = dict[str, Any]  # argument name → array, int, float or text, in the order of the call

MARKS = ("#PAD#", "#UNK#", "#START#", "#END#")
# Of generate_batch: every picture comes some forty times. That chance takes always the same one of
# two captions happens less than once in a hundred million times.
CALLS = 120


def cases(seed: int) -> dict[str, list[Case]]:
    """All case sets, drawn from `seed`; each call gives new arrays.

    `sizes` is for decoders that were just made. `steps` holds a small decoder (embedded words plus
    a dense layer of the features, tanh, dense) by its weights.
    """
    rngs = [np.random.default_rng([seed, k]) for k in range(9)]
    return {
        "sentences": [{"sentences": "\n".join(_sentences(rngs[0], 6))} for _ in range(6)],
        "people": [{"captions": _people(rngs[1], *size)} for size in PEOPLE],
        "indices": [_indexed(rngs[2], n) for n in (1, 2, 3, 4, 5, 6)],
        "matrix": [_rows(rngs[3], *size) for size in ROWS],
        "masked_loss": [_logits(rngs[4], *size) for size in LOGITS],
        "batches": [_captioned(rngs[5], *size) for size in BATCHES],
        "steps": [_step(rngs[6], *size) for size in STEPS],
        "sizes": [_made(rngs[7], *size) for size in SIZES],
        "cooled": [_drawn(rngs[8], t) for t in (-1.0, 0.4, 1.0, 2.5)],
    }


def _drawn(rng: np.random.Generator, temperature: float) -> Case:
    """Chances of four words, and how often one is drawn."""
    chances = rng.permutation([0.5, 0.27, 0.15, 0.08])
    return {"probs": chances.astype(np.float32), "temperature": temperature, "count": 300}


# --- texts ---------------------------------------------------------------------------------------

_SYLLABLES = ("ba", "ke", "lo", "mi", "su", "tra", "vel", "po", "ni", "gar", "zi", "un")
_BETWEEN = (" ", " ", " ", " ", ", ", "-", "; ", "  ", " ... ", "/", "'", ' "', ": ")
_LAST = ("", ".", " .", "!", "?", " ")


def _words(rng: np.random.Generator, n: int) -> list[str]:
    """Made-up words, all different, some with a digit."""
    found: dict[str, None] = {}
    while len(found) < n:
        word = "".join(rng.choice(_SYLLABLES, rng.integers(1, 4)))
        found[word + (str(rng.integers(10)) if rng.random() < 0.1 else "")] = None
    return list(found)


def _written(rng: np.random.Generator, words: Sequence[str]) -> str:
    """Words as a sentence: with capitals here and there, and all kinds of things between them."""
    text = ""
    for word in words:
        kind = rng.random()
        spelt = word.upper() if kind < 0.1 else word.capitalize() if kind < 0.3 else word
        text += spelt + str(rng.choice(_BETWEEN))
    return text.rstrip(" ,-;/'\":.") + str(rng.choice(_LAST))


def _sentences(rng: np.random.Generator, n: int) -> list[str]:
    known = _words(rng, 30)
    return [_written(rng, rng.choice(known, rng.integers(1, 12))) for _ in range(n)]


# Pictures, captions of each at most, words that there are: some come five times, some four.
PEOPLE = ((6, 5, 24), (20, 4, 60), (30, 3, 60), (12, 5, 40), (40, 2, 80), (15, 5, 50))


def _people(rng: np.random.Generator, pictures: int, most: int, there: int) -> str:
    """Captions of which words come 3, 4, 5 or 6 times each, some of them more often."""
    tokens: list[str] = []
    for k, word in enumerate(_words(rng, there)):
        tokens += [word] * (3 + k % 4 + (20 if k >= 8 and rng.random() < 0.3 else 0))
    tokens = [tokens[k] for k in rng.permutation(len(tokens))]
    numbers = [int(rng.integers(1, most + 1)) for _ in range(pictures)]
    cuts = np.sort(rng.choice(np.arange(1, len(tokens)), sum(numbers) - 1, replace=False))
    parts = iter(np.split(np.array(tokens), cuts))
    by_picture = [[_written(rng, list(next(parts))) for _ in range(n)] for n in numbers]
    return "\n\n".join("\n".join(captions) for captions in by_picture)


def _indexed(rng: np.random.Generator, pictures: int) -> Case:
    """Captions, and a vocabulary in no order that lacks some of their words."""
    words = _words(rng, 20)
    vocab = [*words[:14], *MARKS]
    captions = [
        [_written(rng, rng.choice(words, rng.integers(1, 9))) for _ in range(rng.integers(1, 6))]
        for _ in range(pictures)
    ]
    return {
        "captions": "\n\n".join("\n".join(c) for c in captions),
        "words": "\n".join(vocab[k] for k in rng.permutation(len(vocab))),
    }


# --- numbers -------------------------------------------------------------------------------------

# Captions, the shortest and the longest, what pads, and the most columns (-1: as many as needed).
ROWS = (
    (4, 2, 7, 0, -1), (1, 3, 3, 5, -1), (6, 2, 12, 99, 5), (5, 4, 9, 7, 9), (3, 2, 4, 1, 50),
    (8, 2, 15, 3, 1), (7, 5, 5, 0, 8), (2, 2, 11, 60, 10),
)  # fmt: skip


def _rows(
    rng: np.random.Generator, n: int, short: int, long: int, pad_idx: int, max_len: int
) -> Case:
    """Captions as rows that are filled up with -1, one of them as long as said."""
    lengths = rng.integers(short, long + 1, n)
    lengths[rng.integers(n)] = long
    rows = rng.integers(0, 60, (n, long))
    rows[rows == pad_idx] += 1
    rows[np.arange(long) >= lengths[:, None]] = -1
    return {"rows": rows, "pad_idx": pad_idx, "max_len": max_len}


# Captions, places, words, what pads, how widely logits lie.
LOGITS = (
    (3, 6, 9, 0, 1.0), (1, 4, 5, 4, 2.0), (8, 12, 30, 7, 1.5), (5, 5, 12, 3, 3.0),
    (2, 20, 8, 1, 1.0), (6, 9, 40, 39, 0.3), (4, 7, 10, 2, 90.0), (3, 10, 6, 5, 110.0),
)  # fmt: skip


def _padded(rng: np.random.Generator, n: int, length: int, words: int, pad_idx: int) -> Array:
    """Words [n, length] of unequally long captions, pad_idx behind them and nowhere else."""
    found = rng.integers(0, words, (n, length))
    found[found == pad_idx] = (pad_idx + 1) % words
    ends = rng.integers(1, length + 1, n)
    ends[0] = max(1, length // 3)
    found[np.arange(length) >= ends[:, None]] = pad_idx
    return found.astype(np.int32)


def _logits(
    rng: np.random.Generator, n: int, length: int, words: int, pad_idx: int, wide: float
) -> Case:
    return {
        "logits": rng.normal(0, wide, (n, length, words)).astype(np.float32),
        "targets": _padded(rng, n, length, words, pad_idx),
        "pad_idx": pad_idx,
    }


# Pictures, captions of each at most, features, pictures of a batch.
BATCHES = ((7, 5, 4, 3), (12, 5, 6, 4), (5, 3, 3, 5), (9, 4, 8, 6), (6, 5, 5, 2), (10, 2, 2, 10))


def _captioned(rng: np.random.Generator, n: int, most: int, d: int, batch_size: int) -> Case:
    """Numbers [n, most] that tell captions apart, -1 where a picture has less than `most`."""
    numbers = 100 + rng.permutation(n * most).reshape(n, most)
    fewer = rng.integers(2, most + 1, n)
    numbers[np.arange(most) >= fewer[:, None]] = -1
    features = rng.normal(0, 1, (n, d)) + np.arange(n)[:, None]
    return {
        "features": features.astype(np.float32),
        "numbers": numbers,
        "batch_size": batch_size,
        "pad_idx": int(rng.choice((0, 3, 50))),
        "calls": CALLS,
    }


# Captions, places, words, features, units, what pads, learning rate.
STEPS = (
    (3, 6, 8, 4, 5, 0, 0.5), (1, 5, 6, 3, 4, 5, 0.3), (6, 9, 12, 5, 6, 2, 1.0),
    (4, 12, 10, 2, 3, 9, 0.2), (8, 7, 15, 6, 8, 1, 0.7), (2, 4, 5, 3, 6, 3, 0.1),
)  # fmt: skip


def _step(
    rng: np.random.Generator,
    n: int,
    length: int,
    words: int,
    d: int,
    units: int,
    pad_idx: int,
    rate: float,
) -> Case:
    """No weight is near zero, and no unit far from its steep part: every slope shows."""

    def weights(*shape: int) -> Array:
        found = rng.choice([-1.0, 1.0], shape) * rng.uniform(0.4, 1.2, shape)
        return np.asarray(found / np.sqrt(shape[0]), dtype=np.float32)

    tokens = _padded(rng, n, length, words, pad_idx)
    tokens[:, :2] = np.where(tokens[:, :2] == pad_idx, (pad_idx + 1) % words, tokens[:, :2])
    return {
        "features": rng.normal(0, 1, (n, d)).astype(np.float32),
        "tokens": tokens,
        "pad_idx": pad_idx,
        "rate": rate,
        "embedding": weights(words, units),
        "kernel": weights(d, units),
        "out": weights(units, words),
    }


# Features, words, captions, places.
SIZES = ((96, 75, 6, 9), (20, 12, 4, 6), (300, 400, 5, 12))


def _made(rng: np.random.Generator, d: int, words: int, n: int, length: int) -> Case:
    return {
        "features": np.abs(rng.normal(0, 1, (n, d))).astype(np.float32),
        "tokens": rng.integers(0, words, (n, length)).astype(np.int32),
        "words": words,
    }
