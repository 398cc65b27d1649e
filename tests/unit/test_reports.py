"""The pages: exact where nothing may change by accident, harmless whatever a student hands in."""

import base64
import hashlib
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reports import wording
from reports.drawables import Curve
from reports.highlight import highlight
from reports.render import class_page, student_report
from reports.views import (
    CellView,
    CheckView,
    ClassRow,
    Mark,
    NoteView,
    Output,
    Since,
    StudentView,
)
from tests.golden import example_views as example
from tests.golden.example_figures import FIGURES_STUDENT

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
VOID = {"meta", "link", "img", "input"}
_TAGS = (
    "html head title style body a div header p h1 h2 h3 strong bdi span main section b svg rect"
    " nav ul ol li dl dt dd path text desc figure figcaption article pre footer label select option"
    " table caption thead tbody tr th td script"
)
TAGS = VOID | set(_TAGS.split())
# One that may lead somewhere or run something must be known by name.
_ATTRIBUTES = (
    "lang charset http-equiv content name rel href class id aria-label aria-labelledby"
    " aria-hidden focusable role tabindex viewbox preserveaspectratio x y width height rx d"
    " text-anchor src alt scope hidden type autocomplete spellcheck value data-first data-state"
    " data-v data-change"
)
ATTRIBUTES = set(_ATTRIBUTES.split())
NASTY = [
    "<script>alert(1)</script>",
    "</style></title></pre></svg><img src=x onerror=alert(1)>",
    "\"' onmouseover='alert(1)' x=\"",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
    "evil\u202etxt.exe \x00\x1b[31m \ud800 \ufffe",
    "&lt;b&gt; ]]> --> <!--",
]


class Page(HTMLParser):
    """Reads a page strictly: what opens must close, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names))
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.seen if name == tag]

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def assert_harmless(html: str) -> Page:
    html.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html)
    page = Page(html)
    assert {tag for tag, _ in page.seen} <= TAGS
    assert {name for _, attributes in page.seen for name in attributes} <= ATTRIBUTES
    for _, attributes in page.seen:
        assert (attributes.get("href") or "#").startswith(("#", "./", "data:,"))
        assert (attributes.get("src") or "data:image/png;base64,").startswith(
            "data:image/png;base64,"
        )
    ids = [a["id"] for _, a in page.seen if "id" in a]
    assert len(ids) == len(set(ids))
    inside = [i for _, a in page.seen for i in (a.get("aria-labelledby") or "").split()]
    inside += [h[1:] for a in page.all("a") if (h := a["href"] or "").startswith("#")]
    assert set(inside) <= set(ids)
    return page


PAGES = {
    "student.html": lambda: student_report(example.STUDENT),
    "figures.html": lambda: student_report(FIGURES_STUDENT),
    "held.html": lambda: student_report(example.HELD_STUDENT),
    "class.html": lambda: class_page(example.class_view()),
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_exactly_the_stored_ones(name: str) -> None:
    html, stored = PAGES[name](), GOLDEN / name
    if os.environ.get("DLGRADE_RENEW_GOLDEN") == "1":
        stored.write_text(html, "utf-8", newline="\n")
        pytest.skip(f"{name} was written anew: read its diff before you commit it")

    assert html == stored.read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_well_formed_and_ask_nobody_for_anything(name: str) -> None:
    assert_harmless(PAGES[name]())


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_allows_the_one_style_and_the_one_script_only(name: str) -> None:
    html = PAGES[name]()
    policy = str(next(a["content"] for a in Page(html).all("meta") if "http-equiv" in a))
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}

    def hashes(tag: str) -> list[str]:
        found = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digests = [base64.b64encode(hashlib.sha256(f.encode()).digest()).decode() for f in found]
        return [f"'sha256-{d}'" for d in digests]

    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == ["'none'"]
    assert rules["style-src"] == hashes("style")
    assert rules["script-src"] == (hashes("script") or ["'none'"])
    assert len(hashes("script")) == (name == "class.html")
    assert "unsafe" not in policy


def test_a_total_says_what_the_machine_gave_and_what_a_person_gives() -> None:
    text = Page(student_report(example.STUDENT)).text

    assert "7.5 of 12 automatic points 3 more are given by a person." in text


def test_a_held_total_is_never_a_number() -> None:
    text = Page(student_report(example.HELD_STUDENT)).text

    assert "Waiting for staff 3 points could not be settled by machine and wait for" in text
    assert "So far: 2 of 2 automatic points are settled" in text
    assert "– / 3 points" in text
    assert "0 / 3" not in text


@pytest.mark.parametrize(
    ("outcome", "points"),
    [
        ("held", 0.0),
        ("by hand", 0.0),
        ("judged", None),
        ("judged", 2.5),
        ("unanswered", None),
        ("judged", float("nan")),
        ("lost", 0.0),
    ],
)
def test_a_view_refuses_points_that_the_outcome_cannot_have(
    outcome: str, points: float | None
) -> None:
    with pytest.raises(ValueError, match=r"points|outcome"):
        CheckView("c", "C", "asks", outcome, points, 2.0)
    with pytest.raises(ValueError, match=r"points|outcome"):
        Mark(outcome, points, 2.0)


@pytest.mark.parametrize("nasty", NASTY)
def test_hostile_texts_stay_texts_on_a_student_page(nasty: str) -> None:
    check = CheckView(
        nasty, nasty, nasty, "judged", 1.0, 2.0, nasty, ((nasty, nasty),), nasty, True
    )
    cell = CellView(
        nasty,
        "code",
        nasty,
        (
            Output("text", nasty),
            Output("error", nasty, nasty),
            Output("stream", nasty),
            Output("dropped", nasty),
        ),
        "error",
        nasty,
    )
    view = StudentView(
        nasty,
        nasty,
        nasty,
        nasty,
        nasty,
        checks=(check, check),
        run=replace(example.STUDENT.run, ending=nasty) if example.STUDENT.run else None,
        notes=(NoteView(nasty),),
        curves=(
            Curve(nasty, (1.0, float("nan")), (1.0,), y_label=nasty, x_label=nasty, note=nasty),
        ),
        cells=(cell, replace(cell, kind="markdown"), cell),
        version=nasty,
        fingerprint=nasty,
    )

    page = assert_harmless(student_report(view))

    assert len(page.all("script")) == 0
    assert wording.clean(nasty).split()[0] in page.text


@pytest.mark.parametrize("nasty", NASTY)
def test_hostile_texts_stay_texts_on_the_class_page(nasty: str) -> None:
    view = example.class_view(3)
    row = ClassRow(
        nasty, f"{nasty.replace('/', '_')}/report.html", nasty, None, 5.0, (), None, None, nasty,
        waits=True, change="state", was_state=nasty,
    )  # fmt: skip
    stat = replace(view.checks[0], title=nasty, id=nasty, unsaid=nasty, discrimination=None)
    since = Since(nasty, ((nasty, 1),), (nasty,))

    page = assert_harmless(
        class_page(
            replace(
                view,
                course=nasty,
                title=nasty,
                rows=(row,),
                checks=(stat,),
                counts=((nasty, 1),),
                totals=((nasty, nasty),),
                facts=((nasty, nasty),),
                scores=((nasty, nasty),),
                spreads=(replace(view.spreads[0], label=nasty),),
                since=since,
            )
        )
    )

    assert len(page.all("script")) == 1


@pytest.mark.parametrize("path", ["/etc/passwd", "../other/report.html", "a/../../b"])
def test_a_link_out_of_the_folder_is_refused(path: str) -> None:
    view = example.class_view(1)

    with pytest.raises(ValueError, match="below"):
        class_page(replace(view, rows=(replace(view.rows[0], report=path),)))


def test_a_name_that_is_no_utf8_still_links_to_its_folder() -> None:
    assert wording.relative_link("caf\udce9 #1?/report.html") == "./caf%E9%20%231%3F/report.html"


def test_who_needs_attention_comes_first_on_the_class_page() -> None:
    rows = [a.get("data-state") for a in Page(class_page(example.class_view(60))).all("tr")]
    states = [s for s in rows if s]

    assert states[:15] == ["held", "refused", "ambiguous"] * 5
    assert set(states[15:]) == {"graded"}


def test_a_class_of_a_thousand_fits_into_one_megabyte() -> None:
    view = example.class_view(1000)
    # Nineteen checks, as linear_models has, and a sentence about everyone.
    rows = tuple(
        replace(r, marks=(r.marks * 4)[:19], remark="Two locked cells were put back. " * 3)
        for r in view.rows
    )
    start = time.process_time()

    html = class_page(replace(view, rows=rows, checks=(view.checks * 4)[:19]))

    assert len(html.encode()) < 1_000_000
    assert time.process_time() - start < 3.0


def test_a_report_takes_milliseconds() -> None:
    student_report(example.STUDENT)
    start = time.process_time()
    for _ in range(20):
        student_report(example.STUDENT)

    assert (time.process_time() - start) / 20 < 0.015


def test_importing_the_renderer_does_not_import_jinja() -> None:
    program = "import sys, reports.render; sys.exit('jinja2' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def _schemes() -> dict[str, dict[str, str]]:
    css = (ROOT / "reports" / "static" / "page.css").read_text("utf-8")
    blocks = [
        re.findall(r"--([\w-]+): (#\w+)", b) for b in re.findall(r":root \{(.*?)\}", css, re.S)
    ]
    light, dark, printed = (dict(b) for b in blocks)
    assert set(light) == set(dark) == set(printed)
    return {"light": light, "dark": dark, "print": printed}


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_every_text_has_the_contrast_that_wcag_asks_for(scheme: str) -> None:
    colours = _schemes()[scheme]
    pairs = [(t, b) for t in ("ink", "soft", "accent") for b in ("paper", "card", "code")]
    pairs += [(t, f"{t}-bg") for t in ("full", "part", "none", "held", "hand")]
    pairs += [("none", "card"), ("held", "card"), ("none", "part-bg"), ("ink", "none-bg")]
    pairs += [
        ("ink", "part-bg"),
        ("none", "card"),
        *((t, "code") for t in ("kw", "str", "com", "num", "def")),
        *(("ink", f"{shade}-{step}") for shade in ("hit", "miss") for step in range(1, 5)),
    ]
    ratios = {}
    for text, back in pairs:
        low, high = sorted((_luminance(colours[text]), _luminance(colours[back])))
        ratios[text, back] = (high + 0.05) / (low + 0.05)

    assert {pair: r for pair, r in ratios.items() if r < 4.5} == {}


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("x = 1", 'x = <span class="n">1</span>'),
        ("def f(x):", '<span class="k">def</span> <span class="f">f</span>(x):'),
        ("a<b # <i>", 'a&lt;b <span class="c"># &lt;i&gt;</span>'),
        ('r"\\d" + "#"', '<span class="s">r"\\d"</span> + <span class="s">"#"</span>'),
        ('"""a\n"b""" 1', '<span class="s">"""a\n"b"""</span> <span class="n">1</span>'),
        ("'''never closed", "<span class=\"s\">'''never closed</span>"),
        ("%matplotlib inline\n!ls", "%matplotlib inline\n!ls"),
        ("1e-8 x1 0xFF", '<span class="n">1e-8</span> x1 <span class="n">0xFF</span>'),
        ("@cache\ng", '<span class="d">@cache</span>\ng'),
        ("a @ b", "a @ b"),
        ("", ""),
    ],
)
def test_sources_are_coloured_and_escaped(source: str, html: str) -> None:
    assert highlight(source) == html


@pytest.mark.parametrize(
    "unit", ['"', "'''", "\\", "\\'", "1e", "@a.", "# ", "f'", " ", "é", '"""a']
)
def test_no_source_takes_long_to_colour(unit: str) -> None:
    start = time.process_time()
    highlight(unit * 20_000)

    assert time.process_time() - start < 1.0
