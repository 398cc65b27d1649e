"""What the reference loses by its own bars: a rubric that its author fails is not to be used."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from graders.core import pipeline
from graders.core.batch import Batch
from graders.core.rubric import Calibrated
from graders.core.types import Outcome, Submission

# Of single runs: a bar is so placed that a run of the reference hardly ever misses it.
RARE = 1 / 20


def lost(batch: Batch, bars: Mapping[str, Calibrated]) -> dict[str, float]:
    """Points that a run of the reference loses, by check; lines for a person are left out.

    Args:
        batch: of the run; what is stored of it is read.
        bars: of the grader's measures.
    """
    course = batch.course
    who = Submission(course.grader.assignment, course.name, "reference", Path("reference"))
    grade = pipeline.grade(
        who, batch.keys[0], batch.keys[:1], batch.cases, batch.grader, batch.by_hand,
        truths=batch.truths, bars=bars,
    )  # fmt: skip
    points = {
        r.check: r.max_points - (r.points or 0.0)
        for r in grade.results
        if r.outcome is not Outcome.BY_HAND
    }
    return {check: missing for check, missing in points.items() if missing > 0}


def together(runs: Iterable[Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """How many runs lose points of a check, and the most that one of them loses."""
    found: dict[str, dict[str, float]] = {}
    for run in runs:
        for check, missing in run.items():
            entry = found.setdefault(check, {"runs": 0, "points": 0.0})
            entry["runs"] += 1
            entry["points"] = max(entry["points"], round(missing, 4))
    return found


def too_often(found: Mapping[str, Mapping[str, float]], runs: int) -> list[str]:
    """A sentence for each check that so many runs lose that it is no bad luck."""
    return [
        f"{check}: {entry['runs']} of {runs} runs of the reference lose up to "
        f"{entry['points']:g} points by these bars; mend the check or the reference"
        for check, entry in found.items()
        if entry["runs"] > RARE * runs
    ]
