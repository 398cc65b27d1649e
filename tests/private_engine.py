"""A container Engine of a test's own, to be stopped and started without harm to anybody's work."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import IO

import pytest

from graders.containers import engine
from graders.containers.images import IMAGES, Image

# Nothing of these is needed to run a numpy notebook, and copying them takes long.
_LEFT_OUT = (
    "tensorflow", "keras", "sklearn", "pandas", "h5py", "grpc", "tensorboard", "cv2",
    "*/tests",
)  # fmt: skip

can_have_one = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0 or shutil.which("dockerd") is None,
    reason="a private Engine needs root and dockerd",
)


class PrivateEngine:
    """dockerd with its own socket, storage and namespaces below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = f"unix://{folder}/docker.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = (self.folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                # A network of its own: without a bridge, dockerd removes the other Engine's.
                ["unshare", "--net", "dockerd", "--host", self.address,
                 "--data-root", f"{self.folder}/data", "--exec-root", f"{self.folder}/exec",
                 "--pidfile", f"{self.folder}/pid",
                 "--bridge", "none", "--iptables=false", "--ip-masq=false",
                 "--containerd-namespace", "dlgrade-tests",
                 "--containerd-plugins-namespace", "dlgrade-tests-plugins"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self._docker("version", check=False).returncode == 0:
                return
            assert self._process.poll() is None, (self.folder / "log").read_text("utf-8")[-2000:]
            time.sleep(0.1)
        raise AssertionError("the private Engine did not answer within 60 s")

    def stop(self, how: signal.Signals) -> None:
        """Send it a signal and wait for its end."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(60)

    def take(self, image: Image) -> None:
        """Copy an image of the ordinary Engine, without what the tests do not need."""
        folder = "opt/venv/lib/python3.11/site-packages"
        pack = ["docker", "run", "--rm", "--network", "none", "--user", "0", image.id, "tar", "-C",
                "/", "-c", "--exclude=./proc", "--exclude=./sys", "--exclude=./dev",
                *(f"--exclude=./{folder}/{name}" for name in _LEFT_OUT), "."]  # fmt: skip
        changes = ["USER 10001:10000", "WORKDIR /work"]
        changes += [f"LABEL {name}={json.dumps(value)}" for name, value in image.labels.items()]
        flags = [word for change in changes for word in ("--change", change)]
        with subprocess.Popen(pack, stdout=subprocess.PIPE) as packing:
            self._docker("import", *flags, "-", IMAGES["cpu"], stdin=packing.stdout)
            assert packing.wait() == 0

    def containers(self) -> list[str]:
        """Numbers of all containers, running or not."""
        return self._docker("ps", "--all", "--quiet").stdout.split()

    def _docker(
        self, *words: str, check: bool = True, stdin: IO[bytes] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["docker", "--host", self.address, *words], check=check, text=True,
            stdin=stdin, capture_output=True,
        )  # fmt: skip

    def close(self) -> None:
        """End it and everything in it, and remove its storage."""
        if self._process is not None and self._process.poll() is None:
            self._docker("rm", "--force", *self.containers(), check=False)
            self.stop(signal.SIGTERM)
        for line in Path("/proc/mounts").read_text("utf-8").splitlines():
            if (place := line.split()[1]).startswith(str(self.folder)):
                subprocess.run(["umount", "--lazy", place], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


def copy_of_the_image() -> Image:
    """The image that a private Engine is to take."""
    from graders.containers import images

    client = engine.connect()
    try:
        return images.find(client, "cpu")
    finally:
        client.close()
