"""Predicted classes of images: read generously, counted on the host, drawn from shown images only.

A prediction may be one row of scores per image (probabilities, logits, log-probabilities: only
their order within a row counts) or one class number per image. Anything else is the student's
fault and is told in words. These never hold how many images there are: a cell that has seen
held-out images could use a shape to say something about them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graders.checks import compare
from graders.checks.judging import course_told
from graders.core.figures import Confusion, Figure, Learning, Pictures
from graders.core.rubric import Calibrated, Check, Measure
from graders.core.saying import said
from graders.core.types import Answers, Array, Cases, Finding, Items, Refusal, Truths
from graders.metrics import curves

HELD_OUT = 0  # the case whose images no report may show
SHOWN = 1  # the case whose images the student has as well
MOST_PICTURES = 8
NO_CLASS = -1  # what a row of NaN predicts

# Claimed and measured losses are of the same weights and images. Half precision, batches of
# unequal size and clipped probabilities move a mean loss by less than a twentieth, and one that
# is nearly zero by less than a hundredth of a nat; another epoch's loss differs by more or is as
# good.
SAME_LOSS = 0.05
ROUNDED = 0.01
# Of the loss of a guess: a curve that never lies below has learnt nothing. From a bad start nets
# fall to the loss of a guess without learning, and a hundredth below it is noise of the images.
LEARNT = 0.99


def scores_of(answer: Items | Refusal, images: int, classes: int = 10) -> Array | Refusal:
    """What one case predicts: scores [images, classes], or class numbers [images].

    Args:
        answer: of one case; of several returned things, the first that fits counts as little as
            any other: one array is asked for.
        images: how many there were.
        classes: how many there are.
    """
    found = compare.one(answer)
    if isinstance(found, Refusal):
        return found
    if found.ndim == 2 and found.shape == (images, classes):
        if np.isnan(found).all():
            return Refusal(said("predictions-nan"))
        return found
    if found.shape in ((images,), (images, 1)):
        numbers = np.ravel(found)
        whole = np.isfinite(numbers).all() and bool((numbers == np.floor(numbers)).all())
        if whole and numbers.min() >= 0 and numbers.max() < classes:
            return np.asarray(numbers.astype(np.int64))
        return Refusal(said("not-class-numbers", last=classes - 1))
    asked = said("one-row-of", n=classes)
    if found.ndim == 2 and found.shape == (classes, images):
        return Refusal(said("transposed", asked=asked))
    if found.ndim == 2 and len(found) == images:
        return Refusal(said("rows-not-by-class", asked=asked))
    if found.ndim in (1, 2):
        return Refusal(said("rows-not-by-image", asked=asked))
    return Refusal(said("not-two-axes", asked=asked))


def classes_of(answer: Items | Refusal, images: int, classes: int = 10) -> Array | Refusal:
    """The predicted class numbers [images] of one case; NO_CLASS where a row holds NaN."""
    scores = scores_of(answer, images, classes)
    if isinstance(scores, Refusal) or scores.ndim == 1:
        return scores
    unknown = np.isnan(scores).any(axis=1)
    return np.where(unknown, NO_CLASS, scores.argmax(axis=1))


def accuracy_of(
    answers: Answers, truth: Truths, case: int = HELD_OUT, classes: int = 10
) -> float | Refusal:
    """The share of one case's images that are given their right class, in [0, 1]."""
    labels = truth[case]["labels"]
    found = classes_of(answers[case], len(labels), classes)
    return found if isinstance(found, Refusal) else float(np.mean(found == labels))


def loss_of(
    answers: Answers, truth: Truths, case: int = SHOWN, classes: int = 10
) -> float | Refusal:
    """Mean cross-entropy (nats) of one case's predictions, of scores or of probabilities.

    Probabilities are kept from 1e-7 to 1, as Keras keeps them: in float32 a sure and wrong one
    may come as 0.
    """
    labels = truth[case]["labels"]
    scores = scores_of(answers[case], len(labels), classes)
    if isinstance(scores, Refusal):
        return scores
    if scores.ndim == 1:
        return Refusal(said("class-numbers-no-loss"))
    if not np.isfinite(scores).all():
        return Refusal(said("predictions-not-finite"))
    right = np.arange(len(labels)), labels
    if _are_probabilities(scores):
        return float(-np.mean(np.log(np.clip(scores[right], 1e-7, 1.0))))
    top = scores.max(axis=1)
    sums = np.log(np.exp(scores - top[:, None]).sum(axis=1)) + top
    return float(np.mean(sums - scores[right]))


def _are_probabilities(scores: Array) -> bool:
    with np.errstate(over="ignore"):
        sums = scores.sum(axis=1)
    return bool((scores >= 0).all() and np.allclose(sums, 1.0, atol=0.02))


def figures(
    answers: Answers,
    cases: Cases,
    truth: Truths,
    labels: Sequence[str],
    *,
    title: str,
    images: str = "images",
) -> tuple[Figure, ...]:
    """Confusion and the most confidently wrong ones, of the shown images; () if unreadable.

    Args:
        answers, cases, truth: per case, of which only number SHOWN is looked at.
        labels: names of the classes.
        title: code of whose predictions they are, e.g. `softmax-regression`.
        images: name of the argument that holds them: uint8 [n, height, width] or [.., 3].
    """
    if len(answers) <= SHOWN:
        return ()
    right = truth[SHOWN]["labels"]
    scores = scores_of(answers[SHOWN], len(right), len(labels))
    found = classes_of(answers[SHOWN], len(right), len(labels))
    if isinstance(scores, Refusal) or isinstance(found, Refusal):
        return ()
    counts = np.zeros((len(labels), len(labels)), dtype=np.int64)
    known = found != NO_CLASS
    np.add.at(counts, (right[known], found[known]), 1)
    confusion = Confusion(said("confused-classes", title=said(title)), tuple(labels), counts)
    wrong = np.flatnonzero(known & (found != right))
    if not wrong.size:
        return (confusion,)
    sure = _confidence(scores)
    worst = wrong[np.argsort(-sure[wrong], kind="stable")][:MOST_PICTURES]
    pictures = np.asarray(cases[SHOWN][images])
    captions = []
    for k in worst:
        classes = {"right": labels[right[k]], "found": labels[found[k]]}
        if scores.ndim == 2:
            captions.append(said("taken-for-surely", **classes, sure=sure[k]))
        else:
            captions.append(said("taken-for", **classes))
    told = "most-confidently-wrong" if scores.ndim == 2 else "wrongly-classified"
    shown = tuple(pictures[k] for k in worst)
    return confusion, Pictures(said(told, title=said(title)), shown, tuple(captions))


def _confidence(scores: Array) -> Array:
    """How sure each prediction is, in [0, 1]; 0 where only a class number is given."""
    if scores.ndim == 1:
        return np.zeros(len(scores))
    values = np.nan_to_num(scores.astype(np.float64), nan=0.0, posinf=1e30, neginf=-1e30)
    if _are_probabilities(values):
        return np.asarray(values.max(axis=1))
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(1 / powers.sum(axis=1))


@dataclass(frozen=True, slots=True)
class Again:
    """The same model asked once more, past a function of the notebook's that is charged elsewhere.

    Those answers count only where that function is wrong, and where they are the better ones: who
    is charged for it is not charged again, and nobody else gets a second word.

    Args:
        evidence: name of the question.
        charged: evidence of the function, which a check of its own judges.
    """

    evidence: str
    charged: str

    @property
    def needs(self) -> tuple[str, ...]:
        """What `allowed` takes."""
        return f"{self.evidence}_if_any", f"{self.charged}_if_any", f"{self.charged}_key"


def allowed(again: Answers, charged: Answers, key: Answers) -> Answers:
    """The answers past a function, or () where that function is right.

    Args:
        again: the answers, or () where there are none.
        charged, key: what the function says, and what it should say; () where it is missing.
    """
    right = bool(charged) and compare.values(charged, key).credit == 1.0
    return () if right else again


def drawn(
    check: Check,
    *,
    evidence: str,
    labels: Sequence[str],
    title: str,
    again: Again | None = None,
    altered_by: str = "",
) -> Check:
    """The same check with figures of the shown images, and less for altered ones.

    Args:
        check: judges the accuracy of `evidence`.
        evidence: name of the question whose cases are `images`.
        labels: names of the classes.
        title: code of whose predictions they are.
        again: the same model, asked past a function that is charged elsewhere.
        altered_by: evidence of a function that is charged itself for what it alters.
    """
    past = again.needs if again else ()
    excused = (f"{altered_by}_changed",) if altered_by else ()
    suffixes = ("", "_changed", "_cases", "_truth")
    extra = (*(evidence + suffix for suffix in suffixes), *past, *excused)

    def judge(*given: Any) -> Finding:
        own, rest = dict(zip(extra, given, strict=False)), given[len(extra) :]
        answers, changed, cases, truth = (own[evidence + suffix] for suffix in suffixes)
        if others := allowed(*(own[name] for name in past)) if past else ():
            answers = max(answers, others, key=lambda a: _worth(a, truth))
        by_name = {**dict(zip(check.needs, rest, strict=True)), evidence: answers}
        found: Finding = check.judge(*(by_name[name] for name in check.needs))
        if set(changed).difference(*(own[name] for name in excused)):
            found = compare.altering(found, said("the-images"))
        shown = figures(answers, cases, truth, labels, title=title)
        return replace(found, figures=(*found.figures, *shown))

    return Check(check.id, check.points, check.asks, (*extra, *check.needs), judge, check.claim)


def _worth(answers: Answers, truth: Truths) -> float:
    found = accuracy_of(answers, truth)
    return -1.0 if isinstance(found, Refusal) else found


def validation_history(
    id: str,
    *,
    points: float,
    asks: str,
    measure: Measure,
    predictions: str,
    title: str,
    again: Again | None = None,
) -> Check:
    """A rubric line: losses on the shown images, one per epoch, that fall and end as we measure.

    The last or the lowest value must be the loss that we measure on the same images with what the
    run left, and that value must be lower than the loss of a guess. How low it is earns nothing
    more: accuracy is paid elsewhere, and another optimiser takes another way. The band of the
    reference's curves is drawn.

    Args:
        measure: the claimed curve, in the grader's `measures`; its only evidence is the claim.
        predictions: evidence of the same model; its case SHOWN are the validation images.
        title: code of what was learnt.
        again: the same model, asked past a function that is charged elsewhere.
    """
    past = again.needs if again else ()
    needs = (*measure.needs, f"{measure.name}_bar", f"{predictions}_if_any", f"{predictions}_truth")

    def judge(
        claimed: Answers, band: Calibrated, answers: Answers, truth: Truths, *others: Answers
    ) -> Finding:
        name = said(title)
        values = curve_of(claimed)
        if isinstance(values, Refusal):
            return Finding(0.0, said("titled", title=name, why=values.why))
        guess = band.none if measure.baseline is not None else None
        course = curves.course(values, guess)
        if not (course.is_training or _fell(values)):
            why = course_told(course, values)
            told = said("titled", title=name, why=why)
            return Finding(0.0, told, {"values": float(values.size)})
        figure = Learning(name, values, band.low, band.high, measure.unit, step="epoch")
        asked = (answers, allowed(*others) if others else ())
        found = [loss_of(a, truth) if a else Refusal(said("no-predictions")) for a in asked]
        measured = [loss for loss in found if not isinstance(loss, Refusal)]
        if isinstance(found[0], Refusal) and not measured:
            told = said("falls-incomparable", title=name, why=found[0].why)
            return Finding(0.0, told, {}, (figure,))
        images = len(truth[SHOWN]["labels"])
        agreed = [
            (end / scale, loss)
            for loss in measured
            for end in (float(values[-1]), float(values.min()))
            for scale in (1, images)  # a sum for a mean was one slip, and is charged at the loss
            if abs(end / scale - loss) <= SAME_LOSS * loss + ROUNDED
        ]
        named, loss = min(agreed, default=(float(values[-1]), measured[0]))
        ends = {"last": float(values[-1]), "lowest": float(values.min()), "measured": loss}
        if guess is not None and agreed and named >= LEARNT * guess:
            told = said("history-of-a-guess", title=name, last=ends["last"], loss=loss, guess=guess)
            return Finding(0.0, told, ends, (figure,))
        last, lowest = ends["last"], ends["lowest"]
        if agreed:
            told = said("history-agrees", title=name, last=last, named=named, loss=loss)
            return Finding(1.0, told, ends, (figure,))
        told = said("history-of-another", title=name, last=last, lowest=lowest, loss=loss)
        return Finding(0.0, told, ends, (figure,))

    return Check(id, points, asks, (*needs, *past), judge, claim=True)


def curve_of(claimed: Answers) -> Array | Refusal:
    """What a run left as its history, as a curve [steps]; one column or row counts as well."""
    found = compare.one(claimed[0])
    if isinstance(found, Refusal):
        return found
    if found.size != max(found.shape, default=0):
        return Refusal(said("not-one-number-an-epoch"))
    return np.ravel(found).astype(np.float64)


def _fell(values: Array) -> bool:
    """A validation loss may fall and then turn up for long: that is over-fitting, and honest."""
    honest = values.size >= curves.FEWEST and bool(np.isfinite(values).all())
    return honest and not curves.ruled(values) and 0 <= values.min() < 0.9 * values[0]
