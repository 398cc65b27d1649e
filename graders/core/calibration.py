"""`reference.<tier>.json`: the spread of the reference, the bars, and the passport of both.

`dlgrade calibrate` writes it (graders/commands/calibrate.py); every grading reads its bars here.

    {"schema": 1, "notebook": …, "tier": …,
     "policy": {"coverage", "confidence", "band"},
     "measures": {<name>: {"n", "mean", "sd", "values", "se", "none", "full", "near", "unit",
                           "missed", "missed_twice", "low", "high"}},
     "lost": {<check>: {"runs", "points"}},   what the reference loses by these bars
     "passport": {…,
                  "renewed": [{"date", "why", "seeds", "exact", "values": {<measure>: […]}}]}}

The passport is what the numbers hold for. `dlgrade calibrate --renew` replaces it and adds to
`renewed`; it leaves everything else as it was measured.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from graders.core import catalogue, facts
from graders.core.catalogue import Course
from graders.core.errors import CourseFault
from graders.core.reach import reached, syntax
from graders.core.rubric import NEEDS, Calibrated, Grader, Observation

SCHEMA = 1
_NUMBERS = ("none", "full", "near", "mean", "sd")


def file_of(course: Course, tier: str) -> Path:
    """Where the calibration of a notebook lies.

    Raises:
        CourseFault: this installation has no reference solutions.
    """
    if course.reference is None:
        raise CourseFault(f"{course.name}: this installation has no reference solution")
    return course.reference / f"reference.{tier}.json"


def bars(course: Course, tier: str) -> Mapping[str, Calibrated]:
    """The bar of each of the grader's measures; none where it has no measures.

    Raises:
        CourseFault: the calibration is missing, unreadable, or lacks one of them.
    """
    if not course.grader.measures:
        return {}
    file = file_of(course, tier)
    if not file.is_file():
        raise CourseFault(
            f"{course.name}: there are no bars for the {tier} tier; measure the reference with "
            f"`dlgrade calibrate {course.name} --tier {tier}`"
        )
    found = _bars(file, file.stat().st_mtime_ns)
    if missing := [m.name for m in course.grader.measures if m.name not in found]:
        raise CourseFault(
            f"{course.name}: {_short(file)} holds no bar for {', '.join(missing)}; run "
            f"`dlgrade calibrate {course.name} --tier {tier}` again"
        )
    return found


@cache
def _bars(file: Path, changed: int) -> Mapping[str, Calibrated]:
    """The bars of a file as it was at one time."""
    measures = read(file)["measures"]
    try:
        return {name: _bar(entry) for name, entry in measures.items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CourseFault(
            f"{_short(file)} holds a bar that is none ({error!r}); make it again with "
            "`dlgrade calibrate`, it is not for editing"
        ) from error


def _bar(entry: Mapping[str, Any]) -> Calibrated:
    numbers = {name: float(entry[name]) for name in _NUMBERS}
    low, high = (np.asarray(entry.get(edge, ()), dtype=np.float64) for edge in ("low", "high"))
    bad = [name for name, value in numbers.items() if not math.isfinite(value)]
    if bad or numbers["none"] == numbers["full"] or low.shape != high.shape:
        raise ValueError(f"{bad or 'its ends'} are no numbers to pay by")
    return Calibrated(**numbers, n=int(entry["n"]), low=low, high=high)


def read(file: Path) -> dict[str, Any]:
    """A calibration as it was written.

    Raises:
        CourseFault: it cannot be read, or is of another schema.
    """
    try:
        found = json.loads(file.read_text("utf-8"))
        whole = found["schema"] == SCHEMA and isinstance(found["measures"], dict)
        whole = whole and isinstance(found["passport"], dict)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CourseFault(
            f"{_short(file)} cannot be read ({type(error).__name__}); make it again with "
            "`dlgrade calibrate`"
        ) from error
    if not whole:
        raise CourseFault(
            f"{_short(file)} is of another schema than {SCHEMA}; make it again with "
            "`dlgrade calibrate`"
        )
    return dict(found)


def _short(file: Path) -> str:
    inside = file.is_relative_to(catalogue.ROOT)
    return str(file.relative_to(catalogue.ROOT)) if inside else file.name


# --- what a calibration was made from ---------------------------------------------------------


def sources(course: Course) -> dict[str, Any]:
    """What of ours a calibration rests on: when one of these changes, it is of the past.

    Returns:
        `assignment` and `reference` (digests of their code cells), `measures` (digest of the code
        that measures and of the questions it needs), `grader` (its version, for people).

    Raises:
        CourseFault: there is no reference here.
    """
    reference = catalogue.reference_notebooks(course.name)["reference"]
    return {
        "assignment": _code(course.source.read_text("utf-8")),
        "reference": _code(reference),
        "measures": of_measures(course.grader),
        "grader": course.grader.version,
    }


def _code(notebook: str) -> str:
    """Digest of the code cells as they compute: prose and comments may change."""
    cells = json.loads(notebook)["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    return facts.digest(*(syntax.normalised(text).encode() for text in code))


def of_measures(grader: Grader) -> str:
    """Digest of everything that turns a run into the measured numbers."""
    named = {name for m in grader.measures for name in (*m.needs, *m.baseline_needs)}
    bare = {n.removesuffix(s) for n in named for s in NEEDS if n.endswith(s)}
    seen: list[Observation] = []
    for observation in reversed(grader.observations):  # what one is handed was observed before
        if observation.name in bare:
            bare |= {observation.of, observation.otherwise, observation.also}
            seen.append(replace(observation, source=syntax.normalised(observation.source)))
    asked = [replace(a, via=syntax.normalised(a.via)) for a in grader.evidence if a.name in bare]
    return reached(grader.measures, seen[::-1], asked).points


def differences(stored: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What of a passport no longer holds, a sentence each.

    Args:
        stored: the passport of a calibration.
        now: the same facts of today; those that are missing here are not compared.
    """
    return [
        f"{_FACTS[fact]}: then {_told(stored.get(fact))}, now {_told(now[fact])}"
        for fact in changed(stored, now)
    ]


def changed(stored: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the facts that no longer hold; arguments as of `differences`."""
    return tuple(fact for fact in _FACTS if fact in now and stored.get(fact) != now[fact])


_FACTS = {
    "assignment": "the assignment's code cells changed",
    "reference": "the reference's code cells changed",
    "measures": "what is measured changed, or how",
    "data": "the data changed",
    "lock": "the locked packages of the image changed",
    "versions": "the versions that compute changed",
    "policy": "the policy of bars changed",
}


# What may change while the same is computed; `dlgrade calibrate --renew` finds out.
RENEWABLE = frozenset({"assignment", "reference", "measures", "lock", "versions"})


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {v}" for k, v in sorted(value.items())) or "nothing"
    return str(value)[:16] if value else "nothing"
