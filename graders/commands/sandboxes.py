"""Which sandbox a command uses, and what it says about it."""

import subprocess
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from graders.core.errors import InfraFault, UsageFault

if TYPE_CHECKING:
    from rich.console import Console

    from graders.sandboxes.docker import DockerSandbox
    from graders.sandboxes.local import LocalSandbox

    AnySandbox: TypeAlias = DockerSandbox | LocalSandbox

KINDS = ("auto", "docker", "local")


def open_sandbox(
    kind: str, slots: int, console: "Console", *, gpus: str = "", runtime: str = ""
) -> "AnySandbox":
    """Open the sandbox that was asked for and say which it is.

    Args:
        kind: `docker`, `local`, or `auto`: containers where an Engine and an image are there,
            else, with a warning, processes of this account.
        slots: how many jobs at a time.
        gpus: `all`, or UUIDs separated by commas; "" for none.
        runtime: of the Engine; "" for its default.

    Raises:
        InfraFault, UsageFault: it cannot be had; says why.
    """
    contained = kind == "docker" or gpus or runtime
    if kind == "local" and contained:
        raise UsageFault("--gpus and --runtime are for containers: leave out --sandbox local")
    if kind != "local":
        try:
            sandbox = _docker(slots, gpus, runtime)
        except (InfraFault, UsageFault) as why:
            if contained:
                raise
            console.print(f"No containers: {why}.", style="yellow", soft_wrap=True, highlight=False)
        else:
            image = sandbox.image
            console.print(
                f"Sandbox: docker, each notebook in a container of {' '.join(image.tags)} "
                f"({image.id[:19]}).", soft_wrap=True, highlight=False,
            )  # fmt: skip
            return sandbox
    from graders.sandboxes.local import NOT_ISOLATED, LocalSandbox

    console.print(NOT_ISOLATED, style="yellow", soft_wrap=True)
    local = LocalSandbox(slots=slots)
    local.warm_up(slots)  # its imports take a second, and so do ours: side by side
    return local


def _docker(slots: int, gpus: str, runtime: str) -> "DockerSandbox":
    try:
        from graders.sandboxes.docker import DockerSandbox
    except ModuleNotFoundError as missing:
        raise UsageFault(
            f"{missing.name} is not installed; it comes with dlgrade[staff]"
        ) from missing
    devices = devices_named(gpus)
    flavour = "gpu" if devices else "cpu"
    return DockerSandbox(slots=slots, flavour=flavour, gpus=devices, runtime=runtime)


def devices_named(gpus: str) -> Sequence[str]:
    """UUIDs of the devices that were asked for.

    Args:
        gpus: `all`, UUIDs (`GPU-…`, `MIG-…`) or names of the Container Device Interface
            (`nvidia.com/gpu=0`), separated by commas; "" for none.

    Raises:
        UsageFault: `all`, and there is none; or not a UUID.
    """
    if gpus != "all":
        named = [name.strip() for name in gpus.split(",") if name.strip()]
        if wrong := [n for n in named if not n.startswith(("GPU-", "MIG-")) and "=" not in n]:
            raise UsageFault(
                f"{wrong[0]!r} is not a device's UUID; `nvidia-smi -L` lists them, or say all"
            )
        return named
    try:
        listed = subprocess.run(
            ["nvidia-smi", "--query-gpu=uuid", "--format=csv,noheader"],
            capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise UsageFault(f"no GPU can be found: nvidia-smi does not answer ({error})") from error
    return [line.strip() for line in listed.stdout.splitlines() if line.strip()]
