"""Who may import whom. The picture in README.md is true because these tests pass."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from graders.core import catalogue

ROOT = Path(__file__).resolve().parents[1]
CORE_NOUNS = (
    "graders.core.types",
    "graders.core.rubric",
    "graders.core.figures",
    "graders.core.saying",
)
SPEAKING = ("graders.sentences",)
OURS = ("graders", "reports", "reference_solutions", "autograder_images", "assignments", "tests")


def sources(*folders: str) -> list[Path]:
    found = [p for f in folders for p in sorted((ROOT / f).rglob("*.py"))]
    assert found, f"no sources below {folders}: has a room moved?"
    return found


def imported(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", catalogue.notebooks())
def test_a_rubric_imports_only_the_vocabulary_metrics_and_types(name: str) -> None:
    allowed = ("graders.checks", "graders.metrics", *SPEAKING, *CORE_NOUNS, "numpy", "scipy")
    wrong = [m for m in imported(ROOT / "graders" / f"{name}.py") if not m.startswith(allowed)]
    assert not wrong


@pytest.mark.parametrize(
    ("folder", "allowed"),
    [
        ("graders/checks", ("graders.checks", "graders.metrics", *SPEAKING, *CORE_NOUNS)),
        ("graders/sentences", ("graders.core.saying", "graders.metrics")),
        ("graders/metrics", ("graders.metrics", *CORE_NOUNS)),
        ("graders/core", ("graders.core", "graders")),
        ("graders/containers", ("graders.containers", "graders.core", "autograder_images")),
        (
            "graders/sandboxes",
            ("graders.sandboxes", "graders.containers", "graders.core", "autograder_images"),
        ),
        ("graders/doctor", ("graders.doctor", "graders.core")),
        ("graders/doctor/cells", ()),
        ("graders/engines", ("graders.engines", "graders.core")),
        # nbgrader's own programs call the bridge: it is a command line, too.
        ("graders/bridges", ("graders.bridges", "graders.core", "graders.commands.autograde")),
        ("reports", ("reports", "graders.core")),
        ("autograder_images/probe", ()),
        ("assignments", ("assignments",)),
        ("reference_solutions", ("reference_solutions",)),
    ],
)
def test_rooms_know_only_the_rooms_below_them(folder: str, allowed: tuple[str, ...]) -> None:
    for path in sources(folder):
        for module in imported(path):
            if module.split(".")[0] in OURS:
                inside = any(module == a or module.startswith(f"{a}.") for a in allowed)
                assert inside, f"{relative(path)} imports {module}"


def test_the_core_never_looks_into_its_consumers() -> None:
    for path in sources("graders/core"):
        for module in imported(path):
            if module.startswith("graders."):
                assert module.startswith("graders.core"), f"{relative(path)} imports {module}"


@pytest.mark.parametrize(
    ("library", "places"),
    [
        ("jinja2", {"reports/render.py"}),
        # Its database, and the classes that its own programs load.
        (
            "nbgrader",
            {"graders/bridges/nbgrader/gradebook.py", "graders/bridges/nbgrader/plugins.py"},
        ),
        ("docker", {"graders/containers/engine.py"}),
        ("dask", {"graders/engines/dask.py"}),
    ],
)
def test_each_big_library_has_its_door(library: str, places: set[str]) -> None:
    doors = {
        relative(path)
        for path in sources("graders", "reports", "autograder_images")
        if any(m.split(".")[0] == library for m in imported(path))
    }
    assert doors <= places


@pytest.mark.parametrize("library", ["tensorflow", "keras", "pickle", "dill", "cloudpickle"])
def test_the_host_never_imports(library: str) -> None:
    for path in sources("graders", "reports"):
        assert all(m.split(".")[0] != library for m in imported(path)), relative(path)


def test_no_file_has_outgrown_its_room() -> None:
    long = {
        relative(path): lines
        for path in sources("graders", "reports", "autograder_images", "tests")
        if (lines := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert not long


def test_help_imports_nothing_heavy() -> None:
    heavy = ("numpy", "nbformat", "nbclient", "jinja2", "rich", "nbgrader", "matplotlib", "scipy")
    code = f"import sys, graders.cli; print([m for m in {heavy!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert out.stdout.strip() == "[]", out.stdout + out.stderr


@pytest.mark.parametrize("name", catalogue.notebooks())
def test_every_grader_has_all_its_rooms(name: str) -> None:
    course = catalogue.course(name)

    assert course.reference is not None
    assert (course.reference / "solution.py").is_file()
    assert (course.reference / "unseen.py").is_file()
    assert (course.source.parent / "prepare.py").is_file()
    assert (course.source.parent / "data.toml").is_file()


@pytest.mark.parametrize("name", catalogue.notebooks())
def test_claims_are_worth_at_most_a_fifth(name: str) -> None:
    checks = catalogue.course(name).grader.checks
    assert sum(c.points for c in checks if c.claim) <= 0.2 * sum(c.points for c in checks)


# --- bars are measured (issue 5): nobody types one ---------------------------------------------

_ENDS = {"none", "full", "near"}
# Where what was measured becomes a bar, and where it is read again.
_BAR_MAKERS = {"graders/metrics/bars.py", "graders/core/calibration.py"}


def _number(node: ast.AST | None, constants: dict[str, ast.expr]) -> float | None:
    """The number that an expression is, typed here or in a constant of the module."""
    if isinstance(node, ast.Name) and node.id in constants:
        node = constants[node.id]
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    value = node.value if isinstance(node, ast.Constant) else None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def typed_bars(text: str, *, rubric: bool) -> list[str]:
    """Where in a source a bar is typed by hand: lines and why.

    A bar is a `Calibrated` made out of place, a `Bar` made from numbers, or an end of one given as
    a number. In a rubric it is also a comparison with a fraction, for nothing in a rubric is
    decided by how large a number is: 0 and 1 are credit, whole numbers count things.
    """
    tree = ast.parse(text)
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            given = [*node.args, *(k.value for k in node.keywords)]
            numbers = [n for n in given if _number(n, constants) is not None]
            ends = [
                k
                for k in node.keywords
                if k.arg in _ENDS and _number(k.value, constants) is not None
            ]
            if name == "Calibrated":
                found.append(f"{node.lineno}: a Calibrated that no calibration found")
            elif (name == "Bar" and numbers) or ends:
                found.append(f"{node.lineno}: an end of a bar is a number")
        elif rubric and isinstance(node, ast.Compare):
            numbers_ = [_number(n, constants) for n in (node.left, *node.comparators)]
            if any(n is not None and n != int(n) for n in numbers_):
                found.append(f"{node.lineno}: a measure is compared with a typed number")
    return found


def test_no_bar_is_typed_by_hand() -> None:
    rubrics = {f"graders/{name}.py" for name in catalogue.notebooks()}
    found = {
        relative(path): typed
        for path in sources("graders")
        if relative(path) not in _BAR_MAKERS
        and (typed := typed_bars(path.read_text("utf-8"), rubric=relative(path) in rubrics))
    }
    assert not found


@pytest.mark.parametrize(
    "planted",
    [
        "Bar(0.1, 0.97)",
        "judging.Bar(none=0.1, full=0.97)",
        "GOOD = 0.97\nx = Bar(measured, GOOD)",
        "Calibrated(0.1, 0.97, 0.9, 0.98, 0.01, 20)",
        "rubric.Calibrated(none=a, full=b, near=c, mean=d, sd=e, n=f)",
        "replace(accuracy_bar, full=0.9)",
        "def judge(accuracy):\n    return earned_if(accuracy > 0.97, 'good')",
        "GOOD = 0.97\ndef judge(accuracy):\n    return earned_if(GOOD <= accuracy, 'good')",
        "def judge(loss):\n    return 1 if not loss < -0.5 else 0",
    ],
)
def test_a_planted_bar_is_found(planted: str) -> None:
    assert typed_bars(planted, rubric=True)


@pytest.mark.parametrize(
    "honest",
    [
        "Bar(accuracy_bar).credit(value)",
        "words = [f for f in found if f.credit < 1.0]",
        "wrong = len(rows) > 3",
        "reaches('a', points=4, measure=accuracy, asks='', title='')",
        "compare.values(a, b, rtol=1e-3)",
    ],
)
def test_what_is_no_bar_is_let_pass(honest: str) -> None:
    assert not typed_bars(honest, rubric=True)
