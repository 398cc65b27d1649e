"""Runs jobs as processes of this account: limits and cleanliness, but NO isolation.

A job gets a fresh working folder, an environment without our secrets, limits of memory, processor
time, processes, files and the clock, and nothing that it started is left when it has ended. What it
does not get is a wall: it can read and write whatever the account can. For submissions of people
you do not trust, use a sandbox that isolates.
"""

import contextlib
import functools
import hashlib
import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import autograder_images
from graders.core.errors import InfraFault
from graders.core.types import Ending, Execution, Job
from graders.sandboxes import leftovers
from graders.sandboxes.endings import execution
from graders.sandboxes.environment import ENV_FIXED
from graders.sandboxes.server import Interrupted, Server, ServerGone

NOT_ISOLATED = "The local sandbox does not isolate: notebooks run with all rights of your account."
PROBE = Path(autograder_images.__file__).parent / "probe"
JOBS_A_SERVER = 100  # then a fresh one takes its place
_START_ALLOWANCE_S = 60.0  # wall seconds, for what is not the notebook's: starts of kernels
_HOST_ALLOWANCE_S = 15.0  # how much later than the server the host loses patience
_PACKAGES = (
    "ipykernel", "ipython", "jupyter_client", "matplotlib", "nbclient", "nbformat", "numpy",
    "pandas", "pyzmq", "scikit-learn", "scipy", "tensorflow", "tensorflow-cpu", "torch",
)  # fmt: skip
# What a process needs to run at all. Everything else of our environment may be a secret.
_ENV_KEPT = frozenset(
    {
        "PATH", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV",
        "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "NUMBER_OF_PROCESSORS",
        "PROCESSOR_ARCHITECTURE", "CUDA_VISIBLE_DEVICES",
    }
)  # fmt: skip


class LocalSandbox:
    """A `Sandbox` of processes on this machine. It protects the batch, not the account.

    Args:
        slots: how many jobs run at the same time; further calls of `run` wait.
        warm: whether servers that have imported everything once are kept and forked for each job
            (a second or more faster a job). None: where the system can fork.
    """

    name = "local"

    def __init__(self, slots: int = 1, warm: bool | None = None) -> None:
        self.warm = os.name == "posix" if warm is None else warm
        if self.warm and os.name != "posix":
            raise InfraFault("warm servers need a system that can fork")
        leftovers.sweep(Path(tempfile.gettempdir()))
        self._free = threading.BoundedSemaphore(slots)
        self._lock = threading.RLock()  # a signal handler may stop us while we hold it
        self._idle: list[Server] = []
        self._busy: set[Server] = set()
        self._stopped = False
        self._closed = False

    def fingerprint(self) -> str:
        """`local:` and a hash of the interpreter, the packages that matter and the probe."""
        return _fingerprint()

    def warm_up(self, servers: int = 1) -> None:
        """Start servers before there is a job for them, so that their imports overlap with
        whatever the host does meanwhile. Returns at once.

        Raises:
            InfraFault: a server could not be started.
        """
        with self._lock:
            if not self._stopped:
                while len(self._idle) + len(self._busy) < servers:
                    self._idle.append(self._new_server())

    def run(self, job: Job) -> Execution:
        """Run `job` in a fresh working folder; see `Sandbox.run`."""
        with self._free:
            root = Path(tempfile.mkdtemp(prefix=leftovers.PREFIX)).resolve()
            try:
                return self._run(job, root)
            finally:
                leftovers.remove_folder(root)

    def _run(self, job: Job, root: Path) -> Execution:
        try:
            order = _prepare(job, root)
        except OSError as error:
            raise InfraFault(f"the job's working folder could not be made: {error}") from error
        began = time.monotonic()
        with self._server() as server:
            try:
                server.wait_until_ready()
                began = time.monotonic()
                patience_s = order["deadline_s"] + _HOST_ALLOWANCE_S
                answer = server.run(order, patience_s)
            except Interrupted:
                server.end()
                if server.killed or sys.platform != "linux":
                    leftovers.end_processes(root)
                raise InfraFault("interrupted") from None
            except ServerGone as gone:
                server.end()
                leftovers.end_processes(root)
                if self._stopped:
                    raise InfraFault("interrupted") from None
                wall_s = time.monotonic() - began
                detail = f"the sandbox's server was killed: {gone}"
                return Execution(Ending.KILLED, wall_s, 0.0, 0.0, job.outputs, detail)
            if answer["left"] or sys.platform != "linux":
                leftovers.end_processes(root)
        return execution(job, answer)

    @contextlib.contextmanager
    def _server(self) -> Iterator[Server]:
        """Lease a server; a used-up or broken one is not given back."""
        with self._lock:
            if self._stopped:
                raise InfraFault("interrupted")
            while self._idle and not self._idle[-1].alive():
                self._idle.pop().end()
            server = self._idle.pop() if self._idle else self._new_server()
            self._busy.add(server)
        try:
            yield server
        finally:
            with self._lock:
                self._busy.discard(server)
                keep = server.alive() and server.jobs < JOBS_A_SERVER and not self._stopped
                if keep:
                    self._idle.append(server)
            if not keep:
                server.end()

    def _new_server(self) -> Server:
        env = {**_environment(), **ENV_FIXED}
        if "HOME" in os.environ:  # for matplotlib's list of fonts; jobs get a home of their own
            env["HOME"] = os.environ["HOME"]
        return Server(PROBE, self.warm, env)

    def stop(self) -> None:
        """End every running job at once; `run` raises InfraFault in their threads."""
        self._stopped = True
        with self._lock:
            servers = [*self._idle, *self._busy]
            self._idle.clear()
        for server in servers:
            server.ask_to_end()
        for server in servers:
            server.end()

    def close(self) -> None:
        """End the servers. Idempotent."""
        if not self._closed:
            self._closed = True
            self.stop()

    def __enter__(self) -> "LocalSandbox":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def _environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _ENV_KEPT or name.startswith("LC_")
    }


def _prepare(job: Job, root: Path) -> dict[str, Any]:
    """Lay out the folders of one job; returns the order for the server."""
    folders = {name: root / name for name in ("inputs", "private", "work", "home", "tmp")}
    for folder in folders.values():
        folder.mkdir()
    for name in ("notebook.ipynb", "plan.json", "inputs.npz"):
        shutil.copyfile(job.inputs / name, folders["inputs"] / name)
    job.outputs.mkdir(parents=True, exist_ok=True)
    home = folders["home"]
    fonts = home / "matplotlib"
    fonts.mkdir()
    for listed in _font_lists():
        shutil.copyfile(listed, fonts / listed.name)
    env = {
        **_environment(),
        **ENV_FIXED,
        "HOME": str(home),
        "USERPROFILE": str(home),
        "TMPDIR": str(folders["tmp"]),
        "TEMP": str(folders["tmp"]),
        "TMP": str(folders["tmp"]),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "MPLCONFIGDIR": str(fonts),
        **job.env,
        leftovers.MARK: str(root),
    }
    if job.data is not None:
        data = job.data.resolve()
        env["COURSE_DATA"] = str(data)
        for entry in data.iterdir():
            _offer(entry, folders["work"] / entry.name)
    limits = job.limits
    return {
        **{name: str(folders[name]) for name in ("inputs", "private", "work")},
        "root": str(root),
        "outputs": str(job.outputs.resolve()),
        "env": env,
        "limits": asdict(limits),
        "deadline_s": limits.wall_s + limits.ask_s + _START_ALLOWANCE_S,
    }


def _offer(entry: Path, place: Path) -> None:
    try:
        place.symlink_to(entry)
    except OSError:  # Windows grants links to administrators only
        if entry.is_dir():
            shutil.copytree(entry, place)
        else:
            shutil.copyfile(entry, place)


@functools.cache
def _font_lists() -> tuple[Path, ...]:
    """matplotlib's list of this machine's fonts: seconds of work, were each job to make its own."""
    folders = [
        os.environ.get("MPLCONFIGDIR"),
        os.path.join(
            os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "matplotlib"
        ),
        os.path.expanduser("~/.matplotlib"),
    ]
    for folder in filter(None, folders):
        if found := tuple(sorted(Path(folder).glob("fontlist-*.json"))):
            return found
    return ()


@functools.cache
def _fingerprint() -> str:
    parts = [platform.python_version(), platform.machine(), sys.platform]
    for package in _PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            parts.append(f"{package}={importlib.metadata.version(package)}")
    for file in sorted(PROBE.glob("*.py")):
        parts.append(f"{file.name}={hashlib.sha256(file.read_bytes()).hexdigest()}")
    return "local:" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
