"""A fault of ours in the middle of a class: that student waits, everybody else is graded."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from graders.commands import grade as grading
from graders.commands.grade import Request, grade_class
from graders.core import batch as batches
from graders.core import catalogue
from graders.core.data import mini_data
from graders.core.errors import ExitCode
from graders.core.intake import take_in
from graders.sandboxes.local import LocalSandbox
from reference_solutions.demo_class import NOTEBOOK, SOURCE
from reference_solutions.filling import fill, read_cells


def test_one_held_student_keeps_nobody_else_and_shows_in_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = catalogue.course(NOTEBOOK)
    reference = Path(course.reference or "") / "solution.py"
    complete = json.dumps(fill(SOURCE, read_cells(reference)))
    for student in ("ada", "bob"):
        place = tmp_path / "submitted" / student / NOTEBOOK
        place.mkdir(parents=True)
        (place / f"{NOTEBOOK}.ipynb").write_text(complete, encoding="utf-8")

    def broken_for_bob(folder: Path, *more: Any) -> Any:
        if folder.parent.name == "bob":
            raise RuntimeError("a bug of ours")
        return take_in(folder, *more)

    monkeypatch.setattr(batches, "take_in", broken_for_bob)
    out = tmp_path / "graded"
    asked = Request(tmp_path, out, mini_data(course, tmp_path), jobs=2)
    with LocalSandbox(slots=2) as sandbox:
        code = grade_class(course, asked, sandbox, Console(file=io.StringIO()))

    assert code is ExitCode.UNGRADED
    rows = list(csv.DictReader((out / NOTEBOOK / "summary.csv").read_text("utf-8").splitlines()))
    assert [(r["student"], r["state"], r["points"]) for r in rows] == [
        ("ada", "graded", "32"),
        ("bob", "held", ""),
    ]
    page = (out / NOTEBOOK / "bob" / "report.html").read_text("utf-8")
    assert "a bug of ours" not in page
    assert "waits for staff" in page
    assert "a bug of ours" in (out / NOTEBOOK / "bob" / "grade.json").read_text("utf-8")
    assert (tmp_path / "gradebook.db").is_file()


def test_a_class_page_that_cannot_be_drawn_costs_nobody_a_grade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "submitted" / "ada" / NOTEBOOK
    place.mkdir(parents=True)
    (place / f"{NOTEBOOK}.ipynb").write_bytes(b"no notebook")  # refused: nothing has to run

    def broken(view: Any) -> str:
        raise ValueError("0.82 is not in list")

    monkeypatch.setattr(grading, "class_page", broken)
    course, out, said = catalogue.course(NOTEBOOK), tmp_path / "graded", io.StringIO()
    asked = Request(tmp_path, out, mini_data(course, tmp_path), jobs=1)
    with LocalSandbox(slots=1) as sandbox:
        code = grade_class(course, asked, sandbox, Console(file=said, width=200))

    assert code is ExitCode.FAILED
    assert "The class page could not be drawn, by a fault of ours" in said.getvalue()
    assert (out / NOTEBOOK / "ada" / "report.html").is_file()
    assert "ada" in (out / NOTEBOOK / "summary.csv").read_text("utf-8")
    assert (tmp_path / "gradebook.db").is_file()
