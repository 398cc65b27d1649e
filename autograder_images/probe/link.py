"""Messages between the probe and the zygote: JSON lines over a Unix socket.

The zygote's account is the student's, so its words are untrusted: short, parsed as plain data, and
a loss of the link is an answer, too.
"""

import contextlib
import json
import os
import select
import socket
import time
from pathlib import Path
from typing import Any

_MOST = 2**20  # bytes of one line
_PATIENCE_S = 5.0  # until a message must be taken


class LinkLost(Exception):
    """The other end is gone, or does not take what it is told."""


class Link:
    """One end of a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._connection.settimeout(_PATIENCE_S)
        self._buffer = b""

    def fileno(self) -> int:
        return self._connection.fileno()

    def send(self, **message: Any) -> None:
        """Say something.

        Raises:
            LinkLost: nobody takes it.
        """
        try:
            self._connection.sendall(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise LinkLost(str(error)) from error

    def receive(self, wait_s: float) -> list[dict[str, Any]]:
        """What has arrived, or arrives within `wait_s` seconds.

        Raises:
            LinkLost: the other end is gone, or talks nonsense.
        """
        messages: list[dict[str, Any]] = []
        until = time.monotonic() + wait_s
        while not messages:
            ready = select.select([self._connection], [], [], max(0.0, until - time.monotonic()))
            if not ready[0]:
                break
            try:
                chunk = self._connection.recv(65536)
            except OSError as error:
                raise LinkLost(str(error)) from error
            if not chunk:
                raise LinkLost("closed")
            *lines, self._buffer = (self._buffer + chunk).split(b"\n")
            if len(self._buffer) > _MOST:
                raise LinkLost("too long a line")
            for line in lines:
                try:
                    message = json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise LinkLost(str(error)) from error
                if isinstance(message, dict):
                    messages.append(message)
        return messages

    def close(self) -> None:
        self._connection.close()


def listen(path: Path) -> socket.socket:
    """A socket at `path` for those of our group."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o007)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.listen(2)
    return listener


def accept(listener: socket.socket, patience_s: float) -> Link:
    """The next connection.

    Raises:
        LinkLost: nobody came.
    """
    listener.settimeout(patience_s)
    try:
        connection, _ = listener.accept()
    except OSError as error:
        raise LinkLost(f"nobody connected within {patience_s:g} s") from error
    return Link(connection)


def connect(path: Path, patience_s: float) -> Link:
    """Connect to a socket that may not be there yet.

    Raises:
        LinkLost: it did not come into being.
    """
    until = time.monotonic() + patience_s
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(path))
            return Link(connection)
        except OSError as error:
            with contextlib.suppress(OSError):
                connection.close()
            if time.monotonic() > until:
                raise LinkLost(str(error)) from error
        time.sleep(0.01)
