"""What a process does to itself before student code may run in it or below it."""

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MIB = 2**20
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
# Address space that is reserved rather than used (thread stacks, allocators' arenas). The limit
# on data is only a backstop: one huge request becomes a MemoryError instead of a killed kernel.
_RESERVE_MIB = 512
_OPEN_FILES = 1024


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every orphan below, so that a daemon cannot slip away (Linux)."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent: int) -> None:
    """End when the process that forked us ends (Linux)."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)


def close_to_others(closed: bool = True) -> None:
    """Let no process of the same account trace this one or look into its memory and open files
    (Linux); forks inherit it, until they open themselves again."""
    _prctl(_PR_SET_DUMPABLE, 0 if closed else 1)


def limit_resources(limits: Mapping[str, Any]) -> None:
    """Set the limits that the operating system enforces for this process and all below it.

    Args:
        limits: `cpu_s`, `file_mib`, `memory_mib` of the plan. Where the system knows no such
            limit (Windows), or grants less, what it has is kept.
    """
    if sys.platform == "win32":
        return
    import resource

    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: int(limits["cpu_s"]) + 1,
        resource.RLIMIT_FSIZE: int(limits["file_mib"]) * MIB,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
    }
    if sys.platform == "linux":  # elsewhere it counts what is mapped, which says nothing
        wanted[resource.RLIMIT_DATA] = (int(limits["memory_mib"]) + _RESERVE_MIB) * MIB
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def volunteer_for_oom() -> None:
    """Ask the system to kill this process first when the whole machine runs out of memory."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def enter(environment: Mapping[str, str], folder: str) -> None:
    """Take on a job's environment (nothing of the old one stays) and working folder."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)


def quieten(log: int | None = None) -> None:
    """Standard input from nowhere; output to nowhere, or to the open file `log`."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere if log is None else log, 1)
    os.dup2(nowhere if log is None else log, 2)
    if nowhere > 2:
        os.close(nowhere)


def close_all_but(*keep: int) -> None:
    """Close every open file from 3 up except `keep`: nothing of the server leaks to a job."""
    start = 3
    for number in sorted(set(keep)):
        if number >= 3:
            os.closerange(start, number)
            start = number + 1
    os.closerange(start, 65536 if sys.platform == "win32" else _most_files())


def _most_files() -> int:
    import resource

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
