"""Our end of nbgrader's gradebook and of its `autograded/` folder. Imports nothing of nbgrader."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graders.bridges.files import write_text
from graders.bridges.nbgrader.decided import Decided, decided
from graders.core.batch import Graded
from graders.core.catalogue import Course
from graders.core.errors import CourseFault
from graders.core.evidence import open_regular, read_object

_BESIDE = ("timestamp.txt", "submission_secret.txt")  # what release_feedback asks for
_MAX_NOTEBOOK = 64 << 20


class GradebookWriter:
    """Hands grades to nbgrader as they come. Close it to know that all are in.

    For each student the notebook that Formgrader shows is written first, then the gradebook, by a
    process of its own (`gradebook.py`).

    Args:
        root: the course folder. `gradebook.db` is made there if there is none, unless its
            `nbgrader_config.py` names another database.
        course: what is graded.
    """

    def __init__(self, root: Path, course: Course) -> None:
        self._root = root.resolve()
        self._course = course
        self._without_page: list[str] = []
        # A file: a pipe that nobody reads would fill up and stop the process.
        self._errors = tempfile.TemporaryFile(  # noqa: SIM115
            "w+", encoding="utf-8", errors="replace"
        )
        # A new gradebook is made with a program that is installed beside our interpreter.
        programs = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "graders.bridges.nbgrader.gradebook"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._errors, text=True,
            env={**os.environ, "PATH": programs},
            cwd=Path(__file__).resolve().parents[3],
            start_new_session=True,  # Ctrl-C is for us: we let it finish what it has
        )  # fmt: skip
        grader = course.grader
        points = {c.id: c.points for c in grader.checks}
        self._send({
            "root": str(self._root), "assignment": grader.assignment, "notebook": grader.notebook,
            "source": str(course.source), "points": points,
        })  # fmt: skip

    def _send(self, line: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(line) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended early; close() says why

    def add(self, graded: Graded, folder: Path) -> None:
        """Write the page of one submission and queue its points.

        Args:
            graded: the grade.
            folder: what was handed in, with nbgrader's `timestamp.txt` in it.
        """
        student = graded.grade.submission.student
        grader = self._course.grader
        place = self._root / "autograded" / student / grader.assignment
        try:
            told = decided(graded, self._course.source)
            fresh = write_page(place, grader.notebook, told, folder)
        except Exception:  # points matter more than a page; close() says who lacks one
            self._without_page.append(student)
            told = Decided({r.check: r.points for r in graded.grade.results})
            fresh = True
        self._send({
            "student": student, "timestamp": submitted_at(folder), "fresh": fresh,
            "scores": told.scores, "blank": told.blank,
        })  # fmt: skip

    def close(self) -> None:
        """Wait until everything is committed.

        Raises:
            CourseFault: nbgrader refused, or pages are missing; all grades are in their grade.json.
        """
        self._process.communicate()
        self._errors.seek(0)
        said = self._errors.read().strip().splitlines()[-1:] or ["it gave no reason"]
        self._errors.close()
        if self._process.returncode:
            raise CourseFault(
                f"the gradebook of {self._root} was not written completely: {said[0]}"
            )
        if self._without_page:
            raise CourseFault(
                f"Formgrader lacks the notebooks of {', '.join(sorted(self._without_page)[:9])}: "
                f"{self._root / 'autograded'} could not be written; their points are in"
            )


def write_page(place: Path, notebook: str, told: Decided, folder: Path) -> bool:
    """Write what Formgrader and generate_feedback read of one submission.

    Args:
        place: `autograded/<student>/<assignment>`.
        notebook: its file stem.
        told: with the notebook to write.
        folder: what was handed in.

    Returns:
        Whether the file that was handed in differs from the one shown before.
    """
    path = place / f"{notebook}.ipynb"
    before = read_object(path, _MAX_NOTEBOOK) or {}
    write_text(path, json.dumps(told.notebook, indent=1, ensure_ascii=False) + "\n")
    for name in _BESIDE:
        if (text := _small_text(folder / name)) is not None:
            write_text(place / name, text)
        else:
            (place / name).unlink(missing_ok=True)
    return bool(_sha256(before) != _sha256(told.notebook))


def _sha256(notebook: Mapping[str, Any]) -> Any:
    about = notebook.get("metadata")
    ours = about.get("dlgrade") if isinstance(about, dict) else None
    return ours.get("submission_sha256") if isinstance(ours, dict) else None


def submitted_at(folder: Path) -> str | None:
    """What nbgrader's collect wrote into `timestamp.txt`, or None."""
    text = _small_text(folder / "timestamp.txt")
    return text.strip() or None if text is not None else None


def _small_text(path: Path) -> str | None:
    try:
        with open_regular(path, 1000) as file:
            return str(file.read().decode("utf-8", errors="replace"))
    except (OSError, ValueError):
        return None
