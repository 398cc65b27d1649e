"""The vocabulary of a rubric: what to ask of a kernel and how to judge what it answers."""

from graders.checks import claim, compare, curves_claimed, gradients, observe, optimisers, penalties
from graders.checks.calibrated import curve_in_band, measure, reaches
from graders.checks.compare import same_values
from graders.checks.judging import Bar, check, earned_if, scored
from graders.sentences import shared as _shared  # noqa: F401  all rubrics speak by its table

__all__ = [
    "Bar",
    "check",
    "claim",
    "compare",
    "curve_in_band",
    "curves_claimed",
    "earned_if",
    "gradients",
    "measure",
    "observe",
    "optimisers",
    "penalties",
    "reaches",
    "same_values",
    "scored",
]
