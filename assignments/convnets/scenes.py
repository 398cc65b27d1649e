"""Scenes by formula: 32x32 colour pictures of ten things, for the mini tier of CIFAR-10.

The ten classes differ in outline and pattern, never in colour: both colours of a picture, its
background, place, size, turn and light are drawn alike for every class. numpy only.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
SIDE = 32
CLASSES = (
    "disc", "ring", "square", "frame", "triangle", "cross", "star", "stripes", "checks", "dots",
)  # fmt: skip
BATCH = 500


def draw(n: int, seed: int) -> tuple[Array, Array]:
    """Draw scenes, each class about as often as another.

    Args:
        n: how many.
        seed: any; the same seed gives the same scenes.

    Returns:
        images [n, 32, 32, 3] uint8, labels [n] int64 (indices of `CLASSES`).
    """
    rng = np.random.default_rng([seed, 32])
    labels = rng.integers(0, len(CLASSES), n)
    images = np.empty((n, SIDE, SIDE, 3), np.uint8)
    for start in range(0, n, BATCH):
        images[start : start + BATCH] = _scenes(labels[start : start + BATCH], rng)
    return images, labels


TURN, SHIFT, DARKER, NOISE = 0.35, 2.0, 0.15, 14.0


def _scenes(labels: Array, rng: np.random.Generator) -> Array:
    b = len(labels)

    def each(low: float, high: float, *shape: int) -> Array:
        return rng.uniform(low, high, (b, *(shape or (1, 1))))

    y, x = np.mgrid[:SIDE, :SIDE][:, None] - (SIDE - 1) / 2
    dx, dy = x - rng.normal(0, SHIFT, (b, 1, 1)), y - rng.normal(0, SHIFT, (b, 1, 1))
    turn, size, longer = rng.normal(0, TURN, (b, 1, 1)), each(7.5, 12.5), each(0.85, 1.18)
    u = (np.cos(turn) * dx + np.sin(turn) * dy) / (size * longer)
    v = (np.cos(turn) * dy - np.sin(turn) * dx) / (size / longer)
    inside = np.empty((b, SIDE, SIDE))
    for kind in range(len(CLASSES)):
        mine = labels == kind
        edge = 1.2 / size[mine]  # about a pixel: outlines are soft, as a camera's are
        inside[mine] = np.clip(_outline(kind, u[mine], v[mine]) / edge + 0.5, 0, 1)

    thing, back = rng.uniform(40, 230, (b, 1, 1, 3)), rng.uniform(30, 210, (b, 1, 1, 3))
    grey, swap = thing.mean(-1) - back.mean(-1), each(0, 1) < DARKER
    flip = ((grey < 0) ^ swap)[..., None]  # mostly the thing is the lighter of the two
    thing, back = np.where(flip, back, thing), np.where(flip, thing, back)
    gap = thing.mean(-1, keepdims=True) - back.mean(-1, keepdims=True)
    thing = thing + np.sign(gap) * np.maximum(0, 45 - np.abs(gap))  # never the same grey
    lit = 1 + each(-0.25, 0.25) * x / SIDE + each(-0.25, 0.25) * y / SIDE
    waves = np.sin(each(0.1, 0.5) * x + each(0, 6.3)) * np.sin(each(0.1, 0.5) * y + each(0, 6.3))
    ground = back + (each(0, 30) * waves)[..., None] * rng.uniform(0.3, 1, (b, 1, 1, 3))
    cover = inside[..., None]
    picture = (cover * thing + (1 - cover) * ground) * lit[..., None]
    picture = picture + rng.normal(0, 1, picture.shape) * each(2, NOISE, 1, 1, 1)
    pixels: Array = np.clip(picture, 0, 255).astype(np.uint8)
    return pixels


def _outline(kind: int, u: Array, v: Array) -> Array:
    """How deep inside the thing a point is, in its own half widths; negative outside."""
    round_, square = np.hypot(u, v), np.maximum(np.abs(u), np.abs(v))
    match CLASSES[kind]:
        case "disc":
            return 1 - round_
        case "ring":
            return 0.26 - np.abs(round_ - 0.78)
        case "square":
            return 0.86 - square
        case "frame":
            return 0.24 - np.abs(square - 0.68)
        case "triangle":
            return np.minimum(0.75 - v, (1.1 - 1.9 * np.abs(u) + v) / 2.1)
        case "cross":
            arm = np.minimum(np.abs(u), np.abs(v))
            return np.minimum(0.3 - arm, 1 - square)
        case "star":
            return 0.68 + 0.3 * np.cos(5 * np.arctan2(u, -v)) - round_
        case "stripes":
            return np.minimum(np.cos(7.5 * v) * 0.13, 0.9 - square)
        case "checks":
            return np.minimum(np.sin(5.5 * u) * np.sin(5.5 * v) * 0.18, 0.9 - square)
        case _:  # dots
            return np.minimum((np.cos(6.5 * u) + np.cos(6.5 * v) - 0.7) * 0.15, 0.95 - square)
