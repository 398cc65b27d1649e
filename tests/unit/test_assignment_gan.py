"""The notebook of faces out of noise: a clean nbgrader source that gives nothing away.

TensorFlow is not installed where these tests run: what needs it is executed in the image by the
conformance tests.
"""

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from graders import face_gan
from reference_solutions import filling
from reference_solutions.face_gan import unseen

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = ROOT / "assignments" / "generative" / "face_gan.ipynb"
NOTEBOOK = nbformat.read(ASSIGNMENT, as_version=4)
REFERENCE = filling.read_cells(ROOT / "reference_solutions" / "face_gan" / "solution.py")
VARIANTS = filling.variants("face_gan")
GRADER = face_gan.GRADER


def source(cell_id: str) -> str:
    return str(next(c.source for c in NOTEBOOK.cells if c.id == cell_id))


def test_the_source_is_clean() -> None:
    nbformat.validate(NOTEBOOK)
    assert (NOTEBOOK.nbformat, NOTEBOOK.nbformat_minor) == (4, 5)
    ids = [cell.id for cell in NOTEBOOK.cells]
    assert len(ids) == len(set(ids))
    for cell in NOTEBOOK.cells:
        marks = cell.metadata.nbgrader
        assert (marks.schema_version, marks.grade_id) == (3, cell.id)
        assert marks.locked != marks.solution
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


def test_points_of_grader_and_assignment_agree() -> None:
    marks = [cell.metadata.nbgrader for cell in NOTEBOOK.cells]
    declared = {m.grade_id: m.points for m in marks if m.grade}
    ours = {c.id: c.points for c in GRADER.checks}
    assert {i: p for i, p in declared.items() if i not in GRADER.by_hand} == ours
    assert set(GRADER.by_hand) == set(declared) - set(ours)
    assert sum(declared.values()) == 28


def test_the_table_of_points_adds_up() -> None:
    rows = re.findall(r"^\| \d \|.*\| (\d+) \|$", source("intro"), re.MULTILINE)
    assert sum(map(int, rows)) == 28


def test_claims_are_worth_a_fifth_at_the_most() -> None:
    claimed = sum(c.points for c in GRADER.checks if c.claim)
    assert 0 < claimed <= 0.2 * sum(c.points for c in GRADER.checks)


def test_every_answer_cell_has_a_reference_and_an_empty_region() -> None:
    answers = {c.id for c in NOTEBOOK.cells if c.metadata.nbgrader.solution}
    assert answers == set(REFERENCE)
    for cell in NOTEBOOK.cells:
        region = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL)
        assert len(region) == cell.metadata.nbgrader.solution
        assert not any(text.strip() for text in region)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.name)
def test_every_variant_fits_the_assignment_and_the_rubric(variant: filling.Variant) -> None:
    assert variant.loses <= {c.id for c in GRADER.checks}
    assert (variant.earns or 0) <= sum(c.points for c in GRADER.checks)
    for cell in filling.variant_notebook(ASSIGNMENT, variant).cells:
        if cell.cell_type == "code":
            compile(cell.source, cell.id, "exec")


def test_the_catalogue_of_variants_is_as_large_as_promised() -> None:
    kinds = [v.kind for v in VARIANTS]
    assert kinds.count("wrong") >= 12
    assert kinds.count("right") >= 6
    assert kinds.count("hostile") >= 4


def test_every_check_has_a_wrong_variant_that_loses_it() -> None:
    lost = frozenset[str]().union(*(v.loses for v in VARIANTS if v.kind == "wrong"))
    assert lost == {c.id for c in GRADER.checks}


def test_the_notebook_says_which_data_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    np.savez(tmp_path / "train.npz", x=np.zeros(1))
    found: dict[str, Any] = {"np": np}
    with pytest.raises(FileNotFoundError, match=r"complete: valid\.npz is missing\. Fetch"):
        exec("import os\nfrom pathlib import Path\n" + source("data"), found)


def test_unseen_inputs_are_drawn_anew_by_their_seed_alone() -> None:
    def spelt(seed: int) -> str:
        cases = unseen.cases(seed)
        return json.dumps(cases, default=lambda a: a.tolist())

    assert spelt(1) == spelt(1)
    assert spelt(1) != spelt(2)


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
