"""What a page shows, as plain data: no grading, no files, no HTML.

Whoever grades fills these in; `reports.render` turns them into pages. Every text may be
untrusted (names, sources, outputs): rendering cleans and escapes all of them, without exception.
"""

import math
from dataclasses import dataclass
from typing import Literal

from reports.drawables import Curve, FigureView

JUDGED = "judged"
UNANSWERED = "unanswered"
HELD = "held"
BY_HAND = "by hand"
OUTCOMES = (JUDGED, UNANSWERED, HELD, BY_HAND)

Fact = tuple[str, str]  # label, text


def _guard(outcome: str, points: float | None, max_points: float) -> None:
    # A page that printed 0 for held points would tell a student something untrue.
    if outcome not in OUTCOMES:
        raise ValueError(f"unknown outcome {outcome!r}")
    if (outcome in (HELD, BY_HAND)) != (points is None):
        raise ValueError(f"{outcome} with points {points!r}")
    if points is not None and not 0.0 <= points <= max_points:
        raise ValueError(f"{points!r} of {max_points!r} points")


@dataclass(frozen=True, slots=True)
class CheckView:
    """One line of the rubric.

    Args:
        id: grade_id of the check.
        asks: what was expected, in words.
        outcome: one of `OUTCOMES` (a `StrEnum` with these values will do).
        points: None while held or waiting for a person.
        feedback: what was seen, in words that a student may read.
        measured: label and text of each number behind the feedback.
        answer: grade_id of the cell that it judges, to link to; "" for none.
        claim: it rests on what the student's own process said.
        figures: what is drawn below the words.
    """

    id: str
    title: str
    asks: str
    outcome: str
    points: float | None
    max_points: float
    feedback: str = ""
    measured: tuple[Fact, ...] = ()
    answer: str = ""
    claim: bool = False
    figures: tuple[FigureView, ...] = ()

    def __post_init__(self) -> None:
        _guard(self.outcome, self.points, self.max_points)

    @property
    def credit(self) -> float | None:
        """Share of the points in [0, 1]; None while there are none."""
        if self.points is None:
            return None
        return self.points / self.max_points if self.max_points > 0 else 1.0


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a cell, already capped.

    Args:
        kind: `stream` and `text` hold text; `error` holds the message, with the failing
            line in `line`; `image` holds base64 of a checked PNG; `dropped` says what is missing.
        width, height: of an image, in pixels.
    """

    kind: Literal["stream", "text", "error", "image", "dropped"]
    text: str
    line: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell of the executed notebook. `status`: ok, error, time limit, died, skipped or ""."""

    grade_id: str
    kind: Literal["code", "markdown"]
    source: str
    outputs: tuple[Output, ...] = ()
    status: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class NoteView:
    """One sentence for the student on what was found when the file was opened."""

    text: str


@dataclass(frozen=True, slots=True)
class RunView:
    """What the run did. `ending` is one sentence; seconds of wall time, MiB at the peak."""

    ending: str
    seconds: float | None = None
    peak_mib: float | None = None
    finished: bool = True  # False draws attention to the sentence


@dataclass(frozen=True, slots=True)
class StudentView:
    """Everything on one student's page. `graded_at` is ISO 8601 with its offset."""

    course: str
    assignment: str
    notebook: str  # its title for people
    student: str
    graded_at: str
    checks: tuple[CheckView, ...]
    run: RunView | None = None
    notes: tuple[NoteView, ...] = ()
    curves: tuple[Curve, ...] = ()
    cells: tuple[CellView, ...] = ()
    version: str = ""  # of the grader
    fingerprint: str = ""  # of the software it ran on

    @property
    def held(self) -> bool:
        """Whether a fault of ours keeps some points back."""
        return any(c.outcome == HELD for c in self.checks)

    @property
    def settled(self) -> float:
        """Points that are certain by now."""
        return math.fsum(c.points for c in self.checks if c.points is not None)

    @property
    def settled_max(self) -> float:
        """The most that the settled checks could have given."""
        return math.fsum(c.max_points for c in self.checks if c.points is not None)

    @property
    def held_max(self) -> float:
        """Points that wait for staff."""
        return math.fsum(c.max_points for c in self.checks if c.outcome == HELD)

    @property
    def by_hand_max(self) -> float:
        """Points that a person gives."""
        return math.fsum(c.max_points for c in self.checks if c.outcome == BY_HAND)


@dataclass(frozen=True, slots=True)
class Mark:
    """One check of one student on the class page."""

    outcome: str
    points: float | None
    max_points: float

    def __post_init__(self) -> None:
        _guard(self.outcome, self.points, self.max_points)


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One submission.

    Args:
        report: path of its page relative to the class page, "/"-separated, not quoted; or None.
        state: its named state; `attention` rows come first and stand out.
        points: None while anything is held.
        marks: one per check of `ClassView.checks`, in that order; () where none were made.
        seconds, peak_mib: wall time and peak memory of the run, None where there was none.
        remark: one sentence for staff.
        waits: a person must look at it: held, or ambiguous.
        change: what is other than at the grading before, a key of `wording.CHANGES`; "" for
            nothing, or where there was none.
        was_state, was_points: where it stood then, where that is other.
    """

    student: str
    report: str | None
    state: str
    points: float | None
    max_points: float
    marks: tuple[Mark, ...] = ()
    seconds: float | None = None
    peak_mib: float | None = None
    remark: str = ""
    attention: bool = False
    waits: bool = False
    change: str = ""
    was_state: str = ""
    was_points: float | None = None


@dataclass(frozen=True, slots=True)
class CheckStat:
    """One check over the submissions that were run.

    Args:
        mean_credit: the check's difficulty, as the field defines it: the mean share of its
            points, in [0, 1], over those who have points; or None.
        full, partial, none, held: how many got all points, some, none; whose are held.
        discrimination: correlation with the points of all other checks, or None.
        unsaid: why there is none, in words; "" where there is one.
        changed: how many have other points than at the grading before; None without one.
    """

    id: str
    title: str
    max_points: float
    mean_credit: float | None
    full: int = 0
    partial: int = 0
    none: int = 0
    held: int = 0
    discrimination: float | None = None
    unsaid: str = ""
    changed: int | None = None

    @property
    def passed(self) -> float | None:
        """Share with all points, of those who have points."""
        n = self.full + self.partial + self.none
        return self.full / n if n else None


@dataclass(frozen=True, slots=True)
class Spread:
    """What runs used of one thing.

    Args:
        label: heading; also the axis of the histogram.
        kind: whether the numbers are seconds or MiB.
        median, high, most: high is the value that 95% stay below.
        total: over all runs, or None where a sum means nothing.
        most_row: index into `ClassView.rows` of who used the most.
        edges, counts: histogram; one more edge than counts.
    """

    label: str
    kind: Literal["seconds", "mib"]
    n: int
    median: float
    high: float
    most: float
    total: float | None
    most_row: int
    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """What submissions reached of one measure, against its bar.

    Args:
        title: of the check.
        unit: of the measure, in words.
        n: how many were measured; `there` of them reached the bar.
        full: the bar: full marks from here, or down to here.
        higher: whether more is better.
        edges, counts: histogram; one more edge than counts. The bar is edge number `at`.
    """

    title: str
    unit: str
    n: int
    there: int
    median: float
    full: float
    higher: bool
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Since:
    """The grading before. `counts` are by key of `wording.CHANGES`; `gone` are names."""

    when: str
    counts: tuple[tuple[str, int], ...]
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassView:
    """Everything on the class page.

    Args:
        counts: state, how many, in the order to show; all that have handed in.
        scores: label and text of each figure beside the distribution of points.
        spreads: what the runs used.
        reached: what was measured against a calibrated bar.
        compared: submissions behind every discrimination.
        fewest: submissions from which a discrimination is said.
        since: the grading before, or None.
        elapsed_s: seconds of wall time that the grading took.
        facts: sandbox, jobs, version, ...
    """

    course: str
    title: str
    graded_at: str
    rows: tuple[ClassRow, ...]
    checks: tuple[CheckStat, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    totals: tuple[Fact, ...] = ()
    elapsed_s: float | None = None
    facts: tuple[Fact, ...] = ()
    scores: tuple[Fact, ...] = ()
    spreads: tuple[Spread, ...] = ()
    compared: int = 0
    fewest: int = 0
    since: Since | None = None
    reached: tuple[Reached, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if row.marks and len(row.marks) != len(self.checks):
                raise ValueError(
                    f"{row.student}: {len(row.marks)} marks, {len(self.checks)} checks"
                )
