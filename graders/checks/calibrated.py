"""Numbers and curves that the reference is measured by as well: the bar is what it reaches.

A rubric declares what to measure; `dlgrade calibrate` measures the reference over many seeds, and
each grading takes the bars from there. See graders/metrics/tolerance.py for the policy.
"""

import functools
import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from graders.checks import predictions
from graders.checks.judging import Bar, course_told
from graders.core.figures import Learning, Scale
from graders.core.rubric import Calibrated, Check, Measure
from graders.core.saying import Said, said
from graders.core.types import Array, Finding, Refusal
from graders.metrics import curves, tolerance
from graders.metrics.curves import Course

Measured = float | Array | Refusal


class Unmeasured(Exception):
    """The student's answers give nothing to measure.

    Args:
        why: said so that a student may read it.
    """

    def __init__(self, why: Said) -> None:
        super().__init__(why.code)
        self.why = why


def measure(
    name: str,
    *,
    higher: bool = True,
    unit: str = "",
    baseline: Callable[..., float] | str | None = None,
    size: Callable[..., int] | None = None,
) -> Callable[[Callable[..., Measured]], Measure]:
    """Declare what student and reference are both measured by; parameters name the evidence.

    The function gives a number or a curve [steps], or a `Refusal` where a student's answers give
    neither: whatever the answers hold, it must not raise. NaN and infinity earn nothing.

    Args:
        name: permanent: bars are stored under it, and judges get `<name>_bar`.
        higher: whether more is better. Curves are losses: `higher=False`.
        unit: `share of images`, `nats`; shown to students.
        baseline: what earns nothing. A function whose parameters name evidence of the reference's
            run, e.g. of `<observation>_truth`; or the name of another measure, whose mean over
            the seeds is taken. A curve may go without: then it is the level it starts from.
        size: of how many held-out cases the number is a share; its parameters are among those of
            the measure.
    """

    def declare(compute: Callable[..., Measured]) -> Measure:
        needs = _parameters(compute)
        wanted = _parameters(size) if size is not None else ()
        if unknown := set(wanted) - set(needs):
            raise ValueError(
                f"the size of measure {name!r} needs {sorted(unknown)}, which it lacks"
            )

        @functools.wraps(compute)  # calibration looks at the source
        def value(*given: Any) -> float | Array:
            found = compute(*given)
            if isinstance(found, Refusal):
                raise Unmeasured(found.why)
            return found

        return Measure(
            name,
            needs,
            value,
            higher,
            baseline,
            _parameters(baseline) if callable(baseline) else (),
            None if size is None else _by_name(size, needs),
            unit,
        )

    return declare


def reaches(
    id: str, *, points: float, measure: Measure, asks: str, title: str, claim: bool = False
) -> Check:
    """A rubric line: credit grows linearly between what earns nothing and the calibrated bar.

    Args:
        id: the grade_id of the cell that carries the points.
        measure: a number (not a curve); it must be in the grader's `measures`, too.
        title: code of what is measured, for the report: `own-network`.
        claim: the measure rests on the word of the student's own process.

    What earns nothing is known for this very held-out set as well, where the host alone knows all
    that it is computed from: on a set that is easy to guess, a guess earns no more than elsewhere.
    """
    of_this_set = callable(measure.baseline) and all(
        need.endswith("_truth") for need in measure.baseline_needs
    )
    extra = measure.baseline_needs if of_this_set else ()
    needs = tuple(dict.fromkeys((*measure.needs, *extra)))

    def judge(*given: Any) -> Finding:
        *known, calibrated = given
        by_name = dict(zip(needs, known, strict=True))
        evidence = [by_name[n] for n in measure.needs]
        if of_this_set and callable(measure.baseline):
            foot = float(measure.baseline(*(by_name[n] for n in extra)))
            calibrated = _raised(calibrated, foot)
        try:
            value = _number(measure.compute(*evidence))
        except Unmeasured as nothing:
            return Finding(0.0, said("titled", title=said(title), why=nothing.why))
        if value is None:
            return Finding(0.0, said("titled", title=said(title), why=said("not-a-number")))
        cases = measure.size(*evidence) if measure.size is not None else 0
        return judged(value, cases, calibrated, measure, title)

    return Check(id, points, asks, (*needs, f"{measure.name}_bar"), judge, claim)


def _raised(calibrated: Calibrated, foot: float) -> Calibrated:
    """The same bar, which pays from `foot` on if that lies between its ends."""
    none, full = calibrated.none, calibrated.full
    between = none < foot < full or full < foot < none
    return replace(calibrated, none=foot) if between else calibrated


def judged(
    value: float,
    cases: int,
    calibrated: Calibrated,
    measure: Measure,
    title: str,
    *,
    held_out: bool = True,
) -> Finding:
    """A finite value on the way to its bar, with its interval, as a code and as a scale.

    Args:
        cases: of how many held-out cases it is a share, 0 if it is none.
        title: code of what is measured.
        held_out: whether those cases are held-out data, or something that the student's own
            network has made.
    """
    bar = Bar(calibrated)
    low, high = value, value
    share = cases > 0 and 0.0 <= value <= 1.0
    if share:
        low, high = tolerance.wilson(value, cases)
    facts = {"title": said(title), "value": value, "unit": measure.unit, "higher": bar.higher}
    facts |= {"full": calibrated.full, "cases": cases}
    if share:
        facts |= {"low": low, "high": high, "held_out": held_out}
    told: tuple[Said, ...] = (said("reached-share" if share else "reached", **facts),)
    if bar.credit(value) == 0.0:
        none = calibrated.none
        told += (said("no-better-than-nothing", value=value, none=none, higher=bar.higher),)
    scale = Scale(said(title), value, low, high, calibrated.none, calibrated.full, measure.unit)
    return Finding(
        bar.credit(value),
        told,
        {measure.name: value, "low": low, "high": high, "full": calibrated.full},
        (scale,),
        bar.near(value),
    )


def curve_in_band(
    id: str,
    *,
    points: float,
    measure: Measure,
    asks: str,
    title: str,
    claim: bool = True,
    gap: Measure | None = None,
    found: Callable[..., Sequence[tuple[float, float]]] | None = None,
) -> Check:
    """A rubric line: a loss curve falls, as training does, to the level of the reference's.

    Credit is that of its final level. The band of the way there is shown and told, but another
    optimiser takes another way: it costs nothing. What is no training at all earns nothing.

    Args:
        measure: a curve of losses (`higher=False`), in the grader's `measures`.
        gap: `metrics.curves.gap` between the curve's end and a loss that we measure, as a measure
            (`higher=False`, with a baseline): credit is reduced where they disagree more than the
            reference's do.
        found: from evidence, by the names of its parameters, the losses of `judged_curve`.
    """
    extra = () if gap is None else (*gap.needs, f"{gap.name}_bar")
    looked = () if found is None else _parameters(found)
    needs = tuple(dict.fromkeys((*measure.needs, f"{measure.name}_bar", *extra, *looked)))

    def judge(*given: Any) -> Finding:
        by_name = dict(zip(needs, given, strict=True))
        calibrated = by_name[f"{measure.name}_bar"]
        try:
            curve = np.ravel(np.asarray(measure.compute(*(by_name[n] for n in measure.needs))))
        except Unmeasured as nothing:
            return Finding(0.0, said("titled", title=said(title), why=nothing.why))
        losses = None if found is None else found(*(by_name[n] for n in looked))
        fell = judged_curve(curve, calibrated, measure, title, found=losses)
        if gap is None or fell.credit == 0.0:
            return fell
        agreement = _agreement([by_name[n] for n in gap.needs], by_name[f"{gap.name}_bar"], gap)
        return Finding(
            fell.credit * agreement.credit,
            (*fell.all_said, *agreement.all_said),
            {**fell.measured, **agreement.measured},
            fell.figures,
        )

    return Check(id, points, asks, needs, judge, claim)


def judged_curve(
    curve: Array,
    calibrated: Calibrated,
    measure: Measure,
    title: str,
    *,
    found: Sequence[tuple[float, float]] | None = None,
) -> Finding:
    """A claimed loss curve on the way to its bar, by the level that it ends at.

    Args:
        found: mean and standard error of the losses that we find on the same cases with what the
            run left; None: nobody has looked. Then its lowest value counts where it is one of
            these, since the weights of the best epoch may have been taken back, and it may turn up
            for as long as it likes. One low value that we do not find is no level.
    """
    course = curves.course(curve, calibrated.none if measure.baseline is not None else None)
    name = said(title)
    amiss = said("titled", title=name, why=course_told(course, curve))
    if course in (Course.TOO_LONG, Course.NOT_FINITE, Course.NEGATIVE, Course.TOO_SHORT):
        return Finding(0.0, amiss, {"values": float(curve.size)})
    drawn = curve.astype(np.float64)
    figures = (Learning(name, drawn, calibrated.low, calibrated.high, measure.unit),)
    if not (course.is_training or (found is not None and predictions.fell(drawn))):
        return Finding(0.0, amiss, {"values": float(curve.size)}, figures)
    curve = drawn
    level, lowest = curves.final_level(curve), float(curve.min())
    if any(predictions.agrees(lowest, loss) for loss in found or ()):
        level = min(level, lowest)
    credit = Bar(calibrated).credit(level)
    highest = float(curve.max())
    code = "falls-to" if level < highest else "ends-at"  # what has turned up may end at its top
    told: tuple[Said, ...] = (
        said(code, title=name, level=level, highest=highest, full=calibrated.full),
    )
    if curves.turns_up(curve):
        told += (said("turns-up"),)
    measured = {"final level": level, "full": calibrated.full}
    if calibrated.high.size:
        above = curves.share_above(curve, calibrated.high)
        below = curves.share_below(curve, calibrated.low)
        measured |= {"share above the band": above, "share below the band": below}
        told += (_place(above, below),)
    return Finding(credit, told, measured, figures)


def _place(above: float, below: float) -> Said:
    if above == 0.0:
        return said("in-the-band" if below == 0.0 else "nowhere-above", above=above, below=below)
    return said("above-the-band", above=above)


def _agreement(evidence: list[Any], calibrated: Calibrated, gap: Measure) -> Finding:
    try:
        value = _number(gap.compute(*evidence))
    except Unmeasured as nothing:
        return Finding(0.0, said("end-not-comparable", why=nothing.why))
    if value is None:
        return Finding(0.0, said("end-not-comparable-at-all"))
    credit = Bar(calibrated).credit(value)
    told = said("end-agrees", credit=credit)
    return Finding(credit, told, {gap.name: value, f"{gap.name} allowed": calibrated.full})


def _by_name(size: Callable[..., int], needs: tuple[str, ...]) -> Callable[..., int]:
    """The same function of everything that the measure needs, in its order."""
    wanted = _parameters(size)

    @functools.wraps(size)
    def cases(*given: Any) -> int:
        by_name = dict(zip(needs, given, strict=True))
        return int(size(*(by_name[n] for n in wanted)))

    return cases


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def _number(found: float | Array) -> float | None:
    """The finite number that a measure gave, else None."""
    array = np.asarray(found)
    if array.size != 1 or array.dtype.kind not in "biuf":
        return None
    value = float(array.reshape(()))
    return value if math.isfinite(value) else None
