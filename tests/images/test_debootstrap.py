"""A base of our own making: what fails on the way leaves nothing behind."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from graders.containers import base, engine
from graders.containers.engine import Client
from graders.core.errors import InfraFault
from tests.engine import needs_engine

pytestmark = [
    pytest.mark.nightly("engines"),
    needs_engine,
    pytest.mark.skipif(
        shutil.which("debootstrap") is None or os.geteuid() != 0,
        reason="debootstrap is not installed, or we are not root",
    ),
]


@pytest.fixture
def client() -> Iterator[Client]:
    with closing(engine.connect()) as connected:
        yield connected


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the base is made: nothing else is in there."""
    folder = tmp_path / "room"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def silent_mirror() -> Iterator[str]:
    """A mirror that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/debian"


def made(client: Client) -> str | None:
    with engine.speaking("look for a base"), contextlib.suppress(engine.NotThere):
        return str(client.images.get(base.MADE).id)
    return None


def mounted_below(folder: Path) -> list[str]:
    return [m for m in Path("/proc/self/mounts").read_text().splitlines() if f" {folder}" in m]


def processes_in(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(folder) in words:
                found.append(words)
    return found


def wait_for(met, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def test_a_mirror_that_cannot_be_reached_is_one_sentence_and_leaves_nothing(
    client: Client, room: Path
) -> None:
    before = made(client)
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"http://127.0.0.1:{server.getsockname()[1]}/debian"
    with pytest.raises(InfraFault, match=r"debootstrap could not make a base: E: .*nothing of it"):
        base.make(client, lambda line: None, closed)
    assert list(room.iterdir()) == []
    assert mounted_below(room) == []
    assert made(client) == before


def test_ctrl_c_half_way_leaves_nothing(client: Client, room: Path, silent_mirror: str) -> None:
    before = made(client)
    code = (
        "import signal\n"  # also where the tests themselves run in the background of a shell
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from graders.containers import base, engine\n"
        f"base.make(engine.connect(), print, {silent_mirror!r})\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        wait_for(lambda: any("wget" in words for words in processes_in(room)))
        running.send_signal(signal.SIGINT)
        assert running.wait(20) != 0
    finally:
        running.kill()
        running.communicate()
    assert list(room.iterdir()) == []
    assert processes_in(room) == []
    assert mounted_below(room) == []
    assert made(client) == before


def test_a_killed_one_ends_with_its_processes_and_the_next_one_sweeps_its_folder(
    client: Client, room: Path, silent_mirror: str
) -> None:
    code = (
        "from graders.containers import base, engine\n"
        f"base.make(engine.connect(), print, {silent_mirror!r})\n"
    )
    running = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: any("wget" in words for words in processes_in(room)))
    finally:
        running.kill()
        running.wait()
    wait_for(lambda: processes_in(room) == [])
    assert len(list(room.iterdir())) == 1
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"http://127.0.0.1:{server.getsockname()[1]}/debian"
    with pytest.raises(InfraFault):
        base.make(client, lambda line: None, closed)
    assert list(room.iterdir()) == []
    assert mounted_below(room) == []


def test_too_small_a_disk_is_refused_before_anything_is_fetched(client: Client, room: Path) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(room)]).returncode:
        pytest.skip("this machine mounts nothing for us")
    try:
        with pytest.raises(InfraFault, match=r"takes 700 MiB in .* and 16 MiB are free"):
            base.make(client, lambda line: None)
        assert list(room.iterdir()) == []
    finally:
        subprocess.run(["umount", str(room)], check=True)
