"""How the probe measures and ends trees of processes, and confines itself."""

import os
import subprocess
import sys
import time
from pathlib import Path

from graders.sandboxes.local import PROBE

sys.path.insert(0, str(PROBE))  # the probe is scripts, not a package: they find each other so

import watch


def test_a_tree_is_found_measured_and_ended() -> None:
    sleep = "import time; time.sleep(60)"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {sleep!r}])"
    top = subprocess.Popen([sys.executable, "-c", script])
    until = time.monotonic() + 20
    while len(watch.descendants(top.pid)) < 1 and time.monotonic() < until:
        time.sleep(0.02)
    (below,) = watch.descendants(top.pid)

    assert watch.descendants(os.getpid())[top.pid] == os.getpid()
    used = watch.usage(top.pid)
    assert used is not None
    assert used.rss > 2**20
    assert 0 < watch.proportional(top.pid) <= 2 * used.rss
    watch.end_below(top.pid)
    assert top.wait(timeout=10) != 99
    assert watch.usage(top.pid) is None
    assert below not in watch.descendants(os.getpid())


def test_folders_are_measured_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(bytes(100_000))
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "sparse").touch()
    os.truncate(tmp_path / "sparse", 10**9)

    assert 100_000 <= watch.folder_bytes([tmp_path]) < 200_000
    assert watch.folder_bytes([tmp_path], entries=2) == float("inf")


def test_limits_of_the_system_are_set_below_only() -> None:
    script = (
        "import sys, resource; sys.path.insert(0, sys.argv[1]); import confine\n"
        "confine.limit_resources(dict(cpu_s=5, file_mib=1, memory_mib=100))\n"
        "print(resource.getrlimit(resource.RLIMIT_FSIZE)[0])\n"
        "print(resource.getrlimit(resource.RLIMIT_CPU)[0])\n"
        "try: bytearray(10**9)\n"
        "except MemoryError: print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(PROBE)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(2**20), "6", "refused"]
