"""From the records of grade.json to the class page: rows, checks, spreads, what has changed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from graders.core.catalogue import Course
from graders.core.types import COMPLETE, Ending, Outcome
from reports import since, statistics
from reports.presenting import COURSE, now, title
from reports.since import Stood, Summary
from reports.views import CheckStat, ClassRow, ClassView, Fact, Mark, Reached, Since, Spread
from reports.wording import number, percent

WAITING = "not yet graded"
_KILLED = (
    "Its run was killed from outside twice, by the notebook or by the machine: look which, "
    "and grade it again with --force if it was the machine."
)
_LONGEST = 500  # characters of a remark

Record = Mapping[str, Any]


def class_view(
    records: Iterable[Record],
    course: Course,
    elapsed_s: float,
    facts: tuple[Fact, ...],
    before: Summary | None = None,
    waiting: int = 0,
) -> ClassView:
    """The class page.

    Args:
        records: grade.json of everybody who is graded.
        course: what was graded.
        elapsed_s: seconds of wall time that it took.
        facts: label and text for the foot of the page.
        before: the grading before this one, None for the first.
        waiting: how many have handed in but are not graded yet.
    """
    given = list(records)
    stood = before.rows if before else {}
    ids = [c.id for c in course.grader.checks]
    pairs = [(_row(r, ids, stood.get(r["student"]), before is not None), r) for r in given]
    pairs.sort(key=lambda p: (since.STATES.index(p[0].state), p[0].student))
    rows = tuple(row for row, _ in pairs)
    ordered = [record for _, record in pairs]
    table = _settled(ordered, ids)
    states = [row.state for row in rows]
    counts = [(s, states.count(s)) for s in since.STATES if s in states]
    scores = _scores(rows)
    return ClassView(
        course=COURSE,
        title=title(course.name),
        graded_at=now(),
        rows=rows,
        checks=_stats(ordered, course, table, before),
        counts=(*counts, (WAITING, waiting)) if waiting else tuple(counts),
        totals=scores[:1],
        elapsed_s=elapsed_s,
        facts=facts,
        scores=scores[1:],
        spreads=_spreads(rows),
        compared=len(table),
        fewest=statistics.FEWEST,
        since=None if before is None else _since(before, rows, frozenset(r.student for r in rows)),
        reached=tuple(_reached(ordered, course)),
    )


def state_of(record: Record) -> str:
    """One word for where a submission stands."""
    if record["held"]:
        return since.HELD
    return since.REFUSED if record["run"] is None else since.GRADED


def _row(record: Record, ids: Sequence[str], before: Stood | None, compared: bool) -> ClassRow:
    run = record["run"] or {}
    ending = run.get("ending", "")
    state = since.standing(record["held"], record["run"] is not None, ending)
    change = since.change(before, state, record["points"]) if compared else since.SAME
    remarks = [] if ending in ("", *COMPLETE) else [f"Run: {ending}."]
    if ending == Ending.KILLED:
        remarks = [_KILLED]
    if record["held"]:
        remarks += [f"{c['id']} is held." for c in _automatic(record) if c["points"] is None][:1]
    remarks += [n["staff"] for n in record["notes"]]
    return ClassRow(
        student=record["student"],
        report=f"{record['student']}/report.html",
        state=state,
        points=record["points"],
        max_points=record["max_points"],
        marks=_marks(record, ids),
        seconds=run.get("wall_s"),
        peak_mib=run.get("peak_mib"),
        remark=" ".join(remarks)[:_LONGEST],
        attention=state != since.GRADED,
        waits=state in (since.HELD, since.AMBIGUOUS),
        change="" if change == since.SAME else change,
        was_state=before.state if before and before.state != state else "",
        was_points=before.points if before else None,
    )


def _marks(record: Record, ids: Sequence[str]) -> tuple[Mark, ...]:
    checks = _automatic(record)
    if [c["id"] for c in checks] != list(ids):
        return ()  # judged by an older rubric, and not again since: other checks
    return tuple(Mark(c["outcome"], c["points"], c["max_points"]) for c in checks)


def _automatic(record: Record) -> list[Record]:
    return [c for c in record["checks"] if c["outcome"] != Outcome.BY_HAND]


def _tells(record: Record) -> bool:
    """Whether a submission says something about the checks.

    What could not be opened, or was killed, has 0 everywhere whatever the student can: every
    check would agree with every other.
    """
    return record["run"] is not None and record["run"]["ending"] != Ending.KILLED


def _settled(records: Sequence[Record], ids: Sequence[str]) -> list[list[float]]:
    """Points [submissions, checks] of those that tell and have nothing held."""
    table = []
    for record in records:
        points = {c["id"]: c["points"] for c in _automatic(record)}
        row = [float(points[i]) for i in ids if points.get(i) is not None]
        if _tells(record) and len(row) == len(ids):
            table.append(row)
    return table


def _stats(
    records: Sequence[Record], course: Course, table: list[list[float]], before: Summary | None
) -> tuple[CheckStat, ...]:
    checks = course.grader.checks
    all_tell = statistics.discriminations(table)
    stats = []
    for k, check in enumerate(checks):
        mine = [(r, c) for r in records for c in _automatic(r) if c["id"] == check.id]
        told_by = [c for r, c in mine if _tells(r)]
        shares = [c["points"] / (c["max_points"] or 1) for c in told_by if c["points"] is not None]
        tells = all_tell[k] if all_tell else statistics.discrimination([], [])
        stats.append(
            CheckStat(
                id=check.id,
                title=title(check.id.removeprefix("check_")),
                max_points=check.points,
                mean_credit=statistics.mean(shares),
                full=sum(s == 1 for s in shares),
                partial=sum(0 < s < 1 for s in shares),
                none=sum(s == 0 for s in shares),
                held=sum(c["points"] is None for _, c in mine),
                discrimination=tells.value,
                unsaid=tells.why,
                changed=None if before is None else _moved(mine, check.id, before),
            )
        )
    return tuple(stats)


def _moved(mine: Sequence[tuple[Record, Record]], check: str, before: Summary) -> int:
    moved = 0
    for record, now_ in mine:
        then = before.rows.get(record["student"])
        if then is not None:
            moved += not since.same_points(then.checks.get(check), now_["points"])
    return moved


def _scores(rows: Sequence[ClassRow]) -> tuple[Fact, ...]:
    points = [r.points for r in rows if r.points is not None]
    most = max((r.max_points for r in rows), default=0.0)
    if not points or not most:
        return ()
    whole = sum(r.points is not None and r.points >= r.max_points for r in rows)
    missing = len(rows) - len(points)
    quarter, three = (statistics.quantile(points, q) for q in (0.25, 0.75))
    return (
        ("Median points", f"{number(statistics.quantile(points, 0.5))} of {number(most)}"),
        ("Mean", number(statistics.mean(points))),
        ("Standard deviation", number(statistics.deviation(points))),
        ("Middle half", f"{number(quarter)} to {number(three)}"),
        ("All points", f"{whole} ({percent(whole / len(points))})"),
        *((("Held", str(missing)),) if missing else ()),
    )


def _spreads(rows: Sequence[ClassRow]) -> tuple[Spread, ...]:
    seconds = [(r.seconds, i) for i, r in enumerate(rows) if r.seconds is not None]
    memory = [(r.peak_mib, i) for i, r in enumerate(rows) if r.peak_mib is not None]
    spreads = (
        _spread("Wall time of a run", "seconds", seconds),
        _spread("Peak memory of a run", "mib", memory),
    )
    return tuple(s for s in spreads if s is not None)


def _spread(
    label: str, kind: Literal["seconds", "mib"], used: Sequence[tuple[float, int]]
) -> Spread | None:
    if not used:
        return None
    values = [value for value, _ in used]
    median, high = statistics.quantile(values, 0.5), statistics.quantile(values, 0.95)
    assert median is not None
    assert high is not None
    most, most_row = max(used, key=lambda u: (u[0], -u[1]))
    edges, counts = statistics.bins(values)
    return Spread(
        label=label,
        kind=kind,
        n=len(values),
        median=median,
        high=high,
        most=most,
        total=sum(values) if kind == "seconds" else None,
        most_row=most_row,
        edges=tuple(edges),
        counts=tuple(counts),
    )


def _reached(records: Sequence[Record], course: Course) -> Iterable[Reached]:
    """What each check with a calibrated bar measured; the bar that most were judged by counts."""
    by_id = [{c["id"]: c["measured"] for c in _automatic(r)} for r in records]
    measures = {f"{m.name}_bar": m for m in course.grader.measures}
    for check in course.grader.checks:
        measure = next((measures[name] for name in check.needs if name in measures), None)
        if measure is None:
            continue
        told = [found.get(check.id, {}) for found in by_id]
        pairs = [(_value(t, measure.name), t.get("full")) for t in told]
        # NaN and infinities are text in grade.json; what has diverged so far fits on no axis.
        pairs = [p for p in pairs if all(isinstance(n, float | int) and abs(n) < 1e100 for n in p)]
        if not pairs:
            continue
        bars = [full for _, full in pairs]
        bar = max(sorted(set(bars)), key=bars.count)
        values = [value for value, full in pairs if full == bar]
        edges, counts = statistics.bins_around(values, bar)
        yield Reached(
            title=title(check.id.removeprefix("check_")),
            unit=measure.unit,
            n=len(values),
            there=sum(v >= bar if measure.higher else v <= bar for v in values),
            median=statistics.quantile(values, 0.5) or 0.0,
            full=bar,
            higher=measure.higher,
            edges=tuple(edges),
            counts=tuple(counts),
            at=edges.index(bar),
        )


def _value(measured: Mapping[str, Any], name: str) -> Any:
    # A number comes with its interval; of a curve, its final level is held against the bar.
    return measured.get(name if "low" in measured else "final level")


def _since(before: Summary, rows: Sequence[ClassRow], graded: frozenset[str]) -> Since:
    kinds = [row.change or since.SAME for row in rows]
    return Since(
        when=before.when,
        counts=tuple((kind, kinds.count(kind)) for kind in since.CHANGES if kind in kinds),
        gone=tuple(sorted(set(before.rows) - graded)),
    )
