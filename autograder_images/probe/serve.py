"""Runs jobs for a local sandbox, one after another, and sees that nothing of them stays.

    python serve.py warm|cold

Jobs come as JSON lines on standard input, one answer each goes to standard output; the end of the
input ends the server at once, also in the middle of a job, so nothing outlives the host. A warm
server imports what notebooks import and forks itself for each job (POSIX); a cold one starts a new
interpreter. No student code ever runs in the server itself: it watches memory, processes, processor
time, files and the clock, kills what exceeds them, and adopts and ends every orphan (Linux).
"""

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import confine
import warm as imports
import watch

POLL_S = 0.1
_FOLDERS_EVERY = 5  # polls
_REAP_S = 5.0
_LOG_TAIL = 8000
_OUR_FAULT = 70  # as in run_notebook, which is imported only by a warm server


class Lines:
    """Lines of standard input, read by a thread where pipes cannot be waited for."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._buffer = b""
        self.closed = False
        self._queue: queue.Queue[bytes] | None = None
        if os.name != "posix":
            self._queue = queue.Queue()
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._queue is not None
        while chunk := os.read(self._number, 65536):
            self._queue.put(chunk)
        self._queue.put(b"")

    def wait(self, also: int | None, seconds: float | None) -> bool:
        """Wait until there is input, or the file `also` ends, or time is up: did `also` end?"""
        if self._queue is not None:
            with contextlib.suppress(queue.Empty):
                self._take(self._queue.get(timeout=seconds))
            return False
        import select

        files = [self._number, *([also] if also is not None else [])]
        ready = select.select(files, [], [], seconds)[0]
        if self._number in ready:
            self._take(os.read(self._number, 65536))
        return also in ready

    def _take(self, chunk: bytes) -> None:
        self.closed |= not chunk
        self._buffer += chunk

    def next(self) -> bytes | None:
        """The next whole line, or None at the end of the input."""
        while b"\n" not in self._buffer and not self.closed:
            self.wait(None, None)
        line, newline, self._buffer = self._buffer.partition(b"\n")
        return line if newline else None


class Driver:
    """The process that runs one job, and everything below it."""

    def __init__(self, job: dict[str, Any], warm: bool) -> None:
        self.job = job
        self.log = os.open(
            Path(job["private"]) / "log", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600
        )
        self.status: int | None = None
        self.cpu_s = 0.0
        self.peak = 0
        self.lifeline: int | None = None
        self._popen: subprocess.Popen[bytes] | None = None
        if warm:
            self._fork()
        else:
            self._spawn()

    def _fork(self) -> None:
        self.lifeline, held = os.pipe()
        server = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            status = _OUR_FAULT
            try:
                status = _drive(self.job, self.log, held, server)
            except BaseException:
                os.write(2, traceback.format_exc().encode())
            finally:
                os._exit(status)
        os.close(held)

    def _spawn(self) -> None:
        script = str(Path(__file__).with_name("run_notebook.py"))
        job = self.job
        self._popen = subprocess.Popen(
            [sys.executable, script, job["inputs"], job["outputs"], "--private", job["private"]],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            cwd=job["work"], env=job["env"], start_new_session=True,
            preexec_fn=_confine_child(job["limits"]) if os.name == "posix" else None,
        )  # fmt: skip
        self.pid = self._popen.pid

    def ended(self) -> bool:
        """Whether the driver itself is gone; notes its exit status (negative: a signal).

        Buries orphans on the way: dead ones would still count as processes of the job.
        """
        if os.name != "posix":
            self.status = self._popen.poll() if self._popen is not None else None
            return self.status is not None
        with contextlib.suppress(ChildProcessError):
            while self.status is None:
                pid, status, used = os.wait4(-1, os.WNOHANG)
                if pid == 0:
                    break
                self.cpu_s += used.ru_utime + used.ru_stime
                self.peak = max(self.peak, used.ru_maxrss * watch.MAXRSS_UNIT)
                if pid == self.pid:
                    self.status = os.waitstatus_to_exitcode(status)
                    if self._popen is not None:
                        self._popen.returncode = self.status
        return self.status is not None

    def close(self) -> str:
        """Let go of the files; returns the end of what the driver said."""
        if self.lifeline is not None:
            os.close(self.lifeline)
        size = os.fstat(self.log).st_size
        os.lseek(self.log, max(0, size - _LOG_TAIL), os.SEEK_SET)
        tail = os.read(self.log, _LOG_TAIL)
        os.close(self.log)
        return tail.decode("utf-8", errors="replace")


def _confine_child(limits: dict[str, Any]) -> Any:
    server = os.getpid()

    def confine_child() -> None:
        confine.die_with_parent(server)
        confine.limit_resources(limits)

    return confine_child


def _drive(job: dict[str, Any], log: int, held: int, server: int) -> int:
    """Become the driver of a job: what a new interpreter would be, without its start."""
    os.setsid()
    confine.die_with_parent(server)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    confine.quieten(log)
    confine.close_all_but(held)
    confine.enter(job["env"], job["work"])
    time.tzset()
    confine.limit_resources(job["limits"])
    import kernels
    import run_notebook

    source = kernels.ForkedSource(run_notebook.KERNELS)
    arguments = [job["inputs"], job["outputs"], "--private", job["private"]]
    return int(run_notebook.main(arguments, source=source))


class Guard:
    """Watches a driver's tree and kills what exceeds the limits."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.limits = driver.job["limits"]
        self.peak = 0
        self.polls = 0
        self.killed: list[str] = []

    def poll(self) -> None:
        """Look once; at most one thing is killed."""
        self.polls += 1
        tree = watch.descendants(os.getpid(), most=int(self.limits["processes"]) + 50)
        tree.pop(self.driver.pid, None)
        if len(tree) > int(self.limits["processes"]):  # first: measuring that many takes long
            self.await_death(self.kill("processes", tree, None), orphans=True)
            return
        used = {pid: found for pid in tree if (found := watch.usage(pid)) is not None}
        limit = int(self.limits["memory_mib"]) * watch.MIB
        # Shared pages count several times here, so too much may be no more than an echo.
        if sum(found.rss for found in used.values()) > limit:
            sizes = {pid: watch.proportional(pid) for pid in used}
            self.peak = max(self.peak, sum(sizes.values()))
            if sum(sizes.values()) > limit:
                self.await_death(self.kill("memory", tree, max(sizes, key=lambda pid: sizes[pid])))
                return
        if sum(found.cpu_s for found in used.values()) > float(self.limits["cpu_s"]):
            self.kill("cpu", tree, None)
        elif self.polls % _FOLDERS_EVERY == 0 and "disk" not in self.killed and self.too_much():
            self.kill("disk", tree, None)

    def await_death(self, doomed: set[int], *, orphans: bool = False) -> None:
        """Wait until the killed are gone; with `orphans`, end those that outran the kill as well.

        The next kernel must not be blamed for them: a killed process counts until it is buried,
        and one that is still dying keeps its dead children from being so.
        """
        until = time.monotonic() + _REAP_S
        while not self.driver.ended() and time.monotonic() < until:
            tree = watch.descendants(os.getpid())
            left = [pid for pid in tree if tree[pid] == os.getpid() and pid != self.driver.pid]
            if doomed.isdisjoint(tree) and not (orphans and left):
                return
            if orphans:
                watch.end(left, spare=[pid for pid in tree if tree[pid] == self.driver.pid])
            time.sleep(0.01)

    def too_much(self) -> bool:
        """Whether the job has left more on the disk than it may."""
        job = self.driver.job
        return any(
            watch.folder_bytes([Path(job[folder])]) > int(self.limits[limit]) * watch.MIB
            for folder, limit in (("root", "disk_mib"), ("outputs", "output_mib"))
        )

    def kill(self, why: str, tree: dict[int, int], largest: int | None) -> set[int]:
        """Say why, then kill: the kernel that `largest` belongs to, or all that has grown.

        Returns:
            The process ids of the killed.
        """
        self.killed.append(why)
        with open(Path(self.driver.job["private"]) / "verdicts", "a", encoding="utf-8") as file:
            file.write(json.dumps({"why": why}) + "\n")
        top = largest
        while top is not None and tree.get(top, 0) not in (0, self.driver.pid, os.getpid()):
            top = tree[top]
        if top is None:
            top = max(
                (pid for pid, parent in tree.items() if parent == self.driver.pid),
                key=lambda pid: found.cpu_s if (found := watch.usage(pid)) else 0.0,
                default=None,
            )
        doomed = [pid for pid in tree if pid == top or _below(pid, top, tree)]
        if why == "processes":  # orphans of any generation are among them
            doomed += [pid for pid in tree if tree[pid] == os.getpid()]
        prepared = [pid for pid in tree if tree[pid] == self.driver.pid and pid != top]
        watch.end(doomed, spare=[self.driver.pid, *prepared])
        return set(doomed)


def _below(pid: int, top: int | None, tree: dict[int, int]) -> bool:
    while pid in tree:
        pid = tree[pid]
        if pid == top:
            return True
    return False


def serve(job: dict[str, Any], lines: Lines, warm: bool) -> dict[str, Any]:
    """Run one job to its end; returns what the host is told."""
    began = time.monotonic()
    driver = Driver(job, warm)
    guard = Guard(driver)
    late = False
    deadline = began + float(job["deadline_s"])
    pause = POLL_S if warm else POLL_S / 2
    looked = time.monotonic()
    while not driver.ended():
        gone = lines.wait(driver.lifeline, pause)
        if lines.closed:
            break
        now = time.monotonic()
        if gone:
            time.sleep(0.001)  # the pipe is closed a moment before the process can be waited for
        if now > deadline:
            late = True
            break
        if now - looked >= POLL_S * 0.9:
            looked = now
            guard.poll()
    if not driver.ended():
        watch.send(driver.pid, signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    cpu_s, peak, left = 0.0, 0, 0
    if os.name == "posix":
        status = driver.status
        cpu_s, peak, left = watch.reap_all(_REAP_S)
        driver.status = status
    else:
        watch.end_below(os.getpid())
    if lines.closed:  # the host is gone, perhaps killed: nobody else will tidy up
        shutil.rmtree(job["root"], ignore_errors=True)
        os._exit(0)
    return {
        "status": driver.status,
        "late": late,
        "killed": guard.killed,
        "disk": guard.too_much(),
        "wall_s": time.monotonic() - began,
        "cpu_s": driver.cpu_s + cpu_s,
        "peak_mib": max(guard.peak, driver.peak, peak) / watch.MIB,
        "left": left,
        "log": driver.close(),
    }


def main(arguments: list[str]) -> int:
    """Serve until the input ends."""
    warm = arguments == ["warm"]
    lines = Lines(os.dup(0))
    replies = os.dup(1)
    confine.quieten(2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the host's to handle
    confine.adopt_orphans()
    if warm:
        imports.for_kernels()
        imports.for_driver()
        imports.keep()

    def say(answer: dict[str, Any]) -> None:
        os.write(replies, json.dumps(answer).encode() + b"\n")

    say({"ready": True})
    while (line := lines.next()) is not None:
        answer = serve(json.loads(line), lines, warm)
        say(answer)
        if answer["left"]:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
