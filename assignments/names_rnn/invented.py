"""Names of no language: for the mini tier of names_rnn, drawn by rules that reach across a name.

What the last letter alone says about the next one is little; what stands further back says more:

- harmony: all vowels of a name are dark (a, o, u) or all are bright (e, i, y);
- agreement: a name that begins with a voiced consonant ends in a vowel, any other in a consonant,
  and which one that is hangs on the harmony;
- stress: in a name of three syllables and more that begins with a vowel, the consonant of the last
  syllable but one is doubled.

Pairs of neighbouring letters know nothing of these three. No libraries but numpy.
"""

from collections.abc import Mapping

import numpy as np

LONGEST = 14  # letters of a name
VOICED = "bdglmnrvz"
# How often each begins a syllable, and a name ("" is none: it begins with its vowel).
CONSONANTS = {
    "b": 5, "d": 6, "g": 4, "l": 9, "m": 8, "n": 9, "r": 9, "v": 4, "z": 2,
    "f": 3, "h": 3, "k": 7, "p": 4, "s": 8, "t": 9,
}  # fmt: skip
CLUSTERS = {"br": 2, "dr": 1, "gr": 1, "kl": 1, "kr": 2, "pr": 1, "st": 3, "tr": 2, "sv": 1}
BEGINNINGS = {**CONSONANTS, **CLUSTERS, "": 16}
VOWELS = {"dark": {"a": 6, "o": 3, "u": 2}, "bright": {"e": 5, "i": 4, "y": 1}}
CLOSING = {"": 20, "l": 2, "n": 3, "r": 2, "s": 1}  # of a syllable within the name
LAST = {"dark": {"n": 4, "s": 3, "k": 1}, "bright": {"l": 3, "t": 3, "r": 1}}
SYLLABLES = {"2": 5, "3": 5, "4": 2}


def draw(rng: np.random.Generator, n: int) -> list[str]:
    """Draw `n` names, all different, of 2 to 14 small letters, in the order of drawing."""
    found: dict[str, None] = {}
    while len(found) < n:
        name = _name(rng)
        if len(name) <= LONGEST:
            found[name] = None
    return list(found)


def _name(rng: np.random.Generator) -> str:
    colour = "dark" if rng.random() < 0.5 else "bright"
    syllables = int(_one(rng, SYLLABLES))
    first = _one(rng, BEGINNINGS)
    letters = first + _one(rng, VOWELS[colour])
    for k in range(1, syllables):
        onset = _one(rng, CONSONANTS)
        if not first and syllables > 2 and k == syllables - 2:
            onset += onset
        elif len(onset) == 1:
            letters += _one(rng, CLOSING)
        letters += onset + _one(rng, VOWELS[colour])
    if first and first[0] in VOICED:
        return letters
    return letters + _one(rng, LAST[colour])


def _one(rng: np.random.Generator, weights: Mapping[str, int]) -> str:
    """One of the keys, by their weights."""
    sums = np.cumsum(list(weights.values()))
    return list(weights)[int(np.searchsorted(sums, rng.random() * sums[-1], side="right"))]
