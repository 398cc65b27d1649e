"""Images on the real Engine: what is in them, what a change costs, what a failure leaves."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from graders.commands.images import Request, build_image
from graders.containers import base, engine, images
from graders.containers.base import Base
from graders.containers.engine import Client
from graders.containers.images import BuildFailed, Image, Step
from graders.containers.oneshot import run_once
from graders.containers.recipe import Recipe, public_certificates
from graders.containers.verify import verify
from graders.core.errors import InfraFault, UsageFault
from tests.engine import needs_engine

pytestmark = [needs_engine, pytest.mark.nightly("engines")]
TAG = f"dlgrade-test-{os.getpid()}:cpu"
CA_BUNDLE = Path(named) if (named := os.environ.get("PIP_CERT")) else None


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with closing(engine.connect()) as connected:
        yield connected


@pytest.fixture(autouse=True)
def _tidy(client: Client) -> Iterator[None]:
    """Remove what a test has built, under whatever name or none."""
    before = {i.id for i in client.images.list()}
    yield
    for made in [i for i in client.images.list() if i.id not in before]:
        if not made.tags or TAG in made.tags:
            with suppress(InfraFault), engine.speaking("remove what a test built"):
                client.images.remove(made.id, force=True)


@pytest.fixture(scope="module")
def image(client: Client) -> Image:
    """The CPU image of this checkout, built where there is none yet."""
    asked = Request("cpu", "auto", "host", CA_BUNDLE, None, None, force=False, if_engine=False)
    build_image(asked, Console(stderr=True))
    return images.find(client, "cpu")


@pytest.fixture(scope="module")
def below(image: Image) -> Base:
    """What the image stands on."""
    labels = image.labels
    return Base(labels["dlgrade.base-name"], labels["dlgrade.base"], labels["dlgrade.python"])


def built(client: Client, recipe: Recipe, below: Base, network: str = "host") -> list[Step]:
    """Build under a name of the tests' own; the steps that have ended."""
    steps: list[Step] = []
    certificates = public_certificates(CA_BUNDLE) if CA_BUNDLE else ""
    images.build(
        client, recipe, below, tag=TAG, tell=steps.append, network=network,
        certificates=certificates,
    )  # fmt: skip
    return [step for step in steps if step.seconds is not None]


def layers(client: Client, name: str) -> list[str]:
    return list(client.images.get(name).attrs["RootFS"]["Layers"])


def containers(client: Client) -> set[str]:
    return {c["Id"] for c in client.api.containers(all=True)}


def test_the_image_holds_all_it_promises(client: Client, image: Image) -> None:
    findings = verify(client, image, Recipe("cpu"))
    assert len(findings) > 12
    assert [f for f in findings if not f.held] == []


def test_the_image_is_named_by_its_digest_and_labelled(image: Image) -> None:
    assert image.id.startswith("sha256:")
    assert images.IMAGES["cpu"] in image.tags
    assert image.labels["dlgrade.probe"] == images.probe_digest()
    assert image.labels["dlgrade.python"].startswith("3.11.")
    assert image.size_mib > 500


def test_an_image_that_is_up_to_date_is_not_built_again(image: Image) -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "graders.cli", "images", "build"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert f"is up to date ({image.id[7:19]})" in done.stdout
    assert time.monotonic() - began < 10


def test_a_change_of_the_probe_installs_nothing_again(
    client: Client, image: Image, below: Base, tmp_path: Path
) -> None:
    built(client, Recipe("cpu"), below)  # whoever built the image: now the steps are known here
    before = layers(client, TAG)
    shutil.copytree(Recipe("cpu").folder, tmp_path / "changed")
    changed = Recipe("cpu", tmp_path / "changed")
    with (changed.folder / "probe" / "values.py").open("a") as file:
        file.write(f"# changed by {tmp_path}\n")

    began = time.monotonic()
    steps = built(client, changed, below)
    took = time.monotonic() - began

    install = next(s for s in steps if "pip install" in s.text)
    fonts = next(s for s in steps if "font_manager" in s.text)
    copy = next(s for s in steps if s.text.startswith("COPY probe"))
    assert install.cached
    assert fonts.cached
    assert not copy.cached
    after = layers(client, TAG)
    same = [a == b for a, b in zip(before, after, strict=True)]
    assert same.index(False) >= len(same) - 3  # probe, its byte code, the working folder
    assert took < 60
    broken = {f.promise for f in verify(client, image, changed) if not f.held}
    assert broken == {"holds the probe of this checkout", "labels are those of this checkout"}


def test_a_failed_step_says_why_and_leaves_no_container(
    client: Client, image: Image, below: Base, tmp_path: Path
) -> None:
    recipe = small(tmp_path, "RUN echo one && echo the reason >&2 && exit 7")
    before = containers(client)
    with pytest.raises(BuildFailed, match=r"step 3 of \d+, RUN echo one .* code: 7") as caught:
        built(client, recipe, replace(below, id=image.id))
    assert sorted(caught.value.tail) == ["one", "the reason"]  # two streams: in no order
    assert "\n" not in str(caught.value)
    assert {c for c in containers(client) - before if runs(client, c, "the reason")} == set()


def test_a_full_disk_is_called_one(
    client: Client, image: Image, below: Base, tmp_path: Path
) -> None:
    # /dev/shm of a build container is 64 MiB.
    recipe = small(tmp_path, "RUN head -c 100000000 /dev/zero > /dev/shm/file")
    with pytest.raises(BuildFailed, match="the Engine's disk is full: make room"):
        built(client, recipe, replace(below, id=image.id))


@pytest.mark.parametrize(
    ("fetching", "names"),
    [
        ("pip download --no-cache-dir --retries 1 absl-py", "HTTPS_PROXY"),
        ("apt-get update -q -o APT::Update::Error-Mode=any", "HTTP_PROXY; a base that has `dot`"),
    ],
)
def test_a_build_without_a_network_says_what_may_help(
    client: Client, image: Image, below: Base, tmp_path: Path, fetching: str, names: str
) -> None:
    recipe = small(tmp_path, f"USER 0:0\nRUN {fetching}")
    with pytest.raises(BuildFailed, match=f"reach no network: try --network host, or set {names}"):
        built(client, recipe, replace(below, id=image.id), network="none")


def test_a_base_without_apt_is_told_to_bring_dot(
    client: Client, image: Image, below: Base, tmp_path: Path
) -> None:
    recipe = small(tmp_path, "RUN PATH=/nowhere apt-get update")
    with pytest.raises(BuildFailed, match="name one that has Graphviz's `dot` with --base"):
        built(client, recipe, replace(below, id=image.id))


def test_a_build_that_is_interrupted_leaves_no_container(
    client: Client, image: Image, tmp_path: Path
) -> None:
    recipe = small(tmp_path, f"RUN sleep 300 && echo {tmp_path.name}")
    code = (
        "import signal\n"  # also where the tests themselves run in the background of a shell
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from graders.containers import engine, images\n"
        "from graders.containers.base import Base\n"
        "from graders.containers.recipe import Recipe\n"
        "from pathlib import Path\n"
        f"images.build(engine.connect(), Recipe('cpu', Path({str(recipe.folder)!r})),\n"
        f"    Base('', {image.id!r}, '3.11.0'), tag={TAG!r}, tell=print)\n"
    )
    running = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)
    try:
        wait_for(lambda: any(runs(client, c, tmp_path.name) for c in containers(client)))
        running.send_signal(signal.SIGINT)
        assert running.wait(20) != 0
    finally:
        running.kill()
        running.communicate()
    wait_for(lambda: not any(runs(client, c, tmp_path.name) for c in containers(client)))


def test_without_the_image_the_sentence_says_how_to_make_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(images.IMAGES, "cpu", "dlgrade-test-none:cpu")
    with pytest.raises(UsageFault, match=r"there is no image .*`dlgrade images build`"):
        images.find(client, "cpu")


def test_an_image_of_another_version_is_refused_with_what_to_do(
    client: Client, image: Image, below: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(client, small(tmp_path, "RUN true"), replace(below, id=image.id))
    monkeypatch.setitem(images.IMAGES, "cpu", TAG)
    with pytest.raises(UsageFault, match=r"another version of .*the Dockerfile.*images build`"):
        images.find(client, "cpu")


def test_a_container_that_only_looks_has_no_rights_and_does_not_stay(
    client: Client, image: Image
) -> None:
    code = "import os; print(os.getuid(), os.listdir('/sys/class/net'), os.access('/opt', os.W_OK))"
    said = run_once(client, image.id, ["python", "-c", code])
    assert said.split("\n")[0].strip() == "10001 ['lo'] False"
    wait_for(lambda: not any(runs(client, c, code) for c in containers(client)))


def test_a_base_that_does_not_exist_is_named(client: Client) -> None:
    with pytest.raises(UsageFault, match="there is no image dlgrade-test-none:never here, and"):
        base.choose(client, "dlgrade-test-none:never", lambda line: None)


def test_a_base_without_python_is_refused_before_anything_is_built(
    client: Client, image: Image, below: Base, tmp_path: Path
) -> None:
    # Nothing else needs Python at the end of this small build.
    recipe = small(tmp_path, "ENV PATH=/nowhere")
    built(client, recipe, replace(below, id=image.id))
    with pytest.raises(UsageFault, match=r"has no Python 3\.11 with venv as python3"):
        base.choose(client, TAG, lambda line: None)


def small(folder: Path, instruction: str) -> Recipe:
    """A recipe that ends after one instruction of a test's own."""
    shutil.copytree(Recipe("cpu").folder / "probe", folder / "probe")
    shutil.copy(Recipe("cpu").lock, folder)
    (folder / "Dockerfile").write_text(f"ARG BASE\nFROM ${{BASE}}\n{instruction}\n")
    return Recipe("cpu", folder)


def runs(client: Client, container: str, text: str) -> bool:
    """Whether a container's command holds a text; one that has gone holds nothing."""
    with suppress(InfraFault), engine.speaking("look at a container"):
        config = client.api.inspect_container(container)["Config"]
        return text in " ".join([*(config.get("Cmd") or ()), *(config.get("Entrypoint") or ())])
    return False


def wait_for(met, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)
