"""The losses that a run of face_gan names, beside what its networks reach."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from graders.checks import generated
from graders.core.types import Array
from tests.unit.test_gan_judges import CURVE, END, LOGITS, PAIRS, entropy, graded, lost


@pytest.mark.parametrize("total", [np.sum, lambda values: 3 * np.mean(values)])
def test_a_loss_of_another_scale_is_not_charged_again_in_the_losses_of_the_run(total: Any) -> None:
    def loss(case: Mapping[str, Any], real: float) -> Array:
        parts = ((case["real_logits"], real), (case["fake_logits"], 0.0))
        each = ((np.asarray(z, np.float64), t) for z, t in parts)
        return np.array(sum(total(np.logaddexp(0, z) - t * z) for z, t in each))

    for real in (1.0, 0.9):
        scaled = tuple((loss(c, real),) for c in PAIRS)
        found = lost(graded(discriminator_loss=scaled, discriminator_curve=((32 * CURVE,),)))
        assert found == {"check_discriminator_loss"}
    exchanged = entropy(PAIRS, {"real_logits": 0.0, "fake_logits": 1.0})
    found = lost(graded(discriminator_loss=exchanged, discriminator_curve=((32 * CURVE,),)))
    assert found == {"check_discriminator_loss", "check_losses"}
    assert "check_losses" in lost(graded(discriminator_curve=((32 * CURVE,),)))


@pytest.mark.parametrize(
    ("curve", "points"),
    [
        (CURVE, 2.0),
        (CURVE / 2, 2.0),  # means that are averaged
        (CURVE * 50, 0.0),  # made up: it ends where these networks do not stand
        (CURVE * 0.01, 0.0),
        (np.full(60, END), 0.0),
        (np.linspace(2, END, 60), 0.0),
        (2 * 0.97 ** np.arange(60.0), 0.0),
        (CURVE * np.nan, 0.0),
        (-CURVE, 0.0),
        (CURVE[:5], 0.0),
        (CURVE[:30], 0.0),  # not as many as of the other
        ("text", 0.0),
    ],
)
def test_named_losses_are_worth_little_and_compared_with_both_networks(
    curve: Any, points: float
) -> None:
    results = graded(discriminator_curve=((curve,),))
    assert results["check_losses"].points == pytest.approx(points)


def test_a_short_training_may_end_on_a_step_that_is_not_like_those_before() -> None:
    smoothed = END + generated.SMOOTHED * float(LOGITS[0].mean() - LOGITS[1].mean())
    falling = CURVE.copy()
    falling[-6:] = smoothed * np.linspace(1.8, 1, 6)  # the networks stand at its last value
    steady = CURVE * smoothed / END * 1.4
    assert lost(graded(discriminator_curve=((falling,),))) == set()
    assert lost(graded(discriminator_curve=((steady,),))) == {"check_losses"}


def test_losses_of_all_sizes_are_not_those_of_given_networks() -> None:
    anything = 3 * END * np.exp(np.random.default_rng(1).normal(0, 3, 60))
    assert graded(discriminator_curve=((anything,),))["check_losses"].points == 0
