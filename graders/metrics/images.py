"""How alike pictures are, how well codes keep faces apart, how evenly one turns into another.

Pictures are float arrays [n, height, width, channels] of any one scale; a mean squared error is in
that unit squared. All of numpy only. Intervals are of 95%.

    measure             better  unit              source
    mse                 lower   squared pixel     Wang and Bovik, Mean squared error: love it or
                                                  leave it?, IEEE Signal Proc. Magazine 26, 2009
    psnr                higher  dB                the same
    against             lower   share             mse beside that of PCA (Hotelling 1933)
    gain                higher  dB                improvement in SNR, as in Gonzalez and Woods
    agreement           higher  share of spread   leave-one-out nearest neighbours: Cover and Hart,
                                                  IEEE Transactions on Information Theory 13, 1967
    evenness            higher  share             perceptual path length in plain pixels, after
                                                  Karras et al., CVPR 2019 (arXiv 1812.04948)
    outside             lower   pixel             mean distance from the range
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from graders.core.types import Array

_Z = NormalDist().inv_cdf(0.975)
_CHUNK = 1024  # rows whose distances are in memory at a time


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95% interval (normal) and how many pictures it rests on."""

    value: float
    low: float
    high: float
    n: int


def _estimate(values: Array) -> Estimate:
    """Mean of independent values [n]."""
    mean = float(values.mean())
    if len(values) < 2:
        return Estimate(mean, -math.inf, math.inf, len(values))
    error = _Z * float(values.std(ddof=1)) / math.sqrt(len(values))
    return Estimate(mean, mean - error, mean + error, len(values))


# --- errors of pictures --------------------------------------------------------------------------


def squared_errors(found: Array, wanted: Array) -> Array:
    """Mean squared difference of each picture [n], in squared units of a pixel.

    Raises:
        ValueError: shapes differ, or there is no pixel.
    """
    if found.shape != wanted.shape or not found.size:
        raise ValueError(f"pictures of shapes {found.shape} and {wanted.shape} cannot be compared")
    away = found.astype(np.float64) - wanted
    return np.asarray((away**2).reshape(len(away), -1).mean(axis=1))


def mse(found: Array, wanted: Array) -> Estimate:
    """Mean squared error over n pictures, with the interval of their mean; lower is better.

    Raises:
        ValueError: as `squared_errors`.
    """
    return _estimate(squared_errors(found, wanted))


def psnr(error: float, peak: float = 1.0) -> float:
    """Peak signal-to-noise ratio in dB of a mean squared error; higher is better.

    Args:
        error: in squared units of a pixel; 0 gives infinity.
        peak: the range of a pixel in the same unit: 1 for [-0.5, 0.5], 255 for bytes.
    """
    return math.inf if error == 0 else 10 * math.log10(peak**2 / error)


def against(error: float, baseline: float) -> float:
    """A mean squared error as a share of a baseline's on the same pictures; lower is better.

    1 is as good as the baseline, 0 is perfect. NaN where the baseline leaves nothing.
    """
    return error / baseline if baseline > 0 else math.nan


def gain(error: float, before: float) -> float:
    """What denoising gains in dB of signal-to-noise ratio; higher is better, 0 is nothing.

    Args:
        error, before: mean squared errors of the cleaned and of the noisy pictures.
    """
    return math.inf if error == 0 else 10 * math.log10(before / error)


# --- the best linear code ------------------------------------------------------------------------


def principal(rows: Array, size: int) -> tuple[Array, Array]:
    """Mean [d] and leading principal components [size, d], orthonormal, of rows [n, d].

    Exact, by eigenvectors of whichever of the two products of the rows is smaller.
    """
    mean = rows.mean(axis=0)
    away = rows - mean
    if len(rows) < rows.shape[1]:
        vectors = np.linalg.eigh(away @ away.T)[1][:, ::-1][:, :size]
        found, _ = np.linalg.qr(away.T @ vectors)
        return mean, found.T
    return mean, np.linalg.eigh(away.T @ away)[1][:, ::-1][:, :size].T


def left_over(rows: Array, mean: Array, components: Array) -> float:
    """Mean squared error of rows [n, d] drawn again from their coordinates on components [k, d].

    The components count as they are: what is not orthonormal draws worse.
    """
    away = rows - mean
    return float(np.mean((away - (away @ components.T) @ components) ** 2))


# --- codes ---------------------------------------------------------------------------------------


def nearest(codes: Array, k: int) -> Array:
    """Row numbers [n, k] of each code's nearest others by Euclidean distance, the nearest first."""
    codes = codes.astype(np.float64)
    squares = (codes**2).sum(axis=1)
    found = np.empty((len(codes), k), dtype=np.int64)
    for start in range(0, len(codes), _CHUNK):
        part = slice(start, start + _CHUNK)
        away = squares[part, None] + squares - 2 * codes[part] @ codes.T
        away[np.arange(len(away)), np.arange(start, start + len(away))] = np.inf
        few = np.argpartition(away, k - 1, axis=1)[:, :k]
        order = np.take_along_axis(away, few, axis=1).argsort(axis=1, kind="stable")
        found[part] = np.take_along_axis(few, order, axis=1)
    return found


def agreement(codes: Array, attributes: Array, k: int = 5) -> Estimate:
    """How much nearer in their attributes the k nearest codes are than any two; higher is better.

    For each attribute the mean absolute difference between a face and its neighbours, divided by
    that between any two faces; 1 less that, averaged over attributes. 0 is chance, 1 is perfect.
    n counts faces. Neighbours share errors, so the interval is a little too narrow.

    Args:
        codes: [n, size], finite.
        attributes: [n, a], NaN where unknown; an attribute that never varies is left out.
        k: how many neighbours.
    """
    near = nearest(codes, k)
    shares = []
    for column in attributes.astype(np.float64).T:
        known = column[np.isfinite(column)]
        usual = _mean_difference(known)
        if usual > 0:
            shares.append(1 - np.abs(column[near] - column[:, None]) / usual)
    if not shares:
        return Estimate(math.nan, math.nan, math.nan, 0)
    values = np.concatenate(shares, axis=1)
    counted = np.isfinite(values)
    rows = counted.any(axis=1)
    means = np.where(counted, values, 0).sum(axis=1)[rows] / counted.sum(axis=1)[rows]
    return _estimate(means)


def _mean_difference(values: Array) -> float:
    """Mean absolute difference between two different ones of `values` [n] (Gini's)."""
    n = len(values)
    if n < 2:
        return 0.0
    weights = 2 * np.arange(1, n + 1) - n - 1
    return float(2 * (weights * np.sort(values)).sum() / (n * (n - 1)))


# --- morphs --------------------------------------------------------------------------------------


def lengths(strip: Array) -> Array:
    """Root mean squared change from each picture of a strip [steps, h, w, c] to the next."""
    changes = np.diff(strip.astype(np.float64), axis=0)
    return np.asarray(np.sqrt((changes**2).mean(axis=tuple(range(1, changes.ndim)))))


def evenness(strip: Array) -> float:
    """Mean step of a strip [steps, h, w, c] as a share of its largest; higher is better.

    1 is a walk at one speed; one jump among s pictures gives 1 / (s - 1); no change at all gives 0.
    """
    steps = lengths(strip)
    return float(steps.mean() / steps.max()) if steps.size and steps.max() > 0 else 0.0


def outside(pictures: Array, low: float = -0.5, high: float = 0.5) -> float:
    """How far pixels lie outside a range on average, in pixel units; lower is better."""
    away = np.maximum(pictures - high, 0) + np.maximum(low - pictures, 0)
    return float(away.mean())
