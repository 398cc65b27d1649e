"""Turns what student code returned into plain data: numbers, text, arrays as `.npy` bytes.

Nothing is pickled. What numpy and builtins offer is looked up once, at import, which is before the
first student cell: a notebook that patches them later changes its own view of them, not ours.
"""

import io
import math
from typing import Any

import numpy as np

MIB = 2**20
MAX_ARRAY = 64 * MIB
MAX_TEXT = 1_000_000
MAX_ITEMS = 32
_EXACT_INT = 2**53
_SHORT_FLOATS = ("bfloat16", "float8_e4m3fn", "float8_e5m2")  # numpy knows them as raw bytes
_asarray = np.asarray
_ndarray = np.ndarray
_generic = np.generic
_read_array = np.lib.format.read_array
_BytesIO = io.BytesIO
_isfinite = math.isfinite


def npy(array: Any) -> bytes:
    """One array as a version 1.0 `.npy` file. Written by hand: np.save may have been patched."""
    header = f"{{'descr': {array.dtype.str!r}, 'fortran_order': False, 'shape': {array.shape!r}, }}"
    padded = header + " " * (-(len(header) + 11) % 64) + "\n"
    prefix = b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little")
    data: bytes = array.tobytes()
    return prefix + padded.encode("latin1") + data


def fresh(data: bytes | memoryview) -> Any:
    """The value in one `.npy` file of ours: 0-d arrays become plain Python values."""
    array = _read_array(_BytesIO(bytes(data)), allow_pickle=False)
    return array.item() if array.ndim == 0 else array


class Unusable(Exception):
    """Why a value cannot be looked at, in words for the student."""


def plain(value: Any) -> dict[str, Any] | bytes:
    """One value as `{"number": x}`, `{"text": s}` or the bytes of a `.npy` file.

    Raises:
        Unusable: it is none of these, or too large.
    """
    if value is None:
        raise Unusable("it is None: is a return or an assignment missing?")
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise Unusable(f"a text of {len(value)} characters is too long")
        return {"text": str.__str__(value)}
    if isinstance(value, (bool, int, float)) or (
        isinstance(value, _generic) and value.dtype.kind in "biuf"
    ):
        return _number(value)
    if isinstance(value, (dict, set, frozenset, bytes, bytearray, type)) or callable(value):
        raise Unusable(f"it is a {type(value).__name__}, not a number or an array")
    try:
        array = _asarray(value)
    except (ValueError, TypeError):
        raise Unusable(
            f"it is a {type(value).__name__} that does not turn into one array"
        ) from None
    if type(array) is _ndarray and array.dtype.name in _SHORT_FLOATS:
        array = array.astype(np.float32)
    if type(array) is not _ndarray or array.dtype.kind not in "biufc":
        raise Unusable(f"it is a {type(value).__name__}, not numbers (dtype {array.dtype})"[:200])
    if array.nbytes > MAX_ARRAY:
        raise Unusable(f"an array of {array.nbytes // MIB} MiB is too large")
    return npy(array)


def _number(value: Any) -> dict[str, Any] | bytes:
    if isinstance(value, int) and abs(value) > _EXACT_INT:
        try:
            value = float(value)
        except OverflowError:
            raise Unusable("a whole number too large for a float") from None
    number = float(value)
    if not _isfinite(number):  # JSON has no word for it
        return npy(_asarray(number))
    return {"number": number}


def several(value: Any) -> list[Any]:
    """A returned value as the items it is looked at by: a tuple, or a list of unlike things,
    item by item; everything else as one."""
    if isinstance(value, tuple):
        return list(value)
    few = isinstance(value, list) and len(value) <= MAX_ITEMS
    if few and len({_outer_shape(item) for item in value}) > 1:
        return list(value)
    return [value]


def _outer_shape(item: Any) -> Any:
    """What tells a pair of unlike things from the rows of one matrix."""
    return len(item) if isinstance(item, (list, tuple)) else getattr(item, "shape", ())


def items(value: Any, buffers: list[bytes]) -> list[dict[str, Any]]:
    """Describe a returned value item by item; arrays go to `buffers`, referred to by index."""
    parts = several(value)
    if not parts:
        return [{"unusable": "it is an empty tuple"}]
    if len(parts) > MAX_ITEMS:
        return [{"unusable": f"{len(parts)} values were returned"}]
    return [item(part, buffers) for part in parts]


def item(value: Any, buffers: list[bytes]) -> dict[str, Any]:
    """Describe one value; see `items`."""
    try:
        found = plain(value)
    except Unusable as why:
        return {"unusable": str(why)[:300]}
    if isinstance(found, bytes):
        buffers.append(found)
        return {"buffer": len(buffers) - 1}
    return found


def said(error: BaseException) -> str:
    """`ValueError: why` in at most 300 characters, whatever the exception's own methods do."""
    name = type(error).__name__
    try:
        text = str(error)
    except BaseException:
        text = ""
    return (f"{name}: {text}" if text else str(name))[:300]
