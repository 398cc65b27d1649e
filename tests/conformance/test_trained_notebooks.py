"""Notebooks that train: on a fresh seed, in containers, everybody gets exactly what they declare.

One seed of data and training and some of the variants here: each takes a quarter of a minute and
more. A commit tries one notebook, a night each of them (tests/nightly); `make conformance` grades
all variants, over many seeds.
"""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from graders.commands.calibrate import Request, check
from graders.core import calibration, catalogue
from graders.core.errors import ExitCode
from graders.core.figures import Described, Pictures
from tests.conformance.conftest import each
from tests.conformance.declared import Problem, problems
from tests.course_runs import Classroom
from tests.engine import needs_engine
from tests.nightly.parts import trained

FULL_SEEDS = {"mnist_digits": 20}  # of those that train for minutes; of others:
FEWEST = 3
MINI_SEEDS = 20
# Which unseen inputs are pictures: case 0 is secret, case 1 shown.
PICTURED = {
    "mnist_digits": "images",
    "cifar_cnn": "images",
    "flowers_finetune": "images",
    "face_autoencoder": "faces",
    "face_gan": "faces",
    "captioning": "photographs",
}
TRAINED = trained()


@pytest.fixture(params=each(TRAINED))
def room(request: pytest.FixtureRequest, trained: Callable[[str], Classroom]) -> Classroom:
    return trained(request.param)


@needs_engine
def test_everybody_gets_exactly_what_they_declare(room: Classroom) -> None:
    found: list[Problem] = problems(room)
    assert not found, "\n".join(map(str, found))


@needs_engine
@pytest.mark.parametrize(("notebook", "of"), each(PICTURED.items()))
def test_no_held_out_picture_is_ever_drawn(
    notebook: str, of: str, trained: Callable[[str], Classroom]
) -> None:
    room = trained(notebook)
    assert room.batch is not None
    held_out, shown = (c["images"] for c in room.batch.cases[of])
    secret = {np.asarray(image).tobytes() for image in np.asarray(held_out)}
    known = {np.asarray(image).tobytes() for image in np.asarray(shown)}
    drawn = [
        np.asarray(image).tobytes()
        for graded in room.graded.values()
        for result in graded.grade.results
        for figure in result.figures
        if isinstance(figure, Pictures | Described)
        for image in figure.images
    ]
    assert not secret.intersection(drawn)
    assert known.intersection(drawn), "pictures that students have are shown"


@pytest.mark.parametrize("notebook", TRAINED)
def test_bars_rest_on_as_many_seeds_as_promised(notebook: str) -> None:
    course = catalogue.course(notebook)
    fewest = {"mini": MINI_SEEDS, "full": FULL_SEEDS.get(notebook, FEWEST)}
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
