"""Training curves."""

import numpy as np

from graders.core.types import Array


def fraction_lost(values: Array) -> float:
    """How much of its start a curve [steps] has lost at its end; 1 is all, 0 none, below 0 it rose.

    The end is the mean of the last tenth, so that one lucky last step does not decide.

    Raises:
        ValueError: fewer than two values.
    """
    if values.size < 2:
        raise ValueError("a curve needs at least two values")
    end = float(np.mean(values[-max(1, values.size // 10) :]))
    start = float(values[0])
    return (start - end) / abs(start) if start else 0.0
