"""`dlgrade images` and `dlgrade doctor`: what a machine needs before it can grade.

The click part; the work is done in images.py and doctor.py, which are imported when called.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from graders.core.errors import UsageFault

if TYPE_CHECKING:
    from rich.console import Console

_PATH = click.Path(path_type=Path)


@click.command()
@click.option(
    "--sandbox",
    "kind",
    type=click.Choice(["auto", "docker", "local"]),
    default="auto",
    show_default=True,
    help="What to examine. auto: containers where they can be had, else the local sandbox.",
)
@click.option("--runtime", default="", help="Runtime of the Engine, such as runsc.")
@click.option("--only", multiple=True, metavar="NAME", help="Only this probe; may be repeated.")
@click.option("--json", "file", type=_PATH, help="Write the table to this file, too.")
def doctor(kind: str, runtime: str, only: tuple[str, ...], file: Path | None) -> int:
    """Attack the sandbox as a hostile notebook would, and print what held.

    About a minute. The attacks run as students' notebooks do; nothing is sent to another machine.
    A probe that could not be tried proves nothing and counts as not held.

    Exit codes: 0 everything held; 1 something did not, or could not be tried; 2 no such probe;
    5 the sandbox could not be had. The local sandbox isolates nothing: there it is always 1.
    """
    from graders.commands.doctor import examine_sandbox

    return examine_sandbox(kind, runtime, only, file, _console())


@click.group()
def images() -> None:
    """Build, verify and list the images that notebooks run in."""


@images.command(name="build")
@click.option("--gpu", is_flag=True, help="TensorFlow with CUDA; several GB.")
@click.option(
    "--base",
    default="auto",
    show_default=True,
    metavar="auto|debootstrap|IMAGE",
    help="What it stands on; auto: python:3.11-slim, or what debootstrap makes.",
)
@click.option(
    "--network",
    type=click.Choice(["default", "host"]),
    default="default",
    show_default=True,
    help="host: the steps of the build use this machine's network.",
)
@click.option(
    "--ca-bundle",
    type=_PATH,
    envvar="PIP_CERT",
    show_envvar=True,
    help="PEM file: certificates of a proxy that pip shall trust too.",
)
@click.option(
    "--index-url",
    envvar="PIP_INDEX_URL",
    show_envvar=True,
    help="Package index of your own, without a password.",
)
@click.option("--mirror", help="Debian mirror for debootstrap.")
@click.option("--force", is_flag=True, help="From scratch, even if it is up to date.")
@click.option("--if-engine", is_flag=True, help="Without an Engine do nothing, and succeed.")
def build_image(
    gpu: bool,
    base: str,
    network: str,
    ca_bundle: Path | None,
    index_url: str | None,
    mirror: str | None,
    force: bool,
    if_engine: bool,
) -> int:
    """Build the image, unless it is up to date. A changed probe takes seconds."""
    _need_docker()
    from graders.commands.images import Request, build_image

    flavour = "gpu" if gpu else "cpu"
    asked = Request(flavour, base, network, ca_bundle, index_url, mirror, force, if_engine)
    return build_image(asked, _console())


@images.command(name="verify")
@click.option("--gpu", is_flag=True, help="The GPU image.")
@click.option(
    "--gpus",
    default="",
    metavar="all|UUID,...",
    help="GPUs that TensorFlow must see and use.",
)
def verify_image(gpu: bool, gpus: str) -> int:
    """Check that an image is what it says it is: accounts, files, packages, TensorFlow."""
    _need_docker()
    from graders.commands.images import verify_image

    wanted = tuple(name.strip() for name in gpus.split(",") if name.strip())
    return verify_image("gpu" if gpu else "cpu", wanted, _console())


@images.command(name="list")
def list_images() -> int:
    """List the images that were made here."""
    _need_docker()
    from graders.commands.images import list_images

    return list_images(_console())


def _need_docker() -> None:
    """Staff have the library that speaks to the Engine; students' wheels come without it."""
    from importlib.util import find_spec

    if find_spec("docker") is None:
        raise UsageFault("containers need the Python package docker; `pip install dlgrade[staff]`")


def _console() -> "Console":
    from rich.console import Console

    return Console()
