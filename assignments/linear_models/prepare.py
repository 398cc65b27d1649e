"""The files that `linear_models` reads, at both tiers: see data.toml beside this file.

Nothing is held out: graded inputs are drawn by the reference's `unseen.py`.
"""

import shutil
from pathlib import Path

from assignments.linear_models import mini_data

# What the data depends on: a change there makes it anew, and ends its calibration.
MADE_BY = {"linear_models": ("prepare.py", "mini_data.py")}


def mini(notebook: str, train: Path, held_out: Path, seed: int) -> None:
    """Draw 400 points: `train.npy` [400, 2] float64 and `target.npy` [400] int64."""
    mini_data.make(train, seed)


def full(notebook: str, raw: Path, train: Path, held_out: Path) -> None:
    """The course's own 826 points, as they are."""
    for name in ("train.npy", "target.npy"):
        shutil.copyfile(raw / name, train / name)
