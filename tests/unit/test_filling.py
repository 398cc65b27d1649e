"""The filler: cell files in, notebooks out, the same ones every time."""

from pathlib import Path

import nbformat
import pytest

from reference_solutions import filling
from reference_solutions.filling import Cell, Variant

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = ROOT / "assignments" / "linear_models" / "linear_models.ipynb"
SOLUTION = ROOT / "reference_solutions" / "linear_models" / "solution.py"
VARIANTS = filling.variants("linear_models")

CELL_FILE = """\
# title: a toy
# %% [markdown]
# Prose that goes nowhere.

# %%
scaffold = 1

# %% first
def first():
    # %s is no header
    return 1

# %% [markdown] words
# **Why?**
#
# Because # of this.

# %% + after:first
extra = 1

# %% [markdown] + after:first
# An afterthought.
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "cells.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_cell_file_is_read_by_its_headers(tmp_path: Path) -> None:
    assert filling.read_cells(written(tmp_path, CELL_FILE)) == {
        "first": Cell("def first():\n    # %s is no header\n    return 1"),
        "words": Cell("**Why?**\n\nBecause # of this.", markdown=True),
        "0 after:first": Cell("extra = 1", after="first"),
        "1 after:first": Cell("An afterthought.", markdown=True, after="first"),
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("# %% one\nx = 1\n# %% one\nx = 2\n", "'one' comes twice"),
        ("# %% two words\nx = 1\n", "line 1: this cell header cannot be read"),
        ("# %%[code] one\nx = 1\n", "line 1: this cell header cannot be read"),
    ],
)
def test_an_unreadable_cell_file_says_where(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        filling.read_cells(written(tmp_path, text))


def test_a_blank_notebook_holds_the_stubs_of_nbgrader_and_keeps_signatures() -> None:
    blank = {c.id: c.source for c in filling.fill(ASSIGNMENT, {}).cells}

    assert blank["expand"].startswith('def expand(X):\n    """Quadratic features.')
    assert blank["expand"].endswith("    # YOUR CODE HERE\n    raise NotImplementedError()")
    assert "\n    # YOUR CODE HERE\n    raise NotImplementedError()\n\nsgd_w = w" in blank["sgd"]
    assert blank["momentum_in_words"].endswith("\n\nYOUR ANSWER HERE")
    assert not any("BEGIN SOLUTION" in source for source in blank.values())


def test_cells_stand_where_they_belong_and_others_are_untouched() -> None:
    cells = {
        "sgd": Cell("here = 1"),
        "0 after:sgd": Cell("there = 1", after="sgd"),
        "1 after:sgd": Cell("and *text*", markdown=True, after="sgd"),
    }
    filled, source = filling.fill(ASSIGNMENT, cells), nbformat.read(ASSIGNMENT, as_version=4)
    at = [c.id for c in filled.cells].index("sgd")

    assert [c.source for c in filled.cells[at : at + 3]] == ["here = 1", "there = 1", "and *text*"]
    assert [c.cell_type for c in filled.cells[at : at + 3]] == ["code", "code", "markdown"]
    assert filled.cells[at + 1].metadata == {}
    locked = {c.id: c.source for c in source.cells if not c.metadata.nbgrader.solution}
    assert {c.id: c.source for c in filled.cells if c.id in locked} == locked
    nbformat.validate(filled)


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        ({"nowhere": Cell("x = 1")}, "no answer cell for .*nowhere"),
        ({"check_expand": Cell("x = 1")}, "no answer cell for .*check_expand"),
        ({"0 after:nowhere": Cell("x = 1", after="nowhere")}, "no answer cell for"),
        ({"expand": Cell("text", markdown=True)}, "'expand' is a code cell"),
        ({"momentum_in_words": Cell("x = 1")}, "'momentum_in_words' is a markdown cell"),
    ],
)
def test_a_cell_without_a_place_is_refused(cells: filling.Cells, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        filling.fill(ASSIGNMENT, cells)


def test_filling_twice_gives_the_same_bytes() -> None:
    for variant in [VARIANTS[0], next(v for v in VARIANTS if v.kind == "hostile")]:
        one, two = (filling.variant_notebook(ASSIGNMENT, variant) for _ in range(2))
        assert nbformat.writes(one) == nbformat.writes(two)


def test_there_are_enough_variants_of_every_kind() -> None:
    kinds = [v.kind for v in VARIANTS]
    assert kinds == sorted(kinds, key=filling.KINDS.index)
    assert kinds.count("wrong") >= 18
    assert kinds.count("right") >= 12
    assert kinds.count("hostile") >= 50


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: f"{v.kind}-{v.name}")
def test_a_variant_declares_what_it_is_and_fits_the_assignment(variant: Variant) -> None:
    notebook = filling.variant_notebook(ASSIGNMENT, variant)
    nbformat.validate(notebook)
    checks = {c.id for c in notebook.cells if c.id.startswith("check_")}

    assert variant.loses <= checks
    assert bool(variant.loses) == (variant.kind == "wrong")
    assert (variant.earns is not None) == (variant.kind == "hostile")
    assert (variant.keeps is not None) == (variant.kind == "hostile")
    base = filling.fill(
        ASSIGNMENT, filling.read_cells(SOLUTION) if variant.base == "reference" else {}
    )
    assert nbformat.writes(notebook) != nbformat.writes(base)


@pytest.mark.parametrize(
    ("kind", "declared"),
    [
        ("wrong", "# title: no losses\n"),
        ("right", "# title: loses something\n# loses: check_sgd\n"),
        ("hostile", "# title: earns nothing said\n"),
        ("wrong", "# loses: check_sgd\n"),
        ("hostile", "# title: keeps nothing said\n# earns: 3\n"),
        ("wrong", "# title: loses by chance alone\n# may lose: check_sgd\n"),
        ("wrong", "# title: by chance, and always\n# loses: check_sgd\n# may lose: check_sgd\n"),
        ("right", "# title: right by chance\n# may lose: check_sgd\n"),
        ("hostile", "# title: keeps more than it earns\n# earns: 1\n# keeps: 2\n"),
        ("hostile", "# title: needs luck\n# earns: 1\n# keeps: 0\n# needs: luck\n"),
        ("right", "# title: harmless, and walled in\n# needs: isolation\n"),
        ("hostile", "# title: on sand\n# earns: 0\n# keeps: 0\n# base: sand\n"),
    ],
)
def test_a_variant_without_its_declaration_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, declared: str
) -> None:
    folder = tmp_path / "toy" / "variants" / kind
    folder.mkdir(parents=True)
    (folder / "one.py").write_text(declared + "\n# %% sgd\n# title: too late to count\n", "utf-8")
    monkeypatch.setattr(filling, "__file__", str(tmp_path / "filling.py"))

    with pytest.raises(ValueError, match=r"one\.py"):
        filling.variants("toy")
