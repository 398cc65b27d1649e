"""What Canvas, Moodle and Blackboard are given, and what a roster may hold."""

import csv
import io
import json
from pathlib import Path

import pytest

from graders.bridges import exports
from graders.bridges.roster import everybody_in, read_roster
from graders.core.errors import UsageFault


def record(student="ada", points=30.5, **more):
    held = points is None
    check = {"id": "check_loss", "outcome": "held" if held else "judged", "points": points,
             "max_points": 32.0, "feedback": "Off by a constant factor.",
             "staff_note": "STAFF"}  # fmt: skip
    essay = {"id": "essay", "outcome": "by hand", "points": None, "max_points": 3.0,
             "feedback": "A person reads this one.", "staff_note": ""}  # fmt: skip
    return {"student": student, "held": held, "points": points, "max_points": 32.0,
            "by_hand_points": 3.0, "checks": [check, essay], "notes": [],
            "run": {"ending": "finished", "wall_s": 1.0}, **more}  # fmt: skip


REFUSED = record("cy", 0.0, run=None, notes=[
    {"code": "no-notebook", "student": "This is no notebook.", "staff": "STAFF: PNG"},
])  # fmt: skip
CLASS = [record(), record("bob", None), REFUSED]


def rows(text, delimiter=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def roster(folder: Path, text: str):
    path = folder / "roster.csv"
    path.write_text(text, encoding="utf-8")
    return read_roster(path)


def test_canvas_gets_its_columns_and_the_row_of_possible_points() -> None:
    head, possible, *students = rows(exports.canvas(CLASS, "Week 1 (4711)", None))
    assert head == [
        "Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Week 1 (4711)",
    ]  # fmt: skip
    assert possible == ["    Points Possible", "", "", "", "", "32"]
    assert [(s[0], s[3], s[5]) for s in students] == [
        ("ada", "ada", "30.5"), ("bob", "bob", ""), ("cy", "cy", "0"),
    ]  # fmt: skip


def test_canvas_is_given_its_own_identifiers_where_there_is_a_roster(tmp_path: Path) -> None:
    names = roster(
        tmp_path,
        'student,name,canvas_id,sis_user_id,section\nada,"Lovelace, Ada",101,S1,Mon\n'
        "bob,Bob,102,S2,Mon\ncy,Cy,103,S3,Tue\n",
    )
    ada = rows(exports.canvas(CLASS, "Week 1", names))[2]
    assert ada == ["Lovelace, Ada", "101", "S1", "", "Mon", "30.5"]


def test_moodle_gets_the_columns_of_its_worksheet_and_feedback_that_the_student_has() -> None:
    ada, bob, cy = csv.DictReader(io.StringIO(exports.moodle(CLASS, "Week 1", None), newline=""))
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(ada)
    assert (ada["ID number"], ada["Grade"], ada["Maximum Grade"]) == ("ada", "30.5", "32")
    assert "loss: 30.5 of 32. Off by a constant factor." in ada["Feedback comments"]
    assert (bob["Grade"], bob["Feedback comments"]) == ("", "")
    assert (cy["Grade"], "This is no notebook." in cy["Feedback comments"]) == ("0", True)


def test_no_export_for_students_holds_a_staff_note() -> None:
    for write in exports.FORMATS.values():
        assert "STAFF" not in write(CLASS, "Week 1", None)


def test_blackboard_gets_tabs_its_points_in_the_heading_and_utf_16() -> None:
    data = exports.encoded("blackboard", exports.blackboard(CLASS, "Week 1", None))
    assert data.startswith(b"\xff\xfe")
    head, *students = rows(data.decode("utf-16"), "\t")
    assert head == ["Last Name", "First Name", "Username", "Student ID",
                    "Week 1 [Total Pts: 32 Score]"]  # fmt: skip
    assert [(s[2], s[4]) for s in students] == [("ada", "30.5"), ("bob", ""), ("cy", "0")]


def test_blackboards_own_heading_is_kept_with_its_number() -> None:
    heading = "Week 1 [Total Pts: 32 Score] |1281892"
    assert rows(exports.blackboard(CLASS, heading, None), "\t")[0][4] == heading


@pytest.mark.parametrize("kind", exports.FORMATS)
@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1"])
def test_no_cell_can_become_a_formula(kind: str, name: str) -> None:
    text = exports.FORMATS[kind]([record(name)], "=cmd|' /C calc'!A0", None)
    for row in rows(text, "\t" if kind == "blackboard" else ","):
        for cell in row:
            assert cell == "-" or not cell.lstrip().startswith(("=", "+", "-", "@")), cell


def test_points_are_written_without_noise() -> None:
    assert [exports.number(p) for p in (0.1 + 0.2, 32.0, 1 / 3, 1e-9, None)] == [
        "0.3", "32", "0.3333", "0", "",
    ]  # fmt: skip


def test_json_lines_hold_one_record_each() -> None:
    lines = exports.json_lines(CLASS).splitlines()
    assert [json.loads(line)["student"] for line in lines] == ["ada", "bob", "cy"]
    assert json.loads(lines[1])["points"] is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("name,email\nAda,a@b\n", "no column `student`"),
        ("student,e-mail\nada,a@b\n", "there is no column 'e-mail'; did you mean 'email'"),
        ("student;email\nada;a@b\n", "no commas"),
        ("student,email,email\nada,a,b\n", "comes twice"),
        ("student,name\nada,Lovelace, Ada\n", "line 2: 3 cells where the first line names 2"),
        ("student,name\n,Ada\n", "line 2: `student` is empty"),
        ("student,email\nada,a@b\nbob,A@B\n", "line 3: email 'A@B' stands in line 2, too"),
        ("student,email\nada,a@b\nada,c@d\n", "line 3: student 'ada' stands in line 2, too"),
        ("student,sis_user_id\nada,=1+1\n", "line 2: sis_user_id begins with '='"),
        ('student,name\nada,"Ada\n', "no CSV"),
    ],
)
def test_a_roster_that_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageFault) as caught:
        roster(tmp_path, text)
    assert said in str(caught.value)


def test_a_roster_of_another_encoding_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes("student,name\nada,Zoë\n".encode("latin-1"))
    with pytest.raises(UsageFault, match="not UTF-8"):
        read_roster(path)


def test_a_spreadsheets_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(b"\xef\xbb\xbfstudent,email\r\nada,a@b\r\n\r\n")
    assert read_roster(path) == {"ada": {"student": "ada", "email": "a@b"}}


def test_somebody_who_handed_in_and_is_not_in_the_roster_is_named(tmp_path: Path) -> None:
    names = roster(tmp_path, "student,email\nada,a@b\n")
    with pytest.raises(UsageFault, match="no line for 2 who handed in: bob, cy"):
        everybody_in(names, ["ada", "bob", "cy"], tmp_path / "roster.csv")
