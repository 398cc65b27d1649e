"""A fixed student whose checks draw: every kind of figure, from what a judge gives to the page."""

import math

import numpy as np

from graders.core.figures import (
    Array,
    Confusion,
    Described,
    Figure,
    Learning,
    Pictures,
    Scale,
    Table,
)
from reports.illustrating import figure_views
from reports.views import CheckView, RunView, StudentView

CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
RIGHT = (88, 93, 71, 58, 80, 69, 91, 85, 94, 90)


def _counts() -> Array:
    """Of 100 images each; cats and dogs are taken for each other most."""
    counts = np.diag(RIGHT)
    for i, right in enumerate(RIGHT):
        nearest = 5 if i == 3 else 3 if i == 5 else (i + 1) % 10
        counts[i, nearest] += (100 - right) * 2 // 3
        counts[i, (i + 4) % 10] += 100 - right - (100 - right) * 2 // 3
    return counts


def _digit(bars: int) -> Array:
    """28 x 28: as many upright bars."""
    image = np.zeros((28, 28), np.uint8)
    for k in range(bars):
        image[5:23, 4 + 5 * k : 7 + 5 * k] = 255 - 40 * k
    return image


def _scene(k: int) -> Array:
    """32 x 32 in colour: sky, ground, and a block."""
    image = np.zeros((32, 32, 3), np.uint8)
    image[:18] = (90, 150, 30 + 40 * k)
    image[18:] = (60 + 30 * k, 110, 50)
    image[10:24, 4 + 3 * k : 18 + 3 * k] = (200, 60 + 30 * k, 40)
    return image


LOSS = [2.1 * math.exp(-i / 60) + 0.18 + 0.03 * math.sin(2.3 * i) for i in range(1200)]
LOW = [1.9 * math.exp(-i / 2.4) + 0.12 for i in range(40)]
HIGH = [2.3 * math.exp(-i / 2.0) + 0.28 for i in range(40)]


def _check(
    name: str, points: float, most: float, feedback: str, *figures: Figure, claim: bool = False
) -> CheckView:
    return CheckView(
        f"check_{name}",
        name.replace("_", " ").capitalize(),
        "The model classifies images that it has not seen.",
        "judged",
        points,
        most,
        feedback,
        claim=claim,
        figures=figure_views(figures),
    )


PICTURES = "Most confidently wrong, of the validation images"
FIGURES_STUDENT = StudentView(
    course="Introduction to Deep Learning",
    assignment="convnets",
    notebook="CIFAR CNN",
    student="Kunihiko Fukushima",
    graded_at="2026-03-02T09:41:07+01:00",
    checks=(
        _check(
            "accuracy",
            3.5,
            4.0,
            "0.776 (95% interval 0.764 to 0.787) of 5,000 held-out images; full marks from 0.8.",
            Scale("Accuracy", 0.776, 0.764, 0.787, 0.1, 0.8, "share of held-out images"),
            Confusion("Which class is taken for which", CLASSES, _counts()),
            Pictures(
                PICTURES,
                tuple(_scene(k) for k in range(5)),
                tuple(f"{CLASSES[k]} taken for {CLASSES[k + 1]}, 9{9 - k}% sure" for k in range(5)),
            ),
        ),
        _check(
            "loss_curve",
            2.0,
            2.0,
            "The loss falls as it should.",
            Learning("Training loss", np.array(LOSS), np.array(LOW), np.array(HIGH),
                     "cross-entropy (nats)"),
            Scale("Final loss", 0.2, 0.19, 0.21, 2.3, 0.3, "nats"),
            claim=True,
        ),
        _check(
            "diverged",
            0.0,
            2.0,
            "The loss diverges at step 5.",
            Learning("Loss of the deep model", np.array([2.3, 2.9, 6.0, 80.0, 1e4, math.inf,
                     math.nan]), np.array(LOW), np.array(HIGH), "cross-entropy (nats)"),
            Scale("Final loss of the deep model", math.nan, math.nan, math.nan, 2.3, 0.3, "nats"),
            Scale("Loss on the validation images", 45.5, 41.0, 50.0, 2.3, 0.3, "nats"),
        ),
        _check(
            "digits",
            1.0,
            1.0,
            "1.0 of 2,000 held-out images; full marks from 0.95.",
            Scale("Accuracy", 1.0, 0.998, 1.0, 0.11, 0.95, "share of held-out images"),
            Confusion("Which digit is taken for which", tuple("0123456789"),
                      np.diag([20] * 9 + [0])),
            Pictures("Stimuli", tuple(_digit(k) for k in range(1, 4)),
                     ("unit 1: excited 3.2 times as much as by noise", "unit 2: 2.9", "unit 3: 0")),
            Confusion("Made of nothing", ("a", "b"), np.zeros((2, 3))),
        ),
        _check(
            "captions",
            1.5,
            2.0,
            "BLEU-4 0.31 on 500 held-out images.",
            Described("Captions beside a person's", (_scene(0), _scene(3)),
                      (("a red block on a green field", "a block on the grass", "0.62"),
                       ("a block", "a brown block before the sky", "0.08")),
                      ("yours", "a person's", "BLEU"), "Which objects are named, which are not?"),
            Table("n-grams", ("length", "found", "of all"),
                  (("1", "812", "71%"), ("4", "90", "9%"))),
        ),
    ),
    run=RunView("Every cell of your notebook was tried, from top to bottom.", 41.0, 1100.0),
)  # fmt: skip
