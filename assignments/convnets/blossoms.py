"""Blossoms by formula: JPEG pictures of invented species, for the mini tier of the flowers.

A species is a number of petals, their form, a colour and a centre. Colours are shared by several
species and vary within each, so that colour alone tells little; place, size, turn, tilt, light,
background and leaves vary alike for all. numpy only.

The backbone that the mini tier starts from was trained (pretraining.py) on `foreign_species`: no
combination of petals and form of theirs is one of `SPECIES`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
SIDE, LONGEST = 56, 66  # pixels: the short side of each picture, and the longest long one
FORMS = ("round", "pointed", "notched", "strap", "fringed", "broad")


@dataclass(frozen=True, slots=True)
class Species:
    """What all blossoms of a kind share.

    Args:
        name: one word.
        petals: how many.
        form: of a petal, one of `FORMS`.
        hue: of the petals, 0..1 round the colour circle.
        pale: how much white is in it, 0..1.
        veins: how dark the lines along the petals are, 0..1.
        centre: radius of the centre, as a share of the blossom's.
        dark: whether the centre is dark rather than yellow.
        double: whether a second, smaller ring of petals lies on the first.
    """

    name: str
    petals: int
    form: str
    hue: float
    pale: float
    veins: float
    centre: float
    dark: bool
    double: bool


PINK, RED, YELLOW, VIOLET = 0.92, 0.01, 0.14, 0.76

SPECIES = (
    Species("starling", 5, "pointed", PINK, 0.5, 0.0, 0.20, False, False),
    Species("moonwort", 5, "notched", PINK, 0.5, 0.5, 0.20, False, False),
    Species("coinflower", 8, "round", PINK, 0.4, 0.0, 0.34, True, False),
    Species("flamecup", 4, "broad", RED, 0.1, 0.0, 0.25, True, False),
    Species("ribbonweed", 11, "strap", RED, 0.2, 0.0, 0.30, False, False),
    Species("emberstar", 7, "pointed", RED, 0.1, 0.6, 0.20, True, True),
    Species("larkspoon", 6, "round", YELLOW, 0.2, 0.6, 0.15, False, False),
    Species("raggedsun", 9, "fringed", YELLOW, 0.1, 0.0, 0.34, True, False),
    Species("gildcrown", 6, "pointed", YELLOW, 0.2, 0.0, 0.15, False, True),
    Species("bluebonnet", 4, "notched", VIOLET, 0.3, 0.0, 0.15, False, False),
    Species("duskwheel", 10, "strap", VIOLET, 0.3, 0.5, 0.25, True, False),
    Species("palelace", 7, "fringed", VIOLET, 0.6, 0.0, 0.20, False, True),
)


def foreign_species(n: int, seed: int) -> tuple[Species, ...]:
    """Species that share no combination of petals and form with `SPECIES`."""
    rng = np.random.default_rng([seed, 4])
    taken = {(s.petals, s.form) for s in SPECIES}
    found: list[Species] = []
    while len(found) < n:
        petals, form = int(rng.integers(3, 13)), FORMS[rng.integers(len(FORMS))]
        if (petals, form) in taken:
            continue
        found.append(
            Species(
                f"foreign{len(found)}", petals, form, float(rng.uniform()),
                float(rng.uniform(0.1, 0.6)), float(rng.choice([0.0, 0.5])),
                float(rng.uniform(0.15, 0.35)), bool(rng.integers(2)), bool(rng.integers(2)),
            )
        )  # fmt: skip
    return tuple(found)


def draw(labels: Array, seed: int, species: tuple[Species, ...] = SPECIES) -> list[Array]:
    """One picture for each label: uint8 [height, width, 3].

    The short side has `SIDE` pixels, the other up to `LONGEST`; the blossom is about the middle.

    Args:
        labels: [n] indices of `species`.
        seed: any; the same seed and labels give the same pictures.
    """
    rng = np.random.default_rng([seed, 56])
    return [_picture(species[int(label)], rng) for label in labels]


def _picture(kind: Species, rng: np.random.Generator) -> Array:
    longer = int(rng.integers(SIDE, LONGEST + 1))
    height, width = (SIDE, longer) if rng.random() < 0.7 else (longer, SIDE)
    y, x = np.mgrid[:height, :width]
    dx = (x - (width - 1) / 2 - rng.normal(0, 3.0))[..., None]
    dy = (y - (height - 1) / 2 - rng.normal(0, 3.0))[..., None]
    picture = _background(dx, dy, rng)

    turn, tilt = rng.uniform(0, 2 * np.pi), rng.uniform(0.68, 1.0)  # seen from the side a little
    u = (np.cos(turn) * dx + np.sin(turn) * dy) / tilt
    v = np.cos(turn) * dy - np.sin(turn) * dx
    size = rng.uniform(17.0, 26.0)
    radius, angle = np.hypot(u, v) / size, np.arctan2(v, u) + rng.uniform(0, 2 * np.pi)
    colour = _colour(kind.hue + rng.normal(0, 0.035), kind.pale + rng.normal(0, 0.1))
    light = 1 + rng.uniform(-0.3, 0.3) * dx / SIDE + rng.uniform(-0.3, 0.3) * dy / SIDE
    for scale in (1.0, 0.6)[: 1 + kind.double]:
        shift = 0.0 if scale == 1.0 else np.pi / kind.petals
        cover, shade = _petals(kind, radius / scale, angle + shift, size * scale, rng)
        picture = picture * (1 - cover) + cover * colour * shade * light
    heart = np.array([70, 40, 30.0]) if kind.dark else np.array([235, 190, 60.0])
    cover = np.clip((kind.centre * rng.uniform(0.9, 1.1) - radius) * size + 0.5, 0, 1)
    grain = 1 + 0.25 * np.sin(radius * 40) * np.sin(angle * 9)
    picture = picture * (1 - cover) + cover * heart * grain * light
    picture = _leaf(picture, dx, dy, rng)
    bright, noise = rng.uniform(0.65, 1.2), rng.uniform(3, 14)
    picture = picture * bright + rng.normal(0, noise, picture.shape)
    return np.asarray(np.clip(picture, 0, 255).astype(np.uint8))


def _petals(
    kind: Species, radius: Array, angle: Array, size: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """How far a pixel is covered by petals, and their light, both [height, width, 1]."""
    place = kind.petals * angle / (2 * np.pi)
    t = 2 * (place - np.floor(place)) - 1  # 0 along a petal, -1 and 1 between two
    number = np.floor(place).astype(int) % kind.petals
    lengths = rng.normal(1.0, 0.06, kind.petals)[number]
    match kind.form:
        case "round":
            edge = 0.4 + 0.6 * np.sqrt(1 - t**2)
        case "pointed":
            edge = 1.08 - 0.68 * np.abs(t) ** 0.7
        case "notched":
            edge = 0.4 + 0.6 * np.sqrt(1 - t**2) - 0.3 * np.exp(-((t / 0.22) ** 2))
        case "strap":
            edge = 0.32 + 0.68 / (1 + np.exp(14 * (np.abs(t) - 0.55)))
        case "fringed":
            edge = 0.45 + 0.5 * np.sqrt(1 - t**2) + 0.1 * np.cos(5 * np.pi * t)
        case _:  # broad
            edge = 0.85 + 0.15 * np.cos(np.pi * t)
    cover = np.clip((edge * lengths - radius) * size + 0.5, 0, 1)
    shade = 1 - 0.3 * np.abs(t) ** 3 - 0.2 * (1 - np.clip(radius, 0, 1))
    shade -= kind.veins * 0.5 * (np.cos(4 * np.pi * t) > 0.6) * (radius > 0.25)
    return cover, shade


def _background(dx: Array, dy: Array, rng: np.random.Generator) -> Array:
    ground = _colour(rng.uniform(0.15, 0.45), rng.uniform(0.0, 0.4)) * rng.uniform(0.25, 0.8)
    picture = np.ones((*dx.shape[:2], 3)) * ground
    for _ in range(3):
        a, b = rng.normal(0, 0.25, 2)
        wave = np.sin(a * dx + b * dy + rng.uniform(0, 6.3))
        picture = picture + 18 * wave * rng.uniform(0.2, 1.0, 3)
    for _ in range(4):  # other blossoms, out of focus
        cx, cy = rng.uniform(-40, 40, 2)
        width = rng.uniform(3, 9)
        spot = np.exp(-((dx - cx) ** 2 + (dy - cy) ** 2) / (2 * width**2))
        picture = picture * (1 - spot) + spot * _colour(rng.uniform(), rng.uniform(0, 0.6))
    return picture


def _leaf(picture: Array, dx: Array, dy: Array, rng: np.random.Generator) -> Array:
    """A blade of grass in front of some blossoms."""
    if rng.random() < 0.5:
        return picture
    turn, off = rng.uniform(0, np.pi), rng.uniform(6, 20) * rng.choice([-1, 1])
    across = np.cos(turn) * dx + np.sin(turn) * dy - off
    cover = np.clip(rng.uniform(1.0, 3.0) - np.abs(across) + 0.5, 0, 1)
    green = _colour(rng.uniform(0.22, 0.38), 0.1) * rng.uniform(0.4, 0.9)
    return np.asarray(picture * (1 - cover) + cover * green)


def _colour(hue: float, pale: float) -> Array:
    """A bright colour [3] in 0..255, with some white in it."""
    corner = np.abs((hue + np.array([0, 2 / 3, 1 / 3])) % 1.0 * 6 - 3) - 1
    white = float(np.clip(pale, 0, 1))
    return np.asarray(235 * (np.clip(corner, 0, 1) * (1 - white) + white))
