"""The held-out side is read whole or not at all."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.core.errors import CourseFault
from graders.core.held_out import held_out


def save(path: Path, **arrays: Any) -> None:
    np.savez(path, **arrays)


def test_no_folder_holds_nothing() -> None:
    assert held_out(None) == ({}, {})


def test_cases_come_in_their_order_with_what_is_known_of_them(tmp_path: Path) -> None:
    images = {f"images/{k}/images": np.full((2, 2), k) for k in (1, 0, 10, 2)}
    labels = {f"images/{k}/labels": np.array([k]) for k in (10, 0, 1, 2)}
    save(tmp_path / "cases.npz", **images)
    save(tmp_path / "truth.npz", **labels)

    cases, truths = held_out(tmp_path)

    assert [int(np.ravel(case["images"])[0]) for case in cases["images"]] == [0, 1, 2, 10]
    assert [int(truth["labels"][0]) for truth in truths["images"]] == [0, 1, 2, 10]


def test_sides_that_do_not_fit_are_our_fault(tmp_path: Path) -> None:
    save(tmp_path / "cases.npz", **{"images/0/images": np.ones(2), "images/1/images": 1})
    save(tmp_path / "truth.npz", **{"images/0/labels": np.ones(2)})
    with pytest.raises(CourseFault, match="tell of different cases"):
        held_out(tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"\x80\x04pickle"])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    for name in ("cases.npz", "truth.npz"):
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CourseFault, match=r"cannot be read .* delete the folder above it"):
        held_out(tmp_path)
