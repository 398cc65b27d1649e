"""What a file of arrays holds, read whole: numpy keeps an archive open until it is collected."""

from pathlib import Path
from typing import Any

import numpy as np


def arrays(path: Path) -> dict[str, Any]:
    """Every array of an `.npz` file by its name."""
    with np.load(path, allow_pickle=False) as archive:
        return dict(archive)
