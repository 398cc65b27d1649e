"""What can be graded, found by looking: a module, an assignment folder, a reference. No list.

A notebook is in the catalogue when `graders/<notebook>.py` declares a GRADER. Its other rooms are
found by name below the same root. A wheel for students has no `reference_solutions/`: then
`Course.reference` is None and only `dlgrade check` works.
"""

import importlib
import importlib.util
import json
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import graders
from graders.core.errors import CourseFault, UsageFault
from graders.core.rubric import Grader
from graders.core.types import Cases

ROOT = Path(__file__).resolve().parents[2]

# The unseen inputs are drawn anew when staff raise this, e.g. for a new year.
SEED = 2026


@dataclass(frozen=True, slots=True)
class Course:
    """One gradable notebook and where its material lies."""

    grader: Grader
    source: Path  # the assignment's own notebook
    reference: Path | None  # folder of the reference solution; None in a student's wheel

    @property
    def name(self) -> str:
        return self.grader.notebook

    def must_run_in(self, sandbox: str) -> None:
        """See that a sandbox has what the notebooks import; only images have everything.

        Raises:
            UsageFault: it runs notebooks with this Python, which lacks something.
        """
        packages = self.grader.packages if sandbox == "local" else ()
        if missing := [p for p in packages if importlib.util.find_spec(p) is None]:
            raise UsageFault(
                f"{self.name} needs {' and '.join(missing)}, which this Python lacks: install it, "
                "or (to grade) start a container Engine and run `dlgrade images build`"
            )

    def at_tier(self, tier: str) -> "Course":
        """The same course with the limits that runs on this tier's data need."""
        full = self.grader.full_limits
        if tier != "full" or full is None:
            return self
        return replace(self, grader=replace(self.grader, limits=full, full_limits=None))

    def with_cell_limit(self, seconds: float) -> "Course":
        """The same course with another time limit for one cell or call."""
        limits = replace(self.grader.limits, cell_s=seconds)
        return replace(self, grader=replace(self.grader, limits=limits))


def notebooks() -> tuple[str, ...]:
    """Names of all gradable notebooks: the modules of `graders` that are no packages."""
    found = pkgutil.iter_modules(graders.__path__)
    return tuple(sorted(m.name for m in found if not m.ispkg and m.name not in ("cli", "__main__")))


@cache
def course(notebook: str) -> Course:
    """Everything about one notebook.

    Raises:
        UsageFault: there is no such notebook.
        CourseFault: its module or its assignment is broken.
    """
    if notebook not in notebooks():
        known = ", ".join(notebooks())
        raise UsageFault(f"there is no notebook {notebook!r}; known are: {known}")
    module = importlib.import_module(f"graders.{notebook}")
    grader = getattr(module, "GRADER", None)
    if not isinstance(grader, Grader) or grader.notebook != notebook:
        raise CourseFault(f"graders/{notebook}.py must declare GRADER for {notebook!r}")
    source = ROOT / "assignments" / grader.assignment / f"{notebook}.ipynb"
    if not source.is_file():
        raise CourseFault(f"{notebook}: its assignment is missing at {source.relative_to(ROOT)}")
    reference = ROOT / "reference_solutions" / notebook
    return Course(grader, source, reference if reference.is_dir() else None)


def by_assignment(assignment: str) -> tuple[Course, ...]:
    """All notebooks of an assignment folder, or the notebook of that name.

    Raises:
        UsageFault: nothing goes by that name.
    """
    found = tuple(c for c in map(course, notebooks()) if c.grader.assignment == assignment)
    return found or (course(assignment),)


def load(path: Path) -> ModuleType:
    """Import a staff module of the course's material from its file.

    Raises:
        CourseFault: it is missing or does not import.
    """
    name = "course_" + "_".join(path.relative_to(ROOT).with_suffix("").parts)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise CourseFault(f"{path.relative_to(ROOT)} is missing")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CourseFault(f"{path.relative_to(ROOT)} does not import: {error!r}") from error
    return module


@cache
def unseen_cases(
    notebook: str, seed: int = SEED, given: frozenset[str] = frozenset()
) -> Mapping[str, Cases]:
    """The inputs that no student has seen, by case-set name; but for those that are `given`.

    Raises:
        CourseFault: the reference is not there, or lacks a case set that the grader asks for.
    """
    here = course(notebook)
    if here.reference is None:
        raise CourseFault(f"{notebook}: this installation has no reference solution to grade with")
    drawn = load(here.reference / "unseen.py").cases(seed)
    wanted = {a.cases for a in here.grader.evidence if a.cases}
    wanted |= {o.cases for o in here.grader.observations}
    wanted -= given
    if missing := wanted - set(drawn):
        raise CourseFault(f"{notebook}: unseen.py draws no cases for {sorted(missing)}")
    return {name: tuple(map(_plain, drawn[name])) for name in sorted(wanted)}


def _plain(case: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v if isinstance(v, str) else np.asarray(v) for k, v in case.items()}


@cache
def reference_notebooks(notebook: str) -> Mapping[str, str]:
    """The notebooks whose answers are right, as JSON by name: the reference's comes first.

    Raises:
        CourseFault: there is no reference here, or no right variant of a name the grader gives.
    """
    here = course(notebook)
    if here.reference is None:
        raise CourseFault(f"{notebook}: this installation has no reference solution to grade with")
    filling = load(ROOT / "reference_solutions" / "filling.py")
    cells = filling.read_cells(here.reference / "solution.py")
    found = {"reference": json.dumps(filling.fill(here.source, cells))}
    right = {v.name: v for v in filling.variants(notebook) if v.kind == "right"}
    for name in here.grader.also_right:
        if name not in right:
            raise CourseFault(f"{notebook}: there is no right variant {name!r} to accept")
        found[name] = json.dumps(filling.variant_notebook(here.source, right[name]))
    return found


@cache
def graded_by_hand(notebook: str) -> Mapping[str, tuple[float, str]]:
    """grade_id → (points, first line of its text) of the written questions.

    Raises:
        CourseFault: the assignment lacks one that the grader names.
    """
    here = course(notebook)
    found: dict[str, tuple[float, str]] = {}
    for cell in json.loads(here.source.read_text("utf-8"))["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade") and marks.get("solution"):
            text = "".join(cell["source"]).strip().splitlines()
            title = text[0].strip("# *") if text else marks["grade_id"]
            found[marks["grade_id"]] = (float(marks["points"]), title)
    if missing := set(here.grader.by_hand) - set(found):
        raise CourseFault(f"{notebook}: the assignment has no written cell {sorted(missing)}")
    return found
