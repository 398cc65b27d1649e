"""One command in one container that can do nothing but print; gone when it has ended."""

import contextlib
from collections.abc import Sequence
from typing import Any

from graders.containers.engine import Client, DeviceRequest, frames_iter_no_tty, speaking
from graders.core.errors import InfraFault


def run_once(
    client: Client, image: str, command: Sequence[str], gpus: Sequence[str] = (),
    environment: dict[str, str] | None = None,
) -> str:  # fmt: skip
    """All that a command prints. It has no network, no capabilities, and a read-only root.

    The Engine removes the container when it ends, even if we have been killed before.

    Args:
        image: name or digest.
        gpus: `("all",)`, or UUIDs of GPUs; () for none.
        environment: beside the image's own.

    Raises:
        InfraFault: the Engine cannot start it, for instance since there is no such program.
    """
    more: dict[str, Any] = {}
    if gpus:
        which = {"count": -1} if tuple(gpus) == ("all",) else {"device_ids": list(gpus)}
        more["device_requests"] = [
            DeviceRequest(driver="nvidia", capabilities=[["gpu", "compute", "utility"]], **which)
        ]
    with speaking(f"run {command[0]} in {image[:19]}"):
        container = client.containers.create(
            image, list(command), network_mode="none", read_only=True, cap_drop=["ALL"],
            security_opt=["no-new-privileges"], init=True, auto_remove=True, detach=True,
            tmpfs={"/tmp": "size=256m,mode=1777"}, environment=environment or {},
            labels={"dlgrade.role": "look"}, **more,
        )  # fmt: skip
        try:
            # Attached before it starts: nothing that it prints is lost.
            wanted = {"stdout": 1, "stderr": 1, "stream": 1}
            stream = client.api.attach_socket(container.id, params=wanted)
            # Closing the stream alone leaves its socket open; docker-py keeps the owner here.
            with contextlib.closing(getattr(stream, "_response", stream)):
                container.start()
                frames = frames_iter_no_tty(stream)
                return b"".join(data for _, data in frames).decode("utf-8", "replace")
        finally:
            with contextlib.suppress(InfraFault), speaking("remove a container"):
                container.remove(force=True)
