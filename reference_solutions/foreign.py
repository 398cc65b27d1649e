"""A notebook of the course's original first week, as a student had it: other cells, same names.

Written anew after how such notebooks are built, slips included: imports that fail, a token line,
the answers in another order of cells, plots, a cell that does not parse.
"""

from typing import Any

_CELLS: tuple[tuple[str, str], ...] = (
    ("markdown", "# Linear models, optimisation"),
    (
        "code",
        "import sys\nsys.path.append('..')\nimport grading\n"
        "grader = grading.Grader(assignment_key='week-1', all_parts=['a', 'b'])",
    ),
    ("code", "COURSERA_TOKEN = ### YOUR TOKEN HERE\nCOURSERA_EMAIL = ### YOUR EMAIL HERE"),
    ("code", "import numpy as np\n%matplotlib inline\nimport matplotlib.pyplot as plt"),
    (
        "code",
        "with open('train.npy', 'rb') as fin:\n    X = np.load(fin)\n"
        "with open('target.npy', 'rb') as fin:\n    y = np.load(fin)\n"
        "plt.scatter(X[:, 0], X[:, 1], c=y, s=20)",
    ),
    (
        "code",
        "def expand(X):\n"
        "    out = [[a, b, a * a, b * b, a * b, 1] for a, b in X]\n"
        "    return np.array(out, dtype=float)",
    ),
    ("code", "X_expanded = expand(X)"),
    ("code", "def probability(X, w):\n    return 1 / (1 + np.exp(-np.dot(X, w)))"),
    (
        "code",
        "dummy_weights = np.linspace(-1, 1, 6)\n"
        "part_1 = probability(X_expanded[:1, :], dummy_weights)[0]",
    ),
    (
        "code",
        "def compute_loss(X, y, w):\n    p = probability(X, w)\n"
        "    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))",
    ),
    (
        "code",
        "def compute_grad(X, y, w):\n    return X.T.dot(probability(X, w) - y) / X.shape[0]",
    ),
    ("code", "grader.submit('{address}', '{token}')"),
    (
        "code",
        "def visualize(X, y, w, history):\n    plt.plot(history)\n    plt.show()",
    ),
    (
        "code",
        "np.random.seed(42)\nw = np.array([0, 0, 0, 0, 0, 1])\neta = 0.1\nn_iter = 100\n"
        "batch_size = 4\nloss = np.zeros(n_iter)\nfor i in range(n_iter):\n"
        "    ind = np.random.choice(X_expanded.shape[0], batch_size)\n"
        "    loss[i] = compute_loss(X_expanded, y, w)\n"
        "    if i % 50 == 0:\n        visualize(X_expanded[ind, :], y[ind], w, loss)\n"
        "    w = w - eta * compute_grad(X_expanded[ind], y[ind], w)\nplt.clf()",
    ),
    ("code", "part_4 = compute_loss(X_expanded, y, w)"),
    (
        "code",
        "np.random.seed(42)\nw = np.array([0, 0, 0, 0, 0, 1])\neta = 0.05\nalpha = 0.9\n"
        "nu = np.zeros_like(w)\nn_iter = 100\nbatch_size = 4\nloss = np.zeros(n_iter)\n"
        "for i in range(n_iter):\n"
        "    ind = np.random.choice(X_expanded.shape[0], batch_size)\n"
        "    loss[i] = compute_loss(X_expanded, y, w)\n"
        "    nu = alpha * nu + eta * compute_grad(X_expanded[ind], y[ind], w)\n"
        "    w = w - nu\nplt.plot(loss)",
    ),
    (
        "code",
        "np.random.seed(42)\nw = np.array([0, 0, 0, 0, 0, 1.])\neta = 0.1\nalpha = 0.9\n"
        "g2 = None\neps = 1e-8\nn_iter = 100\nbatch_size = 4\nloss = np.zeros(n_iter)\n"
        "for i in range(n_iter):\n"
        "    ind = np.random.choice(X_expanded.shape[0], batch_size)\n"
        "    loss[i] = compute_loss(X_expanded, y, w)\n"
        "    g = compute_grad(X_expanded[ind], y[ind], w)\n"
        "    g2 = g ** 2 if g2 is None else alpha * g2 + (1 - alpha) * g ** 2\n"
        "    w = w - eta * g / np.sqrt(g2 + eps)\nplt.plot(loss)",
    ),
    ("code", "grader.submit(COURSERA_EMAIL, COURSERA_TOKEN)"),
)


def foreign_notebook(address: str, token: str) -> dict[str, Any]:
    """The notebook as nbformat 4.2 JSON, holding this address and token inside a call."""
    cells: list[dict[str, Any]] = []
    for cell_type, source in _CELLS:
        filled = source.replace("{address}", address).replace("{token}", token)
        cell: dict[str, Any] = {
            "cell_type": cell_type,
            "metadata": {},
            "source": filled.splitlines(True),
        }
        if cell_type == "code":
            cell |= {"execution_count": len(cells) + 40, "outputs": []}
        cells.append(cell)
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 2}
