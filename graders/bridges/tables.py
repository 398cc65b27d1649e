"""`summary.csv` for spreadsheets and `junit.xml` for CI, both from the rows of grade.json."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from graders.core.rubric import Grader
from graders.core.types import Outcome

Record = Mapping[str, Any]


def summary_csv(records: Iterable[Record], grader: Grader) -> str:
    """One line a student; points that are HELD or given by hand are left empty, never 0.

    Cells that a spreadsheet would take for a formula are defused with a leading quote.
    """
    ids = [c.id for c in grader.checks] + list(grader.by_hand)
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["student", "state", "points", "max_points", *ids, "ending", "remark"])
    for record in records:
        points = {c["id"]: c["points"] for c in record["checks"]}
        run = record["run"]
        writer.writerow(
            [
                _plain(record["student"]),
                "held" if record["held"] else "refused" if run is None else "graded",
                _number(record["points"]),
                _number(record["max_points"]),
                *(_number(points.get(i)) for i in ids),
                run["ending"] if run else "",
                _plain(record["notes"][-1]["staff"] if record["notes"] else ""),
            ]
        )
    return table.getvalue()


def _number(points: float | None) -> str:
    return "" if points is None else f"{points:g}"


def _plain(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def junit_xml(records: Sequence[Record], notebook: str) -> str:
    """One suite a student, one case a check: lost points fail, HELD is an error, by hand skips."""
    root = ElementTree.Element("testsuites", name=f"dlgrade {notebook}")
    for record in records:
        suite = ElementTree.SubElement(root, "testsuite", name=_xml(record["student"]))
        counts = {"failures": 0, "errors": 0, "skipped": 0}
        for check in record["checks"]:
            case = ElementTree.SubElement(
                suite, "testcase", classname=f"{notebook}.{_xml(record['student'])}",
                name=check["id"],
            )  # fmt: skip
            kind = _verdict(check)
            if kind:
                counts[{"failure": "failures", "error": "errors"}.get(kind, kind)] += 1
                message = f"{_number(check['points']) or '-'} of {check['max_points']:g} points"
                child = ElementTree.SubElement(case, kind, message=message)
                child.text = _xml(check["feedback"])
        suite.set("tests", str(len(record["checks"])))
        for name, count in counts.items():
            suite.set(name, str(count))
        suite.set("time", f"{record['run']['wall_s'] if record['run'] else 0:.3f}")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _verdict(check: Record) -> str:
    if check["outcome"] == Outcome.HELD:
        return "error"
    if check["outcome"] == Outcome.BY_HAND:
        return "skipped"
    return "failure" if check["points"] < check["max_points"] else ""


def _xml(text: str) -> str:
    """The characters that XML 1.0 allows; others become U+FFFD."""
    return "".join(
        c
        if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
        else "\ufffd"
        for c in text
    )
