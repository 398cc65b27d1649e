"""A class of any size as `grade.json` would tell of it: plausible, and the same every time.

Each student has an ability and each check a difficulty; points follow from both by a logistic
curve, so that checks discriminate as they do in a real class. One check is pure luck.

As a program: `python -m tests.pages.big_class 1000 FOLDER` writes the class page and says what
it took.
"""

import json
import math
import random
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graders.bridges.tables import summary_csv
from graders.core import catalogue
from reports.overview import class_view
from reports.render import class_page
from reports.since import Summary, read_summary

NOTEBOOK = "linear_models"
LUCKY = "check_sgd"  # of all checks the one that tells nothing about a student
_NAMES = ("ada", "alan", "barbara", "edsger", "frances", "grace", "hedy", "jean", "katherine")
_FAMILY = ("bauer", "çelik", "dvořák", "garcía", "huang", "ito", "kowalska", "łuczak", "müller")


def records(size: int, seed: int = 0) -> list[dict[str, Any]]:
    """`size` records: of a hundred, about three are refused, one is held, one was killed."""
    luck = random.Random(seed)
    checks = catalogue.course(NOTEBOOK).grader.checks
    hardness = {c.id: luck.uniform(-2.5, 0.8) for c in checks}
    return [_record(k, luck, hardness) for k in range(size)]


def _record(k: int, luck: random.Random, hardness: Mapping[str, float]) -> dict[str, Any]:
    checks = catalogue.course(NOTEBOOK).grader.checks
    ability = luck.gauss(0, 1.3)
    fate = luck.random()
    state = "held" if fate < 0.01 else "killed" if fate < 0.02 else "refused" if fate < 0.05 else ""
    given: list[dict[str, Any]] = []
    for check in checks:
        edge = 0.0 if check.id == LUCKY else ability - hardness[check.id]
        right = luck.random() < 1 / (1 + math.exp(-1.8 * edge))
        share = 1.0 if right else luck.choice((0.0, 0.0, 0.25, 0.5))
        outcome = "unanswered" if state == "refused" else "judged"
        points = 0.0 if state in ("refused", "killed") else share * check.points
        given.append(_check(check.id, outcome, points, check.points))
    if state == "held":
        given[k % len(given)].update(outcome="held", points=None, staff_note="OSError: disk full")
    given.append(_check("momentum_in_words", "by hand", None, 3.0))
    automatic = [c["points"] for c in given[:-1]]
    ending = {"killed": "killed", "refused": ""}.get(state, "finished")
    if not state and fate > 0.97:
        ending = luck.choice(("cell error", "time limit", "kernel died", "out of memory"))
    name = f"{luck.choice(_NAMES)}-{luck.choice(_FAMILY)}-{k:04d}"
    return {
        "schema": "dlgrade/grade/1",
        "student": name,
        "assignment": NOTEBOOK,
        "notebook": NOTEBOOK,
        "points": None if state == "held" else math.fsum(p for p in automatic if p is not None),
        "max_points": math.fsum(c.points for c in checks),
        "by_hand_points": 3.0,
        "held": state == "held",
        "checks": given,
        "notes": _notes(state, luck),
        "run": _run(ending, luck) if ending else None,
    }


def _check(ident: str, outcome: str, points: float | None, most: float) -> dict[str, Any]:
    return {
        "id": ident,
        "outcome": outcome,
        "points": points,
        "max_points": most,
        "asks": "",
        "feedback": "",
        "measured": {},
        "staff_note": "",
    }


def _notes(state: str, luck: random.Random) -> list[dict[str, str]]:
    if state == "refused":
        return [{"code": "not_json", "student": "", "staff": "The file is no JSON: line 1."}]
    if luck.random() < 0.05:
        return [{"code": "changed", "student": "", "staff": "A locked cell was put back."}]
    return []


def _run(ending: str, luck: random.Random) -> dict[str, Any]:
    return {
        "ending": ending,
        "wall_s": 300.0 if ending == "time limit" else round(luck.lognormvariate(1.2, 0.5), 3),
        "cpu_s": 1.5,
        "peak_mib": 2048.0 if ending == "out of memory" else round(luck.gauss(180, 25), 1),
        "detail": "",
    }


def graded_before(now: list[dict[str, Any]], seed: int = 1) -> Summary:
    """The grading before: some were not there, some had other points, what is held was not."""
    luck = random.Random(seed)
    then = json.loads(json.dumps(now))
    for record in then:
        if luck.random() < 0.02 and record["points"]:
            lost = next(c for c in record["checks"] if c["points"])
            record["points"] -= lost["points"]
            lost["points"] = 0.0
    then = [r for k, r in enumerate(then) if k % 40 != 7]
    then.append({**then[0], "student": "withdrawn-0000"})
    text = summary_csv(then, catalogue.course(NOTEBOOK).grader)
    return Summary("2026-03-01T18:00:00+01:00", read_summary(text))


def page(size: int) -> str:
    """The class page of `size` students, with a grading before it."""
    given = records(size)
    facts = (("Sandbox", "docker"), ("Jobs", "8"))
    course = catalogue.course(NOTEBOOK)
    return class_page(class_view(given, course, 3600.0, facts, graded_before(given)))


def main() -> None:
    size, folder = int(sys.argv[1]), Path(sys.argv[2])
    course = catalogue.course(NOTEBOOK)
    given = records(size)
    before = graded_before(given)
    class_page(class_view(given[:3], course, 1.0, (), None))  # imports and compiles
    start = time.perf_counter()
    html = class_page(class_view(given, course, 3600.0, (), before))
    (folder / "index.html").write_text(html, "utf-8")
    took = time.perf_counter() - start
    print(f"{size} students: {took:.2f} s, {len(html.encode()) / 2**20:.2f} MiB")


if __name__ == "__main__":
    main()
