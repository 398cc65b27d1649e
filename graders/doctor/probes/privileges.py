"""Nobody becomes more than they are, or looks into what is not theirs."""

from graders.doctor.model import Finding, Probe, Sight, Untried


def setuid(sight: Sight) -> Finding:
    told = sight.told()
    if told["uid"] == 0:
        return Finding(False, "it runs as root")
    if told["became"]:
        return Finding(False, f"worked: {', '.join(told['became'])}")
    if not told["no_new_privileges"]:
        return Finding(False, f"{told['programs']} programs could still give it root's rights")
    return Finding(True, f"account {told['uid']}, no new privileges")


def capabilities(sight: Sight) -> Finding:
    kept = {name: value for name, value in sight.told().items() if value}
    if kept:
        name, value = next(iter(kept.items()))
        return Finding(False, f"{name} holds {bin(value).count('1')}")
    return Finding(True, "none, and none to be had")


def trace(sight: Sight) -> Finding:
    told = sight.told()
    if not told["tried"]:
        raise Untried("no other process was in sight")
    apart = told["others"] or told["first"] == "EPERM"  # somebody else's processes are there
    # Its own account's processes are the job itself, where those who run it have another.
    held = [(pid, what) for pid, uid, what in told["held"]
            if not told["apart"] or not apart or uid != told["uid"]]  # fmt: skip
    if held:
        return Finding(False, f"{held[0][1]}: process {held[0][0]}, {len(held)} ways in all")
    return Finding(True, f"refused for {told['others']} processes of others")


def namespaces(sight: Sight) -> Finding:
    told = sight.told()
    words = [*told["made"], *(f"{kind} of process 1" for kind in told["entered"])]
    return Finding(not words, f"made: {', '.join(words)}" if words else "refused")


def mounts(sight: Sight) -> Finding:
    told = sight.told()
    done = told["done"]
    return Finding(not done, f"worked: {', '.join(done)}" if done else
                   f"all {told['tried']} ways refused")  # fmt: skip


def devices(sight: Sight) -> Finding:
    told = sight.told()
    words = [*(f"made a {kind} device" for kind in told["made"]), *told["opened"]]
    if words:
        return Finding(False, f"{len(words)}: {', '.join(words)}"[:90])
    return Finding(True, "none can be made, only harmless ones are there")


def gpus(sight: Sight) -> Finding:
    found = sight.told()["found"]
    return Finding(not found, f"in sight: {', '.join(found)[:70]}" if found else "none in sight")


def keyring(sight: Sight) -> Finding:
    worked = [name for name, how in sight.told().items() if how == "done"]
    return Finding(not worked, f"worked: {', '.join(worked)}" if worked else "refused")


def kernel_doors(sight: Sight) -> Finding:
    told = sight.told()
    if told["open"]:
        return Finding(False, f"not refused: {', '.join(told['open'])}")
    return Finding(True, f"all {len(told['answers'])} refused")


def io_uring(sight: Sight) -> Finding:
    how = str(sight.told()["how"])
    return Finding(
        how in ("EPERM", "EACCES", "ENOSYS"), "it can be set up" if how == "done" else how
    )


def kernel_messages(sight: Sight) -> Finding:
    opened = sight.told()["opened"]
    return Finding(not opened, f"read: {', '.join(opened)[:70]}" if opened else "nothing readable")


def peek(sight: Sight) -> Finding:
    told = sight.told()
    leaked = {"command": "command line", "environ": "environment", "neighbour": "neighbour's"}
    words = [leaked[name] for name in sight.stage.leaked(sight.printed) if name in leaked]
    if words:
        return Finding(False, f"read of the host's processes: {', '.join(words)}")
    return Finding(True, f"nothing of others in {told['seen']} files")


def environment(sight: Sight) -> Finding:
    told = sight.told()
    if "token" in sight.stage.leaked(sight.printed):
        return Finding(False, "a variable of the host's environment was passed on")
    return Finding(True, f"nothing of the host's among {told['seen']} variables")


def clock(sight: Sight) -> Finding:
    told = sight.told()
    shift = sight.stage.clock_shift_s()
    if told["set"]:
        return Finding(False, "may be set" + ("" if told["apart"] else f" ({told['how']})"))
    if abs(shift) > 2.0:
        return Finding(False, f"the host's clock has moved by {shift:.1f} s")
    if not told["apart"]:
        return Finding(True, "it lacks the right (not tried: the clock is the host's own)")
    return Finding(True, f"refused: {told['how']}")


def limits(sight: Sight) -> Finding:
    told = sight.told()
    if told["raised"]:
        return Finding(False, f"raised: {', '.join(told['raised'])}")
    if not told["finite"]:
        return Finding(False, "there is no limit at all")
    return Finding(True, f"{told['finite']} hard limits, none can be raised")


def core_dump(sight: Sight) -> Finding:
    told = sight.told()
    if not told["crashed"]:
        raise Untried("the process that should have crashed did not")
    dumped = told["dumped"] or told["left"]
    return Finding(not dumped, "a crash was dumped" if dumped else "a crash left nothing")


PROBES = (
    Probe("setuid", "Nobody becomes root, by programs that could make them so neither.",
          "privileges.setuid", setuid),
    Probe("capabilities", "No part of root's rights is left.",
          "privileges.capabilities", capabilities),
    Probe("ptrace", "Those who run the job cannot be traced, read, or robbed of their files.",
          "privileges.trace", trace),
    Probe("new namespaces", "No namespace can be made or entered.",
          "privileges.namespaces", namespaces),
    Probe("mounts", "Nothing can be mounted, the root folder stays.",
          "privileges.mounts", mounts),
    Probe("devices", "No device of the machine can be made or opened.",
          "privileges.devices", devices),
    Probe("GPUs", "No graphics processor is in sight of a job without a lease.",
          "privileges.gpus", gpus),
    Probe("keyring", "The kernel keeps no keys for a job.", "privileges.keyring", keyring),
    Probe("risky system calls", "Parts of the kernel that no notebook needs are closed.",
          "privileges.kernel_doors", kernel_doors),
    Probe("io_uring", "No system call goes past the filter.", "privileges.io_uring", io_uring),
    Probe("kernel messages", "The kernel's log, memory and addresses cannot be read.",
          "privileges.kernel_messages", kernel_messages),
    Probe("/proc peeking", "Command lines and environments of the host cannot be read.",
          "privileges.peek", peek),
    Probe("environment", "The host's environment variables are not passed on.",
          "privileges.environment", environment),
    Probe("time of day", "The clock cannot be set.", "privileges.clock", clock),
    Probe("own limits", "A job's limits and priority cannot be raised.",
          "privileges.limits", limits),
    Probe("core dumps", "A crash leaves nothing on the disk.", "privileges.core_dump", core_dump),
)  # fmt: skip
