"""`dlgrade check`, from a checkout and from the wheel that students get."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from reference_solutions.demo_class import NOTEBOOK, SOURCE
from reference_solutions.filling import fill, read_cells

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "reference_solutions" / NOTEBOOK / "solution.py"


def check(notebook: Path, where: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "graders.cli", "check", str(notebook)],
        cwd=where, capture_output=True, text=True, timeout=120,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(where), "HOME": str(notebook.parent)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The students' wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
                   cwd=ROOT, check=True, capture_output=True)  # fmt: skip
    (built,) = folder.glob("*.whl")
    unpacked = folder / "unpacked"
    zipfile.ZipFile(built).extractall(unpacked)
    return unpacked


def test_a_complete_notebook_is_ready(tmp_path: Path) -> None:
    path = tmp_path / f"{NOTEBOOK}.ipynb"
    path.write_text(json.dumps(fill(SOURCE, read_cells(REFERENCE))), encoding="utf-8")
    done = check(path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Ready" in done.stdout


def test_a_blank_notebook_is_not_ready_and_says_which_cells(tmp_path: Path) -> None:
    path = tmp_path / f"{NOTEBOOK}.ipynb"
    path.write_text(json.dumps(fill(SOURCE, {})), encoding="utf-8")
    done = check(path)
    assert done.returncode == 3
    assert "check_expand" in done.stdout


@pytest.mark.parametrize(
    ("raised", "package"),
    [
        ("ModuleNotFoundError(\"No module named 'seaborn'\")", "seaborn"),
        ("ModuleNotFoundError(\"No module named 'sklearn'\")", "scikit-learn"),
        ("ImportError('IProgress not found. Please update jupyter and ipywidgets.')", "ipywidgets"),
    ],
)
def test_what_only_this_python_lacks_is_no_verdict_on_the_notebook(
    tmp_path: Path, raised: str, package: str
) -> None:
    done = check(importing(tmp_path, raised))
    assert done.returncode == 2
    assert f"which grading has and this Python lacks: run `pip install {package}`" in done.stderr
    assert "Not ready" not in done.stdout
    assert "✗" not in done.stdout


def test_what_grading_lacks_too_is_not_ready(tmp_path: Path) -> None:
    done = check(importing(tmp_path, "ModuleNotFoundError(\"No module named 'torch'\")"))
    assert done.returncode == 3
    assert "No module named 'torch'" in done.stdout


def importing(folder: Path, raised: str) -> Path:
    """The reference's notebook with a first cell that fails as a missing import does."""
    notebook = fill(SOURCE, read_cells(REFERENCE))
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    notebook["cells"].insert(0, {**first, "id": "importing", "source": f"raise {raised}"})
    notebook["cells"][0]["metadata"] = {}
    path = folder / f"{NOTEBOOK}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def test_a_file_that_is_no_notebook_is_not_ready(tmp_path: Path) -> None:
    path = tmp_path / f"{NOTEBOOK}.ipynb"
    path.write_text('{"cells": [', encoding="utf-8")
    done = check(path)
    assert done.returncode == 3
    assert "Traceback" not in done.stdout + done.stderr


def test_the_students_wheel_holds_no_solution_and_no_unseen_input(wheel: Path) -> None:
    names = [p.relative_to(wheel).as_posix() for p in wheel.rglob("*")]
    assert f"assignments/{NOTEBOOK}/{NOTEBOOK}.ipynb" in names
    assert not [n for n in names if "reference_solutions" in n or "unseen" in n]
    assert not [n for n in names if "tests" in n.split("/")]
    solution = read_cells(REFERENCE)["compute_grad"].source.strip().splitlines()[-1].strip()
    texts = (p.read_text("utf-8") for p in wheel.rglob("*.py"))
    assert not any(solution in text for text in texts)


def test_the_check_works_from_the_students_wheel(wheel: Path, tmp_path: Path) -> None:
    path = tmp_path / f"{NOTEBOOK}.ipynb"
    path.write_text(json.dumps(fill(SOURCE, read_cells(REFERENCE))), encoding="utf-8")
    done = check(path, where=wheel)
    assert done.returncode == 0, done.stdout + done.stderr


def test_grading_from_the_students_wheel_says_what_is_missing(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "submitted" / "ada" / NOTEBOOK
    place.mkdir(parents=True)
    (place / f"{NOTEBOOK}.ipynb").write_text(json.dumps(fill(SOURCE, {})), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "graders.cli", "grade", NOTEBOOK, "--course", str(tmp_path),
         "--no-gradebook"],
        cwd=wheel, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}, timeout=60,
    )  # fmt: skip
    assert done.returncode == 4
    assert "no reference solution" in done.stderr
