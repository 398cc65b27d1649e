"""Optimisers written as a cell: its source is run again elsewhere, and the paths are compared.

A path is what a rerun leaves: the loss before every step, the final weights, and (on a made-up
loss) how many rows each gradient was taken over.
"""

import numpy as np

from graders.checks import compare
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
        return Finding(1.0, "Every step is right on data you have not seen.")
    if not any(_paths(data, data_key)):
        return Finding(1.0, "Every step is right on data you have not seen, with your own loss.")
    if not any(_paths(own, own_key)):
        return Finding(1.0, "Every step is right on a loss you have not seen, with your own data.")
    if not any(_paths(lossy, lossy_key)):
        return Finding(1.0, "Every step is right on a loss and data you have not seen.")
    on_rule = _paths(rule, rule_key)
    said = next(p for p in on_oracle if p)
    if not any(on_rule):
        rows = _rows(oracle, oracle_key)
        return Finding(0.5, f"The update rule is right, but {rows or said}.")
    return Finding(0.0, f"{next(p for p in on_rule if p)}.".capitalize())


def _paths(answers: Answers, key: Answers) -> list[str | None]:
    """What is wrong with each run; without any answer the functions of the notebook are stubs."""
    found = answers or (Refusal("a function that it calls is not written yet"),) * len(key)
    return [_path(a, k) for a, k in zip(found, key, strict=True)]


def _path(answer: Items | Refusal, key: Items | Refusal) -> str | None:
    """What is wrong with one run of an optimiser, or None.

    Raises:
        TypeError: the reference left no path; the check is then HELD.
    """
    right = _loss_and_weights(key)
    if isinstance(right, str):
        raise TypeError(f"the reference's optimiser cell: {right}")
    found = _loss_and_weights(answer)
    if isinstance(found, str):
        return found
    return _difference(*found, *right)


def _loss_and_weights(answer: Items | Refusal) -> tuple[Array, Array] | str:
    if isinstance(answer, Refusal):
        return f"run again on other data, {answer.reason}"
    if len(answer) < 2:
        return "the cell leaves no loss history and weights"
    loss, weights = compare.one(answer[:1]), compare.one(answer[1:2])
    if isinstance(loss, Refusal):
        return f"the cell leaves no loss history: {loss.reason}"
    if isinstance(weights, Refusal):
        return f"the cell leaves no final weights: {weights.reason}"
    return np.ravel(loss), np.ravel(weights)


def _difference(loss: Array, weights: Array, right: Array, right_weights: Array) -> str | None:
    if loss.shape != right.shape:
        # Not how many there are: a cell that has seen unseen data could tell it by a number.
        many = "more" if loss.size > right.size else "fewer"
        return f"the loss history has {many} values than the {right.size} that are asked for"
    agrees = slips.close(loss, right, rtol=1e-3)
    ends_right = slips.compare(weights, right_weights).kind is slips.Kind.NONE
    if agrees.all():
        return None if ends_right else "the final weights are not those after the last step"
    if ends_right:
        return "the final weights are right, the loss history is not that of the steps before them"
    if not np.isfinite(loss).all():
        return "the loss becomes NaN or infinite"
    first = int(np.flatnonzero(~agrees)[0])
    if first == 0:
        return "the first loss is not that of the start weights on the whole data"
    if first == 1:
        step, wanted = loss[1] - loss[0], right[1] - right[0]
        if step == 0:
            return "the first step does not move the weights"
        if np.sign(step) != np.sign(wanted):
            return "the first step goes the wrong way"
        size = "long" if abs(step) > abs(wanted) else "short"
        return f"the first step already is too {size}, or looks at other rows"
    return f"step {first} is the first that is off: look at what it keeps from the steps before"


def _rows(oracle: Answers, key: Answers) -> str | None:
    """Whether the number of rows that each gradient saw explains the difference."""
    for answer, right in zip(oracle, key, strict=True):
        if isinstance(answer, Refusal) or isinstance(right, Refusal) or len(answer) < len(right):
            continue
        mine, theirs = compare.one((answer[2],)), compare.one((right[2],))
        if isinstance(mine, Refusal) or isinstance(theirs, Refusal) or mine.size == 0:
            continue
        if set(np.ravel(mine)) != set(np.ravel(theirs)):
            more = float(np.mean(mine)) > float(np.mean(theirs))
            return f"the gradient is taken over {'more' if more else 'fewer'} rows than a batch has"
        if mine.size == theirs.size:
            return "the rows are not those that the fixed random stream gives"
    return None
