"""A penalty judged by what it adds, so that a slip in what it is added to is not charged again.

Cases come in pairs: the first without the penalty, the second with it. Without it, the answer
must be what the student's own unpenalised function says; how right that is was judged there.
"""

from collections.abc import Sequence

import numpy as np

from graders.checks import compare, gradients
from graders.core.saying import said
from graders.core.types import Answers, Array, Cases, Finding, Refusal

# A difference of two float32 losses keeps fewer digits than the losses themselves.
RTOL = 1e-2

# How well the pull of a student's own penalty must point where the right one points before a
# gradient may follow it. Over sixty seeds, one that spares another weight than the bias does so
# at 0.70 or better, a sum without squares at 0.61 or worse; none at all has no direction.
LIKENESS = 0.65


def judged(answers: Answers, key: Answers, changed: tuple[str, ...], own: Answers) -> Finding:
    """Right if equal to the reference, or if it adds the right penalty to the student's own.

    Args:
        answers, key: of the penalised function, in pairs.
        changed: arguments that it altered.
        own: the student's unpenalised answers to the inputs of each pair; () if there are none.
    """
    plain = compare.values(answers, key, changed)
    if not own:
        return plain
    added = zip(_added(answers, own), _added(key, key[0::2]), strict=True)
    problems = [compare.problem(mine, right, RTOL) for mine, right in added]
    by_penalty = compare.judged(problems, changed, what=said("what-the-penalty-adds"))
    return plain if plain.credit >= by_penalty.credit else by_penalty


def pulls(around: Answers, around_key: Answers, cases: Cases) -> bool:
    """Whether a penalised loss has a penalty at all, one that its gradient may follow.

    Without one the loss is as right as ever where there is none to add, which is in half of the
    cases: a gradient that forgets it, too, would be right by that loss.

    Args:
        around, around_key, cases: of the penalised loss, for pairs of points (`gradients.slopes`).
    """
    mine, right = (_pull(gradients.slopes(a, cases)) for a in (around, around_key))
    return gradients.alike(mine, right, LIKENESS)


def _pull(slopes: Sequence[Array | Refusal]) -> list[Array | Refusal]:
    return [_minus(after, before) for before, after in zip(slopes[0::2], slopes[1::2], strict=True)]


def _added(answers: Answers, own: Answers) -> list[Array | Refusal]:
    """What the penalty added in each pair."""
    found: list[Array | Refusal] = []
    for without, with_penalty, alone in zip(answers[0::2], answers[1::2], own, strict=True):
        before, after, plain = compare.one(without), compare.one(with_penalty), compare.one(alone)
        refusals = [x for x in (before, after, plain) if isinstance(x, Refusal)]
        if refusals:
            found.append(refusals[0])
        elif compare.problem(before, plain, 1e-3) is not None:
            found.append(Refusal(said("unlike-unpenalised")))
        else:
            found.append(_minus(after, before))
    return found


def _minus(after: Array | Refusal, before: Array | Refusal) -> Array | Refusal:
    if isinstance(after, Refusal) or isinstance(before, Refusal) or after.shape != before.shape:
        return Refusal(said("shape-by-penalty"))
    with np.errstate(invalid="ignore"):
        return np.asarray(after - before)
