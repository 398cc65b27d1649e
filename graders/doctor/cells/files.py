"""Reading and writing what is not the job's own."""

import contextlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from typing import Any

# Where the host's or another process's view of the files may hide.
VIEWS = ("", "/host", "/rootfs", "/mnt", "/proc/1/root", "/proc/self/root")


def other_views() -> Iterator[str]:
    """Roots and working folders of every process in sight."""
    for name in os.listdir("/proc") if os.path.isdir("/proc") else []:
        if name.isdigit():
            for kind in ("root", "cwd"):
                yield f"/proc/{name}/{kind}"


def content(path: str, limit: int = 4096) -> str:
    """The beginning of a file, or nothing."""
    try:
        with open(path, "rb") as file:
            return file.read(limit).decode("utf-8", "replace")
    except OSError:
        return ""


def wanted(path: str, secret: str) -> list[str]:
    """What is found of a file of the host through every view."""
    found = [content(view + path) for view in (*VIEWS, *other_views())]
    return sorted({text for text in found if secret in text})


def host_file(facts: dict[str, Any]) -> dict[str, Any]:
    """A file of the host, by its path."""
    return {"found": wanted(facts["host_file"], facts["secret"])}


def shared_memory(facts: dict[str, Any]) -> dict[str, Any]:
    """A file of the host in what its processes share as memory."""
    return {"found": wanted(facts["shared_memory"], facts["secret"])}


def other_student(facts: dict[str, Any]) -> dict[str, Any]:
    """Another student's submission, as it lies in the course folder."""
    return {"found": wanted(facts["other_student"], facts["secret"])}


def neighbour(facts: dict[str, Any]) -> dict[str, Any]:
    """The working folder of a job that runs at the same time: it holds a file `mine.txt`."""
    began = time.time()
    found: set[str] = set()
    looked = 0
    while not found and time.time() < began + 3.0:
        starts = [os.path.dirname(os.path.dirname(os.getcwd())), "/tmp", "/var/tmp", "/dev/shm"]
        for top in {*starts, *other_views()}:
            for folder, folders, names in os.walk(top):
                looked += 1
                if folder.removeprefix(top).count("/") >= 3 or "/proc" in folder[5:]:
                    folders.clear()
                if "mine.txt" in names:
                    text = content(os.path.join(folder, "mine.txt"))
                    found |= {text} if facts["secret"] in text else set()
                if time.time() > began + 3.0:
                    break
        time.sleep(0.2)
    return {"began": began, "ended": time.time(), "looked": looked, "found": sorted(found)}


def questions(facts: dict[str, Any]) -> dict[str, Any]:
    """The plan with the questions and unseen inputs: on the disk, and in the driver's memory."""
    found = set()
    folders = [facts["inputs"], "/inputs", "/private", "/opt/dlgrade", *other_views()]
    own = os.getcwd()
    folders += [os.path.join(os.path.dirname(own), name) for name in ("inputs", "private")]
    for folder in folders:
        for name in ("plan.json", "inputs.npz", "inputs/plan.json", "inputs/inputs.npz"):
            text = content(os.path.join(folder, name), 2**20)
            found |= (
                {text[text.index(facts["secret"]) :][:80]} if facts["secret"] in text else set()
            )
    return {"found": sorted(found), "in_memory": in_memory(facts)}


def suppressed() -> contextlib.suppress:
    """Memory that may not be read, or is gone meanwhile."""
    return contextlib.suppress(OSError, ValueError, OverflowError)


def in_memory(facts: dict[str, Any]) -> list[str]:
    """What the processes above this one hold in their memory, searched for three seconds."""
    needle = (facts["secret"] + "questions-").encode()
    until = time.time() + 3.0
    found: set[str] = set()
    for pid in ancestors(facts["apart"]):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/maps") as maps:
            for line in maps:
                words = line.split()
                named = len(words) > 5 and words[5] != "[heap]"
                if time.time() > until or not words[1].startswith("rw") or named:
                    continue
                low, high = (int(end, 16) for end in words[0].split("-"))
                with (
                    contextlib.suppress(OSError, ValueError),
                    open(f"/proc/{pid}/mem", "rb") as mem,
                ):
                    mem.seek(low)
                    data = mem.read(min(high - low, 2**26))
                    at = data.find(needle)
                    if at >= 0:
                        found.add(data[at : at + 80].decode("ascii", "replace"))
    return sorted(found)


def ancestors(apart: bool) -> list[int]:
    """The two processes above this one; where no harm can be done, everything else in sight."""
    found = []
    pid = os.getpid()
    for _ in range(2):
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(content(f"/proc/{pid}/stat").rpartition(")")[2].split()[1])
            found += [pid] if pid > 0 else []
    if apart:
        seen = {int(name) for name in os.listdir("/proc") if name.isdigit()}
        found += sorted(seen - {os.getpid(), *found})
    return found


def write_root(facts: dict[str, Any]) -> dict[str, Any]:
    """Change the system's files. Where they are the host's, only the doctor's own is aimed at."""
    written = []
    name = f"dlgrade-doctor-{facts['token']}"
    places = ["/", "/etc", "/usr", "/usr/bin", "/opt", "/opt/dlgrade", "/opt/dlgrade/probe", "/opt",
              "/opt/venv", "/var", "/bin", "/lib", "/root", "/home", "/boot", "/srv"]  # fmt: skip
    if not facts["apart"]:
        places = [os.path.dirname(facts["host_file"])]
    for place in places:
        path = os.path.join(place, name)
        with contextlib.suppress(OSError):
            with open(path, "w") as file:
                file.write("x")
            written.append(path)
            os.unlink(path)
    targets = ["/etc/passwd", "/etc/hosts", "/etc/resolv.conf", "/etc/ld.so.preload"]
    for path in targets if facts["apart"] else []:
        with contextlib.suppress(OSError), open(path, "ab"):
            written.append(path)
    return {"written": written, "apart": facts["apart"]}


def write_data(facts: dict[str, Any]) -> dict[str, Any]:
    """Change the course data and the folder with the job's inputs, by every means."""
    done = []
    folder = os.environ.get("COURSE_DATA", "/data")
    path = os.path.join(folder, facts["data_file"])
    read = facts["secret"] in content(path)
    ways: dict[str, Callable[[], Any]] = {
        "overwritten": lambda: overwrite(path),
        "made writable": lambda: os.chmod(path, stat.S_IRWXU | stat.S_IRWXO),
        "touched": lambda: os.utime(path),
        "added": lambda: overwrite(os.path.join(folder, "added")),
        "linked": lambda: os.link(path, os.path.join(folder, "linked")),
        "renamed": lambda: os.rename(path, path + ".moved"),
        "removed": lambda: os.unlink(path + ".moved"),
    }
    for how, way in ways.items():
        with contextlib.suppress(OSError):
            way()
            done.append(how)
    for place in (facts["inputs"], "/inputs"):
        with contextlib.suppress(OSError):
            overwrite(os.path.join(place, "notebook.ipynb"))
            done.append("inputs overwritten")
    return {"read": read, "done": done}


def overwrite(path: str) -> None:
    """Write a word over a file."""
    with open(path, "w") as file:
        file.write("changed")


def open_for_writing(paths: list[str]) -> list[str]:
    """Those of `paths` that open for writing. Nothing is written."""
    opened = []
    for path in paths:
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
            opened.append(path)
    return opened


def system_switches(facts: dict[str, Any]) -> dict[str, Any]:
    """The kernel's own switches in /proc and /sys, and the control groups' files."""
    paths = [
        "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
        "/proc/sys/kernel/hostname", "/proc/sys/vm/overcommit_memory", "/proc/sys/vm/drop_caches",
        "/proc/sys/net/ipv4/ip_forward", "/proc/sys/fs/binfmt_misc/register", "/proc/timer_stats",
        "/proc/irq/default_smp_affinity", "/sys/kernel/uevent_helper", "/sys/power/state",
        "/sys/kernel/mm/ksm/run", "/sys/module/kernel/parameters/panic",
    ]  # fmt: skip
    return {"writable": open_for_writing(paths), "tried": len(paths)}


def control_groups(facts: dict[str, Any]) -> dict[str, Any]:
    """Raise or leave the job's own limits through the control groups."""
    names = {
        "release_agent", "notify_on_release", "cgroup.procs", "tasks", "memory.max",
        "memory.limit_in_bytes", "pids.max", "cpu.max", "cpu.cfs_quota_us", "devices.allow",
    }  # fmt: skip
    paths = []
    for folder, folders, files in os.walk("/sys/fs/cgroup"):
        paths += [os.path.join(folder, name) for name in names.intersection(files)]
        if folder.count("/") > 5 or len(paths) > 2000:
            folders.clear()
    return {"writable": open_for_writing(paths)[:5], "tried": len(paths)}
