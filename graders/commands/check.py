"""`dlgrade check`: would this notebook open, run and define what is asked? Looks at no answer."""

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from autograder_images.inside import LIBRARIES
from graders.core import catalogue, jobs
from graders.core.catalogue import Course
from graders.core.data import chosen
from graders.core.errors import ExitCode, InfraFault, UsageFault
from graders.core.evidence import read_evidence
from graders.core.intake import take_file
from graders.core.rubric import Ask, Grader
from graders.core.saying import tell
from graders.core.types import COMPLETE, OURS, Evidence, Execution
from graders.sandboxes.local import LocalSandbox

# Modules that grading has, and what installs them; one that it lacks fails there, too.
_PACKAGES = {name.split(".")[0]: package for name, package in LIBRARIES.items()}
_MISSING = re.compile(r"No module named '(\w+)'")
_NO_WIDGETS = "IProgress not found"  # tqdm.notebook's way of saying that ipywidgets is missing


def check_notebook(path: Path, name: str | None, data: Path | None, console: Console) -> ExitCode:
    """Open and run one notebook as grading would, and say what would be in the way.

    Returns:
        OK, or STUDENT when something should be mended before handing in.

    Raises:
        UsageFault: no such file, no such assignment, or this Python lacks what it imports.
        InfraFault: this machine cannot run notebooks.
    """
    if not path.is_file():
        raise UsageFault(f"there is no file {path}")
    course = catalogue.course(name or path.stem)
    course.must_run_in(LocalSandbox.name)
    with tempfile.TemporaryDirectory(prefix="dlgrade-check-") as temporary:
        folder = Path(temporary)
        taken = take_file(path, course.source)
        for note in taken.notes:
            console.print(f"• {note.student}", markup=False, highlight=False)
        if taken.notebook is None:
            console.print("Not ready: nobody could open this file.")
            return ExitCode.STUDENT
        grader = presence(course.grader)
        run, evidence = _run(course, grader, taken.notebook, data, folder)
    if missing := _missing(evidence):
        raise UsageFault(
            f"your notebook imports {' and '.join(missing)}, which grading has and this Python "
            f"lacks: run `pip install {' '.join(missing)}` and check again"
        )
    return _say(course, grader, run, evidence, console)


def presence(grader: Grader) -> Grader:
    """The same notebook with other questions: is there anything by the names that are asked?"""
    names = dict.fromkeys(ask.target for ask in grader.evidence if ask.kind != "rerun")
    asks = tuple(Ask(target[0], "variable", target) for target in names)
    return replace(grader, evidence=asks, checks=(), observations=(), measures=())


def _missing(evidence: Evidence) -> list[str]:
    """Packages that cells failed without, and that the image for grading has."""
    found = []
    for cell in evidence.cells:
        said = str(cell.get("evalue") or "")
        if cell.get("ename") == "ModuleNotFoundError" and (match := _MISSING.match(said)):
            found.append(_PACKAGES.get(match[1], ""))
        elif cell.get("ename") == "ImportError" and said.startswith(_NO_WIDGETS):
            found.append("ipywidgets")
    return sorted(set(filter(None, found)))


def _run(
    course: Course, grader: Grader, notebook: Mapping[str, Any], given: Path | None, folder: Path
) -> tuple[Execution, Evidence]:
    sandbox = LocalSandbox(slots=1, warm=False)
    try:
        data = chosen(course, "mini", given, folder)
        job = jobs.make_job(
            folder, "you", json.dumps(notebook), jobs.plan_text(grader, {}),
            jobs.packed_arrays({}), sandbox.fingerprint(), grader, data.train, "",
            {"COURSE_TIER": data.tier, "COURSE_SEED": "0"},
        )  # fmt: skip
        run = sandbox.run(job)
        if run.ending in OURS:
            raise InfraFault(f"your notebook could not be run on this machine: {run.detail}")
        return run, read_evidence(run.outputs, grader.evidence, jobs.case_counts(grader, {}))
    finally:
        sandbox.close()


def _say(
    course: Course, grader: Grader, run: Execution, evidence: Evidence, console: Console
) -> ExitCode:
    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False)

    problems = 0
    for cell in evidence.cells:
        if cell.get("status") == "ok":
            continue
        problems += 1
        where = cell.get("grade_id") or f"number {int(cell.get('index', 0)) + 1}"
        what = f"{cell.get('ename') or cell.get('status')}: {cell.get('evalue') or ''}"
        say(f"✗ cell {where} ends with {' '.join(what.split())[:200]}")
    for ask in grader.evidence:
        if (why := evidence.refused.get(ask.name)) and why.code == "not-defined":
            problems += 1
            say(f"✗ {tell(grader.sentences, why)}")
    if run.ending not in COMPLETE:
        problems += 1
        say(f"✗ the run did not go through: {run.ending}")
    limits = course.grader.limits
    say(f"Ran in {run.wall_s:.1f} s (limit {limits.wall_s:.0f} s) with {run.peak_mib:.0f} MiB "
        f"at most (limit {limits.memory_mib} MiB).")  # fmt: skip
    if problems:
        say("Not ready: mend what is marked ✗, or hand in knowing that it costs points.")
        return ExitCode.STUDENT
    say("Ready: it opens, runs from top to bottom and defines what is asked. "
        "Whether the answers are right is not looked at here.")  # fmt: skip
    return ExitCode.OK
