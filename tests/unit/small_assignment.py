"""A small assignment with every kind of cell, and the student who did it right."""

import json
from pathlib import Path
from typing import Any

Book = dict[str, Any]

REGION = "    # BEGIN SOLUTION\n    # END SOLUTION"
SET_UP = "import numpy as np\n\nX = np.array([[0.5, 1.0], [1.5, -1.0]])\ny = np.array([0, 1])"
LOOP = (
    "np.random.seed(42)\nw = np.zeros(6)\neta = 0.1\n{start}n_iter = 100\nbatch_size = 4\n"
    "{name}_loss = np.zeros(n_iter)\nfor i in range(n_iter):\n"
    "    ind = np.random.choice(X_expanded.shape[0], batch_size)\n"
    "    {name}_loss[i] = compute_loss(X_expanded, y, w)\n{body}\n{name}_w = w"
)
SGD = {"name": "sgd", "start": ""}
MOMENTUM = {"name": "momentum", "start": "alpha = 0.9\nnu = np.zeros_like(w)\n"}
GRADIENT = "compute_grad(X_expanded[ind], y[ind], w)"

ANSWERS = {
    "expand": "def expand(X):\n    a, b = X.T\n"
    "    return np.stack([a, b, a * a, b * b, a * b, np.ones(len(X))], axis=1)",
    "probability": "def probability(X, w):\n    return 1 / (1 + np.exp(-X @ w))",
    "sgd": LOOP.format(body=f"    w = w - eta * {GRADIENT}", **SGD),
    "momentum": LOOP.format(
        body=f"    nu = alpha * nu + eta * {GRADIENT}\n    w = w - nu", **MOMENTUM
    ),
    "in_words": "Momentum remembers earlier gradients.",
}
IDS = (
    "intro", "set_up", "expand", "check_expand", "expanded", "probability", "check_probability",
    "sgd", "check_sgd", "momentum", "check_momentum", "words_text", "in_words",
)  # fmt: skip


def cell(grade_id: str, source: str, cell_type: str = "code", **marks: Any) -> Book:
    """One cell; without a grade_id an ordinary one."""
    block = {"grade_id": grade_id, "grade": False, "solution": False, "locked": True, **marks}
    made: Book = {"cell_type": cell_type, "source": source}
    made["metadata"] = {"nbgrader": block} if grade_id else {}
    return made | ({"outputs": [], "execution_count": None} if cell_type == "code" else {})


def book(cells: list[Book]) -> Book:
    """Cells as a notebook."""
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


def _cells(answers: dict[str, str]) -> list[Book]:
    def answer(grade_id: str) -> Book:
        return cell(grade_id, answers[grade_id], solution=True, locked=False)

    def check(grade_id: str, source: str, points: int) -> Book:
        return cell(grade_id, source, grade=True, points=points)

    return [
        cell("intro", "# Linear models – a start", "markdown"),
        cell("set_up", SET_UP),
        answer("expand"),
        check("check_expand", "assert expand(X).shape == (2, 6)", 2),
        cell("expanded", "X_expanded = expand(X)"),
        answer("probability"),
        check("check_probability", "assert probability(X_expanded, np.zeros(6))[0] == 0.5", 2),
        answer("sgd"),
        check("check_sgd", "assert sgd_loss.shape == (100,)", 3),
        answer("momentum"),
        check("check_momentum", "assert momentum_loss.shape == (100,)", 3),
        cell("words_text", "## In your own words\nWhat does momentum do?", "markdown"),
        cell(
            "in_words", answers["in_words"], "markdown",
            grade=True, solution=True, locked=False, points=3,
        ),
    ]  # fmt: skip


def write_assignment(folder: Path) -> Path:
    """Write the assignment's own notebook, regions empty; its path."""
    stubs = {
        "expand": f'def expand(X):\n    """Quadratic features."""\n{REGION}',
        "probability": f"def probability(X, w):\n    '''P(y = 1).'''\n{REGION}",
        "sgd": LOOP.format(body=REGION, **SGD),
        "momentum": LOOP.format(body=REGION, **MOMENTUM),
        "in_words": "YOUR ANSWER HERE",
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "linear_models.ipynb"
    path.write_text(json.dumps(book(_cells(stubs))), encoding="utf-8")
    return path


def released() -> Book:
    """What students download: every region replaced by nbgrader's stub."""
    stub = "    # YOUR CODE HERE\n    raise NotImplementedError()"
    return book(
        _cells(
            {
                "expand": f'def expand(X):\n    """Quadratic features."""\n{stub}',
                "probability": f"def probability(X, w):\n    '''P(y = 1).'''\n{stub}",
                "sgd": LOOP.format(body=stub, **SGD),
                "momentum": LOOP.format(body=stub, **MOMENTUM),
                "in_words": "YOUR ANSWER HERE",
            }
        )
    )


def solved() -> Book:
    """Everything answered, rightly."""
    return book(_cells(ANSWERS))
