"""Whether a discriminator of face_gan has learnt what faces are."""

import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from graders.checks import telling
from graders.core.types import Array, CheckResult
from tests.unit.test_gan_judges import LOGITS, RNG, graded
from tests.unit.test_samples import scenes

OWN, NOISE, NORMAL, DOUBLED = 1, 2, 3, 4


def rated(logits: Any) -> dict[str, CheckResult]:
    both = ((logits,), (logits,))
    return dict(graded(scores=both, told=both))


def with_(kind: int, logits: Array) -> Array:
    changed = LOGITS.copy()
    changed[kind] = logits
    return changed


def test_a_guess_and_the_reverse_of_the_truth_earn_nothing() -> None:
    for logits in (RNG.normal(0, 1, (5, 200)), -LOGITS):
        results = rated(logits)
        assert results["check_scores"].points == 0
        assert results["check_losses"].points == 0
        assert "no training" in results["check_losses"].feedback


def test_a_generator_that_fools_it_costs_half() -> None:
    assert rated(with_(OWN, LOGITS[0][::-1]))["check_scores"].points == 1


@pytest.mark.parametrize("kind", [NOISE, DOUBLED])
def test_who_is_blind_to_one_kind_or_prefers_it_loses_that_kind_alone(kind: int) -> None:
    for logits in (LOGITS[0][::-1], LOGITS[0] + 1):
        results = rated(with_(kind, logits))
        assert results["check_scores"].points == 1.67
        assert results["check_losses"].points == 2


def test_a_network_that_was_never_trained_is_not_paid_for_luck() -> None:
    for normal in (LOGITS[0] - 0.25, LOGITS[0][::-1], LOGITS[0] + 1):
        results = rated(with_(NORMAL, normal))
        assert results["check_scores"].points == 0
    lucky = with_(NORMAL, LOGITS[0] - 0.25)
    lucky[OWN] = LOGITS[0] - 2  # a fresh generator's pictures are easily told by luck
    results = rated(lucky)
    assert results["check_scores"].points == 0
    assert "never trained" in results["check_scores"].feedback
    assert results["check_losses"].points == 0


def test_what_are_no_logits_earns_nothing() -> None:
    for odd in (LOGITS * np.nan, LOGITS[:3], np.array(1.0), "text"):
        results = rated(odd)
        assert results["check_scores"].points == 0
        assert results["check_losses"].points == 0
        assert "cannot be compared" in results["check_losses"].feedback


def asked(discriminator: Any, faces: Array, monkeypatch: pytest.MonkeyPatch) -> Array:
    """What the question finds in a kernel that holds a discriminator, and a generator of grey."""

    class Generator:
        input_shape = (None, 7)

        def predict(self, codes: Array, **_: Any) -> Array:
            return np.zeros((len(codes), 32, 32, 3), np.float32)

    main = ModuleType("__main__")
    vars(main).update(discriminator=discriminator)
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.setitem(sys.modules, "keras", ModuleType("keras"))  # the host has none
    space: dict[str, Any] = {}
    exec(telling.ASK_PAIR, space)
    return np.asarray(space["ask"](Generator(), faces))


# None of their pixels is cut off.
FACES = (255 * (0.25 + 0.5 * scenes(500, 9))).round().astype(np.uint8)


def test_who_rates_what_comes_first_above_the_rest_earns_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Counting:
        seen = 0

        def predict(self, images: Array, **_: Any) -> Array:
            self.seen += len(images)
            return -np.arange(self.seen - len(images), self.seen, dtype=float)[:, None]

    found = asked(Counting(), FACES, monkeypatch)
    assert rated(found)["check_scores"].points == 0
    assert rated(-found)["check_scores"].points == 0


def test_what_it_is_asked_about_shares_with_faces_what_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[Array] = []

    class Numbering:
        """Its logit of a picture is the picture's place among those shown."""

        def predict(self, images: Array, **_: Any) -> Array:
            shown.extend(images)
            return np.arange(len(shown) - len(images), len(shown), dtype=float)[:, None]

    found = asked(Numbering(), FACES, monkeypatch)
    assert found.shape == (5, 500)
    real, own, noise, normal, doubled = np.stack(shown)[found.astype(int)]
    assert real == pytest.approx(FACES / 255 - 0.5, abs=1e-6)
    assert not own.any()
    assert noise.std() == pytest.approx(12**-0.5, rel=0.01)
    flat, drawn = (x.reshape(500, -1).astype(np.float64) for x in (real, normal))
    assert np.abs(drawn.mean(axis=0) - flat.mean(axis=0)).max() < 0.05
    assert drawn.std() == pytest.approx(flat.std(), rel=0.1)
    together = np.corrcoef(np.cov(flat.T).ravel(), np.cov(drawn.T).ravel())[0, 1]
    assert together > 0.8
    assert doubled == pytest.approx((real + np.roll(real, 250, axis=0)) / 2, abs=1e-6)
