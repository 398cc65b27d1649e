"""The two seams: where a job runs (Sandbox) and how jobs are spread (Engine)."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from graders.core.types import Execution, Job

T = TypeVar("T")
R = TypeVar("R")


class Sandbox(Protocol):
    """Runs one job to its end. What it guarantees is in its name and its docstring.

    A job that crashes or exceeds a limit is an ordinary `Execution`: only our own
    machinery failing raises. Nothing a job leaves is ever unpickled.
    """

    name: str

    def fingerprint(self) -> str:
        """What a job would run in: part of the key under which its execution is stored."""
        ...

    def run(self, job: Job) -> Execution:
        """Run `job` in a fresh working folder; keep only what it leaves in `job.outputs`.

        Safe to call from several threads.

        Raises:
            InfraFault: the sandbox, not the job, failed. Safe to retry.
        """
        ...

    def stop(self) -> None:
        """End every running job at once; `run` raises InfraFault in their threads."""
        ...

    def close(self) -> None:
        """Release what the sandbox holds. Idempotent."""
        ...


class Engine(Protocol):
    """Spreads work over sandboxes: threads here, a cluster elsewhere."""

    def map(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R]]:
        """Yield each item once with its result, as it completes."""
        ...
