"""Classes of the notebooks that train: minutes each, so they are graded once for all tests.

The reference trains once: it is graded by the very run that everybody is compared with. That a
second run of it, and one of another seed, loses nothing either is what `make conformance` shows.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import pytest

from graders.core import catalogue
from graders.core.batch import Batch
from graders.core.data import course_data
from graders.core.rubric import Calibrated
from graders.core.store import Store
from graders.core.types import Cases, Evidence, Truths
from tests.conformance.declared import seat
from tests.course_runs import Classroom, sandbox_for

Known = tuple[
    tuple[Evidence, ...], Mapping[str, Cases], Mapping[str, Truths], Mapping[str, Calibrated]
]

SEED = 20261121  # none of those that the bars were measured with
# Of the variants of a kind every so manieth takes part, beside the reference and a blank notebook:
# a commit is tested in minutes. `make conformance` grades all of all.
EVERY = {
    "mnist_digits": {"wrong": 30, "right": 11},
    "flowers_finetune": {"hostile": 4},
    "names_rnn": {"wrong": 24},
}


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Classroom]]:
    """The graded class of a notebook, by its name; the test is skipped without an Engine."""
    with contextlib.ExitStack() as opened:

        @cache
        def graded(notebook: str) -> Classroom:
            course = catalogue.course(notebook)
            room = Classroom(
                notebook, tmp_path_factory.mktemp(notebook), course.grader.limits.cell_s,
                sandbox=sandbox_for(course), seed=SEED,
            )  # fmt: skip
            opened.enter_context(room)
            seat(room, EVERY.get(notebook, {}), reference=False)
            room.grade_all()
            room.grade_the_key("reference")
            return room

        yield graded


@pytest.fixture(scope="session", params=catalogue.notebooks())
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
