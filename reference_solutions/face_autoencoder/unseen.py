"""Inputs that students never see: what functions are asked, and how held-out codes are used.

Held-out faces come with the course's data (`faces`, `noisy`); everything here is drawn from a
seed. The small models of `morph` and `change_attribute` are made of numbers drawn here and have
nothing to do with any solution.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Case = dict[str, Any]  # argument name → array, int or float


def cases(seed: int) -> dict[str, list[Case]]:
    """All case sets, drawn from `seed`; each call gives new arrays.

    `decoded` and `walks` say how the codes of the held-out and the shown faces are handed to a
    decoder: rounded to so many bits, and on the way between so many pairs in so many steps.
    """

    def rng(k: int) -> np.random.Generator:
        return np.random.default_rng([seed, k])

    return {
        "fit_pca": _rows(rng(1)),
        "pca_redraw": _bases(rng(2)),
        "built": _shapes(rng(3)),
        "noised": _pictures_and_sigmas(rng(4)),
        "get_similar": _codes(rng(5)),
        "attribute_direction": _attributes(rng(6)),
        "morph": _ends(rng(7)),
        "change_attribute": _moves(rng(8)),
        "decoded": [{"bits": 16} for _ in range(2)],
        "walks": [{"bits": 16, "pairs": 24, "steps": 9} for _ in range(2)],
    }


def _rows(rng: np.random.Generator) -> list[Case]:
    """Far from the origin, with columns that hang together; fewer rows than columns, and more."""
    found = []
    for n, d, size in ((60, 12, 3), (40, 80, 5), (200, 30, 1), (25, 25, 10), (120, 48, 20)):
        factors = rng.normal(size=(n, d)) * np.geomspace(4, 0.05, d)
        mixed = factors @ np.linalg.qr(rng.normal(size=(d, d)))[0]
        found.append({"X": mixed + rng.uniform(-20, 20, d), "code_size": size})
    faces = _soft(rng, 90, 8, 8, 3).reshape(90, -1)
    return [*found, {"X": faces.astype(np.float64), "code_size": 16}]


def _bases(rng: np.random.Generator) -> list[Case]:
    found = []
    for n, d, k in ((5, 6, 2), (1, 9, 4), (30, 20, 20), (8, 12, 1), (3, 40, 7)):
        components = np.linalg.qr(rng.normal(size=(d, k)))[0].T
        mean = rng.uniform(-5, 5, d)
        found.append({"X": mean + rng.normal(size=(n, d)), "mean": mean, "components": components})
    return found


def _shapes(rng: np.random.Generator) -> list[Case]:
    """The smallest and the largest code, and some between, for several shapes of pictures."""
    asked = (
        (32, 32, 3, 1),
        (32, 32, 3, 512),
        (32, 32, 3, int(rng.integers(60, 90))),
        (16, 32, 1, int(rng.integers(2, 12))),
        (48, 32, 3, int(rng.integers(20, 50))),
    )
    return [
        {
            "height": height, "width": width, "channels": channels, "code_size": size,
            "pictures": _soft(rng, 4, height, width, channels),
            "codes": rng.normal(0, 3, (4, size)).astype(np.float32),
        }
        for height, width, channels, size in asked
    ]  # fmt: skip


def _pictures_and_sigmas(rng: np.random.Generator) -> list[Case]:
    """Pictures with much black and white, where clipping would show."""
    found = []
    for sigma, shape in (
        (0.1, (6, 32, 32, 3)),
        (0.5, (6, 32, 32, 3)),
        (0.25, (10, 24, 20, 3)),
        (0.02, (8, 28, 28, 1)),
        (1.0, (3, 48, 48, 3)),
    ):
        pictures = np.clip(2 * _soft(rng, *shape), -0.5, 0.5)
        found.append({"X": pictures.astype(np.float32), "sigma": sigma})
    return found


def _codes(rng: np.random.Generator) -> list[Case]:
    """Codes whose lengths differ much: the largest product is not the nearest."""
    found = []
    for n, k, asked in ((30, 4, 5), (200, 16, 7), (9, 1, 3), (50, 71, 1), (6, 3, 6)):
        codes = rng.normal(size=(n, k)) * rng.uniform(0.2, 4, (n, 1)) + rng.normal(0, 2, k)
        code = codes[int(rng.integers(n))] + rng.normal(0, 0.3, k)
        found.append({"code": code, "codes": codes, "n_neighbors": asked})
    return found


def _attributes(rng: np.random.Generator) -> list[Case]:
    """Shares of the attribute from few to many; some unknown, some that are neither 0 nor 1."""
    found = []
    for n, k, share, unknown in ((40, 5, 0.5, 0.0), (60, 3, 0.15, 0.3), (25, 16, 0.8, 0.1)):
        has = rng.random(n) < share
        has[:2] = True, False
        codes = rng.normal(size=(n, k)) + 1.5 * has[:, None] * rng.normal(size=k) + 4
        attribute = np.where(has, rng.uniform(0.55, 1, n), rng.uniform(0, 0.45, n))
        attribute[2:][rng.random(n - 2) < unknown] = np.nan
        found.append({"codes": codes, "attribute": attribute})
    plain = (rng.random(30) < 0.5).astype(float)
    plain[:3] = 0, 1, np.nan
    return [*found, {"codes": rng.normal(2, 1, (30, 8)), "attribute": plain}]


def _ends(rng: np.random.Generator) -> list[Case]:
    found = []
    for shape, size, steps in (((8, 8, 3), 6, 5), ((12, 10, 1), 3, 2), ((6, 6, 3), 1, 12)):
        a, b = _soft(rng, 2, *shape)
        found.append({"image_a": a, "image_b": b, "steps": steps, **_pair(rng, shape, size)})
    return found


def _moves(rng: np.random.Generator) -> list[Case]:
    found = []
    for shape, size, amounts in (
        ((8, 8, 3), 6, [-2.0, -1.0, 0.0, 1.5]),
        ((12, 10, 1), 3, [0.7]),
        ((6, 6, 3), 2, [3.0, 0.0, -0.25, -3.0, 1.0]),
    ):
        found.append(
            {
                "image": _soft(rng, 1, *shape)[0],
                "direction": rng.normal(0, 0.5, size).astype(np.float32),
                "amounts": np.array(amounts),
                **_pair(rng, shape, size),
            }
        )
    return found


def _pair(rng: np.random.Generator, shape: tuple[int, ...], size: int) -> Case:
    """Weights of one layer into a code [size] and of one back to pictures of `shape`."""
    d = int(np.prod(shape))
    drawn = {
        "w": rng.normal(0, 3 / np.sqrt(d), (d, size)),
        "b": rng.normal(0, 0.2, size),
        "v": rng.normal(0, 0.9, (size, d)),
        "c": rng.normal(0, 0.3, d),
    }
    return {name: value.astype(np.float32) for name, value in drawn.items()}


def _soft(rng: np.random.Generator, n: int, height: int, width: int, channels: int) -> Array:
    """Pictures of soft spots, float32 [n, height, width, channels] within [-0.5, 0.5]."""
    down, across = np.mgrid[:height, :width]
    found = np.zeros((n, height, width, channels))
    for picture in found:
        picture += rng.uniform(-0.4, 0.4, channels)
        for _ in range(4):
            y, x, wide = rng.uniform(0, height), rng.uniform(0, width), rng.uniform(2, width / 2)
            spot = np.exp(-((down - y) ** 2 + (across - x) ** 2) / (2 * wide**2))
            picture += spot[..., None] * rng.uniform(-0.7, 0.7, channels)
    return np.clip(found, -0.5, 0.5).astype(np.float32)
