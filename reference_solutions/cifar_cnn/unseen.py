"""Inputs that students never see: what functions are asked, and the nets they are asked about.

Held-out images come with the course's data (`images`); everything here is drawn from a seed. The
nets for `stimuli` are made of numbers drawn here and have nothing to do with any solution.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Case = dict[str, Any]  # argument name → array, int or float

CLASSES = 10


def cases(seed: int) -> dict[str, list[Case]]:
    """All case sets, drawn from `seed`; each call gives new arrays.

    `predict_rows` asks for the same pictures in a batch, in the opposite order, alone and once
    more: case 0 [12], case 1 its reverse, case 2 its first picture, case 3 equal to case 0.
    `look` holds a few prepared pictures by which a model's outputs are looked at, `start` the net
    of the fewest steps.
    """
    rows = blobs(np.random.default_rng([seed, 1]), 12)
    nets = _nets(np.random.default_rng([seed, 6]))
    return {
        "prepare": _pixels(np.random.default_rng([seed, 2])),
        "one_hot": _labels(np.random.default_rng([seed, 3])),
        "learning_rate": [{"epoch": e} for e in (0, 1, 2, 3, 7, 12, 19, 30)],
        "confusion": _pairs(np.random.default_rng([seed, 4])),
        "predict_rows": [
            {"images": x} for x in (rows, rows[::-1].copy(), rows[:1].copy(), rows.copy())
        ],
        "look": [{"images": _prepared(blobs(np.random.default_rng([seed, 5]), 16))}],
        "stimuli": nets,
        "start": nets[4:5],
    }


def blobs(rng: np.random.Generator, n: int, size: int = 32) -> Array:
    """Pictures of soft coloured spots: uint8 [n, size, size, 3]."""
    down, across = np.mgrid[:size, :size]
    found = np.empty((n, size, size, 3), dtype=np.uint8)
    for k in range(n):
        picture = np.ones((size, size, 3)) * rng.uniform(30, 220, 3)
        for _ in range(4):
            y, x = rng.uniform(0, size, 2)
            width = rng.uniform(2, size / 3)
            spot = np.exp(-((down - y) ** 2 + (across - x) ** 2) / (2 * width**2))
            picture += spot[..., None] * rng.uniform(-160, 160, 3)
        found[k] = np.clip(picture + rng.normal(0, 12, picture.shape), 0, 255)
    return found


def _prepared(images: Array) -> Array:
    return np.asarray(images.astype(np.float32) / np.float32(255) - np.float32(0.5))


def _pixels(rng: np.random.Generator) -> list[Case]:
    """Full and narrow ranges, one picture, other sizes, all black: no per-picture scale fits."""
    narrow = rng.integers(90, 140, (2, 32, 32, 3)).astype(np.uint8)
    return [
        {"images": rng.integers(0, 256, (3, 32, 32, 3)).astype(np.uint8)},
        {"images": narrow},
        {"images": rng.integers(0, 60, (1, 32, 32, 3)).astype(np.uint8)},
        {"images": rng.integers(200, 256, (5, 8, 6, 3)).astype(np.uint8)},
        {"images": np.zeros((1, 4, 4, 3), dtype=np.uint8)},
        {"images": blobs(rng, 4)},
    ]


def _labels(rng: np.random.Generator) -> list[Case]:
    """Mostly labels among which the last classes do not occur."""
    drawn = [
        (rng.permutation(10), 10),
        (rng.integers(0, 7, 20), 10),
        (np.array([0]), 10),
        (np.array([3, 3, 3, 1]), 12),
        (rng.integers(0, 2, 9), 5),
        (np.array([4, 0, 2]), 100),
    ]
    return [{"y": np.asarray(y, dtype=np.int64), "classes": c} for y, c in drawn]


def _pairs(rng: np.random.Generator) -> list[Case]:
    """Pairs that come several times, unsymmetric, with classes that do not occur."""
    found = []
    for n, classes, used in ((60, 10, 10), (25, 10, 4), (9, 6, 3), (1, 3, 1), (200, 4, 4)):
        y = rng.integers(0, used, n)
        wrong = rng.random(n) < 0.4
        predicted = np.where(wrong, (y + 1 + rng.integers(0, 2, n)) % classes, y)
        found.append({"y": y, "predicted": predicted.astype(np.int64), "classes": classes})
    found.append({"y": np.array([0, 1]), "predicted": np.array([2, 2]), "classes": 8})
    return found


def _nets(rng: np.random.Generator) -> list[Case]:
    """Small nets of two convolutions and a dense layer, with the unit to excite.

    Arguments: `layer` (0, 1 or 2: which of the three), `unit`, `steps`, `step_size`, `draw` (what
    the start is drawn from, beside the run's own seed), `height`, `width` of the picture, and
    the layers' weights: `k1` [3, 3, 3, 8], `b1`, `k2` [3, 3, 8, 12], `b2`, `k3` [12, 6], `b3`.
    Their scales differ a thousandfold, so that a gradient that is not normalised does nothing
    in one case and jumps to the walls in the next.
    """
    asked = (
        (1, 0.02, 25, 1.0, 32, 32),
        (2, 0.03, 20, 0.03, 32, 32),
        (1, 0.015, 30, 30.0, 24, 20),
        (2, 0.02, 25, 1.0, 32, 32),
        (0, 0.01, 15, 0.03, 32, 32),
        (1, 0.02, 20, 0.1, 32, 32),
    )
    return [_net(rng, *case) for case in asked]


def _net(
    rng: np.random.Generator,
    layer: int,
    step_size: float,
    steps: int,
    scale: float,
    height: int,
    width: int,
) -> Case:
    def drawn(*shape: int) -> Array:
        fan_in = np.prod(shape[:-1])
        return np.asarray(rng.normal(0, np.sqrt(2 / fan_in), shape), dtype=np.float32)

    k1, k2, k3 = drawn(3, 3, 3, 8), drawn(3, 3, 8, 12), drawn(12, 6)
    return {
        "layer": layer,
        "unit": int(rng.integers(0, (8, 12, 6)[layer])),
        "steps": steps,
        "step_size": step_size,
        "draw": int(rng.integers(1, 10**6)),
        "height": height,
        "width": width,
        "k1": k1 * np.float32(scale),
        "b1": np.asarray(rng.normal(0, 0.1, 8) * scale, dtype=np.float32),
        "k2": k2,
        "b2": np.asarray(rng.normal(0, 0.1, 12) * scale, dtype=np.float32),
        "k3": k3,
        "b3": np.asarray(rng.normal(0, 0.1, 6) * scale, dtype=np.float32),
    }
