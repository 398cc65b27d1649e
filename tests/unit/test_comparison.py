"""`demo_class compare`: every grade that differs between two folders, and its reason."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graders.bridges.files import write_json
from graders.bridges.grade_json import as_dict
from graders.core.batch import Graded
from graders.core.errors import ExitCode
from graders.core.intake import Intake
from graders.core.rubric import Grader
from graders.core.types import (
    CheckResult,
    Ending,
    Evidence,
    Execution,
    Grade,
    Note,
    Outcome,
    Submission,
)
from reference_solutions import comparison, demo_class

GRADER = Grader("toys", "toy", 3, (), ())
WHY = "The tolerance is what float32 reaches."


def grade(student: str, notebook: str = "toy") -> dict[str, Any]:
    """A grade.json as a class has it: 3 of 3, 1 of 2, and 4 to be given by hand."""
    results = (
        CheckResult("check_a", Outcome.JUDGED, 3.0, 3.0, feedback="Right."),
        CheckResult("check_b", Outcome.JUDGED, 1.0, 2.0, feedback="Half of it."),
        CheckResult("in_words", Outcome.BY_HAND, None, 4.0),
    )
    run = Execution(Ending.FINISHED, 1.0, 1.0, 100.0, Path("out"))
    who = Submission("toys", notebook, student, Path(student), "abc")
    graded = Grade(who, results, (Note("renamed-file", "We found it.", ""),), run)
    return as_dict(Graded(graded, Intake("nbgrader"), Evidence(), "key", ran=True), GRADER, "image")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A course folder: two students in each of two notebooks."""
    for notebook in ("toy", "other"):
        for student in ("ada", "bob"):
            place = tmp_path / "old" / "graded" / notebook / student
            write_json(place / "grade.json", grade(student, notebook))
    return tmp_path / "old"


@pytest.fixture
def new(tmp_path: Path, old: Path) -> Path:
    """The same once more."""
    shutil.copytree(old, tmp_path / "new")
    return tmp_path / "new"


def edit(course: Path, change: Callable[[dict[str, Any]], None], student: str = "bob") -> None:
    path = course / "graded" / "toy" / student / "grade.json"
    record = json.loads(path.read_text("utf-8"))
    change(record)
    write_json(path, record)


def half_a_point_less(record: dict[str, Any]) -> None:
    record["checks"][0]["points"] = 2.5
    record["points"] = 3.5


def reasons(folder: Path, text: str) -> Path:
    path = folder / "reasons.toml"
    path.write_text(text, encoding="utf-8")
    return path


def compared(*words: object) -> int:
    return demo_class.main(["compare", *map(str, words)])


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_two_equal_folders_have_no_difference(
    old: Path, new: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compared(old, new) == 0
    assert printed(capsys) == ["4 grades of 2 notebooks compared: no difference"]


def test_a_point_changed_by_hand_is_named_and_exits_with_7(
    old: Path, new: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(new, half_a_point_less)

    assert compared(old, new) == ExitCode.PENDING
    assert printed(capsys) == [
        "toy / bob / total: 4 → 3.5",
        "toy / bob / check_a: 3 → 2.5",
        "4 grades of 2 notebooks compared: 2 differences, 2 without a reason",
    ]


@pytest.mark.parametrize("which", ["course", "graded", "notebook", "notebook under another name"])
def test_each_side_may_be_a_course_its_graded_folder_or_one_notebook(
    old: Path, new: Path, which: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(new, half_a_point_less)
    before, after = old, new
    if which == "graded":
        after = new / "graded"
    elif which != "course":
        before, after = old / "graded" / "toy", new / "graded" / "toy"
    if which.endswith("name"):
        after = after.rename(new / "copy")

    assert compared(before, after) == 7
    assert "toy / bob / check_a: 3 → 2.5" in printed(capsys)


def test_a_reason_explains_a_check_and_the_total_that_follows_from_it(
    old: Path, new: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(new, half_a_point_less)
    fits = 'notebook = "t*"\nstudent = "b*"\ncheck = "check_a"\nwhat = "points"'
    file = reasons(tmp_path, f'[[reason]]\n{fits}\nwhy = "{WHY}"')

    assert compared(old, new, "--reasons", file) == 0
    assert printed(capsys) == [
        f"toy / bob / total: 4 → 3.5  because: {WHY}",
        f"toy / bob / check_a: 3 → 2.5  because: {WHY}",
        "4 grades of 2 notebooks compared: 2 differences, 0 without a reason",
    ]


def test_a_total_that_its_checks_do_not_explain_needs_a_reason_of_its_own(
    old: Path, new: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(new, half_a_point_less)
    edit(new, lambda record: record.update(points=1.0))
    entry = '[[reason]]\nnotebook = "toy"\ncheck = "{}"\nwhy = "w"\n'

    assert compared(old, new, "--reasons", reasons(tmp_path, entry.format("check_a"))) == 7
    assert "toy / bob / total: 4 → 1  WITHOUT A REASON" in printed(capsys)
    both = entry.format("check_a") + entry.format("total")
    assert compared(old, new, "--reasons", reasons(tmp_path, both)) == 0


@pytest.mark.parametrize(
    "pattern",
    ['student = "ada"', 'check = "check_b"', 'what = "outcome"', 'student = "B*"'],
)
def test_a_reason_that_fits_something_else_explains_nothing_and_is_reported(
    old: Path, new: Path, tmp_path: Path, pattern: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(new, half_a_point_less)
    text = f'[[reason]]\nnotebook = "toy"\n{pattern}\nwhy = "{WHY}"'

    assert compared(old, new, "--reasons", reasons(tmp_path, text)) == 7
    lines = printed(capsys)
    assert "toy / bob / check_a: 3 → 2.5  WITHOUT A REASON" in lines
    assert f"reason never used: 1, {WHY}" in lines


def test_a_reason_never_used_is_no_failure(
    old: Path, new: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = reasons(tmp_path, f'[[reason]]\nnotebook = "toy"\nwhy = "{WHY}"')

    assert compared(old, new, "--reasons", file) == 0
    assert f"reason never used: 1, {WHY}" in printed(capsys)


def held(record: dict[str, Any]) -> None:
    record["checks"][0].update(outcome="held", points=None)
    record.update(points=None, held=True)


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (
            held,
            [
                "toy / bob / total: 4 → none",
                "toy / bob / check_a: 3 → none",
                "toy / bob / check_a: judged → held",
            ],
        ),
        (
            lambda record: record["run"].update(ending="cell error"),
            ["toy / bob / ending: finished → cell error"],
        ),
        (lambda record: record.update(run=None), ["toy / bob / ending: finished → no run"]),
        (lambda record: record["notes"].clear(), ["toy / bob / notes: renamed-file → none"]),
        (
            lambda record: record["checks"][2].update(max_points=5.0),
            ["toy / bob / in_words: none of 4 → none of 5"],
        ),
        (
            lambda record: record["checks"][1].update(id="check_c"),
            [
                "toy / bob / check_b: in OLD only, judged, 1 of 2 points",
                "toy / bob / check_c: in NEW only, judged, 1 of 2 points",
            ],
        ),
    ],
    ids=["held", "cell error", "no run", "notes", "most points", "renamed check"],
)
def test_outcomes_endings_notes_and_checks_that_differ_are_printed(
    old: Path,
    new: Path,
    change: Callable[[dict[str, Any]], None],
    lines: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    edit(new, change)

    assert compared(old, new) == 7
    assert printed(capsys)[:-1] == lines


def test_absent_students_and_notebooks_are_differences_that_a_reason_may_explain(
    old: Path, new: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(new / "graded" / "toy" / "bob")
    shutil.rmtree(old / "graded" / "other")

    assert compared(old, new) == 7
    assert printed(capsys) == [
        "other: graded in NEW only (2 students)",
        "toy / bob: graded in OLD only",
        "1 grade of 1 notebook compared: 2 differences, 2 without a reason",
    ]
    entry = f'[[reason]]\nnotebook = "*"\nwhat = "absent"\nwhy = "{WHY}"'
    assert compared(old, new, "--reasons", reasons(tmp_path, entry)) == 0


def test_changed_sentences_and_other_bytes_are_counted_and_are_no_difference(
    old: Path, new: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def reword(record: dict[str, Any]) -> None:
        record["checks"][0]["feedback"] = "Correct."
        record["notes"][0]["student"] = "We found your notebook."
        record["submission_sha256"] = "def"

    edit(new, reword)

    assert compared(old, new) == 0
    assert printed(capsys) == [
        "1 submission changed: other bytes were handed in",
        "2 sentences for students changed",
        "4 grades of 2 notebooks compared: no difference",
    ]


def test_points_that_differ_by_rounding_alone_are_the_same(old: Path, new: Path) -> None:
    edit(new, lambda record: record["checks"][1].update(points=0.1 + 0.2 + 0.7))

    assert compared(old, new) == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"points": 3', "is not JSON (line 1: "),
        (b"\xff\xfe{}", "is not text in UTF-8"),
        (b"[]", "does not have the form of a grade"),
        (b"{}", "lacks 'run'"),
        (b"[" * 100_000, "does not have the form of a grade"),
        (
            b'{"run": null, "points": NaN}',
            "does not have the form of a grade (NaN is no number of points)",
        ),
        (
            b'{"run": null, "points": "3"}',
            "does not have the form of a grade ('3' is no number of points)",
        ),
        (b'{"run": null, "points": 1' + b"0" * 400 + b"}", "does not have the form of a grade"),
    ],
    ids=["cut off", "UTF-16", "a list", "empty", "nested", "NaN", "text", "huge"],
)
def test_a_broken_grade_is_one_sentence_that_no_reason_explains(
    old: Path,
    new: Path,
    tmp_path: Path,
    content: bytes,
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (new / "graded" / "toy" / "bob" / "grade.json").write_bytes(content)

    assert (
        compared(old, new, "--reasons", reasons(tmp_path, '[[reason]]\nnotebook="*"\nwhy="w"')) == 7
    )
    first, *_, last = printed(capsys)
    assert first.startswith("toy / bob: in NEW, its grade.json " + says)
    assert first.endswith("  WITHOUT A REASON")
    assert last == "3 grades of 2 notebooks compared: 1 difference, 1 without a reason"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[reason]]\nnotebook = "toy"', "reason 1: 'why' is missing"),
        ('[[reason]]\nnotebook = "toy"\nwhy = " "', "reason 1: 'why' is missing"),
        (f'[[reason]]\nwhy = "{WHY}"', "reason 1: 'notebook' is missing"),
        ('[[reason]]\nnotebok = "toy"\nwhy = "w"', "there is no key 'notebok'"),
        ('[[reason]]\nnotebook = "toy"\nwhy = 3', "every value must be a text"),
        ('[[reason]]\nnotebook = "toy"\nwhy = "w"\nwhat = "point"', "'what' must be one of"),
        ('[[reason]]\nnotebook = "toy"\nwhy = "w"\nwhat = "unreadable"', "'what' must be one of"),
        ('[reason]\nnotebook = "toy"\nwhy = "w"', "may hold [[reason]] entries and nothing else"),
        ("reason = [1]", "every value must be a text"),
        ("[[reasons]]", "may hold [[reason]] entries and nothing else"),
        ("reason = ", "is not a TOML file"),
        (None, "cannot be read"),
    ],
)
def test_a_file_of_reasons_that_cannot_be_followed_is_wrong_usage(
    old: Path, new: Path, tmp_path: Path, text: str | None, says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file = tmp_path / "reasons.toml" if text is None else reasons(tmp_path, text)

    assert compared(old, new, "--reasons", file) == ExitCode.USAGE
    told = capsys.readouterr()
    assert says in told.err
    assert len(told.err.splitlines()) == 1
    assert not told.out


@pytest.mark.parametrize("make", [True, False])
def test_a_folder_without_grades_is_wrong_usage(
    old: Path, tmp_path: Path, make: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    if make:
        (empty / "graded" / ".store" / "runs").mkdir(parents=True)

    assert compared(old, empty) == compared(empty, old) == ExitCode.USAGE
    first, second = capsys.readouterr().err.splitlines()
    assert first == second
    assert first.startswith(f"There are no grades in {empty}: ")


def test_a_file_that_is_an_example_in_the_documentation_can_be_followed(tmp_path: Path) -> None:
    assert comparison.__doc__ is not None
    lines = [line[4:] for line in comparison.__doc__.splitlines() if line.startswith("    ")]
    example = "\n".join(lines[lines.index("[[reason]]") :])

    (read,) = comparison.read_reasons(reasons(tmp_path, example))
    assert (read.notebook, read.student, read.what) == ("mnist_digits", "wrong-*", "points")


def test_names_that_no_terminal_shows_are_escaped(
    old: Path, new: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(new / "graded/toy/bob", new / "graded/toy/a\nb\udc80")

    assert compared(old, new) == 7
    assert "toy / a\\nb\\udc80: graded in NEW only" in printed(capsys)
