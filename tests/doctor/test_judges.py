"""Judges that no sandbox at hand can make fail are shown the worst there is."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graders.core.types import Ending, Execution
from graders.doctor import listeners
from graders.doctor.cells import mischief, preamble
from graders.doctor.model import Files, Finding, Probe, Sight, Untried
from graders.doctor.probes import PROBES, TIGHT
from graders.doctor.probes.network import tcp
from graders.doctor.stage import Stage
from graders.doctor.watcher import Watcher

SPACES = ("pid", "mnt", "net")
PROBE = {probe.name: probe for probe in PROBES}
FINE = Files((), 0.1, ())
BESIDE = {"began": 1.0, "ended": 9.0, "unchanged": True, "forks": 9, "failed": 0,
          "longest_stall_s": 0.1}  # fmt: skip
CALM: dict[str, Any] = {
    "GPUs": {"found": []},
    "oversize outputs": {"done": []},
    "zombie flood": {"made": 200},
    "neighbour": BESIDE,
    "SIGKILL to the probe": {"reached": [1], "apart": True},
    "output flood": {"sent": 1},
    "time of day": {"set": False, "how": "EPERM", "apart": True},
    "core dumps": {"crashed": True, "dumped": False, "left": []},
    "own limits": {"raised": [], "finite": 3},
    "setuid": {"uid": 9, "became": [], "programs": 7, "no_new_privileges": True},
    "ptrace": {"held": [], "tried": 3, "others": 2, "uid": 9, "apart": True, "first": "EPERM"},
    "capabilities": {"CapEff": 0, "CapBnd": 0},
    "DNS": {"asked": True, "answered": False, "why": "Temporary failure"},
    "fork bomb": {"made": 30, "most": 400},
    "disk filler": {"written_mib": {"/work": 32, "/dev/shm": 64}, "most": 96},
}  # fmt: skip


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


@pytest.fixture
def sight(stage: Stage, tmp_path: Path) -> Sight:
    watcher = Watcher(tuple(stage.marks.values()))
    watcher.most_zombies = dict.fromkeys(watcher.marks, 9)
    calm = Sight(
        said=None, printed="", cell={"status": "ok"}, before="ok", after="ok",
        execution=Execution(Ending.FINISHED, 1.0, 1.0, 1.0, tmp_path), limits=TIGHT, started=5.0,
        grown_mib=0.0, left=0, files=FINE, stage=stage, watcher=watcher,
    )  # fmt: skip
    return replace(calm, beside=replace(calm, said=BESIDE))


def judged(probe: Probe, sight: Sight, **said: Any) -> Finding:
    return probe.judge(replace(sight, said={**CALM[probe.name], **said}))


@pytest.mark.parametrize("name", CALM)
def test_a_calm_report_holds(name: str, sight: Sight) -> None:
    assert judged(PROBE[name], sight).held


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("GPUs", {"found": ["/dev/nvidia0"]}),
        ("neighbour", {"failed": 3}),
        ("neighbour", {"unchanged": False}),
        ("neighbour", {"longest_stall_s": 60.0}),
        ("time of day", {"set": True}),
        ("core dumps", {"dumped": True}),
        ("own limits", {"raised": ["CPU"]}),
        ("own limits", {"finite": 0}),
        ("setuid", {"uid": 0}),
        ("setuid", {"became": ["setuid"]}),
        ("setuid", {"no_new_privileges": False}),
        ("ptrace", {"held": [[2, 8, "traced"]]}),
        ("ptrace", {"held": [[2, 9, "traced"]], "others": 0, "first": "ours"}),
        ("capabilities", {"CapBnd": 2}),
        ("DNS", {"answered": True}),
        ("DNS", {"asked": False}),
        ("fork bomb", {"made": 400}),
        ("disk filler", {"written_mib": {"/work": 96}}),
    ],
)
def test_what_the_inside_could_do_is_not_held(
    name: str, said: dict[str, Any], sight: Sight
) -> None:
    assert not judged(PROBE[name], sight, **said).held


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("zombie flood", {"left": 4}),
        ("zombie flood", {"after": "died"}),
        ("oversize outputs", {"files": replace(FINE, mib=30.0)}),
        ("output flood", {"grown_mib": 900.0}),
        ("output flood", {"files": replace(FINE, mib=900.0)}),
        ("output flood", {"after": "skipped"}),
        ("fork bomb", {"before": ""}),
        ("fork bomb", {"left": 2}),
        ("SIGKILL to the probe", {"before": ""}),
        ("SIGKILL to the probe", {"beside": None}),
    ],
)
def test_what_the_host_saw_counts_whatever_the_inside_says(
    name: str, seen: dict[str, Any], sight: Sight
) -> None:
    assert not judged(PROBE[name], replace(sight, **seen)).held


@pytest.mark.parametrize("ending", [Ending.KILLED, Ending.PROBE_FAULT, Ending.ENGINE_FAULT])
def test_no_signal_may_make_a_run_ours(ending: Ending, sight: Sight) -> None:
    execution = replace(sight.execution, ending=ending)

    assert not judged(PROBE["SIGKILL to the probe"], replace(sight, execution=execution)).held


def test_harm_to_a_neighbour_that_was_not_there_proves_nothing(sight: Sight) -> None:
    assert sight.beside is not None
    gone = replace(sight.beside, said={**BESIDE, "ended": 2.0})

    with pytest.raises(Untried):
        judged(PROBE["SIGKILL to the probe"], replace(sight, beside=gone))


def test_a_host_that_cannot_look_inside_says_so(sight: Sight) -> None:
    blind = replace(sight, watcher=Watcher(tuple(sight.stage.marks.values())))

    for name, said in (("zombie flood", {"made": 200}), ("outliving the job", {"started": 2})):
        with pytest.raises(Untried, match="cannot look into"):
            PROBE[name].judge(replace(blind, said=said))


def test_a_process_of_the_jobs_own_account_may_be_traced_beside_others(sight: Sight) -> None:
    assert judged(PROBE["ptrace"], sight, held=[[7, 9, "traced"]]).held


# The host's side


def test_silence_behind_no_door_proves_nothing(sight: Sight) -> None:
    deaf = replace(sight, said={"knocked": {}})
    doors, sight.stage.doors = sight.stage.doors, []
    try:
        with pytest.raises(Untried, match="could not open"):
            tcp(deaf)
    finally:
        sight.stage.doors = doors


def test_a_door_hears_those_who_know_the_token_and_nobody_else() -> None:
    door = listeners.Listener("tcp4", listeners._bound(socket.AF_INET, socket.SOCK_STREAM,
                              ("127.0.0.1", 0)), "token")  # fmt: skip
    try:
        with socket.create_connection(door.address[:2]) as stranger:
            stranger.sendall(b"anything else")
        assert door.works()
        assert door.knocks == {"host"}
    finally:
        door.close()


def test_a_cell_knows_the_host_by_its_namespaces_and_by_its_file(stage: Stage) -> None:
    facts = stage.facts(stage.folder, stage.folder)
    elsewhere = {"namespaces": dict.fromkeys(SPACES, "pid:[1]"), "host_file": "/no/such/file"}

    assert not preamble.is_apart(facts)
    assert not preamble.is_apart({**facts, "namespaces": elsewhere["namespaces"]})
    assert not preamble.is_apart({**facts, "host_file": elsewhere["host_file"]})
    assert preamble.is_apart({**facts, **elsewhere})


def test_among_the_hosts_processes_only_the_doctors_own_is_aimed_at() -> None:
    assert mischief.everybody(False, 4711) == [4711]


def test_a_changed_canary_is_noticed_and_so_is_a_file_beside_it(tmp_path: Path) -> None:
    with Stage() as stage:
        assert not stage.changed(stage.host_file)
        (stage.host_file.parent / "more").touch()
        assert stage.changed(stage.host_file)
        (stage.host_file.parent / "more").unlink()
        stage.host_file.write_text("changed")
        assert stage.changed(stage.host_file)


def test_the_stage_is_cleared() -> None:
    with Stage() as stage:
        assert stage.host_file.exists()
        victims = [process.pid for process in stage._victims.values()]
    assert not stage.folder.exists()
    assert not stage.shared_memory.exists()
    assert not [pid for pid in victims if Path(f"/proc/{pid}").exists()]
