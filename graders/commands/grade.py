"""`dlgrade grade`: a class, in parallel, with everything that is to be written about it."""

import json
import os
import signal
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from graders.bridges import grade_json, tables
from graders.bridges.files import write_json, write_text
from graders.bridges.nbgrader.writer import GradebookWriter
from graders.core.batch import Batch, Graded
from graders.core.catalogue import Course
from graders.core.data import chosen
from graders.core.errors import ExitCode, UsageFault
from graders.core.handed_in import find_submissions
from graders.core.running import Interrupted
from graders.core.sandbox import Sandbox
from graders.core.store import Store
from graders.core.types import COMPLETE
from graders.engines.local import LocalEngine
from reports.overview import class_view, state_of
from reports.presenting import student_view
from reports.render import class_page, student_report
from reports.since import earlier


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asked for.

    Args:
        root: the course folder, with `submitted/<student>/<assignment>/` in it.
        out: where results go; `out/<notebook>/` is the class.
        data: a folder of staff's to read as `$COURSE_DATA`; None: what the tier has.
        jobs: how many notebooks at a time.
        students: only these; all when empty.
        force: run again what has already run, the confirming run included.
        gradebook: write nbgrader's gradebook as well.
        tier: of the data: `mini` or `full`.
        seed: of mini data and unseen inputs.
    """

    root: Path
    out: Path
    data: Path | None
    jobs: int
    students: tuple[str, ...] = ()
    force: bool = False
    gradebook: bool = True
    tier: str = "mini"
    seed: int = 0


def grade_class(course: Course, asked: Request, sandbox: Sandbox, console: Console) -> ExitCode:
    """Grade everybody and write what is to be written.

    Returns:
        OK, UNGRADED while somebody's points are HELD, INTERRUPTED after Ctrl-C.

    Raises:
        UsageFault, CourseFault: nothing can be graded at all.
    """
    grader = course.grader
    work = find_submissions(asked.root / "submitted", grader.assignment)
    everybody = frozenset(student for student, _ in work)
    if asked.students:
        work = [(s, f) for s, f in work if s in asked.students]
        if missing := set(asked.students) - {s for s, _ in work}:
            raise UsageFault(f"no submission of {grader.assignment} from {sorted(missing)}")
    if not work:
        raise UsageFault(f"nobody has handed in {grader.assignment} below {asked.root}/submitted")
    started = time.monotonic()
    store = Store(asked.out / ".store")
    stopping = threading.Event()
    data = chosen(course, asked.tier, asked.data, asked.out / ".store", asked.seed)
    again = frozenset(student for student, _ in work) if asked.force else frozenset[str]()
    batch = Batch(course, sandbox, store, data, stopping, again=again)
    engine = LocalEngine(asked.jobs)
    restore = stop_on_signals(stopping, engine, sandbox)
    book = None
    try:
        if asked.gradebook:
            book = GradebookWriter(asked.root, course)
        done = _grade_all(batch, engine, work, asked.out, console, book)
    finally:
        restore()
        store.close()
    if stopping.is_set():
        if book is not None:
            book.close()
        left = len(work) - done
        console.print(f"Stopped. {left} of {len(work)} are left; run the same command to go on.")
        return ExitCode.INTERRUPTED
    elapsed = time.monotonic() - started
    code = _write_class(course, asked, everybody, sandbox, elapsed, console)
    if book is not None:
        book.close()
    return code


def stop_on_signals(stopping: threading.Event, engine: LocalEngine, sandbox: Sandbox) -> Any:
    """Ctrl-C and SIGTERM end the running jobs; what had finished is kept.

    Returns:
        What puts everything back as it was.
    """
    hear, tell = os.pipe()

    def listen() -> None:
        if os.read(hear, 1) == b"!":
            stopping.set()
            engine.stop()
            sandbox.stop()

    def stop(signum: int, frame: FrameType | None) -> None:
        # A handler must take no lock, not even to start a thread: the thread that it has
        # interrupted may hold it.
        os.write(tell, b"!")

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    before = {s: signal.signal(s, stop) for s in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.write(tell, b".")
        listener.join()
        os.close(hear)
        os.close(tell)

    return restore


def _grade_all(
    batch: Batch,
    engine: LocalEngine,
    work: list[tuple[str, Path]],
    out: Path,
    console: Console,
    book: GradebookWriter | None,
) -> int:
    """Grade, write each student's files, say a line each; how many were done."""
    image = batch.sandbox.fingerprint()
    folder = out / batch.course.name

    def write(handed: tuple[str, Path], graded: Graded) -> Graded:
        student, where = handed
        try:
            page = student_report(student_view(graded, batch.keys[0], batch.course, image))
        except Exception:  # a page that we cannot draw is a fault of ours; the batch goes on
            graded = batch.hold(student, where, traceback.format_exc(limit=-4))
            page = student_report(student_view(graded, batch.keys[0], batch.course, image))
        record = grade_json.as_dict(graded, batch.course.grader, image, batch.made_from)
        write_json(folder / student / "grade.json", record)
        write_text(folder / student / "report.html", page)
        return graded

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TextColumn("left:"), TimeRemainingColumn())  # fmt: skip
    done = 0
    width = max(len(student) for student, _ in work)
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("reference", total=len(work))
        try:
            _ = batch.keys  # nobody is graded before the reference answers every question
        except Interrupted:
            return 0
        progress.update(bar, description="grading")
        for (student, where), graded in batch.grade_all(engine, work, write):
            done += 1
            if book is not None:
                book.add(graded, where)
            line = _line(done, len(work), student.ljust(width), graded)
            console.print(line, highlight=False, soft_wrap=True)
            progress.advance(bar)
    return done


def _line(number: int, total: int, student: str, graded: Graded) -> str:
    grade, run = graded.grade, graded.grade.execution
    points = "held" if grade.auto_points is None else f"{grade.auto_points:g}/{grade.auto_max:g}"
    if run is None and grade.held:
        how = "held: " + grade.held[0].staff_note.strip().rpartition("\n")[2]
    elif run is None:
        how = "refused: " + graded.intake.notes[-1].staff
    elif not graded.ran:
        how = f"{run.ending} (stored run)"
    else:
        how = f"{run.ending}, {run.wall_s:.1f} s"
    width = len(str(total))
    return f"[{number:>{width}}/{total}] {escape(student)}  {points:>8}  {escape(how)}".replace(
        "[", r"\[", 1
    )


def _records(folder: Path, students: frozenset[str]) -> Iterator[dict[str, Any]]:
    """The grade.json of all who have handed in and are graded, by name."""
    for path in sorted(folder.glob("*/grade.json")):
        if path.parent.name in students:  # else a grade of somebody who has withdrawn
            yield json.loads(path.read_text("utf-8"))


def _write_class(
    course: Course,
    asked: Request,
    students: frozenset[str],
    sandbox: Sandbox,
    elapsed: float,
    console: Console,
) -> ExitCode:
    folder = asked.out / course.name
    records = list(_records(folder, students))
    before = earlier(folder / "summary.csv")  # before it is overwritten
    write_text(folder / "summary.csv", tables.summary_csv(records, course.grader))
    write_text(folder / "junit.xml", tables.junit_xml(records, course.name))
    facts = (("Sandbox", f"{sandbox.name} ({sandbox.fingerprint()})"), ("Jobs", str(asked.jobs)))
    waiting = len(students) - len(records)
    code = ExitCode.OK
    try:
        page = class_page(class_view(records, course, elapsed, facts, before, waiting))
    except Exception as fault:  # every grade is written: a page is no reason to end a class
        code = ExitCode.FAILED
        told = f"The class page could not be drawn, by a fault of ours ({fault!r}); {folder} has "
        told += "all grades, and reports of all students."
    else:
        write_text(folder / "index.html", page)
        told = f"Class page: {folder / 'index.html'}"
    _print_table(records, elapsed, console)
    console.print(told, soft_wrap=True, highlight=False, markup=False)
    held = sum(r["held"] for r in records)
    if held:
        console.print(f"{held} are HELD by a fault of ours; see staff_note in their grade.json.")
    return code or (ExitCode.UNGRADED if held else ExitCode.OK)


def _print_table(records: list[dict[str, Any]], elapsed: float, console: Console) -> None:
    table = Table(title=f"{len(records)} submissions in {elapsed:.0f} s")
    for heading in ("state", "submissions", "median points", "runs that did not finish"):
        table.add_column(heading, justify="left" if heading == "state" else "right")
    for state in ("graded", "refused", "held"):
        mine = [r for r in records if state_of(r) == state]
        if not mine:
            continue
        points = sorted(r["points"] for r in mine if r["points"] is not None)
        median = f"{points[len(points) // 2]:g}" if points else "-"
        ended = sum(bool(r["run"]) and r["run"]["ending"] not in COMPLETE for r in mine)
        table.add_row(state, str(len(mine)), median, str(ended))
    console.print(table)
