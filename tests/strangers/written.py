"""What a stranger's file holds: a declaration in its first lines, then answer cells."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from graders.core import catalogue
from reference_solutions.filling import Cell, fill, read_cells

HERE = Path(__file__).resolve().parent
_LINE = re.compile(r"^# (written from|declares|design|mistake|at|should cost):[ \t]*(.+)$")
_AT = re.compile(r"^(?P<cell>[\w-]+)\s*:\s?(?P<line>.+)$")
RIGHT, WRONG = "right", "wrong"


@dataclass(frozen=True, slots=True)
class Stranger:
    """One notebook of somebody who knew the text alone.

    Args:
        name: file stem.
        declares: `right` or `wrong`.
        about: its design, or its mistake.
        cell, line: of a wrong one, the answer cell and the line in it that is wrong.
    """

    notebook: str
    name: str
    path: Path
    declares: str
    about: str
    cell: str = ""
    line: str = ""

    @property
    def student(self) -> str:
        """The name it hands in under."""
        return f"{self.declares}-{self.name}".replace("_", "-")

    @property
    def cells(self) -> dict[str, Cell]:
        return dict(read_cells(self.path))

    def filled(self, assignment: Path) -> NotebookNode:
        """The assignment with its answers."""
        return fill(assignment, self.cells)

    def loses(self, assignment: Path) -> frozenset[str]:
        """The checks of which it has to lose one, and the only ones where it may lose anything."""
        return checks_of(assignment, self.cell) if self.declares == WRONG else frozenset()


def checks_of(assignment: Path, cell: str) -> frozenset[str]:
    """The checks that come after an answer cell, up to the next one that follows a check.

    Raises:
        ValueError: there is no such answer cell.
    """
    found: list[str] = []
    behind = False
    for node in json.loads(assignment.read_text("utf-8"))["cells"]:
        marks = node["metadata"].get("nbgrader", {})
        if marks.get("solution"):
            if found:
                break
            behind = behind or marks["grade_id"] == cell
        elif behind and marks.get("grade"):
            found.append(marks["grade_id"])
    if not behind:
        raise ValueError(f"{assignment.name} has no answer cell {cell!r}")
    return frozenset(found)


def strangers(notebook: str) -> tuple[Stranger, ...]:
    """All of a notebook, right ones first.

    Raises:
        ValueError: a declaration lacks something.
    """
    found = [_read(notebook, path) for path in sorted((HERE / notebook).glob("*.py"))]
    return tuple(sorted(found, key=lambda one: one.declares))


def _read(notebook: str, path: Path) -> Stranger:
    told: dict[str, str] = {}
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("# %%"):
            break
        if match := _LINE.match(line):
            told[match[1]] = match[2].strip()
    declares = told.get("declares", "")
    wanted = {RIGHT: ("design",), WRONG: ("mistake", "at", "should cost")}
    if declares not in wanted or "written from" not in told:
        raise ValueError(f"{path.name} declares neither right nor wrong, or not what it is from")
    if missing := [name for name in wanted[declares] if name not in told]:
        raise ValueError(f"{path.name} does not say its {' and '.join(missing)}")
    if declares == RIGHT:
        return Stranger(notebook, path.stem, path, declares, told["design"])
    at = _AT.match(told["at"])
    if at is None:
        raise ValueError(f"{path.name}: `at` names no cell and line")
    return Stranger(
        notebook, path.stem, path, declares, told["mistake"], at["cell"], at["line"].strip(" `")
    )


def assignment(notebook: str) -> Path:
    """Today's assignment."""
    return catalogue.course(notebook).source
