"""What `assignments/<assignment>/data.toml` says: files of the full tier, and where they come from.

Each `[[full.file]]` belongs to one `source` of one `dataset`. Sources of a data set are
alternatives, in order of preference: not the same bytes, but prepared into the same files for the
same `notebooks`. A file counts only when its checksum is right; one whose publisher's checksum we
do not know is never fetched and never read, because a bar measured on unknown bytes proves nothing.
"""

import hashlib
import os
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from graders.core import catalogue
from graders.core.errors import CourseFault, InfraFault, UsageFault

CHUNK = 1 << 20  # bytes
State = Literal["good", "missing", "damaged", "no checksum"]


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file, as somebody publishes it.

    Args:
        name: in our folder of raw data.
        algorithm, checksum: `sha256`, or `md5` where its publisher gives no other; empty if none.
        size: bytes; None if not known.
        urls: where it is published.
        mirror: its name in a mirror.
    """

    name: str
    algorithm: str
    checksum: str
    size: int | None
    urls: tuple[str, ...]
    mirror: str
    licence: str


@dataclass(frozen=True, slots=True)
class Source:
    """One way to have a data set: all of these files."""

    name: str
    files: tuple[DataFile, ...]

    @property
    def known(self) -> bool:
        """Whether we could tell that these are the right files."""
        return all(file.checksum for file in self.files)


@dataclass(frozen=True, slots=True)
class DataSet:
    """Something that notebooks are graded on, and every source of it that we accept."""

    name: str
    assignment: Path
    notebooks: tuple[str, ...]
    sources: tuple[Source, ...]

    def folder(self, raw: Path) -> Path:
        """Where its files lie below a folder of raw data."""
        return raw / self.assignment.name

    def present(self, raw: Path) -> Source | None:
        """The first source that is complete and undamaged there."""
        for source in self.sources:
            if all(state(f, self.folder(raw)) == "good" for f in source.files):
                return source
        return None


def raw_folder() -> Path:
    """Where fetched files are kept: $DLGRADE_DATA, else `dlgrade/data` in the user's cache folder.

    Not beside the course: several courses and checkouts share these files, and a course folder is
    copied, archived and put under version control.
    """
    if chosen := os.environ.get("DLGRADE_DATA"):
        return Path(chosen)
    cache = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(cache) if cache else Path.home() / ".cache") / "dlgrade" / "data"


def datasets(names: tuple[str, ...] = ()) -> tuple[DataSet, ...]:
    """The data sets of the named notebooks or assignments; of the whole course by default.

    Raises:
        UsageFault: nothing goes by one of the names.
        CourseFault: a data.toml is not as it should be.
    """
    tables = sorted((catalogue.ROOT / "assignments").glob("*/data.toml"))
    found = [d for table in tables for d in read(table)]
    known = {n for d in found for n in (*d.notebooks, d.assignment.name, d.name)}
    if unknown := [name for name in names if name not in known]:
        raise UsageFault(
            f"there is no data for {unknown[0]!r}; known are {', '.join(sorted(known))}"
        )
    return tuple(
        d for d in found if not names or {*names} & {*d.notebooks, d.assignment.name, d.name}
    )


def read(table: Path) -> tuple[DataSet, ...]:
    """The data sets of one data.toml.

    Raises:
        CourseFault: it is not as it should be.
    """
    assignment = table.parent
    try:
        entries = tomllib.loads(table.read_text("utf-8"))["full"]["file"]
        named: dict[str, dict[str, list[DataFile]]] = {}
        users: dict[str, tuple[str, ...]] = {}
        for entry in entries:
            dataset = entry.get("dataset", assignment.name)
            users.setdefault(dataset, tuple(entry.get("notebooks", [assignment.name])))
            sources = named.setdefault(dataset, {})
            sources.setdefault(entry.get("source", "original"), []).append(_file(entry))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CourseFault(f"assignments/{assignment.name}/data.toml is wrong: {error!r}") from error
    return tuple(
        DataSet(name, assignment, users[name], tuple(Source(s, tuple(f)) for s, f in ways.items()))
        for name, ways in named.items()
    )


def _file(entry: dict[str, Any]) -> DataFile:
    algorithm = "sha256" if "sha256" in entry else "md5" if "md5" in entry else ""
    if not algorithm and "unverified" not in entry:
        raise ValueError(f"{entry['name']} has neither a checksum nor a reason why it has none")
    return DataFile(
        name=str(entry["name"]),
        algorithm=algorithm,
        checksum=str(entry.get(algorithm, "")),
        size=entry.get("bytes"),
        urls=tuple(entry.get("urls", [])),
        mirror=str(entry.get("mirror", entry["name"])),
        licence=str(entry["licence"]),
    )


def files_of(assignment: Path, notebook: str, raw: Path) -> dict[str, Path]:
    """The verified files that the full tier of a notebook is made from, by name.

    Raises:
        UsageFault: a data set is not there, or not whole.
    """
    table = assignment / "data.toml"
    found: dict[str, Path] = {}
    for dataset in read(table) if table.is_file() else ():
        if notebook not in dataset.notebooks:
            continue
        source = dataset.present(raw)
        if source is None:
            raise UsageFault(
                f"{notebook}: the data set {dataset.name} is not in {dataset.folder(raw)}, or not "
                f"whole; get it with `dlgrade data fetch {notebook}`"
            )
        found |= {f.name: dataset.folder(raw) / f.name for f in source.files}
    if not found:
        raise UsageFault(f"{notebook} has no full tier: its data.toml names no file for it")
    return found


def state(file: DataFile, folder: Path) -> State:
    """How a file is in a folder of raw data."""
    if not file.checksum:
        return "no checksum"
    path = folder / file.name
    if not path.is_file():
        return "missing"
    if file.size is not None and path.stat().st_size != file.size:
        return "damaged"
    return "good" if checksum_of(path, file.algorithm) == file.checksum else "damaged"


def sha256_of(path: Path) -> str:
    """Of a file's content, remembered until it changes."""
    return checksum_of(path, "sha256")


def checksum_of(path: Path, algorithm: str) -> str:
    """`sha256` or `md5` of a file's content, remembered until it changes.

    Raises:
        InfraFault: it cannot be read.
    """
    try:
        about = path.stat()
        return _checksum(path, algorithm, about.st_size, about.st_mtime_ns, about.st_ino)
    except OSError as error:
        raise InfraFault(f"{path} cannot be read ({error.strerror or error})") from error


@lru_cache(maxsize=256)
def _checksum(path: Path, algorithm: str, size: int, changed: int, inode: int) -> str:
    """The last three only tell one content from another."""
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
