"""The parts of the probe that need no kernel."""

import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from graders.sandboxes.local import PROBE

sys.path.insert(0, str(PROBE))  # the probe is scripts, not a package: they find each other so

import asks
import cells
import evidence
import values


def load(data: bytes) -> Any:
    return np.load(io.BytesIO(data), allow_pickle=False)


# values


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.arange(6).reshape(2, 3).T,
        np.array(3.5),
        np.zeros((0, 4), np.float32),
        np.array([True, False]),
        np.array([1 + 2j]),
        np.arange(4, dtype=">i2"),
        np.ones(10, np.float16)[::2],
    ],
)
def test_arrays_travel_unchanged(array: np.ndarray[Any, Any]) -> None:
    back = load(values.npy(array))

    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()


def test_headers_are_aligned_as_the_format_asks() -> None:
    for size in range(70):
        data = values.npy(np.zeros((1,) * min(size, 30), np.int8))
        assert (len(data) - 1) % 64 == 0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, {"number": 1.0}),
        (True, {"number": 1.0}),
        (np.float32(0.5), {"number": 0.5}),
        (np.bool_(True), {"number": 1.0}),
        (2**60, {"number": float(2**60)}),
        ("ж", {"text": "ж"}),
        (np.str_("abc"), {"text": "abc"}),
    ],
)
def test_plain_values_stay_plain(value: Any, expected: dict[str, Any]) -> None:
    assert values.item(value, []) == expected
    assert type(values.item(value, []).get("text", "")) is str


@pytest.mark.parametrize("value", [[1, 2], (3.5,), range(3), [[1], [2]]])
def test_what_numpy_understands_becomes_an_array(value: Any) -> None:
    buffers: list[bytes] = []

    assert values.item(value, buffers) == {"buffer": 0}
    assert load(buffers[0]).tolist() == np.asarray(value).tolist()


@pytest.mark.parametrize(
    "value",
    [
        None, {}, {1, 2}, b"x", print, int, object(), [object()], [[1], [1, 2]], ["a"], 10**400,
        np.array(["a"]), np.array([None]), np.zeros(2, [("a", int)]),
        np.broadcast_to(np.float64(1), (10**6, 10**6)), "x" * 2_000_000,
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_the_rest_is_unusable_and_says_why(value: Any) -> None:
    buffers: list[bytes] = []
    described = values.item(value, buffers)

    assert list(described) == ["unusable"]
    assert 5 < len(described["unusable"]) <= 300
    assert buffers == []


def test_tuples_and_lists_of_unlike_things_are_looked_at_one_by_one() -> None:
    buffers: list[bytes] = []

    assert values.items((np.ones(2), 1.0, "x"), buffers) == [
        {"buffer": 0}, {"number": 1.0}, {"text": "x"},
    ]  # fmt: skip
    assert len(values.items([np.ones(2), np.ones(3)], buffers)) == 2
    assert len(values.items([np.ones(2), np.ones(2)], buffers)) == 1
    assert len(values.items([1.0, 2.0, 3.0], buffers)) == 1
    assert "unusable" in values.items((), buffers)[0]
    assert "unusable" in values.items(tuple(range(100)), buffers)[0]


def test_infinities_travel_as_arrays_because_json_has_none() -> None:
    buffers: list[bytes] = []
    values.items((float("nan"), float("inf")), buffers)

    assert np.isnan(load(buffers[0]))
    assert load(buffers[1]) == np.inf


def test_hostile_exceptions_are_named_all_the_same() -> None:
    class Nasty(Exception):
        def __str__(self) -> str:
            raise SystemExit

    assert values.said(Nasty()) == "Nasty"
    assert values.said(ValueError("x" * 900))[:13] == "ValueError: x"
    assert len(values.said(ValueError("x" * 900))) == 300


# cells


def message(kind: str, **content: Any) -> dict[str, Any]:
    return {
        "msg_type": kind, "header": {"msg_type": kind}, "content": content, "buffers": [],
        "parent_header": {"msg_id": "1"},
    }  # fmt: skip


def heard(*messages: dict[str, Any]) -> list[Any]:
    cell = nbformat.v4.new_code_cell("x")
    outputs = cells.CellOutputs(nbformat.v4.new_notebook(cells=[cell]))
    outputs.begin(cell)
    for one in messages:
        outputs.hear(one, cell, 0)
    outputs.finish(cell)
    return list(cell.outputs)


def test_prints_and_figures_keep_their_order() -> None:
    picture = message("display_data", data={"image/png": "AAAA"}, metadata={})
    found = heard(
        message("stream", name="stdout", text="a"),
        message("stream", name="stdout", text="b"),
        picture,
        message("stream", name="stdout", text="c"),
    )
    assert [o.get("text") for o in found] == ["ab", None, "c"]


def test_long_prints_keep_both_ends() -> None:
    lines = [message("stream", name="stdout", text=f"{k:09d}\n" * 1000) for k in range(50)]
    (only,) = heard(*lines)

    assert only.text.startswith("000000000\n")
    assert only.text.endswith("000000049\n")
    assert len(only.text) < 65_000
    assert f"{500_000 - 64_000} characters left out" in only.text


def test_progress_bars_keep_their_last_state() -> None:
    (only,) = heard(message("stream", name="stderr", text="1%\r50%\r100%\ndone\r\n"))

    assert only.text == "100%\ndone\r\n"


def test_one_endless_line_is_no_trap() -> None:
    start = time.monotonic()
    heard(message("stream", name="stdout", text="x" * 10**6))

    assert time.monotonic() - start < 1


def test_too_many_or_too_large_outputs_are_left_out() -> None:
    big = message("display_data", data={"image/png": "A" * 2_000_000}, metadata={})
    many = [message("display_data", data={"text/plain": "x"}, metadata={}) for _ in range(500)]

    assert "left out" in heard(big)[0]["data"]["text/plain"]
    assert len(heard(*many)) == cells.MAX_OUTPUTS


def test_clear_output_starts_afresh() -> None:
    found = heard(
        message("stream", name="stdout", text="old"),
        message("clear_output", wait=True),
        message("stream", name="stdout", text="new"),
    )
    assert [o.text for o in found] == ["new"]


@pytest.mark.parametrize(
    "nonsense",
    [
        message("stream"),
        message("stream", name=3, text=None),
        message("display_data", data=None),
        message("update_display_data", data={}, transient={"display_id": "x"}),
        message("error", traceback=3),
        message("comm_open"),
        message("never heard of"),
    ],
    ids=lambda m: m["msg_type"],
)
def test_malformed_messages_are_passed_over(nonsense: dict[str, Any]) -> None:
    found = heard(nonsense, message("stream", name="stdout", text="fine"))

    assert found[-1]["text"] == "fine"


# asks


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[evidence.Evidence]:
    made = evidence.Evidence(tmp_path, 1)
    yield made
    made.close()


def question(kept: evidence.Evidence, cases: int = 2) -> asks.Question:
    return asks.Question({"name": "f", "cases": [[["x", "a"]]] * cases}, kept)


def answer(k: int, **more: Any) -> dict[str, Any]:
    return {**message("ask_answer", case=k, status="ok", items=[]), **more}


def answers_in(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "answers.jsonl").read_text().splitlines()]


def test_answers_out_of_turn_are_no_progress(kept: evidence.Evidence, tmp_path: Path) -> None:
    asked = question(kept)

    assert not asked.hear(answer(1))
    assert asked.hear(answer(0))
    assert not asked.hear(answer(0))
    assert asked.hear(answer(1))
    assert not asked.hear(answer(2))
    assert len(answers_in(tmp_path)) == 2


def test_an_answer_is_rebuilt_from_what_its_form_allows(
    kept: evidence.Evidence, tmp_path: Path
) -> None:
    asked = question(kept, cases=1)
    hostile = message(
        "ask_answer", case=0, status={"a": 1}, changed=["x", "../etc"], detail=["d"] * 1000,
        seconds="soon", items=[
            {"number": float("inf")}, {"number": "1"}, {"text": 5}, {"buffer": True},
            {"buffer": 9}, {"file": "/etc/passwd"}, "x", {"text": "t"}, {"buffer": 0},
        ],
    )  # fmt: skip
    asked.hear({**hostile, "buffers": [b"not an array"]})
    (line,) = answers_in(tmp_path)

    assert line["status"] == "raised"
    assert line["changed"] == ["x"]
    assert line["seconds"] == 0.0
    assert len(line["detail"]) == 300
    assert [next(iter(item)) for item in line["items"]] == ["unusable"] * 7 + ["text", "file"]
    assert (tmp_path / line["items"][-1]["file"]).read_bytes() == b"not an array"


def test_cases_without_an_answer_are_accounted_for(kept: evidence.Evidence, tmp_path: Path) -> None:
    asked = question(kept, cases=4)
    asked.hear(answer(0))
    asked.close("died", "the kernel died")

    assert [a["status"] for a in answers_in(tmp_path)] == ["ok", "died", "skipped", "skipped"]


# evidence


def test_planted_links_are_replaced_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    folder = tmp_path / "out"
    kept = evidence.Evidence(folder, 1)
    for name in ("ending.json", "ending.json.part", "answers/0000.npy", "answers/0000.npy.part"):
        (folder / name).symlink_to(precious)
    kept.ending(ending="finished")
    kept.array(b"data")
    kept.close()

    assert precious.read_text() == "mine"
    assert not (folder / "ending.json").is_symlink()
    assert (folder / "answers/0000.npy").read_bytes() == b"data"


def test_outputs_that_cannot_be_written_are_dropped(
    kept: evidence.Evidence, tmp_path: Path
) -> None:
    deep: Any = {}
    for _ in range(900):
        deep = {"a": deep}
    output = nbformat.NotebookNode(output_type="display_data", data={"x": deep}, metadata={})
    cell = nbformat.v4.new_code_cell("x")
    cell.outputs = [output]
    notebook = nbformat.v4.new_notebook()
    notebook.cells.append(cell)  # not by its constructor, which would look at it and fail
    kept.notebook(notebook)

    assert json.loads((tmp_path / "executed.ipynb").read_text())["cells"][0]["outputs"] == []


def test_evidence_has_a_limit(tmp_path: Path) -> None:
    kept = evidence.Evidence(tmp_path, 1)
    kept.array(bytes(900_000))
    with pytest.raises(evidence.OutputLimit):
        kept.array(bytes(900_000))
    kept.close()


# the whole


def test_the_probe_imports_nothing_of_ours() -> None:
    files = list(PROBE.glob("*.py"))
    assert len(files) >= 10
    for file in files:
        text = file.read_text()
        assert "import graders" not in text
        assert "from graders" not in text


def test_the_probe_runs_by_itself(tmp_path: Path) -> None:
    """As in an image: no sandbox of ours around it, inputs that it may not delete."""
    inputs, outputs = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("def f(x): return x + 1")])
    nbformat.write(notebook, inputs / "notebook.ipynb")
    limits = {
        "cell_s": 20, "wall_s": 60, "ask_s": 60, "cpu_s": 60, "memory_mib": 2048,
        "output_mib": 64, "file_mib": 256, "processes": 99,
    }  # fmt: skip
    ask = {"name": "f", "kind": "calls", "target": ["f"], "cases": [[["x", "a"]]]}
    plan = {"version": 1, "limits": limits, "asks": [{**ask, "gives": [], "silence": []}]}
    (inputs / "plan.json").write_text(json.dumps(plan))
    np.savez(inputs / "inputs.npz", a=np.ones(2))
    command = [sys.executable, str(PROBE / "run_notebook.py"), str(inputs), str(outputs)]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=60)

    assert json.loads((outputs / "ending.json").read_text())["ending"] == "finished"
    assert np.load(outputs / "answers/0000.npy").tolist() == [2.0, 2.0]
    assert len(list(inputs.iterdir())) == 3
