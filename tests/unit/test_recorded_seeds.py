"""What seeds of conformance came to is kept, a line for each seed, and the page tells of it."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import reached
from graders.core import catalogue
from reference_solutions.demo_class import student
from reference_solutions.filling import variants
from tests.conformance import recorded
from tests.conformance.declared import Problem
from tests.conformance.together import bundles


def test_a_seed_that_runs_again_takes_the_place_of_what_was_known_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorded, "FOLDER", tmp_path / "seeds")
    monkeypatch.setattr(reached, "SEEDS", tmp_path / "seeds")
    alone = next(v for v in variants("cifar_cnn") if v.kind == "wrong")
    bundle = max(bundles("cifar_cnn"), key=lambda b: len(b.members))
    room: Any = SimpleNamespace(
        course=catalogue.course("cifar_cnn"),
        grades={"reference": {}, student(alone): {}, bundle.student: {}},
    )
    problem = Problem(bundle.student, "loses ['check_x'] undeclared", "")
    for seed, found in ((12, []), (9, [problem]), (12, [problem])):
        recorded.add(room, seed, ["wrong"], found)
    seeds = json.loads((tmp_path / "seeds" / "cifar_cnn.json").read_text("utf-8"))
    assert list(seeds) == ["9", "12"]
    mistakes = len({alone.name, *(v.name for v in bundle.members)})
    for entry in seeds.values():
        assert entry["misfits"] == [f"{bundle.student}: loses ['check_x'] undeclared"]
        assert (entry["notebooks"], entry["mistakes"]) == (3, mistakes)
        assert entry["grader"] == room.course.grader.version
    page = reached.page()
    said = f"n = 2 (2 by the present graders), 6 notebooks with {2 * mistakes} mistakes"
    assert f"notebooks with mistakes: {said}" in page
    assert "right in another way: n =" not in reached._conformance("cifar_cnn")
    assert f"{bundle.student}: loses ['check_x'] undeclared (2 of 2 seeds)" in page


def test_seeds_of_another_judge_and_of_right_notebooks_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reached, "SEEDS", tmp_path)
    present = catalogue.course("cifar_cnn").grader.version
    entry = {"notebooks": 5, "mistakes": 4, "kinds": ["wrong"], "misfits": []}
    seeds = {
        "1": entry | {"grader": present - 1},
        "2": entry | {"grader": present},
        "3": entry | {"grader": present, "kinds": ["right"], "mistakes": 0, "misfits": ["a: b"]},
    }
    (tmp_path / "cifar_cnn.json").write_text(json.dumps(seeds), "utf-8")
    told = reached._conformance("cifar_cnn").split("\n\n", 1)
    assert f"n = 2 (1 by the present graders, 1 by their version {present - 1})" in told[0]
    assert "10 notebooks with 8 mistakes; 0 grades" in told[0]
    assert "right in another way: n = 1 (1 by the present graders), 5 notebooks; 1 g" in told[1]
    assert "- a: b (1 of 1 seeds)" in told[1]


def test_what_was_recorded_is_of_the_graders_that_there_are() -> None:
    for file in recorded.FOLDER.glob("*.json"):
        grader = catalogue.course(file.stem).grader
        for seed, entry in json.loads(file.read_text("utf-8")).items():
            assert 0 < entry["grader"] <= grader.version, (file.name, seed)
