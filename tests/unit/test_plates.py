"""Figures of a check: whatever a judge hands over becomes a drawing or a sentence."""

import base64
import math
import re
import time
import xml.etree.ElementTree as ET
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.core import catalogue
from graders.core.batch import Graded
from graders.core.figures import Confusion, Figure, Learning, Pictures, Scale
from graders.core.intake import Intake
from graders.core.rubric import Measure
from graders.core.types import CheckResult, Evidence, Grade, Outcome, Submission
from reports import plates, png
from reports.drawables import Curve, FigureView, PicturesView, ScaleView, Undrawn
from reports.illustrating import figure_views
from reports.overview import class_view
from reports.presenting import drawn_by_checks, student_view
from reports.render import class_page, student_report
from tests.golden.example_figures import FIGURES_STUDENT
from tests.pages import big_class
from tests.unit.test_reports import NASTY, assert_harmless

NAN, INF = math.nan, math.inf
NONE = np.empty(0)


def view(figure: Figure) -> FigureView:
    (one,) = figure_views((figure,))
    return one


def html(figure: Figure) -> str:
    return plates.plate(view(figure), "f")


def svg(scale: Scale) -> ET.Element:
    drawn = view(scale)
    assert isinstance(drawn, ScaleView)
    return ET.fromstring(plates.scale_chart(drawn, "f"))


def texts(drawn: ET.Element) -> list[str]:
    return [t.text or "" for t in drawn.iter("text")]


def pixels_of(encoded: str) -> tuple[int, int, bytes]:
    """Width, height and unfiltered rows of one of our own PNGs."""
    data = base64.b64decode(encoded)
    width, height = (int.from_bytes(data[at : at + 4]) for at in (16, 20))
    start = data.index(b"IDAT") + 4
    length = int.from_bytes(data[start - 8 : start - 4])
    return width, height, zlib.decompress(data[start : start + length])


def test_a_scale_says_value_interval_and_bar() -> None:
    drawn = svg(Scale("Accuracy", 0.776, 0.764, 0.787, 0.1, 0.8))

    assert texts(drawn) == [
        "0.100", "no points", "0.800", "full marks", "0.776 (95% interval 0.764 to 0.787)",
    ]  # fmt: skip
    assert drawn.findtext("desc") == (
        "0.776, 95% interval 0.764 to 0.787. No points at 0.100 or below, full marks at 0.800 or"
        " above."
    )


def test_full_marks_are_on_the_right_where_less_is_better() -> None:
    drawn = svg(Scale("Loss", 0.5, 0.4, 0.6, 2.3, 0.3))
    at = {t.text: float(t.attrib["x"]) for t in drawn.iter("text")}

    assert at["2.30"] < at["0.30"]
    assert "No points at 2.30 or above, full marks at 0.30 or below." in plates.scale_words(
        ScaleView("Loss", 0.5, 0.4, 0.6, 2.3, 0.3)
    )


@pytest.mark.parametrize("value", [-1e12, -3.0, 0.05, 0.1, 0.5, 0.8, 1.0, 40.0, 1e300, NAN, INF])
@pytest.mark.parametrize("half", [0.0, 0.01, 5.0, NAN])
@pytest.mark.parametrize(("none", "full"), [(0.1, 0.8), (2.3, 0.3), (1e-9, 2e-9), (0.0, 1e12)])
def test_any_value_is_drawn_inside_its_frame(
    value: float, half: float, none: float, full: float
) -> None:
    drawn = svg(Scale("Any", value, value - half, value + half, none, full))

    for part in drawn.iter():
        if "x" in part.attrib:
            right = float(part.attrib["x"]) + float(part.attrib.get("width", 0))
            assert 0 <= float(part.attrib["x"]) <= right <= plates.WIDTH
        for x in re.findall(r"M(-?[\d.]+) ", part.attrib.get("d", "")):
            assert 0 <= float(x) <= plates.WIDTH
    marks = [p for p in drawn.iter("path") if p.attrib["class"] == "mark"]
    assert len(marks) == math.isfinite(value)
    assert ("no finite number" in texts(drawn)) != math.isfinite(value)


def test_a_value_off_the_scale_is_an_arrow_that_points_outward() -> None:
    (left,) = (p for p in svg(Scale("L", 45.0, 41, 50, 2.3, 0.3)) if p.get("class") == "mark")

    assert left.attrib["d"].endswith("l-9 8l9 8")


@pytest.mark.parametrize(("none", "full"), [(0.5, 0.5), (NAN, 0.8), (0.1, INF)])
def test_a_scale_without_a_bar_is_a_sentence(none: float, full: float) -> None:
    drawn = view(Scale("Accuracy", 0.7, 0.6, 0.8, none, full))

    assert isinstance(drawn, Undrawn)
    assert "There is no bar" in plates.plate(drawn, "f")


def test_a_matrix_is_a_table_with_headers_and_says_the_worst_in_words() -> None:
    counts = np.array([[8, 2, 0], [1, 9, 0], [0, 0, 0]])
    told = html(Confusion("Which", ("cat", "dog", "ox"), counts))
    table = ET.fromstring(re.findall(r"<table.*</table>", told, re.S)[0])
    heads = [(h.attrib["scope"], "".join(h.itertext())) for h in table.iter("th")]

    assert [n for s, n in heads if s == "col"] == ["cat", "dog", "ox", "right"]
    assert [n for s, n in heads if s == "row"] == ["cat", "dog", "ox"]
    cells = [c.text for row in table.findall("tbody/tr") for c in row.findall("td")]
    assert cells == ["8", "2", "0", "80%", "1", "9", "0", "90%", "0", "0", "0", "–"]
    assert "17 of 20 right (85%). Most often mistaken: cat as dog (2), dog as cat (1)." in told


def test_a_mistake_is_darker_the_larger_its_share_of_the_row() -> None:
    counts = np.diag([0, 100, 100, 100, 100]) + np.array(
        [[0, 1, 5, 20, 74], *([[0] * 5] * 4)]
    )  # the first class is never right
    told = html(Confusion("Which", tuple("abcde"), counts))

    assert re.findall(r'class="(x\d)"', told) == ["x1", "x2", "x3", "x4"]
    assert re.findall(r'class="hit (\w+)"', told) == ["zero", *["y4"] * 4]


@pytest.mark.parametrize(
    "counts",
    [
        np.zeros((2, 3)), np.zeros(2), np.array([[1, NAN], [0, 1]]), np.array([[1, -1], [0, 1]]),
        np.zeros((3, 3)), np.array([[INF, 0], [0, 0]]),
    ],
)  # fmt: skip
def test_counts_that_are_no_matrix_are_a_sentence(counts: Any) -> None:
    drawn = view(Confusion("Which", ("a", "b"), counts))

    assert isinstance(drawn, Undrawn)


def test_a_hundred_classes_are_told_in_words() -> None:
    told = html(Confusion("Which", tuple(f"c{i}" for i in range(100)), np.ones((100, 100))))

    assert "<table" not in told
    assert "100 classes are too many for a table." in told
    assert "100 of 10,000 right (1%)." in told


@pytest.mark.parametrize(
    "image",
    [
        np.arange(12, dtype=np.uint8).reshape(3, 4),
        np.arange(12, dtype=np.uint8).reshape(3, 4, 1),
        np.arange(12, dtype=np.float64).reshape(3, 4),
        np.arange(24, dtype=np.uint8).reshape(3, 8)[:, ::2],
    ],
)
def test_a_grey_picture_is_written_pixel_by_pixel(image: Any) -> None:
    encoded = png.written(np.asarray(image, np.uint8).squeeze())
    width, height, rows = pixels_of(encoded)
    drawn = view(Pictures("P", (image,), ("c",)))

    assert (width, height) == (4, 3)
    assert rows == b"".join(b"\0" + bytes(r) for r in np.asarray(image, np.uint8).reshape(3, 4))
    assert png.checked_png(encoded) == (encoded, 4, 3)
    assert isinstance(drawn, PicturesView)
    assert drawn.pictures[0].png == encoded
    assert (drawn.pictures[0].width, drawn.pictures[0].height) == (108, 81)


def test_a_colour_picture_keeps_its_colours() -> None:
    image = np.arange(2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 3)

    assert pixels_of(png.written(image)) == (2, 2, b"\0\0\1\2\3\4\5\0\6\7\x08\t\n\x0b")


def test_many_large_and_odd_pictures_are_bounded_and_what_is_left_out_is_said() -> None:
    images = [np.zeros((500, 300, 3), np.uint8), np.full((8, 8), NAN), np.zeros((2, 2, 2, 2))]
    images += [np.full((8, 8), 7, np.uint8)] * 40
    drawn = view(Pictures("P", tuple(images), ("first",)))

    assert isinstance(drawn, PicturesView)
    assert len(drawn.pictures) == 30
    assert pixels_of(drawn.pictures[0].png)[:2] == (38, 63)
    assert drawn.note == (
        "The first 32 of 43. 2 cannot be shown: their values are no pixels from 0 to 255."
        " Larger ones are shown with at most 64 pixels a side."
    )


def test_no_pictures_are_a_sentence() -> None:
    assert view(Pictures("P", (), ())) == Undrawn("P", "There are none.")


def test_rows_that_belong_together_stand_in_columns_below_a_note() -> None:
    image = np.zeros((4, 4), np.uint8)
    told = html(Pictures("P", (image,) * 4, ("a", "b"), "Look <here>.", columns=2))
    odd = html(Pictures("P", (image,), ("a",), columns=99))

    assert '<ul class="c2">' in told
    assert "Look &lt;here&gt;." in told
    assert re.findall("<span>(.)</span>", told) == ["a", "b"]
    assert "<ul>" in odd


def test_every_picture_has_its_caption_and_its_number() -> None:
    told = html(Pictures("P", (np.zeros((4, 4), np.uint8),) * 2, ("a <b>", "c")))

    assert re.findall(r'alt="(.*?)"><span>(.*?)</span>', told) == [
        ("Picture 1 of 2", "a &lt;b&gt;"), ("Picture 2 of 2", "c"),
    ]  # fmt: skip


def test_the_band_spans_the_whole_way_however_many_points_it_has() -> None:
    told = html(Learning("Loss", np.linspace(2, 1, 1000), np.full(5, 0.9), np.full(5, 2.1), "nats"))
    band = re.findall(r'class="band" d="(.*?)Z"', told)[0]
    across = [float(x) for x in re.findall(r"(\d+\.\d) \d+\.\d", band)]

    assert (min(across), max(across)) == (54.0, 388.0)
    assert "Correct runs end between 0.9 and 2.1." in told
    assert "of the reference&#x27;s runs. Drawn as the lowest and the highest of every 4" in told


@pytest.mark.parametrize(
    "values",
    [
        [], [1.0], [NAN] * 4, [2.0, INF, -INF], [0.0, 0.0], [-1.0, 3.0], [1e300, 1e-300],
        [[1.0], [2.0]], [True, False],
    ],
)  # fmt: skip
@pytest.mark.parametrize("band", [NONE, np.array([0.5]), np.array([0.5, NAN, 0.1])])
@pytest.mark.parametrize("log", [True, False])
def test_any_curve_is_drawn(values: Any, band: Any, log: bool) -> None:
    drawn = view(Learning("Loss", np.array(values), band, band, "", log))

    assert isinstance(drawn, Curve)
    told = plates.plate(drawn, "f")
    for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", told):
        assert 0 <= float(x) <= 400
        assert 0 <= float(y) <= 250


def test_a_logarithmic_axis_is_asked_for_or_refused() -> None:
    falling = np.array([2.3, 1.0, 0.3])

    assert "log scale" in html(Learning("L", falling, NONE, NONE))
    assert "log scale" not in html(Learning("L", falling / 1000 + 1, NONE, NONE))
    assert "log scale" not in html(Learning("L", falling**9, NONE, NONE, log=False))
    touching = html(Learning("L", np.array([2.3, 0.0, 0.1]), NONE, NONE))
    assert "log scale" in touching
    assert "Values that are not positive lie on the lower edge." in touching


def test_a_curve_of_a_million_steps_is_cut_and_says_so() -> None:
    values = np.ones(1_000_000)
    start = time.process_time()
    told = html(Learning("L", values, NONE, NONE))

    assert time.process_time() - start < 1.0
    assert "The first 100,000 of 1,000,000 steps." in told
    assert len(told) < 30_000


@pytest.mark.parametrize("nasty", NASTY)
def test_hostile_names_stay_texts_in_figures(nasty: str) -> None:
    image = np.zeros((4, 4), np.uint8)
    nasties = (
        Scale(nasty, 0.5, 0.4, 0.6, 0.1, 0.9, nasty),
        Confusion(nasty, (nasty, nasty * 90), np.ones((2, 2))),
        Confusion(nasty, (nasty,) * 30, np.ones((30, 30))),
        Confusion(nasty, (nasty,), np.ones((2, 2))),
        Pictures(nasty, (image, image), (nasty, nasty * 90)),
        Learning(nasty, np.array([1.0, NAN]), NONE, NONE, nasty),
    )
    check = replace(FIGURES_STUDENT.checks[0], figures=figure_views(nasties))

    page = assert_harmless(student_report(replace(FIGURES_STUDENT, checks=(check, check))))

    assert len(page.all("figure")) == 12
    assert not page.all("script")


def test_a_report_has_the_figures_of_each_finding() -> None:
    course = catalogue.course(big_class.NOTEBOOK)
    check = course.grader.checks[0]
    drawn = (Scale("Accuracy", 0.7, 0.6, 0.8, 0.1, 0.9),)
    result = CheckResult(check.id, Outcome.JUDGED, 1.0, 2.0, figures=drawn)
    grade = Grade(Submission("toys", "toy", "ada", Path("ada")), (result,))
    graded = Graded(grade, Intake("nbgrader"), Evidence(), "key", ran=True)

    shown = student_view(graded, Evidence(), course, "image")

    assert shown.checks[0].figures == (ScaleView("Accuracy", 0.7, 0.6, 0.8, 0.1, 0.9),)
    assert "0.700 (95% interval 0.600 to 0.800)" in student_report(shown)


def test_only_a_series_is_drawn_as_a_curve() -> None:
    course = catalogue.course(big_class.NOTEBOOK)
    name = next(a.name for a in course.grader.evidence if a.kind == "variable")
    grade = Grade(Submission("toys", "toy", "ada", Path("ada")), ())

    def curves(values: Any) -> int:
        seen = Evidence({name: ((np.asarray(values),),)})
        graded = Graded(grade, Intake("nbgrader"), seen, "key", ran=True)
        return len(student_view(graded, seen, course, "image").curves)

    assert curves(np.ones(5)) == curves(np.ones((5, 1))) == 1
    assert curves(np.ones((5, 10))) == curves(3.0) == curves([2.0]) == 0


def test_a_curve_that_a_check_has_drawn_is_not_drawn_again() -> None:
    course = catalogue.course(big_class.NOTEBOOK)
    check = next(c for c in course.grader.checks if c.needs)
    learning = Learning("L", np.ones(3), NONE, NONE)
    drawn = CheckResult(check.id, Outcome.JUDGED, 0.0, 1.0, figures=(learning,))

    assert drawn_by_checks((drawn,), course) == set(check.needs)
    assert drawn_by_checks((replace(drawn, figures=()),), course) == set()


def _record(value: float | str, bar: float = 0.9) -> dict[str, Any]:
    (record,) = big_class.records(1, seed=3)
    checks = [dict(c) for c in record["checks"]]
    checks[0]["measured"] = {"accuracy": value, "low": 0.0, "high": 1.0, "full": bar}
    return {**record, "checks": checks, "student": f"s{value}"}


def test_the_class_page_shows_what_was_measured_against_the_bar() -> None:
    course = catalogue.course(big_class.NOTEBOOK)
    measure = Measure("accuracy", (), lambda: 0.0, unit="share of images")
    first, *others = course.grader.checks
    judged = replace(first, needs=(*first.needs, "accuracy_bar"))
    grader = replace(course.grader, measures=(measure,), checks=(judged, *others))
    records = [_record(v) for v in (0.7, 0.85, 0.9, 0.95)] + [_record("nan"), _record(0.5, 0.8)]

    shown = class_view(records, replace(course, grader=grader), 1.0, ())
    (reached,) = shown.reached

    assert (reached.n, reached.there, reached.full) == (4, 2, 0.9)
    assert sum(reached.counts[reached.at :]) == 2
    page = assert_harmless(class_page(shown))
    assert "Full marks from0.9 Reached by2 of 4 Median0.875" in page.text
    assert class_view(records, course, 1.0, ()).reached == ()

    first_of_all = records[0]["checks"][0]
    first_of_all["measured"] = {"final level": 0.4, "full": 0.5, "accuracy": 9.0}  # of a curve
    (reached,) = class_view(records[:1], replace(course, grader=grader), 1.0, ()).reached
    assert (reached.median, reached.full) == (0.4, 0.5)
