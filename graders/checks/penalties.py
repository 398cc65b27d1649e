"""A penalty judged by what it adds, so that a slip in what it is added to is not charged again.

Cases come in pairs: the first without the penalty, the second with it. Without it, the answer
must be what the student's own unpenalised function says; how right that is was judged there.
"""

import numpy as np

from graders.checks import compare
from graders.core.types import Answers, Array, Finding, Refusal

# A difference of two float32 losses keeps fewer digits than the losses themselves.
RTOL = 1e-2


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
    by_penalty = compare.judged(problems, changed, prefix="What the penalty adds: ")
    return plain if plain.credit >= by_penalty.credit else by_penalty


def _added(answers: Answers, own: Answers) -> list[Array | Refusal]:
    """What the penalty added in each pair."""
    found: list[Array | Refusal] = []
    for without, with_penalty, alone in zip(answers[0::2], answers[1::2], own, strict=True):
        before, after, plain = compare.one(without), compare.one(with_penalty), compare.one(alone)
        refusals = [x for x in (before, after, plain) if isinstance(x, Refusal)]
        if refusals:
            found.append(refusals[0])
        elif compare.problem(before, plain, 1e-3) is not None:
            found.append(Refusal("without a penalty it is not what your unpenalised one gives"))
        else:
            found.append(_minus(after, before))
    return found


def _minus(after: Array | Refusal, before: Array | Refusal) -> Array | Refusal:
    if isinstance(after, Refusal) or isinstance(before, Refusal) or after.shape != before.shape:
        return Refusal("its shape depends on the strength of the penalty")
    with np.errstate(invalid="ignore"):
        return np.asarray(after - before)
