"""A generator and a discriminator: how they are taken out of the notebook, and looked at.

Sources named EXPORT and ASK run in the student's kernel and hold no secret; those named LOOK and
OBSERVE run in a sandbox without student code.
"""

import numpy as np

from graders.checks import compare, generated, observe
from graders.checks.judging import Bar
from graders.core.rubric import Calibrated
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Finding, Items, Refusal

_EXPORT = observe.model("made", variable="made", cases="codes")[0].via

# --- networks that were just made ----------------------------------------------------------------

_CODES = 30  # times as large: the range must hold for them
# A sigmoid stays within 0 and 1 however large its inputs are. Logits of a fresh network may be as
# small as its weights: only those of inputs out of all proportion leave that range for sure.
_IMAGES = 10_000

_LOOK = '''
import numpy as np
import tensorflow as tf



def numbers(model, inputs):
    found = model(tf.constant(inputs, tf.float32), training=False)
    return np.asarray(tf.cast(found, tf.float32), np.float64)


def look(model, shape, inputs, times):
    """Parameters; shape as asked; finite; lowest and highest far out; differ; same again.

    times: how much larger inputs far out are.
    """
    near, far, again = (numbers(model, x) for x in (inputs, times * inputs, inputs))
    right = near.shape == (len(inputs), *shape)
    rows = near.reshape(len(near), -1) if near.size else np.zeros((2, 1))
    whole = np.isfinite(near).all() and np.isfinite(far).all()
    apart = np.abs(rows[1:] - rows[:-1]).max(axis=1).min()
    same = near.shape == again.shape and np.abs(near - again).max() < 1e-5
    low, high = (far.min(), far.max()) if far.size else (np.nan, np.nan)
    return np.array([model.count_params(), right, whole, low, high, apart, same], np.float64)
'''

EXPORT_GENERATOR = f"""
{_EXPORT}

export = ask


def ask(function, code_size, codes):
    return export(function(int(code_size)))
"""

ASK_GENERATOR = f"""
{_LOOK}

def ask(function, code_size, codes):
    return look(function(int(code_size)), (32, 32, 3), codes, {_CODES})
"""

LOOK_AT_GENERATOR = f"""
{observe.LOAD}

{_LOOK}

def observe(file, code_size, codes):
    return look(load(file), (32, 32, 3), codes, {_CODES})
"""

EXPORT_DISCRIMINATOR = f"""
{_EXPORT}

export = ask


def ask(function):
    return export(function())
"""

ASK_DISCRIMINATOR = f"""
{_LOOK}

def ask(function, images):
    return look(function(), (1,), images, {_IMAGES})
"""

LOOK_AT_DISCRIMINATOR = f"""
{observe.LOAD}

{_LOOK}

def observe(file, images):
    return look(load(file), (1,), images, {_IMAGES})
"""

_ROUNDING = 1e-3  # by which a picture may leave its range
_SAME = 1e-6  # below it two pictures are one
_FACTS = 7


def generator_problem(facts: Items | Refusal, parameters: int) -> Said | None:
    """What speaks against a new generator, or None."""
    found = _facts(facts, parameters)
    if not isinstance(found, np.ndarray):
        return found
    _, right, _, low, high, apart, same = found
    if not right:
        return said("draws-no-pictures")
    if low < -0.5 - _ROUNDING or high > 0.5 + _ROUNDING:
        return said("pictures-leave-their-range")
    if apart <= _SAME:
        return said("same-picture-for-all-codes")
    return None if same else said("another-picture-the-next-time")


def discriminator_problem(facts: Items | Refusal, parameters: int) -> Said | None:
    """What speaks against a new discriminator, or None."""
    found = _facts(facts, parameters)
    if not isinstance(found, np.ndarray):
        return found
    _, right, _, low, high, apart, same = found
    if not right:
        return said("not-one-logit-a-picture")
    if low >= 0 and high <= 1:
        return said("probabilities-for-logits", low=low, high=high)
    if apart <= 0:
        return said("same-logit-for-all-pictures", apart=apart)
    return None if same else said("another-logit-the-next-time")


def _facts(facts: Items | Refusal, parameters: int) -> Array | Said:
    found = compare.one(facts)
    if isinstance(found, Refusal):
        return said("network-not-looked-at-because", why=found.why)
    if found.shape != (_FACTS,):
        return said("network-not-looked-at")
    if found[0] > parameters:
        return said("too-many-parameters", n=found[0], most=parameters)
    if not found[2] or not np.isfinite(found).all():
        return said("not-finite", what=said("what-it-gives"))
    return np.asarray(found)


# --- the trained pair ----------------------------------------------------------------------------

# One answer holds both files: eight bytes that say how long the first is, the first, the second.
EXPORT_PAIR = f"""
{_EXPORT}

export = ask


def ask(generator):
    import __main__

    first, second = export(generator), export(vars(__main__)["discriminator"])
    length = np.frombuffer(np.array([len(first)], "<i8").tobytes(), np.uint8)
    return np.concatenate([length, first, second])


import numpy as np
"""

LOGITS = """
import keras
import numpy as np

MOST = 500  # pictures of each kind


def logits(discriminator, images):
    found = discriminator.predict(images.astype("float32"), batch_size=250, verbose=0)
    found = np.asarray(found, np.float64)
    if found.size != len(images):
        raise ValueError("not one logit for each picture")
    return found.ravel()
"""

# Pixels and patches of several faces mixed are not judged any more (telling.py says why); stored
# calibrations rest on this question as it is.
JUDGE = f'''{LOGITS}

def judged(generator, discriminator, images):
    """Logits [5, m] of: real, generated, noise, pixels and patches of several faces mixed."""
    real = images[:MOST].astype("float32") / 255 - 0.5
    m = len(real)
    rng = np.random.default_rng([m, 6])
    codes = rng.normal(size=(m, generator.input_shape[-1])).astype("float32")
    own = np.asarray(generator.predict(codes, batch_size=250, verbose=0), "float32")
    noise = rng.uniform(-0.5, 0.5, real.shape)
    place = rng.integers(0, m, (m, 32, 32))
    down, across = np.mgrid[:32, :32]
    mixed = real[place, down, across]
    patch = rng.integers(0, m, (m, 4, 4)).repeat(8, axis=1).repeat(8, axis=2)
    patched = real[patch, down, across]
    kinds = (real, np.clip(own, -0.5, 0.5), noise, mixed, patched)
    return np.stack([logits(discriminator, x) for x in kinds])
'''


def ask_pair(judge: str) -> str:
    """Source of a question that the kernel answers: `judged`, of `judge`, with both networks."""
    return f"""
{judge}

class Sized:
    # A class of the notebook's own does not say how large its codes are; the assignment does.

    def __init__(self, generator, size):
        self.predict, self.input_shape = generator.predict, (None, size)


def ask(generator, images):
    import __main__

    space = vars(__main__)
    if not hasattr(generator, "input_shape"):
        generator = Sized(generator, space["CODE_SIZE"])
    return judged(generator, space["discriminator"], images)
"""


def observe_pair(judge: str) -> str:
    """Source of the same in a sandbox, from what EXPORT_PAIR left."""
    return f"""
{observe.LOAD}

{judge}

def observe(files, images):
    files = np.asarray(files, np.uint8)
    end = 8 + int(np.frombuffer(files[:8].tobytes(), "<i8")[0])
    return judged(load(files[8:end]), load(files[end:]), images)
"""


ASK_PAIR, OBSERVE_PAIR = ask_pair(JUDGE), observe_pair(JUDGE)


# --- the losses that a run names ------------------------------------------------------------------


def claimed_losses(
    discriminator_curve: Answers,
    generator_curve: Answers,
    scores: Answers,
    bar: Calibrated,
    *,
    other_scale: bool,
    untrained: Said | None,
) -> Finding:
    """Curves that a training can leave earn as much as their end fits.

    Curves are easily made up. Those that end elsewhere than the networks stand are not theirs.

    Args:
        bar: of the gap between both.
        other_scale: whether the notebook's loss is the right one but for a factor: then the end
            cannot be compared.
        untrained: said if the discriminator shows nothing that only a training gives.
    """
    curve = generated.losses(discriminator_curve, generator_curve)
    figures = generated.learning(discriminator_curve, generator_curve)
    if isinstance(curve, Refusal):
        return Finding(0.0, said("losses-amiss", why=curve.why), figures=figures)
    found = generated.scores(scores)
    if isinstance(found, Refusal):
        return Finding(0.0, said("losses-not-comparable", why=found.why), figures=figures)
    if untrained:
        return Finding(0.0, said("losses-of-no-training", why=untrained), figures=figures)
    gap = generated.gap(curve, found)
    # The networks stand where the last step left them, and their loss goes up and down.
    away = max(0.0, gap - generated.wobble(curve))
    credit = Bar(bar).credit(away)
    if credit < 1 and other_scale:
        return Finding(1.0, said("losses-of-another-scale"), {"gap": gap}, figures)
    code = "losses-end-as-we-find" if credit == 1 else "two-losses-end-elsewhere"
    told = said(code, away=away, allowed=bar.full)
    return Finding(credit, told, {"gap": gap, "allowed": bar.full}, figures)
