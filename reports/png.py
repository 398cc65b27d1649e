"""PNG images: a student's, checked chunk by chunk and written anew, and our own from pixels.

What leaves here holds pixels only: no text chunks (addresses, paths), no animation, nothing
after the end. A file that is small on disk and huge on the screen is refused.
"""

import base64
import binascii
import struct
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LARGEST = 1 << 20  # bytes
WIDEST = 8192  # pixels a side
MOST_PIXELS = 1 << 24  # 64 MiB once decoded; a phone survives that
_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


class NotShown(ValueError):
    """Why an image is left out, in words that fit into `image left out: …`."""


def checked_png(encoded: object) -> tuple[str, int, int]:
    """The image again as base64, with its width and height in pixels.

    Args:
        encoded: base64 text, line breaks allowed; a list of such lines as notebooks have it.

    Raises:
        NotShown: it is no PNG, a damaged one, or larger than `LARGEST`, `WIDEST` or `MOST_PIXELS`.
    """
    if isinstance(encoded, list):
        encoded = "".join(line for line in encoded if isinstance(line, str))
    if not isinstance(encoded, str):
        raise NotShown("not a PNG image")
    if len(encoded) > LARGEST * 3 // 2:  # base64 and its line breaks take at most this
        raise NotShown("larger than 1 MiB")
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotShown("not a PNG image") from error
    if len(data) > LARGEST:
        raise NotShown("larger than 1 MiB")
    if not data.startswith(SIGNATURE):
        raise NotShown("not a PNG image")
    kept, width, height = _chunks(data)
    return base64.b64encode(SIGNATURE + kept).decode("ascii"), width, height


def written(pixels: npt.NDArray[Any]) -> str:
    """A PNG of pixels as base64: grey [height, width] or RGB [height, width, 3], uint8."""
    height, width = pixels.shape[:2]
    colour = 2 if pixels.ndim == 3 else 0
    rows = np.ascontiguousarray(pixels, dtype=np.uint8).reshape(height, -1)
    unfiltered = np.hstack([np.zeros((height, 1), np.uint8), rows]).tobytes()
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(unfiltered, 9)), (b"IEND", b""))
    return base64.b64encode(SIGNATURE + b"".join(_chunk(*p) for p in parts)).decode("ascii")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(data: bytes) -> tuple[bytes, int, int]:
    kept = bytearray()
    at, width, height, pixels = len(SIGNATURE), 0, 0, False
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 12 + length
        if end > len(data):
            break
        kind = data[at + 4 : at + 8]
        (crc,) = struct.unpack_from(">I", data, end - 4)
        if zlib.crc32(data[at + 4 : end - 4]) != crc:
            break
        if (kind == b"IHDR") != (at == len(SIGNATURE)):  # first, and once
            break
        if kind == b"IHDR":
            if length != 13:
                break
            width, height = struct.unpack_from(">II", data, at + 8)
            if not (0 < width <= WIDEST and 0 < height <= WIDEST and width * height <= MOST_PIXELS):
                raise NotShown(f"{width} x {height} pixels")
        if kind in _KEPT:
            kept += data[at:end]
        pixels = pixels or kind == b"IDAT"
        if kind == b"IEND":
            if not pixels:
                break
            return bytes(kept), width, height
        at = end
    raise NotShown("a damaged PNG image")
