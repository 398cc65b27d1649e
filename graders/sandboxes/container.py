"""One hardened container for one job: made ahead of need, used once, removed.

What holds it: no network, a read-only root, no capability, no new privileges, the Engine's default
seccomp profile, limits on memory (no swap), processes, cores, open files and file sizes, working
folders in memory of limited size and number of files, no log, an init that buries the dead. The
only thing mounted is the course data, read-only. Two accounts share the container: the probe, which
this module talks to over standard input and output, and the student's, which an exec starts.
"""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.containers.engine import (
    Client,
    DeviceRequest,
    LogConfig,
    Mount,
    Ulimit,
    speaking,
)
from graders.core.errors import InfraFault
from graders.core.types import Limits
from graders.sandboxes.environment import ENV_FIXED
from graders.sandboxes.stream import ContainerGone, Stream

PYTHON = "/opt/venv/bin/python"
PROBE = "/opt/dlgrade/probe"
PROBE_USER = "10001:10000"  # as in autograder_images/Dockerfile
STUDENT_USER = "10002:10000"
READY_S = 120.0
_PATH = "/opt/venv/bin:/usr/local/bin:/usr/bin:/bin"
_OWN_MIB = 256  # for the probe and what its imports share with the kernels
_INPUTS_MIB = 256  # plan, notebook and unseen inputs
_THREADS = 512  # of a job, beside its processes: the limit counts both
_OPEN_FILES = 4096
_INODES = 20_000  # of each working folder
_HOME_MIB = 64
_SHARED_MIB = 64
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Fit:
    """What a container is made for.

    Args:
        image: digest of the image.
        limits: of the job.
        data: the course data of the training side, or None.
        gpu: UUID of a device (or a name of the Container Device Interface), or "".
        runtime: of the Engine, such as `runsc`; "" is its default.
        cores: that the Engine's machine has: it refuses a limit above that.
    """

    image: str
    limits: Limits
    data: Path | None
    gpu: str = ""
    runtime: str = ""
    cores: float = float("inf")


def host_config(client: Client, fit: Fit) -> dict[str, Any]:
    """The walls of a container, in the Engine's words."""
    limits = fit.limits
    memory = (limits.memory_mib + _OWN_MIB) * _MIB
    largest = max(limits.file_mib, _most_mib(limits)) * _MIB
    mounts = []
    if fit.data is not None:
        mounts.append(Mount("/data", str(fit.data), type="bind", read_only=True))
    request = None
    if fit.gpu:
        driver = "cdi" if "=" in fit.gpu else ""
        request = [DeviceRequest(driver=driver, device_ids=[fit.gpu], capabilities=[["gpu"]])]
    config: dict[str, Any] = client.api.create_host_config(
        network_mode="none",
        ipc_mode="private",
        read_only=True,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges:true"],
        init=True,
        mem_limit=memory,
        memswap_limit=memory,
        pids_limit=limits.processes + _THREADS,
        nano_cpus=int(min(limits.cpus, fit.cores) * 1e9),
        ulimits=[
            Ulimit(name="nofile", soft=_OPEN_FILES, hard=_OPEN_FILES),
            Ulimit(name="fsize", soft=largest, hard=largest),
            Ulimit(name="core", soft=0, hard=0),
        ],
        tmpfs={
            # Instead of the Engine's own, which takes any number of files.
            "/dev/shm": _memory_folder(_SHARED_MIB, "mode=1777"),
            "/work": _memory_folder(limits.disk_mib, "uid=10002,gid=10000,mode=0700"),
            "/tmp": _memory_folder(limits.disk_mib, "mode=1777"),
            "/home/student": _memory_folder(_HOME_MIB, "uid=10002,gid=10000,mode=0700"),
            "/outputs": _memory_folder(_most_mib(limits), "uid=10001,gid=10000,mode=0700"),
            "/private": _memory_folder(_INPUTS_MIB, "uid=10001,gid=10000,mode=0700"),
            "/sockets": _memory_folder(1, "uid=10001,gid=10000,mode=0770"),
        },
        mounts=mounts,
        log_config=LogConfig(type="none"),
        device_requests=request,
        runtime=fit.runtime or None,
    )
    return config


def _most_mib(limits: Limits) -> int:
    """What may lie in the outputs at any time: the answers, and the notebook old and new."""
    return 3 * limits.output_mib + 16


def _memory_folder(size_mib: int, more: str) -> str:
    return f"rw,nosuid,nodev,noexec,size={size_mib}m,nr_inodes={_INODES},{more}"


def student_environment(job_env: dict[str, str], data: Path | None) -> dict[str, str]:
    """What a notebook finds in its environment."""
    env = {
        "PATH": _PATH,
        "LANG": "C.UTF-8",
        "HOME": "/home/student",
        "USER": "student",
        "TMPDIR": "/tmp",
        "IPYTHONDIR": "/home/student/ipython",
        "JUPYTER_CONFIG_DIR": "/home/student/jupyter",
        "JUPYTER_RUNTIME_DIR": "/home/student/runtime",
        "MPLCONFIGDIR": "/home/student/matplotlib",
        **ENV_FIXED,
        **job_env,
    }
    if data is not None:
        env["COURSE_DATA"] = "/data"
    return env


class Container:
    """A container that waits for its one job."""

    def __init__(self, client: Client, fit: Fit, labels: dict[str, str]) -> None:
        """Create and start it; it is ready only when `wait_until_ready` says so.

        Raises:
            InfraFault: the Engine could not do it.
        """
        self.fit = fit
        self._api = client.api
        self._ready = False
        self._removed = threading.Lock()
        self._stream: Stream | None = None
        with speaking("create a container"):
            self.id: str = self._api.create_container(
                fit.image,
                [PYTHON, f"{PROBE}/contained.py"],
                user=PROBE_USER,
                hostname="notebook",
                working_dir="/private",
                environment={"PATH": _PATH, "LANG": "C.UTF-8", **ENV_FIXED},
                stdin_open=True,
                labels=labels,
                host_config=host_config(client, fit),
            )["Id"]
        try:
            with speaking("start a container"):
                streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
                self._stream = Stream(self._api.attach_socket(self.id, params=streams))
                self._api.start(self.id)
                started = self._api.exec_create(
                    self.id,
                    [PYTHON, f"{PROBE}/zygote.py", "/sockets/zygote"],
                    user=STUDENT_USER,
                    workdir="/work",
                    environment=student_environment({}, fit.data),
                    stdout=False,
                    stderr=False,
                )
                self._api.exec_start(started["Id"], detach=True)
        except BaseException:
            self.remove()
            raise

    def wait_until_ready(self) -> None:
        """Wait for its imports.

        Raises:
            ContainerGone: it ended, or took too long.
        """
        if not self._ready:
            with self._patience(READY_S) as stream:
                stream.line()
            self._ready = True

    def run(
        self,
        order: dict[str, Any],
        files: list[tuple[str, bytes]],
        outputs: Path,
        patience_s: float,
    ) -> dict[str, Any]:
        """Hand over the job, wait for its end, take what it left.

        Args:
            order: `limits`, `env` and `deadline_s` of the job.
            files: what goes in, by name.
            outputs: folder to put in what comes out.
            patience_s: wall seconds until it is given up.

        Returns:
            What the probe said (autograder_images/README.md).

        Raises:
            ContainerGone: it ended, or was late, before it had answered.
        """
        most = _most_mib(self.fit.limits) * _MIB
        order = {**order, "most_bytes": most, "files": [[n, len(data)] for n, data in files]}
        with self._patience(patience_s) as stream:
            stream.send(json.dumps(order).encode() + b"\n")
            for _, content in files:
                stream.send(content)
            answer: dict[str, Any] = json.loads(stream.line())
            stream.take_files(answer.pop("files"), outputs, most)
        return answer

    @contextlib.contextmanager
    def _patience(self, seconds: float) -> Iterator[Stream]:
        """Kill the container when time is up: nothing else ends a wait for its words."""
        if self._stream is None:
            raise ContainerGone("it was never attached to")
        clock = threading.Timer(seconds, self.kill)
        clock.daemon = True
        clock.start()
        try:
            yield self._stream
        finally:
            clock.cancel()

    @property
    def log(self) -> str:
        """The end of what the probe wrote to standard error."""
        return self._stream.log if self._stream is not None else ""

    def state(self) -> dict[str, Any]:
        """What the Engine knows about its end: `ExitCode`, `OOMKilled` and more.

        Raises:
            InfraFault: the Engine does not answer, or does not know it any more.
        """
        with speaking("say how a container ended"):
            until = time.monotonic() + 5.0
            while True:
                state: dict[str, Any] = self._api.inspect_container(self.id)["State"]
                if not state.get("Running") or time.monotonic() > until:
                    return state
                time.sleep(0.05)

    def kill(self) -> None:
        """End everything in it at once."""
        with contextlib.suppress(InfraFault), speaking("end a container"):
            self._api.kill(self.id)

    def remove(self) -> None:
        """End it and remove it. Idempotent; one that cannot be removed is swept later."""
        if not self._removed.acquire(blocking=False):
            return
        with contextlib.suppress(InfraFault), speaking("remove a container"):
            self._api.remove_container(self.id, force=True, v=True)
        if self._stream is not None:
            self._stream.close()
