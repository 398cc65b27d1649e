"""Charts as inline SVG, in plain Python: curves over a reference, a histogram, a bar of credit.

No style attributes and no colours: classes only, because the page's content security policy
allows one hashed style sheet, and that sheet knows dark mode and print. Text is 13 to 14 units in
a picture 400 wide, so that it can still be read when a phone shows the picture at 300 px.
"""

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from reports.views import Curve
from reports.wording import clean

WIDTH, HEIGHT = 400, 250
LEFT, RIGHT, TOP, BOTTOM = 54, 12, 34, 44
BUCKETS = 300  # of a curve: more points than this cannot be told apart at this size
LARGEST = 1e300  # beyond it, differences overflow
EDGES = 7  # labels that have room below a histogram
LOG_FROM = 30.0  # largest over smallest value, from which a linear axis hides the small ones

Point = tuple[float, float]  # step, value


class _Axis(NamedTuple):
    low: float
    high: float
    log: bool

    def share(self, value: float) -> float:
        """Where a value lies, 0 at the bottom, 1 at the top; outside is clamped."""
        if self.log:
            at = math.log10(max(value, 1e-300)) - math.log10(self.low)
            span = math.log10(self.high) - math.log10(self.low)
        else:
            at, span = value - self.low, self.high - self.low
        return min(max(at / span, 0.0), 1.0)

    def ticks(self) -> list[float]:
        return _log_ticks(self) if self.log else _nice_ticks(self.low, self.high, 5)


def _nice_ticks(low: float, high: float, wanted: int) -> list[float]:
    raw = (high - low) / wanted
    if raw <= 0:  # smaller than the smallest float
        return [low]
    scale = 10.0 ** math.floor(math.log10(raw))
    step = next((m * scale for m in (1, 2, 5) if m * scale >= raw), 10 * scale)
    first = math.ceil(low / step - 1e-9)
    return [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)][:20]


def _log_ticks(axis: _Axis) -> list[float]:
    low, high = math.log10(axis.low), math.log10(axis.high)
    stride = max(1, math.ceil((high - low) / 5))
    decades = [10.0**i for i in range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)][::stride]
    if len(decades) >= 3:
        return decades
    fine = [m * 10.0**i for i in range(math.floor(low), math.ceil(high) + 1) for m in (1, 2, 5)]
    return [t for t in fine if axis.low * (1 - 1e-9) <= t <= axis.high * (1 + 1e-9)]


def _label(value: float) -> str:
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        return f"{value:.6g}"
    return f"{value:.2g}"


def _finite(values: Sequence[float]) -> list[float]:
    # One sum tells of NaN and infinity a hundred times faster than a loop over a million steps.
    inside = values if math.isfinite(sum(values)) else [v for v in values if math.isfinite(v)]
    return [min(max(v, -LARGEST), LARGEST) for v in inside]


def runs(values: Sequence[float], buckets: int = BUCKETS) -> Iterator[list[Point]]:
    """Stretches of finite points in order, thinned to about two per bucket.

    A bucket of many steps keeps its lowest and its highest value, so that no spike is lost.
    NaN and infinities end a stretch.

    Args:
        values: one value per step.
        buckets: how many groups of steps to tell apart.
    """
    size = max(1, math.ceil(len(values) / buckets))
    stretch: list[Point] = []
    for start in range(0, len(values), size):
        chunk = values[start : start + size]
        kept = _finite(chunk)
        if kept:
            middle = start + (len(chunk) - 1) / 2
            stretch += [(middle, v) for v in _ends(kept)]
        if len(kept) < len(chunk) and stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _ends(kept: list[float]) -> list[float]:
    low, high = min(kept), max(kept)
    if low == high:
        return [low]
    return [low, high] if kept.index(low) < kept.index(high) else [high, low]


def _axis(series: Sequence[Sequence[float]]) -> _Axis:
    finite = [v for one in series for v in (_extent(one) or ())]
    if not finite:
        return _Axis(0.0, 1.0, False)
    low, high = min(finite), max(finite)
    if low > 0 and high / low >= LOG_FROM:
        return _Axis(low / 1.15, high * 1.15, True)
    if high - low <= 1e-9 * max(abs(low), abs(high)):  # constant: a line in the middle
        pad = abs(high) / 2 or 0.5
        return _Axis(low - pad, high + pad, False)
    pad = 0.06 * (high - low)
    # A loss near 0 reads best above a visible 0.
    floor = 0.0 if low >= 0 and low < 0.4 * high else low - pad
    return _Axis(floor, high + pad, False)


def _extent(values: Sequence[float]) -> tuple[float, float] | None:
    kept = _finite(values)
    return (min(kept), max(kept)) if kept else None


def _x(step: float, last: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (step / last if last > 0 else 0.5)


def _y(value: float, axis: _Axis) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - axis.share(value))


def _path(points: Sequence[Point], last: float, axis: _Axis) -> str:
    at = [f"{_x(s, last):.1f} {_y(v, axis):.1f}" for s, v in points]
    # A stretch of one point would be an invisible line: a short dash shows it.
    return f"M{at[0]}h1" if len(at) == 1 else f"M{at[0]}L{' '.join(at[1:])}"


def _line(values: Sequence[float], css: str, last: float, axis: _Axis) -> str:
    d = "".join(_path(stretch, last, axis) for stretch in runs(values))
    return f'<path class="{css}" d="{d}"/>' if d else ""


def _band(lower: Sequence[float], upper: Sequence[float], last: float, axis: _Axis) -> str:
    both = min(len(lower), len(upper))
    size = max(1, math.ceil(both / BUCKETS))
    low: list[Point] = []
    high: list[Point] = []
    for start in range(0, both, size):
        below = _finite(lower[start : start + size])
        above = _finite(upper[start : start + size])
        if below and above:
            step = start + (min(size, both - start) - 1) / 2
            low.append((step, min(below)))
            high.append((step, max(above)))
    if len(low) < 2:
        return ""
    return f'<path class="band" d="{_path([*low, *reversed(high)], last, axis)}Z"/>'


def _text(x: float, y: float, text: str, css: str = "", anchor: str = "") -> str:
    attributes = (f' class="{css}"' if css else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(clean(text))}</text>'


def _grid(axis: _Axis, last: float, curve: Curve) -> list[str]:
    parts = []
    for tick in axis.ticks():
        y = _y(tick, axis)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(_text(LEFT - 6, y + 4.5, _label(tick), anchor="end"))
    steps = [t for t in _nice_ticks(0, last, 6) if t == int(t)] if last > 0 else [0.0]
    for tick in steps:
        # A wide last number would hang over the edge of the picture.
        anchor = "end" if tick == last and last >= 1000 else "middle"
        parts.append(_text(_x(tick, last), HEIGHT - BOTTOM + 17, f"{tick:g}", anchor=anchor))
    floor = HEIGHT - BOTTOM
    parts.append(f'<path class="axis" d="M{LEFT} {TOP}V{floor}H{WIDTH - RIGHT}"/>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(_text(middle, HEIGHT - 8, curve.x_label, "name", "middle"))
    scale = " (log scale)" if axis.log else ""
    parts.append(_text(4, 14, curve.y_label + scale, "name"))
    return parts


def _legend(curve: Curve) -> str:
    entries = [("you", "you")]
    if curve.reference is not None:
        entries.append(("ref", "reference"))
    if curve.lower is not None:
        entries.append(("band", "correct runs"))
    x, parts = float(WIDTH - RIGHT), []
    for css, words in reversed(entries):
        x -= 7.2 * len(words)
        parts.append(_text(x, 14, words))
        x -= 26
        shape = f"M{x:.1f} 5h20v10h-20Z" if css == "band" else f"M{x:.1f} 10h20"
        parts.append(f'<path class="{css}" d="{shape}"/>')
        x -= 12
    return "".join(parts)


def describe(curve: Curve) -> str:
    """The chart in words, for who cannot see it: length, ends, and what is not finite."""
    values = curve.values
    if not len(values):
        return f"{curve.label}: your run left no values."
    finite = [v for v in values if math.isfinite(v)]
    steps = f"{len(values)} step" + ("" if len(values) == 1 else "s")
    if not finite:
        return f"{curve.label}: {steps}, none of them a finite number."
    words = f"{curve.label}: {steps}, from {_label(finite[0])} to {_label(finite[-1])}."
    if gap := missing(curve):
        words += f" {gap}"
    if curve.reference is not None and (reference := _finite(curve.reference[-1:])):
        words += f" The reference ends at {_label(reference[0])}."
    return words


def missing(curve: Curve) -> str:
    """A sentence on values that cannot be drawn; "" where all are finite."""
    if math.isfinite(sum(curve.values)):
        return ""
    gaps = [i for i, v in enumerate(curve.values) if not math.isfinite(v)]
    if not gaps:  # each is finite, only their sum is not
        return ""
    if len(gaps) == 1:
        return f"The value at {curve.x_label} {gaps[0]} is no finite number."
    return f"{len(gaps)} values are no finite numbers, the first at {curve.x_label} {gaps[0]}."


def curve_chart(curve: Curve, ident: str) -> str:
    """SVG of the student's curve over the reference's and the range of correct runs.

    The axis is logarithmic where all values are positive and spread far. Any values are
    drawn: none, one, constant, NaN and infinities (gaps), a million steps (thinned).

    Args:
        curve: what to draw.
        ident: an element id, unique on its page.
    """
    given = [curve.values, curve.reference or (), curve.lower or (), curve.upper or ()]
    axis = _axis(given)
    last = float(max(1, *(len(one) - 1 for one in given)))
    parts = _grid(axis, last, curve)
    if curve.lower is not None and curve.upper is not None:
        parts.append(_band(curve.lower, curve.upper, last, axis))
    parts.append(_line(curve.reference or (), "ref", last, axis))
    parts.append(_line(curve.values, "you", last, axis))
    parts.append(_legend(curve))
    if not _finite(curve.values):
        message = "no finite value to draw" if len(curve.values) else "no values"
        middle = (LEFT + WIDTH - RIGHT) / 2
        parts.append(_text(middle, (TOP + HEIGHT - BOTTOM) / 2, message, "empty", "middle"))
    return _svg(WIDTH, HEIGHT, ident, "chart", curve.label, describe(curve), parts)


def histogram(shares: Sequence[float], ident: str, bins: int = 10) -> str:
    """SVG of how many submissions reached which share of their points.

    Args:
        shares: points over possible points, each in [0, 1].
        ident: an element id, unique on its page.
        bins: how many bars of equal width; all points falls into the last.
    """
    counts = [0] * bins
    for share in shares:
        counts[min(bins - 1, max(0, int(share * bins + 1e-9)))] += 1
    edges = [f"{100 * i // bins}%" for i in range(bins + 1)]
    return columns(edges, counts, ident, "Distribution of scores", "share of points")


def columns(
    edges: Sequence[str], counts: Sequence[int], ident: str, title: str, x_label: str
) -> str:
    """SVG of a histogram whose bins are drawn equally wide, whatever they hold.

    Args:
        edges: labels of the bins' ends, one more than there are bins.
        counts: how many are in each bin.
        ident: an element id, unique on its page.
        title: what is shown; its words follow from the bins.
        x_label: below the axis.
    """
    most = max(1, *counts) if counts else 1
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(counts))
    floor = HEIGHT - BOTTOM
    parts = [f'<path class="axis" d="M{LEFT} {floor}H{WIDTH - RIGHT}"/>']
    for i, n in enumerate(counts):
        tall = (floor - TOP) * n / most
        x = LEFT + i * slot
        if n:
            parts.append(
                f'<rect class="column" x="{x + 2:.1f}" y="{floor - tall:.1f}"'
                f' width="{slot - 4:.1f}" height="{tall:.1f}" rx="2"/>'
            )
            parts.append(_text(x + slot / 2, floor - tall - 5, str(n), anchor="middle"))
    every = max(1, math.ceil(len(edges) / EDGES))
    for i in range(0, len(edges), every):
        anchor = "end" if i == len(counts) else "middle"
        parts.append(_text(LEFT + i * slot, floor + 17, edges[i], anchor=anchor))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, x_label, "name", "middle"))
    words = ", ".join(f"{edges[i]} to {edges[i + 1]}: {n}" for i, n in enumerate(counts) if n)
    return _svg(WIDTH, HEIGHT, ident, "chart", title, words or "None yet.", parts)


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


def _svg(
    width: int, height: int, ident: str, css: str, title: str, words: str, parts: Sequence[str]
) -> str:
    return (
        f'<svg class="{css}" viewBox="0 0 {width} {height}" role="img"'
        f' aria-labelledby="{ident}-t {ident}-d">'
        f'<title id="{ident}-t">{escape(clean(title))}</title>'
        f'<desc id="{ident}-d">{escape(clean(words))}</desc>{"".join(parts)}</svg>'
    )
