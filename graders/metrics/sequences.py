"""How well letters are predicted, and how good a list of invented names is. numpy and scipy only.

Losses are in nats. Names are texts; their start and their end count as a character each where
pairs are counted. All intervals are of 95%.

    measure     better  unit                source
    per_letter  lower   nats a letter       cross-entropy (Shannon, Prediction and Entropy of
                                            Printed English, 1951); its error: the linearised one of
                                            a ratio (Cochran, Sampling Techniques, 1977, 6.4)
    adjusted    lower   nats a letter       the same with a control variate (Hammersley and
                                            Handscomb, Monte Carlo Methods, 1964, 5.5)
    gained      higher  nats a letter       the same, of paired differences
    unlikeness  lower   bits, 0..1          Jensen-Shannon divergence (Lin, IEEE Trans. Information
                                            Theory 37, 1991) of the shares of pairs of characters
    lengths     lower   letters             Wasserstein-1 distance of the two distributions
    unlike_real lower   1 is that of real   unlikeness, in units of what as many real names have
    novelty     higher  share of names      distinct, and none of the training names
    surprise    0       standard errors     how far texts are from what a model says that it draws:
                                            a martingale, so a z score whatever the texts' lengths
    drawn_by    yes or no                   Pearson's chi-squared test of counts
"""

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from scipy import stats

from graders.core.types import Array
from graders.metrics import tolerance
from graders.metrics.samples import Estimate

_Z = NormalDist().inv_cdf(0.975)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
_EDGE = 0  # start and end of a name
_SYMBOLS = 1 + len(LETTERS)


def per_letter(losses: Array, weights: Array) -> Estimate:
    """Mean loss of a letter, from losses [n] that stand for `weights` [n] letters each.

    Args:
        losses: finite, nats; n at least 1.
        weights: positive.
    """
    total = float(weights.sum())
    mean = float((weights * losses).sum()) / total
    n = len(losses)
    if n < 2:
        return Estimate(mean, -math.inf, math.inf, n)
    away = weights * (losses - mean)
    half = _Z * math.sqrt(n / (n - 1) * float((away**2).sum())) / total
    return Estimate(mean, mean - half, mean + half, n)


def adjusted(losses: Array, weights: Array, by: Array, known: float) -> Estimate:
    """The same, freed of the luck of which letters were drawn (a control variate).

    Letters that are hard for one model are hard for another. What another model's mean over the
    drawn letters differs from its mean over all letters, which is known, is luck.

    Args:
        losses, weights: as for per_letter.
        by: the other model's losses of the same letters [n].
        known: its mean loss over all letters.
    """
    found = per_letter(losses - by, weights)
    return Estimate(found.value + known, found.low + known, found.high + known, found.n)


def gained(worse: Array, better: Array, weights: Array) -> Estimate:
    """By how much one of two losses [n] of the same letters is larger; see per_letter."""
    return per_letter(worse - better, weights)


def well_formed(name: str, longest: int) -> bool:
    """Whether a text is made of 1 to `longest` small letters a to z, and nothing else."""
    return 1 <= len(name) <= longest and all(c in LETTERS for c in name)


def pairs(names: Sequence[str]) -> Array:
    """Shares [27, 27] of each pair of neighbouring characters; place 0 is start and end.

    Args:
        names: well-formed ones, at least one.
    """
    edge = chr(ord("a") - 1)
    text = edge + edge.join(names) + edge
    codes = np.frombuffer(text.encode("ascii"), np.uint8).astype(np.int64) - ord(edge)
    counts = np.bincount(_SYMBOLS * codes[:-1] + codes[1:], minlength=_SYMBOLS**2)
    return np.asarray(counts.reshape(_SYMBOLS, _SYMBOLS) / counts.sum())


def divergence(p: Array, q: Array) -> float:
    """Jensen-Shannon divergence in bits of two distributions of one shape: 0 equal, 1 apart."""
    middle = (p + q) / 2
    return (_entropy(middle) - (_entropy(p) + _entropy(q)) / 2) / math.log(2)


def _entropy(p: Array) -> float:
    there = p[p > 0]
    return float(-(there * np.log(there)).sum())


def unlikeness(names: Sequence[str], real: Sequence[str]) -> float:
    """Divergence in bits of the pairs of characters in two lists of well-formed names."""
    return max(0.0, divergence(pairs(names), pairs(real)))


def unlike_real(names: Sequence[str], real: Sequence[str], others: Sequence[str]) -> float:
    """Unlikeness of names to real ones, by that of as many other real names.

    A short list is never quite like a long one: the other real names say how much of that is
    their number. 1 is as good as real names are, larger is worse.

    Args:
        names, real: well-formed, at least one each.
        others: real names that are not among `real`, at least as many as `names`.
    """
    usual = unlikeness(others[: len(names)], real)
    return unlikeness(names, real) / max(usual, 1e-9)


def lengths(names: Sequence[str], real: Sequence[str]) -> float:
    """How far apart the lengths of two lists of names are, in letters (0: equally distributed)."""
    longest = max(map(len, (*names, *real)))
    found = [
        np.cumsum(np.bincount([len(name) for name in some], minlength=longest + 1)) / len(some)
        for some in (names, real)
    ]
    return float(np.abs(found[0] - found[1]).sum())


def distinct(names: Sequence[str]) -> Estimate:
    """Share of a list that is left when every name counts once, with Wilson's interval."""
    share = len(set(names)) / len(names)
    return Estimate(share, *tolerance.wilson(share, len(names)), len(names))


def novelty(names: Sequence[str], training: Sequence[str], longest: int) -> Estimate:
    """Share of a list that are well-formed names, no training names, and come for the first time.

    Args:
        names: any texts, at least one.
        training: what they must not be copies of.
        longest: letters of a well-formed one.
    """
    new = {name for name in names if well_formed(name, longest)}.difference(training)
    share = len(new) / len(names)
    return Estimate(share, *tolerance.wilson(share, len(names)), len(names))


def surprise(losses: Array, entropies: Array, variances: Array) -> float:
    """How far texts are from what the model that rates them would draw, in standard errors.

    Along a text that is drawn letter by letter, -log p of a letter less the entropy at its place
    is a martingale difference, and the variance of -log p at its place is its own. Positive:
    texts that the model finds unlikely. Negative: texts that keep to what it finds likely.

    Args:
        losses, entropies, variances: sums over each text [n].
    """
    away, spread = float((losses - entropies).sum()), float(variances.sum())
    return away / math.sqrt(max(spread, 1e-12))


def by_letters(names: Sequence[str], count: int, longest: int) -> list[str]:
    """Names of somebody who knows only how often each letter, and the end, comes: 1 is the seed.

    Args:
        names: that are counted; well-formed.
        count: how many are made.
        longest: letters at the most.
    """
    shares = pairs(names).sum(axis=0)
    chance = np.random.default_rng(1)
    drawn = chance.choice(_SYMBOLS, size=(count, longest), p=shares / shares.sum())
    letters = np.where(np.arange(_SYMBOLS) == _EDGE, 0, shares)  # no name is empty
    drawn[:, 0] = chance.choice(_SYMBOLS, size=count, p=letters / letters.sum())
    texts = ("".join(" " if k == _EDGE else LETTERS[k - 1] for k in row) for row in drawn)
    return [text.split(" ", 1)[0] for text in texts]


_RARE = 1e-6  # chance of counts as far from what is due, by chance
_FEW = 5  # expected counts below it are taken together


def drawn_by(counts: Array, shares: Array) -> bool:
    """Whether counts [k] may be those of draws with these shares [k]: Pearson's chi-squared test
    (Philosophical Magazine 50, 1900) at one in a million; outcomes that are seldom due are taken
    together.

    Args:
        shares: not negative; of any sum above 0.
    """
    due = counts.sum() * shares / shares.sum()
    often = due >= _FEW
    pairs = [(float(o), float(d)) for o, d in zip(counts[often], due[often], strict=True)]
    rest = float(counts[~often].sum()), float(due[~often].sum())
    away = sum((o - d) ** 2 / d for o, d in (*pairs, (rest[0], max(rest[1], 1.0))))
    return bool(stats.chi2.sf(away, len(pairs)) >= _RARE)
