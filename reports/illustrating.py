"""From what a judge drew to what a page shows: sizes kept in bounds, and what cannot be drawn said.

Figures hold what a student's run left: class names, curves and images of any size. A figure that
makes no sense becomes a sentence, never an exception: the page and its points are worth more.
"""

from collections.abc import Iterable

import numpy as np

from graders.core.figures import (
    Array,
    Confusion,
    Described,
    Figure,
    Learning,
    Pictures,
    Scale,
    Table,
)
from reports import png
from reports.charts import BUCKETS
from reports.drawables import (
    Curve,
    DescribedView,
    FigureView,
    MatrixView,
    Picture,
    PicturesView,
    ScaleView,
    TableView,
    Undrawn,
)

MOST_PICTURES = 32
MOST_COLUMNS = 12
LONGEST_NOTE = 300
MOST_ROWS, MOST_HEADINGS = 50, 8
MOST_DESCRIBED, MOST_LINES = 12, 8
DESCRIBED_WIDE = 160  # pixels on the page, and of the picture itself: photographs come larger
WIDEST = 64  # pixels of a picture, either way; larger ones are thinned
SHOWN_WIDE = 108  # the narrowest column: whole multiples of a pixel have to fit
MOST_STEPS = 100_000
MOST_CLASSES = 1000
LONGEST = 120  # characters of a name or caption
LONGEST_UNIT = 20  # that have room beside the legend


def figure_views(figures: Iterable[Figure]) -> tuple[FigureView, ...]:
    """The figures of one check, ready to be drawn, in their order."""
    return tuple(_view(figure) for figure in figures)


def _view(figure: Figure) -> FigureView:
    if isinstance(figure, Scale):
        return _scale(figure)
    if isinstance(figure, Confusion):
        return _matrix(figure)
    if isinstance(figure, Table):
        return _table(figure)
    if isinstance(figure, Described):
        return _described(figure)
    return _pictures(figure) if isinstance(figure, Pictures) else _curve(figure)


def _scale(scale: Scale) -> FigureView:
    numbers = [float(v) for v in (scale.value, scale.low, scale.high, scale.none, scale.full)]
    value, low, high, none, full = numbers
    if not np.isfinite([none, full]).all() or none == full:
        return Undrawn(scale.title, "There is no bar to draw it against.")
    if not low <= value <= high or low == high:  # NaN fails the comparison, too
        low = high = float("nan")
    return ScaleView(scale.title, value, low, high, none, full, scale.unit)


def _matrix(confusion: Confusion) -> FigureView:
    counts = np.asarray(confusion.counts, dtype=np.float64)
    size = len(confusion.labels)
    if counts.shape != (size, size) or not 0 < size <= MOST_CLASSES:
        return Undrawn(confusion.title, "It has not one row and one column per class.")
    if not np.isfinite(counts).all() or (counts < 0).any():
        return Undrawn(confusion.title, "It holds numbers that count nothing.")
    labels = tuple(short(name) for name in confusion.labels)
    rows = tuple(tuple(int(n) for n in row) for row in np.rint(counts))
    return MatrixView(confusion.title, labels, rows)


def _pictures(pictures: Pictures) -> FigureView:
    captions = [*pictures.captions, *("" for _ in pictures.images)]
    shown: list[Picture] = []
    thinned = unshown = 0
    for image, caption in zip(pictures.images[:MOST_PICTURES], captions, strict=False):
        pixels = _pixels(image)
        if pixels is None:
            unshown += 1
            continue
        thinned += max(pixels.shape[:2]) > WIDEST
        shown.append(_picture(pixels, WIDEST, SHOWN_WIDE, caption))
    notes = [note] if (note := short(pictures.note, LONGEST_NOTE)) else []
    if (more := len(pictures.images) - MOST_PICTURES) > 0:
        notes.append(f"The first {MOST_PICTURES} of {MOST_PICTURES + more}.")
    if unshown:
        notes.append(f"{unshown} cannot be shown: their values are no pixels from 0 to 255.")
    if thinned:
        notes.append(f"Larger ones are shown with at most {WIDEST} pixels a side.")
    if not shown:
        return Undrawn(pictures.title, " ".join(notes) or "There are none.")
    columns = pictures.columns if 2 <= pictures.columns <= MOST_COLUMNS else 0
    return PicturesView(pictures.title, tuple(shown), " ".join(notes), columns)


def _picture(pixels: Array, widest: int, shown_wide: int, caption: str = "") -> Picture:
    """Thinned to so many pixels a side, drawn as wide as whole multiples of a pixel allow."""
    every = -(-max(pixels.shape[:2]) // widest)
    pixels = pixels[::every, ::every]
    height, width = pixels.shape[:2]
    times = max(1, shown_wide // width)
    return Picture(png.written(pixels), times * width, times * height, short(caption))


def _table(table: Table) -> FigureView:
    headings = tuple(short(text) for text in table.headings)
    if not 0 < len(headings) <= MOST_HEADINGS or {len(r) for r in table.rows} != {len(headings)}:
        return Undrawn(table.title, "It has no rows, or not one text per column.")
    rows = tuple(tuple(short(text) for text in row) for row in table.rows[:MOST_ROWS])
    notes = [note] if (note := short(table.note, LONGEST_NOTE)) else []
    if len(table.rows) > MOST_ROWS:
        notes.append(f"The first {MOST_ROWS} of {len(table.rows)} rows.")
    return TableView(table.title, headings, rows, " ".join(notes))


def _described(described: Described) -> FigureView:
    pictures: list[Picture] = []
    lines: list[tuple[tuple[str, str], ...]] = []
    for image, texts in zip(described.images, described.texts, strict=False):
        if (pixels := _pixels(image)) is None or len(pictures) == MOST_DESCRIBED:
            continue
        pictures.append(_picture(pixels, DESCRIBED_WIDE, DESCRIBED_WIDE))
        told = zip(described.labels[:MOST_LINES], texts, strict=False)
        lines.append(tuple((short(label), short(text)) for label, text in told if text))
    if not pictures:
        return Undrawn(described.title, "There are none.")
    notes = [note] if (note := short(described.note, LONGEST_NOTE)) else []
    if (missing := len(described.images) - len(pictures)) > 0:
        notes.append(f"{missing} more are not shown.")
    return DescribedView(described.title, tuple(pictures), tuple(lines), " ".join(notes))


def _pixels(image: Array) -> Array | None:
    """Grey or RGB as uint8; None where it is neither. [.., 1] counts as grey."""
    pixels = np.asarray(image)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)) or not pixels.size:
        return None
    if pixels.dtype == np.uint8:
        return pixels
    numbers = np.asarray(pixels, dtype=np.float64)
    if not np.isfinite(numbers).all() or numbers.min() < 0 or numbers.max() > 255:
        return None
    return np.rint(numbers).astype(np.uint8)


def _curve(learning: Learning) -> Curve:
    values = np.ravel(np.asarray(learning.values, dtype=np.float64))
    low, high = (np.ravel(np.asarray(v, dtype=np.float64)) for v in (learning.low, learning.high))
    banded = low.size == high.size > 1
    notes = ["The shaded range is that of the reference's runs."] if banded else []
    if values.size > MOST_STEPS:
        notes.append(f"The first {MOST_STEPS:,} of {values.size:,} steps.")
        values = values[:MOST_STEPS]
    if (every := -(-values.size // BUCKETS)) > 1:
        notes.append(f"Drawn as the lowest and the highest of every {every} steps.")
    if learning.log and (values > 0).any() and (values <= 0).any():
        notes.append("Values that are not positive lie on the lower edge.")
    return Curve(
        learning.title,
        values.tolist(),
        lower=low.tolist() if banded else None,
        upper=high.tolist() if banded else None,
        y_label=short(learning.unit, LONGEST_UNIT) or "value",
        note=" ".join(notes),
        log=learning.log,
        stretched=True,
        x_label=learning.step,
    )


def short(text: str, most: int = LONGEST) -> str:
    """One line of at most so many characters: class names may come from data."""
    line = " ".join(str(text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
