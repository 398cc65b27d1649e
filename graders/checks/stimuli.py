"""The picture that excites a unit most: asked of the student's function, measured again by us.

The student's kernel builds a small net of ours from the numbers of a case and hands it to the
function. What comes back is a picture; how strongly it excites the unit is measured in a fresh
sandbox, with the net built again there: whatever the kernel did to its own copy changes nothing.

The scale needs no key: 0 is what noise excites, 1 is what gradient ascent of our own reaches from
other starts with the same steps.
"""

import numpy as np

from graders.checks import compare
from graders.core.figures import Figure, Pictures
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Items, Refusal

# A case's arguments, as unseen.py draws them.
_ARGUMENTS = "layer, unit, steps, step_size, draw, height, width, k1, b1, k2, b2, k3, b3"

_NET = f'''
import os

import keras
import numpy as np
import tensorflow as tf

LAYERS = ("early", "late", "dense")


def net({_ARGUMENTS}):
    """Two convolutions and a dense layer with the given weights."""
    pixels = keras.Input((height, width, 3))
    x = keras.layers.Conv2D(k1.shape[-1], 3, padding="same", name="early", dtype="float32")(pixels)
    x = keras.layers.LeakyReLU(negative_slope=0.1, dtype="float32")(x)
    x = keras.layers.MaxPooling2D(2, dtype="float32")(x)
    x = keras.layers.Conv2D(k2.shape[-1], 3, padding="same", name="late", dtype="float32")(x)
    x = keras.layers.LeakyReLU(negative_slope=0.1, dtype="float32")(x)
    x = keras.layers.GlobalAveragePooling2D(dtype="float32")(x)
    x = keras.layers.Dense(k3.shape[-1], name="dense", dtype="float32")(x)
    model = keras.Model(pixels, x)
    model.set_weights([k1, b1, k2, b2, k3, b3])
    return model


def noise(seeds, height, width):
    return np.random.default_rng(seeds).normal(0, 0.1, (height, width, 3)).astype(np.float32)
'''

# The start hangs on the run's own seed, so that calibration sees how much it matters.
ASK = f"""
{_NET}

def ask(function, {_ARGUMENTS}):
    model = net({_ARGUMENTS})
    start = noise([int(os.environ.get("COURSE_SEED", "0")), draw], height, width)
    return function(model, LAYERS[layer], unit, start, steps, step_size)
"""

# Whether the start is afterwards what it was: a question of its own, on one net.
ASK_START = f"""
{_NET}

def ask(function, {_ARGUMENTS}):
    model = net({_ARGUMENTS})
    start = noise([draw], height, width)
    before = start.copy()
    function(model, LAYERS[layer], unit, start, steps, step_size)
    return float(np.array_equal(start, before))
"""

OBSERVE = f'''
{_NET}
STARTS = 6  # of our own ascents


def responses(inner, unit, images):
    """What the unit says to each image [n]."""
    out = inner(images, training=False)[..., unit]
    return tf.reduce_mean(tf.reshape(out, (tf.shape(out)[0], -1)), axis=1)


def observe(answer, {_ARGUMENTS}):
    """Responses to: the picture, noise (mean), our own best (mean), some other noise (mean)."""
    model = net({_ARGUMENTS})
    inner = keras.Model(model.inputs, model.get_layer(LAYERS[layer]).output)
    picture = np.reshape(np.asarray(answer, np.float32), (1, height, width, 3))
    picture = np.clip(np.nan_to_num(picture), -0.5, 0.5)
    plain = np.stack([noise([draw, 1, k], height, width) for k in range(STARTS)])
    other = np.stack([noise([draw, 2, k], height, width) for k in range(STARTS)])
    images = tf.constant(plain)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(images)
            total = tf.reduce_sum(responses(inner, unit, images))
        slope = tape.gradient(total, images)
        slope /= tf.sqrt(tf.reduce_mean(slope**2, axis=(1, 2, 3), keepdims=True)) + 1e-8
        images = tf.clip_by_value(images + step_size * slope, -0.5, 0.5)
    said = [responses(inner, unit, tf.constant(x)) for x in (picture, plain, images, other)]
    return np.array([float(tf.reduce_mean(x)) for x in said])
'''

# Clipping in float32, or a picture shifted to [0, 1] and back, may miss the range by rounding.
_ROUNDING = 1e-3
OUTSIDE_COUNTS = 0.5  # of a picture that leaves the range: clipped by us, it may still excite

Seen = tuple[float, Said | None]  # share of what is reachable, in [0, 1], and what is wrong


def shares(stimuli: Answers, excitation: Answers, cases: Cases) -> list[Seen]:
    """How far each picture gets from noise (0) to what our own ascent reaches (1).

    Args:
        stimuli: the pictures, of the student's process.
        excitation: what `OBSERVE` measured with them.
        cases: the nets; only `height` and `width` are looked at.
    """
    found = []
    for picture, measured, case in zip(stimuli, excitation, cases, strict=True):
        shape = (int(case["height"]), int(case["width"]), 3)
        found.append(_share(picture, measured, shape))
    return found


def _share(picture: Items | Refusal, measured: Items | Refusal, shape: tuple[int, ...]) -> Seen:
    pixels = compare.one(picture)
    if isinstance(pixels, Refusal):
        return 0.0, pixels.why
    if pixels.shape not in (shape, (1, *shape)):
        return 0.0, said("stimulus-not-like-start")
    if not np.isfinite(pixels).all():
        return 0.0, said("stimulus-not-finite")
    values = compare.one(measured)
    # Four numbers leave our own sandbox. Where they do not, somebody has got hold of it.
    if isinstance(values, Refusal) or values.shape != (4,) or not values[2] > values[1]:
        return 0.0, said("stimulus-not-shown")
    share = _between(float(values[0]), float(values[1]), float(values[2]))
    if np.abs(pixels).max() > 0.5 + _ROUNDING:
        return share * OUTSIDE_COUNTS, said("stimulus-leaves-the-range")
    return share, None


def _between(value: float, none: float, full: float) -> float:
    share = (value - none) / (full - none)
    return min(1.0, max(0.0, share)) if share == share else 0.0


def mean_share(stimuli: Answers, excitation: Answers, cases: Cases) -> float:
    """Over all nets, in [0, 1]."""
    return float(np.mean([share for share, _ in shares(stimuli, excitation, cases)]))


def mean_of_noise(excitation: Answers) -> float:
    """The same for noise instead of pictures: what a function that does nothing reaches.

    Raises:
        TypeError: the reference's own run has no measurement; a fault of the course.
    """
    found = []
    for items in excitation:
        values = compare.one(items)
        if isinstance(values, Refusal):
            raise TypeError(f"the reference's stimuli were not measured: {values.why.code}")
        found.append(_between(float(values[3]), float(values[1]), float(values[2])))
    return float(np.mean(found))


def amiss(seen: list[Seen]) -> tuple[Said, ...]:
    """What is wrong with most of the pictures that are amiss; empty if nothing is."""
    problems = [problem for _, problem in seen if problem]
    if not problems:
        return ()
    worst = max(problems, key=problems.count)
    return (said("stimuli-amiss", n=problems.count(worst), of=len(seen), why=worst),)


def drawn(claimed: Answers, *, title: str) -> tuple[Figure, ...]:
    """Stimuli of the student's own network, as its run left them; () if there are none to draw.

    Args:
        claimed: images [n, height, width, 3] within [-0.5, 0.5], or anything.
        title: code of what they are.
    """
    images = compare.one(claimed[0]) if claimed else Refusal(said("there-are-none"))
    if isinstance(images, Refusal) or images.ndim != 4 or images.shape[1:] != (32, 32, 3):
        return ()
    shown = [_pixels(image) for image in images[:8]]
    captions = tuple(said("unit", k=k) for k in range(len(shown)))
    return (Pictures(said(title), tuple(shown), captions),) if shown else ()


def _pixels(image: Array) -> Array:
    bright = np.clip(np.nan_to_num(image) + 0.5, 0.0, 1.0)
    return np.asarray((255 * bright).round().astype(np.uint8))
