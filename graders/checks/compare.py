"""Answers against the reference's answers to the same questions, with words for the difference."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from graders.core.rubric import Check
from graders.core.types import Answers, Array, Finding, Items, Refusal
from graders.metrics import slips
from graders.metrics.slips import Kind, Slip

# A wrong formula is often right by accident on easy inputs (all labels zero, one row):
# up to half of the cases earn nothing, from there on credit is linear.
BY_ACCIDENT = 0.5

# An answer that alters the arrays it was given is right today and breaks its caller tomorrow.
ALTERED_COSTS = 0.25

MOST_AXES = 3  # of a result whose shape is told

_WORDS = {
    Kind.NOT_FINITE: "the result is not finite (NaN or infinity)",
    Kind.SIGN: "the result has the wrong sign",
    Kind.FACTOR: "the result is off by a constant factor",
    Kind.OFFSET: "the result is off by the same amount everywhere",
    Kind.OTHER: "the values differ",
}


def one(items: Items | Refusal) -> Array | Refusal:
    """The single array that one case brought; a tuple of plain numbers counts as a vector."""
    if isinstance(items, Refusal):
        return items
    arrays = []
    for item in items:
        if isinstance(item, Refusal):
            return item
        if isinstance(item, str):
            return Refusal("text was returned where numbers are asked for")
        arrays.append(item)
    if len(arrays) == 1:
        return arrays[0]
    if all(array.ndim == 0 for array in arrays):
        return np.array(arrays, dtype=np.float64)
    return Refusal(f"{len(arrays)} separate values were returned where one is asked for")


def explain(slip: Slip) -> str:
    """A slip in words that hold no expected value."""
    if slip.kind is Kind.SHAPE:
        if len(slip.shape) > MOST_AXES:
            return "the result has too many axes"
        lengths = ", ".join("?" if n < 0 else str(n) for n in slip.shape)
        comma = "," if len(slip.shape) == 1 else ""
        return f"the result has the shape ({lengths}{comma}), which does not fit the input"
    if slip.kind is Kind.PLACE:
        places = ", ".join(str(i + 1) for i in slip.places[:6])
        return f"the result is right except in column {places} (counted from 1) of its last axis"
    if slip.kind is Kind.FACTOR:
        size = "too large" if abs(slip.factor) > 1 else "too small"
        also = " and has the wrong sign" if slip.factor < 0 else ""
        return f"the result is {size} by a constant factor{also}"
    return _WORDS[slip.kind]


def tally(problems: Sequence[str | None]) -> str:
    """`None` is a case that is right: how many are, and what the others suffer from."""
    wrong = Counter(p for p in problems if p)
    right = len(problems) - wrong.total()
    if not wrong:
        return f"All {len(problems)} unseen inputs give the right result."
    start = f"{right} of {len(problems)} unseen inputs give the right result"
    (first, count), *others = wrong.most_common()
    more = f"; on {others[0][1]} {others[0][0]}" if others else ""
    return f"{start}; on {count} {first}{more}."


def problem(found: Array | Refusal, expected: Array | Refusal, rtol: float) -> str | None:
    """What is wrong with one case, or None.

    Raises:
        TypeError: the reference itself gave no number; the check is then HELD.
    """
    if isinstance(expected, Refusal):
        raise TypeError(f"the reference gave no value: {expected.reason}")
    if isinstance(found, Refusal):
        return found.reason
    slip = slips.compare(found, expected, rtol=rtol)
    return None if slip.kind is Kind.NONE else explain(slip)


def judged(
    problems: Sequence[str | None], changed: tuple[str, ...] = (), prefix: str = ""
) -> Finding:
    """Credit by the share of cases that are right, less a part for altered inputs."""
    share = sum(p is None for p in problems) / len(problems)
    credit = max(0.0, share - BY_ACCIDENT) / (1.0 - BY_ACCIDENT)
    feedback = prefix + tally(problems)
    if changed:
        credit = max(0.0, credit - ALTERED_COSTS)
        names = ", ".join(f"`{name}`" for name in changed)
        feedback += f" It alters {names}, which it was only given to read."
    return Finding(credit, feedback, {"share_right": share})


def altering(found: Finding, what: str) -> Finding:
    """The same finding, less what it costs to alter something that was only lent."""
    credit = max(0.0, found.credit - ALTERED_COSTS)
    words = f"{found.feedback} It alters {what}, which it was only given to read."
    return replace(found, credit=credit, feedback=words)


def values(
    answers: Answers, key: Answers, changed: tuple[str, ...] = (), *, rtol: float = 1e-3
) -> Finding:
    """Case by case against the reference's values."""
    pairs = zip(answers, key, strict=True)
    return judged([problem(one(a), one(k), rtol) for a, k in pairs], changed)


def parts(
    answers: Answers,
    key: Answers,
    index: int,
    size: int,
    changed: tuple[str, ...] = (),
    *,
    prefix: str = "",
    rtol: float = 1e-3,
) -> Finding:
    """One part of an answer that is a tuple of `size`, case by case against the reference's."""
    problems = []
    for answer, right in zip(answers, key, strict=True):
        expected = right if isinstance(right, Refusal) else one(right[index : index + 1])
        problems.append(problem(_part(answer, index, size), expected, rtol))
    return judged(problems, changed, prefix)


def _part(answer: Items | Refusal, index: int, size: int) -> Array | Refusal:
    if isinstance(answer, Refusal):
        return answer
    if len(answer) == size:
        return one(answer[index : index + 1])
    whole = one(answer)  # a list of equally long parts comes as one array of rows
    if not isinstance(whole, Refusal) and whole.ndim > 0 and len(whole) == size:
        return np.asarray(whole[index])
    return Refusal(f"{len(answer)} values are returned where {size} are asked for")


def same_values(id: str, *, points: float, asks: str, evidence: str, rtol: float = 1e-3) -> Check:
    """A rubric line: the values of `evidence` equal the reference's on every unseen input."""
    needs = (evidence, f"{evidence}_key", f"{evidence}_changed")

    def judge(answers: Answers, key: Answers, changed: tuple[str, ...]) -> Finding:
        return values(answers, key, changed, rtol=rtol)

    return Check(id, points, asks, needs, judge)
