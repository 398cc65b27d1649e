"""The nouns of the doctor: a probe, what the host saw of it, a row of the table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from graders.core.types import OURS, Execution, Limits
from graders.doctor.stage import Stage
from graders.doctor.watcher import Watcher


class Verdict(StrEnum):
    """What a probe came to."""

    HELD = "held"
    NOT_HELD = "NOT HELD"
    NOT_TRIED = "could not be tried"  # proves nothing, so it counts as a failure


class Untried(Exception):
    """A probe that proves nothing, and why, in a few words."""


@dataclass(frozen=True, slots=True)
class Files:
    """What the host found below a job's outputs, links not followed.

    Args:
        odd: names of what is no regular file or has a second name elsewhere.
        mib: their size as they claim it, MiB.
        leaked: names of the secrets that are in them.
    """

    odd: tuple[str, ...]
    mib: float
    leaked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything that the host knows about one attack after its job has ended.

    Args:
        said: what the attack told, as plain data; None if it did not get that far.
        printed: all that its cell printed, as far as it was kept.
        cell: its line of `cells.jsonl`: status, seconds, ename, evalue; empty if there is none.
        before, after: status of the harmless cells before and after it; "" if there is none.
        execution: how the job ended.
        started: the host's time of day when the job was handed over, seconds.
        grown_mib: how much the doctor's own memory grew meanwhile, MiB.
        left: processes with the job's mark that were there after its end.
        files: what lay in the job's outputs folder.
        beside: the same about the neighbour; None for the neighbour itself.
    """

    said: Mapping[str, Any] | None
    printed: str
    cell: Mapping[str, Any]
    before: str
    after: str
    execution: Execution
    limits: Limits
    started: float
    grown_mib: float
    left: int
    files: Files
    stage: Stage
    watcher: Watcher
    beside: "Sight | None" = None

    @property
    def status(self) -> str:
        """What became of the cell."""
        return str(self.cell.get("status", "no trace"))

    @property
    def epitaph(self) -> str:
        """Why the cell ended early, in a few words."""
        words = self.cell.get("evalue") or self.cell.get("ename") or self.status
        return str(words)[:80]

    @property
    def ours(self) -> bool:
        """Whether the run became a fault of ours: no attack may bring that about."""
        return self.execution.ending in OURS

    def told(self) -> Mapping[str, Any]:
        """What the attack told.

        Raises:
            Untried: it told nothing.
        """
        if self.said is None:
            raise Untried(f"its cell told nothing: {self.status}, {self.epitaph}")
        return self.said


@dataclass(frozen=True, slots=True)
class Finding:
    """A judge's word: did it hold, and what happened, in a few words."""

    held: bool
    happened: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A job that the doctor makes: one notebook, a cell for each of its probes.

    Args:
        limits: of the job; tight ones for a bomb.
        mark: which of the stage's marks its processes carry, or "".
    """

    limits: Limits
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """One attack and how the host tells whether it came through.

    Args:
        name: what was tried; permanent, also the name for `--only`.
        promise: what should hold, in one sentence.
        attack: `theme.function` in `cells/`.
        judge: decides from facts; raises `Untried` where there are none.
        trial: the key in `TRIALS`: probes of one trial run in one notebook, a cell each.
    """

    name: str
    promise: str
    attack: str
    judge: Callable[[Sight], Finding]
    trial: str = "quiet"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the doctor's table."""

    name: str
    promise: str
    verdict: Verdict
    happened: str

    @property
    def held(self) -> bool:
        return self.verdict is Verdict.HELD
