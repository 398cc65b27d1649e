"""Every sentence that intake can say, in one table: for the student and for staff.

Codes are permanent: reports and overviews count by them. A student's sentence names no path and
nothing that the student wrote; a staff sentence may quote file names and ids, masked and short.
"""

from collections.abc import Iterable
from typing import Final, NoReturn

from graders.core.errors import StudentFault
from graders.core.intake.secrets import mask_text
from graders.core.types import Note

_AGAIN = "please save it again in Jupyter and hand it in once more"

REFUSALS: Final[dict[str, tuple[str, str]]] = {
    "nothing-submitted": (
        "Nothing was handed in for this assignment.",
        "There is no folder for this assignment.",
    ),
    "no-notebook": (
        "This notebook is not among the files that you handed in.",
        "Of {count} entries none is an .ipynb file that could be it.",
    ),
    "link": (
        "Your notebook is a link to another file, and links are not followed; please hand in the "
        "notebook itself.",
        "{name} is a symbolic link and was not followed.",
    ),
    "special-file": (
        "What you handed in under the name of the notebook is not an ordinary file.",
        "{name} is {kind} and was not opened.",
    ),
    "too-large": (
        "Your notebook is larger than {limit} MiB; please clear its outputs and hand it in again.",
        "{name} has {mib} MiB, the limit is {limit}.",
    ),
    "empty-file": (
        f"Your notebook is an empty file, so nothing of your work arrived; {_AGAIN}.",
        "{name} has no content.",
    ),
    "not-text": (
        "Your file is not a notebook but {kind} that is named like one; please hand in the "
        "notebook itself.",
        "{name} holds {kind}.",
    ),
    "web-page": (
        "Your file is a saved web page and not the notebook; please download the notebook itself "
        "and hand it in.",
        "{name} begins like HTML.",
    ),
    "merge-conflict": (
        "Your notebook holds the marks of an unresolved git merge and cannot be opened; please "
        "resolve it and hand it in again.",
        "{name} is no JSON and holds conflict marks.",
    ),
    "truncated-json": (
        f"Your notebook breaks off in the middle, probably while it was saved or sent; {_AGAIN}.",
        "{name} is JSON that ends too early, at character {at}.",
    ),
    "broken-json": (
        f"Your notebook cannot be opened because its file is damaged; {_AGAIN}.",
        "{name} is no valid JSON from line {line} on.",
    ),
    "too-deep": (
        f"Your notebook cannot be opened because its file is nested beyond reason; {_AGAIN}.",
        "{name} is nested too deeply, or has too many parts, to be read.",
    ),
    "not-a-notebook": (
        f"Your file can be read but is not a notebook; {_AGAIN}.",
        "{name} is JSON without a list of cells.",
    ),
    "unknown-format": (
        "Your notebook says that it is written in a format that we do not know; please save it as "
        "format 4 in Jupyter and hand it in again.",
        "{name} declares nbformat {version}.",
    ),
    "no-cells": (
        f"Your notebook has no cells; {_AGAIN}.",
        "{name} has no readable cell.",
    ),
    "too-many-cells": (
        "Your notebook has more than {limit} cells, which is more than we read.",
        "{name} has {count} cells, the limit is {limit}.",
    ),
    "too-much-text": (
        "Your notebook holds more than {limit} million characters of code and text, which is more "
        "than we read.",
        "The sources in {name} have {count} characters together.",
    ),
    "nothing-recognised": (
        "None of the things that this assignment asks for was found in your notebook; please see "
        "whether you handed in the right file.",
        "{name} has none of the assignment's cells and defines none of its names.",
    ),
}

NOTES: Final[dict[str, tuple[str, str]]] = {
    "renamed-file": (
        "Your file should be called {expected}, and we took the one that you handed in.",
        "{expected} is missing and {name} was taken.",
    ),
    "several-files": (
        "You handed in several notebooks, and we took the one that fits this assignment best.",
        "{name} was taken out of {count} notebooks: {why}.",
    ),
    "link-ignored": (
        "Links among your files were not followed.",
        "Symbolic links were ignored: {names}.",
    ),
    "old-format": (
        "Your notebook is written in an old format and was converted.",
        "nbformat {version} was converted to 4.",
    ),
    "format-repaired": (
        "Small faults in your notebook's file were repaired.",
        "Repaired in the file: {what}.",
    ),
    "outputs-dropped": (
        "Your notebook carries {mib} MiB of saved outputs; they are not graded and were dropped.",
        "{mib} MiB of saved outputs were dropped.",
    ),
    "kernel-replaced": (
        "Your notebook asks for a kernel that we do not have and was run with Python 3.",
        "Kernel {kernel} was replaced by python3.",
    ),
    "other-language": (
        "Your notebook says that it is not written in Python; it was run as Python 3 all the same.",
        "The declared language is {language}.",
    ),
    "cells-unreadable": (
        "Cells of your notebook that could not be read were left out ({count}).",
        "{count} cells have a wrong type or no source and were left out.",
    ),
    "cell-too-long": (
        "Cells of more than {limit} million characters were left out ({count}).",
        "{count} cells exceed {limit} million characters and were left out.",
    ),
    "secrets-masked": (
        "E-mail addresses or passwords in your notebook were masked in {count} places; please "
        "change any password or token that you handed in.",
        "Addresses or tokens were masked in {count} places.",
    ),
    "metadata-lost": (
        "Your notebook has lost the marks that tell its cells apart, so we found your answers by "
        "the names that they define: {found}.",
        "Cell metadata is missing; recognised: {found}; not recognised: {lost}.",
    ),
    "foreign-notebook": (
        "Your notebook is not built like this assignment, so we took the answers that we "
        "recognised by name: {found}.",
        "Another notebook's structure; recognised: {found}; not recognised: {lost}.",
    ),
    "locked-cells-restored": (
        "Cells that belong to the assignment were changed, and the originals were put back: "
        "{names}.",
        "Changed locked cells were restored: {names}.",
    ),
    "cells-put-back": (
        "Cells of the assignment were missing and were put back: {names}.",
        "Missing cells were put back: {names}.",
    ),
    "grade-cells-repaired": (
        "The grading marks of some cells were changed and were put right: {names}.",
        "Points, kind or type of these cells differed from the assignment's: {names}.",
    ),
    "unknown-grade-cells": (
        "Some cells carry grading marks that this assignment does not have, and they were treated "
        "as ordinary cells ({count}).",
        "Unknown grade_ids became ordinary cells: {names}.",
    ),
    "duplicated-cells": (
        "Some cells exist more than once, and the last one that you worked on counts: {names}.",
        "Several cells have one grade_id: {names}.",
    ),
    "answers-elsewhere": (
        "Some answers were found outside their own cell and count all the same: {names}.",
        "Answers were found in other cells by the names that they define: {names}.",
    ),
    "stub-line-left": (
        "The line with NotImplementedError is still in your answer and may stop it: {names}.",
        "A reachable NotImplementedError stayed in an answer: {names}.",
    ),
    "asks-for-input": (
        "Your notebook waits for keyboard input, which nobody can give here, so that line raises "
        "an error.",
        "input() is called in {count} cells.",
    ),
}


class Refused(StudentFault):
    """The submission cannot be executed at all; carries the note that says why."""

    def __init__(self, found: Note) -> None:
        super().__init__(found.student, found.staff)
        self.note = found


def note(code: str, **fields: object) -> Note:
    """The note of that code, its fields filled in."""
    return _fill(code, NOTES[code], fields)


def refuse(code: str, **fields: object) -> NoReturn:
    """Raise the refusal of that code."""
    raise Refused(_fill(code, REFUSALS[code], fields))


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names in one breath: `a, b and 3 more`."""
    every = [*names]
    shown = ", ".join(every[:most])
    return (f"{shown} and {len(every) - most} more" if len(every) > most else shown) or "none"


def quoted(words: object, most: int = 60) -> str:
    """Words of the student's, fit to stand in a sentence for staff: masked, short, one line."""
    # The full stop goes too: a quoted `a. B` would read as two sentences and break their form.
    masked = mask_text(str(words)[: 4 * most])[0]
    plain = "".join(c if c.isprintable() and c not in "/\\" else "?" for c in masked)
    plain = plain.replace(". ", " ")
    return f"'{plain[:most]}{'…' if len(plain) > most else ''}'"


def _fill(code: str, texts: tuple[str, str], fields: dict[str, object]) -> Note:
    student, staff = (text.format(**fields) for text in texts)
    return Note(code, student, staff)
