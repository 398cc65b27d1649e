"""Gradients against finite differences of the student's own loss.

A slip in the loss that the gradient follows consistently was one mistake: it costs the
points of the loss, not those of the gradient as well.
"""

from collections.abc import Sequence

import numpy as np

from graders.checks import compare
from graders.core.rubric import Check
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Finding, Refusal

# Central differences of a float32 loss at steps of 1e-2 are good to about 1e-4 of its scale,
# and their own truncation error is smaller: 2% leaves room and is below every known slip.
RTOL = 2e-2

# How well the slopes of the student's own loss must point where the right ones point before a
# gradient may be judged by them: a constant or unrelated loss vouches for nothing.
LIKENESS = 0.8


def follows_loss(id: str, *, points: float, asks: str, evidence: str, around: str) -> Check:
    """A rubric line: `evidence` is the right gradient, or that of the student's own loss.

    Args:
        evidence: calls of the gradient.
        around: calls of the loss around the same points (see `slopes`).
    """
    mine = (evidence, f"{evidence}_key", f"{evidence}_changed")
    loss = (f"{around}_if_any", f"{around}_key", f"{around}_cases")
    return Check(id, points, asks, (*mine, *loss), judged)


def slopes(around: Answers, cases: Cases, weights: str = "w") -> list[Array | Refusal]:
    """Central differences of a loss from its values around some points.

    Args:
        around: values of the loss, for each point in turn at +h and -h along each weight.
        cases: the inputs that gave those values; `weights` names the vector that was moved.

    Returns:
        For each point the slopes [d], or why there are none.
    """
    found: list[Array | Refusal] = []
    start = 0
    while start < len(cases):
        size = np.size(cases[start][weights])
        stop = start + 2 * size
        found.append(_slopes_at(around[start:stop], cases[start:stop], weights))
        start = stop
    return found


def _slopes_at(around: Answers, cases: Cases, weights: str) -> Array | Refusal:
    values = []
    for items in around:
        value = compare.one(items)
        if isinstance(value, Refusal):
            return value
        if value.size != 1:
            return Refusal(said("loss-not-single"))
        values.append(float(value.reshape(())))
    up, down = np.array(values[0::2]), np.array(values[1::2])
    moved = [
        float(np.abs(np.asarray(a[weights], float) - np.asarray(b[weights], float)).sum())
        for a, b in zip(cases[0::2], cases[1::2], strict=True)
    ]
    return np.asarray((up - down) / np.array(moved))


def judged(
    answers: Answers,
    key: Answers,
    changed: tuple[str, ...],
    around: Answers,
    around_key: Answers,
    around_cases: Cases,
) -> Finding:
    """Right if equal to the reference, or to the slope of the student's own plausible loss.

    Returns:
        The better of the two findings, with codes for what is off against the reference.
    """
    plain = compare.values(answers, key, changed)
    if not around:
        return plain
    own = slopes(around, around_cases)
    if not alike(own, slopes(around_key, around_cases)):
        return plain
    problems = [_against(compare.one(a), s) for a, s in zip(answers, own, strict=True)]
    consistent = compare.judged(problems, changed, what=said("by-own-loss"))
    return consistent if consistent.credit > plain.credit else plain


def _against(found: Array | Refusal, slope: Array | Refusal) -> Said | None:
    if isinstance(slope, Refusal):
        return slope.why
    return compare.problem(found, slope, RTOL)


def alike(
    own: Sequence[Array | Refusal], right: Sequence[Array | Refusal], likeness: float = LIKENESS
) -> bool:
    """Whether slopes point where the right ones point, in the median of the cases.

    Args:
        likeness: the least cosine between them; a slope of zero has none.
    """
    cosines = []
    for mine, theirs in zip(own, right, strict=True):
        if isinstance(mine, Refusal) or isinstance(theirs, Refusal) or not np.isfinite(mine).all():
            return False
        size = float(np.linalg.norm(mine) * np.linalg.norm(theirs))
        cosines.append(float(mine @ theirs) / size if size > 0 else 0.0)
    return bool(np.median(cosines) >= likeness)
