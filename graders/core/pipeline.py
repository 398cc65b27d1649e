"""Judging: evidence in, grade out. Pure, quick, and run again whenever a bar changes."""

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from graders.core import sentences as _known  # noqa: F401  its table is shared by being imported
from graders.core.errors import CourseFault
from graders.core.rubric import Ask, Calibrated, Check, Grader, Observation
from graders.core.saying import Said, said, tell
from graders.core.types import (
    Cases,
    CheckResult,
    Evidence,
    Execution,
    Grade,
    Note,
    Outcome,
    Submission,
    Truths,
)


def grade(
    submission: Submission,
    evidence: Evidence,
    keys: tuple[Evidence, ...],
    cases: Mapping[str, Cases],
    grader: Grader,
    by_hand: Mapping[str, tuple[float, str]],
    notes: tuple[Note, ...] = (),
    execution: Execution | None = None,
    truths: Mapping[str, Truths] = MappingProxyType({}),
    bars: Mapping[str, Calibrated] = MappingProxyType({}),
) -> Grade:
    """Judge every check on its own: none can prevent or alter another.

    Args:
        submission: whose work this is.
        evidence: what the sandbox saw, already vouched for by `read_evidence`.
        keys: the reference's own evidence, its answers to the same questions; then that of
            other solutions that are right as well. A check takes whichever suits it best.
        cases: the unseen inputs, by case-set name.
        grader: the declared checks, in report order.
        by_hand: grade_id → (points, what is asked) of the cells that a person judges.
        notes: what intake found.
        execution: how the run went.
        truths: what the host knows about the unseen inputs, by case-set name.
        bars: of the grader's measures.

    Returns:
        One result per check; points are absent while a result is HELD.

    Raises:
        CourseFault: wrong grader for this submission, or a key with holes.
    """
    if (submission.assignment, submission.notebook) != (grader.assignment, grader.notebook):
        raise CourseFault(
            f"{submission.assignment}/{submission.notebook} was sent to the grader of "
            f"{grader.assignment}/{grader.notebook}"
        )
    for key in keys:
        if key.refused:
            left_out = ", ".join(
                f"{k}: {tell(grader.sentences, v)}" for k, v in key.refused.items()
            )
            raise CourseFault(f"a key of {grader.notebook!r} leaves out {left_out}")
    given = [_given(grader, evidence, key, cases, truths, bars) for key in keys]
    results = [_judge_by_all(check, given, evidence.refused, grader) for check in grader.checks]
    for grade_id in grader.by_hand:
        points, asks = by_hand[grade_id]
        results.append(
            _told(CheckResult(grade_id, Outcome.BY_HAND, None, points, asks), grader, _HAND)
        )
    return Grade(submission, tuple(results), notes, execution)


def unanswered(
    submission: Submission,
    grader: Grader,
    by_hand: Mapping[str, tuple[float, str]],
    why: str,
    notes: tuple[Note, ...],
) -> Grade:
    """The grade of a submission that cannot be run at all: nothing earned, nothing held.

    A person still looks at the written question: the file may hold an answer that we cannot read.
    """
    results = [CheckResult(c.id, Outcome.UNANSWERED, 0.0, c.points, c.asks) for c in grader.checks]
    results += [
        CheckResult(g, Outcome.BY_HAND, None, by_hand[g][0], by_hand[g][1]) for g in grader.by_hand
    ]
    noted = said("as-noted", note=why)
    return Grade(submission, tuple(_told(r, grader, noted) for r in results), notes)


def held(
    submission: Submission,
    grader: Grader,
    by_hand: Mapping[str, tuple[float, str]],
    staff_note: str,
    notes: tuple[Note, ...],
    execution: Execution | None = None,
) -> Grade:
    """The grade of a submission that we failed to run: every point is absent, none is lost."""
    machine = said("held-machine-failed")
    results = [
        _told(
            CheckResult(c.id, Outcome.HELD, None, c.points, c.asks, staff_note=staff_note),
            grader,
            machine,
        )
        for c in grader.checks
    ]
    results += [
        CheckResult(g, Outcome.BY_HAND, None, by_hand[g][0], by_hand[g][1]) for g in grader.by_hand
    ]
    return Grade(submission, tuple(results), notes, execution)


_HAND = said("by-hand")


def _told(result: CheckResult, grader: Grader, *what: Said) -> CheckResult:
    """A result with what is said of it, in codes and in today's words.

    Raises:
        KeyError: no table has a sentence for it.
    """
    return replace(result, said=what, feedback=tell(grader.sentences, what))


def told_again(
    submission: Submission,
    results: Sequence[CheckResult],
    grader: Grader,
    by_hand: Mapping[str, tuple[float, str]],
    notes: tuple[Note, ...],
    execution: Execution | None,
) -> Grade | None:
    """The grade of results that are stored, in the words of today: nothing is judged.

    Returns:
        None where these results cannot be told: other checks, or a code without a sentence.
    """
    asks = {c.id: c.asks for c in grader.checks} | {g: by_hand[g][1] for g in grader.by_hand}
    if [r.check for r in results] != list(asks):
        return None
    try:
        told = [_told(replace(r, asks=asks[r.check]), grader, *r.said) for r in results]
    except KeyError:
        return None
    return Grade(submission, tuple(told), notes, execution)


def _given(
    grader: Grader,
    evidence: Evidence,
    key: Evidence,
    cases: Mapping[str, Cases],
    truths: Mapping[str, Truths],
    bars: Mapping[str, Calibrated],
) -> dict[str, Any]:
    """Everything a judge may ask for by name. The key is set last: evidence cannot shadow it."""
    given = by_name(grader, evidence, cases, truths)
    for name, bar in bars.items():
        given[f"{name}_bar"] = bar
    asking: tuple[Ask | Observation, ...] = (*grader.evidence, *grader.observations)
    for about in asking:
        given[f"{about.name}_key"] = key.seen.get(about.name, ())
    return given


def by_name(
    grader: Grader,
    evidence: Evidence,
    cases: Mapping[str, Cases],
    truths: Mapping[str, Truths],
) -> dict[str, Any]:
    """What judges and measures of a submission take, but for the key and the bars."""
    given: dict[str, Any] = dict(evidence.seen)
    asking: tuple[Ask | Observation, ...] = (*grader.evidence, *grader.observations)
    for about in asking:
        given[f"{about.name}_if_any"] = evidence.seen.get(about.name, ())
        given[f"{about.name}_changed"] = evidence.changed.get(about.name, ())
        given[f"{about.name}_cases"] = cases.get(about.cases, ()) if about.cases else ()
        given[f"{about.name}_truth"] = truths.get(about.cases, ()) if about.cases else ()
    return given


def _judge_by_all(
    check: Check, given: Sequence[Mapping[str, Any]], refused: Mapping[str, Said], grader: Grader
) -> CheckResult:
    best, *others = (_judge(check, by_one_key, refused, grader) for by_one_key in given)
    for result in others:
        if best.points is None:  # our fault once is our fault, whatever the other key says
            break
        if result.points is None or result.points > best.points:
            best = result
    return best


def _earned(points: float, credit: float) -> float:
    """In hundredths, as every report shows them: what is read adds up, and 1.9989 of 2 is 2."""
    return points if credit == 1 else min(points, round(points * credit, 2))


def _judge(
    check: Check, given: Mapping[str, Any], refused: Mapping[str, Said], grader: Grader
) -> CheckResult:
    try:
        for name in check.needs:
            if name not in given:  # absent or refused: the student's side of the line
                why = refused.get(name, said("left-nothing", evidence=name))
                nothing = CheckResult(check.id, Outcome.UNANSWERED, 0.0, check.points, check.asks)
                return _told(nothing, grader, said("unanswered", why=why))
        found = check.judge(*(given[name] for name in check.needs))
        judged = CheckResult(
            check.id,
            Outcome.JUDGED,
            _earned(check.points, float(found.credit)),
            check.points,
            check.asks,
            measured=found.measured,
            figures=found.figures,
            near=found.near,
        )
        return _told(judged, grader, *found.all_said)
    except Exception:  # evidence is vouched for, so a judge that raises is a fault of ours
        held = CheckResult(
            check.id,
            Outcome.HELD,
            None,
            check.points,
            check.asks,
            staff_note=traceback.format_exc(limit=-4),
        )
        return _told(held, grader, said("held-check-failed"))
