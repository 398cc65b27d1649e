"""What a grade was made from, as short digests: so that a later grading can say what has changed.

The key of a run says *that* something differs; these say *what*. Plain data, kept in grade.json.
`rubric` is what decides points, `words` what only says it (core/reach).
"""

import ast
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from graders.core import catalogue, evidence, held_out, observing, pipeline, saying
from graders.core.catalogue import Course
from graders.core.reach import Reach, reached, syntax
from graders.core.reach import digest as digest

# What turns answers into points whatever the notebook, beside the rubric's own judges.
_JUDGING = (
    evidence.read_evidence,
    observing.groups,
    observing.asked,
    observing.plan_and_inputs,
    observing.notebook,
    observing.asks_of,
    observing.merged,
    held_out.held_out,
    pipeline.grade,
    pipeline.unanswered,
    pipeline.held,
)

# What makes sentences of codes: judging calls it, and nothing is decided by it.
_SPEAKING = (saying.tell, saying.spoken, saying.follows)

# What makes pages and sentences. It decides no points, so the names of its files do not count.
_TELLING = (
    "reports/*.py",
    "reports/templates/*",
    "reports/static/*",
    "graders/core/saying.py",
    "graders/core/intake/sentences.py",
)


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
        `rubric`, `reference`, `calibration` (judging), `words` (reports), `questions`, `inputs`,
        `limits`, `data`, `image` (runs).

    Raises:
        CourseFault: there is no reference here.
    """
    plan = json.loads(plan_text)
    limits = plan.pop("limits")
    observed = [[o.name, o.source, o.of, o.cases] for o in course.grader.observations]
    right = catalogue.reference_notebooks(course.name)
    decides = deciding(course)
    return {
        "rubric": decides.points,
        "words": words(course, decides),
        "reference": digest(*(text.encode() for pair in right.items() for text in pair)),
        "calibration": of_calibration(course, tier),
        "questions": digest(json.dumps([plan, observed], sort_keys=True).encode()),
        "inputs": digest(inputs),
        "limits": limits,
        "data": data_digest[:16],
        "image": image,
    }


def deciding(course: Course) -> Reach:
    """What decides the points of a notebook, from its judges on.

    Limits and questions have facts of their own (`limits`, `questions`), and the key of a run holds
    both: a submission that was never run rests on neither. Observations are made when judging.
    """
    grader = course.grader
    by_hand = catalogue.graded_by_hand(course.name)
    checks = [(c.id, c.points, c.needs, c.claim, c.judge) for c in grader.checks]
    persons = [(name, by_hand[name][0]) for name in grader.by_hand]
    seen = [replace(o, source=syntax.normalised(o.source)) for o in grader.observations]
    roots = (checks, persons, seen, grader.measures, grader.also_right, *_JUDGING)
    return reached(*roots, telling=_SPEAKING)


def words(course: Course, decides: Reach) -> str:
    """Digest of everything that only says what was decided: sentences, titles, pages.

    Args:
        decides: `deciding(course)`, for the words that it has left out.
    """
    grader = course.grader
    by_hand = catalogue.graded_by_hand(course.name)
    tables = reached(sorted(grader.sentences.items()), sorted(saying.everybodys().items()))
    told = [c.asks for c in grader.checks] + [by_hand[name][1] for name in grader.by_hand]
    parts = [decides.words, tables.points, tables.words, *told, *_pages()]
    return digest(*(part.encode() for part in parts))


def _pages() -> list[str]:
    """What makes the reports, file by file in no order of their names."""
    files = {path for pattern in _TELLING for path in catalogue.ROOT.glob(pattern)}
    return sorted(_telling(path) for path in files if path.is_file())


def _telling(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".py":
        content = syntax.plain(ast.parse(content)).encode()
    return digest(content)


def of_calibration(course: Course, tier: str) -> str:
    """Digest of the bars that were measured, "" where a grader has none.

    Of the bars alone: the passport tells where they come from, and decides nothing.
    """
    if course.reference is None or not course.grader.measures:
        return ""
    file = course.reference / f"reference.{tier}.json"
    if not file.is_file():
        return ""
    try:
        measures = json.loads(file.read_bytes())["measures"]
        read = {name: {k: m.get(k) for k in _BAR} for name, m in measures.items()}
    except (ValueError, KeyError, TypeError, AttributeError):  # grading will say so
        return digest(file.read_bytes())
    return digest(json.dumps(read, sort_keys=True).encode())


_BAR = ("none", "full", "near", "mean", "sd", "n", "low", "high")  # of a measure: what pays


def of_notebook(notebook: Mapping[str, Any] | None) -> str:
    """Digest of a notebook as it is executed, "" where there is none."""
    return "" if notebook is None else digest(json.dumps(notebook, sort_keys=True).encode())
