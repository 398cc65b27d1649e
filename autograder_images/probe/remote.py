"""Kernels that somebody else makes for the driver: the zygote, under another account."""

import time
from pathlib import Path
from typing import Any

import link
from kernels import KernelFailed, Process
from pressure import Counters

_START_S = 20.0  # for a fork, on a machine that is busy
_KILL_S = 8.0


class RemoteSource:
    """Starts kernels by way of the zygote, and ends them so.

    Args:
        zygote: the driver's link to it.
        sockets: a folder that both accounts may write to.
        env: the kernels' environment.
        limits: of the plan.
    """

    def __init__(
        self, zygote: link.Link, sockets: Path, env: dict[str, str], limits: dict[str, Any]
    ) -> None:
        self.sockets: Path = sockets
        self._zygote = zygote
        self._env = env
        self._limits = limits
        self._counters = Counters()
        self._starved = self._counters.oom_kills()
        self._answers: list[dict[str, Any]] = []
        self._kills = 0
        self._lost = False
        self._dead: set[object] = set()

    def start(self, connection_file: str) -> Process:
        """Ask for a kernel.

        Raises:
            KernelFailed: there is no zygote any more, or it cannot fork.
        """
        file = Path(connection_file)
        self._tell(
            do="start", connection=file.read_text(encoding="utf-8"),
            file=str(self.sockets / file.name), env=self._env, limits=self._limits,
        )  # fmt: skip
        answer = self._answer("started", "failed", wait_s=_START_S)
        if self._lost or not isinstance(pid := answer.get("started"), int):
            raise KernelFailed(str(answer.get("failed", "what starts kernels is gone"))[:200])
        self._dead.discard(pid)  # numbers come round again
        return RemoteKernel(self, pid)

    def why_died(self) -> str:
        """`memory` when the system has killed something for it since the last question."""
        before, self._starved = self._starved, self._counters.oom_kills()
        return "memory" if self._starved > before else ""

    def ended(self, pid: int) -> bool:
        """Whether this kernel is gone. Without the zygote, it is: it dies with it."""
        self._listen(0)
        return self._lost or pid in self._dead

    def interrupt(self) -> None:
        """Send the kernel what Ctrl-C sends."""
        self._tell(do="interrupt")

    def kill(self) -> None:
        """End the kernel and all else of its account. If that fails, no other can be started."""
        self._kills += 1
        self._tell(do="kill", number=self._kills)
        until = time.monotonic() + _KILL_S
        while not self._lost:
            answer = self._answer("killed", wait_s=until - time.monotonic())
            if answer.get("killed") == self._kills:
                return
            self._lost |= not answer

    def _tell(self, **order: Any) -> None:
        try:
            self._zygote.send(**order)
        except link.LinkLost:
            self._lost = True

    def _answer(self, *words: str, wait_s: float) -> dict[str, Any]:
        """The next message with one of these words; empty when none comes in time."""
        until = time.monotonic() + wait_s
        while True:
            for message in list(self._answers):
                self._answers.remove(message)
                if any(word in message for word in words):
                    return message
            left = until - time.monotonic()
            if self._lost or left <= 0:
                return {}
            self._listen(left)

    def _listen(self, wait_s: float) -> None:
        try:
            for message in [] if self._lost else self._zygote.receive(wait_s):
                if isinstance(message.get("ended"), int):
                    self._dead.add(message["ended"])
                self._answers.append(message)
        except link.LinkLost:
            self._lost = True


class RemoteKernel:
    """A kernel that the zygote has forked."""

    def __init__(self, source: RemoteSource, pid: int) -> None:
        self._source = source
        self._pid = pid
        self._killed = False

    def alive(self) -> bool:
        return not (self._killed or self._source.ended(self._pid))

    def interrupt(self) -> None:
        self._source.interrupt()

    def kill(self) -> None:
        if not self._killed:
            self._killed = True
            self._source.kill()
