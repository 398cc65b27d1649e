"""Blame decides the total."""

import math
from pathlib import Path

import numpy as np
import pytest

from graders.core import pipeline
from graders.core.errors import CourseFault
from graders.core.rubric import Ask, Check, Grader, parameters
from graders.core.saying import said
from graders.core.types import Evidence, Finding, Grade, Outcome, Submission

ADA = Submission("toys", "toy", "ada", Path("ada"))
LOSS = (np.array(0.5),)
SEEN = Evidence(seen={"loss": (LOSS,)})
NOTHING = Evidence(refused={"loss": said("not-defined", name="loss")})
KEY = Evidence(seen={"loss": (LOSS,)})


def toy(*judges) -> Grader:
    checks = tuple(
        Check(f"check_{k}", 4.0, "asks", parameters(judge), judge) for k, judge in enumerate(judges)
    )
    asks = (Ask("loss", "variable", ("loss",)),)
    return Grader("toys", "toy", 1, asks, checks, by_hand=("essay",))


def grade(evidence: Evidence, grader: Grader, *keys: Evidence) -> Grade:
    return pipeline.grade(ADA, evidence, keys or (KEY,), {}, grader, {"essay": (3.0, "Explain.")})


@pytest.mark.parametrize(
    ("judge", "evidence", "outcome", "total"),
    [
        pytest.param(lambda loss: Finding(0.5, ()), SEEN, Outcome.JUDGED, 2.0, id="partial"),
        pytest.param(lambda loss: Finding(1.0, ()), NOTHING, Outcome.UNANSWERED, 0.0, id="none"),
        pytest.param(lambda loss: 1 / 0, SEEN, Outcome.HELD, None, id="our bug"),
        pytest.param(lambda loss: Finding(math.nan, ()), SEEN, Outcome.HELD, None, id="nan"),
        pytest.param(lambda loss: Finding(-1.0, ()), SEEN, Outcome.HELD, None, id="negative"),
        pytest.param(lambda loss: Finding(2.0, ()), SEEN, Outcome.HELD, None, id="above one"),
        pytest.param(lambda loss: None, SEEN, Outcome.HELD, None, id="no finding"),
    ],
)
def test_blame_decides_the_total(judge, evidence, outcome, total) -> None:
    given = grade(evidence, toy(judge))

    assert given.results[0].outcome is outcome
    assert given.auto_points == total


@pytest.mark.parametrize(
    ("worth", "credit", "points"),
    [
        (2.0, 0.99945, 2.0),
        (2.0, 0.997, 1.99),
        (3.0, 1 / 3, 1.0),
        (4.0, 0.001, 0.0),
        (0.125, 1, 0.125),
    ],
)
def test_points_are_hundredths_so_what_is_shown_is_what_counts(
    worth: float, credit: float, points: float
) -> None:
    check = Check("check_loss", worth, "asks", ("loss",), lambda loss: Finding(credit, ()))
    grader = Grader("toys", "toy", 1, (Ask("loss", "variable", ("loss",)),), (check,))

    assert pipeline.grade(ADA, SEEN, (KEY,), {}, grader, {}).auto_points == points


def test_a_broken_check_leaves_its_neighbour_alone() -> None:
    given = grade(SEEN, toy(lambda loss: 1 / 0, lambda loss: Finding(1.0, ())))

    assert [r.points for r in given.results] == [None, 4.0, None]
    assert given.held == (given.results[0],)


def test_what_our_bug_says_reaches_staff_and_not_the_student() -> None:
    (result, _) = grade(SEEN, toy(lambda loss: 1 / 0)).results

    assert "ZeroDivisionError" in result.staff_note
    assert "ZeroDivisionError" not in result.feedback


def test_a_written_question_waits_for_a_person() -> None:
    given = grade(SEEN, toy(lambda loss: Finding(1.0, ())))

    assert given.results[-1].outcome is Outcome.BY_HAND
    assert (given.auto_points, given.auto_max, given.max_points) == (4.0, 4.0, 7.0)


def test_evidence_cannot_shadow_the_key() -> None:
    forged = Evidence(seen={"loss": (LOSS,), "loss_key": ((np.array(9.0),),)})

    def judge(loss, loss_key):
        return Finding(float(loss_key[0][0] == 0.5), ())

    assert grade(forged, toy(judge)).auto_points == 4.0


def test_a_reference_with_holes_is_the_courses_fault() -> None:
    with pytest.raises(CourseFault, match="leaves out"):
        grade(SEEN, toy(lambda loss: Finding(1.0, ())), NOTHING)


def test_an_answer_may_agree_with_any_solution_that_is_right() -> None:
    other = Evidence(seen={"loss": ((np.array(0.7),),)})

    def judge(loss, loss_key):
        return Finding(float(loss[0][0] == loss_key[0][0]), ())

    assert grade(SEEN, toy(judge), other).auto_points == 0.0
    assert grade(SEEN, toy(judge), other, KEY).auto_points == 4.0


def test_a_submission_for_another_grader_is_the_courses_fault() -> None:
    other = Submission("toys", "other", "ada", Path("ada"))
    with pytest.raises(CourseFault, match="was sent to"):
        pipeline.grade(other, SEEN, (KEY,), {}, toy(lambda loss: Finding(1.0, ())), {})


def test_a_fault_of_the_machine_holds_every_automatic_point() -> None:
    grader = toy(lambda loss: Finding(1.0, ()))
    given = pipeline.held(ADA, grader, {"essay": (3.0, "Explain.")}, "engine gone", ())

    assert given.auto_points is None
    assert given.results[0].outcome is Outcome.HELD


def test_a_check_that_needs_what_nobody_asks_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="needs unknown"):
        toy(lambda accuracy: Finding(1.0, ()))


def test_two_checks_cannot_share_an_id() -> None:
    check = Check("twice", 1.0, "", ("loss",), lambda loss: Finding(1.0, ()))
    with pytest.raises(ValueError, match="share an id"):
        Grader("toys", "toy", 1, (Ask("loss", "variable", ("loss",)),), (check, check))


@pytest.mark.parametrize("points", [0.0, -1.0, math.nan, math.inf])
def test_a_check_must_be_worth_something(points: float) -> None:
    with pytest.raises(ValueError, match="positive points"):
        Check("c", points, "", (), lambda: Finding(1.0, ()))
