"""What holds for every notebook of the course: a clean nbgrader source that gives nothing away.

TensorFlow is not installed where these tests run: what needs it is executed in the image by the
conformance tests.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import nbformat
import pytest

from graders.core import catalogue
from reference_solutions import filling

# What the course promises its instructors; of the notebooks that train.
FEWEST = {"wrong": 12, "right": 6, "hostile": 4}


class Opened(NamedTuple):
    """A notebook of the course with all that hangs on it."""

    course: catalogue.Course
    source: Any
    reference: Mapping[str, filling.Cell]

    @property
    def points(self) -> dict[str, float]:
        marks = [cell.metadata.nbgrader for cell in self.source.cells]
        return {m.grade_id: m.points for m in marks if m.grade}


@cache
def opened(name: str) -> Opened:
    course = catalogue.course(name)
    assert course.reference is not None
    cells = filling.read_cells(course.reference / "solution.py")
    return Opened(course, nbformat.read(course.source, as_version=4), cells)


@pytest.fixture(params=catalogue.notebooks())
def notebook(request: pytest.FixtureRequest) -> Opened:
    return opened(request.param)


VARIANTS = [
    pytest.param(opened(name), variant, id=f"{name}-{variant.kind}-{variant.name}")
    for name in catalogue.notebooks()
    for variant in filling.variants(name)
]


def test_the_source_is_clean(notebook: Opened) -> None:
    nbformat.validate(notebook.source)
    assert (notebook.source.nbformat, notebook.source.nbformat_minor) == (4, 5)
    ids = [cell.id for cell in notebook.source.cells]
    assert len(ids) == len(set(ids))
    for cell in notebook.source.cells:
        marks = cell.metadata.nbgrader
        assert (marks.schema_version, marks.grade_id) == (3, cell.id)
        assert marks.locked != marks.solution
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


def test_every_answer_cell_has_a_reference_and_an_empty_region(notebook: Opened) -> None:
    answers = {c.id for c in notebook.source.cells if c.metadata.nbgrader.solution}
    assert answers == set(notebook.reference)
    for cell in notebook.source.cells:
        region = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL)
        assert len(region) == cell.metadata.nbgrader.solution
        assert not any(text.strip() for text in region)


def test_points_of_grader_and_assignment_agree(notebook: Opened) -> None:
    grader = notebook.course.grader
    ours = {c.id: c.points for c in grader.checks}
    assert {i: p for i, p in notebook.points.items() if i not in grader.by_hand} == ours
    assert set(grader.by_hand) == set(notebook.points) - set(ours)
    assert 20 <= sum(ours.values()) <= 32


def test_claims_are_worth_a_fifth_at_the_most(notebook: Opened) -> None:
    checks = notebook.course.grader.checks
    assert sum(c.points for c in checks if c.claim) <= 0.2 * sum(c.points for c in checks)


def test_every_check_has_a_wrong_variant_that_loses_it(notebook: Opened) -> None:
    wrong = [v for v in filling.variants(notebook.course.name) if v.kind == "wrong"]
    lost = frozenset[str]().union(*(v.loses for v in wrong))
    assert lost == {c.id for c in notebook.course.grader.checks}


@pytest.mark.parametrize("kind", FEWEST)
def test_the_catalogue_of_variants_is_as_large_as_promised(notebook: Opened, kind: str) -> None:
    found = [v for v in filling.variants(notebook.course.name) if v.kind == kind]
    assert len(found) >= FEWEST[kind]


@pytest.mark.parametrize(("notebook", "variant"), VARIANTS)
def test_every_variant_fits_the_assignment_and_the_rubric(
    notebook: Opened, variant: filling.Variant
) -> None:
    checks = notebook.course.grader.checks
    assert variant.loses <= {c.id for c in checks}
    assert (variant.keeps or 0) <= (variant.earns or sum(c.points for c in checks))
    assert (variant.earns or 0) <= sum(c.points for c in checks)
    if variant.keeps and notebook.course.grader.measures:
        assert variant.base == "reference", "only what it has taken over can keep points"
    for cell in filling.variant_notebook(notebook.course.source, variant).cells:
        locked = cell.metadata.get("nbgrader", {}).get("locked", False)  # may hold magics
        if cell.cell_type == "code" and not locked:
            compile(cell.source, cell.id, "exec")


def test_chance_decides_only_what_a_training_left_and_less_than_what_is_certain(
    notebook: Opened,
) -> None:
    grader = notebook.course.grader
    # What measures read differs from one training to the next, and so does what else is made of
    # the same file.
    read = {
        need.removesuffix("_if_any")
        for m in grader.measures
        for need in m.needs
        if not need.endswith(("_cases", "_truth"))
    }
    files = {o.of for o in grader.observations if o.name in read}
    left = read | {o.name for o in grader.observations if o.of in files}
    chancy = {
        c.id
        for c in grader.checks
        if any(need.endswith("_bar") or need.removesuffix("_if_any") in left for need in c.needs)
    }
    wrong = [v for v in filling.variants(notebook.course.name) if v.kind == "wrong"]
    assert frozenset[str]().union(*(v.may_lose for v in wrong)) <= chancy
    # An exception: most of what a mistake costs it always costs.
    assert sum(len(v.may_lose) for v in wrong) <= sum(len(v.loses) for v in wrong) / 5


def test_unseen_inputs_are_drawn_anew_by_their_seed_alone(notebook: Opened) -> None:
    assert notebook.course.reference is not None
    unseen = catalogue.load(notebook.course.reference / "unseen.py")

    def spelt(seed: int) -> str:
        return json.dumps(unseen.cases(seed), default=lambda a: a.tolist())

    assert spelt(1) == spelt(1)
    assert spelt(1) != spelt(2)
