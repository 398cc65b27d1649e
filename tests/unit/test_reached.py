"""The page of what the references reach tells what is stored, and misses nothing silently."""

import pytest

from benchmarks.reached import ASKED, PAGE, Asked, behind, main, page, stored


def test_the_page_is_that_of_the_stored_calibrations(capsys: pytest.CaptureFixture[str]) -> None:
    assert PAGE.read_text("utf-8") == page()
    assert main([]) == 0
    assert capsys.readouterr().out == page()


@pytest.mark.parametrize(("notebook", "measure"), ASKED)
def test_what_was_asked_for_is_reached_or_the_page_says_why_not(
    notebook: str, measure: str
) -> None:
    found = stored(notebook, "full")
    if found is None:
        assert "The full tier has not been calibrated." in page()
        return
    for asked in ASKED[notebook, measure]:
        assert behind(asked, found["measures"][measure]) == bool(asked.why)


@pytest.mark.parametrize(
    ("mean", "figure", "higher", "misses"),
    [
        (0.9195, "0.92", True, False),
        (0.914, "0.92", True, True),
        (0.76, "0.80", True, True),
        (0.0057, "0.0056", False, True),
        (0.00564, "0.0056", False, False),
        (0.151, "0.152", True, True),
    ],
)
def test_a_figure_is_missed_in_the_digits_that_it_was_asked_in(
    mean: float, figure: str, higher: bool, misses: bool
) -> None:
    entry = {"mean": mean, "higher": higher}
    assert behind(Asked(figure, "the course"), entry) == misses
