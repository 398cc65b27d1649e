"""Finds and removes what a job left behind: processes that got away, folders made unreadable."""

import contextlib
import os
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PREFIX = f"dlgrade-{os.getpid()}-"  # of working folders
MARK = "DLGRADE_ROOT"  # in the environment of every process of a job: its private folder


def end_processes(root: Path) -> int:
    """Kill every process that carries the mark of `root` or works below it; returns how many.

    Needed only when the sandbox's server could not do it: because it was killed itself, or because
    the system (not Linux) has no way to adopt orphans.
    """
    import psutil  # not at import: the command line must start fast

    ended = 0
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        with contextlib.suppress(psutil.Error, OSError):
            if _belongs(process, str(root)):
                process.kill()
                ended += 1
    return ended


def _belongs(process: Any, root: str) -> bool:
    import psutil

    with contextlib.suppress(psutil.Error, OSError):
        if process.environ().get(MARK) == root:
            return True
    with contextlib.suppress(psutil.Error, OSError):
        folder = process.cwd()
        return bool(folder == root or folder.startswith(root + os.sep))
    return False


def sweep(temporary: Path) -> None:
    """Remove working folders of hosts that were killed before they could do it themselves.

    A folder's name holds its host's process id; folders of live processes and of other accounts
    are left alone.
    """
    import psutil

    for folder in temporary.glob("dlgrade-*-*"):
        host = folder.name.split("-")[1]
        with contextlib.suppress(OSError):
            mine = os.name != "posix" or folder.lstat().st_uid == os.getuid()
            if host.isdecimal() and mine and not psutil.pid_exists(int(host)):
                remove_folder(folder)


def remove_folder(folder: Path) -> None:
    """Remove a job's folder, whatever modes the job has given to what is in it.

    What cannot be removed (immutable flags, a foreign owner) is left to the system's cleaning of
    temporary files: no reason to fail a grade.
    """

    root = str(folder)

    def insist(function: Callable[..., Any], failed: str | Path, _error: object) -> None:
        path = os.fspath(failed)  # the folder itself comes as it was given
        for target in (os.path.dirname(path), path):
            with contextlib.suppress(OSError):
                if not os.path.islink(target) and (
                    target == root or target.startswith(root + os.sep)
                ):
                    os.chmod(target, stat.S_IRWXU)
        if function in (os.unlink, os.rmdir):
            with contextlib.suppress(OSError):
                function(path)

    # A folder that could not be entered is emptied by the next round.
    for _ in range(3):
        if not os.path.lexists(folder):
            return
        if sys.version_info >= (3, 12):
            shutil.rmtree(root, onexc=insist)
        else:
            shutil.rmtree(root, onerror=insist)
