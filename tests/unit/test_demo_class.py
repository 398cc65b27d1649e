"""The classes of `make demo` and `make demo-all`: who is there, and what `verify` says of them."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from graders.core import catalogue
from graders.core.errors import ExitCode
from reference_solutions import demo_class
from reference_solutions.broken import REFUSED, REPAIRED
from reference_solutions.filling import variants

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8").replace("\n", " ")


def handed_in(course: Path, notebook: str) -> set[str]:
    """Who hands that notebook's assignment in, whatever the files are like."""
    assignment = catalogue.course(notebook).grader.assignment
    return {path.parent.name for path in (course / "submitted").glob(f"*/{assignment}")}


def test_the_whole_class_hands_in_every_notebook_of_the_course(tmp_path: Path) -> None:
    made = demo_class.make(tmp_path, demo_class.everybody())

    found = [path.stem for path in (tmp_path / "submitted").glob("*/*/*.ipynb")]
    assert made == sum(map(len, demo_class.made(tmp_path).values()))
    assert set(catalogue.notebooks()) <= set(found)
    for name in demo_class.trained():
        assert found.count(name) == 2 + len(demo_class.some(name))
    assert set(demo_class.trained()) == set(catalogue.notebooks()) - {demo_class.NOTEBOOK}
    assert len(handed_in(tmp_path, demo_class.NOTEBOOK)) == (
        2 + len(demo_class.attendance(False)) + len(REFUSED) + len(REPAIRED)
    )
    # Two notebooks of one assignment lie side by side.
    assert {p.name for p in (tmp_path / "submitted/reference/convnets").glob("*.ipynb")} == {
        "cifar_cnn.ipynb", "flowers_finetune.ipynb",
    }  # fmt: skip


def test_the_small_class_seats_twelve_in_each_of_two_notebooks(tmp_path: Path) -> None:
    assert demo_class.make(tmp_path) == 24

    assert set(demo_class.TWELVE) == {"linear_models", "mnist_digits"}
    for notebook, students in demo_class.TWELVE.items():
        assert handed_in(tmp_path, notebook) == set(students)
        assert len(students) == 12
        kinds = Counter(name.partition("-")[0] for name in students)
        assert kinds["reference"] == kinds["blank"] == 1
        assert min(kinds["right"], kinds["wrong"]) >= 2
        assert kinds["hostile"] >= 1
    broken = [
        n.removeprefix("broken-") for n in demo_class.TWELVE["linear_models"] if "broken" in n
    ]
    assert set(broken) & set(REFUSED)
    assert set(broken) & set(REPAIRED)


@pytest.mark.parametrize("notebook", demo_class.TWELVE)
def test_nobody_in_the_small_class_needs_isolation(notebook: str) -> None:
    """Where no Engine answers, it is graded in the local sandbox."""
    needing = {demo_class.student(v) for v in variants(notebook) if v.needs_isolation}
    assert not needing & set(demo_class.TWELVE[notebook])


def test_a_class_leaves_nobody_of_an_earlier_one_behind(tmp_path: Path) -> None:
    demo_class.make(tmp_path, {"linear_models": ("reference", "right-lists")})
    page = tmp_path / "graded" / "mnist_digits" / "index.html"
    page.parent.mkdir(parents=True)
    page.touch()

    demo_class.make(tmp_path, {"linear_models": ("reference",)})

    assert handed_in(tmp_path, "linear_models") == {"reference"}
    assert not page.exists()


def test_the_readme_says_how_many_notebooks_the_demos_run(tmp_path: Path) -> None:
    twelve, whole = demo_class.TWELVE, demo_class.everybody()
    small = f"grades {len(twelve['linear_models'])} notebooks of the first week"
    assert f"{small} and, in containers, {len(twelve['mnist_digits'])} of the second" in README
    trained = sum(len(whole[name]) for name in demo_class.trained())
    assert f"it runs {len(whole[demo_class.NOTEBOOK])} notebooks of the first week" in README
    assert f"in containers, {trained} of the notebooks that train networks" in README


# verify

TOLD = "Every notebook got what it declares; no broken one got what it has not earned."


def grade(course: Path, notebook: str, student: str, lost: frozenset[str], **more: Any) -> None:
    """Write a grade.json that has full points but for those of `lost`, and the class page."""
    asked = catalogue.course(notebook).grader.checks
    got = {c.id: 0.0 if c.id in lost else c.points for c in asked}
    checks = [
        {"id": c.id, "outcome": "judged", "points": got[c.id], "max_points": c.points}
        for c in asked
    ]
    place = course / "graded" / notebook / student
    place.mkdir(parents=True, exist_ok=True)
    record = {"checks": checks, "points": sum(got.values()), "run": {}, "notes": [], **more}
    (place / "grade.json").write_text(json.dumps(record), encoding="utf-8")
    (place.parent / "index.html").touch()


def grade_all_as_declared(course: Path, notebook: str) -> None:
    found = {demo_class.student(v): v for v in variants(notebook)}
    every = frozenset(c.id for c in catalogue.course(notebook).grader.checks)
    for name in demo_class.made(course)[notebook]:
        if name == "blank":
            grade(course, notebook, name, every)
        elif name == "broken-original-week-1":
            grade(course, notebook, name, demo_class.ORIGINAL_LACKS)
        elif name.removeprefix("broken-") in REFUSED:
            grade(course, notebook, name, every, run=None, notes=[{"code": "truncated-json"}])
        elif name.startswith("hostile-"):
            grade(course, notebook, name, every, points=found[name].earns)
        else:
            grade(course, notebook, name, found[name].loses if name in found else frozenset())


@pytest.mark.parametrize("with_containers", [False, True])
def test_verify_ends_with_the_page_of_the_first_week(
    tmp_path: Path, with_containers: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    demo_class.make(tmp_path)
    grade_all_as_declared(tmp_path, "linear_models")
    if with_containers:
        grade_all_as_declared(tmp_path, "mnist_digits")

    assert demo_class.main(["verify", str(tmp_path)]) == 0
    first, *_, last = lines = capsys.readouterr().out.splitlines()
    assert first == TOLD
    assert last == str(tmp_path / "graded" / "linear_models" / "index.html")
    assert (str(tmp_path / "graded" / "mnist_digits" / "index.html") in lines) == with_containers


def test_verify_names_who_is_not_graded_or_not_as_declared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo_class.make(tmp_path)
    grade_all_as_declared(tmp_path, "linear_models")
    grade_all_as_declared(tmp_path, "mnist_digits")
    grade(tmp_path, "mnist_digits", "wrong-columns-first", frozenset())
    grade(tmp_path, "linear_models", "broken-truncated", frozenset())
    (tmp_path / "graded/linear_models/hostile-deaf-loop/grade.json").unlink()

    assert demo_class.main(["verify", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert TOLD not in out
    for told in (
        "mnist_digits, wrong-columns-first: keeps ['check_prepare'] declared as lost",
        "linear_models, broken-truncated: 32 points, should be refused with 0",
        "linear_models, hostile-deaf-loop: is not graded",
    ):
        assert f"NOT AS DECLARED  {told}" in out
    assert out.count("NOT AS DECLARED") == 3


def test_verify_asks_for_a_class_where_nobody_made_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo_class.main(["verify", str(tmp_path)]) == ExitCode.USAGE
    assert "make the class anew" in capsys.readouterr().err


def test_the_notebooks_that_train_are_those_of_the_class_or_of_the_course(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo_class.make(tmp_path)

    assert demo_class.main(["trained", str(tmp_path)]) == demo_class.main(["trained"]) == 0
    names = capsys.readouterr().out.split()
    assert names == ["mnist_digits", *demo_class.trained()]


@pytest.mark.parametrize(
    "words", [[], ["make"], ["compare", "a"], ["grade", "a"], ["make", "a", "--isolated"]]
)
def test_wrong_usage_exits_with_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        demo_class.main(words)
    assert ended.value.code == ExitCode.USAGE
