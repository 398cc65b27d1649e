"""The nouns of grading. All frozen; no behaviour beyond guarding their own invariants.

Submission ─► Job ─► Execution ─► Evidence ─► CheckResult ─► Grade
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from graders.core.figures import Array as Array
from graders.core.figures import Figure
from graders.core.saying import Said


class Outcome(StrEnum):
    """How one check ended."""

    JUDGED = "judged"  # points say what the work earned
    UNANSWERED = "unanswered"  # there was nothing to judge: 0 points, the student's side
    HELD = "held"  # a fault of ours: points are absent, never 0
    BY_HAND = "by hand"  # a person judges this one; points absent until then


class Ending(StrEnum):
    """How a run ended: the student's matter, but for KILLED (unclear) and the last two (ours)."""

    FINISHED = "finished"  # every cell was tried, and none raised
    CELL_ERROR = "cell error"  # every cell was tried, and some raised
    CELL_TIME_LIMIT = "cell time limit"  # a cell, or one call, was stopped by the clock
    TIME_LIMIT = "time limit"  # the whole run was stopped: by the clock, or for its CPU seconds
    OUT_OF_MEMORY = "out of memory"
    PROCESS_LIMIT = "process limit"
    DISK_LIMIT = "disk limit"  # it wrote more than it may
    KERNEL_DIED = "kernel died"  # os._exit, a segmentation fault, a signal from inside
    KILLED = "killed"  # the probe itself was killed: by the notebook, or by the machine?
    PROBE_FAULT = "probe fault"
    ENGINE_FAULT = "engine fault"


# The run came to its end by itself.
COMPLETE = frozenset({Ending.FINISHED, Ending.CELL_ERROR})
OURS = frozenset({Ending.PROBE_FAULT, Ending.ENGINE_FAULT})


@dataclass(frozen=True, slots=True)
class Submission:
    """One notebook handed in by one student."""

    assignment: str
    notebook: str
    student: str
    path: Path = field(compare=False)
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class CourseData:
    """The data of one notebook at one tier, prepared into the files that notebooks read.

    Args:
        tier: `mini` (made from a seed), `full` (the course's own).
        train: the only folder that a notebook's job sees, as `$COURSE_DATA`.
        held_out: `cases.npz` and `truth.npz`, which stay on the host; None where there are none.
        digest: of everything that made it.
        seed: that it is drawn from, where it is, and the unseen inputs.
    """

    tier: str
    train: Path
    held_out: Path | None = None
    digest: str = ""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use. Seconds of wall time, MiB, counts."""

    cell_s: float = 30.0  # one cell, or one call of a student's function
    wall_s: float = 240.0  # the whole notebook
    ask_s: float = 120.0  # all calls and reruns after it
    cpu_s: float = 600.0
    memory_mib: int = 2048  # resident, all processes of the job together
    output_mib: int = 64  # everything the job leaves behind
    disk_mib: int = 512  # its working folders while it runs
    file_mib: int = 256  # any single file it writes
    processes: int = 256
    cpus: float = 2.0  # cores at a time, where the sandbox can limit them


@dataclass(frozen=True, slots=True)
class Job:
    """A container in, files out: everything any engine must carry.

    Args:
        key: content hash; two jobs with one key are the same work.
        image: what it runs in: an image digest, or `local:<fingerprint>`.
        inputs: folder with `notebook.ipynb`, `plan.json`, `inputs.npz`; read only.
        outputs: folder the job may write to; made by the sandbox, empty.
        data: the training side of the course data (`$COURSE_DATA`), or None.
    """

    key: str
    image: str
    inputs: Path
    outputs: Path
    limits: Limits
    data: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Execution:
    """How a job ended and what it used. `outputs` is untrusted material."""

    ending: Ending
    wall_s: float
    cpu_s: float
    peak_mib: float
    outputs: Path
    detail: str = ""  # staff only
    log_tail: str = ""  # staff only


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no value: said so that a student may read it, mostly within a sentence."""

    why: Said


Value = Array | str  # arrays are float64, int64 or bool; a number is a 0-d array
Items = tuple[Value | Refusal, ...]  # what one question brought: several for a returned tuple
Answers = tuple[Items | Refusal, ...]  # one per case, in the order they were asked
Cases = tuple[Mapping[str, Array | float | str], ...]  # the unseen inputs of one question


Truth = Mapping[str, Array]  # what is known of one case and stays on the host: labels, baselines
Truths = tuple[Truth, ...]  # one per case


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the sandbox saw, size- and type-checked, never unpickled.

    Args:
        seen: evidence name → one answer per case (`Answers`).
        refused: evidence name → why there is none at all.
        changed: evidence name → names of arguments that the student's function altered.
        cells: what became of each cell, in order (index, grade_id, status, seconds, error).
    """

    seen: Mapping[str, Answers] = field(default_factory=dict)
    refused: Mapping[str, Said] = field(default_factory=dict)
    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cells: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A judge's word: `credit` in [0, 1] and why, by codes whose sentences give nothing away.

    Args:
        said: one code or several, in the order in which they are told.
        measured: numbers for staff and statistics.
        figures: what the report draws beside the words.
        near: the value lies so little below the bar that a fresh run decides.
    """

    credit: float
    said: Said | tuple[Said, ...]
    measured: Mapping[str, float | str] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    near: bool = False

    def __post_init__(self) -> None:
        if not (isinstance(self.credit, (int, float, np.floating)) and 0.0 <= self.credit <= 1.0):
            # NaN fails the comparison too: it must never pass for a number of points.
            raise ValueError(f"credit must be a number in [0, 1], not {self.credit!r}")

    @property
    def all_said(self) -> tuple[Said, ...]:
        """What was said, as a tuple in any case."""
        return (self.said,) if isinstance(self.said, Said) else self.said


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check came to. `points` is None while HELD or waiting for a person.

    Args:
        said: what its sentences are made of.
        feedback: `said` in words, by the tables of today.
        figures: as the judge drew them: what is said in them is not in words yet.
    """

    check: str
    outcome: Outcome
    points: float | None
    max_points: float
    asks: str = ""
    said: tuple[Said, ...] = ()
    feedback: str = ""
    measured: Mapping[str, float | str] = field(default_factory=dict)
    staff_note: str = ""
    figures: tuple[Figure, ...] = ()
    near: bool = False

    def __post_init__(self) -> None:
        absent = self.outcome in (Outcome.HELD, Outcome.BY_HAND)
        if absent != (self.points is None):
            raise ValueError(f"{self.check}: {self.outcome} with points {self.points!r}")
        if self.points is not None and not 0.0 <= self.points <= self.max_points:
            raise ValueError(f"{self.check}: {self.points!r} of {self.max_points!r} points")


@dataclass(frozen=True, slots=True)
class Note:
    """Something intake found: one clear sentence for the student, one for staff."""

    code: str  # permanent, e.g. "locked-cell-restored"
    student: str
    staff: str


@dataclass(frozen=True, slots=True)
class Grade:
    """Everything that was decided about one submission."""

    submission: Submission
    results: tuple[CheckResult, ...]
    notes: tuple[Note, ...] = ()
    execution: Execution | None = None

    @property
    def held(self) -> tuple[CheckResult, ...]:
        return tuple(r for r in self.results if r.outcome is Outcome.HELD)

    @property
    def by_hand(self) -> tuple[CheckResult, ...]:
        return tuple(r for r in self.results if r.outcome is Outcome.BY_HAND)

    @property
    def max_points(self) -> float:
        return math.fsum(r.max_points for r in self.results)

    @property
    def auto_points(self) -> float | None:
        """Points of the machine-judged checks; None while any of them is HELD."""
        if self.held:
            return None
        return math.fsum(r.points for r in self.results if r.points is not None)

    @property
    def auto_max(self) -> float:
        return math.fsum(r.max_points for r in self.results if r.outcome is not Outcome.BY_HAND)
