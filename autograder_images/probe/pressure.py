"""What a container's own limits have counted: memory, processes, processor time, disks.

Control groups of both generations are read where the container shows them; where it does not,
there is nothing to tell (0 or None), and only the limits themselves remain.
"""

import os
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_LEAST_FREE = 4096  # bytes; below that a file system of memory is full


class Counters:
    """The counters of the group of processes that we are in."""

    def __init__(self, root: Path = _ROOT) -> None:
        one = not (root / "cgroup.controllers").exists()
        self._memory = root / "memory" if one else root
        self._pids = root / "pids" if one else root
        self._cpu = root / "cpuacct" if one else root
        self._one = one

    def oom_kills(self) -> int:
        """How many processes were killed because the group was out of memory."""
        name = "memory.oom_control" if self._one else "memory.events"
        return _table(self._memory / name).get("oom_kill", 0)

    def forks_refused(self) -> int:
        """How often a process or thread could not be started."""
        return _table(self._pids / "pids.events").get("max", 0)

    def cpu_s(self) -> float:
        """CPU seconds of everybody in the group, so far."""
        if self._one:
            return _number(self._cpu / "cpuacct.usage") / 1e9
        return _table(self._cpu / "cpu.stat").get("usage_usec", 0) / 1e6

    def memory(self) -> int:
        """Bytes in use now that cannot be dropped: of processes, and files kept in memory."""
        table = _table(self._memory / "memory.stat")
        used = table.get("rss", 0) if self._one else table.get("anon", 0)
        return used + table.get("shmem", 0)


def full(folders: list[Path]) -> bool:
    """Whether one of these file systems has no room left, or no place for another file."""
    for folder in folders:
        try:
            found = os.statvfs(folder)
        except OSError:
            continue
        if found.f_blocks and found.f_bavail * found.f_frsize < _LEAST_FREE:
            return True
        if found.f_files and found.f_favail == 0:
            return True
    return False


def _table(path: Path) -> dict[str, int]:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
        pairs = [line.split() for line in lines]
        return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdecimal()}
    except (OSError, ValueError):
        return {}


def _number(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
