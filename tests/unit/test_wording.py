"""Words and numbers as the pages print them."""

import pytest

from reports import wording
from reports.render import ticked


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (wording.number(2.0), "2"),
        (wording.number(1.25), "1.25"),
        (wording.number(1 / 3), "0.33"),
        (wording.number(None), "–"),
        (wording.number(100.0), "100"),
        (wording.number(0.0), "0"),
        (wording.percent(0.996), "99%"),
        (wording.percent(0.001), "1%"),
        (wording.percent(1), "100%"),
        (wording.percent(None), "–"),
        (wording.seconds(0.04), "0.0 s"),
        (wording.seconds(59.7), "1 min 0 s"),
        (wording.seconds(3900), "1 h 5 min"),
        (wording.mib(2048), "2.0 GiB"),
        (wording.mib(99.6), "100 MiB"),
        (wording.moment("2026-03-02T09:41:07+01:00"), "2026-03-02 09:41 +01:00"),
        (wording.moment("2026-03-02T09:41:07.123Z"), "2026-03-02 09:41 UTC"),
        (wording.moment("soon"), "soon"),
        (wording.count(1, "point"), "1 point"),
        (wording.moved(3.0, 4.5), "+1.5 (was 3)"),
        (wording.moved(5.0, 3.0), "−2 (was 5)"),
        (wording.moved(5.0, None), "was 5"),
        (wording.moved(None, 5.0), ""),
        (wording.change("state", "held", None, 2.0), "was held"),
        (wording.correlation(-0.314, ""), "−0.31"),
        (wording.correlation(-0.001, ""), "0.00"),
        (wording.correlation(None, "too few"), "too few"),
        (wording.tells(0.19), "low"),
        (wording.tells(0.2), ""),
        (wording.tells(-0.01), "negative"),
        (wording.clean("a\r\nb\rc\td"), "a\nb\nc\td"),
        (wording.clean("שלום café"), "שלום café"),
    ],
)
def test_numbers_read_as_people_write_them(told: str, text: str) -> None:
    assert told == text


def test_backticks_become_code_and_everything_stays_escaped() -> None:
    assert ticked("`f(x)` is <b>") == "<code>f(x)</code> is &lt;b&gt;"
    assert ticked("`<script>`") == "<code>&lt;script&gt;</code>"
    assert ticked("one ` alone") == "one ` alone"
