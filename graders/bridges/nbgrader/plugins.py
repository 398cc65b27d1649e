"""The names that `nbgrader_config.py` gives to nbgrader. README.md of the bridges has the block.

`Unread` and `Sandboxed` belong together: nbgrader then opens no student's file itself, runs nothing
itself, and takes no points out of a cell's output.
"""

import csv
import os
import re
import weakref
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from traitlets import Enum, Float, Integer, Unicode

from graders.bridges.nbgrader.gradebook import record
from graders.commands.autograde import Ready, Settings, Wanted, run_all
from graders.core.types import Limits


class Unread(NotebookExporter):
    """Opens no student's file: a broken one would end here with a traceback. Ours does that."""

    def from_file(
        self, file_stream: Any, resources: Any = None, **more: Any
    ) -> tuple[Any, dict[str, Any]]:
        """An empty notebook, for `Sandboxed` to fill."""
        made: tuple[Any, dict[str, Any]] = self.from_notebook_node(  # type: ignore[no-untyped-call]
            nbformat.v4.new_notebook(), resources=resources, **more
        )
        return made


_ready: "weakref.WeakKeyDictionary[Any, Ready]" = weakref.WeakKeyDictionary()


class Sandboxed(NbGraderPreprocessor):  # type: ignore[misc]
    """Runs notebooks in dlgrade's sandbox and writes their points into the gradebook."""

    sandbox = Enum(["auto", "docker", "local"], "auto", help="Where notebooks run.").tag(
        config=True
    )
    jobs = Integer(0, help="Notebooks at a time; 0: as the cores allow.").tag(config=True)
    data = Unicode("", help="Data folder for dlgrade's notebooks; empty: the tier's.").tag(
        config=True
    )
    tier = Enum(["mini", "full"], "mini", help="Data of dlgrade's own notebooks.").tag(config=True)
    cell_s = Float(30.0, help="Seconds for one cell, in a course of one's own.").tag(config=True)
    wall_s = Float(240.0, help="Seconds for a notebook, in a course of one's own.").tag(config=True)
    memory_mib = Integer(2048, help="MiB for a notebook, in a course of one's own.").tag(
        config=True
    )

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The executed notebook; its points are in the gradebook by then."""
        marks = resources["nbgrader"]
        converter = self.parent.parent
        ready = _ready.setdefault(self.parent, Ready())
        wanted = self._wanted(converter, marks["assignment"], marks["notebook"], marks["student"])
        told = ready.take(wanted)
        if told is None:
            run_all(self._settings(converter), self._work(converter, wanted), ready, self.log)
            told = ready.take(wanted)
        if told is None:
            raise RuntimeError(f"{wanted.student}: interrupted, nothing was decided")
        with Gradebook(marks["db_url"], converter.coursedir.course_id) as gradebook:
            record(
                gradebook, wanted.assignment, wanted.notebook, wanted.student,
                told.scores, told.blank, fresh=True,
            )  # fmt: skip
        return nbformat.from_dict(told.notebook), resources

    def _wanted(self, converter: Any, assignment: str, notebook: str, student: str) -> Wanted:
        at = converter.coursedir
        source = Path(at.format_path(at.source_directory, ".", assignment), f"{notebook}.ipynb")
        submitted = Path(at.format_path(at.submitted_directory, student, assignment))
        return Wanted(assignment, notebook, student, submitted, source)

    def _work(self, converter: Any, now: Wanted) -> list[Wanted]:
        """Everything that this command is going to ask for, the present one first."""
        at = converter.coursedir
        pattern = at.format_path(
            at.submitted_directory, "(?P<student>.*)", "(?P<assignment>.*)", escape=True
        )
        work = {now: None}
        for folder, notebooks in sorted(converter.assignments.items()):
            found = re.match(pattern, folder)
            if found is None or found["student"] in at.student_id_exclude.split(","):
                continue
            for path in sorted(notebooks):
                name = Path(path).stem
                wanted = self._wanted(converter, found["assignment"], name, found["student"])
                again = wanted.student == now.student or self._due(converter, wanted)
                if again and wanted.source.is_file():
                    work[wanted] = None
        return list(work)

    def _due(self, converter: Any, wanted: Wanted) -> bool:
        """Whether nbgrader will not pass it over as graded already."""
        at = converter.coursedir
        shown = at.format_path(at.autograded_directory, wanted.student, wanted.assignment)
        if converter.force or not os.path.exists(shown):
            return True
        new, old = at.get_existing_timestamp(wanted.submitted), at.get_existing_timestamp(shown)
        return new is not None and old is not None and new > old

    def _settings(self, converter: Any) -> Settings:
        at = converter.coursedir
        url, course_id = at.db_url, at.course_id

        def locked(assignment: str, notebook: str) -> dict[str, str]:
            with Gradebook(url, course_id) as gradebook:
                try:
                    found = gradebook.find_notebook(notebook, assignment)
                except MissingEntry:
                    return {}
                return {c.name: c.source for c in found.source_cells if c.locked}

        limits = Limits(cell_s=self.cell_s, wall_s=self.wall_s, memory_mib=self.memory_mib)
        data = Path(self.data) if self.data else None
        return Settings(
            Path(at.root), self.sandbox, self.jobs, data, limits, locked,
            converter.exclude_overwriting, self.tier,
        )  # fmt: skip


class FitForStudents(ClearHiddenTests):  # type: ignore[misc]
    """Before generate_feedback: hidden tests and what they print go; what is open is said."""

    enforce_metadata = False

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The same notebook, fit for its student."""
        nb, resources = super().preprocess(nb, resources)
        marks = resources["nbgrader"]
        with Gradebook(marks["db_url"]) as gradebook:
            grades = gradebook.find_submission_notebook(
                marks["notebook"], marks["assignment"], marks["student"]
            ).grades
            waiting = [f"`{g.name}`" for g in grades if _undecided(g)]
        if waiting:
            text = (
                f"**Not decided yet: {', '.join(sorted(waiting))}.** Wherever this page says 0 "
                "points for them, and in its total, read: still open."
            )
            nb.cells.insert(0, nbformat.v4.new_markdown_cell(text))
        return nb, resources

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """A cell without its hidden tests. What it printed may quote them, so that goes too."""
        if self._remove_hidden_test_region(cell) and cell.cell_type == "code":
            ours = [o for o in cell.outputs if o.get("metadata", {}).get("dlgrade")]
            failed = any(o.output_type == "error" for o in cell.outputs)
            if failed and not ours:
                ours = [nbformat.v4.new_output("display_data", {"text/plain": "A test failed."})]
            cell.outputs = ours
        return cell, resources


class GradesCsv(ExportPlugin):  # type: ignore[misc]
    """nbgrader's CSV with one column more, and without zeros that nobody gave.

    A submission with points that are still open (HELD, or to be given by hand) has no score:
    nbgrader's own exporter counts open points as 0.
    """

    def export(self, gradebook: Any) -> None:
        """Write `grades.csv`, or whatever `--to` says."""
        with open(self.to or "grades.csv", "w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, _COLUMNS)
            table.writeheader()
            for assignment in gradebook.assignments:
                if self.assignment and assignment.name not in map(str, self.assignment):
                    continue
                for student in gradebook.students:
                    if not self.student or student.id in map(str, self.student):
                        table.writerow(_row(gradebook, assignment, student))


_COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score", "needs_manual_grade",
)  # fmt: skip


def _row(gradebook: Any, assignment: Any, student: Any) -> dict[str, Any]:
    row = {
        "assignment": assignment.name, "duedate": assignment.duedate, "timestamp": "",
        "student_id": student.id, "last_name": student.last_name,
        "first_name": student.first_name, "email": student.email, "raw_score": 0.0,
        "late_submission_penalty": 0.0, "score": 0.0, "max_score": assignment.max_score,
        "needs_manual_grade": False,
    }  # fmt: skip
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:  # nothing was handed in: that is 0, as nbgrader has it
        return {name: _plain(value) for name, value in row.items()}
    penalty = submission.late_submission_penalty or 0.0
    undecided = any(_undecided(g) for n in submission.notebooks for g in n.grades)
    row |= {
        "timestamp": submission.timestamp, "late_submission_penalty": penalty,
        "raw_score": "" if undecided else submission.score,
        "score": "" if undecided else max(0.0, submission.score - penalty),
        "needs_manual_grade": submission.needs_manual_grade,
    }  # fmt: skip
    return {name: _plain(value) for name, value in row.items()}


def _undecided(grade: Any) -> bool:
    return grade.auto_score is None and grade.manual_score is None


def _plain(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is defused with a leading quote."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return "" if value is None else value
