"""What spreadsheets and CI read."""

import csv
import io
from xml.etree import ElementTree

from graders.bridges.tables import junit_xml, summary_csv
from graders.core.rubric import Ask, Check, Grader
from graders.core.types import Finding

GRADER = Grader(
    "toys", "toy", 1, (Ask("loss", "variable", ("loss",)),),
    (Check("check_a", 2.0, "asks", ("loss",), lambda loss: Finding(1.0, ())),), by_hand=("essay",),
)  # fmt: skip


def record(student="ada", points=1.5, outcome="judged", **more):
    check = {"id": "check_a", "outcome": outcome, "points": points, "max_points": 2.0,
             "feedback": "off by a <sign>\x00"}  # fmt: skip
    essay = {"id": "essay", "outcome": "by hand", "points": None, "max_points": 3.0,
             "feedback": ""}  # fmt: skip
    return {"student": student, "held": points is None, "points": points, "max_points": 2.0,
            "checks": [check, essay], "notes": [],
            "run": {"ending": "finished", "wall_s": 1.0}, **more}  # fmt: skip


def rows(*records):
    return list(csv.DictReader(io.StringIO(summary_csv(records, GRADER))))


def test_points_stand_under_their_check() -> None:
    (row,) = rows(record())
    assert (row["points"], row["check_a"], row["essay"], row["state"]) == (
        "1.5", "1.5", "", "graded",
    )  # fmt: skip


def test_held_points_are_empty_and_never_zero() -> None:
    (row,) = rows(record(points=None, outcome="held"))
    assert (row["points"], row["check_a"], row["state"]) == ("", "", "held")


def test_a_name_cannot_become_a_formula() -> None:
    (row,) = rows(record(student="=HYPERLINK(1)"))
    assert row["student"].startswith("'=")


def test_junit_tells_lost_from_held_from_by_hand() -> None:
    text = junit_xml([record(), record("bob", None, "held"), record("cy", 2.0)], "toy")
    suites = ElementTree.fromstring(text)
    kinds = [[child.tag for case in suite for child in case] for suite in suites]
    assert kinds == [["failure", "skipped"], ["error", "skipped"], ["skipped"]]
    assert [suite.get("failures") for suite in suites] == ["1", "0", "0"]


def test_junit_holds_no_character_that_xml_forbids() -> None:
    assert "\x00" not in junit_xml([record()], "toy")
