"""No more notebooks at a time than there are cores for, whoever limits these."""

import os
from pathlib import Path

import pytest

from graders.engines import cores


@pytest.fixture(autouse=True)
def eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))


def told(folder: Path, group: str, quotas: dict[str, str]) -> tuple[Path, Path]:
    """The kernel's folders of processes and of control groups, as it would write them."""
    proc, groups = folder / "proc", folder / "cgroup"
    (proc / "self").mkdir(parents=True)
    (proc / "self/cgroup").write_text(f"1:cpu:/elsewhere\n0::{group}\n", encoding="utf-8")
    for name, quota in quotas.items():
        (groups / name).mkdir(parents=True, exist_ok=True)
        (groups / name / "cpu.max").write_text(quota, encoding="ascii")
    return proc, groups


@pytest.mark.parametrize(
    ("group", "quotas", "found"),
    [
        ("/", {}, 8),
        ("/", {"": "300000 100000\n"}, 3),
        ("/slurm/job_7", {"slurm/job_7": "max 100000\n", "slurm": "450000 100000\n"}, 4),
        ("/slurm/job_7", {"slurm/job_7": "50000 100000\n", "slurm": "max 100000\n"}, 1),
        ("/slurm/job_7", {"slurm/job_9": "100000 100000\n"}, 8),
        ("/", {"": "3000000 100000\n"}, 8),
        ("/", {"": "what is this\n"}, 8),
    ],
)
def test_a_quota_of_any_group_around_us_counts(
    tmp_path: Path, group: str, quotas: dict[str, str], found: int
) -> None:
    assert cores.usable(*told(tmp_path, group, quotas)) == found


def test_where_nothing_is_told_all_cores_of_the_affinity_are_there(tmp_path: Path) -> None:
    assert cores.usable(tmp_path / "none", tmp_path / "none") == 8


@pytest.mark.parametrize(
    ("tier", "usable", "jobs"), [("mini", 5, 5), ("full", 5, 2), ("full", 1, 1)]
)
def test_a_training_on_real_data_has_more_than_the_one_core_that_others_have(
    monkeypatch: pytest.MonkeyPatch, tier: str, usable: int, jobs: int
) -> None:
    monkeypatch.setattr(cores, "usable", lambda: usable)
    assert cores.side_by_side(tier) == jobs
