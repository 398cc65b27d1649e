"""What every notebook of a class declares about itself, against what it got."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reference_solutions.declared import misfit, misfit_of, misfit_of_blank
from reference_solutions.demo_class import student
from reference_solutions.filling import fill, read_cells, variant_notebook, variants
from tests.conformance.together import bundles
from tests.course_runs import Classroom


@dataclass(frozen=True, slots=True)
class Problem:
    """A grade that does not fit."""

    student: str
    wrong: str
    told: str

    def __str__(self) -> str:
        return f"{self.student}: {self.wrong}\n{self.told}"


def seat(
    room: Classroom, every: Mapping[str, int], *, together: bool = False, reference: bool = True
) -> None:
    """Hand in the reference, a blank notebook and variants.

    Args:
        every: kind → 1 for all variants of that kind, 2 for every second one, and so on.
        together: all wrong variants, several in one notebook, and not alone.
        reference: whether it hands in as well, and trains once more.
    """
    source = room.course.source
    right = read_cells(Path(room.course.reference or "") / "solution.py")
    if reference:
        room.hand_in("reference", fill(source, right))
    room.hand_in("blank", fill(source, {}))
    if together:
        every = {kind: stride for kind, stride in every.items() if kind != "wrong"}
        for bundle in bundles(room.course.name):
            room.hand_in(bundle.student, fill(source, {**right, **bundle.cells}))
    for kind, stride in every.items():
        for variant in [v for v in variants(room.course.name) if v.kind == kind][::stride]:
            room.hand_in(student(variant), variant_notebook(source, variant))


def problems(room: Classroom) -> list[Problem]:
    """Everything that somebody lost or kept against what they declare."""
    grades, course = room.grades, room.course.name
    wrong = {"reference": misfit(grades["reference"]), "blank": misfit_of_blank(grades["blank"])}
    for bundle in bundles(course):
        if len(bundle.members) > 1 and bundle.student in grades:
            wrong[bundle.student] = misfit(grades[bundle.student], bundle.loses, bundle.may_lose)
    for variant in variants(course):
        if (name := student(variant)) in grades:
            wrong[name] = misfit_of(variant, grades[name])
    return [Problem(name, said, told(grades[name])) for name, said in wrong.items() if said]


def told(grade: Mapping[str, Any]) -> str:
    lines = [
        f"   {c['id']}: {c['points']} of {c['max_points']}: {c['feedback']}"
        for c in grade["checks"]
        if c["outcome"] != "by hand" and c["points"] != c["max_points"]
    ]
    return "\n".join([f"   run: {json.dumps(grade['run'])[:300]}", *lines])
