"""No file that a student gets holds what students must not see, whatever their notebooks try.

A small class, honest and hostile, is graded through a real sandbox. Canaries stand in everything
that is not for students: unseen inputs, the reference's answers, staff notes, tracebacks, paths,
the environment, other people's names. Every file that the grading writes must stand in the table
below; those for students are searched, in many spellings. That the search can find each canary
is shown first: in the staff's files, and in pages made to hold it.
"""

import io
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from graders.bridges import exports
from graders.commands.grade import Request, grade_class
from graders.core import catalogue
from graders.core.batch import Batch
from graders.core.catalogue import Course
from graders.core.data import course_data
from graders.core.errors import ExitCode
from graders.core.regrade import NothingRuns, stored_runs
from graders.core.types import Cases, Finding, Refusal
from graders.sandboxes.local import LocalSandbox
from reference_solutions.demo_class import NOTEBOOK, SOURCE
from reference_solutions.filling import Cell, fill, read_cells, variants
from tests.canaries import Search, search, told_apart

# Who gets what. A new kind of file must be entered here before this test passes again.
STUDENT, STAFF, THEIR_OWN = "student", "staff", "handed in by the student"
ARTEFACTS = {
    "graded/*/*/report.html": STUDENT,
    "autograded/**": STUDENT,  # nbgrader's generate_feedback copies their outputs
    "feedback/**": STUDENT,
    "graded/*/*/grade.json": STAFF,
    "graded/*/index.html": STAFF,
    "graded/*/summary.csv": STAFF,
    "graded/*/junit.xml": STAFF,
    "graded/.store/**": STAFF,
    "gradebook.db": STAFF,  # but for its comments, which are searched
    "submitted/**": THEIR_OWN,
}

PLANTED = 73195.2648  # nothing else in a page is near it, or near its square
NOTE, ENVIRONMENT = "CANARY-STAFF-NOTE-KESTREL", "CANARY-ENVIRONMENT-OSPREY"
SMUGGLED = "CANARY-SMUGGLED-HOOPOE"  # what hostile notebooks print beside what they saw

# A function that knows what it was asked, for attacks: `ways[turn]` decides what it does.
SMUGGLE = f"""
import base64, json, os, sys, threading, warnings
import numpy as np
from IPython.display import display
turn = 0

def told(arguments):
    flat = [float(v) for a in arguments for v in np.ravel(np.asarray(a, dtype=float))]
    text = "-".join({SMUGGLED.split("-")}) + " " + " ".join(map(repr, flat[:50]))
    return text + " " + base64.b64encode(np.asarray(flat[:50]).tobytes()).decode(), flat

def number(flat):
    return int(abs(flat[0]) * 1e5) % 10**9

def asked():
    frame = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "ask_request":
            return True
        frame = frame.f_back
    return False
"""


def every(function: str) -> dict[str, str]:
    """A cell for each function that is called on unseen inputs."""
    names = ("mse_loss", "mse_grad", "closed_form", "gradient_descent", "expand", "probability",
             "compute_loss", "compute_grad")  # fmt: skip
    return {name: f"{name} = lambda *a: {function}(a) if asked() else 0.0" for name in names}


ATTACKS: Mapping[str, Mapping[str, str]] = {
    # Errors of many kinds, whose message, note, name and cause quote the arguments.
    "quoter": every("quote")
    | {
        "setup": SMUGGLE
        + """
def quote(arguments):
    global turn
    turn += 1
    text, flat = told(arguments)
    kind = [ValueError, KeyError, type(text[:200], (Exception,), {}), AssertionError][turn % 4]
    error = kind(text)
    error.add_note(text)
    raise error from RuntimeError(text)
"""
    },
    # Prints, displays, warnings, threads, files: everything that talks.
    "printer": every("talk")
    | {
        "setup": SMUGGLE
        + """
for line in open("kept.txt") if os.path.exists("kept.txt") else ():
    print(line)

def talk(arguments):
    text, flat = told(arguments)
    print(text, flush=True)
    os.write(1, text.encode())
    warnings.warn(text)
    display({"text/plain": text, "text/html": text}, raw=True)
    threading.Timer(0.05, print, [text]).start()
    sys.excepthook(ValueError, ValueError(text), None)
    open("kept.txt", "a").write(text + chr(10))
    globals()[text.replace(" ", "_")[:60]] = text
    return text
"""
    },
    # Answers whose form is the message: a shape, a length, a count, a history that is drawn.
    "shaper": every("shape")
    | {
        "setup": SMUGGLE
        + """
def shape(arguments):
    global turn, sgd_loss, momentum_loss, rmsprop_loss
    turn += 1
    text, flat = told(arguments)
    sgd_loss = momentum_loss = rmsprop_loss = (flat * 100)[:100]
    n = number(flat)
    return [np.zeros((0, n)), np.zeros((n % 1000, 0, n)), [1.0] * (n % 60 + 2),
            np.array([text]), {text: 1}][turn % 5]
""",
        "sgd": "seen = [float(v) for v in np.ravel(X_expanded)]\n"
        "sgd_loss = np.zeros(int(abs(seen[0]) * 1e6))\nsgd_w = np.zeros(6)",
    },
    # Dies when asked, and reads on the way back what it wrote down before.
    "phoenix": {
        "mse_loss": "mse_loss = lambda *a: rise(a) if asked() else 0.0",
        "expand": "expand = lambda *a: rise(a) if asked() else 0.0",
        "setup": SMUGGLE
        + """
kept = os.path.join(os.path.expanduser("~"), "kept.txt")
for path in (kept, "kept.txt"):
    if os.path.exists(path):
        print(open(path).read())
        raise ValueError(open(path).read())

def rise(arguments):
    for path in (kept, "kept.txt"):
        open(path, "a").write(told(arguments)[0])
    os._exit(1)
""",
    },
    # Looks around while its cells run: where it is, who else is there, what the environment holds.
    "snoop": {
        "setup": "import os, sys",
        "mse_loss": """
print("LOOKED AROUND", os.getcwd(), sys.path, dict(os.environ), os.listdir("."))
print([os.path.realpath(name) for name in os.listdir(".")])
print(os.path.expanduser("~"), sys.executable, repr(os.getcwd()), [os.getcwd()])
np.load(os.path.realpath("train.npy") + ".missing")
""",
        "mse_grad": "raise FileNotFoundError(2, 'gone', os.environ.get('COURSE_DATA'))",
        "expand": "import json\njson.loads(open(os.__file__).read())",
    },
}
HONEST = ("canary-heron", "canary-ibis")


@dataclass(frozen=True)
class Room:
    """The class after its grading."""

    root: Path
    course: Course
    planted: tuple[float, ...]
    inputs: tuple[float, ...]
    numbers: Search  # inputs and answers

    @property
    def graded(self) -> Path:
        return self.root / "graded" / NOTEBOOK

    def students(self) -> list[str]:
        return sorted(p.name for p in (self.root / "submitted").iterdir())

    def secrets_from(self, student: str) -> Search:
        """Everything that this student must not find anywhere."""
        words = {
            "a staff note": NOTE,
            "the environment": ENVIRONMENT,
            "what a notebook smuggled": SMUGGLED,
            "the course folder": str(self.root),
            "the repository": str(catalogue.ROOT),
            "the home folder": str(Path.home()) + "/",
            "the staff's rooms": "reference_solutions",
            "a traceback of ours": "explodes_for_the_staff",
            **{f"the name of {other}": other for other in self.students() if other != student},
            **{f"the variant {v.name}": v.name for v in variants(NOTEBOOK) if "_" in v.name},
        }
        return self.numbers.naming(words)


def planted_cases(notebook: str, drawn: Mapping[str, Cases]) -> Mapping[str, Cases]:
    """The unseen inputs with one more case that nobody can mistake for another."""
    X = np.array([[PLANTED, 1.5], [2.25, PLANTED / 7], [-1.5, 0.75]])
    w = np.array([0.5, -0.25])
    more = {
        "mse_loss": {"X": X, "y": np.array([PLANTED * 3, 1.0, 2.0]), "w": w},
        "closed_form": {"X": X, "y": np.array([PLANTED * 3, 1.0, 2.0])},
        "expand": {"X": X},
    }
    return {
        name: (*cases, *([more[name]] if name in more else ())) for name, cases in drawn.items()
    }


def floats(values: Any) -> Iterator[float]:
    for value in values:
        if not isinstance(value, (str, Refusal)):
            yield from np.ravel(np.asarray(value, dtype=np.float64)).tolist()


def explodes_for_the_staff(*answers: Any) -> Finding:
    raise RuntimeError(f"{NOTE} {answers!r}")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    root = tmp_path_factory.mktemp("canary-course")
    whole = catalogue.course(NOTEBOOK).with_cell_limit(5)
    checks = tuple(
        replace(c, judge=explodes_for_the_staff) if c.id == "check_probability" else c
        for c in whole.grader.checks
    )
    course = replace(whole, grader=replace(whole.grader, checks=checks))
    drawn = planted_cases(NOTEBOOK, catalogue.unseen_cases(NOTEBOOK))
    right = read_cells(Path(course.reference or "") / "solution.py")
    wrong = {
        **right,
        "mse_loss": Cell("def mse_loss(X, y, w):\n    return np.sum((X @ w - y) ** 2)"),
        "expand": Cell("def expand(X):\n    return X"),
    }
    hand_in(root, HONEST[0], fill(SOURCE, right))
    hand_in(root, HONEST[1], fill(SOURCE, wrong))
    for name, cells in ATTACKS.items():
        first = {"0 after:setup": Cell(cells["setup"], after="setup")}
        others = {i: Cell(text) for i, text in cells.items() if i != "setup"}
        base = right if name == "snoop" else {}
        hand_in(root, f"canary-{name}", fill(SOURCE, {**base, **first, **others}))
    refused = root / "submitted" / "canary-egret" / NOTEBOOK
    refused.mkdir(parents=True)
    (refused / f"{NOTEBOOK}.ipynb").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLGRADE_CANARY", ENVIRONMENT)
        patch.setattr(catalogue, "unseen_cases", lambda *asked: drawn)
        with LocalSandbox(slots=2) as sandbox:
            data = course_data(course, "mini", root / "graded" / ".store")
            asked = Request(root, root / "graded", None, jobs=2)
            code = grade_class(course, asked, sandbox, Console(file=io.StringIO()))
            assert code is ExitCode.UNGRADED, "check_probability is to be HELD"
            with stored_runs(root / "graded" / ".store") as store:
                nothing = NothingRuns(sandbox.fingerprint())
                keys = Batch(course, nothing, store, data, threading.Event()).keys
    asked_of = {a.name: a for a in course.grader.evidence}
    hidden = [name for name, ask in asked_of.items() if ask.kind != "variable"]
    inputs = [v for cases in drawn.values() for case in cases for v in floats(case.values())]
    answers = [
        v for key in keys for name in hidden for items in key.seen[name]
        if not isinstance(items, Refusal) for v in floats(items)
    ]  # fmt: skip
    planted = tuple(v for v in {*inputs, *answers} if abs(v) > PLANTED / 10 and told_apart(v))
    return Room(root, course, planted, tuple(inputs), search([*inputs, *answers], planted, {}))


def hand_in(root: Path, student: str, notebook: Mapping[str, Any]) -> None:
    place = root / "submitted" / student / NOTEBOOK
    place.mkdir(parents=True)
    (place / f"{NOTEBOOK}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def audience(path: Path) -> str | None:
    return next((who for pattern, who in ARTEFACTS.items() if _matches(path, pattern)), None)


def _matches(path: Path, pattern: str) -> bool:
    folder, _, rest = pattern.partition("/**")
    return path.is_relative_to(folder) if rest == "" and "**" in pattern else path.match(pattern)


def files(root: Path, who: str) -> list[Path]:
    found = [p for p in sorted(root.rglob("*")) if p.is_file()]
    return [p for p in found if audience(p.relative_to(root)) == who]


def owner(room: Room, path: Path) -> str:
    return next(s for s in room.students() if s in path.relative_to(room.root).parts)


def grade_of(room: Room, student: str) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads((room.graded / student / "grade.json").read_text("utf-8"))
    return read


def test_every_file_has_an_audience(room: Room) -> None:
    written = [p.relative_to(room.root) for p in room.root.rglob("*") if p.is_file()]
    assert not [str(p) for p in written if audience(p) is None]
    assert len(files(room.root, STUDENT)) >= len(room.students())


def test_no_file_of_a_students_holds_a_secret(room: Room) -> None:
    searches = {student: room.secrets_from(student) for student in room.students()}
    found = {
        str(path.relative_to(room.root)): leaked
        for path in files(room.root, STUDENT)
        if (leaked := searches[owner(room, path)].within(path.read_bytes()))
    }
    assert not found


def test_no_comment_for_another_system_holds_a_secret(room: Room) -> None:
    for student in room.students():
        judged = {**grade_of(room, student), "held": False}  # else there is no comment
        comment = exports.comment(judged, NOTEBOOK)
        assert "points" in comment
        assert not room.secrets_from(student).within(comment.encode()), student


def test_no_comment_in_the_gradebook_holds_a_secret(room: Room) -> None:
    with sqlite3.connect(room.root / "gradebook.db") as book:
        rows = book.execute("SELECT auto_comment, manual_comment FROM comment").fetchall()
    book.close()
    assert rows
    comments = "\n".join(text for row in rows for text in row if text)
    assert not room.secrets_from("nobody").within(comments.encode())


# --- that it could fail ----------------------------------------------------------------------


def test_the_attackers_were_shown_the_unseen_inputs(room: Room) -> None:
    quoted = {c["feedback"] for c in grade_of(room, "canary-quoter")["checks"]}
    assert any("ValueError" in text for text in quoted), quoted
    shapes = {c["feedback"] for c in grade_of(room, "canary-shaper")["checks"]}
    assert any("shape" in text or "axes" in text for text in shapes), shapes
    died = [c["feedback"] for c in grade_of(room, "canary-phoenix")["checks"]]
    assert any("ended" in text for text in died), died
    page = (room.graded / "canary-snoop" / "report.html").read_text("utf-8")
    assert "LOOKED AROUND" in page


def test_the_search_finds_every_secret_where_staff_keep_it(room: Room) -> None:
    hidden = room.secrets_from("nobody")
    inputs = next((room.root / "graded" / ".store").rglob("inputs.npz")).read_bytes()
    found = {v for v in room.inputs if np.float64(v).tobytes() in inputs}
    assert set(room.planted) & set(room.inputs) <= found
    assert hidden.within(inputs), "the bytes of the inputs"
    note = (room.graded / HONEST[0] / "grade.json").read_bytes()
    assert {"a staff note", "a traceback of ours", "the repository"} <= hidden.within(note)
    table = (room.graded / "summary.csv").read_bytes()
    assert {f"the name of {s}" for s in room.students()} <= hidden.within(table)
    quoter = grade_of(room, "canary-quoter")["run"]["key"]
    store = room.root / "graded" / ".store" / "executions"
    raised = (store / quoter / "outputs" / "answers.jsonl").read_bytes()
    assert "what a notebook smuggled" in hidden.within(raised)
    assert any(name.startswith("the number") for name in hidden.within(raised))
