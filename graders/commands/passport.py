"""What a calibration was computed by: the policy, the packages, the processor."""

import contextlib
import importlib.metadata
import platform
from pathlib import Path
from typing import Any

from graders.core.sandbox import Sandbox
from graders.metrics import tolerance

_PACKAGES = ("keras", "numpy", "tensorflow", "tensorflow-cpu")


def policy() -> dict[str, float]:
    """The numbers that turn a spread into a bar."""
    return {
        "coverage": tolerance.COVERAGE,
        "confidence": tolerance.CONFIDENCE,
        "band": tolerance.BAND,
    }


def computing(sandbox: Sandbox) -> dict[str, Any]:
    """What decides the last digits: `sandbox`, `flavour`, `lock` and `versions`.

    The digest of an image is not among them: it differs between machines that build the same one.
    """
    flavour = "gpu" if getattr(getattr(sandbox, "image", None), "flavour", "") == "gpu" else "cpu"
    return computing_of(sandbox.name, flavour)


def computing_of(sandbox: str, flavour: str) -> dict[str, Any]:
    """The same of this checkout and this interpreter, without opening a sandbox."""
    if sandbox != "docker":
        versions = {"python": platform.python_version()}
        for package in _PACKAGES:
            with contextlib.suppress(importlib.metadata.PackageNotFoundError):
                versions[package] = importlib.metadata.version(package)
        return {"sandbox": sandbox, "flavour": "", "lock": "", "versions": versions}
    from graders.containers.recipe import Recipe

    recipe = Recipe(flavour)  # a sandbox refuses images that were not made from this lock file
    locked = recipe.versions()
    versions = {p: locked[p] for p in _PACKAGES if p in locked}
    lock = recipe.labels()["dlgrade.lock"]
    return {"sandbox": "docker", "flavour": flavour, "lock": lock, "versions": versions}


def processor() -> str:
    """Its model, in the words of its maker where they can be had."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
