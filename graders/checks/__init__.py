"""The vocabulary of a rubric: what to ask of a kernel and how to judge what it answers."""

from graders.checks import claim, compare, curves_claimed, gradients, observe, optimisers, penalties
from graders.checks.compare import same_values
from graders.checks.judging import Bar, check, earned_if, scored

__all__ = [
    "Bar",
    "check",
    "claim",
    "compare",
    "curves_claimed",
    "earned_if",
    "gradients",
    "observe",
    "optimisers",
    "penalties",
    "same_values",
    "scored",
]
