"""Runs one notebook, puts the questions of the plan to its kernel, and writes down what it saw.

    python run_notebook.py INPUTS OUTPUTS [--private FOLDER]

INPUTS holds `notebook.ipynb`, `plan.json` and `inputs.npz`; OUTPUTS gets the evidence (see
`evidence.py`). The current folder and environment are the notebook's. A cell that raises does not
end the run. A cell that kills its kernel, or that cannot be interrupted, costs a restart: the cells
before it are run again without it, twice at most.

FOLDER is for our own short-lived files (sockets). Who gives one has also given us INPUTS of our
own, which are deleted as soon as they are read, and may append lines such as `{"why": "memory"}` to
FOLDER/verdicts before killing the kernel, so that we can say why it died.

Exit status: 0 when the run came to an end that `ending.json` tells, 70 for a fault of our own.
"""

import argparse
import contextlib
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from asks import Question, read_arrays, watched
from cells import CellOutputs
from evidence import Evidence, OutputLimit
from kernels import Heard, Kernel, KernelFailed, Source, SpawnedSource

RESTARTS = 2
OUR_FAULT = 70
KERNELS = RESTARTS + 2  # one may fail to come up
_SAVE_EVERY_S = 5.0
# The worst thing that happened is how the run ended; worst first.
_WORST = (
    "out of memory", "disk limit", "process limit", "kernel died",
    "time limit", "cell time limit", "cell error", "finished",
)  # fmt: skip
_WHY = {
    "memory": ("out of memory", "used more than {memory_mib} MiB"),
    "processes": ("process limit", "started more than {processes} processes"),
    "cpu": ("time limit", "used more than {cpu_s:g} s of processor time"),
    "disk": ("disk limit", "wrote more than {disk_mib} MiB"),
}
_FINAL = frozenset({"cpu", "disk"})  # started again, it would only happen again


class Over(Exception):
    """The run cannot go on; what is not yet tried is skipped."""


class Run:
    """One notebook's run, from its first cell to its last answer."""

    def __init__(self, inputs: Path, outputs: Path, source: Source, private: Path) -> None:
        plan = json.loads((inputs / "plan.json").read_text(encoding="utf-8"))
        self.limits: dict[str, Any] = plan["limits"]
        self.asks: list[dict[str, Any]] = plan["asks"]
        self.watch: list[str] = plan.get("watch", [])
        self.notebook = nbformat.v4.reads((inputs / "notebook.ipynb").read_text(encoding="utf-8"))
        self.arrays = read_arrays(inputs / "inputs.npz")
        self.evidence = Evidence(outputs, self.limits["output_mib"], self.limits["file_mib"])
        self.outputs = CellOutputs(self.notebook)
        self.source = source
        self.private = private
        self.ending, self.detail = "finished", ""
        self.restarts = self.started = 0
        self.cells_s = 0.0
        self.names: dict[str, str | None] = {}
        self._until = float("inf")
        self._told = 0
        self._done: list[int] = []  # cells to replay: those that neither killed nor hung a kernel
        self._kernel: Kernel | None = None
        self._epitaph = ""
        self._hungry = False  # a kernel was killed for its memory already: twice is enough
        self._saved = time.monotonic()

    def time_left(self) -> float:
        """Wall seconds that the present part of the run still has."""
        return self._until - time.monotonic()

    def worse(self, ending: str, detail: str) -> None:
        """Note how the run ended, unless something worse happened already."""
        if _WORST.index(ending) < _WORST.index(self.ending):
            self.ending, self.detail = ending, detail

    def _out_of_time(self) -> str:
        """Whose time ended when something was stopped: all there was, or one cell's."""
        return "time limit" if self.time_left() <= 0 else "cell time limit"

    # Kernels

    def kernel(self) -> Kernel:
        """The running kernel; if there is none, starts one and replays the cells that have run.

        Raises:
            Over: it died too often, or there is no time left.
            KernelFailed: not even the first one came up.
        """
        while self._kernel is None:
            if self.started:
                if self.restarts >= RESTARTS:
                    raise Over
                self.restarts += 1
            self._start()
            for index in list(self._done):
                if self.time_left() <= 0:
                    self.worse("time limit", "no time was left to start again")
                    raise Over
                heard = self.execute(self.notebook.cells[index].source, lambda message: False)
                if heard.how != "ok":
                    self._done.remove(index)
                if self._kernel is None:
                    break
        return self._kernel

    def _start(self) -> None:
        for _ in range(2):
            self.started += 1
            try:
                self._kernel = Kernel(self.source, self.private, self.started)
                return
            except KernelFailed as error:
                failure = error
        if not self.restarts:
            raise failure
        # The first one came up: the notebook has done something to those that follow.
        self.worse("kernel died", f"could not be started again: {failure}")
        raise Over

    def _lose(self, how: str) -> None:
        """Account for a kernel that is gone."""
        if self._kernel is not None:
            self._kernel.close()
            self._kernel = None
        why = self._verdict()
        if why in _WHY:
            ending, words = _WHY[why]
            words = words.format(**self.limits)
        elif how == "time limit":
            ending, words = self._out_of_time(), "could not be interrupted at its time limit"
        else:
            ending, words = "kernel died", "the kernel died while this ran"
        self._epitaph = words
        self.worse(ending, words)
        if why in _FINAL or (why == "memory" and self._hungry):
            self.restarts = RESTARTS
        self._hungry |= why == "memory"

    def _verdict(self) -> str:
        """Why the kernel was killed, if the one who confines us did it."""
        try:
            lines = (self.private / "verdicts").read_text(encoding="utf-8").splitlines()[:1000]
            fresh = [str(json.loads(line)["why"]) for line in lines[self._told :]]
        except (OSError, ValueError, KeyError, TypeError):
            return self.source.why_died()
        self._told = len(lines)
        return fresh[-1] if fresh else self.source.why_died()

    # Cells

    def execute(self, source: str, hear: Callable[[dict[str, Any]], bool]) -> Heard:
        """Run one cell's source within its limit. Afterwards the kernel may be gone."""
        assert self._kernel is not None
        content = {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        limit = min(float(self.limits["cell_s"]), max(0.1, self.time_left()))
        heard = self._kernel.ask("execute_request", content, limit, hear)
        if not self._kernel.process.alive():
            self._lose(heard.how)
        return heard

    def run_cells(self) -> None:
        """Try every code cell in order."""
        over = False
        self.kernel()
        # Starting the kernel was our time, not the notebook's.
        start = time.monotonic()
        self._until = start + float(self.limits["wall_s"])
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type != "code":
                continue
            self.outputs.begin(cell)
            if not over and self.time_left() <= 0:
                self.worse("time limit", "the whole notebook took too long")
                over = True
            if not over and cell.source.strip():
                try:
                    self.kernel()
                except Over:
                    over = True
            outcome = ("skipped", None, None, 0.0) if over else self.run_cell(index, cell)
            fields = ("status", "ename", "evalue", "seconds")
            self.evidence.cell(
                index=index, grade_id=_grade_id(cell), **dict(zip(fields, outcome, strict=True))
            )
        self.cells_s = time.monotonic() - start
        self.evidence.notebook(self.notebook)

    def run_cell(self, index: int, cell: Any) -> tuple[str, str | None, str | None, float]:
        """Try one cell; returns its status, the error's name and text, and wall seconds."""
        if not cell.source.strip():
            return "ok", None, None, 0.0

        def hear(message: dict[str, Any]) -> bool:
            self.outputs.hear(message, cell, index)
            return False

        start = time.monotonic()
        heard = self.execute(cell.source, hear)
        seconds = round(time.monotonic() - start, 4)
        self.outputs.finish(cell)
        reply = heard.content
        if time.monotonic() - self._saved > _SAVE_EVERY_S:
            self.evidence.notebook(self.notebook)
            self._saved = time.monotonic()
        if self._kernel is None:
            return heard.how, "KernelDied", self._epitaph, seconds
        if heard.how == "time limit":
            self.worse(self._out_of_time(), f"cell {index} was stopped at its time limit")
            return "time limit", "TimeLimit", f"stopped after {seconds:.0f} s", seconds
        self._done.append(index)
        if reply.get("status") == "error":
            name, text = str(reply.get("ename"))[:200], str(reply.get("evalue"))[:300]
            self.worse("cell error", f"cell {index} raised {name}")
            return "error", name, text, seconds
        return "ok", None, None, seconds

    # Questions

    def put_questions(self) -> None:
        """Put every question; each costs at most what is left of the time for all of them."""
        self._until = time.monotonic() + float(self.limits["ask_s"])
        deadly: set[str] = set()  # asking these again would use up the restarts of all others
        useful: set[str] = set()
        for ask in self.asks:
            question = Question(ask, self.evidence)
            if ask.get("unless") in useful:  # a better way to know it has been found already
                question.pass_over("not asked", "")
                continue
            source = self._source(ask)
            if source is None:
                question.pass_over("missing", f"there is no cell {ask['target'][0]!r}")
                continue
            if deadly.intersection(ask["target"]):
                question.close("died", "it had ended the process before")
                continue
            if self.time_left() <= 0:
                self.worse("time limit", "the questions after the notebook took too long")
                question.close("skipped", "no time was left")
                continue
            try:
                kernel = self.kernel()
            except Over:
                question.close("skipped", "the kernel could not go on")
                continue
            heard = question.put(
                kernel, self.arrays, source, float(self.limits["cell_s"]), self.time_left()
            )
            if not kernel.process.alive():
                self._lose(heard.how)
                question.close(heard.how, self._epitaph)
                deadly.update(ask["target"])
            else:
                if heard.how == "time limit":
                    self.worse(self._out_of_time(), f"{ask['name']} was stopped at its time limit")
                question.close("skipped", "")
            if question.useful:
                useful.add(ask["name"])
        if self.watch:
            with contextlib.suppress(Over):
                self.names = watched(self.kernel(), self.watch, float(self.limits["cell_s"]))

    def _source(self, ask: dict[str, Any]) -> str | None:
        """The cell that a question runs again: empty for other questions, None if it is gone."""
        if ask["kind"] != "rerun":
            return ""
        for cell in self.notebook.cells:
            if cell.cell_type == "code" and _grade_id(cell) in ask["target"]:
                return str(cell.source)
        return None

    def close(self) -> None:
        """End the kernel and close the files. Idempotent."""
        if self._kernel is not None:
            self._kernel.close()
            self._kernel = None
        self.evidence.close()


def _grade_id(cell: Any) -> str | None:
    about = cell.metadata.get("nbgrader")
    name = about.get("grade_id") if isinstance(about, dict) else None
    return name if isinstance(name, str) else None


def _cpu_s() -> float:
    times = os.times()
    return round(times.user + times.system + times.children_user + times.children_system, 3)


def execute(inputs: Path, outputs: Path, source: Source, private: Path, *, ours: bool) -> int:
    """Run the notebook of `inputs`; returns the exit status."""
    began = time.monotonic()
    run: Run | None = None
    try:
        run = Run(inputs, outputs, source, private)
        if ours:  # no student code has run yet, and none shall find these on the disk
            for name in ("plan.json", "inputs.npz", "notebook.ipynb"):
                (inputs / name).unlink(missing_ok=True)
        try:
            run.run_cells()
            run.put_questions()
        except OutputLimit as error:
            run.worse("disk limit", str(error))
        except MemoryError:  # what the notebook sent us did not fit
            run.worse("out of memory", "the outputs took all memory")
        except Over:
            run.worse("kernel died", "the kernel could not go on")
        run.close()
        run.evidence.ending(
            ending=run.ending,
            detail=run.detail,
            restarts=run.restarts,
            wall_s=round(time.monotonic() - began, 4),
            cpu_s=_cpu_s(),
            cells_s=round(run.cells_s, 4),
            names=run.names,
        )
    except Exception:
        fault = traceback.format_exc()
        print(fault, file=sys.stderr, flush=True)
        if run is not None:
            with contextlib.suppress(OSError):
                run.close()
                run.evidence.ending(ending="probe fault", detail=fault[-2000:])
        return OUR_FAULT
    return 0


def main(arguments: list[str], source: Source | None = None) -> int:
    """The command; `source` makes the kernels, new interpreters unless given."""
    parser = argparse.ArgumentParser(description="Run one notebook and ask its kernel.")
    parser.add_argument("inputs", type=Path)
    parser.add_argument("outputs", type=Path)
    parser.add_argument("--private", type=Path)
    given = parser.parse_args(arguments)
    kernels = source or SpawnedSource()
    paths = given.inputs.resolve(), given.outputs.resolve()
    if given.private is not None:
        return execute(*paths, kernels, given.private.resolve(), ours=True)
    with tempfile.TemporaryDirectory(prefix="dlgrade-") as folder:
        return execute(*paths, kernels, Path(folder), ours=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
