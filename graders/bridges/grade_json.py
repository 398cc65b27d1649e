"""`grade.json`: one student's grade for programs. Schema: `graders/bridges/README.md`."""

import math
from collections.abc import Mapping
from typing import Any

from graders.core import facts
from graders.core.batch import Graded
from graders.core.rubric import Grader
from graders.core.saying import plain

SCHEMA = "dlgrade/grade/1"


def as_dict(
    graded: Graded, grader: Grader, image: str, made_from: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The grade as plain data. Staff only: it holds staff notes.

    Args:
        made_from: `Batch.made_from`, so that `dlgrade regrade` can say what has changed since.
    """
    grade, run = graded.grade, graded.grade.execution
    return {
        "schema": SCHEMA,
        "student": grade.submission.student,
        "assignment": grade.submission.assignment,
        "notebook": grade.submission.notebook,
        "submission_sha256": grade.submission.sha256,
        "grader_version": grader.version,
        "structure": graded.intake.structure,
        "points": grade.auto_points,
        "max_points": grade.auto_max,
        "by_hand_points": sum(r.max_points for r in grade.by_hand),
        "held": bool(grade.held),
        "checks": [
            {
                "id": r.check,
                "outcome": r.outcome.value,
                "points": r.points,
                "max_points": r.max_points,
                "asks": r.asks,
                "feedback": r.feedback,
                "said": plain(r.said),
                "measured": {name: _json(value) for name, value in r.measured.items()},
                "staff_note": r.staff_note,
            }
            for r in grade.results
        ],
        "notes": [{"code": n.code, "student": n.student, "staff": n.staff} for n in grade.notes],
        "made_from": {**(made_from or {}), "notebook": facts.of_notebook(graded.intake.notebook)},
        "run": None
        if run is None
        else {
            "key": graded.key,
            "image": image,
            "ending": run.ending.value,
            "wall_s": round(run.wall_s, 3),
            "cpu_s": round(run.cpu_s, 3),
            "peak_mib": round(run.peak_mib, 1),
            "detail": run.detail,
        },
    }


def _json(value: float | str) -> float | str:
    """JSON has no word for NaN and infinities: they become text."""
    return value if isinstance(value, str) or math.isfinite(value) else str(value)
