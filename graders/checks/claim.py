"""Questions that only the student's own process can answer: worth at most a fifth of the points."""

from graders.core.rubric import Ask


def variable(name: str, *also: str) -> Ask:
    """What the run left in a variable, under its name or else one of `also`."""
    return Ask(name, "variable", (name, *also))
