"""The command line. Heavy imports happen inside the commands: `dlgrade --help` is instant."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

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
    130 interrupted.
    """


@app.command()
@click.argument("notebook")
@click.option(
    "--course",
    "root",
    type=_FOLDER,
    default=Path("."),
    show_default=True,
    help="nbgrader course folder; submissions are in submitted/<student>/<assignment>/.",
)
@click.option("--out", type=_FOLDER, help="Where results go.  [default: COURSE/graded]")
@click.option(
    "--data",
    type=_FOLDER,
    help="Course data of the training side ($COURSE_DATA).  [default: the mini tier, made here]",
)
@click.option("--jobs", type=click.IntRange(1), help="Notebooks at a time.  [default: CPU cores]")
@click.option("--cell-limit", type=click.FloatRange(min=1), help="Seconds for one cell or call.")
@click.option("--student", "students", multiple=True, help="Only this one; may be repeated.")
@click.option("--force", is_flag=True, help="Run again what has already run.")
@click.option("--no-gradebook", is_flag=True, help="Leave nbgrader's gradebook.db alone.")
def grade(
    notebook: str,
    root: Path,
    out: Path | None,
    data: Path | None,
    jobs: int | None,
    cell_limit: float | None,
    students: tuple[str, ...],
    force: bool,
    no_gradebook: bool,
) -> int:
    """Grade all submissions of NOTEBOOK, e.g. linear_models.

    Finished work is never repeated: run the same command again after an interruption, or after
    a bar or a message changed (stored evidence is then judged anew, nothing is executed).
    """
    import os

    from graders.sandboxes.local import NOT_ISOLATED, LocalSandbox

    jobs = jobs or os.cpu_count() or 1
    with LocalSandbox(slots=jobs) as sandbox:
        sandbox.warm_up(jobs)  # its imports take a second, and so do ours: side by side
        from graders.commands.grade import Request, grade_class
        from graders.core import catalogue
        from graders.core.data import mini_data

        course = catalogue.course(notebook)
        if cell_limit is not None:
            course = course.with_cell_limit(cell_limit)
        out = out or root / "graded"
        data = data or mini_data(course, out / ".store")
        console = _console()
        console.print(NOT_ISOLATED, style="yellow")
        asked = Request(root, out, data, jobs, students, force, not no_gradebook)
        return grade_class(course, asked, sandbox, console)


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


@app.command(name="list")
def list_notebooks() -> int:
    """List the notebooks that can be graded."""
    from graders.core import catalogue

    for name in catalogue.notebooks():
        grader = catalogue.course(name).grader
        points = sum(c.points for c in grader.checks)
        click.echo(f"{name}  {grader.assignment}, {len(grader.checks)} checks, {points:g} points")
    return ExitCode.OK


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
