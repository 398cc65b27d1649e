"""The assignment of week 1: a clean nbgrader source that gives nothing away and can be solved."""

import hashlib
import os
import re
import tomllib
import warnings
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbformat import NotebookNode

from assignments.linear_models import mini_data
from reference_solutions import filling

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "assignments" / "linear_models"
ASSIGNMENT = FOLDER / "linear_models.ipynb"
NOTEBOOK = nbformat.read(ASSIGNMENT, as_version=4)
REFERENCE = filling.read_cells(ROOT / "reference_solutions" / "linear_models" / "solution.py")
RIGHT = [v for v in filling.variants("linear_models") if v.kind == "right"]

POINTS = {
    "check_mse_loss": 2, "check_mse_grad": 2, "check_closed_form": 2,
    "check_gradient_descent": 2, "check_expand": 2, "check_probability": 2,
    "check_compute_loss": 2, "check_stable_loss": 1, "check_compute_grad": 3,
    "check_sgd": 3, "check_momentum": 3, "check_rmsprop": 3, "check_histories": 1,
    "check_l2_loss": 2, "check_l2_grad": 2, "momentum_in_words": 3,
}  # fmt: skip
ANSWERS = {
    "mse_loss", "mse_grad", "closed_form", "gradient_descent", "expand", "probability",
    "compute_loss", "compute_grad", "sgd", "momentum", "rmsprop", "l2_loss", "l2_grad",
    "momentum_in_words",
}  # fmt: skip


def plain(source: str) -> str:
    """A cell without the lines that only a notebook understands."""
    return "\n".join(line for line in source.split("\n") if not line.startswith("%"))


def executed(
    notebook: NotebookNode, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[dict[str, Any], dict[str, Exception]]:
    """Run all code cells in this process, in order: the namespace, and who raised what."""
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    monkeypatch.setattr(pyplot, "show", lambda: pyplot.close("all"))
    monkeypatch.chdir(folder)
    monkeypatch.delenv("COURSE_DATA", raising=False)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    raised: dict[str, Exception] = {}
    before = np.random.get_state()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # students may warn; it is no fault
                try:
                    exec(compile(plain(cell.source), cell.id, "exec"), namespace)
                except Exception as error:
                    raised[cell.id] = error
    np.random.set_state(before)
    pyplot.close("all")
    return namespace, raised


def test_cells_have_the_kinds_and_points_that_the_rubric_names() -> None:
    marks = {cell.id: cell.metadata.nbgrader for cell in NOTEBOOK.cells}
    assert {i: m.points for i, m in marks.items() if m.grade} == POINTS
    assert {i for i, m in marks.items() if m.solution} == ANSWERS
    assert all(m.locked != m.solution for m in marks.values())
    assert sum(POINTS.values()) == 35


def test_nothing_is_hidden_in_the_source_and_no_answer_is_left() -> None:
    for cell in NOTEBOOK.cells:
        assert "HIDDEN TESTS" not in cell.source
        region = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL)
        assert len(region) == cell.metadata.nbgrader.solution
        assert not any(text.strip() for text in region)


def test_every_code_cell_parses_once_its_region_holds_the_stub() -> None:
    for cell in filling.fill(ASSIGNMENT, {}).cells:
        if cell.cell_type == "code":
            compile(plain(cell.source), cell.id, "exec")


def test_the_reference_passes_every_visible_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, raised = executed(filling.fill(ASSIGNMENT, REFERENCE), tmp_path, monkeypatch)

    assert raised == {}
    # What the written question takes for granted about the mini data.
    ends = {name: found[f"{name}_loss"][-10:].mean() for name in ("sgd", "momentum", "rmsprop")}
    assert ends["momentum"] < 0.9 * ends["sgd"]
    assert ends["rmsprop"] < 0.9 * ends["sgd"]
    assert ends["sgd"] < 0.6 * found["sgd_loss"][0]


def test_a_blank_notebook_passes_no_visible_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, raised = executed(filling.fill(ASSIGNMENT, {}), tmp_path, monkeypatch)
    assert {name for name in POINTS if name.startswith("check_")} <= set(raised)


@pytest.mark.parametrize("variant", RIGHT, ids=lambda v: v.name)
def test_a_right_but_different_solution_passes_every_visible_test(
    variant: filling.Variant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = filling.variant_notebook(ASSIGNMENT, variant)
    assert executed(notebook, tmp_path, monkeypatch)[1] == {}


def test_one_failing_visible_test_does_not_take_others_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = filling.Cell("def expand(X):\n    return X")
    cells = {**REFERENCE, "expand": wrong}
    _, raised = executed(filling.fill(ASSIGNMENT, cells), tmp_path, monkeypatch)

    assert isinstance(raised["check_expand"], AssertionError)
    assert not {"check_probability", "check_compute_grad", "check_l2_grad"} & set(raised)


def test_the_notebook_draws_the_mini_data_when_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = executed(filling.fill(ASSIGNMENT, {}), tmp_path, monkeypatch)
    X, y = mini_data.make_points()

    assert found["X"].tobytes() == X.tobytes()
    assert found["y"].tobytes() == y.tobytes()


def test_the_mini_data_is_what_the_text_says(tmp_path: Path) -> None:
    mini_data.make(tmp_path / "new")
    mini_data.make(tmp_path / "other", seed=1)
    X = np.load(tmp_path / "new" / "train.npy", allow_pickle=False)
    y = np.load(tmp_path / "new" / "target.npy", allow_pickle=False)

    assert (X.shape, X.dtype, y.shape, y.dtype) == ((400, 2), np.float64, (400,), np.int64)
    assert set(np.unique(y)) == {0, 1}
    assert 0.35 < y.mean() < 0.65
    assert not np.array_equal(X, np.load(tmp_path / "other" / "train.npy", allow_pickle=False))
    line = np.column_stack([X, np.ones(len(X))])
    curved = np.column_stack([line, X**2, X[:, 0] * X[:, 1]])

    def fits(features: Any) -> float:
        scores = features @ np.linalg.lstsq(features, 2.0 * y - 1, rcond=None)[0]
        return float(np.mean((scores > 0) == y))

    assert fits(line) < 0.75  # no line separates the classes,
    assert fits(curved) > 0.85  # quadratic features nearly do, even fitted by least squares


def test_every_data_file_has_a_source_and_a_checksum() -> None:
    told = tomllib.loads((FOLDER / "data.toml").read_text("utf-8"))
    assert told["mini"]["files"] == [f["name"] for f in told["full"]["file"]]
    for file in told["full"]["file"]:
        assert re.fullmatch(r"[0-9a-f]{64}", file["sha256"])
        assert all(url.startswith("https://") for url in file["urls"])
        assert file["licence"]


def test_the_checksums_are_those_of_the_mirror() -> None:
    mirror = os.environ.get("DLGRADE_MIRROR")
    if not mirror:
        pytest.skip("DLGRADE_MIRROR names no mirror of the course's data")
    for file in tomllib.loads((FOLDER / "data.toml").read_text("utf-8"))["full"]["file"]:
        content = (Path(mirror) / file["mirror"]).read_bytes()
        assert len(content) == file["bytes"]
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
