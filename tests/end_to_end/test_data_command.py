"""`dlgrade data`, as staff type it: fetch, verify, list and make, from a small mirror."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.nightly("courses")

ROOT = Path(__file__).resolve().parents[2]
TOML = """[[full.file]]
name = "train.npy"
sha256 = "{train}"
mirror = "points/train.npy"
licence = "ours"

[[full.file]]
name = "target.npy"
sha256 = "{target}"
mirror = "points/target.npy"
licence = "ours"
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A checkout with one assignment's data, and a mirror of it beside."""
    from hashlib import sha256

    mirror = tmp_path / "mirror" / "points"
    mirror.mkdir(parents=True)
    for name in ("train", "target"):
        np.save(mirror / f"{name}.npy", np.random.default_rng(len(name)).normal(size=(826, 2)))
    sums = {p.stem: sha256(p.read_bytes()).hexdigest() for p in mirror.iterdir()}
    ours = tmp_path / "checkout"
    for room in ("graders", "assignments"):
        shutil.copytree(
            ROOT / room, ours / room, ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
    for table in (ours / "assignments").glob("*/data.toml"):
        table.unlink()
    (ours / "assignments" / "linear_models" / "data.toml").write_text(TOML.format(**sums))
    return ours


def dlgrade(course: Path, *words: str) -> subprocess.CompletedProcess[str]:
    there = {"PATH": os.environ["PATH"], "PYTHONPATH": str(course), "HOME": str(course.parent),
             "DLGRADE_DATA": str(course.parent / "raw")}  # fmt: skip
    return subprocess.run([sys.executable, "-m", "graders.cli", "data", *words], cwd=course,
                          capture_output=True, text=True, timeout=120, env=there)  # fmt: skip


def test_data_is_fetched_verified_listed_and_prepared(course: Path) -> None:
    raw, mirror = course.parent / "raw", course.parent / "mirror"
    before = dlgrade(course, "verify")
    assert (before.returncode, before.stdout.splitlines()[0]) == (
        1, f"✗ linear_models: not in {raw}/linear_models",
    )  # fmt: skip

    fetched = dlgrade(course, "fetch", "--mirror", str(mirror))
    assert fetched.returncode == 0, fetched.stderr
    assert fetched.stdout.splitlines()[-1] == f"All of it is in {raw}."
    assert dlgrade(course, "verify").returncode == 0
    assert "train.npy, size unknown, here" in dlgrade(course, "list").stdout

    made = dlgrade(course, "make", "linear_models", "--into", str(course.parent / "cache"))
    assert made.returncode == 0, made.stderr
    (train,) = (course.parent / "cache" / "data").glob("linear_models.full.*/train/train.npy")
    assert train.read_bytes() == (mirror / "points" / "train.npy").read_bytes()


def test_a_flipped_byte_is_found_and_mended(course: Path) -> None:
    mirror = str(course.parent / "mirror")
    dlgrade(course, "fetch", "--mirror", mirror)
    path = course.parent / "raw" / "linear_models" / "target.npy"
    damaged = bytearray(path.read_bytes())
    damaged[1000] ^= 4
    path.write_bytes(damaged)

    found = dlgrade(course, "verify", "linear_models")
    assert found.returncode == 1
    assert f"{path} is not what data.toml says: damaged or another" in found.stdout
    refused = dlgrade(course, "make", "linear_models")
    assert refused.returncode == 2
    assert "get it with `dlgrade data fetch linear_models`" in refused.stderr
    assert dlgrade(course, "fetch", "--mirror", mirror).returncode == 0
    assert dlgrade(course, "verify").returncode == 0


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("fetch", "--mirror", "nowhere"), 2, "the mirror nowhere is neither a folder nor"),
        (("fetch", "poetry"), 2, "there is no data for 'poetry'; known are linear_models"),
        (("fetch",), 5, "linear_models is to be had from a mirror only; name one with --mirror"),
        (("fetch", "--mirror", "http://127.0.0.1:9"), 5, "127.0.0.1 cannot be reached"),
        (("fetch", "--mirror", "."), 5, "points/train.npy is not there"),
    ],
)
def test_what_cannot_be_had_is_one_sentence(course: Path, words, status, sentence) -> None:
    done = dlgrade(course, *words)

    assert done.returncode == status
    assert done.stderr.startswith("dlgrade: ")
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
