"""A class as instructors know it, made from the course's own material, and a comparison of grades.

    python -m reference_solutions.demo_class make FOLDER [--all] [--isolated]
    python -m reference_solutions.demo_class trained [FOLDER]
    python -m reference_solutions.demo_class verify FOLDER
    python -m reference_solutions.demo_class compare OLD NEW [--reasons FILE]

`make` writes FOLDER/submitted/<student>/<assignment>/. Twelve students hand in linear_models and
twelve mnist_digits: the reference, a blank notebook, some right, some wrong and some hostile ones,
in linear_models also broken files. With `--all`, everybody: in linear_models the reference, a blank
notebook, every variant and every kind of broken file; in each notebook that trains, which takes
longer, some. With `--all --isolated`, those variants also that would reach other people's files or
processes: only for a sandbox that isolates. FOLDER/class.json lists who takes part.

`trained` prints the names of the notebooks that train: of that class, else of the course.

`verify` reads class.json and the grade.json of everybody in it. It exits with 1 if a grade does not
fit what the notebook declares. A notebook that trains needs containers and is left out where it has
no class page; linear_models never is. The last lines are the paths of the class pages. The last one
is the page of linear_models, so that the demo ends with the same line with an Engine and without:
this class has broken files, too, and every kind of state that a page can show but HELD.

`compare` prints every difference of points, outcomes and endings between two graded folders. It
exits with 0 if there is none or each has an entry in the file of reasons, else with 7. That file is
described in the docstring of `reference_solutions/comparison.py`.

Wrong usage exits with 2.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reference_solutions import comparison
from reference_solutions.broken import BROKEN, REFUSED
from reference_solutions.declared import misfit, misfit_of, misfit_of_blank
from reference_solutions.filling import Variant, fill, read_cells, variant_notebook, variants
from reference_solutions.graded import Unusable

HERE = Path(__file__).resolve().parent
NOTEBOOK = "linear_models"
SOURCE = HERE.parent / "assignments" / NOTEBOOK / f"{NOTEBOOK}.ipynb"

# Of the notebooks that train a network: how many variants of a kind take part in the whole class.
SOME = {"wrong": 1, "hostile": 1}

# The small class. None needs isolation, since `make demo` also runs where nothing isolates, and
# none trains longer than the reference.
TWELVE = {
    "linear_models": (
        "reference", "blank", "right-row-loops", "right-scipy-special", "wrong-gradient-left-out",
        "wrong-loss-without-mean", "wrong-whole-data-in-all-three", "hostile-deaf-loop",
        "hostile-forged-results", "broken-lost-marks", "broken-original-week-1", "broken-truncated",
    ),
    "mnist_digits": (
        "reference", "blank", "right-biases-in-a-row", "right-functional-with-scores",
        "right-subclassed-model", "wrong-backward-without-n", "wrong-columns-first",
        "wrong-keras-in-white-on-black", "wrong-log-without-stability", "wrong-nothing-is-trained",
        "hostile-looks-for-the-labels", "hostile-made-up-histories",
    ),
}  # fmt: skip

# The course's first week once had neither linear regression nor L2, and did not ask for a loss
# that stays finite; its three loops share one name for their histories.
ORIGINAL_LACKS = frozenset(
    f"check_{name}"
    for name in (
        "mse_loss", "mse_grad", "closed_form", "gradient_descent", "stable_loss", "histories",
        "l2_loss", "l2_grad",
    )
)  # fmt: skip

Seats = Mapping[str, tuple[str, ...]]  # notebook → names of its students


def attendance(isolated: bool) -> list[Variant]:
    """The variants that take part: those that need isolation only where there is some."""
    return [v for v in variants(NOTEBOOK) if isolated or not v.needs_isolation]


def everybody(isolated: bool = False) -> Seats:
    """Who takes part in the whole class."""
    taking_part = {NOTEBOOK: attendance(isolated)} | {name: some(name) for name in trained()}
    broken = tuple(f"broken-{name}" for name in BROKEN)
    return {
        notebook: ("reference", "blank", *map(student, found), *broken * (notebook == NOTEBOOK))
        for notebook, found in taking_part.items()
    }


def make(folder: Path, seats: Seats = TWELVE) -> int:
    """Write the class below `folder/submitted` and its list; how many submissions there are.

    Class pages of an earlier class go: they say nothing of this one. Its stored runs stay.
    """
    submitted = folder / "submitted"
    shutil.rmtree(submitted, ignore_errors=True)
    for page in folder.glob("graded/*/index.html"):
        page.unlink()
    for notebook, students in seats.items():
        _seat(submitted, notebook, students)
    (folder / "class.json").write_text(json.dumps(seats, indent=1), encoding="utf-8")
    return sum(map(len, seats.values()))


def made(folder: Path) -> Seats:
    """Who takes part in the class that `make` wrote there.

    Raises:
        Unusable: `make` has not written one there.
    """
    try:
        listed = json.loads((folder / "class.json").read_text("utf-8"))
        return {str(name): tuple(map(str, students)) for name, students in listed.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        raise Unusable(
            f"{folder / 'class.json'} does not say who takes part: make the class anew."
        ) from None


def trained() -> dict[str, str]:
    """notebook → assignment of those that train a network: their bars are measured."""
    names = sorted(p.parent.name for p in HERE.glob("*/reference.mini.json"))
    return {name: _source(name).parent.name for name in names}


def some(notebook: str) -> list[Variant]:
    """A few variants of a notebook that trains, the same ones each time."""
    found = variants(notebook)
    return [v for kind, n in SOME.items() for v in [f for f in found if f.kind == kind][:n]]


def _source(notebook: str) -> Path:
    (found,) = (HERE.parent / "assignments").glob(f"*/{notebook}.ipynb")
    return found


def _seat(submitted: Path, notebook: str, students: tuple[str, ...]) -> None:
    source = _source(notebook)
    reference = fill(source, read_cells(HERE / notebook / "solution.py"))
    found = {student(v): v for v in variants(notebook)}
    for name in students:
        if name.startswith("broken-"):
            place = submitted / name / source.parent.name
            place.mkdir(parents=True)
            BROKEN[name.removeprefix("broken-")](_text(reference).encode(), place)
        elif name in ("reference", "blank"):
            filled = reference if name == "reference" else fill(source, {})
            _hand_in(submitted, name, source, _text(filled))
        else:
            _hand_in(submitted, name, source, _text(variant_notebook(source, found[name])))


def student(variant: Variant) -> str:
    """The name a variant hands in under."""
    return f"{variant.kind}-{variant.name}".replace("_", "-")


def _text(notebook: Mapping[str, Any]) -> str:
    return json.dumps(notebook, indent=1)


def _hand_in(submitted: Path, name: str, source: Path, text: str) -> None:
    place = submitted / name / source.parent.name
    place.mkdir(parents=True, exist_ok=True)  # an assignment may have several notebooks
    (place / source.name).write_text(text, encoding="utf-8")
    stamp = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    (place / "timestamp.txt").write_text(stamp.strftime("%Y-%m-%d %H:%M:%S UTC"), encoding="utf-8")


def pages(folder: Path) -> list[Path]:
    """The class pages of the notebooks that are graded, that of linear_models last."""
    names = sorted(made(folder), key=lambda name: (name == NOTEBOOK, name))
    found = [folder / "graded" / name / "index.html" for name in names]
    return [page for page in found if page.is_file() or page.parent.name == NOTEBOOK]


def verify(folder: Path) -> list[str]:
    """One sentence for each grade that does not fit what its notebook declares.

    Raises:
        Unusable: `make` has not written a class there.
    """
    seats = made(folder)
    return [
        f"{page.parent.name}, {name}: {wrong}"
        for page in pages(folder)
        for name in seats[page.parent.name]
        if (wrong := _wrong(page.parent.name, name, page.parent / name / "grade.json"))
    ]


def _wrong(notebook: str, name: str, path: Path) -> str:
    """What of one student's grade does not fit; empty if all does."""
    if not path.is_file():
        return "is not graded"
    grade: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    kind, _, rest = name.partition("-")
    if kind == "broken" and rest in REFUSED:
        refused = grade["run"] is None and grade["points"] == 0 and grade["notes"]
        return "" if refused else f"{grade['points']} points, should be refused with 0"
    if kind in ("reference", "broken"):
        return misfit(grade, ORIGINAL_LACKS if rest == "original-week-1" else frozenset())
    if name == "blank":
        return misfit_of_blank(grade)
    found = {student(v): v for v in variants(notebook)}
    return misfit_of(found[name], grade) if name in found else "there is no such variant any more"


def _say_verified(folder: Path) -> int:
    problems, found = verify(folder), pages(folder)
    for problem in problems:
        print(f"NOT AS DECLARED  {problem}")
    if not problems:
        print("Every notebook got what it declares; no broken one got what it has not earned.")
    print("Class pages:" if len(found) > 1 else "Class page:", *found, sep="\n")
    return 1 if problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m reference_solutions.demo_class",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make", help="write the class")
    making.add_argument("folder", type=Path)
    making.add_argument("--all", action="store_true", help="everybody, not twelve")
    making.add_argument("--isolated", action="store_true", help="with --all: the worst ones, too")
    training = commands.add_parser("trained", help="names of the notebooks that train")
    training.add_argument("folder", type=Path, nargs="?")
    commands.add_parser("verify", help="is each grade as declared?").add_argument(
        "folder", type=Path
    )
    comparing = commands.add_parser("compare", help="what differs between two graded folders")
    comparing.add_argument("old", type=Path)
    comparing.add_argument("new", type=Path)
    comparing.add_argument("--reasons", type=Path, help="TOML: why which grades may differ")
    return parser


def main(arguments: list[str]) -> int:
    """Run one of the commands; the exit status."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.command == "make" and asked.isolated and not asked.all:
        parser.error("--isolated goes with --all: none of the twelve needs isolation")
    try:
        match asked.command:
            case "make":
                seats = everybody(asked.isolated) if asked.all else TWELVE
                number = make(asked.folder, seats)
                print(f"{number} submissions in {asked.folder / 'submitted'}")
            case "trained":
                taking_part = trained() if asked.folder is None else made(asked.folder)
                print("\n".join(name for name in taking_part if name != NOTEBOOK))
            case "verify":
                return _say_verified(asked.folder)
            case "compare":
                return comparison.report(asked.old, asked.new, asked.reasons)
    except Unusable as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
