"""Who attacks: complete, explained, and kept away from machines where nothing protects others."""

import pytest

from reference_solutions.demo_class import NOTEBOOK, attendance
from reference_solutions.filling import Variant, variants
from tests.hostile.attackers import ATTACKS, seats
from tests.hostile.peers import PEERS

HOSTILE = [v for v in variants(NOTEBOOK) if v.kind == "hostile"]


def test_every_attack_that_was_measured_on_peers_is_tried_here() -> None:
    names = {attack.name for attack in ATTACKS}
    assert len(PEERS) >= 28
    for peer in PEERS:
        assert peer.ours, peer.attack
        assert set(peer.ours) <= names, peer.attack


@pytest.mark.parametrize("variant", HOSTILE, ids=lambda v: v.name)
def test_a_hostile_variant_says_what_it_tries_and_what_an_honest_grader_does(
    variant: Variant,
) -> None:
    prose = variant.path.read_text("utf-8").partition("\n# %%")[0]
    assert "\n# Tries" in prose
    assert "onest grader" in prose or "An honest" in prose


def test_attacks_that_need_isolation_sit_only_where_there_is_some() -> None:
    assert any(attack.isolated for attack in seats(isolates=True))
    assert not any(attack.isolated for attack in seats(isolates=False))
    assert not any(variant.needs_isolation for variant in attendance(isolated=False))
    assert attendance(isolated=True) == variants(NOTEBOOK)


@pytest.mark.parametrize("isolates", [False, True])
def test_every_attack_has_an_honest_student_near(isolates: bool) -> None:
    honest = [attack.name.startswith("honest-") for attack in seats(isolates)]
    assert honest[0]
    assert honest[-1]
    assert all(any(honest[k : k + 11]) for k in range(len(honest)))
