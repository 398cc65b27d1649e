"""What comes out is plain files, and those who run the job cannot be harmed."""

from graders.core.types import Ending
from graders.doctor.model import Finding, Probe, Sight, Untried

_LONGEST_STALL_S = 10.0


def plant(sight: Sight) -> Finding:
    told = sight.told()
    if sight.files.odd:
        return Finding(False, f"came out: {', '.join(sight.files.odd)}"[:90])
    if sight.files.leaked:
        return Finding(False, "a file of the host came out through a link")
    if sight.stage.changed(sight.stage.host_file):
        return Finding(False, "a file of the host was changed through a link")
    if not told["places"]:
        raise Untried("no folder could be written to")
    count = sum(told["planted"].values())
    return Finding(True, f"{count} planted in {told['places']} folders, none came out")


def oversize(sight: Sight) -> Finding:
    sight.told()
    if sight.files.mib > sight.limits.output_mib:
        return Finding(False, f"{sight.files.mib:.0f} MiB came out")
    return Finding(True, f"{sight.files.mib:.1f} MiB came out, limit {sight.limits.output_mib}")


def _signalled(sight: Sight, name: str) -> Finding:
    """Whether those who run the job, its neighbour and the host's processes are unharmed."""
    fate = sight.stage.fate(name)
    if fate != "alive":
        return Finding(False, f"a process of the host was {fate}")
    if sight.said is not None and not sight.said["apart"]:
        raise Untried("it sees the host's processes, so only one of them was aimed at")
    if sight.ours or sight.execution.ending is Ending.KILLED:
        return Finding(False, f"{sight.execution.ending}: {sight.execution.detail}"[:90])
    if sight.before != "ok":
        return Finding(False, "the evidence of the cell before it is lost")
    beside = sight.beside
    if beside is None or beside.said is None:
        return Finding(False, "the job beside it did not end well")
    if not beside.said["began"] < sight.started < beside.said["ended"]:
        raise Untried("no other job was at work at that time")
    return Finding(True, f"{sight.execution.ending}; earlier evidence and the neighbour are intact")


def kill(sight: Sight) -> Finding:
    return _signalled(sight, "kill")


def stop(sight: Sight) -> Finding:
    return _signalled(sight, "stop")


def term(sight: Sight) -> Finding:
    return _signalled(sight, "term")


def neighbour(sight: Sight) -> Finding:
    """The job that ran beside all others."""
    told = sight.told()
    if sight.execution.ending is not Ending.FINISHED:
        return Finding(False, f"it ended with: {sight.execution.ending}")
    if not told["unchanged"]:
        return Finding(False, "its file was changed")
    if told["failed"]:
        return Finding(False, f"{told['failed']} of {told['forks']} times it got no process")
    stall = float(told["longest_stall_s"])
    words = f"{told['forks']} rounds of work, longest stall {stall:.1f} s"
    return Finding(stall < _LONGEST_STALL_S, words)


PROBES = (
    Probe("planted outputs", "No link, device, FIFO or socket comes out, nor what it points to.",
          "mischief.plant", plant, "plant"),
    Probe("oversize outputs", "What comes out is limited in size.",
          "mischief.oversize", oversize, "plant"),
    Probe("SIGKILL to the probe", "Those who run the job, and its neighbours, cannot be killed.",
          "mischief.kill", kill, "kill"),
    Probe("SIGSTOP to the probe", "They cannot be frozen.", "mischief.stop", stop, "stop"),
    Probe("SIGTERM to the probe", "They cannot be asked to end.", "mischief.term", term, "term"),
    Probe("neighbour", "A job that runs beside all of these is unharmed.",
          "mischief.sit_beside", neighbour, "neighbour"),
)  # fmt: skip
