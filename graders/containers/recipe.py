"""What an image is made from: the Dockerfile, a lock file, the probe. Needs no Engine."""

import hashlib
import importlib.metadata
import io
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path

import autograder_images
from autograder_images.inside import digest
from graders.core.errors import CourseFault, UsageFault

FLAVOURS = ("cpu", "gpu")
PYTHON = "3.11"  # the lock files are made for it
_FOLDER = Path(autograder_images.__file__).parent
_CERTIFICATE = re.compile(
    "-----BEGIN CERTIFICATE-----[\\sA-Za-z0-9+/=]+-----END CERTIFICATE-----", re.ASCII
)
_LOCKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Recipe:
    """The sources of one image.

    Args:
        flavour: `cpu` or `gpu`.
        folder: where Dockerfile, lock files and `probe/` lie.
    """

    flavour: str
    folder: Path = _FOLDER

    @property
    def lock(self) -> Path:
        """Every package with version and hashes."""
        return self._there(f"requirements-{self.flavour}.lock")

    @property
    def dockerfile(self) -> Path:
        """How the rest becomes an image."""
        return self._there("Dockerfile")

    @property
    def probe(self) -> tuple[Path, ...]:
        """The files that run inside, by name."""
        return tuple(sorted(self._there("probe").glob("*.py")))

    def versions(self) -> dict[str, str]:
        """Locked packages: normalised name → version."""
        return {normal(n): v for n, v in _LOCKED.findall(self.lock.read_text("utf-8"))}

    def labels(self) -> dict[str, str]:
        """What an image made from this carries, apart from what depends on its base."""
        versions = self.versions()
        return {
            "dlgrade.role": "image",
            "dlgrade.flavour": self.flavour,
            "dlgrade.version": importlib.metadata.version("dlgrade"),
            "dlgrade.probe": digest(self.probe),
            "dlgrade.lock": _sha256(self.lock),
            "dlgrade.recipe": _sha256(self.dockerfile),
            "dlgrade.tensorflow": versions.get("tensorflow-cpu") or versions.get("tensorflow", ""),
        }

    def stale(self, labels: dict[str, str]) -> list[str]:
        """In what an image with these labels differs from this checkout; [] for nothing."""
        ours = self.labels()
        parts = {
            "probe": "the probe", "lock": "the lock file", "recipe": "the Dockerfile",
        }  # fmt: skip
        return [
            text for key, text in parts.items()
            if labels.get(f"dlgrade.{key}") != ours[f"dlgrade.{key}"]
        ]  # fmt: skip

    def context(self, certificates: str = "") -> bytes:
        """The build context as a tar file: nothing but what the Dockerfile copies.

        Owners, modes and times are fixed: the Engine's cache must see only a change of content.

        Args:
            certificates: PEM text that pip trusts beside the base's own; "" for none.
        """
        files = {"Dockerfile": self.dockerfile.read_bytes(), self.lock.name: self.lock.read_bytes()}
        files |= {f"probe/{path.name}": path.read_bytes() for path in self.probe}
        if certificates:
            files["extra-certificates.pem"] = certificates.encode("ascii")
        written = io.BytesIO()
        with tarfile.open(fileobj=written, mode="w") as tar:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                entry.mode = 0o644
                tar.addfile(entry, io.BytesIO(content))
        return written.getvalue()

    def _there(self, name: str) -> Path:
        path = self.folder / name
        if not path.exists():
            raise CourseFault(f"{path} is missing; this installation of dlgrade is incomplete")
        return path


def probe_digest() -> str:
    """SHA-256 of this checkout's probe, as images carry it in the label `dlgrade.probe`."""
    return digest(Recipe("cpu").probe)


def normal(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def public_certificates(path: Path) -> str:
    """The certificates in a PEM file, and nothing else of it.

    Raises:
        UsageFault: no such file, no certificate in it, or a private key beside them.
    """
    try:
        text = path.read_text("utf-8", errors="replace")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageFault(f"the certificates in {path} cannot be read: {reason}") from error
    if "PRIVATE KEY" in text:
        raise UsageFault(f"{path} holds a private key; give a file with certificates only")
    found = _CERTIFICATE.findall(text)
    if not found:
        raise UsageFault(f"there is no certificate in {path}; a PEM file is needed")
    return "".join(f"{certificate}\n" for certificate in found)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
