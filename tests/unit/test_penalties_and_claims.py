"""A penalty is judged by what it adds; a claimed history by what we see of it ourselves."""

import numpy as np
import pytest

from graders.checks import curves_claimed, penalties
from graders.checks.optimisers import judged as optimiser
from graders.core.rubric import parameters
from graders.core.saying import said
from graders.core.types import Finding, Refusal
from graders.linear_models import GRADER, RERUNS
from reference_solutions.linear_models.unseen import cases
from tests.told import told


def answers(*arrays) -> tuple:
    return tuple((np.asarray(a, dtype=float),) for a in arrays)


KEY = answers(1.0, 1.5, 2.0, 2.2)  # without and with a penalty, twice


def test_the_right_penalty_on_the_right_loss_earns_everything() -> None:
    assert penalties.judged(KEY, KEY, (), answers(1.0, 2.0)).credit == 1.0


def test_the_right_penalty_on_a_wrong_loss_is_not_charged_again() -> None:
    mine = answers(10.0, 10.5, 20.0, 20.2)
    assert penalties.judged(mine, KEY, (), answers(10.0, 20.0)).credit == 1.0


def test_the_penalty_alone_is_not_the_penalised_loss() -> None:
    assert penalties.judged(answers(0, 0.5, 0, 0.2), KEY, (), answers(1.0, 2.0)).credit == 0.0


def test_a_wrong_penalty_earns_nothing() -> None:
    mine = answers(1.0, 2.0, 2.0, 2.4)
    assert penalties.judged(mine, KEY, (), answers(1.0, 2.0)).credit == 0.0


def test_a_penalised_loss_can_be_right_without_the_plain_one() -> None:
    assert penalties.judged(KEY, KEY, (), ()).credit == 1.0


FALLS = np.linspace(1.0, 0.5, 100)
ELSEWHERE = answers(np.linspace(2.0, 0.7, 100))


@pytest.mark.parametrize(
    ("claimed", "measured", "problem"),
    [
        (FALLS, ELSEWHERE, ""),
        (FALLS, (), ""),
        (FALLS, (Refusal(said("stops-with", error="ValueError")),), ""),
        (FALLS[:99], ELSEWHERE, "99 values"),
        (FALLS * np.nan, ELSEWHERE, "not finite"),
        (FALLS[::-1], ELSEWHERE, "does not fall by 10%"),
        (np.linspace(1.0, 0.95, 100), ELSEWHERE, "does not fall by 10%"),
        (FALLS, answers(FALLS), "the values are the same whatever the data"),
    ],
)
def test_a_claimed_history_is_checked_where_it_can_be(claimed, measured, problem) -> None:
    assert told(curves_claimed.problem(answers(claimed), measured, 100)) == problem


def path(loss, weights, rows=4) -> tuple:
    return ((np.asarray(loss, float), np.asarray(weights, float), np.full(3, rows)),)


RIGHT = path([4.0, 3.0, 2.0], [1.0, 1.0])
WRONG = path([4.0, 3.5, 3.4], [2.0, 1.0])
STOPS = Refusal(said("stops-with", error="KeyError"))


@pytest.mark.parametrize(
    ("rule", "oracle", "data", "credit", "said"),
    [
        (RIGHT, RIGHT, RIGHT, 1.0, "Every step is right"),
        (RIGHT, RIGHT, WRONG, 1.0, "Every step is right"),
        (WRONG, WRONG, RIGHT, 1.0, "with your own loss"),
        (RIGHT, path([4.0, 3.5, 3.4], [2, 1], rows=90), WRONG, 0.5, "more rows than a batch has"),
        (RIGHT, WRONG, WRONG, 0.5, "not those that the fixed random stream gives"),
        (WRONG, WRONG, WRONG, 0.0, "too short"),
        (path([4.0, 5.0, 6.0], [9, 9]), WRONG, WRONG, 0.0, "the wrong way"),
        (path([4.0, 4.0, 4.0], [0, 0]), WRONG, WRONG, 0.0, "does not move"),
        (path([4.0, 3.0, 2.5], [1, 2]), WRONG, WRONG, 0.0, "Step 2 is the first that is off"),
        (path([9.0, 3.0, 2.0], [1, 2]), WRONG, WRONG, 0.0, "The first loss is not that of"),
        (path([3.0, 2.0, 1.0], [1, 1]), WRONG, WRONG, 0.0, "weights are right, the loss history"),
        (path([4.0, np.nan, 2.0], [9, 9]), WRONG, WRONG, 0.0, "NaN or infinite"),
        (path([4.0, 3.0], [1, 1]), WRONG, WRONG, 0.0, "fewer values than the 3 that"),
        ((STOPS,), WRONG, WRONG, 0.0, "It stops with KeyError"),
    ],
)
def test_an_optimiser_is_judged_by_its_path(rule, oracle, data, credit, said) -> None:
    found = judged(rule=rule, oracle=oracle, data=data)
    assert found.credit == credit
    assert said.lower() in told(found).lower()


def judged(**runs: tuple) -> Finding:
    """An optimiser that is wrong wherever nothing else is said."""
    by_kind = [runs.get(kind, WRONG) for kind in RERUNS]
    return optimiser(*(answers for run in by_kind for answers in (run, RIGHT)))


def test_an_optimiser_that_knows_the_data_by_another_name_is_right_on_its_own() -> None:
    found = judged(own=RIGHT)
    assert (found.credit, "with your own data" in told(found)) == (1.0, True)


def test_a_gradient_in_the_loop_is_right_beside_a_wrong_loss() -> None:
    found = judged(lossy=RIGHT)
    assert (found.credit, "a loss and data" in told(found)) == (1.0, True)


def test_functions_that_are_not_written_yet_cost_an_optimiser_nothing() -> None:
    assert judged(oracle=RIGHT, data=(), own=(), lossy=()).credit == 1.0
    assert judged(data=(), own=(), lossy=(), rule=RIGHT).credit == 0.5
    assert judged(data=(), own=(), lossy=()).credit == 0.0


def test_every_kind_of_rerun_comes_where_its_judge_expects_it() -> None:
    takes = tuple(name for kind in RERUNS for name in (kind, f"{kind}_key"))
    assert parameters(optimiser) == takes
    needs = next(c.needs for c in GRADER.checks if c.id == "check_sgd")
    assert tuple(n.removeprefix("sgd_").removesuffix("_if_any") for n in needs) == takes


def test_a_reference_without_a_path_is_our_fault() -> None:
    gone = (Refusal(said("empty")),)
    with pytest.raises(TypeError, match="reference"):
        optimiser(RIGHT, RIGHT, RIGHT, gone, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT)


# What pulls at weights: the right penalty, and what students have in its place.
PULLS = {
    "the right one": (lambda w: w[:-1] @ w[:-1], True),
    "half of it": (lambda w: 0.5 * w[:-1] @ w[:-1], True),
    "the bias as well": (lambda w: w @ w, True),
    "the bias and not the first": (lambda w: w[1:] @ w[1:], True),
    "absolute values": (lambda w: np.abs(w[:-1]).sum(), True),
    "none": (lambda w: 0.0, False),
    "no squares": (lambda w: w.sum(), False),
    "taken away": (lambda w: -w[:-1] @ w[:-1], False),
}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("penalty", "pulls"), PULLS.values(), ids=PULLS)
def test_a_gradient_may_follow_a_penalty_that_pulls_the_right_way(penalty, pulls, seed) -> None:
    asked = tuple(cases(seed)["l2_loss_around"])

    def losses(penalty) -> tuple:
        return answers(*(c["X"].sum() + c["w"].sum() + c["lam"] * penalty(c["w"]) for c in asked))

    right = losses(PULLS["the right one"][0])
    assert penalties.pulls(losses(penalty), right, asked) == pulls


def test_a_penalised_loss_that_cannot_be_computed_pulls_nowhere() -> None:
    asked = tuple(cases(0)["l2_loss_around"])
    right = answers(*(c["lam"] * (c["w"] @ c["w"]) for c in asked))
    for gone in (Refusal(said("stops-with", error="ValueError")), (np.asarray(np.nan),)):
        assert not penalties.pulls((gone, *right[1:]), right, asked)


def credit(check_id: str, **given: tuple) -> float:
    """What a check of the grader gives; of what is not said there is nothing."""
    check = next(c for c in GRADER.checks if c.id == check_id)
    return check.judge(
        *(given.get(name.removesuffix("_if_any"), ()) for name in check.needs)
    ).credit


INNER = {  # the question that counts where the function by itself is not right
    "check_compute_grad": ("compute_grad", "compute_grad_rule", answers([1.0, 2.0], [3.0, 5.0])),
    "check_l2_loss": ("l2_loss", "l2_loss_rule", KEY),
    "check_l2_grad": ("l2_grad", "l2_grad_rule", answers([1.0, 2.0], [3.0, 5.0])),
    "check_gradient_descent": (
        "gradient_descent",
        "descent_rule",
        ((np.ones(3), np.ones(4)), (np.ones(2), np.ones(5))),
    ),
}


@pytest.mark.parametrize(("check_id", "asked"), INNER.items(), ids=INNER)
def test_what_is_wrong_with_an_inner_function_is_charged_there_alone(check_id, asked) -> None:
    plain, rule, key = asked
    off = tuple(Refusal(said("stops-with", error="ValueError")) for _ in key)
    keys = {f"{plain}_key": key, f"{rule}_key": key}

    assert credit(check_id, **keys, **{rule: key}) == 1.0, "the inner one is a stub"
    assert credit(check_id, **keys, **{rule: key, plain: off}) == 1.0
    assert credit(check_id, **keys, **{rule: off, plain: key}) == 1.0
    assert credit(check_id, **keys, **{rule: off, plain: off}) == 0.0
    inner = {rule: key, plain: key, f"{plain}_changed": ("w",)}
    assert credit(check_id, **keys, **inner) == 1.0
    assert credit(check_id, **keys, **inner, **{f"{rule}_changed": ("w",)}) < 1.0
