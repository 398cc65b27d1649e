"""Whoever takes all there is gets what the limits allow, and the machine goes on.

A bomb is often killed before it can tell anything, so these judges ask first whether it began.
"""

import re

from graders.core.types import Ending
from graders.doctor.model import Finding, Probe, Sight, Untried

_HOST_MIB = 200  # how much the doctor's own memory may grow meanwhile
_SLACK = 1.3  # limits that are only looked at now and then are overrun a little
_OWN_MIB = 256  # what those who run the job may need of its memory, on top of the job's limit
_FIXED_MIB = 64  # folders that the job's limit says nothing about, such as /dev/shm
_STARTS_S = 45.0  # what a job may take besides its notebook: starts and ends of kernels


def _survived(sight: Sight) -> Finding | None:
    """What no bomb may bring about; None where all is well."""
    if sight.ours:
        return Finding(False, f"it became a fault of ours: {sight.execution.detail}"[:90])
    if sight.before != "ok":
        return Finding(False, "the evidence of the cell before it is lost")
    if sight.grown_mib > _HOST_MIB:
        return Finding(False, f"the host's own memory grew by {sight.grown_mib:.0f} MiB")
    if sight.files.mib > sight.limits.output_mib * _SLACK:
        return Finding(False, f"it left {sight.files.mib:.0f} MiB on the host")
    limits = sight.limits
    if sight.execution.wall_s > limits.wall_s + limits.ask_s + _STARTS_S:
        return Finding(False, f"it took {sight.execution.wall_s:.0f} s")
    if sight.left:
        return Finding(False, f"{sight.left} processes are still there")
    return None


def _last_mib(sight: Sight) -> float:
    """The last amount of memory that the cell had announced."""
    found = re.findall(rf"{sight.stage.token} mib (\d+)", sight.printed)
    return float(found[-1]) if found else 0.0


def fork_bomb(sight: Sight) -> Finding:
    if bad := _survived(sight):
        return bad
    most = sight.watcher.most_alive[sight.stage.marks["bomb"]]
    if sight.said is None or sight.execution.ending is Ending.PROCESS_LIMIT:
        return Finding(True, f"{sight.execution.ending}; at most {most} were seen")
    made = int(sight.said["made"])
    if made >= sight.limits.processes * _SLACK:
        words = f"{made} processes, {most} seen at a time, limit {sight.limits.processes}"
        return Finding(False, words)
    return Finding(True, f"refused after {made} processes")


def memory_bomb(sight: Sight) -> Finding:
    if bad := _survived(sight):
        return bad
    reached = _last_mib(sight)
    if sight.said is not None:
        refused = sight.said["refused_at_mib"]
        reached = sight.said["taken_mib"] if refused is None else refused
    words = f"{sight.epitaph} at {reached:.0f} MiB, limit {sight.limits.memory_mib}"
    return Finding(reached <= sight.limits.memory_mib + _OWN_MIB, words)


def disk_filler(sight: Sight) -> Finding:
    if bad := _survived(sight):
        return bad
    if sight.said is None:
        return Finding(True, sight.epitaph)
    written = sight.said["written_mib"]
    if not written:
        raise Untried("no folder could be written to")
    place, most = max(written.items(), key=lambda entry: entry[1])
    words = f"{most} MiB in {_short(place)}, limit {sight.limits.disk_mib}"
    room = max(sight.limits.disk_mib, _FIXED_MIB) * _SLACK
    return Finding(most <= room and most < sight.said["most"], words)


def inode_filler(sight: Sight) -> Finding:
    if bad := _survived(sight):
        return bad
    if sight.said is None:
        return Finding(True, sight.epitaph)
    made = sight.said["made"]
    if not made:
        raise Untried("no folder could be written to")
    place, most = max(made.items(), key=lambda entry: entry[1])
    full = most < sight.said["most"] - 1
    return Finding(full, f"{'stopped after ' if full else ''}{most} files in {_short(place)}")


def flood(sight: Sight) -> Finding:
    if bad := _survived(sight):
        return bad
    kept = f"{sight.files.mib:.1f} MiB kept, the host grew by {sight.grown_mib:.0f} MiB"
    if sight.after != "ok":
        return Finding(False, f"the cell after it: {sight.after or 'no trace'}; {kept}")
    return Finding(True, f"{sight.status}; {kept}")


def zombies(sight: Sight) -> Finding:
    if bad := _survived(sight):
        return bad
    if sight.said is None:
        return Finding(True, sight.epitaph)
    most = sight.watcher.most_zombies[sight.stage.marks["zombie"]]
    if not most:
        raise Untried("the host saw none of them: it cannot look into this sandbox")
    if sight.after != "ok":
        return Finding(False, f"the cell after it: {sight.after or 'no trace'}")
    return Finding(True, f"{sight.said['made']} made, {most} seen at a time, none left")


def daemons(sight: Sight) -> Finding:
    if bad := _survived(sight):
        return bad
    if not sight.told()["started"]:
        raise Untried("none could be started")
    if not sight.watcher.most_alive[sight.stage.marks["daemon"]]:
        raise Untried("the host never saw one alive: it cannot look into this sandbox")
    return Finding(True, "seen alive, gone with the job")


def _short(place: str) -> str:
    return place if len(place) < 24 else f"…{place[-22:]}"


PROBES = (
    Probe("fork bomb", "Too many processes are stopped, and none is left.",
          "greed.fork_bomb", fork_bomb, "forks"),
    Probe("memory bomb", "Memory is limited.", "greed.memory_bomb", memory_bomb, "memory"),
    Probe("shared memory bomb", "So is memory that belongs to no process.",
          "greed.shared_memory_bomb", memory_bomb, "shared memory"),
    Probe("disk filler", "Every writable folder is limited.",
          "greed.disk_filler", disk_filler, "disk"),
    Probe("inode filler", "So is the number of files.",
          "greed.inode_filler", inode_filler, "inodes"),
    Probe("output flood", "Displays and bytes without end fill neither memory nor disk.",
          "greed.output_flood", flood, "flood"),
    Probe("1e7 printed lines", "Neither does printing.", "greed.printed_lines", flood, "lines"),
    Probe("zombie flood", "Dead children block nothing and are cleared away.",
          "greed.zombies", zombies, "zombies"),
    Probe("outliving the job", "No process is left when the job has ended.",
          "greed.daemons", daemons, "daemons"),
)  # fmt: skip
