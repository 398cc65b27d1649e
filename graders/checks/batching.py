"""Captions as the rows of a matrix, and random batches of pictures with them.

Sources run in the student's kernel and hold no secret. No judge raises whatever the answers hold.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from graders.checks import compare
from graders.checks.observe import AMONG
from graders.core.rubric import Check
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Finding, Items, Refusal

# Captions of unequal length come as rows that are filled up with -1.
# Of each matrix, too: whether the captions are still the same.
MATRIX = """
import numpy as np


def ask(function, rows, pad_idx, max_len):
    captions, given = ([[int(k) for k in row if k >= 0] for row in rows] for _ in range(2))
    some = {} if max_len < 0 else {"max_len": int(max_len)}
    return np.asarray(function(captions, int(pad_idx), **some)), float(captions == given)
"""

# What distinguishes a caption is a number that no other has: it says whose it is, however the
# matrix is padded. Of each call: which picture is in each row, and which caption.
_BATCHES = """
import numpy as np


def made_up_matrix(batch_captions, pad_idx, max_len=None):
    columns = max(map(len, batch_captions))
    columns = columns if max_len is None else min(columns, max_len)
    return np.array([(list(c) + [pad_idx] * columns)[:columns] for c in batch_captions])


def drawn(function, features, numbers, batch_size, pad_idx, calls):
    captions = [[[1, int(k), int(k), 2] for k in row if k >= 0] for row in numbers]
    lowest = int(numbers[numbers >= 0].min())
    pictures, told, whole = [], [], True
    for _ in range(int(calls)):
        x, tokens = function(features, captions, int(batch_size), int(pad_idx))
        x, tokens = np.asarray(x, float), np.asarray(tokens)
        whole = whole and x.ndim == 2 and tokens.ndim == 2 and len(x) == len(tokens)
        far = np.abs(x[:, None] - features[None]).max(axis=2)
        pictures.append(np.where(far.min(axis=1) < 1e-3, far.argmin(axis=1), -1))
        rows = [{int(k) for k in row if k >= lowest} - {int(pad_idx)} for row in tokens]
        told.append([row.pop() if len(row) == 1 else -1 for row in rows])
    return np.array(pictures, float), np.array(told, float), float(whole)
"""


def ask_batches(*, made_up: bool) -> str:
    """Source that draws batches and tells of what they are made.

    Args:
        made_up: with a matrix of captions of ours, instead of the student's.
    """
    which = "among(function, batch_captions_to_matrix=made_up_matrix)" if made_up else "function"
    given = "features, numbers, batch_size, pad_idx, calls"
    return (
        f"{AMONG}\n{_BATCHES}\n\ndef ask(function, {given}):\n    return drawn({which}, {given})\n"
    )


def matrix(id: str, *, points: float, evidence: str, asks: str) -> Check:
    """A rubric line: captions as the rows of a matrix, padded and cut as asked."""

    def judge(answers: Answers, key: Answers, cases: Cases) -> Finding:
        trios = zip(answers, key, cases, strict=True)
        altered = any(not isinstance(a, Refusal) and _flag(a) == 0.0 for a in answers)
        changed = ("batch_captions",) if altered else ()
        return compare.judged([_matrix_problem(a, k, c) for a, k, c in trios], changed)

    return Check(id, points, asks, (evidence, f"{evidence}_key", f"{evidence}_cases"), judge)


def _matrix(items: Items | Refusal) -> Array | Refusal:
    if isinstance(items, Refusal):
        return items
    known = len(items) == 2 and _flag(items) is not None
    return compare.one(items[:1]) if known else Refusal(said("no-matrix"))


def _flag(items: Items) -> float | None:
    """The single number that follows a matrix."""
    found = compare.one(items[1:]) if len(items) == 2 else None
    ok = isinstance(found, np.ndarray) and found.ndim == 0 and np.isfinite(found)
    return float(found) if ok else None  # type: ignore[arg-type]


def _matrix_problem(
    answer: Items | Refusal, key: Items | Refusal, case: Mapping[str, Any]
) -> Said | None:
    found, right = _matrix(answer), _matrix(key)
    if isinstance(right, Refusal):
        raise TypeError(f"the reference gave no matrix: {right.why.code}")
    if isinstance(found, Refusal):
        return found.why
    if found.shape == right.shape and np.array_equal(found, right):
        return None
    if found.ndim != 2 or len(found) != len(right):
        return said("no-row-for-each-caption")
    if found.shape[1] != right.shape[1]:
        return said("matrix-width", wider=found.shape[1] > right.shape[1])
    pads = right == float(case["pad_idx"])
    if np.array_equal(found[~pads], right[~pads]):
        return said("empty-places-not-pad")
    return said("padding-not-at-the-end")


def random_batches(id: str, *, points: float, evidence: tuple[str, str], asks: str) -> Check:
    """A rubric line: different pictures at random, each with one of its own captions at random.

    Args:
        evidence: as it is, and with a matrix of ours: the better one counts.
    """

    def judge(own: Answers, changed: tuple[str, ...], rule: Answers, cases: Cases) -> Finding:
        every = [zip(answers, cases, strict=True) for answers in (own, rule) if answers]
        judged = [[_batches_problem(a, c) for a, c in pairs] for pairs in every]
        return max((compare.judged(p, changed) for p in judged), key=lambda f: f.credit)

    plain, made_up = evidence
    needs = (plain, f"{plain}_changed", f"{made_up}_if_any", f"{plain}_cases")
    return Check(id, points, asks, needs, judge)


def _batches_problem(answer: Items | Refusal, case: Mapping[str, Any]) -> Said | None:
    if isinstance(answer, Refusal):
        return answer.why
    parts = [compare.one((item,)) for item in answer]
    for part in parts:
        if isinstance(part, Refusal):
            return part.why
    calls, size = int(case["calls"]), int(case["batch_size"])
    pictures, told = (np.asarray(p) for p in (*parts, *(np.zeros(0),) * 2)[:2])
    if len(parts) != 3 or not np.array_equal(np.ravel(np.asarray(parts[2])), [1.0]):
        return said("no-features-and-captions")
    if pictures.shape != (calls, size) or told.shape != (calls, size):
        return said("other-batch-size")
    return _drawn_problem(pictures, told, np.asarray(case["numbers"]))


def _drawn_problem(pictures: Array, told: Array, numbers: Array) -> Said | None:
    """Whether pictures and captions of all calls [calls, size] are drawn as they should be."""
    if (pictures < 0).any():
        return said("features-not-given")
    owners = {float(n): k for k, row in enumerate(numbers) for n in row if n >= 0}
    if not all(float(n) in owners for n in told.ravel()):
        return said("no-whole-caption")
    if any(owners[float(n)] != k for n, k in zip(told.ravel(), pictures.ravel(), strict=True)):
        return said("caption-of-another-picture")
    if any(len(set(row)) < len(row) for row in pictures.tolist()):
        return said("picture-twice-in-a-batch")
    if len({tuple(row) for row in pictures.tolist()}) == 1:
        return said("every-batch-the-same")
    seen = set(told.ravel().tolist())
    for row in numbers:
        own = [float(n) for n in row if n >= 0]
        if not seen.intersection(own):
            return said("some-pictures-never")
        if len(own) > 1 and len(seen.intersection(own)) == 1:
            return said("always-the-same-caption")
    return None
