"""The notebook of sentences for pictures: a clean nbgrader source that gives nothing away.

TensorFlow is not installed where these tests run: what needs it is executed in the image by the
conformance tests.
"""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from graders import captioning
from graders.checks import vocabulary
from reference_solutions import filling
from reference_solutions.captioning import unseen

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = ROOT / "assignments" / "captioning" / "captioning.ipynb"
NOTEBOOK = nbformat.read(ASSIGNMENT, as_version=4)
REFERENCE = filling.read_cells(ROOT / "reference_solutions" / "captioning" / "solution.py")
GRADER = captioning.GRADER
HELD_OUT = {"images", "words", "photographs"}  # sets that come with the course's data


def source(cell_id: str) -> str:
    return str(next(c.source for c in NOTEBOOK.cells if c.id == cell_id))


def test_the_table_of_points_adds_up() -> None:
    rows = re.findall(r"^\| \d \|.*\| (\d+) \|$", source("intro"), re.MULTILINE)
    assert sum(map(int, rows)) == 30


def test_points_in_the_text_are_those_of_the_cells() -> None:
    told = [
        int(n)
        for cell in NOTEBOOK.cells
        if cell.cell_type == "markdown" and cell.id.endswith("_text")
        for n in re.findall(r"\((\d) points?\)", cell.source)
    ]
    ours = [c.points for c in GRADER.checks]
    assert Counter(told) == Counter(ours)


@pytest.mark.parametrize(("tier", "weights"), [("mini", "encoder.npz"), ("full", "encoder.h5")])
def test_the_notebook_says_which_data_are_missing(
    tier: str, weights: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    names = ("train.npz", "train_captions.json", "valid_captions.json", "encoder.json")
    for name in names:
        (tmp_path / name).write_bytes(b"")
    found: dict[str, Any] = {"np": np, "TIER": tier}
    with pytest.raises(FileNotFoundError, match=rf"complete: valid\.npz, {re.escape(weights)} is"):
        exec("import os\nfrom pathlib import Path\n" + source("data"), found)


def test_what_is_asked_comes_from_the_data_or_from_the_seed() -> None:
    asked = {a.cases for a in GRADER.evidence if a.cases} | {o.cases for o in GRADER.observations}
    assert asked == set(unseen.cases(1)) | HELD_OUT


# --- what is asked tells slips apart -------------------------------------------------------------


def solved() -> dict[str, Any]:
    """The reference's functions that need no TensorFlow."""
    marks = dict(zip(("PAD", "UNK", "START", "END"), vocabulary.SPECIAL, strict=True))
    found: dict[str, Any] = {"re": re, "Counter": Counter, "np": np, **marks}
    for name in ("split_sentence", "generate_vocabulary", "caption_tokens_to_indices",
                 "batch_captions_to_matrix", "generate_batch"):  # fmt: skip
        exec(REFERENCE[name].source, found)
    return found


def test_unseen_inputs_can_be_drawn_from_many_seeds() -> None:
    assert all(unseen.cases(2000 + seed) for seed in range(15))


@pytest.mark.parametrize("seed", range(5))
def test_some_words_come_exactly_four_and_some_exactly_five_times(seed: int) -> None:
    split = solved()["split_sentence"]
    for case in unseen.cases(seed)["people"]:
        counts = Counter(w for line in case["captions"].splitlines() for w in split(line))
        assert {4, 5} <= set(counts.values())


@pytest.mark.parametrize("seed", range(5))
def test_captions_to_index_hold_unknown_words_and_capitals(seed: int) -> None:
    split = solved()["split_sentence"]
    for case in unseen.cases(seed)["indices"][1:]:
        known = set(case["words"].split("\n"))
        assert any(w not in known for line in case["captions"].splitlines() for w in split(line))
        assert case["captions"] != case["captions"].lower()


@pytest.mark.parametrize("seed", range(5))
def test_padding_is_never_a_word_and_the_mean_over_captions_is_another(seed: int) -> None:
    asked = unseen.cases(seed)["masked_loss"]
    for case in asked:
        real = case["targets"] != case["pad_idx"]
        assert (np.diff(real.astype(int), axis=1) <= 0).all(), "padding stands at the end only"
    lengths = [(c["targets"] != c["pad_idx"]).sum(axis=1) for c in asked]
    assert sum(len(set(n.tolist())) > 1 for n in lengths) >= 6


def test_matrices_are_asked_for_wider_narrower_and_without_a_limit() -> None:
    asked = unseen.cases(2)["matrix"]
    longest = [int((c["rows"] >= 0).sum(axis=1).max()) for c in asked]
    limits = [c["max_len"] for c in asked]
    assert sum(n < 0 for n in limits) >= 2
    assert sum(0 <= n < most for n, most in zip(limits, longest, strict=True)) >= 3
    assert any(n > most for n, most in zip(limits, longest, strict=True))
    assert all((c["rows"] != c["pad_idx"]).all() for c in asked)


def test_the_vocabulary_marks_are_those_of_the_notebook() -> None:
    assert 'PAD, UNK, START, END = "#PAD#", "#UNK#", "#START#", "#END#"' in source("setup")
    assert vocabulary.SPECIAL == unseen.MARKS == ("#PAD#", "#UNK#", "#START#", "#END#")
