"""What a trained model still holds of the stored base that it was built on.

Its weights are told by marks, rows of `finetuned.LOOK_AT_FILE`: is an array a batch statistic, does
it learn, its size, two sums. Equal arrays (batch normalisation that was folded away) are counted
as often as they come.
"""

from dataclasses import dataclass

import numpy as np

from graders.checks import compare
from graders.core.saying import said
from graders.core.types import Answers, Array, Refusal

_ROUNDED = 1e-6  # of sums that two sandboxes of one image form of the same numbers
# Training the whole base moves it by a hundredth or two; weights drawn anew are about 1 away, a
# little less because the most similar of several arrays is looked at.
_UNRELATED = 0.25


@dataclass(frozen=True, slots=True)
class Kept:
    """Of the weight arrays of the stored base, how many a model still holds.

    Args:
        frozen, frozen_kept: of layers that must not learn, batch statistics apart.
        statistics, statistics_kept: of batch normalisation, anywhere in the base.
        late, late_kept: of layers that may learn, batch statistics apart.
        moved: how far the frozen arrays are from the most similar ones of the model, as a share of
            their own length (squared): 0 where all are kept, about 1 for arrays of another origin.
        finite: whether all arrays of the model are numbers.
        head_learnt: whether the model learns with other arrays than the base's, and none of them
            is all zeros any more, as biases are before the first step.
    """

    frozen: int
    frozen_kept: int
    statistics: int
    statistics_kept: int
    late: int
    late_kept: int
    moved: float
    finite: bool
    head_learnt: bool

    def trained(self, other_base: bool) -> bool:
        """Whether training can be seen, however little came of it. With `other_base` the base had
        other values than the stored ones from the start: that its arrays differ says nothing."""
        learnt = self.head_learnt or (self.late_kept < self.late and not other_base)
        return self.finite and learnt

    @property
    def descended(self) -> bool:
        """Whether the frozen part is what training has made of the stored one."""
        return self.moved < _UNRELATED


def kept(marks: Answers, stored: Answers) -> Kept | Refusal:
    """What a trained model holds of the stored base, or why that cannot be told.

    Args:
        marks: of the model.
        stored: of the base, by the reference.

    Raises:
        TypeError: the reference's own marks are none; a fault of the course.
    """
    base = compare.one(stored[0])
    if isinstance(base, Refusal) or base.ndim != 2 or base.shape[1] != 6:
        raise TypeError("the reference's base has no marks")
    mine = compare.one(marks[0])
    if isinstance(mine, Refusal):
        return mine
    if mine.ndim != 2 or mine.shape[1] != 5 or not np.isfinite(mine[:, 2]).all():
        return Refusal(said("weights-not-looked-at"))
    there, others = _found(base[:, 2:5], mine[:, 2:5])
    statistic, late = base[:, 0] > 0, base[:, 5] > 0
    parts = (~statistic & ~late, statistic, ~statistic & late)
    (a, b), (c, d), (e, f) = ((int(part.sum()), int((part & there).sum())) for part in parts)
    head = mine[others & (mine[:, 1] > 0), 3:5]
    return Kept(
        a, b, c, d, e, f,
        moved=_moved(base[parts[0]][:, 2:5], mine[:, 2:5]),
        finite=bool(np.isfinite(mine).all()),
        head_learnt=len(head) > 0 and bool(head.any(axis=1).all()),
    )  # fmt: skip


def _moved(wanted: Array, rows: Array) -> float:
    """Squared distance of `wanted` [n, 3] (size, two sums) from the most similar `rows`, as a
    share of their squared length. Two sums with random factors tell both without bias."""
    rows = rows[np.isfinite(rows).all(axis=1)]
    gap = length = 0.0
    for mark in wanted:
        same = rows[rows[:, 0] == mark[0], 1:]
        own = float((mark[1:] ** 2).sum())
        length += own
        gap += float(((same - mark[1:]) ** 2).sum(axis=1).min()) if len(same) else own
    return gap / length if length > 0 else 1.0


def _found(wanted: Array, rows: Array) -> tuple[Array, Array]:
    """Which of `wanted` [n, 3] (size, two sums) are among `rows` [m, 3], each row used once: bool
    [n]; and which rows are left over: bool [m]."""
    free: Array = np.asarray(np.isfinite(rows).all(axis=1))
    found = np.zeros(len(wanted), dtype=bool)
    for k, mark in enumerate(wanted):
        near = np.abs(rows[:, 1:] - mark[1:]) <= _ROUNDED * (1 + np.abs(mark[1:]))
        places = np.flatnonzero(free & (rows[:, 0] == mark[0]) & near.all(axis=1))
        if places.size:
            free[places[0]] = False
            found[k] = True
    return found, free
