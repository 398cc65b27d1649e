"""A week with nbgrader, as an instructor and students live it; grading is the only thing of ours.

One course is played through once, and the sentences below look at what became of it.
"""

import csv
import io
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from graders.commands.grade import Request, grade_class
from graders.core import catalogue
from graders.core.data import mini_data
from graders.core.errors import ExitCode
from graders.sandboxes.local import LocalSandbox
from reference_solutions.demo_class import NOTEBOOK, SOURCE
from reference_solutions.filling import Cell, fill, read_cells
from tests.end_to_end.test_grade_command import REFERENCE, grade
from tests.nbgrader_course import BLOCK, Formgrader, Person, grades, rows

pytestmark = pytest.mark.nightly("courses")

(WRITTEN,) = catalogue.course(NOTEBOOK).grader.by_hand
BROKEN = "check_momentum"  # the check of ours that fails at first
STUDENTS = ("ada", "bob", "cy")
SCRIPT = "<script>alert('canary-4711')</script>"
BUG = "canary-bug-of-ours"
RULE = """
from nbgrader.plugins import LateSubmissionPlugin

class TwoPoints(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 2.0
"""


@dataclass
class Week:
    """What was seen on the way."""

    course: Path
    students: dict[str, Path]
    due: datetime
    began: datetime
    said: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    listed: dict[str, Any] = field(default_factory=dict)
    held: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    collected: list[str] = field(default_factory=list)

    def table(self, name: str) -> dict[str, dict[str, str]]:
        lines = (self.course / name).read_text("utf-8").splitlines()
        return {row["student_id"]: row for row in csv.DictReader(lines)}


def works_on(student: Person, cells: dict[str, Cell]) -> None:
    """Fill in the fetched notebook, as somebody does in JupyterLab."""
    path = student.folder / NOTEBOOK / f"{NOTEBOOK}.ipynb"
    path.write_text(json.dumps(fill(path, cells)), encoding="utf-8")


def grade_with_a_bug(course: Path) -> ExitCode:
    """The first grading: one check of ours raises, for everybody."""
    ours = catalogue.course(NOTEBOOK)

    def raises(*_: object) -> Any:
        raise RuntimeError(BUG)

    checks = tuple(replace(c, judge=raises) if c.id == BROKEN else c for c in ours.grader.checks)
    broken = replace(ours, grader=replace(ours.grader, checks=checks))
    out = course / "graded"
    asked = Request(course, out, mini_data(broken, out / ".store"), jobs=2)
    with LocalSandbox(slots=2) as sandbox:
        return grade_class(broken, asked, sandbox, Console(file=io.StringIO()))


def everything(course: Path) -> dict[str, Any]:
    return {student: grades(course, student) for student in STUDENTS}


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Week:
    top = tmp_path_factory.mktemp("week")
    exchange, course = top / "exchange", top / "course"
    exchange.mkdir(mode=0o777)
    (course / "source" / NOTEBOOK).mkdir(parents=True)
    (course / "source" / NOTEBOOK / SOURCE.name).write_bytes(SOURCE.read_bytes())
    (course / "penalty.py").write_text(RULE, encoding="utf-8")
    config = "c.AssignLatePenalties.plugin_class = 'penalty.TwoPoints'\n" + BLOCK
    zones = dict(zip(STUDENTS, ("Asia/Tokyo", "America/New_York", "UTC"), strict=True))
    with (
        Person(course, exchange, config) as instructor,
        Person(
            top / "ada", exchange, "c.CourseDirectory.student_id = 'ada'\n", TZ=zones["ada"]
        ) as ada,
        Person(
            top / "bob", exchange, "c.CourseDirectory.student_id = 'bob'\n", TZ=zones["bob"]
        ) as bob,
        Person(top / "cy", exchange, "c.CourseDirectory.student_id = 'cy'\n", TZ=zones["cy"]) as cy,
        Formgrader(course) as formgrader,
    ):
        people = {"ada": ada, "bob": bob, "cy": cy}
        now = datetime.now(UTC)
        seen = Week(course, {n: p.folder for n, p in people.items()}, now, now)
        play(seen, instructor, people, formgrader)
    return seen


def play(seen: Week, instructor: Person, people: dict[str, Person], formgrader: Formgrader) -> None:
    ada, bob, cy = people.values()
    reference = dict(read_cells(REFERENCE))

    instructor.types("generate_assignment", NOTEBOOK)
    instructor.types("release_assignment", NOTEBOOK)
    for person in people.values():
        person.start("list")
    seen.said |= {f"list {name}": person.finish() for name, person in people.items()}
    for person in people.values():
        person.start("fetch_assignment", NOTEBOOK)
    for person in people.values():
        person.finish()

    # Ada hands in twice: as she got it, and when she has done it.
    ada.types("submit", NOTEBOOK)
    instructor.types("collect", NOTEBOOK)
    submitted = seen.course / "submitted" / "ada" / NOTEBOOK / f"{NOTEBOOK}.ipynb"
    seen.collected.append(submitted.read_text("utf-8"))
    works_on(ada, reference)
    works_on(cy, {k: v for k, v in reference.items() if k != "sgd"})
    works_on(bob, {WRITTEN: Cell(f"I think so. {SCRIPT}", markdown=True)})
    for person in (ada, cy):
        person.start("submit", NOTEBOOK)
    for person in (ada, cy):
        person.finish()
    seen.due = datetime.now(UTC)
    bob.types("submit", NOTEBOOK)
    instructor.types("collect", NOTEBOOK, "--update")
    seen.collected.append(submitted.read_text("utf-8"))

    formgrader.wait()
    local = seen.due.astimezone(timezone(timedelta(hours=9))).replace(tzinfo=None)
    formgrader.put(
        f"api/assignment/{NOTEBOOK}",
        duedate_notimezone=local.isoformat(), duedate_timezone="+0900",
    )  # fmt: skip

    assert grade_with_a_bug(seen.course) is ExitCode.UNGRADED
    look(seen, formgrader)
    for name, options in (
        ("honest", ()),
        ("plain", ("--exporter=nbgrader.plugins.CsvExportPlugin",)),
    ):
        instructor.types("export", *options, "--to", f"{name}.csv")
    seen.held = everything(seen.course)

    # A person reads the written answers; of Cy's, also the check that is held.
    score(formgrader, seen, "ada", WRITTEN, 3.0)
    score(formgrader, seen, "bob", WRITTEN, 1.0, comment="Why do you think so?")
    score(formgrader, seen, "cy", WRITTEN, 2.0, extra=1.0, comment="A nice example!")
    score(formgrader, seen, "cy", BROKEN, 1.5)

    # Bob hands in once more; our check is mended; everything runs again.
    works_on(bob, {WRITTEN: Cell("Because of the gradient.", markdown=True)})
    bob.types("submit", NOTEBOOK)
    instructor.types("collect", NOTEBOOK, "--update")
    done = grade(seen.course, "--force", TZ="Asia/Kathmandu")
    assert done.returncode == 0, done.stdout + done.stderr
    seen.after = everything(seen.course)
    instructor.types("export", "--to", "after.csv")

    formgrader.press(f"api/assignment/{NOTEBOOK}/generate_feedback")
    formgrader.press(f"api/assignment/{NOTEBOOK}/release_feedback")
    seen.said["inbound"] = ada.types("list", "--inbound")
    for person in people.values():
        person.start("fetch_feedback", NOTEBOOK)
    for person in people.values():
        person.finish()
    seen.said["server"] = formgrader.log()


def look(seen: Week, formgrader: Formgrader) -> None:
    """Every page and list of Formgrader that concerns the submissions."""
    seen.listed["submissions"] = formgrader.get(f"api/submissions/{NOTEBOOK}")
    notebooks = formgrader.get(f"api/submitted_notebooks/{NOTEBOOK}/{NOTEBOOK}")
    seen.listed["notebooks"] = {n["student"]: n for n in notebooks}
    for name, notebook in seen.listed["notebooks"].items():
        seen.pages[name] = formgrader.page(f"submissions/{notebook['id']}/")
    for path in ("manage_assignments", f"manage_submissions/{NOTEBOOK}", "gradebook",
                 f"gradebook/{NOTEBOOK}", f"gradebook/{NOTEBOOK}/{NOTEBOOK}", "manage_students",
                 "manage_students/ada", f"manage_students/ada/{NOTEBOOK}"):  # fmt: skip
        seen.pages[path] = formgrader.page(path)
    seen.listed["assignments"] = formgrader.get("api/assignments")


def score(
    formgrader: Formgrader,
    seen: Week,
    student: str,
    cell: str,
    points: float,
    extra: float | None = None,
    comment: str = "",
) -> None:
    """What Formgrader's page sends when a person fills in its fields."""
    submission = seen.listed["notebooks"][student]["id"]
    (mine,) = [
        g for g in formgrader.get(f"api/grades?submission_id={submission}") if g["name"] == cell
    ]
    answer = formgrader.put(f"api/grade/{mine['id']}", manual_score=points, extra_credit=extra)
    assert answer["needs_manual_grade"] is False
    if comment:
        (beside,) = [
            c
            for c in formgrader.get(f"api/comments?submission_id={submission}")
            if c["name"] == cell
        ]
        formgrader.put(f"api/comment/{beside['id']}", manual_comment=comment)


def stamp(folder: Path) -> datetime:
    text = (folder / "timestamp.txt").read_text("utf-8").strip()
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f UTC").replace(tzinfo=UTC)


def feedback(week: Week, student: str) -> list[str]:
    found = sorted((week.students[student] / NOTEBOOK / "feedback").glob(f"*/{NOTEBOOK}.html"))
    return [path.read_text("utf-8") for path in found]


def test_students_find_and_fetch_what_is_released(week: Week) -> None:
    for student in STUDENTS:
        assert f"dl {NOTEBOOK}" in week.said[f"list {student}"]
        text = (week.students[student] / NOTEBOOK / f"{NOTEBOOK}.ipynb").read_text("utf-8")
        assert "BEGIN SOLUTION" not in text


def test_the_last_of_several_attempts_is_collected(week: Week) -> None:
    first, second = week.collected
    assert "raise NotImplementedError()" in first
    assert json.loads(second) == json.loads(
        (week.students["ada"] / NOTEBOOK / f"{NOTEBOOK}.ipynb").read_text("utf-8")
    )
    assert week.after["ada"][BROKEN]["auto_score"] == 3


def test_formgrader_lists_and_shows_every_submission(week: Week) -> None:
    listed = {s["student"]: s for s in week.listed["submissions"]}
    assert set(listed) == set(STUDENTS)
    assert all(s["autograded"] and s["submitted"] for s in listed.values())
    assert all(s["needs_manual_grade"] for s in listed.values())
    (assignment,) = week.listed["assignments"]
    assert assignment["num_submissions"] == 3
    for student in STUDENTS:
        assert WRITTEN in week.pages[student]
        assert f'id="{BROKEN}"' in week.pages[student]
    assert "2 of 2 points." in week.pages["ada"]
    assert "0 of 2 points." in week.pages["bob"]
    assert "Traceback (most recent call last)" not in week.said["server"]


def test_no_script_of_a_students_runs_in_formgrader(week: Week) -> None:
    assert "canary-4711" in week.pages["bob"]
    assert SCRIPT not in week.pages["bob"]


def test_held_points_wait_for_a_person_and_are_no_zero(week: Week) -> None:
    for student in ("ada", "cy"):  # Bob's notebook left that check nothing to judge
        held = week.held[student][BROKEN]
        assert (held["auto_score"], held["needs_manual_grade"]) == (None, 1)
    assert "Held for staff" in week.pages["ada"]
    for name, row in week.table("honest.csv").items():
        assert (row["raw_score"], row["score"]) == ("", ""), name
        assert row["needs_manual_grade"] == "True"
    # nbgrader's own exporter counts what is open as 0, which is why there is another one.
    assert week.table("plain.csv")["ada"]["score"] == "29.0"


def test_our_fault_is_told_to_staff_only(week: Week) -> None:
    record = week.course / "graded" / NOTEBOOK
    assert BUG not in "".join(week.pages.values())
    for student in STUDENTS:
        assert BUG not in "".join(feedback(week, student))
        assert not any(BUG in p.read_text("utf-8") for p in (record / student).glob("*.html"))


def test_regrading_keeps_what_a_person_gave(week: Week) -> None:
    cy, bob, ada = (week.after[name] for name in ("cy", "bob", "ada"))
    assert (cy[WRITTEN]["manual_score"], cy[WRITTEN]["extra_credit"]) == (2.0, 1.0)
    assert cy[WRITTEN]["manual_comment"] == "A nice example!"
    assert (cy[BROKEN]["manual_score"], cy[BROKEN]["auto_score"]) == (1.5, 3.0)
    assert (bob[WRITTEN]["manual_score"], bob[WRITTEN]["manual_comment"]) == (
        1.0,
        "Why do you think so?",
    )
    assert ada[WRITTEN]["manual_score"] == 3.0


def test_a_person_looks_again_only_where_something_changed(week: Week) -> None:
    assert week.after["bob"][WRITTEN]["needs_manual_grade"] == 1  # another file
    assert week.after["cy"][BROKEN]["needs_manual_grade"] == 1  # now the check has its own word
    assert week.after["cy"][WRITTEN]["needs_manual_grade"] == 0
    assert not any(cell.get("needs_manual_grade") for cell in week.after["ada"].values())


def test_an_answer_left_as_released_has_nbgraders_comment(week: Week) -> None:
    assert week.after["bob"]["mse_loss"]["auto_comment"] == "No response."
    assert week.after["ada"]["mse_loss"]["auto_comment"] is None


def test_lateness_is_told_from_utc_whatever_the_clocks_say(week: Week) -> None:
    found = rows(week.course, "SELECT student_id, timestamp FROM submitted_assignment")
    for student, text in found:
        kept = datetime.fromisoformat(text).replace(tzinfo=UTC)
        assert kept == stamp(week.course / "submitted" / student / NOTEBOOK)
        assert week.began <= kept <= datetime.now(UTC)
        assert (kept > week.due) == (student == "bob")
    ((due,),) = rows(week.course, "SELECT duedate FROM assignment")
    assert datetime.fromisoformat(due).replace(tzinfo=UTC) == week.due


def test_the_courses_own_penalty_is_taken_from_who_was_late(week: Week) -> None:
    table = week.table("after.csv")
    assert table["ada"]["late_submission_penalty"] == "0.0"
    assert (table["ada"]["score"], table["ada"]["max_score"]) == ("35.0", "35.0")
    # Bob has the one point of his written answer, and no penalty takes more than there is.
    assert (table["bob"]["late_submission_penalty"], table["bob"]["score"]) == ("1.0", "0.0")


def test_students_fetch_feedback_with_our_words_and_the_persons(week: Week) -> None:
    assert "feedback ready to be fetched" in week.said["inbound"]
    (ada,) = feedback(week, "ada")
    (cy,) = feedback(week, "cy")
    (bob,) = feedback(week, "bob")
    assert "(Score: 35.0 / 35.0)" in ada
    assert "2 of 2 points." in ada
    assert "A nice example!" in cy
    assert "Late submission penalty" in bob
    assert SCRIPT not in bob


def test_feedback_says_what_is_not_decided(week: Week) -> None:
    assert "Not decided yet" not in feedback(week, "ada")[0]


def test_formgrader_needs_nothing_but_what_the_exchange_gave(week: Week) -> None:
    beside = week.course / "autograded" / "ada" / NOTEBOOK
    handed_in = week.course / "submitted" / "ada" / NOTEBOOK
    gave = {"timestamp.txt", "submission_secret.txt"} & {p.name for p in handed_in.iterdir()}
    assert "timestamp.txt" in gave  # older versions of the exchange know no secret
    assert {p.name for p in beside.iterdir()} == {f"{NOTEBOOK}.ipynb", *gave}


def test_the_documented_block_is_the_one_that_is_tested() -> None:
    readme = Path(__file__).resolve().parents[2] / "graders" / "bridges" / "README.md"
    assert BLOCK in readme.read_text("utf-8")
