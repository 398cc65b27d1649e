"""Attacks on what the job leaves behind, and on those who run it."""

import contextlib
import os
import signal
import stat
import time
from collections.abc import Callable
from typing import Any

NAMES = (
    "executed.ipynb",
    "cells.jsonl",
    "answers.jsonl",
    "ending.json",
    "answers/0000.npy",
    "more",
)


def writable(facts: dict[str, Any]) -> list[str]:
    """Folders to plant things in: the outputs, and what else may be gathered up."""
    own = os.path.dirname(os.getcwd())
    tops = [facts["outputs"], "/outputs", os.getcwd(), os.path.join(own, "outputs")]
    if facts["apart"]:
        tops += [entry.path for entry in os.scandir("/") if entry.is_dir(follow_symlinks=False)]
        tops += ["/dev/shm", "/var/tmp", "/run/lock"]
    skip = ("/proc", "/sys", "/dev")
    return [top for top in dict.fromkeys(tops)
            if top not in skip and os.path.isdir(top) and os.access(top, os.W_OK)]  # fmt: skip


def plant(facts: dict[str, Any]) -> dict[str, Any]:
    """Links, devices and pipes where the results are gathered, under the results' own names."""
    planted: dict[str, int] = {}
    aim = facts["host_file"]
    ways: dict[str, Callable[[str], Any]] = {
        "symlink": lambda path: os.symlink(aim, path),
        "folder link": lambda path: os.symlink(os.path.dirname(aim), path),
        "hard link": lambda path: os.link(aim, path),
        "FIFO": os.mkfifo,
        "device": lambda path: os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5)),
        "socket": lambda path: os.mknod(path, stat.S_IFSOCK | 0o666),
    }
    for top in writable(facts):
        for way, action in ways.items():
            with contextlib.suppress(OSError):
                action(os.path.join(top, way.replace(" ", "-")))
                planted[way] = planted.get(way, 0) + 1
        for name in NAMES:  # in the place of the results themselves
            for path in (os.path.join(top, name), os.path.join(top, f"{name}.part")):
                with contextlib.suppress(OSError):
                    os.unlink(path)
                with contextlib.suppress(OSError):
                    ways["symlink"](path)
                    planted["symlink"] = planted.get("symlink", 0) + 1
    return {"places": len(writable(facts)), "planted": planted}


def oversize(facts: dict[str, Any]) -> dict[str, Any]:
    """A file in the outputs that claims to be a terabyte, and one that is too large."""
    done = []
    for top in writable(facts):
        with contextlib.suppress(OSError), open(os.path.join(top, "terabyte"), "wb") as file:
            file.truncate(2**40)
            done.append("sparse")
        with contextlib.suppress(OSError), open(os.path.join(top, "large"), "wb") as file:
            for _ in range(24):
                file.write(bytes(2**20))
            done.append("large")
    return {"done": done}


def everybody(apart: bool, victim: int) -> list[int]:
    """Every process in sight but this one; where it is the host's, only the doctor's own."""
    if not apart:
        return [victim]
    seen = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    # Numbers that are hidden from the listing can be signalled all the same.
    own = {int(name) for name in os.listdir("/proc/self/task")}  # a thread's number is ours, too
    return sorted({*seen, *range(1, 300)} - own)


def send(facts: dict[str, Any], name: str) -> dict[str, Any]:
    """Send a signal to everybody, each alone and all at once."""
    number = getattr(signal, f"SIG{name.upper()}")
    time.sleep(0.3)  # for what the cell has printed to leave this process
    reached = []
    for pid in everybody(facts["apart"], facts["victims"][name]):
        with contextlib.suppress(OSError):
            os.kill(pid, number)
            reached.append(pid)
    if facts["apart"]:
        with contextlib.suppress(OSError):
            os.kill(-1, number)
    time.sleep(0.5)
    return {"reached": reached, "apart": facts["apart"]}


def kill(facts: dict[str, Any]) -> dict[str, Any]:
    """Kill everybody."""
    return send(facts, "kill")


def stop(facts: dict[str, Any]) -> dict[str, Any]:
    """Freeze everybody."""
    return send(facts, "stop")


def term(facts: dict[str, Any]) -> dict[str, Any]:
    """Ask everybody to end."""
    return send(facts, "term")


def sit_beside(facts: dict[str, Any]) -> dict[str, Any]:
    """The neighbour: works in peace beside all attacks until the host says that it is enough."""
    text = os.environ["DLGRADE_DOCTOR_NEIGHBOUR"]
    with open("mine.txt", "w") as file:
        file.write(text)
    began = time.time()
    longest, forks, failed = 0.0, 0, 0
    path = os.path.join(os.environ["COURSE_DATA"], "enough")
    last = time.monotonic()
    while not os.path.exists(path) and time.time() < began + 240:
        time.sleep(0.05)
        with contextlib.suppress(OSError):
            forks += 1
            failed += 1
            pid = os.fork()
            if pid == 0:
                os._exit(0)
            os.waitpid(pid, 0)
            failed -= 1
        now = time.monotonic()
        longest, last = max(longest, now - last), now
    with open("mine.txt") as file:
        unchanged = file.read() == text
    return {"began": began, "ended": time.time(), "longest_stall_s": round(longest, 2),
            "forks": forks, "failed": failed, "unchanged": unchanged}  # fmt: skip
