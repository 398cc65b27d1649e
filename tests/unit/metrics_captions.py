"""The measures of captions beside textbook formulas, other programs, and what papers print.

`ROWS` is for `python -m benchmarks.metrics_table`: what the metric is, ours, the independent
computation's, the published or exact value, and where that is from. What pycocoevalcap 1.2 and
NLTK 3.10 say of `HYPOTHESES` was taken down by running them; neither is needed here.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from graders.metrics import captions

Row = tuple[str, float, float, float, str]
Words = list[str]

# --- examples that everybody is asked about -------------------------------------------------------

HYPOTHESES = [
    "a black dog runs on the beach",
    "a man in a red t-shirt is climbing a rock",
    "two children play",
    "a group of people are standing in front of a building",
]
REFERENCES = [
    ["A black dog is running along the beach .", "A dog runs on the sand .",
     "The black dog runs on the beach", "A dog near the ocean", "A black dog runs ."],
    ["A man climbs a rock wall .", "A man in a red T-shirt is climbing a steep rock .",
     "Someone is rock climbing .", "A climber in red scales a cliff",
     "The man 's hand is on the rock ."],
    ["Two children are playing in the grass .", "Two kids play with a ball .",
     "Two young children play outside .", "Kids on a lawn", "A boy and a girl play in the yard"],
    ["A group of people stand in front of a building .",
     "People are standing outside of a large building .", "A crowd waits before a building",
     "Several people in front of a brick building", "A group of people are waiting ."],
]  # fmt: skip

# pycocoevalcap: Bleu(4) with the closest length, Cider(), of lower-case words and of Stanford's
# tokens without punctuation.
COCO_BLEU = (0.9692332344, 0.9517681420, 0.9010933673, 0.8539840020)
COCO_CIDERS = (4.572601459874781, 2.3406175534114078, 1.2076922303966218, 3.1628482666858746)
COCO_CIDER = 2.8209398775921715
COCO_BLEU_STANFORD = (0.9682566771, 0.9501568255, 0.8971580331, 0.8472136540)
# NLTK: corpus_bleu with equal weights; its third method of smoothing for single captions.
NLTK_BLEU = (0.9692332344763441, 0.9517681420831563, 0.9010933674053534, 0.8436307674806341)
NLTK_SENTENCES = (1.0, 0.8574969146885869, 0.4260520663282873, 0.7691605673134587)

# Papineni et al. 2002, section 2: two candidates of one example, and seven articles.
GUIDE = (
    "It is a guide to action which ensures that the military always obeys the commands of the party"
)
TROOP = "It is to insure the troops forever hearing the activity guidebook that party direct"
PAPINENI = [
    "It is a guide to action that ensures that the military will forever heed Party commands",
    "It is the guiding principle which guarantees the military forces always being under the "
    "command of the Party",
    "It is the practical guide for the army always to heed the directions of the party",
]
ARTICLES, CATS = (
    "the the the the the the the",
    ["The cat is on the mat", "There is a cat on the mat"],
)
BOOK = "he read the book because he was interested in world history"
BOOKS = ["he was interested in world history because he read the book"]


# --- independent implementations: slow, after the papers' formulas -------------------------------


def split(text: str) -> Words:
    return re.findall(r"\w+", text.lower())


def stanford(text: str) -> Words:
    """As Stanford's tokens without punctuation, of captions that have spaces around it."""
    return [token for token in text.lower().split() if token not in {".", ",", "'", "-", "!"}]


def grams(words: Words, n: int) -> list[tuple[str, ...]]:
    return list(zip(*(words[k:] for k in range(n)), strict=False))


def precision(
    hypotheses: Sequence[Words], references: Sequence[Sequence[Words]], n: int
) -> tuple[int, int]:
    """Papineni's modified precision: clipped matches, and n-grams there are."""
    matched = total = 0
    for words, five in zip(hypotheses, references, strict=True):
        mine = grams(words, n)
        total += len(mine)
        for gram in set(mine):
            matched += min(mine.count(gram), max(grams(r, n).count(gram) for r in five))
    return matched, total


def bleu_by_loops(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    order: int = 4,
    tokens: Callable[[str], Words] = split,
    least: int = 0,
) -> float:
    """Textbook corpus BLEU; `least` n-grams are thought to be in every caption (NLTK: one)."""
    mine = [tokens(h) for h in hypotheses]
    theirs = [[tokens(r) for r in five] for five in references]
    product = Fraction(1)
    for n in range(1, order + 1):
        matched, total = precision(mine, theirs, n)
        total += sum(max(0, least - max(0, len(words) - n + 1)) for words in mine)
        product *= Fraction(matched, total)
    c = sum(map(len, mine))
    r = sum(
        min((abs(len(one) - len(words)), len(one)) for one in five)[1]
        for words, five in zip(mine, theirs, strict=True)
    )
    return math.exp(min(0.0, 1 - r / c)) * float(product) ** (1 / order)


def smoothed_by_loops(hypothesis: str, references: Sequence[str]) -> float:
    """One caption: orders that it has; each without a match counts half of the last such one."""
    words, five = split(hypothesis), [split(r) for r in references]
    logs, half = [], 1.0
    for n in range(1, min(4, len(words)) + 1):
        matched, total = precision([words], [five], n)
        half = half if matched else half / 2
        logs.append(math.log((matched or half) / total))
    r = min((abs(len(one) - len(words)), len(one)) for one in five)[1]
    return math.exp(min(0.0, 1 - r / len(words)) + sum(logs) / len(logs))


def ciders_by_vectors(
    hypotheses: Sequence[str], references: Sequence[Sequence[str]], sigma: float = 6.0
) -> list[float]:
    """CIDEr-D (section 3 and 5 of the paper) with dense vectors over all n-grams there are."""
    mine = [split(h) for h in hypotheses]
    theirs = [[split(r) for r in five] for five in references]
    found = np.zeros(len(mine))
    for n in range(1, 5):
        everything = {
            g for w in (*mine, *(r for five in theirs for r in five)) for g in grams(w, n)
        }
        place = {gram: k for k, gram in enumerate(sorted(everything))}
        have = np.zeros(len(place))
        for five in theirs:
            for gram in {g for r in five for g in grams(r, n)}:
                have[place[gram]] += 1
        idf = np.log(len(mine)) - np.log(np.maximum(have, 1))

        def vector(words: Words, n: int = n, place: dict = place, idf: np.ndarray = idf):
            counts = np.zeros(len(place))
            for gram, times in Counter(grams(words, n)).items():
                counts[place[gram]] = times
            return counts * idf

        for k, (words, five) in enumerate(zip(mine, theirs, strict=True)):
            a = vector(words)
            for r in five:
                b = vector(r)
                size = np.linalg.norm(a) * np.linalg.norm(b)
                if size:
                    short = np.exp(-((len(words) - len(r)) ** 2) / (2 * sigma**2))
                    found[k] += 10 / 4 * short * (np.minimum(a, b) @ b) / size / len(five)
    return [float(v) for v in found]


def chrf_by_loops(hypothesis: str, references: Sequence[str], beta: float = 2.0) -> float:
    """The best chrF of a caption with a reference: spaces do not count, nor orders it lacks."""
    best = 0.0
    mine = "".join(split(hypothesis))
    for reference in references:
        theirs, precisions, recalls = "".join(split(reference)), [], []
        for n in range(1, 7):
            a, b = (Counter(x[k : k + n] for k in range(len(x) - n + 1)) for x in (mine, theirs))
            if a and b:
                common = (a & b).total()
                precisions.append(common / a.total())
                recalls.append(common / b.total())
        p, r = np.mean(precisions), np.mean(recalls)
        if p + r:
            best = max(best, float((1 + beta**2) * p * r / (beta**2 * p + r)))
    return best


# --- worked examples ------------------------------------------------------------------------------

# Of seven "the" at most two stand in one reference.
HAND_ARTICLES = 2 / 7
# "a b c d" to "a b d c e": words 4/4, pairs 1/3, none longer; and one word short of it.
HAND_BLEU_2 = math.exp(1 - 5 / 4) * math.sqrt(1 / 3)
# Two pictures, each reference of its own words: a caption that is its reference has CIDEr-D 10, one
# that is the other's 0.
TWO = ["one small red dog", "some very old trees"]
# "ab" to "abc": of one letter 2/2 and 2/3, of two 1/1 and 1/2; none longer. P = 1, R = 7/12.
HAND_CHRF = 5 * 7 / 12 / (4 + 7 / 12)

_GUIDE = captions.bleu([GUIDE], [PAPINENI])
_TROOP = captions.bleu([TROOP], [PAPINENI])


def _share(text: str, n: int) -> float:
    return float(Fraction(*precision([split(text)], [[split(r) for r in PAPINENI]], n)))


_SHARED = captions.bleu(HYPOTHESES, REFERENCES)

ROWS: list[Row] = [
    ("BLEU, seven articles: precision", captions.bleu([ARTICLES], [CATS]).precisions[0],
     float(Fraction(*precision([split(ARTICLES)], [[split(r) for r in CATS]], 1))), HAND_ARTICLES,
     "Papineni et al. 2002, example 2"),
    ("BLEU, candidate 1: words", _GUIDE.precisions[0], _share(GUIDE, 1), 17 / 18,
     "Papineni et al. 2002, section 2.1"),
    ("BLEU, candidate 1: pairs", _GUIDE.precisions[1], _share(GUIDE, 2), 10 / 17,
     "Papineni et al. 2002, section 2.1.1"),
    ("BLEU, candidate 2: words", _TROOP.precisions[0], _share(TROOP, 1), 8 / 14,
     "Papineni et al. 2002, section 2.1"),
    ("BLEU, candidate 2: pairs", _TROOP.precisions[1], _share(TROOP, 2), 1 / 13,
     "Papineni et al. 2002, section 2.1.1"),
    ("BLEU-4, one caption", _GUIDE.score, bleu_by_loops([GUIDE], [PAPINENI]), 0.5045666840058485,
     "NLTK's documentation, sentence_bleu"),
    ("BLEU-4, two captions", captions.bleu([GUIDE, BOOK], [PAPINENI, BOOKS]).score,
     bleu_by_loops([GUIDE, BOOK], [PAPINENI, BOOKS]), 0.5920778868801042,
     "NLTK's documentation, corpus_bleu"),
    ("BLEU-2, worked example", captions.bleu(["a b c d"], [["a b d c e"]]).up_to(2),
     bleu_by_loops(["a b c d"], [["a b d c e"]], 2), HAND_BLEU_2, "by hand: e^(1 - 5/4) sqrt(1/3)"),
    *((f"BLEU-{n}, shared examples", _SHARED.up_to(n), bleu_by_loops(HYPOTHESES, REFERENCES, n),
       COCO_BLEU[n - 1], "pycocoevalcap 1.2") for n in range(1, 5)),
    ("CIDEr-D, shared examples", captions.cider(HYPOTHESES, REFERENCES).value,
     float(np.mean(ciders_by_vectors(HYPOTHESES, REFERENCES))), COCO_CIDER, "pycocoevalcap 1.2"),
    ("CIDEr-D, each the reference", captions.cider(TWO, [[t] for t in TWO]).value,
     float(np.mean(ciders_by_vectors(TWO, [[t] for t in TWO]))), 10.0, "exact"),
    ("CIDEr-D, each the other's", captions.cider(TWO[::-1], [[t] for t in TWO]).value,
     float(np.mean(ciders_by_vectors(TWO[::-1], [[t] for t in TWO]))), 0.0, "exact"),
    ("sentence BLEU, three words", captions.sentence_bleu(HYPOTHESES[2], REFERENCES[2]),
     smoothed_by_loops(HYPOTHESES[2], REFERENCES[2]),
     math.exp(1 - 4 / 3) * (1 * 1 * 1 / 2) ** (1 / 3), "by hand: no triple, so half of one"),
    ("chrF2, worked example", captions.chrf(["ab"], [["abc"]]).value, chrf_by_loops("ab", ["abc"]),
     HAND_CHRF, "by hand: P 1, R 7/12"),
    ("distinct captions", captions.distinct(["A dog.", "a dog", "a cat", "two cats"]), 3 / 4, 3 / 4,
     "by hand"),
    ("copied captions", captions.copied(["A dog.", "a cat"], ["a dog"]).value, 1 / 2, 1 / 2,
     "by hand"),
]  # fmt: skip
