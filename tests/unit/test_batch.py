"""A bug of ours holds one student's points; it never ends the batch and never costs a point."""

import threading
from pathlib import Path

import pytest

from graders.core import batch as batches
from graders.core import catalogue
from graders.core.batch import Batch
from graders.core.errors import UsageFault
from graders.core.handed_in import find_submissions
from graders.core.store import State, Store
from graders.sandboxes.local import LocalSandbox


def test_a_bug_in_intake_holds_the_points_of_one_student(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(batches, "take_in", broken)
    store = Store(tmp_path)
    course = catalogue.course("linear_models")
    batch = Batch(course, LocalSandbox(), store, None, threading.Event())

    given = batch.grade_one("ada", tmp_path)

    assert given.grade.auto_points is None
    assert "a bug" in given.grade.held[0].staff_note
    assert "a bug" not in given.grade.held[0].feedback
    assert store.states("linear_models") == {"ada": State.HELD}
    store.close()


def test_a_course_folder_without_submissions_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match="is not there"):
        find_submissions(tmp_path / "submitted", "linear_models")


def test_only_folders_of_the_assignment_count(tmp_path: Path) -> None:
    for name in ("bob/linear_models", "ada/linear_models", "cy/other"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "note.txt").write_text("", encoding="utf-8")

    found = find_submissions(tmp_path, "linear_models")

    assert [student for student, _ in found] == ["ada", "bob"]
