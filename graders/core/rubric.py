"""What a grader declares: questions, observations, measures, checks. No behaviour of their own."""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from graders.core.saying import Says
from graders.core.types import Array, Finding, Limits


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a rubric. `id` is the grade_id of the cell that carries its points."""

    id: str
    points: float
    asks: str
    needs: tuple[str, ...]
    judge: Callable[..., Finding]
    claim: bool = False  # rests on the word of the student's own process

    def __post_init__(self) -> None:
        if not (math.isfinite(self.points) and self.points > 0):
            raise ValueError(f"check {self.id!r} needs positive points, not {self.points!r}")


@dataclass(frozen=True, slots=True)
class Ask:
    """One question put to the student's kernel after the notebook has run.

    Args:
        name: the evidence it yields.
        kind: `calls` (a function, once per case), `rerun` (a cell's own source, once
            per case, with some names replaced) or `variable` (what the run left: a claim).
        target: names to try in turn: functions or variables; for `rerun`, one grade_id.
        cases: which unseen inputs to use (a key of the notebook's `unseen.cases()`).
        gives: for `rerun`, the variables to look at afterwards, alternatives in turn;
            the first that exists counts.
        silence: for `rerun`, helper names replaced by a function that does nothing.
        via: for `calls`, Python source that defines `ask(function, *case)`: it puts the case to
            the function in the kernel, and what it returns is looked at. It holds no secret.
        unless: this question is put only if the one of that name was not answered.
    """

    name: str
    kind: str
    target: tuple[str, ...]
    cases: str | None = None
    gives: tuple[tuple[str, ...], ...] = ()
    silence: tuple[str, ...] = ()
    via: str = ""
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What a fresh sandbox, in which no student code runs, makes of an answer.

    Args:
        name: the evidence it yields; one answer per case.
        source: Python source that defines `observe(answer, *case)`; its imports are its own.
        of: the question whose answer is handed over (the one of each case, or the only one).
        cases: which unseen inputs go with it.
        otherwise: the question whose answers count where `of` has none.
        alone: in a sandbox of its own, lest one model smuggle something to another.
        room: the name of a sandbox that it shares with others of that name only; "": the one that
            all share who say nothing else.
        also: an earlier observation, of another sandbox, whose answer is handed over as well:
            `observe(answer, also, *case)`. Nothing else gets from there to here.
    """

    name: str
    source: str
    of: str
    cases: str
    otherwise: str = ""
    alone: bool = False
    # Not in the repr, of which calibrations keep a digest: `source` tells the two apart as well.
    room: str = field(default="", repr=False)
    also: str = field(default="", repr=False)

    @property
    def sandbox(self) -> str:
        """What it shares with those that it shares a sandbox with."""
        return f"alone: {self.name}" if self.alone else self.room


@dataclass(frozen=True, slots=True)
class Measure:
    """A number, or a curve, that reference and student are both measured by.

    Args:
        name: permanent; bars are stored under it.
        needs: evidence, by the names that judges use.
        compute: from those to a number or a curve [steps] of finite numbers.
        higher: whether more is better.
        baseline: what an answer that has learnt nothing reaches: computed from `baseline_needs`
            (of the reference's own run), or the name of another measure, whose mean is taken.
        size: how many held-out cases the number is a share of (from `needs`), where it is one.
        unit: e.g. `share of images`, `nats`.
    """

    name: str
    needs: tuple[str, ...]
    compute: Callable[..., float | Array]
    higher: bool = True
    baseline: Callable[..., float] | str | None = None
    baseline_needs: tuple[str, ...] = ()
    size: Callable[..., int] | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The bar of a measure, as calibration found it. Nobody types one.

    Args:
        none, full: credit grows linearly from 0 at `none` to 1 at `full`.
        near: from here to `full`, a second run with a fresh seed decides.
        mean, sd, n: the reference's spread over `n` seeds.
        low, high: of a curve, its band [points] in the measure's own unit; else empty.
    """

    none: float
    full: float
    near: float
    mean: float
    sd: float
    n: int
    low: Array = field(default_factory=lambda: np.empty(0))
    high: Array = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, slots=True)
class Grader:
    """The rubric of one notebook: what is asked of its kernel, and how the answers are judged.

    Args:
        notebook: file stem of the assignment's notebook; also the module's name.
        assignment: the folder below `assignments/`.
        version: raise it whenever a judgement changes; stored with every grade.
        evidence: the questions, in the order they are put.
        checks: in report order; ids are grade_ids.
        by_hand: grade_ids that a person judges.
        also_right: right variants whose answers are accepted beside the reference's, where
            the text leaves a choice that shows in the numbers.
        observations: what fresh sandboxes make of the answers.
        measures: what calibration has to measure, for the bars of the checks.
        limits: of a run on the mini data.
        full_limits: of a run on the course's real data, where it needs more.
        packages: that its notebooks import and the host does without.
        sentences: for the codes that only this notebook's judges hand out.
    """

    assignment: str
    notebook: str
    version: int
    evidence: tuple[Ask, ...]
    checks: tuple[Check, ...]
    by_hand: tuple[str, ...] = ()
    also_right: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    observations: tuple[Observation, ...] = ()
    measures: tuple[Measure, ...] = ()
    full_limits: Limits | None = None
    packages: tuple[str, ...] = ()
    sentences: Mapping[str, Says] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [a.name for a in self.evidence] + [o.name for o in self.observations]
        if len(names) != len(set(names)):
            raise ValueError(f"{self.notebook}: two questions share a name in {names}")
        made = list(dict.fromkeys(["", *(o.sandbox for o in self.observations)]))  # in this order
        for late in (o for o in self.observations if o.also):
            before = made[: made.index(late.sandbox)]
            if late.also not in {o.name for o in self.observations if o.sandbox in before}:
                raise ValueError(f"{late.name}: no earlier sandbox sees {late.also!r}")
        ids = [c.id for c in self.checks]
        if len(ids) != len(set(ids)):
            raise ValueError(f"{self.notebook}: two checks share an id in {ids}")
        known = {n + suffix for n in names for suffix in NEEDS}
        known |= {f"{m.name}_bar" for m in self.measures}
        for check in self.checks:
            if unknown := set(check.needs) - known:
                raise ValueError(f"{self.notebook}/{check.id} needs unknown {sorted(unknown)}")


# What a judge may ask for, by suffix: the answers, the reference's answers to the same
# questions, the arguments that the student's function altered, the inputs that were asked, what
# the host knows about those, and the answers again, or () where there are none and the check can
# do without. `<measure>_bar` is the Calibrated of a measure.
NEEDS = ("", "_key", "_changed", "_cases", "_truth", "_if_any")


def parameters(judge: Callable[..., Finding]) -> tuple[str, ...]:
    """Names of a judge's parameters: they are the evidence that it needs."""
    return tuple(inspect.signature(judge).parameters)
