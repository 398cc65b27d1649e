"""The grades of a graded folder, as far as a comparison needs them.

Reads `<notebook>/<student>/grade.json` and nothing else, of any version of ours: what it finds is
checked, and what cannot be read becomes a sentence.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CLOSE = 1e-9  # points


class Unusable(Exception):
    """One sentence: a folder without grades, or a file of reasons that cannot be followed."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a grade.json; `points` is None where they are held or given by hand."""

    outcome: str
    points: float | None
    most: float
    feedback: str


@dataclass(frozen=True, slots=True)
class Record:
    """What is compared of one grade.json.

    Args:
        points: in total, without those given by hand; None while any is held.
        ending: of the run; "no run" where nothing could be run.
        notes: code and student's sentence of what intake found, in order.
        sha256: of the bytes handed in.
    """

    points: float | None
    most: float
    ending: str
    checks: Mapping[str, Check]
    notes: tuple[tuple[str, str], ...]
    sha256: str

    @property
    def codes(self) -> str:
        """The codes of all notes, sorted."""
        return ", ".join(sorted(code for code, _ in self.notes)) or "none"

    @property
    def adds_up(self) -> bool:
        """Whether the totals are what the checks give: None if one of them is held."""
        automatic = [c for c in self.checks.values() if c.outcome != "by hand"]
        known = [c.points for c in automatic if c.points is not None]
        total = sum(known) if len(known) == len(automatic) else None
        return close(self.points, total) and close(self.most, sum(c.most for c in automatic))


Students = Mapping[str, Record | str]  # student → grade, or why it cannot be read


def grades_in(folder: Path) -> dict[str, Students]:
    """notebook → student → grade, of a course folder, a `graded/` folder or one notebook's.

    Raises:
        Unusable: there are none.
    """
    graded = folder / "graded" if (folder / "graded").is_dir() else folder
    try:
        found = {place.name: _students(place) for place in _folders(graded)}
        found = {notebook: students for notebook, students in found.items() if students}
        if not found and (students := _students(graded)):
            found[_notebook(graded, students)] = students
    except OSError as error:
        raise Unusable(f"{error.filename} cannot be read: {error.strerror}.") from None
    if not found:
        raise Unusable(
            f"There are no grades in {folder}: name a course folder, its graded/ or the folder of"
            " one notebook there."
        )
    return found


def _folders(folder: Path) -> list[Path]:
    """Its folders but for hidden ones: `.store` holds no grades."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))


def _students(folder: Path) -> Students:
    places = [p for p in _folders(folder) if (p / "grade.json").exists()]
    return {place.name: _read(place / "grade.json") for place in places}


def _notebook(folder: Path, students: Students) -> str:
    """The name of a single notebook: a copy of its folder may have any name, its grades know."""
    for student in students:
        try:
            return str(json.loads((folder / student / "grade.json").read_text("utf-8"))["notebook"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue
    return folder.resolve().name


def _read(path: Path) -> Record | str:
    """A grade.json; or one sentence, where it cannot be one."""
    try:
        record = json.loads(path.read_text("utf-8"), parse_constant=_no_number)
        run = record["run"]
        return Record(
            points=_number_or_none(record["points"]),
            most=_number(record["max_points"]),
            ending="no run" if run is None else str(run["ending"]),
            checks={
                str(c["id"]): Check(
                    outcome=str(c["outcome"]),
                    points=_number_or_none(c["points"]),
                    most=_number(c["max_points"]),
                    feedback=str(c["feedback"]),
                )
                for c in record["checks"]
            },
            notes=tuple((str(n["code"]), str(n["student"])) for n in record["notes"]),
            sha256=str(record["submission_sha256"]),
        )
    except OSError as error:
        return f"its grade.json cannot be read ({error.strerror})"
    except KeyError as error:
        return f"its grade.json lacks {error}"
    except UnicodeDecodeError:
        return "its grade.json is not text in UTF-8"
    except json.JSONDecodeError as error:
        return f"its grade.json is not JSON (line {error.lineno}: {error.msg})"
    except (ArithmeticError, ValueError, TypeError, RecursionError) as error:
        return f"its grade.json does not have the form of a grade ({error})"


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of points")


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number of points")
    return float(value)


def _number_or_none(value: Any) -> float | None:
    return None if value is None else _number(value)


def close(a: float | None, b: float | None) -> bool:
    """Whether two amounts of points are the same, or both absent."""
    return a == b if a is None or b is None else abs(a - b) < CLOSE
