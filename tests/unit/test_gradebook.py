"""Points in nbgrader's own gradebook, of assignments with several notebooks."""

import json
import os
import subprocess
import sys
from pathlib import Path

from nbgrader.api import Gradebook

from graders.core import catalogue

ASSIGNMENT = "convnets"
NOTEBOOKS = ("cifar_cnn", "flowers_finetune")


def recorded(root: Path, notebook: str) -> dict[str, float]:
    """Write full points of one notebook for ada, as a grading does; the points of its checks."""
    course = catalogue.course(notebook)
    points = {c.id: c.points for c in course.grader.checks}
    head = {"root": str(root), "assignment": ASSIGNMENT, "notebook": notebook,
            "source": str(course.source), "points": points}  # fmt: skip
    row = {"student": "ada", "timestamp": "2026-11-20 18:00:00 UTC", "fresh": True,
           "scores": points, "blank": []}  # fmt: skip
    # A new gradebook is made with a program that is installed beside the interpreter.
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "graders.bridges.nbgrader.gradebook"],
        input=f"{json.dumps(head)}\n{json.dumps(row)}\n",
        env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return points


def test_notebooks_of_one_assignment_are_graded_one_after_the_other(tmp_path: Path) -> None:
    # The second time adds nothing: grading again is no other submission.
    points = {name: recorded(tmp_path, name) for name in (*NOTEBOOKS, *NOTEBOOKS)}

    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        submission = book.find_submission(ASSIGNMENT, "ada")
        assert {n.name: n.score for n in submission.notebooks} == {
            name: sum(of.values()) for name, of in points.items()
        }
        for mine in submission.notebooks:
            by_hand = catalogue.course(mine.name).grader.by_hand
            assert {g.name for g in mine.grades} == {*points[mine.name], *by_hand}
            assert [g.name for g in mine.grades if g.needs_manual_grade] == list(by_hand)
            assert set(by_hand) <= {c.name for c in mine.comments}
