"""Grade strangers' notebooks in the sandbox, and print what became of them.

    python -m tests.strangers [NOTEBOOK …] [--jobs 2] [--to FOLDER] [--record]

A line for each: points, what was lost, the sentence, as declared or not. Finished runs are kept in
the folder and not repeated. With `--record` the table goes into tests/strangers/tables/. The exit
status is 1 if somebody is worse than in that table, or new and not as declared.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from graders.core import catalogue
from reference_solutions.declared import lost as lost_by
from reference_solutions.declared import misfit
from tests.course_runs import Classroom, sandbox_for
from tests.strangers.written import HERE, Stranger, assignment, strangers

Row = Mapping[str, Any]
SEED = 20261130  # of data and trainings: none that bars were measured with


def row(stranger: Stranger, grade: Mapping[str, Any]) -> Row:
    """What became of one."""
    home = stranger.loses(assignment(stranger.notebook))
    wrong = misfit(grade, may_lose=home)
    if home and not home & lost_by(grade):
        wrong = ", ".join(filter(None, [f"loses nothing in {sorted(home)}", wrong]))
    lost = {
        c["id"]: {"points": c["points"], "of": c["max_points"], "said": c["feedback"]}
        for c in grade["checks"]
        if c["outcome"] != "by hand" and c["points"] != c["max_points"]
    }
    ending = grade["run"]["ending"] if grade["run"] else "refused"
    return {
        "declares": stranger.declares,
        "about": stranger.about,
        "points": grade["points"],
        "of": grade["max_points"],
        "ending": ending,
        "lost": lost,
        "as declared": not wrong,
        "wrong": wrong,
    }


def graded(notebook: str, folder: Path, jobs: int) -> dict[str, Row]:
    """Grade all strangers of a notebook."""
    course = catalogue.course(notebook)
    shutil.rmtree(folder / "submitted", ignore_errors=True)
    limit, sandbox = course.grader.limits.cell_s, sandbox_for(course, jobs)
    with Classroom(notebook, folder, limit, jobs, sandbox=sandbox, seed=SEED) as room:
        here = strangers(notebook)
        for stranger in here:
            room.hand_in(stranger.student, stranger.filled(course.source))
        room.grade_all()
        return {s.name: row(s, room.grades[s.student]) for s in here}


def kept(notebook: str) -> dict[str, Row]:
    """The table in the repository; empty where nothing is recorded."""
    file = HERE / "tables" / f"{notebook}.json"
    if not file.is_file():
        return {}
    found: dict[str, Row] = json.loads(file.read_text("utf-8"))["strangers"]
    return found


def record(notebook: str, rows: Mapping[str, Row]) -> None:
    """Keep a table in the repository."""
    file = HERE / "tables" / f"{notebook}.json"
    file.parent.mkdir(exist_ok=True)
    table = {"grader": catalogue.course(notebook).grader.version, "strangers": rows}
    file.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def worse(rows: Mapping[str, Row], before: Mapping[str, Row]) -> list[str]:
    """Who is not as declared and was not known for it, or has fewer points than a right one had."""
    found = []
    for name, now in rows.items():
        was = before.get(name)
        known = was is not None and not was["as declared"]
        lower = was is not None and now["declares"] == "right" and _points(now) < _points(was)
        if lower or not (now["as declared"] or known):
            found.append(name)
    return found


def _points(row: Row) -> float:
    return -1.0 if row["points"] is None else float(row["points"])


def _say(notebook: str, rows: Mapping[str, Row], console: Console) -> None:
    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    fits = sum(r["as declared"] for r in rows.values())
    say(f"{notebook}: {len(rows)} strangers, {fits} as declared")
    for name, r in rows.items():
        points = "held" if r["points"] is None else f"{r['points']:g}"
        mark = "as declared" if r["as declared"] else f"NOT AS DECLARED: {r['wrong']}"
        say(f"  {r['declares']:5}  {name}  {points} of {r['of']:g}  {r['ending']}  {mark}")
        if r["declares"] == "wrong":
            say(f"         its mistake: {r['about']}")
        for check, lost in r["lost"].items():
            got = "held" if lost["points"] is None else f"{lost['points']:g}"
            say(f"         {check}  {got} of {lost['of']:g}: {lost['said']}")


def main(arguments: list[str]) -> int:
    """Grade and print; 1 if somebody is worse than recorded."""
    parser = argparse.ArgumentParser(description="Grade strangers' notebooks.")
    parser.add_argument("notebooks", nargs="*", metavar="NOTEBOOK")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--to", type=Path, default=Path(".cache/strangers"))
    parser.add_argument("--record", action="store_true", help="keep the tables in the repository")
    given = parser.parse_args(arguments)
    chosen = given.notebooks or [n for n in catalogue.notebooks() if strangers(n)]
    if unknown := set(chosen) - set(catalogue.notebooks()):
        parser.error(f"there is no notebook {', '.join(sorted(unknown))}")
    console, failed = Console(), False
    for notebook in chosen:
        rows = graded(notebook, given.to.resolve() / notebook, given.jobs)
        _say(notebook, rows, console)
        if found := worse(rows, kept(notebook)):
            console.print(f"  worse than recorded: {', '.join(found)}", markup=False)
            failed = True
        if given.record:
            record(notebook, rows)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
