"""How data reach a network: crops, prepared pictures, batches of a generator and of a pipeline.

Batches are told by numbers that the kernel counts (`ITERATE`, `PIPELINE`); what they should be is
arithmetic on the inputs, done here. None of these functions raises whatever the answers hold.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from graders.checks import compare
from graders.checks.observe import AMONG
from graders.core.rubric import Check
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Finding, Items, Refusal

# --- pictures ------------------------------------------------------------------------------------


def central_crop(id: str, *, points: float, evidence: str, asks: str) -> Check:
    """A rubric line: squares from the middle; where an odd pixel goes is free."""

    def judge(answers: Answers, cases: Cases, changed: tuple[str, ...]) -> Finding:
        pairs = zip(answers, cases, strict=True)
        return compare.judged([_crop_problem(a, np.asarray(c["img"])) for a, c in pairs], changed)

    needs = (evidence, f"{evidence}_cases", f"{evidence}_changed")
    return Check(id, points, asks, needs, judge)


def _crop_problem(answer: Items | Refusal, img: Array) -> Said | None:
    found = compare.one(answer)
    if isinstance(found, Refusal):
        return found.why
    height, width, channels = img.shape
    side = min(height, width)
    if found.shape != (side, side, channels):
        return said("not-the-largest-square")
    if any(_same(found, _cut(img, *start)) for start in _starts(height - side, width - side)):
        return None
    if _same(found, _cut(img, 0, 0)) or _same(found, _cut(img, height - side, width - side)):
        return said("square-at-an-edge")
    return said("other-pixels-than-the-middle")


def _starts(down: int, across: int) -> list[tuple[int, int]]:
    tops, lefts = {down // 2, -(-down // 2)}, {across // 2, -(-across // 2)}
    return [(top, left) for top in tops for left in lefts]


def _cut(img: Array, top: int, left: int) -> Array:
    side = min(img.shape[:2])
    return img[top : top + side, left : left + side]


def _same(found: Array, expected: Array) -> bool:
    return bool(np.allclose(found, expected.astype(np.float64), rtol=1e-5, atol=1e-6))


ENCODE = """
import tensorflow as tf


def encoded(picture):
    return tf.io.encode_jpeg(picture, quality=95, chroma_downsampling=False).numpy()
"""

# What gives a notebook's own pictures to its own `predict`: batches by the student's functions, or
# (`made_up`) by right ones of ours in their places.
_BATCHED = """
def batch_generator(items, batch_size):
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == batch_size:
            yield batch
            batch = []
    if batch:
        yield batch


def make_dataset(files, labels, prepare, batch_size, training):
    data = tf.data.Dataset.from_tensor_slices((list(files), list(labels)))
    data = data.shuffle(len(files)) if training else data  # whoever asks for it shall have it
    return data.map(lambda file, label: (prepare(file), label)).batch(batch_size)
"""


def ask_predict(*, made_up: bool) -> str:
    """Source that asks a function of files about pictures."""
    ours = "make_dataset=make_dataset, batch_generator=batch_generator"
    which = f"among(function, {ours})" if made_up else "function"
    more = f"\n{AMONG}\n{_BATCHED}" if made_up else ""
    return f"""
{ENCODE}{more}

def ask(function, images):
    return {which}([encoded(image) for image in images])
"""


# A photograph's bytes are made in the kernel: the host has no encoder. Two pictures come back: with
# the student's own crop, and with a made-up one in its place, where the function calls it.
PREPARE = f"""
import types

{ENCODE}

def encoded_any(picture):
    if picture.shape[-1] == 1:
        return tf.io.encode_jpeg(picture, format="grayscale", quality=95).numpy()
    return encoded(picture)


def made_up(img):
    side = 2 * min(img.shape[0], img.shape[1]) // 3
    return img[-side:, :side]


def with_made_up(function):
    scope = {{**function.__globals__, "image_center_crop": made_up}}
    twin = types.FunctionType(
        function.__code__, scope, function.__name__, function.__defaults__, function.__closure__
    )
    twin.__kwdefaults__ = function.__kwdefaults__
    return twin


def ask(function, picture, normalize):
    raw = encoded_any(picture)
    given = {{}} if normalize else {{"normalize_for_model": False}}
    own = function(raw, **given)
    try:
        other = with_made_up(function)(raw, **given)
    except Exception:
        other = own
    return own, other
"""

# Interpolations of smooth pictures, and a crop that is off by one pixel, differ by a hundredth of
# the range on average. Another range, a squeezed picture or a corner differs by a tenth and more.
CLOSE = 0.03


def prepared_pictures(id: str, *, points: float, evidence: str, asks: str) -> Check:
    """A rubric line: pictures as the reference prepares them, but for the interpolation.

    The crop is not judged again: the picture may be right with the one or the other.
    """

    def judge(answers: Answers, key: Answers, cases: Cases) -> Finding:
        trios = zip(answers, key, cases, strict=True)
        return compare.judged([_prepared_problem(a, k, bool(c["normalize"])) for a, k, c in trios])

    return Check(id, points, asks, (evidence, f"{evidence}_key", f"{evidence}_cases"), judge)


def prepared_otherwise(answers: Answers, key: Answers, cases: Cases) -> bool:
    """Whether pictures for the model are prepared otherwise than by the reference.

    Args:
        answers, key, cases: as of `prepared_pictures`; no answers where the function is missing.
    """
    if not answers:
        return False
    trios = zip(answers, key, cases, strict=True)
    return any(_prepared_problem(a, k, True) for a, k, c in trios if c["normalize"])


def _prepared_problem(
    answer: Items | Refusal, key: Items | Refusal, normalize: bool
) -> Said | None:
    if isinstance(answer, Refusal):
        return answer.why
    problems = []
    for k in range(2):
        expected = compare.one(key if isinstance(key, Refusal) else key[k : k + 1])
        if isinstance(expected, Refusal):
            raise TypeError(f"the reference gave no picture: {expected.why.code}")
        if len(answer) != 2:
            return said("one-picture-asked-for")
        problems.append(_differs(compare.one(answer[k : k + 1]), expected, normalize))
    return None if None in problems else problems[0]


def _differs(found: Array | Refusal, expected: Array, normalize: bool) -> Said | None:
    if isinstance(found, Refusal):
        return found.why
    if found.shape != expected.shape:
        return said("prepared-size-differs")
    if not np.isfinite(found).all():
        return said("not-finite", what=compare.THE_RESULT)
    low, high = (-1.0, 1.0) if normalize else (0.0, 255.0)
    within = CLOSE * (high - low)
    if found.min() < low - within or found.max() > high + within:
        return said("prepared-range-left", low=low, high=high)
    if float(np.abs(found - expected).mean()) <= within:
        return None
    return said("prepared-picture-differs")


# --- batches of a generator ----------------------------------------------------------------------

# Counts how far the source was read, keeps every batch, and looks at the end whether one of them
# was changed. `kind` is of unseen.py: 0 list, 1 generator, 2 texts, 3 pairs, 4 range, 5 arrays.
ITERATE = """
import numpy as np


def item(kind, k):
    if kind == 2:
        return "item %d" % k
    if kind == 3:
        return (k, "label %d" % (k % 3))
    if kind == 5:
        return np.array([k, k + 1])
    return k


def ask(function, kind, n, batch_size, most):
    read = [0]

    def source():
        for k in range(n):
            read[0] += 1
            yield item(kind, k)

    items = range(n) if kind == 4 else list(source()) if kind == 0 else source()
    if kind in (0, 4):
        read[0] = 0
    made = function(items, batch_size)
    before = read[0]
    batches, copies, sizes, given, ahead = [], [], [], 0, 0
    for batch in made:
        copy = [str(one) for one in batch]
        batches.append(batch)
        copies.append(copy)
        sizes.append(len(copy))
        given += len(copy)
        ahead = max(ahead, read[0] - given)
        if len(batches) >= most or len(batches) > n + 2:
            break
    kept = all([str(one) for one in b] == c for b, c in zip(batches, copies))
    flat = [one for copy in copies for one in copy]
    ordered = flat == [str(item(kind, k)) for k in range(len(flat))]
    return np.array([float(before), ahead, kept, ordered] + sizes, dtype=float)
"""


def lazy_batches(id: str, *, points: float, evidence: str, asks: str) -> Check:
    """A rubric line: new lists of `batch_size` items, taken one batch at a time (`ITERATE`)."""

    def judge(answers: Answers, asked: Cases) -> Finding:
        return compare.judged([_batch_problem(a, c) for a, c in zip(answers, asked, strict=True)])

    return Check(id, points, asks, (evidence, f"{evidence}_cases"), judge)


def _batch_problem(answer: Items | Refusal, case: Mapping[str, Any]) -> Said | None:
    found = compare.one(answer)
    if isinstance(found, Refusal):
        return found.why
    if found.ndim != 1 or found.size < 4 or not np.isfinite(found).all():
        return said("batches-not-read")
    n, size, most = (int(case[name]) for name in ("n", "batch_size", "most"))
    expected = [min(size, n - start) for start in range(0, n, size)][:most]
    before, ahead, kept, ordered, *sizes = found.tolist()
    if sizes != expected:
        if [s for s in sizes if s] == expected:
            return said("an-empty-batch")
        return said("other-batch-lengths")
    if not ordered:
        return said("other-items-than-the-source")
    if not kept:
        return said("batches-change-afterwards")
    if before > size or ahead > size:
        return said("reads-far-ahead")
    return None


# --- batches of a pipeline -----------------------------------------------------------------------

# `prepare` is a made-up one, so that the pipeline is judged without the student's own.
PIPELINE = f"""
import numpy as np

{ENCODE}

def ask(function, images, labels, batch_size, training, side):
    def prepare(raw):
        picture = tf.image.resize(tf.io.decode_jpeg(raw, channels=3), (side, side))
        return picture / 255.0 * 1.6 - 0.8

    files = [encoded(image) for image in images]
    data = function(files, labels, prepare, batch_size, bool(training))
    sizes, orders, colours, shape = [], [], [], [0, 0, 0]
    for _ in range(2):
        order, colour, size = [], [], []
        for x, y in data:
            x, y = np.asarray(x), np.ravel(np.asarray(y))
            shape = list(x.shape[1:])[:3]
            size.append(len(x))
            order += y.astype(float).tolist()
            colour += np.asarray(x, dtype=float).mean(axis=(1, 2)).tolist()
            if len(order) > 3 * len(labels):
                break
        sizes.append(size)
        orders.append(order)
        colours.append(colour)
    return tuple(
        np.array(part, dtype=float)
        for part in (sizes[0], orders[0], orders[1], colours[0], shape)
    )
"""
PARTS = 5
MATCHING = 0.9  # of the pictures must have the colour of their label, whatever was changed


def pipeline(id: str, *, points: float, evidence: str, asks: str) -> Check:
    """A rubric line: a data set that gives every picture once with its label, shuffled to train."""

    def judge(answers: Answers, cases: Cases, changed: tuple[str, ...]) -> Finding:
        pairs = zip(answers, cases, strict=True)
        return compare.judged([_pipeline_problem(a, c) for a, c in pairs], changed)

    needs = (evidence, f"{evidence}_cases", f"{evidence}_changed")
    return Check(id, points, asks, needs, judge)


def _pipeline_problem(answer: Items | Refusal, case: Mapping[str, Any]) -> Said | None:
    if isinstance(answer, Refusal):
        return answer.why
    parts = [item for item in answer if isinstance(item, np.ndarray)]
    if len(parts) != PARTS or len(answer) != PARTS:
        return said("no-batches-of-pictures-and-labels")
    sizes, first, second, colours, shape = parts
    labels = np.asarray(case["labels"])
    n, size, side = len(labels), int(case["batch_size"]), float(case["side"])
    if shape.tolist() != [side, side, 3.0]:
        return said("shape-not-of-prepare")
    if not np.array_equal(np.sort(first.ravel()), np.sort(labels)):
        return said("labels-not-once")
    if sizes.tolist() != [min(size, n - start) for start in range(0, n, size)]:
        return said("other-batch-lengths")
    if colours.shape != (n, 3) or not np.isfinite(colours).all():
        return said("pictures-not-numbers")
    return _order_problem(first, second, colours, np.asarray(case["images"]), labels,
                          bool(case["training"]))  # fmt: skip


def _order_problem(
    first: Array, second: Array, colours: Array, images: Array, labels: Array, training: bool
) -> Said | None:
    """Which picture comes with which label, and in which order."""
    means = images.mean((1, 2)) / 255 * 1.6 - 0.8
    place = np.argsort(labels)[np.searchsorted(np.sort(labels), first)]
    far = np.sqrt(((np.clip(colours, -9, 9)[:, None] - means[None]) ** 2).sum(-1))
    own = far[np.arange(len(place)), place]
    if np.mean(own <= far.min(axis=1) + CLOSE) < MATCHING:
        return said("labels-of-other-pictures")
    if training:
        if np.array_equal(first, second):
            return said("same-order-twice")
        moved = np.abs(place - np.arange(len(place))).mean()
        # Of a full shuffle a third of the whole length, on average.
        return None if moved >= len(place) / 6 else said("shuffles-a-few-at-a-time")
    if not np.array_equal(first, labels) or not np.array_equal(second, labels):
        return said("order-not-the-given")
    if np.abs(colours - means[place]).max() > CLOSE * 2:
        return said("pictures-not-of-prepare")
    return None
