"""Functions of the autoencoder notebook: components, models of any size, noise, morphs.

Each is asked about inputs that were made up, and with models of ours, so that nothing hangs on the
student's own training.
"""

import math
from collections.abc import Mapping

import numpy as np

from graders.checks import compare
from graders.core.types import Answers, Array, Cases, Finding, Items, Refusal
from graders.metrics import images

SURE = 5.0  # standard errors: a test of noise is wrong once in a million

# What `build_deep_autoencoder` gives, told by the kernel that has it: nothing secret is shown.
LOOK = '''
import numpy as np
import tensorflow as tf


def bend(model, some, others):
    """How far a model is from a straight line: 0 for linear ones."""
    f = lambda x: np.asarray(model(tf.constant(x), training=False), dtype=np.float64)
    a, b, middle = f(some), f(others), f((some + others) / 2)
    return np.abs(middle - (a + b) / 2).max() / (np.abs(a - b).max() + 1e-12)


def ask(build, height, width, channels, code_size, pictures, codes):
    encoder, decoder = build((height, width, channels), code_size)
    n = len(pictures)
    z = np.asarray(encoder(tf.constant(pictures), training=False), dtype=np.float64)
    again = np.asarray(encoder(tf.constant(pictures), training=False), dtype=np.float64)
    right = z.shape == (n, code_size)
    x = np.asarray(decoder(tf.constant(codes), training=False), dtype=np.float64)
    half = len(codes) // 2
    return np.array(
        [
            right,
            x.shape == (len(codes), height, width, channels),
            np.isfinite(z).all() and np.isfinite(x).all(),
            right and np.allclose(z, again, rtol=1e-3, atol=1e-5),
            max(bend(encoder, pictures[: n // 2], pictures[n // 2 :]),
                bend(decoder, codes[:half], codes[half:])),
        ],
        dtype=np.float64,
    )
'''

STRAIGHT = 1e-4  # float32 bends a linear map by a hundredth of this

# An encoder and a decoder of ours, made of the numbers of a case; neither is linear.
_PAIR = """
import keras
import numpy as np


def pair(shape, w, b, v, c):
    size = int(np.prod(shape))
    encoder = keras.Sequential(
        [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(b.size, "tanh")]
    )
    encoder.layers[-1].set_weights([w, b])
    decoder = keras.Sequential(
        [keras.Input((b.size,)), keras.layers.Dense(size, "tanh"), keras.layers.Reshape(shape),
         keras.layers.Rescaling(0.5)]
    )
    decoder.layers[0].set_weights([v, c])
    return encoder, decoder
"""

MORPH = f"""
{_PAIR}

def ask(function, image_a, image_b, steps, w, b, v, c):
    return function(*pair(image_a.shape, w, b, v, c), image_a, image_b, steps)
"""

CHANGE = f"""
{_PAIR}

def ask(function, image, direction, amounts, w, b, v, c):
    return function(*pair(image.shape, w, b, v, c), image, direction, amounts)
"""


def components(answers: Answers, cases: Cases, changed: tuple[str, ...]) -> Finding:
    """Mean and principal components: orthonormal, and they leave as little as any."""
    problems = [_components(items, case) for items, case in zip(answers, cases, strict=True)]
    return compare.judged(problems, changed)


def _components(items: Items | Refusal, case: Mapping[str, Array | float | str]) -> str | None:
    if isinstance(items, Refusal):
        return items.reason
    rows, size = np.asarray(case["X"], dtype=np.float64), int(case["code_size"])
    if len(items) != 2:
        return "two things are asked for, mean and components"
    mean, found = compare.one(items[:1]), compare.one(items[1:])
    if isinstance(mean, Refusal) or isinstance(found, Refusal):
        return next(x.reason for x in (mean, found) if isinstance(x, Refusal))
    if mean.size != rows.shape[1]:
        return "the mean has not one number for every column"
    if found.shape != (size, rows.shape[1]):
        if found.shape == (rows.shape[1], size):
            return "the components stand in columns, rows are asked for"
        return "there is not one row for each component that is asked for"
    if not (np.isfinite(mean).all() and np.isfinite(found).all()):
        return "the result is not finite (NaN or infinity)"
    mean, found = mean.reshape(-1).astype(np.float64), found.astype(np.float64)
    if np.abs(mean).max() > 1e9 or np.abs(found).max() > 2:
        return (
            "the components have not length 1" if np.abs(found).max() > 2 else "the mean is wrong"
        )
    if not np.allclose(mean, rows.mean(axis=0), rtol=1e-3, atol=1e-3 * float(rows.std())):
        return "the mean is not that of the rows"
    if not np.allclose(found @ found.T, np.eye(size), atol=2e-3):
        return "the components are not orthogonal, or have not length 1"
    left, least = (
        images.left_over(rows, mean, found),
        images.left_over(rows, *images.principal(rows, size)),
    )
    if left > least * 1.001 + 1e-6 * float(rows.var()):
        return "other components leave a smaller error"
    return None


def built(answers: Answers) -> Finding:
    """What `build_deep_autoencoder` gives for several shapes and code sizes."""
    return compare.judged([_built(items) for items in answers])


def _built(items: Items | Refusal) -> str | None:
    found = compare.one(items)
    if isinstance(found, Refusal):
        return found.reason
    if found.shape != (5,):
        return "it cannot be looked at"
    codes, faces, finite, steady, bend = (float(x) for x in found)
    if codes != 1:
        return "the encoder does not give `code_size` numbers for each picture"
    if faces != 1:
        return "the decoder does not give pictures of the shape that was asked for"
    if finite != 1:
        return "the models give NaN or infinity"
    if steady != 1:
        return "the same picture gets another code when it is asked about again"
    if not bend > STRAIGHT:
        return "both models are linear: together they can at best be PCA"
    return None


# Two draws of noise for the same pictures.
TWICE = """
import numpy as np


def ask(function, X, sigma):
    return np.stack([np.asarray(function(X, sigma)), np.asarray(function(X, sigma))])
"""


def noise(answers: Answers, cases: Cases, changed: tuple[str, ...]) -> Finding:
    """Gaussian, independent, of the right size, new at each call; nothing given is altered."""
    problems = [
        _noise(items, np.asarray(case["X"], dtype=np.float64), float(np.asarray(case["sigma"])))
        for items, case in zip(answers, cases, strict=True)
    ]
    return compare.judged(problems, changed)


def _noise(items: Items | Refusal, clean: Array, sigma: float) -> str | None:
    found = compare.one(items)
    if isinstance(found, Refusal):
        return found.reason
    if found.shape != (2, *clean.shape):
        return "the result has not the shape of the pictures"
    if not np.isfinite(found).all() or np.abs(found).max() > 1e6:
        return "the result is not finite, or huge"
    added = found.astype(np.float64) - clean
    if sigma == 0:
        return (
            None
            if np.abs(added).max() < 1e-3
            else "with sigma 0 the pictures must stay as they are"
        )
    z, root = added / sigma, SURE / math.sqrt(clean.size)
    if np.abs(z[0] - z[1]).max() < 1e-3:
        return "two calls add the same noise"
    for draw in z:
        if (np.ptp(_bins(draw, clean), axis=0) > root * math.sqrt(20)).any():
            return "the noise hangs on how bright a pixel is, as if it were clipped or multiplied"
        if abs(float(draw.mean())) > root:
            return "the noise has not the mean 0"
        if abs(float(draw.std()) - 1) > root:
            return "the noise has not the standard deviation sigma"
        if any(abs(_correlation(*pair)) > 2 * root for pair in _neighbours(draw)):
            return "neighbouring numbers get the same noise, or similar"
        if abs(float((draw**4).mean()) - 3) > math.sqrt(96) * root:
            return "the noise is not normally distributed"
    if abs(_correlation(z[0], z[1])) > root:
        return "the noise of two calls hangs together"
    return None


def _bins(draw: Array, clean: Array) -> Array:
    """Mean and spread of the noise at dark, medium and bright pixels, as far as there are any."""
    edges = np.quantile(clean, [0.15, 0.85])
    place = np.searchsorted(edges, clean.ravel())
    flat = draw.ravel()
    parts = [flat[place == k] for k in range(3) if (place == k).sum() > clean.size // 8]
    return np.array([(part.mean(), part.std()) for part in parts])


def _neighbours(draw: Array) -> list[tuple[Array, Array]]:
    """The noise of neighbouring pictures, rows, columns and channels."""
    pairs = (
        (draw[:-1], draw[1:]),
        (draw[:, :-1], draw[:, 1:]),
        (draw[:, :, :-1], draw[:, :, 1:]),
        (draw[..., :-1], draw[..., 1:]),
    )
    return [pair for pair in pairs if pair[0].size]


def _correlation(some: Array, others: Array) -> float:
    a, b = some.ravel() - some.mean(), others.ravel() - others.mean()
    size = math.sqrt(float((a * a).sum()) * float((b * b).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0
