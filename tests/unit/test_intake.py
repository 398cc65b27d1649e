"""What becomes of every kind of file that students hand in."""

import ast
import json
import os
import random
import re
import time
from pathlib import Path

import nbformat
import pytest

from graders.core.errors import CourseFault
from graders.core.intake import Intake, take_file, take_in
from graders.core.types import Note
from reference_solutions.broken import ADDRESS, BROKEN, REFUSED, TOKEN
from tests.unit.small_assignment import ANSWERS, IDS, Book, released, solved, write_assignment

REAL = Path(__file__).parents[2] / "assignments" / "linear_models" / "linear_models.ipynb"
GOOD = json.dumps(solved(), indent=1).encode()

OUTCOMES = {  # kind → structure and the codes that must be noted, the reason of a refusal last
    "no-file": ("refused", "no-notebook"),
    "empty-file": ("refused", "empty-file"),
    "truncated": ("refused", "truncated-json"),
    "damaged": ("refused", "broken-json"),
    "merge-conflict": ("refused", "merge-conflict"),
    "picture": ("refused", "not-text"),
    "web-page": ("refused", "web-page"),
    "not-a-notebook": ("refused", "not-a-notebook"),
    "nested-json": ("refused", "too-deep"),
    "future-format": ("refused", "unknown-format"),
    "no-cells": ("refused", "no-cells"),
    "too-many-cells": ("refused", "too-many-cells"),
    "too-large": ("refused", "too-large"),
    "other-notebook": ("refused", "nothing-recognised"),
    "link": ("refused", "link"),
    "dangling-link": ("refused", "link"),
    "linked-folder": ("refused", "link"),
    "pipe": ("refused", "special-file"),
    "byte-order-mark": ("nbgrader", "format-repaired"),
    "utf16": ("nbgrader", "format-repaired"),
    "not-utf8": ("nbgrader", "format-repaired"),
    "strange-numbers": ("nbgrader", ""),
    "wrong-types": ("nbgrader", "cells-unreadable"),
    "long-cell": ("nbgrader", "cell-too-long"),
    "old-format": ("nbgrader", "old-format"),
    "huge-outputs": ("nbgrader", "outputs-dropped"),
    "unknown-kernel": ("nbgrader", "kernel-replaced"),
    "other-language": ("nbgrader", "other-language"),
    "renamed": ("nbgrader", "renamed-file"),
    "second-notebook": ("nbgrader", "several-files"),
    "untouched-beside-copy": ("nbgrader", "several-files"),
    "secrets": ("nbgrader", "secrets-masked"),
    "lost-marks": ("salvaged", "metadata-lost"),
    "original-week-1": ("foreign", "renamed-file secrets-masked foreign-notebook"),
    "locked-changed": ("nbgrader", "locked-cells-restored grade-cells-repaired"),
    "checks-deleted": ("nbgrader", "cells-put-back"),
    "duplicated": ("nbgrader", "duplicated-cells"),
    "repointed": (
        "nbgrader",
        "grade-cells-repaired answers-elsewhere unknown-grade-cells",
    ),
    "merged-cells": ("nbgrader", "answers-elsewhere"),
    "answer-elsewhere": ("nbgrader", "answers-elsewhere"),
    "waits-for-input": ("nbgrader", "asks-for-input"),
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_assignment(tmp_path_factory.mktemp("course") / "linear_models")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "submitted" / "ada" / "linear_models"
    made.mkdir(parents=True)
    return made


def hand_in(folder: Path, book: Book, name: str = "linear_models.ipynb") -> None:
    (folder / name).write_text(json.dumps(book), encoding="utf-8")


def ids(taken: Intake) -> list[str]:
    assert taken.notebook is not None
    found = (c["metadata"].get("nbgrader", {}) for c in taken.notebook["cells"])
    return [marks["grade_id"] for marks in found if marks]


def assert_clear(note: Note) -> None:
    for sentence in (note.student, note.staff):
        assert sentence
        assert sentence.endswith(".")
        assert not re.search(r"[.!?]\s+[A-Z]", sentence), "more than one sentence"
        assert "\n" not in sentence
        assert "/" not in sentence
        assert "Traceback" not in sentence
        assert ADDRESS not in sentence
        assert TOKEN not in sentence


def assert_executable(taken: Intake) -> None:
    book = taken.notebook
    assert book is not None
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    cell_ids = [cell["id"] for cell in book["cells"]]
    assert len(cell_ids) == len(set(cell_ids))
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", cell_id) for cell_id in cell_ids)
    for cell in book["cells"]:
        keys = {"cell_type", "id", "metadata", "source"}
        if cell["cell_type"] == "code":
            keys |= {"execution_count", "outputs"}
            assert cell["outputs"] == []
        assert cell.keys() == keys
        assert isinstance(cell["source"], str)
    json.dumps(book, ensure_ascii=False).encode("utf-8")


def test_the_table_knows_every_kind_of_broken_file() -> None:
    assert OUTCOMES.keys() == BROKEN.keys()


@pytest.mark.parametrize("kind", OUTCOMES)
def test_every_broken_kind_has_its_outcome_and_two_clear_sentences(
    kind: str, source: Path, folder: Path
) -> None:
    structure, codes = OUTCOMES[kind]
    BROKEN[kind](GOOD, folder)

    taken = take_in(folder, source, "linear_models")

    assert taken.structure == structure
    assert [note.code for note in taken.notes] == codes.split()
    for note in taken.notes:
        assert_clear(note)
    if kind in REFUSED:
        assert taken.notebook is None
        assert not taken.answered
    else:
        assert_executable(taken)
        expected = set(ANSWERS) - ({"in_words"} if structure == "foreign" else set())
        assert taken.answered.keys() == expected
    assert ADDRESS not in repr(taken)
    assert TOKEN not in repr(taken)


def test_a_good_notebook_passes_without_a_word(source: Path, folder: Path) -> None:
    hand_in(folder, solved())

    taken = take_in(folder, source, "linear_models")

    assert taken.notes == ()
    assert taken.answered == ANSWERS
    assert tuple(ids(taken)) == IDS
    assert len(taken.sha256) == 64
    assert_executable(taken)
    nbformat.validate(nbformat.from_dict(taken.notebook))


def test_a_blank_notebook_answers_nothing_and_is_not_refused(source: Path, folder: Path) -> None:
    hand_in(folder, released())

    taken = take_in(folder, source, "linear_models")

    assert (taken.structure, taken.notes, taken.answered) == ("nbgrader", (), {})


def test_a_missing_folder_is_nothing_submitted(source: Path, tmp_path: Path) -> None:
    taken = take_in(tmp_path / "ada" / "linear_models", source, "linear_models")

    assert [note.code for note in taken.notes] == ["nothing-submitted"]
    assert taken.sha256 == ""


def test_a_link_beside_the_notebook_is_passed_over(source: Path, folder: Path) -> None:
    hand_in(folder, solved())
    (folder / "data.txt").symlink_to("/etc/hostname")

    taken = take_in(folder, source, "linear_models")

    assert [note.code for note in taken.notes] == ["link-ignored"]
    assert taken.answered == ANSWERS


def test_an_untouched_notebook_of_the_right_name_gives_way_to_the_copy_that_was_worked_on(
    source: Path, folder: Path
) -> None:
    hand_in(folder, released())
    hand_in(folder, solved(), "linear_models%281%29.ipynb")

    assert take_in(folder, source, "linear_models").answered == ANSWERS


def test_of_equal_copies_the_newest_counts(source: Path, folder: Path) -> None:
    for age, word in enumerate(("newest", "older", "oldest")):
        book = solved()
        book["cells"][-1]["source"] = word
        name = f"linear_models ({age}).ipynb"
        hand_in(folder, book, name)
        os.utime(folder / name, (1_000_000 - age, 1_000_000 - age))

    assert take_in(folder, source, "linear_models").answered["in_words"] == "newest"


def test_the_assignments_other_notebook_is_never_taken_for_this_one(
    source: Path, tmp_path: Path, folder: Path
) -> None:
    twin = write_assignment(tmp_path / "course")
    (twin.parent / "face_gan.ipynb").write_bytes(twin.read_bytes())
    hand_in(folder, solved(), "face_gan.ipynb")

    taken = take_in(folder, twin, "linear_models")

    assert [note.code for note in taken.notes] == ["no-notebook"]


def test_a_notebook_in_a_folder_of_its_own_is_found(source: Path, folder: Path) -> None:
    (folder / "my work").mkdir()
    (folder / ".ipynb_checkpoints").mkdir()
    hand_in(folder / "my work", solved(), "Linear_Models.ipynb")
    hand_in(folder / ".ipynb_checkpoints", released(), "linear_models-checkpoint.ipynb")

    taken = take_in(folder, source, "linear_models")

    assert [note.code for note in taken.notes] == ["renamed-file"]
    assert taken.answered == ANSWERS


def test_a_file_name_cannot_carry_an_address_into_a_note(source: Path, folder: Path) -> None:
    hand_in(folder, solved(), f"{ADDRESS} <b>. Hello.ipynb")

    (note,) = take_in(folder, source, "linear_models").notes

    assert_clear(note)


def test_one_named_file_is_taken_whatever_it_is_called(source: Path, folder: Path) -> None:
    hand_in(folder, solved(), "any name at all.ipynb")

    assert take_file(folder / "any name at all.ipynb", source).notes == ()


@pytest.mark.parametrize("content", [b"", b"{}", b'{"cells": []}', b'{"cells": [{}]}', b"\xff"])
def test_a_fault_of_the_assignments_own_file_is_ours(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "linear_models.ipynb").write_bytes(content)

    with pytest.raises(CourseFault):
        take_in(tmp_path, tmp_path / "linear_models.ipynb", "linear_models")


@pytest.mark.parametrize("seed", range(8))
def test_random_damage_never_raises(seed: int, source: Path, folder: Path) -> None:
    """Bytes flipped, cut and doubled; values replaced by others of any type."""
    chance = random.Random(seed)
    junk: list[object] = [
        None,
        True,
        -1,
        1e308,
        "",
        "def expand(X):\n  return X",
        [],
        {},
        [1, "a"],
        {"a": []},
    ]
    file = folder / "linear_models.ipynb"
    for _ in range(12):
        data = bytearray(GOOD)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(4))
        file.write_bytes(bytes(data))
        assert isinstance(take_in(folder, source, "linear_models"), Intake)

        book = json.loads(GOOD)
        for _ in range(chance.randrange(1, 4)):
            place = chance.choice([book, *book["cells"]])
            if isinstance(place, dict) and place:
                place[chance.choice(sorted(place))] = chance.choice(junk)
            if not isinstance(book.get("cells"), list):
                break
        hand_in(folder, book)
        taken = take_in(folder, source, "linear_models")
        for note in taken.notes:
            assert_clear(note)


def test_sources_beyond_reason_cost_their_own_cell_only(source: Path, folder: Path) -> None:
    book = solved()
    for words in ("(" * 5_000, "-" * 50_000 + "1", "1" + "+1" * 50_000, "x = '\ud800\x00'"):
        book["cells"].append({"cell_type": "code", "metadata": {}, "source": words})
    hand_in(folder, book)

    taken = take_in(folder, source, "linear_models")

    assert taken.answered == ANSWERS
    assert_executable(taken)


def test_intake_of_the_real_assignment_is_complete_and_quick(folder: Path) -> None:
    cells = json.loads(REAL.read_text(encoding="utf-8"))["cells"]
    (folder / "linear_models.ipynb").write_bytes(REAL.read_bytes())
    taken = take_in(folder, REAL, "linear_models")
    assert ids(taken) == [cell["metadata"]["nbgrader"]["grade_id"] for cell in cells]
    assert (taken.structure, taken.notes, taken.answered) == ("nbgrader", (), {})

    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        take_in(folder, REAL, "linear_models")
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.2  # 0.016 on the machine this was written on


def test_the_real_assignment_recognises_the_original_week_1(folder: Path) -> None:
    BROKEN["original-week-1"](GOOD, folder)

    taken = take_in(folder, REAL, "linear_models")

    assert set(taken.answered) == {
        "expand", "probability", "compute_loss", "compute_grad", "sgd", "momentum", "rmsprop",
    }  # fmt: skip
    for grade_id, code in taken.answered.items():
        ast.parse(code)
        assert "# YOUR CODE" not in code, grade_id
    assert "nu = alpha * nu" in taken.answered["momentum"]
    assert "np.sqrt(g2" in taken.answered["rmsprop"]
