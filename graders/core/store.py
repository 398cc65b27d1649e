"""What has been done so far: one SQLite file, every change one atomic commit.

A submission is always in exactly one named state. Executions are kept by content: a finished one
is never repeated, an unfinished one never counts. `kill -9` at any moment loses at most the work
in flight.

    waiting ─► running ─► executed ─► graded | held
       └──────────► refused (cannot be run at all; graded without a run)
"""

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from graders.core.errors import UsageFault
from graders.core.types import Ending, Execution, Job

SCHEMA = 1


class State(StrEnum):
    """Where one submission stands."""

    WAITING = "waiting"
    RUNNING = "running"
    EXECUTED = "executed"
    GRADED = "graded"
    HELD = "held"
    REFUSED = "refused"


class Store:
    """The state of one output folder. Safe to use from several threads of one process.

    Args:
        folder: made if it is not there; holds `store.db` and `executions/`.

    Raises:
        UsageFault: another process is grading here, or the file is of a newer schema.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.executions = folder / "executions"
        self.executions.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._claim = _claim(folder / "lock")
        self._db = sqlite3.connect(folder / "store.db", check_same_thread=False, timeout=30)
        self._db.execute("PRAGMA journal_mode = WAL")
        (found,) = self._db.execute("PRAGMA user_version").fetchone()
        if found > SCHEMA:
            raise UsageFault(f"{folder} was written by a newer dlgrade (schema {found})")
        with self._transaction() as db:
            db.executescript(_TABLES)
            db.execute(f"PRAGMA user_version = {SCHEMA}")
            # Whoever was running when we were killed did not finish.
            db.execute("UPDATE submissions SET state = 'waiting' WHERE state = 'running'")
        self._sweep()

    def close(self) -> None:
        """Release the folder. Idempotent."""
        self._db.close()
        self._claim.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._db:
            yield self._db

    def _sweep(self) -> None:
        """Remove job folders of runs that never finished: nothing in them counts."""
        with self._transaction() as db:
            finished = {key for (key,) in db.execute("SELECT key FROM executions")}
        for folder in self.executions.iterdir():
            if folder.name not in finished:
                shutil.rmtree(folder, ignore_errors=True)

    def set_state(
        self, notebook: str, student: str, state: State, sha256: str, key: str = ""
    ) -> None:
        """Commit one submission's state."""
        row = (notebook, student, state.value, sha256, key, time.time())
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO submissions VALUES (?, ?, ?, ?, ?, ?)", row)

    def states(self, notebook: str) -> dict[str, State]:
        """student → state."""
        with self._transaction() as db:
            rows = db.execute(
                "SELECT student, state FROM submissions WHERE notebook = ?", (notebook,)
            ).fetchall()
        return {student: State(state) for student, state in rows}

    def execution(self, job: Job) -> Execution | None:
        """The finished run of this very job, or None."""
        with self._transaction() as db:
            row = db.execute(
                "SELECT ending, wall_s, cpu_s, peak_mib, detail, log_tail FROM executions "
                "WHERE key = ?",
                (job.key,),
            ).fetchone()
        if row is None or not job.outputs.is_dir():
            return None
        ending, wall_s, cpu_s, peak_mib, detail, log_tail = row
        return Execution(Ending(ending), wall_s, cpu_s, peak_mib, job.outputs, detail, log_tail)

    def finished(self, job: Job, run: Execution) -> None:
        """Commit a run as finished; from here on it is never repeated.

        What was judged of an earlier run of the same job goes: it was another run.
        """
        shutil.rmtree(job.inputs.parent / "judged", ignore_errors=True)
        row = (job.key, run.ending.value, run.wall_s, run.cpu_s, run.peak_mib, run.detail,
               run.log_tail, job.image, time.time())  # fmt: skip
        with self._transaction() as db:
            marks = ", ".join("?" * len(row))
            db.execute(f"INSERT OR REPLACE INTO executions VALUES ({marks})", row)

    def forget(self, job: Job) -> None:
        """Drop the stored run of a job, so that it is run again."""
        with self._transaction() as db:
            db.execute("DELETE FROM executions WHERE key = ?", (job.key,))
        shutil.rmtree(job.outputs, ignore_errors=True)


_TABLES = """
CREATE TABLE IF NOT EXISTS submissions (
    notebook TEXT NOT NULL,
    student TEXT NOT NULL,
    state TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    key TEXT NOT NULL,
    changed REAL NOT NULL,
    PRIMARY KEY (notebook, student)
);
CREATE TABLE IF NOT EXISTS executions (
    key TEXT PRIMARY KEY,
    ending TEXT NOT NULL,
    wall_s REAL NOT NULL,
    cpu_s REAL NOT NULL,
    peak_mib REAL NOT NULL,
    detail TEXT NOT NULL,
    log_tail TEXT NOT NULL,
    image TEXT NOT NULL,
    finished REAL NOT NULL
);
"""


class _Claim:
    """An open, locked file. The system lets go of it when the process ends, however it ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _claim(path: Path) -> _Claim:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:  # no POSIX: `dlgrade grade` is not offered there, nothing to guard
        pass
    except OSError:
        os.close(descriptor)
        raise UsageFault(
            f"another dlgrade is grading into {path.parent}; wait for it or choose another --out"
        ) from None
    return _Claim(descriptor)
