"""The files that `mnist_digits` reads, at both tiers: see data.toml beside this file."""

from pathlib import Path

import numpy as np

from assignments import preparing
from assignments.mnist_digits import digits

TRAIN, SHOWN, SECRET = 6000, 1000, 2000  # images of the mini tier

# What the data depends on: a change there makes it anew, and ends its calibration.
MADE_BY = {"mnist_digits": ("prepare.py", "digits.py", "../preparing.py")}


def mini(notebook: str, train: Path, held_out: Path, seed: int) -> None:
    """Draw digits: 6,000 to train on, 1,000 shown, 2,000 held out, [n, 28, 28] uint8."""
    images, labels = digits.draw(TRAIN + SHOWN + SECRET, seed)
    x, y = (np.split(a, [TRAIN, TRAIN + SHOWN]) for a in (images, labels))
    sets = list(zip(x, y, strict=True))
    preparing.write_images(train, held_out, training=sets[0], shown=sets[1], secret=sets[2])


def full(notebook: str, raw: Path, train: Path, held_out: Path) -> None:
    """All 60,000 training images of MNIST; of its test images 5,000 shown, 5,000 held out.

    Args:
        raw: holds `mnist.npz` with x_train, y_train, x_test, y_test, as Keras lays it out.
    """
    with np.load(raw / "mnist.npz", allow_pickle=False) as file:
        training = file["x_train"], file["y_train"]
        test = file["x_test"], file["y_test"]
    shown, secret = preparing.halves(*test, seed=2)
    preparing.write_images(train, held_out, training=training, shown=shown, secret=secret)
