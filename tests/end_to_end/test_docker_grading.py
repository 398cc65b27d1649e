"""`dlgrade grade` with containers: chosen by itself, said, and held on to when the Engine goes."""

import contextlib
import gc
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graders.containers import engine
from graders.core.errors import InfraFault
from graders.sandboxes.docker import DockerSandbox
from reference_solutions.demo_class import NOTEBOOK, SOURCE
from reference_solutions.filling import fill, read_cells
from tests.end_to_end.test_grade_command import REFERENCE, ROOT, command, grade, hand_in
from tests.engine import needs_engine
from tests.private_engine import PrivateEngine, can_have_one, copy_of_the_image
from tests.sandbox_lab import Lab

pytestmark = pytest.mark.nightly("courses")


def records(course: Path) -> dict[str, dict[str, Any]]:
    folder = course / "graded" / NOTEBOOK
    found = {p.parent.name: json.loads(p.read_text("utf-8")) for p in folder.glob("*/grade.json")}
    assert found
    return found


def right(seconds: float) -> dict[str, Any]:
    """The reference's notebook, made to take its time."""
    notebook: dict[str, Any] = json.loads(json.dumps(fill(SOURCE, read_cells(REFERENCE))))
    pause: dict[str, Any] = {"cell_type": "code", "id": "pause", "metadata": {}, "outputs": [],
             "source": f"import time; time.sleep({seconds})", "execution_count": None}  # fmt: skip
    notebook["cells"].append(pause)
    return notebook


@needs_engine
def test_containers_are_used_where_they_can_be_had_and_the_digest_is_kept(tmp_path: Path) -> None:
    hand_in(tmp_path, "ada", right(0))
    hand_in(tmp_path, "bob", fill(SOURCE, {}))
    done = grade(tmp_path, "--sandbox", "auto")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Sandbox: docker, each notebook in a container of dlgrade-autograder:cpu" in done.stdout
    assert "does not isolate" not in done.stdout
    found = records(tmp_path)
    assert {name: r["points"] for name, r in found.items()} == {"ada": 32.0, "bob": 0.0}
    assert found["ada"]["run"]["ending"] == "finished"
    assert found["bob"]["run"]["ending"] == "cell error"
    digest = copy_of_the_image().id
    assert all(r["run"]["image"] == f"docker:{digest}" for r in found.values())
    again = grade(tmp_path, "--sandbox", "docker")
    assert "(stored run)" in again.stdout


def test_without_an_engine_the_local_sandbox_is_used_with_a_warning(tmp_path: Path) -> None:
    hand_in(tmp_path, "bob", fill(SOURCE, {}))
    done = grade(tmp_path, "--sandbox", "auto", DOCKER_HOST="unix:///nowhere/docker.sock")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "No containers: no container Engine answers at unix:///nowhere" in done.stdout
    assert "does not isolate" in done.stdout
    assert records(tmp_path)["bob"]["run"]["image"].startswith("local:")


@pytest.mark.parametrize(
    ("words", "sentence", "code"),
    [
        (("--sandbox", "docker"), "no container Engine answers", 5),
        (("--sandbox", "local", "--gpus", "all"), "are for containers", 2),
        (("--sandbox", "auto", "--gpus", "GPU-1"), "no container Engine answers", 5),
        (("--sandbox", "auto", "--gpus", "first"), "is not a device's UUID", 2),
        (("--sandbox", "auto", "--runtime", "runsc"), "no container Engine answers", 5),
    ],
)
def test_what_was_asked_for_by_name_is_never_replaced_by_less(
    words: tuple[str, ...], sentence: str, code: int, tmp_path: Path
) -> None:
    hand_in(tmp_path, "bob", fill(SOURCE, {}))
    done = grade(tmp_path, *words, DOCKER_HOST="unix:///nowhere/docker.sock")

    assert done.returncode == code, done.stdout + done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "graded" / NOTEBOOK).exists()


@needs_engine
def test_ctrl_c_leaves_no_container(tmp_path: Path) -> None:
    for name in ("s0", "s1", "s2"):
        hand_in(tmp_path, name, right(20))
    process = subprocess.Popen(
        command(tmp_path, "--sandbox", "docker"), cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONFAULTHANDLER": "1"},
    )  # fmt: skip
    client = engine.connect()

    def mine() -> list[Any]:
        label = f"dlgrade.pid={process.pid}"
        return list(client.api.containers(all=True, filters={"label": label}))

    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None and len(mine()) < 2:
        time.sleep(0.1)
    time.sleep(2)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=30)
    process.send_signal(signal.SIGABRT)  # one that still runs says where each of its threads is
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130, out
    assert mine() == []
    client.close()


@pytest.fixture(scope="module")
def private_engine() -> Iterator[PrivateEngine]:
    folder = Path(tempfile.mkdtemp(prefix="dlgrade-engine-"))
    made = PrivateEngine(folder)
    try:
        made.start()
        made.take(copy_of_the_image())
        yield made
    finally:
        made.close()


@pytest.mark.nightly("engines")  # the private Engine needs a copy of the image
@needs_engine
@can_have_one
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_an_engine_that_is_restarted_in_mid_batch_costs_nobody_a_point(
    how: signal.Signals, private_engine: PrivateEngine, tmp_path: Path
) -> None:
    students = [f"s{k}" for k in range(5)]
    for name in students:
        hand_in(tmp_path, name, right(1.5))
    process = subprocess.Popen(
        command(tmp_path, "--sandbox", "docker"), cwd=ROOT, text=True, bufsize=1,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "DOCKER_HOST": private_engine.address},
    )  # fmt: skip
    lines: list[str] = []
    first = threading.Event()

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if "[1/5]" in line:
                first.set()

        first.set()

    listener = threading.Thread(target=listen)
    listener.start()
    assert first.wait(120)
    assert process.poll() is None, "".join(lines)
    time.sleep(1.0)
    private_engine.stop(how)
    time.sleep(4.0)  # longer than the pauses between tries
    private_engine.start()
    assert process.wait(180) == 0, "".join(lines)
    listener.join()
    assert process.stdout is not None
    process.stdout.close()
    assert {name: r["points"] for name, r in records(tmp_path).items()} == dict.fromkeys(
        students, 32.0
    )
    assert all(r["run"]["ending"] == "finished" for r in records(tmp_path).values())
    shutil.rmtree(tmp_path / "graded")


@pytest.mark.nightly("engines")  # the private Engine needs a copy of the image
@needs_engine
@can_have_one
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_an_engine_that_does_not_come_back_is_waited_for_once(
    private_engine: PrivateEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", private_engine.address)
    with DockerSandbox(ahead=False, engine_s=3.0) as sandbox:
        lab = Lab(sandbox, tmp_path)
        assert lab.run("x = 1").statuses == ["ok"]
        private_engine.stop(signal.SIGTERM)
        waited = []
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(InfraFault, match="container Engine could not"):
                lab.run("x = 1")
            waited.append(time.monotonic() - began)
        assert waited[0] > 3.0
        assert waited[1] < 2.0
        private_engine.start()
        assert lab.run("x = 1").statuses == ["ok"]
    gc.collect()  # docker-py forgets to close a socket that could not be connected
