"""What fresh sandboxes are given to look at, and what becomes of what they saw."""

import io
import json

import numpy as np
import pytest

from graders.checks import observe
from graders.core import observing
from graders.core.rubric import Grader, Observation
from graders.core.saying import said
from graders.core.types import Answers, Evidence, Refusal

FILE = np.array([80, 75, 3, 4], dtype=np.int64)
ASKS = observe.model("net", variable="model", cases="images")
GRADER = Grader(
    assignment="toy", notebook="toy", version=1, evidence=ASKS[:2], checks=(),
    observations=(ASKS[2],),
)  # fmt: skip
CASES = {"images": ({"images": np.zeros((2, 3), np.uint8)}, {"images": np.ones((4, 3), np.uint8)})}
SAVED = Evidence({"net_file": ((FILE,),)})
STOPS = said("stops-with", error="ValueError")
OWN_CLASSES: Answers = (Refusal(said("stops-with", error="TypeError")),)


def test_a_saved_model_is_put_before_every_case() -> None:
    wanted = observing.asked(GRADER.observations, SAVED, CASES)
    assert [(o.name, which) for o, which in wanted] == [("net", (0, 1))]
    plan, inputs = observing.plan_and_inputs(wanted, SAVED, CASES, GRADER)
    (ask,) = json.loads(plan)["asks"]
    assert ask["target"] == ["observe_net"]
    assert ask["cases"][1] == [["answer", "answers/net_file/0"], ["images", "images/1/images"]]
    assert inputs[:2] == b"PK"


def test_our_notebook_defines_what_it_is_asked() -> None:
    first, cell = json.loads(observing.notebook(GRADER.observations))["cells"]
    assert "sklearn" in first["source"]
    scope: dict[str, object] = {}
    source = cell["source"].replace("import keras\n", "")
    exec(compile(source, "cell", "exec"), scope)
    assert callable(scope["observe_net"])


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(),
        Evidence(refused={"net_file": said("not-written", name="model")}),
        Evidence({"net_file": OWN_CLASSES}),
        Evidence({"net_file": (("a text",),)}),
        Evidence({"net_file": ((FILE, FILE),)}),
    ],
)
def test_without_a_file_nothing_is_looked_at(evidence: Evidence) -> None:
    assert observing.asked(GRADER.observations, evidence, CASES) == ()


def test_a_model_that_stays_in_its_kernel_is_judged_by_what_it_said_there() -> None:
    there: Answers = ((np.zeros(2),), (np.ones(4),))
    evidence = Evidence({"net_in_kernel": there}, {"net_file": STOPS})
    merged = observing.merged(GRADER, evidence, {}, {}, CASES)
    assert merged.seen["net"] == there


def test_what_was_seen_comes_case_by_case() -> None:
    merged = observing.merged(GRADER, SAVED, {"net": {1: (np.ones(4),)}}, {}, CASES)
    first, second = merged.seen["net"]
    assert isinstance(first, Refusal)
    assert not isinstance(second, Refusal)


def test_a_file_that_cannot_be_used_says_so_and_is_nobody_elses_answer() -> None:
    merged = observing.merged(GRADER, SAVED, {}, {"net": STOPS}, CASES)
    assert merged.refused["net"] == STOPS
    assert "net" not in merged.seen


def test_no_model_at_all_is_told_in_the_students_words() -> None:
    why = said("not-defined", name="model")
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


# A pair of models: what the one gives is handed to the other, in another sandbox, and nothing else.
PAIR = (
    Observation("codes", "", "net_file", "images", room="first"),
    Observation("noisy", "", "net_file", "images", room="first"),
    Observation("redrawn", "", "other_file", "rounding", room="second", also="codes"),
)
CHAINED = Grader("toy", "toy", 1, ASKS[:2], (), observations=(*PAIR, ASKS[2]))
CHAINED_CASES = CASES | {"rounding": ({"bits": np.array(16)}, {"bits": np.array(32)})}
BOTH = Evidence({"net_file": ((FILE,),), "other_file": ((FILE[::-1],),)})


def test_observations_of_a_room_share_a_sandbox_and_come_after_the_common_one() -> None:
    names = [[o.name for o in group] for group in observing.groups(CHAINED)]
    assert names == [["net"], ["codes", "noisy"], ["redrawn"]]


def test_what_one_sandbox_saw_is_handed_to_a_later_one_case_by_case() -> None:
    seen = {"codes": {0: (np.zeros((2, 5)),), 1: (np.ones((4, 5)),)}}
    known = observing.merged(CHAINED, BOTH, seen, {}, CHAINED_CASES)
    wanted = observing.asked(PAIR[2:], known, CHAINED_CASES)
    plan, _ = observing.plan_and_inputs(wanted, known, CHAINED_CASES, CHAINED)
    (ask,) = json.loads(plan)["asks"]
    assert ask["cases"][1] == [
        ["answer", "answers/other_file/0"],
        ["also", "answers/codes/1"],
        ["bits", "rounding/1/bits"],
    ]


def test_nothing_of_the_first_sandboxs_inputs_reaches_the_second() -> None:
    seen = {"codes": {0: (np.zeros((2, 5)),), 1: (np.ones((4, 5)),)}}
    known = observing.merged(CHAINED, BOTH, seen, {}, CHAINED_CASES)
    wanted = observing.asked(PAIR[2:], known, CHAINED_CASES)
    _, inputs = observing.plan_and_inputs(wanted, known, CHAINED_CASES, CHAINED)
    with np.load(io.BytesIO(inputs)) as archive:
        assert {name.split("/")[0] for name in archive.files} == {"answers", "rounding"}


def test_a_case_that_the_first_has_no_answer_for_is_not_put_to_the_second() -> None:
    seen = {"codes": {1: (np.ones((4, 5)),)}}
    known = observing.merged(CHAINED, BOTH, seen, {}, CHAINED_CASES)
    assert observing.asked(PAIR[2:], known, CHAINED_CASES) == ((PAIR[2], (1,)),)


def test_why_the_first_saw_nothing_is_told_for_the_second_as_well() -> None:
    merged = observing.merged(CHAINED, BOTH, {}, {"codes": STOPS}, CHAINED_CASES)
    assert merged.refused["redrawn"] == STOPS
    assert observing.asked(PAIR[2:], merged, CHAINED_CASES) == ()


@pytest.mark.parametrize("also", ["noisy", "redrawn", "unheard of"])
def test_only_an_earlier_sandbox_can_hand_something_over(also: str) -> None:
    wrong = Observation("late", "", "net_file", "images", room="first", also=also)
    with pytest.raises(ValueError, match="no earlier sandbox sees"):
        Grader("toy", "toy", 1, ASKS[:2], (), observations=(*PAIR, wrong))
