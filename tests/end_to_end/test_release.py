"""The real nbgrader releases and validates the assignment."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reference_solutions.demo_class import NOTEBOOK, SOURCE
from reference_solutions.filling import fill, read_cells

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "reference_solutions" / NOTEBOOK / "solution.py"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    shutil.copytree(SOURCE.parent, folder / "source" / NOTEBOOK)
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'dl'\n", encoding="utf-8"
    )
    return folder


def nbgrader(course: Path, *words: str) -> subprocess.CompletedProcess[str]:
    beside = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "nbgrader", *words],
        cwd=course, capture_output=True, text=True, timeout=180,
        env={**os.environ, "PATH": beside},
    )  # fmt: skip


def test_nbgrader_releases_exactly_the_blank_notebook(course: Path) -> None:
    done = nbgrader(course, "generate_assignment", NOTEBOOK)
    assert done.returncode == 0, done.stderr
    released = json.loads((course / "release" / NOTEBOOK / f"{NOTEBOOK}.ipynb").read_text("utf-8"))
    blank = fill(SOURCE, {})

    def sources(cells):
        return ["".join(c["source"]) for c in cells]

    assert sources(released["cells"]) == sources(blank["cells"])
    text = json.dumps(released)
    assert "BEGIN SOLUTION" not in text
    assert "HIDDEN TESTS" not in text


def test_the_filled_notebook_passes_every_visible_test(course: Path) -> None:
    path = course / "filled.ipynb"
    path.write_text(json.dumps(fill(SOURCE, read_cells(REFERENCE))), encoding="utf-8")
    done = nbgrader(course, "validate", str(path))
    assert "Success! Your notebook passes all the tests." in done.stdout, done.stdout + done.stderr


def test_the_blank_notebook_fails_them(course: Path) -> None:
    path = course / "blank.ipynb"
    path.write_text(json.dumps(fill(SOURCE, {})), encoding="utf-8")
    done = nbgrader(course, "validate", str(path))
    assert "VALIDATION FAILED" in done.stdout.upper(), done.stdout + done.stderr
