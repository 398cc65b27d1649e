"""What fresh sandboxes are given to look at, and what becomes of what they saw."""

import json

import numpy as np
import pytest

from graders.checks import observe
from graders.core import observing
from graders.core.rubric import Grader, Observation
from graders.core.types import Answers, Evidence, Refusal

FILE = np.array([80, 75, 3, 4], dtype=np.int64)
ASKS = observe.model("net", variable="model", cases="images")
GRADER = Grader(
    assignment="toy", notebook="toy", version=1, evidence=ASKS[:2], checks=(),
    observations=(ASKS[2],),
)  # fmt: skip
CASES = {"images": ({"images": np.zeros((2, 3), np.uint8)}, {"images": np.ones((4, 3), np.uint8)})}
SAVED = Evidence({"net_file": ((FILE,),)})
OWN_CLASSES: Answers = (Refusal("it stops with TypeError"),)


def test_a_saved_model_is_put_before_every_case() -> None:
    wanted = observing.asked(GRADER.observations, SAVED, CASES)
    assert [(o.name, which) for o, which in wanted] == [("net", (0, 1))]
    plan, inputs = observing.plan_and_inputs(wanted, SAVED, CASES, GRADER)
    (ask,) = json.loads(plan)["asks"]
    assert ask["target"] == ["observe_net"]
    assert ask["cases"][1] == [["answer", "answers/net_file/0"], ["images", "images/1/images"]]
    assert inputs[:2] == b"PK"


def test_our_notebook_defines_what_it_is_asked() -> None:
    (cell,) = json.loads(observing.notebook(GRADER.observations))["cells"]
    scope: dict[str, object] = {}
    source = cell["source"].replace("import keras\n", "")
    exec(compile(source, "cell", "exec"), scope)
    assert callable(scope["observe_net"])


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(),
        Evidence(refused={"net_file": "`model` is not written yet"}),
        Evidence({"net_file": OWN_CLASSES}),
        Evidence({"net_file": (("a text",),)}),
        Evidence({"net_file": ((FILE, FILE),)}),
    ],
)
def test_without_a_file_nothing_is_looked_at(evidence: Evidence) -> None:
    assert observing.asked(GRADER.observations, evidence, CASES) == ()


def test_a_model_that_stays_in_its_kernel_is_judged_by_what_it_said_there() -> None:
    there: Answers = ((np.zeros(2),), (np.ones(4),))
    evidence = Evidence({"net_in_kernel": there}, {"net_file": "it stops with TypeError"})
    merged = observing.merged(GRADER, evidence, {}, {}, CASES)
    assert merged.seen["net"] == there


def test_what_was_seen_comes_case_by_case() -> None:
    merged = observing.merged(GRADER, SAVED, {"net": {1: (np.ones(4),)}}, {}, CASES)
    first, second = merged.seen["net"]
    assert isinstance(first, Refusal)
    assert not isinstance(second, Refusal)


def test_a_file_that_cannot_be_used_says_so_and_is_nobody_elses_answer() -> None:
    merged = observing.merged(GRADER, SAVED, {}, {"net": "it stops with ValueError"}, CASES)
    assert merged.refused["net"] == "it stops with ValueError"
    assert "net" not in merged.seen


def test_no_model_at_all_is_told_in_the_students_words() -> None:
    why = "your notebook does not define `model`"
    evidence = Evidence(refused={"net_file": why, "net_in_kernel": why})
    merged = observing.merged(GRADER, evidence, {}, {}, CASES)
    assert merged.refused["net"] == why


def test_models_that_could_smuggle_get_sandboxes_of_their_own() -> None:
    several = tuple(
        Observation(name, "", "net_file", "images", alone=alone)
        for name, alone in (("a", False), ("b", True), ("c", False), ("d", True))
    )
    grader = Grader("toy", "toy", 1, ASKS[:2], (), observations=several)
    names = [[o.name for o in group] for group in observing.groups(grader)]
    assert names == [["a", "c"], ["b"], ["d"]]
