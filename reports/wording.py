"""Words and numbers as every page prints them, and untrusted text made harmless to read."""

import math
import re
from urllib.parse import quote

# What HTML forbids, what encodes to nothing (lone surrogates), and noncharacters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# They reorder what stands around them: a name or a line of code could read as another.
_REORDERING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_NOT_ANCHOR = re.compile(r"[^A-Za-z0-9_-]+")

# What is other than at the grading before: key, and words for several submissions.
CHANGES = {
    "new": "new",
    "state": "in another state",
    "up": "with more points",
    "down": "with fewer points",
    "same": "as before",
}


def clean(text: str) -> str:
    """The text without anything that a page must not hold; what was there is made visible.

    Control characters, lone surrogates and noncharacters become U+FFFD; characters that
    change the reading direction become their name, such as `[U+202E]`.
    """
    if text.isascii() and text.isprintable():  # nearly all texts, and much faster
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _FORBIDDEN.sub("\ufffd", text)
    return _REORDERING.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def number(value: float | None) -> str:
    """Points and other small quantities: at most two decimals, none where none are needed."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def count(value: float, noun: str) -> str:
    """`1 point`, `2 points`, `1.5 points`."""
    return f"{number(value)} {noun}" + ("" if value == 1 else "s")


def percent(share: float | None) -> str:
    """A fraction in [0, 1] as whole per cent. 99.6% is not 100%: only all is all."""
    if share is None or not math.isfinite(share):
        return "–"
    whole = round(100 * share)
    if whole == 100 and share < 1:
        whole = 99
    if whole == 0 and share > 0:
        whole = 1
    return f"{whole}%"


def seconds(value: float | None) -> str:
    """A duration: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`."""
    if value is None or not math.isfinite(value):
        return "–"
    if value < 9.95:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def mib(value: float | None) -> str:
    """Memory in MiB, GiB from 1024 MiB on."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:.0f} MiB" if value < 1024 else f"{value / 1024:.1f} GiB"


def moment(iso: str) -> str:
    """An ISO 8601 time for people: `2026-03-01 14:05 +01:00`; anything else as it is."""
    found = re.fullmatch(
        r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?", iso
    )
    if not found:
        return iso
    zone = {"Z": "UTC", "+00:00": "UTC", None: ""}.get(found[3], found[3])
    return f"{found[1]} {found[2]} {zone}".rstrip()


def moved(was: float | None, now: float | None) -> str:
    """Points beside what they were: `+1.5 (was 3)`, `−2 (was 5)`, `was 5` where none are left."""
    if was is None:
        return ""
    if now is None or number(now) == number(was):
        return f"was {number(was)}"
    sign = "+" if now > was else "\u2212"
    return f"{sign}{number(abs(now - was))} (was {number(was)})"


def change(kind: str, was_state: str, was: float | None, now: float | None) -> str:
    """What is other with one submission, in words; "" for nothing."""
    if kind in ("", "same"):
        return ""
    if kind == "new":
        return "new"
    if was == now:  # another state, with the same points
        return f"was {was_state}"
    return ", ".join(w for w in (f"was {was_state}" if was_state else "", moved(was, now)) if w)


def correlation(value: float | None, unsaid: str) -> str:
    """A correlation with two decimals and a true minus, or why there is none."""
    if value is None:
        return unsaid or "–"
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "\u2212")


def tells(value: float | None) -> str:
    """A word on a discrimination that an instructor should look at, by Ebel's bounds; else ""."""
    if value is None or value >= 0.2:
        return ""
    return "negative" if value < 0 else "low"


def anchor(prefix: str, name: str) -> str:
    """An element id: letters, digits, - and _ only."""
    return f"{prefix}-{_NOT_ANCHOR.sub('-', name)[:80]}"


def relative_link(path: str) -> str:
    """A link to a file below the page's own folder.

    A student chose part of it (the folder's name): `javascript:` must stay a file name.

    Raises:
        ValueError: it leads out of the folder.
    """
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError(f"not a path below the page's folder: {path!r}")
    # U+DC80 to U+DCFF are how Python spells the bytes of a file name that is no UTF-8; other
    # lone surrogates are in no file name and cannot be encoded.
    named = _NO_BYTE.sub("\ufffd", path)
    return "./" + quote(named.encode("utf-8", "surrogateescape"), safe="/")
