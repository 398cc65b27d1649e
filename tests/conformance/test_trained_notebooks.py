"""Notebooks that train: on a fresh seed, in containers, everybody gets exactly what they declare.

One seed of data and training and some of the variants here: each takes a quarter of a minute and
more. `make conformance` grades all of them, over many seeds.
"""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from graders.commands.calibrate import Request, check
from graders.core import calibration, catalogue
from graders.core.errors import ExitCode
from tests.conformance.declared import Problem, problems, seat
from tests.course_runs import Classroom
from tests.engine import needs_engine

FULL_SEEDS = {"mnist_digits": 20, "cifar_cnn": 3}
EVERY = {"wrong": 6, "right": 4, "hostile": 2}
SEED = 20261121  # none of those that the bars were measured with
TRAINED = [n for n in catalogue.notebooks() if catalogue.course(n).grader.measures]


@pytest.fixture(scope="module", params=TRAINED)
def room(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Classroom]:
    from graders.sandboxes.docker import DockerSandbox

    folder = tmp_path_factory.mktemp(request.param)
    sandbox = DockerSandbox(slots=2)
    cell_s = catalogue.course(request.param).grader.limits.cell_s
    with Classroom(request.param, folder, cell_s, sandbox=sandbox, seed=SEED) as opened:
        seat(opened, EVERY)
        opened.grade_all()
        yield opened


@needs_engine
def test_everybody_gets_exactly_what_they_declare(room: Classroom) -> None:
    found: list[Problem] = problems(room)
    assert not found, "\n".join(map(str, found))


@needs_engine
def test_a_run_is_executed_observed_and_judged_within_a_minute(room: Classroom) -> None:
    run = room.graded["reference"].grade.execution
    assert run is not None
    # Two ran side by side on as few as two cores; the observation is another container's start.
    assert run.cpu_s < 60, f"{run.cpu_s:.0f} s of processor time"


@needs_engine
def test_no_held_out_picture_or_label_reaches_a_grade(room: Classroom) -> None:
    for student, grade in room.grades.items():
        assert len(json.dumps(grade)) < 200_000, student


@pytest.mark.parametrize("notebook", TRAINED)
def test_the_catalogue_of_variants_is_as_large_as_promised(notebook: str) -> None:
    from reference_solutions.filling import variants

    kinds = [v.kind for v in variants(notebook)]
    assert kinds.count("wrong") >= 12
    assert kinds.count("right") >= 6
    assert kinds.count("hostile") >= 3


@pytest.mark.parametrize("notebook", TRAINED)
def test_points_of_grader_and_assignment_agree(notebook: str) -> None:
    course = catalogue.course(notebook)
    cells = json.loads(course.source.read_text("utf-8"))["cells"]
    marks = [c["metadata"].get("nbgrader", {}) for c in cells]
    declared = {m["grade_id"]: float(m["points"]) for m in marks if m.get("grade")}
    by_hand = catalogue.graded_by_hand(notebook)
    ours = {c.id: c.points for c in course.grader.checks}
    ours |= {g: by_hand[g][0] for g in course.grader.by_hand}
    assert ours == declared


@pytest.mark.parametrize("notebook", TRAINED)
def test_bars_rest_on_as_many_seeds_as_promised(notebook: str) -> None:
    course = catalogue.course(notebook)
    fewest = {"mini": 20, "full": FULL_SEEDS[notebook]}
    measured = [t for t in fewest if calibration.file_of(course, t).is_file()]
    assert "mini" in measured
    for tier in measured:
        found = calibration.bars(course, tier).values()
        assert min(bar.n for bar in found) >= fewest[tier], tier


@pytest.mark.parametrize("notebook", TRAINED)
def test_the_stored_calibration_is_of_this_very_course(notebook: str, tmp_path: Path) -> None:
    """Whoever changes the reference, the data, a measure or the image's packages measures anew."""
    said = io.StringIO()
    asked = Request("mini", 20, 1, tmp_path)
    code = check(catalogue.course(notebook), asked, Console(file=said, width=200))
    assert code is ExitCode.OK, said.getvalue()
