"""`dlgrade calibrate`: the reference, many times over; from its spread, the bars."""

import datetime
import os
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from graders.bridges.files import write_json
from graders.commands import own_grade, passport
from graders.commands.renew import renew as renew_passport
from graders.commands.sandboxes import open_sandbox
from graders.commands.seeds import Request as Request
from graders.commands.seeds import Seed as Seed
from graders.commands.seeds import batch_of, data_of, digits, each, number_of, running, stopped
from graders.commands.seeds import measured as measured
from graders.core import calibration, catalogue
from graders.core.catalogue import Course
from graders.core.errors import CourseFault, ExitCode, GradingError, UsageFault
from graders.core.rubric import Measure
from graders.core.sandbox import Sandbox
from graders.metrics import bars


def as_asked(
    notebook: str,
    kind: str,
    options: Mapping[str, Any],
    console: Console,
    *,
    only_check: bool,
    renew: bool,
    why: str,
) -> ExitCode:
    """The command as it was typed: `options` are `tier`, `seeds`, `jobs`, `out` and `data`.

    Raises:
        UsageFault: options that do not go together.
    """
    if (only_check and renew) or renew != bool(why.strip()):
        raise UsageFault("--renew goes with --why TEXT, and without --check")
    course = catalogue.course(notebook)
    asked = Request(
        options["tier"], options["seeds"], options["jobs"], options["out"], options["data"]
    )
    if only_check:
        return check(course, asked, console)
    with open_sandbox(kind, asked.jobs, console) as sandbox:
        if renew:
            return renew_passport(course, asked, why.strip(), sandbox, console)
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
    began = time.monotonic()
    with running(asked, sandbox) as runs:
        numbers = range(1, asked.seeds + 1)
        found = sorted(each(course, asked, numbers, sandbox, runs, console), key=number_of)
        if runs.stopping.is_set():
            return stopped(asked.seeds - len(found), asked.seeds, console)
        spreads = {m.name: spread(course.name, m, found) for m in course.grader.measures}
        bars_now = {name: s.bar for name, s in spreads.items()}
        lost = own_grade.together(
            own_grade.lost(batch_of(course, asked, sandbox, runs, seed.number), bars_now)
            for seed in found
        )
    write_json(file, record(course, asked.tier, sandbox, found, spreads, made_by, lost))
    _say(course, found, spreads, time.monotonic() - began, console)
    console.print(f"Written: {file}", soft_wrap=True, highlight=False)
    failed = own_grade.too_often(lost, len(found))
    for sentence in failed:
        console.print(sentence, soft_wrap=True, highlight=False, markup=False)
    return ExitCode.FAILED if failed else ExitCode.OK


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
            "minutes per run": digits(statistics.fmean(s.seconds for s in seeds) / 60),
            "processor minutes per run": digits(statistics.fmean(s.cpu_s for s in seeds) / 60),
        },
    }


def _entry(measure: Measure, found: bars.Spread) -> dict[str, Any]:
    bar = found.bar
    entry: dict[str, Any] = {
        "unit": measure.unit,
        "higher": measure.higher,
        "n": bar.n,
        **{k: digits(getattr(bar, k)) for k in ("mean", "sd", "none", "full", "near")},
        "se": digits(found.se),
        "missed": digits(found.missed, 2),
        "missed_twice": digits(found.missed_twice, 2),
        "values": [digits(v) for v in found.values],
    }
    if bar.high.size:
        entry["low"] = [digits(v, 4) for v in bar.low]
        entry["high"] = [digits(v, 4) for v in bar.high]
    return entry


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
        now["data"] = data_of(course, asked, first).digest
    except (GradingError, ValueError, KeyError, TypeError) as why:
        unknown.append(f"the data could not be compared: {why}")
    missing = [m.name for m in course.grader.measures if m.name not in stored["measures"]]
    same = not missing and calibration.RENEWABLE.issuperset(calibration.changed(then, now))
    found = [f"no bar for {name}" for name in missing]
    found += calibration.differences(then, now)
    for line in (*found, *unknown):
        console.print(f"• {line}", markup=False, highlight=False, soft_wrap=True)
    made = f"{len(then.get('seeds', ()))} seeds, {then.get('date')}"
    if found:
        command = f"dlgrade calibrate {course.name} --tier {asked.tier}"
        advice = f"run `{command}`."
        if same:
            advice = f"if the same is still computed, run `{command} --renew --why TEXT`, which " \
                f"runs five seeds again; else `{command}`."  # fmt: skip
        words = f"{course.name}, {asked.tier}: the calibration ({made}) no longer matches; {advice}"
        console.print(words, soft_wrap=True, highlight=False, markup=False)
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
