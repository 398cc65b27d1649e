"""Whose doing an end is: told from what was measured and what the driver said."""

import json
from pathlib import Path
from typing import Any

import pytest

from graders.core.types import Ending, Job, Limits
from graders.sandboxes.endings import execution


def ended(folder: Path, said: str | None, **measured: Any) -> Ending:
    folder.mkdir(exist_ok=True)
    if said is not None:
        (folder / "ending.json").write_text(json.dumps({"ending": said, "detail": "d"}))
    answer = {"status": 0, "late": False, "killed": [], "pressed": [], "disk": False, "wall_s": 1.0,
              "cpu_s": 1.0, "peak_mib": 1.0, "log": ""} | measured  # fmt: skip
    return execution(Job("k", "i", folder, folder, Limits()), answer).ending


@pytest.mark.parametrize(
    ("said", "measured", "ending"),
    [
        ("finished", {}, Ending.FINISHED),
        ("cell error", {}, Ending.CELL_ERROR),
        ("cell time limit", {}, Ending.CELL_TIME_LIMIT),
        ("time limit", {}, Ending.TIME_LIMIT),
        ("kernel died", {}, Ending.KERNEL_DIED),
        # Something that the notebook started was ended, and the driver saw nothing of it.
        ("finished", {"killed": ["processes"]}, Ending.PROCESS_LIMIT),
        ("cell error", {"pressed": ["memory"]}, Ending.OUT_OF_MEMORY),
        ("finished", {"disk": True}, Ending.DISK_LIMIT),
        # The driver itself was starved, or killed, by what the job used up: the job's doing.
        (None, {"status": 70, "pressed": ["processes"]}, Ending.PROCESS_LIMIT),
        ("probe fault", {"status": 70, "pressed": ["memory"]}, Ending.OUT_OF_MEMORY),
        (None, {"status": -9, "pressed": ["memory"]}, Ending.OUT_OF_MEMORY),
        # Nothing was used up: ours, or nobody can tell.
        (None, {"status": 70}, Ending.PROBE_FAULT),
        ("probe fault", {"status": 70}, Ending.PROBE_FAULT),
        (None, {"status": -9}, Ending.KILLED),
        ("probe fault", {}, Ending.KILLED),  # said, but not by its exit status: anybody's writing
        ("finished", {"late": True}, Ending.KILLED),
        ("engine fault", {}, Ending.KILLED),
    ],
)
def test_an_end_is_told_by_measure_and_word_together(
    said: str | None, measured: dict[str, Any], ending: Ending, tmp_path: Path
) -> None:
    assert ended(tmp_path / "out", said, **measured) is ending
