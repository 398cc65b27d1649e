"""Inputs that students never see: what their functions and optimiser cells are asked.

Ordinary cases keep probabilities within [1e-3, 1 - 1e-3], so that no honest formula runs into
rounding; the few extreme ones (`stable_loss`) are extreme because the task asks for it. Odd
sizes, one row, labels all 0 or all 1 are among them, since formulas that are right on one
example are often wrong there. Matrices of features are true expansions of points: a student's
`probability` may expand its first two columns once more and still be right.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Case = dict[str, Any]  # argument name → array, int, float, or Python source (str)

STEP = 1e-2  # for finite differences: large enough for float32, small enough for the curvature
LARGEST_SCORE = 6.5  # sigmoid(6.5) = 0.9985


def cases(seed: int) -> dict[str, list[Case]]:
    """All case sets, drawn from `seed`; each call gives new arrays.

    Calls: each case maps parameter names, in the order of the call, to values. `*_around` sets
    move each weight of the gradient's cases by +STEP and -STEP, case by case, weight by weight.
    `l2_loss` and `l2_grad` hold pairs, without the penalty and with it; the first of pair k has
    the inputs of case k of `compute_loss` and of `compute_grad`.

    The sets of `*_rule` put a made-up function in place of the student's where a value is Python
    source: what is asked of `compute_grad`, say, whatever is wrong with `probability`.

    Reruns: names to replace. `optimiser_rule` and `optimiser_oracle` put a made-up loss and its
    gradient in place of the student's (`oracle_functions`), and other data; in the first all rows
    are alike, so that it does not matter which ones a step looks at. `optimiser_own` leaves the
    notebook its data, `optimiser_lossy` the student's gradient. `optimiser_data` replaces the
    data alone.
    """
    linear = _linear(np.random.default_rng([seed, 1]))
    logistic = _logistic(np.random.default_rng([seed, 2]))
    slopes = _logistic(np.random.default_rng([seed, 3]))
    loss_pairs = _with_penalties(logistic, np.random.default_rng([seed, 4]))
    grad_pairs = _with_penalties(slopes, np.random.default_rng([seed, 5]))
    scored = _logistic(np.random.default_rng([seed, 6]))
    rows = np.random.default_rng([seed, 10])
    made_up = oracle_functions(_signs(np.random.default_rng([seed, 14])))
    uphill = _signs(own := np.random.default_rng([seed, 13]))
    return {
        "mse_loss": linear,
        "mse_grad": (steep := _linear(np.random.default_rng([seed, 7]))),
        "mse_loss_around": list(_around(steep)),
        "closed_form": [{"X": c["X"], "y": c["y"]} for c in _tall(seed)],
        "gradient_descent": _descents(seed),
        "descent_rule": [{**case, **_DESCENT_ORACLE} for case in _descents(seed + 2)],
        "expand": _points(np.random.default_rng([seed, 8])),
        "probability": [{"X": c["X"], "w": c["w"]} for c in scored],
        "compute_loss": logistic,
        "stable_loss": _confident(np.random.default_rng([seed, 9])),
        "compute_grad": slopes,
        "compute_grad_rule": [{**case, "probability": _MADE_UP_PROBABILITY} for case in slopes],
        "compute_loss_around": list(_around(slopes)),
        "l2_loss": loss_pairs,
        "l2_loss_rule": [{**c, "compute_loss": made_up["compute_loss"]} for c in loss_pairs],
        "l2_grad": grad_pairs,
        "l2_grad_rule": [{**c, "compute_grad": made_up["compute_grad"]} for c in grad_pairs],
        "l2_loss_around": list(_around(grad_pairs)),
        "optimiser_rule": [_oracle(rows, n, alike=True) for n in (23, 60)],
        "optimiser_oracle": [_oracle(rows, n, alike=False) for n in (37, 150)],
        "optimiser_data": [_ellipse(rows, n) for n in (90, 211)],
        "optimiser_own": [oracle_functions(side * uphill) for side in (1, -1)],
        "optimiser_lossy": [_lossy(own, n) for n in (83, 190)],
    }


# --- linear regression -------------------------------------------------------------------


def _linear(rng: np.random.Generator) -> list[Case]:
    found = []
    for n, d in ((1, 3), (2, 5), (5, 1), (7, 4), (17, 2), (40, 6)):
        X = rng.normal(0, 1.5, (n, d))
        w = _generic(rng, d)
        found.append({"X": X, "y": X @ _generic(rng, d) + rng.normal(1, 0.7, n), "w": w})
    return found


def _tall(seed: int) -> list[Case]:
    """Well conditioned, more rows than columns, not solvable exactly."""
    rng = np.random.default_rng([seed, 11])
    found = []
    for n, d in ((3, 1), (8, 2), (15, 3), (31, 5), (60, 4)):
        spread = np.linalg.qr(rng.normal(size=(n, d)))[0] * np.sqrt(n)
        X = spread * rng.uniform(0.6, 1.8, d)
        if d > 1:
            X = X + 0.25 * X[:, ::-1]
        found.append({"X": X, "y": X @ _generic(rng, d) + rng.normal(0.4, 0.6, n)})
    return found


def _descents(seed: int) -> list[Case]:
    """Learning rates well below the limit of convergence, so that no path is chaotic.

    No n_iter equals its number of weights: a list of the two results stays two things.
    """
    steps = (7, 1, 25, 60, 3)
    found = []
    for case, n_iter, share in zip(_tall(seed + 1), steps, (0.3, 0.2, 0.1, 0.05, 0.4), strict=True):
        X = case["X"]
        limit = 2 / np.linalg.eigvalsh(2 / len(X) * X.T @ X).max()
        found.append({**case, "eta": float(share * limit), "n_iter": n_iter})
    return found


def _generic(rng: np.random.Generator, d: int) -> Array:
    """Weights that are neither small nor equal nor of one sign [d]."""
    return np.asarray(rng.uniform(0.3, 1.4, d) * rng.choice([-1.0, 1.0], d))


# --- logistic regression -----------------------------------------------------------------


def expansion(points: Array) -> Array:
    """The six features of points [n, 2] → [n, 6], so that this file needs no solution."""
    a, b = points.T
    return np.column_stack([a, b, a * a, b * b, a * b, np.ones_like(a)])


def _points(rng: np.random.Generator) -> list[Case]:
    found = [{"X": rng.uniform(-3, 3, (n, 2))} for n in (1, 2, 7, 13)]
    whole = rng.integers(-5, 6, (9, 2)).astype(np.float64)
    return [*found, {"X": whole}, {"X": -rng.uniform(0.1, 2.0, (5, 2))}, {"X": np.zeros((3, 2))}]


def _logistic(rng: np.random.Generator) -> list[Case]:
    found = []
    for n, labels in ((1, 0), (1, 1), (2, None), (7, 0), (9, 1), (23, None), (64, None)):
        X = expansion(rng.uniform(-1.8, 1.8, (n, 2)))
        y = rng.integers(0, 2, n) if labels is None else np.full(n, labels)
        if labels is None:
            y[:2] = [0, 1]
        w = _generic(rng, 6)
        w *= min(1.0, LARGEST_SCORE / np.abs(X @ w).max())
        found.append({"X": X, "y": y.astype(np.int64), "w": w})
    return found


def _confident(rng: np.random.Generator) -> list[Case]:
    """Scores between 50 and 700 in size; all wrong, one wrong among right ones, all right."""
    found = []
    for n, largest, wrong in (
        (1, 60, 1),
        (1, 690, 1),
        (5, 300, 5),
        (8, 650, 1),
        (12, 450, 6),
        (4, 400, 0),
    ):
        X, w = _decided(rng, n, largest)
        y = (X @ w > 0).astype(np.int64)
        y[:wrong] = 1 - y[:wrong]
        found.append({"X": X, "y": y, "w": w})
    # One row of each label with the score that rounds a probability to exactly 0 or 1.
    X, w = _decided(rng, 1, 120)
    return [*found, *({"X": X.copy(), "y": np.array([label]), "w": w.copy()} for label in (0, 1))]


def _decided(rng: np.random.Generator, n: int, largest: float) -> tuple[Array, Array]:
    """Points and weights whose scores all lie between 50 and `largest` in size."""
    w = _generic(rng, 6)
    kept: list[Array] = []
    top = 0.0
    while len(kept) < n:
        point = rng.uniform(-2, 2, (1, 2))
        score = abs(float((expansion(point) @ w)[0]))
        if n == 1 or 2.5 * 50 / largest < score < 2.5:
            kept.append(point)
            top = max(top, score)
    return expansion(np.concatenate(kept)), w * (largest / top)


def _with_penalties(plain: list[Case], rng: np.random.Generator) -> list[Case]:
    found = []
    for case in plain:
        found.append({**case, "lam": 0.0})
        found.append({**case, "lam": float(rng.uniform(0.2, 1.5))})
    return found


def _around(given: list[Case]) -> Iterator[Case]:
    for case in given:
        for j in range(len(case["w"])):
            for sign in (1, -1):
                w = case["w"].copy()
                w[j] += sign * STEP
                yield {name: w if name == "w" else value for name, value in case.items()}


# --- optimisers --------------------------------------------------------------------------

# A made-up landscape that has nothing to do with the real formulas. Each slope keeps its sign
# and changes slowly with its own weight, in the direction that pulls two nearby paths together:
# float32 or a slip of 1e-9 stays as small as it was, even in RMSprop, where real gradients are
# chaotic. It depends on the square of a mean over the rows, so the mean over small batches is
# not the mean over all rows, and every batch matters.
_ORACLE_GRAD = """
oracle_rows = []
oracle_ids = []


def compute_grad(X, y, w):
    import numpy

    rows = numpy.atleast_2d(numpy.asarray(X, dtype=float))
    side = 2 * numpy.asarray(y, dtype=float).reshape(-1) - 1
    here = numpy.asarray(w, dtype=float).reshape(-1)
    uphill = numpy.array([{signs}])
    pull = (side[:, None] * numpy.tanh(rows)).mean(axis=0)
    oracle_rows.append(int(rows.shape[0]))
    oracle_ids.append(float(rows[:, 0].sum()))
    slope = uphill * (0.3 + pull**2) * (1 + 0.4 * numpy.tanh(uphill * here / 6))
    return slope.reshape(numpy.shape(w))
"""

_ORACLE_LOSS = """
def compute_loss(X, y, w):
    import numpy

    rows = numpy.atleast_2d(numpy.asarray(X, dtype=float))
    side = 2 * numpy.asarray(y, dtype=float).reshape(-1) - 1
    here = numpy.asarray(w, dtype=float).reshape(-1)
    uphill = numpy.array([{signs}])
    height = 1 + 0.5 * float((side * numpy.tanh(rows[:, 0] + rows[:, 1])).mean())
    return height * float(numpy.exp((uphill * here).mean() / 6))
"""


# The same for gradient descent, of any number of weights: always downhill, and slowly flatter.
_DESCENT_ORACLE = {
    "mse_loss": """
def mse_loss(X, y, w):
    import numpy

    here = numpy.asarray(w, dtype=float).reshape(-1)
    pull = numpy.tanh(numpy.asarray(X, dtype=float)).mean(axis=0) ** 2
    return float(2 + numpy.tanh(numpy.asarray(y, dtype=float)).mean() + (pull * here).sum())
""",
    "mse_grad": """
def mse_grad(X, y, w):
    import numpy

    here = numpy.asarray(w, dtype=float)
    pull = numpy.tanh(numpy.asarray(X, dtype=float)).mean(axis=0) ** 2
    return ((0.3 + pull) * (1 + 0.4 * numpy.tanh(here.reshape(-1) / 6))).reshape(here.shape)
""",
}


# Between 0.1 and 0.9, and no sigmoid.
_MADE_UP_PROBABILITY = """
def probability(X, w):
    import numpy

    here = numpy.asarray(w, dtype=float).reshape(-1)
    return 0.5 + 0.4 * numpy.sin(numpy.asarray(X, dtype=float) @ here)
"""


def oracle_functions(signs: Array) -> dict[str, str]:
    """Python source of the made-up `compute_loss` and `compute_grad`.

    The gradient notes the number of rows of each call in a global list `oracle_rows`, and the
    sum of their first feature in `oracle_ids`; a slope has the shape of the weights, which some
    keep as a column. Neither function alters what it is given.

    Args:
        signs: which way is uphill along each weight [6], +1 or -1.
    """
    text = ", ".join(f"{s:.1f}" for s in signs)
    return {
        "compute_loss": _ORACLE_LOSS.format(signs=text),
        "compute_grad": _ORACLE_GRAD.format(signs=text),
    }


def _signs(rng: np.random.Generator) -> Array:
    return np.asarray(rng.choice([-1.0, 1.0], 6))


def _data(points: Array, y: Array) -> Case:
    """All that the notebook calls data: points [n, 2], their features [n, 6] and labels [n]."""
    return {"X": points, "X_expanded": expansion(points), "y": y}


def _oracle(rng: np.random.Generator, n: int, *, alike: bool) -> Case:
    if alike:
        points = np.repeat(rng.uniform(0.4, 1.6, (1, 2)), n, axis=0)
        y = np.ones(n, dtype=np.int64)
    else:
        points = rng.uniform(-2.2, 2.2, (n, 2))
        y = rng.permutation(np.arange(n) % 2)
    return {**_data(points, y), **oracle_functions(_signs(rng))}


def _lossy(rng: np.random.Generator, n: int) -> Case:
    """Unseen data and a made-up loss, for who writes the gradient into the loop."""
    return {**_ellipse(rng, n), "compute_loss": oracle_functions(_signs(rng))["compute_loss"]}


def _ellipse(rng: np.random.Generator, n: int) -> Case:
    """Unseen data of the kind that the notebook has."""
    points = rng.uniform(-2.3, 2.3, (n, 2))
    a, b = points.T + rng.uniform(-0.3, 0.3, (2, 1))
    inside = 1.7 - (0.8 * a**2 + 0.6 * b**2 - 0.4 * a * b)
    y = (rng.random(n) < 1 / (1 + np.exp(-4 * inside))).astype(np.int64)
    return _data(points, y)
