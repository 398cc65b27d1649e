"""`dlgrade export`: the grades of a class for another system's gradebook."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from graders.bridges import exports, tables
from graders.bridges.files import write_bytes
from graders.bridges.roster import Roster, everybody_in, read_roster
from graders.core import catalogue
from graders.core.errors import ExitCode, UsageFault
from graders.core.handed_in import find_submissions


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asked for.

    Args:
        kind: `canvas`, `moodle`, `blackboard`, `csv`, `junit` or `jsonl`.
        root: the course folder; who has withdrawn from its `submitted/` is left out.
        graded: where the grades are.
        out: the file to write, or None for standard output.
        roster: what the other system calls each student, or None.
        column: the gradebook's column, "" for the assignment's name.
        scores: what `nbgrader export` wrote, for the final points; None for the automatic ones.
    """

    kind: str
    root: Path
    graded: Path
    out: Path | None
    roster: Path | None
    column: str
    scores: Path | None = None


def export_grades(notebook: str, wanted: Wanted) -> ExitCode:
    """Write the export; say on standard error what is left empty or out of it.

    Returns:
        OK, also while points are HELD: those cells are empty.

    Raises:
        UsageFault: nothing is graded there, or the roster is wrong.
    """
    course = catalogue.course(notebook)
    records: list[exports.Record] = _records(wanted, course.grader.assignment, notebook)
    if wanted.scores is not None and wanted.kind not in exports.FORMATS:
        raise UsageFault(f"--scores is for {', '.join(exports.FORMATS)}, not for {wanted.kind}")
    roster: Roster | None = None
    if wanted.roster is not None:
        roster = read_roster(wanted.roster)
        everybody_in(roster, (r["student"] for r in records), wanted.roster)
    if wanted.kind == "csv":
        text = tables.summary_csv(records, course.grader)
    elif wanted.kind == "junit":
        text = tables.junit_xml(records, notebook)
    elif wanted.kind == "jsonl":
        text = exports.json_lines(records)
    else:
        if wanted.scores is not None:
            records = exports.with_scores(records, wanted.scores, course.grader.assignment)
        text = exports.FORMATS[wanted.kind](records, wanted.column or notebook, roster)
    data = exports.encoded(wanted.kind, text)
    if wanted.out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    else:
        write_bytes(wanted.out, data)
    _say(records, roster, wanted)
    return ExitCode.OK


def _records(wanted: Wanted, assignment: str, notebook: str) -> list[exports.Record]:
    folder = wanted.graded / notebook
    paths = sorted(folder.glob("*/grade.json"))
    if (wanted.root / "submitted").is_dir():
        here = {student for student, _ in find_submissions(wanted.root / "submitted", assignment)}
        paths = [p for p in paths if p.parent.name in here]
    if not paths:
        raise UsageFault(
            f"no grades of {notebook} in {folder}; run `dlgrade grade {notebook}` first, or say "
            "--course or --graded"
        )
    return [json.loads(path.read_text("utf-8")) for path in paths]


def _say(records: list[exports.Record], roster: Roster | None, wanted: Wanted) -> None:
    where = "standard output" if wanted.out is None else str(wanted.out)
    click.echo(f"{len(records)} students to {where}.", err=True)
    if held := exports.empty(records):
        some = [r["student"] for r in records if r["points"] is None][:5]
        names = ", ".join([*some, "…"] if held > len(some) else some)
        click.echo(
            f"{held} of them {'are HELD' if wanted.scores is None else 'have no final score'} and "
            f"left empty, never 0 ({names}); export again when they are graded.",
            err=True,
        )
    by_hand = max(r["by_hand_points"] for r in records)
    if by_hand:
        click.echo(
            f"These are the automatic points; {by_hand:g} more are given by hand: score them in "
            "Formgrader, run `nbgrader export`, and say --scores grades.csv.",
            err=True,
        )
    if roster is not None and (idle := len(roster) - len(records)) > 0:
        click.echo(f"{idle} in the roster have no grade and are left out.", err=True)
