"""Predictions for pictures of any number of classes, whose names the host knows.

What `predictions` and `classified` do for ten classes, for as many as the truth names: twelve
species, or a hundred and two.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from graders.checks import classified, compare, predictions
from graders.checks.classified import SHOWN
from graders.core.figures import Confusion, Figure, Pictures, Words
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Refusal, Truths

READABLE = 16  # classes of a confusion matrix that a person can still read
MOST_PAIRS = 3
WIDEST = 64  # pixels of a picture in a report


def class_names(truth: Truths) -> tuple[str, ...]:
    """Of one question's classes, in the order of their numbers."""
    return tuple(str(name) for name in truth[SHOWN]["names"])


def accuracy(answers: Answers, truth: Truths, case: int) -> float | Refusal:
    """Share of right classes of one case in [0, 1], or why there is none."""
    if case >= len(answers):
        return Refusal(said("no-predictions"))
    return classified.accuracy_of(answers, truth, case, len(class_names(truth)))


def losses(answers: Answers, truth: Truths, case: int) -> Array | Refusal:
    """Cross-entropy of each picture of one case [n], in nats, or why there is none."""
    if case >= len(answers):
        return Refusal(said("no-predictions"))
    labels = truth[case]["labels"]
    scores = classified.scores_of(answers[case], len(labels), len(class_names(truth)))
    if isinstance(scores, Refusal):
        return scores
    if scores.ndim != 2:
        return Refusal(said("class-numbers-for-probabilities"))
    return predictions.cross_entropies(scores, labels)


def best(several: Sequence[Answers], truth: Truths, case: int) -> Answers:
    """Which of several answers has the highest accuracy; any of them where none has one."""

    def reached(answers: Answers) -> float:
        found = accuracy(answers, truth, case)
        return -1.0 if isinstance(found, Refusal) else found

    return max(several, key=reached)


def loss(answers: Answers, truth: Truths, case: int) -> tuple[float, float] | Refusal:
    """Mean cross-entropy over one case and its standard error, or why there is none."""
    found = losses(answers, truth, case)
    return found if isinstance(found, Refusal) else predictions.mean_and_error(found)


def worse_than_model(
    predict: Answers, model: Answers, truth: Truths, case: int, *, alike: bool = True
) -> Said | None:
    """What is wrong with a function's probabilities beside its model's own, or None.

    Args:
        predict: of the function, asked about plain files.
        model: of the model, asked about pictures that we prepared; () where there is none.
        alike: whether the notebook prepares pictures as we do; if not, only whether both give
            probabilities can be compared.
    """
    mine = losses(predict, truth, case)
    if isinstance(mine, Refusal):
        return mine.why
    theirs = losses(model, truth, case)
    rows = compare.one(predict[case])
    sound = not isinstance(rows, Refusal) and predictions.are_probabilities(rows)
    if isinstance(theirs, Refusal):
        return None if sound else said("no-probabilities")
    there = compare.one(model[case])
    if not sound and not isinstance(there, Refusal) and predictions.are_probabilities(there):
        return said("no-probabilities-unlike-model")
    if not alike:
        return None
    more = predictions.bounded(mine) - predictions.bounded(theirs)
    if (
        float(more.mean())
        > predictions.SURE * predictions.standard_error(more) + predictions.ROUNDED
    ):
        return said("worse-than-model-on-prepared", more=float(more.mean()))
    return None


def figures(
    answers: Answers, cases: Cases, truth: Truths, *, title: str, note: Words
) -> tuple[tuple[Figure, ...], tuple[Said, ...]]:
    """What to look at of the shown pictures, and, of many classes, which are confused most.

    Args:
        title: code of whose predictions they are.
        note: what to look for among the most confidently wrong ones.
    """
    names = class_names(truth)
    shown = {"images": _small(np.asarray(cases[SHOWN]["images"]))}
    of_shown: tuple[Mapping[str, Array], ...] = (shown,) * (SHOWN + 1)
    drawn: list[Figure] = []
    told: tuple[Said, ...] = ()
    for figure in classified.figures(answers, of_shown, truth, names, title=title):
        if isinstance(figure, Pictures):
            figure = Pictures(figure.title, figure.images, figure.captions, note)
        if isinstance(figure, Confusion) and len(names) > READABLE:
            told = _confused(figure)
        else:
            drawn.append(figure)
    return tuple(drawn), told


def _small(images: Array) -> Array:
    """Every so manieth pixel of large ones."""
    every = -(-max(images.shape[1:3]) // WIDEST)
    return images[:, ::every, ::every]


def _confused(matrix: Confusion) -> tuple[Said, ...]:
    """The pairs of classes that are most often taken for one another; () if none is."""
    counts = np.array(matrix.counts)
    np.fill_diagonal(counts, 0)
    both = counts + counts.T
    pairs = Counter(
        {(a, b): int(both[a, b]) for a, b in np.argwhere(np.triu(both) > 0).tolist()}
    ).most_common(MOST_PAIRS)
    if not pairs:
        return ()
    named = [(matrix.labels[a], matrix.labels[b], n) for (a, b), n in pairs]
    return (said("most-often-confused", pairs=named),)
