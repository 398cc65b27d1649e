"""Answers against the reference's answers to the same questions, with codes for the difference."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from graders.core.rubric import Check
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Finding, Items, Refusal
from graders.metrics import slips
from graders.metrics.slips import Kind, Slip

# A wrong formula is often right by accident on easy inputs (all labels zero, one row):
# up to half of the cases earn nothing, from there on credit is linear.
BY_ACCIDENT = 0.5

# An answer that alters the arrays it was given is right today and breaks its caller tomorrow.
ALTERED_COSTS = 0.25

MOST_AXES = 3  # of a result whose shape is told

THE_RESULT = said("the-result")


def one(items: Items | Refusal) -> Array | Refusal:
    """The single array that one case brought; a tuple of plain numbers counts as a vector."""
    if isinstance(items, Refusal):
        return items
    arrays = []
    for item in items:
        if isinstance(item, Refusal):
            return item
        if isinstance(item, str):
            return Refusal(said("text-for-numbers"))
        arrays.append(item)
    if len(arrays) == 1:
        return arrays[0]
    if all(array.ndim == 0 for array in arrays):
        return np.array(arrays, dtype=np.float64)
    return Refusal(said("separate-values", n=len(arrays)))


def explain(slip: Slip, what: Said = THE_RESULT) -> Said:
    """A slip as a code that holds no expected value.

    Args:
        what: differs: the result, or some part of it.
    """
    if slip.kind is Kind.SHAPE:
        if len(slip.shape) > MOST_AXES:
            return said("too-many-axes", what=what)
        return said("wrong-shape", what=what, shape=slip.shape)
    if slip.kind is Kind.PLACE:
        return said("wrong-places", what=what, places=tuple(i + 1 for i in slip.places[:6]))
    if slip.kind is Kind.FACTOR:
        return said("constant-factor", what=what, factor=slip.factor)
    return said(_SLIPS.get(slip.kind, "values-differ"), what=what)


_SLIPS = {
    Kind.NOT_FINITE: "not-finite",
    Kind.SIGN: "wrong-sign",
    Kind.OFFSET: "constant-offset",
}


def tally(problems: Sequence[Said | None]) -> Said:
    """`None` is a case that is right: how many are, and what the others suffer from."""
    wrong = Counter(_kind(p) for p in problems if p)
    right = len(problems) - wrong.total()
    if not wrong:
        return said("all-right", n=len(problems))
    example = {_kind(p): p for p in reversed(problems) if p}  # the first of its kind
    told = tuple((count, example[kind]) for kind, count in wrong.most_common(2))
    return said("some-right", right=right, n=len(problems), problems=told, kinds=len(wrong))


def _kind(problem: Said) -> Said:
    """What counts as one problem: constant factors differ from input to input, n and 1/n say."""
    facts = dict(problem.facts)
    if problem.code == "constant-factor":
        factor = facts.pop("factor")
        facts |= {"larger": abs(factor) > 1, "opposite": factor < 0}
    inner = {name: _kind(fact) if isinstance(fact, Said) else fact for name, fact in facts.items()}
    return said(problem.code, **inner)


def about(what: Said | str | None, told: Said) -> Said:
    """The same about a part of the answer: `Weights: …`; None: about the whole."""
    return told if what is None else said("about", what=what, told=told)


def problem(
    found: Array | Refusal,
    expected: Array | Refusal,
    rtol: float,
    what: Said = THE_RESULT,
) -> Said | None:
    """What is wrong with one case, or None.

    Args:
        what: is compared, for the sentence.

    Raises:
        TypeError: the reference itself gave no number; the check is then HELD.
    """
    if isinstance(expected, Refusal):
        raise TypeError(f"the reference gave no value: {expected.why.code}")
    if isinstance(found, Refusal):
        return found.why
    slip = slips.compare(found, expected, rtol=rtol)
    return None if slip.kind is Kind.NONE else explain(slip, what)


def judged(
    problems: Sequence[Said | None],
    changed: tuple[str, ...] = (),
    what: Said | str | None = None,
) -> Finding:
    """Credit by the share of cases that are right, less a part for altered inputs.

    Args:
        what: part of the answer this is about; None: the whole.
    """
    share = sum(p is None for p in problems) / len(problems)
    credit = max(0.0, share - BY_ACCIDENT) / (1.0 - BY_ACCIDENT)
    told: tuple[Said, ...] = (about(what, tally(problems)),)
    if changed:
        credit = max(0.0, credit - ALTERED_COSTS)
        told += (said("alters-arguments", names=changed),)
    return Finding(credit, told, {"share_right": share})


def altering(found: Finding, what: Said) -> Finding:
    """The same finding, less what it costs to alter something that was only lent.

    Args:
        what: was altered.
    """
    credit = max(0.0, found.credit - ALTERED_COSTS)
    return replace(found, credit=credit, said=(*found.all_said, said("alters", what=what)))


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
    what: Said | str | None = None,
    rtol: float = 1e-3,
) -> Finding:
    """One part of an answer that is a tuple of `size`, case by case against the reference's."""
    problems = []
    for answer, right in zip(answers, key, strict=True):
        expected = right if isinstance(right, Refusal) else one(right[index : index + 1])
        problems.append(problem(_part(answer, index, size), expected, rtol))
    return judged(problems, changed, what)


def _part(answer: Items | Refusal, index: int, size: int) -> Array | Refusal:
    if isinstance(answer, Refusal):
        return answer
    if len(answer) == size:
        return one(answer[index : index + 1])
    whole = one(answer)  # a list of equally long parts comes as one array of rows
    if not isinstance(whole, Refusal) and whole.ndim > 0 and len(whole) == size:
        return np.asarray(whole[index])
    return Refusal(said("wrong-number-of-values", n=len(answer), asked=size))


def same_values(id: str, *, points: float, asks: str, evidence: str, rtol: float = 1e-3) -> Check:
    """A rubric line: the values of `evidence` equal the reference's on every unseen input."""
    needs = (evidence, f"{evidence}_key", f"{evidence}_changed")

    def judge(answers: Answers, key: Answers, changed: tuple[str, ...]) -> Finding:
        return values(answers, key, changed, rtol=rtol)

    return Check(id, points, asks, needs, judge)
