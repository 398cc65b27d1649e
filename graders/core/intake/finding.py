"""Which file in a student's folder is the notebook. Links are never followed, not even to look."""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from graders.core.errors import InfraFault
from graders.core.intake.sentences import listed, note, quoted, refuse
from graders.core.types import Note

MAX_ENTRIES = 10_000
MAX_CANDIDATES = 12  # copies that are looked into; the newest ones
MAX_DEPTH = 3

_COPY_MARKS = re.compile(
    r"(?i)[ _\-]*(?:copy(?:[ _\-]?(?:of|\d+))?|\(\d+\)|%28\d+%29|v(?:ersion)?[ _]?\d+|final|\d+)\Z"
)


@dataclass(frozen=True)
class Candidates:
    """Files that may be the notebook.

    Args:
        exact: the one of the right name, if there.
        others: the others, the likeliest first: by name, then the newest.
        notes: about links that were passed over.
    """

    exact: Path | None
    others: tuple[Path, ...]
    notes: tuple[Note, ...]


def candidates(folder: Path, notebook: str, siblings: frozenset[str]) -> Candidates:
    """Look for a notebook in one student's folder for one assignment.

    Args:
        folder: `submitted/<student>/<assignment>`.
        notebook: the file stem that is expected.
        siblings: stems of the assignment's other notebooks, which are never taken for this one.

    Raises:
        Refused: nothing there, or the folder or the notebook is a link.
        InfraFault: the file system failed.
    """
    expected = f"{notebook}.ipynb"
    try:
        for place in (folder.parent, folder):
            if stat.S_ISLNK(place.lstat().st_mode):
                refuse("link", name=quoted(place.name))
        if not folder.is_dir():
            refuse("special-file", name=quoted(folder.name), kind="no folder")
        entries = _walk(folder)
    except FileNotFoundError:
        refuse("nothing-submitted")
    except OSError as error:
        raise InfraFault(f"a submitted folder cannot be read: {error.strerror}") from error
    links = [e for e in entries if stat.S_ISLNK(e.mode)]
    notebooks = [
        e
        for e in entries
        if e.path.suffix.lower() == ".ipynb"
        and not e.path.name.startswith(".")
        and (e.path.name == expected or e.path.stem.casefold() not in siblings)
        and not stat.S_ISDIR(e.mode)
    ]
    exact = next((e.path for e in notebooks if e.path == folder / expected), None)
    if exact is not None and any(e.path == exact for e in links):
        refuse("link", name=quoted(exact.name))
    regular = [e for e in notebooks if stat.S_ISREG(e.mode) and e.path != exact]
    if exact is None and not regular:
        if odd := next((e for e in notebooks), None):
            code = "link" if stat.S_ISLNK(odd.mode) else "special-file"
            refuse(code, name=quoted(odd.path.name), kind="no ordinary file")
        refuse("no-notebook", count=len(entries))
    regular.sort(key=lambda e: (-_likeness(e.path.stem, notebook), -e.mtime_ns, str(e.path)))
    shown = listed([quoted(e.path.name) for e in links], 4)
    notes = (note("link-ignored", names=shown),) if links else ()
    return Candidates(exact, tuple(e.path for e in regular[:MAX_CANDIDATES]), notes)


@dataclass(frozen=True)
class _Entry:
    path: Path
    mode: int
    mtime_ns: int


def _walk(folder: Path) -> list[_Entry]:
    """Files and links below the folder, hidden and checkpoint folders left out."""
    found: list[_Entry] = []
    todo = [(folder, 1)]
    while todo and len(found) < MAX_ENTRIES:
        place, depth = todo.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                state = entry.stat(follow_symlinks=False)
                if not stat.S_ISDIR(state.st_mode):
                    found.append(_Entry(Path(entry.path), state.st_mode, state.st_mtime_ns))
                elif depth < MAX_DEPTH and not entry.name.startswith((".", "__MACOSX")):
                    todo.append((Path(entry.path), depth + 1))
                if len(found) >= MAX_ENTRIES:
                    break
    return found


def _likeness(stem: str, notebook: str) -> int:
    """2 for a plain copy of the right name, 1 for a name that contains it, 0 otherwise."""
    plain = stem.casefold()
    while (shorter := _COPY_MARKS.sub("", plain)) != plain and shorter:
        plain = shorter
    plain, wanted = (re.sub(r"[\W_]+", "", name) for name in (plain, notebook.casefold()))
    return 2 if plain == wanted else int(wanted in plain)
