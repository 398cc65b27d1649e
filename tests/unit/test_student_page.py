"""docs/student.md: what it says of limits is what the graders keep."""

from pathlib import Path

import pytest

from graders.core import catalogue
from graders.core.types import Limits

PAGE = Path(__file__).resolve().parents[2] / "docs" / "student.md"


def told(limits: Limits) -> list[str]:
    """Limits of a cell and of a notebook, and memory, as the page spells them."""
    times = [
        f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:g} min"
        for seconds in (limits.cell_s, limits.wall_s)
    ]
    return [*times, f"{limits.memory_mib / 1024:g} GiB"]


@pytest.mark.parametrize("notebook", catalogue.notebooks())
def test_the_students_page_names_the_limits_of_every_notebook(notebook: str) -> None:
    grader = catalogue.course(notebook).grader
    [line] = [
        line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(f"| `{notebook}` ")
    ]
    complete = grader.full_limits or grader.limits
    assert [cell.strip() for cell in line.strip("|").split("|")][1:] == [
        *told(grader.limits),
        *told(complete),
    ]


def test_the_notebooks_whose_steps_may_be_left_uncompiled_name_the_limit_of_a_cell() -> None:
    for notebook in ("face_gan", "captioning"):
        course = catalogue.course(notebook)
        assert course.grader.limits.cell_s == 480
        assert "of the eight that a cell may take" in course.source.read_text("utf-8")
