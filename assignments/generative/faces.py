"""Faces by formula: 32x32 colour portraits, for the mini tier of the generative notebooks.

Each face follows from some thirty continuous factors: where the head is and how it is turned, what
it looks like, the light, what stands behind. Moving an edge by a pixel or turning a head changes
the picture in no straight line, so a linear code of a few numbers wastes most of them. numpy only.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
SIDE = 32
ATTRIBUTES = ("smile", "glasses", "beard", "long_hair", "dark_hair")
BATCH = 250  # faces drawn at a time: dozens of maps of each are in memory

# From pale to dark, and from fair over red and brown to black.
SKIN = np.array([[246, 216, 198], [226, 180, 148], [172, 118, 86], [98, 64, 48]], float)
HAIR = np.array([[232, 202, 138], [172, 92, 44], [92, 56, 34], [24, 20, 22]], float)


def draw(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
    """Draw faces.

    Args:
        rng: the same state gives the same faces.
        n: how many.

    Returns:
        images [n, 32, 32, 3] uint8; attributes [n, 5] float32 in 0..1, by `ATTRIBUTES`.
    """
    images = np.empty((n, SIDE, SIDE, 3), np.uint8)
    attributes = np.empty((n, len(ATTRIBUTES)), np.float32)
    for start in range(0, n, BATCH):
        part = slice(start, min(start + BATCH, n))
        images[part], attributes[part] = _faces(rng, part.stop - start)
    return images, attributes


def _faces(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
    def each(low: float, high: float) -> Array:
        return rng.uniform(low, high, (n, 1, 1))

    def some(share: float, low: float) -> Array:
        """From `low` to 1 for a share of the faces, 0 for the others."""
        return np.where(each(0, 1) < share, each(low, 1), 0.0)

    smile, dark, length = each(0, 1), each(0, 1), each(0, 1)
    glasses, beard = some(0.45, 0.5), some(0.45, 0.4)
    skin, hair = _between(SKIN, each(0, 1) ** 1.4), _between(HAIR, dark)
    head = _Head(rng, n)
    # One light for the face and for the wall behind it.
    angle, strength = each(-0.4, np.pi + 0.4), each(0.0, 0.45)
    hue = each(0, 1)
    wall = _hue(hue, each(60, 180))
    canvas = _Canvas(head, _lit_wall(wall, angle, strength))
    u, v = head.u, head.v

    # Behind the face: long hair, neck, shoulders.
    volume = 0.05 + 0.25 * length
    flow = (-0.1 * head.yaw, 0.1 + 0.3 * length)
    mane = head.ellipse(*flow, 1.05 + volume, 0.85 + 0.35 * length) * _soft(8 * (length - 0.3))
    canvas.paint(mane, 0.8 * hair)
    canvas.paint(_soft(head.wide * (0.42 - np.abs(u))) * _soft(head.high * (v - 0.4)), 0.8 * skin)
    canvas.paint(head.ellipse(0.0, 1.95, 1.9, 0.9), _hue(hue + 0.4, np.array(105.0)))

    # The face itself, lit from one side, with a narrower or wider jaw; then the beard.
    narrow = 1 - each(0.0, 0.3) * np.clip(v, 0, 1) ** 2
    face = _soft((1 - np.hypot(u / narrow, v)) * head.wide)
    light = (1 + strength * (np.cos(angle) * u - np.sin(angle) * v))[..., None]
    lit = skin * light
    canvas.paint(face, lit)
    edge = 0.42 - 0.35 * np.abs(u - head.yaw * 0.3)
    canvas.paint(0.85 * beard * face * _soft(head.high * 0.5 * (v - edge)), 0.75 * hair * light)

    _features(canvas, head, lit, hair, smile, each)

    # Glasses: rims, a bridge, and shade within.
    for side in (-1, 1):
        x, y = head.turned(0.42 * side), -0.08
        outer, inner = (head.ellipse(x, y, 0.34 * k, 0.24 * k) for k in (1.0, 0.72))
        canvas.paint(glasses * (outer - inner), 30.0)
        canvas.paint(0.7 * glasses**2 * inner, 35.0)
    bridge = _soft(head.high * (0.05 - np.abs(v + 0.1))) * _soft(
        head.wide * (0.2 - np.abs(u - head.turned(0.0)))
    )
    canvas.paint(glasses * bridge, 30.0)

    # Hair on top: from a fringe over the forehead to hair brushed back, with a parting.
    fringe, parting = each(0.3, 0.8), 0.4 * head.yaw
    line = 0.45 * u**2 - fringe - 0.3 * np.abs(u - parting - 0.5 * head.turned(0.0))
    cap = head.ellipse(-0.06 * head.yaw, -0.06, 1.06 + 0.5 * volume, 1.04 + 0.4 * volume)
    canvas.paint(cap * _soft(head.high * (line - v)), hair * light)

    grain = rng.normal(0, 2.0, canvas.picture.shape)
    known = np.concatenate([smile, glasses, beard, length, dark], axis=1)[..., 0]
    return np.clip(canvas.picture + grain, 0, 255).astype(np.uint8), known.astype(np.float32)


class _Head:
    """Where heads are, and coordinates on them: 0 in the middle, 1 at the edge of a face."""

    def __init__(self, rng: np.random.Generator, n: int) -> None:
        shape = (n, 1, 1)
        self.wide = rng.uniform(6.4, 9.2, shape)  # half of it, in pixels
        self.high = self.wide * rng.uniform(1.2, 1.42, shape)
        self.yaw = rng.uniform(-1, 1, shape)
        turn = rng.normal(0, 0.15, shape)
        down, across = np.mgrid[:SIDE, :SIDE][:, None] - (SIDE - 1) / 2
        dx, dy = across - rng.normal(0, 2.0, shape), down - rng.normal(0.5, 1.5, shape)
        self.u = (np.cos(turn) * dx + np.sin(turn) * dy) / self.wide
        self.v = (np.cos(turn) * dy - np.sin(turn) * dx) / self.high

    def turned(self, x: float) -> Array:
        """Where a feature at x comes to lie when the head is turned to the side."""
        return np.asarray(np.sin(np.arcsin(x) + 0.42 * self.yaw))

    def ellipse(
        self, x: Array | float, y: Array | float, a: Array | float, b: Array | float
    ) -> Array:
        """Cover [n, 32, 32] in 0..1 of an ellipse around (x, y) with half axes a and b."""
        away = np.hypot((self.u - x) / a, (self.v - y) / b)
        return _soft((1 - away) * np.minimum(a * self.wide, b * self.high))


class _Canvas:
    """Pictures [n, 32, 32, 3] that are painted over, back to front."""

    def __init__(self, head: _Head, picture: Array) -> None:
        self.head, self.picture = head, picture

    def paint(self, cover: Array, colour: Array | float) -> None:
        self.picture = self.picture + cover[..., None] * (colour - self.picture)


def _features(
    canvas: _Canvas, head: _Head, lit: Array, hair: Array, smile: Array, each: Any
) -> None:
    """Eyes, brows, nose and mouth, which move over the face as it turns."""
    open_, level, lift = each(0.04, 0.14), each(-0.15, 0.0), each(-0.25, 0.25)
    apart, gaze = each(0.36, 0.46), each(-0.06, 0.06)
    middle = head.turned(0.0)
    for side in (-1, 1):
        x = np.sin(np.arcsin(side * apart) + 0.42 * head.yaw)
        white = head.ellipse(x, level, 0.19, open_)
        canvas.paint(white, 235.0)
        canvas.paint(white * head.ellipse(x + gaze, level, 0.1, 0.11), 40.0)
        slope = level - 0.22 - lift * side * (head.u - x)
        brow = _soft(head.high * (0.05 - np.abs(head.v - slope)))
        canvas.paint(brow * _soft(head.wide * (0.22 - np.abs(head.u - x))), 0.6 * hair)
    canvas.paint(0.5 * head.ellipse(middle * 1.15, each(0.18, 0.26), 0.14, 0.08), 0.6 * lit)
    # A smile is wider, and its corners are higher than its middle.
    half, place = 0.26 + 0.2 * smile, each(0.48, 0.56)
    bow = (head.u - middle) / half
    curve = place + (0.04 - 0.2 * smile) * bow**2
    lips = head.ellipse(middle, place, half, 0.6)
    thick = each(0.05, 0.08) + 0.05 * smile
    mouth = lips * _soft(head.high * (thick - np.abs(head.v - curve)))
    canvas.paint(mouth, np.array([168.0, 62.0, 66.0]))
    teeth = np.clip(2 * smile - 0.8, 0, 1) * lips
    canvas.paint(teeth * _soft(head.high * (0.4 * thick - np.abs(head.v - curve))), 240.0)


def _lit_wall(wall: Array, angle: Array, strength: Array) -> Array:
    """A wall [n, 32, 32, 3] of one colour [n, 1, 1, 3] that grows darker away from the light."""
    down, across = (np.mgrid[:SIDE, :SIDE][:, None] - (SIDE - 1) / 2) / SIDE
    light = 1 + strength * (np.cos(angle) * across - np.sin(angle) * down)
    return np.asarray(light[..., None] * wall)


def _hue(place: Array, bright: Array) -> Array:
    """Muted colours [n, 1, 1, 3] around the colour circle."""
    turn = 2 * np.pi * (place[..., None] + np.array([0, 1 / 3, 2 / 3]))
    return np.asarray(bright[..., None] * (1 + 0.4 * np.cos(turn)))


def _between(anchors: Array, place: Array) -> Array:
    """Colours [n, 1, 1, 3] on the way along `anchors` [k, 3], `place` in 0..1."""
    stops = np.linspace(0, 1, len(anchors))
    return np.stack([np.interp(place, stops, channel) for channel in anchors.T], axis=-1)


def _soft(inside: Array) -> Array:
    """Cover in 0..1 of an edge that is a pixel wide; `inside` in pixels."""
    return np.clip(inside + 0.5, 0, 1)
