"""What every notebook of a class declares about itself, against what it got."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reference_solutions.demo_class import student
from reference_solutions.filling import Variant, fill, read_cells, variant_notebook, variants
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
    found = list(_lost(room.grades["reference"], "reference", frozenset()))
    if room.grades["blank"]["points"] != 0:
        found.append(Problem("blank", "it earns points", told(room.grades["blank"])))
    for bundle in bundles(room.course.name):
        if len(bundle.members) > 1 and (grade := room.grades.get(bundle.student)) is not None:
            names = ", ".join(v.name for v in bundle.members)
            found += _lost(grade, f"{bundle.student} ({names})", bundle.loses, bundle.may_lose)
    for variant in variants(room.course.name):
        name = student(variant)
        if (grade := room.grades.get(name)) is not None:
            found += _of(variant, name, grade)
    return found


def _of(variant: Variant, name: str, grade: Mapping[str, Any]) -> Iterator[Problem]:
    if variant.kind != "hostile":
        yield from _lost(grade, name, variant.loses, variant.may_lose)
        return
    points, least, most = grade["points"], variant.keeps or 0.0, variant.earns or 0.0
    if points is None or not least <= points <= most:
        yield Problem(name, f"{points} points, where {least:g} to {most:g} are due", told(grade))


def _lost(
    grade: Mapping[str, Any],
    name: str,
    loses: frozenset[str],
    may_lose: frozenset[str] = frozenset(),
) -> Iterator[Problem]:
    checks = [c for c in grade["checks"] if c["outcome"] != "by hand"]
    lost = {c["id"] for c in checks if c["points"] is None or c["points"] < c["max_points"]}
    undeclared = lost - loses - may_lose
    if undeclared or loses - lost:
        wrong = f"loses {sorted(undeclared)} undeclared, keeps {sorted(loses - lost)} declared"
        yield Problem(name, wrong, told(grade))


def told(grade: Mapping[str, Any]) -> str:
    lines = [
        f"   {c['id']}: {c['points']} of {c['max_points']}: {c['feedback']}"
        for c in grade["checks"]
        if c["outcome"] != "by hand" and c["points"] != c["max_points"]
    ]
    return "\n".join([f"   run: {json.dumps(grade['run'])[:300]}", *lines])
