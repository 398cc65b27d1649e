"""nbgrader's gradebook, written by one process of its own.

    python -m graders.bridges.nbgrader_gradebook      (JSON lines on its standard input)

The only place that imports nbgrader. Its import takes seconds and more memory than all the rest
of us, so it happens beside the grading, not in it; and one writer means no lock errors.

The first line names database, assignment, notebook and source file; every further line is one
student: {"student", "timestamp" | null, "scores": {grade_id: points | null}}. Points that are
null (HELD, or given by hand) become "needs manual grade". Scores and comments that a person
gave are left alone.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from graders.core.errors import CourseFault
from graders.core.types import Grade


class GradebookWriter:
    """Hands grades to the writing process as they come. Close it to know that all are in.

    Args:
        database: path of `gradebook.db`; made if it is not there.
        source: the assignment's own notebook, for its cells and points.
    """

    def __init__(self, database: Path, assignment: str, notebook: str, source: Path) -> None:
        self._database = database
        # A new gradebook is made with a program that is installed beside our interpreter.
        programs = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "graders.bridges.nbgrader_gradebook"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PATH": programs},
            cwd=Path(__file__).resolve().parents[2],
            start_new_session=True,  # Ctrl-C is for us: we let it finish what it has
        )  # fmt: skip
        self._send({
            "database": str(database.resolve()), "assignment": assignment, "notebook": notebook,
            "source": str(source),
        })  # fmt: skip

    def _send(self, line: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(line) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended early; close() says why

    def add(self, grade: Grade, timestamp: str | None) -> None:
        """Queue one student's points; `timestamp`: when it was handed in, as nbgrader wrote it."""
        scores = {r.check: r.points for r in grade.results}
        self._send({
            "student": grade.submission.student, "timestamp": timestamp, "scores": scores,
        })  # fmt: skip

    def close(self) -> None:
        """Wait until everything is committed.

        Raises:
            CourseFault: nbgrader refused; all grades are still in their grade.json.
        """
        _, errors = self._process.communicate()
        if self._process.returncode:
            said = errors.strip().splitlines()[-1:] or ["it gave no reason"]
            raise CourseFault(
                f"the gradebook {self._database} was not written completely: {said[0]}"
            )


def submitted_at(folder: Path) -> str | None:
    """What nbgrader's collect wrote into `timestamp.txt`, or None."""
    path = folder / "timestamp.txt"
    if path.is_symlink() or not path.is_file() or path.stat().st_size > 100:
        return None
    return path.read_text("utf-8", errors="replace").strip() or None


def _write(lines: Iterable[str]) -> None:
    # More than half of nbgrader's import is a grammar with which its JSON schema library would
    # check internationalised addresses. A gradebook holds none; the library does without.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from nbgrader.api import Gradebook

    rows = iter(lines)
    head = json.loads(next(rows))
    with Gradebook(f"sqlite:///{head['database']}") as gradebook:
        _declare(gradebook, head)
        for row in rows:
            _record(gradebook, head["assignment"], head["notebook"], json.loads(row))


def _declare(gradebook: Any, head: Mapping[str, str]) -> None:
    """Make sure the gradebook knows the assignment's cells, as generate_assignment would."""
    import nbformat
    from nbgrader.api import MissingEntry
    from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, SaveCells

    try:
        gradebook.find_notebook(head["notebook"], head["assignment"])
        return
    except MissingEntry:
        gradebook.update_or_create_assignment(head["assignment"])
    notebook = nbformat.read(head["source"], as_version=4)
    resources = {
        "nbgrader": {
            "notebook": head["notebook"],
            "assignment": head["assignment"],
            "db_url": f"sqlite:///{head['database']}",
        }
    }
    for step in (ClearSolutions(), ComputeChecksums(), SaveCells()):
        notebook, resources = step.preprocess(notebook, resources)


def _record(gradebook: Any, assignment: str, notebook: str, row: Mapping[str, Any]) -> None:
    gradebook.update_or_create_student(row["student"])
    when = {} if row["timestamp"] is None else {"timestamp": row["timestamp"]}
    submission = gradebook.update_or_create_submission(assignment, row["student"], **when)
    (mine,) = [n for n in submission.notebooks if n.name == notebook]
    for grade in mine.grades:
        if grade.name in row["scores"]:
            grade.auto_score = row["scores"][grade.name]
            # nbgrader's own rule: what a person once scored wants another look after a regrade.
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
    gradebook.db.commit()


def main() -> int:
    """Write what standard input brings; exit status 4 and one line on stderr if that fails."""
    try:
        _write(sys.stdin)
    except Exception as error:
        print(f"{type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)
        return int(CourseFault.exit_code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
