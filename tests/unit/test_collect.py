"""What the probe of a container takes along from the outputs folder: plain files, up to a size."""

import os
import socket
import sys
from pathlib import Path

import pytest

PROBE = Path(__file__).resolve().parents[2] / "autograder_images" / "probe"


@pytest.fixture
def collect(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(PROBE))
    import contained

    yield contained.collect
    for name in [
        n
        for n, m in sys.modules.items()
        if (getattr(m, "__file__", "") or "").startswith(str(PROBE))
    ]:
        del sys.modules[name]


def test_plain_files_are_taken_and_all_else_is_refused(collect, tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    (outputs / "answers").mkdir(parents=True)
    (outputs / "ending.json").write_text("{}")
    (outputs / "answers" / "0000.npy").write_bytes(b"12345")
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    (outputs / "link").symlink_to(secret)
    (outputs / "folder").symlink_to(tmp_path)
    os.link(secret, outputs / "hard")
    os.mkfifo(outputs / "pipe")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(outputs / "socket"))
    (outputs / "large").write_bytes(bytes(2000))

    taken, refused = collect(outputs, 1000)
    listener.close()

    names = sorted(p.relative_to(outputs).as_posix() for p in taken)
    assert names == ["answers/0000.npy", "ending.json"]
    assert sorted(refused) == [
        "folder: not a plain file", "hard: not a plain file", "large: too large",
        "link: not a plain file", "pipe: not a plain file", "socket: not a plain file",
    ]  # fmt: skip


def test_all_files_together_are_limited_too(collect, tmp_path: Path) -> None:
    for k in range(5):
        (tmp_path / f"{k}").write_bytes(bytes(300))

    taken, refused = collect(tmp_path, 1000)
    assert len(taken) == 3
    assert len(refused) == 2
