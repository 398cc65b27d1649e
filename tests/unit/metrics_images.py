"""Rows for the table of metrics: this project's value, an independent one, one found by hand.

`ROWS`: (metric, ours, independent, by hand, source of the last).
"""

import itertools
import math

import numpy as np
from scipy import linalg
from scipy.spatial import cKDTree

from graders.metrics import images

Row = tuple[str, float, float, float, str]

RNG = np.random.default_rng(11)
FOUND, WANTED = RNG.uniform(-0.5, 0.5, (2, 7, 4, 4, 3))
ROWS_OF_NUMBERS = RNG.normal(size=(60, 12)) @ RNG.normal(size=(12, 12)) + 3
CODES, ATTRIBUTES = RNG.normal(size=(80, 4)), RNG.random((80, 3))

# Three pixels, off by 1, 2 and 3: 14 / 3. By hand.
THREE = np.array([1.0, 2.0, 3.0]).reshape(1, 1, 1, 3)
# A walk of steps 1, 1 and 4: mean 2 beside 4. By hand.
WALK = np.array([0.0, 1.0, 2.0, 6.0]).reshape(4, 1, 1, 1)
# Two pairs of twins with attributes 0, 0 and 1, 1: neighbours never differ. By hand.
TWINS = np.array([[0.0], [0.1], [5.0], [5.1]]), np.array([[0.0], [0.0], [1.0], [1.0]])


def agreement_by_the_book(codes: np.ndarray, attributes: np.ndarray, k: int) -> float:
    """The same with scipy's tree of neighbours and plain loops over all pairs."""
    near = cKDTree(codes).query(codes, k=k + 1)[1][:, 1:]
    shares = []
    for column in attributes.T:
        n = len(column)
        pairs = [abs(column[i] - column[j]) for i in range(n) for j in range(n) if i != j]
        close = [abs(column[i] - column[j]) for i in range(n) for j in near[i]]
        shares.append(1 - np.mean(close) / np.mean(pairs))
    return float(np.mean(shares))


def mse_by_the_book(found: np.ndarray, wanted: np.ndarray) -> float:
    """A loop over pixels, summed exactly."""
    pairs = zip(np.ravel(found).tolist(), np.ravel(wanted).tolist(), strict=True)
    return math.fsum((a - b) ** 2 for a, b in pairs) / np.size(found)


def pca_by_scipy(rows: np.ndarray, size: int) -> float:
    """What the singular value decomposition of that rank leaves."""
    away = rows - rows.mean(axis=0)
    u, values, v = linalg.svd(away, full_matrices=False)
    return mse_by_the_book((u[:, :size] * values[:size]) @ v[:size], away)


def psnr_by_the_book(found: np.ndarray, wanted: np.ndarray) -> float:
    """20 log10(peak) - 10 log10(mse), as it is usually written."""
    return -10 * math.log10(mse_by_the_book(found, wanted))


def evenness_by_the_book(strip: np.ndarray) -> float:
    steps = [np.sqrt(np.mean((b - a) ** 2)) for a, b in itertools.pairwise(strip)]
    return float(sum(steps) / len(steps) / max(steps))


def _spectrum(rows: np.ndarray, size: int) -> float:
    """What PCA leaves: the sum of the variances that it drops (Jolliffe, 2002, 2.1)."""
    return float(
        np.sort(np.linalg.eigvalsh(np.cov(rows.T, bias=True)))[:-size].sum() / rows.shape[1]
    )


LEFT = images.left_over(ROWS_OF_NUMBERS, *images.principal(ROWS_OF_NUMBERS, 4))
AWAY = (FOUND - WANTED).ravel()
BEYOND = np.array([0.7, 0.1])

ROWS: list[Row] = [
    (
        "mse",
        images.mse(FOUND, WANTED).value,
        mse_by_the_book(FOUND, WANTED),
        float(linalg.norm(AWAY) ** 2 / AWAY.size),
        "squared length of the difference",
    ),
    (
        "mse of errors 1, 2, 3",
        images.mse(THREE, 0 * THREE).value,
        mse_by_the_book(THREE, 0 * THREE),
        14 / 3,
        "by hand",
    ),
    (
        "psnr of 0.01, dB",
        images.psnr(0.01),
        psnr_by_the_book(np.full(4, 0.1), np.zeros(4)),
        20.0,
        "by hand",
    ),
    (
        "psnr of 1 in bytes, dB",
        images.psnr(1.0, 255),
        20 * math.log10(255),
        48.1308,
        "8 bits, off by one level: 48.13 dB, as in every textbook",
    ),
    (
        "what PCA of 4 leaves",
        LEFT,
        pca_by_scipy(ROWS_OF_NUMBERS, 4),
        _spectrum(ROWS_OF_NUMBERS, 4),
        "sum of the dropped eigenvalues (Jolliffe 2002, section 2.1)",
    ),
    (
        "gain of 0.01 to 0.001, dB",
        images.gain(0.001, 0.01),
        images.psnr(0.001) - images.psnr(0.01),
        10.0,
        "by hand",
    ),
    (
        "agreement of twins",
        images.agreement(*TWINS, k=1).value,
        agreement_by_the_book(*TWINS, k=1),
        1.0,
        "by hand",
    ),
    (
        "agreement of strangers",
        images.agreement(CODES, ATTRIBUTES, 5).value,
        agreement_by_the_book(CODES, ATTRIBUTES, 5),
        0.0,
        "chance, up to its interval",
    ),
    ("evenness of 1, 1, 4", images.evenness(WALK), evenness_by_the_book(WALK), 0.5, "by hand"),
    (
        "outside, of 0.7 and 0.1",
        images.outside(BEYOND),
        float(np.mean(np.abs(BEYOND - np.clip(BEYOND, -0.5, 0.5)))),
        0.1,
        "by hand",
    ),
]
