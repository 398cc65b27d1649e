"""What was judged is kept in codes: another wording tells it again, and nothing is judged."""

from pathlib import Path

import numpy as np
import pytest

from graders.core import judgements, pipeline
from graders.core.figures import Confusion, Described, Learning, Pictures, Scale, Table
from graders.core.rubric import Check, Grader
from graders.core.saying import Says, said, says
from graders.core.types import CheckResult, Finding, Outcome, Submission

TITLE = said("title")
FIGURES = (
    Confusion(TITLE, ("a", "b"), np.array([[1, 2], [3, 4]])),
    Pictures(TITLE, (np.zeros((2, 2), np.uint8),), (said("off", by=2.5),), columns=2),
    Learning(TITLE, np.array([2.0, np.nan]), np.empty(0), np.empty(0), "nats"),
    Scale(TITLE, 0.5, 0.4, 0.6, 0.1, float("inf")),
    Table(TITLE, ("n", said("title")), (("1", "2"),)),
    Described(TITLE, (np.ones((2, 2, 3), np.uint8),), (("x", "y"),), ("yours", "theirs")),
)
RESULT = CheckResult(
    "check_a", Outcome.JUDGED, 1.5, 2.0, "asked", (said("off", by=float("nan")),), "words",
    {"share": 0.75, "note": "text"}, "", FIGURES, near=True,
)  # fmt: skip
WHO = Submission("toys", "toy", "ada", Path("ada"))


def grader(sentences: dict[str, Says]) -> Grader:
    def never(*given: object) -> Finding:
        raise AssertionError("it was judged")

    check = Check("check_a", 2.0, "what is asked today", (), never)
    return Grader("toys", "toy", 1, (), (check,), sentences=sentences)


def same(some: object, other: object) -> bool:
    return repr(some) == repr(other)


def test_a_judgement_comes_back_as_it_was_but_for_words(tmp_path: Path) -> None:
    file = tmp_path / "judged" / "key.npz"
    judgements.save(file, (RESULT,))
    found = judgements.load(file)
    assert found is not None
    (result,) = found
    assert result.feedback == result.asks == ""
    for name in ("check", "outcome", "points", "max_points", "said", "measured", "figures", "near"):
        assert same(getattr(result, name), getattr(RESULT, name)), name


@pytest.mark.parametrize(
    ("words", "told"), [("Off by {by}.", "Off by nan."), ("It is {by} off.", "It is nan off.")]
)
def test_it_is_told_in_the_words_of_today_and_not_judged(words: str, told: str) -> None:
    table = {"off": says(words), "title": says("Title")}
    grade = pipeline.told_again(WHO, (RESULT,), grader(table), {}, (), None)
    assert grade is not None
    (result,) = grade.results
    assert (result.feedback, result.asks, result.points) == (told, "what is asked today", 1.5)


def test_a_code_that_no_table_knows_any_more_has_to_be_judged_again() -> None:
    assert pipeline.told_again(WHO, (RESULT,), grader({}), {}, (), None) is None


def test_other_checks_have_to_be_judged_again() -> None:
    other = CheckResult("check_b", Outcome.JUDGED, 1.0, 2.0)
    table = {"off": says("Off."), "title": says("Title")}
    assert pipeline.told_again(WHO, (RESULT, other), grader(table), {}, (), None) is None


@pytest.mark.parametrize("junk", [b"", b"PK\x03\x04 no archive", b"[]"])
def test_what_cannot_be_read_counts_as_absent(tmp_path: Path, junk: bytes) -> None:
    file = tmp_path / "key.npz"
    file.write_bytes(junk)
    assert judgements.load(file) is None
    assert judgements.load(tmp_path / "gone.npz") is None
