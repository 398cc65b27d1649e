"""nbgrader's own scoring, for a course whose tests are cells: a test cell that passes earns its
points, and one that ends in a number of points earns that many.

What differs from nbgrader 0.9: the kernel's own word says whether a cell passed, so that a warning
on stderr costs nothing; a kernel that died costs the cells that it took along; a number that is no
number of points (NaN, negative, more than there are) is left to a person instead of earning all.
"""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from graders.bridges.nbgrader.decided import Decided
from graders.bridges.nbgrader.shown import MAX_EXECUTED, shown
from graders.core.evidence import read_evidence, read_object
from graders.core.intake import Intake
from graders.core.intake.assignment import Part, read_assignment
from graders.core.types import OURS, Execution

_WHY = {
    "error": "this cell stopped with an error",
    "time limit": "this cell was stopped at its time limit",
    "died": "the process ended while this cell ran",
    "skipped": "the run had ended before this cell",
}
_HELD = "Held for staff: our machine failed, not your work."
_NO_POINTS = "Held for staff: this cell's result is no number of points."


def decided_by_tests(taken: Intake, source: Path, run: Execution | None) -> Decided:
    """The points of one submission's test cells.

    Args:
        taken: what was handed in.
        source: the course's own notebook, hidden tests included.
        run: None where the file could not be run at all.
    """
    assignment = read_assignment(source)
    graded = [p for p in assignment.parts if p.metadata.get("grade")]
    by_hand = [p for p in graded if p.owned or p.cell_type != "code"]
    tests = [p for p in graded if p not in by_hand]
    whole = taken.notebook is not None and taken.structure == "nbgrader"
    scores: dict[str, float | None] = {
        p.grade_id: 0.0 if whole and p.owned and p.grade_id not in taken.answered else None
        for p in by_hand
    }
    said: dict[str, str] = {}
    outputs = None
    if taken.structure == "held" or (run is not None and run.ending in OURS):
        scores |= dict.fromkeys((p.grade_id for p in tests), None)
        said |= dict.fromkeys((p.grade_id for p in tests), _HELD)
    elif run is None or taken.notebook is None:
        scores |= dict.fromkeys((p.grade_id for p in tests), 0.0)
    else:
        outputs = run.outputs
        ran = _ran(taken.notebook["cells"], outputs)
        for part in tests:
            status, results = ran.get(part.grade_id, ("skipped", ()))
            scores[part.grade_id], why = _points(part, status, results)
            if why:
                said[part.grade_id] = why
    page = shown(taken, source, outputs, said)
    return Decided(scores, page.blank if whole else (), page.notebook)


def _ran(
    cells: Sequence[Mapping[str, Any]], outputs: Path
) -> dict[str, tuple[str, tuple[object, ...]]]:
    """grade_id → how the cell ended, and the results that it showed."""
    statuses: dict[int, str] = {}
    for line in read_evidence(outputs, (), {}).cells:
        index, status = line.get("index"), line.get("status")
        if type(index) is int and isinstance(status, str):
            statuses[index] = status
    executed = read_object(outputs / "executed.ipynb", MAX_EXECUTED) or {}
    shown_cells = executed.get("cells")
    if not isinstance(shown_cells, list) or len(shown_cells) != len(cells):
        shown_cells = [{}] * len(cells)
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: (
            statuses.get(index, "skipped"), tuple(_results(shown_cells[index])),
        )
        for index, cell in enumerate(cells)
        if "nbgrader" in cell["metadata"]
    }  # fmt: skip


def _results(cell: object) -> list[object]:
    outputs = cell.get("outputs") if isinstance(cell, dict) else None
    if not isinstance(outputs, list):
        return []
    results = [
        o for o in outputs if isinstance(o, dict) and o.get("output_type") == "execute_result"
    ]
    return [o["data"].get("text/plain") for o in results if isinstance(o.get("data"), dict)]


def _points(part: Part, status: str, results: Sequence[object]) -> tuple[float | None, str]:
    """Points and, where the cell's own output does not tell, why."""
    most = float(part.metadata["points"])
    if status != "ok":
        why = _WHY.get(status, "this cell did not finish")
        return 0.0, f"0 of {most:g} points: {why}."
    for result in results:
        text = "".join(result) if isinstance(result, list) else str(result)
        try:
            points = float(text)
        except ValueError:  # anything else that a cell ends in says nothing, as in nbgrader
            continue
        if not (math.isfinite(points) and 0.0 <= points <= most):
            return None, _NO_POINTS
        return points, ""
    return most, ""


def truth(source: Path, locked: Mapping[str, str], folder: Path) -> Path:
    """The assignment as it was released, for intake to restore cells from.

    The gradebook has the last word on locked cells, as in nbgrader: tests may have been made when
    the assignment was generated, and are not in the source.

    Args:
        source: the instructor's notebook.
        locked: grade_id → source of the locked cells in the gradebook.
        folder: where to put it.
    """
    notebook = json.loads(source.read_text("utf-8"))
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader") or {}
        if not marks.get("solution") and marks.get("grade_id") in locked:
            cell["source"] = locked[marks["grade_id"]]
    path = folder / source.name
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path
