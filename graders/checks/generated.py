"""Generated faces on the host: how like real ones they are, how varied, how new; what is drawn.

Everything is measured on pictures that codes of ours drew from the student's generator. The faces
they are compared with come with the course's data: case HELD_OUT of the set `faces` is secret, and
its truth holds the training faces; case SHOWN is the validation data, which students have as well.
"""

import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from graders.checks import compare
from graders.core.figures import Figure, Learning, Pictures
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Refusal, Truths
from graders.metrics import curves, samples

HELD_OUT, SHOWN = 0, 1  # cases of `faces`, and of the codes
SIDE = 32
LINEAR = 8  # numbers of the linear generator that earns nothing
FITTED = 1000  # faces that it is fitted to
CHANCE = 0.5  # the AUC of a guess
FEWEST = 20  # losses that show a course
SMOOTHED = 0.3  # how far a smoothed target may lie from 1 or 0
# By how much (of its logarithm) a mean over the last steps, with batch statistics and training
# faces, may differ from what the networks at rest reach on others.
UNLIKE = 0.1
WOBBLE = 0.25  # the most that is granted besides: anybody can type in a curve of all losses
_ROW = 8  # pictures in a row of a figure


@dataclass(frozen=True, slots=True)
class Faces:
    """Real faces, made ready to compare others with.

    Args:
        images: the training faces [n, 32, 32, 3] in 0..1.
        given: those and the shown ones [g, 32, 32, 3]: all that a notebook could copy.
        raw: their features [n, d].
        held_out: standardised features of the secret ones [m, d].
        prints: fingerprints of the given faces, then those of their mirror images [2 g, k].
        nearness: of the secret ones to those [m].
    """

    images: Array
    given: Array
    raw: Array
    held_out: Array
    prints: Array
    nearness: Array

    def features(self, pictures: Array) -> Array:
        """Standardised features [k, d] of pictures [k, 32, 32, 3] in 0..1."""
        return samples.standardised(_features_of(_Bytes(pictures)), self.raw)


class _Bytes:
    """Arrays that are one and the same if their bytes are: what is known of them is kept."""

    def __init__(self, *arrays: Array) -> None:
        self.arrays = arrays
        whole = b"".join(hashlib.blake2b(a.tobytes()).digest() for a in arrays)
        self._key = (whole, tuple(a.shape for a in arrays))

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bytes) and self._key == other._key


@lru_cache(maxsize=4)  # several checks ask about the same pictures
def _features_of(pictures: _Bytes) -> Array:
    return samples.features(pictures.arrays[0])


@lru_cache(maxsize=2)  # seconds to make, and the same for everybody
def _faces_of(data: _Bytes) -> Faces:
    others, images, shown = (faces / np.float32(255) for faces in data.arrays)
    raw = samples.features(images)
    given = np.concatenate([images, shown])
    prints = samples.prints(given)
    prints = np.concatenate([prints, samples.mirrored(prints)])
    nearness, _ = samples.nearness(samples.prints(others), prints)
    held_out = samples.standardised(samples.features(others), raw)
    return Faces(images, given, raw, held_out, prints, nearness)


def real(cases: Cases, truth: Truths) -> Faces:
    """The faces of a course's data.

    Args:
        cases, truth: of the set `faces`.
    """
    secret = np.asarray(cases[HELD_OUT]["images"])
    training = np.asarray(truth[HELD_OUT]["training"])
    return _faces_of(_Bytes(secret, training, np.asarray(cases[SHOWN]["images"])))


def count(cases: Cases, argument: str) -> int:
    """How many rows the secret case of a set has."""
    return len(np.asarray(cases[HELD_OUT][argument]))


def pictures(answers: Answers, case: int = HELD_OUT) -> Array | Refusal:
    """What a generator drew, in 0..1 [n, 32, 32, 3], or why there is nothing to look at.

    Numbers outside [-0.5, 0.5] are cut off: the task of the generator charges them.
    """
    if case >= len(answers):
        return Refusal(said("no-pictures"))
    found = compare.one(answers[case])
    if isinstance(found, Refusal):
        return found
    if found.ndim != 4 or found.shape[1:] != (SIDE, SIDE, 3) or len(found) <= samples.NEXT:
        return Refusal(said("drawn-are-no-pictures"))
    if not np.isfinite(found).all():
        return Refusal(said("drawn-not-finite"))
    return np.asarray(np.clip(found.astype(np.float64), -0.5, 0.5) + 0.5)


# --- measures ------------------------------------------------------------------------------------


def distance(answers: Answers, faces: Faces) -> samples.Estimate | Refusal:
    """The kernel distance to the secret faces: the root of the KID, 0 where that is negative."""
    drawn = pictures(answers)
    return drawn if isinstance(drawn, Refusal) else rooted(drawn, faces)


def rooted(drawn: Array, faces: Faces) -> samples.Estimate:
    """The same of pictures [n, 32, 32, 3] in 0..1."""
    found = samples.kid(faces.held_out, faces.features(drawn))
    value, low, high = (math.sqrt(max(0.0, x)) for x in (found.value, found.low, found.high))
    return samples.Estimate(value, low, high, found.n)


def linear_distance(faces: Faces) -> float:
    """The distance that a linear generator reaches."""
    return rooted(samples.linear(faces.images[:FITTED], FITTED, LINEAR), faces).value


def coverage(answers: Answers, faces: Faces) -> samples.Estimate | Refusal:
    """The share of secret faces that have a generated one near, by what is where in a picture."""
    drawn = pictures(answers)
    return drawn if isinstance(drawn, Refusal) else covered(drawn, faces)


def covered(drawn: Array, faces: Faces) -> samples.Estimate:
    """The same of pictures [n, 32, 32, 3] in 0..1."""
    found = samples.coarse(faces.features(drawn))
    return samples.coverage(samples.coarse(faces.held_out), found)


def log_share(found: samples.Estimate) -> float:
    """The logarithm of a share; of none, that of half a case."""
    return math.log(max(found.value, 0.5 / found.n))


def coverage_of_one(faces: Faces) -> samples.Estimate:
    """The coverage of a single picture: the mean face, over and over."""
    mean = np.repeat(faces.images.mean(axis=0, keepdims=True), samples.NEIGHBOURS, axis=0)
    return covered(mean, faces)


def novelty(answers: Answers, faces: Faces) -> float | Refusal:
    """The share of pictures in 0..1 that copy no face of the notebook's data."""
    drawn = pictures(answers)
    if isinstance(drawn, Refusal):
        return drawn
    return _new(samples.prints(drawn), faces)


def novelty_of_copies(faces: Faces) -> float:
    """The same of training faces, handed in as they are."""
    return _new(faces.prints[:FITTED], faces)


def _new(prints: Array, faces: Faces) -> float:
    """All but those that are copies for sure: more of them than real faces show by chance."""
    ratios, _ = samples.nearness(prints, faces.prints)
    return 1.0 - max(0.0, samples.copied(ratios, faces.nearness).low - samples.RARE)


def told(answers: Answers, faces: Faces) -> tuple[Said, ...]:
    """Density and twins: neither is paid for."""
    drawn = pictures(answers)
    if isinstance(drawn, Refusal):
        return ()
    found = faces.features(drawn)
    dense = samples.density(faces.held_out, found)
    same = samples.twins(found, faces.held_out)
    return (
        said("density-of-faces", value=dense.value, low=dense.low, high=dense.high),
        said("have-twins", share=same),
    )


# --- the discriminator ---------------------------------------------------------------------------

KINDS = ("real", "own", "noise", "mixed", "patched")  # rows of what the sandbox found


def scores(answers: Answers) -> dict[str, Array] | Refusal:
    """Logits by kind of picture [m] each, or why there are none."""
    if not answers:
        return Refusal(said("no-logits"))
    found = compare.one(answers[HELD_OUT])
    if isinstance(found, Refusal):
        return found
    if found.ndim != 2 or len(found) != len(KINDS) or found.shape[1] < 2:
        return Refusal(said("other-number-of-logits"))
    if not np.isfinite(found).all():
        return Refusal(said("logits-not-finite"))
    return dict(zip(KINDS, found.astype(np.float64), strict=True))


def above_chance(found: dict[str, Array], kind: str) -> tuple[bool, samples.Estimate]:
    """Whether real faces get more than a kind of others, more often than guessing would show."""
    estimate = samples.auc(found["real"], found[kind])
    return estimate.low > CHANCE, estimate


# --- losses --------------------------------------------------------------------------------------


_MISSING = Refusal(said("losses-missing"))


def losses(claimed: Answers, other: Answers) -> Array | Refusal:
    """The discriminator's claimed losses [steps], if both curves are what a training can leave."""
    found = []
    for name, answers in (("discriminator", claimed), ("generator", other)):
        flat = _losses(name, answers)
        if isinstance(flat, Refusal):
            return Refusal(said("losses-of", who=name, why=flat.why))
        found.append(flat)
    one, two = found
    if one.size != two.size:
        return Refusal(said("not-as-many-losses", discriminator=one.size, generator=two.size))
    return one


def _losses(name: str, answers: Answers) -> Array | Refusal:
    """The claimed losses of one network [steps], if they are what a training can leave."""
    curve = compare.one(answers[0]) if answers else _MISSING
    if isinstance(curve, Refusal):
        return curve
    flat = np.ravel(curve).astype(np.float64)
    if not FEWEST <= flat.size <= curves.LONGEST:
        return Refusal(said("losses-at-least", fewest=FEWEST))
    if not np.isfinite(flat).all():
        return Refusal(said("losses-must-be-finite"))
    # The minimax loss of a generator is negative: a mistake that is charged at the loss.
    if name == "discriminator" and (flat < 0).any():
        return Refusal(said("losses-negative", lowest=flat.min()))
    if np.ptp(flat) == 0 or curves.ruled(flat):
        return Refusal(said("losses-too-regular"))
    return flat


def gap(claimed: Array, by_kind: dict[str, Array], *, exchanged: bool = False) -> float:
    """|log| of how far the end of the claimed losses lies from what both networks really reach.

    With smoothed targets, and means that are averaged, a range of losses is right; 0 within it and
    close to it.

    Args:
        claimed: [steps], finite, not negative.
        by_kind: logits of ours.
        exchanged: measure with real and generated ones exchanged, as by a discriminator that
            takes each for the other.
    """
    real_, fake = (np.clip(by_kind[k], -1e6, 1e6) for k in ("real", "own"))
    if exchanged:
        real_, fake = fake, real_
    plain = float(np.logaddexp(0, -real_).mean() + np.logaddexp(0, fake).mean())
    smooth = SMOOTHED * np.array([float(real_.mean()), -float(fake.mean())])
    ends = np.array([plain + a + b for a in (0.0, smooth[0]) for b in (0.0, smooth[1])])
    end = math.log(max(float(np.mean(claimed[-max(1, claimed.size // 10) :])), 1e-12))
    low, high = (math.log(max(float(x), 1e-12)) for x in (ends.min(), ends.max()))
    away = [max(low + c - end, end - high - c) for c in (0.0, math.log(0.5))]
    return max(0.0, min(away) - UNLIKE)


def wobble(claimed: Array) -> float:
    """|log| of how far the loss of one step may lie from the mean of the last: two deviations.

    Args:
        claimed: [steps], finite, not negative.
    """
    last = np.log(np.maximum(claimed[-max(1, claimed.size // 10) :], 1e-12))
    return min(2 * float(last.std()), WOBBLE)


# --- figures -------------------------------------------------------------------------------------


def drawn(answers: Answers, cases: Cases, faces: Faces) -> tuple[Figure, ...]:
    """Faces that shown codes drew, similar given faces, and real ones; () if there are none."""
    shown = pictures(answers, SHOWN)
    if isinstance(shown, Refusal):
        return ()
    _, nearest = samples.nearness(samples.prints(shown[:_ROW]), faces.prints)
    beside = faces.given[nearest % len(faces.given)]
    flipped = nearest >= len(faces.given)
    beside = np.where(flipped[:, None, None, None], beside[:, :, ::-1], beside)
    known = np.asarray(cases[SHOWN]["images"])[:_ROW]
    return (
        Pictures(
            said("faces-of-your-generator"),
            _pixels(shown),
            (),
            note=said("look-at-your-faces"),
            columns=_ROW,
        ),
        Pictures(
            said("faces-and-most-similar"),
            (*_pixels(shown[:_ROW]), *_pixels(beside)),
            (),
            note=said("look-for-copies"),
            columns=_ROW,
        ),
        Pictures(
            said("real-faces"),
            tuple(image.astype(np.uint8) for image in known),
            (),
            note=said("look-at-real-faces"),
            columns=_ROW,
        ),
    )


def _pixels(images: Array) -> tuple[Array, ...]:
    return tuple((255 * image).round().astype(np.uint8) for image in images)


def learning(discriminator: Answers, generator: Answers) -> tuple[Figure, ...]:
    """Both claimed curves, where they are curves."""
    figures = []
    for name, answers in (("discriminator", discriminator), ("generator", generator)):
        curve = compare.one(answers[0]) if answers else _MISSING
        if isinstance(curve, Refusal) or not FEWEST <= curve.size <= curves.LONGEST:
            continue
        flat = np.ravel(curve).astype(np.float64)
        if np.isfinite(flat).all() and np.abs(flat).max() < 1e9:
            none = np.empty(0)
            title = said("named-loss-of", who=name)
            figures.append(Learning(title, flat, none, none, "cross-entropy (nats)", log=False))
    return tuple(figures)
