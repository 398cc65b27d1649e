"""Files come whole or not at all: cut, damaged, missing, offline, and machines that are full."""

import hashlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.core.data import fetching
from graders.core.data.fetching import obtain
from graders.core.data.sources import DataFile, DataSet, Source
from graders.core.errors import InfraFault
from tests.unit.data_server import Behaviour, serving

CONTENT = np.random.default_rng(0).bytes(700_000)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(time, "sleep", lambda _: None)


def digits(*urls: str, content: bytes = CONTENT) -> DataSet:
    checksum = hashlib.sha256(content).hexdigest()
    file = DataFile("digits.bin", "sha256", checksum, len(content), urls, "digits.bin", "ours")
    return DataSet("digits", Path("assignments/pictures"), ("pictures",), (Source("s", (file,)),))


def kept(raw: Path) -> bytes | None:
    path = raw / "pictures" / "digits.bin"
    return path.read_bytes() if path.is_file() else None


def parts(raw: Path) -> list[int]:
    return [p.stat().st_size for p in (raw / "pictures").glob(".*.part")]


def good(**more: Any) -> Behaviour:
    return replace(Behaviour({"/digits.bin": CONTENT}), **more)


def test_a_file_comes_whole(tmp_path: Path) -> None:
    seen: list[int] = []
    with serving(good()) as address:
        obtain(digits(f"{address}/digits.bin"), tmp_path, told=lambda _: seen.append)

    assert kept(tmp_path) == CONTENT
    assert seen[-1] == len(CONTENT)
    assert not parts(tmp_path)


def test_what_is_here_is_not_fetched_again(tmp_path: Path) -> None:
    server = good()
    with serving(server) as address:
        for _ in range(2):
            obtain(digits(f"{address}/digits.bin"), tmp_path)

    assert len(server.asked) == 1


def test_a_connection_that_is_cut_once_is_taken_up_where_it_broke(tmp_path: Path) -> None:
    server = good(cut=300_000, only_once=True)
    with serving(server) as address:
        obtain(digits(f"{address}/digits.bin"), tmp_path)

    assert kept(tmp_path) == CONTENT
    assert [wanted for _, wanted in server.asked] == ["", "bytes=300000-"]
    assert server.sent == len(CONTENT)


def test_a_server_that_says_no_length_and_cuts_is_not_believed(tmp_path: Path) -> None:
    server = good(cut=300_000, only_once=True, told_length=False)
    with serving(server) as address:
        obtain(digits(f"{address}/digits.bin"), tmp_path)

    assert kept(tmp_path) == CONTENT


def test_a_download_that_stays_cut_is_kept_and_resumed_by_the_next_fetch(tmp_path: Path) -> None:
    with serving(good(cut=0)) as address, pytest.raises(InfraFault, match="cut the connection"):
        obtain(digits(f"{address}/digits.bin"), tmp_path)
    (tmp_path / "pictures" / f".digits.bin.{digits().sources[0].files[0].checksum[:12]}.part"
     ).write_bytes(CONTENT[:500_000])  # fmt: skip

    server = good()
    with serving(server) as address:
        obtain(digits(f"{address}/digits.bin"), tmp_path)

    assert kept(tmp_path) == CONTENT
    assert server.asked == [("/digits.bin", "bytes=500000-")]


def test_a_server_without_ranges_that_cuts_every_time_is_given_up(tmp_path: Path) -> None:
    server = good(cut=300_000, ranges=False)
    with serving(server) as address, pytest.raises(InfraFault, match="after 300,000 of 700,000"):
        obtain(digits(f"{address}/digits.bin"), tmp_path)

    assert kept(tmp_path) is None
    assert parts(tmp_path) == [300_000]
    assert len(server.asked) == 1 + fetching.TRIES


def test_without_ranges_the_whole_file_comes_anew(tmp_path: Path) -> None:
    server = good(cut=300_000, only_once=True, ranges=False)
    with serving(server) as address:
        obtain(digits(f"{address}/digits.bin"), tmp_path)

    assert kept(tmp_path) == CONTENT


def test_a_flipped_byte_is_noticed_and_nothing_is_kept(tmp_path: Path) -> None:
    with serving(good(flipped=12_345)) as address, pytest.raises(InfraFault) as told:
        obtain(digits(f"{address}/digits.bin"), tmp_path)

    assert "is damaged or another file: its sha256 is" in str(told.value)
    assert kept(tmp_path) is None
    assert not parts(tmp_path)


def test_a_spoilt_part_gets_a_fresh_start(tmp_path: Path) -> None:
    part = tmp_path / "pictures" / f".digits.bin.{digits().sources[0].files[0].checksum[:12]}.part"
    part.parent.mkdir()
    part.write_bytes(b"x" * 400_000)
    with serving(good()) as address:
        obtain(digits(f"{address}/digits.bin"), tmp_path)

    assert kept(tmp_path) == CONTENT


def test_a_damaged_file_is_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "digits.bin").write_bytes(CONTENT[:-1] + b"!")
    with serving(good()) as address:
        obtain(digits(f"{address}/digits.bin"), tmp_path)

    assert kept(tmp_path) == CONTENT


@pytest.mark.parametrize(
    "bad", [{"flipped": 7}, {"cut": 0}, {"content": {}}, {"content": {"/digits.bin": b"short"}}]
)
def test_the_next_place_is_tried_when_one_is_no_good(tmp_path: Path, bad: dict) -> None:
    with serving(good(**bad)) as first, serving(good()) as second:
        obtain(digits(f"{first}/digits.bin", f"{second}/digits.bin"), tmp_path)

    assert kept(tmp_path) == CONTENT


def test_the_next_source_is_tried_when_a_mirror_lacks_the_first(tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "other.bin").write_bytes(b"the same digits, packed otherwise")
    packed = digits(content=b"the same digits, packed otherwise").sources[0].files[0]
    other = Source("mirror", (replace(packed, mirror="other.bin"),))
    both = replace(digits("http://127.0.0.1:9/digits.bin"), sources=(digits().sources[0], other))

    assert obtain(both, tmp_path, str(tmp_path / "mirror")) == other


def test_a_damaged_mirror_is_not_blamed_for_lacking_another_source(tmp_path: Path) -> None:
    packed = digits(content=CONTENT[:-9]).sources[0]
    both = replace(digits(), sources=(packed, digits().sources[0]))
    with serving(good(flipped=9)) as address, pytest.raises(InfraFault) as told:
        obtain(both, tmp_path, address)

    assert str(told.value).startswith(
        f"digits could not be fetched: what {address}/digits.bin gave"
    )
    assert "another file: 700,000 bytes" not in str(told.value)


def test_a_mirror_is_an_address_or_a_folder(tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "digits.bin").write_bytes(CONTENT)
    with serving(good()) as address:
        for mirror in (f"{address}/", str(tmp_path / "mirror")):
            obtain(digits(), raw := tmp_path / mirror[-3:].strip("/"), mirror)
            assert kept(raw) == CONTENT


def test_offline_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(InfraFault) as told:
        obtain(digits("http://127.0.0.1:9/digits.bin"), tmp_path)

    assert str(told.value) == (
        "digits could not be fetched: 127.0.0.1 cannot be reached (Connection refused); "
        "is this machine online?"
    )


def test_a_file_without_a_known_checksum_is_never_fetched(tmp_path: Path) -> None:
    server = good()
    with serving(server) as address:
        unknown = digits(f"{address}/digits.bin")
        file = replace(unknown.sources[0].files[0], algorithm="", checksum="")
        with pytest.raises(InfraFault, match="no checksum of it is known"):
            obtain(replace(unknown, sources=(Source("s", (file,)),)), tmp_path)

    assert not server.asked


def test_a_folder_that_a_file_stands_in_for_is_named(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("in the way")
    with serving(good()) as address, pytest.raises(InfraFault, match="a file is in the way"):
        obtain(digits(f"{address}/digits.bin"), tmp_path)


FULL = """
import errno, resource, signal, sys
from pathlib import Path
from typing import Any
from graders.core.errors import InfraFault
from tests.unit.test_data_fetching import digits, obtain
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    obtain(digits(sys.argv[1]), Path(sys.argv[2]))
except InfraFault as fault:
    print(fault)
"""


def test_a_limit_on_file_sizes_is_one_clear_sentence(tmp_path: Path) -> None:
    with serving(good()) as address:
        done = subprocess.run([sys.executable, "-c", FULL, f"{address}/digits.bin", str(tmp_path)],
                              capture_output=True, text=True, cwd=ROOT, timeout=60)  # fmt: skip

    assert done.stdout.strip() == (
        f"{tmp_path}/pictures cannot keep what was fetched: a file may not grow so large here; "
        "raise the limit (ulimit -f) and run the same command again"
    ), done.stderr
    assert kept(tmp_path) is None
    assert parts(tmp_path) == [200_000]


@pytest.fixture
def tiny_disk(tmp_path: Path):
    """A disk of 256 KiB; only root can make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)],
                          capture_output=True)  # fmt: skip
    if made.returncode:
        pytest.skip("this account cannot mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_one_clear_sentence_and_what_came_is_resumed(tiny_disk: Path) -> None:
    server = good()
    with serving(server) as address:
        with pytest.raises(InfraFault, match="the disk is full; make room and run the same"):
            obtain(digits(f"{address}/digits.bin"), tiny_disk)
        (came,) = parts(tiny_disk)
        subprocess.run(["mount", "-o", "remount,size=2m", str(tiny_disk)], check=True)
        obtain(digits(f"{address}/digits.bin"), tiny_disk)

    assert kept(tiny_disk) == CONTENT
    assert server.asked[-1] == ("/digits.bin", f"bytes={came}-")
    assert came > 100_000


def _another(address: str, raw: Path) -> None:
    obtain(digits(f"{address}/digits.bin"), raw)


def test_processes_that_want_the_same_file_fetch_it_once(tmp_path: Path) -> None:
    server = good()
    with serving(server) as address:
        start = multiprocessing.get_context("spawn")
        workers = [start.Process(target=_another, args=(address, tmp_path)) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)

    assert [w.exitcode for w in workers] == [0, 0, 0]
    assert kept(tmp_path) == CONTENT
    assert len(server.asked) == 1


def test_a_killed_download_lets_go_and_is_resumed(tmp_path: Path) -> None:
    part = tmp_path / "pictures" / f".digits.bin.{digits().sources[0].files[0].checksum[:12]}.part"
    code = (
        "import sys; from pathlib import Path; from graders.core.data import fetching; "
        "from tests.unit.test_data_fetching import digits; "
        "stop = lambda n: (print(n, flush=True), sys.stdin.read()); "
        "fetching.obtain(digits(sys.argv[1]), Path(sys.argv[2]), told=lambda _: stop)"
    )
    server = good()
    with serving(server) as address:
        url = f"{address}/digits.bin"
        with subprocess.Popen(
            [sys.executable, "-c", code, url, str(tmp_path)], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        ) as running:  # fmt: skip
            assert running.stdout is not None
            came = int(running.stdout.readline())
            os.kill(running.pid, signal.SIGKILL)
        assert 0 < came < len(CONTENT)
        assert part.is_file()
        obtain(digits(url), tmp_path)

    assert kept(tmp_path) == CONTENT
