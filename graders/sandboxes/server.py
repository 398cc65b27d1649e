"""The host's end of one local server (`probe/serve.py`): start it, hand it a job, end it."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from graders.core.errors import InfraFault

START_S = 120.0  # imports on a slow disk
_STOP_S = 1.2  # for the server to clean up behind itself before it is killed
_LOG_TAIL = 2000


class ServerGone(Exception):
    """The server ended, or did not answer in time, in the middle of a job."""


class Interrupted(Exception):
    """`stop` was called."""


class Server:
    """One server process, used by one job at a time."""

    def __init__(self, probe: Path, warm: bool, env: dict[str, str]) -> None:
        """Start it; it is ready only when `wait_until_ready` says so.

        Raises:
            InfraFault: it could not be started.
        """
        self.jobs = 0
        # Simple: `put` is safe in a signal handler that interrupts `get` in the same thread.
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  closed with the server
        self._ready = False
        self._stopped = False
        self.killed = False  # it did not end by itself: something below it may be left
        command = [sys.executable, str(probe / "serve.py"), "warm" if warm else "cold"]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
                env=env, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            self._log.close()
            raise InfraFault(f"the local sandbox's server could not be started: {error}") from error
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines, contextlib.suppress(OSError, ValueError):
            for line in lines:
                self._answers.put(json.loads(line))
        self._answers.put(None)

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None and not self._stopped

    def wait_until_ready(self) -> None:
        """Wait for its imports.

        Raises:
            InfraFault: it ended, or took too long.
            Interrupted: `stop` was called meanwhile.
        """
        if self._ready:
            return
        try:
            self._answer(START_S)
        except ServerGone as gone:
            self.end()
            raise InfraFault(f"the local sandbox's server did not start: {gone}") from gone
        self._ready = True

    def run(self, job: dict[str, Any], patience_s: float) -> dict[str, Any]:
        """Hand over one job and wait for its end.

        Raises:
            ServerGone: it was killed, or did not answer within `patience_s` wall seconds.
            Interrupted: `stop` was called meanwhile.
        """
        self.jobs += 1
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(job).encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError) as error:
            raise ServerGone(str(error)) from error
        return self._answer(patience_s)

    def _answer(self, patience_s: float) -> dict[str, Any]:
        try:
            answer = self._answers.get(timeout=patience_s)
        except queue.Empty:
            raise ServerGone(f"no answer within {patience_s:.0f} s") from None
        if self._stopped:
            raise Interrupted
        if answer is None:
            raise ServerGone(self.log() or "it ended without a word")
        return answer

    def log(self) -> str:
        """The end of what it wrote to standard error."""
        with contextlib.suppress(OSError, ValueError):
            size = os.fstat(self._log.fileno()).st_size
            self._log.seek(max(0, size - _LOG_TAIL))
            return self._log.read(_LOG_TAIL).decode("utf-8", errors="replace")
        return ""

    def ask_to_end(self) -> None:
        """Begin to end it, and wake up whoever waits for its answer; returns at once."""
        self._stopped = True
        self._answers.put(None)
        with contextlib.suppress(OSError, ValueError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        if not self._ready:  # it imports, watches nothing and has nothing below it
            self._process.kill()

    def end(self) -> None:
        """End it and everything below it; kills it when it does not do so by itself. Idempotent."""
        self.ask_to_end()
        until = time.monotonic() + _STOP_S
        try:
            self._process.wait(timeout=max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.killed = True
            if os.name == "posix":
                with contextlib.suppress(OSError):
                    os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
            self._process.wait()
        self._reader.join(timeout=1.0)
        self._log.close()
