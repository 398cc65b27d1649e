"""What the preparations of the image notebooks share: files, splits and the linear baseline.

A prepared notebook has two folders. `train` is all that a job may see. `held_out` stays on the
host: `cases.npz` holds inputs, `truth.npz` what is known of them, named `<set>/<case>/<name>`.
"""

import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve

Array = npt.NDArray[Any]
Labelled = tuple[Array, Array]  # images [n, ...] uint8, labels [n]

# Factors of the mean variance of a pixel. The best of them is chosen on a part of the training
# images: thousands of pixels and thousands of images overfit without a penalty.
PENALTIES = (0.03, 0.3, 3.0)
BATCH = 4096  # images that are floats at a time: 50,000 colour images would take 600 MB


def write_images(
    train: Path, held_out: Path, training: Labelled, shown: Labelled, secret: Labelled
) -> None:
    """Write one classification task: three sets of images, and how far a straight line gets.

    Args:
        train: gets `train.npz` and `valid.npz`, each with `x` uint8 and `y` int64 [n].
        held_out: gets `cases.npz` and `truth.npz`; set `images`, case 0 = `secret`, 1 = `shown`.
        training: images that students train on.
        shown: images that students have too, as `valid.npz`; reports may show them.
        secret: images that no student sees.

    The truth of a case: `labels` int64 [n]; `majority` and `linear`, accuracies in 0..1 of the
    best constant answer on that case and of a ridge classifier fitted on `training`.
    """
    for folder in (train, held_out):
        folder.mkdir(parents=True, exist_ok=True)
    save(train / "train.npz", x=training[0], y=training[1].astype(np.int64))
    save(train / "valid.npz", x=shown[0], y=shown[1].astype(np.int64))
    linear = Ridge(*training)
    cases: dict[str, Array] = {}
    truth: dict[str, Array] = {}
    for k, (images, labels) in enumerate((secret, shown)):
        cases[f"images/{k}/images"] = images
        truth[f"images/{k}/labels"] = labels.astype(np.int64)
        truth[f"images/{k}/majority"] = np.array(np.bincount(labels).max() / len(labels))
        truth[f"images/{k}/linear"] = np.array((linear(images) == labels).mean())
    save(held_out / "cases.npz", **cases)
    save(held_out / "truth.npz", **truth)


def save(path: Path, **arrays: Array) -> None:
    """Write a compressed `.npz`; the same arrays give the same bytes."""
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # numpy's own stub


def halves(images: Array, labels: Array, seed: int) -> tuple[Labelled, Labelled]:
    """Split a set in two of equal size, by a fixed shuffle."""
    order = np.random.default_rng(seed).permutation(len(labels))
    first, second = np.array_split(order, 2)
    return (images[first], labels[first]), (images[second], labels[second])


def decoded(container: Path, mode: str = "RGB") -> Iterator[Array]:
    """The images of a `.npz` that holds them as encoded bytes (`jpeg`) with their `offsets`.

    One image is decoded at a time; beside it only the encoded bytes are in memory.
    """
    from PIL import Image

    with np.load(container, allow_pickle=False) as file:
        data, offsets = file["jpeg"], file["offsets"]
    for start, end in pairwise(offsets):
        with Image.open(io.BytesIO(data[start:end].tobytes())) as image:
            yield np.asarray(image.convert(mode))


class Ridge:
    """Least squares from pixels to one-hot classes, in closed form: the linear baseline.

    Args:
        images: [n, ...] uint8.
        labels: [n] integers from 0.
    """

    def __init__(self, images: Array, labels: Array) -> None:
        classes = int(labels.max()) + 1
        part = len(labels) * 4 // 5
        fitted = _moments(images[:part], labels[:part], classes)
        chosen = _moments(images[part:], labels[part:], classes)
        scores = []
        for penalty in PENALTIES:
            self._weights = _solve(*fitted, penalty)
            scores.append((self(images[part:]) == labels[part:]).mean())
        best = PENALTIES[int(np.argmax(scores))]
        self._weights = _solve(fitted[0] + chosen[0], fitted[1] + chosen[1], best)

    def __call__(self, images: Array) -> Array:
        """Classes [n] of `images` [n, ...] uint8."""
        found = [(_rows(batch) @ self._weights).argmax(1) for batch in _batches(images)]
        return np.concatenate(found)


def _batches(images: Array) -> Iterator[Array]:
    for start in range(0, len(images), BATCH):
        yield images[start : start + BATCH]


def _rows(images: Array) -> Array:
    """Pixels within ±0.5 and a constant, [n, d + 1] float32."""
    rows = np.ones((len(images), images[0].size + 1), np.float32)
    rows[:, :-1] = images.reshape(len(images), -1) / np.float32(255) - np.float32(0.5)
    return rows


def _moments(images: Array, labels: Array, classes: int) -> tuple[Array, Array]:
    """Sums of x xᵀ [d, d] and of x yᵀ [d, classes], y one-hot within ±0.5."""
    d = images[0].size + 1
    xx, xy = np.zeros((d, d), np.float32), np.zeros((d, classes), np.float32)
    for start in range(0, len(images), BATCH):
        rows = _rows(images[start : start + BATCH])
        hot = np.eye(classes, dtype=np.float32)[labels[start : start + BATCH]] - np.float32(0.5)
        xx += rows.T @ rows
        xy += rows.T @ hot
    return xx, xy


def _solve(xx: Array, xy: Array, penalty: float) -> Array:
    n = xx[-1, -1]  # the constant's own square, summed
    variance = np.trace(xx) / len(xx) / n
    ridge = np.full(len(xx), penalty * variance * n, np.float32)
    ridge[-1] = 0  # the constant goes free
    found: Array = cho_solve(cho_factor(xx + np.diag(ridge)), xy)
    return found
