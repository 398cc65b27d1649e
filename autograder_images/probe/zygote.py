"""Makes kernels inside a container, under the student's account.

    python zygote.py SOCKET

The host starts it with an exec of its own, so that it runs as another account than the probe: what
it forks can neither signal nor trace the probe, nor reach its files. It imports what notebooks need
while the probe imports what the driver needs, then connects to the probe twice (once for the
driver, once for the watch) and does what it is told: `start` a kernel, `interrupt` it, `kill`
everything that this account runs. No student code ever runs in the zygote itself.
"""

import contextlib
import os
import select
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

import confine
import link
import seccomp
import warm

WORK = Path("/work")
DATA = Path("/data")
_FONTS = Path("/opt/dlgrade/matplotlib")
_CONNECT_S = 60.0
_KILL_S = 5.0


class Zygote:
    """The parent of all kernels of one job, one of which runs at a time."""

    def __init__(self, socket: Path) -> None:
        self._driver = link.connect(socket, _CONNECT_S)
        self._guard = link.connect(socket, _CONNECT_S)
        self._kernel = 0
        self._bell, bell = os.pipe()
        for end in (self._bell, bell):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(bell, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._driver.send(ready=True)

    def run(self) -> None:
        """Do as told until the probe is gone."""
        links = {one.fileno(): one for one in (self._driver, self._guard)}
        with contextlib.suppress(link.LinkLost):
            while True:
                ready, _, _ = select.select([*links, self._bell], [], [])
                if self._bell in ready:
                    with contextlib.suppress(BlockingIOError):
                        os.read(self._bell, 4096)
                self._bury()
                for number in links.keys() & ready:
                    for order in links[number].receive(0):
                        self._obey(order)
        self._end_all()

    def _obey(self, order: dict[str, Any]) -> None:
        what = order.get("do")
        if what == "start":
            self._start(order)
        elif what == "interrupt" and self._kernel:
            with contextlib.suppress(OSError):
                os.killpg(self._kernel, signal.SIGINT)
        elif what == "kill":
            kernel = self._kernel
            self._end_all()
            self._driver.send(killed=order.get("number"), ended=kernel)

    def _start(self, order: dict[str, Any]) -> None:
        zygote = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            self._driver.send(failed=str(error))
            return
        if pid == 0:
            _become_kernel(order, zygote)
        self._kernel = pid
        self._driver.send(started=pid)

    def _bury(self) -> None:
        """Wait for whoever has ended, orphans included; tell when it was the kernel."""
        with contextlib.suppress(ChildProcessError):
            while (pid := os.waitpid(-1, os.WNOHANG)[0]) != 0:
                if pid == self._kernel:
                    self._kernel = 0
                    self._driver.send(ended=pid)

    def _end_all(self) -> None:
        """Kill everything that this account runs, but us: at once, so that no fork outruns it."""
        until = time.monotonic() + _KILL_S
        while time.monotonic() < until:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(-1, signal.SIGKILL)
            try:
                while os.waitpid(-1, os.WNOHANG)[0] != 0:
                    pass
            except ChildProcessError:
                break
            time.sleep(0.002)
        self._kernel = 0


def _become_kernel(order: dict[str, Any], zygote: int) -> None:
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.setsid()
        confine.die_with_parent(zygote)
        confine.volunteer_for_oom()
        confine.close_all_but()
        confine.enter(order["env"], str(WORK))
        time.tzset()
        os.umask(0o002)  # the probe connects to the kernel's sockets by way of our common group
        confine.limit_resources(order["limits"])
        confine.close_to_others(False)  # a student may look into what is the student's own
        file = Path(order["file"])
        file.write_text(order["connection"], encoding="utf-8")
        import kernel_side

        kernel_side.run(str(file))
    finally:
        os._exit(0)


def _lay_out() -> None:
    """What a notebook finds in its folders at the start."""
    home = Path(os.environ["MPLCONFIGDIR"])
    home.mkdir(parents=True, exist_ok=True)
    for listed in _FONTS.glob("fontlist-*.json"):
        shutil.copyfile(listed, home / listed.name)
    if DATA.is_dir():
        for entry in DATA.iterdir():
            (WORK / entry.name).symlink_to(entry)


def main(arguments: list[str]) -> int:
    """Serve the probe that listens at the given socket."""
    if os.getppid() != 0 or os.getuid() == 0:
        # It kills every process of its account: outside a container that would be a disaster.
        print("zygote.py runs inside a container only, and never as root", file=sys.stderr)
        return 2
    seccomp.narrow()
    confine.close_to_others()
    confine.adopt_orphans()
    _lay_out()
    warm.for_kernels()
    warm.keep()
    try:
        Zygote(Path(arguments[0])).run()
    except link.LinkLost:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
