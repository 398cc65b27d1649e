"""Questions whose answers rest on what we put in ourselves."""

from graders.core.rubric import Ask


def calls(name: str, *, function: str | None = None, cases: str | None = None) -> Ask:
    """Call a function of the student's once per unseen case.

    Args:
        name: of the evidence.
        function: what to call; the evidence's name by default.
        cases: key of the notebook's unseen inputs; the evidence's name by default.
    """
    return Ask(name, "calls", (function or name,), cases or name)


def rerun(
    name: str,
    *,
    cell: str,
    cases: str,
    gives: tuple[tuple[str, ...], ...],
    silence: tuple[str, ...] = (),
) -> Ask:
    """Run an answer cell's own source again, with some of the names it reads replaced.

    Args:
        name: of the evidence.
        cell: grade_id of the answer cell.
        cases: key of the unseen inputs: what replaces which name.
        gives: variables to look at afterwards; each a tuple of alternative names.
        silence: plotting helpers that are replaced by a function that does nothing.
    """
    return Ask(name, "rerun", (cell,), cases, gives, silence)
