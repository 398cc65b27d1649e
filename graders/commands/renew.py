"""`dlgrade calibrate --renew`: five stored seeds again, and a new passport if they still hold.

The bars stay. Code, packages or the image may have changed; what must not have changed is the
data, the policy, the measures' names and their directions: then there is nothing to compare with.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Console

from graders.bridges.files import write_json
from graders.commands import passport
from graders.commands.seeds import (
    Request,
    Running,
    Seed,
    data_of,
    digits,
    each,
    number_of,
    running,
    stopped,
)
from graders.core import calibration
from graders.core.catalogue import Course
from graders.core.errors import ExitCode, UsageFault
from graders.core.sandbox import Sandbox
from graders.metrics import curves, tolerance

SEEDS = 5  # the limits of `tolerance.requalified` are for so many


class _Interrupted(Exception):
    """Somebody asked to stop; holds how many runs are left."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What some seeds came to in one measure.

    Args:
        values: of the seeds now, in the digits of a calibration.
        exact: they are the stored ones.
        limits: where they lie beside the stored spread.
    """

    values: tuple[float, ...]
    exact: bool
    limits: tolerance.Requalified

    @property
    def holds(self) -> bool:
        return self.exact or self.limits.holds


def renew(course: Course, asked: Request, why: str, sandbox: Sandbox, console: Console) -> ExitCode:
    """Run five stored seeds again; renew the passport of their calibration if they hold.

    A measure that fails is judged once more, by five other seeds.

    Args:
        why: what has changed, in a sentence that is kept in the passport.

    Returns:
        OK: the passport is renewed. FAILED: nothing is written, and it is told why.
        INTERRUPTED after Ctrl-C: what had finished is kept.

    Raises:
        UsageFault: there is nothing to renew here.
        CourseFault: the calibration cannot be read, or the reference not be measured.
    """
    if not course.grader.measures:
        raise UsageFault(f"{course.name} has nothing to renew: its grader names no measures")
    calibration.bars(course, asked.tier)  # says what to do where there are none
    file = asked.file or calibration.file_of(course, asked.tier)
    stored = calibration.read(file)
    made_by = calibration.sources(course)  # now: files may change while the runs go on
    if problems := _beyond(course, asked, stored, sandbox):
        for line in problems:
            _say(f"• {line}", console)
        command = f"dlgrade calibrate {course.name} --tier {asked.tier}"
        _say(f"Five seeds cannot renew this; calibrate anew with `{command}`.", console)
        return ExitCode.FAILED
    first, second = _numbers(stored["passport"])
    try:
        with running(asked, sandbox) as runs:
            seeds = _run(course, asked, first, sandbox, runs, console)
            found = compared(stored, seeds)
            failed = [name for name, c in found.items() if not c.holds]
            if failed:
                _told(failed, found, first, console)
                _say(f"They are judged once more, by seeds {_list(second)}.", console)
                again = _run(course, asked, second, sandbox, runs, console)
                seeds += again
                found |= {n: c for n, c in compared(stored, again).items() if n in failed}
    except _Interrupted as left:
        return stopped(int(str(left)), SEEDS, console)
    where = f"{course.name}, {asked.tier}"
    if strange := _strange(stored["passport"], seeds):
        _say(f"{where}: the data of seeds {_list(strange)} changed; calibrate anew.", console)
        return ExitCode.FAILED
    if lost := [name for name, c in found.items() if not c.holds]:
        _told(lost, found, second, console)
        _say(f"{where}: what is computed has changed; nothing is written.", console)
        return ExitCode.FAILED
    exact = not failed and all(c.exact for c in found.values())
    write_json(file, renewed(stored, made_by, sandbox, why, seeds, exact=exact))
    same = "give the stored numbers" if exact else "lie in the stored spread"
    _say(f"{where}: seeds {_list([s.number for s in seeds])} {same}; the passport is renewed, the "
         f"bars stay. Written: {file}", console)  # fmt: skip
    return ExitCode.OK


def _beyond(
    course: Course, asked: Request, stored: Mapping[str, Any], sandbox: Sandbox
) -> list[str]:
    """Why five seeds could not tell whether the calibration holds; a sentence each."""
    then = stored["passport"]
    names = {m.name: m.higher for m in course.grader.measures}
    known = {name: entry.get("higher") for name, entry in stored["measures"].items()}
    found = [f"{name} was not measured" for name in names if name not in known]
    found += [f"{name} is no longer measured" for name in known if name not in names]
    found += [f"{n}: the direction changed" for n in names if known.get(n, names[n]) != names[n]]
    if then.get("sandbox") not in (None, sandbox.name):
        found.append(f"measured in {then['sandbox']}, to be renewed in {sandbox.name}")
    now = {"policy": passport.policy(), "data": data_of(course, asked, min(then["seeds"])).digest}
    return found + calibration.differences(then, now)


def _numbers(then: Mapping[str, Any]) -> tuple[list[int], list[int]]:
    """The first five stored seeds and the next five; further ones where fewer are stored."""
    seeds = sorted(then["seeds"])
    seeds += range(max(seeds) + 1, max(seeds) + 1 + 2 * SEEDS)
    return seeds[:SEEDS], seeds[SEEDS : 2 * SEEDS]


def _run(
    course: Course,
    asked: Request,
    numbers: Sequence[int],
    sandbox: Sandbox,
    runs: Running,
    console: Console,
) -> list[Seed]:
    found = list(each(course, asked, numbers, sandbox, runs, console))
    if runs.stopping.is_set():
        raise _Interrupted(len(numbers) - len(found))
    return sorted(found, key=number_of)


def compared(stored: Mapping[str, Any], seeds: Sequence[Seed]) -> dict[str, Compared]:
    """By measure what some seeds come to now, beside a calibration.

    Args:
        stored: as `calibration.read` gives it.
        seeds: run just now.
    """
    found = {}
    known = stored["passport"]["seeds"]
    for name, entry in stored["measures"].items():
        values = tuple(_value(seed, name) for seed in seeds)
        then = dict(zip(known, entry["values"], strict=True))
        exact = all(then.get(s.number) == v for s, v in zip(seeds, values, strict=True))
        fresh, old = np.array(values), np.array(entry["values"], dtype=np.float64)
        if "high" in entry:  # levels of curves
            fresh, old = np.log(fresh), np.log(old)
        limits = tolerance.requalified(fresh, old, higher=entry["higher"], se=entry["se"])
        found[name] = Compared(values, exact, limits)
    return found


def _value(seed: Seed, name: str) -> float:
    value = seed.values[name]
    return digits(value if isinstance(value, float) else curves.final_level(value))


def _strange(then: Mapping[str, Any], seeds: Sequence[Seed]) -> list[int]:
    """Stored seeds whose data are not those of the calibration."""
    known = set(then.get("all data", ()))
    return [s.number for s in seeds if s.number in then["seeds"] and s.data not in known]


def renewed(
    stored: Mapping[str, Any],
    made_by: Mapping[str, Any],
    sandbox: Sandbox,
    why: str,
    seeds: Sequence[Seed],
    *,
    exact: bool,
) -> dict[str, Any]:
    """The same calibration with a passport of today, which says what it rests on.

    Args:
        made_by: `calibration.sources`.
        seeds: the runs that show it.
        exact: they gave the stored numbers.
    """
    then = stored["passport"]
    record = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "why": why,
        "seeds": [s.number for s in seeds],
        "exact": exact,
        "values": {name: [_value(s, name) for s in seeds] for name in stored["measures"]},
    }
    now = {**made_by, **passport.computing(sandbox), "image": sandbox.fingerprint()}
    return {**stored, "passport": {**then, **now, "renewed": [*then.get("renewed", ()), record]}}


def _told(
    names: Sequence[str], found: Mapping[str, Compared], seeds: Sequence[int], console: Console
) -> None:
    """Say of failing measures by how much."""
    for name in names:
        limits = found[name].limits
        told = [
            f"{what} is {value:.6g}, {short:.3g} beyond {limit:.6g}"
            for what, value, short, limit in (
                ("the average", limits.average, limits.average_short, limits.average_limit),
                ("the worst", limits.worst, limits.worst_short, limits.worst_limit),
            )
            if short > 0.0
        ]
        values = ", ".join(f"{value:.6g}" for value in found[name].values)
        _say(f"• {name}: seeds {_list(seeds)} give {values}; {' and '.join(told)}.", console)


def _list(seeds: Sequence[int]) -> str:
    return ", ".join(map(str, seeds))


def _say(text: str, console: Console) -> None:
    console.print(text, soft_wrap=True, highlight=False, markup=False)
