"""A pool of threads on this machine: each waits for one job, so threads are enough."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


class LocalEngine:
    """Runs up to `jobs` items at a time, and takes items only as places come free.

    So a class of any size costs the memory of `jobs` submissions.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Start nothing more; what runs is left to its sandbox to end."""
        self._stopped.set()

    def map(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R]]:
        """Yield each item once with its result, as it completes.

        An exception of `work` is raised here, after `stop()`.
        """
        queue = iter(items)
        with ThreadPoolExecutor(self.jobs, thread_name_prefix="dlgrade") as pool:
            running: dict[Future[R], T] = {}
            try:
                while not self._stopped.is_set():
                    for item in queue:
                        running[pool.submit(work, item)] = item
                        if len(running) >= self.jobs:
                            break
                    if not running:
                        return
                    done, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield running.pop(future), future.result()
            finally:
                self.stop()
