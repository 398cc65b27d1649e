"""Probabilities that a function gives, against those of the model that it should have asked."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from graders.checks import classified, compare
from graders.checks.judging import earned_if
from graders.core.figures import Figure
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Finding, Refusal
from graders.metrics import curves

# Ten probabilities in bfloat16 are off by this much; what dropout or a batch's statistics do to
# them is many times more.
ROUNDED = 2e-2
SURE = 3.0  # standard errors that a difference must exceed to be one
_SMALLEST = 1e-7  # Keras clips probabilities here, too
# Rows that never change, beside some that do: no rounding of the one gives the other.
_ALIKE, _DIFFERENT = 1e-6, 1e-3


def accuracy(answers: Answers, labels: Array, case: int) -> float | Refusal:
    """Share of right classes of one case in [0, 1], or why there is none."""
    found = _of(answers, case)
    if isinstance(found, Refusal):
        return found
    classes = classified.classes_of(found, len(labels))
    return classes if isinstance(classes, Refusal) else float(np.mean(classes == labels))


def _of(answers: Answers, case: int) -> tuple[Array] | Refusal:
    if case >= len(answers):
        return Refusal(said("no-predictions"))
    found = compare.one(answers[case])
    return found if isinstance(found, Refusal) else (found,)


def are_probabilities(rows: Array) -> bool:
    """Whether rows [n, classes] are finite, not negative, and sum to 1."""
    if rows.ndim != 2 or not np.isfinite(rows).all():
        return False
    low, high = float(rows.min()), float(rows.max())
    if low < -ROUNDED or high > 1 + ROUNDED:  # before any sum: the largest numbers overflow
        return False
    return bool((np.abs(rows.sum(axis=1) - 1) <= ROUNDED).all())


def cross_entropies(rows: Array, labels: Array) -> Array:
    """Of each row [n], in nats.

    Probabilities are clipped where Keras clips them. Scores before a softmax are not: a sure and
    wrong one costs what it costs, in Keras as well.

    Args:
        rows: probabilities or scores [n, classes].
        labels: right classes [n].
    """
    right = np.arange(len(labels)), labels
    if are_probabilities(rows):
        return np.asarray(-np.log(np.clip(rows[right], _SMALLEST, 1.0)))
    finite = np.clip(np.nan_to_num(rows.astype(np.float64)), -1e30, 1e30)
    top = finite.max(axis=1)
    return np.asarray(np.log(np.exp(finite - top[:, None]).sum(axis=1)) + top - finite[right])


def bounded(some: Array) -> Array:
    """Losses of which no single picture's decides, however sure and wrong its scores are."""
    return np.minimum(some, -math.log(_SMALLEST))


def mean_and_error(some: Array) -> tuple[float, float]:
    """Of the losses of pictures [n]: their mean, and its standard error.

    The error is that of bounded ones: one huge loss must not let every claim agree.
    """
    return float(some.mean()), standard_error(bounded(some))


def losses(answers: Answers, labels: Array, case: int) -> Array | Refusal:
    """Cross-entropy of each image of one case [n], in nats, or why there is none."""
    found = _of(answers, case)
    if isinstance(found, Refusal):
        return found
    scores = classified.scores_of(found, len(labels))
    if isinstance(scores, Refusal):
        return scores
    if scores.ndim != 2:
        return Refusal(said("class-numbers-for-probabilities"))
    return cross_entropies(scores, labels)


def loss(answers: Answers, labels: Array, case: int) -> tuple[float, float] | Refusal:
    """Mean cross-entropy over one case and its standard error, or why there is none."""
    found = losses(answers, labels, case)
    return found if isinstance(found, Refusal) else mean_and_error(found)


def standard_error(values: Array) -> float:
    """Of the mean of values [n]."""
    return float(values.std()) / math.sqrt(len(values))


def agrees(claimed: float, measured: tuple[float, float]) -> bool:
    """Whether a claimed mean loss is the measured one, up to the noise of that many images."""
    mean, error = measured
    return abs(claimed - mean) <= SURE * error + ROUNDED * mean


def curve(claimed: Answers) -> Array | Refusal:
    """A history that the run left [epochs], or why there is none."""
    found = compare.one(claimed[0])
    if isinstance(found, Refusal):
        return found
    flat = np.ravel(found)
    if not flat.size:
        return Refusal(said("empty"))
    return flat.astype(np.float64)


def fell(values: Array) -> bool:
    """A validation loss may fall and then turn up for long: that is over-fitting, and honest."""
    honest = values.size >= curves.FEWEST and bool(np.isfinite(values).all())
    return honest and not curves.ruled(values) and 0 <= values.min() < 0.9 * values[0]


def ends_where_it_stands(
    history: Answers, measured: Sequence[tuple[float, float] | Refusal]
) -> Finding:
    """Whether a history's last or lowest loss is one that we measure with what the run left.

    The lowest, too: who stops early may take the best weights back.

    Args:
        history: validation losses, epoch by epoch.
        measured: mean and standard error of each loss that may be meant.
    """
    claimed = curve(history)
    if isinstance(claimed, Refusal):
        return earned_if(False, said("titled", title=said("validation-loss"), why=claimed.why))
    ends = (float(claimed[-1]), float(np.min(claimed)))
    found = [loss for loss in measured if not isinstance(loss, Refusal)]
    fits = any(agrees(end, loss) for end in ends for loss in found)
    return earned_if(fits, said("named-loss-agrees" if fits else "named-loss-differs"))


def names(claimed: Answers, classes: int) -> tuple[str, ...]:
    """Names of the classes as the notebook read them, or `class 0` and so on.

    Args:
        claimed: one text of words, or anything.
        classes: how many there are.
    """
    items = claimed[0] if claimed else Refusal(said("there-are-none"))
    text = "" if isinstance(items, Refusal) else items[0]
    words = text.split() if isinstance(text, str) else []
    if len(words) == classes and all(w.isalpha() and len(w) <= 12 for w in words):
        return tuple(words)
    return tuple(f"class {k}" for k in range(classes))


def unsteady(rows: Answers) -> Said | None:
    """What differs when the same pictures are asked about again, or None.

    Args:
        rows: of a batch, of its reverse, of its first picture alone, of the batch once more.
    """
    found = []
    for items in rows:
        answer = compare.one(items)
        if isinstance(answer, Refusal):
            return answer.why
        if answer.ndim != 2:
            return said("one-row-a-picture")
        found.append(answer)
    if len(found) != 4 or not len(found[0]) == len(found[1]) == len(found[3]):
        return said("other-number-of-rows")
    batch, reverse, alone, again = found
    if len(alone) != 1 or len({a.shape[1] for a in found}) > 1:
        return said("single-picture-differs")
    if _differ(batch, again):
        return said("unsteady-again")
    if _differ(batch, reverse[::-1]) or _differ(batch[:1], alone):
        return said("depends-on-the-batch")
    return None


def _differ(some: Array, others: Array) -> bool:
    return not np.allclose(some, others, rtol=ROUNDED, atol=ROUNDED)


def _spread(rows: Array | Refusal) -> float:
    """By how much what a class gets differs between pictures, at most; NaN if that is not known."""
    if isinstance(rows, Refusal) or not rows.size or not np.isfinite(rows).all():
        return math.nan
    return float(np.ptp(rows, axis=0).max())


def worse_than_model(predict: Answers, model: Answers, labels: Array, case: int) -> Said | None:
    """What is wrong with a function's probabilities beside its model's own, or None.

    Args:
        predict: of the function, asked about plain pictures.
        model: of the model, asked about pictures that we prepared; () where there is none.
        labels: of one case.
    """
    mine = losses(predict, labels, case)
    if isinstance(mine, Refusal):
        return mine.why
    there, theirs = _of(model, case), losses(model, labels, case)
    rows = compare.one(predict[case])
    sound = not isinstance(rows, Refusal) and are_probabilities(rows)
    if isinstance(there, Refusal) or isinstance(theirs, Refusal):
        return None if sound else said("no-probabilities")
    if not sound and are_probabilities(there[0]):
        return said("no-probabilities-unlike-model")
    more = bounded(mine) - bounded(theirs)
    if float(more.mean()) > SURE * standard_error(more) + ROUNDED:
        return said("worse-than-model", more=float(more.mean()))
    if _spread(rows) <= _ALIKE < _DIFFERENT <= _spread(there[0]):
        return said("same-for-every-picture")
    return None


def adding(found: Finding, figures: tuple[Figure, ...], *more: Said) -> Finding:
    """The same finding with more to look at, and more said."""
    figures = (*found.figures, *figures)
    return replace(found, said=(*found.all_said, *more), figures=figures)
