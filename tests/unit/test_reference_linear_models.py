"""The reference of week 1 against formulas written another way, and its unseen inputs."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import optimize, special

from reference_solutions import filling
from reference_solutions.linear_models import unseen

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "reference_solutions" / "linear_models"
CELLS = filling.read_cells(FOLDER / "solution.py")
SCRIPTS = ("sgd", "momentum", "rmsprop")
START = np.array([0.0, 0, 0, 0, 0, 1])
CASES = unseen.cases(2026)


def _silent(*args: object, **kwargs: object) -> None:
    """In place of the notebook's plotting helper."""


def defined() -> dict[str, Any]:
    """A namespace with every function of the reference."""
    found: dict[str, Any] = {"np": np, "plot_boundary": _silent}
    for name, cell in CELLS.items():
        if not cell.markdown and name not in SCRIPTS:
            exec(compile(cell.source, name, "exec"), found)
    return found


R = defined()


def left_by(name: str, source: str | None = None, **replaced: Any) -> tuple[Any, Any]:
    """(history, final weights) of an optimiser cell run with some names replaced."""
    space = defined()
    for key, value in replaced.items():
        if isinstance(value, str):
            exec(value, space)
        else:
            space[key] = value
    before = np.random.get_state()
    exec(compile(source or CELLS[name].source, name, "exec"), space)
    np.random.set_state(before)
    return space[f"{name}_loss"], space[f"{name}_w"]


def arguments(name: str) -> list[list[Any]]:
    return [list(case.values()) for case in CASES[name]]


def textbook_loss(X: Any, y: Any, w: Any) -> float:
    p = special.expit(X @ w)
    return float(-np.mean(special.xlogy(y, p) + special.xlogy(1 - y, special.expit(-(X @ w)))))


@pytest.mark.parametrize("case", arguments("mse_loss"))
def test_linear_regression_agrees_with_sums_over_rows(case: list[Any]) -> None:
    X, y, w = case
    rows = [(float(np.dot(x, w) - t), x) for x, t in zip(X, y, strict=True)]
    assert R["mse_loss"](X, y, w) == pytest.approx(sum(r * r for r, _ in rows) / len(rows))
    expected = sum(2 * r * x for r, x in rows) / len(rows)
    np.testing.assert_allclose(R["mse_grad"](X, y, w), expected)


@pytest.mark.parametrize("case", arguments("closed_form"))
def test_the_closed_form_is_the_minimum_that_scipy_finds(case: list[Any]) -> None:
    X, y = case
    w = R["closed_form"](X, y)
    found = optimize.least_squares(lambda v: X @ v - y, np.zeros(X.shape[1]), xtol=1e-12)
    np.testing.assert_allclose(w, found.x, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(R["mse_grad"](X, y, w), 0, atol=1e-10)


@pytest.mark.parametrize("case", arguments("gradient_descent"))
def test_descent_follows_the_power_of_its_step_matrix(case: list[Any]) -> None:
    X, y, eta, n_iter = case
    w, history = R["gradient_descent"](X, y, eta, n_iter)
    best = R["closed_form"](X, y)
    shrink = np.eye(X.shape[1]) - eta * 2 / len(X) * X.T @ X

    def after(step: int) -> Any:
        return best - np.linalg.matrix_power(shrink, step) @ best

    np.testing.assert_allclose(w, after(n_iter), rtol=1e-8, atol=1e-10)
    assert history.shape == (n_iter,)
    expected = [np.mean((X @ after(i) - y) ** 2) for i in range(n_iter)]
    np.testing.assert_allclose(history, expected, rtol=1e-8)


def test_quadratic_features_stand_in_the_order_of_the_text() -> None:
    np.testing.assert_array_equal(
        R["expand"](np.array([[2.0, -3.0], [0.0, 0.0]])),
        [[2.0, -3.0, 4.0, 9.0, -6.0, 1.0], [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]],
    )


@pytest.mark.parametrize("case", arguments("compute_loss"))
def test_logistic_regression_agrees_with_scipy(case: list[Any]) -> None:
    X, y, w = case
    np.testing.assert_allclose(R["probability"](X, w), special.expit(X @ w), rtol=1e-12)
    assert R["compute_loss"](X, y, w) == pytest.approx(textbook_loss(X, y, w), rel=1e-12)
    slope = optimize.approx_fprime(w, lambda v: textbook_loss(X, y, v), 1e-7)
    np.testing.assert_allclose(R["compute_grad"](X, y, w), slope, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("case", arguments("stable_loss"))
def test_the_loss_of_a_sure_model_is_its_mean_wrong_score(case: list[Any]) -> None:
    X, y, w = case
    towards_wrong = np.where(y == 1, -(X @ w), X @ w)
    with np.errstate(all="raise", under="ignore"):
        found = R["compute_loss"](X, y, w)
    assert found == pytest.approx(np.maximum(towards_wrong, 0).mean(), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("case", arguments("l2_grad")[1::2])
def test_the_penalty_leaves_the_bias_alone(case: list[Any]) -> None:
    X, y, w, lam = case
    added = R["compute_loss_l2"](X, y, w, lam) - R["compute_loss"](X, y, w)
    assert added == pytest.approx(lam * sum(v * v for v in w[:5]))
    slope = optimize.approx_fprime(w, lambda v: R["compute_loss_l2"](X, y, v, lam), 1e-7)
    np.testing.assert_allclose(R["compute_grad_l2"](X, y, w, lam), slope, rtol=1e-4, atol=1e-5)


CALLED = [n for n in CASES if not (n.startswith("optimiser") or n.endswith("_rule"))]


@pytest.mark.parametrize("name", CALLED)
def test_no_function_alters_what_it_is_given(name: str) -> None:
    stem = name.removesuffix("_around")
    known = {"stable_loss": "compute_loss", "l2_loss": "compute_loss_l2"}
    function = {**known, "l2_grad": "compute_grad_l2"}.get(stem, stem)
    for case in arguments(name):
        kept = [np.copy(v) for v in case]
        R[function](*case)
        for value, before in zip(case, kept, strict=True):
            np.testing.assert_array_equal(value, before)


RULES = {
    "descent_rule": "gradient_descent",
    "compute_grad_rule": "compute_grad",
    "l2_loss_rule": "compute_loss_l2",
    "l2_grad_rule": "compute_grad_l2",
}


def _flat(returned: Any) -> Any:
    parts = returned if isinstance(returned, tuple) else (returned,)
    return np.concatenate([np.ravel(part) for part in parts])


@pytest.mark.parametrize("name", RULES)
def test_the_reference_calls_the_made_up_function_and_leaves_its_arguments_alone(name: str) -> None:
    for case in CASES[name]:
        space = defined()
        given = [value for value in case.values() if not isinstance(value, str)]
        kept = [np.copy(value) for value in given]
        plain = _flat(space[RULES[name]](*given))
        for source in (value for value in case.values() if isinstance(value, str)):
            exec(source, space)
        among = _flat(space[RULES[name]](*given))
        assert np.isfinite(among).all()
        assert not np.allclose(among, plain, rtol=1e-3)
        for value, before in zip(given, kept, strict=True):
            np.testing.assert_array_equal(value, before)


# --- the course's own data ---------------------------------------------------------------


@pytest.fixture(scope="module")
def course_data() -> tuple[Any, Any]:
    mirror = os.environ.get("DLGRADE_MIRROR")
    if not mirror:
        pytest.skip("DLGRADE_MIRROR names no mirror of the course's data")
    folder = Path(mirror) / "linear_models"
    X, y = (np.load(folder / f"{n}.npy", allow_pickle=False) for n in ("train", "target"))
    return R["expand"](X), y


def test_the_course_figures_come_out(course_data: tuple[Any, Any]) -> None:
    X, y = course_data
    w = np.linspace(-1, 1, 6)
    assert R["probability"](X[:1], w)[0] == pytest.approx(0.380399851, abs=1e-9)
    assert R["compute_loss"](X, y, w) == pytest.approx(1.018563403, abs=1e-9)
    assert np.linalg.norm(R["compute_grad"](X, y, w)) == pytest.approx(0.640168730, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "variant", "loss"),
    [
        ("sgd", None, 0.304276470),
        ("momentum", None, 0.232459164),
        ("rmsprop", None, 0.223838),
        ("rmsprop", "rmsprop_from_the_first_square", 0.225575),
    ],
)
def test_the_course_optimisers_end_where_they_always_did(
    course_data: tuple[Any, Any], name: str, variant: str | None, loss: float
) -> None:
    X, y = course_data
    source = None
    if variant:
        source = filling.read_cells(FOLDER / "variants" / "right" / f"{variant}.py")[name].source
    _, w = left_by(name, source, X_expanded=X, y=y)
    tolerance = 1e-9 if name != "rmsprop" else 1e-6
    assert R["compute_loss"](X, y, w) == pytest.approx(loss, abs=tolerance)


# --- unseen inputs -----------------------------------------------------------------------


def test_unseen_inputs_are_the_same_for_one_seed_and_others_for_another() -> None:
    again, other = unseen.cases(2026), unseen.cases(2027)
    assert list(again) == list(CASES) == list(other)
    for name, drawn in CASES.items():
        for mine, same in zip(drawn, again[name], strict=True):
            assert list(mine) == list(same)
            assert all(np.array_equal(mine[k], same[k]) for k in mine)
        first = next(iter(drawn[0]))
        assert not np.array_equal(drawn[0][first], other[name][0][first])


def test_ordinary_cases_are_diverse_and_far_from_rounding() -> None:
    for name in ("probability", "compute_loss", "compute_grad", "l2_loss", "l2_grad"):
        for case in CASES[name]:
            assert np.abs(case["X"] @ case["w"]).max() < 6.9
            np.testing.assert_array_equal(case["X"], unseen.expansion(case["X"][:, :2]))
    for name in ("compute_loss", "compute_grad"):
        labels = [(len(c["y"]), float(c["y"].mean())) for c in CASES[name]]
        assert {1, 2, 7, 64} <= {n for n, _ in labels}
        assert {0.0, 1.0} < {share for _, share in labels}
    for case in CASES["stable_loss"]:
        scores = np.abs(case["X"] @ case["w"])
        assert 49.9 < scores.min() <= scores.max() <= 700


def test_neighbours_for_finite_differences_move_one_weight_at_a_time() -> None:
    for grads, around in (("mse_grad", "mse_loss_around"), ("l2_grad", "l2_loss_around")):
        expected = [
            case["w"] + sign * unseen.STEP * np.eye(len(case["w"]))[j]
            for case in CASES[grads]
            for j in range(len(case["w"]))
            for sign in (1, -1)
        ]
        found = [case["w"] for case in CASES[around]]
        assert len(found) == len(expected)
        assert all(np.allclose(a, b) for a, b in zip(found, expected, strict=True))


def test_pairs_with_and_without_a_penalty_share_all_else() -> None:
    for pairs, plain in (("l2_loss", "compute_loss"), ("l2_grad", "compute_grad")):
        for k, case in enumerate(CASES[plain]):
            without, with_penalty = CASES[pairs][2 * k : 2 * k + 2]
            assert without["lam"] == 0.0 < with_penalty["lam"]
            for name in case:
                np.testing.assert_array_equal(without[name], case[name])
                np.testing.assert_array_equal(with_penalty[name], case[name])


Step = Callable[[str], str]


def swapped(old: str, new: str) -> Step:
    def change(source: str) -> str:
        assert old in source
        return source.replace(old, new)

    return change


ROWS = "X_expanded[ind], y[ind]"


@pytest.mark.parametrize("case", CASES["optimiser_oracle"], ids=["small", "large"])
@pytest.mark.parametrize(
    ("name", "slip"),
    [
        *((n, swapped(ROWS, "X_expanded, y")) for n in SCRIPTS),
        *((n, swapped("seed(42)", "seed(43)")) for n in SCRIPTS),
        *((n, swapped("(X_expanded[ind]", "(X_expanded[ind][::-1]")) for n in SCRIPTS),
        ("sgd", swapped("w - eta", "w + eta")),
        ("momentum", swapped("nu = alpha * nu + eta", "nu = eta")),
        ("momentum", swapped("alpha * nu + eta", "alpha * nu + (1 - alpha) * eta")),
        ("rmsprop", swapped("g / np.sqrt(g2 + eps)", "g / (g2 + eps)")),
        ("rmsprop", swapped("* g**2", "* np.abs(g)")),
        ("rmsprop", swapped("alpha * g2 + (1 - alpha)", "1")),
    ],
)
def test_a_wrong_step_ends_clearly_elsewhere_on_the_made_up_loss(
    case: dict[str, Any], name: str, slip: Step
) -> None:
    _, right = left_by(name, **case)
    _, wrong = left_by(name, slip(CELLS[name].source), **case)
    assert np.max(np.abs(wrong - right)) > 5e-3 * np.max(np.abs(right))


@pytest.mark.parametrize("kind", ["optimiser_rule", "optimiser_oracle"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_rounding_does_not_move_a_path_on_the_made_up_loss(name: str, kind: str) -> None:
    single = swapped("1.0])", "1.0], dtype=np.float32)")(CELLS[name].source)
    rounded = single.replace("compute_grad(", "np.float32(1 + 1e-6) * compute_grad(")
    for case in CASES[kind]:
        (history, right), (other, weights) = left_by(name, **case), left_by(name, rounded, **case)
        np.testing.assert_allclose(weights, right, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(other, history, rtol=1e-4)
        assert np.all(np.abs(np.diff(history)) > 1e-3 * history[1:])  # every step shows


@pytest.mark.parametrize("kind", ["rule", "oracle", "data", "lossy"])
def test_the_points_of_a_rerun_are_those_of_its_features(kind: str) -> None:
    for case in CASES[f"optimiser_{kind}"]:
        np.testing.assert_array_equal(unseen.expansion(case["X"]), case["X_expanded"])
        assert len(case["y"]) == len(case["X"])


def test_who_keeps_the_weights_as_a_column_goes_the_same_way_on_a_made_up_loss() -> None:
    column = swapped("0.0, 1.0])", "0.0, 1.0]).reshape(-1, 1)")(CELLS["sgd"].source)
    for case in CASES["optimiser_oracle"]:
        assert np.array_equal(left_by("sgd", column, **case)[0], left_by("sgd", **case)[0])


@pytest.mark.parametrize("name", SCRIPTS)
def test_rows_that_are_all_alike_hide_which_ones_were_taken(name: str) -> None:
    whole = swapped(ROWS, "X_expanded, y")(CELLS[name].source)
    for case in CASES["optimiser_rule"]:
        np.testing.assert_allclose(left_by(name, whole, **case)[1], left_by(name, **case)[1])


def test_the_made_up_gradient_notes_the_rows_it_is_given() -> None:
    space: dict[str, Any] = {}
    for source in unseen.oracle_functions(np.ones(6)).values():
        exec(source, space)
    X, y = unseen.expansion(np.full((4, 2), 0.5)), np.ones(4)
    kept = X.copy(), y.copy(), START.copy()

    assert space["oracle_rows"] == []
    for w in (START, START.astype(np.float32), START.astype(int), START[:, None]):
        assert space["compute_grad"](X, y, w).shape == w.shape
    assert space["oracle_rows"] == [4, 4, 4, 4]
    assert space["oracle_ids"] == [2.0, 2.0, 2.0, 2.0]
    for now, before in zip((X, y, START), kept, strict=True):
        np.testing.assert_array_equal(now, before)
