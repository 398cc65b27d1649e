"""Why a submission would be graded again, from what two gradings rest on."""

from dataclasses import replace

import pytest

from graders.core.regrade import (
    Change,
    Now,
    Plan,
    Reason,
    compared,
    differences,
    needed,
    reasons,
    totals,
)

FACTS = {
    "rubric": "r1", "words": "w1", "reference": "k1", "questions": "q1", "inputs": "i1",
    "data": "d1", "image": "local:1", "notebook": "n1", "limits": {"cell_s": 30.0, "cpus": 2.0},
}  # fmt: skip
NOW = Now("abc", 1, FACTS, "key", runs=False)


def record(**more):
    return {"submission_sha256": "abc", "grader_version": 1, "held": False, "points": 2.0,
            "max_points": 2.0, "run": {"key": "key", "image": "local:1"}, "made_from": FACTS,
            "checks": [check()], **more}  # fmt: skip


def check(points=2.0, outcome="judged", feedback="Right."):
    return {"id": "check_a", "outcome": outcome, "points": points, "feedback": feedback}


def told(before, **now):
    return [str(r) for r in reasons(before, replace(NOW, **now))]


def test_nothing_new_is_no_reason() -> None:
    assert told(record()) == []


def test_somebody_without_a_grade_is_told_so() -> None:
    assert told(None) == ["not graded yet"]


@pytest.mark.parametrize(
    ("fact", "value", "said"),
    [
        ("rubric", "r2", "code that judges r1 → r2"),
        ("words", "w2", "sentences and reports w1 → w2"),
        ("reference", "k2", "reference solution k1 → k2"),
        ("questions", "q2", "questions q1 → q2"),
        ("inputs", "i2", "unseen inputs i1 → i2"),
        ("data", "d2", "course data d1 → d2"),
        ("image", "sha256:2", "image local:1 → sha256:2"),
        ("notebook", "n2", "cells around the answers n1 → n2"),
        ("limits", {"cell_s": 5.0, "cpus": 2.0}, "limits cell_s=30.0 → cell_s=5.0"),
    ],
)
def test_what_has_changed_is_named(fact: str, value: object, said: str) -> None:
    assert told(record(), made_from={**FACTS, fact: value}, key="other") == [said]


def test_a_new_hand_in_explains_another_notebook() -> None:
    now = {"sha256": "def", "made_from": {**FACTS, "notebook": "n2"}, "key": "other"}
    assert told(record(), **now) == ["new hand-in abc → def"]


def test_a_raised_version_is_named() -> None:
    assert told(record(), version=2) == ["grader version 1 → 2"]


def test_what_was_held_is_tried_again() -> None:
    held = record(held=True, points=None, submission_sha256="", run=None)
    assert told(held) == ["was HELD"]


def test_a_grade_of_an_older_dlgrade_still_says_that_its_run_differs() -> None:
    old = record()
    del old["made_from"]
    assert told(old) == []
    assert told(old, key="other") == ["its run made from something else"]
    assert told(old, made_from={**FACTS, "image": "x"}, key="o") == ["image local:1 → x"]


def test_a_run_that_somebody_deleted_is_a_reason() -> None:
    assert told(record(), runs=True) == ["its stored run is gone"]


def test_a_refused_submission_rests_on_no_run() -> None:
    refused = record(run=None)
    assert told(refused, made_from={**FACTS, "image": "x", "inputs": "y"}, key="") == []
    assert told(refused, made_from={**FACTS, "rubric": "r2"}, key="") != []


def test_a_grade_from_before_the_words_were_a_fact_is_not_compared_in_them() -> None:
    facts = {name: fact for name, fact in FACTS.items() if name != "words"}
    assert told(record(made_from=facts)) == []


def needs(before, after=None, *, runs: bool = False, **facts) -> str:
    """What a change of facts takes, judged as `after` (as it was)."""
    after = after or before
    why = reasons(before, replace(NOW, made_from={**FACTS, **facts}))
    return needed(compared(why, before, after, differences(before, after)), runs=runs)


def test_new_words_alone_need_no_judgement() -> None:
    reworded = record(checks=[check(feedback="Well done.")])
    assert needs(record()) == "nothing"
    assert needs(record(), words="w2") == "words"
    assert needs(record(), reworded, words="w2") == "words"
    assert needs(record(), reworded) == "words"  # whatever we do not know of has changed them
    assert needs(record(), words="w2", rubric="r2") == "judgement"
    assert needs(record(), words="w2", runs=True) == "execution"


def test_words_that_would_change_points_are_a_judgement() -> None:
    fewer = record(points=1.0, checks=[check(1.0)])
    assert needs(record(), fewer, words="w2") == "judgement"
    assert needs(record(), fewer) == "judgement"
    assert compared((), record(), fewer, differences(record(), fewer)) == (
        Reason("judged otherwise"),
    )


def test_only_checks_that_change_are_listed() -> None:
    before = record()
    assert differences(before, record()) == ()
    after = record(checks=[check(1.0)])
    assert differences(before, after) == (
        {
            "id": "check_a",
            "before": {"outcome": "judged", "points": 2.0},
            "after": {"outcome": "judged", "points": 1.0},
            "feedback_changed": False,
        },
    )
    (reworded,) = differences(before, record(checks=[check(feedback="Well done.")]))
    assert (reworded["feedback_changed"], reworded["before"]) == (True, reworded["after"])
    (new,) = differences(None, record())
    assert new["before"] is None


def test_a_message_alone_regrades_nobody() -> None:
    checks = differences(record(), record(checks=[check(feedback="Well done.")]))
    same = totals(record())
    change = Change("ada", "judgement", (), same, same, checks)
    assert not change.regraded
    assert replace(change, after={**(same or {}), "points": 1.0}).regraded
    assert not replace(change, after=None).regraded


def test_the_plan_counts_what_it_takes() -> None:
    changes = (
        Change("ada", "execution"), Change("bob", "judgement"), Change("cy", "judgement"),
        Change("dan", "words"),
    )  # fmt: skip
    plan = Plan("toy", 1, "stored", changes, unchanged=7).as_dict(applied=False)
    assert [plan[n] for n in ("execution", "judgement", "words", "unchanged")] == [1, 2, 1, 7]
    assert [s["student"] for s in plan["submissions"]] == ["ada", "bob", "cy", "dan"]
