"""The files that the notebooks of `convnets` read, at both tiers: each in its own module."""

from pathlib import Path
from types import ModuleType

from assignments.convnets import cifar, flowers

# What the data of a notebook depends on: a change there makes it anew, and ends its calibration.
MADE_BY = {
    "cifar_cnn": ("cifar.py", "scenes.py", "../preparing.py"),
    "flowers_finetune": (
        "flowers.py", "blossoms.py", "backbone.json", "backbone.npz", "../preparing.py",
    ),
}  # fmt: skip


def mini(notebook: str, train: Path, held_out: Path, seed: int) -> None:
    """Draw the data of a notebook from a seed."""
    _module(notebook).mini(train, held_out, seed)


def full(notebook: str, raw: Path, train: Path, held_out: Path) -> None:
    """Prepare the course's own data from the files of data.toml in `raw`."""
    _module(notebook).full(raw, train, held_out)


def _module(notebook: str) -> ModuleType:
    return {"cifar_cnn": cifar, "flowers_finetune": flowers}[notebook]
