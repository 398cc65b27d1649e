"""Functions of the autoencoder notebook: components, models of any size, noise, morphs.

Each is asked about inputs that were made up, and with models of ours, so that nothing hangs on the
student's own training.
"""

import math
from collections.abc import Mapping

import numpy as np

from graders.checks import compare
from graders.core.saying import Said, said
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


def _components(items: Items | Refusal, case: Mapping[str, Array | float | str]) -> Said | None:
    if isinstance(items, Refusal):
        return items.why
    rows, size = np.asarray(case["X"], dtype=np.float64), int(case["code_size"])
    if len(items) != 2:
        return said("mean-and-components-asked")
    mean, found = compare.one(items[:1]), compare.one(items[1:])
    if isinstance(mean, Refusal) or isinstance(found, Refusal):
        return next(x.why for x in (mean, found) if isinstance(x, Refusal))
    if mean.size != rows.shape[1]:
        return said("mean-of-another-size")
    if found.shape != (size, rows.shape[1]):
        if found.shape == (rows.shape[1], size):
            return said("components-in-columns")
        return said("components-not-in-rows")
    if not (np.isfinite(mean).all() and np.isfinite(found).all()):
        return said("not-finite", what=compare.THE_RESULT)
    mean, found = mean.reshape(-1).astype(np.float64), found.astype(np.float64)
    if np.abs(mean).max() > 1e9 or np.abs(found).max() > 2:
        return said("components-too-long") if np.abs(found).max() > 2 else said("mean-wrong")
    if not np.allclose(mean, rows.mean(axis=0), rtol=1e-3, atol=1e-3 * float(rows.std())):
        return said("mean-of-others")
    if not np.allclose(found @ found.T, np.eye(size), atol=2e-3):
        return said("components-not-orthonormal")
    left, least = (
        images.left_over(rows, mean, found),
        images.left_over(rows, *images.principal(rows, size)),
    )
    if left > least * 1.001 + 1e-6 * float(rows.var()):
        return said("components-not-principal")
    return None


def built(answers: Answers) -> Finding:
    """What `build_deep_autoencoder` gives for several shapes and code sizes."""
    return compare.judged([_built(items) for items in answers])


def _built(items: Items | Refusal) -> Said | None:
    found = compare.one(items)
    if isinstance(found, Refusal):
        return found.why
    if found.shape != (5,):
        return said("pair-not-looked-at")
    codes, faces, finite, steady, bend = (float(x) for x in found)
    if codes != 1:
        return said("pair-encoder-does-not-fit")
    if faces != 1:
        return said("pair-decoder-does-not-fit")
    if finite != 1:
        return said("pair-not-finite")
    if steady != 1:
        return said("pair-codes-unsteady")
    if not bend > STRAIGHT:
        return said("pair-linear")
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


def _noise(items: Items | Refusal, clean: Array, sigma: float) -> Said | None:
    found = compare.one(items)
    if isinstance(found, Refusal):
        return found.why
    if found.shape != (2, *clean.shape):
        return said("noise-of-another-shape")
    if not np.isfinite(found).all() or np.abs(found).max() > 1e6:
        return said("noise-not-finite")
    added = found.astype(np.float64) - clean
    if sigma == 0:
        return None if np.abs(added).max() < 1e-3 else said("noise-without-sigma")
    z, root = added / sigma, SURE / math.sqrt(clean.size)
    if np.abs(z[0] - z[1]).max() < 1e-3:
        return said("noise-repeated")
    for draw in z:
        if (np.ptp(_bins(draw, clean), axis=0) > root * math.sqrt(20)).any():
            return said("noise-by-brightness")
        if abs(float(draw.mean())) > root:
            return said("noise-off-centre")
        if abs(float(draw.std()) - 1) > root:
            return said("noise-of-another-size")
        if any(abs(_correlation(*pair)) > 2 * root for pair in _neighbours(draw)):
            return said("noise-of-neighbours")
        if abs(float((draw**4).mean()) - 3) > math.sqrt(96) * root:
            return said("noise-not-normal")
    if abs(_correlation(z[0], z[1])) > root:
        return said("noise-of-calls-correlated")
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
