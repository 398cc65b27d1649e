"""Charts as inline SVG, in plain Python: curves over a reference, and histograms.

No style attributes and no colours: classes only, because the page's content security policy
allows one hashed style sheet, and that sheet knows dark mode and print. Text is 13 to 14 units in
a picture 400 wide, so that it can still be read when a phone shows the picture at 300 px.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from reports.drawables import Curve
from reports.wording import clean

WIDTH, HEIGHT = 400, 250
LEFT, RIGHT, TOP, BOTTOM = 54, 12, 34, 44
BUCKETS = 300  # of a curve: more points than this cannot be told apart at this size
LARGEST = 1e300  # beyond it, differences overflow
EDGES = 7  # labels that have room below a histogram
LOG_FROM = 30.0  # largest over smallest value, from which a linear axis hides the small ones
LOG_LEAST = 5.0  # below it, a logarithmic axis may have a single label

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


def number(value: float) -> str:
    """A value of an axis: up to six digits, two where it is huge or tiny."""
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


def _axis(series: Sequence[Sequence[float]], log: bool | None = None) -> _Axis:
    if log and any(v > 0 for one in series for v in _finite(one)):
        series = [[v for v in _finite(one) if v > 0] for one in series]  # others: at the bottom
    finite = [v for one in series for v in (_extent(one) or ())]
    if not finite:
        return _Axis(0.0, 1.0, False)
    low, high = min(finite), max(finite)
    if low > 0 and high / low >= (LOG_LEAST if log else LOG_FROM) and log is not False:
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


def label(x: float, y: float, text: str, css: str = "", anchor: str = "") -> str:
    """A text in a picture, escaped."""
    attributes = (f' class="{css}"' if css else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(clean(text))}</text>'


def _grid(axis: _Axis, last: float, curve: Curve) -> list[str]:
    parts = []
    for tick in axis.ticks():
        y = _y(tick, axis)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(label(LEFT - 6, y + 4.5, number(tick), anchor="end"))
    steps = [t for t in _nice_ticks(0, last, 6) if t == int(t)] if last > 0 else [0.0]
    for tick in steps:
        # A wide last number would hang over the edge of the picture.
        anchor = "end" if tick == last and last >= 1000 else "middle"
        parts.append(label(_x(tick, last), HEIGHT - BOTTOM + 17, f"{tick:g}", anchor=anchor))
    floor = HEIGHT - BOTTOM
    parts.append(f'<path class="axis" d="M{LEFT} {TOP}V{floor}H{WIDTH - RIGHT}"/>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(label(middle, HEIGHT - 8, curve.x_label, "name", "middle"))
    scale = " (log scale)" if axis.log else ""
    parts.append(label(4, 14, curve.y_label + scale, "name"))
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
        parts.append(label(x, 14, words))
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
    words = f"{curve.label}: {steps}, from {number(finite[0])} to {number(finite[-1])}."
    if gap := missing(curve):
        words += f" {gap}"
    if curve.reference is not None and (reference := _finite(curve.reference[-1:])):
        words += f" The reference ends at {number(reference[0])}."
    ends = [_finite((one or ())[-1:]) for one in (curve.lower, curve.upper)]
    if all(ends):
        words += f" Correct runs end between {number(ends[0][0])} and {number(ends[1][0])}."
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
    axis = _axis(given, curve.log)
    last = float(max(1, *(len(one) - 1 for one in (given[:2] if curve.stretched else given))))
    parts = _grid(axis, last, curve)
    if curve.lower is not None and curve.upper is not None:
        across = float(max(1, len(curve.lower) - 1)) if curve.stretched else last
        parts.append(_band(curve.lower, curve.upper, across, axis))
    parts.append(_line(curve.reference or (), "ref", last, axis))
    parts.append(_line(curve.values, "you", last, axis))
    parts.append(_legend(curve))
    if not _finite(curve.values):
        message = "no finite value to draw" if len(curve.values) else "no values"
        middle = (LEFT + WIDTH - RIGHT) / 2
        parts.append(label(middle, (TOP + HEIGHT - BOTTOM) / 2, message, "empty", "middle"))
    return picture(WIDTH, HEIGHT, ident, curve.label, describe(curve), parts)


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
    edges: Sequence[str],
    counts: Sequence[int],
    ident: str,
    title: str,
    x_label: str,
    bar: int | None = None,
) -> str:
    """SVG of a histogram whose bins are drawn equally wide, whatever they hold.

    Args:
        edges: labels of the bins' ends, one more than there are bins.
        counts: how many are in each bin.
        ident: an element id, unique on its page.
        title: what is shown; its words follow from the bins.
        x_label: below the axis.
        bar: number of an edge that a line marks.
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
            parts.append(label(x + slot / 2, floor - tall - 5, str(n), anchor="middle"))
    every = max(1, math.ceil(len(edges) / EDGES))
    if bar is not None:
        parts.append(f'<path class="ref" d="M{LEFT + bar * slot:.1f} {TOP - 10}V{floor}"/>')
    # The line's own number is always told.
    for i in range(0 if bar is None else bar % every, len(edges), every):
        anchor = "end" if i == len(counts) else "middle"
        parts.append(label(LEFT + i * slot, floor + 17, edges[i], anchor=anchor))
    parts.append(label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, x_label, "name", "middle"))
    bins = [f"{a} to {b}" if a and b else a or b for a, b in itertools.pairwise(edges)]
    if len(bins) > 1:  # an outermost bin may have no end
        bins[0] = bins[0] if edges[0] else f"below {edges[1]}"
        bins[-1] = bins[-1] if edges[-1] else f"{edges[-2]} and more"
    words = ", ".join(f"{bins[i]}: {n}" for i, n in enumerate(counts) if n)
    return picture(WIDTH, HEIGHT, ident, title, words or "None yet.", parts)


def picture(
    width: int, height: int, ident: str, title: str, words: str, parts: Sequence[str]
) -> str:
    """SVG with a title and a description."""
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img"'
        f' aria-labelledby="{ident}-t {ident}-d">'
        f'<title id="{ident}-t">{escape(clean(title))}</title>'
        f'<desc id="{ident}-d">{escape(clean(words))}</desc>{"".join(parts)}</svg>'
    )
