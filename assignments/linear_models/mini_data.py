"""The mini tier of linear_models: two classes in the plane, made from a seed.

The same few lines stand in the notebook, which draws the points itself when it finds no data;
`tests/unit/test_assignment_linear_models.py` keeps the two in step.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt


def make_points(
    n: int = 400, seed: int = 0
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Points of class 1 inside a tilted ellipse, class 0 around it, with a soft border.

    Args:
        n: how many points.
        seed: any; points of other seeds are as good as held-out data.

    Returns:
        X [n, 2] float64 within ±2, y [n] int64 (0 or 1).
    """
    rng = np.random.default_rng(seed)
    X = rng.uniform(-2, 2, size=(n, 2))
    a, b = X[:, 0] - 0.3, X[:, 1] + 0.2
    inside = 1.3 - (0.5 * a**2 + 0.9 * b**2 + 0.6 * a * b)
    y = (rng.random(n) < 1 / (1 + np.exp(-8 * inside))).astype(np.int64)
    return X, y


def make(folder: Path, seed: int = 0) -> None:
    """Write `train.npy` [400, 2] float64 and `target.npy` [400] int64 to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    X, y = make_points(seed=seed)
    np.save(folder / "train.npy", X)
    np.save(folder / "target.npy", y)
