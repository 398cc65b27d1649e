"""The same class graded by nbgrader and by dlgrade, in turn, in one run.

    python -m benchmarks.against_nbgrader [--submissions 20] [--rounds 3] [--jobs 2]

Each round treats one and the same class of valid notebooks, each time from nothing: plain `nbgrader
autograde` (and then `nbgrader generate_feedback`, told apart), `dlgrade grade` in containers and in
the local sandbox, and bare execution (each notebook in a plain nbclient kernel, one after the other
in one process, nothing judged). Prints wall and CPU seconds per round and the ratios pair by pair.
Machines drift: only numbers of one round are compared.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Cost, run
from graders.containers.engine import unreachable
from reference_solutions.filling import fill, read_cells, variant_notebook, variants

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = "linear_models"
SOURCE = ROOT / "assignments" / NOTEBOOK / f"{NOTEBOOK}.ipynb"

BARE = """
import sys, nbformat
from nbclient import NotebookClient
for path in sys.argv[1:]:
    NotebookClient(nbformat.read(path, as_version=4), timeout=60, allow_errors=True).execute()
"""


def main() -> int:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--submissions", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dlgrade-bench-") as temporary:
        course = Path(temporary)
        notebooks = hand_in(course, asked.submissions)
        environment = prepare(course)
        rounds = []
        for number in range(asked.rounds):
            costs = dict(treatments(course, notebooks, environment, asked.jobs))
            rounds.append(costs)
            report(number, costs, len(notebooks))
    summary(rounds, len(notebooks), asked.jobs)
    return 0


def hand_in(course: Path, count: int) -> list[Path]:
    """Write `count` valid notebooks: the reference, then right and wrong variants in turn."""
    cells = read_cells(ROOT / "reference_solutions" / NOTEBOOK / "solution.py")
    valid = [fill(SOURCE, cells)]
    chosen = [v for v in variants(NOTEBOOK) if v.kind in ("right", "wrong")]
    valid += [variant_notebook(SOURCE, v) for v in chosen]
    paths = []
    for number in range(count):
        place = course / "submitted" / f"student{number:03}" / NOTEBOOK
        place.mkdir(parents=True)
        path = place / f"{NOTEBOOK}.ipynb"
        path.write_text(json.dumps(valid[number % len(valid)]), encoding="utf-8")
        paths.append(path)
    return paths


def prepare(course: Path) -> dict[str, str]:
    """Lay out the course for nbgrader and make the data; the environment for all commands."""
    shutil.copytree(SOURCE.parent, course / "source" / NOTEBOOK)
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'bench'\n"
        "c.ExecutePreprocessor.timeout = 60\n",
        encoding="utf-8",
    )
    data = course / "data"
    data.mkdir()
    maker = f"import mini_data, pathlib; mini_data.make(pathlib.Path({str(data)!r}))"
    subprocess.run([sys.executable, "-c", maker], check=True, cwd=SOURCE.parent)
    programs = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    environment = {**os.environ, "COURSE_DATA": str(data), "PATH": programs}
    nbgrader(course, environment, "generate_assignment", NOTEBOOK)
    return environment


def nbgrader(course: Path, environment: dict[str, str], *words: str) -> Cost:
    """Run one nbgrader command in the course folder."""
    return run([sys.executable, "-W", "ignore", "-m", "nbgrader", *words], course, environment)


def treatments(
    course: Path, notebooks: list[Path], environment: dict[str, str], jobs: int
) -> Iterator[tuple[str, Cost]]:
    """Everything that is done to the class in one round."""
    for name in ("autograded", "feedback"):
        shutil.rmtree(course / name, ignore_errors=True)
    yield "nbgrader autograde", nbgrader(course, environment, "autograde", NOTEBOOK, "--force")
    yield (
        "nbgrader generate_feedback",
        nbgrader(course, environment, "generate_feedback", NOTEBOOK, "--force"),
    )
    if unreachable() is None:
        yield "dlgrade in containers", by_dlgrade(course, environment, jobs, "docker")
    yield "dlgrade in the local sandbox", by_dlgrade(course, environment, jobs, "local")
    yield "bare execution", bare(notebooks, environment)


def by_dlgrade(course: Path, environment: dict[str, str], jobs: int, sandbox: str) -> Cost:
    """Grade, judge, write reports and gradebook, from nothing."""
    shutil.rmtree(course / "graded", ignore_errors=True)
    command = [sys.executable, "-m", "graders.cli", "grade", NOTEBOOK, "--course", str(course),
               "--data", str(course / "data"), "--jobs", str(jobs),
               "--sandbox", sandbox]  # fmt: skip
    return run(command, ROOT, environment)


def bare(notebooks: list[Path], environment: dict[str, str]) -> Cost:
    """Only execute the cells: what no grader can go below in one process."""
    return run([sys.executable, "-W", "ignore", "-c", BARE, *map(str, notebooks)],
               notebooks[0].parent, environment)  # fmt: skip


def report(number: int, costs: dict[str, Cost], count: int) -> None:
    """One line a command."""
    for name, cost in costs.items():
        each = f"{cost.wall_s / count:5.2f} s wall, {cost.cpu_s / count:5.2f} s CPU a notebook"
        print(f"round {number + 1}  {name:28} {cost.wall_s:6.1f} s wall  {each}", flush=True)


def summary(rounds: list[dict[str, Cost]], count: int, jobs: int) -> None:
    """Ratios pair by pair."""
    print(f"{count} notebooks, {jobs} jobs, {len(rounds)} rounds")
    for name in rounds[0]:
        if name.startswith("dlgrade"):
            plain = [r["nbgrader autograde"].wall_s / r[name].wall_s for r in rounds]
            both = [
                (r["nbgrader autograde"].wall_s + r["nbgrader generate_feedback"].wall_s)
                / r[name].wall_s
                for r in rounds
            ]
            print(f"{name}: {spread(plain)} times as fast as plain nbgrader autograde, "
                  f"{spread(both)} with its feedback")  # fmt: skip


def spread(ratios: list[float]) -> str:
    """Median, least and largest."""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


if __name__ == "__main__":
    sys.exit(main())
