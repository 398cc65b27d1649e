"""Single runs of a reference with seeds: made side by side, kept, and measured."""

import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from graders.commands.grade import stop_on_signals
from graders.core import pipeline
from graders.core.batch import Batch
from graders.core.catalogue import Course
from graders.core.data import course_data
from graders.core.errors import CourseFault, ExitCode
from graders.core.running import Interrupted
from graders.core.sandbox import Sandbox
from graders.core.store import Store
from graders.core.types import Array, CourseData, Evidence, Execution, Job
from graders.engines.local import LocalEngine


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asked for.

    Args:
        tier: `mini` or `full`.
        seeds: how many runs; their seeds are 1, 2, ….
        jobs: how many at a time.
        out: where the runs are kept: the same command goes on with what is there.
        raw: folder with the raw data of the full tier, or None for the usual one.
        file: what to write instead of the notebook's own calibration.
    """

    tier: str
    seeds: int
    jobs: int
    out: Path
    raw: Path | None = None
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Seed:
    """What one run of the reference came to.

    Args:
        values: measure → number, or curve [steps].
        baselines: measure → what earns nothing, where a function says it.
        cases: measure → how many held-out cases it is a share of.
        data: digest of the data it ran on.
        seconds: wall time of the notebook's run.
        cpu_s: processor time of the same.
    """

    number: int
    values: Mapping[str, float | Array]
    baselines: Mapping[str, float]
    cases: Mapping[str, int]
    data: str
    seconds: float
    cpu_s: float = 0.0


class TimedStore(Store):
    """A store that remembers how long the run of each seed took, also of a stored one."""

    def __init__(self, folder: Path) -> None:
        self.runs: dict[str, Execution] = {}
        super().__init__(folder)

    def execution(self, job: Job) -> Execution | None:
        found = super().execution(job)
        if found is not None:
            self._note(job, found)
        return found

    def finished(self, job: Job, run: Execution) -> None:
        super().finished(job, run)
        self._note(job, run)

    def _note(self, job: Job, run: Execution) -> None:
        if "COURSE_SEED" in job.env:  # jobs that only look at what a run left have none
            self.runs[job.env["COURSE_SEED"]] = run


@dataclass(frozen=True, slots=True)
class Running:
    """Where runs are kept and by what they are made; `stopping` is set when somebody interrupts."""

    store: TimedStore
    engine: LocalEngine
    stopping: threading.Event


@contextmanager
def running(asked: Request, sandbox: Sandbox) -> Iterator[Running]:
    """All that runs need, closed afterwards; Ctrl-C stops them, what had finished is kept."""
    store, stopping, engine = (
        TimedStore(asked.out / ".store"), threading.Event(), LocalEngine(asked.jobs)
    )  # fmt: skip
    restore = stop_on_signals(stopping, engine, sandbox)
    try:
        yield Running(store, engine, stopping)
    finally:
        restore()
        store.close()


def number_of(seed: Seed) -> int:
    return seed.number


def stopped(left: int, of: int, console: Console) -> ExitCode:
    """Say how to go on."""
    console.print(f"Stopped. {left} of {of} are left; run the same command to go on.")
    return ExitCode.INTERRUPTED


def each(
    course: Course,
    asked: Request,
    numbers: Sequence[int],
    sandbox: Sandbox,
    runs: Running,
    console: Console,
) -> Iterator[Seed]:
    """Run and measure the reference with each of some seeds; stored runs are taken.

    Yields:
        Them as they are done; after an interruption those that are not are left out.

    Raises:
        CourseFault: one cannot be run, or not measured.
    """
    making = threading.Lock()  # one process's threads would make the same data side by side

    def one(number: int) -> Seed | None:
        with making:
            if runs.stopping.is_set():
                return None
            batch = batch_of(course, asked, sandbox, runs, number)
        try:
            evidence = batch.keys[0]
        except Interrupted:
            return None
        return measured(number, batch, evidence, runs.store.runs[str(number)])

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TextColumn("left:"), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task(f"{course.name}, {asked.tier}", total=len(numbers))
        for number, seed in runs.engine.map(one, numbers):
            if seed is None:
                continue
            progress.advance(bar)
            told = ", ".join(f"{k} {_short(v)}" for k, v in seed.values.items())
            line = f"seed {number}: {told}; {seed.seconds:.0f} s"
            console.print(line, highlight=False, soft_wrap=True, markup=False)
            yield seed


def batch_of(course: Course, asked: Request, sandbox: Sandbox, runs: Running, seed: int) -> Batch:
    data = data_of(course, asked, seed)
    return Batch(course, sandbox, runs.store, data, runs.stopping, seed)


def data_of(course: Course, asked: Request, seed: int) -> CourseData:
    """The data of one run: on the mini tier each seed has data of its own."""
    own = seed if asked.tier == "mini" else 0
    return course_data(course, asked.tier, asked.out / ".store", seed=own, raw=asked.raw)


def measured(number: int, batch: Batch, evidence: Evidence, run: Execution) -> Seed:
    """Everything that is to be measured of one run of the reference.

    Raises:
        CourseFault: something cannot be measured; says which seed and what.
    """
    given = pipeline.by_name(batch.grader, evidence, batch.cases, batch.truths)
    values: dict[str, float | Array] = {}
    baselines: dict[str, float] = {}
    cases: dict[str, int] = {}
    for m in batch.grader.measures:
        where = f"{batch.course.name}: measure {m.name!r} of the reference with seed {number}"
        try:
            value = np.asarray(m.compute(*(given[n] for n in m.needs)), dtype=np.float64)
            if callable(m.baseline):
                baselines[m.name] = float(m.baseline(*(given[n] for n in m.baseline_needs)))
            if m.size is not None:
                cases[m.name] = m.size(*(given[n] for n in m.needs))
        except Exception as error:
            raise CourseFault(f"{where} cannot be computed: {error!r}") from error
        if not value.size or not np.isfinite(value).all():
            raise CourseFault(f"{where} is not finite")
        values[m.name] = float(value) if value.ndim == 0 else value.ravel()
    digest = "" if batch.data is None else batch.data.digest
    return Seed(number, values, baselines, cases, digest, run.wall_s, run.cpu_s)


def digits(value: float, digits: int = 6) -> float:
    """A number as calibrations hold it."""
    return float(f"{value:.{digits}g}")


def _short(value: float | Array) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value[0]:.3g} to {value[-1]:.3g}" if math.isfinite(value[-1]) else "not finite"
