"""Tables and described pictures: what a model wrote becomes text on a page, and only text."""

import re
from dataclasses import replace

import numpy as np
import pytest

from graders.core.figures import Array, Described, Figure, Table
from reports import plates
from reports.drawables import DescribedView, Undrawn
from reports.illustrating import figure_views
from reports.render import student_report
from tests.golden.example_figures import FIGURES_STUDENT
from tests.unit.test_reports import NASTY, assert_harmless

IMAGE = np.zeros((4, 6, 3), np.uint8)


def html(figure: Figure) -> str:
    return plates.plate(figure_views((figure,))[0], "f")


def test_a_table_has_headings_and_names_its_rows() -> None:
    told = html(Table("Names", ("temperature", "one"), (("0.5", "An<n>a"),), "Look."))

    assert '<th scope="col">temperature</th><th scope="col">one</th>' in told
    assert '<tr><th scope="row">0.5</th><td>An&lt;n&gt;a</td></tr>' in told
    assert "Look." in told


@pytest.mark.parametrize(
    ("headings", "rows"),
    [((), ()), (("a",), ()), (("a", "b"), (("1",),)), (("a",) * 9, (("1",) * 9,))],
)
def test_a_table_without_one_text_per_column_is_a_sentence(headings, rows) -> None:
    drawn = figure_views((Table("T", headings, rows),))[0]
    assert drawn == Undrawn("T", "It has no rows, or not one text per column.")


def test_a_long_table_says_what_it_leaves_out() -> None:
    told = html(Table("T", ("a",), tuple((str(k),) for k in range(60))))
    assert told.count('scope="row"') == 50
    assert "The first 50 of 60 rows." in told


def test_lines_stand_beside_their_picture_and_empty_ones_are_left_out() -> None:
    texts = (("a dog", "two dogs"), ("a cat", ""))
    told = html(Described("D", (IMAGE, IMAGE), texts, ("yours", "a person's")))

    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", told) == [
        ("yours", "a dog"), ("a person&#x27;s", "two dogs"), ("yours", "a cat"),
    ]  # fmt: skip
    assert re.findall(r'alt="(.*?)"', told) == ["Picture 1 of 2", "Picture 2 of 2"]


def test_photographs_are_shown_large_and_their_number_is_bounded() -> None:
    photo = np.zeros((224, 224, 3), np.uint8)
    images: tuple[Array, ...] = (photo,) * 14 + (np.full((4, 4), np.nan),)
    (drawn,) = figure_views((Described("D", images, (("x",),) * 15, ("yours",)),))

    assert isinstance(drawn, DescribedView)
    assert len(drawn.pictures) == 12
    assert {(p.width, p.height) for p in drawn.pictures} == {(112, 112)}
    assert drawn.note == "3 more are not shown."


def test_no_described_picture_is_a_sentence() -> None:
    assert figure_views((Described("D", (), (), ("yours",)),)) == (
        Undrawn("D", "There are none."),
    )  # fmt: skip


@pytest.mark.parametrize("nasty", NASTY)
def test_hostile_texts_stay_texts(nasty: str) -> None:
    nasties = (
        Table(nasty, (nasty, nasty), ((nasty, nasty * 90),), nasty),
        Described(nasty, (IMAGE,), ((nasty, nasty * 90),), (nasty, nasty), nasty),
    )
    check = replace(FIGURES_STUDENT.checks[0], figures=figure_views(nasties))

    page = assert_harmless(student_report(replace(FIGURES_STUDENT, checks=(check,))))

    assert len(page.all("figure")) == 2
    assert not page.all("script")
