"""Strangers' notebooks: declared in full, filled into today's assignment, never quietly worse."""

from pathlib import Path

import pytest

from graders.core import catalogue
from tests.strangers import __main__ as command
from tests.strangers.written import RIGHT, WRONG, Stranger, assignment, checks_of, strangers

ALL = [one for notebook in catalogue.notebooks() for one in strangers(notebook)]
MNIST = assignment("mnist_digits")


@pytest.mark.parametrize("stranger", ALL, ids=lambda one: f"{one.notebook}/{one.name}")
def test_a_stranger_fits_into_todays_assignment(stranger: Stranger) -> None:
    notebook = stranger.filled(assignment(stranger.notebook))
    sources = {c.metadata.get("nbgrader", {}).get("grade_id"): c.source for c in notebook.cells}
    assert all("NotImplementedError" not in sources[name] for name in stranger.cells)


@pytest.mark.parametrize(
    "stranger",
    [s for s in ALL if s.declares == WRONG],
    ids=lambda one: f"{one.notebook}/{one.name}",
)
def test_a_wrong_one_names_a_line_that_is_there(stranger: Stranger) -> None:
    source = stranger.cells[stranger.cell].source
    assert stranger.line in source
    assert stranger.loses(assignment(stranger.notebook))


@pytest.mark.parametrize("notebook", catalogue.notebooks())
def test_each_notebook_has_two_right_and_two_wrong_ones(notebook: str) -> None:
    declared = [one.declares for one in strangers(notebook)]
    assert min(declared.count(RIGHT), declared.count(WRONG)) >= 2


@pytest.mark.parametrize("notebook", catalogue.notebooks())
def test_the_table_knows_every_stranger(notebook: str) -> None:
    assert set(command.kept(notebook)) == {one.name for one in strangers(notebook)}


@pytest.mark.parametrize(
    ("cell", "checks"),
    [
        ("prepare", {"check_prepare"}),
        ("cross_entropy", {"check_cross_entropy", "check_stable_cross_entropy"}),
        ("softmax_train", {"check_softmax_accuracy", "check_softmax_history"}),
    ],
)
def test_the_checks_of_a_cell_are_those_that_come_after_it(cell: str, checks: set[str]) -> None:
    assert checks_of(MNIST, cell) == checks


def test_a_cell_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="no answer cell 'nowhere'"):
        checks_of(MNIST, "nowhere")


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("# declares: right\n# design: x\n", "not what it is from"),
        ("# written from: x\n# declares: right\n", "design"),
        ("# written from: x\n# declares: wrong\n# mistake: x\n# at: a : b\n", "should cost"),
        (
            "# written from: x\n# declares: wrong\n# mistake: x\n# should cost: f\n# at: here\n",
            "no cell and line",
        ),
    ],
)
def test_a_declaration_that_lacks_something_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, header: str, missing: str
) -> None:
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "one.py").write_text(header + "# %% prepare\n", encoding="utf-8")
    monkeypatch.setattr("tests.strangers.written.HERE", tmp_path)
    with pytest.raises(ValueError, match=missing):
        strangers("toy")


def row(fits: bool, points: float | None, declares: str = "right") -> dict[str, object]:
    return {"as declared": fits, "points": points, "declares": declares}


@pytest.mark.parametrize(
    ("now", "before", "failed"),
    [
        (row(True, 25), row(True, 25), False),
        (row(False, 24), row(True, 25), True),
        (row(False, 24), None, True),
        (row(True, 25), None, False),
        (row(False, 24), row(False, 24), False),
        (row(False, 23), row(False, 24), True),
        (row(False, 23, "wrong"), row(False, 24, "wrong"), False),
        (row(False, None), row(False, 24), True),
    ],
)
def test_a_run_fails_where_somebody_is_worse_than_recorded(now, before, failed) -> None:
    assert bool(command.worse({"ada": now}, {"ada": before} if before else {})) is failed
