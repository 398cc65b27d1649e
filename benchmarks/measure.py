"""What a command costs: wall seconds, and processor seconds of the whole machine.

Containers are no children of ours, so the machine's own counters are read. Whatever else runs
meanwhile is counted, too: measure on a machine that does nothing else.
"""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall seconds, and processor seconds of the whole machine meanwhile."""

    wall_s: float
    cpu_s: float


def busy_s() -> float:
    """Processor seconds that the machine has spent so far on anything but waiting."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0)
                 - getattr(times, "guest", 0.0) - getattr(times, "steal", 0.0))  # fmt: skip


def cost(work: Callable[[], object]) -> Cost:
    """Do some work and measure it."""
    before, began = busy_s(), time.monotonic()
    work()
    wall = time.monotonic() - began
    return Cost(wall, busy_s() - before)


def run(command: list[str], folder: Path, environment: dict[str, str]) -> Cost:
    """Run a command to its end and measure it."""

    def work() -> None:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(
                f"{command[1:6]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
            )

    return cost(work)
