"""Brings a file from one of several places: resumed, verified, and moved into place when whole.

What has come of a file waits in `.<name>.<checksum>.part` beside it; the next attempt, from
whatever place, goes on from there. Only a file whose checksum is right gets its name. One process
at a time works on a file; others wait and then find it done.
"""

import errno
import http.client
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from graders.core.data.sources import CHUNK, DataFile, DataSet, Source, checksum_of, state
from graders.core.errors import InfraFault

TIMEOUT = 30.0  # seconds without a byte
TRIES = 3  # connections in a row that bring nothing new, before a place is given up
AGENT = "dlgrade"

Told = Callable[[int], None]  # bytes that are here so far


class Unavailable(Exception):
    """A place did not give the file, and why, as part of a sentence; another one may."""


class OtherSize(Unavailable):
    """What lies at the place is another file, by its size: another source's, perhaps."""

    def __init__(self, place: str, has: str, wanted: int | None) -> None:
        super().__init__(f"{place} is another file: {has} bytes, not {wanted:,}")
        self.place = place


def obtain(
    dataset: DataSet, raw: Path, mirror: str = "", told: Callable[[DataFile], Told] | None = None
) -> Source:
    """Have a data set: from the mirror if one is given, else or then from where it is published.

    Args:
        dataset: what is wanted; nothing is fetched when one of its sources is there already.
        raw: folder of raw data.
        mirror: a folder or an http(s) address.
        told: called once for each file; what it gives back is told the bytes as they come.

    Returns:
        The source that is there now.

    Raises:
        InfraFault: no place gave it, or this machine cannot keep it; what came so far is kept.
    """
    if here := dataset.present(raw):
        return here
    whys: list[Unavailable] = []
    for source, places in _ways(dataset, mirror):
        try:
            for file in source.files:
                _obtain(file, dataset.folder(raw), places(file), told)
        except Unavailable as why:
            whys.append(why)
        else:
            return source
    reasons = _telling(whys)
    if unknown := [s.files[0].urls[0] for s in dataset.sources if not s.known and s.files[0].urls]:
        reasons.append(f"{unknown[0]} is never fetched, since no checksum of it is known")
    if not reasons:
        raise InfraFault(f"{dataset.name} is to be had from a mirror only; name one with --mirror")
    raise InfraFault(f"{dataset.name} could not be fetched: {'; '.join(dict.fromkeys(reasons))}")


def _telling(whys: list[Unavailable]) -> list[str]:
    """Reasons without "another file" for a place that has the right one, and fails otherwise."""
    others = [str(why) for why in whys if not isinstance(why, OtherSize)]
    return [
        str(why)
        for why in whys
        if not isinstance(why, OtherSize) or not any(why.place in other for other in others)
    ]


def _ways(
    dataset: DataSet, mirror: str
) -> Iterator[tuple[Source, Callable[[DataFile], tuple[str, ...]]]]:
    known = [source for source in dataset.sources if source.known]
    if mirror:
        for source in known:
            yield source, lambda file: (_below(mirror, file.mirror),)
    for source in known:
        if all(file.urls for file in source.files):
            yield source, lambda file: file.urls


def _below(mirror: str, name: str) -> str:
    if _is_address(mirror):
        return f"{mirror.rstrip('/')}/{urllib.parse.quote(name)}"
    return str(Path(mirror) / name)


def _is_address(place: str) -> bool:
    return place.startswith(("http://", "https://"))


def _obtain(
    file: DataFile,
    folder: Path,
    places: tuple[str, ...],
    told: Callable[[DataFile], Told] | None,
) -> None:
    target = folder / file.name
    with _keeping(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(target):
            if state(file, folder) == "good":  # another process brought it meanwhile
                return None
            whys = []
            for place in places:
                try:
                    return _fetch(file, place, target, told(file) if told else lambda _: None)
                except Unavailable as why:
                    whys.append(why)
            if len(whys) == 1:
                raise whys[0]
            raise Unavailable("; ".join(_telling(whys)))


def _fetch(file: DataFile, place: str, target: Path, told: Told) -> None:
    part = target.with_name(f".{target.name}.{file.checksum[:12]}.part")
    for _ in range(2):  # a part that some other place spoilt gets one fresh start
        resumed = part.is_file() and part.stat().st_size > 0
        _download(file, place, part, told)
        found = checksum_of(part, file.algorithm)
        if found == file.checksum:
            os.replace(part, target)
            return
        part.unlink()
        if not resumed:
            break
    raise Unavailable(
        f"what {place} gave is damaged or another file: its {file.algorithm} is {found[:12]}…, "
        f"not {file.checksum[:12]}…"
    )


def _download(file: DataFile, place: str, part: Path, told: Told) -> None:
    """Bring `part` to its full length, over as many connections as bring something new."""
    idle = 0
    while idle < TRIES:
        have = part.stat().st_size if part.is_file() else 0
        if file.size is not None and have > file.size:
            part.unlink()
            have = 0
        if have == file.size:
            told(have)
            return
        if _receive(file, place, part, have, told):
            return
        grown = part.stat().st_size > have
        idle = 0 if grown else idle + 1
        if not grown:
            time.sleep(0.2 * idle)
    have = part.stat().st_size
    total = "" if file.size is None else f" of {file.size:,}"
    raise Unavailable(
        f"{place} cut the connection after {have:,}{total} bytes, which are kept: the same command "
        "goes on from there"
    )


def _receive(file: DataFile, place: str, part: Path, have: int, told: Told) -> bool:
    """Append what one connection gives; whether that was all of it."""
    with _opened(place, have) as (stream, start, total):
        if None not in (total, file.size) and total != file.size:
            raise OtherSize(place, f"{total:,}", file.size)
        with part.open("r+b" if start else "wb") as out:
            out.seek(start)
            at = start
            while chunk := _read(stream):
                out.write(chunk)
                at += len(chunk)
                told(at)
                if file.size is not None and at > file.size:
                    raise OtherSize(place, f"more than {file.size:,}", file.size)
            out.flush()
            os.fsync(out.fileno())
    whole = file.size if file.size is not None else total
    return whole is None or at >= whole


def _read(stream: IO[bytes]) -> bytes:
    """The next bytes; none at the end, which a broken connection is, too."""
    try:
        return stream.read(CHUNK // 4)
    except (OSError, http.client.HTTPException):
        return b""


@contextmanager
def _opened(place: str, have: int) -> Iterator[tuple[IO[bytes], int, int | None]]:
    """The stream of a place, at which byte of the file it starts, and the file's length if told.

    Raises:
        Unavailable: nothing comes from there.
    """
    if not _is_address(place):
        try:
            stream = open(place, "rb")  # noqa: SIM115  # closed below
        except FileNotFoundError:
            raise Unavailable(f"{place} is not there") from None
        except OSError as error:
            raise Unavailable(f"{place} cannot be read ({error.strerror})") from error
        with stream:
            stream.seek(have)
            yield stream, have, os.fstat(stream.fileno()).st_size
        return
    response = _asked(place, have)
    with response:
        start = _start(response) if response.status == 206 else 0
        if start not in (0, have):
            raise Unavailable(f"{place} gives another part of the file than it was asked for")
        yield response, start, _total(response, start)


def _asked(place: str, have: int) -> http.client.HTTPResponse:
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    host = urllib.parse.urlsplit(place).hostname
    try:
        response: http.client.HTTPResponse = urllib.request.urlopen(
            urllib.request.Request(place, headers=headers), timeout=TIMEOUT
        )
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and have:  # it ends before what we have: begin again
            return _asked(place, 0)
        raise Unavailable(f"{place} answers {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        why = getattr(error.reason, "strerror", None) or error.reason
        raise Unavailable(f"{host} cannot be reached ({why}); is this machine online?") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unavailable(f"{host} does not answer as it should ({error})") from error
    return response


def _start(response: http.client.HTTPResponse) -> int:
    """Of `Content-Range: bytes 100-199/200`: 100; -1 for anything that is no such line."""
    told = response.headers.get("Content-Range", "").removeprefix("bytes ").split("-")[0]
    return int(told) if told.isdigit() else -1


def _total(response: http.client.HTTPResponse, start: int) -> int | None:
    told = response.headers.get("Content-Length", "")
    return start + int(told) if told.isdigit() else None


_LOCAL = {
    errno.ENOSPC: "the disk is full; make room",
    errno.EDQUOT: "your quota is used up; make room",
    errno.EFBIG: "a file may not grow so large here; raise the limit (ulimit -f)",
    errno.EACCES: "you may not write there; choose another folder with --to",
    errno.EPERM: "you may not write there; choose another folder with --to",
    errno.EROFS: "it can only be read; choose another folder with --to",
    errno.ENOTDIR: "a file is in the way; choose another folder with --to",
    errno.EEXIST: "a file is in the way; choose another folder with --to",
}


@contextmanager
def _keeping(folder: Path) -> Iterator[None]:
    """What this machine refuses, as one sentence: then no other place helps."""
    try:
        yield
    except OSError as error:
        why = _LOCAL.get(error.errno or 0, f"{error.strerror or error}; look into it")
        raise InfraFault(
            f"{folder} cannot keep what was fetched: {why} and run the same command again"
        ) from error


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Wait until no other process works on this file; a process that dies lets go."""
    import fcntl  # not on Windows, where students only use the mini tier

    with target.with_name(f".{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
