"""The only door to the container Engine: Docker, rootless Docker, or Podman's compatible socket.

Nobody else imports docker-py. What goes wrong here is the machine's fault (`InfraFault`), in one
sentence: the library's own exceptions come from three packages and hold addresses and tracebacks.
"""

import contextlib
import os
from collections.abc import Iterator
from typing import TypeAlias

import docker
import docker.errors
import requests.exceptions
from docker.types import DeviceRequest, LogConfig, Mount, Ulimit
from docker.utils.socket import frames_iter_no_tty

from graders.core.errors import InfraFault

__all__ = [
    "Client", "DeviceRequest", "LogConfig", "Mount", "NotThere", "Ulimit", "connect",
    "frames_iter_no_tty", "speaking", "unreachable",
]  # fmt: skip

Client: TypeAlias = docker.DockerClient
NotThere: TypeAlias = docker.errors.NotFound  # an image or a container that does not exist
_TIMEOUT_S = 60  # for one answer of the Engine; builds and streams go on longer
_CONNECTIONS = 64  # at once: each running job holds two


def connect() -> Client:
    """A client of the first Engine that answers.

    `DOCKER_HOST` decides if it is set; else the usual sockets are tried: the system's, rootless
    Docker's, Podman's.

    Raises:
        InfraFault: none answers; says where it looked.
    """
    reasons = []
    for address in _addresses():
        try:
            client = docker.DockerClient(
                base_url=address, version="auto", timeout=_TIMEOUT_S, max_pool_size=_CONNECTIONS,
                tls=_tls(address),
            )  # fmt: skip
        except (docker.errors.DockerException, requests.exceptions.RequestException) as error:
            reasons.append(f"{address} ({_short(error)})")
        else:
            return client
    raise InfraFault(
        f"no container Engine answers at {', '.join(reasons)}; start Docker, or name its address "
        "in DOCKER_HOST"
    )


def unreachable() -> str | None:
    """Why no Engine can be used, in one sentence; None where one answers."""
    try:
        connect().close()
    except InfraFault as fault:
        return str(fault)
    return None


@contextlib.contextmanager
def speaking(doing: str) -> Iterator[None]:
    """Turn whatever the Engine or the way to it raises into an `InfraFault` that says `doing`.

    Args:
        doing: what was tried, for the sentence: "start a container".
    """
    try:
        yield
    except (
        docker.errors.DockerException,
        requests.exceptions.RequestException,
        OSError,  # a stream that broke
    ) as error:
        raise InfraFault(f"the container Engine could not {doing}: {_short(error)}") from error


def _addresses() -> Iterator[str]:
    if named := os.environ.get("DOCKER_HOST"):
        yield named
        return
    yield "unix:///var/run/docker.sock"
    if folder := os.environ.get("XDG_RUNTIME_DIR"):
        for name in ("docker.sock", "podman/podman.sock"):
            if os.path.exists(os.path.join(folder, name)):
                yield f"unix://{folder}/{name}"
    if os.path.exists("/run/podman/podman.sock"):
        yield "unix:///run/podman/podman.sock"


def _tls(address: str) -> "docker.tls.TLSConfig | bool":
    """As the Engine's own client reads the environment."""
    if address.startswith("unix:") or not os.environ.get("DOCKER_TLS_VERIFY"):
        return False
    folder = os.environ.get("DOCKER_CERT_PATH") or os.path.expanduser("~/.docker")
    certificate = (os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
    return docker.tls.TLSConfig(
        client_cert=certificate, ca_cert=os.path.join(folder, "ca.pem"), verify=True
    )


def _short(error: BaseException) -> str:
    """The innermost reason, in one line."""
    if isinstance(error, docker.errors.APIError):
        return str(error.explanation or error.response.reason or error).strip()
    seen = error
    while (inner := seen.__cause__ or seen.__context__) is not None:
        seen = inner
    if isinstance(seen, OSError) and seen.strerror:
        return seen.strerror.lower()
    return (str(seen).strip().splitlines() or [type(seen).__name__])[0][:300]
