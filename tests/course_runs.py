"""A small class, graded through the real sandbox, for tests that need one."""

import importlib.util
import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from graders.bridges import grade_json
from graders.containers.engine import unreachable
from graders.core import catalogue, pipeline
from graders.core.batch import Batch, Graded
from graders.core.data import course_data
from graders.core.handed_in import find_submissions
from graders.core.intake import Intake
from graders.core.sandbox import Sandbox
from graders.core.store import Store
from graders.core.types import Evidence, Submission
from graders.engines.local import LocalEngine
from graders.sandboxes.docker import DockerSandbox
from graders.sandboxes.local import LocalSandbox


def sandbox_for(course: catalogue.Course, slots: int = 2) -> LocalSandbox | DockerSandbox:
    """A sandbox that has what the course's notebooks import; the test is skipped without one."""
    if all(importlib.util.find_spec(name) for name in course.grader.packages):
        return LocalSandbox(slots=slots)
    if why := unreachable():
        pytest.skip(f"no container Engine answers: {why}")
    return DockerSandbox(slots=slots)


class Classroom:
    """Hand in, grade, look at the grades as programs see them (grade.json).

    Args:
        notebook: what is graded.
        folder: where the class, the store and the data are put.
        cell_s: wall seconds for one cell or call.
        jobs: how many run at the same time.
        sandbox: where they run; closed with the classroom. None: a local one.
        seed: of every run and of the mini data; None: as in a grading.
    """

    def __init__(
        self,
        notebook: str,
        folder: Path,
        cell_s: float,
        jobs: int = 2,
        sandbox: Sandbox | None = None,
        seed: int | None = None,
    ) -> None:
        self.course = catalogue.course(notebook).with_cell_limit(cell_s)
        self.seed = seed
        self.folder = folder
        self.grades: dict[str, Mapping[str, Any]] = {}
        self.graded: dict[str, Graded] = {}
        self.keys: tuple[Evidence, ...] = ()
        self.batch: Batch | None = None
        self._jobs = jobs
        self._store = Store(folder / "store")
        self._sandbox = sandbox or LocalSandbox(slots=jobs)

    def __enter__(self) -> "Classroom":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._sandbox.close()
        self._store.close()

    def hand_in(self, student: str, notebook: Mapping[str, Any]) -> None:
        place = self.folder / "submitted" / student / self.course.grader.assignment
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{self.course.name}.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")

    def grade_all(self) -> None:
        """Everybody who has handed in; the reference's own run is beside them."""
        data = course_data(self.course, "mini", self.folder, seed=self.seed or 0)
        batch = Batch(self.course, self._sandbox, self._store, data, threading.Event(), self.seed)
        work = find_submissions(self.folder / "submitted", self.course.grader.assignment)
        engine = LocalEngine(self._jobs)
        with ThreadPoolExecutor(1) as beside:  # nobody is judged before the reference has run
            keys = beside.submit(lambda: batch.keys)
            for (student, _), graded in batch.grade_all(engine, work, lambda _, graded: graded):
                self._record(student, graded)
        self.keys, self.batch = keys.result(), batch
        assert self.keys[0].seen

    def grade_the_key(self, student: str) -> None:
        """Grade the run that everybody is compared with like a student's: it trains but once."""
        batch, name = self.batch, self.course.name
        assert batch is not None
        who = Submission(self.course.grader.assignment, name, student, self.folder / student)
        grade = pipeline.grade(
            who, self.keys[0], self.keys, batch.cases, batch.grader, batch.by_hand, (), None,
            batch.truths, batch.bars,
        )  # fmt: skip
        self._record(student, Graded(grade, Intake("nbgrader"), self.keys[0], "", ran=False))

    def _record(self, student: str, graded: Graded) -> None:
        self.graded[student] = graded
        record = grade_json.as_dict(graded, self.course.grader, self._sandbox.fingerprint())
        self.grades[student] = json.loads(json.dumps(record, allow_nan=False))
