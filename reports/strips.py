"""Thin strips as inline SVG: how a whole divides, and how much of it was earned."""

import math
from collections.abc import Sequence
from html import escape

from reports.wording import clean


def share_strip(parts: Sequence[tuple[str, int, str]]) -> str:
    """SVG of how a whole divides: (words, how many, class of the segment) per part."""
    whole = sum(n for _, n, _ in parts) or 1
    x, body = 0.0, []
    for _, n, css in parts:
        # A class of a thousand with one held submission must show it.
        wide = max(1000 * n / whole, 4.0)
        body.append(f'<rect class="{css}" x="{x:.1f}" width="{wide:.1f}" height="20"/>')
        x += wide
    words = ", ".join(f"{n} {label}" for label, n, _ in parts)
    return (
        '<svg class="strip" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(clean(words))}">{"".join(body)}</svg>'
    )


def credit_bar(credit: float | None) -> str:
    """SVG of a share in [0, 1], pale for None. Decoration only: words stand beside it."""
    if credit is None:
        body = '<rect class="waits" width="100" height="6"/>'
    else:
        wide = 100 * min(max(credit, 0.0), 1.0)
        body = '<rect class="rest" width="100" height="6"/>'
        if wide > 0:
            body += f'<rect class="got" width="{wide:.4g}" height="6"/>'
    return (
        '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"'
        f' focusable="false">{body}</svg>'
    )


def score_strip(parts: Sequence[tuple[float, float | None, str]], title: str) -> str:
    """SVG of the whole rubric as one strip: a segment per check, as wide as its points.

    Args:
        parts: (possible points, share earned or None, class of the segment) per check.
        title: what the strip says, in words.
    """
    whole = math.fsum(p for p, _, _ in parts) or 1.0
    gap = 4.0
    room = 1000 - gap * max(0, len(parts) - 1)
    x, body = 0.0, []
    for possible, credit, css in parts:
        wide = max(room, 0) * possible / whole
        body.append(f'<rect class="rest {css}" x="{x:.1f}" width="{wide:.1f}" height="20"/>')
        if credit:
            body.append(
                f'<rect class="got {css}" x="{x:.1f}" width="{wide * credit:.1f}" height="20"/>'
            )
        x += wide + gap
    return (
        '<svg class="strip" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(clean(title))}">{"".join(body)}</svg>'
    )
