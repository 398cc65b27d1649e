"""What nbgrader is told of one graded notebook: points, empty answers, what Formgrader shows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from graders.bridges.nbgrader.shown import shown
from graders.core.batch import Graded
from graders.core.types import CheckResult, Outcome


@dataclass(frozen=True, slots=True)
class Decided:
    """One notebook's way into the gradebook.

    Args:
        scores: grade_id → points; None for those that a person gives, HELD ones included.
        blank: grade_ids of answers that are as they were released.
        notebook: nbformat JSON for `autograded/`.
    """

    scores: Mapping[str, float | None] = field(default_factory=dict)
    blank: tuple[str, ...] = ()
    notebook: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data; `Decided(**data)` brings it back."""
        return asdict(self)


def decided(graded: Graded, source: Path) -> Decided:
    """What a grade of ours means to nbgrader.

    A written answer that was left as released gets 0, as nbgrader's own autograder gives it; where
    the notebook's marks are lost a person looks, since the answer may stand anywhere.

    Args:
        graded: a submission's way through the house.
        source: the assignment's own notebook.
    """
    grade, taken = graded.grade, graded.intake
    whole = taken.notebook is not None and taken.structure == "nbgrader"
    scores = {r.check: r.points for r in grade.results}
    if whole:
        scores |= {r.check: 0.0 for r in grade.by_hand if r.check not in taken.answered}
    outputs = grade.execution.outputs if grade.execution is not None else None
    said = {r.check: _said(r) for r in grade.results if r.outcome is not Outcome.BY_HAND}
    page = shown(taken, source, outputs, said)
    return Decided(scores, tuple(page.blank) if whole else (), page.notebook)


def _said(result: CheckResult) -> str:
    if result.points is None:
        return result.feedback
    return f"{result.points:g} of {result.max_points:g} points. {result.feedback}"
