"""What another grading would change, found out without running or writing anything.

`stored_runs` gives a store in a temporary folder in which every stored run can be read and
`NothingRuns` a sandbox that refuses: a `Batch` over the two judges what is stored and says, by
`NeedsRun`, what is not. `reasons` and `differences` compare plain records of grade.json.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from graders.core.errors import UsageFault
from graders.core.store import Store
from graders.core.types import Execution, Job

Record = Mapping[str, Any]

_WORDS = "sentences and reports"

# Facts of grade.json's `made_from`, in words; those of judging and of telling come last.
_FACTS = {
    "notebook": "cells around the answers",
    "questions": "questions",
    "inputs": "unseen inputs",
    "data": "course data",
    "image": "image",
    "limits": "limits",
    "rubric": "code that judges",
    "calibration": "measured bars",
    "reference": "reference solution",
    "words": _WORDS,
}
_OF_NO_RUN = ("rubric", "calibration", "reference", "words")  # they concern refused ones as well


class NeedsRun(Exception):
    """Something has to be executed first.

    Args:
        key: of the job.
    """

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class NothingRuns:
    """A sandbox that only says what a job would run in.

    Args:
        image: the fingerprint of the real one.
    """

    name = "nothing runs"

    def __init__(self, image: str) -> None:
        self._image = image

    def fingerprint(self) -> str:
        """The real sandbox's."""
        return self._image

    def run(self, job: Job) -> Execution:
        """Refuse.

        Raises:
            NeedsRun: always.
        """
        raise NeedsRun(job.key)

    def stop(self) -> None:
        """Nothing runs."""

    def close(self) -> None:
        """Nothing is held."""


@contextmanager
def stored_runs(folder: Path) -> Iterator[Store]:
    """A temporary store that holds the finished runs of another; that one is only read.

    Args:
        folder: the `.store` of an output folder.

    Raises:
        UsageFault: nothing was ever graded there, or a grading is under way.
    """
    if not (folder / "store.db").is_file():
        raise UsageFault(f"nothing is graded in {folder.parent} yet; run `dlgrade grade` first")
    with _undisturbed(folder), tempfile.TemporaryDirectory(prefix="dlgrade-regrade-") as made:
        copy = Path(made)
        for name in ("store.db", "store.db-wal"):
            if (folder / name).is_file():
                shutil.copyfile(folder / name, copy / name)
        for run in (folder / "executions").iterdir():
            place = copy / "executions" / run.name
            place.mkdir(parents=True)
            (place / "outputs").symlink_to((run / "outputs").resolve())
            (place / "judged").mkdir()
            for judged in (run / "judged").glob("*.npz"):
                (place / "judged" / judged.name).symlink_to(judged.resolve())
        store = Store(copy)
        try:
            yield store
        finally:
            store.close()


@contextmanager
def _undisturbed(folder: Path) -> Iterator[None]:
    """No grading begins or ends here meanwhile; any number may look at the same time."""
    import fcntl  # no POSIX, no `dlgrade grade`

    descriptor = os.open(folder / "lock", os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UsageFault(
            f"another dlgrade is grading into {folder.parent}; wait for it, then ask again"
        ) from None
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is not as it was. `before` and `now` may be empty."""

    what: str
    before: str = ""
    now: str = ""

    def __str__(self) -> str:
        change = " → ".join(part for part in (self.before, self.now) if part)
        return f"{self.what} {change}".rstrip()


@dataclass(frozen=True, slots=True)
class Now:
    """What a submission would be graded from today.

    Args:
        sha256: of the bytes handed in.
        version: the grader's.
        made_from: as in grade.json.
        key: of its run; "" where nothing can be run.
        runs: that run has to be made.
    """

    sha256: str
    version: int
    made_from: Record
    key: str
    runs: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One student's line of the plan.

    Args:
        needs: `execution`, `judgement`, `words` (the report alone), or `nothing`.
        before: `points`, `max_points`, `held` as they stand; None if never graded.
        after: the same as they would be; None where only an execution can tell.
        checks: those that would change: `id`, `before`, `after` (each `outcome` and `points`, or
            None), `feedback_changed`.
    """

    student: str
    needs: str
    reasons: tuple[Reason, ...] = ()
    before: Record | None = None
    after: Record | None = None
    checks: tuple[Record, ...] = ()

    @property
    def regraded(self) -> bool:
        """Whether points or an outcome would change; False where nobody can know."""
        return self.after is not None and (
            self.before != self.after or any(c["before"] != c["after"] for c in self.checks)
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What `dlgrade regrade --apply` would do, `changes` by name."""

    notebook: str
    version: int
    reference: str  # `stored`, or `execution`: then no judgement is known yet
    changes: tuple[Change, ...]
    unchanged: int
    withdrawn: tuple[str, ...] = field(default=())

    def needing(self, needs: str) -> int:
        """How many need an `execution`, a `judgement`, or new `words`."""
        return sum(c.needs == needs for c in self.changes)

    def as_dict(self, applied: bool) -> dict[str, Any]:
        """As plain data, schema `dlgrade/regrade/1` (graders/bridges/README.md)."""
        return {
            "schema": "dlgrade/regrade/1",
            "notebook": self.notebook,
            "grader_version": self.version,
            "applied": applied,
            "reference": self.reference,
            "execution": self.needing("execution"),
            "judgement": self.needing("judgement"),
            "words": self.needing("words"),
            "unchanged": self.unchanged,
            "withdrawn": list(self.withdrawn),
            "submissions": [asdict(change) for change in self.changes],
        }


def reasons(before: Record | None, now: Now) -> tuple[Reason, ...]:
    """Why a submission would be graded again; empty where nothing has changed.

    Args:
        before: its grade.json, or None.
    """
    if before is None:
        return (Reason("not graded yet"),)
    found = []
    old = before["submission_sha256"]
    handed_in = old != now.sha256 and "" not in (old, now.sha256)  # held ones were not read
    if handed_in:
        found.append(Reason("new hand-in", old[:8], now.sha256[:8]))
    if before["grader_version"] != now.version:
        found.append(Reason("grader version", str(before["grader_version"]), str(now.version)))
    if before["held"]:
        found.append(Reason("was HELD"))
    run = before["run"] or {}
    facts = {"image": run["image"]} if run else {}  # all that a grade of an older dlgrade knows
    facts |= before.get("made_from", {})
    for name, words in _FACTS.items():
        if name not in facts or facts[name] == now.made_from[name]:
            continue
        if name == "notebook" and (handed_in or not (facts[name] and now.made_from[name])):
            continue
        if name in _OF_NO_RUN or now.key:
            found.append(Reason(words, *_told(name, facts[name], now.made_from[name])))
    if not found and run and now.key and run["key"] != now.key:
        found.append(Reason("its run", "made from something else"))
    elif not found and now.runs:
        found.append(Reason("its stored run", "is gone"))
    return tuple(found)


def compared(
    why: tuple[Reason, ...], before: Record | None, after: Record, checks: tuple[Record, ...]
) -> tuple[Reason, ...]:
    """The reasons, and one more where a grade comes out otherwise than they would let expect.

    Args:
        why: the `reasons`.
        before, after: its grade.json, as it stands and judged now.
        checks: their `differences`.
    """
    if needed(why, runs=False) == "judgement":
        return why
    if totals(before) != totals(after) or any(c["before"] != c["after"] for c in checks):
        return (*why, Reason("judged otherwise"))
    return why or ((Reason(_WORDS),) if checks else ())


def needed(why: tuple[Reason, ...], *, runs: bool) -> str:
    """What it takes to make a grade that is up to date, by the reasons why it is not.

    Args:
        why: of one submission.
        runs: something has to be executed.

    Returns:
        As `Change.needs`.
    """
    if runs:
        return "execution"
    if not why:
        return "nothing"
    return "words" if all(reason.what == _WORDS for reason in why) else "judgement"


def _told(name: str, before: Any, now: Any) -> tuple[str, str]:
    if name != "limits":
        return str(before)[:19], str(now)[:19]
    names = sorted(k for k in {*before, *now} if before.get(k) != now.get(k))
    old, new = (", ".join(f"{k}={which.get(k)}" for k in names) for which in (before, now))
    return old, new


def differences(before: Record | None, after: Record) -> tuple[Record, ...]:
    """The checks whose points, outcome or feedback differ, in the order of the report.

    Args:
        before: grade.json as it stands, or None.
        after: the same, judged now.
    """
    old = {c["id"]: c for c in before["checks"]} if before else {}
    new = {c["id"]: c for c in after["checks"]}
    found = []
    for check in {**new, **old}:
        was, becomes = old.get(check), new.get(check)
        told = bool(was and becomes and was["feedback"] != becomes["feedback"])
        if told or _marks(was) != _marks(becomes):
            found.append(
                {
                    "id": check,
                    "before": _marks(was),
                    "after": _marks(becomes),
                    "feedback_changed": told,
                }
            )
    return tuple(found)


def _marks(check: Record | None) -> Record | None:
    return None if check is None else {"outcome": check["outcome"], "points": check["points"]}


def totals(record: Record | None) -> Record | None:
    """The three numbers of a grade.json that a gradebook would show."""
    if record is None:
        return None
    return {name: record[name] for name in ("points", "max_points", "held")}
