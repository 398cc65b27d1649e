"""What every notebook of a class declares about itself, against what it got."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reference_solutions.demo_class import student
from reference_solutions.filling import Variant, fill, read_cells, variant_notebook, variants
from tests.course_runs import Classroom


@dataclass(frozen=True, slots=True)
class Problem:
    """A grade that does not fit."""

    student: str
    wrong: str
    told: str

    def __str__(self) -> str:
        return f"{self.student}: {self.wrong}\n{self.told}"


# A wrong variant of each notebook that only trains too little, in a fraction of the time. A mistake
# that has nothing to do with training is looked for in such a notebook: one with two mistakes.
HURRIED = {
    "captioning": "two_epochs",
    "cifar_cnn": "one_epoch",
    "face_autoencoder": "two_epochs",
    "face_gan": "interrupted",
    "names_rnn": "interrupted",
}


def seat(room: Classroom, every: Mapping[str, int], *, hurried: bool = False) -> None:
    """Hand in the reference, a blank notebook and variants.

    Args:
        every: kind → 1 for all variants of that kind, 2 for every second one, and so on.
        hurried: mistakes that neither touch nor concern the training stand in a notebook that
            trains too little, and what that one loses is expected of them, too.
    """
    source = room.course.source
    reference = Path(room.course.reference or "") / "solution.py"
    room.hand_in("reference", fill(source, read_cells(reference)))
    room.hand_in("blank", fill(source, {}))
    for kind, stride in every.items():
        for variant in [v for v in variants(room.course.name) if v.kind == kind][::stride]:
            little = trains_little(room.course.name, variant) if hurried else None
            if little is None:
                room.hand_in(student(variant), variant_notebook(source, variant))
                continue
            both = {**read_cells(reference), **read_cells(little.path), **read_cells(variant.path)}
            room.hand_in(student(variant), fill(source, both))


def trains_little(notebook: str, variant: Variant) -> Variant | None:
    """The hurried notebook that a mistake can be put into; None if the two would interfere."""
    found = [v for v in variants(notebook) if v.name == HURRIED.get(notebook) and v.kind == "wrong"]
    for little in found:
        same_cells = set(read_cells(little.path)) & set(read_cells(variant.path))
        if variant.kind == "wrong" and not same_cells and not little.loses & variant.loses:
            return little
    return None


def problems(room: Classroom, *, hurried: bool = False) -> list[Problem]:
    """Everything that somebody lost or kept against what they declare.

    Args:
        hurried: as they were seated.
    """
    found = list(_lost(room.grades["reference"], "reference", frozenset()))
    if room.grades["blank"]["points"] != 0:
        found.append(Problem("blank", "it earns points", told(room.grades["blank"])))
    for variant in variants(room.course.name):
        name = student(variant)
        if hurried and (little := trains_little(room.course.name, variant)):
            variant = replace(variant, loses=variant.loses | little.loses)
        if (grade := room.grades.get(name)) is not None:
            found += _of(variant, name, grade)
    return found


def _of(variant: Variant, name: str, grade: Mapping[str, Any]) -> Iterator[Problem]:
    if variant.kind != "hostile":
        yield from _lost(grade, name, variant.loses)
        return
    points, least, most = grade["points"], variant.keeps or 0.0, variant.earns or 0.0
    if points is None or not least <= points <= most:
        yield Problem(name, f"{points} points, where {least:g} to {most:g} are due", told(grade))


def _lost(grade: Mapping[str, Any], name: str, loses: frozenset[str]) -> Iterator[Problem]:
    checks = [c for c in grade["checks"] if c["outcome"] != "by hand"]
    lost = {c["id"] for c in checks if c["points"] is None or c["points"] < c["max_points"]}
    if lost != loses:
        wrong = f"loses {sorted(lost - loses)} undeclared, keeps {sorted(loses - lost)} declared"
        yield Problem(name, wrong, told(grade))


def told(grade: Mapping[str, Any]) -> str:
    lines = [
        f"   {c['id']}: {c['points']} of {c['max_points']}: {c['feedback']}"
        for c in grade["checks"]
        if c["outcome"] != "by hand" and c["points"] != c["max_points"]
    ]
    return "\n".join([f"   run: {json.dumps(grade['run'])[:300]}", *lines])
