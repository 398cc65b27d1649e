"""A roster: what another system calls each student. One CSV file, one line a student.

The column `student` is the folder's name in `submitted/`; the others are optional. They are
checked before anything is exported: a wrong identifier gives somebody else's points to somebody.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from graders.core.errors import UsageFault

# Column → what it is. Those in IDENTIFIERS must be different for different students.
COLUMNS = {
    "student": "the folder's name in submitted/",
    "name": "as the gradebook shows it, e.g. `Lovelace, Ada`",
    "first_name": "Blackboard",
    "last_name": "Blackboard",
    "email": "Moodle",
    "id_number": "Moodle's ID number; Blackboard's Student ID",
    "moodle_id": "Moodle's Identifier, e.g. `Participant 4711`, from its grading worksheet",
    "username": "Blackboard",
    "canvas_id": "Canvas's ID",
    "sis_user_id": "Canvas",
    "sis_login_id": "Canvas",
    "section": "Canvas",
}
IDENTIFIERS = (
    "student", "email", "id_number", "moodle_id", "username", "canvas_id", "sis_user_id",
    "sis_login_id",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MAX_BYTES = 16 << 20

Roster = Mapping[str, Mapping[str, str]]  # student → column → text


def read_roster(path: Path) -> Roster:
    """Read and check a roster.

    Raises:
        UsageFault: says file, line and column of what is wrong, and what to do.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise UsageFault(f"{path} is larger than 16 MiB; a roster is a CSV file of names")
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageFault(f"the roster {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageFault(f"the roster {path} is not UTF-8; save it as `CSV UTF-8`") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise UsageFault(f"{path}, line {reader.line_num}: no CSV ({error})") from error
    lines = [(number, row) for number, row in lines if any(row)]
    if not lines:
        raise UsageFault(f"the roster {path} is empty; its first line names the columns")
    names = _header(path, lines[0][1])
    roster: dict[str, dict[str, str]] = {}
    seen: dict[tuple[str, str], int] = {}
    for number, row in lines[1:]:
        if len(row) != len(names):
            raise UsageFault(
                f"{path}, line {number}: {len(row)} cells where the first line names {len(names)} "
                "columns; quote a cell that holds a comma"
            )
        line = dict(zip(names, row, strict=True))
        if not line["student"]:
            raise UsageFault(f"{path}, line {number}: `student` is empty")
        for name in IDENTIFIERS:
            _check_identifier(path, number, name, line.get(name, ""), seen)
        roster[line["student"]] = line
    return roster


def _header(path: Path, names: list[str]) -> list[str]:
    if ";" in names[0] or "\t" in names[0]:
        raise UsageFault(f"{path} has no commas between its cells; save it as `CSV UTF-8`")
    for name in names:
        if name not in COLUMNS:
            close = get_close_matches(name.lower().replace(" ", "_"), COLUMNS, 1)
            meant = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(COLUMNS)}"
            raise UsageFault(f"{path}: there is no column {name!r}; {meant}")
        if names.count(name) > 1:
            raise UsageFault(f"{path}: the column {name!r} comes twice")
    if "student" not in names:
        raise UsageFault(f"{path} has no column `student`, {COLUMNS['student']}")
    return names


def _check_identifier(
    path: Path, number: int, name: str, value: str, seen: dict[tuple[str, str], int]
) -> None:
    if not value:
        return
    if value.startswith(FORMULA) and name != "student":
        raise UsageFault(
            f"{path}, line {number}: {name} begins with {value[0]!r}, which a spreadsheet takes "
            "for a formula; no identifier does"
        )
    before = seen.setdefault((name, value.casefold()), number)
    if before != number:
        raise UsageFault(f"{path}, line {number}: {name} {value!r} stands in line {before}, too")


def everybody_in(roster: Roster, students: Iterable[str], path: Path) -> None:
    """Make sure that nobody who is graded is missing.

    Raises:
        UsageFault: names up to five who are.
    """
    if missing := [s for s in students if s not in roster]:
        some = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        raise UsageFault(
            f"{path} has no line for {len(missing)} who handed in: {some}; add them, since an "
            "export without them would lose their points"
        )
