"""Runs each job in a container of its own, which student code can neither leave nor outlive.

What the walls are made of: `container.py`. What they are worth is tried by `dlgrade doctor`.
"""

import contextlib
import os
import platform
import queue
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graders.containers import engine, images
from graders.containers.engine import Client, speaking
from graders.core.errors import InfraFault
from graders.core.types import Ending, Execution, Job
from graders.sandboxes.container import Container, Fit, student_environment
from graders.sandboxes.endings import execution
from graders.sandboxes.stream import ContainerGone

_START_ALLOWANCE_S = 60.0  # wall seconds, for what is not the notebook's: starts of kernels
_HOST_ALLOWANCE_S = 15.0  # how much later than the probe the host loses patience
_KINDS_AHEAD = 2  # notebooks' runs, and looks at what they left
_CLOCK_S = 5.0  # by how much start times of a process may differ when the clock was set
_INPUTS = ("notebook.ipynb", "plan.json", "inputs.npz")


class DockerSandbox:
    """A `Sandbox` of hardened containers, one a job.

    Args:
        slots: how many jobs run at the same time; further calls of `run` wait.
        flavour: of the image, `cpu` or `gpu`.
        gpus: UUIDs of devices; each job holds one of them alone, so no more jobs run than these.
        runtime: of the Engine, such as `runsc` or `kata`; "" is its default.
        ahead: whether a container is kept ready for the next job. Its imports take a second, in
            which nothing of that job is in it.
        engine_s: how long an Engine that has gone may take to come back, in seconds.

    Raises:
        InfraFault: no Engine answers.
        UsageFault: there is no image, or it is of another version of the probe.
    """

    name = "docker"

    def __init__(
        self,
        slots: int = 1,
        flavour: str = "cpu",
        gpus: Sequence[str] = (),
        runtime: str = "",
        ahead: bool = True,
        engine_s: float = 120.0,
    ) -> None:
        self._client = engine.connect()
        self.image = images.find(self._client, flavour)
        self._runtime = runtime
        with speaking("say what machine it is on"):
            self._cores = float(self._client.info()["NCPU"])
        self._ahead = ahead and not gpus  # a container that waits would hold a device idle
        self._free = threading.BoundedSemaphore(min(slots, len(gpus)) if gpus else slots)
        self._gpus: queue.SimpleQueue[str] = queue.SimpleQueue()
        for gpu in gpus or ():
            self._gpus.put(gpu)
        self._has_gpus = bool(gpus)
        self._lock = threading.RLock()  # a signal handler may stop us while we hold it
        self._containers: set[Container] = set()
        self._next: dict[Fit, Future[Container]] = {}
        self._preparing = ThreadPoolExecutor(1, thread_name_prefix="dlgrade-prepare")
        self._stopped = False
        self._engine_s = self._patience_s = engine_s
        self._labels = _labels()
        sweep(self._client)

    def fingerprint(self) -> str:
        """`docker:` and the image's digest."""
        return f"docker:{self.image.id}"

    def run(self, job: Job) -> Execution:
        """Run `job` in a fresh container; see `Sandbox.run`."""
        with self._free:
            try:
                return self._run(job)
            except InfraFault:
                if self._stopped:
                    raise InfraFault("interrupted") from None
                self._wait_for_engine()
                raise

    def _run(self, job: Job) -> Execution:
        files = _inputs(job)
        data = _shared(job.data)
        limits = job.limits
        deadline_s = limits.wall_s + limits.ask_s + _START_ALLOWANCE_S
        env = student_environment(dict(job.env), data)
        order = {"limits": asdict(limits), "env": env, "deadline_s": deadline_s}
        _empty(job.outputs)
        with self._lease() as gpu:
            fit = Fit(self.image.id, limits, data, gpu, self._runtime, self._cores)
            with self._container(fit) as container:
                began = time.monotonic()
                patience_s = deadline_s + _HOST_ALLOWANCE_S
                try:
                    answer = container.run(order, files, job.outputs, patience_s)
                except ContainerGone as gone:
                    wall_s = time.monotonic() - began
                    return self._epitaph(container, job, gone, wall_s, wall_s >= patience_s)
                if answer.get("refused"):
                    answer["log"] = f"refused: {answer['refused']}\n{answer['log']}"
                return execution(job, answer)

    def _epitaph(
        self, container: Container, job: Job, gone: ContainerGone, wall_s: float, late: bool
    ) -> Execution:
        """Whose fault it is that a container ended without an answer.

        Student code cannot signal the probe, so it is ours: but for running out of memory, which
        is the job's own limit, and for the clock, which cannot be told.
        """
        if self._stopped:
            raise InfraFault("interrupted")
        _empty(job.outputs)
        if late:
            return Execution(Ending.KILLED, wall_s, 0.0, 0.0, job.outputs,
                             "the run did not end by itself")  # fmt: skip
        state = container.state()  # raises where the Engine is gone: then it is not the job's
        status = state.get("ExitCode")
        detail = f"the container ended before it had answered ({gone}; status {status})"
        if state.get("OOMKilled"):
            return Execution(Ending.OUT_OF_MEMORY, wall_s, 0.0, float(job.limits.memory_mib),
                             job.outputs, detail, container.log)  # fmt: skip
        if status == 1:  # an exception of its own; signals have higher numbers
            return Execution(Ending.PROBE_FAULT, wall_s, 0.0, 0.0, job.outputs, detail,
                             container.log)  # fmt: skip
        raise InfraFault(detail)

    @contextlib.contextmanager
    def _lease(self) -> Iterator[str]:
        """One device for one job; "" where jobs need none."""
        if not self._has_gpus:
            yield ""
            return
        gpu = self._gpus.get()
        try:
            yield gpu
        finally:
            self._gpus.put(gpu)

    @contextlib.contextmanager
    def _container(self, fit: Fit) -> Iterator[Container]:
        """A container that is ready; gone when the block ends.

        Raises:
            InfraFault: none could be made ready.
        """
        container = self._ready_ahead(fit)
        if container is None:
            container = self._new(fit)
            try:
                container.wait_until_ready()
            except ContainerGone as gone:
                log = container.log.strip().rpartition("\n")[2]
                self._discard(container)
                raise InfraFault(
                    f"a container of {' '.join(self.image.tags)} did not get ready: {log or gone}"
                ) from gone
        if self._ahead and not self._stopped:
            with self._lock:
                if fit not in self._next:
                    with contextlib.suppress(RuntimeError):  # closed meanwhile
                        self._next[fit] = self._preparing.submit(self._new, fit)
                        self._drop_oldest_ahead()
        try:
            yield container
        finally:
            self._discard(container)

    def _drop_oldest_ahead(self) -> None:
        """No more wait than two kinds of jobs need: those of data of the past are never asked for.

        The lock is held.
        """
        while len(self._next) > _KINDS_AHEAD:
            stale = self._next.pop(next(iter(self._next)))
            if not stale.cancel():
                stale.add_done_callback(self._discard_made)

    def _discard_made(self, made: "Future[Container]") -> None:
        if made.exception() is None:
            self._discard(made.result())

    def _ready_ahead(self, fit: Fit) -> Container | None:
        """The container that was made ahead, unless it is gone (an Engine that was restarted)."""
        with self._lock:
            made = self._next.pop(fit, None)
        if made is None:
            return None
        try:
            container = made.result()
        except InfraFault:
            return None
        try:
            container.wait_until_ready()
            return container
        except ContainerGone:
            self._discard(container)
            return None

    def _new(self, fit: Fit) -> Container:
        with self._lock:
            if self._stopped:
                raise InfraFault("interrupted")
        container = Container(self._client, fit, self._labels)
        with self._lock:
            self._containers.add(container)
            stopped = self._stopped
        if stopped:
            self._discard(container)
            raise InfraFault("interrupted")
        return container

    def _discard(self, container: Container) -> None:
        container.remove()
        with self._lock:
            self._containers.discard(container)

    def _wait_for_engine(self) -> None:
        """An Engine that is being restarted gets time to come back: a retry would find nobody.

        One that has not used its time is asked just once by every job after that: a class must not
        wait for it again and again.
        """
        until = time.monotonic() + self._patience_s
        while not self._stopped:
            with contextlib.suppress(InfraFault), speaking("answer"):
                self._client.ping()
                self._patience_s = self._engine_s
                return
            if time.monotonic() > until:
                self._patience_s = 0.0
                return
            time.sleep(0.5)

    def stop(self) -> None:
        """End every running job at once; `run` raises InfraFault in their threads."""
        with self._lock:
            self._stopped = True
            containers = list(self._containers)
            self._next.clear()
        with ThreadPoolExecutor(max(1, len(containers))) as pool:
            list(pool.map(self._discard, containers))

    def close(self) -> None:
        """Remove what is left. Idempotent."""
        self.stop()
        self._preparing.shutdown(wait=True, cancel_futures=True)
        self.stop()  # one may have been made in the meantime
        self._client.close()

    def __enter__(self) -> "DockerSandbox":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def _inputs(job: Job) -> list[tuple[str, bytes]]:
    try:
        return [(name, (job.inputs / name).read_bytes()) for name in _INPUTS]
    except OSError as error:
        raise InfraFault(f"the job's inputs cannot be read: {error}") from error


def _shared(data: Path | None) -> Path | None:
    """The data's folder as the Engine gets it; the student's account must be able to read it."""
    if data is None:
        return None
    folder = data.resolve()
    for path in (folder, *folder.rglob("*")):
        wanted = 0o005 if path.is_dir() else 0o004
        if path.stat().st_mode & wanted != wanted:
            raise InfraFault(
                f"{path} is closed to other accounts, and so to the notebooks in their containers; "
                f"open it with: chmod -R o+rX {folder}"
            )
    return folder


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def _labels() -> dict[str, str]:
    import psutil  # not at import: the command line must start fast

    return {
        "dlgrade.role": "job",
        "dlgrade.host": platform.node(),
        "dlgrade.pid": str(os.getpid()),
        "dlgrade.started": f"{psutil.Process().create_time():.2f}",
    }


def sweep(client: Client) -> int:
    """Remove containers of batches on this host that are no more; returns how many.

    Theirs are told by labels alone: those of running batches, of other hosts that share the
    Engine, and everything that is not ours stay.
    """
    swept = 0
    with speaking("list containers"):
        ours = [f"{name}={value}" for name, value in _labels().items() if name != "dlgrade.pid"]
        found = client.api.containers(all=True, filters={"label": ours[:2]})
    for about in found:
        if not _alive(about["Labels"]):
            with contextlib.suppress(InfraFault), speaking("remove a container"):
                client.api.remove_container(about["Id"], force=True, v=True)
                swept += 1
    return swept


def _alive(labels: dict[str, Any]) -> bool:
    """Whether the batch that made a container still runs: itself, not a process of its number."""
    import psutil

    try:
        process = psutil.Process(int(labels["dlgrade.pid"]))
        return bool(abs(process.create_time() - float(labels["dlgrade.started"])) < _CLOCK_S)
    except (psutil.NoSuchProcess, KeyError, ValueError):
        return False
    except psutil.Error:  # it is there, and somebody else's
        return True
