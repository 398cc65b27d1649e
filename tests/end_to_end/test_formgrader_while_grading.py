"""Formgrader reads while a class is being graded: one writer, and nobody waits or fails."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from reference_solutions.demo_class import NOTEBOOK, SOURCE
from reference_solutions.filling import fill
from tests.end_to_end.test_grade_command import ROOT, command, grade, hand_in
from tests.nbgrader_course import Formgrader

pytestmark = pytest.mark.nightly("courses")

CLASS = 60


def test_formgrader_answers_throughout_a_grading(tmp_path: Path) -> None:
    course = tmp_path / "course"
    hand_in(course, "first", fill(SOURCE, {}))
    source = course / "source" / NOTEBOOK
    source.mkdir(parents=True)
    (source / SOURCE.name).write_bytes(SOURCE.read_bytes())
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'busy'\n"
        f"c.CourseDirectory.root = {str(course)!r}\n"
    )
    assert grade(course).returncode == 0
    for k in range(CLASS):  # files that cannot be opened: written to the gradebook, not run
        place = course / "submitted" / f"s{k:02}" / NOTEBOOK
        place.mkdir(parents=True)
        (place / f"{NOTEBOOK}.ipynb").write_bytes(b"\x89PNG\r\n\x1a\n")

    with Formgrader(course) as formgrader:
        formgrader.wait()
        assert len(formgrader.get(f"api/submissions/{NOTEBOOK}")) >= 1
        grading = subprocess.Popen(
            command(course), cwd=ROOT, env=os.environ.copy(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        seen = []
        while grading.poll() is None:
            answer = formgrader.get(f"api/submissions/{NOTEBOOK}")  # fails unless it is a 200
            seen.append(sum(row["autograded"] for row in answer))
            formgrader.get("api/assignments")
            time.sleep(0.05)
        out, _ = grading.communicate()
        assert grading.returncode == 0, out
        last = formgrader.get(f"api/submissions/{NOTEBOOK}")
        log = formgrader.log()

    assert sum(row["autograded"] for row in last) == CLASS + 1
    assert len(set(seen)) > 2, "it was never asked in mid-grading"
    assert seen == sorted(seen)
    assert "locked" not in log
