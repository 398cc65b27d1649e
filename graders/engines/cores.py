"""How many notebooks run side by side without costing each other their time limits."""

import os
from pathlib import Path

# Time limits are wall time. On real data the references use 0.7 to 1.5 cores (processor minutes by
# minutes of `reference.full.json`), for up to 0.45 of the limit of a notebook, and students may
# train half as long again; on mini data about one, for a seventh of it at most.
A_NOTEBOOK = {"mini": 1, "full": 2}


def usable(proc: Path = Path("/proc"), groups: Path = Path("/sys/fs/cgroup")) -> int:
    """The cores that this process may use: by its affinity, and by its control group's quota.

    A job of a cluster or of CI sees all cores of its machine and may use a few of them.

    Args:
        proc, groups: where the kernel tells of processes and of control groups (version 2).

    Source: the kernel's documentation of cgroup v2, `cpu.max`: "$MAX $PERIOD" in microseconds.
    """
    cores = float(len(os.sched_getaffinity(0)))
    for folder in _own_groups(proc, groups):
        try:
            most, period = (folder / "cpu.max").read_text("ascii").split()
            cores = min(cores, float(most) / float(period))
        except (OSError, ValueError):  # no such file in the root group; "max" is no number
            continue
    return max(1, int(cores))


def side_by_side(tier: str) -> int:
    """Notebooks at a time, at least one, that have the cores which they use to themselves.

    Args:
        tier: of the data, `mini` or `full`.
    """
    return max(1, usable() // A_NOTEBOOK[tier])


def _own_groups(proc: Path, groups: Path) -> list[Path]:
    """The folder of this process's control group, and those of all around it."""
    try:
        lines = (proc / "self/cgroup").read_text("utf-8").splitlines()
    except OSError:
        return []
    own = next((line[3:] for line in lines if line.startswith("0::")), "/")
    folder = groups / own.strip("/")
    return [folder, *(above for above in folder.parents if above.is_relative_to(groups))]
