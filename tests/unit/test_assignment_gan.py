"""The notebook of faces out of noise: a clean nbgrader source that gives nothing away.

TensorFlow is not installed where these tests run: what needs it is executed in the image by the
conformance tests.
"""

import re
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from reference_solutions.face_gan import unseen

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = ROOT / "assignments" / "generative" / "face_gan.ipynb"
NOTEBOOK = nbformat.read(ASSIGNMENT, as_version=4)


def source(cell_id: str) -> str:
    return str(next(c.source for c in NOTEBOOK.cells if c.id == cell_id))


def test_the_table_of_points_adds_up() -> None:
    rows = re.findall(r"^\| \d \|.*\| (\d+) \|$", source("intro"), re.MULTILINE)
    assert sum(map(int, rows)) == 28


def test_the_notebook_says_which_data_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    np.savez(tmp_path / "train.npz", x=np.zeros(1))
    found: dict[str, Any] = {"np": np}
    with pytest.raises(FileNotFoundError, match=r"complete: valid\.npz is missing\. Fetch"):
        exec("import os\nfrom pathlib import Path\n" + source("data"), found)


def test_codes_have_the_size_that_the_notebook_states() -> None:
    assert f"CODE_SIZE = {unseen.CODE_SIZE} " in source("setup")
    first, shown = unseen.cases(4)["codes"]
    assert first["codes"].shape == (unseen.DRAWN, unseen.CODE_SIZE)
    assert shown["codes"].shape == (unseen.SHOWN, unseen.CODE_SIZE)


def test_unseen_logits_tell_means_apart_and_some_would_overflow() -> None:
    pairs = unseen.cases(5)["discriminator_loss"]
    assert sum(len(c["real_logits"]) != len(c["fake_logits"]) for c in pairs) >= 4
    assert sum(np.abs(c["real_logits"]).max() > 100 for c in pairs) == 2
    assert all(np.abs(c["real_logits"]).max() < 20 for c in pairs[:6])
