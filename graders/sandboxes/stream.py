"""The host's end of what a container says: lines of JSON, and files announced by name and size.

Only the probe can write to it, but it is read as if anybody could: every name, size and sum is
checked before a byte is stored, and what is stored is always a new, plain file.
"""

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graders.containers.engine import frames_iter_no_tty

_MIB = 2**20
_MAX_LINE = 2**20
_MAX_LOG = 8000
_MAX_FILES = 10_000
# Whatever else a job may leave is of no use to anybody.
_NAMES = re.compile(
    r"cells\.jsonl|answers\.jsonl|executed\.ipynb|ending\.json|answers/[0-9]{1,8}\.npy"
)


class ContainerGone(Exception):
    """The container ended, or was ended, or talked nonsense, before it had answered."""


class Stream:
    """A container's standard streams, as the Engine's attachment gives them.

    Args:
        attached: what docker-py returns: a socket, or a file that is a view of one.
    """

    def __init__(self, attached: Any) -> None:
        self._attached = attached
        self._socket = getattr(attached, "_sock", attached)
        self._frames: Iterator[tuple[int, bytes]] = frames_iter_no_tty(attached)
        self._buffer = b""
        self._log = b""
        self._reading = threading.Lock()

    @property
    def log(self) -> str:
        """The end of what came on standard error."""
        return self._log.decode("utf-8", errors="replace")

    def send(self, data: bytes) -> None:
        """Write to standard input.

        Raises:
            ContainerGone: nobody takes it.
        """
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise ContainerGone(str(error)) from error

    def line(self) -> bytes:
        """The next line of standard output.

        Raises:
            ContainerGone: the stream ended, or the line does not.
        """
        while b"\n" not in self._buffer:
            if len(self._buffer) > _MAX_LINE:
                raise ContainerGone("it talks without end")
            self._more()
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def take_files(self, files: Any, outputs: Path, most: int) -> None:
        """Store the files that follow.

        Args:
            files: pairs of name and size, as they were announced. A name that no job leaves, or
                that came before, is read past.
            outputs: an empty folder.
            most: bytes in all.

        Raises:
            ContainerGone: more was announced than may be left, or less came.
        """
        (outputs / "answers").mkdir(parents=True, exist_ok=True)
        if not isinstance(files, list) or len(files) > _MAX_FILES:
            raise ContainerGone("it announced no list of files, or too many")
        for announced in files:
            name, size = map(str, announced) if isinstance(announced, list) else ("", "-")
            if not size.isdecimal() or (left := int(size)) > most:
                raise ContainerGone("it announced more than it may leave")
            most -= left
            wanted = bool(_NAMES.fullmatch(name)) and not (outputs / name).exists()
            with open(outputs / name, "xb") if wanted else contextlib.nullcontext() as file:
                while left:
                    data = self._read(min(left, _MIB))
                    if file is not None:
                        file.write(data)
                    left -= len(data)

    def _read(self, most: int) -> bytes:
        if not self._buffer:
            self._more()
        data, self._buffer = self._buffer[:most], self._buffer[most:]
        return data

    def _more(self) -> None:
        try:
            with self._reading:
                for number, data in self._frames:
                    if number == 1:
                        self._buffer += data
                        return
                    self._log = (self._log + data)[-_MAX_LOG:]
        except (OSError, ValueError) as error:  # closed by who stopped us
            raise ContainerGone(str(error)) from error
        raise ContainerGone("its output ended")

    def close(self) -> None:
        """Let go of both ends; whoever waits for words hears that there will be none. Idempotent.

        Hung up first and closed only when nobody reads: the number of a closed file may be
        another connection's a moment later, and the reader would wait for that one's words.
        """
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with self._reading:
            self._close()

    def _close(self) -> None:
        # Three views of one connection; the outermost first, or it complains when it is collected.
        for end in (getattr(self._attached, "_response", None), self._attached, self._socket):
            if end is not None:
                with contextlib.suppress(OSError):
                    end.close()
