"""Every notebook that trains, over many fresh seeds of data and training, in containers.

    python -m tests.conformance.over_seeds NOTEBOOK [--seeds 20] [--kinds wrong,right] [--to FOLDER]
    [--after 0]

The reference may lose no point on any seed (with `right` among the kinds in a second run, else in
the one that everybody is compared with), every wrong variant what it declares on every one:
alone on the first seed, after it together with others (see `together`), or alone on all of them
with `--alone 20`. `--after 10` begins with the eleventh seed. Interrupted, it goes on where it was
when called again with the same folder: finished runs are not repeated. With `--record` what each
seed came to is kept in the repository (see `recorded`). The exit status is 1 if a grade does not
fit.
"""

import argparse
import json
import shutil
import sys
import time
from pathlib import Path

from graders.core import catalogue
from graders.sandboxes.docker import DockerSandbox
from tests.conformance import recorded
from tests.conformance.declared import problems, seat
from tests.course_runs import Classroom

FIRST = 7_000_001  # far from the seeds that bars are measured with


def main(arguments: list[str]) -> int:
    """Grade a class for each seed; prints a line each, and what did not fit."""
    parser = argparse.ArgumentParser(description="Conformance over fresh seeds of the mini tier.")
    parser.add_argument("notebook", choices=catalogue.notebooks())
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--after", type=int, default=0, help="seeds that are left out before")
    parser.add_argument("--kinds", default="wrong,right")
    parser.add_argument("--alone", type=int, default=1, help="seeds on which each stands alone")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--to", type=Path, default=Path(".cache/over_seeds"))
    parser.add_argument("--record", action="store_true", help="keep what each seed came to")
    given = parser.parse_args(arguments)
    kinds = tuple(k for k in given.kinds.split(",") if k)
    cell_s = catalogue.course(given.notebook).grader.limits.cell_s
    misfits = runs = 0
    for seed in range(FIRST + given.after, FIRST + given.seeds):
        began, together = time.monotonic(), seed >= FIRST + given.alone and "wrong" in kinds
        folder = given.to.resolve() / given.notebook / str(seed)
        shutil.rmtree(folder / "submitted", ignore_errors=True)  # of a call for other kinds
        sandbox = DockerSandbox(slots=given.jobs)
        with Classroom(
            given.notebook, folder, cell_s, given.jobs, sandbox=sandbox, seed=seed
        ) as room:
            again = "right" in kinds
            seat(room, dict.fromkeys(kinds, 1), together=together, reference=again)
            room.grade_all()
            if not again:
                room.grade_the_key("reference")
            found = problems(room)
        misfits += len(found)
        runs += len(room.grades)
        took = time.monotonic() - began
        print(f"seed {seed}: {len(room.grades)} notebooks, {len(found)} misfits, {took:.0f} s",
              flush=True)  # fmt: skip
        if given.record:
            recorded.add(room, seed, kinds, found)
        (folder / "grades.json").write_text(json.dumps(room.grades), encoding="utf-8")
        for problem in found:
            print(problem, flush=True)
    print(
        f"{given.notebook}: {runs} grades over {given.seeds - given.after} seeds, {misfits} misfits"
    )
    return 1 if misfits else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
