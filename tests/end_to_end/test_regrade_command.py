"""`dlgrade regrade`: says what would change without touching anything, then does just that."""

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from graders.commands.grade import Request, grade_class
from graders.commands.regrade import regrade_class
from graders.core import catalogue
from graders.core.batch import Batch
from graders.core.catalogue import Course
from graders.core.data import mini_data
from graders.core.errors import ExitCode, UsageFault
from graders.core.saying import says
from graders.core.store import Store
from graders.core.types import Execution, Finding, Job
from graders.sandboxes.local import LocalSandbox
from reference_solutions.demo_class import NOTEBOOK, SOURCE
from reference_solutions.filling import fill, read_cells

ROOT = Path(__file__).resolve().parents[2]


class Counting(LocalSandbox):
    """The real one, and how many jobs it was given."""

    runs = 0

    def run(self, job: Job) -> Execution:
        self.runs += 1
        return super().run(job)


def cells() -> Mapping[str, Any]:
    return read_cells(Path(catalogue.course(NOTEBOOK).reference or "") / "solution.py")


def hand_in(root: Path, student: str, content: bytes) -> None:
    place = root / "submitted" / student / NOTEBOOK
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{NOTEBOOK}.ipynb").write_bytes(content)


def notebook(answers: Mapping[str, Any]) -> bytes:
    return json.dumps(fill(SOURCE, answers)).encode()


def some(*left_out: str) -> bytes:
    return notebook({name: cell for name, cell in cells().items() if name not in left_out})


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Counting]:
    counting = Counting(slots=2)
    yield counting
    counting.close()


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, sandbox: Counting) -> Path:
    """Ada has everything, bob lacks one answer, cy handed in a picture."""
    root = tmp_path_factory.mktemp("graded-once")
    hand_in(root, "ada", some())
    hand_in(root, "bob", some("mse_loss"))
    hand_in(root, "cy", b"\x89PNG\r\n\x1a\n")
    course = catalogue.course(NOTEBOOK)
    data = mini_data(course, root / "graded" / ".store")
    asked = Request(root, root / "graded", data, jobs=2)
    assert grade_class(course, asked, sandbox, quiet()) is ExitCode.OK
    return root


@pytest.fixture
def root(graded: Path, tmp_path: Path) -> Path:
    """A copy of the graded class: no stored run knows where it lies."""
    return Path(shutil.copytree(graded, tmp_path / "course", symlinks=True))


def quiet() -> Console:
    return Console(file=io.StringIO(), width=200)


def ask(
    root: Path, sandbox: Counting, course: Course, *, apply: bool = False, **more: Any
) -> tuple[ExitCode, dict[str, Any], str]:
    console, file = quiet(), root.parent / "plan.json"
    asked = Request(root, root / "graded", None, jobs=2, **{"gradebook": False, **more})
    code = regrade_class(course, asked, sandbox, console, apply=apply, file=file)
    said = console.file
    assert isinstance(said, io.StringIO)
    return code, json.loads(file.read_text("utf-8")), said.getvalue()


def everything(root: Path) -> dict[str, tuple[int, bytes]]:
    files = [p for p in root.rglob("*") if p.is_file()]
    return {str(p.relative_to(root)): (p.stat().st_mtime_ns, p.read_bytes()) for p in files}


def record(root: Path, student: str) -> dict[str, Any]:
    text = (root / "graded" / NOTEBOOK / student / "grade.json").read_text("utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


NEXT = catalogue.course(NOTEBOOK).grader.version + 1


def stricter(course: Course) -> Course:
    """The same questions, another bar for two checks."""

    def half(*answers: object) -> Finding:
        return Finding(0.5, ())

    strict = ("check_expand", "check_mse_loss")
    checks = [replace(c, judge=half) if c.id in strict else c for c in course.grader.checks]
    return replace(course, grader=replace(course.grader, version=NEXT, checks=tuple(checks)))


def test_where_nothing_has_changed_nothing_is_to_be_done(root: Path, sandbox: Counting) -> None:
    before, runs = everything(root), sandbox.runs
    code, plan, said = ask(root, sandbox, catalogue.course(NOTEBOOK))
    assert code is ExitCode.OK
    assert (plan["submissions"], plan["unchanged"], plan["reference"]) == ([], 3, "stored")
    assert "0 to execute, 0 to judge anew" in said
    assert everything(root) == before
    assert sandbox.runs == runs


def test_a_new_bar_is_planned_compared_and_applied_without_a_run(
    root: Path, sandbox: Counting
) -> None:
    before, runs = everything(root), sandbox.runs
    changed = stricter(catalogue.course(NOTEBOOK))

    code, plan, said = ask(root, sandbox, changed)

    assert code is ExitCode.PENDING
    assert (plan["execution"], plan["judgement"], plan["applied"]) == (0, 3, False)
    lines = {s["student"]: s for s in plan["submissions"]}
    version, rubric = lines["ada"]["reasons"]
    assert version == {"what": "grader version", "before": str(NEXT - 1), "now": str(NEXT)}
    assert rubric["what"] == "code that judges"
    assert (lines["ada"]["before"]["points"], lines["ada"]["after"]["points"]) == (32.0, 30.0)
    moved = {c["id"]: (c["before"]["points"], c["after"]["points"]) for c in lines["ada"]["checks"]}
    assert moved == {"check_expand": (2.0, 1.0), "check_mse_loss": (2.0, 1.0)}
    assert [c["id"] for c in lines["bob"]["checks"]] == ["check_expand"], "he has no mse_loss"
    assert (lines["cy"]["checks"], lines["cy"]["before"]) == ([], lines["cy"]["after"])
    assert "Grades that would change: 2." in said
    assert f"grader version {NEXT - 1} → {NEXT}" in said
    assert everything(root) == before, "a plan has written something"

    code, plan, _ = ask(root, sandbox, changed, apply=True)

    assert (code, plan["applied"], sandbox.runs) == (ExitCode.OK, True, runs)
    assert record(root, "ada")["points"] == 30.0
    folder = root / "graded" / NOTEBOOK
    assert "ada,graded,30,32" in (folder / "summary.csv").read_text("utf-8")
    assert "30" in (folder / "ada" / "report.html").read_text("utf-8")
    assert ask(root, sandbox, changed)[0] is ExitCode.OK, "once applied, nothing is left to do"


def reworded(course: Course) -> Course:
    """Another sentence in one line of the rubric, and nothing else."""
    first, *others = course.grader.checks
    checks = (replace(first, asks="The same, asked otherwise."), *others)
    return replace(course, grader=replace(course.grader, checks=checks))


def test_new_words_keep_all_points_and_end_in_new_reports(root: Path, sandbox: Counting) -> None:
    before, runs = everything(root), sandbox.runs
    changed = reworded(catalogue.course(NOTEBOOK))

    code, plan, said = ask(root, sandbox, changed)

    assert code is ExitCode.PENDING
    assert (plan["execution"], plan["judgement"], plan["words"]) == (0, 0, 3)
    assert {s["needs"] for s in plan["submissions"]} == {"words"}
    assert all(s["before"] == s["after"] for s in plan["submissions"])
    assert "same points, new words: sentences and reports" in said
    assert "Grades that would change: 0." in said
    assert everything(root) == before, "a plan has written something"

    code, plan, _ = ask(root, sandbox, changed, apply=True)

    assert (code, plan["applied"], sandbox.runs) == (ExitCode.OK, True, runs)
    page = root / "graded" / NOTEBOOK / "ada" / "report.html"
    assert "asked otherwise" in page.read_text("utf-8")
    assert record(root, "ada")["points"] == 32.0
    assert ask(root, sandbox, changed)[0] is ExitCode.OK, "once applied, nothing is left to do"


def retold(course: Course) -> Course:
    """Another sentence for a code, and nothing else."""
    own = {**course.grader.sentences, "all-right": says("Every one of {n} is right now.")}
    return replace(course, grader=replace(course.grader, sentences=own))


def test_a_new_sentence_for_a_code_is_told_without_judging_anybody(
    root: Path, sandbox: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = retold(catalogue.course(NOTEBOOK))

    observed = Batch._observed  # every judging begins here

    def judged(batch: Batch, owner: str, *given: Any, **more: Any) -> Any:
        assert owner.startswith("("), f"{owner} is judged"  # the reference answers are read again
        return observed(batch, owner, *given, **more)

    monkeypatch.setattr(Batch, "_observed", judged)
    code, plan, said = ask(root, sandbox, changed)
    assert (code, plan["words"], plan["judgement"]) == (ExitCode.PENDING, 3, 0)
    assert "same points, new words" in said

    code, plan, _ = ask(root, sandbox, changed, apply=True)

    assert (code, plan["applied"]) == (ExitCode.OK, True)
    told = {c["id"]: c["feedback"] for c in record(root, "ada")["checks"]}
    assert told["check_mse_loss"].startswith("Every one of ")
    assert "Every one of" in (root / "graded" / NOTEBOOK / "ada" / "report.html").read_text("utf-8")
    assert record(root, "ada")["points"] == 32.0


def test_new_words_and_a_new_hand_in_are_told_apart(root: Path, sandbox: Counting) -> None:
    hand_in(root, "bob", some("expand"))
    changed = reworded(catalogue.course(NOTEBOOK))
    _, plan, _ = ask(root, sandbox, changed)
    assert {s["student"]: s["needs"] for s in plan["submissions"]} == {
        "ada": "words", "bob": "execution", "cy": "words",
    }  # fmt: skip
    assert ask(root, sandbox, changed, apply=True)[0] is ExitCode.OK
    assert ask(root, sandbox, changed)[0] is ExitCode.OK


def test_only_a_new_hand_in_is_executed_and_it_keeps_its_place_in_the_gradebook(
    root: Path, sandbox: Counting
) -> None:
    hand_in(root, "bob", some("expand"))
    hand_in(root, "dan", some("mse_grad"))
    runs, course = sandbox.runs, catalogue.course(NOTEBOOK)

    code, plan, said = ask(root, sandbox, course)

    assert (code, plan["execution"], plan["judgement"]) == (ExitCode.PENDING, 2, 0)
    bob, dan = plan["submissions"]
    assert [r["what"] for r in bob["reasons"]] == ["new hand-in"]
    assert [r["what"] for r in dan["reasons"]] == ["not graded yet"]
    assert (bob["before"]["points"], bob["after"]) == (30.0, None)
    assert "30/32 → ?" in said
    ada = everything(root / "graded" / NOTEBOOK / "ada")

    code, _, _ = ask(root, sandbox, course, apply=True, gradebook=True)

    assert (code, sandbox.runs - runs) == (ExitCode.OK, 2)
    assert everything(root / "graded" / NOTEBOOK / "ada") == ada, "hers was not to be touched"
    assert "check_expand" in [c["id"] for c in record(root, "bob")["checks"] if not c["points"]]
    rows = (root / "graded" / NOTEBOOK / "summary.csv").read_text("utf-8").splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["ada", "bob", "cy", "dan"]


def test_another_limit_is_named_and_needs_the_reference_first(
    root: Path, sandbox: Counting
) -> None:
    code, plan, said = ask(root, sandbox, catalogue.course(NOTEBOOK).with_cell_limit(7))
    assert (code, plan["reference"]) == (ExitCode.PENDING, "execution")
    assert (plan["execution"], plan["unchanged"]) == (2, 1), "a picture has no run to repeat"
    assert "execute: limits cell_s=30 → cell_s=7" in said
    assert "The reference solution is executed first" in said


def test_a_lost_run_is_found_and_a_withdrawn_student_named(root: Path, sandbox: Counting) -> None:
    key = record(root, "ada")["run"]["key"]
    shutil.rmtree(root / "graded" / ".store" / "executions" / key)
    shutil.rmtree(root / "submitted" / "bob")
    code, plan, _ = ask(root, sandbox, catalogue.course(NOTEBOOK))
    assert code is ExitCode.PENDING
    (ada,) = plan["submissions"]
    assert (ada["student"], ada["needs"]) == ("ada", "execution")
    assert ada["reasons"][0]["what"] == "its stored run"
    assert plan["withdrawn"] == ["bob"]


def test_while_another_grades_there_the_plan_waits(root: Path, sandbox: Counting) -> None:
    store = Store(root / "graded" / ".store")
    try:
        with pytest.raises(UsageFault, match="another dlgrade is grading"):
            ask(root, sandbox, catalogue.course(NOTEBOOK))
    finally:
        store.close()


def test_on_the_command_line_a_plan_is_told_by_the_exit_code(root: Path) -> None:
    def dlgrade(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "graders.cli", "regrade", NOTEBOOK, "--sandbox", "local"]
        return subprocess.run(
            [*command, *words], cwd=ROOT, capture_output=True, text=True, timeout=120,
            env={**os.environ, "COLUMNS": "200"},
        )  # fmt: skip

    same = dlgrade("--course", str(root))
    assert same.returncode == 0, same.stdout + same.stderr
    hand_in(root, "bob", notebook({}))
    pending = dlgrade("--course", str(root), "--json", str(root / "plan.json"))
    assert pending.returncode == 7, pending.stdout + pending.stderr
    assert json.loads((root / "plan.json").read_text("utf-8"))["schema"] == "dlgrade/regrade/1"
    assert "the same command with --apply" in pending.stdout
    nowhere = dlgrade("--course", str(root), "--out", str(root / "never"))
    assert nowhere.returncode == 2
    assert "nothing is graded in" in nowhere.stderr
