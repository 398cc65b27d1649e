"""Colours for Python source: a few classes, linear time, the same on every machine.

Pygments would cost 60 ms of import and change its classes between versions, which a golden
test cannot bear; a page of short functions needs no more than this.
"""

import keyword
import re
from html import escape

_PREFIX = r"(?:[rRbBuUfF]{0,2})"
# Alternatives are tried in order. None can match the same text in two ways, so no source
# takes more than linear time; an unterminated triple quote ends with the text.
_TOKEN = re.compile(
    "|".join(
        (
            r"(?P<c>\#[^\n]*)",
            rf"(?P<s>{_PREFIX}(?:\"\"\"(?:[^\\\"]|\\[\s\S]|\"(?!\"\"))*(?:\"\"\")?"
            rf"|'''(?:[^\\']|\\[\s\S]|'(?!''))*(?:''')?"
            rf"|\"(?:[^\\\"\n]|\\[\s\S])*\"?"
            rf"|'(?:[^\\'\n]|\\[\s\S])*'?))",
            r"(?P<n>\b\d[\w.]*(?:(?<=[eE])[+-]\d+)?)",
            r"(?P<w>[^\W\d]\w*)",
            r"(?P<d>^[ \t]*@[\w.]+)",
        )
    ),
    re.MULTILINE,
)
_WORDS = frozenset(keyword.kwlist)
_DEFINING = frozenset({"def", "class"})


def highlight(source: str) -> str:
    """HTML of the source: everything escaped, tokens in `<span class="…">`.

    Classes: k keyword, s string, c comment, n number, f the name being defined, d decorator.
    Anything is accepted, Python or not.
    """
    parts: list[str] = []
    end = 0
    previous = ""
    for token in _TOKEN.finditer(source):
        start = token.start()
        if start == token.end():
            continue
        kind, text = token.lastgroup or "", token[0]
        if start > end:
            parts.append(escape(source[end:start], quote=False))
        end = token.end()
        if kind == "w":
            if text in _WORDS:
                kind = "k"
            elif previous in _DEFINING:
                kind = "f"
            previous = text
        shown = escape(text, quote=False)
        parts.append(shown if kind == "w" else f'<span class="{kind}">{shown}</span>')
    parts.append(escape(source[end:], quote=False))
    return "".join(parts)
