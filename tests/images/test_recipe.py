"""What an image is made from, and what its labels say of it."""

import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest

from autograder_images.inside import LIBRARIES
from graders.commands.images import Request, build_image
from graders.containers.recipe import FLAVOURS, Recipe, normal, probe_digest, public_certificates
from graders.core.errors import CourseFault, UsageFault

ROOT = Path(__file__).resolve().parents[2]
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the images' sources that a test may change."""
    source = Recipe("cpu").folder
    for name in ("Dockerfile", "requirements-cpu.lock", "requirements-gpu.lock"):
        shutil.copy(source / name, tmp_path)
    shutil.copytree(source / "probe", tmp_path / "probe")
    return tmp_path


def locked(path: Path) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", path.read_text("utf-8"), re.MULTILINE)
    return {normal(name): version for name, version in found}


def test_a_changed_line_of_the_probe_changes_its_digest(folder: Path) -> None:
    before = Recipe("cpu", folder).labels()["dlgrade.probe"]
    assert before == probe_digest()
    with (folder / "probe" / "run_notebook.py").open("a") as file:
        file.write("# one more line\n")
    assert Recipe("cpu", folder).labels()["dlgrade.probe"] != before


def test_a_renamed_file_of_the_probe_changes_its_digest(folder: Path) -> None:
    (folder / "probe" / "values.py").rename(folder / "probe" / "other_values.py")
    assert Recipe("cpu", folder).labels()["dlgrade.probe"] != probe_digest()


def test_byte_code_beside_the_probe_changes_nothing(folder: Path) -> None:
    (folder / "probe" / "__pycache__").mkdir(exist_ok=True)
    (folder / "probe" / "__pycache__" / "values.cpython-311.pyc").write_bytes(b"made by a run")
    assert Recipe("cpu", folder).labels()["dlgrade.probe"] == probe_digest()


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("probe/values.py", "the probe"),
        ("requirements-cpu.lock", "the lock file"),
        ("Dockerfile", "the Dockerfile"),
    ],
)
def test_an_image_of_other_sources_is_stale_and_says_in_what(
    folder: Path, name: str, part: str
) -> None:
    labels = Recipe("cpu", folder).labels()
    assert Recipe("cpu", folder).stale(labels) == []
    with (folder / name).open("a") as file:
        file.write("# changed\n")
    assert Recipe("cpu", folder).stale(labels) == [part]


def test_an_image_without_labels_is_stale_in_everything() -> None:
    assert len(Recipe("cpu").stale({})) == 3


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_labels_name_flavour_and_locked_tensorflow(flavour: str) -> None:
    labels = Recipe(flavour).labels()
    lock = locked(ROOT / "autograder_images" / f"requirements-{flavour}.lock")
    assert labels["dlgrade.flavour"] == flavour
    assert labels["dlgrade.tensorflow"] in (lock.get("tensorflow-cpu"), lock.get("tensorflow"))
    assert labels["dlgrade.tensorflow"]


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_locked_package_has_a_version_and_a_hash_and_comes_by_name(flavour: str) -> None:
    text = Recipe(flavour).lock.read_text("utf-8")
    entries = [e for e in re.split(r"\n(?=\S)", text.strip()) if not e.startswith("#")]
    assert len(entries) > 60
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", entry), entry
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_host_and_image_have_the_same_versions_of_what_both_have(flavour: str) -> None:
    host, image = locked(ROOT / "requirements.lock"), Recipe(flavour).versions()
    both = set(host) & set(image)
    assert {"numpy", "matplotlib", "ipykernel", "nbclient", "nbformat", "scipy"} <= both
    assert {n: image[n] for n in both} == {n: host[n] for n in both}


def test_both_flavours_differ_in_tensorflow_and_cuda_only() -> None:
    cpu, gpu = Recipe("cpu").versions(), Recipe("gpu").versions()
    both = set(cpu) & set(gpu)
    assert {n: cpu[n] for n in both} == {n: gpu[n] for n in both}
    assert set(cpu) - both == {"tensorflow-cpu"}
    assert all(n == "tensorflow" or n.startswith("nvidia-") for n in set(gpu) - both)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_package_for_notebooks_is_locked_and_tried_in_the_image(flavour: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {normal(re.split("[<>=]", p)[0]) for p in project["optional-dependencies"]["image"]}
    assert asked <= set(LIBRARIES.values()) <= set(Recipe(flavour).versions())


def test_the_build_context_holds_what_is_copied_and_nothing_else(folder: Path) -> None:
    (folder / "probe" / "notes.txt").write_text("not for the image")
    (folder / "secret.env").write_text("TOKEN=1")
    recipe = Recipe("cpu", folder)
    with tarfile.open(fileobj=io.BytesIO(recipe.context("certificates"))) as tar:
        names = set(tar.getnames())
    assert names == {
        "Dockerfile", "requirements-cpu.lock", "extra-certificates.pem",
        *(f"probe/{path.name}" for path in recipe.probe),
    }  # fmt: skip


def test_the_build_context_depends_on_contents_not_on_times_and_modes(folder: Path) -> None:
    before = Recipe("cpu", folder).context()
    os.utime(folder / "Dockerfile", (1, 1))
    (folder / "probe" / "values.py").chmod(0o755)
    assert Recipe("cpu", folder).context() == before


def test_a_missing_lock_file_is_named(folder: Path) -> None:
    (folder / "requirements-gpu.lock").unlink()
    with pytest.raises(CourseFault, match=r"requirements-gpu\.lock is missing"):
        Recipe("gpu", folder).labels()


def test_only_certificates_leave_a_bundle(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(f"# the proxy of room 101\n{CERTIFICATE}password: none\n{CERTIFICATE}")
    assert public_certificates(bundle) == CERTIFICATE * 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (CERTIFICATE + "-----BEGIN PRIVATE KEY-----\nMII\n", "holds a private key"),
        ("no certificate here", "there is no certificate in"),
        (None, "cannot be read: no such file"),
    ],
)
def test_an_unusable_bundle_is_refused_in_one_sentence(
    tmp_path: Path, text: str | None, sentence: str
) -> None:
    bundle = tmp_path / "bundle.pem"
    if text is not None:
        bundle.write_text(text)
    with pytest.raises(UsageFault, match=sentence):
        public_certificates(bundle)


def dlgrade(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "graders.cli", "images", *words],
        capture_output=True, text=True, cwd=ROOT, env=os.environ | environment,
    )  # fmt: skip


NOWHERE = "unix:///nonexistent/docker.sock"


def test_without_an_engine_a_build_may_be_skipped_and_says_so() -> None:
    done = dlgrade("build", "--if-engine", DOCKER_HOST=NOWHERE)
    assert done.returncode == 0
    assert done.stdout.startswith("No image is built: no container Engine answers at")
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["build", "verify", "list"])
def test_without_an_engine_every_command_ends_in_one_sentence(command: str) -> None:
    done = dlgrade(command, DOCKER_HOST=NOWHERE)
    assert done.returncode == 5
    assert done.stderr.startswith("dlgrade: no container Engine answers at unix:///nonexistent")
    assert done.stderr.count("\n") == 1


def test_where_the_engines_library_is_missing_the_sentence_names_it() -> None:
    code = "import sys; sys.modules['docker'] = None; from graders.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "images", "list"], capture_output=True, text=True, cwd=ROOT
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "dlgrade[staff]" in done.stderr


def test_gpus_are_not_asked_for_the_cpu_image() -> None:
    done = dlgrade("verify", "--gpus", "all", DOCKER_HOST=NOWHERE)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_a_password_in_the_index_url_never_gets_into_an_image() -> None:
    from rich.console import Console

    url = "https://me:secret@index.example/simple"
    asked = Request("cpu", "auto", "default", None, url, None, force=False, if_engine=False)
    with pytest.raises(UsageFault, match="holds a password") as caught:
        build_image(asked, Console())
    assert "secret" not in str(caught.value)
