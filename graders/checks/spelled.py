"""What the answers of spelling.py say: a step's conditions, texts, temperatures."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graders.checks import compare
from graders.checks.spelling import LONGEST, PAD, START, TEXT, TOKENS
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


def _broken(answer: Items | Refusal, n: int) -> str | None:
    if (why := _unreliable(answer, n)) is not None:
        return why
    said, _, turned, other = _parts(answer, n)
    if np.abs(said - turned).max() <= _NOTHING:
        return "the state changes nothing"
    return "the token changes nothing" if np.abs(said - other).max() <= _NOTHING else None


def _parts(answer: Items | Refusal, n: int) -> Array:
    """What was said, said again, with states turned round, and of other tokens [4, n, k]."""
    return np.asarray(compare.one(answer))[:-1].reshape(4, n, TOKENS)


def _unreliable(answer: Items | Refusal, n: int) -> str | None:
    """Why names cannot be drawn from a step, or rated by it."""
    found = compare.one(answer)
    if isinstance(found, Refusal):
        return found.reason
    if found.shape != (4 * n + 1, TOKENS):
        return f"it does not give {TOKENS} probabilities for each name"
    if not np.isfinite(found).all():
        return "its probabilities are not finite (NaN or infinity)"
    if not are_chances(found):
        return "its rows are no probabilities: some are negative, or do not sum to 1"
    said, again, _, _ = _parts(answer, n)
    if np.abs(said - again).max() > _SAME:
        return "the same letters get other probabilities when they are read again"
    if np.abs(said[0] - found[-1]).max() > _SAME:
        return "what a name gets hangs on the names that it is read with"
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
    return item if isinstance(item, str) and not more else Refusal("it returns no text")


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


def _unlike(found: str | Refusal, right: str | Refusal, case: Mapping[str, Any]) -> str | None:
    if isinstance(right, Refusal):
        raise TypeError(f"the reference gave no text: {right.reason}")
    if isinstance(found, Refusal):
        return found.reason
    if found == right:
        return None
    if not found.startswith(str(case["seed_phrase"])):
        return "the text does not begin with the seed phrase"
    if len(found) > int(case["max_length"]):
        return "the text is too long"
    if "#" in found or "^" in found:
        return "the text holds what is no letter"
    return "the letters are not those that the step asks for after what it has read"


def texts_of(answer: Items | Refusal, count: int) -> list[str] | Refusal:
    """The texts of one request of ASK_OWN, as they are."""
    if isinstance(answer, Refusal):
        return answer
    first = answer[0]
    if isinstance(first, Refusal):
        return first
    texts = first.split("\n") if isinstance(first, str) else []
    return texts if len(texts) == count else Refusal("there are not as many texts as asked for")


def _foreign(answer: Items | Refusal, case: Mapping[str, Any]) -> str | None:
    texts = texts_of(answer, int(case["count"]))
    if isinstance(texts, Refusal):
        return texts.reason
    # Who does not look out for START writes it when it is drawn, which is not charged by luck: such
    # texts are left out where they are few.
    kept = [k for k, text in enumerate(texts) if TEXT[START] not in text]
    if len(kept) < (1 - _STARTED) * len(texts):
        return "texts hold the sign of START, which is no part of them"
    texts = [texts[k] for k in kept]
    if not all(t == "" or sequences.well_formed(t, LONGEST) for t in texts):
        return "some texts hold other things than small letters, or too many"
    if not all(t.startswith(str(case["seed_phrase"])) for t in texts):
        return "the text does not begin with the seed phrase"
    if float(case["temperature"]) != 1.0:  # what temperatures do is judged by itself
        return None
    rated = (
        compare.one(answer[1:]) if not isinstance(answer, Refusal) and len(answer) == 2 else None
    )
    if not isinstance(rated, np.ndarray) or rated.shape != (6, int(case["count"])):
        return "its texts cannot be rated"
    rated = rated[:, kept]
    if not np.isfinite(rated).all():
        return "its texts cannot be rated: your step gives NaN or infinity"
    both = np.clip(rated.astype(np.float64), -1e6, 1e6).reshape(2, 3, -1)
    z = min((sequences.surprise(*sums) for sums in both), key=abs)
    if abs(z) <= ODD:
        return None
    what = "less likely" if z > 0 else "more likely"
    return f"its texts are {what} than those that your step draws"


def cooled(answers: Answers, cases: Cases) -> Finding:
    """Whether tokens are drawn as often as the temperature says."""
    return compare.judged([_cooled(a, c) for a, c in zip(answers, cases, strict=True)])


def _cooled(answer: Items | Refusal, case: Mapping[str, Any]) -> str | None:
    found = compare.one(answer)
    if isinstance(found, Refusal):
        return found.reason
    count = int(case["count"])
    if found.shape != (TOKENS,) or not ((found >= 0) & (found <= count)).all():
        return "what it draws cannot be counted"
    if found.sum() != count:
        return "what it draws cannot be counted"
    due = np.asarray(case["probs"], np.float64) ** (1 / float(case["temperature"]))
    if sequences.drawn_by(found, due):
        return None
    return "tokens are not drawn as often as their probabilities and the temperature say"


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
