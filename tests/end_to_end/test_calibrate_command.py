"""`dlgrade calibrate` on real runs of a reference: parallel, resumable, checkable."""

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from graders.checks import check as line
from graders.checks import compare, measure
from graders.commands.calibrate import Request, calibrate, check
from graders.commands.renew import renew
from graders.core import calibration, catalogue
from graders.core.catalogue import Course
from graders.core.errors import ExitCode
from graders.core.types import Answers, Array, Execution, Finding, Job
from graders.sandboxes.local import LocalSandbox

pytestmark = pytest.mark.nightly("courses")


@measure("weights", baseline=lambda closed_form: -1000.0)
def weights(closed_form: Answers) -> float:
    return float(np.abs(np.asarray(compare.one(closed_form[0]))).sum())


@measure("curve", higher=False, baseline=lambda sgd_loss: 50.0)
def curve(sgd_loss: Answers) -> Array:
    return np.asarray(compare.one(sgd_loss[0]))


class Counting(LocalSandbox):
    """Counts runs."""

    runs = 0

    def run(self, job: Job) -> Execution:
        self.runs += 1
        return super().run(job)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """linear_models with measures; of the right solutions the reference alone, to save time."""
    reference = catalogue.reference_notebooks("linear_models")["reference"]
    monkeypatch.setattr(catalogue, "reference_notebooks", lambda _: {"reference": reference})
    here = catalogue.course("linear_models")
    folder = tmp_path / "reference"
    folder.mkdir()
    grader = replace(here.grader, measures=(weights, curve))
    return replace(here, grader=grader, reference=folder)


def console() -> tuple[Console, io.StringIO]:
    text = io.StringIO()
    return Console(file=text, width=120), text


def test_calibrate_then_check_then_change(course: Course, tmp_path: Path) -> None:
    asked = Request("mini", 2, 2, tmp_path / "runs")
    sandbox = Counting(slots=2)
    told, text = console()
    try:
        assert calibrate(course, asked, sandbox, told) is ExitCode.OK
        assert sandbox.runs == 2
        again = replace(asked, seeds=3)
        assert calibrate(course, again, sandbox, told) is ExitCode.OK
        assert sandbox.runs == 3  # the third seed only
    finally:
        sandbox.close()
    assert "seed 3: weights" in text.getvalue()

    file = calibration.file_of(course, "mini")
    record = json.loads(file.read_text("utf-8"))
    passport = record["passport"]
    assert passport["seeds"] == [1, 2, 3]
    assert len(passport["all data"]) == 3  # each seed has data of its own
    assert passport["minutes per run"] > 0
    assert passport["hardware"].endswith("cores")
    assert len(record["measures"]["curve"]["high"]) == 20
    found = calibration.bars(course, "mini")
    assert found["weights"].none == -1000.0
    assert found["curve"].full > found["curve"].mean

    told, text = console()
    assert check(course, asked, told) is ExitCode.OK
    assert "matches" in text.getvalue()

    assert record["lost"] == {}

    record["passport"] |= {"data": "0" * 16, "reference": "0" * 16, "versions": {"numpy": "1"}}
    del record["measures"]["curve"]
    elsewhere = tmp_path / "old.json"
    elsewhere.write_text(json.dumps(record), "utf-8")
    told, text = console()
    assert check(course, replace(asked, file=elsewhere), told) is ExitCode.FAILED
    lines = text.getvalue()
    for words in ("no bar for curve", "the data changed", "the reference's code", "versions"):
        assert words in lines


def test_a_calibration_is_renewed_by_five_of_its_seeds(course: Course, tmp_path: Path) -> None:
    asked = Request("mini", 5, 2, tmp_path / "runs")
    sandbox = Counting(slots=2)
    told, text = console()
    try:
        assert calibrate(course, asked, sandbox, told) is ExitCode.OK
        file = calibration.file_of(course, "mini")
        measured = json.loads(file.read_text("utf-8"))
        old = {**measured, "passport": {**measured["passport"], "measures": "0" * 16}}
        file.write_text(json.dumps(old), "utf-8")
        assert check(course, asked, told) is ExitCode.FAILED
        assert "--renew --why TEXT" in text.getvalue()

        anew = replace(asked, out=tmp_path / "elsewhere")  # nothing is stored there
        assert renew(course, anew, "a function has another name", sandbox, told) is ExitCode.OK
        assert sandbox.runs == 10
        assert renew(course, anew, "once more", sandbox, told) is ExitCode.OK
        assert sandbox.runs == 10, "what had finished is kept"
    finally:
        sandbox.close()
    assert "give the stored numbers; the passport is renewed" in text.getvalue()
    record = json.loads(file.read_text("utf-8"))
    first, second = record["passport"].pop("renewed")
    assert record == measured
    assert (first["why"], first["exact"], first["seeds"]) == (
        "a function has another name", True, [1, 2, 3, 4, 5],
    )  # fmt: skip
    assert second["why"] == "once more"
    assert check(course, asked, told) is ExitCode.OK


@line("check_out_of_reach", points=3, asks="More than the reference does.")
def out_of_reach(closed_form: Answers) -> Finding:
    return Finding(1 / 3, ())


def test_a_rubric_that_the_reference_itself_fails_is_refused_and_recorded(
    course: Course, tmp_path: Path
) -> None:
    grader = course.grader
    strict = replace(course, grader=replace(grader, checks=(*grader.checks, out_of_reach)))
    sandbox, (told, text) = LocalSandbox(slots=2), console()
    try:
        asked = Request("mini", 2, 2, tmp_path / "runs")
        assert calibrate(strict, asked, sandbox, told) is ExitCode.FAILED
    finally:
        sandbox.close()
    assert "check_out_of_reach: 2 of 2 runs of the reference lose up to 2 points" in text.getvalue()
    record = json.loads(calibration.file_of(strict, "mini").read_text("utf-8"))
    assert record["lost"] == {"check_out_of_reach": {"runs": 2, "points": 2.0}}
