"""Runs inside an image, as a program: what is really there. Python's own library only.

The host sends this file's text to `python -c` with no folder of the host mounted, and reads one
line of JSON. `digest` is here so that both ends count alike.
"""

import contextlib
import hashlib
import importlib
import importlib.metadata
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

MARK = "dlgrade-report:"
# What notebooks may import, as they import it, and the package that it comes from.
LIBRARIES = {
    "numpy": "numpy", "scipy": "scipy", "matplotlib.pyplot": "matplotlib", "seaborn": "seaborn",
    "pandas": "pandas", "sklearn": "scikit-learn", "networkx": "networkx", "PIL.Image": "pillow",
    "cv2": "opencv-python-headless", "tqdm.notebook": "tqdm", "ipywidgets": "ipywidgets",
    "pydot": "pydot", "graphviz": "graphviz", "tensorboard": "tensorboard", "pytest": "pytest",
}  # fmt: skip
_LIMIT_S = 600  # for everything; importing TensorFlow from a cold disk takes half a minute


def digest(files: Iterable[Path]) -> str:
    """SHA-256 over names and contents, in the order of the names."""
    total = hashlib.sha256()
    for path in sorted(files, key=lambda p: p.name):
        content = path.read_bytes()
        total.update(f"{path.name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def report(mounts: Iterable[str], gpus: bool) -> dict[str, Any]:
    """Look at accounts, files, packages and TensorFlow of the image we run in.

    Args:
        mounts: folders whose owners are asked for.
        gpus: the product is computed on a GPU; else on the CPU.
    """
    probe = Path("/opt/dlgrade/probe")
    return {
        "uid": os.getuid(),
        "gid": os.getgid(),
        "groups": sorted(os.getgroups()),
        "capabilities": _capabilities(),
        "writable": [name for name in ("/opt/dlgrade/probe", "/opt/venv", "/etc") if _writes(name)],
        "python": ".".join(map(str, sys.version_info[:3])),
        "probe": digest(probe.glob("*.py")),
        "uncompiled": [p.name for p in probe.glob("*.py") if not list(_compiled(p))],
        "packages": {
            d.metadata["Name"]: d.version for d in importlib.metadata.distributions() if d.metadata
        },
        "mounts": {name: _owner(name) for name in mounts},
        "setuid": sorted(_setuid()),
        "dot": _draws_graphs(),
        "fonts": bool(list(Path("/opt/dlgrade/matplotlib").glob("fontlist-*.json"))),
        "pip": _pip_check(),
        "unusable": [name for name in LIBRARIES if not _loads(name)],
        "tensorflow": _tensorflow(gpus),
    }


def _capabilities() -> str:
    """Bounding and effective sets, as the kernel prints them; "" where there is no /proc."""
    with contextlib.suppress(OSError):
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
        return " ".join(line.split()[1] for line in lines if line.startswith(("CapEff", "CapBnd")))
    return ""


def _writes(folder: str) -> bool:
    try:
        handle = os.open(os.path.join(folder, ".dlgrade"), os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except OSError:
        return False
    os.close(handle)
    return True


def _compiled(source: Path) -> Iterator[Path]:
    return (source.parent / "__pycache__").glob(f"{source.stem}.*.pyc")


def _owner(folder: str) -> str:
    """Like `10002:10000 0700`; "missing" where there is none."""
    try:
        found = os.stat(folder)
    except OSError:
        return "missing"
    return f"{found.st_uid}:{found.st_gid} {stat.S_IMODE(found.st_mode):04o}"


def _setuid() -> Iterator[str]:
    """Files that lend their owner's rights. What lies in folders closed to us lends us nothing."""
    device = os.stat("/").st_dev
    for folder, inner, names in os.walk("/"):
        inner[:] = [n for n in inner if _device(os.path.join(folder, n)) == device]
        for name in names:
            path = os.path.join(folder, name)
            with contextlib.suppress(OSError):
                found = os.lstat(path)
                if stat.S_ISREG(found.st_mode) and found.st_mode & (stat.S_ISUID | stat.S_ISGID):
                    yield path


def _device(path: str) -> int | None:
    try:
        return os.lstat(path).st_dev
    except OSError:
        return None


def _pip_check() -> str:
    """What pip finds wrong between the packages; "" for nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"],
        capture_output=True, text=True,
    )  # fmt: skip
    return "" if done.returncode == 0 else (done.stdout + done.stderr).strip()


def _draws_graphs() -> str:
    """What is wrong with Graphviz's `dot`; "" where it makes a PNG."""
    try:
        done = subprocess.run(["dot", "-Tpng"], input=b"digraph {a -> b}", capture_output=True)
    except OSError as error:
        return f"dot: {error.strerror}"
    if done.stdout.startswith(b"\x89PNG"):
        return ""
    return done.stderr.decode("utf-8", "replace").strip()[-300:] or "dot draws nothing"


def _loads(name: str) -> bool:
    try:
        importlib.import_module(name)
    except Exception as error:  # a system library is missing, or a part was built for another
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
        return False
    return True


def _tensorflow(gpus: bool) -> dict[str, Any]:
    try:
        tf = importlib.import_module("tensorflow")  # no machine of ours has it
        seen = [device.name for device in tf.config.list_physical_devices("GPU")]
        with tf.device("/GPU:0" if gpus and seen else "/CPU:0"):
            factor = tf.constant([[1.0, 2.0], [3.0, 4.0]])
            product = tf.linalg.matmul(factor, factor)
        return {
            "version": tf.__version__,
            "cuda": bool(tf.test.is_built_with_cuda()),
            "gpus": seen,
            "product": product.numpy().tolist(),
            "device": str(product.device).rsplit("/", 1)[-1].removeprefix("device:"),
        }
    except Exception as error:  # a library that does not load raises whatever it likes
        return {"error": f"{type(error).__name__}: {error}"[:500]}


def main() -> None:
    """Print the report on one line, after everything that libraries print."""
    signal.alarm(_LIMIT_S)
    asked = json.loads(sys.argv[1])
    found = json.dumps(report(asked["mounts"], asked["gpus"]))
    print(f"\n{MARK}{found}", flush=True)


if __name__ == "__main__":
    main()
