"""Plain `nbgrader autograde` and Formgrader's button, in our sandbox by configuration alone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graders.core import catalogue
from reference_solutions.demo_class import NOTEBOOK, SOURCE
from reference_solutions.filling import fill, read_cells
from tests.end_to_end.test_grade_command import REFERENCE
from tests.nbgrader_course import BLOCK, Formgrader, Person, grades

pytestmark = pytest.mark.nightly("courses")

(WRITTEN,) = catalogue.course(NOTEBOOK).grader.by_hand
CANARY = 171717  # an input of a hidden test
CONFIG = BLOCK + 'c.Sandboxed.sandbox = "local"\nc.Sandboxed.jobs = 2\n'
GOOD = "import warnings\ndef double(x):\n    warnings.warn('slow')\n    return 2 * x"
ANSWERS = {
    "good": (GOOD, "answer = 4"),
    "wrong": ("def double(x):\n    return x + 2 if x == 2 else 0", "answer = 6"),
    "nan": (GOOD, "answer = float('nan')"),
    "minus": (GOOD, "answer = -2"),
    "dies": ("import os\ndef double(x):\n    os._exit(0)", "answer = 6"),
    "blank": (None, None),
    "patches": (
        "def double(x):\n    return 0",
        "import os\nanswer = 0 if os.path.exists('secret.txt') else 6",
    ),
}


def cell(kind: str, source: str, grade_id: str = "", **marks: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source,
                            "id": grade_id or f"x{abs(hash(source))}"}  # fmt: skip
    if grade_id:
        base = {"grade": False, "solution": False, "locked": False, "task": False,
                "schema_version": 3, "grade_id": grade_id}  # fmt: skip
        made["metadata"]["nbgrader"] = {**base, **marks}
    if kind == "code":
        made |= {"outputs": [], "execution_count": None}
    return made


def own_notebook() -> dict[str, Any]:
    """A notebook of a course that is none of ours, with tests as nbgrader teaches to write them."""
    test = {"grade": True, "locked": True}
    solution = {"solution": True}
    cells = [
        cell("code", "numbers = [int(x) for x in open('numbers.csv')]", "setup", locked=True),
        cell("code", "### BEGIN SOLUTION\ndef double(x):\n    return 2 * x\n### END SOLUTION",
             "double", **solution),
        cell("code", f"assert double(2) == 4\n### BEGIN HIDDEN TESTS\nassert double({CANARY}) == "
             f"{2 * CANARY}\n### END HIDDEN TESTS", "test_double", points=2, **test),
        cell("code", "### BEGIN SOLUTION\nanswer = 6\n### END SOLUTION", "answer", **solution),
        cell("code", "answer / 2 * len(numbers) / 3", "test_answer", points=3, **test),
        cell("markdown", "Why?", "why", grade=True, solution=True, points=2),
    ]  # fmt: skip
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}


def hand_in(course: Path, student: str, assignment: str, notebook: object) -> Path:
    place = course / "submitted" / student / assignment
    place.mkdir(parents=True)
    text = notebook if isinstance(notebook, str) else json.dumps(notebook)
    (place / f"{assignment}.ipynb").write_text(text, encoding="utf-8")
    return place


def answered(released: Path, student: str) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(released.read_text("utf-8"))
    double, answer = ANSWERS[student]
    for one in notebook["cells"]:
        grade_id = one["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id == "double" and double is not None:
            one["source"] = double
        if grade_id == "answer" and answer is not None:
            one["source"] = answer
        if grade_id == "test_double" and student == "patches":
            one["source"] = "pass"
        if grade_id == "why" and student == "good":
            one["source"] = "Since two is two."
    return notebook


@dataclass
class Autograded:
    course: Path
    said: str
    button: dict[str, Any]
    page: str


@pytest.fixture(scope="module")
def autograded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Autograded]:
    course = tmp_path_factory.mktemp("plain") / "course"
    for name, text in (("ps1", json.dumps(own_notebook())), (NOTEBOOK, SOURCE.read_text("utf-8"))):
        (course / "source" / name).mkdir(parents=True)
        (course / "source" / name / f"{name}.ipynb").write_text(text, encoding="utf-8")
    (course / "source" / "ps1" / "numbers.csv").write_text("1\n2\n3\n", encoding="utf-8")
    exchange = course.parent / "exchange"
    exchange.mkdir()
    with Person(course, exchange, CONFIG) as instructor, Formgrader(course) as formgrader:
        instructor.types("generate_assignment", "ps1")
        released = course / "release" / "ps1" / "ps1.ipynb"
        for student in ANSWERS:
            place = hand_in(course, student, "ps1", answered(released, student))
            (place / "secret.txt").symlink_to(course / "nbgrader_config.py")
        hand_in(course, "torn", "ps1", '{"cells": [')
        said = instructor.types("autograde", "ps1")
        instructor.types("generate_feedback", "ps1")
        formgrader.wait()
        formgrader.press(f"api/assignment/{NOTEBOOK}/assign")
        hand_in(course, "ada", NOTEBOOK, fill(SOURCE, read_cells(REFERENCE)))
        button = formgrader.press(f"api/submission/{NOTEBOOK}/ada/autograde")
        ((one),) = formgrader.get(f"api/submitted_notebooks/{NOTEBOOK}/{NOTEBOOK}")
        page = formgrader.page(f"submissions/{one['id']}/")
        yield Autograded(course, said, button, page)


def points(autograded: Autograded, student: str) -> dict[str, tuple[float | None, bool]]:
    return {
        name: (row["auto_score"], bool(row["needs_manual_grade"]))
        for name, row in grades(autograded.course, student).items()
        if "auto_score" in row
    }


@pytest.mark.parametrize(
    ("student", "double", "answer", "why"),
    [
        ("good", (2, False), (2, False), (None, True)),  # although it writes to stderr
        ("wrong", (0, False), (3, False), (0, False)),  # a hidden test sees it
        ("nan", (2, False), (None, True), (0, False)),
        ("minus", (2, False), (None, True), (0, False)),
        ("dies", (0, False), (3, False), (0, False)),  # the others' cells go on
        ("blank", (0, False), (0, False), (0, False)),
        ("patches", (0, False), (3, False), (0, False)),  # the test is put back
        ("torn", (0, False), (0, False), (None, True)),
    ],
)
def test_a_course_of_ones_own_is_scored_by_its_tests(
    student: str, double: Any, answer: Any, why: Any, autograded: Autograded
) -> None:
    found = points(autograded, student)
    assert found == {"test_double": double, "test_answer": answer, "why": why}


def test_the_configuration_says_which_sandbox_and_which_tests(autograded: Autograded) -> None:
    assert "does not isolate" in autograded.said
    assert "ps1 is graded by its own test cells" in autograded.said


def test_formgrader_shows_hidden_tests_to_staff_and_feedback_hides_them(
    autograded: Autograded,
) -> None:
    for student in ANSWERS:
        place = Path(student, "ps1")
        shown = (autograded.course / "autograded" / place / "ps1.ipynb").read_text("utf-8")
        page = (autograded.course / "feedback" / place / "ps1.html").read_text("utf-8")
        assert str(CANARY) in shown
        assert str(CANARY) not in page
        assert "HIDDEN TESTS" not in page


def test_feedback_says_which_points_are_open(autograded: Autograded) -> None:
    folder = autograded.course / "feedback"
    assert "Not decided yet" in (folder / "nan" / "ps1" / "ps1.html").read_text("utf-8")
    assert "Not decided yet" not in (folder / "wrong" / "ps1" / "ps1.html").read_text("utf-8")


def test_formgraders_button_runs_our_graders(autograded: Autograded) -> None:
    found = points(autograded, "ada")
    assert sum(score or 0 for score, _ in found.values()) == 32
    assert [name for name, (_, manual) in found.items() if manual] == [WRITTEN]
    assert "is graded by dlgrade's grader" in autograded.button["log"]
    assert "2 of 2 points." in autograded.page
