"""What is drawn on a page, as plain data: curves, scales, matrices, pictures.

Every text may be untrusted (class names, captions): drawing cleans and escapes all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Curve:
    """A series of the student's over the reference's, one value per step from 0 on.

    Args:
        label: heading of the chart.
        values: the student's; may be empty, hold NaN and infinities.
        reference: the reference solution's, or None.
        lower, upper: the range of correct runs, both or neither.
        note: a sentence below the chart.
        log: draw on a logarithmic axis where that is possible; None where the spread decides.
        stretched: the range spans the chart's whole width, however many points it has.
    """

    label: str
    values: Sequence[float]
    reference: Sequence[float] | None = None
    lower: Sequence[float] | None = None
    upper: Sequence[float] | None = None
    y_label: str = "loss"
    x_label: str = "step"
    note: str = ""
    log: bool | None = None
    stretched: bool = False


@dataclass(frozen=True, slots=True)
class ScaleView:
    """A measured value on the way from no points (`none`) to full marks (`full`).

    Args:
        low, high: its 95% interval; NaN for none.
        unit: of all five numbers, in words.
    """

    title: str
    value: float
    low: float
    high: float
    none: float
    full: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class MatrixView:
    """How often each class was taken for which: rows are the truth, square."""

    title: str
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: base64 of a PNG of ours, its size on the page in pixels, and its caption."""

    png: str
    width: int
    height: int
    caption: str


@dataclass(frozen=True, slots=True)
class PicturesView:
    """Small pictures, drawn large, in so many `columns` (0: as many as fit).

    `note` says what to look for, and what is left out.
    """

    title: str
    pictures: tuple[Picture, ...]
    note: str = ""
    columns: int = 0


@dataclass(frozen=True, slots=True)
class TableView:
    """Rows of short texts; the first of each names its row."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class DescribedView:
    """Pictures, each with its lines of text as pairs of label and text."""

    title: str
    pictures: tuple[Picture, ...]
    lines: tuple[tuple[tuple[str, str], ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Undrawn:
    """A figure that cannot be drawn, and a sentence why."""

    title: str
    why: str


FigureView = ScaleView | MatrixView | PicturesView | Curve | TableView | DescribedView | Undrawn
