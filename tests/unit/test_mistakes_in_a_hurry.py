"""Over many seeds, mistakes that have nothing to do with training stand beside too little of it."""

from types import SimpleNamespace

import pytest

from graders.core import catalogue
from reference_solutions.demo_class import student
from reference_solutions.filling import Variant, read_cells, variants
from tests.conformance.declared import HURRIED, problems, seat, trains_little


def _of(notebook: str, name: str) -> Variant:
    return next(v for v in variants(notebook) if v.name == name)


@pytest.mark.parametrize("notebook", HURRIED)
def test_only_mistakes_apart_from_the_training_are_put_beside_too_little_of_it(
    notebook: str,
) -> None:
    little = _of(notebook, HURRIED[notebook])
    beside = [v for v in variants(notebook) if trains_little(notebook, v)]
    assert beside
    assert little not in beside
    for variant in beside:
        assert variant.kind == "wrong"
        assert not variant.loses & little.loses
        assert not set(read_cells(variant.path)) & set(read_cells(little.path))


def test_a_hurried_notebook_holds_both_mistakes_and_is_expected_to_lose_for_both() -> None:
    handed: dict[str, str] = {}
    room = SimpleNamespace(
        course=catalogue.course("cifar_cnn"),
        hand_in=lambda name, notebook: handed.update(
            {name: "\n".join(cell.source for cell in notebook.cells)}
        ),
    )
    seat(room, {"wrong": 1}, hurried=True)  # type: ignore[arg-type]
    slip, untouched = _of("cifar_cnn", "stimulus_descends"), _of("cifar_cnn", "no_training")
    source = handed[student(slip)]
    assert read_cells(slip.path)["find_maximum_stimuli"].source in source
    assert read_cells(_of("cifar_cnn", "one_epoch").path)["training"].source in source
    assert read_cells(untouched.path)["training"].source in handed[student(untouched)]

    def grade(lost: set[str]) -> dict[str, object]:
        checks = [
            {"id": c, "outcome": "judged", "points": 0.0 if c in lost else 1.0, "max_points": 1.0,
             "feedback": ""}
            for c in ("check_stimuli", "check_accuracy", "check_curve", "check_predict")
        ]  # fmt: skip
        return {"checks": checks, "points": 0, "run": None}

    def found(lost: set[str]) -> list[str]:
        room.grades = {
            "reference": grade(set()), "blank": grade(set()), student(slip): grade(lost)
        }  # fmt: skip
        return [p.wrong for p in problems(room, hurried=True)]  # type: ignore[arg-type]

    assert found({"check_stimuli", "check_accuracy", "check_curve"}) == []
    assert found({"check_accuracy", "check_curve"}) == [
        "loses [] undeclared, keeps ['check_stimuli'] declared"
    ]
