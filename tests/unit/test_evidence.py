"""The host's door for student-made values: everything that is not plain data stays outside."""

import io
import json
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.core.evidence import read_array, read_evidence, read_object
from graders.core.rubric import Ask
from graders.core.saying import said
from graders.core.types import Evidence, Refusal

ASKS = (Ask("f", "calls", ("f",), "f"), Ask("history", "variable", ("history",)))
COUNTS = {"f": 2, "history": 1}


def leave(outputs: Path, *lines: object) -> None:
    (outputs / "answers").mkdir(exist_ok=True)
    text = "\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines)
    (outputs / "answers.jsonl").write_text(text, encoding="utf-8")


def answer(case: int, item: object, **more: object) -> dict[str, object]:
    return {"ask": "f", "case": case, "status": "ok", "items": [item], **more}


def read(outputs: Path) -> Evidence:
    return read_evidence(outputs, ASKS, COUNTS)


def value(evidence: Evidence, case: int) -> Any:
    """The single value of one case of `f`."""
    items = evidence.seen["f"][case]
    assert not isinstance(items, Refusal)
    return items[0]


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def test_numbers_and_arrays_come_through(tmp_path: Path) -> None:
    leave(tmp_path, answer(0, {"number": 1.5}), answer(1, {"file": "answers/0001.npy"}))
    (tmp_path / "answers/0001.npy").write_bytes(npy(np.array([1, 2], dtype=np.float32)))

    found = read(tmp_path)

    assert value(found, 0) == 1.5
    np.testing.assert_array_equal(value(found, 1), [1.0, 2.0])
    assert value(found, 1).dtype == np.float64


def test_an_empty_folder_refuses_everything(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert not found.seen
    assert set(found.refused) == {"f", "history"}


def test_what_was_asked_again_after_a_restart_counts(tmp_path: Path) -> None:
    leave(tmp_path, answer(0, {"number": 1}), answer(1, {"number": 1}), answer(0, {"number": 2}))
    found = read(tmp_path)
    assert [value(found, 0), value(found, 1)] == [2.0, 1.0]


def test_a_missing_function_is_named(tmp_path: Path) -> None:
    leave(tmp_path, *({"ask": "f", "case": k, "status": "missing"} for k in range(2)))
    assert read(tmp_path).refused["f"] == said("not-defined", name="f")


def test_a_stub_is_not_an_answer(tmp_path: Path) -> None:
    raised = {"ask": "f", "status": "raised", "detail": "NotImplementedError: "}
    leave(tmp_path, *({**raised, "case": k} for k in range(2)))
    assert read(tmp_path).refused["f"] == said("not-written", name="f")


def test_the_message_of_an_exception_stays_with_us(tmp_path: Path) -> None:
    # The student's code saw unseen inputs: what it prints of them must not come back to it.
    raised = {"ask": "f", "status": "raised", "detail": "ValueError: [[0.123, 4.56]]"}
    leave(tmp_path, {**raised, "case": 0}, answer(1, {"number": 1}))
    assert read(tmp_path).seen["f"][0] == Refusal(said("stops-with", error="ValueError"))


def test_an_exception_class_of_the_students_own_is_not_quoted(tmp_path: Path) -> None:
    raised = {"ask": "f", "status": "raised", "detail": "Leak_0_123: x"}
    leave(tmp_path, {**raised, "case": 0}, answer(1, {"number": 1}))
    assert read(tmp_path).seen["f"][0] == Refusal(said("stops-with-own-error"))


@pytest.mark.parametrize(
    "item",
    [
        {"file": "answers/../../secret.npy"},
        {"file": "/etc/passwd"},
        {"file": "answers/none.npy"},
        {"file": "answers/0099.npy"},
        {"file": 3},
        {"unusable": "a dict"},
        {},
        [],
        "text",
        None,
    ],
)
def test_an_item_that_is_no_plain_value_is_refused(tmp_path: Path, item: object) -> None:
    leave(tmp_path, answer(0, item), answer(1, {"number": 1}))
    first = read(tmp_path).seen["f"][0]
    assert not isinstance(first, Refusal)
    assert isinstance(first[0], Refusal)


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[" * 100_000,
        "3",
        '{"ask": "f", "case": 0, "status": "ok", "items": []}',
        '{"ask": "f", "case": 0, "status": "ok"}',
        '{"ask": "f", "case": 0, "status": ["ok"], "items": [{"number": 1}]}',
        '{"ask": ["f"], "case": 0, "status": "ok", "items": [{"number": 1}]}',
        '{"ask": "f", "case": "0", "status": "ok", "items": [{"number": 1}]}',
        '{"ask": "f", "case": 0, "status": "ok", "items": [{"number": ' + "9" * 5000 + "}]}",
        '{"ask": "f", "case": 0, "status": "raised", "detail": {"a": 1}}',
        '{"ask": "f", "case": 0, "status": "raised", "changed": [{}]}',
    ],
)
def test_a_line_of_any_other_kind_harms_nobody(tmp_path: Path, line: str) -> None:
    leave(tmp_path, line, answer(1, {"number": 1}))
    found = read(tmp_path)
    assert isinstance(found.seen["f"][0], Refusal)
    assert value(found, 1) == 1.0


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "9" * 400])
def test_numbers_beyond_all_numbers_are_numbers_still(tmp_path: Path, number: str) -> None:
    line = f'{{"ask": "f", "case": 0, "status": "ok", "items": [{{"number": {number}}}]}}'
    leave(tmp_path, line, answer(1, {"number": 1}))
    assert not np.isfinite(value(read(tmp_path), 0))


def test_questions_that_nobody_asked_are_ignored(tmp_path: Path) -> None:
    leave(tmp_path, {"ask": "f_key", "case": 0, "status": "ok", "items": [{"number": 1}]})
    assert not read(tmp_path).seen


def test_altered_inputs_are_reported_by_name(tmp_path: Path) -> None:
    lines = [answer(k, {"number": 1}, changed=["w", "not a name", 3]) for k in range(2)]
    leave(tmp_path, *lines)
    assert read(tmp_path).changed["f"] == ("w",)


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.array([print], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="no real numbers"):
        read_array(path)
    path.write_bytes(pickle.dumps([1]))
    with pytest.raises(ValueError, match="magic"):
        read_array(path)


def test_a_header_that_lies_about_its_size_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    honest = npy(np.zeros((4, 10)))
    path.write_bytes(honest.replace(b"(4, 10)", b"(99,10)"))
    with pytest.raises(ValueError, match="320 bytes of data where the header says 7920"):
        read_array(path)


@pytest.mark.parametrize("junk", [b"{'shape': (4", b"{((((((((((", b"\x00" * 40, b"  1\n 2\n"])
def test_a_header_made_to_break_its_reader_is_refused(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(junk).to_bytes(2, "little") + junk)
    with pytest.raises(ValueError, match="header"):
        read_array(path)


def test_complex_numbers_are_no_answer(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([1j]))
    with pytest.raises(ValueError, match="no real numbers"):
        read_array(tmp_path / "a.npy")


def test_column_order_is_honoured(tmp_path: Path) -> None:
    matrix = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    np.save(tmp_path / "a.npy", matrix)
    np.testing.assert_array_equal(read_array(tmp_path / "a.npy"), matrix)


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"a": 1}', encoding="utf-8")
    (tmp_path / "link.json").symlink_to(secret)
    os.mkfifo(tmp_path / "pipe.json")

    assert read_object(secret) == {"a": 1}
    assert read_object(tmp_path / "link.json") is None
    assert read_object(tmp_path / "pipe.json") is None
    assert read_object(tmp_path) is None
