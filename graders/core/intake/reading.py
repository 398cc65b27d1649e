"""From a file of any kind to plain cells: opened carefully, decoded leniently, bounded always.

nbformat itself is not imported: it costs more than a second, validates what we rebuild anyway,
and raises on files that Jupyter shows without a word.
"""

import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graders.core.errors import InfraFault
from graders.core.intake.code import Code
from graders.core.intake.secrets import mask_source
from graders.core.intake.sentences import note, quoted, refuse
from graders.core.types import Note

MIB = 1024 * 1024
MAX_FILE = 64 * MIB
MAX_CELLS = 2_000
MAX_CELL = 2_000_000  # characters of one cell's source
MAX_SOURCE = 8_000_000  # characters of all sources; real notebooks have some ten thousand
MAX_BRACKETS = 2_000_000  # of JSON; each may become an object of 200 bytes in our memory
MAX_COMMAS = 10_000_000
LOUD_OUTPUTS = 10 * MIB  # dropped outputs from this size on deserve a word

_MAGIC_NUMBERS = (
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"SQLite format 3", "a database"),
)
_CELL_TYPES = frozenset({"code", "markdown", "raw"})
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass
class Cell:
    """One cell of the student's, secrets already masked; `marks` is its claim, never trusted."""

    cell_type: str
    source: str
    marks: Mapping[str, Any] = field(default_factory=dict)
    code: Code = field(init=False)

    def __post_init__(self) -> None:
        self.code = Code(self.source if self.cell_type == "code" else "")

    @property
    def grade_id(self) -> str:
        """The grade_id that it claims, or an empty string."""
        claimed = self.marks.get("grade_id")
        return claimed if isinstance(claimed, str) else ""


@dataclass(frozen=True)
class Reading:
    """What a file gave: its cells and what had to be said about it."""

    cells: tuple[Cell, ...]
    notes: tuple[Note, ...]


def read_bytes(path: Path) -> bytes:
    """The content of an ordinary file; links, pipes and devices are never opened.

    Raises:
        Refused: a link, no ordinary file, or too large.
        InfraFault: the file system failed.
    """
    name = quoted(path.name)
    try:
        _ordinary(path.lstat(), name)
        # Between the look and the opening the file could have been swapped: hence look again.
        flags = os.O_RDONLY
        for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
            flags |= getattr(os, flag, 0)
        with os.fdopen(os.open(path, flags), "rb") as file:
            _ordinary(os.fstat(file.fileno()), name)
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise InfraFault(f"a submitted file cannot be read: {error.strerror}") from error
    if len(data) > MAX_FILE:
        refuse("too-large", name=name, mib=">64", limit=MAX_FILE // MIB)
    return data


def _ordinary(state: os.stat_result, name: str) -> None:
    if stat.S_ISLNK(state.st_mode):
        refuse("link", name=name)
    if not stat.S_ISREG(state.st_mode):
        refuse("special-file", name=name, kind=_kind(state.st_mode))
    if state.st_size > MAX_FILE:
        refuse("too-large", name=name, mib=state.st_size // MIB, limit=MAX_FILE // MIB)


def _kind(mode: int) -> str:
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((kind for is_kind, kind in kinds if is_kind(mode)), "a device")


def read_cells(data: bytes, file_name: str) -> Reading:
    """The cells in a notebook's bytes, sources masked, outputs and attachments dropped.

    Raises:
        Refused: no notebook can be made of these bytes.
    """
    name = quoted(file_name)
    text, repairs = _decoded(data, name)
    book = _parsed(text, name)
    found: list[Note] = []
    entries, version = _entries(book, name)
    if version < 4:
        found.append(note("old-format", version=version))
    if len(entries) > MAX_CELLS:
        refuse("too-many-cells", name=name, count=len(entries), limit=MAX_CELLS)
    cells: list[Cell] = []
    characters = unreadable = too_long = masked = 0
    for entry in entries:
        read = _cell(entry)
        if read is None:
            unreadable += 1
            continue
        cell_type, source, marks = read
        if len(source) > MAX_CELL:
            too_long += 1
            continue
        characters += len(source)
        if characters > MAX_SOURCE:
            refuse("too-much-text", name=name, count=f"over {characters}", limit=8)
        source, count = mask_source(source, cell_type)
        masked += count
        cells.append(Cell(cell_type, source, marks))
    if not cells and not too_long:
        refuse("no-cells", name=name)
    if repairs:
        found.append(note("format-repaired", what=repairs))
    if unreadable:
        found.append(note("cells-unreadable", count=unreadable))
    if too_long:
        found.append(note("cell-too-long", count=too_long, limit=2))
    if len(data) - 4 * characters > LOUD_OUTPUTS:
        found.append(note("outputs-dropped", mib=(len(data) - characters) // MIB))
    found.extend(_about_kernel(book.get("metadata")))
    if masked:
        found.append(note("secrets-masked", count=masked))
    return Reading(tuple(cells), tuple(found))


def digest(data: bytes) -> str:
    """sha256 of what was handed in, in hex."""
    return hashlib.sha256(data).hexdigest()


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    """The text and, if it was not plain UTF-8, what it was."""
    if not data.strip(b"\x00 \t\r\n"):
        refuse("empty-file", name=name)
    for start, kind in _MAGIC_NUMBERS:
        if data.startswith(start):
            refuse("not-text", name=name, kind=kind)
    encoding = json.detect_encoding(data)  # by byte order mark or by where the zeros stand
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if b"\x00" in data:
            refuse("not-text", name=name, kind="a binary file")
        return data.decode("cp1252", "replace"), "text that is not UTF-8"
    if "\x00" in text:
        refuse("not-text", name=name, kind="a binary file")
    return text, "" if encoding == "utf-8" else f"text in {encoding}"


def _parsed(text: str, name: str) -> dict[str, Any]:
    start = text[:400].lstrip().lower()
    if start.startswith(("<!doctype", "<html", "<?xml")):
        refuse("web-page", name=name)
    if text.count("[") + text.count("{") > MAX_BRACKETS or text.count(",") > MAX_COMMAS:
        refuse("too-deep", name=name)
    try:
        book = json.loads(text)
    except json.JSONDecodeError as error:
        if "\n<<<<<<< " in text or '"<<<<<<< ' in text:
            refuse("merge-conflict", name=name)
        if error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated"):
            refuse("truncated-json", name=name, at=error.pos)
        refuse("broken-json", name=name, line=error.lineno)
    except RecursionError:
        refuse("too-deep", name=name)
    except ValueError:  # an integer of more digits than Python converts
        try:
            book = json.loads(text, parse_int=lambda digits: int(digits[:18]))
        except (ValueError, RecursionError):
            refuse("broken-json", name=name, line=1)
    if not isinstance(book, dict):
        refuse("not-a-notebook", name=name)
    return book


def _entries(book: Mapping[str, Any], name: str) -> tuple[list[Any], int]:
    """The raw cells and the format's major version; 4 where the file does not say."""
    declared = book.get("nbformat", 4)
    sheets = book.get("worksheets")
    version = {"2": 2, "3": 3, "4": 4}.get(str(declared)[:8].strip().removesuffix(".0"), 0)
    if not version:
        refuse("unknown-format", name=name, version=quoted(declared, 20))
    if isinstance(sheets, list) and "cells" not in book:
        pages = [s["cells"] for s in sheets if isinstance(s, dict) and "cells" in s]
        return [cell for page in pages if isinstance(page, list) for cell in page], version
    cells = book.get("cells")
    if not isinstance(cells, list):
        refuse("not-a-notebook", name=name)
    return cells, version


def _cell(entry: object) -> tuple[str, str, Mapping[str, Any]] | None:
    """Type, source and nbgrader block of a raw cell; None where there is no telling."""
    if not isinstance(entry, dict):
        return None
    cell_type = entry.get("cell_type")
    source = entry.get("source", entry.get("input"))  # `input` up to format 3
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str) or not isinstance(cell_type, str):
        return None
    if cell_type == "heading":
        level = entry.get("level")
        marks = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1)
        cell_type, source = "markdown", f"{marks} {source}"
    if cell_type in ("html", "text"):
        cell_type = "markdown"
    if cell_type not in _CELL_TYPES:
        return None
    # Half of a character pair cannot be written as UTF-8, a zero byte cannot be compiled.
    source = _SURROGATES.sub("\ufffd", source).replace("\x00", "").replace("\r\n", "\n")
    metadata = entry.get("metadata")
    block = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return cell_type, source, block if isinstance(block, dict) else {}


def _about_kernel(metadata: object) -> list[Note]:
    data = metadata if isinstance(metadata, dict) else {}
    claims = (data.get("kernelspec"), data.get("language_info"))
    spec, info = (claim if isinstance(claim, dict) else {} for claim in claims)
    language = str(spec.get("language") or info.get("name") or "python")
    if not language.lower().startswith(("python", "ipython")):
        return [note("other-language", language=quoted(language, 30))]
    kernel = spec.get("name", "python3")
    return [] if kernel == "python3" else [note("kernel-replaced", kernel=quoted(kernel, 40))]
