"""What a cell's child processes print belongs to the cell that started them.

A kernel reads its own descriptors 1 and 2 through a pipe, in a thread; nothing makes a cell's end
wait for that thread. On a busy machine the text of a child that has long ended then arrives with
the next cell, or, after the last one, never. Here `flush`, which the kernel calls before it says
that a cell is done, first waits for what stands in the pipe.
"""

import contextlib
import os
import threading
import time

_PATIENCE_S = 2.0  # for a reader that does not get the processor; a flush never waits longer
_TICK_S = 0.001
_AT_ONCE = 1000  # bytes; as ipykernel: more, and a flood outruns the sending


def complete() -> None:
    """Let kernels of this process print through streams that wait. Idempotent."""
    if os.name != "posix":
        return  # there is no such pipe
    import fcntl
    import select
    import termios

    from ipykernel import iostream

    if hasattr(iostream.OutStream, "_taken"):
        return

    class OutStream(iostream.OutStream):  # type: ignore[misc]
        _taken = 0  # bytes of the pipe that were written on

        def _setup_stream_redirects(self, name: str) -> None:
            self._taking = threading.Lock()
            super()._setup_stream_redirects(name)

        def _watch_pipe_fd(self) -> None:
            with contextlib.suppress(OSError, ValueError):  # a notebook may have closed anything
                while self._should_watch:
                    select.select([self._fid], [], [])
                    with self._taking:
                        found = os.read(self._fid, _AT_ONCE)
                        if not found or not self._should_watch:
                            return
                        self.write(found.decode(errors="replace"))
                        self._taken += len(found)

        def flush(self) -> None:
            if self._should_watch and self._is_master_process():
                self._await_pipe()
            super().flush()

        def _await_pipe(self) -> None:
            """Until all that was in the pipe when we came has been written on."""
            until = time.monotonic() + _PATIENCE_S
            if not self._taking.acquire(timeout=_PATIENCE_S):
                return
            waiting = int.from_bytes(fcntl.ioctl(self._fid, termios.FIONREAD, bytes(4)), "little")
            due = self._taken + waiting
            self._taking.release()
            while self._taken < due and time.monotonic() < until:
                time.sleep(_TICK_S)

    iostream.OutStream = OutStream
