"""What the answers of spelling.py say: a step's conditions, texts, temperatures."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graders.checks import compare
from graders.checks.spelling import LONGEST, PAD, START, TEXT, TOKENS
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Finding, Items, Refusal
from graders.metrics import sequences

# --- conditions of a step -------------------------------------------------------------------------

_ROUNDED = 2e-2  # by which 28 probabilities of half precision may miss a sum of 1
_SAME = 1e-4
_NOTHING = 1e-7


def conditions(answers: Answers, cases: Cases) -> Finding:
    """Whether a step keeps its conditions, for names of several numbers and lengths."""
    problems = [
        _broken(a, len(np.asarray(c["tokens"]))) for a, c in zip(answers, cases, strict=True)
    ]
    return compare.judged(problems)


def _broken(answer: Items | Refusal, n: int) -> Said | None:
    if (why := _unreliable(answer, n)) is not None:
        return why
    first, _, turned, other = _parts(answer, n)
    if np.abs(first - turned).max() <= _NOTHING:
        return said("state-changes-nothing")
    return said("token-changes-nothing") if np.abs(first - other).max() <= _NOTHING else None


def _parts(answer: Items | Refusal, n: int) -> Array:
    """What was said, said again, with states turned round, and of other tokens [4, n, k]."""
    return np.asarray(compare.one(answer))[:-1].reshape(4, n, TOKENS)


def _unreliable(answer: Items | Refusal, n: int) -> Said | None:
    """Why names cannot be drawn from a step, or rated by it."""
    found = compare.one(answer)
    if isinstance(found, Refusal):
        return found.why
    if found.shape != (4 * n + 1, TOKENS):
        return said("not-probabilities-a-name", n=TOKENS)
    if not np.isfinite(found).all():
        return said("probabilities-not-finite")
    if not are_chances(found):
        return said("rows-no-probabilities")
    first, again, _, _ = _parts(answer, n)
    if np.abs(first - again).max() > _SAME:
        return said("unsteady-when-read-again")
    if np.abs(first[0] - found[-1]).max() > _SAME:
        return said("depends-on-other-names")
    return None


def can_be_drawn_from(answers: Answers, cases: Cases) -> bool:
    """Whether a step gives probabilities, and the same ones whenever it reads the same letters."""
    pairs = zip(answers, cases, strict=bool(answers))
    return bool(answers) and all(
        _unreliable(a, len(np.asarray(c["tokens"]))) is None for a, c in pairs
    )


def are_chances(rows: Array) -> bool:
    """Whether finite rows [n, k] are not negative, and sum to 1."""
    if rows.min(initial=0.0) < -_ROUNDED or rows.max(initial=0.0) > 1 + _ROUNDED:
        return False  # before any sum: the largest numbers overflow
    return bool((np.abs(rows.sum(axis=1) - 1) <= _ROUNDED).all())


# --- texts ----------------------------------------------------------------------------------------

_STARTED = 1 / 8  # of the texts: a trained network draws START in hardly one of a hundred
ODD = 5.0  # standard errors: an honest generator is as far away once in two million classes


def _text(answer: Items | Refusal) -> str | Refusal:
    if isinstance(answer, Refusal):
        return answer
    (item, *more) = answer
    if isinstance(item, Refusal):
        return item
    return item if isinstance(item, str) and not more else Refusal(said("returns-no-text"))


def generating(answers: Answers, key: Answers, cases: Cases, own: Answers, asked: Cases) -> Finding:
    """Texts by a step that leaves no choice, and those by the student's own network.

    Args:
        answers, key, cases: texts, the reference's, and how they were asked for.
        own, asked: what ASK_OWN found with which requests; () where it found nothing. Whether
            texts are those of the network is looked at where the temperature is 1.
    """
    problems = [_unlike(_text(a), _text(k), c) for a, k, c in zip(answers, key, cases, strict=True)]
    if own:
        problems += [_foreign(a, c) for a, c in zip(own, asked, strict=True)]
    return compare.judged(problems)


def _unlike(found: str | Refusal, right: str | Refusal, case: Mapping[str, Any]) -> Said | None:
    if isinstance(right, Refusal):
        raise TypeError(f"the reference gave no text: {right.why.code}")
    if isinstance(found, Refusal):
        return found.why
    if found == right:
        return None
    if not found.startswith(str(case["seed_phrase"])):
        return said("begins-without-seed")
    if len(found) > int(case["max_length"]):
        return said("text-too-long")
    if "#" in found or "^" in found:
        return said("text-holds-marks")
    return said("not-the-letters-asked")


def texts_of(answer: Items | Refusal, count: int) -> list[str] | Refusal:
    """The texts of one request of ASK_OWN, as they are."""
    if isinstance(answer, Refusal):
        return answer
    first = answer[0]
    if isinstance(first, Refusal):
        return first
    texts = first.split("\n") if isinstance(first, str) else []
    return texts if len(texts) == count else Refusal(said("other-number-of-texts"))


def _foreign(answer: Items | Refusal, case: Mapping[str, Any]) -> Said | None:
    texts = texts_of(answer, int(case["count"]))
    if isinstance(texts, Refusal):
        return texts.why
    # Who does not look out for START writes it when it is drawn, which is not charged by luck: such
    # texts are left out where they are few.
    kept = [k for k, text in enumerate(texts) if TEXT[START] not in text]
    if len(kept) < (1 - _STARTED) * len(texts):
        return said("texts-hold-start")
    texts = [texts[k] for k in kept]
    if not all(t == "" or sequences.well_formed(t, LONGEST) for t in texts):
        return said("texts-not-small-letters")
    if not all(t.startswith(str(case["seed_phrase"])) for t in texts):
        return said("begins-without-seed")
    if float(case["temperature"]) != 1.0:  # what temperatures do is judged by itself
        return None
    rated = (
        compare.one(answer[1:]) if not isinstance(answer, Refusal) and len(answer) == 2 else None
    )
    if not isinstance(rated, np.ndarray) or rated.shape != (6, int(case["count"])):
        return said("texts-not-rated")
    rated = rated[:, kept]
    if not np.isfinite(rated).all():
        return said("texts-not-rated-by-nan")
    both = np.clip(rated.astype(np.float64), -1e6, 1e6).reshape(2, 3, -1)
    z = min((sequences.surprise(*sums) for sums in both), key=abs)
    if abs(z) <= ODD:
        return None
    # Its sign alone: problems that are equal are counted together.
    return said("texts-less-likely" if z > 0 else "texts-more-likely", surprise=np.sign(z))


def cooled(answers: Answers, cases: Cases) -> Finding:
    """Whether tokens are drawn as often as the temperature says."""
    return compare.judged([_cooled(a, c) for a, c in zip(answers, cases, strict=True)])


def _cooled(answer: Items | Refusal, case: Mapping[str, Any]) -> Said | None:
    found = compare.one(answer)
    if isinstance(found, Refusal):
        return found.why
    count = int(case["count"])
    if found.shape != (TOKENS,) or not ((found >= 0) & (found <= count)).all():
        return said("draws-not-countable")
    if found.sum() != count:
        return said("draws-not-countable")
    due = np.asarray(case["probs"], np.float64) ** (1 / float(case["temperature"]))
    if sequences.drawn_by(found, due):
        return None
    return said("tokens-drawn-otherwise")


def words(rows: Array) -> list[str]:
    """Texts of rows of drawn tokens [n, LONGEST]: up to the first PAD; START shows as ^."""
    found = []
    for row in np.clip(rows, 0, TOKENS - 1).astype(int).tolist():
        end = row.index(PAD) if PAD in row else len(row)
        found.append("".join(TEXT[k] for k in row[:end]))
    return found


def several(texts: Sequence[str], most: int = 10) -> str:
    """Some texts in a line."""
    return ", ".join(texts[:most])
