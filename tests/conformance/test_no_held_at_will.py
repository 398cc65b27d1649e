"""Whatever a notebook answers, its points are given or not given: nobody can make them HELD."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.core import catalogue, pipeline
from graders.core.saying import said
from graders.core.types import Answers, Evidence, Outcome, Refusal, Submission
from tests.conformance.conftest import Known

ODD: tuple[Any, ...] = (
    np.array(0.0),
    np.array(np.nan),
    np.array(-np.inf),
    np.array(True),
    np.array(2**62),
    np.array(1e308),
    np.array([]),
    np.zeros((0, 6)),
    np.zeros((1,) * 30),
    np.full((3, 2), 1e308),
    np.full(6, -1e-320),
    np.arange(100),
    np.linspace(1, 0, 100),
    np.full(100, np.inf),
    np.ones((2, 3, 4), dtype=bool),
    "text",
    Refusal(said("stops-with", error="ValueError")),
)


def twisted(right: Answers, chance: random.Random) -> Answers:
    """Answers with the right number of cases, in which anything may stand."""

    def items(was: Any) -> Any:
        kind = chance.random()
        if kind < 0.2:
            return was
        if kind < 0.3:
            return Refusal(said("over-time-limit"))
        return tuple(chance.choice(ODD) for _ in range(chance.choice((1, 1, 1, 2, 3, 7))))

    return tuple(items(was) for was in right)


@pytest.mark.parametrize("seed", range(60))
def test_no_answer_makes_points_held(known: tuple[catalogue.Course, Known], seed: int) -> None:
    course, (keys, cases, truths, bars) = known
    chance = random.Random(seed)
    seen = {n: twisted(a, chance) for n, a in keys[0].seen.items() if chance.random() < 0.9}
    changed = {name: ("X",) for name in seen if chance.random() < 0.2}
    refused = {n: said("not-defined", name=n) for n in keys[0].seen if n not in seen}
    who = Submission(course.grader.assignment, course.name, "ada", Path("ada"))

    given = pipeline.grade(
        who, Evidence(seen, refused, changed), keys, cases, course.grader,
        catalogue.graded_by_hand(course.name), (), None, truths, bars,
    )  # fmt: skip

    held = [(r.check, r.staff_note) for r in given.results if r.outcome is Outcome.HELD]
    assert not held, held[0][1]
