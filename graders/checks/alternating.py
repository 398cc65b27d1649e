"""The losses of a generator and a discriminator, and one step of each, put to networks of ours."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from graders.checks import compare
from graders.checks.observe import AMONG
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Finding, Items, Refusal

# --- losses --------------------------------------------------------------------------------------

TENSORS = """
def ask(function, *case):
    import tensorflow as tf

    return function(*(tf.constant(value) for value in case))
"""

_MOST_SMOOTHED = 0.3 + 1e-3  # of a target that is 1 or 0 by nature
_RTOL = 1e-3


def smoothed(
    answers: Answers, cases: Cases, signs: Mapping[str, float], scales: Sequence[float]
) -> Finding:
    """Cross-entropies against the right ones, or those of one smoothing of all targets.

    A target that is off by s moves the loss by s times the mean logit. Which s it is, the answers
    themselves say: the one that makes most of them right. The reference smooths as well, so its
    answers are one of many that are right, and the plain loss is taken from its definition.

    Args:
        signs: argument that holds logits → 1 where they shall be high, -1 where low.
        scales: factors of the whole that are accepted.
    """
    logits = [{n: np.asarray(c[n], np.float64) for n in signs} for c in cases]
    right = np.array(
        [sum(np.logaddexp(0, -s * z[n]).mean() for n, s in signs.items()) for z in logits]
    )
    means = np.array([[s * z[n].mean() for n, s in signs.items()] for z in logits])
    problems = [_plain(a, np.asarray(r)) for a, r in zip(answers, right, strict=True)]
    best = problems
    found = np.array([_number(a) for a in answers])
    for scale in scales:
        for offsets in _candidates(found / scale - right, means):
            wanted = scale * (right + means @ offsets)
            wrong = [
                None if p is None or _near(f, w) else p
                for p, f, w in zip(problems, found, wanted, strict=True)
            ]
            best = min(best, wrong, key=lambda w: sum(p is not None for p in w))
    return compare.judged(best)


def rescaled(answers: Answers, cases: Cases, signs: Mapping[str, float]) -> bool:
    """Whether all losses are right ones, smoothed or not, but for a factor that is always the same:
    of their means, or of their sums.

    Args:
        signs: as of `smoothed`.
    """
    found = np.array([_number(a) for a in answers])
    if len(found) <= len(signs) + 1 or not np.isfinite(found).all():
        return False
    logits = [[(s, np.asarray(c[n], np.float64)) for n, s in signs.items()] for c in cases]
    for total in (np.mean, np.sum):
        rows = [
            [sum(total(np.logaddexp(0, -s * z)) for s, z in pair), *(s * total(z) for s, z in pair)]
            for pair in logits
        ]
        table: Array = np.array(rows, np.float64)
        weights = np.abs(found) + 1e-5
        parts, *_ = np.linalg.lstsq(table / weights[:, None], found / weights)
        off = np.abs(table @ parts - found) / weights
        scale, offsets = parts[0], parts[1:] / parts[0] if parts[0] else parts[1:]
        within = (offsets > -1e-2).all() and (offsets < _MOST_SMOOTHED + 1e-2).all()
        if scale > 0 and within and (off <= _RTOL).all():
            return True
    return False


def _plain(answer: Items | Refusal, right: Array) -> Said | None:
    found = compare.one(answer)
    if not isinstance(found, Refusal) and found.size != 1:
        return said("loss-not-one-number")
    return compare.problem(found, right, _RTOL)


def _number(answer: Items | Refusal) -> float:
    found = compare.one(answer)
    ok = not isinstance(found, Refusal) and found.size == 1
    value = float(np.reshape(np.asarray(found), ())) if ok else np.nan
    return value if abs(value) < 1e12 else np.nan


def _candidates(left: Array, means: Array) -> list[Array]:
    """Smoothings within what is allowed that explain as many answers as there are targets."""
    size = means.shape[1]
    found = [np.zeros(size)]
    for rows in combinations(np.flatnonzero(np.isfinite(left)), size):
        part = means[list(rows)]
        if abs(np.linalg.det(part)) > 1e-2:
            offsets = np.linalg.solve(part, left[list(rows)])
            if (offsets > -1e-3).all() and (offsets < _MOST_SMOOTHED).all():
                found.append(offsets)
    return found


def _near(found: float, wanted: float) -> bool:
    return bool(abs(found - wanted) <= _RTOL * abs(wanted) + 1e-5)


# --- steps ---------------------------------------------------------------------------------------

_NETWORKS = """
import keras
import numpy as np
import tensorflow as tf


def networks(real_shape, gw, gb, dw1, db1, dw2, db2):
    generator = keras.Sequential([
        keras.Input((gw.shape[0],)),
        keras.layers.Dense(gw.shape[1], activation="tanh"),
        keras.layers.Reshape(real_shape),
    ])
    discriminator = keras.Sequential([
        keras.Input(real_shape),
        keras.layers.Flatten(),
        keras.layers.Dense(dw1.shape[1], activation="tanh"),
        keras.layers.Dense(1),
    ])
    generator.set_weights([gw, gb])
    discriminator.set_weights([dw1, db1, dw2, db2])
    return generator, discriminator


def stepped(function, who, real, codes, rate, *weights):
    shape = real.shape[1:]
    g, d = networks(shape, *weights)
    optimizer = keras.optimizers.SGD(float(rate))
    optimizer.build((d if who == "discriminator" else g).trainable_weights)
    given = (real, codes) if who == "discriminator" else (codes,)
    loss = function(g, d, optimizer, *map(tf.constant, given))
    return (loss, *(np.concatenate([w.ravel() for w in m.get_weights()]) for m in (g, d)))
"""

# Made-up losses in place of the student's own: is the step right, whatever is wrong with those?
_AMONG = f"""
{AMONG}

def discriminator_loss(real_logits, fake_logits):
    return 2 + tf.reduce_mean(tf.sin(real_logits)) - 1.5 * tf.reduce_mean(tf.tanh(fake_logits / 2))


def generator_loss(fake_logits):
    return 3 + tf.reduce_mean(tf.sinh(fake_logits / 2) + fake_logits)
"""

_ARGUMENTS = "real, codes, rate, gw, gb, dw1, db1, dw2, db2"
_OWN = {"generator": ("gw", "gb"), "discriminator": ("dw1", "db1", "dw2", "db2")}


def ask_step(who: str, *, made_up: bool) -> str:
    """Source that puts a step function to small networks of ours.

    Args:
        who: `generator` or `discriminator`: whose step it is.
        made_up: with losses that we made up, instead of the student's.
    """
    ours = "discriminator_loss=discriminator_loss, generator_loss=generator_loss"
    which = f"among(function, {ours})" if made_up else "function"
    return (
        f"{_NETWORKS}\n{_AMONG if made_up else ''}\n\ndef ask(function, {_ARGUMENTS}):\n"
        f'    return stepped({which}, "{who}", {_ARGUMENTS})\n'
    )


def step(who: str, answers: Answers, key: Answers, cases: Cases) -> Finding:
    """Loss and weights after one step against the reference's, case by case."""
    return compare.judged(
        [_stepped(who, a, k, c) for a, k, c in zip(answers, key, cases, strict=True)]
    )


def _stepped(
    who: str, answer: Items | Refusal, key: Items | Refusal, case: Mapping[str, Any]
) -> Said | None:
    if isinstance(answer, Refusal):
        return answer.why
    if isinstance(key, Refusal):
        raise TypeError(f"the reference gave no step: {key.why.code}")
    if len(answer) != 3:
        return said("returns-not-one-loss")
    other = "generator" if who == "discriminator" else "discriminator"
    for place, name in ((1, "generator"), (2, "discriminator")):
        start = np.concatenate([np.ravel(np.asarray(case[n], np.float64)) for n in _OWN[name]])
        found, right = compare.one(answer[place : place + 1]), compare.one(key[place : place + 1])
        if isinstance(found, Refusal) or isinstance(right, Refusal) or found.shape != start.shape:
            return said("weights-not-read-afterwards", who=name)
        if name == other and not np.array_equal(found, right):
            return said("weights-should-stay", who=name)
        if name == who:
            move = said("their-move")
            problem = compare.problem(found - start, right - start, 1e-2, move)
            if problem is not None:
                still = np.array_equal(found, start)
                return said("weights-amiss", who=name, why=said("no-move") if still else problem)
    problem = compare.problem(compare.one(answer[:1]), compare.one(key[:1]), 1e-2)
    return None if problem is None else said("returned-loss-amiss", why=problem)


def better_step(
    who: str, cases: Cases, own: tuple[Answers, Answers], rule: tuple[Answers, Answers]
) -> Finding:
    """The better of a step with the student's own losses and one with made-up ones.

    Args:
        own, rule: answers and the reference's; the answers of `rule` may be ().
    """
    plain = step(who, own[0], own[1], cases)
    if not rule[0]:
        return plain
    made_up = step(who, rule[0], rule[1], cases)
    return made_up if made_up.credit > plain.credit else plain


def minimax(answers: Answers, cases: Cases) -> tuple[Said, ...]:
    """A word to whoever wrote the minimax loss in place of the other; else ()."""
    for answer, case in zip(answers, cases, strict=True):
        logits = np.asarray(case["fake_logits"], np.float64)
        if not _near(_number(answer), -float(np.logaddexp(0, logits).mean())):
            return ()
    return (said("minimax-loss"),)
