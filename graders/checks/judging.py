"""`check`, `earned_if`, `scored` and `Bar`: how a rubric's lines are declared and paid."""

from collections.abc import Callable
from dataclasses import dataclass

from graders.core.rubric import Check, parameters
from graders.core.types import Finding


def check(
    id: str, *, points: float, asks: str, claim: bool = False
) -> Callable[[Callable[..., Finding]], Check]:
    """Declare a judge as one line of a rubric; its parameters name the evidence it needs.

    Args:
        id: the grade_id of the notebook cell that carries the points; permanent.
        points: the most it can earn.
        asks: what is expected, in words that a student reads.
        claim: the evidence is the word of the student's own process (DESIGN, principle 2).
    """

    def declare(judge: Callable[..., Finding]) -> Check:
        return Check(id, points, asks, parameters(judge), judge, claim)

    return declare


def earned_if(condition: bool, feedback: str, **measured: float | str) -> Finding:
    """All or nothing."""
    return Finding(1.0 if condition else 0.0, feedback, measured)


@dataclass(frozen=True, slots=True)
class Bar:
    """Credit that grows linearly from 0 at `none` to 1 at `full`, whichever is larger.

    Raises:
        ValueError: the two ends are equal or not finite.
    """

    none: float
    full: float

    def __post_init__(self) -> None:
        if not abs(self.full - self.none) > 0.0:
            raise ValueError(f"a bar needs two different finite ends, not {self}")

    def credit(self, value: float) -> float:
        """Credit in [0, 1]; a value that is not finite earns nothing."""
        share = (value - self.none) / (self.full - self.none)
        return min(1.0, max(0.0, share)) if share == share else 0.0


def scored(value: float, bar: Bar, feedback: str) -> Finding:
    """Credit by a bar; `feedback` may hold one `{}` for the value."""
    return Finding(bar.credit(value), feedback.format(value), {"value": value})
