"""What comes out of an executed notebook: text, errors and checked pictures, nothing else."""

import base64
import struct
import time
import zlib
from typing import Any

import pytest

from reports import cells
from reports.cells import cell_views
from reports.png import LARGEST, SIGNATURE, NotShown, checked_png
from reports.views import Output
from tests.golden.example_views import NOTEBOOK, cell, png, text_chunk


def outputs(*raw: dict[str, Any]) -> tuple[Output, ...]:
    (shown,) = cell_views({"cells": [cell("a", "pass", *raw)]})
    return shown.outputs


def stream(text: object) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_answer_cells_come_with_their_outputs_in_order() -> None:
    shown = cell_views(NOTEBOOK)

    assert [c.grade_id for c in shown] == ["compute_loss", "sgd", "momentum", "momentum_in_words"]
    assert [[o.kind for o in c.outputs] for c in shown] == [
        ["stream"],
        ["stream", "image"],
        ["error"],
        [],
    ]
    assert shown[0].outputs[0].text == "…/17.py:5: RuntimeWarning: divide by zero in log"
    assert shown[2].status == "error"
    assert shown[2].outputs[0].text == "NameError: name 'gradient' is not defined"
    assert shown[2].outputs[0].line.startswith("nu = alpha * nu + eta * gradient(")


def test_only_wanted_cells_and_failed_cells_of_the_students_own_are_shown() -> None:
    error = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
    own = {"cell_type": "code", "metadata": {}, "source": "1/0", "outputs": [error]}
    quiet = {"cell_type": "code", "metadata": {}, "source": "2", "outputs": []}
    locked = cell("given", "3", error, solution=False, locked=True)
    check = cell("check_a", "4", error, solution=False, grade=True, locked=True)

    shown = cell_views(
        {"cells": [cell("a", "0"), cell("b", "1"), own, quiet, locked, check]}, ["b"]
    )

    assert [(c.grade_id, c.source) for c in shown] == [("b", "1"), ("", "1/0")]


def test_the_runs_own_record_tells_how_a_cell_ended() -> None:
    notebook = {"cells": [cell("a", "0"), cell("b", "1"), cell("c", "2")]}
    records: list[dict[str, object]] = [
        {"index": 0, "status": "time limit"},
        {"index": 1, "status": "<script>"},
        {"index": "2", "status": "ok"},
        {"index": [], "status": "ok"},
    ]

    assert [c.status for c in cell_views(notebook, None, records)] == ["time limit", "", ""]


def marked(**marks: object) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {"nbgrader": marks}, "outputs": [1, None, []]}


@pytest.mark.parametrize(
    "notebook",
    [
        None,
        [],
        "x",
        {},
        {"cells": None},
        {"cells": {}},
        {"cells": [None, 3, [], {}]},
        {"cells": [{"cell_type": "code", "metadata": [], "source": 3, "outputs": {}}]},
        {"cells": [marked(grade_id="a", solution=True) | {"cell_type": []}]},
        {"cells": [marked(grade_id=5, solution=True)]},
        {"cells": [{"cell_type": "code", "metadata": {"nbgrader": 1}, "outputs": [1, None, []]}]},
    ],
)
def test_a_notebook_of_any_shape_is_survived(notebook: object) -> None:
    assert cell_views(notebook) == ()


@pytest.mark.parametrize(
    "raw",
    [
        stream(None),
        stream(7),
        stream([1, {}, None]),
        stream(""),
        stream(" \n"),
        {"output_type": ["error"]},
        {"output_type": "display_data", "data": []},
        {},
        {"output_type": "update_display_data", "data": {"text/plain": "x"}},
    ],
)
def test_an_output_of_no_known_shape_is_left_out(raw: dict[str, Any]) -> None:
    assert outputs(raw) == ()


@pytest.mark.parametrize(
    "mime",
    [
        "text/html",
        "image/svg+xml",
        "application/javascript",
        "text/latex",
        "text/markdown",
        "image/jpeg",
        "application/vnd.jupyter.widget-view+json",
    ],
)
def test_nothing_that_could_run_or_load_is_passed_on(mime: str) -> None:
    bad = "<script>alert(1)</script>"
    alone = outputs({"output_type": "display_data", "data": {mime: bad}})
    beside = outputs({"output_type": "display_data", "data": {mime: bad, "text/plain": "plain"}})

    assert [o.kind for o in alone] == ["dropped"]
    assert beside == (Output("text", "plain"),)
    assert "script" not in str(alone) + str(beside)


def test_an_error_is_its_name_its_message_and_the_failing_line() -> None:
    frames = [
        "Cell In[3], line 1\n----> 1 outer(2)\n",
        "Cell In[2], line 2, in outer(x)\n"
        "      1 def outer(x):\n----> 2     return np.ones(x, y)\n",
        "File ~/env/lib/numpy/core.py:11, in ones(a)\n"
        "     10 secret = 1\n---> 11 raise TypeError\n",
    ]
    (shown,) = outputs(
        {
            "output_type": "error",
            "ename": "\x1b[31mTypeError",
            "evalue": "not '/home/ada/x.npy'",
            "traceback": frames,
        }
    )

    assert shown == Output("error", "TypeError: not '…/x.npy'", line="return np.ones(x, y)")


def test_a_syntax_error_shows_its_line_and_no_file_of_ours() -> None:
    (shown,) = outputs(
        {
            "output_type": "error",
            "ename": "SyntaxError",
            "evalue": "invalid syntax (1234567.py, line 2)",
            "traceback": ["  Cell In[1], line 2\n    def f(:\n          ^\nSyntaxError: invalid"],
        }
    )

    assert (shown.text, shown.line) == ("SyntaxError: invalid syntax (line 2)", "def f(:")


@pytest.mark.parametrize(
    "traceback", [None, "x", [], [None, 5], ["----> 1 ours"], ["File a.py:1\n---> 1 b"]]
)
def test_a_traceback_without_a_line_of_the_notebook_gives_none(traceback: object) -> None:
    assert cells.failing_line(traceback) == ""


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
        ("10%\r50%\r100%\ndone", "100%\ndone"),
        ("one\r\ntwo", "one\ntwo"),
        ("open /home/ada/.cache/x.npy!", "open …/x.npy!"),
        (r"C:\Users\ada\x.npy", "…/x.npy"),
        ("/tmp/tmpab12/ipykernel_77/99.py:3: Warning", "…/99.py:3: Warning"),
        ("a/b and 1/2 and http://host/home/x", "a/b and 1/2 and http://host/home/x"),
    ],
)
def test_output_reads_as_on_a_terminal_and_names_no_folder(raw: str, text: str) -> None:
    assert outputs(stream(raw)) == (Output("stream", text),)


def test_texts_of_any_size_stay_small_and_say_what_is_missing() -> None:
    start = time.process_time()
    (long,) = outputs(stream("x" * 10_000_000))
    (lines,) = outputs(stream(["\x1b[31m7\x1b[0m\n"] * 1_000_000))

    assert time.process_time() - start < 3.0
    assert len(long.text) < cells.TEXT_CHARS + 100
    assert "[… 9,994,000 characters left out …]" in long.text
    assert lines.text.count("\n") < cells.TEXT_LINES + 5
    assert "characters left out" in lines.text


def test_many_pieces_of_a_stream_are_one_output() -> None:
    assert outputs(*(stream(f"{i}\n") for i in range(3))) == (Output("stream", "0\n1\n2"),)


def test_a_cell_of_many_outputs_stays_small() -> None:
    shown = outputs(
        *({"output_type": "display_data", "data": {"text/plain": "y" * 5000}} for _ in range(5000))
    )

    assert len(shown) == cells.CELL_OUTPUTS + 1
    assert sum(len(o.text) for o in shown) < cells.CELL_CHARS + 5_000


def test_a_notebook_of_many_cells_and_long_sources_stays_small() -> None:
    shown = cell_views({"cells": [cell(f"c{i}", "z" * 1_000_000) for i in range(200)]})

    assert len(shown) == cells.CELLS
    assert len(shown[0].source) < cells.SOURCE_CHARS + 100
    assert shown[0].note


def test_every_text_is_masked() -> None:
    error = {
        "output_type": "error",
        "ename": "E",
        "evalue": "ada@x.org",
        "traceback": ["Cell In[1], line 1\n----> 1 login('ada@x.org')"],
    }
    raw = {"cells": [cell("a", "me = 'ada@x.org'", stream("ada@x.org"), error)]}

    shown = cell_views(raw, mask=lambda text: text.replace("ada@x.org", "[e-mail]"))

    assert "ada@x.org" not in str(shown)
    assert str(shown).count("[e-mail]") == 4


def test_a_picture_keeps_its_pixels_and_loses_its_texts() -> None:
    shown, width, height = checked_png(encoded(png(extra=text_chunk(b"ada@x.org"))))

    assert base64.b64decode(shown) == png()
    assert (width, height) == (96, 40)
    assert checked_png([encoded(png())[:50] + "\n", encoded(png())[50:]])[0] == encoded(png())


def header(width: int, height: int) -> bytes:
    data = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return SIGNATURE + struct.pack(">I", 13) + data + struct.pack(">I", zlib.crc32(data))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(None, "not a PNG", id="nothing"),
        pytest.param({"a": 1}, "not a PNG", id="no text"),
        pytest.param("%%%not base64%%%", "not a PNG", id="no base64"),
        pytest.param("é" * 8, "not a PNG", id="no ASCII"),
        pytest.param(encoded(b"<svg onload=alert(1)>"), "not a PNG", id="SVG"),
        pytest.param(encoded(SIGNATURE), "damaged", id="signature only"),
        pytest.param(encoded(png()[:-20]), "damaged", id="cut short"),
        pytest.param(encoded(png().replace(b"IDAT", b"IDAX")), "damaged", id="wrong checksum"),
        pytest.param(encoded(header(5, 5) + header(5, 5)[8:]), "damaged", id="two headers"),
        pytest.param(encoded(header(5, 5) + png()[-12:]), "damaged", id="no pixels"),
        pytest.param(encoded(SIGNATURE + png()[33:]), "damaged", id="no header"),
        pytest.param(encoded(header(1_000_000, 2)), "1000000 x 2 pixels", id="too wide"),
        pytest.param(encoded(header(8000, 8000)), "8000 x 8000 pixels", id="too many pixels"),
        pytest.param(encoded(header(0, 5)), "0 x 5 pixels", id="no width"),
        pytest.param("A" * (2 * LARGEST), "larger than 1 MiB", id="2 MB"),
        pytest.param(encoded(SIGNATURE + bytes(LARGEST)), "larger than 1 MiB", id="just too large"),
    ],
)
def test_what_is_no_sound_small_png_is_refused(data: object, why: str) -> None:
    with pytest.raises(NotShown, match=why):
        checked_png(data)
    (shown,) = outputs({"output_type": "display_data", "data": {"image/png": data}})
    assert shown.kind == "dropped"


def test_what_follows_a_picture_is_cut_off() -> None:
    assert base64.b64decode(checked_png(encoded(png() + b"<script>"))[0]) == png()


def test_a_page_holds_so_many_pictures_and_says_so() -> None:
    picture = {"output_type": "display_data", "data": {"image/png": encoded(png())}}
    kinds = [
        o.kind
        for i in range(3)
        for o in cell_views({"cells": [cell(f"c{k}", "", *[picture] * 10) for k in range(3)]})[
            i
        ].outputs
    ]

    assert kinds.count("image") == cells.IMAGES
    assert kinds.count("dropped") == 30 - cells.IMAGES
