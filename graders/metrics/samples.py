"""How good a set of generated pictures is: likeness, variety, copies. numpy only, no chance in it.

Pictures are [n, side, side, 3] in 0..1, with sides of 32 (or another multiple of 16). They are
compared in a fixed space of features (`features`), standardised by faces that everybody has. All
intervals are of 95%.

    measure            better  source
    kid                lower   Binkowski et al., Demystifying MMD GANs, ICLR 2018 (arXiv 1801.01401)
    density, coverage  higher  Naeem et al., Reliable Fidelity and Diversity Metrics for Generative
                               Models, ICML 2020 (arXiv 2002.09797)
    auc                higher  Hanley and McNeil, Radiology 143, 1982; its error: DeLong et al.,
                               Biometrics 44, 1988
    nearness, copied   fewer   after Carlini et al., Extracting Training Data from Diffusion
                               Models, USENIX Security 2023 (arXiv 2301.13188): nearest neighbour
                               against the next ones
    twins              fewer   after Arora and Zhang, Do GANs learn the distribution? ICLR 2018
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from graders.core.types import Array
from graders.metrics import tolerance

_Z = NormalDist().inv_cdf(0.975)
NEIGHBOURS = 5  # k of density and coverage, as their authors take it
NEXT = 10  # neighbours that the nearest one is compared with
RARE = 0.01  # share of real faces that may be as near to a training face as a copy is
TWIN = 0.1  # of how far faces usually are from their nearest: what is nearer is the same picture
_CHUNK = 1024  # rows whose distances are in memory at a time


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95% interval and how many samples it rests on."""

    value: float
    low: float
    high: float
    n: int


# --- the space ---------------------------------------------------------------------------------


def features(images: Array) -> Array:
    """What pictures are compared by [n, 544]: colours, edges, and how edges are arranged.

    A scattering transform of two layers (Bruna and Mallat, IEEE PAMI 35, 2013) with differences
    of neighbours (Haar) as wavelets. Lightness on an 8 x 8 grid and two opponent colours on a
    4 x 4 one; then lightness at three scales, each differenced in four directions, rectified and
    averaged on a 4 x 4 grid; for the finest two the rectified maps are differenced once more.
    Averages alone would not tell a blurred face from a sharp one, nor noise from hair.

    Args:
        images: [n, side, side, 3], finite, in 0..1; sides a multiple of 16.
    """
    pixels = np.asarray(images, dtype=np.float64)
    return np.concatenate([f.reshape(len(pixels), -1) for f in _groups(pixels)], axis=1)


def _groups(pixels: Array) -> list[Array]:
    """The features by kind: [n, maps of that kind, side, side] each, as `_SIZES` counts them."""
    red, green, blue = (pixels[..., c] for c in range(3))
    light = (red + green + blue) / 3
    colours = [red - green, (red + green) / 2 - blue]
    found = [_pooled(light, 8)[:, None], *(_pooled(c, 4)[:, None] for c in colours)]
    scale = light
    for layer in range(3):
        edges = _edges(scale)
        found.append(np.stack([_pooled(e, 4) for e in edges], axis=1))
        if layer < 2:
            second = [_pooled(again, 4) for e in edges for again in _edges(_halved(e))[:2]]
            found.append(np.stack(second, axis=1))
        scale = _halved(scale)
    return found


_SIZES = (64, 16, 16, 64, 128, 64, 128, 64)  # features of each kind


def _pooled(maps: Array, side: int) -> Array:
    """Means [n, side, side] over equal blocks of maps [n, s, s]."""
    n, s, _ = maps.shape
    block = s // side
    return np.asarray(maps.reshape(n, side, block, side, block).mean(axis=(2, 4)))


def _halved(maps: Array) -> Array:
    return _pooled(maps, maps.shape[1] // 2)


def _edges(maps: Array) -> list[Array]:
    """Absolute differences with the neighbour across, below, and along both diagonals."""
    padded = np.pad(maps, ((0, 0), (0, 1), (0, 1)), mode="edge")
    here, across = padded[:, :-1, :-1], padded[:, :-1, 1:]
    below, beyond = padded[:, 1:, :-1], padded[:, 1:, 1:]
    return [
        np.abs(here - across),
        np.abs(here - below),
        np.abs(here - beyond),
        np.abs(across - below),
    ]


def coarse(found: Array) -> Array:
    """Of features [n, 544] those of lightness and colours alone [n, 96]: what is where.

    Whether pictures vary as faces do shows here even where they are not sharp.
    """
    return np.asarray(found[:, : sum(_SIZES[:3])])


def standardised(found: Array, by: Array) -> Array:
    """Features [n, 544] in units of the spread of others, `by` [m, 544]: mean 0, variance about 1.

    The unit is one for all features of a kind: an edge in the background counts like one in the
    face, though hardly any picture has one there.
    """
    variances = np.split(by.var(axis=0), np.cumsum(_SIZES)[:-1])
    units = np.concatenate([np.full(v.size, np.sqrt(v.mean())) for v in variances])
    return np.asarray((found - by.mean(axis=0)) / np.maximum(units, 1e-6))


# --- likeness ----------------------------------------------------------------------------------


def kernel(x: Array, y: Array) -> Array:
    """(x . y / d + 1)^3 for all pairs [n, m] of rows x [n, d], y [m, d]."""
    return np.asarray((x @ y.T / x.shape[1] + 1.0) ** 3)


def kid(real: Array, generated: Array) -> Estimate:
    """Kernel inception distance: the unbiased squared maximum mean discrepancy of two samples.

    Here in the features above, not in those of a network. Squared kernel units; 0 for two samples
    of one distribution (an estimate may fall below), larger is worse. The interval is that of a
    U-statistic's normal limit (Serfling, Approximation Theorems, 1980, 5.5): it is right where the
    two distributions differ, and too narrow where they are one.

    Args:
        real, generated: features [n, d] and [m, d], standardised, n and m at least 2.
    """
    n, m = len(real), len(generated)
    within_real, within_generated = kernel(real, real), kernel(generated, generated)
    between = kernel(real, generated)
    a = (within_real.sum(axis=1) - np.diag(within_real)) / (n - 1)  # [n]
    b = (within_generated.sum(axis=1) - np.diag(within_generated)) / (m - 1)  # [m]
    value = float(a.mean() + b.mean() - 2 * between.mean())
    spread = 4 * np.var(a - between.mean(axis=1), ddof=1) / n
    spread += 4 * np.var(b - between.mean(axis=0), ddof=1) / m
    half = _Z * math.sqrt(float(spread))
    return Estimate(value, value - half, value + half, m)


def linear(faces: Array, n: int, numbers: int, seed: int = 0) -> Array:
    """Pictures [n, ...] in 0..1 by a linear generator: principal components with normal codes.

    Its pictures have the mean of `faces` and the covariance that so many components hold.

    Args:
        faces: [m, ...] in 0..1, m above `numbers`.
        numbers: how many numbers make one picture.
    """
    rows = np.asarray(faces, dtype=np.float64).reshape(len(faces), -1)
    centre = rows.mean(axis=0)
    away = rows - centre
    # By the faces' own products: they are fewer than a picture has pixels.
    leading = np.linalg.eigh(away @ away.T)[1][:, -numbers:]  # [m, numbers]
    draws = np.random.default_rng(seed).standard_normal((n, numbers))
    found = centre + draws @ (leading.T @ away) / math.sqrt(len(rows) - 1)
    return np.asarray(np.clip(found, 0.0, 1.0).reshape(n, *faces.shape[1:]))


# --- fidelity and variety ----------------------------------------------------------------------


def distances(x: Array, y: Array) -> Array:
    """Euclidean distances [n, m] of rows x [n, d], y [m, d]."""
    squares = (x * x).sum(axis=1)[:, None] + (y * y).sum(axis=1) - 2 * (x @ y.T)
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)))


def _radii(points: Array, k: int) -> Array:
    """How far the k-th nearest other point is, for each of `points` [n, d], n > k."""
    found = distances(points, points)
    np.fill_diagonal(found, 0.0)
    return np.asarray(np.partition(found, k, axis=1)[:, k])


def density(real: Array, generated: Array, k: int = NEIGHBOURS) -> Estimate:
    """How thickly the real faces lie where the generated ones are: share of k, 1 for one source.

    For each generated one the number of real ones whose ball (up to the k-th nearest real) holds
    it, by k. More than 1 is possible: samples that keep to the middle. Sharpness without variety
    scores well, so this is told and never paid.

    Args:
        real, generated: features [n, d] and [m, d], standardised, n > k.
    """
    inside = distances(real, generated) <= _radii(real, k)[:, None]
    found = inside.sum(axis=0) / k
    half = _Z * float(found.std(ddof=1)) / math.sqrt(len(found)) if len(found) > 1 else math.inf
    return Estimate(float(found.mean()), float(found.mean()) - half, float(found.mean()) + half,
                    len(generated))  # fmt: skip


def coverage(real: Array, generated: Array, k: int = NEIGHBOURS) -> Estimate:
    """Share of real faces that have a generated one among their k nearest real neighbours.

    In 0..1; `expected_coverage` for two samples of one source. Few modes cover few faces. The
    interval is Wilson's, over the real ones.

    Args:
        real, generated: features [n, d] and [m, d], standardised, n > k.
    """
    reached = distances(real, generated).min(axis=1) <= _radii(real, k)
    share = float(reached.mean())
    return Estimate(share, *tolerance.wilson(share, len(real)), len(real))


def expected_coverage(n: int, m: int, k: int = NEIGHBOURS) -> float:
    """The coverage of n real samples by m more of the same source (Naeem et al., lemma 2)."""
    missed = math.prod((n - i) / (m + n - i) for i in range(1, k + 1))
    return 1.0 - missed


def twins(generated: Array, faces: Array, within: float = TWIN) -> float:
    """Share of samples in 0..1 that are in effect the same picture as another sample.

    Nearer than `within` of how far real faces usually are from their nearest real one (median).

    Args:
        generated, faces: features [n, d] and [m, d], standardised, at least two each.
    """
    return float((_radii(generated, 1) < within * np.median(_radii(faces, 1))).mean())


# --- copies ------------------------------------------------------------------------------------


def prints(images: Array) -> Array:
    """Fingerprints [n, 192]: an 8 x 8 thumbnail of each colour, without brightness and contrast.

    Args:
        images: [n, side, side, 3], finite; sides a multiple of 8.
    """
    pixels = np.asarray(images, dtype=np.float64)
    small = np.stack([_pooled(pixels[..., c], 8) for c in range(3)], axis=-1)
    rows = small.reshape(len(pixels), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    size = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(size, 1e-9))


def mirrored(found: Array) -> Array:
    """The fingerprints [n, 192] of the same pictures, left and right exchanged."""
    return np.asarray(found.reshape(-1, 8, 8, 3)[:, :, ::-1].reshape(len(found), -1))


def nearness(found: Array, training: Array) -> tuple[Array, Array]:
    """How much nearer a picture's nearest training face is than its next ones.

    Args:
        found, training: fingerprints [n, d] and [m, d], m > NEXT. Give the training faces and
            their mirror images.

    Returns:
        ratios [n] in 0..1: distance of the nearest by the mean distance of the next NEXT; 0 is a
        copy, and 1 has no nearest. Then the indices [n] of the nearest.
    """
    ratios, nearest = [], []
    for start in range(0, len(found), _CHUNK):
        part = distances(found[start : start + _CHUNK], training)
        closest = np.partition(part, NEXT, axis=1)[:, : NEXT + 1]
        closest.sort(axis=1)
        others = closest[:, 1:].mean(axis=1)
        ratios.append(closest[:, 0] / np.where(others > 0, others, 1.0))
        nearest.append(part.argmin(axis=1))
    return np.concatenate(ratios), np.concatenate(nearest)


def copied(ratios: Array, of_others: Array, rare: float = RARE) -> Estimate:
    """Share of samples in 0..1 that are nearer to a training face than faces ever happen to be.

    About `rare` for honest samples. It finds copies that are blurred, noisy, mirrored, lighter or
    darker, not those that are shifted far or blended.

    Args:
        ratios: nearness of the samples [n].
        of_others: nearness of real faces that are not in the training set [m].
    """
    share = float((ratios < np.quantile(of_others, rare)).mean())
    return Estimate(share, *tolerance.wilson(share, len(ratios)), len(ratios))


# --- telling them apart ------------------------------------------------------------------------


def auc(high: Array, low: Array) -> Estimate:
    """Chance in 0..1 that a score of `high` [n] exceeds one of `low` [m]; half for equal ones.

    0.5 is guessing. The interval is that of DeLong's standard error, cut off at 0 and 1.

    Args:
        high, low: finite scores, at least two each.
    """
    ordered, places = np.sort(low), np.sort(high)
    below = np.searchsorted(ordered, high, "left") + np.searchsorted(ordered, high, "right")
    above = np.searchsorted(places, low, "left") + np.searchsorted(places, low, "right")
    of_high = below / (2 * len(low))  # [n]
    of_low = 1 - above / (2 * len(high))  # [m]
    value = float(of_high.mean())
    spread = np.var(of_high, ddof=1) / len(high) + np.var(of_low, ddof=1) / len(low)
    half = _Z * math.sqrt(float(spread))
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), len(high) + len(low))
