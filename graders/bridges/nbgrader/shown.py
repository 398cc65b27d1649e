"""The notebook that Formgrader shows: the assignment's cells, the student's answers, what ran.

Cells come from our own intake, so locked ones are the assignment's. Outputs come from the run and
are untrusted: text and pictures pass, what a browser would execute does not. Formgrader draws a
student's HTML in the instructor's session, where a script could do whatever the instructor can.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.core.evidence import read_object
from graders.core.intake import Intake, mask_text
from graders.core.intake.assignment import Part, read_assignment
from graders.core.places import without_colours, without_paths

MAX_EXECUTED = 32 << 20  # bytes of an executed notebook that we read
MAX_TEXT = 60_000  # characters of one output
MAX_IMAGE = 2 << 20  # characters of base64
MAX_ALL = 8 << 20  # characters of all outputs together
MAX_OUTPUTS = 100  # of one cell
_IMAGES = ("image/png", "image/jpeg")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_NO_GRADE = "This submission could not be graded: our fault, not yours. It waits for staff."


@dataclass(frozen=True, slots=True)
class Page:
    """A notebook for people to read.

    Args:
        notebook: nbformat 4.5 JSON.
        blank: grade_ids of answers that are as they were released.
    """

    notebook: Mapping[str, Any]
    blank: tuple[str, ...]


def shown(taken: Intake, source: Path, outputs: Path | None, said: Mapping[str, str]) -> Page:
    """Put what was handed in, what ran and what was said about it into one notebook.

    Args:
        taken: what was handed in; where it could not be read, the assignment's cells stand in.
        source: the assignment's own notebook.
        outputs: what the run left, or None where there was none.
        said: grade_id → feedback, put below the cell that carries the points.
    """
    assignment = read_assignment(source)
    if taken.notebook is None:
        cells = [_released(part) for part in assignment.parts]
    else:
        cells = [dict(cell) for cell in taken.notebook["cells"]]
    ran = dict(_outputs(outputs, len(cells)))
    for index, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            cell |= {"outputs": ran.get(index, []), "execution_count": None}
        elif not _marks(cell).get("grade_id") or _marks(cell).get("solution"):
            # No word is changed by it, but a browser does not take it for a tag.
            cell["source"] = _TAG.sub("<\u200b", cell["source"])
    there = {_marks(cell).get("grade_id") for cell in cells}
    # A person can score only what the page shows, and HELD points need one.
    cells += [_released(p) for p in assignment.parts if _counts(p) and p.grade_id not in there]
    for cell in cells:
        text = said.get(_marks(cell).get("grade_id", ""), "")
        if text and cell["cell_type"] == "code":
            cell["outputs"] = [_words(text), *cell["outputs"]]
    if notes := _notes(taken):
        cells.insert(0, {"cell_type": "markdown", "metadata": {}, "source": notes})
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number:04d}"
    notebook = {
        "cells": cells,
        "metadata": {
            "dlgrade": {"submission_sha256": taken.sha256},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    blank = [p.grade_id for p in assignment.owned if p.grade_id not in taken.answered]
    return Page(notebook, tuple(blank))


def _marks(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    marks: Mapping[str, Any] = cell["metadata"].get("nbgrader", {})
    return marks


def _counts(part: Part) -> bool:
    return bool(part.metadata.get("grade") or part.metadata.get("task"))


def _released(part: Part) -> dict[str, Any]:
    marks = {"schema_version": 3, "task": False, **part.metadata}
    cell: dict[str, Any] = {
        "cell_type": part.cell_type, "metadata": {"nbgrader": marks}, "source": part.source,
    }  # fmt: skip
    if part.cell_type == "code":
        cell |= {"outputs": [], "execution_count": None}
    return cell


def _notes(taken: Intake) -> str:
    if taken.structure == "held":
        return _NO_GRADE
    lines = [_TAG.sub("<\u200b", note.student) for note in taken.notes]
    return "\n".join(["**About this file**", "", *(f"- {line}" for line in lines)]) if lines else ""


def _words(text: str) -> dict[str, Any]:
    # A display, never an execute_result: nbgrader reads points out of the latter.
    return {"output_type": "display_data", "metadata": {"dlgrade": True},
            "data": {"text/plain": text}}  # fmt: skip


def _outputs(folder: Path | None, count: int) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Cell number and outputs of a run, as far as they are what they claim to be."""
    executed = read_object(folder / "executed.ipynb", MAX_EXECUTED) if folder is not None else None
    cells = executed.get("cells") if executed else None
    if not isinstance(cells, list) or len(cells) != count:
        return
    room = MAX_ALL
    for index, cell in enumerate(cells):
        kept: list[dict[str, Any]] = []
        raw = cell.get("outputs") if isinstance(cell, dict) else None
        for output in raw[:MAX_OUTPUTS] if isinstance(raw, list) else ():
            made = _output(output) if isinstance(output, dict) else None
            size = len(repr(made))
            if made is not None and size <= room:
                room -= size
                kept.append(made)
        yield index, kept


def _output(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    kind = raw.get("output_type")
    if kind == "stream":
        name = "stderr" if raw.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": _text(raw.get("text"))}
    if kind == "error":
        lines = raw.get("traceback")
        trace = (
            [_text(x) for x in lines[:200] if isinstance(x, str)] if isinstance(lines, list) else []
        )
        return {"output_type": "error", "ename": _text(raw.get("ename")),
                "evalue": _text(raw.get("evalue")), "traceback": trace}  # fmt: skip
    data = raw.get("data")
    if kind not in ("display_data", "execute_result") or not isinstance(data, dict):
        return None
    for image in _IMAGES:
        drawn = _joined(data.get(image))
        if drawn and len(drawn) <= MAX_IMAGE and _BASE64.fullmatch(drawn):
            return {"output_type": "display_data", "metadata": {}, "data": {image: drawn}}
    plain = _text(data.get("text/plain")) or "[an output that is neither text nor a picture]"
    return {"output_type": "display_data", "metadata": {}, "data": {"text/plain": plain}}


def _joined(raw: object) -> str:
    if isinstance(raw, list):
        return "".join(part for part in raw if isinstance(part, str))
    return raw if isinstance(raw, str) else ""


def _text(raw: object) -> str:
    """Text without colours, addresses, tokens and local paths."""
    full = _joined(raw)
    if len(full) > MAX_TEXT:
        half = MAX_TEXT // 2
        full = f"{full[:half]}\n[… {len(full) - 2 * half} characters left out …]\n{full[-half:]}"
    return mask_text(without_paths(without_colours(full)))[0]
