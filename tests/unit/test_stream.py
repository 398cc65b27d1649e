"""The host's end of what a container says: nothing is stored but what a job may leave."""

import socket
import struct
import threading
from pathlib import Path

import pytest

from graders.sandboxes.stream import ContainerGone, Stream


def said(*parts: tuple[int, bytes]) -> Stream:
    """A stream on which all this was said, and no more."""
    here, there = socket.socketpair()
    for number, data in parts:
        there.sendall(struct.pack(">BxxxL", number, len(data)) + data)
    there.close()
    return Stream(here)


def test_only_names_that_a_job_leaves_are_stored(tmp_path: Path) -> None:
    stream = said((2, b"log"), (1, b"1234"), (2, b" more"), (1, b"5678"), (1, b"abc"), (1, b"x"))
    announced = [["../evil", 2], ["answers/0000.npy", 5], ["/etc/evil", 1], ["ending.json", 3],
                 ["ending.json", 1]]  # fmt: skip
    stream.take_files(announced, tmp_path / "out", 100)
    stream.close()

    found = {p.relative_to(tmp_path).as_posix(): p.read_bytes()
             for p in tmp_path.rglob("*") if p.is_file()}  # fmt: skip
    assert found == {"out/answers/0000.npy": b"34567", "out/ending.json": b"abc"}
    assert stream.log == "log more"


@pytest.mark.parametrize(
    ("announced", "why"),
    [
        ([["ending.json", 200]], "more than it may leave"),
        ([["ending.json", 60], ["cells.jsonl", 60]], "more than it may leave"),
        ([["ending.json", -1]], "more than it may leave"),
        ([["ending.json", "9" * 30]], "more than it may leave"),
        ([["x", 0]] * 20_000, "too many"),
        ("nonsense", "no list"),
        ([["ending.json", 9]], "its output ended"),
    ],
)
def test_a_stream_that_announces_nonsense_is_given_up(
    announced: object, why: str, tmp_path: Path
) -> None:
    stream = said((1, b"x" * 70)) if "60" in str(announced) else said((1, b"12345678"))
    with pytest.raises(ContainerGone, match=why):
        stream.take_files(announced, tmp_path, 100)
    stream.close()


def test_a_line_without_an_end_is_given_up() -> None:
    here, there = socket.socketpair()
    stream = Stream(here)

    def flood() -> None:
        try:
            for _ in range(4000):
                there.sendall(struct.pack(">BxxxL", 1, 1024) + b"x" * 1024)
        except OSError:
            pass

    thread = threading.Thread(target=flood)
    thread.start()
    with pytest.raises(ContainerGone, match="without end"):
        stream.line()
    stream.close()
    there.close()
    thread.join()
