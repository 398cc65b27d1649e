"""A small class, graded through the real sandbox, for tests that need one."""

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from graders.bridges import grade_json
from graders.core import catalogue
from graders.core.batch import Batch, Graded, find_submissions
from graders.core.data import mini_data
from graders.core.sandbox import Sandbox
from graders.core.store import Store
from graders.core.types import Evidence
from graders.engines.local import LocalEngine
from graders.sandboxes.local import LocalSandbox


class Classroom:
    """Hand in, grade, look at the grades as programs see them (grade.json).

    Args:
        notebook: what is graded.
        folder: where the class, the store and the data are put.
        cell_s: wall seconds for one cell or call.
        jobs: how many run at the same time.
        sandbox: where they run; closed with the classroom. None: a local one.
    """

    def __init__(
        self,
        notebook: str,
        folder: Path,
        cell_s: float,
        jobs: int = 2,
        sandbox: Sandbox | None = None,
    ) -> None:
        self.course = catalogue.course(notebook).with_cell_limit(cell_s)
        self.folder = folder
        self.grades: dict[str, Mapping[str, Any]] = {}
        self.graded: dict[str, Graded] = {}
        self.keys: tuple[Evidence, ...] = ()
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
        place.mkdir(parents=True)
        path = place / f"{self.course.name}.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")

    def grade_all(self) -> None:
        data = mini_data(self.course, self.folder)
        batch = Batch(self.course, self._sandbox, self._store, data, threading.Event())
        assert batch.keys[0].seen
        work = find_submissions(self.folder / "submitted", self.course.grader.assignment)
        engine = LocalEngine(self._jobs)
        self.keys = batch.keys
        for (student, _), graded in batch.grade_all(engine, work, lambda _, graded: graded):
            self.graded[student] = graded
            record = grade_json.as_dict(graded, self.course.grader, self._sandbox.fingerprint())
            self.grades[student] = json.loads(json.dumps(record, allow_nan=False))
