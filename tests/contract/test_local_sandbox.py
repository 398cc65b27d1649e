"""What the local sandbox promises beyond the contract: cold runs, ends of servers and of hosts."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from graders.core.errors import InfraFault
from graders.core.types import Ending
from graders.sandboxes.local import LocalSandbox
from tests.sandbox_lab import Lab, ask, eventually, processes_of

pytestmark = pytest.mark.nightly("sandboxes")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[LocalSandbox]:
    with LocalSandbox() as made:
        yield made


@pytest.fixture
def lab(sandbox: LocalSandbox, tmp_path: Path) -> Lab:
    return Lab(sandbox, tmp_path)


def test_cold_runs_see_the_same(tmp_path: Path) -> None:
    with LocalSandbox(warm=False) as cold:
        seen = Lab(cold, tmp_path).run(
            "import matplotlib.pyplot as plt, numpy as np\nplt.plot([1, 2]); plt.show()",
            "1 / 0",
            "def f(x): return 2 * x",
            "import os; os._exit(1)",
            asks=(ask("f", "calls", "f", {"x": "a"}),),
            a=np.ones(3),
        )
    assert seen.statuses == ["ok", "error", "ok", "died"]
    assert "image/png" in seen.kinds(0)
    assert seen.value("f").tolist() == [2.0, 2.0, 2.0]


def test_killing_the_server_is_told_as_such_and_leaves_nothing(lab: Lab) -> None:
    mark = f"sleep 98764.{os.getpid()}"
    seen = lab.run(
        f"""
        import os, signal, subprocess, psutil, time
        subprocess.Popen({mark.split()!r}, start_new_session=True)
        psutil.Process(os.getppid()).parent().kill()
        time.sleep(9)
        """
    )
    assert seen.ending is Ending.KILLED
    assert "server" in seen.execution.detail
    assert eventually(lambda: processes_of(mark) == [], 2)
    assert lab.run("x = 1").statuses == ["ok"]


def test_forged_evidence_is_no_fault_of_ours(lab: Lab) -> None:
    seen = lab.run(
        """
        import os, signal, pathlib
        out = pathlib.Path(os.readlink(f'/proc/{os.getppid()}/cwd')).parent
        for fd in os.listdir(f'/proc/{os.getppid()}/fd'):
            target = os.readlink(f'/proc/{os.getppid()}/fd/{fd}')
            if target.endswith('cells.jsonl'):
                out = pathlib.Path(target).parent
        (out / 'ending.json').write_text('{"ending": "probe fault"}')
        os.kill(os.getppid(), signal.SIGKILL)
        """
    )
    assert seen.ending is Ending.KILLED


def test_locked_folders_are_removed_all_the_same(lab: Lab) -> None:
    seen = lab.run(
        "import os\nos.makedirs('a/b'); open('a/b/c', 'w').close()\n"
        "os.chmod('a/b', 0); os.chmod('a', 0)\n"
        "print(os.environ['DLGRADE_ROOT'])"
    )
    assert not Path(seen.text(0).strip()).exists()


def test_stop_does_not_wait_for_running_jobs(tmp_path: Path) -> None:
    mark = f"sleep 98763.{os.getpid()}"
    sandbox = LocalSandbox()
    job = Lab(sandbox, tmp_path).job((f"!{mark}",))
    caught: list[InfraFault] = []

    def run() -> None:
        try:
            sandbox.run(job)
        except InfraFault as fault:
            caught.append(fault)

    thread = threading.Thread(target=run)
    thread.start()
    assert eventually(lambda: processes_of(mark) != [], 30)
    start = time.monotonic()
    sandbox.stop()
    thread.join(20)

    assert time.monotonic() - start < 20, "0.1 s where this was written; the job would sleep on"
    assert [str(fault) for fault in caught] == ["interrupted"]
    assert processes_of(mark) == []
    with pytest.raises(InfraFault):
        sandbox.run(job)
    sandbox.close()


def test_nothing_survives_a_host_that_is_killed(tmp_path: Path) -> None:
    mark = f"sleep 98762.{os.getpid()}"
    job = Lab(LocalSandbox(), tmp_path).job((f"!{mark}",))
    script = (
        "import sys, pickle\n"
        "from graders.sandboxes.local import LocalSandbox\n"
        "LocalSandbox().run(pickle.load(sys.stdin.buffer))\n"
    )
    host = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, cwd=Path(__file__).parents[2],
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert host.stdin is not None
    host.stdin.write(pickle.dumps(job))
    host.stdin.close()
    assert eventually(lambda: processes_of(mark) != [], 30)
    below = psutil.Process(host.pid).children(recursive=True)
    assert len(below) > 3
    host.send_signal(signal.SIGKILL)
    host.wait()

    assert eventually(lambda: not any(p.is_running() for p in below), 3)
    assert processes_of(mark) == []


def test_what_is_asked_is_not_on_the_disk_while_cells_run(lab: Lab) -> None:
    look = """
        import os
        root = os.environ['DLGRADE_ROOT']
        names = [f for _, _, files in os.walk(root) for f in files]
        print([f for f in names if f.endswith(('.npz', 'plan.json'))])
    """
    assert lab.run(look, a=np.ones(2)).text(0) == "[]\n"
