"""A penalty judged by what it adds, so that a slip in the loss below it is not charged again.

Cases come in pairs, the first without the penalty and the second with it.
"""

import numpy as np

from graders.checks import compare
from graders.core.types import Answers, Array, Finding, Refusal


def _added(answers: Answers) -> list[Array | Refusal]:
    """What the penalty added: cases come in pairs, without and with it."""
    found: list[Array | Refusal] = []
    for without, with_penalty in zip(answers[0::2], answers[1::2], strict=True):
        before, after = compare.one(without), compare.one(with_penalty)
        if isinstance(before, Refusal):
            found.append(before)
        elif isinstance(after, Refusal):
            found.append(after)
        elif before.shape != after.shape:
            found.append(Refusal("its shape depends on the strength of the penalty"))
        else:
            with np.errstate(invalid="ignore"):
                found.append(after - before)
    return found


def judged(answers: Answers, key: Answers, changed: tuple[str, ...]) -> Finding:
    problems = [
        compare.problem(mine, right, 1e-2)
        for mine, right in zip(_added(answers), _added(key), strict=True)
    ]
    by_penalty = compare.judged(problems, changed, prefix="What the penalty adds: ")
    plain = compare.values(answers, key, changed)
    return plain if plain.credit >= by_penalty.credit else by_penalty
