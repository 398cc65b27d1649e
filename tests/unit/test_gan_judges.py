"""The judges of face_gan on evidence made of numbers: pictures, logits, losses, steps."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.checks import adversarial, alternating, generated, telling
from graders.core import pipeline
from graders.core.figures import Learning, Pictures
from graders.core.rubric import Calibrated
from graders.core.saying import said
from graders.core.types import Answers, Array, CheckResult, Evidence, Outcome, Refusal, Submission
from graders.face_gan import GRADER
from reference_solutions.face_gan import unseen
from tests.told import told
from tests.unit.test_samples import scenes

RNG = np.random.default_rng(4)


def bytes_of(images: Array) -> Array:
    return np.asarray((255 * images).round().astype(np.uint8))


TRAINING, SECRET, VALID = (bytes_of(scenes(n, s)) for n, s in ((300, 1), (200, 2), (40, 3)))
GOOD, SHOWN = scenes(200, 4) - 0.5, scenes(24, 5) - 0.5
CASES: dict[str, Any] = {
    **unseen.cases(3),
    "faces": ({"images": SECRET}, {"images": VALID}),
    "codes": ({"codes": np.zeros((200, 64))}, {"codes": np.zeros((24, 64))}),
}
TRUTHS: dict[str, Any] = {"faces": ({"training": TRAINING}, {})}
BARS = {
    "face_distance": Calibrated(0.8, 0.5, 0.55, 0.3, 0.05, 20),
    "face_coverage": Calibrated(
        math.log(0.02), math.log(0.4), math.log(0.35), math.log(0.6), 0.03, 20
    ),
    "face_novelty": Calibrated(0.0, 0.95, 0.94, 0.99, 0.01, 20),
    "loss_gap": Calibrated(0.8, 0.1, 0.15, 0.02, 0.02, 20),
}
LOGITS = np.stack([RNG.normal(m, 1, 200) for m in (1.5, -1.5, -3, -2, -2)])
END = float(np.logaddexp(0, -LOGITS[0]).mean() + np.logaddexp(0, LOGITS[1]).mean())
CURVE = END * RNG.uniform(0.95, 1.05, 60)
NEW_GENERATOR = np.array([1e5, 1, 1, -0.4, 0.45, 0.2, 1])
NEW_DISCRIMINATOR = np.array([1e5, 1, 1, -4.0, 5.0, 0.2, 1])


def entropy(cases: Any, targets: Mapping[str, float]) -> Answers:
    """Cross-entropies of all cases with the given targets."""
    found = []
    for case in cases:
        z = {n: np.asarray(case[n], np.float64) for n in targets}
        means = [(np.logaddexp(0, z[n]) - t * z[n]).mean() for n, t in targets.items()]
        found.append((np.array(sum(means)),))
    return tuple(found)


PAIRS, FAKES = CASES["discriminator_loss"], CASES["generator_loss"]


def steps(who: str) -> Answers:
    """What a step leaves: here the loss is 1, and the own weights have moved by a tenth."""
    found = []
    for case in CASES["steps"]:
        weights = {
            name: np.concatenate([np.ravel(case[w]) for w in names]).astype(np.float64)
            for name, names in alternating._OWN.items()
        }
        weights[who] = weights[who] - 0.1 * np.sign(weights[who])
        found.append((np.array(1.0), weights["generator"], weights["discriminator"]))
    return tuple(found)


SEEN: dict[str, Answers] = {
    "samples": ((GOOD,), (SHOWN,)),
    "scores": ((LOGITS,), (LOGITS,)),
    "told": ((LOGITS,), (LOGITS,)),
    "generators": ((NEW_GENERATOR,),) * 3,
    "discriminators": ((NEW_DISCRIMINATOR,),),
    "discriminator_curve": ((CURVE,),),
    "generator_curve": ((CURVE + 0.5,),),
    "discriminator_loss": entropy(PAIRS, {"real_logits": 0.9, "fake_logits": 0.0}),
    "generator_loss": entropy(FAKES, {"fake_logits": 1.0}),
    "discriminator_step": steps("discriminator"),
    "discriminator_rule": steps("discriminator"),
    "generator_step": steps("generator"),
    "generator_rule": steps("generator"),
}


def graded(**changed: Answers | None) -> Mapping[str, CheckResult]:
    """Results by check, with some of the good evidence replaced or (None) left out."""
    seen = {k: v for k, v in {**SEEN, **changed}.items() if v is not None}
    who = Submission("generative", "face_gan", "student", Path("none"))
    by_hand = {"losses_in_words": (2.0, "words")}
    grade = pipeline.grade(
        who, Evidence(seen, {}), (Evidence(SEEN),), CASES, GRADER, by_hand,
        truths=TRUTHS, bars=BARS,
    )  # fmt: skip
    return {r.check: r for r in grade.results}


def lost(results: Mapping[str, CheckResult]) -> set[str]:
    ours = [r for r in results.values() if r.outcome is not Outcome.BY_HAND]
    assert all(r.outcome is not Outcome.HELD for r in ours), [r.staff_note for r in ours]
    return {r.check for r in ours if (r.points or 0) < r.max_points}


PRODUCT = {"check_faces", "check_variety", "check_new"}


def test_good_evidence_loses_nothing_and_draws_what_the_student_may_see() -> None:
    results = graded()
    assert lost(results) == set()
    pictures = [f for f in results["check_faces"].figures if isinstance(f, Pictures)]
    assert [len(p.images) for p in pictures] == [24, 16, 8]
    assert all(p.note and p.columns == 8 for p in pictures)
    drawn = {np.asarray(i).tobytes() for p in pictures for i in p.images}
    assert not drawn.intersection(i.tobytes() for i in SECRET)
    assert {i.tobytes() for i in VALID[:8]} <= drawn
    assert [type(f) for f in results["check_losses"].figures] == [Learning, Learning]


def test_training_faces_earn_nothing_though_they_look_like_faces() -> None:
    stolen = TRAINING[:200] / 255.0 - 0.5
    for copies in (stolen, stolen[:, :, ::-1], 0.8 * stolen):
        results = graded(samples=((copies,), (SHOWN,)))
        assert lost(results) == PRODUCT
        assert sum(results[c].points or 0 for c in PRODUCT) < 0.6
        assert "Copies of faces of your data" in results["check_faces"].feedback


def test_validation_faces_are_copies_as_well() -> None:
    stolen = np.repeat(VALID, 5, axis=0) / 255.0 - 0.5
    results = graded(samples=((stolen,), (SHOWN,)))
    assert lost(results) == PRODUCT
    assert (results["check_new"].points or 0) < 0.2


def test_one_face_over_and_over_is_neither_likely_nor_varied() -> None:
    one = np.repeat(TRAINING.mean(axis=0, keepdims=True) / 255 - 0.5, 200, axis=0)
    results = graded(samples=((one,), (SHOWN,)))
    assert lost(results) == PRODUCT
    assert "100% of the pictures have a twin" in results["check_faces"].feedback
    assert sum(results[c].points or 0 for c in PRODUCT) == 0


@pytest.mark.parametrize(
    "odd",
    [
        RNG.uniform(-0.5, 0.5, (200, 32, 32, 3)),
        np.full((200, 32, 32, 3), 1e308),
        np.full((200, 32, 32, 3), np.nan),
        np.full((200, 32, 32, 3), -np.inf),
        np.zeros((0, 32, 32, 3)),
        np.zeros((3, 32, 32, 3)),
        np.zeros((200, 32, 32)),
        np.array(0.0),
    ],
)
def test_what_are_no_faces_earns_nothing_of_the_generators_points(odd: Array) -> None:
    results = graded(samples=((odd,), (odd,)))
    assert lost(results) == PRODUCT
    assert sum(results[c].points or 0 for c in PRODUCT) == 0


def test_pictures_that_leave_their_range_are_cut_off_and_charged_to_the_network_alone() -> None:
    wide = np.where(np.abs(GOOD) > 0.45, 3 * GOOD, GOOD)
    facts = NEW_GENERATOR.copy()
    facts[4] = 0.9
    results = graded(generators=((facts,),) * 3)
    assert lost(results) == {"check_generator"}
    assert generated.pictures(((wide,),)).max() == 1.0  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (0, 3e6, "3,000,000 parameters"),
        (1, 0, "does not"),
        (2, 0, "not finite"),
        (5, 0.0, "the same"),
        (6, 0, "another"),
        (3, np.nan, "not finite"),
    ],
)
def test_new_networks_are_told_which_condition_they_miss(
    place: int, value: float, words: str
) -> None:
    for good, problem in (
        (NEW_GENERATOR, adversarial.generator_problem),
        (NEW_DISCRIMINATOR, adversarial.discriminator_problem),
    ):
        facts = good.copy()
        facts[place] = value
        assert words in told(problem((facts,), 2_000_000))
        assert problem((good,), 2_000_000) is None
        assert problem(Refusal(said("over-time-limit")), 2_000_000)
        assert problem((np.zeros(3),), 2_000_000)


def test_a_sigmoid_at_the_end_is_seen_by_its_bounds() -> None:
    facts = NEW_DISCRIMINATOR.copy()
    facts[3:5] = 0.0, 1.0
    assert "sigmoid" in told(adversarial.discriminator_problem((facts,), 2_000_000))


SMOOTH: tuple[tuple[float, float, float], ...] = (
    (1.0, 0.0, 1.0), (0.9, 0.0, 1.0), (0.7, 0.3, 1.0), (0.8, 0.1, 0.5), (1.0, 0.0, 0.5),
)  # fmt: skip


@pytest.mark.parametrize(("real", "fake", "scale"), SMOOTH)
def test_every_smoothing_that_the_text_allows_is_right(
    real: float, fake: float, scale: float
) -> None:
    found = entropy(PAIRS, {"real_logits": real, "fake_logits": fake})
    scaled = tuple((scale * np.asarray(a[0]),) for a in found)  # type: ignore[index]
    assert lost(graded(discriminator_loss=scaled)) == set()


@pytest.mark.parametrize(
    ("real", "fake", "scale"),
    [(0.5, 0.0, 1.0), (1.2, 0.0, 1.0), (0.0, 1.0, 1.0), (1.0, 0.0, -1.0), (1.0, 0.0, 2.0)],
)
def test_other_targets_signs_and_scales_are_wrong(real: float, fake: float, scale: float) -> None:
    found = entropy(PAIRS, {"real_logits": real, "fake_logits": fake})
    scaled = tuple((scale * np.asarray(a[0]),) for a in found)  # type: ignore[index]
    assert lost(graded(discriminator_loss=scaled)) == {"check_discriminator_loss"}


def test_the_negative_losses_of_a_minimax_generator_are_charged_at_its_loss_alone() -> None:
    assert lost(graded(generator_curve=((-CURVE,),))) == set()


def test_the_minimax_loss_is_named_and_refused() -> None:
    minimax = tuple((-np.logaddexp(0, c["fake_logits"]).mean(),) for c in FAKES)
    results = graded(generator_loss=tuple((np.array(a[0]),) for a in minimax))
    assert lost(results) == {"check_generator_loss"}
    assert results["check_generator_loss"].points == 0
    assert "minimax" in results["check_generator_loss"].feedback
    saturated = entropy(FAKES, {"fake_logits": 0.0})
    results = graded(generator_loss=saturated)
    assert results["check_generator_loss"].points == 0
    assert "minimax" not in results["check_generator_loss"].feedback


def test_a_loss_that_overflows_loses_some_points() -> None:
    good = SEEN["discriminator_loss"]
    found = (*good[:6], (np.array(np.inf),), (np.array(np.nan),))
    results = graded(discriminator_loss=found)
    assert lost(results) == {"check_discriminator_loss"}
    assert (results["check_discriminator_loss"].points or 0) > 0


@pytest.mark.parametrize("who", ["generator", "discriminator"])
def test_a_step_moves_one_network_and_returns_its_loss(who: str) -> None:
    check, place = f"check_{who}_step", {"generator": 1, "discriminator": 2}[who]
    start: tuple[Any, ...] = SEEN[f"{who}_step"]

    def altered(change: Any) -> Answers:
        return tuple(change(list(a), c) for a, c in zip(start, CASES["steps"], strict=True))

    def uphill(a: list[Any], c: Any) -> tuple[Any, ...]:
        first = np.concatenate([np.ravel(c[w]) for w in alternating._OWN[who]])
        a[place] = 2 * first - a[place]
        return tuple(a)

    def still(a: list[Any], c: Any) -> tuple[Any, ...]:
        a[place] = np.concatenate([np.ravel(c[w]) for w in alternating._OWN[who]])
        return tuple(a)

    def both(a: list[Any], _: Any) -> tuple[Any, ...]:
        a[3 - place] = a[3 - place] + 1e-6
        return tuple(a)

    def other_loss(a: list[Any], _: Any) -> tuple[Any, ...]:
        a[0] = np.array(0.3)
        return tuple(a)

    for change, words in (
        (uphill, "wrong sign"),
        (still, "do not move"),
        (both, "should stay"),
        (other_loss, "loss that it returns"),
        (lambda a, _: tuple(a[:2]), "something else"),
        (lambda a, _: (a[0], np.zeros(3), np.zeros(2)), "cannot be read"),
    ):
        wrong = altered(change)
        results = graded(**{f"{who}_step": wrong, f"{who}_rule": wrong})
        assert lost(results) == {check}
        assert words in results[check].feedback
        # Right by made-up losses: what is wrong was the student's own loss, and is charged there.
        assert lost(graded(**{f"{who}_step": wrong})) == set()


def test_steps_that_are_too_long_by_several_factors_have_one_problem() -> None:
    longer = []
    for k, (answer, case) in enumerate(zip(SEEN["generator_step"], CASES["steps"], strict=True)):
        loss, moved, other = answer  # type: ignore[misc]
        start = np.concatenate([np.ravel(case[w]) for w in alternating._OWN["generator"]])
        longer.append((loss, start + (2 + k) * (np.asarray(moved) - start), other))
    wrong = tuple(longer)
    found = graded(generator_step=wrong, generator_rule=wrong)["check_generator_step"].feedback
    told = "the generator's weights: their move is too large by a constant factor."
    assert found.endswith(f"on {len(wrong)} {told}")


def test_no_networks_earn_nothing_and_hold_nothing() -> None:
    results = graded(samples=None, scores=None, told=None)
    assert lost(results) == {*PRODUCT, "check_scores", "check_losses"}


def test_the_sources_for_kernel_and_sandbox_are_python() -> None:
    for text in (
        adversarial.EXPORT_GENERATOR,
        adversarial.ASK_GENERATOR,
        adversarial.LOOK_AT_GENERATOR,
        adversarial.EXPORT_DISCRIMINATOR,
        adversarial.ASK_DISCRIMINATOR,
        adversarial.LOOK_AT_DISCRIMINATOR,
        adversarial.EXPORT_PAIR,
        adversarial.ASK_PAIR,
        adversarial.OBSERVE_PAIR,
        telling.ASK_PAIR,
        telling.OBSERVE_PAIR,
        alternating.TENSORS,
        alternating.ask_step("generator", made_up=True),
        alternating.ask_step("discriminator", made_up=False),
    ):
        names = compile(text, "<source>", "exec").co_names
        assert "ask" in names or "observe" in names
