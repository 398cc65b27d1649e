"""The assignment's own notebook: the only source of truth about cells, ids, points and kinds."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from graders.core.errors import CourseFault
from graders.core.intake.code import Code
from graders.core.intake.secrets import mask_source

CODE_STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")  # nbgrader's defaults
TEXT_STUB = ("YOUR ANSWER HERE",)

_BEGIN, _END = "BEGIN SOLUTION", "END SOLUTION"
_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """One cell of the assignment.

    Args:
        grade_id: its permanent name.
        cell_type: `code` or `markdown`.
        source: as students get it: solution regions replaced by nbgrader's stub.
        metadata: the whole nbgrader block, kept as it is.
        heading: for a written cell, the heading that it stands under.
    """

    grade_id: str
    cell_type: str
    source: str
    metadata: Mapping[str, Any]
    heading: str = ""

    @property
    def owned(self) -> bool:
        """Whether its content is the student's: an answer or a written cell."""
        return bool(self.metadata.get("solution"))

    @property
    def is_check(self) -> bool:
        """Whether it holds visible tests: nothing that a student's work could need."""
        return bool(self.metadata.get("grade")) and not self.owned

    @cached_property
    def code(self) -> Code:
        """The released source, read."""
        return Code(self.source if self.cell_type == "code" else "")

    @cached_property
    def wanted(self) -> frozenset[str]:
        """Functions that an answer cell is to define; empty for script and written cells."""
        if not self.owned or self.code.tree is None:
            return frozenset()
        return frozenset(re.findall(r"^(?:def|class) (\w+)", self.source, re.MULTILINE))

    @cached_property
    def words(self) -> str:
        """The source as it is compared: masked like a student's, white space evened out."""
        return even(mask_source(self.source, self.cell_type)[0])

    def holds_answer(self, source: str, code: Code) -> bool:
        """Whether a student's source differs in substance from the stub."""
        if self.cell_type == "code":
            return bool(code.essence) and code.essence != self.code.essence
        return _written(source) not in ("", _written(self.source))


@dataclass(frozen=True)
class Assignment:
    """An assignment notebook's cells, in order."""

    parts: tuple[Part, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Part]:
        """Parts by grade_id."""
        return {part.grade_id: part for part in self.parts}

    @property
    def owned(self) -> tuple[Part, ...]:
        """Answer and written cells."""
        return tuple(part for part in self.parts if part.owned)


def read_assignment(path: Path) -> Assignment:
    """The assignment behind a notebook file; read again only when the file has changed.

    Raises:
        CourseFault: it is no nbformat 4 notebook with nbgrader metadata.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise CourseFault(f"assignment notebook {path.name} cannot be read: {error}") from error
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=32)
def _read(path: Path, mtime_ns: int, size: int) -> Assignment:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        parts: list[Part] = []
        heading = ""
        for cell in cells:
            source = cell["source"]
            text = source if isinstance(source, str) else "".join(source)
            found = _HEADING.findall(text) if cell["cell_type"] == "markdown" else []
            data = cell["metadata"].get("nbgrader") or {}
            if grade_id := data.get("grade_id", ""):
                released = _released(text, cell["cell_type"]) if data.get("solution") else text
                part = Part(grade_id, cell["cell_type"], released, data, even(heading))
                parts.append(part)
            heading = found[-1] if found else heading
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CourseFault(f"assignment notebook {path.name} is no notebook: {error!r}") from error
    ids = [part.grade_id for part in parts]
    if not ids or len(ids) != len(set(ids)):
        raise CourseFault(f"assignment notebook {path.name}: grade_ids missing or used twice")
    return Assignment(tuple(parts))


def _released(source: str, cell_type: str) -> str:
    """What nbgrader's ClearSolutions leaves of a solution cell."""
    stub = CODE_STUB if cell_type == "code" else TEXT_STUB
    kept: list[str] = []
    inside = found = False
    for line in source.split("\n"):
        if _BEGIN in line:
            inside = found = True
            indent = line[: len(line) - len(line.lstrip())]
            kept.extend(indent + text for text in stub)
        elif _END in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept if found else stub)


def _written(text: str) -> str:
    """A written cell without the placeholder: the question alone is no answer to it."""
    lines = text.replace(*TEXT_STUB, "").splitlines()
    return even("\n".join(x for x in lines if _BEGIN not in x and _END not in x))


def even(text: str) -> str:
    """Text with trailing blanks, empty lines and other line ends evened out."""
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
