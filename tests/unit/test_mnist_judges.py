"""What the rubric of mnist_digits makes of predictions, histories and gradients."""

from typing import Any

import numpy as np
import pytest

from graders import mnist_digits
from graders.checks import classified
from graders.core.figures import Confusion, Learning, Pictures
from graders.core.rubric import Calibrated, Check
from graders.core.saying import said
from graders.core.types import Finding, Refusal
from tests.told import told

RNG = np.random.default_rng(0)
LABELS = np.arange(60) % 10
TRUTH: Any = (
    {"labels": LABELS, "majority": np.array(0.1)},
    {"labels": LABELS[::-1].copy(), "majority": np.array(0.1)},
)
CASES: Any = tuple({"images": np.full((60, 28, 28), ink, np.uint8)} for ink in (7, 1))
BAR = Calibrated(none=0.1, full=0.9, near=0.88, mean=0.95, sd=0.01, n=20)
BAND = Calibrated(2.0, 0.3, 0.31, 0.25, 0.01, 20, np.full(20, 0.2), np.full(20, 2.0))
CHECKS = {check.id: check for check in mnist_digits.GRADER.checks}


def scores(labels: Any, wrong: int = 0) -> Any:
    """Probabilities [n, 10] of 0.91 for the labels, the first `wrong` of them moved by one."""
    said = labels.copy()
    said[:wrong] = (said[:wrong] + 1) % 10
    return np.full((len(labels), 10), 0.01) + 0.9 * np.eye(10)[said]


def predictions(wrong: int = 0) -> Any:
    return ((scores(LABELS, wrong),), (scores(TRUTH[1]["labels"], wrong),))


# Nothing is asked again, and no function of the notebook's alters what it is given.
ONCE: dict[str, Any] = {"prepare_changed": ()}
for _again in (mnist_digits.SOFTMAX_AGAIN, mnist_digits.MLP_AGAIN, mnist_digits.KERAS_AGAIN):
    ONCE |= dict.fromkeys(_again.needs, ())


def judged(check: Check, **given: Any) -> Finding:
    found = check.judge(*({**ONCE, **given}[name] for name in check.needs))
    assert isinstance(found, Finding)
    return found


def accuracy_finding(answers: Any, changed: tuple[str, ...] = (), **more: Any) -> Finding:
    return judged(
        CHECKS["check_mlp_accuracy"],
        mlp_predict=answers,
        mlp_predict_changed=changed,
        mlp_predict_cases=CASES,
        mlp_predict_truth=TRUTH,
        mlp_accuracy_bar=BAR,
        **more,
    )


def history_finding(values: Any, answers: Any, **more: Any) -> Finding:
    return judged(
        CHECKS["check_mlp_history"],
        mlp_history=((np.asarray(values, float),),),
        mlp_curve_bar=BAND,
        mlp_predict_if_any=answers,
        mlp_predict_truth=TRUTH,
        **more,
    )


@pytest.mark.parametrize(
    "answer",
    [scores(LABELS, 6), np.log(scores(LABELS, 6)), 50 * scores(LABELS, 6) - 7,
     scores(LABELS, 6).argmax(axis=1), scores(LABELS, 6).argmax(axis=1)[:, None].astype(float)],
    ids=["probabilities", "logarithms", "scores", "numbers", "column"],
)  # fmt: skip
def test_scores_and_class_numbers_count_alike(answer: Any) -> None:
    assert classified.accuracy_of(((answer,),), TRUTH) == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (scores(LABELS).T, "transposed"),
        (scores(LABELS)[:, :9], "not one number per class"),
        (scores(LABELS)[:59], "not as many rows"),
        (np.zeros((60, 28, 28)), "not two axes"),
        (np.array(3.0), "not two axes"),
        (np.full(60, 0.5), "not a class number"),
        (np.full(60, 10), "not a class number"),
        (np.full(60, np.nan), "not a class number"),
        (np.full((60, 10), np.nan), "NaN"),
    ],
)
def test_a_wrong_shape_is_the_students_fault_in_words_without_a_count(
    answer: Any, words: str
) -> None:
    found = accuracy_finding(((answer,), (answer,)))

    assert found.credit == 0.0
    assert words in told(found)
    assert "59" not in told(found)
    assert "60" not in told(found)


def test_a_row_of_nan_is_one_wrong_image_and_no_more() -> None:
    holes = scores(LABELS)
    holes[0] = np.nan
    assert classified.accuracy_of(((holes,),), TRUTH) == pytest.approx(59 / 60)


def test_figures_show_only_images_that_students_have() -> None:
    found = accuracy_finding(predictions(wrong=3))

    confusion = next(f for f in found.figures if isinstance(f, Confusion))
    pictures = next(f for f in found.figures if isinstance(f, Pictures))
    assert confusion.counts.sum() == 60
    assert np.trace(confusion.counts) == 57
    assert len(pictures.images) == 3
    assert all((image == 1).all() for image in pictures.images)  # 7 would be held out
    assert told(pictures.captions[0]) == "9 taken for 0, 91% sure"


def test_without_an_answer_for_the_shown_images_there_are_no_figures() -> None:
    answers = (predictions()[0], Refusal(said("stops-with", error="ValueError")))
    found = accuracy_finding(answers)

    assert found.credit == 1.0
    assert not any(isinstance(f, (Confusion, Pictures)) for f in found.figures)


def test_altered_images_cost_a_part() -> None:
    found = accuracy_finding(predictions(), changed=("images",))
    assert found.credit == 0.75


def test_images_that_prepare_alters_are_charged_there_alone() -> None:
    by_prepare = ("images",)
    found = accuracy_finding(predictions(), changed=("images",), prepare_changed=by_prepare)
    assert found.credit == 1.0


RIGHT_SOFTMAX = ((scores(LABELS[:5]),),)
WRONG_SOFTMAX = ((scores(LABELS[:5]).T.copy(),),)
OVER_THE_IMAGES = tuple((p / p.sum(axis=0) ** 9,) for (p,) in predictions(wrong=30))
FALLS_TO_THE_MODEL = [2.1, 1.2, 0.7, 0.3, -np.log(0.91)]


def past(name: str, charged: Any, key: Any) -> dict[str, Any]:
    """Right answers of the model past one function, and what that function itself says."""
    again = {"softmax": mnist_digits.MLP_AGAIN, "prepare": mnist_digits.KERAS_AGAIN}[name]
    return dict(zip(again.needs, (predictions(), charged, key), strict=True))


@pytest.mark.parametrize("softmax", [WRONG_SOFTMAX, (Refusal(said("ended-python")),), ()])
def test_a_slip_in_softmax_is_charged_at_softmax_alone(softmax: Any) -> None:
    more = past("softmax", softmax, RIGHT_SOFTMAX)
    assert accuracy_finding(OVER_THE_IMAGES).credit < 1.0
    found = accuracy_finding(OVER_THE_IMAGES, **more)
    assert found.credit == 1.0
    assert not any(isinstance(f, Pictures) for f in found.figures)  # the better ones are drawn
    assert accuracy_finding((Refusal(said("ended-python")),) * 2, **more).credit == 1.0
    assert history_finding(FALLS_TO_THE_MODEL, OVER_THE_IMAGES).credit == 0.0
    for own in (OVER_THE_IMAGES, (Refusal(said("ended-python")),) * 2):
        assert history_finding(FALLS_TO_THE_MODEL, own, **more).credit == 1.0


def test_who_is_not_charged_for_a_function_is_not_asked_past_it() -> None:
    more = past("softmax", RIGHT_SOFTMAX, RIGHT_SOFTMAX)
    assert (
        accuracy_finding(OVER_THE_IMAGES, **more).credit == accuracy_finding(OVER_THE_IMAGES).credit
    )
    assert history_finding(FALLS_TO_THE_MODEL, OVER_THE_IMAGES, **more).credit == 0.0


def test_answers_past_a_function_count_only_where_they_are_better() -> None:
    more = past("softmax", WRONG_SOFTMAX, RIGHT_SOFTMAX)
    more[mnist_digits.MLP_AGAIN.needs[0]] = OVER_THE_IMAGES
    assert accuracy_finding(predictions(), **more).credit == 1.0
    assert history_finding(FALLS_TO_THE_MODEL, predictions(), **more).credit == 1.0


def test_a_slip_in_prepare_is_not_charged_again_at_the_keras_model() -> None:
    guessing = tuple((np.full((60, 10), 0.1),) for _ in range(2))
    wrong, right = ((np.ones((2, 784)),),), ((np.zeros((2, 784)),),)
    for charged, credit in ((wrong, 1.0), (right, 0.0)):
        more = past("prepare", charged, right)
        assert judged(
            CHECKS["check_keras_accuracy"], keras=guessing, keras_changed=(), keras_cases=CASES,
            keras_truth=TRUTH, keras_accuracy_bar=BAR, softmax_predict_truth=TRUTH, **more,
        ).credit == credit  # fmt: skip
        assert judged(
            CHECKS["check_keras_history"], keras_history=((np.array(FALLS_TO_THE_MODEL),),),
            keras_curve_bar=BAND, keras_if_any=guessing, keras_truth=TRUTH, **more,
        ).credit == credit  # fmt: skip


def test_the_sources_for_the_kernel_are_python() -> None:
    for text in (mnist_digits.AMONG_RIGHT, mnist_digits.OWN_ROWS, mnist_digits.RULE):
        assert "ask" in compile(text, "<source>", "exec").co_names


def test_a_history_that_ends_where_the_model_is_earns_its_point() -> None:
    measured = -np.log(0.91)
    for values in (
        [2.1, 1.2, 0.7, 0.3, measured],
        [1.2, 0.5, measured, 0.11],  # the best weights were restored
        [90.0, 20.0, 10.0, 60 * measured],  # the sum, charged at the loss
        [0.5, 0.2, measured * 1.02],
    ):
        found = history_finding(values, predictions())
        assert found.credit == 1.0, told(found)
        assert any(isinstance(f, Learning) for f in found.figures)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([2.1, 1.2, 0.7, 0.41], "not that of this model"),
        ([2.1, 1.2, 0.7, 1e-3], "not that of this model"),
        ([2.3, 2.3, 2.3, 2.3], "never changes"),
        ([0.2, 0.9, 2.1, 4.0], "rises"),
        ([2.1, np.nan, np.nan], "NaN"),
        ([0.3], "too few"),
        ([], "too few"),
        (np.ones((4, 4)), "one number per epoch"),
    ],
)
def test_a_history_that_is_no_history_of_this_model_earns_nothing(values: Any, words: str) -> None:
    found = history_finding(values, predictions())
    assert found.credit == 0.0
    assert words in told(found)


def test_a_history_that_falls_to_the_loss_of_a_guess_is_none_of_a_training() -> None:
    guessing = ((np.zeros((60, 10)),), (np.zeros((60, 10)),))
    for end in (2.31, 2.29):
        for images in (1, 60):  # the mean, or the sum that is charged at the loss
            found = history_finding(np.array([3.6, 2.7, 2.4, end]) * images, guessing)
            assert found.credit == 0.0
            assert "nothing was learnt" in told(found)
            assert found.figures
    # The value that agrees must be the low one: another one low is only typed.
    for typed in ([2.2, 1.1, 0.4, np.log(10)], [0.8, 0.5, 0.3, 0.2, np.log(10)]):
        found = history_finding(typed, guessing)
        assert found.credit == 0.0
        assert "nothing was learnt" in told(found)
    slow = np.log(np.where(np.eye(10)[TRUTH[1]["labels"]] == 1, 0.15, 0.85 / 9))
    found = history_finding([2.4, 2.3, 2.2, -np.log(0.15)], ((slow,), (slow,)))
    assert found.credit == 1.0, told(found)


def test_a_history_without_a_model_earns_nothing() -> None:
    assert history_finding([2.1, 1.2, 0.7, 0.3, 0.1], ()).credit == 0.0
    numbers = ((LABELS,), (TRUTH[1]["labels"],))
    found = history_finding([2.1, 1.2, 0.7, 0.3, 0.0], numbers)
    assert found.credit == 0.0
    assert "class numbers have no cross-entropy" in told(found)


def test_scores_and_their_probabilities_have_the_same_loss() -> None:
    z = RNG.normal(0, 300, (60, 10))
    z[np.arange(60), LABELS] += 900.0
    near = RNG.normal(0, 3, (60, 10))
    p = np.exp(near) / np.exp(near).sum(axis=1, keepdims=True)
    stable = classified.loss_of(((z,),), TRUTH, case=0)
    assert isinstance(stable, float)
    assert 0 <= stable < 50
    of_scores = classified.loss_of(((near,),), TRUTH, case=0)
    assert of_scores == pytest.approx(classified.loss_of(((p,),), TRUTH, case=0))


def layer(n: int) -> tuple[Any, ...]:
    X, W, b = RNG.normal(size=(n, 4)), RNG.normal(size=(4, 3)), RNG.normal(size=3)
    Y = np.eye(3)[RNG.integers(0, 3, n)]
    P = np.exp(X @ W + b)
    P /= P.sum(axis=1, keepdims=True)
    G = (P - Y) / n
    return np.array(-(Y * np.log(P)).sum() / n), G @ W.T, X.T @ G, G.sum(axis=0)


def backward(answers: Any, key: Any, changed: tuple[str, ...] = ()) -> Finding:
    return judged(
        CHECKS["check_dense_softmax_backward"],
        dense_softmax_backward=answers,
        dense_softmax_backward_key=key,
        dense_softmax_backward_changed=changed,
    )


def test_each_part_of_the_backward_pass_counts_alike() -> None:
    key = tuple(layer(n) for n in (2, 5, 9))

    assert backward(key, key).credit == 1.0
    assert backward(key, key, ("X",)).credit == 0.75
    no_bias = tuple((loss, dX, dW, np.zeros(3)) for loss, dX, dW, _ in key)
    assert backward(no_bias, key).credit == 0.75
    summed = tuple((k[0], *(n * g for g in k[1:])) for n, k in zip((2, 5, 9), key, strict=True))
    found = backward(summed, key)
    assert found.credit == 0.25
    assert "dW: 0 of 3" in told(found)
    assert "too large by a constant factor" in told(found)
    assert backward(tuple(k[:3] for k in key), key).credit == 0.0


def test_a_step_is_judged_with_a_made_up_loss_where_the_students_own_is_wrong() -> None:
    key = tuple((k[0], k[2], k[3]) for k in (layer(n) for n in (2, 5, 9)))
    off = tuple((3 * loss, W + 1, b - 1) for loss, W, b in key)

    def step(plain: Any, rule: Any) -> float:
        return judged(
            CHECKS["check_softmax_step"],
            softmax_step=plain,
            softmax_step_key=key,
            step_rule_if_any=rule,
            step_rule_key=key,
        ).credit

    assert step(key, ()) == step(key, off) == step(off, key) == 1.0
    assert step(off, off) == step(off, ()) == 0.0
