"""Inputs that students never see: names, probabilities, rows, small steps made of numbers.

Held-out names come with the course's data (`beginnings`, `spellings`); everything here is drawn
from a seed. Names here are random letters: nothing about them is held out.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Case = dict[str, Any]  # argument name → array, number or text, in the order of the call

PAD, START, TOKENS = 0, 1, 28
LONGEST = 14
DRAWN = 500  # names that are measured
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def cases(seed: int) -> dict[str, list[Case]]:
    """All case sets, drawn from `seed`; each call gives new arrays.

    `names_loss` and `generate` come with steps of ours, by their weights or by a table.
    `own_names` and `drawn` are asked of the network that the student has trained.
    """
    rngs = [np.random.default_rng([seed, k]) for k in range(8)]
    return {
        "to_matrix": [_names(rngs[0], *some) for some in NAMES],
        "masked_loss": [_answered(rngs[1], *shape) for shape in ANSWERED],
        "names_loss": [_read(rngs[2], *shape) for shape in READ],
        "conditions": [
            _spelled(rngs[3], n, t) for n, t in ((2, 3), (7, 5), (30, 4), (13, 9))
        ],
        "generate": [_written(rngs[4], *some) for some in WRITTEN],
        "temperature": [_drawn(rngs[5], *some) for some in COOLED],
        "own_names": [
            {"seed_phrase": phrase, "count": count, "temperature": heat}
            for phrase, count, heat in (
                ("", 80, 1.0), ("", 16, 0.5), ("", 16, 1.5), (_word(rngs[6], 2), 30, 1.0),
            )
        ],
        "drawn": [{"luck": rngs[7].random((DRAWN, LONGEST))}],
    }  # fmt: skip


def _word(rng: np.random.Generator, size: int) -> str:
    return "".join(rng.choice(list(LETTERS), size))


# Lengths of names, and max_len (0: not given). An empty name is a name.
NAMES: tuple[tuple[tuple[int, ...], int], ...] = (
    ((3, 5, 2), 0),
    ((6,), 0),
    ((4, 4, 4, 4), 0),
    ((0, 7, 1), 0),
    ((5, 2, 8), 12),
    ((5, 9, 3), 10),
    ((9, 2, 6, 4), 6),
    ((3, 12), 2),
)


def _names(rng: np.random.Generator, sizes: tuple[int, ...], max_len: int) -> Case:
    return {"names": "\n".join(_word(rng, size) for size in sizes), "max_len": max_len}


# Rows, places, and the shortest and longest of the names in them.
ANSWERED = (
    (1, 5, 2, 2), (4, 8, 0, 7), (9, 12, 2, 11), (3, 6, 6, 6), (6, 10, 1, 4), (16, 15, 2, 14),
    (5, 4, 0, 4), (7, 9, 0, 8),
)  # fmt: skip


def _answered(rng: np.random.Generator, n: int, places: int, low: int, high: int) -> Case:
    """Probabilities that are no better after a name's end than within; none below 1e-5."""
    answers = np.full((n, places), PAD, np.int32)
    sizes = rng.integers(low, high + 1, n)
    for row, size in zip(answers, sizes, strict=True):
        row[:size] = rng.integers(2, TOKENS, size)
    powers = np.exp(rng.normal(0, 1.5, (n, places, TOKENS)))
    powers[..., PAD] *= rng.uniform(0.02, 4, (n, 1))  # another mean where padding counts
    probs = np.maximum(powers / powers.sum(axis=2, keepdims=True), 1e-5)
    probs = probs / probs.sum(axis=2, keepdims=True)
    return {"probs": probs.astype(np.float32), "answers": answers}


# Rows, places, units of the state.
READ = ((1, 2, 3), (3, 6, 4), (8, 16, 5), (5, 9, 8), (12, 4, 2), (2, 12, 6))


def _rows(rng: np.random.Generator, n: int, places: int) -> Array:
    """Rows of START, letters, and for some of them PAD."""
    rows = np.full((n, places), PAD, np.int32)
    rows[:, 0] = START
    for row, size in zip(rows, rng.integers(1, places + 1, n), strict=True):
        row[1:size] = rng.integers(2, TOKENS, size - 1)
    return rows


def _spelled(rng: np.random.Generator, n: int, places: int) -> Case:
    """Rows without PAD whose second letters differ, and other letters than their last ones.

    So another row's state is another state, and another token another token.
    """
    rows = rng.integers(2, TOKENS, (n, places)).astype(np.int32)
    rows[:, 0] = START
    rows[:, 1] = 2 + (np.arange(n) + rng.integers(26)) % 26
    others = 2 + (rows[:, -1] - 2 + rng.integers(1, 26)) % 26
    return {"tokens": rows, "others": others.astype(np.int32)}


def _read(rng: np.random.Generator, n: int, places: int, units: int) -> Case:
    """Rows, and the weights of a step whose first state is not zero."""

    def weights(*shape: int) -> Array:
        return rng.normal(0, 1, shape).astype(np.float32)

    return {
        "rows": _rows(rng, n, places),
        "begin": 0.7 * weights(units),
        "read": weights(TOKENS, units),
        "carry": weights(units, units) / np.float32(np.sqrt(units)),
        "say": 1.5 * weights(units, TOKENS),
    }


# Letters of the seed phrase, letters at the most, temperature, how often the step says PAD.
WRITTEN = (
    (0, 14, 1.0, 0.0),
    (0, 14, 1.0, 0.15),
    (3, 10, 1.0, 0.0),
    (2, 14, 0.5, 0.1),
    (1, 2, 1.0, 0.0),
    (5, 6, 1.0, 0.0),
    (4, 12, 1.0, 0.2),
    (6, 14, 0.7, 0.0),
)


def _written(
    rng: np.random.Generator, size: int, max_length: int, temperature: float, ends: float
) -> Case:
    """A table of 97 letters: the step's state, a number below 97, says which one comes."""
    table = rng.integers(2, TOKENS, 97)
    table = np.where(rng.random(97) < ends, PAD, table)
    return {
        "seed_phrase": _word(rng, size),
        "max_length": max_length,
        "temperature": temperature,
        "table": table.astype(np.int32),
    }


# Chances, one of them for PAD; temperature; how many are drawn.
COOLED = (
    ((0.6, 0.25, 0.1, 0.05), 1.0, 200),
    ((0.55, 0.25, 0.15, 0.05), 0.5, 200),
    ((0.8, 0.12, 0.05, 0.03), 2.0, 200),
    ((0.5, 0.3, 0.2), 0.3, 200),
)


def _drawn(
    rng: np.random.Generator, chances: tuple[float, ...], temperature: float, count: int
) -> Case:
    tokens = [PAD, *rng.choice(np.arange(2, TOKENS), len(chances) - 1, replace=False)]
    probs = np.full(TOKENS, 1e-10)
    probs[rng.permutation(tokens)] = chances
    return {"probs": probs.astype(np.float32), "temperature": temperature, "count": count}
