"""What a check draws below its words: a scale with its bar, a confusion matrix, pictures, a curve.

Each is a whole `<figure>`. What a picture shows is said in text as well: an SVG has its title and
description, the matrix is a table with headers, every picture has its caption.
"""

import math
from collections.abc import Sequence
from html import escape

from reports import charts
from reports.drawables import (
    Curve,
    DescribedView,
    FigureView,
    MatrixView,
    PicturesView,
    ScaleView,
    TableView,
)
from reports.wording import clean, percent

WIDTH, HEIGHT = 320, 92
SIDE = 12  # free on both sides
TRACK, THICK = 30, 16  # top of the strip, and its height
BEYOND = 0.4  # how far, in lengths from `none` to `full`, the strip goes on at most
MOST_COLUMNS = 20  # classes in a table; more are told in words
NAMED = 3  # confusions that are told in words below the table
# From which share of a row on a cell is as dark as 1, 2, 3, 4. Mistakes are rare, and are to
# be seen all the same.
HIT = (0.0, 0.5, 0.8, 0.95)
MISS = (0.0, 0.02, 0.08, 0.25)


def plate(figure: FigureView, ident: str) -> str:
    """The figure as HTML.

    Args:
        figure: what to draw.
        ident: an element id, unique on its page.
    """
    unit = ""
    if isinstance(figure, ScaleView):
        kind, body, unit = "scale", scale_chart(figure, ident), figure.unit
    elif isinstance(figure, MatrixView):
        kind, body = "confusion", _matrix(figure, ident)
    elif isinstance(figure, PicturesView):
        kind, body = "pictures", _pictures(figure)
    elif isinstance(figure, TableView):
        kind, body = "table", _table(figure, ident)
    elif isinstance(figure, DescribedView):
        kind, body = "described", _described(figure)
    elif isinstance(figure, Curve):
        kind, body = "learning", _curve(figure, ident)
    else:
        kind, body = "undrawn", _note(figure.why)
    title = figure.label if isinstance(figure, Curve) else figure.title
    beside = f' <span class="soft">({_safe(unit)})</span>' if unit else ""
    head = f'<figcaption id="{ident}-c">{_safe(title)}{beside}</figcaption>'
    return f'<figure class="plate {kind}">{head}\n{body}</figure>'


def _safe(text: str) -> str:
    return escape(clean(text))


def _note(text: str, css: str = "soft") -> str:
    return f'<p class="small {css}">{_safe(text)}</p>\n' if text else ""


def _curve(curve: Curve, ident: str) -> str:
    missing = _note(charts.missing(curve), "wrong")
    return f"{charts.curve_chart(curve, ident)}\n{missing}{_note(curve.note)}"


def _numbers(scale: ScaleView) -> list[str]:
    """Value, low, high, none, full, each with as many decimals as the strip can show."""
    five = [scale.value, scale.low, scale.high, scale.none, scale.full]
    width = abs(scale.full - scale.none)
    if not 1e-5 < width < 1e7:
        return [charts.number(v) for v in five]
    decimals = max(0, 2 - math.floor(math.log10(width)))
    return [f"{v:.{decimals}f}" if abs(v) < 1e9 else charts.number(v) for v in five]


def scale_words(scale: ScaleView) -> str:
    """All that the strip shows, in words."""
    value, low, high, none, full = _numbers(scale)
    worse, better = ("below", "above") if scale.full > scale.none else ("above", "below")
    bars = f"No points at {none} or {worse}, full marks at {full} or {better}."
    if not math.isfinite(scale.value):
        return f"The value is no finite number. {bars}"
    interval = f", 95% interval {low} to {high}" if math.isfinite(scale.low) else ""
    return f"{value}{interval}. {bars}"


def scale_chart(scale: ScaleView, ident: str) -> str:
    """SVG of a strip from no points, on the left, to full marks, whichever number is larger.

    A value too far out lies at the end of the strip as an arrow; its number is told.

    Args:
        scale: what to draw; `none` and `full` are finite and differ.
        ident: an element id, unique on its page.
    """
    span = scale.full - scale.none
    ends = [(v - scale.none) / span for v in (scale.value, scale.low, scale.high)]
    inside = [min(max(v, -BEYOND), 1 + BEYOND) for v in ends if math.isfinite(v)]
    left, right = min([0.0, *inside]) - 0.06, max([1.0, *inside]) + 0.06

    def x(at: float) -> float:
        at = min(max(at, left), right)
        return SIDE + (WIDTH - 2 * SIDE) * (at - left) / (right - left)

    value, low, high, none, full = _numbers(scale)
    edges = (SIDE, x(0.0), x(1.0), WIDTH - SIDE)
    parts = [
        f'<rect class="zone {css}" x="{a:.1f}" y="{TRACK}" width="{b - a:.1f}" height="{THICK}"/>'
        for css, a, b in zip(("none", "part", "full"), edges, edges[1:], strict=False)
    ]
    for at, number, words in ((x(0.0), none, "no points"), (x(1.0), full, "full marks")):
        parts.append(f'<path class="tick" d="M{at:.1f} {TRACK - 4}V{TRACK + THICK + 6}"/>')
        parts.append(_text(at, 67, number, "name", 4 * len(number)))
        parts.append(_text(at, 84, words, "", 4 * len(words)))
    middle = TRACK + THICK / 2
    if math.isfinite(scale.low):
        a, b = sorted(x(v) for v in ends[1:])
        parts.append(
            f'<rect class="reach" x="{a:.1f}" y="{middle - 3:.1f}" width="{max(b - a, 1):.1f}"'
            ' height="6"/>'
        )
    if not math.isfinite(scale.value):
        parts.append(_text(WIDTH / 2, 18, "no finite number", "empty", 70))
        return charts.picture(WIDTH, HEIGHT, ident, scale.title, scale_words(scale), parts)
    at = x(ends[0])
    if left <= ends[0] <= right:
        parts.append(f'<path class="mark" d="M{at:.1f} {TRACK - 5}v{THICK + 10}"/>')
    else:
        ahead = 9 if ends[0] < left else -9  # an arrow that points out of the strip
        d = f"M{at + ahead:.1f} {middle - 8}l{-ahead} 8l{ahead} 8"
        parts.append(f'<path class="mark" d="{d}"/>')
    told = f"{value} (95% interval {low} to {high})" if math.isfinite(scale.low) else value
    parts.append(_text(at, 18, told, "name", 3.4 * len(told)))
    return charts.picture(WIDTH, HEIGHT, ident, scale.title, scale_words(scale), parts)


def _text(x: float, y: float, text: str, css: str, half: float) -> str:
    """A label around `x`, moved inward so far that half its width fits into the picture."""
    inside = min(max(x, half + 2), WIDTH - half - 2)
    return charts.label(inside, y, text, css, "middle")


def matrix_words(matrix: MatrixView, most: int = NAMED) -> str:
    """How many are right, and what is taken for what most often."""
    whole = sum(map(sum, matrix.counts))
    right = sum(row[i] for i, row in enumerate(matrix.counts))
    words = f"{right:,} of {whole:,} right" + (f" ({percent(right / whole)})." if whole else ".")
    wrong = [(n, i, k) for i, row in enumerate(matrix.counts) for k, n in enumerate(row) if i != k]
    worst = sorted((w for w in wrong if w[0]), key=lambda w: (-w[0], w[1], w[2]))[:most]
    if worst:
        told = [f"{matrix.labels[i]} as {matrix.labels[k]} ({n:,})" for n, i, k in worst]
        words += f" Most often mistaken: {', '.join(told)}."
    return words


def _matrix(matrix: MatrixView, ident: str) -> str:
    if len(matrix.labels) > MOST_COLUMNS:
        return _note(f"{len(matrix.labels)} classes are too many for a table.") + _note(
            matrix_words(matrix, 10), "ink"
        )
    turned = " turned" if max(map(len, matrix.labels)) > 3 else ""
    heads = "".join(f'<th scope="col"><span>{_safe(n)}</span></th>' for n in matrix.labels)
    rows = []
    for i, (name, row) in enumerate(zip(matrix.labels, matrix.counts, strict=True)):
        whole = sum(row)
        cells = "".join(_cell(n, whole, i == k) for k, n in enumerate(row))
        share = percent(row[i] / whole) if whole else "–"
        rows.append(f'<tr><th scope="row">{_safe(name)}</th>{cells}<td>{share}</td></tr>')
    explained = (
        "Rows: what the image shows. Columns: what your model says. The darker a cell, the larger"
        " its share of the row; what is right has a frame."
    )
    return (
        f"{_note(matrix_words(matrix), 'ink')}{_note(explained)}"
        f'<div class="scroll" tabindex="0" role="group" aria-labelledby="{ident}-c">\n'
        f'<table class="matrix{turned}" aria-labelledby="{ident}-c">\n<thead><tr><td></td>{heads}'
        '<th scope="col"><span>right</span></th></tr></thead>\n'
        f"<tbody>\n{chr(10).join(rows)}\n</tbody>\n</table>\n</div>\n"
    )


def _cell(n: int, whole: int, right: bool) -> str:
    if not n:
        return f'<td class="{"hit " if right else ""}zero">0</td>'
    share = n / whole
    step = sum(share >= least for least in (HIT if right else MISS))
    return f'<td class="{f"hit y{step}" if right else f"x{step}"}">{n}</td>'


def _pictures(view: PicturesView) -> str:
    items: Sequence[str] = [
        f'<li><img src="data:image/png;base64,{p.png}" width="{p.width}" height="{p.height}"'
        f' alt="Picture {i} of {len(view.pictures)}">{_caption(p.caption)}</li>'
        for i, p in enumerate(view.pictures, 1)
    ]
    side_by_side = f' class="c{view.columns}"' if view.columns else ""
    return f"<ul{side_by_side}>\n{chr(10).join(items)}\n</ul>\n{_note(view.note)}"


def _table(view: TableView, ident: str) -> str:
    heads = "".join(f'<th scope="col">{_safe(text)}</th>' for text in view.headings)
    rows = "\n".join(
        f'<tr><th scope="row">{_safe(row[0])}</th>'
        + "".join(f"<td>{_safe(text)}</td>" for text in row[1:])
        + "</tr>"
        for row in view.rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-labelledby="{ident}-c">\n'
        f'<table class="texts" aria-labelledby="{ident}-c">\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table>\n</div>\n{_note(view.note)}"
    )


def _described(view: DescribedView) -> str:
    items = []
    for i, (p, lines) in enumerate(zip(view.pictures, view.lines, strict=True), 1):
        said = "".join(f"<dt>{_safe(name)}</dt><dd>{_safe(text)}</dd>" for name, text in lines)
        items.append(
            f'<li><img src="data:image/png;base64,{p.png}" width="{p.width}" height="{p.height}"'
            f' alt="Picture {i} of {len(view.pictures)}"><dl>{said}</dl></li>'
        )
    return f"<ul>\n{chr(10).join(items)}\n</ul>\n{_note(view.note)}"


def _caption(text: str) -> str:
    return f"<span>{_safe(text)}</span>" if text else ""
