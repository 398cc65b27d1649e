"""Who has handed in: the folders of a class."""

from pathlib import Path

from graders.core.errors import UsageFault


def find_submissions(submitted: Path, assignment: str) -> list[tuple[str, Path]]:
    """(student, folder) of everybody who handed in, in the order of their names.

    Raises:
        UsageFault: there is no such folder.
    """
    if not submitted.is_dir():
        raise UsageFault(
            f"{submitted} is not there; give the course folder that holds submitted/<student>/"
            f"{assignment}/"
        )
    found = []
    for student in sorted(submitted.iterdir()):
        folder = student / assignment
        if folder.is_dir() or folder.is_symlink():
            found.append((student.name, folder))
    return found
