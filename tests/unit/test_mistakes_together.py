"""Over many seeds several mistakes stand in one notebook, none of which can hide another."""

from types import SimpleNamespace
from typing import Any

import pytest

from graders.core import catalogue
from reference_solutions.filling import read_cells, variants
from tests.conformance.declared import problems, seat
from tests.conformance.together import HURRIED, Bundle, bundles

TRAINED = [n for n in catalogue.notebooks() if catalogue.course(n).grader.measures]


@pytest.mark.parametrize("notebook", TRAINED)
def test_every_mistake_stands_in_a_notebook_in_which_no_other_loses_the_same(
    notebook: str,
) -> None:
    found = bundles(notebook)
    wrong = {v.name for v in variants(notebook) if v.kind == "wrong"}
    assert {v.name for b in found for v in b.members} == wrong
    assert len({b.student for b in found}) == len(found) < len(wrong)
    for bundle in found:
        lost = [check for v in bundle.members for check in v.loses]
        assert len(lost) == len(set(lost))
        assert bundle.loses == set(lost)
        assert bundle.may_lose == {check for v in bundle.members for check in v.may_lose}
        assert not bundle.may_lose & bundle.loses
        touched = [cell for v in bundle.members for cell in read_cells(v.path)]
        assert len(touched) == len(set(touched))
        assert set(bundle.cells) == set(touched)


@pytest.mark.parametrize("notebook", HURRIED)
def test_the_notebook_that_trains_too_little_stands_alone_as_well(notebook: str) -> None:
    alone, *others = bundles(notebook)
    assert [v.name for v in alone.members] == [HURRIED[notebook]]
    assert [b for b in others if b.members[0].name == HURRIED[notebook]]


def _grade(bundle: Bundle, lost: frozenset[str]) -> dict[str, Any]:
    checks = [
        {"id": c, "outcome": "judged", "points": float(c not in lost), "max_points": 1.0,
         "feedback": ""}
        for c in (*bundle.loses, "check_something_else")
    ]  # fmt: skip
    return {"checks": checks, "points": 0, "run": None}


def test_what_a_mistake_may_lose_is_neither_asked_of_it_nor_held_against_it() -> None:
    variant = next(v for v in variants("face_gan") if v.may_lose)
    handed_in = f"wrong-{variant.name}".replace("_", "-")
    room: Any = SimpleNamespace(course=catalogue.course("face_gan"), grades={})
    every = Bundle((), {}, variant.loses | variant.may_lose)
    chance = next(iter(variant.may_lose))

    def fits(lost: frozenset[str]) -> bool:
        room.grades = {name: _grade(every, frozenset()) for name in ("reference", "blank")}
        room.grades[handed_in] = _grade(every, lost)
        return not problems(room)

    assert fits(variant.loses)
    assert fits(variant.loses | {chance})
    assert not fits(variant.may_lose)
    assert not fits(variant.loses | {"check_something_else"})


def test_a_notebook_of_several_mistakes_is_expected_to_lose_for_each_and_nothing_else() -> None:
    handed: dict[str, str] = {}
    room: Any = SimpleNamespace(
        course=catalogue.course("cifar_cnn"),
        hand_in=lambda name, notebook: handed.update(
            {name: "\n".join(cell.source for cell in notebook.cells)}
        ),
    )
    seat(room, {"wrong": 1}, together=True)
    bundle = max(bundles("cifar_cnn"), key=lambda b: len(b.members))
    for cell in bundle.cells.values():
        assert cell.source in handed[bundle.student]

    def found(lost: frozenset[str]) -> list[str]:
        room.grades = {name: _grade(bundle, frozenset()) for name in ("reference", "blank")}
        room.grades[bundle.student] = _grade(bundle, lost)
        return [p.wrong for p in problems(room)]

    assert found(bundle.loses) == []
    for check in bundle.loses:
        assert found(bundle.loses - {check}) == [f"keeps ['{check}'] declared as lost"]
    assert found(bundle.loses | {"check_something_else"}) == [
        "loses ['check_something_else'] undeclared"
    ]
