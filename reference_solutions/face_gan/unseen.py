"""Inputs that students never see: codes, logits, and small networks made of numbers.

Held-out faces come with the course's data (`faces`); everything here is drawn from a seed.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Case = dict[str, Any]  # argument name → array, int or float, in the order of the call

CODE_SIZE = 64  # as the notebook has it
DRAWN, SHOWN = 1000, 24  # faces that are measured, and those that a report shows


def cases(seed: int) -> dict[str, list[Case]]:
    """All case sets, drawn from `seed`; each call gives new arrays.

    `codes`: case 0 is what the generator is measured by, case 1 what its report shows. `sizes` and
    `look` are for networks that were just made. `steps` holds a small generator (one dense layer,
    tanh) and a small discriminator (dense, tanh, dense) by their weights.
    """
    rngs = [np.random.default_rng([seed, k]) for k in range(6)]
    return {
        "codes": [{"codes": _normal(rngs[0], n, CODE_SIZE)} for n in (DRAWN, SHOWN)],
        "sizes": [{"code_size": c, "codes": _normal(rngs[1], 12, c)} for c in (CODE_SIZE, 7, 120)],
        "look": [{"images": _pictures(rngs[2], 48)}],
        "discriminator_loss": _pairs(rngs[3]),
        "generator_loss": _logits(rngs[4]),
        "steps": [_networks(rngs[5], *size) for size in SIZES],
    }


def _normal(rng: np.random.Generator, *shape: int) -> Array:
    return rng.standard_normal(shape).astype(np.float32)


def _pictures(rng: np.random.Generator, n: int) -> Array:
    """Plain ones, slopes and noise, within ±0.5: a network must not say the same to all."""
    down, across = np.mgrid[:32, :32] / 31 - 0.5
    slope = rng.uniform(-1, 1, (n, 1, 1, 3)) * down[..., None]
    slope = slope + rng.uniform(-1, 1, (n, 1, 1, 3)) * across[..., None]
    plain = rng.uniform(-0.4, 0.4, (n, 1, 1, 3))
    noise = rng.normal(0, 1, (n, 32, 32, 3)) * rng.uniform(0, 0.3, (n, 1, 1, 1))
    return np.asarray(np.clip(plain + slope + noise, -0.5, 0.5), dtype=np.float32)


# How many real and generated ones, where their logits lie, and how widely.
LOGITS = (
    (4, 4, 0.0, 0.0, 1.0),
    (3, 7, 2.0, -2.0, 1.5),
    (8, 2, -1.5, 1.0, 2.0),
    (1, 1, 0.8, 0.4, 0.1),
    (16, 16, 4.0, -5.0, 2.0),
    (5, 9, -6.0, 7.0, 1.0),
    (6, 6, 190.0, -170.0, 20.0),
    (6, 3, -180.0, 160.0, 25.0),
)


def _pairs(rng: np.random.Generator) -> list[Case]:
    """Most pairs are of unequal number: means of each, not of all together."""
    return [
        {
            "real_logits": rng.normal(real, wide, (n, 1)).astype(np.float32),
            "fake_logits": rng.normal(fake, wide, (m, 1)).astype(np.float32),
        }
        for n, m, real, fake, wide in LOGITS
    ]


def _logits(rng: np.random.Generator) -> list[Case]:
    return [
        {"fake_logits": rng.normal(fake, wide, (m, 1)).astype(np.float32)}
        for _, m, _, fake, wide in LOGITS
    ]


# Real pictures, codes, numbers of a code, side, hidden units, learning rate.
SIZES = (
    (3, 3, 2, 2, 4, 0.1),
    (5, 2, 3, 4, 6, 0.05),
    (1, 4, 5, 3, 3, 0.3),
    (8, 8, 4, 4, 8, 0.1),
    (2, 6, 1, 2, 5, 0.2),
    (6, 1, 6, 5, 7, 0.02),
)


def _networks(
    rng: np.random.Generator, n: int, m: int, c: int, side: int, hidden: int, rate: float
) -> Case:
    """No weight is near zero, and no unit far from its steep part: every slope shows."""
    pixels = 3 * side * side

    def weights(*shape: int) -> Array:
        found = rng.choice([-1.0, 1.0], shape) * rng.uniform(0.4, 1.2, shape)
        return np.asarray(found / np.sqrt(shape[0] if len(shape) > 1 else 4), dtype=np.float32)

    return {
        "real": rng.uniform(-0.5, 0.5, (n, side, side, 3)).astype(np.float32),
        "codes": _normal(rng, m, c),
        "rate": rate,
        "gw": weights(c, pixels),
        "gb": weights(pixels),
        "dw1": weights(pixels, hidden),
        "db1": weights(hidden),
        "dw2": weights(hidden, 1),
        "db2": weights(1),
    }
