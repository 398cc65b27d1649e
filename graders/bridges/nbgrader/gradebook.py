"""nbgrader's gradebook, written by one process of its own.

    python -m graders.bridges.nbgrader.gradebook      (JSON lines on its standard input)

Importing nbgrader takes seconds and more memory than all the rest of us, so it happens beside the
grading, not in it; and one writer means no lock errors.

The first line names course folder, assignment, notebook, source file and the points of each check;
every further line is one student: {"student", "timestamp" | null, "fresh", "scores": {grade_id:
points | null}, "blank": [grade_id]}. Points that are null (HELD, or given by hand) become "needs
manual grade". Scores, comments and extra credit that a person gave are left alone.
"""

import json
import logging
import os
import sys
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from graders.core.errors import CourseFault

NO_RESPONSE = "No response."  # nbgrader's own words for an answer that was left as released
_PATIENCE_S = 60  # that SQLite waits for somebody who is writing; Formgrader's button, say


def _write(lines: Iterable[str]) -> None:
    # More than half of nbgrader's import is a grammar with which its JSON schema library would
    # check internationalised addresses. A gradebook holds none; the library does without.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from nbgrader.api import Gradebook

    rows = iter(lines)
    head = json.loads(next(rows))
    app = _configured(Path(head["root"]))
    url = app.coursedir.db_url
    if url.startswith("sqlite:") and "?" not in url:
        url += f"?timeout={_PATIENCE_S}"
    with Gradebook(url, app.coursedir.course_id) as gradebook:
        _declare(gradebook, head, url)
        for row in rows:
            given = json.loads(row)
            submission, mine = record(
                gradebook, head["assignment"], head["notebook"], given["student"],
                given["scores"], given["blank"], fresh=given["fresh"],
                moment={"at": _moment(given["timestamp"])},
            )  # fmt: skip
            _penalise(gradebook, app, given["student"], submission, mine)


def _configured(root: Path) -> Any:
    """nbgrader as the course's own `nbgrader_config.py` sets it up."""
    from nbgrader.apps.baseapp import NbGrader

    os.chdir(root)  # where nbgrader looks for configuration and for a course's own plugins
    app = NbGrader()
    app.initialize([])
    app.log_level = logging.CRITICAL
    return app


def _declare(gradebook: Any, head: Mapping[str, Any], url: str) -> None:
    """Make sure the gradebook knows the assignment's cells, as generate_assignment would.

    Raises:
        CourseFault: it knows them, but with other points: scores would be lost without a word.
    """
    import nbformat
    from nbgrader.api import MissingEntry
    from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, SaveCells

    name, assignment = head["notebook"], head["assignment"]
    try:
        found = gradebook.find_notebook(name, assignment)
    except MissingEntry:
        gradebook.update_or_create_assignment(assignment)
        notebook = nbformat.read(head["source"], as_version=4)
        resources = {"nbgrader": {"notebook": name, "assignment": assignment, "db_url": url}}
        for step in (ClearSolutions(), ComputeChecksums(), SaveCells()):
            notebook, resources = step.preprocess(notebook, resources)
        return
    known = {cell.name: cell.max_score for cell in found.grade_cells}
    if wrong := [i for i, points in head["points"].items() if known.get(i) != points]:
        raise CourseFault(
            f"its {assignment} is another version, without {wrong[0]!r} for "
            f"{head['points'][wrong[0]]:g} points; run `nbgrader generate_assignment {assignment}` "
            "with the present source and grade again"
        )


def record(
    gradebook: Any,
    assignment: str,
    notebook: str,
    student: str,
    scores: Mapping[str, float | None],
    blank: Collection[str],
    *,
    fresh: bool,
    moment: Mapping[str, datetime | None] | None = None,
) -> tuple[Any, Any]:
    """Put one notebook's points into the gradebook, beside whatever a person gave.

    A cell that a person has scored asks for another look only if the file or its automatic points
    are others than before: grading a class again for one late submission flags nobody else.

    Args:
        scores: grade_id → points, None for "needs manual grade".
        blank: grade_ids of answers left as released.
        fresh: whether the file differs from the one that was recorded before.
        moment: `{"at": …}` when it was handed in (UTC, naive); None leaves what is there.

    Returns:
        nbgrader's submission and its notebook.
    """
    gradebook.update_or_create_student(student)
    submission = gradebook.update_or_create_submission(assignment, student)
    mine = _notebook_of(gradebook, submission, notebook)
    for grade in mine.grades:
        if grade.name in scores:
            changed = fresh or grade.auto_score != scores[grade.name]
            grade.auto_score = scores[grade.name]
            if grade.manual_score is None:
                grade.needs_manual_grade = grade.auto_score is None
            elif changed:
                grade.needs_manual_grade = True
    for comment in mine.comments:
        comment.auto_comment = NO_RESPONSE if comment.name in blank else None
    if moment is not None:
        submission.timestamp = moment["at"]
    gradebook.db.commit()
    return submission, mine


def _notebook_of(gradebook: Any, submission: Any, notebook: str) -> Any:
    """A student's notebook in the gradebook.

    nbgrader adds those that it knows when a submission is made. An assignment with several ones
    may be graded notebook by notebook: then the next one is not there yet.
    """
    from nbgrader.api import Comment, Grade, SubmittedNotebook

    for found in submission.notebooks:
        if found.name == notebook:
            return found
    known = gradebook.find_notebook(notebook, submission.name)
    mine = SubmittedNotebook(notebook=known, assignment=submission)
    for kind, cells in (
        (Grade, (*known.grade_cells, *known.task_cells)),
        (Comment, (*known.solution_cells, *known.task_cells)),
    ):
        for cell in cells:
            kind(cell_id=cell.id, notebook=mine)
    gradebook.db.add(mine)
    gradebook.db.commit()
    return mine


def _moment(text: str | None) -> datetime | None:
    """When it was handed in, as nbgrader reads its own file; None where it cannot."""
    from nbgrader.utils import parse_utc

    try:
        moment: datetime | None = parse_utc(text)
    except (ValueError, OverflowError):  # a student's folder: anything may stand in that file
        return None
    return moment


def _penalise(gradebook: Any, app: Any, student: str, submission: Any, mine: Any) -> None:
    """Take what the course's own rule takes for lateness, and no more than there is."""
    penalty = None
    if submission.total_seconds_late > 0:
        from nbgrader.preprocessors import AssignLatePenalties

        rule = AssignLatePenalties(parent=app)
        rule.init_plugin()
        penalty = rule.plugin_inst.late_submission_penalty(
            student, mine.score, submission.total_seconds_late
        )
    if penalty is not None:
        penalty = min(max(0.0, float(penalty)), mine.score)  # max() first: NaN becomes 0
    if mine.late_submission_penalty != penalty:
        mine.late_submission_penalty = penalty
        gradebook.db.commit()


def main() -> int:
    """Write what standard input brings; exit status 4 and one line on stderr if that fails."""
    try:
        _write(sys.stdin)
    except CourseFault as fault:
        print(fault, file=sys.stderr)
        return int(CourseFault.exit_code)
    except Exception as error:
        print(f"{type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)
        return int(CourseFault.exit_code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
