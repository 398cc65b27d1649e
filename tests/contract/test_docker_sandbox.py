"""What the Docker sandbox promises beyond the contract: its walls, its ends, its leftovers."""

import os
import pickle
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.containers import engine
from graders.core.errors import InfraFault
from graders.core.types import Ending, Limits
from graders.sandboxes import docker as docker_sandbox
from graders.sandboxes.container import Container, Fit
from graders.sandboxes.docker import DockerSandbox
from tests.engine import needs_engine
from tests.sandbox_lab import LIMITS, Lab, eventually

pytestmark = pytest.mark.nightly("sandboxes")

NOBODY = "4194304"  # no process has this number: it is the highest limit there is


@pytest.fixture(scope="module")
def sandbox() -> Iterator[DockerSandbox]:
    with DockerSandbox(ahead=False) as made:
        yield made


@pytest.fixture
def lab(sandbox: DockerSandbox, tmp_path: Path) -> Lab:
    return Lab(sandbox, tmp_path)


def ours(client: engine.Client) -> list[dict[str, Any]]:
    label = f"dlgrade.host={platform.node()}"
    found: list[dict[str, Any]] = client.api.containers(all=True, filters={"label": [label]})
    return found


def mine() -> set[str]:
    """Ids of the containers of this process."""
    client = engine.connect()
    found = {c["Id"] for c in ours(client) if c["Labels"]["dlgrade.pid"] == str(os.getpid())}
    client.close()
    return found


# The walls


@needs_engine
def test_the_engine_is_asked_for_every_wall(sandbox: DockerSandbox, tmp_path: Path) -> None:
    client = engine.connect()
    limits = Limits(memory_mib=700, processes=20, disk_mib=32, output_mib=8, cpus=1.5)
    fit = Fit(sandbox.image.id, limits, tmp_path)
    container = Container(client, fit, docker_sandbox._labels())
    try:
        about = client.api.inspect_container(container.id)
    finally:
        container.remove()
        client.close()
    asked, config = about["HostConfig"], about["Config"]
    assert about["Image"] == sandbox.image.id
    assert config["User"] == "10001:10000"
    assert asked["NetworkMode"] == "none"
    assert asked["IpcMode"] == "private"
    assert asked["ReadonlyRootfs"] is True
    assert asked["Privileged"] is False
    assert asked["CapDrop"] == ["ALL"]
    assert not asked["CapAdd"]
    assert asked["SecurityOpt"] == ["no-new-privileges:true"]  # and no word against seccomp
    assert asked["Init"] is True
    assert asked["PidMode"] == ""
    assert asked["Memory"] == asked["MemorySwap"] == (700 + 256) * 2**20
    assert asked["PidsLimit"] == 20 + 512
    assert asked["NanoCpus"] == 1.5e9
    assert asked["LogConfig"]["Type"] == "none"
    assert {u["Name"] for u in asked["Ulimits"]} == {"nofile", "fsize", "core"}
    assert not asked["Binds"]
    assert [(m["Target"], m["ReadOnly"]) for m in asked["Mounts"]] == [("/data", True)]
    assert set(asked["Tmpfs"]) == {
        "/work", "/tmp", "/home/student", "/dev/shm", "/outputs", "/private", "/sockets",
    }  # fmt: skip
    assert all("nosuid,nodev,noexec,size=" in how for how in asked["Tmpfs"].values())
    assert all("nr_inodes=" in how for how in asked["Tmpfs"].values())
    assert "size=32m" in asked["Tmpfs"]["/work"]
    assert "DLGRADE" not in str(config["Env"])


@needs_engine
def test_no_more_cores_are_asked_for_than_there_are(lab: Lab, sandbox: DockerSandbox) -> None:
    job = lab.job(("x = 1",), limits=Limits(cpus=10_000))
    assert sandbox.run(job).ending is Ending.FINISHED


@needs_engine
def test_the_notebook_is_another_account_than_the_probe(lab: Lab) -> None:
    seen = lab.run(
        """
        import os, signal
        others = [p for p in os.listdir('/proc') if p.isdecimal()
                  and b'contained' in open(f'/proc/{p}/cmdline', 'rb').read()]
        def refusal(act):
            try:
                return act() or 'done'
            except OSError as error:
                return type(error).__name__
        """,
        "print(os.getuid(), len(others))",
        """
        for p in others:
            for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM):
                print(refusal(lambda: os.kill(int(p), number)))
            for name in ('environ', 'mem', 'maps'):
                print(refusal(lambda: open(f'/proc/{p}/{name}', 'rb').read(1)))
            print(refusal(lambda: os.listdir(f'/proc/{p}/fd')))
        """,
        "print([refusal(lambda: os.listdir(f)) for f in ('/outputs', '/private')])",
        "print(refusal(lambda: open('/opt/dlgrade/probe/asks.py', 'a')))",
    )
    assert seen.text(1) == "10002 3\n"  # init, the probe and its driver
    assert seen.text(2).split() == ["PermissionError"] * 21
    assert seen.text(3) == "['PermissionError', 'PermissionError']\n"
    assert seen.text(4).strip() in ("PermissionError", "OSError")
    assert seen.ending is Ending.FINISHED


@needs_engine
def test_the_zygote_guards_itself_against_running_outside(tmp_path: Path) -> None:
    probe = Path(__file__).parents[2] / "autograder_images" / "probe"
    for name in ("zygote.py", "contained.py"):
        command = [sys.executable, str(probe / name), str(tmp_path / "socket")]
        tried = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if os.getuid() == 0 or name == "zygote.py":
            assert tried.returncode == 2
            assert "inside a container only" in tried.stderr


# What cannot be had is said in a sentence


@needs_engine
def test_data_that_the_notebook_could_not_read_is_said_before_it_runs(
    lab: Lab, sandbox: DockerSandbox, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    np.save(data / "train.npy", np.ones(2))
    (data / "train.npy").chmod(0o600)

    with pytest.raises(InfraFault, match=r"train\.npy is closed to other accounts.*chmod"):
        sandbox.run(lab.job(("x = 1",), data=data))


@needs_engine
def test_an_unknown_runtime_is_refused_in_the_engines_words(tmp_path: Path) -> None:
    with DockerSandbox(runtime="no-such-runtime") as sandbox:
        job = Lab(sandbox, tmp_path).job(("x = 1",))
        with pytest.raises(InfraFault, match="no-such-runtime"):
            sandbox.run(job)
        mine = [c for c in ours(sandbox._client) if c["Labels"]["dlgrade.pid"] == str(os.getpid())]
        assert all(c["State"] != "created" for c in mine)


# Devices


@needs_engine
@pytest.mark.parametrize(
    ("name", "driver"), [("GPU-0a1b2c3d-0000", ""), ("nvidia.com/gpu=GPU-0a1b2c3d-0000", "cdi")]
)
def test_a_device_is_asked_for_by_its_uuid(sandbox: DockerSandbox, name: str, driver: str) -> None:
    """As far as a machine without a device goes: what the Engine's own record says was asked."""
    from graders.sandboxes.container import host_config

    client = engine.connect()
    fit = Fit(sandbox.image.id, LIMITS, None, gpu=name)
    made = client.api.create_container(fit.image, ["true"], host_config=host_config(client, fit))
    try:
        asked = client.api.inspect_container(made["Id"])["HostConfig"]["DeviceRequests"]
    finally:
        client.api.remove_container(made["Id"])
        client.close()
    (request,) = asked
    assert request["DeviceIDs"] == [name]
    assert request["Capabilities"] == [["gpu"]]
    assert request["Driver"] == driver
    assert request["Count"] == 0


@needs_engine
def test_a_device_that_is_not_there_is_a_fault_of_the_machine(
    sandbox: DockerSandbox, tmp_path: Path
) -> None:
    client = engine.connect()
    fit = Fit(sandbox.image.id, LIMITS, None, gpu="GPU-00000000-0000-0000-0000-000000000000")
    before = {c["Id"] for c in ours(client)}
    with pytest.raises(InfraFault, match="could not start a container"):
        Container(client, fit, docker_sandbox._labels())
    assert {c["Id"] for c in ours(client)} <= before
    client.close()


@needs_engine
def test_one_job_at_a_time_holds_a_device(sandbox: DockerSandbox) -> None:
    image = sandbox.image
    with DockerSandbox(slots=8, gpus=("GPU-a", "GPU-b")) as leasing:
        assert leasing.image.id == image.id
        held: list[str] = []
        most: list[int] = []
        lock = threading.Lock()

        def hold() -> None:
            with leasing._free, leasing._lease() as gpu:
                with lock:
                    assert gpu not in held
                    held.append(gpu)
                    most.append(len(held))
                time.sleep(0.02)
                with lock:
                    held.remove(gpu)

        threads = [threading.Thread(target=hold) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(most) == 12
    assert max(most) == 2


# Ends


@needs_engine
def test_stop_does_not_wait_for_running_jobs(tmp_path: Path) -> None:
    before = mine()  # other tests' sandboxes are open, too
    sandbox = DockerSandbox(slots=2)
    lab = Lab(sandbox, tmp_path)
    caught: list[InfraFault] = []

    def run() -> None:
        try:
            sandbox.run(lab.job(("import time; time.sleep(60)",)))
        except InfraFault as fault:
            caught.append(fault)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert eventually(lambda: len(sandbox._containers) >= 2, 30)
    time.sleep(1.0)
    began = time.monotonic()
    sandbox.stop()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began < 20, "0.2 s where this was written; the jobs sleep for 60"
    assert [str(c) for c in caught] == ["interrupted"] * 2
    sandbox.close()
    assert mine() <= before


@needs_engine
def test_a_container_that_is_killed_from_outside_is_the_machines_fault(tmp_path: Path) -> None:
    sandbox = DockerSandbox(ahead=False)
    job = Lab(sandbox, tmp_path).job(("print(1)", "import time; time.sleep(60)"))
    caught: list[InfraFault] = []

    def run() -> None:
        try:
            sandbox.run(job)
        except InfraFault as fault:
            caught.append(fault)

    thread = threading.Thread(target=run)
    thread.start()
    assert eventually(lambda: any(c._ready for c in sandbox._containers), 60)
    time.sleep(1.0)
    (container,) = sandbox._containers
    container.kill()
    thread.join(30)
    sandbox.close()
    (fault,) = caught
    assert "ended before it had answered" in str(fault)


@needs_engine
def test_a_container_made_ahead_that_has_died_is_replaced(tmp_path: Path) -> None:
    with DockerSandbox() as sandbox:
        lab = Lab(sandbox, tmp_path)
        assert lab.run("x = 1").statuses == ["ok"]
        (made,) = sandbox._next.values()
        made.result().kill()
        assert lab.run("x = 2").statuses == ["ok"]


@needs_engine
def test_containers_ahead_do_not_pile_up_when_each_job_has_data_of_its_own(tmp_path: Path) -> None:
    mine = f"dlgrade.pid={os.getpid()}"
    with DockerSandbox() as made:
        bench = Lab(made, tmp_path)
        before = len(made._client.api.containers(all=True, filters={"label": [mine]}))
        for k in range(4):
            data = tmp_path / f"data-{k}"
            data.mkdir(mode=0o755)
            assert bench.run("x = 1", data=data).ending is Ending.FINISHED

        def waiting() -> int:
            found = made._client.api.containers(all=True, filters={"label": [mine]})
            return len(found) - before

        assert eventually(lambda: waiting() == 2, seconds=30)


@needs_engine
def test_a_host_that_is_killed_leaves_nothing_running_and_the_next_one_sweeps(
    tmp_path: Path,
) -> None:
    client = engine.connect()
    lab = Lab(DockerSandbox(ahead=False), tmp_path)
    job = lab.job(("import time; time.sleep(60)",))
    host = subprocess.Popen(
        [sys.executable, "-c", "import pickle, sys\n"
         "from graders.sandboxes.docker import DockerSandbox\n"
         "DockerSandbox().run(pickle.load(sys.stdin.buffer))\n"],
        stdin=subprocess.PIPE,
    )  # fmt: skip
    assert host.stdin is not None
    host.stdin.write(pickle.dumps(job))
    host.stdin.close()

    def of_host() -> list[dict[str, Any]]:
        return [c for c in ours(client) if c["Labels"]["dlgrade.pid"] == str(host.pid)]

    assert eventually(lambda: any(c["State"] == "running" for c in of_host()), 60)
    time.sleep(2.5)
    host.send_signal(signal.SIGKILL)
    host.wait()
    # Without anybody's doing: the probe sees the end of its input.
    assert eventually(lambda: all(c["State"] == "exited" for c in of_host()), 10)
    # Those of others stay: of another host, of a live batch, of nobody we know.
    kept = []
    for labels in (
        {"dlgrade.role": "job", "dlgrade.host": "elsewhere", "dlgrade.pid": NOBODY},
        docker_sandbox._labels(),
        {"somebody": "else"},
    ):
        image = lab.sandbox.fingerprint().removeprefix("docker:")
        kept.append(client.api.create_container(image, ["true"], labels=labels)["Id"])
    try:
        with DockerSandbox(ahead=False):
            assert of_host() == []
            there = {c["Id"] for c in client.api.containers(all=True)}
            assert set(kept) <= there
    finally:
        for name in kept:
            client.api.remove_container(name, force=True)
        client.close()
        lab.sandbox.close()
