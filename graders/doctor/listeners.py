"""Doors on the host that nobody in a sandbox should be able to knock at.

All of them are on this machine, and a knock is all they take: what is sent is read, compared with
the doctor's own token, and forgotten.
"""

import contextlib
import socket
import sys
import threading
import time
from pathlib import Path

import psutil

_POLL_S = 0.1
_KNOCK = 256  # bytes that are read of whoever knocks


class Listener:
    """One open door; `knocks` are what was sent to it by somebody who knew the token."""

    def __init__(self, kind: str, made: socket.socket, token: str) -> None:
        self.kind = kind
        self.address = made.getsockname()
        self.knocks: set[str] = set()
        self._socket = made
        self._token = token
        self._open = True
        made.settimeout(_POLL_S)
        self._thread = threading.Thread(target=self._listen, name=f"door-{kind}", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while self._open:
            with contextlib.suppress(OSError):
                if self.kind.startswith("udp"):
                    self._note(self._socket.recv(_KNOCK))
                else:
                    caller, _ = self._socket.accept()
                    with caller:
                        caller.settimeout(1.0)
                        self._note(caller.recv(_KNOCK))

    def _note(self, sent: bytes) -> None:
        text = sent.decode("ascii", "replace")
        if text.startswith(self._token):
            self.knocks.add(text.removeprefix(self._token).strip())

    def works(self) -> bool:
        """Whether a knock from the host itself is heard: otherwise silence proves nothing."""
        with contextlib.suppress(OSError):
            if self.kind.startswith("udp"):
                with socket.socket(self._socket.family, socket.SOCK_DGRAM) as own:
                    own.sendto(f"{self._token} host".encode(), self.address)
            else:
                with socket.socket(self._socket.family, socket.SOCK_STREAM) as own:
                    own.settimeout(1.0)
                    own.connect(self.address)
                    own.sendall(f"{self._token} host".encode())
        until = time.monotonic() + 1.0
        while "host" not in self.knocks and time.monotonic() < until:
            time.sleep(0.01)
        return "host" in self.knocks

    def close(self) -> None:
        self._open = False
        self._thread.join(2)
        self._socket.close()


def open_all(token: str, folder: Path) -> list[Listener]:
    """Doors on every address of this machine, and local sockets; those that work."""
    made = []
    for host, family in _addresses():
        version = "6" if family == socket.AF_INET6 else "4"
        for kind, type_ in (("tcp", socket.SOCK_STREAM), ("udp", socket.SOCK_DGRAM)):
            with contextlib.suppress(OSError):
                made.append(Listener(f"{kind}{version}", _bound(family, type_, (host, 0)), token))
    if hasattr(socket, "AF_UNIX") and sys.platform != "win32":
        path = str(folder / "engine.sock")
        made.append(
            Listener("unix", _bound(socket.AF_UNIX, socket.SOCK_STREAM, path, mode=0o666), token)
        )
        if sys.platform == "linux":
            name = f"\0{token}"
            made.append(
                Listener("abstract", _bound(socket.AF_UNIX, socket.SOCK_STREAM, name), token)
            )
    working = []
    for listener in made:
        if listener.works():
            working.append(listener)
        else:
            listener.close()
    return working


def _bound(
    family: int, type_: int, address: str | tuple[str, int], mode: int | None = None
) -> socket.socket:
    made = socket.socket(family, type_)
    try:
        made.bind(_resolved(address, family) if isinstance(address, tuple) else address)
        if mode is not None and isinstance(address, str):
            Path(address).chmod(mode)
        if type_ == socket.SOCK_STREAM:
            made.listen()
    except OSError:
        made.close()
        raise
    return made


def _resolved(address: tuple[str, int], family: int) -> tuple[object, ...]:
    """With the scope of a link-local address as a number."""
    flags = socket.AI_NUMERICHOST
    found = socket.getaddrinfo(*address, family=family, type=socket.SOCK_STREAM, flags=flags)
    return found[0][4]


def _addresses() -> list[tuple[str, int]]:
    """Every address of this machine's interfaces, with its family."""
    families = (socket.AF_INET, socket.AF_INET6)
    found = [
        (entry.address, int(entry.family))
        for entries in psutil.net_if_addrs().values()
        for entry in entries
        if entry.family in families
    ]
    loopback = ("127.0.0.1", int(socket.AF_INET))
    return sorted({*found, loopback})
