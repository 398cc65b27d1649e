"""Taking all there is. Every attack has an end of its own, so that it is safe to run anywhere."""

import contextlib
import importlib
import os
import signal
import sys
import time
from typing import Any

MOST_PROCESSES = 400
MOST_MIB = 640
MOST_DISK_MIB = {True: 96, False: 64}  # in each place; less where it is the host's own disk
MOST_ENTRIES = 25_000


def named(mark: str) -> None:
    """Take a name by which the host can find this process."""
    with contextlib.suppress(OSError), open("/proc/self/comm", "w") as file:
        file.write(mark)


def fork_bomb(facts: dict[str, Any]) -> dict[str, Any]:
    """Processes without end: each child makes children, all of them stay."""
    time.sleep(0.3)  # for what the cell has printed to leave this process before it is killed
    first = os.getpid()
    count = os.memfd_create("count")  # one byte a process, shared by all of them
    with contextlib.suppress(OSError):
        for _ in range(9):  # 2**9 is more than the most that is looked for
            made = os.fork()
            if made == 0:
                named(facts["marks"]["bomb"])
                os.write(count, b"x")
            if os.fstat(count).st_size >= MOST_PROCESSES:
                break
    if os.getpid() != first:
        time.sleep(8)
        os._exit(0)
    time.sleep(4)  # a limit that is only looked at now and then gets its chance
    return {"made": os.fstat(count).st_size, "most": MOST_PROCESSES}


def memory_bomb(facts: dict[str, Any]) -> dict[str, Any]:
    """Memory without end, every page of it touched."""
    hoard = []
    for taken in range(16, MOST_MIB + 1, 16):
        try:
            hoard.append(bytearray(os.urandom(4096) * 4096))
        except MemoryError:
            return {"refused_at_mib": taken}
        print(facts["token"], "mib", taken, flush=True)
        time.sleep(0.02)
    time.sleep(1)
    return {"refused_at_mib": None, "taken_mib": MOST_MIB}


def shared_memory_bomb(facts: dict[str, Any]) -> dict[str, Any]:
    """Memory that belongs to no process: files that live in memory, in many children."""
    files = []
    for taken in range(16, MOST_MIB + 1, 16):
        try:
            files.append(os.memfd_create("hoard"))
            os.write(files[-1], bytes(2**24))
        except (OSError, MemoryError):
            return {"refused_at_mib": taken}
        print(facts["token"], "mib", taken, flush=True)
        time.sleep(0.02)
    time.sleep(1)
    return {"refused_at_mib": None, "taken_mib": MOST_MIB}


def places(apart: bool) -> list[str]:
    """Every folder that this process may write to; one for each file system."""
    tops = [".", os.environ.get("TMPDIR", "/tmp"), os.path.expanduser("~")]
    if apart:
        tops += ["/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "/run/lock", "/outputs"]
        tops += ["/private", "/sockets", "/data", "/home", "/root", "/var", "/opt", "/"]
    found: dict[int, str] = {}
    for top in tops:
        with contextlib.suppress(OSError):
            if os.path.isdir(top) and os.access(top, os.W_OK | os.X_OK):
                found.setdefault(os.stat(top).st_dev, top)
    return list(found.values())


def disk_filler(facts: dict[str, Any]) -> dict[str, Any]:
    """Fill every file system that can be written to."""
    written = {}
    most = MOST_DISK_MIB[facts["apart"]]
    for place in places(facts["apart"]):
        path = os.path.join(place, "filler")
        done = 0
        with contextlib.suppress(OSError):
            # Several files: a limit on one file's size is not a limit on the disk.
            for part in range(most // 4):
                with open(f"{path}{part}", "wb") as file:
                    file.write(os.urandom(2**22))
                done += 4
                print(facts["token"], "disk", place, done, flush=True)
        written[place] = done
    time.sleep(1.5)  # for whoever only looks now and then
    return {"written_mib": written, "most": most}


def inode_filler(facts: dict[str, Any]) -> dict[str, Any]:
    """Empty files without end: they take no bytes, but names."""
    made = {}
    for place in places(facts["apart"]):
        folder = os.path.join(place, "names")
        count = 0
        with contextlib.suppress(OSError):
            os.mkdir(folder)
            for count in range(MOST_ENTRIES):
                os.close(os.open(os.path.join(folder, str(count)), os.O_CREAT | os.O_WRONLY))
        made[place] = count
    time.sleep(1.5)
    return {"made": made, "most": MOST_ENTRIES}


def printed_lines(facts: dict[str, Any]) -> dict[str, Any]:
    """Ten million printed lines."""
    for number in range(10_000_000):
        print(f"line {number}")
    return {"printed": 10_000_000}


def output_flood(facts: dict[str, Any]) -> dict[str, Any]:
    """Displays, errors and bytes past Python, as fast as they go, for three seconds."""
    show: Any = importlib.import_module("IPython.display").display
    until = time.monotonic() + 3.0
    sent = 0
    while time.monotonic() < until and sent < 2**28:
        show({"text/plain": "x" * 300_000, "image/png": "A" * 700_000}, raw=True)
        os.write(1, b"y" * 65536)
        os.write(2, b"z" * 65536)
        sys.stderr.write("w" * 100_000)
        sent += 1_231_072
    return {"sent": sent}


def zombies(facts: dict[str, Any]) -> dict[str, Any]:
    """Dead children that nobody waits for: ours, and orphans that are left to the system."""
    made = 0
    with contextlib.suppress(OSError):
        for _ in range(MOST_PROCESSES // 2):
            pid = os.fork()
            if pid == 0:
                named(facts["marks"]["zombie"])
                with contextlib.suppress(OSError):
                    if os.fork() == 0:
                        time.sleep(0.05)
                os._exit(0)
            made += 1
    time.sleep(1.0)
    return {"made": made}


def daemons(facts: dict[str, Any]) -> dict[str, Any]:
    """Leave processes behind: other sessions, no parent, no environment, deaf to signals."""
    started = 0
    words = [sys.executable, "-c", "import time; time.sleep(60)", facts["marks"]["daemon"]]
    for deaf in (True, False):
        if os.fork() == 0:
            os.setsid()
            if deaf:
                for number in range(1, 32):
                    with contextlib.suppress(OSError, ValueError):
                        signal.signal(number, signal.SIG_IGN)
            if os.fork() == 0:
                os.chdir("/")
                os.closerange(0, 64)
                os.execve(words[0], words, {"PATH": "/usr/bin:/bin"})
            os._exit(0)
        started += 1
    until = time.monotonic() + 4.0
    while (seen := in_sight(facts["marks"]["daemon"])) < started and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(2.5)  # for the host to see them alive, too
    return {"started": seen}


def in_sight(mark: str) -> int:
    """How many processes of this sandbox carry `mark` in their command line."""
    found = 0
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError), open(f"/proc/{name}/cmdline", "rb") as file:
            found += mark.encode() in file.read()
    return found
