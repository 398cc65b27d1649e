"""What no notebook can do, but a broken wall could: files forged in an outputs folder.

Whatever lies there, the host refuses it or takes plain numbers; it neither raises nor hangs, nor
reads anything that lies elsewhere, nor takes more memory than the file has bytes.
"""

import io
import json
import os
import stat
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.core.evidence import MAX_ARRAY_BYTES, MAX_TABLE_BYTES, read_array, read_evidence
from graders.core.rubric import Ask
from graders.core.saying import said
from graders.core.types import Evidence, Refusal
from tests.told import told

ASKS = (Ask("f", "calls", ("f",), "f"),)
FIRST = {"ask": "f", "case": 0, "status": "ok", "items": [{"file": "answers/0000.npy"}]}
SECOND = {"ask": "f", "case": 1, "status": "ok", "items": [{"number": 1.0}]}


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    folder = tmp_path / "outputs"
    (folder / "answers").mkdir(parents=True)
    (folder / "answers.jsonl").write_text(f"{json.dumps(FIRST)}\n{json.dumps(SECOND)}\n")
    return folder


def npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def header(text: str, version: bytes = b"\x01\x00") -> bytes:
    size = 2 if version == b"\x01\x00" else 4
    return b"\x93NUMPY" + version + len(text).to_bytes(size, "little") + text.encode("latin1")


def read(outputs: Path) -> Evidence:
    return read_evidence(outputs, ASKS, {"f": 2})


def first(evidence: Evidence) -> Any:
    """The item of the first case, beside a second one that must have come through."""
    one, two = evidence.seen["f"]
    assert not isinstance(two, Refusal)
    assert two[0] == 1.0
    return one if isinstance(one, Refusal) else one[0]


# Things that are no files


def _symlink(path: Path) -> None:
    path.with_name("real.bin").write_bytes(npy(np.ones(3)))
    path.symlink_to(path.with_name("real.bin"))


def _device(path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        pytest.skip("only root makes devices")


def _socket(path: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(path.parent)  # a socket's path is short
        try:
            listening.bind(path.name)
        finally:
            os.chdir(here)


NO_FILES: dict[str, Callable[[Path], None]] = {
    "symlink": _symlink,
    "dangling symlink": lambda path: path.symlink_to("nowhere"),
    "symlink to itself": lambda path: path.symlink_to(path.name),
    "symlink to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
    "pipe": lambda path: os.mkfifo(path),
    "folder": lambda path: path.mkdir(),
    "device": _device,
    "socket": _socket,
}


@pytest.mark.parametrize("kind", NO_FILES)
def test_an_array_that_is_no_file_is_refused(outputs: Path, kind: str) -> None:
    NO_FILES[kind](outputs / "answers" / "0000.npy")
    assert isinstance(first(read(outputs)), Refusal)


@pytest.mark.parametrize("kind", NO_FILES)
@pytest.mark.parametrize("name", ["answers.jsonl", "cells.jsonl"])
def test_a_table_that_is_no_file_is_as_good_as_none(outputs: Path, kind: str, name: str) -> None:
    (outputs / name).unlink(missing_ok=True)
    NO_FILES[kind](outputs / name)
    found = read(outputs)
    assert found.cells == ()
    assert ("f" in found.refused) == (name == "answers.jsonl")


def test_a_folder_of_answers_that_is_a_link_is_not_followed(outputs: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "the-reference-s-answers"
    (outputs / "answers").rename(elsewhere)
    (elsewhere / "0000.npy").write_bytes(npy(np.ones(3)))
    (outputs / "answers").symlink_to(elsewhere)
    assert isinstance(first(read(outputs)), Refusal)


def test_a_hard_link_to_a_file_of_the_hosts_tells_nothing_of_it(
    outputs: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("4711 the host's own")
    os.link(secret, outputs / "answers" / "0000.npy")
    refusal = first(read(outputs))
    assert isinstance(refusal, Refusal)
    assert "4711" not in told(refusal)


# Sizes


def test_a_sparse_file_beyond_the_limit_is_refused_unread(outputs: Path) -> None:
    with open(outputs / "answers" / "0000.npy", "wb") as file:
        file.write(npy(np.zeros(1)))
        file.truncate(10 * MAX_ARRAY_BYTES)
    assert isinstance(first(read(outputs)), Refusal)


def test_a_table_beyond_the_limit_is_as_good_as_none(outputs: Path) -> None:
    with open(outputs / "answers.jsonl", "ab") as file:
        file.truncate(MAX_TABLE_BYTES + 1)
    assert set(read(outputs).refused) == {"f"}


BOMBS = {
    "shape": header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"),
    "shape beyond integers": header(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "9" * 400 + ",), }"
    ),
    "shape of digits without end": header(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "9" * 9000 + ",), }"
    ),
    "zero times infinity": header(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 9223372036854775807, 4), }"
    ),
    "negative": header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, -1), }") + bytes(8),
    "truth": header("{'descr': '<f8', 'fortran_order': False, 'shape': (True,), }") + bytes(8),
    "65 dimensions": header(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "1, " * 65 + "), }"
    )
    + bytes(8),
    "itemsize": header("{'descr': '|V999999999', 'fortran_order': False, 'shape': (1,), }"),
    "nothing wide": header("{'descr': '|S0', 'fortran_order': False, 'shape': (5,), }"),
    "deep": header("(" * 5000 + ")" * 5000),
    "deep dictionaries": header("{'descr': " * 2000 + "}" * 2000),
    "names": header("{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,), }"),
    "comprehension": header("[0 for x in ().__class__.__base__.__subclasses__()]"),
    "power": header("{'descr': '<f8', 'fortran_order': False, 'shape': (9**9**9,), }"),
    "long header": header(" " * 65_000),
    "header beyond the file": b"\x93NUMPY\x02\x00\xff\xff\xff\xff{",
    "version 3": header(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", b"\x03\x00"
    )
    + bytes(8),
    "version 255": b"\x93NUMPY\xff\xff" + bytes(64),
    "NUL": header("{'descr': '<f8\x00', 'fortran_order': False, 'shape': (1,), }") + bytes(8),
    "no magic": b"PK\x03\x04" + bytes(100),
    "empty": b"",
    "objects": npy(np.array([print], dtype=object)),
    "records": npy(np.zeros(2, dtype=[("a", "<f8")])),
    "text": npy(np.array(["0.5"])),
    "dates": npy(np.array(["2026-11-20"], dtype="datetime64[D]")),
    "complex": npy(np.array([1j])),
    "too short": npy(np.zeros(100))[:-1],
    "too long": npy(np.zeros(100)) + b"x",
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_an_array_file_made_to_harm_is_refused_at_no_cost(outputs: Path, bomb: str) -> None:
    (outputs / "answers" / "0000.npy").write_bytes(BOMBS[bomb])
    tracemalloc.start()
    try:
        refusal = first(read(outputs))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(refusal, Refusal), refusal
    assert peak < 32 << 20


@pytest.mark.parametrize(
    "array",
    [
        np.array([1, 65504], dtype=np.float16), np.array([2**64 - 1], dtype=np.uint64),
        np.array([1.5], dtype=">f8"), np.array([np.nan, np.inf, -0.0]), np.zeros((0, 3)),
        np.array(True), np.float32(5e-45),
    ],
    ids=str,
)  # fmt: skip
def test_an_array_of_numbers_of_any_width_is_numbers(tmp_path: Path, array: Any) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(npy(array))
    found = read_array(path)
    assert found.dtype in (np.float64, np.int64, np.bool_)
    assert found.shape == np.shape(array)


# Lines


def line(**more: Any) -> str:
    return json.dumps({**SECOND, **more})


LINES = {
    "negative case": line(case=-1),
    "case beyond integers": line(case=10**400),
    "case beyond reading": '{"ask": "f", "case": ' + "9" * 10_000 + ', "status": "ok"}',
    "case that is no number": line(case="0"),
    "case NaN": line(case=float("nan")),
    "case that nobody asked": line(case=2),
    "another question": line(ask="g"),
    "deep": '{"ask": "f", "case": 0, "items": ' + "[" * 50_000 + "]" * 50_000 + "}",
    "half a surrogate": '{"ask": "f\\ud800", "case": 0}',
    "no text": "\xff\xfe\x00",
    "no object": "[1, 2]",
    "twice the same name": '{"ask": "g", "ask": "f", "case": 7, "case": 5}',
    "lists for words": line(case=0, ask=["f"]),
    "NaN": "NaN",
}


@pytest.mark.parametrize("kind", LINES)
def test_a_forged_line_answers_nothing(outputs: Path, kind: str) -> None:
    text = f"{LINES[kind]}\n{json.dumps(SECOND)}\n"
    (outputs / "answers.jsonl").write_bytes(text.encode("latin1"))
    found = read(outputs)
    assert found.seen["f"] == (
        Refusal(said("ended-before-asked")),
        found.seen["f"][1],
    )


def test_a_line_in_another_encoding_does_not_take_the_others_along(outputs: Path) -> None:
    lines = [b"\xef\xbb\xbf{}", b"\xff\xfe", "Ω".encode("utf-16"), json.dumps(SECOND).encode()]
    (outputs / "answers.jsonl").write_bytes(b"\r\n".join(lines))
    assert not isinstance(read(outputs).seen["f"][1], Refusal)


@pytest.mark.parametrize(
    "item",
    [
        {"number": float("nan")}, {"number": float("inf")}, {"number": 10**300},
        {"number": -(10**4000)}, {"number": True}, {"text": "x" * (2 << 20)}, {"text": "\ud800"},
    ],
    ids=["NaN", "infinity", "10^300", "-10^4000", "true", "2 MiB of text", "half a character"],
)  # fmt: skip
def test_a_forged_value_is_a_value_and_nothing_else(outputs: Path, item: Any) -> None:
    (outputs / "answers.jsonl").write_text(f"{line(case=0, items=[item])}\n{line()}\n")
    found = first(read(outputs))
    if isinstance(found, str):
        assert len(found) <= 1 << 20
    else:
        assert found.dtype == np.float64
        assert found.shape == ()


@pytest.mark.parametrize(
    "name",
    [
        "answers/../answers.jsonl", "answers/٣.npy", "answers/0000.npy\n", "answers//0000.npy",
        "ANSWERS/0000.npy", "answers/0000.npy/", "./answers/0000.npy", "answers/000000000.npy",
        "answers/0000.npy\x00", "answers\\0000.npy", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_a_name_of_another_form_opens_nothing(outputs: Path, name: str) -> None:
    (outputs / "answers" / "0000.npy").write_bytes(npy(np.ones(3)))
    (outputs / "answers.jsonl").write_text(
        f"{line(case=0, items=[{'file': name}])}\n{line()}\n", encoding="utf-8"
    )
    assert isinstance(first(read(outputs)), Refusal)


def test_more_lines_and_items_than_anybody_asked_for_are_left_alone(outputs: Path) -> None:
    many = line(case=0, items=[{"number": 1.0}] * 65)
    (outputs / "answers.jsonl").write_text(
        "\n".join([many, line(), *["{}"] * 100_000, line(case=0)])
    )
    assert isinstance(first(read(outputs)), Refusal)
