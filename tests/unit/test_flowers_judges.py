"""The judges of flowers_finetune on evidence made of numbers: feeding, bases, predictions."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import logsumexp

from graders.checks import feeding, finetuned, recognised
from graders.core import pipeline
from graders.core.figures import Pictures
from graders.core.rubric import Calibrated
from graders.core.saying import said, spoken
from graders.core.types import Answers, Array, CheckResult, Evidence, Outcome, Refusal, Submission
from graders.flowers_finetune import GRADER
from reference_solutions import filling
from reference_solutions.flowers_finetune import unseen
from tests.told import everything, told

N, CLASSES = 240, 12
RNG = np.random.default_rng(4)
LABELS = RNG.integers(0, CLASSES, N)
NAMES = np.array([f"kind{k}" for k in range(CLASSES)])
BARS = {
    "flowers_accuracy": Calibrated(0.45, 0.85, 0.8, 0.9, 0.01, 20),
    "flowers_curve": Calibrated(2.5, 0.6, 0.7, 0.4, 0.03, 20),
}
ASKED = unseen.cases(3)


def rows_for(labels: Array, share: float = 0.9, sure: float = 0.8) -> Array:
    """Probabilities [n, 12] of which about `share` favour the label."""
    rng = np.random.default_rng(8)
    told = np.where(rng.random(len(labels)) < share, labels, (labels + 1) % CLASSES)
    rows = np.full((len(labels), CLASSES), (1 - sure) / (CLASSES - 1))
    rows[np.arange(len(labels)), told] = sure
    return rows


GOOD = rows_for(LABELS)
BATCH = RNG.dirichlet(np.ones(CLASSES), 12)
END = float(-np.log(GOOD[np.arange(N), LABELS]).mean())


def in_kernel(source: str, function: Any, cases: list[dict[str, Any]]) -> Answers:
    """What a source of ours brings of a function that needs numpy only."""
    scope: dict[str, Any] = {}
    exec(source, scope)
    return tuple((np.asarray(scope["ask"](function, *case.values())),) for case in cases)


def written(path: str, name: str) -> Any:
    """A function as a solution or a variant has it."""
    folder = Path(filling.__file__).parent / "flowers_finetune"
    scope: dict[str, Any] = {"np": np}
    exec(filling.read_cells(folder / path)[name].source, scope)
    return scope[name]


BATCHES = in_kernel(feeding.ITERATE, written("solution.py", "batch_generator"), ASKED["iterables"])


def centred(case: Mapping[str, Any], late: bool = False) -> Array:
    img = np.asarray(case["img"])
    side = min(img.shape[:2])
    top, left = ((n - side + late) // 2 for n in img.shape[:2])
    return img[top : top + side, left : left + side]


def piped(case: Mapping[str, Any], seed: int = 5) -> list[Array]:
    """What a right pipeline shows of itself."""
    labels, size, side = np.asarray(case["labels"]), case["batch_size"], case["side"]
    rng = np.random.default_rng(seed)
    n = len(labels)
    orders = [rng.permutation(n) if case["training"] else np.arange(n) for _ in range(2)]
    colours = np.asarray(case["images"])[orders[0]].mean((1, 2)) / 255 * 1.6 - 0.8
    sizes = [min(size, n - k) for k in range(0, n, size)]
    parts = (sizes, labels[orders[0]], labels[orders[1]], colours, [side, side, 3])
    return [np.array(part, dtype=float) for part in parts]


MARKS = np.column_stack(
    [np.arange(9) % 3 == 2, np.zeros(9), np.full(9, 50.0), RNG.normal(size=(9, 2))]
)
STORED = np.column_stack([MARKS, np.arange(9) >= 6])
TRAINED = MARKS.copy()
TRAINED[6:8, 3:] += 1.0  # what may learn has learnt
HEAD = np.array([[0, 1, 7, 0.1, 0.2]])
BUILT = [np.array([1, case["classes"], 0, 0, 0, 0, 0, 0, 2.0]) for case in ASKED["bases"]]
PICTURES = [
    RNG.uniform(-0.7, 0.7, (2, 8, 8, 3)) * (1 if c["normalize"] else 0) for c in ASKED["prepare"]
]

SEEN: dict[str, Answers] = {
    "crop": tuple((centred(c).astype(float),) for c in ASKED["crop"]),
    "prepare": tuple(tuple(pair) for pair in PICTURES),
    "batches": BATCHES,
    "dataset": tuple(tuple(piped(c)) for c in ASKED["dataset"]),
    "built": tuple((b,) for b in BUILT),
    "marks": ((np.concatenate([TRAINED, HEAD]),),),
    "stored": ((STORED,),),
    "told": ((GOOD,), (GOOD,)),
    "predict": ((GOOD,), (GOOD,)),
    "predict_rows": ((BATCH,), (BATCH[::-1],), (BATCH[:1],), (BATCH,)),
    "valid_loss": ((np.array([2.4, 1.4, 0.9, END]),),),
}
TRUTH = {"labels": LABELS, "linear": np.array(0.45), "names": NAMES}
CASES: Mapping[str, Any] = {
    **ASKED,
    "images": ({}, {"images": np.zeros((N, 56, 56, 3), np.uint8)}),
}


def graded(**changed: Answers | None) -> Mapping[str, CheckResult]:
    """Results by check, with some of the good evidence replaced or (None) left out."""
    seen = {k: v for k, v in {**SEEN, **changed}.items() if v is not None}
    submission = Submission("convnets", "flowers_finetune", "student", Path("none"))
    grade = pipeline.grade(
        submission, Evidence(seen, {}), (Evidence(SEEN),), CASES, GRADER,
        {"transfer_in_words": (2.0, "words")}, truths={"images": (TRUTH, TRUTH)}, bars=BARS,
    )  # fmt: skip
    return {r.check: r for r in grade.results}


def lost(results: Mapping[str, CheckResult]) -> set[str]:
    assert all(r.outcome is not Outcome.HELD for r in results.values()), results
    return {c.id for c in GRADER.checks if (results[c.id].points or 0) < c.points}


def test_good_evidence_loses_nothing_and_draws_what_the_student_may_see() -> None:
    results = graded()
    assert lost(results) == set()
    kinds = [type(f).__name__ for f in results["check_accuracy"].figures]
    assert kinds == ["Scale", "Confusion", "Pictures"]
    pictures = spoken(everything(), results["check_accuracy"].figures[2])
    assert re.search(r"kind\d+ taken for kind\d+, 80% sure", str(pictures))


def test_an_odd_pixel_may_be_cut_off_on_either_side() -> None:
    late = tuple((centred(c, late=True).astype(float),) for c in ASKED["crop"])
    assert lost(graded(crop=late)) == set()


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        (lambda i: i[: min(i.shape[:2]), : min(i.shape[:2])], "at an edge"),
        (lambda i: i, "not the largest square"),
        (lambda i: centred({"img": i})[::-1], "not those of the middle"),
    ],
)
def test_a_crop_is_told_what_is_wrong_with_it(cut: Any, words: str) -> None:
    results = graded(crop=tuple((cut(np.asarray(c["img"])),) for c in ASKED["crop"]))
    assert lost(results) == {"check_crop"}
    assert words in results["check_crop"].feedback


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ("empty_batch_at_the_end", "empty batch"),
        ("buffer_reused", "change afterwards"),
        ("reads_all_first", "far more of its source"),
        ("last_batch_lost", "not the lengths"),
    ],
)
def test_a_generator_is_told_what_is_wrong_with_it(variant: str, words: str) -> None:
    function = written(f"variants/wrong/{variant}.py", "batch_generator")
    results = graded(batches=in_kernel(feeding.ITERATE, function, ASKED["iterables"]))
    assert lost(results) == {"check_batches"}
    assert words in results["check_batches"].feedback


@pytest.mark.parametrize("variant", ["islice_and_numpy", "one_item_ahead"])
def test_another_right_generator_loses_nothing(variant: str) -> None:
    function = written(f"variants/right/{variant}.py", "batch_generator")
    assert lost(graded(batches=in_kernel(feeding.ITERATE, function, ASKED["iterables"]))) == set()


def test_a_pipeline_is_told_what_is_wrong_with_it() -> None:
    def piped_otherwise(alter: Any) -> str:
        results = graded(dataset=tuple(tuple(alter(piped(c), c)) for c in ASKED["dataset"]))
        assert lost(results) == {"check_dataset"}
        return results["check_dataset"].feedback

    assert "same order" in piped_otherwise(lambda p, c: [p[0], np.sort(p[1]), np.sort(p[1]), *piped(
        {**c, "training": 0})[3:]])  # fmt: skip
    assert "belong together" in piped_otherwise(lambda p, c: [*p[:3], p[3][::-1], p[4]])
    assert "every label once" in piped_otherwise(lambda p, c: [p[0], p[1][:-1], *p[2:]])
    assert "shape" in piped_otherwise(lambda p, c: [*p[:4], np.array([3.0, 8.0, 8.0])])
    assert "lengths" in piped_otherwise(lambda p, c: [p[0][::-1] + 1, *p[1:]])
    assert "cannot be read" in piped_otherwise(lambda p, c: p[:3])


def test_a_shuffle_of_a_few_at_a_time_is_none() -> None:
    def near(case: Mapping[str, Any]) -> list[Array]:
        parts = piped({**case, "training": 0})
        swapped = np.arange(len(parts[1])) ^ 1
        swapped = np.where(swapped < len(swapped), swapped, len(swapped) - 1)
        parts[1], parts[3] = parts[1][swapped], parts[3][swapped]
        return parts

    results = graded(
        dataset=tuple(tuple(near(c) if c["training"] else piped(c)) for c in ASKED["dataset"])
    )
    assert "a few of them" in results["check_dataset"].feedback


def test_a_picture_may_be_right_with_the_own_crop_or_with_the_made_up_one() -> None:
    for k in (0, 1):
        other = tuple(
            tuple(p if i == k else p * 0 + 0.5 for i, p in enumerate(pair)) for pair in PICTURES
        )
        assert lost(graded(prepare=other)) == set()
    for alter, words in (
        (lambda p: p + 0.2, "differs"),
        (lambda p: p * 127.5 + 127.5 - 300, "leave the range"),
        (lambda p: p[:5], "SIZE by SIZE"),
        (lambda p: p * np.nan, "not finite"),
    ):
        results = graded(prepare=tuple(tuple(map(alter, pair)) for pair in PICTURES))
        assert lost(results) == {"check_prepare"}
        assert words in results["check_prepare"].feedback


def built(place: int, value: float) -> Answers:
    found = []
    for one in BUILT:
        one = one.copy()
        one[place] = value
        found.append((one,))
    return tuple(found)


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (0, 0, "one number per class"),
        (1, 4, "one number per class"),
        (2, -1, "no probabilities"),
        (3, np.nan, "no probabilities"),
        (4, 3, "other values"),
        (5, 2, "not frozen"),
        (6, 1, "frozen, too"),
        (7, 4, "the batch's statistics"),
        (8, 0, "head does not learn"),
    ],
)
def test_a_model_is_told_which_condition_it_misses(place: int, value: float, words: str) -> None:
    results = graded(built=built(place, value))
    assert lost(results) == {"check_model"}
    assert words in results["check_model"].feedback


def test_of_a_model_with_several_slips_the_others_are_named_as_well() -> None:
    several = tuple((one + np.array([0, 0, 0, 0, 3, 2, 0, 0, -2.0]),) for one in BUILT)
    told = graded(built=several)["check_model"].feedback
    assert f"on {len(BUILT)} layers before `first_trainable` are not frozen." in told
    besides = "the base's weights have other values than before; the head does not learn."
    assert told.endswith(f"Besides: {besides}")


UNIFORM = np.full((N, CLASSES), 1 / CLASSES)
UNLEARNT = ((UNIFORM,), (UNIFORM,))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (UNIFORM, "does worse than your model"),
        (np.log(GOOD), "no probabilities"),
        (GOOD * np.nan, "not numbers"),
        (LABELS, "class numbers"),
        (GOOD.T, "transposed"),
        (GOOD[:, :10], "not one number per class"),
    ],
)
def test_predictions_that_are_not_the_models_lose_predict_alone(rows: Array, words: str) -> None:
    results = graded(predict=((rows,), (rows,)))
    assert lost(results) == {"check_predict"}
    assert words in results["check_predict"].feedback


def test_pictures_that_are_prepared_otherwise_throughout_are_charged_once() -> None:
    otherwise = tuple(tuple(p * 127.5 + 127.5 for p in pair) for pair in PICTURES)
    worse = rows_for(LABELS, 0.6)
    assert lost(graded(prepare=otherwise, predict=((worse,), (worse,)))) == {"check_prepare"}
    gone = lost(graded(prepare=otherwise, predict=UNLEARNT))
    assert gone == {"check_prepare", "check_predict"}


def test_scores_for_probabilities_are_the_models_fault_however_pictures_are_prepared() -> None:
    otherwise = tuple(tuple(p * 127.5 + 127.5 for p in pair) for pair in PICTURES)
    scores = 9 * rows_for(LABELS) - 3
    both = ((scores,), (scores,))
    assert lost(graded(predict=both, told=both)) == set()
    assert lost(graded(predict=both, told=both, prepare=otherwise)) == {"check_prepare"}
    assert lost(graded(predict=both)) == {"check_predict"}
    assert lost(graded(predict=both, prepare=otherwise)) == {"check_prepare", "check_predict"}


def test_scores_that_are_sure_and_wrong_cost_what_keras_says_they_cost() -> None:
    """Its losses of scores have no ceiling; those of probabilities end at 16.1 nats."""
    scores = 90 * rows_for(LABELS)
    loss = float(np.mean(logsumexp(scores, axis=1) - scores[np.arange(N), LABELS]))
    assert loss > 5
    both = {"told": ((scores,), (scores,)), "predict": ((scores,), (scores,))}
    history = ((np.array([12.0, 9.0, 7.0, loss]),),)
    assert lost(graded(valid_loss=history, **both)) == {"check_curve"}


def test_one_huge_loss_does_not_let_every_claim_agree() -> None:
    scores = 9 * rows_for(LABELS) - 3
    scores[0] = 0
    scores[0, (LABELS[0] + 1) % CLASSES] = 1e6
    both = {"told": ((scores,), (scores,)), "predict": ((scores,), (scores,))}
    assert lost(graded(**both)) == {"check_end"}


def test_predictions_are_not_charged_for_wrong_batches() -> None:
    shuffled = ((GOOD[::-1],), (GOOD[::-1],))
    rule = {"predict_rule": SEEN["predict"], "predict_rows_rule": SEEN["predict_rows"]}
    assert lost(graded(predict=shuffled)) == {"check_predict"}
    assert lost(graded(predict=shuffled, **rule)) == set()
    both = {
        "predict": shuffled,
        "predict_rule": shuffled,
        "predict_rows_rule": rule["predict_rows_rule"],
    }
    assert lost(graded(**both)) == {"check_predict"}
    stops: Answers = (Refusal(said("over-time-limit")),) * 2
    assert lost(graded(predict=stops, **rule)) == set()


def test_a_model_that_takes_other_pictures_is_asked_through_predict() -> None:
    assert lost(graded(told=((UNIFORM,), (UNIFORM,)))) == set()


def test_no_model_earns_neither_accuracy_nor_base() -> None:
    gone = graded(told=None, marks=None, predict=None, valid_loss=None)
    assert {"check_accuracy", "check_base", "check_predict"} <= lost(gone)
    assert lost(graded(told=None)) == set()
    table = graded(told=None, marks=None, predict=((UNIFORM,), (UNIFORM,)))
    assert {"check_accuracy", "check_base", "check_predict"} <= lost(table)


def test_a_history_is_compared_with_what_we_measure() -> None:
    assert lost(graded(valid_loss=((np.array([2.4, 1.2, 0.7, 0.001]),),))) == {"check_end"}
    assert lost(graded(valid_loss=((np.array([2.4, 1.2, END, END + 0.02]),),))) == set()


def test_best_weights_may_be_taken_back_however_long_the_loss_rose_before() -> None:
    rising = np.array([2.4, 1.4, 0.9, END, *np.linspace(1.2, 2.3, 8) * END])
    assert lost(graded(valid_loss=((rising,),))) == set()
    # A lowest value that is not that of the model is only named.
    assert "check_end" in lost(graded(valid_loss=((rising - 0.9 * END,),)))
    assert "check_curve" in lost(graded(valid_loss=((2.5 * rising,),)))


def test_of_many_classes_the_most_confused_are_told_in_words() -> None:
    labels = np.arange(102).repeat(2)
    truth = {"labels": labels, "names": np.array([f"kind {k}" for k in range(102)])}
    rows = np.eye(102)[np.where(labels == 7, 9, labels)]
    shown = {"images": np.zeros((204, 160, 160, 3), np.uint8)}
    drawn, confused = recognised.figures(
        ((rows,), (rows,)), ({}, shown), (truth, truth), title="your-model", note="Look."
    )
    assert "kind 7 and kind 9 (2)" in told(confused)
    (pictures,) = drawn
    assert isinstance(pictures, Pictures)
    assert "Look." in str(pictures)
    assert pictures.images[0].shape == (54, 54, 3)


def test_the_sources_for_kernel_and_sandbox_are_python() -> None:
    for text in (
        feeding.PREPARE, feeding.ITERATE, feeding.PIPELINE, finetuned.PACK, finetuned.STORED,
        finetuned.LOOK_AT_FILE, finetuned.LOOK_IN_KERNEL, finetuned.PREDICT_FROM_FILE,
        finetuned.PREDICT_IN_KERNEL, finetuned.BUILD, finetuned.BUILD_IN_KERNEL,
        finetuned.LOOK_AT_BUILT,
    ):  # fmt: skip
        names = compile(text, "<source>", "exec").co_names
        assert "ask" in names or "observe" in names
