"""What a notebook of ours declares about its grade, and whether a grade fits."""

from collections.abc import Mapping
from typing import Any

from reference_solutions.filling import Variant


def lost(grade: Mapping[str, Any]) -> frozenset[str]:
    """The checks of a grade.json that got less than their points; not those for a person."""
    return frozenset(
        c["id"]
        for c in grade["checks"]
        if c["outcome"] != "by hand" and (c["points"] is None or c["points"] < c["max_points"])
    )


def misfit(
    grade: Mapping[str, Any],
    loses: frozenset[str] = frozenset(),
    may_lose: frozenset[str] = frozenset(),
) -> str:
    """What a grade takes or leaves against a declaration; empty where it fits.

    Args:
        loses: checks that may not get full points; others must.
        may_lose: those of the others that chance decides.
    """
    undeclared, kept = lost(grade) - loses - may_lose, loses - lost(grade)
    found = [f"loses {sorted(undeclared)} undeclared"] * bool(undeclared)
    found += [f"keeps {sorted(kept)} declared as lost"] * bool(kept)
    return ", ".join(found)


def misfit_of(variant: Variant, grade: Mapping[str, Any]) -> str:
    """The same of a variant of any kind: of a hostile one its points are compared."""
    if variant.kind != "hostile":
        return misfit(grade, variant.loses, variant.may_lose)
    points, least, most = grade["points"], variant.keeps or 0.0, variant.earns or 0.0
    if points is not None and least <= points <= most:
        return ""
    due = f"{most:g} are" if least == most else f"{least:g} to {most:g} are"
    return f"{points} points, where {due} due"


def misfit_of_blank(grade: Mapping[str, Any]) -> str:
    """The same of a notebook without any answer."""
    return "" if grade["points"] == 0 else f"{grade['points']} points for nothing"
