"""Autoencoders of faces: an encoder in one sandbox, its decoder in another, judged on the host.

Nothing but the codes gets from one to the other, rounded by us: an encoder cannot smuggle pixels
to its decoder by a file, by a variable, or in the last digits of few numbers. Both models are
Keras' own layers in a file; there is no other way, since in the student's own kernel both would
share a memory.
"""

from collections.abc import Sequence

import numpy as np

from graders.checks import compare, observe
from graders.checks.predictions import curve
from graders.core.figures import Pictures, Words
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Finding, Refusal, Truths
from graders.metrics import images

HELD_OUT, SHOWN = 0, 1  # cases: no report may show the first; the student has the second as well

PREPARED = 'images.astype("float32") / 255 - 0.5'

ENCODE = f"""
{observe.LOAD}

def observe(file, images):
    return load(file).predict({PREPARED}, batch_size=250, verbose=0)
"""

# The largest float16 is 65,504: beyond, a code of moderate precision would become infinite.
_ROUND = f"""
{observe.LOAD}

import numpy as np


def rounded(codes, bits):
    whole = np.clip(np.nan_to_num(codes), -6e4, 6e4)
    return whole.astype(f"float{{bits}}").astype("float32")
"""

DECODE = f"""
{_ROUND}

def observe(file, codes, bits):
    return load(file).predict(rounded(codes, bits), batch_size=250, verbose=0)
"""

WALK = f'''
{_ROUND}

def observe(file, codes, bits, pairs, steps):
    """Pictures [pairs, steps, ...] on the way between pairs of codes."""
    ends = rounded(codes, bits)[: 2 * pairs]
    start, end = ends[0::2, None], ends[1::2, None]
    way = start + (end - start) * np.linspace(0, 1, steps, dtype="float32")[:, None]
    drawn = load(file).predict(way.reshape(-1, way.shape[-1]), batch_size=250, verbose=0)
    return drawn.reshape(len(start), steps, *drawn.shape[1:])
'''

# An epoch's loss is a mean over batches of unequal size, and our codes are rounded.
SAME_LOSS = 0.05

# Some morphs hardly move since two faces look alike; one that covers less than a tenth of the way
# between two faces does not lead from the one to the other.
MOVES = 0.1
JUMP = 0.5  # of the whole way in one step is a jump
OUTSIDE_MOST = 0.01  # mean excess over the range, in pixel units: two or three grey levels
OUTSIDE_COUNTS = 0.5


# --- answers read --------------------------------------------------------------------------------


def prepared(bytes_: Array) -> Array:
    """Pictures as models are given them: float64 within [-0.5, 0.5]."""
    return np.asarray(bytes_, dtype=np.float64) / 255 - 0.5


def pictures(answers: Answers, case: int, shape: tuple[int, ...]) -> Array | Refusal:
    """Finite pictures of one case of exactly this shape, or why there are none."""
    if case >= len(answers):
        return Refusal(said("there-are-none"))
    found = compare.one(answers[case])
    if isinstance(found, Refusal):
        return found
    if found.shape != shape:
        return Refusal(said("drawn-faces-of-another-shape"))
    if not np.isfinite(found).all():
        return Refusal(said("drawn-faces-not-finite"))
    # Squares of larger ones would overflow; they are as wrong as any.
    return np.clip(found.astype(np.float64), -1e6, 1e6)


def codes_of(answers: Answers, truth: Truths, cases: Cases, case: int) -> Array | Refusal:
    """Finite codes [n, code_size] of one case, or why there are none."""
    found = compare.one(answers[case]) if case < len(answers) else Refusal(said("no-codes"))
    if isinstance(found, Refusal):
        return found
    size = int(truth[case]["code_size"])
    if found.shape != (len(np.asarray(cases[case]["images"])), size):
        return Refusal(said("codes-of-another-size"))
    if not np.isfinite(found).all():
        return Refusal(said("codes-not-finite"))
    return np.clip(found.astype(np.float64), -6e4, 6e4)


def error(
    redrawn: Answers, codes: Answers, cases: Cases, truth: Truths, case: int
) -> float | Refusal:
    """Mean squared error of one case's faces as they are drawn again from their codes."""
    whole = codes_of(codes, truth, cases, case)
    if isinstance(whole, Refusal):
        return whole
    faces = prepared(np.asarray(cases[case]["images"]))
    found = pictures(redrawn, case, faces.shape)
    return found if isinstance(found, Refusal) else images.mse(found, faces).value


def cleaned_error(answers: Answers, cases: Cases, case: int, count: int) -> float | Refusal:
    """Mean squared error of the first `count` faces, of which `answers` holds cleaned ones."""
    clean = prepared(np.asarray(cases[case]["images"])[:count])
    found = pictures(answers, case, clean.shape)
    return found if isinstance(found, Refusal) else images.mse(found, clean).value


def cleaned_by_pca(noisy: Cases, clean: Cases, truth: Truths) -> float:
    """What principal components leave of held-out faces with noise.

    They are those of the held-out faces themselves: PCA that was fitted elsewhere does no better.

    Args:
        noisy: the held-out case's first faces, with noise.
        clean: all faces of that case.
        truth: how many components, as many as a code has numbers.

    Returns:
        The mean squared error against the same faces without noise.
    """
    faces = prepared(np.asarray(clean[HELD_OUT]["images"]))
    known = faces.reshape(len(faces), -1)
    middle = known.mean(axis=0)
    components = np.linalg.svd(known - middle, full_matrices=False)[2]
    components = components[: int(truth[HELD_OUT]["code_size"])]
    spoilt = prepared(np.asarray(noisy[HELD_OUT]["images"]))
    away = spoilt.reshape(len(spoilt), -1) - middle
    redrawn = middle + away @ components.T @ components
    right = faces[: len(spoilt)]
    return images.mse(redrawn.reshape(right.shape), right).value


# --- claims --------------------------------------------------------------------------------------


def claimed_end(claimed: Answers, measured: float | Refusal) -> Finding:
    """Whether the last, or the lowest, validation loss is the one that we measure."""
    values = curve(claimed)
    if isinstance(values, Refusal):
        return Finding(0.0, said("titled", title=said("validation-loss"), why=values.why))
    if isinstance(measured, Refusal):
        return Finding(0.0, said("not-comparable-with-models", why=measured.why))
    ends = (float(values[-1]), float(np.min(values)))
    agrees = any(abs(end - measured) <= SAME_LOSS * measured for end in ends)
    return Finding(
        float(agrees),
        said("named-loss-agrees" if agrees else "named-loss-differs"),
        {"last": ends[0], "lowest": ends[1], "measured": measured},
    )


def losses_found(
    redrawn_if_any: Answers, codes_if_any: Answers, codes_cases: Cases, codes_truth: Truths
) -> list[tuple[float, float]]:
    """The error on the validation faces, which is exact, or nothing if there is none."""
    if not redrawn_if_any or not codes_if_any:
        return []
    measured = error(redrawn_if_any, codes_if_any, codes_cases, codes_truth, SHOWN)
    return [] if isinstance(measured, Refusal) else [(measured, 0.0)]


# --- walks ---------------------------------------------------------------------------------------


def walked(answers: Answers, cases: Cases, case: int) -> tuple[float, tuple[Said, ...]] | Refusal:
    """Share of the walks between pairs of faces that lead there without a jump, and what is said
    of them."""
    faces = prepared(np.asarray(cases[case]["images"]))
    found = compare.one(answers[case]) if case < len(answers) else Refusal(said("no-morphs"))
    if isinstance(found, Refusal):
        return found
    if found.ndim != 5 or found.shape[2:] != faces.shape[1:] or found.shape[1] < 2:
        return Refusal(said("morphs-of-another-shape"))
    if not 0 < 2 * len(found) <= len(faces):
        return Refusal(said("no-morphs"))
    if not np.isfinite(found).all():
        return Refusal(said("morphs-not-finite"))
    strips = np.clip(found.astype(np.float64), -1e6, 1e6)
    share = float(
        np.mean([_leads(s, faces[2 * k], faces[2 * k + 1]) for k, s in enumerate(strips)])
    )
    even = float(np.mean([images.evenness(s) for s in strips]))
    outside = images.outside(strips)
    if outside > OUTSIDE_MOST:
        leave = said("morphs-leave-the-range", outside=outside, counts=OUTSIDE_COUNTS)
        return share * OUTSIDE_COUNTS, (said("mean-step", even=even), leave)
    if not share:
        return share, (said("morphs-stand-or-jump", share=share),)
    return share, (said("mean-step", even=even),)


def _leads(strip: Array, first: Array, last: Array) -> bool:
    gone = images.lengths(strip[[0, -1]])[0]
    away = images.lengths(np.stack([first, last]))[0]
    return bool(gone > MOVES * away) and not jumps(strip)


def jumps(strip: Array) -> bool:
    """Whether one step of a walk [steps, h, w, c] makes half of the way, or more."""
    steps = images.lengths(strip)
    return bool(steps.max() >= JUMP * steps.sum())


def one_jump(answers: Answers) -> float:
    """The share that leads without a jump, of walks that change in one step only."""
    found = compare.one(answers[HELD_OUT])
    steps = 2 if isinstance(found, Refusal) else found.shape[1]
    strip = np.zeros((steps, 1, 1, 1))
    strip[steps // 2 :] = 1
    return float(not jumps(strip))


# --- pictures for reports ------------------------------------------------------------------------


def pixels(picture: Array) -> Array:
    """One picture within [-0.5, 0.5] as bytes."""
    return np.asarray((255 * np.clip(picture + 0.5, 0, 1)).round().astype(np.uint8))


def rows(
    title: Words, strips: list[Array], names: Sequence[Words], note: Words
) -> tuple[Pictures, ...]:
    """Rows of pictures of equal number, each row named at its first; () if there are none."""
    if not strips or not len(strips[0]):
        return ()
    columns = len(strips[0])
    drawn = tuple(pixels(picture) for strip in strips for picture in strip)
    captions: tuple[Words, ...] = tuple(
        names[k] if k < len(names) and not at else ""
        for k in range(len(strips))
        for at in range(columns)
    )
    return (Pictures(title, drawn, captions, note, columns),)
