"""Views in, self-contained HTML pages out. The only importer of jinja2.

A page asks the network for nothing and runs nothing: its content security policy names the
hash of its one style sheet and, on the class page, of its one script. Every value that a
template prints passes `clean` and is escaped; only what this module made itself is markup.
"""

import base64
import hashlib
import math
import re
from collections.abc import Callable, Iterable
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports import charts, plates, strips, wording
from reports.highlight import highlight
from reports.views import (
    BY_HAND,
    HELD,
    UNANSWERED,
    CellView,
    CheckView,
    ClassRow,
    ClassView,
    Reached,
    Spread,
    StudentView,
)

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
NAMED = 12  # names in a sentence; the table has them all
_TICKS = re.compile("`([^`\n]{1,80})`")


def student_report(view: StudentView) -> str:
    """The page of one student, as a whole HTML document."""
    names = _names("cell", (c.grade_id or "own" for c in view.cells))
    linked: dict[str, str] = {}
    for cell, name in zip(view.cells, names, strict=True):
        linked.setdefault(cell.grade_id, name)
    checks = list(zip(view.checks, _names("check", (c.id for c in view.checks)), strict=True))
    return _page(
        "student.html.j2",
        "student",
        view=view,
        checks=checks,
        below=[
            (c, name)
            for c, name in checks
            if c.outcome == HELD or (c.credit is not None and c.credit < 1)
        ],
        cells=list(zip(view.cells, names, strict=True)),
        answers={c.id: linked[c.answer] for c in view.checks if c.answer and c.answer in linked},
    )


def class_page(view: ClassView) -> str:
    """The page of a class, as a whole HTML document; submissions that need attention first.

    Raises:
        ValueError: a row links to a report outside the page's own folder.
    """
    rows = sorted(view.rows, key=lambda row: not row.attention)  # stable: keeps their order
    shares = [r.points / r.max_points for r in rows if r.points is not None and r.max_points > 0]
    waits = [row for row in rows if row.waits]
    kinds = [kind for kind, _ in view.since.counts if kind != "same"] if view.since else []
    return _page(
        "class.html.j2",
        "class",
        script="class",
        view=view,
        rows=rows,
        shares=shares,
        waits=waits[:NAMED],
        more=max(0, len(waits) - NAMED),
        gone=view.since.gone[:NAMED] if view.since else (),
        kinds=kinds,
        states=list(dict.fromkeys(row.state for row in rows)),
    )


def _page(template: str, style: str, script: str = "", **given: Any) -> str:
    css = _static("page.css") + _static(f"{style}.css")
    js = _static(f"{script}.js") if script else ""
    policy = [
        "default-src 'none'",
        f"style-src '{_hash(css)}'",
        "img-src data:",
        f"script-src '{_hash(js)}'" if js else "script-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    markup = _markup()
    page = _environment().get_template(template)
    return page.render(css=markup(css), js=markup(js), policy="; ".join(policy), **given)


@cache
def _static(name: str) -> str:
    # The parser ends a style or script at its closing tag wherever it stands: ours have none.
    return (HERE / "static" / name).read_text("utf-8")


@cache
def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _markup() -> Callable[[str], Any]:
    # Not at the top: `dlgrade --help` must not wait for jinja2.
    from markupsafe import Markup

    return Markup


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def finalize(value: Any) -> Any:
        if isinstance(value, Markup):
            return value
        return wording.clean(value) if isinstance(value, str) else value

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "number": wording.number,
        "percent": wording.percent,
        "seconds": wording.seconds,
        "mib": wording.mib,
        "moment": wording.moment,
        "link": wording.relative_link,
        "in_words": lambda kind: wording.CHANGES.get(kind, kind),
        "ticked": lambda text: Markup(ticked(text)),
    }
    environment.globals |= {
        "count": wording.count,
        "change": wording.change,
        "correlation": wording.correlation,
        "tells": wording.tells,
        "verdict": verdict,
        "code": lambda cell: Markup(_code(cell)),
        "credit_bar": lambda credit: Markup(strips.credit_bar(credit)),
        "curve_chart": lambda curve, ident: Markup(charts.curve_chart(curve, ident)),
        "histogram": lambda shares, ident: Markup(charts.histogram(shares, ident)),
        "spread_chart": lambda spread, ident: Markup(_spread(spread, ident)),
        "reached_chart": lambda reached, ident: Markup(_reached(reached, ident)),
        "edge": charts.number,
        "state_strip": lambda counts: Markup(_states(counts)),
        "score_strip": lambda view: Markup(_strip(view)),
        "missing": charts.missing,
        "plate": lambda figure, ident: Markup(plates.plate(figure, ident)),
        "marks": lambda row: Markup(_marks(row)),
    }
    return environment


def ticked(text: str) -> str:
    """Markup of a sentence of ours: what stands between backticks is code."""
    return _TICKS.sub(r"<code>\1</code>", escape(wording.clean(text)))


def verdict(check: CheckView) -> tuple[str, str]:
    """How a check ended: a class for its colour, and the words that say the same."""
    if check.outcome == HELD:
        return "held", "waits for staff"
    if check.outcome == BY_HAND:
        return "hand", "given by a person"
    if check.outcome == UNANSWERED:
        return "none", "nothing to judge"
    if check.credit == 1:
        return "full", "full points"
    return ("part", "part of the points") if check.credit else ("none", "no points")


def _code(cell: CellView) -> str:
    source = wording.clean(cell.source.rstrip())
    # The parser drops one line break after <pre>; a source may begin with its own.
    return "\n" + (highlight(source) if cell.kind == "code" else escape(source, quote=False))


def _strip(view: StudentView) -> str:
    segments = [(c.max_points, c.credit, verdict(c)[0]) for c in view.checks]
    words = [f"{c.title}: {verdict(c)[1]}" for c in view.checks]
    return strips.score_strip(segments, "; ".join(words))


def _states(counts: Iterable[tuple[str, int]]) -> str:
    # Only states of ours have a colour: a name from elsewhere must not become a class.
    ours = {"held": "s-held", "ambiguous": "s-held", "refused": "s-refused", "graded": "s-graded"}
    return strips.share_strip([(state, n, ours.get(state, "s-other")) for state, n in counts])


def _spread(spread: Spread, ident: str) -> str:
    edges = [f"{edge:g}" for edge in spread.edges]
    unit = "MiB" if spread.kind == "mib" else "seconds"
    return charts.columns(edges, spread.counts, ident, spread.label, unit)


def _reached(reached: Reached, ident: str) -> str:
    edges = [charts.number(edge) if math.isfinite(edge) else "" for edge in reached.edges]
    unit = reached.unit or "value"
    return charts.columns(edges, reached.counts, ident, reached.title, unit, reached.at)


def _marks(row: ClassRow) -> str:
    # Joined here, not in the template: a class of a thousand has 20,000 of them.
    cells = []
    for mark in row.marks:
        if mark.points is None:
            held = mark.outcome == HELD
            cells.append(f'<td class="{"hw" if held else "hp"}">{"held" if held else "hand"}</td>')
            continue
        credit = mark.points / mark.max_points if mark.max_points > 0 else 1.0
        # The two ends are reserved: nearly all points is not all of them.
        step = 10 if credit == 1 else 0 if credit == 0 else min(9, max(1, round(10 * credit)))
        cells.append(f'<td class="h{step}">{wording.number(mark.points)}</td>')
    return "".join(cells)


def _names(prefix: str, given: Iterable[str]) -> list[str]:
    """Element ids, each once on its page, whatever a notebook calls its cells."""
    seen: dict[str, int] = {}
    names = []
    for one in given:
        name = wording.anchor(prefix, one)
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}--{seen[name]}")
    return names
