"""`check`, `earned_if`, `scored` and `Bar`: how a rubric's lines are declared and paid."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from graders.core.rubric import Calibrated, Check, parameters
from graders.core.saying import Said, said
from graders.core.types import Array, Finding
from graders.metrics import curves
from graders.metrics.curves import Course


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


def earned_if(condition: bool, what: Said | tuple[Said, ...], **measured: float | str) -> Finding:
    """All or nothing."""
    return Finding(1.0 if condition else 0.0, what, measured)


def course_told(course: Course, values: Array) -> Said:
    """What a claimed curve does, with the numbers that it follows from.

    Args:
        values: the curve [any shape], as `curves.course` has seen it.
    """
    flat = np.ravel(values).astype(np.float64)
    facts: dict[str, float] = {}
    if course in (Course.TOO_SHORT, Course.TOO_LONG):
        facts = {"n": flat.size}
    elif course is Course.NOT_FINITE:
        facts = {"n": flat.size, "finite": int(np.isfinite(flat).sum())}
    elif course in (Course.NEGATIVE, Course.CONSTANT):
        facts = {"lowest": flat.min(), "highest": flat.max()}
    elif course is not Course.RULED:
        facts = {"start": flat[0], "end": curves.final_level(flat)}
        if course is Course.PLATEAU:
            facts["later"] = flat[1:].max()
    return said(course.value, **facts)


@dataclass(frozen=True, slots=True)
class Bar:
    """Credit that grows linearly from 0 at `none` to 1 at `full`, whichever is larger.

    Args:
        calibrated: what calibration found. There is no other way to a bar: nobody types one.

    Raises:
        ValueError: the two ends are equal or not finite.
    """

    calibrated: Calibrated

    def __post_init__(self) -> None:
        none, full = self.calibrated.none, self.calibrated.full
        if not (math.isfinite(none) and math.isfinite(full) and none != full):
            raise ValueError(f"a bar needs two different finite ends, not {none} and {full}")

    @property
    def higher(self) -> bool:
        """Whether more is better."""
        return self.calibrated.full > self.calibrated.none

    def credit(self, value: float) -> float:
        """Credit in [0, 1]; NaN earns nothing."""
        none, full = self.calibrated.none, self.calibrated.full
        share = (value - none) / (full - none)
        return min(1.0, max(0.0, share)) if share == share else 0.0

    def near(self, value: float) -> bool:
        """Whether the value misses `full` by so little that a fresh run decides."""
        near, full = self.calibrated.near, self.calibrated.full
        return near <= value < full if self.higher else full < value <= near


def scored(value: float, calibrated: Calibrated, code: str) -> Finding:
    """Credit by a bar; the code's one fact is the value."""
    bar = Bar(calibrated)
    told = said(code, value=value)
    return Finding(bar.credit(value), told, {"value": value}, near=bar.near(value))
