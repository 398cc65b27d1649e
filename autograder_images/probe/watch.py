"""Measures and ends trees of processes: who is below whom, what they use, and how to stop them.

Linux is read from /proc (well under a millisecond a process); elsewhere psutil does it.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

LINUX = (
    sys.platform == "linux" and Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists()
)
MIB = 2**20
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
if LINUX:
    _PAGE = os.sysconf("SC_PAGE_SIZE")
    _TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process uses: resident bytes (shared pages counted in full), CPU seconds."""

    rss: int
    cpu_s: float  # its own and that of the children it has waited for


def descendants(pid: int, most: int = 100_000) -> dict[int, int]:
    """Every process below `pid` (not `pid` itself), parents first: pid → parent's pid.

    Stops looking after `most`: a fork bomb grows faster than anybody can count.
    """
    if not LINUX:
        return _descendants_by_psutil(pid)
    found: dict[int, int] = {}
    todo = [pid]
    while todo and len(found) <= most:
        parent = todo.pop()
        try:
            threads = os.listdir(f"/proc/{parent}/task")
        except OSError:  # gone meanwhile
            continue
        for thread in threads:
            try:
                with open(f"/proc/{parent}/task/{thread}/children", "rb") as file:
                    children = [int(word) for word in file.read().split()]
            except OSError:
                continue
            for child in children:
                if child not in found:
                    found[child] = parent
                    todo.append(child)
    return found


def usage(pid: int) -> Usage | None:
    """What `pid` uses now, or None when it is gone."""
    if not LINUX:
        return _usage_by_psutil(pid)
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name in brackets may hold blanks and brackets: count from the last one.
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    if len(fields) < 22:
        return None
    return Usage(int(fields[21]) * _PAGE, sum(int(word) for word in fields[11:15]) / _TICK)


def proportional(pid: int) -> int:
    """Bytes that `pid` answers for: pages shared with n processes count 1/n each.

    Forked kernels share most of the warm interpreter, so a sum of resident sizes would count it
    several times. Dearer than `usage`: asked only when that sum looks like too much.
    """
    if LINUX:
        try:
            with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
                for line in file:
                    if line.startswith(b"Pss:"):
                        return int(line.split()[1]) * 1024
        except OSError:
            return 0
    used = usage(pid)
    return used.rss if used else 0


def folder_bytes(folders: list[Path], entries: int = 20_000) -> float:
    """Bytes below `folders`, links not followed; infinite beyond so many entries (a full inode
    table is a full disk, too)."""
    total = 0
    seen = 0
    todo = [str(folder) for folder in folders]
    while todo:
        try:
            with os.scandir(todo.pop()) as found:
                for entry in found:
                    seen += 1
                    if seen > entries:
                        return float("inf")
                    with contextlib.suppress(OSError):
                        if entry.is_dir(follow_symlinks=False):
                            todo.append(entry.path)
                        else:
                            status = entry.stat(follow_symlinks=False)
                            # A sparse file takes what is allotted, not what it claims.
                            blocks = getattr(status, "st_blocks", None)
                            total += status.st_size if blocks is None else blocks * 512
        except OSError:
            continue
    return total


def send(pid: int, number: int) -> None:
    """Signal one process; one that is gone, or not ours any more, is no error."""
    with contextlib.suppress(OSError):
        os.kill(pid, number)


def end(pids: Iterable[int], spare: Iterable[int]) -> None:
    """Kill these processes and their groups (which no fork can outrun), but no group of `spare`."""
    groups: set[int] = set()
    spared = {os.getpid(), *spare}
    if os.name == "posix":
        for pid in pids:
            with contextlib.suppress(OSError):
                groups.add(os.getpgid(pid))
        for pid in spared:
            with contextlib.suppress(OSError):
                groups.discard(os.getpgid(pid))
        for group in groups:
            with contextlib.suppress(OSError):
                os.killpg(group, signal.SIGKILL)
    for pid in pids:
        send(pid, signal.SIGKILL if os.name == "posix" else signal.SIGTERM)


def end_below(pid: int) -> None:
    """Kill everything below `pid`. Frozen first, so that a fork bomb cannot outrun the count."""
    if os.name != "posix":
        for child in descendants(pid):
            send(child, signal.SIGTERM)  # TerminateProcess: cannot be caught there
        return
    frozen: set[int] = set()
    for _ in range(50):
        fresh = descendants(pid).keys() - frozen
        if not fresh:
            break
        for child in fresh:
            send(child, signal.SIGSTOP)
        frozen |= fresh
    for child in frozen | descendants(pid).keys():
        send(child, signal.SIGKILL)


def reap_all(patience_s: float) -> tuple[float, int, int]:
    """Kill and wait for every child of this process, until there is none.

    Returns:
        CPU seconds of the reaped, the largest resident size of one of them in bytes, and how many
        children were still there when patience ended.
    """
    cpu_s, peak = 0.0, 0
    until = time.monotonic() + patience_s
    pause = 0.001
    while True:
        end_below(os.getpid())
        while True:
            try:
                pid, _, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return cpu_s, peak, 0
            if pid == 0:
                break
            cpu_s += used.ru_utime + used.ru_stime
            peak = max(peak, used.ru_maxrss * MAXRSS_UNIT)
        if time.monotonic() > until:
            return cpu_s, peak, len(descendants(os.getpid()))
        time.sleep(pause)
        pause = min(0.05, pause * 2)


def _descendants_by_psutil(pid: int) -> dict[int, int]:
    import psutil

    try:
        return {child.pid: child.ppid() for child in psutil.Process(pid).children(recursive=True)}
    except psutil.Error:
        return {}


def _usage_by_psutil(pid: int) -> Usage | None:
    import psutil

    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        return Usage(int(process.memory_info().rss), float(times.user + times.system))
    except psutil.Error:
        return None
