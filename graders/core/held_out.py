"""The held-out side of the data: inputs that jobs are asked about, and what the host knows of them.

`cases.npz` and `truth.npz` name their arrays `<set>/<case>/<name>`. They lie beside the training
side, in a folder that no job ever sees; of the first, a job gets what its questions need.
"""

import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from graders.core.errors import CourseFault
from graders.core.types import Array, Cases, Truths


@cache
def held_out(folder: Path | None) -> tuple[Mapping[str, Cases], Mapping[str, Truths]]:
    """The inputs, and the truth about them, by case-set name; nothing where there is no folder.

    Raises:
        CourseFault: the folder is there, and not as it should be.
    """
    if folder is None:
        return {}, {}
    try:
        cases, truths = (_sets(folder / name) for name in ("cases.npz", "truth.npz"))
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise CourseFault(
            f"the held-out data in {folder} cannot be read ({error}); delete the folder above it "
            "and it is made again"
        ) from error
    if cases.keys() != truths.keys() or any(len(cases[n]) != len(truths[n]) for n in cases):
        raise CourseFault(f"{folder}: cases.npz and truth.npz tell of different cases")
    return cases, truths


def _sets(path: Path) -> dict[str, tuple[Mapping[str, Array], ...]]:
    found: dict[str, dict[int, dict[str, Array]]] = {}
    # numpy leaves a file open that it was given by name and cannot read.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        for key in archive.files:
            name, case, argument = key.split("/")
            found.setdefault(name, {}).setdefault(int(case), {})[argument] = archive[key]
    return {name: tuple(by_case[k] for k in sorted(by_case)) for name, by_case in found.items()}
