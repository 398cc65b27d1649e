"""Scenes by formula: small colour pictures of things that stand somewhere, for the mini tier.

Two things, or groups of them, stand in a relation on some ground; a third, small one may lie in a
corner. What captions may tell of a picture is its `Scene`; place, size in pixels, turn, shade,
light and grain vary beside it and are never told. numpy only.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
SIDE = 48  # pixels
SHAPES = ("circle", "square", "triangle", "star", "cross", "heart")
HOLLOW = ("ring", "frame")  # what another thing can be inside of
COLOURS = {
    "red": (215, 40, 40), "orange": (240, 140, 30), "yellow": (240, 225, 60),
    "green": (60, 200, 70), "blue": (50, 90, 225), "purple": (135, 50, 170),
    "pink": (245, 150, 190),
}  # fmt: skip
GROUNDS = {
    "grass": (74, 108, 60), "sand": (204, 184, 142), "snow": (226, 230, 236),
    "night": (26, 28, 44), "floor": (122, 90, 64),
}  # fmt: skip
AMOUNTS = ("large", "small", "two", "three")  # how much there is of a thing
RELATIONS = ("left", "above", "inside")  # of the first thing to the second
_SOME = (0.35, 0.25, 0.22, 0.18)
_STARS = 25  # in the sky of a night


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing, or several of a kind.

    Args:
        shape: one of `SHAPES` or `HOLLOW`.
        colour: a key of `COLOURS`.
        amount: one of `AMOUNTS`; groups have no size of their own.
    """

    shape: str
    colour: str
    amount: str

    @property
    def count(self) -> int:
        """How many there are of it."""
        return {"two": 2, "three": 3}.get(self.amount, 1)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture shows, as far as captions may tell it.

    Args:
        first, second: the first is left of, above or inside the second.
        relation: one of `RELATIONS`.
        ground: a key of `GROUNDS`.
        extra: a small thing in a corner.
    """

    first: Thing
    second: Thing
    relation: str
    ground: str
    extra: Thing | None = None


def imagined(rng: np.random.Generator, n: int) -> list[Scene]:
    """Think up n scenes, no two alike."""
    found: dict[Scene, None] = {}
    while len(found) < n:
        found[_scene(rng)] = None
    return list(found)


def _scene(rng: np.random.Generator) -> Scene:
    relation = RELATIONS[rng.choice(3, p=(0.4, 0.4, 0.2))]
    ground = list(GROUNDS)[rng.integers(len(GROUNDS))]
    if relation == "inside":
        first = Thing(_one(rng, SHAPES), _one(rng, COLOURS), "small")
        second = Thing(_one(rng, HOLLOW), _one(rng, COLOURS), "large")
    else:
        first, second = (
            Thing(_one(rng, SHAPES), _one(rng, COLOURS), AMOUNTS[rng.choice(4, p=_SOME)])
            for _ in range(2)
        )
    extra = Thing(_one(rng, SHAPES), _one(rng, COLOURS), "small") if rng.random() < 0.3 else None
    return Scene(first, second, relation, ground, extra)


def _one(rng: np.random.Generator, names: Any) -> str:
    return str(tuple(names)[rng.integers(len(names))])


def draw(rng: np.random.Generator, scenes: list[Scene]) -> Array:
    """One picture of each scene, [n, 48, 48, 3] uint8; the same state gives the same pictures."""
    images = np.empty((len(scenes), SIDE, SIDE, 3), np.uint8)
    for k, scene in enumerate(scenes):
        images[k] = _picture(rng, scene)
    return images


def _picture(rng: np.random.Generator, scene: Scene) -> Array:
    canvas = _Canvas(rng, scene.ground)
    middle = (SIDE - 1) / 2
    if scene.relation == "inside":
        place = middle + rng.normal(0, 1.2, 2)
        canvas.paint(scene.second, *place, rng.uniform(15.0, 17.5))
        canvas.paint(scene.first, *(place + rng.normal(0, 1.0, 2)), rng.uniform(4.5, 6.0))
    else:
        away = np.array([-1.0, 1.0]) * rng.uniform(10.5, 12.5) + rng.normal(0, 0.8)
        aside = rng.uniform(-3.5, 3.5, 2)
        for thing, along, across in zip((scene.first, scene.second), away, aside, strict=True):
            x, y = (along, across) if scene.relation == "left" else (across, along)
            canvas.put(thing, middle + x, middle + y)
    if scene.extra is not None:
        x, y = rng.choice([5.5, SIDE - 6.5], 2) + rng.normal(0, 0.6, 2)
        canvas.paint(scene.extra, x, y, rng.uniform(3.6, 4.4))
    return canvas.finished()


class _Canvas:
    """A picture that is painted over, back to front."""

    def __init__(self, rng: np.random.Generator, ground: str) -> None:
        self._rng = rng
        self._down, self._across = np.mgrid[:SIDE, :SIDE].astype(float)
        self._picture = np.ones((SIDE, SIDE, 3)) * GROUNDS[ground]
        self._picture *= rng.uniform(0.85, 1.12)
        self._picture += self._texture(ground)[..., None]

    def _texture(self, ground: str) -> Array:
        """What the ground looks like from near [48, 48], in units of lightness."""
        rng = self._rng
        match ground:
            case "grass":  # blades stand upright
                return np.repeat(rng.normal(0, 14, (SIDE // 4, SIDE)), 4, axis=0)
            case "sand":
                return np.asarray(rng.normal(0, 11, (SIDE, SIDE)))
            case "snow":
                a, b = rng.normal(0, 0.12, 2)
                wave = np.sin(a * self._across + b * self._down + rng.uniform(0, 6.3))
                return np.asarray(8 * wave)
            case "night":
                stars = np.zeros((SIDE, SIDE))
                stars[tuple(rng.integers(0, SIDE, (2, _STARS)))] = 90
                return stars
            case _:  # boards of a floor
                boards = (self._down + rng.uniform(0, 8)) % 8 < 1.2
                return np.asarray(-38.0 * boards + rng.normal(0, 3, (SIDE, 1)))

    def put(self, thing: Thing, x: float, y: float) -> None:
        """Paint a thing, or a group around a place."""
        rng = self._rng
        if thing.count == 1:
            radius = rng.uniform(8.5, 10.2) if thing.amount == "large" else rng.uniform(4.2, 5.4)
            self.paint(thing, x, y, radius)
            return
        turn = rng.uniform(0, 2 * np.pi)
        radius = rng.uniform(4.4, 5.0) if thing.count == 2 else rng.uniform(4.0, 4.5)
        for k in range(thing.count):
            angle = turn + 2 * np.pi * k / thing.count
            self.paint(thing, x + 5.6 * np.cos(angle), y + 5.6 * np.sin(angle), radius)

    def paint(self, thing: Thing, x: float, y: float, radius: float) -> None:
        """Paint one thing, with a darker rim."""
        rng = self._rng
        turn = rng.normal(0, 0.12)
        dx, dy = self._across - x, self._down - y
        u = (np.cos(turn) * dx + np.sin(turn) * dy) / radius
        v = (np.cos(turn) * dy - np.sin(turn) * dx) / radius
        inside = _inside(thing.shape, u, v) * radius
        colour = np.asarray(COLOURS[thing.colour]) + rng.normal(0, 9, 3)
        light = (1 + rng.uniform(-0.18, 0.18) * u)[..., None]
        self._cover(np.clip(inside + 0.5, 0, 1), 0.45 * colour)
        self._cover(np.clip(inside - 0.5, 0, 1), colour * light)

    def _cover(self, cover: Array, colour: Array) -> None:
        self._picture += cover[..., None] * (colour - self._picture)

    def finished(self) -> Array:
        """The picture [48, 48, 3] uint8, under some light and with grain."""
        bright = self._rng.uniform(0.85, 1.1)
        grain = self._rng.normal(0, 5.0, self._picture.shape)
        return np.asarray(np.clip(self._picture * bright + grain, 0, 255).astype(np.uint8))


def _inside(shape: str, u: Array, v: Array) -> Array:
    """How far a place is inside a shape, in units of its radius; below 0 outside.

    Args:
        u, v: places across and down, 0 in the middle, any shape.
    """
    match shape:
        case "circle":
            found = 0.95 - np.hypot(u, v)
        case "square":
            found = 0.85 - np.maximum(np.abs(u), np.abs(v))
        case "triangle":
            found = np.minimum(0.6 - v, 0.5 + 0.5 * v - 0.866 * np.abs(u))
        case "star":
            place = (np.arctan2(u, -v) * 5 / (2 * np.pi)) % 1.0
            found = 0.4 + 0.68 * np.abs(2 * place - 1) ** 1.4 - np.hypot(u, v)
        case "cross":
            a, b = np.abs(u), np.abs(v)
            found = np.maximum(np.minimum(0.32 - a, 0.95 - b), np.minimum(0.95 - a, 0.32 - b))
        case "heart":
            found = 0.8 - np.hypot(u, 0.15 + v + 0.62 * np.sqrt(np.abs(u)) - 0.25)
        case "ring":
            found = 0.12 - np.abs(np.hypot(u, v) - 0.86)
        case _:  # frame
            found = 0.12 - np.abs(np.maximum(np.abs(u), np.abs(v)) - 0.82)
    return np.asarray(found)
