"""`dlgrade regrade`: what would change and why, what it takes, and then the grading itself."""

import csv
import json
import shutil
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.markup import escape

from graders.bridges import grade_json
from graders.bridges.files import write_json
from graders.commands.grade import Request, grade_class
from graders.core import facts
from graders.core.batch import Batch
from graders.core.catalogue import Course
from graders.core.data import chosen, is_prepared
from graders.core.errors import ExitCode, UsageFault
from graders.core.handed_in import find_submissions
from graders.core.intake import take_in
from graders.core.regrade import (
    Change,
    NeedsRun,
    NothingRuns,
    Now,
    Plan,
    compared,
    differences,
    needed,
    reasons,
    stored_runs,
    totals,
)
from graders.core.sandbox import Sandbox
from graders.core.types import CourseData

SHOWN = 60  # students whose lines are printed; the JSON file has all


def regrade_class(
    course: Course,
    asked: Request,
    sandbox: Sandbox,
    console: Console,
    *,
    apply: bool,
    file: Path | None = None,
) -> ExitCode:
    """Say what another grading would change; with `apply`, grade those and nobody else.

    Args:
        asked: as for `grade_class`; without its data, the mini tier is taken.
        sandbox: without `apply`, only asked what it is.
        file: where to write the plan as JSON, or None.

    Returns:
        Without `apply` OK if nothing would change, else PENDING; with it what `grade_class`
        returns, OK if there was nothing to do.

    Raises:
        UsageFault, CourseFault: nothing is graded there yet, or nothing can be graded.
    """
    plan = make_plan(course, asked, sandbox)
    _print(plan, console)
    if file is not None:
        write_json(file, plan.as_dict(apply))
    if not plan.changes and not plan.withdrawn:
        return ExitCode.OK
    if not apply:
        console.print("Nothing is written. To do it: the same command with --apply.")
        return ExitCode.PENDING
    judged = tuple(c.student for c in plan.changes if c.needs != "words")
    told = tuple(c.student for c in plan.changes if c.needs == "words")
    if not told:
        return grade_class(
            course, replace(asked, students=judged or asked.students), sandbox, console
        )
    ended = [renew_words(course, asked, sandbox, console, told)]
    if judged or plan.withdrawn:
        ended.append(grade_class(course, replace(asked, students=judged), sandbox, console))
    return next((code for code in ended if code is not ExitCode.OK), ExitCode.OK)


def renew_words(
    course: Course,
    asked: Request,
    sandbox: Sandbox,
    console: Console,
    students: tuple[str, ...],
) -> ExitCode:
    """Write the reports of submissions anew whose points stay: nothing runs, nothing is judged.

    A grading takes what was judged from the store where nothing that decides points has changed
    (graders/core/judgements.py), and tells it in the words of today.

    Args:
        students: at least one; those that need nothing but new words.
    """
    return grade_class(course, replace(asked, students=students), sandbox, console)


def make_plan(course: Course, asked: Request, sandbox: Sandbox) -> Plan:
    """Judge what is stored, in a temporary store; nothing runs and nothing is written.

    Raises:
        UsageFault: no submission, nothing graded yet, or a grading is under way.
        CourseFault: our own material is broken.
    """
    work = find_submissions(asked.root / "submitted", course.grader.assignment)
    everybody = {student for student, _ in work}
    if missing := set(asked.students) - everybody:
        raise UsageFault(
            f"no submission of {course.grader.assignment} from {sorted(missing)}; "
            "look for the spelling in submitted/"
        )
    with stored_runs(asked.out / ".store") as store, TemporaryDirectory() as cache:
        data = _stored(course, asked, Path(cache))
        nothing = NothingRuns(sandbox.fingerprint())
        batch = Batch(course, nothing, store, data, threading.Event())
        reference = _missing_reference(batch)
        changes = [
            _change(batch, student, folder, asked.out / course.name, reference)
            for student, folder in work
            if not asked.students or student in asked.students
        ]
    gone = set() if asked.students else _listed(asked.out / course.name / "summary.csv") - everybody
    return Plan(
        notebook=course.name,
        version=course.grader.version,
        reference="execution" if reference else "stored",
        changes=tuple(c for c in changes if c.needs != "nothing"),
        unchanged=sum(c.needs == "nothing" for c in changes),
        withdrawn=tuple(sorted(gone)),
    )


def _stored(course: Course, asked: Request, cache: Path) -> CourseData:
    """The data as the class has it; made elsewhere if it has none (same content)."""
    there = asked.out / ".store"
    place = there if is_prepared(course, asked.tier, there, asked.seed) else cache
    return chosen(course, asked.tier, asked.data, place, asked.seed)


def _listed(table: Path) -> set[str]:
    """The students of the class's summary.csv."""
    if not table.is_file():
        return set()
    with table.open(encoding="utf-8", newline="") as file:
        return {row["student"] for row in csv.DictReader(file)}


def _missing_reference(batch: Batch) -> str:
    """Key of the first right solution whose run is not stored, or ""."""
    try:
        _ = batch.keys
    except NeedsRun as missing:
        return missing.key
    return ""


def _change(batch: Batch, student: str, folder: Path, out: Path, reference: str) -> Change:
    before = _read(out / student / "grade.json")
    after: dict[str, Any] | None = None
    grader = batch.course.grader
    try:
        graded = batch.grade_one(student, folder)
    except NeedsRun as missing:
        taken = take_in(folder, batch.course.source, batch.course.name)
        facts_now = {**batch.made_from, "notebook": facts.of_notebook(taken.notebook)}
        runs = missing.key != reference
        key = missing.key if runs else _key(before)
        now = Now(taken.sha256, grader.version, facts_now, key, runs)
    else:
        after = grade_json.as_dict(graded, grader, batch.sandbox.fingerprint(), batch.made_from)
        now = Now(graded.intake.sha256, grader.version, after["made_from"], graded.key, False)
    shutil.rmtree(batch.store.executions / now.key / "inputs", ignore_errors=True)
    why = reasons(before, now)
    checks = differences(before, after) if after is not None else ()
    if after is not None:
        why = compared(why, before, after, checks)
    needs = needed(why, runs=now.runs)
    return Change(student, needs, why, totals(before), totals(after), checks)


def _key(record: Mapping[str, Any] | None) -> str:
    return str(record["run"]["key"]) if record and record["run"] else ""


def _read(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    record: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return record


def _print(plan: Plan, console: Console) -> None:
    def say(text: str) -> None:
        console.print(escape(text), highlight=False, soft_wrap=True)

    runs, judged = plan.needing("execution"), plan.needing("judgement")
    say(f"{plan.notebook}: {runs} to execute, {judged} to judge anew from what is stored, "
        f"{plan.needing('words')} to get a new report with the same points, "
        f"{plan.unchanged} unchanged.")  # fmt: skip
    if plan.reference == "execution":
        say("The reference solution is executed first: no new judgement is known before that.")
    for change in plan.changes[:SHOWN]:
        why = "; ".join(map(str, change.reasons))
        say(f"  {change.student}  {_step(change)}  {_DONE[change.needs]}: {why}")
        for check in change.checks:
            if change.before is not None and check["before"] != check["after"]:
                say(f"    {check['id']}  {_mark(check['before'])} → {_mark(check['after'])}")
    if (left := len(plan.changes) - SHOWN) > 0:
        say(f"  … and {left} more; --json FILE lists all.")
    if plan.withdrawn:
        say(f"No longer handed in, to be left out: {', '.join(plan.withdrawn)}.")
    if runs == 0 and plan.reference == "stored" and plan.changes:
        regraded = sum(c.regraded for c in plan.changes)
        say(f"Grades that would change: {regraded}.")


# What is done to somebody, before the reasons.
_DONE = {"execution": "execute", "judgement": "judge", "words": "same points, new words"}


def _step(change: Change) -> str:
    before, after = _points(change.before), _points(change.after)
    if change.after is None:
        return f"{before} → ?"
    return before if before == after else f"{before} → {after}"


def _points(total: Mapping[str, Any] | None) -> str:
    if total is None:
        return "-"
    return "held" if total["points"] is None else f"{total['points']:g}/{total['max_points']:g}"


def _mark(check: Mapping[str, Any] | None) -> str:
    if check is None:
        return "absent"
    return str(check["outcome"]) if check["points"] is None else f"{check['points']:g}"
