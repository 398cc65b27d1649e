"""How a numeric answer differs from the right one: shape, sign, factor, place.

Used for feedback that helps without giving the answer away: a slip names a kind of
difference, never a value that was expected.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from graders.core.types import Array


class Kind(StrEnum):
    """Kinds of difference, the most specific explanation first wins."""

    NONE = "right"
    SHAPE = "shape"
    NOT_FINITE = "not finite"
    SIGN = "sign"
    FACTOR = "factor"
    OFFSET = "offset"
    PLACE = "place"  # right but for some columns or entries
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Slip:
    """One difference.

    Args:
        kind: what kind of difference.
        factor: found / expected where the kind is FACTOR, else NaN.
        places: for PLACE, indices along the last axis that are wrong.
        shape: the shape that was found, for SHAPE; -1 for a length that has no place in the
            right result, since whoever chose it had seen the input and may mean it as a message.
    """

    kind: Kind
    factor: float = float("nan")
    places: tuple[int, ...] = ()
    shape: tuple[int, ...] = ()


def close(found: Array, expected: Array, *, rtol: float, atol_of_scale: float = 1e-5) -> Array:
    """Elementwise agreement [same shape, bool]; NaN never agrees, equal infinities do.

    The absolute tolerance is `atol_of_scale` times the largest finite expected magnitude, so
    that an entry that happens to be near zero is not held to more digits than its neighbours.
    """
    finite = np.abs(expected[np.isfinite(expected)])
    scale = float(finite.max()) if finite.size else 1.0
    atol = atol_of_scale * scale + 1e-12
    return np.asarray(np.isclose(found, expected, rtol=rtol, atol=atol))


def compare(found: Array, expected: Array, *, rtol: float = 1e-3) -> Slip:
    """Name the difference between `found` and `expected` [any shape, real].

    Axes of length one are ignored, (n, 1) counts as (n,). A relative tolerance of 1e-3 is
    far above float32 rounding and far below every mistake that we know students to make.
    """
    seen, want = np.squeeze(found), np.squeeze(expected)
    if seen.shape != want.shape:
        known = {0, 1, *expected.shape}
        return Slip(Kind.SHAPE, shape=tuple(n if n in known else -1 for n in found.shape))
    seen, want = seen.astype(np.float64), want.astype(np.float64)
    agrees = close(seen, want, rtol=rtol)
    if agrees.all():
        return Slip(Kind.NONE)
    if not np.isfinite(seen).all():
        return Slip(Kind.NOT_FINITE)
    if close(-seen, want, rtol=rtol).all():
        return Slip(Kind.SIGN)
    if (factor := _constant_factor(seen, want, rtol)) is not None:
        return Slip(Kind.FACTOR, factor=factor)
    if want.ndim and want.shape[-1] > 1:
        columns = agrees.reshape(-1, want.shape[-1]).all(axis=0)
        if columns.any():
            return Slip(Kind.PLACE, places=tuple(int(i) for i in np.flatnonzero(~columns)))
    gap = seen - want
    if want.size > 1 and close(gap, np.full_like(gap, gap.flat[0]), rtol=rtol).all():
        return Slip(Kind.OFFSET)
    return Slip(Kind.OTHER)


def _constant_factor(seen: Array, want: Array, rtol: float) -> float | None:
    """found / expected where that is one number other than 0 and ±1, else None."""
    square = float(np.vdot(want, want))
    if want.size < 1 or square == 0.0:
        return None
    factor = float(np.vdot(seen, want)) / square
    if abs(factor) < 1e-9 or (want.size == 1 and not _telling(factor)):
        return None
    return factor if close(seen, factor * want, rtol=rtol).all() else None


def _telling(factor: float) -> bool:
    """Whether the ratio of two single numbers looks like a slip: n, 1/n, 2 or a half."""
    large = max(abs(factor), 1 / abs(factor))
    return large < 1e4 and abs(large - round(large)) < 1e-3 * large and round(large) > 1
