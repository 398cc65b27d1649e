"""Runs the probes in a sandbox, the way notebooks of students are run, and judges them."""

import concurrent.futures
import contextlib
import importlib.resources
import json
import os
import stat
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from graders.core.errors import InfraFault
from graders.core.sandbox import Sandbox
from graders.core.types import Execution, Job
from graders.doctor.model import Files, Probe, Row, Sight, Trial, Untried, Verdict
from graders.doctor.probes import PROBES, TRIALS
from graders.doctor.stage import Stage
from graders.doctor.watcher import Watcher

SLOTS = 3  # a neighbour and two attackers at a time
_MOST_READ = 64 * 2**20  # bytes of one file of the outputs that are looked at
_OWN_MIB = 16  # of the executed notebook, beside what a job may leave
_HEAD_START_S = 6.0  # for the neighbour, where the host cannot see that it is at work
_NEIGHBOUR = "neighbour"

Progress = Callable[[Sequence[str], int, int], None]  # probes of a job that ended, jobs done, all


def examine(
    sandbox: Sandbox,
    probes: Sequence[Probe] = PROBES,
    trials: Mapping[str, Trial] = TRIALS,
    slots: int = SLOTS,
    progress: Progress = lambda names, done, total: None,
) -> tuple[Row, ...]:
    """Try every probe; one row each, in their order.

    Args:
        sandbox: runs at least `slots` jobs at a time.
        probes: what to try.
        trials: the jobs that they name.
        slots: jobs at a time, two at least: one is the neighbour.
        progress: is called whenever a job has ended.

    An interruption (Ctrl-C) stops the sandbox and is raised on.
    """
    with Stage() as stage, Watcher(tuple(stage.marks.values())) as watcher:
        seen = _Seen(sandbox, stage, watcher)
        wanted = {probe.trial for probe in probes} - {_NEIGHBOUR}
        names = [name for name in trials if name in wanted]
        beside = next(p for p in PROBES if p.trial == _NEIGHBOUR)
        groups = {name: tuple(p for p in probes if p.trial == name) for name in names}
        with concurrent.futures.ThreadPoolExecutor(max(slots, 2)) as pool:
            try:
                neighbour = pool.submit(seen.run, _NEIGHBOUR, (beside,), trials[_NEIGHBOUR])
                _wait_for(seen.folder(_NEIGHBOUR) / "outputs" / "cells.jsonl", neighbour)
                # One place stays free for what the neighbour may need of the sandbox at its end.
                _in_turn(pool, max(1, slots - 1), seen, groups, trials, progress)
                stage.unlock()
                neighbour.result()
                progress([beside.name], len(groups) + 1, len(groups) + 1)
            except BaseException:
                sandbox.stop()
                stage.unlock()
                raise
        return tuple(_row(probe, seen) for probe in probes)


def _wait_for(path: Path, running: "concurrent.futures.Future[None]") -> None:
    """Until the neighbour's first evidence is there, or for as long as it should take."""
    until = time.monotonic() + _HEAD_START_S
    while time.monotonic() < until and not running.done():
        if path.exists() and path.stat().st_size:
            return
        time.sleep(0.05)


def _in_turn(
    pool: concurrent.futures.Executor,
    width: int,
    seen: "_Seen",
    groups: Mapping[str, tuple[Probe, ...]],
    trials: Mapping[str, Trial],
    progress: Progress,
) -> None:
    waiting = list(groups)
    running: dict[concurrent.futures.Future[None], str] = {}
    done = 0
    while waiting or running:
        while waiting and len(running) < width:
            name = waiting.pop(0)
            running[pool.submit(seen.run, name, groups[name], trials[name])] = name
        # With a timeout, so that Ctrl-C is heard.
        ended, _ = concurrent.futures.wait(
            running, timeout=0.2, return_when=concurrent.futures.FIRST_COMPLETED
        )
        for future in ended:
            name = running.pop(future)
            future.result()
            done += 1
            progress([p.name for p in groups[name]], done, len(groups) + 1)


class _Seen:
    """Runs jobs and keeps what the host saw of each attack."""

    def __init__(self, sandbox: Sandbox, stage: Stage, watcher: Watcher) -> None:
        self.sandbox = sandbox
        self.stage = stage
        self.watcher = watcher
        self.sights: dict[str, Sight] = {}
        self.failed: dict[str, tuple[Verdict, str]] = {}  # attacks of which there is no sight

    def folder(self, name: str) -> Path:
        return self.stage.jobs / name.replace(" ", "-")

    def run(self, name: str, probes: tuple[Probe, ...], trial: Trial) -> None:
        """Run one notebook and note what became of each of its probes."""
        job = self._job(name, probes, trial)
        began, started = time.monotonic(), time.time()
        try:
            execution = self.sandbox.run(job)
        except InfraFault as fault:
            for probe in probes:
                self.failed[probe.name] = (Verdict.NOT_TRIED, str(fault))
            return
        ended = time.monotonic()
        left = self.watcher.left(self.stage.marks[trial.mark]) if trial.mark else 0
        cells = _lines(job.outputs / "cells.jsonl")
        text = _read(job.outputs / "executed.ipynb")
        files = _files(job.outputs, self.stage)
        status = {int(c["index"]): str(c["status"]) for c in cells if "index" in c}
        for k, probe in enumerate(probes, start=1):
            printed = _printed(text, k)
            if f"{self._mark(probe)} begun" not in printed:
                self.failed[probe.name] = _no_sight(execution, files, trial)
                continue
            self.sights[probe.name] = Sight(
                said=_said(printed, self._mark(probe)),
                printed=printed,
                cell=next((c for c in cells if c.get("index") == k), {}),
                before=status.get(0, ""),
                after=status.get(len(probes) + 1, ""),
                execution=execution,
                limits=trial.limits,
                started=started,
                grown_mib=self.watcher.grown_mib(began, ended),
                left=left,
                files=files,
                stage=self.stage,
                watcher=self.watcher,
            )

    def _mark(self, probe: Probe) -> str:
        return f"{self.stage.token} {probe.name}"

    def _job(self, name: str, probes: tuple[Probe, ...], trial: Trial) -> Job:
        folder = self.folder(name)
        job = Job(
            key=f"doctor-{self.stage.token}-{folder.name}",
            image=self.sandbox.fingerprint(),
            inputs=folder / "inputs",
            outputs=folder / "outputs",
            limits=trial.limits,
            data=self.stage.data,
            env={"DLGRADE_DOCTOR_NEIGHBOUR": self.stage.secrets["neighbour"]}
            if name == _NEIGHBOUR
            else {},
        )
        job.inputs.mkdir(parents=True)
        facts = json.dumps(self.stage.facts(job.inputs, job.outputs))
        sources = ["before = 1", *(_source(p, self._mark(p), facts) for p in probes), "after = 1"]
        (job.inputs / "notebook.ipynb").write_text(json.dumps(_notebook(sources)), "utf-8")
        ask = {
            "name": self.stage.secrets["questions"], "kind": "variable", "target": ["before"],
            "cases": [[]], "gives": [], "silence": [],
        }  # fmt: skip
        plan = {"version": 1, "limits": asdict(trial.limits), "asks": [ask]}
        (job.inputs / "plan.json").write_text(json.dumps(plan), "utf-8")
        np.savez(job.inputs / "inputs.npz")
        return job


def _source(probe: Probe, mark: str, facts: str) -> str:
    """The cell of one probe: the preamble, its theme's attacks, and a call of its own."""
    theme, _, function = probe.attack.partition(".")
    here = importlib.resources.files("graders.doctor") / "cells"
    parts = [(here / f"{name}.py").read_text("utf-8") for name in ("preamble", theme)]
    call = f"_facts = begin({mark!r}, {facts!r})\nreport({mark!r}, {function}(_facts))"
    return "\n\n".join([*parts, call])


def _notebook(sources: Sequence[str]) -> dict[str, Any]:
    return {
        "nbformat": 4, "nbformat_minor": 5, "metadata": {},
        "cells": [
            {
                "cell_type": "code", "id": f"c{k}", "source": source, "outputs": [],
                "metadata": {"nbgrader": {"grade_id": f"c{k}"}}, "execution_count": None,
            }
            for k, source in enumerate(sources)
        ],
    }  # fmt: skip


def _no_sight(execution: Execution, files: Files, trial: Trial) -> tuple[Verdict, str]:
    """What an attack came to that left no trace in the notebook."""
    if files.mib > trial.limits.output_mib + _OWN_MIB:
        return Verdict.NOT_HELD, f"it left {files.mib:.0f} MiB on the host"
    return Verdict.NOT_TRIED, f"its cell did not run ({execution.ending})"


def _row(probe: Probe, seen: _Seen) -> Row:
    def row(verdict: Verdict, happened: str) -> Row:
        return Row(probe.name, probe.promise, verdict, " ".join(happened.split()))

    if probe.name in seen.failed:
        return row(*seen.failed[probe.name])
    beside = next((s for n, s in seen.sights.items() if n == _NEIGHBOUR), None)
    sight = replace(seen.sights[probe.name], beside=beside)
    try:
        finding = probe.judge(sight)
    except Untried as reason:
        return row(Verdict.NOT_TRIED, str(reason))
    except (KeyError, TypeError, ValueError) as error:
        # What the inside tells may be anything; what cannot be understood proves nothing.
        return row(Verdict.NOT_TRIED, f"its report makes no sense ({type(error).__name__})")
    return row(Verdict.HELD if finding.held else Verdict.NOT_HELD, finding.happened)


def _read(path: Path) -> str:
    """A regular file's text; nothing for anything else. What lies there is untrusted."""
    try:
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | _NONBLOCK)
    except OSError:
        return ""
    with open(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            return ""
        return file.read(_MOST_READ).decode("utf-8", "replace")


_NONBLOCK = getattr(os, "O_NONBLOCK", 0)  # a FIFO in a file's place must not hold us up


def _lines(path: Path) -> list[dict[str, Any]]:
    found = []
    for line in _read(path).splitlines():
        with contextlib.suppress(ValueError, RecursionError):
            entry = json.loads(line)
            if isinstance(entry, dict):
                found.append(entry)
    return found


def _printed(text: str, index: int) -> str:
    """What one cell printed, both streams."""
    try:
        outputs = json.loads(text)["cells"][index]["outputs"]
        streams = [o["text"] for o in outputs if o["output_type"] == "stream"]
    except (ValueError, RecursionError, LookupError, TypeError):
        return ""
    return "\n".join(t if isinstance(t, str) else "".join(map(str, t)) for t in streams)


def _said(printed: str, mark: str) -> dict[str, Any] | None:
    for line in reversed(printed.splitlines()):
        if line.startswith(f"{mark} said "):
            with contextlib.suppress(ValueError, RecursionError):
                said = json.loads(line.removeprefix(f"{mark} said "))
                return said if isinstance(said, dict) else None
    return None


def _files(folder: Path, stage: Stage) -> Files:
    odd, size, leaked = [], 0, set()
    for parent, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(parent) / name
            about = path.lstat()
            if stat.S_ISDIR(about.st_mode):
                continue
            if not stat.S_ISREG(about.st_mode) or about.st_nlink > 1:
                odd.append(name)
                continue
            size += about.st_size
            # The answers to the doctor's own question carry its name.
            leaked |= set(stage.leaked(_read(path))) - {"questions"}
    return Files(tuple(sorted(odd)), size / 2**20, tuple(sorted(leaked)))
