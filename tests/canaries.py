"""Finds numbers and words that must not be there, in whatever spelling, in whatever file.

Numbers are known by their digits: 0.5231452, 5.231452e-01, 523145.2e-6 and `x_5231452` all hold the
digits 5231452. Eight digits in a row that agree with a secret are no accident; fewer are looked at
only for planted numbers, by their value. Base64 is decoded, and bytes are read as numbers, too.
"""

import base64
import binascii
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

DIGITS = range(8, 18)  # of any secret number
PLANTED_DIGITS = range(3, 6)  # of a planted one, by value
NEAR = 1e-5  # relative: a planted one with more digits, or in single precision
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_ENCODED = re.compile(r"[A-Za-z0-9+/]{200,}={0,2}")  # pictures: looked at decoded, not as digits
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{11,}={0,2}")


def digits_of(number: float) -> Iterator[str]:
    """The significant digits of a number, rounded and cut to each length that is looked for."""
    exact = f"{abs(number):.17e}".split("e")[0].replace(".", "")
    for count in DIGITS:
        yield f"{abs(number):.{count - 1}e}".split("e")[0].replace(".", "")
        yield exact[:count]
    single = str(np.float32(abs(number))).split("e")[0].replace(".", "").lstrip("0")
    if len(single) >= DIGITS.start:
        yield single


def told_apart(number: float) -> bool:
    """Whether a number has digits enough to be known again: 0.25 and 17 have not."""
    return bool(np.isfinite(number)) and number != 0 and float(f"{number:.5g}") != float(number)


@dataclass(frozen=True)
class Search:
    """What must not be there.

    Args:
        digits: of secret numbers, eight and more.
        values: of planted ones, rounded to fewer.
        planted: their sizes: nothing else is near them.
        packed: the bytes of secret numbers, float64.
        words: name → text.
    """

    digits: frozenset[str]
    values: frozenset[float]
    planted: tuple[float, ...]
    packed: frozenset[int]
    words: Mapping[str, str]

    def naming(self, words: Mapping[str, str]) -> "Search":
        """The same numbers with other words."""
        return replace(self, words=words)

    def within(self, data: bytes) -> set[str]:
        """What of it some file holds, in words for a failing test."""
        found: set[str] = set()
        for layer in layers(data):
            text = _ENCODED.sub(" ", layer.decode("utf-8", errors="replace"))
            for spelling in {text, html.unescape(text)}:
                found |= {name for name, word in self.words.items() if _holds(spelling, word)}
                found |= {f"the number {n}" for n in _NUMBER.findall(spelling) if self._is(n)}
            for start in range(min(8, len(layer) - 7)):
                words = np.frombuffer(layer, "<u8", (len(layer) - start) // 8, start)
                there = self.packed.intersection(words.tolist())
                found |= {f"the bytes of {np.uint64(n).view(np.float64)!r}" for n in there}
        return found

    def _is(self, token: str) -> bool:
        mantissa = re.split("[eE]", token)[0].replace(".", "").lstrip("0")
        if len(mantissa) >= DIGITS.start and mantissa[: DIGITS.stop - 1] in self.digits:
            return True
        try:
            value = float(token)
        except (ValueError, OverflowError):
            return False
        return value in self.values or any(abs(value - n) < NEAR * n for n in self.planted)


def search(numbers: Iterable[float], planted: Iterable[float], words: Mapping[str, str]) -> Search:
    """A search for these; planted numbers are secret numbers as well."""
    sure = [float(n) for n in planted]
    secret = {float(n) for n in numbers if told_apart(float(n))} | set(sure)
    return Search(
        digits=frozenset(d for n in secret for d in digits_of(n)),
        values=frozenset(float(f"{abs(n):.{d}g}") for n in sure for d in PLANTED_DIGITS),
        planted=tuple({abs(n) for n in sure}),
        packed=frozenset(np.array([*secret, *(-n for n in secret)]).view(np.uint64).tolist()),
        words=words,
    )


def layers(data: bytes, depth: int = 2) -> Iterator[bytes]:
    """The data, and whatever in it decodes from base64, as it stands and one layer deeper."""
    yield data
    if depth == 0:
        return
    for run in _BASE64.findall(data.decode("utf-8", errors="replace")):
        body = run.rstrip("=").replace("-", "+").replace("_", "/")
        for start in range(4 if len(body) < 4096 else 1):  # a message may begin anywhere in it
            part = body[start:]
            part = part[: len(part) - (len(part) % 4 == 1)]
            try:
                decoded = base64.b64decode(part + "=" * (-len(part) % 4), validate=True)
            except binascii.Error:
                continue
            yield from layers(decoded, depth - 1)


def _holds(text: str, word: str) -> bool:
    spelt = (word, repr(word)[1:-1], word.replace("/", "\\/"), word.replace("/", "%2F"))
    return any(s in text for s in spelt)
