"""The probe of a container: takes one job from the host, runs it, hands back what it saw.

    python contained.py

Job and answer go over standard input and output: a line of JSON that names files and their sizes,
then their bytes. Nothing is mounted for them, so there is nothing that student code could find or
forge. Student code runs under another account, in kernels of the zygote (`zygote.py`). The end of
the input means that the host is gone: then we end, and with us the container.

Written for one job: a container is never used twice.
"""

import contextlib
import json
import os
import select
import signal
import stat
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import confine
import link
import pressure
import warm
import watch

PRIVATE = Path("/private")
OUTPUTS = Path("/outputs")
SOCKETS = Path("/sockets")
WRITABLE = [Path(name) for name in ("/work", "/tmp", "/home/student", "/dev/shm")]
POLL_S = 0.1
_ZYGOTE_S = 120.0  # its imports, on a slow disk
_DYING_S = 5.0  # as long as the zygote tries
_OWN_PROCESSES = 4  # init, this one, the driver, the zygote
_MOST_HEADER = 2**20
_MOST_FILES = 10_000
_LOG_TAIL = 8000
_OUR_FAULT = 70


class Host:
    """The host at the other end of our standard input and output."""

    def __init__(self) -> None:
        self._inlet = os.dup(0)
        self._outlet = os.dup(1)
        confine.quieten(2)

    def job(self) -> dict[str, Any]:
        """Wait for the job; its files are put below PRIVATE/inputs."""
        header = b""
        while not header.endswith(b"\n"):
            header += self._read(1)
            if len(header) > _MOST_HEADER:
                raise ValueError("the job's header is too long")
        job: dict[str, Any] = json.loads(header)
        folder = PRIVATE / "inputs"
        folder.mkdir()
        for name, size in job["files"]:
            with open(folder / name, "xb") as file:
                while size:
                    chunk = self._read(min(size, 2**20))
                    file.write(chunk)
                    size -= len(chunk)
        return job

    def _read(self, most: int) -> bytes:
        chunk = os.read(self._inlet, most)
        if not chunk:
            os._exit(0)
        return chunk

    def gone_after(self, also: int, seconds: float) -> bool:
        """Wait until `also` can be read or time is up; whether the host has gone meanwhile."""
        ready = select.select([self._inlet, also], [], [], seconds)[0]
        return self._inlet in ready and not os.read(self._inlet, 65536)

    def say(self, answer: dict[str, Any], files: list[Path] | None = None) -> None:
        """Send a line, and the files it names."""
        self._write(json.dumps(answer).encode() + b"\n")
        for path, (_, size) in zip(files or [], answer.get("files", []), strict=True):
            with open(path, "rb") as file:
                while size:
                    chunk = file.read(min(size, 2**20))
                    if not chunk:  # it has shrunk, so the frame cannot be kept
                        os._exit(_OUR_FAULT)
                    self._write(chunk)
                    size -= len(chunk)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._outlet, view) :]


def collect(folder: Path, most: int) -> tuple[list[Path], list[str]]:
    """What a job has left: the regular files below `folder`, and a word about all that is not.

    Links, devices, sockets and pipes are refused, as is whatever exceeds `most` bytes in all.
    """
    taken: list[Path] = []
    refused: list[str] = []
    room = most
    todo = [folder]
    while todo:
        for entry in sorted(os.scandir(todo.pop()), key=lambda entry: entry.name):
            path = Path(entry.path)
            name = path.relative_to(folder).as_posix()[:200]
            found = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(found.st_mode):
                todo.append(path)
            elif not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
                refused.append(f"{name}: not a plain file")
            elif found.st_size > room or len(taken) >= _MOST_FILES:
                refused.append(f"{name}: too large")
            else:
                room -= found.st_size
                taken.append(path)
    return taken, refused[:100]


class Driver:
    """The process that runs the job's notebook."""

    def __init__(self, job: dict[str, Any], zygote: link.Link) -> None:
        self.log = os.open(PRIVATE / "log", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self.lifeline, held = os.pipe()
        self.status: int | None = None
        server = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            status = _OUR_FAULT
            try:
                status = _drive(job, self.log, held, server, zygote)
            except BaseException:
                os.write(2, traceback.format_exc().encode())
            finally:
                os._exit(status)
        os.close(held)

    def ended(self) -> bool:
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def kill(self) -> None:
        watch.send(self.pid, signal.SIGKILL)
        self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def log_tail(self) -> str:
        size = os.fstat(self.log).st_size
        os.lseek(self.log, max(0, size - _LOG_TAIL), os.SEEK_SET)
        return os.read(self.log, _LOG_TAIL).decode("utf-8", errors="replace")


def _drive(job: dict[str, Any], log: int, held: int, server: int, zygote: link.Link) -> int:
    os.setsid()
    confine.die_with_parent(server)
    confine.quieten(log)
    confine.close_all_but(held, zygote.fileno())
    os.chdir(PRIVATE)
    import remote
    import run_notebook

    source = remote.RemoteSource(zygote, SOCKETS, job["env"], job["limits"])
    arguments = [str(PRIVATE / "inputs"), str(OUTPUTS), "--private", str(PRIVATE)]
    return int(run_notebook.main(arguments, source=source))


class Guard:
    """Looks at what the job uses, and has the zygote end what exceeds the limits.

    Memory and single files are left to the system; it only has to be asked what it did.
    """

    def __init__(self, limits: dict[str, Any], zygote: link.Link) -> None:
        self.limits = limits
        self.zygote = zygote
        self.counters = pressure.Counters()
        self.peak = 0
        self.disk = False
        self.killed: list[str] = []
        self._dying_until = 0.0
        self._oom = self.counters.oom_kills()
        self._refused = self.counters.forks_refused()
        self._cpu_s = self.counters.cpu_s()

    def poll(self) -> None:
        """Look once."""
        processes = sum(name.isdecimal() for name in os.listdir("/proc")) - _OWN_PROCESSES
        self.peak = max(self.peak, self.counters.memory())
        self.disk |= pressure.full(WRITABLE)
        if processes <= int(self.limits["processes"]):
            self._dying_until = 0.0
        elif time.monotonic() > self._dying_until:
            # The killed count until they are buried, and the next kernel must not be blamed.
            self._dying_until = time.monotonic() + _DYING_S
            self.kill("processes")
            return
        if self.cpu_s() > float(self.limits["cpu_s"]) and "cpu" not in self.killed:
            self.kill("cpu")

    def cpu_s(self) -> float:
        """CPU seconds since the job came."""
        return self.counters.cpu_s() - self._cpu_s

    def kill(self, why: str) -> None:
        """Say why, then have everything killed."""
        self.killed.append(why)
        with open(PRIVATE / "verdicts", "a", encoding="utf-8") as file:
            file.write(json.dumps({"why": why}) + "\n")
        with contextlib.suppress(link.LinkLost):
            self.zygote.send(do="kill")

    def pressed(self) -> list[str]:
        """Which limits the job has run into, whether or not anything was killed for it."""
        found = list(self.killed)
        if self.counters.forks_refused() > self._refused:
            found.append("processes")
        if self.counters.oom_kills() > self._oom:
            found.append("memory")
        return found


def serve(host: Host, zygote: link.Link, watched: link.Link) -> None:
    """Take the job, run it to its end, answer."""
    job = host.job()
    began = time.monotonic()
    guard = Guard(job["limits"], watched)
    driver = Driver(job, zygote)
    deadline = began + float(job["deadline_s"])
    late = False
    while not driver.ended():
        if host.gone_after(driver.lifeline, POLL_S):
            os._exit(0)
        if time.monotonic() > deadline:
            late = True
            driver.kill()
            break
        if driver.ended():
            break
        guard.poll()
    guard.disk |= pressure.full(WRITABLE)
    taken, refused = collect(OUTPUTS, int(job["most_bytes"]))
    answer = {
        "status": driver.status,
        "late": late,
        "killed": guard.killed,
        "pressed": guard.pressed(),
        "disk": guard.disk,
        "wall_s": time.monotonic() - began,
        "cpu_s": guard.cpu_s(),
        "peak_mib": max(guard.peak, guard.counters.memory()) / watch.MIB,
        "log": driver.log_tail(),
        "refused": refused,
        "files": [[p.relative_to(OUTPUTS).as_posix(), p.stat().st_size] for p in taken],
    }
    host.say(answer, taken)


def main() -> int:
    """Get ready, run one job, end."""
    if os.getuid() == 0:
        print("contained.py runs inside a container only, and never as root", file=sys.stderr)
        return 2
    confine.close_to_others()
    os.umask(0o077)
    host = Host()
    listener = link.listen(SOCKETS / "zygote")
    warm.for_driver()
    warm.keep()
    zygote = link.accept(listener, _ZYGOTE_S)
    watched = link.accept(listener, _ZYGOTE_S)
    listener.close()
    os.unlink(SOCKETS / "zygote")
    if not zygote.receive(_ZYGOTE_S):
        raise link.LinkLost("the zygote did not get ready")
    host.say({"ready": True})
    serve(host, zygote, watched)
    return 0


if __name__ == "__main__":
    sys.exit(main())
