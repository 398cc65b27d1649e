"""What an image stands on: python:3.11-slim, an image of yours, or one that debootstrap makes."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from graders.containers.engine import Client, NotThere, speaking
from graders.containers.oneshot import run_once
from graders.containers.recipe import PYTHON
from graders.core.errors import InfraFault, UsageFault

SLIM = "python:3.11-slim"
MADE = "dlgrade-base:bookworm"
_SUITE = "bookworm"
_PACKAGES = "python3,python3-venv,ca-certificates"
_NEEDED_MIB = 700  # while it is being made: the tree, its packages and the tar file
_FULL_MIB = 32
_FOLDER = "dlgrade-base-"
# What belongs to a machine, or can be had again.
_LEFT_OUT = (
    "dev/*", "proc/*", "sys/*", "run/*", "tmp/*", "var/tmp/*", "var/log/*", "var/cache/apt/*",
    "var/lib/apt/lists/*", "etc/resolv.conf", "etc/hostname", "etc/machine-id", "debootstrap",
)  # fmt: skip
_LOOK = "import ensurepip, sys, venv; print('python', *sys.version_info[:3])"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Base:
    """An image that is there, with the Python that the lock files need.

    Args:
        name: as it was asked for.
        id: its digest.
        python: like `3.11.2`.
    """

    name: str
    id: str
    python: str


def choose(
    client: Client, wanted: str, tell: Tell, mirror: str | None = None, anew: bool = False
) -> Base:
    """The base that `--base` names, fetched or made where it has to be.

    Args:
        wanted: `auto`, `debootstrap` or an image's name.
        tell: gets one line for each thing that takes time.
        mirror: where debootstrap fetches Debian from; None for its own default.
        anew: a base of ours that exists already is made again.

    Raises:
        UsageFault: it cannot be had this way; says what to do.
        InfraFault: the Engine or debootstrap failed.
    """
    if wanted == "debootstrap":
        if anew or _id(client, MADE) is None:
            make(client, tell, mirror)
        return _looked_at(client, MADE)
    if wanted != "auto":
        try:
            _fetched(client, wanted, tell)
        except UsageFault as fault:
            raise UsageFault(
                f"{fault}; bring it with `docker load`, or use --base debootstrap, which needs "
                "no registry"
            ) from fault
        return _looked_at(client, wanted)
    for name in (MADE, SLIM):
        if _id(client, name) is not None:
            return _looked_at(client, name)
    try:
        _fetched(client, SLIM, tell)
        return _looked_at(client, SLIM)
    except UsageFault as fault:
        if (why_not := _cannot_bootstrap()) is not None:
            raise UsageFault(
                f"{fault}, nor can a base be made here: {why_not}; or name an image with "
                f"Python {PYTHON} that is here: --base IMAGE"
            ) from fault
        tell(f"{SLIM} cannot be pulled: making a base with debootstrap instead")
    make(client, tell, mirror)
    return _looked_at(client, MADE)


def make(client: Client, tell: Tell, mirror: str | None = None) -> None:
    """Make `dlgrade-base:bookworm` from Debian's packages. Takes a minute and 700 MiB of disk.

    Whatever happens on the way, Ctrl-C included, nothing of it stays: the folder is removed (after
    SIGKILL by the next one that is made), and the image is imported only when it is whole.

    Raises:
        UsageFault: debootstrap is not installed, or we are not root.
        InfraFault: it failed, or the disk is full.
    """
    if (why_not := _cannot_bootstrap()) is not None:
        raise UsageFault(f"no base can be made here: {why_not}")
    with _workspace() as folder:
        root, packed, log = folder / "root", folder / "root.tar", folder / "log"
        tell(f"making a base: debootstrap {_SUITE}, about a minute")
        # Mounts and processes of its own, which end with it, as it does with us: even by SIGKILL.
        command = ["setpriv", "--pdeathsig", "KILL",
                   "unshare", "--mount", "--pid", "--fork", "--kill-child",
                   "debootstrap", "--variant=minbase", f"--include={_PACKAGES}", _SUITE,
                   str(root)]  # fmt: skip
        _run([*command, mirror] if mirror else command, log, "debootstrap")
        out = [f"--exclude=./{pattern}" for pattern in _LEFT_OUT]
        _run(["tar", "--create", "--numeric-owner", "--sort=name", "--xattrs", *out,
              "--directory", str(root), "--file", str(packed), "."], log, "tar")  # fmt: skip
        tell(f"importing it as {MADE}")
        repository, tag = MADE.split(":")
        with speaking(f"import {MADE}"):
            client.api.import_image(
                src=str(packed), repository=repository, tag=tag,
                changes=["LABEL dlgrade.role=base", 'CMD ["python3"]'],
            )  # fmt: skip


def _cannot_bootstrap() -> str | None:
    for program in ("debootstrap", "setpriv", "unshare", "tar"):
        if shutil.which(program) is None:
            return f"{program} is not installed; `apt-get install debootstrap util-linux tar`"
    if os.geteuid() != 0:
        return "debootstrap needs root; use sudo"
    return None


@contextlib.contextmanager
def _workspace() -> Iterator[Path]:
    # /tmp is often mounted without devices or programs, which debootstrap refuses.
    parent = os.environ.get("TMPDIR") or "/var/tmp"
    _sweep(Path(parent))
    free = shutil.disk_usage(parent).free // 2**20
    if free < _NEEDED_MIB:
        raise InfraFault(
            f"making a base takes {_NEEDED_MIB} MiB in {parent} and {free} MiB are free; make "
            "room, or name another folder in TMPDIR"
        )
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-", dir=parent))
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Remove what one that was killed half-way has left."""
    for folder in parent.glob(f"{_FOLDER}*-*"):
        owner = folder.name.removeprefix(_FOLDER).split("-")[0]
        if owner.isdecimal() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str], log: Path, name: str) -> None:
    """Run a program to its end.

    Raises:
        InfraFault: it failed; with the last line that it said.
    """
    environment = os.environ | {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    with log.open("wb") as written:
        running = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=written, stderr=subprocess.STDOUT,
            env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            status = running.wait()
        finally:
            if running.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(running.pid, signal.SIGKILL)
                running.wait()
    if status != 0:
        raise InfraFault(f"{name} could not make a base: {_said(log)}; nothing of it was kept")


def _said(log: Path) -> str:
    """The line of a log that most likely says why."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()]
    lines = [line for line in lines if line] or ["it said nothing"]
    # debootstrap often names a consequence only.
    full = shutil.disk_usage(log.parent).free < _FULL_MIB * 2**20
    if full or any("No space left on device" in line for line in lines):
        return "the disk is full"
    wrong = [line for line in lines if line.startswith(("E:", "W:", "tar:", "unshare:"))]
    return (wrong or lines)[-1][:300]


def _id(client: Client, name: str) -> str | None:
    with speaking(f"look for {name}"):
        try:
            return str(client.images.get(name).id)
        except NotThere:
            return None


def _fetched(client: Client, name: str, tell: Tell) -> None:
    if _id(client, name) is not None:
        return
    tell(f"pulling {name}")
    try:
        with speaking(f"pull {name}"):
            client.api.pull(name if ":" in name or "@" in name else f"{name}:latest")
    except InfraFault as fault:
        raise UsageFault(f"there is no image {name} here, and {fault}") from fault


def _looked_at(client: Client, name: str) -> Base:
    """Ask the base for its Python, before minutes are spent on it."""
    found = _id(client, name)
    if found is None:
        raise InfraFault(f"the image {name} has gone while it was used")
    try:
        said = run_once(client, found, ["python3", "-c", _LOOK])
    except InfraFault as fault:
        if "python3" not in str(fault.__cause__) or "not found" not in str(fault.__cause__):
            raise
        said = "there is no python3"
    for line in said.splitlines():
        words = line.split()
        if len(words) == 4 and words[0] == "python":
            version = ".".join(words[1:])
            if version.startswith(f"{PYTHON}."):
                return Base(name, found, version)
            raise UsageFault(
                f"{name} has Python {version}, and the locked packages are for {PYTHON}; "
                "name another image with --base"
            )
    last = (said.strip().splitlines() or ["it printed nothing"])[-1]
    raise UsageFault(
        f"{name} has no Python {PYTHON} with venv as python3 ({last[:200]}); name another image "
        "with --base"
    )
