"""The class as the gradebooks of Canvas, Moodle and Blackboard read it, and as JSON lines.

All from the records of grade.json. Points are the automatic ones, or those that nbgrader exports
after people have scored the rest. What is HELD is left empty and never 0; a submission that was
refused has its 0 and says why. Whatever is text and comes from people cannot become a formula.
"""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from graders.bridges.roster import FORMULA, Roster
from graders.core.errors import UsageFault
from graders.core.types import Outcome

Record = Mapping[str, Any]
COMMENT_CHARS = 4000


def canvas(records: Iterable[Record], column: str, roster: Roster | None) -> str:
    """Canvas, Gradebook, Import: its five columns of who, then the assignment.

    Canvas matches by ID, SIS User ID or SIS Login ID, so those cells are left as they are. Without
    a roster the folder's name is the login. A column named like an existing assignment with its
    number, `Week 1 (4711)`, updates that one; another name offers to make one.
    """
    rows = list(records)
    table, writer = _table(",")
    writer.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", plain(column)])
    most = rows[0]["max_points"] if rows else 0
    writer.writerow(["    Points Possible", "", "", "", "", number(most)])
    for record in rows:
        who = _who(record, roster)
        login = who.get("sis_login_id", "")
        if not (login or who.get("canvas_id") or who.get("sis_user_id")):
            login = who["student"]
        writer.writerow([
            plain(who.get("name") or who["student"]), who.get("canvas_id", ""),
            who.get("sis_user_id", ""), plain(login), plain(who.get("section", "")),
            number(record["points"]),
        ])  # fmt: skip
    return table.getvalue()


def moodle(records: Iterable[Record], column: str, roster: Roster | None) -> str:
    """Moodle: the columns of an assignment's grading worksheet, with the ID number for imports.

    `Identifier`, `Grade` and `Last modified (grade)` are what its worksheet upload asks for; the
    gradebook's CSV import maps `Email address` or `ID number` to users. Comments hold what the
    student's own report says, and nothing of staff's. One that is HELD has no comment either:
    Moodle would take an empty grade with a comment for a grade that was removed.
    """
    table, writer = _table(",")
    writer.writerow([
        "Identifier", "Full name", "Email address", "ID number", "Grade", "Maximum Grade",
        "Last modified (grade)", "Feedback comments",
    ])  # fmt: skip
    for record in records:
        who = _who(record, roster)
        writer.writerow([
            who.get("moodle_id", ""), plain(who.get("name") or who["student"]),
            who.get("email", ""), who.get("id_number") or plain(who["student"]),
            number(record["points"]), number(record["max_points"]), "-",
            plain(comment(record, column)),
        ])  # fmt: skip
    return table.getvalue()


def blackboard(records: Iterable[Record], column: str, roster: Roster | None) -> str:
    """Blackboard: the columns of its own download, separated by tabs; to be written as UTF-16.

    `Username` is what it matches by; without a roster that is the folder's name. A column of the
    gradebook is found by the number behind `|` in its heading: give that heading as the column.
    Another name makes a new one, whose points are to be set in Blackboard (it ignores them here).
    """
    rows = list(records)
    most = rows[0]["max_points"] if rows else 0
    heading = column if "[Total Pts:" in column else f"{column} [Total Pts: {number(most)} Score]"
    table, writer = _table("\t")
    writer.writerow(["Last Name", "First Name", "Username", "Student ID", plain(heading)])
    for record in rows:
        who = _who(record, roster)
        writer.writerow([
            plain(who.get("last_name") or who.get("name") or who["student"]),
            plain(who.get("first_name", "")), who.get("username") or plain(who["student"]),
            who.get("id_number", ""), number(record["points"]),
        ])  # fmt: skip
    return table.getvalue()


def json_lines(records: Iterable[Record]) -> str:
    """One grade.json a line. Staff only: they hold staff notes."""
    return "".join(
        json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n" for record in records
    )


def with_scores(records: Iterable[Record], path: Path, assignment: str) -> list[Record]:
    """The records with the final scores that `nbgrader export` wrote: by hand, late and all.

    Args:
        path: nbgrader's grades.csv. An empty score, and somebody who is not in it, stay empty.
        assignment: whose lines count.

    Raises:
        UsageFault: it is no such file, or holds a score that is no number.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageFault(f"the scores in {path} cannot be read: {error}") from error
    if not rows or not {"assignment", "student_id", "score", "max_score"} <= set(rows[0]):
        raise UsageFault(f"{path} is not what `nbgrader export` writes: it names no scores")
    if "needs_manual_grade" not in rows[0]:
        raise UsageFault(
            f"{path} comes from nbgrader's own exporter, which counts open points as 0; let "
            "nbgrader_config.py name ours (graders/bridges/README.md) and export again"
        )
    mine = [row for row in rows if row["assignment"] == assignment]
    if not mine:
        raise UsageFault(f"{path} has no line of the assignment {assignment!r}")
    scores = {row["student_id"]: _score(row["score"], path) for row in mine}
    most = max(_score(row["max_score"], path) or 0.0 for row in mine)
    return [
        {**r, "points": scores.get(r["student"]), "max_points": most, "by_hand_points": 0.0,
         "held": scores.get(r["student"]) is None}
        for r in records
    ]  # fmt: skip


def _score(text: str | None, path: Path) -> float | None:
    if not text or text == "None":
        return None
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        raise UsageFault(f"{path} holds the score {text!r}, which is no number; export it again")
    return score


def comment(record: Record, heading: str) -> str:
    """What a student's own report says of each check, as lines of text."""
    if record["held"]:
        return ""
    refused = record["run"] is None
    lines = [f"{heading}: {number(record['points'])} of {number(record['max_points'])} points"]
    if refused and record["notes"]:
        lines.append(record["notes"][-1]["student"])
    for check in record["checks"]:
        if check["outcome"] == Outcome.BY_HAND or refused:
            continue
        points = f"{number(check['points'])} of {number(check['max_points'])}"
        lines.append(f"{check['id'].removeprefix('check_')}: {points}. {check['feedback']}")
    text = "\n".join(lines)
    return text if len(text) <= COMMENT_CHARS else text[: COMMENT_CHARS - 1] + "…"


def number(points: float | None) -> str:
    """Points as gradebooks write them: up to four decimals, empty where there are none."""
    return "" if points is None else f"{points:.4f}".rstrip("0").rstrip(".")


def plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula, without the characters that break a table."""
    shown = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    return f"'{shown}" if shown.lstrip().startswith(FORMULA) or text[:1] in FORMULA else shown


def _table(delimiter: str) -> tuple[io.StringIO, Any]:
    table = io.StringIO()
    if delimiter == ",":
        return table, csv.writer(table)
    return table, csv.writer(table, delimiter=delimiter, quoting=csv.QUOTE_ALL)


def _who(record: Record, roster: Roster | None) -> Mapping[str, str]:
    student: str = record["student"]
    return {"student": student} if roster is None else roster[student]


FORMATS = {"canvas": canvas, "moodle": moodle, "blackboard": blackboard}


def encoded(kind: str, text: str) -> bytes:
    """As the other system expects its file: UTF-8, for Blackboard UTF-16 with a byte order mark."""
    if kind == "blackboard":
        return b"\xff\xfe" + text.encode("utf-16-le", errors="replace")
    return text.encode("utf-8", errors="replace")


def empty(records: Sequence[Record]) -> int:
    """How many have no points to export."""
    return sum(record["points"] is None for record in records)
