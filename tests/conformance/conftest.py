"""Classes of the notebooks that train: minutes each, so they are graded once for all tests.

A commit tries one of these notebooks, a night all of them (tests/nightly).

The reference trains once: it is graded by the very run that everybody is compared with. That a
second run of it, and one of another seed, loses nothing either is what `make conformance` shows.
"""

import contextlib
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from graders.core import catalogue
from graders.core.batch import Batch
from graders.core.data import course_data
from graders.core.rubric import Calibrated
from graders.core.store import Store
from graders.core.types import Cases, Evidence, Truths
from tests.conformance.declared import seat
from tests.course_runs import Classroom, sandbox_for
from tests.nightly import parts, record
from tests.nightly.parts import CLASS

Known = tuple[
    tuple[Evidence, ...], Mapping[str, Cases], Mapping[str, Truths], Mapping[str, Calibrated]
]

# Of the variants of a kind every so manieth takes part, beside the reference and a blank notebook:
# a commit is tested in minutes. In a night all mistakes do, several in one notebook (together.py);
# `make conformance` grades all of all.
EVERY = {
    "mnist_digits": {"wrong": 30, "right": 11},
    "flowers_finetune": {"hostile": 4},
    "names_rnn": {"wrong": 24},
}


def _folder(notebook: str, config: pytest.Config, made: pytest.TempPathFactory) -> Path:
    """Where a class is kept: in a night, where an interrupted one goes on."""
    part = config.getoption("--part")
    if not part:
        return made.mktemp(notebook)
    folder = parts.CACHE / part
    shutil.rmtree(folder / "submitted", ignore_errors=True)  # of variants that are gone
    return folder


def _seed(notebook: str, config: pytest.Config) -> int:
    """A commit always takes the same, a night the next one."""
    part = config.getoption("--part")
    return record.seed(part) if part == f"{CLASS}{notebook}" else record.SEED


def each(values: Iterable[Any]) -> list[Any]:
    """Parameters that begin with a notebook: those of one that trains belong to its own part."""
    found = []
    for value in values:
        given = value if isinstance(value, tuple) else (value,)
        marks = [pytest.mark.nightly(f"{CLASS}{given[0]}")] if given[0] in parts.trained() else []
        found.append(pytest.param(*given, marks=marks))
    return found


@pytest.fixture(scope="session")
def trained(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Classroom]]:
    """The graded class of a notebook, by its name; the test is skipped without an Engine."""
    with contextlib.ExitStack() as opened:

        @cache
        def graded(notebook: str) -> Classroom:
            course = catalogue.course(notebook)
            room = Classroom(
                notebook, _folder(notebook, pytestconfig, tmp_path_factory),
                course.grader.limits.cell_s, sandbox=sandbox_for(course),
                seed=_seed(notebook, pytestconfig),
            )  # fmt: skip
            opened.enter_context(room)
            night = pytestconfig.getoption("--part") is not None
            seat(room, EVERY.get(notebook, {}), together=night, reference=False)
            room.grade_all()
            room.grade_the_key("reference")
            return room

        yield graded


@pytest.fixture(scope="session", params=each(catalogue.notebooks()))
def known(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    trained: Callable[[str], Classroom],
) -> Iterator[tuple[catalogue.Course, Known]]:
    folder = tmp_path_factory.mktemp("key")
    course = catalogue.course(request.param)
    if course.grader.measures:
        batch = trained(request.param).batch
        assert batch is not None
        yield course, (batch.keys, batch.cases, batch.truths, batch.bars)
        return
    store = Store(folder)
    with sandbox_for(course) as sandbox:
        data = course_data(course, "mini", folder)
        batch = Batch(course, sandbox, store, data, threading.Event())
        yield course, (batch.keys, batch.cases, batch.truths, batch.bars)
    store.close()
