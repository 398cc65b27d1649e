"""Inputs that students never see: pictures, iterables, and the bases that models are built on.

Held-out pictures come with the course's data (`images`); everything here is drawn from a seed.
Pictures are smooth, so that it matters little how they are interpolated, and whether a crop takes
the odd pixel on the left or on the right. The bases are made of numbers drawn in the sandbox from
`draw`, and have nothing to do with any solution.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Case = dict[str, Any]  # argument name → array, int or float

# What is iterated over: see graders/checks/feeding.py, which builds it from these numbers.
LIST, GENERATOR, TEXTS, PAIRS, RANGE, ARRAYS = range(6)


def cases(seed: int) -> dict[str, list[Case]]:
    """All case sets, drawn from `seed`; each call gives new arrays.

    `predict_rows` asks for the same pictures in a batch, in the opposite order, alone and once
    more: case 0 [12], case 1 its reverse, case 2 its first picture, case 3 equal to case 0.
    """
    rows = np.stack([blobs(np.random.default_rng([seed, 1, k]), 60, 76) for k in range(12)])
    return {
        "crop": _pictures(np.random.default_rng([seed, 2])),
        "prepare": _photographs(np.random.default_rng([seed, 3])),
        "iterables": _iterables(np.random.default_rng([seed, 4])),
        "dataset": _labelled(np.random.default_rng([seed, 5])),
        "bases": _bases(np.random.default_rng([seed, 6])),
        # A model's weights are looked at without any picture: this one only stands for the asking.
        "look": [{"images": np.zeros((1, 8, 8, 3), dtype=np.uint8)}],
        "predict_rows": [
            {"images": x} for x in (rows, rows[::-1].copy(), rows[:1].copy(), rows.copy())
        ],
    }


def blobs(rng: np.random.Generator, height: int, width: int, channels: int = 3) -> Array:
    """A picture of soft coloured spots: uint8 [height, width, channels]."""
    down, across = np.mgrid[:height, :width]
    picture = np.ones((height, width, channels)) * rng.uniform(30, 220, channels)
    for _ in range(6):
        y, x = rng.uniform(0, height), rng.uniform(0, width)
        size = rng.uniform(0.12, 0.3) * min(height, width)
        spot = np.exp(-((down - y) ** 2 + (across - x) ** 2) / (2 * size**2))
        picture += spot[..., None] * rng.uniform(-160, 160, channels)
    return np.asarray(np.clip(picture, 0, 255).astype(np.uint8))


def _pictures(rng: np.random.Generator) -> list[Case]:
    """High, wide and square; cut off evenly and oddly; of other channels and other numbers."""
    sizes = (
        (30, 44, 3), (45, 30, 3), (31, 44, 3), (44, 31, 3), (17, 17, 3), (8, 40, 1), (41, 12, 4),
        (5, 6, 3), (9, 25, 3), (64, 21, 3),
    )  # fmt: skip
    found = []
    for k, (height, width, channels) in enumerate(sizes):
        whole = rng.integers(0, 256, (height, width, channels))
        img = whole.astype(np.uint8) if k % 3 else whole / np.float32(255)
        found.append({"img": np.asarray(img)})
    return found


def _photographs(rng: np.random.Generator) -> list[Case]:
    """Colour and grey, wide and high, larger and smaller than what the network takes."""
    sizes = ((90, 140, 3), (200, 90, 3), (61, 61, 3), (75, 120, 1), (330, 250, 3), (40, 31, 3))
    found = []
    for k, size in enumerate(sizes):
        picture = blobs(rng, *size)
        found += [
            {"picture": picture, "normalize": 1},
            *([{"picture": picture.copy(), "normalize": 0}] if k % 2 == 0 else []),
        ]
    return found


def _iterables(rng: np.random.Generator) -> list[Case]:
    """`n` items in batches of `batch_size`, of which `most` are asked for.

    Half of them are exact multiples; one source is far longer than what is asked for.
    """
    size, times = int(rng.integers(3, 8)), int(rng.integers(2, 5))
    asked = (
        (LIST, size * times, size, 999),
        (GENERATOR, size * times + 1, size, 999),
        (TEXTS, size * times, size, 999),
        (PAIRS, size * times - 1, size, 999),
        (GENERATOR, size, size, 999),
        (GENERATOR, 3000, size, times),
        (RANGE, size - 1, size, 999),
        (ARRAYS, 2 * size, size, 999),
        (LIST, 0, size, 999),
        (GENERATOR, 5, 1, 999),
        (GENERATOR, 2000, 2 * size, 2),
        (PAIRS, 6 * size, 2 * size, 999),
    )
    return [dict(zip(("kind", "n", "batch_size", "most"), case, strict=True)) for case in asked]


# Eight corners of colour space: far apart, so that a changed brightness does not confuse them.
COLOURS = np.array([[25 + 205 * (k >> c & 1) for c in range(3)] for k in range(8)])


def _labelled(rng: np.random.Generator) -> list[Case]:
    """Pictures of one colour each: the label modulo 8 tells it. Labels come once, out of order."""
    found = []
    for n, batch_size, training, side in (
        (40, 10, 1, 18), (23, 5, 0, 12), (24, 8, 0, 20), (37, 6, 1, 12), (6, 32, 0, 10),
        (48, 7, 1, 24),
    ):  # fmt: skip
        labels = rng.permutation(np.arange(n) + int(rng.integers(0, 40)))
        if training:
            labels = np.sort(labels)  # a shuffle of a few at a time would leave its traces
        images = np.ones((n, 20, 26, 3)) * COLOURS[labels % 8][:, None, None]
        images = np.clip(images + rng.normal(0, 4, images.shape), 0, 255).astype(np.uint8)
        found.append(
            {"images": images, "labels": labels.astype(np.int64), "batch_size": batch_size,
             "training": training, "side": side}
        )  # fmt: skip
    return found


def _bases(rng: np.random.Generator) -> list[Case]:
    """Small networks: `branches` in each block or a chain, `blocks` deep, frozen before `cut`.

    `cut` is the number of the block that is the first to learn; `inside` says whether its name is
    that of the block's own convolution, or that of what ends the block before.
    """
    # Maps of six and more at the end, as the course's base has: a head may convolve them.
    asked = ((1, 3, 2, 0, 5, 64), (2, 3, 1, 0, 3, 20), (1, 4, 2, 1, 11, 96), (2, 4, 3, 0, 7, 16))
    names = ("branches", "blocks", "cut", "inside", "classes", "size")
    return [
        dict(zip(names, case, strict=True)) | {"draw": int(rng.integers(1, 10**6))}
        for case in asked
    ]
