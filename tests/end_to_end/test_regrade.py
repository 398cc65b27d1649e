"""A changed bar or message judges stored evidence anew and executes nothing."""

import threading
from dataclasses import replace
from pathlib import Path

from graders.core import catalogue
from graders.core.batch import Batch
from graders.core.data import course_data
from graders.core.store import Store
from graders.core.types import Execution, Finding, Job
from graders.sandboxes.local import LocalSandbox
from reference_solutions.demo_class import NOTEBOOK, SOURCE
from reference_solutions.filling import fill, read_cells
from tests.course_runs import Classroom


class NoSandbox(LocalSandbox):
    """The same software, but it refuses to run anything."""

    def run(self, job: Job) -> Execution:
        raise AssertionError("something was executed")


def test_a_changed_bar_executes_nothing(tmp_path: Path) -> None:
    course = catalogue.course(NOTEBOOK)
    reference = Path(course.reference or "") / "solution.py"
    with Classroom(NOTEBOOK, tmp_path, cell_s=course.grader.limits.cell_s) as room:
        room.hand_in("ada", fill(SOURCE, read_cells(reference)))
        room.grade_all()
        assert room.grades["ada"]["points"] == 32

    def stricter(*answers: object) -> Finding:
        return Finding(0.5, ())

    checks = tuple(replace(c, judge=stricter) for c in course.grader.checks)
    changed = replace(
        course, grader=replace(course.grader, version=course.grader.version + 1, checks=checks)
    )
    store = Store(tmp_path / "store")
    data = course_data(course, "mini", tmp_path)
    batch = Batch(changed, NoSandbox(slots=1), store, data, threading.Event())

    again = batch.grade_one("ada", tmp_path / "submitted" / "ada" / NOTEBOOK)

    store.close()
    assert again.grade.auto_points == 16
    assert not again.ran
