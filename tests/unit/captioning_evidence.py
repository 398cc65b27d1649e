"""Evidence of captioning made of texts and numbers, by which nothing is lost."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from graders.captioning import GRADER
from graders.checks import captioned, decoders, vocabulary
from graders.core import pipeline
from graders.core.rubric import Calibrated
from graders.core.types import Answers, Array, CheckResult, Evidence, Outcome, Submission
from graders.metrics import captions as metrics
from reference_solutions.captioning import unseen
from tests.unit.test_assignment_captioning import solved

RNG = np.random.default_rng(6)
SIZES, COLOURS, THINGS = ("big", "small"), ("red", "blue", "green"), ("dog", "cat", "ball", "car")
WORDS = [*vocabulary.SPECIAL, "a", "is", "there", "near", "the", "tree", *SIZES, *COLOURS, *THINGS]
PLACE = {word: k for k, word in enumerate(WORDS)}


def people(n: int, seed: int) -> tuple[list[str], str]:
    """What is to be said of n pictures, and five captions of each, as the data have them."""
    rng = np.random.default_rng(seed)
    said, blocks = [], []
    for _ in range(n):
        size, colour, thing = (str(rng.choice(x)) for x in (SIZES, COLOURS, THINGS))
        forms = (
            f"A {size} {colour} {thing} .", f"There is a {colour} {thing}.", f"a {size} {thing}",
            f"A {size} {colour} {thing} is near the tree.", f"the {colour} {thing} near a tree",
        )  # fmt: skip
        said.append(f"a {size} {colour} {thing} is near the tree")
        blocks.append("\n".join(forms))
    return said, "\n\n".join(blocks) + "\n"


def truth(n: int, seed: int) -> dict[str, Array]:
    said, references = people(n, seed)
    other, _ = people(n, seed + 50)
    found = {
        "references": references,
        "most_frequent": "\n".join(["a big dog"] * n),
        "random": "\n".join(other),
        "retrieved": "\n".join(said[: n // 3] + other[n // 3 :]),
        "training": "\n".join(said[:5]),
    }
    return {name: np.array(text) for name, text in found.items()}


def questions(references: str) -> tuple[list[str], list[str]]:
    lines = [metrics.words(c) for block in references.split("\n\n") for c in block.split("\n")]
    asked = [(" ".join(w[:k]), [*w, "#END#"][k]) for w in lines if w for k in range(len(w) + 1)]
    return [p for p, _ in asked], [f for _, f in asked]


IMAGES: tuple[dict[str, Array], ...] = (truth(60, 1), truth(30, 2))
IMAGES[1]["pictures"] = RNG.integers(0, 256, (20, 8, 8, 3)).astype(np.uint8)
ASKED = [questions(str(t["references"])) for t in IMAGES]
FREQUENT = np.array("\n".join(WORDS[4:]))
CASES: dict[str, Any] = {
    **unseen.cases(3),
    "images": tuple({"features": np.zeros((n, 4))} for n in (60, 30)),
    "words": tuple(
        {"features": np.zeros((len(p), 4)), "prefixes": np.array("\n".join(p))} for p, _ in ASKED
    ),
    "photographs": ({"images": np.zeros((5, 8, 8, 3))},) * 2,
}
TRUTHS: dict[str, Any] = {
    "images": IMAGES,
    "words": tuple({"following": np.array("\n".join(f)), "vocabulary": FREQUENT} for _, f in ASKED),
}
BARS = {
    "next_word_accuracy": Calibrated(0.5, 0.7, 0.68, 0.75, 0.01, 20),
    "next_word_loss": Calibrated(1.2, 0.7, 0.75, 0.6, 0.02, 20),
    "caption_curve": Calibrated(
        1.5, 0.9, 0.95, 0.7, 0.02, 20, np.full(20, 0.5), np.linspace(2, 0.9, 20)
    ),
    "caption_bleu": Calibrated(0.3, 0.55, 0.52, 0.6, 0.02, 20),
    "image_gain": Calibrated(0.0, 0.2, 0.18, 0.25, 0.02, 20),
}


def logits(following: list[str], sure: float = 0.8) -> Array:
    """Right in four of five places, and as sure as said."""
    rest = (1 - sure) / (len(WORDS) - 1)
    found = np.full((len(following), len(WORDS)), rest)
    for k, word in enumerate(following):
        wrong = k % 5 == 0
        found[k, PLACE[word]] = 0.35 if wrong else sure
        found[k, (PLACE[word] + 1) % len(WORDS)] = 0.5 if wrong else rest
    return np.log(found / found.sum(axis=1, keepdims=True))


def asked_of_reference() -> dict[str, Answers]:
    """What the reference's functions answer in the notebook: by the sources that ask."""
    functions = solved()
    found: dict[str, Answers] = {}
    asks = {a.name: a for a in GRADER.evidence}
    for name in ("split_sentence", "vocabulary_own", "vocabulary_rule", "indices_own",
                 "indices_rule", "matrix", "batches", "batches_rule"):  # fmt: skip
        scope: dict[str, Any] = {}
        exec(asks[name].via, scope)
        answers = [
            scope["ask"](functions[asks[name].target[0]], *case.values())
            for case in CASES[asks[name].cases or ""]
        ]
        found[name] = tuple(
            tuple(map(np.asarray, a)) if isinstance(a, tuple) else (a,) for a in answers
        )
    return found


def stepped() -> Answers:
    found = []
    for case in CASES["steps"]:
        moved = [np.asarray(case[n], float) - 0.1 * np.sign(case[n]) for n in decoders._WEIGHTS]
        found.append((np.array(2.0), *moved))
    return tuple(found)


def losses() -> Answers:
    found = []
    for case in CASES["masked_loss"]:
        each, real = decoders._losses(case)
        found.append((np.array(each[real].mean()),))
    return tuple(found)


MADE = np.array([1e5, 1, 1, 0.5, 0, 0.2, 0, 1])
SAID = [captioned_by for captioned_by, _ in (people(60, 1), people(30, 2))]
LOSS = float(
    captioned.next_words(
        ((logits(ASKED[0][1]),), (logits(ASKED[1][1]),)),
        ((json.dumps(list(PLACE.items())),),), TRUTHS["words"], 1,
    ).loss[0]  # type: ignore[union-attr]
)  # fmt: skip
CURVE = LOSS + 1.2 * np.exp(-np.arange(12) / 2.5) + 0.004 * RNG.random(12)


def sampled(n: int) -> str:
    """Captions of which more and more words are others."""

    def run(changed: int, seed: int) -> list[str]:
        rng = np.random.default_rng(seed)
        words = [["a", "big", "dog", "is", "near", "the", "tree"] for _ in range(n)]
        for row in words:
            for k in rng.permutation(7)[:changed]:
                row[k] = f"w{rng.integers(100)}"
        return [" ".join(row) for row in words]

    return json.dumps([run(0, 0), run(0, 1), run(1, 2), run(3, 3), run(3, 4), run(6, 5)])


def counts(case: Mapping[str, Any], taken: Any = lambda t: t) -> Array:
    """How often each of four words, or anything else, is written at a temperature."""
    if case["temperature"] < 0:
        shares = np.eye(len(case["probs"]))[np.argmax(case["probs"])]
    else:
        shares = np.asarray(case["probs"], np.float64) ** (1 / taken(case["temperature"]))
    drawn = np.random.default_rng(5).multinomial(case["count"], shares / shares.sum())
    return np.append(drawn, 0)


SEEN: dict[str, Answers] = {
    **asked_of_reference(),
    "validation_curve": ((CURVE,),),
    "known": ((json.dumps(list(PLACE.items())),),),
    "made": ((MADE,),) * 3,
    "words": tuple((logits(f),) for _, f in ASKED),
    "masked_loss": losses(),
    "train_step": stepped(),
    "train_rule": stepped(),
    "encode": ((RNG.random((5, 4)),),) * 2,
    "captions": tuple(("\n".join(said),) for said in SAID),
    "sampled": tuple((sampled(n),) for n in (20, 20)),
    "cooled": tuple((counts(c),) for c in CASES["cooled"]),
}


def graded(**changed: Answers | None) -> Mapping[str, CheckResult]:
    """Results by check, with some of the good evidence replaced or (None) left out."""
    seen = {k: v for k, v in {**SEEN, **changed}.items() if v is not None}
    who = Submission("captioning", "captioning", "student", Path("none"))
    grade = pipeline.grade(
        who, Evidence(seen, {}), (Evidence(SEEN),), CASES, GRADER,
        {"captions_in_words": (2.0, "words")}, truths=TRUTHS, bars=BARS,
    )  # fmt: skip
    return {r.check: r for r in grade.results}


def lost(results: Mapping[str, CheckResult]) -> set[str]:
    ours = [r for r in results.values() if r.outcome is not Outcome.BY_HAND]
    assert all(r.outcome is not Outcome.HELD for r in ours), [r.staff_note for r in ours]
    return {r.check for r in ours if (r.points or 0) < r.max_points}
