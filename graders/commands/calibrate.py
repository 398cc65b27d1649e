"""`dlgrade calibrate`: the reference, many times over; from its spread, the bars."""

import datetime
import math
import os
import statistics
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from graders.bridges.files import write_json
from graders.commands import own_grade, passport
from graders.commands.grade import stop_on_signals
from graders.commands.sandboxes import open_sandbox
from graders.core import calibration, catalogue, pipeline
from graders.core.batch import Batch
from graders.core.catalogue import Course
from graders.core.data import course_data
from graders.core.errors import CourseFault, ExitCode, GradingError, UsageFault
from graders.core.rubric import Measure
from graders.core.running import Interrupted
from graders.core.sandbox import Sandbox
from graders.core.store import Store
from graders.core.types import Array, CourseData, Evidence, Execution, Job
from graders.engines.local import LocalEngine
from graders.metrics import bars


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


def calibrate_or_check(
    notebook: str, kind: str, only_check: bool, options: Mapping[str, Any], console: Console
) -> ExitCode:
    """The command as it was typed: `options` are `tier`, `seeds`, `jobs`, `out` and `data`."""
    course = catalogue.course(notebook)
    asked = Request(
        options["tier"], options["seeds"], options["jobs"], options["out"], options["data"]
    )
    if only_check:
        return check(course, asked, console)
    with open_sandbox(kind, asked.jobs, console) as sandbox:
        return calibrate(course, asked, sandbox, console)


def calibrate(course: Course, asked: Request, sandbox: Sandbox, console: Console) -> ExitCode:
    """Measure the reference over seeds and write its calibration.

    Returns:
        OK; FAILED if the reference loses points by these bars, oftener than bad luck allows;
        INTERRUPTED after Ctrl-C: what had finished is kept.

    Raises:
        UsageFault: there is nothing to measure.
        CourseFault: the reference cannot be measured, or its bar would be none.
    """
    if not course.grader.measures:
        raise UsageFault(f"{course.name} has nothing to calibrate: its grader names no measures")
    if asked.seeds < 2:
        raise UsageFault("a spread needs at least two seeds; say --seeds 20")
    file = asked.file or calibration.file_of(course, asked.tier)
    made_by = calibration.sources(course)  # now: files may change while the hours pass
    store = TimedStore(asked.out / ".store")
    stopping = threading.Event()
    engine = LocalEngine(asked.jobs)
    restore = stop_on_signals(stopping, engine, sandbox)
    began = time.monotonic()
    try:
        found = list(_all(course, asked, sandbox, store, engine, stopping, console))
        found.sort(key=lambda seed: seed.number)
        if stopping.is_set():
            left = asked.seeds - len(found)
            say = f"Stopped. {left} of {asked.seeds} are left; run the same command to go on."
            console.print(say)
            return ExitCode.INTERRUPTED
        spreads = {m.name: spread(course.name, m, found) for m in course.grader.measures}
        bars_now = {name: s.bar for name, s in spreads.items()}
        lost = own_grade.together(
            own_grade.lost(_batch(course, asked, sandbox, store, stopping, seed.number), bars_now)
            for seed in found
        )
    finally:
        restore()
        store.close()
    write_json(file, record(course, asked.tier, sandbox, found, spreads, made_by, lost))
    _say(course, found, spreads, time.monotonic() - began, console)
    console.print(f"Written: {file}", soft_wrap=True, highlight=False)
    failed = own_grade.too_often(lost, len(found))
    for sentence in failed:
        console.print(sentence, soft_wrap=True, highlight=False, markup=False)
    return ExitCode.FAILED if failed else ExitCode.OK


def _all(
    course: Course,
    asked: Request,
    sandbox: Sandbox,
    store: TimedStore,
    engine: LocalEngine,
    stopping: threading.Event,
    console: Console,
) -> Iterator[Seed]:
    making = threading.Lock()  # one process's threads would make the same data side by side

    def one(number: int) -> Seed | None:
        with making:
            if stopping.is_set():
                return None
            batch = _batch(course, asked, sandbox, store, stopping, number)
        try:
            evidence = batch.keys[0]
        except Interrupted:
            return None
        return measured(number, batch, evidence, store.runs[str(number)])

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TextColumn("left:"), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task(f"{course.name}, {asked.tier}", total=asked.seeds)
        for number, seed in engine.map(one, range(1, asked.seeds + 1)):
            if seed is None:
                continue
            progress.advance(bar)
            numbers = ", ".join(f"{k} {_short(v)}" for k, v in seed.values.items())
            line = f"seed {number}: {numbers}; {seed.seconds:.0f} s"
            console.print(line, highlight=False, soft_wrap=True, markup=False)
            yield seed


def _batch(
    course: Course,
    asked: Request,
    sandbox: Sandbox,
    store: Store,
    stopping: threading.Event,
    seed: int,
) -> Batch:
    data = _data(course, asked.tier, asked.out / ".store", seed, asked.raw)
    return Batch(course, sandbox, store, data, stopping, seed)


def _data(course: Course, tier: str, cache: Path, seed: int, raw: Path | None) -> CourseData:
    """The data of one run: on the mini tier each seed has data of its own."""
    return course_data(course, tier, cache, seed=seed if tier == "mini" else 0, raw=raw)


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


def spread(notebook: str, measure: Measure, seeds: Sequence[Seed]) -> bars.Spread:
    """The bar of one measure.

    Raises:
        CourseFault: there is none that could be defended; says why.
    """
    values = [s.values[measure.name] for s in seeds]
    try:
        if any(isinstance(v, np.ndarray) for v in values):
            start = None if measure.baseline is None else _baseline(measure, seeds)
            return bars.of_curves(measure, [np.asarray(v) for v in values], start)
        cases = min((s.cases.get(measure.name, 0) for s in seeds), default=0)
        numbers = [float(v) for v in values]
        return bars.of_numbers(measure, numbers, _baseline(measure, seeds), cases)
    except ValueError as error:
        raise CourseFault(f"{notebook}: measure {measure.name!r} has no bar: {error}") from error


def _baseline(measure: Measure, seeds: Sequence[Seed]) -> float:
    if callable(measure.baseline):
        return statistics.fmean(s.baselines[measure.name] for s in seeds)
    if measure.baseline is None:
        raise ValueError("it has no baseline, and a number needs one")
    others = [s.values.get(measure.baseline) for s in seeds]
    numbers = [v for v in others if isinstance(v, float)]
    if len(numbers) != len(seeds):
        raise ValueError(f"its baseline {measure.baseline!r} is no measure that is a number")
    return statistics.fmean(numbers)


def record(
    course: Course,
    tier: str,
    sandbox: Sandbox,
    seeds: Sequence[Seed],
    spreads: Mapping[str, bars.Spread],
    made_by: Mapping[str, Any],
    lost: Mapping[str, Mapping[str, float]],
) -> dict[str, Any]:
    """What `reference.<tier>.json` holds; its form is in graders/core/calibration.py."""
    digests = sorted({s.data for s in seeds})
    return {
        "schema": calibration.SCHEMA,
        "notebook": course.name,
        "tier": tier,
        "policy": passport.policy(),
        "measures": {m.name: _entry(m, spreads[m.name]) for m in course.grader.measures},
        "lost": lost,
        "passport": {
            **made_by,
            "policy": passport.policy(),
            "seeds": [s.number for s in seeds],
            "data": next(s.data for s in seeds if s.number == min(x.number for x in seeds)),
            "all data": digests,
            **passport.computing(sandbox),
            "image": sandbox.fingerprint(),
            "hardware": f"{passport.processor()}, {os.cpu_count()} cores",
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "minutes per run": _digits(statistics.fmean(s.seconds for s in seeds) / 60),
            "processor minutes per run": _digits(statistics.fmean(s.cpu_s for s in seeds) / 60),
        },
    }


def _entry(measure: Measure, found: bars.Spread) -> dict[str, Any]:
    bar = found.bar
    entry: dict[str, Any] = {
        "unit": measure.unit,
        "higher": measure.higher,
        "n": bar.n,
        **{k: _digits(getattr(bar, k)) for k in ("mean", "sd", "none", "full", "near")},
        "se": _digits(found.se),
        "missed": _digits(found.missed, 2),
        "missed_twice": _digits(found.missed_twice, 2),
        "values": [_digits(v) for v in found.values],
    }
    if bar.high.size:
        entry["low"] = [_digits(v, 4) for v in bar.low]
        entry["high"] = [_digits(v, 4) for v in bar.high]
    return entry


def _digits(value: float, digits: int = 6) -> float:
    return float(f"{value:.{digits}g}")


def check(course: Course, asked: Request, console: Console) -> ExitCode:
    """Say in what a stored calibration no longer matches. Nothing is run.

    Returns:
        OK, or FAILED with a line for everything that changed.

    Raises:
        CourseFault: there is no calibration, or it cannot be read.
    """
    file = asked.file or calibration.file_of(course, asked.tier)
    if asked.file is None and not file.is_file():
        calibration.bars(course, asked.tier)  # says what to do
    stored = calibration.read(file)
    then = stored["passport"]
    now = {**calibration.sources(course), "policy": passport.policy()}
    now |= passport.computing_of(str(then.get("sandbox")), str(then.get("flavour") or "cpu"))
    unknown = []
    try:
        first = min(then["seeds"])
        now["data"] = _data(course, asked.tier, asked.out / ".store", first, asked.raw).digest
    except (GradingError, ValueError, KeyError, TypeError) as why:
        unknown.append(f"the data could not be compared: {why}")
    missing = [m.name for m in course.grader.measures if m.name not in stored["measures"]]
    found = [f"no bar for {name}" for name in missing]
    found += calibration.differences(then, now)
    for line in (*found, *unknown):
        console.print(f"• {line}", markup=False, highlight=False, soft_wrap=True)
    made = f"{len(then.get('seeds', ()))} seeds, {then.get('date')}"
    if found:
        console.print(
            f"{course.name}, {asked.tier}: the calibration ({made}) no longer matches; run "
            f"`dlgrade calibrate {course.name} --tier {asked.tier}`.", soft_wrap=True,
            highlight=False,
        )  # fmt: skip
        return ExitCode.FAILED
    console.print(f"{course.name}, {asked.tier}: the calibration ({made}) matches.")
    return ExitCode.OK


def _say(
    course: Course,
    seeds: Sequence[Seed],
    spreads: Mapping[str, bars.Spread],
    elapsed: float,
    console: Console,
) -> None:
    minutes = statistics.fmean(s.seconds for s in seeds) / 60
    title = f"{course.name}: {len(seeds)} seeds in {elapsed:.0f} s, {minutes:.1f} minutes per run"
    table = Table(title=title)
    for heading in ("measure", "mean", "sd", "none", "full", "missed", "missed twice"):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for name, s in spreads.items():
        bar = s.bar
        numbers = (f"{v:.4g}" for v in (bar.mean, bar.sd, bar.none, bar.full))
        table.add_row(name, *numbers, f"{s.missed:.2%}", f"{s.missed_twice:.3%}")
    console.print(table)


def _short(value: float | Array) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value[0]:.3g} to {value[-1]:.3g}" if math.isfinite(value[-1]) else "not finite"
