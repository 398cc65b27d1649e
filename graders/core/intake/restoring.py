"""Puts the assignment's own cells back around the student's answers.

Locked cells say what the assignment says, whatever was made of them; answers stand where the
student put them; everything else of the student's stays where it is. The result is valid
nbformat 4.5 and holds nothing of the submitted file but types and masked sources.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graders.core.intake.assignment import Assignment, Part
from graders.core.intake.matching import Matching, match
from graders.core.intake.reading import Cell
from graders.core.intake.sentences import listed, note, quoted
from graders.core.types import Note

FEW_LOCKED = 0.3  # share of locked cells; with fewer it is another notebook's structure
SCHEMA_VERSION = 3  # of nbgrader's metadata


@dataclass(frozen=True)
class Restored:
    """A notebook ready to execute.

    Args:
        notebook: nbformat 4.5 JSON.
        answered: grade_id → source, for every answer that is more than its stub.
        structure: `nbgrader`, `salvaged` or `foreign`.
        notes: what was put right.
    """

    notebook: dict[str, Any]
    answered: Mapping[str, str]
    structure: str
    notes: tuple[Note, ...]


def restore(cells: Sequence[Cell], assignment: Assignment) -> Restored:
    """Make the student's cells into the assignment's notebook with the student's answers in it.

    Args:
        cells: as read, in the student's order.
        assignment: the truth about ids, points, kinds and locked sources.

    Returns:
        The notebook and what was found; `answered` may be empty, which is no error here.
    """
    found = match(cells, assignment)
    structure = _structure(found)
    answered = {
        part.grade_id: cells[index].source
        for part in assignment.owned
        if (index := found.index_of(part.grade_id)) is not None and found.answered(part)
    }
    taken = found.taken
    placed: list[tuple[frozenset[str], dict[str, Any]]] = []
    for index, cell in enumerate(cells):
        here = frozenset(g for g, at in found.shared.items() if at == index)
        if index in taken:
            part = assignment.by_id[taken[index]]
            if not part.owned and (here or _adds_names(part, cell)):
                placed.append((here, _extra(cell)))
                here = frozenset()
            placed.append((here | {part.grade_id}, _known(part, cell)))
        elif index not in found.dropped:
            placed.append((here, _extra(cell)))
    missing = [
        part
        for part in assignment.parts
        if part.grade_id not in found.holders
        and part.grade_id not in found.shared
        and (structure != "foreign" or _needed_anyway(part))
    ]
    for part in missing:
        at = _place(part, assignment, placed)
        placed.insert(at, (frozenset({part.grade_id}), _known(part, None)))
    for number, (_, cell_json) in enumerate(placed):
        cell_json["id"] = f"cell-{number:04d}"
    notebook = {
        "cells": [cell_json for _, cell_json in placed],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    notes = _notes(found, structure, answered, missing)
    return Restored(notebook, answered, structure, tuple(notes))


def _structure(found: Matching) -> str:
    if found.by_marks:
        return "nbgrader"
    locked = [p for p in found.assignment.parts if not p.owned]
    kept = sum(1 for p in locked if p.grade_id in found.holders)
    return "salvaged" if locked and kept >= FEW_LOCKED * len(locked) else "foreign"


def _needed_anyway(part: Part) -> bool:
    """Set-up code of ours goes into a foreign notebook too; tests and stubs would only fail."""
    return part.cell_type == "code" and not part.owned and not part.is_check


def _adds_names(part: Part, cell: Cell) -> bool:
    """Whether the student's version of a set-up cell binds more than the original does.

    229 of 381 edited provided cells, often to add an import that an answer needs. Theirs then runs
    just before the original, which has the last word.
    """
    return _needed_anyway(part) and not cell.code.names <= part.code.names


def _place(part: Part, assignment: Assignment, placed: Sequence[tuple[frozenset[str], Any]]) -> int:
    """Behind the nearest cell before it in the assignment; at the top where there is none."""
    where = {g: at for at, (ids, _) in enumerate(placed) for g in ids}
    ids = [p.grade_id for p in assignment.parts]
    for grade_id in reversed(ids[: ids.index(part.grade_id)]):
        if grade_id in where:
            return where[grade_id] + 1
    return 0


def _known(part: Part, cell: Cell | None) -> dict[str, Any]:
    """The assignment's cell, with the student's source where it is the student's."""
    source = cell.source if cell is not None and part.owned else part.source
    marks = {"schema_version": SCHEMA_VERSION, "task": False, **part.metadata}
    return _json(part.cell_type, source, {"nbgrader": marks})


def _extra(cell: Cell) -> dict[str, Any]:
    return _json(cell.cell_type, cell.source, {})


def _json(cell_type: str, source: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"cell_type": cell_type, "metadata": metadata, "source": source}
    if cell_type == "code":
        made |= {"execution_count": None, "outputs": []}
    return made


def _notes(
    found: Matching, structure: str, answered: Mapping[str, str], missing: Sequence[Part]
) -> list[Note]:
    parts = found.assignment.by_id
    notes: list[Note] = []
    if structure != "nbgrader":
        recognised = [p.grade_id for p in found.assignment.owned if p.grade_id in answered]
        lost = [p.grade_id for p in found.assignment.owned if p.grade_id not in answered]
        code = "metadata-lost" if structure == "salvaged" else "foreign-notebook"
        notes.append(note(code, found=listed(recognised), lost=listed(lost)))
    held = [(parts[g], found.cells[i], found.words[i]) for g, i in found.holders.items()]
    changed = [p.grade_id for p, _, words in held if not p.owned and words != p.words]
    repaired = [p.grade_id for p, cell, _ in held if cell.marks and _differs(p, cell)]
    unknown = [c.grade_id for c in found.cells if c.grade_id and c.grade_id not in parts]
    stopped = [
        g
        for g in answered
        if (i := found.index_of(g)) is not None and found.cells[i].code.stub_line_left
    ]
    asking = sum(1 for cell in found.cells if cell.code.asks_for_input)
    lists = {
        "locked-cells-restored": changed,
        "cells-put-back": [p.grade_id for p in missing] if structure == "nbgrader" else [],
        "grade-cells-repaired": repaired,
        "duplicated-cells": found.duplicated,
        "answers-elsewhere": found.elsewhere if structure == "nbgrader" else [],
        "stub-line-left": stopped,
    }
    notes.extend(note(code, names=listed(names)) for code, names in lists.items() if names)
    if unknown:
        shown = listed([quoted(g, 40) for g in unknown], 5)
        notes.append(note("unknown-grade-cells", count=len(unknown), names=shown))
    if asking:
        notes.append(note("asks-for-input", count=asking))
    return notes


def _differs(part: Part, cell: Cell) -> bool:
    """Whether the student's marks contradict the assignment's about what earns points."""
    if cell.cell_type != part.cell_type:
        return True
    for key in ("grade", "solution", "points"):
        if cell.marks.get(key, part.metadata.get(key)) != part.metadata.get(key):
            return True
    return False
