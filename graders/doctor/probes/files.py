"""Nothing of the host's or of other students is read, and nothing but the job's own is written."""

from graders.doctor.model import Finding, Probe, Sight, Untried


def _kept_secret(sight: Sight, secret: str) -> Finding:
    """Whether the canary's content came out of the sandbox."""
    told = sight.told()
    if secret in sight.stage.leaked(sight.printed):
        return Finding(False, "its content came out in the notebook")
    return Finding(
        True, f"not found ({told['looked']} folders)" if "looked" in told else "not found"
    )


def host_file(sight: Sight) -> Finding:
    return _kept_secret(sight, "host")


def shared_memory(sight: Sight) -> Finding:
    if not sight.stage.shared_memory.exists():
        raise Untried("the host has no /dev/shm")
    return _kept_secret(sight, "memory")


def other_student(sight: Sight) -> Finding:
    return _kept_secret(sight, "student")


def neighbour(sight: Sight) -> Finding:
    found = _kept_secret(sight, "neighbour")
    if found.held:
        told, beside = sight.told(), sight.beside
        there = beside.said if beside is not None else None
        if there is None or not there["began"] < told["ended"] < there["ended"]:
            raise Untried("no other job was at work at that time")
    return found


def questions(sight: Sight) -> Finding:
    told = sight.told()
    if "questions" not in sight.stage.leaked(sight.printed):
        return Finding(True, "neither on the disk nor in anybody's memory")
    where = [name for name in ("found", "in_memory") if told[name]]
    words = {"found": "on the disk", "in_memory": "in the driver's memory"}
    return Finding(False, f"read {' and '.join(words[name] for name in where)}")


def write_root(sight: Sight) -> Finding:
    told = sight.told()
    if sight.stage.changed(sight.stage.host_file):
        return Finding(False, "a file of the host was changed")
    if told["written"]:
        where = "beside the host's file" if not told["apart"] else ", ".join(told["written"])
        return Finding(False, f"could write {where[:70]}")
    return Finding(True, "nothing could be written")


def write_data(sight: Sight) -> Finding:
    told = sight.told()
    if not told["read"]:
        raise Untried("the course data could not even be read")
    if sight.stage.changed(sight.stage.data_file) or told["done"]:
        return Finding(False, f"the host's files were {', '.join(told['done'])[:70] or 'changed'}")
    return Finding(True, "read, and as before")


def system_switches(sight: Sight) -> Finding:
    told = sight.told()
    if open_ := told["writable"]:
        return Finding(False, f"{len(open_)} of {told['tried']} open for writing: {open_[0]}")
    return Finding(True, f"none of {told['tried']} opens for writing")


def control_groups(sight: Sight) -> Finding:
    told = sight.told()
    if open_ := told["writable"]:
        return Finding(False, f"opens for writing: {open_[0]}"[:90])
    return Finding(True, f"none of {told['tried']} files opens for writing")


PROBES = (
    Probe("host files", "No file of the host can be read.", "files.host_file", host_file),
    Probe("host's shared memory", "The host's shared memory cannot be read.",
          "files.shared_memory", shared_memory),
    Probe("other students' submissions", "No other submission can be read.",
          "files.other_student", other_student),
    Probe("other students' running jobs", "No job sees the files of one that runs beside it.",
          "files.neighbour", neighbour),
    Probe("unseen questions", "What is asked after the notebook cannot be known before.",
          "files.questions", questions),
    Probe("writes to root", "The system's files cannot be changed.",
          "files.write_root", write_root),
    Probe("writes to the data", "Course data and inputs cannot be changed.",
          "files.write_data", write_data),
    Probe("/proc and /sys switches", "The kernel's settings cannot be changed.",
          "files.system_switches", system_switches),
    Probe("control groups", "A job's limits cannot be lifted through its control groups.",
          "files.control_groups", control_groups),
)  # fmt: skip
