"""Which grades differ between two graded folders, and whether each difference has a reason.

    python -m reference_solutions.demo_class compare OLD NEW [--reasons FILE]

OLD and NEW are each a course folder (with `graded/` in it), a `graded/` folder (several notebooks)
or the folder of one notebook. Only `<notebook>/<student>/grade.json` is read. What is compared:

    points      of each check and in total, and the points that were possible
    outcome     of each check: judged, unanswered, held, by hand
    ending      of the run: finished, cell error, ...; "no run" where nothing could be run
    notes       the codes of what intake found
    absent      a notebook, a student or a check that is in one of the two folders only
    unreadable  a grade.json that cannot be read: no reason explains it

Sentences are no grades: those that changed are counted, and make no difference. Points that differ
by less than 1e-9 are the same: the same credits, added in another order.

The file of reasons is TOML. An entry explains every difference that fits all its patterns (`*`, `?`
and `[...]`, as in file names, capitals count):

    [[reason]]
    notebook = "mnist_digits"                # required
    student = "wrong-*"                      # else every student
    check = "check_softmax"                  # else every check, `total` and what is of no check
    what = "points"                          # else each of the above
    why = "The tolerance of softmax is 1e-6 now, which float32 reaches."    # required

A total is explained by the reasons of its checks where it is the sum of their points; else by an
entry that fits the check `total`. An entry that fits nothing is reported, and is no error.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import zip_longest
from pathlib import Path
from typing import Any

from reference_solutions.graded import Check, Record, Unusable, close, grades_in

SAME = 0
DIFFERENT = 7  # what `dlgrade regrade` exits with where something would change

KINDS = ("points", "outcome", "ending", "notes", "absent", "unreadable")
TOTAL = "total"

_KEYS = {"notebook", "student", "check", "what", "why"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same in both folders.

    Args:
        what: one of `KINDS`.
        student: empty if the whole notebook is absent.
        check: empty if it concerns none; `total` for the points of all.
        text: what was and what is.
        follows: for a total, that its checks' points add up to it in both folders.
    """

    what: str
    notebook: str
    student: str
    check: str
    text: str
    follows: bool = False

    def __str__(self) -> str:
        of_none = self.what if self.what in ("ending", "notes") else ""
        places = [self.notebook, self.student, self.check or of_none]
        return f"{' / '.join(_printable(p) for p in places if p)}: {_printable(self.text)}"


@dataclass(frozen=True, slots=True)
class Reason:
    """One entry of the file of reasons; patterns as in `fnmatch`, `what` empty for each kind."""

    number: int
    why: str
    notebook: str
    student: str = "*"
    check: str = "*"
    what: str = ""

    def explains(self, found: Difference) -> bool:
        """Whether all patterns fit."""
        return (
            found.what != "unreadable"
            and self.what in ("", found.what)
            and fnmatchcase(found.notebook, self.notebook)
            and fnmatchcase(found.student, self.student)
            and fnmatchcase(found.check, self.check)
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences of two folders, by notebook, student and check.

    Args:
        grades: those that both folders have and that can be read, over all notebooks.
        notebooks: that both folders have.
        reworded: sentences for students that changed.
        other_files: of `grades`, those whose submissions are not the same bytes.
    """

    differences: tuple[Difference, ...]
    grades: int
    notebooks: int
    reworded: int
    other_files: int


def compare(old: Path, new: Path) -> Comparison:
    """Compare every grade of two folders.

    Raises:
        Unusable: there are no grades in one of them.
    """
    before, after = grades_in(old), grades_in(new)
    differences: list[Difference] = []
    pairs: list[tuple[Record, Record]] = []
    for notebook in sorted({*before, *after}):
        if notebook not in before or notebook not in after:
            where, there = ("OLD", before) if notebook in before else ("NEW", after)
            text = f"graded in {where} only ({_counted(len(there[notebook]), 'student')})"
            differences.append(Difference("absent", notebook, "", "", text))
            continue
        earlier, later = before[notebook], after[notebook]
        for student in sorted({*earlier, *later}):
            was, now = earlier.get(student), later.get(student)
            differences += _of_student(notebook, student, was, now)
            if isinstance(was, Record) and isinstance(now, Record):
                pairs.append((was, now))
    return Comparison(
        differences=tuple(differences),
        grades=len(pairs),
        notebooks=len({*before} & {*after}),
        reworded=sum(_reworded(was, now) for was, now in pairs),
        other_files=sum(was.sha256 != now.sha256 for was, now in pairs),
    )


def _of_student(
    notebook: str, student: str, was: Record | str | None, now: Record | str | None
) -> Iterator[Difference]:
    """The differences of one student, who has a grade in one of the folders or in both."""
    for where, grade in (("OLD", was), ("NEW", now)):
        if isinstance(grade, str):
            yield Difference("unreadable", notebook, student, "", f"in {where}, {grade}")
    if was is None or now is None:
        where = "OLD" if now is None else "NEW"
        yield Difference("absent", notebook, student, "", f"graded in {where} only")
    if not isinstance(was, Record) or not isinstance(now, Record):
        return
    text = _points((was.points, was.most), (now.points, now.most))
    if text:
        adds_up = was.adds_up and now.adds_up
        yield Difference("points", notebook, student, TOTAL, text, follows=adds_up)
    for what, before, after in (
        ("ending", was.ending, now.ending),
        ("notes", was.codes, now.codes),
    ):
        if before != after:
            yield Difference(what, notebook, student, "", f"{before} → {after}")
    for check in dict.fromkeys((*was.checks, *now.checks)):
        for what, text in _of_check(was.checks.get(check), now.checks.get(check)):
            yield Difference(what, notebook, student, check, text)


def _of_check(was: Check | None, now: Check | None) -> Iterator[tuple[str, str]]:
    """Kind and text of what differs."""
    if was is None or now is None:
        where, there = ("OLD", was) if now is None else ("NEW", now)
        if there is not None:
            points = _amount(there.points, there.most, with_most=True)
            yield "absent", f"in {where} only, {there.outcome}, {points} points"
        return
    if text := _points((was.points, was.most), (now.points, now.most)):
        yield "points", text
    if was.outcome != now.outcome:
        yield "outcome", f"{was.outcome} → {now.outcome}"


def _points(was: tuple[float | None, float], now: tuple[float | None, float]) -> str:
    """What was and is, of points and the most points; empty if neither changed."""
    other_most = not close(was[1], now[1])
    if close(was[0], now[0]) and not other_most:
        return ""
    return " → ".join(_amount(*side, with_most=other_most) for side in (was, now))


def _amount(points: float | None, most: float, with_most: bool) -> str:
    shown = "none" if points is None else f"{points:.10g}"
    return f"{shown} of {most:.10g}" if with_most else shown


def _reworded(was: Record, now: Record) -> int:
    """How many sentences for the student changed, of checks and notes that both have."""
    checks = was.checks.keys() & now.checks.keys()
    found = sum(was.checks[c].feedback != now.checks[c].feedback for c in checks)
    if was.codes == now.codes:
        found += sum(a != b for a, b in zip_longest(sorted(was.notes), sorted(now.notes)))
    return found


def read_reasons(path: Path) -> list[Reason]:
    """The entries of a file of reasons, in order.

    Raises:
        Unusable: it cannot be read, or an entry does not say what it must.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:  # of TOML, or of UTF-8
        raise Unusable(f"{path} is not a TOML file: {error}.") from None
    entries = content.pop("reason", [])
    if content or not isinstance(entries, list):
        raise Unusable(f"{path} may hold [[reason]] entries and nothing else.")
    return [_reason(path, number, entry) for number, entry in enumerate(entries, start=1)]


def _reason(path: Path, number: int, entry: Any) -> Reason:
    name = f"{path}, reason {number}"
    if not isinstance(entry, dict) or not all(isinstance(v, str) for v in entry.values()):
        raise Unusable(f"{name}: every value must be a text in quotes.")
    if unknown := sorted(entry.keys() - _KEYS):
        raise Unusable(f"{name}: there is no key {unknown[0]!r}; use {', '.join(sorted(_KEYS))}.")
    for key in ("why", "notebook"):
        if not entry.get(key, "").strip():
            raise Unusable(f"{name}: {key!r} is missing.")
    if entry.get("what", KINDS[0]) not in KINDS[:-1]:
        raise Unusable(f"{name}: 'what' must be one of {', '.join(KINDS[:-1])}.")
    return Reason(number=number, **entry)


def explained(
    differences: Sequence[Difference], reasons: Sequence[Reason]
) -> tuple[list[tuple[Difference, str]], list[Reason]]:
    """Each difference with why it is there, empty if nobody says; and the reasons that fit none."""
    fitting = {d: [r for r in reasons if r.explains(d)] for d in differences}
    unused = [r for r in reasons if not any(r in fits for fits in fitting.values())]
    whys = {d: fits[0].why if fits else "" for d, fits in fitting.items()}
    for total in (d for d in differences if d.follows and not whys[d]):
        where = (total.notebook, total.student)
        parts = [whys[d] for d in differences if d.check != TOTAL and _moves_points(d, where)]
        if parts and all(parts):
            whys[total] = " ".join(dict.fromkeys(parts))
    return list(whys.items()), unused


def _moves_points(found: Difference, where: tuple[str, str]) -> bool:
    """Whether it is a difference of one check that the student's total follows from."""
    mine = (found.notebook, found.student) == where and found.check
    return bool(mine) and found.what in ("points", "absent")


def report(old: Path, new: Path, reasons_file: Path | None = None) -> int:
    """Print every difference, what was reworded, and last a summary; the exit status.

    Returns:
        SAME if there is no difference or each has a reason, else DIFFERENT.

    Raises:
        Unusable: a folder without grades, or a file of reasons that cannot be followed.
    """
    reasons = [] if reasons_file is None else read_reasons(reasons_file)
    found = compare(old, new)
    listed, unused = explained(found.differences, reasons)
    for difference, why in listed:
        unsaid = "  WITHOUT A REASON" if reasons_file else ""
        print(f"{difference}{f'  because: {_printable(why)}' if why else unsaid}")
    for reason in unused:
        print(f"reason never used: {reason.number}, {_printable(reason.why)}")
    if found.other_files:
        print(f"{_counted(found.other_files, 'submission')} changed: other bytes were handed in")
    if found.reworded:
        print(f"{_counted(found.reworded, 'sentence')} for students changed")
    unexplained = sum(not why for _, why in listed)
    compared = (
        f"{_counted(found.grades, 'grade')} of {_counted(found.notebooks, 'notebook')} compared"
    )
    if not listed:
        print(f"{compared}: no difference")
    else:
        print(f"{compared}: {_counted(len(listed), 'difference')}, {unexplained} without a reason")
    return DIFFERENT if unexplained else SAME


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + "s" * (number != 1)


def _printable(text: str) -> str:
    """Names of folders may hold anything: what no terminal shows is written as its escape."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
