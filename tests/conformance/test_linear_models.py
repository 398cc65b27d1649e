"""Graders earn trust: the whole class, executed for real, gets exactly what it declares."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from graders.core import catalogue
from reference_solutions.broken import ADDRESS, BROKEN, REFUSED, REPAIRED, TOKEN
from reference_solutions.declared import misfit, misfit_of
from reference_solutions.demo_class import NOTEBOOK, ORIGINAL_LACKS, SOURCE, student
from reference_solutions.filling import (
    Cell,
    Cells,
    Variant,
    fill,
    read_cells,
    variant_notebook,
    variants,
)
from tests.course_runs import Classroom

# Hostile ones sit in a class of their own: tests/hostile.
VARIANTS = [v for v in variants(NOTEBOOK) if v.kind != "hostile"]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    with Classroom(NOTEBOOK, tmp_path_factory.mktemp("class"), cell_s=4.0) as opened:
        reference = Path(catalogue.course(NOTEBOOK).reference or "") / "solution.py"
        complete = fill(SOURCE, read_cells(reference))
        opened.hand_in("reference", complete)
        opened.hand_in("magics", fill(SOURCE, under_magics(read_cells(reference))))
        for name, write in BROKEN.items():
            place = opened.folder / "submitted" / f"broken-{name}" / NOTEBOOK
            place.mkdir(parents=True)
            write(json.dumps(complete).encode(), place)
        opened.hand_in("blank", fill(SOURCE, {}))
        for variant in VARIANTS:
            opened.hand_in(student(variant), variant_notebook(SOURCE, variant))
        opened.grade_all()
        yield opened


def under_magics(cells: Cells) -> Cells:
    """The same, with optimisers under cell magics: no variant can hold one, for it is no Python."""
    magics = {"sgd": "%%time", "momentum": "%%capture", "rmsprop": "%%capture said"}
    written = {name: f"{magic}\n{cells[name].source}" for name, magic in magics.items()}
    return {**cells, **{name: Cell(source) for name, source in written.items()}}


def told(grade: Mapping[str, Any]) -> str:
    return json.dumps([(c["id"], c["points"], c["feedback"]) for c in grade["checks"]], indent=1)


def test_reference_earns_full_marks(room: Classroom) -> None:
    grade = room.grades["reference"]
    assert grade["points"] == grade["max_points"], told(grade)


def test_an_optimiser_may_be_timed_or_captured(room: Classroom) -> None:
    assert not misfit(room.grades["magics"]), told(room.grades["magics"])


def test_blank_notebook_earns_nothing(room: Classroom) -> None:
    grade = room.grades["blank"]
    assert grade["points"] == 0, told(grade)
    assert not grade["held"]


@pytest.mark.parametrize("variant", [v for v in VARIANTS if v.kind == "wrong"], ids=student)
def test_wrong_solution_loses_exactly_what_it_declares(room: Classroom, variant: Variant) -> None:
    grade = room.grades[student(variant)]
    assert not misfit_of(variant, grade), told(grade)


@pytest.mark.parametrize("variant", [v for v in VARIANTS if v.kind == "right"], ids=student)
def test_right_but_different_solution_loses_nothing(room: Classroom, variant: Variant) -> None:
    grade = room.grades[student(variant)]
    assert not misfit(grade), told(grade)


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_run_is_refused_in_one_sentence(room: Classroom, name: str) -> None:
    grade = room.grades[f"broken-{name}"]
    assert (grade["points"], grade["held"], grade["run"]) == (0, False, None)
    sentence = grade["notes"][-1]["student"]
    assert sentence.endswith(".")
    assert "/" not in sentence
    assert {c["feedback"] for c in grade["checks"]} == {sentence}


@pytest.mark.parametrize("name", REPAIRED)
def test_a_file_that_is_odd_only_in_form_loses_nothing(room: Classroom, name: str) -> None:
    grade = room.grades[f"broken-{name}"]
    assert not misfit(grade, ORIGINAL_LACKS if name == "original-week-1" else frozenset())


def test_no_secret_that_was_handed_in_is_stored_anywhere(room: Classroom) -> None:
    kept = [p for p in (room.folder / "store").rglob("*") if p.is_file()]
    assert len(kept) > 100
    for path in kept:
        content = path.read_bytes()
        assert ADDRESS.encode() not in content, path
        assert TOKEN.encode() not in content, path


def test_the_catalogue_of_variants_is_as_large_as_promised() -> None:
    kinds = [v.kind for v in VARIANTS]
    assert kinds.count("wrong") >= 15
    assert kinds.count("right") >= 8


def test_points_of_grader_and_assignment_agree() -> None:
    course = catalogue.course(NOTEBOOK)
    cells = json.loads(course.source.read_text("utf-8"))["cells"]
    marks = [c["metadata"].get("nbgrader", {}) for c in cells]
    declared = {m["grade_id"]: float(m["points"]) for m in marks if m.get("grade")}
    by_hand = catalogue.graded_by_hand(NOTEBOOK)
    ours = {c.id: c.points for c in course.grader.checks}
    ours |= {g: by_hand[g][0] for g in course.grader.by_hand}
    assert ours == declared
