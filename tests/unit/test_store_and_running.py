"""What has finished is never repeated; what has not never counts; blame decides on retries."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from graders.core import running
from graders.core.errors import InfraFault, UsageFault
from graders.core.running import Ambiguous, Interrupted, run_job
from graders.core.store import State, Store
from graders.core.types import Ending, Execution, Job, Limits
from graders.engines.local import LocalEngine


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PAUSES", (0.0, 0.0))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "store")
    yield opened
    opened.close()


class Scripted:
    """A sandbox whose jobs end as the script says."""

    name = "scripted"

    def __init__(self, *endings: Ending | Exception) -> None:
        self.endings = list(endings)
        self.runs = 0

    def fingerprint(self) -> str:
        return "scripted"

    def run(self, job: Job) -> Execution:
        self.runs += 1
        ending = self.endings.pop(0)
        if isinstance(ending, Exception):
            raise ending
        job.outputs.mkdir(parents=True, exist_ok=True)
        return Execution(ending, 1.0, 1.0, 1.0, job.outputs)

    def stop(self) -> None: ...

    def close(self) -> None: ...


def job(store: Store, key: str = "k") -> Job:
    folder = store.executions / key
    folder.mkdir(exist_ok=True)
    return Job(key, "scripted", folder / "inputs", folder / "outputs", Limits())


def go(
    store: Store, *endings: Ending | Exception, alone: bool = False
) -> tuple[Execution, bool, int]:
    sandbox = Scripted(*endings)
    run, ran = run_job(job(store), sandbox, store, lambda: False, alone=alone)
    return run, ran, sandbox.runs


def test_a_finished_run_is_never_repeated(store: Store) -> None:
    go(store, Ending.FINISHED)
    run, ran, runs = go(store)
    assert (run.ending, ran, runs) == (Ending.FINISHED, False, 0)


@pytest.mark.parametrize("ending", [Ending.TIME_LIMIT, Ending.OUT_OF_MEMORY, Ending.KERNEL_DIED])
def test_an_ending_of_the_students_is_final(store: Store, ending: Ending) -> None:
    assert go(store, ending)[2] == 1
    assert go(store)[0].ending is ending


def test_a_fault_of_ours_is_tried_again(store: Store) -> None:
    run, _, runs = go(store, InfraFault("engine gone"), Ending.PROBE_FAULT, Ending.FINISHED)
    assert (run.ending, runs) == (Ending.FINISHED, 3)


def test_a_fault_of_ours_that_stays_is_not_stored(store: Store) -> None:
    run, _, runs = go(store, *[InfraFault("engine gone")] * 3)
    assert (run.ending, run.detail, runs) == (Ending.ENGINE_FAULT, "engine gone", 3)
    assert go(store, Ending.FINISHED)[0].ending is Ending.FINISHED


def test_a_killed_run_may_have_been_the_machine_and_is_tried_once_more(store: Store) -> None:
    run, _, runs = go(store, Ending.KILLED, Ending.FINISHED)
    assert (run.ending, runs) == (Ending.FINISHED, 2)


@pytest.mark.parametrize(
    "endings",
    [
        (Ending.KILLED, Ending.KILLED),
        (Ending.KILLED, InfraFault("engine gone"), Ending.KILLED),
        (InfraFault("engine gone"), InfraFault("engine gone"), Ending.KILLED),
    ],
)
def test_a_run_that_is_killed_again_may_have_been_a_neighbour(store: Store, endings) -> None:
    with pytest.raises(Ambiguous):
        go(store, *endings)
    assert store.execution(job(store)) is None


def test_a_notebook_that_is_killed_with_nothing_beside_it_did_it_itself(store: Store) -> None:
    run, _, runs = go(store, Ending.KILLED, alone=True)
    assert (run.ending, runs) == (Ending.KILLED, 1)


def test_what_an_earlier_try_left_counts_for_nothing(store: Store) -> None:
    stale = job(store).outputs / "answers.jsonl"
    stale.parent.mkdir(parents=True)
    stale.write_text("{}", encoding="utf-8")
    go(store, Ending.FINISHED)
    assert not stale.exists()


def test_an_interruption_decides_nothing(store: Store) -> None:
    with pytest.raises(Interrupted):
        run_job(job(store), Scripted(InfraFault("stopped")), store, lambda: True)
    assert store.execution(job(store)) is None


def test_who_was_running_when_we_were_killed_is_waiting_again(tmp_path: Path) -> None:
    first = Store(tmp_path)
    first.set_state("n", "ada", State.RUNNING, "sha")
    first.set_state("n", "bob", State.GRADED, "sha")
    first.close()
    second = Store(tmp_path)
    assert second.states("n") == {"ada": State.WAITING, "bob": State.GRADED}
    second.close()


def test_folders_of_unfinished_runs_are_swept_away(tmp_path: Path) -> None:
    first = Store(tmp_path)
    unfinished = job(first, "unfinished")
    unfinished.outputs.mkdir()
    first.close()
    Store(tmp_path).close()
    assert not unfinished.outputs.exists()


def test_two_gradings_cannot_share_a_folder(store: Store) -> None:
    with pytest.raises(UsageFault, match="another dlgrade"):
        Store(store.folder)


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / "store.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(UsageFault, match="newer"):
        Store(tmp_path)


def test_forcing_forgets_the_stored_run(store: Store) -> None:
    go(store, Ending.FINISHED)
    store.forget(job(store))
    assert go(store, Ending.TIME_LIMIT)[0].ending is Ending.TIME_LIMIT


def test_the_engine_yields_every_item_once() -> None:
    done = dict(LocalEngine(3).map(lambda n: n * n, range(20)))
    assert done == {n: n * n for n in range(20)}


def test_the_engine_takes_items_only_as_places_come_free() -> None:
    taken = []

    def items() -> Iterator[int]:
        for n in range(50):
            taken.append(n)
            yield n

    results = LocalEngine(2).map(lambda n: n, items())
    next(results)
    assert len(taken) <= 4
    results.close()  # type: ignore[attr-defined]


def test_a_stopped_engine_starts_nothing_more() -> None:
    engine = LocalEngine(1)
    results = engine.map(lambda n: n, range(50))
    next(results)
    engine.stop()
    assert len(list(results)) <= 1
