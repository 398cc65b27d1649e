"""Handwriting by formula: 28x28 digits drawn from a seed, for the mini tier of MNIST.

A digit is a path of a pen, written down by hand as points in a unit square (x to the right, y
downwards). Each drawing bends, tilts, slants, stretches and shifts its path, and has its own pen,
ink, blur and noise. numpy only; nothing is read from elsewhere.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
SIDE = 28
POINTS = 20  # a path is drawn as so many short lines, less one
BATCH = 50  # drawings at a time: 50 x 784 pixels x 19 lines of float32 are 3 MB, near a cache
BEND, TILT, SLANT, SHIFT = 0.036, 0.16, 0.25, 0.95


def _arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> list[Array]:
    """Points on an ellipse; angles in quarter turns, 0 to the right, 1 downwards."""
    angles = np.linspace(start, end, 12) * np.pi / 2
    return [np.array([x + rx * np.cos(a), y + ry * np.sin(a)]) for a in angles]


def _at(*numbers: float) -> list[Array]:
    return [np.array(p) for p in zip(numbers[::2], numbers[1::2], strict=True)]


# A pen that is lifted goes back along its own line: so every digit is one path.
PATHS: dict[int, list[list[Array]]] = {
    0: [_arc(0.5, 0.5, 0.28, 0.4, -1, 3), _arc(0.5, 0.5, 0.2, 0.4, -0.7, 3.4)],
    1: [_at(0.5, 0.1, 0.5, 0.9), _at(0.34, 0.26, 0.52, 0.1, 0.52, 0.9),
        _at(0.36, 0.25, 0.5, 0.1, 0.5, 0.9, 0.34, 0.9, 0.68, 0.9)],
    2: [_arc(0.5, 0.32, 0.24, 0.22, -2.2, 0.3) + _at(0.26, 0.88, 0.76, 0.88),
        _arc(0.5, 0.3, 0.22, 0.2, -2, 0.6) + _arc(0.36, 0.8, 0.1, 0.08, 1.2, 3.2)
        + _at(0.5, 0.84, 0.78, 0.86)],
    3: [_arc(0.46, 0.3, 0.24, 0.2, -2, 1) + _arc(0.46, 0.7, 0.27, 0.2, -1, 2),
        _at(0.26, 0.12, 0.7, 0.12, 0.46, 0.44) + _arc(0.46, 0.67, 0.26, 0.22, -1, 2)],
    4: [_at(0.6, 0.9, 0.6, 0.1, 0.24, 0.62, 0.8, 0.62),
        _at(0.32, 0.12, 0.28, 0.52, 0.7, 0.52, 0.7, 0.14, 0.68, 0.9)],
    5: [_at(0.72, 0.12, 0.34, 0.12, 0.31, 0.46) + _arc(0.46, 0.66, 0.26, 0.22, -1.2, 2),
        _at(0.7, 0.14, 0.38, 0.14, 0.3, 0.44) + _arc(0.44, 0.64, 0.24, 0.24, -1, 1.7)],
    6: [_arc(0.66, 0.5, 0.38, 0.42, -1.1, -2.1) + _arc(0.49, 0.68, 0.21, 0.2, -2, 2),
        _at(0.58, 0.1, 0.32, 0.5) + _arc(0.48, 0.7, 0.2, 0.18, -2, 2.1)],
    7: [_at(0.24, 0.12, 0.76, 0.12, 0.44, 0.9),
        _at(0.26, 0.16, 0.74, 0.14, 0.56, 0.5, 0.36, 0.5, 0.7, 0.5, 0.56, 0.5, 0.42, 0.9)],
    8: [_arc(0.5, 0.3, 0.2, 0.18, 1, -3) + _arc(0.5, 0.7, 0.24, 0.2, -1, 3),
        _arc(0.5, 0.3, 0.18, 0.2, 0.8, -2.6) + _arc(0.5, 0.7, 0.22, 0.19, -1, 3.2)],
    9: [_arc(0.5, 0.32, 0.22, 0.2, 0, -4) + _at(0.7, 0.5, 0.66, 0.9),
        _arc(0.48, 0.3, 0.2, 0.19, 0, -4) + _arc(0.36, 0.5, 0.34, 0.4, -0.4, 0.9)],
}  # fmt: skip


def draw(n: int, seed: int) -> tuple[Array, Array]:
    """Draw digits, white on black, each class about as often as another.

    Args:
        n: how many.
        seed: any; the same seed gives the same drawings.

    Returns:
        images [n, 28, 28] uint8, labels [n] int64 (0 to 9).
    """
    rng = np.random.default_rng([seed, 28])
    paths = np.stack([_resampled(path) for kind in range(10) for path in PATHS[kind]])
    owners = np.array([kind for kind in range(10) for _ in PATHS[kind]])
    labels = rng.integers(0, 10, n)
    images = np.empty((n, SIDE, SIDE), np.uint8)
    for start in range(0, n, BATCH):
        mine = labels[start : start + BATCH]
        chosen = [rng.choice(np.flatnonzero(owners == label)) for label in mine]
        images[start : start + BATCH] = _inked(_handwritten(paths[chosen], rng), rng)
    return images, labels


def _resampled(path: list[Array]) -> Array:
    """The same path by `POINTS` points at equal distances, around the origin, [POINTS, 2]."""
    corners = np.array(path)
    along = np.concatenate([[0], np.hypot(*np.diff(corners, axis=0).T).cumsum()])
    at = np.linspace(0, along[-1], POINTS)
    return np.stack([np.interp(at, along, c) for c in corners.T], axis=1) - 0.5


def _handwritten(paths: Array, rng: np.random.Generator) -> Array:
    """Paths [b, POINTS, 2] as another hand would write them, in pixels from the middle."""
    b = len(paths)
    t = np.linspace(0, np.pi, POINTS)
    for wave in (1, 2, 3):  # smooth bends along the pen's way
        bend = rng.normal(0, BEND / wave, (b, 1, 2))
        paths = paths + bend * np.sin(wave * t + rng.uniform(0, np.pi, (b, 1)))[:, :, None]
    angle, slant = rng.normal(0, TILT, b), rng.normal(0, SLANT, b)
    wide, high = rng.uniform(0.65, 1.15, b), rng.uniform(0.75, 1.1, b)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shape = np.array([[wide, slant * high], [np.zeros(b), high]])
    matrix = np.einsum("ijb,jkb->bik", turn, shape)
    size = 22 * paths @ matrix.transpose(0, 2, 1)
    moved: Array = (size + rng.normal(0, SHIFT, (b, 1, 2))).astype(np.float32)
    return moved


def _inked(paths: Array, rng: np.random.Generator) -> Array:
    """Images [b, 28, 28] uint8 of paths [b, POINTS, 2] in pixels from the middle."""
    b = len(paths)
    pen = rng.uniform(0.7, 1.9, (b, 1))
    blur = rng.uniform(0.5, 1.3, (b, 1))
    ink = rng.uniform(150, 255, (b, 1)) * np.clip((pen - _distance(paths)) / blur + 0.5, 0, 1)
    noise = rng.normal(0, 1, ink.shape) * rng.uniform(0, 10, (b, 1))
    dots: Array = np.clip(ink + noise, 0, 255).astype(np.uint8).reshape(b, SIDE, SIDE)
    return dots


def _distance(paths: Array) -> Array:
    """From each pixel to the pen's way, in pixels, [b, 784] float32.

    The foot of the perpendicular from p to a line s + t·d, t within 0..1, in matrix products.
    """
    middle = np.float32((SIDE - 1) / 2)
    pixels = np.mgrid[:SIDE, :SIDE][::-1].reshape(2, -1).T.astype(np.float32) - middle
    starts, steps = paths[:, :-1], np.diff(paths, axis=1)
    squares = (steps**2).sum(-1)[:, None] + np.float32(1e-6)
    dot = pixels @ steps.transpose(0, 2, 1) - (starts * steps).sum(-1)[:, None]
    along = np.clip(dot / squares, 0, 1)
    away = pixels @ (-2 * starts.transpose(0, 2, 1)) + (starts**2).sum(-1)[:, None]
    away += along * (along * squares - 2 * dot)
    nearest: Array = away.min(-1) + (pixels**2).sum(-1)
    return np.sqrt(np.maximum(nearest, 0))
