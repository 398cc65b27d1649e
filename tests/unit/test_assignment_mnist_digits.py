"""The assignment of week 2: a clean nbgrader source; TensorFlow itself stays in the sandboxes."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from assignments.mnist_digits import digits
from graders.core import catalogue
from reference_solutions import filling

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = ROOT / "assignments" / "mnist_digits" / "mnist_digits.ipynb"
NOTEBOOK = nbformat.read(ASSIGNMENT, as_version=4)
REFERENCE = filling.read_cells(ROOT / "reference_solutions" / "mnist_digits" / "solution.py")
VARIANTS = filling.variants("mnist_digits")

POINTS = {
    "check_prepare": 1, "check_one_hot": 1, "check_softmax_logits": 1, "check_softmax": 1,
    "check_cross_entropy": 2, "check_stable_cross_entropy": 1, "check_softmax_step": 2,
    "check_softmax_accuracy": 2, "check_softmax_history": 1, "check_mlp_accuracy": 4,
    "check_mlp_history": 1, "check_keras_accuracy": 3, "check_keras_history": 1,
    "check_dense_softmax_backward": 4, "mechanics_in_words": 2,
}  # fmt: skip
ANSWERS = {
    "prepare", "one_hot", "softmax_logits", "softmax", "cross_entropy", "softmax_step",
    "softmax_train", "softmax_predict", "mlp_train", "mlp_predict", "keras_train",
    "dense_softmax_backward", "mechanics_in_words",
}  # fmt: skip


def test_cells_have_the_kinds_and_points_that_the_rubric_names() -> None:
    marks = {cell.id: cell.metadata.nbgrader for cell in NOTEBOOK.cells}
    grader = catalogue.course("mnist_digits").grader

    assert {i: m.points for i, m in marks.items() if m.grade} == POINTS
    assert {i for i, m in marks.items() if m.solution} == ANSWERS
    assert all(m.locked != m.solution for m in marks.values())
    assert {c.id: c.points for c in grader.checks} == {
        name: points for name, points in POINTS.items() if name not in grader.by_hand
    }
    told = re.findall(r"\| (\d+) \|$", NOTEBOOK.cells[0].source, re.MULTILINE)
    assert sum(map(int, told)) == sum(POINTS.values()) == 27


def test_nothing_is_hidden_in_the_source_and_no_answer_is_left() -> None:
    for cell in NOTEBOOK.cells:
        assert "HIDDEN TESTS" not in cell.source
        region = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL)
        assert len(region) == cell.metadata.nbgrader.solution
        assert not any(text.strip() for text in region)


@pytest.mark.parametrize("variant", [None, *VARIANTS], ids=lambda v: v.name if v else "reference")
def test_every_solution_fits_the_assignment_and_parses(variant: filling.Variant | None) -> None:
    filled = (
        filling.variant_notebook(ASSIGNMENT, variant)
        if variant
        else filling.fill(ASSIGNMENT, REFERENCE)
    )
    for cell in filled.cells:
        if cell.cell_type == "code":
            compile(cell.source, cell.id, "exec")


def test_wrong_variants_lose_checks_that_there_are() -> None:
    assert all(v.loses <= set(POINTS) - {"mechanics_in_words"} for v in VARIANTS)
    kinds = [v.kind for v in VARIANTS]
    assert kinds.count("wrong") >= 12
    assert kinds.count("right") >= 6
    assert kinds.count("hostile") >= 3
    # Each check is there to catch something: some wrong solution loses it.
    lost: set[str] = set().union(*(v.loses for v in VARIANTS))
    assert lost == set(POINTS) - {"mechanics_in_words"}


def test_no_data_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    load = next(cell.source for cell in NOTEBOOK.cells if cell.id == "load")
    scope = {"Path": Path, "np": np, "os": __import__("os")}
    with pytest.raises(FileNotFoundError, match=r"There are no digits in .*dlgrade data .*COURSE"):
        exec(compile(load, "load", "exec"), scope)


def test_the_unseen_inputs_differ_by_seed_and_are_in_single_precision() -> None:
    unseen = catalogue.load(ROOT / "reference_solutions" / "mnist_digits" / "unseen.py")
    some, same, other = unseen.cases(1), unseen.cases(1), unseen.cases(2)

    for name, cases in some.items():
        for k, case in enumerate(cases):
            for argument, value in case.items():
                if isinstance(value, np.ndarray):
                    assert value.dtype in (np.float32, np.uint8, np.int64), (name, argument)
                    assert np.array_equal(value, same[name][k][argument])
    assert not np.array_equal(some["softmax"][5]["logits"], other["softmax"][5]["logits"])
    for case in some["stable_cross_entropy"]:
        assert np.abs(case["logits"]).max() > 50


def test_drawn_digits_are_what_the_notebook_reads() -> None:
    x, y = digits.draw(20, seed=3)

    assert x.shape == (20, 28, 28)
    assert x.dtype == np.uint8
    assert y.dtype == np.int64
