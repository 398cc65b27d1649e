"""Optimisers written as a cell: its source is run again elsewhere, and the paths are compared.

A path is what a rerun leaves: the loss before every step, the final weights, and (on a made-up
loss) how many rows each gradient was taken over.
"""

import math

import numpy as np

from graders.checks import compare
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Finding, Items, Refusal
from graders.metrics import slips


def judged(
    rule: Answers,
    rule_key: Answers,
    oracle: Answers,
    oracle_key: Answers,
    data: Answers,
    data_key: Answers,
    own: Answers,
    own_key: Answers,
    lossy: Answers,
    lossy_key: Answers,
) -> Finding:
    """Full credit if the cell does what it should wherever it can show it.

    Half of the credit is for the update rule alone: on data whose rows are all alike it does
    not matter which rows a step looks at, so a slip in the batches does not hide a right rule.

    Args:
        rule: paths on a made-up loss and its gradient, on rows that are all alike.
        oracle: on such a loss and unseen data.
        data: on unseen data, with the student's own functions; () if these are not written.
        own: on such a loss and the notebook's own data: a cell may read them by another name.
        lossy: on unseen data and a made-up loss, with the student's gradient, wherever that is
            written: a wrong loss is not charged again.
    """
    on_oracle = _paths(oracle, oracle_key)
    if not any(on_oracle):
        return Finding(1.0, said("steps-right"))
    if not any(_paths(data, data_key)):
        return Finding(1.0, said("steps-right-own-loss"))
    if not any(_paths(own, own_key)):
        return Finding(1.0, said("steps-right-own-data"))
    if not any(_paths(lossy, lossy_key)):
        return Finding(1.0, said("steps-right-unseen-loss"))
    on_rule = _paths(rule, rule_key)
    problem = next(p for p in on_oracle if p)
    if not any(on_rule):
        rows = _rows(oracle, oracle_key)
        return Finding(0.5, said("rule-right", problem=rows or problem))
    return Finding(0.0, said("rule-wrong", problem=next(p for p in on_rule if p)))


def _paths(answers: Answers, key: Answers) -> list[Said | None]:
    """What is wrong with each run; without any answer the functions of the notebook are stubs."""
    found = answers or (Refusal(said("calls-a-stub")),) * len(key)
    return [_path(a, k) for a, k in zip(found, key, strict=True)]


def _path(answer: Items | Refusal, key: Items | Refusal) -> Said | None:
    """What is wrong with one run of an optimiser, or None.

    Raises:
        TypeError: the reference left no path; the check is then HELD.
    """
    right = _loss_and_weights(key)
    if isinstance(right, Said):
        raise TypeError(f"the reference's optimiser cell: {right.code}")
    found = _loss_and_weights(answer)
    if isinstance(found, Said):
        return found
    return _difference(*found, *right)


def _loss_and_weights(answer: Items | Refusal) -> tuple[Array, Array] | Said:
    if isinstance(answer, Refusal):
        return said("rerun-refused", why=answer.why)
    if len(answer) < 2:
        return said("no-path-left")
    loss, weights = compare.one(answer[:1]), compare.one(answer[1:2])
    if isinstance(loss, Refusal):
        return said("no-history-left", why=loss.why)
    if isinstance(weights, Refusal):
        return said("no-weights-left", why=weights.why)
    return np.ravel(loss), np.ravel(weights)


def _difference(loss: Array, weights: Array, right: Array, right_weights: Array) -> Said | None:
    if loss.shape != right.shape:
        # Not how many there are: a cell that has seen unseen data could tell it by a number.
        return said("history-length", more=loss.size > right.size, asked=right.size)
    agrees = slips.close(loss, right, rtol=1e-3)
    ends_right = slips.compare(weights, right_weights).kind is slips.Kind.NONE
    if agrees.all():
        return None if ends_right else said("wrong-final-weights")
    if ends_right:
        return said("wrong-history-alone")
    if not np.isfinite(loss).all():
        return said("loss-not-finite")
    first = int(np.flatnonzero(~agrees)[0])
    if first == 0:
        return said("wrong-first-loss")
    if first == 1:
        step, wanted = loss[1] - loss[0], right[1] - right[0]
        if step == 0:
            return said("first-step-still")
        if np.sign(step) != np.sign(wanted):
            return said("first-step-backwards")
        return said("first-step-length", ratio=abs(step) / abs(wanted) if wanted else math.inf)
    return said("later-step", step=first)


def _rows(oracle: Answers, key: Answers) -> Said | None:
    """Whether the number of rows that each gradient saw explains the difference."""
    for answer, right in zip(oracle, key, strict=True):
        if isinstance(answer, Refusal) or isinstance(right, Refusal) or len(answer) < len(right):
            continue
        mine, theirs = compare.one((answer[2],)), compare.one((right[2],))
        if isinstance(mine, Refusal) or isinstance(theirs, Refusal) or mine.size == 0:
            continue
        if set(np.ravel(mine)) != set(np.ravel(theirs)):
            return said("rows-per-step", mine=float(np.mean(mine)), batch=float(np.mean(theirs)))
        if mine.size == theirs.size:
            return said("other-rows")
    return None
