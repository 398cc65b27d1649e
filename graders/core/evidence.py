"""From what a job left behind to `Evidence`: the host's only door for student-made values.

Everything here is untrusted. JSON lines and `.npy` files only; sizes, types and shapes are
checked before memory is taken; links are refused; nothing is unpickled.
"""

import io
import json
import math
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from graders.core.rubric import Ask
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Evidence, Items, Refusal, Value

MAX_LINES = 20_000
MAX_TABLE_BYTES = 16 << 20
MAX_ARRAY_BYTES = 64 << 20
MAX_TEXT = 1 << 20
MAX_ITEMS = 64
_FILE = re.compile(r"answers/[0-9]{1,8}\.npy")

# Only a type name from this list reaches a student: the message of an exception is written by
# the student's own code, which was looking at inputs that students must not see.
_KNOWN_ERRORS = frozenset(
    name
    for name, kind in vars(__import__("builtins")).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
) | {"LinAlgError", "AxisError", "UFuncTypeError", "DTypePromotionError"}

# Statuses of an answer that is none, as the probe writes them → codes.
_STATUSES = {
    "missing": "not-defined",
    "time limit": "over-time-limit",
    "died": "ended-python",
    "skipped": "not-asked-in-time",
    "unusable": "not-numbers",
}


def read_evidence(outputs: Path, asks: tuple[Ask, ...], n_cases: Mapping[str, int]) -> Evidence:
    """Read what a job answered; whatever is not well-formed becomes a refusal, never an error.

    Args:
        outputs: the job's output folder, untrusted.
        asks: the questions that were put.
        n_cases: how many cases each question had.
    """
    lines: dict[tuple[str, int], Mapping[str, Any]] = {}
    known = {ask.name: ask for ask in asks}
    for line in _json_lines(outputs / "answers.jsonl"):
        name, case = line.get("ask"), line.get("case")
        if isinstance(name, str) and name in known and isinstance(case, int):
            lines[name, case] = line  # asked again after a restart: the last word counts
    seen: dict[str, Answers] = {}
    refused: dict[str, Said] = {}
    changed: dict[str, tuple[str, ...]] = {}
    for ask in asks:
        mine = [lines.get((ask.name, k)) for k in range(n_cases[ask.name])]
        answers = tuple(_answer(outputs, ask, line) for line in mine)
        if all(line and line.get("status") == "not asked" for line in mine):
            pass  # another question has answered it
        elif (why := _nothing(ask, mine, answers)) is not None:
            refused[ask.name] = why
        else:
            seen[ask.name] = answers
        changed[ask.name] = _changed(mine)
    return Evidence(seen, refused, changed, tuple(_json_lines(outputs / "cells.jsonl")))


def _nothing(ask: Ask, lines: list[Mapping[str, Any] | None], answers: Answers) -> Said | None:
    """Why there is nothing to judge at all, or None."""
    if not all(isinstance(a, Refusal) for a in answers):
        return None
    if any(line is None for line in lines):
        return said("run-ended-before", name=ask.target[0])
    statuses = {str(line.get("status")) for line in lines if line}
    enames = {_error_name(line) for line in lines if line}
    if statuses == {"missing"}:
        return said("not-defined", name=ask.target[0])
    if enames == {"NotImplementedError"}:
        return said("not-written", name=ask.target[0])
    return None


def _answer(outputs: Path, ask: Ask, line: Mapping[str, Any] | None) -> Items | Refusal:
    if line is None:
        return Refusal(said("ended-before-asked"))
    status = line.get("status")
    if status == "raised":
        name = _error_name(line)
        return Refusal(said("stops-with", error=name) if name else said("stops-with-own-error"))
    if status != "ok":
        code = _STATUSES.get(str(status), "unreadable-answer")
        facts = {"name": ask.target[0]} if code == "not-defined" else {}
        return Refusal(said(code, **facts))
    items = line.get("items")
    if not isinstance(items, list) or not 0 < len(items) <= MAX_ITEMS:
        return Refusal(said("unreadable-answer"))
    return tuple(_item(outputs, item) for item in items)


def _error_name(line: Mapping[str, Any]) -> str:
    """The type of the exception, "" where the student's code has made it."""
    detail = line.get("detail")
    name = detail.split(":", 1)[0].strip() if isinstance(detail, str) else ""
    return name if name in _KNOWN_ERRORS else ""


def _changed(lines: list[Mapping[str, Any] | None]) -> tuple[str, ...]:
    names = {
        name
        for line in lines
        if line and isinstance(line.get("changed"), list)
        for name in line["changed"]
        if isinstance(name, str) and name.isidentifier()
    }
    return tuple(sorted(names))[:8]


def _item(outputs: Path, item: Any) -> Value | Refusal:
    if not isinstance(item, dict):
        return Refusal(said("unreadable-answer"))
    number, text, file = item.get("number"), item.get("text"), item.get("file")
    if isinstance(number, (int, float)):
        return np.asarray(_as_float(number))
    if isinstance(text, str):
        return text[:MAX_TEXT]
    if isinstance(file, str) and _FILE.fullmatch(file):
        try:
            if (outputs / file).parent.is_symlink():  # O_NOFOLLOW looks at the last name only
                raise OSError("the folder is a link")
            return read_array(outputs / file)
        except (OSError, ValueError) as error:
            return Refusal(said("unreadable-result", error=type(error).__name__))
    return Refusal(said("not-numbers"))


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def read_array(path: Path) -> Array:
    """Load one real-valued `.npy` file without trusting its header.

    Returns:
        float64, int64 or bool array of the stated shape.

    Raises:
        ValueError: not a plain real array, or header and size disagree.
        OSError: no regular file there.
    """
    with open_regular(path, MAX_ARRAY_BYTES) as opened:
        # All of it first: a header may claim to be 4 GiB long, and a file object believes it.
        file = io.BytesIO(opened.read())
    shape, fortran, dtype = _header(file)
    if dtype.kind not in "biuf" or dtype.hasobject:
        raise ValueError(f"no real numbers: {dtype}")
    if not all(type(n) is int and n >= 0 for n in shape):  # numpy lets True and -1 pass
        raise ValueError(f"no shape: {shape}")
    want = math.prod(shape) * dtype.itemsize
    data = file.read()
    if len(data) != want:
        raise ValueError(f"{len(data)} bytes of data where the header says {want}")
    flat = np.frombuffer(data, dtype=dtype)
    array = flat.reshape(shape, order="F" if fortran else "C")
    if dtype.kind == "b":
        return array.copy()
    return array.astype(np.float64 if dtype.kind == "f" else np.int64)


def _header(file: Any) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    try:
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            return np.lib.format.read_array_header_1_0(file)
        if version == (2, 0):
            return np.lib.format.read_array_header_2_0(file)
    except Exception as error:
        # numpy reads the header with Python's own tokenizer, which fails in ways of its own on
        # bytes made to make it fail; one that came through would hold the student's points.
        raise ValueError(f"no readable .npy header: {error}") from None
    raise ValueError(f"unknown .npy version {version}")


def open_regular(path: Path, limit: int) -> Any:
    """Open an untrusted file for reading: no links, no devices, no pipes, no surprise in size.

    Raises:
        OSError: it is not there, or is a link.
        ValueError: it is no regular file, or larger than `limit` bytes.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
            raise ValueError(f"{path.name}: not a regular file of at most {limit} bytes")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_object(path: Path, limit: int = MAX_TABLE_BYTES) -> dict[str, Any] | None:
    """One untrusted JSON object, or None where there is no readable one."""
    try:
        with open_regular(path, limit) as file:
            value = json.loads(file.read())
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with open_regular(path, MAX_TABLE_BYTES) as file:
            rows = file.read().split(b"\n")[:MAX_LINES]
    except (OSError, ValueError):
        return
    for row in rows:
        try:
            value = json.loads(row)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value
