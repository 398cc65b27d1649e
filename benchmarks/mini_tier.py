"""One notebook of a mini tier: executed, observed and judged, and how long that takes.

    python -m benchmarks.mini_tier NOTEBOOK [--rounds 3]

A container for the notebook, one for what it left, and the judges, one after another on all cores;
each round with another seed, nothing of it stored before. Wall and processor seconds, medians.
"""

import argparse
import json
import statistics
import tempfile
import threading
import time
from pathlib import Path

from graders.core import catalogue
from graders.core.batch import Batch
from graders.core.data import course_data
from graders.core.store import Store
from graders.sandboxes.docker import DockerSandbox
from reference_solutions.filling import fill, read_cells


def main() -> None:
    """Grade the reference as a student's, once a round."""
    parser = argparse.ArgumentParser(description="What one submission of a mini tier costs.")
    parser.add_argument("notebook", choices=catalogue.notebooks())
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    course = catalogue.course(given.notebook)
    notebook = json.dumps(
        fill(course.source, read_cells(Path(course.reference or "") / "solution.py"))
    )
    walls, cpus = [], []
    with tempfile.TemporaryDirectory() as made, DockerSandbox(slots=1) as sandbox:
        folder = Path(made)
        store = Store(folder / "store")
        for seed in range(1, given.rounds + 1):
            data = course_data(course, "mini", folder, seed=seed)
            batch = Batch(course, sandbox, store, data, threading.Event(), seed)
            _ = batch.keys  # the reference's answers are the class's cost, not the submission's
            place = folder / str(seed)
            place.mkdir()
            (place / f"{course.name}.ipynb").write_text(notebook, encoding="utf-8")
            began = time.monotonic()
            graded = batch.grade_one(f"round {seed}", place)
            walls.append(time.monotonic() - began)
            run = graded.grade.execution
            cpus.append(run.cpu_s if run else 0.0)
            print(f"seed {seed}: {walls[-1]:.1f} s, the notebook's own run {cpus[-1]:.1f} CPU s, "
                  f"{graded.grade.auto_points} of {graded.grade.auto_max:g} points")  # fmt: skip
        store.close()
    print(f"{course.name}: median {statistics.median(walls):.1f} s from hand-in to grade, "
          f"{statistics.median(cpus):.1f} CPU s of it the notebook's own run")  # fmt: skip


if __name__ == "__main__":
    main()
