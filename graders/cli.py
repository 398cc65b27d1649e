"""The command line. Heavy imports happen inside the commands: `dlgrade --help` is instant."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graders.commands.data import data as data_group
from graders.commands.machine import doctor, images
from graders.core.errors import ExitCode, GradingError

if TYPE_CHECKING:
    from rich.console import Console

_PATH = click.Path(path_type=Path)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dlgrade")
def app() -> None:
    """Grade the notebooks of an introductory deep-learning course.

    Exit codes: 0 all graded; 1 failed; 2 wrong usage; 3 (check) not ready to hand in;
    4 our course material is wrong; 5 the machine failed; 6 somebody's points are still held;
    7 (regrade) something would change; 130 interrupted.
    """


_CLASS_OPTIONS = (
    click.option(
        "--course",
        "root",
        type=_FOLDER,
        default=Path("."),
        show_default=True,
        help="nbgrader course folder; submissions are in submitted/<student>/<assignment>/.",
    ),
    click.option("--out", type=_FOLDER, help="Where results go.  [default: COURSE/graded]"),
    click.option(
        "--data",
        type=_FOLDER,
        help="A folder of your own to read as $COURSE_DATA.  [default: what the tier has]",
    ),
    click.option(
        "--tier",
        type=click.Choice(["mini", "full"]),
        default="mini",
        show_default=True,
        help="Data: mini is made from a seed, full is the course's own (`dlgrade data fetch`).",
    ),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=0,
        envvar="DLGRADE_SEED",
        show_envvar=True,
        help="Draw mini data and unseen inputs from this number; a secret of the course's staff.",
    ),
    click.option(
        "--jobs",
        type=click.IntRange(1),
        help="Notebooks at a time.  [default: CPU cores, half of them with --tier full]",
    ),
    click.option(
        "--cell-limit", type=click.FloatRange(min=1), help="Seconds for one cell or call."
    ),
    click.option("--student", "students", multiple=True, help="Only this one; may be repeated."),
    click.option("--no-gradebook", is_flag=True, help="Leave nbgrader's gradebook.db alone."),
    click.option(
        "--sandbox",
        "kind",
        type=click.Choice(["auto", "docker", "local"]),
        default="auto",
        show_default=True,
        help="Where notebooks run. auto: containers where they can be had, else processes of your "
        "account, with a warning.",
    ),
    click.option("--gpus", default="", help="Devices for containers: all, or UUIDs with commas."),
    click.option("--runtime", default="", help="Runtime of the Engine, such as runsc."),
)


def _of_a_class(command: Callable[..., int]) -> Callable[..., int]:
    """What `grade` and `regrade` are asked alike."""
    for option in reversed(_CLASS_OPTIONS):
        command = option(command)
    return command


@app.command()
@click.argument("notebook")
@_of_a_class
@click.option("--force", is_flag=True, help="Run again what has already run.")
def grade(
    notebook: str,
    root: Path,
    out: Path | None,
    data: Path | None,
    tier: str,
    seed: int,
    jobs: int | None,
    cell_limit: float | None,
    students: tuple[str, ...],
    force: bool,
    no_gradebook: bool,
    kind: str,
    gpus: str,
    runtime: str,
) -> int:
    """Grade all submissions of NOTEBOOK, e.g. linear_models.

    Finished work is never repeated: run the same command again after an interruption, or after
    a bar or a message changed (stored evidence is then judged anew, nothing is executed).
    """
    from graders.commands.sandboxes import open_sandbox
    from graders.engines.cores import side_by_side

    jobs = jobs or side_by_side(tier)
    console = _console()
    with open_sandbox(kind, jobs, console, gpus=gpus, runtime=runtime) as sandbox:
        from graders.commands.grade import Request, grade_class
        from graders.core import catalogue

        course = catalogue.course(notebook)
        if cell_limit is not None:
            course = course.with_cell_limit(cell_limit)
        out = out or root / "graded"
        asked = Request(root, out, data, jobs, students, force, not no_gradebook, tier, seed)
        return grade_class(course, asked, sandbox, console)


@app.command()
@click.argument("notebook")
@_of_a_class
@click.option("--apply", is_flag=True, help="Do it: run, judge and write what the plan names.")
@click.option("--json", "file", type=_PATH, help="Write the plan to this file, too.")
def regrade(
    notebook: str,
    root: Path,
    out: Path | None,
    data: Path | None,
    tier: str,
    seed: int,
    jobs: int | None,
    cell_limit: float | None,
    students: tuple[str, ...],
    no_gradebook: bool,
    kind: str,
    gpus: str,
    runtime: str,
    apply: bool,
    file: Path | None,
) -> int:
    """Say what another grading of NOTEBOOK would change, and why; do it with --apply.

    Without --apply nothing runs and nothing is written: stored evidence is judged aside, and
    grades before and after are compared. Give the options that the class was graded with.

    Exit codes: 0 nothing would change, or all of it is done; 7 something would change; with
    --apply those of `grade`.
    """
    from graders.commands.sandboxes import open_sandbox
    from graders.engines.cores import side_by_side

    jobs = jobs or side_by_side(tier)
    console = _console()
    with open_sandbox(kind, jobs if apply else 1, console, gpus=gpus, runtime=runtime) as sandbox:
        from graders.commands.grade import Request
        from graders.commands.regrade import regrade_class
        from graders.core import catalogue

        course = catalogue.course(notebook)
        if cell_limit is not None:
            course = course.with_cell_limit(cell_limit)
        out, book = out or root / "graded", not no_gradebook
        asked = Request(root, out, data, jobs, students, False, book, tier, seed)
        return regrade_class(course, asked, sandbox, console, apply=apply, file=file)


@app.command()
@click.argument("notebook")
@click.option(
    "--to",
    "kind",
    type=click.Choice(["canvas", "moodle", "blackboard", "csv", "junit", "jsonl"]),
    required=True,
    help="Whose format.",
)
@click.option(
    "--course", "root", type=_FOLDER, default=Path("."), show_default=True, help="Course folder."
)
@click.option("--graded", type=_FOLDER, help="Where the grades are.  [default: COURSE/graded]")
@click.option("--out", type=_PATH, help="File to write.  [default: standard output]")
@click.option("--roster", type=_PATH, help="CSV: what the other system calls each student.")
@click.option("--column", default="", help="The gradebook's column.  [default: the assignment]")
@click.option(
    "--scores", type=_PATH, help="nbgrader's grades.csv: final instead of automatic points."
)
def export(
    notebook: str,
    kind: str,
    root: Path,
    graded: Path | None,
    out: Path | None,
    roster: Path | None,
    column: str,
    scores: Path | None,
) -> int:
    """Write the points of NOTEBOOK as another system's gradebook reads them.

    Points that are HELD are left empty, never 0; how many is said on standard error, and the
    export succeeds. junit and jsonl are for staff: jsonl holds staff notes.
    """
    from graders.commands.export import Wanted, export_grades

    wanted = Wanted(kind, root, graded or root / "graded", out, roster, column, scores)
    return export_grades(notebook, wanted)


@app.command()
@click.argument("notebook", type=_PATH)
@click.option("--as", "name", help="Which assignment it is.  [default: by its file name]")
@click.option("--data", type=_FOLDER, help="Course data.  [default: the mini tier, made here]")
def check(notebook: Path, name: str | None, data: Path | None) -> int:
    """Tell before submitting that NOTEBOOK opens, runs top to bottom and defines what is asked.

    It judges nothing: no points, no hidden inputs.
    """
    from graders.commands.check import check_notebook

    return check_notebook(notebook, name, data, _console())


@app.command()
@click.argument("notebook")
@click.option("--seeds", type=click.IntRange(2), default=20, show_default=True, help="Runs.")
@click.option("--tier", type=click.Choice(["mini", "full"]), default="mini", show_default=True)
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="At a time.")
@click.option("--out", type=_FOLDER, default=Path("calibrated"), show_default=True, help="Runs.")
@click.option("--data", type=_FOLDER, help="Raw data of the full tier.")
@click.option("--check", "only_check", is_flag=True, help="Does it still match? Nothing is run.")
@click.option(
    "--renew",
    is_flag=True,
    help="After a change that computes the same: five stored seeds again, then a new passport.",
)
@click.option("--why", default="", help="With --renew: what has changed, for the passport.")
@click.option("--sandbox", "kind", type=click.Choice(["auto", "docker", "local"]), default="auto")
def calibrate(
    notebook: str, only_check: bool, renew: bool, why: str, kind: str, **asked: Any
) -> int:
    """Measure NOTEBOOK's reference over seeds: bars, bands and where they come from.

    Run the same command again after an interruption: finished runs are kept in --out.
    """
    from graders.commands.calibrate import as_asked

    return as_asked(notebook, kind, asked, _console(), only_check=only_check, renew=renew, why=why)


@app.command(name="list")
def list_notebooks() -> int:
    """List the notebooks that can be graded."""
    from graders.core import catalogue

    for name in catalogue.notebooks():
        grader = catalogue.course(name).grader
        points = sum(c.points for c in grader.checks)
        click.echo(f"{name}  {grader.assignment}, {len(grader.checks)} checks, {points:g} points")
    return ExitCode.OK


app.add_command(data_group)
app.add_command(doctor)
app.add_command(images)


def _console() -> "Console":
    from rich.console import Console

    return Console()


def main() -> None:
    """Run the command line; every fault is one sentence and an exit status, never a traceback."""
    try:
        status = app.main(standalone_mode=False)
    except GradingError as error:
        click.echo(f"dlgrade: {error}", err=True)
        status = error.exit_code
    except click.ClickException as error:
        error.show()
        status = ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        status = ExitCode.INTERRUPTED
    sys.exit(int(status or 0))


if __name__ == "__main__":
    main()
