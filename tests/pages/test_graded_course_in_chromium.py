"""What `dlgrade grade` leaves for people, in a browser: its pages, and nbgrader's Formgrader."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from reference_solutions.demo_class import NOTEBOOK, SOURCE
from reference_solutions.filling import fill, read_cells
from tests.nbgrader_course import BLOCK, TOKEN, Formgrader
from tests.pages.browser import Browser, Tab

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "reference_solutions" / NOTEBOOK / "solution.py"
WHOLE = "32"  # automatic points of the notebook
TEXT = "document.body.innerText.replace(/\\s+/g, ' ')"


def hand_in(course: Path, student: str, notebook: object) -> None:
    place = course / "submitted" / student / NOTEBOOK
    place.mkdir(parents=True)
    (place / SOURCE.name).write_text(json.dumps(notebook), encoding="utf-8")


def grade(course: Path) -> None:
    words = ["grade", NOTEBOOK, "--course", str(course), "--jobs", "2", "--sandbox", "local"]
    done = subprocess.run(
        [sys.executable, "-m", "graders.cli", *words],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def course(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Graded twice: Ada was there the first time, Bob only the second."""
    folder = tmp_path_factory.mktemp("graded") / "course"
    (folder / "source" / NOTEBOOK).mkdir(parents=True)
    (folder / "source" / NOTEBOOK / SOURCE.name).write_bytes(SOURCE.read_bytes())
    root = f"c = get_config()\nc.CourseDirectory.root = {str(folder)!r}\n"
    (folder / "nbgrader_config.py").write_text(root + BLOCK, encoding="utf-8")
    hand_in(folder, "ada", fill(SOURCE, dict(read_cells(REFERENCE))))
    grade(folder)
    hand_in(folder, "bob", fill(SOURCE, {}))
    grade(folder)
    return folder


def test_the_pages_of_a_graded_course_are_whole_offline(
    course: Path, tab: Tab, artefacts: Path
) -> None:
    folder = course / "graded" / NOTEBOOK

    tab.open((folder / "index.html").as_uri())
    told = tab.evaluate(TEXT)
    tab.screenshot(artefacts / "course-class.png", whole=True)
    tab.open((folder / "ada" / "report.html").as_uri())
    report = tab.evaluate(TEXT)
    tab.screenshot(artefacts / "course-report.png", whole=True)

    assert "1 new 1 as before" in told
    assert "too few" in told
    assert f"{WHOLE} of {WHOLE} automatic points" in report
    assert tab.console == []
    assert tab.requests == [
        (folder / "index.html").as_uri(),
        (folder / "ada" / "report.html").as_uri(),
    ]


def test_formgrader_shows_points_and_what_waits_for_a_person(
    course: Path, browser: Browser, artefacts: Path
) -> None:
    with Formgrader(course) as formgrader:
        formgrader.wait()
        notebooks = formgrader.get(f"api/submitted_notebooks/{NOTEBOOK}/{NOTEBOOK}")
        submission = {n["student"]: n["id"] for n in notebooks}["ada"]
        tab = browser.tab()
        home = f"{formgrader.address}/formgrader"
        tab.call("Network.setExtraHTTPHeaders", {"headers": {"Authorization": f"token {TOKEN}"}})
        tab.open(f"{home}/manage_submissions/{NOTEBOOK}")
        tab.until("document.querySelectorAll('#main-table tr').length === 2")
        listed = tab.evaluate(TEXT)
        tab.screenshot(artefacts / "formgrader-submissions.png")
        tab.open(f"{home}/submissions/{submission}/")
        scores = "Array.from(document.querySelectorAll('input.score'), (i) => i.placeholder)"
        tab.until(f"{scores}.some(Boolean)")
        shown = tab.evaluate(scores)
        tab.screenshot(artefacts / "formgrader-notebook.png")
        log = formgrader.log()
        tab.close()

    assert "needs manual grading" in listed
    assert sum(float(s) for s in shown if s) == float(WHOLE)
    assert shown.count("") == 1  # the written question
    # Formgrader's own template asks a CDN for MathJax and stumbles where that cannot be had;
    # everything else comes from this machine and is silent.
    outside = {u for u in tab.requests if urlsplit(u).hostname != "127.0.0.1"}
    assert all("/mathjax/" in u for u in outside)
    ours = [line for line in tab.console if "MathJax" not in line and "net::ERR_" not in line]
    assert ours == [], log[-2000:]
