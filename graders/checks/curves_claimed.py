"""A loss history that the run left: the word of the student's process, checked where it can be."""

import numpy as np

from graders.checks import compare
from graders.core.saying import Said, said
from graders.core.types import Answers, Refusal
from graders.metrics import curves


def lost(claimed: Answers) -> float:
    """The share of its start that a sound history has lost at its end."""
    values = compare.one(claimed[0])
    assert not isinstance(values, Refusal)  # `problem` has nothing against it
    return curves.fraction_lost(np.ravel(values))


def problem(claimed: Answers, measured: Answers, steps: int, falls_by: float = 0.1) -> Said | None:
    """What speaks against a claimed loss history, or None.

    Args:
        claimed: the history that the run left.
        measured: histories of the same cell, run by us on other data (first item of each case).
        steps: how many values are asked for.
        falls_by: the least share of its start that it must lose.
    """
    values = compare.one(claimed[0])
    if isinstance(values, Refusal):
        return values.why
    curve = np.ravel(values)
    if curve.size != steps:
        return said("so-many-values", n=curve.size, asked=steps)
    if not np.isfinite(curve).all():
        return said("history-not-finite")
    if curves.fraction_lost(curve) < falls_by:
        return said("falls-too-little", lost=curves.fraction_lost(curve), asked=falls_by)
    for items in measured:
        elsewhere = items if isinstance(items, Refusal) else compare.one(items[:1])
        if not isinstance(elsewhere, Refusal) and np.array_equal(np.ravel(elsewhere), curve):
            return said("same-whatever-the-data")
    return None
