"""The notebook of week 3: a clean nbgrader source that gives nothing away; what needs no network.

TensorFlow is not installed where these tests run: what needs it is executed in the image by the
conformance tests.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from reference_solutions import filling
from reference_solutions.cifar_cnn import unseen

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = ROOT / "assignments" / "convnets" / "cifar_cnn.ipynb"
NOTEBOOK = nbformat.read(ASSIGNMENT, as_version=4)
REFERENCE = filling.read_cells(ROOT / "reference_solutions" / "cifar_cnn" / "solution.py")


def source(notebook: Any, cell_id: str) -> str:
    return str(next(c.source for c in notebook.cells if c.id == cell_id))


def run(*cells: str) -> Mapping[str, Any]:
    """The namespace that answer cells leave which need numpy only."""
    found: dict[str, Any] = {"np": np}
    for cell in cells:
        exec(compile(cell, "<cell>", "exec"), found)
    return found


def test_the_notebook_says_which_data_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    np.savez(tmp_path / "train.npz", x=np.zeros(1), y=np.zeros(1))
    with pytest.raises(FileNotFoundError, match=r"valid\.npz, classes\.json is missing\. Fetch"):
        run("import json, os\nfrom pathlib import Path", source(NOTEBOOK, "data"))


@pytest.mark.parametrize("name", ["prepare", "one_hot", "learning_rate", "confusion"])
def test_the_reference_answers_unseen_inputs_and_passes_the_visible_tests(name: str) -> None:
    found = run(REFERENCE[name].source)
    check = "check_schedule" if name == "learning_rate" else f"check_{name}"
    run(REFERENCE[name].source, source(NOTEBOOK, check))
    for case in unseen.cases(3)[name]:
        answer = np.asarray(found[name](*case.values()))
        assert np.isfinite(answer).all()


@pytest.mark.parametrize("name", ["prepare", "one_hot", "learning_rate", "confusion"])
def test_a_blank_answer_passes_no_visible_test(name: str) -> None:
    blank = source(filling.fill(ASSIGNMENT, {}), name)
    check = "check_schedule" if name == "learning_rate" else f"check_{name}"
    with pytest.raises(NotImplementedError):
        run(blank, source(NOTEBOOK, check))


def test_unseen_labels_lack_the_last_classes_and_units_exist() -> None:
    drawn = unseen.cases(5)
    assert sum(c["y"].max() < c["classes"] - 1 for c in drawn["one_hot"]) >= 4
    for case in drawn["stimuli"]:
        assert case["unit"] < case[("b1", "b2", "b3")[case["layer"]]].size
        assert {c["layer"] for c in drawn["stimuli"]} == {0, 1, 2}
