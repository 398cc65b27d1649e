"""`dlgrade images`: build, verify and list the images that notebooks run in."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from rich import box
from rich.console import Console
from rich.table import Table

from graders.containers import base, engine, images
from graders.containers.images import IMAGES, BuildFailed, Image, Step
from graders.containers.recipe import Recipe, public_certificates
from graders.containers.verify import verify
from graders.core.errors import ExitCode, UsageFault

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY")
_SLOW = ("RUN", "COPY")  # the other instructions take no time and are not told


@dataclass(frozen=True)
class Request:
    """What `dlgrade images build` was asked for.

    Args:
        base: `auto`, `debootstrap` or an image's name.
        network: `default` or `host`.
        ca_bundle: PEM file with certificates that pip shall trust too.
        index_url: package index for pip.
        mirror: Debian mirror for debootstrap.
        force: from scratch, base included.
        if_engine: without an Engine there is nothing to do, and that is well.
    """

    flavour: str
    base: str
    network: str
    ca_bundle: Path | None
    index_url: str | None
    mirror: str | None
    force: bool
    if_engine: bool


def build_image(asked: Request, console: Console) -> ExitCode:
    """Build one image, unless it is up to date.

    Raises:
        UsageFault: no base can be had this way, or a file or URL is unusable.
        InfraFault: the Engine or a step of the build failed.
    """
    if asked.if_engine and (why_not := engine.unreachable()) is not None:
        _say(console, f"No image is built: {why_not}.")
        return ExitCode.OK
    recipe, tag = Recipe(asked.flavour), IMAGES[asked.flavour]
    certificates = public_certificates(asked.ca_bundle) if asked.ca_bundle else ""
    arguments = _arguments(asked.index_url)
    with closing(engine.connect()) as client:
        there = images.look(client, asked.flavour)
        if there is not None and there.current and not asked.force and _stands_on(there, asked):
            _say(console, f"{tag} is up to date ({_short(there.id)}); --force builds it anew.")
            return ExitCode.OK

        def tell(line: str) -> None:
            _say(console, f"  {line}")

        found = base.choose(client, asked.base, tell, asked.mirror, asked.force)
        _say(console, f"Building {tag} on {found.name} (Python {found.python})")
        with _telling(console) as told:
            try:
                made = images.build(
                    client, recipe, found, tag=tag, tell=told, network=asked.network,
                    certificates=certificates, arguments=arguments, from_scratch=asked.force,
                )  # fmt: skip
            except BuildFailed as failed:
                for line in failed.tail:
                    _say(console, f"  | {line}")
                raise
        image = images.look(client, asked.flavour)
        size = f", {image.size_mib} MiB" if image else ""
        _say(console, f"{tag} is ready ({_short(made)}{size}).")
    return ExitCode.OK


def verify_image(flavour: str, gpus: tuple[str, ...], console: Console) -> ExitCode:
    """Check that an image is what it says it is.

    Args:
        gpus: `("all",)` or UUIDs of GPUs that TensorFlow must see; () for none.

    Returns:
        OK, or INFRA when something does not hold.

    Raises:
        UsageFault: there is no such image.
        InfraFault: it cannot be run.
    """
    if gpus and flavour != "gpu":
        raise UsageFault("the CPU image uses no GPU; say --gpu beside --gpus")
    with closing(engine.connect()) as client:
        image = images.look(client, flavour)
        if image is None:
            images.find(client, flavour)  # says how to make it
            return ExitCode.INFRA
        with console.status(f"looking at {IMAGES[flavour]}"):
            findings = verify(client, image, Recipe(flavour), gpus)
    title = f"{IMAGES[flavour]}  {_short(image.id)}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("promise")
    table.add_column("held")
    table.add_column("seen", overflow="fold")
    for finding in findings:
        mark = "[green]yes[/]" if finding.held else "[red]NO[/]"
        table.add_row(_plain(finding.promise), mark, _plain(finding.seen))
    console.print(table)
    broken = sum(not finding.held for finding in findings)
    if broken:
        _say(console, f"{broken} of {len(findings)} do not hold; build it anew with "
                      f"`dlgrade images build{' --gpu' if flavour == 'gpu' else ''}`.")  # fmt: skip
        return ExitCode.INFRA
    _say(console, f"All {len(findings)} hold.")
    return ExitCode.OK


def list_images(console: Console) -> ExitCode:
    """Print all images that were made here, replaced ones included.

    Raises:
        InfraFault: the Engine failed.
    """
    with closing(engine.connect()) as client:
        found = images.listed(client)
    if not found:
        _say(console, "There are no images yet; make one with `dlgrade images build`.")
        return ExitCode.OK
    table = Table(box=None, pad_edge=False, collapse_padding=True)
    for name in ("image", "digest", "flavour", "TensorFlow", "created", "MiB", "current"):
        justify: Literal["left", "right"] = "right" if name == "MiB" else "left"
        table.add_column(name, justify=justify, no_wrap=True)
    for image in found:
        table.add_row(
            _plain(", ".join(image.tags) or "(replaced)"), _short(image.id), _plain(image.flavour),
            _plain(image.labels.get("dlgrade.tensorflow", "")),
            f"{image.created.astimezone():%Y-%m-%d}", str(image.size_mib),
            "yes" if image.current else "no",
        )  # fmt: skip
    console.print(table)
    return ExitCode.OK


def _stands_on(image: Image, asked: Request) -> bool:
    """Whether an image stands on the base that was named; any will do where none was."""
    wanted = base.MADE if asked.base == "debootstrap" else asked.base
    return wanted == "auto" or image.labels.get("dlgrade.base-name") == wanted


def _arguments(index_url: str | None) -> dict[str, str]:
    """Build arguments from the environment: proxies as the Engine's own client passes them on."""
    given = {
        name: value
        for proxy in _PROXIES
        for name in (proxy, proxy.lower())
        if (value := os.environ.get(name))
    }
    if index_url:
        if urlsplit(index_url).password:
            raise UsageFault(
                "the package index's URL holds a password, which everybody who has the image "
                "could read; give one without"
            )
        given["PIP_INDEX_URL"] = index_url
    return given


@contextmanager
def _telling(console: Console) -> Iterator[Callable[[Step], None]]:
    """One line for each step that takes time; the running one below them."""
    with console.status("starting") as status:

        def tell(step: Step) -> None:
            if not step.text.startswith(_SLOW):
                return
            text = step.text if len(step.text) <= 60 else f"{step.text[:59]}…"
            if step.seconds is None:
                status.update(_plain(f"step {step.number}/{step.of}  {text}"))
            else:
                took = "as before" if step.cached else f"{step.seconds:.1f} s"
                _say(console, f"  {step.number:>2}/{step.of}  {text:<60}  {took}")

        yield tell


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
