"""The doctor on the local sandbox, on none at all, and on containers."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from graders.core.errors import InfraFault
from graders.core.types import Execution, Job
from graders.doctor.model import Row, Verdict
from graders.doctor.probes import PROBES, TRIALS
from graders.doctor.run import SLOTS, examine
from graders.sandboxes.local import LocalSandbox
from tests.doctor.bare import BareSandbox, IdleSandbox
from tests.engine import needs_engine
from tests.sandbox_lab import processes_of

pytestmark = pytest.mark.nightly("sandboxes")

ROOT = Path(__file__).resolve().parents[2]
# What no process of an account can be kept from, whatever the account: root or not.
LOCAL_NEVER_HOLDS = {
    "TCP", "UDP", "DNS", "Engine socket", "abstract sockets", "host files", "unseen questions",
    "host's shared memory", "other students' submissions", "other students' running jobs",
    "writes to root", "writes to the data", "ptrace", "/proc peeking", "shared memory bomb",
    "planted outputs", "SIGKILL to the probe", "SIGSTOP to the probe", "SIGTERM to the probe",
}  # fmt: skip
LOCAL_HOLDS = {
    "environment", "fork bomb", "memory bomb", "disk filler", "inode filler", "output flood",
    "1e7 printed lines", "zombie flood", "outliving the job", "oversize outputs", "core dumps",
    "neighbour",
}  # fmt: skip
# Attacks that the local sandbox holds, or holds for some accounts, and that a bare run does not.
BARE_NEVER_HOLDS = {
    "environment", "fork bomb", "memory bomb", "disk filler", "inode filler", "output flood",
    "outliving the job",
}  # fmt: skip


def by_name(rows: tuple[Row, ...]) -> Mapping[str, Row]:
    return {row.name: row for row in rows}


@pytest.fixture(scope="module")
def local() -> Iterator[Mapping[str, Row]]:
    with LocalSandbox(slots=SLOTS) as sandbox:
        sandbox.warm_up(SLOTS)
        yield by_name(examine(sandbox))


def test_every_probe_has_a_row_and_a_job(local: Mapping[str, Row]) -> None:
    assert list(local) == [probe.name for probe in PROBES]
    assert {probe.trial for probe in PROBES} == set(TRIALS)


def test_the_local_sandbox_says_honestly_what_it_does_not_hold(local: Mapping[str, Row]) -> None:
    assert {n: local[n].verdict for n in LOCAL_NEVER_HOLDS} == dict.fromkeys(
        LOCAL_NEVER_HOLDS, Verdict.NOT_HELD
    )


def test_the_local_sandbox_holds_what_it_promises(local: Mapping[str, Row]) -> None:
    failed = {n: local[n].happened for n in LOCAL_HOLDS if not local[n].held}
    assert not failed


def test_everything_could_be_tried_somewhere(local: Mapping[str, Row]) -> None:
    untried = {n: row.happened for n, row in local.items() if row.verdict is Verdict.NOT_TRIED}
    assert not untried


def test_nothing_of_the_examination_is_left(local: Mapping[str, Row]) -> None:
    assert local
    assert processes_of("dlgrade-canary-") == []
    assert not [name for name in os.environ if name.startswith("DLGRADE_DOCTOR")]


def test_without_walls_and_limits_nothing_holds(tmp_path: Path) -> None:
    probes = [probe for probe in PROBES if probe.name in BARE_NEVER_HOLDS]
    rows = by_name(examine(BareSandbox(tmp_path), probes))

    assert {n: row.verdict for n, row in rows.items()} == dict.fromkeys(
        BARE_NEVER_HOLDS, Verdict.NOT_HELD
    )


def test_a_sandbox_that_runs_nothing_holds_nothing(tmp_path: Path) -> None:
    rows = examine(IdleSandbox(tmp_path))

    assert {row.verdict for row in rows} == {Verdict.NOT_TRIED}


def test_a_machine_that_fails_holds_nothing(tmp_path: Path) -> None:
    class Broken(IdleSandbox):
        def run(self, job: Job) -> Execution:
            raise InfraFault("the Engine is gone")

    rows = examine(Broken(tmp_path))

    assert {(row.verdict, row.happened) for row in rows} == {
        (Verdict.NOT_TRIED, "the Engine is gone")
    }


def test_an_attack_that_fails_of_itself_proves_nothing(tmp_path: Path) -> None:
    broken = [replace(p, attack="network.no_such_attack") for p in PROBES if p.name == "GPUs"]
    (row,) = examine(BareSandbox(tmp_path), broken)

    assert row.verdict is Verdict.NOT_TRIED
    assert "error" in row.happened


def test_an_interruption_stops_the_sandbox(tmp_path: Path) -> None:
    stopped = []

    class Noting(IdleSandbox):
        def stop(self) -> None:
            stopped.append(True)

    def interrupt(names: object, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        examine(Noting(tmp_path), progress=interrupt)
    assert stopped


# The command


def doctor(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "graders.cli", "doctor", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_the_command_fails_when_something_does_not_hold(tmp_path: Path) -> None:
    file = tmp_path / "table.json"
    done = doctor("--sandbox", "local", "--only", "host files", "--only", "environment",
                  "--json", str(file))  # fmt: skip

    assert done.returncode == 1, done.stdout + done.stderr
    assert "NOT HELD" in done.stdout
    assert "isolates nothing" in done.stdout
    table = json.loads(file.read_text())
    assert table["held"] is False
    assert [(r["name"], r["verdict"]) for r in table["rows"]] == [
        ("host files", "NOT HELD"), ("environment", "held"),
    ]  # fmt: skip


def test_the_command_succeeds_when_all_holds() -> None:
    done = doctor("--sandbox", "local", "--only", "environment")

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_knows_its_probes() -> None:
    done = doctor("--sandbox", "local", "--only", "moon phase")

    assert done.returncode == 2
    assert 'no probe "moon phase"' in done.stderr
    assert '"host files"' in done.stderr


# Containers


@needs_engine
def test_containers_hold_everything() -> None:
    from graders.sandboxes.docker import DockerSandbox

    with DockerSandbox(slots=SLOTS) as sandbox:
        rows = examine(sandbox)

    assert not {row.name: (row.verdict, row.happened) for row in rows if not row.held}
