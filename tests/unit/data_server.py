"""A real HTTP server on this machine that behaves as badly as it is told to."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Behaviour:
    """How a server serves `content`, by path; and what it was asked.

    Args:
        ranges: whether it honours `Range`.
        cut: it closes a connection after so many bytes of the body; None: never.
        only_once: it cuts the first connection only.
        flipped: the byte at this place comes with one bit wrong.
        told_length: whether it says how long the body is.
    """

    content: dict[str, bytes]
    ranges: bool = True
    cut: int | None = None
    only_once: bool = False
    flipped: int | None = None
    told_length: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)  # path, Range
    sent: int = 0  # bytes of bodies


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    """The address of a server that serves until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            behaviour.asked.append((self.path, wanted))
            body = behaviour.content.get(self.path)
            if body is None:
                return self.send_error(404)
            if behaviour.flipped is not None:
                wrong = bytearray(body)
                wrong[behaviour.flipped] ^= 1
                body = bytes(wrong)
            start = 0
            if behaviour.ranges and (found := re.fullmatch(r"bytes=(\d+)-", wanted)):
                start = int(found[1])
                if start >= len(body):
                    return self.send_error(416)
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            else:
                self.send_response(200)
            if behaviour.told_length:
                self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            rest = body[start:]
            if behaviour.cut is not None and len(rest) > behaviour.cut:
                rest = rest[: behaviour.cut]
                if behaviour.only_once:
                    behaviour.cut = None
            with suppress(ConnectionError):  # they may hang up, too
                self.wfile.write(rest)
            behaviour.sent += len(rest)
            return None

        def log_message(self, format: str, *args: object) -> None:
            """Tests read what was asked in `Behaviour.asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
