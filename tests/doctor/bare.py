"""A sandbox that is none: cells run in a bare interpreter, without limits, and nobody clears up.

What it is for: a probe that holds here cannot tell a wall from a meadow.
"""

import subprocess
import sys
from pathlib import Path

from graders.core.types import Ending, Execution, Job

DRIVER = """
import json, os, resource, sys, traceback
inputs, outputs, data = sys.argv[1:]
os.environ["COURSE_DATA"] = data
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
notebook = json.load(open(os.path.join(inputs, "notebook.ipynb")))
own, lines = os.getpid(), open(os.path.join(outputs, "cells.jsonl"), "w")
for index, cell in enumerate(notebook["cells"]):
    print_to = open(f"printed-{index}", "w+b")
    os.dup2(print_to.fileno(), 1), os.dup2(print_to.fileno(), 2)
    status = "ok"
    try:
        exec(compile(cell["source"], "cell", "exec"), {"__name__": "__main__"})
    except BaseException:
        traceback.print_exc()
        status = "error"
    finally:
        if os.getpid() != own:
            os._exit(0)
    sys.stdout.flush(), sys.stderr.flush()
    text = open(f"printed-{index}", errors="replace").read()
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
    print(json.dumps({"index": index, "status": status, "seconds": 0}), file=lines, flush=True)
json.dump(notebook, open(os.path.join(outputs, "executed.ipynb"), "w"))
"""


class BareSandbox:
    """Runs everything, holds nothing."""

    name = "bare"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fingerprint(self) -> str:
        return "bare"

    def run(self, job: Job) -> Execution:
        work = self.folder / job.key / "work"
        work.mkdir(parents=True)
        job.outputs.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-c", DRIVER, str(job.inputs), str(job.outputs), str(job.data)],
            cwd=work, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return Execution(Ending.FINISHED, 1.0, 1.0, 1.0, job.outputs)

    def stop(self) -> None:
        """Nothing to stop: every job has an end of its own."""

    def close(self) -> None:
        """Nothing to release."""


class IdleSandbox(BareSandbox):
    """Runs nothing at all, and says that all went well."""

    name = "idle"

    def run(self, job: Job) -> Execution:
        job.outputs.mkdir(parents=True, exist_ok=True)
        return Execution(Ending.FINISHED, 1.0, 1.0, 1.0, job.outputs)
