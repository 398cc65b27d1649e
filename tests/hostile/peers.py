"""What the same attacks did to nbgrader 0.9.6 and otter-grader 7.0.0, and which of ours try them.

Measured with default settings, as root, in batches of two: the attacker, then an honest student.
Honest baselines there: 10 points for a good notebook, 1 for one that answers zero everywhere, 0 for
a blank one. A "-" was not measured.
"""

from typing import NamedTuple


class Peer(NamedTuple):
    attack: str  # and, in brackets, what it deserves there
    nbgrader: str
    otter: str
    ours: tuple[str, ...]  # names of `tests.hostile.attackers.Attack`


PEERS = (
    Peer("`np.allclose`, `isclose`, `testing` patched to pass (1)", "7", "7",
         ("patched-comparison",)),
    Peer("an object whose `__eq__` and `__array_function__` always agree (1)", "10", "10",
         ("agreeable-object",)),
    Peer("reads solution or tests from the course folder (0)", "10",
         "tests lie in the working folder", ("reads-the-reference", "imports-the-grader")),
    Peer("`pre_run_cell` hook, stack frames, `In[-1]`", "hidden tests read", "hook runs",
         ("listens-to-the-questions", "reads-frames-and-memory")),
    Peer("deletes test cells (0)", "grades NULL, flagged manual", "rejected without a result",
         ("worthless-checks-deleted",)),
    Peer("replaces test source, multiplies points by 100 (0)", "0; reset", "0; ignored",
         ("worthless-locked-changed",)),
    Peer("renames a grade_id", "whole submission fails, NULL", "-", ("worthless-repointed",)),
    Peer("overwrites `tests/*.py` (0)", "-", "10, in Docker too", ("shadows-modules",)),
    Peer("`os._exit`", "NULL", "no result; Docker 0",
         ("exits-the-kernel", "exits-between-right-answers", "exits-when-asked")),
    Peer("`kill -9` of the parent",
         "the batch dies; the attacker is skipped on the next run, exit code 0", "no result",
         ("kills-its-parent", "stops-its-parent", "signals-everyone")),
    Peer("`while True`", "stopped at 30 s per cell", "hangs without end", ("endless-loop",)),
    Peer("a loop that ignores interrupts", "fails, NULL", "hangs",
         ("deaf-loop", "deaf-when-asked")),
    Peer("memory bomb", "no limit of its own", "no limit of its own",
         ("memory-hog", "hungry-when-asked", "huge-arrays")),
    Peer("1e7 printed lines", "stopped at 30 s, full marks", "hangs, 710 MB",
         ("flood-of-output",)),
    Peer("background process", "survives the grading", "survives", ("background-process",)),
    Peer("writes gradebook.db (0)", "11 of 13", "-",
         ("writes-a-gradebook", "gradebook-beside")),
    Peer("copies a classmate's or the staff's file (0)", "10", "10",
         ("copies-a-classmate", "pair-of-students-asks", "reads-the-reference")),
    Peer("creates the next student's output folder",
         "that student is silently never graded, exit code 0", "-",
         ("makes-neighbours-folders",)),
    Peer("loopback socket", "connects", "connects by default",
         ("opens-sockets", "pair-of-students-serves")),
    Peer("forged result (0)", "0; can write a fake feedback page",
         "10, in Docker too: rewrites the result pickle at exit",
         ("forged-results", "writes-at-exit", "forges-the-evidence", "forges-probe-messages")),
    Peer("pickle payload", "-", "runs code in the grader, chained on the host as root",
         ("pickled-payloads",)),
    Peer("truncated, empty, binary, nbformat 99", "fails, NULL", "traceback, no result",
         ("truncated", "empty-file", "picture", "future-format")),
    Peer("duplicated grade_ids (a copied cell)", "ABORTS THE WHOLE BATCH", "-",
         ("duplicated", "worthless-duplicated")),
    Peer("unknown kernel name", "repaired", "fails", ("unknown-kernel",)),
    Peer("strips asserts by a transformer, patches the test runner (0 or 1)", "10", "10",
         ("strips-asserts",)),
    Peer("the notebook is a symlink to the solution (0)", "10", "10", ("link", "linked-folder")),
    Peer("data.txt is a symlink to a system file", "contents copied into the course", "not copied",
         ("linked-data",)),
    Peer("hard-coded accuracy, made-up results", "6 of 8", "6 of 8",
         ("hard-coded-answers", "claimed-histories", "right-on-public-data")),
)  # fmt: skip
