"""What every sandbox promises, tried with real kernels. Which ones: conftest.py."""

import os
import re
import threading
from pathlib import Path

import numpy as np
import pytest

from graders.core.errors import InfraFault
from graders.core.sandbox import Sandbox
from graders.core.types import Ending, Limits
from tests.sandbox_lab import Lab, Seen, ask, processes_of

pytestmark = pytest.mark.nightly("sandboxes")

# What an ordinary notebook may rely on


def test_a_notebook_works_as_it_does_in_jupyter(lab: Lab, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    np.save(data / "train.npy", np.arange(3.0))
    seen = lab.run(
        "%matplotlib inline\nimport matplotlib.pyplot as plt, numpy as np, os\n"
        "from pathlib import Path",
        "plt.plot([1, 2]); plt.show()",
        "plt.plot([2, 1])",
        "%timeit -n1 -r1 1 + 1",
        "!echo from a shell",
        "import subprocess; subprocess.run(['echo', 'from a child'], check=True);",
        "from multiprocessing import Pool\ndef f(x): return x * x\n"
        "with Pool(2) as pool: print(pool.map(f, [1, 2, 3]))",
        "import asyncio; await asyncio.sleep(0.001); print('awaited')",
        "from IPython.display import display, HTML; display(HTML('<b>x</b>'))",
        "np.load(Path(os.environ['COURSE_DATA']) / 'train.npy').sum() + np.load('train.npy').sum()",
        "open('mine.txt', 'w').write('x'); sorted(os.listdir('.'))",
        "import pickle; pickle.dumps(f); __name__, np.__name__",
        data=data,
    )
    assert seen.statuses == ["ok"] * 12
    assert seen.ending is Ending.FINISHED
    assert "image/png" in seen.kinds(1)
    assert "image/png" in seen.kinds(2)
    assert "per loop" in seen.text(3)
    assert "from a shell" in seen.text(4)
    assert "from a child" in seen.text(5)
    assert seen.text(6) == "[1, 4, 9]\n"
    assert seen.text(7) == "awaited\n"
    assert "text/html" in seen.kinds(8)
    assert "6.0" in str(seen.notebook["cells"][9]["outputs"])
    assert "['mine.txt', 'train.npy']" in str(seen.notebook["cells"][10]["outputs"])
    assert sorted(p.name for p in data.iterdir()) == ["train.npy"]


def test_what_a_child_prints_belongs_to_the_cell_that_started_it(lab: Lab) -> None:
    """Even if whatever reads the kernel's descriptors is slow to do so."""
    slow = (
        "import os, subprocess, time\nread = os.read\n"
        "def slowly(*args):\n    time.sleep(0.3)\n    return read(*args)\n"
        "os.read = slowly"
    )
    cells = [f"os.write({1 + k % 2}, b'of cell {k}');" for k in range(1, 5)]
    last = "os.read = read; subprocess.run('seq 20000; echo the end', shell=True);"
    seen = lab.run(slow, *cells, last)

    assert seen.statuses == ["ok"] * 6
    assert [seen.text(k) for k in range(1, 5)] == [f"of cell {k}" for k in range(1, 5)]
    assert seen.text(5).endswith("20000\nthe end\n")


def test_a_child_that_goes_on_printing_does_not_hold_up_the_notebook(lab: Lab) -> None:
    seen = lab.run(
        "import os, subprocess\n"
        "subprocess.Popen('while echo on; do sleep 0.002; done', shell=True);",
        "for k in range(20): print(k, flush=True)",
        "os.dup2(os.open(os.devnull, os.O_WRONLY), 1); print('to the notebook')",
    )

    assert seen.statuses == ["ok"] * 3
    assert seen.cells[1]["seconds"] < 10
    assert "to the notebook" in seen.text(2)


def test_runs_are_fresh_and_know_no_secret(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "s3cret")
    draw = "import numpy as np, random, os\nprint(np.random.rand(), random.random())"
    first, second = (lab.run(draw, "print(dict(os.environ), globals().keys())") for _ in range(2))

    assert first.text(0) != second.text(0)
    assert "s3cret" not in first.text(1)
    assert "ask" not in re.findall(r"dict_keys.*", first.text(1))[0]


# Cells that go wrong


def test_pools_of_threads_are_as_small_as_the_cores_of_a_job_on_any_machine(lab: Lab) -> None:
    seen = lab.run(
        "import os; print({k: v for k, v in sorted(os.environ.items()) if k.endswith('_THREADS')})"
    )
    ours = {f"{name}_NUM_THREADS": "1" for name in ("MKL", "OMP", "OPENBLAS")}
    of_a_job = f"{Limits().cpus:g}"  # TensorFlow's follow what a job may use
    ours |= {f"TF_NUM_{kind}OP_THREADS": of_a_job for kind in ("INTER", "INTRA")}
    assert seen.text(0) == f"{ours}\n"


def test_an_error_or_a_wish_for_input_costs_its_own_cell_only(lab: Lab) -> None:
    seen = lab.run(
        "x = 1", "1 / 0", "y = input('?')", "def broken(:", "x + 1", "", "raise SystemExit"
    )

    assert seen.statuses == ["ok", "error", "error", "error", "ok", "ok", "error"]
    assert [c["ename"] for c in seen.cells][1:4] == [
        "ZeroDivisionError", "StdinNotImplementedError", "SyntaxError",
    ]  # fmt: skip
    assert seen.cells[4]["grade_id"] == "c4"
    assert seen.ending is Ending.CELL_ERROR


def test_a_cell_that_kills_its_kernel_is_passed_over(lab: Lab) -> None:
    seen = lab.run("x = [1]", "import os; print('bye', flush=True); os._exit(0)", "x.append(2)",
                   asks=(ask("x", "variable", "x"),))  # fmt: skip

    assert seen.statuses == ["ok", "died", "ok"]
    assert seen.value("x").tolist() == [1, 2]
    assert seen.ending is Ending.KERNEL_DIED


def test_a_third_death_ends_the_run(lab: Lab) -> None:
    die = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    seen = lab.run(die, die, die, "x = 1", asks=(ask("x", "variable", "x"),))

    assert seen.statuses == ["died", "died", "died", "skipped"]
    assert seen.answers[0]["status"] == "skipped"
    assert seen.ending is Ending.KERNEL_DIED


def test_endless_cells_are_stopped_whether_they_listen_or_not(lab: Lab) -> None:
    deaf = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    seen = lab.run("x = 1", "while True: pass", deaf, "y = x",
                   asks=(ask("y", "variable", "y"),), limits=Limits(cell_s=1))  # fmt: skip

    assert seen.statuses == ["ok", "time limit", "time limit", "ok"]
    assert seen.value("y") == 1
    assert seen.ending is Ending.CELL_TIME_LIMIT


def test_the_whole_notebook_has_a_limit_too(lab: Lab) -> None:
    seen = lab.run("import time", *["time.sleep(0.7)"] * 4, "x = 1", limits=Limits(wall_s=1))

    assert seen.statuses == ["ok", "ok", "time limit", "skipped", "skipped", "skipped"]
    assert seen.ending is Ending.TIME_LIMIT


# Greed


def test_memory_is_limited_and_a_huge_request_is_only_an_error(lab: Lab) -> None:
    seen = lab.run(
        "import numpy as np\nx = 1",
        "big = np.ones(10**11)",
        "import time\nhoard = []\nwhile True: hoard.append(np.ones(10**6)); time.sleep(0.01)",
        "x",
    )
    assert seen.statuses == ["ok", "error", "died", "ok"]
    assert seen.cells[1]["ename"].endswith("MemoryError")
    assert seen.cells[2]["evalue"] == "used more than 700 MiB" or "MemoryError" in str(
        seen.cells[2]
    )
    assert seen.ending is Ending.OUT_OF_MEMORY
    assert seen.execution.peak_mib > 500


def test_a_flood_of_lines_neither_hangs_nor_fills_memory(lab: Lab) -> None:
    seen = lab.run("for i in range(1_000_000): print(f'line {i}')", "print('after')")

    assert seen.statuses == ["ok", "ok"]
    text = seen.text(0)
    assert text.startswith("line 0\n")
    assert text.endswith("line 999999\n")
    assert "characters left out" in text
    assert len(text) < 70_000
    assert seen.text(1) == "after\n"
    assert seen.execution.peak_mib < 600


def test_a_flood_of_pictures_is_no_fault_of_ours(lab: Lab) -> None:
    seen = lab.run(
        "from IPython.display import display\n"
        "for k in range(12): display({'image/png': 'A' * 2**20}, raw=True)",
        "print('after')",
    )
    assert seen.statuses == ["ok", "ok"]
    assert seen.ending is Ending.FINISHED
    assert seen.text(1) == "after\n"
    assert (seen.execution.outputs / "executed.ipynb").stat().st_size < 8 * 2**20


def test_files_are_limited_one_by_one_and_together(lab: Lab) -> None:
    write = "for k in range({n}): open(f'f{{k}}', 'wb').write(bytes({mib} * 2**20)); print(k)"
    one = lab.run(write.format(n=1, mib=9), "x = 1")
    many = lab.run(write.format(n=10, mib=5) + "\nimport time; time.sleep(5)", "x = 1")

    assert one.statuses == ["error", "ok"]
    assert one.ending is Ending.CELL_ERROR
    assert many.statuses in (["died", "skipped"], ["error", "ok"])  # ended, or refused the room
    assert many.ending is Ending.DISK_LIMIT


def test_processes_are_limited(lab: Lab) -> None:
    bomb = """
        import os, time
        for _ in range(6):
            os.fork()
        time.sleep(30)
    """
    seen = lab.run(bomb, "x = 1", limits=Limits(processes=20))

    assert seen.statuses == ["died", "ok"]
    assert seen.cells[0]["evalue"] == "started more than 20 processes"
    assert seen.ending is Ending.PROCESS_LIMIT
    assert seen.execution.wall_s < 10


def test_a_fork_bomb_costs_its_own_kernel_and_not_the_next(lab: Lab) -> None:
    """Each of the two restarts is used up by a bomb; a kernel more, and the last cell has none."""
    bomb = "import os, time\nfor _ in range(25):\n    os.fork() or time.sleep(30)\ntime.sleep(30)"
    seen = lab.run(bomb, bomb, "x = 1", limits=Limits(processes=20))

    assert seen.statuses == ["died", "died", "ok"]
    assert {cell["evalue"] for cell in seen.cells[:2]} == {"started more than 20 processes"}


# Escapes


def test_nothing_that_was_started_is_left(lab: Lab) -> None:
    mark = f"sleep 98765.{os.getpid()}"
    daemon = f"""
        import os, subprocess
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.environ.clear(); os.chdir('/')
                os.execvp('sleep', {mark.split()!r})
            os._exit(0)
        child = subprocess.Popen({mark.split()!r}, start_new_session=True)
    """
    seen = lab.run(daemon)

    assert seen.statuses == ["ok"]
    assert processes_of(mark) == []


def test_killing_the_parent_is_told_as_such_and_harms_no_neighbour(lab: Lab) -> None:
    seen = lab.run(
        "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nimport time; time.sleep(9)"
    )

    assert seen.ending in (Ending.KILLED, Ending.KERNEL_DIED)  # whether it can reach the driver
    assert lab.run("x = 1").statuses == ["ok"]


# The host's side


def test_two_slots_run_two_jobs_at_a_time(sandbox: Sandbox, lab: Lab) -> None:
    jobs = [lab.job(("import time; print(time.time()); time.sleep(1); print(time.time())",))] * 2
    jobs = [
        jobs[0],
        lab.job(("import time; print(time.time()); time.sleep(1); print(time.time())",)),
    ]
    seen: list[Seen] = []
    threads = [
        threading.Thread(target=lambda j=job: seen.append(Seen(sandbox.run(j)))) for job in jobs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    spans = [tuple(map(float, s.text(0).split())) for s in seen]
    assert max(start for start, _ in spans) < min(end for _, end in spans)


def test_inputs_of_the_host_stay_as_they_are(lab: Lab, sandbox: Sandbox) -> None:
    job = lab.job(("x = 1",), a=np.ones(2))
    before = {p.name: p.read_bytes() for p in job.inputs.iterdir()}
    sandbox.run(job)

    assert {p.name: p.read_bytes() for p in job.inputs.iterdir() if p.is_file()} == before


def test_a_plan_that_makes_no_sense_is_our_fault(lab: Lab, sandbox: Sandbox) -> None:
    job = lab.job(("x = 1",))
    (job.inputs / "plan.json").write_text("{}")

    execution = sandbox.run(job)
    assert execution.ending is Ending.PROBE_FAULT
    assert "KeyError" in execution.log_tail


def test_missing_inputs_are_a_fault_of_the_machine(lab: Lab, sandbox: Sandbox) -> None:
    job = lab.job(("x = 1",))
    (job.inputs / "inputs.npz").unlink()

    with pytest.raises(InfraFault):
        sandbox.run(job)


def test_processor_time_and_memory_are_measured(lab: Lab) -> None:
    seen = lab.run("import time\nt = time.process_time()\nwhile time.process_time() < t + 1: pass")

    assert 1.0 < seen.execution.cpu_s < 4.0
    assert seen.execution.wall_s >= 1.0
    assert 20 < seen.execution.peak_mib < 500
