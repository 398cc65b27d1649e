"""What runs behind plain `nbgrader autograde` and Formgrader's button: our sandbox, our graders.

nbgrader takes one submission after the other. We look at all that it is going to ask for, run them
side by side when it asks for the first, and have the others ready when it comes to them. Imports
nothing of nbgrader.
"""

import json
import logging
import shutil
import signal
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import FrameType
from typing import Any

from graders.bridges.nbgrader.decided import Decided, decided
from graders.bridges.nbgrader.own_tests import decided_by_tests, truth
from graders.commands.sandboxes import open_sandbox
from graders.core import catalogue, jobs
from graders.core.batch import Batch, Graded, Handed
from graders.core.catalogue import Course
from graders.core.data import chosen
from graders.core.errors import CourseFault, GradingError
from graders.core.evidence import open_regular
from graders.core.intake import Intake, take_in
from graders.core.intake.assignment import read_assignment
from graders.core.rubric import Grader
from graders.core.running import Ambiguous, Interrupted, run_job
from graders.core.sandbox import Sandbox
from graders.core.store import Store
from graders.core.types import Execution, Limits
from graders.engines.cores import side_by_side
from graders.engines.local import LocalEngine

_MAX_FILE = 64 << 20
_MAX_FILES = 500
_NOT_DATA = frozenset({"timestamp.txt", "submission_secret.txt"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """One notebook of one student that nbgrader is going to ask for.

    Args:
        submitted: the student's folder.
        source: the course's own notebook.
    """

    assignment: str
    notebook: str
    student: str
    submitted: Path
    source: Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What `nbgrader_config.py` says about runs.

    Args:
        root: the course folder.
        sandbox: `auto`, `docker` or `local`.
        jobs: how many notebooks at a time; 0: as many as the cores hold.
        data: folder that notebooks of ours read as `$COURSE_DATA`; None for what the tier has.
        tier: of the data of notebooks of ours.
        limits: for courses of one's own; our graders bring theirs.
        locked: (assignment, notebook) → grade_id → source of locked cells, by the gradebook.
        kept: files of a student's that are not replaced by the course's, by assignment.
    """

    root: Path
    sandbox: str
    jobs: int
    data: Path | None
    limits: Limits
    locked: Callable[[str, str], Mapping[str, str]]
    kept: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tier: str = "mini"


class Ready:
    """Results by submission, kept in files: a class of notebooks with pictures is large."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="dlgrade-autograde-")
        self._places: dict[Wanted, Path] = {}
        self._lock = threading.Lock()
        self.fault: GradingError | None = None  # why nobody at all can be graded

    def put(self, wanted: Wanted, told: Decided) -> None:
        with self._lock:
            path = Path(self._folder.name) / f"{len(self._places)}.json"
            self._places[wanted] = path
        path.write_text(json.dumps(told.as_dict()), encoding="utf-8")

    def take(self, wanted: Wanted) -> Decided | None:
        """The result, once."""
        path = self._places.pop(wanted, None)
        if path is None:
            return None
        told = Decided(**json.loads(path.read_text("utf-8")))
        path.unlink()
        return told


def run_all(settings: Settings, work: Sequence[Wanted], ready: Ready, log: logging.Logger) -> None:
    """Run and judge everything in `work`, `settings.jobs` at a time.

    Raises:
        CourseFault, InfraFault, UsageFault: nothing can be graded at all; asked again, at once.
    """
    if ready.fault is not None:
        raise ready.fault
    settings = replace(settings, jobs=settings.jobs or side_by_side(settings.tier))
    console = _Lines(log)
    try:
        with (
            open_sandbox(settings.sandbox, settings.jobs, console) as sandbox,  # type: ignore[arg-type]
            _store(settings.root / "graded" / ".store") as store,
            _stopped_by_ctrl_c(sandbox) as stopping,
        ):
            for name in dict.fromkeys((w.assignment, w.notebook) for w in work):
                mine = [w for w in work if (w.assignment, w.notebook) == name]
                _Notebook(settings, mine, ready, sandbox, store, stopping, log).run()
    except GradingError as fault:
        ready.fault = fault
        raise


@contextmanager
def _stopped_by_ctrl_c(sandbox: Sandbox) -> Iterator[threading.Event]:
    """Ctrl-C ends the running notebooks; else the pool would wait for them."""
    stopping = threading.Event()

    def stop(signum: int, frame: FrameType | None) -> None:
        stopping.set()
        # A handler must not wait for locks that the interrupted thread may hold.
        threading.Thread(target=sandbox.stop, daemon=True).start()
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield stopping
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopping
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _store(folder: Path) -> Iterator[Store]:
    store = Store(folder)
    try:
        yield store
    finally:
        store.close()


class _Lines:
    """A console that writes into nbgrader's log."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log

    def print(self, text: str, **_style: Any) -> None:
        self._log.info(text)


@dataclass(frozen=True)
class _Notebook:
    """The submissions of one notebook, and what they are run with."""

    settings: Settings
    work: Sequence[Wanted]
    ready: Ready
    sandbox: Sandbox
    store: Store
    stopping: threading.Event
    log: logging.Logger

    def run(self) -> None:
        """Grade everybody, by our grader if the notebook has one."""
        by_student = {w.student: w for w in self.work}
        handed = [(w.student, w.submitted) for w in self.work]
        engine = LocalEngine(self.settings.jobs)
        course = _ours(self.work[0])
        by = "dlgrade's grader" if course else "its own test cells"
        self.log.info("%s is graded by %s", self.work[0].notebook, by)
        if course is None:
            graded = _OwnCourse(self).grade_all(engine, handed)
        else:
            graded = self._by_our_grader(course, engine, handed)
        for (student, _), told in graded:
            self.ready.put(by_student[student], told)
            self.log.info("%s: done", student)

    def _by_our_grader(
        self, course: Course, engine: LocalEngine, handed: Sequence[Handed]
    ) -> Iterator[tuple[Handed, Decided]]:
        data = chosen(course, self.settings.tier, self.settings.data, self.store.folder)
        batch = Batch(course, self.sandbox, self.store, data, self.stopping)
        assert batch.keys  # nobody is graded before the reference answers every question

        def tell(handed: Handed, graded: Graded) -> Decided:
            try:
                return decided(graded, course.source)
            except Exception:  # a page that we cannot draw is a fault of ours; the batch goes on
                held = batch.hold(*handed, traceback.format_exc(limit=-4))
                return decided(held, course.source)

        return batch.grade_all(engine, handed, tell)


def _ours(wanted: Wanted) -> Course | None:
    """The grader of ours for this notebook, if it is ours: same names, and cells for its checks."""
    if wanted.notebook not in catalogue.notebooks():
        return None
    course = catalogue.course(wanted.notebook)
    if course.grader.assignment != wanted.assignment or course.reference is None:
        return None
    there = read_assignment(wanted.source).by_id
    return course if all(c.id in there for c in course.grader.checks) else None


class _OwnCourse:
    """A notebook that is graded by its own test cells.

    Raises:
        CourseFault: it is written in another language.
    """

    def __init__(self, about: _Notebook) -> None:
        self._about = about
        self._settings, self._store = about.settings, about.store
        first = about.work[0]
        _must_be_python(first.source)
        self._source, self._assignment = first.source, first.assignment
        self._grader = Grader(
            first.assignment, first.notebook, 1, (), (), limits=about.settings.limits
        )

    @cached_property
    def _truth(self) -> Path:
        folder = self._store.folder / "released" / self._assignment
        folder.mkdir(parents=True, exist_ok=True)
        for sibling in self._source.parent.glob("*.ipynb"):  # intake tells them from it by name
            truth(sibling, self._settings.locked(self._assignment, sibling.stem), folder)
        return folder / self._source.name

    def grade_all(
        self, engine: LocalEngine, work: Sequence[Handed]
    ) -> Iterator[tuple[Handed, Decided]]:
        """Everybody, and those whose run was killed twice again at the end, alone."""
        _ = self._truth
        unclear: list[Handed] = []

        def one(handed: Handed) -> Decided | None:
            try:
                return self._grade_one(*handed)
            except Ambiguous:
                unclear.append(handed)
            except Interrupted:
                pass
            return None

        for handed, told in engine.map(one, work):
            if told is not None:
                yield handed, told
        for handed in unclear:
            with suppress(Interrupted):
                yield handed, self._grade_one(*handed, alone=True)

    def _grade_one(self, student: str, folder: Path, *, alone: bool = False) -> Decided:
        try:
            taken = take_in(folder, self._truth, self._grader.notebook)
            run = None if taken.notebook is None else self._run(student, folder, taken, alone)
            return decided_by_tests(taken, self._truth, run)
        except (Ambiguous, Interrupted, CourseFault):
            raise
        except Exception:  # a bug of ours keeps nobody else from being graded
            self._about.log.exception("%s: held", student)
            return decided_by_tests(Intake("held"), self._truth, None)

    def _run(self, student: str, folder: Path, taken: Intake, alone: bool) -> Execution:
        about = self._about
        with tempfile.TemporaryDirectory(prefix="dlgrade-files-") as place:
            data = self._files(folder, Path(place))
            job = jobs.make_job(
                self._store.executions, student, json.dumps(taken.notebook, sort_keys=True),
                jobs.plan_text(self._grader, {}), jobs.packed_arrays({}),
                about.sandbox.fingerprint(), self._grader, data, jobs.folder_digest(data),
                {"NBGRADER_EXECUTION": "autograde"},
            )  # fmt: skip
            run, _ = run_job(job, about.sandbox, self._store, about.stopping.is_set, alone=alone)
        return run

    def _files(self, submitted: Path, place: Path) -> Path | None:
        """The student's files and, over them, the course's: what a notebook finds beside it."""
        kept = {Path(name) for name in self._settings.kept.get(self._assignment, ())}
        _copy(submitted, place, frozenset())
        _copy(self._source.parent, place, kept)
        for path in (place, *place.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        return place if any(place.iterdir()) else None


def _copy(source: Path, place: Path, kept: frozenset[Path] | set[Path]) -> None:
    """Regular files only: nbgrader follows a student's links, and copies what they point to."""
    count = 0
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        linked = any((source / part).is_symlink() for part in (name, *name.parents))
        if linked or not path.is_file() or path.suffix == ".ipynb" or str(name) in _NOT_DATA:
            continue
        if any(part.startswith(".") for part in name.parts):
            continue
        if name in kept and (place / name).exists():
            continue
        count += 1
        if count > _MAX_FILES:
            return
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            with open_regular(path, _MAX_FILE) as file, open(place / name, "wb") as copy:
                shutil.copyfileobj(file, copy)
        except (OSError, ValueError):
            continue


def _must_be_python(source: Path) -> None:
    spec = json.loads(source.read_text("utf-8"))["metadata"].get("kernelspec", {})
    language = spec.get("language") or ("python" if "python" in spec.get("name", "python") else "?")
    if language.lower() != "python":
        raise CourseFault(
            f"{source.name} is written in {language}, and dlgrade runs Python notebooks; leave "
            "dlgrade's lines out of nbgrader_config.py for this assignment"
        )
