"""`dlgrade grade` as an instructor runs it: real processes, real kernels, real interruptions."""

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import psutil
import pytest

from reference_solutions.demo_class import NOTEBOOK, SOURCE
from reference_solutions.filling import fill, read_cells

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "reference_solutions" / NOTEBOOK / "solution.py"


def command(course: Path, *more: str) -> list[str]:
    words = ["grade", NOTEBOOK, "--course", str(course), "--jobs", "2", "--sandbox", "local", *more]
    return [sys.executable, "-m", "graders.cli", *words]


def grade(course: Path, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(course, *more), cwd=ROOT, capture_output=True, text=True, timeout=300,
        env={**os.environ, **environment},
    )  # fmt: skip


def hand_in(course: Path, student: str, notebook: Mapping[str, Any]) -> None:
    place = course / "submitted" / student / NOTEBOOK
    place.mkdir(parents=True)
    (place / f"{NOTEBOOK}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def slow(log: Path, name: str, seconds: float) -> Mapping[str, Any]:
    """A blank notebook that takes its time and says in a file when it started and ended."""
    notebook: dict[str, Any] = json.loads(json.dumps(fill(SOURCE, {})))
    source = (
        f"import time\nopen({str(log)!r}, 'a').write('start {name}\\n')\n"
        f"time.sleep({seconds})\nopen({str(log)!r}, 'a').write('end {name}\\n')"
    )
    extra: dict[str, Any] = {"cell_type": "code", "id": "slow", "metadata": {}, "source": source,
             "outputs": [], "execution_count": None}  # fmt: skip
    notebook["cells"].append(extra)
    return notebook


def students(count: int) -> list[str]:
    return [f"s{k}" for k in range(count)]


def descendants(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def all_gone(processes: list[psutil.Process], within_s: float) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=within_s)
    return not alive


def wait_for(log: Path, line: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if log.is_file() and line in log.read_text("utf-8"):
            return
        time.sleep(0.05)
    raise AssertionError(f"{line!r} did not come within {seconds} s")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    course = tmp_path_factory.mktemp("course")
    hand_in(course, "ada", fill(SOURCE, read_cells(REFERENCE)))
    hand_in(course, "bob", fill(SOURCE, {}))
    place = course / "submitted" / "cy" / NOTEBOOK
    place.mkdir(parents=True)
    (place / f"{NOTEBOOK}.ipynb").write_bytes(b"\x89PNG\r\n\x1a\n")
    done = grade(course)
    assert done.returncode == 0, done.stdout + done.stderr
    return course, done.stdout


def test_every_student_gets_a_grade_and_a_report(graded: tuple[Path, str]) -> None:
    folder = graded[0] / "graded" / NOTEBOOK
    points = {}
    for student in ("ada", "bob", "cy"):
        record = json.loads((folder / student / "grade.json").read_text("utf-8"))
        points[student] = (record["points"], record["max_points"])
        assert "</html>" in (folder / student / "report.html").read_text("utf-8")
    assert points == {"ada": (32.0, 32.0), "bob": (0.0, 32.0), "cy": (0.0, 32.0)}


def test_the_class_gets_a_page_a_table_and_a_junit_file(graded: tuple[Path, str]) -> None:
    folder = graded[0] / "graded" / NOTEBOOK
    rows = list(csv.DictReader((folder / "summary.csv").read_text("utf-8").splitlines()))
    assert [(r["student"], r["state"], r["points"]) for r in rows] == [
        ("ada", "graded", "32"),
        ("bob", "graded", "0"),
        ("cy", "refused", "0"),
    ]
    assert len(ElementTree.parse(folder / "junit.xml").getroot()) == 3
    page = (folder / "index.html").read_text("utf-8")
    assert all(f"{student}/report.html" in page for student in ("ada", "bob", "cy"))


def test_a_line_is_printed_for_each_notebook_and_a_table_at_the_end(
    graded: tuple[Path, str],
) -> None:
    out = graded[1]
    assert all(f"/3] {student}" in out for student in ("ada", "bob", "cy"))
    assert "3 submissions in" in out
    assert "does not isolate" in out


def test_nbgrader_exports_the_scores(graded: tuple[Path, str]) -> None:
    course = graded[0]
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "nbgrader", "export", "--to", "grades.csv"],
        cwd=course, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    rows = list(csv.DictReader((course / "grades.csv").read_text("utf-8").splitlines()))
    assert {r["student_id"]: float(r["score"]) for r in rows} == {
        "ada": 32.0, "bob": 0.0, "cy": 0.0,
    }  # fmt: skip
    assert {float(r["max_score"]) for r in rows} == {35.0}


def test_the_written_question_waits_for_a_person_in_the_gradebook(
    graded: tuple[Path, str],
) -> None:
    with sqlite3.connect(graded[0] / "gradebook.db") as book:
        waiting = book.execute(
            "SELECT COUNT(*) FROM grade WHERE needs_manual_grade AND auto_score IS NULL"
        ).fetchone()
    book.close()
    assert waiting == (2,)  # the blank one left it as released: 0, as nbgrader has it


def test_grading_again_executes_nothing(graded: tuple[Path, str]) -> None:
    again = grade(graded[0])
    assert again.returncode == 0
    assert again.stdout.count("(stored run)") == 2, again.stdout


def test_a_batch_killed_outright_goes_on_where_it_was(tmp_path: Path) -> None:
    log = tmp_path / "log"
    for name in students(6):
        hand_in(tmp_path, name, slow(log, name, 1.5))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    first = subprocess.Popen(command(tmp_path, "--no-gradebook"), cwd=ROOT, text=True,
                             env={**os.environ, "TMPDIR": str(temporary)},
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    deadline = time.monotonic() + 120
    folder = tmp_path / "graded" / NOTEBOOK
    while len(list(folder.glob("*/grade.json"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    below = descendants(first)
    finished = {p.parent.name for p in folder.glob("*/grade.json")}
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    assert len(finished) >= 2
    assert below
    assert all_gone(below, 10), "the killed batch left processes behind"

    second = grade(tmp_path, "--no-gradebook", TMPDIR=str(temporary))

    assert second.returncode == 0, second.stdout + second.stderr
    assert not list(temporary.glob("dlgrade-*")), "working folders of the killed batch are left"
    starts = log.read_text("utf-8").split("\n")
    for name in finished:
        assert starts.count(f"start {name}") == 1, f"{name} had finished and ran again"
    assert {p.parent.name for p in folder.glob("*/grade.json")} == set(students(6))


def test_ctrl_c_stops_at_once_and_leaves_nothing_running(tmp_path: Path) -> None:
    log = tmp_path / "log"
    for name in students(4):
        hand_in(tmp_path, name, slow(log, name, 25))
    batch = subprocess.Popen(command(tmp_path, "--no-gradebook"), cwd=ROOT, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    wait_for(log, "start s0")
    below = descendants(batch)
    asked = time.monotonic()
    os.kill(batch.pid, signal.SIGINT)
    out, _ = batch.communicate(timeout=20)
    took = time.monotonic() - asked

    assert batch.returncode == 130, out
    assert "run the same command to go on" in out
    assert all_gone(below, 1), "Ctrl-C left processes behind"
    assert "end s0" not in log.read_text("utf-8")
    assert took < 10, "2 s are promised; the rest is what a busy machine may take"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("grade", "no_such_notebook"), "there is no notebook 'no_such_notebook'"),
        (("grade", NOTEBOOK, "--course", "/nowhere"), "is not there"),
        (("grade",), "Missing argument"),
        (("check", "nothing.ipynb"), "there is no file nothing.ipynb"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(words: tuple[str, ...], said: str) -> None:
    done = subprocess.run([sys.executable, "-m", "graders.cli", *words], cwd=ROOT,
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
