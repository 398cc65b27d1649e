"""Where things lie on the grading machine is nobody's business: paths in text lose their folders.

Text that a notebook printed is shown to its student and kept by other systems.
"""

import os
import re
import sys
import tempfile
from functools import cache
from pathlib import Path

from graders.core import catalogue

# CSI and OSC sequences, then any other two-character escape. Bounded: no text can make it slow.
_COLOURS = re.compile(
    r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b]{0,512}(?:\x07|\x1b\\)?|.)"
)
_REST = r"[^\s'\"<>:;,()]{0,400}"
# Folders that every system has, alone or with more; any other path that is at least two deep. The
# second kind must not take the end of a fraction or of an address for a path.
_ABSOLUTE = re.compile(
    r"(?:(?<![\w.])/(?:home|root|tmp|var|private|Users|mnt|usr|opt|work|srv|data|proc|builds)"
    rf"|\b[A-Za-z]:\\|(?<![\w./:…])/[\w@+.-]{{1,100}}/){_REST}"
)


def without_colours(text: str) -> str:
    """Text without the escape sequences of terminals."""
    return _COLOURS.sub("", text)


def without_paths(text: str) -> str:
    """Absolute paths reduced to `…/name`; this machine's own folders to `…`, however shallow."""
    return _ABSOLUTE.sub(_name, _ours(os.getcwd()).sub(_inside, text))


def _name(found: re.Match[str]) -> str:
    return "…/" + re.split(r"[\\/]", found[0].rstrip("\\/."))[-1]


def _inside(found: re.Match[str]) -> str:
    rest = found["rest"].rstrip("\\/.")
    return "…/" + re.split(r"[\\/]", rest)[-1] if rest else "…"


@cache
def _ours(current: str) -> re.Pattern[str]:
    """The folders that this program runs in and from, wherever somebody has put them."""
    folders = {current, str(catalogue.ROOT), sys.prefix, sys.base_prefix, str(Path.home()),
               tempfile.gettempdir()}  # fmt: skip
    folders |= {os.path.realpath(folder) for folder in folders}
    names = sorted((f for f in folders if len(f) > 1), key=len, reverse=True)
    return re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, names))})(?![\w-])(?P<rest>{_REST})")
