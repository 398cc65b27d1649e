"""grade.json holds what JSON can hold, whatever was measured."""

import json
from pathlib import Path

import pytest

from graders.bridges.files import write_json, write_text
from graders.bridges.grade_json import as_dict
from graders.core.batch import Graded
from graders.core.intake import Intake
from graders.core.rubric import Grader
from graders.core.types import (
    CheckResult,
    Ending,
    Evidence,
    Execution,
    Grade,
    Note,
    Outcome,
    Submission,
)

GRADER = Grader("toys", "toy", 3, (), ())


def graded(*results: CheckResult, run: Execution | None = None) -> Graded:
    who = Submission("toys", "toy", "ada", Path("ada"), "abc")
    grade = Grade(who, results, (Note("code", "For you.", "For staff."),), run)
    return Graded(grade, Intake("nbgrader"), Evidence(), "key", ran=True)


def test_a_measure_that_is_no_number_becomes_text(tmp_path: Path) -> None:
    odd = {"loss": float("nan"), "gap": float("inf"), "share": 0.5}
    result = CheckResult("c", Outcome.JUDGED, 0.0, 2.0, measured=odd)
    record = as_dict(graded(result), GRADER, "image")
    write_json(tmp_path / "grade.json", record)
    read = json.loads((tmp_path / "grade.json").read_text("utf-8"))
    assert read["checks"][0]["measured"] == {"loss": "nan", "gap": "inf", "share": 0.5}


def test_held_points_are_null_and_the_record_says_held() -> None:
    held = CheckResult("c", Outcome.HELD, None, 2.0, staff_note="a bug")
    record = as_dict(graded(held), GRADER, "image")
    assert (record["points"], record["held"], record["max_points"]) == (None, True, 2.0)
    assert record["checks"][0]["points"] is None


def test_a_record_names_its_grader_its_run_and_its_software() -> None:
    run = Execution(Ending.FINISHED, 1.23456, 2.0, 100.0, Path("out"))
    record = as_dict(graded(run=run), GRADER, "local:abc")
    assert record["schema"] == "dlgrade/grade/1"
    assert (record["grader_version"], record["submission_sha256"]) == (3, "abc")
    assert record["run"]["image"] == "local:abc"
    assert record["run"]["ending"] == "finished"


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a" / "page.html"
    write_text(path, "one")
    with pytest.raises(ValueError, match="JSON"):
        write_json(path, {"x": float("nan")})
    assert path.read_text("utf-8") == "one"
    assert [p.name for p in path.parent.iterdir()] == ["page.html"]


def test_a_name_that_is_no_unicode_is_written_all_the_same(tmp_path: Path) -> None:
    write_text(tmp_path / "page.html", "caf\udce9")
    assert (tmp_path / "page.html").read_text("utf-8") == "caf?"
