"""What a killed host left is removed at the next start; what lives or is another's is not."""

import os
import subprocess
import sys
from pathlib import Path

from graders.sandboxes import leftovers


def test_only_working_folders_of_dead_hosts_are_swept(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead = tmp_path / f"dlgrade-{ended.pid}-abc"
    alive = tmp_path / f"dlgrade-{os.getpid()}-abc"
    others = [tmp_path / name for name in ("dlgrade-check-abc", "dlgrade-x-y", "notes-1-2")]
    for folder in (dead, alive, *others):
        (folder / "work").mkdir(parents=True)

    leftovers.sweep(tmp_path)

    assert not dead.exists()
    assert alive.exists()
    assert all(folder.exists() for folder in others)
