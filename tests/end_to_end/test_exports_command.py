"""`dlgrade export` on the command line, from grades as `dlgrade grade` leaves them."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from graders.core import catalogue
from reference_solutions.demo_class import NOTEBOOK

pytestmark = pytest.mark.nightly("courses")

ROOT = Path(__file__).resolve().parents[2]
CHECKS = catalogue.course(NOTEBOOK).grader.checks


def write(folder: Path, student: str, *, held: bool = False) -> None:
    checks: list[dict[str, Any]] = [
        {"id": c.id, "outcome": "held" if held else "judged", "points": None if held else c.points,
         "max_points": c.points, "asks": "", "feedback": "", "measured": {}, "staff_note": "NOTE"}
        for c in CHECKS
    ]  # fmt: skip
    total = sum(c.points for c in CHECKS)
    record = {
        "schema": "dlgrade/grade/1", "student": student, "points": None if held else total,
        "max_points": total, "by_hand_points": 3.0, "held": held, "checks": checks, "notes": [],
        "run": {"key": "k", "ending": "finished", "wall_s": 1.0},
    }  # fmt: skip
    place = folder / "graded" / NOTEBOOK / student
    place.mkdir(parents=True)
    (place / "grade.json").write_text(json.dumps(record), encoding="utf-8")
    (folder / "submitted" / student / NOTEBOOK).mkdir(parents=True)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    write(tmp_path, "ada")
    write(tmp_path, "bob", held=True)
    write(tmp_path, "gone")
    (tmp_path / "submitted" / "gone" / NOTEBOOK).rmdir()
    return tmp_path


def export(course: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "graders.cli", "export", NOTEBOOK, "--course", str(course)]
    return subprocess.run([*command, *words], cwd=ROOT, capture_output=True, timeout=60)


def test_an_export_succeeds_and_says_who_is_left_empty(course: Path) -> None:
    done = export(course, "--to", "canvas")
    assert done.returncode == 0, done.stderr
    rows = list(csv.reader(io.StringIO(done.stdout.decode())))
    assert [row[-1] for row in rows] == ["linear_models", "32", "32", ""]
    said = done.stderr.decode()
    assert "1 of them are HELD and left empty, never 0 (bob)" in said
    assert "3 more are given by hand" in said


def test_a_roster_decides_what_the_other_system_calls_them(course: Path) -> None:
    roster = course / "roster.csv"
    roster.write_text("student,email,name\nada,ada@x,Ada\nbob,bob@x,Bob\ndan,dan@x,Dan\n")
    done = export(course, "--to", "moodle", "--roster", str(roster))
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert [(r["Email address"], r["Grade"]) for r in rows] == [("ada@x", "32"), ("bob@x", "")]
    assert b"1 in the roster have no grade and are left out" in done.stderr


def test_a_file_is_written_in_the_encoding_of_its_reader(course: Path) -> None:
    out = course / "up" / "load.xls"
    done = export(course, "--to", "blackboard", "--out", str(out), "--column", "Week 1")
    assert (done.returncode, done.stdout) == (0, b"")
    assert '"Week 1 [Total Pts: 32 Score]"' in out.read_bytes().decode("utf-16")


def test_final_scores_come_from_nbgraders_export(course: Path) -> None:
    grades = course / "grades.csv"
    grades.write_text(
        "assignment,student_id,max_score,score,needs_manual_grade\nother,ada,9,9,False\n"
        f"{NOTEBOOK},ada,35.0,33.5,False\n{NOTEBOOK},bob,35.0,,True\n"
    )
    done = export(course, "--to", "canvas", "--scores", str(grades))
    rows = list(csv.reader(io.StringIO(done.stdout.decode())))
    assert [row[-1] for row in rows] == ["linear_models", "35", "33.5", ""]
    assert b"1 of them have no final score and left empty" in done.stderr
    assert b"by hand" not in done.stderr


def test_scores_that_count_open_points_as_0_are_refused(course: Path) -> None:
    grades = course / "grades.csv"
    grades.write_text(f"assignment,student_id,max_score,score\n{NOTEBOOK},bob,35.0,0.0\n")
    done = export(course, "--to", "canvas", "--scores", str(grades))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"counts open points as 0" in done.stderr


def test_staffs_own_formats_are_there_too(course: Path) -> None:
    lines = export(course, "--to", "jsonl").stdout.decode().splitlines()
    assert [json.loads(line)["student"] for line in lines] == ["ada", "bob"]
    assert export(course, "--to", "csv").stdout.startswith(b"student,state,points")
    suites = ElementTree.fromstring(export(course, "--to", "junit").stdout.decode())
    assert len(suites) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "canvas", "--graded", "nowhere"), "no grades of linear_models in nowhere"),
        (("--to", "canvas", "--roster", "nowhere.csv"), "nowhere.csv cannot be read"),
        (("--to", "jsonl", "--scores", "x"), "--scores is for canvas, moodle, blackboard"),
        (("--to", "canvas", "--scores", "LICENSE"), "is not what `nbgrader export` writes"),
        (("--to", "excel"), "Invalid value for '--to'"),
    ],
)
def test_what_is_wrong_is_one_sentence(course: Path, words: tuple[str, ...], said: str) -> None:
    done = export(course, *words)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
