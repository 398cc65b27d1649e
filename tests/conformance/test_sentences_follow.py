"""Whatever a notebook answers, what a student reads about it follows from what was measured.

The reference's own answers are altered as slips alter them, and as nobody would, and every judge is
asked about them: each sentence that comes out must be true of its own numbers.
"""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.core import catalogue, pipeline
from graders.core.saying import follows, said, tell
from graders.core.types import Answers, Array, Evidence, Outcome, Refusal, Submission
from tests.conformance.conftest import Known

DRAWS = 60


def _slips(array: Array, chance: random.Random) -> Array:
    """One array as somebody with a slip would have it: scaled, turned, noisy, cut, constant."""
    some = np.random.default_rng(chance.getrandbits(32))
    plain = array.astype(np.float64) if array.dtype.kind == "f" else array
    ways = (
        lambda: plain * chance.choice((0.5, 2, 3, 1 / 3, 10, 0.99, 1.01)),
        lambda: -plain if plain.dtype.kind in "fi" else np.logical_not(plain),
        lambda: plain + chance.choice((1, -1, 1e-3, 0.1)),
        lambda: plain[..., ::-1] if plain.ndim else plain,
        lambda: plain.T,
        lambda: plain[::-1] if plain.ndim else plain,
        lambda: plain[:-1] if plain.ndim and len(plain) > 1 else plain,
        lambda: np.zeros_like(plain),
        lambda: np.full_like(plain, plain.flat[0]) if plain.size else plain,
        lambda: plain + some.normal(0, chance.choice((0.01, 0.1, 1, 10)), plain.shape),
        lambda: np.where(some.random(plain.shape) < 0.1, np.nan, plain),
        lambda: some.permutation(plain.ravel()).reshape(plain.shape),
        lambda: plain.ravel(),
        lambda: np.abs(plain) if plain.dtype.kind in "fi" else plain,
    )
    with np.errstate(all="ignore"):
        return np.asarray(chance.choice(ways)())


def altered(right: Answers, chance: random.Random) -> Answers:
    """Answers with the right number of cases: all by one slip, or each by its own."""
    every = chance.choice((0.3, 1.0))

    def items(was: Any) -> Any:
        if isinstance(was, Refusal) or chance.random() > every:
            return was
        if chance.random() < 0.05:
            return Refusal(said("stops-with", error="ValueError"))
        return tuple(v if isinstance(v, (str, Refusal)) else _slips(v, chance) for v in was)

    return tuple(map(items, right))


@pytest.mark.parametrize("seed", range(DRAWS))
def test_every_sentence_is_true_of_its_own_numbers(
    known: tuple[catalogue.Course, Known], seed: int
) -> None:
    course, (keys, cases, truths, bars) = known
    grader, chance = course.grader, random.Random(seed)
    few = chance.choice((0.05, 0.3, 0.9))
    seen = {
        n: altered(answers, chance) if chance.random() < few else answers
        for n, answers in keys[0].seen.items()
        if chance.random() < 0.97
    }
    changed = {name: ("X",) for name in seen if chance.random() < 0.05}
    refused = {n: said("not-defined", name=n) for n in keys[0].seen if n not in seen}
    who = Submission(grader.assignment, course.name, "ada", Path("ada"))

    given = pipeline.grade(
        who, Evidence(seen, refused, changed), keys, cases, grader,
        catalogue.graded_by_hand(course.name), (), None, truths, bars,
    )  # fmt: skip

    false = [
        f"{r.check}: {tell(grader.sentences, what)!r} of {dict(what.facts)}"
        for r in given.results
        for what in r.said
        if not follows(grader.sentences, what)
    ]
    assert not false, "\n".join(false)
    assert all(r.outcome is not Outcome.HELD for r in given.results)
