"""The driver's end of a kernel: start one, talk to it, end it.

Kernels come forked from the warm interpreter that we are a fork of ourselves, or spawned as a new
process. Everything that arrives from one is untrusted: what does not parse is passed over, and no
message may be larger than `MAX_MESSAGE`. A kernel is ended by a signal to its process group, never
by the protocol's polite request, which costs up to seconds and which student code can ignore.
"""

import contextlib
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import confine
import zmq
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.connect import write_connection_file

MAX_MESSAGE = 160 * 2**20  # bytes; two arrays of the largest size and change
START_S = 60.0
GRACE_S = 2.0  # from the interrupt to the kill
_TICK_MS = 50
_QUIET_S = 4.0  # after the reply, how long to wait for outputs that do not come,
_PATIENCE_S = 20.0  # and, once, for answers that are due: a busy machine may hold them up
_IPC_LENGTH = 90  # a socket's path must fit in about 104 bytes

Message = dict[str, Any]


class Process(Protocol):
    """A kernel's process, however it came to be."""

    def alive(self) -> bool: ...
    def interrupt(self) -> None: ...
    def kill(self) -> None: ...


class Source(Protocol):
    """Makes kernel processes that listen where a connection file says.

    `sockets` is the folder that both ends can reach, where the driver's own will not do.
    """

    @property
    def sockets(self) -> Path | None: ...

    def why_died(self) -> str:
        """Why the last kernel was killed (`memory`), if the system says so; else empty."""
        ...

    def start(self, connection_file: str) -> Process: ...


class KernelFailed(Exception):
    """A kernel could not be started."""


class Forked:
    """A child of ours that became a kernel."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._ended = False

    def alive(self) -> bool:
        if not self._ended:
            try:
                self._ended = os.waitpid(self.pid, os.WNOHANG)[0] != 0
            except ChildProcessError:
                self._ended = True
        return not self._ended

    def interrupt(self) -> None:
        with contextlib.suppress(OSError):
            os.killpg(self.pid, signal.SIGINT)

    def kill(self) -> None:
        if not self._ended:  # once reaped, the number may be anybody's
            with contextlib.suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
            with contextlib.suppress(OSError):  # it may have left its group
                os.kill(self.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
            self._ended = True


class ForkedSource:
    """Kernels forked in advance, each waiting to be told its connection file.

    In advance, because a process may be forked safely only while it has one thread, and talking
    to the first kernel starts more. One that waits costs a few page tables.
    """

    sockets: Path | None = None

    def why_died(self) -> str:
        return ""

    def __init__(self, count: int) -> None:
        self._waiting: list[tuple[int, int]] = []
        driver = os.getpid()
        for _ in range(count):
            inlet, outlet = os.pipe()
            pid = os.fork()
            if pid == 0:
                _become_kernel(inlet, driver)
            os.close(inlet)
            self._waiting.append((pid, outlet))

    def start(self, connection_file: str) -> Process:
        if not self._waiting:
            raise KernelFailed("no further kernel was prepared")
        pid, outlet = self._waiting.pop(0)
        try:
            os.write(outlet, connection_file.encode())
        except OSError as error:  # something killed it while it waited
            raise KernelFailed(str(error)) from error
        finally:
            os.close(outlet)
        return Forked(pid)


def _become_kernel(inlet: int, driver: int) -> None:
    try:
        os.setsid()
        confine.die_with_parent(driver)
        confine.volunteer_for_oom()
        confine.quieten()
        confine.close_all_but(inlet)
        told = os.read(inlet, 4096)
        os.close(inlet)
        if told:
            import kernel_side

            system_sees_to_it = sys.platform == "linux"
            kernel_side.run(told.decode(), 0 if system_sees_to_it else driver)
    finally:
        os._exit(0)


class Spawned:
    """A kernel started as a new process: slower, and possible everywhere."""

    def __init__(self, process: Any) -> None:
        self._process = process

    def alive(self) -> bool:
        return self._process.poll() is None

    def interrupt(self) -> None:
        if sys.platform == "win32":
            from jupyter_client.win_interrupt import send_interrupt

            send_interrupt(self._process.win32_interrupt_event)
        else:
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGINT)

    def kill(self) -> None:
        if self._process.poll() is None:
            if sys.platform != "win32":
                with contextlib.suppress(OSError):
                    os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
            self._process.wait()


class SpawnedSource:
    """Starts each kernel as a new interpreter in the current folder and environment."""

    sockets: Path | None = None

    def why_died(self) -> str:
        return ""

    def start(self, connection_file: str) -> Process:
        import subprocess

        from jupyter_client.launcher import launch_kernel

        script = str(Path(__file__).with_name("kernel_side.py"))
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = [sys.executable, script, connection_file]
        return Spawned(launch_kernel(command, stdin=subprocess.DEVNULL, **quiet))


@dataclass(frozen=True, slots=True)
class Heard:
    """How a request ended: `ok` (answered), `time limit` or `died`; the reply if there was one."""

    how: str
    content: dict[str, Any]


class Kernel:
    """One running kernel and the channels to it."""

    def __init__(self, source: Source, folder: Path, number: int) -> None:
        """Start a kernel from `source`; its connection file lies in `folder`, and so do its sockets
        unless the source has a folder for them.

        Raises:
            KernelFailed: it did not come up.
        """
        sockets = source.sockets or folder
        ipc = os.name == "posix" and len(str(sockets)) < _IPC_LENGTH
        ports = dict(zip(("shell", "iopub", "stdin", "hb", "control"), range(1, 6), strict=True))
        key = secrets.token_hex(16).encode()
        file = str(folder / f"kernel-{number}.json")
        if ipc:
            write_connection_file(
                file, transport="ipc", ip=str(sockets / f"k{number}"), key=key,
                **{f"{name}_port": port for name, port in ports.items()},
            )  # fmt: skip
        else:
            write_connection_file(file, key=key)
        self.process = source.start(file)
        self._context = zmq.Context()
        self._context.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE)
        self._context.setsockopt(zmq.RECONNECT_IVL, 5)  # ms; we connect before it listens
        self._client = BlockingKernelClient(connection_file=file, context=self._context)
        self._client.load_connection_file()
        self._client.allow_stdin = False
        self._session = self._client.session
        self._shell = self._client.connect_shell(identity=self._session.bsession)
        self._iopub = self._client.connect_iopub()
        self._cut_off = False  # whether answers that were due did not come, for all our patience
        self._poller = zmq.Poller()
        self._poller.register(self._shell, zmq.POLLIN)
        self._poller.register(self._iopub, zmq.POLLIN)
        try:
            self._wait_until_ready()
        except KernelFailed:
            self.close()
            raise

    def _wait_until_ready(self) -> None:
        """Ask who it is until an answer comes AND its echo on the output channel: subscriptions
        need a moment, and outputs published before that would be lost."""
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            message = self._session.msg("kernel_info_request", {})
            self._session.send(self._shell, message)
            echoed = replied = False
            patience = until
            while not (echoed and replied) and time.monotonic() < patience:
                for parent, kind, content, _ in self._receive(self._iopub):
                    idle = kind == "status" and content.get("execution_state") == "idle"
                    echoed |= parent == message["header"]["msg_id"] and idle
                for parent, _, _, _ in self._receive(self._shell):
                    replied |= parent == message["header"]["msg_id"]
                    patience = time.monotonic() + 0.2
                if not self.process.alive():
                    raise KernelFailed("the kernel ended while it started")
                if not (echoed and replied):
                    self._poller.poll(_TICK_MS)
            if echoed and replied:
                return
        raise KernelFailed(f"the kernel did not answer within {START_S:g} s")

    def _receive(
        self, socket: Any, most: int = 200
    ) -> list[tuple[str, str, dict[str, Any], list[Any]]]:
        """What has arrived: parent's id, type, content and buffers; the malformed left out."""
        found = []
        size = 0
        for _ in range(most):
            try:
                parts = socket.recv_multipart(zmq.NOBLOCK)
            except zmq.ZMQError:
                break
            size += sum(map(len, parts))
            try:
                _, parts = self._session.feed_identities(parts)
                message = self._session.deserialize(parts)
                parent = message["parent_header"].get("msg_id", "")
                found.append(
                    (parent, str(message["msg_type"]), dict(message["content"]), message["buffers"])
                )
            except Exception:  # it was written by the notebook's process: anything can be in it
                pass
            if size > MAX_MESSAGE:
                break
        return found

    def ask(
        self,
        kind: str,
        content: dict[str, Any],
        limit_s: float,
        hear: Callable[[Message], bool],
        buffers: list[bytes] | None = None,
        total_s: float | None = None,
        due: Callable[[], bool] = lambda: False,
    ) -> Heard:
        """Send one request and listen until it is done, interrupting it at its limit.

        Args:
            kind: message type.
            content: of the message.
            limit_s: wall seconds; counted anew whenever `hear` says so.
            hear: takes each message on the output channel that this request caused; returns
                whether it shows progress.
            buffers: binary parts.
            total_s: wall seconds in all, however much progress there is.
            due: whether more is to come: then a kernel that has replied is waited for longer.

        Returns:
            How it ended. After `died`, and after a `time limit` that an interrupt could not end,
            the process is gone.
        """
        message = self._session.msg(kind, content)
        self._session.send(self._shell, message, buffers=buffers)
        own = message["header"]["msg_id"]
        now = time.monotonic()
        last = now + (total_s if total_s is not None else float("inf"))
        until = min(now + limit_s, last)
        reply: dict[str, Any] | None = None
        idle = stopped = pressing = False
        quiet_since = now
        while True:
            outputs = self._receive(self._iopub)
            for parent, what, body, data in outputs:
                if parent != own:
                    continue
                if what == "status":
                    idle |= body.get("execution_state") == "idle"
                elif hear(_message(what, own, body, data)):
                    until, pressing = min(time.monotonic() + limit_s, last), False
            for parent, _, body, _ in self._receive(self._shell):
                if parent == own:
                    reply = body
            now = time.monotonic()
            if outputs:
                quiet_since = now
            quiet = now - quiet_since
            if idle and (reply is not None or quiet > _QUIET_S):
                return Heard("time limit" if stopped else "ok", reply or {})
            waits = due() and not self._cut_off
            if reply is not None and quiet > (_PATIENCE_S if waits else _QUIET_S):
                self._cut_off |= due()
                return Heard("time limit" if stopped else "ok", reply)
            if reply is not None and not idle and quiet < _QUIET_S and now > until + _QUIET_S:
                self.process.kill()  # answered, but floods the channel without end
                return Heard("time limit", reply)
            if not self.process.alive():
                self._last_words(own, hear)
                return Heard("time limit" if pressing and now >= until else "died", {})
            if reply is None and now >= until:
                if pressing:
                    self.process.kill()
                    return Heard("time limit", {})
                self.process.interrupt()
                stopped = pressing = True
                until = now + GRACE_S
            if not outputs:
                self._poller.poll(_TICK_MS)

    def _last_words(self, own: str, hear: Callable[[Message], bool]) -> None:
        """What a kernel had sent before it died."""
        self._poller.poll(20)  # ms, for our own input thread to read what the system still holds
        for parent, what, body, data in self._receive(self._iopub):
            if parent == own and what != "status":
                hear(_message(what, own, body, data))

    def close(self) -> None:
        """End the process and let go of the channels. Idempotent."""
        self.process.kill()
        for socket in (self._shell, self._iopub):
            socket.close(linger=0)
        self._context.term()


def _message(kind: str, parent: str, content: dict[str, Any], buffers: list[Any]) -> Message:
    """A message in the form that nbclient takes."""
    return {
        "msg_type": kind,
        "header": {"msg_type": kind},
        "parent_header": {"msg_id": parent},
        "content": content,
        "buffers": buffers,
    }
