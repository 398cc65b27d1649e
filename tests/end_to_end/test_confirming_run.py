"""The rule for luck: a result just below its bar is run once more, and the better run counts.

A real sandbox runs a notebook whose result depends on nothing but the seed that we give it.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from graders.checks import claim, measure, reaches
from graders.core import calibration, catalogue
from graders.core.batch import Batch, Graded
from graders.core.catalogue import Course
from graders.core.errors import UsageFault
from graders.core.rubric import Calibrated
from graders.core.saying import says
from graders.core.store import Store
from graders.core.types import Answers, CourseData, Execution, Job, Refusal
from graders.sandboxes.local import LocalSandbox
from reference_solutions.demo_class import NOTEBOOK, SOURCE
from reference_solutions.filling import Cell, fill

pytestmark = pytest.mark.nightly("courses")

BAR = Calibrated(none=0.1, full=0.9, near=0.8, mean=0.93, sd=0.01, n=20)
FIRST = 100  # the seed of the first run; the second run gets the next one


@measure("luck", unit="share of images", baseline=lambda: 0.1)
def luck(score: Answers) -> float | Refusal:
    assert not isinstance(score[0], Refusal)
    (value,) = score[0]
    assert isinstance(value, np.ndarray)
    return float(value)


CHECK = reaches("check_expand", points=2, measure=luck, asks="Luck.", title="luck")


@contextmanager
def batch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Batch]:
    monkeypatch.setattr(calibration, "bars", lambda course, tier: {"luck": BAR})
    whole = catalogue.course(NOTEBOOK)
    grader = replace(
        whole.grader, evidence=(claim.variable("score"),), checks=(CHECK,), measures=(luck,),
        by_hand=(), also_right=(), sentences={"luck": says("Luck")},
    )  # fmt: skip
    course = Course(grader, whole.source, whole.reference)
    notebook = json.dumps(fill(SOURCE, {"expand": Cell("score = 0.95")}))
    monkeypatch.setattr(catalogue, "reference_notebooks", lambda name: {"reference": notebook})
    (folder / "train").mkdir()
    data = CourseData("mini", folder / "train")
    store = Store(folder / "store")
    with LocalSandbox(slots=1) as sandbox:
        yield Batch(course, sandbox, store, data, threading.Event(), FIRST)
    store.close()


def grade(room: Batch, folder: Path, scores: dict[int, float]) -> Graded:
    """Hand in a notebook that reaches these scores with these seeds."""
    source = f"import os\nscore = {scores!r}[int(os.environ['COURSE_SEED'])]"
    place = folder / "ada"
    place.mkdir(exist_ok=True)
    notebook = json.dumps(fill(SOURCE, {"expand": Cell(source)}))
    (place / f"{NOTEBOOK}.ipynb").write_text(notebook, encoding="utf-8")
    return room.grade_one("ada", place)


def runs(room: Batch) -> int:
    return sum(1 for _ in (room.store.executions).iterdir())


@pytest.mark.parametrize(
    ("first", "second", "points", "executed"),
    [
        pytest.param(0.95, 0.0, 2.0, 1, id="above the bar: one run"),
        pytest.param(0.85, 0.95, 2.0, 2, id="just below: the second run is better, and counts"),
        pytest.param(0.85, 0.5, 1.88, 2, id="just below: the first run is better, and stays"),
        pytest.param(0.85, 0.86, 1.9, 2, id="just below twice: there is no third run"),
        pytest.param(0.5, 0.95, 1.0, 1, id="far below: luck has nothing to do with it"),
    ],
)
def test_luck_decides_in_one_more_run_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    first: float, second: float, points: float, executed: int,
) -> None:  # fmt: skip
    with batch(tmp_path, monkeypatch) as room:
        _ = room.keys
        before = runs(room)
        graded = grade(room, tmp_path, {FIRST: first, FIRST + 1: second})
        assert graded.grade.auto_points == pytest.approx(points)
        assert runs(room) - before == executed
        told = [note.code for note in graded.grade.notes]
        assert told.count("confirming-run") == executed - 1
        again = room.grade_one("ada", tmp_path / "ada")
        assert not again.ran, "both runs are stored"
        assert again.grade.auto_points == graded.grade.auto_points


def test_a_sandbox_without_the_packages_says_so_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with batch(tmp_path, monkeypatch) as room:
        grader = replace(room.course.grader, packages=("no_such_package",))
        lacking = replace(room, course=replace(room.course, grader=grader))
        with pytest.raises(UsageFault, match="needs no_such_package, which this Python lacks"):
            _ = lacking.keys
        assert runs(room) == 0


def test_forcing_runs_the_first_and_the_confirming_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with batch(tmp_path, monkeypatch) as room:
        scores = {FIRST: 0.85, FIRST + 1: 0.95}
        assert grade(room, tmp_path, scores).ran
        assert not grade(room, tmp_path, scores).ran
        ran = []
        plain = room.sandbox.run

        def counted(job: Job) -> Execution:
            ran.append(job.env["COURSE_SEED"])
            return plain(job)

        forced = replace(room, again=frozenset({"ada"}))
        assert forced.keys == room.keys  # nobody asked for the reference to run again
        monkeypatch.setattr(room.sandbox, "run", counted)
        assert grade(forced, tmp_path, scores).grade.auto_points == 2.0
        assert ran == [str(FIRST), str(FIRST + 1)]
