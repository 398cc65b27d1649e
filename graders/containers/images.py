"""The images that jobs run in: making, finding and listing them."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from graders.containers.base import Base
from graders.containers.engine import Client, NotThere, speaking
from graders.containers.recipe import FLAVOURS, Recipe, probe_digest
from graders.core.errors import InfraFault, UsageFault

__all__ = [
    "IMAGES", "BuildFailed", "Image", "Step", "build", "find", "listed", "look", "probe_digest",
]  # fmt: skip

IMAGES = {flavour: f"dlgrade-autograder:{flavour}" for flavour in FLAVOURS}
_STEP = re.compile(r"Step (\d+)/(\d+) : (.*)", re.DOTALL)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_CHATTER = ("Step ", " --->", "Removing intermediate container")  # the builder's own lines
_TAIL = 15  # lines of a failed build's log
# What a build says when it cannot reach the packages, and what helps.
_ADVICE = (
    ("no space left on device", "the Engine's disk is full: make room (`docker system df`)"),
    ("certificate verify failed", "the network's certificates are not trusted: give them with "
                                  "--ca-bundle FILE"),
    ("failed to create endpoint", "the Engine has no network for build containers: try --network "
                                  "host"),
    ("temporary failure resolving", "build containers reach no network: try --network host, or set "
                                    "HTTP_PROXY; a base that has `dot` needs no Debian mirror"),
    ("apt-get: not found", "the base is not Debian's: name one that has Graphviz's `dot` with "
                           "--base"),
    ("name resolution", "build containers reach no network: try --network host, or set "
                        "HTTPS_PROXY"),
    ("failed to establish a new connection", "the packages cannot be reached: try --network "
                                             "host, set HTTPS_PROXY, or give --index-url URL"),
    ("do not match the hashes", "a package is not the one that was locked: is --index-url URL "
                                "trustworthy?"),
    ("no matching distribution", "a locked package cannot be had: try --network host, set "
                                 "HTTPS_PROXY, or give --index-url URL"),
)  # fmt: skip


@dataclass(frozen=True)
class Image:
    """An image of ours, as the Engine has it.

    Args:
        id: its digest, `sha256:...`; what stored results name.
        tags: its names; () for one that a newer build replaced.
        flavour: `cpu` or `gpu`; "" for a foreign image under our name.
        created: when it was built, with time zone.
        size_mib: with all layers, also those that it shares with others.
        current: built from this checkout's probe, lock file and Dockerfile.
    """

    id: str
    tags: tuple[str, ...]
    flavour: str
    labels: Mapping[str, str]
    created: datetime
    size_mib: int
    current: bool


@dataclass(frozen=True)
class Step:
    """One step of a build.

    Args:
        number: counted from 1, of `of`.
        text: the instruction, in one line.
        seconds: what it took; None while it runs.
        cached: an earlier build had done it.
    """

    number: int
    of: int
    text: str
    seconds: float | None = None
    cached: bool = False


class BuildFailed(InfraFault):
    """A build failed.

    Args:
        sentence: what is wrong and what to do.
        tail: the last lines of its log.
    """

    def __init__(self, sentence: str, tail: list[str]) -> None:
        super().__init__(sentence)
        self.tail = tail


def find(client: Client, flavour: str) -> Image:
    """The image of this checkout.

    Raises:
        UsageFault: there is none, or it is of another version; says how to make it.
        InfraFault: the Engine failed.
    """
    option = " --gpu" if flavour == "gpu" else ""
    image = look(client, flavour)
    if image is None:
        raise UsageFault(
            f"there is no image {IMAGES[flavour]}; make it with `dlgrade images build{option}`"
        )
    if not image.current:
        parts = Recipe(flavour).stale(dict(image.labels))
        raise UsageFault(
            f"the image {IMAGES[flavour]} was built from another version of {' and '.join(parts)}; "
            f"run `dlgrade images build{option}`"
        )
    return image


def look(client: Client, flavour: str) -> Image | None:
    """The image under our name, whatever its version.

    Raises:
        InfraFault: the Engine failed.
    """
    with speaking(f"look for {IMAGES[flavour]}"):
        try:
            return _image(client.images.get(IMAGES[flavour]).attrs)
        except NotThere:
            return None


def listed(client: Client) -> list[Image]:
    """All images that were made here, replaced ones included, newest first.

    Raises:
        InfraFault: the Engine failed.
    """
    with speaking("list images"):
        found = client.images.list(filters={"label": "dlgrade.role=image"})
        return sorted((_image(i.attrs) for i in found), key=lambda i: i.created, reverse=True)


def build(
    client: Client,
    recipe: Recipe,
    base: Base,
    *,
    tag: str,
    tell: Callable[[Step], None],
    network: str = "default",
    certificates: str = "",
    arguments: Mapping[str, str] | None = None,
    from_scratch: bool = False,
) -> str:
    """Build an image and give it a tag.

    Args:
        tell: hears of each step twice, when it begins and when it has ended.
        network: `host` lets the steps of the build use this machine's network.
        certificates: PEM text that pip trusts beside the base's own.
        arguments: proxies and `PIP_INDEX_URL` for the steps; must hold no secret.
        from_scratch: repeat what an earlier build has done.

    Returns:
        The digest of the image.

    Raises:
        BuildFailed: a step failed.
        InfraFault: the Engine failed.
    """
    labels = recipe.labels() | {"dlgrade.python": base.python, "dlgrade.base": base.id}
    labels["dlgrade.base-name"] = base.name
    given = {"BASE": base.id, "FLAVOUR": recipe.flavour, **(arguments or {})}
    with speaking(f"build {tag}"):
        lines = client.api.build(
            fileobj=recipe.context(certificates), custom_context=True, decode=True, tag=tag,
            rm=True, forcerm=True, nocache=from_scratch, labels=labels, buildargs=given,
            network_mode=None if network == "default" else network,
        )  # fmt: skip
        _follow(lines, tag, tell)
        return str(client.images.get(tag).id)


def _follow(lines: Iterable[Mapping[str, Any]], tag: str, tell: Callable[[Step], None]) -> None:
    """Read a build's log to its end."""
    log: list[str] = []
    step: Step | None = None
    error = ""
    began = time.monotonic()
    for line in lines:  # to its end also after an error, or the connection stays open
        error = str(line.get("error", "")) or error
        text = str(line.get("stream", ""))
        log.append(text)
        if (match := _STEP.match(text)) is not None:
            if step is not None:
                tell(replace(step, seconds=time.monotonic() - began))
            number, of, instruction = match.groups()
            step = Step(int(number), int(of), " ".join(instruction.split()))
            began = time.monotonic()
            tell(step)
        elif step is not None and "Using cache" in text:
            step = replace(step, cached=True)
    if error:
        plain = _COLOUR.sub("", "".join(log)).splitlines()
        tail = [text for text in plain if text.strip() and not text.startswith(_CHATTER)]
        raise BuildFailed(_why(tag, step, error, tail), tail[-_TAIL:])
    if step is not None:
        tell(replace(step, seconds=time.monotonic() - began))


def _why(tag: str, step: Step | None, error: str, tail: list[str]) -> str:
    said = "\n".join([*tail[-_TAIL:], error]).lower()
    for sign, advice in _ADVICE:
        if sign in said:
            return f"{tag} could not be built: {advice}"
    # The Engine repeats the whole command; only its exit status is news.
    reason = error.rsplit("' ", 1)[-1].strip().rstrip(".")[:200]
    where = f"step {step.number} of {step.of}, {step.text[:60]}" if step else "at once"
    return f"{tag} could not be built ({where}): {reason}; the last lines of the log are above"


def _image(attrs: Mapping[str, Any]) -> Image:
    labels = {str(k): str(v) for k, v in ((attrs.get("Config") or {}).get("Labels") or {}).items()}
    flavour = labels.get("dlgrade.flavour", "")
    return Image(
        id=str(attrs["Id"]),
        tags=tuple(attrs.get("RepoTags") or ()),
        flavour=flavour,
        labels=labels,
        created=datetime.fromisoformat(str(attrs["Created"])),
        size_mib=round(int(attrs["Size"]) / 2**20),
        current=flavour in FLAVOURS and not Recipe(flavour).stale(labels),
    )
