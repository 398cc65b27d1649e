"""Inputs that students never see: what their functions are asked.

Scores stay within ±6, so that no honest formula runs into the rounding of float32; the few large
ones (`stable_cross_entropy`) are large because the task asks for it. One row, as many rows as
classes (a softmax over the wrong axis keeps its shape there), other numbers of features and
classes are among them. Targets are always whole rows of one-hot: a loss that looks up the class
number instead is as right. The images that models are asked about come with the data.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Case = dict[str, Any]  # argument name → array or float, in the order of the call

SIZES = ((1, 4, 3), (2, 3, 2), (3, 5, 3), (6, 1, 4), (9, 9, 9), (10, 12, 10), (32, 7, 5))  # n, d, c


def cases(seed: int) -> dict[str, list[Case]]:
    """All case sets, drawn from `seed`; each call gives new arrays.

    `softmax_step` and `step_rule` hold the same kind of batch: in the second, the loss is a
    made-up one (see graders/mnist_digits.py).
    """
    rngs = [np.random.default_rng([seed, k]) for k in range(10)]
    return {
        "prepare": _images(rngs[0]),
        "one_hot": _labels(rngs[1]),
        "softmax_logits": [_dense(rngs[2], *size) for size in SIZES],
        "softmax": [{"logits": _scores(rngs[3], n, c)} for n, _, c in SIZES],
        "cross_entropy": [_scored(rngs[4], n, c) for n, _, c in SIZES],
        "stable_cross_entropy": _sure(rngs[5]),
        "softmax_step": [_batch(rngs[6], *size) for size in SIZES],
        "step_rule": [_batch(rngs[7], *size) for size in SIZES],
        "dense_softmax_backward": [_layer(rngs[8], *size) for size in SIZES],
    }


def _images(rng: np.random.Generator) -> list[Case]:
    """Noise, nothing but ink, nothing but paper; no two pixels of the first are in one place."""
    found = [rng.integers(0, 256, (n, 28, 28)) for n in (1, 2, 5, 28)]
    found += [np.full((3, 28, 28), 255), np.zeros((2, 28, 28))]
    return [{"images": images.astype(np.uint8)} for images in found]


def _labels(rng: np.random.Generator) -> list[Case]:
    found = [rng.integers(0, 10, n) for n in (2, 7, 10, 31)]
    found += [np.array([9]), np.array([0]), np.full(4, 5), rng.permutation(10)]
    return [{"labels": labels.astype(np.int64)} for labels in found]


def _dense(rng: np.random.Generator, n: int, d: int, c: int) -> Case:
    X, W = rng.normal(0, 1, (n, d)), rng.normal(0, 1.5 / np.sqrt(d), (d, c))
    return _float32({"X": X, "W": W, "b": _generic(rng, c)})


def _generic(rng: np.random.Generator, size: int) -> Array:
    """Numbers of either sign, none near zero: a bias that is left out shows."""
    return rng.choice([-1.0, 1.0], size) * rng.uniform(0.3, 1.2, size)


def _scores(rng: np.random.Generator, n: int, c: int) -> Array:
    return rng.uniform(-6, 6, (n, c)).astype(np.float32)


def _one_hot(rng: np.random.Generator, n: int, c: int) -> Array:
    return np.eye(c, dtype=np.float32)[rng.integers(0, c, n)]


def _scored(rng: np.random.Generator, n: int, c: int) -> Case:
    return {"logits": _scores(rng, n, c), "y_onehot": _one_hot(rng, n, c)}


def _sure(rng: np.random.Generator) -> list[Case]:
    """One score of a row stands out by 120 to 600; in each case some rows are wrong."""
    found = []
    for n, c, largest, wrong in (
        (1, 2, 120, 1),
        (1, 10, 600, 1),
        (4, 3, 300, 4),
        (6, 10, 450, 2),
        (9, 5, 200, 5),
    ):
        top = rng.integers(0, c, n)
        logits = rng.uniform(-3, 3, (n, c))
        logits[np.arange(n), top] += rng.uniform(0.7, 1, n) * largest
        logits -= rng.choice([0.0, largest / 2])
        right = np.where(np.arange(n) < wrong, (top + rng.integers(1, c, n)) % c, top)
        found.append(_float32({"logits": logits, "y_onehot": np.eye(c)[right]}))
    return found


def _layer(rng: np.random.Generator, n: int, d: int, c: int) -> Case:
    return {**_dense(rng, n, d, c), "y_onehot": _one_hot(rng, n, c)}


def _batch(rng: np.random.Generator, n: int, d: int, c: int) -> Case:
    layer = _layer(rng, n, d, c)
    rate = float(rng.uniform(0.2, 0.9))
    return {
        "X": layer["X"],
        "y_onehot": layer["y_onehot"],
        "W": layer["W"],
        "b": layer["b"],
        "learning_rate": rate,
    }


def _float32(case: Case) -> Case:
    return {name: value.astype(np.float32) for name, value in case.items()}
