"""What is other than at the grading before, read from the `summary.csv` that it left."""

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from graders.core.types import Ending

HELD, AMBIGUOUS, REFUSED, GRADED = "held", "ambiguous", "refused", "graded"
STATES = (HELD, AMBIGUOUS, REFUSED, GRADED)  # in the order in which they need a person

NEW, STATE, UP, DOWN, SAME = "new", "state", "up", "down", "same"
CHANGES = (NEW, STATE, UP, DOWN, SAME)

_WORDS = ("student", "state", "points", "max_points", "ending", "remark")
_DEFUSED = ("'=", "'+", "'-", "'@", "'\t", "'\r")
_LARGEST = 64 << 20  # bytes; a class of 1,000 has 0.2 MiB


@dataclass(frozen=True, slots=True)
class Stood:
    """Where one submission stood. `points` are None while held; `checks` have only settled ones."""

    state: str
    points: float | None
    checks: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Summary:
    """A grading that is over. `when` is ISO 8601 with its offset; `rows` are by student."""

    when: str
    rows: Mapping[str, Stood]


def standing(held: bool, ran: bool, ending: str) -> str:
    """One of `STATES`. Ambiguous: killed, and nobody can tell by the notebook or the machine."""
    if held:
        return HELD
    if not ran:
        return REFUSED
    return AMBIGUOUS if ending == Ending.KILLED else GRADED


def earlier(path: Path) -> Summary | None:
    """The grading that wrote this `summary.csv`; None where there is none that can be read.

    Somebody may have saved it from a spreadsheet, with semicolons or without headings: then
    nothing is known, which is no reason to stop.
    """
    try:
        if path.stat().st_size > _LARGEST:
            return None
        when = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
        rows = read_summary(path.read_text("utf-8-sig"))
    except (OSError, ValueError, csv.Error):
        return None
    return Summary(when.isoformat(timespec="seconds"), rows) if rows else None


def read_summary(text: str) -> dict[str, Stood]:
    """Rows of a `summary.csv` by student; {} where its headings are not ours.

    Raises:
        ValueError, csv.Error: it has our headings but something else below them.
    """
    table = csv.DictReader(io.StringIO(text, newline=""))
    if not {"student", "state", "points", "ending"} <= set(table.fieldnames or ()):
        return {}
    rows = {}
    for row in table:
        name = row["student"]
        if name.startswith(_DEFUSED):
            name = name[1:]
        state = row["state"]
        rows[name] = Stood(
            standing(state == HELD, state != REFUSED, row["ending"] or ""),
            float(row["points"]) if row["points"] else None,
            {k: float(v) for k, v in row.items() if k not in _WORDS and _is_number(v)},
        )
    return rows


def _is_number(text: object) -> bool:
    # Other columns may be added to the table, and need not be numbers.
    if not isinstance(text, str):
        return False
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def same_points(one: float | None, other: float | None) -> bool:
    """Whether two points are alike, to the six digits that `summary.csv` keeps."""
    if one is None or other is None:
        return one is other
    return f"{one:g}" == f"{other:g}"


def change(before: Stood | None, state: str, points: float | None) -> str:
    """One of `CHANGES`; another state outweighs other points, which mostly come with it."""
    if before is None:
        return NEW
    if before.state != state:
        return STATE
    if same_points(before.points, points):
        return SAME
    # Nobody changes from held points to others without a change of state.
    return UP if (points or 0.0) > (before.points or 0.0) else DOWN
