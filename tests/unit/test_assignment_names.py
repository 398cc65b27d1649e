"""The notebook of names: a clean nbgrader source that gives nothing away, and its data.

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

from assignments.names_rnn import invented, prepare
from graders.checks import spelling
from graders.core.held_out import held_out
from reference_solutions.names_rnn import unseen

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = ROOT / "assignments" / "names_rnn" / "names_rnn.ipynb"
NOTEBOOK = nbformat.read(ASSIGNMENT, as_version=4)


def source(cell_id: str) -> str:
    return str(next(c.source for c in NOTEBOOK.cells if c.id == cell_id))


# --- the notebook ---------------------------------------------------------------------------------


def test_the_table_of_points_adds_up() -> None:
    rows = re.findall(r"^\| \d \|.*\| (\d+) \|$", source("intro"), re.MULTILINE)
    assert sum(map(int, rows)) == 28


def test_the_notebook_says_which_data_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    (tmp_path / "train.json").write_text("[]")
    (tmp_path / "rows.npz").write_bytes(b"")
    found: dict[str, Any] = {"np": np, "json": json}
    with pytest.raises(FileNotFoundError, match=r"complete: valid\.json is missing\. Fetch"):
        exec("import os\nfrom pathlib import Path\n" + source("data"), found)


def test_notebook_data_and_grader_mean_the_same_tokens() -> None:
    tokens = re.search(r'^tokens = "(.*)"$', source("data"), re.MULTILINE)
    assert tokens is not None
    assert tokens[1] == spelling.TEXT
    assert tokens[1][2:] == prepare.LETTERS == unseen.LETTERS
    assert "PAD, START = 0, 1" in source("data")
    for module in (prepare, spelling, unseen):
        assert [module.PAD, module.START] == [0, 1]
        assert len(tokens[1]) == module.TOKENS
    assert "LONGEST = 14 " in source("data")
    assert spelling.LONGEST == invented.LONGEST == unseen.LONGEST == 14


# --- unseen inputs --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_unseen_probabilities_tell_the_usual_slips_from_the_mean(seed: int) -> None:
    apart = []
    for case in unseen.cases(seed)["masked_loss"]:
        probs, answers = case["probs"].astype(float), case["answers"]
        assert np.allclose(probs.sum(axis=2), 1, atol=1e-5)
        assert probs.min() > 1e-6
        loss = -np.log(np.take_along_axis(probs, answers[..., None], axis=2)[..., 0])
        ended = np.cumsum(answers == 0, axis=1) - (answers == 0)
        counts = ended == 0
        right = loss[counts].mean()
        letters = loss[answers != 0]
        others = (
            loss.mean(),
            letters.mean() if letters.size else 0.0,
            np.mean([row[c].mean() for row, c in zip(loss, counts, strict=True)]),
            loss[counts].sum(),
        )
        apart.append([abs(other - right) > 2e-3 * right for other in others])
    assert np.mean(apart, axis=0).min() > 0.5


@pytest.mark.parametrize("seed", range(8))
def test_texts_that_are_asked_for_end_and_go_on_and_never_hold_a_start(seed: int) -> None:
    texts = unseen.cases(seed)["generate"]
    assert all(unseen.START not in c["table"] for c in texts)
    assert sum(unseen.PAD in c["table"] for c in texts) == 3
    assert all(len(c["seed_phrase"]) < c["max_length"] for c in texts)


@pytest.mark.parametrize("seed", range(8))
def test_another_row_has_another_state_and_another_token(seed: int) -> None:
    for case in unseen.cases(seed)["conditions"]:
        tokens, others = case["tokens"], case["others"]
        assert (tokens[:, 0] == unseen.START).all()
        assert tokens[:, 1:].min() > unseen.START
        assert tokens.shape[1] > 2
        assert (tokens[:, 1] != tokens[::-1, 1]).any()
        assert (others != tokens[:, -1]).all()


# --- data -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names")
    prepare.mini("names_rnn", folder / "train", folder / "held_out", 5)
    return folder


def sides(folder: Path) -> list[list[str]]:
    train, valid = (
        json.loads((folder / "train" / f"{name}.json").read_text()) for name in ("train", "valid")
    )
    secret = held_out(folder / "held_out")[1]["beginnings"][0]["names"]
    return [train, valid, [str(name) for name in secret]]


def test_no_name_is_on_two_sides_or_twice_on_one(mini: Path) -> None:
    every = [name for side in sides(mini) for name in side]
    assert len(every) == len(set(every)) == 5500
    assert all(2 <= len(name) <= 14 and set(name) <= set(prepare.LETTERS) for name in every)


def test_rows_are_the_names(mini: Path) -> None:
    with np.load(mini / "train" / "rows.npz") as file:
        for name, names in zip(("train", "valid"), sides(mini), strict=False):
            assert file[name].dtype == np.int32
            np.testing.assert_array_equal(file[name], prepare.matrix(names))
    assert prepare.matrix(["abe"])[0, :6].tolist() == [1, 2, 3, 6, 0, 0]


def test_beginnings_tell_no_secret_name_to_its_end_and_all_of_the_shown_ones(mini: Path) -> None:
    cases, truths = held_out(mini / "held_out")
    for k, (case, truth) in enumerate(zip(cases["beginnings"], truths["beginnings"], strict=True)):
        tokens, lengths = np.asarray(case["tokens"]), np.asarray(case["lengths"])
        assert ((tokens != 0).sum(axis=1) == lengths).all()
        names = [str(name) for name in truth["names"]]
        if k == 0:
            assert len(tokens) == len(names)
            whole = prepare.matrix(names)
        else:
            assert len(tokens) == sum(len(name) + 1 for name in names)
            whole = np.repeat(prepare.matrix(names), [len(n) + 1 for n in names], axis=0)
        rows = np.arange(len(tokens))
        np.testing.assert_array_equal(truth["next"], whole[rows, lengths])
        shuffled = np.asarray(case["shuffled"])
        np.testing.assert_array_equal(np.sort(shuffled, axis=1), np.sort(tokens, axis=1))
        np.testing.assert_array_equal(shuffled[:, 0], tokens[:, 0])
        np.testing.assert_array_equal(shuffled[rows, lengths - 1], tokens[rows, lengths - 1])
        assert (shuffled != tokens).any()


def test_one_beginning_of_each_name_stands_for_all_of_its_letters(mini: Path) -> None:
    truth = held_out(mini / "held_out")[1]["beginnings"]
    lengths = [len(str(name)) + 1 for name in truth[0]["names"]]
    np.testing.assert_array_equal(truth[0]["weights"], lengths)
    assert set(truth[1]["weights"]) == {1.0}
    for known in truth:
        mean = np.average(known["pair_losses"], weights=known["weights"])
        assert mean == pytest.approx(float(known["bigram"]), rel=1e-9 if known is truth[1] else 0.1)


def test_pairs_say_more_than_letters_and_harmony_says_more_than_pairs(mini: Path) -> None:
    truth = held_out(mini / "held_out")[1]["beginnings"][0]
    assert 2.7 < float(truth["unigram"]) < 3.0
    assert 2.2 < float(truth["bigram"]) < 2.55
    colours = [{c for c in name if c in "aoueiy"} for name in sides(mini)[2]]
    assert all(found <= set("aou") or found <= set("eiy") for found in colours)
    for name in sides(mini)[2]:
        ends = name[-1] in "aoueiy"
        assert ends == (name[0] in invented.VOICED)


def test_spellings_are_names_and_the_same_letters_in_another_order(mini: Path) -> None:
    cases, truths = held_out(mini / "held_out")
    for case, truth, known in zip(
        cases["spellings"], truths["spellings"], truths["beginnings"], strict=True
    ):
        names = {str(name) for name in known["names"]}
        texts = [
            "".join(spelling.TEXT[t] for t in row if t > 1) for row in np.asarray(case["tokens"])
        ]
        labels = np.asarray(truth["labels"])
        assert {t for t, label in zip(texts, labels, strict=True) if label} <= names
        letters = {"".join(sorted(name)) for name in names}
        assert all("".join(sorted(text)) in letters for text in texts)
        assert 0.48 < labels.mean() < 0.52
    assert prepare.disordered("aaa", np.random.default_rng(0)) == "aaa"


def test_the_full_tier_reads_names_in_small_letters_each_once(tmp_path: Path) -> None:
    invented_names = invented.draw(np.random.default_rng(2), 2400)
    raw = [*invented_names, " Ada", "ada", "Jo Ann", "Anne-Marie", "", invented_names[0].title()]
    (tmp_path / "names").write_text("\n".join(raw))
    prepare.full("names_rnn", tmp_path, tmp_path / "train", tmp_path / "held_out")
    found = sides(tmp_path)
    assert [len(side) for side in found] == [801, 800, 800]
    assert sorted(name for side in found for name in side) == sorted({*invented_names, "ada"})
