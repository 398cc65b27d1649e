"""The cells worth showing of an executed notebook, taken from untrusted JSON.

Out come plain text, error messages and checked PNG pictures. HTML, SVG, JavaScript, Markdown and
LaTeX outputs of a student's are never passed on: `text/plain` stands beside nearly all of them.
Whatever is too long is cut in the middle, and says so.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from graders.core.places import without_colours, without_paths
from reports.png import NotShown, checked_png
from reports.views import CellView, Output

SOURCE_CHARS = 20_000
SOURCE_LINES = 600
TEXT_CHARS = 6_000  # of one output
TEXT_LINES = 120
CELL_CHARS = 12_000  # of all outputs of a cell
CELL_OUTPUTS = 24
IMAGES = 24  # of a notebook
IMAGE_CHARS = 4 << 20  # base64 of all images together
CELLS = 80
STATUSES = frozenset({"ok", "error", "time limit", "died", "skipped"})

_NOTEBOOK_FRAME = re.compile(r"\s*(?:Cell In|Input In|<ipython-input|File <ipython|In \[)")
_OTHER_FRAME = re.compile(r"\s*File |\S+\.py[ :(]")
_CELL_FILE = re.compile(r"\([^()\s]{0,200}\.py, line ")  # IPython's name for a cell
_ARROW = re.compile(r"-{2,}> ?\d* ?(.*)")


def _unchanged(text: str) -> str:
    return text


@dataclass
class _Budget:
    """What is left of what one page may hold."""

    mask: Callable[[str], str]
    images: int = IMAGES
    image_chars: int = IMAGE_CHARS
    cell_chars: int = CELL_CHARS


def cell_views(
    notebook: object,
    wanted: Collection[str] | None = None,
    records: Iterable[Mapping[str, Any]] = (),
    mask: Callable[[str], str] = _unchanged,
) -> tuple[CellView, ...]:
    """The wanted cells with their outputs, and other cells of the student's own that failed.

    Nothing in `notebook` is believed: wrong types anywhere count as absent. Never raises.

    Args:
        notebook: the executed notebook as `json.load` gave it.
        wanted: grade_ids to show; without it, every cell that nbgrader marks as a solution.
        records: what became of the cells tried (`index`, `status`); where there is none,
            an error output tells.
        mask: applied to every text that is shown, to hide addresses and tokens.
    """
    cells = notebook.get("cells") if isinstance(notebook, Mapping) else None
    if not isinstance(cells, list):
        return ()
    statuses = {r.get("index"): r.get("status") for r in records if type(r.get("index")) is int}
    budget = _Budget(mask)
    shown: list[CellView] = []
    for index, cell in enumerate(cells):
        if not isinstance(cell, Mapping):
            continue
        told = statuses.get(index)
        status = told if isinstance(told, str) and told in STATUSES else _own_status(cell)
        if not _wanted(cell, wanted, status):
            continue
        if len(shown) == CELLS:
            break
        shown.append(_view(cell, status, budget))
    return tuple(shown)


def _wanted(cell: Mapping[str, Any], wanted: Collection[str] | None, status: str) -> bool:
    if cell.get("cell_type") not in ("code", "markdown"):
        return False
    grade_id, meta = _grade_id(cell), _meta(cell)
    if grade_id and (grade_id in wanted if wanted is not None else meta.get("solution") is True):
        return True
    own = meta.get("locked") is not True and meta.get("grade") is not True
    return own and status not in ("", "ok", "skipped")


def _meta(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    return nbgrader if isinstance(nbgrader, Mapping) else {}


def _grade_id(cell: Mapping[str, Any]) -> str:
    found = _meta(cell).get("grade_id")
    return found[:120] if isinstance(found, str) else ""


def _outputs(cell: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    outputs = cell.get("outputs")
    if cell.get("cell_type") != "code" or not isinstance(outputs, list):
        return []
    return [o for o in outputs if isinstance(o, Mapping)]


def _own_status(cell: Mapping[str, Any]) -> str:
    return "error" if any(o.get("output_type") == "error" for o in _outputs(cell)) else ""


def _view(cell: Mapping[str, Any], status: str, budget: _Budget) -> CellView:
    source, cut = _shortened(_joined(cell.get("source")), SOURCE_CHARS, SOURCE_LINES, budget.mask)
    budget.cell_chars = CELL_CHARS
    outputs: list[Output] = []
    for raw in _merged(_outputs(cell)):
        if len(outputs) >= CELL_OUTPUTS:
            outputs.append(Output("dropped", "more outputs left out"))
            break
        outputs += _output(raw, budget)
    return CellView(
        grade_id=_grade_id(cell),
        kind="markdown" if cell.get("cell_type") == "markdown" else "code",
        source=source,
        outputs=tuple(outputs),
        status=status,
        note="The cell is longer than what is shown here." if cut else "",
    )


def _merged(outputs: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Neighbouring streams of one name as one: a print loop arrives in many pieces."""
    name, parts = "", list[str]()
    for raw in outputs:
        stream = raw.get("output_type") == "stream"
        if parts and not (stream and raw.get("name") == name):
            yield {"output_type": "stream", "text": parts}
            parts = []
        if stream:
            name = str(raw.get("name"))
            parts.append(_joined(raw.get("text")))
        else:
            yield raw
    if parts:
        yield {"output_type": "stream", "text": parts}


def _output(raw: Mapping[str, Any], budget: _Budget) -> list[Output]:
    kind = raw.get("output_type")
    if kind == "stream":
        return _text("stream", raw.get("text"), budget)
    if kind == "error":
        return [_error(raw, budget)]
    data = raw.get("data")
    if kind not in ("display_data", "execute_result") or not isinstance(data, Mapping):
        return []
    if "image/png" in data:
        return [_image(data["image/png"], budget)]
    if "text/plain" in data:
        return _text("text", data["text/plain"], budget)
    return [Output("dropped", "an output that is neither text nor a PNG image is left out")]


def _text(kind: Literal["stream", "text"], raw: object, budget: _Budget) -> list[Output]:
    full = _joined(raw)
    room = min(TEXT_CHARS, budget.cell_chars)
    if room < 200:
        return [Output("dropped", f"{len(full):,} more characters of output left out")]
    text, _ = _shortened(full, room, TEXT_LINES, lambda part: readable(part, budget.mask))
    budget.cell_chars -= len(text)
    return [Output(kind, text.rstrip())] if text.strip() else []


def readable(raw: str, mask: Callable[[str], str] = _unchanged) -> str:
    """Output text without terminal colours, overwritten progress bars and local paths.

    Takes time with the length of the text: cut it first.
    """
    # A progress bar writes over its own line: keep what a terminal would show at the end.
    lines = [line.rstrip("\r").rsplit("\r", 1)[-1] for line in without_colours(raw).split("\n")]
    return mask(without_paths("\n".join(lines)))


def _error(raw: Mapping[str, Any], budget: _Budget) -> Output:
    name = readable(_joined(raw.get("ename"))[:120], budget.mask) or "Error"
    value = readable(_joined(raw.get("evalue"))[:2000], budget.mask)[:600]
    value = _CELL_FILE.sub("(line ", value)
    line = readable(failing_line(raw.get("traceback"))[:600], budget.mask)[:300]
    return Output("error", f"{name}: {value}" if value else name, line=line)


def failing_line(traceback: object) -> str:
    """The innermost line of the notebook's own code in a saved traceback, or ""."""
    if not isinstance(traceback, list):
        return ""
    text = "\n".join(t[:20_000] for t in traceback[:100] if isinstance(t, str))[:100_000]
    found, first, inside = "", "", False
    for line in without_colours(text).splitlines():
        if _NOTEBOOK_FRAME.match(line):
            inside, first = True, ""
        elif _OTHER_FRAME.match(line):
            inside = False
        elif inside and (arrow := _ARROW.match(line.strip())):
            found = arrow[1].strip() or found
        elif inside:  # a syntax error shows its line without an arrow
            first = first or line.strip()
    return found or first


def _image(raw: object, budget: _Budget) -> Output:
    try:
        encoded, width, height = checked_png(raw)
    except NotShown as error:
        return Output("dropped", f"image left out: {error}")
    if budget.images <= 0 or len(encoded) > budget.image_chars:
        return Output("dropped", "image left out: the page holds enough of them")
    budget.images -= 1
    budget.image_chars -= len(encoded)
    return Output("image", encoded, width=width, height=height)


def _joined(raw: object) -> str:
    """Text as notebooks store it: a string or a list of lines."""
    if isinstance(raw, list):
        return "".join(part for part in raw if isinstance(part, str))
    return raw if isinstance(raw, str) else ""


def _shortened(full: str, chars: int, lines: int, tidy: Callable[[str], str]) -> tuple[str, bool]:
    """The tidied text, or its beginning and end with a line between that says what is missing.

    Only the ends of a long text are tidied: ten megabytes cost no more than a page.
    """
    if len(full) <= 8 * chars:
        head = tail = tidy(full)
        if len(head) <= chars and head.count("\n") < lines:
            return head, False
    else:
        head, tail = tidy(full[: 4 * chars]), tidy(full[-4 * chars :])
    first = "\n".join(head[: chars * 2 // 3].split("\n")[: lines * 2 // 3])
    last = "\n".join(tail[-chars // 3 :].split("\n")[-lines // 3 :])
    missing = max(len(full) - len(first) - len(last), 0)
    return f"{first}\n[… {missing:,} characters left out …]\n{last}", True
