"""From the records of a class to its page, and what has changed since the grading before."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from graders.bridges.tables import summary_csv
from graders.core import catalogue
from reports import since
from reports.overview import class_view
from reports.render import class_page
from reports.since import Stood, Summary
from reports.views import ClassRow, ClassView
from tests.pages import big_class

COURSE = catalogue.course(big_class.NOTEBOOK)
CHECK = COURSE.grader.checks[0]
Record = dict[str, Any]


def graded(student: str, **other: Any) -> Record:
    """A record with all points."""
    (record,) = big_class.records(1)
    checks = [
        {**c, "outcome": "judged", "points": c["max_points"], "staff_note": ""}
        for c in record["checks"][:-1]
    ]
    run = {"ending": "finished", "wall_s": 2.0, "cpu_s": 1.0, "peak_mib": 150.0, "detail": ""}
    whole = {"student": student, "checks": [*checks, record["checks"][-1]], "held": False}
    return {**record, **whole, "points": record["max_points"], "notes": [], "run": run, **other}


def lost(record: Record, points: float) -> Record:
    """The same with fewer points in the first check."""
    copy: Record = json.loads(json.dumps(record))
    copy["checks"][0]["points"] -= points
    copy["points"] -= points
    return copy


def held(student: str) -> Record:
    copy = graded(student, held=True, points=None)
    copy["checks"][0].update(outcome="held", points=None)
    return copy


def refused(student: str) -> Record:
    copy = graded(student, points=0.0, run=None)
    for check in copy["checks"][:-1]:
        check.update(outcome="unanswered", points=0.0)
    return copy


def killed(student: str) -> Record:
    copy = graded(student)
    copy["run"]["ending"] = "killed"
    return copy


def summary(*records: Record) -> Summary:
    text = summary_csv(records, COURSE.grader)
    return Summary("2026-03-01T18:00:00+01:00", since.read_summary(text))


def view(*records: Record, before: Summary | None = None, waiting: int = 0) -> ClassView:
    return class_view(records, COURSE, 1.0, (), before, waiting)


def rows(page: ClassView) -> Mapping[str, ClassRow]:
    return {row.student: row for row in page.rows}


def test_held_come_first_then_ambiguous_then_refused() -> None:
    page = view(graded("a"), refused("b"), killed("c"), held("d"), held("e"), graded("f"))

    assert [row.student for row in page.rows] == ["d", "e", "c", "b", "a", "f"]
    assert [row.state for row in page.rows if row.waits] == ["held", "held", "ambiguous"]
    assert page.counts == (("held", 2), ("ambiguous", 1), ("refused", 1), ("graded", 2))
    assert "Waiting for a person" in class_page(page)


def test_who_is_not_graded_yet_is_counted() -> None:
    assert view(graded("a"), waiting=7).counts == (("graded", 1), ("not yet graded", 7))


def test_a_class_of_nobody_has_a_page() -> None:
    assert "0 submissions" in class_page(view())


def test_the_first_grading_has_nothing_to_compare_with() -> None:
    page = view(graded("a"))

    assert page.since is None
    assert rows(page)["a"].change == ""
    assert page.checks[0].changed is None
    assert "Since the grading" not in class_page(page)


@pytest.mark.parametrize(
    ("then", "now", "kind", "words"),
    [
        (lambda s: lost(graded(s), 1.5), graded, "up", "+1.5 (was 30.5)"),
        (graded, lambda s: lost(graded(s), 0.25), "down", "−0.25 (was 32)"),
        (graded, graded, "", ""),
        (held, graded, "state", "was held"),
        (graded, held, "state", "was graded, was 32"),
        (refused, graded, "state", "was refused, +32 (was 0)"),
        (graded, killed, "state", "was graded"),
        (killed, killed, "", ""),
        (held, held, "", ""),
        (None, graded, "new", "new"),
    ],
)
def test_a_change_says_from_what_to_what(
    then: Callable[[str], Record] | None, now: Callable[[str], Record], kind: str, words: str
) -> None:
    earlier = summary(graded("z"), *([then("a")] if then else []))

    page = view(now("a"), graded("z"), before=earlier)

    assert rows(page)["a"].change == kind
    assert rows(page)["z"].change == ""
    html = class_page(page)
    assert f">{words}</td>" in html
    assert ("Nothing has changed." in html) == (kind == "")


def test_who_is_gone_is_named() -> None:
    page = view(graded("a"), before=summary(graded("a"), graded("left & gone")))

    assert page.since is not None
    assert page.since.gone == ("left & gone",)
    assert "<b>1</b> gone: <bdi>left &amp; gone</bdi>" in class_page(page)


def test_a_check_says_for_how_many_it_has_changed() -> None:
    before = summary(graded("a"), lost(graded("b"), 1), held("c"), graded("d"))

    page = view(graded("a"), graded("b"), graded("c"), graded("new"), before=before)

    assert [c.changed for c in page.checks] == [2] + [0] * (len(page.checks) - 1)


def test_what_was_refused_or_killed_says_nothing_about_a_check() -> None:
    page = view(graded("a"), lost(graded("b"), 1), refused("c"), held("d"), killed("e"))

    first = page.checks[0]
    assert (first.full, first.partial, first.none, first.held) == (1, 1, 0, 1)
    assert first.mean_credit == pytest.approx(0.75)
    assert first.passed == pytest.approx(0.5)
    assert page.compared == 2
    assert first.unsaid == "too few"


def test_a_grade_of_an_older_rubric_leaves_its_checks_empty() -> None:
    old = graded("a")
    old["checks"] = old["checks"][1:]

    page = view(old, graded("b"))

    assert rows(page)["a"].marks == ()
    assert class_page(page)


def test_a_check_of_pure_luck_is_found() -> None:
    page = view(*big_class.records(1000))
    told = {c.id: c.discrimination for c in page.checks}

    lucky = told.pop(big_class.LUCKY)

    assert lucky is not None
    assert abs(lucky) < 0.1
    assert all(value is not None and value > 0.2 for value in told.values())
    assert '<b class="wrong">low</b>' in class_page(page) or lucky < 0


def test_time_and_memory_name_who_used_the_most() -> None:
    slow = graded("slow")
    slow["run"].update(wall_s=88.0, peak_mib=100.0)
    clock, memory = view(graded("a"), slow, refused("none")).spreads

    assert (clock.n, clock.median, clock.most, clock.total) == (2, 45.0, 88.0, 90.0)
    assert (memory.n, memory.median, memory.most, memory.total) == (2, 125.0, 150.0, None)
    page = view(graded("a"), slow, refused("none"))
    assert page.rows[clock.most_row].student == "slow"
    assert page.rows[memory.most_row].student == "a"


def test_a_summary_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "summary.csv"
    path.write_text(
        summary_csv(
            [graded("=1+1"), held('Zoë "Z", the 2nd'), killed("c"), refused("d")], COURSE.grader
        ),
        encoding="utf-8",
    )

    told = since.earlier(path)

    assert told is not None
    assert {name: (s.state, s.points) for name, s in told.rows.items()} == {
        "=1+1": ("graded", 32.0),
        'Zoë "Z", the 2nd': ("held", None),
        "c": ("ambiguous", 32.0),
        "d": ("refused", 0.0),
    }
    assert told.rows["=1+1"].checks[CHECK.id] == CHECK.points
    assert CHECK.id not in told.rows['Zoë "Z", the 2nd'].checks


@pytest.mark.parametrize(
    "text",
    [
        "",
        "student;state;points;ending\na;graded;3;finished\n",
        "name,points\na,3\n",
        "student,state,points,ending\na,graded,three,finished\n",
        "student,state,points,ending\n",
        "\0\0\0",
        'student,state,points,ending\n"' + "a" * 200_000,
    ],
)
def test_a_summary_that_is_not_ours_is_as_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "summary.csv"
    path.write_text(text, encoding="utf-8")

    assert since.earlier(path) is None
    assert since.earlier(tmp_path / "no such file") is None


def test_a_summary_in_another_encoding_is_as_none(tmp_path: Path) -> None:
    path = tmp_path / "summary.csv"
    path.write_bytes("student,state,points,ending\nZoë,graded,1,finished\n".encode("latin-1"))

    assert since.earlier(path) is None


def test_a_short_row_has_no_points() -> None:
    told = since.read_summary("student,state,points,ending\na,graded\n")

    assert told == {"a": Stood("graded", None)}


def test_points_are_alike_to_the_digits_that_are_kept() -> None:
    assert since.same_points(10.123456789, 10.1235)
    assert not since.same_points(10.1, 10.2)
    assert not since.same_points(None, 0.0)
    assert since.change(Stood("graded", 10.1235), "graded", 10.123456789) == since.SAME


def test_a_thousand_are_written_in_less_than_two_seconds_and_one_mebibyte() -> None:
    records = big_class.records(1000)
    before = big_class.graded_before(records)
    start = time.process_time()

    html = class_page(class_view(records, COURSE, 3600.0, (), before))

    assert time.process_time() - start < 2.0
    assert len(html.encode()) < 1 << 20
    assert html.count("<tr data-state") == 1000
