"""The host's side of the probes: canaries, doors, processes to aim at; all removed at the end.

A canary is a file whose content nobody else knows. It tells two things: that it was read (its
content came out of the sandbox) and that it was written (its content changed).
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from graders.doctor import listeners

SECRET = "dlgrade-canary-"  # what every secret begins with; a cell may search for this much
SECRETS = ("host", "student", "data", "questions", "neighbour", "environ", "command", "token",
           "memory")  # fmt: skip
_VARIABLE = "DLGRADE_DOCTOR_TOKEN"
ENGINE_SOCKETS = (
    "/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock",
    "/run/containerd/containerd.sock", "/run/crio/crio.sock",
)  # fmt: skip
# Processes of the host to aim at: one for everything that may befall a process.
VICTIMS = ("kill", "stop", "term", "trace")
_SENTINEL = "import sys, time; print('up', flush=True); time.sleep(900)"


class Stage:
    """What stands on the host while the probes run. A context manager.

    Attributes:
        token: known to this run only.
        folder: everything of the run, below the system's folder for temporary files.
        data: offered to every job as course data.
    """

    def __init__(self) -> None:
        self.token = secrets.token_hex(8)
        self.folder = Path(tempfile.mkdtemp(prefix="dlgrade-doctor-")).resolve()
        self.data = self.folder / "data"
        self.jobs = self.folder / "jobs"
        self.host_file = self.folder / "host" / "staff-only.txt"
        self.other_student = self.folder / "submitted" / "somebody" / "week1" / "week1.ipynb"
        self.shared_memory = Path("/dev/shm") / self.folder.name
        self.data_file = self.data / "train.txt"
        self.secrets = {name: f"{SECRET}{name}-{secrets.token_hex(12)}" for name in SECRETS}
        self.marks = {
            name: f"dlg{name[0]}{self.token[:10]}" for name in ("daemon", "zombie", "bomb")
        }
        self._kept: dict[Path, bytes] = {}
        self.doors: list[listeners.Listener] = []
        self._victims: dict[str, subprocess.Popen[bytes]] = {}
        self._clock = (time.time(), time.monotonic())

    def __enter__(self) -> "Stage":
        try:
            self._lay_out()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _lay_out(self) -> None:
        self.folder.chmod(0o755)  # the account of a container may be another one
        self.jobs.mkdir()
        for path, name in (
            (self.host_file, "host"),
            (self.other_student, "student"),
            (self.data_file, "data"),
        ):
            path.parent.mkdir(parents=True)
            path.write_text(self.secrets[name] + "\n", encoding="utf-8")
            path.chmod(0o644)
            self._kept[path] = path.read_bytes()
        if self.shared_memory.parent.is_dir():
            self.shared_memory.write_text(self.secrets["memory"], encoding="utf-8")
        os.environ[_VARIABLE] = self.secrets["token"]
        self.doors = listeners.open_all(self.token, self.folder)
        for name in VICTIMS:
            self._victims[name] = subprocess.Popen(
                [sys.executable, "-c", _SENTINEL, self.secrets["command"]],
                env={**os.environ, "DLGRADE_DOCTOR": self.secrets["environ"]},
                stdout=subprocess.PIPE,
            )
        for victim in self._victims.values():
            assert victim.stdout is not None
            victim.stdout.readline()  # it runs: from now on it can be aimed at
        self._clock = (time.time(), time.monotonic())

    def __exit__(self, *_exc: object) -> None:
        for door in self.doors:
            door.close()
        for victim in self._victims.values():
            with contextlib.suppress(OSError):
                victim.kill()
                victim.wait()
            if victim.stdout:
                victim.stdout.close()
        os.environ.pop(_VARIABLE, None)
        with contextlib.suppress(OSError):
            self.shared_memory.unlink()
        shutil.rmtree(self.folder, ignore_errors=True)

    def facts(self, inputs: Path, outputs: Path) -> dict[str, Any]:
        """What the cells of one job are told about the host: places, never contents."""
        namespaces = {}
        for kind in ("pid", "mnt", "net", "user", "ipc"):
            with contextlib.suppress(OSError):
                namespaces[kind] = os.readlink(f"/proc/self/ns/{kind}")
        return {
            "token": self.token,
            "secret": SECRET,
            "marks": self.marks,
            "namespaces": namespaces,
            "victims": {name: victim.pid for name, victim in self._victims.items()},
            "host_file": str(self.host_file),
            "shared_memory": str(self.shared_memory),
            "other_student": str(self.other_student),
            "data_file": self.data_file.name,
            "inputs": str(inputs),
            "outputs": str(outputs),
            "engine_sockets": [*ENGINE_SOCKETS, str(self.folder / "engine.sock")],
            "doors": [
                [d.kind, list(d.address) if isinstance(d.address, tuple) else str(d.address)]
                for d in self.doors
                if d.kind not in ("unix", "abstract")
            ],
            "abstract": self.token,
        }

    def unlock(self) -> None:
        """Let the neighbour end: it looks for this file in the course data."""
        (self.data / "enough").touch()

    def knocks(self, *kinds: str) -> list[str]:
        """Addresses of those doors of `kinds` at which somebody else than the host knocked.

        Raises:
            LookupError: there is no such door that works.
        """
        doors = [door for door in self.doors if door.kind in kinds]
        if not doors:
            raise LookupError(f"the host could not open a socket ({', '.join(kinds)})")
        return sorted({_spelt(door.address) for door in doors if door.knocks - {"host"}})

    def changed(self, path: Path) -> bool:
        """Whether a canary, or the folder around it, is not as it was."""
        try:
            alone = {p.name for p in path.parent.iterdir()} <= {path.name, "enough"}
            return path.is_symlink() or path.read_bytes() != self._kept[path] or not alone
        except OSError:
            return True

    def restore(self, path: Path) -> None:
        """Put a canary back, so that the probes after this one find it."""
        for entry in path.parent.iterdir():
            if entry.name not in (path.name, "enough"):
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        path.unlink(missing_ok=True)
        path.write_bytes(self._kept[path])

    def leaked(self, text: str) -> list[str]:
        """Names of the secrets whose content is in `text`."""
        return [name for name, secret in self.secrets.items() if secret in text]

    def fate(self, name: str) -> str:
        """`alive`, or what became of the process that was aimed at."""
        victim = self._victims[name]
        status = victim.poll()
        if status is None:
            with contextlib.suppress(OSError, IndexError):
                stat = Path(f"/proc/{victim.pid}/stat").read_text("utf-8")
                if stat.rpartition(")")[2].split()[0] in ("T", "t"):
                    return "stopped"
            return "alive"
        with contextlib.suppress(ValueError):
            return f"ended by {signal.Signals(-status).name}"
        return f"ended with status {status}"

    def clock_shift_s(self) -> float:
        """How far the time of day has moved against the steady clock since the start, seconds."""
        wall, steady = self._clock
        return (time.time() - wall) - (time.monotonic() - steady)


def _spelt(address: object) -> str:
    if isinstance(address, tuple):
        return str(address[0])
    return json.dumps(str(address))
