"""Intake: from a student's file of any kind to a notebook that is ready to execute.

    folder ─► finding ─► reading (secrets masked) ─► matching ─► restoring ─► Intake

Whatever is handed in, `take_in` answers with an `Intake`: a notebook, or one clear sentence why
there is none. README.md has the decisions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graders.core.errors import StudentFault
from graders.core.intake.assignment import Assignment, read_assignment
from graders.core.intake.finding import candidates
from graders.core.intake.reading import digest, read_bytes, read_cells
from graders.core.intake.restoring import Restored, restore
from graders.core.intake.secrets import mask_source, mask_text
from graders.core.intake.sentences import Refused, note, quoted, refuse
from graders.core.types import Note

__all__ = ["Intake", "mask_source", "mask_text", "take_file", "take_in"]


@dataclass(frozen=True)
class Intake:
    """What became of one submission before anything ran.

    Args:
        structure: `nbgrader`, `salvaged` (its marks are lost), `foreign` (another notebook with
            the same names) or `refused`.
        notebook: nbformat 4.5 JSON, ready to execute, secrets masked, no outputs; None if refused.
        notes: what was found and put right; of a refusal the last one says why.
        answered: grade_id → source, secrets masked, of each answer or written cell that holds
            more than its stub; the others are absent.
        sha256: of the bytes handed in; empty where no file was read.
    """

    structure: str
    notebook: Mapping[str, Any] | None = None
    notes: tuple[Note, ...] = ()
    answered: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""


def take_in(folder: Path, assignment_notebook: Path, notebook: str) -> Intake:
    """Find, read and restore one student's notebook.

    Args:
        folder: `submitted/<student>/<assignment>`; need not exist.
        assignment_notebook: the assignment's own copy, the truth about locked cells.
        notebook: the file stem that is expected.

    Returns:
        The notebook of the right name if it can be read and answers anything, otherwise the
        likeliest of the student's other notebooks, otherwise a refusal.

    Raises:
        CourseFault: the assignment's own notebook cannot be used.
        InfraFault: the file system failed.
    """
    assignment = read_assignment(assignment_notebook)
    siblings = frozenset(
        path.stem.casefold()
        for path in assignment_notebook.parent.glob("*.ipynb")
        if path != assignment_notebook
    )
    try:
        files = candidates(folder, notebook, siblings - {notebook.casefold()})
    except StudentFault as fault:
        return _refused(fault)
    count = len(files.others) + (files.exact is not None)
    exact = _take(files.exact, assignment) if files.exact is not None else None
    taken, chosen, why = exact, files.exact, "its name is the right one"
    if exact is None or not exact.answered:
        # A broken or untouched notebook of the right name beside a copy that was worked on.
        best = max(
            ((_take(path, assignment), path) for path in files.others),
            key=lambda pair: _worth(pair[0]),  # on equal worth the likeliest name, then the newest
            default=None,
        )
        if best is not None and (exact is None or _worth(best[0]) > _worth(exact)):
            (taken, chosen), why = best, "it answers the most"
    if taken is None or chosen is None:  # one of both was there, or `candidates` had refused
        raise AssertionError("no candidate although some were found")
    notes = [*files.notes]
    if chosen != files.exact and files.exact is None:
        notes.append(note("renamed-file", expected=f"{notebook}.ipynb", name=quoted(chosen.name)))
    if count > 1:
        notes.append(note("several-files", count=count, name=quoted(chosen.name), why=why))
    return Intake(
        taken.structure, taken.notebook, (*notes, *taken.notes), taken.answered, taken.sha256
    )


def take_file(path: Path, assignment_notebook: Path) -> Intake:
    """Read and restore one named file, whatever it is called; otherwise as `take_in`."""
    return _take(path, read_assignment(assignment_notebook))


def _take(path: Path, assignment: Assignment) -> Intake:
    sha256 = ""
    try:
        data = read_bytes(path)
        sha256 = digest(data)
        reading = read_cells(data, path.name)
        made: Restored = restore(reading.cells, assignment)
        if made.structure == "foreign" and not made.answered:
            refuse("nothing-recognised", name=quoted(path.name))
    except StudentFault as fault:
        return _refused(fault, sha256)
    notes = (*reading.notes, *made.notes)
    return Intake(made.structure, made.notebook, notes, made.answered, sha256)


def _worth(taken: Intake) -> tuple[bool, int]:
    return taken.notebook is not None, len(taken.answered)


def _refused(fault: StudentFault, sha256: str = "") -> Intake:
    why = fault.note if isinstance(fault, Refused) else Note("refused", fault.student, fault.staff)
    return Intake("refused", None, (why,), {}, sha256)
