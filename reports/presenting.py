"""From grades to views: which facts go on a page, and in which words.

Staff notes, paths, unseen inputs and expected values stop here: a `StudentView` has no place
for them.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from graders.core.batch import Graded
from graders.core.catalogue import Course
from graders.core.evidence import read_object
from graders.core.figures import Learning
from graders.core.intake import mask_text
from graders.core.saying import spoken
from graders.core.types import (
    COMPLETE,
    Array,
    CheckResult,
    Ending,
    Evidence,
    Execution,
    Refusal,
)
from reports.cells import cell_views
from reports.drawables import Curve
from reports.illustrating import figure_views
from reports.views import CheckView, NoteView, RunView, StudentView

COURSE = "Introduction to Deep Learning"
MAX_EXECUTED = 32 << 20

_SPELT = {
    "mse": "MSE",
    "sgd": "SGD",
    "rmsprop": "RMSprop",
    "l2": "L2",
    "grad": "gradient",
    "mnist": "MNIST",
    "mlp": "MLP",
    "cifar": "CIFAR",
    "cnn": "CNN",
    "rnn": "RNN",
    "gan": "GAN",
}

_ENDINGS = {
    Ending.FINISHED: "Every cell of your notebook was tried, from top to bottom.",
    Ending.CELL_ERROR: "Every cell of your notebook was tried; some stopped with an error.",
    Ending.CELL_TIME_LIMIT: "The time limit stopped a cell; the others were tried.",
    Ending.TIME_LIMIT: "The time limit stopped your notebook; what it had done by then counts.",
    Ending.OUT_OF_MEMORY: "A cell used more memory than it may and was ended.",
    Ending.PROCESS_LIMIT: "A cell started more processes than it may and was ended.",
    Ending.DISK_LIMIT: "Your notebook wrote more than it may and was stopped.",
    Ending.KERNEL_DIED: "A cell ended the whole Python process; the others were run without it.",
    Ending.KILLED: "Your notebook ended its own run twice; what it had done by then counts.",
    Ending.PROBE_FAULT: "We could not run your notebook: our fault, staff will look at it.",
    Ending.ENGINE_FAULT: "We could not run your notebook: our fault, staff will look at it.",
}


def student_view(graded: Graded, key: Evidence, course: Course, image: str) -> StudentView:
    """One student's page. The student's cells come from the run's own output, untrusted."""
    grade, run = graded.grade, graded.grade.execution
    return StudentView(
        course=COURSE,
        assignment=course.grader.assignment,
        notebook=title(course.name),
        student=grade.submission.student,
        graded_at=now(),
        checks=tuple(_check_view(r, course) for r in grade.results),
        run=None if run is None else _run_view(run),
        notes=tuple(NoteView(n.student) for n in grade.notes),
        curves=tuple(_curves(graded.evidence, key, course, drawn_by_checks(grade.results, course))),
        cells=tuple(_cells(graded, course)),
        version=f"{course.name} grader {course.grader.version}",
        fingerprint=image,
    )


def title(name: str) -> str:
    """`linear_models` as people write it: `Linear models`, and `l2_loss` as `L2 loss`."""
    first, *others = name.split("_")
    words = [_SPELT.get(first, first.capitalize()), *(_SPELT.get(w, w) for w in others)]
    return " ".join(words)


def now() -> str:
    """The time with its offset, ISO 8601, to the second."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _check_view(result: CheckResult, course: Course) -> CheckView:
    cell = result.check.removeprefix("check_")
    return CheckView(
        id=result.check,
        title=title(cell),
        asks=result.asks,
        outcome=result.outcome.value,
        points=result.points,
        max_points=result.max_points,
        feedback=result.feedback,
        answer=cell if cell in answer_cells(course.source) else "",
        claim=any(c.claim for c in course.grader.checks if c.id == result.check),
        figures=figure_views(spoken(course.grader.sentences, result.figures)),
    )


def _run_view(run: Execution) -> RunView:
    return RunView(_ENDINGS[run.ending], run.wall_s, run.peak_mib, finished=run.ending in COMPLETE)


def drawn_by_checks(results: Iterable[CheckResult], course: Course) -> frozenset[str]:
    """Names of the evidence whose curves a check has drawn already, beside its own band."""
    by = {r.check for r in results if any(isinstance(f, Learning) for f in r.figures)}
    return frozenset(name for c in course.grader.checks if c.id in by for name in c.needs)


def _curves(
    evidence: Evidence, key: Evidence, course: Course, drawn: frozenset[str]
) -> Iterable[Curve]:
    for ask in course.grader.evidence:
        if ask.kind != "variable" or ask.name in drawn:
            continue
        mine = _series(evidence.seen.get(ask.name))
        reference = _series(key.seen.get(ask.name))
        if mine is not None and reference is not None:
            name = title(ask.name)
            yield Curve(name, mine.tolist(), reference.tolist())


def _series(answers: Any) -> Array | None:
    if not answers or isinstance(answers[0], Refusal) or isinstance(answers[0][0], (str, Refusal)):
        return None
    values: Array = np.squeeze(np.asarray(answers[0][0], dtype=np.float64))
    return values[:100_000] if values.ndim == 1 and values.size > 1 else None


def _cells(graded: Graded, course: Course) -> Iterable[Any]:
    wanted = answer_cells(course.source)
    if graded.grade.execution is None:
        return ()
    executed = read_object(graded.grade.execution.outputs / "executed.ipynb", MAX_EXECUTED)
    if executed is None and graded.intake.notebook is not None:
        executed = dict(graded.intake.notebook)  # the run did not get as far as writing it
    return cell_views(executed or {}, wanted, graded.evidence.cells, lambda t: mask_text(t)[0])


def answer_cells(source: Path) -> tuple[str, ...]:
    """grade_ids of the cells that students fill in, in order."""
    cells = json.loads(source.read_text("utf-8"))["cells"]
    marks = [c["metadata"].get("nbgrader", {}) for c in cells]
    return tuple(m["grade_id"] for m in marks if m.get("solution"))
