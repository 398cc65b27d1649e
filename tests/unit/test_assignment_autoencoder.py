"""The autoencoder notebook of week 4: a clean source that gives nothing away; what needs no net.

TensorFlow is not installed where these tests run: what needs it is executed in the image by the
conformance tests.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from graders.checks import compare, face_functions
from reference_solutions import filling
from reference_solutions.face_autoencoder import unseen

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = ROOT / "assignments" / "generative" / "face_autoencoder.ipynb"
NOTEBOOK = nbformat.read(ASSIGNMENT, as_version=4)
REFERENCE = filling.read_cells(ROOT / "reference_solutions" / "face_autoencoder" / "solution.py")
VARIANTS = filling.variants("face_autoencoder")


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
    np.savez(tmp_path / "train.npz", x=np.zeros(1), attributes=np.zeros(1))
    with pytest.raises(FileNotFoundError, match=r"valid\.npz, attributes\.json is missing\. Fetch"):
        run("import json, os\nfrom pathlib import Path", source(NOTEBOOK, "data"))


PLAIN = {
    "fit_pca": "check_pca",
    "pca_redraw": "check_pca_redraw",
    "get_similar": "check_similar",
    "attribute_direction": "check_direction",
}


@pytest.mark.parametrize("name", PLAIN)
def test_the_reference_answers_unseen_inputs_and_passes_the_visible_tests(name: str) -> None:
    found = run("TIER = 'mini'", REFERENCE[name].source)
    run("TIER = 'mini'", REFERENCE[name].source, source(NOTEBOOK, PLAIN[name]))
    for case in unseen.cases(3)[name]:
        answer = found[name](*case.values())
        for part in answer if isinstance(answer, tuple) else (answer,):
            assert np.isfinite(np.asarray(part)).all()


@pytest.mark.parametrize("name", PLAIN)
def test_a_blank_answer_passes_no_visible_test(name: str) -> None:
    blank = source(filling.fill(ASSIGNMENT, {}), name)
    with pytest.raises(NotImplementedError):
        run(blank, source(NOTEBOOK, PLAIN[name]))


def cell_of(variant: str, name: str) -> str:
    (found,) = [v for v in VARIANTS if v.name == variant]
    return filling.read_cells(found.path)[name].source


@pytest.mark.parametrize(
    "variant", ["pca_not_centred", "pca_smallest_components", "noise_of_the_variance",
                "noise_clipped"]
)  # fmt: skip
def test_slips_that_need_no_network_are_caught_by_their_judge(variant: str) -> None:
    cases = tuple(
        {k: np.asarray(v) for k, v in c.items()}
        for c in unseen.cases(9)["fit_pca" if variant.startswith("pca") else "noised"]
    )
    if variant.startswith("pca"):
        fit = run(cell_of(variant, "fit_pca"))["fit_pca"]
        answers = tuple(fit(c["X"], int(c["code_size"])) for c in cases)
        finding = face_functions.components(answers, cases, ())
    else:
        add = run(cell_of(variant, "apply_gaussian_noise"))["apply_gaussian_noise"]
        twice = run(face_functions.TWICE)["ask"]
        answers = tuple((twice(add, c["X"], float(c["sigma"])),) for c in cases)
        finding = face_functions.noise(answers, cases, ())
    assert finding.credit == 0


@pytest.mark.parametrize(
    ("variant", "name"),
    [
        ("pca_redrawn_without_mean", "pca_redraw"),
        ("similar_by_product", "get_similar"),
        ("similar_farthest_first", "get_similar"),
        ("direction_counts_the_unknown", "attribute_direction"),
    ],
)
def test_slips_in_a_value_are_caught_by_the_key(variant: str, name: str) -> None:
    drawn = unseen.cases(9)[name]
    right, wrong = run(REFERENCE[name].source)[name], run(cell_of(variant, name))[name]
    key = tuple((np.asarray(right(*c.values())),) for c in drawn)
    answers = tuple((np.asarray(wrong(*c.values())),) for c in drawn)
    assert compare.values(key, key).credit == 1
    assert compare.values(answers, key).credit < 1


def test_unseen_codes_reach_from_one_number_to_the_most() -> None:
    sizes = [c["code_size"] for c in unseen.cases(5)["built"]]
    assert min(sizes) == 1
    assert max(sizes) == 512
    assert len(set(sizes)) == len(sizes)
    for case in unseen.cases(5)["built"]:
        assert case["height"] % 16 == case["width"] % 16 == 0


def test_unseen_attributes_hold_unknown_ones_and_both_sides() -> None:
    drawn = [c["attribute"] for c in unseen.cases(5)["attribute_direction"]]
    assert sum(bool(np.isnan(a).any()) for a in drawn) >= 2
    assert all((a > 0.5).any() and (a < 0.5).any() for a in drawn)
