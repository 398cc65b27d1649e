"""What a grade was made from, as short digests: so that a later grading can say what has changed.

The key of a run says *that* something differs; these say *what*. Plain data, kept in grade.json.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from graders.core import catalogue
from graders.core.catalogue import Course

# Everything that turns evidence into points, beside the rubric's own module.
_JUDGING = (
    "graders/checks/*.py",
    "graders/metrics/*.py",
    "graders/core/pipeline.py",
    "graders/core/evidence.py",
)


def digest(*parts: bytes) -> str:
    """16 hex digits over some bytes."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:16]


def made_from(
    course: Course, tier: str, plan_text: str, inputs: bytes, image: str, data_digest: str
) -> dict[str, Any]:
    """What all grades of a class rest on, beside the hand-ins.

    Args:
        tier: of the data.
        plan_text: `jobs.plan_text()`; limits are in it.
        inputs: `jobs.packed()`.
        image: fingerprint of what notebooks run in.
        data_digest: `jobs.folder_digest()` of the course data.

    Returns:
        `rubric`, `reference` (judging), `questions`, `inputs`, `limits`, `data`, `image` (runs).

    Raises:
        CourseFault: there is no reference here.
    """
    plan = json.loads(plan_text)
    limits = plan.pop("limits")
    observed = [[o.name, o.source, o.of, o.cases] for o in course.grader.observations]
    right = catalogue.reference_notebooks(course.name)
    return {
        "rubric": rubric(course),
        "reference": digest(*(text.encode() for pair in right.items() for text in pair)),
        "calibration": of_calibration(course, tier),
        "questions": digest(json.dumps([plan, observed], sort_keys=True).encode()),
        "inputs": digest(inputs),
        "limits": limits,
        "data": data_digest[:16],
        "image": image,
    }


def rubric(course: Course) -> str:
    """Digest of the code that judges: a change of bar or message shows even if nobody raised
    the grader's version."""
    patterns = (f"graders/{course.name}.py", *_JUDGING)
    files = sorted(path for pattern in patterns for path in catalogue.ROOT.glob(pattern))
    return digest(*(path.read_bytes() for path in files))


def of_calibration(course: Course, tier: str) -> str:
    """Digest of the bars that were measured, "" where a grader has none."""
    if course.reference is None or not course.grader.measures:
        return ""
    file = course.reference / f"reference.{tier}.json"
    return digest(file.read_bytes()) if file.is_file() else ""


def of_notebook(notebook: Mapping[str, Any] | None) -> str:
    """Digest of a notebook as it is executed, "" where there is none."""
    return "" if notebook is None else digest(json.dumps(notebook, sort_keys=True).encode())
