"""A bench for sandboxes: make a job of a few cells and questions, run it, read what it left."""

import json
import textwrap
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from graders.core.sandbox import Sandbox
from graders.core.types import Execution, Job, Limits

LIMITS = Limits(
    cell_s=20, wall_s=60, ask_s=30, cpu_s=60, memory_mib=700, output_mib=20, disk_mib=20, file_mib=8
)
Ask = dict[str, Any]


def ask(name: str, kind: str, target: str, *cases: dict[str, str], **more: Any) -> Ask:
    return {
        "name": name, "kind": kind, "target": [target], "gives": [], "silence": [],
        "cases": [list(case.items()) for case in cases] or [[]], **more,
    }  # fmt: skip


class Lab:
    """Runs cells in a sandbox and reads what they left."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.runs = 0

    def job(
        self,
        cells: tuple[str, ...],
        *asks: Ask,
        limits: Limits = LIMITS,
        data: Path | None = None,
        watch: tuple[str, ...] = (),
        **inputs: Any,
    ) -> Job:
        self.runs += 1
        folder = self.folder / str(self.runs)
        folder.mkdir(parents=True)
        notebook = {
            "nbformat": 4, "nbformat_minor": 5,
            "metadata": {"kernelspec": {"name": "no such kernel", "display_name": "x"}},
            "cells": [
                {
                    "cell_type": "code", "id": f"c{k}", "source": textwrap.dedent(source),
                    "metadata": {"nbgrader": {"grade_id": f"c{k}"}},
                    "outputs": [], "execution_count": None,
                }
                for k, source in enumerate(cells)
            ],
        }  # fmt: skip
        (folder / "notebook.ipynb").write_text(json.dumps(notebook))
        plan = {"version": 1, "limits": asdict(limits), "asks": asks, "watch": watch}
        (folder / "plan.json").write_text(json.dumps(plan))
        np.savez(folder / "inputs.npz", **inputs)
        return Job(str(self.runs), "local", folder, folder / "outputs", limits, data)

    def run(self, *cells: str, asks: tuple[Ask, ...] = (), **more: Any) -> "Seen":
        return Seen(self.sandbox.run(self.job(cells, *asks, **more)))


class Seen:
    """An execution and the evidence in its outputs."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution
        self.ending = execution.ending
        self.cells = self._lines("cells.jsonl")
        self.answers = self._lines("answers.jsonl")
        self.statuses = [cell["status"] for cell in self.cells]
        path = execution.outputs / "executed.ipynb"
        self.notebook = json.loads(path.read_text()) if path.exists() else {"cells": []}

    def _lines(self, name: str) -> list[dict[str, Any]]:
        path = self.execution.outputs / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def text(self, index: int) -> str:
        outputs = self.notebook["cells"][index]["outputs"]
        return "".join("".join(o["text"]) for o in outputs if o["output_type"] == "stream")

    def kinds(self, index: int) -> set[str]:
        return {k for o in self.notebook["cells"][index]["outputs"] for k in o.get("data", {})}

    def value(self, name: str, case: int = 0, item: int = 0) -> Any:
        (answer,) = [a for a in self.answers if (a["ask"], a["case"]) == (name, case)]
        found = answer["items"][item]
        if "file" in found:
            return np.load(self.execution.outputs / found["file"], allow_pickle=False)
        return next(iter(found.values()))


def processes_of(mark: str) -> list[int]:
    """Pids of live processes with `mark` in their command line."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or [])
        if mark in line and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.pid)
    return found


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return condition()
