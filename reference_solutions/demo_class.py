"""A class as instructors know it, made from the course's own material.

    python -m reference_solutions.demo_class make FOLDER      submitted/<student>/<assignment>/
    python -m reference_solutions.demo_class verify FOLDER    does every grade fit what is declared?
    python -m reference_solutions.demo_class trained          names of the notebooks that train

Of linear_models, the reference, a blank notebook, every variant and every kind of broken file hands
in under its own name; of the notebooks that train, which take longer, some of them. `verify` reads
the grade.json of each and exits with 1 if one got what it has not earned, or lost what it has. With
`--isolated` those variants take part that would reach other people's files or processes: only for
a sandbox that isolates.
"""

import json
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reference_solutions.broken import BROKEN, REFUSED, REPAIRED
from reference_solutions.declared import misfit, misfit_of, misfit_of_blank
from reference_solutions.filling import Variant, fill, read_cells, variant_notebook, variants

HERE = Path(__file__).resolve().parent
NOTEBOOK = "linear_models"
SOURCE = HERE.parent / "assignments" / NOTEBOOK / f"{NOTEBOOK}.ipynb"

# Of the notebooks that train a network: how many variants of a kind take part.
SOME = {"wrong": 1, "hostile": 1}

# The course's first week once had neither linear regression nor L2, and did not ask for a loss
# that stays finite; its three loops share one name for their histories.
ORIGINAL_LACKS = frozenset(
    f"check_{name}"
    for name in (
        "mse_loss", "mse_grad", "closed_form", "gradient_descent", "stable_loss", "histories",
        "l2_loss", "l2_grad",
    )
)  # fmt: skip


def attendance(isolated: bool) -> list[Variant]:
    """The variants that take part: those that need isolation only where there is some."""
    return [v for v in variants(NOTEBOOK) if isolated or not v.needs_isolation]


def make(folder: Path, isolated: bool = False) -> int:
    """Write the class below `folder/submitted`; how many notebooks there are."""
    submitted = folder / "submitted"
    shutil.rmtree(submitted, ignore_errors=True)
    reference = json.dumps(fill(SOURCE, read_cells(HERE / NOTEBOOK / "solution.py")), indent=1)
    _seat(submitted, NOTEBOOK, NOTEBOOK, attendance(isolated))
    for notebook, assignment in trained().items():
        _seat(submitted, notebook, assignment, some(notebook))
    for name, write in BROKEN.items():
        place = submitted / f"broken-{name}" / NOTEBOOK
        place.mkdir(parents=True)
        write(reference.encode(), place)
    return sum(path.suffix == ".ipynb" for path in submitted.glob("*/*/*"))


def trained() -> dict[str, str]:
    """notebook → assignment of those that train a network: their bars are measured."""
    names = sorted(p.parent.name for p in HERE.glob("*/reference.mini.json"))
    places = {p.stem: p.parent.name for p in (HERE.parent / "assignments").glob("*/*.ipynb")}
    return {name: places[name] for name in names}


def some(notebook: str) -> list[Variant]:
    """A few variants of a notebook that trains, the same ones each time."""
    found = variants(notebook)
    return [v for kind, n in SOME.items() for v in [f for f in found if f.kind == kind][:n]]


def _seat(submitted: Path, notebook: str, assignment: str, taking_part: list[Variant]) -> None:
    source = HERE.parent / "assignments" / assignment / f"{notebook}.ipynb"
    cells = read_cells(HERE / notebook / "solution.py")
    by_name = {"reference": fill(source, cells), "blank": fill(source, {})}
    by_name |= {student(v): variant_notebook(source, v) for v in taking_part}
    for name, filled in by_name.items():
        _hand_in(submitted, name, assignment, notebook, json.dumps(filled, indent=1))


def student(variant: Variant) -> str:
    """The name a variant hands in under."""
    return f"{variant.kind}-{variant.name}".replace("_", "-")


def _hand_in(submitted: Path, name: str, assignment: str, notebook: str, text: str) -> None:
    place = submitted / name / assignment
    place.mkdir(parents=True, exist_ok=True)  # an assignment may have several notebooks
    (place / f"{notebook}.ipynb").write_text(text, encoding="utf-8")
    stamp = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    (place / "timestamp.txt").write_text(stamp.strftime("%Y-%m-%d %H:%M:%S UTC"), encoding="utf-8")


def verify(folder: Path, isolated: bool = False) -> list[str]:
    """One sentence for each grade that does not fit what its notebook declares."""
    grades = folder / "graded" / NOTEBOOK
    problems = _verified(grades, attendance(isolated))
    for notebook in trained():
        if (folder / "graded" / notebook / "index.html").is_file():  # they need containers
            problems += _verified(folder / "graded" / notebook, some(notebook))
    for name in REFUSED:
        record = _read(grades, f"broken-{name}")
        if record["run"] is not None or record["points"] != 0 or not record["notes"]:
            problems.append(f"broken-{name}: {record['points']} points, should be refused with 0")
    for name in REPAIRED:
        lacks = ORIGINAL_LACKS if name == "original-week-1" else frozenset()
        if wrong := misfit(_read(grades, f"broken-{name}"), lacks):
            problems.append(f"broken-{name}: {wrong}")
    return problems


def _verified(grades: Path, taking_part: list[Variant]) -> list[str]:
    found = {"reference": misfit(_read(grades, "reference"))}
    found["blank"] = misfit_of_blank(_read(grades, "blank"))
    found |= {student(v): misfit_of(v, _read(grades, student(v))) for v in taking_part}
    return [f"{grades.name}, {name}: {wrong}" for name, wrong in found.items() if wrong]


def _read(grades: Path, name: str) -> Mapping[str, Any]:
    record: Mapping[str, Any] = json.loads((grades / name / "grade.json").read_text("utf-8"))
    return record


def main(arguments: list[str]) -> int:
    """Run `make`, `verify` or `trained`; exit status 1 if a grade does not fit."""
    isolated = "--isolated" in arguments
    words = [a for a in arguments if a != "--isolated"]
    if words == ["trained"]:
        print("\n".join(trained()))
        return 0
    if len(words) != 2 or words[0] not in ("make", "verify"):
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(words[1])
    if words[0] == "make":
        print(f"{make(folder, isolated)} notebooks in {folder / 'submitted'}")
        return 0
    problems = verify(folder, isolated)
    for problem in problems:
        print(f"NOT AS DECLARED  {problem}")
    if not problems:
        print("Every notebook got what it declares; no broken one got what it has not earned.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
