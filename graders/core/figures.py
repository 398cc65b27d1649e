"""What a report draws beside the words of a finding: plain data, safe to show to the student.

Titles, notes, headings, labels and captions are either said (codes, which pages put into words) or
texts that are no sentences of ours: names of classes, what a model wrote.
"""

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

Array = npt.NDArray[Any]
Words = Any  # `Said` or a text as judges draw it, a text alone once it is put into words


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each class was taken for which: counts [classes, classes], rows are the truth."""

    title: Words
    labels: tuple[str, ...]
    counts: Array


@dataclass(frozen=True, slots=True)
class Pictures:
    """Images that the student may see: none of the held-out ones, ever.

    Args:
        title: what they are.
        images: each [height, width] or [height, width, 3], uint8, at most 64 pixels wide.
        captions: one short text each; "" where there is nothing to say.
        note: a sentence on what to look for.
        columns: how many stand side by side, 2 to 12: rows then belong together; 0: as many as fit.
    """

    title: Words
    images: tuple[Array, ...]
    captions: tuple[Words, ...]
    note: Words = ""
    columns: int = 0


@dataclass(frozen=True, slots=True)
class Learning:
    """A learning curve beside the band of the reference's.

    Args:
        title: what was learnt.
        values: the student's [steps].
        low, high: the reference's band [points], or empty; it spans the same range of progress.
        unit: of the values, e.g. `cross-entropy (nats)`.
        log: draw on a logarithmic scale.
        step: what a step is: `step` or `epoch`.
    """

    title: Words
    values: Array
    low: Array
    high: Array
    unit: str = ""
    log: bool = True
    step: str = "step"


@dataclass(frozen=True, slots=True)
class Scale:
    """A measured value with its interval on the way from nothing to full marks.

    Args:
        title: what was measured.
        value, low, high: the value and its 95% interval.
        none, full: where credit begins and where it is complete.
        unit: e.g. `share of images`.
    """

    title: Words
    value: float
    low: float
    high: float
    none: float
    full: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Short texts and numbers in rows: what a model wrote, or how a score is made up.

    Args:
        title: what it holds.
        headings: of the columns.
        rows: as many texts each as there are headings; the first of a row names it.
        note: a sentence on what to look for.
    """

    title: Words
    headings: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]
    note: Words = ""


@dataclass(frozen=True, slots=True)
class Described:
    """Images with lines of text beside each. None of the held-out ones, ever.

    Args:
        title: what they are.
        images: each [height, width] or [height, width, 3], uint8.
        texts: for each image as many lines as there are labels; "" leaves one out.
        labels: what the lines are, e.g. `yours`, `a person's`, `BLEU-4`.
        note: a sentence on what to look for.
    """

    title: Words
    images: tuple[Array, ...]
    texts: tuple[tuple[Words, ...], ...]
    labels: tuple[Words, ...]
    note: Words = ""


Figure = Confusion | Pictures | Learning | Scale | Table | Described
