"""Charts draw whatever a student's run left, and say in words what they draw."""

import math
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence

import pytest

from reports import charts, strips
from reports.drawables import Curve

NAN, INF = math.nan, math.inf
FALLING = [0.3 + math.exp(-i / 10) for i in range(60)]


def drawn(curve: Curve) -> ET.Element:
    return ET.fromstring(charts.curve_chart(curve, "c"))


def paths(svg: ET.Element, css: str) -> list[str]:
    return [p.attrib["d"] for p in svg.iter("path") if p.attrib["class"] == css]


def coordinates(svg: ET.Element) -> list[float]:
    words = [w for d in (p.attrib["d"] for p in svg.iter("path")) for w in _numbers(d)]
    words += [svg_text.attrib[k] for svg_text in svg.iter("text") for k in ("x", "y")]
    return [float(w) for w in words]


def _numbers(d: str) -> list[str]:
    for letter in "MLHVhvZ":
        d = d.replace(letter, " ")
    return d.split()


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([], id="empty"),
        pytest.param([0.5], id="one value"),
        pytest.param([0.5] * 20, id="constant"),
        pytest.param([0.0] * 20, id="zeros"),
        pytest.param([NAN] * 5, id="only NaN"),
        pytest.param([1.0, NAN, 0.5, INF, -INF, 0.2], id="gaps"),
        pytest.param([0.7, 1e3, 1e9, 1e200, INF], id="diverging"),
        pytest.param([-1e308, 1e308], id="beyond any difference"),
        pytest.param([5e-324, 1e308], id="smallest and largest"),
        pytest.param([0.0, 5e-324], id="smallest range"),
        pytest.param([-1.0, -2.0, 3.0], id="negative"),
        pytest.param([1.0, 1.0 + 2e-16], id="one rounding apart"),
        pytest.param([1e-12, 1e-9, 1e-3], id="tiny"),
        pytest.param([0, True, 3], id="integers"),
    ],
)
@pytest.mark.parametrize("reference", [None, FALLING, []], ids=["alone", "reference", "no steps"])
def test_any_values_give_a_picture_inside_its_frame(
    values: Sequence[float], reference: Sequence[float] | None
) -> None:
    svg = drawn(Curve("loss", values, reference))

    assert all(0 <= at <= charts.WIDTH for at in coordinates(svg))
    assert svg.find("title") is not None
    assert svg.find("desc") is not None


def test_a_curve_breaks_where_values_are_missing() -> None:
    # The second path of the class is the sample in the legend.
    d = paths(drawn(Curve("loss", [3.0, 2.0, NAN, 1.0, 0.5])), "you")[0]

    assert d.count("M") == 2


def test_a_wide_spread_of_positive_values_has_a_logarithmic_axis() -> None:
    def names(values: Sequence[float]) -> str:
        return " ".join(t.text or "" for t in drawn(Curve("l", values)).iter("text"))

    assert "log scale" in names([1.0, 0.1, 0.01])
    assert "log scale" not in names([1.0, 0.5])
    assert "log scale" not in names([1.0, 0.01, 0.0])
    assert "log scale" not in names([1.0, 0.01, -0.5])


def test_a_million_steps_are_thinned_quickly_and_keep_their_spike() -> None:
    values = [1.0] * 1_000_000
    values[654_321] = 9.0
    start = time.process_time()

    svg = charts.curve_chart(Curve("loss", values, values), "c")

    assert time.process_time() - start < 2.0
    assert len(svg) < 30_000
    assert max(v for stretch in charts.runs(values) for _, v in stretch) == 9.0


def test_thinning_keeps_the_order_of_lows_and_highs() -> None:
    stretches = list(charts.runs([0.0, 1.0, 5.0, 2.0], buckets=2))

    assert [v for stretch in stretches for _, v in stretch] == [0.0, 1.0, 5.0, 2.0]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([], "Loss: your run left no values."),
        ([NAN, INF], "Loss: 2 steps, none of them a finite number."),
        ([2.0], "Loss: 1 step, from 2 to 2."),
        ([2.0, 1.0, 0.25], "Loss: 3 steps, from 2 to 0.25."),
        (
            [2.0, NAN, 1.0],
            "Loss: 3 steps, from 2 to 1. The value at step 1 is no finite number.",
        ),
        (
            [2.0, 1.0, INF, NAN],
            "Loss: 4 steps, from 2 to 1. 2 values are no finite numbers, the first at step 2.",
        ),
        ([1e308, 1e308], "Loss: 2 steps, from 1e+308 to 1e+308."),
    ],
)
def test_a_chart_is_told_in_words(values: Sequence[float], words: str) -> None:
    assert charts.describe(Curve("Loss", values)) == words
    assert charts.describe(Curve("Loss", values)) in charts.curve_chart(Curve("Loss", values), "c")


def test_the_band_closes_around_the_range_of_correct_runs() -> None:
    svg = drawn(
        Curve("l", FALLING, FALLING, [v * 0.9 for v in FALLING], [v * 1.1 for v in FALLING])
    )

    assert paths(svg, "band")[0].endswith("Z")
    assert any(t.text == "correct runs" for t in svg.iter("text"))


def test_labels_are_escaped() -> None:
    svg = drawn(Curve("</title><script>alert(1)</script>", [1.0], y_label="<b>", x_label="&\x00"))

    assert {e.tag for e in svg.iter()} <= {"svg", "title", "desc", "path", "text"}


@pytest.mark.parametrize(
    ("credit", "width"),
    [(None, None), (0.0, None), (0.25, "25"), (1 / 3, "33.33"), (1.0, "100"), (7.0, "100")],
)
def test_a_credit_bar_is_as_long_as_the_credit(credit: float | None, width: str | None) -> None:
    got = [r for r in ET.fromstring(strips.credit_bar(credit)) if r.attrib["class"] == "got"]

    assert [r.attrib["width"] for r in got] == ([] if width is None else [width])


def test_a_histogram_counts_everyone_once() -> None:
    svg = ET.fromstring(charts.histogram([0.0, 0.05, 0.3, 0.999, 1.0, 1.0], "h"))
    desc = svg.find("desc")

    assert desc is not None
    assert desc.text == "0% to 10%: 2, 30% to 40%: 1, 90% to 100%: 3"
    assert len(list(svg.iter("rect"))) == 3


def test_a_histogram_of_nobody_says_so() -> None:
    assert "None yet." in charts.histogram([], "h")


def test_bins_of_any_width_say_from_where_to_where() -> None:
    edges = [str(i) for i in range(13)]
    svg = ET.fromstring(charts.columns(edges, [1] + [0] * 10 + [5], "c", "Time", "seconds"))
    labels = [t.text for t in svg.iter("text") if t.attrib.get("class") != "name"]

    assert svg.findtext("title") == "Time"
    assert svg.findtext("desc") == "0 to 1: 1, 11 to 12: 5"
    assert labels == ["1", "5", "0", "2", "4", "6", "8", "10", "12"]


def test_a_bin_without_an_end_says_so_and_a_line_marks_the_bar() -> None:
    edges = ["", "1", "2", "3", ""]
    svg = ET.fromstring(charts.columns(edges, [4, 1, 2, 3], "c", "Loss", "nats", bar=2))
    (line,) = (p.attrib["d"] for p in svg.iter("path") if p.attrib["class"] == "ref")

    assert svg.findtext("desc") == "below 1: 4, 1 to 2: 1, 2 to 3: 2, 3 and more: 3"
    assert line.startswith("M221.0 ")  # the middle of 54 to 388


def test_one_of_a_thousand_can_be_seen_in_the_strip_of_states() -> None:
    svg = ET.fromstring(strips.share_strip([("held", 1, "s-held"), ("graded", 999, "s-graded")]))
    held, graded = (r.attrib for r in svg)

    assert svg.attrib["aria-label"] == "1 held, 999 graded"
    assert float(held["width"]) == 4
    assert float(graded["x"]) == 4


def test_a_strip_is_as_wide_as_its_points_together() -> None:
    svg = ET.fromstring(
        strips.score_strip([(2, 0.5, "part"), (1, None, "held"), (1, 1.0, "full")], "strip")
    )
    rest = [r.attrib for r in svg if r.attrib["class"].startswith("rest")]

    assert float(rest[0]["width"]) == pytest.approx(2 * float(rest[1]["width"]), abs=0.2)
    assert float(rest[-1]["x"]) + float(rest[-1]["width"]) == pytest.approx(1000, abs=0.2)
    assert len([r for r in svg if r.attrib["class"].startswith("got")]) == 2
