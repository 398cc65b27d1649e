"""What the seeds of conformance came to: `seeds/<notebook>.json`, a line for each seed.

Hours of runs outlive the machine that ran them. An entry is of the graders' version that it names;
`benchmarks/reached.py` tells how many there are, and of which version.

    {"<seed>": {"grader", "date", "kinds", "notebooks", "mistakes", "misfits": ["<who>: <what>"]}}
"""

import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reference_solutions.demo_class import student
from reference_solutions.filling import variants
from tests.conformance.declared import Problem
from tests.conformance.together import bundles
from tests.course_runs import Classroom

FOLDER = Path(__file__).resolve().parent / "seeds"


def add(room: Classroom, seed: int, kinds: Sequence[str], found: Sequence[Problem]) -> None:
    """Keep what a seed came to, in the place of what was known of it before."""
    file = FOLDER / f"{room.course.name}.json"
    every: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    every[str(seed)] = {
        "grader": room.course.grader.version,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "kinds": list(kinds),
        "notebooks": len(room.grades),
        "mistakes": len(_mistakes(room)),
        "misfits": [f"{problem.student}: {problem.wrong}" for problem in found],
    }
    lines = [f"{json.dumps(k)}: {json.dumps(every[k])}" for k in sorted(every, key=int)]
    file.parent.mkdir(exist_ok=True)
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _mistakes(room: Classroom) -> set[str]:
    """Wrong variants that stood in some notebook."""
    here = {v.name for v in variants(room.course.name) if student(v) in room.grades}
    for bundle in bundles(room.course.name):
        if bundle.student in room.grades:
            here |= {v.name for v in bundle.members}
    return {v.name for v in variants(room.course.name) if v.kind == "wrong"} & here
