"""The same class graded by nbgrader and by dlgrade, in turn, in one run.

    python -m benchmarks.against_nbgrader [--submissions 20] [--rounds 3] [--jobs 2]

Each round grades one and the same class of valid notebooks three times, each from nothing:
`nbgrader autograde` + `nbgrader generate_feedback`, `dlgrade grade`, and bare execution (each
notebook in a plain nbclient kernel, one after the other in one process, nothing judged). Prints
wall and CPU seconds per round, the ratios pair by pair, and the overhead per notebook over bare
execution in CPU seconds. Machines drift: only numbers of one round are compared.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall and CPU seconds of a command and everything it started."""

    wall_s: float
    cpu_s: float


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
            costs = (
                by_nbgrader(course, environment),
                by_dlgrade(course, environment, asked.jobs),
                bare(notebooks, environment),
            )
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


def by_nbgrader(course: Path, environment: dict[str, str]) -> Cost:
    """Autograde and write feedback for everybody, from nothing."""
    for name in ("autograded", "feedback"):
        shutil.rmtree(course / name, ignore_errors=True)
    graded = nbgrader(course, environment, "autograde", NOTEBOOK, "--force")
    told = nbgrader(course, environment, "generate_feedback", NOTEBOOK, "--force")
    return Cost(graded.wall_s + told.wall_s, graded.cpu_s + told.cpu_s)


def by_dlgrade(course: Path, environment: dict[str, str], jobs: int) -> Cost:
    """Grade, judge, write reports and gradebook, from nothing."""
    shutil.rmtree(course / "graded", ignore_errors=True)
    command = [sys.executable, "-m", "graders.cli", "grade", NOTEBOOK, "--course", str(course),
               "--data", str(course / "data"), "--jobs", str(jobs)]  # fmt: skip
    return run(command, ROOT, environment)


def bare(notebooks: list[Path], environment: dict[str, str]) -> Cost:
    """Only execute the cells: what no grader can go below in one process."""
    return run([sys.executable, "-W", "ignore", "-c", BARE, *map(str, notebooks)],
               notebooks[0].parent, environment)  # fmt: skip


def run(command: list[str], folder: Path, environment: dict[str, str]) -> Cost:
    """Run a command to its end; CPU seconds are those of all processes that it waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    wall = time.monotonic() - started
    if done.returncode:
        raise SystemExit(f"{command[1:6]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu)


def report(number: int, costs: tuple[Cost, Cost, Cost], count: int) -> None:
    """One line a command."""
    for name, cost in zip(("nbgrader", "dlgrade", "bare execution"), costs, strict=True):
        each = f"{cost.wall_s / count:5.2f} s wall, {cost.cpu_s / count:5.2f} s CPU a notebook"
        print(f"round {number + 1}  {name:15} {cost.wall_s:6.1f} s wall  {each}", flush=True)


def summary(rounds: list[tuple[Cost, Cost, Cost]], count: int, jobs: int) -> None:
    """Ratios pair by pair, and what we add to bare execution."""
    ratios = sorted(peer.wall_s / ours.wall_s for peer, ours, _ in rounds)
    added = sorted((ours.cpu_s - least.cpu_s) / count for _, ours, least in rounds)
    print(f"{count} notebooks, {jobs} jobs, {len(rounds)} rounds")
    print(f"dlgrade is {statistics.median(ratios):.1f} times faster than nbgrader "
          f"(from {ratios[0]:.1f} to {ratios[-1]:.1f})")  # fmt: skip
    print(f"overhead over bare execution: {statistics.median(added):+.2f} CPU seconds a notebook "
          f"(from {added[0]:+.2f} to {added[-1]:+.2f})")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
