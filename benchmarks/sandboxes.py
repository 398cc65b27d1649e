"""What a sandbox adds to one notebook: containers, processes and bare execution, in turn.

    python -m benchmarks.sandboxes [--rounds 10]

Each round runs the reference's `linear_models` notebook once in each way, one at a time: in a
container that is made for it (cold), in one that was made ahead while the one before ran, in a
local sandbox that starts a new interpreter (cold) and one that forks a warm one, and bare (a plain
nbclient kernel; nothing is asked afterwards). Prints wall and CPU seconds and the difference to
bare execution, pair by pair.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.against_nbgrader import BARE, NOTEBOOK, SOURCE
from benchmarks.measure import Cost, cost, run
from graders.core import catalogue, jobs
from graders.core.data import mini_data
from graders.core.sandbox import Sandbox
from graders.core.types import OURS, Job
from graders.sandboxes.docker import DockerSandbox
from graders.sandboxes.local import LocalSandbox
from reference_solutions.filling import fill, read_cells


def main() -> int:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="dlgrade-bench-") as temporary,
        DockerSandbox(ahead=False) as fresh,
        DockerSandbox() as ahead,
        LocalSandbox(warm=False) as cold,
        LocalSandbox(warm=True) as warm,
    ):
        ways = ways_to_run(Path(temporary), (
            ("container, made for it", fresh), ("container, made ahead", ahead),
            ("local, new interpreter", cold), ("local, warm", warm),
        ))  # fmt: skip
        for work in ways.values():  # what happens once a batch is not what is measured
            work()
        rounds = [{name: cost(work) for name, work in ways.items()} for _ in range(asked.rounds)]
    report(rounds)
    return 0


def ways_to_run(
    folder: Path, sandboxes: tuple[tuple[str, Sandbox], ...]
) -> dict[str, Callable[[], object]]:
    """Each way by its name."""
    course = catalogue.course(NOTEBOOK)
    assert course.reference is not None
    data = mini_data(course, folder)
    notebook = fill(SOURCE, read_cells(course.reference / "solution.py"))
    cases = catalogue.unseen_cases(NOTEBOOK)
    plan, inputs = jobs.plan_text(course.grader, cases), jobs.packed(course.grader, cases)
    path = folder / "bare.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    environment = {**os.environ, "COURSE_DATA": str(data)}

    def bare() -> Cost:
        return run([sys.executable, "-W", "ignore", "-c", BARE, str(path)], folder, environment)

    def through(sandbox: Sandbox, job: Job) -> Callable[[], object]:
        def work() -> None:
            ending = sandbox.run(job).ending
            if ending in OURS:
                raise SystemExit(f"{sandbox.name}: {ending}")

        return work

    ways: dict[str, Callable[[], object]] = {"bare execution": bare}
    for name, sandbox in sandboxes:
        job = jobs.make_job(folder / "jobs", name, json.dumps(notebook), plan, inputs,
                            sandbox.fingerprint(), course.grader, data, "", {})  # fmt: skip
        ways[name] = through(sandbox, job)
    return ways


def report(rounds: list[dict[str, Cost]]) -> None:
    """A line for each way: medians, and the median of its differences to bare execution."""
    print(f"one {NOTEBOOK} notebook at a time, {len(rounds)} rounds, medians in seconds")
    print(f"{'':24} {'wall':>6} {'CPU':>6} {'wall over bare':>15} {'CPU over bare':>14}")
    for name in rounds[0]:
        wall = statistics.median(r[name].wall_s for r in rounds)
        cpu = statistics.median(r[name].cpu_s for r in rounds)
        more = [(r[name].wall_s - r["bare execution"].wall_s) for r in rounds]
        dear = [(r[name].cpu_s - r["bare execution"].cpu_s) for r in rounds]
        print(f"{name:24} {wall:6.2f} {cpu:6.2f} {statistics.median(more):+15.2f} "
              f"{statistics.median(dear):+14.2f}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
