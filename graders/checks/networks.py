"""What a Keras network is made of, told by a fresh sandbox: size, convolutions, kind of output."""

import numpy as np

from graders.checks import compare, observe
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Refusal

# Looks at a model: of the file that another question brought, or in the notebook's own kernel
# where the file could not be had. `ask` and `observe` are the two ways in.
_LOOK = '''
import numpy as np
import tensorflow as tf


def is_one(layer, whose=""):
    """Whether a layer is a convolution by its kind, or by a kind that `whose` module defines."""
    kinds = [kind for kind in type(layer).__mro__ if kind.__module__.startswith(whose)]
    named = any("Conv" in kind.__name__ for kind in kinds)
    return named and getattr(layer, "kernel_size", None) is not None


def within(layer):
    """All layers inside of one, at any depth: of models, of wrappers, of classes of one's own."""
    return layer._flatten_layers(include_self=False)  # each object once, however often it is used


def convolves(layer):
    """One of Keras' kinds or derived from it, or one that is named so and is no mere holder."""
    return is_one(layer, "keras") or is_one(layer) and not any(map(is_one, within(layer)))


def look(model, images):
    """Parameters, convolutions, and what the outputs are like."""
    out = np.asarray(tf.cast(model(images, training=False), tf.float32), dtype=np.float64)
    rows = out.reshape(len(out), -1) if out.size else np.full((len(images), 1), np.nan)
    return np.array(
        [
            model.count_params(),
            sum(convolves(layer) for layer in within(model)),
            len(rows) == len(images) and out.ndim == 2,
            rows.shape[1],
            rows.min(),
            np.abs(rows.sum(axis=1) - 1).max(),
        ],
        dtype=np.float64,
    )
'''

# The file of the model that a function makes; `observe.model` exports one that is there.
_EXPORT = observe.model("made", variable="make_model", cases="look")[0].via

EXPORT_MADE = f"""
{_EXPORT}

export = ask


def ask(function):
    return export(function())
"""

# Whether two calls of a function give two models: none of what one learns is the other's.
MADE_ANEW = """
def ask(function):
    first, second = function(), function()
    held = set(map(id, first.trainable_variables))
    return float(first is not second and held.isdisjoint(map(id, second.trainable_variables)))
"""

LOOK_IN_KERNEL = f"""
{_LOOK}

def ask(function, images):
    return look(function(), images)
"""

LOOK_IN_KERNEL_TRAINED = f"""
{_LOOK}

def ask(model, images):
    return look(model, images)
"""

LOOK_AT_FILE = f"""
{observe.LOAD}

{_LOOK}

def observe(file, images):
    return look(load(file), images)
"""


def says_no(answers: Answers) -> bool:
    """Whether a question of yes (1) or no (0) was answered, and by no."""
    found = compare.one(answers[0]) if answers else Refusal(said("was-not-asked"))
    return not isinstance(found, Refusal) and found.size == 1 and not found.any()


_HALF_PRECISION = 2e-2  # how far ten rounded bfloat16 probabilities may sum from 1


def problems(facts: Answers, *, classes: int, convolutions: int, parameters: int) -> list[Said]:
    """What speaks against a network; nothing: it meets the conditions.

    Args:
        facts: what `look` found, one case.
        classes: how many outputs are asked for.
        convolutions: the fewest.
        parameters: the most.
    """
    found = compare.one(facts[0])
    if isinstance(found, Refusal):
        return [said("network-not-looked-at-because", why=found.why)]
    if found.shape != (6,):
        return [said("network-not-looked-at")]
    return _against(found, classes, convolutions, parameters)


def _against(found: Array, classes: int, convolutions: int, parameters: int) -> list[Said]:
    size, convolves, rows, outputs, lowest, off = found
    wrong = []
    if size > parameters:
        wrong.append(said("too-many-parameters", n=float(size), most=parameters))
    if convolves < convolutions:
        wrong.append(said("too-few-convolutions", n=float(convolves), asked=convolutions))
    if not rows or outputs != classes:
        return [*wrong, said("other-number-of-outputs", asked=classes)]
    if not (np.isfinite(lowest) and lowest >= 0 and off <= _HALF_PRECISION):
        wrong.append(said("outputs-no-probabilities", lowest=float(lowest), off=float(off)))
    return wrong
