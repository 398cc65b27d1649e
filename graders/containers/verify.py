"""Is an image what it says it is? Asks the image itself, in a container that can only print."""

import inspect
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder_images import inside
from graders.containers.engine import Client, speaking
from graders.containers.images import Image
from graders.containers.oneshot import run_once
from graders.containers.recipe import Recipe, normal
from graders.core.errors import InfraFault

PROBE_ACCOUNT = "10001:10000"
MOUNTS = {
    "/work": "10002:10000 0700",
    "/home/student": "10002:10000 0700",
    "/outputs": "10001:10000 0700",
    "/private": "10001:10000 0700",
    "/sockets": "10001:10000 0770",
    "/data": "0:0 0755",
    "/opt/dlgrade/probe": "0:0 0755",
}
_PRODUCT = [[7.0, 10.0], [15.0, 22.0]]


@dataclass(frozen=True)
class Finding:
    """One promise about an image.

    Args:
        promise: what must hold.
        held: whether it does.
        seen: what was found, in a few words.
    """

    promise: str
    held: bool
    seen: str


def verify(client: Client, image: Image, recipe: Recipe, gpus: Sequence[str] = ()) -> list[Finding]:
    """Compare an image with this checkout and with what a sandbox needs of it.

    Args:
        gpus: `("all",)` or UUIDs: TensorFlow must see them and compute there. (): GPUs are
            counted, and none is asked for.

    Raises:
        InfraFault: the image could not be started, or did not answer.
    """
    asked = json.dumps({"mounts": list(MOUNTS), "gpus": bool(gpus)})
    command = ["/opt/venv/bin/python", "-I", "-c", inspect.getsource(inside), asked]
    quiet = {"HOME": "/tmp", "MPLCONFIGDIR": "/opt/dlgrade/matplotlib", "TF_CPP_MIN_LOG_LEVEL": "2"}
    try:
        said = run_once(client, image.id, command, gpus, quiet)
    except InfraFault as fault:
        if gpus and "device" in str(fault):
            raise InfraFault(
                f"{fault}; are NVIDIA's driver and container toolkit installed, and known to the "
                "Engine?"
            ) from fault
        raise
    for line in said.splitlines():
        if line.startswith(inside.MARK):
            seen = json.loads(line.removeprefix(inside.MARK))
            break
    else:
        last = (said.strip().splitlines() or ["it printed nothing"])[-1]
        raise InfraFault(f"{_name(image)} cannot look at itself: {last[:300]}")
    with speaking(f"look at {_name(image)}"):
        config = client.images.get(image.id).attrs["Config"]
    return [
        *_account(seen, config),
        *_sources(seen, image, recipe),
        *_packages(seen, recipe),
        *_files(seen),
        *_tensorflow(seen["tensorflow"], recipe.flavour, gpus),
    ]


def _account(seen: Mapping[str, Any], config: Mapping[str, Any]) -> Iterator[Finding]:
    account = f"{seen['uid']}:{seen['gid']}"
    yield Finding(
        "runs as the probe's account, never root",
        account == PROBE_ACCOUNT == config.get("User") and seen["groups"] in ([], [10000]),
        f"{account}, groups {seen['groups']}",
    )
    idle = {"0" * 16, ""}
    yield Finding(
        "holds no capability", set(seen["capabilities"].split()) <= idle, seen["capabilities"]
    )
    yield _none("root file system takes no writes", seen["writable"], "writable")
    extra = [key for key in ("Entrypoint", "Volumes", "ExposedPorts") if config.get(key)]
    yield Finding(
        "starts nothing by itself, has no volumes",
        not extra and config.get("WorkingDir") == "/work",
        ", ".join(extra) or f"in {config.get('WorkingDir')}",
    )


def _sources(seen: Mapping[str, Any], image: Image, recipe: Recipe) -> Iterator[Finding]:
    ours = recipe.labels()["dlgrade.probe"]
    yield Finding(
        "holds the probe of this checkout", seen["probe"] == ours, f"sha256 {seen['probe'][:12]}"
    )
    stale = recipe.stale(dict(image.labels))
    yield _none("labels are those of this checkout", stale, "other version")
    yield _none("probe is compiled", seen["uncompiled"], "not compiled")


def _packages(seen: Mapping[str, Any], recipe: Recipe) -> Iterator[Finding]:
    yield Finding(
        "Python is the one that packages are locked for",
        seen["python"].startswith("3.11."),
        seen["python"],
    )
    there = {normal(name): version for name, version in seen["packages"].items()}
    wrong = [
        f"{name} {there.get(name, 'missing')}, locked {version}"
        for name, version in recipe.versions().items()
        if there.get(name) != version
    ]
    yield _none(f"all {len(recipe.versions())} locked packages, same versions", wrong, "wrong")
    extra = sorted(set(there) - set(recipe.versions()) - {"pip", "setuptools"})
    yield _none("no package beside them", extra, "extra")
    yield Finding("packages agree (pip check)", not seen["pip"], seen["pip"] or "none broken")
    yield _none("libraries of the course can be imported", seen["unusable"], "not usable")
    yield Finding("Graphviz draws a graph", not seen["dot"], seen["dot"] or "as PNG")


def _files(seen: Mapping[str, Any]) -> Iterator[Finding]:
    wrong = [f"{k} is {seen['mounts'][k]}" for k, v in MOUNTS.items() if seen["mounts"][k] != v]
    yield _none("mount points are there, with their owners", wrong, "wrong")
    yield _none("no file is setuid or setgid", seen["setuid"], "found")
    yield Finding(
        "matplotlib's list of fonts is made", seen["fonts"], "made" if seen["fonts"] else "missing"
    )


def _tensorflow(seen: Mapping[str, Any], flavour: str, gpus: Sequence[str]) -> Iterator[Finding]:
    if "error" in seen:
        yield Finding("TensorFlow can be imported", False, seen["error"])
        return
    yield Finding(
        "TensorFlow multiplies two matrices",
        seen["product"] == _PRODUCT,
        f"TensorFlow {seen['version']} on {seen['device']}",
    )
    yield Finding(
        "TensorFlow is built with CUDA" if flavour == "gpu" else "TensorFlow is built without CUDA",
        seen["cuda"] is (flavour == "gpu"),
        "with CUDA" if seen["cuda"] else "without CUDA",
    )
    count = len(seen["gpus"])
    if gpus:
        wanted = "all" if tuple(gpus) == ("all",) else str(len(gpus))
        yield Finding(
            f"TensorFlow sees the GPUs that were asked for ({wanted})",
            count > 0 and wanted in ("all", str(count)) and seen["device"].startswith("GPU"),
            f"{count} visible, computed on {seen['device']}",
        )
    elif flavour == "gpu":
        yield Finding("GPUs visible (none was asked for)", True, str(count))


def _none(promise: str, found: Sequence[str], word: str) -> Finding:
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return Finding(promise, not found, f"{word}: {', '.join(found[:3])}{more}" if found else "")


def _name(image: Image) -> str:
    return image.tags[0] if image.tags else image.id[:19]
